# SPDX-License-Identifier: GPL-2.0-or-later
"""What others open: TSV in a spreadsheet, Markdown in a browser. Names of packets stay text in both."""
import html.parser
import json
import re
import shutil
import subprocess

import pytest
import web
from build import *  # noqa: F403

FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.test")', '"=1', "'=1", "\t=1", "=1\t=2"]
MARKUP = [
    *("[click](http://evil.test)", "![x](http://evil.test/x.png)", "<script>alert(1)</script>", "<img src=x onerror=y>", "&lt;b&gt;"),
    *("**bold**", "__bold__", "*em*", "_em_", "~~gone~~", "`code`", "``", "a|b", "| x | y |", "# head", "- item", "1. item", "> quote"),
    *("http://evil.test", "https://evil.test/x", "www.evil.test", "WWW.evil.test/x", "ftp://evil.test", "ann@evil.test", "mailto:ann@evil.test"),
    *("[ref]", "[^1]", "\\*", "$x$", "@team", "#4711", "&#42;em&#42;", "<!-- x -->", "<http://evil.test>", "***", "xmpp:a@b.test"),
]


def capture_of(names):
    """Each name wherever the summaries and the findings show one."""
    c = Capture()
    for i, name in enumerate(names):
        raw = name.encode()
        server = f"10.0.{1 + i // 200}.{1 + i % 200}"
        question = [b"_ldap", b"_tcp", raw, b"contoso", b"test"]
        c.exchange(CLIENT, 5000 + i, server, 53, dns(i, question), dns_reply(i, question, [srv_rr(QUESTION, dns_name([raw, b"contoso", b"test"]))]))
        c.exchange(CLIENT, 6000 + i, server, 88, as_req(name, realm=name), krb_error(6, name, realm=name, text=name))
        c.exchange(CLIENT, 7000 + i, server, 88, tgs_req("HTTP/" + name), krb_error(7, "HTTP/" + name))
        t = c.tcp(CLIENT, 20000 + i, server, 389)
        t.ask(ldap(1, bind(name, "synthetic")))
        t.answer(ldap(1, bind_response(49, diagnostic=name)))
        t.ask(ldap(2, search(name, 2, all_of(web.exchange_filter(), equal("cn", raw)), [name])))
        values = {"serviceBindingInformation": ["https://" + name, name], "keywords": [web.URL_GUID, "Site=" + name]}
        t.answer(ldap(2, entry("CN=" + name, values)) + ldap(2, done(32, diagnostic=name)))
        t.close()
        t = c.tcp(CLIENT, 30000 + i, server, 80)
        t.ask(web.post(uri=web.PATH + "?" + re.sub(r"\s", "", name)))
        t.answer(http_reply(302, b"", "Location: https://" + re.sub(r"\s", "", name) + "/x"))
        t.close()
    return c.silence()


@pytest.fixture(scope="module")
def said(wireshark):
    """said(name, names, *options): the reports on such a capture."""
    def read(name, names, *options):
        path = capture_of(names).save(wireshark.scratch, name)
        kinds = [a for k in ("markdown", "tsv", "json") for a in ("-z", "adpath," + k)]
        run = wireshark.run("tshark", "-n", "-r", path, "-q", *kinds, *options)
        assert run.status == 0, run
        return run.out
    return read


def test_no_cell_is_a_formula(said):
    """No cell of a TSV begins with text of a packet, so none begins with = + - @, or a quote."""
    out = said("formulas", FORMULAS)
    rows = [line.split("\t") for line in re.search(r"^n\tpath\t.*?\n((?:\d+\t.*\n)+)", out, re.M).group(1).splitlines()]
    assert len(rows) >= 5 * len(FORMULAS)
    for row in rows:
        assert len(row) == 10, row
        for cell in row:
            assert re.match(r"-?\d+(\.\d+)?\Z|[A-Za-z0-9]|\Z", cell), row
    for name in FORMULAS[:4]:
        assert any(name in row[9] for row in rows), "the names are there"


class Page(html.parser.HTMLParser):
    """Names of the elements of a page, with the text of its cells and codes."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.codes, self.links, self.rows, self.inside = [], [], [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.inside.append(tag)
        self.rows += tag == "tr"
        if tag == "code":
            self.codes.append("")
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        if self.inside and self.inside[-1] == "code":
            self.codes[-1] += data

    def handle_comment(self, data):
        assert not data, "a comment"


@pytest.mark.parametrize("mailboxes", [False, True])
def test_markdown_as_it_is_rendered(said, mailboxes):
    """GitHub's dialect, its extensions on and its filter off: no link to a host, no picture, no markup, and every row a row."""
    program = shutil.which("cmark-gfm")
    if not program:
        pytest.skip("NOT TESTED: there is no cmark-gfm here; apt-get install cmark-gfm")
    out = said(f"markup-{mailboxes}", MARKUP, *(["-o", "adpath.mailboxes:TRUE"] if mailboxes else []))
    text = re.search(r"^# Active Directory discovery\n.*?(?=^n\tpath\t|^\{$|\Z)", out, re.M | re.S).group()
    extensions = [a for e in ("table", "autolink", "strikethrough", "tasklist") for a in ("-e", e)]
    page = subprocess.run([program, "--unsafe", *extensions], input=text, capture_output=True, text=True, check=True).stdout
    page = Page(page.replace("<br />", "").replace("<hr />", "<hr></hr>"))
    assert set(page.elements) - {"a"} <= {"h1", "h2", "h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code"}
    report = json.loads(re.search(r"^\{$.*?^\}$", out, re.M | re.S).group())
    paths = report["paths"]
    assert page.rows == sum(len(p["steps"]) + 1 + len(p["endpoints"]) + (1 if p["endpoints"] else 0) for p in paths)
    assert page.codes == [check for p in paths for f in in_order(p["findings"]) for check in f["check"]]
    # Who shows mailboxes gets them as GitHub shows them, whatever stands for the @.
    assert all(mailboxes and re.match("mailto:|xmpp:", link) for link in page.links), page.links
    assert len(MARKUP) < page.rows and "evil.test" in text


def in_order(findings):
    return sorted(findings, key=lambda f: ["error", "warn", "note"].index(f["severity"]))
