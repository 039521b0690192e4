# SPDX-License-Identifier: GPL-2.0-or-later
"""How the client finds domain controllers: the order of SRV records, and the LDAP ping's bytes."""

import random
import socket
import struct
import threading

import cldap
import ews_errors as errors
import pytest
from locator import Locator
from srv import by_weight

# --- SRV


def test_srv_by_priority_and_within_one_by_weight():
    records = [(1, 100, 389, "late"), (0, 0, 389, "zero"), (0, 10, 389, "ten"), (0, 90, 389, "ny")]
    rng = random.Random(4)
    orders = [[r[3] for r in by_weight(records, rng)] for _ in range(500)]
    assert all(o[3] == "late" and sorted(o[:3]) == ["ny", "ten", "zero"] for o in orders)
    first = [o[0] for o in orders]
    assert 400 < first.count("ny") < 490
    assert 10 < first.count("ten") < 90
    assert 0 < first.count("zero") < 20


# --- LDAP ping


def test_ping_request_is_what_the_locator_sends():
    sent = cldap.request(1, "adatum.test.", "CRM1")
    (_, message), *rest = cldap.elements(sent)
    assert rest == []
    assert b"DnsDomain\x04\x0cadatum.test." in message
    assert b"\x04\x05NtVer\x04\x04\x16\x00\x00\x20" in message
    assert message.endswith(b"\x30\x0a\x04\x08Netlogon")


def netlogon(opcode=23, client_site=b"\x06Branch\0"):
    domain = b"\x06adatum\x04test\0"
    blob = struct.pack("<HHI", opcode, 0, cldap.DS | cldap.LDAP) + bytes(16) + domain
    blob += b"\xc0\x18" + b"\x03dc1\xc0\x18" + b"\0\0\0" + b"\x02HQ\0" + client_site
    return blob + struct.pack("<IHH", 5, 0xFFFF, 0xFFFF)


def entry(blob):
    attribute = cldap.tlv(0x30, cldap.tlv(4, b"netlogon") + cldap.tlv(0x31, cldap.tlv(4, blob)))
    inside = cldap.tlv(0x64, cldap.tlv(4, b"") + cldap.tlv(0x30, attribute))
    done = cldap.tlv(0x65, cldap.integer(0, 10) + cldap.tlv(4, b"") + cldap.tlv(4, b""))
    return b"".join(cldap.tlv(0x30, cldap.integer(7) + part) for part in (inside, done))


def test_ping_reply():
    message_id, reply = cldap.parse(entry(netlogon()))
    assert message_id == 7
    assert (reply.domain, reply.host, reply.site, reply.client_site) == (
        "adatum.test",
        "dc1.adatum.test",
        "HQ",
        "Branch",
    )
    assert reply.serves()
    assert not cldap.parse(entry(netlogon(opcode=24)))[1].serves()
    assert cldap.parse(entry(netlogon(client_site=b"\0")))[1].client_site == ""


def test_ping_without_value_is_a_server_that_does_not_host_the_domain():
    done = cldap.tlv(0x65, cldap.integer(0, 10) + cldap.tlv(4, b"") + cldap.tlv(4, b""))
    reply = cldap.parse(cldap.tlv(0x30, cldap.integer(1) + done))[1]
    assert reply.opcode is None and not reply.serves()


@pytest.mark.parametrize("cut", range(1, len(entry(netlogon()))))
def test_a_cut_ping_reply_is_refused_or_empty(cut):
    try:
        reply = cldap.parse(entry(netlogon())[:cut])[1]
    except cldap.BadReply:
        return
    assert reply.host in ("", "dc1.adatum.test")


# --- the locator, with real pings to servers on loopback


class FakeDns:
    """records: {name: [SRV tuples]}. Notes the questions; every host is 127.0.0.1."""

    def __init__(self, records):
        self.records = records
        self.asked = []

    def srv(self, name):
        self.asked.append(name)
        return self.records.get(name, [])

    def addresses(self, host):
        return [] if host.startswith("gone") else ["127.0.0.1"]


class Dc:
    """A DC's Netlogon: answers pings with one value, or not at all."""

    def __init__(self, value):
        self.value = value
        self.pings = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                _, sender = self.sock.recvfrom(2048)
            except OSError:
                return
            self.pings += 1
            if self.value:
                self.sock.sendto(entry(self.value), sender)


@pytest.fixture
def dc():
    running = []

    def start(value=None):
        running.append(Dc(value))
        return running[-1]

    yield start
    for one in running:
        one.sock.close()


GENERIC = "_ldap._tcp.dc._msdcs.adatum.test"
BRANCH = "_ldap._tcp.Branch._sites.dc._msdcs.adatum.test"


def record(server, priority=0, host="dc.adatum.test"):
    return (priority, 100, server.port, host)


def locator(records, **more):
    return Locator(FakeDns(records), "adatum.test", "crm.adatum.test", 1.0, **more)


def test_client_in_another_site_asks_for_the_dcs_there(dc):
    far, near = dc(netlogon()), dc(netlogon())
    found = locator({GENERIC: [record(far)], BRANCH: [record(near)]})
    found.locate("adatum.test")
    assert found.dns.asked == [GENERIC, BRANCH]
    assert (far.pings, near.pings) == (1, 1)
    found.locate("ADATUM.test")
    assert (found.dns.asked, near.pings) == ([GENERIC, BRANCH], 1)  # remembered


def test_without_a_dc_in_the_site_the_far_one_stays(dc):
    far = dc(netlogon())
    found = locator({GENERIC: [record(far)]})
    assert found.locate("adatum.test").reply.client_site == "Branch"
    assert found.dns.asked == [GENERIC, BRANCH]


def test_a_remembered_site_is_asked_first_and_the_domain_after_it(dc):
    far = dc(netlogon(client_site=b"\0"))
    found = locator({GENERIC: [record(far)]}, cached_site="Branch")
    assert found.locate("adatum.test").reply.client_site == ""
    assert found.dns.asked == [BRANCH, GENERIC]


def test_a_dead_dc_is_passed_over_and_one_that_does_not_serve_too(dc):
    dead, paused, good = dc(), dc(netlogon(opcode=24)), dc(netlogon(client_site=b"\0"))
    records = [record(dead), record(paused, 1), record(dead, 2, "gone.adatum.test")]
    found = locator({GENERIC: [*records, record(good, 3)]})
    assert found.locate("adatum.test")
    assert [p["result"] for p in found.log] == ["unanswered", "does not serve", "ok"]
    assert [dead.pings, paused.pings, good.pings] == [1, 1, 1]


def test_nobody_found_is_remembered_too(dc):
    dead = dc()
    found = locator({GENERIC: [record(dead)]})
    for _ in range(2):
        with pytest.raises(errors.DirectoryError):
            found.locate("adatum.test")
    assert (found.dns.asked, dead.pings) == ([GENERIC], 1)


def test_another_forest_does_not_change_the_own_site(dc):
    here, there = dc(netlogon(client_site=b"\x02HQ\0")), dc(netlogon())
    generic = "_ldap._tcp.dc._msdcs.other.test"
    found = locator({GENERIC: [record(here)], generic: [record(there)]})
    found.locate("adatum.test")
    assert found.cached_site == "HQ"
    found.locate("other.test")
    assert found.cached_site == "HQ"
    assert "_ldap._tcp.HQ._sites.dc._msdcs.other.test" in found.dns.asked


def test_a_pointer_names_a_domain_or_a_server(dc):
    there = dc(netlogon())
    found = locator({"_ldap._tcp.other.test": [record(there)]})
    assert found.by_name("other.test").name == "dc1.adatum.test"
    assert found.by_name("dc9.other.test").address == "127.0.0.1"
    assert found.dns.asked == ["_ldap._tcp.other.test", "_ldap._tcp.dc9.other.test"]
    with pytest.raises(errors.DirectoryError):
        found.by_name("gone.other.test")
