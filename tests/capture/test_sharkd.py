# SPDX-License-Identifier: GPL-2.0-or-later
"""Several files in one process: Wireshark's way of working, which sharkd shares."""

import pytest

COLUMNS = ("n", "path", "outcome", "summary", "previous", "next", "retries", "krb.error")
TAPS = ("tap", {"tap0": "nstat:adpath,steps", "tap1": "stat:adpath"})
FRAMES = ("frames", {f"column{i}": f"adpath.{name}:0" for i, name in enumerate(COLUMNS)})


def load(capture):
    return ("load", {"file": str(capture.path)})


def ask(wireshark, *requests):
    """sharkd keeps what a filter gave for the file before, so none is used twice."""
    requests = [
        (method, {**given, "filter": f"adpath && frame.number != {10**8 + i}"})
        if method == "frames"
        else (method, given)
        for i, (method, given) in enumerate(requests)
    ]
    return wireshark.sharkd(*requests)


def alone(wireshark, capture):
    return ask(wireshark, load(capture), TAPS, FRAMES)[1:]


@pytest.mark.parametrize("first,second", [("a1", "c1"), ("c1", "a1"), ("b2", "b-mit-s4u2proxy")])
def test_a_file_leaves_nothing_behind(wireshark, lab, first, second):
    one, other = lab(first), lab(second)
    answers = ask(
        wireshark,
        *(load(one), TAPS, FRAMES),
        *(load(other), TAPS, FRAMES),
        *(load(one), TAPS, FRAMES),
    )
    assert answers[1:3] == alone(wireshark, one)
    assert answers[4:6] == alone(wireshark, other)
    assert answers[7:9] == alone(wireshark, one)


def test_a_file_loaded_twice(wireshark, lab):
    capture = lab("a1")
    answers = ask(wireshark, load(capture), TAPS, FRAMES, load(capture), TAPS, FRAMES)
    assert answers[1:3] == answers[4:6]


def test_taps_asked_twice_and_in_any_order(wireshark, lab):
    """A statistics window may be opened again; frames may be looked at in between."""
    answers = ask(
        wireshark,
        load(lab("a1")),
        TAPS,
        FRAMES,
        ("frame", {"frame": 212, "proto": True}),
        ("frame", {"frame": 3, "proto": True}),
        TAPS,
        FRAMES,
    )
    assert answers[1:3] == answers[5:7]


def test_switched_off_and_on(wireshark, lab):
    """A changed preference dissects the file anew."""
    capture = lab("a1")
    answers = ask(
        wireshark,
        *(load(capture), TAPS, FRAMES),
        ("setconf", {"name": "adpath.analysis", "value": "FALSE"}),
        *(load(capture), TAPS, FRAMES),
        ("setconf", {"name": "adpath.analysis", "value": "TRUE"}),
        *(load(capture), TAPS, FRAMES),
    )
    assert answers[1:3] == alone(wireshark, capture)
    assert answers[6] == []
    assert answers[9:11] == answers[1:3]


def labels_of(node):
    yield node["l"]
    for child in node.get("n", []):
        yield from labels_of(child)


def test_details_of_a_frame(wireshark, lab):
    """What Wireshark shows for a frame that is clicked is what -2 -V shows."""
    capture = lab("a1")
    shown = wireshark.frames(capture, "-2")
    numbers = sorted(shown, reverse=True)
    _, *answers = ask(
        wireshark,
        load(capture),
        *(("frame", {"frame": n, "proto": True}) for n in numbers),
    )
    for number, answer in zip(numbers, answers):
        (tree,) = [node for node in answer["tree"] if node.get("f") == "adpath"]
        # The verdict of a path stands as an expert item beside the steps of its first frame.
        nodes = [node for node in tree["n"] if not node["l"].startswith("Expert Info")]
        assert [node["l"] for node in nodes] == [step.label for step in shown[number]]
        count = sum(len(step.fields) for step in shown[number])
        assert sum(len(list(labels_of(node))) for node in nodes) == count
