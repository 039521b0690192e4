# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs Wireshark's programs on captures, with the plugin, without it, or with its sanitized build.

Wireshark loads no plugins for root, so its programs always run as an ordinary user, with a home
of their own: nothing of the person who runs the tests gets in, and nothing is left behind.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTDATA = ROOT / "testdata"
PUBLIC = Path(os.environ.get("ADPATH_CAPTURES") or ROOT.parent / "shared" / "captures" / "public")

# "nobody" of every Linux; only used by root.
NOBODY = 65534
TIMEOUT = 120  # seconds, of one run: the captures are small

PDML = ("-Y", "adpath", "-T", "pdml", "-J", "adpath")
# tshark draws all reports that it is asked for, and each is the same as alone (test_arguments.py).
REPORTS = ("tree", "steps", "tsv", "path", "json", "html")
TAPS = ("stat:adpath", "nstat:adpath,steps", "seqa:adpath", "srt:adpath", "expert")  # of sharkd


class Capture:
    """A capture file, to be read with the keys beside it, or without them."""

    def __init__(self, path, name, keytab=None, parts=()):
        self.path = path
        self.name = name
        self.keytab = keytab
        self.parts = parts  # the captures that stand in it behind one another

    @property
    def id(self):
        return self.name + ("+keys" if self.keytab else "")

    @property
    def arguments(self):
        """What makes tshark read the capture."""
        arguments = ["-r", str(self.path)]
        if self.keytab:
            arguments += ["-o", "kerberos.decrypt:TRUE", "-K", str(self.keytab)]
        return arguments

    def __repr__(self):
        return self.id


# Captures that a run of all tests on this machine has made, for tests/matrix to read elsewhere.
MADE = os.environ.get("ADPATH_MADE_CAPTURES")


def keep_made(path, name, keylog=None):
    """Leaves a capture that a test has made in the folder that the environment names, if it does."""
    if not MADE:
        return
    target = Path(MADE) / name
    if keylog and keylog.stat().st_size:
        secrets = ["--inject-secrets", f"tls,{keylog}"]
        subprocess.run(["editcap", *secrets, path, target.with_suffix(".pcapng")], check=True)
    else:
        shutil.copyfile(path, target.with_suffix(".pcap"))


def _is_capture(path):
    return path.is_file() and re.search(r"\.(pcap|pcapng|cap)(\.gz)?$", path.name)


def _found_below(folder):
    """All captures below a folder; those with keys twice, once without."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if _is_capture(path):
            name = str(path.relative_to(folder))
            yield Capture(path, name)
            keytab = path.with_name(path.name.split(".pcap")[0] + ".keytab")
            if keytab.is_file():
                yield Capture(path, name, keytab)


# Those of testdata/inference are much alike, and there for tests/inference alone.
OWN_CAPTURES = [c for c in _found_below(TESTDATA) if not c.name.startswith("inference/")]
PUBLIC_CAPTURES = list(_found_below(PUBLIC))
MADE_CAPTURES = list(_found_below(Path(MADE))) if MADE else []

# The recordings of the scenarios are many, and much alike. What holds for every capture is tested
# on these of them, unless ADPATH_ALL_CAPTURES is set; their truths are tested on all of them.
SAMPLE = (
    "healthy",
    "service-key-mismatch",
    "pointer-loop",
    "ipv6",
    "two-clients",
    "late-sealed",
    "one-way-answers",
    "doubled",
    "http2-refused",
)


def _taken(capture):
    """Does a capture take part in the tests of every capture?"""
    folder = capture.name.split("/")[0]
    scenario = (TESTDATA / folder / "truth.json").is_file()
    return not scenario or folder in SAMPLE or "ADPATH_ALL_CAPTURES" in os.environ


ALL_CAPTURES = [c for c in OWN_CAPTURES if _taken(c)] + PUBLIC_CAPTURES
EVERY_CAPTURE = bool(os.environ.get("ADPATH_ALL_CAPTURES"))

# A start of tshark costs more than to read a recording: so they take part behind one another in one file,
# and by themselves only those whose shape that would hide: whole ones, one side alone, sealed ones.
ALONE = ("healthy/", "one-way-answers/", "malcolm-two-dcs-sealed", "suricata-cldap-unanswered")


def _taking_part():
    """What a test of every capture runs on."""
    joined = Capture(None, "all", parts=[c for c in ALL_CAPTURES if not c.keytab])
    opened = Capture(None, "all", keytab=True, parts=[c for c in ALL_CAPTURES if c.keytab])
    alone = [c for c in ALL_CAPTURES if EVERY_CAPTURE or c.name.startswith(ALONE)]
    return [c for c in (joined, opened) if c.parts] + alone


TAKING_PART = _taking_part()
LEFT_OUT = len(OWN_CAPTURES) + len(PUBLIC_CAPTURES) - len(ALL_CAPTURES)


# What a version of Wireshark says by itself, without the plugin too, on captures of ours.
STOCK_COMPLAINTS = {
    # 4.2.2 of Ubuntu 24.04, on replies to LDAP pings.
    "4.2": r'.*Dissector bug, protocol C?LDAP, .* failed assertion "recursion_depth <= 100"\n',
    # On XML of hostile depth.
    "4.6": r".*Dissector bug, protocol XML, .* Maximum tree depth \d+ exceeded .*\n",
}


# The preference adpath.tree, for a run of all tests in the other way: "everywhere" or "on demand".
TREE = os.environ.get("ADPATH_TREE")

# To start tshark is most of what the tests do, and a third of that goes into pages of its heap that
# the system hands out one by one. glibc is told to take them in large pieces; no output changes.
QUICK_START = {"MALLOC_TOP_PAD_": str(64 << 20), "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


class Result:
    """What a program left: exit status, standard output, standard error."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err

    def __repr__(self):
        return f"status {self.status}\n{self.out[-2000:]}\n{self.err[-4000:]}"


def _open_to_all(path):
    """Can any user reach this folder?"""
    return all(part.stat().st_mode & 0o001 for part in [path, *path.parents])


def _temporary_folder():
    """A folder that an ordinary user can read: pytest's own is closed."""
    for parent in (None, "/tmp", "/var/tmp"):
        folder = Path(tempfile.mkdtemp(prefix="adpath-test-", dir=parent))
        folder.chmod(0o755)
        if os.geteuid() != 0 or _open_to_all(folder):
            return folder
        folder.rmdir()
    raise RuntimeError("no temporary folder that an ordinary user can read: set TMPDIR")


def _module(variable):
    """The path of a module that the environment names."""
    path = os.environ.get(variable)
    if not path or not os.path.isfile(path):
        raise RuntimeError(f"{variable} names no module: tools/test builds the plugin and sets it")
    return path


# tools/test --quick and --integration build once.
HAS_SANITIZERS = os.environ.get("ADPATH_MODULE") != os.environ.get("ADPATH_MODULE_ASAN")


class Wireshark:
    """Wireshark's programs as an ordinary user runs them."""

    def __init__(self):
        modules = [_module(name) for name in ("ADPATH_MODULE", "ADPATH_MODULE_ASAN")]
        self.version = self._version()
        self.folder = _temporary_folder()
        self.home = self._make("home")
        self.plugins = {
            "adpath": self._install("plugins", modules[0]),
            "sanitized": self._install("sanitized", modules[1]),
            None: self._make("no-plugins"),
        }
        self.scratch = self._make("scratch")
        self._captures = self._make("captures")
        self.data = self._data_folder()
        self._copies = {}
        self._merged = {}
        self._cache = {}
        if os.geteuid() == 0:
            os.chown(self.home, NOBODY, NOBODY)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self, name):
        folder = self.folder / name
        folder.mkdir()
        folder.chmod(0o755)
        return folder

    @staticmethod
    def _version():
        """Of tshark, as plugin folders have it: "4.0"."""
        out = subprocess.run(
            ["tshark", "-v"], capture_output=True, text=True, check=True, timeout=TIMEOUT
        ).stdout
        return re.search(r"\b(\d+\.\d+)\.\d+", out).group(1)

    def _install(self, name, source):
        """Copies a module to where the user can read it."""
        folder = self._make(name)
        place = folder / self.version / "epan"
        place.mkdir(parents=True)
        shutil.copy(source, place / "adpath.so")
        for path in folder.rglob("*"):
            path.chmod(0o755)
        return folder

    def _data_folder(self):
        """Wireshark's own data with empty lists of vendors, None where it has no such files (4.2).

        Reading them is half of each start, and no test looks at the name of a vendor.
        """
        lists = ("manuf", "enterprises.tsv")
        folders = subprocess.run(
            ["tshark", "-G", "folders"], capture_output=True, text=True, check=True, timeout=TIMEOUT
        ).stdout
        given = re.search(r"^Global configuration:\s+(/.*)$", folders, re.M)
        if not given or not all((Path(given.group(1)) / name).is_file() for name in lists):
            return None
        folder = self._make("data")
        for path in Path(given.group(1)).iterdir():
            if path.name in lists:
                (folder / path.name).touch(mode=0o644)
            else:
                (folder / path.name).symlink_to(path)
        return folder

    def readable(self, path):
        """A copy of the file that the ordinary user can read."""
        if path not in self._copies:
            copy = self._captures / f"{len(self._copies)}-{path.name}"
            shutil.copyfile(path, copy)
            copy.chmod(0o644)
            self._copies[path] = copy
        return self._copies[path]

    def borrow(self, capture):
        """The same capture in a place that the ordinary user can read."""
        if capture.parts:
            return self.merged(capture.parts, "together-" + capture.id)
        return Capture(
            self.readable(capture.path),
            capture.name,
            capture.keytab and self.readable(capture.keytab),
        )

    def merged(self, captures, name):
        """Captures behind one another in one file, with all their keys: one start of tshark reads them."""
        if name not in self._merged:
            path = self.scratch / f"{name}.pcapng"
            words = ["mergecap", "-a", "-w", path, *dict.fromkeys(c.path for c in captures)]
            subprocess.run([str(word) for word in words], check=True, capture_output=True)
            path.chmod(0o644)
            keys = [c.keytab.read_bytes() for c in captures if c.keytab]
            version = b"\x05\x02"
            assert all(key.startswith(version) for key in keys)
            keytab = keys and path.with_suffix(".keytab")
            if keys:
                keytab.write_bytes(version + b"".join(key.removeprefix(version) for key in keys))
                keytab.chmod(0o644)
            self._merged[name] = Capture(path, name, keytab or None, captures)
        return self._merged[name]

    def run(self, program, *arguments, plugins="adpath", given=None, environment=None):
        """Runs a program of Wireshark. `given` goes to its standard input."""
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "WIRESHARK_PLUGIN_DIR": str(self.plugins[plugins]),
            **({"WIRESHARK_DATA_DIR": str(self.data)} if self.data else {}),
        }
        if plugins == "sanitized" and HAS_SANITIZERS:
            variables["LD_PRELOAD"] = sanitizer_libraries()
            variables["ASAN_OPTIONS"] = "detect_leaks=0"
            variables["UBSAN_OPTIONS"] = "print_stacktrace=1"
        else:
            variables.update(QUICK_START)
        variables.update(environment or {})
        if TREE and program == "tshark" and plugins and "-r" in arguments:
            arguments = ("-o", f"adpath.tree:{TREE}", *arguments)
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [program, *map(str, arguments)],
            input=(given or "").encode(),
            capture_output=True,
            cwd=self.home,
            env=variables,
            check=False,
            timeout=TIMEOUT,
            **user,
        )
        return Result(
            done.returncode,
            done.stdout.decode("utf-8", "backslashreplace"),
            self.without_complaints(done.stderr.decode("utf-8", "backslashreplace")),
        )

    def without_complaints(self, text):
        """Standard error without what this version of Wireshark is known to say by itself."""
        return re.sub(STOCK_COMPLAINTS.get(self.version, r"(?!)"), "", text)

    def tshark(self, capture, *arguments, **options):
        """tshark on a capture; the result is kept for the next who asks the same."""
        key = (capture.id, str(capture.path), arguments, tuple(sorted(options.items())))
        if key not in self._cache:
            self._cache[key] = self.run("tshark", *capture.arguments, *arguments, **options)
        return self._cache[key]

    def try_out(self, capture, *arguments, **options):
        """tshark on a capture that one test uses once: its output is not worth keeping."""
        return self.run("tshark", *capture.arguments, *arguments, **options)

    def fields(self):
        """The rows of `tshark -G fields` for this plugin: name -> (type, meaning)."""
        if "fields" not in self._cache:
            rows = {}
            for line in self.run("tshark", "-G", "fields").out.splitlines():
                cells = line.split("\t")
                if cells[0] == "F" and re.match(r"adpath(\.|$)", cells[2]):
                    assert cells[2] not in rows, cells[2]
                    rows[cells[2]] = (cells[3], cells[7])
            self._cache["fields"] = rows
        return self._cache["fields"]

    def ask(self, capture, *arguments, **options):
        """Standard output of a tshark that has nothing to complain about."""
        result = self.tshark(capture, *arguments, **options)
        assert result.status == 0 and result.err == "", result
        return result.out

    def both(self, first, second):
        """Two runs at the same time, each a function without arguments."""
        return tuple(together([first, second]))

    # ---- what the tests read ----

    def reports(self, capture, *passes):
        """The texts of REPORTS, by name, of one tshark: to start it is what takes the time."""
        wanted = [word for kind in REPORTS for word in ("-z", "adpath," + kind)]
        return split_reports(self.ask(capture, *passes, "-q", *wanted))

    def json_text(self, capture, *passes):
        return self.reports(capture, *passes)["json"]

    def json(self, capture, *passes):
        return json.loads(self.json_text(capture, *passes))

    def frames(self, capture, *arguments):
        """The adpath subtrees: frame number -> steps, as -V and PDML show them."""
        pdml = self.ask(capture, *arguments, *PDML)
        frames = {}
        for packet in xml.etree.ElementTree.fromstring(pdml.encode()).iter("packet"):
            number = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
            tree = packet.find("proto[@name='adpath']")
            steps = [Step(item) for item in tree if item.get("name") == "adpath.step"]
            # A frame may be tagged only because a finding cites it.
            if steps:
                frames[number] = steps
        return frames

    def sharkd(self, *requests):
        """The results of requests (method, parameters) to one sharkd."""
        lines = [
            json.dumps({"jsonrpc": "2.0", "id": i, "method": method, "params": parameters})
            for i, (method, parameters) in enumerate(requests, 1)
        ]
        result = self.run("sharkd", "-", given="\n".join(lines) + "\n")
        assert result.status == 0, result
        answers = [json.loads(line) for line in result.out.splitlines() if line.strip()]
        assert [a["id"] for a in answers] == list(range(1, len(requests) + 1)), result
        assert all("result" in a for a in answers), result
        return [a["result"] for a in answers]


    def taps(self, capture):
        """What sharkd's taps TAPS show of a capture, by name; "frames": those of steps, with two columns."""
        key = (capture.id, str(capture.path), "taps")
        if key not in self._cache:
            keys = {"kerberos.file": str(capture.keytab), "kerberos.decrypt": "TRUE"}
            columns = {"column0": "adpath.n:0", "column1": "adpath.outcome:0"}
            *_, answer, frames = self.sharkd(
                *(("setconf", {"name": k, "value": v}) for k, v in keys.items() if capture.keytab),
                ("load", {"file": str(capture.path)}),
                ("tap", {f"tap{i}": name for i, name in enumerate(TAPS)}),
                ("frames", {"filter": "adpath.step", **columns}),
            )
            taps = {tap["tap"]: tap for tap in answer["taps"]}
            assert set(taps) == {"stats:adpath", *TAPS[1:]}
            self._cache[key] = {**taps, "frames": frames}
        return self._cache[key]


class Step:
    """A step in the subtree of one frame: its fields in order, nested ones with them."""

    def __init__(self, item):
        assert item.get("name") == "adpath.step", item.attrib
        self.label = item.get("showname")
        # Findings are of the path, and known when the capture has been read to its end; so is what is inferred.
        self.findings = [f.get("show") for f in item if f.get("name") == "adpath.finding"]
        own = [f for f in item if f.get("name") not in ("adpath.finding", "adpath.inferred")]
        self.fields = [("step", item.get("show"))]
        for outer in own:
            for field in outer.iter("field"):
                self.fields.append((field.get("name").removeprefix("adpath."), field.get("show")))
        self.entries = [
            {f.get("name").rsplit(".", 1)[1]: f.get("show") for f in entry.iter("field")}
            for entry in own
            if len(entry)
        ]

    def all(self, name):
        return [value for field, value in self.fields if field == name]

    def get(self, name):
        """The value of a field that a step has at most once."""
        values = self.all(name)
        assert len(values) <= 1, (name, values)
        return values[0] if values else None

    @property
    def n(self):
        return int(self.get("n"))


def split_reports(text):
    """The texts of REPORTS, by name, in what one tshark wrote."""
    page = re.search(r"^<!DOCTYPE html>\n.*?^</html>\n", text, re.M | re.S)
    text = text[: page.start()] + text[page.end() :]
    start = re.search(r"^\{$", text, re.M).start()
    _, end = json.JSONDecoder().raw_decode(text, start)
    end = text.index("\n", end) + 1
    rest = text[:start] + text[end:]
    tree = re.search(r"\n={20,}\n.*?\n-{20,}\n.*?\n-{20,}\n", rest, re.S)
    rest = rest[: tree.start()] + rest[tree.end() :]
    tsv = re.search(r"^n\t(?:.*\t.*\n)+", rest, re.M)
    rest = rest[: tsv.start()] + rest[tsv.end() :]
    # Of the table and the report for people the table comes first, or last; its lines are indented.
    steps = re.search(r"^ *n +path +frame .*\n(?: *\d+ .*\n)*", rest, re.M)
    path = rest[: steps.start()] + rest[steps.end() :]
    return dict(zip(REPORTS, (tree.group(), steps.group(), tsv.group(), path, text[start:end], page.group())))


def steps_of(report):
    """All steps of a JSON report, by their number."""
    steps = [s for path in report["paths"] for s in path["steps"]] + report["unattached"]["steps"]
    return sorted(steps, key=lambda step: step["n"])


def together(jobs):
    """Runs functions side by side and gives their results in order."""
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        return list(pool.map(lambda job: job(), jobs))


@functools.lru_cache(maxsize=None)
def sanitizer_libraries():
    """What has to be in the process before a module with sanitizers can be loaded."""
    names = ("libasan.so", "libubsan.so")
    paths = [
        subprocess.run(
            ["gcc", "-print-file-name=" + name], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in names
    ]
    missing = [name for name, path in zip(names, paths) if path == name]
    assert not missing, f"gcc knows no {missing}"
    return " ".join(paths)


def compile_library(source, target):
    """Compiles a little C that is preloaded into a program to watch it."""
    target.with_suffix(".c").write_text(source)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-g", "-O0", "-o", target, target.with_suffix(".c"), "-ldl"],
        check=True,
    )
    target.chmod(0o755)
    return target
