# SPDX-License-Identifier: GPL-2.0-or-later
"""The report for people, as terminals show it."""
import json
import pathlib
import re
import tempfile

import pytest
from build import *  # noqa: F403

NAME = "\u00c5sa \u0160t\u011bp\u00e1n"


@pytest.fixture(scope="module")
def run(wireshark):
    """run(kind, locale): what `-z adpath,kind` prints of a user with letters beyond ASCII."""
    capture = Capture()
    capture.udp(CLIENT, 40000, DC, 88, as_req(NAME))
    capture.udp(DC, 88, CLIENT, 40000, krb_error(6))
    capture.silence()
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as place:
        folder = pathlib.Path(place)
        folder.chmod(0o755)
        path = capture.save(folder, "letters")

        def read(kind, locale):
            done = wireshark.run("tshark", "-n", "-r", path, "-q", "-z", f"adpath,{kind}",
                                 environment={"LC_ALL": locale})
            assert done.status == 0 and not done.err, done
            return done.out

        yield read


@pytest.mark.parametrize("kind", ["path", "steps", "explain,1"])
def test_ascii_where_the_terminal_shows_no_more(run, kind):
    """A letter stands as one question mark, so that columns stay where they are."""
    full = run(kind, "C.UTF-8")
    plain = run(kind, "C")
    assert NAME in full
    assert plain.isascii() and "?sa ?t?p?n" in plain
    assert plain == "".join(c if c.isascii() else "?" for c in full)


def test_the_page_is_named_where_it_was_installed(wireshark, run):
    """Who has no checkout is told a file that is there; the name of the account stays out of it."""
    (id_,) = {f["id"] for p in json.loads(run("json", "C"))["paths"] for f in p["findings"]}
    page = wireshark.home / f".config/wireshark/adpath/findings/{id_}.html"
    assert f"page       docs/findings/{id_}.md\n" in run("path", "C")
    page.parent.mkdir(parents=True)
    try:
        page.write_text("<p>page</p>")
        for path in [page, *page.parents[:4]]:
            path.chmod(0o755)
        assert f"page       ~/.config/wireshark/adpath/findings/{id_}.html\n" in run("path", "C")
    finally:
        page.unlink()
        page.parent.rmdir()
        page.parent.parent.rmdir()


def test_json_is_utf_8_everywhere(run):
    assert run("json", "C") == run("json", "C.UTF-8")
    (path,) = json.loads(run("json", "C"))["paths"]
    assert path["steps"][0]["detail"]["client"] == NAME


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_no_colour_and_no_wide_line(run, locale):
    text = run("path", locale)
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()[1:] if not re.match(r"      (check| {5})      \S", line)) <= 100
    assert text.splitlines()[0].startswith("Verdict: failed - ")
