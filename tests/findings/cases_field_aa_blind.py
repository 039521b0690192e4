# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients of Active Directory that are no Windows: pods, daemons, runtimes, printers, gateways; written before the rules were read.

Sixteen faults and fifteen healthy neighbours; where a public thread has it, the thread is named, else it is from memory.
Kinds K2 (a sequel makes it healthy), K4 (names), K6 (causes that the packets support or refute), K12 (one story).
"""
from cases import Ldap
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV, hello
from cases_field_t_blind import hung_up, signed_on
from cases_field_u_blind import SEC, URI, WRONG, chain, refused_by_the_web, shown_to_the_web, top
from cases_field_v_blind import ANSWERED
from field import field
from net import *  # noqa: F403
from tls import Session
from web import alert, certificate_of

NXDOMAIN, REFUSED, TXT, TKEY = 3, 5, 16, 249
SUFFIXES = ("jobs.svc.cluster.local", "svc.cluster.local", "cluster.local")
LOCKED, HOURS = "80090308: " + SEC.format("775"), "80090308: " + SEC.format("530")
NO_OBJECT = "0000208D: NameErr: DSID-03100245, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'{}'\n"
IN_EFFECT = "00000000: LdapErr: DSID-0C090E72, comment: TLS or SSL already in effect, data 0, v4563"


# ---- pods and their resolver ----


def denied(s, name, kind, owner="cluster.local", rcode=NXDOMAIN):
    s.ident += 1
    soa = [soa_rr(owner)] if owner is not None else []
    return s.udp(s.dns, 53, dns(s.ident, name, kind), dns_reply(s.ident, name, rcode=rcode, authority=soa, kind=kind))


def with_suffixes(s, name, kind):
    """ndots:5 - a name with fewer dots is tried with each suffix of the list before it is tried as it is."""
    for suffix in SUFFIXES:
        denied(s, f"{name}.{suffix}", kind)


@field("K4", shows={"srv-resolver-failed": "error"}, outcome="failed", like=["srv-not-found"], verdict=r"would not look up _ldap\._tcp\.dc\._msdcs\.{D}", says={"srv-resolver-failed": "REFUSED"}, never={"verdict": CALM + r"|cluster\.local"})
def cluster_s_resolver_serves_its_own_names_alone(s):
    """From memory: the suffixes are denied, as they must be, and the name itself is refused: no forwarding for the domain."""
    name = DC_SRV.format(D=s.domain)
    for _ in range(3):
        with_suffixes(s, name, SRV)
        s.cite("srv-resolver-failed", denied(s, name, SRV, owner=None, rcode=REFUSED))
        s.wait(4)


@field("K4", outcome="ok", like=["srv-not-found", "srv-site-not-found", "srv-target-unresolvable", "srv-resolver-failed"], domain="{D}", never={"verdict": "failed|warning"})
def pod_tries_its_suffixes_and_then_the_name_as_it_is(s):
    with_suffixes(s, DC_SRV.format(D=s.domain), SRV)
    s.found()
    for kind in (A, AAAA):
        with_suffixes(s, s.host, kind)
    s.address(s.host, s.dc)
    s.ping()
    s.logon("svc")
    s.ldap().simple()


@field("K4", shows={"dc-unreachable": "error"}, outcome="failed", verdict=r"{host}\.apps\.{D}", causes={"dc-unreachable": "suffix|search list|wildcard"}, never={"verdict": CALM})
def suffix_with_a_wildcard_leads_to_the_ingress(s):
    """https://github.com/openshift/origin/issues/17316: the node's domain is in the list, and every name below it is the ingress."""
    s.found()
    wild = f"{s.host}.apps.{s.domain}"
    for _ in range(3):
        with_suffixes(s, s.host, A)
        s.address(wild, s.web)
        s.cite("dc-unreachable", s.syn(s.web, 389, "refused"))
        s.wait(3)


@field("K4", outcome="ok", like=["dc-unreachable", "srv-target-unresolvable"], never={"verdict": "failed|warning"})
def suffix_of_the_node_has_no_wildcard(s):
    s.found()
    with_suffixes(s, s.host, A)
    s.address(f"{s.host}.apps.{s.domain}", rcode=NXDOMAIN)
    s.address(s.host, s.dc)
    s.ping()
    s.ldap().simple()


@field("K6", shows={"srv-not-found": "error"}, outcome="failed", supported={"srv-not-found": "public|Internet|root|does not (know|serve)"}, never={"verdict": CALM})
def resolver_of_the_cloud_knows_the_internet_alone(s):
    """From memory: a machine of the cloud kept the network's resolver; the root itself denies the name, by its SOA."""
    for name in ("_ldap._tcp.dc._msdcs.", "_ldap._tcp.", "_kerberos._udp."):
        s.ident += 1
        full = name + s.domain
        s.cite("srv-not-found", s.udp(s.dns, 53, dns(s.ident, full), dns_reply(s.ident, full, rcode=NXDOMAIN, authority=[soa_rr("", "a.root-servers.net")])))
    s.wait(5)


@field("K4", outcome="ok", like=["srv-not-found"], domain="{D}", never={"verdict": "failed -"})
def daemon_asks_for_localdomain_first(s):
    """From memory: the machine's own name ends in localdomain, and a daemon tries that one, too; the root denies it."""
    s.ident += 1
    full = "_ldap._tcp.localdomain"
    s.udp(s.dns, 53, dns(s.ident, full), dns_reply(s.ident, full, rcode=NXDOMAIN, authority=[soa_rr("", "a.root-servers.net")]))
    signed_on(s)
    s.ldap().gssapi()


# ---- names of services and of machines ----


def round_robin(s):
    """One name, three controllers."""
    s.address("ldap.{D}", s.dc, s.dc2, s.dc3)


@field("K4", shows={"spn-not-found-or-duplicate": "error|warn"}, outcome="failed", causes={"spn-not-found-or-duplicate": "several|more than one|round|stands (for|before)|load balanc"}, never={"verdict": CALM})
def library_takes_the_name_of_all_controllers_for_a_host(s):
    """https://github.com/stackabletech/opa-operator/issues/718: DNS balances by three addresses, and the library makes a service's name of it."""
    signed_on(s)
    for _ in range(2):
        round_robin(s)
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("ldap/ldap." + s.domain), s.error(7, "ldap/ldap." + s.domain)))
        s.wait(2)


@field("K4", outcome="ok", like=["spn-not-found-or-duplicate"], verdict=CALM)
def library_asks_for_the_name_behind_the_address(s):
    """It turns the address around first, and asks for the controller's own service."""
    signed_on(s)
    round_robin(s)
    s.ident += 1
    name = ".".join(reversed(s.dc.split("."))) + ".in-addr.arpa"
    s.udp(s.dns, 53, dns(s.ident, name, 12), dns_reply(s.ident, name, [rr(QUESTION, 12, dns_name(s.host))], kind=12))
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K6", shows={"client-unknown": "error"}, outcome="failed", supported={"client-unknown": "15|long"}, never={"verdict": CALM})
def daemon_uses_the_whole_name_of_a_machine_that_was_cut(s):
    """https://github.com/SSSD/sssd/pull/193: the account has the first 15 characters of the machine's name, the daemon asks for all."""
    begun(s)
    for _ in range(3):
        s.cite("client-unknown", s.kdc(s.as_req("K8S-WORKER-WEST-2$"), s.error(6)))
        s.wait(5)


@field("K4", outcome="ok", like=["client-unknown"], verdict=CALM)
def daemon_uses_the_cut_name(s):
    begun(s)
    s.logon("K8S-WORKER-WEST$")
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K6", shows={"client-unknown": "error"}, outcome="failed", supported={"client-unknown": r"backslash|DOMAIN\\|\\"}, never={"verdict": CALM})
def form_takes_the_old_way_of_writing_for_a_principal(s):
    r"""From memory, of identity servers: the user types CORP\alice, and the runtime asks the KDC for just that."""
    begun(s)
    for _ in range(2):
        s.cite("client-unknown", s.kdc(s.as_req("CORP\\alice"), s.error(6)))
        s.wait(6)


@field("K4", outcome="ok", like=["client-unknown", "wrong-realm"], verdict=CALM)
def address_is_asked_for_as_an_enterprise_name(s):
    """kinit -E: one component, type 10."""
    begun(s)
    name = "alice@" + s.domain
    s.kdc(s.as_req(name, cname_kind=10), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req(name, cname_kind=10, pre=[timestamp()]), s.as_rep("alice"))
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))


# ---- kinit, its questions, its tickets ----


def wrong_password(s):
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    return s.kdc(s.as_req(pre=[timestamp()]), s.error(24))


def asks_for_the_master(s):
    """A client of MIT looks for the KDC that writes before it believes a wrong password; Active Directory has no such record."""
    for proto in ("udp", "tcp"):
        s.srv(f"_kerberos-master._{proto}.{{D}}", rcode=NXDOMAIN)


@field("K12", shows={"password-wrong": "error"}, outcome="failed", like=["srv-not-found"], may=["srv-not-offered"], verdict="password", never={"verdict": CALM + "|DNS|_kerberos-master"})
def wrong_password_and_a_question_for_the_master(s):
    begun(s)
    for _ in range(3):
        s.cite("password-wrong", wrong_password(s)[1])
        asks_for_the_master(s)
        s.wait(8)


@field("K2", outcome="ok", shows={"password-wrong": "note"}, recovered=["password-wrong"], like=["srv-not-found"], never={"verdict": "failed -|warning"})
def right_password_after_a_question_for_the_master(s):
    begun(s)
    wrong_password(s)
    asks_for_the_master(s)
    s.wait(6)
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))


@field("K2", outcome="ok", like=["srv-not-found", "srv-not-offered", "srv-resolver-failed"], verdict=CALM)
def library_asks_for_texts_and_addresses_of_the_realm_first(s):
    """MIT and Heimdal: TXT for the realm of a host, URI for its KDCs, and SRV when there is neither."""
    for name in ("_kerberos.dc1." + s.domain, "_kerberos." + s.domain):
        denied(s, name, TXT, owner=s.domain)
    denied(s, "_kerberos." + s.realm, URI, owner=s.domain)
    s.srv("_kerberos._udp." + s.realm, s.host, port=88)
    s.address(s.host, s.dc)
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))


def renewal(s, good):
    tgt = s.tgt
    request = s.tgs_req(tgt, options=RENEW | FORWARDABLE | RENEWABLE)
    return s.kdc(request, s.tgs_rep(tgt) if good else s.error(32, tgt))


@field("K6", shows={"krb-error": "error"}, outcome="failed", causes={"krb-error": "renew|expired|end(ed)? of (its|the) (life|time)"}, verdict="expired", never={"verdict": CALM, "krb-error": "clock"})
def job_renews_a_ticket_that_has_ended(s):
    """From memory, of containers: kinit -R every few minutes, and nobody has the password; after a week it is over. The clock is right."""
    begun(s)
    for _ in range(3):
        s.cite("krb-error", renewal(s, False))
        s.wait(300)


@field("K2", outcome="ok", may=["krb-error"], recovered=["krb-error?"], never={"verdict": "failed -|warning"})
def daemon_renews_its_ticket_and_takes_a_new_one_at_the_end(s):
    begun(s)
    s.logon("PC1$")
    s.wait(3600)
    renewal(s, True)
    s.wait(3600)
    renewal(s, False)
    s.logon("PC1$")


@field("K6", shows={"krb-error": "error"}, outcome="failed", causes={"krb-error": "NAT|translat|address"}, never={"verdict": CALM, "krb-error": "clock|password"})
def ticket_names_an_address_that_nobody_sees_behind_nat(s):
    """From memory: noaddresses = false in a container's krb5.conf, whose address is changed on the way: 38, incorrect net address."""
    begun(s)
    s.logon("svc")
    for _ in range(2):
        s.cite("krb-error", s.kdc(s.tgs_req(s.ldap_spn), s.error(38, s.ldap_spn)))
        s.wait(3)


@field("K2", outcome="ok", like=["krb-error"], verdict=CALM)
def ticket_names_no_address_behind_nat(s):
    begun(s)
    s.logon("svc")
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K6", shows={"service-key-mismatch|krb-error": "error"}, outcome="failed", causes={"service-key-mismatch|krb-error": "version|kvno|keytab"}, never={"verdict": CALM, "any": "clock"})
def keytab_of_the_web_server_has_another_key_version(s):
    """https://github.com/stnoonan/spnego-http-auth-nginx-module/issues/123 has the versions; that the answer carries 44 is from memory."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, kvno=9))
    for _ in range(2):
        s.cite("service-key-mismatch|krb-error", shown_to_the_web(s, refused_by_the_web(s, 44), etype=18))
        s.wait(3)


@field("K2", outcome="ok", may=["service-key-mismatch", "krb-error"], recovered=["service-key-mismatch?", "krb-error?"], never={"verdict": "failed -|warning"})
def new_ticket_has_the_keytab_s_key_version(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, kvno=9))
    shown_to_the_web(s, refused_by_the_web(s, 44), etype=18)
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, kvno=13))
    shown_to_the_web(s, ANSWERED, etype=18)


# ---- binds of printers and gateways ----


def people(conn, code=0, diagnostic="", found=1, size=0, base=None, matched=""):
    """Somebody is looked up by a part of a name; size: how many the client wants at most."""
    base = base or top(conn.s)
    asked = app(3, octets(base), enumerated(2), enumerated(0), integer(size), integer(5), boolean(False),
                substrings("displayName", "al"), seq(octets("mail")))
    entries = [entry(f"CN=Alice{n},CN=Users,{base}", {"mail": [f"alice{n}@{conn.s.domain}"]}) for n in range(found)]
    return conn.ask(asked, *entries, done(code, matched, diagnostic))


@field("K12", shows={"ldap-not-bound": "error"}, outcome="failed", supported={"ldap-not-bound": "password (was|is) empty|without a password|no password|empty password"}, never={"verdict": CALM, "ldap-not-bound": "no name"})
def printer_sends_a_name_and_no_password(s):
    """https://github.com/go-ldap/ldap/issues/93: RFC 4513 5.1.2, a name and an empty password are a bind as nobody, and a success."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        conn = s.ldap()
        conn.simple(name=f"CN=svc-scan,OU=Service,{top(s)}", password="")
        s.cite("ldap-not-bound", people(conn, 1, NOT_BOUND, found=0))
        hung_up(conn.t, "c")
        s.wait(4)


@field("K2", outcome="ok", like=["ldap-not-bound", "ldap-bind-failed", "ldap-unanswered"], never={"verdict": "failed|warning"})
def printer_looks_up_addresses_while_somebody_types(s):
    """It wants a hundred names at most and gets a hundred and code 4; each letter takes the last question back."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"CN=svc-scan,OU=Service,{top(s)}")
    people(conn, 4, found=20, size=20)
    for _ in range(3):
        ident = conn._next()
        op = app(3, octets(top(s)), enumerated(2), enumerated(0), integer(20), integer(5), boolean(False),
                 substrings("displayName", "ali"), seq(octets("mail")))
        conn.t.ask(ldap(ident, op))
        s.wait(0.3)
        conn.t.ask(ldap(conn._next(), abandon(ident)))
    people(conn, found=2, size=20)
    hung_up(conn.t, "c")


@field("K2", outcome="ok", like=["ldap-not-bound", "ldap-bind-failed"], never={"verdict": "failed|warning"})
def runtime_reads_the_root_without_a_password(s):
    """A name without a password is enough for what everybody may read."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name="cn=probe", password="")
    conn.rootdse()
    hung_up(conn.t, "c")


@field("K12", shows={"ldap-bind-failed|account-unusable": "error"}, outcome="failed", verdict="locked", causes={"ldap-bind-failed|account-unusable": "old password|stored|wrong passwords?|attempts"}, never={"verdict": CALM})
def gateway_locks_its_own_account_with_an_old_password(s):
    """From memory: the password of the gateway's account was changed, the gateway's form was not: 52e until the account is locked."""
    s.found()
    s.address(s.host, s.dc)
    for n in range(5):
        s.cite("ldap-bind-failed|account-unusable", s.ldap().simple(49, WRONG if n < 3 else LOCKED, name=f"svc-vpn@{s.domain}"))
        s.wait(10)


@field("K2", outcome="ok", may=["ldap-bind-failed"], recovered=["ldap-bind-failed?"], never={"verdict": "failed -|warning"})
def user_of_the_gateway_mistypes_once(s):
    """Found by the gateway's account, refused, and let in twenty seconds later."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc-vpn@{s.domain}")
    people(conn)
    user = f"CN=Alice0,CN=Users,{top(s)}"
    s.ldap().simple(49, WRONG, name=user)
    s.wait(20)
    people(conn)
    s.ldap().simple(name=user)


@field("K6", shows={"ldap-bind-failed|account-unusable": "error"}, outcome="failed", first={"ldap-bind-failed|account-unusable": "hour|time"}, never={"verdict": CALM, "ldap-bind-failed|account-unusable": "password (that was sent )?is wrong|wrong password"})
def user_of_the_gateway_comes_outside_of_the_hours(s):
    """From memory, of data 530: the account's logon hours."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc-vpn@{s.domain}")
    people(conn)
    for _ in range(2):
        s.cite("ldap-bind-failed|account-unusable", s.ldap().simple(49, HOURS, name=f"CN=Alice0,CN=Users,{top(s)}"))
        s.wait(15)


# ---- TLS, balancers, bases ----


def missed(conn, base="OU=Staff"):
    return people(conn, 32, NO_OBJECT.format(top(conn.s)), found=0, base=f"{base},{top(conn.s)}", matched=top(conn.s))


def ldaps(s):
    return Ldap(s, Session(s.tcp(s.dc, 636), s.c.keylog, host=s.host, names=[s.host]))


@field("K6", shows={"starttls-failed": "error"}, outcome="failed", supported={"starttls-failed": "already|twice|636|LDAPS|ldaps"}, never={"verdict": CALM, "starttls-failed": "has no certificate|certificate is missing"})
def program_asks_for_tls_inside_of_tls(s):
    """Both boxes of a form are ticked (https://github.com/kubesphere/kubesphere/pull/6320): LDAPS, and StartTLS in it; 1, already in effect."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        conn = ldaps(s)
        s.cite("starttls-failed", conn.ask(starttls(), starttls_response(1, IN_EFFECT)))
        hung_up(conn.t.connection, "c")
        s.wait(4)


@field("K2", outcome="ok", like=["starttls-failed", "tls-failed"], never={"verdict": "failed|warning"})
def program_uses_one_of_the_two(s):
    s.found()
    s.address(s.host, s.dc)
    conn = ldaps(s)
    conn.simple(name=f"svc@{s.domain}")
    people(conn)


@field("K6", shows={"dc-unreachable": "error"}, outcome="failed", verdict="took bytes", first={"dc-unreachable": "PROXY"}, never={"verdict": CALM, "dc-unreachable": "no room|Two machines"})
def balancer_writes_a_line_before_the_first_message(s):
    """From memory: send-proxy is on for a controller that does not know the PROXY protocol: it hangs up."""
    s.found()
    s.address(s.host, s.dc)
    for n in range(3):
        t = s.tcp(s.dc, 389)
        line = f"PROXY TCP4 192.0.2.{n + 7} {s.client} 5{n}123 389\r\n".encode()
        t.ask(line + ldap(1, bind(f"svc@{s.domain}", "synthetic")))
        s.cite("dc-unreachable", t.reset())
        s.wait(3)


@field("K2", outcome="ok", like=["ldap-unanswered", "dc-unreachable", "tls-failed", "kdc-unanswered", "ldap-not-bound"], never={"verdict": "failed|warning"})
def balancer_looks_whether_the_ports_are_open(s):
    """https://github.com/haproxy/haproxy/issues/1390: connects and goes, or binds as nobody and resets behind the answer."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(4):
        for port in (389, 636, 88, 3268):
            s.tcp(s.dc, port).reset("c")
        conn = s.ldap()
        conn.anonymous()
        conn.t.reset("c")
        s.wait(5)
    s.ldap().simple()


@field("K10", outcome="ok", verdict=["3 LDAP operations were refused", "base of the search"], never={"verdict": CALM})
def base_of_the_search_is_no_object(s):
    """From memory, of forms with a base: the unit was moved; the service's bind is good, and each search answers 32."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(3):
        conn = s.ldap()
        conn.simple(name=f"svc@{s.domain}")
        missed(conn)
        hung_up(conn.t, "c")
        s.wait(5)


@field("K2", outcome="ok", like=["ldap-bind-failed", "ldap-not-bound"], never={"verdict": "failed|warning"})
def search_finds_nobody(s):
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    people(conn, found=0)
    people(conn)


@field("K10", outcome="ok", like=["srv-resolver-failed", "srv-not-found", "srv-unanswered", "krb-error"], never={"verdict": "failed|warning"})
def machine_registers_its_address_with_its_ticket(s):
    """nsupdate -g: an update that nobody signed is refused, then a key is agreed on, and the same update is taken."""
    signed_on(s)
    s.ldap().simple()
    record = [rr("pc1." + s.domain, A, bytes(map(int, s.client.split("."))), 3600)]

    def update(rcode):
        s.ident += 1
        s.udp(s.dns, 53, dns(s.ident, s.domain, SOA, flags=0x2800, authority=record), dns(s.ident, s.domain, SOA, flags=0xA800 | rcode))

    update(REFUSED)
    s.kdc(s.tgs_req("DNS/" + s.host), s.tgs_rep("DNS/" + s.host))
    s.ident += 1
    key = dns_name("gss-tsig") + struct.pack(">IIHHH", 1700000000, 1700003600, 3, 0, 4) + b"tokn" + struct.pack(">H", 0)
    name = f"{s.ident}.sig-{s.host}"
    t = s.tcp(s.dns, 53)
    t.ask(over_tcp(dns(s.ident, name, TKEY, additional=[rr(name, TKEY, key, 0, 255)])))
    t.answer(over_tcp(dns_reply(s.ident, name, [rr(name, TKEY, key, 0, 255)], kind=TKEY)))
    t.close()
    update(0)


# ---- a second look, before a rule was read, too ----


def joined(s, code, diagnostic, times=1):
    """A machine writes its names; more: of the result."""
    signed_on(s)
    frames = []
    for _ in range(times):
        conn = s.ldap()
        conn.simple(name=f"join@{s.domain}")
        frames += conn.ask(ldap_modify(f"CN=NAS1,CN=Computers,{top(s)}", "servicePrincipalName", "HTTP/nas." + s.domain), result(7, code, diagnostic=diagnostic))
        hung_up(conn.t, "c")
        s.wait(3)
    return frames


TAKEN = "000021C7: AtrErr: DSID-03200E6D, #1:\n\t0: 000021C7: DSID-03200E6D, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90303 (servicePrincipalName)\n"
WRITE = ["ldap-bind-failed", "policy-refused", "account-unusable", "kpasswd-failed", "spn-not-found-or-duplicate", "krb-error", "ldap-not-bound"]


@field("K6", outcome="ok", verdict="another account has this service principal name", never={"verdict": CALM})
def box_wants_a_service_name_that_another_account_has(s):
    """From memory, MS-ADTS 3.1.1.5.1.3 and error 8647: names are unique in the forest since 2012 R2."""
    joined(s, 19, TAKEN, 2)


@field("K2", outcome="ok", like=WRITE, verdict=CALM)
def box_writes_its_service_name(s):
    joined(s, 0, "")


@field("K10", outcome="ok", like=["ldap-unanswered", "ldap-bind-failed", "ldap-not-bound"], never={"verdict": "failed|warning"})
def server_compares_groups_and_asks_who_it_is(s):
    """Compare says false (5) and true (6), an old controller knows no "Who am I?" (RFC 4532): 2, and the server goes on."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    conn.ask(extended("1.3.6.1.4.1.4203.1.11.3"), result(24, 2, diagnostic="0000203D: LdapErr: DSID-0C09113B, comment: Unknown extended request OID, data 0, v2580"))
    people(conn)
    for code in (5, 6):
        conn.ask(ldap_compare(f"CN=Staff,CN=Users,{top(s)}", "member", f"CN=Alice0,CN=Users,{top(s)}"), result(15, code))
    hung_up(conn.t, "c")


@field("K2", outcome="ok", like=["ldap-unanswered", "slow"], never={"verdict": "failed|warning"})
def server_waits_for_changes(s):
    """MS-ADTS 3.1.1.3.4.1.9: a search with the notification control never ends; an entry comes when one changes."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    people(conn)
    ident = conn._next()
    notify = ctx(0, seq(octets("1.2.840.113556.1.4.528"), boolean(True)))
    conn.t.ask(ldap(ident, search(top(s), 2, present("objectClass"), ["member"]), notify))
    s.wait(400)
    conn.t.answer(ldap(ident, entry(f"CN=Staff,CN=Users,{top(s)}", {"member": ["x"]})))
    s.wait(300)


@field("K2", outcome="ok", like=["kdc-unanswered", "krb-tcp-blocked"], never={"verdict": "failed|warning"})
def library_asks_by_both_protocols_at_once(s):
    """Heimdal asks KDCs at once over UDP and TCP, takes the first answer, and drops the other way."""
    begun(s)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    request = s.as_req(pre=[timestamp()])
    t = s.tcp(s.dc, 88)
    t.ask(marked(request))
    s.kdc(request, s.as_rep())
    t.reset("c")
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K2", outcome="ok", like=["srv-resolver-failed", "srv-target-unresolvable", "srv-not-found"], never={"verdict": "failed|warning"})
def resolver_fails_on_addresses_of_version_6_alone(s):
    """musl asks for A and AAAA together; an old resolver fails on the second one, and the first is enough."""
    s.found()
    s.address(s.host, s.dc)
    denied(s, s.host, AAAA, owner=None, rcode=2)
    s.ping()
    s.logon("svc")
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K4", outcome="ok", like=["srv-not-found", "srv-target-unresolvable", "spn-not-found-or-duplicate", "wrong-host-answered"], domain="{D}", never={"verdict": "failed|warning"})
def resolver_of_the_cluster_finishes_the_names_itself(s):
    """autopath: the first suffix is answered with an alias of the name as it is."""
    def through(name, kind, *records):
        s.ident += 1
        asked = f"{name}.{SUFFIXES[0]}"
        s.udp(s.dns, 53, dns(s.ident, asked, kind), dns_reply(s.ident, asked, [rr(QUESTION, CNAME, dns_name(name)), *records], kind=kind))

    name = DC_SRV.format(D=s.domain)
    through(name, SRV, srv_rr(dns_name(name), s.host))
    through(s.host, A, address_rr(s.host, s.dc))
    s.ping()
    s.logon("svc")
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K4", outcome="ok", like=["wrong-realm", "realm-case-differs", "client-unknown", "kdc-integrity-failed"], never={"verdict": "failed|warning"})
def realm_is_the_old_short_name(s):
    """A controller takes its domain's NetBIOS name for its realm's, and answers by the whole one."""
    begun(s)
    short = s.realm.split(".")[0]
    s.kdc(s.as_req(realm=short, sname="krbtgt/" + short), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req(realm=short, sname="krbtgt/" + short, pre=[timestamp()]), s.as_rep())
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


def elsewhere(s, dn):
    text = "0000202B: RefErr: DSID-0310082F, data 0, 1 access points\n\tref 1: 'dc2." + s.domain + "'\n"
    return result(7, 10, diagnostic=text, more=ctx(3, octets(f"ldap://dc2.{s.domain}/{dn}")))


@field("K6", outcome="ok", verdict=r"refused.*referral \(10\) to ldap://dc2\.", never={"verdict": CALM})
def portal_writes_at_a_controller_that_reads(s):
    """MS-ADTS 3.1.1.5.3.2: a read-only controller answers a change with 10 and the name of one that writes; the portal follows nothing."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(flags=0x1EAFD)
    for _ in range(2):
        conn = s.ldap()
        conn.simple(name=f"portal@{s.domain}")
        dn = f"CN=Alice,CN=Users,{top(s)}"
        conn.ask(ldap_modify(dn), elsewhere(s, dn))
        hung_up(conn.t, "c")
        s.wait(4)


@field("K2", outcome="ok", like=WRITE, never={"verdict": "failed -|warning"})
def portal_is_sent_to_a_controller_that_writes(s):
    s.found()
    s.address(s.host, s.dc)
    s.ping(flags=0x1EAFD)
    conn = s.ldap()
    conn.simple(name=f"portal@{s.domain}")
    dn = f"CN=Alice,CN=Users,{top(s)}"
    conn.ask(ldap_modify(dn), elsewhere(s, dn))
    s.address("dc2.{D}", s.dc2)
    conn = s.ldap(s.dc2)
    conn.simple(name=f"portal@{s.domain}")
    conn.ask(ldap_modify(dn), result(7, 0))


# ---- neighbours of what was mended ----


@field("K2", outcome="ok", verdict=CALM)
def program_looks_again_and_again_for_what_may_be_there(s):
    """It finds people, and asks for an optional container each time: that there is none is an answer."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    people(conn)
    for _ in range(3):
        missed(conn, "CN=Sudoers")
        s.wait(60)


@field("K2", outcome="ok", verdict=CALM)
def container_is_looked_for_once(s):
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    missed(conn, "CN=Sudoers")


@field("K2", outcome="ok", verdict=CALM)
def base_is_made_while_the_program_waits_for_it(s):
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    for _ in range(2):
        missed(conn)
        s.wait(30)
    people(conn, base="OU=Staff," + top(s))


@field("K6", shows={"client-unknown": "error"}, outcome="failed", never={"client-unknown": "15 characters|backslash"})
def machine_of_a_short_name_was_never_joined(s):
    begun(s)
    for _ in range(2):
        s.cite("client-unknown", s.kdc(s.as_req("K8S-WORKER-WEST$"), s.error(6)))
        s.wait(5)


@field("K6", shows={"krb-error": "error"}, outcome="failed", causes={"krb-error": "clock"}, never={"krb-error": "renewable"})
def kdc_whose_clock_is_ahead_finds_each_ticket_old(s):
    """It was no renewal, and the time in the error is eleven hours ahead: the clock stays among the causes."""
    begun(s)
    for _ in range(3):
        s.cite("krb-error", s.kdc(s.tgs_req(s.ldap_spn), s.error(32, s.ldap_spn, stime=s.c.time + 11 * 3600 * 10**9)))
        s.wait(10)


@field("K6", shows={"spn-not-found-or-duplicate": "error"}, outcome="failed", supported={"spn-not-found-or-duplicate": "calls itself"}, never={"spn-not-found-or-duplicate": "round robin"})
def library_takes_an_old_name_of_one_controller(s):
    signed_on(s)
    for _ in range(2):
        s.address("olddc.{D}", s.dc)
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("ldap/olddc." + s.domain), s.error(7, "ldap/olddc." + s.domain)))
        s.wait(2)


@field("K6", shows={"srv-not-found": "error"}, outcome="failed", never={"srv-not-found": "root of the DNS"})
def own_zone_denies_its_locator_names(s):
    for name in ("_ldap._tcp.dc._msdcs.{D}", "_ldap._tcp.{D}"):
        s.cite("srv-not-found", s.srv(name, rcode=NXDOMAIN))
    s.wait(5)


@field("K6", shows={"dc-unreachable": "error"}, outcome="failed", never={"dc-unreachable": "PROXY|took bytes"})
def controller_resets_before_anything_is_sent(s):
    s.found()
    s.address(s.host, s.dc)
    for _ in range(3):
        s.cite("dc-unreachable", s.tcp(s.dc, 389).reset())
        s.wait(3)


@field("K4", outcome="ok", like=["dc-unreachable"], verdict=CALM)
def other_host_below_the_domain_has_no_directory(s):
    """A scanner tries a web server whose name only ends as the controller's does."""
    signed_on(s)
    s.address("shop.dc1.{D}", s.web)
    s.syn(s.web, 389, "refused")
    s.ldap().simple()


@field("K2", outcome="ok", may=["dc-unreachable"], recovered=["dc-unreachable?"], never={"verdict": "failed -"})
def suffix_with_a_wildcard_is_tried_and_then_the_name(s):
    s.found()
    s.address(f"{s.host}.apps.{s.domain}", s.web)
    s.syn(s.web, 389, "refused")
    s.address(s.host, s.dc)
    s.logon("svc")
    s.ldap().simple()


# ---- found while looking further ----


@field("K4", shows={"dc-unreachable": "error"}, outcome="failed", verdict=r"{host}\.apps\.{D}", causes={"dc-unreachable": "wildcard"}, never={"verdict": CALM})
def suffix_with_a_wildcard_leads_to_a_host_that_drops(s):
    s.found()
    for _ in range(2):
        s.address(f"{s.host}.apps.{s.domain}", s.web)
        s.cite("dc-unreachable", s.syn(s.web, 389, times=3))
        s.wait(9)


@field("K4", shows={"tls-failed": "error", "tls-name-mismatch": "warn"}, outcome="failed", verdict=r"{host}", first={"tls-name-mismatch": "wildcard"}, never={"verdict": CALM})
def suffix_with_a_wildcard_leads_to_the_ingress_of_tls(s):
    """LDAPS, and port 636 is taken by another service there: its certificate is another one's."""
    s.found()
    for _ in range(2):
        s.address(f"{s.host}.apps.{s.domain}", s.web)
        t = s.tcp(s.web, 636)
        s.cite("tls-failed", t.ask(hello(s.host)), t.answer(chain(certificate_of(["*.apps." + s.domain]))), t.ask(alert(2, 46)))
        hung_up(t, "c")
        s.wait(4)


@field("K6", shows={"dc-unreachable": "error"}, outcome="failed", verdict="took bytes", first={"dc-unreachable": "PROXY"}, never={"verdict": CALM})
def balancer_writes_a_line_and_the_server_closes(s):
    s.found()
    s.address(s.host, s.dc)
    for n in range(3):
        t = s.tcp(s.dc, 389)
        t.ask(f"PROXY TCP4 192.0.2.{n + 7} {s.client} 5{n}123 389\r\n".encode() + ldap(1, bind(f"svc@{s.domain}", "synthetic")))
        s.cite("dc-unreachable", t.open("sFA")[0])
        t.open("cFA", "sA")
        s.wait(3)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", causes={"tls-failed": "PROXY"}, never={"verdict": CALM})
def balancer_writes_a_line_before_the_hello(s):
    s.found()
    s.address(s.host, s.dc)
    for n in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(f"PROXY TCP4 192.0.2.{n + 7} {s.client} 5{n}123 636\r\n".encode() + hello(s.host)))
        t.reset()
        s.wait(3)


@field("K6", shows={"dc-unreachable|ldap-unanswered": "error"}, outcome="failed", causes={"dc-unreachable|ldap-unanswered": "PROXY"}, never={"verdict": CALM})
def balancer_writes_the_binary_header(s):
    """Version 2 of the protocol begins with twelve bytes that no text and no LDAP begins with."""
    s.found()
    s.address(s.host, s.dc)
    for n in range(3):
        t = s.tcp(s.dc, 389)
        head = b"\r\n\r\n\0\r\nQUIT\n" + b"\x21\x11\0\x0c" + bytes([192, 0, 2, n]) + bytes([10, 0, 0, 1]) + struct.pack(">HH", 50000 + n, 389)
        t.ask(head + ldap(1, bind(f"svc@{s.domain}", "synthetic")))
        s.cite("dc-unreachable|ldap-unanswered", t.reset())
        s.wait(3)


@field("K10", outcome="ok", verdict="invalidDNSyntax", never={"verdict": CALM})
def base_of_the_search_is_no_name(s):
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        conn = s.ldap()
        conn.simple(name=f"svc@{s.domain}")
        people(conn, 34, "0000208F: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350, best match of:\n\t'Staff'\n", found=0, base="Staff")
        hung_up(conn.t, "c")
        s.wait(5)


@field("K4", outcome="ok", like=["srv-not-found", "srv-target-unresolvable"], domain="{D}", never={"verdict": "failed|warning"})
def suffixes_have_the_names_and_no_records(s):
    """A wildcard for addresses makes each name below it exist: SRV gets nothing there, and no denial."""
    name = DC_SRV.format(D=s.domain)
    with_suffixes(s, name, SRV)
    denied(s, f"{name}.apps.{s.domain}", SRV, owner=s.domain, rcode=0)
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.logon("svc")
    s.ldap().simple()


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", domain=None, supported={"srv-not-found": "root of the DNS|top-level"}, never={"verdict": CALM})
def top_level_domain_denies_the_name(s):
    for name in ("_ldap._tcp.dc._msdcs.", "_ldap._tcp."):
        s.cite("srv-not-found", denied(s, name + s.domain, SRV, owner="test"))
    s.wait(5)


@field("K6", shows={"krb-error": "error"}, outcome="failed", never={"krb-error": "renewable", "verdict": CALM})
def service_finds_the_ticket_old(s):
    """No renewal: the ticket is shown to the web server each time."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    s.wait(40000)
    for _ in range(3):
        s.cite("krb-error", shown_to_the_web(s, refused_by_the_web(s, 32), etype=18))
        s.wait(5)


@field("K10", outcome="ok", verdict="16 LDAP operations were refused", never={"verdict": CALM})
def base_is_no_object_all_day_long(s):
    """On one connection; the answers beyond those that are kept are no other answers."""
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    for _ in range(20):
        missed(conn)
        s.wait(60)


@field("K10", outcome="ok", verdict="another account has this service principal name", never={"verdict": CALM + "|base of the search"})
def change_is_refused_behind_many_looks(s):
    s.found()
    s.address(s.host, s.dc)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    people(conn)
    for _ in range(20):
        missed(conn, "CN=Sudoers")
        s.wait(60)
    conn.ask(ldap_modify(f"CN=NAS1,CN=Computers,{top(s)}", "servicePrincipalName", "HTTP/nas." + s.domain), result(7, 19, diagnostic=TAKEN))
