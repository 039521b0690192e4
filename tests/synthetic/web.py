# SPDX-License-Identifier: GPL-2.0-or-later
"""Handshakes of TLS byte by byte, and what stands before autodiscover on a path."""
import struct

from build import *  # noqa: F403

MAIL = "mail.contoso.test"
MAIL_URL = f"https://{MAIL}/autodiscover/autodiscover.xml"
URL_GUID = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
POINTER_GUID = "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"
PATH = "/autodiscover/autodiscover.xml"


# ---- TLS: RFC 5246 7.4, RFC 8446 4 ----

TLS12, TLS13 = 0x0303, 0x0304


def vector(size, *parts):
    data = b"".join(parts)
    return len(data).to_bytes(size, "big") + data


def handshake(kind, *parts):
    return bytes([kind]) + vector(3, *parts)


def extension(kind, *parts):
    return struct.pack(">H", kind) + vector(2, *parts)


def server_name(host):
    return extension(0, vector(2, b"\0", vector(2, host.encode())))


def hello_of_client(sni=MAIL):
    extensions = [server_name(sni)] if sni else []
    return handshake(
        1,
        struct.pack(">H", TLS12) + bytes(range(32)),
        vector(1),
        vector(2, b"\xc0\x2f\x13\x01"),
        vector(1, b"\0"),
        vector(2, extension(10, vector(2, b"\0\x1d")), *extensions),
    )


def hello_of_server(version=TLS12):
    extensions = [extension(43, struct.pack(">H", version))] if version > TLS12 else []
    return handshake(
        2,
        struct.pack(">H", min(version, TLS12)) + bytes(range(32, 64)),
        vector(1),
        b"\x13\x01" if version > TLS12 else b"\xc0\x2f",
        b"\0",
        vector(2, *extensions) if extensions else b"",
    )


def relative_name(cn):
    return seq(setof(seq(oid(2, 5, 4, 3), tlv(0x0C, cn.encode())))) if cn else seq()


def certificate_of(names=(), cn=None, ca_first=True):
    """RFC 5280 4.1, as far as anybody looks; nothing signs it."""
    algorithm = seq(oid(1, 2, 840, 10045, 4, 3, 2))
    validity = seq(tlv(0x17, b"230101000000Z"), tlv(0x17, b"270101000000Z"))
    key = seq(seq(oid(1, 2, 840, 10045, 2, 1)), tlv(0x03, b"\0\4synthetic"))
    extensions = [seq(oid(2, 5, 29, 19), boolean(True), octets(seq()))] if ca_first else []
    if names:
        general = [tlv(0x82, n.encode()) for n in names] + [tlv(0x87, bytes(4))]
        extensions.append(seq(oid(2, 5, 29, 17), octets(seq(*general))))
    tbs = [ctx(0, integer(2)), integer(77), algorithm, relative_name("Synthetic CA"), validity]
    tbs += [relative_name(cn), key]
    if extensions:
        tbs.append(ctx(3, seq(*extensions)))
    return seq(seq(*tbs), algorithm, tlv(0x03, b"\0synthetic"))


def certificate_message(*ders):
    return handshake(11, vector(3, *[vector(3, der) for der in ders]))


def record(kind, data, version=TLS12):
    return struct.pack(">BHH", kind, version, len(data)) + data


def alert(level, number):
    return record(21, bytes([level, number]))


CHANGE = record(20, b"\1")
HIDDEN = record(22, bytes(range(40)))  # an encrypted Finished
DATA = record(23, bytes(200))


def shake(t, sni=MAIL, names=(MAIL,), cn=None, version=TLS12):
    """The client's hello, and what the server says to it."""
    t.ask(record(22, hello_of_client(sni), 0x0301))
    answer = record(22, hello_of_server(version))
    if version == TLS12 and (names or cn):
        answer += record(22, certificate_message(certificate_of(names, cn)))
        answer += record(22, handshake(14))
    t.answer(answer)


def finish(t):
    """TLS 1.2: both ends are content, and talk."""
    t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)


# ---- what comes before ----


def look_up(c, name, address=None, kind=A, ident=None, rcode=0, client=CLIENT, server=DC):
    """A lookup at the server; returns nothing, the frames are the last two."""
    ident = ident if ident is not None else len(c.frames) + 100
    data = None
    if address:
        data = bytes(map(int, address.split("."))) if kind == A else address
    answers = [rr(QUESTION, kind, data)] if address else ()
    c.exchange(
        client,
        50053,
        server,
        53,
        dns(ident, name, kind),
        dns_reply(ident, name, answers, rcode=rcode, kind=kind),
    )


def exchange_filter():
    return all_of(
        equal("objectClass", "serviceConnectionPoint"),
        any_of(equal("keywords", POINTER_GUID), equal("keywords", URL_GUID)),
    )


def search_scp(c, *urls, client=CLIENT, server=DC):
    t = c.tcp(client, 40389, server, 389)
    attributes = ("serviceBindingInformation", "keywords")
    t.ask(ldap(1, search("CN=Configuration,DC=contoso,DC=test", 2, exchange_filter(), attributes)))
    answer = b""
    for n, url in enumerate(urls):
        values = {"serviceBindingInformation": [url], "keywords": [URL_GUID]}
        answer += ldap(1, entry(f"CN=EX{n}", values))
    t.answer(answer + ldap(1, done()))
    t.close()


def web(c, port=443, server=WEB, cport=51000):
    return c.tcp(CLIENT, cport, server, port)


# ---- HTTP ----

ASKED = (
    '<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/'
    'exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>alice@contoso.test'
    "</EMailAddress></Request></Autodiscover>"
).encode()


def pox(account):
    return (
        '<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/'
        f'exchange/autodiscover/responseschema/2006"><Response>{account}</Response></Autodiscover>'
    ).encode()


SETTINGS = pox("<Account><Action>settings</Action><Protocol><Type>EXCH</Type></Protocol></Account>")
XML = "Content-Type: text/xml; charset=utf-8"


def post(host=MAIL, uri=PATH, body=ASKED, *headers):
    return http_post(host, uri, body, XML, *headers)
