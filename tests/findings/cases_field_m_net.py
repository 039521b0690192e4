# SPDX-License-Identifier: GPL-2.0-or-later
"""Names, addresses and connections of other people's networks: suffixes of a cluster, domains that were renamed or are
none, networks whose spokes see one controller only, and answers that come late, from a firewall, or not at all.
"""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import bytes_of, granted, logon, signed_in
from cases_field_b_time import good_start
from cases_field_d import version_6
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import bound, people
from cases_field_h_healthy import HEALTHY, LOUD, OFFICE, found_person
from cases_field_k_net import BAD_DC, QUIET, looked_up, reverse
from field import field
from net import PORT, icmp, sent_udp

DC = "_ldap._tcp.dc._msdcs.{D}"
SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL, PTR, DNAME = 3, 2, 12, 39
CLUSTER = ("apps.svc.cluster.local", "svc.cluster.local", "cluster.local")


# ---- K4: names ----


@field("K4", like=[*BAD_DNS, *BAD_DC], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET, domain="{D}")
def pod_adds_three_suffixes_to_each_name(s):
    """ndots:5 in a container: whatever has less than five dots is asked below the cluster's zones first."""
    for suffix in CLUSTER:
        s.srv(f"_ldap._tcp.{s.domain}.{suffix}", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    for suffix in CLUSTER:
        for kind in (A, AAAA):
            looked_up(s, f"{s.host}.{suffix}", kind, rcode=NXDOMAIN)
    s.address(s.host, s.dc)
    s.address(s.host, kind=AAAA)
    bound(s).ask(people(s), found_person(s), done())


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": [r"_ldap\._tcp\.{D}"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, r"cluster\.local"]})
def cluster_s_resolver_does_not_know_the_domain(s):
    """The same container in a cluster whose resolver asks the Internet for the company's zone: the whole name is not there, either."""
    for _ in range(2):
        for suffix in CLUSTER:
            s.srv(f"_ldap._tcp.{s.domain}.{suffix}", rcode=NXDOMAIN)
        s.cite("srv-not-found", s.srv("_ldap._tcp.{D}", rcode=NXDOMAIN))
        s.wait(5)


def mixed(name):
    return "".join(c.upper() if i % 3 == 1 else c for i, c in enumerate(name))


@field("K4", like=[*BAD_DNS, *BAD_DC, "slow"], outcome="ok|hidden", verdict=[r"\A[^\n]*: ok"], never=QUIET)
def resolver_mixes_the_letters_of_its_questions(s):
    """Against forged answers, each name goes out in letters of random height; one question is lost and asked again in
    small letters only."""
    s.ident += 1
    name = mixed(DC.format(D=s.domain))
    s.udp(s.dns, 53, dns(s.ident, name))
    s.wait(0.4)
    s.srv(DC, mixed("dc1.{D}".format(D=s.domain)))
    looked_up(s, mixed(s.host), A, [address_rr(QUESTION, s.dc)])
    looked_up(s, s.host.upper(), AAAA)
    s.ping(host=s.host.upper(), domain=mixed(s.domain))
    s.logon()
    granted(s, s.ldap_spn.replace("dc1", "DC1"))


@field("K4", like=[*BAD_DNS, *BAD_DC], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def old_name_of_the_domain_lives_on_as_a_dname(s):
    """The domain was renamed; the old zone holds a DNAME, and old programs still ask there for their directory."""
    old = "old-" + s.domain
    s.ident += 1
    name, new = f"_ldap._tcp.{old}", f"_ldap._tcp.{s.domain}"
    answers = [rr(old, DNAME, dns_name(s.domain)), rr(QUESTION, CNAME, dns_name(new)), srv_rr(new, s.host)]
    s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, answers))
    s.address(s.host, s.dc)
    bound(s).ask(people(s), found_person(s), done())


@field("K4", may=["srv-not-found"], like=["client-unknown", "wrong-realm", "flat-domain-name", "srv-msdcs-missing"],
       outcome="ok|hidden", never=QUIET)
def suffix_of_the_logon_name_is_no_domain(s):
    """Everybody logs on by mail address. Windows looks for a domain of that name, finds none, asks its own KDC for the
    enterprise name, and is in."""
    brand = "brand-" + s.domain
    signed_in(s, "PC7$").sealed()
    for _ in range(2):
        for name in ("_ldap._tcp.HQ._sites.dc._msdcs." + brand, "_ldap._tcp.dc._msdcs." + brand):
            s.srv(name, rcode=NXDOMAIN)
        more = {"cname_kind": 10}
        s.kdc(s.as_req("eva@" + brand, **more), s.error(25, data=padata((19, etype_info2()), (2, b""))))
        s.kdc(s.as_req("eva@" + brand, pre=[timestamp()], **more), s.as_rep("eva", cipher=b"TGT of eva"))
        s.kdc(s.tgs_req("cifs/" + s.host, cipher=b"TGT of eva"), s.tgs_rep("cifs/" + s.host, cname="eva", cipher=b"eva at dc1"))
        s.wait(4)


@field("K4", may=["flat-domain-name", "srv-not-found"], like=["srv-resolver-failed"], says={"path": ["cloud"]}, never=QUIET)
def notebook_of_the_cloud_asks_for_azuread(s):
    """It is joined to the cloud and to no domain: its users are AZUREAD\\..., and each tool that resolves such a name asks
    DNS for that domain's controllers."""
    for _ in range(2):
        s.srv("_ldap._tcp.dc._msdcs.AzureAD", rcode=NXDOMAIN)
        s.srv("_ldap._tcp.dc._msdcs.AzureAD.hotel-wifi.example", rcode=NXDOMAIN)
        s.wait(20)
    s.address(OFFICE, "192.0.2.64")
    s.wait(60)


@field("K4", like=[*BAD_DNS, *BAD_DC, SPN, "wrong-host-answered", "tls-name-mismatch"], outcome="ok|hidden", verdict=[HEALTHY],
       never=QUIET, domain="{D}")
def controllers_have_names_of_another_zone(s):
    """A disjoint namespace: the domain is one zone, all machines stand in another; the locator's target, the ping's answer
    and the service's name say so alike."""
    host = f"dc1.machines-{s.domain}"
    s.srv(SITE, host)
    s.address(host, s.dc)
    s.ping(host=host)
    logon(s, "PC9$")
    spn = f"ldap/{host}/{s.domain}"
    granted(s, spn)
    conn = s.ldap()
    conn.gssapi(spn=spn, cipher=bytes_of(s, spn))
    conn.sealed()
    granted(s, "cifs/" + host)


# ---- K2, K5, K6: what a later packet makes of it ----


@field("K5", may=["srv-not-found", "srv-msdcs-missing"], recovered=["srv-not-found?", "srv-msdcs-missing?"], outcome="ok|hidden",
       never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def server_remembers_for_a_while_that_the_zone_was_not_there(s):
    """The forwarder was set up a minute ago; the resolver keeps its "no such name" until that is too old (RFC 2308)."""
    for age in (0, 60, 120):
        s.ident += 1
        name = DC.format(D=s.domain)
        reply = dns(s.ident, name, flags=0x8183, authority=[rr("test", SOA, dns_name("a.test") + dns_name("b.test") + bytes(20), 180 - age)])
        s.udp(s.dns, 53, dns(s.ident, name), reply)
        s.wait(60)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


@field("K2", shows={"srv-unanswered": "error"}, like=["srv-site-not-found"], outcome="failed",
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def site_has_no_record_and_the_plain_name_no_answer(s):
    """The branch's server answers for the site that is gone from its own copy; for the rest it asks the hub, which is cut off."""
    s.srv(SITE, rcode=NXDOMAIN)
    for _ in range(3):
        s.cite("srv-unanswered", s.srv(DC, silent=True))
        s.wait(4)
    s.wait(30)


@field("K6", shows={"client-site-undefined": "warn"}, says={"client-site-undefined": ["fd00:"]}, never={"verdict": [NOTHING_WRONG]})
def subnets_of_version_6_were_never_entered(s):
    """The controller knows the client's site by its IPv4 address and none by its address of IPv6; which one is pinged, the
    system decides."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    with version_6(s):
        s.found()
        s.address(s.host, s.dc, kind=AAAA)
        for _ in range(2):
            s.cite("client-site-undefined", s.ping(host=s.host, client_site="", next_site="", flags=0x1F37D))
            s.wait(3)
        s.logon()


# ---- K9, K5: many controllers ----


def asked_at_once(s, servers, first=None):
    """The same ping to each; `first` answers."""
    port = s.next_port()
    frames = []
    for n, server in enumerate(servers):
        frames += s.udp(server, 389, ping(s.domain, host="LNX1", ntver=6, ident=n + 1), cport=port)
    if first is not None:
        s.udp(first, 389, None, ping_reply(netlogon_ex(domain=s.domain, host=s.host), ident=servers.index(first) + 1), cport=port)
    return port, frames


@field("K9", like=["ping-unanswered", "slow", *BAD_DC], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def losers_of_five_pings_answer_late(s):
    """SSSD pings all at once and takes the first; those over the satellite answer seconds later, when nobody listens."""
    others = [s.dc.rsplit(".", 1)[0] + f".{n}" for n in (61, 62, 63, 64)]
    s.srv("_ldap._tcp.{D}", "dc1.{D}", *[f"far{n}.{{D}}" for n in range(4)])
    port, _ = asked_at_once(s, [*others, s.dc], s.dc)
    conn = bound(s)
    conn.rootdse()
    s.wait(2)
    for n, server in enumerate(others):
        value = ping_reply(netlogon_ex(domain=s.domain, host=f"far{n}." + s.domain), ident=n + 1)
        s.udp(server, 389, None, value, cport=port)
        s.c.add(icmp(PORT, sent_udp(server, 389, s.client, port, value), sender=s.client))
        s.wait(1.3)
    conn.ask(people(s), found_person(s), done())


@field("K5", may=["ping-unanswered", "dc-other-site"], recovered=["ping-unanswered?"], like=["dc-unreachable", "slow", "srv-not-found"],
       outcome="ok|hidden", never=QUIET)
def spoke_asks_all_controllers_and_one_may_answer(s):
    """Hub and spoke: DNS names seven controllers, the firewall lets this branch to one of them, and that one serves."""
    net = s.dc.rsplit(".", 1)[0]
    closed = [f"{net}.{n}" for n in range(71, 77)]
    s.srv("_ldap._tcp.{D}", *[f"br{n}.{{D}}" for n in range(6)], "dc1.{D}")
    for _ in range(2):
        asked_at_once(s, [*closed, s.dc], s.dc)
        s.wait(2)
    logon(s, "LNX1$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K9", shows={"slow": "warn", "dc-unreachable": "note"}, recovered=["dc-unreachable"], may=["ping-unanswered"], outcome="ok|hidden",
       says={"slow": ["{dc2}", "{dc3}"]}, never={"verdict": [NOTHING_WRONG, "failed -"]})
def spoke_tries_the_closed_controllers_first(s):
    """The same network, and a program that takes the controllers as DNS names them: six seconds for each that is closed,
    on each of its two connections."""
    s.srv("_ldap._tcp.{D}", "dc2.{D}", "dc3.{D}", "dc1.{D}")
    for host, address in (("dc2.{D}", s.dc2), ("dc3.{D}", s.dc3), ("dc1.{D}", s.dc)):
        s.address(host, address)
    for _ in range(2):
        for address in (s.dc2, s.dc3):
            s.cite("slow", s.syn(address, 389, times=2))
            s.wait(3)
        bound(s).ask(people(s), found_person(s), done())
        s.wait(1)


@field("K11", shows={"ping-unanswered": "error"}, outcome="failed", says={"ping-unanswered": ["{dc}", "{dc2}", "{dc3}"]},
       never={"verdict": [NOTHING_WRONG], "ping-unanswered": [r"\b3 (pings|requests)"]})
def nine_pings_to_three_controllers(s):
    """Four to the first, three to the second, two to the third: nine packets, each of them evidence."""
    s.srv(DC, "dc1.{D}", "dc2.{D}", "dc3.{D}")
    for host, address in (("dc1.{D}", s.dc), ("dc2.{D}", s.dc2), ("dc3.{D}", s.dc3)):
        s.address(host, address)
    for server, times in ((s.dc, 4), (s.dc2, 3), (s.dc3, 2)):
        for _ in range(times):
            s.cite("ping-unanswered", s.ping(server=server, silent=True))
            s.wait(0.5)
    s.wait(40)


# ---- K9: names that take their time ----


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": [r"in-addr|reverse", "{dns}"]}, never={"verdict": [NOTHING_WRONG]},
       missing="questions for the name of an address are no steps, and their silence is not looked at")
def name_of_an_address_is_sought_before_each_bind(s):
    """A program asks who the controller's address is, the zone's server is gone, and ten seconds pass before each bind."""
    good_start(s)
    for _ in range(3):
        for _ in range(2):
            s.ident += 1
            s.cite("slow", s.udp(s.dns, 53, dns(s.ident, reverse(s.dc), PTR)))
            s.wait(5)
        bound(s).ask(people(s), found_person(s), done())


@field("K9", shows={"slow": "warn"}, may=["srv-resolver-failed"], recovered=["srv-resolver-failed?"], outcome="ok|hidden",
       says={"slow": ["{dns}"]}, never={"verdict": [NOTHING_WRONG, "failed -"]})
def first_server_gives_up_after_four_seconds(s):
    """Its own forwarder is dead: each question ends with a failure after four seconds, and the second server knows it all."""
    for name in (SITE, DC, "_kerberos._tcp.dc._msdcs.{D}", "_gc._tcp.{D}"):
        s.ident += 1
        port, full = s.next_port(), name.format(D=s.domain)
        s.cite("slow", s.udp(s.dns, 53, dns(s.ident, full), cport=port))
        s.wait(4)
        s.cite("slow", s.udp(s.dns, 53, None, dns_reply(s.ident, full, rcode=SERVFAIL), cport=port))
        s.srv(name, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    s.logon()


# ---- K3: what the bytes say ----


@field("K3", outcome="failed|incomplete|hidden", like=["dc-unreachable"], may=["ldap-unanswered", "slow"],
       never={"verdict": [NOTHING_WRONG], "any": ["without any reply", "overloaded"]})
def program_stops_reading_its_answer(s):
    """The controller sends what there is room for; the program says that it has no room left (window 0), again and again
    for a minute, until the controller gives up."""
    good_start(s)
    conn = bound(s)
    conn.rootdse()
    t = conn.t
    answer = ldap(9, entry("CN=big," + s.config, {"description": ["x" * 30000]})) + ldap(9, done())
    t.ask(ldap(9, search(s.config, 2, equal("keywords", "77378F46-2C66-4aa9-A6A6-3E7A48B19596"), ["keywords"])))
    t.answer(answer[:2800])
    (src, sport), (dst, dport) = t.ends["c"], t.ends["s"]
    for pause in (1, 2, 4, 8, 16, 32):
        s.c.add(network(src, dst) / TCP(sport=sport, dport=dport, flags="A", seq=t.seq["c"], ack=t.seq["s"], window=0))
        s.wait(pause)
        s.c.add(network(dst, src) / TCP(sport=dport, dport=sport, flags="A", seq=t.seq["s"], ack=t.seq["c"], window=65535) / b"x")
    s.c.add(network(src, dst) / TCP(sport=sport, dport=dport, flags="A", seq=t.seq["c"], ack=t.seq["s"], window=0))
    t.reset("s")


@field("K3", shows={"dc-unreachable": "error"}, outcome="failed", says={"dc-unreachable": ["refused"]},
       causes={"dc-unreachable": ["firewall"]}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def firewall_resets_in_the_controller_s_name(s):
    """Pings come back from fourteen hops away; the resets of TCP 389 come from next door, in the controller's name."""
    good_start(s)
    for _ in range(3):
        syn = s.syn(s.dc, 389)
        sent = Ether(s.c.frames[syn[0] - 1][1])[TCP]
        s.cite("dc-unreachable", syn, s.c.add(IP(src=s.dc, dst=s.client, ttl=254, id=0)
                                              / TCP(sport=389, dport=sent.sport, flags="RA", seq=0, ack=sent.seq + 1, window=0)))
        s.wait(2)
    s.wait(20)


@field("K3", shows={"dc-unreachable": "error"}, outcome="failed", says={"dc-unreachable": ["policy|prohibited"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "any": ["without any (reply|answer)"]})
def source_address_is_not_what_the_tunnel_allows(s):
    """IPv6: the client sends from its address at home; the tunnel's gateway says that its policy fails the source (1/5)."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    for _ in range(3):
        frames = s.syn(s.dc, 389)
        sent = Ether(s.c.frames[frames[0] - 1][1])[IPv6]
        s.cite("dc-unreachable", frames,
               s.c.add(IPv6(src=s.dns, dst=s.client) / ICMPv6DestUnreach(code=5) / bytes(sent)))
        s.wait(3)
    s.wait(30)


@field("K3", like=[*BAD_DNS, *BAD_DC, "midway", "one-sided"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def names_are_asked_by_dns_over_tls(s):
    """A resolver of the newer kind: nobody sees a question, and nothing follows from that."""
    t = s.tcp(s.dns, 853)
    t.ask(client_hello("dns." + s.domain))
    t.answer(server_hello())
    for n in range(4):
        t.ask(tls_data(n))
        t.answer(tls_data(n + 9))
    s.ping(host=s.host)
    logon(s, "PC1$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K3", like=["ldap-unanswered", "scp-none", "scp-incomplete", "midway"], outcome="ok|hidden", never=QUIET)
def card_joins_the_segments(s):
    """Receive offload: the answer with forty entries stands in the capture as two packets of 30 KB, longer than any wire takes."""
    good_start(s)
    conn = bound(s)
    conn.rootdse()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, equal("keywords", "77378F46-2C66-4aa9-A6A6-3E7A48B19596"), ["serviceBindingInformation", "keywords", "description"])))
    big = entry("CN=pad," + s.config, {"keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ"],
                                       "serviceBindingInformation": [f"https://ex0.{s.domain}/Autodiscover/Autodiscover.xml"],
                                       "description": ["d" * 30000]})
    conn.t.answer(b"".join(ldap(ident, e) for e in [big, *[url_entry(s, n) for n in range(1, 40)], done()]), pieces=30000)
    conn.t.close()


# ---- K12: one story ----


@field("K12", shows={SPN: "warn|error"}, outcome="failed|ok|hidden", says={SPN: [r"\b14\b|old-{D}"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"(?s)(spn-not-found-or-duplicate.*){8}"]})
def names_of_the_old_domain_after_a_migration(s):
    """The file servers moved to the new domain, the links on fourteen desktops and in scripts did not: each has the old name."""
    signed_in(s, "mia").sealed()
    for n in range(14):
        spn = f"cifs/fs{n:02}.old-{s.domain}"
        s.cite(SPN, s.kdc(tgs_req(spn, s.tgt, realm=s.realm, nonce=s._new(), cipher=bytes_of(s, s.tgt)), s.error(7, spn)))
        s.wait(1)
    s.wait(20)
