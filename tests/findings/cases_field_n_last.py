# SPDX-License-Identifier: GPL-2.0-or-later
"""A fourth round: printers with zones of their own, names that end with a dot, answers without their questions, and what a
host with Linux is told of a network that is down.
"""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import bytes_of, granted, logon, machine, refused, signed_in, tgs, timed
from cases_field_b_time import good_start
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import bound, people
from cases_field_h_healthy import found_person
from cases_field_k_krb import MIT_ETYPES, NOTHING_WRONG, TOO_LITTLE, WELL, linux, needed
from cases_field_k_ldap import CALM, leave
from cases_ldap import CREDENTIALS
from cases_web import BASIC, directory, ex, opened, post
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NXDOMAIN = 3


@field("K4", may=["srv-not-found"], like=["flat-domain-name", "srv-msdcs-missing"], never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def printer_asks_for_its_own_zone_and_has_an_address_besides(s):
    """Printers stand in a zone of their own; one looks there for a directory, finds none, and takes the address in its settings."""
    for _ in range(2):
        s.srv("_ldap._tcp.printers.{D}", rcode=NXDOMAIN)
        conn = bound(s, name="svc-print")
        conn.ask(people(s), found_person(s), done())
        leave(conn)
        s.wait(60)


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": ["{D}"]}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def server_binds_in_the_domain_whose_records_are_gone(s):
    """The same where the name is that of the account's own domain: it works by an address in the settings, and the records are missing."""
    for _ in range(2):
        s.cite("srv-not-found", s.srv("_ldap._tcp.{D}", rcode=NXDOMAIN))
        conn = bound(s, name="svc-print")
        conn.ask(people(s), found_person(s), done())
        leave(conn)
        s.wait(60)


@field("K6", shows={SPN: "note"}, recovered=[SPN], outcome="ok|hidden", never=CALM)
def name_with_a_dot_at_its_end_and_the_name_without_it(s):
    """A link was made with the dot that DNS has at a name's end: 7; the library takes it away, and has its ticket."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, f"HTTP/web5.{s.domain}."))
    granted(s, "HTTP/web5." + s.domain)


@field("K6", shows={SPN: "warn|error"}, outcome="failed|ok|hidden", causes={SPN: ["dot"]}, never={"verdict": [NOTHING_WRONG, WELL]})
def name_with_a_dot_at_its_end(s):
    """The same link, and a library that asks for what it was given."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, f"HTTP/web5.{s.domain}.", times=3))
    s.wait(20)


@field("K3", shows={"ldap-bind-failed": "error"}, may=["one-sided", "midway"], outcome="failed", says={"ldap-bind-failed": ["locked"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]}, alone=True)
def answers_of_a_directory_without_their_questions(s):
    """A tap at the wrong fibre: what the controller says is there, what it was asked is not. Four times: locked out."""
    for _ in range(4):
        t = s.tcp(s.dc, 389)
        s.cite("ldap-bind-failed", t.answer(ldap(1, bind_response(49, CREDENTIALS.format("775")))))
        t._segment("s", "FA")
        s.wait(8)
    s.wait(30).hears_something()


@field("K3", shows={"password-wrong|krb-error": "error"}, may=["one-sided", "midway"], outcome="failed", verdict=[r"\A[^\n]*(password|24)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]}, alone=True)
def answers_of_a_kdc_without_their_questions(s):
    """The same fibre: five times the proof is refused (24), to the same address."""
    for _ in range(5):
        port = s.next_port()
        s.udp(s.dc, 88, None, s.error(25, data=needed()), cport=port)
        s.cite("password-wrong|krb-error", s.udp(s.dc, 88, None, s.error(24), cport=port + 500))
        s.wait(20)
    s.wait(30).hears_something()


@field("K8", shows={"endpoint-unresolvable": "warn|note"}, recovered=["endpoint-unresolvable?"], outcome="ok|hidden", like=["autodiscover-fallback", "scp-order-differs"],
       never={"verdict": ["failed -"]})
def two_of_three_entries_are_of_servers_that_are_gone(s):
    """The first two have no address any more; the third one serves."""
    directory(s, *[url_entry(s, n) for n in (1, 2, 3)])
    for n in (1, 2):
        s.cite("endpoint-unresolvable", s.address(ex(s, n), rcode=NXDOMAIN))
    s.address(ex(s, 3), s.web)
    post(s, s.https(s.web, ex(s, 3)), ex(s, 3), BASIC)


@field("K1", shows={"account-unknown-to-dc": "warn"}, outcome="ok|hidden", verdict=[r"\A[^\n]*warning[^\n]*PC4\$"], never={"verdict": [NOTHING_WRONG]})
def users_work_at_a_machine_whose_account_is_gone(s):
    """Somebody deleted PC4$: the controller says so to each ping (25). Users log on by Kerberos all the same, for now."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("account-unknown-to-dc", s.ping(host=s.host, client_host="PC4", opcode=25, more=machine("PC4"), user="PC4$"))
        s.wait(3)
    logon(s, "abby")
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K12", shows={"client-unknown": "error"}, outcome="failed", says={"client-unknown": [r"\b6\b"]}, checks={"client-unknown": ["Get-ADComputer"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*error client-unknown).*){2}"]})
def machine_that_was_deleted_tries_all_day(s):
    """PC5$ logs on each ten minutes, at two controllers in turn: neither knows it."""
    s.address(s.host, s.dc)
    for n in range(12):
        s.cite("client-unknown", s.kdc(s.as_req("PC5$"), s.error(6), server=(s.dc, s.dc2)[n % 2]))
        s.wait(600)


@field("K6", shows={"krb-error": "error"}, outcome="failed", causes={"krb-error": ["key|password"]}, never={"verdict": [NOTHING_WRONG, WELL], "any": ["RFC 4120"]})
def account_of_the_service_never_got_a_key(s):
    """A service's account was made by a script that set no password: the KDC has no key for it (9)."""
    signed_in(s).sealed()
    s.cite("krb-error", refused(s, 9, "HTTP/new-app." + s.domain, times=2))
    s.wait(10)


@field("K6", shows={"krb-error": "error"}, outcome="failed", causes={"krb-error": ["renamed|somebody else|name"]}, never={"verdict": [NOTHING_WRONG, WELL]})
def name_in_the_ticket_is_not_the_one_in_the_request(s):
    """A user was renamed at noon; her tickets have the old name, and the KDC says that ticket and request do not match (36)."""
    s.address(s.host, s.dc)
    logon(s, "cora.old")
    s.cite("krb-error", refused(s, 36, "HTTP/intra." + s.domain, times=3))
    s.wait(10)


@field("K7", shows={"srv-unanswered": "error"}, outcome="failed", checks={"srv-unanswered": [r"\bdig |\bhost |nslookup"]},
       never={"verdict": [NOTHING_WRONG], "srv-unanswered": ["Resolve-DnsName", "ipconfig", "Test-NetConnection", "tracert "]})
def resolver_of_a_linux_host_goes_down(s):
    """Found and logged on at nine; from ten on the server that its resolv.conf names says nothing any more."""
    linux(s)
    s.wait(3600)
    for _ in range(3):
        s.cite("srv-unanswered", s.srv("_ldap._tcp.{D}", silent=True))
        s.wait(5)
    s.wait(40)


@field("K7", shows={"dc-unreachable": "error"}, outcome="failed", checks={"dc-unreachable": [r"\bnc -z"]},
       never={"verdict": [NOTHING_WRONG], "dc-unreachable": ["Test-NetConnection", "tracert "]})
def directory_of_a_linux_host_does_not_answer(s):
    """The same host with a ticket in hand: port 389 swallows each SYN."""
    linux(s)
    granted(s, s.ldap_spn)
    for _ in range(3):
        s.cite("dc-unreachable", s.syn(s.dc, 389, times=3))
        s.wait(12)
    s.wait(40)


@field("K5", may=["srv-target-unresolvable"], recovered=["srv-target-unresolvable?"], like=["dc-unreachable", "ping-unanswered"], outcome="ok|hidden",
       never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def host_file_knows_the_controller_that_dns_forgot(s):
    """DNS has the record and no address of its target; a line in the hosts file has, and all is well by it."""
    s.found()
    s.address(s.host, rcode=NXDOMAIN)
    s.ping(host=s.host)
    logon(s, "dina")
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()
