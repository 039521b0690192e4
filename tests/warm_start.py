# SPDX-License-Identifier: GPL-2.0-or-later
"""A tshark that is started once and then asked as often as the tests like: see warm/warm.c.

What it runs is tshark itself, from the reading of its settings on; only what no capture and hardly an
option can change, the registering of the dissectors, is not done again. ADPATH_WARM=no starts each
tshark by itself, as does whatever cannot be asked of a started one.
"""

import os
import re
import signal
import socket
import struct
import subprocess
import tempfile
from pathlib import Path

PLACES = 96  # words that a request may have
MAX_REQUEST = 60000  # bytes
START = 120  # seconds that it may take to start
PLACEHOLDER = "ADPATH_WARM_CAPTURE" + 4000 * "x"

# Options that tshark looks at before it can be stopped. Of those with a word of their own it has only
# -O; what comes with -C, -G and -X is read by then.
EARLY = re.compile(r"-[VxO].*")
NEVER = re.compile(r"-[CGXD].*|--.*")


def library():
    """The library that stops tshark, beside the module that the environment names; None without one."""
    if os.environ.get("ADPATH_WARM") == "no":
        return None
    for built in Path(os.environ["ADPATH_MODULE"]).resolve().parents[3:4]:
        path = built / "tests" / "warm" / "adpath_warm.so"
        return path if path.is_file() else None
    return None


def request(arguments):
    """(early, words) of a command line; None when a started tshark cannot be asked that."""
    words = [str(word) for word in arguments]
    if words.count("-r") != 1 or len(words) > PLACES or any(NEVER.fullmatch(w) for w in words):
        return None
    place = words.index("-r")
    early = []
    for i, word in enumerate(words):
        if EARLY.fullmatch(word):
            early.append(word)
            if word == "-O":
                early.append(words[i + 1])
    words = ["-r" + words[place + 1], *words[:place], *words[place + 2 :]]
    return (tuple(early), words) if sum(map(len, words)) + len(words) < MAX_REQUEST else None


class Started:
    """One tshark that waits for requests, one at a time."""

    def __init__(self, variables, early, options):
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # -q is not looked at before it stops, and a request's words take its places.
        words = ["tshark", *early, "-r" + PLACEHOLDER, *["-q"] * (PLACES - len(early))]
        with theirs:
            self._process = subprocess.Popen(
                words,
                env={**variables, "ADPATH_WARM_SOCKET": str(theirs.fileno())},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                **options,
            )

    def close(self):
        """It ends when nobody can ask any more."""
        self._ours.close()
        self._process.wait()

    def _number(self, timeout):
        self._ours.settimeout(timeout)
        answer = self._ours.recv(4)
        if len(answer) != 4:
            raise RuntimeError("a started tshark is gone: ADPATH_WARM=no runs the tests without it")
        return struct.unpack("i", answer)[0]

    def run(self, words, given, timeout):
        """(exit status as subprocess has it, standard output, standard error) of one tshark."""
        with (
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            stdin.write(given)
            stdin.seek(0)
            text = "".join(word + "\0" for word in words).encode()
            socket.send_fds(self._ours, [text], [stdin.fileno(), out.fileno(), err.fileno()])
            child = self._number(START)
            try:
                status = self._number(timeout)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                self._number(START)
                raise subprocess.TimeoutExpired(["tshark", *words], timeout) from None
            results = [os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0) for file in (out, err)]
            return os.waitstatus_to_exitcode(status), *results


class Pool:
    """As many of a kind as there are runs at the same time."""

    def __init__(self):
        self._idle = []
        self._all = []

    def run(self, start, *request):
        """As Started.run(), on one that is idle, or on a new one of start()."""
        try:
            one = self._idle.pop()
        except IndexError:
            one = start()
            self._all.append(one)
        try:
            return one.run(*request)
        finally:
            self._idle.append(one)

    def close(self):
        for one in self._all:
            one.close()
