# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON of all captures, a question to sharkd, and a start of the GUI on a display of its own."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness  # noqa: E402

CAPTURE = next(c for c in harness.OWN_CAPTURES if c.name.startswith("lab/") and not c.keytab)
# Seconds until the window shows the capture: tools/run may have to install Wireshark first.
PATIENCE = 900


def json_text(wireshark, capture):
    result = wireshark.tshark(wireshark.borrow(capture), "-q", "-z", "adpath,json")
    assert result.status == 0, result
    assert result.err == "", f"{capture}: {result.err}"
    # What has to differ: the version of Wireshark, and ours, which names a commit where git is, and a copy has none.
    return re.sub(r'"(adpath|wireshark)": "[^"]*"', r'"\1": null', result.out, count=2)


def write_json(wireshark, folder):
    """One file for each capture, and one more where there are keys."""
    folder.mkdir(parents=True)

    def write(capture):
        text = json_text(wireshark, capture)
        (folder / (capture.id.replace("/", "_") + ".json")).write_text(text)

    # Every one, not the tests' sample, and those that hold all cases and all synthetic captures.
    captures = harness.OWN_CAPTURES + harness.PUBLIC_CAPTURES + harness.MADE_CAPTURES
    for capture in captures:  # copies first, those are made one at a time
        wireshark.borrow(capture)
    harness.together([lambda c=c: write(c) for c in captures])
    return f"{len(captures)} reports"


def told(wireshark, capture, way):
    """JSON and expert items with trees made in one way."""
    words = ("-o", f"adpath.tree:{way}", "-q", "-z", "adpath,json", "-z", "expert")
    result = wireshark.run("tshark", *capture.arguments, *words)
    assert result.status == 0, result
    # How often a key was tried differs from run to run of stock tshark.
    return re.sub(r"^.*Used keymap=.*num_tries=.*\n", "", result.out, flags=re.M), result.err


def compare_trees(wireshark):
    """The same from trees on demand as from trees for every frame, of all captures behind one another."""
    captures = harness.OWN_CAPTURES + harness.PUBLIC_CAPTURES + harness.MADE_CAPTURES
    for keys in (False, True):
        chosen = [c for c in captures if bool(c.keytab) == keys]
        capture = wireshark.merged(chosen, f"all-{keys}")
        one, other = wireshark.both(
            lambda c=capture: told(wireshark, c, "everywhere"),
            lambda c=capture: told(wireshark, c, "on demand"),
        )
        assert one[0] and one == other, f"{capture.name}: the two ways differ"
    return f"{len(captures)} captures"


def ask_sharkd(wireshark):
    capture = wireshark.borrow(CAPTURE)
    _, taps = wireshark.sharkd(
        ("load", {"file": str(capture.path)}), ("tap", {"tap0": "nstat:adpath,steps"})
    )
    rows = len(taps["taps"][0]["tables"][0]["i"])
    steps = len(harness.steps_of(json.loads(json_text(wireshark, CAPTURE))))
    assert rows == steps > 0, f"sharkd has {rows} steps, the JSON {steps}"
    return f"{rows} steps"


class User:
    """Starts programs as the harness does: never as root, and with an empty home."""

    def __init__(self, wireshark):
        self.home = wireshark.home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "LC_ALL": "C.UTF-8",
        }
        self.identity = {}
        if os.geteuid() == 0:
            self.identity = {
                "user": harness.NOBODY,
                "group": harness.NOBODY,
                "extra_groups": [],
            }

    def start(self, *command, log, environment=None, **options):
        return subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self.home,
            env={**self.environment, **(environment or {})},
            **self.identity,
            **options,
        )


def start_gui(wireshark):
    user = User(wireshark)
    capture = wireshark.borrow(CAPTURE)
    log = open(wireshark.scratch / "gui.log", "w+", encoding="utf-8", errors="replace")
    if os.geteuid() == 0:
        # Root's Wireshark loads no personal plugins, and a test installs no global ones.
        command = ["wireshark", "-r", capture.path]
        environment = {"WIRESHARK_PLUGIN_DIR": str(wireshark.plugins["adpath"])}
    else:
        command = [harness.ROOT / "tools" / "run", "--gui", capture.path]
        environment = {}
        gui = user.start(*command, log=log)
        assert gui.wait(60) == 1 and "no display" in read(log), "without a display: " + read(log)
    started = []
    try:
        server, display = start_display(user, log)
        started.append(server)
        environment.update({"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"})
        gui = user.start(*command, log=log, environment=environment)
        started.append(gui)
        end = time.monotonic() + PATIENCE
        # The title names the file once it is loaded.
        while not shows(display, capture.path.name):
            assert gui.poll() is None, f"status {gui.returncode} at the start: {read(log)}"
            assert time.monotonic() < end, f"no window with the capture: {read(log)}"
            time.sleep(1)
        maps = Path(f"/proc/{gui.pid}/maps").read_text()
        assert "/epan/adpath.so" in maps, "the window is there, but not the plugin: " + read(log)
        time.sleep(2)
        assert gui.poll() is None, f"status {gui.returncode} after the start: {read(log)}"
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    words = wireshark.without_complaints(gui_words(log) + "\n")
    assert not re.search(r"plugin|assert|CRITICAL", words), words
    return "loaded"


def gui_words(log):
    """What Wireshark itself has said; tools/run talks of the plugin, and marks its lines."""
    lines = read(log).splitlines()
    return "\n".join(line for line in lines if not re.match(r"adpath: | {8}", line))


def start_display(user, log):
    """An X server that looks for a free display itself, and its name."""
    reading, writing = os.pipe()
    server = user.start(
        *("Xvfb", "-displayfd", writing, "-nolisten", "tcp", "-screen", "0", "1200x900x24"),
        log=log,
        pass_fds=[writing],
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb does not start: " + read(log)
    return server, ":" + number


def shows(display, name):
    done = subprocess.run(
        ["xwininfo", "-root", "-tree", "-display", display],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    return f'"{name}' in done.stdout


def read(log):
    log.flush()
    return Path(log.name).read_text(errors="replace")[-4000:]


def main():
    folder = Path(sys.argv[1])
    wireshark = harness.Wireshark()
    status = 0
    try:
        version = wireshark.run("tshark", "-v").out
        print("version", re.search(r"\d+\.\d+\.\d+", version).group(0), flush=True)
        lua = re.search(r"\bLua\s+(\d+\.\d+)", version)
        print("lua", lua.group(1) if lua else "none", flush=True)
        for name, check in (
            ("json", lambda: write_json(wireshark, folder)),
            ("trees", lambda: compare_trees(wireshark)),
            ("sharkd", lambda: ask_sharkd(wireshark)),
            ("gui", lambda: start_gui(wireshark)),
        ):
            try:
                print(name, "ok", check(), flush=True)
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                print(name, "FAILED", flush=True)
                print(f"{name}: {error}", file=sys.stderr)
                status = 1
    finally:
        wireshark.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
