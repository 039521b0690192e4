# SPDX-License-Identifier: GPL-2.0-or-later
"""Every finding is shown by a case, and not by what merely looks like it."""
import collections
import importlib
import pathlib
import re

import cases
import field
import harness
import pytest
from runner import Passes

# A file of cases that nobody names would be cases that nobody runs.
for _path in sorted(pathlib.Path(__file__).parent.glob("cases_*.py")):
    importlib.import_module(_path.stem)

CASES = {c.name: c for c in cases.ALL}
assert len(CASES) == len(cases.ALL), "two cases have the same name"


CAPTURE_IDS = {"duplicates", "one-sided", "midway"}


def _marks(case):
    return [pytest.mark.xfail(strict=True, reason=case.missing)] if case.missing else []


def parameters(chosen):
    # A batch is built once when one worker has all of it.
    return [pytest.param(c, id=f"{c.batch}-{c.name}",
                         marks=[*_marks(c), pytest.mark.xdist_group(c.batch.partition("-")[0])])
            for c in chosen]


def batches(names):
    return [pytest.param(b, marks=pytest.mark.xdist_group(b.partition("-")[0])) for b in names]


def told(finding):
    return f"{finding['severity']} {finding['id']} {finding['frames']}: {finding['summary']}"


def without_cost(findings, case):
    """A few seconds lost are a note beside the fault that cost them; cases about time name it."""
    if "slow" in {i for i, _ in case.shows} | set(case.like):
        return findings
    faults = {n for f in findings if f["id"] != "slow" for n in f["frames"]}
    return [f for f in findings
            if f["id"] != "slow" or f["severity"] != "note" or not faults & set(f["frames"])]


@pytest.mark.parametrize("case", parameters(cases.ALL))
def test_case(analysed, case):
    """Exactly the findings that an expert would make, about exactly these frames."""
    result = analysed(case.batch)
    if case.field:
        different = field.unlike(case, result)
        assert not different, "\n".join(different)
        return
    scene = result.scenes[case.name]
    found = without_cost(result.findings(scene), case)
    report = "\n".join(map(told, found)) or "(nothing)"
    assert sorted((f["id"], f["severity"]) for f in found) == sorted(case.shows), report
    for id_ in case.like:
        assert not [f for f in found if f["id"] == id_], report
    assert not case.like or all(severity != "error" or id_ not in case.like for id_, severity in case.shows)
    assert set(scene.cited) == {id_ for id_, _ in case.shows}, "the case names frames of each"
    for id_ in scene.cited:
        of_id = [f for f in found if f["id"] == id_]
        assert sorted({n for f in of_id for n in f["frames"]}) == sorted(scene.cited[id_]), report
    for f in found:
        assert (f["recovered_by"] is not None) == (f["id"] in case.recovered), told(f)
        assert f["summary"] and f["observed"] and f["inferred"], told(f)
        # What the capture itself lacks, no command can tell.
        assert f["causes"] and (f["check"] or f["id"] in CAPTURE_IDS | {"ldap-hidden"}), told(f)
        assert all(c and "\n" not in c for c in [c["text"] for c in f["causes"]] + f["check"]), told(f)
        for text in case.words.get(f["id"], ()):
            assert text in f["summary"] + f["observed"] + f["inferred"], (text, f)


@pytest.mark.parametrize(("name", "outcome"), [
    ("nothing_after_25", "incomplete"),
    ("ordinary_logon", "ok"),
    ("password_not_given", "incomplete"),
    ("tokens_asked_for", "incomplete"),
    ("token_accepted", "ok"),
    ("redirect_followed_to_what_cannot_be_seen", "hidden"),
    ("limit_reached_after_an_entry", "ok"),
    ("search_ended_with_4", "failed"),
])
def test_outcome_of_the_path(analysed, name, outcome):
    """Who stopped half-way neither arrived nor was refused."""
    result = analysed(CASES[name].batch)
    client = result.scenes[name].client
    assert {p["outcome"] for p in result.json["paths"] if p["client"]["address"] == client} == {outcome}


def test_every_finding_has_cases():
    """An id needs a case that shows it with its usual severity, and one that only looks like it."""
    ids = cases.catalogue()
    assert len(ids) > 50
    # What is still missing may be a finding that is still to be made.
    shown = {
        (id_, severity)
        for c in cases.ALL if not c.missing for many, severities in c.shows
        for id_ in many.split("|") for severity in severities.split("|")
    }
    # Nor does a field case need it to say what must not be there; field.py knows all names.
    alike = {id_ for c in cases.ALL for id_ in c.like if not c.kind or (id_ in ids and not c.missing)}
    assert not ({id_ for id_, _ in shown} | alike) - set(ids), "no such finding"
    missing = [id_ for id_, severity in ids.items() if (id_, severity) not in shown]
    assert not missing, f"no case shows {missing}"
    missing = [id_ for id_ in ids if id_ not in alike]
    assert not missing, f"no case looks like {missing}, and is healthy"


def test_field_log_says_what_is_missing():
    """Its section "Now" is the expected failures of the reports, with their reasons."""
    now, _, reports = (harness.ROOT / "docs" / "field-log.md").read_text().partition("## All reports")
    listed = {case: (int(n), why) for n, why, case in re.findall(r"(?m)^\| (\d+) \| (.*) \| `(\w+)` \|$", now)}
    assert {case: why for case, (_, why) in listed.items()} == {
        c.name: c.missing for c in cases.ALL if c.missing and c.batch.startswith("reports")}
    for case, (n, _) in listed.items():
        assert re.search(rf"(?m)^\| {n} \|.*`{case}`", reports), case
    assert f"Of the 77, {77 - len({n for n, _ in listed.values()})} are" in now


def test_the_product_has_these_findings(wireshark):
    """The header, and what the program registers, are the same."""
    rows = wireshark.run("tshark", "-G", "fields").out.splitlines()
    names = {r.split("\t")[2] for r in rows if r.startswith("F\t")}
    expert = {n.removeprefix("adpath.expert.") for n in names if n.startswith("adpath.expert.")}
    assert expert == {id_.replace("-", "_") for id_ in cases.catalogue()} | {"verdict"}


@pytest.mark.parametrize("batch", batches(cases.batches()))
def test_json_of_two_passes(analysed, batch):
    """One pass and two agree, byte by byte; one was made with a tree of what is shown, one without."""
    result = analysed(batch)
    assert result.twice.json == result.text


@pytest.mark.parametrize("batch", batches(cases.batches()))
def test_fields_of_two_passes(analysed, in_one_file, batch):
    """Fields agree as far as the contract says. Captures of one case are compared in one file."""
    result = analysed(batch)
    if "-" in batch and not result.options:
        in_one_file.add(result.capture)
    else:
        Passes(result.tshark, result.path)


@pytest.mark.parametrize("batch", batches(cases.batches()))
def test_fields_and_expert_items(analysed, batch):
    """In the second pass each cited frame carries its findings, and no other frame does."""
    result = analysed(batch)
    want = collections.defaultdict(set)
    for f in result.all_findings():
        for frame in f["frames"]:
            want[frame].add((f["id"], f["severity"]))
    for frame, shown in result.twice.frames.items():
        assert shown.findings == want[frame], f"frame {frame}"
        assert shown.expert == {id_ for id_, _ in want[frame]}, f"frame {frame}"


@pytest.mark.parametrize("batch", batches(cases.batches()))
def test_expert_information(analysed, batch):
    """-z expert names each finding under its severity, with its page."""
    result = analysed(batch)
    section = None
    found = collections.Counter()
    for line in result.twice.expert.splitlines():
        heading = re.match(r"(Errors|Warns|Notes|Chats)\b", line)
        if heading:
            section = heading.group(1)
        page = re.search(r"\[([a-z0-9-]+)\]$", line)
        if page:
            found[section, page.group(1)] += 1
    names = {"error": "Errors", "warn": "Warns", "note": "Notes"}
    assert set(found) == {(names[f["severity"]], f["id"]) for f in result.all_findings()}


def test_filters_of_expert_items(analysed):
    """-Y adpath.expert.ID picks the cited frames; a few ids stand for all."""
    for id_, batch in (("srv-not-found", "dns"), ("srv-unanswered", "dns")):
        result = analysed(batch)
        out = result.tshark(
            result.path, "-2", "-Y", "adpath.expert." + id_.replace("-", "_"),
            "-T", "fields", "-e", "frame.number",
        )
        frames = {n for f in result.all_findings() if f["id"] == id_ for n in f["frames"]}
        assert frames and set(map(int, out.split())) == frames


@pytest.mark.parametrize("batch", batches(cases.batches()))
def test_lists(analysed, batch):
    """Nothing is concluded of what belongs to no path; each case has a path of its own."""
    result = analysed(batch)
    assert result.json["unattached"]["findings"] == []
    clients = {a for s in result.scenes.values() for a in s.addresses | s.others}
    assert {p["client"]["address"] for p in result.json["paths"]} <= clients


@pytest.mark.parametrize("batch", batches(cases.batches()))
def test_sanitized(analysed, wireshark, batch, sanitizers):
    """The build with sanitizers says the same, and has nothing to complain about.

    Captures of one case are read behind one another in one file (in_one_file).
    """
    result = analysed(batch)
    if "-" in batch and not result.options:
        return
    run = wireshark.run(
        "tshark", "-n", "-r", result.path, *result.options, "-2", "-q", "-z", "adpath,json",
        plugins="sanitized",
    )
    assert run.status == 0 and run.err == "", run
    assert harness.without_build(run.out) == harness.without_build(result.text)


# ---- the same packets, captured otherwise ----

SHARED = [b for b in cases.batches() if "-" not in b]
def _by_case(result):
    return {
        name: sorted(
            (f["id"], f["severity"], f["recovered_by"] is not None)
            for f in result.findings(scene)
            if f["id"] not in CAPTURE_IDS
        )
        for name, scene in result.scenes.items()
    }


@pytest.mark.parametrize("change", [cases.doubled, cases.at_once])
@pytest.mark.parametrize("batch", batches(SHARED))
def test_same_findings(analysed, batch, change):
    """Packets captured twice, and clients that interleave, change nothing but the notes on it."""
    assert _by_case(analysed(batch, change)) == _by_case(analysed(batch))


@pytest.mark.parametrize("batch", batches(SHARED))
def test_requests_alone(analysed, batch):
    """Without a single packet to the clients, nothing proves that anything is wrong."""
    result = analysed(batch, cases.from_clients)
    # But for what the client itself says is wrong.
    assert not [told(f) for f in result.all_findings()
                if f["severity"] != "note" and "The client sent the fatal alert" not in f["observed"]]


@pytest.mark.parametrize("batch", batches(SHARED))
def test_replies_alone(analysed, batch):
    """Errors in replies are errors; silence and absence cannot be seen."""
    result = analysed(batch, cases.to_clients)
    absent = re.compile("unanswered|unreachable|abandoned|blocked|not-followed|fallback|differs")
    # But for what ICMP says of a connection: that is a reply, and quotes the request.
    assert not [told(f) for f in result.all_findings()
                if absent.search(f["id"]) and "as an ICMP message says" not in f["observed"]]
    assert not [s for s in result.json["unattached"]["steps"] if s["outcome"] == "unanswered"]


def test_ladder_of_many_hosts(analysed, wireshark):
    """libwireshark's ladder breaks where hosts have no column; what is left out is counted."""
    capture = analysed("web")
    run = wireshark.run(
        "tshark", "-n", "-r", capture.path, *capture.options, "-q", "-z", "flow,adpath,standard"
    )
    assert (run.status, run.err) == (0, "")
    hidden, of = map(int, re.search(r"^(\d+) of (\d+) arrows are not drawn", run.out, re.M).groups())
    steps = sum(len(p["steps"]) for p in capture.json["paths"] + [capture.json["unattached"]])
    # Connections that were tried in vain have arrows of their own.
    assert of > steps and of > hidden > 0
    drawn = re.findall(r"\|(\d+ [a-z]+: )", run.out)
    assert 0 < len(drawn) <= of - hidden
