# SPDX-License-Identifier: GPL-2.0-or-later
"""The Lua file alone in Wireshark's window: its fields filter what was just loaded, and its report opens."""

import shutil

import harness

WINDOW = r".*· AD Discovery Path \(lite\)"


def test_the_lua_file_in_a_window(wireshark, lab, show, desktop):
    folder = wireshark.folder / "lite-window"
    folder.mkdir()
    shutil.copy(harness.ROOT / "lua" / "adpath_lite.lua", folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    wireshark.plugins["lite-window"] = folder
    capture = lab("a1")
    text = wireshark.ask(capture, "-2", "-q", "-z", "adpath,lite", plugins="lite-window")
    expression = "adpath.srv.result || adpath.scp.rank == 1"
    shown = wireshark.ask(capture, "-2", "-Y", expression, plugins="lite-window").splitlines()
    window = show(capture, env={**desktop.environment, "WIRESHARK_PLUGIN_DIR": str(folder)})
    window.set_filter(expression)
    window.wait(lambda: window.counts()[1] == len(shown), f"{len(shown)} packets are shown")
    window.open(WINDOW, "Tools", r"AD Discovery Path \(lite\)")
    window.wait(lambda: window.text(WINDOW).strip() == text.strip(), "the text of -z adpath,lite")
    window.press(WINDOW, "Refresh")
    window.wait(lambda: window.text(WINDOW).strip() == text.strip(), "the same text again")
