# SPDX-License-Identifier: GPL-2.0-or-later
"""Outages that administrators have reported in public, rebuilt: LDAP, TLS, proxies, autodiscover.

docs/field-log.md tells of each what happened and what is right.
"""
import struct

from build import *  # noqa: F403
from cases import Ldap, case, url_entry
from cases_ldap import CHANNEL, CREDENTIALS, NOT_BOUND, SIGNING
from cases_web import BASIC, XML, directory, ex, get, opened, post, response
from tls import certificate_der

START_TLS = "1.3.6.1.4.1.1466.20037"
NO_TLS = "00000000: LdapErr: DSID-0C09102C, comment: Error initializing SSL/TLS, data 0, v2580"


def ldaps(s):
    """LDAP in TLS that the key file opens."""
    return Ldap(s, s.https(s.dc, s.host, port=636))


def start_tls(conn, code, diagnostic=""):
    request = app(23, tlv(0x80, START_TLS.encode()))
    return conn.ask(request, result(24, code, diagnostic=diagnostic))


def ticket(s, spn=None):
    """Logon, and a ticket for LDAP."""
    s.logon()
    s.kdc(s.tgs_req(spn or s.ldap_spn), s.tgs_rep(spn or s.ldap_spn))


# ---- binds ----


@case(shows={"ldap-signing-required": "error"}, like=["ldap-bind-failed"])
def ticket_accepted_and_no_layer_chosen(s):
    """Kerberos is done, the client chooses no protection in the last round, and the DC wants some."""
    ticket(s)
    conn = s.ldap()
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    frames = conn.ask(bind_sasl("GSSAPI", token),
                      bind_response(14, credentials=gss(AP_REP_ID, ap_rep())))
    frames += conn.ask(bind_sasl("GSSAPI", b""),
                       bind_response(14, credentials=cfx(b"\7\xa0\0\0")))
    frames += conn.ask(bind_sasl("GSSAPI", cfx(b"\1\0\0\0")), bind_response(8, SIGNING))
    s.cite("ldap-signing-required", frames[0], frames[-1])


@case(shows={"ldap-signing-required": "error"}, like=["ldap-bind-failed"])
def samba_wants_a_layer(s):
    """Another vendor's DC says the same in its own words."""
    s.ping()
    s.cite("ldap-signing-required", s.ldap().simple(8, "BindSimple: Transport encryption required."))


@case(shows={"ldap-not-bound": "error"}, like=["scp-read-failed", "scp-none"])
def samba_wants_a_bind(s):
    """Samba has no 000004DC: its word for it is 00002020."""
    conn = s.ldap()
    conn.anonymous()
    s.cite("ldap-not-bound",
           conn.scp(code=1, diagnostic="00002020: Operation unavailable without authentication"))


@case(shows={"ldap-bind-failed": "error"}, words={"ldap-bind-failed": ["inside TLS"]},
      like=["ldap-channel-binding-required", "ldap-signing-required"])
def signing_asked_for_inside_tls(s):
    """A DC takes one protection, not two: SASL's and TLS."""
    s.ping()
    conn = ldaps(s)
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    s.cite("ldap-bind-failed", conn.ask(
        bind_sasl("GSS-SPNEGO", nego_init(token)),
        bind_response(53, "00002029: LdapErr: DSID-0C0904EF, comment: Cannot start kerberos "
                          "signing/sealing when using TLS/SSL, data 0, v2580")))


@case(shows={"ldap-signing-required": "error", "ldap-channel-binding-required": "error"},
      like=["ldap-bind-failed"])
def neither_port_lets_ntlm_in(s):
    """389 wants signatures, 636 wants the channel's mark: the password is right all the while."""
    s.ping()
    s.cite("ldap-signing-required", s.ldap().ask(bind_sasl("GSS-SPNEGO", ntlm(1)), bind_response(8, SIGNING)))
    conn = ldaps(s)
    frames = conn.ask(bind_sasl("GSS-SPNEGO", ntlm(1)), bind_response(14, credentials=ntlm(2)))
    frames += conn.ask(bind_sasl("GSS-SPNEGO", ntlm(3)), bind_response(49, CHANNEL))
    s.cite("ldap-channel-binding-required", frames[0], frames[-1])


@case(shows={"ldap-bind-failed": "error"}, words={"ldap-bind-failed": ["restrict"]})
def protected_user_binds_with_ntlm(s):
    """Connected by address, so without a ticket; NTLM is forbidden for members of Protected Users."""
    s.ping()
    conn = s.ldap()
    frames = conn.ask(bind_sasl("GSS-SPNEGO", ntlm(1)), bind_response(14, credentials=ntlm(2)))
    frames += conn.ask(bind_sasl("GSS-SPNEGO", ntlm(3)), bind_response(49, CREDENTIALS.format("52f")))
    s.cite("ldap-bind-failed", frames[0], frames[-1])


@case(shows={"service-key-mismatch": "error", "wrong-host-answered": "error"},
      words={"wrong-host-answered": ["dc2$"]})
def balancer_in_front_of_two_dcs(s):
    """The ticket is for one of them: every second bind fails."""
    ticket(s)
    for _ in range(2):
        s.ldap(s.web).gssapi()
        token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
        frames = s.ldap(s.web).spnego(token, gss(ERROR_ID, s.error(41, "dc2$")), 49,
                                      CREDENTIALS.format("57"))
        for id_ in ("service-key-mismatch", "wrong-host-answered"):
            s.cite(id_, frames)


@case(shows={"starttls-failed": "error"})
def dc_without_a_certificate(s):
    s.ping()
    conn = s.ldap()
    s.cite("starttls-failed", start_tls(conn, 52, NO_TLS))
    conn.ask(unbind())
    conn.t.close()


@case(shows={"starttls-failed": "note"}, recovered=["starttls-failed"])
def without_tls_when_it_cannot_be_had(s):
    """The application goes on in clear: it works, and the password is to be read in the capture."""
    s.ping()
    s.cite("starttls-failed", start_tls(s.ldap(), 52, NO_TLS))
    s.ldap().simple()


@case(shows={"starttls-failed": "error", "ldap-signing-required": "error"})
def no_certificate_and_no_bind_without_it(s):
    """The cause is the certificate; the refused bind is what follows from it."""
    s.ping()
    s.cite("starttls-failed", start_tls(s.ldap(), 52, NO_TLS))
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING))


# ---- references ----


def chased(s):
    """The search from the domain's top is good, and names the DNS partitions besides."""
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s), base=f"DC=corp{s.domain[4:-5]},DC=test", refs=[
        search_reference(f"ldap://DomainDnsZones.{s.domain}/DC=DomainDnsZones,DC=corp,DC=test")])


@case(shows={"ldap-not-bound": "error"})
def reference_followed_without_a_bind(s):
    """The library goes on anonymously, and its error becomes the whole search's."""
    s.ping()
    chased(s)
    s.address("DomainDnsZones.{D}", s.dc2)
    conn = s.ldap(s.dc2)
    s.cite("ldap-not-bound", conn.anonymous())
    base = "DC=DomainDnsZones,DC=corp,DC=test"
    s.cite("ldap-not-bound", conn.ask(search(base, 2, equal("sAMAccountName", "alice"), ["cn"]),
                                      done(1, diagnostic=NOT_BOUND)))


@case(shows={"dc-unreachable": "note", "slow": "warn"}, recovered=["dc-unreachable"])
def reference_followed_to_a_silent_server(s):
    """The answer was there at once; the logon takes twenty seconds longer."""
    s.ping()
    chased(s)
    s.address("DomainDnsZones.{D}", s.dc2)
    frames = s.syn(s.dc2, 389, times=4)
    for id_ in ("dc-unreachable", "slow"):
        s.cite(id_, frames)
    s.wait(9)
    s.ldap().simple()


# ---- old connections ----


@case(shows={"ldap-unanswered": "error"}, words={"ldap-unanswered": ["idle"]})
def connection_forgotten_by_a_firewall(s):
    """A pool keeps connections for hours, the firewall remembers them for less."""
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))
    s.wait(1200)
    conn.scp(answered=False)
    request = s.c.frames[-1][1]
    s.cite("ldap-unanswered", len(s.c.frames))
    for pause in (1, 2, 4, 8):
        s.wait(pause)
        s.c.frames.append((s.c.time, request))
        s.cite("ldap-unanswered", len(s.c.frames))


@case(shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"])
def connection_closed_by_the_dc_after_idling(s):
    """The DC gave the connection up after 15 minutes; the next request finds that out, and repeats."""
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.wait(1000)
    s.cite("ldap-unanswered", conn.scp(answered=False))
    s.cite("ldap-unanswered", conn.t.reset("s"))
    again = s.ldap()
    again.simple()
    again.scp(url_entry(s))


# ---- TLS ----


def hello_of_newer_clients(host):
    """With a key share of the size that ML-KEM needs: more than one segment."""
    share = struct.pack(">HHH", 1220, 0x11EC, 1216) + bytes(1216)
    name = struct.pack(">HBH", len(host) + 3, 0, len(host)) + host.encode()
    extensions = struct.pack(">HH", 0, len(name)) + name
    extensions += struct.pack(">HH", 51, len(share)) + share
    extensions += struct.pack(">HHBHH", 43, 5, 4, 0x0304, 0x0303)
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\4\x13\1\xc0\x2f" + b"\1\0"
    body += struct.pack(">H", len(extensions)) + extensions
    return tls_record(22, b"\1" + len(body).to_bytes(3, "big") + body, 0x0301)


@case(shows={"tls-failed": "error"}, words={"tls-failed": ["reset"]})
def hello_too_long_for_a_load_balancer(s):
    """The newest browsers cannot connect, older programs can: the greeting no longer fits into a packet."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(hello_of_newer_clients(ex(s, 1)), pieces=1200))
        t.reset("s")


@case(shows={"tls-failed": "error"}, words={"tls-failed": ["protocol_version"]}, alone=True)
def dc_speaks_only_the_oldest_tls(s):
    """The server chooses TLS 1.0, and the client does not take it."""
    s.ping()
    t = s.tcp(s.dc, 636)
    hello = t.ask(client_hello(s.host))
    body = b"\3\1" + bytes(range(32)) + b"\0" + b"\xc0\x13" + b"\0"
    chosen = t.answer(tls_record(22, b"\2" + len(body).to_bytes(3, "big") + body, 0x0301))
    s.cite("tls-failed", hello, chosen, t.ask(tls_alert(2, 70)))
    t.close()


@case(shows={"tls-failed": "warn"}, words={"tls-failed": ["unknown_ca"]}, alone=True)
def certificate_of_one_dc_is_not_trusted(s):
    """The join works or not, as the lot falls on a DC."""
    s.srv("_ldap._tcp.dc._msdcs.{D}", "dc1.{D}", "dc2.{D}")
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping()
    t = s.tcp(s.dc, 636)
    hello = t.ask(client_hello(s.host))
    shown = t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
    s.cite("tls-failed", hello, shown, t.ask(tls_alert(2, 48)))
    t.close()
    s.ping(server=s.dc2, host="dc2." + s.domain)
    Ldap(s, s.https(s.dc2, "dc2." + s.domain, port=636)).simple()


# ---- autodiscover ----


@case(shows={"tls-name-mismatch": "error", "tls-failed": "error"}, words={"tls-name-mismatch": ["an alias of that name"]})
def alias_s_target_in_the_greeting(s):
    """The redirect is right; the client asks TLS for what the alias points at, which no certificate has."""
    host, target = "autodiscover." + s.domain, f"front.{s.domain}"
    outlook = f"autodiscover-s.{s.short}.example"
    s.address(host, s.web)
    t = s.tcp(s.web, 80)
    get(s, t, host, status=302, more=[f"Location: https://{outlook}{XML}"])
    s.ident += 1
    answers = [rr(QUESTION, CNAME, dns_name(target)), address_rr(target, s.web2)]
    s.udp(s.dns, 53, dns(s.ident, outlook, A), dns_reply(s.ident, outlook, answers, kind=A))
    t = s.tcp(s.web2, 443)
    hello = t.ask(client_hello(target))
    shown = t.answer(server_hello() + tls_certificate(certificate_der(f"*.{s.short}.example")))
    s.cite("tls-name-mismatch", hello, shown)
    s.cite("tls-failed", hello, shown, t.ask(tls_alert(2, 42)))
    t.close()


@case(shows={"redirect-not-followed": "note"})
def redirect_within_the_same_host(s):
    """The service moves the client to a path of its own; the library takes no redirect from a POST."""
    directory(s, url_entry(s, 1))
    to = f"https://{ex(s, 1)}:443/autodiscover/shared/autodiscover.xml"
    s.cite("redirect-not-followed",
           post(s, opened(s), ex(s, 1), BASIC, status=302, answer=b"", more=[f"Location: {to}"]))


@case(shows={"redirect-loop": "error"})
def redirect_to_the_very_same_mailbox(s):
    """After a migration the old server sends the client to the address that it asked for."""
    directory(s, url_entry(s, 1))
    action = f"<Action>redirectAddr</Action><RedirectAddr>alice@{s.domain}</RedirectAddr>"
    s.cite("redirect-loop", post(s, opened(s), ex(s, 1), BASIC,
                                 answer=response(f"<Account>{action}</Account>")))


@case(shows={"http-unauthorized": "error"}, words={"http-unauthorized": ["Bearer"]})
def password_sent_where_only_tokens_count(s):
    """Basic was switched off in the cloud: no other password will help."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    more = ['WWW-Authenticate: Bearer client_id="00000002-0000-0ff1-ce00-000000000000"']
    s.cite("http-unauthorized", post(s, t, ex(s, 1), status=401, answer=b"", more=more))
    s.cite("http-unauthorized", post(s, t, ex(s, 1), BASIC, status=401, answer=b"", more=more))


@case(shows={"http-unauthorized": "error"}, like=["ntlm-fallback"], words={"http-unauthorized": ["NTLM"]})
def channel_ends_at_the_load_balancer(s):
    """Extended protection: right password, and the mark of another TLS channel than the server's."""
    directory(s, url_entry(s, 1))
    for _ in range(2):
        t = opened(s)
        begun = post(s, t, ex(s, 1), negotiate(ntlm(1)), status=401, answer=b"",
                     more=[negotiate(ntlm(2), "WWW-Authenticate")])
        s.cite("http-unauthorized", begun)
        s.cite("http-unauthorized", post(s, t, ex(s, 1), negotiate(ntlm(3)), status=401, answer=b"",
                                         more=["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"]))


@case(shows={"http-error": "error"}, words={"http-error": ["431"]})
def ticket_longer_than_the_server_takes(s):
    """A user of six hundred groups: the header is too large."""
    directory(s, url_entry(s, 1))
    spn = "HTTP/" + ex(s, 1)
    s.logon()
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn, cipher=bytes(9000)), tcp=True)
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=bytes(9000))))
    s.cite("http-error", post(s, opened(s), ex(s, 1), negotiate(token), status=431, answer=b""))


@case(shows={"proxy-refused": "error"})
def proxy_takes_tickets_only(s):
    """The client has no ticket for the proxy and tries NTLM, which the proxy does not know."""
    directory(s, url_entry(s, 1))
    t = s.tcp(s.web2, 8080)
    line = f"CONNECT {ex(s, 1)}:443 HTTP/1.1\r\nHost: {ex(s, 1)}:443\r\n"
    more = ("Proxy-Authenticate: Negotiate",)
    for header in ("", negotiate(ntlm(1), "Proxy-Authorization") + "\r\n"):
        asked = t.ask((line + header + "\r\n").encode())
        s.cite("proxy-refused", asked, t.answer(http_reply(407, b"denied", *more)))
