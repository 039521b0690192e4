# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/guide.md, step by step: what it says is what Wireshark shows.

With ADPATH_SCREENSHOTS=FOLDER the pictures of the guide and of the README are made on the way;
tests/gui/screenshot does that.
"""

import os
import re
import shutil
import time
from pathlib import Path

import desktop as d
import harness
import pytest

GUIDE = harness.ROOT / "docs" / "guide.md"
MENU = ("Tools", "AD Discovery Path")
REPORT = r".*· AD Discovery Path"
PACKET = r".*· AD Discovery: this packet"
LIMIT = 150_000  # bytes of a picture


@pytest.fixture
def scene(wireshark, show):
    """A function: a recording of the laboratory in Wireshark, under the name it has there."""

    def open_it(name, *arguments):
        source = harness.TESTDATA / name / "capture.pcapng"
        if not source.is_file():
            source = harness.TESTDATA / "lab" / f"{name}.pcapng"
        path = wireshark.scratch / f"{name}.pcapng"
        shutil.copyfile(source, path)
        path.chmod(0o644)
        window = show(harness.Capture(path, path.name), "-C", "AD Discovery", *arguments)
        window.capture = harness.Capture(path, path.name)
        return window

    return open_it


def settled(window, number):
    """Waits until a window looks the same twice."""
    before = None
    for _ in range(50):
        now = window.desktop.image(number)
        if now == before:
            return now
        before = now
        time.sleep(0.2)
    return before


def picture(window, title, name, width, height):
    """A picture of a window, where pictures are asked for."""
    folder = os.environ.get("ADPATH_SCREENSHOTS")
    if not folder:
        return
    image = settled(window, window.arrange(title, width, height))
    assert len(image) < LIMIT, f"{name} has {len(image)} bytes"
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / name).write_bytes(image)


def open_step(window):
    """Unfolds the tree of adpath, which is the last of the packet details."""
    window.arrange(d.MAIN_FILE, 1280, 860)
    window.menu("View", "Collapse All")
    x, y = window.desktop.ask("place_of_table", window=d.MAIN, name="Packet details")
    window.desktop.xdo("mousemove", x, y, "click", 1)
    window.desktop.xdo("key", "End")
    window.desktop.xdo("key", "shift+Right")
    window.wait(
        lambda: any(row[0].startswith("[Step ") for row in window.rows(name="Packet details")), "the step"
    )
    window.desktop.xdo("click", "--repeat", 30, "--delay", 20, 5)


def arranged(window):
    window.arrange(d.MAIN_FILE, 1280, 860)


def test_crm_cannot_find_exchange(wireshark, scene):
    window = scene("http-redirect-refused")
    arranged(window)
    window.press(d.MAIN, "Whole path")
    window.wait(lambda: window.filter == "adpath", "the filter of the button")
    picture(window, d.MAIN_FILE, "guide-path.png", 1280, 700)

    # 1. The report: what the verdict says, the stages, the findings.
    window.open(REPORT, *MENU, r"Report.*")
    window.wait(lambda: "Verdict: failed" in window.text(REPORT), "the report")
    text = " ".join(window.text(REPORT).split())
    assert "Verdict: failed - The directory gave no usable service connection point of Exchange" in text
    for finding in ("warn scp-none", "warn endpoint-unreachable", "note redirect-not-followed"):
        assert finding in text
    picture(window, REPORT, "guide-report.png", 1100, 900)

    # 2. From the report to the packet.
    window.press(REPORT, "First fault")
    report = wireshark.json(window.capture, "-2")
    (path,) = report["paths"]
    weighty = [f for f in path["findings"] if f["severity"] in ("error", "warn")]
    window.wait(lambda: window.selected() in {n for f in weighty for n in f["frames"]}, "the first fault")
    window.close_window(REPORT)
    scp = next(f for f in path["findings"] if f["id"] == "scp-none")
    window.go_to(scp["frames"][-1])
    open_step(window)
    rows = " ".join(row[0] for row in window.rows(name="Packet details"))
    assert "Finding, warning" in rows or "Finding, warn" in rows
    picture(window, d.MAIN_FILE, "guide-scp.png", 1280, 860)

    # 3. The whole of it as a ladder.
    title = r".*· Flow ·.*"
    window.open(title, "Statistics", "Flow Graph")
    window.choose(title, "AD discovery path", "All Flows")
    # Each step, the name without an address, and the port that refused.
    arrows = len(harness.steps_of(report)) + 2
    window.wait(
        lambda: any(f" {arrows} item(s)" in label for label in window.desktop.ask("labels", window=title)),
        "an arrow for each step, and for what was tried in vain",
    )
    window.scroll(title, 1280, 760)
    picture(window, title, "guide-flow.png", 1280, 760)


def test_krb_ap_err_modified(wireshark, scene):
    window = scene("service-key-mismatch")
    arranged(window)
    report = wireshark.json(window.capture, "-2")
    (path,) = report["paths"]
    mismatch = next(f for f in path["findings"] if f["id"] == "service-key-mismatch")
    window.press(d.MAIN, "Faults")
    window.wait(lambda: "adpath.finding.severity" in window.filter, "the filter of the button")
    frame = mismatch["frames"][-1]
    window.wait(lambda: str(frame) in [r[0] for r in window.rows(name="Packet list")], "the packet")
    window.go_to(frame)
    open_step(window)
    rows = [row[0] for row in window.rows(name="Packet details")]
    assert any("could not open the ticket for HTTP/wrongkey.nordwind.test" in row for row in rows)
    picture(window, d.MAIN_FILE, "guide-modified.png", 1280, 860)

    window.open(PACKET, *MENU, "Explain this packet")
    text = " ".join(window.text(PACKET).split())
    assert "service-key-mismatch" in text
    picture(window, PACKET, "guide-explain.png", 760, 560)
    window.close_window(PACKET)

    window.menu(*MENU, "Follow this path")
    window.wait(lambda: window.filter == "adpath.path == 1", "the filter of the path")
    shown = wireshark.ask(window.capture, "-2", "-Y", window.filter, "-T", "fields", "-e", "frame.number")
    window.wait(lambda: window.counts()[1] == len(shown.split()), "the packets of the path")
    window.wait(lambda: window.selected() in mismatch["frames"], "its first fault")
    window.open(REPORT, *MENU, r"Report.*")
    window.wait(lambda: "setspn -Q HTTP/wrongkey.nordwind.test" in window.text(REPORT), "the command to check")


def test_the_picture_of_the_readme(wireshark, scene):
    window = scene("a1-happy-gssapi-clear", "-Y", "adpath")
    arranged(window)
    scp = next(s for s in harness.steps_of(wireshark.json(window.capture, "-2")) if s["kind"] == "scp")
    window.go_to(scp["response"])
    open_step(window)
    entries = [row[0] for row in window.rows(name="Packet details") if "rank" in row[0].lower()]
    assert len(entries) >= 3
    picture(window, d.MAIN_FILE, "gui-a1.png", 1280, 980)


def test_the_guide_shows_its_pictures():
    """Each picture is there, is small, and is shown; there is none that nobody shows."""
    images = harness.ROOT / "docs" / "images"
    shown = set(re.findall(r"\(images/([a-z0-9-]+\.png)\)", GUIDE.read_text()))
    assert shown == {p.name for p in images.glob("*.png") if p.name.startswith(("guide-", "html-"))} and len(shown) >= 5
    for name in shown:
        assert 5_000 < (images / name).stat().st_size < LIMIT, name
