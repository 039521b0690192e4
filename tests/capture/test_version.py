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


def test_changelog_has_this_version():
    """First of all, with a date or as unreleased; each of the others has a date."""
    number = re.search(r"ADPATH_VERSION (\S+)\)", (harness.ROOT / "plugins/adpath/version.cmake").read_text())[1]
    heads = re.findall(r"^## (.*)$", (harness.ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert re.fullmatch(rf"\[{re.escape(number)}\] - (unreleased|\d{{4}}-\d\d-\d\d)", heads[0])
    for head in heads[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", head)


@pytest.mark.parametrize("section, words", [
    ("[Unreleased]", "CHANGELOG.md has no section of 0.1.0"),
    ("[0.1.0] - unreleased", "CHANGELOG.md has no date for it"),
])
def test_release_asks_for_the_changelog(checkout, tmp_path, section, words):
    for name in ("tools/release", "tools/lib.sh", "plugins/adpath/version.cmake"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(harness.ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {section}\n")
    checkout("add", ".")
    checkout("commit", "-q", "-m", "x")
    checkout("tag", "-m", "x", "v0.1.0")
    done = subprocess.run([tmp_path / "tools/release", tmp_path / "out"], capture_output=True, text=True)
    assert done.returncode not in (0, 77) and words in done.stderr


def test_without_git(tmp_path):
    assert version(tmp_path) == "0.1.0-dev"


def test_the_same_before_there_is_a_cmake(checkout, tmp_path):
    """tools/run --version, asked before the first build has installed one: in a copy, at a commit, at a tag."""
    for name in ("tools/lib.sh", "tools/run", "plugins/adpath/version.cmake", "cmake/version.cmake"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(harness.ROOT / name, tmp_path / name)
    number = re.search(r"ADPATH_VERSION (\S+)\)", (harness.ROOT / "plugins/adpath/version.cmake").read_text())[1]
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "cmake").write_text("#!/bin/sh\nexit 127\n")
    (programs / "cmake").chmod(0o755)

    def told(path):
        return subprocess.run([tmp_path / "tools/run", "--version"], capture_output=True, text=True, check=True,
                              env={"PATH": path, "HOME": str(tmp_path)}).stdout

    seen = []
    for step in (lambda: (tmp_path / ".git").rename(tmp_path / "git"), lambda: (tmp_path / "git").rename(tmp_path / ".git"),
                 lambda: checkout("commit", "-q", "--allow-empty", "-m", "x"), lambda: checkout("tag", "-m", "x", f"v{number}")):
        step()
        seen.append(told("/usr/bin:/bin"))
        assert told(f"{programs}:/usr/bin:/bin") == seen[-1] == f"adpath {version(tmp_path, number)}\n"
    assert seen[0] == seen[1] == f"adpath {number}-dev\n" and "+g" in seen[2] and seen[3] == f"adpath {number}\n"
