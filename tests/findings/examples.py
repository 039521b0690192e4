# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples in docs/findings: a real filter, and what it prints on a capture.

Of a recording in testdata where one shows the finding, else of a case of these tests, which is
synthetic. `/usr/bin/python3 tests/findings/examples.py [FINDING...]` writes them anew, with ADPATH_MODULE
set as tools/test sets it; test_pages.py compares them with what the plugin prints now.
"""
import importlib
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "synthetic"), str(HERE.parent)]

import cases  # noqa: E402
import harness  # noqa: E402
from build import Capture  # noqa: E402

PAGES = harness.ROOT / "docs" / "findings"
HEAD = "## What the packets look like"
NEXT = "## What may be behind it"
LINES = 8
# Where the first case is not the one that people meet most.
CHOSEN = {"http-error": "status_404"}
RECORDED = "A recording of the laboratory, frame by frame what the finding cites:"
BY_HAND = "Frame by frame what the finding cites, in a synthetic capture, built by hand (`testdata/PROVENANCE.md`):"
BUILT = ("Frame by frame what the finding cites, in a synthetic capture that the tests build "
         "(`tests/findings/examples.py`):")
for _subject in ("dns", "dc", "kerberos", "ldap", "capture", "web"):
    importlib.import_module("cases_" + _subject)


def command(path, name):
    return ["-2", "-r", path, "-Y", f'adpath.finding == "{name}"', "-T", "fields",
            "-E", "aggregator=/s", "-e", "frame.number", "-e", "ip.src", "-e", "ip.dst",
            "-e", "adpath.outcome", "-e", "adpath.summary"]


def shown(path, name):
    """The command as one types it."""
    words = command(path, name)
    return "tshark " + " ".join(f"'{w}'" if " " in w else w for w in words)


def alone(case, folder):
    """The capture of one case by itself, so that other cases do not change it."""
    capture = Capture()
    capture.keylog = folder / f"{case.name}-keys.txt"
    capture.keylog.touch()
    capture.keylog.chmod(0o644)
    scene = cases.Scene(capture, 1)
    case.make(scene)
    if not case.alone:
        capture.wait(60)
        if scene.tail:
            scene.hears_something()
    return capture.save(folder, case.name, scene.cut or 65535), capture.keylog


def output(wireshark, path, name, keys=None):
    options = ["-o", f"tls.keylog_file:{keys}"] if keys and keys.stat().st_size else []
    result = wireshark.run("tshark", "-n", *options, *command(path, name))
    assert result.status == 0, result
    lines = [line.rstrip("\t").replace("\t", "  ") for line in result.out.splitlines()]
    if len(lines) > LINES:
        lines[LINES - 1:] = [f"... and {len(lines) - LINES + 1} more"]
    return lines


def case_of(name, severity):
    """The case that shows the finding with its usual severity, with few others beside it."""
    fitting = [c for c in cases.ALL if (name, severity) in c.shows]
    if not fitting:
        importlib.import_module("test_findings")  # it registers all cases
        fitting = [c for c in cases.ALL if (name, severity) in c.shows]
    return min(fitting, key=lambda c: (c.name != CHOSEN.get(name, c.name), c.kind is not None, len(c.shows), c.number))


def section(source, name, lines, note):
    text = "\n".join(lines)
    return f"{HEAD}\n\n{note}\n\n```\n{shown(source, name)}\n```\n\n```\n{text}\n```\n\n"


def example(page):
    """(name of the file in the command, the lines below it) as a page has them."""
    found = re.search(
        re.escape(HEAD) + r"\n\n.*?```\ntshark -2 -r (\S+) [^\n]*\n```\n\n```\n(.*?)\n```\n", page, re.S
    )
    return found and (found.group(1), found.group(2).splitlines())


def made(wireshark, folder, source, name):
    """What the example of this source prints now."""
    if source.startswith("testdata/"):
        return output(wireshark, wireshark.readable(harness.ROOT / source), name)
    (case,) = [c for c in cases.ALL if c.name == source.removeprefix("synthetic-").removesuffix(".pcap")]
    path, keys = alone(case, folder)
    return output(wireshark, path, name, keys)


def recordings(wireshark):
    """id -> the recording that shows it with its usual severity, citing the fewest frames."""
    found = {}
    usual = cases.catalogue()
    for path in sorted((harness.ROOT / "testdata").glob("*/capture.pcapng")):
        run = wireshark.run("tshark", "-n", "-r", wireshark.readable(path), "-q", "-z", "adpath,json")
        for p in json.loads(run.out)["paths"] if run.status == 0 else []:
            for f in p["findings"]:
                if f["severity"] == usual[f["id"]]:
                    size = (len(f["frames"]), path.parent.name)
                    found[f["id"]] = min(found.get(f["id"], (10**9, "")), size)
    return {name: f"testdata/{place}/capture.pcapng" for name, (_, place) in found.items()}


def write(names):
    """Of these pages, or of all."""
    wireshark = harness.Wireshark()
    recorded = recordings(wireshark)
    for name, severity in cases.catalogue().items():
        if names and name not in names:
            continue
        if name in recorded:
            source = recorded[name]
            note = RECORDED if "/synthetic-" not in source else BY_HAND
        else:
            source = f"synthetic-{case_of(name, severity).name}.pcap"
            note = BUILT
        lines = made(wireshark, wireshark.scratch, source, name)
        assert lines, (name, source)
        page = PAGES / f"{name}.md"
        text = page.read_text()
        text = re.sub(re.escape(HEAD) + r".*?(?=" + re.escape(NEXT) + ")", "", text, flags=re.S)
        text = text.replace(NEXT, section(source, name, lines, note) + NEXT)
        page.write_text(text)
        print(name, source, len(lines))
    wireshark.close()


if __name__ == "__main__":
    write(sys.argv[1:])
