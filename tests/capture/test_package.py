# SPDX-License-Identifier: GPL-2.0-or-later
"""What `cmake --install` and the .deb put beside the module: documents without dead ends, scripts that work there."""

import os
import re
import subprocess
from pathlib import Path

import harness
import lessons
import pytest


@pytest.fixture(scope="module")
def documents(wireshark):
    """The folder of the documents, as `cmake --install` of the tested build makes it."""
    build = Path(os.environ["ADPATH_MODULE"]).resolve().parents[3]
    if not (build / "CMakeCache.txt").is_file():
        pytest.skip(f"NOT TESTED: the documents of a package: {build} is no folder that CMake has built in")
    target = wireshark.scratch / "package"
    # A folder of its own in front: without one it would go where this machine's Wireshark looks.
    done = subprocess.run(
        ["cmake", "--install", build], env={**os.environ, "DESTDIR": str(target)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (place,) = target.rglob("share/doc/wireshark-plugin-adpath")
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return place


def targets(text):
    """What the links and pictures of a page point to, but for other sites and the page itself."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for target in re.findall(r"\]\(<?([^)\s>]+)", text):
        if not re.match(r"[a-z]+:|#", target):
            yield target


def anchors(path):
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*?) *$", path.read_text(), re.M)}


def test_no_link_is_dead(documents):
    pages, dead, seen = sorted(documents.rglob("*.md")), [], 0
    assert len(pages) > 60 and documents / "lua/examples/README.md" in pages
    for page in pages:
        for target in targets(page.read_text()):
            name, _, anchor = target.partition("#")
            found = Path(os.path.normpath(page.parent / name))
            seen += 1
            inside = found == documents or documents in found.parents
            if not inside or not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
                dead.append(f"{page.relative_to(documents)}: {target}")
    assert dead == []
    assert seen > 200


def test_the_scripts_are_there(documents):
    for script in (harness.ROOT / "lua").rglob("*"):
        if script.suffix in (".lua", ".txt"):
            assert (documents / "lua" / script.relative_to(harness.ROOT / "lua")).read_bytes() == script.read_bytes()
    for lesson in lessons.ALL.values():
        for question in lesson.questions:
            for file in lessons.path_of(question.capture).parent.glob("capture.*"):
                assert (documents / file.relative_to(harness.ROOT)).is_file(), file


def test_a_lesson_is_played_from_there(wireshark, documents):
    lesson = lessons.ALL["01-the-walk"]
    result = wireshark.run(
        "tshark", "-2", "-q", "-r", documents / lesson.capture,
        *("-X", f"lua_script:{documents}/lua/adpath_lessons.lua", "-X", "lua_script1:lesson=1", "-X", "lua_script1:show"),
    )
    assert result.status == 0 and result.err == "", result
    assert "Question 1 of" in result.out and re.search(r"^Frame: \d+$", result.out, re.M), result
