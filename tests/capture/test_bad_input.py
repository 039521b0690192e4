# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged, cut and empty captures end as tshark alone would end, and nothing is lost on the way.

The module with sanitizers runs here: any report of theirs ends tshark with a status of its own.
"""

import json
import re
import subprocess

import harness
import pytest

SEEDS = (1, 2)
REPORTS = [a for kind in ("json", "path", "tsv", "steps", "tree", "html") for a in ("-z", "adpath," + kind)]


def sources():
    """Each capture once; with keys where there are some, because that is more code to reach."""
    with_keys = {c.path: c for c in harness.ALL_CAPTURES}
    with_keys.update({c.path: c for c in harness.ALL_CAPTURES if c.keytab})
    return list(with_keys.values())


@pytest.fixture(scope="module")
def everything(wireshark):
    """All sources behind one another in one file, with all their keys: one start of tshark reads them."""
    return wireshark.merged(sources(), "everything")


def editcap(source, target, *arguments, packets=()):
    """editcap's options are `arguments`, `packets` those to leave out."""
    words = ["editcap", *arguments, source, target, *packets]
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def without_clock(err):
    """Messages of GLib begin with the process and the time of the day."""
    return re.sub(r"\(tshark:\d+\) [\d:.]+", "(tshark)", err)


def damaged(wireshark, source, name, make):
    """A capture that `make` writes to the path it gets; the keys stay those of the source."""
    target = wireshark.scratch / f"{source.path.stem}-{name}{source.path.suffix}"
    make(target)
    target.chmod(0o644)
    return harness.Capture(
        target, source.name + "-" + name, source.keytab and wireshark.readable(source.keytab)
    )


def report_in(output):
    """The JSON report that stands somewhere behind the packets; its text."""
    begin = output.rfind('{\n  "version": 2,')
    if begin < 0:
        return ""
    _, length = json.JSONDecoder().raw_decode(output[begin:])
    return output[begin : begin + length]


def check(wireshark, capture, schema):
    """One pass and two: tshark's own exit status, no report of a sanitizer, one same JSON."""
    stock_1, stock_2, ours_1, ours_2 = harness.together(
        [
            lambda: wireshark.try_out(capture, "-V", plugins=None),
            lambda: wireshark.try_out(capture, "-2", "-V", plugins=None),
            lambda: wireshark.try_out(capture, "-V", "-z", "adpath,json", plugins="sanitized"),
            lambda: wireshark.try_out(capture, "-2", "-V", *REPORTS, plugins="sanitized"),
        ]
    )
    for stock, ours in ((stock_1, ours_1), (stock_2, ours_2)):
        assert not re.search("Sanitizer|runtime error", ours.err), ours.err
        assert ours.status == stock.status, ours
        assert without_clock(ours.err) == without_clock(stock.err)
    report = report_in(ours_1.out)
    assert report == report_in(ours_2.out)
    if report:
        schema.validate(json.loads(report))
    return report


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged(wireshark, schema, everything, seed):
    """Every second seed spares the headers, so that more of the damage arrives higher up."""
    spare = ["-o", "42"] if seed % 2 == 0 else []
    capture = damaged(
        wireshark,
        everything,
        f"seed{seed}",
        lambda target: editcap(everything.path, target, "-E", "0.02", "--seed", seed, *spare),
    )
    assert check(wireshark, capture, schema)


@pytest.mark.parametrize("share", [0.05, 0.4, 0.99])
def test_cut_in_a_packet(wireshark, schema, everything, share):
    def cut(target):
        whole = everything.path.read_bytes()
        target.write_bytes(whole[: int(len(whole) * share)])

    check(wireshark, damaged(wireshark, everything, f"cut{share}", cut), schema)


def test_captured_in_part(wireshark, schema, everything):
    """A short snapshot length: every packet is cut."""
    capture = damaged(
        wireshark, everything, "snap", lambda target: editcap(everything.path, target, "-s", 120)
    )
    assert check(wireshark, capture, schema)


def empty_report():
    return {
        "version": 2,
        "analysis": True,
        "verdict": {
            "outcome": "none",
            "text": "No client in this capture looks for a directory or a mail server",
        },
        "capture": {"file": None, "frames": 0, "first": None, "last": None, "limits": []},
        "paths": [],
        "unattached": {"steps": [], "findings": []},
    }


def test_capture_without_packets(wireshark, schema, everything):
    """A header and nothing else."""
    capture = damaged(
        wireshark,
        everything,
        "no-packets",
        lambda target: editcap(everything.path, target, packets=["1-1000000"]),
    )
    report = json.loads(check(wireshark, capture, schema))
    assert set(report.pop("generator")) == {"adpath", "wireshark", "pseudonyms"}
    assert report == empty_report()
    report = wireshark.ask(capture, "-q", "-z", "adpath,path")
    assert "0 paths, 0 frames" in report
    assert wireshark.ask(capture, "-q", "-z", "adpath,tsv").count("\n") == 1


def test_empty_file(wireshark, schema, everything):
    capture = damaged(wireshark, everything, "empty", lambda target: target.write_bytes(b""))
    check(wireshark, capture, schema)


def test_undamaged(wireshark, schema, everything):
    """The sanitizers see the captures as they are, too."""
    assert check(wireshark, everything, schema)


LOSES = r"""
#include <stdlib.h>
static void __attribute__((noinline)) lose(void)
{
    volatile char *lost = malloc(4711);
    lost[0] = 1;
    lost = 0;
}
__attribute__((constructor)) static void start(void)
{
    int i;

    for (i = 0; i < 3; i++) {
        lose();
    }
}
"""


def leaks(wireshark, capture, *arguments, preload=""):
    """The leak sanitizer's records, each a stack."""
    result = wireshark.run(
        "tshark",
        *capture.arguments,
        *arguments,
        plugins="sanitized",
        environment={
            "ASAN_OPTIONS": "detect_leaks=1:fast_unwind_on_malloc=0",
            "LD_PRELOAD": f"{harness.sanitizer_libraries()} {preload}",
        },
    )
    if "LeakSanitizer has encountered a fatal error" in result.err:
        pytest.skip("NOT TESTED: this machine does not let the leak sanitizer look")
    return re.findall(r"^(?:Direct|Indirect) leak of .*\n(?:    #.*\n)+", result.err, re.M)


def test_no_leak(wireshark, lab, sanitizers):
    """What Wireshark loses is not ours to judge: stacks with the plugin in them count.

    Wireshark unloads the plugin before the sanitizer looks, so that it has no names any more.
    stats_tree_free() of 4.0 forgets two of the things that stats_tree_new() made.
    """
    library = harness.compile_library(LOSES, wireshark.scratch / "loses.so")
    control, one, two = harness.together(
        [
            lambda: leaks(wireshark, lab("a1"), "-q", preload=library),
            lambda: leaks(wireshark, lab("a1"), "-V", *REPORTS),
            lambda: leaks(wireshark, lab("b2", keys=True), "-2", "-q", *REPORTS),
        ]
    )
    assert [stack for stack in control if " in lose " in stack], "the sanitizer sees no leak at all"
    ours = [stack for stack in one + two if re.search("adpath|unknown module", stack)]
    assert not [stack for stack in ours if " in stats_tree_new " not in stack]
