# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripts of lua/examples, called as their first lines say; what they write is what the JSON says."""

import csv
import io
import json
import shutil
import subprocess

import harness
import pytest
from test_lite import SCRIPT, folder_with

EXAMPLES = harness.ROOT / "lua" / "examples"


def script(wireshark, name):
    return f"lua_script:{wireshark.readable(EXAMPLES / name)}"


def test_steps_to_csv(wireshark, lab):
    capture = lab("c1")
    text = wireshark.ask(capture, "-2", "-q", "-X", script(wireshark, "steps_to_csv.lua"))
    rows = {int(row["n"]): row for row in csv.DictReader(io.StringIO(text))}
    steps = harness.steps_of(wireshark.json(capture))
    assert list(rows) == [step["n"] for step in steps]
    for step in steps:
        row = rows[step["n"]]
        assert row["step"] == step["kind"] and row["outcome"] == step["outcome"], (row, step)
        assert row["client"] == step["client"]["address"] and row["server"] == step["server"]["address"]
        assert row["summary"] == step["summary"]


def test_steps_to_csv_into_a_file(wireshark, lab):
    target = wireshark.home / "steps.csv"
    argument = ("-X", script(wireshark, "steps_to_csv.lua"))
    out = wireshark.ask(lab("c1"), "-2", "-q", *argument, "-X", f"lua_script1:{target}")
    assert out == "" and target.read_text() == wireshark.ask(lab("c1"), "-2", "-q", *argument)


@pytest.mark.parametrize("plugins", ["adpath", "lite"])
def test_site_column(wireshark, plugins):
    if plugins == "lite":
        folder_with(wireshark, "lite", SCRIPT)
    fields = ("-T", "fields", "-e", "adpath.ping.client_site", "-e", "adpath.ping.dc_site", "-e", "adpath_site.note")
    arguments = ("-X", script(wireshark, "site_column.lua"), "-Y", "adpath_site", *fields)
    forms = set()
    for name in ("healthy", "site-unknown", "site-without-dc"):
        capture = next(c for c in harness.OWN_CAPTURES if c.name.startswith(name + "/") and not c.keytab)
        for line in wireshark.ask(wireshark.borrow(capture), *arguments, plugins=plugins).splitlines():
            client, controller, note = line.split("\t")
            expected = client if client == controller else f"{client} (the controller is in {controller})"
            assert note == (expected if client else "no site: the client's subnet is in none")
            forms.add((client == controller, bool(client)))
    assert len(forms) == 3


def test_slow_steps(wireshark, lab):
    capture = lab("c1")
    text = wireshark.json_text(capture)
    report = wireshark.scratch / "slow-steps.json"
    report.write_text(text)
    report.chmod(0o644)
    steps = [s for path in json.loads(text)["paths"] for s in path["steps"] if s["time"] is not None]
    steps.sort(key=lambda s: (-s["time"], s["n"]))
    words = ("-q", "-X", script(wireshark, "slow_steps.lua"), "-X", f"lua_script1:{report}", "-X", "lua_script1:5")
    lines = wireshark.ask(capture, *words, plugins=None).splitlines()
    assert len(lines) == 5
    for line, step in zip(lines, steps):
        assert line.startswith(f"{step['time']:10.6f} s  path ") and f"step {step['n']}, " in line
        assert line.endswith(step["summary"])
    lua = shutil.which("lua5.4") or shutil.which("lua5.2")
    if not lua:
        pytest.skip("NOT TESTED: lua/examples/slow_steps.lua outside of tshark: there is no lua5.4")
    done = subprocess.run([lua, EXAMPLES / "slow_steps.lua", report, "5"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == lines
    piped = subprocess.run([lua, EXAMPLES / "slow_steps.lua"], input=text, capture_output=True, text=True, check=True)
    assert piped.stdout.splitlines()[:5] == lines
    bad = subprocess.run([lua, EXAMPLES / "slow_steps.lua"], input='{"version": 2, "paths": [', capture_output=True,
                         text=True, check=False)  # fmt: skip
    assert bad.returncode == 1 and "of the JSON" in bad.stderr
