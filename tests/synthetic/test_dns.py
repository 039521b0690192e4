# SPDX-License-Identifier: GPL-2.0-or-later
"""SRV questions and answers, on synthetic captures."""
import pytest
from build import *  # noqa: F403

NAME = "_ldap._tcp.dc._msdcs.contoso.test"
HOST = "dc1.contoso.test"


def good(ident=7, name=NAME, **more):
    return dns_reply(ident, name, [srv_rr(QUESTION, HOST, **more)])


def asked(name=NAME, reply=None, ident=7):
    return Capture().exchange(
        CLIENT, 5000, DC, 53, dns(ident, name), *([reply] if reply else [])
    )


def test_plain(analyse):
    step = analyse(asked(reply=good())).one("srv")
    assert step["outcome"] == "ok"
    assert step["detail"]["role"] == "dc"
    assert step["detail"]["domain"] == "contoso.test"
    assert step["detail"]["records"] == [
        {"target": HOST, "port": 389, "priority": 0, "weight": 100}
    ]
    assert step["frames"] == [1, 2]


@pytest.mark.parametrize("pieces", [1400, 1, 7, [2], [10, 30, 3]])
def test_tcp_segments(analyse, pieces):
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 53)
    t.ask(over_tcp(dns(7, NAME)), pieces)
    t.answer(over_tcp(good()), pieces)
    t.close()
    step = analyse(c).one("srv")
    assert step["outcome"] == "ok" and step["transport"] == "tcp"
    assert step["detail"]["records"][0]["target"] == HOST


def test_tcp_several_messages_in_one_segment(analyse):
    names = [NAME, "_kerberos._tcp.contoso.test", "_gc._tcp.contoso.test"]
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 53)
    t.ask(b"".join(over_tcp(dns(i, n)) for i, n in enumerate(names)))
    # Out of order, as RFC 7766 allows.
    t.answer(b"".join(over_tcp(good(i, names[i])) for i in (2, 0, 1)))
    r = analyse(c)
    assert [s["detail"]["name"] for s in r.of("srv")] == names
    assert r.outcomes() == ["ok"] * 3
    assert len(r.fields[5]) == 3


def test_truncated_then_tcp(analyse):
    c = asked(reply=dns_reply(7, NAME, cut=True))
    t = c.tcp(CLIENT, 50001, DC, 53)
    t.ask(over_tcp(dns(7, NAME)))
    t.answer(over_tcp(good()))
    r = analyse(c).nothing_failed()
    assert [(s["outcome"], s["detail"]["result"]) for s in r.of("srv")] == [
        ("normal", "truncated"),
        ("ok", "answered"),
    ]


def test_records_with_priorities(analyse):
    records = [srv_rr(QUESTION, f"dc{i}.contoso.test", 389, i // 2, i * 10) for i in range(6)]
    step = analyse(asked(reply=dns_reply(7, NAME, records))).one("srv")
    assert [(r["priority"], r["weight"]) for r in step["detail"]["records"]] == [
        (i // 2, i * 10) for i in range(6)
    ]


def test_root_target_is_not_offered(analyse):
    step = analyse(asked(reply=dns_reply(7, NAME, [srv_rr(QUESTION, b"\0", 0)]))).one("srv")
    assert step["detail"]["result"] == "not-offered"
    assert step["outcome"] == "failed"
    assert step["detail"]["records"][0]["target"] in ("", ".")


@pytest.mark.parametrize("service", ["_autodiscover._tcp", "_kerberos-master._udp"])
def test_root_target_where_a_miss_is_normal(analyse, service):
    name = service + ".contoso.test"
    c = asked(name, dns_reply(7, name, [srv_rr(QUESTION, b"\0", 0)]))
    analyse(c).nothing_failed()


@pytest.mark.parametrize(
    "rcode,result", [(0, "nodata"), (3, "nxdomain"), (2, "servfail"), (5, "refused"), (1, "servfail")]
)
def test_negative(analyse, rcode, result):
    reply = dns_reply(7, NAME, rcode=rcode, authority=[soa_rr()])
    step = analyse(asked(reply=reply).silence()).one("srv")
    assert step["outcome"] == "failed"
    assert step["detail"]["result"] == result
    assert step["detail"]["records"] == []


@pytest.mark.parametrize("rcode", [1, 2, 4, 5])
def test_negative_without_question(analyse, rcode):
    """Servers that refuse early send the header alone."""
    reply = dns_reply(7, NAME, rcode=rcode, questions=0)
    step = analyse(asked(reply=reply).silence()).one("srv")
    assert step["response"] == 2
    assert step["outcome"] == "failed"


def test_alias_before_record(analyse):
    alias = rr(QUESTION, CNAME, dns_name("_ldap._tcp.other.test"))
    reply = dns_reply(7, NAME, [alias, srv_rr("_ldap._tcp.other.test", "dc9.other.test")])
    step = analyse(asked(reply=reply)).one("srv")
    assert [r["target"] for r in step["detail"]["records"]] == ["dc9.other.test"]


def test_alias_without_record_is_nodata(analyse):
    alias = rr(QUESTION, CNAME, dns_name("_ldap._tcp.other.test"))
    step = analyse(asked(reply=dns_reply(7, NAME, [alias])).silence()).one("srv")
    assert step["detail"]["result"] == "nodata"


def test_repeated_to_the_same_server(analyse):
    c = Capture()
    for _ in range(3):
        c.udp(CLIENT, 5000, DC, 53, dns(7, NAME))
        c.wait(1)
    c.udp(DC, 53, CLIENT, 5000, good())
    step = analyse(c).one("srv")
    assert step["retries"] == 2 and step["outcome"] == "ok"
    assert step["frames"] == [1, 2, 3, 4]


def test_repeated_to_another_server(analyse):
    c = Capture()
    c.udp(CLIENT, 5000, DC, 53, dns(7, NAME))
    c.wait(1)
    c.exchange(CLIENT, 5000, DC2, 53, dns(7, NAME), good()).silence()
    r = analyse(c)
    assert r.outcomes() == ["unanswered", "ok"]
    assert [s["server"]["address"] for s in r.steps] == [DC, DC2]


def test_all_servers_at_once(analyse):
    """Forwarders (dnsmasq --all-servers) ask every server in the same moment, same id and port."""
    c = Capture(step=50_000)
    c.udp(CLIENT, 5000, DC, 53, dns(7, NAME))
    c.udp(CLIENT, 5000, DC2, 53, dns(7, NAME))
    c.wait(0.02)
    c.udp(DC, 53, CLIENT, 5000, good())
    c.wait(0.02)
    c.udp(DC2, 53, CLIENT, 5000, good())
    r = analyse(c)
    assert [s["server"]["address"] for s in r.steps] == [DC, DC2]
    assert r.outcomes() == ["ok", "ok"]
    assert [s["frames"] for s in r.steps] == [[1, 3], [2, 4]]


def test_id_used_again(analyse):
    other = "_kerberos._udp.contoso.test"
    c = asked(reply=good())
    c.wait(1).exchange(CLIENT, 5000, DC, 53, dns(7, other), good(7, other))
    c.wait(3600).exchange(CLIENT, 5000, DC, 53, dns(7, NAME), good())
    r = analyse(c)
    assert [s["detail"]["name"] for s in r.steps] == [NAME, other, NAME]
    assert r.outcomes() == ["ok"] * 3
    assert [s["retries"] for s in r.steps] == [0, 0, 0]


def test_same_question_again_after_its_answer(analyse):
    """A resolver without a cache, a fixed port and id: ten seconds later this is a new question."""
    c = asked(reply=good())
    c.wait(10).exchange(CLIENT, 5000, DC, 53, dns(7, NAME), good())
    r = analyse(c).nothing_failed()
    assert len(r.steps) in (1, 2)
    assert all(s["time"] < 1 for s in r.steps)


@pytest.mark.parametrize(
    "name,kind",
    [
        (HOST, A),
        (HOST, AAAA),
        ("_ldap._tcp.contoso.test", A),
        (NAME, 16),
        ("_sip._tls.contoso.test", SRV),
        ("_vlmcs._tcp.contoso.test", SRV),
        ("_sipinternaltls._tcp.contoso.test", SRV),
        ("_ldaps._tcp.contoso.test", SRV),
        ("x._ldap._tcp.contoso.test", SRV),
        ("contoso.test", SRV),
        (".", SRV),
    ],
)
def test_no_step(analyse, name, kind):
    c = Capture().exchange(CLIENT, 5000, DC, 53, dns(7, name, kind), dns(7, name, kind, 0x8183))
    assert analyse(c.silence()).steps == []


@pytest.mark.parametrize("port,group", [(5353, "224.0.0.251"), (5355, "224.0.0.252")])
def test_multicast_dns_is_no_step(analyse, port, group):
    c = Capture()
    c.udp(CLIENT, port, group, port, dns(0, NAME, flags=0))
    c.udp(DC, port, CLIENT, port, good(0))
    assert analyse(c.silence()).steps == []


def test_quoted_in_icmp(analyse):
    c = asked()
    quoted = IP(src=CLIENT, dst=DC) / UDP(sport=5000, dport=53) / dns(7, NAME)
    c.add(port_unreachable(quoted))
    c.silence()
    step = analyse(c).one("srv")
    assert step["frames"] == [1] and step["outcome"] == "unanswered"


def test_edns_upper_case_and_0x20(analyse):
    opt = b"\0" + struct.pack(">HHIH", OPT, 4096, 0, 0)
    c = Capture()
    asked_as = "_LDAP._tCp.DC._mSDCs.Contoso.TEST"
    c.udp(CLIENT, 5000, DC, 53, dns(7, asked_as, additional=[opt]))
    c.udp(
        DC,
        53,
        CLIENT,
        5000,
        dns_reply(7, asked_as.lower(), [srv_rr(QUESTION, "DC1.CONTOSO.TEST")], additional=[opt]),
    )
    step = analyse(c).one("srv")
    assert step["outcome"] == "ok"
    assert step["detail"]["role"] == "dc"
    assert step["detail"]["domain"].lower() == "contoso.test"


def test_ipv6(analyse):
    c = Capture().exchange("fd00::10", 5000, "fd00::1", 53, dns(7, NAME), good())
    step = analyse(c).one("srv")
    assert step["client"]["address"] == "fd00::10" and step["outcome"] == "ok"


@pytest.mark.parametrize("wrap", [vlan, gre, vxlan])
def test_encapsulated(analyse, wrap):
    c = Capture()
    c.wrap = wrap
    c.exchange(CLIENT, 5000, DC, 53, dns(7, NAME), good())
    t = c.tcp(CLIENT, 50001, DC, 53)
    t.ask(over_tcp(dns(8, NAME)))
    t.answer(over_tcp(good(8)))
    r = analyse(c)
    assert r.outcomes() == ["ok", "ok"]
    assert {s["server"]["address"] for s in r.steps} == {DC}


def test_odd_port(analyse):
    c = Capture().exchange(CLIENT, 5000, DC, 5300, dns(7, NAME), good())
    assert analyse(c, "-d", "udp.port==5300,dns").one("srv")["outcome"] == "ok"


def test_compressed_target(analyse):
    # contoso.test stands in the question behind _ldap _tcp dc _msdcs.
    at = 12 + 6 + 5 + 3 + 7
    step = analyse(
        asked(reply=dns_reply(7, NAME, [srv_rr(QUESTION, b"\3dc1" + pointer(at))]))
    ).one("srv")
    assert step["detail"]["records"][0]["target"] == HOST


def test_pointer_loop(analyse):
    reply = dns_reply(7, NAME, [srv_rr(QUESTION, pointer(12 + len(dns_name(NAME)) + 4 + 18))])
    r = analyse(asked(reply=reply).silence())
    assert r.one("srv")["detail"]["records"] == []


HOSTILE = [
    b"a\x00b\x1b[31m\r\n",
    b'"\'`$(id)<b>&amp;\\',
    b"x" * 63,
    b"a.b",
    "äöü".encode(),
    b"\xff\xfe",
    "\u202egpj".encode(),
    b"%s%n",
    b"{}[],:",
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels(analyse, label):
    name = [b"_ldap", b"_tcp", label, b"_sites", label, b"test"]
    target = dns_name([label, b"contoso", b"test"])
    c = asked(name, dns_reply(7, name, [srv_rr(QUESTION, target)]))
    r = analyse(c)
    step = r.one("srv")
    assert step["outcome"] == "ok"
    assert step["detail"]["site"] and "." in step["detail"]["domain"]
    if label == b"a.b":
        assert step["detail"]["site"] == "a\\.b"
        assert step["detail"]["domain"] == "a\\.b.test"
    shown = r.text
    for bad in ("\x1b", "\x00", "\u202e", "\ufffe"):
        assert bad not in shown


OWNERS = [
    ("_ldap._tcp.contoso.test", "domain", None, "contoso.test"),
    ("_ldap._tcp.contoso.test.", "domain", None, "contoso.test"),
    ("_ldap._tcp.HQ._sites.contoso.test", "domain", "HQ", "contoso.test"),
    ("_ldap._tcp.HQ._sites.dc._msdcs.contoso.test", "dc", "HQ", "contoso.test"),
    ("_ldap._tcp.pdc._msdcs.contoso.test", "pdc", None, "contoso.test"),
    ("_ldap._tcp.gc._msdcs.contoso.test", "gc", None, "contoso.test"),
    ("_ldap._tcp.HQ._sites.gc._msdcs.contoso.test", "gc", "HQ", "contoso.test"),
    ("_gc._tcp.contoso.test", "gc", None, "contoso.test"),
    ("_gc._tcp.HQ._sites.contoso.test", "gc", "HQ", "contoso.test"),
    (
        "_ldap._tcp.01234567-89ab-cdef-0123-456789abcdef.domains._msdcs.contoso.test",
        "guid",
        None,
        "contoso.test",
    ),
    ("_kerberos._tcp.dc._msdcs.contoso.test", "kdc", None, "contoso.test"),
    ("_kerberos._tcp.HQ._sites.dc._msdcs.contoso.test", "kdc", "HQ", "contoso.test"),
    ("_kerberos._udp.CONTOSO.TEST", "kdc", None, "CONTOSO.TEST"),
    ("_kpasswd._udp.contoso.test", "kpasswd", None, "contoso.test"),
    ("_ldap._tcp.DomainDnsZones.contoso.test", "partition", None, "DomainDnsZones.contoso.test"),
    ("_ldap._tcp.HQ._sites.ForestDnsZones.contoso.test", "partition", "HQ", None),
    # A domain that begins with the label dc, gc or pdc.
    ("_ldap._tcp.dc.contoso.test", "domain", None, "dc.contoso.test"),
    ("_ldap._tcp.gc.test", "domain", None, "gc.test"),
    ("_ldap._tcp.pdc", "domain", None, "pdc"),
    ("_ldap._tcp.dc.dc._msdcs.contoso.test", "dc", None, "contoso.test"),
    # A site called like a keyword.
    ("_ldap._tcp._msdcs._sites.dc._msdcs.contoso.test", "dc", "_msdcs", "contoso.test"),
    ("_ldap._tcp.dc._sites.contoso.test", "domain", "dc", "contoso.test"),
    ("_autodiscover._tcp.contoso.test", "autodiscover", None, "contoso.test"),
    ("_kerberos-master._udp.contoso.test", None, None, "contoso.test"),
]


@pytest.mark.parametrize("name,role,site,domain", OWNERS, ids=[o[0] for o in OWNERS])
def test_owner_names(analyse, name, role, site, domain):
    step = analyse(asked(name, good(7, name))).one("srv")
    assert role is None or step["detail"]["role"] == role
    assert step["detail"]["site"] == site
    assert domain is None or step["detail"]["domain"] == domain


def test_site_miss_then_generic(analyse):
    site = "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test"
    c = asked(site, dns_reply(7, site, rcode=3, authority=[soa_rr()]))
    c.exchange(CLIENT, 5001, DC, 53, dns(8, NAME), good(8)).silence()
    assert analyse(c).nothing_failed().outcomes() == ["normal", "ok"]


def test_suffix_appended_miss(analyse):
    name = "_ldap._tcp.dc._msdcs.corp.contoso.test.corp.contoso.test"
    c = asked(name, dns_reply(7, name, rcode=3, authority=[soa_rr()])).silence()
    analyse(c).nothing_failed()


def test_host_asked_as_domain(analyse):
    """Tools take a server's name for a domain's; the true domain answers."""
    name = "_ldap._tcp.dc._msdcs.dc1.contoso.test"
    c = asked(reply=good())
    c.exchange(CLIENT, 5001, DC, 53, dns(8, name), dns_reply(8, name, rcode=3))
    c.silence()
    analyse(c).nothing_failed()


@pytest.mark.parametrize("length", [0, 1, 6])
def test_broken_rdata(analyse, length):
    reply = dns_reply(7, NAME, [rr(QUESTION, SRV, b"\0\1\0\2\1\x85"[:length])])
    assert analyse(asked(reply=reply)).one("srv")["detail"]["records"] == []


def test_answer_cut_by_snaplen(analyse):
    """The records were not captured: that is not NODATA."""
    question_end = 14 + 20 + 8 + 12 + len(dns_name(NAME)) + 4
    c = asked(reply=good()).silence()
    step = analyse(c, caplen={2: question_end}).one("srv")
    assert step["detail"]["result"] != "nodata"
    assert step["outcome"] != "failed"


def test_many_records_cut_by_snaplen(analyse):
    records = [srv_rr(QUESTION, f"dc{i}.contoso.test") for i in range(5)]
    c = asked(reply=dns_reply(7, NAME, records))
    step = analyse(c, caplen={2: 200}).one("srv")
    assert step["outcome"] == "ok" and 0 < len(step["detail"]["records"]) < 5
