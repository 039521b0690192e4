# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses, connections, TLS and autodiscover, with what only looks like them."""
import gzip
import json
import ssl

import pytest
from build import *  # noqa: F403
from tls import Session
from web import *  # noqa: F403


def begun(*urls):
    """A capture in which the SCP search is over, and MAIL has its address."""
    c = Capture()
    search_scp(c, *(urls or [MAIL_URL]))
    look_up(c, MAIL, WEB)
    return c


# ---- addresses ----


def test_only_what_was_named(analyse):
    c = Capture()
    look_up(c, MAIL, WEB)
    look_up(c, "www.contoso.test", "10.0.0.80")
    look_up(c, "autodiscover", "10.0.0.81")
    look_up(c, f"autodiscover.{DOMAIN}.{DOMAIN}", rcode=3)
    assert analyse(c).steps == []
    search_scp(c, MAIL_URL)
    look_up(c, "MAIL.contoso.test", WEB)
    look_up(c, MAIL + "." + DOMAIN, rcode=3)
    r = analyse(c)
    assert r.kinds() == ["scp", "address"]
    detail = r.one("address")["detail"]
    assert detail["name"] == "MAIL.contoso.test"
    assert detail["host_address"] == [WEB]


@pytest.mark.parametrize("name", ["autodiscover.contoso.test", "outlook.office365.com"])
def test_candidates_of_everybody(analyse, name):
    c = Capture()
    look_up(c, name, WEB)
    assert analyse(c).one("address")["outcome"] == "ok"


def test_family(analyse):
    c = begun()
    six = bytes(15) + b"\1"
    look_up(c, MAIL, kind=AAAA)
    look_up(c, "autodiscover.a.test", six, kind=AAAA)
    look_up(c, "autodiscover.a.test")
    look_up(c, "autodiscover.b.test", kind=AAAA)
    look_up(c, "autodiscover.c.test", rcode=3)
    r = analyse(c)
    assert [(s["detail"]["result"], s["outcome"]) for s in r.of("address")] == [
        ("answered", "ok"),
        ("nodata", "normal"),
        ("answered", "ok"),
        ("nodata", "normal"),
        ("nodata", "failed"),
        ("nxdomain", "failed"),
    ]
    assert r.of("address")[2]["detail"]["host_address"] == ["::1"]


def test_chain_and_glue(analyse):
    """An answer's addresses are those of its chain; a name server's are nobody's answer."""
    name = "autodiscover.contoso.test"
    chain = [
        rr(QUESTION, CNAME, dns_name("a.cloud.test")),
        rr("a.cloud.test", CNAME, dns_name("b.cloud.test")),
        rr("b.cloud.test", A, bytes([10, 0, 0, 20])),
    ]
    glue = rr("ns.test", A, bytes([10, 0, 9, 9]))
    c = Capture()
    c.exchange(CLIENT, 5000, DC, 53, dns(1, name, A), dns_reply(1, name, chain, kind=A))
    c.exchange(
        CLIENT,
        5001,
        DC,
        53,
        dns(2, name, A),
        dns_reply(2, name, authority=[soa_rr()], additional=[glue], kind=A),
    )
    look_up(c, "b.cloud.test", WEB)
    r = analyse(c)
    first, second, third = r.of("address")
    assert first["detail"]["alias"] == ["a.cloud.test", "b.cloud.test"]
    assert first["detail"]["host_address"] == [WEB]
    assert second["detail"]["result"] == "nodata" and second["detail"]["host_address"] == []
    assert third["detail"]["name"] == "b.cloud.test"


def test_additional_addresses_of_srv(analyse):
    name = "_ldap._tcp.dc._msdcs." + DOMAIN
    more = [rr("dc7.contoso.test", A, bytes([10, 0, 0, 7]))]
    answers = [srv_rr(QUESTION, "dc7.contoso.test")]
    c = Capture()
    c.exchange(CLIENT, 5000, DC, 53, dns(1, name), dns_reply(1, name, answers, additional=more))
    c.udp(CLIENT, 5001, "10.0.0.7", 389, ping())
    look_up(c, "dc7.contoso.test", "10.0.0.7")
    r = analyse(c)
    assert r.kinds() == ["srv", "ping", "address"]
    assert r.one("ping")["server"]["name"] == "dc7.contoso.test"


def test_multicast_is_not_asked(analyse):
    c = begun()
    message = dns(7, MAIL, A)
    c.udp(CLIENT, 5353, "224.0.0.251", 5353, message)
    c.udp(CLIENT, 50001, "224.0.0.252", 5355, message)
    assert len(analyse(c).of("address")) == 1


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_cut_answers(analyse, cut):
    """What was not captured is not said."""
    c = begun()
    whole = len(c.frames[-1][1])
    step = analyse(c, caplen={len(c.frames): whole - cut}).one("address")
    assert step["outcome"] in ("ok", "pending")


# ---- connections ----


def findings(report):
    return {f["id"]: f for p in report.json["paths"] for f in p["findings"]}


def test_refused(analyse):
    c = begun()
    t = c.tcp(CLIENT, 51002, WEB, 443, handshake=False)
    first = t._segment("c", "S")
    c.wait(1)
    t._segment("c", "S")
    last = t._segment("s", "RA")
    c.silence()
    r = analyse(c)
    (endpoint,) = [e for e in r.json["paths"][0]["endpoints"] if e["host"] == MAIL]
    assert endpoint["outcome"] == "failed"
    assert first in findings(r)["endpoint-unreachable"]["frames"]
    # Frames of an attempt are none of a step's.
    assert not [s for s in r.steps if {first, last} & set(s["frames"])]


@pytest.mark.parametrize("code,barred", [(13, True), (10, True), (1, False)])
def test_icmp_about_a_ping(analyse, code, barred):
    c = Capture()
    look_up(c, "autodiscover.contoso.test", WEB)
    c.udp(CLIENT, 5001, DC, 389, ping())
    asked = network(CLIENT, DC) / UDP(sport=5001, dport=389) / ping()
    error = IP(src="10.0.0.254", dst=CLIENT) / ICMP(type=3, code=code) / bytes(asked)[:28]
    c.add(error)
    number = len(c.frames)
    c.silence()
    r = analyse(c)
    step = r.one("ping")
    assert step["outcome"] == "unanswered" and number not in step["frames"]
    said = json.dumps(r.json["paths"])
    assert ("a filter forbids it" in said) == barred


# ---- TLS ----


@pytest.mark.parametrize("pieces", [1400, 90, 17])
def test_handshake(analyse, pieces):
    c = begun()
    t = web(c)
    t.ask(record(22, hello_of_client(), 0x0301), pieces)
    t.answer(
        record(22, hello_of_server())
        + record(22, certificate_message(certificate_of(["*.contoso.test", "x.test"], "cn.test")))
        + record(22, handshake(14)),
        pieces,
    )
    finish(t)
    step = analyse(c).one("tls")
    detail = step["detail"]
    assert step["outcome"] == "ok"
    assert (detail["sni"], detail["version"]) == (MAIL, "TLS 1.2")
    assert detail["certificate_name"] == ["*.contoso.test", "x.test", "0.0.0.0"]
    assert detail["name_match"] is True
    assert detail["alert"] == []


def test_certificate_in_several_records(analyse):
    c = begun()
    t = web(c)
    t.ask(record(22, hello_of_client()))
    flight = hello_of_server() + certificate_message(certificate_of([MAIL]), certificate_of([], "CA"))
    t.answer(b"".join(record(22, flight[i : i + 150]) for i in range(0, len(flight), 150)))
    finish(t)
    detail = analyse(c).one("tls")["detail"]
    assert detail["certificate_name"] == [MAIL, "0.0.0.0"] and detail["version"] == "TLS 1.2"


@pytest.mark.parametrize(
    "names,cn,match",
    [
        ([MAIL], None, True),
        (["MAIL.CONTOSO.TEST"], None, True),
        (["*.contoso.test"], None, True),
        (["*.test"], None, False),
        (["*.mail.contoso.test"], None, False),
        (["ex1.contoso.local"], MAIL, False),
        ([], MAIL, True),
        ([], "ex1", False),
        ([], "*.contoso.test", True),
    ],
)
def test_name_match(analyse, names, cn, match):
    c = begun()
    t = web(c)
    shake(t, names=names, cn=cn)
    finish(t)
    r = analyse(c)
    step = r.one("tls")
    assert step["detail"]["name_match"] is match
    # The handshake itself went well: whoever minds the name minds it later.
    assert step["outcome"] == "ok"
    assert ("tls-name-mismatch" in findings(r)) == (not match)


def test_no_name_to_match(analyse):
    c = begun()
    t = web(c)
    shake(t, sni=None, names=["ex1.test"])
    finish(t)
    detail = analyse(c).one("tls")["detail"]
    assert detail["sni"] is None and detail["name_match"] is None
    assert detail["certificate_name"] == ["ex1.test", "0.0.0.0"]


def test_client_does_not_trust(analyse):
    c = begun()
    t = web(c)
    shake(t)
    t.ask(alert(2, 48))
    t.close()
    step = analyse(c).one("tls")
    assert step["outcome"] == "failed" and step["detail"]["alert"] == ["unknown_ca"]
    assert "fatal alert of the client: unknown_ca" in step["summary"]


def test_server_does_not_know_the_name(analyse):
    c = begun()
    t = web(c)
    t.ask(record(22, hello_of_client()))
    t.answer(alert(2, 112))
    step = analyse(c).one("tls")
    assert step["outcome"] == "failed" and step["detail"]["alert"] == ["unrecognized_name"]
    assert step["response"] and step["detail"]["version"] is None


@pytest.mark.parametrize("end", "cs")
@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_closed_before_it_was_complete(analyse, version, end):
    c = begun()
    t = web(c)
    shake(t, version=version)
    if version == TLS13:
        t.answer(CHANGE + DATA)  # what TLS 1.3 hides
        t.ask(CHANGE + record(23, bytes(19)))  # an alert, hidden, too
    t.reset(end)
    r = analyse(c)
    step = r.one("tls")
    assert step["outcome"] == "failed"
    assert f"reset by the {'client' if end == 'c' else 'server'}" in step["summary"]


def test_cut_short_is_not_failed(analyse):
    c = begun()
    t = web(c)
    shake(t)
    assert analyse(c).one("tls")["outcome"] == "pending"


def test_only_the_hello(analyse):
    c = begun()
    t = web(c)
    t.ask(record(22, hello_of_client()))
    c.silence()
    step = analyse(c).one("tls")
    assert step["outcome"] == "unanswered"


@pytest.mark.parametrize("caplen", [80, 100, 120, 150])
def test_snaplen(analyse, caplen):
    """With the hello cut, nothing is said of what the capture left out."""
    c = begun()
    first = len(c.frames) + 4
    t = web(c)
    shake(t)
    finish(t)
    t.close()
    c.silence()
    cut = {n: caplen for n in range(first, len(c.frames) + 1)}
    for step in analyse(c, caplen=cut).of("tls"):
        assert step["outcome"] in ("ok", "pending"), step


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_real_without_keys(analyse, folder, version):
    keylog = folder / "keys.txt"
    c = Capture()
    session = Session(c.tcp(CLIENT, 51000, DC, 636), keylog, version)
    session.ask(b"x" * 50)
    session.answer(b"y" * 50)
    step = analyse(c).one("tls")
    assert step["outcome"] == "ok"
    assert step["detail"]["sni"] == "dc1.contoso.test"
    seen = version == ssl.TLSVersion.TLSv1_2
    assert step["detail"]["name_match"] is (True if seen else None)


def test_other_tls(analyse):
    """The same server, another site; a controller's other services."""
    c = begun()
    name = "_ldap._tcp.dc._msdcs." + DOMAIN
    answers = [srv_rr(QUESTION, "dc1.contoso.test")]
    c.exchange(CLIENT, 5000, DC, 53, dns(1, name), dns_reply(1, name, answers))
    t = web(c)
    shake(t, sni="www.contoso.test")
    t = web(c, 443, DC, 51003)
    shake(t, sni="dc1.contoso.test")
    t = web(c, 5986, DC, 51004)
    shake(t, sni="dc1.contoso.test")
    assert analyse(c).of("tls") == []


# ---- autodiscover ----


@pytest.mark.parametrize(
    "status,body,headers,outcome,error,redirect",
    [
        (200, SETTINGS, [XML], "ok", None, None),
        (200, pox("<Error><ErrorCode>500</ErrorCode></Error>"), [XML], "failed", "500", None),
        (
            200,
            pox("<Account><Action>redirectAddr</Action><RedirectAddr>a@b.test</RedirectAddr></Account>"),
            [XML],
            "ok",
            None,
            "<mailbox>",
        ),
        (
            200,
            pox("<Account><Action>redirectUrl</Action><RedirectUrl>https://x.test/</RedirectUrl></Account>"),
            [XML],
            "ok",
            None,
            "https://x.test/",
        ),
        (302, b"", ["Location: https://x.test/autodiscover/autodiscover.xml"], "ok", None, "https://x.test/autodiscover/autodiscover.xml"),
        (302, b"", [], "failed", None, None),
        (200, b"<html><body><p>Welcome</body></html>", ["Content-Type: text/html"], "failed", None, None),
        (200, b"", [], "failed", None, None),
        (404, b"no", ["Content-Type: text/plain"], "failed", None, None),
        (503, b"", [], "failed", None, None),
    ],
)
def test_answers(analyse, status, body, headers, outcome, error, redirect):
    c = begun()
    t = web(c, 80)
    t.ask(post())
    t.answer(http_reply(status, body, *headers))
    r = analyse(c)
    step = r.one("autodiscover")
    d = step["detail"]
    assert (step["outcome"], d["status"], d["error"], d["redirect"]) == (
        outcome,
        status,
        error,
        redirect,
    )
    assert d["mailbox"] == "<mailbox>" and d["auth"] == "none" and d["method"] == "scp"
    assert "alice" not in r.text and "a@b.test" not in r.text


@pytest.mark.parametrize("how", ["chunked", "gzip", "segments", "bom"])
def test_encodings(analyse, how):
    c = begun()
    t = web(c, 80)
    t.ask(post())
    body = SETTINGS
    if how == "chunked":
        parts = [body[:40], body[40:]]
        chunks = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in parts) + b"0\r\n\r\n"
        head = f"HTTP/1.1 200 OK\r\n{XML}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        t.answer(head + chunks)
    elif how == "gzip":
        t.answer(http_reply(200, gzip.compress(body), XML, "Content-Encoding: gzip"))
    elif how == "bom":
        t.answer(http_reply(200, b"\xef\xbb\xbf" + body, XML))
    else:
        t.answer(http_reply(200, body, XML), 33)
    assert analyse(c).one("autodiscover")["outcome"] == "ok"


SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    "<GetUserSettingsResponseMessage><Response><ErrorCode>{}</ErrorCode><UserResponses>"
    "<UserResponse><ErrorCode>{}</ErrorCode>{}</UserResponse></UserResponses></Response>"
    "</GetUserSettingsResponseMessage></s:Body></s:Envelope>"
)
SETTING = "<UserSettings><UserSetting><Name>n</Name><Value>v</Value></UserSetting></UserSettings>"
SETTING_ERROR = (
    "<UserSettingErrors><UserSettingError><ErrorCode>InvalidSetting</ErrorCode>"
    "</UserSettingError></UserSettingErrors>"
)


@pytest.mark.parametrize(
    "outer,inner,more,outcome,error,redirect",
    [
        ("NoError", "NoError", SETTING, "ok", None, None),
        ("NoError", "NoError", SETTING_ERROR + SETTING, "ok", None, None),
        ("NoError", "InvalidUser", "", "failed", "InvalidUser", None),
        ("ServerBusy", "NoError", "", "failed", "ServerBusy", None),
        (
            "NoError",
            "RedirectUrl",
            "<RedirectTarget>https://x.test/</RedirectTarget>",
            "ok",
            None,
            "https://x.test/",
        ),
        (
            "NoError",
            "RedirectAddress",
            "<RedirectTarget>a@b.test</RedirectTarget>",
            "ok",
            None,
            "<mailbox>",
        ),
    ],
)
def test_soap(analyse, outer, inner, more, outcome, error, redirect):
    c = begun()
    t = web(c, 80)
    asked = b"<e><b><Mailbox>alice@contoso.test</Mailbox></b></e>"
    t.ask(post(uri="/Autodiscover/Autodiscover.svc", body=asked))
    t.answer(http_reply(200, SOAP.format(outer, inner, more).encode(), XML))
    step = analyse(c).one("autodiscover")
    d = step["detail"]
    assert (step["outcome"], d["error"], d["redirect"]) == (outcome, error, redirect)
    assert d["mailbox"] == "<mailbox>"


@pytest.mark.parametrize(
    "target",
    [
        "/autodiscover/autodiscover.json/v1.0/alice@contoso.test?Protocol=EWS",
        "/autodiscover/autodiscover.json/v1.0/alice%40contoso.test?Protocol=EWS",
        "/autodiscover/autodiscover.json?Email=alice%40contoso.test&Protocol=EWS",
        "/AutoDiscover/AutoDiscover.json?email=alice@contoso.test&Protocol=EWS",
    ],
)
@pytest.mark.parametrize("good", [True, False])
def test_json(analyse, target, good):
    c = Capture()
    t = web(c, 80)
    t.ask(http_get("outlook.office365.com", target))
    answer = {"Protocol": "EWS", "Url": "https://x.test/EWS"} if good else {"ErrorCode": "UserNotFound"}
    t.answer(http_reply(200, json.dumps(answer).encode(), "Content-Type: application/json"))
    r = analyse(c)
    step = r.one("autodiscover")
    d = step["detail"]
    assert step["outcome"] == ("ok" if good else "failed")
    assert (d["method"], d["mailbox"]) == ("json", "<mailbox>")
    assert d["error"] == (None if good else "UserNotFound")
    assert "alice" not in r.text


def test_mailboxes_show_when_asked_for(analyse):
    c = begun()
    t = web(c, 80)
    t.ask(post())
    t.answer(http_reply(200, SETTINGS, XML))
    step = analyse(c, "-o", "adpath.mailboxes:TRUE").one("autodiscover")
    assert step["detail"]["mailbox"] == "alice@contoso.test"


def test_rounds(analyse):
    c = begun()
    t = web(c, 80)
    for message in (None, 1, 3):
        header = [] if message is None else [f"Authorization: NTLM {base64.b64encode(ntlm(message)).decode()}"]
        t.ask(post(MAIL, PATH, ASKED, *header))
        if message == 3:
            t.answer(http_reply(200, SETTINGS, XML))
        else:
            t.answer(http_reply(401, b"", "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"))
    steps = analyse(c).of("autodiscover")
    assert [s["outcome"] for s in steps] == ["normal", "normal", "ok"]
    assert [s["detail"]["auth"] for s in steps] == ["none", "ntlm", "ntlm"]


@pytest.mark.parametrize("copied", [False, True])
def test_the_same_answer_again_at_once(analyse, copied):
    """Two refusals within a millisecond, equal to the byte, are two; a packet captured twice is one."""
    c = begun()
    t = web(c, 80)
    c.step = 100_000
    c.copies = 2 if copied else 1
    refused = http_reply(401, b"", "WWW-Authenticate: Negotiate")
    token = nego_init(gss(AP_REQ_ID, ap_req("HTTP/" + MAIL)))
    for header in ([], [negotiate(token, "Authorization")]):
        t.ask(post(MAIL, PATH, ASKED, *header))
        t.answer(refused)
    t.ask(post(MAIL, PATH, ASKED, negotiate(token, "Authorization")))
    t.answer(http_reply(200, SETTINGS, XML))
    steps = analyse(c).of("autodiscover")
    assert [s["detail"]["status"] for s in steps] == [401, 401, 200]


def test_pipelined(analyse):
    c = begun()
    t = web(c, 80)
    t.ask(post() + post(uri="/autodiscover/autodiscover.svc"))
    t.answer(http_reply(404, b"x", "Content-Type: text/plain") + http_reply(200, SETTINGS, XML))
    assert [s["outcome"] for s in analyse(c).of("autodiscover")] == ["failed", "ok"]


def test_proxy(analyse):
    c = begun()
    t = web(c, 8080, "10.0.0.99")
    t.ask(post(uri="http://autodiscover.contoso.test/autodiscover/autodiscover.xml"))
    t.answer(http_reply(200, SETTINGS, XML))
    r = analyse(c)
    step = r.one("autodiscover")
    assert step["detail"]["url"] == "http://autodiscover.contoso.test/autodiscover/autodiscover.xml"
    assert step["server"]["name"] is None


def test_tunnel(analyse):
    c = begun()
    t = web(c, 8080, "10.0.0.99")
    t.ask(f"CONNECT {MAIL}:443 HTTP/1.1\r\nHost: {MAIL}:443\r\n\r\n".encode())
    t.answer(b"HTTP/1.1 200 Connection established\r\n\r\n")
    shake(t)
    finish(t)
    r = analyse(c)
    step = r.one("tls")
    assert step["outcome"] == "ok" and step["detail"]["sni"] == MAIL
    assert step["server"]["address"] == "10.0.0.99" and step["server"]["name"] is None
    assert f"'{MAIL}:443'" in step["detail"]["shell"]


@pytest.mark.parametrize(
    "body",
    [
        b"<" * 5000,
        b"<a>" * 5000,
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><ErrorCode>&a;</ErrorCode>",
        b"<ErrorCode>" + b"9" * 9000 + b"</ErrorCode>",
        b"<ErrorCode>\xff\xfe</ErrorCode>",
        b"<?xml version='1.0'?><Error><ErrorCode>1\x1b[31m</ErrorCode></Error>",
        b"{" * 5000,
        b'{"Url":',
        b'{"ErrorCode":"' + b"\\" * 999,
        b"\0" * 100,
    ],
)
@pytest.mark.parametrize("kind", ["text/xml", "application/json", "text/html", "x/y"])
def test_hostile_bodies(analyse, body, kind):
    c = begun()
    t = web(c, 80)
    t.ask(post(body=body))
    t.answer(http_reply(200, body, "Content-Type: " + kind))
    assert analyse(c).one("autodiscover")["outcome"] in ("failed", "pending", "ok")


@pytest.mark.parametrize("caplen", [120, 200, 300])
def test_cut_bodies(analyse, caplen):
    c = begun()
    first = len(c.frames) + 4
    t = web(c, 80)
    t.ask(post())
    t.answer(http_reply(200, SETTINGS, XML))
    cut = {n: caplen for n in range(first, len(c.frames) + 1)}
    for step in analyse(c, caplen=cut).of("autodiscover"):
        assert step["outcome"] == "pending"


def test_other_http(analyse):
    c = begun()
    t = web(c, 80)
    t.ask(http_get(MAIL, "/owa/"))
    t.answer(http_reply(200, b"x"))
    t.ask(http_get(MAIL, "/autodiscover"))
    t.answer(http_reply(404, b"x"))
    t.ask(http_get(MAIL, "/x?/autodiscover/autodiscover.xml"))
    t.answer(http_reply(404, b"x"))
    assert analyse(c).of("autodiscover") == []
