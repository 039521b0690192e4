#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the module for Windows under Wine, and holds it against the module of this machine.

usage: wine.py PROGRAMS BUILD ZIP [FOREIGN-ZIP]

PROGRAMS is what tests/windows/programs has made, BUILD the folder in which the module for the same
version was built with its unit tests, ZIP its zip; FOREIGN-ZIP is that of another version, which has to be
refused. ADPATH_MODULE names the module of this machine. The zip is unpacked where its INSTALL.txt says.

It prints a line "NAME ok WORDS" or "NAME FAILED WORDS" for each of load, recordings, others, unit.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness  # noqa: E402

SHOWN = 5  # recordings whose differences are printed
PATIENCE = 60  # seconds of one start: two sides that do not fit together may hang
EXAMPLES = ("healthy/", "two-clients/", "ipv6/")  # what each of the other surfaces is looked at with
FAULTY = "service-key-mismatch/"  # a recording with findings
PROFILE = "AD Discovery"
FIELDS = ("frame.number", "adpath.n", "adpath.step", "adpath.outcome", "adpath.time", "adpath.summary", "adpath.finding",
          "adpath.repeat.shell", "adpath.repeat.powershell")


class Wine:
    """A Windows of its own, in a folder, with Wireshark's programs on its path."""

    def __init__(self, folder, programs):
        self.programs = programs
        self.prefix = folder / "windows"
        self.prefix.mkdir()
        self.wine = shutil.which("wine64") or "/usr/lib/wine/wine64"
        self.server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
            "WINEPATH": f"Z:{programs}",
            "LC_ALL": "C.UTF-8",
            "LANG": "C.UTF-8",  # for GLib, which else asks the console, and there is none
            "TZ": "UTC",
            "G_SLICE": "always-malloc",
        }
        self.run("cmd", "/c", "exit", patience=5 * PATIENCE)  # makes the folders
        # While a program runs, its services stay for the next one: each start takes half a second, not ten.
        self.keeper = subprocess.Popen(
            [self.wine, "cmd"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.environment, cwd=self.prefix,
        )
        (roaming,) = [f for f in self.prefix.glob("drive_c/users/*/AppData/Roaming") if f.parts[-3] != "Public"]
        self.settings = roaming / "Wireshark"

    def close(self):
        self.keeper.stdin.close()
        # -k ends what runs in this folder's Windows, nothing else.
        subprocess.run([self.server, "-k"], env=self.environment, check=False, timeout=PATIENCE)
        self.keeper.wait(PATIENCE)

    def run(self, program, *arguments, given=None, patience=PATIENCE):
        # Files, not pipes: services of Wine that a program starts would hold the pipe open when it has ended.
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            asked.write((given or "").encode())
            asked.seek(0)
            try:
                done = subprocess.run(
                    [self.wine, str(program), *map(str, arguments)],
                    stdin=asked, stdout=out, stderr=err, env=self.environment, cwd=self.prefix, check=False, timeout=patience,
                )
            except subprocess.TimeoutExpired:
                return harness.Result(124, "", f"{program}: not done in {patience} s")
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode("utf-8", "backslashreplace").replace("\r\n", "\n"))
        return harness.Result(done.returncode, *texts)

    def tshark(self, *arguments):
        return self.run(self.programs / "tshark.exe", *arguments)

    def unpack(self, archive):
        """As INSTALL.txt says: into %APPDATA%\\Wireshark. Gives the module's place."""
        shutil.rmtree(self.settings, ignore_errors=True)
        self.settings.mkdir(parents=True)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(self.settings)
        (module,) = self.settings.glob("plugins/*/epan/adpath.dll")
        return module


def without_versions(text, versions):
    """A report without what has to differ: the versions of both, and the commit that ours names."""
    for version in versions:
        text = text.replace(version, "VERSION")
    return text


def reports_of(result):
    assert result.status == 0 and result.err == "", result
    texts = harness.split_reports(result.out)
    versions = json.loads(texts["json"])["generator"]
    return {kind: without_versions(text, [v for v in versions.values() if isinstance(v, str)]) for kind, text in texts.items()}


def difference(name, here, there):
    """The first lines that differ."""
    for number, (mine, other) in enumerate(zip(here.splitlines(), there.splitlines()), 1):
        if mine != other:
            return f"{name}: line {number}:\n  here    {mine[:300]}\n  Windows {other[:300]}"
    return f"{name}: {len(here)} bytes here, {len(there)} there"


def load(wine, _wireshark, archive, foreign):
    """The control first: what was built for another version is refused, with the sentence that INSTALL.txt tells."""
    if foreign:
        module = wine.unpack(foreign)
        place = wine.settings / "plugins" / version_of(archive) / "epan"
        place.mkdir(parents=True)
        shutil.copy(module, place)
        refused = wine.tshark("-G", "plugins")
        assert "adpath.dll" not in refused.out, refused
        assert re.search(r"adpath\.dll.* was compiled for Wireshark (version )?" + version_of(foreign), refused.err), refused
    wine.unpack(archive)
    listed = wine.tshark("-G", "plugins")
    assert listed.status == 0 and listed.err == "", listed
    (row,) = [line for line in listed.out.splitlines() if line.startswith("adpath.dll")]
    pages(wine)
    return "yes, and finds its pages" + (f"; {version_of(foreign)}'s is refused" if foreign else "")


def pages(wine):
    """Reports name the pages that came with the zip. Then they go: the module that is compared has none beside it."""
    capture = next(c for c in harness.OWN_CAPTURES if c.name.startswith(FAULTY) and not c.keytab)
    report = wine.tshark("-r", f"Z:{capture.path}", "-q", "-z", "adpath,path")
    named = re.findall(r"^ +page +~\\AppData\\Roaming\\Wireshark\\(adpath\\findings\\[a-z-]+\.html)$", report.out, re.M)
    assert named and report.out.count("  page  ") == len(named), report
    for name in named:
        assert (wine.settings / name.replace("\\", "/")).is_file(), name
    shutil.rmtree(wine.settings / "adpath" / "findings")


def version_of(archive):
    return re.search(r"-wireshark-(\d+\.\d+)-", archive.name).group(1)


def recordings(wine, wireshark, _archive, _foreign):
    """All reports of every recording. Keys need Kerberos, which these programs have not."""
    captures = [c for c in harness.OWN_CAPTURES if not c.keytab]
    wanted = ["-q", *(word for kind in harness.REPORTS for word in ("-z", "adpath," + kind))]
    differing = []

    def compare(capture):
        here = reports_of(wireshark.try_out(wireshark.borrow(capture), *wanted))
        there = reports_of(wine.tshark("-r", f"Z:{capture.path}", *wanted))
        assert here.keys() == there.keys() == set(harness.REPORTS)
        faults = [difference(f"{capture}: {kind}", here[kind], there[kind]) for kind in here if here[kind] != there[kind]]
        if faults:
            differing.append(capture)
            if len(differing) <= SHOWN:
                print(*faults, sep="\n", file=sys.stderr, flush=True)

    for capture in captures:
        wireshark.borrow(capture)
    harness.together([lambda c=c: compare(c) for c in captures])
    assert not differing, f"{len(differing)} of {len(captures)} recordings differ: {differing}"
    assert len(captures) > 50, captures
    return f"{len(captures)} of {len(captures)} equal"


def without_signed(text):
    """Without what Wireshark's own column says of signed LDAP: one without Kerberos does not find the message in some of
    it. The module does, and what it says of it stays."""
    return re.sub(r"(SASL GSS-API Integrity: ).*", r"\1", text)


def others(wine, wireshark, _archive, _foreign):
    """Fields, the flow graph, the profile, sharkd: equal as well."""
    profile = wireshark.home / ".config" / "wireshark" / "profiles" / PROFILE
    shutil.copytree(harness.ROOT / "plugins" / "adpath" / "profile" / PROFILE, profile)
    for path in [profile, *profile.parents]:
        path.chmod(0o755)
        if path == wireshark.home:
            break
    captures = [next(c for c in harness.OWN_CAPTURES if c.name.startswith(e) and not c.keytab) for e in EXAMPLES]
    asked = {
        "fields": ["-2", "-T", "fields", *(w for f in FIELDS for w in ("-e", f))],
        "flow": ["-q", "-z", "flow,adpath,standard"],
        "profile": ["-C", PROFILE],
        "one pass": ["-Y", "adpath"],
    }
    seen = 0
    for capture in captures:
        for name, words in asked.items():
            here = wireshark.try_out(wireshark.borrow(capture), *words)
            there = wine.tshark("-r", f"Z:{capture.path}", *words)
            assert here.status == there.status == 0, (here, there)
            assert len(here.out.splitlines()) > 3, here
            mine, other = without_signed(here.out), without_signed(there.out)
            assert mine == other, difference(f"{capture}: {name}", mine, other)
            seen += 1
        here, there = (sharkd(ask, path) for ask, path in (
            (lambda given: wireshark.run("sharkd", "-", given=given), str(wireshark.borrow(capture).path)),
            (lambda given: wine.run(wine.programs / "sharkd.exe", "-", given=given), f"Z:{capture.path}"),
        ))
        assert here == there, difference(f"{capture}: sharkd", json.dumps(here, indent=1), json.dumps(there, indent=1))
        seen += 1
    return f"{', '.join(asked)}, sharkd: {seen} equal"


def sharkd(ask, path):
    requests = [("load", {"file": path}), ("tap", {f"tap{i}": name for i, name in enumerate(harness.TAPS)}),
                ("frames", {"filter": "adpath.step", "column0": "adpath.n:0", "column1": "adpath.outcome:0"})]
    lines = [json.dumps({"jsonrpc": "2.0", "id": i, "method": m, "params": p}) for i, (m, p) in enumerate(requests, 1)]
    result = ask("\n".join(lines) + "\n")
    assert result.status == 0, result
    answers = [json.loads(line) for line in result.out.splitlines() if line.strip()]
    assert [a["id"] for a in answers] == [1, 2, 3] and all("result" in a for a in answers), result
    taps, frames = (a["result"] for a in answers[1:])
    for tap in taps["taps"]:
        if tap["type"] == "expert":  # those of other protocols are Wireshark's business: see without_signed()
            tap["details"] = [d for d in tap["details"] if d["p"] == "ADPath"]
            assert tap["details"]
    return taps, frames


def unit(wine, build):
    """The tests of the model, as they are."""
    programs = sorted(build.glob("tests/unit/test_*.exe"))
    assert len(programs) > 10, f"{len(programs)} unit tests in {build}"
    shown = 0
    for program in programs:
        result = wine.run(program, "--tap", patience=5 * PATIENCE)
        assert result.status == 0 and "not ok" not in result.out, (program.name, result)
        shown += len(re.findall(r"^ok ", result.out, re.M))
    return f"{len(programs)} programs, {shown} tests"


PARTS = (load, recordings, others, unit)


def main():
    programs, build, archive, *more = (Path(a).resolve() for a in sys.argv[1:])
    foreign = more[0] if more else None
    os.environ.setdefault("ADPATH_MODULE_ASAN", os.environ["ADPATH_MODULE"])
    failed = False
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Wine's services end, too
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as ends:
        wireshark = harness.Wireshark()
        ends.callback(wireshark.close)
        wine = Wine(Path(name), programs)
        ends.callback(wine.close)
        for part in PARTS:
            try:
                said = part(wine, build) if part is unit else part(wine, wireshark, archive, foreign)
                print(f"{part.__name__} ok {said}", flush=True)
            except (AssertionError, ValueError, KeyError, OSError) as fault:
                print(f"{part.__name__} FAILED", flush=True)
                print(f"{part.__name__}: {fault}", file=sys.stderr)
                failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
