# SPDX-License-Identifier: GPL-2.0-or-later
"""-z adpath,ndjson and -z adpath,verdict say what -z adpath,json says."""

import datetime
import ipaddress
import json
import subprocess

import harness
import pytest

# https://www.elastic.co/docs/reference/ecs/ecs-category-field-values-reference
ALLOWED = {
    "kind": {"alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal"},
    "outcome": {"success", "failure", "unknown"},
}
SUCCESS = {"ok": "success", "failed": "failure"}
SEVERITY = {"note": 1, "warn": 2, "error": 3}
STATUS = {"healthy": 0, "faulty": 20, "not-judged": 21}


def read(wireshark, capture):
    """The three reports of one start of tshark."""
    out = wireshark.ask(
        capture, "-q", *(a for name in ("json", "ndjson", "verdict") for a in ("-z", "adpath," + name))
    )
    reports = {}
    decoder = json.JSONDecoder()
    while out.strip():
        out = out.lstrip()
        if out[0] != "{":
            word, _, out = out.partition("\n")
            reports["word"] = word
            continue
        value, end = decoder.raw_decode(out)
        if "version" in value:
            reports["json"] = value
        else:
            # One object a line, and nothing else in the line.
            assert "\n" not in out[:end] and out[end] == "\n"
            reports.setdefault("lines", []).append(value)
        out = out[end:]
    return reports


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def word_of(paths):
    """What the JSON report comes to in one word."""
    words = [
        "faulty"
        if p["outcome"] == "failed" or any(f["severity"] != "note" for f in p["findings"])
        else "healthy" if p["outcome"] == "ok" else "not-judged"
        for p in paths
    ]
    return next((w for w in ("faulty", "not-judged") if w in words), "healthy" if words else "not-judged")


def check_event(line, dataset):
    assert line["ecs"]["version"] == "8.11.0"
    event = line["event"]
    assert (event["module"], event["dataset"]) == ("adpath", dataset)
    for name, values in ALLOWED.items():
        assert event[name] in values
    assert event["type"] == ["info"] and event["category"] in (["network"], ["authentication"])
    assert line["@timestamp"] == event["start"]
    took = moment(event["end"]) - moment(event["start"])
    assert event["duration"] / 1e9 == pytest.approx(took, abs=2e-6)
    for end in ("client", "server"):
        if "ip" in line.get(end, {}):
            ipaddress.ip_address(line[end]["ip"])
            assert line[end]["address"] in (line[end]["ip"], line[end].get("domain"))


def check_path(line, path):
    check_event(line, "adpath.path")
    assert line["event"]["outcome"] == SUCCESS.get(path["outcome"], "unknown")
    assert moment(line["@timestamp"]) == pytest.approx(path["start"], abs=2e-6)
    assert line["event"]["duration"] / 1e9 == pytest.approx(path["duration"], abs=2e-6)
    said = line["adpath"]["path"]
    for key in ("id", "outcome", "lost"):
        assert said[key] == path[key]
    for key in ("domain", "forest", "site", "mail_domain"):
        assert said.get(key) == path[key]
    assert said["steps"] == len(path["steps"])
    assert said["findings"] == [f["id"] for f in path["findings"]]
    assert said["verdict"] == word_of([path])
    for stage in path["stages"]:
        told = said["stages"][stage["stage"]]
        assert told.get("finding") == stage["finding"]
        for key in ("outcome", "duration", "waiting", "lost"):
            assert told[key] == stage[key]


IN_VAIN = {"endpoint-unreachable", "dc-unreachable", "dns-tcp-blocked", "krb-tcp-blocked", "slow"}


def check_finding(line, path, finding, servers):
    check_event(line, "adpath.finding")
    wrong = finding["severity"] != "note"
    assert line["event"]["kind"] == ("alert" if wrong else "event")
    assert line["event"]["outcome"] == ("failure" if wrong else "unknown")
    assert line["event"]["severity"] == SEVERITY[finding["severity"]]
    assert line["rule"]["id"] == line["event"]["code"] == finding["id"]
    assert (harness.ROOT / line["rule"]["reference"]).is_file()
    assert line["message"] == finding["summary"]
    assert line["client"].get("ip") in (path["client"]["address"], None)
    assert line["adpath"]["path"]["id"] == path["id"]
    said = dict(line["adpath"]["finding"])
    assert said.pop("recovered_by", None) == finding["recovered_by"]
    assert said == {k: finding[k] for k in said}
    assert set(said) == set(finding) - {"recovered_by", "summary"}
    # What was tried in vain is no step, so that no step names its address.
    assert line.get("server", {}).get("ip") in servers | {None} or finding["id"] in IN_VAIN


def check(reports):
    report = reports["json"]
    lines = iter(reports["lines"])
    first = next(lines)
    assert first["message"] == report["verdict"]["text"]
    said = first["adpath"]["capture"]
    assert said["frames"] == report["capture"]["frames"] and said["limits"] == report["capture"]["limits"]
    assert said["outcome"] == report["verdict"]["outcome"]
    assert said["verdict"] == reports["word"] == word_of(report["paths"])
    servers = {s["server"]["address"] for s in harness.steps_of(report)}
    for path in report["paths"]:
        check_path(next(lines), path)
        for finding in path["findings"]:
            check_finding(next(lines), path, finding, servers)
    assert next(lines, None) is None


def test_the_same_facts_on_every_recording(wireshark):
    """All recordings, not a sample: a field that one of them lacks must be absent, not wrong."""
    words = {}
    for capture in harness.OWN_CAPTURES:
        if not capture.keytab:
            reports = read(wireshark, wireshark.borrow(capture))
            check(reports)
            words[capture.name.split("/")[0]] = reports["word"]
    # What their truths say of some of them.
    assert words["healthy"] == words["signed"] == "healthy"
    assert words["krb-7"] == words["kdc-silent"] == "faulty"
    assert words["ldaps-no-secrets"] == "not-judged"
    assert set(words.values()) == set(STATUS)


def test_the_filter_selects_lines(wireshark, lab):
    out = wireshark.ask(lab("a1"), "-q", "-z", "adpath,ndjson,adpath.n == 4711")
    (line,) = map(json.loads, out.splitlines())
    assert line["adpath"]["capture"]["verdict"] == "not-judged"


@pytest.mark.parametrize("word", STATUS)
def test_a_word_has_a_status_of_its_own(word):
    """tshark's own are below 10 (ws_exit_codes.h), a shell's begin at 126."""
    out = subprocess.run(
        ["bash", "-c", '. "$1"; status_of_verdict "$2"; status_of_verdict nonsense', "-",
         harness.ROOT / "tools/lib.sh", word],
        capture_output=True, text=True, check=True,
    )
    assert out.stdout.split() == [str(STATUS[word]), "1"]
    assert STATUS[word] == 0 or 10 <= STATUS[word] < 64
