# SPDX-License-Identifier: GPL-2.0-or-later
"""More messages for synthetic captures: errors of the network, operations of LDAP that are no
steps, paged searches, and requests to a proxy. `from net import *` takes build with it."""
from build import *  # noqa: F403
from scapy.layers.inet import fragment
from scapy.layers.inet6 import IPv6ExtHdrFragment

ROUTER = "192.0.2.254"

# ---- ICMP: RFC 792, RFC 1812 5.2.7, RFC 4443 ----

NET, HOST, PROTOCOL, PORT, TOO_BIG, ADMIN = (3, 0), (3, 1), (3, 2), (3, 3), (3, 4), (3, 13)
TTL, REASSEMBLY = (11, 0), (11, 1)


def icmp(what, quoted, sender=None, most=None):
    """An error about an IPv4 packet; from its destination unless a sender is named.

    most: so many bytes of the packet are quoted, as old hosts do (28: no more than the ports).
    """
    kind, code = what
    head = IP(src=sender or quoted.dst, dst=quoted.src) / ICMP(type=kind, code=code)
    return head / bytes(quoted)[:most]


def sent_udp(src, sport, dst, dport, payload):
    """The packet that Capture.udp() sends, to be quoted."""
    return network(src, dst) / UDP(sport=sport, dport=dport) / payload


def pieces(src, sport, dst, dport, payload, ident=77, size=1400):
    """The IP fragments of a UDP message, as packets."""
    if ":" in src:
        whole = bytes(UDP(bytes(IPv6(src=src, dst=dst) / UDP(sport=sport, dport=dport) / payload)[40:]))
        parts = [whole[at : at + size // 8 * 8] for at in range(0, len(whole), size // 8 * 8)]
        at = 0
        out = []
        for n, part in enumerate(parts):
            head = IPv6ExtHdrFragment(nh=17, offset=at // 8, m=n < len(parts) - 1, id=ident)
            out.append(IPv6(src=src, dst=dst, nh=44) / head / part)
            at += len(part)
        return out
    return fragment(IP(src=src, dst=dst, id=ident) / UDP(sport=sport, dport=dport) / payload, size)


# ---- LDAP: other operations, RFC 4511 4.6 to 4.14 ----

STARTTLS = "1.3.6.1.4.1.1466.20037"
PAGED = "1.2.840.113556.1.4.319"
NOT_BOUND = (
    "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful "
    "bind must be completed on the connection., data 0, v4563"
)


def ldap_modify(dn, attribute="description", value="x"):
    change = seq(enumerated(2), seq(octets(attribute), setof(octets(value))))
    return app(6, octets(dn), seq(change))


def ldap_add(dn, **attributes):
    values = attributes or {"objectClass": "computer"}
    return app(8, octets(dn), seq(*[seq(octets(k), setof(octets(v))) for k, v in values.items()]))


def ldap_delete(dn):
    return tlv(0x4A, dn.encode())


def ldap_rename(dn, rdn="CN=PC2"):
    return app(12, octets(dn), octets(rdn), boolean(True))


def ldap_compare(dn, attribute="cn", value="x"):
    return app(14, octets(dn), seq(octets(attribute), octets(value)))


def extended(oid_text, value=None):
    return app(23, tlv(0x80, oid_text.encode()), tlv(0x81, value) if value is not None else b"")


def starttls():
    return extended(STARTTLS)


def starttls_response(code=0, diagnostic=""):
    return result(24, code, diagnostic=diagnostic, more=tlv(0x8A, STARTTLS.encode()))


def control(oid_text, value, critical=False):
    return seq(octets(oid_text), boolean(True) if critical else b"", octets(value))


def paged(size=1000, cookie=b""):
    """RFC 2696 2: behind a request or its result, as ldap(ident, operation, paged(...))."""
    return ctx(0, control(PAGED, seq(integer(size), octets(cookie))))


def ntlm_as(user, domain, wide=True):
    """AUTHENTICATE with a name, MS-NLMP 2.2.1.3."""
    texts = [t.encode("utf-16-le" if wide else "latin-1") for t in (domain, user)]
    at = 64
    fields = []
    for text in texts:
        fields.append(struct.pack("<HHI", len(text), len(text), at))
        at += len(text)
    nothing = struct.pack("<HHI", 0, 0, at)
    flags = 0xE2888215 if wide else 0xE2888214
    head = b"NTLMSSP\0" + struct.pack("<I", 3) + nothing * 2 + fields[0] + fields[1] + nothing * 2
    return head + struct.pack("<I", flags) + b"".join(texts)


# ---- a proxy, RFC 9110 9.3.6 ----


def connect(place, *headers):
    """place: "mail.contoso.test:443"."""
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def established():
    return b"HTTP/1.1 200 Connection established\r\n\r\n"
