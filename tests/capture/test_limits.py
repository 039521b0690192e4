# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a capture holds more than is read, the report, the JSON and the log say so, once."""

import json
import re
import struct

import harness
import packets
import pytest

CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])


def ethernet(payload, protocol, source, target):
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0,
                         source, target)  # fmt: skip
    return bytes(12) + b"\x08\x00" + header + payload


def udp(data, source, source_port, target, target_port):
    header = struct.pack(">HHHH", source_port, target_port, 8 + len(data), 0)
    return ethernet(header + data, 17, source, target)


def tcp(data, sequence, source_port=40000, target_port=389):
    header = struct.pack(">HHIIBBHHH", source_port, target_port, sequence, 1, 0x50, 0x18, 65535, 0, 0)
    return ethernet(header + data, 6, CLIENT, SERVER)


def dns_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns_answer(records):
    question = dns_name("_ldap._tcp.dc._msdcs.contoso.test") + struct.pack(">HH", 33, 1)
    record = b"\xc0\x0c" + struct.pack(">HHIHHHH", 33, 1, 60, 6 + 2, 0, 100, 389) + b"\xc0\x22"
    ask = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack(">HHHHHH", 7, 0x8180, 1, records, 0, 0) + question + record * records
    return [udp(ask, CLIENT, 5000, SERVER, 53), udp(answer, SERVER, 53, CLIENT, 5000)]


def ber(tag, content):
    n = len(content)
    return bytes([tag]) + (bytes([n]) if n < 128 else b"\x82" + struct.pack(">H", n)) + content


def ldap_search(attributes):
    names = b"".join(ber(4, b"a%d" % n) for n in range(attributes))
    numbers = ber(10, b"\0") + ber(10, b"\0") + ber(2, b"\0") * 2 + ber(1, b"\0")
    search = ber(4, b"") + numbers + ber(0x87, b"objectClass") + ber(0x30, names)
    return [tcp(ber(0x30, ber(2, b"\1") + ber(0x63, search)), 1)]


def http_request(header):
    text = b"POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: autodiscover.contoso.test\r\n"
    text += b"X: " + b"a" * header + b"\r\n\r\n"
    parts = [text[i : i + 30000] for i in range(0, len(text), 30000)]
    return [tcp(part, 1 + 30000 * i, target_port=80) for i, part in enumerate(parts)]


# What shows the log of a plugin: of GLib in 4.0, of Wireshark in later versions.
LOGGED = {
    "G_MESSAGES_DEBUG": "adpath",
    "WIRESHARK_LOG_LEVEL": "info",
    "WIRESHARK_LOG_DOMAINS": "adpath",
}

LIMITS = {
    "dns-records": (dns_answer, 256, "A DNS answer has more than 256 records"),
    "ldap-attributes": (ldap_search, 256, "more than 256 attributes"),
    "http-headers": (http_request, 65000, "HTTP headers are longer than 64 KiB"),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("beyond", (False, True), ids=("within", "beyond"))
def test_told(wireshark, name, beyond):
    make, most, sentence = LIMITS[name]
    path = wireshark.scratch / f"limit-{name}-{beyond}.pcap"
    frames = make(most + (1000 if name == "http-headers" and beyond else beyond))
    packets.write(path, [(n * 1000000, frame) for n, frame in enumerate(frames)])
    path.chmod(0o644)
    capture = harness.Capture(path, path.name)
    report = wireshark.try_out(capture, "-q", "-z", "adpath,json")
    told = json.loads(report.out)["capture"]["limits"]
    result = wireshark.try_out(capture, "-q", "-z", "adpath,path", environment=LOGGED)
    assert report.err == "", "nothing beside a report that has it"
    assert len(told) == beyond
    assert ("Limit reached: " in result.out) == beyond
    log = [line for line in (result.out + result.err).splitlines() if re.search("adpath.INFO", line)]
    assert len([line for line in log if sentence in line]) == beyond
    for text in told:
        assert sentence in text


def limits_of_the_source():
    """(name, value, what is told or why not) of each row of the table."""
    text = (harness.ROOT / "plugins/adpath/wire/limits.h").read_text()
    table = text[text.index("#define ADP_LIMITS(") : text.index("/* clang-format on */")]
    row = r'(TOLD|QUIET)\((\w+), (\d+), "(?:[^"\\]|\\.)*",\s*\\?\s*"((?:[^"\\]|\\.)*)"\)'
    return [
        (name, int(value), word.replace('\\"', '"'))
        for _, name, value, word in re.findall(row, table)
    ]


def test_documented():
    """docs/filters.md has each limit, with its value and what a reader is told."""
    documented = (harness.ROOT / "docs/filters.md").read_text()
    rows = limits_of_the_source()
    assert len(rows) > 40
    for _, value, word in rows:
        assert f"| {value:,} | {word} |" in documented
