# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds K9, K10 and the flat names of K4: lost time, other operations, refusals by design."""
import base64
import struct

from build import *  # noqa: F403
from cases import Ldap, url_entry
from cases_field_b import NEW, NOTHING_WRONG, WRONG
from cases_ldap import CREDENTIALS, NOT_BOUND
from cases_web import CHALLENGE, ex, opened, post
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
NXDOMAIN, SERVFAIL = 3, 2


def good_start(s):
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)


def dead(s, address, port):
    """Three SYNs as Windows sends them, 21 s in all."""
    frames = s.syn(address, port, "silent", times=3)
    s.wait(12)
    return frames


def late(s, conn, seconds, op, *answers):
    """An LDAP request that is answered after this time."""
    ident = conn._next()
    asked = conn.t.ask(ldap(ident, op))
    s.wait(seconds)
    return [asked, conn.t.answer(b"".join(ldap(ident, a) for a in answers))]


# ---- K9: lost time ----


@field("K9", shows={"slow": "warn"}, says={"slow": [r"10\.\d+\.\d+\.77", r"\b2[01]\b"]}, outcome="ok|hidden",
       never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def second_address_of_a_dc_is_dead(s):
    """A backup network's address got into DNS; each new connection tries it first."""
    second = s.dc[:-1] + "77"
    s.found()
    s.address(s.host, second, s.dc)
    s.ping(host=s.host)
    s.cite("slow", dead(s, second, 389))
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))


@field("K9", shows={"slow": "warn"}, like=["srv-not-found"], says={"slow": ["{dns}"]}, outcome="ok",
       never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def first_resolver_is_dead(s):
    """No single wait is long: two seconds for each name, seven names."""
    for name in (SITE, DC, "_kerberos._tcp.{D}", "_gc._tcp.{D}", "_ldap._tcp.gc._msdcs.{D}",
                 "_ldap._tcp.{D}", "_kpasswd._tcp.{D}"):
        s.cite("slow", s.srv(name, silent=True))
        s.wait(2)
        s.srv(name, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K9", shows={"slow": "note"}, like=["kdc-unanswered"], says={"slow": ["{dc}"]}, outcome="ok", missing=NEW)
def first_kdc_of_two_is_off(s):
    """One second, two, four: then the next KDC is asked. Logons are late, and good."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", "dc2.{D}", port=88)
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    request = s.as_req()
    port = s.next_port()
    for wait in (1, 2, 4):
        s.cite("slow", s.udp(s.dc, 88, request, cport=port))
        s.wait(wait)
    s.logon(server=s.dc2)


@field("K9", shows={"slow": "warn"}, says={"slow": ["{dc}|{host}"]}, like=["ldap-unanswered"], outcome="ok",
       never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def dc_answers_after_four_seconds(s):
    """Its handshake takes a millisecond, each of its answers four seconds: the DC, not the network."""
    good_start(s)
    conn = s.ldap()
    s.cite("slow", late(s, conn, 4, bind("cn=alice", "synthetic"), bind_response()))
    root = entry("", {"configurationNamingContext": [s.config]})
    s.cite("slow", late(s, conn, 4, search("", 0, None, ["configurationNamingContext"]), root, done()))
    frames = conn.scp(url_entry(s), answered=False)
    s.wait(4)
    frames.append(conn.t.answer(ldap(conn.id, url_entry(s)) + ldap(conn.id, done())))
    s.cite("slow", frames)


@field("K9", shows={"slow": "warn"}, like=["endpoint-unresolvable"], outcome="ok",
       says={"slow": [r"\b6[0-9]\b|1 min"]}, never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def mail_domain_s_name_is_that_of_the_dcs(s):
    """https://M is asked first, and M are the addresses of all DCs, which have no web server."""
    s.ping(host=s.host)
    conn = s.ldap()
    conn.simple()
    conn.scp()
    s.address("{D}", s.dc, s.dc2, s.dc3)
    for server in (s.dc, s.dc2, s.dc3):
        s.cite("slow", dead(s, server, 443))
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)


@field("K9", shows={"slow": "note"}, like=["kdc-unanswered"], outcome="ok", missing=NEW)
def one_answer_to_three_repetitions(s):
    """The KDC answers the third repetition of the same request, eight seconds after the first."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.kdc(s.as_req(), s.error(25))
    proof = s.as_req(pre=[timestamp()])
    port = s.next_port()
    for wait in (2, 3, 3):
        s.cite("slow", s.udp(s.dc, 88, proof, cport=port))
        s.wait(wait)
    s.udp(s.dc, 88, None, s.as_rep(), cport=port)


@field("K9", shows={"slow": "warn"}, says={"slow": ["{dead}"]}, missing=NEW)
def ipv6_tried_first_and_nobody_routes_it(s):
    """AAAA and A of the DC; IPv6 has an address and no route. The clients' two addresses are one machine."""
    s.dead = "fd00:dead::1"
    v6 = "fd00:c::" + s.client.split(".")[2]
    s.addresses.add(v6)
    s.found()
    s.address(s.host, s.dead, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    t = s.c.tcp(v6, s.next_port(), s.dead, 389, handshake=False)
    start = t.seq["c"]
    for wait in (3, 6, 9):
        t.seq["c"] = start
        s.cite("slow", t.open("cS"))
        s.wait(wait)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))


@field("K9", like=["slow", "preauth-abandoned", "http-unauthorized"], outcome="ok")
def people_take_their_time(s):
    """Forty seconds for a password, ten minutes for coffee, a minute at the prompt: nobody waited for a server."""
    good_start(s)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.wait(40)
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    conn = s.ldap()
    conn.simple()
    s.wait(600)
    conn.scp(url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    s.wait(60)
    post(s, t, ex(s, 1), "Authorization: Basic c3ludGhldGlj")


@field("K9", like=["slow", "ping-unanswered"], outcome="ok")
def pings_at_once_and_the_dead_one_first(s):
    """The locator asks several DCs a moment apart: who does not answer costs nothing."""
    s.srv(DC, "dc3.{D}", "dc1.{D}")
    s.ping(server=s.dc3, silent=True)
    s.wait(0.1)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K9", like=["slow", "srv-unanswered"], outcome="ok")
def one_packet_lost(s):
    """A question is repeated after a second, and answered: that is what repetitions are for."""
    name = DC.format(D=s.domain)
    port = s.next_port()
    s.udp(s.dns, 53, dns(71, name), cport=port)
    s.wait(1)
    s.udp(s.dns, 53, dns(71, name), dns_reply(71, name, [srv_rr(QUESTION, s.host)]), cport=port)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.ldap().simple()


# ---- K10: operations without a bind ----


def modify(dn, attribute, value):
    return app(6, octets(dn), seq(seq(enumerated(2), seq(octets(attribute), setof(octets(value))))))


def person(s, name="bob"):
    return f"CN={name},OU=Staff," + s.config.removeprefix("CN=Configuration,")


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed", verdict=["bind|bound|anonymous"],
       never={"verdict": [NOTHING_WRONG]}, missing=WRONG)
def change_without_a_bind(s):
    """A telephone system writes a number and has lost its bind in an update."""
    good_start(s)
    conn = s.ldap()
    s.cite("ldap-not-bound", conn.ask(modify(person(s), "telephoneNumber", "4711"),
                                      result(7, 1, diagnostic=NOT_BOUND)))


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]}, missing=WRONG)
def search_of_people_without_a_bind(s):
    """No search for connection points: a user is looked for, anonymously, at the catalog, by IPv6."""
    s.over_ipv6()
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc, kind=AAAA)
    conn = s.ldap(port=3268)
    conn.anonymous()
    op = search("", 2, equal("sAMAccountName", "bob"), ["mail"])
    s.cite("ldap-not-bound", conn.ask(op, done(1, diagnostic=NOT_BOUND)))


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed", missing=WRONG)
def object_deleted_over_tls_without_a_bind(s):
    """TLS protects the connection and names nobody."""
    good_start(s)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    s.cite("ldap-not-bound", conn.ask(tlv(0x4A, person(s).encode()), result(11, 1, diagnostic=NOT_BOUND)))


@field("K10", shows={"ldap-not-bound": "note"}, recovered=["ldap-not-bound"], outcome="ok|hidden", missing=WRONG)
def bind_after_the_refusal(s):
    """The library learns from the refusal, binds and asks again."""
    good_start(s)
    conn = s.ldap()
    op = modify(person(s), "telephoneNumber", "4711")
    s.cite("ldap-not-bound", conn.ask(op, result(7, 1, diagnostic=NOT_BOUND)))
    conn.simple()
    conn.ask(op, result(7))


@field("K10", like=["ldap-not-bound"], outcome="ok")
def what_needs_no_bind(s):
    """The root of the directory, who-am-I and a ping over TCP are answered to anybody."""
    good_start(s)
    conn = s.ldap()
    conn.rootdse()
    conn.ask(app(23, tlv(0x80, b"1.3.6.1.4.1.4203.1.11.3")), result(24, more=tlv(0x8B, b"")))
    conn.simple()
    conn.ask(modify(person(s), "telephoneNumber", "4711"), result(7))


@field("K10", like=["ldap-not-bound", "ldap-bind-failed"])
def operations_error_of_another_meaning(s):
    """Result 1 with another code, on a connection that is bound: not for want of a bind."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.ask(modify(person(s), "member", "CN=x"),
             result(7, 1, diagnostic="000020D6: SvcErr: DSID-031007E5, problem 5012 (DIR_ERROR), data 0"))


# ---- K10: changes of a password ----


def password_change(s, version=1):
    ap = ap_req("kadmin/changepw", s.realm)
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    return struct.pack(">HHH", 6 + len(ap) + len(private), version, len(ap)) + ap + private


def password_answer(ap=b"", rest=b""):
    return struct.pack(">HHH", 6 + len(ap) + len(rest), 1, len(ap)) + ap + rest


def changepw_ticket(s, cname="alice"):
    """A ticket for the change itself, of the AS: an expired password is enough for it."""
    name = "kadmin/changepw"
    s.kdc(s.as_req(cname, name), s.error(25, name, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req(cname, name, pre=[timestamp()]), s.as_rep(cname, sname=name))


@field("K10", shows={"kpasswd-failed": "error"}, outcome="failed", says={"kpasswd-failed": ["AS exchange"]},
       never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def ticket_for_the_change_is_of_the_wrong_kind(s):
    """Over TCP and IPv6: the ticket came by a TGS, and the server wants one of the AS (result 7)."""
    s.over_ipv6()
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))
    text = b"\0\7Ticket must be derived from the AS exchange"
    t = s.tcp(s.dc, 464)
    asked = t.ask(marked(password_change(s)))
    error = s.error(60, "kadmin/changepw", data=text)
    s.cite("kpasswd-failed", asked, t.answer(marked(password_answer(rest=error))))


@field("K10", shows={"kpasswd-failed": "error"}, may=["clock-skew"], outcome="failed",
       says={"kpasswd-failed|clock-skew": ["clock|skew"]}, missing=NEW)
def clock_differs_at_the_change(s):
    """No result and no text, only the Kerberos code: 37."""
    s.ping(host=s.host)
    changepw_ticket(s)
    error = s.error(37, "kadmin/changepw")
    s.cite("kpasswd-failed", s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(rest=error)))


@field("K10", shows={"kpasswd-failed": "error"}, may=["service-key-mismatch"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def key_of_the_change_service_differs(s):
    """41 of a KDC of another make that has been restored from a backup; asked twice."""
    changepw_ticket(s)
    for _ in range(2):
        error = s.error(41, "kadmin/changepw", text="Decrypt integrity check failed")
        s.cite("kpasswd-failed", s.udp(s.dc, 464, password_change(s), password_answer(rest=error)))
        s.wait(1)


@field("K10", like=["kpasswd-failed"], outcome="ok|hidden")
def expired_password_changed(s):
    """What the server said is sealed; the logon after it shows that it was good."""
    s.ping(host=s.host)
    changepw_ticket(s)
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    s.udp(s.dc, 464, password_change(s), password_answer(ap_rep(), private))
    s.logon()


# ---- K10: StartTLS ----


START_TLS, FAST_BIND = b"1.3.6.1.4.1.1466.20037", b"1.2.840.113556.1.4.1781"


def extended(conn, name, code=0, diagnostic="", named=True):
    more = tlv(0x8A, name) if named else b""
    return conn.ask(app(23, tlv(0x80, name)), result(24, code, diagnostic=diagnostic, more=more))


@field("K10", shows={"starttls-failed": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def tls_asked_for_within_tls(s):
    """The port for TLS and StartTLS together: a setting too much (operationsError)."""
    good_start(s)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    s.cite("starttls-failed", extended(conn, START_TLS, 1, "00000000: LdapErr: DSID-0C090DF0, comment: TLS or "
                                       "SSL already in effect, data 0, v2580"))
    conn.t.connection.close()


@field("K10", shows={"starttls-failed": "error"}, outcome="failed")
def starttls_unknown_to_the_catalog(s):
    """Another make of server: protocolError, no name in the answer, port 3268, IPv6."""
    s.over_ipv6()
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    conn = s.ldap(port=3268)
    s.cite("starttls-failed", extended(conn, START_TLS, 2, "unsupported extended operation", named=False))
    conn.t.close()


@field("K10", shows={"starttls-failed": "note"}, recovered=["starttls-failed"], outcome="ok|hidden", missing=WRONG)
def second_dc_has_a_certificate(s):
    """dc1 has none, dc2 has one: the library goes on there."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.ping(host=s.host)
    s.cite("starttls-failed", extended(s.ldap(), START_TLS, 52, "Error initializing SSL/TLS"))
    conn = s.ldap(s.dc2)
    extended(conn, START_TLS)
    t = conn.t
    t.ask(client_hello("dc2." + s.domain))
    t.answer(server_hello() + tls_record(20, b"\1") + tls_data(1))
    t.ask(tls_record(20, b"\1") + tls_data(2))
    t.answer(tls_data(3))


@field("K10", like=["starttls-failed", "tls-failed"], outcome="ok|hidden")
def starttls_as_it_should_be(s):
    good_start(s)
    conn = s.ldap()
    extended(conn, START_TLS)
    t = conn.t
    t.ask(client_hello(s.host))
    t.answer(server_hello() + tls_record(20, b"\1") + tls_data(1))
    t.ask(tls_record(20, b"\1") + tls_data(2))
    t.answer(tls_data(3))


@field("K10", like=["starttls-failed"], outcome="ok")
def another_operation_is_not_known(s):
    """Fast bind is refused; the application does without."""
    good_start(s)
    conn = s.ldap()
    extended(conn, FAST_BIND, 2, "0000203D: LdapErr: DSID-0C090E3E, comment: Unknown extended request OID")
    conn.simple()
    conn.rootdse()


# ---- K10: answers cut, and TCP 53 ----


@field("K10", shows={"dns-tcp-blocked": "error"}, like=["srv-not-found"], outcome="failed",
       verdict=["TCP"], never={"verdict": [NOTHING_WRONG]})
def tcp_53_refused_by_both_resolvers(s):
    """Many DCs, and resolvers for UDP only."""
    for server in (s.dns, s.dns2):
        s.cite("dns-tcp-blocked", s.srv(DC, cut=True, server=server))
        s.cite("dns-tcp-blocked", s.syn(server, 53, "refused"))


@field("K10", shows={"dns-tcp-blocked": "error"}, may=["slow"], outcome="failed")
def tcp_53_silent_over_ipv6(s):
    """A KDC is looked for over IPv6; the firewall swallows the SYNs."""
    s.over_ipv6()
    s.cite("dns-tcp-blocked", s.srv("_kerberos._udp.{D}", cut=True))
    s.cite("dns-tcp-blocked", dead(s, s.dns, 53))


@field("K10", shows={"dns-tcp-blocked": "error"}, outcome="failed")
def tcp_53_prohibited_by_a_router(s):
    """ICMP says that it is the administrators' will; the answer had room for one record of many."""
    s.ident += 1
    name = SITE.format(D=s.domain)
    reply = dns_reply(s.ident, name, [], cut=True)
    s.cite("dns-tcp-blocked", s.udp(s.dns, 53, dns(s.ident, name), reply))
    s.cite("dns-tcp-blocked", s.syn(s.dns, 53, "prohibited"))


@field("K10", like=["dns-tcp-blocked", "srv-not-found"], outcome="ok")
def cut_and_fetched_over_tcp(s):
    s.srv(DC, cut=True)
    s.srv(DC, "dc1.{D}", "dc2.{D}", tcp=True)
    s.address(s.host, s.dc)
    s.ping(host=s.host)


@field("K10", like=["srv-not-found"], outcome="ok")
def second_resolver_gives_it_whole(s):
    """TCP 53 of the first one is closed; the second one's answer has room for all."""
    s.srv(DC, cut=True)
    s.syn(s.dns, 53, "refused")
    s.srv(DC, "dc1.{D}", "dc2.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)


# ---- K10: services not offered ----


def not_offered(s, name):
    """The one record's target is the root, RFC 2782."""
    s.ident += 1
    name = name.format(D=s.domain)
    record = srv_rr(QUESTION, b"\0", port=0, weight=0)
    return s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [record]))


@field("K10", shows={"srv-not-offered": "error"}, like=["srv-not-found"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
def domain_offers_no_directory(s):
    """The zone's new owner says for every name that the service is not offered."""
    s.cite("srv-not-offered", not_offered(s, SITE))
    s.cite("srv-not-offered", not_offered(s, DC))


@field("K10", shows={"srv-not-offered": "error"}, like=["srv-target-unresolvable"], outcome="failed")
def realm_offers_no_kdc_over_either_protocol(s):
    """A Linux client by IPv6; a careless look takes the dot for a target that lacks an address."""
    s.over_ipv6()
    s.cite("srv-not-offered", not_offered(s, "_kerberos._udp.{D}"))
    s.cite("srv-not-offered", not_offered(s, "_kerberos._tcp.{D}"))


@field("K10", outcome="ok")
def kdc_offered_over_tcp_alone(s):
    """What administrators are told to do who want no Kerberos over UDP."""
    not_offered(s, "_kerberos._udp.{D}")
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.kdc(s.as_req(), s.error(25), tcp=True)
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep(), tcp=True)


@field("K10", outcome="ok")
def no_autodiscover_by_srv(s):
    """A mail domain says that this way is not offered; another one worked."""
    not_offered(s, "_autodiscover._tcp.{D}")
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)


# ---- K10: realms ----


FORWARDABLE_ALONE = 0x40000010  # without canonicalize


def logon_as_typed(s, realm, tcp=False, server=None, options=FORWARDABLE_ALONE, cname="alice"):
    """The KDC answers in the realm's own spelling."""
    more = {"realm": realm, "sname": "krbtgt/" + realm, "options": options}
    frames = s.kdc(s.as_req(cname, **more), s.error(25), tcp=tcp, server=server)
    return frames + s.kdc(s.as_req(cname, pre=[timestamp()], **more), s.as_rep(cname), tcp=tcp, server=server)


@field("K10", shows={"realm-case-differs": "warn"}, never={"verdict": [NOTHING_WRONG]}, missing=NEW)
def realm_with_one_small_letter(s):
    """Corp, not CORP; the library compares letter by letter and asks the next KDC, over TCP."""
    typed = s.realm.capitalize()
    for server in (s.dc, s.dc2):
        s.cite("realm-case-differs", logon_as_typed(s, typed, tcp=True, server=server)[-2:])
        s.wait(2)


@field("K10", shows={"realm-case-differs": "warn"}, missing=NEW)
def keytab_with_small_realm(s):
    """A service logs on every minute with what stands in its keytab, and never gets on."""
    for _ in range(4):
        s.cite("realm-case-differs", logon_as_typed(s, s.domain, cname="svc-app")[-2:])
        s.wait(60)


@field("K10", like=["realm-case-differs"], outcome="ok")
def canonicalize_asked_for(s):
    """Windows asks for the right spelling and takes it."""
    logon_as_typed(s, s.domain, options=USUAL)


@field("K10", like=["realm-case-differs"], outcome="ok")
def spelling_not_minded(s):
    """A library that does not mind: it uses the ticket at once."""
    logon_as_typed(s, s.domain)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K10", shows={"wrong-realm": "error"}, outcome="failed",
       never={"verdict": [NOTHING_WRONG], "any": ["asks there"]}, missing=WRONG)
def every_kdc_says_wrong_realm(s):
    """The user's name has a suffix of another forest. Both KDCs refuse; the client knows no other."""
    for server in (s.dc, s.dc2):
        request = s.as_req("alice@partner.example", cname_kind=10)
        s.cite("wrong-realm", s.kdc(request, s.error(68), server=server))
        s.wait(1)


@field("K10", shows={"wrong-realm": "error"}, outcome="failed", missing=WRONG)
def wrong_realm_for_a_service(s):
    """TCP, after a good logon: a service's name belongs to a realm that the client does not ask."""
    s.logon()
    spn = "HTTP/app.partner.example"
    s.cite("wrong-realm", s.kdc(s.tgs_req(spn), s.error(68, spn), tcp=True))


@field("K10", like=["wrong-realm"], outcome="ok", missing=WRONG)
def other_realm_asked_as_told(s):
    """The KDC names the realm; the client finds its KDC, proves itself, gets its ticket."""
    other = "CHILD." + s.realm
    s.kdc(s.as_req("alice@" + s.domain, cname_kind=10), s.error(68, crealm=other))
    s.srv(f"_kerberos._tcp.child.{s.domain}", "cdc1.child.{D}", port=88)
    more = {"realm": other, "sname": "krbtgt/" + other}
    s.kdc(s.as_req(**more), s.error(25, more["sname"], realm=other), server=s.dc2)
    s.kdc(s.as_req(pre=[timestamp()], **more), s.as_rep(**more), server=s.dc2)


# ---- K10: other carriers ----


def kerberos_header(token, header="Authorization"):
    return f"{header}: Kerberos {base64.b64encode(token).decode()}"


@field("K10", shows={"service-key-mismatch": "error"})
def remote_shell_with_a_wrong_key(s):
    """WinRM's own scheme is called Kerberos, without SPNEGO; port 5985."""
    spn = f"WSMAN/srv1.{s.domain}"
    s.logon()
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    t = s.tcp(s.web, 5985)
    token = gss(AP_REQ_ID, ap_req(spn, s.realm))
    asked = t.ask(http_post(f"srv1.{s.domain}:5985", "/wsman", b"", kerberos_header(token)))
    error = gss(ERROR_ID, s.error(41, spn))
    said = t.answer(http_reply(401, b"", kerberos_header(error, "WWW-Authenticate")))
    s.cite("service-key-mismatch", asked, said)


@field("K10", shows={"ldap-bind-failed": "error"},
       never={"ldap-bind-failed": ["ticket", r"klist", r"setspn"]}, missing=WRONG)
def password_proof_without_kerberos_refused(s):
    """SCRAM has rounds as GSS has them, and nothing to do with tickets."""
    s.ping(host=s.host)
    conn = s.ldap()
    first = conn.ask(bind_sasl("SCRAM-SHA-256", b"n,,n=svc-app,r=abc"),
                     bind_response(14, credentials=b"r=abcdef,s=c2FsdA==,i=4096"))
    last = conn.ask(bind_sasl("SCRAM-SHA-256", b"c=biws,r=abcdef,p=cHJvb2Y="),
                    bind_response(49, CREDENTIALS.format("52e")))
    s.cite("ldap-bind-failed", last[1])
    assert first


# ---- K4: flat names ----


@field("K4", shows={"flat-domain-name": "warn"}, like=["srv-not-found"], outcome="failed",
       verdict=["ADATUM"])
def join_with_the_short_name(s):
    """ADATUM was typed where adatum.example belongs: bare and with the network's suffix."""
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.ADATUM", rcode=NXDOMAIN))
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.ADATUM.guest.example", rcode=NXDOMAIN))


@field("K4", shows={"flat-domain-name": "warn"}, may=["srv-resolver-failed"], like=["srv-not-found"],
       outcome="failed")
def resolver_fails_on_a_short_name(s):
    """SERVFAIL for what has one label, by IPv6; a realm is looked for, and nothing else is ever found."""
    s.over_ipv6()
    s.cite("flat-domain-name", s.srv("_kerberos._udp.LITWARE", rcode=SERVFAIL))
    s.cite("flat-domain-name", s.srv("_kerberos._tcp.LITWARE", rcode=SERVFAIL))


@field("K4", like=["srv-not-found"], outcome="ok|hidden")
def short_name_and_then_the_whole_one(s):
    """The resolver adds its suffix, which is the domain: nothing is lost."""
    s.srv("_ldap._tcp.dc._msdcs.WOODGROVE", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.dc._msdcs.WOODGROVE.{D}", rcode=NXDOMAIN)
    good_start(s)
    s.ldap().simple()


@field("K4", like=["srv-not-found", "flat-domain-name"], missing=WRONG)
def machine_of_a_workgroup(s):
    """It is in no domain: before activation it asks for the DCs of WORKGROUP, twice."""
    for _ in range(2):
        s.srv("_ldap._tcp.dc._msdcs.WORKGROUP.lan.example", rcode=NXDOMAIN)
        s.udp(s.dns, 53, dns(99, "_vlmcs._tcp.lan.example"),
              dns_reply(99, "_vlmcs._tcp.lan.example", rcode=NXDOMAIN))
        s.wait(5)
