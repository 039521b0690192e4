#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a small SDK of Wireshark for Windows, out of Debian's packages of headers.

usage: sdk.py HEADERS SOURCES TARGET

HEADERS is a folder into which libwireshark-dev, libwiretap-dev, libwsutil-dev and libglib2.0-dev
of one release of Debian were unpacked. TARGET becomes a folder that the project's CMakeLists.txt
takes for an installed Wireshark: headers, a WiresharkConfig.cmake, a glib-2.0.pc, and import
libraries. No Windows library has to be there for that: to import a function its name is enough,
and which names a DLL of Wireshark exports, its headers say (WS_DLL_PUBLIC).
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

COMPILER = "x86_64-w64-mingw32-gcc-posix"
DLLTOOL = "x86_64-w64-mingw32-dlltool"

# The names under which the official Wireshark for Windows ships these libraries.
DLLS = {
    "wireshark": "libwireshark.dll",
    "wiretap": "libwiretap.dll",
    "wsutil": "libwsutil.dll",
    "glib-2.0": "glib-2.0-0.dll",
}

# What GLib's configuration says otherwise on 64-bit Windows, where long has four bytes; checked
# against the one that GLib's own build makes for mingw-w64. Each is a pattern and what it becomes.
GLIB_CONFIG = (
    (r"^#define GLIB_HAVE_ALLOCA_H$", r"/* no alloca.h */"),
    (r"^#define GLIB_USING_SYSTEM_PRINTF$", r"#undef GLIB_USING_SYSTEM_PRINTF"),
    (r"^typedef (un)?signed long (g\w+);$", r"typedef \1signed long long \2;"),
    (r"^(#define G_GINT64_CONSTANT\(val\)\s+).*", r"\1(G_GNUC_EXTENSION (val##LL))"),
    (r"^(#define G_GUINT64_CONSTANT\(val\)\s+).*", r"\1(G_GNUC_EXTENSION (val##ULL))"),
    (r'^(#define G_(?:GINT64|GSIZE|GSSIZE|GINTPTR)_MODIFIER\s+)"l"$', r'\1"ll"'),
    (r'^(#define G_\w+_FORMAT\s+)"l([iu])"$', r'\1"ll\2"'),
    (r"^(#define GLIB_SIZEOF_LONG\s+)8$", r"\g<1>4"),
    (r"^(#define G_MAXSIZE\s+)G_MAXULONG$", r"\1G_MAXUINT64"),
    (r"^(#define G_MINSSIZE\s+)G_MINLONG$", r"\1G_MININT64"),
    (r"^(#define G_MAXSSIZE\s+)G_MAXLONG$", r"\1G_MAXINT64"),
    (r'^(#define G_POLLFD_FORMAT\s+).*', r'\1"%#llx"'),
    (r"^(#define GPOINTER_TO_\w+\(p\)\s+.*)\(g(u?)long\)", r"\1(g\2int64)"),
    (r"^(#define GU?INT_TO_POINTER\(\w\)\s+\(\(gpointer\) )\(g(u?)long\)", r"\1(g\2int64)"),
    (r"^#define G_OS_UNIX$", "#define G_OS_WIN32\n#define G_PLATFORM_WIN32"),
    (r"^#define G_VA_COPY_AS_ARRAY 1$", r"/* va_list is a pointer */"),
    (r"^#define G_HAVE_GNUC_VISIBILITY 1$", r"/* no visibility in DLLs */"),
    (r"^#define G_THREADS_IMPL_POSIX$", r"#define G_THREADS_IMPL_WIN32"),
    (r"^(#define GU?LONG_TO_[LB]E\(val\)\s+.*INT)64", r"\g<1>32"),
    (r'^(#define G_MODULE_SUFFIX\s+)"so"', r'\1"dll"'),
    (r"^typedef int GPid;$", r"typedef void *GPid;"),
    (r'^(#define G_PID_FORMAT\s+)"i"', r'\1"p"'),
    (r"^(#define GLIB_SYSDEF_AF_INET6\s+)10$", r"\g<1>23"),
    (r"^(#define G_DIR_SEPARATOR\s+)'/'", r"\1'\\\\'"),
    (r'^(#define G_DIR_SEPARATOR_S\s+)"/"', r'\1"\\\\"'),
    (r"^(#define G_SEARCHPATH_SEPARATOR\s+)':'", r"\1';'"),
    (r'^(#define G_SEARCHPATH_SEPARATOR_S\s+)":"', r'\1";"'),
)
# Without these the library would be another one; so that a new GLib does not slip through.
GLIB_CONFIG_NEEDED = ("G_OS_WIN32", "GLIB_SIZEOF_LONG   4", "typedef unsigned long long gsize;",
                      "typedef void *GPid;", "G_THREADS_IMPL_WIN32", "typedef signed long long gint64;")

CMAKE = """\
set(Wireshark_MAJOR_VERSION {major})
set(Wireshark_MINOR_VERSION {minor})
set(Wireshark_VERSION "{version}")
set(Wireshark_INSTALL_PREFIX "${{CMAKE_CURRENT_LIST_DIR}}")
set(Wireshark_PLUGIN_LIBDIR "plugins/{major}.{minor}")
foreach(name wireshark wiretap wsutil)
    add_library("sdk_${{name}}" INTERFACE IMPORTED)
    target_link_libraries("sdk_${{name}}" INTERFACE "${{CMAKE_CURRENT_LIST_DIR}}/lib/lib${{name}}.dll.a")
endforeach()
add_library(epan INTERFACE IMPORTED)
target_include_directories(epan SYSTEM INTERFACE "${{CMAKE_CURRENT_LIST_DIR}}/include/wireshark")
target_link_libraries(epan INTERFACE sdk_wireshark sdk_wiretap sdk_wsutil)
set(Wireshark_FOUND TRUE)
"""

PKG_CONFIG = """\
prefix={prefix}
Name: GLib
Description: headers of Debian, and names of functions
Version: {version}
Libs: -L${{prefix}}/lib -lglib-2.0
Cflags: -I${{prefix}}/include/glib-2.0 -I${{prefix}}/lib/glib-2.0/include
"""


def fail(message):
    sys.exit(f"windows: {message}")


def copy_headers(headers, target):
    """Those of Wireshark as they are; GLib's with the configuration of 64-bit Windows."""
    for name in ("wireshark", "glib-2.0"):
        shutil.copytree(headers / "usr" / "include" / name, target / "include" / name)
    found = list(headers.glob("usr/lib/*/glib-2.0/include/glibconfig.h"))
    if len(found) != 1:
        fail(f"no glibconfig.h in {headers}")
    lines = found[0].read_text().splitlines()
    for pattern, replacement in GLIB_CONFIG:
        lines = [re.sub(pattern, replacement, line) for line in lines]
    text = "\n".join(lines) + "\n"
    missing = [needed for needed in GLIB_CONFIG_NEEDED if needed not in text]
    if missing:
        fail(f"GLib's configuration has changed its form: {missing}; see GLIB_CONFIG in sdk.py")
    folder = target / "lib" / "glib-2.0" / "include"
    folder.mkdir(parents=True)
    (folder / "glibconfig.h").write_text(text)
    # Debian installs no header of what GLib has for Windows alone. None of that is used.
    (target / "include" / "glib-2.0" / "glib" / "gwin32.h").write_text("/* nothing of this is used */\n")


def includes_of(sources):
    """The headers of others that our files include for Windows, in the order in which they are met."""
    seen = {}
    for path in sorted(sources.rglob("*.[ch]")):
        text = re.sub(r"^#ifndef G_OS_WIN32\n.*?^#endif$", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
        for name in re.findall(r"^#include <([^>]+)>", text, re.MULTILINE):
            seen[name] = None
    return [name for name in seen if not name.startswith("adpath_")]  # those are the build's own


def declarations(text):
    """Yields (path of the header, declaration) of what a preprocessed file declares, outside of bodies."""
    path, depth, words = "", 0, []
    for line in text.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            path = marker.group(1)
            continue
        line = re.sub(r"\"(\\.|[^\"\\])*\"|'(\\.|[^'\\])*'", "0", line)
        for part in re.split(r"([{};])", line):
            if part == "{":
                depth += 1
            elif part == "}":
                depth -= 1
                if depth == 0:
                    words = []  # the end of a body; a struct's name says nothing
            elif part == ";":
                if depth == 0:
                    yield path, " ".join(words)
                    words = []
            elif depth == 0 and part.strip():
                words.append(part.strip())


def library_of(path, target):
    """Which library a header speaks for, None for the compiler's own."""
    try:
        parts = Path(path).resolve().relative_to((target / "include").resolve()).parts
    except ValueError:
        return "wireshark" if "/plugins/adpath/" in path else None
    if parts[0] == "glib-2.0":
        return "glib-2.0"
    return {"epan": "wireshark", "wiretap": "wiretap"}.get(parts[1], "wsutil")


def exported_names(target, sources):
    """Per library, the functions that its headers export, and of GLib the data.

    Data of Wireshark's cannot be had: our files see its headers as its own parts do
    (compat.h), and those take data for their own. So what uses such data does not link.
    """
    lines = ["#define WS_BUILD_DLL"] + [f"#include <{name}>" for name in includes_of(sources)]
    lines += [f'#include "{sources / "show" / "sequence.h"}"']
    flags = ["-I", str(target / "include" / "wireshark"), "-I", str(target / "include" / "glib-2.0"),
             "-I", str(target / "lib" / "glib-2.0" / "include"), "-I", str(sources)]
    done = subprocess.run([COMPILER, "-E", "-x", "c", *flags, "-"], input="\n".join(lines) + "\n",
                          text=True, check=False, capture_output=True)
    if done.returncode:
        fail(f"the headers cannot be read:\n{done.stderr}")
    functions = {name: set() for name in DLLS}
    for path, declaration in declarations(done.stdout):
        library = library_of(path, target)
        exported = "dllexport" in declaration or "dllimport" in declaration
        if not library or (library != "glib-2.0" and not exported):
            continue
        plain = re.sub(r"__(attribute__|declspec)\s*\(\(?.*?\)\)?", " ", declaration)
        # In GLib some names stand in parentheses, lest a macro takes their place.
        name = re.search(r"\((\w+)\)\s*\(", plain) or re.search(r"([A-Za-z_]\w*)\s*\(", plain)
        if name:
            functions[library].add(name.group(1))
        elif exported and library == "glib-2.0":
            functions[library].update(f"{n} DATA" for n in re.findall(r"(\w+)(?: ?\[[^]]*\])*$", plain.strip()))
    return functions


def import_libraries(target, functions):
    for library, names in functions.items():
        if len(names) < 5:
            fail(f"the headers of {library} export {len(names)} functions: sdk.py does not understand them")
        definition = target / "lib" / f"{library}.def"
        definition.write_text("EXPORTS\n" + "".join(f"{name}\n" for name in sorted(names)))
        # The members get their names from that of the library: with the path of a folder in them, which the linker
        # sorts by, two builds would not be sure to be equal.
        subprocess.run([DLLTOOL, "-d", definition, "-D", DLLS[library], "-l", f"lib{library}.dll.a"],
                       cwd=target / "lib", check=True)


def version_of(target):
    text = (target / "include" / "wireshark" / "ws_version.h").read_text()
    numbers = [re.search(rf"#define WIRESHARK_VERSION_{part}\s+(\d+)", text)
               for part in ("MAJOR", "MINOR", "MICRO")]
    if not all(numbers):
        fail("ws_version.h does not say the version")
    return [int(n.group(1)) for n in numbers]


def main():
    if len(sys.argv) != 4:
        fail(__doc__.split("\n\n")[1])
    headers, sources, target = (Path(a).resolve() for a in sys.argv[1:])
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    copy_headers(headers, target)
    major, minor, micro = version_of(target)
    import_libraries(target, exported_names(target, sources))
    (target / "WiresharkConfig.cmake").write_text(
        CMAKE.format(major=major, minor=minor, version=f"{major}.{minor}.{micro}"))
    config = (target / "lib" / "glib-2.0" / "include" / "glibconfig.h").read_text()
    glib = [re.search(rf"#define GLIB_{p}_VERSION (\d+)", config).group(1)
            for p in ("MAJOR", "MINOR", "MICRO")]
    (target / "lib" / "pkgconfig").mkdir()
    (target / "lib" / "pkgconfig" / "glib-2.0.pc").write_text(
        PKG_CONFIG.format(prefix=target, version=".".join(glib)))
    print(f"{major}.{minor}.{micro}")


if __name__ == "__main__":
    main()
