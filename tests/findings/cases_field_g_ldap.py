# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP operations that are no steps: what the directory refused, what it never answered, and what only looks so.

A path on which the real work failed must not read as if nothing had been wrong; and a directory client's ordinary
day, full of results other than 0 and of requests that nobody waits for, must.
"""
from build import *  # noqa: F403
from cases_field_b_time import extended, good_start, person
from cases_field_d import again
from field import field
from net import control, ldap_add, ldap_compare, ldap_delete, ldap_modify, paged

NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
REFUSED = r"refused"
NOTIFY = "1.2.840.113556.1.4.528"
SORT = "1.2.840.113556.1.4.473"
UNWILLING = "problem 5003 (WILL_NOT_PERFORM), data 0"
DENIED = "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
PASSWORD_MODIFY = b"1.3.6.1.4.1.4203.1.11.1"


def top(s):
    return s.config.removeprefix("CN=Configuration,")


def people(s, name="bob", base=None):
    return search(top(s) if base is None else base, 2, equal("sAMAccountName", name), ["mail"])


def bound(s, server=None, port=389, name="svc-app"):
    conn = s.ldap(server, port)
    conn.simple(name=f"{name}@{s.domain}")
    return conn


def referral(url):
    return tlv(0xA3, octets(url))


# ---- K1: what was refused ----


@field("K1", outcome="ok|failed", verdict=[r"\A[^\n]*modify.*unwillingToPerform \(53\).*protected"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def password_is_set_in_clear(s):
    """An identity manager sets unicodePwd on port 389: every controller wants it protected."""
    good_start(s)
    conn = bound(s)
    conn.ask(ldap_modify(person(s), "unicodePwd", '"secret"'),
             result(7, 53, diagnostic="0000001F: SvcErr: DSID-031A12D2, " + UNWILLING))
    s.wait(3)


@field("K1", outcome="ok|failed", verdict=[r"\A[^\n]*search.*invalidDNSyntax \(34\)", r"3 LDAP operations"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def base_is_written_like_a_host(s):
    """A wiki's search base is corp.test instead of DC=corp,DC=test; the bind is good, and nobody can log on."""
    good_start(s)
    conn = bound(s)
    for name in ("ann", "bob", "eve"):
        conn.ask(people(s, name, base=s.domain),
                 done(34, diagnostic="0000208F: NameErr: DSID-031001F7, problem 2006 (BAD_NAME), data 8349"))
        s.wait(4)


@field("K1", outcome="ok|failed", verdict=[r"\A[^\n]*add.*referral \(10\) to ldap://dc1\.{D}"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def read_only_controller_sends_a_printer_away(s):
    """A branch has a read-only controller: it names the writable one, and the printer follows nothing."""
    good_start(s)
    conn = bound(s, s.dc2)
    conn.ask(ldap_add(person(s, "scan")),
             result(9, 10, diagnostic="0000202B: RefErr: DSID-0310082F, data 0, 1 access points",
                    more=referral(f"ldap://{s.host}/{person(s, 'scan')}")))
    s.wait(3)


@field("K1", shows={"password-wrong": "error"}, outcome="failed", verdict=["password", r"besides.*delete.*50"],
       never={"verdict": [NOTHING_WRONG]})
def denied_beside_another_fault(s):
    """Two things are wrong on one path: the first line names the finding, and the refused delete behind it."""
    good_start(s)
    s.kdc(s.as_req("svc-app", pre=[timestamp()]), s.error(24))
    conn = bound(s)
    conn.ask(ldap_delete(person(s)), result(11, 50, diagnostic=DENIED))
    s.wait(3)


@field("K1", outcome="ok", verdict=[NOTHING_WRONG], never={"verdict": [REFUSED]})
def join_tool_tries_another_container(s):
    """adcli may not add below the first container, and adds below the second: the computer is there."""
    good_start(s)
    conn = bound(s, name="joiner")
    conn.ask(ldap_add("CN=PC9,OU=Servers," + top(s)), result(9, 50, diagnostic=DENIED))
    conn.ask(ldap_add("CN=PC9,CN=Computers," + top(s)), result(9))


@field("K1", outcome="ok", verdict=[NOTHING_WRONG], never={"verdict": [REFUSED]})
def read_only_controller_is_left_for_another(s):
    """The same referral, and the library follows it: the change is made at the writable controller."""
    good_start(s)
    op = ldap_modify(person(s), "telephoneNumber", "4711")
    bound(s, s.dc2).ask(op, result(7, 10, more=referral(f"ldap://{s.host}/{person(s)}")))
    bound(s).ask(op, result(7))


@field("K1", outcome="ok|hidden", never={"verdict": [REFUSED]})
def password_is_set_under_seal_then(s):
    """The library learns from 0000001F, and goes on sealed: what it does there nobody sees."""
    good_start(s)
    bound(s).ask(ldap_modify(person(s), "unicodePwd", '"secret"'),
                 result(7, 53, diagnostic="0000001F: SvcErr: DSID-031A12D2, " + UNWILLING))
    conn = s.ldap()
    conn.gssapi()
    conn.sealed()


@field("K1", outcome="ok", verdict=[NOTHING_WRONG], never={"verdict": [REFUSED]})
def address_book_does_without_sorting(s):
    """The critical control is refused once; the program leaves it out and has its list."""
    good_start(s)
    conn = bound(s, port=3268)
    ident = conn._next()
    conn.t.ask(ldap(ident, people(s, base=""), ctx(0, control(SORT, seq(seq(octets("cn"))), True))))
    conn.t.answer(ldap(ident, done(12, diagnostic="000020EF: SvcErr: DSID-03140594, problem 5010 (UNAVAIL_EXTENSION)")))
    conn.ask(people(s, "b*", base=""), entry(person(s), {"mail": ["x"]}), done())


@field("K1", outcome="ok", verdict=[NOTHING_WRONG], never={"verdict": [REFUSED]},
       like=["ldap-unanswered", "ldap-not-bound", "scp-read-failed"])
def ordinary_day_of_a_directory_client(s):
    """What is not there, what is there already, limits, comparisons, references, pages, extensions that are tried."""
    good_start(s)
    conn = bound(s)
    conn.ask(people(s, "nobody"), done())
    conn.ask(search(person(s, "gone"), 0, None, ["mail"]), done(32, top(s), "0000208D: NameErr: problem 2001"))
    conn.ask(search(top(s), 2, present("mail"), ["mail"]), entry(person(s), {"mail": ["x"]}), done(4))
    conn.ask(search(top(s), 2, present("cn"), ["mail"]), done(3))
    conn.ask(search(top(s), 2, present("sn"), ["mail"]), done(11))
    conn.ask(people(s), search_reference("ldap://child.test/DC=child,DC=test"), done())
    conn.ask(ldap_compare(person(s)), result(15, 5))
    conn.ask(ldap_compare(person(s)), result(15, 16))
    conn.ask(ldap_modify(person(s), "member", "CN=x"), result(7, 20))
    conn.ask(ldap_modify(person(s), "member", "CN=y"), result(7, 16))
    conn.ask(ldap_add(person(s)), result(9, 68))
    conn.ask(ldap_delete(person(s, "gone")), result(11, 32))
    extended(conn, PASSWORD_MODIFY, 2, "unknown extended request")
    ident = conn._next()
    conn.t.ask(ldap(ident, people(s), paged(1)))
    conn.t.answer(ldap(ident, entry(person(s), {"mail": ["x"]})) + ldap(ident, done(), paged(0, b"more")))
    s.wait(130)


# ---- K3: what was not answered, and what only seems so ----


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed", says={"ldap-unanswered": ["search", "gave up after 3[01] s"]},
       verdict=["LDAP"], never={"verdict": [NOTHING_WRONG], "ldap-unanswered": ["never acknowledged", "idle"]})
def search_hangs_until_the_client_goes(s):
    """An unindexed search: TCP acknowledges it, and after 30 s the application closes the connection."""
    good_start(s)
    conn = bound(s)
    s.cite("ldap-unanswered", conn.ask(people(s, "*bob*")))
    conn.t._segment("s", "A")
    s.wait(30)
    conn.t.close()


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed",
       says={"ldap-unanswered": ["modify", "idle for 2[0-9] minutes|idle", "never acknowledged"]}, never={"verdict": [NOTHING_WRONG]})
def change_on_a_connection_that_was_forgotten(s):
    """A pool's connection is 20 minutes old; a firewall forgot it, and the change is repeated in vain."""
    good_start(s)
    conn = bound(s)
    conn.ask(people(s), done())
    s.wait(1250)
    asked = ldap(conn._next(), ldap_modify(person(s), "telephoneNumber", "4711"))
    s.cite("ldap-unanswered", conn.t._segment("c", "PA", asked))
    for pause in (1, 2, 4, 8):
        s.wait(pause)
        s.cite("ldap-unanswered", again(conn.t, "c", asked))
    s.wait(20)


@field("K3", shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], outcome="ok",
       never={"verdict": [NOTHING_WRONG, "failed -"]})
def server_resets_a_search_and_takes_the_next(s):
    """The controller restarts its service: a reset instead of the answer, and the new connection is good."""
    good_start(s)
    conn = bound(s)
    s.cite("ldap-unanswered", conn.ask(people(s)), conn.t.reset("s"))
    s.wait(3)
    conn = bound(s)
    conn.ask(people(s), done())


@field("K3", outcome="ok", verdict=[NOTHING_WRONG], like=["ldap-unanswered"])
def told_when_something_changes(s):
    """A notification search has no end: it may be answered tomorrow."""
    good_start(s)
    conn = bound(s)
    ident = conn._next()
    conn.t.ask(ldap(ident, search(top(s), 2, present("objectClass"), ["cn"]), ctx(0, control(NOTIFY, b"", True))))
    s.wait(600)
    conn.t.close()


@field("K3", outcome="ok", verdict=[NOTHING_WRONG], like=["ldap-unanswered"])
def searches_that_nobody_waits_for(s):
    """One is abandoned after its limit of 6 s, one left by an unbind at once, one when its user closes the window."""
    good_start(s)
    conn = bound(s)
    conn.ask(people(s))
    s.wait(6)
    conn.t.ask(ldap(conn._next(), abandon(conn.id - 1)))
    s.wait(130)
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.close()
    conn = bound(s)
    conn.ask(people(s))
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.close()
    conn = bound(s)
    conn.ask(people(s))
    s.wait(2)
    conn.t.close()


@field("K3", outcome="ok", verdict=[NOTHING_WRONG], like=["ldap-unanswered"], alone=True)
def capture_ends_while_a_search_runs(s):
    """Twenty seconds after the request; the connection is open and quiet, and others are heard."""
    good_start(s)
    conn = bound(s)
    conn.ask(people(s, "*bob*"))
    conn.t._segment("s", "A")
    s.wait(20)
    s.hears_something()


@field("K3", outcome="ok", verdict=[NOTHING_WRONG], like=["ldap-unanswered"])
def answers_in_another_order(s):
    """Three searches at once; the last one is answered first, one with entries that take their time."""
    good_start(s)
    conn = bound(s)
    for name in "abc":
        conn.ask(people(s, name))
    conn.t.answer(ldap(conn.id, done()))
    conn.t.answer(ldap(conn.id - 1, entry(person(s), {"mail": ["x"]})))
    s.wait(8)
    conn.t.answer(ldap(conn.id - 2, done()))
    s.wait(130)
    conn.t.answer(ldap(conn.id - 1, done()))


@field("K3", outcome="ok", verdict=[NOTHING_WRONG], like=["ldap-unanswered"])
def answer_of_which_the_end_is_missing(s):
    """The first segment of a long answer is there, and the server's next packet shows that others are not."""
    good_start(s)
    conn = bound(s)
    conn.ask(people(s))
    answer = ldap(conn.id, entry(person(s), {"description": ["x" * 3000]}))
    conn.t._segment("s", "A", answer[:1400])
    conn.t.seq["s"] += len(answer) - 1400
    conn.t._segment("c", "A")
    s.wait(130)
    conn.t.close()


@field("K3", outcome="ok|incomplete", never={"verdict": ["unanswered", "failed"]}, like=["ldap-unanswered", "ping-unanswered"])
def search_by_udp_is_no_matter(s):
    """A program looks for people over UDP, which controllers leave to their pings."""
    good_start(s)
    s.udp(s.dc, 389, ldap(1, people(s)))
    s.wait(130)
