# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong tellings that were known: each fault, and neighbours of it that are told rightly and have to stay so.

Kinds K1 (the first line denies what the packets show), K5 (what recovers nothing, and what ends nothing), K6 (causes that
the capture refutes, advice that does not fit) and K12 (a list where there is one story).
"""
from cases import url_entry, variants
from cases_dc import CLOSEST, FLAGS
from cases_field_o_krb import begun, refused
from cases_field_q_blind import CALM, DC_SRV
from cases_field_r_ports import extended_error, failed, reason
from cases_web import directory, ex, hidden_talk
from field import field
from net import *  # noqa: F403

NXDOMAIN = 3
MISSING_RECORDS = "no locator records|does not exist|misspelt|could not register|not registered|dcdiag|removed|deleted|never entered"


def signed_on(s):
    begun(s)
    s.logon()


# ---- K6: a filter of the resolver answers for the name ----


def told_address(s, host, *options, addresses=(), rcode=0, kind=A, server=None):
    """A lookup of a host's address, whose answer has extended errors."""
    s.ident += 1
    host = host.format(D=s.domain)
    reply = dns_reply(s.ident, host, [address_rr(QUESTION, a) for a in addresses], rcode=rcode, kind=kind,
                      additional=[extended_error(*options)])
    return s.udp(server or s.dns, 53, dns(s.ident, host, kind), reply)


@variants(4, 15, 16, 17, 18)(field("K6", shows={"srv-not-found": "error"}, outcome="failed", like=["srv-resolver-failed"], verdict="withholds",
                    says={"srv-not-found": ["extended error [0-9]+ "]}, first={"srv-not-found": "filter"},
                    supported={"srv-not-found": "filter"}, checks={"srv-not-found": "Get-DnsServerQueryResolutionPolicy"},
                    never={"verdict": MISSING_RECORDS, "srv-not-found": MISSING_RECORDS}))
def resolver_withholds_the_domain_s_names(s, code):
    """A client at home asks the filter of its provider, or a guard against malware, and gets its verdict as NXDOMAIN."""
    for _ in range(2):
        s.cite("srv-not-found", failed(s, DC_SRV, reason(code), rcode=NXDOMAIN))
        failed(s, "_kerberos._tcp.{D}", reason(code), rcode=NXDOMAIN)
        s.wait(2)


@field("K6", shows={"srv-not-found": "error"}, says={"srv-not-found": ["extended error 15", "in its own words .*category"]},
       first={"srv-not-found": "filter"}, never={"srv-not-found": MISSING_RECORDS})
def resolver_withholds_the_records_and_not_the_name(s):
    """The filter gives no record in place of an error."""
    for _ in range(2):
        failed(s, DC_SRV, reason(15, "category dynamic DNS"), rcode=0)
        s.wait(2)


@variants(0, 3, 19, 29)(field("K6", shows={"srv-not-found": "error"}, verdict="no locator records", causes={"srv-not-found": "misspelt"},
                    first={"srv-not-found": "does not serve the directory"},
                    never={"any": "extended error|filter|withh|QueryResolutionPolicy"}))
def name_is_missing_and_the_error_says_nothing_of_it(s, code):
    """Another error without text, a stale answer, a synthesized one: none withholds."""
    for _ in range(2):
        failed(s, DC_SRV, reason(code), rcode=NXDOMAIN)
        s.wait(2)


@field("K6", shows={"srv-not-found": "error"}, says={"srv-not-found": ["extended error 17", "{dns} .*NXDOMAIN", "{dns2} .*NXDOMAIN"]},
       verdict="no locator records", first={"srv-not-found": "filter"}, causes={"srv-not-found": "misspelt"})
def one_resolver_withholds_what_the_other_does_not_know(s):
    for _ in range(2):
        failed(s, DC_SRV, reason(17), rcode=NXDOMAIN)
        s.srv(DC_SRV, rcode=NXDOMAIN, server=s.dns2)
        s.wait(2)


@field("K6", outcome="ok", like=["srv-not-found"], verdict=CALM)
def second_resolver_filters_nothing(s):
    """Both networks' servers are asked at once."""
    s.ident += 1
    name = DC_SRV.format(D=s.domain)
    port, port2 = s.next_port(), s.next_port()
    s.udp(s.dns, 53, dns(s.ident, name), cport=port)
    s.udp(s.dns2, 53, dns(s.ident, name), cport=port2)
    s.udp(s.dns, 53, None, dns_reply(s.ident, name, [], rcode=NXDOMAIN, additional=[extended_error(reason(15))]), cport=port)
    s.udp(s.dns2, 53, None, dns_reply(s.ident, name, [srv_rr(QUESTION, s.host)]), cport=port2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()


@field("K6", shows={"srv-target-unresolvable": "warn"}, says={"srv-target-unresolvable": "extended error 17"},
       first={"srv-target-unresolvable": "filter"}, supported={"srv-target-unresolvable": "filter"},
       never={"srv-target-unresolvable": "removed|deleted|dcdiag", "verdict": CALM})
def resolver_withholds_the_address_of_the_controller(s):
    for _ in range(2):
        s.found()
        s.cite("srv-target-unresolvable", told_address(s, s.host, reason(17), rcode=NXDOMAIN))
        s.wait(2)


@field("K6", shows={"srv-target-unresolvable": "warn"}, says={"srv-target-unresolvable": ["extended error 15", r"0\.0\.0\.0"]},
       first={"srv-target-unresolvable": "filter"}, supported={"srv-target-unresolvable": "filter"},
       checks={"srv-target-unresolvable": "Get-DnsServerQueryResolutionPolicy"},
       never={"srv-target-unresolvable": "by hand", "verdict": CALM})
def filter_answers_with_the_address_of_nobody(s):
    for _ in range(2):
        s.found()
        s.cite("srv-target-unresolvable", told_address(s, s.host, reason(15), addresses=["0.0.0.0"]))
        s.wait(2)


@field("K6", shows={"srv-target-unresolvable": "warn"}, says={"srv-target-unresolvable": r"0\.0\.0\.0"},
       causes={"srv-target-unresolvable": ["filter", "by hand"]}, never={"any": "extended error|QueryResolutionPolicy"})
def address_of_nobody_without_a_reason(s):
    for _ in range(2):
        s.found()
        s.address(s.host, "0.0.0.0")
        s.wait(2)


@field("K6", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", says={"endpoint-unresolvable": "extended error 16"},
       first={"endpoint-unresolvable": "filter"}, supported={"endpoint-unresolvable": "filter"}, may=["srv-not-found"],
       never={"endpoint-unresolvable": "never entered|does not know the zone|is gone"})
def resolver_withholds_the_endpoint_s_address(s):
    directory(s)
    for n in (1, 2):
        for kind in (A, AAAA):
            told_address(s, ex(s, n), reason(16), rcode=NXDOMAIN, kind=kind)


@variants("0.0.0.0", "127.0.0.1")(
    field("K1", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", says={"endpoint-unresolvable": ["extended error 15", r"address (0\.0\.0\.0|127)"]},
          first={"endpoint-unresolvable": "filter"}, supported={"endpoint-unresolvable": "filter"},
          never={"verdict": CALM, "endpoint-unresolvable": "never entered|has no address|NODATA"}))
def filter_gives_the_endpoint_the_address_of_nobody(s, address):
    """Nothing of what the client sends there is ever seen."""
    directory(s)
    for n in (1, 2):
        told_address(s, ex(s, n), reason(15), addresses=[address])
    s.wait(5)


@field("K1", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", says={"endpoint-unresolvable": r"0\.0\.0\.0"},
       causes={"endpoint-unresolvable": "filter"}, never={"verdict": CALM, "any": "extended error|QueryResolutionPolicy"})
def endpoint_has_the_address_of_nobody(s):
    directory(s)
    for n in (1, 2):
        s.address(ex(s, n), "0.0.0.0")
    s.wait(5)


@field("K5", like=["endpoint-unresolvable"], outcome="ok|hidden", never={"verdict": "failed"})
def endpoint_s_other_address_is_a_real_one(s):
    """A filter of one family: the client goes by the other address."""
    directory(s, url_entry(s, 1))
    told_address(s, ex(s, 1), reason(15), addresses=["::"], kind=AAAA)
    s.address(ex(s, 1), s.web)
    hidden_talk(s, s.web, ex(s, 1))


@field("K5", like=["endpoint-unresolvable"], never={"verdict": "failed"})
def endpoint_is_a_program_on_the_client_itself(s):
    """A helper of the mail program listens on the loopback, and the record says so; nothing blocks anything."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), "127.0.0.1")
    s.wait(5)


@field("K6", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", causes={"endpoint-unresolvable": "never entered"},
       never={"any": "extended error|withh|QueryResolutionPolicy"})
def endpoint_s_name_is_missing_and_the_answer_is_synthesized(s):
    directory(s)
    for n in (1, 2):
        for kind in (A, AAAA):
            told_address(s, ex(s, n), reason(29), rcode=NXDOMAIN, kind=kind)


# ---- K6: the PDC emulator, where nobody has that role ----

PDC = "_ldap._tcp.pdc._msdcs.{D}"
OF_WINDOWS = "PDC emulator|netdom|netlogon|nltest|dcdiag|Windows|group polic|new passwords"
AD_CAPABILITY = ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"]


def rootdse(s, conn, **attributes):
    base = ",".join("dc=" + x for x in s.domain.split("."))
    conn.ask(search("", 0, None, ["*", "+"]), entry("", {"namingContexts": [base], **attributes}), done())


def pdc_missed(s):
    for _ in range(2):
        s.cite("srv-not-found", s.srv(PDC, rcode=NXDOMAIN))
        s.wait(3)


def said_by_mit(s, cname="alice"):
    s.kdc(s.as_req(cname), s.error(25, cname=cname, ctime=1_913_000_001 * 10**9, text="NEEDED_PREAUTH"))
    s.kdc(s.as_req(cname, pre=[timestamp()]), s.as_rep(cname))


@field("K6", shows={"srv-not-found": "note"}, outcome="ok", first={"srv-not-found": "FreeIPA"}, supported={"srv-not-found": "FreeIPA"},
       never={"srv-not-found": OF_WINDOWS})
def pdc_of_a_directory_that_names_another_vendor(s):
    """FreeIPA with its names for a trust: no error of its KDC is in the capture, but what its directory says of itself."""
    begun(s)
    conn = s.ldap()
    rootdse(s, conn, vendorName=["389 Project"], vendorVersion=["389-Directory/2.4.5"])
    conn.gssapi()
    pdc_missed(s)


@field("K6", shows={"srv-not-found": "note"}, outcome="ok", first={"srv-not-found": "FreeIPA"}, supported={"srv-not-found": "FreeIPA"},
       never={"srv-not-found": OF_WINDOWS})
def pdc_of_a_realm_of_mit_is_asked_for(s):
    begun(s)
    said_by_mit(s)
    pdc_missed(s)


@field("K6", shows={"srv-not-found": "warn"}, verdict="PDC emulator", causes={"srv-not-found": "Netlogon"},
       checks={"srv-not-found": "netdom query"}, never={"srv-not-found": "FreeIPA|Samba|samba"})
def pdc_of_an_active_directory_that_says_so(s):
    begun(s)
    conn = s.ldap()
    rootdse(s, conn, dnsHostName=[s.host], supportedCapabilities=AD_CAPABILITY)
    conn.simple()
    pdc_missed(s)


@field("K6", shows={"srv-not-found": "warn"}, verdict="PDC emulator", causes={"srv-not-found": "Netlogon"}, never={"srv-not-found": "FreeIPA"})
def pdc_of_the_domain_that_freeipa_trusts(s):
    """The client is one of FreeIPA, whose KDC and directory are asked, too; the name is that of the other domain."""
    home = "ipa." + s.domain
    begun(s)
    s.srv("_ldap._tcp." + home, "ipa1." + home)
    s.address("ipa1." + home, s.dc3)
    conn = s.ldap(s.dc3)
    rootdse(s, conn, vendorName=["389 Project"])
    conn.simple()
    realm = home.upper()
    s.kdc(s.as_req(realm=realm, sname="krbtgt/" + realm), s.error(25, realm=realm, sname="krbtgt/" + realm, cname="alice", text="NEEDED_PREAUTH"),
          server=s.dc3)
    s.kdc(s.as_req(realm=realm, sname="krbtgt/" + realm, pre=[timestamp()]), s.as_rep(realm=realm, sname="krbtgt/" + realm), server=s.dc3)
    pdc_missed(s)


@variants("vendor", "kdc", "mit")(
    field("K6", shows={"srv-not-found": "warn"}, verdict="PDC emulator", causes={"srv-not-found": "samba_dnsupdate"},
       checks={"srv-not-found": "samba-tool fsmo show"}, never={"srv-not-found": "FreeIPA|netdom|netlogon|nltest|dcdiag|Windows"}))
def pdc_of_samba_has_no_record(s, sign):
    """Samba has that role and other tools; its KDC may be Heimdal's or MIT's."""
    begun(s)
    conn = s.ldap()
    if sign == "vendor":
        rootdse(s, conn, dnsHostName=[s.host], vendorName=["Samba Team (https://www.samba.org)"], supportedCapabilities=AD_CAPABILITY)
    elif sign == "kdc":
        s.kdc(s.as_req(), s.error(25, cname="alice", text="Need to use PA-ENC-TIMESTAMP/PA-PK-AS-REQ"))
    else:
        rootdse(s, conn, dnsHostName=[s.host], supportedCapabilities=AD_CAPABILITY)
        said_by_mit(s)
    conn.simple()
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    pdc_missed(s)


# ---- K12: addresses that a record named are no scan; K6: what is said of LDAP over UDP ----

ROOTDSE = ldap(7, search("", 0, None, ["*"]))
OF_CONNECTIONS = "The connection (is|had)|(closed|ended|reset|broke|cut|forgot).{0,20} connection|connection (off|silently)|port is taken|acknowledged|a load balancer"


def many(s, first=100, count=12):
    net = s.dc.rsplit(".", 1)[0]
    return [f"{net}.{n}" for n in range(first, first + count)]


def read_in_vain(s, servers):
    for server in servers:
        s.cite("ldap-unanswered", s.udp(server, 389, ROOTDSE))


@field("K12", shows={"ldap-unanswered": "error"}, outcome="failed", never={"ldap-unanswered": "list of addresses|scanner|" + OF_CONNECTIONS})
def every_address_of_the_domain_is_read_over_udp(s):
    """A program looks up the domain's own name, and reads the rootDSE of each address; a filter drops UDP."""
    s.address("{D}", *many(s))
    read_in_vain(s, many(s))


@field("K12", shows={"ldap-unanswered": "error"}, outcome="failed", never={"ldap-unanswered": "list of addresses|scanner|" + OF_CONNECTIONS})
def every_address_of_the_domain_is_read_after_its_records(s):
    """The same with records of controllers that nobody looks up, and a domain below others."""
    s.named(f"ad.emea.corp{s.domain[4:-5]}.test")
    s.found()
    s.address("{D}", *many(s)[:6])
    s.address("{D}", *many(s)[6:])
    read_in_vain(s, many(s))


@field("K12", outcome="ok", shows={"ldap-unanswered": "note"}, says={"ldap-unanswered": "list of addresses"}, never={"verdict": "failed -"})
def scanner_knows_the_names_of_other_hosts(s):
    """Two of its addresses were named by a record, forty were not, and one answers."""
    s.address("{D}", *many(s)[:2])
    for host in many(s, 100, 42):
        s.udp(host, 389, ROOTDSE, cport=40000)
    s.udp(s.dc3, 389, ROOTDSE, ldap(7, entry("", {"dnsHostName": ["a.x.example"]})) + ldap(7, done()))


@field("K12", outcome="ok", shows={"ldap-unanswered": "note"}, says={"ldap-unanswered": "list of addresses"}, never={"verdict": "failed -"})
def scanner_looks_up_names_when_it_is_through(s):
    """What is looked up afterwards named nothing before."""
    s.udp(s.dc3, 389, ROOTDSE, ldap(7, entry("", {"dnsHostName": ["a.x.example"]})) + ldap(7, done()))
    for host in many(s):
        s.udp(host, 389, ROOTDSE, cport=40001)
    s.wait(9)
    s.address("{D}", *many(s))


@field("K6", shows={"ldap-unanswered": "error"}, says={"ldap-unanswered": "over UDP"}, supported={"ldap-unanswered": "TCP.* drops UDP port 389"},
       first={"ldap-unanswered": "UDP port 389"}, checks={"ldap-unanswered": "udp -e 389"}, causes={"ldap-unanswered": "does not answer over UDP"},
       never={"ldap-unanswered": OF_CONNECTIONS + "|nltest /server|is down", "verdict": CALM})
def firewall_lets_ldap_pass_over_tcp_alone(s):
    """The same host answers LDAP over TCP, for another program."""
    s.ldap().simple()
    s.wait(3)
    for _ in range(2):
        read_in_vain(s, [s.dc])
        s.wait(3)


@field("K6", shows={"ldap-unanswered": "error"}, never={"ldap-unanswered": OF_CONNECTIONS + "|firewall|does not answer over UDP"},
       causes={"ldap-unanswered": "overloaded"}, verdict=r"\(UDP\)")
def directory_that_answered_over_udp_falls_silent(s):
    """It did answer such a read before: neither a filter of UDP nor a service that does not know it."""
    s.udp(s.dc, 389, ROOTDSE, ldap(7, entry("", {"dnsHostName": [s.host]})) + ldap(7, done()))
    s.wait(5)
    read_in_vain(s, [s.dc])
    s.wait(5)
    read_in_vain(s, [s.dc])


@field("K6", shows={"ldap-unanswered": "error"}, first={"ldap-unanswered": "port is closed"},
       never={"ldap-unanswered": OF_CONNECTIONS + "|overloaded|drops|lost"})
def host_says_that_udp_port_389_is_closed(s):
    begun(s)
    for _ in range(2):
        read_in_vain(s, [s.dc2])
        s.c.add(icmp(PORT, sent_udp(s.client, s.port, s.dc2, 389, ROOTDSE)))
        s.wait(3)


@field("K6", shows={"ldap-unanswered": "error"}, says={"ldap-unanswered": "The connection is there"}, never={"ldap-unanswered": "UDP"})
def directory_does_not_answer_on_its_connection(s):
    """The neighbour over TCP is told as before."""
    begun(s)
    s.ldap().t.ask(ROOTDSE)


# ---- K5, K1: what ends a path, and what stands beside it ----


def dressed(s):
    """The client finds its controller, signs on, and is bound: all that it wanted."""
    signed_on(s)
    s.ldap().simple()


@field("K5", shows={"srv-target-unresolvable": "warn"}, outcome="ok", never={"verdict": "failed"})
def address_of_the_other_controller_is_asked_for_when_all_is_done(s):
    """A tool lists all controllers of the record; one of them has no address, and nobody needs it."""
    dressed(s)
    s.wait(3)
    s.srv(DC_SRV, "dc1.{D}", "dc9.{D}")
    s.cite("srv-target-unresolvable", s.address("dc9.{D}", rcode=NXDOMAIN))


@field("K1", shows={"srv-target-unresolvable": "warn"}, outcome="failed", never={"verdict": CALM})
def only_controller_of_the_record_is_gone_when_it_is_looked_for_again(s):
    """It worked; then the record names another host alone, which has no address, and the client stops."""
    dressed(s)
    s.wait(3)
    s.srv(DC_SRV, "dc9.{D}")
    s.cite("srv-target-unresolvable", s.address("dc9.{D}", rcode=NXDOMAIN))


@field("K1", shows={"srv-target-unresolvable": "warn"}, outcome="failed", never={"verdict": CALM})
def neither_controller_of_the_record_has_an_address(s):
    s.srv(DC_SRV, "dc1.{D}", "dc9.{D}")
    s.cite("srv-target-unresolvable", s.address("dc1.{D}", rcode=NXDOMAIN))
    s.cite("srv-target-unresolvable", s.address("dc9.{D}", rcode=NXDOMAIN))


@field("K5", shows={"srv-not-offered": "warn"}, outcome="ok", never={"verdict": "failed"})
def one_service_is_not_offered_when_all_is_done(s):
    """The domain is found by its other names; a program asks for one that is deliberately not offered."""
    dressed(s)
    s.cite("srv-not-offered", s.srv("_kerberos._udp.{D}", ".", port=0))


@field("K1", shows={"srv-not-offered": "error"}, outcome="failed")
def domain_is_not_offered_at_all(s):
    s.srv(DC_SRV, ".", port=0)


@field("K1", shows={"scp-read-failed": "warn|error", "spn-not-found-or-duplicate": "warn"}, outcome="failed", never={"verdict": CALM})
def ticket_of_a_file_server_is_asked_for_after_the_search_was_refused(s):
    """The directory shows no entry to this account, and nothing follows but a share that nobody registered."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    s.cite("scp-read-failed", conn.scp(code=50, diagnostic="00000005: SecErr: DSID-03152E29, problem 4003"))
    for _ in range(2):
        refused(s, 7, "cifs/fs9." + s.domain)
        s.wait(1)


@field("K5", shows={"spn-not-found-or-duplicate": "warn"}, outcome="ok", like=["scp-read-failed"], never={"verdict": "failed"})
def ticket_of_a_file_server_is_asked_for_after_a_good_search(s):
    directory(s)
    s.logon()
    for _ in range(2):
        refused(s, 7, "cifs/fs9." + s.domain)
        s.wait(1)


@field("K1", shows={"scp-read-failed": "warn|error", "client-site-undefined": "warn"}, outcome="failed", never={"verdict": CALM})
def site_is_not_known_after_the_search_was_refused(s):
    s.found()
    s.address(s.host, s.dc)
    s.logon()
    conn = s.ldap()
    conn.simple()
    s.cite("scp-read-failed", conn.scp(code=50, diagnostic="00000005: SecErr: DSID-03152E29, problem 4003"))
    s.wait(2)
    s.ping(client_site="", flags=FLAGS & ~CLOSEST)


@field("K5", shows={"client-site-undefined": "warn"}, outcome="ok", never={"verdict": "failed"})
def site_is_not_known_after_a_good_search(s):
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))
    s.wait(2)
    s.ping(client_site="", flags=FLAGS & ~CLOSEST)


@field("K5", shows={"account-unknown-to-dc": "warn"}, outcome="ok", never={"verdict": "failed"})
def second_controller_does_not_know_the_account_yet(s):
    """The machine is in; a check asks the other controller for it, to which it is not replicated."""
    s.ping(more=[equal("User", "PC1$")])
    dressed(s)
    s.wait(2)
    s.ping(more=[equal("User", "PC1$")], server=s.dc2, host="dc2." + s.domain, opcode=25, user="PC1$", ident=3)


@field("K1", shows={"account-unknown-to-dc": "warn"}, outcome="failed", never={"verdict": CALM})
def no_controller_knows_the_account(s):
    s.found()
    for n, server in enumerate((s.dc, s.dc2), 1):
        s.address(f"dc{n}.{{D}}", server)
        s.ping(more=[equal("User", "PC1$")], server=server, host=f"dc{n}.{s.domain}", opcode=25, user="PC1$", ident=4 + n)


# ---- K6: ports of UDP that are used again ----

CLOSED = "port is closed|ICMP"


def silent_kdc(s, times=2):
    """Requests to the second controller that nobody answers; the ports of the last one."""
    for _ in range(times):
        s.cite("kdc-unanswered", s.kdc(s.as_req(), server=s.dc2))
        s.wait(2)
    return s.port


@field("K6", shows={"kdc-unanswered": "error"}, never={"kdc-unanswered": CLOSED}, causes={"kdc-unanswered": "down|drops"})
def error_of_icmp_is_about_what_another_program_sent_minutes_later(s):
    """The port is given to somebody else, whose request is not in the capture."""
    s.found()
    port = silent_kdc(s)
    s.wait(180)
    s.c.add(icmp(PORT, sent_udp(s.client, port, s.dc2, 88, b"another")))


@field("K6", shows={"kdc-unanswered": "error"}, says={"kdc-unanswered": "port is closed"})
def error_of_icmp_is_about_the_request_before_it(s):
    s.found()
    for _ in range(2):
        request = s.as_req()
        s.cite("kdc-unanswered", s.kdc(request, server=s.dc2))
        s.c.add(icmp(PORT, sent_udp(s.client, s.port, s.dc2, 88, request)))
        s.wait(2)


@field("K6", shows={"ping-unanswered": "error"}, never={"ping-unanswered": CLOSED})
def error_of_icmp_is_about_another_ping_minutes_later(s):
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("ping-unanswered", s.ping(silent=True))
        s.wait(3)
    s.wait(180)
    s.c.add(icmp(PORT, sent_udp(s.client, s.port, s.dc, 389, b"another")))


@field("K6", shows={"ldap-unanswered": "error"}, outcome="failed", says={"ldap-unanswered": "port is closed"})
def error_of_icmp_is_about_the_one_that_still_waits(s):
    """Two questions leave by one port; the second is answered before the error about the first arrives, and it is asked no more."""
    begun(s)
    port = s.next_port()
    asked = s.udp(s.dc2, 389, ROOTDSE, cport=port)
    s.c.udp(s.client, port, s.dc2, 389, ping(s.domain, ident=9))
    s.c.udp(s.dc2, 389, s.client, port, ping_reply(netlogon_ex(domain=s.domain, host="dc2." + s.domain), ident=9))
    s.c.add(icmp(PORT, sent_udp(s.client, port, s.dc2, 389, ROOTDSE)))
    s.cite("ldap-unanswered", asked)
    s.wait(3)


@field("K6", shows={"kdc-unanswered": "error"}, never={"kdc-unanswered": "only the first"})
def first_fragment_is_of_another_answer_minutes_later(s):
    s.found()
    port = silent_kdc(s)
    s.wait(180)
    s.c.add(pieces(s.dc2, 88, s.client, port, s.as_rep(cipher=b"x" * 2200))[0])


@field("K6", shows={"kdc-unanswered": "error"}, says={"kdc-unanswered": "only the first"})
def first_fragments_are_of_these_answers(s):
    s.found()
    port, request = s.next_port(), s.as_req()
    for _ in range(3):
        s.udp(s.dc2, 88, request, cport=port)
        s.c.add(pieces(s.dc2, 88, s.client, port, s.as_rep(cipher=b"x" * 2200))[0])
        s.wait(5)


@field("K6", shows={"kdc-unanswered": "error"}, supported={"kdc-unanswered": "Fragments of the request did not arrive"})
def fragments_are_waited_for_a_minute(s):
    """Windows gives up putting together after sixty seconds, and says so (RFC 1122 3.3.2: up to two minutes)."""
    s.found()
    port = silent_kdc(s)
    s.wait(58.5)
    s.c.add(icmp(REASSEMBLY, sent_udp(s.client, port, s.dc2, 88, s.as_req())))


@field("K6", outcome="ok", never={"verdict": "failed -", "path": r"\b30\d\.\d+ s\]"})
def port_of_a_silent_request_is_used_again_and_answered(s):
    """The answer belongs to the request before it, and not to one of the same name five minutes before."""
    begun(s)
    port = s.next_port()
    for n in range(2):
        s.udp(s.dc, 88, s.as_req(), cport=port + n)
        s.wait(2)
    s.port = port + 1
    s.wait(300)
    s.udp(s.dc, 88, s.as_req(pre=[timestamp()]), s.as_rep(), cport=port)
