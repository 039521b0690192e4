# SPDX-License-Identifier: GPL-2.0-or-later
"""A path in six lines: what holds of them in every recording."""

import re

import compare
import harness
import pytest
from test_truths import FOLDER, NAMES, told  # noqa: F401

STAGES = ["find", "sign-in", "open", "look-up", "reach", "autodiscover"]
# Seconds have six decimals in the JSON; each of six may be rounded.
ROUNDED = 6e-6


@pytest.mark.parametrize("name", NAMES)
def test_stages(told, name):  # noqa: F811
    report, _ = told(name)
    for path in report["paths"]:
        stages = path["stages"]
        assert [s["stage"] for s in stages] == STAGES
        # The times of the stages are those of the path, and what is waited lies in them.
        assert abs(sum(s["duration"] for s in stages) - path["duration"]) <= ROUNDED
        assert abs(sum(s["lost"] for s in stages) - path["lost"]) <= ROUNDED
        assert all(0 <= s["waiting"] <= s["duration"] + ROUNDED for s in stages)
        # None begins before the path, although a connection of its first step may.
        assert all(s["start"] is None or s["start"] >= path["start"] for s in stages)
        # So are the parts of the time: no moment counts twice, and none is left out.
        time = path["time_spent"]
        assert abs(time["answers"] + time["in_vain"] + time["pauses"] - path["duration"]) <= ROUNDED
        assert abs(time["answers"] + time["in_vain"] - sum(s["waiting"] for s in stages)) <= 2 * ROUNDED
        assert 0 <= time["longest_pause"] <= time["pauses"] + ROUNDED
        rounded = 1e-6 * (1 + len(time["servers"]))
        others = {"answers": 0, "in_vain": time["neighbours"]}
        for part, other in others.items():
            assert abs(sum(server[part] for server in time["servers"]) + other - time[part]) <= rounded
        assert all((s["answers"] > 0) <= (s["answered"] > 0) for s in time["servers"])
        assert all((s["in_vain"] > 0) <= (s["vain_tries"] > 0) for s in time["servers"])
        # No fault costs more than the path lost, and no path loses more than it lasts.
        assert path["lost"] <= path["duration"] + ROUNDED
        assert all(f["cost"] <= path["lost"] + ROUNDED for f in path["findings"])
        # Each step stands in the stage that it names, and in no other.
        by_number = {step["n"]: step["stage"] for step in path["steps"]}
        assert {n: s["stage"] for s in stages for n in s["steps"]} == by_number
        assert sum(len(s["steps"]) for s in stages) == len(by_number)
        # A path that failed did so somewhere; what a stage names is a finding of the path.
        assert path["outcome"] != "failed" or any(s["outcome"] == "failed" for s in stages)
        serious = {f["id"] for f in path["findings"] if f["severity"] != "note"}
        assert {s["finding"] for s in stages} - {None} <= serious
        assert bool(serious) == any(s["finding"] for s in stages)


# What the truths state of stages, of seconds lost and of costs is compared in test_truths.py.

COSTS = {
    "dead address": "endpoint-silent",
    "dead controller": "dead-dc",
    "silent KDC": "kdc-silent",
    "blocked port": "tcp-88-filtered",
    "pings that are dropped": "udp-389-filtered",
    "silent resolver": "silent-resolver",
}


@pytest.mark.parametrize("name", COSTS.values(), ids=COSTS)
def test_truths_state_what_faults_cost(told, name):  # noqa: F811
    """A truth that states no cost would be compared with nothing."""
    _, truth = told(name)
    stated = [f["cost"] for f in truth["findings"]["must"] if "cost" in f]
    assert stated and all(0 < least < most for least, most in stated)
    assert sum(most for _, most in (s["lost"] for s in truth["stages"])) > 1


def test_every_recording_has_its_stages():
    """But one: a logon that is broken off is neither good nor failed."""
    truths = {name: compare.read(FOLDER / name / "truth.json") for name in NAMES}
    without = {name for name, truth in truths.items() if not truth["synthetic"] and "stages" not in truth}
    assert without <= {"krb-25-abandoned"}


def test_as_text(wireshark, told):  # noqa: F811
    """The same in the report for people, above the steps, and alone."""
    report, _ = told("krb-7", keys=False)
    capture = wireshark.borrow(harness.Capture(FOLDER / "krb-7" / "capture.pcapng", "krb-7", None))
    alone = wireshark.ask(capture, "-q", "-z", "adpath,stages")
    whole = wireshark.ask(capture, "-q", "-z", "adpath,path")
    table = r"^  (find|sign-in|open|look-up|reach|autodiscover) +(ok|failed|hidden|not seen)(?: +(\S+) +(\S+) +(\S+) +(\S+))?$"
    rows = re.findall(table, alone, re.M)
    assert rows and rows == re.findall(table, whole, re.M)
    stages = [s for path in report["paths"] for s in path["stages"]]
    assert [(s["stage"], s["outcome"]) for s in stages] == [row[:2] for row in rows]
    for stage, row in zip(stages, rows):
        assert (stage["start"] is None) == (row[3] == "")
        assert stage["start"] is None or float(row[3]) == pytest.approx(stage["duration"], abs=ROUNDED)
        assert (stage["finding"] is None) or re.search(
            rf"^  {stage['stage']} .*\n +(error|warn): \S", alone, re.M
        )
    first = alone.splitlines()[0]
    assert re.match(rf"Verdict: {report['verdict']['outcome']}( - |, )", first) and first == whole.splitlines()[0]
