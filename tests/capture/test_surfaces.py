# SPDX-License-Identifier: GPL-2.0-or-later
"""What the windows of Wireshark are fed with, seen through tshark and sharkd."""

import re

import harness
import pytest

LAB = ("a1", "b2", "c1", "d2", "b-mit-s4u2proxy")


def load(capture):
    return ("load", {"file": str(capture.path)})


def tap(wireshark, capture, name):
    """One tap of sharkd, which taps after it has read the file, as Wireshark does."""
    _, answer = wireshark.sharkd(load(capture), ("tap", {"tap0": name}))
    (result,) = answer["taps"]
    return result


def steps(wireshark, capture):
    """By frame and number: the order of arrows."""
    found = harness.steps_of(wireshark.json(capture))
    return sorted(found, key=lambda s: (s["request"] or s["frames"][0], s["n"]))


def comment_of(report, step):
    """What stands beside an arrow: the findings that cite the step, then the step itself."""
    cited = []
    for path in report["paths"]:
        for finding in path["findings"]:
            cited.append(f"{finding['severity']}: {finding['summary']}")
    own = f"{step['n']} {step['outcome']}: {step['summary']}"
    return cited, own


# ---- flow graph ----

IN_VAIN = " - tried in vain"


def test_flow_has_an_arrow_for_what_was_tried_in_vain(wireshark):
    """Where a finding cites a connection or a question that is no step; its label says how that ended."""
    name = "http-redirect-refused/capture.pcapng"
    capture = wireshark.borrow(next(c for c in harness.OWN_CAPTURES if c.name == name))
    vain = [a for a in tap(wireshark, capture, "seqa:adpath")["flows"] if a["c"].endswith(IN_VAIN)]
    assert {a["c"].split(": ")[0] for a in vain} == {"warn"}
    assert [a["pn"][1] for a in vain] == [53, 443]
    text = wireshark.ask(capture, "-q", "-z", "flow,adpath,standard")
    assert "TCP 443: refused" in text and "address: none" in text
    # An arrow says what came of the step; what was asked stands beside it.
    assert re.search(r"\bscp: 0 entries\b.*\bok: SCP search \(exchange\) below", text)


@pytest.mark.parametrize("name", LAB)
def test_flow_has_one_arrow_a_step(wireshark, lab, name):
    capture = lab(name)
    report = wireshark.json(capture)
    flow = tap(wireshark, capture, "seqa:adpath")
    wanted = steps(wireshark, capture)
    arrows = [arrow for arrow in flow["flows"] if not arrow["c"].endswith(IN_VAIN)]
    assert len(arrows) == len(wanted) >= 2
    for arrow, step in zip(arrows, wanted):
        cited, own = comment_of(report, step)
        assert float(arrow["t"]) == pytest.approx(step["start"] - report["capture"]["first"], abs=3e-6)
        assert arrow["pn"] == [step["client"]["port"], step["server"]["port"]]
        assert arrow["c"].endswith(own)
        rest = arrow["c"][: -len(own)].removesuffix(" - ")
        # Each remark is a finding's, and only a step that one cites has any.
        while rest:
            (match,) = [c for c in cited if rest.startswith(c)][:1]
            rest = rest[len(match) :].removeprefix("; ")


def test_flow_names_hosts(wireshark, lab):
    flow = tap(wireshark, lab("a1"), "seqa:adpath")
    assert flow["nodes"] == ["10.77.0.10", "dc1.contoso.test", "mail.contoso.test"]


def test_flow_says_what_is_wrong(wireshark, lab):
    """The ticket that nobody knows; healthy steps of the same capture carry no finding."""
    flow = tap(wireshark, lab("c1"), "seqa:adpath")
    wrong = [a["c"] for a in flow["flows"] if a["c"].startswith("error: ")]
    assert wrong and all("HTTP/mail-branch.contoso.test" in c for c in wrong)
    healthy = [a["c"] for a in tap(wireshark, lab("a1"), "seqa:adpath")["flows"]]
    assert not [c for c in healthy if re.match("(error|warn): ", c)]


def ladder(wireshark, capture, *arguments):
    text = wireshark.ask(capture, *arguments)
    # The comment stands behind the last bar of the first of an arrow's two lines.
    return text, [line.rsplit("|", 1)[1] for line in text.splitlines()[2:] if line[1:2].isdigit()]


@pytest.mark.parametrize("name", LAB)
def test_ladder(wireshark, lab, name):
    """tshark prints the same in one pass and in two, and what sharkd has."""
    capture = lab(name)
    flow = ("-q", "-z", "flow,adpath,standard")
    one, two = wireshark.both(
        lambda: ladder(wireshark, capture, *flow), lambda: ladder(wireshark, capture, "-2", *flow)
    )
    assert one == two
    assert one[1] == [a["c"] for a in tap(wireshark, capture, "seqa:adpath")["flows"]]


def test_ladder_of_some_paths(wireshark, lab):
    capture = lab("c1")
    flow = "flow,adpath,network,"
    _, some = ladder(wireshark, capture, "-q", "-z", flow + "adpath.krb.error == 7")
    assert len(some) == len(wireshark.json(capture)["paths"][0]["steps"])
    assert wireshark.ask(capture, "-q", "-z", flow + "adpath.n == 9999") == ""


@pytest.mark.parametrize("argument", ["flow,adpath", "flow,adpath,", "flow,adpath,sideways"])
def test_ladder_refuses(wireshark, lab, argument):
    result = wireshark.tshark(lab("a1"), "-q", "-z", argument)
    assert (result.status, result.out) == (1, "")
    assert result.err == "tshark: flow - Invalid address type.\n"


def test_other_flows_stay(wireshark, lab):
    """Of all the flow types that tshark knows only ours is ours."""
    capture = lab("a1")
    for flow in ("flow,any,standard", "flow,tcp,network"):
        assert wireshark.ask(capture, "-q", "-z", flow) == wireshark.ask(
            capture, "-q", "-z", flow, plugins=None
        )


# ---- response times ----


def times_from_json(wireshark, capture):
    times = {}
    for step in harness.steps_of(wireshark.json(capture)):
        if step["time"] is not None:
            times.setdefault(step["kind"], []).append(step["time"])
    return times


@pytest.mark.parametrize("name", LAB)
def test_response_times(wireshark, lab, name):
    capture = lab(name)
    wanted = times_from_json(wireshark, capture)
    (table,) = tap(wireshark, capture, "srt:adpath")["tables"]
    rows = {row["n"]: row for row in table["r"]}
    assert set(rows) == set(wanted)
    text = wireshark.ask(capture, "-q", "-z", "adpath,srt").splitlines()[1:]
    assert [line.split()[0] for line in text] == list(rows)
    for line in text:
        kind, calls, low, high, average, total = line.split()
        times = wanted[kind]
        assert int(calls) == rows[kind]["num"] == len(times)
        for shown, value in (
            (low, min(times)),
            (high, max(times)),
            (average, sum(times) / len(times)),
            (total, sum(times)),
        ):
            assert float(shown) == pytest.approx(value, abs=1e-6 * len(times))
        for key, value in (("min", min(times)), ("max", max(times)), ("tot", sum(times))):
            assert rows[kind][key] == pytest.approx(value, abs=1e-6 * len(times))


# ---- keys ----


def test_keys_of_a_sealed_capture(wireshark, lab):
    text = wireshark.ask(lab("b2"), "-q", "-z", "adpath,decrypt")
    one_line = " ".join(text.split())
    assert (
        "10.77.0.1 (dc1.contoso.test), ldap/dc1.contoso.test: 2 connections, 6 LDAP messages, from "
        "frame 170 on" in one_line
    )
    assert "A keytab with the keys of the principals named above" in one_line
    assert "-o kerberos.decrypt:TRUE -K FILE" in one_line


def test_keys_of_some_paths(wireshark, lab):
    """Only the paths that the filter chooses."""
    text = wireshark.ask(lab("b2"), "-q", "-z", "adpath,decrypt,adpath.path == 1")
    assert "ldap/dc1.contoso.test" in text
    text = wireshark.ask(lab("b2"), "-q", "-z", "adpath,decrypt,adpath.path == 99")
    assert "Nothing of the discovery path is hidden here." in text


def test_keys_that_are_there(wireshark, lab):
    """With the keytab the same connections are open, and no key is asked for."""
    text = wireshark.ask(lab("b2", keys=True), "-q", "-z", "adpath,decrypt")
    assert "Nothing of the discovery path is hidden here." in text
    assert re.search(r"^\d+ LDAP steps? (is|are) readable with the keys", text, re.M)


WRONG_KEYS = "no key opens what Kerberos has sealed here"


def test_keys_that_do_not_fit(wireshark, lab):
    """A wrong keytab is silent by itself; so is one that nobody told Wireshark to use."""
    sealed, other = lab("b2"), next(c for c in harness.OWN_CAPTURES if c.keytab and not c.name.startswith("lab/b2"))
    keys = ("-K", wireshark.readable(other.keytab))
    reports = ("-q", "-z", "adpath,path", "-z", "adpath,decrypt")
    used = " ".join(wireshark.ask(sealed, *keys, "-o", "kerberos.decrypt:TRUE", *reports).split())
    assert used.count(WRONG_KEYS) == 2
    unused = " ".join(wireshark.ask(sealed, *keys, *reports).split())
    assert unused.count("The preference kerberos.decrypt is off: a keytab alone") == 1 and WRONG_KEYS not in unused
    named = wireshark.ask(sealed, "-o", f"kerberos.file:{keys[1]}", "-q", "-z", "adpath,path")
    assert "The preference kerberos.decrypt is off" in named
    fits = wireshark.ask(lab("b2", keys=True), *reports)
    assert "kerberos.decrypt is" not in fits and WRONG_KEYS not in fits


def test_no_keys_wanted_where_all_is_clear(wireshark, lab):
    text = wireshark.ask(lab("a1"), "-q", "-z", "adpath,decrypt")
    assert text.endswith("Nothing of the discovery path is hidden here.\n")


# ---- Markdown ----


def test_markdown(wireshark, lab):
    capture = lab("c1")
    text = wireshark.ask(capture, "-q", "-z", "adpath,markdown")
    report = wireshark.json(capture)
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\w+) \| (\w+) \|", text, re.M)
    (path,) = report["paths"]
    assert rows == [
        (str(s["n"]), str(s["request"] or s["frames"][0]), s["kind"], s["outcome"])
        for s in path["steps"]
    ]
    heads = re.findall(r"^#### (\w+): ([\w-]+)$", text, re.M)
    assert sorted(heads) == sorted((f["severity"], f["id"]) for f in path["findings"])
    # Heimdal's KDC, which may be Samba's: what asks a directory is not ruled out.
    for command in ("setspn -Q", "kvno"):
        assert f"* check (reads only): ` {command} HTTP/mail-branch.contoso.test `\n" in text
    # Underscores of names would make emphasis.
    assert r"SRV \_kerberos.\_udp.CONTOSO.TEST" in text


# ---- sharkd knows them all ----


def test_sharkd_names_every_tap(wireshark, lab):
    (info,) = wireshark.sharkd(("info", {}))
    names = {entry["tap"] for kind in ("stats", "taps", "nstat", "seqa", "srt") for entry in info.get(kind, [])}
    assert {"stat:adpath", "nstat:adpath,steps", "seqa:adpath", "srt:adpath"} <= names


def test_sharkd_experts(wireshark, lab):
    """Findings, with the severity they have, are expert items; so is the verdict, where the path begins."""
    result = tap(wireshark, lab("c1"), "expert")
    found = {(d["s"], d["m"]) for d in result["details"] if d["p"] == "ADPath"}
    verdict = wireshark.json(lab("c1"))["verdict"]["text"]
    found.remove(("Warning", f"Path 1, client 10.77.0.10: {verdict}"))
    assert {s for s, _ in found} == {"Error", "Warning"}
    assert all(m.endswith("[spn-not-found-or-duplicate]") for _, m in found)


def test_all_taps_at_once_and_again(wireshark, lab):
    names = ("stat:adpath", "nstat:adpath,steps", "seqa:adpath", "srt:adpath", "expert")
    taps = ("tap", {f"tap{i}": name for i, name in enumerate(names)})
    _, first, second = wireshark.sharkd(load(lab("c1")), taps, taps)
    assert first == second
    assert len(first["taps"]) == len(names)


def test_ready_filters_are_filters(wireshark, lab):
    """The menu's filters, from its table: each is one, and finds what its title says."""
    source = (harness.ROOT / "plugins/adpath/facts/filters.c").read_text()
    rows = re.findall(r'\{("(?:[^"\\]|\\.)*"(?:,?\s*"(?:[^"\\]|\\.)*")*)\}', source)
    filters = {}
    for row in rows:
        title, *middle = re.split(r'(?<="),\s*', row)
        filters[title.strip('"')] = "".join(
            part for piece in middle[:-1] for part in re.findall(r'"((?:[^"\\]|\\.)*)"', piece)
        ).replace('\\"', '"')
    assert {"Whole path", "Faults", "SCP", "SRV", "LDAP ping", "Kerberos errors", "Hidden LDAP",
            "NTLM fallback"} == set(filters)
    found = {
        title: {
            name: len(wireshark.ask(lab(name), "-2", "-Y", text).splitlines())
            for name in ("a1", "b2", "c1")
        }
        for title, text in filters.items()
    }
    assert found["Faults"]["a1"] == 0 < found["Faults"]["c1"]
    assert found["Hidden LDAP"]["a1"] == 0 < found["Hidden LDAP"]["b2"]
    assert found["SCP"]["b2"] == 0 < found["SCP"]["a1"]
    assert found["NTLM fallback"]["a1"] == 0
    for title in ("Whole path", "SRV", "LDAP ping", "Kerberos errors"):
        assert 0 < found[title]["a1"], title
