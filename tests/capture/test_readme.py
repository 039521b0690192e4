# SPDX-License-Identifier: GPL-2.0-or-later
"""The README shows what the plugin prints, and what it tells to type does what it says; docs/install.md, too."""

import os
import re
import shlex
import shutil
import subprocess

import harness
import pytest

SCRIPT = "lua/adpath_lite.lua"
PLACES = [("README.md", r"\*\*macOS\*\*"), ("docs/install.md", r"### macOS"), ("docs/install.md", r"### Linux and other Unixes")]


def block_after(file, heading):
    """The first block of commands behind a heading."""
    text = (harness.ROOT / file).read_text()
    return re.search(heading + r".*?\n```\n(.*?)```", text, re.S).group(1)


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


@pytest.mark.parametrize("file,heading", PLACES)
def test_the_lua_file_as_an_ordinary_user_copies_it(wireshark, lab, file, heading):
    commands = block_after(file, heading)
    assert SCRIPT in commands
    # Where Wireshark.app is on a Mac; here it is on PATH.
    commands = commands.replace("/Applications/Wireshark.app/Contents/MacOS/tshark", "tshark")
    home = wireshark.scratch / f"readme-{PLACES.index((file, heading))}"
    (home / "lua").mkdir(parents=True)
    shutil.copy(harness.ROOT / SCRIPT, home / "lua")
    shutil.copy(lab("a1").path, home / "capture.pcapng")
    for path in (home, *home.rglob("*")):
        path.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(path, harness.NOBODY, harness.NOBODY)
    result = wireshark.run("sh", "-ec", f"cd '{home}'\n{commands}", plugins=None, environment={"HOME": str(home)})
    assert result.status == 0 and result.err == "", result
    assert "SCP search (exchange) below CN=Configuration,DC=contoso,DC=test: 3 entries" in result.out


def test_the_ordinary_way_installs_what_it_runs():
    """The packages of its first line have the programs of the others."""
    block = block_after("README.md", "The ordinary way works as well:")
    packages = re.search(r"apt-get install (.*)", block).group(1).split()
    programs = {line.split("#")[0].replace("sudo ", "").split()[0] for line in block.splitlines() if "apt-get" not in line and "=" not in line.split()[0]}
    programs.add(re.search(r"^WIRESHARK_PLUGIN_DIR=\S+ (\w+)", block, re.M).group(1))
    assert programs == {"cmake", "wireshark"} <= set(packages)


def test_each_system_is_named_in_the_readme():
    """Who has another one than the author finds the way to it on the first page."""
    names = set(re.findall(r"\b(Debian|Ubuntu|Fedora|Arch|FreeBSD|Windows|macOS)\b", (harness.ROOT / "docs/install.md").read_text()))
    first = (harness.ROOT / "README.md").read_text().partition("\n## Two commands")[0]
    assert len(names) == 7 and not [name for name in sorted(names) if name not in first]


def pages():
    return [harness.ROOT / "README.md", *sorted((harness.ROOT / "docs").rglob("*.md"))]


def test_each_page_is_linked():
    """A page that no other leads to is read by nobody."""
    led_to = {
        os.path.normpath(page.parent / target)
        for page in pages() for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
    }
    assert len(led_to) > 50
    assert not [str(page) for page in pages()[1:] if str(page) not in led_to]


# What readers stumbled over, and has been said better since.
HARD = ["errors of healthy flow from faults", "SDK must be", "obody else is asked", "was to try it because of", "Where frames are dissected once",
        "pending on frames before their evidence", "An URL", "an URL", "has a rank where it comes first"]


def test_hard_sentences_do_not_come_back():
    texts = {str(p): p.read_text() for p in [*pages(), *(harness.ROOT / "plugins").rglob("*.[ch]"), *(harness.ROOT / "lua").rglob("*.lua"), *(harness.ROOT / "lua").rglob("*.txt")]}
    assert len(texts) > 300
    found = [(path, words) for path, text in texts.items() for words in HARD if words in " ".join(text.split())]
    assert not found


@pytest.mark.parametrize("file,heading", [("README.md", r"\*\*Windows\*\*"), ("docs/install.md", "### Windows")])
def test_the_same_files_on_windows(file, heading):
    """Nobody has run these; at least they name what is there."""
    commands = block_after(file, heading)
    named = re.search(r"copy (\S+)", commands).group(1).replace("\\", "/")
    assert named == SCRIPT and (harness.ROOT / named).is_file()
    assert "-z adpath,lite" in commands


def test_the_glossary_is_the_plugins():
    source = (harness.ROOT / "plugins/adpath/facts/glossary.c").read_text()
    words = {word: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', meaning)) for word, meaning in
             re.findall(r'\{"([^"]+)",\s*"[^"]*",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}', source)}  # fmt: skip
    page = (harness.ROOT / "docs/glossary.md").read_text()
    assert len(words) > 20 and dict(re.findall(r"^\| (?!word|---)(.+?) \| (.+) \|$", page, re.M)) == words


def test_recipes_for_jq_print_something(wireshark, lab, tmp_path):
    """As they stand in docs/scripts.md, on a capture with a fault; tshark has run before."""
    if not shutil.which("jq"):
        pytest.skip("NOT TESTED: jq is missing, so no recipe of docs/scripts.md was run")
    report = tmp_path / "report.json"
    report.write_text(wireshark.json_text(lab("c1")))
    blocks = re.findall(r"```sh\n(tshark.*?)```", (harness.ROOT / "docs/scripts.md").read_text(), re.S)
    recipes = [r for block in blocks for r in re.split(r"(?m)^(?=tshark)", block) if r]
    assert len(recipes) >= 5
    for recipe in recipes:
        command = recipe.replace("tshark -q -r capture.pcapng -z adpath,json", f"cat '{report}'")
        assert command != recipe
        done = subprocess.run(["bash", "-o", "pipefail", "-ec", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and done.stderr == "" and done.stdout.strip(), (recipe, done)


def test_the_first_filter_finds_what_is_faulty(wireshark, lab):
    """Also where no answer was an error, and where all that is wrong is a warning: that of the guide's first outage."""
    readme, guide, filters = ((harness.ROOT / name).read_text() for name in ("README.md", "docs/guide.md", "docs/filters.md"))
    row = re.search(r"^\| `(adpath\.outcome .*)` \| what went wrong: always", readme, re.MULTILINE)[1].replace("\\|", "|")
    assert f"-Y '{row}' -T fields -E aggregator='|'" in readme
    assert row in guide.replace("\\|", "|") and row in filters.replace("\\|", "|")
    outage = harness.Capture(harness.ROOT / "testdata/http-redirect-refused/capture.pcapng", "http-redirect-refused")
    for capture in (wireshark.borrow(outage), lab("c1")):
        assert wireshark.ask(capture, "-q", "-z", "adpath,verdict") == "faulty\n"
        assert wireshark.ask(capture, "-2", "-Y", row)
    assert not wireshark.ask(wireshark.borrow(outage), "-2", "-Y", 'adpath.outcome == "failed" || adpath.finding.severity == "error"')
    assert not wireshark.ask(lab("a1"), "-2", "-Y", row)


def test_what_is_shared_has_no_keys(wireshark):
    """The recipe of docs/share.md: what it makes of a capture with TLS keys, and what it says that this loses."""
    text = (harness.ROOT / "docs/share.md").read_text()
    commands = re.search(r"^\| the packets that the verdict needs \| `(.*?)`, then `(.*?)`;", text, re.MULTILINE).groups()
    assert "`" + "`, then\n   `".join(commands) + "`; attach" in (harness.ROOT / "docs/security.md").read_text()
    home = wireshark.scratch / "share"
    home.mkdir()
    shutil.copy(harness.ROOT / "testdata/http2/capture.pcapng", home / "capture.pcapng")
    for path in (home, *home.iterdir()):
        path.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(path, harness.NOBODY, harness.NOBODY)
    verdicts = "".join(f"tshark -q -r {name}.pcapng -z adpath,verdict\n" for name in ("capture", "keys", "part"))
    result = wireshark.run("sh", "-ec", f"cd '{home}'\n" + "\n".join(commands) + "\n" + verdicts)
    assert result.status == 0 and result.out.split() == ["healthy", "healthy", "not-judged"], result
    assert b"TRAFFIC_SECRET" in (home / "keys.pcapng").read_bytes()
    assert b"TRAFFIC_SECRET" not in (home / "part.pcapng").read_bytes()


def test_a_sign_between_values_that_no_sentence_has(wireshark, lab):
    """The recipe of docs/filters.md: sentences of a packet with several steps come apart again, which commas do not allow."""
    command = re.search(r"Take another sign:\n`tshark (.*?) -r FILE (.*?)`\.", (harness.ROOT / "docs/filters.md").read_text()).groups()
    assert "`-T fields` with `-E aggregator='|'`" in (harness.ROOT / "docs/scripts.md").read_text()
    words = [word for part in command for word in shlex.split(part)]
    capture = lab("a1")
    lines = [line.split("\t") for line in wireshark.ask(capture, *words).splitlines()]
    shown = {str(frame): [step.get("summary") for step in steps] for frame, steps in wireshark.frames(capture, "-2").items()}
    assert {frame: cell.split("|") for frame, cell in lines if frame in shown} == shown
    assert any(len(summaries) > 1 and "," in "".join(summaries) for summaries in shown.values())


def test_one_word_for_a_script(wireshark):
    """The commands of docs/scripts.md without jq, on a healthy recording and on one of an outage."""
    text = (harness.ROOT / "docs/scripts.md").read_text()
    block = re.search(r"The word alone.*?```sh\n(.*?)```", text, re.S)[1]
    first = re.search(r"The first line of the report \(`(.*?)`\)", text)[1]
    said = {}
    for name in ("healthy", "http-redirect-refused"):
        home = wireshark.scratch / f"script-{name}"
        home.mkdir()
        shutil.copy(harness.ROOT / "testdata" / name / "capture.pcapng", home / "capture.pcapng")
        for path in (home, *home.iterdir()):
            path.chmod(0o755)
        result = wireshark.run("sh", "-c", f"cd '{home}'\n{block}\n{first}")
        assert result.err == "", result
        said[name] = result.out
    assert re.fullmatch(r"Verdict: ok - .*\n", said["healthy"])
    assert re.fullmatch(r"look at it: faulty\nVerdict: failed - .*\n", said["http-redirect-refused"])


NUMBERS = {"ten": "10", "half a minute": "30 s", "two": "2"}


def in_figures(text):
    text = " ".join(text.split())
    for word, number in NUMBERS.items():
        text = re.sub(rf"\b{word}\b", number, text)
    return text


def test_durations_are_those_of_the_scripts():
    """What is measured once stands in several places: README, the tests' own, and the help of the scripts."""
    readme, tests, lab = (in_figures((harness.ROOT / name).read_text()) for name in ("README.md", "tests/README.md", "docs/lab.md"))
    help_of_test = in_figures(subprocess.run([harness.ROOT / "tools/test", "--help"], capture_output=True, text=True, check=True).stdout)
    (whole,) = re.findall(r"all of it takes (\d+) on 2 processors", help_of_test)
    assert f"runs all tests ({whole} minutes on 2 processors" in readme
    low, high = map(int, re.search(r"It takes (\d+) to (\d+) minutes on a virtual machine of 2 processors", tests).groups())
    assert low <= int(whole) <= high
    (build,) = re.findall(r"the first time up to (\d+) minutes on 2 shared", help_of_test)
    assert f"a few minutes; before that the build, the first time up to {build} on 2 shared" in readme and "A few minutes, where" in help_of_test
    (laboratory,) = re.findall(r"\(root only, (\d+) minutes or less\)", help_of_test)
    assert f"in a laboratory (root, {laboratory} minutes)" in readme
    assert "(root, less than an hour)" in readme and "root only, less than an hour" in help_of_test
    (first,) = re.findall(r"packages and build take up to (\d+) minutes each", readme)
    assert f'"building for the first time (1 to {first} minutes)"' in (harness.ROOT / "tools/run").read_text()
    # Discoveries that are closer together than this are told as one path.
    (idle,) = re.findall(r"#define ADP_PATH_IDLE \((\d+) \* ADP_NS_PER_S\)", (harness.ROOT / "plugins/adpath/join/path.h").read_text())
    assert f"wait {idle} s (2 discoveries that are closer together are told as one path)" in lab


def test_what_was_not_tested_is_said_in_one_form():
    """tests/README.md says what the words mean; a reason without them would not be found by who looks for them."""
    meaning = " ".join((harness.ROOT / "tests/README.md").read_text().split())
    assert '**"NOT TESTED"** in the output names what this machine could not try' in meaning and "It is no failure, and no success." in meaning
    found = {}
    for path in sorted((harness.ROOT / "tests").rglob("*.py")):
        for reason in re.findall(r"pytest\.skip\(\s*f?\"([^\"]*)", path.read_text()):
            found[f"{path.name}: {reason}"] = reason
    assert len(found) > 8 and [place for place, reason in found.items() if not reason.startswith("NOT TESTED: ")] == []
    scripts = ["tools/test", "tests/fuzz/run", "tests/matrix/run", "tests/windows/run"]
    assert [name for name in scripts if "NOT TESTED" not in (harness.ROOT / name).read_text()] == []
