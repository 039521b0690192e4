# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that is its own client: both ends have one address, and only the ports tell them apart.

A domain controller resolves its names at 127.0.0.1 and goes to its own LDAP, Kerberos and web server. What
is said of these packets must not depend on whether the addresses of the two ends differ.
"""
import json

import pytest
import web
from build import *  # noqa: F403

NAME = "_ldap._tcp.dc._msdcs.contoso.test"
LOOPBACK = "127.0.0.1"


def good(ident=7, name=NAME):
    return dns_reply(ident, name, [srv_rr(QUESTION, "dc1.contoso.test")])


def servfail(ident=7, name=NAME):
    return dns_reply(ident, name, rcode=2)


# ---- the same packets between two addresses and between one ----


def ask_dns(c, client, server):
    """A failure, silence, and an answer at last; then the host's address over TCP, for the answer was cut."""
    c.exchange(client, 5000, server, 53, dns(7, NAME), servfail()).wait(2)
    c.udp(client, 5001, server, 53, dns(8, NAME))
    c.wait(3).udp(client, 5001, server, 53, dns(8, NAME))
    c.wait(2).exchange(client, 5002, server, 53, dns(9, NAME), good(9))
    c.exchange(client, 5003, server, 53, dns(10, NAME), dns_reply(10, NAME, cut=True))
    t = c.tcp(client, 50001, server, 53)
    t.ask(over_tcp(dns(11, NAME)))
    t.answer(over_tcp(good(11)))
    t.close()


def dns_never_answers(c, client, server):
    for i in range(3):
        c.udp(client, 5000 + i, server, 53, dns(i, NAME))
        c.wait(4)


def refused_by_icmp(c, client, server):
    """No DNS service on the host: it says so itself."""
    sent = IP(src=client, dst=server) / UDP(sport=5000, dport=53) / dns(7, NAME)
    c.add(sent)
    c.add(port_unreachable(sent))


def logon(c, client, server):
    """Ping, preauthentication, tickets, a bind whose ticket the service cannot read, and one that it takes."""
    c.exchange(client, 5000, server, 53, dns(7, NAME), good())
    c.exchange(client, 5001, server, 389, ping(host="DC1"), ping_reply(netlogon_ex()))
    c.exchange(client, 5002, server, 88, as_req(), krb_error(25, data=padata((19, etype_info2()))))
    c.exchange(client, 5003, server, 88, as_req(pre=[timestamp()]), krb_error(52))
    t = c.tcp(client, 50002, server, 88)
    t.ask(marked(as_req(pre=[timestamp()])))
    t.answer(marked(as_rep()))
    t.close()
    spn = "ldap/dc1.contoso.test"
    c.exchange(client, 5004, server, 88, tgs_req(spn), tgs_rep(spn))
    for code in (49, 0):
        t = c.tcp(client, 50003 + code, server, 389)
        token = nego_init(gss(AP_REQ_ID, ap_req(spn)))
        t.ask(ldap(1, bind_sasl("GSS-SPNEGO", token)))
        t.answer(ldap(1, bind_response(code, diagnostic="80090308: data 52e" if code else "")))
        if not code:
            t.ask(ldap(2, search("", 0, None, ["configurationNamingContext"])))
            t.answer(ldap(2, entry("", {"configurationNamingContext": ["CN=x"]})) + ldap(2, done()))
            t.ask(sasl(cfx(bytes(range(200)), True, 0, 28, 2)))
            t.answer(sasl(cfx(bytes(range(250)), True, 0, 28, 3)))
        t.close()


def kdc_never_answers(c, client, server):
    c.exchange(client, 5000, server, 53, dns(7, "_kerberos._tcp.contoso.test"), good(7, "_kerberos._tcp.contoso.test"))
    for i in range(3):
        c.udp(client, 5001, server, 88, as_req())
        c.wait(5)


def ports_are_closed(c, client, server):
    """LDAP and Kerberos refuse, and take the client when it tries again; the web server stays silent."""
    c.exchange(client, 5000, server, 53, dns(7, NAME), good())
    for port in (389, 88):
        c.tcp(client, 50010, server, port, handshake=False).open("cS", "sRA")
    c.wait(1)
    c.tcp(client, 50011, server, 389).reset("s")
    c.tcp(client, 50012, server, 389).close()


def mail(c, client, server, answer=None):
    """The web server of the directory's own host: a SCP, its address, TLS, and autodiscover in clear."""
    web.search_scp(c, "https://mail.contoso.test/autodiscover/autodiscover.xml", client=client, server=server)
    web.look_up(c, "mail.contoso.test", server, client=client, server=server)
    t = c.tcp(client, 51000, server, 443)
    web.shake(t, names=["other.contoso.test"])
    t.ask(web.record(21, b"\2\x2a"))
    t.close()
    t = c.tcp(client, 51001, server, 80)
    t.ask(web.post())
    t.answer(http_reply(401, b"", "WWW-Authenticate: Negotiate"))
    t.ask(web.post("mail.contoso.test", web.PATH, web.ASKED, negotiate(gss(AP_REQ_ID, ap_req("HTTP/mail.contoso.test")))))
    t.answer(http_reply(200, web.SETTINGS, web.XML) if answer is None else answer)
    t.close()


def mail_fails(c, client, server):
    mail(c, client, server, http_reply(500, b"synthetic"))


SCENES = [ask_dns, dns_never_answers, refused_by_icmp, logon, kdc_never_answers, ports_are_closed, mail, mail_fails]


def told_of(report, *addresses):
    """Without addresses, and without what the client is called: here it has the server's name."""
    for path in report["paths"]:
        path["client"]["name"] = None
    for step in [s for p in report["paths"] for s in p["steps"]] + report["unattached"]["steps"]:
        step["client"]["name"] = None
    text = json.dumps([report["verdict"], report["paths"], report["unattached"]])
    for address in sorted(addresses, key=len, reverse=True):
        text = text.replace(address, "ADDRESS")
    return json.loads(text)


@pytest.mark.parametrize("scene", SCENES)
def test_one_address_as_two(analyse, scene):
    """Steps, findings and verdict of the two captures differ in the addresses alone."""
    told = []
    for client, server in ((CLIENT, DC), (DC, DC)):
        c = Capture()
        scene(c, client, server)
        told.append(told_of(analyse(c.silence(client=client)).json, client, server))
    apart, together = told
    assert apart[1] or apart[2]["steps"]
    assert together == apart


# ---- resolvers that ask on ----


def test_a_failure_that_the_next_question_makes_good(analyse):
    """127.0.0.1 asks 127.0.0.1 again within the seconds in which resolvers hand on what they are asked."""
    c = Capture()
    c.exchange(LOOPBACK, 5000, LOOPBACK, 53, dns(7, NAME), servfail()).wait(3)
    c.exchange(LOOPBACK, 5001, LOOPBACK, 53, dns(8, NAME), good(8)).silence(client=LOOPBACK)
    r = analyse(c)
    assert r.outcomes() == ["failed", "ok"]
    assert r.json["verdict"]["outcome"] == "ok"


def test_the_next_server_of_a_host_that_asks_itself(analyse):
    """Its own service is silent, so it asks the next one: with the same id, as clients do."""
    c = Capture()
    c.udp(DC, 5000, DC, 53, dns(7, NAME))
    c.wait(1).exchange(DC, 5000, DC2, 53, dns(7, NAME), good()).silence(client=DC)
    assert analyse(c).outcomes() == ["unanswered", "ok"]


@pytest.mark.parametrize("client", [DC, CLIENT])
def test_what_a_resolver_hands_on_is_no_question_of_its_own(analyse, client):
    """Whoever asked it, itself too: the question that goes on to another server has an id of its own."""
    c = Capture()
    c.udp(client, 5000, DC, 53, dns(7, NAME))
    c.exchange(DC, 6000, DC2, 53, dns(4711, NAME), good(4711))
    c.udp(DC, 53, client, 5000, good())
    c.silence(client=client)
    assert analyse(c).one("srv")["server"]["address"] == DC
