# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases from the field: what an experienced administrator says of packets, and must not be told.

The other cases state every finding and every frame. A field case states what is right whatever
else the product learns to remark: findings that must be there, findings that must not, and what
the first line, the causes and the commands have to say or to leave out. Beyond what it names, a
path has no error and no warning; notes are free. All texts are regular expressions and match
whatever the case of the letters.
"""
import dataclasses
import pathlib
import re
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "synthetic"))

import cases  # noqa: E402

KINDS = [f"K{n}" for n in range(1, 13)]
NO_PATH = "none"


@dataclasses.dataclass
class Field:
    may: list  # ids that are no fault of the report, whatever their severity
    says: dict  # id, "verdict" or "path" -> texts it contains; of a finding: anywhere in it
    never: dict  # the same -> texts it does not contain; "any": no finding does
    first: dict  # id -> text of its first cause
    causes: dict  # id -> texts, each in one of its causes
    supported: dict  # id -> texts, each in a cause that the capture supports
    checks: dict  # id -> texts, each in one of its commands
    outcome: list  # of each path, in their order: "ok|hidden"; NO_PATH alone where none may be
    domain: str  # of every path; {D} is the scene's
    verdict: list  # texts of the first line
    lost: tuple  # least and most seconds that all paths lost; None: whatever
    costs: dict  # id -> least and most seconds of each of its findings
    time: dict  # "in_vain", "answers", "pauses" -> least and most seconds of all paths


KNOWN = set(cases.catalogue())


def field(kind, shows=(), like=(), recovered=(), alone=False, missing=None, may=(), says=None,
          never=None, first=None, causes=None, supported=None, checks=None, outcome=(),
          domain=None, verdict=(), lost=None, costs=None, time=None):
    """A case of this kind of wrong judgement. shows: {"id" or "id|id": "error" or "warn|note"}.

    An id of `shows` or `like` stands for all findings of that id; "id?" in `recovered` says that it
    may have been made good or not. missing: what the product cannot do yet, of variants {value: what}.
    {D} in a text is the scene's
    domain, and so on with every attribute of the scene: {client}, {dc}.
    """
    assert kind in KINDS, kind
    texts = [says, never, first, causes, supported, checks]
    named = [*dict(shows), *like, *(costs or {}), *may, *(r.rstrip("?") for r in recovered), *(k for t in texts for k in t or {})]
    strange = {i for many in named for i in many.split("|")} - KNOWN - {"verdict", "path", "any"}
    assert not strange, strange
    more = Field(list(may), _lists(says), _lists(never), dict(first or {}), _lists(causes),
                 _lists(supported), _lists(checks),
                 [outcome] if isinstance(outcome, str) else list(outcome), domain, _list(verdict),
                 lost, dict(costs or {}), dict(time or {}))

    def register(make):
        why = missing
        if isinstance(missing, dict):
            why = next((r for end, r in missing.items() if make.__name__.endswith(f"_{end}")), None)
        return cases.case(shows, like, recovered, alone, why, kind=kind, field=more)(make)

    return register


def _list(texts):
    return [texts] if isinstance(texts, str) else list(texts)


def _lists(texts):
    return {key: _list(value) for key, value in (texts or {}).items()}


# ---- what the product says ----


def _sentences(f):
    return [f["summary"], f["observed"], f["inferred"]]


def _cause(c):
    return c if isinstance(c, str) else c["text"]


def _whole(f):
    return "\n".join([*_sentences(f), *map(_cause, f["causes"]), *f["check"]])


def _reports(result):
    """The report for each client of the batch, of one run: the programs take most of their time to start."""
    clients = list(dict.fromkeys(scene.client for scene in result.scenes.values()))
    # The last one asked for is printed first.
    options = [option for c in reversed(clients)
               for option in ("-z", f"adpath,path,{'ipv6' if ':' in c else 'ip'}.addr=={c}")]
    texts = re.split(r"(?m)^(?=Verdict: )", result.tshark(result.path, "-q", *options))[1:]
    assert len(texts) == len(clients), (len(texts), len(clients))
    for client, text in zip(clients, texts):
        assert client in text or text.startswith("Verdict: none - "), (client, text)
    return dict(zip(clients, texts))


def report(result, scene):
    """`-z adpath,path` for the paths of this client; lines are joined."""
    if result.reports is None:
        result.reports = _reports(result)
    return re.sub(r"\s*\n\s+", " ", result.reports[scene.client])


def _filled(text, scene):
    def value(match):
        found = scene.domain if match.group(1) == "D" else getattr(scene, match.group(1))
        return re.escape(str(found))

    return re.sub(r"\{([A-Za-z]\w*)\}", value, text)


# ---- what differs ----


class _Judge:
    def __init__(self, case, result, scene):
        self.case, self.field, self.scene = case, case.field, scene
        judged = scene.addresses | scene.others
        self.paths = [p for p in result.json["paths"] if p["client"]["address"] in judged]
        self.found = [f for p in self.paths for f in p["findings"]]
        self.result = result
        self.why = []

    def wants(self, there, text, what):
        if not there:
            self.why.append(f"{what}: no /{text}/")

    def matches(self, text, where):
        return re.search(_filled(text, self.scene), where, re.I) is not None

    def of(self, ids):
        return [f for f in self.found if f["id"] in ids.split("|")]

    def findings(self):
        named = set(self.field.may)
        for ids, severities in self.case.shows:
            named |= set(ids.split("|"))
            of_id = self.of(ids)
            if not [f for f in of_id if f["severity"] in severities.split("|")]:
                self.why.append(f"lacks {ids}={severities}")
            self.why += [f"says {f['id']}={f['severity']}" for f in of_id
                         if f["severity"] not in severities.split("|")]
            for f in of_id:
                free = f["id"] + "?" in self.case.recovered
                if not free and (f["recovered_by"] is not None) != (f["id"] in self.case.recovered):
                    self.why.append(f"{f['id']}: recovered_by is {f['recovered_by']}")
        for f in self.found:
            loud = f["severity"] != "note" and f["id"] not in named
            if loud or f["id"] in self.case.like:
                self.why.append(f"says {f['id']}={f['severity']}")

    def frames(self):
        for ids, frames in self.scene.cited.items():
            cited = {n for f in self.of(ids) for n in f["frames"]}
            if self.of(ids) and not frames <= cited:
                self.why.append(f"{ids} does not cite {sorted(frames - cited)}")

    def texts(self):
        for key, texts in self.field.says.items():
            for text in texts:
                self.wants(any(self.matches(text, t) for t in self.places(key)), text, key)
        for key, texts in self.field.never.items():
            for text in texts:
                if any(self.matches(text, t) for t in self.places(key)):
                    self.why.append(f"{key}: has /{text}/")
        for text in self.field.verdict:
            self.wants(self.matches(text, self.places("verdict")[0]), text, "verdict")

    def places(self, key):
        if key == "any":
            return list(map(_whole, self.found))
        if key in ("verdict", "path"):
            text = report(self.result, self.scene)
            return [text if key == "path" else text.partition("\nActive Directory discovery")[0]]
        return list(map(_whole, self.of(key)))

    def advice(self):
        for ids, text in self.field.first.items():
            for f in self.of(ids):
                self.wants(f["causes"] and self.matches(text, _cause(f["causes"][0])), text,
                           f"{ids}, first cause")
        for what, wanted in (("cause", self.field.causes), ("supported cause", self.field.supported),
                             ("check", self.field.checks)):
            for ids, texts in wanted.items():
                for text in texts:
                    there = [t for f in self.of(ids) for t in self.listed(f, what)]
                    self.wants(any(self.matches(text, t) for t in there), text, f"{ids}, {what}")

    @staticmethod
    def listed(f, what):
        if what == "check":
            return f["check"]
        # A list of plain texts does not yet say what the capture supports.
        return [_cause(c) for c in f["causes"]
                if what == "cause" or (isinstance(c, dict) and c["evidence"] == "supported")]

    def outcomes(self):
        wanted = self.field.outcome
        got = [p["outcome"] for p in self.paths]
        if not got:  # else whatever must not be there would be absent for want of a path
            self.why += [] if wanted == [NO_PATH] else ["no path"]
            return
        if wanted and len(got) != len(wanted):
            self.why.append(f"paths {got} for {wanted}")
        self.why += [f"path is {g}, not {w}" for g, w in zip(got, wanted) if g not in w.split("|")]
        if self.field.domain:
            domain = self.field.domain.replace("{D}", self.scene.domain)
            self.why += [f"domain is {p['domain']}" for p in self.paths if p["domain"] != domain]


    def between(self, seconds, bounds, what):
        # A rounded microsecond is no second.
        if not bounds[0] - 1e-5 <= seconds <= bounds[1] + 1e-5:
            self.why.append(f"{what}: {seconds:.3f} s, not {bounds[0]} to {bounds[1]} s")

    def times(self):
        if self.field.lost:
            self.between(sum(p["lost"] for p in self.paths), self.field.lost, "lost")
        for part, bounds in self.field.time.items():
            self.between(sum(p["time_spent"][part] for p in self.paths), bounds, part)
        for id_, bounds in self.field.costs.items():
            for f in self.of(id_):
                self.between(f["cost"], bounds, f"cost of {id_}")
        for p in self.paths:
            parts = sum(p["time_spent"][part] for part in ("answers", "in_vain", "pauses"))
            self.between(parts - p["duration"], (0, 0), "parts and whole of the time")


def unlike(case, result):
    """What the product says otherwise, a line each; empty when it is right."""
    judge = _Judge(case, result, result.scenes[case.name])
    for part in (judge.findings, judge.frames, judge.texts, judge.advice, judge.outcomes, judge.times):
        part()
    return judge.why


def count(all_cases):
    """{kind: [written, right today]}, as the marks have it."""
    rows = {}
    for case in all_cases:
        if case.kind:
            row = rows.setdefault(case.kind, [0, 0])
            row[0] += 1
            row[1] += not case.missing
    return dict(sorted(rows.items(), key=lambda r: KINDS.index(r[0])))


def lines(all_cases):
    rows = count(all_cases)
    text = [f"{kind}: {right} of {written} right" for kind, (written, right) in rows.items()]
    return [*text, f"field cases: {sum(r for _, r in rows.values())} of {sum(w for w, _ in rows.values())} right"]


if __name__ == "__main__":
    import importlib

    for path in sorted(pathlib.Path(__file__).parent.glob("cases_*.py")):
        importlib.import_module(path.stem)
    print("\n".join(lines(cases.ALL)))
    if "-v" in sys.argv:
        print("\n".join(f"{c.kind} {c.name}: {c.missing or 'right'}" for c in cases.ALL if c.kind))
