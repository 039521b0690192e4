# SPDX-License-Identifier: GPL-2.0-or-later
"""An examiner's round, written before the rules were read: the network, names and lost time.

Kinds K3 (absence after a look at the bytes), K4 (flat name, domain, host) and K9 (seconds).
"""
from cases import Ldap
from cases_field_o_krb import begun, granted
from field import field
from net import *  # noqa: F403


def missing(s, name, zone, rcode=3, tcp=False):
    """No such name, says whoever serves the zone, "" being the root; the question's frame."""
    s.ident += 1
    server = "ns." + zone if zone else "a.root-servers.net"
    question = dns(s.ident, name)
    reply = dns_reply(s.ident, name, rcode=rcode, authority=[soa_rr(zone, server)] if rcode == 3 else [])
    if tcp:
        t = s.tcp(s.dns, 53)
        return t.ask(over_tcp(question)) + 0 * t.answer(over_tcp(reply))
    return s.udp(s.dns, 53, question, reply)[0]


# ---- K3 ----


@field("K3", shows={"kdc-unanswered": "error"}, says={"kdc-unanswered": "clos"},
       first={"kdc-unanswered": "^(?!.*firewall)"},
       never={"kdc-unanswered": "without any reply|port 88 is (blocked|filtered)", "verdict": "nothing wrong"})
def kdc_closes_and_says_nothing(s):
    """The KDC's child dies of every request: it takes the bytes, and its system closes the connection."""
    begun(s)
    for _ in range(2):
        t = s.tcp(s.dc, 88)
        frames = [t.ask(marked(s.as_req()))]
        t._segment("s", "A")
        s.wait(0.3)
        frames.append(t._segment("s", "FA"))
        t.seq["s"] += 1
        t._segment("c", "FA")
        t.seq["c"] += 1
        t._segment("s", "A")
        s.cite("kdc-unanswered", frames)
        s.wait(4)


@field("K3", shows={"kdc-unanswered|dc-unreachable": "error"}, says={"kdc-unanswered|dc-unreachable": "ICMP"},
       never={"verdict": "nothing wrong", "kdc-unanswered": "without any reply"})
def router_forbids_the_host_and_quotes_little(s):
    """An old router says "host administratively prohibited", and quotes no more than the ports."""
    begun(s)
    for _ in range(3):
        port = s.next_port()
        request = s.as_req()
        asked = s.c.udp(s.client, port, s.dc, 88, request)
        said = s.c.add(icmp((3, 10), sent_udp(s.client, port, s.dc, 88, request), sender=ROUTER, most=28))
        s.cite("kdc-unanswered|dc-unreachable", asked, said)
        s.wait(2)


@field("K3", like=["srv-unanswered", "srv-resolver-failed"], may=["slow"], outcome="ok",
       never={"any": "port is closed|no (reply|answer) (came|at all)"})
def answer_comes_when_nobody_waits(s):
    """The resolver answers after six seconds: the client's system says that nobody listens any more. The next one helps."""
    name = "_ldap._tcp.dc._msdcs." + s.domain
    reply = dns_reply(501, name, [srv_rr(QUESTION, s.host)])
    port = s.next_port()
    s.c.udp(s.client, port, s.dns, 53, dns(501, name))
    s.wait(5)
    s.srv(name, s.host, server=s.dns2)
    s.wait(1)
    s.c.udp(s.dns, 53, s.client, port, reply)
    s.c.add(icmp(PORT, sent_udp(s.dns, 53, s.client, port, reply)))
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()


@field("K3", like=["kdc-unanswered", "krb-tcp-blocked", "preauth-abandoned"], outcome="ok",
       never={"verdict": "no (reply|answer)|failed|unanswered"})
def capture_filter_keeps_first_fragments_only(s):
    """The filter was "port 88": of a fragmented answer only the first part is in the file. The client has it all."""
    begun(s)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    for request, answer in ((s.as_req(pre=[timestamp()]), s.as_rep(cipher=bytes(2000))),
                            (s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn, cipher=bytes(2200)))):
        port = s.next_port()
        s.c.udp(s.client, port, s.dc, 88, request)
        s.c.fragments(s.dc, 88, s.client, port, answer, 2, 3)
    s.ldap().gssapi()


# ---- K4 ----


@field("K4", shows={"flat-domain-name": "warn"}, like=["srv-not-found"], says={"flat-domain-name": "KONTOR"},
       never={"verdict": "nothing wrong"})
def flat_name_behind_a_home_router(s):
    """A laptop at home, joined by its domain's NetBIOS name: bare, with the router's suffix, and by broadcast."""
    for name, zone in (("_ldap._tcp.dc._msdcs.KONTOR", ""), ("_ldap._tcp.dc._msdcs.KONTOR.fritz.box", "fritz.box"),
                       ("_ldap._tcp.Default-First-Site-Name._sites.dc._msdcs.KONTOR.fritz.box", "fritz.box")):
        s.cite("flat-domain-name", missing(s, name, zone))
    s.c.udp(s.client, 137, s.client.rsplit(".", 1)[0] + ".255", 137, nbns_query("KONTOR"))
    s.wait(3)


@field("K4", shows={"flat-domain-name": "warn"}, like=["srv-not-found", "srv-resolver-failed"],
       never={"verdict": "nothing wrong"})
def flat_realm_asked_over_tcp(s):
    """winbind was given the workgroup as realm; its resolver speaks TCP alone and fails on a name without dots."""
    for name in ("_kerberos._udp.WERKSTATT", "_kerberos._tcp.WERKSTATT", "_ldap._tcp.dc._msdcs.WERKSTATT"):
        s.cite("flat-domain-name", missing(s, name, "", rcode=2, tcp=True))
    s.wait(3)


@field("K4", shows={"srv-not-found": "error|note"}, outcome="failed", never={"verdict": r"home\.arpa|nothing wrong"},
       says={"verdict": "{D}"})
def own_domain_missing_beside_a_search_domain(s):
    """The search domain has no directory, which is as it should be; that the own domain has none is the fault."""
    missing(s, "_ldap._tcp.home.arpa", "home.arpa")
    s.cite("srv-not-found", s.srv("_ldap._tcp.dc._msdcs.{D}", rcode=3)[0])
    s.cite("srv-not-found", s.srv("_ldap._tcp.{D}", rcode=3)[0])
    missing(s, "_kerberos._udp.home.arpa", "home.arpa")
    s.kdc(s.as_req("PC1$"), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req("PC1$", pre=[timestamp()]), s.as_rep("PC1$"))


@field("K4", like=["srv-not-found", "srv-site-not-found", "flat-domain-name"], domain="{D}", outcome="ok")
def controller_asked_for_as_a_domain_in_capitals(s):
    """A tool takes the DC's name for a domain, in capitals and with a dot; that it is a host is told only later."""
    upper = s.host.upper()
    s.srv(f"_ldap._tcp.dc._msdcs.{upper}", rcode=3)
    s.srv(f"_ldap._tcp.{upper}", rcode=3)
    s.found()
    s.logon()
    granted(s, s.ldap_spn)
    s.ldap().gssapi()


# ---- K9 ----


@field("K9", shows={"slow": "warn"}, says={"slow": "{dc2}"}, costs={"slow": (11.5, 12.6)}, lost=(11.5, 12.6),
       like=["kdc-unanswered"])
def dead_controller_first_in_the_configuration(s):
    """Each of eight requests goes to a dead KDC first, for one second and a half; the second one answers at once."""
    begun(s)
    names = [f"HTTP/app{n}.{s.domain}" for n in range(6)]
    requests = [(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b"")))),
                (s.as_req(pre=[timestamp()]), s.as_rep())]
    requests += [(s.tgs_req(n), s.tgs_rep(n)) for n in names]
    for request, reply in requests:
        s.cite("slow", s.udp(s.dc2, 88, request)[0])
        s.wait(1.5)
        s.kdc(request, reply)


@field("K9", shows={"slow": "warn"}, costs={"slow": (11.5, 13)}, never={"verdict": "nothing wrong"},
       like=["ldap-unanswered"])
def searches_without_an_index(s):
    """The connection stands in a millisecond; every search by a mail address takes four seconds."""
    begun(s)
    conn = s.ldap()
    conn.simple()
    for n in range(3):
        asked = conn.t.ask(ldap(10 + n, search(f"DC={s.domain}", 2, equal("proxyAddresses", f"smtp:u{n}@x.test"), ["cn"])))
        s.cite("slow", asked)
        conn.t._segment("s", "A")
        s.wait(4)
        conn.t.answer(ldap(10 + n, entry(f"CN=u{n},DC={s.domain}", {"cn": ["u"]})) + ldap(10 + n, done()))


@field("K9", lost=(2.9, 3.3), time={"pauses": (39, 45)}, never={"slow": "4[0-9] s"})
def person_thinks_and_one_syn_is_lost(s):
    """Forty seconds are a person's, three are the network's."""
    begun(s)
    s.logon()
    s.wait(40)
    granted(s, s.ldap_spn)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    t.open("cS")
    s.wait(3)
    t.seq["c"] -= 1
    t.open("cS", "sSA", "cA")
    Ldap(s, t).gssapi()


@field("K9", like=["slow", "ldap-unanswered"], outcome="ok", lost=(0, 0.5))
def notification_that_comes_after_minutes(s):
    """A notification is answered when something changes: two minutes of silence are its purpose."""
    begun(s)
    conn = s.ldap()
    conn.simple()
    notify = ctx(0, control("1.2.840.113556.1.4.528", b"", True))
    conn.t.ask(ldap(20, search(f"CN=Users,DC={s.domain}", 1, None, ["objectGUID"]), notify))
    s.wait(120)
    conn.t.answer(ldap(20, entry(f"CN=u,CN=Users,DC={s.domain}", {"cn": ["u"]})))
    s.wait(100)
    conn.t.answer(ldap(20, entry(f"CN=v,CN=Users,DC={s.domain}", {"cn": ["v"]})))
    conn.t.ask(ldap(21, abandon(20)))
    conn.rootdse()
