# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds K9 and K10: lost time, other operations, answers cut, services not offered."""
import struct

from build import *  # noqa: F403
from cases import Ldap, url_entry
from cases_field_b import NOTHING_WRONG
from cases_ldap import NOT_BOUND
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
       never={"verdict": [NOTHING_WRONG]})
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
       never={"verdict": [NOTHING_WRONG]})
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


@field("K9", shows={"slow": "note"}, like=["kdc-unanswered"], says={"slow": ["{dc}"]}, outcome="ok")
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
       never={"verdict": [NOTHING_WRONG]})
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
       says={"slow": [r"\b6[0-9]\b|1 min"]}, never={"verdict": [NOTHING_WRONG]})
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


@field("K9", shows={"slow": "note"}, like=["kdc-unanswered"], outcome="ok")
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


@field("K9", shows={"slow": "warn"}, says={"slow": ["{dead}"]})
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


@field("K9", like=["srv-unanswered"], outcome="ok")
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
       never={"verdict": [NOTHING_WRONG]})
def change_without_a_bind(s):
    """A telephone system writes a number and has lost its bind in an update."""
    good_start(s)
    conn = s.ldap()
    s.cite("ldap-not-bound", conn.ask(modify(person(s), "telephoneNumber", "4711"),
                                      result(7, 1, diagnostic=NOT_BOUND))[-1])


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def search_of_people_without_a_bind(s):
    """No search for connection points: a user is looked for, anonymously, at the catalog, by IPv6."""
    s.over_ipv6()
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc, kind=AAAA)
    conn = s.ldap(port=3268)
    conn.anonymous()
    op = search("", 2, equal("sAMAccountName", "bob"), ["mail"])
    s.cite("ldap-not-bound", conn.ask(op, done(1, diagnostic=NOT_BOUND))[-1])


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed")
def object_deleted_over_tls_without_a_bind(s):
    """TLS protects the connection and names nobody."""
    good_start(s)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    s.cite("ldap-not-bound",
           conn.ask(tlv(0x4A, person(s).encode()), result(11, 1, diagnostic=NOT_BOUND))[-1])


@field("K10", shows={"ldap-not-bound": "note"}, recovered=["ldap-not-bound"], outcome="ok|hidden")
def bind_after_the_refusal(s):
    """The library learns from the refusal, binds and asks again."""
    good_start(s)
    conn = s.ldap()
    op = modify(person(s), "telephoneNumber", "4711")
    s.cite("ldap-not-bound", conn.ask(op, result(7, 1, diagnostic=NOT_BOUND))[-1])
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
       never={"verdict": [NOTHING_WRONG]})
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
       says={"kpasswd-failed|clock-skew": ["clock|skew"]})
def clock_differs_at_the_change(s):
    """No result and no text, only the Kerberos code: 37."""
    s.ping(host=s.host)
    changepw_ticket(s)
    error = s.error(37, "kadmin/changepw")
    s.cite("kpasswd-failed", s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(rest=error)))


@field("K10", shows={"kpasswd-failed": "error"}, may=["service-key-mismatch"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
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


@field("K10", shows={"starttls-failed": "note"}, recovered=["starttls-failed"], outcome="ok|hidden")
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


@field("K12", shows={"srv-not-offered": "error"}, never={"path": [r"(srv-not-offered:.*){2}"]}, outcome="failed")
def one_zone_offers_nothing_under_any_name(s):
    """One zone, one cause: three names of it are not three findings."""
    for name in (SITE, DC, "_ldap._tcp.{D}"):
        s.cite("srv-not-offered", not_offered(s, name))


@field("K10", shows={"srv-not-offered": "error"}, like=["srv-target-unresolvable"], outcome="failed")
def realm_offers_no_kdc_over_either_protocol(s):
    """A Linux client by IPv6; a careless look takes the dot for a target that lacks an address."""
    s.over_ipv6()
    s.cite("srv-not-offered", not_offered(s, "_kerberos._udp.{D}"))
    s.cite("srv-not-offered", not_offered(s, "_kerberos._tcp.{D}"))


@field("K10", shows={"srv-not-offered": "warn|note"}, recovered=["srv-not-offered?"], like=["srv-not-found"],
       outcome="ok")
def controllers_not_offered_and_a_directory_is(s):
    """The plain name leads to a server that takes the bind: an LDAP server that is no DC of this domain's."""
    s.cite("srv-not-offered", not_offered(s, DC))
    s.srv("_ldap._tcp.{D}", "ldap1.{D}")
    s.address("ldap1.{D}", s.dc2)
    s.ldap(s.dc2).simple()


@field("K10", outcome="ok")
def kdc_offered_over_tcp_alone(s):
    """What administrators are told to do who want no Kerberos over UDP."""
    not_offered(s, "_kerberos._udp.{D}")
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.kdc(s.as_req(), s.error(25), tcp=True)
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep(), tcp=True)


@field("K10", like=["srv-not-offered", "srv-not-found"], outcome="ok")
def another_service_not_offered(s):
    """Telephony and activation are no business of the locator."""
    not_offered(s, "_sipinternaltls._tcp.{D}")
    not_offered(s, "_vlmcs._tcp.{D}")
    good_start(s)
    s.ldap().simple()


@field("K10", outcome="ok")
def no_autodiscover_by_srv(s):
    """A mail domain says that this way is not offered; another one worked."""
    not_offered(s, "_autodiscover._tcp.{D}")
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)
