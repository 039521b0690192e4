# SPDX-License-Identifier: GPL-2.0-or-later
"""First inputs for the fuzzers of the parsers, cut out of the recordings in testdata.

Nothing of Wireshark reads the packets here: what it cannot make sense of is an input, too.
"""

import base64
import hashlib
import re
import struct
from pathlib import Path

TESTDATA = Path(__file__).resolve().parents[2] / "testdata"
PACKET = 6  # enhanced packet block of pcapng
MOST = 60  # inputs of a target, the smallest ones
LONGEST = 4096

# Bodies and targets of autodiscover that no recording has in the clear.
AUTODISCOVER = (
    b"<Autodiscover><Response><Error><ErrorCode>500</ErrorCode></Error></Response></Autodiscover>",
    b"<Autodiscover><Response><Account><Action>redirectAddr</Action><RedirectAddr>a@b.test</RedirectAddr>"
    b"<RedirectUrl>https://m.test/autodiscover/autodiscover.xml</RedirectUrl><Protocol><EwsUrl>https://m.test/ews"
    b"</EwsUrl></Protocol></Account></Response></Autodiscover>",
    b"<s:E xmlns:s='x'><ErrorCode>RedirectUrl</ErrorCode><RedirectTarget>https://m.test/</RedirectTarget><UserSettingError>"
    b"<ErrorCode>InvalidUser</ErrorCode></UserSettingError><UserSetting><Name>ExternalEwsUrl</Name><Value>https://m.test/e"
    b"</Value></UserSetting><Mailbox>a@b.test</Mailbox></s:E>",
    b'\xef\xbb\xbf {"Protocol":"AutodiscoverV1","Url":"https:\\/\\/m.test\\/autodiscover"}',
    b'{"ErrorCode":"ProtocolNotSupported","ErrorMessage":"\\u0041"}',
    b"/autodiscover/autodiscover.json/v1.0/a%40b.test?Protocol=EWS#x",
    b"/autodiscover/autodiscover.json?Email=a%40b.test&Protocol=EWS",
    b"https://m.test:443/autodiscover/sub/autodiscover.svc?x",
)
RPC_BIND = bytes.fromhex("05000b0710000000") + struct.pack("<HH", 16 + 8 + 32, 32) + bytes(4) + bytes.fromhex("0906000000000000")
FILTERS = (
    bytes.fromhex("a016a30a040161040178") + b"1234" + bytes.fromhex("8703") + b"cnx",
    bytes.fromhex("a4120402") + b"cn" + bytes.fromhex("300c8001") + b"a" + bytes.fromhex("8101") + b"b" + bytes.fromhex("8201") + b"c" + bytes.fromhex("810164"),
    bytes.fromhex("a9118106") + b"1.2.84" + bytes.fromhex("8202") + b"cn" + bytes.fromhex("83014284") + b"\x01\xff",
)

# HTTP/2, which no recording has in the clear: frames with header blocks, and headers that are decompressed.
PAIRS = ((b":method", b"POST"), (b":authority", b"m.test"), (b":path", b"/autodiscover/autodiscover.xml"), (b"authorization", b"Negotiate YII="))
H2 = (
    bytes.fromhex("00000a 01 05 00000001") + bytes.fromhex("8386") + b"\x44\x06/autod",
    bytes.fromhex("000009 01 0d 00000003") + b"\x01\x0f\x08\x05abcde" + bytes.fromhex("000002 09 04 00000003 8386"),
    b"".join(struct.pack(">I", len(part)) + part for pair in PAIRS for part in pair),
    b"".join(struct.pack(">I", len(part)) + part for part in (b":status", b"200", b"content-length", b"7")),
)


# ---- packets ----


def frames(path):
    """The frames of a pcapng file."""
    data = path.read_bytes()
    at = 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12:
            return
        if kind == PACKET:
            captured = struct.unpack_from("<I", data, at + 20)[0]
            yield data[at + 28 : at + 28 + captured]
        at += length


def packets(path):
    """transport() of the IPv4 packets of a pcapng file on Ethernet that have payload."""
    return filter(None, map(transport, frames(path)))


def transport(frame):
    """(protocol, source, destination, payload), each end an address and a port; or None."""
    if frame[12:14] != b"\x08\x00" or len(frame) < 42:
        return None
    ip = frame[14:]
    ip = ip[: struct.unpack_from("!H", ip, 2)[0]]
    protocol, begin = ip[9], (ip[0] & 15) * 4
    body = ip[begin:]
    if protocol not in (6, 17) or len(body) < 8 or struct.unpack_from("!H", ip, 6)[0] & 0x1FFF:
        return None
    if protocol == 6 and len(body) < 20:
        return None
    ports = struct.unpack_from("!HH", body)
    payload = body[(body[12] >> 4) * 4 :] if protocol == 6 else body[8:]
    if not payload:
        return None
    return protocol, (ip[12:16], ports[0]), (ip[16:20], ports[1]), payload


# What read_packet() of fuzz_messages.c makes of a message.
HEADER, PART, AGAIN, GAP, FRAGMENT, ERROR, CROSSED = range(7)


def headers(frame):
    """(ends, turned, choice, bytes) of what is read of a frame without a tree: headers, fragments, ICMP's errors."""
    version = {b"\x08\x00": 4, b"\x86\xdd": 6}.get(frame[12:14])
    ip = frame[14:]
    if version == 4 and len(ip) >= 20:
        protocol, begin, ends = ip[9], (ip[0] & 15) * 4, (ip[12:16], ip[16:20])
        ip = ip[: struct.unpack_from("!H", ip, 2)[0]]
        fragment = struct.unpack_from("!H", ip, 6)[0] & 0x3FFF
    elif version == 6 and len(ip) >= 40:
        protocol, begin, ends = ip[6], 40, (ip[8:24], ip[24:40])
        fragment = protocol == 44
    else:
        return
    turned = ends[0] > ends[1]
    key = tuple(sorted(ends))
    body = ip[begin:]
    if fragment:
        yield key, turned, FRAGMENT, ip
    elif protocol in (1, 58):
        yield key, turned, ERROR, body
    elif protocol == 6 and len(body) >= 20:
        turned = body[0:2] < body[2:4]
        yield key, turned, HEADER, body[:40]
        if len(body) > (body[12] >> 4) * 4:
            yield key, turned, CROSSED, body
            yield key, turned, PART, body


# ---- BER ----


def tlvs(data):
    """(identifier, begin, content begin, end) of the TLVs behind one another, as far as they are whole."""
    at = 0
    while at + 2 <= len(data):
        length, behind = data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4 or behind + count > len(data):
                return
            length = int.from_bytes(data[behind : behind + count], "big")
            behind += count
        if behind + length > len(data):
            return
        yield data[at], at, behind, behind + length
        at = behind + length


def everything_in(data, depth=0):
    """(identifier, TLV, content) of all TLVs, nested ones too."""
    for identifier, begin, inside, end in tlvs(data):
        yield identifier, data[begin:end], data[inside:end]
        if depth < 12:
            yield from everything_in(data[inside:end], depth + 1)


# ---- from payloads to inputs ----


def from_ldap(payload, add):
    if len(payload) > 20 and int.from_bytes(payload[:4], "big") == len(payload) - 4:
        add("sasl", payload)
        payload = payload[4:]
    add("ber", b"\x00\x00" + payload)
    for identifier, _, content in everything_in(payload):
        if identifier == 0x63:
            parts = list(tlvs(content))
            if len(parts) > 6:
                add("ldap_filter", content[parts[6][1] : parts[6][3]])
        elif identifier in (0x04, 0x87) and re.match(rb"[\x13-\x19]\x00", content):
            add("netlogon", content)
        elif identifier in (0x04, 0x87, 0xA3) and (content[:1] in (b"\x60", b"\xa1", b"\xa0") or content[:7] == b"NTLMSSP"):
            add("gss", content)


def from_kerberos(payload, add):
    if payload[:2] == b"\0\0":
        payload = payload[4:]
    add("ber", b"\x00\x00" + payload)
    if payload[:1] == b"\x7e":
        for _, _, inside, end in tlvs(payload):
            add("krb_error", payload[inside:end])
    if payload[:1] == b"\x6e":
        add("gss", payload)


def from_http(payload, add):
    head, _, body = payload.partition(b"\r\n\r\n")
    add("autodiscover", body)
    target = re.match(rb"[A-Z]+ (\S+) HTTP", head)
    if target:
        add("autodiscover", target[1])
    for token in re.findall(rb"(?:Negotiate|NTLM|Kerberos) ([A-Za-z0-9+/=]+)", head):
        add("gss", base64.b64decode(token + b"==="))


def from_smb(payload, add):
    for mark in re.finditer(rb"\x60.{1,4}\x06\x06\x2b\x06\x01\x05\x05\x02|NTLMSSP\0|\xa1\x82..\x30\x82", payload, re.S):
        add("gss", payload[mark.start() :])


def from_tls(payload, add):
    for mark in re.finditer(rb"\x30\x82(..)\x30\x82", payload, re.S):
        add("x509", payload[mark.start() :][: 4 + int.from_bytes(mark[1], "big")])


# A segment in clear at LDAP's port of TLS, and TLS at that of LDAP: no recording has either.
LDAP_SEARCH = bytes.fromhex("30140201016309040040000a01000a01000201000201000101008700")
HELLO = bytes.fromhex("160301002d010000290303") + bytes(32) + bytes.fromhex("000002c02f0100")
ALERT = bytes.fromhex("15030300020246")


DNS_ANSWER = bytes.fromhex("000185800001000100000000") + b"\x04kdc1\x04test\0" + bytes.fromhex("00010001c00c000100010000003c00040a000002")


def segment(source, destination, payload, flags=0x18):
    return struct.pack("!HHIIBBHHH", source, destination, 1, 1, 0x50, flags, 512, 0, 0) + payload


def fragment(version, payload, more=True):
    """The first fragment of an answer of DNS."""
    body = struct.pack("!HHHH", 53, 50000, 3000, 0) + payload
    if version == 4:
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 7, 0x2000 * more, 64, 17, 0, bytes([10, 0, 0, 2]), bytes([10, 0, 0, 1])) + body
    return struct.pack("!IHBB", 6 << 28, 8 + len(body), 44, 64) + bytes(32) + struct.pack("!BBHI", 17, 0, int(more), 7) + body


def error_about(version, kind, code):
    """ICMP's error about a datagram to a KDC."""
    ports = struct.pack("!HHHH", 50000, 88, 20, 0) + bytes(12)
    if version == 4:
        quoted = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 7, 0, 64, 17, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    else:
        quoted = struct.pack("!IHBB", 6 << 28, 20, 17, 64) + bytes(32)
    return bytes([kind, code]) + bytes(6) + quoted + ports


READERS = {389: from_ldap, 3268: from_ldap, 88: from_kerberos, 80: from_http, 445: from_smb, 443: from_tls, 636: from_tls}
CONVERSATIONS = {80: ("http",), 443: ("tls",), 636: ("tls",), 445: ("tokens",), 135: ("tokens",), 464: ("kpasswd",),
                 53: ("dns",), 5353: ("dns",), 137: ("dns",), 389: ("ldap",), 3268: ("ldap",)}
# How fuzz_messages.c reads a message: by the port, and whether it came by TCP.
CHOICES = {135: lambda tcp: 1, 53: lambda tcp: int(tcp), 5353: lambda tcp: 2, 137: lambda tcp: 3, 389: lambda tcp: 1 if tcp else 3,
           3268: lambda tcp: 1}


def message(flags, payload):
    """As fuzz_messages.c takes it."""
    payload = payload[:LONGEST]
    return bytes([flags]) + struct.pack("!H", len(payload)) + payload


def inputs():
    """target -> inputs."""
    found = {}
    made = {}

    def add(target, data):
        if data and len(data) <= LONGEST:
            found.setdefault(target, set()).add(bytes(data))

    def make(target, *messages):
        made.setdefault(target, []).append(b"".join(messages))

    # Those for inferences are much like the others.
    for path in sorted(p for p in TESTDATA.rglob("*.pcapng") if p.parent.name != "inference"):
        conversations = {}
        streams = {}
        for protocol, source, destination, payload in packets(path):
            turned = source[1] < destination[1]
            port = min(source[1], destination[1])
            if port == 53 and protocol == 17:
                add("dns_name", payload)
            if port in READERS:
                READERS[port](payload, add)
            for target in (*CONVERSATIONS.get(port, ()), "peek"):
                key = target, *((destination, source) if turned else (source, destination))
                choice = CHOICES[port](protocol == 6) if port in CHOICES and target != "peek" else 0
                flags = (0x80 if turned else 0) | choice
                conversations[key] = conversations.get(key, b"") + message(flags, payload)
                streams[key, turned] = streams.get((key, turned), b"") + payload
        for ends, turned, choice, data in (found for frame in frames(path) for found in headers(frame)):
            key = "packet", choice, *ends
            conversations[key] = conversations.get(key, b"") + message((0x80 if turned else 0) | choice, data)
        for key, data in conversations.items():
            add(key[0], data[:LONGEST])
        for (key, turned), data in streams.items():
            # Certificates are longer than a packet.
            if key[0] == "tls":
                from_tls(data, add)
                add("tls", message(0, next(iter(conversations.values()))[:0]) + message(0x80 * turned, data))
    for data in AUTODISCOVER:
        add("autodiscover", data)
    for data in FILTERS:
        add("ldap_filter", data)
    for data in H2:
        add("h2", data)
    make("packet", message(CROSSED, segment(50000, 636, LDAP_SEARCH)), message(0x80 | CROSSED, segment(636, 50000, ALERT)))
    make("packet", message(0x10 | CROSSED, segment(50000, 389, HELLO)), message(0x90 | CROSSED, segment(389, 50000, LDAP_SEARCH)))
    for version, unreachable in ((4, 3), (6, 1)):
        make("packet", message(0x80 | FRAGMENT, fragment(version, DNS_ANSWER)))
        make("packet", *(message(0x80 | ERROR, error_about(version, unreachable, code)) for code in (1, 4)))
    for choice in (AGAIN, GAP):
        make("packet", message(HEADER, segment(50000, 636, b"", 2)), message(0x80 | choice, segment(636, 50000, ALERT)))
    for data in sorted(found.get("gss", ()), key=len)[:20]:
        add("tokens", message(1, RPC_BIND + data) + message(0x81, RPC_BIND + data))
        add("tokens", message(0, b"\xfeSMB" + bytes(60) + data) + message(0x80, b"\xfeSMB" + bytes(12) + b"\1" + bytes(47)))
    return {target: made.get(target, []) + sorted(some, key=lambda data: (len(data), data))[:: max(1, len(some) // MOST)][:MOST]
            for target, some in found.items()}


def write(folder):
    """Writes the inputs into FOLDER/TARGET; returns how many there are of each."""
    counts = {}
    for target, some in sorted(inputs().items()):
        place = Path(folder) / target
        place.mkdir(parents=True, exist_ok=True)
        for data in some:
            (place / hashlib.sha1(data).hexdigest()).write_bytes(data)
        counts[target] = len(some)
    return counts


if __name__ == "__main__":
    import sys

    print(write(sys.argv[1]))
