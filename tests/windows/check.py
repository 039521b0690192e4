#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks at a zip for Windows as the person will find it.

usage: check.py VERSION ZIP

It unpacks the zip, compares what came out with what INSTALL.txt lists, and reads the tables of
the DLL: what it imports and from where, and what it exports. The last line says what was found.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OBJDUMP = "x86_64-w64-mingw32-objdump"

# What a Windows Wireshark ships, and what every Windows 10 has. No compiler's own libraries.
SHIPPED = {"libwireshark.dll", "libwiretap.dll", "libwsutil.dll", "glib-2.0-0.dll"}
WINDOWS = re.compile(r"(kernel32\.dll|api-ms-win-crt-[a-z]+-l1-1-0\.dll)$", re.IGNORECASE)

# What Wireshark looks up in a plugin (plugins.c in its wsutil).
ASKED_FOR = {"plugin_register", "plugin_version", "plugin_want_major", "plugin_want_minor"}


def fail(message):
    sys.exit(f"windows: {message}")


def tables(dll):
    """The imports, by DLL, and the exports."""
    text = subprocess.run([OBJDUMP, "-p", dll], check=True, capture_output=True, text=True).stdout
    imports, exports, current = {}, set(), None
    for line in text.splitlines():
        if found := re.match(r"\s*DLL Name: (\S+)", line):
            current = imports.setdefault(found.group(1), set())
        elif current is not None and (found := re.match(r"\s+[0-9a-f]+\s+\d+\s+(\w+)$", line)):
            current.add(found.group(1))
        elif found := re.match(r"\s+\[\s*\d+\](?: \+base\[\s*\d+\]\s+[0-9a-f]+)? (\w+)$", line):
            current = None
            exports.add(found.group(1))
    return imports, exports


def check_listing(folder, version):
    install = (folder / "adpath" / "INSTALL.txt").read_bytes().decode("utf-8")
    if "@" in install.replace("capture.pcapng", ""):
        fail(f"INSTALL.txt has blanks: {re.findall('@[A-Z]+@', install)}")
    if install.count("\r\n") != install.count("\n"):
        fail("INSTALL.txt has lines that Notepad does not break")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    listed = set()
    for line in install.splitlines():
        if re.match(r"    (plugins|profiles|adpath)\\\S", line):
            listed |= files_of(line.strip().replace("\\", "/"), there)
    if listed != there:
        fail(f"INSTALL.txt and the zip differ: {sorted(listed ^ there)}")
    dll = folder / "plugins" / version / "epan" / "adpath.dll"
    if not dll.is_file():
        fail(f"no {dll.relative_to(folder)}")
    return dll


def files_of(row, there):
    """What a row of INSTALL.txt speaks of: one file, or as many of a kind as it says."""
    kind = re.fullmatch(r"(.*)/\*(\.\w+)  \((\d+) files\)", row)
    if not kind:
        return {row}
    found = {name for name in there if name.rpartition("/")[0] == kind.group(1) and name.endswith(kind.group(2))}
    if len(found) != int(kind.group(3)):
        fail(f"INSTALL.txt says \"{row}\", and there are {len(found)}")
    return found


def check_pages(folder):
    """The page that a report and the window name for each finding."""
    catalogue = (ROOT / "plugins" / "adpath" / "judge" / "catalogue.h").read_text()
    findings = re.findall(r'^    F\w*\(\w+, "([a-z-]+)"', catalogue, re.MULTILINE)
    pages = folder / "adpath" / "findings"
    missing = [name for name in findings if not (pages / f"{name}.html").is_file()]
    if missing or not findings:
        fail(f"no page on {missing or 'any finding'}")


def check_dll(dll):
    data = dll.read_bytes()
    if data[:2] != b"MZ":
        fail("adpath.dll is no program of Windows")
    header = int.from_bytes(data[0x3C:0x40], "little")
    if data[header + 4:header + 6] != b"\x64\x86":
        fail("adpath.dll is not for x64")
    imports, exports = tables(dll)
    strange = [name for name in imports if name not in SHIPPED and not WINDOWS.match(name)]
    if strange:
        fail(f"adpath.dll needs what no Windows Wireshark ships: {strange}")
    if not {"libwireshark.dll", "glib-2.0-0.dll"} <= set(imports):
        fail(f"adpath.dll imports from {sorted(imports)} only: that cannot be all")
    if exports != ASKED_FOR:
        fail(f"adpath.dll exports {sorted(exports)}, Wireshark looks for {sorted(ASKED_FOR)}")
    # A FILE of the module's C runtime inside Wireshark's would need that both have the same.
    crt = sorted(n for n in imports if n.lower().startswith(("msvcr", "ucrtbase")))
    if crt:
        fail(f"adpath.dll uses another C runtime than Wireshark: {crt}")
    if str(ROOT).encode() in data:
        fail("adpath.dll names the folder it was built in")
    return imports, len(data)


def main():
    version, archive = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(archive) as packed:
            bad = [n for n in packed.namelist() if n.startswith(("/", "\\")) or ".." in n]
            if bad:
                fail(f"the zip leaves its folder: {bad}")
            packed.extractall(folder)
        imports, size = check_dll(check_listing(folder, version))
        check_pages(folder)
    functions = sum(len(imports[n]) for n in imports if n in SHIPPED)
    print(f"{size // 1000} kB, {functions} functions of Wireshark and GLib")


if __name__ == "__main__":
    main()
