# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic captures: packets that no real host sent, one small helper for each message.

Nothing here knows what the product makes of a packet. Encoders are written from the RFCs and
MS-ADTS, not from the plugin. A capture is written with save(), under a name that begins with
"synthetic-", so that it is never taken for a recording.
"""
import base64
import logging
import pathlib
import socket
import struct
import time as clock

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment  # noqa: E402
from scapy.layers.inet6 import ICMPv6DestUnreach, IPv6  # noqa: E402
from scapy.layers.l2 import GRE, Dot1Q, Ether  # noqa: E402
from scapy.layers.vxlan import VXLAN  # noqa: E402

CLIENT = "10.0.0.10"
CLIENT2 = "10.0.0.11"
DC = "10.0.0.1"
DC2 = "10.0.0.2"
WEB = "10.0.0.20"
DOMAIN = "contoso.test"
REALM = "CONTOSO.TEST"
START = 1_700_000_000_000_000_000  # ns, 2023-11-14T22:13:20Z
SHORTEST = 60  # bytes of a frame on the wire, without its checksum


# ---- captures ----


class Capture:
    """Frames with their times. Each frame comes `step` ns after the one before."""

    def __init__(self, start=START, step=1_000_000):
        self.frames = []  # (time, bytes)
        self.time = start
        self.step = step
        self.wrap = lambda packet: packet
        self.copies = 1
        self.copy_delay = 10_000
        self.copy_change = lambda packet: packet

    def wait(self, seconds):
        self.time += int(seconds * 1_000_000_000)
        return self

    def add(self, packet):
        """Adds a network-layer packet; returns its frame number."""
        for copy in range(self.copies):
            sent = self.copy_change(packet.copy()) if copy else packet
            kind = 0x86DD if isinstance(sent, IPv6) else 0x0800
            frame = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=kind) / sent
            self.frames.append((self.time + copy * self.copy_delay, bytes(self.wrap(frame))))
        self.time += self.step
        return len(self.frames)

    def udp(self, src, sport, dst, dport, payload):
        return self.add(network(src, dst) / UDP(sport=sport, dport=dport) / payload)

    def fragments(self, src, sport, dst, dport, payload, *lost):
        """A UDP message in fragments of IPv4 without those of these places, from 1; their frames."""
        whole = IP(src=src, dst=dst, id=(self.time // 1000) % 65536) / UDP(sport=sport, dport=dport) / payload
        parts = fragment(IP(bytes(whole)), 1400)
        return [self.add(p) for n, p in enumerate(parts, 1) if n not in lost]

    def exchange(self, client, cport, server, sport, request, *replies):
        """A UDP request and its replies."""
        self.udp(client, cport, server, sport, request)
        for reply in replies:
            self.udp(server, sport, client, cport, reply)
        return self

    def silence(self, seconds=30, client=CLIENT):
        """Other traffic to the client after a while: what was not answered until now is not."""
        self.wait(seconds)
        source = "fd00::99" if ":" in client else "10.0.9.9"
        self.udp(source, 9999, client, 9999, b"synthetic")
        return self

    def tcp(self, client, cport, server, sport, handshake=True):
        return Connection(self, client, cport, server, sport, handshake)

    def reorder(self, *order):
        """Puts the frames into this order (numbers from 1); their times stay with the places."""
        times = [t for t, _ in self.frames]
        self.frames = [(times[i], self.frames[n - 1][1]) for i, n in enumerate(order)]
        return self

    def save(self, folder, name, caplen=65535):
        path = pathlib.Path(folder) / f"synthetic-{name}.pcap"
        with open(path, "wb") as out:
            # Nanosecond pcap, Ethernet.
            out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
            for i, (when, data) in enumerate(self.frames, 1):
                length = caplen.get(i, 65535) if isinstance(caplen, dict) else caplen
                # Ethernet fills a short frame, as most of TCP's without data are.
                sent = data.ljust(SHORTEST, b"\0")
                cut = sent[:length]
                out.write(
                    struct.pack("<IIII", when // 10**9, when % 10**9, len(cut), len(sent)) + cut
                )
        path.chmod(0o644)
        return path


def network(src, dst):
    return IPv6(src=src, dst=dst) if ":" in src else IP(src=src, dst=dst)


class Connection:
    """A TCP connection with correct sequence numbers."""

    def __init__(self, capture, client, cport, server, sport, handshake=True):
        self.capture = capture
        self.ends = {"c": (client, cport), "s": (server, sport)}
        start = 1000 * (len(capture.frames) + 1)
        self.seq = {"c": start, "s": start + 500_000_000}
        if handshake:
            self._segment("c", "S")
            self.seq["c"] += 1
            self._segment("s", "SA")
            self.seq["s"] += 1
            self._segment("c", "A")

    def open(self, *flags):
        """What is sent of the handshake: pairs of an end and its flags, such as "cS", "sRA"."""
        frames = []
        for each in flags:
            frames.append(self._segment(each[0], each[1:]))
            if "S" in each:
                self.seq[each[0]] += 1
        return frames

    def _segment(self, end, flags, data=b""):
        other = "s" if end == "c" else "c"
        (src, sport), (dst, dport) = self.ends[end], self.ends[other]
        header = TCP(
            sport=sport,
            dport=dport,
            flags=flags,
            seq=self.seq[end],
            ack=self.seq[other] if "A" in flags else 0,
            window=65535,
        )
        number = self.capture.add(network(src, dst) / header / data)
        self.seq[end] += len(data)
        return number

    def _send(self, end, data, pieces):
        """pieces: where to cut, as a number of bytes for each segment or a list of lengths."""
        lengths = pieces if isinstance(pieces, list) else [pieces] * (len(data) // pieces + 1)
        number = 0
        for length in lengths:
            if data:
                number = self._segment(end, "PA", data[:length])
                data = data[length:]
        if data:
            number = self._segment(end, "PA", data)
        return number

    def ask(self, data, pieces=1400):
        return self._send("c", data, pieces)

    def answer(self, data, pieces=1400):
        return self._send("s", data, pieces)

    def close(self):
        for end in "cs":
            self._segment(end, "FA")
            self.seq[end] += 1
        self._segment("c", "A")

    def reset(self, end="s"):
        return self._segment(end, "RA")


def vlan(frame):
    kind = frame.type
    frame.type = 0x8100
    return Ether(src=frame.src, dst=frame.dst, type=0x8100) / Dot1Q(vlan=7, type=kind) / frame.payload


def gre(frame):
    outer = Ether(src=frame.src, dst=frame.dst)
    return outer / IP(src="192.0.2.1", dst="192.0.2.2") / GRE(proto=frame.type) / frame.payload


def vxlan(frame):
    outer = Ether(src=frame.src, dst=frame.dst)
    return (
        outer
        / IP(src="192.0.2.1", dst="192.0.2.2")
        / UDP(sport=55555, dport=4789)
        / VXLAN(vni=5, flags=8)
        / frame
    )


def prohibited(quoted, router="192.0.2.254"):
    """A firewall says that it lets nothing through; the packet as it was sent is quoted."""
    return IP(src=router, dst=quoted.src) / ICMP(type=3, code=13) / quoted


def port_unreachable(quoted):
    """ICMP from the destination of the quoted IP packet."""
    return IP(src=quoted.dst, dst=quoted.src) / ICMP(type=3, code=3) / quoted


def unreachable(quoted, code=1, router="192.0.2.254"):
    """A router cannot deliver the quoted packet: 0 no network, 1 no host; of IPv6: 0 no route, 3 no host."""
    if quoted.version == 6:
        return IPv6(src=router if ":" in router else quoted.dst, dst=quoted.src) / ICMPv6DestUnreach(code=code) / quoted
    return IP(src=router, dst=quoted.src) / ICMP(type=3, code=code) / quoted


# ---- DNS, RFC 1035 ----

A, CNAME, SOA, AAAA, SRV, OPT = 1, 5, 6, 28, 33, 41


def dns_name(name):
    """Labels are separated by dots; a list of bytes takes labels as they are."""
    labels = name if isinstance(name, list) else [x.encode() for x in name.split(".") if x]
    return b"".join(bytes([len(x)]) + x for x in labels) + b"\0"


def pointer(offset):
    return struct.pack(">H", 0xC000 | offset)


QUESTION = pointer(12)  # the name of the question, as compression writes it


def rr(owner, kind, data, ttl=600, klass=1):
    name = owner if isinstance(owner, bytes) else dns_name(owner)
    return name + struct.pack(">HHIH", kind, klass, ttl, len(data)) + data


def srv_rr(owner, target, port=389, priority=0, weight=100):
    name = target if isinstance(target, bytes) else dns_name(target)
    return rr(owner, SRV, struct.pack(">HHH", priority, weight, port) + name)


def soa_rr(owner=DOMAIN, server="dc1." + DOMAIN):
    return rr(owner, SOA, dns_name(server) + dns_name("hostmaster." + DOMAIN) + bytes(20))


def dns(ident, name, kind=SRV, flags=0x0100, answers=(), authority=(), additional=(), questions=1):
    head = struct.pack(
        ">HHHHHH", ident, flags, questions, len(answers), len(authority), len(additional)
    )
    question = dns_name(name) + struct.pack(">HH", kind, 1) if questions else b""
    return head + question + b"".join([*answers, *authority, *additional])


def dns_reply(ident, name, answers=(), rcode=0, cut=False, **more):
    flags = 0x8580 | rcode | (0x0200 if cut else 0)
    return dns(ident, name, flags=flags, answers=answers, **more)


def address_rr(owner, address):
    """A or AAAA, by the address."""
    data = bytes(map(int, address.split("."))) if ":" not in address else inet6(address)
    return rr(owner, AAAA if ":" in address else A, data, 1200)


def inet6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def nbns_query(name, suffix=0x1C, ident=1):
    """The question to everybody for a NetBIOS name, RFC 1002 4.2.12; suffix 1C: a domain's controllers."""
    padded = name.upper().ljust(15).encode()[:15] + bytes([suffix])
    coded = bytes(0x41 + half for byte in padded for half in (byte >> 4, byte & 15))
    head = struct.pack(">HHHHHH", ident, 0x0110, 1, 0, 0, 0)
    return head + dns_name([coded]) + struct.pack(">HH", 0x20, 1)


def over_tcp(message):
    return struct.pack(">H", len(message)) + message


# ---- BER ----


def tlv(tag, *parts):
    content = b"".join(parts)
    n = len(content)
    if n < 128:
        return bytes([tag, n]) + content
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + n.to_bytes(size, "big") + content


def seq(*parts):
    return tlv(0x30, *parts)


def setof(*parts):
    return tlv(0x31, *parts)


def octets(value):
    return tlv(0x04, value.encode() if isinstance(value, str) else value)


def integer(value, tag=0x02):
    size = max(1, (value.bit_length() + 8) // 8)
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def enumerated(value):
    return integer(value, 0x0A)


def boolean(value):
    return tlv(0x01, b"\xff" if value else b"\0")


def ctx(number, *parts):
    """Constructed context-specific tag."""
    return tlv(0xA0 | number, *parts)


def app(number, *parts):
    """Constructed application tag."""
    return tlv(0x60 | number, *parts)


def oid(*numbers):
    out = bytearray([numbers[0] * 40 + numbers[1]])
    for n in numbers[2:]:
        part = [n & 0x7F]
        while n > 127:
            n >>= 7
            part.insert(0, 0x80 | (n & 0x7F))
        out += bytes(part)
    return tlv(0x06, bytes(out))


# ---- LDAP, RFC 4511 ----


def ldap(ident, op, controls=b""):
    return seq(integer(ident), op, controls)


def bind(name="", password=""):
    return app(0, integer(3), octets(name), tlv(0x80, password.encode()))


def bind_sasl(mechanism, credentials=None):
    return app(
        0,
        integer(3),
        octets(""),
        ctx(3, octets(mechanism), octets(credentials) if credentials is not None else b""),
    )


def bind_sicily(tag, data):
    return app(0, integer(3), octets("NTLM" if tag == 10 else ""), tlv(0x80 | tag, data))


def result(op, code=0, matched="", diagnostic="", more=b""):
    return app(op, enumerated(code), octets(matched), octets(diagnostic), more)


def bind_response(code=0, diagnostic="", credentials=None):
    more = tlv(0x87, credentials) if credentials is not None else b""
    return result(1, code, diagnostic=diagnostic, more=more)


def search(base="", scope=0, where=None, attributes=()):
    return app(
        3,
        octets(base),
        enumerated(scope),
        enumerated(0),
        integer(0),
        integer(0),
        boolean(False),
        where or present("objectClass"),
        seq(*[octets(a) for a in attributes]),
    )


def entry(dn, attributes):
    return app(
        4,
        octets(dn),
        seq(*[seq(octets(k), setof(*[octets(v) for v in vs])) for k, vs in attributes.items()]),
    )


def done(code=0, matched="", diagnostic="", more=b""):
    return result(5, code, matched, diagnostic, more)


def search_reference(*urls):
    return app(19, *[octets(u) for u in urls])


def unbind():
    return tlv(0x42)


def abandon(ident):
    return tlv(0x50, bytes([ident]))


def all_of(*parts):
    return ctx(0, *parts)


def any_of(*parts):
    return ctx(1, *parts)


def negated(part):
    return ctx(2, part)


def equal(attribute, value):
    return ctx(3, octets(attribute), octets(value))


def substrings(attribute, initial=None, middle=(), final=None):
    parts = [tlv(0x80, initial.encode())] if initial is not None else []
    parts += [tlv(0x81, m.encode()) for m in middle]
    parts += [tlv(0x82, final.encode())] if final is not None else []
    return ctx(4, octets(attribute), seq(*parts))


def present(attribute):
    return tlv(0x87, attribute.encode())


def extensible(rule, attribute, value, dn=False):
    return ctx(
        9,
        tlv(0x81, rule.encode()) if rule else b"",
        tlv(0x82, attribute.encode()) if attribute else b"",
        tlv(0x83, value.encode()),
        tlv(0x84, b"\xff") if dn else b"",
    )


# ---- the LDAP ping, MS-ADTS 6.3 ----


def ping(domain=DOMAIN, attribute="Netlogon", host="PC1", ntver=0x16, ident=1, more=()):
    parts = [equal("DnsDomain", domain)] if domain else []
    parts += [equal("Host", host)] if host else []
    parts += list(more)
    parts.append(equal("NtVer", struct.pack("<I", ntver)))
    return ldap(ident, search("", 0, all_of(*parts), [attribute]))


def netlogon_ex(
    opcode=23,
    domain=DOMAIN,
    host="dc1." + DOMAIN,
    dc_site="HQ",
    client_site="HQ",
    next_site="HQ",
    flags=0x1F3FD,
    user="",
    ntver=0x15,
    netbios="CONTOSO",
    forest=None,
):
    value = struct.pack("<HHI", opcode, 0, flags) + bytes(range(16))
    for name in (forest or domain, domain, host):
        value += dns_name(name)
    for name in (netbios, host.split(".")[0].upper(), user, dc_site, client_site):
        value += dns_name([name.encode()] if name else [])
    if ntver & 8:
        value += b"\x10" + struct.pack("<HH", 2, 0) + bytes([10, 0, 0, 1]) + bytes(8)
    if ntver & 0x10:
        value += dns_name([next_site.encode()] if next_site else [])
    return value + struct.pack("<IHH", ntver, 0xFFFF, 0xFFFF)


def netlogon_plain(opcode=19, host="DC1", user="", domain="CONTOSO"):
    value = struct.pack("<H", opcode)
    for name in ("\\\\" + host, user, domain):
        value += name.encode("utf-16-le") + b"\0\0"
    value += bytes(32)
    for name in (DOMAIN, DOMAIN, host.lower() + "." + DOMAIN):
        value += dns_name(name)
    return value + bytes([10, 0, 0, 1]) + struct.pack("<IIHH", 0x3FD, 3, 0xFFFF, 0xFFFF)


def ping_reply(value=None, attribute="Netlogon", ident=1):
    """value: the bytes of the attribute; b"" for success without a value."""
    if value is None:
        value = netlogon_ex()
    first = ldap(ident, entry("", {attribute: [value]})) if value else b""
    return first + ldap(ident, done())


# ---- Kerberos, RFC 4120 ----


# kdc-options, RFC 4120 5.4.1, RFC 6112 and MS-SFU; USUAL is what Windows asks of a TGS.
FORWARDABLE, FORWARDED, RENEWABLE = 0x40000000, 0x20000000, 0x00800000
CNAME_IN_ADDL_TKT, CANONICALIZE, REQUEST_ANONYMOUS = 0x00020000, 0x00010000, 0x00008000
RENEWABLE_OK, ENC_TKT_IN_SKEY, RENEW, VALIDATE = 0x10, 0x08, 0x02, 0x01
USUAL = FORWARDABLE | RENEWABLE | CANONICALIZE | RENEWABLE_OK


def principal(name, kind=2):
    parts = name if isinstance(name, list) else name.split("/")
    return seq(ctx(0, integer(kind)), ctx(1, seq(*[tlv(0x1B, p.encode()) for p in parts])))


def general(text):
    return tlv(0x1B, text.encode() if isinstance(text, str) else text)


def ktime(ns):
    return tlv(0x18, clock.strftime("%Y%m%d%H%M%SZ", clock.gmtime(ns // 10**9)).encode())


def flags(value):
    """KerberosFlags: a BIT STRING of 32."""
    return tlv(0x03, b"\0" + struct.pack(">I", value))


def encrypted(etype=18, cipher=b"synthetic cipher", kvno=2):
    number = ctx(1, integer(kvno)) if kvno is not None else b""
    return seq(ctx(0, integer(etype)), number, ctx(2, octets(cipher)))


def ticket(sname, realm=REALM, etype=18, cipher=b"synthetic ticket", kvno=2):
    """kvno: of a read-only controller, its number is in the upper half."""
    return app(
        1,
        seq(
            ctx(0, integer(5)),
            ctx(1, general(realm)),
            ctx(2, principal(sname)),
            ctx(3, encrypted(etype, cipher, kvno)),
        ),
    )


def padata(*items):
    return seq(*[seq(ctx(1, integer(k)), ctx(2, octets(v))) for k, v in items])


def request_body(
    sname, realm=REALM, cname=None, cname_kind=1, etypes=(18, 17, 23), nonce=1, tickets=(),
    options=USUAL, begin=None, till=START + 36000 * 10**9, sname_kind=2,
):
    return seq(
        ctx(0, flags(options)),
        ctx(1, principal(cname if isinstance(cname, list) else [cname], cname_kind)) if cname else b"",
        ctx(2, general(realm)),
        ctx(3, principal(sname, sname_kind)),
        ctx(4, ktime(begin)) if begin else b"",
        ctx(5, ktime(till)),
        ctx(7, integer(nonce)),
        ctx(8, seq(*[integer(e) for e in etypes])),
        ctx(11, seq(*tickets)) if tickets else b"",
    )


def as_req(cname="alice", sname="krbtgt/" + REALM, pre=(), **body):
    return app(
        10,
        seq(
            ctx(1, integer(5)),
            ctx(2, integer(10)),
            ctx(3, padata(*pre)) if pre else b"",
            ctx(4, request_body(sname, cname=cname, **body)),
        ),
    )


def timestamp():
    """The padata of a client that knows its password."""
    return (2, seq(ctx(0, integer(18)), ctx(2, octets(b"synthetic timestamp"))))


def challenge():
    """The same inside FAST, RFC 6113 5.4.6; nobody sends it outside."""
    return (138, seq(ctx(0, integer(18)), ctx(2, octets(b"synthetic timestamp"))))


def for_user(name, realm=REALM, kind=10):
    """PA-FOR-USER: a service asks for a ticket to itself in this user's name (MS-SFU 2.2.1)."""
    checksum = seq(ctx(0, integer(-138)), ctx(1, octets(bytes(16))))
    return (
        129,
        seq(
            ctx(0, principal([name], kind)),
            ctx(1, general(realm)),
            ctx(2, checksum),
            ctx(3, general("Kerberos")),
        ),
    )


def certificate_user(name=None, realm=REALM):
    """PA-S4U-X509-USER; without a name the certificate alone says who (MS-SFU 2.2.2)."""
    user = seq(
        ctx(0, integer(1)), ctx(1, principal([name], 10)) if name else b"", ctx(2, general(realm))
    )
    return (130, seq(ctx(0, user), ctx(1, seq(ctx(0, integer(16)), ctx(1, octets(bytes(12)))))))


def pac_options(value=0x10000000):
    """PA-PAC-OPTIONS; the bit set is that of resource-based delegation (MS-SFU 2.2.5)."""
    return (167, seq(ctx(0, flags(value))))


def armored(armor=None, kind=1):
    """PA-FX-FAST of a request, RFC 6113 5.4.2; armor: an AP-REQ, with AS alone."""
    wrap = ctx(0, seq(ctx(0, integer(kind)), ctx(1, octets(armor)))) if armor else b""
    checksum = ctx(1, seq(ctx(0, integer(16)), ctx(1, octets(bytes(12)))))
    inner = ctx(2, encrypted(18, b"synthetic FAST request", None))
    return (136, ctx(0, seq(wrap, checksum, inner)))


def ap_req(sname, realm=REALM, etype=18, cipher=b"synthetic ticket", kvno=2):
    return app(
        14,
        seq(
            ctx(0, integer(5)),
            ctx(1, integer(14)),
            ctx(2, tlv(0x03, b"\0\x20\0\0\0")),
            ctx(3, ticket(sname, realm, etype, cipher, kvno)),
            ctx(4, encrypted(18, b"synthetic authenticator")),
        ),
    )


def tgs_req(
    sname, tgt="krbtgt/" + REALM, pre=(), cipher=b"synthetic ticket", kvno=2, tgt_realm=REALM,
    tgt_etype=18, **body,
):
    """cipher, kvno, tgt_realm, tgt_etype: of the ticket-granting ticket that it shows."""
    first = (1, ap_req(tgt, tgt_realm, tgt_etype, cipher, kvno))
    return app(
        12,
        seq(
            ctx(1, integer(5)),
            ctx(2, integer(12)),
            ctx(3, padata(first, *pre)),
            ctx(4, request_body(sname, **body)),
        ),
    )


def kdc_rep(
    kind, sname, cname="alice", realm=REALM, etype=18, cipher=b"synthetic ticket", kvno=2,
    crealm=None, pre=(),
):
    """kind: 11 for AS-REP, 13 for TGS-REP. realm: of the ticket; crealm: of the client."""
    return app(
        kind,
        seq(
            ctx(0, integer(5)),
            ctx(1, integer(kind)),
            ctx(2, padata(*pre)) if pre else b"",
            ctx(3, general(crealm or realm)),
            ctx(4, principal([cname], 1)),
            ctx(5, ticket(sname, realm, etype, cipher, kvno)),
            ctx(6, encrypted(18, b"synthetic part")),
        ),
    )


def as_rep(cname="alice", sname="krbtgt/" + REALM, **more):
    return kdc_rep(11, sname, cname, **more)


def tgs_rep(sname, **more):
    return kdc_rep(13, sname, **more)


def krb_error(
    code, sname="krbtgt/" + REALM, realm=REALM, text=None, data=None, cname=None, stime=START,
    ctime=None, crealm=None,
):
    """crealm: where the client belongs, with "wrong realm" (68). ctime: of MIT's KDC, the nonce."""
    return app(
        30,
        seq(
            ctx(0, integer(5)),
            ctx(1, integer(30)),
            ctx(2, ktime(ctime)) + ctx(3, integer(0)) if ctime else b"",
            ctx(4, ktime(stime)),
            ctx(5, integer(123456)),
            ctx(6, integer(code)),
            ctx(7, general(crealm or realm)) if cname or crealm else b"",
            ctx(8, principal([cname], 1)) if cname else b"",
            ctx(9, general(realm)),
            ctx(10, principal(sname)) if sname else b"",
            ctx(11, general(text)) if text else b"",
            ctx(12, octets(data)) if data is not None else b"",
        ),
    )


def error_data(status, flags=1):
    """KERB-ERROR-DATA with an NTSTATUS, MS-KILE 2.2.2."""
    value = struct.pack("<III", status, 0, flags)
    return seq(ctx(1, integer(3)), ctx(2, octets(value)))


def skew_recovery():
    return seq(ctx(1, integer(2)))


def etype_info2(salt="CONTOSO.TESTalice"):
    return seq(seq(ctx(0, integer(18)), ctx(1, general(salt))))


def ap_rep():
    return app(
        15, seq(ctx(0, integer(5)), ctx(1, integer(15)), ctx(2, encrypted(18, b"synthetic rep")))
    )


def marked(message):
    """With the record mark that TCP needs."""
    return struct.pack(">I", len(message)) + message


# ---- the password service, RFC 3244 ----

CHANGEPW = "kadmin/changepw"


def krb_priv():
    """KRB-PRIV: the new password, or the result."""
    secret = encrypted(18, b"synthetic secret", None)
    return app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, secret)))


def _kpasswd(version, first, then=b""):
    return struct.pack(">HHH", 6 + len(first) + len(then), version, len(first)) + first + then


def kpasswd_req(cipher=b"synthetic changepw", version=0xFF80):
    """cipher: of the ticket for kadmin/changepw. version: 1 changes, 0xff80 may set another's."""
    return _kpasswd(version, ap_req(CHANGEPW, cipher=cipher), krb_priv())


def kpasswd_rep():
    """The service took the request; what it did is sealed."""
    return _kpasswd(1, ap_rep(), krb_priv())


def kpasswd_error(result=None, text="", code=60, sname=CHANGEPW, bare=False):
    """
    A refusal. result: 0 success, 1 malformed, 2 hard error, 3 authentication, 4 soft error
    (policy), 5 access denied, 6 bad version, 7 initial flag needed. bare: without the header.
    """
    data = struct.pack(">H", result) + text.encode() if result is not None else None
    error = krb_error(code, sname, data=data)
    return error if bare else struct.pack(">HHH", 6 + len(error), 1, 0) + error


# ---- GSS-API, SPNEGO ----

OID_KRB5 = oid(1, 2, 840, 113554, 1, 2, 2)
OID_MS_KRB5 = oid(1, 2, 840, 48018, 1, 2, 2)
OID_SPNEGO = oid(1, 3, 6, 1, 5, 5, 2)
OID_NTLM = oid(1, 3, 6, 1, 4, 1, 311, 2, 2, 10)
AP_REQ_ID, AP_REP_ID, ERROR_ID = b"\1\0", b"\2\0", b"\3\0"


def gss(token_id, message):
    return app(0, OID_KRB5, token_id, message)


def nego_init(token, *mechanisms):
    mechs = mechanisms or (OID_MS_KRB5, OID_KRB5, OID_NTLM)
    return app(0, OID_SPNEGO, ctx(0, seq(ctx(0, seq(*mechs)), ctx(2, octets(token)))))


def nego_resp(token=None, state=0, mechanism=OID_MS_KRB5):
    """state: 0 accept-completed, 1 accept-incomplete, 2 reject."""
    return ctx(
        1,
        seq(
            ctx(0, enumerated(state)),
            ctx(1, mechanism) if mechanism else b"",
            ctx(2, octets(token)) if token else b"",
        ),
    )


def ntlm(kind=1):
    body = b"NTLMSSP\0" + struct.pack("<I", kind)
    if kind == 1:
        return body + struct.pack("<I", 0xE2088297) + bytes(16)
    if kind == 2:
        return body + struct.pack("<HHI", 0, 0, 48) + struct.pack("<I", 0xE2898215) + bytes(24)
    return body + struct.pack("<HHI", 0, 0, 64) * 6 + struct.pack("<I", 0xE2888215)


def cfx(payload, sealed=False, ec=12, rrc=12, number=7):
    """A wrap token, RFC 4121 4.2.6.2. Sealed: the payload stands for cipher text."""
    body = payload if sealed else payload + b"C" * ec
    turn = rrc % len(body) if body else 0
    body = body[len(body) - turn :] + body[: len(body) - turn]
    return struct.pack(">HBBHHQ", 0x0504, 3 if sealed else 1, 0xFF, ec, rrc, number) + body


def wrap_v1(payload, sealed=False):
    """A wrap token, RFC 1964 1.2.2 with RC4."""
    head = b"\2\1" + b"\x11\0" + (b"\x10\0" if sealed else b"\xff\xff") + b"\xff\xff"
    return app(0, OID_KRB5, head, bytes(8), b"CHECKSUM", payload)


def sasl(token):
    return struct.pack(">I", len(token)) + token


# ---- HTTP ----


def http_get(host="mail.contoso.test", uri="/", *headers):
    lines = [f"GET {uri} HTTP/1.1", f"Host: {host}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def http_post(host="mail.contoso.test", uri="/", body=b"synthetic", *headers):
    lines = [f"POST {uri} HTTP/1.1", f"Host: {host}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def http_reply(status=200, body=b"", *headers):
    words = {100: "Continue", 200: "OK", 401: "Unauthorized", 407: "Proxy Authentication Required"}
    first = f"HTTP/1.1 {status} {words.get(status, 'Whatever')}"
    if status == 100:
        return (first + "\r\n\r\n").encode()
    lines = [first, *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def negotiate(token=b"", header="Authorization"):
    return f"{header}: Negotiate {base64.b64encode(token).decode()}".rstrip()


# ---- TLS, as far as Wireshark needs it to see records ----


def tls_record(kind, data, version=0x0303):
    return struct.pack(">BHH", kind, version, len(data)) + data


def client_hello(host=None):
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\2\xc0\x2f" + b"\1\0"
    more = b""
    if host:
        name = struct.pack(">BH", 0, len(host)) + host.encode()
        names = struct.pack(">H", len(name)) + name
        more = struct.pack(">HH", 0, len(names)) + names
    body += struct.pack(">H", len(more)) + more
    return tls_record(22, b"\1" + len(body).to_bytes(3, "big") + body, 0x0301)


def server_hello():
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\xc0\x2f" + b"\0"
    return tls_record(22, b"\2" + len(body).to_bytes(3, "big") + body)


def tls_certificate(der):
    one = len(der).to_bytes(3, "big") + der
    body = len(one).to_bytes(3, "big") + one
    return tls_record(22, b"\x0b" + len(body).to_bytes(3, "big") + body)


def tls_alert(level, code):
    return tls_record(21, bytes([level, code]))


def tls_data(n=1):
    return tls_record(23, bytes([n]) * 64)
