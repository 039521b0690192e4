# SPDX-License-Identifier: GPL-2.0-or-later
"""adpath.evidence: the packets that the verdict needs. A capture of these alone is judged as the whole one is."""

import json
import re

import harness
import packets
import pytest

# Numbers of frames, and of what Wireshark counts, are others in a part of a capture.
NUMBERS = {"frame", "frames", "request", "response", "stream", "ticket_frame", "file"}
FRAMES = re.compile(r"\b(frames?|packets?) \d+(([-, ]| and )+\d+)*")
# Shapes of captures: what is absent, doubled, one-sided, cut, in two languages of addresses.
NAMES = ("lab/b2", "lab/c1", "http-redirect-refused/", "one-way-answers/", "doubled/", "ipv6/", "late-sealed/")
SOME = [c for c in harness.OWN_CAPTURES if harness.EVERY_CAPTURE or (c.name.startswith(NAMES) and not c.keytab)]


def judged(told):
    """A report without the numbers of frames."""
    if isinstance(told, dict):
        return {k: judged(v) for k, v in told.items() if k not in NUMBERS}
    if isinstance(told, list):
        return [judged(v) for v in told]
    return FRAMES.sub(r"\1 N", told) if isinstance(told, str) else told


@pytest.fixture
def shared(wireshark):
    """A function: the report of a capture, and that of its evidence, which is written and read again."""

    def both(capture):
        part = wireshark.home / "part.pcapng"
        whole = wireshark.try_out(capture, "-2", "-q", "-Y", "adpath.evidence", "-w", part, "-z", "adpath,json")
        assert whole.status == 0 and whole.err == "", whole
        less = harness.Capture(part, "part of " + capture.name, capture.keytab)
        again = wireshark.try_out(less, "-q", "-z", "adpath,json")
        part.unlink()
        return json.loads(whole.out), json.loads(again.out)

    return both


@pytest.mark.parametrize("name", SOME, ids=str)
def test_the_evidence_is_judged_as_the_whole(wireshark, shared, name):
    whole, part = shared(wireshark.borrow(name))
    assert whole["paths"] or whole["unattached"]["steps"]
    assert judged(part) == judged(whole)


def ether_udp(source, target, port):
    """A packet of two who have nothing to do with the path."""
    payload = b"x" * 20
    udp = (40000).to_bytes(2, "big") + port.to_bytes(2, "big") + (8 + len(payload)).to_bytes(2, "big") + b"\0\0" + payload
    head = bytearray(b"\x45\0" + (20 + len(udp)).to_bytes(2, "big") + b"\0\1\0\0\x40\x11\0\0" + source + target)
    total = sum(int.from_bytes(head[i : i + 2], "big") for i in range(0, 20, 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    head[10:12] = (~total & 0xFFFF).to_bytes(2, "big")
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + bytes(head) + udp


def test_the_packets_of_others_stay_at_home(wireshark, lab, shared):
    """But for the last of the capture, which tells how long nobody answered."""
    frames = list(packets.frames_of(lab("c1").path))
    begin, end = frames[0][0], frames[-1][0]
    for i in range(100):
        frames.append((begin + (end - begin) * i // 100, ether_udp(b"\x0a\x09\x09\x01", b"\x0a\x09\x09\x02", 9999)))
    frames.append((end + 60 * 10**9, ether_udp(b"\x0a\x09\x09\x01", b"\x0a\x09\x09\x02", 9999)))
    path = wireshark.scratch / "with-others.pcap"
    packets.write(path, frames)
    path.chmod(0o644)
    whole, part = shared(harness.Capture(path, path.name))
    assert part["capture"]["frames"] <= whole["capture"]["frames"] - 100
    assert part["capture"]["last"] == whole["capture"]["last"]
    whole["capture"].pop("frames"), part["capture"].pop("frames")
    assert judged(part) == judged(whole)


def test_it_tags_nothing(wireshark, lab):
    """The filter `adpath` finds steps and what findings cite, as without the field; evidence is more than that."""
    capture = lab("c1")

    def frames(expression):
        return set(wireshark.ask(capture, "-2", "-Y", expression, "-T", "fields", "-e", "frame.number").split())

    steps, evidence = frames("adpath"), frames("adpath.evidence")
    assert steps < evidence
    assert not frames("adpath.evidence && !adpath && !tcp && !udp")
