# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema of the JSON report is strict: it allows nothing that it does not name."""

import copy

import harness


def objects_in(value, place=()):
    if isinstance(value, dict):
        yield place
        for key, inner in value.items():
            yield from objects_in(inner, (*place, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from objects_in(inner, (*place, i))


def at(value, place):
    for key in place:
        value = value[key]
    return value


def small(report):
    """One step of each kind is enough."""
    report = copy.deepcopy(report)
    (path,) = report["paths"]
    path["steps"] = list({s["kind"]: s for s in reversed(path["steps"])}.values())
    return report


def test_every_key_is_required_and_no_other_allowed(wireshark, lab, schema):
    kinds = set()
    for begin in ("a1", "b2"):
        report = small(wireshark.json(lab(begin)))
        assert schema.is_valid(report)
        kinds |= {s["kind"] for s in harness.steps_of(report)}
        for place in objects_in(report):
            for key in at(report, place):
                changed = copy.deepcopy(report)
                del at(changed, place)[key]
                assert not schema.is_valid(changed), (place, key)
            changed = copy.deepcopy(report)
            at(changed, place)["surprise"] = None
            assert not schema.is_valid(changed), place
    assert kinds == {"srv", "address", "ping", "kerberos", "bind", "rootdse", "scp", "hidden", "tls", "autodiscover"}


def test_detail_belongs_to_its_kind(wireshark, lab, schema):
    report = small(wireshark.json(lab("a1")))
    steps = report["paths"][0]["steps"]
    for s in steps:
        for other in steps:
            if (s["kind"], other["kind"]) == ("rootdse", "bind") or s is other:
                continue  # every bind's detail is one of a rootDSE read, too
            changed = copy.deepcopy(report)
            changed["paths"][0]["steps"][steps.index(s)]["detail"] = other["detail"]
            assert not schema.is_valid(changed), (s["kind"], other["kind"])


def test_values_have_their_types(wireshark, lab, schema):
    report = small(wireshark.json(lab("a1")))
    wrong = {
        ("version",): 1,
        ("capture", "frames"): -1,
        ("capture", "first"): "1.0",
        ("paths", 0, "outcome"): "fine",
        ("paths", 0, "steps", 0, "kind"): "dns",
        ("paths", 0, "steps", 0, "outcome"): "good",
        ("paths", 0, "steps", 0, "n"): 0,
        ("paths", 0, "steps", 0, "frames"): [],
        ("paths", 0, "steps", 0, "transport"): "sctp",
        ("paths", 0, "steps", 0, "client", "port"): 65536,
        ("paths", 0, "findings"): None,
        ("unattached", "steps"): None,
    }
    for place, value in wrong.items():
        changed = copy.deepcopy(report)
        at(changed, place[:-1])[place[-1]] = value
        assert not schema.is_valid(changed), place
