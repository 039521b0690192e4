# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of advice and the rules that ask for their rows: neither has what the other lacks.

All is read from the sources. Which row a rule asks for is known as far as the literals in the
function that asks, in those it calls, and else in those that call it.
"""
import dataclasses
import functools
import re

import advice
import cases
import pytest

JUDGE = advice.SOURCES / "judge"
# What stands for the blanks of a key. For all others a row is optional: codes of a protocol. Where
# ICMP says "unreachable", the general row is meant.
HOW = ("refused", "older", "silent", "prohibited", "reset", "closed", "unheard")
CLOSED = {
    "dc-unreachable/%s%s": [f"dc-unreachable/{how}" for how in (*HOW, "silent-port")],
    "endpoint-unreachable/%s": [f"endpoint-unreachable/{how}" for how in HOW],
}
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclasses.dataclass
class Ask:
    """One call of adp_rules_advise()."""

    where: str
    keys: frozenset  # rows, also with blanks of printf: "krb-error/%d"
    names: frozenset  # what it gives


def arguments(text):
    """The arguments of a call, from behind its parenthesis on."""
    found, depth, quoted, start = [], 0, False, 0
    for at, c in enumerate(text):
        if quoted:
            quoted = c != '"' or text[at - 1] == "\\"
        elif c == '"':
            quoted = True
        elif c in "({[":
            depth += 1
        elif c in ",)" and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
            if c == ")":
                return found
        elif c in ")}]":
            depth -= 1
    raise AssertionError("a call without an end")


def functions(text):
    """name -> body, of a file written as clang-format leaves it."""
    return {
        m[1]: m[0]
        for m in re.finditer(r"^[a-z][^;{}()=]*?\b(\w+)\([^;{}]*\)\n\{\n.*?^\}", text, re.M | re.S)
    }


def is_key(text):
    return text.partition("/")[0] in cases.catalogue()


def keys_in(text):
    return {t for t in LITERAL.findall(text) if is_key(t)}


def ids_in(text):
    """The findings that a file makes, for `adp_finding_get(f->id)->name`."""
    return {name for name in cases.catalogue() if re.search(rf"ADP_FINDING_{name.upper().replace('-', '_')}\b", text)}


def tables(text):
    """Constant tables outside of functions count for whoever names them: {name: text}."""
    return {m[1]: m[0] for m in re.finditer(r"^static const [^;()]*?\b(\w+)\[\] = \{.*?^\};", text, re.M | re.S)}


def keys_of(name, bodies, downwards=True):
    """What the function says, and those that it calls, or that call it."""
    seen, todo, found = set(), [name], set()
    while todo:
        this = todo.pop()
        if this in seen:
            continue
        seen.add(this)
        found |= keys_in(bodies[this])
        if downwards:
            todo += [other for other in bodies if re.search(rf"\b{other}\b", bodies[this])]
        else:
            todo += [other for other, body in bodies.items() if re.search(rf"\b{this}\(", body)]
    return found


@functools.cache
def bodies_of(path):
    """(text, its functions and tables by name)"""
    text = advice.joined(advice.without_comments(path.read_text()))
    return text, {**functions(text), **tables(text)}


def chosen_elsewhere(body):
    """Keys that a function of another file chooses, for `key = adp_bind_case(...)`."""
    for chooser in re.findall(r"\bkey = (adp_\w+)\(", body):
        for path in sorted(JUDGE.glob("*.c")):
            text, bodies = bodies_of(path)
            if chooser in bodies:
                yield from keys_of(chooser, bodies)
                if "adp_finding_get(" in bodies[chooser]:
                    yield from ids_in(text)


@functools.cache
def asks():
    found = []
    for path in sorted(JUDGE.glob("*.c")):
        text, bodies = bodies_of(path)
        if path.name == "report.c":
            continue  # where the function is
        count = 0
        for name, body in bodies.items():
            for call in re.finditer(r"\badp_rules_advise\(", body):
                _, _, key, *pairs = arguments(body[call.end():])
                assert pairs[-1] == "NULL" and len(pairs) % 2 == 1, (path.name, name, pairs)
                assert all(LITERAL.fullmatch(p) for p in pairs[:-1:2]), (path.name, name, pairs)
                keys = keys_in(key)
                if re.search(r"\bkey\b(?!\()", key) and re.search(r"\bconst char \*key[,)]", body):
                    keys |= keys_in(text) | ids_in(text)  # a caller's choice
                elif not keys or re.search(r"\bkey\b", key):
                    keys |= keys_of(name, bodies) or keys_of(name, bodies, downwards=False)
                if "adp_finding_get(" in key or re.search(r"\bkey\b", key) and any(
                        "adp_finding_get(" in bodies[o] for o in bodies if re.search(rf"= {o}\(", body)):
                    keys |= ids_in(text)
                if re.search(r"\bkey\b", key):
                    keys |= set(chosen_elsewhere(body))
                found.append(Ask(f"{path.name}: {name}", frozenset(keys), frozenset(p[1:-1] for p in pairs[:-1:2])))
                count += 1
        assert count == text.count("adp_rules_advise("), f"{path.name}: a call was not read"
    return found


def matches(key, row):
    """Is it the row that this key may lead to? Without one of its own, to the general one."""
    if "%" in key and row == key.partition("/")[0]:
        return True
    pattern = re.sub(r"%[sdu]", "[^/]*", re.escape(key).replace(r"\%", "%"))
    return re.fullmatch(pattern, row) is not None


def test_the_rules_are_read():
    assert len(asks()) > 50
    for ask in asks():
        assert ask.keys, ask
    tables_of = {row.partition("/")[0] for row in advice.rows()}
    assert tables_of == set(cases.catalogue())


def test_each_key_has_its_row():
    """A key without a row gets the general one: that is meant for codes alone."""
    missing = []
    for ask in asks():
        for key in ask.keys:
            wanted = CLOSED.get(key, [key] if "%" not in key else [key.partition("/")[0]])
            missing += [(ask.where, row) for row in wanted if row not in advice.rows()]
    assert not missing


def test_the_blanks_are_known():
    """The words that are put into keys are those that silence.c has."""
    _, bodies = bodies_of(JUDGE / "silence.c")
    said = {word for name in ("adp_rules_attempt_failed", "accepted_in_vain") for word in LITERAL.findall(bodies[name])}
    assert said == {*HOW, "unreachable"}


@pytest.mark.parametrize("row", advice.rows())
def test_each_row_is_asked_for(row):
    assert any(matches(key, row) for ask in asks() for key in ask.keys), "no rule leads here"


@pytest.mark.parametrize("row", advice.rows())
def test_each_blank_is_filled(row):
    """What nobody gives would leave the sentence or the command out, always."""
    given = set().union(*(ask.names for ask in asks() if any(matches(key, row) for key in ask.keys)))
    lines = advice.rows()[row].causes + advice.rows()[row].checks
    wanted = {name for line in lines for name in re.findall(r"\{(\w+)\}", line.text)}
    assert wanted <= given, f"no rule gives {sorted(wanted - given)}"
