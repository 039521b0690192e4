# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages that are installed with the module: every link leads somewhere, and nothing runs in them."""

import re
import shutil
import subprocess

import harness
import pytest


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Path below the folder -> text."""
    tool = shutil.which("cmark-gfm")
    if not tool:
        pytest.skip("NOT TESTED: cmark-gfm is missing, so no pages are made")
    folder = tmp_path_factory.mktemp("pages")
    made = subprocess.run(
        ["cmake", "-D", f"FROM={harness.ROOT / 'docs'}", "-D", f"INTO={folder}", "-D", f"CMARK={tool}", "-P",
         harness.ROOT / "cmake" / "pages.cmake"],
        capture_output=True, text=True, check=False)  # fmt: skip
    assert made.returncode == 0 and made.stderr == "", made
    return folder, {p.relative_to(folder): p.read_text() for p in folder.rglob("*.html")}


def test_a_page_for_each_finding(pages):
    _, texts = pages
    names = set(re.findall(r'^    F\w*\(\w+, "([a-z-]+)"', (harness.ROOT / "plugins/adpath/judge/catalogue.h").read_text(), re.M))
    sources = {p.stem for p in (harness.ROOT / "docs" / "findings").glob("*.md")}
    assert len(sources) > 60 and names <= sources
    assert {p.stem for p in texts if p.parts[0] == "findings"} == sources
    assert {"filters.html", "guide.html", "record.html", "share.html"} <= {str(p) for p in texts}


def test_links_lead_somewhere(pages):
    folder, texts = pages
    anchors = {path: set(re.findall(r' id="([^"]*)"', text)) for path, text in texts.items()}
    count = 0
    for path, text in texts.items():
        for target in re.findall(r'<(?:a href|img src)="([^"]*)"', text):
            if re.match(r"https?:", target):
                continue
            file, _, anchor = target.partition("#")
            found = (folder / path.parent / file).resolve() if file else folder / path
            assert found.is_file(), (str(path), target)
            assert not anchor or anchor in anchors[found.relative_to(folder.resolve())], (str(path), target)
            count += 1
    assert count > 300


def test_nothing_runs_and_nothing_is_loaded(pages):
    for path, text in pages[1].items():
        assert "default-src 'none'" in text and not re.search(r"<script|\son\w+=|javascript:", text), path
        assert not re.search(r'<(?:img|link|iframe)[^>]*="(?:https?:)?//', text), path
