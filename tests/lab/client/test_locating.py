# SPDX-License-Identifier: GPL-2.0-or-later
"""How the client finds domain controllers: the order of SRV records, and the LDAP ping's bytes."""

import random
import struct

import cldap
import pytest
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
