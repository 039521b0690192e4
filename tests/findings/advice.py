# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of advice as the sources have them: rows of causes and checks with their conditions."""
import dataclasses
import functools
import re

import harness

SOURCES = harness.ROOT / "plugins" / "adpath"
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)|([{}(),=.])')


@dataclasses.dataclass
class Line:
    """A cause or a check."""

    text: str
    conditions: dict  # "supported_by", "refuted_by", "needs" -> ids of signs
    changes: str = None  # of a check that changes something


@dataclasses.dataclass
class Row:
    key: str
    causes: list
    checks: list


def unescaped(text):
    return text.replace('\\"', '"').replace("\\\\", "\\")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def joined(text):
    """Neighbouring string literals as the compiler joins them."""
    return re.sub(r'(?<!\\)"\s*\n\s*"', "", text)


@functools.cache
def macros():
    """What stands for conditions, and for causes and commands that several rows share."""
    texts = [p.read_text() for p in sorted((SOURCES / "advise").glob("advice_*.[ch]"))]
    text = without_comments("\n".join(texts))
    # Lines of a macro are joined like those of a table before they become one.
    text = re.sub(r'(?<!\\)" *\\\n *"', "", text).replace("\\\n", " ")
    return dict(re.findall(r"^#define (IF_\w+|ADP_CAUSES?_\w+|ADP_CHECKS?_\w+|NOT_\w+)\s+(\S.*)$", text, re.M))


def expanded(text):
    before = None
    while text != before:
        before = text
        for name, body in macros().items():
            text = re.sub(rf"\b{name}\b", lambda _: body, text)
    return text


def line_of(text):
    """From `"...", .needs = {ADP_SIGN_X}`, or the same with its member named."""
    words = re.search(r'"((?:[^"\\]|\\.)*)"', text)
    conditions = {
        name: re.findall(r"ADP_SIGN_(\w+)", ids)
        for name, ids in re.findall(r"\.(supported_by|refuted_by|needs)\s*=\s*\{([^}]*)\}", text)
    }
    changes = re.search(r'\.changes\s*=\s*"((?:[^"\\]|\\.)*)"', text)
    return Line(unescaped(words.group(1)), conditions, changes and unescaped(changes.group(1)))


def items(text, macro):
    """The arguments of each CAUSE(...) or CHECK(...), and each brace that stands for one."""
    found = []
    for start in re.finditer(rf"\b{macro}\(|\{{\s*\.text\s*=" if macro == "CAUSE" else rf"\b{macro}\(", text):
        depth, at, quoted = 1, start.end(), False
        while depth:
            c = text[at]
            if c == "\\":
                at += 1
            elif c == '"':
                quoted = not quoted
            elif not quoted:
                depth += (c in "({") - (c in ")}")
            at += 1
        found.append(line_of(text[start.end(): at - 1]))
    return found


@functools.cache
def rows():
    """key -> Row, over all tables."""
    found = {}
    for path in sorted((SOURCES / "advise").glob("advice_*.c")):
        text = expanded(joined(without_comments(path.read_text())))
        starts = list(re.finditer(r'^    \{"([a-zA-Z0-9/-]+)",', text, re.M))
        for start, end in zip(starts, [s.start() for s in starts[1:]] + [len(text)]):
            body = text[start.end(): end]
            key = start.group(1)
            found[key] = Row(key, items(body, "CAUSE"), items(body, "CHECK"))
    return found


@functools.cache
def signs():
    """id -> what the capture shows when the sign is there."""
    text = (SOURCES / "judge" / "signs.h").read_text()
    return dict(re.findall(r'^    S\((\w+),\s*(?:\\\s*)?"([^"]*)"', text, re.M))


def said(ids, link):
    return f", {link} ".join(signs()[i] for i in ids)


def when(line):
    """The conditions of a cause, as a page says them."""
    parts = []
    for name, start, link in (("needs", "Said only where", "and"), ("supported_by", "For it:", "or"),
                              ("refuted_by", "Not said where", "or")):
        if line.conditions.get(name):
            parts.append(f"{start} {said(line.conditions[name], link)}.")
    return " ".join(parts)
