# SPDX-License-Identifier: GPL-2.0-or-later
"""Four lessons, played in Wireshark's own window as a person in a class plays them."""

import re
import sys
import warnings

import desktop as d
import harness
import pytest

sys.path.insert(0, str(harness.ROOT / "tests" / "capture"))

import lessons  # noqa: E402

TITLE = r".*AD Discovery: lessons"
ANSWER = "Type your answer here:"
NUMBER = "Type the number of a lesson here:"
FORGET = r".*Forget my progress in the lessons"
MENU = ("Tools", "AD Discovery Path", "Lessons")
# One with names and filters, one with several captures, one on sites, one that ends in a time.
PLAYED = ("02-sites", "04-missing-spn", "06-the-ticket-does-not-open", "11-lost-time")


@pytest.fixture(scope="module")
def course(wireshark):
    """The folder of the lessons and their captures, where the user of the desktop can read it."""
    return lessons.installed(wireshark, PLAYED)


@pytest.fixture
def window(show, course, desktop):
    (desktop.settings / "adpath-lessons").unlink(missing_ok=True)
    one = show(None, "-X", f"lua_script:{course}/lua/adpath_lessons.lua", loaded=False)
    one.open(TITLE, *MENU)
    return one


def text(window):
    return " ".join(window.text(TITLE).split())


def until(window, words, what):
    window.wait(lambda: " ".join(words.split()) in text(window), what)


def press(window, title, name, condition, what):
    """Presses a button until that shows: a click may be lost while another window closes."""
    for _ in range(3):
        window.press(title, name)
        try:
            return window.wait(condition, what, d.SECOND_CLICK)
        except AssertionError as lost:
            warnings.warn(f"{name} is pressed once more: {lost}")
    raise AssertionError(f"{name} does nothing: {what}; the window says: {text(window)}")


def there(window, title):
    return any(re.fullmatch(title, w) for w in window.windows())


def enter(window, label, typed, button, words):
    """Types into the first line, and presses a button; until that shows what these words say."""
    for _ in range(3):
        window.wait(lambda: window.desktop.ask("enter", window=TITLE, behind=label, text=f" {typed}") or True, f"the line {label}")
        window.press(TITLE, button)
        try:
            return window.wait(lambda: " ".join(words.split()) in text(window), words, d.SECOND_CLICK)
        except AssertionError as lost:
            warnings.warn(f"{button} is pressed once more: {lost}")
    raise AssertionError(f"{button} does not show {words!r}; the window says: {text(window)}")


def choose(window, lesson, q=1):
    question = lesson.questions[q - 1]
    enter(window, NUMBER, lesson.number, "Choose", f"Question {q} of {len(lesson.questions)}: {question.text}")
    window.wait(lambda: window.counts()[0] > 0, "the capture is open")


def check(window, answer, verdict):
    enter(window, ANSWER, answer, "Check my answer", f"Your answer: {answer} {verdict}")


def fill(window, title, typed):
    window.wait(lambda: window.desktop.ask("type", window=title, text=typed) or True, f"the dialog {title}")
    press(window, title, "OK", lambda: not there(window, title), "the dialog is gone")


@pytest.mark.parametrize("name", PLAYED)
def test_a_lesson_is_played(wireshark, window, course, name):
    lesson = lessons.ALL[name]
    solved = lessons.solve(wireshark, lesson)
    until(window, "press Choose", "the list of lessons")
    assert lesson.title in text(window)
    choose(window, lesson)
    for q, question in enumerate(lesson.questions, 1):
        until(window, f"Question {q} of {len(lesson.questions)}: {question.text}", f"question {q}")
        window.wait(lambda: window.counts()[0] > 0, "the capture is open")
        wrong = lessons.wrong_answers(question, solved[q])[0]
        check(window, wrong, "Not yet.")
        right = solved[q][0]
        assert right.text not in text(window).replace(wrong, "") or len(right.text) < 4 or question.choices
        # A hint that the refusal has said is not the next one.
        said = "Not yet. Hint: " in text(window)
        hints = [" ".join(f"Hint: {hint}".split()) for hint in question.hints[: 1 + said]]
        press(window, TITLE, "Hint", lambda h=hints: all(x in text(window) for x in h) and "Not yet." not in text(window), "the next hint")
        check(window, right.text, "Right.")
        shown = (question.show, f"({question.show}) && frame.number >= {right.frame}")
        flat = [" ".join(f"Filter: {s}".split()) for s in shown]
        press(window, TITLE, "Show me", lambda f=flat: any(s in text(window) for s in f), "what the lesson shows")
        window.wait(lambda: window.filter in shown, f"one of the filters {shown}")
        if right.frame:
            window.wait(lambda: window.selected() == int(right.frame), f"packet {right.frame} is selected")
        following = f"Question {q + 1} of" if q < len(lesson.questions) else f"Lesson {lesson.number + 1}:"
        press(window, TITLE, "Next", lambda f=following: f in text(window), "what comes next")


def test_progress_is_kept_and_forgotten(wireshark, window, show, course):
    lesson = lessons.ALL["04-missing-spn"]
    solved = lessons.solve(wireshark, lesson)
    choose(window, lesson)
    # Nothing typed is no answer; what is typed stays while one looks at a hint.
    press(window, TITLE, "Check my answer", lambda: "into the first line of this window" in text(window), "what to do")
    window.desktop.ask("enter", window=TITLE, behind=ANSWER, text=" half an ans")
    press(window, TITLE, "Hint", lambda: "Hint: " in text(window), "a hint")
    assert text(window).startswith(f"{ANSWER} half an ans =")
    press(window, TITLE, "Check my answer", lambda: "Your answer: half an ans Not yet." in text(window), "it is checked")
    check(window, solved[1][0].text, "Right.")
    d.end(window.process)
    # Another day: the lesson goes on with the question that is open.
    again = show(None, "-X", f"lua_script:{course}/lua/adpath_lessons.lua", "-X", "lua_script1:lesson=4", loaded=False)
    again.open(TITLE, *MENU)
    until(again, "Question 2 of", "the second question")
    again.menu(*MENU[:2], "Lessons: forget my progress")
    fill(again, FORGET, "yes")
    until(again, "Your progress is forgotten.", "it is forgotten")
    assert not (again.desktop.settings / "adpath-lessons").read_text()
