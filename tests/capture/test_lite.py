# SPDX-License-Identifier: GPL-2.0-or-later
"""lua/adpath_lite.lua gives the names that it offers the values that the module gives them, on every capture.

sharkd with the module and sharkd with the script read all captures, one after the other: each name as a column of every
frame that has adpath, when the whole file is known; and the trees of frames where columns do not tell which value is
whose. That is what `tshark -2 -T fields` shows; tshark itself, in one pass and two, is compared on some captures.
"""

import collections
import itertools
import json
import re
import shutil
import subprocess

import harness
import pytest

SCRIPT = harness.ROOT / "lua" / "adpath_lite.lua"
TABLE = harness.ROOT / "tests" / "capture" / "lite_differences.tsv"
# The kinds of steps and the findings that the script knows.
KINDS = {"srv", "ping", "kerberos", "scp"}
FINDINGS = {"ntlm-fallback"}
PARTS = 4


@pytest.fixture(scope="module")
def lite(wireshark):
    """The name of a plugin folder with the script alone."""
    return folder_with(wireshark, "lite", SCRIPT)


def folder_with(wireshark, name, *files):
    if name not in wireshark.plugins:
        folder = wireshark.folder / name
        folder.mkdir()
        for file in files:
            shutil.copy(file, folder)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        wireshark.plugins[name] = folder
    return name


@pytest.fixture(scope="module")
def offered(wireshark, lite):
    """The names of the script's fields, without "adpath."."""
    return sorted(name.removeprefix("adpath.") for name in fields_of(wireshark, lite))


def fields_of(wireshark, plugins):
    """name -> (title, type, display) as tshark lists the protocol's fields."""
    rows = {}
    for line in wireshark.run("tshark", "-G", "fields", plugins=plugins).out.splitlines():
        cells = line.split("\t")
        if cells[0] == "F" and cells[2].startswith("adpath."):
            rows[cells[2]] = (cells[1], cells[3], cells[5])
    assert rows
    return rows


# ---- what sharkd shows ----


def sharkd(wireshark, plugins, requests):
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": i, "method": method, "params": parameters})
        for i, (method, parameters) in enumerate(requests, 1)
    ]
    result = wireshark.run("sharkd", "-", given="\n".join(lines) + "\n", plugins=plugins)
    assert result.status == 0, result
    answers = [json.loads(line) for line in result.out.splitlines() if line.strip()]
    assert [a["id"] for a in answers] == list(range(1, len(requests) + 1)), result
    assert all("result" in a for a in answers), result
    return [a["result"] for a in answers]


COLUMNS = 30  # sharkd takes no more than 32 at a time


def unused():
    """A filter that was never used before: sharkd keeps what one gave for the file before."""
    return f"adpath && frame.number != {next(NUMBERS)}"


NUMBERS = itertools.count(10**8)


def opening(capture):
    """Requests that load a capture and read all of it in order."""
    keys = {"kerberos.file": str(capture.keytab or ""), "kerberos.decrypt": str(bool(capture.keytab)).upper()}
    return [
        *(("setconf", {"name": name, "value": value}) for name, value in keys.items()),
        ("load", {"file": str(capture.path)}),
        ("frames", {"filter": unused()}),
    ]


def rows_of(wireshark, plugins, captures, names):
    """For each capture: frame that has adpath -> name -> all its values in one text."""
    parts = [names[at : at + COLUMNS] for at in range(0, len(names), COLUMNS)]
    requests, ends = [], []
    for capture in captures:
        requests += opening(capture)
        ends.append(len(requests))
        for part in parts:
            columns = {f"column{i}": f"adpath.{name}:0" for i, name in enumerate(part)}
            requests.append(("frames", {"filter": unused(), **columns}))
    answers = sharkd(wireshark, plugins, requests)
    found = []
    for end in ends:
        rows = collections.defaultdict(dict)
        for part, frames in zip(parts, answers[end:]):
            for frame in frames:
                assert len(frame["c"]) == len(part)
                rows[int(frame["num"])].update(zip(part, frame["c"]))
        found.append(rows)
    return found


def nodes_of(tree, name):
    for node in tree:
        if node.get("f", "").split(" ", 1)[0] == name:
            yield node
        yield from nodes_of(node.get("n", ()), name)


def values_below(nodes, found):
    """Each item below, in order: (name without "adpath.", what a filter on it compares with)."""
    for node in nodes:
        name, _, value = node.get("f", "").partition(" == ")
        if name.startswith("adpath."):
            found.append((name.removeprefix("adpath."), value))
        values_below(node.get("n", ()), found)
    return found


def shown(tree, offered):
    """The steps that a frame shows, of the kinds and names that are offered, sorted."""
    steps = []
    for step in nodes_of(tree, "adpath.step"):
        values = values_below([step], [])
        if values[0][1].strip('"') in KINDS:
            rows = collections.defaultdict(list)
            for name, value in values:
                if name in offered and name != "finding":
                    rows[name].append(value)
            steps.append(dict(rows))
    return sorted(steps, key=sorted_key)


def sorted_key(step):
    return json.dumps(step, sort_keys=True)


def trees_of(wireshark, plugins, captures, frames, names):
    """For each capture: frame -> what its tree shows."""
    requests, places = [], []
    for n, numbers in enumerate(frames):
        if numbers:
            requests += opening(captures[n])
        places.append(range(len(requests), len(requests) + len(numbers)))
        requests += [("frame", {"frame": number, "proto": True}) for number in numbers]
    answers = sharkd(wireshark, plugins, requests) if requests else []
    return [
        {number: shown(answers[at]["tree"], names) for number, at in zip(numbers, place)}
        for numbers, place in zip(frames, places)
    ]


# ---- what differs ----

Difference = collections.namedtuple("Difference", "capture name frame module lite")


def needs_tree(row):
    """Does a row of the module not tell which value is whose, or whether an empty one is there?"""
    kinds = set(row["step"].split(",")) - {""}
    return not kinds <= KINDS or "ping" in kinds


def findings_of(row):
    return FINDINGS & set(row["finding"].split(","))


def differences_of_rows(capture, module, lite):
    """Of the frames of a capture whose rows tell all."""
    nothing = collections.defaultdict(str)
    for number in sorted({*module, *lite}):
        ours, theirs = module.get(number, nothing), lite.get(number, nothing)
        if findings_of(ours) != findings_of(theirs):
            yield Difference(capture.id, "finding", number, ours["finding"], theirs["finding"])
        if needs_tree(ours):
            continue
        if ours["step"] != theirs["step"]:
            yield Difference(capture.id, "step", number, dict(ours), dict(theirs))
            continue
        for name in sorted({*ours, *theirs} - {"finding"}):
            if ours[name] != theirs[name]:
                yield Difference(capture.id, name, number, ours[name], theirs[name])


def differences_of_trees(capture, module, lite):
    """A step that only one has is told by its kind, as a difference of "step"."""
    for number, steps in module.items():
        for kind in KINDS:
            ours = [s for s in steps if s["step"] == [f'"{kind}"']]
            theirs = [s for s in lite[number] if s["step"] == [f'"{kind}"']]
            if len(ours) != len(theirs):
                yield Difference(capture.id, "step", number, ours, theirs)
                continue
            for our, their in zip(ours, theirs):
                for name in sorted({*our, *their}):
                    if our.get(name) != their.get(name):
                        yield Difference(capture.id, name, number, our.get(name), their.get(name))


def compare(wireshark, lite, names, captures):
    """All differences, and how often each name had a value."""
    module, script = wireshark.both(
        lambda: rows_of(wireshark, "adpath", captures, names),
        lambda: rows_of(wireshark, lite, captures, names),
    )
    found, seen = [], collections.Counter()
    for capture, ours, theirs in zip(captures, module, script):
        found += differences_of_rows(capture, ours, theirs)
        for row in theirs.values():
            seen.update(name for name, value in row.items() if value)
    frames = [sorted(n for n, row in rows.items() if needs_tree(row)) for rows in module]
    module, script = wireshark.both(
        lambda: trees_of(wireshark, "adpath", captures, frames, names),
        lambda: trees_of(wireshark, lite, captures, frames, names),
    )
    for capture, ours, theirs in zip(captures, module, script):
        found += differences_of_trees(capture, ours, theirs)
    return found, seen


def listed():
    """(capture, name) -> reason, of the table."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            capture, name, reason = line.split("\t")
            assert reason.strip() and (capture, name) not in rows, line
            rows[capture, name] = reason
    return rows


def all_captures():
    return harness.OWN_CAPTURES + harness.PUBLIC_CAPTURES


@pytest.mark.parametrize("part", range(PARTS))
def test_every_name_on_every_capture(wireshark, lite, offered, part):
    captures = [wireshark.borrow(c) for c in all_captures()[part::PARTS]]
    found, seen = compare(wireshark, lite, offered, captures)
    assert len(seen) > 40
    names = {c.id for c in captures}
    known = {key for key in listed() if key[0] in names}
    new = [d for d in found if (d.capture, d.name) not in known]
    assert not new, "\n".join(map(str, new[:20])) + f"\n{len(new)} differences that {TABLE.name} does not list"
    gone = known - {(d.capture, d.name) for d in found}
    assert not gone, f"{TABLE.name} lists what is equal by now: {sorted(gone)}"


# ---- tshark ----

# Names of one kind of step only, so that all values of a frame are the script's business.
ALONE = ("srv.name", "srv.site", "srv.role", "srv.result", "srv.target", "srv.port", "ping.domain", "ping.host",
         "ping.client_site", "ping.dc_site", "ping.closest", "krb.exchange", "krb.error", "krb.error_name", "krb.spn",
         "scp.kind", "scp.entry", "scp.binding", "scp.rank", "scp.rank_reason")  # fmt: skip
BY_TSHARK = ("lab/a1-", "krb-7/", "doubled/", "two-clients/")


@pytest.fixture(params=BY_TSHARK)
def recording(request, wireshark):
    found = [c for c in harness.OWN_CAPTURES if c.name.startswith(request.param) and not c.keytab]
    assert len(found) == 1
    return wireshark.borrow(found[0])


@pytest.mark.parametrize("passes", [(), ("-2",)])
def test_tshark(wireshark, lite, recording, passes):
    wanted = [word for name in ALONE for word in ("-e", "adpath." + name)]
    arguments = (*passes, "-T", "fields", "-e", "frame.number", *wanted)
    module, script = wireshark.both(
        lambda: wireshark.ask(recording, *arguments), lambda: wireshark.ask(recording, *arguments, plugins=lite)
    )
    assert len(set(module.splitlines())) > 10
    assert script == module


def test_a_filter_on_its_fields(wireshark, lite, lab):
    """In one pass and two; the second pass finds in the kept records what the first has read."""
    for passes in ((), ("-2",)):
        frames = wireshark.ask(
            lab("c1"), *passes, "-Y", "adpath.krb.error == 7", "-T", "fields", "-e", "frame.number",
            "-e", "adpath.krb.spn", plugins=lite,
        )  # fmt: skip
        assert frames == wireshark.ask(
            lab("c1"), *passes, "-Y", "adpath.krb.error == 7", "-T", "fields", "-e", "frame.number",
            "-e", "adpath.krb.spn",
        )  # fmt: skip
        assert "HTTP/" in frames


# ---- names, and who steps aside ----


def test_fields_are_those_of_the_module(wireshark, lite):
    module = fields_of(wireshark, "adpath")
    for name, row in fields_of(wireshark, lite).items():
        assert module[name] == row, name


def test_the_documented_names_are_those_offered(offered):
    text = (harness.ROOT / "docs" / "filters.md").read_text()
    part = re.search(r"^## One Lua file\n(.*?)^## ", text, re.S | re.M).group(1)
    documented = [
        name for row in re.findall(r"^\| `(?:adpath|ldap|krb|srv|ping|scp)\b.*", part, re.M)
        for name in re.findall(r"`adpath\.([\w.]+)`", row)
    ]  # fmt: skip
    assert sorted(documented) == offered


def test_it_steps_aside_for_the_module(wireshark, lab):
    beside = wireshark.plugins["adpath"]
    both = wireshark.folder / "module-and-lite"
    if not both.exists():
        shutil.copytree(beside, both)
        shutil.copy(SCRIPT, both)
        for path in (both, *both.rglob("*")):
            path.chmod(0o755)
        wireshark.plugins["module-and-lite"] = both
    arguments = ("-2", "-Y", "adpath", "-V", "-O", "adpath")
    assert wireshark.ask(lab("c1"), *arguments, plugins="module-and-lite") == wireshark.ask(lab("c1"), *arguments)


def test_two_copies(wireshark, lite, lab):
    """A personal and a global one, say: the second is silent."""
    copy = wireshark.readable(SCRIPT)
    arguments = ("-Y", "adpath", "-T", "fields", "-e", "adpath.step")
    twice = wireshark.ask(lab("c1"), "-X", f"lua_script:{copy}", *arguments, plugins=lite)
    assert twice == wireshark.ask(lab("c1"), *arguments, plugins=lite)


# ---- the report ----


def test_the_report(wireshark, lite, lab):
    """The same in one pass and two, nothing else on standard output, and what the fields say stands there."""
    capture = lab("a1")
    text = wireshark.ask(capture, "-q", "-z", "adpath,lite", plugins=lite)
    assert text == wireshark.ask(capture, "-2", "-q", "-z", "adpath,lite", plugins=lite)
    assert text.startswith("adpath lite: ")
    report = wireshark.json(capture)
    for step in harness.steps_of(report):
        line = rf"^ *{step['request']} +{step['kind']} +{step['client']['address']} "
        assert bool(re.search(line, text, re.M)) == (step["kind"] in KINDS), step
    assert "client in site HQ" in text
    assert "https://mail.contoso.test/autodiscover/autodiscover.xml - to be tried as no. 1 (site match)" in text


def test_the_report_of_nothing(wireshark, lite):
    empty = wireshark.scratch / "lite-nothing.pcap"
    empty.write_bytes(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
    empty.chmod(0o644)
    text = wireshark.ask(harness.Capture(empty, "nothing"), "-q", "-z", "adpath,lite", plugins=lite)
    assert text.endswith("No step was found.\n")


@pytest.mark.parametrize("seed", [1, 2])
def test_damage(wireshark, lite, seed):
    """All captures behind one another, with bytes changed at random: no fault of the script, and tshark ends well."""
    whole, damaged = (wireshark.scratch / f"lite-{name}-{seed}.pcapng" for name in ("whole", "damaged"))
    subprocess.run(["mergecap", "-a", "-w", whole, *(c.path for c in harness.OWN_CAPTURES)], check=True)
    subprocess.run(["editcap", "--seed", str(seed), "-E", "0.01", whole, damaged], check=True, capture_output=True)
    damaged.chmod(0o644)
    capture = harness.Capture(damaged, damaged.name)
    ours = wireshark.try_out(capture, "-2", "-Y", "adpath", "-O", "adpath", "-z", "adpath,lite", plugins=lite)
    assert ours.status == 0, ours
    report = ours.out[ours.out.rindex("adpath lite: ") :]
    assert report.count("\n") > 1000
    assert "fault of this script" not in report and "Lua Error" not in ours.out, report[-2000:]
