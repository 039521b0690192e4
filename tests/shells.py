# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows' shells as their documents describe them: what words they make of a line.

PowerShell in argument mode (about_Parsing, about_Quoting_Rules, about_Special_Characters; language specification 2.3),
cmd.exe, and the C runtime's rules by which a program takes its command line apart (argc, argv, UCRT). A line that would do
more than start one program with literal words raises Unsafe.
"""

SINGLE = "'\u2018\u2019\u201a\u201b"
DOUBLE = '"\u201c\u201d\u201e'
SPACE = " \t\u00a0\u0085" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_{($^?:"


class Unsafe(Exception):
    """The line is more than words."""


class Word(str):
    """`quoted`: it begins with a quote, so it is no parameter, whatever its first sign."""

    quoted = False


def _dollar(line, at):
    """At a $: Unsafe when it begins a variable or an expression."""
    if line[at + 1 : at + 2] and line[at + 1] in NAME:
        raise Unsafe(f"expanded: {line[at:]}")
    return at + 1


def _single(line, at):
    """The text of a string in single quotes, whichever of five they are, and the place behind it."""
    text = ""
    while at < len(line):
        if line[at] in SINGLE:
            if line[at + 1 : at + 2] and line[at + 1] in SINGLE:
                at += 1
            else:
                return text, at + 1
        text += line[at]
        at += 1
    raise Unsafe("a string without an end")


def _double(line, at):
    text = ""
    while at < len(line):
        c = line[at]
        if c in DOUBLE:
            if line[at + 1 : at + 2] and line[at + 1] in DOUBLE:
                at += 1
            else:
                return text, at + 1
        elif c == "`":
            raise Unsafe("a backtick escapes what follows")
        elif c == "$":
            _dollar(line, at)
        text += c
        at += 1
    raise Unsafe("a string without an end")


def powershell(line):
    """[the words of each command of a pipeline]."""
    commands, words, at = [], [], 0
    if line.strip().startswith(("&", ".", "$", "[", "(", "@", "%")):
        raise Unsafe("an operator or an expression in front")
    while at < len(line):
        c = line[at]
        if c in SPACE:
            at += 1
        elif c == "#":
            break
        elif c == "|" and line[at + 1 : at + 2] != "|":
            commands.append(words)
            words, at = [], at + 1
        elif c == "," and words:
            at += 1  # an array of words
        elif c in "|&;<>(){}@\r\n" or line.startswith("--%", at):
            raise Unsafe(f"not a word: {line[at:]}")
        else:
            word, quoted = "", c in SINGLE + DOUBLE
            while at < len(line) and line[at] not in SPACE + "|&;<>(){},\r\n":
                c = line[at]
                if c in SINGLE:
                    text, at = _single(line, at + 1)
                elif c in DOUBLE:
                    text, at = _double(line, at + 1)
                elif c == "`":
                    raise Unsafe("a backtick escapes what follows")
                elif c == "$":
                    text, at = c, _dollar(line, at)
                else:
                    text, at = c, at + 1
                word += text
            word = Word(word)
            word.quoted = quoted
            words.append(word)
    return [*commands, words]


def started_by_powershell_5(words):
    """The command line that Windows PowerShell 5.1 makes of words for a program: it escapes no quotes."""
    return " ".join(f'"{w}"' if any(c in w for c in SPACE) or not w else w for w in words)


def cmd(line):
    """The command line that cmd.exe, at its prompt or in a batch file, hands to the one program it starts."""
    inside = False
    for c in line:
        if c == '"':
            inside = not inside
        elif c in "%!" or c in "\r\n":
            raise Unsafe(f"expanded: {line}")
        elif c in "&|<>^()" and not inside:
            raise Unsafe(f"an operator: {line}")
    if inside:
        raise Unsafe("quotes without an end")
    return line


def arguments(line):
    """argv of a program of Windows (UCRT: "Parsing C command-line arguments")."""
    words, word, inside, at = [], None, False, 0
    while at < len(line):
        c = line[at]
        if c == "\\":
            end = at
            while end < len(line) and line[end] == "\\":
                end += 1
            count = end - at
            if line[end : end + 1] == '"':
                word = (word or "") + "\\" * (count // 2)
                if count % 2:
                    word, end = word + '"', end + 1
            else:
                word = (word or "") + "\\" * count
            at = end
        elif c == '"':
            if inside and line[at + 1 : at + 2] == '"':
                word, at = (word or "") + '"', at + 2
            else:
                word, inside, at = word or "", not inside, at + 1
        elif c in " \t" and not inside:
            if word is not None:
                words.append(word)
            word, at = None, at + 1
        else:
            word, at = (word or "") + c, at + 1
    if inside:
        raise Unsafe("quotes without an end")
    return words if word is None else [*words, word]
