# SPDX-License-Identifier: GPL-2.0-or-later
"""More of the kinds K1, K9, K11 and K12: the first line, lost time, counts, stories."""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_b import NOTHING_WRONG
from cases_field_b_shapes import AES256, DC, LOCKED, RC4, wrong_password
from cases_field_b_time import dead, good_start
from cases_ldap import CREDENTIALS, SIGNING
from cases_web import directory, ex, opened, post
from field import field

SPN = "spn-not-found-or-duplicate"

# ---- K1: the first line ----


@field("K1", shows={SPN: "warn"}, outcome="ok|hidden", verdict=[r"with a warning: .*files01"],
       never={"verdict": [NOTHING_WRONG, r"\bok - "]})
def share_of_a_renamed_server(s):
    """All else is good; a line that says "ok - not found" would take back itself."""
    good_start(s)
    s.logon()
    s.cite(SPN, s.kdc(s.tgs_req("cifs/files01." + s.domain), s.error(7, "cifs/files01." + s.domain)))
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    conn = s.ldap()
    conn.gssapi()
    conn.sealed()


@field("K1", shows={"password-wrong": "error", "ldap-bind-failed": "error"}, outcome="failed",
       verdict=[r"\A[^:]*: failed - .*(ldap|bind)"], never={"verdict": [NOTHING_WRONG]})
def many_binds_refused_beside_one_typing_error(s):
    """A user mistypes once; the service is refused six times. The series is the story."""
    good_start(s)
    s.cite("password-wrong", wrong_password(s))
    for _ in range(6):
        s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("533"), name="CORP\\svc-crm"))
        s.wait(1)


@field("K1", outcome="ok", verdict=[r"\b2 requests had no answer"], never={"verdict": [NOTHING_WRONG, "failed"]})
def two_questions_without_an_answer(s):
    """Nothing came of it, and no rule makes a finding of it: the steps say it themselves."""
    for name in (DC, "_kerberos._tcp.{D}"):
        s.srv(name, silent=True)
        s.wait(0.5)
        s.srv(name, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K1", shows={"ldap-signing-required": "note"}, recovered=["ldap-signing-required"], outcome="ok|hidden",
       verdict=["made good", "sign"], never={"verdict": [NOTHING_WRONG, "failed"]})
def signing_wanted_and_given(s):
    """What was made good is told as such, never as the fault of the path."""
    good_start(s)
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name="CORP\\printer"))
    t = s.https(s.dc, s.host, port=636)
    t.ask(ldap(1, bind("CORP\\printer", "synthetic")))
    t.answer(ldap(1, bind_response()))


@field("K1", outcome="ok", verdict=[NOTHING_WRONG])
def names_that_are_never_there(s):
    """No autodiscover in SRV, no AAAA, no primary KDC: each "no" is the usual one."""
    s.found()
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1))


# ---- K9: lost time ----


def both_families(s, host, lost=None):
    """A and AAAA in one go; the one of this type gets no answer."""
    for kind in (A, AAAA):
        if kind == lost:
            s.ident += 1
            yield s.udp(s.dns, 53, dns(s.ident, host.format(D=s.domain), kind))
        else:
            s.address(host, *([s.dc] if kind == A else []), kind=kind)


@field("K9", shows={"slow": "note"}, says={"slow": ["{dns}", r"\b5(\.0)? s"]}, outcome="ok",
       never={"verdict": [NOTHING_WRONG]})
def answers_for_ipv6_are_dropped(s):
    """A firewall lets A through and drops AAAA: each new name costs five seconds, and works."""
    s.found()
    s.cite("slow", *both_families(s, s.host, lost=AAAA))
    s.wait(5)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K9", shows={"slow": "warn"}, says={"slow": ["{dc}", r"\b12 s"]}, outcome="ok",
       never={"verdict": [NOTHING_WRONG]})
def tickets_late_over_tcp(s):
    """The KDC is overloaded: each ticket over TCP takes six seconds. Nothing is repeated, nothing fails."""
    for spn in (s.ldap_spn, "cifs/" + s.host):
        t = s.tcp(s.dc, 88)
        asked = t.ask(marked(s.tgs_req(spn)))
        s.wait(6)
        s.cite("slow", asked, t.answer(marked(s.tgs_rep(spn))))


@field("K9", shows={"slow": "note", "dc-unreachable": "note"}, recovered=["dc-unreachable"],
       says={"slow": [r"\b9(\.0)? s"]}, outcome="ok")
def pause_after_the_user_gave_up(s):
    """Three SYNs in nine seconds, then the user goes to lunch: lunch is not lost by the server."""
    good_start(s)
    frames = []
    t = s.c.tcp(s.client, s.next_port(), s.dc2, 389, handshake=False)
    s.srv(DC, "dc2.{D}")
    s.address("dc2.{D}", s.dc2)
    start = t.seq["c"]
    for wait in (3, 6, 2400):
        t.seq["c"] = start
        frames.append(t.open("cS"))
        s.wait(wait)
    s.cite("slow", *frames)
    s.cite("dc-unreachable", *frames)
    s.ldap().simple()


@field("K9", like=["slow"], outcome="ok")
def ipv4_a_moment_after_ipv6(s):
    """Both families are tried side by side, as clients do today; then nobody does anything for long."""
    s.dead = "fd00:dead::2"
    v6 = "fd00:c::" + s.client.split(".")[2]
    s.addresses.add(v6)
    s.found()
    s.address(s.host, s.dead, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.c.tcp(v6, s.next_port(), s.dead, 389, handshake=False).open("cS")
    s.wait(0.25)
    conn = s.ldap()
    conn.simple()
    s.wait(20)
    conn.scp(url_entry(s))


@field("K9", like=["slow"], outcome="ok")
def mail_read_after_one_ping_without_an_answer(s):
    """One DC of two does not answer; the other one does at once. Ten seconds later the user does something."""
    s.srv(DC, "dc3.{D}", "dc1.{D}")
    s.ping(server=s.dc3, silent=True)
    s.ping(host=s.host)
    s.wait(10)
    s.address(s.host, s.dc)
    s.ldap().simple()


@field("K9", like=["slow"], shows={"dc-unreachable": "error"}, outcome="failed")
def nothing_after_the_silence(s):
    """The only DC is down, and the client gives up: that is a fault, and no loss of time."""
    s.found()
    s.address(s.host, s.dc)
    s.cite("dc-unreachable", dead(s, s.dc, 389))
    s.wait(30)


# ---- K11: counts are those of the evidence ----


@field("K11", shows={"ping-unanswered": "error"}, outcome="failed")
def each_repeated_ping_is_evidence(s):
    """The only DC is silent: the same ping three times, and all three are shown."""
    s.found()
    s.address(s.host, s.dc)
    request = s.ping(silent=True)
    s.cite("ping-unanswered", request)
    s.wait(10)


@field("K11", shows={"password-wrong": "error"}, outcome="failed",
       says={"password-wrong": [r"answered 4 requests", r"answered 3 requests", r"\b7 names"]})
def list_over_two_kdcs(s):
    """Seven names, four at one KDC and three at the other: one finding, and each KDC has its count."""
    for n in range(7):
        s.cite("password-wrong", wrong_password(s, f"user{n:02}", server=(s.dc, s.dc2)[n % 2])[-1])
        s.wait(0.2)


@field("K11", shows={"account-unusable": "error"}, outcome="failed", like=["password-wrong"],
       says={"account-unusable": [r"\b3 attempts"]}, never={"account-unusable": [r"\b4 attempts"]})
def three_attempts_then_locked(s):
    """The fourth request is the locked one, and no attempt with a wrong password."""
    for _ in range(3):
        s.cite("account-unusable", wrong_password(s, "alice")[-1])
        s.wait(2)
    s.cite("account-unusable", s.kdc(s.as_req("alice", pre=[timestamp()]), s.error(18, data=error_data(LOCKED))))


# ---- K12: stories ----


@field("K12", shows={"password-wrong": "error"}, outcome="failed", verdict=[r"user07 got in"],
       says={"password-wrong": [r"\b11 names"]}, never={"path": [r"(error password-wrong:.*){2}"]})
def spray_that_ends_with_its_hit(s):
    """Over UDP, at two KDCs in turn; the last attempt fits, and nobody goes on."""
    names = [f"user{n:02}" for n in range(12) if n != 7] + ["user07"]
    for n, name in enumerate(names):
        server = (s.dc, s.dc2)[n % 2]
        if name == "user07":
            s.logon(name, server=server)
        else:
            s.cite("password-wrong", wrong_password(s, name, server=server)[-1])
        s.wait(0.3)


@field("K12", shows={"password-wrong": "error"}, outcome="failed", never={"verdict": ["got in"]})
def list_long_over_when_a_user_logs_on(s):
    """Ten names with one old password; a quarter of an hour later somebody logs on. No hit."""
    for n in range(10):
        s.cite("password-wrong", wrong_password(s, f"task{n:02}")[-1])
        s.wait(0.2)
    s.wait(900)
    s.logon("bob")


@field("K12", shows={"weak-etype": "note"}, never={"weak-etype": ["roast|collect"]}, outcome="ok|hidden")
def three_old_services_in_a_day(s):
    """A user opens three applications of an old server, minutes apart: weak, and nothing is collected."""
    good_start(s)
    s.logon()
    for n in range(4):
        spn = f"HTTP/app{n}.{s.domain}"
        s.cite("weak-etype", s.kdc(s.tgs_req(spn, etypes=(RC4, AES256)), s.tgs_rep(spn, etype=RC4))[-1])
        s.wait(60)


@field("K12", shows={"weak-etype": "note"}, says={"weak-etype": ["roast", r"\b6 services"]},
       never={"path": [r"(weak-etype:.*){2}"]}, outcome="ok|hidden")
def six_tickets_over_tcp_and_no_search(s):
    """The list of services was made another day, and each ticket is taken on a connection of its own."""
    s.logon()
    for n in range(6):
        spn = f"MSSQLSvc/db{n}.{s.domain}:1433"
        s.cite("weak-etype", s.kdc(s.tgs_req(spn, etypes=(RC4, AES256)), s.tgs_rep(spn, etype=RC4), tcp=True)[-1])


@field("K12", like=["account-unusable"], shows={"password-wrong": "note"}, recovered=["password-wrong"],
       outcome="ok|hidden")
def two_typing_errors_and_in(s):
    """No lock, no list: two errors in typing."""
    for _ in range(2):
        s.cite("password-wrong", wrong_password(s)[-1])
        s.wait(3)
    s.logon()


@field("K12", shows={"http-unauthorized": "error", "endpoint-unresolvable": "warn|error"}, may=["scp-order-differs"], outcome="failed",
       verdict=[r"\A[^\n]*(credentials|authentication)"], never={"verdict": [NOTHING_WRONG, r"\A[^\n]*has no address"]})
def refused_at_home_and_no_other_name_in_dns(s):
    """The server that the directory names refuses Basic twice; that nobody made the names a client tries then explains nothing."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    for _ in range(2):
        s.cite("http-unauthorized", post(s, t, ex(s, 1), "Authorization: Basic eDp5", status=401, answer=b"",
                                         more=["WWW-Authenticate: Basic"]))
    for host in (s.domain, "autodiscover." + s.domain):
        s.cite("endpoint-unresolvable", s.address(host, rcode=3))
