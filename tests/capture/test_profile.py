# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile "AD Discovery": what it shows, and that nobody's changes to it are ever lost."""

import re
import subprocess
from pathlib import Path

import harness
import pytest

NAME = "AD Discovery"
SOURCE = harness.ROOT / "plugins" / "adpath" / "profile" / NAME
FILES = ("colorfilters", "dfilter_buttons", "preferences", "recent")


def cmake(**definitions):
    """cmake/profile.cmake; what it says."""
    done = subprocess.run(
        [
            "cmake",
            *(f"-D{name}={value}" for name, value in definitions.items()),
            "-P",
            harness.ROOT / "cmake" / "profile.cmake",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=harness.TIMEOUT,
    )
    assert done.returncode == 0, done
    return done.stdout + done.stderr


def texts(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def shipped():
    return {name: (SOURCE / name).read_text() for name in FILES}


@pytest.fixture
def newer(tmp_path):
    """The profile of a later version: one file has other rules, one is new, one is gone."""
    folder = tmp_path / "newer"
    folder.mkdir()
    (folder / "colorfilters").write_text("@AD@adpath@[0,0,0][65535,65535,65535]\n")
    (folder / "preferences").write_text((SOURCE / "preferences").read_text())
    (folder / "recent").write_text("# none\n")
    (folder / "io_graphs").write_text("\n")
    return folder


@pytest.fixture
def installed(tmp_path):
    folder = tmp_path / "profiles" / NAME
    assert cmake(FROM=SOURCE, INTO=folder) == ""
    return folder


def test_what_is_shipped_is_what_is_installed(installed):
    assert {p.name for p in SOURCE.iterdir()} == set(FILES)
    there = texts(installed)
    there.pop("adpath-installed")
    assert there == shipped()
    # The details have the room of the bytes.
    assert "gui.byte_view_show: FALSE" in there["recent"].splitlines()
    # Everybody may read it; what else, the umask of whoever installs says.
    assert {oct(path.stat().st_mode & 0o444) for path in installed.iterdir()} == {"0o444"}


def test_again_changes_nothing_and_says_nothing(installed):
    before = texts(installed)
    assert cmake(FROM=SOURCE, INTO=installed) == ""
    assert texts(installed) == before


def test_an_unchanged_older_one_is_updated(installed, newer):
    # Wireshark itself writes this one, whenever it is closed.
    (installed / "recent").write_text("column.width: %m, 77\n")
    assert cmake(FROM=newer, INTO=installed) == ""
    there = texts(installed)
    there.pop("adpath-installed")
    assert there == {**texts(newer), "recent": "column.width: %m, 77\n"}


@pytest.mark.parametrize("change", ["edited", "added", "deleted"])
def test_a_changed_one_stays(installed, newer, change):
    if change == "edited":
        with open(installed / "colorfilters", "a") as file:
            file.write("@mine@tcp@[0,0,0][1,1,1]\n")
    elif change == "added":
        (installed / "decode_as_entries").write_text("")
    else:
        (installed / "dfilter_buttons").unlink()
    before = texts(installed)
    said = cmake(FROM=newer, INTO=installed)
    assert "was changed" in said and "stays as it is" in said
    assert texts(installed) == before
    said = cmake(REMOVE=installed)
    assert "was changed" in said and "stays" in said
    before.pop("adpath-installed")
    assert texts(installed) == before


def test_one_that_somebody_else_made_stays(tmp_path):
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "preferences").write_text("gui.update.enabled: FALSE\n")
    assert "stays as it is" in cmake(FROM=SOURCE, INTO=folder)
    cmake(REMOVE=folder)
    assert texts(folder) == {"preferences": "gui.update.enabled: FALSE\n"}


def test_a_copy_that_wireshark_made_is_known_again(tmp_path):
    """-C copies the profile for everybody into one's own folder, without our list."""
    folder = tmp_path / NAME
    folder.mkdir()
    for name, text in shipped().items():
        (folder / name).write_text(text)
    assert cmake(FROM=SOURCE, INTO=folder) == ""
    assert (folder / "adpath-installed").is_file()


def test_removed(installed):
    (installed / "recent").write_text("column.width: %m, 77\n")
    cmake(REMOVE=installed)
    assert not installed.exists()
    assert cmake(REMOVE=installed) == ""


# ---- what it shows ----


@pytest.fixture
def at_home(wireshark):
    """The profile in the folder of the user that runs Wireshark's programs."""
    folder = wireshark.home / ".config" / "wireshark" / "profiles" / NAME
    if not folder.exists():
        cmake(FROM=SOURCE, INTO=folder)
        for path in [wireshark.home / ".config", *(wireshark.home / ".config").rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def shown(result):
    """The lines of tshark, without spaces at their ends."""
    assert result.status == 0, result
    return [" ".join(line.split()) for line in result.out.splitlines()]


def test_tshark_shows_its_columns(wireshark, lab, at_home):
    capture = lab("c1")
    result = wireshark.try_out(capture, "-C", NAME, "-2", "-Y", "adpath.krb.error == 7")
    assert result.err == ""
    step = wireshark.frames(capture, "-2")
    lines = shown(result)
    assert lines
    for line in lines:
        number = int(line.split()[0])
        (wanted,) = step[number]
        # Names stand for addresses, as far as the capture knows them.
        assert "dc1.contoso.test" in line
        took = float(wanted.get("time")) * 1000
        assert 0 < took < 1000
        place = " ".join(
            [
                wanted.get("path"),
                wanted.get("step"),
                wanted.get("outcome"),
                f"{took:.0f} ms" if took >= 10 else f"{took:.1f} ms",
            ]
        )
        assert place in line, line
        # Columns are cut at their end: what came of it stands in front.
        what, _, result = wanted.get("summary").partition(": ")
        assert f"{result} - {what}" in line
        # Not the plugin's words: what Wireshark itself says stays beside them.
        assert "KRB5 KRB Error: KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN" in line


def test_a_packet_of_two_steps_has_one_outcome_and_one_time(wireshark, lab):
    """Columns hold one value, in a unit that people read: not "ok,ok", nor nine digits."""
    columns = ("frame.number", "adpath.n", "adpath.row.outcome", "adpath.row.took", "adpath.row.summary")
    rows = [line.split("\t") for line in wireshark.ask(
        lab("a1"), "-2", "-Y", "adpath", "-T", "fields", "-E", "aggregator=|", *[a for c in columns for a in ("-e", c)]).splitlines()]
    two = [row for row in rows if "|" in row[1]]
    assert two and not [row for row in rows if "|" in "".join(row[2:])]
    assert all(re.fullmatch(r"(\d+(\.\d)? ms|\d+\.\d+ s|\d+ µs)?", row[3]) for row in rows), {row[3] for row in rows}


def test_no_row_of_a_fault_is_blank(wireshark):
    """Packets that a finding cites and that are no step say whose evidence they are, in the columns that steps have."""
    name = "http-redirect-refused/capture.pcapng"
    capture = wireshark.borrow(next(c for c in harness.OWN_CAPTURES if c.name == name))
    columns = ("frame.number", "adpath.path", "adpath.finding", "adpath.row.summary")
    text = wireshark.ask(capture, "-2", "-Y", "adpath.finding", "-T", "fields", *[a for c in columns for a in ("-e", c)])
    rows = [line.split("\t") for line in text.splitlines()]
    report = wireshark.json(capture)
    assert {int(row[0]) for row in rows} == {n for p in report["paths"] for f in p["findings"] for n in f["frames"]}
    assert all(all(row) for row in rows), rows
    steps = {n for s in harness.steps_of(report) for n in s["frames"]}
    others = [row for row in rows if int(row[0]) not in steps]
    assert others and all(row[3].startswith("evidence of finding " + row[2].split(",")[0]) for row in others)


def test_without_the_plugin_the_columns_are_empty(wireshark, lab, at_home):
    result = wireshark.try_out(lab("c1"), "-C", NAME, plugins=None)
    assert result.err == ""
    # From frame 8 on the capture has told the server's name.
    line = shown(result)[8]
    assert line.startswith("9 0.001889736 10.77.0.10 → dc1.contoso.test KRB5 AS-REQ"), line


def rules(wireshark, capture, **options):
    """The colouring rule of each frame, and what tshark said."""
    result = wireshark.try_out(
        capture,
        *("-C", NAME, "-2", "--color", "-T", "fields"),
        *("-e", "frame.number", "-e", "frame.coloring_rule.name"),
        **options,
    )
    assert result.status == 0, result
    lines = (line.split("\t") for line in result.out.splitlines())
    return {int(number): name for number, name in lines}, result.err


def test_colours_tell_how_a_step_ended(wireshark, lab, at_home):
    capture = lab("c1")
    found, complaints = rules(wireshark, capture)
    assert complaints == ""
    wanted = {
        "ok": "AD: ok",
        "normal": "AD: error of healthy flow",
        "pending": "AD: not known yet",
    }
    seen = set()
    for number, steps in wireshark.frames(capture, "-2").items():
        if not any(step.findings for step in steps):
            (outcome,) = {step.get("outcome") for step in steps}
            assert found[number] == wanted[outcome], number
            seen.add(outcome)
    assert seen == set(wanted)
    report = wireshark.json(capture)
    findings = [finding for path in report["paths"] for finding in path["findings"]]
    for severity, name in (("error", "AD: error"), ("warn", "AD: warning")):
        cited = {n for f in findings if f["severity"] == severity for n in f["frames"]}
        assert cited and {found[number] for number in cited} <= {name, "AD: error", "AD: step failed"}
        assert name == "AD: warning" or {found[n] for n in cited} == {name}
    assert found[1] == "DNS"


def test_colours_of_hidden_ldap(wireshark, lab, at_home):
    capture = lab("b2")
    found, _ = rules(wireshark, capture)
    hidden = [
        number
        for number, steps in wireshark.frames(capture, "-2").items()
        if {step.get("outcome") for step in steps} == {"hidden"}
    ]
    assert hidden and {found[number] for number in hidden} == {"AD: hidden"}


def test_colours_without_the_plugin(wireshark, lab, at_home):
    """The rules that need it are left out with a word on stderr, and the others work."""
    found, complaints = rules(wireshark, lab("c1"), plugins=None)
    assert found[3] == "DNS" and found[9] == "LDAP and Kerberos"
    named = set(re.findall(r'Could not compile "?([^".]+)"? in colorfilters', complaints))
    assert named == {
        name for name in re.findall(r"^@([^@]+)@", shipped()["colorfilters"], re.M)
        if name.startswith("AD: ")
    }


def test_filter_buttons_are_filters(wireshark, lab, at_home):
    rows = re.findall(r'^"TRUE","([^"]+)","([^"]+)","([^"]+)"$', shipped()["dfilter_buttons"], re.M)
    lines = [line for line in shipped()["dfilter_buttons"].splitlines() if not line.startswith("#")]
    assert len(rows) == len(lines) >= 8
    for label, expression, _ in rows:
        expression = expression.replace("\\x22", '"')
        result = wireshark.try_out(lab("c1"), "-2", "-Y", expression, "-T", "fields", "-e", "frame.number")
        assert result.status == 0 and result.err == "", (label, result)
    # The menu Tools > AD Discovery Path > Find has the same under the same names.
    source = (harness.ROOT / "plugins" / "adpath" / "facts" / "filters.c").read_text()
    table = re.search(r"filters\[\] = \{\n(.*?)\n\};", source, re.S).group(1)
    ready = [
        ["".join(re.findall(r'"((?:\\.|[^"\\])*)"', cell)).replace('\\"', '"') for cell in row]
        for row in re.findall(r'\{("[^"]+"),\s+((?:"(?:\\.|[^"\\])*"\s*)+),', table)
    ]
    buttons = {label.split("//")[-1]: e.replace("\\x22", '"') for label, e, _ in rows}
    assert len(ready) >= 8
    for title, expression in ready:
        assert buttons[title] == expression


def test_the_profile_for_everybody_is_copied_on_first_use(wireshark, lab):
    """Where Wireshark's own data lie: -C takes it from there, and the copy is known again."""
    home = wireshark.scratch / "another-home"
    data = wireshark.scratch / "data"
    there = wireshark.run("tshark", "-G", "folders").out
    own = Path(re.search(r"^Global configuration:\s*(\S+)", there, re.M).group(1))
    for folder in (home, data, data / "profiles"):
        folder.mkdir()
        folder.chmod(0o777)
    for path in own.iterdir():
        if path.name != "profiles":
            (data / path.name).symlink_to(path)
    cmake(FROM=SOURCE, INTO=data / "profiles" / NAME)
    result = wireshark.try_out(
        lab("c1"),
        *("-C", NAME, "-2", "-Y", "adpath.krb.error == 7"),
        environment={"HOME": str(home), "WIRESHARK_DATA_DIR": str(data)},
    )
    assert result.status == 0 and " kerberos failed " in shown(result)[0], result
    copy = home / ".config" / "wireshark" / "profiles" / NAME
    assert {"colorfilters", "dfilter_buttons", "preferences"} <= set(texts(copy))
    assert cmake(FROM=SOURCE, INTO=copy) == ""
