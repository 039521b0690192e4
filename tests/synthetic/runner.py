# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark with the plugin over a synthetic capture, in both passes, and compares them."""

import itertools
import json
import pathlib
import tempfile

import pytest

# What a one-pass run may leave out or open on frames before the evidence (the contract, "Passes").
LATE = {"outcome", "response", "time", "next", "path", "krb.class"}
# Here only an error makes a step of the exchange; its request stays as it was.
LATE_CARRIERS = ("smb", "rpc", "other")
KINDS = "srv address ping kerberos bind rootdse scp hidden tls autodiscover".split()
OUTCOMES = "ok normal failed unanswered hidden pending".split()
STEP_KEYS = set(
    "n kind outcome start time request response frames retries client server transport stream "
    "summary detail".split()
)


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
    """What the plugin says of a capture; the constructor checks that all passes agree."""

    def __init__(self, tshark, capture, *options):
        self.capture = capture
        shown = ["-T", "json", "-J", "frame adpath", "-z", "adpath,json"]
        once = tshark(capture, *shown, *options)
        twice = tshark(capture, "-2", *shown, *options)
        self.text = once + twice
        self.first, rest_once = _packets(once)
        self.fields, rest_twice = _packets(twice)
        self.json = json.loads(rest_once)
        assert rest_twice.strip() == rest_once.strip(), "-2 differs from one pass"
        self.steps = sorted(
            [s for p in self.json["paths"] for s in p["steps"]] + self.json["unattached"]["steps"],
            key=lambda s: s["n"],
        )
        self._check_json()
        self._check_passes()

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

    def _check_passes(self):
        assert set(self.first) == set(self.fields)
        for number, steps in self.fields.items():
            early = self.first[number]
            assert [s[0] for s in early] == [s[0] for s in steps], f"frame {number}"
            for (_, a), (_, b) in zip(early, steps, strict=True):
                self._compare(number, a, b)

    @staticmethod
    def _is_late(name):
        return name in LATE or name.startswith(("scp.rank", "finding", "expert", "_ws."))

    def _compare(self, number, early, final):
        sure = [f for f in early if not self._is_late(f[0])]
        assert sure == [f for f in final if not self._is_late(f[0])], f"frame {number}"
        for name in {f[0] for f in early if self._is_late(f[0])}:
            a = [f[1] for f in early if f[0] == name]
            b = [f[1] for f in final if f[0] == name]
            ok = a == b or (name == "outcome" and a == ["pending"])
            assert ok, f"frame {number}: {name} is {a} in one pass and {b} in two"

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


@pytest.fixture
def folder(wireshark):
    """A folder that the ordinary user can read, as pytest's own is not."""
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        path = pathlib.Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture
def tshark(wireshark):
    """tshark(capture, *options): its standard output; it must end well."""

    def run(capture, *options):
        result = wireshark.run("tshark", "-n", "-r", capture, *options)
        assert result.status == 0, result
        return result.out

    return run


@pytest.fixture
def analyse(folder, tshark):
    """analyse(capture, *options, caplen=…): its report."""
    count = itertools.count()

    def run(capture, *options, caplen=65535):
        return Report(tshark, capture.save(folder, str(next(count)), caplen), *options)

    return run
