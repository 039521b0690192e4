# SPDX-License-Identifier: GPL-2.0-or-later
"""-z adpath,html: the same facts as the JSON, in a page that nothing in a capture can harm."""

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading

import harness
import html_page as pages
import pytest

sys.path.append(str(harness.ROOT / "tests" / "synthetic"))
import build as b  # noqa: E402
import web  # noqa: E402

SOURCE = harness.ROOT / "plugins" / "adpath"


def one_line(text):
    return " ".join(text.split())


# ---- the same facts as the JSON ----


def check_stages(page, path, section):
    rows = [r for r in page.rows(section, "stages")[1:] if len(r) > 1]
    assert len(rows) == len(path["stages"]) == 6
    for row, stage in zip(rows, path["stages"]):
        assert row[0].split()[0] == stage["stage"]
        assert row[1] == stage["outcome"]
        begun = stage["start"] is not None
        after = f"{stage['start'] - path['start']:.6f}" if begun else "-"
        assert row[2] == after or float(row[2]) == pytest.approx(float(after), abs=2e-6)
        assert row[3] == (f"{stage['duration']:.6f}" if begun else "-")
        assert row[4] == (f"{stage['waiting']:.6f}" if begun else "-")
        assert row[5] == (f"{stage['lost']:.6f}" if stage["lost"] else "-")


def check_time(page, path, section):
    """Where the time went, of a path that took any, as in the report."""
    time = path["time_spent"]
    found = page.of_class("spent", section)
    assert bool(found) == (path["duration"] >= 2 or time["in_vain"] >= 0.5)
    said = {}
    for spent in found:
        said.update(zip(map(pages.words, spent.iter("dt")), map(pages.words, spent.iter("dd"))))
    parts = {"in vain": "in_vain", "for answers": "answers", "own pauses": "pauses"}
    if time["in_vain"] < 0.1:
        del parts["in vain"]
    assert set(said) == (set(parts) if found else set())
    for label, text in said.items():
        assert text.split()[0] == f"{time[parts[label]]:.6f}"


def check_endpoints(page, path, section):
    said = page.rows(section, "endpoints")[1:] if path["endpoints"] else []
    wanted = [
        [
            str(e["rank"] or "-"),
            str(e["order"] or "-"),
            e["outcome"],
            one_line(e["url"]),
            one_line(f"{e['source']}, {e['reason']}"),
        ]
        for e in path["endpoints"]
    ]
    assert said == wanted
    assert bool(wanted) == any("Endpoints" in pages.words(h) for h in section.iter("h3"))


def check_finding(said, finding):
    assert (said["severity"], said["summary"]) == (finding["severity"], one_line(finding["summary"]))
    for key in ("observed", "inferred"):
        assert (pages.words(said[key]) if key in said else "") == one_line(finding[key])
    shown = [int(n) for n in re.findall(r"\d+", pages.words(said["evidence"]).split("(")[0])]
    frames = finding["frames"]
    assert shown == frames or (shown[:-1] == frames[:12] and shown[-1] == len(frames) - 12)
    assert len(said["causes"]) == len(finding["causes"])
    for (evidence, text), cause in zip(said["causes"], finding["causes"]):
        assert evidence == cause["evidence"] and text.startswith(one_line(cause["text"]))
    assert said["check"] == finding["check"]
    assert ("cost" in said) == (finding["cost"] != 0)
    if finding["recovered_by"]:
        assert f"by step {finding['recovered_by']}:" in pages.words(said["recovered"])


def check_step(page, step):
    number, _, frames, kind, outcome, took, what = page.step(step["n"])
    assert number == str(step["n"])
    wanted = [step["request"] or step["frames"][0], step["response"]]
    assert frames.split(", ") == [str(f) for f in dict.fromkeys(wanted) if f]
    assert (kind, outcome) == (step["kind"], step["outcome"])
    assert took == ("-" if step["time"] is None else f"{step['time']:.6f}")
    assert what.startswith(one_line(step["summary"]))
    assert step["server"]["address"] in what
    for entry in step["detail"].get("entry_list", []):
        assert one_line(entry["binding"] or entry["dn"]) in what


def check_facts(page, report):
    tops = page.of_class("top")
    assert [pages.words(e) for e in tops] == [one_line(report["verdict"]["text"])]
    assert report["verdict"]["outcome"] in tops[0].get("class").split()
    assert sorted(s["n"] for s in harness.steps_of(report)) == page.numbers()
    for step in harness.steps_of(report):
        check_step(page, step)
    for path in report["paths"]:
        section = page.by_id(f"p{path['id']}")
        assert path["client"]["address"] in pages.words(section.find("h2"))
        assert page.chips(section.find("h2")) == [path["outcome"]]
        verdicts = [v.get("class").split()[1] for v in page.of_class("verdict", section)]
        assert verdicts == ([path["outcome"]] if len(report["paths"]) > 1 else [])
        check_stages(page, path, section)
        check_time(page, path, section)
        check_endpoints(page, path, section)
        said = page.findings(section)
        key = lambda f: (f["id"], one_line(f["summary"]) if isinstance(f["summary"], str) else "")  # noqa: E731
        assert len(said) == len(path["findings"])
        for mine, wanted in zip(sorted(said, key=key), sorted(path["findings"], key=key)):
            assert mine["id"] == wanted["id"]
            check_finding(mine, wanted)
    limits = [pages.words(e) for e in page.of_class("limit")]
    for limit in report["capture"]["limits"]:
        assert f"Limit reached: {limit}" in limits


def test_the_page_says_what_the_json_says(wireshark, capture):
    """On every capture; it is well-formed, runs and loads nothing, and can be read by ear."""
    reports = wireshark.reports(capture)
    page = pages.Page(reports["html"])
    page.check()
    page.check_reading()
    check_facts(page, wireshark.json(capture))


def test_two_passes_tell_the_same(wireshark, lab):
    for name in ("a1", "b2", "c1"):
        capture = lab(name)
        assert wireshark.reports(capture)["html"] == wireshark.reports(capture, "-2")["html"]


def test_facts_of_a_known_recording(wireshark, lab):
    """Asked of the page alone: an SCP search with three entries, in the order to try them."""
    page = pages.Page(wireshark.reports(lab("a1"))["html"])
    (search,) = [n for n in page.numbers() if page.step(n)[3] == "scp" and "exchange" in page.step(n)[6]][:1]
    entries = [pages.words(li) for li in page.by_id(f"s{search}").iter("li")]
    assert [re.search(r"no\. (\d)", e).group(1) for e in entries] == ["1", "2", "3"]
    assert entries[0].startswith("url https://mail.contoso.test/autodiscover/autodiscover.xml")
    assert pages.words(page.root.find(".//title")) == "ok: Active Directory discovery"


def test_words_that_are_used_and_no_others(wireshark, lab):
    """The glossary has a term when the page says it."""
    a1, s4u = (pages.Page(wireshark.reports(lab(n))["html"]) for n in ("a1", "b-mit-s4u2self"))
    assert {"SCP", "SRV", "KDC", "site", "LDAP ping"} <= a1.terms()
    assert "ticket" in s4u.terms() and not {"POX", "NXDOMAIN", "NTLM", "pointer"} & s4u.terms()
    for page in (a1, s4u):
        body = pages.words(page.root.find("body"))
        assert len(page.terms()) < 36
        if "NTLM" in page.terms():
            assert re.search(r"\bNTLM\b", body.split("Words")[0])


def test_filter_selects_paths(wireshark, lab):
    capture = lab("a1")
    text = wireshark.ask(capture, "-q", "-z", "adpath,html,adpath.n == 9999")
    page = pages.Page(text)
    page.check()
    assert page.numbers() == []
    assert "No path has a frame that matches the filter" in pages.words(page.of_class("top")[0])


# ---- folding, and the drawing ----


def test_repeated_healthy_steps_are_folded(wireshark, lab):
    """Folded is what went well; whatever a finding cites stands alone. The words are those of the report."""
    for name in ("a1", "c1"):
        report = wireshark.json(lab(name))
        page = pages.Page(wireshark.reports(lab(name))["html"])
        outcome = {s["n"]: s["outcome"] for s in harness.steps_of(report)}
        cited = {f for p in report["paths"] for x in p["findings"] for f in x["frames"]}
        text = " ".join(wireshark.reports(lab(name))["path"].split())
        folds = [e for e in page.root.iter("details")]
        assert len(folds) > 3
        for fold in folds:
            inner = [int(row.get("id")[1:]) for row in fold.iter("tr") if row.get("id")]
            assert len(inner) >= 2 and inner == sorted(inner)
            assert {outcome[n] for n in inner} <= {"ok", "normal"}
            said = re.fullmatch(rf"{inner[0]} \+{len(inner) - 1} (.*) \[(steps .*), frames \d+-\d+\]", pages.words(fold[0]))
            assert said and said[1] in text and said[2] in text
            for step in harness.steps_of(report):
                if step["n"] in inner:
                    assert not cited & {step["request"], step["response"]}


def drawn_lines(page):
    (ladder,) = page.of_class("ladder")
    return [pages.words(svg[0]) for svg in ladder.find("tbody").iter("svg")]


def test_the_drawing(wireshark, lab):
    """A line a step or fold, and one for each finding; columns of all servers, by their part."""
    report = wireshark.json(lab("c1"))
    page = pages.Page(wireshark.reports(lab("c1"))["html"])
    lines = drawn_lines(page)
    (path,) = report["paths"]
    folded = sum(len([r for r in d.iter("tr") if r.get("id")]) - 1 for d in page.root.iter("details"))
    assert len([line for line in lines if line.startswith("Step ")]) == len(path["steps"]) - folded
    for finding in path["findings"]:
        assert f"{finding['severity']}: {one_line(finding['summary'])}" in lines
    (ladder,) = page.of_class("ladder")
    head = pages.words(next(ladder.iter("svg"))[0])
    for address in {s["server"]["address"] for s in path["steps"]}:
        assert address in head


def test_a_long_path_is_drawn_to_a_limit_that_speaks(wireshark):
    """The drawing ends, and says so; the steps below it are all there."""
    c = b.Capture()
    for i in range(400):
        c.wait(1.5)  # after a pause another line begins
        name = f"_ldap._tcp.dc._msdcs.d{i}.test"
        server = f"10.0.1.{i % 13 + 1}"
        c.exchange(b.CLIENT, 50000 + i, server, 53, b.dns(i + 1, name), b.dns_reply(i + 1, name, [b.srv_rr(b.QUESTION, "dc.test")]))
    capture = harness.Capture(c.save(wireshark.scratch, "long"), "long")
    page = pages.Page(wireshark.reports(capture)["html"])
    page.check()
    report = wireshark.json(capture)
    check_facts(page, report)
    (path,) = report["paths"]
    assert len(path["steps"]) == 400
    assert len([line for line in drawn_lines(page) if line.startswith("Step ")]) == 160
    limits = [pages.words(e) for e in page.of_class("limit")]
    assert f"The drawing ends here: {400 - 160} later steps are not drawn. The steps below have all of them." in limits
    assert any(re.fullmatch(r"3 more servers share the last column.*", limit) for limit in limits)


# ---- hostile captures ----

MARKUP = (
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "]]><svg onload=alert(1)>",
    "'onmouseover='alert(1)",
    "&lt;b&gt;&#60;script&#62;",
    "\u202egpj.exe\u2066x\u200b",
    "</title></style></text></svg><iframe src=//[::1]/>",
    "--><!--",
    "javascript:alert(1)",
)


def hostile(wireshark, place="127.0.0.1:9"):
    """Markup wherever a packet can put a name; what it would load is at `place`."""
    texts = (*MARKUP, f'"><img src="http://{place}/image"><link rel=stylesheet href="http://{place}/style">')
    c = b.Capture()
    for i, text in enumerate(texts):
        label = text.encode()[:60]
        name = [b"_ldap", b"_tcp", b"dc", b"_msdcs", label, b"test"]
        # As nothing, and as an answer.
        reply = {"rcode": 3} if i % 2 else {"answers": [b.srv_rr(b.QUESTION, b.dns_name([label, b"test"]))]}
        c.exchange(b.CLIENT, 50100 + i, b.DC, 53, b.dns(i + 1, name), b.dns_reply(i + 1, name, **reply))
        c.exchange(b.CLIENT, 50200 + i, b.DC, 88, b.as_req(text, "krbtgt/" + text), b.krb_error(6 + i, "krbtgt/" + text, text=text))
    web.search_scp(c, *[f"https://h{i}.contoso.test/{text}" for i, text in enumerate(texts)])
    for i, text in enumerate(texts):
        t = c.tcp(b.CLIENT, 50300 + i, b.WEB, 80)
        t.ask(b.http_get("autodiscover.contoso.test", web.PATH))
        t.answer(b.http_reply(302, b"", f"Location: http://{place}/{text}"))
        t.close()
    c.silence(60)
    name = "hostile" if place.endswith(":9") else "hostile-loading"
    return harness.Capture(c.save(wireshark.scratch, name), name)


def test_markup_in_names_is_text(wireshark):
    """Nothing of a packet becomes an element, an attribute or an entity; all of it can be read."""
    capture = hostile(wireshark)
    page = pages.Page(wireshark.reports(capture)["html"])
    page.check()
    page.check_reading()
    check_facts(page, wireshark.json(capture))
    shown = page.text
    assert shown.count("<script") == shown.count("<img") == shown.count("<iframe") == shown.count("<!--") == 0
    body = pages.words(page.root.find("body"))
    for seen in ("<script>document", "onerror=", "]]><svg", "&#60;script&#62;", "\\xe2\\x80\\xae"):
        assert seen in body, seen
    # The drawing has them too.
    assert any("<script>document" in line for line in drawn_lines(page))


def test_one_function_escapes(wireshark):
    """Only numbers are formatted into markup: whatever is text passes through adp_page_text()."""
    for path in sorted(SOURCE.glob("show/html*.c")):
        text = path.read_text()
        for call in re.findall(r"adp_page_rawf\((.*?)\);", text, re.S):
            assert "%s" not in call, (path.name, call)
        if path.name != "html_text.c":
            # What is not a constant goes another way, but for what a comment there explains.
            raw = re.findall(r"adp_page_raw\(\s*[^,]+,\s*([^\"\s][^;]*?)\);", text)
            allowed = {"hash", "severity", "adp_html_style()", "class", "label", "term->name", "term->meaning"}
            assert {r.strip() for r in raw if "?" not in r} <= allowed, (path.name, raw)


# ---- colours ----


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast():
    """WCAG 2.1, AA: 4.5 for text, 3 for the lines of the drawing; in the light and in the dark."""
    source = (SOURCE / "show/html_style.c").read_text()
    for scheme in ("LIGHT", "DARK"):
        block = re.search(rf"#define {scheme}(.*?)\n\n", source, re.S).group(1)
        block = re.sub(r'"\s*\\?\n?\s*"', "", block)
        colours = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6});", block))
        assert len(colours) >= 20
        for name, colour in colours.items():
            if name.endswith("-t"):
                assert contrast(colour, colours[name[:-1] + "g"]) >= 4.5, (scheme, name)
        for name in ("text", "soft", "link"):
            assert contrast(colours[name], colours["ground"]) >= 4.5, (scheme, name)
            assert contrast(colours[name], colours["panel"]) >= 4.5, (scheme, name)
        for name in ("waiting", "lost", "normal-l", "warn-t", "note-t", "hidden-t"):
            assert contrast(colours[name], colours["ground"]) >= 3, (scheme, name)


# ---- a browser ----

BROWSERS = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
# Seconds: a first start on a busy machine.
PATIENCE = 90


class Visits(http.server.BaseHTTPRequestHandler):
    """Notes what is asked for."""

    def do_GET(self):  # noqa: N802
        self.server.visits.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def visited():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Visits)
    server.visits = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def browse(tmp_path, page, *arguments):
    """Opens a page in a browser without a window; its standard output."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        pytest.skip(
            f"NOT TESTED: the HTML page in a browser, as none of {', '.join(BROWSERS)} is here "
            "(Debian's chromium-headless-shell; tools/test --lab installs it)"
        )
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}", *arguments, page.as_uri(),
        ],
        capture_output=True, text=True, check=False, timeout=PATIENCE, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_browser_runs_nothing_and_loads_nothing(wireshark, tmp_path, visited):
    """Opened in Chromium, from a capture that wants to run a script and to load a picture."""
    place = f"127.0.0.1:{visited.server_address[1]}"
    # What it would be if text were markup: the browser asks, so that silence means something.
    (tmp_path / "control.html").write_text(
        f"<!DOCTYPE html><title>mine</title><img src='http://{place}/control'>{MARKUP[0]}"
    )
    dom = browse(tmp_path, tmp_path / "control.html", "--dump-dom")
    assert "/control" in visited.visits and "<title>owned</title>" in dom
    visited.visits.clear()
    text = wireshark.ask(hostile(wireshark, place), "-q", "-z", "adpath,html")
    (tmp_path / "hostile.html").write_text(text)
    dom = browse(tmp_path, tmp_path / "hostile.html", "--dump-dom")
    assert visited.visits == []
    assert re.search(r"<title>\w+: Active Directory discovery</title>", dom)
    assert not re.search(r"<(script|img|iframe|link)\b", dom)
    # The browser's tree has as many elements as ours: it read nothing else than was meant.
    page = pages.Page(text)
    assert dom.count("<svg") == len(list(page.root.iter("svg"))) > 20
    assert dom.count("<td") == len(list(page.root.iter("td")))


def test_a_browser_prints_all_of_it(wireshark, lab, tmp_path):
    """On paper, what is folded on the screen is open."""
    if not shutil.which("pdftotext"):
        pytest.skip("NOT TESTED: the printed HTML page, as pdftotext (Debian's poppler-utils) is not here")
    (tmp_path / "page.html").write_text(wireshark.reports(lab("a1"))["html"])
    browse(tmp_path, tmp_path / "page.html", "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    printed = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    for step in harness.steps_of(wireshark.json(lab("a1"))):
        assert re.search(rf"^ *{step['n']} +\d+\.\d{{6}} ", printed, re.M), step["n"]
