# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs certificates, LDAPS, balancers, reverse and forward proxies, inspecting firewalls and tunnels; written before the rules were read.

Seventeen faults and fourteen healthy neighbours, from memory unless a thread is named. Kinds K1 (the first line denies it), K2 (a
sequel makes it healthy), K5 (whose success), K6 (causes that the packets support or refute).
"""
from cases import Ldap, url_entry
from cases_field_q_blind import CALM, CERTIFICATE_REQUEST, hello
from cases_field_t_blind import BAD_WEB, hung_up, signed_on
from cases_field_w_blind import bare
from cases_web import BASIC, directory, post
from field import field
from net import *  # noqa: F403
from cases_web import connect  # not the other one
from tls import Session
from web import CHANGE, DATA, HIDDEN, TLS12, alert, certificate_message, extension, finish, handshake, hello_of_server, record, relative_name, server_name, vector

QUIET = ["tls-failed", "tls-name-mismatch", "dc-unreachable", "ldap-unanswered", "starttls-failed"]
GOOD_DATES = ("230101000000Z", "250101000000Z")  # captures are of November 2023
P384, X25519 = b"\0\x18", b"\0\x1d"


# ---- messages ----


def issued(names, cn=None, issuer="House CA", dates=GOOD_DATES):
    """A certificate with these dates, from this authority; nothing signs it."""
    algorithm = seq(oid(1, 2, 840, 10045, 4, 3, 2))
    key = seq(seq(oid(1, 2, 840, 10045, 2, 1)), tlv(0x03, b"\0\4synthetic"))
    more = [seq(oid(2, 5, 29, 17), octets(seq(*[tlv(0x82, n.encode()) for n in names])))] if names else []
    tbs = [ctx(0, integer(2)), integer(77), algorithm, relative_name(issuer), seq(*[tlv(0x17, d.encode()) for d in dates]), relative_name(cn), key]
    return seq(seq(*tbs, *([ctx(3, seq(*more))] if more else [])), algorithm, tlv(0x03, b"\0synthetic"))


def flight(*ders, more=b""):
    return record(22, hello_of_server()) + record(22, certificate_message(*ders)) + more + record(22, handshake(14))


def greeting(host, suites=b"\xc0\x2f\x13\x01", groups=X25519, version=TLS12, thirteen=False, filling=0, named=0x0301):
    more = [server_name(host)] if host else []
    more.append(extension(10, vector(2, groups)))
    if thirteen:
        more += [extension(43, vector(1, b"\3\4\3\3")), extension(51, vector(2, groups[:2] + vector(2, bytes(32))))]
    if filling:
        more.append(extension(21, bytes(filling)))
    return record(22, handshake(1, struct.pack(">H", version) + bytes(range(32)), vector(1, bytes(32) if thirteen else b""), vector(2, suites), vector(1, b"\0"),
                                vector(2, *more)), named)


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446 4.1.3


def try_again(group=P384):
    """HelloRetryRequest."""
    return record(22, handshake(2, b"\3\3" + RETRY, vector(1, bytes(32)), b"\x13\x01", b"\0", vector(2, extension(43, b"\3\4"), extension(51, group)))) + CHANGE


def hello_of_13():
    return record(22, handshake(2, b"\3\3" + bytes(range(32, 64)), vector(1, bytes(32)), b"\x13\x01", b"\0", vector(2, extension(43, b"\3\4"), extension(51, X25519 + vector(2, bytes(32))))))


def sealed(size):
    return record(23, bytes(size))


def served(s, host=None, der=None, server=None, port=636):
    """LDAPS that goes well."""
    t = s.tcp(server or s.dc, port)
    host = host or s.host
    t.ask(hello(host))
    t.answer(flight(der or issued([host], host)))
    finish(t)
    t.close()


def turned_down(s, number, *ders, host=None, server=None, port=636):
    """The client does not like what it was shown."""
    t = s.tcp(server or s.dc, port)
    frames = [t.ask(hello(host or s.host)), t.answer(flight(*ders)), t.ask(alert(2, number))]
    hung_up(t, "c")
    return frames


def mailbox(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)


def vip(s):
    """What programs are told to use: a name before several controllers."""
    signed_on(s)
    name = "ldap." + s.domain
    s.address(name, s.dc2)
    return name


# ---- certificates ----


@field("K6", shows={"tls-failed": "error|warn"}, verdict="certificate|TLS", supported={"tls-failed": "not yet valid|not valid (yet|before)|begins|in the future"},
       never={"verdict": CALM, "tls-failed": "has expired"})
def certificate_of_one_controller_is_not_yet_valid(s):
    """The authority's clock is four hours fast: what it issued this morning is valid this afternoon. Clients say 45 for both ends."""
    signed_on(s)
    served(s, "dc2." + s.domain, server=s.dc2)
    for _ in range(3):
        s.cite("tls-failed", turned_down(s, 45, issued([s.host], s.host, dates=("231115020000Z", "251115020000Z"))))
        s.wait(5)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "intermediate|issuing|authority's|chain"}, never={"verdict": CALM})
def intermediate_of_the_chain_has_expired(s):
    """https://github.com/python-ldap/python-ldap/issues/609: the controller's own certificate is good, its issuer's ended last week."""
    signed_on(s)
    old = issued([], "Issuing CA 2", "Root CA", ("131107000000Z", "231107000000Z"))
    for _ in range(3):
        s.cite("tls-failed", turned_down(s, 45, issued([s.host], s.host, "Issuing CA 2"), old))
        s.wait(5)


@field("K6", shows={"tls-failed|tls-name-mismatch": "error|warn"}, outcome="failed", verdict=r"ldap\.{D}",
       supported={"tls-failed|tls-name-mismatch": "does not (cover|contain|name|list)|not (cover|contain|list)|lacks|alternative"}, never={"verdict": CALM, "tls-failed|tls-name-mismatch": "has expired"})
def name_of_the_balancer_is_the_common_name_alone(s):
    """https://github.com/veyon/veyon/issues/1070: the alternative names are the controllers'; who looks there looks nowhere else."""
    name = vip(s)
    for _ in range(2):
        s.cite("tls-failed|tls-name-mismatch", turned_down(s, 46, issued(["dc1." + s.domain, "dc2." + s.domain], name), host=name, server=s.dc2))
        s.wait(5)


@field("K6", shows={"tls-failed|tls-name-mismatch": "error|warn"}, supported={"tls-failed|tls-name-mismatch": "does not (cover|contain|name|list)|not (cover|contain|list)|other names?|renewed"},
       never={"verdict": CALM, "tls-failed|tls-name-mismatch": "has expired"})
def renewed_certificate_has_the_short_name(s):
    """The template was copied, and builds the subject from the common name."""
    signed_on(s)
    served(s)
    s.wait(3600)
    short = s.host.partition(".")[0]
    for _ in range(3):
        s.cite("tls-failed|tls-name-mismatch", turned_down(s, 42, issued([short], short)))
        s.wait(5)


@field("K6", missing="requests for revocation lists are not read, so that what became of them is not known beside the alert",
       shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": r"revocation|revoked|\bCRL"}, never={"verdict": CALM, "tls-failed": "has expired"})
def revocation_list_is_gone_from_its_web_server(s):
    """The list's address moved with the web server; the client insists on it."""
    signed_on(s)
    s.address("pki." + s.domain, s.web)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        frames = [t.ask(hello(s.host)), t.answer(flight(issued([s.host], s.host)))]
        w = s.tcp(s.web, 80)
        w.ask(http_get("pki." + s.domain, "/crl/House%20CA.crl"))
        w.answer(http_reply(404, b"gone"))
        w.close()
        s.cite("tls-failed", *frames, t.ask(alert(2, 46)))
        hung_up(t, "c")
        s.wait(5)


# ---- what the ends have in common ----


@field("K1", shows={"tls-failed|http-error|http-unauthorized": "error|warn"}, outcome="failed|incomplete|hidden", never={"verdict": CALM},
       causes={"tls-failed|http-error|http-unauthorized": "certificate of the client|client'?s? certificate|client certificate"})
def balancer_wants_a_card_and_outlook_has_none(s):
    """https://support.microsoft.com/en-us/help/4488049: of TLS 1.3, where the alert is sealed: a record of 19 bytes behind the client's last flight, and FIN."""
    mailbox(s)
    for _ in range(3):
        t = s.tcp(s.web, 443)
        frames = [t.ask(greeting(s.mail, thirteen=True)), t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))]
        frames.append(t.ask(CHANGE + sealed(25) + sealed(69)))
        t.answer(sealed(19))
        s.cite("tls-failed|http-error|http-unauthorized", *frames)
        hung_up(t)
        s.wait(4)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", causes={"tls-failed": "curve|group"}, supported={"tls-failed": "common|curve|group"}, never={"verdict": CALM, "tls-failed": "has expired"})
def client_offers_one_curve_alone(s):
    """The server was hardened to NIST's curves, the library has X25519 and no other; the suites are the usual ones."""
    signed_on(s)
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(greeting(s.host, b"\xc0\x2f\xc0\x30\xc0\x2b\xc0\x2c", X25519)), t.answer(alert(2, 40)))
        hung_up(t)
        s.wait(4)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "fall|downgrade|newer"}, never={"verdict": CALM, "tls-failed": "has expired"})
def newer_greeting_is_cut_and_the_older_one_is_unwanted(s):
    """RFC 7507: a box cuts the first greeting, the client falls back and says so, the server takes that for an attack: 86."""
    mailbox(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(greeting(s.mail)))
        t.reset()
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(greeting(s.mail, b"\xc0\x14\x00\x2f\x56\x00", version=0x0302)), t.answer(alert(2, 86)))
        hung_up(t)
        s.wait(5)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "HelloRetry|second (hello|greeting)|another group|once more|greet(s|ed)? again"},
       never={"verdict": CALM, "tls-failed": "has expired|no version"})
def box_does_not_know_the_second_greeting_of_tls_1_3(s):
    """The server asks for another curve; what inspects between the ends takes the second greeting for an error."""
    signed_on(s)
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        frames = [t.ask(greeting(s.host, thirteen=True, groups=X25519 + P384)), t.answer(try_again()), t.ask(CHANGE + greeting(s.host, thirteen=True, groups=P384 + X25519))]
        s.cite("tls-failed", *frames)
        t.reset()
        s.wait(5)


# ---- what stands between ----


@field("K6", missing="handshakes with hosts that no discovery names are not kept: that the same address takes other names is not known",
       shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "by (its|the|this) name|other names"}, never={"verdict": CALM, "tls-failed": "no usable certificate"})
def firewall_cuts_by_the_name_in_the_greeting(s):
    """The mail server's address serves other names; this one is of a category that is blocked."""
    mailbox(s)
    other = "owa." + s.domain
    s.address(other, s.web)
    served(s, other, server=s.web, port=443)
    for _ in range(3):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(hello(s.mail)))
        t.reset()
        served(s, other, server=s.web, port=443)
        s.wait(4)


@field("K6", shows={"tls-failed": "error|warn"}, outcome="failed|hidden", supported={"tls-failed": "another authority"}, first={"tls-failed": "inspect|proxy"}, never={"verdict": CALM, "tls-failed": "has expired"})
def proxy_signs_for_the_mail_server_and_is_not_trusted(s):
    """Two days ago the house had its own way; now the proxy opens what it carries, and this machine has not got its authority."""
    mailbox(s)
    served(s, s.mail, server=s.web, port=443)
    s.wait(60)
    for _ in range(2):
        t = s.tcp(s.web2, 8080)
        connect(t, s.mail)
        s.cite("tls-failed", t.ask(hello(s.mail)), t.answer(flight(issued([s.mail], s.mail, "Inspection CA"))), t.ask(alert(2, 48)))
        hung_up(t, "c")
        s.wait(4)


@field("K3", shows={"tls-failed|dc-unreachable|ldap-unanswered": "error"}, outcome="failed", supported={"tls-failed|dc-unreachable|ldap-unanswered": "MTU|full size|fragment|tunnel"},
       never={"verdict": CALM, "any": "overloaded"})
def large_greeting_does_not_fit_the_tunnel(s):
    """https://github.com/canonical/lxd/issues/14839: keys against quantum computers; the first segment is full, and lost each time."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        said = greeting(s.host, thirteen=True, filling=1600)
        s.cite("tls-failed|dc-unreachable|ldap-unanswered", t.ask(said, 1400))
        for pause in (0.3, 0.6, 1.2, 2.4, 4.8):
            s.wait(pause)
            bare(t, "c", "A", said[:1400], back=len(said))
        s.wait(6)
        t.open("cRA")
        s.wait(2)


@field("K1", shows={"starttls-failed|tls-failed|ldap-unanswered": "error"}, outcome="failed", says={"starttls-failed|tls-failed|ldap-unanswered": "StartTLS"},
       checks={"tls-failed": "-starttls ldap"}, never={"verdict": CALM, "any": "does not accept the certificate|636"})
def starttls_is_agreed_and_the_greeting_gets_no_answer(s):
    """An inspecting box waits for LDAP behind StartTLS, and drops what is none."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.ask(starttls(), starttls_response())
        said = hello(s.host)
        s.cite("starttls-failed|tls-failed|ldap-unanswered", conn.t.ask(said))
        conn.t.open("sA")
        s.wait(30)
        hung_up(conn.t, "c")
        s.wait(2)


@field("K5", shows={"starttls-failed": "error|warn"}, causes={"starttls-failed": "several|balanc|another server|one of|behind"}, never={"verdict": CALM})
def one_of_three_behind_the_balancer_knows_no_starttls(s):
    """https://github.com/jp-gouin/helm-openldap/issues/189"""
    name = vip(s)
    for n in range(6):
        if n % 3:
            conn = s.ldap(s.dc2)
            s.cite("starttls-failed", conn.ask(starttls(), starttls_response(2, "unsupported extended operation")))
            hung_up(conn.t, "c")
        else:
            t = s.tcp(s.dc2, 389)
            t.ask(ldap(1, starttls()))
            t.answer(ldap(1, starttls_response()))
            Ldap(s, Session(t, s.c.keylog, host=name, names=[name])).simple()
        s.wait(4)


@field("K5", shows={"tls-failed|dc-unreachable": "error|warn"}, causes={"tls-failed|dc-unreachable": "several|balanc|another server|one of|behind"}, never={"verdict": CALM})
def balancer_sends_each_second_greeting_to_a_dead_controller(s):
    """It takes the connection itself, finds nobody behind it, and hangs up."""
    name = vip(s)
    for _ in range(3):
        served(s, name, server=s.dc2)
        s.wait(3)
        t = s.tcp(s.dc2, 636)
        s.cite("tls-failed|dc-unreachable", t.ask(hello(name)))
        hung_up(t)
        s.wait(3)


@field("K6", missing="TLS at port 80, and at ports that are none of the web's, is not read, whichever entry names them",
       shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "plain|HTTP|not TLS|no TLS|clear"}, never={"verdict": CALM, "tls-failed": "has expired"})
def entry_says_https_at_port_80(s):
    """Somebody wrote the port of http behind the host: the server says 400 to a greeting."""
    place = f"https://{s.mail}:80/Autodiscover/Autodiscover.xml"
    dn = f"CN=EX1,CN=Autodiscover,CN=Protocols,{s.config}"
    directory(s, entry(dn, {"serviceBindingInformation": [place], "keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ"]}))
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.tcp(s.web, 80)
        s.cite("tls-failed", t.ask(hello(s.mail)), t.answer(http_reply(400, b"<h2>Bad Request - Invalid Verb</h2>")))
        hung_up(t)
        s.wait(4)


@field("K3", shows={"tls-failed|dc-unreachable|ldap-unanswered": "error"}, outcome="failed", causes={"tls-failed|dc-unreachable|ldap-unanswered": "PROXY"}, never={"verdict": CALM})
def balancer_says_whom_it_speaks_for_and_the_controller_hangs_up(s):
    """Captured between a balancer and its controller: the line of the PROXY protocol stands before the greeting (https://github.com/haraka/Haraka/issues/3105 has it of mail)."""
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    for n in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed|dc-unreachable|ldap-unanswered", t.ask(f"PROXY TCP4 192.0.2.{n + 10} {s.client} {50000 + n} 636\r\n".encode() + hello(s.host)))
        t.reset()
        s.wait(4)


# ---- healthy neighbours ----


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def server_asks_for_another_curve_and_gets_it(s):
    """HelloRetryRequest is one more round and no fault."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(greeting(s.host, thirteen=True, groups=X25519 + P384))
        t.answer(try_again())
        t.ask(CHANGE + greeting(s.host, thirteen=True, groups=P384 + X25519))
        t.answer(hello_of_13() + sealed(40) + sealed(1200))
        t.ask(sealed(69) + sealed(120))
        t.answer(sealed(90))
        t.close()


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def balancer_s_name_is_covered_by_an_asterisk(s):
    name = vip(s)
    served(s, name, issued(["dc2." + s.domain, "*." + s.domain], "dc2." + s.domain), s.dc2)
    served(s, name, issued(["dc3." + s.domain, "*." + s.domain], "dc3." + s.domain), s.dc2)


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def certificate_of_the_client_is_welcome_and_not_needed(s):
    """Controllers ask for one, and take it well that there is none."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        t.answer(flight(issued([s.host], s.host), more=CERTIFICATE_REQUEST))
        t.ask(record(22, certificate_message()) + record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
        t.answer(CHANGE + HIDDEN)
        t.ask(DATA)
        t.answer(DATA)
        t.close()


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def session_goes_on_without_a_certificate(s):
    """TLS 1.2: the second connection names the session of the first; neither certificate nor key is sent again."""
    signed_on(s)
    served(s)
    session = bytes(range(64, 96))
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(record(22, handshake(1, b"\3\3" + bytes(range(32)), vector(1, session), vector(2, b"\xc0\x2f"), vector(1, b"\0"), vector(2, server_name(s.host))), 0x0301))
        t.answer(record(22, handshake(2, b"\3\3" + bytes(range(32, 64)), vector(1, session), b"\xc0\x2f", b"\0")) + CHANGE + HIDDEN)
        t.ask(CHANGE + HIDDEN + DATA)
        t.answer(DATA)
        t.close()


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def large_greeting_comes_in_two_segments(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(greeting(s.host, thirteen=True, filling=1600), 1400)
        t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1200))
        t.ask(CHANGE + sealed(69) + sealed(120))
        t.answer(sealed(90))
        t.close()


@field("K12", outcome="ok|hidden|none", like=QUIET, never={"verdict": "failed|warning"})
def monitor_greets_and_goes(s):
    """A balancer's check of LDAPS: a whole handshake or the certificate alone, each five seconds, and the alert that says goodbye."""
    signed_on(s)
    for n in range(4):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        t.answer(flight(issued([s.host], s.host)))
        t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
        t.answer(CHANGE + HIDDEN)
        t.ask(record(21, bytes(26)))
        hung_up(t, "c") if n % 2 else t.reset("c")
        s.wait(5)


@field("K12", outcome="ok|hidden", like=BAD_WEB, never={"verdict": "failed"})
def http_3_is_tried_beside_it(s):
    """UDP 443 says nothing, as nobody serves it; TCP 443 does."""
    mailbox(s)
    port = s.next_port()
    for pause in (0.2, 0.4, 0.8):
        s.c.udp(s.client, port, s.web, 443, b"\xc3\0\0\0\1\x08" + bytes(8) + b"\0\0\x44\xd0" + bytes(1230))
        s.wait(pause)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def certificate_is_renewed_between_two_connections(s):
    signed_on(s)
    served(s, der=issued([s.host], s.host, dates=("221116000000Z", "231116000000Z")))
    s.wait(600)
    served(s, der=issued([s.host], s.host, "House CA 2", dates=("231114000000Z", "241114000000Z")))


@field("K2", outcome="ok|hidden", like=[*QUIET, *BAD_WEB], never={"verdict": "failed|warning"})
def revocation_is_asked_for_and_answered(s):
    """The list is there; the responder beside it refuses, and nobody minds."""
    signed_on(s)
    s.address("pki." + s.domain, s.web)
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    t.answer(flight(issued([s.host], s.host)))
    s.syn(s.web, 8090, "refused")
    w = s.tcp(s.web, 80)
    w.ask(http_get("pki." + s.domain, "/crl/House%20CA.crl"))
    w.answer(http_reply(200, bytes(900)))
    w.close()
    finish(t)
    t.close()


@field("K2", outcome="ok", like=BAD_WEB, never={"verdict": "failed|warning"})
def proxy_opens_what_it_carries_and_is_trusted(s):
    """It asks who is there, gets it, and signs for the mail server: the machine knows its authority."""
    mailbox(s)
    t = s.tcp(s.web2, 8080)
    connect(t, s.mail, status=407, more=["Proxy-Authenticate: Basic realm=x"])
    connect(t, s.mail, "Proxy-Authorization: Basic YWxpY2U6c3ludGhldGlj")
    post(s, Session(t, s.c.keylog, host=s.mail, names=[s.mail]), s.mail, BASIC)


@field("K2", outcome="ok|hidden", like=[*QUIET, *BAD_WEB], never={"verdict": "failed|warning"})
def server_says_goodbye_under_seal(s):
    """TLS 1.3: data went both ways, then a record of 19 bytes, and FIN: the idle time is over, and the pool connects anew."""
    mailbox(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        t.ask(greeting(s.mail, thirteen=True))
        t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1200))
        t.ask(CHANGE + sealed(69) + sealed(120))
        t.answer(sealed(90))
        s.wait(900)
        t.answer(sealed(19))
        hung_up(t)


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def server_of_1_2_answers_a_client_of_1_3(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(greeting(s.host, thirteen=True))
        t.answer(flight(issued([s.host], s.host)))
        finish(t)
        t.close()


@field("K2", outcome="ok|hidden", may=["tls-failed"], recovered=["tls-failed?"], like=["dc-unreachable", "ldap-unanswered"], never={"verdict": "failed -"})
def controller_tidies_up_once(s):
    """KB 2000061: the directory ends a connection that has just begun, and the next one is good."""
    signed_on(s)
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    t.reset()
    s.wait(1)
    served(s)
    served(s)


@field("K5", outcome="ok|hidden", like=["tls-failed", "tls-name-mismatch"], never={"verdict": "failed|warning"})
def balancer_ends_tls_and_has_its_own_certificate(s):
    """The same name has another certificate of the same house each time: two nodes, each with its own."""
    name = vip(s)
    for n in (1, 2, 1):
        served(s, name, issued([name, f"node{n}.{s.domain}"], name, dates=(f"23010{n}000000Z", f"25010{n}000000Z")), s.dc2)
        s.wait(4)


# ---- neighbours of what was mended ----


@field("K6", shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "certificate has expired"}, never={"verdict": CALM, "tls-failed": "clock is off|not valid yet"})
def certificate_ended_and_the_dates_say_so(s):
    signed_on(s)
    for _ in range(2):
        s.cite("tls-failed", turned_down(s, 45, issued([s.host], s.host, dates=("221112000000Z", "231112000000Z"))))
        s.wait(5)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": "clock is off"}, causes={"tls-failed": "in its own store"}, never={"verdict": CALM, "tls-failed": "The certificate has expired|not valid yet"})
def client_says_expired_and_the_dates_are_good(s):
    """A thin client without a battery is in the year 2000; or its store has an old intermediate certificate."""
    signed_on(s)
    for _ in range(2):
        s.cite("tls-failed", turned_down(s, 45, issued([s.host], s.host, "Issuing CA 2"), issued([], "Issuing CA 2", "Root CA")))
        s.wait(5)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", never={"verdict": CALM, "tls-failed": "another authority|has expired|not valid yet|subject"})
def same_authority_as_before_and_it_is_not_known_any_more(s):
    """The store of the client was tidied up: what it took an hour ago it takes no more."""
    signed_on(s)
    served(s)
    s.wait(60)
    for _ in range(2):
        s.cite("tls-failed", turned_down(s, 48, issued([s.host], s.host)))
        s.wait(5)


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def dates_are_wrong_and_nobody_minds(s):
    """Programs that verify nothing take a certificate of tomorrow, one of last year, and an old intermediate one."""
    signed_on(s)
    served(s, der=issued([s.host], s.host, dates=("231116000000Z", "251115020000Z")))
    served(s, der=issued([s.host], s.host, dates=("211116000000Z", "221115020000Z")))


@field("K1", shows={"tls-failed": "error"}, outcome="failed", verdict="no answer", never={"verdict": CALM, "tls-failed": "does not accept the certificate|in common"})
def proxy_in_the_path_swallows_the_hello_of_the_mail_server(s):
    mailbox(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(hello(s.mail)))
        t.open("sA")
        s.wait(30)
        hung_up(t, "c")
        s.wait(2)


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed"})
def controller_takes_its_time_for_the_hello(s):
    signed_on(s)
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    t.open("sA")
    s.wait(8)
    t.answer(flight(issued([s.host], s.host)))
    finish(t)
    t.close()


@field("K3", outcome="ok|hidden|incomplete", like=QUIET, never={"verdict": "failed"})
def answer_to_the_hello_begins_outside_of_the_capture(s):
    """Its first segment was lost by the capture: there are bytes of the server, and the client goes on."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        said = flight(issued([s.host], s.host))
        t.seq["s"] += 60
        t.answer(said[60:])
        finish(t)
        t.close()
        s.wait(2)


@field("K2", outcome="ok|hidden", may=["tls-failed"], recovered=["tls-failed?"], like=["endpoint-unreachable"], never={"verdict": "failed -"})
def older_greeting_is_taken(s):
    """As before RFC 7507: the newer one is cut, the client falls back, and the server does not mind."""
    mailbox(s)
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail))
    t.reset()
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail, b"\xc0\x14\x00\x2f\x56\x00", version=0x0302))
    t.answer(flight(issued([s.mail], s.mail)))
    finish(t)
    t.close()


@field("K1", missing="records of LDAP over TLS are counted and not noted one by one: an alert under seal is not told from an answer",
       shows={"tls-failed": "error|warn"}, outcome="failed", supported={"tls-failed": "got an empty one"}, never={"verdict": CALM})
def directory_of_tls_1_3_wants_a_certificate(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        frames = [t.ask(greeting(s.host, thirteen=True)), t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))]
        s.cite("tls-failed", *frames, t.ask(CHANGE + sealed(25) + sealed(69)))
        t.answer(sealed(19))
        hung_up(t)
        s.wait(4)


@field("K2", outcome="ok|hidden", like=[*QUIET, *BAD_WEB], never={"verdict": "failed|warning"})
def monitor_of_tls_1_3_says_goodbye_first(s):
    """Finished and farewell in one packet; the server's own farewell is no refusal."""
    mailbox(s)
    for _ in range(3):
        t = s.tcp(s.web, 443)
        t.ask(greeting(s.mail, thirteen=True))
        t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))
        t.ask(CHANGE + sealed(69) + sealed(19))
        t.answer(sealed(19))
        hung_up(t)
        s.wait(5)


@field("K2", outcome="ok|hidden", like=[*QUIET, *BAD_WEB], never={"verdict": "failed|warning"})
def spare_connection_of_a_pool_is_closed_unused(s):
    """TLS 1.3, opened in advance; after a minute without a request the server says goodbye."""
    mailbox(s)
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail, thirteen=True))
    t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))
    t.ask(CHANGE + sealed(69))
    s.wait(60)
    t.answer(sealed(19))
    hung_up(t)


@field("K2", outcome="ok|hidden", like=[*QUIET, *BAD_WEB], never={"verdict": "failed|warning"})
def spare_connection_is_closed_by_an_impatient_server(s):
    """The same at a server that waits five seconds for a request."""
    mailbox(s)
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail, thirteen=True))
    t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))
    t.ask(CHANGE + sealed(69))
    s.wait(5)
    t.answer(sealed(19))
    hung_up(t)


@field("K2", outcome="ok|hidden", like=QUIET, never={"verdict": "failed|warning"})
def balancer_says_whom_it_speaks_for_and_is_understood(s):
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    for n in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(f"PROXY TCP4 192.0.2.{n + 10} {s.client} {50000 + n} 636\r\n".encode() + hello(s.host))
        t.answer(flight(issued([s.host], s.host)))
        finish(t)
        t.close()


@field("K11", outcome="ok|hidden", like=["duplicates", *QUIET], never={"verdict": "failed|warning"})
def both_ends_change_their_ciphers_alike(s):
    """TLS 1.2: the two records are the same byte, and no copies of one another."""
    signed_on(s)
    for n in range(5):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        t.answer(flight(issued([s.host], s.host)))
        t.ask(record(22, handshake(16, bytes(66))) + CHANGE + record(22, bytes([n] * 40)))
        t.answer(CHANGE + record(22, bytes([n + 100] * 40)))
        t.ask(record(23, bytes([n] * 120)))
        t.answer(record(23, bytes([n + 100] * 120)))
        t.close()


# ---- clients that take their time ----


def check_takes(s, seconds, thirteen=False, server=None, port=443, host=None, then=None):
    """The server has said all that it says, and the client goes on after so many seconds."""
    t = s.tcp(server or s.web, port)
    host = host or s.mail
    t.ask(greeting(host, thirteen=thirteen))
    frames = [t.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100) if thirteen else flight(issued([host], host)))]
    s.wait(seconds)
    if then:
        return t, [*frames, t.ask(then)]
    if thirteen:
        frames.append(t.ask(CHANGE + sealed(69) + sealed(120)))
        t.answer(sealed(500))
    else:
        frames.append(t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN))
        t.answer(CHANGE + HIDDEN)
        t.ask(DATA)
        t.answer(DATA)
    return t, frames


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", causes={"slow": "revo(ked|cation)"}, says={"slow": [r"mail\d*\."]}, like=QUIET, never={"verdict": [CALM, "failed"], "slow": "does not answer"})
def list_of_revoked_certificates_is_sought_for_fifteen_seconds(s):
    """From memory: the authority's address is one of the Internet, and the server's network has none; what is sent there this tap does not see."""
    mailbox(s)
    t, frames = check_takes(s, 15)
    s.cite("slow", *frames)
    t.close()


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", causes={"slow": "revo(ked|cation)"}, like=QUIET, never={"verdict": [CALM, "failed"], "slow": "does not answer"},
       costs={"slow": (14.9, 15.1)}, time={"pauses": (14.9, 15.2)})
def list_is_sought_at_each_handshake_of_tls_1_3(s):
    mailbox(s)
    for _ in range(3):
        t, frames = check_takes(s, 5, thirteen=True)
        s.cite("slow", *frames)
        t.close()


@field("K9", shows={"slow": "warn", "tls-failed": "error|warn"}, outcome="failed", causes={"slow": "revo(ked|cation)"}, supported={"tls-failed": "revo(ked|cation)"}, never={"verdict": CALM})
def list_is_sought_in_vain_and_the_client_insists_on_it(s):
    mailbox(s)
    for _ in range(2):
        t, frames = check_takes(s, 20, then=alert(2, 46))
        s.cite("slow", *frames)
        s.cite("tls-failed", *frames)
        hung_up(t, "c")
        s.wait(3)


@field("K6", shows={"tls-failed": "error|warn"}, outcome="failed", supported={"tls-failed": "revo(ked|cation)"}, never={"verdict": CALM})
def list_is_sought_in_vain_and_the_client_just_closes(s):
    """From memory: programs of Windows close the connection, and say nothing."""
    mailbox(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(greeting(s.mail)), t.answer(flight(issued([s.mail], s.mail))))
        s.wait(15)
        hung_up(t, "c")
        s.wait(3)


@field("K6", shows={"tls-failed": "error|warn"}, outcome="failed", never={"verdict": CALM, "tls-failed": "revo(ked|cation)"})
def client_says_no_at_once_and_no_list_is_to_blame(s):
    mailbox(s)
    for _ in range(2):
        s.cite("tls-failed", turned_down(s, 46, issued([s.mail], s.mail), host=s.mail, server=s.web, port=443))
        s.wait(15)


@field("K6", shows={"tls-failed": "error|warn"}, outcome="failed|incomplete|hidden", never={"verdict": CALM, "tls-failed": "revo(ked|cation)|does not accept|in common"},
       supported={"tls-failed": "last part|does not answer|Finished"})
def server_says_nothing_behind_the_client_s_part(s):
    """The client took the certificate, went on at once, and waited for the server's last word for half a minute."""
    mailbox(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(greeting(s.mail)), t.answer(flight(issued([s.mail], s.mail))))
        t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
        s.wait(30)
        hung_up(t, "c")


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", causes={"slow": "revo(ked|cation)"}, like=QUIET, never={"verdict": [CALM, "failed"]})
def list_is_sought_for_the_certificate_of_a_controller(s):
    signed_on(s)
    t, frames = check_takes(s, 15, server=s.dc, port=636, host=s.host)
    s.cite("slow", *frames)
    t.close()


@field("K2", outcome="ok|hidden", like=["slow", *QUIET], never={"verdict": "failed|warning|passed"})
def client_goes_on_at_once_and_asks_a_minute_later(s):
    """A spare connection, of TLS 1.2 and 1.3: the handshake ends at once, and the first request comes when somebody wants something."""
    mailbox(s)
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail))
    t.answer(flight(issued([s.mail], s.mail)))
    t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
    t.answer(CHANGE + HIDDEN)
    u = s.tcp(s.web, 443)
    u.ask(greeting(s.mail, thirteen=True))
    u.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))
    u.ask(CHANGE + sealed(69))
    s.wait(60)
    t.ask(DATA)
    t.answer(DATA)
    u.ask(sealed(120))
    u.answer(sealed(500))


@field("K2", outcome="ok|hidden", like=["slow", *QUIET], never={"verdict": "failed|warning|passed"})
def client_takes_a_second_for_each_certificate(s):
    """A phone: it checks slowly, and nobody minds."""
    mailbox(s)
    for _ in range(6):
        t, _frames = check_takes(s, 1.2)
        t.close()


@field("K2", outcome="ok|hidden", like=["slow", *QUIET], never={"verdict": "failed|warning|passed"})
def session_is_taken_up_again_after_a_break(s):
    """TLS 1.2 without a certificate: the server's part ends the handshake, and the client's rest waits for the first request."""
    mailbox(s)
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail))
    t.answer(record(22, hello_of_server()) + CHANGE + HIDDEN)
    s.wait(12)
    t.ask(CHANGE + HIDDEN + DATA)
    t.answer(DATA)
    t.close()


@field("K3", outcome="ok|hidden", like=["slow", *QUIET], never={"verdict": "failed|warning|passed"})
def capture_lacks_the_client_s_part_of_the_handshake(s):
    """The tap lost a packet, of TLS 1.2 and of 1.3; the connections were opened in advance, and used a minute later."""
    mailbox(s)
    t = s.tcp(s.web, 443)
    t.ask(greeting(s.mail))
    t.answer(flight(issued([s.mail], s.mail)))
    t.seq["c"] += len(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
    t.answer(CHANGE + HIDDEN)
    u = s.tcp(s.web, 443)
    u.ask(greeting(s.mail, thirteen=True))
    u.answer(hello_of_13() + CHANGE + sealed(40) + sealed(1100))
    u.seq["c"] += len(CHANGE + sealed(69))
    s.wait(60)
    t.ask(DATA)
    t.answer(DATA)
    u.ask(sealed(120))
    u.answer(sealed(500))
