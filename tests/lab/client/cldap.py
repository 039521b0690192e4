# SPDX-License-Identifier: GPL-2.0-or-later
"""The LDAP ping: its request as Windows' DC locator builds it, and its reply, in bytes.

MS-ADTS 6.3.3 and 6.3.1.9. Own code, because libraries that ping hide half of the reply.
"""

import struct
from dataclasses import dataclass

# V5EX | V5 | closest site | DNS controller name wanted, as DsGetDcName() sends it.
NT_VERSION = 0x20000016

PDC, GC, LDAP, DS, KDC, CLOSEST, WRITABLE = 0x1, 0x4, 0x8, 0x10, 0x20, 0x80, 0x100
RESPONSE, RESPONSE_EX = 19, 23
PAUSED = (20, 24)
USER_UNKNOWN = (21, 25)
EX_OPCODES = (23, 24, 25)


class BadReply(ValueError):
    pass


@dataclass
class Reply:
    """opcode None: success without a Netlogon value: this server does not host that domain."""

    opcode: int = None
    flags: int = 0
    forest: str = ""
    domain: str = ""
    host: str = ""
    site: str = ""
    client_site: str = ""

    def serves(self, needed=LDAP | DS):
        return self.opcode in (RESPONSE, RESPONSE_EX) and self.flags & needed == needed


def tlv(tag, content):
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    encoded = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(encoded)]) + encoded + content


def integer(value, tag=0x02):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def request(message_id, domain, host=None, dns_host=None, nt_version=NT_VERSION):
    """The search for Netlogon on the rootDSE, for this DNS domain."""
    asserted = [("DnsDomain", domain.encode())]
    if host:
        asserted.append(("Host", host.encode()))
    if dns_host:
        asserted.append(("DnsHostName", dns_host.encode()))
    asserted.append(("NtVer", struct.pack("<I", nt_version)))
    items = b"".join(
        tlv(0xA3, tlv(0x04, name.encode()) + tlv(0x04, value)) for name, value in asserted
    )
    search = (
        tlv(0x04, b"")  # rootDSE
        + integer(0, 0x0A)  # base
        + integer(0, 0x0A)  # never dereference
        + integer(0)
        + integer(0)
        + tlv(0x01, b"\0")
        + tlv(0xA0, items)
        + tlv(0x30, tlv(0x04, b"Netlogon"))
    )
    return tlv(0x30, integer(message_id) + tlv(0x63, search))


def elements(data):
    """[(tag, content)] of a row of BER elements."""
    found, at = [], 0
    while at < len(data):
        if at + 2 > len(data):
            raise BadReply("cut")
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            if not 0 < size <= 4 or at + size > len(data):
                raise BadReply("length")
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise BadReply("cut")
        found.append((tag, data[at : at + length]))
        at += length
    return found


def name_at(blob, at):
    """An RFC 1035 name, pointers counted from the blob's begin: (text, offset behind it)."""
    labels, behind, jumps = [], None, 0
    while True:
        if at >= len(blob):
            raise BadReply("name")
        length = blob[at]
        if length == 0:
            return ".".join(labels), behind or at + 1
        if length & 0xC0 == 0xC0:
            if at + 1 >= len(blob) or jumps > 20:
                raise BadReply("pointer")
            behind = behind or at + 2
            at = (length & 0x3F) << 8 | blob[at + 1]
            jumps += 1
            continue
        labels.append(blob[at + 1 : at + 1 + length].decode("utf-8", "replace"))
        at += 1 + length


def parse_netlogon(blob):
    if len(blob) < 8:
        raise BadReply("short")
    opcode, _, flags = struct.unpack_from("<HHI", blob)
    if opcode not in EX_OPCODES:
        return Reply(opcode=opcode)
    at, names = 24, []
    for _ in range(8):
        name, at = name_at(blob, at)
        names.append(name)
    forest, domain, host, _, _, _, site, client_site = names
    return Reply(opcode, flags, forest, domain, host, site, client_site)


def parse(datagram):
    """(message id, Reply). Raises BadReply."""
    message_id, reply = None, Reply()
    for _, message in elements(datagram):
        parts = elements(message)
        if len(parts) < 2:
            raise BadReply("message")
        message_id = int.from_bytes(parts[0][1], "big")
        if parts[1][0] != 0x64:
            continue
        for _, attributes in elements(parts[1][1])[1:]:
            for _, attribute in elements(attributes):
                kind, values = elements(attribute)
                if kind[1].lower() == b"netlogon":
                    reply = parse_netlogon(elements(values[1])[0][1])
    return message_id, reply
