# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers from elsewhere, many binds from one host, sessions of SMB, armour, redirects, TLS that comes and goes,
time that nobody lost, ports that somebody only tries; and the faults that hide among them.
"""
from build import *  # noqa: F403
from cases import Ldap
from cases_field_a import MIT_ETYPES, accepted_by_smb, bytes_of, granted, logon, shown, signed_in, timed
from cases_field_b_time import START_TLS, dead, extended, good_start, late, person
from cases_field_c import FROM_MIT
from cases_field_d import NO_TLS
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import NOTIFY, bound, people, top
from cases_field_g_web import BAD_WEB, ews, settings, soap_settings
from cases_field_h_healthy import BAD_KERBEROS, FAULT, HEALTHY, LOUD, found_person, kept_alive
from cases_ldap import CREDENTIALS
from cases_web import SVC, XML, connect, get, hidden_talk, post
from field import field
from net import control, ldap_add, ntlm_as, paged
from smb import LOGON_FAILURE, MORE_PROCESSING, nbss, smb2_header, smb2_setup, smb2_setup_reply
from tls import Session

DC = "_ldap._tcp.dc._msdcs.{D}"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
WELL = r"went well"
QUIET = {"verdict": ["failed -", "with a warning"], "path": [LOUD]}
ACCESS_DENIED, ACCOUNT_DISABLED, SESSION_EXPIRED = 0xC0000022, 0xC0000072, 0xC000035C
ANONYMOUS = ["WELLKNOWN", "ANONYMOUS"]
OFFICE = "outlook.office365.com"
JSON = "/autodiscover/autodiscover.json/v1.0/alice%40{}?Protocol=AutodiscoverV1"
PORTS = (22, 53, 80, 88, 135, 139, 389, 443, 445, 464, 636, 3268, 3269, 5985)


def leave(conn):
    conn.t.ask(ldap(conn._next(), unbind()))
    getattr(conn.t, "connection", conn.t).close()


# ---- answers from another address than the one asked ----


def looked_up(s, name, kind, records, *answered_by):
    """A question to the resolver's address; the answer comes from each of these."""
    s.ident, port, name = s.ident + 1, s.next_port(), name.format(D=s.domain)
    asked = s.c.udp(s.client, port, s.dns, 53, dns(s.ident, name, kind))
    reply = dns_reply(s.ident, name, records, kind=kind, authority=[] if records else [soa_rr(s.domain)])
    return [asked, *(s.c.udp(a, 53, s.client, port, reply) for a in answered_by)]


@field("K3", like=BAD_DNS + ["slow"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def balancer_whose_nodes_answer_by_their_own_address(s):
    """Direct return without a common address: the answer is the node's; the old thin client takes what has its number."""
    nodes = (s.dns2, s.web2)
    for n, (name, kind, records) in enumerate((
            (DC, SRV, [srv_rr(QUESTION, s.host)]), ("dc1.{D}", AAAA, []), ("dc1.{D}", A, [address_rr(QUESTION, s.dc)]),
            ("_kerberos._udp.{D}", SRV, [srv_rr(QUESTION, s.host, 88)]))):
        looked_up(s, name, kind, records, nodes[n % 2])
    s.ping(host=s.host)
    s.logon()
    leave(bound(s))


@field("K3", like=BAD_DNS + BAD_KERBEROS + ["slow"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def pod_asks_the_cluster_s_address(s):
    """Captured on the node, on all its interfaces: the question to the cluster's address, the same one to the pod that
    serves it, that one's answer, and the answer as the client gets it. The KDC is outside, and as it should be."""
    for name, kind, records in ((DC, SRV, [srv_rr(QUESTION, s.host)]), ("dc1.{D}", A, [address_rr(QUESTION, s.dc)])):
        s.ident, port, name = s.ident + 1, s.next_port(), name.format(D=s.domain)
        for server in (s.dns, s.dns2):
            s.c.udp(s.client, port, server, 53, dns(s.ident, name, kind))
        for server in (s.dns2, s.dns):
            s.c.udp(server, 53, s.client, port, dns_reply(s.ident, name, records, kind=kind))
    s.ping(host=s.host)
    logon(s, "svc-pod", tcp=True)
    granted(s, s.ldap_spn, tcp=True)


@field("K3", like=["ping-unanswered", "dc-not-serving", "dc-unreachable", "slow"], outcome="ok|hidden", verdict=[HEALTHY],
       never=QUIET)
def controller_answers_pings_by_the_card_of_its_backup(s):
    """Two cards, one default route: replies leave by the other one. The client takes the first, and opens the session."""
    s.found()
    s.address(s.host, s.dc)
    port = s.next_port()
    s.c.udp(s.client, port, s.dc, 389, ping(s.domain))
    s.c.udp(s.dc2, 389, s.client, port, ping_reply(netlogon_ex(domain=s.domain, host=s.host)))
    logon(s, "PC1$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K3", shows={"kdc-unanswered": "error"}, may=["slow"], outcome="failed", says={"kdc-unanswered": ["{dc2}"]},
       verdict=[r"\A[^\n]*(address|{dc2}|KDC)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL],
              "kdc-unanswered": ["without any reply", "drops? port 88", r"(KDC|host|dc1\S*) is (down|off)", "UDP is filtered"]})
def kdc_of_two_networks_answers_by_the_other(s):
    """IPv6, a filer of UDP alone: each answer comes from the address of the second card, and the socket drops it without
    a word, as it is tied to the first one."""
    s.over_ipv6()
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc, kind=AAAA)
    request, port = s.as_req("FILER3$", etypes=MIT_ETYPES), s.next_port()
    for pause in (1, 2, 4, 8):
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.c.udp(s.dc2, 88, s.client, port, s.error(25, data=padata((19, etype_info2()), (2, b""))))
        s.wait(pause)
    s.wait(30)


# ---- many binds from one host ----


BIND_IS_NO_MATTER = {"ldap-bind-failed": "note"}
SPRAY = ["spray", "one password for", r"guess", r"tried (out )?(for|on) \d+ (names|accounts)"]


@field("K12", shows=BIND_IS_NO_MATTER, recovered=["ldap-bind-failed"], outcome="ok|hidden",
       never={"any": SPRAY, **QUIET})
def web_portal_in_the_morning(s):
    """Twelve people by one service, each on a connection of his own, over LDAPS; two mistype once, one of them by caps lock
    while others come and go."""
    s.address(s.host, s.dc)
    service = Ldap(s, s.https(s.dc, s.host, port=636))
    service.simple(name="svc-portal@" + s.domain)

    def comes(name, code=None):
        service.ask(people(s, name), found_person(s, name), done())
        conn = Ldap(s, s.https(s.dc, s.host, port=636))
        if code:
            s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format(code), name=person(s, name))[-1])
        else:
            conn.simple(name=person(s, name))
        leave(conn)
        s.wait(4)

    for n in range(12):
        if n in (3, 8):
            comes(f"user{n:02}", "52e")
        if n != 3:
            comes(f"user{n:02}")
    comes("user03")
    leave(service)


@field("K12", shows={"ldap-bind-failed": "warn|error"}, outcome="ok|failed|hidden",
       never={"any": SPRAY, "verdict": [NOTHING_WRONG]})
def mail_gateway_of_many_and_three_old_passwords(s):
    """IMAP and SMTP with plain logons, NTLM binds for half of them; in an hour three of seventeen are refused, one twice:
    old telephones. That is no attack."""
    good_start(s)
    for n in range(17):
        name = f"staff{n:02}"
        for _ in range(2 if n == 11 else 1):
            conn = s.ldap()
            if n in (4, 11, 15):
                s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=f"CORP\\{name}")[-1])
            elif n % 2:
                by_ntlm(conn, name)
            else:
                conn.simple(name=f"CORP\\{name}")
            leave(conn)
            s.wait(200)


@field("K12", outcome="ok|hidden", like=["ldap-bind-failed", "ldap-unanswered", "slow", "ntlm-fallback"], verdict=[HEALTHY],
       never=QUIET)
def import_job_binds_for_each_line(s):
    """A script that opens a connection for each of forty lines, by two accounts in turn, and asks for one person."""
    good_start(s)
    for n in range(40):
        conn = bound(s, name=f"svc-import{n % 2}")
        conn.ask(people(s, f"p{n}"), *([found_person(s, f"p{n}")] if n % 3 else []), done())
        leave(conn)
        s.wait(0.2)


def by_ntlm(conn, name, code=0, data=""):
    """GSS-SPNEGO with NTLM, two rounds; the frame of the answer."""
    conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)),
             bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
    return conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as(name, "CORP"), 1, None)),
                    bind_response(code, CREDENTIALS.format(data) if code else ""))[-1]


@field("K12", shows={"ldap-bind-failed": "error"}, may=["ntlm-fallback"], outcome="failed",
       says={"ldap-bind-failed": [r"\b(10|9|ten|nine)\b"]},
       verdict=[r"\A[^\n]*(accounts|names|users)"],
       never={"verdict": [NOTHING_WRONG, WELL, TOO_LITTLE], "path": [r"(error ldap-bind-failed:.*){3}"]})
def scanner_tries_ten_names_by_ntlm_on_one_connection(s):
    """A penetration test over IPv6: one connection, NTLM binds in it, one password; the eighth account was locked before."""
    s.over_ipv6()
    s.address(s.host, s.dc, kind=AAAA)
    conn = s.ldap()
    conn.rootdse()
    for n in range(10):
        s.cite("ldap-bind-failed", by_ntlm(conn, f"adm{n:02}", 49, "775" if n == 7 else "52e"))
        s.wait(0.4)
    conn.t.reset("c")
    s.wait(20)


@field("K5", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["775", "lock"]},
       verdict=[r"\A[^\n]*lock"], never={"verdict": [NOTHING_WRONG, WELL]})
def telephone_locks_the_notebook_out_at_the_concentrator(s):
    """A VPN concentrator binds its users by their names. The same user: the notebook's password is right, the telephone's
    is not; let in between, and in the end locked out for both."""
    good_start(s)

    def dora(data=""):
        conn = s.ldap()
        frame = conn.simple(49 if data else 0, CREDENTIALS.format(data) if data else "", name=f"dora@{s.domain}")[-1]
        leave(conn)
        s.wait(240)
        return frame

    for data in ("", "52e", "52e", "", "52e", "52e", "52e"):
        dora(data)
    for _ in range(3):
        s.cite("ldap-bind-failed", dora("775"))


# ---- SMB: what a refused session setup is ----


def setup(t, *rounds):
    """Pairs of a token and (answer, status)."""
    frames = []
    for n, (token, answer, status) in enumerate(rounds, 1):
        frames += [t.ask(smb2_setup(token, n)), t.answer(smb2_setup_reply(answer, status, n))]
    return frames


def by_name(user, status=0):
    """The rounds of NTLM."""
    return [(nego_init(ntlm(1), OID_NTLM), nego_resp(ntlm(2), 1, OID_NTLM), MORE_PROCESSING),
            (nego_resp(ntlm_as(user, "CORP" if user else ""), 1, None),
             nego_resp(None, 0, None) if not status else b"", status)]


def echo(t, status, number):
    t.ask(nbss(smb2_header(13, number=number) + struct.pack("<HH", 4, 0)))
    body = struct.pack("<HH", 4, 0) if not status else struct.pack("<HBBIB", 9, 0, 0, 0, 0)
    t.answer(nbss(smb2_header(13, status, True, number) + body))


BAD_SMB = ["service-key-mismatch", "ntlm-fallback", "krb-error", "account-unusable", "spn-not-found-or-duplicate"]


@field("K5", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_SMB, never=QUIET)
def filer_takes_two_rounds_and_the_session_expires(s):
    """Samba wants the list of mechanisms signed: C0000016 with a token to a ticket, then 0. After ten hours the session is
    over (C000035C): a new ticket, the same session. A null session beside it lists the shares."""
    signed_in(s).sealed()
    spn = "cifs/fs1." + s.domain
    s.address("fs1.{D}", s.web)
    setup(s.tcp(s.web, 445), *by_name(""))
    granted(s, spn)
    t = s.tcp(s.web, 445)
    reply = gss(AP_REP_ID, ap_rep())
    setup(t, (shown(s, spn), nego_resp(reply, 1), MORE_PROCESSING), (nego_resp(None, 1, None), nego_resp(None, 0, None), 0))
    echo(t, 0, 3)
    s.wait(36000)
    echo(t, SESSION_EXPIRED, 4)
    logon(s, "alice")
    granted(s, spn)
    setup(t, (shown(s, spn), nego_resp(reply), 0))
    echo(t, 0, 6)


@field("K5", outcome="ok|hidden", like=["service-key-mismatch", "ntlm-fallback", "account-unusable", "password-wrong"],
       never=QUIET)
def explorer_tries_nobody_and_the_guest_first(s):
    """Network neighbourhood: no name (C0000022), the guest (C0000072), an inventory tool's old account (C000006D); then the
    user's own ticket, which the same server takes, and so it does for the rest of the day."""
    signed_in(s).sealed()
    s.address("fs1.{D}", s.web)
    for user, status in (("", ACCESS_DENIED), ("Guest", ACCOUNT_DISABLED), ("", ACCESS_DENIED)):
        t = s.tcp(s.web, 445)
        setup(t, *by_name(user, status))
        t.reset("c")
    spn = "cifs/fs1." + s.domain
    granted(s, spn)
    for _ in range(3):
        accepted_by_smb(s, s.web, spn)
        s.wait(900)


@field("K5", shows={"service-key-mismatch": "error"}, outcome="failed", says={"service-key-mismatch": [r"fs1"]},
       verdict=[r"\A[^\n]*(fs1|key|ticket)"],
       never={"verdict": [NOTHING_WRONG, WELL], "service-key-mismatch": ["made good", "recovered"]})
def session_is_renewed_and_the_key_is_another(s):
    """A ticket is taken at eight; the file server is set back from a copy at noon, the session is asked for again, and the
    same name's ticket is refused (41, C000006D), now and after the next logon. IPv6."""
    s.over_ipv6()
    s.address("fs1.{D}", s.web, kind=AAAA)
    logon(s, "alice", tcp=True)
    spn = "cifs/fs1." + s.domain
    granted(s, spn, tcp=True)
    t = s.tcp(s.web, 445)
    setup(t, (shown(s, spn), nego_resp(gss(AP_REP_ID, ap_rep())), 0))
    echo(t, 0, 3)
    s.wait(14000)
    echo(t, SESSION_EXPIRED, 4)
    no = nego_resp(gss(ERROR_ID, s.error(41, spn)), 2)
    s.cite("service-key-mismatch", setup(t, (shown(s, spn), no, LOGON_FAILURE))[-1])
    t.reset("s")
    logon(s, "alice", tcp=True)
    granted(s, spn, tcp=True)
    for _ in range(2):
        no = nego_resp(gss(ERROR_ID, s.error(41, spn)), 2)
        s.cite("service-key-mismatch", setup(s.tcp(s.web, 445), (shown(s, spn), no, LOGON_FAILURE))[-1])
        s.wait(10)


# ---- anonymous Kerberos and armour ----


def anonymous(s, *pre):
    return s.as_req(ANONYMOUS, cname_kind=11, etypes=MIT_ETYPES, pre=[*FROM_MIT, *pre],
                    options=REQUEST_ANONYMOUS | RENEWABLE_OK)


def for_nobody(s, cipher):
    """AS-REP of anonymous PKINIT, RFC 8062 4.1."""
    return app(11, seq(
        ctx(0, integer(5)), ctx(1, integer(11)), ctx(2, padata((17, b"synthetic signed data"))),
        ctx(3, general("WELLKNOWN:ANONYMOUS")), ctx(4, principal(ANONYMOUS, 11)),
        ctx(5, ticket(s.tgt, s.realm, 18, cipher)), ctx(6, encrypted(18, b"synthetic part"))))


@field("K2", outcome="ok|hidden", verdict=[HEALTHY], never=QUIET,
       like=["pkinit-failed", "client-unknown", "preauth-abandoned", "krb-error", "policy-refused", "password-wrong"])
def armour_of_nobody_s_ticket(s):
    """sssd against FreeIPA's neighbour: 25 to the bare anonymous request, the ticket by PKINIT, and a user's logon in its
    armour, whose first answer is 25 as well."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.kdc(anonymous(s), s.error(25, data=padata((16, b""), (136, b""), (133, b"cookie"))))
    cipher = b"TGT of nobody"
    s.kdc(anonymous(s, (16, b"synthetic signed data")), for_nobody(s, cipher), tcp=True)
    armour = ap_req(s.tgt, s.realm, cipher=cipher)
    fast = (136, b"\xa0\x03\x30\x01\x00")
    s.kdc(s.as_req("kim", etypes=MIT_ETYPES, pre=[armored(armour)]), s.error(25, data=padata(fast)), tcp=True)
    s.kdc(s.as_req("kim", etypes=MIT_ETYPES, pre=[armored(armour), (133, b"cookie")]),
          s.as_rep("kim", cipher=b"TGT of kim", pre=[fast]), tcp=True)
    spn = "host/node7." + s.domain
    s.kdc(tgs_req(spn, s.tgt, realm=s.realm, tgt_realm=s.realm, cipher=b"TGT of kim", nonce=s._new(), pre=[armored()]),
          s.tgs_rep(spn, cname="kim", pre=[fast]), tcp=True)


@field("K2", outcome="ok|hidden", like=["client-unknown", "pkinit-failed", "preauth-abandoned", "policy-refused", "krb-error"],
       never=QUIET)
def administrator_tries_kinit_n_once(s):
    """The machine and its users do without armour (krb5_use_fast = try): refused, then logged on. In the end somebody types
    kinit -n to see whether it is offered: it is not, and the machine's connection goes on."""
    good_start(s)
    logon(s, "NODE7$")
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    for name in ("kim", "lee"):
        s.kdc(anonymous(s), s.error(6, text="CLIENT_NOT_FOUND"))
        logon(s, name)
        conn.sealed()
        s.wait(600)
    s.kdc(anonymous(s), s.error(6, text="CLIENT_NOT_FOUND"))
    s.wait(30)
    conn.sealed()


# ---- autodiscover ----


@field("K8", outcome="ok|hidden", like=["redirect-loop", "autodiscover-error", "redirect-not-followed", "endpoint-unresolvable"],
       never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def old_server_knows_no_json_and_has_pox(s):
    """Outlook: the cloud says that the mailbox is at home; JSON there is 404, POX on the same connection has it all."""
    host = "autodiscover." + s.domain
    s.address(OFFICE, "192.0.2.82")
    body = b'{"Protocol":"AutodiscoverV1","Url":"https://' + host.encode() + XML.encode() + b'"}'
    get(s, s.https("192.0.2.82", OFFICE), OFFICE, uri=JSON.format(s.domain), answer=body)
    s.address(host, s.web)
    t = s.https(s.web, host)
    get(s, t, host, uri=JSON.format(s.domain), status=404, answer=b"<html>404 - File or directory not found.</html>")
    post(s, t, host, answer=settings(ews(s.mail)))
    s.address(s.mail, s.web2)
    hidden_talk(s, s.web2, s.mail)


@field("K8", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_WEB + ["redirect-loop", "autodiscover-error"], never=QUIET)
def same_host_by_https_and_then_by_another_port(s):
    """A portable calendar begins with http: 301 to https of the same host, 307 to its port 8443, and there the settings.
    Twice, as it does at each start; IPv6."""
    s.over_ipv6()
    host = "autodiscover." + s.domain
    s.address(host, s.web, kind=AAAA)
    for _ in range(2):
        get(s, s.tcp(s.web, 80), host, status=301, more=[f"Location: https://{host}{XML}"])
        post(s, s.https(s.web, host), host, status=307, answer=b"", more=[f"Location: https://{host}:8443{XML}"])
        post(s, s.https(s.web, host, port=8443), host, answer=settings(ews(host + ":8443")))
        s.wait(3600)


@field("K8", outcome="ok|hidden", like=["autodiscover-error", "http-error", "redirect-not-followed", "endpoint-unreachable"],
       never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def two_questions_at_once_and_one_is_enough(s):
    """Two threads post the same thing at two connections; the first answer is enough, the other connection is closed."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    first, second = (s.https(s.web, host) for _ in range(2))
    first.ask(http_post(host, SVC, b"<GetUserSettings/>", "Content-Type: text/xml", "Authorization: Bearer synthetic"))
    s.wait(0.3)
    post(s, second, host, "Authorization: Bearer synthetic", uri=SVC, answer=soap_settings(ExternalEwsUrl=ews(s.mail)))
    first.connection.close()
    s.address(s.mail, s.web2)
    hidden_talk(s, s.web2, s.mail)
    s.wait(60)


@field("K8", shows={"redirect-loop|http-error": "error"}, may=["redirect-not-followed"], outcome="failed",
       verdict=[r"\A[^\n]*(redirect|30[18])"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL], "any": ["wrong host", "another host", "Two servers"]})
def slash_is_added_and_taken_away(s):
    """A rewriting rule adds a slash, the application takes it away: 308 back and forth within one connection. IPv6."""
    s.over_ipv6()
    host = "autodiscover." + s.domain
    s.address(host, s.web, kind=AAAA)
    t = s.https(s.web, host)
    for _ in range(4):
        s.cite("redirect-loop|http-error",
               post(s, t, host, status=308, answer=b"", more=[f"Location: https://{host}{XML}/"]))
        post(s, t, host, uri=XML + "/", status=308, answer=b"", more=[f"Location: https://{host}{XML}"])
    s.wait(20)


@field("K8", shows={"proxy-refused": "error"}, outcome="failed",
       like=["endpoint-unresolvable", "redirect-not-followed", "tls-failed"],
       verdict=[r"\A[^\n]*proxy"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def proxy_lets_a_server_go_nowhere(s):
    """A server's network: the proxy answers 403 to each CONNECT, of autodiscover, of the cloud, of the clock and of the
    lists of certificates; DNS knows the proxy alone, and no record of autodiscover."""
    s.address("proxy.{D}", s.web2)
    for host in ("ctldl.windowsupdate.example", OFFICE, s.domain, "autodiscover." + s.domain, "settings.data.example"):
        t = s.tcp(s.web2, 8080)
        frames = connect(t, host, status=403, more=["X-Squid-Error: ERR_ACCESS_DENIED 0"])
        if host == "autodiscover." + s.domain:
            s.cite("proxy-refused", frames)
        t.close()
        s.wait(1)
    s.srv("_autodiscover._tcp.{D}", rcode=3)
    s.wait(30)


# ---- TLS that comes and goes ----


@field("K5", like=["dc-unreachable", "ldap-unanswered", "ldap-bind-failed"], outcome="ok|hidden", never=QUIET)
def controller_has_just_started(s):
    """LDAPS is reset before any certificate and StartTLS gets 52, for half a minute after a restart; then both are good,
    and stay so all day."""
    good_start(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(client_hello(s.host))
        t.reset("s")
        conn = s.ldap()
        extended(conn, START_TLS, 52, NO_TLS)
        leave(conn)
        s.wait(15)
    for _ in range(3):
        conn = Ldap(s, s.https(s.dc, s.host, port=636))
        conn.simple(name="svc-wiki@" + s.domain)
        leave(conn)
        secured(s, s.dc, s.host)
        s.wait(600)


def secured(s, server, host):
    """StartTLS, and a bind within."""
    conn = s.ldap(server)
    extended(conn, START_TLS)
    conn.t = Session(conn.t, s.c.keylog, host=host, names=[host])
    conn.simple(name="svc-wiki@" + s.domain)
    conn.ask(people(s), found_person(s), done())
    leave(conn)


@field("K5", shows={"starttls-failed": "error|warn"}, outcome="failed|ok|hidden", says={"starttls-failed": ["dc2|{dc2}"]},
       verdict=[r"\A[^\n]*(StartTLS|TLS)"], never={"verdict": [NOTHING_WRONG], "starttls-failed": ["dc1", "share the address"]})
def name_of_two_controllers_and_one_has_no_certificate(s):
    """The program takes the domain's name, whose addresses take turns: dc1 good, dc2 52, three times. The last word is no."""
    s.address("{D}", s.dc, s.dc2)
    for _ in range(3):
        secured(s, s.dc, s.domain)
        s.wait(60)
        conn = s.ldap(s.dc2)
        s.cite("starttls-failed", extended(conn, START_TLS, 52, NO_TLS))
        leave(conn)
        s.wait(60)


# ---- lost time, and time that is not ----


@field("K9", like=["slow", "ldap-unanswered"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def export_reads_forty_thousand_by_pages(s):
    """A connector: pages whose entries come for two seconds each, a notification that is told of a change after 20 minutes,
    keep-alives, a minute between the runs; nobody waited."""
    good_start(s)
    conn = bound(s, name="svc-export")
    watched = conn._next()
    conn.t.ask(ldap(watched, search(top(s), 2, present("objectClass"), ["cn"]), ctx(0, control(NOTIFY, b"", True))))
    for run in range(2):
        for n in range(10):
            ident = conn._next()
            conn.t.ask(ldap(ident, search(top(s), 2, present("mail"), ["mail"]), paged(1000, b"%d" % n if n else b"")))
            for k in range(4):
                s.wait(0.5)
                conn.t.answer(ldap(ident, found_person(s, f"p{run}{n}{k}")))
            conn.t.answer(ldap(ident, done(), paged(0, b"%d" % (n + 1) if n < 9 else b"")))
            s.wait(1)
        s.wait(60)
    for _ in range(4):
        s.wait(300)
        kept_alive(conn.t)
    conn.t.answer(ldap(watched, found_person(s, "ann")))
    s.wait(10)
    leave(conn)


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": [r"\b2[3-5]\b", "{host}|{dc}|dc1"]},
       never={"verdict": [NOTHING_WRONG, "failed"], "slow": ["firewall", "dead", "is down"]})
def each_account_takes_four_seconds(s):
    """Six new accounts over LDAPS and IPv6: TCP and bind are answered at once, each add after four seconds."""
    s.over_ipv6()
    s.address(s.host, s.dc, kind=AAAA)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name="svc-hr@" + s.domain)
    for n in range(6):
        asked, *_ = late(s, conn, 4, ldap_add(person(s, f"new{n}"), objectClass="user"), result(9))
        s.cite("slow", asked)
        conn.ask(people(s, f"new{n}"), found_person(s, f"new{n}"), done())
    leave(conn)


# ---- connections alone ----


@field("K3", outcome="ok|hidden", like=["dc-unreachable", "krb-tcp-blocked", "endpoint-unreachable", "ldap-unanswered", "slow"],
       never={"verdict": [FAULT], "path": [LOUD]})
def administrator_scans_ports(s):
    """An ordinary morning at his desk, and then nmap: fourteen ports of a controller, of a host that filters, of one that
    refuses; what is open is reset at once."""
    signed_in(s, "admin7").sealed()
    s.wait(300)
    for server in (s.dc, s.web, s.web2):
        for port in PORTS:
            t = s.c.tcp(s.client, s.next_port(), server, port, handshake=False)
            t.open("cS")
            if server == s.web:  # a second try, and that was it
                t.seq["c"] -= 1
                s.wait(0.1)
                t.open("cS")
            elif server == s.dc and port not in (22, 80, 443, 3269):
                t.open("sSA")
                t.open("cR")
            else:
                t.open("sRA")
    s.wait(60)


@field("K3", outcome="ok|hidden", like=["dc-unreachable", "krb-tcp-blocked", "endpoint-unreachable", "ldap-unanswered", "slow"],
       never={"verdict": [FAULT], "path": [LOUD]})
def administrator_tests_ports_one_by_one(s):
    """The same desk and Test-NetConnection: five ports of a controller, two seconds apart, each closed in good order."""
    signed_in(s, "admin8").sealed()
    s.wait(300)
    for port in (88, 389, 636, 3268, 3269):
        if port == 3269:
            s.c.tcp(s.client, s.next_port(), s.dc, port, handshake=False).open("cS", "sRA")
        else:
            s.tcp(s.dc, port).close()
        s.wait(2)
    s.wait(60)


@field("K3", shows={"dc-unreachable": "error"}, outcome="failed", verdict=[r"\A[^\n]*3269"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL]})
def program_finds_no_catalog_after_quick_questions(s):
    """A program asks at three ports of its controller and closes each at once, as programs do: what it then needs, the
    catalog over TLS, is refused, and it ends."""
    s.found()
    s.ping()
    for port in (389, 3268):
        conn = s.ldap(port=port)
        conn.rootdse()
        leave(conn)
    kdc = s.tcp(s.dc, 88)
    kdc.ask(marked(s.as_req("svc")))
    kdc.answer(marked(s.as_rep("svc")))
    kdc.close()
    s.cite("dc-unreachable", s.syn(s.dc, 3269, "refused"))
    s.wait(60)


@field("K3", outcome="none", like=["dc-unreachable", "ldap-unanswered", "tls-failed", "slow"])
def balancer_and_monitor_knock_at_directory_ports(s):
    """Each ten seconds: half a handshake to two controllers' 389 and 636, and a monitor's connections to 88, 135 and 3268
    that are opened and closed."""
    for _ in range(5):
        for server in (s.dc, s.dc2):
            for port in (389, 636):
                t = s.c.tcp(s.client, s.next_port(), server, port, handshake=False)
                t.open("cS", "sSA")
                t.open("cR")
        for port in (88, 135, 3268):
            s.tcp(s.dc, port).close()
        s.wait(10)


@field("K3", shows={"dc-unreachable": "error"}, may=["slow"], outcome="failed",
       causes={"dc-unreachable": ["firewall|filter|drop|rule"]},
       verdict=[r"\A[^\n]*(389|LDAP|reach|connect|{host}|{dc}|dc1|dc2)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL], "dc-unreachable": [r"(is|are) (down|off|gone)\b", "switched off"]})
def rule_that_has_all_ports_but_one(s):
    """A join from the server zone: pings, Kerberos, the endpoint mapper and SMB are let through; TCP 389 is silent at both
    controllers."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    for host, server in (("dc1.{D}", s.dc), ("dc2.{D}", s.dc2)):
        s.address(host, server)
        s.ping(server=server, host=host.format(D=s.domain))
    logon(s, "joiner", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    for server in (s.dc, s.dc2):
        for port in (135, 445):
            s.tcp(server, port).close()
        s.cite("dc-unreachable", dead(s, server, 389))
    s.wait(30)


# ---- wrong realm ----


def partner_s_kdcs(s):
    """68 and the way to the realm that it names."""
    partner = "partner" + s.domain
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.kdc(s.as_req("gina@mail" + s.domain, cname_kind=10), s.error(68, crealm=partner.upper()))
    s.srv("_kerberos._udp." + partner, "dc2." + partner, "dc3." + partner, port=88)
    s.address("dc2." + partner, s.dc2)
    s.address("dc3." + partner, s.dc3)
    return partner.upper()


@field("K2", like=["wrong-realm", "krb-error", "client-unknown"], outcome="ok|hidden", never=QUIET)
def second_kdc_of_the_named_realm_answers(s):
    """68, the first KDC of that realm keeps silent for a second, the second one lets the guest in; and home by a referral."""
    partner = partner_s_kdcs(s)
    theirs = {"sname": "krbtgt/" + partner, "realm": partner}
    s.kdc(s.as_req("gina", **theirs), server=s.dc2)
    s.wait(1)
    s.kdc(s.as_req("gina", **theirs), s.error(25, theirs["sname"], realm=partner, data=padata((19, etype_info2()), (2, b""))),
          server=s.dc3)
    s.kdc(s.as_req("gina", pre=timed(), **theirs), s.as_rep("gina", cipher=b"TGT of gina", **theirs), server=s.dc3)
    s.kdc(tgs_req(s.tgt, theirs["sname"], realm=partner, tgt_realm=partner, cipher=b"TGT of gina", nonce=s._new()),
          s.tgs_rep(s.tgt, cname="gina", realm=partner, cipher=b"referral of gina"), server=s.dc3)
    spn = "host/ts1." + s.domain
    s.kdc(tgs_req(spn, s.tgt, realm=s.realm, tgt_realm=partner, cipher=b"referral of gina", nonce=s._new()),
          s.tgs_rep(spn, cname="gina", crealm=partner))
    s.wait(30)


@field("K2", shows={"kdc-unanswered": "error"}, like=["wrong-realm"], may=["slow"], outcome="failed",
       says={"kdc-unanswered": [r"partner|{dc2}|{dc3}"]}, verdict=[r"\A[^\n]*(partner|{dc2}|{dc3}|dc2|dc3)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL], "any": ["does not follow"]})
def kdcs_of_the_named_realm_keep_silent(s):
    """The same over UDP, and both KDCs of that realm say nothing, twice round; the own one answers for others meanwhile."""
    partner = partner_s_kdcs(s)
    request = s.as_req("gina", sname="krbtgt/" + partner, realm=partner)
    ports = {s.dc2: s.next_port(), s.dc3: s.next_port()}
    for pause in (1, 3):
        for server, port in ports.items():
            s.cite("kdc-unanswered", s.udp(server, 88, request, cport=port))
            s.wait(pause)
    logon(s, "TS1$")
    granted(s, s.ldap_spn)
    s.wait(30)
