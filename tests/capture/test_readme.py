# SPDX-License-Identifier: GPL-2.0-or-later
"""The README shows what the plugin prints."""

import re

import harness


def test_the_first_report_is_what_the_plugin_prints(wireshark):
    text = (harness.ROOT / "README.md").read_text()
    section = text[text.index("## A first report") :]
    path = re.search(r"tshark -q -r testdata/(\S+) -z adpath,path", section).group(1)
    shown = re.search(r"```\n(.*?)```", section, re.DOTALL).group(1)
    capture = next(c for c in harness.OWN_CAPTURES if c.name == path and not c.keytab)
    report = wireshark.tshark(wireshark.borrow(capture), "-q", "-z", "adpath,path").out
    parts = shown.split("...\n")
    assert len(parts) > 3
    at = 0
    for part in parts:
        assert part in report[at:], f"not in the report, or not at this place:\n{part}"
        at = report.index(part, at) + len(part)
