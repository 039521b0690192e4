# SPDX-License-Identifier: GPL-2.0-or-later
"""Healthy days full of what looks like faults: results other than 0, names that need not be there, walks through
realms, resets when all was said. Nothing in them is worth more than a note, and no first line may claim a fault.
"""
import base64

import tls
from build import *  # noqa: F403
from cases import Ldap
from cases_field_a import (
    MIT_ETYPES, accepted_by_smb, bytes_of, granted, logon, refused, signed_in, tgs, timed,
)
from cases_field_b_time import START_TLS, extended, good_start, person
from cases_field_c import FROM_MIT, ipv4, smb_by_ntlm
from cases_field_d import again, asked_for_proof
from cases_field_e import farewell
from cases_field_g_dns import COOKIE, MDNS, MDNS6, opt, option
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import NOTIFY, bound, people, referral, top
from cases_field_g_web import BAD_WEB, REDIRECTED, XML, at_home, ews, settings
from cases_ldap import CREDENTIALS, NOT_BOUND
from cases_web import connect, get, hidden_talk, post, response
from field import field
from net import NET, PORT, control, extended as extension, icmp, ldap_add, ldap_compare, ldap_delete, ldap_modify
from net import ldap_rename, paged
from smb import smb2_setup, smb2_setup_reply
from tls import Session, certificate_der

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
HEALTHY = r"\A[^\n]*(nothing wrong|went well)"
FAULT = r"\A[^\n]*(failed|warning|refuse|unanswered|not answer|: error)"
LOUD = r"(?m)^\s*(error|warn)\s"
BAD_LDAP = ["ldap-unanswered", "ldap-not-bound", "ldap-bind-failed", "starttls-failed", "scp-read-failed", "dc-unreachable"]
BAD_KERBEROS = ["krb-error", "wrong-realm", "client-unknown", "preauth-abandoned", "kdc-unanswered", "clock-skew",
                "ntlm-fallback", "no-common-etype", "service-key-mismatch"]
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
MINUTE = 60 * 10**9
DIRSYNC, SHOW_DELETED = "1.2.840.113556.1.4.841", "1.2.840.113556.1.4.417"
WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
NO_OBJECT = "0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of: ''"
POLICY = "0000052D: AtrErr: DSID-03190F80, #1: 0: 0000052D, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)"
OFFICE = "outlook.office365.com"


def kept_alive(t, end="c"):
    """A keep-alive: the byte before the next one once more, and the other end's word that it is there."""
    t.seq[end] -= 1
    t._segment(end, "A", b"\0")
    t._segment("s" if end == "c" else "c", "A")


def with_control(conn, op, oid_text, *answers, value=b"", critical=True):
    ident = conn._next()
    conn.t.ask(ldap(ident, op, ctx(0, control(oid_text, value, critical))))
    conn.t.answer(b"".join(ldap(ident, a) for a in answers))


def found_person(s, name="bob"):
    return entry(person(s, name), {"mail": [f"{name}@{s.domain}"]})


# ---- LDAP: operations that are refused and need not be granted ----


@field("K1", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_LDAP, never={"path": [LOUD]})
def identity_manager_tries_before_it_writes(s):
    """A Java connector over LDAPS: what the directory is, what there is already, and a password that the policy takes
    at the second try."""
    s.address(s.host, s.dc)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.rootdse()
    conn.simple(name="cn=svc-idm," + top(s))
    conn.ask(search("cn=schema", 0, None, ["attributeTypes"]), done(32, diagnostic=NO_OBJECT))
    conn.ask(search("cn=Aggregate,CN=Schema," + s.config, 0, None, ["attributeTypes"]), done())
    conn.ask(extension(WHO_AM_I),
             result(24, 2, diagnostic="0000203D: LdapErr: DSID-0C090E3E, comment: Unknown extended request OID"))
    conn.ask(people(s, "kim"), done())
    conn.ask(ldap_compare(person(s, "kim"), "memberOf", "x"), result(15, 32, diagnostic=NO_OBJECT))
    conn.ask(ldap_add(person(s, "kim"), objectClass="user"), result(9, 68))
    conn.ask(ldap_modify(person(s, "kim"), "displayName", "Kim"), result(7))
    for answer in (result(7, 19, diagnostic=POLICY), result(7)):
        conn.ask(ldap_modify(person(s, "kim"), "unicodePwd", '"secret"'), answer)
    conn.ask(ldap_rename(person(s, "kim"), "CN=Kim"), result(13))
    conn.ask(ldap_delete(person(s, "kim-old")), result(11, 32, diagnostic=NO_OBJECT))
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.connection.close()


@field("K1", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_LDAP + ["client-unknown"], never={"path": [LOUD]})
def storage_joins_and_its_account_was_there(s):
    """A filer: its account is prepared, so the add finds it (68) and a modify takes its place; one name is registered
    already (20); then the machine logs on by itself."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    good_start(s)
    logon(s, "joiner")
    conn = bound(s, name="joiner")
    conn.rootdse()
    conn.ask(search(top(s), 2, equal("sAMAccountName", "FILER7$"), ["cn"]), done())
    dn = "CN=FILER7,CN=Computers," + top(s)
    conn.ask(ldap_add(dn), result(9, 68, diagnostic="00002071: UpdErr: DSID-0305038D, problem 6005 (ENTRY_EXISTS), data 0"))
    conn.ask(ldap_modify(dn, "userAccountControl", "4096"), result(7))
    conn.ask(ldap_modify(dn, "servicePrincipalName", "HOST/filer7"),
             result(7, 20, diagnostic="00002083: AtrErr: DSID-03151830, #1: 0: 00002083, problem 1006 (ATT_OR_VALUE_EXISTS)"))
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.close()
    logon(s, "FILER7$")
    granted(s, s.ldap_spn)


@field("K1", verdict=[HEALTHY], like=BAD_LDAP + ["srv-not-found"], never={"path": [LOUD]})
def search_is_referred_to_the_child_and_followed(s):
    """sssd: the base of the child domain is not here (10), its controller is found, bound at, and has it."""
    child = "child." + s.domain
    base = "DC=child," + top(s)
    good_start(s)
    conn = bound(s, name="svc-sssd")
    conn.ask(people(s), search_reference(f"ldap://DomainDnsZones.{s.domain}/DC=DomainDnsZones,{top(s)}"), done())
    conn.ask(people(s, "eve", base=base),
             done(10, diagnostic="0000202B: RefErr: DSID-0310084A, data 0, 1 access points",
                  more=referral(f"ldap://{child}/{base}")))
    s.srv("_ldap._tcp." + child, "cdc1." + child)
    s.address("cdc1." + child, s.dc2)
    there = bound(s, s.dc2, name="svc-sssd")
    there.ask(people(s, "eve", base=base), entry("CN=eve," + base, {"mail": ["x"]}), done())
    for each in (there, conn):
        each.t.ask(ldap(each._next(), unbind()))
        each.t.close()


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok|hidden",
       like=["ldap-unanswered", "starttls-failed", "tls-failed", "ldap-not-bound"],
       never={"verdict": ["failed -", "with a warning"]})
def wiki_binds_its_users_on_one_connection(s):
    """StartTLS; the application's own account, then the user's twice, whose first password was mistyped, then its own again."""
    good_start(s)
    conn = s.ldap()
    extended(conn, START_TLS)
    conn.t = tls.Session(conn.t, s.c.keylog, host=s.host, names=[s.host])
    conn.simple(name="svc-wiki@" + s.domain)
    conn.ask(people(s), found_person(s), done())
    s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=person(s))[-1])
    s.wait(9)
    conn.simple(name=person(s))
    conn.simple(name="svc-wiki@" + s.domain)
    conn.ask(search(top(s), 2, extensible("1.2.840.113556.1.4.1941", "member", person(s)), ["cn"]), done())


@field("K3", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_LDAP + ["slow"], never={"path": [LOUD]})
def synchroniser_keeps_its_connection_for_hours(s):
    """DirSync, deleted objects, a notification without an end; a search whose entries come for forty seconds;
    keep-alives; another search is given up; and in the end the server resets."""
    good_start(s)
    conn = bound(s, name="MSOL_1")
    cookie = seq(integer(0), integer(1000), octets(b"cookie"))
    with_control(conn, search(top(s), 2, present("objectClass"), ["cn"]), DIRSYNC, found_person(s), done(), value=cookie)
    with_control(conn, search("CN=Deleted Objects," + top(s), 1, None, ["cn"]), SHOW_DELETED, done())
    watched = conn._next()
    conn.t.ask(ldap(watched, search(top(s), 2, present("objectClass"), ["cn"]), ctx(0, control(NOTIFY, b"", True))))
    ident = conn._next()
    conn.t.ask(ldap(ident, search(top(s), 2, present("mail"), ["mail"])))
    for n in range(20):
        conn.t.answer(ldap(ident, found_person(s, f"p{n}")))
        s.wait(2)
    conn.t.answer(ldap(ident, done()))
    given_up = conn._next()
    conn.t.ask(ldap(given_up, people(s, "*x*")))
    s.wait(4)
    conn.t.ask(ldap(conn._next(), abandon(given_up)))
    for _ in range(3):
        s.wait(300)
        kept_alive(conn.t)
    conn.t.answer(ldap(watched, found_person(s, "ann")))
    s.wait(300)
    kept_alive(conn.t, "s")
    conn.t.reset("s")


@field("K10", shows={"ldap-not-bound": "note"}, recovered=["ldap-not-bound"], outcome="ok|hidden",
       like=["ldap-unanswered", "scp-read-failed"], never={"verdict": ["failed -", "with a warning"]})
def catalog_asked_before_the_bind(s):
    """A telephone's address book at 3268 tries without a name first, is told to bind, binds, and repeats its search."""
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc)
    conn = s.ldap(port=3268)
    conn.rootdse()
    s.cite("ldap-not-bound", conn.ask(people(s, "b*", base=""), done(1, diagnostic=NOT_BOUND))[-1])
    conn.simple(name="phone@" + s.domain)
    conn.ask(people(s, "b*", base=""), found_person(s), done())
    conn.ask(people(s, "c*", base=""), found_person(s, "cid"), done(4))
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.reset("s")


@field("K2", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_LDAP + BAD_DNS + BAD_KERBEROS, never={"path": [LOUD]})
def mac_looks_for_its_own_directory_first(s):
    """opendirectoryd: no configuration record of Apple's (32), names without a record; Kerberos by TCP; a ticket,
    and the connection is sealed."""
    s.over_ipv6()
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc1.{D}")
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    s.srv("_kerberos-adm._tcp.{D}", rcode=NXDOMAIN)
    s.address(s.host, kind=A)
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host, client_host="MACBOOK3")
    conn = s.ldap()
    conn.anonymous()
    conn.rootdse()
    conn.ask(search("cn=macosxodconfig,cn=config," + top(s), 0, None, ["description"]), done(32, diagnostic=NO_OBJECT))
    conn.ask(search("cn=config," + top(s), 0, None, ["cn"]), done(32, diagnostic=NO_OBJECT))
    logon(s, "macbook3$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K1", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_LDAP, never={"path": [LOUD, "notice"]})
def idle_connections_are_ended_by_the_controller(s):
    """A pool: a quarter of an hour of silence, and the controller says goodbye (a notice to no request, 52) and
    closes; the pool opens another one when it needs it."""
    good_start(s)
    for _ in range(2):
        conn = bound(s)
        conn.ask(people(s), found_person(s), done())
        s.wait(900)
        farewell(conn, "The server has timed out this connection")
        s.wait(120)
    bound(s).ask(people(s), found_person(s), done())


@field("K1", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_LDAP, never={"path": [LOUD]})
def appliance_finds_its_base(s):
    """The wizard of a spam filter: the empty base that other directories take (1), the domain's name (34), and then
    what the rootDSE says; the same search has its entry."""
    s.address(s.host, s.dc)
    conn = bound(s)
    conn.ask(people(s, base=""), done(1, diagnostic="000020D6: SvcErr: DSID-031007DB, problem 5012 (DIR_ERROR), data 0"))
    conn.ask(people(s, base=s.domain),
             done(34, diagnostic="0000208F: NameErr: DSID-031001F7, problem 2006 (BAD_NAME), data 8349, best match of: ''"))
    conn.rootdse()
    conn.ask(people(s), found_person(s), done())
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.close()


# ---- DNS: several who are asked, and one who knows ----


@field("K4", like=BAD_DNS, verdict=[HEALTHY], never={"path": [LOUD]}, alone=True)
def neighbours_asked_by_the_link_s_own_address(s):
    """systemd-resolved, a domain below .local: mDNS and LLMNR from fe80:: get nothing, the DNS server knows it all."""
    s.named(f"{s.short}.local")
    link = "fe80::5c1a:10"
    s.others.add(link)
    for n, pause in enumerate((1, 2)):
        s.c.udp(link, 5353, MDNS6, 5353, dns(0, DC.format(D=s.domain), SRV, 0))
        s.c.udp(link, 5353, MDNS6, 5353, dns(0, s.host, A, 0))
        s.c.udp(link, 49152 + n, "ff02::1:3", 5355, dns(90 + n, "dc1", A, 0))
        if not n:
            s.found()
            s.address(s.host, s.dc)
        s.wait(pause)
    s.ping(host=s.host)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.c.udp("fe80::5c1a:99", 9999, link, 9999, b"synthetic")
    s.wait(60).hears_something()


@field("K4", like=BAD_DNS + ["slow"], outcome="ok|hidden", verdict=[HEALTHY], never={"path": [LOUD]})
def tunnel_s_server_knows_what_the_provider_s_does_not(s):
    """Split DNS of a VPN: the router at home says no, fails or keeps silent; the tunnel's server truncates, answers
    over TCP, and has an alias for the controller. A server that answers late finds the port closed."""
    router, size = "192.168.2.1", [opt(size=1232)]
    names = [f"dc{n}.{s.domain}" for n in range(1, 30)]
    alias = [rr(QUESTION, CNAME, dns_name("dc-a.hub." + s.domain)), address_rr("dc-a.hub." + s.domain, s.dc)]

    def both(name, kind, answer, denied, **more):
        """The two links' servers are asked at the same time."""
        name, ports, s.ident = name.format(D=s.domain), (s.next_port(), s.next_port()), s.ident + 2
        for n, server in enumerate((router, s.dns)):
            s.c.udp(s.client, ports[n], server, 53, dns(s.ident + n, name, kind, additional=size))
        s.c.udp(s.dns, 53, s.client, ports[1], dns_reply(s.ident + 1, name, answer, kind=kind, additional=size, **more))
        if denied is not None:
            late = s.c.udp(router, 53, s.client, ports[0], dns_reply(s.ident, name, rcode=denied, kind=kind))
            if denied == REFUSED:
                s.c.add(port_unreachable(ipv4(s, late)))

    both(DC, SRV, [srv_rr(QUESTION, x) for x in names[:3]], NXDOMAIN, cut=True)
    s.ident += 2
    t = s.tcp(s.dns, 53)
    t.ask(over_tcp(dns(s.ident, DC.format(D=s.domain), additional=size)))
    t.answer(over_tcp(dns_reply(s.ident, DC.format(D=s.domain), [srv_rr(QUESTION, x) for x in names], additional=size)))
    t.close()
    both("_kerberos._tcp.{D}", SRV, [srv_rr(QUESTION, s.host, 88)], SERVFAIL)
    both(s.host, AAAA, [], None, authority=[soa_rr(s.domain)])
    both(s.host, A, alias, REFUSED)
    s.ping(host=s.host)
    s.logon()


@field("K4", like=BAD_DNS, outcome="ok|hidden", verdict=[HEALTHY], never={"path": [LOUD]})
def questions_in_a_row_on_one_connection(s):
    """A resolver that keeps its TCP connection: three questions at once, answers in another order, cookies, a segment
    that TCP repeats; NODATA for IPv6; the server resets when all was said."""
    cookie = [opt(option(COOKIE, b"8 bytes.16 bytes of its."))]
    t = s.tcp(s.dns, 53)
    names = [(DC, SRV, [srv_rr(QUESTION, s.host)]), ("dc1.{D}", AAAA, []), ("dc1.{D}", A, [address_rr(QUESTION, s.dc)])]
    asked = b"".join(over_tcp(dns(70 + n, name.format(D=s.domain), kind, additional=cookie))
                     for n, (name, kind, _) in enumerate(names))
    t.ask(asked)
    s.wait(0.3)
    again(t, "c", asked)
    for n in (2, 1, 0):
        name, kind, records = names[n]
        t.answer(over_tcp(dns_reply(70 + n, name.format(D=s.domain), records, kind=kind, additional=cookie,
                                    authority=[] if records else [soa_rr(s.domain)])))
    t.reset("s")
    s.ping(host=s.host)
    s.logon()
    bound(s).ask(people(s), found_person(s), done())


# ---- the web: where settings lead ----


@field("K8", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_WEB + ["ntlm-fallback", "srv-not-found"], never={"path": [LOUD]})
def names_of_the_internet_are_the_proxy_s_affair(s):
    """Inside, DNS knows no name of the Internet: the proxy finds it. It asks for NTLM, as it always has; within the
    tunnel JSON names the cloud's own host, which is reached the same way."""
    s.address(OFFICE, rcode=NXDOMAIN)
    uri = f"/autodiscover/autodiscover.json/v1.0/alice%40{s.domain}?Protocol=EWS"
    body = b'{"Protocol":"EWS","Url":"https://' + OFFICE.encode() + b'/EWS/Exchange.asmx"}'
    for n in range(2):
        t = s.tcp(s.web2, 3128)
        connect(t, OFFICE, status=407, more=["Proxy-Authenticate: NTLM"])
        first, second, third = (base64.b64encode(ntlm(k)).decode() for k in (1, 2, 3))
        connect(t, OFFICE, f"Proxy-Authorization: NTLM {first}", status=407, more=[f"Proxy-Authenticate: NTLM {second}"])
        connect(t, OFFICE, f"Proxy-Authorization: NTLM {third}")
        inner = Session(t, s.c.keylog, host=OFFICE, names=[OFFICE, "*.office365.com"])
        if not n:
            get(s, inner, OFFICE, uri=uri, answer=body)
        else:
            post(s, inner, OFFICE, "Authorization: Bearer synthetic", uri="/EWS/Exchange.asmx", body=b"<GetFolder/>")
        t.close()
        s.wait(1)


@field("K8", outcome="ok|hidden", like=["tls-failed", "http-error", "proxy-refused", "endpoint-unresolvable"],
       may=["slow"], never={"verdict": [r"failed", "with a warning"], "path": [r"(?m)^\s*(error|warn)\s+endpoint"]})
def notebook_at_home_tries_the_inner_host_too(s):
    """POX of a hybrid: the inner URL's host has a private address even outside, which nobody answers for; the outer
    host serves a second later."""
    inner = "ex7.inner." + s.domain
    at_home(s, settings(ews(inner), ews(s.mail)))
    s.address(inner, "172.16.40.7")
    s.syn("172.16.40.7", 443, "silent", times=2)
    s.address(s.mail, s.web2)
    hidden_talk(s, s.web2, s.mail)
    s.wait(40)


@field("K8", shows={"endpoint-unreachable": "note"}, recovered=["endpoint-unreachable"], outcome="ok|hidden",
       like=["redirect-not-followed", "http-unauthorized", "autodiscover-error", "redirect-loop"],
       supported={"endpoint-unreachable": ["http alone"]}, never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def tenant_s_alias_redirects_the_address_once(s):
    """autodiscover.D is the cloud's alias: nothing on 443, over http the way; 401 with a challenge of Bearer, then a
    token; POX gives the mailbox's other address, which is asked for at the same host."""
    s.over_ipv6()
    host, cloud = "autodiscover." + s.domain, "2001:db8:36::5"
    s.ident += 1
    answers = [rr(QUESTION, CNAME, dns_name("autodiscover.outlook.com")),
               rr("autodiscover.outlook.com", CNAME, dns_name("atod-g2.tm-4.office.com")),
               address_rr("atod-g2.tm-4.office.com", cloud)]
    s.udp(s.dns, 53, dns(s.ident, host, AAAA), dns_reply(s.ident, host, answers, kind=AAAA))
    s.cite("endpoint-unreachable", s.syn(cloud, 443, "refused"))
    get(s, s.tcp(cloud, 80), host, status=302, more=[f"Location: https://{REDIRECTED}{XML}"])
    s.address(REDIRECTED, "2001:db8:36::6", kind=AAAA)
    t = s.https("2001:db8:36::6", REDIRECTED)
    bearer = "Authorization: Bearer synthetic"
    post(s, t, REDIRECTED, status=401, answer=b"",
         more=['WWW-Authenticate: Bearer client_id="1", authorization_uri="https://login.example/"'])
    post(s, t, REDIRECTED, bearer, answer=response(
        f"<Account><Action>redirectAddr</Action><RedirectAddr>alice@{s.short}.mail.onmicrosoft.example</RedirectAddr></Account>"))
    post(s, t, REDIRECTED, bearer, answer=settings(ews(OFFICE)), body=b"<Autodiscover>" + s.short.encode() + b"</Autodiscover>")


@field("K6", outcome="ok|hidden", verdict=[HEALTHY], like=BAD_WEB + ["dc-unreachable", "ldap-unanswered"], never={"path": [LOUD]})
def hosts_are_named_by_their_addresses(s):
    """A workshop: LDAPS and EWS by address, certificates that have these addresses, no name in the
    greeting; one session ends with a reset after its data."""
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(client_hello())
        t.answer(server_hello() + tls_certificate(certificate_der(s.host, s.dc)))
        t.ask(tls_record(20, b"\1") + tls_data(1))
        t.answer(tls_record(20, b"\1") + tls_data(2))
        t.ask(tls_data(3))
        t.answer(tls_data(4))
        t.reset("c")
        s.wait(30)
    at_home(s, settings(ews(s.web2)))
    t = s.tcp(s.web2, 443)
    t.ask(client_hello())
    t.answer(server_hello() + tls_certificate(certificate_der(s.mail, s.web2)))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.close()


# ---- Kerberos ----


@field("K6", shows={SPN: "note"}, recovered=[SPN], like=["wrong-realm", "krb-error", "kdc-unanswered"], outcome="ok|hidden",
       never={"verdict": ["failed -", "with a warning"], "path": [LOUD], SPN: ["There is no trust"]})
def walk_through_two_forests_and_home_again(s):
    """A child's user: no short cut (7), then the root, the partner's root and the partner's child; back home for a
    server of one's own; and the same walk for the same name an hour later, by TCP after 52."""
    root, other = ("root" + s.domain).upper(), ("partner" + s.domain).upper()
    leaf = "SALES." + other
    signed_in(s).sealed()
    spn = "cifs/nas." + leaf.lower()
    s.cite(SPN, refused(s, 7, "krbtgt/" + leaf))
    for tcp in (False, True):
        s.at_hand = (s.tgt, s.realm)
        if tcp:
            s.kdc(tgs(s, spn), s.error(52, spn))
        granted(s, spn, gives="krbtgt/" + root, tcp=tcp)
        granted(s, spn, root, gives="krbtgt/" + other, server=s.dc2, tcp=tcp)
        granted(s, spn, other, gives="krbtgt/" + leaf, server=s.dc3, tcp=tcp)
        granted(s, spn, leaf, server=s.web, tcp=tcp)
        t = s.tcp(s.web2, 445)
        t.ask(smb2_setup(nego_init(gss(AP_REQ_ID, ap_req(spn, leaf, cipher=bytes_of(s, spn))))))
        t.answer(smb2_setup_reply(nego_resp(gss(AP_REP_ID, ap_rep()))))
        s.at_hand = (s.tgt, s.realm)
        granted(s, "cifs/fs1." + s.domain)
        s.wait(3600)


@field("K5", shows={"password-wrong": "note"}, recovered=["password-wrong"], may=[SPN], outcome="ok|hidden",
       like=["krb-error", "ntlm-fallback", "preauth-abandoned", "client-unknown"],
       never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def terminal_server_in_the_morning(s):
    """Its own account and three people: one mistypes her password once; one takes a file server by its short name,
    one over user-to-user; a scanner in no domain takes NTLM, as ever."""
    signed_in(s, "TS1$").sealed()
    logon(s, "ann")
    granted(s, "cifs/fs1")
    accepted_by_smb(s, s.web, "cifs/fs1")
    asked_for_proof(s, "bea")
    s.cite("password-wrong", s.kdc(s.as_req("bea", pre=timed()), s.error(24)))
    s.wait(11)
    logon(s, "bea")
    granted(s, "cifs/fs1." + s.domain)
    accepted_by_smb(s, s.web, "cifs/fs1." + s.domain)
    logon(s, "cem")
    refused(s, 27, "cem@" + s.realm)
    other = ticket(s.tgt, s.realm, cipher=b"TGT of the other cem")
    s.kdc(tgs(s, "cem@" + s.realm, tickets=(other,), options=USUAL | ENC_TKT_IN_SKEY), s.tgs_rep("cem@" + s.realm, cname="cem"))
    smb_by_ntlm(s, s.web2)
    logon(s, "ann")
    granted(s, "cifs/fs1." + s.domain)


@field("K7", like=["clock-skew", "client-unknown", "preauth-abandoned", "krb-error", "no-common-etype"], outcome="ok|hidden",
       shows={"password-wrong": "note"}, recovered=["password-wrong"], never={"verdict": ["failed -", "with a warning"]})
def daemon_with_two_keys_in_its_keytab(s):
    """MIT, a clock four minutes behind: three principals of one keytab; the key that was set yesterday has not reached
    this program, whose older one is refused (24) before the newer one is taken."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    ahead = 4 * MINUTE

    def starts(name, **more):
        s.kdc(s.as_req(name, pre=FROM_MIT, etypes=MIT_ETYPES),
              s.error(25, data=padata((19, etype_info2()), (2, b"")), stime=s.c.time + ahead, **more))

    for name, account in (("BUILD4$", "BUILD4$"), (["HTTP", "build4." + s.domain], "svc-http"),
                          (["nfs", "build4." + s.domain], "svc-nfs")):
        starts(name)
        if name == "BUILD4$":
            s.cite("password-wrong", s.kdc(s.as_req(name, pre=timed(*FROM_MIT), etypes=MIT_ETYPES),
                                           s.error(24, stime=s.c.time + ahead)))
            starts(name)
        s.kdc(s.as_req(name, pre=timed(*FROM_MIT), etypes=MIT_ETYPES), s.as_rep(account, cipher=f"TGT of {account}".encode()))
        s.wait(2)
    s.who = "BUILD4$"
    for _ in range(3):
        s.kdc(tgs(s, s.ldap_spn, cipher=b"TGT of BUILD4$"),
              s.tgs_rep(s.ldap_spn, cname="BUILD4$", cipher=bytes_of(s, s.ldap_spn)))
        s.wait(20)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K2", may=[SPN], like=["ntlm-fallback", "pkinit-failed", "client-unknown", "krb-error"], outcome="ok|hidden",
       never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def heimdal_client_tries_several_names_of_a_server(s):
    """A Mac: anonymous PKINIT is not offered; the server's name of Bonjour is in no account, its whole name is, and
    the same machine takes that ticket."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.kdc(s.as_req(["WELLKNOWN", "ANONYMOUS"], cname_kind=11, options=USUAL | REQUEST_ANONYMOUS), s.error(6), tcp=True)
    logon(s, "ines", tcp=True)
    s.c.udp(s.client, 5353, MDNS, 5353, dns(0, "studio.local", A, 0))
    s.c.udp(s.web, 5353, s.client, 5353, dns(0, "", flags=0x8400, questions=0, answers=[address_rr("studio.local", s.web)]))
    refused(s, 7, "cifs/studio.local", tcp=True)
    s.address("studio.{D}", s.web)
    granted(s, "cifs/studio." + s.domain, tcp=True)
    accepted_by_smb(s, s.web, "cifs/studio." + s.domain)


# ---- TCP, ICMP, the edges of a capture ----


@field("K3", like=BAD_LDAP + BAD_DNS + BAD_KERBEROS, outcome="ok|hidden", verdict=[HEALTHY], never={"path": [LOUD]})
def line_that_loses_packets_and_a_router_that_complains(s):
    """Requests and answers that TCP repeats, a SYN that comes twice, keep-alives, resets when all was said; ICMP about
    a printer, about a closed port of the client, and about a packet of which the repetition arrived."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    printer = s.c.udp(s.client, 50161, s.web2, 161, b"synthetic")
    s.c.add(icmp(PORT, ipv4(s, printer)))
    t = s.c.tcp(s.client, s.next_port(), s.dc, 88, handshake=False)
    start = t.seq["c"]
    lost = t.open("cS")
    s.c.add(icmp(NET, ipv4(s, lost[0]), sender="192.0.2.7", most=28))
    t.seq["c"] = start
    s.wait(1)
    t.open("cS", "sSA", "cA")
    request = marked(s.as_req("svc-app", pre=timed()))
    t.ask(request)
    s.wait(0.2)
    again(t, "c", request)
    reply = marked(s.as_rep("svc-app"))
    t.answer(reply)
    again(t, "s", reply)
    t.reset("c")
    conn = bound(s)
    asked = ldap(conn._next(), people(s))
    conn.t.ask(asked)
    for pause in (0.3, 0.6):
        s.wait(pause)
        again(conn.t, "c", asked)
    conn.t.answer(ldap(conn.id, found_person(s)) + ldap(conn.id, done()))
    for _ in range(4):
        s.wait(60)
        kept_alive(conn.t)
    late = s.c.udp(s.dns, 53, s.client, 50999, dns_reply(9, "www." + s.domain, kind=A))
    s.c.add(port_unreachable(ipv4(s, late)))
    conn.t.reset("s")


@field("K3", like=BAD_LDAP + BAD_KERBEROS, outcome="ok|hidden|incomplete", alone=True,
       never={"verdict": [FAULT], "path": [LOUD]})
def capture_of_two_minutes_in_the_middle(s):
    """It begins on open connections and ends on them: an answer without its question, sealed data, a page of a search;
    the last search is two seconds old when it ends."""
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    old = Ldap(s, t)
    old.id = 311
    t.answer(ldap(311, found_person(s)) + ldap(311, done()))
    old.ask(people(s), found_person(s), done())
    hidden = Ldap(s, s.c.tcp(s.client, s.next_port(), s.dc2, 389, handshake=False))
    hidden.sealed(3)
    s.udp(s.dc, 88, None, s.tgs_rep("cifs/fs1." + s.domain))
    s.found()
    s.ping(host=s.host)
    ident = old._next()
    t.ask(ldap(ident, search(top(s), 2, present("mail"), ["mail"]), paged(1)))
    t.answer(ldap(ident, found_person(s)) + ldap(ident, done(), paged(0, b"more")))
    s.wait(110)
    kept_alive(t)
    old.ask(people(s, "*q*"))
    s.wait(2)
    s.hears_something()
