# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos in SMB and RPC, on synthetic captures. Errors are steps, what goes well is none."""
import pytest
from build import *  # noqa: F403
from smb import *  # noqa: F403

SPN = "cifs/fs.contoso.test"
ASK = nego_init(gss(AP_REQ_ID, ap_req(SPN)))
RAW = gss(AP_REQ_ID, ap_req(SPN))
AGREE = nego_resp(gss(AP_REP_ID, ap_rep()))


def error(code=41, name="fs2$"):
    return krb_error(code, name, data=error_data(0xC000006D))


def refusal(code=41):
    return nego_resp(gss(ERROR_ID, error(code)), 2)


class Talk:
    """Connections of one request and one reply each, and what they have to give."""

    def __init__(self):
        self.capture = Capture()
        self.wanted = {}  # frame of the reply -> (carrier, code, spn, frame of the request)

    def on(self, port, request, reply, *wanted, pieces=1400):
        t = self.capture.tcp(CLIENT, 40000 + len(self.capture.frames), DC, port, False)
        asked = t.ask(request, pieces) if request else None
        answered = t.answer(reply, pieces)
        if wanted:
            self.wanted[answered] = (*wanted, asked)
        return t


def test_errors(analyse):
    talk = Talk()
    for ask, no in ((ASK, refusal()), (RAW, gss(ERROR_ID, error())), (ASK, nego_resp(error(), 2))):
        failed = smb2_setup_reply(no, LOGON_FAILURE)
        talk.on(445, smb2_setup(ask), failed, "smb", 41, SPN)
        talk.on(139, smb1_setup(ask), smb1_setup_reply(no, LOGON_FAILURE), "smb", 41, SPN)
        talk.on(49155, rpc_bind(ask), rpc_bind_ack(no, result=2), "rpc", 41, SPN)
        talk.on(135, rpc_bind(ask, kind=14), rpc_bind_ack(no, kind=15), "rpc", 41, SPN)
        # No auth trailer is foreseen in these two; a server that puts one there is understood.
        talk.on(135, rpc_bind(ask), rpc_bind_nak(no), "rpc", 41, SPN)
        talk.on(135, rpc_bind(ask), rpc_fault(no), "rpc", 41, SPN)
    for code in (31, 37, 44):
        failed = smb2_setup_reply(refusal(code), LOGON_FAILURE)
        talk.on(445, smb2_setup(ASK), failed, "smb", code, SPN)
    # RPC with Kerberos alone, as Windows sends it (DCE style) and as others do.
    for ask, no in ((ap_req(SPN), error()), (RAW, gss(ERROR_ID, error()))):
        talk.on(135, rpc_bind(ask, KERBEROS), rpc_bind_ack(no, KERBEROS), "rpc", 41, SPN)
    # Over segments, and the reply alone.
    failed = smb2_setup_reply(refusal(), LOGON_FAILURE)
    talk.on(445, smb2_setup(ASK), failed, "smb", 41, SPN, pieces=60)
    talk.on(49156, rpc_bind(ASK), rpc_bind_ack(refusal()), "rpc", 41, SPN, pieces=100)
    talk.on(445, None, smb2_setup_reply(refusal(), LOGON_FAILURE), "smb", 41, "fs2$")
    talk.on(139, None, smb1_setup_reply(refusal(), LOGON_FAILURE), "smb", 41, "fs2$")
    talk.on(135, None, rpc_bind_ack(refusal()), "rpc", 41, "fs2$")
    r = analyse(talk.capture)
    assert len(r.steps) == len(talk.wanted) == 28
    for step in r.steps:
        d = step["detail"]
        carrier, code, spn, asked = talk.wanted[step["response"]]
        assert (step["kind"], step["outcome"], d["exchange"]) == ("kerberos", "failed", "ap")
        assert (d["carrier"], d["error"], d["spn"]) == (carrier, code, spn)
        assert d["ntstatus"] == 0xC000006D and d["class"] == "fault"
        assert step["request"] == asked
        assert step["client"]["address"] == CLIENT and step["server"]["address"] == DC
        assert f"in {carrier.upper()}" in step["summary"]
        assert d["shell"] == (f"kvno -- '{SPN}@{REALM}'" if asked else None)


def test_healthy_and_silent(analyse):
    """Nothing of it is a step: logons that go well, NTLM, and refusals that say nothing of Kerberos."""
    talk = Talk()
    talk.on(445, smb2_setup(ASK), smb2_negotiate_reply(nego_init(b"")))
    talk.on(445, smb2_setup(ASK), smb2_setup_reply(AGREE))
    talk.on(445, smb2_setup(RAW), smb2_setup_reply(gss(AP_REP_ID, ap_rep())))
    talk.on(139, smb1_setup(ASK), smb1_setup_reply(AGREE))
    # The server chose NTLM, and refuses that.
    t = talk.on(445, smb2_setup(ASK), smb2_setup_reply(nego_resp(None, 1, OID_NTLM), MORE_PROCESSING))
    t.ask(smb2_setup(nego_resp(ntlm(3)), 2))
    t.answer(smb2_setup_reply(b"", LOGON_FAILURE, 2))
    t = talk.on(445, smb2_setup(nego_init(ntlm(1))), smb2_setup_reply(nego_resp(ntlm(2), 1), MORE_PROCESSING))
    t.ask(smb2_setup(nego_resp(ntlm(3)), 2))
    t.answer(smb2_setup_reply(b"", LOGON_FAILURE, 2))
    t = talk.on(135, rpc_bind(ASK), rpc_bind_ack(AGREE))
    t.ask(rpc(16, b"pad ", nego_resp(ap_rep())))
    t = talk.on(135, rpc_bind(ap_req(SPN), KERBEROS), rpc_bind_ack(ap_rep(), KERBEROS))
    # The client's own AP-REP, the third leg of DCE style.
    t.ask(rpc_bind(ap_rep(), KERBEROS, kind=14))
    t.answer(rpc_bind_ack(b"", KERBEROS, kind=15))
    # Nor is it a fault of the client's when the client refuses the server's.
    t = talk.on(135, rpc_bind(ap_req(SPN), KERBEROS), rpc_bind_ack(ap_rep(), KERBEROS))
    t.ask(rpc_bind(error(), KERBEROS, kind=14))
    talk.on(135, rpc_bind(None), rpc_bind_ack(None))
    talk.on(135, rpc_bind(ASK), rpc_bind_nak(None))
    talk.on(135, rpc_bind(ASK), rpc_fault())
    # NTLM and Schannel trailers, and a request's own bytes that look like an error.
    talk.on(135, rpc_bind(ntlm(1), 10), rpc_bind_ack(ntlm(2), 10))
    talk.on(135, rpc_bind(error(), 68), rpc_bind_ack(error(), 68))
    talk.on(135, rpc(0, error(), b"signature" * 2), rpc(2, error(), b"signature" * 2))
    assert analyse(talk.capture.silence()).steps == []


@pytest.mark.parametrize(("ask", "reply", "port"), [(smb2_setup, smb2_setup_reply, 445), (smb1_setup, smb1_setup_reply, 139)])
@pytest.mark.parametrize("token", [b"", nego_resp(None, 2)], ids=["nothing", "reject"])
def test_refused_without_a_word(analyse, ask, reply, port, token):
    """The session's status is all that tells it; a ticket that is taken afterwards makes it good."""
    talk = Talk()
    for _ in range(2):
        talk.on(port, ask(ASK), reply(token, LOGON_FAILURE))
    r = analyse(talk.capture.silence())
    assert r.outcomes() == ["failed", "failed"]
    for step in r.steps:
        d = step["detail"]
        assert (d["exchange"], d["carrier"], d["error"], d["ntstatus"]) == ("ap", "smb", None, LOGON_FAILURE)
        assert "refused without a reason" in step["summary"]
    talk.on(port, ask(ASK), reply(AGREE))
    assert analyse(talk.capture.silence()).outcomes() == ["normal", "normal", "ok"]


def test_error_then_success(analyse):
    """A second try with another ticket is a step, as it makes the first good; order tells them apart."""
    talk = Talk()
    t = talk.on(445, smb2_setup(ASK), smb2_setup_reply(refusal(), LOGON_FAILURE))
    other = nego_init(gss(AP_REQ_ID, ap_req(SPN, cipher=b"another ticket")))
    t.ask(smb2_setup(other, 2))
    t.answer(smb2_setup_reply(AGREE, 0, 2))
    steps = analyse(talk.capture.silence()).steps
    assert [(s["request"], s["response"], s["detail"].get("error"), s["outcome"]) for s in steps] == [
        (1, 2, 41, "failed"),
        (3, 4, None, "ok"),
    ]


def test_two_clients_in_turn(analyse):
    c = Capture(step=50_000_000)  # equal bytes within a millisecond are one packet and its copy
    talks = [c.tcp(CLIENT, 40001, DC, 445, False), c.tcp(CLIENT2, 40001, DC, 445, False)]
    names = ["cifs/a.contoso.test", "cifs/b.contoso.test"]
    for t, name in zip(talks, names):
        t.ask(smb2_setup(nego_init(gss(AP_REQ_ID, ap_req(name)))))
    for t in talks:
        t.answer(smb2_setup_reply(refusal(), LOGON_FAILURE))
    r = analyse(c)
    assert [(s["client"]["address"], s["detail"]["spn"]) for s in r.steps] == [
        (CLIENT, names[0]),
        (CLIENT2, names[1]),
    ]


def test_damaged(analyse):
    """Lengths that lie, and captures that were cut."""
    talk = Talk()
    for at, value in ((8, 0), (8, 10), (8, 0xFFFF), (10, 0xFFFF), (10, 1), (10, 200), (2, 255)):
        for packet in (rpc_bind(ASK), rpc_bind_ack(refusal())):
            broken = bytearray(packet)
            struct.pack_into("<H", broken, at, value)
            talk.on(135, None, bytes(broken))
    talk.on(135, None, rpc_bind_ack(refusal()[:20]))
    talk.on(445, None, smb2_setup_reply(refusal()[:20]))
    for step in analyse(talk.capture).steps:
        assert step["detail"]["error"] == 41


@pytest.mark.parametrize("length", [100, 140, 170, 200])
def test_snaplen(analyse, length):
    talk = Talk()
    talk.on(445, smb2_setup(ASK), smb2_setup_reply(AGREE))
    talk.on(135, rpc_bind(ASK), rpc_bind_ack(AGREE))
    talk.on(139, smb1_setup(ASK), smb1_setup_reply(AGREE))
    analyse(talk.capture.silence(), caplen=length).nothing_failed()
