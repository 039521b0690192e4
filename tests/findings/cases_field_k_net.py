# SPDX-License-Identifier: GPL-2.0-or-later
"""Names, sites, pings and connections as other people's networks have them: tunnels that come up late, portals that
answer everything, zones of hosts that are no domains, scanners and monitors; and outages without their usual sign.
"""
from build import *  # noqa: F403
from cases_field_a import CLOSEST, FLAGS, bytes_of, granted, logon, machine, signed_in
from cases_field_b_time import dead, good_start
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import bound, people
from cases_field_h_healthy import BAD_KERBEROS, BAD_LDAP, DC, HEALTHY, LOUD, found_person
from field import field

SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL, REFUSED, PTR, TXT = 3, 2, 5, 12, 16
QUIET = {"verdict": ["failed -", "with a warning"], "path": [LOUD]}
BAD_DC = ["ping-unanswered", "dc-not-serving", "dc-unreachable", "ldap-unanswered", "kdc-unanswered",
          "account-unknown-to-dc", "client-site-undefined"]


def looked_up(s, name, kind=A, records=(), rcode=0, server=None):
    """Any question with its answer; a miss has the zone's record."""
    s.ident += 1
    name = name.format(D=s.domain)
    reply = dns_reply(s.ident, name, records, rcode=rcode, kind=kind, authority=[] if records else [soa_rr(s.domain)])
    return s.udp(server or s.dns, 53, dns(s.ident, name, kind), reply)


def reverse(address):
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


# ---- healthy: names that need not be there ----


@field("K4", like=BAD_DNS + BAD_DC + ["slow"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def names_of_a_browser_and_of_an_activation(s):
    """A child's machine: the proxy's name and ISATAP with each suffix up to the root (devolution), the activation's
    service in three domains, the name of the controller's address. None of them is there, and none has to be."""
    parent = s.domain
    s.named("emea." + s.domain)
    for name in ("wpad.{D}", "wpad." + parent, "isatap.{D}", "isatap." + parent):
        looked_up(s, name, rcode=NXDOMAIN)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, forest=parent)
    for zone in (s.domain, parent):
        s.srv("_vlmcs._tcp." + zone, rcode=NXDOMAIN)
    looked_up(s, reverse(s.dc), PTR, rcode=NXDOMAIN)
    s.srv(DC + "." + parent, rcode=NXDOMAIN)
    logon(s, "PC1$")
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K4", like=BAD_DNS + BAD_DC, outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def telephone_client_looks_for_the_catalog_in_the_child(s):
    """A softphone asks for its own services and for the catalog below the child; catalogs stand below the root alone,
    and there it goes on."""
    root = s.domain
    s.named("child." + s.domain)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, forest=root)
    for name in ("_cisco-uds._tcp.{D}", "_collab-edge._tls.{D}", "_cuplogin._tcp.{D}", "_gc._tcp.{D}"):
        s.srv(name, rcode=NXDOMAIN)
    s.srv("_gc._tcp." + root, "gc1." + root, port=3268)
    s.address("gc1." + root, s.dc2)
    conn = bound(s, s.dc2, 3268, "kim")
    conn.ask(people(s, "b*", base=""), found_person(s), done())


@field("K4", may=["srv-not-found"], like=["srv-msdcs-missing", "srv-unanswered", *BAD_KERBEROS], outcome="ok|hidden", never=QUIET)
def sssd_asks_the_zone_of_its_host_first(s):
    """Linux hosts have a zone of their own, linux.D, which is no domain: discovery begins there, finds nothing, and
    goes on with the domain of the configuration."""
    zone = "linux." + s.domain
    s.srv("_ldap._tcp." + zone, rcode=NXDOMAIN)
    s.srv("_kerberos._udp." + zone, rcode=NXDOMAIN)
    looked_up(s, f"_kerberos.node5.{zone}", TXT, rcode=NXDOMAIN)
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_host="NODE5", more=[equal("DnsHostName", "node5." + zone)])
    logon(s, "NODE5$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K4", like=BAD_DNS + BAD_DC, outcome="ok|hidden", never=QUIET)
def guid_of_a_domain_that_was_built_anew(s):
    """The trust's record still has the old domain's GUID: no such name, and the domain's own name leads on."""
    signed_in(s, "PC1$").sealed()
    s.srv("_ldap._tcp.6f1d2c3b-0a1b-4c5d-8e9f-001122334455.domains._msdcs.{D}", rcode=NXDOMAIN)
    s.found()
    s.ping(host=s.host, more=machine("PC1"), user="PC1$")


# ---- healthy: the network comes late, or is somebody else's ----


@field("K2", like=["srv-not-found", "srv-msdcs-missing"], outcome="ok|hidden", never=QUIET)
def tunnel_comes_up_after_the_logon_screen(s):
    """At home the router denies all names of the domain; half a minute later the tunnel's server knows them."""
    router = "192.168.178.1"
    for name in (SITE, DC, SITE, DC):
        s.srv(name, rcode=NXDOMAIN, server=router)
        s.wait(3)
    s.srv(DC + ".fritz.box", rcode=NXDOMAIN, server=router)
    s.wait(45)
    s.srv(SITE, "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    logon(s, "PC1$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K2", like=["srv-not-found", "srv-resolver-failed", "srv-site-not-found"], outcome="ok|hidden", never=QUIET)
def hotel_answers_every_question_with_its_portal(s):
    """Until the guest has paid, each question gets the portal's address, the locator's too; then the tunnel is up."""
    portal = address_rr(QUESTION, "198.51.100.80")
    for name, kind in ((DC, SRV), (SITE, SRV), (s.host, A)):
        looked_up(s, name, kind, [portal], server="198.51.100.53")
        s.wait(1)
    s.wait(90)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


@field("K9", shows={"slow": "note|warn"}, like=["srv-resolver-failed"], may=["srv-unanswered"], outcome="ok|hidden",
       recovered=["srv-unanswered?"], never={"verdict": ["failed -"], "any": ["no domain"]})
def switch_port_forwards_after_half_a_minute(s):
    """Spanning tree: the machine is up before its port; three questions go nowhere, and then all is well."""
    name = DC.format(D=s.domain)
    port = s.next_port()
    for pause in (1, 2, 4, 8, 15):
        s.cite("slow", s.udp(s.dns, 53, dns(77, name), cport=port))
        s.wait(pause)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


@field("K4", like=BAD_DNS + BAD_DC + BAD_KERBEROS, outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def mobile_network_reaches_the_domain_by_nat64(s):
    """IPv6 alone at the client, IPv4 alone at home: DNS64 makes the controller's address, the ping's answer tells
    another one, and everything goes through the translator."""
    s.over_ipv6()
    s.dc = "64:ff9b::" + s.dc.rsplit(":", 1)[1] + "0a:1"
    s.srv(SITE, "dc1.{D}")
    s.address(s.host, kind=A)
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host, ntver=0x1E)
    logon(s, "LAP4$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


# ---- healthy: sites and controllers ----


@field("K5", may=["dc-other-site", "srv-site-not-found"], like=["srv-not-found", *BAD_DC], outcome="ok|hidden", never=QUIET)
def own_site_is_empty_and_the_next_one_serves(s):
    """"Try next closest site": the branch has no controller at all, the ping names the hub as the next one."""
    branch = "_ldap._tcp.Branch12._sites.dc._msdcs.{D}"
    s.srv(branch, rcode=NXDOMAIN)
    s.srv(DC, "dc1.{D}", "dc2.{D}", "dc3.{D}")
    s.address("dc3.{D}", s.dc3)
    s.ping(server=s.dc3, host="dc3." + s.domain, dc_site="Oslo", client_site="Branch12", next_site="Hub",
           flags=FLAGS & ~CLOSEST)
    s.srv(branch, rcode=NXDOMAIN)
    s.srv("_ldap._tcp.Hub._sites.dc._msdcs.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping(host=s.host, dc_site="Hub", client_site="Branch12", next_site="Hub", flags=FLAGS & ~CLOSEST)
    logon(s, "PC1$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K5", like=["dc-other-site", *BAD_DC], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def hub_covers_the_branch(s):
    """Automatic site coverage: the hub's controller stands below the branch's name, and calls itself the closest."""
    s.srv("_ldap._tcp.Branch7._sites.dc._msdcs.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping(host=s.host, dc_site="Hub", client_site="Branch7", next_site="Hub", flags=FLAGS)
    s.logon()


@field("K5", may=["ping-unanswered"], recovered=["ping-unanswered?"], like=["dc-unreachable", "slow", "srv-not-found"],
       outcome="ok|hidden", never=QUIET)
def standby_controller_takes_over(s):
    """Priorities: dc1 is patched and starts again, so its ping has no answer; dc2, of priority 10, is what it is for."""
    s.ident += 1
    name = DC.format(D=s.domain)
    records = [srv_rr(QUESTION, s.host), srv_rr(QUESTION, "dc2." + s.domain, priority=10)]
    s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, records, additional=[
        address_rr(s.host, s.dc), address_rr("dc2." + s.domain, s.dc2)]))
    s.ping(silent=True)
    s.wait(0.4)
    s.ping(silent=True)
    s.wait(0.4)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    logon(s, "PC1$", server=s.dc2, tcp=True)
    bound(s, s.dc2).rootdse()


@field("K5", may=["account-unknown-to-dc"], recovered=["account-unknown-to-dc?"], like=["dc-not-serving", *BAD_KERBEROS],
       outcome="ok|hidden", never=QUIET)
def managed_account_is_not_replicated_everywhere(s):
    """A new gMSA: the first controller does not know it (25), the next one does, and gives its ticket."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping(host=s.host, opcode=25, more=machine("gmsa-web"), user="gmsa-web$")
    s.ping(server=s.dc2, host="dc2." + s.domain, more=machine("gmsa-web"), user="gmsa-web$")
    logon(s, "gmsa-web$", server=s.dc2)
    granted(s, "ldap/dc2." + s.domain, server=s.dc2)


# ---- healthy: those who only knock ----


@field("K10", like=["wrong-realm", "krb-error", "dc-unreachable", "kdc-unanswered"], outcome="ok|incomplete", never=QUIET, alone=True)
def version_scan_of_port_88(s):
    """nmap -sV: a few ports, and at 88 its own question for a realm called NM, which no KDC has."""
    for port in (22, 80, 443, 8080):
        s.syn(s.dc, port, "refused")
    probe = s.as_req(None, sname="krbtgt/NM", realm="NM", till=0, etypes=(18, 17, 16, 23, 1, 3, 2), options=0x50800000)
    t = s.tcp(s.dc, 88)
    t.ask(marked(probe))
    t.answer(marked(s.error(68, "krbtgt/NM", realm="NM")))
    t.close()
    s.wait(60).hears_something()


@field("K10", like=BAD_DC + BAD_LDAP + BAD_KERBEROS, outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def monitor_of_a_windows_network(s):
    """Each minute: a connection to each port, ended with a reset at once; a question for the domain; a ping; and a
    bind with its own account. Nothing is wrong in an hour."""
    s.address(s.host, s.dc)
    for _ in range(20):
        for port in (53, 88, 135, 389, 445, 464, 636, 3268):
            s.tcp(s.dc, port).reset("c")
        s.found()
        s.ping(host=s.host, client_host="", ntver=6)
        conn = bound(s, name="svc-monitor")
        conn.rootdse()
        conn.ask(people(s, "svc-monitor"), found_person(s, "svc-monitor"), done())
        conn.t.ask(ldap(conn._next(), unbind()))
        conn.t.close()
        s.wait(60)


# ---- faults ----


@field("K4", shows={"srv-not-found": "error"}, outcome=["failed", "ok|hidden"], verdict=[r"\A[^\n]*locator name"],
       says={"srv-not-found": ["203.0.113.53|{D}"]}, never={"srv-not-found": ["_msdcs zone"]})
def one_of_two_desks_has_the_provider_s_resolver(s):
    """Two desks of an office, both at eight: one asks the provider's server, which knows no such domain; the other one
    asks the controller, and works. That it works does not help the first."""
    other = s.client[:-2] + "11"
    s.others.add(other)
    name = DC.format(D=s.domain)

    def neighbour(port, request, reply, server):
        s.udp(server, port, request, reply, client=other)

    for n in range(3):
        s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, server="203.0.113.53"))
        neighbour(53, dns(900 + n, name), dns_reply(900 + n, name, [srv_rr(QUESTION, s.host)]), s.dc)
        neighbour(389, ping(s.domain, host="PC2"), ping_reply(netlogon_ex(domain=s.domain, host=s.host)), s.dc)
        s.wait(5)
    neighbour(88, s.as_req("PC2$", pre=[timestamp()]), s.as_rep("PC2$"), s.dc)
    s.wait(30)


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", like=["srv-resolver-failed"],
       verdict=[r"\A[^\n]*locator name"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "srv-not-found": ["NXDOMAIN"]})
def provider_answers_every_name_with_its_search_page(s):
    """No NXDOMAIN ever: the provider's resolver gives an address for each name, and for the locator's names, too. An
    address is no locator record."""
    page = address_rr(QUESTION, "198.51.100.99")
    for name in (SITE, DC, "_ldap._tcp.{D}", DC):
        s.cite("srv-not-found", looked_up(s, name, SRV, [page], server="198.51.100.1"))
        s.wait(2)
    s.wait(30)


@field("K4", shows={"srv-not-found|srv-resolver-failed": "error"}, outcome="failed|ok|hidden", verdict=[r"\A[^\n]*partner"],
       says={"srv-not-found|srv-resolver-failed": [r"partner{D}"]}, never={"verdict": [NOTHING_WRONG]})
def referral_to_a_realm_that_dns_does_not_know(s):
    """The trust is there: the own KDC refers to the partner. But nobody set up the conditional forwarder."""
    partner = "partner" + s.domain
    signed_in(s).sealed()
    granted(s, "cifs/nas." + partner, gives="krbtgt/" + partner.upper())
    for _ in range(2):
        for name in ("_ldap._tcp.HQ._sites.dc._msdcs.", "_ldap._tcp.dc._msdcs."):
            s.cite("srv-not-found", s.srv(name + partner, rcode=NXDOMAIN))
        s.wait(15)
    s.wait(30)


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": ["{dc}"]}, like=["dc-unreachable", "ldap-unanswered"],
       never={"verdict": [NOTHING_WRONG]})
def connection_stands_at_the_third_syn(s):
    """A firewall that lets two SYNs fall before it takes a connection, each time: nine seconds, twice. All requests
    are answered at once, and no other address is tried."""
    good_start(s)
    for _ in range(2):
        t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
        start = t.seq["c"]
        for pause in (3, 6):
            s.cite("slow", t.open("cS"))
            t.seq["c"] = start
            s.wait(pause)
        t.open("cS", "sSA", "cA")
        t.ask(ldap(1, bind("svc-app@" + s.domain, "synthetic")))
        t.answer(ldap(1, bind_response()))
        t.ask(ldap(2, people(s)))
        t.answer(ldap(2, found_person(s)) + ldap(2, done()))
        t.close()
        s.wait(5)


@field("K3", shows={"dc-unreachable|ldap-unanswered": "error"}, outcome="failed", may=["slow", "ldap-mechanism-unknown", "midway"],
       verdict=[r"\A[^\n]*(domain controller|LDAP|connection)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]}, alone=True)
def capture_begins_after_the_locator_and_the_controller_dies(s):
    """No name, no ping in the capture: an open sealed session whose segments nobody acknowledges any more, and then new
    connections to the same address which get nothing."""
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    for n in range(3):
        t.ask(sasl(cfx(bytes(range(200)), True, 0, 28, 2 * n)))
        t.answer(sasl(cfx(bytes(range(250)), True, 0, 28, 2 * n + 1)))
        s.wait(4)
    last = sasl(cfx(bytes(range(180)), True, 0, 28, 8))
    start = t.seq["c"]
    for pause in (0.3, 0.6, 1.2, 2.4, 4.8, 9.6):
        t.seq["c"] = start
        t.ask(last)
        s.wait(pause)
    t.reset("c")
    for _ in range(2):
        s.cite("dc-unreachable", dead(s, s.dc, 389))
    s.wait(60).hears_something()


@field("K3", shows={"ldap-unanswered|dc-unreachable": "error"}, outcome="failed", may=["slow"],
       verdict=[r"\A[^\n]*(LDAP|closed|connection)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "ldap-unanswered": ["without any reply"]})
def balancer_without_a_live_node_hangs_up(s):
    """HAProxy in front of the controllers: the connection stands at once, and at once it is closed again, whether or
    not the bind was on its way. A printer tries four times."""
    s.address("ldap.{D}", s.web)
    for n in range(4):
        t = s.tcp(s.web, 389)
        asked = t.ask(ldap(1, bind("svc-print@" + s.domain, "synthetic")))
        t._segment("s", "FA")
        t.seq["s"] += 1
        t._segment("c", "FA")
        s.cite("ldap-unanswered", asked)
        s.wait(10)
    s.wait(30)


@field("K4", shows={"ping-unanswered|dc-unreachable": "error"}, outcome="failed", may=["slow"],
       verdict=[r"\A[^\n]*(domain controller|ping|connection)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def split_dns_gives_the_controller_a_public_address(s):
    """A wildcard of the public zone: the locator's record is of the tunnel's server, the address of its target is of
    the provider's, where the company's web site is; neither UDP nor TCP 389 goes there."""
    s.found()
    looked_up(s, s.host, A, [address_rr(QUESTION, "203.0.113.80")], server="203.0.113.53")
    for _ in range(3):
        s.cite("ping-unanswered", s.ping(server="203.0.113.80", silent=True))
        s.wait(5)
    s.cite("dc-unreachable", dead(s, "203.0.113.80", 389))
    s.wait(30)


@field("K1", outcome="ok|hidden|failed", may=["srv-not-found"], like=["srv-msdcs-missing"],
       verdict=[r"(?s)(_gc\._tcp|catalog|gc\._msdcs|not found)"], never={"verdict": [NOTHING_WRONG]})
def records_of_the_catalog_are_gone(s):
    """One domain, one forest. All else is there; the catalog, which a logon with a UPN needs, is in no record, under
    none of its names."""
    signed_in(s, "PC1$").sealed()
    for _ in range(2):
        for name in ("_ldap._tcp.HQ._sites.gc._msdcs.{D}", "_ldap._tcp.gc._msdcs.{D}", "_gc._tcp.HQ._sites.{D}", "_gc._tcp.{D}"):
            s.srv(name, rcode=NXDOMAIN)
        s.wait(20)
    s.wait(30)


@field("K3", shows={"dc-unreachable": "error"}, may=["one-sided", "midway"], outcome="failed", alone=True,
       verdict=[r"\A[^\n]*prohibited"], never={"verdict": [NOTHING_WRONG]})
def answers_alone_and_a_router_s_word(s):
    """A capture of what comes in alone: the locator's record, the ping's answer, and four times a router that says
    what it did with the connection to the directory: prohibited. That is the only witness."""
    s.ident += 1
    name = DC.format(D=s.domain)
    s.udp(s.dns, 53, None, dns_reply(s.ident, name, [srv_rr(QUESTION, s.host)], additional=[address_rr(s.host, s.dc)]))
    s.udp(s.dc, 389, None, ping_reply(netlogon_ex(domain=s.domain, host=s.host)))
    for n in range(4):
        sent = IP(src=s.client, dst=s.dc) / TCP(sport=50700 + n // 2, dport=389, flags="S", seq=7000 + n // 2)
        s.c.add(prohibited(sent))
        s.wait(3)
    s.wait(60).hears_something()
