# SPDX-License-Identifier: GPL-2.0-or-later
"""Every recording of the laboratory against the truth that was written down when it was made.

The truth tells which steps were taken, what the client decided, and which findings an expert would
and would not report. ADPATH_RECORDINGS names another folder to check in place of testdata: what
`lab record` has just made.
"""

import copy
import importlib.machinery
import importlib.util
import os
import subprocess
from pathlib import Path

import compare
import harness
import pytest

FRESH = os.environ.get("ADPATH_RECORDINGS")
FOLDER = Path(FRESH) if FRESH else harness.TESTDATA
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/truth.json"))


def variants():
    """Each capture as it is meant to be read, and without its keytab where the truth knows of that."""
    for name in NAMES:
        keys = (FOLDER / name / "capture.keytab").exists()
        yield name, True
        if keys and "without_keys" in compare.read(FOLDER / name / "truth.json"):
            yield name, False


@pytest.fixture
def told(wireshark):
    """A function: report and truth of a scenario."""

    def read(name, keys=True, folder=FOLDER):
        folder = folder / name
        keytab = folder / "capture.keytab"
        keytab = keytab if keys and keytab.exists() else None
        capture = wireshark.borrow(harness.Capture(folder / "capture.pcapng", name, keytab))
        return wireshark.json(capture), compare.read(folder / "truth.json")

    return read


def test_there_are_recordings():
    assert len(NAMES) >= 8, f"{FOLDER} holds {NAMES}"


@pytest.mark.parametrize(("name", "keys"), variants(), ids=lambda v: v if isinstance(v, str) else "keys" if v else "no-keys")
def test_truth(told, name, keys):
    report, truth = told(name, keys)
    problems = compare.problems(report, truth, keys, strict=not FRESH)
    assert not problems, f"{name}: {truth['what']}\n  " + "\n  ".join(problems)


# --- the comparison itself must be able to fail


def with_scp(endpoints):
    return [e for e in endpoints if e["source"] == "scp" and e["rank"]]


def broken_step(report, truth):
    truth["steps"]["must"].append({"kind": "kerberos", "outcome": "failed", "error": 41})


def unwanted_step(report, truth):
    truth["steps"]["must_not"].append({"kind": "scp"})


def broken_finding(report, truth):
    truth["findings"]["must"].append({"id": "clock-skew", "severity": "error"})


def false_alarm(report, truth):
    report["paths"][0]["findings"].append({"id": "clock-skew", "severity": "error", "summary": "made up"})


def closed_gap(report, truth):
    truth["steps"]["gaps"].append({"kind": "scp"})


def other_order(report, truth):
    path = compare.path_of(report, truth)
    first, second = with_scp(path["endpoints"])
    first["rank"], second["rank"] = second["rank"], first["rank"]


def other_choice(report, truth):
    chosen = truth["decision"]["chosen"]["url"].lower()
    for endpoint in compare.path_of(report, truth)["endpoints"]:
        if endpoint["url"].lower() == chosen:
            endpoint["outcome"] = "failed"


def other_reason(report, truth):
    with_scp(compare.path_of(report, truth)["endpoints"])[0]["reason"] = "no site"


def other_site(report, truth):
    truth["site"] = "Kiruna"


def other_client(report, truth):
    truth["client"]["address"] = "10.31.1.51"


def other_stage(report, truth):
    truth["stages"][0]["outcome"] = "failed"


def lost_seconds(report, truth):
    truth["stages"][1]["lost"] = [3, 4]


def never_lost(report, truth):
    compare.path_of(report, truth)["stages"][1]["lost"] = 21.0


def untried(report, truth):
    for endpoint in compare.path_of(report, truth)["endpoints"]:
        endpoint["tried"] = False


def found_nothing(report, truth):
    truth["decision"]["chosen"] = None
    truth["decision"]["tried"] = []


def test_a_wrong_cost_is_noticed(told):
    report, truth = told("kdc-silent")
    assert not compare.problems(report, truth)
    for finding in report["paths"][0]["findings"]:
        finding["cost"] = 2.0
    (problem,) = compare.problems(report, truth)
    assert "kdc-unanswered cost" in problem
    assert compare.problems(report, truth, strict=False) == [problem]


@pytest.mark.parametrize(
    "change",
    [
        broken_step,
        unwanted_step,
        broken_finding,
        false_alarm,
        closed_gap,
        other_order,
        other_choice,
        other_reason,
        other_site,
        other_client,
        untried,
        other_stage,
        lost_seconds,
        never_lost,
        found_nothing,
    ],
)
def test_a_wrong_report_is_noticed(told, change):
    report, truth = told("healthy")
    assert not compare.problems(report, truth)
    report, truth = copy.deepcopy(report), copy.deepcopy(truth)
    change(report, truth)
    assert len(compare.problems(report, truth)) >= 1


# --- what is stored


def store():
    loader = importlib.machinery.SourceFileLoader("store", str(Path(__file__).with_name("store")))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("store", loader))
    loader.exec_module(module)
    return module


@pytest.mark.skipif(bool(FRESH), reason="NOT TESTED: what is stored, as ADPATH_RECORDINGS names something else")
def test_provenance_lists_what_is_stored():
    module = store()
    page = (harness.TESTDATA / "PROVENANCE.md").read_text()
    listed = page.partition(module.BEGIN)[2].partition(module.END)[0]
    assert listed.strip() == module.table(module.truths()), "run tests/truth/store"
    listed = page.partition(module.SEALED_BEGIN)[2].partition(module.END)[0]
    assert listed.strip() == module.sealed_table(), "run tests/truth/store"
    assert not [path for path in module.SEALED.iterdir() if module.private(path)]


@pytest.mark.parametrize("name", NAMES)
def test_no_place_of_the_machine_gets_in(name):
    module = store()
    for path in (FOLDER / name).iterdir():
        assert module.private(path) is None, path


def test_a_place_of_the_machine_would_be_seen(tmp_path):
    path = tmp_path / "capture.pcapng"
    path.write_bytes(b"\0\1/var/tmp/adpath-lab/pki\0")
    assert store().private(path)


def test_the_stored_data_is_small():
    size = sum(p.stat().st_size for p in harness.TESTDATA.rglob("*") if p.is_file())
    assert size < store().LIMIT, f"{size} bytes"


@pytest.mark.skipif(bool(FRESH), reason="NOT TESTED: what is synthetic, as ADPATH_RECORDINGS names recordings")
def test_what_is_synthetic_is_made_anew(tmp_path, told):
    """The script makes what is stored: the same truth, and the same steps at the same times."""
    subprocess.run([Path(__file__).with_name("synthetic"), tmp_path], check=True)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == [name for name in NAMES if name.startswith("synthetic-")] != []
    for name in made:
        assert (tmp_path / name / "truth.json").read_text() == (FOLDER / name / "truth.json").read_text()
    for name in made[:1]:
        assert told(name)[0] == told(name, folder=tmp_path)[0]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("synthetic-") or FRESH is None])
def test_what_is_synthetic_says_so(name):
    truth = compare.read(FOLDER / name / "truth.json")
    assert truth["synthetic"] == name.startswith("synthetic-")
    if truth["synthetic"]:
        assert b"synthetic" in (FOLDER / name / "capture.pcapng").read_bytes().lower()
