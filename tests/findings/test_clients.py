# SPDX-License-Identifier: GPL-2.0-or-later
"""Several addresses of one client, several clients, and resolvers that ask for others."""
import json
import pathlib
import tempfile

import pytest
from build import *  # noqa: F403
from cases import run_tshark

DC = "_ldap._tcp.dc._msdcs.corp.test"
HOST = "dc1.corp.test"
SIX, FOUR = "fd00:1::10", "10.9.1.10"
SERVER_SIX, SERVER_FOUR, DNS = "fd00:1::1", "10.9.1.1", "10.9.1.53"
SPN = "ldap/" + HOST


class World(Capture):
    """Each machine has its own link-layer address, as on one segment."""

    def __init__(self):
        super().__init__()
        self.macs = {FOUR: 0x10, SIX: 0x10}
        self.ident = 0
        self.port = 20000

    def add(self, packet):
        number = super().add(packet)
        when, data = self.frames[-1]
        frame = Ether(data)
        source = self.macs.get(packet.src, 1)
        target = self.macs.get(packet.dst, 1)
        frame.src, frame.dst = f"02:00:00:00:00:{source:02x}", f"02:00:00:00:00:{target:02x}"
        self.frames[-1] = (when, bytes(frame))
        return number

    def next(self):
        self.port += 1
        return self.port

    def lookup(self, client, kind=A, address=SERVER_FOUR, server=DNS, answered=True):
        self.ident += 1
        port = self.next()
        frames = [self.udp(client, port, server, 53, dns(self.ident, HOST, kind))]
        if answered:
            reply = dns_reply(self.ident, HOST, [address_rr(QUESTION, address)], kind=kind)
            frames.append(self.udp(server, 53, client, port, reply))
        return frames

    def locate(self, client, server=DNS, rcode=0, answered=True, name=DC):
        self.ident += 1
        port = self.next()
        frames = [self.udp(client, port, server, 53, dns(self.ident, name))]
        if answered:
            records = [srv_rr(QUESTION, HOST)] if rcode == 0 else []
            reply = dns_reply(self.ident, name, records, rcode=rcode)
            frames.append(self.udp(server, 53, client, port, reply))
        return frames

    def both(self, client):
        self.locate(client)
        self.lookup(client)
        self.lookup(client, AAAA, SERVER_SIX)

    def pinged(self, client, server, name="pc1.corp.test"):
        port = self.next()
        more = [equal("DnsHostName", name)] if name else []
        self.udp(client, port, server, 389, ping("corp.test", host=None, more=more))
        self.udp(server, 389, client, port,
                 ping_reply(netlogon_ex(domain="corp.test", host=HOST)))

    def bound(self, client, server, cipher=b"synthetic ticket"):
        t = self.tcp(client, self.next(), server, 389)
        token = gss(AP_REQ_ID, ap_req(SPN, "CORP.TEST", cipher=cipher))
        t.ask(ldap(1, bind_sasl("GSS-SPNEGO", nego_init(token))))
        t.answer(ldap(1, bind_response(0, credentials=nego_resp(gss(AP_REP_ID, ap_rep()), 0))))

    def ticket(self, client, server, cipher=b"synthetic ticket"):
        port = self.next()
        self.udp(client, port, server, 88, tgs_req(SPN, "krbtgt/CORP.TEST", realm="CORP.TEST"))
        self.udp(server, 88, client, port, tgs_rep(SPN, realm="CORP.TEST", cipher=cipher))


@pytest.fixture
def told(wireshark):
    """told(world): the JSON, the same in one pass and two."""
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)

        def read(world):
            for client in (FOUR, SIX):
                world.silence(client=client)
            path = world.save(folder, "clients")
            tshark = run_tshark(wireshark)
            text = tshark(path, "-q", "-z", "adpath,json")
            assert tshark(path, "-2", "-q", "-z", "adpath,json") == text
            once = tshark(path, "-T", "fields", "-e", "frame.number", "-e", "adpath.path",
                          "-e", "adpath.previous")
            twice = tshark(path, "-2", "-T", "fields", "-e", "frame.number", "-e", "adpath.path",
                           "-e", "adpath.previous")
            # What the first pass shows, the second does not take back.
            for one, two in zip(once.splitlines(), twice.splitlines(), strict=True):
                for a, b in zip(one.split("\t"), two.split("\t"), strict=True):
                    assert not a or set(a.split(",")) <= set(b.split(",")), (one, two)
            return json.loads(text)

        yield read


def clients(report):
    return [(p["client"]["address"], p["client"]["also"]) for p in report["paths"]]


ONE = [(FOUR, [SIX])]


def test_names_over_ipv4_and_the_directory_over_ipv6(told):
    world = World()
    world.both(FOUR)
    world.bound(SIX, SERVER_SIX)
    report = told(world)
    assert clients(report) == ONE
    assert [s["client"]["address"] for s in report["paths"][0]["steps"]].count(SIX) == 2


def test_the_same_name_in_both_pings(told):
    world = World()
    world.macs[SIX] = 0  # behind a router, that is: one address for everybody
    world.macs[FOUR] = 0
    world.macs["10.9.1.11"] = 0
    world.locate("10.9.1.11")
    world.pinged(FOUR, SERVER_FOUR)
    world.pinged(SIX, SERVER_SIX)
    world.bound(SIX, SERVER_SIX)
    assert (FOUR, [SIX]) in clients(told(world))


def test_a_ticket_of_the_other_address(told):
    world = World()
    world.macs[SIX] = 0
    world.macs[FOUR] = 0
    world.macs["10.9.1.11"] = 0
    world.ticket(FOUR, SERVER_FOUR)
    world.ticket("10.9.1.11", SERVER_FOUR, cipher=b"another ticket")
    world.bound(SIX, SERVER_SIX)
    assert (FOUR, [SIX]) in clients(told(world))


def test_ping_over_one_family_lost(told):
    """UDP 389 is closed over IPv6; over IPv4 the controller answers: no fault."""
    world = World()
    world.both(FOUR)
    port = world.next()
    world.udp(SIX, port, SERVER_SIX, 389,
              ping("corp.test", host=None, more=[equal("DnsHostName", "pc1.corp.test")]))
    world.pinged(FOUR, SERVER_FOUR)
    report = told(world)
    assert clients(report) == ONE
    assert report["paths"][0]["findings"] == []


@pytest.mark.parametrize("how", ["other-machine", "router", "two-told", "asks-itself", "stale"])
def test_not_forced(told, how):
    """What may as well be another client's stays a client of its own."""
    world = World()
    if how == "other-machine":
        world.macs[SIX] = 0x11
    elif how == "router":
        world.macs = {}
        world.locate("10.9.1.11")
    world.both(FOUR)
    if how == "two-told":
        world.macs["10.9.1.11"] = 0x10
        world.both("10.9.1.11")
    elif how == "asks-itself":
        world.locate(SIX, server="fd00:1::53")
    elif how == "stale":
        world.wait(300)
    world.bound(SIX, SERVER_SIX)
    report = told(world)
    assert (SIX, []) in clients(report) and (FOUR, []) in clients(report)


def test_two_machines_with_both_families(told):
    world = World()
    world.macs.update({"10.9.1.11": 0x11, "fd00:1::11": 0x11})
    world.both(FOUR)
    world.both("10.9.1.11")
    world.bound("fd00:1::11", SERVER_SIX)
    world.bound(SIX, SERVER_SIX)
    assert clients(told(world)) == [(FOUR, [SIX]), ("10.9.1.11", ["fd00:1::11"])]


# ---- several machines behind one address ----


@pytest.mark.parametrize("second", ["pc2.corp.test", "pc1.corp.test"])
def test_a_translated_address_has_no_name(told, second):
    """Two machines name themselves in their pings: the address is neither's."""
    world = World()
    world.pinged(FOUR, SERVER_FOUR)
    world.pinged(FOUR, SERVER_FOUR, name=second)
    world.pinged(FOUR, SERVER_FOUR)
    (path,) = told(world)["paths"]
    assert path["client"]["name"] == (None if second == "pc2.corp.test" else "pc1.corp.test")


# ---- resolvers ----


def test_a_resolver_asks_on(told):
    """A capture taken at the DNS server: who asks on somebody's behalf is no client."""
    world = World()
    port, on = world.next(), world.next()
    world.udp(FOUR, port, DNS, 53, dns(7, DC))
    world.udp(DNS, on, "10.9.9.53", 53, dns(8, DC))
    world.udp("10.9.9.53", 53, DNS, on, dns_reply(8, DC, [], rcode=3))
    world.udp(DNS, 53, FOUR, port, dns_reply(7, DC, [], rcode=3))
    world.silence(client=DNS)
    report = told(world)
    assert clients(report) == [(FOUR, [])]
    assert [f["id"] for f in report["paths"][0]["findings"]] == ["srv-not-found"]


def test_a_controller_asks_for_itself(told):
    """Nobody had asked it: it is a client as others are."""
    world = World()
    world.locate(FOUR, rcode=3)
    other = "_ldap._tcp.dc._msdcs.other.test"
    world.locate(DNS, server="10.9.9.53", rcode=3, name=other)
    report = told(world)
    assert clients(report) == [(FOUR, []), (DNS, [])]


# ---- what another client got ----


def test_another_client_has_a_ticket_for_the_full_name(told):
    world = World()
    port = world.next()
    world.udp(FOUR, port, SERVER_FOUR, 88,
              tgs_req("HTTP/mail", "krbtgt/CORP.TEST", realm="CORP.TEST"))
    world.udp(SERVER_FOUR, 88, FOUR, port, krb_error(7, "HTTP/mail", realm="CORP.TEST"))
    other = world.next()
    world.udp("10.9.1.11", other, SERVER_FOUR, 88,
              tgs_req("HTTP/mail.corp.test", "krbtgt/CORP.TEST", realm="CORP.TEST"))
    world.udp(SERVER_FOUR, 88, "10.9.1.11", other, tgs_rep("HTTP/mail.corp.test", realm="CORP.TEST"))
    (finding,) = told(world)["paths"][0]["findings"]
    assert finding["id"] == "spn-not-found-or-duplicate"
    assert "Another client 10.9.1.11 got a ticket for HTTP/mail.corp.test" in finding["inferred"]
    assert "setspn -Q HTTP/mail" in finding["check"]
    assert "setspn -X -F" in finding["check"]
    assert "setspn -Q HTTP/mail.corp.test # the full name" in finding["check"]
