# SPDX-License-Identifier: GPL-2.0-or-later
"""What Wireshark's own windows show of a capture, each opened through the menus."""

import re
import subprocess
import time

import desktop as d
import harness
import packets
import pytest

STEPS = r".*· AD Discovery Steps ·.*"
TREE = r".*· AD Discovery Path · .*"
EXPERT = r".*· Expert Information ·.*"
REPORT = r".*· AD Discovery Path"
PACKET = r".*· AD Discovery: this packet"
MENU = ("Tools", "AD Discovery Path")
OUTCOMES = ("ok", "normal", "failed", "unanswered", "hidden", "pending")


@pytest.fixture
def two_clients(wireshark):
    """Two recordings in one capture, the client of the second with another address."""
    lab = harness.TESTDATA / "lab"
    path = wireshark.scratch / "synthetic-two-clients.pcap"
    if not path.exists():
        frames = list(packets.frames_of(lab / "a1-happy-gssapi-clear.pcapng"))
        for ns, frame in packets.frames_of(lab / "c1-unknown-spn-7.pcapng"):
            frames.append((ns, frame.replace(bytes([10, 77, 0, 10]), bytes([10, 77, 0, 11]))))
        packets.write(path, frames)
        path.chmod(0o644)
    return harness.Capture(path, path.name)


def report(wireshark, capture, *arguments):
    return wireshark.json(capture, "-2", *arguments)


def findings(wireshark, capture):
    return [f for path in report(wireshark, capture)["paths"] for f in path["findings"]]


# The window of the table has in front what came of a step.
ORDER = "n frame outcome summary kind took client server path time".split()


def rows_of(wireshark, capture):
    """What the table has to show: titles and rows of -z adpath,tsv, in the order of the window."""
    lines = [line.split("\t") for line in wireshark.ask(capture, "-2", "-q", "-z", "adpath,tsv").splitlines()]
    return [[line[lines[0].index(title)] for title in ORDER] for line in lines]


# ---- Statistics ----


def test_the_table_of_steps(wireshark, two_clients, show):
    titles, *rows = rows_of(wireshark, two_clients)
    window = show(two_clients)
    window.open(STEPS, "Statistics", "AD Discovery Steps")
    window.wait(lambda: len(window.rows(STEPS)) == len(rows), f"{len(rows)} rows")
    assert window.titles(STEPS) == titles
    assert window.rows(STEPS) == rows
    # What came of a step is read without a wider window: half of the window is there for the column.
    (number, *_) = window.desktop.xdo("search", "--name", "· AD Discovery Steps ·")
    left, width = (int(re.search(rf"{name}=(\d+)", " ".join(window.desktop.xdo("getwindowgeometry", "--shell", number))).group(1))
                   for name in ("X", "WIDTH"))
    middle, _, wide = window.place_of_title(STEPS, "summary")
    assert middle - wide / 2 - left < width / 2, (left, width, middle, wide)
    # Its filter takes the paths of which a frame matches.
    second = [row for row in rows if row[ORDER.index("path")] == "2"]
    assert 0 < len(second) < len(rows)
    window.desktop.ask("write", window=STEPS, name=d.FILTER, text='adpath.client == "10.77.0.11"')
    window.press(STEPS, "Apply")
    window.wait(lambda: window.rows(STEPS) == second, "the rows of the second path")
    window.desktop.ask("write", window=STEPS, name=d.FILTER, text="")
    window.press(STEPS, "Apply")
    window.wait(lambda: window.rows(STEPS) == rows, "all rows again")


def test_the_table_sorts(wireshark, lab, show):
    capture = lab("c1")
    rows = rows_of(wireshark, capture)[1:]
    window = show(capture)
    window.open(STEPS, "Statistics", "AD Discovery Steps")
    window.wait(lambda: len(window.rows(STEPS)) == len(rows), f"{len(rows)} rows")
    x, y, _ = window.place_of_title(STEPS, "outcome")
    window.desktop.xdo("mousemove", x, y, "click", 1)
    window.wait(
        lambda: [r[2] for r in window.rows(STEPS)] in (s := sorted(r[2] for r in rows), s[::-1]),
        "rows in the order of their outcome",
    )


def counts(steps):
    """What the tree has to say of steps, by kind and outcome."""
    made = {}
    for step in steps:
        for key in ((step["kind"],), (step["kind"], step["outcome"])):
            made[key] = made.get(key, 0) + 1
    return made


def counts_shown(rows, kinds):
    """The same from the rows below "Steps"."""
    names = [row[0] for row in rows]
    if "Steps" not in names or not all(row[1] for row in rows):
        return None  # the window is being filled
    made, kind = {}, None
    for name, count, *_ in rows[names.index("Steps") + 1 :]:
        if name in kinds:
            kind = name
            made[(kind,)] = int(count)
        elif name in OUTCOMES and kind:
            made[(kind, name)] = int(count)
        else:
            break
    return made


def test_the_tree(wireshark, two_clients, show):
    steps = harness.steps_of(report(wireshark, two_clients))
    kinds = {step["kind"] for step in steps}
    window = show(two_clients)
    window.open(TREE, "Statistics", "AD Discovery Path")
    window.wait(
        lambda: counts_shown(window.rows(TREE), kinds) == counts(steps), f"the tree shows {counts(steps)}"
    )
    # The window sorts from Z to A, but clients come first; by name, and below each path how it ended.
    names = [row[0] for row in window.rows(TREE)]
    tops = [name for name in names if name in ("Clients", "Findings", "Stages", "Steps")]
    assert tops == ["Clients", "Steps", "Stages", "Findings"]
    for path in report(wireshark, two_clients)["paths"]:
        client = path["client"]
        label = f"{client['address']} ({client['name']})" if client["name"] else client["address"]
        assert label in names
        own = names[names.index(f"Path {path['id']}") :]
        assert [n for n in own if re.match(r"(ok|failed|incomplete|hidden) - ", n)][0].startswith(path["outcome"])
    second = [step for step in steps if step["client"]["address"] == "10.77.0.11"]
    window.desktop.ask("write", window=TREE, name=d.FILTER, text='adpath.client == "10.77.0.11"')
    window.press(TREE, "Apply")
    window.wait(
        lambda: counts_shown(window.rows(TREE), kinds) == counts(second), "the numbers of the second path"
    )


def test_response_times_count_calls(wireshark, lab, show):
    capture = lab("c1")
    steps = harness.steps_of(report(wireshark, capture))
    answered = {}
    for step in steps:
        if step["time"] is not None:
            answered[step["kind"]] = answered.get(step["kind"], 0) + 1
    window = show(capture)
    title = r".*ADPath.*Service Response Time.*|.*Service Response Time.*ADPath.*"
    window.open(title, "Statistics", "Service Response Time", "ADPath")

    def shown():
        made = {}
        for row in window.rows(title):
            kinds = [cell for cell in row if cell in answered]
            if kinds:
                made[kinds[0]] = int(row[row.index(kinds[0]) + 1])
        return made

    window.wait(lambda: shown() == answered, f"the table shows {answered}")


def test_the_flow_graph(wireshark, lab, show):
    """One arrow a step; its packet and comment are read under the mouse, as by a person."""
    title = r".*· Flow ·.*"
    capture = lab("c1")
    steps = {step["request"]: step for step in harness.steps_of(report(wireshark, capture))}
    window = show(capture)
    window.open(title, "Statistics", "Flow Graph")
    window.choose(title, "AD discovery path", "All Flows")
    window.wait(
        lambda: any(f"{len(steps)} item(s)" in label for label in window.desktop.ask("labels", window=title)),
        f"{len(steps)} arrows",
    )
    (number, *_) = window.desktop.xdo("search", "--name", "· Flow ·")
    window.desktop.xdo("windowsize", number, 1200, 950)
    seen = {}

    def sweep():
        for y in range(60, 840, 7):
            window.desktop.xdo("mousemove", 250, y)
            for label in window.desktop.ask("labels", window=title):
                packet = re.match(r"Packet (\d+): (.*)", label)
                if packet:
                    seen[int(packet.group(1))] = packet.group(2)
        return len(seen) >= 25

    window.wait(sweep, "the comments of 25 arrows")
    for frame, comment in seen.items():
        if comment.endswith(" - tried in vain"):
            continue
        step = steps[frame]
        assert f"{step['n']} {step['outcome']}: {step['summary']}" in comment, comment
    faults = [comment for frame, comment in seen.items() if steps[frame]["outcome"] == "failed"]
    assert faults and all("not found, or registered more" in comment for comment in faults), faults


def test_the_flow_graph_with_a_filter(wireshark, two_clients, show):
    """Limited to the display filter, it has the arrows of the paths that match."""
    title = r".*· Flow ·.*"
    steps = harness.steps_of(report(wireshark, two_clients))
    second = [s for s in steps if s["client"]["address"] == "10.77.0.11"]
    window = show(two_clients, "-Y", 'adpath.client == "10.77.0.11"')
    window.open(title, "Statistics", "Flow Graph")
    window.choose(title, "AD discovery path", "All Flows")

    def arrows(number):
        return any(f" {number} item(s)" in label for label in window.desktop.ask("labels", window=title))

    # Later versions begin with the limit, when there is a filter.
    window.wait(lambda: arrows(len(steps)) or arrows(len(second)), "the arrows of all or of the second")
    before, after = (steps, second) if arrows(len(steps)) else (second, steps)
    window.press(title, "Limit to display filter")
    window.wait(lambda: arrows(len(after)), f"{len(after)} arrows")
    window.press(title, "Limit to display filter")
    window.wait(lambda: arrows(len(before)), f"{len(before)} arrows again")


def test_surfaces_opened_before_the_file_is_read_again(wireshark, lab, show):
    capture = lab("d2")
    rows = rows_of(wireshark, capture)[1:]
    text = wireshark.ask(capture, "-2", "-q", "-z", "adpath,path")
    window = show(capture)
    window.open(STEPS, "Statistics", "AD Discovery Steps")
    window.open(REPORT, *MENU, r"Report.*")
    window.menu("View", "Reload")
    window.wait(lambda: window.rows(STEPS) == rows, "the rows after a reload")
    window.wait(lambda: window.text(REPORT).strip() == text.strip(), "the report after a reload")


def test_a_live_capture(wireshark, two_clients, show):
    """Surfaces opened while packets come in grow with them, and end up right."""
    rows = rows_of(wireshark, two_clients)[1:]
    text = wireshark.ask(two_clients, "-2", "-q", "-z", "adpath,path")
    data = two_clients.path.read_bytes()
    half = 24
    for _ in range(150):
        half += 16 + int.from_bytes(data[half + 8 : half + 12], "little")
    window = show(None, "-k", "-i", "-", loaded=False, stdin=subprocess.PIPE)
    window.process.stdin.write(data[:half])
    window.process.stdin.flush()
    window.wait(lambda: window.counts()[0] == 150, "the first 150 packets")
    window.open(STEPS, "Statistics", "AD Discovery Steps")
    window.open(REPORT, *MENU, r"Report.*")
    window.wait(lambda: 10 < len(window.rows(STEPS)) < len(rows), "the steps so far")
    assert "Path 2:" not in window.text(REPORT)
    window.process.stdin.write(data[half:])
    window.process.stdin.close()
    window.wait(lambda: "Path 2:" in window.text(REPORT), "the second path in the report")
    window.wait(lambda: window.text(REPORT).strip() == text.strip(), "the report at the end")
    window.press(STEPS, "Close")
    window.open(STEPS, "Statistics", "AD Discovery Steps")
    window.wait(lambda: window.rows(STEPS) == rows, "all steps")


# ---- Tools ----


def test_the_report(wireshark, two_clients, show):
    text = wireshark.ask(two_clients, "-2", "-q", "-z", "adpath,path")
    window = show(two_clients)
    window.open(REPORT, *MENU, r"Report.*")
    window.wait(lambda: window.text(REPORT).strip() == text.strip(), "the text of -z adpath,path")
    # Kept current when the packets are filtered, and when they are not any more.
    expression = 'adpath.client == "10.77.0.11"'
    second = wireshark.ask(two_clients, "-2", "-q", "-z", "adpath,path," + expression)
    assert second.strip() != text.strip()
    window.set_filter(expression)
    window.wait(lambda: window.text(REPORT).strip().endswith(second.strip()), "the report of one path")
    assert expression in window.text(REPORT).splitlines()[0]
    window.set_filter("")
    window.wait(lambda: window.text(REPORT).strip() == text.strip(), "the whole report again")


def test_the_buttons_of_the_report(wireshark, two_clients, show):
    found = [f for f in findings(wireshark, two_clients) if f["severity"] == "error"]
    window = show(two_clients)
    window.open(REPORT, *MENU, r"Report.*")
    window.wait(lambda: "Path 2:" in window.text(REPORT), "two paths")
    window.press(REPORT, "First fault")
    window.wait(lambda: window.selected() in {n for f in found for n in f["frames"]}, "a frame of the fault")
    window.press(REPORT, "Only this path")
    window.wait(
        lambda: "Path 2:" in window.text(REPORT) and "Path 1:" not in window.text(REPORT),
        "the path of the selected packet alone",
    )
    window.press(REPORT, "Only this path")
    window.wait(lambda: "Path 1:" in window.text(REPORT), "both paths again")
    window.press(REPORT, "Table")
    titles = wireshark.ask(two_clients, "-2", "-q", "-z", "adpath,tsv").splitlines()[0].split("\t")
    window.wait(lambda: window.text(REPORT).split()[: len(titles)] == titles, "the table")


def test_the_page_as_a_file(wireshark, lab, show):
    """It is written beside the capture, and says what -z adpath,html does; a second one has another name."""
    dialog = r".*AD Discovery Path: HTML page"
    folder = wireshark.scratch / "pages"
    folder.mkdir()
    folder.chmod(0o777)
    copy = folder / "one.pcapng"
    copy.write_bytes(lab("c1").path.read_bytes())
    copy.chmod(0o644)
    window = show(harness.Capture(copy, copy.name))
    for name in ("one-adpath.html", "one-adpath-2.html"):
        window.open(dialog, *MENU, r"HTML page.*")
        window.press(dialog, "OK")
        page = folder / name
        window.wait(lambda: page.exists() and page.read_text().endswith("</html>\n"), f"the file {name}")
        opened = window.desktop.opened
        window.wait(lambda: opened.exists() and name in opened.read_text(), f"{name} is opened")
        # Only the window knows the name of the capture.
        text = page.read_text()
        assert text.count("one.pcapng") == 2
        text = text.replace(", one.pcapng</title>", "</title>")
        text = text.replace("<div><dt>capture</dt><dd>one.pcapng</dd></div>\n", "")
        assert text == wireshark.ask(lab("c1"), "-2", "-q", "-z", "adpath,html")


def test_follow_this_path(wireshark, two_clients, show):
    """From any packet of it: the filter of the path, and the packet of its first fault."""
    steps = harness.steps_of(report(wireshark, two_clients))
    error = [f for f in findings(wireshark, two_clients) if f["severity"] == "error"]
    first = next(step for step in steps if step["client"]["address"] == "10.77.0.11")
    window = show(two_clients, "-g", first["request"])
    window.wait(lambda: window.selected() == first["request"], "a packet is selected")
    window.menu(*MENU, "Follow this path")
    window.wait(lambda: window.filter == "adpath.path == 2", "the filter of the path")
    shown = wireshark.frames(two_clients, "-2")
    mine = {n for n, steps in shown.items() if any(s.get("path") == "2" for s in steps)}
    window.wait(lambda: window.counts()[1] == len(mine), f"{len(mine)} packets")
    window.wait(lambda: window.selected() in {n for f in error for n in f["frames"]}, "the first fault")
    assert any(s.get("outcome") == "failed" for s in shown[window.selected()])


def test_follow_from_a_packet_of_no_path(lab, show):
    window = show(lab("a1"), "-g", "1")
    window.wait(lambda: window.selected() == 1, "packet 1 is selected")
    window.open(REPORT, *MENU, "Follow this path")
    assert window.text(REPORT).startswith("Packet 1 belongs to no step of a discovery path.")
    assert window.filter == ""


def test_explain_this_packet(wireshark, lab, show):
    capture = lab("c1")
    error = next(f for f in findings(wireshark, capture) if f["severity"] == "error")
    frame = error["frames"][-1]
    text = wireshark.ask(capture, "-2", "-q", "-z", f"adpath,explain,{frame}")
    window = show(capture, "-g", frame)
    window.wait(lambda: window.selected() == frame, "the packet is selected")
    window.open(PACKET, *MENU, "Explain this packet")
    # A window has narrower lines than a terminal.
    window.wait(lambda: window.text(PACKET).split() == text.split(), "the text of -z adpath,explain")
    assert error["summary"][:30] in text
    # The same window goes with the selection; another packet opens no second one.
    other = next(s for s in harness.steps_of(report(wireshark, capture)) if s["kind"] == "srv")["response"]
    shown = wireshark.ask(capture, "-2", "-q", "-z", f"adpath,explain,{other}")
    window.go_to(other)
    window.wait(lambda: window.text(PACKET).split() == shown.split(), "the text of the packet that is selected now")
    window.menu(*MENU, "Explain this packet")
    window.go_to(frame)
    window.wait(lambda: window.text(PACKET).split() == text.split(), "the first text again")


def test_the_page_of_a_finding(wireshark, lab, show, desktop):
    """Opened in the browser, offline, from where it was installed; where it is not, a window says so."""
    capture = lab("c1")
    error = next(f for f in findings(wireshark, capture) if f["severity"] == "error")
    page = desktop.settings / "adpath" / "findings" / f"{error['id']}.html"
    window = show(capture, "-g", error["frames"][-1])
    window.open(PACKET, *MENU, "Explain this packet")
    window.press(PACKET, "Page on the finding")
    window.wait(lambda: f"docs/findings/{error['id']}.md" in window.text(REPORT), "it says where the page is")
    window.close_window(REPORT)
    page.parent.mkdir(parents=True)
    page.write_text("<p>page</p>")
    desktop.give_away()
    window.press(PACKET, "Page on the finding")
    opened = desktop.opened
    window.wait(lambda: opened.exists() and page.as_uri() in opened.read_text(), "the page is opened")
    page.unlink()


def test_go_to_step(wireshark, lab, show):
    dialog = r".*AD Discovery: go to step"
    capture = lab("c1")
    step = harness.steps_of(report(wireshark, capture))[20]
    window = show(capture)
    window.open(dialog, *MENU, r"Go to step.*")
    window.desktop.ask("type", window=dialog, text=str(step["n"]))
    window.press(dialog, "OK")
    window.wait(lambda: window.selected() == step["request"], "the packet of the step")


def test_find(wireshark, lab, show):
    """Every ready filter is applied as it stands, and shows what tshark finds with it."""
    capture = lab("b2")
    window = show(capture)
    items = window.desktop.ask("items", window=d.MAIN, path=[*MENU, "Find"])
    assert {"Whole path", "Faults", "SCP", "SRV", "LDAP ping", "Kerberos errors", "Hidden LDAP"} <= set(items)
    for item in items:
        before = window.filter
        window.menu(*MENU, "Find", re.escape(item))
        window.wait(lambda: window.filter not in ("", before), f"the filter of {item}")
        found = wireshark.ask(capture, "-2", "-Y", window.filter, "-T", "fields", "-e", "frame.number")
        numbers = found.split()
        window.wait(lambda: window.counts()[1] == len(numbers), f"{item}: {len(numbers)} packets")
        assert [row[0] for row in window.rows(name="Packet list")] == numbers


def test_decrypt_tells_which_keys(lab, show):
    title = r".*· AD Discovery: keys"
    window = show(lab("b2"))
    window.open(title, *MENU, r"Decrypt.*")
    assert "ldap/" in window.text(title)
    window.close_window(title)
    window.open(r".*documentation", *MENU, "Documentation")
    assert "filters" in window.text(r".*documentation")


# ---- packet list and details ----


def test_conversation_filters(wireshark, two_clients, show):
    step = next(
        s for s in harness.steps_of(report(wireshark, two_clients)) if s["client"]["address"] == "10.77.0.11"
    )
    window = show(two_clients, "-g", step["request"])
    window.wait(lambda: window.selected() == step["request"], "a packet is selected")
    window.menu("Analyze", "Conversation Filter", "AD discovery step")
    window.wait(lambda: window.counts()[1] == len(step["frames"]), "the frames of the step")
    assert window.filter == f"adpath.n == {step['n']}"
    window.menu("Analyze", "Conversation Filter", "AD discovery path")
    window.wait(lambda: window.filter == "adpath.path == 2", "the filter of the path")
    window.wait(lambda: window.counts()[1] > len(step["frames"]), "the frames of the path")


def test_findings_are_expert_items(wireshark, lab, show):
    """Under their step in the packet details, and in the window of all expert items."""
    capture = lab("c1")
    error = next(f for f in findings(wireshark, capture) if f["severity"] == "error")
    frame = error["frames"][-1]
    (label,) = {step.label for step in wireshark.frames(capture, "-2")[frame]}
    step = f"[{label}]"
    window = show(capture, "-g", frame)
    window.wait(lambda: window.selected() == frame, "the packet is selected")
    assert {"Packet details", "Packet bytes"} <= set(window.desktop.ask("panes", window=d.MAIN))
    details = window.wait(lambda: (found := window.details()) and step in found and found, "its step")
    ours = details[details.index("[Active Directory Discovery Path]") :]
    assert step in ours
    expert = [text for text in ours if text.startswith("[Expert Info (Error/")]
    assert len(expert) == 1 and error["summary"] in expert[0], ours
    assert ours.index(step) < ours.index(expert[0])
    assert f"[Request in: {error['frames'][-2]}]" in ours

    # The light in the status bar tells of it without a click, and opens the window of expert items with one.
    window.wait(lambda: window.desktop.ask("light", window=d.MAIN) == "ERROR", "the light of an error")
    window.desktop.ask("light", window=d.MAIN, press=True)
    window.wait(lambda: [w for w in window.windows() if re.fullmatch(EXPERT, w)], "Expert Information")
    cited = sum(len(f["frames"]) for f in findings(wireshark, capture) if f["severity"] == "error")
    title = "The service principal name was not found, or is registered twice"
    window.wait(
        lambda: ["Error", title, "Response", "ADPath", str(cited)] in window.rows(EXPERT),
        f"the finding is among all expert items, with its {cited} frames",
    )
    # Dissected anew, as with another profile or preference, Wireshark sets the light anew.
    window.close_window(EXPERT)
    window.go_to(1)  # the selected packet is dissected before that, and an error would light up by itself
    window.menu("Analyze", "Reload Lua Plugins")
    window.wait(lambda: window.desktop.ask("light", window=d.MAIN) is not None, "the light after that")
    assert window.desktop.ask("light", window=d.MAIN) == "ERROR"


# ---- the profile ----


def test_the_profile(wireshark, lab, show):
    capture = lab("c1")
    window = show(capture, "-C", "AD Discovery")
    titles = window.titles(name="Packet list")
    assert titles == (
        "No. Time Source Destination Path Step Outcome Took Finding Summary Protocol Info".split()
    )
    step = next(s for s in harness.steps_of(report(wireshark, capture)) if s["kind"] == "kerberos")
    row = dict(zip(titles, window.rows(name="Packet list")[step["response"] - 1]))
    assert row["No."] == str(step["response"])
    assert row["Source"] == "dc1.contoso.test"
    assert (row["Path"], row["Step"], row["Outcome"]) == ("1", step["kind"], step["outcome"])
    what, _, result = step["summary"].partition(": ")
    assert row["Summary"] == f"{result} - {what}"
    number, unit = row["Took"].split()
    assert float(number) == pytest.approx(step["time"] * {"ms": 1000, "s": 1}[unit], rel=0.2)
    assert window.place_of_title(d.MAIN, "Summary", "Packet list")[2] == 480
    # The details have the width that the bytes take elsewhere.
    panes = window.desktop.ask("panes", window=d.MAIN)
    assert "Packet details" in panes and "Packet bytes" not in panes, panes
    # Its colours and its filter buttons.
    buttons = window.desktop.ask("buttons", window=d.MAIN)
    assert {"Whole path", "Faults"} <= set(buttons), buttons
    window.press(d.MAIN, "Faults")
    window.wait(lambda: "adpath.finding.severity" in window.filter, "the filter of the button")
    found = wireshark.ask(capture, "-2", "-Y", window.filter, "-T", "fields", "-e", "frame.number")
    window.wait(lambda: window.counts()[1] == len(found.split()) > 0, "the packets of faults")
    error = next(f for f in findings(wireshark, capture) if f["severity"] == "error")
    window.go_to(error["frames"][-1])
    window.wait(lambda: "[Coloring Rule Name: AD: error]" in window.details(), "the colour of an error")
