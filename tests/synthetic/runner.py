# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark with the plugin over synthetic captures, and compares what its two passes say.

To start tshark is most of the work. So a capture is read in two passes, whose fields know all; that
one pass says the same is compared once for the captures of a module, behind one another in one file.
"""

import contextlib
import itertools
import json
import pathlib
import struct
import tempfile

import build
import harness
import pytest

# What a one-pass run may leave out or open on frames before the evidence (the contract, "Passes").
LATE = {"outcome", "response", "time", "next", "path", "krb.class"}
# Here only an error makes a step of the exchange; its request stays as it was.
LATE_CARRIERS = ("smb", "rpc", "other")
KINDS = "srv address ping kerberos bind rootdse scp hidden tls autodiscover".split()
OUTCOMES = "ok normal failed unanswered hidden pending".split()
STEP_KEYS = set(
    "n kind outcome start time request response frames id retries client server transport stream "
    "summary detail".split()
)


SHOWN = ("-T", "json", "-J", "frame adpath", "-z", "adpath,json")
WHOLE = 65535  # a packet's captured length
VXLAN_PORT = b"\x12\xb5"  # 4789, over UDP and IPv4
FIRST_OF_CLIENTS = 40000  # the ports of servers are below


def _pairs(items):
    return items


def _steps_of_frame(tree):
    """[(kind, [(field, value)...])...] of an adpath subtree with repeated keys."""
    steps = []
    for key, value in tree:
        if key == "adpath.step":
            steps.append([value, []])
        elif key == "adpath.step_tree":
            _flatten(value, steps[-1][1])
    return steps


def _flatten(tree, out):
    for key, value in tree:
        if key == "_ws.expert":
            continue  # the finding that it repeats is there
        if key.endswith("_tree"):
            _flatten(value, out)
        else:
            out.append((key.removeprefix("adpath."), value))


def _packets(text):
    """Frame number -> steps, from `-T json`, and what stands behind it."""
    packets, end = json.JSONDecoder(object_pairs_hook=_pairs).raw_decode(text.lstrip())
    rest = text.lstrip()[end:]
    frames = {}
    for packet in packets:
        layers = dict(dict(packet)["_source"])["layers"]
        number = None
        trees = []
        for name, value in layers:
            if name == "frame":
                number = int(dict(value)["frame.number"])
            elif name == "adpath":
                trees += _steps_of_frame(value)
        if trees:
            frames[number] = trees
    return frames, rest


class Report:
    """What the plugin says of a capture in two passes; the constructor checks that it holds together."""

    def __init__(self, tshark, capture, *options):
        self.capture = capture
        self.text = tshark(capture, "-2", *SHOWN, *options)
        self.fields, self.rest = _packets(self.text)
        self.json = json.loads(self.rest)
        self.steps = sorted(
            [s for p in self.json["paths"] for s in p["steps"]] + self.json["unattached"]["steps"],
            key=lambda s: s["n"],
        )
        self._check_json()

    def _check_json(self):
        frames = self.json["capture"]["frames"]
        assert [s["n"] for s in self.steps] == list(range(1, len(self.steps) + 1))
        for step in self.steps:
            assert STEP_KEYS <= set(step)
            assert step["kind"] in KINDS
            assert step["outcome"] in OUTCOMES
            assert step["frames"] and step["frames"] == sorted(set(step["frames"]))
            assert step["frames"][-1] <= frames
            for end in ("request", "response"):
                assert step[end] is None or step[end] in step["frames"]
            assert not any(ord(c) < 0x20 or ord(c) == 0x7F for c in step["summary"])
            for number in step["frames"]:
                # Each frame of a step is tagged, with the same number and outcome.
                tagged = self.fields.get(number, [])
                mine = [dict(f) for _, f in tagged if dict(f)["n"] == str(step["n"])]
                if step["detail"].get("carrier") in LATE_CARRIERS and number == step["request"]:
                    assert not mine, "in one pass nobody could know that it is a step's"
                    continue
                assert mine and mine[0]["outcome"] == step["outcome"]
                assert mine[0]["client"] == step["client"]["address"]

    # ---- for the tests ----

    def of(self, kind):
        return [s for s in self.steps if s["kind"] == kind]

    def one(self, kind=None):
        found = self.of(kind) if kind else self.steps
        assert len(found) == 1, [(s["kind"], s["summary"]) for s in self.steps]
        return found[0]

    def kinds(self):
        return [s["kind"] for s in self.steps]

    def outcomes(self):
        return [s["outcome"] for s in self.steps]

    def nothing_failed(self):
        bad = [s["summary"] for s in self.steps if s["outcome"] in ("failed", "unanswered")]
        assert not bad, bad
        return self

    def values(self, frame, name):
        return [v for _, fields in self.fields.get(frame, []) for k, v in fields if k == name]


class Passes(Report):
    """The same, and the constructor checks that one pass agrees."""

    def __init__(self, tshark, capture, *options):
        super().__init__(tshark, capture, *options)
        once = tshark(capture, *SHOWN, *options)
        self.text = once + self.text
        first, rest = _packets(once)
        assert rest.strip() == self.rest.strip(), "-2 differs from one pass"
        assert set(first) == set(self.fields)
        for number, steps in self.fields.items():
            early = first[number]
            assert [s[0] for s in early] == [s[0] for s in steps], f"frame {number}"
            for (_, a), (_, b) in zip(early, steps, strict=True):
                self._compare(number, a, b)

    @staticmethod
    def _is_late(name):
        return name in LATE or name.startswith(("scp.rank", "finding", "inferred", "expert", "_ws."))

    def _compare(self, number, early, final):
        sure = [f for f in early if not self._is_late(f[0])]
        assert sure == [f for f in final if not self._is_late(f[0])], f"frame {number}"
        for name in {f[0] for f in early if self._is_late(f[0])}:
            a = [f[1] for f in early if f[0] == name]
            b = [f[1] for f in final if f[0] == name]
            ok = a == b or (name == "outcome" and a == ["pending"])
            assert ok, f"frame {number}: {name} is {a} in one pass and {b} in two"


class InOneFile:
    """Synthetic captures behind one another, as if one machine had captured them all, minutes apart.

    Clients take other TCP ports in each: where a port comes again with the same sequence numbers, versions
    of Wireshark count connections differently.
    """

    PAUSE = 600 * 10**9  # ns

    def __init__(self):
        self.capture = build.Capture()
        self.count = 0

    @staticmethod
    def takes(capture):
        """Not what travels in a tunnel or with a tag: its ports would stay."""
        plain = (b"\x08\x00", b"\x86\xdd")
        return all(f[12:14] in plain and not (f[12:14] == plain[0] and f[23] == 47) and
                   f[36:38] != VXLAN_PORT for _, f in capture.frames)

    def add(self, capture):
        later = self.capture.time + self.PAUSE - min((t for t, _ in capture.frames), default=0)
        self.capture.frames += [(t + later, self._at_other_ports(data)) for t, data in capture.frames]
        self.capture.time = max((t for t, _ in self.capture.frames), default=self.capture.time)
        self.count += 1

    def _at_other_ports(self, frame):
        """The frame with the client's TCP port moved."""
        kind = frame[12:14]
        if kind == b"\x08\x00" and frame[23] == 6 and not struct.unpack_from(">H", frame, 20)[0] & 0x1FFF:
            at = 14 + (frame[14] & 15) * 4
        elif kind == b"\x86\xdd" and frame[20] == 6:
            at = 54
        else:
            return frame
        ports = struct.unpack_from(">HH", frame, at)
        moved = [FIRST_OF_CLIENTS + (p - FIRST_OF_CLIENTS + 97 * self.count) % (65536 - FIRST_OF_CLIENTS)
                 if p >= FIRST_OF_CLIENTS else p for p in ports]
        return frame[:at] + struct.pack(">HH", *moved) + frame[at + 4 :]


def pytest_collection_modifyitems(items):
    """One worker for each module, so that its captures come together."""
    for item in items:
        if "in_one_file" in item.fixturenames and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))


@pytest.fixture(scope="module")
def in_one_file(wireshark, request):
    """Takes the captures of a module, and compares the passes on all of them at its end; those of findings with sanitizers."""
    taken = InOneFile()
    yield taken
    if taken.capture.frames:
        with _readable_folder(wireshark) as folder:
            name = request.module.__name__.removeprefix("test_")
            path = taken.capture.save(folder, name)
            told = Passes(_tshark(wireshark), path)
            if request.path.parent.name == "findings" and harness.HAS_SANITIZERS:
                run = wireshark.run("tshark", "-n", "-r", path, "-2", "-q", "-z", "adpath,json", plugins="sanitized")
                assert (run.status, run.err) == (0, ""), run
                assert harness.without_build(run.out.strip()) == harness.without_build(told.rest.strip())
            if request.path.parent.name == "synthetic":  # the cases of findings are kept one by one
                harness.keep_made(path, path.stem)


@contextlib.contextmanager
def _readable_folder(wireshark):
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        path = pathlib.Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture
def folder(wireshark):
    """A folder that the ordinary user can read, as pytest's own is not."""
    with _readable_folder(wireshark) as path:
        yield path


def _tshark(wireshark):
    def run(capture, *options):
        result = wireshark.run("tshark", "-n", "-r", capture, *options)
        assert result.status == 0, result
        return result.out

    return run


@pytest.fixture
def tshark(wireshark):
    """tshark(capture, *options): its standard output; it must end well."""
    return _tshark(wireshark)


@pytest.fixture
def analyse(folder, tshark, in_one_file):
    """analyse(capture, *options, caplen=…): its report."""
    count = itertools.count()

    def run(capture, *options, caplen=WHOLE):
        path = capture.save(folder, str(next(count)), caplen)
        if options or caplen != WHOLE or not in_one_file.takes(capture):
            return Passes(tshark, path, *options)  # what the others' file cannot have
        in_one_file.add(capture)
        return Report(tshark, path)

    return run
