# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of clients, synthetic: what reports cost then, and that they say what they leave out.

Each client asks for one locator name and gets an answer (tests/bench/traffic.py): nothing is common to two of
them. Work and memory are compared between two reports on one capture, as the machine may be slow.
"""

import json
import re
import sys

import harness
import pytest

sys.path.insert(0, str(harness.ROOT / "tests" / "bench"))
import traffic  # noqa: E402

MANY, SOME = 16000, 2500
FULL = 57000
OWN_NODES = 1000  # PATHS_IN_TEXT of show/tree.c
MB = 1 << 20


@pytest.fixture(scope="module")
def clients(wireshark):
    """A function: the capture of so many clients."""
    made = {}

    def make(count):
        if count not in made:
            path = wireshark.scratch / f"synthetic-{count}-clients.pcap"
            traffic.write_capture(path, traffic.client_frames(2 * count))
            path.chmod(0o644)
            made[count] = harness.Capture(path, path.name)
        return made[count]

    return make


# Its own resources are asked for, and nobody reads along.
MEASURE = (
    "import os, resource, subprocess, sys\n"
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)\n"
)  # fmt: skip
# The tests' other starts take memory in large pieces.
AS_EVER = {"MALLOC_TOP_PAD_": "131072", "GLIBC_TUNABLES": ""}


@pytest.fixture(scope="module")
def cost(wireshark, clients):
    """A function: seconds of a processor and the most memory, of a start with this report on so many clients."""
    known = {}

    def measure(report, count=MANY, plugins="adpath"):
        key = report, count, plugins
        if key not in known:
            words = ("tshark", *clients(count).arguments, "-n", "-q", "-z", report)
            result = wireshark.run("/usr/bin/python3", "-c", MEASURE, *words, plugins=plugins, environment=AS_EVER)
            assert result.status == 0 and result.err == "", result
            known[key] = tuple(float(number) for number in result.out.split())
        return known[key]

    return measure


def test_the_tree_says_what_it_leaves_out(wireshark, clients):
    capture = clients(SOME)
    tree = wireshark.try_out(capture, "-n", "-q", "-z", "adpath,tree").out
    rows = re.findall(r"^ *(\S.*?)  +(\d+)\b", tree, re.M)
    numbers = [name for name, _ in rows if re.fullmatch(r"Path \d+", name)]
    assert len(numbers) == OWN_NODES and set(numbers) == {f"Path {n + 1}" for n in range(OWN_NODES)}
    assert dict(rows)["further paths (a filter shows them)"] == str(SOME - OWN_NODES)
    assert dict(rows)["Clients"] == dict(rows)["Steps"] == str(SOME)
    # As long as that of fewer clients, but for what is said of those left out; and a filter does show them.
    last = json.loads(wireshark.try_out(capture, "-n", "-q", "-z", "adpath,json").out)["paths"][-1]
    alone = wireshark.try_out(capture, "-n", "-q", "-z", f"adpath,tree,adpath.path == {last['id']}").out
    assert last["client"]["address"] in alone and "further paths" not in alone
    assert last["client"]["address"] not in tree


def test_the_tree_grows_in_a_straight_line(cost):
    """The table of steps has a row for each client; with a node for each, the tree took four times as long."""
    assert cost("adpath,tree")[0] < 2 * cost("adpath,tsv")[0]


def test_a_report_takes_no_memory_of_its_length(cost, clients):
    """Of JSON, which is fifteen times as long as the capture."""
    before = cost("adpath,about")[1]
    assert cost("adpath,json")[1] - before < 20 * MB


def test_what_a_client_takes(cost):
    """0.9 kB beside Wireshark's own (docs/performance.md): what one more table, or one that is half empty, adds is seen.
    So many fill the tables of the model nearly to where they grow."""
    ours, stock = (cost("http,tree", FULL, plugins)[1] for plugins in ("adpath", None))
    assert (ours - stock) / FULL < 1050


# What the module hands on at once; tshark itself prints in other ways.
PIECES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
static size_t longest, all;
size_t fwrite(const void *piece, size_t size, size_t count, FILE *to)
{
    size_t (*real)(const void *, size_t, size_t, FILE *) =
        (size_t (*)(const void *, size_t, size_t, FILE *))dlsym(RTLD_NEXT, "fwrite");
    longest = size * count > longest ? size * count : longest;
    all += size * count;
    return real(piece, size, count, to);
}
__attribute__((destructor)) static void tell(void)
{
    fprintf(stderr, "longest %zu of %zu\n", longest, all);
}
"""


@pytest.mark.parametrize("report", ["json", "ndjson", "tsv", "html"])
def test_a_report_goes_out_in_pieces(wireshark, clients, report):
    library = wireshark.scratch / "pieces.so"
    if not library.exists():
        harness.compile_library(PIECES, library)
    arguments = ("-n", "-q", "-z", "adpath," + report)
    result = wireshark.run("tshark", *clients(SOME).arguments, *arguments, environment={"LD_PRELOAD": str(library)})
    longest, length = map(int, re.search(r"longest (\d+) of (\d+)", result.err).groups())
    assert length == len(result.out.encode()) > 300_000
    # A piece is 64 KiB, and what was written behind it before somebody looked.
    assert longest < 128 * 1024
