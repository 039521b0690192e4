# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos in HTTP, on synthetic captures."""
import pytest
from build import *  # noqa: F403

SPN = "HTTP/mail.contoso.test"
ASK = nego_init(gss(AP_REQ_ID, ap_req(SPN)))
YES = nego_resp(gss(AP_REP_ID, ap_rep()))
ANSWER = "WWW-Authenticate"


def web(port=80):
    c = Capture()
    return c, c.tcp(CLIENT, 50000, WEB, port)


def error(code=41, sname="web2$"):
    return krb_error(code, sname, data=error_data(0xC000006D))


def get(token=ASK, header="Authorization"):
    return http_get("mail.contoso.test", "/autodiscover/", negotiate(token, header))


def first_round(t):
    t.ask(http_get())
    t.answer(http_reply(401, b"no", negotiate(b"", ANSWER), ANSWER + ": NTLM"))


@pytest.mark.parametrize("pieces", [1400, 100, 20])
def test_accepted(analyse, pieces):
    c, t = web()
    first_round(t)
    t.ask(get(), pieces)
    t.answer(http_reply(200, b"yes", negotiate(YES, ANSWER)), pieces)
    step = analyse(c).nothing_failed().one("kerberos")
    d = step["detail"]
    assert (d["exchange"], d["carrier"], d["spn"], d["realm"]) == ("ap", "http", SPN, REALM)
    assert step["outcome"] == "ok" and step["server"]["address"] == WEB


def test_accepted_without_token(analyse):
    c, t = web()
    t.ask(get())
    t.answer(http_reply(200, b"yes"))
    assert analyse(c).one("kerberos")["outcome"] == "ok"


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("request_seen", [False, True])
def test_error(analyse, bare, wrapped, request_seen):
    token = error() if bare else gss(ERROR_ID, error())
    if wrapped:
        token = nego_resp(token, 2)
    c, t = web()
    if request_seen:
        t.ask(get())
    t.answer(http_reply(401, b"no", negotiate(token, ANSWER)))
    step = analyse(c).one("kerberos")
    d = step["detail"]
    assert step["outcome"] == "failed"
    assert (d["error"], d["ntstatus"], d["exchange"], d["carrier"]) == (41, 0xC000006D, "ap", "http")
    assert d["spn"] == (SPN if request_seen else "web2$")


def test_error_with_bare_token_id(analyse):
    """03 00 and the message, without the GSS header, in the NegTokenResp."""
    c, t = web()
    t.ask(get())
    t.answer(http_reply(401, b"no", negotiate(nego_resp(ERROR_ID + error(), 2), ANSWER)))
    assert analyse(c).one("kerberos")["detail"]["error"] == 41


def test_refused_without_token(analyse):
    c, t = web()
    t.ask(get())
    t.answer(http_reply(401, b"no", negotiate(b"", ANSWER), ANSWER + ": NTLM"))
    step = analyse(c).one("kerberos")
    assert step["outcome"] == "failed" and step["detail"]["error"] is None


def test_continue_before_the_answer(analyse):
    c, t = web()
    t.ask(http_post("mail.contoso.test", "/x", b"body", negotiate(ASK), "Expect: 100-continue"))
    t.answer(http_reply(100))
    t.answer(http_reply(200, b"yes", negotiate(YES, ANSWER)))
    step = analyse(c).one("kerberos")
    assert step["outcome"] == "ok" and step["response"] == 6


def test_proxy(analyse):
    c, t = web(8080)
    t.ask(get(header="Proxy-Authorization"))
    token = nego_resp(gss(ERROR_ID, error()), 2)
    t.answer(http_reply(407, b"no", negotiate(token, "Proxy-Authenticate")))
    d = analyse(c).one("kerberos")["detail"]
    assert (d["error"], d["spn"]) == (41, SPN)


def test_several_exchanges(analyse):
    c, t = web()
    for code in (200, 401, 200):
        t.ask(get())
        headers = [negotiate(YES, ANSWER)] if code == 200 else [negotiate(b"", ANSWER)]
        t.answer(http_reply(code, b"x", *headers))
        c.wait(1)
    t.ask(http_get())
    t.answer(http_reply(404, b"x"))
    r = analyse(c)
    assert [s["outcome"] for s in r.of("kerberos")] == ["ok", "failed", "ok"]
    # The 401 is followed by a ticket that is accepted.
    assert [s["outcome"] for s in r.of("autodiscover")] == ["ok", "normal", "ok"]


def test_pipelined(analyse):
    c, t = web()
    t.ask(get() + http_get("mail.contoso.test", "/second"))
    t.answer(http_reply(200, b"x", negotiate(YES, ANSWER)) + http_reply(401, b"y", negotiate(b"", ANSWER)))
    assert analyse(c).one("kerberos")["outcome"] == "ok"


def test_ntlm_is_no_kerberos(analyse):
    c, t = web()
    t.ask(get(nego_init(ntlm(1), OID_NTLM)))
    t.answer(http_reply(401, b"x", negotiate(nego_resp(ntlm(2), 1, OID_NTLM), ANSWER)))
    t.ask(get(nego_resp(ntlm(3), 1, None)))
    t.answer(http_reply(200, b"x"))
    r = analyse(c).nothing_failed()
    assert r.kinds() == ["autodiscover", "autodiscover"]
    assert [s["outcome"] for s in r.steps] == ["normal", "ok"]
    assert {s["detail"]["auth"] for s in r.steps} == {"ntlm"}


def test_skew_recovery(analyse):
    c, t = web()
    t.ask(get())
    t.answer(http_reply(401, b"x", negotiate(nego_resp(gss(ERROR_ID, error(37, SPN)), 1), ANSWER)))
    t.ask(get(nego_resp(gss(AP_REQ_ID, ap_req(SPN)), 1)))
    t.answer(http_reply(200, b"x", negotiate(YES, ANSWER)))
    r = analyse(c.silence()).nothing_failed()
    assert len(r.of("kerberos")) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_other_status(analyse, status):
    """Says nothing about the ticket: 403 and 500 come after it was accepted, 400 before."""
    c, t = web()
    t.ask(get())
    t.answer(http_reply(status, b"x"))
    step = analyse(c).one("kerberos")
    if status == 400:
        assert "accepted" not in step["summary"]


@pytest.mark.parametrize("header", ["authorization: negotiate {}", "Authorization:Negotiate {}", "Authorization:\tNegotiate   {}  "])
def test_spelling_of_the_header(analyse, header):
    c, t = web()
    line = header.format(base64.b64encode(ASK).decode())
    t.ask(http_get("mail.contoso.test", "/", line))
    t.answer(http_reply(200, b"x"))
    assert analyse(c).one("kerberos")["detail"]["spn"] == SPN


def test_several_challenges_on_one_line(analyse):
    token = base64.b64encode(nego_resp(gss(ERROR_ID, error()), 2)).decode()
    c, t = web()
    t.ask(get())
    t.answer(http_reply(401, b"x", f'WWW-Authenticate: Basic realm="x, y", Negotiate {token}'))
    assert analyse(c).one("kerberos")["detail"]["error"] == 41


@pytest.mark.parametrize("token", ["", "!!!!", "YII=", "A" * 60000, "oQ=="])
def test_garbage_tokens(analyse, token):
    c, t = web()
    t.ask(http_get("x", "/", "Authorization: Negotiate " + token))
    t.answer(http_reply(401, b"x", "WWW-Authenticate: Negotiate " + token))
    assert analyse(c).steps == []


def test_basic_password_shows_nowhere(analyse):
    c, t = web()
    secret = base64.b64encode(b"alice:Pa55w0rd-synthetic").decode()
    t.ask(http_get("x", "/", "Authorization: Basic " + secret))
    t.answer(http_reply(401, b"x"))
    r = analyse(c)
    assert secret not in r.text and "Pa55w0rd" not in r.text


def test_no_answer(analyse):
    c, t = web()
    t.ask(get())
    assert analyse(c.silence()).one("kerberos")["outcome"] == "unanswered"


def shapes():
    """What begins in unusual ways, each sent to a server of which nothing is known; True: it has a ticket that counts."""
    ticket = negotiate(ASK) + "\r\n\r\n"
    return {
        "a header, its packet before is missing": ("X-Of-A-Name-That-Is-Long: x\r\n" + ticket, True),
        "a header without a blank": ("Content-Type:application/octet-stream\r\n" + ticket, True),
        "a long method": ("M" * 40 + " / HTTP/1.1\r\n" + ticket, True),
        "a strange method": ("$GET / HTTP/1.1\r\n" + ticket, True),
        "an empty line before": ("\r\nGET / HTTP/1.1\r\n" + ticket, True),
        "empty lines between": ("GET / HTTP/1.1\r\n\r\n\r\nGET / HTTP/1.1\r\n" + ticket, True),
        "lines of a body": ("<p>What stands in my log:\r\n" + ticket, False),
        "lines of a table": ("one\ttwo\r\n" + ticket, False),
        "a word without an end": ("M" * 65 + " / HTTP/1.1\r\n" + ticket, False),
    }


@pytest.mark.parametrize("port", [80, 12345])
def test_message_that_begins_in_an_unusual_way(analyse, port):
    """What is looked at before there is a tree, and who reads it where there is one, agree on what is a message."""
    c = Capture()
    for n, (text, _) in enumerate(shapes().values()):
        t = c.tcp(CLIENT, 50000 + n, f"10.9.8.{n + 1}", port)
        t.ask(http_get())
        t.answer(http_reply(200, b"hello"))
        t.ask(text.encode())
        c.wait(1)
    for way in ("everywhere", "on demand"):
        read = {s["server"]["address"] for s in analyse(c, "-o", f"adpath.tree:{way}").steps}
        told = {shape: f"10.9.8.{n + 1}" in read for n, shape in enumerate(shapes())}
        assert told == {shape: counts for shape, (_, counts) in shapes().items()}, way
