# SPDX-License-Identifier: GPL-2.0-or-later
"""What lies beside the steps of a path: refused operations, StartTLS, pages, aliases, tunnels."""
import pytest
import web
from net import *  # noqa: F403

CONFIG = "CN=Configuration,DC=contoso,DC=test"
NAME = "_ldap._tcp.dc._msdcs." + DOMAIN


def found(c):
    """A DC is found: there is a path."""
    c.exchange(CLIENT, 50053, DC, 53, dns(7, NAME), dns_reply(7, NAME, [srv_rr(QUESTION, "dc1.contoso.test")]))
    return c


def findings(report):
    return {f["id"]: f for p in report.json["paths"] for f in p["findings"]}


def test_operations_that_nobody_may_do_unbound(analyse):
    """Each in a connection of its own; a refusal for another reason tells nothing."""
    dn = "CN=PC1,CN=Computers,DC=contoso,DC=test"
    asked = [
        (ldap_add(dn), 9), (ldap_modify(dn), 7), (ldap_delete(dn), 11), (ldap_rename(dn), 13),
        (ldap_compare(dn), 15), (search(dn, 2, equal("cn", "x"), ["cn"]), 5),
    ]
    c = found(Capture())
    cited = []
    for n, (request, reply) in enumerate(asked):
        t = c.tcp(CLIENT, 50100 + n, DC, 389)
        t.ask(ldap(1, bind()))
        t.answer(ldap(1, bind_response()))
        t.ask(ldap(2, request))
        cited.append(t.answer(ldap(2, result(reply, 1, diagnostic=NOT_BOUND))))
        t.ask(ldap(3, request))
        t.answer(ldap(3, result(reply, 32)))
        t.ask(ldap(4, unbind()))
        t.close()
    r = analyse(c.silence())
    assert r.kinds() == ["srv"] + ["bind"] * len(asked)
    assert set(cited) <= set(findings(r)["ldap-not-bound"]["frames"])


@pytest.mark.parametrize("code", [52, 0])
def test_starttls(analyse, code):
    c = found(Capture())
    t = c.tcp(CLIENT, 50100, DC, 389)
    t.ask(ldap(1, starttls()))
    t.answer(ldap(1, starttls_response(code, "no" if code else "")))
    if not code:
        web.shake(t, "dc1.contoso.test", ["dc1.contoso.test"])
        web.finish(t)
    r = analyse(c.silence())
    assert ("starttls-failed" in findings(r)) == (code != 0)
    assert len(r.of("tls")) == (code == 0)


def test_pages_are_one_answer(analyse):
    """The best entry comes last; another search with another filter is no page of it."""
    c = found(Capture())
    c.exchange(CLIENT, 50001, DC, 389, ping(), ping_reply())
    t = c.tcp(CLIENT, 50100, DC, 389)
    attributes = ["serviceBindingInformation", "keywords"]
    cookie = b""
    for n, site in enumerate(["Branch", "HQ"], 1):
        request = search(CONFIG, 2, web.exchange_filter(), attributes)
        t.ask(ldap(n, request, paged(1, cookie)))
        values = {attributes[0]: [f"https://ex{n}.contoso.test/Autodiscover/Autodiscover.xml"],
                  "keywords": [web.URL_GUID, f"Site={site}"]}
        cookie = b"more" if n == 1 else b""
        t.answer(ldap(n, entry(f"CN=EX{n}", values)) + ldap(n, done(), paged(0, cookie)))
    other = all_of(web.exchange_filter(), equal("cn", "EX3"))
    values = {attributes[0]: ["https://ex3.contoso.test/Autodiscover/Autodiscover.xml"], "keywords": [web.URL_GUID]}
    t.ask(ldap(3, search(CONFIG, 2, other, attributes), paged(1, b"more")))
    t.answer(ldap(3, entry("CN=EX3", values)) + ldap(3, done(), paged(0, b"")))
    r = analyse(c.silence())
    first, second, third = r.of("scp")
    assert [s["detail"]["entry_list"][0]["rank"] for s in (first, second, third)] == [2, 1, 1]
    assert "page 1" in first["summary"] and "page 2" in second["summary"]
    assert "page" not in third["summary"]


def test_no_pages(analyse):
    """Without a cookie, or with one of another connection, each search is for itself."""
    c = found(Capture())
    c.exchange(CLIENT, 50001, DC, 389, ping(), ping_reply())
    attributes = ["serviceBindingInformation", "keywords"]
    for n, (cookie, site) in enumerate([(b"", "Branch"), (b"more", "HQ")]):
        t = c.tcp(CLIENT, 50100 + n, DC, 389)
        t.ask(ldap(1, search(CONFIG, 2, web.exchange_filter(), attributes), paged(1, cookie)))
        values = {attributes[0]: [f"https://ex{n}.contoso.test/Autodiscover/Autodiscover.xml"],
                  "keywords": [web.URL_GUID, f"Site={site}"]}
        t.answer(ldap(1, entry(f"CN=EX{n}", values)) + ldap(1, done(), paged(0, b"more")))
    steps = analyse(c.silence()).of("scp")
    assert len(steps) == 2
    for step in steps:  # together, the first would be the second choice
        assert step["detail"]["entry_list"][0]["rank"] == 1
        assert "page 2" not in step["summary"]


def test_a_cut_answer_and_tcp(analyse):
    """SYNs to port 53 of a resolver that cut its answer are followed, others are not."""
    c = Capture()
    asked = c.udp(CLIENT, 50053, DC, 53, dns(7, NAME))
    cited = [asked, c.udp(DC, 53, CLIENT, 50053, dns_reply(7, NAME, cut=True))]
    t = c.tcp(CLIENT, 50054, DC, 53, handshake=False)
    cited += t.open("cS")
    c.wait(3)
    t.seq["c"] -= 1  # the same SYN once more
    cited += t.open("cS")
    c.tcp(CLIENT, 50055, DC2, 53, handshake=False).open("cS")
    r = analyse(c.silence())
    assert r.kinds() == ["srv"]
    (f,) = findings(r).values()
    assert f["id"] == "dns-tcp-blocked" and f["frames"] == cited


def test_two_addresses_changed_on_the_way(analyse):
    """A tap before and one behind a translation of both ends: one path, each step once."""
    c = Capture()
    c.copies = 2

    def translated(packet):
        pairs = {CLIENT: "192.0.2.10", DC: "192.0.2.1"}
        packet.src, packet.dst = pairs.get(packet.src, packet.src), pairs.get(packet.dst, packet.dst)
        del packet.chksum
        packet = IP(bytes(packet))
        return packet

    c.copy_change = translated
    found(c)
    c.exchange(CLIENT, 50001, DC, 389, ping(), ping_reply())
    t = c.tcp(CLIENT, 50100, DC, 389)
    t.ask(ldap(1, search("", 0, None, ["namingContexts"])))
    t.answer(ldap(1, entry("", {"namingContexts": ["DC=contoso,DC=test"]})) + ldap(1, done()))
    t.close()
    r = analyse(c.silence())
    assert r.kinds() == ["srv", "ping", "rootdse"] and len(r.json["paths"]) == 1


def test_the_same_ping_to_two_controllers_at_once(analyse):
    c = found(Capture(step=10_000))
    c.udp(CLIENT, 50001, DC, 389, ping())
    c.udp(CLIENT, 50001, DC2, 389, ping())
    c.udp(DC, 389, CLIENT, 50001, ping_reply())
    c.udp(DC2, 389, CLIENT, 50001, ping_reply())
    assert analyse(c.silence()).kinds() == ["srv", "ping", "ping"]


MOVED = ["https://www.contoso.test/", "http://mail.contoso.test/autodiscover/autodiscover.xml",
         "https://www.contoso.test/404.html", "/sorry"]
FOLLOWED = ["https://mail.contoso.test/autodiscover/autodiscover.xml",
            "https://mail.contoso.test/Autodiscover/x/AutoDiscover.XML?id=1"]


def test_what_clients_take_for_a_redirect(analyse):
    c = found(Capture())
    web.search_scp(c)
    for n, to in enumerate(MOVED + FOLLOWED):
        t = c.tcp(CLIENT, 50200 + n, WEB, 80)
        t.ask(http_get("autodiscover.contoso.test", web.PATH))
        t.answer(http_reply(302, b"", "Location: " + to))
        t.close()
    steps = analyse(c.silence()).of("autodiscover")
    assert [s["outcome"] for s in steps] == ["failed"] * len(MOVED) + ["ok"] * len(FOLLOWED)
    assert "clients of autodiscover refuse" in steps[0]["summary"] and "redirect to" in steps[-1]["summary"]
