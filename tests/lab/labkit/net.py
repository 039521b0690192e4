# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts in namespaces: a bridge without a way out, and what runs there.

One process, `first`, holds everything (see there). Each host is a further process with a network,
mount and UTS namespace of its own. Nothing has a name outside, nothing is mounted outside, and no
interface leads outside: to end one process is to end the laboratory.
"""

import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BRIDGE = "adp-bridge"
PREFIX = "adp-"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class LabError(Exception):
    """Something that keeps the laboratory from going on; the text says what."""


class CommandFailed(LabError):
    def __init__(self, words, status, output):
        super().__init__(f"{shlex.join(words)}: status {status}\n{output[-3000:]}")
        self.status = status
        self.output = output


def alive(pid):
    """Whether the process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def started(pid):
    """When the process began, in clock ticks since boot: tells it from a later one with its number."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def child_of(process, what, seconds=10):
    """The number of the only child of a process that forks once."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        except OSError:
            children = []
        if children:
            return int(children[0])
        if process.poll() is not None:
            break
        time.sleep(0.01)
    raise LabError(f"{what} did not start: are there the rights to make namespaces?")


def wait_for(check, what, seconds=30.0, pause=0.05):
    """Waits until check() is true, and returns what it says."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds} s for {what}")
        time.sleep(pause)


class Machine:
    """The namespaces that all hosts lie in. `state` is a dictionary that the caller stores."""

    def __init__(self, state):
        self.state = state

    @staticmethod
    def begin(seconds, log):
        """Starts `first`, to live so long. Returns the state."""
        process = subprocess.Popen(
            *[
                "unshare --mount --net --pid --uts --ipc --fork --kill-child --mount-proc".split()
                + ["--propagation", "private", str(HERE / "first"), str(seconds)]
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            close_fds=True,
        )
        first = child_of(process, "the laboratory's first process")
        return {
            "outer": process.pid,
            "first": first,
            "started": started(first),
            "hosts": {},
            "ends": time.time() + seconds,
        }

    @property
    def pid(self):
        return self.state["first"]

    def is_up(self):
        pid = self.state.get("first")
        try:
            return bool(pid) and alive(pid) and started(pid) == self.state["started"]
        except OSError:
            return False

    def end(self):
        """Ends everything, and waits until it is gone. Harmless when nothing runs."""
        if not self.is_up():
            return
        namespace = os.readlink(f"/proc/{self.pid}/ns/pid")
        os.kill(self.pid, signal.SIGKILL)

        def gone():
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    try:
                        if os.readlink(entry / "ns/pid") == namespace and alive(int(entry.name)):
                            return False
                    except OSError:
                        pass
            return True

        wait_for(gone, "the laboratory's processes to end")

    def run(self, *words, check=True):
        """A command beside the bridge, in its network namespace alone."""
        words = ["nsenter", "-t", str(self.pid), "-n", *map(str, words)]
        done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise CommandFailed(words, done.returncode, done.stdout + done.stderr)
        return done

    def start(self, words, log):
        """A program beside the bridge; it ends with the laboratory."""
        return subprocess.Popen(
            ["nsenter", "-t", str(self.pid), "-m", "-n", "-p", "-u", "--", *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def make_bridge(self):
        self.run("ip", "link", "set", "lo", "up")
        self.run("ip", "link", "add", "name", BRIDGE, "type", "bridge", "stp_state", "0")
        self.run("sysctl", "-qw", f"net.ipv6.conf.{BRIDGE}.disable_ipv6=1", check=False)
        self.run("ip", "link", "set", BRIDGE, "up")

    def add_host(self, name, folder, addresses, resolvers, log, domain, environment=None):
        """A host with one interface, eth0. addresses: with prefix length, of either family."""
        process = subprocess.Popen(
            ["nsenter", "-t", str(self.pid), "-m", "-n", "-p", "-u", "--"]
            + "unshare --mount --net --uts --propagation private sleep infinity".split(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        holder = child_of(process, f"host {name}")
        mine = os.readlink(f"/proc/{self.pid}/ns/net")
        wait_for(
            lambda: os.readlink(f"/proc/{holder}/ns/net") != mine
            and Path(f"/proc/{holder}/comm").read_text().strip() == "sleep",
            f"host {name}",
        )
        folder.mkdir(parents=True, exist_ok=True)
        self.state["hosts"][name] = {
            "holder": holder,
            "folder": str(folder),
            "addresses": list(addresses),
            "environment": environment or {},
        }
        host = Host(self, name)
        host.connect(addresses)
        host.furnish(resolvers, domain)
        return host

    def host(self, name):
        if name not in self.state["hosts"]:
            raise LabError(f"no host {name}; there are {', '.join(self.state['hosts'])}")
        return Host(self, name)


class Host:
    def __init__(self, machine, name):
        self.machine = machine
        self.name = name
        self.settings = machine.state["hosts"][name]
        self.holder = self.settings["holder"]
        self.folder = Path(self.settings["folder"])

    @property
    def link(self):
        """Its end of the cable at the bridge."""
        return PREFIX + self.name

    def connect(self, addresses):
        run = self.machine.run
        run("ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.holder)
        run("sysctl", "-qw", f"net.ipv6.conf.{self.link}.disable_ipv6=1", check=False)
        run("ip", "link", "set", self.link, "master", BRIDGE, "up")
        # Packets as they would be on a wire: with checksums, and no larger than it allows.
        self.setup("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", "gro", "off", check=False)
        # No router, no neighbour with the same address: nothing to wait for, nothing extra to see.
        for key in ("accept_dad=0", "accept_ra=0", "router_solicitations=0", "addr_gen_mode=1"):
            self.setup("sysctl", "-qw", f"net.ipv6.conf.eth0.{key}", check=False)
        self.setup("ip", "link", "set", "lo", "up")
        for address in addresses:
            more = ["nodad"] if ":" in address else []
            self.setup("ip", "addr", "add", address, "dev", "eth0", *more)
        self.setup("ip", "link", "set", "eth0", "up")

    def furnish(self, resolvers, domain):
        """Name, resolver, and a /run of its own: winbind knows no other place for its socket."""
        self.setup("hostname", self.name)
        (self.folder / "hosts").write_text("127.0.0.1 localhost\n")
        self.setup("mount", "-t", "tmpfs", "-o", "mode=755,size=64m", "tmpfs", "/run")
        self.setup("mount", "-t", "tmpfs", "-o", "mode=755,size=64m", "tmpfs", "/var/cache")
        self.setup("mkdir", "-p", "/run/samba", "/run/lock")
        self.resolve_by(resolvers, domain)
        self._mount_names()

    def add_layers(self, programs):
        """Further programs, laid over those of the machine; what is written to /etc and /var/lib stays here.

        programs: a folder with usr, etc and var/lib. What the machine has itself comes first.
        """
        top = "/run/layers"
        self.setup("mkdir", "-p", top)
        self.setup("mount", "-t", "tmpfs", "-o", "mode=755,size=256m", "tmpfs", top)
        self.setup("mount", "-t", "overlay", "-o", f"lowerdir=/usr:{programs}/usr", "overlay", "/usr")
        for place in ("/etc", "/var/lib"):
            own = top + place
            self.setup("mkdir", "-p", f"{own}/upper", f"{own}/work")
            options = f"lowerdir={place}:{programs}{place},upperdir={own}/upper,workdir={own}/work"
            self.setup("mount", "-t", "overlay", "-o", options, "overlay", place)
        self._mount_names()

    def _mount_names(self):
        for name in ("resolv.conf", "hosts"):
            if Path("/etc", name).is_file():
                self.setup("mount", "--bind", self.folder / name, f"/etc/{name}")
            else:
                raise LabError(f"/etc/{name} is no file here: make an empty one")

    def resolve_by(self, resolvers, domain):
        lines = [f"nameserver {a}\n" for a in resolvers]
        # In place: the file is mounted over the host's /etc/resolv.conf.
        (self.folder / "resolv.conf").write_text(
            f"search {domain}\n" + "".join(lines) + "options timeout:2 attempts:2\n"
        )

    def words(self, command, environment=None):
        """The command as it has to be run from outside."""
        variables = {
            "PATH": PATH,
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            **self.settings["environment"],
            **(environment or {}),
        }
        inside = ["env", "-i", *(f"{k}={v}" for k, v in variables.items()), *map(str, command)]
        return [
            *("nsenter", "-t", str(self.holder), "-m", "-n", "-p", "-u"),
            f"--wd={self.folder}",
            "--",
            *inside,
        ]

    def setup(self, *command, check=True):
        """A command of the laboratory itself: in the host's namespaces, but for the PID one."""
        words = ["nsenter", "-t", str(self.holder), "-m", "-n", "-u", "--", *map(str, command)]
        done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise CommandFailed(words, done.returncode, done.stdout + done.stderr)
        return done

    def run(self, *command, given=None, check=True, environment=None, seconds=120):
        """Runs a command to its end; returns it, with stdout and stderr as text."""
        words = self.words(command, environment)
        done = subprocess.run(
            words,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
        )
        if check and done.returncode:
            raise CommandFailed(list(map(str, command)), done.returncode, done.stdout + done.stderr)
        return done

    def start(self, command, log, environment=None, errors=None):
        """Starts a server or a recorder. Returns the process; it ends with the laboratory."""
        return subprocess.Popen(
            self.words(command, environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=errors or log,
            start_new_session=True,
        )

    def address(self, family=4):
        for address in self.settings["addresses"]:
            if (":" in address) == (family == 6):
                return address.partition("/")[0]
        return None
