#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packs the zip that people unpack into Wireshark's folder of their own on Windows.

usage: pack.py VERSION BUILD FOLDER

VERSION is Wireshark's, as 4.6; BUILD the folder it was built in. Two packs of the same files are equal, byte by byte.
"""

import collections
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def adpath_version(build):
    """What the module says of itself."""
    text = (build / "plugins" / "adpath" / "adpath_version.h").read_text()
    return re.search(r'ADPATH_VERSION "([^"]+)"', text).group(1)


def pages_of(build):
    """The documentation as pages, where the module looks for them: in the folder adpath below Wireshark's settings."""
    pages = build / "pages"
    found = {f"adpath/{path.relative_to(pages)}": path.read_bytes() for path in pages.rglob("*") if path.is_file()}
    if "adpath/findings/README.html" not in found:
        sys.exit(f"windows: no pages in {pages}: is cmark-gfm missing?")
    return found


def listing(files, pages):
    """What INSTALL.txt says: each file by its name, pages and their pictures by how many there are."""
    kinds = collections.Counter(f"{name.rpartition('/')[0]}/*.{name.rpartition('.')[2]}" for name in pages)
    rows = [*files, *(f"{kind}  ({count} files)" for kind, count in kinds.items())]
    return "\n".join("    " + row.replace("/", "\\") for row in sorted(rows))


def contents(version, build):
    """What the zip holds: its name there, and the bytes; in the order of the names."""
    dll = build / "wireshark" / version / "epan" / "adpath.dll"
    profile = ROOT / "plugins" / "adpath" / "profile" / "AD Discovery"
    pages = pages_of(build)
    files = {f"profiles/AD Discovery/{path.name}": path.read_bytes() for path in profile.iterdir()}
    files[f"plugins/{version}/epan/adpath.dll"] = dll.read_bytes()
    files["adpath/COPYING.txt"] = (ROOT / "COPYING").read_bytes()
    text = (ROOT / "tests" / "windows" / "INSTALL.txt").read_text()
    text = text.replace("@VERSION@", version).replace("@ADPATH@", adpath_version(build))
    text = text.replace("@FILES@", listing([*files, "adpath/INSTALL.txt"], pages))
    # Notepad of older Windows knows CR LF alone.
    files["adpath/INSTALL.txt"] = text.replace("\n", "\r\n").encode("utf-8")
    return sorted({**files, **pages}.items())


def main():
    version, build, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    target = folder / f"adpath-{adpath_version(build)}-wireshark-{version}-windows-x64.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in contents(version, build):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the same in every pack
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    print(target)


if __name__ == "__main__":
    main()
