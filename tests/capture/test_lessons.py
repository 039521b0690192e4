# SPDX-License-Identifier: GPL-2.0-or-later
"""The lessons: each is whole, gives nothing away, and is played through tshark: right answers are
accepted and wrong ones are refused. tests/gui plays some of them in Wireshark's window."""

import json
import re
import shutil
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import harness
import lessons
import pytest

HEAD = {"Lesson", "Topic", "Minutes", "Needs", "Capture", "Task", "Explanation"}
KEYS = {"Question", "Answer", "As", "Mistake", "Hint", "Show", "Explain", "Absent", "Choices", "Capture", "Keys"}
FORMS = {None, "frame", "number", "time", "yesno", "text", "name", "host", "url", "code", "ldapfilter", "filter"}
EXPRESSION = re.compile(
    r"((first |last )?frame|frames|any|count [\w.]+|(first |last |greatest )?[a-z_][\w.]+( in [\w.]+ with [\w.]+ = .+)?) where .+",
    re.DOTALL,
)
# The topics that a course has to have, by words of them.
TOPICS = (
    "whole path", "sites", "pointers", "that nobody holds", "duplicate SPN", "41 and its family", "skew",
    "encryption types", "NTLM", "hidden LDAP and its keys", "lost time", "healthy noise", "cannot show",
    "two faults at once in a sealed", "good and a bad client",
)
every = pytest.mark.parametrize("lesson", lessons.ALL.values(), ids=lessons.ALL)
SITTINGS = [(lesson, sitting) for lesson in lessons.ALL.values() for sitting in lesson.sittings()]
every_sitting = pytest.mark.parametrize(
    ("lesson", "sitting"), SITTINGS, ids=[f"{l.name}-{s[0].split('/')[1]}{'-keys' * s[1]}" for l, s in SITTINGS]
)


# ---- lint


def test_the_course_is_whole():
    told = "\n".join(lesson.topic for lesson in lessons.ALL.values())
    assert len(lessons.ALL) >= 12
    assert [t for t in TOPICS if t not in told] == []
    assert [lesson.number for lesson in lessons.ALL.values()] == list(range(1, len(lessons.ALL) + 1))


@every
def test_a_lesson_is_whole(lesson):
    assert set(lesson.head) == HEAD
    assert lesson.needs in ("module", "lite", "stock")
    assert 1 <= lesson.minutes <= 20 and lesson.questions
    for question in lesson.questions:
        assert question.keys_given <= KEYS, question.keys_given - KEYS
        assert question.kind in FORMS
        assert question.explain and question.hints, question.text
        for expression in question.expressions:
            assert EXPRESSION.fullmatch(expression), expression
        for mistake in question.mistakes:
            assert mistake[1] and mistake[2].strip(), mistake
        if question.kind == "filter":
            assert not question.mistakes and len(question.answers) == 1


@every
def test_a_lesson_stays_true_when_its_capture_is_recorded_anew(lesson):
    """It lies on recordings of the laboratory, which may be made again: nothing of one recording is in it."""
    texts = [lesson.task, lesson.explanation]
    for question in lesson.questions:
        texts += [question.text, question.explain, question.absent, *question.hints, *(m[2] for m in question.mistakes)]
        told = json.loads((lessons.path_of(question.capture).parent / "truth.json").read_text())
        assert not told["synthetic"], question.capture
        assert not question.keys or lessons.path_of(question.capture).with_suffix(".keytab").is_file()
        for expression in [*question.expressions, question.show]:
            assert not re.search(r"frame\.(number|time|len)|\b(tcp|udp)\.(stream|srcport|dstport|port)\b|ip\.id\b", expression)
            # Addresses and names of the laboratory are no part of a question to the capture.
            assert not re.search(r"10\.31\.|fd31:|nordwind|sydvest|hamn", expression), expression
    for text in texts:
        assert not re.search(r"\b(frame|packet)s? (number )?\d", text, re.IGNORECASE), text


@every
def test_a_lesson_asks_for_what_it_says_that_it_needs(lesson):
    for question in lesson.questions:
        for expression in [*question.expressions, question.show]:
            fields = re.findall(r"adpath[\w.]*", expression)
            if lesson.needs == "stock":
                assert not fields
            elif lesson.needs == "lite":
                assert [f for f in fields if not lessons.LITE.match(f)] == []


# ---- played


@every_sitting
def test_a_lesson_is_played(wireshark, lesson, sitting):
    solved, mistakes = lessons.solve_sitting(wireshark, lesson, sitting)
    numbers = lesson.sittings()[sitting]
    assert sorted(solved) == numbers
    wanted = []
    for q in numbers:
        question = lesson.questions[q - 1]
        assert len(mistakes.get(q, [])) == len(question.mistakes), f"a mistake of question {q} cannot be made: {mistakes.get(q)}"
        for answer in lessons.right_answers(solved[q]):
            wanted.append((q, "right", answer, None))
        for answer in lessons.wrong_answers(question, solved[q]):
            wanted.append((q, "wrong", answer, None))
        replies = [" ".join(m[2].split()) for m in question.mistakes]
        for mistake in mistakes.get(q, []):
            wanted.append((q, "wrong", mistake.text, replies))
        for text in [question.text, *question.hints, *replies, lesson.task]:
            assert lessons.leaks(question, solved[q], text) == [], f"question {q}: {text}"
    got = lessons.try_out(wireshark, lesson, sitting, [(q, answer) for q, _, answer, _ in wanted])
    assert len(got) == len(wanted)
    for (q, verdict, answer, replies), row in zip(wanted, got):
        assert row[:2] == [str(q), verdict], f"question {q}: {answer!r}: {row}"
        if replies:
            assert row[2] in replies, f"question {q}: {answer!r}: {row}"


def test_what_a_class_sees(wireshark, tmp_path):
    """Task, hint, refusal, praise, what is shown, progress: as tools/run asks for them."""
    lesson = lessons.ALL["04-missing-spn"]
    question = lesson.questions[0]
    sitting = (lesson.capture, False)
    right = lessons.solve(wireshark, lesson)[1][0].text

    def said(*words):
        lines = lessons.play(wireshark, lesson, sitting, *words)
        return " ".join(" ".join(lines).split())

    assert said("reset") == "Your progress is forgotten."
    task = said("hint")
    assert lesson.title in task and " ".join(lesson.task.split()) in task and question.hints[0] in task
    assert right not in task
    # The hints come in turn.
    for hint in (question.hints[0], question.hints[1], question.hints[1]):
        refused = said("answer=HTTP/elsewhere.example")
        assert f"Not yet. Hint: {' '.join(hint.split())}" in refused and right not in refused
    accepted = said(f"answer={right}")
    assert "Right." in accepted and lesson.questions[1].text in accepted
    # The next time it goes on with the next question.
    assert f"Question 2 of {len(lesson.questions)}" in said()
    shown = said("show", "question=1")
    assert f"Filter: {question.show} Answer: {right}" in shown and re.search(r"Frame: \d+$", shown)
    progress = wireshark.home / ".config" / "wireshark" / "adpath-lessons"
    assert progress.read_text() == "04-missing-spn 1 3 right\n"
    assert said("reset") == "Your progress is forgotten." and progress.read_text() == ""
    assert "There is no lesson 99." in " ".join(
        wireshark.run(
            "tshark", "-q", "-r", lessons.installed(wireshark) / lesson.capture,
            *("-X", f"lua_script:{lessons.installed(wireshark)}/lua/adpath_lessons.lua", "-X", "lua_script1:lesson=99"),
        ).out.split()
    )


def test_installed_lessons_are_silent_until_asked(wireshark):
    """In the plugin folder a script runs at each start of tshark, and Wireshark 4.4 hands it its own name and file."""
    place = lessons.installed(wireshark)
    script = place / "lua" / "adpath_lessons.lua"
    as_plugin = wireshark.scratch / "as_plugin.lua"
    as_plugin.write_text(f'assert(loadfile("{script}"))("adpath_lessons", "{script}")\n')
    as_plugin.chmod(0o644)
    capture = place / lessons.ALL["01-the-walk"].capture
    got = wireshark.run("tshark", "-q", "-r", capture, "-X", f"lua_script:{as_plugin}", "-z", "adpath,verdict")
    assert (got.status, got.out) == (0, "healthy\n"), got
    # And by this Wireshark itself, in a personal folder: what tools/run --lessons puts there.
    home = wireshark.scratch / "home-with-lessons"
    folder = home / ".local" / "lib" / "wireshark" / "plugins"
    others = shutil.ignore_patterns("examples", "adpath_lite.lua")
    shutil.copytree(place / "lua", folder / "adpath-lessons" / "lua", ignore=others)
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    got = wireshark.run("tshark", "-q", "-r", capture, "-z", "adpath,verdict", environment={"HOME": str(home)})
    assert (got.status, got.out) == (0, "healthy\n"), got


def test_a_lesson_says_what_it_lacks(wireshark):
    """Without the module: what is missing, and where it is told how to get it."""
    lesson = lessons.ALL["02-sites"]
    lines = lessons.play(wireshark, lesson, (lesson.capture, False), "answer=x", plugins=None)
    said = " ".join(" ".join(lines).split())
    assert "lacks something" in said and "adpath" in said and "docs/training/README.md" in said


@pytest.mark.parametrize("lesson", [l for l in lessons.ALL.values() if l.needs != "module"], ids=lambda l: l.name)
def test_a_lesson_that_needs_no_module_is_played_without_it(wireshark, lesson):
    script = harness.ROOT / "lua" / "adpath_lite.lua"
    scripts = [lessons.installed(wireshark) / "lua" / "adpath_lite.lua"] if lesson.needs == "lite" else []
    if scripts and not script.is_file():
        pytest.skip(f"NOT TESTED: {lesson.name} with lua/adpath_lite.lua alone: that script is not there")
    for sitting in lesson.sittings():
        with_module, _ = lessons.solve_sitting(wireshark, lesson, sitting)
        alone, _ = lessons.solve_sitting(wireshark, lesson, sitting, plugins=None, scripts=scripts)
        texts = [{q: {v.text for v in values} for q, values in made.items()} for made in (with_module, alone)]
        assert texts[0] == texts[1]


def test_the_guide_lists_every_lesson():
    guide = (harness.ROOT / "docs" / "training" / "README.md").read_text()
    for lesson in lessons.ALL.values():
        alone = "" if lesson.needs == "module" else "yes"
        assert f"| {lesson.number} | {lesson.title} | {lesson.topic} | {lesson.minutes} | {alone} |" in guide
    parts = [int(m) for m in re.findall(r"^\| (\d+) \| [A-Z]", guide, re.M)]
    assert parts[0] == 0 and max(m for m in parts if m <= 90) < 90


def test_papers_are_made_of_the_lessons(wireshark, tmp_path):
    """A sheet for each lesson, and the answers of the captures in the book; a word of the capture is no markup."""
    path = harness.ROOT / "docs" / "training" / "print"
    loader = SourceFileLoader("printer", str(path))
    printer = module_from_spec(spec_from_loader("printer", loader))
    loader.exec_module(printer)
    lesson = lessons.ALL["04-missing-spn"]

    def tshark(capture, keys, *words):
        place = lessons.installed(wireshark)
        words = [str(w).replace(str(lessons.LUA), str(place / "lua")) for w in words]
        target = place / capture.relative_to(harness.ROOT)
        result = wireshark.run("tshark", "-2", "-r", target, *words)
        assert result.status == 0, result
        return result.out

    printer.tshark = tshark
    sheet, book = printer.sheet(lesson), printer.answers(lesson)
    solved = lessons.solve(wireshark, lesson)
    for q, question in enumerate(lesson.questions, 1):
        assert f"<h3>{q}. " in sheet and f"<h3>{q}. " in book
        assert solved[q][0].text in book
        assert " ".join(question.explain.split())[:20] in book and " ".join(question.explain.split())[:20] not in sheet
    # What answers the first question is on the sheet, beside what is easily taken for it.
    assert f"<td>{solved[1][0].text}</td>" in sheet and "<td>ldap/" in sheet
    assert printer.table(["a"], [["<b>"]]).count("&lt;b&gt;") == 1
    assert "<h1>" in printer.page_of((harness.ROOT / "docs" / "training" / "README.md").read_text())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lesson", "99"], "there is no lesson 99"),
        (["--lesson", "../1"], "--lesson takes a number"),
        (["--answer", "7"], "go with --lesson"),
        (["--lesson", "1", "/etc/hostname"], "a lesson has its own capture"),
        (["--lesson", "1", "--status"], "--status tells of a capture"),
        (["--lessons", "--status"], "--status tells of a capture"),
        (["--lessons", "--gui"], "--lessons only installs them"),
        (["--lesson"], "--lesson needs something behind it"),
    ],
)
def test_a_lesson_that_is_not_there_is_told_before_anything_is_installed(words, said, tmp_path):
    done = subprocess.run(
        [harness.ROOT / "tools" / "run", *words], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    )
    assert done.returncode == 1 and said in done.stderr, done
    assert list(tmp_path.iterdir()) == []
