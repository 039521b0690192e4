# SPDX-License-Identifier: GPL-2.0-or-later
"""Written before the rules were read: the port of TLS and that of clear LDAP taken for each other, the record of
the PDC emulator, and the reason that a resolver gives for a failure; each with healthy neighbours.

Kinds K1 (the first line denies what the packets show), K3 (bytes are looked at before anybody is called silent) and
K6 (causes that the packets support).
"""
import struct

from cases_field_o_krb import begun, tls_after_starttls
from cases_field_q_blind import CALM, DC_SRV, hello, offered, said_by_client
from field import field
from net import *  # noqa: F403
from web import CHANGE, DATA, HIDDEN, alert

PDC = "_ldap._tcp.pdc._msdcs.{D}"
NXDOMAIN, SERVFAIL = 3, 2
WRONG_PORT = "expects TLS"
WRONG_START = "StartTLS first"


def signed_on(s):
    begun(s)
    s.logon()


def hung_up(t):
    """The server has enough, and ends the connection in order."""
    t.open("sFA", "cA", "cFA", "sA")


def served(s, port=636):
    """LDAP inside of TLS that nobody opens."""
    t = s.tcp(s.dc, port)
    t.ask(hello(s.host))
    t.answer(offered(s.host))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()


# ---- K1: LDAP in clear at the port of TLS ----


@field("K1", shows={"ldap-unanswered": "error"}, outcome="failed", verdict=WRONG_PORT,
       first={"ldap-unanswered": "TLS"}, supported={"ldap-unanswered": "in clear"},
       checks={"ldap-unanswered": "openssl s_client -connect .*:636"},
       never={"verdict": CALM, "ldap-unanswered": "overloaded|forgot or cut|the service stopped", "any": "keytab"},
       says={"ldap-unanswered": "636"})
def printer_binds_in_clear_at_636(s):
    """A printer's address book has the port of LDAPS and no tick at TLS; it tries every minute, and nothing else."""
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("ldap-unanswered", t.ask(ldap(1, bind("printer@" + s.domain, "synthetic"))))
        t.reset()
        s.wait(60)


@field("K1", shows={"ldap-unanswered": "error"}, outcome="failed", verdict=WRONG_PORT, never={"verdict": CALM})
def application_with_ipv6_binds_in_clear_at_636(s):
    s.over_ipv6()
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(ldap(1, bind("svc@" + s.domain, "synthetic")))
        hung_up(t)
        s.wait(4)


@field("K1", shows={"ldap-unanswered": "error"}, verdict=WRONG_PORT, says={"ldap-unanswered": "3269"},
       checks={"ldap-unanswered": "openssl s_client -connect .*:3269"}, never={"any": ":636"})
def search_in_clear_at_the_catalog_s_port_of_tls(s):
    """A monitoring script reads the rootDSE at 3269; the server's TLS says what it thinks of that."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 3269)
        t.ask(ldap(1, search("", 0, None, ["currentTime"])))
        t.answer(alert(2, 10))
        hung_up(t)
        s.wait(4)


@field("K1", shows={"ldap-unanswered|starttls-failed": "error"}, verdict=WRONG_PORT, never={"verdict": CALM},
       says={"ldap-unanswered|starttls-failed": "StartTLS"})
def starttls_is_asked_for_at_636(s):
    """Both are ticked in the form: the port of LDAPS, and StartTLS."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(ldap(1, starttls()))
        t.reset()
        s.wait(4)


@field("K1", shows={"ldap-unanswered": "error"}, verdict=WRONG_PORT, never={"ldap-unanswered": "overloaded"})
def balancer_waits_for_a_hello_that_never_comes(s):
    """What stands before the controllers waits for TLS in silence; the client loses patience."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(ldap(1, bind("svc@" + s.domain, "synthetic")))
        t.open("sA")
        s.wait(30)
        t.open("cFA", "sA", "sFA", "cA")


@field("K1", shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], outcome="ok|hidden")
def program_tries_clear_at_636_and_then_tls(s):
    """It finds out by itself."""
    signed_on(s)
    t = s.tcp(s.dc, 636)
    t.ask(ldap(1, bind("svc@" + s.domain, "synthetic")))
    t.reset()
    s.wait(1)
    served(s)


@field("K1", outcome="ok", verdict=CALM, like=["ldap-unanswered", "tls-failed", "dc-unreachable"])
def balancer_tests_whether_636_is_open(s):
    """A connection without a byte, every five seconds."""
    signed_on(s)
    for _ in range(4):
        s.tcp(s.dc, 636).close()
        t = s.tcp(s.dc, 636)
        t.reset("c")
        s.wait(4)


@field("K1", like=["ldap-unanswered", "tls-failed"], outcome="ok|hidden", never={"any": WRONG_PORT})
def ldaps_is_as_it_should_be(s):
    signed_on(s)
    served(s)
    served(s, 3269)


@field("K1", outcome="ok", verdict=CALM, like=["ldap-unanswered", "tls-failed"])
def clear_ldap_behind_a_device_that_ends_tls(s):
    """The device keeps the number of the port, and what it hands on is clear: the server answers."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap(port=636)
        conn.simple()
        conn.rootdse()
        conn.t.close()


@field("K1", like=["ldap-unanswered", "tls-failed"], never={"any": WRONG_PORT, "verdict": "failed"})
def directory_behind_a_tunnel_has_a_port_of_its_own(s):
    """LDAP in clear to a forwarded port, and TLS to another: no port of Active Directory, no judgement."""
    signed_on(s)
    conn = s.ldap(port=10636)
    conn.simple()
    conn.t.close()
    t = s.tcp(s.dc, 10389)
    t.ask(hello(s.host))
    t.reset()


@field("K1", shows={"tls-failed": "error"}, never={"any": WRONG_PORT}, like=["ldap-unanswered"])
def controller_without_a_certificate_resets_at_636(s):
    """It is TLS, at the port of TLS, and is refused for another reason."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        t.reset()
        s.wait(4)


@field("K3", shows={"ldap-unanswered": "error"}, never={"any": WRONG_PORT}, verdict="LDAP")
def clear_ldap_at_389_is_reset(s):
    """The same bytes at the right port: the port is not what is wrong."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 389)
        t.ask(ldap(1, bind("svc@" + s.domain, "synthetic")))
        t.reset()
        s.wait(4)


# ---- K1: TLS at the port of clear LDAP ----


@field("K1", shows={"tls-failed": "error"}, outcome="failed", verdict=WRONG_START, first={"tls-failed": "StartTLS"},
       supported={"tls-failed": "StartTLS"}, checks={"tls-failed": "openssl s_client .*:389 .*-starttls ldap"},
       says={"tls-failed": "636"}, never={"verdict": CALM, "tls-failed": "version or cipher in common|accept the certificate"})
def appliance_begins_tls_at_389(s):
    """"Use SSL" is ticked and the port was left as it was; the server takes it for damaged LDAP, and says so."""
    notice = app(24, enumerated(2), octets(""), octets("decoding error"), tlv(0x8A, b"1.3.6.1.4.1.1466.20036"))
    for _ in range(3):
        t = s.tcp(s.dc, 389)
        s.cite("tls-failed", t.ask(hello(s.host)))
        t.answer(ldap(0, notice))
        hung_up(t)
        s.wait(60)


@field("K1", shows={"tls-failed": "error"}, verdict=WRONG_START, says={"tls-failed": "3269"}, never={"any": ":636|port 636"},
       checks={"tls-failed": "openssl s_client .*:3268 .*-starttls ldap"})
def program_begins_tls_at_the_catalog_s_clear_port(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 3268)
        t.ask(hello(None))
        hung_up(t)
        s.wait(4)


@field("K1", shows={"tls-failed": "error"}, verdict=WRONG_START)
def server_waits_for_the_rest_of_a_message(s):
    """The first byte of TLS is no LDAP, and the server says nothing at all; the client gives up."""
    s.over_ipv6()
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 389)
        t.ask(hello(s.host))
        t.open("sA")
        s.wait(30)
        t.open("cFA", "sA", "sFA", "cA")


@field("K1", like=["tls-failed", "starttls-failed"], outcome="ok|hidden", never={"any": WRONG_START})
def starttls_is_used_as_it_should_be(s):
    signed_on(s)
    for _ in range(2):
        conn = tls_after_starttls(s)
        conn.simple()
        conn.rootdse()


@field("K1", shows={"tls-failed": "note"}, recovered=["tls-failed"], outcome="ok|hidden", never={"verdict": "failed -"})
def prober_tries_389_and_goes_on_to_636(s):
    """A program that guesses whether TLS is spoken at a port, and is right the second time."""
    signed_on(s)
    t = s.tcp(s.dc, 389)
    t.ask(hello(s.host))
    t.reset()
    s.wait(0.2)
    served(s)


@field("K1", shows={"tls-failed": "note"}, recovered=["tls-failed"], outcome="ok|hidden", never={"verdict": "failed -"})
def program_tries_tls_at_389_and_then_starttls(s):
    signed_on(s)
    t = s.tcp(s.dc, 389)
    t.ask(hello(s.host))
    t.reset()
    s.wait(0.2)
    tls_after_starttls(s).simple()


@field("K1", like=["tls-failed", "ldap-unanswered"], outcome="ok|hidden", never={"any": WRONG_START, "verdict": "failed"})
def server_takes_tls_at_389_too(s):
    """Some servers look at the first byte, and speak whatever the client speaks."""
    signed_on(s)
    served(s, 389)


@field("K1", shows={"tls-failed": "error"}, never={"any": WRONG_START})
def tls_after_starttls_is_refused(s):
    """StartTLS was asked for and granted: what fails then, fails for another reason."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 389)
        t.ask(ldap(1, starttls()))
        t.answer(ldap(1, starttls_response()))
        t.ask(hello(s.host))
        t.answer(alert(2, 40))
        hung_up(t)
        s.wait(4)


@field("K3", never={"any": WRONG_START, "verdict": WRONG_START})
def capture_begins_behind_the_request_for_tls(s):
    """Whether StartTLS was asked for, a capture that begins with the hello does not say."""
    signed_on(s)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    t.ask(hello(s.host))
    t.answer(offered(s.host))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)


# ---- K1: the record of the PDC emulator ----


@field("K1", shows={"srv-not-found": "warn"}, verdict="PDC", domain="{D}",
       says={"srv-not-found": "password"}, causes={"srv-not-found": "did not register"},
       checks={"srv-not-found": "nltest /dsgetdc:{D} /pdc"}, never={"verdict": "nothing wrong|failed -"})
def pdc_has_no_record(s):
    """The role was seized and DNS was never told; policies are edited at whatever controller is near."""
    signed_on(s)
    for _ in range(2):
        s.cite("srv-not-found", s.srv(PDC, rcode=NXDOMAIN))
        s.wait(3)


@field("K1", shows={"srv-not-found": "warn"}, verdict="PDC")
def pdc_s_name_is_there_without_a_record(s):
    """NODATA: somebody scavenged the record, and the name stayed. The console asks before all else."""
    s.cite("srv-not-found", s.srv(PDC))
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc1.{D}")
    signed_on(s)
    s.ldap().simple()


@field("K1", shows={"srv-not-found": "warn"}, verdict="PDC")
def pdc_is_missed_in_one_of_two_domains(s):
    """The forest's other domain has its record, which is no help for this one."""
    signed_on(s)
    s.srv(PDC, rcode=NXDOMAIN)
    s.srv("_ldap._tcp.pdc._msdcs.child.{D}", "dc9.child.{D}")


@field("K1", outcome="ok", like=["srv-site-not-found"], never={"verdict": "not found|failed"})
def pdc_is_found_at_the_second_server(s):
    """The first DNS server has an old copy of the zone."""
    signed_on(s)
    s.srv(PDC, rcode=NXDOMAIN)
    s.srv(PDC, "dc1.{D}", server=s.dns2)


@field("K1", outcome="ok", never={"verdict": "not found|failed"})
def pdc_is_found_a_minute_later(s):
    """The role had just been moved."""
    signed_on(s)
    s.srv(PDC, rcode=NXDOMAIN)
    s.wait(25)
    s.srv(PDC, "dc2.{D}")


@field("K1", outcome="ok", verdict=CALM, like=["srv-not-found"])
def pdc_is_there(s):
    signed_on(s)
    s.srv(PDC, "dc1.{D}")


@field("K4", like=["srv-not-found"], outcome="ok", never={"any": "PDC"})
def pdc_is_asked_for_with_a_suffix_too_many(s):
    """The resolver appends its suffix; with the right name the answer comes."""
    signed_on(s)
    s.srv(PDC + ".{D}", rcode=NXDOMAIN)
    s.srv(PDC, "dc1.{D}")


@field("K4", like=["srv-not-found"], never={"any": "PDC"})
def pdc_of_a_realm_without_windows(s):
    """A realm of MIT has KDCs and a directory, and no such role."""
    s.srv("_kerberos._udp.{D}", "kdc.{D}", port=88)
    s.srv("_ldap._tcp.{D}", "kdc.{D}")
    s.address("kdc.{D}", s.dc)
    s.logon()
    s.srv(PDC, rcode=NXDOMAIN)


@field("K4", shows={"srv-not-found": "note"}, first={"srv-not-found": "FreeIPA"}, never={"srv-not-found": "register its record"})
def pdc_of_freeipa_is_asked_for(s):
    """A domain of FreeIPA has names of controllers for its trust, and no PDC emulator; a tool of Windows asks."""
    begun(s)
    s.kdc(s.as_req(), s.error(25, cname="alice", ctime=1_913_000_001 * 10**9, text="NEEDED_PREAUTH"))
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    s.srv(PDC, rcode=NXDOMAIN)


@field("K4", like=["srv-not-found"], never={"any": "PDC"})
def pdc_of_a_host_is_asked_for(s):
    """A tool takes the controller's name for a domain."""
    signed_on(s)
    s.srv("_ldap._tcp.pdc._msdcs.dc1.{D}", rcode=NXDOMAIN)


# ---- K6: the reason that a resolver gives ----


def extended_error(*options):
    """The pseudo-record of EDNS, RFC 6891 6.1, with options: RFC 8914 2 has number 15."""
    data = b"".join(struct.pack(">HH", 15, len(o)) + o for o in options)
    return rr(b"\0", 41, data, ttl=0, klass=1232)


def reason(code, text=""):
    return struct.pack(">H", code) + (text if isinstance(text, bytes) else text.encode())


def failed(s, name, *options, rcode=SERVFAIL, targets=(), server=None):
    name = name.format(D=s.domain)
    s.ident += 1
    reply = dns_reply(s.ident, name, [srv_rr(QUESTION, t.format(D=s.domain)) for t in targets], rcode=rcode,
                      additional=[extended_error(*options)])
    return s.udp(server or s.dns, 53, dns(s.ident, name), reply)


@field("K6", shows={"srv-resolver-failed": "error"}, outcome="failed",
       says={"srv-resolver-failed": ["extended error 6", "DNSSEC"]}, first={"srv-resolver-failed": "signature"},
       supported={"srv-resolver-failed": "DNSSEC"}, never={"srv-resolver-failed": "refuses this client"})
def resolver_takes_the_signatures_for_bogus(s):
    """The zone is signed inside and outside with different keys; the forwarder validates."""
    for _ in range(2):
        s.cite("srv-resolver-failed", failed(s, DC_SRV, reason(6)))
        failed(s, "_kerberos._tcp.{D}", reason(6))
        s.wait(2)


@field("K6", shows={"srv-resolver-failed": "error"},
       says={"srv-resolver-failed": ["extended error 22", "says .*at delegation corp"]},
       supported={"srv-resolver-failed": "zone's own server"}, never={"srv-resolver-failed": "DNSSEC|signature"})
def resolver_reaches_no_server_of_the_zone(s):
    """A branch office whose tunnel is down: the forwarder says what it could not reach, in its own words."""
    for _ in range(2):
        failed(s, DC_SRV, reason(23, "192.0.2.53:53 timeout"), reason(22, "at delegation " + s.domain))
        s.wait(2)


@field("K6", shows={"srv-resolver-failed": "error"}, says={"srv-resolver-failed": "extended error 18"},
       first={"srv-resolver-failed": "policy"}, never={"srv-resolver-failed": "DNSSEC"})
def resolver_does_not_serve_strangers(s):
    for _ in range(2):
        failed(s, DC_SRV, reason(18), rcode=5)
        s.wait(2)


@field("K6", shows={"srv-resolver-failed": "error"}, says={"srv-resolver-failed": "extended error 4711"},
       never={"any": r"rm -rf|\x1b|\$\(", "path": r"rm -rf|\x1b"})
def resolver_s_text_is_no_plain_text(s):
    """Control characters, more than anybody reads, and a number that nobody registered."""
    for _ in range(2):
        failed(s, DC_SRV, reason(4711, b"\x1b]0;x\7$(rm -rf ~)" + b"A" * 300))
        s.wait(2)


@field("K6", shows={"srv-resolver-failed": "error"}, never={"any": "extended error"})
def option_of_one_byte_says_nothing(s):
    for _ in range(2):
        failed(s, DC_SRV, b"\6")
        s.wait(2)


@field("K6", outcome="ok", verdict=CALM, like=["srv-resolver-failed"], never={"any": "extended error"})
def answer_is_stale_and_serves(s):
    """A resolver that cannot ask anew gives what it has, and says so: RFC 8767."""
    failed(s, DC_SRV, reason(3, "stale answer"), rcode=0, targets=["dc1.{D}"])
    s.address(s.host, s.dc)
    s.ping()
    s.logon()


@field("K6", outcome="ok", like=["srv-not-found"], never={"verdict": "failed -"})
def second_resolver_validates_nothing(s):
    failed(s, DC_SRV, reason(6))
    s.found(s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()
