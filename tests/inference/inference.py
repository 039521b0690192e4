# SPDX-License-Identifier: GPL-2.0-or-later
"""What is inferred of sealed traffic, held against what the keys show.

Each recording that has keys is read twice: without them, for the statements, and with them, for the truth.
The copy without keys ends with ten seconds of silence. That adds nothing: when a recording ended, its client had
done all it was going to do. But nothing is concluded from a capture that ends at once.
"""

import json
import re
import struct
from pathlib import Path
from urllib.parse import urlsplit

import harness

HERE = Path(__file__).resolve().parent
SILENCE = 10  # seconds
INTERFACE, ENHANCED_PACKET, SECRETS = 1, 6, 10
# About a connection to a web server, about one to a directory, and about all that a client did.
WEB = ("answered", "negotiate", "ntlm", "accepted", "refused", "redirect", "served", "left")
DIRECTORY, WHOLE = "directory", "gave-up"
STATEMENTS = (*WEB, DIRECTORY, WHOLE)


def recordings():
    """Name -> capture, of all that have keys."""
    found = {}
    for path in sorted(harness.TESTDATA.rglob("*.pcapng")):
        keytab = path.with_suffix(".keytab")
        if keytab.is_file() or any(kind == SECRETS for kind, _ in blocks(path.read_bytes())):
            name = str(path.relative_to(harness.TESTDATA).with_suffix("")).removesuffix("/capture")
            found[name] = harness.Capture(path, name, keytab if keytab.is_file() else None)
    return found


def built_on():
    """The recordings that the statements were built on; on all others they are measured."""
    lines = (HERE / "built-on.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


# ---- without keys ----


def blocks(data):
    """The blocks of a pcapng file (of this byte order): type, and all of it."""
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        yield kind, data[at : at + length]
        at += length


def ticks_of(block):
    """How many units of time a second has, as the description of an interface tells (option 9)."""
    at = 16
    while at + 4 <= len(block) - 4:
        option, length = struct.unpack_from("<HH", block, at)
        if option == 9:
            value = block[at + 4]
            return 2 ** (value & 0x7F) if value & 0x80 else 10**value
        if option == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return 10**6


def silent_packet(last, ticks):
    """A packet of no protocol, on the last one's interface, some seconds after it."""
    interface, high, low = struct.unpack_from("<III", last, 8)
    time = (high << 32 | low) + SILENCE * ticks
    frame = bytes(12) + b"\x88\xb5" + bytes(46)
    body = struct.pack("<IIIII", interface, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame)) + frame
    return struct.pack("<II", ENHANCED_PACKET, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def without_keys(data):
    """The capture without what opens it, and with a while of silence."""
    all_blocks = [(kind, block) for kind, block in blocks(data) if kind != SECRETS]
    ticks = [ticks_of(block) for kind, block in all_blocks if kind == INTERFACE]
    last = [block for kind, block in all_blocks if kind == ENHANCED_PACKET][-1]
    end = silent_packet(last, ticks[struct.unpack_from("<I", last, 8)[0]])
    return b"".join(block for _, block in all_blocks) + end


# ---- the truth ----

# HTTP of either version, and of HTTP/2 the headers, which several messages of a frame may have.
FIELDS = ("frame.number", "tcp.stream", "http.request", "http.response.code", "http.www_authenticate")
FIELDS += ("http2.headers.method", "http2.headers.status", "http2.headers.www_authenticate")
ASK = [word for field in FIELDS for word in ("-e", field)]
CREDENTIALS = ("kerberos", "ntlm", "basic", "bearer")


class Truth:
    """What the keys show of one recording."""

    def __init__(self, wireshark, capture):
        out = wireshark.run(
            "tshark", *capture.arguments, "-Y", "http || http2", "-T", "fields", *ASK, "-z", "adpath,json"
        ).out  # fmt: skip
        start = re.search(r"^\{$", out, re.M).start()
        self.report = json.loads(out[start:])
        self.http = [dict(zip(FIELDS, line.split("\t"))) for line in out[:start].splitlines()]
        self.steps = harness.steps_of(self.report)

    def rows(self, stream):
        return [row for row in self.http if row["tcp.stream"] == str(stream)]

    def answered(self, stream):
        rows = self.rows(stream)
        asked = any(row["http.request"] or row["http2.headers.method"] for row in rows)
        return asked and any(row["http.response.code"] or row["http2.headers.status"] for row in rows)

    def negotiate(self, stream):
        return any(
            ("401" in row["http.response.code"] and "Negotiate" in row["http.www_authenticate"])
            or ("401" in row["http2.headers.status"] and "Negotiate" in row["http2.headers.www_authenticate"])
            for row in self.rows(stream)
        )

    def exchanges(self, stream):
        steps = [s for s in self.steps if s["kind"] == "autodiscover" and s["stream"] == stream]
        return [s["detail"] for s in steps]

    def ntlm(self, stream):
        return any(one["auth"] == "ntlm" for one in self.exchanges(stream))

    def accepted(self, stream):
        """Credentials were sent, and what came was no challenge: whatever it was, the server knew its client."""
        return any(one["auth"] in CREDENTIALS and one["status"] not in (None, 401, 407) for one in self.exchanges(stream))

    def refused(self, stream):
        """The last answer on the connection refuses credentials that were sent."""
        last = self.exchanges(stream)[-1:]
        return bool(last) and last[0]["auth"] in CREDENTIALS and last[0]["status"] in (401, 403)

    def redirect(self, stream):
        """The last answer on the connection sends the client to this host; None: nowhere."""
        last = self.exchanges(stream)[-1:]
        target = last[0]["redirect"] if last else None
        return target and (urlsplit(target).hostname or "an address")

    def served(self, stream):
        """The last answer on the connection is one that a client goes away with."""
        last = self.exchanges(stream)[-1:]
        return bool(last) and last[0]["status"] == 200 and not last[0]["error"] and not last[0]["redirect"]

    def left(self, stream):
        last = self.exchanges(stream)[-1:]
        return bool(last) and (last[0]["status"] not in (200, 301, 302, 303, 307, 308) or bool(last[0]["error"]))

    def listed(self, stream):
        steps = [s for s in self.steps if s["kind"] == "scp" and s["stream"] == stream]
        return {entry["host"] for s in steps for entry in s["detail"]["entry_list"] if entry["host"]}

    def gave_up(self, client):
        """This client asked for settings, and got none."""
        asked = [
            s
            for s in self.steps
            if s["kind"] == "autodiscover" and s["client"]["address"] == client and s["server"]["port"] == 443
        ]
        return bool(asked) and not any(self.served(s["stream"]) for s in asked)

    def says(self, statement, stream, host, client):
        """Is the statement true?"""
        if statement == DIRECTORY:
            return host in self.listed(stream)
        if statement == "redirect":
            return self.redirect(stream) == host
        return self.has(statement, stream, client)

    def has(self, statement, stream, client):
        """Would the statement be true, had it been made?"""
        if statement == DIRECTORY:
            return bool(self.listed(stream))
        if statement == WHOLE:
            return self.gave_up(client)
        return bool(getattr(self, statement)(stream))


# ---- the measure ----


def measure(wireshark, capture):
    """
    Of one recording: the statements made, as (statement, was it right, text), and those that would have been true,
    as (statement, was it made); and what was inferred although the keys were there.
    """
    truth = Truth(wireshark, wireshark.borrow(capture))
    sealed = wireshark.scratch / "sealed.pcapng"
    sealed.write_bytes(without_keys(capture.path.read_bytes()))
    sealed.chmod(0o644)
    report = json.loads(wireshark.run("tshark", "-r", sealed, "-q", "-z", "adpath,json").out)
    steps = {s["n"]: s for s in harness.steps_of(report)}
    made, said = [], set()
    for item in (item for path in report["paths"] for item in path["inferred"]):
        step, statement = steps[item["step"]], item["statement"]
        client = step["client"]["address"]
        made.append((statement, truth.says(statement, step["stream"], item["host"], client), item["text"]))
        said.add((statement, client if statement == WHOLE else step["stream"]))
    web = {s["stream"]: s["client"]["address"] for s in truth.steps if s["kind"] == "tls" and s["server"]["port"] == 443}
    ldap = {s["stream"]: s["client"]["address"] for s in steps.values() if s["kind"] == "hidden"}
    cases = [(statement, stream, client) for statement in WEB for stream, client in web.items()]
    cases += [(DIRECTORY, stream, client) for stream, client in ldap.items()]
    cases += [(WHOLE, None, client) for client in sorted(set(web.values()))]
    true = [
        (statement, (statement, client if statement == WHOLE else stream) in said)
        for statement, stream, client in cases
        if truth.has(statement, stream, client)
    ]
    visible = [item for path in truth.report["paths"] for item in path["inferred"]]
    return made, true, visible


def rates(results):
    """Statement -> how often it was made, was right, would have been right, and was made then."""
    table = {statement: [0, 0, 0, 0] for statement in STATEMENTS}
    for made, true, _ in results:
        for statement, right, _ in made:
            table[statement][0] += 1
            table[statement][1] += right
        for statement, said in true:
            table[statement][2] += 1
            table[statement][3] += said
    return table
