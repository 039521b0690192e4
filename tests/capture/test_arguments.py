# SPDX-License-Identifier: GPL-2.0-or-later
"""-z adpath,... as people type it, and the preferences."""

import json
import re
import subprocess

import harness
import pytest

WRONG = [
    "adpath",
    "adpath,",
    "adpath,nonsense",
    "adpath,nonsense,tcp",
    "adpathology",
    "adpath,jsonp",
    "adpath,json,bad filter((",
    "adpath,json,adpath.no_such_field",
    "adpath,path,bad filter((",
    "adpath,steps,bad filter((",
    "adpath,tsv,bad filter((",
    "adpath,tree,bad filter((",
    "adpath,srt,bad filter((",
    "adpath,markdown,bad filter((",
    "adpath,html,bad filter((",
    "adpath,decrypt,bad filter((",
    "adpath,about,bad filter((",
    "adpath,ndjson,bad filter((",
    "adpath,verdict,bad filter((",
    "adpath,compare",
    "adpath,compare,",
    "adpath,comparex",
]
KINDS = ("path", "json", "stages", "steps", "tsv", "tree", "srt", "markdown", "html", "decrypt", "about",
         "ndjson", "verdict")


@pytest.mark.parametrize("argument", WRONG)
def test_wrong_argument(wireshark, lab, argument):
    # Found before a packet is read: how they are read can make no difference, and is tried with one.
    for extra in ((), ("-q",), ("-2", "-q")) if argument == WRONG[0] else (("-q",),):
        result = wireshark.tshark(lab("b-mit-s4u2self"), *extra, "-z", argument)
        assert result.status == 1
        assert result.out == ""
        assert re.fullmatch(r"[^\n]+\n", result.err)
        # It says what was wrong, and what is accepted; of a filter, what is wrong with it.
        assert argument in result.err
        if "bad filter" in argument or "no_such_field" in argument:
            assert "is no display filter" in result.err and "ndjson, " not in result.err
            continue
        for name in (*KINDS, "FILTER", "FILE.json"):
            assert name in result.err


def test_explain_a_frame_that_is_not_there(wireshark, lab):
    """The other reports of the run are written nevertheless."""
    result = wireshark.tshark(lab("c1"), "-q", "-z", "adpath,explain,99999", "-z", "adpath,verdict")
    assert (result.status, result.out) == (1, "faulty\n")
    assert result.err == "adpath: There is no frame 99999: the capture has 228.\n"


def on_terminal(wireshark, capture, columns, **more):
    """What tshark writes to a terminal."""
    script = (
        "import os, pty, sys\n"
        "pid, fd = pty.fork()\n"
        "if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])\n"
        "out = b''\n"
        "while True:\n"
        "    try: part = os.read(fd, 65536)\n"
        "    except OSError: break\n"
        "    if not part: break\n"
        "    out += part\n"
        "os.waitpid(pid, 0); sys.stdout.buffer.write(out.replace(b'\\r\\n', b'\\n'))\n")  # fmt: skip
    environment = {"COLUMNS": str(columns), "TERM": "xterm", **more}
    result = wireshark.run("/usr/bin/python3", "-c", script, "tshark", *capture.arguments, "-q", "-z", "adpath,path",
                           environment=environment)
    assert result.status == 0, result
    return result.out


def test_the_report_on_a_terminal(wireshark, lab):
    """As wide as that is, and in colours; the words are the same."""
    capture = lab("c1")
    plain = wireshark.ask(capture, "-q", "-z", "adpath,path")
    narrow, dull = on_terminal(wireshark, capture, 80), on_terminal(wireshark, capture, 130, NO_COLOR="1")
    assert "\x1b" not in plain + dull and narrow.startswith("Verdict: \x1b[1;31mfailed\x1b[0m - ")
    without = re.sub(r"\x1b\[[0-9;]*m", "", narrow)
    for text in (without, dull):
        assert text.splitlines()[0] == plain.splitlines()[0]
        assert "".join(text.split()) == "".join(plain.split())
    lengths = {name: [len(line) for line in text.splitlines()[1:] if "# changes" not in line and not re.match(r" {6}(check| {5})", line)]
               for name, text in (("narrow", without), ("plain", plain), ("wide", dull))}  # fmt: skip
    assert sum(n <= 80 for n in lengths["narrow"]) > 0.9 * len(lengths["narrow"])
    assert max(lengths["wide"]) > 100 >= max(lengths["plain"])


# What people name in place of the report of another capture: name of the file, what it holds, what is said.
FILES = [
    ("missing.json", None, "cannot be found"),
    (".", None, "is no ordinary file"),
    ("empty.json", b"", "is empty"),
    ("packets.pcapng", b"\n\r\r\n" + bytes(200), "is a capture itself"),
    ("notes, old.txt", b"Tuesday: it worked\n", "is not JSON"),
    ("cut.json", b'{"version": 2, "paths": [{"id": 1, "ste', "ends in the middle"),
    ("deep.json", b"[" * 3_000_000, "is larger than any report"),
    ("wide.json", b"[" + b"{}," * 5_000_000, "is larger than any report"),
    ("other.json", b'{"name": "package", "version": "1.0"}', "no report of adpath"),
    ("next.json", b'{"version": 3, "verdict": {}, "capture": {}, "paths": []}', "another version"),
    ("two.json", b"{}\n{}\n", "more than one report"),
    ("bell.json", b'{"\x07": 1}', "is not JSON"),
]


@pytest.mark.parametrize(("name", "holds", "says"), FILES, ids=[f[0] for f in FILES])
def test_a_file_that_is_no_report(wireshark, lab, name, holds, says):
    """One line that says what to do, and status 1, before a packet is read."""
    path = wireshark.scratch / name
    if holds is not None:
        path.write_bytes(holds)
        path.chmod(0o644)
    result = wireshark.try_out(lab("b-mit-s4u2self"), "-q", "-z", f"adpath,compare,{path}")
    assert (result.status, result.out) == (1, ""), result
    assert re.fullmatch(r"adpath: [ -~]+\n", result.err) and says in result.err
    assert "-z adpath,json" in result.err


def test_a_report_full_of_surprises(wireshark, lab):
    """Values of other types, and text that would turn a terminal around, are read as far as they go."""
    path = wireshark.scratch / "surprise.json"
    report = wireshark.json(lab("a1"))
    report["paths"][0]["steps"][0].update(start="soon", client=[], detail=None, frames={}, summary="\u202e\x1b[2J")
    report["paths"][0].update(domain=7, findings=[{"id": "clock-skew", "severity": "error", "summary": "\x1b[31m%s%n"}], stages="x")
    report["paths"].append("path")
    report["verdict"] = {"text": "\u202e\x1b]0;x\x07"}
    path.write_text(json.dumps(report))
    path.chmod(0o644)
    out = wireshark.ask(lab("c1"), "-q", "-z", f"adpath,compare,{path}")
    assert "clock-skew" in out and "%s%n" in out
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", out)


def test_compare_is_the_same_in_two_passes(wireshark, lab):
    path = wireshark.scratch / "c1.json"
    path.write_text(wireshark.json_text(lab("c1")))
    path.chmod(0o644)
    one, two = (
        wireshark.ask(lab("a1"), *passes, "-q", "-z", f"adpath,compare,{path}")
        for passes in ((), ("-2",))
    )
    assert one == two and one.startswith("c1.json is another run\n")
    off = wireshark.tshark(lab("a1"), *OFF, "-q", "-z", f"adpath,compare,{path}")
    assert "The analysis is switched off" in off.out


def test_a_wrong_argument_does_not_reach_the_terminal_raw(wireshark, lab):
    result = wireshark.tshark(lab("b-mit-s4u2self"), "-z", "adpath,json,\n\nbad((")
    assert result.status == 1
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("passes", [(), ("-2",)])
def test_nothing_but_json_on_standard_output(wireshark, lab, passes):
    result = wireshark.tshark(lab("a1"), *passes, "-q", "-z", "adpath,json")
    assert result.status == 0
    assert result.err == ""
    assert result.out[0] == "{"
    report, end = json.JSONDecoder().raw_decode(result.out)
    assert report["version"] == 2
    assert result.out[end:].strip() == ""


def test_several_reports_in_one_run(wireshark, lab):
    """Each is the same as alone; tshark draws them in its own order."""
    capture = lab("c1")
    arguments = [a for kind in KINDS for a in ("-z", "adpath," + kind)]
    text = wireshark.ask(capture, "-q", *arguments)
    alone = [wireshark.ask(capture, "-q", "-z", "adpath," + kind) for kind in KINDS]
    for report in alone:
        assert text.count(report) == 1
    assert len(text) == sum(map(len, alone))


# ---- FILTER ----


@pytest.fixture(scope="session")
def two_clients(wireshark):
    """Two recordings after each other in one file: a path of each."""
    target = wireshark.scratch / "two-clients.pcapng"
    sources = [
        next(c.path for c in harness.OWN_CAPTURES if c.name.startswith("lab/" + begin))
        for begin in ("a1", "b-mit-s4u2proxy")
    ]
    subprocess.run(["mergecap", "-a", "-w", target, *sources], check=True)
    target.chmod(0o644)
    return harness.Capture(target, "two-clients")


def test_filter_selects_paths(wireshark, two_clients):
    """The paths of which any frame matches are printed, all of each."""
    whole = wireshark.json(two_clients)
    assert [p["client"]["address"] for p in whole["paths"]] == ["10.77.0.10", "10.41.0.10"]
    first, second = whole["paths"]
    one_frame = second["steps"][1]["response"]
    cases = {
        "ip.addr == 10.41.0.10": [second],
        f"frame.number == {one_frame}": [second],
        "adpath.krb.error == 41": [second],
        'adpath.scp.kind == "exchange"': [first],
        "adpath.path == 1": [first],
        "kerberos": [first, second],
        "frame": [first, second],
        "frame.number == 1": [],
        "adpath.n == 4711": [],
    }
    for passes in ((), ("-2",)):
        for text, paths in cases.items():
            out = json.loads(wireshark.ask(two_clients, *passes, "-q", "-z", "adpath,json," + text))
            # The verdict is that of the paths that are printed.
            assert out == {**whole, "paths": paths, "verdict": out["verdict"]}, text
            assert (out["verdict"] == whole["verdict"]) == (paths == whole["paths"]), text


NOTHING = {
    "No path has a frame that matches the filter": ("adpath,{},adpath.n == 4711", ()),
    "The analysis is switched off (preference adpath.analysis): nothing was looked at": (
        "adpath,{}",
        ("-o", "adpath.analysis:FALSE"),
    ),
}


@pytest.mark.parametrize("sentence", NOTHING)
def test_nothing_to_tell_and_why(wireshark, two_clients, sentence):
    """No report says of a client that it looks for nothing when nobody looked at it."""
    argument, options = NOTHING[sentence]
    out = {
        kind: wireshark.tshark(two_clients, *options, "-q", "-z", argument.format(kind)).out
        for kind in ("json", "path", "markdown", "html")
    }
    report = json.loads(out["json"])
    assert report["verdict"] == {"outcome": "none", "text": sentence}
    assert report["analysis"] == (not options)
    assert out["path"].splitlines()[0] == f"Verdict: none - {sentence}"
    for kind in ("path", "markdown", "html"):
        assert sentence in out[kind].replace("\n", " ")
        assert "looks for a directory" not in out[kind]


def test_filter_holds_for_every_report(wireshark, two_clients, schema):
    whole = wireshark.json(two_clients)
    numbers = [str(s["n"]) for s in whole["paths"][1]["steps"]]
    chosen = ",adpath.krb.error == 41"

    tsv = wireshark.ask(two_clients, "-q", "-z", "adpath,tsv" + chosen).splitlines()
    assert [line.split("\t")[0] for line in tsv[1:]] == numbers
    rows = wireshark.ask(two_clients, "-q", "-z", "adpath,steps" + chosen).splitlines()
    assert [line.split()[0] for line in rows[1:]] == numbers
    report = wireshark.ask(two_clients, "-q", "-z", "adpath,path" + chosen)
    assert re.findall(r"^Path (\d+): client (\S+)", report, re.M) == [("2", "10.41.0.10")]
    tree = wireshark.ask(two_clients, "-q", "-z", "adpath,tree" + chosen)
    assert "10.41.0.10" in tree and "10.77.0.10" not in tree
    markdown = wireshark.ask(two_clients, "-q", "-z", "adpath,markdown" + chosen)
    assert re.findall(r"^## Path (\d+): client (\S+)", markdown, re.M) == [("2", "10.41.0.10")]
    times = wireshark.ask(two_clients, "-q", "-z", "adpath,srt" + chosen)
    answered = [s for s in whole["paths"][1]["steps"] if s["time"] is not None]
    assert sum(int(line.split()[1]) for line in times.splitlines()[1:]) == len(answered)

    nothing = wireshark.ask(two_clients, "-q", "-z", "adpath,path,frame.number == 1")
    assert "No path has a frame that matches" in nothing
    schema.validate(json.loads(wireshark.ask(two_clients, "-q", "-z", "adpath,json" + chosen)))


def test_a_comma_in_the_filter(wireshark, two_clients):
    out = wireshark.ask(
        two_clients, "-q", "-z", "adpath,json,adpath.krb.error in {41, 42} and ip.proto == 6"
    )
    assert [p["id"] for p in json.loads(out)["paths"]] == [2]


# ---- preferences ----

OFF = ("-o", "adpath.analysis:FALSE")


def test_switched_off(wireshark, lab, schema):
    capture = lab("a1")
    assert wireshark.ask(capture, *OFF, "-Y", "adpath") == ""
    assert wireshark.ask(capture, *OFF, "-2", "-Y", "adpath") == ""
    details = wireshark.ask(capture, *OFF, "-V")
    assert "Active Directory Discovery Path" not in details
    for passes in ((), ("-2",)):
        result = wireshark.tshark(capture, *OFF, *passes, "-q", "-z", "adpath,json")
        report = json.loads(result.out)
        assert result.status == 0
        assert (report["paths"], report["unattached"]["steps"]) == ([], [])
        schema.validate(report)
        # An empty report needs a word, but not on standard output.
        assert re.fullmatch(r"[^\n]*adpath\.analysis[^\n]*\n", result.err)
    stock = wireshark.ask(capture, "-T", "fields", "-e", "_ws.col.Info", plugins=None)
    assert wireshark.ask(capture, *OFF, "-T", "fields", "-e", "_ws.col.Info") == stock


# tshark asks this before it makes a tree for every frame, which is what the plugin costs.
ASKED = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
int postdissectors_want_hfids(void)
{
    int (*asked)(void) = (int (*)(void))dlsym(RTLD_NEXT, "postdissectors_want_hfids");
    int wants = asked();
    fprintf(stderr, "wants=%d\n", wants);
    return wants;
}
"""


def test_switched_off_costs_nothing(wireshark, lab):
    library = harness.compile_library(ASKED, wireshark.scratch / "asked.so")

    def wants(*arguments, plugins="adpath"):
        result = wireshark.run(
            "tshark",
            *lab("a1").arguments,
            *arguments,
            plugins=plugins,
            environment={"LD_PRELOAD": str(library)},
        )
        assert result.status == 0, result
        return set(re.findall(r"wants=(\d)", result.err))

    assert wants("-o", "adpath.tree:everywhere") == {"1"}
    assert wants("-o", "adpath.tree:on demand") == {"0"}
    assert wants(*OFF, "-o", "adpath.tree:everywhere") == {"0"}
    assert wants(plugins=None) == {"0"}


def test_preferences_are_two_switches(wireshark):
    out = wireshark.run("tshark", "-G", "defaultprefs").out
    found = dict(re.findall(r"^#?adpath\.(analysis|mailboxes): (\w+)$", out, re.M))
    assert found == {"analysis": "TRUE", "mailboxes": "FALSE"}
