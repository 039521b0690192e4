# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of the house have walls: what a file includes and calls goes down, never up."""

import re

import house
import pytest

ARCHITECTURE = house.SOURCE.parents[1] / "docs" / "architecture.md"

# Files in one circle: more than three cannot be understood one by one.
CIRCLE = 3
# Rooms on top of each other.
FLOORS = 8
# The longest chain of files from the top down. It may get shorter, and this number with it; longer
# only where a file was cut up by its subjects (the kinds of steps, the error codes of Kerberos).
CHAIN = 41


@pytest.fixture(scope="module")
def source():
    return house.House()


def test_source_is_read(source):
    """What is read here is most of the source: a test that sees nothing finds no fault."""
    assert len(source.units) > 100
    assert len(source.defined) > 400
    assert source.calls["show/json"]["judge/analysis"]


def test_architecture_names_each_file(source):
    """Each source stands in the row of its room, or, of what is shown, below."""
    text = ARCHITECTURE.read_text()
    rows = dict(re.findall(r"(?m)^\| (\w+) \| (.*`\w+`.*) \|$", text))
    for path in sorted(house.SOURCE.glob("*/*.c")):
        room = path.parent.name
        if room == "show":
            assert re.search(rf"`{path.stem}\.c`", text), path.name
        elif not path.stem.startswith("rules_"):
            assert re.search(rf"`{path.stem}`", rows[room]), path.name
        else:
            assert f"`{path.stem}.c`" in text, path.name
    for room, row in rows.items():
        assert set(re.findall(r"`(\w+)`", row)) <= {p.stem for p in (house.SOURCE / room).glob("*.c")}, room


def test_nothing_goes_up(source):
    assert [f"{unit} -> {target}: {' '.join(functions) or 'include'}"
            for unit, target, functions in house.upwards(source)] == []


def test_circles_are_small(source):
    assert [sorted(c) for c in house.circles(source.arrows()) if len(c) > CIRCLE] == []


def test_headers_declare_their_own(source):
    assert house.strange_declarations(source) == []


def test_floors(source, capsys):
    floors = house.floors(house.room_arrows(source))
    links = house.chain(source.arrows())
    with capsys.disabled():
        print("\nfloors:", ", ".join(f"{floor} {room}" for room, floor in
                                     sorted(floors.items(), key=lambda item: item[1])),
              f"\nlongest chain: {len(links)} files")
    assert max(floors.values()) <= FLOORS
    assert len(links) <= CHAIN, " > ".join(links)


def test_architecture_names_the_rooms():
    """The list of rooms in the documentation, from the ground up, is that of the folders."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z]+)/` \|", text, re.M)
    folders = {p.parent.relative_to(house.SOURCE).as_posix() for p in house.SOURCE.rglob("*.[ch]")}
    assert listed == list(house.ROOMS)
    assert set(listed) == folders - {"."}


# ---- the test itself: each fault is found in a house that is built with it ----

HOUSE = {
    "wire/a.h": "int adp_a(void);",
    "wire/a.c": '#include "wire/a.h"\nint adp_a(void)\n{\n    return 1; /* not adp_b(2) */\n}\n',
    "join/b.h": '#include "wire/a.h"\nint adp_b(int x);',
    "join/b.c": '#include "join/b.h"\nint adp_b(int x)\n{\n    return adp_a() + x;\n}\n',
}


def build(tmp_path, changes):
    for name, text in {**HOUSE, **changes}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return house.House(tmp_path)


def test_a_sound_house(tmp_path):
    sound = build(tmp_path, {})
    assert house.upwards(sound) == []
    assert house.strange_declarations(sound) == []
    assert max(map(len, house.circles(sound.arrows()))) == 1
    assert house.chain(sound.arrows()) == ["join/b", "wire/a"]


@pytest.mark.parametrize("body", ["    return adp_b(2);", "    int (*f)(int) = adp_b;\n    return f(1);"])
def test_a_call_that_goes_up(tmp_path, body):
    faulty = build(tmp_path, {"wire/a.c": f"int adp_a(void)\n{{\n{body}\n}}\n"})
    assert house.upwards(faulty) == [("wire/a", "join/b", ["adp_b"])]
    assert {"wire/a", "join/b"} in house.circles(faulty.arrows())


def test_an_include_that_goes_up(tmp_path):
    faulty = build(tmp_path, {"wire/c.h": '#include "join/b.h"\n'})
    assert house.upwards(faulty) == [("wire/c", "join/b", [])]


@pytest.mark.parametrize("header", ["int adp_a(void);\nint adp_b(int x);", "int adp_a(void);\nint adp_c(\n    int x);", ""])
def test_a_header_that_is_not_its_own(tmp_path, header):
    faulty = build(tmp_path, {"wire/a.h": header})
    assert house.strange_declarations(faulty)


def test_the_plan_names_what_is_there():
    """docs/architecture.md: each file and function in it exists, and each room is in its table."""
    root = house.SOURCE.parents[1]
    plan = ARCHITECTURE.read_text()
    tops = ("plugins", "tests", "docs", "cmake", "testdata")
    files = [str(p.relative_to(root)) for top in tops for p in (root / top).rglob("*.*")]
    named = set(re.findall(r"`([\w./-]+\.(?:c|h|py|tsv|md|json|cmake))`", plan))
    assert not sorted(n for n in named if not any(f == n or f.endswith("/" + n) for f in files))
    source = "\n".join(p.read_text() for p in house.SOURCE.rglob("*.[ch]"))
    functions = set(re.findall(r"`(adp_\w+)\(", plan)) | set(re.findall(r"`(ADP_\w+)`", plan))
    assert not sorted(f for f in functions if not re.search(rf"\b{f}\b", source))
    assert [room for room in re.findall(r"^\| `(\w+)/` \|", plan, re.M)] == list(house.ROOMS)
