# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of the house: which file includes and calls which, read from the source itself.

A file here is a source file together with its header: "join/path" is join/path.c and
join/path.h. Standard library only, so that anybody can ask: `python3 tests/rooms/house.py`.
"""

import collections
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "plugins" / "adpath"

# From the ground up. compat.h lies below all rooms, because it only hides differences between
# versions of Wireshark, and adpath_tap.h, which is for others; show/ stands on session.c;
# packet-adpath.c is the roof.
ORDER = ("adpath_tap", "compat", "wire", "log", "join", "facts", "case", "judge", "advise", "compare",
         "read", "session", "show", "packet-adpath")
OUTSIDE = ("adpath_tap", "compat", "session", "packet-adpath")
ROOMS = tuple(name for name in ORDER if name not in OUTSIDE)

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])+'")
_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
_NAME = re.compile(r"\badp_[a-z0-9_]+\b")
# A function begins at the margin, with its type; a static one is nobody else's.
_FUNCTION = re.compile(
    r"^(?!static\b|typedef\b|return\b|else\b)[A-Za-z_][A-Za-z0-9_ *]*?\b(adp_[a-z0-9_]+)\s*\("
    r"([^;{}]*?)\)\s*([;{]|G_GNUC[A-Z_]*(?:\([^)]*\))?\s*;)", re.M)


def code_of(text):
    """The text without comments, and with empty strings, but for what is included."""
    text = _COMMENT.sub(lambda m: re.sub(r"[^\n]+", " ", m.group()), text)
    lines = [line if line.lstrip().startswith("#") and "include" in line
             else _STRING.sub('""', line) for line in text.split("\n")]
    return "\n".join(lines)


def room_of(unit):
    """The room of a file; a file that stands in none is one by itself."""
    return unit.split("/")[0]


class House:
    """Files, what each declares and defines, and the arrows between them."""

    def __init__(self, source=SOURCE):
        self.source = source
        self.code = {}       # "join/path.c" -> its code
        self.declared = {}   # function -> headers that declare it
        self.defined = {}    # function -> source file
        for path in sorted(source.rglob("*.[ch]")):
            name = path.relative_to(source).as_posix()
            self.code[name] = code_of(path.read_text(encoding="utf-8"))
        for name, code in self.code.items():
            for match in _FUNCTION.finditer(code):
                if match.group(3) == "{":
                    if name.endswith(".c"):
                        self.defined[match.group(1)] = name
                elif name.endswith(".h"):
                    self.declared.setdefault(match.group(1), []).append(name)
        self.units = sorted({name[:-2] for name in self.code})
        self.includes = self._includes()
        self.calls = self._calls()

    def _includes(self):
        """Source or header -> headers of the house that it includes."""
        found = {}
        for name, code in self.code.items():
            found[name] = []
            for header in _INCLUDE.findall(code):
                beside = (pathlib.PurePosixPath(name).parent / header).as_posix()
                found[name] += [h for h in (header, beside) if h in self.code][:1]
        return found

    def _calls(self):
        """File -> {file whose public functions it names: those functions}."""
        found = collections.defaultdict(lambda: collections.defaultdict(set))
        for name, code in self.code.items():
            if not name.endswith(".c"):
                continue
            for function in set(_NAME.findall(code)) & self.defined.keys():
                target = self.defined[function]
                if target != name:
                    found[name[:-2]][target[:-2]].add(function)
        return found

    def arrows(self):
        """File -> files that it includes or calls, itself not among them."""
        found = {unit: set() for unit in self.units}
        for name, headers in self.includes.items():
            found[name[:-2]] |= {header[:-2] for header in headers}
        for unit, targets in self.calls.items():
            found[unit] |= set(targets)
        for unit in found:
            found[unit].discard(unit)
        return found


def circles(arrows):
    """Sets of files that can be reached from each other, the lowest first (Tarjan, no recursion)."""
    number, low, on_stack, stack, found = {}, {}, set(), [], []
    for root in sorted(arrows):
        if root in number:
            continue
        work = [(root, iter(sorted(arrows[root])))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for target in rest:
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(sorted(arrows[target]))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    members = set()
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        members.add(member)
                        if member == node:
                            break
                    found.append(frozenset(members))
    return found


def floors(arrows):
    """File -> how many files the longest chain below it has; a circle is one floor."""
    level, member_of = {}, {}
    for circle in circles(arrows):
        below = {target for unit in circle for target in arrows[unit]} - circle
        height = 1 + max((level[member_of[target]] for target in below), default=0)
        level[circle] = height
        for unit in circle:
            member_of[unit] = circle
    return {unit: level[circle] for unit, circle in member_of.items()}


def chain(arrows):
    """The longest chain of files, from the top down; a circle is one link."""
    height = floors(arrows)
    links, at = [], max(sorted(height), key=height.get)
    circle_of = {unit: circle for circle in circles(arrows) for unit in circle}
    while True:
        links.append(" = ".join(sorted(circle_of[at])))
        below = {t for unit in circle_of[at] for t in arrows[unit]} - circle_of[at]
        below = {t for t in below if height[t] == height[at] - 1}
        if not below:
            return links
        at = min(below)


def upwards(house):
    """Includes and calls that go up the list, as (file, file above it, functions)."""
    place = {room: i for i, room in enumerate(ORDER)}
    found = []
    for unit, targets in sorted(house.arrows().items()):
        for target in sorted(targets):
            if place.get(room_of(target), len(ORDER)) > place.get(room_of(unit), len(ORDER)):
                found.append((unit, target, sorted(house.calls[unit][target])))
    return found


def strange_declarations(house):
    """Functions that a header declares and another file, or none, defines; and the other way."""
    found = []
    for function, headers in sorted(house.declared.items()):
        home = house.defined.get(function)
        for header in headers:
            if home is None:
                found.append(f"{header} declares {function}(), which nobody defines")
            elif home[:-2] != header[:-2]:
                found.append(f"{header} declares {function}() of {home}")
    for function, home in sorted(house.defined.items()):
        if function not in house.declared:
            found.append(f"{home} defines {function}(), which no header declares")
    return found


def room_arrows(house):
    """Room -> rooms below it that its files use."""
    found = {room: set() for room in ROOMS}
    for unit, targets in house.arrows().items():
        for target in targets:
            above, below = room_of(unit), room_of(target)
            if above in found and below in found and above != below:
                found[above].add(below)
    return found


def main():
    house = House()
    arrows = house.arrows()
    for unit, target, functions in upwards(house):
        print(f"up: {unit} -> {target}: {' '.join(functions) or 'include'}")
    for line in strange_declarations(house):
        print(line)
    for circle in circles(arrows):
        if len(circle) > 1:
            print("circle of %d: %s" % (len(circle), " ".join(sorted(circle))))
            for unit in sorted(circle):
                for target in sorted(arrows[unit] & circle):
                    print(f"    {unit} -> {target}: "
                          f"{' '.join(sorted(house.calls[unit][target])) or 'include'}")
    for room, floor in sorted(floors(room_arrows(house)).items(), key=lambda item: item[1]):
        files = sum(room_of(unit) == room for unit in house.units)
        print(f"floor {floor}: {room}, {files} files")
    links = chain(arrows)
    print("chain of %d files: %s" % (len(links), " > ".join(links)))


if __name__ == "__main__":
    sys.exit(main())
