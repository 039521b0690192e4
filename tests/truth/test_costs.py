# SPDX-License-Identifier: GPL-2.0-or-later
"""What a finding cost is what the packets show: seconds counted from Wireshark's own columns, without the plugin."""

import harness
import pytest
from test_truths import FOLDER, told  # noqa: F401

FIELDS = "frame.time_epoch ip.src ip.dst udp.srcport udp.dstport tcp.stream tcp.dstport tcp.flags.syn tcp.flags.ack tcp.len ip.flags.mf http.request.method http.response.code".split()
SET = ("1", "True")  # a flag, as 4.0 and as later versions print it
CLIENT = "10.31.1.50"
NEAR = 0.05
# What a client notices: less is no wait, and an answer that needs no repetition may take longer (docs/findings/slow.md).
# A timeout of one second ends some thousandths before it is over.
VAIN, LATE = 0.9, 2


class Packet:
    def __init__(self, line):
        cell = dict(zip(FIELDS, line.split("\t")))
        self.time = float(cell["frame.time_epoch"])
        self.source, self.target = cell["ip.src"], cell["ip.dst"]
        self.udp, self.port = cell["udp.dstport"], cell["udp.dstport"] or cell["tcp.dstport"]
        self.talk = cell["udp.srcport"] or "tcp " + cell["tcp.stream"]
        self.stream, self.length = cell["tcp.stream"], int(cell["tcp.len"] or 0)
        self.opens = cell["tcp.flags.syn"] in SET and cell["tcp.flags.ack"] not in SET
        self.cut = cell["ip.flags.mf"] in SET
        self.asks, self.status = cell["http.request.method"], cell["http.response.code"]

    @property
    def begins(self):
        """The client begins something: a datagram, or a connection."""
        return self.source == CLIENT and bool(self.udp or self.opens)

    def same(self, other):
        return (self.target, self.port, self.talk) == (other.target, other.port, other.talk)


def packets(wireshark, name):
    capture = wireshark.borrow(harness.Capture(FOLDER / name / "capture.pcapng", name, None))
    columns = [a for field in FIELDS for a in ("-e", field)]
    out = wireshark.ask(capture, "-Y", "ip", "-T", "fields", "-E", "occurrence=f", *columns, plugins=None)
    return [Packet(line) for line in out.splitlines()]


def until_it_went_on(all_packets, first):
    return next(p.time for p in all_packets if p.begins and p.time > first.time and not p.same(first)) - first.time


def firsts(found):
    """The first of each conversation: what follows are repetitions."""
    return list({(p.target, p.port, p.talk): p for p in reversed(found)}.values())[::-1]


def in_vain(all_packets, addresses):
    """Connections to these, until the client began something else."""
    tried = firsts([p for p in all_packets if p.opens and p.target in addresses and p.port == "443"])
    return sum(t for t in (until_it_went_on(all_packets, p) for p in tried) if t >= VAIN)


def dead_addresses(all_packets):
    return in_vain(all_packets, {"10.31.1.101", "10.31.1.102", "10.31.1.103"})


def silent_endpoint(all_packets):
    return in_vain(all_packets, {"10.31.1.21"})


def silent_kdc(all_packets):
    tried = [p for p in all_packets if p.source == CLIENT and p.port == "88"]
    return tried[-1].time - tried[0].time


def lost_fragments(all_packets):
    """Questions to a KDC of whose answer only the first fragment came, until the client asked elsewhere."""
    lost, open_ = 0, {}
    for packet in all_packets:
        if packet.source == CLIENT and packet.udp == "88":
            open_[packet.target] = packet
        elif packet.cut and packet.source in open_:
            lost += until_it_went_on(all_packets, open_.pop(packet.source))
    return lost


def refused_proxy(all_packets):
    said_no = next(p for p in all_packets if p.status == "504")
    return said_no.time - max(p.time for p in all_packets if p.asks == "CONNECT" and p.time < said_no.time)


def slow_answers(all_packets):
    """From the client's last byte on a connection to the server's next, where that is long."""
    waited, asked = 0, {}
    for packet in all_packets:
        if packet.length and packet.source == CLIENT:
            asked[packet.stream] = packet.time
        elif packet.length and packet.stream in asked:
            took = packet.time - asked.pop(packet.stream)
            waited += took if took >= LATE else 0
    return waited


# kind of loss: recording, the findings that tell it, what the packets show, where the time went
CASES = {
    "dead address": ("dead-addresses", ["slow", "endpoint-unreachable"], dead_addresses, "in_vain"),
    "silent KDC": ("kdc-silent", ["kdc-unanswered"], silent_kdc, "in_vain"),
    "fragments": ("fragments-lost", ["slow"], lost_fragments, "in_vain"),
    "refused proxy": ("proxy-refused", ["proxy-refused", "slow"], refused_proxy, "answers"),
    "silent endpoint": ("endpoint-silent", ["endpoint-unreachable", "slow"], silent_endpoint, "in_vain"),
    "slow answers": ("slow-answers", ["slow"], slow_answers, "answers"),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_cost_is_what_the_packets_show(wireshark, told, kind):  # noqa: F811
    name, ids, seconds, part = CASES[kind]
    report, truth = told(name)
    lost = seconds(packets(wireshark, name))
    assert lost > 3
    for wanted in ids:
        costs = [f["cost"] for p in report["paths"] for f in p["findings"] if f["id"] == wanted]
        # Of the two refusals of the proxy one came at once.
        assert max(costs) == pytest.approx(lost, abs=NEAR) and sum(costs) == pytest.approx(lost, abs=NEAR), (wanted, costs)
    (path,) = report["paths"]
    assert path["lost"] == pytest.approx(lost, abs=NEAR)
    # Where the time went has it all, beside answers and tries that cost too little to be told.
    assert path["time_spent"][part] >= lost - NEAR
    # The truth of the scenario says between which bounds, and names the stage.
    stated = [f["cost"] for f in truth["findings"]["must"] if f["id"] in ids and "cost" in f]
    assert any(least <= lost <= most for least, most in stated), (lost, stated)
    stages = {s["stage"]: s["lost"] for s in truth["stages"]}
    assert sum(least for least, _ in stages.values()) <= lost <= sum(most for _, most in stages.values())
