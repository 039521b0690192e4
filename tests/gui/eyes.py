#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks at the windows of a desktop as a screen reader does, and uses them.

Reads requests from standard input, one JSON object a line ({"do": NAME, ...}), and answers each
with one line: {"ok": RESULT} or {"error": TEXT}. It is a program of its own because it has to run
as the user whose session it looks at.

A window is named by a regular expression that fits its whole title.
"""

import json
import re
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# A window that works on a large capture answers late; who asks gives up by himself.
Atspi.set_timeout(600000, 600000)

TABLES = ("table", "tree", "tree table")
BUTTONS = ("push button", "button", "toggle button", "check box", "radio button")


def children(node):
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child is not None:
            yield child


def showing(node):
    return node.get_state_set().contains(Atspi.StateType.SHOWING)


def enabled(node):
    return node.get_state_set().contains(Atspi.StateType.ENABLED)


def windows():
    """The windows that are shown, of all applications."""
    for app in children(Atspi.get_desktop(0)):
        for window in children(app):
            if showing(window):
                yield window


def window_named(pattern):
    found = [w for w in windows() if re.fullmatch(pattern, w.get_name() or "")]
    if len(found) != 1:
        raise LookupError(f"{len(found)} windows {pattern!r} among {[w.get_name() for w in windows()]}")
    return found[0]


def below(node, hidden=False):
    """The node and all below it that is shown. Tables and menus are not entered."""
    yield node
    if node.get_role_name() not in (*TABLES, "menu bar", "list"):
        for child in children(node):
            if hidden or showing(child):
                yield from below(child, hidden)


def clean(name):
    """A label without the mark of its key."""
    return (name or "").replace("&", "")


def act(node):
    if not enabled(node):
        raise LookupError(f"{node.get_name()!r} is greyed out")
    names = [Atspi.Action.get_action_name(node, i) for i in range(Atspi.Action.get_n_actions(node))]
    for wanted in ("Press", "Toggle", "ShowMenu"):
        if wanted in names:
            Atspi.Action.do_action(node, names.index(wanted))
            return
    raise LookupError(f"{node.get_name()!r} can do nothing but {names}")


def text_of(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def button(window, name):
    for node in below(window):
        if node.get_role_name() in BUTTONS and clean(node.get_name()) == name:
            return node
    raise LookupError(f"no button {name!r} in {window.get_name()!r}")


LIGHT = r"(\w+) is the highest expert information level|No expert information"


def light(window):
    """The button at the left of the status bar, which has no name: its description is what is shown under the mouse."""
    for node in below(window):
        if node.get_role_name() in BUTTONS and re.fullmatch(LIGHT, node.get_description() or ""):
            return node
    raise LookupError(f"no light in {window.get_name()!r}")


def entry(window, name):
    for node in below(window):
        if node.get_role_name() in ("text", "entry") and clean(node.get_name()) == name:
            return node
    raise LookupError(f"no entry {name!r} in {window.get_name()!r}")


def table(window, name):
    for node in below(window):
        if node.get_role_name() in TABLES and name in (None, node.get_name()):
            return node
    raise LookupError(f"no table {name!r} in {window.get_name()!r}")


def menu_items(node):
    """The items of a menu bar, of a menu, or of an item that opens a menu."""
    for child in children(node):
        if child.get_role_name() in ("popup menu", "menu") and not child.get_name():
            yield from menu_items(child)
        else:
            yield child


def in_menu(window, path):
    node = next(n for n in below(window) if n.get_role_name() == "menu bar")
    for label in path:
        items = list(menu_items(node))
        for item in items:
            if re.fullmatch(label, clean(item.get_name())):
                node = item
                break
        else:
            raise LookupError(f"no {label!r} in the menu: {[clean(i.get_name()) for i in items]}")
    return node


# ---- requests ----


def do_windows():
    return [w.get_name() for w in windows()]


def do_menu(window, path):
    """Chooses from the menu bar; each part of the path is a regular expression."""
    act(in_menu(window_named(window), path))


def do_items(window, path):
    """What a menu offers."""
    return [clean(item.get_name()) for item in menu_items(in_menu(window_named(window), path))]


def do_press(window, name):
    act(button(window_named(window), name))


def do_light(window, press=False):
    """What the light in the status bar tells; None: nothing. Presses it, too."""
    node = light(window_named(window))
    if press:
        act(node)
    return re.fullmatch(LIGHT, node.get_description()).group(1)


def do_panes(window):
    """The named parts of the window that can be seen."""
    return [node.get_name() for node in below(window_named(window)) if node.get_name()]


def do_buttons(window):
    return [
        clean(node.get_name())
        for node in below(window_named(window))
        if node.get_role_name() in BUTTONS and node.get_name()
    ]


def do_labels(window):
    return [
        clean(node.get_name())
        for node in below(window_named(window))
        if node.get_role_name() in ("label", "static") and node.get_name()
    ]


def do_entry(window, name):
    return text_of(entry(window_named(window), name))


def do_place(window, name):
    """Where an entry is on the screen: its middle."""
    box = Atspi.Component.get_extents(entry(window_named(window), name), Atspi.CoordType.SCREEN)
    return [box.x + box.width // 2, box.y + box.height // 2]


def do_place_of_table(window, name):
    """Where the first row of a table is."""
    box = Atspi.Component.get_extents(table(window_named(window), name), Atspi.CoordType.SCREEN)
    return [box.x + 60, box.y + 8]


def combo(window, items):
    """A box to choose from that offers all these."""
    for node in below(window):
        if node.get_role_name() == "combo box":
            for child in children(node):
                if set(items) <= {item.get_name() for item in children(child)}:
                    return node
    raise LookupError(f"no box to choose {items} from in {window.get_name()!r}")


def do_chosen(window, items):
    """What is chosen in the box that offers these items, and where the box is."""
    node = combo(window_named(window), items)
    box = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
    return [node.get_name(), box.x + box.width // 2, box.y + box.height // 2]


def do_place_of_title(window, column, name=None):
    """Where the title of a table's column is, and how wide."""
    for child in children(table(window_named(window), name)):
        if child.get_role_name() == "table column header" and child.get_name() == column:
            box = Atspi.Component.get_extents(child, Atspi.CoordType.SCREEN)
            return [box.x + box.width // 2, box.y + box.height // 2, box.width]
    raise LookupError(f"no column {column!r}")


def do_write(window, name, text):
    Atspi.EditableText.set_text_contents(entry(window_named(window), name), text)


def do_type(window, text):
    """Into the only entry of a small dialog, whatever its name."""
    entries = [node for node in below(window_named(window)) if node.get_role_name() in ("text", "entry")]
    if len(entries) != 1:
        raise LookupError(f"{len(entries)} entries in {window!r}")
    Atspi.EditableText.set_text_contents(entries[0], text)


def do_enter(window, behind, text):
    """Types into a text that can be changed, right behind these words."""
    for node in below(window_named(window)):
        if node.get_role_name() in ("text", "entry", "document text"):
            place = text_of(node).find(behind)
            if place >= 0:
                at = place + len(behind)
                if not Atspi.EditableText.insert_text(node, at, text, len(text.encode())):
                    raise LookupError(f"the text of {window!r} cannot be changed")
                return
    raise LookupError(f"no {behind!r} in {window!r}")


def do_text(window):
    """The largest text of a window."""
    texts = [
        text_of(node)
        for node in below(window_named(window))
        if node.get_role_name() in ("text", "entry", "document text")
    ]
    if not texts:
        raise LookupError(f"no text in {window!r}")
    return max(texts, key=len)


def do_length(window):
    """The number of characters of the largest text, and of rows of the first table."""
    length, rows = 0, 0
    for node in below(window_named(window)):
        if node.get_role_name() in ("text", "entry", "document text"):
            length = max(length, Atspi.Text.get_character_count(node))
        elif node.get_role_name() in TABLES:
            rows = max(rows, Atspi.Table.get_n_rows(node))
    return [length, rows]


def do_rows(window, name=None, limit=2000):
    """Titles and rows of a table or tree, as far as it is unfolded."""
    node = table(window_named(window), name)
    columns = Atspi.Table.get_n_columns(node)
    rows = []
    for r in range(min(Atspi.Table.get_n_rows(node), limit)):
        cells = (Atspi.Table.get_accessible_at(node, r, c) for c in range(columns))
        rows.append([cell.get_name() if cell else None for cell in cells])
    return {
        "titles": [Atspi.Table.get_column_description(node, c) for c in range(columns)],
        "rows": rows,
    }


def do_selected(window, name):
    """The selected row of a table."""
    node = table(window_named(window), name)
    columns = Atspi.Table.get_n_columns(node)
    return [
        [Atspi.Table.get_accessible_at(node, r, c).get_name() for c in range(columns)]
        for r in Atspi.Table.get_selected_rows(node)
    ]


def do_select(window, name, row):
    if not Atspi.Table.add_row_selection(table(window_named(window), name), row):
        raise LookupError(f"row {row} of {name} cannot be selected")


def do_dump(window, hidden=False):
    """For who writes tests: what there is."""
    return [
        [node.get_role_name(), node.get_name(), showing(node)]
        for node in below(window_named(window), hidden)
    ]


def main():
    requests = {name[3:]: f for name, f in globals().items() if name.startswith("do_")}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": requests[request.pop("do")](**request)}
        except (LookupError, GLib.Error, AttributeError) as error:
            # Windows come and go while they are looked at.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
