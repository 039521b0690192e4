# SPDX-License-Identifier: GPL-2.0-or-later
"""What is inferred of sealed traffic is right: a floor under the tables of docs/inference.md.

All recordings with ADPATH_ALL_CAPTURES, else some that the statements were not built on.
"""

import json
import os
import re

import harness
import inference
import pytest

FLOOR = 0.95
# Not built on: of each sort one, each statement at least once, and two on which one must not be made.
SAMPLE = ("inference/gave-up-go", "inference/hop-go", "krb-44", "inference/ntlm-redirect", "pox-600", "redirect-loop")
SAMPLE += ("inference/refused-nokeys-java", "inference/settings-elsewhere", "inference/told-ldaps", "tls-1.3")


def rows():
    """Of the first table of docs/inference.md: statement -> made, right, true in all."""
    text = (harness.ROOT / "docs" / "inference.md").read_text()
    text = text[: text.index("that they were built on:")]
    found = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (\d+) \| ([\d.]+|-) \| (\d+) \|", text, re.M)
    assert found
    return {name: (int(made), int(right), int(true)) for name, made, right, _, true in found}


def taken():
    built = inference.built_on()
    names = [name for name in inference.recordings() if name not in built]
    return names if os.environ.get("ADPATH_ALL_CAPTURES") else [name for name in names if name in SAMPLE]


@pytest.fixture(scope="module")
def results(wireshark):
    captures = inference.recordings()
    return {name: inference.measure(wireshark, captures[name]) for name in taken()}


def test_lists():
    captures = inference.recordings()
    assert inference.built_on() <= set(captures)
    assert set(SAMPLE) <= set(captures) - inference.built_on()


def test_table():
    """Each statement that is made is in the table, and right often enough there."""
    table = rows()
    assert set(table) == set(inference.STATEMENTS)
    for statement, (made, right, _) in table.items():
        assert made and right / made >= FLOOR, statement


def test_right(results):
    table = inference.rates(results.values())
    for statement, (made, right, _, _) in table.items():
        wrong = [text for one, _, _ in results.values() for s, ok, text in one if s == statement and not ok]
        assert right >= FLOOR * made, wrong
    assert all(table[s][0] for s in inference.STATEMENTS), table


def test_silent_with_keys(results):
    assert {name: visible for name, (_, _, visible) in results.items() if visible} == {}


def test_surfaces(wireshark):
    """Field, JSON, report, page and the preference tell the same."""
    sealed = wireshark.scratch / "surfaces.pcapng"
    sealed.write_bytes(inference.without_keys((harness.TESTDATA / "http-404" / "capture.pcapng").read_bytes()))
    sealed.chmod(0o644)
    capture = harness.Capture(sealed, "http-404 without keys")
    reports = wireshark.reports(capture)
    report = json.loads(reports["json"])
    (path,) = report["paths"]
    texts = [item["text"] for item in path["inferred"]]
    assert texts and all(text.startswith("probably ") for text in texts)
    outcomes = {e["outcome"] for e in path["endpoints"]}
    assert {"probably failed", "probably ok"} <= outcomes and "hidden" not in outcomes
    assert path["outcome"] == "hidden" and "probably" in report["verdict"]["text"]
    told = "probably ex1.nordwind.test gave no settings, ex2.nordwind.test served the client"
    assert told in report["verdict"]["text"]
    assert "the client's session keys of TLS, or a capture behind what ends TLS at the server, would prove it" in report["verdict"]["text"]

    shown = wireshark.ask(capture, "-2", "-Y", "adpath.inferred", "-T", "fields", "-e", "adpath.inferred", "-E", "separator=/t", "-E", "aggregator=|")  # fmt: skip
    assert {text for line in shown.splitlines() for text in line.split("|")} == set(texts)
    plain = " ".join(reports["path"].split())
    page = " ".join(re.sub(r"<[^>]*>", "", reports["html"]).split())
    assert all(" ".join(text.split()) in plain for text in texts)
    assert all(text.split(":")[0] in page for text in texts)

    quiet = json.loads(wireshark.ask(capture, "-o", "adpath.infer:FALSE", "-q", "-z", "adpath,json"))
    assert quiet["paths"][0]["inferred"] == [] and "probably" not in quiet["verdict"]["text"]
    assert {e["outcome"] for e in quiet["paths"][0]["endpoints"]} & {"probably ok", "probably failed"} == set()
    assert [f["id"] for f in quiet["paths"][0]["findings"]] == [f["id"] for f in path["findings"]]
