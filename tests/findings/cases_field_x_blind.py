# SPDX-License-Identifier: GPL-2.0-or-later
"""A fourth round of public reports and their healthy neighbours, written down before the rules were read.

Clients that are not Windows have more of it than before: join tools, libraries of Java, Go and Python, appliances. Kinds
K2 (a sequel makes it healthy), K3 (bytes are looked at before anybody is called silent), K4 (names), K6 (causes that the
packets support or refute), K8 (autodiscover and its redirects), K9 (lost time), K10 (other operations), K12 (one story).
"""
from cases import url_entry
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV, hello
from cases_field_t_blind import BAD_WEB, dual, hung_up, signed_on, tunnel
from cases_field_u_blind import NXDOMAIN, PASSWORD, chain, top
from cases_field_v_blind import SERVFAIL, changepw_ticket, closed, controllers, shaken
from cases_reports import pk_as_req
from cases_web import BASIC, SETTINGS, XML, directory, get, pox, pox_error, post
from field import field
from net import *  # noqa: F403
from web import alert, certificate_of

HTTPS = 65  # the type of RFC 9460
SLOW_FORWARDER = 10


# ---- DNS ----


def late(s, name, seconds, rcode):
    """A resolver that keeps the question for so long."""
    s.ident += 1
    name, port = name.format(D=s.domain), s.next_port()
    asked = s.udp(s.dns, 53, dns(s.ident, name), cport=port)
    s.wait(seconds)
    answers = [srv_rr(QUESTION, s.host)] if rcode == 0 else []
    return asked + s.udp(s.dns, 53, None, dns_reply(s.ident, name, answers, rcode=rcode), cport=port)


@field("K9", shows={"srv-resolver-failed": "error"}, outcome="failed", may=["slow"], says={"srv-resolver-failed": "SERVFAIL"}, verdict="could not or would not look up",
       causes={"srv-resolver-failed": "forward"}, lost=(29, 31), never={"verdict": CALM, "srv-resolver-failed": "DNSSEC is|signature"})
def forwarder_leads_to_servers_that_are_gone(s):
    """From memory: the conditional forwarder has the addresses of controllers that were replaced: ten seconds, and SERVFAIL."""
    for name in (DC_SRV, "_ldap._tcp.{D}", "_kerberos._tcp.{D}"):
        s.cite("srv-resolver-failed", late(s, name, SLOW_FORWARDER, SERVFAIL))


@field("K9", outcome="ok", may=["slow"], like=["srv-resolver-failed", "srv-unanswered"], never={"verdict": "failed -"})
def forwarder_needs_two_seconds_for_the_first_question(s):
    """The first server of its list is down; what it learned then is quick."""
    late(s, DC_SRV, 2, 0)
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().gssapi()


@field("K6", missing="that other names have the same address is not looked at", shows={"dc-unreachable|ping-unanswered": "error"}, outcome="failed", supported={"dc-unreachable|ping-unanswered": "wildcard|other names|same address|every name"},
       never={"verdict": CALM, "any": "firewall (drops|silently)|host is down"})
def scavenged_controller_is_answered_by_the_wildcard(s):
    """From memory: scavenging took the controller's address, and the zone has an entry for all other names: the web server's."""
    for name in ("wpad.{D}", f"printer{s.port}.{{D}}"):
        s.address(name, s.web)
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.web)
    for _ in range(2):
        s.cite("dc-unreachable|ping-unanswered", closed(s, s.web)[2:4])
        s.wait(3)


@field("K4", outcome="ok", verdict=CALM, like=["dc-unreachable", "ping-unanswered"])
def zone_has_a_wildcard_and_the_controller_its_own_address(s):
    for name in ("wpad.{D}", f"printer{s.port}.{{D}}"):
        s.address(name, s.web)
    signed_on(s)
    s.ldap().gssapi()


@field("K3", shows={"endpoint-unresolvable": "error|warn"}, causes={"endpoint-unresolvable": "AAAA|IPv6"}, never={"verdict": CALM})
def balancer_denies_the_whole_name_for_its_address_of_version_6(s):
    """RFC 4074 4.2: the balancer's name server says NXDOMAIN to AAAA; the resolver keeps that for the name, and its address of IPv4 is gone."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for n in range(2):
        s.address(s.mail, rcode=NXDOMAIN, kind=AAAA)
        denied = s.address(s.mail, rcode=NXDOMAIN)[1:]
        if n == 0:
            s.cite("endpoint-unresolvable", denied)
        s.wait(20)


@field("K3", outcome="ok", verdict=CALM, like=["endpoint-unresolvable", "endpoint-unreachable"])
def balancer_denies_version_6_and_the_address_of_version_4_is_there(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, rcode=NXDOMAIN, kind=AAAA)
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K3", outcome="ok", verdict=CALM, like=["endpoint-unresolvable", "srv-target-unresolvable"])
def names_are_asked_for_by_the_type_of_https_too(s):
    """RFC 9460: browsers and newer systems ask for type 65; a server that has none says NXDOMAIN or nothing, and A is answered."""
    for host, rcode in ((s.host, 0), (s.mail, NXDOMAIN)):
        s.address(host, rcode=rcode, kind=HTTPS)
    s.found()
    s.address(s.host, s.dc)
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, rcode=NXDOMAIN, kind=HTTPS)
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K2", alone=True, outcome="ok", like=["srv-unanswered", "srv-not-found", "slow"], never={"verdict": "failed -"})
def resolvers_of_a_site_that_nobody_has(s):
    """From memory: old systems ask fec0:0:0:ffff::1 to ::3 at the same time as the resolver that they were given."""
    four, six, _ = dual(s)
    for n in (1, 2, 3):
        s.c.udp(six, s.next_port(), f"fec0:0:0:ffff::{n}", 53, dns(900 + n, DC_SRV.format(D=s.domain)))
    s.client = four
    signed_on(s)
    s.ldap().gssapi()
    s.hears_something()
    s.wait(60)
    s.hears_something()


# ---- LDAP: operations ----

OUTSTANDING = "00002024: LdapErr: DSID-0C0607F8, comment: No other operations may be performed on the connection while a bind is outstanding., data 0, v2580"


@field("K6", shows={"scp-read-failed": "warn|error"}, first={"scp-read-failed": "bind|same connection|one connection"}, supported={"scp-read-failed": "bind"},
       never={"verdict": CALM, "scp-read-failed": "overload|too many (requests|clients)|database|restart"})
def threads_share_a_connection_and_one_of_them_binds(s):
    """https://github.com/project-zot/zot/issues/224: a program binds and searches at once on one connection: 51, busy."""
    signed_on(s)
    conn = s.ldap()
    for _ in range(3):
        number = conn._next()
        conn.t.ask(ldap(number, bind("cn=svc", "synthetic")))
        s.cite("scp-read-failed", conn.scp(code=51, diagnostic=OUTSTANDING))
        conn.t.answer(ldap(number, bind_response()))
        s.wait(2)


@field("K2", outcome="ok", may=["scp-read-failed"], recovered=["scp-read-failed?"], never={"verdict": "failed -"})
def thread_asks_again_when_the_bind_is_over(s):
    signed_on(s)
    conn = s.ldap()
    number = conn._next()
    conn.t.ask(ldap(number, bind("cn=svc", "synthetic")))
    conn.scp(code=51, diagnostic=OUTSTANDING)
    conn.t.answer(ldap(number, bind_response()))
    conn.scp(url_entry(s, 1))


def refer(s, to, dn):
    """LDAPResult.referral, RFC 4511 4.1.10."""
    text = f"0000202B: RefErr: DSID-0310082F, data 0, 1 access points\n\tref 1: '{to}'\n"
    return {"diagnostic": text, "more": ctx(3, octets(f"ldap://{to}/{dn}"))}


@field("K10", outcome="ok|failed", verdict=["modify", r"referral \(10\)"], never={"verdict": CALM + "|too little"})
def portal_writes_to_the_catalog(s):
    """https://github.com/ltb-project/self-service-password/issues/435: the catalog is for reading, and sends who writes elsewhere."""
    signed_on(s)
    dn = f"CN=Alice,CN=Users,{top(s)}"
    for _ in range(2):
        conn = s.ldap(port=3268)
        conn.simple()
        conn.ask(ldap_modify(dn), result(7, 10, **refer(s, s.domain, dn)))
        s.wait(3)


@field("K2", outcome="ok", like=["ldap-not-bound"], never={"verdict": "failed -|nobody|not followed"})
def portal_is_sent_from_the_catalog_to_the_domain(s):
    signed_on(s)
    dn = f"CN=Alice,CN=Users,{top(s)}"
    conn = s.ldap(port=3268)
    conn.simple()
    conn.ask(ldap_modify(dn), result(7, 10, **refer(s, s.domain, dn)))
    s.address(s.domain, s.dc)
    conn = s.ldap()
    conn.simple()
    conn.ask(ldap_modify(dn), result(7))


def person_search(s, conn, *answers):
    return conn.ask(search(top(s), 2, equal("sAMAccountName", "alice"), ["cn"]), *answers)


@field("K10", outcome="ok|failed", verdict=r"referral \(10\)", never={"verdict": CALM + "|too little"})
def daemon_asks_a_controller_of_the_child_for_users_of_the_parent(s):
    """https://github.com/SSSD/sssd/issues/5351: a catalog of another domain of the forest was taken for the own domain's server."""
    parent = s.domain
    signed_on(s)
    s.ping(domain="child." + parent, server=s.dc2, host="dc2.child." + parent, forest=parent)
    for _ in range(2):
        conn = s.ldap(s.dc2)
        conn.simple()
        person_search(s, conn, done(10, **refer(s, parent, top(s))))
        s.wait(4)


@field("K10", outcome="ok", verdict=CALM, like=["scp-none"])
def nobody_is_found_and_references_are_left_alone(s):
    """A search from the top names the partitions beside it; the name is not there, and that is an answer."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    refs = [search_reference(f"ldap://{x}DnsZones.{s.domain}/DC={x}DnsZones,{top(s)}") for x in ("Forest", "Domain")]
    person_search(s, conn, *refs, done())


# ---- LDAP: connections and TLS ----


@field("K6", shows={"dc-unreachable|ldap-unanswered": "error"}, outcome="failed", says={"dc-unreachable|ldap-unanswered": "clos"},
       never={"verdict": CALM, "any": "firewall (drops|silently)|host is down|nothing listens"})
def controller_closes_each_new_connection_at_once(s):
    """From memory: it has as many connections as it may have, and ends each new one before anything is said on it."""
    signed_on(s)
    for _ in range(4):
        t = s.tcp(s.dc, 389)
        hung_up(t)
        s.cite("dc-unreachable|ldap-unanswered", len(s.c.frames) - 3)
        s.wait(5)


@field("K2", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"])
def spare_connection_of_a_pool_is_closed_for_want_of_use(s):
    signed_on(s)
    spare = s.tcp(s.dc, 389)
    conn = s.ldap()
    conn.simple()
    s.wait(899)
    conn.rootdse()
    hung_up(spare)
    conn.rootdse()


@field("K4", shows={"tls-failed": "error"}, may=["tls-name-mismatch"], outcome="failed", verdict="certificate_unknown", first={"tls-failed": "name"}, causes={"tls-failed": "name of the domain|domain('s)? (own )?name"},
       says={"tls-failed": "{D}"}, never={"verdict": CALM, "tls-failed": "expired"})
def ldaps_is_asked_by_the_domain_s_name(s):
    """https://github.com/adminsyspro/proxcenter-ui/issues/977 has the limit: the domain's name leads to all controllers, and none's certificate has it."""
    signed_on(s)
    s.address(s.domain, s.dc, s.dc2)
    for n, server in ((1, s.dc), (2, s.dc2)):
        host = f"dc{n}.{s.domain}"
        s.cite("tls-failed", shaken(s, server, s.domain, certificate_of([host], host), 46))
        s.wait(2)


@field("K4", outcome="ok|hidden", like=["tls-failed", "tls-name-mismatch"], never={"verdict": "failed"})
def ldaps_by_the_domain_s_name_and_the_certificate_has_both(s):
    signed_on(s)
    s.address(s.domain, s.dc, s.dc2)
    shaken(s, s.dc, s.domain, certificate_of([s.host, s.domain], s.host))


@field("K6", shows={"tls-failed": "error"}, outcome="failed", first={"tls-failed": "signature|SHA-?1|weak|key"}, never={"verdict": CALM, "tls-failed": "has expired|authority is not"})
def certificate_is_too_weak_for_a_new_library(s):
    """From memory, of OpenSSL's levels: a signature with SHA-1, or a key of 1024 bits, is a bad certificate (42)."""
    signed_on(s)
    for _ in range(2):
        s.cite("tls-failed", shaken(s, s.dc, s.host, certificate_of([s.host], s.host), 42))
        s.wait(3)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", verdict="revoked", first={"tls-failed": "revoked"}, never={"verdict": CALM, "tls-failed": "expired"})
def certificate_of_the_controller_was_revoked(s):
    """From memory: after a change of the authority all that it had issued was revoked, the controller's among them (44)."""
    signed_on(s)
    for _ in range(2):
        s.cite("tls-failed", shaken(s, s.dc, s.host, certificate_of([s.host], s.host), 44))
        s.wait(3)


@field("K2", outcome="ok", verdict=CALM, like=["tls-failed"])
def certificate_of_somebody_else_was_revoked(s):
    signed_on(s)
    s.ldap().gssapi()
    s.address("updates.vendor.example", s.web2)
    t = s.tcp(s.web2, 443)
    t.ask(hello("updates.vendor.example"))
    t.answer(chain(certificate_of(["updates.vendor.example"])))
    t.ask(alert(2, 44))
    hung_up(t, "c")


@field("K6", shows={"tls-failed": "error"}, outcome="failed", may=["ldap-unanswered"], says={"tls-failed": "StartTLS|start TLS"}, never={"verdict": CALM, "any": "refuses StartTLS|port 636"})
def starttls_is_granted_and_the_hello_is_reset(s):
    """From memory: a balancer looks into LDAP and lets StartTLS through; what comes then is no LDAP, and it resets."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.ask(starttls(), starttls_response())
        s.cite("tls-failed", conn.t.ask(hello(s.host)))
        conn.t.reset()
        s.wait(3)


# ---- Kerberos ----


@field("K6", shows={"policy-refused": "error"}, outcome="failed", supported={"policy-refused": "armou?r|FAST"}, never={"verdict": CALM, "policy-refused": PASSWORD})
def controllers_want_armor_and_the_library_has_none(s):
    """https://github.com/ansible-collections/microsoft.ad/issues/255, https://github.com/secdev/scapy/issues/4801: 12 to each request without FAST."""
    begun(s)
    armor = ap_req(s.tgt, s.realm)
    s.kdc(s.as_req("PC1$", pre=[armored(armor)]), s.as_rep("PC1$"))
    for _ in range(2):
        s.cite("policy-refused", s.kdc(s.as_req("svc"), s.error(12)))
        s.wait(3)


@field("K2", outcome="ok", may=["policy-refused"], recovered=["policy-refused?"], never={"verdict": "failed -"})
def armor_does_not_work_there_and_is_left_out(s):
    """https://github.com/freeipa/freeipa/pull/5213: a KDC that shares no secret with the client refuses the armored request."""
    begun(s)
    s.kdc(s.as_req(pre=[armored(ap_req(s.tgt, s.realm))]), s.error(12))
    s.logon()


@field("K6", shows={"pkinit-failed|krb-error": "error"}, outcome="failed", first={"pkinit-failed|krb-error": "Diffie|DH|group|parameters"}, never={"verdict": CALM, "pkinit-failed|krb-error": "revoked|not mapped"})
def old_library_offers_a_small_group(s):
    """https://github.com/heimdal/heimdal/issues/1003: 1024 bits for the exchange of keys, and the KDC wants more: 65."""
    begun(s)
    s.kdc(s.as_req(), s.error(25))
    for _ in range(2):
        s.cite("pkinit-failed|krb-error", s.kdc(pk_as_req(s), s.error(65), tcp=True))
        s.wait(3)


@field("K2", outcome="ok", may=["pkinit-failed", "krb-error"], recovered=["pkinit-failed?", "krb-error?"], never={"verdict": "failed -"})
def library_takes_the_group_that_the_kdc_wants(s):
    """RFC 4556 3.2.2: the error names the groups, and the client asks again."""
    begun(s)
    s.kdc(s.as_req(), s.error(25))
    s.kdc(pk_as_req(s), s.error(65), tcp=True)
    s.kdc(pk_as_req(s), s.as_rep(), tcp=True)


def salted(s):
    """ktpass made the service's name the account's UPN: its salt is of that."""
    begun(s)
    salt = etype_info2(s.realm + "HTTP" + s.mail)
    s.kdc(s.as_req("svc-web"), s.error(25, data=padata((19, salt), (2, b""))))


@field("K6", shows={"password-wrong": "error"}, outcome="failed", causes={"password-wrong": "names a salt"}, never={"verdict": CALM})
def keytab_was_made_with_the_salt_of_the_account_s_name(s):
    """https://github.com/msktutil/msktutil/issues/227: the KDC names another salt than the tool took for its keys: 24."""
    salted(s)
    for _ in range(2):
        s.cite("password-wrong", s.kdc(s.as_req("svc-web", pre=[timestamp()]), s.error(24)))
        s.wait(3)


@field("K2", outcome="ok", verdict=CALM, like=["password-wrong"])
def salt_is_another_one_and_the_client_takes_it(s):
    salted(s)
    s.kdc(s.as_req("svc-web", pre=[timestamp()]), s.as_rep("svc-web"))


@field("K1", shows={"kpasswd-failed": "error|warn"}, first={"kpasswd-failed": "NAT|address"}, verdict="again|repeat|times|[345] ", never={"verdict": CALM, "kpasswd-failed": "polic(y|ies)|complexity"})
def change_is_confirmed_again_and_again(s):
    """https://github.com/heimdal/heimdal/issues/1286, https://github.com/msktutil/msktutil/issues/19: behind NAT the library takes no confirmation, and changes once more."""
    changepw_ticket(s)
    for _ in range(5):
        s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd_req(version=1), kpasswd_rep()))
        s.wait(1)
    s.wait(20)


@field("K2", outcome="ok", verdict="what can be seen went well", like=["kpasswd-failed"])
def two_people_change_their_passwords(s):
    changepw_ticket(s)
    s.udp(s.dc, 464, kpasswd_req(version=1), kpasswd_rep())
    s.logon()
    s.kdc(s.as_req("bob", sname=CHANGEPW), s.error(25, CHANGEPW))
    s.kdc(s.as_req("bob", sname=CHANGEPW, pre=[timestamp()]), s.as_rep("bob", sname=CHANGEPW, cipher=b"of bob"))
    s.udp(s.dc, 464, kpasswd_req(b"of bob", version=1), kpasswd_rep())
    s.logon("bob")


def on_behalf(s, answer, server=None):
    """S4U2Proxy by the resource's leave."""
    spn = "cifs/files." + s.domain
    evidence = ticket(s.http, s.realm, cipher=b"alice at the web")
    request = s.tgs_req(spn, tickets=(evidence,), options=USUAL | CNAME_IN_ADDL_TKT, pre=[pac_options()], tgt_realm=s.realm)
    return s.kdc(request, answer(spn), server=server)


@field("K6", shows={"delegation-refused|policy-refused": "error"}, outcome="failed", first={"delegation-refused|policy-refused": "2008|2012|older"}, never={"verdict": CALM})
def old_controller_knows_no_delegation_by_the_resource(s):
    """https://github.com/MicrosoftDocs/windowsserverdocs/pull/3030 names the article (KB2665790): 12 from a controller of 2008 R2."""
    begun(s)
    s.logon("WEB1$")
    for _ in range(2):
        s.cite("delegation-refused|policy-refused", on_behalf(s, lambda spn: s.error(12, spn)))
        s.wait(2)


@field("K5", outcome="ok", may=["delegation-refused", "policy-refused"], recovered=["delegation-refused?", "policy-refused?"], never={"verdict": "failed -"})
def newer_controller_grants_delegation_by_the_resource(s):
    controllers(s, 2)
    s.logon("WEB1$")
    on_behalf(s, lambda spn: s.error(12, spn))
    on_behalf(s, lambda spn: s.tgs_rep(spn, cname="alice"), s.dc2)


def asked_there(s, spn, realm, home, answer, server):
    """A ticket-granting ticket of `home` for `realm`, shown to a KDC of `realm`."""
    request = tgs_req(spn, "krbtgt/" + realm, realm=realm, tgt_realm=home, nonce=s._new(), cipher=f"{home} for {realm}".encode())
    return s.kdc(request, answer, server=server)


@field("K12", shows={"wrong-realm|krb-error|spn-not-found-or-duplicate|kdc-unanswered": "error|warn"}, outcome="failed|incomplete", verdict="circle|loop|back|each other", never={"verdict": CALM})
def two_sides_of_a_trust_take_a_suffix_for_the_other_s(s):
    """From memory, of routed name suffixes: each side of the trust takes the host's suffix for the other's, and the client is sent to and fro."""
    begun(s)
    s.logon()
    other, spn = "PARTNER." + s.realm, "HTTP/web.shared.example"
    key = "wrong-realm|krb-error|spn-not-found-or-duplicate|kdc-unanswered"
    s.cite(key, s.kdc(s.tgs_req(spn), s.tgs_rep("krbtgt/" + other, cipher=f"{s.realm} for {other}".encode())))
    s.srv("_kerberos._tcp." + other, "dc9." + other.lower(), port=88)
    s.address("dc9." + other.lower(), s.dc2)
    for _ in range(3):
        s.cite(key, asked_there(s, spn, other, s.realm, tgs_rep("krbtgt/" + s.realm, realm=other, crealm=s.realm, cipher=f"{other} for {s.realm}".encode()), s.dc2))
        asked_there(s, spn, s.realm, other, s.tgs_rep("krbtgt/" + other, cipher=f"{s.realm} for {other}".encode()), s.dc)
    s.wait(5)


@field("K2", outcome="ok", verdict=CALM, like=["wrong-realm", "spn-not-found-or-duplicate"])
def ticket_of_a_sister_domain_comes_by_way_of_the_parent(s):
    parent = s.domain
    s.named("a." + parent)
    begun(s)
    s.logon()
    up, over, spn = parent.upper(), "B." + parent.upper(), "HTTP/web.b." + parent
    s.kdc(s.tgs_req(spn), s.tgs_rep("krbtgt/" + up, cipher=f"{s.realm} for {up}".encode()))
    for realm, home, server in ((up, s.realm, s.dc2), (over, up, s.dc3)):
        s.srv("_kerberos._tcp." + realm, "dc9." + realm.lower(), port=88)
        s.address("dc9." + realm.lower(), server)
        answer = tgs_rep("krbtgt/" + over, realm=up, crealm=s.realm, cipher=f"{up} for {over}".encode()) if realm == up else tgs_rep(spn, realm=over, crealm=s.realm)
        asked_there(s, spn, realm, home, answer, server)


def card_request(s):
    return marked(s.as_req(pre=[(16, seq(tlv(0x80, bytes(3500))))]))


@field("K3", shows={"kdc-unanswered": "error"}, may=["slow"], outcome="failed", supported={"kdc-unanswered": "MTU|full|large|bytes"}, never={"verdict": CALM, "kdc-unanswered": "port 88 is|KDC service (has )?stopped|host is down"})
def request_with_a_card_is_too_large_for_the_tunnel(s):
    """From memory: the logon by password works over the VPN; that by card has segments of full size, and they never arrive."""
    begun(s)
    s.logon("bob")
    for _ in range(2):
        s.kdc(s.as_req(), s.error(25))
        t = s.tcp(s.dc, 88)
        message, start = card_request(s), t.seq["c"]
        t.ask(message)
        for n in (1, 2, 4):
            s.wait(n)
            t.seq["c"] = start
            t.ask(message[:1400])
        s.wait(20)
        t.seq["c"] = start + len(message)
        t.reset("c")
    s.wait(25)


@field("K3", outcome="ok", verdict=CALM, like=["kdc-unanswered", "krb-tcp-blocked"])
def request_with_a_card_goes_through(s):
    begun(s)
    s.kdc(s.as_req(), s.error(25))
    t = s.tcp(s.dc, 88)
    t.ask(card_request(s))
    t.answer(marked(s.as_rep(cipher=bytes(3000))))


def by_service_name(s):
    """The keytab's first name, as kinit -k takes it."""
    return s.kdc(s.as_req(["host", "lnx3." + s.domain], cname_kind=3), s.error(6))


@field("K4", shows={"client-unknown": "error"}, outcome="failed", supported={"client-unknown": "name of a service"}, never={"verdict": CALM, "client-unknown": "UPN suffix"})
def machine_logs_on_by_the_name_of_its_service(s):
    """From memory: kinit -k takes host/NAME of the keytab; Active Directory knows the machine by NAME$ alone: 6."""
    begun(s)
    for _ in range(2):
        s.cite("client-unknown", by_service_name(s))
        s.wait(3)


@field("K2", outcome="ok", may=["client-unknown"], recovered=["client-unknown?"], never={"verdict": "failed -"})
def machine_tries_its_service_and_then_its_account(s):
    begun(s)
    by_service_name(s)
    s.logon("LNX3$")


@field("K4", shows={"spn-not-found-or-duplicate": "warn|error"}, supported={"spn-not-found-or-duplicate": r"\bdot\b"}, never={"verdict": CALM})
def library_leaves_the_dot_at_the_end_of_the_target(s):
    """From memory: the target of the record ends in a dot, as DNS writes it, and so does the service's name: 7."""
    signed_on(s)
    spn = s.ldap_spn + "."
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))
        s.wait(2)


@field("K2", outcome="ok", may=["spn-not-found-or-duplicate"], recovered=["spn-not-found-or-duplicate?"], never={"verdict": "failed -"})
def library_takes_the_dot_away_the_second_time(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.ldap_spn + "."), s.error(7, s.ldap_spn + "."))
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": "{dc2}"}, supported={"kdc-unanswered": "several addresses"},
       never={"verdict": CALM, "kdc-unanswered": "KDC service (has )?stopped|host is down|are lost in the network"})
def controller_of_two_networks_answers_from_its_other_address(s):
    """https://github.com/AdguardTeam/AdGuardHome/issues/1257 has it of a resolver: the answer's sender is not who was asked, and nobody hears it."""
    begun(s)
    for n in (1, 2, 4):
        port = s.next_port()
        request = s.as_req()
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.c.udp(s.dc2, 88, s.client, port, s.error(25))
        s.wait(n)
    s.wait(20)


@field("K2", outcome="ok", verdict=CALM, like=["clock-skew", "krb-error"])
def ticket_is_asked_for_until_the_beginning_of_time(s):
    """RFC 4120 3.1.1: an end of 1970 means as long as possible."""
    begun(s)
    s.kdc(s.as_req(till=0), s.error(25))
    s.kdc(s.as_req(till=0, pre=[timestamp()]), s.as_rep())


@field("K6", shows={"krb-error|client-unknown|account-unusable": "error"}, outcome="failed", first={"krb-error|client-unknown|account-unusable": "twice|two|duplicate|more than one|unique|several"},
       never={"verdict": CALM, "any": "does not know|deleted"})
def two_accounts_have_the_same_logon_name(s):
    """From memory: 8, the name is not unique: a second account of the forest has got the same UPN."""
    begun(s)
    for _ in range(2):
        s.cite("krb-error|client-unknown|account-unusable", s.kdc(s.as_req("alice@" + s.domain, cname_kind=10), s.error(8)))
        s.wait(3)


@field("K5", outcome="ok", may=["krb-error", "client-unknown", "account-unusable"], recovered=["krb-error?", "client-unknown?", "account-unusable?"], never={"verdict": "failed -"})
def logon_name_is_not_unique_and_the_account_s_name_is(s):
    begun(s)
    s.kdc(s.as_req("alice@" + s.domain, cname_kind=10), s.error(8))
    s.logon()


@field("K4", shows={"spn-not-found-or-duplicate": "warn|error"}, may=["wrong-host-answered"], supported={"spn-not-found-or-duplicate": "dc9"}, never={"verdict": CALM})
def controller_was_renamed_and_the_record_has_its_old_name(s):
    """From memory: the ping says dc9, the record still dc1; a ticket for the old name is asked for, and there is none."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host="dc9." + s.domain)
    s.logon()
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn)))
        s.wait(2)


@field("K4", outcome="ok", like=["spn-not-found-or-duplicate"], never={"verdict": "failed"})
def controller_was_renamed_and_the_client_takes_what_the_ping_says(s):
    s.found()
    s.address(s.host, s.dc)
    s.ping(host="dc9." + s.domain)
    s.logon()
    spn = "ldap/dc9." + s.domain
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    s.ldap().gssapi(spn=spn)


# ---- autodiscover ----


@field("K8", shows={"redirect-not-followed|http-error|autodiscover-error": "error|warn|note"}, outcome="failed|incomplete", verdict="where no autodiscover is", says={"redirect-not-followed|http-error|autodiscover-error": r"sts\.{D}"}, never={"verdict": CALM},
       causes={"redirect-not-followed|http-error|autodiscover-error": "its own pages"})
def publishing_proxy_wants_a_logon_page_first(s):
    """https://github.com/MicrosoftDocs/windowsserverdocs/issues/244: the proxy redirects to the federation's page, which no mail program shows."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    where = f"https://sts.{s.domain}/adfs/ls/?version=1.0&action=signin&realm=urn%3AAppProxy%3Acom"
    for _ in range(2):
        s.cite("redirect-not-followed|http-error|autodiscover-error", post(s, s.https(s.web, s.mail), s.mail, status=302, answer=b"", more=["Location: " + where]))
        s.wait(4)


@field("K8", outcome="ok", like=["redirect-not-followed", *BAD_WEB], never={"verdict": "failed"})
def browser_is_sent_to_the_logon_page(s):
    """A page for people, in the same minute."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)
    get(s, s.https(s.web, s.mail), s.mail, uri="/owa/", status=302, more=[f"Location: https://sts.{s.domain}/adfs/ls/"])
    s.address("sts." + s.domain, s.web2)
    get(s, s.https(s.web2, "sts." + s.domain), "sts." + s.domain, uri="/adfs/ls/", answer=b"<html>log on</html>")


def by_version_6_first(s, how):
    """The mail server has addresses of both families, and the way of IPv6 is broken."""
    four, six, _ = dual(s)
    s.client = four
    directory(s, url_entry(s, host=s.mail))
    far = six.rpartition("::")[0] + "::20"
    s.address(s.mail, far, kind=AAAA)
    s.address(s.mail, s.web)
    s.client = six
    frames = s.syn(far, 443, how, times=3 if how == "silent" else 1)
    if how == "silent":
        s.wait(12)
    s.client = four
    post(s, s.https(s.web, s.mail), s.mail, BASIC)
    s.hears_something()
    s.wait(60)
    s.hears_something()
    return frames


@field("K9", alone=True, shows={"slow": "warn"}, lost=(20, 22), supported={"slow": "IPv6"}, never={"verdict": "failed -|" + CALM})
def mail_server_s_way_of_version_6_is_broken(s):
    """From memory: the provider has IPv6, the firewall has no rule for it, and the old library tries addresses one after another."""
    s.cite("slow", by_version_6_first(s, "silent"))


@field("K9", alone=True, outcome="ok", may=["endpoint-unreachable"], recovered=["endpoint-unreachable?"], lost=(0, 1), never={"verdict": "failed -|seconds"})
def mail_server_refuses_version_6_and_serves_by_version_4(s):
    by_version_6_first(s, "refused")


@field("K6", shows={"http-unauthorized": "error"}, outcome="failed", supported={"http-unauthorized": "WWW-Authenticate|offers (no|nothing)|names no"}, never={"verdict": CALM, "http-unauthorized": PASSWORD})
def gateway_takes_the_offers_out_of_each_401(s):
    """From memory, RFC 9110 11.6.1: a gateway strips the header that says how to log on; no client knows what to do then."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(3):
        s.cite("http-unauthorized", post(s, s.https(s.web, s.mail), s.mail, status=401, answer=b""))
        s.wait(3)


@field("K6", outcome="ok", may=["http-unauthorized"], recovered=["http-unauthorized?"], never={"verdict": "failed -"})
def client_needs_no_offer_to_send_its_password(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, status=401, answer=b"")
    post(s, t, s.mail, BASIC)


def moved(s, host, code):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC, status=code, answer=b"", more=[f"Location: https://{host}{XML}"])
    s.address(host, s.web2)
    return s.https(s.web2, host)


@field("K8", shows={"autodiscover-error": "error"}, outcome="failed", verdict="600", supported={"autodiscover-error": r"\bGET\b"}, never={"verdict": CALM})
def library_makes_a_get_of_its_post(s):
    """From memory, RFC 9110 15.4.2: after 301 the library asks by GET and without its question: error 600."""
    host = "mail2." + s.domain
    t = moved(s, host, 301)
    s.cite("autodiscover-error", get(s, t, host, BASIC, answer=pox_error(600)))


@field("K8", outcome="ok", may=["autodiscover-error"], recovered=["autodiscover-error?"], never={"verdict": "failed -"})
def library_posts_again_where_it_was_sent(s):
    host = "mail2." + s.domain
    t = moved(s, host, 307)
    post(s, t, host, BASIC)


def other_port(s, port):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC, status=302, answer=b"", more=[f"Location: https://{s.mail}:{port}{XML}"])


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", says={"endpoint-unreachable": "444"}, causes={"endpoint-unreachable": "redirect|444"}, never={"verdict": CALM})
def redirect_names_the_port_behind_the_balancer(s):
    """From memory: the server behind the balancer listens on 444, and its redirect says so to the outside, where nobody listens."""
    for _ in range(2):
        other_port(s, 444)
        s.cite("endpoint-unreachable", s.syn(s.web, 444, "refused"))
        s.wait(3)


@field("K8", outcome="ok", like=["endpoint-unreachable", "redirect-not-followed"], never={"verdict": "failed"})
def redirect_names_another_port_that_serves(s):
    other_port(s, 8443)
    get_at = s.https(s.web, s.mail, port=8443)
    get_at.ask(http_post(f"{s.mail}:8443", XML, pox(s), "Content-Type: text/xml", BASIC))
    get_at.answer(http_reply(200, SETTINGS, "Content-Type: text/xml"))


# ---- found while looking further: others of the same kinds, and what only resembles them ----


@field("K6", shows={"account-unusable": "error"}, outcome="failed", verdict="more than one account", never={"verdict": CALM, "account-unusable": "disabled|locked"})
def service_logs_on_by_a_name_that_two_accounts_have(s):
    begun(s)
    for _ in range(2):
        s.cite("account-unusable", s.kdc(s.as_req("HTTP/" + s.mail), s.error(8), server=s.dc))
        s.wait(2)


@field("K6", shows={"spn-not-found-or-duplicate": "warn|error"}, like=["account-unusable"], never={"verdict": CALM, "spn-not-found-or-duplicate": "logon name"})
def service_of_a_direct_request_is_there_twice(s):
    """A ticket for a service without a ticket-granting one: what is there twice is the service."""
    begun(s)
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.as_req(sname=s.http), s.error(8, s.http)))
        s.wait(2)


@field("K10", outcome="ok|failed", verdict=r"referral \(10\)", never={"verdict": CALM})
def appliance_searches_below_a_container_of_another_forest(s):
    signed_on(s)
    base = "OU=People,DC=partner,DC=example"
    for _ in range(3):
        conn = s.ldap()
        conn.simple()
        conn.ask(search(base, 2, equal("mail", "x"), ["cn"]), done(10, **refer(s, "partner.example", base)))
        s.wait(2)


@field("K2", outcome="ok", never={"verdict": "failed -|refused"})
def referral_comes_twice_and_the_catalog_has_the_answer(s):
    signed_on(s)
    base = "DC=child," + top(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        conn.ask(search(base, 2, equal("mail", "x"), ["cn"]), done(10, **refer(s, "child." + s.domain, base)))
    conn = s.ldap(port=3268)
    conn.simple()
    conn.ask(search("", 2, equal("mail", "x"), ["cn"]), entry("CN=x," + base, {"cn": ["x"]}), done())


@field("K6", shows={"scp-read-failed": "warn|error"}, first={"scp-read-failed": "bind"}, never={"verdict": CALM, "scp-read-failed": "overload"})
def program_searches_between_two_rounds_of_a_bind(s):
    """Two threads again: one is in the middle of SPNEGO, and the answer to its last round is not there yet."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.spnego(ntlm(1), ntlm(2), 14, state=1)
        number = conn._next()
        conn.t.ask(ldap(number, bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("svc", "CONTOSO"), 1, None))))
        s.cite("scp-read-failed", conn.scp(code=51, diagnostic="busy"))
        conn.t.answer(ldap(number, bind_response()))
        s.wait(3)


@field("K6", shows={"scp-read-failed": "warn|error"}, first={"scp-read-failed": "overload"}, never={"verdict": CALM, "scp-read-failed": "several threads"})
def controller_is_busy_after_the_bind(s):
    signed_on(s)
    for _ in range(3):
        conn = s.ldap()
        conn.simple()
        s.cite("scp-read-failed", conn.scp(code=51, diagnostic="0000200E: SvcErr: DSID-020A0E5B, problem 5001 (BUSY), data 0"))
        s.wait(3)


@field("K2", outcome="ok", may=["kpasswd-failed"], never={"verdict": "failed|warning"})
def join_server_sets_the_passwords_of_four_machines(s):
    """One ticket, four requests of the form that may set another's (0xff80), a second apart."""
    changepw_ticket(s)
    for _ in range(4):
        s.udp(s.dc, 464, kpasswd_req(), kpasswd_rep())
        s.wait(1)
    s.wait(20)


@field("K2", outcome="ok", like=["kpasswd-failed"], never={"verdict": "failed|warning"})
def user_changes_the_password_thrice_in_a_minute(s):
    """What is refused under the seal is a new password that does not please; people need some time for another one."""
    changepw_ticket(s)
    for _ in range(3):
        s.udp(s.dc, 464, kpasswd_req(version=1), kpasswd_rep())
        s.wait(18)
    s.wait(20)


@field("K2", shows={"kpasswd-failed": "note"}, recovered=["kpasswd-failed"], outcome="ok", never={"verdict": "failed -"})
def change_is_confirmed_thrice_and_the_user_logs_on(s):
    changepw_ticket(s)
    for _ in range(3):
        s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd_req(version=1), kpasswd_rep()))
        s.wait(1)
    s.logon()


@field("K6", shows={"policy-refused": "error"}, outcome="failed", never={"verdict": CALM, "policy-refused": "wants armou?r"})
def logon_with_armor_is_refused_by_a_policy(s):
    begun(s)
    for _ in range(2):
        s.cite("policy-refused", s.kdc(s.as_req("svc", pre=[armored(ap_req(s.tgt, s.realm))]), s.error(12)))
        s.wait(3)


@field("K6", shows={"policy-refused": "error"}, outcome="failed", never={"verdict": CALM, "policy-refused": "armou?r"})
def logon_of_one_is_refused_and_another_one_s_without_armor_is_granted(s):
    begun(s)
    s.kdc(s.as_req("PC1$", pre=[armored(ap_req(s.tgt, s.realm))]), s.as_rep("PC1$"))
    s.logon("bob")
    for _ in range(2):
        s.cite("policy-refused", s.kdc(s.as_req("svc"), s.error(12)))
        s.wait(3)


@field("K6", shows={"password-wrong": "error"}, outcome="failed", causes={"password-wrong": "another salt"}, never={"verdict": CALM, "password-wrong": "names a salt"})
def salt_is_the_usual_one_and_the_password_is_wrong(s):
    begun(s)
    s.kdc(s.as_req("svc-app"), s.error(25, data=padata((19, etype_info2(s.realm + "svc-app")), (2, b""))))
    for _ in range(2):
        s.cite("password-wrong", s.kdc(s.as_req("svc-app", pre=[timestamp()]), s.error(24)))
        s.wait(3)


@field("K4", shows={"tls-failed": "error|warn"}, may=["tls-name-mismatch"], never={"verdict": CALM, "any": "name of the domain, which leads"})
def web_site_of_the_mail_domain_has_a_certificate_for_another_name(s):
    """The domain's name again, and at a port of the web it is a web site's."""
    directory(s, url_entry(s, host=s.domain))
    s.address(s.domain, s.web)
    t = s.tcp(s.web, 443)
    for _ in range(2):
        s.cite("tls-failed", t.ask(hello(s.domain)), t.answer(chain(certificate_of(["www.hoster.example"]))), t.ask(alert(2, 46)))
        hung_up(t, "c")
        s.wait(2)
        t = s.tcp(s.web, 443)


@field("K3", shows={"endpoint-unresolvable": "error|warn"}, never={"verdict": CALM, "endpoint-unresolvable": "IPv6"})
def name_never_had_an_address(s):
    directory(s, url_entry(s, host=s.mail))
    s.cite("endpoint-unresolvable", s.address(s.mail, rcode=NXDOMAIN, kind=AAAA))
    s.address(s.mail, rcode=NXDOMAIN)


@field("K6", outcome="incomplete", like=["http-unauthorized"], never={"verdict": CALM + "|failed -"})
def first_refusal_without_an_offer_is_the_last_of_the_capture(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, status=401, answer=b"")


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", like=["redirect-loop", "redirect-not-followed"], verdict="refused", never={"verdict": CALM})
def redirect_leads_to_a_host_that_refuses_twice(s):
    """The client begins anew after the first time, and is sent to the same place: no circle."""
    host = "mail2." + s.domain
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        post(s, s.https(s.web, s.mail), s.mail, BASIC, status=302, answer=b"", more=[f"Location: https://{host}{XML}"])
        s.address(host, s.web2)
        s.cite("endpoint-unreachable", s.syn(s.web2, 443, "refused"))
        s.wait(3)


@field("K8", shows={"redirect-loop": "error"}, outcome="failed", verdict="loop")
def redirect_leads_there_and_back(s):
    host = "mail2." + s.domain
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    s.address(host, s.web2)
    for _ in range(2):
        s.cite("redirect-loop", post(s, s.https(s.web, s.mail), s.mail, BASIC, status=302, answer=b"", more=[f"Location: https://{host}{XML}"]))
        s.cite("redirect-loop", post(s, s.https(s.web2, host), host, BASIC, status=302, answer=b"", more=[f"Location: https://{s.mail}{XML}"]))


@field("K8", outcome="ok", like=["autodiscover-error"], never={"verdict": "failed"})
def library_looks_by_get_where_it_was_sent_and_asks_then(s):
    host = "mail2." + s.domain
    t = moved(s, host, 302)
    get(s, t, host, BASIC, answer=pox_error(600))
    post(s, t, host, BASIC)


@field("K8", outcome="ok|incomplete", like=["autodiscover-error", "redirect-loop"], never={"verdict": "failed -"})
def monitor_is_sent_on_and_gets_its_600(s):
    """It asks by GET from the first: nobody lost a question."""
    host = "mail2." + s.domain
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)
    get(s, s.https(s.web, s.mail), s.mail, BASIC, status=302, more=[f"Location: https://{host}{XML}"])
    s.address(host, s.web2)
    get(s, s.https(s.web2, host), host, BASIC, answer=pox_error(600))


@field("K6", shows={"proxy-refused": "error|warn"}, outcome="failed|incomplete", supported={"proxy-refused": "Proxy-Authenticate|offers? (no|nothing)|does not (say|offer)"}, never={"verdict": CALM})
def proxy_asks_for_credentials_and_offers_no_way(s):
    directory(s, url_entry(s, 1))
    for _ in range(3):
        t = s.tcp(s.web2, 8080)
        s.cite("proxy-refused", tunnel(s, t, 407))
        hung_up(t)
        s.wait(2)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "another bind|same connection|several threads|one connection"}, never={"verdict": CALM, "ldap-bind-failed": "overload|MaxActive|" + PASSWORD})
def two_threads_bind_on_one_connection(s):
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        number = conn._next()
        conn.t.ask(ldap(number, bind("cn=svc", "synthetic")))
        s.cite("ldap-bind-failed", conn.simple(51, OUTSTANDING)[-1])
        s.wait(8)
        hung_up(conn.t, "c")


@field("K3", missing="a controller's name that had an address before is not called unresolvable", shows={"srv-target-unresolvable": "error|warn"}, supported={"srv-target-unresolvable": "AAAA|IPv6"}, never={"verdict": CALM})
def resolver_forgets_the_controller_s_address_after_its_aaaa(s):
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(2):
        s.address(s.host, rcode=NXDOMAIN, kind=AAAA)
        s.address(s.host, rcode=NXDOMAIN)
        s.wait(20)


@field("K10", outcome="ok|failed", verdict=[r"\badd\b", r"referral \(10\)", "rwdc"], never={"verdict": CALM + "|too little"})
def join_tool_meets_a_read_only_controller(s):
    """https://github.com/BeyondTrust/pbis-open/issues/72: the account is to be made at the controller of the branch, which only reads."""
    signed_on(s)
    dn = f"CN=LNX9,CN=Computers,{top(s)}"
    conn = s.ldap()
    conn.simple()
    for _ in range(2):
        conn.ask(ldap_add(dn), result(9, 10, **refer(s, "rwdc." + s.domain, dn)))
        s.wait(2)
    s.address("rwdc." + s.domain, rcode=NXDOMAIN)


@field("K6", shows={"proxy-refused": "error|warn"}, outcome="failed|incomplete", never={"verdict": CALM, "proxy-refused": "does not offer any way"})
def proxy_offers_a_way_and_the_program_does_not_take_it(s):
    directory(s, url_entry(s, 1))
    for _ in range(3):
        t = s.tcp(s.web2, 8080)
        s.cite("proxy-refused", tunnel(s, t, 407, more=["Proxy-Authenticate: Negotiate"]))
        hung_up(t)
        s.wait(2)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "overload"}, never={"verdict": CALM, "ldap-bind-failed": "several threads"})
def controller_is_too_busy_for_binds(s):
    signed_on(s)
    for _ in range(3):
        s.cite("ldap-bind-failed", s.ldap().simple(51, "0000200E: SvcErr: DSID-020A0E5B, problem 5001 (BUSY), data 0"))
        s.wait(5)
