# SPDX-License-Identifier: GPL-2.0-or-later
"""Outages and healthy look-alikes that an administrator wrote without knowing the rules.

Kinds K1, K3, K6, K8 and K12: answers that are broken off or of another protocol, scans and probes, addresses
of nobody, and what TLS and HTTP say of a certificate, a token or a page.
"""
import gzip
import itertools
import struct

from cases import url_entry
from cases_field_o_krb import begun
from cases_web import XML, directory, ex, pox, pox_error, post, SETTINGS
from field import field
from net import *  # noqa: F403
from tls import certificate_der
from web import CHANGE, DATA, HIDDEN, TLS13, alert, certificate_message, extension, handshake, hello_of_client, hello_of_server, record, vector

CALM = "nothing wrong was seen"
DC_SRV = "_ldap._tcp.dc._msdcs.{D}"
CERTIFICATE_REQUEST = record(22, handshake(13, vector(1, b"\x01\x40"), vector(2, b"\4\3\4\1"), vector(2)))


def offered(host, more=b""):
    """What a server says to a hello: version, certificate, and more."""
    return (record(22, hello_of_server()) + record(22, certificate_message(certificate_der(host))) + more
            + record(22, handshake(14)))


def hello(host):
    return record(22, hello_of_client(host), 0x0301)


def said_by_client(certificate):
    first = record(22, certificate_message()) if certificate else b""
    return first + record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN


# ---- K3: bytes of an answer that never ends ----


def cut_ticket(s, times):
    begun(s)
    for _ in range(times):
        t = s.tcp(s.dc, 88)
        t.ask(marked(s.as_req(pre=[timestamp()])))
        answer = marked(s.as_rep(cipher=bytes(3000)))
        t.answer(answer[:1400])
        t.reset()
        s.wait(4)


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed",
       supported={"kdc-unanswered": "broke the connection off"},
       never={"kdc-unanswered": "port 88 is|drops|keeps the request waiting|lost on the path", "verdict": "too little to judge"},
       says={"kdc-unanswered": "reset the connection in the middle of its answer"})
def ticket_is_cut_by_a_reset_each_time(s):
    """An intrusion prevention system resets the connection behind the first segment of each ticket."""
    cut_ticket(s, 2)


@field("K3", like=["kdc-unanswered"])
def ticket_is_cut_once_and_nobody_asks_again(s):
    """What the client got of the one answer, the capture need not hold."""
    cut_ticket(s, 1)


@field("K3", outcome="ok", verdict=CALM, like=["kdc-unanswered"])
def connection_is_reset_behind_the_whole_ticket(s):
    begun(s)
    for _ in range(2):
        t = s.tcp(s.dc, 88)
        t.ask(marked(s.as_req(pre=[timestamp()])))
        t.answer(marked(s.as_rep(cipher=bytes(3000))))
        t.reset()
        s.wait(4)


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", first={"kdc-unanswered": "something else than a KDC"},
       never={"kdc-unanswered": "service stopped|keeps the request waiting", "verdict": "too little to judge"},
       checks={"kdc-unanswered": "^curl"})
def web_server_answers_at_port_88(s):
    """The controller's address went to a web server that listens at all ports below 100."""
    begun(s)
    for _ in range(2):
        t = s.tcp(s.dc, 88)
        t.ask(marked(s.as_req()))
        t.answer(http_reply(400, b"<h1>Bad Request (Invalid Verb)</h1>", "Server: Microsoft-HTTPAPI/2.0"))
        t.open("sFA", "cA", "cFA", "sA")
        s.wait(3)


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed", supported={"ldap-unanswered": "broke the connection off"},
       never={"ldap-unanswered": "overloaded|forgot"})
def directory_s_answer_is_cut_by_a_reset(s):
    """The same at the directory: the answer of the rootDSE never ends."""
    begun(s)
    s.logon()
    for _ in range(2):
        c = s.ldap()
        c.t.ask(ldap(1, search("", 0, None, ["supportedControl"])))
        whole = ldap(1, entry("", {"supportedControl": [f"1.2.840.113556.1.4.{n}" for n in range(200)]}))
        c.t.answer(whole[:1400])
        c.t.reset()
        s.wait(4)


# ---- K12: scans and probes ----


@field("K12", outcome="ok", shows={"ldap-unanswered": "note"}, like=["ping-unanswered", "dc-unreachable"],
       says={"ldap-unanswered": "list of addresses"}, never={"verdict": "failed -"})
def scanner_looks_for_directories_over_udp(s):
    """Somebody looks for servers that answer everybody over UDP: one of forty does."""
    net = s.dc.rsplit(".", 1)[0]
    for n in range(100, 140):
        host = f"{net}.{n}"
        s.udp(host, 389, ldap(7, search("", 0, None, ["*"])), cport=40000)
        if n == 120:
            found = ldap(7, entry("", {"dnsHostName": ["a.x.example"]})) + ldap(7, done())
            s.c.udp(host, 389, s.client, 40000, found)


@field("K12", shows={"ldap-unanswered": "error"}, like=["ping-unanswered"])
def rootdse_of_two_controllers_is_read_over_udp(s):
    """No scan: a program reads what two controllers say of themselves, and neither answers."""
    begun(s)
    for server in (s.dc2, s.dc3):
        s.udp(server, 389, ldap(7, search("", 0, None, ["*"])))
        s.wait(3)


def tries(s, answered, offers):
    """Most are refused; of the answered ones the client goes away."""
    for n in range(20):
        t = s.tcp(s.dc, 636)
        suite = bytes([0xC0, 0x20 + n % offers])
        t.ask(hello(None).replace(b"\xc0\x2f\x13\x01", suite + b"\x13\x01"))
        if n % 5 or not answered:
            t.answer(alert(2, 40))
            t.open("sFA")
        else:
            t.answer(offered(s.host))
            t.reset("c")


@field("K12", shows={"tls-failed": "note"}, says={"tls-failed": "tries out versions and ciphers"}, never={"verdict": "failed -"})
def scanner_tries_the_ciphers_of_the_directory(s):
    """Each cipher in a handshake of its own: most are refused, and the client leaves where one is taken."""
    tries(s, True, offers=20)


@field("K12", shows={"tls-failed": "error"}, first={"tls-failed": "No cipher or group in common"},
       never={"tls-failed": "tries out|certificate of the client|client certificate"})
def program_tries_again_and_again_without_a_cipher_in_common(s):
    """A program that means it is refused in the same way each time."""
    tries(s, False, offers=1)


@field("K12", shows={"tls-failed": "error"}, never={"tls-failed": "tries out"})
def program_falls_back_and_refuses_the_certificate_each_time(s):
    """Old versions are refused, the newest shows a certificate that the program does not take, without a word; over and over."""
    tries(s, True, offers=3)


@field("K12", shows={"ldap-unanswered": "error"}, like=["ping-unanswered"], never={"ldap-unanswered": "list of addresses"})
def all_controllers_of_the_record_are_read_over_udp(s):
    """A check reads the rootDSE of each controller that the record names, and a filter drops UDP to them."""
    net = s.dc.rsplit(".", 1)[0]
    begun(s)
    s.srv(DC_SRV, *(f"dc{n}.{{D}}" for n in range(100, 112)))
    for n in range(100, 112):
        s.address(f"dc{n}.{{D}}", f"{net}.{n}")
        s.udp(f"{net}.{n}", 389, ldap(7, search("", 0, None, ["*"])), cport=40000 + n)


@field("K12", like=["http-error"], outcome="none")
def balancer_asks_for_the_health_of_autodiscover(s):
    """Exchange has a page for load balancers below the folder of autodiscover: no client asks for it."""
    for n in range(4):
        t = s.tcp(s.web, 80)
        t.ask(http_get(s.mail, "/autodiscover/healthcheck.htm", "User-Agent: F5-HealthMon"))
        t.answer(http_reply(503 if n else 200, b"no"))
        t.close()
        s.wait(5)


# ---- K4: an address of nobody ----


@field("K4", shows={"srv-target-unresolvable": "warn"}, never={"verdict": CALM},
       says={"srv-target-unresolvable": "127.0.0.1"}, causes={"srv-target-unresolvable": "filter of names"})
def filter_of_names_answers_with_loopback(s):
    """A DNS firewall blocks the controller's name by an address that leads every client to itself."""
    for _ in range(2):
        s.srv(DC_SRV, "dc1.{D}")
        s.address(s.host, "127.0.0.1")
        s.wait(5)


@field("K4", outcome="ok", like=["srv-target-unresolvable"], verdict=CALM)
def controller_registered_loopback_beside_its_address(s):
    """A controller that is its own DNS server registered both; clients take the one that leads there."""
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, "127.0.0.1", s.dc)
    s.ping()
    s.logon()


@field("K4", outcome="ok", like=["srv-target-unresolvable"], verdict=CALM)
def all_of_it_is_on_one_machine(s):
    """A laboratory on the loopback: the controller's address leads nowhere else, and the client is there."""
    s.srv(DC_SRV, "dc1.{D}")
    s.dc = "127.0.0.7"
    s.address(s.host, s.dc)
    s.ping()
    s.logon()


# ---- K6: causes that TLS refutes ----


def asked_for_certificate(s, last):
    begun(s)
    s.logon()
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        t.answer(offered(s.host, CERTIFICATE_REQUEST))
        t.ask(said_by_client(True))
        last(t)
        s.wait(3)


@field("K6", shows={"tls-failed": "error"}, first={"tls-failed": "requires a certificate of the client"},
       never={"tls-failed": "in common"}, outcome="failed")
def directory_insists_on_a_client_certificate(s):
    """Version and cipher were agreed, the certificate was shown: the client's own is what is missing."""
    def refuse(t):
        t.answer(alert(2, 40))
        t.open("sFA")

    asked_for_certificate(s, refuse)


@field("K6", shows={"tls-failed": "error"}, first={"tls-failed": "does not accept what the server chose"},
       never={"tls-failed": "in common|requires a certificate"}, outcome="failed")
def client_refuses_a_weak_signature_with_the_alert_of_old(s):
    """A strict client ends with alert 40 what it does not like of the server's hello and certificate."""
    begun(s)
    s.logon()
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(hello(s.host))
        t.answer(offered(s.host))
        t.ask(alert(2, 40))
        t.open("cFA")
        s.wait(3)


@field("K6", like=["tls-failed", "tls-name-mismatch"])
def controller_asks_for_a_client_certificate_and_takes_none(s):
    """Domain controllers ask every client of LDAPS for one, and do without."""
    def go_on(t):
        t.answer(CHANGE + HIDDEN)
        t.ask(DATA)
        t.answer(DATA)
        t.close()

    asked_for_certificate(s, go_on)


@field("K1", shows={"tls-failed": "error", "tls-name-mismatch": "error"}, verdict="does not cover this name",
       supported={"tls-failed": "other names than the one"})
def entry_names_the_server_by_its_short_name(s):
    """The client says certificate_unknown, which says little: that the certificate has the full name says it."""
    directory(s, url_entry(s, host=s.short))
    t = s.tcp(s.web, 443)
    t.ask(hello(s.short))
    t.answer(offered(s.mail))
    t.ask(alert(2, 46))
    t.close()


@field("K1", shows={"tls-failed": "error"}, like=["tls-name-mismatch"], verdict="certificate_unknown",
       never={"tls-failed": "other names than the one"})
def certificate_has_the_name_and_is_refused(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.tcp(s.web, 443)
    t.ask(hello(s.mail))
    t.answer(offered(s.mail))
    t.ask(alert(2, 46))
    t.close()


# ---- K6: tokens ----

ISSUER = 'WWW-Authenticate: Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*"'
TOKEN = "Authorization: Bearer eyJ0eXAiOiJKV1QifQ.eyJhdWQ.c3ludGhldGlj"


@field("K6", shows={"http-unauthorized": "error"}, supported={"http-unauthorized": "Entra ID"},
       never={"http-unauthorized": "refuses a password|password is wrong"})
def token_is_for_an_audience_that_is_not_registered(s):
    """Hybrid modern authentication, and the URL is not among Exchange's names in the cloud."""
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.https(s.web, s.mail)
        post(s, t, s.mail, status=401, answer=b"", more=[ISSUER])
        post(s, t, s.mail, TOKEN, status=401, answer=b"", more=[
            'x-ms-diagnostics: 2000003;reason="The hostname component of the audience claim value is invalid";'
            'error_category="invalid_resource"', ISSUER + ', error="invalid_token"'])


@field("K6", outcome="ok", like=["http-unauthorized"], verdict=CALM)
def token_is_for_the_right_audience(s):
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, status=401, answer=b"", more=[ISSUER])
    post(s, t, s.mail, TOKEN)


@field("K6", outcome="ok", like=["ntlm-fallback", "http-unauthorized"], verdict=CALM)
def negoex_is_tried_before_ntlm(s):
    """A machine that Entra ID alone knows offers NegoEx first, which is no Kerberos."""
    negoex = oid(1, 3, 6, 1, 4, 1, 311, 2, 2, 30)
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)

    def refused(token, answer):
        post(s, t, s.mail, negotiate(token), status=401, answer=b"", more=[negotiate(answer, "WWW-Authenticate")])

    post(s, t, s.mail, status=401, answer=b"", more=["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"])
    refused(nego_init(b"NEGOEXTS" + bytes(88), negoex, OID_NTLM), nego_resp(None, 1, OID_NTLM))
    refused(nego_resp(ntlm(1), 1, None), nego_resp(ntlm(2), 1, OID_NTLM))
    post(s, t, s.mail, negotiate(nego_resp(ntlm_as("alice", "CORP"), 1, None)))


# ---- K8: 200, and no answer ----


def answered(s, body, kind):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.https(s.web, s.mail)
        t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml"))
        t.answer(http_reply(200, body, "Content-Type: " + kind))
        s.wait(1)


@field("K8", shows={"http-error": "error"}, outcome="failed", never={"verdict": "too little to judge"},
       causes={"http-error": "firewall for web applications"})
def firewall_of_the_web_rejects_with_200(s):
    """The entry's server stands behind a web application firewall, which says no with status 200."""
    answered(s, b"<html><body>The requested URL was rejected. Your support ID is: 4711</body></html>", "text/html")


@field("K8", shows={"http-error": "error"}, outcome="failed", never={"verdict": "too little to judge"})
def answer_to_the_question_is_empty(s):
    answered(s, b"", "text/xml")


@field("K8", shows={"http-error": "note"}, recovered=["http-error"], outcome="ok")
def firewall_rejects_one_and_the_next_server_serves(s):
    directory(s, url_entry(s, 1), url_entry(s, 2))
    s.address(ex(s, 1), s.web)
    t = s.https(s.web, ex(s, 1))
    t.ask(http_post(ex(s, 1), XML, pox(s), "Content-Type: text/xml"))
    t.answer(http_reply(200, b"<html><body>rejected</body></html>", "Content-Type: text/html"))
    s.address(ex(s, 2), s.web2)
    post(s, s.https(s.web2, ex(s, 2)), ex(s, 2))


@field("K8", like=["http-error"], outcome="hidden")
def answer_is_compressed_in_a_way_that_wireshark_does_not_know(s):
    """What stands in it nobody can say."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml", "Accept-Encoding: xz"))
    t.answer(http_reply(200, bytes(range(7, 240)), "Content-Type: text/xml", "Content-Encoding: xz"))


def zipped(s, body):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml", "Accept-Encoding: gzip"))
    z = gzip.compress(body, mtime=0)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(z[i:i + 100]), z[i:i + 100]) for i in range(0, len(z), 100))
    t.answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Encoding: gzip\r\n"
             b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")


@field("K8", shows={"autodiscover-error": "error"}, like=["http-error"], outcome="failed")
def error_of_the_service_comes_compressed_in_chunks(s):
    zipped(s, pox_error(500))


@field("K8", outcome="ok", verdict=CALM, like=["autodiscover-error", "http-error"])
def settings_come_compressed_in_chunks(s):
    zipped(s, SETTINGS)


@field("K8", shows={"autodiscover-error": "error"}, like=["http-error"], outcome="failed")
def error_ends_with_the_connection(s):
    """HTTP/1.0, of an old proxy: the answer has no length, and ends when the connection does."""
    s.address(s.mail, s.web)
    t = s.tcp(s.web, 80)
    t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml"))
    t.answer(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\nVia: 1.0 proxy\r\n\r\n" + pox_error(500))
    t.open("sFA", "cA", "cFA", "sA")


def sited(s, site):
    directory(s, url_entry(s, 1, site="Elsewhere"), url_entry(s, 2, site=site), site="HQ")
    s.address(ex(s, 2), s.web)
    post(s, s.https(s.web, ex(s, 2)), ex(s, 2))


@field("K8", outcome="ok", like=["scp-other-site-only", "scp-order-differs"], verdict=CALM)
def keyword_of_the_site_in_small_letters(s):
    sited(s, "hq")


@field("K8", outcome="ok", shows={"scp-other-site-only": "note"})
def keyword_of_a_site_with_a_longer_name(s):
    sited(s, "HQ2")


# ---- healthy traffic of other kinds ----


@field("K1", like=["srv-unanswered", "srv-not-found"], never={"verdict": "failed"})
def questions_go_encrypted_to_the_resolver(s):
    """DNS over TLS: pings, tickets and the directory come without any lookup."""
    t = s.tcp(s.dns, 853)
    t.ask(hello("dns." + s.domain))
    t.answer(record(22, hello_of_server(TLS13)) + CHANGE + DATA)
    s.ping()
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K4", outcome="ok", verdict=CALM, like=["srv-not-found", "srv-target-unresolvable"])
def resolver_mixes_the_letters_of_names(s):
    """Resolvers do so against forged answers; the names stay the same."""
    def mixed(name):
        return "".join(c.upper() if i % 2 else c for i, c in enumerate(name))

    s.srv(mixed(DC_SRV.format(D=s.domain)), mixed(s.host))
    s.address(mixed(s.host), s.dc)
    s.ping()
    s.logon()
    s.ldap().gssapi()


@field("K1", outcome="ok", verdict=CALM, like=["endpoint-unreachable", "slow"])
def quic_is_dropped_and_tcp_serves(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(3):
        s.udp(s.web, 443, b"\xc3\0\0\0\1\x08" + bytes(range(8)) + b"\0\0\x44\x96" + bytes(1170), cport=50443)
        s.wait(0.3)
    post(s, s.https(s.web, s.mail), s.mail)


# ---- ports that are taken for one another: more of it in cases_field_r_ports.py ----


@field("K1", shows={"ldap-unanswered": "error"}, like=["tls-failed"], never={"verdict": CALM})
def ldap_in_clear_is_sent_to_the_port_of_tls(s):
    begun(s)
    s.logon()
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(ldap(1, bind("svc@" + s.domain, "synthetic")))
        t.open("sFA", "cA", "cFA", "sA")
        s.wait(5)


@field("K1", shows={"tls-failed": "error"}, like=["ldap-unanswered"], never={"verdict": CALM})
def tls_is_begun_at_the_port_of_clear_ldap(s):
    begun(s)
    s.logon()
    for _ in range(2):
        t = s.tcp(s.dc, 389)
        t.ask(hello(s.host))
        t.reset()
        s.wait(5)


# ---- what looks like a scan, or a capture of the loopback ----


def shuffled(host, n, suites=b"\xc0\x2f\x13\x01"):
    more = [extension(k, b"\0" * 4) for k in (0x31, 0x32, 0x33, 0x34, 0x35)]
    order = list(itertools.permutations(more))[n * 7]
    return record(22, handshake(1, struct.pack(">H", 0x0303) + bytes(range(32)), vector(1), vector(2, suites), vector(1, b"\0"),
                                vector(2, extension(10, vector(2, b"\0\x1d")), *order)), 0x0301)


@field("K12", shows={"tls-failed": "error"}, never={"tls-failed": "tries out"})
def browser_that_shuffles_its_offer_is_refused_by_most_of_a_farm(s):
    """The extensions of each hello come in another order: it is the same offer all the time."""
    for n in range(12):
        t = s.tcp(s.dc, 636)
        t.ask(shuffled(None, n))
        if n % 3:
            t.answer(alert(2, 40))
            t.open("sFA")
        else:
            t.answer(offered(s.host))
            t.open("cFA")


@field("K4", shows={"srv-target-unresolvable": "warn"}, never={"verdict": CALM})
def controller_registered_loopback_and_all_interfaces_are_captured(s):
    """The client's resolver listens on the loopback: packets to the address are in the capture, a controller is not."""
    for _ in range(2):
        s.srv(DC_SRV, "dc1.{D}")
        s.address(s.host, "127.0.0.1")
        s.c.udp("127.0.0.1", 40000, "127.0.0.53", 53, dns(77, "www.example.org", A))
        s.c.udp("127.0.0.53", 53, "127.0.0.1", 40000, dns_reply(77, "www.example.org", [address_rr(QUESTION, "192.0.2.1")], kind=A))
        s.wait(5)


@field("K4", shows={"srv-target-unresolvable": "warn"}, never={"verdict": CALM})
def controller_registered_loopback_and_the_client_s_own_kernel_refuses(s):
    """A capture of all interfaces shows what the client sends to itself."""
    for _ in range(2):
        s.srv(DC_SRV, "dc1.{D}")
        s.address(s.host, "127.0.0.1")
        t = s.c.tcp("127.0.0.1", s.next_port(), "127.0.0.1", 389, handshake=False)
        t.open("cS", "sRA")
        s.wait(5)
