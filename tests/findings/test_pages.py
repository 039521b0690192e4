# SPDX-License-Identifier: GPL-2.0-or-later
"""Each finding has its page, and the page names the causes and commands that the report does."""

import collections
import pathlib
import re
import ssl
import tempfile

import advice
import cases
import examples
import pages
import pytest
import test_findings  # noqa: F401 - it registers all cases

PAGES = pages.PAGES


def ids():
    return list(pages.titles())


def test_each_finding_has_a_page():
    names = ids()
    assert len(names) > 50
    assert {p.stem for p in PAGES.glob("*.md")} - {"README"} == set(names)
    for path, rows, start in pages.TABLES:
        text = path.read_text()
        assert pages.tabled(text, rows(), start) == text, "/usr/bin/python3 tests/findings/pages.py"


@pytest.mark.parametrize("name", ids())
def test_pages_say_what_the_report_says(name):
    """Causes and commands with their conditions, as the tables of advice have them."""
    page = (PAGES / f"{name}.md").read_text()
    assert pages.rewritten(page, name) == page, "/usr/bin/python3 tests/findings/pages.py"
    assert f"adpath.expert.{name.replace('-', '_')}" in page


@pytest.mark.parametrize("name", ids())
def test_each_page_has_a_look_alike(name):
    """What the finding is not told from: the healthy case that looks like it."""
    page = (PAGES / f"{name}.md").read_text()
    assert pages.section(page, "## What is not this").strip()


def test_causes_are_whole_sentences():
    """Their text stands on several lines of the source, in rows and in macros that rows share."""
    cut = [(key, cause.text) for key, row in advice.rows().items() for cause in row.causes if cause.text[-1] not in ".?"]
    assert not cut


def test_each_finding_has_advice():
    """Causes and commands: a row in the tables; its cases are in test_findings.py."""
    keys = set(advice.rows())
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


def test_each_report_of_the_field_log_has_its_case():
    """docs/field-log.md: its rows, their count, and the cases of cases_reports*.py."""
    text = (advice.harness.ROOT / "docs" / "field-log.md").read_text()
    rows = [[cell.strip() for cell in row] for row in re.findall(r"^\| \d+ \|([^|]*)\|.*\|([^|]*)\|$", text, re.M)]
    before = collections.Counter(word for word, _ in rows)
    assert (f"Before: {before['right']} right, {before['partly']} partly" in text
            and f"{before['wrong']} wrong or not at all, of {len(rows)}." in text)
    named = set()
    for _, tried in rows:
        for name in re.findall(r"`(\w+)`", tried):
            named.add(name if not name.startswith("_") else re.sub(r"_\d+$", name, first))
            first = name
    tested = {c.name for c in cases.ALL if c.make.__module__.startswith("cases_reports")}
    assert named - {c.name for c in cases.ALL} == set()
    assert tested - named == set()
