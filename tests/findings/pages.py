# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/findings and docs/filters.md take from the sources: titles, causes, commands.

`/usr/bin/python3 tests/findings/pages.py` writes them anew; test_pages.py fails where a page says
something else. What a page has beside the finding's own row, out of the rows of its special cases,
is chosen by hand and stays.
"""
import functools
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import advice  # noqa: E402
import harness  # noqa: E402

PAGES = harness.ROOT / "docs" / "findings"
CAUSES = "## What may be behind it"
CHECKS = "## How to look further"
ORDER = ("The likeliest first; which of them it is, the capture alone often cannot say. What the capture supports comes first in\n"
         "the report, with its frames; what it refutes is left out there.")
READS = ("These commands only read. Names in braces are filled in from the capture, in quotes where need be; without the name, the\n"
         "command is left out.")


@functools.cache
def titles():
    """id -> (title, severity), in the order of the catalogue."""
    text = advice.joined((advice.SOURCES / "judge" / "catalogue.h").read_text().replace("\\\n", "\n"))
    rows = re.findall(r'F\(\w+, "([a-z0-9-]+)", (NOTE|WARN|ERROR), \w+,\s*"([^"]*)"\)', text)
    return {name: (title, severity.lower()) for name, severity, title in rows}


def index_rows():
    """The table in docs/findings/README.md."""
    return "".join(f"| [{name}]({name}.md) | {severity} | {title} |\n" for name, (title, severity) in titles().items())


def filter_rows():
    """The table in docs/filters.md."""
    return "".join(
        f"| [`{name}`](findings/{name}.md) | {severity} | `adpath.expert.{name.replace('-', '_')}` | {title} |\n"
        for name, (title, severity) in titles().items())


def tabled(text, rows, start):
    """The text with these rows in the place of the table whose rows start so."""
    pattern = rf"(?:^{re.escape(start)}[a-z].*\n)+"
    assert len(re.findall(pattern, text, re.M)) == 1
    return re.sub(pattern, lambda _: rows, text, flags=re.M)


def rows_of(name):
    """The finding's own row, and those of its special cases."""
    every = advice.rows()
    return every[name], [row for key, row in every.items() if key.startswith(name + "/")]


def section(page, head):
    found = re.search(re.escape(head) + r"\n(.*?)(?=^## |\Z)", page, re.S | re.M)
    return found.group(1) if found else ""


def kept(shown, own, special):
    """What the page has out of the special rows."""
    known = {line.text: line for row in special for line in row}
    return [known[text] for text in shown if text in known and text not in {x.text for x in own}]


def causes(page, name):
    own, special = rows_of(name)
    shown = re.findall(r"^\* (.*)$", section(page, CAUSES), re.M)
    lines = own.causes + kept(shown, own.causes, [row.causes for row in special])
    text = "\n".join(f"* {x.text}" + (f"\n  *{advice.when(x)}*" if advice.when(x) else "") for x in lines)
    return f"{CAUSES}\n\n{ORDER}\n\n{text}\n\n"


def block(lines):
    return "```\n" + "\n".join(x.text for x in lines) + "\n```\n\n"


def checks(page, name):
    own, special = rows_of(name)
    shown = [x for text in re.findall(r"^```\n(.*?)^```", section(page, CHECKS), re.M | re.S) for x in text.splitlines()]
    lines = own.checks + kept(shown, own.checks, [row.checks for row in special])
    if not lines:
        return ""
    groups = {}
    for line in lines:
        groups.setdefault((tuple(line.conditions.get("needs", ())), line.changes), []).append(line)
    text = f"{CHECKS}\n\n{READS}\n\n"
    for (needs, changes), members in sorted(groups.items(), key=lambda g: (g[0][1] or "", bool(g[0][0]))):
        if needs:
            text += f"Where {advice.said(needs, 'and')}:\n\n"
        if changes:
            text += f"This one is not of them, it changes {changes}:\n\n"
        text += block(members)
    return text


def rewritten(page, name):
    """The page with its title and both sections as the tables have them."""
    title, severity = titles()[name]
    assert CAUSES in page, f"docs/findings/{name}.md has no line {CAUSES!r}, below which the causes go"
    new = causes(page, name) + checks(page, name)
    text = re.sub(re.escape(CHECKS) + r"\n.*?(?=^## |\Z)", "", page, flags=re.S | re.M)
    text = re.sub(re.escape(CAUSES) + r"\n.*?(?=^## |\Z)", lambda _: new, text, flags=re.S | re.M)
    text = re.sub(r"\A(# .*\n\n).*\n", lambda m: f"{m.group(1)}{title}. Usual severity: **{severity}**.\n", text)
    return text.rstrip("\n") + "\n"


TABLES = [(PAGES / "README.md", index_rows, "| ["),
          (harness.ROOT / "docs" / "filters.md", filter_rows, "| [`")]


if __name__ == "__main__":
    for path in sorted(PAGES.glob("*.md")):
        if path.stem != "README":
            path.write_text(rewritten(path.read_text(), path.stem))
    for path, rows, start in TABLES:
        path.write_text(tabled(path.read_text(), rows(), start))
