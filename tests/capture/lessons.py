# SPDX-License-Identifier: GPL-2.0-or-later
"""The lessons of lua/lessons as Python sees them, and tshark that plays them."""

import re
import shutil
from pathlib import Path

import harness

LUA = harness.ROOT / "lua"
# Fields of the small script; a lesson that needs no more than it says "Needs: lite".
LITE = re.compile(r"adpath\.(step|client|server|srv|ping|scp|ldap|krb\.(exchange|error|error_name|spn|realm|carrier))\b")


def paragraphs(text):
    """Paragraphs of "Key: value" lines: key -> list of values. A line that begins with a blank goes on."""
    made, current, values = [], None, None
    for line in text.splitlines():
        if not line.strip():
            current = values = None
        elif line.startswith("#"):
            continue
        elif line[0] in " \t":
            assert values is not None, line
            more = line.strip()
            values[-1] += "\n\n" if more == "." else "\n" + more
        else:
            key, colon, value = line.partition(":")
            assert colon and re.fullmatch(r"[\w-]+", key), line
            if current is None:
                current = {}
                made.append(current)
            values = current.setdefault(key, [])
            values.append(value.strip())
    return made


class Question:
    def __init__(self, keys, lesson):
        self.keys_given = set(keys)
        self.text = keys["Question"][0]
        self.answers = keys["Answer"]
        self.mistakes = [m.partition("=>") for m in keys.get("Mistake", [])]
        self.hints = keys.get("Hint", [])
        self.explain = keys.get("Explain", [""])[0]
        self.absent = keys.get("Absent", [""])[0]
        self.choices = keys.get("Choices", [None])[0]
        self.capture = keys.get("Capture", [lesson.capture])[0]
        self.keys = keys.get("Keys") == ["yes"]
        self.kind = keys.get("As", [None])[0]
        filters = [a.partition(" where ")[2] for a in self.answers]
        self.show = keys.get("Show", filters[:1])[0]

    @property
    def expressions(self):
        return [*self.answers, *(m[0].strip() for m in self.mistakes)]


class Lesson:
    def __init__(self, folder):
        self.name = folder.name
        head, *rest = paragraphs((folder / "lesson.txt").read_text())
        self.head = head
        self.number = int(self.name[:2])
        self.title, self.topic = head["Lesson"][0], head["Topic"][0]
        self.minutes = int(head["Minutes"][0])
        self.needs = head["Needs"][0]
        self.capture = head["Capture"][0]
        self.task, self.explanation = head["Task"][0], head["Explanation"][0]
        self.questions = [Question(keys, self) for keys in rest]

    def sittings(self):
        """Each capture with and without keys -> the numbers of the questions that are answered there."""
        made = {}
        for q, question in enumerate(self.questions, 1):
            made.setdefault((question.capture, question.keys), []).append(q)
        return made


ALL = {p.parent.name: Lesson(p.parent) for p in sorted((LUA / "lessons").glob("[0-9][0-9]-*/lesson.txt"))}


class Value:
    """A value that an expression gives: of what form, in which frame, as text."""

    def __init__(self, form, frame, text, more):
        self.form, self.frame, self.text, self.more = form, frame, text, more

    def __repr__(self):
        return f"{self.form} {self.text!r}"


def installed(wireshark, names=None):
    """A folder with lua/ and the captures of the lessons beside it, that the ordinary user can read."""
    place = wireshark.scratch / "course"
    if not place.exists():
        shutil.copytree(LUA, place / "lua")
    for lesson in ALL.values():
        for question in lesson.questions:
            target = place / question.capture
            if (names is None or lesson.name in names) and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                for file in (harness.ROOT / question.capture).parent.glob("capture.*"):
                    shutil.copyfile(file, target.parent / file.name)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return place


def play(wireshark, lesson, sitting, *words, scripts=(), **options):
    """tshark on a capture of the lesson, with arguments for the script; what it prints, in lines."""
    capture, keys = sitting
    place = installed(wireshark)
    borrowed = harness.Capture(place / capture, capture, (place / capture).with_suffix(".keytab") if keys else None)
    arguments = [f"lesson={lesson.name}", f"capture={capture}", *(["keys"] if keys else []), *words]
    number = len(scripts) + 1
    result = wireshark.try_out(
        borrowed,
        *("-2", "-q"),
        *(w for script in [*scripts, place / "lua" / "adpath_lessons.lua"] for w in ("-X", f"lua_script:{script}")),
        *(w for argument in arguments for w in ("-X", f"lua_script{number}:{argument}")),
        **options,
    )
    assert result.status == 0, result
    assert "Lua" not in result.err, result
    return result.out.splitlines()


def try_out(wireshark, lesson, sitting, answers, **options):
    """How answers (question, text) are taken: a row each, question, verdict, what is said, the answer."""
    path = wireshark.scratch / f"tries-{lesson.name}-{sitting[0].split('/')[1]}-{sitting[1]}"
    path.write_text("".join(f"{q}:{answer}\n" for q, answer in answers))
    path.chmod(0o644)
    made = rows(play(wireshark, lesson, sitting, f"tries={path}", **options), "try")
    path.unlink()
    return made


def rows(lines, kind):
    return [line.split("\t")[1:] for line in lines if line.startswith(kind + "\t")]


def solve_sitting(wireshark, lesson, sitting, **options):
    """What is accepted, and which mistakes are known: question -> list of Value, twice."""
    lines = play(wireshark, lesson, sitting, "solve", **options)
    assert not rows(lines, "fault"), rows(lines, "fault")
    solved, mistakes = {}, {}
    for made, kind in ((solved, "solve"), (mistakes, "mistake")):
        for q, form, frame, text, more in rows(lines, kind):
            made.setdefault(int(q), []).append(Value(form, frame, text, more))
    return solved, mistakes


def solve(wireshark, lesson):
    made = {}
    for sitting in lesson.sittings():
        made.update(solve_sitting(wireshark, lesson, sitting)[0])
    return made


def right_answers(values):
    """What is accepted, also as people type it."""
    made = []
    for value in values[:3] + values[-1:]:
        made.append(value.text)
        if value.form in ("name", "host", "text", "code", "ldapfilter"):
            made += [f"  {value.text.upper()} ", value.text.lower()]
        if value.form == "host":
            host = re.sub(r"^\w+://|[/:].*$", "", re.sub(r"^\w+://", "", value.text))
            made += [host + ".", host.partition(".")[0], f"https://{host}/x"]
        if value.form in ("frame", "number"):
            made.append(f"no. {value.text}".replace("no.", "#") if value.form == "frame" else f"{value.text} of them")
        if value.form == "code" and value.text.isdigit():
            made += [hex(int(value.text)), f"error {value.text}"]
        if value.form == "yesno":
            made += [value.text.title(), value.text[0]]
        if value.form == "time":
            made += [f"{float(value.text) * 1.05:.3f} s", f"{float(value.text) * 1000:.1f} ms"]
        if value.form == "filter":
            made.append(f"({value.text}) && frame")
    return made


def wrong_answers(question, values):
    """What must not be accepted; the first one is of the right form."""
    form, texts = values[0].form, {v.text for v in values}
    number = max((float(t) for t in texts if re.fullmatch(r"-?\d+(\.\d+)?(e-\d+)?", t)), default=0)
    made = {
        "frame": [str(int(number) + 1), "0", "999999", "the first"],
        "number": [str(int(number) + 1), "-1", "many"],
        "code": [str(int(number) + 1), "KDC_ERR_NONE", "?"],
        "time": [str(number * 2 + 5), "long"],
        "yesno": ["no" if "yes" in texts else "yes", "perhaps"],
        "filter": ["frame", "no.such.field == 1", 'frame contains "', "frame.number < 0"],
    }.get(form, ["elsewhere.example", "*", "x" * 3000])
    return [*made, "", " "]


def leaks(question, values, text):
    """Answers that a text gives away."""
    found = []
    for value in {v.text for v in values}:
        form = values[0].form
        if form in ("yesno", "filter", "frame") or question.choices:
            continue
        for name in {value, re.sub(r"^\w+://([^/]*).*$", r"\1", value)} if form == "host" else {value}:
            bounds = r"(?<![\w.]){}(?![\w])" if form != "number" else r"(?<![\w.:]){}(?![\w:])"
            if re.search(bounds.format(re.escape(name)), text, re.IGNORECASE):
                found.append(name)
    return found


def path_of(name):
    return Path(harness.ROOT, name)
