# SPDX-License-Identifier: GPL-2.0-or-later
"""A display, a session and a home of their own, and Wireshark there as an ordinary user.

Nothing of the person who runs the tests gets in, nothing is left behind: no process, no file. What
is shown is read from the accessibility tree, as a screen reader does (eyes.py).
"""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
import warnings
from pathlib import Path

import harness

HERE = Path(__file__).resolve().parent
PATIENCE = 60  # seconds; the machine may be busy with other things
SECOND_CLICK = 20  # seconds without the window that a menu opens
MAIN = r"(\[[^\]]*\] )?[^·]*"  # the title of Wireshark's own window
MAIN_FILE = r"^[^·]*\.pcap(ng)?$"  # the same for xdotool
FILTER = "Display filter entry"

PREFERENCES = """\
gui.update.enabled: FALSE
gui.ask_unsaved: FALSE
gui.qt.font_name: DejaVu Sans Mono,9,-1,5,50,0,0,0,0,0
"""


def why_not():
    """Why there can be no desktop here; None when there can."""
    programs = {
        "Xvfb": "xvfb",
        "xdotool": "xdotool",
        "wireshark": "wireshark",
        "dbus-daemon": "dbus-daemon",
        "tshark": "tshark",
    }
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    if not any(Path(p).is_file() for p in ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")):
        missing.append("at-spi2-core")
    known = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    if subprocess.run(["/usr/bin/python3", "-c", known], capture_output=True, check=False).returncode:
        missing += ["python3-gi", "gir1.2-atspi-2.0"]
    if missing:
        return f"the windows of Wireshark need {' '.join(missing)}"
    return None


def wait(condition, what, patience=None):
    """Waits until the condition gives something true, and gives it. A LookupError is a no."""
    patience = patience or PATIENCE
    end = time.monotonic() + patience
    while True:
        try:
            result = condition()
            if result:
                return result
        except LookupError as error:
            result = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience} s: {what}; now: {result}")
        time.sleep(0.1)


class Desktop:
    """One display with a session bus. Close it, however the test ends."""

    def __init__(self, folder, plugins, size=(1280, 1024)):
        self.folder = folder
        self.size = size
        self.started = []
        self.home = folder / "home"
        self.settings = self.home / ".config" / "wireshark"
        self.runtime = folder / "run"
        for path in (self.home, self.home / ".config", self.settings, self.runtime):
            path.mkdir()
        self.runtime.chmod(0o700)
        (self.settings / "preferences").write_text(PREFERENCES)
        # What the machine opens pages with would put a window of its own among Wireshark's.
        tools = self.home / "bin"
        tools.mkdir()
        self.opened = self.home / "opened"
        (tools / "xdg-open").write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >>"{self.opened}"\n')
        (tools / "xdg-open").chmod(0o755)
        self.root = os.geteuid() == 0
        self.environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local/share"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "TMPDIR": str(self.runtime),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "QT_QPA_PLATFORM": "xcb",
            "QT_ACCESSIBILITY": "1",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "WIRESHARK_PLUGIN_DIR": str(plugins),
        }
        self.give_away()
        self.log = open(folder / "log", "w+b")
        self.eyes = None
        try:
            self._start_display(size)
            self._start_bus()
            # Who looks has to be there first: Wireshark asks for the bus of the eyes only once.
            self._open_eyes()
        except BaseException:
            self.close()
            raise

    def give_away(self):
        """The home belongs to the user of the desktop."""
        if self.root:
            for path in (self.home, self.runtime, *self.home.rglob("*")):
                os.chown(path, harness.NOBODY, harness.NOBODY)

    def start(self, command, **options):
        user = {"user": harness.NOBODY, "group": harness.NOBODY, "extra_groups": []}
        process = subprocess.Popen(
            [str(word) for word in command],
            **{
                "env": self.environment,
                "cwd": self.home,
                "stdin": subprocess.DEVNULL,
                "stdout": self.log,
                "stderr": self.log,
                **options,
            },
            **(user if self.root else {}),
        )
        self.started.append(process)
        return process

    def _start_display(self, size):
        # An ordinary user's server does not make the folder of the sockets.
        sockets = Path("/tmp/.X11-unix")
        if not sockets.exists():
            sockets.mkdir(exist_ok=True)
            sockets.chmod(0o1777)
        read, write = os.pipe()
        # The server itself picks a free display, and writes its number when it is ready.
        command = ["Xvfb", "-displayfd", write, "-nolisten", "tcp", "-noreset"]
        self.start([*command, "-screen", 0, f"{size[0]}x{size[1]}x24"], pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip() if select.select([pipe], [], [], PATIENCE)[0] else ""
        if not number:
            raise AssertionError("Xvfb does not start:\n" + self.said())
        self.environment["DISPLAY"] = ":" + number

    def _start_bus(self):
        socket = self.runtime / "bus"
        address = f"unix:path={socket}"
        self.start(["dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + address])
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        wait(socket.exists, "the session bus")

    def _open_eyes(self):
        # The user of the desktop may not be let into the checkout: root's home is root's alone.
        script = self.runtime / "eyes.py"
        shutil.copyfile(HERE / "eyes.py", script)
        script.chmod(0o644)
        self.eyes = self.start(
            ["/usr/bin/python3", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.ask("windows") == []

    def said(self):
        """What the programs of the desktop have said."""
        self.log.flush()
        return (self.folder / "log").read_text(errors="replace")[-6000:]

    def ask(self, what, **arguments):
        """A request to eyes.py; LookupError when it does not see what it should."""
        self.eyes.stdin.write(json.dumps({"do": what, **arguments}).encode() + b"\n")
        self.eyes.stdin.flush()
        if not select.select([self.eyes.stdout], [], [], PATIENCE)[0]:
            raise AssertionError(f"no answer to {what} {arguments}:\n" + self.said())
        line = self.eyes.stdout.readline()
        if not line:
            raise AssertionError(f"eyes.py died of {what} {arguments}:\n" + self.said())
        answer = json.loads(line)
        if "error" in answer:
            raise LookupError(answer["error"])
        return answer["ok"]

    def xdo(self, *words):
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if done.returncode:
            raise LookupError(f"xdotool {words}: {done.stderr}")
        return done.stdout.split()

    def image(self, window="root", colours=64):
        """A picture of the screen, or of one window, as PNG with few colours."""
        command = ["import", "-window", window, "-strip", "-dither", "None", "-colors", colours, "PNG8:-"]
        return subprocess.run(
            [str(word) for word in command],
            env=self.environment,
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        ).stdout

    def close(self):
        """Ends what this desktop has started, the last first, by process id."""
        for process in reversed(self.started):
            end(process)
        self.started = []
        self.eyes = None
        # What the bus has started ends with the bus; what does not is found by its environment.
        mark = f"XDG_RUNTIME_DIR={self.runtime}".encode()
        for patience in range(50):
            left = [pid for pid in processes() if mark in environment_of(pid)]
            if not left:
                break
            if patience > 20:
                for pid in left:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            time.sleep(0.1)
        if not self.log.closed:
            self.log.close()


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def processes():
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]


def environment_of(pid):
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


class Window:
    """A Wireshark on a desktop, with a capture loaded."""

    def __init__(self, desktop, *arguments, loaded=True, **options):
        self.desktop = desktop
        self.process = desktop.start(["wireshark", *arguments], **options)
        try:
            self.wait(lambda: any(re.fullmatch(MAIN, w) for w in self.windows()), "Wireshark's window")
            if loaded:
                self.wait(lambda: self.counts()[0] > 0, "the capture is loaded")
        except BaseException:
            self.close()
            raise

    def wait(self, condition, what, patience=None):
        def alive():
            if self.process.poll() is not None:
                raise AssertionError(f"Wireshark is gone ({self.process.returncode}):\n" + self.desktop.said())
            return condition()

        return wait(alive, what, patience)

    def close(self):
        end(self.process)
        self.desktop.started.remove(self.process)

    def windows(self):
        return self.desktop.ask("windows")

    def counts(self):
        """Packets and displayed packets, as the status bar says."""
        for label in self.desktop.ask("labels", window=MAIN):
            numbers = re.match(r"Packets: (\d+)(?: · Displayed: (\d+))?", label)
            if numbers:
                return int(numbers.group(1)), int(numbers.group(2) or numbers.group(1))
        raise LookupError("no number of packets in the status bar")

    def menu(self, *path):
        self.wait(lambda: self.desktop.ask("menu", window=MAIN, path=path) or True, f"menu {path}")

    def open(self, title, *path):
        """Chooses from the menus, and waits for the window of this title.

        A click may be lost while another window closes: as a person would, it then clicks once more.
        """
        def there():
            return [w for w in self.windows() if re.fullmatch(title, w)]

        self.menu(*path)
        try:
            self.wait(there, f"window {title}", SECOND_CLICK)
        except AssertionError as lost:
            warnings.warn(f"{path} is chosen a second time: {lost}")
            self.menu(*path)
            self.wait(there, f"window {title}")
        return title

    def rows(self, title=MAIN, name=None):
        return self.desktop.ask("rows", window=title, name=name)["rows"]

    def titles(self, title=MAIN, name=None):
        return self.desktop.ask("rows", window=title, name=name, limit=0)["titles"]

    def text(self, title):
        return self.desktop.ask("text", window=title)

    def press(self, title, name):
        self.wait(lambda: self.desktop.ask("press", window=title, name=name) or True, f"button {name}")

    @property
    def filter(self):
        return self.desktop.ask("entry", window=MAIN, name=FILTER)

    def set_filter(self, expression, title=MAIN):
        """Writes a display filter as one who types does, and presses Enter."""
        self.desktop.ask("write", window=title, name=FILTER, text=expression)
        x, y = self.desktop.ask("place", window=title, name=FILTER)
        self.desktop.xdo("mousemove", x, y, "click", 1)
        self.desktop.xdo("key", "Return")

    def selected(self):
        """The number of the selected packet, None when there is none."""
        rows = self.desktop.ask("selected", window=MAIN, name="Packet list")
        return int(rows[0][0]) if rows else None

    def go_to(self, frame):
        """Selects a packet, which has to be among those that are shown."""
        self.menu("Go", "Go to Packet.*")
        self.wait(lambda: self.desktop.ask("write", window=MAIN, name="", text=str(frame)) or True, "its box")
        self.press(MAIN, "Go to packet")
        self.wait(lambda: self.selected() == frame, f"packet {frame} is selected")

    # ---- pictures ----

    def scroll(self, title, width, height):
        """To the end of what a window of this size shows."""
        self.arrange(title, width, height)
        self.desktop.xdo("mousemove", 300, 200)
        self.desktop.xdo("click", "--repeat", 80, "--delay", 15, 5)

    def number(self, title):
        """The number that the display server has given to a window."""
        (number, *_) = self.desktop.xdo("search", "--onlyvisible", "--name", title)
        return number

    def arrange(self, title, width, height):
        """Gives a window this size, in front of all others: nobody else manages windows here."""
        number = self.number(title)
        self.desktop.xdo("windowsize", "--sync", number, width, height)
        self.desktop.xdo("windowmove", number, 0, 0)
        self.desktop.xdo("windowraise", number)
        self.desktop.xdo("mousemove", self.desktop.size[0] - 2, self.desktop.size[1] - 2)
        return number

    def place_of_title(self, title, column, name=None):
        """Where the title of a column is on the screen, and how wide it is."""
        return self.desktop.ask("place_of_title", window=title, column=column, name=name)

    def choose(self, title, item, *others):
        """Chooses an item of the box that offers it and the others."""
        items = [item, *others]

        def on_screen():
            return len(self.desktop.xdo("search", "--onlyvisible", "--class", "wireshark"))

        def chosen():
            now, x, y = self.desktop.ask("chosen", window=title, items=items)
            if now == item:
                return True
            before = on_screen()
            self.desktop.xdo("mousemove", x, y, "click", 1)
            # Enter is the window's as long as the list has not come up.
            wait(lambda: on_screen() > before, "the list to choose from", 10)
            self.desktop.xdo("type", item)
            self.desktop.xdo("key", "Return")
            wait(lambda: on_screen() == before, "the list is closed", 10)
            return False

        self.wait(chosen, f"{item} is chosen")

    def close_window(self, title):
        self.press(title, "Close")
        self.wait(lambda: not [w for w in self.windows() if re.fullmatch(title, w)], f"{title} is closed")

    def details(self):
        """The packet details, wholly unfolded."""
        self.menu("View", "Expand All")
        return [row[0] for row in self.rows(name="Packet details")]
