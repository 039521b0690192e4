# SPDX-License-Identifier: GPL-2.0-or-later
"""What sealed traffic tells, and what only looks as if it told something.

Each client of one capture lives through a story; its connections are records of TLS of chosen lengths. What
is said of each is measured on recordings (tests/inference): here stands what must not be said, beside the
story that it looks like.
"""

import random

import pytest
from build import *  # noqa: F403
from net import connect, established
from web import *  # noqa: F403

MAIL2 = "mail2.contoso.test"
SERVERS = {MAIL: WEB, MAIL2: "10.0.0.21"}
ELSEWHERE = "10.0.0.22"
PROXY = "10.0.0.30"
CHALLENGE, SETTINGS_LEN, SHORT = 700, 1500, 1000  # bytes of an answer
PLAIN, WITH_TICKET = 550, 2500  # and of a request
USUAL, BROWSER = b"\xc0\x2f\x13\x01", b"\xc0\x30\x13\x02"  # cipher suites: which program it is


def record_of(length, seed):
    """No two records have the same ciphertext."""
    return record(23, random.Random(seed).randbytes(length))


class Story:
    """One client, from its domain controller on; nothing of it is in the others' minutes."""

    def __init__(self, capture, number, urls=None, directory=True):
        self.capture = capture
        self.number = number
        self.address = f"10.0.1.{number}"
        self.other = f"other{number}.contoso.test"
        self.port = 40000 + 100 * number
        capture.exchange(self.address, 50389, DC, 389, ping(host=f"PC{number}"), ping_reply())
        if directory:
            self.search([MAIL, MAIL2] if urls is None else urls)

    def next_port(self):
        self.port += 1
        return self.port

    def search(self, hosts):
        t = self.capture.tcp(self.address, self.next_port(), DC, 389)
        attributes = ("serviceBindingInformation", "keywords")
        t.ask(ldap(1, search("CN=Configuration,DC=contoso,DC=test", 2, exchange_filter(), attributes)))
        answer = b""
        for n, host in enumerate(hosts):
            values = {
                "serviceBindingInformation": [f"https://{host}{PATH}"],
                "keywords": [URL_GUID, "Site=HQ" if not n else "Site=FAR"],
            }
            answer += ldap(1, entry(f"CN=EX{n}", values))
        t.answer(answer + ldap(1, done()))
        t.close()

    def look_up(self, host, address=None):
        look_up(self.capture, host, address, client=self.address, rcode=0 if address else 3)

    def no_service(self, domain=DOMAIN):
        name = f"_autodiscover._tcp.{domain}"
        ident = len(self.capture.frames)
        self.capture.exchange(self.address, 50054, DC, 53, dns(ident, name), dns_reply(ident, name, rcode=3))

    def hello(self, t, host, suites=USUAL):
        extensions = [extension(10, vector(2, b"\0\x1d")), server_name(host)]
        unique = random.Random(self.port).randbytes(32)
        head = struct.pack(">H", TLS12) + unique
        t.ask(record(22, handshake(1, head, vector(1), vector(2, suites), vector(1, b"\0"), vector(2, *extensions)), 0x0301))
        t.answer(
            record(22, hello_of_server())
            + record(22, certificate_message(certificate_of([host])))
            + record(22, handshake(14))
        )
        t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
        t.answer(CHANGE + HIDDEN)
        return t

    def open(self, host, suites=USUAL, server=None, port=443):
        """Looks the host up, and sets up TLS with it."""
        server = server or SERVERS.get(host, ELSEWHERE)
        if port == 443:
            self.look_up(host, server)
        return self.hello(self.capture.tcp(self.address, self.next_port(), server, port), host, suites)

    def tunnel(self, host, suites=USUAL):
        t = self.capture.tcp(self.address, self.next_port(), PROXY, 3128)
        t.ask(connect(f"{host}:443"))
        t.answer(established())
        return self.hello(t, host, suites)

    def round(self, t, asked, heard):
        t.ask(record_of(asked, ("c", self.port, len(self.capture.frames)).__repr__()))
        t.answer(record_of(heard, ("s", self.port, len(self.capture.frames)).__repr__()))

    def ticket(self, host=MAIL, granted=True):
        spn = f"HTTP/{host}"
        answer = tgs_rep(spn) if granted else krb_error(7, spn)
        self.capture.exchange(self.address, 50088, DC, 88, tgs_req(spn), answer)

    def signs_on(self, host=MAIL, answer=SETTINGS_LEN, t=None, first=CHALLENGE):
        """Challenge, ticket, answer."""
        t = t or self.open(host)
        self.round(t, PLAIN, first)
        self.ticket(host)
        self.round(t, WITH_TICKET, answer)
        return t

    def end(self):
        self.capture.wait(8)


# ---- what is said, each beside what only looks like it ----


def settled(s):
    s.signs_on()


def refused(s):
    s.signs_on(answer=CHALLENGE)
    s.signs_on(MAIL2)


def refused_without_ntlm(s):
    s.signs_on(answer=CHALLENGE - 24)
    s.signs_on(MAIL2)


def another_page(s):
    """As IIS words a page that is not there, with the token of a sign-on that was accepted."""
    s.signs_on(answer=CHALLENGE - 48 + 250)
    s.signs_on(MAIL2)


def same_length_without_ticket(s):
    """The second question is hardly longer: the ticket was for another connection."""
    t = s.open(MAIL)
    s.round(t, PLAIN, CHALLENGE)
    s.ticket()
    s.round(t, PLAIN + 100, CHALLENGE)
    s.signs_on(MAIL2)


def redirected(s):
    s.signs_on(answer=SHORT)
    s.signs_on(s.other)


def browser(s):
    """Another program of the same client goes somewhere in that second; the client comes to a stop by itself."""
    s.signs_on(answer=SHORT)
    s.open(s.other, BROWSER)


def two_programs(s):
    s.signs_on(answer=SHORT)
    s.open(s.other)
    s.open(f"browsed{s.number}.contoso.test", BROWSER)


def settings_elsewhere(s):
    """The settings name a server, and the client goes there: as at once as after a redirection."""
    s.signs_on(answer=SETTINGS_LEN)
    s.signs_on(s.other)


def update_service(s):
    """The client goes on to the next candidate; meanwhile a service with the same TLS fetches updates."""
    s.signs_on(answer=SHORT)
    s.open(s.other)
    s.signs_on(MAIL2)


def later(s):
    """Somewhere else, but not at once."""
    s.signs_on(answer=SHORT)
    s.capture.wait(3)
    s.open(s.other)


def mail_domain(s):
    """All of the directory's candidates were tried: what comes is made of the mailbox."""
    s.signs_on(answer=SHORT)
    s.signs_on(MAIL2, answer=SHORT)
    s.open(s.other)


def by_ntlm(s):
    t = s.open(MAIL)
    s.round(t, PLAIN, CHALLENGE)
    s.ticket(granted=False)
    s.round(t, PLAIN + 120, CHALLENGE + 200)
    s.round(t, PLAIN + 500, SETTINGS_LEN)


def by_ntlm_alone(s):
    t = s.open(MAIL)
    s.round(t, PLAIN, CHALLENGE)
    s.round(t, PLAIN - 200, CHALLENGE + 250)
    s.round(t, PLAIN + 400, SETTINGS_LEN)


def kept_connection(s):
    """Questions of all kinds on a connection that is kept, whose ticket the client had before."""
    t = s.open(MAIL)
    for asked, heard in ((PLAIN, 600), (PLAIN + 100, 900), (300, 2000), (900, 600), (400, 5000)):
        s.round(t, asked, heard)


def kept_with_ticket(s):
    """It signed on with a ticket of before: what follows is as much longer or shorter as NTLM's messages."""
    t = s.open(MAIL)
    s.round(t, WITH_TICKET, CHALLENGE)
    s.round(t, WITH_TICKET - 200, CHALLENGE + 250)
    s.round(t, WITH_TICKET + 400, SETTINGS_LEN)


def renewed(s):
    """Between two questions a ticket for the host comes in, which another connection needs."""
    t = s.open(MAIL)
    s.round(t, PLAIN, CHALLENGE)
    s.ticket()
    s.round(t, PLAIN + 50, 3000)


def through_proxy(s):
    s.signs_on(t=s.tunnel(MAIL))


def redirected_through_proxy(s):
    s.signs_on(t=s.tunnel(MAIL), answer=SHORT)
    s.tunnel(s.other)


def browser_through_proxy(s):
    s.signs_on(t=s.tunnel(MAIL), answer=SHORT)
    s.tunnel(s.other, BROWSER)


def gave_up(s):
    """`other` is the mail domain: neither it nor its autodiscover host is there."""
    s.signs_on(answer=SHORT)
    s.signs_on(MAIL2, answer=SHORT)
    s.look_up(s.other)
    s.look_up("autodiscover." + s.other)
    s.no_service(s.other)


def goes_on_elsewhere(s):
    """The order is at its end, but the client tries a name of its own making."""
    gave_up(s)
    s.open(f"more{s.number}.contoso.test")


def stops_before_the_end(s):
    """What was seen last is no answer of the last place to look."""
    s.signs_on(answer=SHORT)
    s.signs_on(MAIL2, answer=SHORT)
    s.look_up(s.other)
    s.look_up("autodiscover." + s.other)


def told_by_directory(s, ticket=True):
    """In TLS: the search, and an answer of an entry's length."""
    t = s.open("dc1.contoso.test", server=DC, port=636)
    s.round(t, 1469, 192)
    s.round(t, 84, 112)
    s.round(t, 262, 889)
    u = s.open(s.other)
    s.round(u, PLAIN, CHALLENGE)
    if ticket:
        s.ticket(s.other)
    s.round(u, WITH_TICKET, SETTINGS_LEN)


def update_service_behind_directory(s):
    """A sealed search of policies, and then a service fetches updates: nobody wants a ticket for it."""
    told_by_directory(s, ticket=False)


ASKED = {"answered", "negotiate"}
SERVED = {*ASKED, "accepted"}
STORIES = [
    (settled, {*SERVED, "served"}, {}),
    (refused, {*ASKED, "refused", "left"}, {}),
    (refused_without_ntlm, {*ASKED, "refused", "left"}, {}),
    (another_page, {*ASKED, "left"}, {}),
    (same_length_without_ticket, {*ASKED, "left"}, {}),
    (redirected, {*SERVED, "redirect"}, {}),
    (browser, ASKED, {}),
    (two_programs, ASKED, {}),
    (settings_elsewhere, SERVED, {}),
    (update_service, ASKED, {}),
    (later, ASKED, {}),
    (mail_domain, {*ASKED, "left"}, {}),
    (by_ntlm, {*ASKED, "ntlm", "accepted", "served"}, {}),
    (by_ntlm_alone, {"answered", "ntlm", "accepted", "served"}, {}),
    (kept_connection, {"answered", "served"}, {}),
    (kept_with_ticket, {"answered", "served"}, {}),
    (renewed, {*ASKED, "served"}, {}),
    (through_proxy, {*SERVED, "served"}, {}),
    (redirected_through_proxy, {*SERVED, "redirect"}, {}),
    (browser_through_proxy, ASKED, {}),
    (gave_up, {*ASKED, "left", "gave-up"}, {}),
    (goes_on_elsewhere, {*ASKED, "left"}, {}),
    (stops_before_the_end, {*ASKED, "left"}, {}),
    (told_by_directory, {"directory"}, {"directory": False}),
    (update_service_behind_directory, set(), {"directory": False}),
]


@pytest.fixture(scope="module")
def stories():
    c = Capture()
    for number, (play, _, options) in enumerate(STORIES, 1):
        story = Story(c, number, **options)
        play(story)
        story.end()
    return c


def said_of(path):
    """About the first candidate, or about none; what becomes of the second one is its own story."""
    return {i["statement"] for i in path["inferred"] if not i["endpoint"] or MAIL in i["endpoint"]}


def test_stories(analyse, stories):
    report = analyse(stories.silence())
    said, hosts, outcomes = {}, {}, {}
    for path in report.json["paths"]:
        client = path["client"]["address"]
        said.setdefault(client, set()).update(said_of(path))
        hosts.setdefault(client, set()).update(i["host"] for i in path["inferred"] if i["host"])
        outcomes.setdefault(client, {}).update({e["host"]: e["outcome"] for e in path["endpoints"]})
        assert not any(f["severity"] == "error" and "inferred" in f["id"] for f in path["findings"])
        assert all(i["text"].startswith("probably ") for i in path["inferred"])
    wrong = []
    for number, (play, wanted, _) in enumerate(STORIES, 1):
        client = f"10.0.1.{number}"
        if said.get(client, set()) != wanted:
            wrong.append((play.__name__, sorted(said.get(client, set())), "wanted", sorted(wanted)))
    assert not wrong
    names = {play.__name__: f"10.0.1.{n}" for n, (play, *_) in enumerate(STORIES, 1)}
    for play in ("redirected", "redirected_through_proxy", "told_by_directory"):
        number = names[play].rpartition(".")[2]
        assert hosts[names[play]] == {f"other{number}.contoso.test"}
    assert outcomes[names["redirected"]][MAIL] == "probably ok"
    assert outcomes[names["refused"]][MAIL] == "probably failed"
    assert outcomes[names["browser"]][MAIL] == "hidden"
