# SPDX-License-Identifier: GPL-2.0-or-later
"""What administrators' commands do: commands.tsv, and how a line is looked up in it."""
import functools
import pathlib
import re

TABLE = pathlib.Path(__file__).resolve().parent / "commands.tsv"


@functools.cache
def rows():
    """(pattern, "reads" or what it changes, source) of each row."""
    lines = [x for x in TABLE.read_text().splitlines() if x and not x.startswith("#")]
    assert lines[0].split("\t") == ["command", "changes", "source"]
    cells = [line.split("\t") for line in lines[1:]]
    return [(re.compile(pattern), changes, source) for pattern, changes, source in cells]


def parts(line):
    """The commands of a line, without what is said about them. In quotes, no sign parts anything."""
    found, start, quote = [], 0, None
    for token in re.finditer(r"""(["'])|(?:^|(?<=\s))(#)|(;|&&|\|\|?)""", line):
        if token[1]:
            quote = None if quote == token[1] else quote or token[1]
        elif not quote:
            found.append(line[start: token.start()])
            start = token.end()
            if token[2]:
                break
    else:
        found.append(line[start:])
    return [p.strip() for p in found if p.strip()]


def changes(line):
    """What each command of the line does; None for one that the table does not know."""
    found = []
    for part in parts(line):
        found.append(next((c for pattern, c, _ in rows() if pattern.match(part)), None))
    return found


def only_reads(line):
    return all(c is not None and c.startswith("reads") for c in changes(line))
