# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark with the plugin on a client's interface, while the client works: no file in between."""

import contextlib
import json
import os
import signal
import sys
import time

from . import scenarios
from .core import LAB
from .net import LabError, child_of, wait_for
from .record import play_one

sys.path[:0] = [str(LAB.parent), str(LAB.parent / "truth")]

import compare  # noqa: E402
import harness  # noqa: E402

NETWORK = "+net_raw,+net_admin"  # what dumpcap needs, and no more
READY = "Capturing on"


class Watcher:
    """tshark as an ordinary user: as root it loads no plugins of a user."""

    def __init__(self, wireshark, play):
        self.wireshark = wireshark
        self.play = play
        self.folder = wireshark.scratch
        self.early = 0  # lines that were there before tshark was told to end

    def words(self):
        keytab = self.wireshark.readable(self.play.lab.keytab)
        user = str(harness.NOBODY)
        return [
            *("setpriv", "--reuid", user, "--regid", user, "--clear-groups"),
            *("--inh-caps", NETWORK, "--ambient-caps", NETWORK),
            *("tshark", "-l", "-i", "eth0", "-o", f"tls.keylog_file:{self.play.keys}"),
            *("-o", "kerberos.decrypt:TRUE", "-K", keytab),
            *("-Y", "adpath", "-T", "fields", "-e", "adpath.step", "-e", "adpath.summary"),
            *("-z", "adpath,json"),
        ]

    @contextlib.contextmanager
    def __call__(self):
        environment = {
            "HOME": str(self.wireshark.home),
            "LC_ALL": "C.UTF-8",
            "WIRESHARK_PLUGIN_DIR": str(self.wireshark.plugins["adpath"]),
        }
        out, err = self.folder / "live.out", self.folder / "live.err"
        with open(out, "wb") as stdout, open(err, "wb") as stderr:
            self.process = self.play.client.start(self.words(), stdout, environment, stderr)
            try:
                wait_for(lambda: self.is_ready(err), "tshark to capture", 30)
                yield
                time.sleep(1)
                self.early = len(out.read_text().splitlines())
            finally:
                if self.process.poll() is None:
                    os.kill(child_of(self.process, "tshark"), signal.SIGINT)
                    self.process.wait(60)
        lines = out.read_text().splitlines(keepends=True)
        begin = next((i for i, line in enumerate(lines) if line.startswith("{")), None)
        if begin is None:
            raise LabError(f"tshark gave no report: {err.read_text()}")
        self.lines = lines[:begin]
        self.report = json.loads("".join(lines[begin:]))

    def is_ready(self, err):
        if self.process.poll() is not None:
            raise LabError(f"tshark does not capture: {err.read_text()}")
        return READY in err.read_text()


def live(lab, name, folder):
    """Plays a scenario while tshark watches. Returns what differs from the truth."""
    if name not in scenarios.ALL:
        raise LabError(f"no scenario {name}; `lab list` names them")
    wireshark = harness.Wireshark()
    watchers = []

    def watch(play):
        watchers.append(Watcher(wireshark, play))
        return watchers[0]()

    try:
        play_one(lab, scenarios.ALL[name], folder, watch=watch)
    finally:
        wireshark.close()
    (watcher,) = watchers
    problems = compare.problems(watcher.report, compare.read(folder / name / "truth.json"), strict=False)
    if not watcher.early:
        problems.append("no step was shown while the client worked")
    steps = len(harness.steps_of(watcher.report))
    lab.report(f"live, {name}: {watcher.early} lines while it went on, {steps} steps at the end")
    for problem in problems:
        lab.report(f"DIFFERS: {problem}")
    return problems
