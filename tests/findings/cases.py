# SPDX-License-Identifier: GPL-2.0-or-later
"""What a case is: packets of one client, and the findings that an expert would make of them.

A path belongs to one client, so many cases share a capture: each has a client, servers and a
domain of its own. Cases that depend on where the capture ends have one for themselves.
"""
import dataclasses
import functools
import json
import re
from pathlib import Path
from typing import Callable

import harness
import tls
from build import *  # noqa: F403

HEADER = Path(__file__).resolve().parents[2] / "plugins" / "adpath" / "judge" / "catalogue.h"
URL_GUID = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
BYSTANDERS = ("10.0.9.9", "fd00::99")  # of IPv4, of IPv6
# Cases of one capture have ports of their own: a PDU between the same ports, with the same bytes, is a copy.
FIRST_PORT, PORTS_BETWEEN = 10060, 60
POINTER_GUID = "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"


def catalogue():
    """id -> its severity, as the product's header has them."""
    rows = re.findall(r'F\(\w+, "([a-z0-9-]+)", (NOTE|WARN|ERROR), \w+,', HEADER.read_text())
    return {name: severity.lower() for name, severity in rows}


# ---- cases ----


@dataclasses.dataclass
class Case:
    make: Callable
    shows: list  # (id, severity) of every finding of the path
    like: list  # ids that a careless rule would report here
    recovered: list  # ids of `shows` that something later made good
    alone: bool  # has a capture of its own, which ends with its last packet
    missing: str  # what the product cannot do yet; None: nothing
    words: dict  # id -> texts that its sentences contain
    kind: str = None  # of a case of the field: the kind of wrong judgement, "K1" to "K12"
    field: object = None  # what such a case states beyond this; field.py
    number: int = 0

    @property
    def name(self):
        return self.make.__name__

    @property
    def batch(self):
        module = self.make.__module__.removeprefix("cases_")
        return f"{module}-{self.name}" if self.alone else module


ALL = []


def case(
    shows=(), like=(), recovered=(), alone=False, missing=None, words=None, kind=None, field=None
):
    """shows: {id: severity} or a list of pairs, all that the path has. like: what it resembles."""
    pairs = list(shows.items() if isinstance(shows, dict) else shows)

    def register(make):
        ALL.append(
            Case(make, pairs, list(like), list(recovered), alone, missing, dict(words or {}), kind, field)
        )
        ALL[-1].number = len(ALL)
        return make

    return register


def variants(*values):
    """A case for each of the values; the name gets the value behind it."""

    def wrap(register_of):
        def register(make):
            for value in values:
                def one(s, value=value):
                    return make(s, value)

                one.__name__ = f"{make.__name__}_{value}"
                one.__module__ = make.__module__
                one.__doc__ = make.__doc__
                register_of(one)
            return make

        return register

    return wrap


# ---- one client ----


class Scene:
    """One client with addresses, servers and a domain of its own, in a capture shared by many."""

    def __init__(self, capture, number):
        self.c = capture
        net = f"10.{1 + number // 200}.{number % 200}"
        self.client = net + ".10"
        self.dc, self.dc2, self.dc3 = (f"{net}.{n}" for n in (1, 2, 3))
        self.dns, self.dns2 = net + ".53", net + ".54"
        self.web, self.web2 = net + ".20", net + ".21"
        self.domain = f"corp{number}.test"
        self.realm = self.domain.upper()
        self.host = "dc1." + self.domain
        # Short names mean the same to everybody: they differ, too.
        self.short = f"mail{number}"
        self.mail = self.short + "." + self.domain
        self.config = f"CN=Configuration,DC=corp{number},DC=test"
        self.tgt = "krbtgt/" + self.realm
        self.http = "HTTP/" + self.mail
        self.ldap_spn = "ldap/" + self.host
        self.port = FIRST_PORT
        self.ident = 0
        self.nonce = 0
        self.cited = {}  # id -> frames
        self.cut = {}  # frame -> captured length
        self.tail = True  # something reaches the client long after
        self.addresses = {self.client}  # of the client
        self.others = set()  # of hosts that may have paths, too, and whose findings count as well

    def named(self, domain, dc="dc1", mail=None):
        """Another domain than corpN.test; the name must be this case's own."""
        self.domain = domain
        self.realm = domain.upper()
        self.host = f"{dc}.{domain}"
        self.config = "CN=Configuration," + ",".join("DC=" + x for x in domain.split("."))
        self.tgt = "krbtgt/" + self.realm
        self.mail = mail or f"{self.short}.{domain}"
        self.http = "HTTP/" + self.mail
        self.ldap_spn = "ldap/" + self.host
        return self

    def over_ipv6(self):
        """The same hosts, by addresses of IPv6."""
        for name in ("client", "dc", "dc2", "dc3", "dns", "dns2", "web", "web2"):
            _, a, b, c = getattr(self, name).split(".")
            setattr(self, name, f"fd00:{a}:1{b}::{c}")  # no group is zero
        self.addresses = {self.client}
        return self

    def hears_something(self):
        """A packet to the client from a host that has no part in anything."""
        self.c.udp(BYSTANDERS[":" in self.client], 9999, self.client, 9999, b"synthetic")

    def cite(self, finding, *frames):
        self.cited.setdefault(finding, set()).update(
            f for frame in frames for f in (frame if isinstance(frame, (list, tuple)) else [frame])
        )
        return frames[0] if len(frames) == 1 else frames

    def wait(self, seconds):
        self.c.wait(seconds)
        return self

    def next_port(self):
        self.port += 1
        return self.port

    def udp(self, server, port, request, *replies, cport=None, client=None):
        """Numbers of the frames; a request that is None is not sent."""
        cport = cport or self.next_port()
        client = client or self.client
        frames = [self.c.udp(client, cport, server, port, request)] if request else []
        return frames + [self.c.udp(server, port, client, cport, r) for r in replies]

    def tcp(self, server, port):
        return self.c.tcp(self.client, self.next_port(), server, port)

    # ---- DNS ----

    def srv(self, name, *targets, rcode=0, server=None, cut=False, silent=False, tcp=False, **more):
        """A question, and an answer with these targets; {D} stands for the domain."""
        name = name.format(D=self.domain)
        server = server or self.dns
        self.ident += 1
        records = [srv_rr(QUESTION, t.format(D=self.domain), **more) for t in targets]
        soa = [soa_rr(self.domain)] if not targets and rcode in (0, 3) else []
        reply = dns_reply(self.ident, name, records, rcode=rcode, cut=cut, authority=soa)
        question = dns(self.ident, name)
        if tcp:
            t = self.tcp(server, 53)
            return [t.ask(over_tcp(question)), t.answer(over_tcp(reply))]
        return self.udp(server, 53, question, *([] if silent else [reply]))

    def found(self, server=None):
        """The locator name is there."""
        return self.srv("_ldap._tcp.dc._msdcs.{D}", "dc1.{D}", server=server)

    def address(self, host, *addresses, rcode=0, kind=A, server=None):
        """A lookup of a host's address."""
        self.ident += 1
        host = host.format(D=self.domain)
        records = [address_rr(QUESTION, a) for a in addresses]
        soa = [] if addresses else [soa_rr(self.domain)]
        reply = dns_reply(self.ident, host, records, rcode=rcode, authority=soa, kind=kind)
        return self.udp(server or self.dns, 53, dns(self.ident, host, kind), reply)

    # ---- connections that come to nothing ----

    def syn(self, server, port, how="silent", times=1):
        """SYNs; `how`: "silent", "refused" or "prohibited". All in the same connection."""
        t = self.c.tcp(self.client, self.next_port(), server, port, handshake=False)
        frames = []
        for i in range(times):
            start = t.seq["c"]
            frames += t.open("cS")
            if i + 1 < times:
                t.seq["c"] = start
                self.wait(3 * (i + 1))
        if how == "refused":
            frames += t.open("sRA")
        elif how == "prohibited":
            sent = Ether(self.c.frames[frames[-1] - 1][1])[IP]
            frames.append(self.c.add(prohibited(sent)))
        return frames

    # ---- pings ----

    def ping(self, domain=None, server=None, silent=False, value=None, client_host="PC1", ntver=0x16,
             more=(), ident=1, **reply):
        """value: bytes of the attribute, b"" for none; else `reply` is given to netlogon_ex()."""
        request = ping(self.domain if domain is None else domain, host=client_host, ntver=ntver,
                       more=more, ident=ident)
        if value is None:
            reply.setdefault("domain", self.domain)
            reply.setdefault("host", self.host)
            value = netlogon_ex(**reply)
        replies = [] if silent else [ping_reply(value, ident=ident)]
        return self.udp(server or self.dc, 389, request, *replies)

    # ---- Kerberos ----

    def _new(self):
        self.nonce += 1
        return self.nonce

    def as_req(self, cname="alice", sname=None, realm=None, **more):
        return as_req(cname, sname or self.tgt, realm=realm or self.realm, nonce=self._new(), **more)

    def tgs_req(self, sname, realm=None, **more):
        return tgs_req(sname, self.tgt, realm=realm or self.realm, nonce=self._new(), **more)

    def as_rep(self, cname="alice", **more):
        more.setdefault("realm", self.realm)
        return as_rep(cname, more.pop("sname", self.tgt), **more)

    def tgs_rep(self, sname, **more):
        more.setdefault("realm", self.realm)
        return tgs_rep(sname, **more)

    def error(self, code, sname=None, **more):
        more.setdefault("realm", self.realm)
        more.setdefault("stime", self.c.time)
        return krb_error(code, sname or self.tgt, **more)

    def kdc(self, request, *replies, server=None, tcp=False):
        server = server or self.dc
        if tcp:
            t = self.tcp(server, 88)
            return [t.ask(marked(request))] + [t.answer(marked(r)) for r in replies]
        return self.udp(server, 88, request, *replies)

    def logon(self, cname="alice", server=None):
        """As every healthy client does."""
        required = self.error(25, data=padata((19, etype_info2()), (2, b"")))
        return self.kdc(self.as_req(cname), required, server=server) + self.kdc(
            self.as_req(cname, pre=[timestamp()]), self.as_rep(cname), server=server
        )

    # ---- the web ----

    def https(self, server, host, names=None, port=443):
        """Real TLS; the keys go to the batch's file."""
        return tls.Session(
            self.tcp(server, port), self.c.keylog, host=host, names=names or [host]
        )

    # ---- LDAP ----

    def ldap(self, server=None, port=389):
        return Ldap(self, self.tcp(server or self.dc, port))


class Ldap:
    """An LDAP connection. Each method gives the numbers of its frames."""

    def __init__(self, scene, connection):
        self.s = scene
        self.t = connection
        self.id = 0

    def _next(self):
        self.id += 1
        return self.id

    def ask(self, op, *answers):
        ident = self._next()
        asked = self.t.ask(ldap(ident, op))
        if not answers:
            return [asked]
        return [asked, self.t.answer(b"".join(ldap(ident, a) for a in answers))]

    def simple(self, code=0, diagnostic="", name="cn=alice", password="synthetic"):
        return self.ask(bind(name, password), bind_response(code, diagnostic))

    def anonymous(self):
        return self.simple(name="", password="")

    def gssapi(self, last=0, spn=None, cipher=b"synthetic ticket"):
        """Three rounds, as SASL GSSAPI has them."""
        spn = spn or self.s.ldap_spn
        token = gss(AP_REQ_ID, ap_req(spn, self.s.realm, cipher=cipher))
        frames = self.ask(
            bind_sasl("GSSAPI", token), bind_response(14, credentials=gss(AP_REP_ID, ap_rep()))
        )
        frames += self.ask(
            bind_sasl("GSSAPI", b""), bind_response(14, credentials=cfx(b"\7\xa0\0\0"))
        )
        return frames + self.ask(bind_sasl("GSSAPI", cfx(b"\4\0\x10\0")), bind_response(last))

    def spnego(self, token, answer, code, diagnostic="", state=2):
        """One round of GSS-SPNEGO; `answer` is the token of the reply."""
        return self.ask(
            bind_sasl("GSS-SPNEGO", nego_init(token)),
            bind_response(code, diagnostic, credentials=nego_resp(answer, state) if answer else None),
        )

    def rootdse(self, code=0, diagnostic=""):
        attributes = {"configurationNamingContext": [self.s.config]}
        return self.ask(
            search("", 0, None, ["configurationNamingContext"]),
            *([entry("", attributes)] if code == 0 else []),
            done(code, diagnostic=diagnostic),
        )

    def scp(self, *entries, code=0, diagnostic="", base=None, where=None, answered=True, refs=()):
        answers = [*entries, *refs, done(code, diagnostic=diagnostic)] if answered else []
        op = search(
            self.s.config if base is None else base,
            2,
            where or exchange_filter(),
            ["serviceBindingInformation", "keywords"],
        )
        return self.ask(op, *answers)

    def sealed(self, n=2):
        frames = []
        for i in range(n):
            frames.append(self.t.ask(sasl(cfx(bytes(range(200)), True, 0, 28, 2 * i))))
            frames.append(self.t.answer(sasl(cfx(bytes(range(250)), True, 0, 28, 2 * i + 1))))
        return frames


def exchange_filter():
    return all_of(
        equal("objectClass", "serviceConnectionPoint"),
        any_of(equal("keywords", POINTER_GUID), equal("keywords", URL_GUID)),
    )


def url_entry(s, n=1, site="HQ", host=None):
    host = host or f"ex{n}.{s.domain}"
    dn = f"CN=EX{n},CN=Autodiscover,CN=Protocols,{s.config}"
    keywords = [URL_GUID] + ([f"Site={site}"] if site else [])
    url = f"https://{host}/Autodiscover/Autodiscover.xml"
    return entry(dn, {"serviceBindingInformation": [url], "keywords": keywords})


def pointer_entry(s, target, domain=None):
    dn = f"CN={target},CN=Microsoft Exchange Autodiscover,CN=Services,{s.config}"
    keywords = [POINTER_GUID] + ([f"Domain={domain}"] if domain else [])
    return entry(dn, {"serviceBindingInformation": [f"LDAP://{target}"], "keywords": keywords})


# ---- a batch: its capture, and what comes out ----


def cases_of(batch):
    return [c for c in ALL if c.batch == batch]


def batches():
    return list(dict.fromkeys(c.batch for c in ALL))


def build(batch, folder, change=None):
    """The capture of a batch and the scenes of its cases, by name."""
    capture = Capture()
    capture.keylog = folder / f"{batch}-keys.txt"
    capture.keylog.touch()
    capture.keylog.chmod(0o644)
    if change:
        change(capture)
    scenes = {}
    port = FIRST_PORT
    for each in cases_of(batch):
        scene = scenes[each.name] = Scene(capture, each.number)
        scene.port = port
        each.make(scene)
        port = max(port, scene.port) + PORTS_BETWEEN
        assert port < 65536, f"{each.name}: too many ports for one capture"
        capture.wait(2)
    if not cases_of(batch)[0].alone:
        capture.wait(60)
        for scene in scenes.values():
            if scene.tail:
                scene.hears_something()
    return capture, scenes


def run_tshark(wireshark, *always):
    def run(path, *options):
        result = wireshark.run("tshark", "-n", "-r", path, *always, *options)
        assert result.status == 0, result
        return result.out

    return run


# ---- the same packets, seen otherwise: lists of (time, bytes, captured length) ----


def _address(text):
    return inet6(text) if ":" in text else bytes(map(int, text.split(".")))


def _source(frame):
    return frame[1][22:38] if frame[1][12:14] == b"\x86\xdd" else frame[1][26:30]


def _destination(frame):
    return frame[1][38:54] if frame[1][12:14] == b"\x86\xdd" else frame[1][30:34]


def doubled(frames, scenes):
    """A mirror port that shows every packet twice."""
    return [(t + d, *rest) for t, *rest in frames for d in (0, 10_000)]


def from_clients(frames, scenes):
    clients = {_address(a) for s in scenes for a in s.addresses}
    return [f for f in frames if _source(f) in clients]


def to_clients(frames, scenes):
    clients = {_address(a) for s in scenes for a in s.addresses}
    return [f for f in frames if _destination(f) in clients]


def at_once(frames, scenes):
    """All clients begin at the same time. What came to them at the very end stays there."""
    bystanders = list(map(_address, BYSTANDERS))
    tail = [f for f in frames if _source(f) in bystanders]
    by_client = {_address(a): own for s in scenes for own in [[]] for a in s.addresses | s.others}
    own = []
    for frame in frames:
        if _source(frame) not in bystanders:
            # What two others say to each other stays where it is among the packets of a client.
            own = by_client.get(_source(frame), by_client.get(_destination(frame), own))
            own.append(frame)
    several = {id(own): own for own in by_client.values() if own}
    mixed = [
        (t - own[0][0] + START, *rest) for own in several.values() for t, *rest in own
    ]
    return sorted(mixed, key=lambda f: f[0]) + tail


@dataclasses.dataclass
class Shown:
    """What the second pass shows at a frame."""

    findings: set  # (id, severity)
    expert: set  # ids


class Twice:
    """One tshark -2: what it shows at each frame, its expert information, the JSON."""

    def __init__(self, run):
        ids = list(catalogue())
        expert = ["adpath.expert." + id_.replace("-", "_") for id_ in ids]
        columns = ["frame.number", "adpath.finding", "adpath.finding.severity", *expert]
        text = run(
            "-2", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|",
            *[a for c in columns for a in ("-e", c)], "-z", "expert", "-z", "adpath,json",
        )
        start = re.search(r"^\{$", text, re.M).start()
        _, end = json.JSONDecoder().raw_decode(text, start)
        self.json = text[start:end] + "\n"
        self.frames = {}
        self.expert = ""
        for line in (text[:start] + text[end:]).splitlines(keepends=True):
            cells = line.rstrip("\n").split("\t")
            if len(cells) < len(columns):
                self.expert += line
                continue
            names, severities = (c.split("|") if c else [] for c in cells[1:3])
            self.frames[int(cells[0])] = Shown(
                set(zip(names, severities, strict=True)),
                {id_ for id_, cell in zip(ids, cells[3:], strict=True) if cell},
            )


class Analysed:
    def __init__(self, wireshark, folder, batch, change=None):
        self.capture, self.scenes = build(batch, folder)
        capture = self.capture
        keys = ["-o", f"tls.keylog_file:{capture.keylog}"]
        cut = {f: n for scene in self.scenes.values() for f, n in scene.cut.items()}
        if change:
            frames = [
                (t, data, cut.get(i, 65535)) for i, (t, data) in enumerate(capture.frames, 1)
            ]
            frames = change(frames, list(self.scenes.values()))
            capture.frames = [f[:2] for f in frames]
            cut = {i: f[2] for i, f in enumerate(frames, 1)}
        name = "findings-" + batch + ("-" + change.__name__ if change else "")
        self.path = capture.save(folder, name, cut or 65535)
        if not change:
            harness.keep_made(self.path, self.path.stem, capture.keylog)
        self.options = keys if capture.keylog.stat().st_size else []
        self.tshark = run_tshark(wireshark, *self.options)
        self.text = self.tshark(self.path, "-q", "-z", "adpath,json")
        self.json = json.loads(self.text)
        self.reports = None  # field.py's, of each client

    @functools.cached_property
    def twice(self):
        return Twice(lambda *options: self.tshark(self.path, *options))

    def findings(self, scene):
        return findings_of(self.json, scene.client)

    def all_findings(self):
        return [f for p in self.json["paths"] for f in p["findings"]]


def findings_of(report, client):
    return [
        f for p in report["paths"] if p["client"]["address"] == client for f in p["findings"]
    ]
