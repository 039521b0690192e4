# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP pings, on synthetic captures."""
import pytest
from build import *  # noqa: F403

HOST = "dc1.contoso.test"


def pinged(request=None, reply=None, client=CLIENT, server=DC):
    return Capture().exchange(
        client, 5000, server, 389, request or ping(), *([reply] if reply is not None else [])
    )


@pytest.mark.parametrize("attribute", ["netlogon", "Netlogon", "NetLogon", "NETLOGON", "nEtLoGoN"])
@pytest.mark.parametrize("tcp", [False, True])
def test_spellings(analyse, attribute, tcp):
    if tcp:
        c = Capture()
        t = c.tcp(CLIENT, 50000, DC, 389)
        t.ask(ping(attribute=attribute))
        t.answer(ping_reply(attribute=attribute))
        t.ask(ldap(2, unbind()))
        t.close()
    else:
        c = pinged(ping(attribute=attribute), ping_reply(attribute=attribute))
    step = analyse(c).one("ping")
    assert step["outcome"] == "ok"
    d = step["detail"]
    assert (d["host"], d["dc_site"], d["client_site"]) == (HOST, "HQ", "HQ")
    assert d["closest"] is True and d["opcode"] == 23 and d["flags"] == 0x1F3FD
    assert d["domain"] == DOMAIN and d["client_host"] == "PC1" and d["ntver"] == 0x16


@pytest.mark.parametrize("opcode,outcome", [(23, "ok"), (24, "failed"), (25, "failed")])
def test_opcodes_ex(analyse, opcode, outcome):
    step = analyse(pinged(reply=ping_reply(netlogon_ex(opcode)))).one("ping")
    assert step["outcome"] == outcome
    d = step["detail"]
    assert (d["opcode"], d["host"], d["dc_site"]) == (opcode, HOST, "HQ")


@pytest.mark.parametrize("opcode,outcome", [(19, "ok"), (20, "failed"), (21, "failed")])
def test_opcodes_plain(analyse, opcode, outcome):
    step = analyse(pinged(reply=ping_reply(netlogon_plain(opcode)))).one("ping")
    assert step["outcome"] == outcome
    d = step["detail"]
    assert (d["opcode"], d["host"]) == (opcode, HOST)
    assert d["client_site"] is None


@pytest.mark.parametrize("ntver", [0x5, 0xD, 0x15, 0x1D])
def test_forms_of_the_reply(analyse, ntver):
    step = analyse(pinged(reply=ping_reply(netlogon_ex(ntver=ntver, next_site="NEXT")))).one("ping")
    assert step["detail"]["next_site"] == ("NEXT" if ntver & 0x10 else None)
    assert step["detail"]["client_site"] == "HQ"


def test_empty_client_site(analyse):
    value = netlogon_ex(client_site="", next_site="", flags=0x3FD & ~0x80)
    r = analyse(pinged(reply=ping_reply(value)))
    d = r.one("ping")["detail"]
    assert d["client_site"] == "" and d["closest"] is False
    assert r.values(2, "ping.client_site") == [""]
    assert "<Root>" not in str(r.json)


def test_success_without_value(analyse):
    step = analyse(pinged(reply=ping_reply(b"")).silence()).one("ping")
    assert step["outcome"] == "failed" and step["response"] == 2


def test_host_pinged_as_domain(analyse):
    c = pinged(reply=ping_reply())
    c.exchange(CLIENT, 5001, DC, 389, ping(HOST), ping_reply(b"")).silence()
    analyse(c).nothing_failed()


def test_host_pinged_as_domain_before_its_name_is_known(analyse):
    c = pinged(ping("DC1.contoso.test."), ping_reply(b""))
    c.exchange(CLIENT, 5001, DC, 389, ping(), ping_reply()).silence()
    analyse(c).nothing_failed()


def test_host_known_from_srv(analyse):
    name = "_ldap._tcp.contoso.test"
    c = Capture().exchange(
        CLIENT, 5000, DC, 53, dns(1, name), dns_reply(1, name, [srv_rr(QUESTION, HOST)])
    )
    c.exchange(CLIENT, 5001, DC, 389, ping(HOST), ping_reply(b"")).silence()
    analyse(c).nothing_failed()


def test_unanswered(analyse):
    step = analyse(pinged().silence(6)).one("ping")
    assert step["outcome"] == "unanswered"


def test_pending(analyse):
    step = analyse(pinged().silence(4)).one("ping")
    assert step["outcome"] == "pending"


def test_client_never_heard(analyse):
    """A capture of one direction cannot tell silence from deafness."""
    c = pinged()
    c.silence(client="10.0.0.99")
    assert analyse(c).one("ping")["outcome"] == "pending"


def test_reply_only(analyse):
    c = Capture()
    c.udp(DC, 389, CLIENT, 5000, ping_reply())
    step = analyse(c.silence()).one("ping")
    assert step["outcome"] == "ok" and step["request"] is None
    assert step["client"] == {"address": CLIENT, "port": 5000, "name": step["client"]["name"]}
    assert step["detail"]["host"] == HOST


def test_reply_only_over_tcp(analyse):
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389, handshake=False)
    t.answer(ping_reply())
    assert analyse(c.silence()).one("ping")["outcome"] == "ok"


@pytest.mark.parametrize("delay", [0, 10_000, 900_000, 3_000_000])
def test_every_packet_twice(analyse, delay):
    c = Capture(step=10_000_000)
    c.copies, c.copy_delay = 2, delay
    c.exchange(CLIENT, 5000, DC, 389, ping(), ping_reply())
    c.silence()
    step = analyse(c).one("ping")
    assert step["outcome"] == "ok"
    assert step["retries"] == (0 if delay < 1_000_000 else step["retries"])
    assert step["frames"] == [1, 2, 3, 4]


def test_twice_with_another_reply_address(analyse):
    """A mirror port before and behind a device that changes the address of the answers."""
    c = Capture(step=100_000)
    c.udp(CLIENT, 5000, DC, 389, ping())
    c.udp(CLIENT, 5000, DC, 389, ping())
    c.wait(0.01)
    c.udp(DC, 389, CLIENT, 5000, ping_reply())
    c.udp("10.9.9.1", 389, CLIENT, 5000, ping_reply())
    step = analyse(c.silence()).one("ping")
    assert step["retries"] == 0 and step["outcome"] == "ok" and step["frames"] == [1, 2, 3, 4]


def test_same_port_and_id_of_two_clients(analyse):
    """Machines of one image, started together, ask in the same moment; their names differ.

    The very same bytes would count as one packet captured before and behind an address
    translation: the contract tells copies by ports, id and bytes, not by address.
    """
    c = Capture(step=100_000)
    for client, name in ((CLIENT, "WS1"), (CLIENT2, "WS2")):
        c.udp(client, 49152, DC, 389, ping(host=name))
    c.wait(0.01)
    for client in (CLIENT, CLIENT2):
        c.udp(DC, 389, client, 49152, ping_reply())
    r = analyse(c.silence())
    assert [(s["client"]["address"], s["frames"]) for s in r.steps] == [
        (CLIENT, [1, 3]),
        (CLIENT2, [2, 4]),
    ]


def test_several_controllers_at_once(analyse):
    c = Capture(step=100_000)
    for i in range(5):
        c.udp(CLIENT, 5000 + i, f"10.0.1.{i}", 389, ping())
    for i in range(5):
        value = netlogon_ex(host=f"dc{i}.contoso.test")
        c.udp(f"10.0.1.{i}", 389, CLIENT, 5000 + i, ping_reply(value))
    r = analyse(c.silence())
    assert [s["detail"]["host"] for s in r.steps] == [f"dc{i}.contoso.test" for i in range(5)]


def test_several_controllers_at_once_from_one_port(analyse):
    c = Capture(step=100_000)
    for i in range(3):
        c.udp(CLIENT, 5000, f"10.0.1.{i}", 389, ping())
    for i in range(3):
        value = netlogon_ex(host=f"dc{i}.contoso.test")
        c.udp(f"10.0.1.{i}", 389, CLIENT, 5000, ping_reply(value))
    r = analyse(c.silence())
    assert [s["server"]["address"] for s in r.steps] == [f"10.0.1.{i}" for i in range(3)]
    assert [s["detail"]["host"] for s in r.steps] == [f"dc{i}.contoso.test" for i in range(3)]
    assert [s["frames"] for s in r.steps] == [[1, 4], [2, 5], [3, 6]]


def test_same_id_and_port_later(analyse):
    c = pinged(reply=ping_reply())
    c.wait(900).exchange(CLIENT, 5000, DC, 389, ping(), ping_reply())
    r = analyse(c)
    assert r.outcomes() == ["ok", "ok"] and [s["retries"] for s in r.steps] == [0, 0]


def test_ipv6(analyse):
    step = analyse(pinged(reply=ping_reply(), client="fd00::10", server="fd00::1")).one("ping")
    assert step["outcome"] == "ok" and step["server"]["address"] == "fd00::1"


def test_elements(analyse):
    guid = bytes(range(16))
    more = [
        equal("DnsHostName", "pc1.contoso.test"),
        equal("User", "PC1$"),
        equal("AAC", b"\x80\0\0\0"),
        equal("DomainSid", b"\1\4" + bytes(6) + bytes(16)),
        equal("DomainGuid", guid),
    ]
    step = analyse(pinged(ping("contoso.test.", more=more), ping_reply())).one("ping")
    d = step["detail"]
    assert d["user"] == "PC1$" and d["client_host"] == "pc1.contoso.test" and d["ntver"] == 0x16
    assert step["client"]["name"] == "pc1.contoso.test"


@pytest.mark.parametrize("ntver", [b"", b"\6", b"\6\0\0\0\0"])
def test_odd_ntver(analyse, ntver):
    request = ldap(1, search("", 0, all_of(equal("NtVer", ntver)), ["Netlogon"]))
    assert analyse(pinged(request, ping_reply())).one("ping")["outcome"] == "ok"


def test_without_domain(analyse):
    assert analyse(pinged(ping(None), ping_reply())).one("ping")["detail"]["domain"] == DOMAIN


@pytest.mark.parametrize("length", [1, 2, 8, 23, 24, 40, 60])
def test_short_value(analyse, length):
    step = analyse(pinged(reply=ping_reply(netlogon_ex()[:length]))).one("ping")
    assert step["detail"]["client_site"] is None


def test_ping_with_other_attributes(analyse):
    request = ldap(1, search("", 0, all_of(equal("NtVer", b"\6\0\0\0")), ["supportedControl", "netLogon"]))
    assert analyse(pinged(request, ping_reply())).kinds() == ["ping"]


def test_rootdse_over_udp(analyse):
    request = ldap(1, search("", 0, None, ["defaultNamingContext", "dnsHostName"]))
    reply = ldap(1, entry("", {"dnsHostName": [HOST]})) + ldap(1, done())
    step = analyse(pinged(request, reply)).one("rootdse")
    assert step["outcome"] == "ok" and step["detail"]["scope"] == "base"
    assert step["detail"]["attribute"] == ["defaultNamingContext", "dnsHostName"]


@pytest.mark.parametrize("length", [60, 80, 100, 150, 200])
def test_reply_cut_by_snaplen(analyse, length):
    """An answer was captured, if not all of it: this is not silence."""
    c = pinged(reply=ping_reply()).silence()
    step = analyse(c, caplen={2: length}).one("ping")
    assert step["outcome"] not in ("failed", "unanswered")


@pytest.mark.parametrize("length", [45, 60, 80, 100])
def test_request_cut_by_snaplen(analyse, length):
    c = pinged(reply=ping_reply()).silence()
    analyse(c, caplen={1: length}).nothing_failed()
