# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos with a KDC, on synthetic captures."""
import pytest
from build import *  # noqa: F403

TGT = "krbtgt/" + REALM
HTTP = "HTTP/mail.contoso.test"


def kdc(c, port, *messages, server=DC):
    """Messages in turn: a request, its reply, a request …"""
    for i, message in enumerate(messages):
        if message is None:
            continue
        if i % 2:
            c.udp(server, 88, CLIENT, port, message)
        else:
            c.udp(CLIENT, port, server, 88, message)
    return c


def required():
    return krb_error(25, data=padata((19, etype_info2()), (2, b""), (16, b"")))


def test_logon(analyse):
    c = kdc(Capture(), 5000, as_req(), required(), as_req(pre=[timestamp()]), as_rep())
    r = analyse(c.silence()).nothing_failed()
    assert [s["outcome"] for s in r.of("kerberos")] == ["normal", "ok"]
    d = r.steps[0]["detail"]
    assert (d["error"], d["error_name"], d["class"]) == (25, "KDC_ERR_PREAUTH_REQUIRED", "normal")
    assert (d["spn"], d["realm"], d["client"]) == (TGT, REALM, "alice")
    assert d["etype"] == [18, 17, 23]
    assert "CONTOSO.TESTalice" not in r.text, "a salt shows nowhere"


def test_logon_with_too_big_a_reply(analyse):
    second = as_req(pre=[timestamp()])
    c = kdc(Capture(), 5000, as_req(), required(), second, krb_error(52))
    t = c.tcp(CLIENT, 50001, DC, 88)
    t.ask(marked(second))
    t.answer(marked(as_rep()), 100)
    r = analyse(c.silence()).nothing_failed()
    assert r.outcomes() == ["normal", "normal", "ok"]
    assert [s["transport"] for s in r.steps] == ["udp", "udp", "tcp"]


@pytest.mark.parametrize("pieces", [1400, [2], [4], 50, 3])
def test_record_mark_over_segments(analyse, pieces):
    c = Capture()
    t = c.tcp(CLIENT, 50001, DC, 88)
    t.ask(marked(tgs_req(HTTP)), pieces)
    t.answer(marked(krb_error(7, HTTP)), pieces)
    d = analyse(c).one("kerberos")["detail"]
    assert (d["exchange"], d["error"], d["spn"]) == ("tgs", 7, HTTP)


def test_two_requests_on_one_connection(analyse):
    c = Capture()
    t = c.tcp(CLIENT, 50001, DC, 88)
    for name in (HTTP, "ldap/dc1.contoso.test"):
        t.ask(marked(tgs_req(name)))
        t.answer(marked(tgs_rep(name)))
    r = analyse(c.silence()).nothing_failed()
    assert [s["detail"]["spn"] for s in r.steps] == [HTTP, "ldap/dc1.contoso.test"]


def test_pipelined_requests(analyse):
    """Two requests before the first reply: first in, first out."""
    c = Capture()
    t = c.tcp(CLIENT, 50001, DC, 88)
    t.ask(marked(tgs_req(HTTP, nonce=1)) + marked(tgs_req("ldap/dc1.contoso.test", nonce=2)))
    t.answer(marked(krb_error(7, HTTP)))
    t.answer(marked(tgs_rep("ldap/dc1.contoso.test")))
    r = analyse(c.silence())
    assert [(s["detail"]["spn"], s["detail"]["error"], s["outcome"]) for s in r.steps][1] == (
        "ldap/dc1.contoso.test",
        None,
        "ok",
    )
    assert len(r.steps) == 2 and r.steps[0]["detail"]["error"] == 7


def test_requested_name_is_not_the_tickets(analyse):
    c = kdc(Capture(), 5000, tgs_req(HTTP, tgt="krbtgt/OTHER.TEST"), tgs_rep(HTTP))
    d = analyse(c).one("kerberos")["detail"]
    assert (d["spn"], d["realm"], d["client"]) == (HTTP, REALM, "alice")


def test_user_to_user(analyse):
    more = ticket("krbtgt/THIRD.TEST", "THIRD.TEST")
    request = tgs_req("alice", tickets=[more], options=USUAL | ENC_TKT_IN_SKEY)
    c = kdc(Capture(), 5000, request, tgs_rep("alice", cname="bob"))
    d = analyse(c).one("kerberos")["detail"]
    assert (d["spn"], d["client"], d["purpose"]) == ("alice", "bob", "user-to-user")
    assert d["with"] == "krbtgt/THIRD.TEST" and d["for_user"] is None


def test_s4u2self(analyse):
    """Who asks, the ticket that it shows tells; the answer has the user's name."""
    tgt = b"the ticket of web$"
    c = kdc(Capture(), 5000, as_req("web$", pre=[timestamp()]), as_rep("web$", cipher=tgt))
    request = tgs_req("web$", pre=[for_user("bob"), pac_options()], cipher=tgt)
    kdc(c, 5001, request, tgs_rep("web$", cname="bob"))
    step = analyse(c.silence()).nothing_failed().of("kerberos")[1]
    d = step["detail"]
    assert (d["spn"], d["client"], d["for_user"]) == ("web$", "web$", "bob")
    assert d["purpose"] == "s4u2self"
    assert d["preauth"] == ["PA-TGS-REQ", "PA-FOR-USER", "PA-PAC-OPTIONS"]
    assert step["summary"] == "Kerberos TGS for web$ on behalf of bob (S4U2Self) by web$: ticket"


@pytest.mark.parametrize("name", ["bob", None])
def test_s4u2self_by_certificate(analyse, name):
    request = tgs_req("web$", pre=[certificate_user(name)])
    c = kdc(Capture(), 5000, request, tgs_rep("web$", cname="bob"))
    d = analyse(c).one("kerberos")["detail"]
    assert (d["purpose"], d["for_user"], d["client"]) == ("s4u2self", "bob", None)


def test_s4u_masks_mailboxes(analyse):
    request = tgs_req("web$", pre=[for_user("bob.builder@contoso.test")])
    c = kdc(Capture(), 5000, request, tgs_rep("web$", cname="bob"))
    r = analyse(c)
    assert "builder" not in r.text
    assert r.one()["detail"]["for_user"] == "<mailbox>"
    r = analyse(c, "-o", "adpath.mailboxes:TRUE")
    assert "on behalf of bob.builder@contoso.test (S4U2Self)" in r.one()["summary"]


def test_s4u2proxy(analyse):
    evidence = b"a ticket of bob to web$"
    c = kdc(Capture(), 5000, tgs_req("web$", pre=[for_user("bob")]),
            tgs_rep("web$", cname="bob", cipher=evidence))
    request = tgs_req(
        "cifs/fs1.contoso.test", pre=[pac_options()], options=USUAL | CNAME_IN_ADDL_TKT, nonce=2,
        tickets=[ticket("web$", cipher=evidence)],
    )
    kdc(c, 5001, request, krb_error(13, "cifs/fs1.contoso.test", data=error_data(0xC00000BB)))
    step = analyse(c.silence()).of("kerberos")[1]
    d = step["detail"]
    assert (d["purpose"], d["for_user"], d["with"]) == ("s4u2proxy", "bob", "web$")
    assert "on behalf of bob (S4U2Proxy): KDC_ERR_BADOPTION (13)" in step["summary"]


@pytest.mark.parametrize(
    "options,purpose",
    [(USUAL, "ticket"), (USUAL | FORWARDED, "forward"), (USUAL | RENEW, "renewal"),
     (USUAL | VALIDATE, "renewal"), (0xFFFFFFFF, "renewal"), (0, "ticket")],
)
def test_options(analyse, options, purpose):
    c = kdc(Capture(), 5000, tgs_req(TGT, options=options), tgs_rep(TGT))
    assert analyse(c).one("kerberos")["detail"]["purpose"] == purpose


def test_referral_is_no_fault(analyse):
    c = kdc(Capture(), 5000, tgs_req(HTTP), tgs_rep("krbtgt/CHILD.CONTOSO.TEST"))
    step = analyse(c).nothing_failed().one("kerberos")
    d = step["detail"]
    assert (d["spn"], d["purpose"], d["referral"]) == (HTTP, "referral", "CHILD.CONTOSO.TEST")
    assert step["summary"].endswith(": referral to CHILD.CONTOSO.TEST")


def test_ticket_of_another_realms_kdc_is_no_referral(analyse):
    child = "krbtgt/CHILD.CONTOSO.TEST"
    d = analyse(kdc(Capture(), 5000, tgs_req(child), tgs_rep(child))).one("kerberos")["detail"]
    assert (d["purpose"], d["referral"]) == ("ticket", None)


def test_what_was_offered(analyse):
    fast = as_req(pre=[armored(ap_req(TGT)), (133, b"cookie"), (60000, b"")])
    offer = krb_error(91, data=padata((136, b"x"), (133, b"cookie"), (138, b""), (-7, b"")))
    d = analyse(kdc(Capture(), 5000, fast, offer)).one("kerberos")["detail"]
    assert d["preauth"] == ["PA-FX-FAST", "PA-FX-COOKIE", "60000"]
    assert d["offered"] == ["PA-FX-FAST", "PA-FX-COOKIE", "PA-ENCRYPTED-CHALLENGE", "-7"]


def test_key_version(analyse):
    """The upper half is the number of a read-only controller."""
    c = kdc(Capture(), 5000, as_req(pre=[timestamp()]), as_rep(kvno=(40123 << 16) | 3))
    assert analyse(c).one("kerberos")["detail"]["ticket_kvno"] == (40123 << 16) | 3


def test_nonce_is_no_clock(analyse):
    """MIT's KDC has the nonce in the place of the client's time."""
    error = krb_error(37, text="CLOCK_SKEW", ctime=2 * 10**9 * 10**9, stime=START)
    r = analyse(kdc(Capture(), 5000, as_req(nonce=2 * 10**9, pre=[timestamp()]), error).silence())
    assert "2033" not in r.text and "year" not in r.text


STATUSES = [
    (6, 0xC0000064),
    (7, 0xC000018B),
    (12, 0xC0000413),
    (13, 0xC00000BB),
    (18, 0xC0000072),
    (23, 0xC0000224),
    (24, 0xC000006A),
    (25, 0xC0000072),
    (29, 0xC000005E),
    (41, 0xC000006D),
    (60, 0xC000018C),
    (14, 0xC00002FD),
]


@pytest.mark.parametrize("code,status", STATUSES)
@pytest.mark.parametrize("flags", [1, 3])
def test_ntstatus(analyse, code, status, flags):
    tgs = code in (7, 13, 29, 41, 60)
    request = tgs_req(HTTP) if tgs else as_req()
    error = krb_error(code, HTTP if tgs else TGT, data=error_data(status, flags))
    d = analyse(kdc(Capture(), 5000, request, error)).one("kerberos")["detail"]
    assert (d["error"], d["ntstatus"]) == (code, status)


@pytest.mark.parametrize("code", [6, 18, 25])
def test_ntstatus_in_method_data(analyse, code):
    """pw-salt is the type number of the NTSTATUS; a MIT-made salt is not one."""
    status = struct.pack("<III", 0xC0000234, 0, 1)
    data = padata((19, etype_info2()), (3, status))
    d = analyse(kdc(Capture(), 5000, as_req(), krb_error(code, data=data))).one()["detail"]
    assert d["ntstatus"] == 0xC0000234


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"garbage",
        b"\x30",
        b"\x30\x82\xff",
        b"\x30\x80\0\0",
        b"\xff" * 300,
        seq(ctx(1, integer(3)), ctx(2, octets(b"salt of 12 b"))),
        padata((3, b"CONTOSO.TESTalice")),
        seq(ctx(1, integer(3))),
        seq(ctx(1, integer(3)), ctx(2, octets(b""))),
        seq(seq(seq())),
        b"\x30\x05\x02\x03",
    ],
)
@pytest.mark.parametrize("code", [25, 18])
def test_odd_error_data(analyse, data, code):
    d = analyse(kdc(Capture(), 5000, as_req(), krb_error(code, data=data))).one()["detail"]
    assert d["error"] == code and d["ntstatus"] is None and d["spn"] == TGT


def test_no_sname(analyse):
    d = analyse(kdc(Capture(), 5000, tgs_req(HTTP), krb_error(60, None))).one()["detail"]
    assert (d["spn"], d["error"], d["exchange"]) == (HTTP, 60, "tgs")


def test_unspecified_realm(analyse):
    error = krb_error(41, "dc1$", "<unspecified realm>")
    c = Capture()
    c.udp(DC, 88, CLIENT, 5000, error)
    step = analyse(c).one("kerberos")
    assert step["detail"]["error"] == 41
    assert step["detail"]["realm"] in (None, "<unspecified realm>")


def test_text_and_skew(analyse):
    text = "KDC has no support\x1b[31m for \"type\"\n"
    error = krb_error(37, TGT, text=text, stime=START + 400 * 10**9)
    r = analyse(kdc(Capture(), 5000, as_req(), error))
    d = r.one()["detail"]
    assert 399.9 < d["skew"] < 400.2
    assert d["text"].startswith("KDC has no support\\x1b") and "\x1b" not in r.text


def test_negative_skew(analyse):
    error = krb_error(37, TGT, stime=START - 400 * 10**9)
    r = analyse(kdc(Capture(), 5000, as_req(), error))
    assert -400.1 < r.one()["detail"]["skew"] < -399.8
    assert r.values(2, "krb.skew")[0].startswith("-399.")


def test_enterprise_name(analyse):
    mail = "alice.liddell@contoso.test"
    request = as_req(cname=mail, cname_kind=10)
    again = as_req(cname=mail, cname_kind=10, nonce=2)
    c = kdc(Capture(), 5000, request, krb_error(68, cname=mail), again, as_rep())
    r = analyse(c).nothing_failed()
    assert "liddell" not in r.text
    assert r.steps[0]["detail"]["client"] == "<mailbox>"
    r = analyse(c, "-o", "adpath.mailboxes:TRUE")
    assert r.steps[0]["detail"]["client"] == mail


def test_error_with_another_name(analyse):
    """It answers something that was not captured; the request may still be answered."""
    c = kdc(Capture(), 5000, tgs_req(HTTP), krb_error(7, "cifs/x.contoso.test"))
    c.udp(DC, 88, CLIENT, 5000, tgs_rep(HTTP))
    r = analyse(c.silence())
    assert [s["outcome"] for s in r.steps] == ["ok", "failed"]
    assert r.steps[1]["request"] is None


@pytest.mark.parametrize("asked,named", [("krbtgt/CONTOSO", TGT), ("krbtgt/contoso.test", TGT)])
def test_krbtgt_under_another_name(analyse, asked, named):
    """A logon with the NetBIOS name of the domain; the KDC answers with the realm's."""
    c = kdc(Capture(), 5000, as_req(sname=asked, realm=asked[7:]), krb_error(25, named))
    c = kdc(c, 5001, as_req(sname=asked, realm=asked[7:], pre=[timestamp()]), as_rep(sname=named))
    r = analyse(c.silence()).nothing_failed()
    assert len(r.steps) == 2


def test_silence(analyse):
    c = Capture()
    for _ in range(3):
        c.udp(CLIENT, 5000, DC, 88, as_req())
        c.wait(1)
    c.udp(CLIENT, 5000, DC2, 88, as_req())
    r = analyse(c.silence())
    assert r.outcomes() == ["unanswered", "unanswered"]
    assert [s["retries"] for s in r.steps] == [2, 0]


@pytest.mark.parametrize("code", [-5, 77, 200, 30, 0, 2**31 - 1, -(2**31)])
def test_codes_outside_the_table(analyse, code):
    d = analyse(kdc(Capture(), 5000, as_req(), krb_error(code))).one("kerberos")["detail"]
    assert d["error"] == code and d["error_name"]


@pytest.mark.parametrize("name", ["alice", "host/pc1.contoso.test", "a\x00b\x1b", "äöü", "x" * 300])
def test_client_names(analyse, name):
    r = analyse(kdc(Capture(), 5000, as_req(cname=name), as_rep(cname=name)))
    assert r.one()["detail"]["client"]
    assert "\x1b" not in r.text


# ---- healthy flow that has errors in it (facts 5.8) ----


def healthy(*messages):
    return kdc(Capture(), 5000, *messages).silence()


def test_other_etypes_then_success(analyse):
    c = healthy(as_req(etypes=(18,)), krb_error(14), as_req(etypes=(23,)), as_rep(etype=23))
    analyse(c).nothing_failed()


def test_wrong_realm_then_there(analyse):
    c = healthy(as_req(), krb_error(68, crealm="OTHER.TEST"))
    kdc(c, 5002, as_req(realm="OTHER.TEST"), as_rep(), server=DC2)
    r = analyse(c.silence()).nothing_failed()
    assert r.steps[0]["detail"]["referral"] == "OTHER.TEST"
    assert r.steps[0]["summary"].endswith(", the realm is OTHER.TEST")


def test_wrong_realm_and_no_other(analyse):
    """The fault is that nobody goes on; nor does the denied realm name the domain."""
    c = healthy(as_req(), krb_error(68), as_req(nonce=2), krb_error(68))
    r = analyse(c)
    assert r.outcomes() == ["failed", "failed"]
    assert r.json["paths"][0]["domain"] is None


def test_wrong_realm_and_somebody_else(analyse):
    c = healthy(as_req(), krb_error(68))
    kdc(c, 5002, as_req("bob", realm="OTHER.TEST"), as_rep("bob"), server=DC2)
    assert analyse(c.silence()).outcomes() == ["failed", "ok"]


@pytest.mark.parametrize("proof", [timestamp(), challenge()])
def test_refused_proof(analyse, proof):
    """25 is the first step of a logon only where nothing was proven yet."""
    c = healthy(as_req(), required(), as_req(pre=[proof]), required())
    assert analyse(c).outcomes() == ["normal", "failed"]


def test_refused_proof_then_another(analyse):
    first = as_req(pre=[timestamp(), (128, b"1")])
    c = healthy(first, required(), as_req(pre=[timestamp()]), as_rep())
    analyse(c).nothing_failed()


def test_user_to_user_by_another_name(analyse):
    u2u = tgs_req("svc", tickets=[ticket(TGT)], options=USUAL | ENC_TKT_IN_SKEY)
    c = healthy(tgs_req(HTTP), krb_error(27, HTTP), u2u, tgs_rep("svc"))
    analyse(c).nothing_failed()


def test_must_use_user_to_user_and_does_not(analyse):
    c = healthy(tgs_req(HTTP), krb_error(27, HTTP), tgs_req("svc", nonce=2), tgs_rep("svc"))
    assert analyse(c).outcomes() == ["failed", "ok"]


@pytest.mark.parametrize("code", [16, 24, 25, 6, 66])
def test_refused_anonymous_request(analyse, code):
    """A client looks whether the KDC gives it armor for FAST; it goes on without."""
    asks = as_req(["WELLKNOWN", "ANONYMOUS"], cname_kind=11, pre=[(16, b"")])
    c = healthy(asks, krb_error(code), as_req(pre=[timestamp()]), as_rep())
    r = analyse(c).nothing_failed()
    assert r.steps[0]["detail"]["purpose"] == "anonymous"


def test_referral_is_no_grant(analyse):
    """What was refused is not made good by a way that leads on, nor when that ends."""
    referral = tgs_rep("krbtgt/B.TEST")
    c = healthy(tgs_req(HTTP), krb_error(7, HTTP), tgs_req(HTTP, nonce=2), referral)
    assert analyse(c).outcomes() == ["failed", "ok"]
    kdc(c, 5002, tgs_req(HTTP, realm="B.TEST"), tgs_rep(HTTP), server=DC2)
    analyse(c.silence()).nothing_failed()


def test_expired_ticket_then_new(analyse):
    c = healthy(tgs_req(HTTP), krb_error(32, HTTP), as_req(pre=[timestamp()]), as_rep())
    kdc(c, 5001, tgs_req(HTTP, nonce=2), tgs_rep(HTTP))
    analyse(c.silence()).nothing_failed()


def test_skew_then_recovery(analyse):
    late = krb_error(37, TGT, stime=START + 400 * 10**9)
    c = healthy(as_req(pre=[timestamp()]), late, as_req(pre=[timestamp(), (128, b"")]), as_rep())
    analyse(c).nothing_failed()


def test_typing_error_then_success(analyse):
    wrong = as_req(pre=[timestamp(), (128, b"1")])
    c = healthy(wrong, krb_error(24), as_req(pre=[timestamp()]), as_rep())
    analyse(c).nothing_failed()


def test_probe_then_success_elsewhere(analyse):
    c = kdc(Capture(), 5000, tgs_req(HTTP), krb_error(7, HTTP))
    kdc(c, 5001, tgs_req(HTTP, realm="OTHER.TEST"), tgs_rep(HTTP), server=DC2)
    analyse(c.silence()).nothing_failed()


def test_user_not_here_then_elsewhere(analyse):
    c = kdc(Capture(), 5000, as_req("bob"), krb_error(6))
    kdc(c, 5001, as_req("bob"), as_rep("bob"), server=DC2)
    analyse(c.silence()).nothing_failed()


def test_impossible_option_then_success(analyse):
    c = healthy(tgs_req(HTTP), krb_error(13, HTTP), tgs_req(HTTP, nonce=2), tgs_rep(HTTP))
    analyse(c).nothing_failed()


@pytest.mark.parametrize("code", [90, 91])
def test_further_rounds(analyse, code):
    c = healthy(as_req(), krb_error(code), as_req(pre=[timestamp()]), as_rep())
    analyse(c).nothing_failed()


def test_late_second_copy_of_an_error(analyse):
    """The first request was repeated, so 25 comes twice, the second time after the next request."""
    c = Capture()
    c.udp(CLIENT, 5000, DC, 88, as_req())
    c.wait(1).udp(CLIENT, 5000, DC, 88, as_req())
    c.udp(DC, 88, CLIENT, 5000, required())
    c.udp(CLIENT, 5000, DC, 88, as_req(pre=[timestamp()]))
    c.wait(0.01).udp(DC, 88, CLIENT, 5000, required())
    c.udp(DC, 88, CLIENT, 5000, as_rep())
    r = analyse(c.silence()).nothing_failed()
    assert r.outcomes() == ["normal", "ok"]


@pytest.mark.parametrize("length", [60, 75, 90, 100, 110, 120, 130])
def test_error_cut_by_snaplen(analyse, length):
    """What was cut off is not code 0."""
    c = kdc(Capture(), 5000, as_req(), required()).silence()
    step = analyse(c, caplen={2: length}).one("kerberos")
    assert step["outcome"] not in ("failed", "unanswered")
    assert step["detail"]["error"] in (None, 25)


@pytest.mark.parametrize("length", [60, 80, 120, 180])
def test_reply_cut_by_snaplen(analyse, length):
    c = kdc(Capture(), 5000, as_req(), as_rep()).silence()
    analyse(c, caplen={2: length}).nothing_failed()


@pytest.mark.parametrize("length", [60, 80, 120, 180])
def test_all_cut_by_snaplen(analyse, length):
    c = kdc(Capture(), 5000, as_req(), required(), tgs_req(HTTP), tgs_rep(HTTP)).silence()
    t = c.tcp(CLIENT, 50001, DC, 88)
    t.ask(marked(tgs_req(HTTP)))
    t.answer(marked(tgs_rep(HTTP)))
    analyse(c.silence(), caplen=length).nothing_failed()


def test_replies_only(analyse):
    c = Capture()
    c.udp(DC, 88, CLIENT, 5000, required())
    c.udp(DC, 88, CLIENT, 5000, as_rep())
    c.udp(DC, 88, CLIENT, 5001, krb_error(7, HTTP))
    r = analyse(c.silence())
    assert r.outcomes() == ["normal", "ok", "failed"]
    assert [s["detail"]["exchange"] for s in r.steps] == ["as", "as", "tgs"]
    assert r.steps[2]["detail"]["spn"] == HTTP


# ---- the password service ----


def change(c, answer, port=6000, over="udp", pieces=1400):
    if over == "udp":
        return c.exchange(CLIENT, port, DC, 464, kpasswd_req(), *([answer] if answer else []))
    t = c.tcp(CLIENT, port, DC, 464)
    t.ask(marked(kpasswd_req()))
    if answer:
        t.answer(marked(answer), pieces)
    return c


@pytest.mark.parametrize(
    "over,pieces,bare,result,name",
    [
        ("udp", 0, False, 4, "soft error"),
        ("udp", 0, True, 5, "access denied"),
        ("tcp", 1400, False, 77, None),
        ("tcp", 1400, True, 4, "soft error"),
        ("tcp", 5, False, 5, "access denied"),
        ("tcp", 50, True, 4, "soft error"),
    ],
)
def test_refused_password_change(analyse, over, pieces, bare, result, name):
    answer = kpasswd_error(result, "too short", bare=bare)
    step = analyse(change(Capture(), answer, over=over, pieces=pieces)).one("kerberos")
    d = step["detail"]
    assert (step["outcome"], d["carrier"], d["exchange"]) == ("failed", "kpasswd", "ap")
    assert (d["error"], d["result"], d["result_name"]) == (60, result, name)
    assert (d["text"], d["spn"], d["purpose"]) == ("too short", "kadmin/changepw", "password")
    assert step["summary"].endswith("(too short)")


@pytest.mark.parametrize("over,pieces", [("udp", 0), ("tcp", 1400), ("tcp", 30)])
def test_sealed_result_of_a_password_change(analyse, over, pieces):
    """The service took the ticket; whether it took the password nobody sees."""
    key = b"a ticket for changepw"
    c = kdc(Capture(), 5000, as_req(sname=CHANGEPW, pre=[timestamp()]),
            as_rep(sname=CHANGEPW, cipher=key))
    if over == "udp":
        c.exchange(CLIENT, 6000, DC, 464, kpasswd_req(key), kpasswd_rep())
    else:
        t = c.tcp(CLIENT, 6000, DC, 464)
        t.ask(marked(kpasswd_req(key)))
        t.answer(marked(kpasswd_rep()), pieces)
    r = analyse(c.silence()).nothing_failed()
    step = r.steps[1]
    assert (step["outcome"], step["detail"]["result"]) == ("hidden", None)
    assert step["detail"]["client"] == "alice", "the ticket was given to her"
    assert step["summary"] == "Kerberos password change by alice: answered, the result is sealed"
    assert [p["outcome"] for p in r.json["paths"]] == ["ok"]


def test_password_change_without_a_result(analyse):
    d = analyse(change(Capture(), kpasswd_error(None, code=41))).one("kerberos")["detail"]
    assert (d["error"], d["result"], d["text"]) == (41, None, None)


def test_policy_in_the_place_of_a_text(analyse):
    """Windows sends thirty bytes that are no text."""
    answer = kpasswd_error(4, "\0\0\0\0\0\7" + "\1" * 24)
    d = analyse(change(Capture(), answer)).one("kerberos")["detail"]
    assert (d["result"], d["text"]) == (4, None)


def test_silent_password_service(analyse):
    c = Capture()
    for _ in range(3):
        c.udp(CLIENT, 6000, DC, 464, kpasswd_req())
        c.wait(1)
    c = kdc(c, 5000, as_req(), required())
    r = analyse(c.silence())
    step = r.steps[0]
    assert (step["outcome"], step["retries"]) == ("unanswered", 2)


def test_no_command_changes_a_password(analyse):
    r = analyse(change(Capture(), kpasswd_error(4)))
    assert r.values(1, "repeat.shell") == r.values(1, "repeat.powershell") == []


@pytest.mark.parametrize("length", (42, 46, 48, 52, 60, 80, 101, 140, 170, 190))
def test_password_change_cut_by_snaplen(analyse, length):
    c = change(Capture(), kpasswd_rep())
    change(c, kpasswd_error(4, "too short"), 6001)
    change(c, kpasswd_error(4, "too short", bare=True), 6002)
    change(c, kpasswd_rep(), 6003, "tcp")
    r = analyse(c.silence(), caplen=length)
    assert "unanswered" not in r.outcomes() and "ok" not in r.outcomes()


@pytest.mark.parametrize(
    "payload",
    [b"", b"\0", b"\0" * 6, b"\0" * 20, b"\0\6\0\1\0\0", b"\xff" * 60, b"\x7e", b"\x7e\x80",
     b"\0\0\0\0\x7e\x82", b"\0\x20\0\1\0\1\x6e", struct.pack(">HHH", 8, 1, 0) + b"\x7e\0"],
)
def test_odd_messages_of_the_password_service(analyse, payload):
    c = Capture()
    c.udp(CLIENT, 6000, DC, 464, payload)
    c.udp(DC, 464, CLIENT, 6000, payload)
    t = c.tcp(CLIENT, 6001, DC, 464)
    t.ask(payload)
    t.answer(payload)
    analyse(c.silence())


# ---- tokens that are none of Kerberos ----


@pytest.mark.parametrize(
    "token,is_kerberos",
    [
        (b"n,,n=user,r=" + b"x" * 40, False),
        (b"n" + bytes([0x26]) + b"=" * 38, False),
        (app(0, oid(1, 3, 6, 1, 5, 5, 14), b"n,,n=user,r=abcdef"), False),
        (app(0, OID_NTLM, AP_REQ_ID, ap_req("ldap/dc1.contoso.test")), False),
        (ap_req("ldap/dc1.contoso.test"), True),
        (gss(AP_REQ_ID, ap_req("ldap/dc1.contoso.test")), True),
        (app(0, oid(1, 2, 840, 48018, 1, 2, 2), AP_REQ_ID, ap_req("ldap/dc1.contoso.test")), True),
        (app(0, oid(1, 2, 840, 113554, 1, 2, 2, 3), AP_REQ_ID, ap_req("alice")), True),
        (nego_init(gss(AP_REQ_ID, ap_req("ldap/dc1.contoso.test"))), True),
    ],
)
@pytest.mark.parametrize("mechanism", ["GSS-SPNEGO", "SCRAM-SHA-256"])
def test_token_by_its_bytes(analyse, token, is_kerberos, mechanism):
    """A label proves nothing; SCRAM's first message begins with the tag of an AP-REQ."""
    c = Capture()
    t = c.tcp(CLIENT, 50001, DC, 389)
    t.ask(ldap(1, bind_sasl(mechanism, token)))
    t.answer(ldap(1, bind_response()))
    r = analyse(c.silence())
    assert len(r.of("kerberos")) == is_kerberos


@pytest.mark.parametrize("scheme", ["Kerberos", "Negotiate", "kerberos"])
@pytest.mark.parametrize("status,answer", [(200, "ok"), (401, "failed")])
def test_http_scheme(analyse, scheme, status, answer):
    """WinRM says "Kerberos" where others say "Negotiate", in both directions."""
    def b64(token):
        return base64.b64encode(token).decode()

    request = gss(AP_REQ_ID, ap_req("WSMAN/srv1.contoso.test"))
    reply = gss(AP_REP_ID, ap_rep()) if status == 200 else gss(ERROR_ID, krb_error(41, "srv1$"))
    c = Capture()
    t = c.tcp(CLIENT, 50001, WEB, 80)
    t.ask(
        f"POST /wsman HTTP/1.1\r\nHost: srv1.contoso.test\r\nContent-Length: 0\r\n"
        f"Authorization: {scheme} {b64(request)}\r\n\r\n".encode()
    )
    t.answer(
        f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n"
        f"WWW-Authenticate: {scheme} {b64(reply)}\r\n\r\n".encode()
    )
    step = analyse(c.silence()).one("kerberos")
    assert (step["outcome"], step["detail"]["carrier"]) == (answer, "http")
    assert step["detail"]["spn"] == "WSMAN/srv1.contoso.test"
