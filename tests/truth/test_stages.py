# SPDX-License-Identifier: GPL-2.0-or-later
"""A path in six lines: what stands in them for every recording, and what an expert says of some."""

import re

import harness
import pytest
from test_truths import FOLDER, FRESH, NAMES, told  # noqa: F401

STAGES = ["find", "sign-in", "open", "look-up", "reach", "autodiscover"]
# Seconds have six decimals in the JSON; each of six may be rounded.
ROUNDED = 6e-6

# recording: what became of the stages in their order (o ok, f failed, h hidden, - not seen), and where time
# was lost: more than so many seconds, less than so many more.
KNOWN = {
    "healthy": ("oooooo", {}),
    "sealed": ("oooooo", {}),
    "dead-dc": ("oooooo", {"find": (1, 10), "sign-in": (1, 10)}),
    "kdc-silent": ("ofo---", {"sign-in": (1, 10)}),
    "wrong-resolver": ("f---f-", {}),
    "silent-resolver": ("f-----", {}),
    "udp-389-filtered": ("fo--oo", {"find": (1, 30)}),
    "krb-37": ("ofo---", {}),
    "ldap-refused": ("oof-oo", {}),
    "ldap-signing-required": ("oof-oo", {}),
    "krb-24": ("off---", {}),
    "no-scp": ("oooooo", {}),
    "endpoint-silent": ("oooooo", {"reach": (1, 20)}),
    "http-redirect-refused": ("oooofo", {}),
    "http-401": ("ooooff", {}),
    "service-key-mismatch": ("ooooff", {}),
}


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
        # Each step stands in the stage that it names, and in no other.
        by_number = {step["n"]: step["stage"] for step in path["steps"]}
        assert {n: s["stage"] for s in stages for n in s["steps"]} == by_number
        assert sum(len(s["steps"]) for s in stages) == len(by_number)
        # A path that failed did so somewhere; what a stage names is a finding of the path.
        assert path["outcome"] != "failed" or any(s["outcome"] == "failed" for s in stages)
        serious = {f["id"] for f in path["findings"] if f["severity"] != "note"}
        assert {s["finding"] for s in stages} - {None} <= serious
        assert bool(serious) == any(s["finding"] for s in stages)


@pytest.mark.parametrize("name", [name for name in KNOWN if name in NAMES])
def test_what_became_of_them(told, name):  # noqa: F811
    outcomes, lost = KNOWN[name]
    report, truth = told(name)
    path = max(report["paths"], key=lambda p: len(p["steps"]))
    short = {"ok": "o", "failed": "f", "hidden": "h", "not seen": "-"}
    assert "".join(short[s["outcome"]] for s in path["stages"]) == outcomes, truth["what"]
    for stage in path["stages"]:
        least, most = lost.get(stage["stage"], (0, 0.5))
        assert least <= stage["lost"], stage
        # How quick a laboratory's servers are depends on what else their machine does.
        assert FRESH or stage["lost"] <= most, stage


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
    assert first.startswith("Verdict: ") and first == whole.splitlines()[0]
