# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds for every capture: any that lies in testdata takes part."""

import collections
import re

import harness
import pytest
import stock

# What may not be known yet when a frame is first seen; it may be absent, or pending.
LATE = {
    "outcome",
    "response",
    "time",
    "next",
    "path",
    "krb.class",
    "scp.rank",
    "scp.rank_reason",
}


def early(steps):
    """The fields of a frame's steps without those that come late."""
    return [[(f, v) for f, v in step.fields if f not in LATE] for step in steps]


# ---- passes ----


def test_fields_of_one_pass_agree_with_two(wireshark, capture):
    one, two = wireshark.both(
        lambda: wireshark.frames(capture), lambda: wireshark.frames(capture, "-2")
    )
    assert list(one) == list(two)
    for frame, steps in one.items():
        assert early(steps) == early(two[frame]), frame
        for step, final in zip(steps, two[frame]):
            assert step.label == final.label, frame
            for field in LATE:
                now, then = step.all(field), final.all(field)
                if field in ("scp.rank", "scp.rank_reason"):
                    assert not now or now == then, (frame, field)
                else:
                    assert now in ([], ["pending"], then), (frame, field)


def test_the_time_is_known_with_the_reply(wireshark, capture):
    """One pass may be late with what it knows; not with this."""
    one, two = wireshark.both(
        lambda: wireshark.frames(capture), lambda: wireshark.frames(capture, "-2")
    )
    replies = {s["n"]: s["response"] for s in harness.steps_of(wireshark.json(capture))}
    for frame, steps in one.items():
        for step, final in zip(steps, two[frame]):
            if frame == replies[step.n]:
                assert step.all("time") == final.all("time"), frame


def test_json_is_the_same_in_two_passes(wireshark, capture):
    assert wireshark.json_text(capture) == wireshark.json_text(capture, "-2")


@pytest.mark.parametrize("passes", ["one pass", "two passes"])
def test_fields_do_not_depend_on_a_visible_tree(wireshark, capture, passes):
    """-T fields makes a tree of what is asked for only; -V and PDML make all of it."""
    two = ["-2"] if passes == "two passes" else []
    names = registered(wireshark)
    frames, text = wireshark.both(
        lambda: wireshark.frames(capture, *two),
        lambda: wireshark.ask(
            capture,
            *two,
            *("-Y", "adpath.step", "-T", "fields"),
            *("-E", "aggregator=\x1f", "-e", "frame.number"),
            *(argument for name in names for argument in ("-e", "adpath." + name)),
        ),
    )
    lines = [line.split("\t") for line in text.splitlines()]
    assert [int(line[0]) for line in lines] == list(frames)
    for line in lines:
        shown = collections.defaultdict(list)
        for step in frames[int(line[0])]:
            for field, value in step.fields:
                shown[field].append(value)
        for name, cell in zip(names, line[1:]):
            # An empty value and none look alike here.
            cell = "\x1f".join(as_number(unescaped(wireshark, v)) for v in cell.split("\x1f"))
            assert cell == "\x1f".join(as_number(v) for v in shown[name]), (line[0], name)


def unescaped(wireshark, cell):
    """Since 4.4 `-T fields` escapes backslashes."""
    return cell if wireshark.version in ("4.0", "4.2") else cell.replace("\\\\", "\\")


def as_number(shown):
    """4.0 shows the values of booleans as 1 and 0, later versions as words."""
    return {"True": "1", "False": "0"}.get(shown, shown)


OTHERS = {"value", "finding", "inferred", "evidence", "row", "expert"}


def registered(wireshark):
    """The fields of steps; those of attribute values, findings, and of a whole packet stand elsewhere."""
    names = [name.removeprefix("adpath.") for name in wireshark.fields()]
    return [name for name in names if name.split(".")[0] not in OTHERS]


# ---- the surfaces tell the same ----


def test_tagged_frames_are_those_of_the_steps(wireshark, capture):
    frames = wireshark.frames(capture, "-2")
    steps = {s["n"]: s for s in harness.steps_of(wireshark.json(capture))}
    for n, s in steps.items():
        tagged = [f for f, shown in frames.items() if n in [step.n for step in shown]]
        if s["detail"].get("carrier") in ("smb", "rpc", "other"):
            # Only the error makes a step of it; the request's frame stays as it was.
            tagged = sorted({*tagged, *([s["request"]] if s["request"] else [])})
        assert s["frames"] == tagged
    assert {step.n for shown in frames.values() for step in shown} == set(steps)


# Where the fields behind the keys of a step's "detail" stand.
PREFIXES = {
    "srv": ["srv.", "repeat."],
    "address": ["address.", "repeat."],
    "ping": ["ping.", "repeat."],
    "kerberos": ["krb.", "repeat."],
    "bind": ["ldap.", "repeat."],
    "rootdse": ["ldap.", "repeat."],
    "scp": ["scp.", "ldap.", "repeat."],
    "hidden": ["ldap."],
    "tls": ["tls.", "repeat."],
    "autodiscover": ["autodiscover.", "repeat."],
}


def as_shown(value):
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else str(value)


def test_json_says_what_the_fields_say(wireshark, capture):
    """The last frame of a step has seen all of it."""
    frames = wireshark.frames(capture, "-2")
    for s in harness.steps_of(wireshark.json(capture)):
        (last,) = [step for step in frames[s["frames"][-1]] if step.n == s["n"]]
        assert last.get("step") == s["kind"]
        assert last.get("outcome") == s["outcome"]
        assert int(last.get("retries")) == s["retries"]
        assert last.get("client") == s["client"]["address"]
        assert last.get("server") == s["server"]["address"]
        for key, value in s["detail"].items():
            if key in ("records", "entry_list"):
                continue
            fields = [f for p in PREFIXES[s["kind"]] for f in last.all(p + key)]
            if isinstance(value, list):
                assert fields == [as_shown(v) for v in value], (s["n"], key)
            elif type(value) is int:
                assert [int(field, 0) for field in fields] == [value], (s["n"], key)
            elif key == "skew" and value is not None:
                assert float(fields[0]) == pytest.approx(value, abs=1e-6), (s["n"], key)
            elif key == "result" and value == "unanswered":
                assert fields in ([], ["unanswered"]), (s["n"], key)
            else:
                shown = [as_number(f) for f in fields] if isinstance(value, bool) else fields
                assert shown == ([] if value is None else [as_shown(value)]), (s["n"], key)
        if s["kind"] == "srv":
            for key in ("target", "port", "priority", "weight"):
                records = [as_shown(r[key]) for r in s["detail"]["records"]]
                assert last.all("srv." + key) == records, (s["n"], key)
        if s["kind"] == "scp":
            shown = [
                e
                for f in s["frames"]
                for step in frames[f]
                if step.n == s["n"]
                for e in step.entries
            ]
            assert len(shown) == len(s["detail"]["entry_list"])
            for entry, fields in zip(s["detail"]["entry_list"], shown):
                for key in ("entry", "dn", "host", "site", "domain", "rank", "rank_reason"):
                    value = entry[key] if entry[key] is None else as_shown(entry[key])
                    assert fields.get(key) == value, (s["n"], key)


COLUMNS = "n path frame time kind client server outcome took summary".split()


def rows_of(report):
    """The step table that a JSON report amounts to; times as text with six decimals."""
    rows = []
    path_of = {s["n"]: path["id"] for path in report["paths"] for s in path["steps"]}
    for s in harness.steps_of(report):
        rows.append(
            [
                s["n"],
                path_of.get(s["n"]),
                s["request"] or s["frames"][0],
                s["start"] - report["capture"]["first"],
                s["kind"],
                s["client"]["address"],
                s["server"]["address"],
                s["outcome"],
                s["time"],
                s["summary"],
            ]
        )
    return rows


def same_rows(rows, wanted):
    assert len(rows) == len(wanted)
    for row, want in zip(rows, wanted):
        for column, cell, value in zip(COLUMNS, row, want):
            if column in ("time", "took") and cell is not None and value is not None:
                # A difference of rounded times; a double holds an epoch to a microsecond or so.
                assert float(cell) == pytest.approx(value, abs=3e-6), (column, row)
            else:
                assert cell == value, (column, row)


def table_of(tap):
    """The rows of sharkd's step table in the order of their numbers; no time taken is None."""
    assert [field["c"] for field in tap["fields"]] == COLUMNS
    (table,) = tap["tables"]
    return sorted(([cell if cell != "" else None for cell in r] for r in table["i"]))


def tree_of(nodes):
    """A statistics tree as {name: (count, {...})}."""
    return {
        node["name"]: (node["count"], tree_of(node["sub"])) if node.get("sub") else node["count"]
        for node in nodes
    }


def test_sharkd(wireshark, capture):
    """sharkd loads first and taps afterwards, as Wireshark does with its statistics."""
    taps = wireshark.taps(capture)
    report = wireshark.json(capture)
    same_rows(table_of(taps["nstat:adpath,steps"]), rows_of(report))
    assert tree_of(taps["stats:adpath"]["stats"]) == tree_from_json(report)
    shown = wireshark.frames(capture, "-2")
    frames = taps["frames"]
    assert [frame["num"] for frame in frames] == list(shown)
    for frame in frames:
        steps = shown[frame["num"]]
        assert frame["c"][0] == ",".join(str(step.n) for step in steps)
        assert frame["c"][1] == ",".join(step.get("outcome") for step in steps)


def test_tsv(wireshark, capture):
    lines = wireshark.reports(capture)["tsv"].splitlines()
    cells = [line.split("\t") for line in lines]
    assert cells[0] == COLUMNS
    rows = []
    for row in cells[1:]:
        assert len(row) == len(COLUMNS)
        assert re.fullmatch(r"-?\d+\.\d{6}", row[3]) and re.fullmatch(r"(-?\d+\.\d{6})?", row[8])
        rows.append([int(c) for c in row[:3]] + row[3:8] + [row[8] or None, row[9]])
    same_rows(rows, rows_of(wireshark.json(capture)))


def test_steps(wireshark, capture):
    """The same as TSV, in columns that stand below their headings."""
    reports = wireshark.reports(capture)
    lines = reports["steps"].splitlines()
    rows = [line.split("\t") for line in reports["tsv"].splitlines()]
    assert len(lines) == len(rows)
    begin = lines[0].index("summary")
    for line, row in zip(lines, rows):
        assert line[:begin].split() == [cell for cell in row[:9] if cell]
        assert line[begin:] == row[9]


def test_report_fits_in_100_columns(wireshark, capture):
    report = wireshark.reports(capture)["path"]
    paths = wireshark.json(capture)["paths"]
    checks = [check for p in paths for f in p["findings"] for check in f["check"]]
    first, *lines = report.splitlines()
    outcome = wireshark.json(capture)["verdict"]["outcome"]
    assert re.match(rf"Verdict: {outcome}( - |, )\S", first), "for scripts: one line, and always of this form"
    for line in lines:
        # A command is copied: it stands in one line, below the others' text.
        assert len(line) <= 100 or line[17:].split(" # changes ")[0] in checks, line
        assert line == line.rstrip(), repr(line)
    # Each line begins with a step, and no two with the same; what shares a line is counted in test_equal_numbers.py.
    numbers = re.findall(r"^ {0,4}(\d+) +-?\d+\.\d{6} \w", report, re.M)
    steps = harness.steps_of(wireshark.json(capture))
    assert len(set(numbers)) == len(numbers) and set(map(int, numbers)) <= {s["n"] for s in steps}


# ---- counters ----


def add_to(tree, *names):
    """Counts one leaf, and all nodes above it. A tree is {name: [count, tree]}."""
    for name in names:
        node = tree.setdefault(name, [0, {}])
        node[0] += 1
        tree = node[1]


SECONDS = "Seconds of a path in the stage"
TOP = ("Stages", SECONDS, "Clients", "Steps", "SRV results", "Kerberos errors", "Findings", "Milliseconds to the answer")


def tree_from_json(report):
    """What the statistics tree has to hold."""
    tree = {name: [0, {}] for name in TOP}
    path_of = {s["n"]: path for path in report["paths"] for s in path["steps"]}
    for s in harness.steps_of(report):
        # A client may have two addresses: the path's is that by which it was met first.
        path = path_of.get(s["n"])
        client = (path or s)["client"]["address"]
        name = f"Path {path['id']}" if path else "No path"
        detail = s["detail"]
        add_to(tree, "Clients", client, name, s["kind"], s["outcome"])
        add_to(tree, "Stages", s["stage"], s["kind"], s["outcome"])
        add_to(tree, "Steps", s["kind"], s["outcome"])
        if s["kind"] == "srv":
            add_to(tree, "SRV results", detail["result"] or s["outcome"])
        if s["kind"] == "kerberos" and detail["error"] is not None:
            add_to(tree, "Kerberos errors", f"{detail['error']} {detail['error_name']}")
        if s["time"] is not None:
            add_to(tree, "Milliseconds to the answer", s["kind"])
    for path in report["paths"]:
        for stage in path["stages"]:
            if stage["start"] is not None:
                add_to(tree, SECONDS, stage["stage"])
        for finding in path["findings"]:
            add_to(tree, "Findings", finding["severity"], finding["id"])
            node = tree["Clients"][1][path["client"]["address"]][1][f"Path {path['id']}"][1]
            add_to(node, "findings", f"{finding['severity']}: {finding['id']}")

    def plain(nodes):
        return {name: (count, plain(sub)) if sub else count for name, (count, sub) in nodes.items()}

    return plain(tree)


def tree_from_text(text):
    """The statistics tree that tshark printed, by its indentation."""
    (body,) = re.findall(r"^-{20,}\n(.*?)\n\n?-{20,}$", text, re.S | re.M)
    root = {}
    levels = [root]
    for line in body.splitlines():
        if not line.strip():
            continue
        indent, name, number = re.match(r"( *)(\S.*?)\s{2,}(\d+)\s", line).groups()
        del levels[len(indent) + 1 :]
        children = {}
        levels[-1][name] = (int(number), children)
        levels.append(children)

    def without_leaves(tree):
        return {k: (n, without_leaves(sub)) if sub else n for k, (n, sub) in tree.items()}

    return without_leaves(root)


def test_tree(wireshark, capture):
    text = wireshark.reports(capture)["tree"]
    assert tree_from_text(text) == tree_from_json(wireshark.json(capture))
    assert text == wireshark.reports(capture, "-2")["tree"]


# ---- JSON ----


def test_json_is_as_the_schema_says(wireshark, capture, schema):
    schema.validate(wireshark.json(capture))


def test_json_times_have_six_decimals(wireshark, capture):
    text = wireshark.json_text(capture)
    times = re.findall(r'"(?:first|last|start|duration|time|skew)": ([^\s,]+)', text)
    assert times
    for time in times:
        assert re.fullmatch(r"-?\d+\.\d{6}|null", time), time


def test_json_holds_together(wireshark, capture):
    report = wireshark.json(capture)
    steps = harness.steps_of(report)
    assert [s["n"] for s in steps] == list(range(1, len(steps) + 1))
    assert [path["id"] for path in report["paths"]] == list(range(1, len(report["paths"]) + 1))
    first, last = report["capture"]["first"], report["capture"]["last"]
    for s in steps:
        assert s["frames"] == sorted(s["frames"])
        assert 1 <= s["frames"][0] and s["frames"][-1] <= report["capture"]["frames"]
        assert {s["request"], s["response"]} - {None} <= set(s["frames"])
        assert (s["time"] is None) == (s["request"] is None or s["response"] is None)
        assert first <= s["start"] <= last
    for path in report["paths"]:
        addresses = {s["client"]["address"] for s in path["steps"]}
        assert path["client"]["address"] in addresses
        # One machine; it may have an address of each family.
        assert len(addresses) == len({":" in address for address in addresses})


# ---- the rest of Wireshark ----


def test_columns_and_protocols_do_not_change(wireshark, capture):
    stock.same_columns(wireshark, capture)


def test_details_do_not_change(wireshark, capture):
    """But for the Netlogon values that 4.0 and 4.2 leave as bytes."""
    tagged = len(wireshark.frames(capture))
    changed = stock.changed_details(wireshark, capture, tagged)
    stock.check_netlogon(changed)
    # The other captures' clients use the spelling that Wireshark knows.
    wanted = {"malcolm-two-dcs-sealed.pcap": 20, "suricata-cldap-unanswered.pcap": 0}
    lab = capture.name.startswith("lab/")
    if lab or capture.parts:
        assert tagged
    if wireshark.version in ("4.0", "4.2") and (capture.name in wanted or lab):
        assert len(changed) == wanted.get(capture.name, 0)
