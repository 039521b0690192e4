# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what the plugin says of a capture with the truth that was written down beside it.

Facts are compared, never frame numbers: a recording made anew has other frames, but the same story.
"""

import json
from pathlib import Path

# Where a truth says something of a step that is not in its detail.
OUTSIDE = {
    "outcome": lambda step: step["outcome"],
    "server": lambda step: step["server"]["address"],
    "client_address": lambda step: step["client"]["address"],
    "transport": lambda step: step["transport"],
    "retries": lambda step: step["retries"],
    "scp_kind": lambda step: step["detail"].get("kind"),
}


def steps_of(report):
    found = [s for path in report["paths"] for s in path["steps"]] + report["unattached"]["steps"]
    return sorted(found, key=lambda step: step["n"])


def findings_of(report):
    paths = [*report["paths"], report["unattached"]]
    return [finding for path in paths for finding in path["findings"]]


def same(wanted, given):
    """Names compare without case; a list in the truth is a choice, one in the report has to hold it."""
    if isinstance(wanted, list):
        return any(same(one, given) for one in wanted)
    if isinstance(given, list):
        return any(same(wanted, one) for one in given)
    if isinstance(wanted, str) and isinstance(given, str):
        return wanted.lower() == given.lower()
    return wanted == given and isinstance(wanted, bool) == isinstance(given, bool)


def matches(wanted, step):
    if wanted["kind"] != step["kind"]:
        return False
    for key, value in wanted.items():
        if key in ("kind", "times"):
            continue
        if key in OUTSIDE:
            given = OUTSIDE[key](step)
        elif key in step["detail"]:
            given = step["detail"][key]
        else:
            raise KeyError(f"a {step['kind']} step has no {key}")
        if not same(value, given):
            return False
    return True


def like(wanted, steps):
    """What there is of the same kind, for the one who reads why a test failed."""
    lines = [f"      {s['outcome']:10} {s['summary']}" for s in steps if s["kind"] == wanted["kind"]]
    return "\n".join(lines[:20]) or f"      no {wanted['kind']} step"


def step_problems(told, steps):
    problems = []
    for wanted in told["must"]:
        count = sum(matches(wanted, step) for step in steps)
        if count < 1 or ("times" in wanted and count != wanted["times"]):
            problems.append(f"step missing ({count} found): {wanted}; there are\n{like(wanted, steps)}")
    for gap in told.get("gaps", []):
        # Known to be missing. When it is there, it belongs to what must be.
        if any(matches(gap, step) for step in steps):
            problems.append(f"a gap is closed, move it to `steps`: {gap}")
    for unwanted in told["must_not"]:
        for step in steps:
            if matches(unwanted, step):
                problems.append(f"step that must not be: {unwanted}: {step['summary']}")
    return problems


def is_within(seconds, bounds, strict):
    """A laboratory on a busy machine may lose more than it should: then the upper bound does not hold."""
    return bounds[0] <= seconds and (seconds <= bounds[1] or not strict)


def cost_problems(wanted, findings, strict):
    costs = [f["cost"] for f in findings if (f["id"], f["severity"]) == (wanted["id"], wanted["severity"])]
    if any(is_within(cost, wanted["cost"], strict) for cost in costs):
        return []
    return [f"{wanted['id']} cost {costs} s, in truth {wanted['cost']}"]


def stage_problems(report, truth, strict):
    """How each part of the path ended, and how many seconds were lost in it."""
    path = path_of(report, truth)
    problems = []
    for wanted, given in zip(truth.get("stages", []), path["stages"] if path else []):
        assert wanted["stage"] == given["stage"]
        if wanted["outcome"] != given["outcome"]:
            problems.append(f"stage {given['stage']} is {given['outcome']}, in truth {wanted['outcome']}")
        if not is_within(given["lost"], wanted["lost"], strict):
            problems.append(f"stage {given['stage']} lost {given['lost']} s, in truth {wanted['lost']}")
    return problems


def finding_problems(told, findings, strict=True):
    problems = []
    there = [(f["id"], f["severity"]) for f in findings]
    wanted = [(f["id"], f["severity"]) for f in told["must"]]
    for pair in wanted:
        if pair not in there:
            problems.append(f"finding missing: {pair}; there are {there}")
    for one in told["must"]:
        problems += cost_problems(one, findings, strict) if "cost" in one else []
    for gap in told.get("gaps", []):
        if (gap["id"], gap["severity"]) in there:
            problems.append(f"a gap is closed, move it to `findings`: {gap}")
    # An error that the truth does not state is a false alarm, whatever else the truth forbids.
    for finding in findings:
        pair = (finding["id"], finding["severity"])
        if finding["severity"] == "error" and pair not in wanted:
            problems.append(f"error that the truth does not state: {pair}: {finding['summary']}")
    for unwanted in told["must_not"]:
        name, _, any_of = unwanted.partition(":")
        for finding in findings:
            pair = (finding["id"], finding["severity"])
            if any_of:
                bad = finding["severity"] == name and pair not in wanted
            else:
                bad = finding["id"] == name
            if bad:
                problems.append(f"finding that must not be: {pair}: {finding['summary']}")
    return problems


def path_of(report, truth):
    """The path in which the client's SCP or autodiscover steps are; else its longest one."""
    mine = [p for p in report["paths"] if p["client"]["address"] == truth["client"]["address"]]
    with_mail = [p for p in mine if same(truth["mail_domain"], p["mail_domain"])] if truth["mail_domain"] else []
    return max(with_mail or mine, key=lambda p: len(p["steps"]), default=None)


def head_problems(report, truth):
    path = path_of(report, truth)
    if path is None:
        return [f"no path of {truth['client']['address']}"]
    problems = []
    for key in ("domain", "forest", "site", "mail_domain"):
        if truth[key] is not None and path[key] is not None and not same(truth[key], path[key]):
            problems.append(f"{key} of the path is {path[key]!r}, in truth {truth[key]!r}")
    return problems


def decision_problems(report, truth):
    """Is what the client ranked, tried and chose what the plugin says that it did?"""
    decision = truth["decision"]
    path = path_of(report, truth)
    if not decision or path is None:
        return []
    problems = []
    endpoints = path["endpoints"]
    by_url = {}
    for endpoint in endpoints:
        by_url.setdefault(endpoint["url"].lower(), endpoint)

    if any(s["kind"] == "scp" for s in path["steps"]):
        wanted = [(o["url"].lower(), o["reason"]) for o in decision["order"] if o["source"] == "scp"]
        given = sorted((e for e in endpoints if e["source"] == "scp" and e["rank"]), key=lambda e: e["rank"])
        given = [(e["url"].lower(), e["reason"]) for e in given if e["reason"] != "pointer"]
        if wanted != given:
            problems.append(f"the client ranked\n      {wanted}\n    the report says\n      {given}")

    turns = []
    for tried in decision["tried"]:
        url = tried["url"].lower()
        # SOAP is asked at another path of the same host; redirects lead where they lead.
        if url in by_url and url not in turns:
            turns.append(url)
    for url in turns:
        if not by_url[url]["tried"]:
            problems.append(f"the client tried {url}, the report says it did not")
    given = sorted((u for u in turns if by_url[u]["order"]), key=lambda u: by_url[u]["order"])
    if given != [u for u in turns if u in given]:
        problems.append(f"the client turned to\n      {turns}\n    the report says\n      {given}")
    if decision["chosen"]:
        url = decision["chosen"]["url"].lower()
        if url in by_url and by_url[url]["outcome"] not in ("ok", "hidden", "probably ok"):
            problems.append(f"the client chose {url}, the report says {by_url[url]['outcome']}")
    else:
        # A redirection is a good answer, wherever it leads.
        redirecting = [t["url"].lower() for t in decision["tried"] if t.get("redirect")]
        for endpoint in endpoints:
            if endpoint["outcome"] == "ok" and endpoint["url"].lower() not in redirecting:
                problems.append(f"the client found nothing, the report says ok of {endpoint['url']}")
    return problems


def expected(truth, keys):
    """The expectations with or without the keytab."""
    if not keys and "without_keys" in truth:
        return truth["without_keys"]
    return truth


def problems(report, truth, keys=True, strict=True):
    """strict: the seconds are those of the stored recordings, and not of a machine that was busy with others."""
    told = expected(truth, keys)
    steps = steps_of(report)
    found = step_problems(told["steps"], steps)
    found += finding_problems(told["findings"], findings_of(report), strict)
    if told is truth:
        found += head_problems(report, truth) + decision_problems(report, truth)
        found += stage_problems(report, truth, strict)
    return found


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))
