# SPDX-License-Identifier: GPL-2.0-or-later
"""Each finding has its page, and the page names the causes and commands that the report does."""

import re

import harness

SOURCES = harness.ROOT / "plugins" / "adpath" / "model"
PAGES = harness.ROOT / "docs" / "findings"


def ids():
    text = (SOURCES / "finding.h").read_text()
    return re.findall(r'F\([A-Z_]+, "([a-z-]+)"', text)


def joined(text):
    """Neighbouring string literals as the compiler joins them."""
    return re.sub(r'"\s*\n\s*"', "", text).replace('\\"', '"').replace("\\\\", "\\")


def test_each_finding_has_a_page():
    names = ids()
    assert len(names) > 50
    assert {p.stem for p in PAGES.glob("*.md")} - {"README"} == set(names)
    index = (PAGES / "README.md").read_text()
    assert not [name for name in names if f"[{name}]({name}.md)" not in index]


def test_pages_say_what_the_report_says():
    advice = "".join(joined(p.read_text()) for p in sorted(SOURCES.glob("advice_*.c")))
    for name in ids():
        page = (PAGES / f"{name}.md").read_text()
        causes = re.findall(r"^\* (.*)$", page, re.M)
        assert causes, name
        commands = re.findall(r"^```\n(.*?)^```", page, re.M | re.S)
        checks = commands[1].splitlines() if len(commands) > 1 else []
        missing = [text for text in causes + checks if text not in advice]
        assert not missing, (name, missing)
        assert f"adpath.expert.{name.replace('-', '_')}" in page
