# SPDX-License-Identifier: GPL-2.0-or-later
"""Each finding has its page, and the page names the causes and commands that the report does."""

import pathlib
import re
import ssl
import tempfile

import examples
import harness
import pytest

SOURCES = harness.ROOT / "plugins" / "adpath"
ADVICE = SOURCES / "advise"
PAGES = harness.ROOT / "docs" / "findings"


def ids():
    text = (SOURCES / "judge" / "catalogue.h").read_text()
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
    advice = "".join(joined(p.read_text()) for p in sorted(ADVICE.glob("advice_*.c")))
    for name in ids():
        page = (PAGES / f"{name}.md").read_text()
        causes = re.findall(r"^\* (.*)$", page, re.M)
        assert causes, name
        commands = re.findall(r"^```\n(.*?)^```", page.partition("## How to look further")[2], re.M | re.S)
        checks = commands[0].splitlines() if commands else []
        missing = [text for text in causes + checks if text not in advice]
        assert not missing, (name, missing)
        assert f"adpath.expert.{name.replace('-', '_')}" in page


def test_each_finding_has_advice():
    """Causes and commands: a row in the tables; its cases are in test_findings.py."""
    keys = set()
    for path in ADVICE.glob("advice_*.c"):
        keys |= set(re.findall(r'^    \{"([a-zA-Z0-9/-]+)"', path.read_text(), re.M))
    assert len(keys) > 100
    assert set(ids()) <= keys
    assert {key.split("/")[0] for key in keys} == set(ids()), "advice for no finding"


@pytest.mark.parametrize("name", ids())
def test_the_example_is_what_the_plugin_prints(wireshark, name):
    """A real filter and its output, or that of a capture called synthetic."""
    page = (PAGES / f"{name}.md").read_text()
    found = examples.example(page)
    assert found, f"{name} shows no packets: /usr/bin/python3 tests/findings/examples.py"
    source, lines = found
    assert f"\n{examples.shown(source, name)}\n" in page
    assert ("synthetic" in source) == ("synthetic" in page.split(examples.HEAD)[1].split("```")[0])
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as place:
        folder = pathlib.Path(place)
        folder.chmod(0o755)
        now = examples.made(wireshark, folder, source, name)
        # Real TLS: how many packets a handshake takes is OpenSSL's affair.
        if now != lines and source.startswith("synthetic-") and any(
            keys.stat().st_size for keys in folder.glob("*-keys.txt")
        ):
            assert ssl.OPENSSL_VERSION_INFO[:2] != (3, 0), (now, lines)
            pytest.skip(f"NOT TESTED: the example of {name}, which was made with OpenSSL 3.0")
        assert now == lines
