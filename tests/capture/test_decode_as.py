# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP on ports that nobody expects: the lab's recordings with their ports rewritten."""

import copy
import re
import struct

import harness
import pytest

LDAP, ODD = 389, 1389


def rewritten(capture, folder):
    """A copy of a pcapng file in which TCP and UDP port 389 is 1389, in place."""
    data = bytearray(capture.path.read_bytes())
    at = changed = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == 6:  # enhanced packet block, its packet at 28: Ethernet without tags, IPv4
            ip = at + 28 + 14
            if data[ip - 2 : ip] == b"\x08\x00" and data[ip + 9] in (6, 17):
                ports = ip + 4 * (data[ip] & 15)
                for port in (ports, ports + 2):
                    if struct.unpack_from(">H", data, port) == (LDAP,):
                        struct.pack_into(">H", data, port, ODD)
                        changed += 1
        at += length
    assert at == len(data) and changed
    path = folder / ("odd-ports-" + capture.path.name)
    path.write_bytes(data)
    path.chmod(0o644)
    return harness.Capture(path, "odd-ports-" + capture.name, capture.keytab)


def on_usual_ports(report):
    """The report as it would be of the original: servers' ports, and the commands that name them."""
    report = copy.deepcopy(report)
    for step in harness.steps_of(report):
        for end in ("server", "client"):
            if step[end]["port"] == ODD:
                step[end]["port"] = LDAP
        for key in ("shell", "powershell"):
            command = step["detail"].get(key)
            if command:
                step["detail"][key] = re.sub(f":{ODD}'", "'", command)
    # A connection is followed from its first packet only where its port tells what it is for: elsewhere
    # the time until the first message is the stage's before it.
    for path in report["paths"]:
        del path["time_spent"]
        for stage in path["stages"]:
            for key in ("start", "duration", "waiting"):
                del stage[key]
    return report


@pytest.mark.parametrize(
    "name,keys,kinds",
    [
        ("a1", False, {"ping", "bind", "rootdse", "scp", "kerberos"}),
        ("b2", False, {"ping", "bind", "hidden"}),
        ("b2", True, {"ping", "bind", "rootdse", "scp"}),
    ],
)
def test_same_steps_on_another_port(wireshark, lab, name, keys, kinds):
    original = lab(name, keys)
    odd = rewritten(original, wireshark.scratch)
    tcp, udp = ("-d", f"tcp.port=={ODD},ldap"), ("-d", f"udp.port=={ODD},cldap")
    usual, both, neither = harness.together(
        [
            lambda: wireshark.json(original),
            lambda: wireshark.json(odd, *tcp, *udp),
            lambda: wireshark.json(odd),
        ]
    )
    mine = [s for s in harness.steps_of(both) if s["server"]["port"] == ODD]
    assert kinds <= {s["kind"] for s in mine}
    assert {s["transport"] for s in mine} == {"tcp", "udp"}
    assert on_usual_ports(both) == on_usual_ports(usual)
    assert both != usual
    # Only by the option: Wireshark does not take the port for LDAP by itself.
    assert not [s for s in harness.steps_of(neither) if s["server"]["port"] == ODD]


def test_one_protocol_alone(wireshark, lab):
    """-d for TCP leaves UDP alone."""
    odd = rewritten(lab("a1"), wireshark.scratch)
    report = wireshark.json(odd, "-d", f"tcp.port=={ODD},ldap")
    mine = [s for s in harness.steps_of(report) if s["server"]["port"] == ODD]
    assert {s["transport"] for s in mine} == {"tcp"} and {"bind", "rootdse", "scp"} <= {
        s["kind"] for s in mine
    }
