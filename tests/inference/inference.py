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

import harness

HERE = Path(__file__).resolve().parent
SILENCE = 10  # seconds
INTERFACE, ENHANCED_PACKET, SECRETS = 1, 6, 10
STATEMENTS = ("answered", "negotiate", "served", "left", "directory")


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

FIELDS = ("frame.number", "tcp.stream", "http.request", "http.response.code", "http.www_authenticate")
ASK = [word for field in FIELDS for word in ("-e", field)]


class Truth:
    """What the keys show of one recording."""

    def __init__(self, wireshark, capture):
        out = wireshark.run(
            "tshark", *capture.arguments, "-Y", "http", "-T", "fields", *ASK, "-z", "adpath,json"
        ).out  # fmt: skip
        start = re.search(r"^\{$", out, re.M).start()
        self.report = json.loads(out[start:])
        self.http = [line.split("\t") for line in out[:start].splitlines()]
        self.steps = harness.steps_of(self.report)

    def answered(self, stream):
        rows = [row for row in self.http if row[1] == str(stream)]
        return any(row[2] for row in rows) and any(row[3] for row in rows)

    def negotiate(self, stream):
        return any(row[1] == str(stream) and row[3] == "401" and "Negotiate" in row[4] for row in self.http)

    def exchanges(self, stream):
        steps = [s for s in self.steps if s["kind"] == "autodiscover" and s["stream"] == stream]
        return [s["detail"] for s in steps]

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

    def says(self, statement, stream, host):
        """Is the statement about a connection true?"""
        if statement in ("answered", "negotiate", "served", "left"):
            return getattr(self, statement)(stream)
        return host in self.listed(stream)

    def has(self, statement, stream):
        """Would the statement be true, had it been made?"""
        if statement in ("answered", "negotiate", "served", "left"):
            return getattr(self, statement)(stream)
        return bool(self.listed(stream))


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
    streams = {s["n"]: s["stream"] for s in harness.steps_of(report)}
    items = [item for path in report["paths"] for item in path["inferred"]]
    made = [
        (i["statement"], truth.says(i["statement"], streams[i["step"]], i["host"]), i["text"]) for i in items
    ]
    said = {(i["statement"], streams[i["step"]]) for i in items}
    web = {s["stream"] for s in truth.steps if s["kind"] == "tls" and s["server"]["port"] == 443}
    ldap = {s["stream"] for s in harness.steps_of(report) if s["kind"] == "hidden"}
    true = [
        (statement, (statement, stream) in said)
        for statement in STATEMENTS
        for stream in (ldap if statement == "directory" else web)
        if truth.has(statement, stream)
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
