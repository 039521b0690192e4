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
        # It says what was wrong, and what is accepted.
        assert argument in result.err
        for name in (*KINDS, "FILTER"):
            assert name in result.err


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
