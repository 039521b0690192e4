# SPDX-License-Identifier: GPL-2.0-or-later
"""Several addresses of one client, several clients, and resolvers that ask for others."""
import json
import pathlib
import re
import tempfile

import pytest
from build import *  # noqa: F403
from cases import run_tshark

DC = "_ldap._tcp.dc._msdcs.corp.test"
HOST = "dc1.corp.test"
SIX, FOUR = "fd00:1::10", "10.9.1.10"
SERVER_SIX, SERVER_FOUR, DNS = "fd00:1::1", "10.9.1.1", "10.9.1.53"
SPN = "ldap/" + HOST


class World(Capture):
    """Each machine has its own link-layer address, as on one segment."""

    def __init__(self):
        super().__init__()
        self.macs = {FOUR: 0x10, SIX: 0x10}
        self.ident = 0
        self.port = 20000

    def add(self, packet):
        number = super().add(packet)
        when, data = self.frames[-1]
        frame = Ether(data)
        source = self.macs.get(packet.src, 1)
        target = self.macs.get(packet.dst, 1)
        frame.src, frame.dst = f"02:00:00:00:00:{source:02x}", f"02:00:00:00:00:{target:02x}"
        self.frames[-1] = (when, bytes(frame))
        return number

    def next(self):
        self.port += 1
        return self.port

    def lookup(self, client, kind=A, address=SERVER_FOUR, server=DNS, answered=True):
        self.ident += 1
        port = self.next()
        frames = [self.udp(client, port, server, 53, dns(self.ident, HOST, kind))]
        if answered:
            reply = dns_reply(self.ident, HOST, [address_rr(QUESTION, address)], kind=kind)
            frames.append(self.udp(server, 53, client, port, reply))
        return frames

    def locate(self, client, server=DNS, rcode=0, answered=True, name=DC):
        self.ident += 1
        port = self.next()
        frames = [self.udp(client, port, server, 53, dns(self.ident, name))]
        if answered:
            records = [srv_rr(QUESTION, HOST)] if rcode == 0 else []
            reply = dns_reply(self.ident, name, records, rcode=rcode)
            frames.append(self.udp(server, 53, client, port, reply))
        return frames

    def both(self, client):
        self.locate(client)
        self.lookup(client)
        self.lookup(client, AAAA, SERVER_SIX)

    def pinged(self, client, server, name="pc1.corp.test"):
        port = self.next()
        more = [equal("DnsHostName", name)] if name else []
        self.udp(client, port, server, 389, ping("corp.test", host=None, more=more))
        self.udp(server, 389, client, port,
                 ping_reply(netlogon_ex(domain="corp.test", host=HOST)))

    def bound(self, client, server, cipher=b"synthetic ticket"):
        t = self.tcp(client, self.next(), server, 389)
        token = gss(AP_REQ_ID, ap_req(SPN, "CORP.TEST", cipher=cipher))
        t.ask(ldap(1, bind_sasl("GSS-SPNEGO", nego_init(token))))
        t.answer(ldap(1, bind_response(0, credentials=nego_resp(gss(AP_REP_ID, ap_rep()), 0))))

    def ticket(self, client, server, cipher=b"synthetic ticket"):
        port = self.next()
        self.udp(client, port, server, 88, tgs_req(SPN, "krbtgt/CORP.TEST", realm="CORP.TEST"))
        self.udp(server, 88, client, port, tgs_rep(SPN, realm="CORP.TEST", cipher=cipher))


def fields_and_json(text):
    start = re.search(r"^\{$", text, re.M).start()
    return text[:start].strip("\n"), text[start:]


@pytest.fixture
def told(wireshark):
    """told(world): the JSON, the same in one pass and two."""
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)

        def read(world):
            for client in (FOUR, SIX):
                world.silence(client=client)
            path = world.save(folder, "clients")
            tshark = run_tshark(wireshark)
            columns = ["frame.number", "adpath.path", "adpath.previous"]
            shown = [*("-T", "fields"), *[a for c in columns for a in ("-e", c)], "-z", "adpath,json"]
            once, text = fields_and_json(tshark(path, *shown))
            twice, again = fields_and_json(tshark(path, "-2", *shown))
            assert again == text
            # What the first pass shows, the second does not take back.
            for one, two in zip(once.splitlines(), twice.splitlines(), strict=True):
                for a, b in zip(one.split("\t"), two.split("\t"), strict=True):
                    assert not a or set(a.split(",")) <= set(b.split(",")), (one, two)
            return json.loads(text)

        yield read


def clients(report):
    return [(p["client"]["address"], p["client"]["also"]) for p in report["paths"]]


ONE = [(FOUR, [SIX])]


def test_names_over_ipv4_and_the_directory_over_ipv6(told):
    world = World()
    world.both(FOUR)
    world.bound(SIX, SERVER_SIX)
    report = told(world)
    assert clients(report) == ONE
    assert [s["client"]["address"] for s in report["paths"][0]["steps"]].count(SIX) == 2


def test_the_same_name_in_both_pings(told):
    world = World()
    world.macs[SIX] = 0  # behind a router, that is: one address for everybody
    world.macs[FOUR] = 0
    world.macs["10.9.1.11"] = 0
    world.locate("10.9.1.11")
    world.pinged(FOUR, SERVER_FOUR)
    world.pinged(SIX, SERVER_SIX)
    world.bound(SIX, SERVER_SIX)
    assert (FOUR, [SIX]) in clients(told(world))


def test_a_ticket_of_the_other_address(told):
    world = World()
    world.macs[SIX] = 0
    world.macs[FOUR] = 0
    world.macs["10.9.1.11"] = 0
    world.ticket(FOUR, SERVER_FOUR)
    world.ticket("10.9.1.11", SERVER_FOUR, cipher=b"another ticket")
    world.bound(SIX, SERVER_SIX)
    assert (FOUR, [SIX]) in clients(told(world))


def test_ping_over_one_family_lost(told):
    """UDP 389 is closed over IPv6; over IPv4 the controller answers: no fault."""
    world = World()
    world.both(FOUR)
    port = world.next()
    world.udp(SIX, port, SERVER_SIX, 389,
              ping("corp.test", host=None, more=[equal("DnsHostName", "pc1.corp.test")]))
    world.pinged(FOUR, SERVER_FOUR)
    report = told(world)
    assert clients(report) == ONE
    assert report["paths"][0]["findings"] == []


@pytest.mark.parametrize("how", ["other-machine", "router", "two-told", "asks-itself", "stale"])
def test_not_forced(told, how):
    """What may as well be another client's stays a client of its own."""
    world = World()
    if how == "other-machine":
        world.macs[SIX] = 0x11
    elif how == "router":
        world.macs = {}
        world.locate("10.9.1.11")
    world.both(FOUR)
    if how == "two-told":
        world.macs["10.9.1.11"] = 0x10
        world.both("10.9.1.11")
    elif how == "asks-itself":
        world.locate(SIX, server="fd00:1::53")
    elif how == "stale":
        world.wait(300)
    world.bound(SIX, SERVER_SIX)
    report = told(world)
    assert (SIX, []) in clients(report) and (FOUR, []) in clients(report)


def test_two_machines_with_both_families(told):
    world = World()
    world.macs.update({"10.9.1.11": 0x11, "fd00:1::11": 0x11})
    world.both(FOUR)
    world.both("10.9.1.11")
    world.bound("fd00:1::11", SERVER_SIX)
    world.bound(SIX, SERVER_SIX)
    assert clients(told(world)) == [(FOUR, [SIX]), ("10.9.1.11", ["fd00:1::11"])]


# ---- several machines behind one address ----

PC1, PC2 = "pc1.corp.test", "pc2.corp.test"
MAIL1, MAIL2 = "mail1.corp.test", "mail2.corp.test"
EXCHANGE = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"


def account(name):
    return name.split(".")[0].upper() + "$"


class Translated(World):
    """A capture at the controller: all machines send from one address."""

    def __init__(self):
        super().__init__()
        self.macs = {}

    def named(self, name, host=None, server=SERVER_FOUR, answered=True):
        """A ping; only `host` stands in those of old systems and of some tools."""
        port = self.next()
        more = [equal("DnsHostName", name)] if name else []
        self.udp(FOUR, port, server, 389, ping("corp.test", host=host, more=more))
        if answered:
            reply = ping_reply(netlogon_ex(domain="corp.test", host=HOST))
            self.udp(server, 389, FOUR, port, reply)

    def signed_in(self, cname, code=None, cipher=None):
        """An AS exchange; it gives a ticket of its own, or the error."""
        port = self.next()
        self.udp(FOUR, port, SERVER_FOUR, 88,
                 as_req(cname, "krbtgt/CORP.TEST", realm="CORP.TEST", pre=[timestamp()]))
        reply = (krb_error(code, "krbtgt/CORP.TEST", realm="CORP.TEST") if code else
                 as_rep(cname, "krbtgt/CORP.TEST", realm="CORP.TEST",
                        cipher=cipher or b"granting " + cname.encode()))
        self.udp(SERVER_FOUR, 88, FOUR, port, reply)

    def asked(self, cname, spn=SPN, code=None):
        """A TGS exchange that shows the ticket of signed_in()."""
        port = self.next()
        self.udp(FOUR, port, SERVER_FOUR, 88,
                 tgs_req(spn, "krbtgt/CORP.TEST", cipher=b"granting " + cname.encode(),
                         realm="CORP.TEST"))
        reply = (krb_error(code, spn, realm="CORP.TEST") if code else
                 tgs_rep(spn, cname=cname, realm="CORP.TEST", cipher=b"for " + cname.encode()))
        self.udp(SERVER_FOUR, 88, FOUR, port, reply)

    def connected(self, cname, code=0, diagnostic=""):
        """A bind with the ticket of asked()."""
        t = self.tcp(FOUR, self.next(), SERVER_FOUR, 389)
        token = gss(AP_REQ_ID, ap_req(SPN, "CORP.TEST", cipher=b"for " + cname.encode()))
        t.ask(ldap(1, bind_sasl("GSS-SPNEGO", nego_init(token))))
        back = None if code else nego_resp(gss(AP_REP_ID, ap_rep()), 0)
        t.answer(ldap(1, bind_response(code, diagnostic, credentials=back)))
        return t

    def searched(self, t, host):
        """An Exchange search on the connection, answered with one server."""
        where = all_of(equal("objectClass", "serviceConnectionPoint"), equal("keywords", EXCHANGE))
        t.ask(ldap(7, search("CN=Configuration,DC=corp,DC=test", 2, where,
                             ["serviceBindingInformation", "keywords"])))
        url = f"https://{host}/autodiscover/autodiscover.xml"
        t.answer(ldap(7, entry("CN=EX", {"serviceBindingInformation": [url.encode()],
                                         "keywords": [EXCHANGE.encode(), b"Site=HQ"]}))
                 + ldap(7, done()))


def named(report):
    return [p["client"]["name"] for p in report["paths"]]


def kinds_of(path):
    return [(s["kind"], s["client"]["name"]) for s in path["steps"]]


def found(path):
    return [(f["id"], f["severity"]) for f in path["findings"]]


def test_two_machines_take_turns(told):
    """Ping, ticket, ticket's bytes and connection tell whose a step is, whatever comes between."""
    world = Translated()
    world.locate(FOUR, server=SERVER_FOUR)      # 1, pc1's as it turns out: nothing says so
    world.named(PC1)                            # 2
    world.locate(FOUR, server=SERVER_FOUR)      # 3, pc2's: nothing says so
    world.named(PC2)                            # 4
    world.signed_in("PC1$")                     # 5
    world.signed_in("PC2$")                     # 6
    world.asked("PC1$")                         # 7
    world.asked("PC2$")                         # 8
    one = world.connected("PC1$")               # 9, 10
    two = world.connected("PC2$")               # 11, 12
    world.searched(one, MAIL1)                  # 13
    world.searched(two, MAIL2)                  # 14
    report = told(world)
    assert named(report) == [PC1, PC2]
    assert [p["client"] for p in report["paths"]] == [
        {"address": FOUR, "name": name, "also": [], "shared": True} for name in (PC1, PC2)]
    first, second = report["paths"]
    assert [s["n"] for s in first["steps"]] == [1, 2, 3, 5, 7, 9, 10, 13]
    assert [s["n"] for s in second["steps"]] == [4, 6, 8, 11, 12, 14]
    assert first["uses"] == [] and second["uses"] == [1, 3]
    assert kinds_of(first) == [("srv", None), ("ping", PC1), ("srv", None), ("kerberos", PC1),
                               ("kerberos", PC1), ("bind", PC1), ("kerberos", PC1), ("scp", PC1)]
    assert {name for kind, name in kinds_of(second)} == {PC2}
    assert [e["host"] for e in first["endpoints"] if e["source"] == "scp"] == [MAIL1]
    assert [e["host"] for e in second["endpoints"] if e["source"] == "scp"] == [MAIL2]
    assert [p["domain"] for p in report["paths"]] == ["corp.test"] * 2


@pytest.mark.parametrize("fails", [1, 2])
@pytest.mark.parametrize("how", ["spn", "bind"])
def test_one_of_two_fails(told, how, fails):
    """The same works for the other machine: that makes nothing good."""
    world = Translated()
    world.named(PC1)
    world.named(PC2)
    for name in ("PC1$", "PC2$"):
        world.signed_in(name)
    bad, good = ("PC1$", "PC2$") if fails == 1 else ("PC2$", "PC1$")
    if how == "spn":
        world.asked(bad, code=7)
        world.asked(good)
        world.connected(good)
    else:
        for name in (bad, good):
            world.asked(name)
        world.connected(bad, 49, "80090308: LdapErr: DSID-0C090439, data 52e, v3839")
        world.connected(good)
    world.wait(200)
    report = told(world)
    assert named(report) == [PC1, PC2]
    broken, sound = report["paths"][::1 if fails == 1 else -1]
    want = "spn-not-found-or-duplicate" if how == "spn" else "ldap-bind-failed"
    assert (want, "error") in found(broken) and broken["outcome"] == "failed"
    assert [f for f in found(sound) if f[1] != "note"] == []
    assert sound["outcome"] != "failed"


def test_what_nobody_is_named_at_makes_good(told):
    """A fault of one machine and a success that may be anybody's: no error."""
    world = Translated()
    world.named(PC1)
    world.named(PC2)
    world.signed_in("PC1$")
    world.asked("PC1$", code=7)
    world.named(PC2)
    world.asked("unseen")  # whose ticket it shows, the capture does not tell
    world.wait(200)
    report = told(world)
    assert named(report) == [PC1, PC2]
    assert [f for p in report["paths"] for f in found(p) if f[1] == "error"] == []


def test_the_same_machine_makes_good(told):
    world = Translated()
    world.named(PC1)
    world.named(PC2)
    world.signed_in("PC1$")
    world.asked("PC1$", code=7)
    world.signed_in("PC2$")
    world.asked("PC1$")
    world.wait(200)
    first = told(world)["paths"][0]
    assert found(first) == [("spn-not-found-or-duplicate", "note")]
    assert first["findings"][0]["recovered_by"] == 6


@pytest.mark.parametrize("names", [
    [("pc1", PC1), (None, PC1), ("PC1", None), ("PC1", PC1)],     # one name in several forms
    [("VERYLONGMACHINE", None), (None, "verylongmachine7.corp.test")],  # 15 characters
    [(None, PC1), (None, "pc1.other.test"), (None, PC1)],          # joined another domain
])
def test_one_machine(told, names):
    world = Translated()
    for host, name in names:
        world.named(name, host=host)
    (path,) = told(world)["paths"]
    assert path["client"]["shared"] is False
    assert path["client"]["name"] == (names[0][1] or names[0][0])


@pytest.mark.parametrize("host", [True, False])
def test_renamed(told, host):
    """A machine with another name after it was started anew; the old one is never seen again."""
    world = Translated()
    first, second = (("PC1", None), ("PC2", None)) if host else ((None, PC1), (None, PC2))
    world.named(first[1], host=first[0])
    world.signed_in("PC1$")
    world.wait(90)
    world.named(second[1], host=second[0])
    world.signed_in("PC2$")
    report = told(world)
    (path,) = report["paths"]
    assert path["client"] == {"address": FOUR, "name": None, "also": [], "shared": False}
    assert path["findings"] == []


def test_a_tool_with_a_name_of_its_own(told):
    """As a client of Samba with another smb.conf has: once, and without a DNS name."""
    world = Translated()
    world.named(PC1, host="PC1")
    world.named(None, host="OTHER")
    (path,) = told(world)["paths"]
    assert path["client"] == {"address": FOUR, "name": PC1, "also": [], "shared": False}


def test_accounts_are_no_machines(told):
    """Group managed service accounts and clusters sign in with a $ as well."""
    world = Translated()
    world.named(PC1)
    for name in ("PC1$", "gmsa01$", "PC1$", "SQLCLUSTER$"):
        world.signed_in(name)
    (path,) = told(world)["paths"]
    assert path["client"] == {"address": FOUR, "name": PC1, "also": [], "shared": False}
    assert len(path["steps"]) == 5


def test_a_terminal_server(told):
    """One machine with many users: a path for each mail domain, as ever."""
    world = Translated()
    world.named(PC1, host="PC1")
    for user, mail in (("alice", "one.test"), ("bob", "two.test")):
        world.signed_in(user)
        world.ident += 1
        port = world.next()
        name = "autodiscover." + mail
        world.udp(FOUR, port, DNS, 53, dns(world.ident, name, A))
        world.udp(DNS, 53, FOUR, port, dns_reply(world.ident, name, [], rcode=3, kind=A))
    world.named(PC1, host="PC1")
    report = told(world)
    assert named(report) == [PC1, PC1]
    assert [p["mail_domain"] for p in report["paths"]] == ["one.test", "two.test"]
    assert not any(p["client"]["shared"] for p in report["paths"])


def test_a_controller_pings_for_its_own(told):
    """It serves two machines, and locates others itself."""
    world = Translated()
    other = "10.9.1.11"
    world.pinged(FOUR, SERVER_FOUR, name=PC1)
    world.pinged(other, SERVER_FOUR, name=PC2)
    world.pinged(SERVER_FOUR, "10.9.1.2", name=HOST)
    world.pinged(FOUR, SERVER_FOUR, name=PC1)
    report = told(world)
    assert sorted(named(report)) == [HOST, PC1, PC2]
    assert not any(p["client"]["shared"] for p in report["paths"])


def test_users_follow_their_machine(told):
    """A user's next step goes where the first one went; which machine it is, nothing proves."""
    world = Translated()
    world.named(PC1)
    world.named(PC2)
    world.named(PC1)
    world.signed_in("alice")
    world.named(PC2)
    world.signed_in("bob")
    world.signed_in("alice")
    report = told(world)
    first, second = report["paths"]
    assert [s["n"] for s in first["steps"]] == [1, 3, 4, 7]
    assert [s["n"] for s in second["steps"]] == [2, 5, 6]
    assert all(s["client"]["name"] is None for s in first["steps"] if s["kind"] == "kerberos")


def test_known_late(told):
    """Until the first name comes again it may be one machine: what was shown then stays."""
    world = Translated()
    world.named(PC1)
    world.wait(60)
    world.named(PC2)
    world.signed_in("PC2$")
    world.named(PC1)
    world.asked("PC2$")
    first, second = told(world)["paths"]
    assert [s["n"] for s in first["steps"]] == [1, 2, 3, 4]
    assert [(s["n"], s["client"]["name"]) for s in second["steps"]] == [(5, PC2)]
    assert second["uses"] == [2, 3]


def test_what_the_report_says(wireshark):
    """Plainly: several machines, and which steps are a guess."""
    world = Translated()
    world.locate(FOUR, server=SERVER_FOUR)
    world.named(PC1)
    world.named(PC2)
    world.silence(client=FOUR)
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        path = world.save(folder, "nat")
        tshark = run_tshark(wireshark)
        text = " ".join(tshark(path, "-q", "-z", "adpath,path").split())
        markdown = tshark(path, "-q", "-z", "adpath,markdown")
    assert f"Path 1: client {FOUR} ({PC1})" in text
    assert f"Path 2: client {FOUR} ({PC2})" in text
    assert text.count(f"Several machines send from {FOUR}") == 2
    assert "It is not certain which machine sent step 1;" in text
    assert "It also rests on step 1 of path 1, from before the machine gave its name." in text
    assert markdown.count("Several machines") == 2


# ---- both addresses of a client are known late ----


@pytest.mark.parametrize("domain, wait, uses", [("corp.test", 0, [1, 2]),
                                                ("corp.test", 90, []),
                                                ("other.test", 0, [])])
def test_the_other_address_is_proven_late(told, domain, wait, uses):
    """Its steps stay where they were shown, and the path that goes on names them."""
    world = World()
    world.macs[SIX] = 0
    world.locate(SIX, server="fd00:1::53", name="_ldap._tcp.dc._msdcs." + domain)
    world.locate(SIX, server="fd00:1::53", name="_ldap._tcp." + domain)
    world.wait(wait)
    world.macs[FOUR] = 0
    world.pinged(FOUR, SERVER_FOUR)
    world.pinged(SIX, SERVER_SIX)
    world.bound(SIX, SERVER_SIX)
    report = told(world)
    assert clients(report) == [(SIX, []), (FOUR, [SIX])]
    early, path = report["paths"]
    assert [s["n"] for s in early["steps"]] == [1, 2] and early["uses"] == []
    assert [s["n"] for s in path["steps"]] == [3, 4, 5, 6]
    assert path["uses"] == uses


def test_what_the_report_says_of_a_late_proof(wireshark):
    world = World()
    world.macs[SIX] = 0
    world.locate(SIX, server="fd00:1::53", name="_ldap._tcp.dc._msdcs.corp.test")
    world.macs[FOUR] = 0
    world.pinged(FOUR, SERVER_FOUR)
    world.pinged(SIX, SERVER_SIX)
    world.bound(SIX, SERVER_SIX)
    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        report = run_tshark(wireshark)(world.save(folder, "late"), "-q", "-z", "adpath,path")
    text = " ".join(report.split())
    assert f"Also of this client: step 1 of path 1, from {SIX}." in text
    assert "Later packets prove that this is the client of path 2" in text


# ---- resolvers ----


def test_a_resolver_asks_on(told):
    """A capture taken at the DNS server: who asks on somebody's behalf is no client."""
    world = World()
    port, on = world.next(), world.next()
    world.udp(FOUR, port, DNS, 53, dns(7, DC))
    world.udp(DNS, on, "10.9.9.53", 53, dns(8, DC))
    world.udp("10.9.9.53", 53, DNS, on, dns_reply(8, DC, [], rcode=3))
    world.udp(DNS, 53, FOUR, port, dns_reply(7, DC, [], rcode=3))
    world.silence(client=DNS)
    report = told(world)
    assert clients(report) == [(FOUR, [])]
    assert [f["id"] for f in report["paths"][0]["findings"]] == ["srv-not-found"]


def test_a_controller_asks_for_itself(told):
    """Nobody had asked it: it is a client as others are."""
    world = World()
    world.locate(FOUR, rcode=3)
    other = "_ldap._tcp.dc._msdcs.other.test"
    world.locate(DNS, server="10.9.9.53", rcode=3, name=other)
    report = told(world)
    assert clients(report) == [(FOUR, []), (DNS, [])]


# ---- what another client got ----


def test_another_client_has_a_ticket_for_the_full_name(told):
    world = World()
    port = world.next()
    world.udp(FOUR, port, SERVER_FOUR, 88,
              tgs_req("HTTP/mail", "krbtgt/CORP.TEST", realm="CORP.TEST"))
    world.udp(SERVER_FOUR, 88, FOUR, port, krb_error(7, "HTTP/mail", realm="CORP.TEST"))
    other = world.next()
    world.udp("10.9.1.11", other, SERVER_FOUR, 88,
              tgs_req("HTTP/mail.corp.test", "krbtgt/CORP.TEST", realm="CORP.TEST"))
    world.udp(SERVER_FOUR, 88, "10.9.1.11", other, tgs_rep("HTTP/mail.corp.test", realm="CORP.TEST"))
    (finding,) = told(world)["paths"][0]["findings"]
    assert finding["id"] == "spn-not-found-or-duplicate"
    assert "Another client 10.9.1.11 got a ticket for HTTP/mail.corp.test" in finding["inferred"]
    assert "setspn -Q HTTP/mail" in finding["check"]
    assert "setspn -X -F" in finding["check"]
    assert "setspn -Q HTTP/mail.corp.test # the full name" in finding["check"]
