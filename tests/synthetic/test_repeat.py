# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that repeat a step: hostile text stays one argument, whoever reads it.

The commands are run by real shells, in which other programs stand in for dig, ldapsearch and the
rest and note their arguments; and by the real programs, against servers on the loopback interface
that note what they are asked.
"""
import json
import os
import pty
import re
import shutil
import socket
import subprocess
import threading

import pytest
import shells
from build import *  # noqa: F403
from test_ldap import URL_GUID

CURLY = "\u2018\u2019\u201a\u201b"  # quotes to PowerShell, all of them
TEXTS = [
    *("'", '"', "''", "'\\''", "\\", "\\'", "'\\", "a'b\"c", "'; echo >pwned; '", "`echo >pwned`"),
    *("$(echo >pwned)", "'$(echo >pwned)'", "${HOME}", "$HOME", ";echo >pwned", "|echo >pwned"),
    *("&echo >pwned", ">pwned", "<pwned", "(echo >pwned)", "\"; echo >pwned; \"", "#x", "~root"),
    *("-", "--", "-f", "-f/etc/passwd", "--help", "-h", "-x", "-4", "-p 99", "-c1", "-Y", "-LLL"),
    *("@", "@8.8.8.8", "@/etc/passwd", "+tcp", "+short", "+norec", "+", "%", "%s", "%n%n", "%1!s!"),
    *("!!", "!x", "!echo", "a!b'!c", "*", "?", "[a-z]*", "{a,b}", "a b", " lead", "trail ", "=", ","),
    *("1.1", "a@b", "a/b", "/s", "a\\@b", "\\064", "\\065", "\\41", "(cn=*)", ")(cn=x", "(", ")"),
    *(CURLY, "\u2019; Remove-Item x; \u2019", "'\u2019'", "\u201c$(x)\u201d", "\u2013f", "\u2014"),
    *("\u00e9t\u00e9", "\u65e5\u672c", "\U0001f512", "\u00a0", "x" * 60),
    *("a\nb", "\n", "\r\n-f", "\t", "a\tb", "a\0b", "\x1b[31m", "\x7f", "\u2028", "a\u2029b"),
    *("\u202egnp", "\ufeff", "\u200b", "CONTOSO"),
]
HOSTILE = [t.encode() for t in TEXTS] + [b"\xff\xfe", b"a\x80b", b"\xc3", b"\xed\xa0\x80"]

# What a bind is followed by: to read nothing.
BIND_ONLY = ["-LLL", "-s", "base", "-b", "", "--", "(objectClass=*)", "1.1"]
AT_ONCE = 40  # lines that one shell is given
SHELL_TOOLS = ["dig", "ldapsearch", "kvno", "kinit", "openssl", "curl"]


def is_plain(raw):
    """Can it be typed? Bytes that no command line shows as they are give no command."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c == "\u00a0" for c in text)


# ---- what the arguments say, read by other code than the plugin's ----


def wire_name(text):
    """A name as dig takes it (RFC 1035 5.1), on the wire."""
    labels, label, i = [], b"", 0
    while i < len(text):
        c = text[i]
        if c == "\\" and text[i + 1].isdigit():
            label += bytes([int(text[i + 1 : i + 4])])
            i += 4
        elif c == "\\":
            label += text[i + 1].encode()
            i += 2
        elif c == ".":
            labels, label, i = [*labels, label], b"", i + 1
        else:
            assert ord(c) < 0x80, "dig would take it for an international name"
            label, i = label + c.encode(), i + 1
    return dns_name([*labels, label])


def wire_filter(text):
    """A filter of RFC 4515, as RFC 4511 sends it; only the forms that are asked here."""
    item, rest = _filter(text)
    assert rest == ""
    return item


def _filter(text):
    assert text[0] == "("
    if text[1] in "&|":
        rest, parts = text[2:], []
        while rest[0] == "(":
            part, rest = _filter(rest)
            parts.append(part)
        assert rest[0] == ")"
        return ctx("&|".index(text[1]), *parts), rest[1:]
    attribute, value, rest = re.match(r"\(([A-Za-z.;-]+)=([^()]*)\)(.*)", text, re.S).groups()
    parts = [_unescape(p) for p in value.split("*")]
    if value == "*":
        return present(attribute), rest
    if len(parts) == 1:
        return equal(attribute, parts[0]), rest
    middle = [tlv(0x80, parts[0])] if parts[0] else []
    middle += [tlv(0x81, p) for p in parts[1:-1]] + ([tlv(0x82, parts[-1])] if parts[-1] else [])
    return ctx(4, octets(attribute), seq(*middle)), rest


def _unescape(value):
    return re.sub(rb"\\([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), value.encode())


def principal_of(text):
    """(components, realm) of a principal as MIT's krb5_parse_name() reads it."""
    parts, part, realm, i = [], "", None, 0
    while i < len(text):
        c = text[i]
        if c == "\\":
            assert text[i + 1] not in "ntb0", "it would become a control character"
            part, i = part + text[i + 1], i + 1
        elif realm is None and c in "/@":
            parts, part = [*parts, part], ""
            realm = "" if c == "@" else None
        else:
            assert c != "@", "malformed"
            part += c
        i += 1
    return ([*parts, part], None) if realm is None else (parts, part)


# ---- PowerShell's quotes ----


def powershell_words(line):
    """The words of a line that holds only bare words, strings in single quotes, and commas.

    A string ends at any of five quotes, and two of them in a row are one (language
    specification 2.3.5.2, with the quotes of 2.3.1's grammar).
    """
    quotes = "'" + CURLY
    words, i = [], 0
    while i < len(line):
        if line[i] in quotes:
            value, i = "", i + 1
            while True:
                if line[i] in quotes:
                    if line[i + 1 : i + 2] and line[i + 1] in quotes:
                        i += 1
                    else:
                        break
                value += line[i]
                i += 1
            i += 1
            words.append(("text", value))
            assert i == len(line) or line[i] in " ,", f"glued to a string: {line[i:]}"
        elif line[i] in " ,":
            i += 1
        else:
            word = re.match(r"[A-Za-z0-9/-]+|\(Get-Credential\)", line[i:])
            assert word, f"neither a bare word nor a string: {line[i:]}"
            words.append(("bare", word[0]))
            i += len(word[0])
    return words


def test_the_powershell_reader_can_fail():
    """It must not take what PowerShell would run for a string."""
    assert powershell_words("A -B 'x''y'") == [("bare", "A"), ("bare", "-B"), ("text", "x'y")]
    assert powershell_words("A 'x\u2019\u2019y'")[1] == ("text", "x\u2019y")
    for bad in ("A 'x\u2019; Remove-Item y", "A $(x)", 'A "x"', "A 'x'; B", "A `x", "A 'x", "A @b"):
        with pytest.raises((AssertionError, IndexError)):
            powershell_words(bad)


# ---- a capture in which every name is hostile ----


class Asked:
    """What was sent in the request frames: frame -> (kind, hostile bytes, message, more)."""

    def __init__(self, server=DC, dns_port=53, ldap_port=389, mechanism="GSSAPI"):
        self.capture = Capture(step=100_000)
        self.requests = {}
        self.server = server
        self.ports = dns_port, ldap_port
        self.mechanism = mechanism
        self.connections = 0

    def note(self, frame, *what):
        self.requests[frame] = what

    def connect(self, server=None):
        self.connections += 1
        port = 20000 + self.connections
        return self.capture.tcp(CLIENT, port, server or self.server, self.ports[1], False)

    def srv(self, i, raw):
        name = [b"_ldap", b"_tcp", raw, b"contoso", b"test"]
        frame = self.capture.udp(CLIENT, 5000 + i, self.server, self.ports[0], dns(i, name))
        self.note(frame, "srv", raw, dns_name(name))
        # The answer makes a host of the path, whose address is then asked for: here the text
        # stands at the very beginning.
        host = [raw, b"contoso", b"test"]
        reply = dns_reply(i, name, [srv_rr(QUESTION, dns_name(host))])
        self.capture.udp(self.server, self.ports[0], CLIENT, 5000 + i, reply)
        question = dns(i, host, kind=A if i % 2 else AAAA)
        frame = self.capture.udp(CLIENT, 4000 + i, self.server, self.ports[0], question)
        self.note(frame, "address", raw, dns_name(host), "A" if i % 2 else "AAAA")

    def searches(self, raw):
        """On one connection: a search below the text, one with it in the filter and in attributes."""
        t = self.connect()
        if self.mechanism == "simple":
            t.ask(ldap(1, bind("cn=alice", "synthetic")))
        else:
            t.ask(ldap(1, bind_sasl(self.mechanism, b"")))
        t.answer(ldap(1, bind_response()))
        where = all_of(
            any_of(equal("keywords", URL_GUID), equal("description", raw)),
            ctx(4, octets("cn"), seq(tlv(0x80, raw), tlv(0x81, raw), tlv(0x82, raw))),
            present("objectClass"),
        )
        plain = equal("keywords", URL_GUID)
        for n, (base, condition, attributes) in enumerate(
            [(raw, plain, ["keywords"]), (b"", where, ["keywords"]), (b"", plain, [raw, "cn", raw])]
        ):
            request = search(base, 2, condition, attributes)
            place = ("base", "filter", "attribute")[n]
            self.note(t.ask(ldap(n + 2, request)), "scp", raw, request, place)
            t.answer(ldap(n + 2, done()))

    def handshake(self, raw):
        name = struct.pack(">HBH", len(raw) + 3, 0, len(raw)) + raw
        extensions = struct.pack(">HH", 0, len(name)) + name
        body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\xc0\x2f" + b"\1\0"
        body += struct.pack(">H", len(extensions)) + extensions
        hello = tls_record(22, b"\1" + len(body).to_bytes(3, "big") + body, 0x0301)
        self.connections += 1
        t = self.capture.tcp(CLIENT, 20000 + self.connections, self.server, 636, False)
        self.note(t.ask(hello), "tls", raw)
        t.answer(server_hello())

    def rootdse(self, raw):
        t = self.connect()
        request = search("", 0, None, [raw])
        self.note(t.ask(ldap(2, request)), "rootdse", raw, request, "attribute")
        t.answer(ldap(2, entry("", {})) + ldap(2, done()))

    def ping(self, i, raw):
        where = all_of(equal("DnsDomain", raw), equal("NtVer", b"\x16\0\0\0"))
        request = search("", 0, where, ["Netlogon"])
        frame = self.capture.udp(CLIENT, 7000 + i, self.server, self.ports[1], ldap(i + 1, request))
        self.note(frame, "ping", raw, request, "filter")

    def bind(self, raw):
        t = self.connect()
        self.note(t.ask(ldap(1, bind_sasl(raw, b""))), "bind", raw)
        t.answer(ldap(1, bind_response()))

    def kerberos(self, i, raw):
        name = [b"HTTP", raw]
        for n, (message, where) in enumerate(
            [
                (as_req(cname=[Raw(raw)]), "client"),
                (tgs_req([Raw(b"HTTP"), Raw(raw)]), "service"),
                (tgs_req("HTTP/x", realm=raw), "realm"),
            ]
        ):
            frame = self.capture.udp(CLIENT, 9000 + 3 * i + n, self.server, 88, message)
            self.note(frame, "kerberos", raw, name, where)

    def named_server(self, i, raw):
        """A controller that calls itself so, and is then asked over LDAP."""
        server = f"10.9.{i >> 8}.{i & 255}"
        reply = ping_reply(netlogon_ex(host=raw.decode("latin-1"))) if raw.isascii() else None
        if not reply or b"." in raw:
            return
        self.capture.udp(CLIENT, 6000 + i, server, self.ports[1], ping())
        self.capture.udp(server, self.ports[1], CLIENT, 6000 + i, reply)
        t = self.connect(server)
        request = search("", 0, None, [])
        self.note(t.ask(ldap(2, request)), "rootdse", raw, request, "server", server)
        t.answer(ldap(2, entry("", {})) + ldap(2, done()))


class Raw(bytes):
    """A component of a principal as it is: build.principal() encodes text."""

    def encode(self):
        return bytes(self)


@pytest.fixture(scope="module")
def place(wireshark):
    path = wireshark.folder / "repeat"
    path.mkdir()
    path.chmod(0o755)
    return path


def steps_of(wireshark, place, asked, name, *options, **more):
    """[(what was asked, the step)...], one for each request."""
    path = asked.capture.save(place, name)
    result = wireshark.run("tshark", "-n", "-r", path, "-q", "-z", "adpath,json", *options, **more)
    assert (result.status, result.err) == (0, ""), result
    report = json.loads(result.out)
    steps = [s for p in report["paths"] for s in p["steps"]] + report["unattached"]["steps"]
    by_frame = {s["request"]: s for s in steps if s["kind"] in KINDS}
    found = [(what, by_frame.get(frame)) for frame, what in asked.requests.items()]
    for what, step in found:
        assert step and step["kind"] == what[0], what
    return found


KINDS = ["srv", "address", "tls", "ping", "kerberos", "bind", "rootdse", "scp"]


@pytest.fixture(scope="module")
def hostile(wireshark, place):
    asked = Asked()
    for i, raw in enumerate(HOSTILE):
        asked.srv(i, raw)
        asked.searches(raw)
        asked.rootdse(raw)
        asked.ping(i, raw)
        asked.bind(raw)
        asked.handshake(raw)
        asked.kerberos(i, raw)
        asked.named_server(i, raw)
    found = steps_of(wireshark, place, asked, "hostile", "-o", "adpath.mailboxes:TRUE")
    strict = steps_of(
        wireshark, place, asked, "hostile", "-o", "adpath.mailboxes:TRUE", plugins="sanitized"
    )
    assert found == strict
    return found


# ---- what each kind of step gives ----

HOST = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
MECHANISM = re.compile(rb"[A-Za-z0-9_-]+\Z")


def stripped(raw):
    """A NUL at the end is how several servers end their strings; it is not shown."""
    return raw.rstrip(b"\0").decode()


def has_shell(what):
    """Must there be a command? (What may not be there is tested by what it says.)"""
    kind, raw, where = what[0], what[1], what[3] if len(what) > 3 else None
    if kind in ("srv", "address") or where in ("filter", "server"):
        return True
    if kind == "bind":
        return bool(MECHANISM.match(raw))
    if kind == "tls":
        return bool(HOST.match(raw))
    return is_plain(raw) and b"\\x" not in raw


def check_shell(what, argv):
    kind, raw, message = what[0], what[1], what[2] if len(what) > 2 else None
    where = what[3] if len(what) > 3 else None
    if kind in ("srv", "address"):
        plain = re.match(rb"[A-Za-z0-9_]+\Z", raw)
        options = ["-t", where or "SRV"] + ([] if plain else ["+noidnin", "+noidnout"])
        assert argv[:2] == ["dig", "-q"] and argv[3:] == [*options, "@" + DC]
        assert wire_name(argv[2]) == message
    elif kind in ("scp", "rootdse", "ping"):
        head, request = search_of(argv)
        assert request == message
        server = DC
        if where == "server":
            server = raw.decode() if re.match(rb"[A-Za-z0-9][A-Za-z0-9_-]*\Z", raw) else what[4]
        auth = ["-N", "-Y", "GSSAPI"] if kind == "scp" else ["-x"]
        assert head == ["ldapsearch", *auth, "-H", "ldap://" + server, "-LLL"]
    elif kind == "tls":
        host = raw.decode().lower()
        assert HOST.match(raw)
        assert argv == ["openssl", "s_client", "-connect", host + ":636", "-servername", host]
    elif kind == "bind":
        assert argv == ["ldapsearch", "-N", "-Y", raw.decode(), "-H", "ldap://" + DC, *BIND_ONLY]
    elif where == "client":
        assert argv[:4] == ["kinit", "-c", "MEMORY:", "--"] and len(argv) == 5
        parts, realm = principal_of(argv[4])
        assert ("/".join(parts), realm) == (stripped(raw), REALM)
    else:
        assert argv[:2] == ["kvno", "--"] and len(argv) == 3
        parts, realm = principal_of(argv[2])
        wanted = ("HTTP/" + stripped(raw), REALM) if where == "service" else ("HTTP/x", stripped(raw))
        assert ("/".join(parts), realm) == wanted


def search_of(argv):
    """(options in front, the SearchRequest) of the arguments of an ldapsearch."""
    at = argv.index("-s")
    scope, dash_b, base, dashes, where, *attributes = argv[at + 1 :]
    assert (dash_b, dashes) == ("-b", "--") and where.startswith("(")
    number = ["base", "one", "sub", "children"].index(scope)
    return argv[:at], search(base, number, wire_filter(where), attributes)


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """A folder with programs of these names that note their arguments in $RECORD."""
    path = tmp_path_factory.mktemp("tools")
    for name in SHELL_TOOLS:
        (path / name).write_text('#!/bin/sh\nprintf "%s\\0" "${0##*/}" "$@" >>"$RECORD"\necho >>"$RECORD"\n')
        (path / name).chmod(0o755)
    return path


def run_in(shell, line, tools, work):
    """The argument lists of the programs that a shell starts for the line, or for several."""
    record = work / "record"
    record.write_bytes(b"")
    inside = work / "inside"
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir()
    (inside / "bait").write_text("")
    environment = {"PATH": str(tools), "RECORD": str(record), "HOME": "/pwned", "LC_ALL": "C.UTF-8"}
    if shell == "bash, as if typed":
        command, given = ["/bin/bash"], "set -o history -o histexpand\n" + line + "\n"
    else:
        command, given = ["/bin/" + shell, "-c", line], ""
    done = subprocess.run(
        command, input=given.encode(), env=environment, cwd=inside, capture_output=True, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), (line, done)
    assert [p.name for p in inside.iterdir()] == ["bait"], f"did more than it should: {line}"
    calls = record.read_bytes().decode().split("\0\n")
    assert calls.pop() == ""
    return [call.split("\0") for call in calls]


@pytest.mark.parametrize("shell", ["dash", "bash", "bash, as if typed", "zsh"])
def test_shell(hostile, tools, tmp_path, shell):
    real(shell.split(",")[0], shell)
    missing = [what for what, step in hostile if step["detail"]["shell"] is None]
    given = [(what, step["detail"]["shell"]) for what, step in hostile if step["detail"]["shell"] is not None]
    seen = set()
    # Several lines behind one another, as one types them: what breaks out of one is seen in the next, too.
    for i in range(0, len(given), AT_ONCE):
        part = given[i : i + AT_ONCE]
        assert all(line.isprintable() or "\u00a0" in line for _, line in part)
        calls = run_in(shell, "\n".join(line for _, line in part), tools, tmp_path)
        if len(calls) != len(part):
            for what, line in part:
                assert len(run_in(shell, line, tools, tmp_path)) == 1, (what, line)
        for (what, _), argv in zip(part, calls, strict=True):
            check_shell(what, argv)
            seen.add((what[0], what[3] if len(what) > 3 else None))
    assert [w for w in missing if has_shell(w)] == []
    assert [w[1] for w in missing if w[0] in ("srv", "address")] == []
    assert seen == {
        *(("srv", None), ("tls", None), ("address", "A"), ("address", "AAAA"), ("scp", "base"), ("scp", "filter"), ("scp", "attribute"), ("bind", None)),
        *(("rootdse", "attribute"), ("rootdse", "server"), ("ping", "filter")),
        *(("kerberos", "client"), ("kerberos", "service"), ("kerberos", "realm")),
    }


def test_the_shells_can_be_fooled(tools, tmp_path):
    """The traps work: a line without quotes falls into them."""
    for line in ("dig -q $(echo >pwned)", "dig x; echo >pwned", "dig `echo >pwned`", "dig >pwned"):
        with pytest.raises(AssertionError, match="did more"):
            run_in("dash", line, tools, tmp_path)
    assert run_in("dash", "dig *", tools, tmp_path) == [["dig", "bait"]]
    with pytest.raises(AssertionError):
        run_in("bash, as if typed", "dig \"!!\"", tools, tmp_path)


def test_powershell(hostile):
    kinds = set()
    for what, step in hostile:
        line = step["detail"]["powershell"]
        raw, where = what[1], what[3] if len(what) > 3 else None
        if line is None:
            # Cmdlets take any text that can be typed; programs only what none of them could split.
            cmdlet = what[0] in ("scp", "rootdse", "bind")
            if what[0] in ("srv", "address"):  # it knows no escapes
                cmdlet = not set(raw.decode("latin-1")) & set(" .\\\u00a0")
            assert not cmdlet or not is_plain(raw) or b"\\x" in raw, what
            continue
        assert line.isprintable() or "\u00a0" in line, repr(line)
        if what[0] == "tls":  # whole statements, not words: only a plain host may stand in them
            assert HOST.match(raw) and line.count("'") == 4
            assert re.findall("'(.*?)'", line) == [raw.decode().lower()] * 2
            continue
        words = powershell_words(line)
        if "Get-Credential" not in line:  # which is an expression, of ours
            # Arrays and all: the same words by the whole grammar.
            assert shells.powershell(line) == [[text for _, text in words]]
        texts = [text for sort, text in words if sort == "text"]
        bare = [text for sort, text in words if sort == "bare"]
        kinds.add((what[0], where))
        if what[0] in ("srv", "address"):
            kind = where or "SRV"
            assert bare == ["Resolve-DnsName", "-DnsOnly", "-Type", kind, "-Name", "-Server"]
            name = raw.decode() + ".contoso.test"
            assert texts == [name if where else "_ldap._tcp." + name, DC]
        elif what[0] == "scp":
            filter_text, base, server, *properties = texts
            assert bare == (
                ["Get-ADObject", "-LDAPFilter", "-SearchScope", "Subtree", "-SearchBase", "-Server"]
                + ["-Properties"]
            )
            assert search(base, 2, wire_filter(filter_text), properties) == what[2]
            assert server == DC
        elif what[0] == "rootdse":
            assert bare[:2] == ["Get-ADRootDSE", "-Server"]
            if where == "attribute":
                assert texts == [DC, raw.decode()] and bare[2:] == ["-Properties"]
        elif what[0] == "bind":
            assert (bare, texts) == (["Get-ADRootDSE", "-Server"], [DC])
        elif what[0] == "ping":
            assert (bare, texts) == (["nltest", "/force"], ["/dsgetdc:" + raw.decode()])
            assert re.fullmatch(rb"[A-Za-z0-9._/$:@-]+", raw)
        else:
            wanted = {"client": "krbtgt/" + REALM, "realm": "HTTP/x"}
            assert bare == ["klist", "get"]
            assert texts == [wanted[where] if where in wanted else "HTTP/" + raw.decode()]
            assert re.fullmatch(r"[A-Za-z0-9._/$:@-]+", texts[0])
    assert len(kinds) == 13


def test_two_arguments_only_by_quotes(hostile):
    """No command has a line break, a control character, or a mark that turns its direction."""
    for _, step in hostile:
        for key in ("shell", "powershell", "summary"):
            text = step["summary"] if key == "summary" else step["detail"][key] or ""
            assert not re.search("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)


def test_mailboxes_stay_masked_and_quoted(wireshark, place, tools, tmp_path):
    asked = Asked()
    raw = b"o'liddell@contoso.test"
    asked.searches(raw)
    asked.kerberos(1, raw)
    for what, step in steps_of(wireshark, place, asked, "masked"):
        for key in ("shell", "powershell"):
            line = step["detail"][key]
            if line is None:
                continue
            assert "liddell" not in line
            if key == "shell" or what[3] in ("base", "filter", "attribute", "service"):
                assert "<mailbox>" in line
        (argv,) = run_in("dash", step["detail"]["shell"], tools, tmp_path)
        if what[3] == "service":
            assert argv == ["kvno", "--", "<mailbox>@" + REALM]
        if what[3] == "filter":
            assert "(description=<mailbox>)" in argv[-2]


def test_too_long_for_a_command(wireshark, place):
    """What was cut when it was read is not what was asked."""
    asked = Asked()
    for n in (4000, 5000, 60000):
        asked.searches(b"x" * n)
        asked.kerberos(n % 999, b"y" * n)
    for what, step in steps_of(wireshark, place, asked, "long"):
        line = step["detail"]["shell"]
        if len(what[1]) == 4000 and what[3] in ("base", "attribute", "client"):
            assert line and what[1].decode() in line
        elif len(what[1]) > 4096:
            assert line is None, what[3]


def test_wrong_filters_give_none(wireshark, place):
    """A filter that cannot be said in RFC 4515, or only as another one."""
    asked = Asked()
    t = asked.connect()
    plain = equal("keywords", URL_GUID)
    odd = [b"cn=x)(objectClass", b"a b", b"a\\29", b"a*", b"\xc3\xa9", b"a\0b"]
    for i, attribute in enumerate(odd):
        request = search("", 2, all_of(plain, equal(attribute, "x")), [])
        asked.note(t.ask(ldap(i + 1, request)), "scp", attribute)
    request = search("", 2, all_of(plain, tlv(0xA0, tlv(0xBF, b"x"))), [])
    asked.note(t.ask(ldap(99, request)), "scp", b"damaged")
    for what, step in steps_of(wireshark, place, asked, "odd-filters"):
        assert step["detail"]["shell"] is None, what
        assert step["detail"]["powershell"] is None, what


def test_cut_by_snaplen(wireshark, place):
    """Half a question is another question: it gives the whole command, or none."""
    asked = Asked()
    t = asked.connect()
    where = all_of(
        any_of(equal("keywords", URL_GUID), equal("keywords", "MSRMRootCluster")),
        equal("description", "synthetic words"),
    )
    request = search("CN=Configuration,DC=contoso,DC=test", 2, where, ["keywords", "cn", "name"])
    frame = t.ask(ldap(1, request))
    asked.ping(1, b"contoso.test")
    name = "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test"
    asked.capture.udp(CLIENT, 5001, DC, 53, dns(1, name))
    asked.capture.udp(CLIENT, 5002, DC, 88, tgs_req("HTTP/mail.contoso.test"))
    asked.capture.udp(CLIENT, 5003, DC, 88, as_req())
    whole = {}
    lengths = [len(data) for _, data in asked.capture.frames]
    # All lengths in one capture: the same frames again and again, each time a little shorter.
    frames = asked.capture.frames
    cut = {}
    asked.capture.frames = []
    for less in range(0, max(lengths) - 54, 3):
        for number, (when, data) in enumerate(frames, 1):
            if len(data) - less > 50:
                port = struct.pack(">H", 10000 + less)
                asked.capture.frames.append((asked.capture.time, data[:34] + port + data[36:]))
                asked.capture.time += 10**9
                cut[len(asked.capture.frames)] = len(data) - less
                whole[len(asked.capture.frames)] = number
    path = asked.capture.save(place, "cut", cut)
    result = wireshark.run("tshark", "-n", "-r", path, "-q", "-z", "adpath,json")
    report = json.loads(result.out)
    steps = [s for p in report["paths"] for s in p["steps"]] + report["unattached"]["steps"]
    commands = {}
    for step in sorted(steps, key=lambda step: step["n"]):
        commands.setdefault(whole[step["request"]], []).append(
            (step["detail"]["shell"], step["detail"]["powershell"])
        )
    assert sorted(commands) == [1, 2, 3, 4, 5] == list(range(frame, len(frames) + 1))
    for number, (first, *shorter) in commands.items():
        assert None not in first
        for pair in shorter:
            assert set(pair) <= {*first, None}, number


def test_requests_of_every_sort(wireshark, place, tools, tmp_path):
    """How connection, port, protection and mechanism become options."""
    asked = Asked()
    asked.capture.udp("fd00::10", 5000, "fd00::1", 53, dns(1, "_gc._tcp.contoso.test"))
    asked.note(1, "srv", ["dig", "-q", "_gc._tcp.contoso.test", "-t", "SRV", "@fd00::1"])
    t = asked.capture.tcp(CLIENT, 30000, DC, 53, False)
    frame = t.ask(over_tcp(dns(2, "_ldap._tcp.contoso.test")))
    asked.note(frame, "srv", ["dig", "-q", "_ldap._tcp.contoso.test", "-t", "SRV", "+tcp", "@" + DC])

    def searched(server, port, first, bound, scope=2, client=CLIENT):
        t = asked.capture.tcp(client, 31000 + len(asked.requests), server, port, False)
        for message in first:
            t.ask(ldap(1, message))
            t.answer(ldap(1, bind_response()))
        frame = t.ask(ldap(2, search("DC=x", scope, equal("keywords", URL_GUID), ["*", "+"])))
        host = f"[{server}]" if ":" in server else server
        url = f"ldap://{host}" + ("" if port == 389 else f":{port}")
        tail = ["-LLL", "-s", ["base", "one", "sub", "children"][scope], "-b", "DC=x", "--"]
        asked.note(
            frame, "scp", ["ldapsearch", *bound, "-H", url, *tail, f"(keywords={URL_GUID})", "*", "+"]
        )

    simple = ["-x", "-W", "-D", "<bind name>"]
    searched(DC, 389, [bind("cn=a", "b")], simple)
    searched(DC, 3268, [bind_sasl("GSS-SPNEGO", b"")], ["-N", "-Y", "GSS-SPNEGO"], 1)
    searched(DC, 389, [], ["-N", "-Y", "GSSAPI"], 3)
    searched("fd00::1", 3268, [], ["-N", "-Y", "GSSAPI"], 0, "fd00::10")
    for name, wanted in ((("cn=a", "b"), simple), (("", ""), ["-x"])):
        t = asked.connect()
        asked.note(t.ask(ldap(1, bind(*name))), "bind", ["ldapsearch", *wanted, "-H", "ldap://" + DC, *BIND_ONLY])
        t.answer(ldap(1, bind_response()))
    message = as_req(sname="kadmin/changepw")
    frame = asked.capture.udp(CLIENT, 9000, DC, 88, message)
    asked.note(
        frame, "kerberos", ["kinit", "-c", "MEMORY:", "-S", "kadmin/changepw", "--", "alice@" + REALM]
    )
    found = steps_of(wireshark, place, asked, "sorts")
    for what, step in found:
        assert run_in("dash", step["detail"]["shell"], tools, tmp_path) == [what[1]]
    by_wanted = [(what, step["detail"]["powershell"]) for what, step in found]
    assert "-TcpOnly" in by_wanted[1][1]
    assert "-Server '10.0.0.1:3268'" in by_wanted[3][1]
    assert by_wanted[4][1] is None, "the scope of children is unknown to it"
    assert "-Server '[fd00::1]:3268'" in by_wanted[5][1]
    assert by_wanted[6][1].endswith(" -AuthType Basic -Credential (Get-Credential)")
    assert by_wanted[7][1].endswith(" -AuthType Basic")


def test_no_request_no_command(wireshark, place):
    c = Capture()
    c.udp(DC, 53, CLIENT, 5000, dns_reply(1, "_ldap._tcp.contoso.test", [], rcode=3))
    c.udp(DC, 389, CLIENT, 5001, ping_reply())
    c.udp(DC, 88, CLIENT, 5002, krb_error(7, "HTTP/x"))
    result = wireshark.run(
        "tshark", "-n", "-r", c.save(place, "replies"), "-Y", "adpath.repeat.shell or adpath.repeat.powershell"
    )
    assert (result.status, result.out) == (0, "")


# ---- the real programs ----


def real(program, package):
    if not shutil.which(program):
        pytest.skip(f"NOT TESTED: there is no {program} here; apt-get install {package}")


class Server:
    """Answers on a port of the loopback interface, and notes what it is asked."""

    def __init__(self, reply, tcp=False):
        self.reply = reply
        self.asked = []
        self.tcp = tcp
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._streams if tcp else self._datagrams, daemon=True)

    def __enter__(self):
        if self.tcp:
            self.socket.listen()
        self.thread.start()
        return self

    def __exit__(self, *error):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def _datagrams(self):
        while True:
            try:
                data, who = self.socket.recvfrom(65535)
            except OSError:
                return
            if not data:
                return
            self.asked.append(data)
            self.socket.sendto(self.reply(data), who)

    def _streams(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                data = b"x"
                while data:
                    data = connection.recv(65535)
                    if data:
                        self.asked.append(data)
                        connection.sendall(self.reply(data))

    def take(self):
        asked, self.asked = self.asked, []
        return asked


def run_real(line, work, **environment):
    """A command in a shell, with no settings of the user's."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(work), "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(
        ["/bin/sh", "-c", line],
        env=variables,
        cwd=work,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # no terminal to ask for a password at
        timeout=30,
    )


def run_on_a_terminal(line, work):
    """The same with its output on a terminal: dig then reads names as international ones."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        ["/bin/sh", "-c", line],
        env={"PATH": os.environ["PATH"], "HOME": str(work), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=work,
    )
    os.close(its)
    out = b""
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    os.close(ours)
    return process.wait(timeout=30), out


def no_such_name(query):
    question = re.match(rb".*?\x00\x00[\x01\x1c!]\x00\x01", query[12:], re.S)[0]
    return query[:2] + b"\x81\x83\0\1" + bytes(6) + question


@pytest.mark.parametrize("terminal", [False, True])
def test_dig_asks_the_name(wireshark, place, tmp_path, terminal):
    real("dig", "bind9-dnsutils")
    chosen = HOSTILE if not terminal else [r for r in HOSTILE if r[:1] in b"-@+aC'\xe2\xc3\xe6\xff "]
    with Server(no_such_name) as s:
        asked = Asked("127.0.0.1", dns_port=s.port)
        for i, raw in enumerate(chosen):
            asked.srv(i, raw)
        options = ["-d", f"udp.port=={s.port},dns", "-o", "adpath.mailboxes:TRUE"]
        for what, step in steps_of(wireshark, place, asked, f"dig-{terminal}", *options):
            line = step["detail"]["shell"]
            if terminal:
                status, out = run_on_a_terminal(line, tmp_path)
            else:
                result = run_real(line, tmp_path)
                status, out = result.returncode, result.stdout + result.stderr
            assert status == 0, (line, out)
            (question,) = s.take()
            kind = {"A": A, "AAAA": AAAA}.get(what[-1], SRV)
            assert question[12:].startswith(what[2] + struct.pack(">HH", kind, 1)), (line, question)
    assert list(tmp_path.iterdir()) == []


def tree(data):
    """BER without its way of writing lengths, which may differ."""
    items = []
    while data:
        tag, length, rest = data[0], data[1], data[2:]
        if length & 0x80:
            size = length & 0x7F
            length, rest = int.from_bytes(rest[:size], "big"), rest[size:]
        content, data = rest[:length], rest[length:]
        items.append((tag, tree(content) if tag & 0x20 else content))
    return items


def test_ldapsearch_asks_the_same(wireshark, place, tmp_path):
    real("ldapsearch", "ldap-utils")

    def reply(message):
        ((_, parts),) = tree(message)
        if parts[1][0] == 0x42:
            return b""
        return ldap(int.from_bytes(parts[0][1], "big"), bind_response() if parts[1][0] == 0x60 else done())

    with Server(reply, tcp=True) as s:
        asked = Asked("127.0.0.1", ldap_port=s.port, mechanism="simple")
        for i, raw in enumerate(HOSTILE):
            asked.searches(raw)
            asked.rootdse(raw)
            asked.ping(i, raw)
        options = ["-d", f"tcp.port=={s.port},ldap", "-d", f"udp.port=={s.port},cldap"]
        options += ["-o", "adpath.mailboxes:TRUE"]
        tried = 0
        for what, step in steps_of(wireshark, place, asked, "ldapsearch", *options):
            line = step["detail"]["shell"]
            if line is None:
                continue
            # The user fills in a name and is asked for a password; anonymous will do here.
            line = line.replace(" -x -W -D '<bind name>' ", " -x ", 1)
            result = run_real(line, tmp_path, LDAPNOINIT="1")
            assert result.returncode == 0, (line, result)
            wanted = tree(what[2])
            requests = [tree(data)[0][1][1] for data in s.take()]
            assert [r for r in requests if r[0] == 0x63] == wanted, line
            tried += 1
        assert tried > 2 * len(HOSTILE)


KRB5 = """[libdefaults]
default_realm = CONTOSO.TEST
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
[realms]
CONTOSO.TEST = {{
    kdc = 127.0.0.1:{port}
}}
"""


def counted(data):
    return struct.pack(">I", len(data)) + data


def credentials_cache():
    """A cache (format 4) with a ticket to get tickets, for which any KDC will do."""
    realm = counted(REALM.encode())

    def named(*parts):
        return struct.pack(">II", 1, len(parts)) + realm + b"".join(counted(p) for p in parts)

    key = struct.pack(">H", 17) + counted(bytes(range(16)))
    now = int(clock.time())
    times = struct.pack(">IIII", now - 60, now - 60, now + 36000, 0)
    flags = b"\0" + struct.pack(">I", 0x40E10000) + struct.pack(">II", 0, 0)
    server = named(b"krbtgt", REALM.encode())
    tgt = counted(ticket("krbtgt/" + REALM)) + counted(b"")
    return b"\5\4\0\0" + named(b"alice") + named(b"alice") + server + key + times + flags + tgt


def request_names(message):
    """(client, service, realm) of a KDC-REQ: components as bytes."""
    ((_, ((_, fields),)),) = tree(message)
    ((_, body),) = dict(fields)[0xA4]
    body = dict(body)

    def names(number):
        if number not in body:
            return None
        ((_, parts),) = body[number]
        return [value for _, value in dict(parts)[0xA1][0][1]]

    return names(0xA1), names(0xA3), body[0xA2][0][1]


@pytest.mark.parametrize("program", ["kinit", "kvno"])
def test_kerberos_asks_for_the_name(wireshark, place, tmp_path, program):
    real(program, "krb5-user")
    code = 6 if program == "kinit" else 7
    (tmp_path / "cache").write_bytes(credentials_cache())
    with Server(lambda q: krb_error(code, stime=int(clock.time()) * 10**9)) as s:
        (tmp_path / "krb5.conf").write_text(KRB5.format(port=s.port))
        asked = Asked()
        for i, raw in enumerate(HOSTILE):
            asked.kerberos(i, raw)
        where = "client" if program == "kinit" else "service"
        tried = 0
        for what, step in steps_of(wireshark, place, asked, program, "-o", "adpath.mailboxes:TRUE"):
            line = step["detail"]["shell"]
            if line is None or what[3] != where:
                continue
            assert line.startswith(program)
            run_real(
                line,
                tmp_path,
                KRB5_CONFIG=str(tmp_path / "krb5.conf"),
                KRB5CCNAME=f"FILE:{tmp_path}/cache",
            )
            requests = s.take()
            assert requests, line
            client, service, realm = request_names(requests[0])
            found = client if program == "kinit" else service
            wanted = what[1] if program == "kinit" else b"HTTP/" + what[1]
            assert (b"/".join(found), realm) == (wanted, REALM.encode()), line
            tried += 1
        assert tried > len(HOSTILE) / 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "krb5.conf"]
