# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/run and tools/test as people type them: wrong names, pipes, several captures, Ctrl-C.

They run in a copy of the checkout's scripts, where other programs stand in for apt's, cmake and tshark.
"""
import os
import shutil
import signal
import subprocess
import time

import harness
import pytest

PLUGIN = "build/release/wireshark/4.0/epan/adpath.so"
PROGRAMS = {
    # Each package is there.
    "dpkg-query": 'shift 3; for name; do [ "$name" = "$MISSING" ] || echo "installed $name"; done',
    "apt-get": '[ -z "$SLOW" ] || { : >"$ROOT/building"; sleep 30; }; exit 1',
    "sudo": 'case $1 in -*) ;; *) exec "$@" ;; esac',
    "cmake": """case "$*" in
        *version.cmake*) echo 4.7.11 ;;
        --build*) [ -z "$SLOW" ] || { : >"$ROOT/building"; sleep 30; }; mkdir -p "$(dirname "$ROOT/%s")"; echo module >"$ROOT/%s"
            mkdir -p "$ROOT/build/release/pages/findings"; echo page >"$ROOT/build/release/pages/findings/README.html" ;;
        esac""" % (PLUGIN, PLUGIN),
    # Which package a file belongs to.
    "dpkg": '[ -n "$PACKAGE" ] && echo "$PACKAGE: $2"',
    "tshark": """case "$*" in
        "-G folders") printf 'Personal Plugins:\\t%s/plugins/4.0\\nGlobal Plugins:\\t%s/4.0\\nPersonal configuration:\\t%s/config\\n' "$HOME" "$GLOBAL" "$HOME" ;;
        *) while [ $# -gt 0 ]; do [ "$1" = -r ] && echo "report on $(cat -- "$2")"; [ "$1" = -K ] && echo "with $2"; shift; done ;;
        esac""",
    "wireshark": 'echo "window $*"',
}


@pytest.fixture
def place(tmp_path):
    """A checkout of its own, with names for what is to be read."""
    root = tmp_path / "checkout"
    for folder in ("tools", "cmake"):
        shutil.copytree(harness.ROOT / folder, root / folder)
    (root / "plugins" / "adpath").mkdir(parents=True)
    shutil.copy(harness.ROOT / "plugins/adpath/version.cmake", root / "plugins/adpath")
    shutil.copy(harness.ROOT / "CMakePresets.json", root)
    (root / "testdata" / "lab").mkdir(parents=True)
    (root / "testdata/lab/a1-happy-gssapi-clear.pcapng").write_text("the laboratory")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in PROGRAMS.items():
        (programs / name).write_text("#!/bin/sh\n" + text + "\n")
        (programs / name).chmod(0o755)
    for name in ("one", "two words", "-odd"):
        (tmp_path / f"{name}.pcapng").write_text(name)
    (tmp_path / "two words.keytab").write_bytes(b"\5\2keys")
    (tmp_path / "no.keytab").write_text("keys")
    (tmp_path / "folder").mkdir()
    return tmp_path


def environment(place, **more):
    return {"PATH": f"{place}/bin:{os.environ['PATH']}", "HOME": str(place / "home"), "ROOT": str(place / "checkout"),
            "DISPLAY": ":0", "SLOW": "", "GLOBAL": str(place / "global"), "PACKAGE": "", "MISSING": "", "LC_ALL": "C.UTF-8", **more}


def run(place, *arguments, given=b"", program=("checkout/tools/run",), **more):
    """Status and words of tools/run. As an ordinary user would, who installs into a home."""
    user = {"user": harness.NOBODY, "group": harness.NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        for path in [place, *place.parents][:2] + list(place.rglob("*")):
            os.chown(path, harness.NOBODY, harness.NOBODY)
    done = subprocess.run([*program, *arguments], cwd=place, env=environment(place, **more), input=given, capture_output=True,
                          timeout=60, check=False, **user)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(autouse=True)
def reachable(tmp_path):
    """pytest's own folders are closed to others."""
    for path in tmp_path.parents:
        if "pytest" in path.name and path.stat().st_uid == os.geteuid():
            path.chmod(path.stat().st_mode | 0o011)


@pytest.mark.parametrize("arguments,says", [
    ([""], "name of a capture is empty"),
    (["--lesson", "1", "--lesson", "2"], "one lesson at a time"),
    (["one.pcapng", ""], "name of a capture is empty"),
    (["one.pcapng", "--uninstall"], "--uninstall takes nothing else"),
    (["--uninstall", "one.pcapng"], "--uninstall takes nothing else"),
    (["--version", "--gui"], "--version takes nothing else"),
    (["one.pcapng", "--version"], "--version takes nothing else"),
    (["folder"], "folder is a folder"),
    (["gone.pcapng"], "there is no file gone.pcapng"),
    (["-K"], "needs a keytab"),
    (["-K", "no.keytab", "one.pcapng"], "no.keytab is no keytab"),
    (["-K", "", "one.pcapng"], "its name is empty"),
    (["-K", "folder", "one.pcapng"], "cannot read the keytab folder"),
    (["--nonsense"], "unknown option --nonsense"),
    (["--gui", "one.pcapng", "two words.pcapng"], "--gui opens one capture: 2 were given"),
])
def test_wrong_arguments(place, arguments, says):
    """One sentence, status 1, and nothing is built or removed."""
    status, out, err = run(place, *arguments)
    assert (status, out) == (1, "")
    assert says in err and err.count("\n") == 1
    assert not (place / "checkout" / "build").exists()


def test_a_report(place):
    assert run(place, "one.pcapng")[:2] == (0, "report on one\n")
    assert run(place)[:2] == (0, "report on the laboratory\n")
    assert (place / "home/plugins/4.0/epan/adpath.so").read_text() == "module\n"


def test_the_pages_go_along(place):
    """They lie where Wireshark keeps what is its user's, and are removed with the module."""
    run(place, "one.pcapng")
    page = place / "home/config/adpath/findings/README.html"
    assert page.read_text() == "page\n"
    status, out, _ = run(place, "--uninstall")
    assert (status, out) == (0, "") and not page.exists() and not page.parent.exists()


@pytest.mark.parametrize("package,remedy", [
    ("wireshark-plugin-adpath", "sudo apt-get remove wireshark-plugin-adpath"),
    ("", "sudo cmake --build FOLDER --target uninstall"),
])
def test_another_way_in_came_first(place, package, remedy):
    """A module for everybody would win over one's own: it says what removes that one, and goes on once it is gone."""
    module = place / "global/4.0/epan/adpath.so"
    module.parent.mkdir(parents=True)
    module.write_text("another build\n")
    status, out, err = run(place, "one.pcapng", PACKAGE=package)
    assert (status, out) == (1, "") and remedy in err
    assert not (place / "home/plugins").exists()
    # The same build is no other.
    module.write_text("module\n")
    assert run(place, "one.pcapng", PACKAGE=package)[:2] == (0, "report on one\n")
    assert not (place / "home/plugins").exists()
    module.unlink()
    assert run(place, "one.pcapng")[:2] == (0, "report on one\n")
    assert (place / "home/plugins/4.0/epan/adpath.so").exists()
    # And the other way round: for everybody first, one's own was there before; one of the two goes.
    module.write_text("module\n")
    assert run(place, "one.pcapng")[:2] == (0, "report on one\n")
    assert not (place / "home/plugins/4.0/epan/adpath.so").exists()


def test_several_captures_each_with_its_keys(place):
    status, out, err = run(place, "one.pcapng", "--", "two words.pcapng", "-odd.pcapng")
    assert (status, out) == (0, "==> one.pcapng <==\nreport on one\n"
                                "\n==> two words.pcapng <==\nreport on two words\nwith two words.keytab\n"
                                "\n==> -odd.pcapng <==\nreport on -odd\n")
    assert "==>" not in err and "==>" not in run(place, "one.pcapng")[1]


def test_through_a_pipe(place):
    assert run(place, "-", given=b"stdin")[:2] == (0, "report on stdin\n")
    script = 'tools/run <(printf process) && mkfifo "$HOME/pipe" && { printf named >"$HOME/pipe" & tools/run "$HOME/pipe"; }'
    script = script.replace("tools/run", "checkout/tools/run")
    assert run(place, "-c", script, program=("bash",))[1] == "report on process\nreport on named\n"
    status, out, err = run(place, "-")
    assert status == 1 and out == "" and "nothing came through standard input" in err


@pytest.mark.parametrize("program", [("sh", "checkout/tools/run"), ("checkout/tools/run",), ("./link",)])
def test_however_it_is_started(place, program):
    (place / "link").symlink_to("checkout/tools/run")
    assert run(place, "--version", program=program)[:2] == (0, "adpath 4.7.11\n")
    assert run(place, "one.pcapng", program=program)[:2] == (0, "report on one\n")


def test_what_uninstall_leaves(place):
    """A copy for everybody is another's: it says that it stays, and what removes it; also where there was none of one's own."""
    module = place / "global/4.0/epan/adpath.so"
    run(place, "one.pcapng")
    assert "another copy" not in run(place, "--uninstall")[2]
    module.parent.mkdir(parents=True)
    module.write_text("module\n")
    for package, remedy in (("wireshark-plugin-adpath", "sudo apt-get remove wireshark-plugin-adpath"), ("", "sudo tools/run --uninstall")):
        status, out, err = run(place, "--uninstall", PACKAGE=package)
        assert (status, out) == (0, "") and f"another copy stays, for everybody: {module}" in err and remedy in err
    assert module.exists()


def interrupted(place, command, **more):
    """Status and words of a command that Ctrl-C ends once the file `building` is there."""
    process = subprocess.Popen(
        command, cwd=place, env=environment(place, **more), start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Tests in the background of a shell have it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    building = place / "checkout/building"
    for _ in range(400):
        if building.exists():
            break
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("missing,doing", [("", "building"), ("cmake", "fetching the lists of packages")])
def test_ctrl_c_is_nobodys_fault(place, missing, doing):
    """It ends the build, or apt, and says neither that the network nor that the source is wrong."""
    (place / "checkout" / "build").mkdir()
    status, out, err = interrupted(place, ["checkout/tools/run", "one.pcapng"], SLOW="yes", MISSING=missing)
    assert (status, out) == (130, "")
    assert f"stopped while {doing}" in err
    assert "failed" not in err and "network" not in err


def test_ctrl_c_in_a_step_whose_words_go_into_a_log(place):
    """Of the scripts that raise bare systems: who pressed it reads that it was noticed."""
    script = f""". {harness.ROOT}/tests/fresh/lib.sh; why_not() {{ :; }}; begin_work
        step() {{ : >"$ROOT/building"; sleep 30 & CHILD=$!; wait $CHILD; }}
        step >"$WORK/log" 2>&1"""
    status, _, err = interrupted(place, ["bash", "-c", script], NAME="deb")
    assert (status, err) == (130, "deb: ended by a signal\n")


def test_what_takes_long_says_that_it_goes_on(place):
    """Every quarter of a minute; here a hundred times as fast."""
    script = f""". {harness.ROOT}/tools/lib.sh; read() {{ builtin read -t 0.15 -u "$never"; }}
        watched building "$HOME.log" sleep 1.5"""
    status, out, err = run(place, "-c", script, program=("bash",))
    assert (status, out) == (0, "")
    said = err.splitlines()
    assert said[:2] == ["adpath: ... still building (15 s)", "adpath: ... still building (30 s)"]


def test_ctrl_c_that_make_has_seen_first(place):
    """Make ends by itself, and cmake as if something had failed, before the script has its own signal."""
    (place / "bin/cmake").write_text("""#!/bin/sh
        case "$*" in --build*) echo "[ 12%] Building C object x.o"; echo "make[1]: *** [x.o] Interrupt"; exit 1 ;; esac""")
    status, out, err = run(place, "one.pcapng")
    assert (status, out) == (130, "")
    assert err.endswith("adpath: stopped while building: run this again, and it goes on\n") and "failed" not in err
    (place / "bin/cmake").write_text('#!/bin/sh\ncase "$*" in --build*) echo "x.c:1: error: no Interrupt"; exit 1 ;; esac\n')
    status, out, err = run(place, "one.pcapng")
    assert status == 1 and "failed: see above" in err and "stopped" not in err


@pytest.mark.parametrize("mends", ["yes", ""])
def test_an_installation_that_was_interrupted(place, mends):
    """apt-get refuses to begin before dpkg has finished: that comes first, or is what is said."""
    half = place / "dpkg/updates"
    half.mkdir(parents=True)
    (half / "0001").write_text("Package: cmake\n")
    for name, text in {
        "sudo": '[ "$1" = -n ] && shift; echo "$*" >>"$ROOT/asked"; exec "$@"',
        "dpkg-query": '[ -e "$ROOT/there" ] || exit 0; shift 3; for name; do echo "installed $name"; done',
        "dpkg": '[ "$1" != --configure ] || [ -z "$MENDS" ] || rm "$DPKG_ADMINDIR"/updates/*',
        "apt-get": """case "$*" in *install*) ! [ -e "$DPKG_ADMINDIR/updates/0001" ] ||
            { echo "E: dpkg was interrupted, you must manually run 'sudo dpkg --configure -a' to correct the problem."; exit 100; }
            : >"$ROOT/there" ;; esac""",
    }.items():
        (place / "bin" / name).write_text("#!/bin/sh\n" + text + "\n")
        (place / "bin" / name).chmod(0o755)
    status, out, err = run(place, "one.pcapng", DPKG_ADMINDIR=str(place / "dpkg"), MENDS=mends)
    asked = (place / "checkout/asked").read_text().splitlines()
    order = [n for n, line in enumerate(asked) for word in ("dpkg --configure -a", " update", " install ") if word in line]
    assert order == sorted(order) and len(order) == 3, asked
    if mends:
        assert (status, out) == (0, "report on one\n")
    else:
        assert (status, out) == (1, "") and "network" not in err
        assert err.endswith("interrupted: sudo dpkg --configure -a\n        and then run this again\n")


def test_a_typing_error_is_noticed_at_once(place):
    status, out, err = run(place, "--no-lnt", program=("checkout/tools/test",))
    assert (status, out) == (1, "")
    assert "--no-lnt" in err and err.count("\n") == 1
