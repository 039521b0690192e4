# SPDX-License-Identifier: GPL-2.0-or-later
"""Real TLS in synthetic captures: both ends are OpenSSL, only the way between them is a file."""
import base64
import ssl

from build import ctx, integer, octets, oid, seq, setof, tlv

# Made for these tests alone, of dc1.contoso.test; it opens and proves nothing anywhere.
CERTIFICATE = """
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZfKVdd7YHw+Cyt5v
y7NDm+Ou9qLyDCeqMlqHJs/olLyhRANCAARd7EYkZaFu7rvy13JX2SFuOeREihob
LVPVgHLiwKOKpUewAFEoHl+6X8cxIsHqijEafZdccUxTPx0HDzDMkXHi
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBqjCCAVCgAwIBAgIUZWTnEsGesXg72p6odPyTEHj38DcwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQZGMxLmNvbnRvc28udGVzdDAgFw0yNjExMjQwMzUxMTdaGA8y
MTI2MTAzMTAzNTExN1owGzEZMBcGA1UEAwwQZGMxLmNvbnRvc28udGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABF3sRiRloW7uu/LXclfZIW455ESKGhstU9WA
cuLAo4qlR7AAUSgeX7pfxzEiweqKMRp9l1xxTFM/HQcPMMyRceKjcDBuMB0GA1Ud
DgQWBBTUxcjMTgcM2/PULSTLs3qqZ4mVXDAfBgNVHSMEGDAWgBTUxcjMTgcM2/PU
LSTLs3qqZ4mVXDAPBgNVHRMBAf8EBTADAQH/MBsGA1UdEQQUMBKCEGRjMS5jb250
b3NvLnRlc3QwCgYIKoZIzj0EAwIDSAAwRQIhAPyzjmmWb0t1QnMP4/QUCnQg5Zqj
3lhZ5sQOijI6A0CvAiBWVwtBeblfMq8+AmeuViu+gEMDRLgN5Q2SpAUWIrwMDg==
-----END CERTIFICATE-----
"""


def alternative_name(name):
    """A host's name, or its IPv4 address."""
    parts = name.split(".")
    if len(parts) == 4 and all(p.isdigit() for p in parts):
        return tlv(0x87, bytes(map(int, parts)))
    return tlv(0x82, name.encode())


def certificate_der(*names):
    """For these names, with the key above. Nobody signed it: who verifies it must refuse it."""
    algorithm = seq(oid(1, 2, 840, 10045, 4, 3, 2))
    whom = seq(setof(seq(oid(2, 5, 4, 3), tlv(0x0C, names[0].encode()))))
    validity = seq(tlv(0x17, b"230101000000Z"), tlv(0x17, b"450101000000Z"))
    body = CERTIFICATE.split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0]
    given = base64.b64decode(body)
    at = given.index(bytes.fromhex("3059301306072a8648ce3d0201"))
    key = given[at : at + 0x5B]
    alternative = octets(seq(*[alternative_name(n) for n in names]))
    more = ctx(3, seq(seq(oid(2, 5, 29, 17), alternative)))
    parts = [ctx(0, integer(2)), integer(7), algorithm, whom, validity, whom, key, more]
    return seq(seq(*parts), algorithm, tlv(0x03, b"\0" + seq(integer(1), integer(1))))


def certificate_for(*names):
    """The same and its key as PEM."""
    key = CERTIFICATE.split("-----BEGIN CERTIFICATE-----")[0].strip()
    return key + "\n" + ssl.DER_cert_to_PEM_cert(certificate_der(*names))


class Session:
    """TLS over a connection of build.Capture; keys go to the file `keylog` as NSS writes them."""

    def __init__(
        self,
        connection,
        keylog,
        version=ssl.TLSVersion.TLSv1_3,
        host="dc1.contoso.test",
        names=None,
        alpn=(),
    ):
        """names: those of the certificate, if it is to be another one. alpn: protocols that both ends speak."""
        self.connection = connection
        pem = keylog.with_name("certificate.pem")
        pem.write_text(CERTIFICATE.strip() + "\n" if names is None else certificate_for(*names))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(pem)
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.verify_mode = ssl.CERT_NONE
        client.keylog_filename = str(keylog)
        for context in (server, client):
            context.minimum_version = context.maximum_version = version
            if alpn:
                context.set_alpn_protocols(alpn)
        self.pipes = {end: (ssl.MemoryBIO(), ssl.MemoryBIO()) for end in "cs"}
        self.ends = {
            "c": client.wrap_bio(*self.pipes["c"], server_hostname=host),
            "s": server.wrap_bio(*self.pipes["s"], server_side=True),
        }
        done = set()
        while done != {"c", "s"}:
            for end in "cs":
                if end not in done and self._shake(end):
                    done.add(end)
                self._move(end)

    def _shake(self, end):
        try:
            self.ends[end].do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def _move(self, end):
        """What one end has written goes into the capture and to the other; its last frame."""
        data = self.pipes[end][1].read()
        if not data:
            return None
        self.pipes["s" if end == "c" else "c"][0].write(data)
        return self.connection.ask(data) if end == "c" else self.connection.answer(data)

    def _send(self, end, data):
        self.ends[end].write(data)
        number = self._move(end)
        other = self.ends["s" if end == "c" else "c"]
        received = b""
        while len(received) < len(data):
            received += other.read(65536)
        assert received == data
        return number

    def ask(self, data):
        return self._send("c", data)

    def answer(self, data):
        return self._send("s", data)
