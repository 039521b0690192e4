# SPDX-License-Identifier: GPL-2.0-or-later
"""The Exchange stand-in answers as it is told, on loopback, without a domain. Needs Apache."""

import contextlib
import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CLIENT = HERE.parent / "client" / "ews_discover"
PACKAGES = (HERE / "PACKAGES").read_text().split()
VHOSTS = {
    "mail.adatum.test": {},
    "open.adatum.test": {"auth": "none", "aliases": ["autodiscover.open.adatum.test"]},
    "quiet.adatum.test": {"auth": "none", "soap": False},
    "refuse.adatum.test": {"auth": "refuse"},
    "wrong.adatum.test": {"auth": "none", "certificate": "wrong-name"},
    "stranger.adatum.test": {"auth": "none", "certificate": "untrusted"},
    "old.adatum.test": {"auth": "none", "certificate": "expired"},
    "tls12.adatum.test": {"auth": "none", "tls": "1.2"},
    "tls13.adatum.test": {"auth": "none", "tls": "1.3"},
    "plain.adatum.test": {"auth": "none", "https": False},
}
XML, SVC = "/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.svc"
REQUEST = (
    "<Autodiscover><Request><EMailAddress>joe@open.adatum.test</EMailAddress></Request>"
    "</Autodiscover>"
)


def missing():
    return [
        path
        for path in (
            "/usr/sbin/apache2",
            "/usr/lib/apache2/modules/mod_auth_gssapi.so",
            "/usr/bin/openssl",
        )
        if not os.path.exists(path)
    ]


def skip(why):
    """Loudly: a warning stands in pytest's summary, a skip alone is a dot."""
    warnings.warn(f"NOT TESTED: the Exchange stand-in: {why}", stacklevel=2)
    pytest.skip(f"NOT TESTED: {why}")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    def __init__(self, folder, vhosts, *words):
        self.folder = folder
        self.plain, self.secure = free_ports(2)
        (folder / "vhosts").write_text(json.dumps(vhosts))
        (folder / "users").write_text("ADATUM:joe:Secret.1\n")
        self.words = [HERE / "serve", "--dir", folder / "exchange", "--vhosts", folder / "vhosts"]
        self.words += ["--bind", "127.0.0.1", "--ntlm-users", folder / "users"]
        self.words += ["--http-port", str(self.plain), "--https-port", str(self.secure)]
        self.words += words
        self.process = subprocess.Popen(self.words, start_new_session=True)
        self.wait()

    @property
    def ca(self):
        return self.folder / "exchange" / "pki" / "ca.pem"

    def wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.secure), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def connect(self, host, version=None, protocols=()):
        context = ssl.create_default_context(cafile=str(self.ca))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        if version:
            context.minimum_version = context.maximum_version = version
        raw = socket.create_connection(("127.0.0.1", self.secure), 10)
        try:
            return context.wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise

    def is_trusted(self, host):
        try:
            self.connect(host).close()
        except ssl.SSLCertVerificationError:
            return False
        return True

    def ask(self, host, method="GET", path=XML, body=None, secure=True, headers=None):
        """(status, headers, text)"""
        port = self.secure if secure else self.plain
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        if secure:
            connection.sock = self.connect(host)
        connection.request(method, path, body, {"Host": host, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def behaviour(self):
        return json.loads((self.folder / "exchange" / "behaviour.json").read_text())

    def behave(self, *words):
        subprocess.run([HERE / "behave", self.folder / "exchange", *words], check=True)


@contextlib.contextmanager
def serving(*words):
    if missing():
        skip(f"{', '.join(missing())} missing; install {' '.join(PACKAGES)}")
    # Not below pytest's own folder: Apache as www-data could not reach it.
    folder = Path(tempfile.mkdtemp(prefix="adpath-exchange-"))
    folder.chmod(0o755)
    running = Server(folder, *words)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(20)
    # Nothing of its session is left.
    with pytest.raises(ProcessLookupError):
        os.killpg(running.process.pid, 0)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server():
    with serving(VHOSTS) as running:
        yield running


@pytest.fixture(autouse=True)
def as_without_a_word(server):
    server.behave("reset")


def test_a_wrong_description_is_refused(tmp_path):
    (tmp_path / "vhosts").write_text('{"mail.adatum.test": {"tsl": "1.2"}}')
    words = [HERE / "serve", "--dir", tmp_path, "--vhosts", tmp_path / "vhosts"]
    result = subprocess.run(
        [*words, "--bind", "127.0.0.1", "--write-only"], capture_output=True, text=True
    )
    assert result.returncode != 0
    assert "tsl" in result.stderr


def test_who_lost_the_keytab_speaks_no_ntlm(tmp_path):
    (tmp_path / "vhosts").write_text('{"mail.adatum.test": {"keytab": "none"}}')
    words = [HERE / "serve", "--dir", tmp_path, "--vhosts", tmp_path / "vhosts"]
    result = subprocess.run(
        [*words, "--bind", "127.0.0.1", "--write-only"], capture_output=True, text=True
    )
    assert result.returncode != 0
    assert "krb5 alone" in result.stderr


def test_unauthenticated_get_is_401_and_tells_what_there_is(server):
    status, headers, _ = server.ask("mail.adatum.test")
    assert status == 401
    assert headers["X-SOAP-Enabled"] == "True"
    assert headers.get_all("WWW-Authenticate") == ["Negotiate", "NTLM"]
    assert server.ask("mail.adatum.test", path="/EWS/Exchange.asmx")[0] == 401


def test_get_without_authentication_is_a_600(server):
    status, headers, text = server.ask("open.adatum.test")
    assert status == 200
    assert "<ErrorCode>600</ErrorCode>" in text
    assert headers["X-SOAP-Enabled"] == "True"
    assert server.ask("quiet.adatum.test")[1]["X-SOAP-Enabled"] is None
    assert server.ask("open.adatum.test", path="/EWS/Exchange.asmx")[0] == 200


@pytest.mark.parametrize(
    "what, expected",
    [
        (None, "<EwsUrl>https://open.adatum.test/EWS/Exchange.asmx</EwsUrl>"),
        ({"answer": "error", "code": 500}, "<ErrorCode>500</ErrorCode>"),
        ({"answer": "redirectAddr", "address": "a@b.test"}, "<RedirectAddr>a@b.test<"),
        ({"answer": "redirectUrl", "url": "https://b.test/"}, "<RedirectUrl>https://b.test/<"),
        ({"answer": "error", "code": 500, "only": "open.adatum.test"}, "<ErrorCode>500</ErrorCode>"),
        ({"answer": "error", "code": 500, "only": "b.test"}, "<Action>settings</Action>"),
        (
            {"answer": "redirectAddr", "address": "a@c.test", "only": "b.test", "else": {"answer": "error", "code": 501}},
            "<ErrorCode>501</ErrorCode>",
        ),
    ],
)
def test_pox(server, what, expected):
    if what:
        server.behave("open.adatum.test", "pox", json.dumps(what))
    status, headers, text = server.ask("open.adatum.test", "POST", body=REQUEST)
    assert (status, headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert expected in text


@pytest.mark.parametrize(
    "what, status, expected",
    [
        (None, 200, "<Name>InternalEwsUrl</Name>"),
        ({"answer": "InvalidUser"}, 200, "<UserResponse><ErrorCode>InvalidUser</ErrorCode>"),
        (
            {"answer": "RedirectAddress", "address": "a@b.test"},
            200,
            "<RedirectTarget>a@b.test</RedirectTarget>",
        ),
        ({"answer": "ServerBusy", "level": "response"}, 200, "<Response><ErrorCode>ServerBusy"),
        ({"answer": "fault"}, 500, "<s:Fault>"),
        ({"status": 404}, 404, "404"),
    ],
)
def test_soap(server, what, status, expected):
    if what:
        server.behave("default", "soap", json.dumps(what))
    got, _, text = server.ask("open.adatum.test", "POST", SVC, "<x/>")
    assert got == status
    assert expected in text


def test_json(server):
    path = "/autodiscover/autodiscover.json/v1.0/joe@open.adatum.test?Protocol="
    status, _, text = server.ask("open.adatum.test", path=path + "EWS")
    assert (status, json.loads(text)["Protocol"]) == (200, "EWS")
    assert server.ask("mail.adatum.test", path=path + "EWS")[0] == 200  # without authentication
    server.behave("open.adatum.test", "json", '{"answer": "error"}')
    status, _, text = server.ask("open.adatum.test", path=path + "EWS")
    assert (status, json.loads(text)["ErrorCode"]) == (404, "UserNotFound")


def test_port_80(server):
    host = "autodiscover.open.adatum.test"
    assert server.ask(host, secure=False)[0] == 404
    there = "https://mail.adatum.test/autodiscover/autodiscover.xml"
    server.behave(host, "http", json.dumps({"status": 302, "location": there}))
    status, headers, _ = server.ask(host, secure=False)
    assert (status, headers["Location"]) == (302, there)
    assert server.ask("plain.adatum.test", secure=False)[0] == 404


@pytest.mark.parametrize(
    "host, reason",
    [
        ("wrong.adatum.test", "ostname mismatch"),
        ("stranger.adatum.test", "unable to get local issuer"),
        ("old.adatum.test", "expired"),
    ],
)
def test_certificates_that_are_no_good(server, host, reason):
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        server.connect(host)


def test_tls_versions(server):
    with server.connect("tls12.adatum.test") as connection:
        assert connection.version() == "TLSv1.2"
    with server.connect("tls13.adatum.test") as connection:
        assert connection.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        server.connect("tls13.adatum.test", ssl.TLSVersion.TLSv1_2)
    with pytest.raises(ssl.SSLError):
        server.connect("tls12.adatum.test", ssl.TLSVersion.TLSv1_3)


def test_a_new_description_needs_a_signal_only(server):
    changed = {**VHOSTS, "mail.adatum.test": {"auth": "none", "certificate": "wrong-name"}}
    try:
        for vhosts, works in ((changed, False), (VHOSTS, True)):
            (server.folder / "vhosts").write_text(json.dumps(vhosts))
            subprocess.run([*server.words, "--write-only"], check=True)
            server.process.send_signal(signal.SIGUSR1)
            deadline = time.monotonic() + 10
            while server.is_trusted("mail.adatum.test") != works:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        (server.folder / "vhosts").write_text(json.dumps(VHOSTS))


# --- with the client that behaves as the EWS Managed API


KRB5_CONFIG = """[libdefaults]
default_realm = ADATUM.TEST
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
"""


def discover(server, tmp_path, mailbox, *words):
    """(status, record). Nothing of it leaves the machine, no DNS either."""
    absent = [m for m in ("pycurl", "dns") if not importlib.util.find_spec(m)]
    if absent:
        skip(f"the client's modules {', '.join(absent)} are missing; see its PACKAGES")
    record = tmp_path / "record"
    ports = [f":443:127.0.0.1:{server.secure}", f":80:127.0.0.1:{server.plain}"]
    command = [sys.executable, CLIENT, "--no-scp", "--ca", server.ca, "--timeout", "5"]
    for port in ports:
        command += ["--connect-to", port]
    command += ["--mailbox", mailbox, "--record", record, *words]
    (tmp_path / "krb5.conf").write_text(KRB5_CONFIG)
    environment = {
        **os.environ,
        "NTLM_USER_FILE": str(server.folder / "users"),
        "KRB5_CONFIG": str(tmp_path / "krb5.conf"),
        "KRB5CCNAME": str(tmp_path / "no-tickets"),
    }
    # SRV, the last resort, would ask DNS: a redirection on port 80 that is refused comes before.
    if "http" not in server.behaviour().get("default", {}):
        there = {"status": 302, "location": "https://open.adatum.test" + XML}
        server.behave("default", "http", json.dumps(there))
    status = subprocess.run(command, env=environment).returncode
    return status, json.loads(record.read_text())


@pytest.mark.parametrize("form", ["--pox", "--soap"])
def test_client_without_authentication(server, tmp_path, form):
    status, record = discover(server, tmp_path, "joe@open.adatum.test", form)
    assert status == 0
    assert record["chosen"]["ews"] == "https://open.adatum.test/EWS/Exchange.asmx"
    assert [t["auth"] for t in record["tried"]] == ["none"] * len(record["tried"])


def test_client_by_ntlm_inside_negotiate(server, tmp_path):
    status, record = discover(server, tmp_path, "joe@mail.adatum.test")
    assert status == 0
    assert [t["auth"] for t in record["tried"]] == ["none", "ntlm"]
    assert record["tried"][1]["statuses"] == [401, 401, 200]


def test_client_that_is_refused_to_the_end(server, tmp_path):
    status, record = discover(server, tmp_path, "joe@refuse.adatum.test", "--pox")
    assert status == 1
    assert record["tried"][0]["statuses"] == [401, 401, 401]
    assert record["tried"][0]["outcome"] == "http-error"


def test_client_follows_a_redirection_from_port_80_if_it_may(server, tmp_path):
    there = "https://open.adatum.test/autodiscover/autodiscover.xml"
    server.behave("default", "http", json.dumps({"status": 302, "location": there}))
    words = ("joe@wrong.adatum.test", "--pox", "--redirect")
    status, record = discover(server, tmp_path, *words, "accept")
    assert (status, record["chosen"]["source"]) == (0, "http-redirect")
    status, record = discover(server, tmp_path, *words, "refuse")
    assert status == 1
    assert record["tried"][0]["outcome"] == "tls-failed"
    assert "RedirectBlocked" in record["error"]["detail"]
    assert record["tried"][-1]["outcome"] == "redirect-url"


HEADERS, DATA, RST_STREAM, SETTINGS, END_STREAM, END_HEADERS = 1, 0, 3, 4, 1, 4


class Http2:
    """One request of HTTP/2 (RFC 9113), written by hand: its parts go when the test wants."""

    def __init__(self, server, host):
        self.tls = server.connect(host, protocols=("h2",))
        assert self.tls.selected_alpn_protocol() == "h2"
        self.tls.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.send(SETTINGS, 0, 0, b"")
        self.unread = b""

    def send(self, kind, flags, stream, payload):
        head = len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
        self.tls.sendall(head + payload)

    def request(self, fields):
        block = b"".join(
            b"\x00" + bytes((len(name),)) + name.encode() + bytes((len(value),)) + value.encode()
            for name, value in fields.items()
        )
        self.send(HEADERS, END_HEADERS, 1, block)

    def close(self):
        self.tls.close()

    def frames(self, seconds):
        """(kind, payload) of what comes for the request in this time, or until its stream ends."""
        found = []
        self.tls.settimeout(seconds)
        while not any(ends for _, ends, _ in found):
            try:
                data = self.tls.recv(65536)
            except TimeoutError:
                break
            if not data:
                break
            self.unread += data
            while len(self.unread) >= 9 and len(self.unread) >= 9 + int.from_bytes(self.unread[:3], "big"):
                length, kind, flags = int.from_bytes(self.unread[:3], "big"), self.unread[3], self.unread[4]
                stream, payload = int.from_bytes(self.unread[5:9], "big"), self.unread[9 : 9 + length]
                self.unread = self.unread[9 + length :]
                if stream == 1:
                    found.append((kind, kind in (HEADERS, DATA) and flags & END_STREAM, payload))
        return [(kind, payload) for kind, _, payload in found]


@pytest.mark.parametrize(
    ("host", "more"),
    [("h2.adatum.test", {}), ("h2-refuse.adatum.test", {"authorization": "Negotiate AAAA"})],
)
def test_http2_reads_a_request_before_it_says_401(host, more):
    vhosts = {
        "h2.adatum.test": {"http2": True, "mechanisms": ["krb5"]},
        "h2-refuse.adatum.test": {"http2": True, "mechanisms": ["krb5"], "auth": "refuse"},
    }
    with serving(vhosts, "--http2") as server, contextlib.closing(Http2(server, host)) as client:
        head = {":method": "POST", ":scheme": "https", ":authority": host, ":path": XML}
        client.request({**head, "content-length": str(len(REQUEST)), **more})
        assert client.frames(1) == []
        client.send(DATA, END_STREAM, 1, REQUEST.encode())
        answer = client.frames(10)
        assert any(kind == DATA and b"Unauthorized" in payload for kind, payload in answer), answer
        assert RST_STREAM not in {kind for kind, _ in answer}
