# SPDX-License-Identifier: GPL-2.0-or-later
"""What a page of -z adpath,html says, and whether it is fit to be opened."""

import base64
import hashlib
import re
import xml.etree.ElementTree

XHTML = "{http://www.w3.org/1999/xhtml}"

# All that a page is made of. Nothing of it runs, loads, or sends anything.
ELEMENTS = set(
    "html head meta title style body header main footer section article h1 h2 h3 h4 p a b i q code pre span "
    "div dl dt dd ul li table colgroup col thead tbody tr th td details summary "
    "svg desc g line path rect text".split()
)
ATTRIBUTES = set(
    "lang dir xmlns charset http-equiv content name class id href scope colspan role tabindex aria-label "
    "aria-hidden data-l width height viewBox x y x1 y1 x2 y2 rx d".split()
)
POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
# Controls, and what turns or hides text.
UNSEEN = "[\0-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"


def words(element):
    """The text below an element, in one line."""
    return " ".join("".join(element.itertext()).split())


class Page:
    """A page, read by a strict parser: what is not well-formed XML raises an error."""

    def __init__(self, text):
        self.text = text
        assert text.startswith("<!DOCTYPE html>\n") and text.endswith("</html>\n")
        self.root = xml.etree.ElementTree.fromstring(text)
        for element in self.root.iter():
            assert element.tag.startswith(XHTML), element.tag
            element.tag = element.tag.removeprefix(XHTML)

    def of_class(self, name, under=None):
        found = (self.root if under is None else under).iter()
        return [e for e in found if name in e.get("class", "").split()]

    def by_id(self, name):
        (found,) = [e for e in self.root.iter() if e.get("id") == name]
        return found

    def check(self):
        """Nothing in it can run or load; what a reader cannot see is written out."""
        ids = [e.get("id") for e in self.root.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        for element in self.root.iter():
            assert element.tag in ELEMENTS, element.tag
            assert set(element.keys()) <= ATTRIBUTES, element.attrib
            link = element.get("href")
            assert link is None or (link[0] == "#" and element.tag == "a"), link
        for link in {e.get("href") for e in self.root.iter("a")}:
            assert link[1:] in ids, link
        (style,) = self.root.iter("style")
        digest = hashlib.sha256(style.text.encode()).digest()
        (policy,) = [m for m in self.root.iter("meta") if m.get("http-equiv")]
        assert policy.get("http-equiv") == "Content-Security-Policy"
        assert policy.get("content") == POLICY.format(base64.b64encode(digest).decode())
        assert not re.search(r"url\(|@import|[<&]", style.text)
        assert not re.search(UNSEEN, self.text)

    def check_reading(self):
        """A screen reader can tell where it is: headings in order, tables and drawings with names."""
        levels = [int(e.tag[1]) for e in self.root.iter() if re.fullmatch("h[1-4]", e.tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))
        for table in self.root.iter("table"):
            heads = [th for th in table.iter("th")]
            assert heads and all(th.get("scope") in ("col", "row") for th in heads)
        for drawing in self.root.iter("svg"):
            assert drawing.get("aria-hidden") or drawing.get("role") == "img" and words(drawing[0])
            assert drawing.get("aria-hidden") or drawing[0].tag == "title"

    # ---- what it says ----

    def rows(self, under, name):
        (table,) = [t for t in under.iter("table") if name in t.get("class").split()][:1]
        return [[words(cell) for cell in row] for row in table.iter("tr")]

    def chips(self, under):
        return [words(chip) for chip in self.of_class("chip", under)]

    def step(self, number):
        """The cells of a step: number, after, frames, kind, outcome, took, what happened."""
        return [words(cell) for cell in self.by_id(f"s{number}")]

    def numbers(self):
        return sorted(int(e.get("id")[1:]) for e in self.root.iter("tr") if e.get("id"))

    def findings(self, section):
        return [self._finding(e) for e in section.iter("article")]

    def _finding(self, article):
        said = {"severity": self.chips(article)[0], "summary": words(article[0])}
        said["summary"] = said["summary"].removeprefix(said["severity"]).strip()
        terms = list(article.find("dl"))
        for label, value in zip(terms[::2], terms[1::2]):
            assert (label.tag, value.tag) == ("dt", "dd")
            said[words(label)] = value
        said["id"] = words(said["finding"].find("code"))
        said["causes"] = [
            (self.chips(li)[0], words(li.findall("span")[1]))
            for li in self.of_class("causes", article)[0].iter("li")
        ] if "causes" in said else []
        said["check"] = [code.text for code in said["check"].iter("code")] if "check" in said else []
        return said

    def terms(self):
        return {words(dt) for e in self.of_class("glossary") for dt in e.iter("dt")}
