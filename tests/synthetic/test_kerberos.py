# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos with a KDC, on synthetic captures."""
import pytest
from build import *  # noqa: F403
from runner import analyse, folder, tshark  # noqa: F401

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
    c = kdc(Capture(), 5000, tgs_req("alice", tickets=[more]), tgs_rep("alice"))
    assert analyse(c).one("kerberos")["detail"]["spn"] == "alice"


def test_s4u(analyse):
    for_user = (129, seq(ctx(0, principal(["bob"], 10)), ctx(1, general(REALM))))
    c = kdc(Capture(), 5000, tgs_req("web$", pre=[for_user]), tgs_rep("web$", cname="bob"))
    d = analyse(c).one("kerberos")["detail"]
    assert (d["spn"], d["client"]) == ("web$", "bob")


def test_referral_is_no_fault(analyse):
    c = kdc(Capture(), 5000, tgs_req(HTTP), tgs_rep("krbtgt/CHILD.CONTOSO.TEST"))
    step = analyse(c).nothing_failed().one("kerberos")
    assert step["detail"]["spn"] == HTTP


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
    c = kdc(Capture(), 5000, request, krb_error(68, cname=mail), request, as_rep())
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
    c = healthy(as_req(), krb_error(68))
    kdc(c, 5002, as_req(realm="OTHER.TEST"), as_rep(), server=DC2)
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


def test_password_change_service_is_no_step(analyse):
    """kpasswd on 464 carries an AP-REQ, and an error of its own."""
    body = ap_req("kadmin/changepw") + tlv(0x75, seq())
    message = struct.pack(">HHH", len(body) + 6, 1, len(ap_req("kadmin/changepw"))) + body
    c = Capture()
    c.udp(CLIENT, 5000, DC, 464, message)
    analyse(c)
