# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP as it is met elsewhere: mechanisms that few use, TLS that says nothing in clear, pools and restarts, searches
for service connection points in forms that no client of Exchange sends; and the faults that look like them.
"""
from build import *  # noqa: F403
from cases import POINTER_GUID, URL_GUID, Ldap, url_entry
from cases_field_a import logon
from cases_field_b_time import (
    FAST_BIND, START_TLS, changepw_ticket, dead, extended, good_start, password_answer, password_change, person,
)
from cases_field_d import SEALED_ANSWER, other_client
from cases_field_e import farewell
from cases_field_g_ldap import UNWILLING, bound, people, referral, top
from cases_ldap import CHANNEL, CREDENTIALS, NOT_BOUND, SIGNING
from field import field
from net import ldap_modify, ntlm_as, paged
from tls import Session, certificate_der
from web import CHANGE, DATA, HIDDEN, TLS12, TLS13, extension, handshake, hello_of_client, hello_of_server, record, vector

DC = "_ldap._tcp.dc._msdcs.{D}"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
HEALTHY = r"\A[^\n]*(nothing wrong|went well)"
FAULT = r"\A[^\n]*(failed|warning|refuse|unanswered|not answer|: error)"
LOUD = r"(?m)^\s*(error|warn)\s"
QUIET = {"verdict": [FAULT], "path": [LOUD]}
CALM = {"verdict": ["failed -", "with a warning"], "path": [LOUD]}
BAD_LDAP = ["ldap-unanswered", "ldap-not-bound", "ldap-bind-failed", "starttls-failed", "scp-read-failed", "dc-unreachable"]
BAD_TLS = ["tls-failed", "tls-name-mismatch", "ldap-unanswered", "dc-unreachable"]


def leave(conn):
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.close()


def found(s, name="bob"):
    return entry(person(s, name), {"mail": [f"{name}@{s.domain}"]})


def digest(s, conn, user, code=0, diagnostic="", qop="auth"):
    """Two rounds of DIGEST-MD5, RFC 2831; the name is in the second one."""
    challenge = f'qop="auth,auth-int,auth-conf",cipher="3des,rc4",algorithm=md5-sess,nonce="c3ludGg=",charset=utf-8,realm="{s.domain}"'
    proof = (f'username="{user}",realm="{s.domain}",nonce="c3ludGg=",digest-uri="ldap/{s.host}",cnonce="YQ==",nc=00000001,'
             f"response={'0123456789abcdef' * 2},qop={qop},charset=utf-8")
    conn.ask(bind_sasl("DIGEST-MD5"), bind_response(14, "0000200C", credentials=challenge.encode()))
    end = b"rspauth=" + b"0123456789abcdef" * 2
    return conn.ask(bind_sasl("DIGEST-MD5", proof.encode()), bind_response(code, diagnostic, credentials=None if code else end))[-1]


def ntlm_bind(conn, user, code=0, data="52e"):
    conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)),
             bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
    return conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as(user, "CORP"), 1, None)),
                    bind_response(code, CREDENTIALS.format(data) if code else ""))[-1]


def version_1_3(t, host):
    """The client's hello, and the server's with all that is encrypted behind it."""
    return [t.ask(record(22, hello_of_client(host), 0x0301)),
            t.answer(record(22, hello_of_server(TLS13)) + CHANGE + record(23, bytes(1200)))]


def resumed(t, host, version=TLS12):
    """TLS 1.2: both know the session, and no certificate is shown."""
    ident = vector(1, bytes(range(7, 39)))
    name = extension(0, vector(2, b"\0", vector(2, host.encode())))
    t.ask(record(22, handshake(1, struct.pack(">H", version), bytes(range(32)), ident, vector(2, b"\xc0\x2f\xc0\x30"),
                               vector(1, b"\0"), vector(2, name)), 0x0301))
    t.answer(record(22, handshake(2, struct.pack(">H", version), bytes(range(32, 64)), ident, b"\xc0\x2f\0")) + CHANGE + HIDDEN)
    t.ask(CHANGE + HIDDEN + DATA)
    t.answer(DATA)


def types_only(base, scope, where, attributes):
    """A search for the names of attributes without their values."""
    return app(3, octets(base), enumerated(scope), enumerated(0), integer(0), integer(0), boolean(True), where,
               seq(*[octets(a) for a in attributes]))


# ---- healthy days: binds ----


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok|hidden", like=["ntlm-fallback"],
       never=CALM)
def studio_tries_what_it_knows(s):
    """A directory browser in Java, IPv6: CRAM-MD5 is not known there (7), DIGEST-MD5 is, and the list is read."""
    s.over_ipv6()
    s.address(s.host, s.dc, kind=AAAA)
    conn = s.ldap()
    conn.ask(search("", 0, None, ["supportedSASLMechanisms"]), entry("", {"supportedSASLMechanisms": ["GSSAPI", "DIGEST-MD5"]}),
             done())
    s.cite("ldap-bind-failed", conn.ask(bind_sasl("CRAM-MD5"), bind_response(7, "00002027: LdapErr: DSID-0C0905F4, comment: "
                                                                           "Invalid Authentication method, data 0, v4563"))[-1])
    s.wait(3)
    digest(s, conn, "alice")
    conn.ask(people(s), found(s), done())
    leave(conn)


@field("K3", outcome="ok|hidden", like=BAD_LDAP + ["ldap-mechanism-unknown", "midway"], never=QUIET)
def session_sealed_by_digest(s):
    """An old ADSI script: DIGEST-MD5 with auth-conf; what follows has the seal's length before it."""
    good_start(s)
    conn = s.ldap()
    digest(s, conn, "svc-old", qop="auth-conf")
    for n in range(3):
        mark = b"\0\1" + struct.pack(">I", n)
        conn.t.ask(sasl(bytes(range(90)) + bytes(range(10)) + mark))
        conn.t.answer(sasl(bytes(range(190)) + bytes(range(10)) + mark))
    conn.t.close()


@field("K5", outcome="ok|hidden", like=BAD_LDAP + ["tls-failed"], never=QUIET)
def client_certificate_instead_of_a_name(s):
    """StartTLS, SASL EXTERNAL with empty credentials, and the answer to "Who am I?"."""
    good_start(s)
    conn = s.ldap()
    extended(conn, START_TLS)
    conn.t = Session(conn.t, s.c.keylog, host=s.host, names=[s.host])
    conn.ask(bind_sasl("EXTERNAL", b""), bind_response(0))
    conn.ask(app(23, tlv(0x80, b"1.3.6.1.4.1.4203.1.11.3")), result(24, 0, more=tlv(0x8B, b"u:CORP\\pc7$")))
    conn.ask(people(s), found(s), done())
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.connection.close()


@field("K5", shows={"ldap-channel-binding-required": "note"}, recovered=["ldap-channel-binding-required"], outcome="ok|hidden",
       never=CALM)
def device_leaves_ntlm_for_a_plain_password(s):
    """A firewall appliance at 636: NTLM lacks the channel's binding, and the same account's simple bind needs none."""
    s.address(s.host, s.dc)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)), bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
    s.cite("ldap-channel-binding-required",
           conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("svc-fw", "CORP"), 1, None)), bind_response(49, CHANNEL))[-1])
    conn.t.connection.close()
    s.wait(2)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name="CORP\\svc-fw")
    conn.ask(people(s), found(s), done())
    s.wait(5)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok|hidden", like=["kpasswd-failed"],
       never=CALM)
def new_colleague_at_the_portal(s):
    """The first password must be changed (773); the portal changes it, and the bind is good."""
    good_start(s)
    conn = s.ldap()
    s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("773"), name="kim@" + s.domain)[-1])
    leave(conn)
    s.wait(25)
    changepw_ticket(s, "kim")
    s.udp(s.dc, 464, password_change(s), password_answer(ap_rep(), SEALED_ANSWER))
    conn = s.ldap()
    conn.simple(name="kim@" + s.domain)
    conn.ask(people(s, "kim"), found(s, "kim"), done())
    leave(conn)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok|hidden", like=["ldap-unanswered"],
       never=CALM)
def passwords_are_checked_on_one_fast_connection(s):
    """The fast bind of Windows: three binds run at the same time, answered in another order; one user mistypes, once."""
    good_start(s)
    conn = s.ldap()
    extended(conn, FAST_BIND)
    ids = {}
    for name in ("ann", "bob", "eve"):
        ids[name] = conn._next()
        conn.t.ask(ldap(ids[name], bind("CORP\\" + name, "synthetic")))
    conn.t.answer(ldap(ids["eve"], bind_response(0)))
    s.cite("ldap-bind-failed", conn.t.answer(ldap(ids["bob"], bind_response(49, CREDENTIALS.format("52e")))))
    conn.t.answer(ldap(ids["ann"], bind_response(0)))
    s.wait(7)
    conn.simple(name="CORP\\bob")
    s.wait(60)


# ---- healthy days: connections ----


@field("K5", outcome="ok|hidden", like=["ldap-unanswered", "ping-unanswered"], may=["slow"],
       never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def pool_lives_through_a_restart(s):
    """A controller is patched in the evening: it resets the pool, refuses for a moment and is silent, another one serves;
    an hour later the pool is back at the first."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    pool = [bound(s) for _ in range(3)]
    for conn in pool:
        conn.ask(people(s), found(s), done())
    for conn in pool:
        conn.t.reset("s")
    s.cite("dc-unreachable", s.syn(s.dc, 389, "refused"), dead(s, s.dc, 389))
    for _ in range(2):
        bound(s, s.dc2).ask(people(s), found(s), done())
        s.wait(1500)
    bound(s).ask(people(s), found(s), done())
    s.wait(10)


@field("K3", outcome="ok|hidden", like=["dc-unreachable", "ldap-bind-failed"], may=["ldap-unanswered"],
       never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def pool_writes_into_a_connection_that_is_over(s):
    """After a quarter of an hour the server says goodbye; the pool does not look, sends its next search there and is reset;
    the search is repeated on a new connection at once."""
    good_start(s)
    conn = bound(s)
    conn.ask(people(s), found(s), done())
    s.wait(900)
    farewell(conn, "The server has timed out this connection")
    s.wait(400)
    conn.ask(people(s, "eve"))
    conn.t.reset("s")
    other = bound(s)
    other.ask(people(s, "eve"), found(s, "eve"), done())
    s.wait(20)


@field("K3", outcome="ok|hidden", like=BAD_TLS, never=QUIET)
def sessions_of_ldaps_are_resumed(s):
    """A Java application: the session is known from before the capture, so no certificate is ever shown; IPv6."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        resumed(t, s.host)
        t.ask(DATA)
        t.answer(DATA + DATA)
        t.ask(record(21, bytes(26)))  # the end, encrypted
        t.close()
        s.wait(30)


@field("K3", outcome="ok|hidden|incomplete", like=BAD_TLS, never=QUIET)
def monitor_shakes_hands_and_goes(s):
    """A balancer's look at LDAPS, each half a minute, TLS 1.3: finished by both, goodbye, and not a byte of LDAP."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    for _ in range(4):
        t = s.tcp(s.dc, 636)
        version_1_3(t, s.host)
        t.ask(CHANGE + record(23, bytes(53)))
        t.ask(record(23, bytes(19)))
        t.close()
        s.wait(30)


# ---- healthy days: searches ----


@field("K5", outcome="ok", like=BAD_LDAP + ["scp-none"], never={"verdict": [FAULT], "path": [LOUD]})
def child_s_user_is_in_the_catalog(s):
    """The controller refers the search of the child's container away (10); the program asks its catalog, which has her."""
    good_start(s)
    base = "DC=child," + top(s)
    conn = bound(s)
    conn.ask(people(s, "eve", base=base), done(10, diagnostic="0000202B: RefErr: DSID-0310084A, data 0, 1 access points",
                                               more=referral(f"ldap://child.{s.domain}/{base}")))
    conn = bound(s, port=3268)
    conn.ask(people(s, "eve", base=base), entry("CN=eve," + base, {"mail": ["x"]}), done())
    leave(conn)


@field("K2", outcome="ok", like=["scp-none", "scp-incomplete", "scp-read-failed", "scp-pointer-loop"], never=QUIET)
def pointers_and_addresses_are_asked_for_apart(s):
    """A client that looks for pointers to another forest first: there are none, as in most forests; then for URLs."""
    good_start(s)
    conn = bound(s)
    conn.rootdse()
    conn.scp(where=all_of(equal("objectClass", "serviceConnectionPoint"), equal("keywords", POINTER_GUID)))
    conn.scp(url_entry(s, 1), url_entry(s, 2),
             where=all_of(equal("objectClass", "serviceConnectionPoint"), equal("keywords", URL_GUID.lower())))
    leave(conn)


@field("K8", outcome="ok", like=["scp-incomplete", "scp-read-failed"], may=["scp-none"], never={"path": [LOUD], "verdict": [FAULT]})
def administrator_inspects_the_connection_points(s):
    """By hand: names without values, one level below the wrong container, the same whole below, one object by its name,
    and by serviceClassName at the catalog. Nothing is wrong with any of them."""
    good_start(s)
    conn = bound(s, name="admin")
    conn.rootdse()
    names = ["cn", "serviceBindingInformation", "keywords"]
    objects = equal("objectClass", "serviceConnectionPoint")
    protocols = "CN=Protocols," + s.config
    one = "CN=EX1,CN=Autodiscover," + protocols
    where = all_of(objects, equal("keywords", URL_GUID))
    conn.ask(types_only(s.config, 2, where, names), entry(one, {name: [] for name in names}), done())
    conn.ask(search(protocols, 1, where, names), done())
    conn.ask(search(protocols, 2, where, names), url_entry(s, 1), done())
    conn.ask(search(one, 0, objects, names), url_entry(s, 1), done())
    leave(conn)
    conn = bound(s, port=3268, name="admin")
    conn.ask(search("", 2, equal("serviceClassName", "ms-Exchange-AutoDiscover-Service"), names), url_entry(s, 1), done())
    leave(conn)


# ---- faults: whose bind it is ----


@field("K5", shows={"ldap-bind-failed": "error"}, says={"ldap-bind-failed": ["3 "]}, outcome=["failed", "ok"],
       never={"path": [r"note ldap-bind-failed"]})
def second_server_still_has_the_old_password(s):
    """Two web servers bind as one account whose password was changed; the configuration of one was forgotten. They take turns."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(3):
        conn = s.ldap()
        s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name="svc-web@" + s.domain)[-1])
        leave(conn)
        with other_client(s):
            conn = s.ldap()
            conn.simple(name="svc-web@" + s.domain)
            conn.ask(people(s), found(s), done())
            leave(conn)
        s.wait(40)


@field("K3", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["locked"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]}, alone=True)
def begins_between_the_rounds_of_a_bind(s):
    """The first packet is the server's challenge of NTLM, message 9 of a connection that stood before; the proof is refused."""
    s.over_ipv6()
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    conn = Ldap(s, t)
    t.answer(ldap(9, bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM))))
    conn.id = 9
    s.cite("ldap-bind-failed", conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("svc-scan", "CORP"), 1, None)),
                                        bind_response(49, CREDENTIALS.format("775")))[-1])
    t.close()
    s.wait(2)
    conn = s.ldap()
    s.cite("ldap-bind-failed", ntlm_bind(conn, "svc-scan", 49, "775"))
    conn.t.close()
    s.wait(40)
    s.hears_something()


@field("K6", shows={"ldap-not-bound": "error"}, outcome="failed", causes={"ldap-not-bound": ["(empty|without a|no) password"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def name_without_a_password(s):
    """A container whose secret was not mounted: the name is there, the password empty, and the server calls that a success."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(2):
        conn = s.ldap()
        conn.simple(name=person(s, "svc-app"), password="")
        s.cite("ldap-not-bound", conn.ask(people(s), done(1, diagnostic=NOT_BOUND))[-1])
        leave(conn)
        s.wait(15)


@field("K5", shows={"ldap-signing-required": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG], "any": ["password is wrong"]})
def signing_refused_protected_and_refused_again(s):
    """One job of a program uses TLS and the other does not: refused at nine, good at ten, refused at eleven."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for hour in (9, 10, 11):
        if hour == 10:
            conn = Ldap(s, s.https(s.dc, s.host, port=636))
            conn.simple(name="svc-jobs@" + s.domain)
            conn.t.connection.close()
        else:
            conn = s.ldap()
            s.cite("ldap-signing-required", conn.simple(8, SIGNING, name="svc-jobs@" + s.domain)[-1])
            conn.t.close()
        s.wait(3600)


# ---- faults: TLS that says nothing in clear ----


@field("K3", shows={"tls-failed": "error|warn"}, outcome="failed", like=["tls-name-mismatch"],
       verdict=[r"\A[^\n]*(TLS|certificate)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "tls-failed": ["has no certificate"]})
def go_program_gives_up_behind_the_encryption(s):
    """TLS 1.3: the client's alert is encrypted, 19 bytes, and it closes instead of finishing; four times, nothing else."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for n in range(4):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", version_1_3(t, s.host))
        t.ask(CHANGE + record(23, bytes(19)))
        t.close()
        s.wait(5 * (n + 1))


@field("K6", shows={"tls-failed": "error|warn"}, causes={"tls-failed": [r"TLS 1\.0|version"]}, outcome="failed|ok|hidden",
       never={"verdict": [NOTHING_WRONG], "tls-failed": ["has no certificate", "without a certificate"]})
def old_java_knows_the_first_version_alone(s):
    """A hardened controller resets a hello of TLS 1.0; another program of the same machine has TLS 1.2 there a moment before."""
    good_start(s)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name="svc-new@" + s.domain)
    conn.t.connection.close()
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(record(22, handshake(1, struct.pack(">H", 0x0301), bytes(range(32)), b"\0",
                                                       vector(2, b"\0\x2f\0\x35\0\x0a"), vector(1, b"\0")), 0x0301)))
        t.reset("s")
        s.wait(10)


# ---- faults: operations ----


@field("K1", shows={"scp-read-failed": "warn|note"}, outcome="failed|ok|incomplete", like=["scp-none"],
       verdict=[r"unwillingToPerform|53|service connection point"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE, "went well"]})
def second_page_is_asked_of_another_server(s):
    """Behind a balancer: the first page has no entry and a cookie, and the server that gets the cookie did not make it."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    conn = bound(s)
    op = search(s.config, 2, equal("keywords", URL_GUID), ["serviceBindingInformation", "keywords"])
    conn.t.ask(ldap(conn._next(), op, paged(500)))
    conn.t.answer(ldap(conn.id, done(), paged(0, b"cookie of the first")))
    leave(conn)
    conn = bound(s)
    asked = conn.t.ask(ldap(conn._next(), op, paged(500, b"cookie of the first")))
    refused = conn.t.answer(ldap(conn.id, done(53, diagnostic="00002040: SvcErr: DSID-031401E8, " + UNWILLING)))
    s.cite("scp-read-failed", refused)
    assert asked
    leave(conn)
    s.wait(30)


@field("K1", outcome="ok|failed", verdict=[r"\A[^\n]*modify.*unwillingToPerform \(53\)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def two_of_three_passwords_are_not_set(s):
    """A self-service: the second user's new password is set; the first and the third break a rule, and nobody tries again."""
    good_start(s)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name="svc-self@" + s.domain)
    for name, code in (("ann", 53), ("bob", 0), ("eve", 53)):
        conn.ask(ldap_modify(person(s, name), "unicodePwd", '"secret"'),
                 result(7, code, diagnostic="0000052D: SvcErr: DSID-031A12D2, " + UNWILLING if code else ""))
        s.wait(30)
    conn.t.connection.close()


@field("K5", shows={"dc-unreachable": "error"}, outcome="failed", verdict=[r"\A[^\n]*({host}|{dc}|dc1)"],
       may=["slow", "ldap-unanswered"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def only_controller_does_not_come_back(s):
    """The day was good until the restart: the pool is reset, and each try of the next minutes is refused, to the end. IPv6."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    logon(s, "svc-app")
    conn = bound(s)
    for name in ("ann", "bob"):
        conn.ask(people(s, name), found(s, name), done())
        s.wait(60)
    conn.t.reset("s")
    for _ in range(6):
        s.cite("dc-unreachable", s.syn(s.dc, 389, "refused"))
        s.wait(20)


# ---- faults: names, certificates, time ----


@field("K4", shows={"tls-failed": "error|warn", "tls-name-mismatch": "error|warn"}, outcome="failed",
       says={"tls-name-mismatch": ["{host}"]}, verdict=[r"\A[^\n]*(TLS|certificate)"], never={"verdict": [NOTHING_WRONG]})
def application_takes_the_domain_s_name_for_ldaps(s):
    """ldaps://corp.test:636, so that any controller will do: the one that DNS gives first has its own name alone in its certificate."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}", "dc2.{D}")
    s.address("{D}", s.dc, s.dc2)
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(client_hello(s.domain)))
        t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
        s.cite("tls-failed", t.ask(tls_alert(2, 46)))
        t.close()
        s.wait(6)


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": ["TLS|handshake", "{dc}|{host}"]},
       never={"verdict": [NOTHING_WRONG]})
def handshake_takes_a_quarter_of_a_minute(s):
    """The controller looks for a revocation list that it cannot reach before it shows its certificate; then all is quick."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    t = s.tcp(s.dc, 636)
    s.cite("slow", t.ask(client_hello(s.host)))
    s.wait(15)
    s.cite("slow", t.answer(server_hello() + tls_certificate(certificate_der(s.host))))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.ask(tls_data(3))
    t.answer(tls_data(4))
    t.close()


@field("K9", outcome="ok|hidden", like=["slow", "ldap-unanswered"], never=QUIET)
def administrator_drinks_coffee_between_two_searches(s):
    """A look-alike: all that takes long is the pause of the one who asks, also in the middle of the bind's rounds. IPv6."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    conn = s.ldap()
    s.wait(20)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)), bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
    s.wait(25)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("admin", "CORP"), 1, None)), bind_response(0))
    s.wait(50)
    conn.ask(people(s), found(s), done())
    s.wait(100)
    conn.ask(people(s, "eve"), found(s, "eve"), done())
    leave(conn)


@field("K10", shows={"tls-failed|starttls-failed": "error"}, outcome="failed", verdict=[r"\A[^\n]*TLS"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def starttls_is_granted_and_nothing_follows(s):
    """The controller says yes to StartTLS and resets at the hello: its certificate's key cannot be read. Each ten seconds."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(4):
        conn = s.ldap()
        extended(conn, START_TLS)
        s.cite("tls-failed|starttls-failed", conn.t.ask(client_hello(s.host)))
        conn.t.reset("s")
        s.wait(10)


# ---- neighbours of what these cases found ----


@field("K2", outcome="ok", like=["scp-none", "scp-incomplete"], never=QUIET)
def names_of_attributes_are_all_that_is_asked(s):
    """A tool that inventories which objects have which attributes: no value comes back, and none is missed."""
    good_start(s)
    conn = bound(s)
    names = ["serviceBindingInformation", "keywords"]
    conn.ask(types_only(s.config, 2, equal("keywords", URL_GUID), names),
             *[entry(f"CN=EX{n},{s.config}", {name: [] for name in names}) for n in (1, 2)], done())
    leave(conn)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "(empty|no|without a) password"},
       never={"ldap-bind-failed": ["password is wrong", "wrong password"], "verdict": [NOTHING_WRONG]})
def empty_password_is_refused(s):
    """The same container at a directory that takes no bind without a password: 53, and it says so."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(3):
        conn = s.ldap()
        s.cite("ldap-bind-failed", conn.simple(53, "unauthenticated bind (DN with no password) disallowed", name=person(s, "svc-app"),
                                               password="")[-1])
        conn.t.close()
        s.wait(10)


@field("K6", shows={"ldap-not-bound": "error"}, outcome="failed", supported={"ldap-not-bound": ["no password"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def search_for_exchange_with_an_empty_password(s):
    """The same with the search for connection points: refused, and a bind without a name later makes nothing good."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=person(s, "svc-app"), password="")
    s.cite("ldap-not-bound", conn.scp(code=1, diagnostic=NOT_BOUND)[-1])
    leave(conn)
    s.wait(5)
    s.ldap().anonymous()
    s.wait(10)


@field("K5", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG], "ldap-bind-failed": ["got in"]})
def name_is_bound_without_its_password_afterwards(s):
    """The password was refused twice; then the program's next try has none, which the server takes: nobody was let in."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(2):
        conn = s.ldap()
        s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=person(s, "svc-app"))[-1])
        leave(conn)
    conn = s.ldap()
    conn.simple(name=person(s, "svc-app"), password="")
    leave(conn)
    s.wait(10)


@field("K3", may=["srv-target-unresolvable", "srv-unanswered", "slow"], outcome="failed|incomplete",
       verdict=[r"\A[^\n]*({host}|no answer|not answer)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def nobody_tells_the_controller_s_address(s):
    """The locator's record is in the cache of the DNS server, and the host's zone is behind a line that is down."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    for server in (s.dns, s.dns2):
        port = s.next_port()
        s.ident += 1
        for pause in (1, 2, 4):
            s.udp(server, 53, dns(s.ident, s.host, A), cport=port)
            s.wait(pause)
    s.wait(30)


@field("K5", shows={"dc-unreachable|kdc-unanswered|krb-tcp-blocked": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def kdc_that_gave_tickets_is_gone(s):
    """Port 88 of TCP: tickets in the morning, and from ten o'clock on each connection is refused. IPv6."""
    s.over_ipv6()
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc, kind=AAAA)
    logon(s, "svc-app", tcp=True)
    s.wait(3600)
    for _ in range(4):
        s.cite("dc-unreachable|kdc-unanswered|krb-tcp-blocked", s.syn(s.dc, 88, "refused"))
        s.wait(30)
