# SPDX-License-Identifier: GPL-2.0-or-later
"""lua/adpath_lite.lua and the module on packets built for the readers: all spellings, carriers and odd values."""

import sys
from pathlib import Path

import harness
from test_stock import everything
from test_tls import keylog  # noqa: F401

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "capture"))

import test_lite  # noqa: E402


def test_shapes(wireshark, folder, keylog):
    lite = test_lite.folder_with(wireshark, "lite", test_lite.SCRIPT)
    names = sorted(name.removeprefix("adpath.") for name in test_lite.fields_of(wireshark, lite))
    capture = harness.Capture(everything(keylog).save(folder, "lite-shapes"), "shapes")
    found, seen = test_lite.compare(wireshark, lite, names, [capture])
    # Here are names that no recording has.
    assert seen["ping.next_site"] and seen["krb.error"] and seen["scp.rank"]
    # Signed messages without their bind: Wireshark itself does not read them, and the script reads what it has read.
    assert [(d.name, d.module["step"].split(",")[0], d.lite["step"]) for d in found] == [("step", "scp", "")] * 2, found
