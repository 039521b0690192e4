# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture itself can be like, on synthetic captures."""
import resource
import time

import pytest
from build import *  # noqa: F403
from test_kerberos import HTTP, required
from test_ldap import gssapi_bind, scp_entry, scp_request

NAME = "_ldap._tcp.dc._msdcs.contoso.test"
FLOW = ["srv", "ping", "kerberos", "kerberos", "kerberos", "bind", "kerberos", "rootdse", "scp"]


def whole_path(c, client=CLIENT, port=40000, site="HQ"):
    """One discovery, from the SRV question to the SCP entries."""
    for _ in discovery(c, client, port, site):
        pass
    return c


def discovery(c, client, port, site="HQ"):
    """The same in steps, so that two clients can take turns."""
    reply = dns_reply(port & 0xFFFF, NAME, [srv_rr(QUESTION, "dc1.contoso.test")])
    c.udp(client, port, DC, 53, dns(port & 0xFFFF, NAME))
    yield
    c.udp(DC, 53, client, port, reply)
    yield
    c.udp(client, port + 1, DC, 389, ping(host=f"PC{port}"))
    yield
    c.udp(DC, 389, client, port + 1, ping_reply(netlogon_ex(client_site=site)))
    yield
    for request, answer in (
        (as_req(), required()),
        (as_req(pre=[timestamp()]), as_rep()),
        (tgs_req("ldap/dc1.contoso.test"), tgs_rep("ldap/dc1.contoso.test")),
    ):
        c.udp(client, port + 2, DC, 88, request)
        yield
        c.udp(DC, 88, client, port + 2, answer)
        yield
    t = c.tcp(client, port + 3, DC, 389)
    gssapi_bind(t, "GSS-SPNEGO")
    yield
    t.ask(ldap(2, search("", 0, None, ["configurationNamingContext"])))
    yield
    t.answer(ldap(2, entry("", {"configurationNamingContext": ["CN=Configuration"]})) + ldap(2, done()))
    yield
    t.ask(scp_request(3))
    yield
    t.answer(scp_entry(3, 1, site) + scp_entry(3, 2, "FAR") + ldap(3, done()))
    yield
    t.ask(ldap(4, unbind()))
    t.close()


def is_flow(steps):
    return [s["kind"] for s in steps] == FLOW


def test_whole_path(analyse):
    r = analyse(whole_path(Capture()).silence()).nothing_failed()
    assert is_flow(r.steps)
    path = r.json["paths"][0]
    assert (path["outcome"], path["domain"], path["site"]) == ("ok", DOMAIN, "HQ")


def test_empty(analyse):
    r = analyse(Capture())
    nothing = {"file": None, "frames": 0, "first": None, "last": None, "limits": []}
    assert r.steps == [] and r.json["capture"] == nothing


def test_interleaved_clients(analyse):
    c = Capture()
    runs = [discovery(c, CLIENT, 40000, "HQ"), discovery(c, CLIENT2, 50000, "FAR")]
    while runs:
        runs = [run for run in runs if next(run, "end") != "end"]
    r = analyse(c.silence()).nothing_failed()
    assert [p["client"]["address"] for p in r.json["paths"]] == [CLIENT, CLIENT2]
    assert all(is_flow(p["steps"]) for p in r.json["paths"])
    assert [p["site"] for p in r.json["paths"]] == ["HQ", "FAR"]


@pytest.mark.parametrize("delay", [0, 200_000, 3_000_000])
def test_every_packet_twice(analyse, delay):
    c = Capture(step=20_000_000)
    c.copies, c.copy_delay = 2, delay
    whole_path(c)
    r = analyse(c.silence()).nothing_failed()
    assert is_flow(r.steps)
    if delay < 1_000_000:
        assert [s["retries"] for s in r.steps] == [0] * len(FLOW)
    assert r.of("scp")[0]["detail"]["entries"] == 2


@pytest.mark.parametrize("keep", ["client", "server"])
def test_one_direction(analyse, keep):
    """Only what the client sent, or only what it received."""
    c = whole_path(Capture())
    source = IP(src=CLIENT).src if keep == "client" else DC
    c.frames = [f for f in c.frames if IP(f[1][14:]).src == source]
    if keep == "client":
        c.silence(client="10.0.0.99")
    else:
        c.silence()
    r = analyse(c).nothing_failed()
    assert {s["client"]["address"] for s in r.steps} == {CLIENT}
    assert {s["server"]["address"] for s in r.steps} == {DC}


@pytest.mark.parametrize("first", range(2, 27, 2))
def test_midway(analyse, first):
    c = whole_path(Capture())
    c.frames = c.frames[first - 1 :]
    r = analyse(c.silence()).nothing_failed()
    assert {s["client"]["address"] for s in r.steps} <= {CLIENT}


@pytest.mark.parametrize("length", [34, 42, 54, 60, 68, 80, 96, 110, 128, 160, 200, 256])
def test_snaplen(analyse, length):
    """Nothing that was cut off makes a fault."""
    analyse(whole_path(Capture()).silence(), caplen=length).nothing_failed()


@pytest.mark.parametrize("gap", [1_000, 1_000_000])
def test_reply_before_request(analyse, gap):
    """A capture of several queues has frames out of order by microseconds."""
    c = Capture(step=gap)
    c.exchange(CLIENT, 5000, DC, 53, dns(7, NAME), dns_reply(7, NAME, [srv_rr(QUESTION, "dc1.x")]))
    c.exchange(CLIENT, 5001, DC, 389, ping(), ping_reply())
    c.exchange(CLIENT, 5002, DC, 88, tgs_req(HTTP), tgs_rep(HTTP))
    c.reorder(2, 1, 4, 3, 6, 5)
    r = analyse(c.silence()).nothing_failed()
    assert r.kinds() == ["srv", "ping", "kerberos"]
    assert all(s["request"] and s["response"] for s in r.steps)


def test_earlier_timestamps(analyse):
    c = Capture()
    for i in range(5):
        c.exchange(CLIENT, 5000 + i, DC, 389, ping(), ping_reply())
        c.wait(-100)
    r = analyse(c.silence(1000)).nothing_failed()
    assert r.outcomes() == ["ok"] * 5


def test_reply_with_an_earlier_timestamp(analyse):
    c = Capture()
    c.udp(CLIENT, 5000, DC, 389, ping())
    c.wait(-0.5)
    c.udp(DC, 389, CLIENT, 5000, ping_reply())
    step = analyse(c.silence()).one("ping")
    assert step["outcome"] == "ok" and -0.5 < step["time"] < -0.49


@pytest.mark.parametrize("start", [0, 1, 2**32 * 10**9 - 10**10])
def test_odd_clocks(analyse, start):
    c = whole_path(Capture(start=start))
    assert is_flow(analyse(c).steps)


@pytest.mark.parametrize("wrap", [vlan, gre, vxlan])
def test_encapsulated(analyse, wrap):
    c = Capture()
    c.wrap = wrap
    assert is_flow(analyse(whole_path(c).silence()).nothing_failed().steps)


def test_tcp_segments_repeated_and_reordered(analyse):
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389)
    t.ask(scp_request())
    t.answer(b"".join(scp_entry(2, n) for n in range(20)) + ldap(2, done()), 400)
    n = len(c.frames)
    order = list(range(1, n + 1))
    order[6], order[7] = order[7], order[6]
    order.insert(9, 6)  # a repeated segment
    c.frames.append(c.frames[-1])
    c.reorder(*order)
    c.silence()
    # Wireshark gives up at the gap unless it is told to wait; that is no fault of the server.
    analyse(c).nothing_failed()
    step = analyse(c, "-o", "tcp.reassemble_out_of_order:TRUE").nothing_failed().one("scp")
    assert step["detail"]["entries"] == 20


def test_lost_segment(analyse):
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389)
    t.ask(scp_request())
    t.answer(b"".join(scp_entry(2, n) for n in range(20)) + ldap(2, done()), 400)
    del c.frames[7]
    analyse(c.silence())


NOTES = ("retransmission", "fast_retransmission", "spurious_retransmission", "lost_segment")


def noted_by_tcp():
    """A request that TCP repeats in each way that it tells apart, and one behind a gap; none is answered."""
    c = Capture()

    def again(number):
        c.wait(0.01)
        c.frames.append((c.time, c.frames[number - 1][1]))

    later = c.tcp(CLIENT, 50001, DC, 389)
    request = later.ask(scp_request())
    for seconds in (1, 2, 4):
        c.wait(seconds)
        again(request)
    taken = c.tcp(CLIENT, 50002, DC, 389)
    request = taken.ask(scp_request())
    taken.open("sA")
    c.wait(2)
    again(request)
    asked = c.tcp(CLIENT, 50003, DC, 389)
    begin = dict(asked.seq)
    parts = [asked._segment("c", "PA", scp_request()[at : at + 40]) for at in range(0, 200, 40)]
    behind, asked.seq["c"] = asked.seq["c"], begin["c"]
    asked.open("sA", "sA", "sA", "sA")
    again(parts[0])
    del c.frames[parts[0] - 1]
    asked.seq["c"] = behind
    gap = c.tcp(CLIENT, 50004, DC, 389)
    gap.ask(scp_request())
    gap.seq["s"] += 100
    gap.answer(ldap(2, done()))
    return c.silence()


def test_what_tcp_notes(analyse, tshark):
    """Where a tree is made for messages alone, TCP's own notes are read: they have to be its fields."""
    c = noted_by_tcp()
    reports = [analyse(c, "-o", f"adpath.tree:{way}") for way in ("everywhere", "on demand")]
    assert reports[0].json == reports[1].json
    for note in NOTES:
        said = tshark(reports[0].capture, "-2", "-Y", f"tcp.analysis.{note}", "-T", "fields", "-e", "frame.number")
        assert said.strip(), note


@pytest.mark.parametrize("taken", [False, True])
def test_what_was_acknowledged_is_not_called_unheard(analyse, taken):
    """The server's word is in the capture and does not reach the client, which repeats in both cases."""
    c = whole_path(Capture(), port=41000)
    t = c.tcp(CLIENT, 50002, DC, 389)
    request = t.ask(scp_request(7))
    for seconds in (1, 2, 4, 8):
        if taken:
            t.open("sA")
        c.wait(seconds)
        c.frames.append((c.time, c.frames[request - 1][1]))
        c.wait(0.01)
    c.silence()
    reports = [analyse(c, "-o", f"adpath.tree:{way}") for way in ("everywhere", "on demand")]
    assert reports[0].json == reports[1].json
    assert ("never acknowledged" in str(reports[0].json)) is not taken


def test_requests_outside_of_any_discovery_are_not_denied(analyse):
    c = Capture()
    c.tcp(CLIENT, 50002, DC, 389).ask(scp_request())
    verdict = analyse(c.silence()).json["verdict"]
    assert verdict["outcome"] == "none" and "lone requests without an answer" in verdict["text"], verdict


def test_port_used_again(analyse):
    c = whole_path(Capture(), port=40000)
    c.wait(200)
    whole_path(c, port=40000)
    r = analyse(c.silence()).nothing_failed()
    assert is_flow(r.steps[:9]) and is_flow(r.steps[9:])


def test_ipv6(analyse, monkeypatch):
    monkeypatch.setitem(globals(), "DC", "fd00::1")
    c = whole_path(Capture(), "fd00::10")
    r = analyse(c.silence(client="fd00::10")).nothing_failed()
    assert is_flow(r.steps) and r.steps[0]["server"]["address"] == "fd00::1"


def big(frames):
    """One discovery, of many clients: only the address differs (nobody checks checksums)."""
    one = whole_path(Capture()).frames
    old = IP(src=CLIENT).src
    packed = bytes(map(int, old.split(".")))
    c = Capture(step=100_000)
    for n in range(frames // len(one) + 1):
        mine = bytes([10, 1, n >> 8, n & 255])
        for _, data in one:
            head = data[26:34].replace(packed, mine)
            c.frames.append((c.time, data[:26] + head + data[34:]))
            c.time += c.step
    c.frames = c.frames[:frames]
    return c


def test_twenty_thousand_packets(folder, tshark):
    path = big(20_000).save(folder, "big")
    times = {}
    for name, options in (("without", ["-o", "adpath.analysis:FALSE"]), ("with", [])):
        begin = time.monotonic()
        out = tshark(path, "-q", "-z", "adpath,json", *options)
        times[name] = time.monotonic() - begin
    assert out.count('"kind": "scp",') == 869
    print(f"20,000 frames: {times}")
    assert times["with"] < 5 * times["without"] + 5


def repeated(n, client, server, port, payload):
    c = Capture(step=1_500_000)
    c.udp(client, 5000, server, port, payload)
    data = c.frames[0][1]
    c.frames = [(START + i * c.step, data) for i in range(n)]
    return c


def many_entries(n):
    c = Capture(step=1_500_000)
    t = c.tcp(CLIENT, 50000, DC, 389)
    t.ask(scp_request())
    t.answer(b"".join(scp_entry(2, i) for i in range(n)) + ldap(2, done()))
    return c


WORST = {
    "pings": lambda n: repeated(n, CLIENT, DC, 389, ping()),
    "srv": lambda n: repeated(n, CLIENT, DC, 53, dns(7, NAME)),
    "kdc": lambda n: repeated(n, CLIENT, DC, 88, as_req()),
    "entries": many_entries,
}


@pytest.mark.parametrize("what", WORST)
def test_worst_cases_are_linear(folder, tshark, what):
    """The same thing very often must not cost its square.

    Time of the processor, that others may use, too. What Wireshark itself takes is its own
    affair: Kerberos of 4.4 and later takes the square.
    """
    took = []
    for n in (2000, 16000) if what != "entries" else (1000, 8000):
        path = WORST[what](n).save(folder, f"{what}-{n}")
        options = ("-2", "-q", "-z", "adpath,json", "-z", "io,stat,0,adpath.n")
        stock = processor_time(lambda: tshark(path, *options, "-o", "adpath.analysis:FALSE"))
        took.append((processor_time(lambda: tshark(path, *options)), stock))
    print(f"{what}: (with, without): {took}")
    (few, _), (many, stock) = took
    assert many < 12 * few + 1 + 1.5 * stock


def processor_time(run):
    """What the programs took that this has started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
