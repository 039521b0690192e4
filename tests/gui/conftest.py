# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's windows for the tests."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import desktop as desktops  # noqa: E402

PROFILE = "AD Discovery"


@pytest.fixture(scope="session")
def desktop(wireshark):
    reason = desktops.why_not()
    if reason:
        pytest.skip(f"NOT TESTED: Wireshark's windows: {reason}")
    folder = wireshark.folder / "desktop"
    folder.mkdir()
    folder.chmod(0o755)
    one = desktops.Desktop(folder, wireshark.plugins["adpath"])
    shutil.copytree(
        desktops.harness.ROOT / "plugins" / "adpath" / "profile" / PROFILE,
        one.settings / "profiles" / PROFILE,
    )
    with open(one.settings / "profiles" / PROFILE / "preferences", "a") as file:
        file.write(desktops.PREFERENCES)
    one.give_away()
    yield one
    one.close()


@pytest.fixture
def show(desktop):
    """A function: opens a capture in Wireshark, and gives the window."""
    opened = []

    def start(capture, *arguments, **options):
        window = desktops.Window(desktop, *(capture.arguments if capture else ()), *arguments, **options)
        opened.append(window)
        return window

    yield start
    for window in opened:
        window.close()
