# SPDX-License-Identifier: GPL-2.0-or-later
"""Captured at the server: its answers are in the capture, and TCP repeats them because nobody acknowledges them.

What swallows packets of full size on the way back (a tunnel whose ICMP is filtered), or a way back that leads nowhere. All
were written down before a rule was read.
"""
from cases_field_q_blind import CALM, DC_SRV, hello, said_by_client
from cases_field_w_blind import SILENT, WELL, WENT, bare, hard
from net import *  # noqa: F403
from web import CHANGE, HIDDEN, certificate_message, certificate_of, hello_of_server, record

PAUSES = (0.3, 0.6, 1.2, 2.4, 4.8)
FULL = 1400
NOT_OK = {"verdict": CALM + "|No KDC answered|has no reply", "any": "overloaded|hangs"}


def here(s):
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping()


def repeated(s, t, data, pauses=PAUSES):
    """Behind an answer: its last segment, or its first ones, come again; the client's acknowledgement stays before it."""
    frames = []
    for seconds in pauses:
        s.wait(seconds)
        frames.append(bare(t, "s", "A", data[:FULL], back=len(data)))
    return frames


def ended(t, data, heard, flags="FA"):
    """The client ends it, having heard all of the answer or nothing of it."""
    t.seq["s"] -= 0 if heard else len(data)
    frame = bare(t, "c", flags)
    t.seq["s"] += 0 if heard else len(data)
    t.seq["c"] += 1
    return frame


def certificates(s, host=None):
    chain = [certificate_of([host or s.host], host or s.host), *[certificate_of([f"ca{i}-{n}.synthetic" for n in range(30)], f"ca{i}") for i in range(4)]]
    said = record(22, hello_of_server()) + record(22, certificate_message(*chain)) + record(22, handshake_done())
    assert len(said) > 2 * FULL, len(said)
    return said


def handshake_done():
    return b"\x0e\0\0\0"


def large_entry(s):
    return entry(f"CN=big,{s.config}", {"member": [f"CN=user{i},OU=people,{s.config}" for i in range(80)]})


# ---- faults ----


@hard("K3", shows={"tls-failed|dc-unreachable|ldap-unanswered": "error"}, outcome="failed", never=NOT_OK, domain="{D}")
def certificate_of_the_controller_is_too_big_for_the_way_back(s):
    """LDAPS through a tunnel: the chain of certificates is sent again and again, then the client gives up."""
    here(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed|dc-unreachable|ldap-unanswered", t.ask(hello(s.host)))
        said = certificates(s)
        t.answer(said)
        repeated(s, t, said)
        ended(t, said, False)
        s.wait(5)


@hard("K3", shows={"tls-failed": "error"}, outcome="failed", may=["endpoint-unreachable"], never=NOT_OK)
def certificate_of_the_mail_server_is_too_big_for_the_way_back(s):
    here(s)
    s.logon()
    s.address("autodiscover.{D}", s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        t.ask(hello("autodiscover." + s.domain))
        said = certificates(s, "autodiscover." + s.domain)
        t.answer(said)
        repeated(s, t, said)
        ended(t, said, False, "RA")
        s.wait(5)


@hard("K3", shows={"kdc-unanswered": "error"}, outcome="failed", never=NOT_OK)
def ticket_is_too_big_for_the_way_back(s):
    """Over TCP, as the ticket is large: the KDC's answer never gets through, at either try."""
    here(s)
    for _ in range(2):
        t = s.tcp(s.dc, 88)
        s.cite("kdc-unanswered", t.ask(marked(s.as_req(pre=[timestamp()]))))
        answer = marked(s.as_rep(cipher=bytes(range(256)) * 10))
        t.answer(answer)
        repeated(s, t, answer)
        ended(t, answer, False)
        s.wait(3)


@hard("K3", shows={"ldap-unanswered": "error|warn"}, outcome="failed|ok", never=NOT_OK)
def answer_of_the_directory_is_too_big_for_the_way_back(s):
    """The bind and a small search are good; a large result is repeated until the client resets the connection."""
    here(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    ident = conn._next()
    s.cite("ldap-unanswered", conn.t.ask(ldap(ident, search(s.config, 2, None, ["member"]))))
    answer = ldap(ident, large_entry(s)) + ldap(ident, done(0))
    assert len(answer) > 2 * FULL
    conn.t.answer(answer)
    repeated(s, conn.t, answer)
    ended(conn.t, answer, False, "RA")


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", never=NOT_OK)
def pointer_is_too_big_for_the_way_back(s):
    """The entry of Exchange with many keywords. The program waits; the resolver beside it asks on."""
    here(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    ident = conn._next()
    s.cite("ldap-unanswered", conn.t.ask(ldap(ident, search(s.config, 2, None, ["member"]))))
    answer = ldap(ident, large_entry(s)) + ldap(ident, done(0))
    conn.t.answer(answer)
    repeated(s, conn.t, answer)
    s.wait(30)
    s.address(s.host, s.dc)


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", never=NOT_OK)
def binds_answer_is_lost_on_the_way_back_each_time(s):
    """Small answers, too: a way back that leads nowhere since the handshake. The request's own acknowledgement is lost as well."""
    here(s)
    conn = s.ldap()
    asked, answered = ldap(1, bind("cn=alice", "synthetic")), ldap(1, bind_response(0))
    s.cite("ldap-unanswered", conn.t.ask(asked))
    conn.t.answer(answered)
    for seconds in PAUSES:
        s.wait(seconds)
        bare(conn.t, "s", "PA", answered, back=len(answered))
        conn.t.seq["s"] -= len(answered)
        bare(conn.t, "c", "PA", asked, back=len(asked))
        conn.t.seq["s"] += len(answered)
    ended(conn.t, answered, False, "RA")


# ---- healthy ----


@hard("K3", outcome=WELL, verdict=WENT, like=["ldap-unanswered", "kdc-unanswered", "tls-failed", "dc-unreachable"], never={"any": SILENT})
def large_answer_gets_through_at_the_third_try(s):
    """The network loses packets for two seconds; then the client has it, and goes on."""
    here(s)
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, None, ["member"])))
    answer = ldap(ident, large_entry(s)) + ldap(ident, done(0))
    conn.t.answer(answer)
    repeated(s, conn.t, answer, PAUSES[:3])
    bare(conn.t, "c")
    conn.rootdse()
    s.logon()


@hard("K3", outcome=WELL, like=["ldap-unanswered", "kdc-unanswered", "tls-failed", "dc-unreachable"], never={"any": SILENT, "verdict": "failed -"})
def last_answer_gets_through_at_the_fourth_try_and_the_client_ends_it(s):
    here(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, None, ["member"])))
    answer = ldap(ident, large_entry(s)) + ldap(ident, done(0))
    conn.t.answer(answer)
    repeated(s, conn.t, answer, PAUSES[:4])
    bare(conn.t, "c")
    ended(conn.t, answer, True)


@hard("K3", outcome=WELL, like=["ldap-unanswered", "kdc-unanswered", "tls-failed", "dc-unreachable"], never={"any": SILENT, "verdict": "failed -"})
def last_answer_gets_through_at_the_fourth_try_and_the_connection_stays(s):
    """Only an acknowledgement says so; nothing else is said on this connection. The client works on elsewhere."""
    here(s)
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, None, ["member"])))
    answer = ldap(ident, large_entry(s)) + ldap(ident, done(0))
    conn.t.answer(answer)
    repeated(s, conn.t, answer, PAUSES[:4])
    bare(conn.t, "c")
    s.logon()


@hard("K3", outcome=WELL, like=["ldap-unanswered", "tls-failed", "dc-unreachable"], never={"any": SILENT, "verdict": "failed -"})
def certificate_gets_through_at_the_third_try(s):
    here(s)
    s.logon()
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    said = certificates(s)
    t.answer(said)
    repeated(s, t, said, PAUSES[:3])
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(record(23, bytes(range(80))))
    t.answer(record(23, bytes(range(200))))


@hard("K3", outcome=WELL, like=["ldap-unanswered", "kdc-unanswered", "dc-unreachable"], never={"any": SILENT, "verdict": "failed -"})
def machine_goes_to_sleep_behind_its_last_search(s):
    """The answer is repeated to nobody: the lid was closed. An hour later the same machine works on."""
    here(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, None, ["member"])))
    answer = ldap(ident, large_entry(s)) + ldap(ident, done(0))
    conn.t.answer(answer)
    repeated(s, conn.t, answer)
    s.wait(3600)
    here(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()


@hard("K11", outcome=WELL, like=["ldap-unanswered", "kdc-unanswered", "dc-unreachable"], never={"any": SILENT, "verdict": "failed -"})
def keepalives_of_the_server_carry_a_byte_of_its_answer(s):
    """TCP's keepalive sends the last byte once more, each 75 seconds; the client acknowledges it."""
    here(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    answered = ldap(2, done(0))
    conn.t.ask(ldap(2, search("", 0, None, ["configurationNamingContext"])))
    conn.t.answer(ldap(2, entry("", {"configurationNamingContext": [s.config]})) + answered)
    for _ in range(6):
        s.wait(75)
        bare(conn.t, "s", "A", answered[-1:], back=1)
        bare(conn.t, "c")
