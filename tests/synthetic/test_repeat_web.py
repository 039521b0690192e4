# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that repeat an autodiscover exchange: the hostile names of test_repeat, in a URL, a
Host header and a mailbox; run by real shells, and by the real curl against a server that notes what
it is asked."""
import json
import re
from urllib.parse import unquote_to_bytes

import pytest
from build import *  # noqa: F403
from test_repeat import HOSTILE, Server, is_plain, powershell_words, real, run_in, run_real, tools  # noqa: F401

PREFIX = "/autodiscover/"
POX = PREFIX + "autodiscover.xml"
GET_OPTIONS = ["curl", "-sS", "-i", "--globoff", "--path-as-is"]
MORE = [b"[1-9]", b"{a,b}", b"[", b"}", b"../../x", b"./x", b"x/..", b"%2e%2e/x", b"?q=[1-3]&{x}", b"a#b"]
MORE += [b"a'b", b"x@y", b"a%20b", b"%", b"-o/tmp/x", b"@/etc/passwd", b"a;type=x", b"//evil.test/x"]
# What ends or divides a request's first line, or a header, is no part of a name there.
IN_A_LINE = [raw for raw in [*HOSTILE, *MORE] if raw and not re.search(rb"[\0\r\n\t ]", raw)]
HOSTS = [b"[::1]", b"[fd00::1]:8443", b"mail.contoso.test:8080", b"10.0.0.20", b"a:b", b"x:99999", b"["]


def is_host(raw):
    """A name, an address, and perhaps a port: nothing else can only be a server to curl."""
    whole = re.fullmatch(rb"(?:[A-Za-z0-9][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\])(?::([0-9]+))?", raw)
    return bool(whole) and 0 < int(whole[1] or 1) < 65536


def is_plain_path(raw):
    """Is all of it shown (no query, no mailbox at its end), and all of it sent by curl?"""
    odd = b"#" in raw or b"?" in raw or b"@" in unquote_to_bytes(raw.rpartition(b"/")[2])
    return not odd and is_plain(raw) and b"\\x" not in raw


class Web:
    """Exchanges with an autodiscover server: frame -> (where the text stands, text)."""

    def __init__(self, server=WEB, port=80):
        self.capture = Capture(step=100_000)
        self.server, self.port = server, port
        self.asked = {}

    def exchange(self, request, *what):
        t = self.capture.tcp(CLIENT, 20000 + len(self.asked), self.server, self.port, False)
        self.asked[t.ask(request)] = what
        t.answer(http_reply(404, b"x"))

    def path(self, raw, host=b"mail.contoso.test"):
        target = PREFIX.encode() + raw
        self.exchange(b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n", "path", raw)

    def host(self, raw):
        head = f"GET {POX} HTTP/1.1\r\nHost: ".encode()
        self.exchange(head + raw + b"\r\n\r\n", "host", raw)

    def mailbox(self, raw):
        safe = raw.decode().replace("&", "&amp;").replace("<", "&lt;")
        body = (
            '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/'
            f'requestschema/2006"><Request><EMailAddress>{safe}</EMailAddress></Request></Autodiscover>'
        )
        self.exchange(http_post("mail.contoso.test", POX, body.encode(), "Content-Type: text/xml"), "mailbox", raw)

    def steps(self, wireshark, name, *options, **more):
        path = self.capture.save(wireshark.scratch, "repeat-" + name)
        result = wireshark.run("tshark", "-n", "-r", path, "-q", "-z", "adpath,json", *options, **more)
        assert (result.status, result.err) == (0, ""), result
        report = json.loads(result.out)
        steps = [s for p in report["paths"] for s in p["steps"]] + report["unattached"]["steps"]
        by_frame = {s["request"]: s for s in steps if s["kind"] == "autodiscover"}
        return [(where, raw, by_frame[frame]["detail"]) for frame, (where, raw) in self.asked.items()]


@pytest.fixture(scope="module")
def hostile(wireshark):
    web = Web()
    for raw in IN_A_LINE:
        web.path(raw)
        web.host(raw)
    for raw in HOSTS:
        web.host(raw)
    for raw in HOSTILE:
        if not re.search(rb"[\0-\x1f\x7f-\xff]", raw):
            web.mailbox(raw)
    shown = ["-o", "adpath.mailboxes:TRUE"]
    found = web.steps(wireshark, "hostile", *shown)
    assert found == web.steps(wireshark, "hostile", *shown, plugins="sanitized")
    return found


@pytest.mark.parametrize("shell", ["dash", "bash", "bash, as if typed"])
def test_shell(hostile, tools, tmp_path, shell):
    seen = {"path": 0, "host": 0, "mailbox": 0}
    for where, raw, detail in hostile:
        line = detail["shell"]
        if line is None:
            # Only what is no server, has a fragment, or cannot be typed.
            if where == "host":
                assert not is_host(raw), raw
            else:
                assert where == "path" and not is_plain_path(raw), raw
            continue
        (argv,) = run_in(shell, line, tools, tmp_path)
        seen[where] += 1
        if where == "mailbox":
            options = ["--negotiate", "-u", ":", "-H", "Content-Type: text/xml", "--data-raw"]
            assert argv[:-3] == GET_OPTIONS + options
            assert argv[-2:] == ["--url", "http://mail.contoso.test" + POX]
            inside = re.search("<EMailAddress>(.*?)</EMailAddress>", argv[-3])[1]
            inside = inside.replace("&lt;", "<").replace("&gt;", ">").replace("&apos;", "'")
            inside = inside.replace("&quot;", '"').replace("&amp;", "&")
            # Blanks around it are no part of a mailbox.
            assert inside.strip() == raw.decode().strip() or inside == "<mailbox>"
            continue
        assert argv[:-2] == GET_OPTIONS and argv[-2] == "--url"
        if where == "path":
            assert argv[-1].encode() == b"http://mail.contoso.test" + PREFIX.encode() + raw
        else:
            assert is_host(raw), raw
            assert argv[-1].encode() == b"http://" + raw + POX.encode()
    assert seen["path"] > len(IN_A_LINE) / 2 and seen["host"] > 4 and seen["mailbox"] > 20, seen


def test_powershell(hostile):
    seen = set()
    for where, raw, detail in hostile:
        line = detail["powershell"]
        if line is None:
            continue
        words = powershell_words(line)
        texts = [text for sort, text in words if sort == "text"]
        bare = [text for sort, text in words if sort == "bare"]
        seen.add(where)
        begin = ["Invoke-WebRequest", "-UseBasicParsing", "-MaximumRedirection", "0"]
        if where == "mailbox":
            more = ["-UseDefaultCredentials", "-Method", "Post", "-ContentType", "text/xml", "-Body", "-Uri"]
            assert bare == begin + more and len(texts) == 2
            assert texts[0].startswith("<Autodiscover ") and texts[1] == "http://mail.contoso.test" + POX
        else:
            assert bare == [*begin, "-Uri"]
            assert len(texts) == 1 and texts[0].startswith("http://")
    assert seen == {"path", "host", "mailbox"}


def test_curl_asks_the_same(wireshark, tmp_path):
    real("curl", "curl")
    with Server(lambda request: http_reply(404, b"x", "Connection: close"), tcp=True) as s:
        web = Web("127.0.0.1", s.port)
        for raw in IN_A_LINE:
            web.path(raw, b"127.0.0.1:%d" % s.port)
        web.exchange(http_post(f"127.0.0.1:{s.port}", POX, b"<x/>", "Content-Type: text/xml"), "post", b"")
        tried = 0
        for where, raw, detail in web.steps(wireshark, "curl", "-d", f"tcp.port=={s.port},http"):
            line = detail["shell"]
            if line is None:
                continue
            result = run_real(line, tmp_path)
            assert result.returncode == 0, (line, result)
            (request, *more) = s.take()
            target = (PREFIX.encode() + raw) if where == "path" else POX.encode()
            # To a server these are the same; newer curl write all of them with capitals.
            target = re.sub(rb"[\x80-\xff]", lambda byte: b"%%%02x" % byte[0][0], target)
            target, request = (
                re.sub(rb"%[0-9A-Fa-f]{2}", lambda escape: escape[0].upper(), text)
                for text in (target, request)
            )
            method = b"GET " if where == "path" else b"POST "
            assert request.startswith(method + target + b" HTTP/1.1\r\n"), (line, request)
            assert where == "post" or not more, (line, more)
            tried += 1
        assert tried > len(IN_A_LINE) / 2
    assert list(tmp_path.iterdir()) == []
