# SPDX-License-Identifier: GPL-2.0-or-later
"""Autodiscover over HTTP/2, in clear: streams side by side, headers and bodies in parts, and what belongs to nobody."""

import json

import pytest
from build import *  # noqa: F403
from http2 import *  # noqa: F403
from test_tls import keylog  # noqa: F401
from tls import Session
from web import ASKED, MAIL, PATH, SETTINGS, look_up, pox, post, search_scp, web

URL = f"http://{MAIL}{PATH}"
XML = ("content-type", "text/xml")
SPN = f"HTTP/{MAIL}"


def ticket(spn):
    return ("authorization", negotiate(nego_init(gss(AP_REQ_ID, ap_req(spn)))).partition(": ")[2])


def asked_by(mailbox):
    return ASKED.replace(b"alice@", mailbox.encode() + b"@")


def capture():
    c = Capture()
    search_scp(c, f"https://{MAIL}{PATH}")
    look_up(c, MAIL, WEB)
    return c


def many_streams(c):
    """Three questions at once, of which the last is answered first."""
    t = web(c, 80)
    begin(t)
    one = message(1, asking(MAIL, PATH, "POST", XML), asked_by("alice"), cut=40)
    three = message(3, asking(MAIL, PATH, "POST", XML, ticket(SPN)), asked_by("bob"))
    five = message(5, asking(MAIL, PATH, "POST", XML, ticket("HTTP/other.contoso.test")), asked_by("carol"))
    # Only the parts of one header block have to follow each other; they may be in two packets.
    t.ask(b"".join(one[:2]))
    t.ask(b"".join(one[2:-2] + [three[0], one[-2], five[0], three[1]]))
    t.ask(b"".join([five[1], one[-1], three[2], five[2]]))
    pushed = frame(PUSH_PROMISE, 1, struct.pack(">I", 2) + asking("cdn.fabrikam.test", PATH, "GET"), END_HEADERS)
    interim = message(5, answering(103, ("link", "x")), b"")[:1]
    reply = message(5, answering(401, ("www-authenticate", "Negotiate"), ("content-length", "0")))
    t.answer(b"".join([pushed, *interim, *reply]))
    settings = message(3, answering(200, XML, ("content-length", str(len(SETTINGS)))), SETTINGS)
    moved = message(1, answering(302, ("location", f"https://ex2.contoso.test{PATH}")))
    t.answer(b"".join([settings[0], settings[1], *moved]))
    t.answer(settings[2])


def test_streams_are_not_mixed(analyse):
    c = capture()
    many_streams(c)
    report = analyse(c)
    web_steps = report.of("autodiscover")
    told = {s["id"]: (s["detail"]["status"], s["detail"]["auth"], s["detail"]["redirect"], s["outcome"]) for s in web_steps}
    assert told == {
        1: (302, "none", f"https://ex2.contoso.test{PATH}", "ok"),
        3: (200, "kerberos", None, "ok"),
        5: (401, "kerberos", None, "normal"),  # another ticket is taken by the same host
    }
    assert {s["detail"]["url"] for s in web_steps} == {URL}
    shown = {s["detail"]["spn"]: s["outcome"] for s in report.of("kerberos")}
    assert shown == {SPN: "ok", "HTTP/other.contoso.test": "failed"}


def test_bodies(analyse):
    """In parts, with padding, with trailers; one that is not all there; one that was answered too early."""
    c = capture()
    t = web(c, 80)
    begin(t)
    body = pox("<Error><ErrorCode>500</ErrorCode></Error>")
    padded = bytes([3]) + asking(MAIL, PATH, "POST", XML) + bytes(3)
    t.ask(frame(HEADERS, 1, padded, END_HEADERS | PADDED) + frame(DATA, 1, bytes([2]) + ASKED + bytes(2), END_STREAM | PADDED))
    head = message(1, answering(200, XML), body)
    t.answer(head[0] + head[1])
    t.answer(frame(DATA, 1, body[50:]) + frame(HEADERS, 1, block(("x-checked", "yes")), END_HEADERS | END_STREAM))
    priority = struct.pack(">IB", 1, 7) + asking(MAIL, PATH, "POST", XML)
    t.ask(frame(HEADERS, 3, priority, END_HEADERS | PRIORITIZED) + frame(DATA, 3, ASKED, END_STREAM))
    t.answer(b"".join(message(3, answering(200, XML, ("content-length", "9999")), body)))
    # The server has seen enough after the headers.
    t.ask(message(5, asking(MAIL, PATH, "POST", XML), ASKED)[0])
    t.answer(b"".join(message(5, answering(401, ("www-authenticate", "Negotiate")))))
    t.answer(frame(RST_STREAM, 5, struct.pack(">I", 0)))
    one, three, five = analyse(c).of("autodiscover")
    assert (one["id"], one["detail"]["error"], one["outcome"]) == (1, "500", "failed")
    assert (three["id"], three["detail"]["status"]) == (3, 200)
    assert (five["id"], five["detail"]["status"]) == (5, 401) and five["time"] > 0


POST_METHOD, HTTP_SCHEME = 3, 6  # numbers in the static table (RFC 7541 appendix A)


@pytest.mark.parametrize("alpn", [("h2",), ()], ids=["by ALPN", "guessed"])
def test_what_was_said_before_is_not_said_again(folder, tshark, keylog, alpn):  # noqa: F811
    """A client may put host and path into the table of its connection: its next question has their numbers alone.

    Who makes trees by the bytes has to remember the connection, also where TLS is opened by keys.
    """
    c = Capture()  # nothing has named the host before
    t = Session(web(c, 443), keylog, host=MAIL, alpn=alpn)
    begin(t)
    first = named(POST_METHOD, HTTP_SCHEME) + remembered((":authority", MAIL), (":path", PATH))
    again = named(POST_METHOD, HTTP_SCHEME, 63, 62)
    for stream, headers in ((1, first), (3, again), (5, again)):
        t.ask(b"".join(message(stream, headers, ASKED)))
        t.answer(b"".join(message(stream, answering(200, XML), SETTINGS)))
    path = c.save(folder, "remembered")
    for way in ("everywhere", "on demand"):
        told = tshark(path, "-o", f"tls.keylog_file:{keylog}", "-o", f"adpath.tree:{way}", "-q", "-z", "adpath,json")
        steps = [s for p in json.loads(told)["paths"] for s in p["steps"] if s["kind"] == "autodiscover"]
        assert [(s["id"], s["detail"]["url"], s["outcome"]) for s in steps] == [
            (stream, URL.replace("http:", "https:"), "ok") for stream in (1, 3, 5)
        ], way


def test_asked_again_by_http_1(analyse):
    """RFC 9113 9.3.1: a server that authenticates connections refuses HTTP/2."""
    c = capture()
    t = web(c, 80)
    begin(t)
    t.ask(b"".join(message(1, asking(MAIL, PATH, "POST", XML, ticket(SPN)), ASKED)))
    t.answer(frame(RST_STREAM, 1, struct.pack(">I", HTTP_1_1_REQUIRED)))
    t = web(c, 80, cport=51001)
    t.ask(post())
    t.answer(http_reply(200, SETTINGS, "Content-Type: text/xml"))
    report = analyse(c)
    first, second = report.of("autodiscover")
    assert (first["outcome"], second["outcome"]) == ("normal", "ok")
    assert report.one("kerberos")["outcome"] == "normal"
    assert first["detail"]["status"] is None and "by HTTP/1.1" in first["summary"]


def test_nobodys(analyse):
    """A page of another site, with all that autodiscover may have but its path; and damage."""
    c = capture()
    t = web(c, 80, server="192.0.2.80")
    begin(t)
    t.ask(b"".join(message(1, asking("www.fabrikam.test", "/autodiscover", "GET"))))
    t.answer(b"".join(message(1, answering(200, XML), SETTINGS)))
    t.ask(b"".join(message(3, asking("www.fabrikam.test", "/x?/autodiscover/autodiscover.xml", "POST", XML), ASKED)))
    t.answer(b"".join(message(3, answering(404))))
    # A header that would be a line of its own is none.
    t.ask(b"".join(message(5, asking("www.fabrikam.test", "/", "GET", ("x", f"1\r\nAuthorization: {ticket(SPN)[1]}")))))
    t.answer(b"".join(message(5, answering(200), b"x")))
    t.ask(frame(CONTINUATION, 7, asking(MAIL), END_HEADERS) + frame(DATA, 9, ASKED, END_STREAM))
    report = analyse(c)
    assert report.of("autodiscover") == [] and report.of("kerberos") == []
