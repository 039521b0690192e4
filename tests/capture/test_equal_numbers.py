# SPDX-License-Identifier: GPL-2.0-or-later
"""Tree, table, flow, response times, expert items, report and JSON tell the same numbers.

Asked of sharkd, which dissects a file twice as Wireshark's window does, and of tshark -2.
"""

import json
import re
from collections import Counter

import pytest

OUTCOMES = ("ok", "normal", "failed", "unanswered", "hidden", "pending")


class Told:
    """What the JSON says: steps by number, with their path, and findings with theirs."""

    def __init__(self, report):
        self.steps = {s["n"]: (None, s) for s in report["unattached"]["steps"]}
        self.findings = [(None, f) for f in report["unattached"]["findings"]]
        self.paths = report["paths"]
        self.clients = {path["id"]: path["client"]["address"] for path in report["paths"]}
        named = {f"Path {p['id']}, client {p['client']['address']}": p for p in report["paths"]}
        # Where "::" stands in an address, the first colon ends the name.
        named = {name.split(":")[0]: p for name, p in named.items()}
        self.begins = {name: min(f for s in p["steps"] for f in s["frames"]) for name, p in named.items()}
        self.outcomes = {name: p["outcome"] for name, p in named.items()}
        for path in report["paths"]:
            self.steps.update({s["n"]: (path["id"], s) for s in path["steps"]})
            self.findings += [(path["id"], f) for f in path["findings"]]


def by_kind(steps):
    return Counter((s["kind"], s["outcome"]) for _, s in steps.values())


def node_named(nodes, name):
    """The node of a tree, or an empty one: a tree leaves out what is none."""
    return next((node for node in nodes if node["name"] == name), {"count": 0, "sub": []})


def kinds_below(node):
    """(kind, outcome) -> count, of the steps below a node of the tree; the sums have to fit."""
    made = Counter()
    for kind in node.get("sub", []):
        if kind["name"] == "findings":
            continue
        outcomes = {o["name"]: o["count"] for o in kind.get("sub", []) if o["count"]}
        assert set(outcomes) <= set(OUTCOMES), kind
        assert sum(outcomes.values()) == kind["count"], kind
        made.update({(kind["name"], outcome): n for outcome, n in outcomes.items()})
    return made


def check_tree_by_kind_and_outcome(told, taps):
    steps = told.steps
    node = node_named(taps["stats:adpath"]["stats"], "Steps")
    assert node["count"] == len(steps)
    assert kinds_below(node) == by_kind(steps)


def check_tree_by_stage(told, taps):
    """The stages come first: their steps, and how long the paths were in each."""
    nodes = taps["stats:adpath"]["stats"]
    assert [node["name"] for node in nodes][:1] == ["Stages"]
    wanted = {}
    for _, step in told.steps.values():
        wanted.setdefault(step["stage"], Counter())[step["kind"], step["outcome"]] += 1
    stages = node_named(nodes, "Stages")
    assert stages["count"] == len(told.steps)
    assert {s["name"]: kinds_below(s) for s in stages.get("sub", []) if s["count"]} == wanted
    took = {}
    for path in told.paths:
        for stage in path["stages"]:
            if stage["start"] is not None:
                took.setdefault(stage["stage"], []).append(stage["duration"])
    seconds = {s["name"]: s for s in node_named(nodes, "Seconds of a path in the stage").get("sub", [])}
    assert {name: s["count"] for name, s in seconds.items() if s["count"]} == {n: len(t) for n, t in took.items()}
    for name, times in took.items():
        assert float(seconds[name]["min"]) == pytest.approx(min(times), rel=1e-3, abs=2e-6)
        assert float(seconds[name]["max"]) == pytest.approx(max(times), rel=1e-3, abs=2e-6)


def check_tree_by_client_and_path(told, taps):
    steps, findings = told.steps, told.findings
    paths = {}
    for client in node_named(taps["stats:adpath"]["stats"], "Clients").get("sub", []):
        for path in client.get("sub", []):
            number = re.fullmatch(r"Path (\d+).*", path["name"])
            if path["count"]:
                paths[int(number.group(1)) if number else None] = (client["name"], path)
    wanted = {path for path, _ in steps.values()}
    assert set(paths) - {None} == wanted - {None}
    for number, (client, node) in paths.items():
        mine = {n: (p, s) for n, (p, s) in steps.items() if p == number}
        if number is None:
            continue
        assert kinds_below(node) == by_kind(mine), number
        assert client == told.clients[number]
        said = Counter()
        for finding in node_named(node.get("sub", []), "findings").get("sub", []):
            said[finding["name"]] += finding["count"]
        assert +said == Counter(f"{f['severity']}: {f['id']}" for p, f in findings if p == number)


def check_tree_of_findings(told, taps):
    findings = told.findings
    node = node_named(taps["stats:adpath"]["stats"], "Findings")
    said = Counter()
    for severity in node.get("sub", []):
        for finding in severity.get("sub", []):
            said[severity["name"], finding["name"]] += finding["count"]
    assert +said == Counter((f["severity"], f["id"]) for _, f in findings)
    assert node["count"] == len(findings)


def check_table(told, taps):
    steps = told.steps
    tap = taps["nstat:adpath,steps"]
    (table,) = tap["tables"]
    titles = [field["c"] for field in tap["fields"]]
    rows = {row["n"]: row for row in (dict(zip(titles, cells)) for cells in table["i"])}
    assert len(rows) == len(table["i"])
    assert set(rows) == set(steps)
    for n, (path, step) in steps.items():
        row = rows[n]
        assert (row["path"] or None) == path or path is None, n
        assert (row["kind"], row["outcome"], row["frame"], row["summary"]) == (
            step["kind"], step["outcome"], step["request"] or step["frames"][0], step["summary"],
        )  # fmt: skip


def check_table_of_tshark(told, text):
    steps = told.steps
    titles, *lines = text.splitlines()
    rows = [dict(zip(titles.split("\t"), line.split("\t"))) for line in lines]
    assert Counter((r["kind"], r["outcome"]) for r in rows) == by_kind(steps)


def check_flow(told, taps):
    """An arrow for each step, with its number and outcome."""
    steps = told.steps
    said = {}
    for arrow in taps["seqa:adpath"]["flows"]:
        if arrow["c"].endswith(" - tried in vain"):
            # No step: a connection or a name that a finding is about.
            assert arrow["c"].split(": ")[0] in ("error", "warn", "note"), arrow
            continue
        # What a finding says comes first.
        match = re.search(rf"(?:^| - )(\d+) ({'|'.join(OUTCOMES)}): ", arrow["c"])
        assert match, arrow
        number, outcome = match.groups()
        assert int(number) not in said
        said[int(number)] = outcome
    assert said == {n: step["outcome"] for n, (_, step) in steps.items()}


def check_response_times(told, taps):
    """A call is a step that was answered."""
    steps = told.steps
    (table,) = taps["srt:adpath"]["tables"]
    said = {row["n"]: row["num"] for row in table["r"] if row["num"]}
    answered = Counter(s["kind"] for _, s in steps.values() if s["time"] is not None)
    assert said == answered
    for row in table["r"]:
        times = [s["time"] for _, s in steps.values() if s["kind"] == row["n"] and s["time"] is not None]
        if times:
            assert row["min"] == pytest.approx(min(times), abs=1e-6)
            assert row["max"] == pytest.approx(max(times), abs=1e-6)
            assert row["tot"] == pytest.approx(sum(times), abs=1e-6 * len(times))


SEVERITIES = {"Error": "error", "Warning": "warn", "Note": "note"}


def check_expert_items(told, taps):
    """A finding is an item on every frame that it cites, with its severity; a verdict where its path begins."""
    findings = told.findings
    items = [item for item in taps["expert"]["details"] if item["p"] == "ADPath"]
    verdicts = {item["m"].split(":")[0]: item for item in items if re.match(r"Path \d+, client ", item["m"])}
    assert {name: item["f"] for name, item in verdicts.items()} == told.begins
    for name, item in verdicts.items():
        outcome = told.outcomes[name]
        assert outcome in item["m"] and item["s"] == "Warning" if outcome == "failed" else item["s"] in ("Note", "Chat")
    said = Counter((item["f"], SEVERITIES[item["s"]]) for item in items if item not in verdicts.values())
    wanted = Counter((frame, f["severity"]) for _, f in findings for frame in set(f["frames"]))
    assert said == wanted


def numbers_of(runs):
    """"1-3, 5" as numbers."""
    for run in runs.split(", "):
        first, _, last = run.partition("-")
        yield from range(int(first), int(last or first) + 1)


def steps_of_line(line, steps):
    """The steps that a line of the report stands for, with their outcomes; None: it is no such line."""
    match = re.match(rf" {{0,5}}(\d+) +-?[\d.]+ ({'|'.join(OUTCOMES)}) ", line)
    if not match:
        return None
    first, outcome = int(match.group(1)), match.group(2)
    fold = re.search(r"\[steps ([\d, -]+), frames (\d+)-(\d+)[],]", line)
    assert fold or "of the steps" not in line, "too scattered for this test"
    if not fold:
        return {first: outcome}
    numbers = list(numbers_of(fold.group(1)))
    assert numbers[0] == first and len(numbers) > 1
    outcomes = {n: steps[n][1]["outcome"] for n in numbers}
    # What shares a line went well; the line says so, and where the frames are.
    assert set(outcomes.values()) <= {"ok", "normal"}
    assert outcome == ("ok" if "ok" in outcomes.values() else "normal")
    frames = [frame for n in numbers for frame in steps[n][1]["frames"]]
    assert (min(frames), max(frames)) == (int(fold.group(2)), int(fold.group(3)))
    return outcomes


def check_report(told, text):
    steps, findings = told.steps, told.findings
    said, path, paths = {}, None, {}
    found = Counter()
    for line in re.sub(r"\n {29}(?=\S)", " ", text).splitlines():
        head = re.match(r"Path (\d+): client ", line)
        if head:
            path = int(head.group(1))
            paths[path] = None
        elif re.match(r"\S", line):
            path = None if not line.startswith(("Verdict", "Path")) else path
        sums = re.fullmatch(r"  (\d+) steps?: (.*)", line)
        if sums and path:
            paths[path] = (int(sums.group(1)), sums.group(2))
        for n, outcome in (steps_of_line(line, steps) or {}).items():
            assert n not in said, n
            said[n] = (path, outcome)
        finding = re.match(r"  (error|warn|note) +([a-z-]+):", line)
        if finding:
            found[finding.groups()] += 1
    assert said == {n: (p, s["outcome"]) for n, (p, s) in steps.items()}
    assert found == Counter((f["severity"], f["id"]) for _, f in findings)
    assert set(paths) == {p for p, _ in steps.values()} - {None}
    for number, (count, outcomes) in paths.items():
        mine = Counter(s["outcome"] for p, s in steps.values() if p == number)
        assert count == sum(mine.values())
        assert dict(part.split()[::-1] for part in outcomes.split(", ")) == {
            outcome: str(n) for outcome, n in mine.items()
        }


def test_the_same_numbers_everywhere(wireshark, capture):
    reports, taps = wireshark.reports(capture, "-2"), wireshark.taps(capture)
    told = Told(json.loads(reports["json"]))
    check_tree_by_kind_and_outcome(told, taps)
    check_tree_by_stage(told, taps)
    check_tree_by_client_and_path(told, taps)
    check_tree_of_findings(told, taps)
    check_table(told, taps)
    check_table_of_tshark(told, reports["tsv"])
    check_flow(told, taps)
    check_response_times(told, taps)
    check_expert_items(told, taps)
    check_report(told, reports["path"])


def test_the_captures_have_something_to_count(wireshark, lab):
    """Empty reports are equal, too."""
    told = Told(wireshark.json(lab("c1"), "-2"))
    assert len(told.steps) > 40 and len(told.findings) >= 2


def test_every_step_on_a_line_of_its_own(wireshark, lab):
    """The preference adpath.all_steps; a path that is folded says how to get there, and fits a screen."""
    capture = lab("a1")
    told = Told(wireshark.json(capture))
    folded = wireshark.ask(capture, "-q", "-z", "adpath,path")
    every = wireshark.ask(capture, "-q", "-o", "adpath.all_steps:TRUE", "-z", "adpath,path")
    check_report(told, folded)
    check_report(told, every)
    lines = {text: sum(steps_of_line(line, told.steps) is not None for line in text.splitlines()) for text in (folded, every)}
    assert lines[every] == len(told.steps) > 50
    assert f"({len(told.steps)} steps on {lines[folded]} lines; each of them: -o adpath.all_steps:TRUE)" in folded
    assert "all_steps" not in every and "[steps " not in every
    assert len(folded[: folded.index("Endpoints of autodiscover")].splitlines()) <= 70
