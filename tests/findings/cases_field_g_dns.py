# SPDX-License-Identifier: GPL-2.0-or-later
"""DNS and the way to a controller as administrators elsewhere have them: resolvers on the machine itself, two views of
one zone, aliases, cookies, answers from another address; and what of it is a fault.
"""
import struct

from build import *  # noqa: F403
from cases_field_a import RODC, WRITABLE, FLAGS, logon, granted, bound
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
PLAIN = "_ldap._tcp.{D}"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
FULL = 0x1000
FAULTS = ["srv-not-found", "srv-unanswered", "srv-resolver-failed", "srv-target-unresolvable", "srv-msdcs-missing",
          "srv-not-offered", "dns-tcp-blocked", "flat-domain-name"]


def opt(options=b"", high=0, version=0, size=1232):
    """OPT, RFC 6891 6.1: the code's upper bits stand where a record's time to live does."""
    return b"\0" + struct.pack(">HHBBHH", OPT, size, high, version, 0, len(options)) + options


def option(code, data):
    return struct.pack(">HH", code, len(data)) + data


COOKIE, SUBNET, REASON = 10, 8, 15


def asked(s, name, reply=None, more=(), kind=SRV, **where):
    """A question with these additional records; `reply` makes the answer of its number."""
    s.ident += 1
    name = name.format(D=s.domain)
    return s.udp(where.get("server", s.dns), 53, dns(s.ident, name, kind, additional=more),
                 *([reply(s.ident, name)] if reply else []))


# ---- DNS over TCP alone, EDNS, cookies ----


@field("K3", like=FAULTS, verdict=[NOTHING_WRONG], outcome="ok|hidden")
def resolver_option_use_vc(s):
    """A Linux client whose resolver asks over TCP from the start: one connection for each question."""
    s.srv(DC, "dc1.{D}", tcp=True)
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", tcp=True, port=88)
    s.ping(host=s.host)
    s.logon()


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": ["NXDOMAIN|does not exist"]})
def resolver_option_use_vc_and_no_such_domain(s):
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, tcp=True))
    s.cite("srv-not-found", s.srv(PLAIN, rcode=NXDOMAIN, tcp=True))


@field("K2", like=FAULTS, verdict=[NOTHING_WRONG], outcome="ok|hidden")
def server_wants_its_cookie(s):
    """BADCOOKIE, 23, RFC 7873 5.2.3: the client asks again with the cookie that it got."""
    client, server = b"8 bytes.", b"16 bytes of its."
    asked(s, DC, lambda n, name: dns_reply(n, name, rcode=7, additional=[opt(option(COOKIE, client + server), high=1)]),
          [opt(option(COOKIE, client))])
    asked(s, DC, lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)],
                                           additional=[opt(option(COOKIE, client + server))]),
          [opt(option(COOKIE, client + server))])
    s.ping(host=s.host)
    s.logon()


@field("K2", like=FAULTS, verdict=[NOTHING_WRONG], outcome="ok|hidden")
def server_knows_no_such_version_of_edns(s):
    """BADVERS, 16, has 0 in the header: it is no answer without records."""
    asked(s, DC, lambda n, name: dns_reply(n, name, additional=[opt(high=1)]), [opt(version=1)])
    asked(s, DC, lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)], additional=[opt()]), [opt()])
    s.ping(host=s.host)
    s.logon()


@field("K2", shows={"srv-resolver-failed": "error"}, like=["srv-not-found"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
def server_knows_no_version_of_edns_the_client_has(s):
    for name in (DC, PLAIN, DC):
        s.cite("srv-resolver-failed",
               asked(s, name, lambda n, name: dns_reply(n, name, additional=[opt(high=1)]), [opt(version=1)]))
        s.wait(1)


@field("K2", like=FAULTS, verdict=[NOTHING_WRONG], outcome="ok|hidden")
def subnet_of_the_client_in_the_question(s):
    """Client subnet, RFC 7871, in question and answer; and a padding."""
    subnet = option(SUBNET, struct.pack(">HBB", 1, 24, 24) + bytes([10, 2, 3])) + option(12, bytes(60))
    asked(s, DC, lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)],
                                           additional=[address_rr(s.host, s.dc), opt(subnet)]), [opt(subnet)])
    s.ping(host=s.host)
    s.logon()


# ---- aliases, wildcards, two views ----


@field("K4", like=FAULTS, verdict=[NOTHING_WRONG], outcome="ok|hidden")
def record_leads_to_an_alias(s):
    """RFC 2782 forbids it and administrators do it: the target of the record is an alias of the controller."""
    s.srv(PLAIN, "ldap.{D}")
    answer = [rr(QUESTION, CNAME, dns_name(s.host)), address_rr(s.host, s.dc)]
    asked(s, "ldap.{D}", lambda n, name: dns_reply(n, name, answer, kind=A), kind=A)
    s.ping(host=s.host)
    s.logon()


@field("K4", shows={"srv-target-unresolvable": "warn"}, outcome="failed|incomplete|ok",
       says={"srv-target-unresolvable": ["ldap.{D}", "old-dc.{D}"]})
def record_leads_to_an_alias_of_nothing(s):
    """The alias outlived its controller: the answer has the alias and NXDOMAIN for what stands behind it."""
    s.srv(PLAIN, "ldap.{D}")
    answer = [rr(QUESTION, CNAME, dns_name("old-dc." + s.domain))]
    for kind in (A, AAAA):
        s.cite("srv-target-unresolvable",
               asked(s, "ldap.{D}", lambda n, name: dns_reply(n, name, answer, rcode=NXDOMAIN, kind=kind), kind=kind))


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": ["www.{D}"]},
       never={"srv-not-found": ["NXDOMAIN"]})
def wildcard_alias_of_a_public_zone(s):
    """*.D is an alias of the web site: each name of the locator is there, and has no record of its kind."""
    answer = [rr(QUESTION, CNAME, dns_name("www." + s.domain))]
    for name in (SITE, DC):
        s.cite("srv-not-found",
               asked(s, name, lambda n, name: dns_reply(n, name, answer, authority=[soa_rr(s.domain)])))


@field("K4", like=FAULTS, verdict=[NOTHING_WRONG], outcome="ok|hidden")
def wildcard_below_a_search_suffix(s):
    """Names with the suffix of the provider all exist, as a web site; those of the domain lead on."""
    s.srv(DC + ".isp.example")
    s.found()
    s.address("dc1.{D}.isp.example", "203.0.113.80")
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


@field("K4", like=FAULTS, outcome="ok|hidden", verdict=[NOTHING_WRONG])
def two_views_asked_at_the_same_time(s):
    """systemd-resolved asks every link: the home router denies, the tunnel's server knows, for each name again."""
    home = "192.168.178.1"
    for name, kind, answer in ((DC, SRV, srv_rr(QUESTION, s.host)), ("_kerberos._tcp.{D}", SRV, srv_rr(QUESTION, s.host, 88)),
                               ("dc1.{D}", A, address_rr(QUESTION, s.dc))):
        name, ports, s.ident = name.format(D=s.domain), (s.next_port(), s.next_port()), s.ident + 2
        for n, server in enumerate((home, s.dns)):
            s.c.udp(s.client, ports[n], server, 53, dns(s.ident + n, name, kind))
        s.c.udp(home, 53, s.client, ports[0], dns_reply(s.ident, name, rcode=NXDOMAIN, kind=kind))
        s.c.udp(s.dns, 53, s.client, ports[1], dns_reply(s.ident + 1, name, [answer], kind=kind))
    s.ping(host=s.host)
    s.logon()


# ---- IPv6 alone ----


@field("K4", like=FAULTS, outcome="ok|hidden", verdict=[NOTHING_WRONG])
def network_of_version_6_alone(s):
    """A is asked for as well, and is empty."""
    s.over_ipv6()
    s.found()
    s.address(s.host, kind=A)
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host)
    s.logon()


@field("K4", shows={"srv-target-unresolvable": "warn|error"}, outcome="failed|incomplete", never={"verdict": [NOTHING_WRONG]},
       says={"srv-target-unresolvable": ["AAAA|IPv6|version 6"]})
def network_of_version_6_and_a_controller_without(s):
    """The client has no IPv4 at all and asks for AAAA alone: the name is there and has none."""
    s.over_ipv6()
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    for host in ("dc1.{D}", "dc2.{D}"):
        s.cite("srv-target-unresolvable", s.address(host, kind=AAAA))
        s.wait(1)


# ---- answers from elsewhere, the machine's own resolver ----


@field("K3", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": ["{dns2}"]},
       never={"verdict": [NOTHING_WRONG]})
def server_with_two_addresses_answers_by_the_other(s):
    """A DNS server bound to every address: the answers come from one the client did not ask, and it throws them away."""
    name = DC.format(D=s.domain)
    port = s.next_port()
    for n in range(3):
        s.cite("srv-unanswered", s.c.udp(s.client, port, s.dns, 53, dns(70, name)))
        reply = s.c.udp(s.dns2, 53, s.client, port, dns_reply(70, name, [srv_rr(QUESTION, s.host)]))
        s.c.add(port_unreachable(Ether(s.c.frames[reply - 1][1])[IP]))
        s.wait(5)


@field("K3", like=["srv-unanswered", "srv-not-found"], outcome="ok|hidden")
def answers_by_the_other_address_are_taken(s):
    """The same server, and a client that does not look at the address."""
    name = DC.format(D=s.domain)
    port = s.next_port()
    s.c.udp(s.client, port, s.dns, 53, dns(70, name))
    s.c.udp(s.dns2, 53, s.client, port, dns_reply(70, name, [srv_rr(QUESTION, s.host)]))
    s.ping(host=s.host)
    s.logon()


def through_the_stub(s, name, reply, up="answered"):
    """The program asks the machine's own resolver at 127.0.0.53, which asks the server: an "any" capture has both."""
    s.ident += 1
    name, port, upper = name.format(D=s.domain), s.next_port(), s.next_port()
    frames = [s.c.udp("127.0.0.1", port, "127.0.0.53", 53, dns(s.ident, name))]
    up_frames = [s.c.udp(s.client, upper, s.dns, 53, dns(s.ident + 7000, name, additional=[opt()]))]
    if up == "answered":
        up_frames.append(s.c.udp(s.dns, 53, s.client, upper, reply(s.ident + 7000, name)))
    else:
        s.wait(10)
    frames.append(s.c.udp("127.0.0.53", 53, "127.0.0.1", port, reply(s.ident, name)))
    return frames, up_frames


@field("K3", like=FAULTS + ["duplicates"], outcome=["ok|hidden|incomplete", "ok|hidden|incomplete"], alone=True)
def stub_of_the_machine_itself(s):
    s.others.add("127.0.0.1")
    for name in (DC, "_kerberos._tcp.{D}"):
        through_the_stub(s, name, lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)]))
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()
    s.wait(60)
    s.hears_something()


@field("K3", shows={"srv-not-found": "error"}, outcome=["failed", "failed|ok|incomplete"], alone=True,
       says={"srv-not-found": ["127.0.0.53 answered .* as {dns} "]}, never={"verdict": [NOTHING_WRONG]})
def stub_of_the_machine_itself_and_no_such_domain(s):
    """Who said so is the server behind: the stub hands it on. One cause, told of the client that asks the network."""
    s.others.add("127.0.0.1")
    for name in (SITE, DC):
        _, up = through_the_stub(s, name, lambda n, name: dns_reply(n, name, rcode=NXDOMAIN))
        s.cite("srv-not-found", up)
    s.wait(60)
    s.hears_something()


# ---- conditional forwarders ----


def forwarded(s, name, upstream, reply=None, answer=None, wait=4):
    """The client asks its server, which asks another one for this domain; the capture is at that server."""
    s.ident += 1
    name, port, upper = name.format(D=s.domain), s.next_port(), s.next_port()
    asked_ = [s.c.udp(s.client, port, s.dns, 53, dns(s.ident, name))]
    for at in upstream:
        s.c.udp(s.dns, upper, at, 53, dns(s.ident + 9000, name))
        if at == upstream[-1] and reply:
            s.c.udp(at, 53, s.dns, upper, reply(s.ident + 9000, name))
        else:
            s.wait(wait)
    asked_.append(s.c.udp(s.dns, 53, s.client, port, (answer or reply)(s.ident, name)))
    return asked_


@field("K4", like=FAULTS, outcome="ok|hidden")
def second_forwarder_answers(s):
    """The first one the server asks is silent; what the client gets is whole."""
    s.others.add(s.dns)
    forwarded(s, DC, [s.dc2, s.dc3], lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)]), wait=2)
    s.ping(host=s.host)
    s.logon()


@field("K4", shows={"srv-resolver-failed": "error"}, outcome="failed", says={"srv-resolver-failed": ["SERVFAIL"]},
       causes={"srv-resolver-failed": ["forward"]}, may=["slow"])
def forwarder_of_the_partner_is_silent(s):
    """The trust's zone is forwarded to two servers of the partner, and a firewall takes both."""
    for name in (DC, PLAIN):
        s.cite("srv-resolver-failed", forwarded(s, name, [s.dc2, s.dc3], answer=lambda n, name:
                                                dns_reply(n, name, rcode=SERVFAIL)))
        s.wait(3)


# ---- controllers ----


@field("K5", like=["dc-not-serving", "dc-other-site", "client-site-undefined", *FAULTS], outcome="ok|hidden",
       verdict=["went well|nothing wrong"])
def branch_with_a_read_only_controller(s):
    """The site's name leads to it; a password is changed at the hub's one, which the client asks for by the PDC's name."""
    rodc = "rodc1." + s.domain
    s.srv(SITE, "rodc1.{D}")
    s.address(rodc, s.dc)
    s.ping(host=rodc, flags=(FLAGS & ~WRITABLE & ~FULL) | RODC | 0x80, dc_site="HQ", client_site="HQ")
    logon(s, "alice")
    spn = "ldap/" + rodc
    granted(s, spn)
    conn = s.ldap()
    conn.gssapi(spn=spn, cipher=f"{spn} for alice of {s.realm}".encode())
    conn.sealed()
    s.srv("_ldap._tcp.pdc._msdcs.{D}", "dc1.{D}")
    s.address(s.host, s.dc2)
    s.ping(server=s.dc2, host=s.host, dc_site="HUB", client_site="HQ", flags=FLAGS & ~0x80, ntver=0x10000016)


@field("K5", like=["flat-domain-name", "srv-not-found"], outcome="ok|hidden", verdict=[NOTHING_WRONG])
def old_domain_of_one_label(s):
    """Old and unloved, and it works: the domain's DNS name has no dot."""
    flat = "oldcorp" + s.domain[4:-5]
    s.named(flat)
    s.host = "dc1." + flat
    s.srv(DC + ".office.example", rcode=NXDOMAIN)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, netbios=flat.upper())
    s.logon()


@field("K3", shows={"ping-unanswered": "error"}, outcome="failed",
       says={"ping-unanswered": ["{dc2}"]}, never={"verdict": [NOTHING_WRONG]})
def controller_with_two_cards_answers_by_the_other(s):
    """The replies come from an address that was not asked; the client's own system refuses them, each time."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(3):
        port = s.next_port()
        s.cite("ping-unanswered", s.c.udp(s.client, port, s.dc, 389, ping(s.domain)))
        reply = s.c.udp(s.dc2, 389, s.client, port, ping_reply(netlogon_ex(domain=s.domain, host=s.host)))
        s.c.add(port_unreachable(Ether(s.c.frames[reply - 1][1])[IP]))
        s.wait(5)


@field("K3", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": ["fragment"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def answer_s_second_fragment_never_comes(s):
    """Forty controllers, an answer of 2 KB over UDP, a firewall that takes fragments without ports; asked three times."""
    name = DC.format(D=s.domain)
    answers = [srv_rr(QUESTION, f"dc{n}.site{n}.{s.domain}") for n in range(40)]
    port = s.next_port()
    for _ in range(3):
        s.cite("srv-unanswered", s.c.udp(s.client, port, s.dns, 53, dns(70, name, additional=[opt(size=4096)])))
        s.c.fragments(s.dns, 53, s.client, port, dns_reply(70, name, answers, additional=[opt(size=4096)]), 2)
        s.wait(5)
    for _ in range(2):
        s.cite("srv-unanswered", s.srv(PLAIN, silent=True))
        s.wait(5)
    s.wait(30)


# ---- the neighbours ----


MDNS, MDNS6 = "224.0.0.251", "ff02::fb"


def to_neighbours(s, name, times=3, group=MDNS, kind=SRV):
    """As resolvers send it: the same bytes, at longer and longer intervals."""
    frames = []
    for n in range(times):
        frames.append(s.c.udp(s.client, 5353, group, 5353, dns(0, name.format(D=f"{s.short}.local"), kind, 0)))
        s.wait(1 << n)
    return frames


@field("K3", shows={"srv-unanswered": "error"}, outcome="failed", verdict=["mDNS"],
       says={"srv-unanswered": ["mDNS", "{short}.local", "no DNS server|none to a DNS server"]},
       causes={"srv-unanswered": [r"\.local"]}, never={"srv-unanswered": ["firewall", "is down", "nslookup .* 224"]}, alone=True)
def domain_below_local_is_asked_of_the_neighbours_by_version_6(s):
    """systemd-resolved on a network of IPv6: two names of the locator, and no server is asked."""
    s.over_ipv6()
    for name in ("_ldap._tcp.{D}", DC):
        s.cite("srv-unanswered", to_neighbours(s, name, group=MDNS6))
    s.wait(60).hears_something()


@field("K3", like=["srv-unanswered", "srv-not-found"], outcome="ok|hidden", verdict=[NOTHING_WRONG])
def neighbours_and_server_asked_for_the_same(s):
    """The resolver asks mDNS and the server for a domain below .local; the server knows it."""
    s.named(f"{s.short}.local")
    to_neighbours(s, DC, times=1)
    s.found()
    to_neighbours(s, "_ldap._tcp.{D}")
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


@field("K3", like=["srv-unanswered"], shows={"srv-not-found": "error"}, alone=True)
def neighbours_by_version_4_and_the_server_by_version_6(s):
    """One machine, two families: mDNS by one, the DNS server by the other, which does not know the domain."""
    first = s.client
    to_neighbours(s, DC)
    s.over_ipv6()
    s.others.add(first)
    s.named(f"{s.short}.local")
    for name in (DC, PLAIN):
        s.cite("srv-not-found", s.srv(name, rcode=NXDOMAIN))
    s.wait(60).hears_something()


@field("K3", like=["srv-unanswered", "srv-not-found"], outcome="none", alone=True)
def printers_and_shares_among_neighbours(s):
    """What a Mac and a Linux desktop ask all day: services by PTR, an instance's SRV, the realm of a neighbour."""
    for name, kind in (("_ldap._tcp.local", 12), ("_ipp._tcp.local", 12), ("Office._ipp._tcp.local", SRV),
                       ("_kerberos._tcp.macbook.local", SRV), ("_ldap._tcp.local", SRV), ("nas.local", A)):
        for _ in range(3):
            s.c.udp(s.client, 5353, MDNS, 5353, dns(0, name, kind, 0))
            s.wait(1)
    s.wait(60).hears_something()


@field("K3", like=["srv-unanswered"], outcome="ok|hidden|incomplete", alone=True)
def neighbour_that_is_the_controller_answers(s):
    """A small office: Samba's controller has avahi, and says itself where it is."""
    s.named(f"{s.short}.local")
    to_neighbours(s, "_ldap._tcp.{D}", times=2)
    record = srv_rr("_ldap._tcp." + s.domain, s.host)
    s.c.udp(s.dc, 5353, MDNS, 5353, dns(0, "", flags=0x8400, questions=0, answers=[record]))
    s.ping(host=s.host)


# ---- servers that know better, or differently ----


@field("K11", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": ["{dns}", "{dns2}", "NODATA", "NXDOMAIN"]})
def two_servers_deny_each_in_its_way(s):
    """The first has the name without a record, the second no such name at all."""
    s.cite("srv-not-found", s.srv(DC))
    s.wait(2)
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, server=s.dns2))


@field("K6", shows={"srv-not-found": "error"}, outcome="failed", like=["srv-unanswered"],
       supported={"srv-not-found": ["forward"]}, says={"srv-not-found": ["contradicts"]})
def zone_expires_between_two_logons(s):
    """A Linux server, by TCP: the realm's KDCs are there in the morning and gone at noon, and are asked for twice."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88, tcp=True)
    s.wait(600)
    for _ in range(2):
        s.cite("srv-not-found", s.srv("_kerberos._tcp.{D}", tcp=True))
        s.wait(5)


@field("K6", outcome="ok|hidden", shows={"srv-not-found": "note"}, recovered=["srv-not-found"])
def zone_is_loaded_anew_for_a_moment(s):
    """There, not there for a second, there again."""
    s.found()
    s.wait(60)
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
    s.wait(2)
    s.found()
    s.ping(host=s.host)


@field("K6", outcome="ok|hidden", like=["srv-not-found"])
def second_server_is_the_provider_s(s):
    """The office's server knows the domain; the provider's is asked a minute later and does not. The first answer serves."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.wait(60)
    s.srv(DC, rcode=NXDOMAIN, server="192.0.2.53")
    s.logon()


@field("K6", shows={"srv-not-found": "error"}, outcome="failed", never={"srv-not-found": ["another DNS server"]},
       like=["srv-unanswered"])
def public_server_knows_the_web_site_of_the_domain(s):
    """Split DNS: www has a public address at a public server. That is no server that knows the directory."""
    s.address("www.{D}", "203.0.113.80", server="9.9.9.9")
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))


@field("K6", shows={"srv-not-found": "error"}, outcome="failed",
       says={"srv-not-found": ["another DNS server, {dns},", "files1.{D}"]}, supported={"srv-not-found": ["VPN|name policy"]})
def tunnel_s_server_is_asked_for_hosts_alone_by_version_6(s):
    """dnsmasq sends one host of the domain to the inner server, by a rule for this host alone."""
    s.over_ipv6()
    s.address("files1.{D}", s.web, kind=AAAA)
    for name in (SITE, DC):
        s.cite("srv-not-found", s.srv(name, rcode=NXDOMAIN, server="2001:db8::53"))


@field("K6", shows={"srv-unanswered": "error"}, outcome="failed|ok", never={"srv-unanswered": ["other questions"]},
       causes={"srv-unanswered": ["is down"]})
def server_is_switched_off_at_noon(s):
    """It answered all morning; from noon on nothing. What it answered before does not mean that it is up."""
    s.found()
    s.address(s.host, s.dc)
    s.wait(600)
    for _ in range(3):
        s.cite("srv-unanswered", s.srv(DC, silent=True))
        s.wait(5)


@field("K11", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": [r"{dns} was asked for \S+ 3 questions", r"{dns2} was asked for \S+ 2 questions"]},
       may=["slow"])
def three_questions_to_one_and_two_to_the_other(s):
    for server, times in ((s.dns, 3), (s.dns2, 2)):
        for _ in range(times):
            s.cite("srv-unanswered", s.srv(DC, silent=True, server=server))
            s.wait(2)
    s.wait(20)


@field("K3", like=["srv-target-unresolvable", "srv-unanswered"], outcome="ok|hidden")
def address_lookup_lost_and_not_needed(s):
    """The answer with the record has the address, too; of the question after it, nothing comes back."""
    asked(s, DC, lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)], additional=[address_rr(s.host, s.dc)]))
    asked(s, s.host, kind=AAAA)
    s.wait(3)
    s.ping(host=s.host)
    s.logon()


@field("K3", like=["srv-target-unresolvable"], outcome="ok|hidden")
def address_lookup_lost_and_the_controller_is_known(s):
    """From its cache the client has the address: the ping goes out before the lookup is given up."""
    s.found()
    asked(s, s.host, kind=A)
    s.ping(host=s.host)
    s.logon()
    s.wait(20)


@field("K3", shows={"srv-target-unresolvable": "warn"}, outcome="failed|ok|incomplete", never={"verdict": [NOTHING_WRONG]},
       says={"srv-target-unresolvable": ["in vain"]}, causes={"srv-target-unresolvable": ["rebinding"]})
def provider_drops_the_private_address_of_version_6(s):
    """Two names for one machine: AAAA of a unique local address never comes, four questions of their own numbers."""
    s.over_ipv6()
    s.found()
    for _ in range(4):
        s.cite("srv-target-unresolvable", asked(s, s.host, kind=AAAA))
        s.wait(3)


@field("K2", like=["srv-resolver-failed"], outcome="ok|hidden", verdict=[NOTHING_WRONG])
def old_appliance_does_not_know_the_record(s):
    """NOTIMP to the question with OPT; without it the same server answers."""
    asked(s, DC, lambda n, name: dns_reply(n, name, rcode=4), [opt()])
    asked(s, DC, lambda n, name: dns_reply(n, name, [srv_rr(QUESTION, s.host)]))
    s.ping(host=s.host)
    s.logon()


@field("K2", shows={"srv-resolver-failed": "error"}, outcome="failed", says={"srv-resolver-failed": ["FORMERR"]},
       never={"path": ["servfail"], "srv-resolver-failed": ["another error"]})
def question_without_edns_is_not_understood(s):
    """FORMERR has another cause here: no OPT record was in any question."""
    for name in (DC, PLAIN, DC):
        s.cite("srv-resolver-failed", asked(s, name, lambda n, name: dns_reply(n, name, rcode=1)))
        s.wait(2)


@field("K11", shows={"srv-msdcs-missing": "error"}, like=["srv-not-found"], outcome="failed|ok",
       says={"srv-msdcs-missing": [r"{dns} answered _ldap\._tcp\.dc\._msdcs\.{D} with no such record \(NODATA\)"]})
def delegation_leads_to_an_empty_zone(s):
    s.cite("srv-msdcs-missing", s.srv(DC))
    s.srv(PLAIN, "dc1.{D}")
    s.ping(host=s.host)


@field("K12", shows={"srv-unanswered": "error"}, outcome="failed|ok", may=["slow"],
       never={"path": [r"(?s)(error\s+srv-unanswered:.*){2}"], "srv-unanswered": ["other questions"]},
       says={"srv-unanswered": ["2 other names"]})
def server_dies_in_the_middle_of_the_day(s):
    """It has answered before, so its silence afterwards is one fault, and no question of a name."""
    s.found()
    s.address(s.host, s.dc)
    s.wait(300)
    for name in (DC, PLAIN, "_kerberos._tcp.{D}"):
        for _ in range(2):
            s.cite("srv-unanswered", s.srv(name, silent=True))
            s.wait(2)
    s.wait(20)


@field("K12", shows={"srv-unanswered": "error"}, outcome="failed|ok|incomplete", may=["slow"],
       says={"path": [r"(?s)(error\s+srv-unanswered:.*){2}"], "srv-unanswered": ["2 questions", "other questions"]})
def server_cannot_reach_the_partner_s_zone(s):
    """It answers for its own zone before, between and after: two names that it leaves out are two faults."""
    s.found()
    for name in ("_ldap._tcp.dc._msdcs.partner{D}", "_kerberos._tcp.dc._msdcs.partner{D}"):
        for _ in range(2):
            s.cite("srv-unanswered", s.srv(name, silent=True))
            s.wait(2)
        s.address(s.host, s.dc)
    s.wait(20)


@field("K12", outcome="ok|hidden", like=["srv-unanswered"], may=["slow"])
def first_server_is_dead_for_each_name(s):
    """Each name costs a second: the first server in the settings is switched off, the second answers."""
    for name in (SITE, DC, "_kerberos._tcp.{D}"):
        s.srv(name, silent=True)
        s.wait(1)
        s.srv(name, s.host, server=s.dns2)
    s.ping(host=s.host)
    s.logon()
    s.wait(20)


@field("K11", shows={"flat-domain-name": "warn"}, may=["srv-not-found"], says={"flat-domain-name": [r"{dns}(?!\d)", "{dns2}"]})
def netbios_name_is_asked_of_both_servers(s):
    for server in (s.dns, s.dns2):
        s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.WINGTIP", rcode=NXDOMAIN, server=server))
        s.wait(1)
