# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of the capture in the proposed commands: one word, as it was sent, in every shell that people paste into.

The product's own code fills the templates of all checks with hostile names. The lines are run by bash, dash and zsh; what
Windows' shells make of them, tests/shells.py says. (The commands that repeat a step: tests/synthetic/test_repeat.py.)
"""
import ctypes
import re
import shlex
import shutil
import subprocess

import advice
import harness
import pytest
import shells
from test_repeat import TEXTS

SOURCES = ["advise/advice_fill.c", "wire/text.c", "wire/arena.c", "wire/limits.c", "wire/sorted.c"]
SHIM = """
#include "advise/advice_fill.h"
char *filled(const char *template, const char *value)
{
    const char *names[] = {%s};
    adp_advice_values values = {.count = 0, .mailboxes = TRUE};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        char *blank = g_strdup_printf("{%%s}", names[i]);
        if (strstr(template, blank)) {
            values.pairs[values.count].name = names[i];
            values.pairs[values.count++].value = value;
        }
        g_free(blank);
    }
    return adp_advice_fill(template, &values);
}
"""
# What Windows' "best fit" makes a quote, a slash, a bar or a dash of; accounts and hosts as people have them.
MORE = [
    *("\uff02 /add \uff02", "\uff0dA", "\uff0fadd", "a\u01c3b", "a\u02bab", "a\u2033b", "a\u2215b", "a\u01c0b", "\u00a5"),
    *("=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "a;b", "a,b", "a|b", "a<b>c", "(a)", "a^b", "^", "~", "=ls", "{1..3}"),
    *("bob\" Passw0rd1 /add /comment:\"x", "x&calc&", "CONTOSO\\ann", "ann lee", "o'neil", "PC1$", "$a", "a$(x)b"),
    *("\u00fcmit", "\u65e5\u672c", "mail.contoso.test", "10.0.0.1", "fd00::1", "[fd00::1]:443", "HTTP/mail.contoso.test"),
    *("cn=x, dc=y", "https://h/a?b=c&d=e", "a b c", "a\tb", "'a b'", "--%", "-- %", "#x", "a #b", "a#", "*.txt", "?"),
]
VALUES = [v for v in dict.fromkeys(TEXTS + MORE) if "\0" not in v]  # what C takes for text


@pytest.fixture(scope="module")
def fill(tmp_path_factory):
    """fill(template, value): the product's command, or None. The value stands in every blank."""
    if not shutil.which("cc") and not shutil.which("gcc"):
        pytest.skip("NOT TESTED: there is no C compiler here")
    folder = tmp_path_factory.mktemp("fill")
    names = sorted({n for row in advice.rows().values() for c in row.checks for n in re.findall(r"\{([a-z_]+)\}", c.text)})
    (folder / "shim.c").write_text('#include <string.h>\n' + SHIM % ", ".join(f'"{n}"' for n in names))
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "glib-2.0"], capture_output=True, text=True, check=True
    ).stdout.split()
    root = harness.ROOT / "plugins" / "adpath"
    subprocess.run(
        [shutil.which("cc") or "gcc", "-shared", "-fPIC", "-o", folder / "fill.so", folder / "shim.c",
         *(root / s for s in SOURCES), "-I", root, *flags],
        check=True,
    )
    library = ctypes.CDLL(str(folder / "fill.so"))
    library.filled.restype = ctypes.c_char_p  # what it returns is not freed: a test is short
    return lambda template, value: (library.filled(template.encode(), value.encode()) or b"").decode() or None


def templates():
    """One check of each shape around its blanks, without the remark behind it."""
    found = {}
    for row in advice.rows().values():
        for check in row.checks:
            text = re.sub(r" # .*", "", check.text)
            if "{" in text:
                # What differs in plain words alone is the same to a shell.
                shape = re.sub(r"[A-Za-z0-9.]+(?=[ :/,{]|$)", "w", re.sub(r"\{\w+\}", "{}", text))
                found.setdefault(shape, text)
    return sorted(found.values())


def wanted(template, value, apart=shlex.split):
    """The words of the command, each blank filled after the template was taken apart."""
    return [w.replace("\0", value) for w in apart(re.sub(r"\{\w+\}", "\0", template))]


def apart_in_powershell(text):
    """Commas make arrays; of a pipeline, the first command."""
    return [part for word in shells.arguments(text.split(" | ")[0]) for part in word.split(",")]


@pytest.fixture(scope="module")
def lines(fill):
    """[(template, value, line)] of all that is said."""
    found = [(t, v, fill(t, v)) for t in templates() for v in VALUES]
    said = [f for f in found if f[2]]
    assert len(templates()) > 20 and len(said) > 20 * len(templates())
    return said


def test_what_cannot_be_said_is_left_out(fill):
    for value in TEXTS[:40] + MORE:
        line = fill("setspn -Q {spn}", value)
        if re.search("[\"`$%!\u2018-\u201f\uff01-\uff0f\u01c0-\u01c3\u02b0-\u02ff]", value.rstrip("$")) or value[:1] in "-/@":
            assert line is None, value
    for value in ("CONTOSO\\ann", "ann lee", "o'neil", "PC1$", "\u00fcmit", "x&calc&", "a;b"):
        assert fill("setspn -Q {spn}", value), value


def test_no_control_no_second_line(lines):
    for _, _, line in lines:
        assert line.isprintable() or "\u00a0" in line


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh"])
def test_posix_shells(lines, tmp_path, shell):
    """Each line hands its words to one program, byte by byte, and does nothing else."""
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"NOT TESTED: there is no {shell} here; apt-get install {shell}")
    lines = [entry for entry in lines if "|" not in entry[0]]
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "bait.txt").write_text("")
    script = ["record() { printf '%s\\0' \"$@\"; printf '\\n'; }"]
    script += [re.sub(r"^\S+", "record", line, count=1) for _, _, line in lines]
    done = subprocess.run(
        [program, "-s"], input="\n".join(script).encode() + b"\n", capture_output=True, cwd=inside, timeout=60,
        env={"PATH": "/nowhere", "HOME": "/pwned", "LC_ALL": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert [p.name for p in inside.iterdir()] == ["bait.txt"]
    calls = done.stdout.split(b"\0\n")
    assert calls.pop() == b"" and len(calls) == len(lines)
    for (template, value, line), call in zip(lines, calls):
        assert [w.decode() for w in call.split(b"\0")] == wanted(template, value)[1:], line


def test_powershell(lines):
    """One pipeline of literal words; a program of 5.1, which escapes no quotes, gets them whole, too."""
    for template, value, line in lines:
        if "'" in template:
            continue  # one of another shell
        first, *rest = shells.powershell(line)
        assert first == wanted(template, value, apart_in_powershell), line
        assert len(rest) == template.count(" | ")
        if not re.match(r"[A-Z][A-Za-z]+-", template):
            assert shells.arguments(shells.started_by_powershell_5(first)) == first, line


def test_cmd(lines):
    for template, value, line in lines:
        if "'" in template or "|" in template:
            continue
        assert shells.arguments(shells.cmd(line)) == wanted(template, value, shells.arguments), line


def test_the_readers_can_fail():
    """They must not take for words what a shell would run."""
    p = shells.powershell
    assert p("A -B 'x''y' \"a b\" c\"d e\"f") == [["A", "-B", "x'y", "a b", "cd ef"]]
    assert p("A 'x\u2019\u2019y' PC1$ # $(x)") == [["A", "x\u2019y", "PC1$"]]
    for bad in ("A 'x\u2019; B", "A $(x)", 'A "$x"', "A 'x'; B", "A `x", 'A "`"', "A 'x", "A @b", "A x|| B", "A --% x",
                'A "x\u201d; B"', "A x & B", "& A", "A {x}", "A x > y", "A $env:x"):
        with pytest.raises(shells.Unsafe):
            p(bad)
    assert shells.arguments('a "b c" d\\\\"e f" "g\\"h"') == ["a", "b c", "d\\e f", 'g"h']
    # What was found once: an account's quote, and what it became in PowerShell 5.1.
    evil = 'bob" /add /comment:"x'
    assert shells.arguments(shells.started_by_powershell_5(["net", "user", evil])) != ["net", "user", evil]
    for bad in ("a %PATH%", "a & calc", 'a "b" & calc', 'a "b', "a !x!", "a | b"):
        with pytest.raises(shells.Unsafe):
            shells.cmd(bad)
