# SPDX-License-Identifier: GPL-2.0-or-later
"""Which build is this? The same answer everywhere, and a newer build is newer to a package manager."""
import re
import shutil
import subprocess

import harness
import pytest

FORM = r"\d+\.\d+\.\d+(-dev(\.\d{14}\+g[0-9a-f]{7,})?)?"


def test_one_version_everywhere(wireshark, lab):
    (plugin,) = [line for line in wireshark.run("tshark", "-G", "plugins").out.splitlines() if "adpath.so" in line]
    version = plugin.split()[1]
    assert re.fullmatch(FORM, version), plugin
    assert wireshark.json(lab("c1"))["generator"]["adpath"] == version
    assert f"AD Discovery Path {version}," in wireshark.ask(lab("c1"), "-q", "-z", "adpath,about")


@pytest.fixture
def checkout(tmp_path):
    """git(*arguments) in a repository of its own."""
    if not shutil.which("git"):
        pytest.skip("NOT TESTED: there is no git here")

    def git(*arguments, when="2026-11-27T16:45:12+0200"):
        names = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                 for what, value in (("NAME", "x"), ("EMAIL", "x@contoso.test"), ("DATE", when))}
        subprocess.run(["git", "-C", tmp_path, *arguments], check=True, capture_output=True,
                       env={**names, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})

    git("init", "-q")
    return git


def version(folder, number="0.1.0"):
    """What cmake/version.cmake makes of a checkout."""
    script = harness.ROOT / "cmake" / "version.cmake"
    return subprocess.run(
        ["cmake", f"-DPROJECT_SOURCE_DIR={folder}", f"-DPROJECT_VERSION={number}", "-P", script],
        capture_output=True, text=True, check=True,
    ).stdout.strip()


def in_package(text):
    """As cmake/package.cmake has it."""
    assert 'REPLACE "-" "~" package_version' in (harness.ROOT / "cmake" / "package.cmake").read_text()
    return text.replace("-", "~")


def test_versions_rise(checkout, tmp_path):
    """Commit by commit, up to the tag, and on to what comes after it."""
    seen = []
    for minute in (10, 11):
        checkout("commit", "-q", "--allow-empty", "-m", "x", when=f"2026-11-27T16:{minute}:12+0200")
        seen.append(version(tmp_path))
        assert re.fullmatch(FORM, seen[-1]) and f".2026112714{minute}12+g" in seen[-1], "the time is UTC"
    checkout("tag", "-m", "x", "v0.1.0")
    seen.append(version(tmp_path))
    assert seen[-1] == "0.1.0"
    checkout("commit", "-q", "--allow-empty", "-m", "x", when="2026-12-01T00:00:00Z")
    seen.append(version(tmp_path, "0.2.0"))
    if not shutil.which("dpkg"):
        pytest.skip("NOT TESTED: the order of versions: there is no dpkg here")
    for older, newer in zip(seen, seen[1:]):
        subprocess.run(["dpkg", "--compare-versions", in_package(older), "lt", in_package(newer)], check=True)


def test_without_git(tmp_path):
    assert version(tmp_path) == "0.1.0-dev"
