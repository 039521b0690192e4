# SPDX-License-Identifier: GPL-2.0-or-later
"""A tree on demand tells the same as a tree for every frame, whatever way a message takes.

The captures stand behind one another in one file: the starts of tshark are what takes the time. Each
comparison asks, too, whether trees were made on demand there and no message got past.
"""

import functools
import random
import re
import subprocess
import sys
from pathlib import Path

import harness
import packets
import pytest
import stock
from test_decode_as import LDAP, ODD, rewritten

sys.path.insert(0, str(harness.ROOT / "tests" / "bench"))

import traffic  # noqa: E402

# One worker: the captures are put into one file once.
pytestmark = pytest.mark.xdist_group("tree")

EVERYWHERE, ON_DEMAND = "everywhere", "on demand"
DAMAGED = ("-q", "-z", "adpath,json", "-z", "adpath,about")
REPORT = ("-q", "-z", "adpath,json", "-z", "expert", "-z", "adpath,about")


@pytest.fixture(scope="module")
def everything(wireshark):
    """All captures that take part."""
    return wireshark.merged(harness.ALL_CAPTURES, "tree-everything")


def asked(wireshark, capture, way, *arguments, plugins="adpath"):
    result = wireshark.try_out(
        capture, "-o", "adpath.tree:" + way, *arguments, plugins=plugins
    )
    assert result.status == 0, result
    return result.out, result.err


def without_about(text):
    """What -z adpath,about says is what differs: taken out, and given back."""
    found = re.search(r"^AD Discovery Path .*\n(?:  .*\n)+", text, re.M)
    text = text.replace(found.group(), "")
    # How often a key was tried differs from run to run of stock tshark.
    return re.sub(r"^.*Used keymap=.*num_tries=.*\n", "", text, flags=re.M), found.group()


def same_both_ways(wireshark, capture, *arguments, about=REPORT, plugins="adpath"):
    """The reports and expert items of both ways; returns the output of one."""
    one, other = wireshark.both(
        lambda: asked(wireshark, capture, EVERYWHERE, *arguments, *about, plugins=plugins),
        lambda: asked(wireshark, capture, ON_DEMAND, *arguments, *about, plugins=plugins),
    )
    report, way = without_about(one[0])
    mine, my_way = without_about(other[0])
    assert "everywhere, because the preference says so" in way
    assert "on demand, because the preference says so" in my_way
    made, missed = map(int, re.search(r"(\d+) had a tree on demand, (\d+) were", my_way).groups())
    assert made and not missed, my_way
    assert (mine, other[1]) == (report, one[1])
    return mine


# ---- what is shown ----


def test_reports_and_expert_items(wireshark, everything):
    same_both_ways(wireshark, everything)


def test_reports_of_each_capture(wireshark):
    """One by one they have other neighbours; all of them only when all captures are asked for."""
    if not harness.EVERY_CAPTURE:
        pytest.skip("NOT TESTED: trees on demand, on each capture by itself (ADPATH_ALL_CAPTURES=1)")
    for capture in harness.ALL_CAPTURES:
        capture = wireshark.borrow(capture)
        one, other = wireshark.both(
            lambda c=capture: asked(wireshark, c, EVERYWHERE, "-q", "-z", "adpath,json"),
            lambda c=capture: asked(wireshark, c, ON_DEMAND, "-q", "-z", "adpath,json"),
        )
        assert one == other, capture.id


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_fields(wireshark, everything, passes):
    fields = [word for name in wireshark.fields() for word in ("-e", name)]
    columns = ("-e", "frame.protocols", "-e", "_ws.col.Info")
    one, other = wireshark.both(
        *(
            functools.partial(
                asked, wireshark, everything, way, *passes, "-T", "fields", *columns, *fields
            )
            for way in (EVERYWHERE, ON_DEMAND)
        )
    )
    assert one == other


def test_packets_without_a_tree(wireshark, everything):
    """The list of packets is stock tshark's, which makes no tree for it."""
    ours = asked(wireshark, everything, ON_DEMAND)
    bare = wireshark.try_out(everything, plugins=None)
    # Malformed packets apart: Wireshark itself writes other columns when it makes a tree.
    differ = [
        (a, b)
        for a, b in zip(ours[0].splitlines(), bare.out.splitlines(), strict=True)
        if a != b
    ]
    assert ours[1] == bare.err
    assert not [pair for pair in differ if "Malformed" not in pair[1]]


def test_packets_in_detail(wireshark, everything):
    one, other = wireshark.both(
        lambda: asked(wireshark, everything, EVERYWHERE, "-V"),
        lambda: asked(wireshark, everything, ON_DEMAND, "-V"),
    )
    mine, theirs = stock.without_adpath(other[0]), stock.without_adpath(one[0])
    assert [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]] == []
    assert re.sub(r"num_tries=\d+", "", other[0]) == re.sub(r"num_tries=\d+", "", one[0])


def test_with_a_filter(wireshark, everything):
    """A filter has a tree of its own made, into which our fields go."""
    for chosen in ("adpath", "dns or tls.handshake.type == 1"):
        one, other = wireshark.both(
            lambda c=chosen: asked(wireshark, everything, EVERYWHERE, "-Y", c, "-z", "adpath,json"),
            lambda c=chosen: asked(wireshark, everything, ON_DEMAND, "-Y", c, "-z", "adpath,json"),
        )
        assert one == other, chosen


# ---- damage ----


def test_damaged_packets(wireshark, everything):
    """Expert items apart: some that Wireshark has for broken headers need a tree, whoever has it made."""
    for name, words in {"cut": ("-s", "120"), "noise": ("-E", "0.01", "--seed", "3")}.items():
        path = wireshark.scratch / f"tree-{name}.pcapng"
        subprocess.run(
            ["editcap", *words, str(everything.path), str(path)], check=True, capture_output=True
        )
        path.chmod(0o644)
        damaged = harness.Capture(path, name, everything.keytab)
        same_both_ways(wireshark, damaged, about=DAMAGED)


def cut_in_header(frames):
    """An IP packet that says it ends within TCP's header, though more follows."""
    for _, frame in frames:
        if frame[23] == 6 and frame[47] == 0x12:
            frame[16:18] = (28).to_bytes(2, "big")


def answer_by_lite(frames):
    """A KDC's answer by UDP-Lite: the conversation it belongs to has its dissector."""
    for _, frame in frames:
        if frame[23] == 17 and frame[34:36] == (88).to_bytes(2, "big"):
            frame[23] = 136


@pytest.mark.parametrize("change", [cut_in_header, answer_by_lite])
def test_headers_that_are_not_as_usual(wireshark, lab, change):
    """The two ways see as much of them, and tell the same of what they carry."""
    frames = [(ns, bytearray(f)) for ns, f in packets.frames_of(lab("b2").path) if f[12:14] == b"\x08\x00"]
    before = [bytes(f) for _, f in frames]
    change(frames)
    assert [bytes(f) for _, f in frames] != before
    path = wireshark.scratch / f"tree-{change.__name__}.pcap"
    packets.write(path, frames)
    path.chmod(0o644)
    same_both_ways(wireshark, harness.Capture(path, path.stem), about=DAMAGED)


# ---- ways that a message takes ----


@pytest.mark.parametrize(
    "options",
    [
        ("-d", f"tcp.port=={ODD},ldap", "-d", f"udp.port=={ODD},cldap"),
        ("-o", f"ldap.tcp.port:{ODD}"),
        ("-o", f"ldap.tcp.port:{LDAP},{ODD}-{ODD + 3}"),
    ],
    ids=["decode as", "preference", "range"],
)
def test_ldap_on_another_port(wireshark, lab, options):
    """The ports of the tables are those that count, whoever has put them there."""
    report = same_both_ways(wireshark, rewritten(lab("b2", True), wireshark.scratch), *options)
    assert f'"port": {ODD}' in report


@pytest.mark.parametrize("flags", [b"\x01\x00", b"\x01\x50"], ids=["plain", "reserved bit"])
def test_dns_on_another_port_is_guessed(wireshark, lab, flags):
    """Heuristics are asked about what no table knows, whatever its flags: a bit that must be zero is none of theirs."""
    original = lab("a1")
    data = original.path.read_bytes()
    data = data.replace((53).to_bytes(2, "big") + b"\x00", (1553).to_bytes(2, "big") + b"\x00")
    path = wireshark.scratch / f"tree-dns-{flags.hex()}.pcapng"
    path.write_bytes(data.replace(b"\x01\x00\x00\x01\x00\x00", flags + b"\x00\x01\x00\x00"))
    path.chmod(0o644)
    assert '"kind": "srv"' in same_both_ways(wireshark, harness.Capture(path, path.stem))


MANY = 1020
PLAIN = b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"
ASKS = b"GET /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: mail.contoso.test\r\n\r\n"


def segments_of_many():
    """Of each connection in turn, so that all have been guessed to be HTTP before one asks; some ask in two pieces.

    Each has a server of its own: all segments of one that answered for autodiscover are read.
    """
    rng = random.Random(7)
    ends = [((10, 9, rng.randrange(256), rng.randrange(256)), rng.randrange(20000, 60000)) for _ in range(MANY)]
    sent = {}
    for number in range(4):
        for n, (client, port) in enumerate(ends):
            data = (PLAIN, PLAIN, ASKS[:40] if n % 3 else ASKS, ASKS[40:] if n % 3 else PLAIN)[number]
            begin = sent.get(n, 1)
            sent[n] = begin + len(data)
            yield traffic.tcp(client, (10, 3, n // 250, n % 250 + 1), port, 9999, begin, data)


def test_many_connections_are_guessed(wireshark):
    """More than the table of guesses begins with; it is half full at the end, so some have no place in it, and some share a gist."""
    path = wireshark.scratch / "tree-synthetic-many-guesses.pcap"
    packets.write(path, [(n * 1_000_000, frame) for n, frame in enumerate(segments_of_many())])
    path.chmod(0o644)
    report = same_both_ways(wireshark, harness.Capture(path, path.stem))
    assert report.count("'http://mail.contoso.test/autodiscover/autodiscover.xml'") >= MANY


WEB, CALLER = (10, 3, 0, 9), (10, 3, 0, 50)
LOCATION = b"https://tls12.nordwind.test:9443/autodiscover/autodiscover.xml"


def handshake_of(path):
    """What both sides say of the first handshake of TLS 1.2 with a web server: (by the client, bytes)."""
    said = []
    for _, frame in packets.frames_of(path):
        if frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        tcp = 14 + 4 * (frame[14] & 15)
        end = 14 + int.from_bytes(frame[16:18], "big")
        data = frame[tcp + 4 * (frame[tcp + 12] >> 4) : end]
        ports = [int.from_bytes(frame[at : at + 2], "big") for at in (tcp, tcp + 2)]
        if 443 in ports and data:
            said.append((ports[1] == 443, data))
        if len(said) == 6:
            return said
    raise AssertionError("no handshake")


def conversation(port, server_port, said, most):
    """Segments with at most so many bytes, without those that open the connection."""
    sent = {True: 1, False: 1}
    for by_client, data in said:
        for at in range(0, len(data), most):
            piece = data[at : at + most]
            ends = (CALLER, WEB, port, server_port) if by_client else (WEB, CALLER, server_port, port)
            yield traffic.tcp(*ends, sent[by_client], piece)
            sent[by_client] += len(piece)


def lookup(name):
    question = name + b"\0\1\0\1"
    yield traffic.udp(CALLER, WEB, 50003, 53, b"\0\1\1\0\0\1\0\0\0\0\0\0" + question)
    record = b"\xc0\x0c\0\1\0\1\0\0\2\x58\0\4" + bytes(WEB)
    yield traffic.udp(WEB, CALLER, 53, 50003, b"\0\1\x81\x80\0\1\0\1\0\0\0\0" + question + record)


@pytest.mark.parametrize("most", [1400, 120], ids=["whole", "in pieces"])
def test_handshake_on_a_port_that_is_guessed(wireshark, most):
    """A piece of a client's hello begins as nothing: until data come, all of the connection counts."""
    ask = b"GET /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: autodiscover.contoso.test\r\n\r\n"
    moved = b"HTTP/1.1 302 Found\r\nLocation: " + LOCATION + b"\r\nContent-Length: 0\r\n\r\n"
    said = handshake_of(harness.TESTDATA / "tls-1.2" / "capture.pcapng")
    frames = [
        *conversation(50001, 80, [(True, ask), (False, moved)], 1400),
        *lookup(b"\5tls12\10nordwind\4test\0"),
        *conversation(50002, 9443, said, most),
    ]
    path = wireshark.scratch / f"tree-synthetic-guessed-tls-{most}.pcap"
    packets.write(path, [(n * 1_000_000, frame) for n, frame in enumerate(frames)])
    path.chmod(0o644)
    report = same_both_ways(wireshark, harness.Capture(path, path.stem))
    assert "certificate for tls12.nordwind.test" in report


def test_hello_in_quic(wireshark, lab):
    """QUIC asks no table for TLS: nothing of it is read, in either way, and it is not missed. Synthetic: a first packet
    with the keys of RFC 9001, which follow from its connection ID, and a hello for ex1.nordwind.test."""
    hello = bytes.fromhex((Path(__file__).parent / "golden" / "synthetic-quic-hello.hex").read_text())
    frames = list(packets.frames_of(lab("c1").path))
    frame = traffic.udp((10, 31, 1, 50), (10, 31, 1, 20), 50000, 443, hello)
    path = wireshark.scratch / "tree-quic.pcap"
    packets.write(path, [*frames, (frames[-1][0] + 1, frame)])
    path.chmod(0o644)
    capture = harness.Capture(path, path.stem)
    seen = wireshark.tshark(capture, "-Y", "quic", "-T", "fields", "-e", "tls.handshake.extensions_server_name").out
    assert seen == "ex1.nordwind.test\n"
    same_both_ways(wireshark, capture)


def test_a_file_after_another_in_one_process(wireshark, lab):
    """sharkd takes the tables back and over again with each file, and when a preference changes."""
    one, other = lab("a1"), lab("c1")
    columns = {"column0": "adpath.n:0", "column1": "adpath.summary:0"}

    def shown(number):
        return ("frames", {**columns, "filter": f"adpath && frame.number != {10**8 + number}"})

    answers = {}
    for way in (EVERYWHERE, ON_DEMAND):
        answers[way] = wireshark.sharkd(
            ("setconf", {"name": "adpath.tree", "value": way}),
            ("load", {"file": str(one.path)}),
            shown(1),
            ("load", {"file": str(other.path)}),
            shown(2),
            ("setconf", {"name": "ldap.tcp.port", "value": f"{LDAP},{ODD}"}),
            ("load", {"file": str(one.path)}),
            shown(3),
        )
    assert answers[ON_DEMAND] == answers[EVERYWHERE]
    assert answers[ON_DEMAND][2] and answers[ON_DEMAND][2] == answers[ON_DEMAND][-1]


def test_exported_packets(wireshark):
    """Such a file names the dissector of each packet, which no table is asked for."""
    search = bytes.fromhex("3025020101632004000a01000a0100020100020100010100870b") + b"objectClass" + b"0\0"
    path = wireshark.scratch / "tree-exported.pcapng"
    lines = [f"{at:06x} " + search[at : at + 16].hex(" ") for at in range(0, len(search), 16)]
    subprocess.run(
        ["text2pcap", "-q", "-l", "252", "-P", "ldap", "-", str(path)],
        input="\n".join(lines) + "\n",
        text=True,
        check=True,
        capture_output=True,
    )
    path.chmod(0o644)
    same_both_ways(wireshark, harness.Capture(path, "tree-exported"))


# ---- other plugins ----

TAKER = """
local taker = Proto("taker", "Taker of a port")
function taker.dissector(bytes, pinfo, tree)
    return Dissector.get("ldap"):call(bytes, pinfo, tree)
end
DissectorTable.get("tcp.port"):add({port}, taker)
"""


def taker(wireshark, port):
    """The option with which a script takes the port over, and calls the dissector of LDAP itself."""
    script = wireshark.scratch / f"taker-{port}.lua"
    script.write_text(TAKER.format(port=port))
    script.chmod(0o644)
    return "-X", f"lua_script:{script}"


def test_another_plugin_takes_a_port_over(wireshark, lab):
    """The port was LDAP's before: its segments have trees whoever calls the dissector."""
    assert '"bind"' in same_both_ways(wireshark, lab("b2"), *taker(wireshark, LDAP))


def test_what_another_plugin_calls_itself_is_counted(wireshark, lab):
    """No table maps this port to LDAP, so nobody asks: the next file would be read in the other way."""
    capture = rewritten(lab("b2", True), wireshark.scratch)
    said, _ = asked(wireshark, capture, ON_DEMAND, *taker(wireshark, ODD), "-q", "-z", "adpath,about")
    assert int(re.search(r"tree on demand, (\d+) were", said).group(1)) > 0


# ---- the way that is taken ----


@pytest.mark.skipif(bool(harness.TREE), reason="NOT TESTED: the way by itself: ADPATH_TREE is set")
def test_the_way_is_told(wireshark, lab):
    """By itself the plugin takes the way that is proven for this version."""
    source = Path(harness.ROOT / "plugins/adpath/read/on_demand.c").read_text()
    proven = re.findall(r"\{(\d+), (\d+)\}", source)
    said = wireshark.ask(lab("a1"), "-q", "-z", "adpath,about")
    if tuple(wireshark.version.split(".")) in proven:
        assert "on demand: this version of Wireshark is proven for it" in said
    else:
        assert "everywhere, because this version of Wireshark is not proven" in said


def test_switched_off(wireshark, lab):
    said = wireshark.tshark(
        lab("a1"), "-o", "adpath.analysis:FALSE", "-q", "-z", "adpath,about"
    ).out
    assert "none, because the analysis is switched off" in said


def test_every_list_of_reports_has_the_same_names():
    """The error message, the window that tells where things are, and the documentation."""
    listed = re.search(
        r'#define ADP_REPORT_NAMES\s*\\?\s*"(.*)"',
        (harness.ROOT / "plugins/adpath/show/report_names.h").read_text(),
    ).group(1)
    names = {"path", *listed.split(", ")}
    rows = re.search(
        r"report_kind kinds\[\] = \{(.*?)\n\};",
        (harness.ROOT / "plugins/adpath/show/taps.c").read_text(),
        re.S,
    ).group(1)
    assert set(re.findall(r'"(\w+)"', rows)) == names
    for page in ("docs/filters.md", "docs/guide.md"):
        text = (harness.ROOT / page).read_text()
        missing = [n for n in names if f"adpath,{n}" not in text and f"or `{n}`" not in text]
        assert not missing, (page, missing)
