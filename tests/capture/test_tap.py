# SPDX-License-Identifier: GPL-2.0-or-later
"""The tap: the two examples of docs/filters.md are built as they stand there, and hear what JSON says."""

import json
import re
import shutil
import subprocess

import harness
import pytest

# Kerberos errors, SCP searches and more: see its truth.json.
FAILING = "krb-7/"


def example(language):
    text = (harness.ROOT / "docs" / "filters.md").read_text()
    part = text[text.index("## The tap, for other plugins") :]
    return re.search(rf"```{language}\n(.*?)```", part, re.S).group(1)


@pytest.fixture(scope="module")
def listener(wireshark):
    """A plugin folder with adpath and the example beside it."""
    folder = wireshark.folder / "listening"
    place = folder / wireshark.version / "epan"
    headers = wireshark.folder / "headers" / "wireshark"
    place.mkdir(parents=True)
    headers.mkdir(parents=True)
    shutil.copy(harness.ROOT / "plugins" / "adpath" / "adpath_tap.h", headers)
    source = wireshark.folder / "listener.c"
    source.write_text(example("c"))
    flags = subprocess.run(
        ["pkg-config", "--cflags", "wireshark"], capture_output=True, text=True, check=True
    ).stdout.split()
    subprocess.run(
        ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", headers.parent,
         *flags, source, "-o", place / "listener.so"],
        check=True,
    )  # fmt: skip
    installed = wireshark.plugins["adpath"] / wireshark.version / "epan" / "adpath.so"
    shutil.copy(installed, place)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    wireshark.plugins["listening"] = folder
    return "listening"


@pytest.fixture(scope="module")
def recording(wireshark):
    found = [c for c in harness.OWN_CAPTURES if c.name.startswith(FAILING) and not c.keytab]
    assert len(found) == 1
    return wireshark.borrow(found[0])


@pytest.fixture(scope="module")
def failed(wireshark, recording):
    """[(frame of the reply, number, kind, server)] of the steps that failed, as JSON has them."""
    report = json.loads(wireshark.tshark(recording, "-q", "-z", "adpath,json").out)
    steps = [s for p in report["paths"] for s in p["steps"]] + report["unattached"]["steps"]
    found = [
        (s["response"], s["n"], s["kind"], s["server"]["address"])
        for s in steps
        if s["outcome"] == "failed" and s.get("response")
    ]
    assert found
    return found


def heard_by(wireshark, listener, recording, *arguments):
    result = wireshark.tshark(recording, *arguments, "-q", plugins=listener)
    assert result.status == 0
    heard = re.findall(r"^frame (\d+): step (\d+), (\S+) to (\S+): failed$", result.err, re.M)
    return {(int(frame), int(step), kind, server) for frame, step, kind, server in heard}


def test_c(wireshark, listener, recording, failed):
    assert heard_by(wireshark, listener, recording, "-2") == set(failed)
    # What may still be made good is pending in one pass.
    assert heard_by(wireshark, listener, recording) <= set(failed)


def test_c_without_adpath(wireshark, listener, recording):
    """The listener alone: no tap, no complaint."""
    folder = wireshark.folder / "alone"
    shutil.copytree(wireshark.plugins[listener], folder)
    (folder / wireshark.version / "epan" / "adpath.so").unlink()
    wireshark.plugins["alone"] = folder
    result = wireshark.tshark(recording, "-q", plugins="alone")
    assert (result.status, result.err) == (0, "")


def test_lua(wireshark, recording, failed):
    script = wireshark.scratch / "tap.lua"
    script.write_text(example("lua"))
    script.chmod(0o644)
    result = wireshark.tshark(recording, "-2", "-q", "-X", f"lua_script:{script}")
    heard = dict(re.findall(r"^(\S+ to \S+): failed, (\d+) frames$", result.out, re.M))
    assert set(heard) == {f"{kind} to {server}" for _, _, kind, server in failed}
