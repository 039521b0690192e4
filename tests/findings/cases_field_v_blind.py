# SPDX-License-Identifier: GPL-2.0-or-later
"""A third round of public reports and their healthy neighbours, written down before the rules were read.

All kinds, with more of K2 (a sequel makes it healthy), K4 (names of child domains, of forests, of hosts elsewhere), K5
(whose success), K8 (autodiscover), K9 (lost time), K10 (other operations) and K12 (one story) than before, and with
clients that are not Windows.
"""
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV, hello, said_by_client
from cases_field_t_blind import BAD_WEB, hung_up, signed_on
from cases_field_u_blind import NXDOMAIN, PASSWORD, SEC, chain, page, refused_by_the_web, shown_to_the_web, top
from cases_web import BASIC, SVC, XML, directory, ex, get, post, pox, pox_error, response, soap
from cases import exchange_filter, url_entry
from field import field
from net import *  # noqa: F403
from web import CHANGE, DATA, HIDDEN, alert, certificate_of

SERVFAIL = 2
LINUX = (18, 17, 20, 19, 16, 23, 25, 26)
ANSWERED = http_reply(200, b"ok", negotiate(nego_resp(gss(AP_REP_ID, ap_rep()), 0), "WWW-Authenticate"))
BARE_401 = http_reply(401, b"", "WWW-Authenticate: Negotiate")


def outdated(host):
    """A certificate of the year before the one of these captures."""
    der = certificate_of([host], host)
    return der.replace(b"230101000000Z", b"220101000000Z").replace(b"270101000000Z", b"230101000000Z")


def controllers(s, n=2):
    """So many are in the record, and each has its address and answers its ping."""
    s.srv(DC_SRV, *[f"dc{i}.{{D}}" for i in range(1, n + 1)])
    for i, address in enumerate((s.dc, s.dc2, s.dc3)[:n], 1):
        s.address(f"dc{i}.{{D}}", address)
        s.ping(server=address, host=f"dc{i}.{s.domain}")


# ---- names: child domains, forests, suffixes ----


@field("K4", shows={"srv-resolver-failed": "error"}, outcome="failed", verdict=r"child\.", says={"srv-resolver-failed": "SERVFAIL"},
       causes={"srv-resolver-failed": "delegat|forward|zone"}, never={"verdict": CALM})
def delegation_of_the_child_domain_leads_nowhere(s):
    """From memory: the name server of the delegation was replaced; the parent's server answers SERVFAIL for all of the child."""
    parent = s.domain
    s.named("child." + parent)
    s.address("dc1." + parent, s.dc2)
    for _ in range(3):
        s.cite("srv-resolver-failed", s.srv(DC_SRV, rcode=SERVFAIL))
        s.wait(3)


@field("K5", outcome="ok", like=["srv-not-found"], may=["srv-resolver-failed"], recovered=["srv-resolver-failed?"], never={"verdict": "failed -"})
def delegation_of_the_child_domain_is_known_to_the_second_server(s):
    s.named("child." + s.domain)
    s.srv(DC_SRV, rcode=SERVFAIL)
    s.srv(DC_SRV, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()
    s.ldap().simple()


@field("K4", shows={"srv-not-found": "error|warn"}, outcome="ok|failed", verdict="forest", supported={"srv-not-found": "forest"}, never={"verdict": CALM, "srv-not-found": "re-register|not registered by"})
def build_server_looks_for_a_catalog_in_the_child_domain(s):
    """From memory, of a build server's plugin: catalogs register _gc below the forest's name alone, and the ping names the forest."""
    parent = s.domain
    s.named("child." + parent)
    s.found()
    s.address(s.host, s.dc)
    s.ping(forest=parent)
    for _ in range(2):
        s.cite("srv-not-found", s.srv("_gc._tcp.{D}", rcode=NXDOMAIN))
        s.wait(3)


@field("K4", outcome="ok", may=["srv-not-found"], recovered=["srv-not-found?"], never={"verdict": "failed -"})
def catalog_is_looked_for_in_the_child_and_then_in_the_forest(s):
    parent = s.domain
    s.named("child." + parent)
    s.found()
    s.address(s.host, s.dc)
    s.ping(forest=parent)
    s.logon()
    s.srv("_gc._tcp.{D}", rcode=NXDOMAIN)
    s.srv("_gc._tcp." + parent, "dc9." + parent, port=3268)
    s.address("dc9." + parent, s.dc2)
    conn = s.ldap(s.dc2, 3268)
    conn.simple()
    conn.ask(search("", 2, equal("mail", "x"), ["cn"]), done())


@field("K4", outcome="ok", verdict=CALM, like=["flat-domain-name", "srv-not-found"])
def domain_of_one_label_has_its_records(s):
    """From memory: domains of one label are old, discouraged and healthy."""
    s.named(s.domain.replace(".test", ""))
    s.found()
    s.address(s.host, s.dc)
    s.ping(netbios=s.domain.upper())
    s.logon()
    s.ldap().gssapi()


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", verdict="dmz", never={"verdict": CALM})
def machine_asks_for_the_suffix_of_its_name_alone(s):
    """From memory: the machine is called web1.dmz.D, and so a join tool takes dmz.D for the domain; nobody asks for D."""
    s.address("web1.dmz.{D}", s.client)
    for name in ("_ldap._tcp.dmz.{D}", "_kerberos._udp.dmz.{D}"):
        s.cite("srv-not-found", s.srv(name, rcode=NXDOMAIN))
        s.wait(2)


@field("K4", outcome="ok", may=["srv-not-found"], recovered=["srv-not-found?"], never={"verdict": "failed -"})
def machine_asks_for_the_suffix_of_its_name_and_then_for_its_domain(s):
    s.srv("_ldap._tcp.dmz.{D}", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().gssapi()


@field("K4", shows={"spn-not-found-or-duplicate": "warn|error"}, supported={"spn-not-found-or-duplicate": "realm|domain_realm|suffix"},
       never={"verdict": CALM, "spn-not-found-or-duplicate": "setspn -Q krbtgt|twice"})
def library_makes_the_realm_of_the_host_s_suffix(s):
    """https://github.com/hashicorp/terraform-provider-dns/issues/198 has code 7 for krbtgt/; here the realm is made of the host's name."""
    begun(s)
    s.logon()
    other = "DMZ." + s.realm
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("krbtgt/" + other), s.error(7, "krbtgt/" + other)))
        s.srv("_kerberos._udp." + other, rcode=NXDOMAIN)
        s.wait(2)


@field("K2", outcome="ok", may=["spn-not-found-or-duplicate"], recovered=["spn-not-found-or-duplicate?"], never={"verdict": "failed -"})
def library_makes_the_realm_of_the_suffix_and_asks_its_own_kdc_then(s):
    begun(s)
    s.logon()
    other, spn = "DMZ." + s.realm, "HTTP/web1.dmz." + s.domain
    s.kdc(s.tgs_req("krbtgt/" + other), s.error(7, "krbtgt/" + other))
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", verdict="gone{D}", causes={"srv-not-found": "gone"}, never={"verdict": CALM})
def partner_s_domain_is_gone_and_somebody_still_asks_for_it(s):
    """From memory: the trust was never removed; winbind asks for the partner's controllers now and then. All at home is well."""
    signed_on(s)
    s.ldap().gssapi()
    for _ in range(3):
        s.cite("srv-not-found", s.srv("_ldap._tcp.dc._msdcs.gone{D}", rcode=NXDOMAIN))
        s.wait(5)
    s.logon("bob")


@field("K4", outcome="ok", verdict=CALM, like=["srv-target-unresolvable", "dc-not-serving", "wrong-host-answered"])
def target_of_the_record_is_an_alias(s):
    """RFC 2782 forbids it, and every resolver follows: the target is an alias of the controller's name."""
    s.srv(DC_SRV, "ldap.{D}")
    s.ident += 1
    name = "ldap." + s.domain
    s.udp(s.dns, 53, dns(s.ident, name, A), dns_reply(s.ident, name, [rr(QUESTION, CNAME, dns_name(s.host)), address_rr(s.host, s.dc)], kind=A))
    s.ping()
    s.logon()
    s.ldap().gssapi()


@field("K2", shows={"srv-not-found|wrong-realm": "error"}, outcome="failed", verdict="partner", never={"verdict": CALM, "wrong-realm": "asks there|another realm is asked"})
def user_of_the_partner_logs_on_and_the_partner_s_zone_is_not_forwarded(s):
    """From memory: the KDC sends a user of the partner's forest to their realm (68); nobody here resolves its names."""
    begun(s)
    other = "PARTNER" + s.realm
    s.kdc(s.as_req("alice@partner.example", cname_kind=10), s.error(68, crealm=other))
    for _ in range(2):
        s.cite("srv-not-found|wrong-realm", s.srv("_kerberos._udp." + other, rcode=NXDOMAIN))
        s.cite("srv-not-found|wrong-realm", s.srv("_kerberos._tcp." + other, rcode=NXDOMAIN))
        s.wait(2)


@field("K2", outcome="ok", verdict=CALM, like=["wrong-realm", "srv-not-found"])
def user_of_the_partner_logs_on_at_home(s):
    begun(s)
    other = "PARTNER" + s.realm
    s.kdc(s.as_req("alice@partner.example", cname_kind=10), s.error(68, crealm=other))
    s.srv("_kerberos._udp." + other, "dc9." + other.lower(), port=88)
    s.address("dc9." + other.lower(), s.dc2)
    s.kdc(as_req("alice@partner.example", "krbtgt/" + other, realm=other, cname_kind=10, nonce=s._new()), s.error(25, "krbtgt/" + other, realm=other), server=s.dc2)
    request = as_req("alice@partner.example", "krbtgt/" + other, realm=other, cname_kind=10, nonce=s._new(), pre=[timestamp()])
    s.kdc(request, as_rep("alice", "krbtgt/" + other, realm=other), server=s.dc2)


# ---- Kerberos ----


@field("K6", shows={"service-key-mismatch|krb-error": "error"}, outcome="failed", verdict="could not open",
       first={"service-key-mismatch|krb-error": "older key"}, supported={"service-key-mismatch|krb-error": "older key"}, never={"verdict": CALM, "any": "clock"})
def keytab_is_older_than_the_account_s_password(s):
    """From memory: the password was set anew for the keytab of another server: this one has no key of the ticket's version (44)."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, kvno=5))
    for _ in range(2):
        s.cite("service-key-mismatch|krb-error", shown_to_the_web(s, refused_by_the_web(s, 44), etype=18))
        s.wait(2)


@field("K5", shows={"http-unauthorized|service-key-mismatch|krb-error": "error|warn"}, outcome="ok|failed", verdict="rejected 2",
       supported={"http-unauthorized": "not all of them"}, never={"verdict": CALM})
def one_node_of_the_farm_has_no_key(s):
    """https://github.com/gssapi/mod_auth_gssapi/issues/307: refused, let in, refused again: what the one node takes, the other does not."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    shown_to_the_web(s, BARE_401, etype=18)
    s.wait(1)
    shown_to_the_web(s, ANSWERED, etype=18)
    s.wait(1)
    for _ in range(2):
        s.cite("http-unauthorized|service-key-mismatch|krb-error", shown_to_the_web(s, BARE_401, etype=18))
        s.wait(1)


@field("K5", outcome="ok", may=["http-unauthorized", "service-key-mismatch", "krb-error"], recovered=["http-unauthorized?", "service-key-mismatch?", "krb-error?"],
       never={"verdict": "failed"})
def browser_shows_its_ticket_after_the_first_refusal(s):
    """What each browser does: a page is asked for without anything, and then with a ticket."""
    signed_on(s)
    t = s.tcp(s.web, 80)
    t.ask(http_get(s.mail, "/"))
    t.answer(BARE_401)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    t.ask(http_get(s.mail, "/", negotiate(nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm))))))
    t.answer(ANSWERED)


@field("K12", shows={"clock-skew": "error"}, outcome="failed", first={"clock-skew": "client"}, says={"clock-skew": ["{dc}", "{dc2}", "{dc3}"]},
       never={"verdict": CALM, "clock-skew": "jumped"})
def clock_of_the_client_is_off_for_all_three_controllers(s):
    """From memory: the hypervisor's clock is wrong and so is the guest's; all controllers agree with each other."""
    controllers(s, 3)
    for server in (s.dc, s.dc2, s.dc3):
        s.kdc(s.as_req(), s.error(25, stime=s.c.time + 900 * 10**9), server=server)
        s.cite("clock-skew", s.kdc(s.as_req(pre=[timestamp()]), s.error(37, stime=s.c.time + 900 * 10**9), server=server))
        s.wait(2)


@field("K12", shows={"client-unknown": "error"}, outcome="failed", first={"client-unknown": "deleted|removed|no computer|not joined|account"},
       says={"client-unknown": [r"LNX7\$"]}, never={"verdict": CALM, "client-unknown": "UPN suffix|not replicated to this"}, checks={"client-unknown": r"LNX7\$"})
def stale_computer_was_tidied_away(s):
    """From memory: a script removes computers that did not change their password; SSSD then learns that nobody knows its host."""
    controllers(s, 2)
    for server in (s.dc, s.dc2, s.dc):
        s.cite("client-unknown", s.kdc(s.as_req("LNX7$", etypes=LINUX), s.error(6), server=server))
        s.wait(3)


@field("K7", shows={"spn-not-found-or-duplicate": "warn|error"}, checks={"spn-not-found-or-duplicate": "kvno"},
       never={"spn-not-found-or-duplicate": "klist get|Test-NetConnection|Resolve-DnsName", "verdict": CALM})
def client_of_linux_gets_no_ticket_for_its_share(s):
    """From memory: a NAS was renamed, and its computer account has the old name."""
    begun(s)
    s.kdc(s.as_req(etypes=LINUX), s.error(25, data=padata((19, etype_info2()))))
    s.kdc(s.as_req(etypes=LINUX, pre=[timestamp()]), s.as_rep())
    spn = "cifs/nas2." + s.domain
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn, etypes=LINUX), s.error(7, spn)))
        s.wait(2)


@field("K4", shows={"spn-not-found-or-duplicate": "warn|error"}, supported={"spn-not-found-or-duplicate": "domain's (own )?name|name of the domain|domain name"},
       never={"verdict": CALM})
def program_asks_for_the_directory_by_the_domain_s_name(s):
    """https://github.com/cannatag/ldap3/issues/953: the server is given as the domain's name, and the ticket is asked for that."""
    signed_on(s)
    s.address(s.domain, s.dc, s.dc2)
    for _ in range(2):
        s.ldap(s.dc2).anonymous()
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("ldap/" + s.domain), s.error(7, "ldap/" + s.domain)))
        s.wait(2)


@field("K9", shows={"slow": "note|warn"}, outcome="ok", may=["kdc-unanswered"], recovered=["kdc-unanswered?"], first={"slow": "UDP"},
       supported={"slow": "UDP"}, never={"verdict": CALM, "any": "KDC service (has )?stopped|host is down|are lost in the network"})
def kerberos_waits_for_udp_each_time(s):
    """From memory: UDP port 88 is shut, TCP is not; each ticket costs the library's first three seconds."""
    begun(s)
    for n in range(4):
        request = s.as_req(pre=[timestamp()]) if n == 0 else s.tgs_req(f"HTTP/w{n}.{s.domain}")
        s.kdc(request)
        s.wait(3)
        s.kdc(request, s.as_rep() if n == 0 else s.tgs_rep(f"HTTP/w{n}.{s.domain}"), tcp=True)


@field("K2", outcome="ok", verdict=CALM, like=["krb-tcp-blocked", "krb-error", "slow"])
def tickets_are_too_big_for_udp_each_time(s):
    signed_on(s)
    for n in range(3):
        spn = f"HTTP/w{n}.{s.domain}"
        s.kdc(s.tgs_req(spn), s.error(52, spn))
        s.kdc(s.tgs_req(spn), s.tgs_rep(spn), tcp=True)


# ---- passwords: kpasswd and LDAP ----


def changepw_ticket(s):
    begun(s)
    s.kdc(s.as_req(sname="kadmin/changepw"), s.error(25, "kadmin/changepw"))
    s.kdc(s.as_req(sname="kadmin/changepw", pre=[timestamp()]), s.as_rep(sname="kadmin/changepw", cipher=b"synthetic changepw"))


def refusal(code, data=None):
    error = krb_error(code, CHANGEPW, data=data)
    return struct.pack(">HHH", 6 + len(error), 1, 0) + error


def sent_twice(s):
    """The answer to the first one is late, and the same bytes go out again."""
    request, port = kpasswd_req(version=1), s.next_port()
    frames = s.udp(s.dc, 464, request, cport=port)
    s.wait(1)
    return frames + s.udp(s.dc, 464, request, refusal(34), cport=port)


@field("K6", shows={"kpasswd-failed": "error"}, outcome="failed", supported={"kpasswd-failed": "replay|repeat|twice|may have been (made|changed)|first request"},
       never={"verdict": CALM, "kpasswd-failed": "polic(y|ies)|complexity|history"})
def change_of_a_password_is_repeated_and_taken_for_a_replay(s):
    """https://github.com/krb5/krb5/pull/856: over UDP the request is sent again, and the second one is a replay; the change may be made."""
    changepw_ticket(s)
    s.cite("kpasswd-failed", sent_twice(s))
    s.wait(20)


@field("K5", outcome="ok", may=["kpasswd-failed"], recovered=["kpasswd-failed?"], never={"verdict": "failed -"})
def change_is_taken_for_a_replay_and_the_new_password_is_good(s):
    changepw_ticket(s)
    sent_twice(s)
    s.wait(2)
    s.logon()


@field("K10", shows={"kpasswd-failed": "error"}, outcome="failed", says={"kpasswd-failed": "polic"},
       first={"kpasswd-failed": "polic|age|history|complex|length"}, never={"verdict": CALM, "any": r"\\x0|\\0|\ufffd"})
def password_is_too_young_to_be_changed(s):
    """https://github.com/dotnet/Kerberos.NET/pull/364: the result's text is no text: Active Directory writes its policy as numbers."""
    changepw_ticket(s)
    policy = struct.pack(">HHIIIQQ", 4, 0, 7, 24, 1, 36288000000000, 864000000000)
    for _ in range(2):
        s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd_req(version=1), refusal(60, policy)))
        s.wait(3)


@field("K10", shows={"kpasswd-failed": "error"}, outcome="failed", first={"kpasswd-failed": "right|permission|allowed|may not|delegat"}, never={"verdict": CALM, "kpasswd-failed": "complexity|history"})
def join_may_make_accounts_and_not_set_their_passwords(s):
    """From memory: the right to create computers was delegated, the one to reset their passwords was not: result 5."""
    begun(s)
    s.logon("joiner")
    conn = s.ldap()
    conn.gssapi()
    plain = s.ldap()
    plain.simple(name="joiner@" + s.domain)
    plain.ask(ldap_add(f"CN=LNX3,CN=Computers,{top(s)}", objectClass="computer", sAMAccountName="LNX3$"), result(9))
    for _ in range(2):
        s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd_req(), kpasswd_error(5, "Access denied")))
        s.wait(2)


TOO_SIMPLE = "0000052D: AtrErr: DSID-03190F80, #1:\n\t0: 0000052D: DSID-03190F80, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)\n"
WRONG_OLD = "00000056: AtrErr: DSID-03191083, #1:\n\t0: 00000056: DSID-03191083, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)\n"
QUOTA = "0000216D: SvcErr: DSID-031A1236, problem 5003 (WILL_NOT_PERFORM), data 0\n"
NO_UAC = "000020E7: AtrErr: DSID-031530D8, #1:\n\t0: 000020E7: DSID-031530D8, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90008 (userAccountControl):len 4\n"


def refused_change(s, op, code, diagnostic, kind=7):
    signed_on(s)
    conn = s.ldap()
    conn.simple(name="svc@" + s.domain)
    for _ in range(2):
        conn.ask(op, result(kind, code, diagnostic=diagnostic))
        s.wait(3)


@field("K10", outcome="ok|failed", verdict=["modify", r"constraintViolation \(19\)", "polic|complex|history"], never={"verdict": [CALM, "too little"]})
def portal_sets_a_password_that_the_policy_refuses(s):
    """https://github.com/cannatag/ldap3/issues/882: 19 with 0000052D, of unicodePwd."""
    refused_change(s, ldap_modify(f"CN=Alice,CN=Users,{top(s)}", "unicodePwd", "synthetic"), 19, TOO_SIMPLE)


@field("K10", outcome="ok|failed", verdict=["modify", "old password|current password|wrong password|password is not"], never={"verdict": [CALM, "too little"]})
def portal_has_the_wrong_old_password(s):
    """From memory: 00000056 with 19: the value to be deleted is not the current password."""
    refused_change(s, ldap_modify(f"CN=Alice,CN=Users,{top(s)}", "unicodePwd", "synthetic"), 19, WRONG_OLD)


@field("K10", outcome="ok|failed", verdict=[r"\badd\b", "quota|ten computers|number of computers|limit"], never={"verdict": [CALM, "too little"]})
def user_has_joined_ten_machines_already(s):
    """From memory, of the quota in https://github.com/LoicVeirman/HardenAD/issues/87: over LDAP it is 53 with 0000216D (8557)."""
    refused_change(s, ldap_add(f"CN=LNX4,CN=Computers,{top(s)}", objectClass="computer", sAMAccountName="LNX4$"), 53, QUOTA, 9)


@field("K10", outcome="ok|failed", verdict=["modify", r"constraintViolation \(19\)"], never={"verdict": [CALM, "too little", "polic|complex|history"]})
def join_may_not_mark_the_account_as_trusted(s):
    """https://github.com/MicrosoftDocs/azure-docs/issues/8028: 19 with 000020E7, of userAccountControl."""
    refused_change(s, ldap_modify(f"CN=LNX5,CN=Computers,{top(s)}", "userAccountControl", "4096"), 19, NO_UAC)


@field("K10", outcome="ok|failed", verdict=["delete", r"notAllowedOnNonLeaf \(66\)"], never={"verdict": [CALM, "too little"]})
def leaving_the_domain_meets_objects_below_the_computer(s):
    """From memory: recovery keys or print queues lie below the computer, and a plain delete is refused."""
    refused_change(s, ldap_delete(f"CN=LNX6,CN=Computers,{top(s)}"), 66, "00002015: UpdErr: DSID-031A1236, problem 6003 (CANT_ON_NON_LEAF), data 0\n", 11)


@field("K10", outcome="ok", like=["ldap-not-bound", "ldap-bind-failed", "kpasswd-failed"], never={"verdict": "failed -"})
def join_writes_all_that_it_has_to(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple(name="joiner@" + s.domain)
    dn = f"CN=LNX8,CN=Computers,{top(s)}"
    conn.ask(search(top(s), 2, equal("sAMAccountName", "LNX8$"), ["cn"]), done())
    conn.ask(ldap_add(dn, objectClass="computer", sAMAccountName="LNX8$"), result(9))
    conn.ask(ldap_modify(dn, "servicePrincipalName", "host/lnx8." + s.domain), result(7))
    s.udp(s.dc, 464, kpasswd_req(), kpasswd_rep())
    s.logon("LNX8$")


# ---- LDAP: binds, ports, certificates ----

UNSUPPORTED, NO_METHOD = "80090302: " + SEC.format("1"), "00002027: LdapErr: DSID-0C090567, comment: Invalid Authentication method, data 0, v4563"


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "not support|sign|flag|option|NTLM"}, never={"ldap-bind-failed": PASSWORD, "verdict": CALM})
def library_asks_ntlm_for_what_the_controller_does_not_do(s):
    """https://github.com/pingidentity/ldapsdk/issues/96: 80090302 is "not supported", and LDAP calls it invalidCredentials."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.spnego(ntlm(1), ntlm(2), 14, state=1)
        s.cite("ldap-bind-failed", conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("svc", "CONTOSO"), 1, None)), bind_response(49, UNSUPPORTED))[1])
        s.wait(3)


@field("K6", shows={"ldap-bind-failed|ldap-mechanism-unknown": "error"}, outcome="failed", first={"ldap-bind-failed|ldap-mechanism-unknown": "mechanism|method"},
       never={"ldap-bind-failed|ldap-mechanism-unknown": PASSWORD, "verdict": CALM})
def server_knows_no_such_way_to_bind(s):
    """From memory: authMethodNotSupported (7): a scanner offers CRAM-MD5, which no controller has."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed|ldap-mechanism-unknown", s.ldap().ask(bind_sasl("CRAM-MD5"), bind_response(7, NO_METHOD)))
        s.wait(3)


@field("K6", shows={"dc-unreachable": "error"}, outcome="failed", verdict="3268|catalog", first={"dc-unreachable": "firewall|filter|drop"},
       never={"verdict": CALM, "dc-unreachable": "host is down|switched off|not a (global )?catalog"})
def forge_may_not_reach_the_catalog_s_port(s):
    """From memory: 389 was opened for the code forge, 3268 was not; the controller says in its ping that it is a catalog."""
    signed_on(s)
    s.ldap().simple()
    for _ in range(2):
        s.cite("dc-unreachable", s.syn(s.dc, 3268, times=3))
        s.wait(12)
    s.wait(25)


def shaken(s, server, host, der, code=None):
    t = s.tcp(server, 636)
    frames = [t.ask(hello(host)), t.answer(chain(der))]
    if code:
        frames.append(t.ask(alert(2, code)))
        hung_up(t, "c")
        return frames
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()
    return frames


@field("K12", shows={"tls-failed": "error"}, outcome="failed", verdict="expired", first={"tls-failed": "expired"}, never={"verdict": CALM},
       says={"tls-failed": [r"dc1\.{D}", r"dc2\.{D}", r"dc3\.{D}"]})
def certificates_of_all_controllers_expired_together(s):
    """From memory: the authority was switched off with its server; a year later LDAPS ends at each controller within a week."""
    controllers(s, 3)
    for i, server in enumerate((s.dc, s.dc2, s.dc3), 1):
        host = f"dc{i}.{s.domain}"
        s.cite("tls-failed", shaken(s, server, host, outdated(host), 45))
        s.wait(2)


@field("K5", shows={"tls-failed": "warn"}, outcome="ok|hidden", never={"verdict": "failed -"})
def certificate_of_the_third_controller_is_still_good(s):
    controllers(s, 3)
    for i, server in enumerate((s.dc, s.dc2), 1):
        host = f"dc{i}.{s.domain}"
        shaken(s, server, host, outdated(host), 45)
        s.wait(2)
    shaken(s, s.dc3, "dc3." + s.domain, certificate_of(["dc3." + s.domain]))


@field("K11", shows={"ldap-unanswered": "error"}, outcome=["failed", "failed", "failed"], says={"ldap-unanswered": ["{dc}", "{dc2}"]}, never={"verdict": CALM, "ldap-unanswered": "[^0-9.](4|5|6) (requests|searches|LDAP)"})
def two_searches_here_and_one_there_stay_without_an_answer(s):
    controllers(s, 2)
    s.logon()
    for server in (s.dc, s.dc, s.dc2):
        conn = s.ldap(server)
        conn.simple()
        s.cite("ldap-unanswered", conn.scp(answered=False)[-1])
        s.wait(30)
        conn.t.reset("c")
    s.wait(25)


# ---- a controller that is none any more ----


def closed(s, server):
    """The host is there, and nothing listens: LDAP, Kerberos, the catalog, and its UDP says so as well."""
    asked = s.ping(server=server, silent=True)[0]
    frames = [asked, s.c.add(port_unreachable(Ether(s.c.frames[asked - 1][1])[IP]))]
    for port in (389, 88, 3268):
        frames += s.syn(server, port, "refused")
        s.wait(1)
    return frames


@field("K12", shows={"dc-unreachable|ping-unanswered": "error"}, outcome="failed", never={"verdict": CALM, "any": "firewall (drops|silently)|host is down|without any reply"},
       supported={"dc-unreachable|ping-unanswered": "demot|no (domain )?controller|directory service|not (a )?(domain )?controller|stopped"})
def controller_was_demoted_and_its_records_stayed(s):
    """From memory: a member server since Friday, and still the only name in the record of the site."""
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("dc-unreachable|ping-unanswered", closed(s, s.dc)[2:4])
        s.wait(3)


@field("K5", outcome="ok", may=["dc-unreachable", "ping-unanswered"], recovered=["dc-unreachable?", "ping-unanswered?"], never={"verdict": "failed -"})
def controller_was_demoted_and_the_other_one_serves(s):
    s.srv(DC_SRV, "dc1.{D}", "dc2.{D}")
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    closed(s, s.dc)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.logon(server=s.dc2)
    s.ldap(s.dc2).gssapi(spn="ldap/dc2." + s.domain)


# ---- lost time ----


@field("K9", shows={"slow": "warn"}, outcome="ok", may=["srv-unanswered"], recovered=["srv-unanswered?"], says={"slow": "{dns}"}, never={"verdict": CALM})
def first_resolver_of_the_list_is_dead(s):
    """From memory: the first entry of resolv.conf is a controller that was switched off; each name takes five seconds."""
    for name in ("_ldap._tcp.{D}", "_kerberos._udp.{D}", DC_SRV):
        s.srv(name, silent=True)
        s.wait(5)
        s.srv(name, "dc1.{D}", server=s.dns2, port=88 if "kerb" in name else 389)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()


def both_families(s, host, waits):
    """A and AAAA from one port; the latter is dropped on the way."""
    port = s.next_port()
    s.ident += 2
    s.udp(s.dns, 53, dns(s.ident, host, A), cport=port)
    s.udp(s.dns, 53, dns(s.ident + 1, host, AAAA), cport=port)
    s.udp(s.dns, 53, None, dns_reply(s.ident, host, [address_rr(QUESTION, s.dc)], kind=A), cport=port)
    if waits:
        s.wait(5)
        s.udp(s.dns, 53, dns(s.ident, host, A), dns_reply(s.ident, host, [address_rr(QUESTION, s.dc)], kind=A), cport=port)
        s.udp(s.dns, 53, dns(s.ident + 1, host, AAAA), dns_reply(s.ident + 1, host, [], kind=AAAA, authority=[soa_rr(s.domain)]), cport=port)
    s.ident += 1


@field("K9", shows={"slow": "warn|note"}, outcome="ok", says={"slow": "{dns}|AAAA|IPv6|address"}, never={"verdict": CALM})
def second_question_of_the_same_port_is_dropped_each_time(s):
    """From memory: a firewall closes the port's state with the first answer; A and AAAA go out together, five seconds each time."""
    s.found()
    for _ in range(3):
        both_families(s, s.host, True)
        s.ping()
        s.wait(1)
    s.logon()


@field("K9", outcome="ok", like=["slow"], never={"verdict": "failed -|slow"})
def second_question_of_the_same_port_is_dropped_and_nobody_waits(s):
    s.found()
    both_families(s, s.host, False)
    s.ping()
    s.logon()
    s.ldap().gssapi()


@field("K9", shows={"slow": "warn"}, outcome="ok", says={"slow": "{mail}|{web}"}, never={"verdict": CALM})
def mail_server_takes_half_a_minute_for_each_answer(s):
    """From memory: the mail server's own controller is far; autodiscover answers, late."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    for _ in range(2):
        asked = t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml", BASIC))
        s.wait(28)
        s.cite("slow", asked, t.answer(http_reply(200, response("<Account><AccountType>email</AccountType><Action>settings</Action><Protocol><Type>EXCH</Type></Protocol></Account>"), "Content-Type: text/xml")))


# ---- autodiscover ----


@field("K8", shows={"autodiscover-error": "error"}, outcome="failed", verdict="600", first={"autodiscover-error": "request|address|malformed"},
       never={"verdict": CALM, "autodiscover-error": "mailbox (does not|is not)|no mailbox"})
def tool_posts_without_an_address(s):
    """https://github.com/sensepost/ruler/issues/79: the request names no address: error 600."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("autodiscover-error", post(s, s.https(s.web, s.mail), s.mail, BASIC, body=pox(s, " ").replace(b" </EMail", b"</EMail"), answer=pox_error(600)))
        s.wait(2)


@field("K8", outcome="ok|hidden", like=["autodiscover-error", "http-error"], never={"verdict": "failed"})
def monitor_gets_the_600_that_it_waits_for(s):
    """https://github.com/mailcow/mailcow-dockerized/issues/646: who asks by GET is told 600, and that is a sign of life."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        get(s, s.https(s.web, s.mail), s.mail, BASIC, status=200, answer=pox_error(600))
        s.wait(5)


TELEPHONE = (b'<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006"><Request><EMailAddress>alice@x.test'
             b"</EMailAddress></Request></Autodiscover>")


@field("K5", shows={"autodiscover-error": "error|warn"}, verdict="603", never={"verdict": CALM})
def telephones_are_told_603_and_outlook_is_served(s):
    """https://github.com/grommunio/gromox/issues/237: since an update each telephone gets a server error, and Outlook its settings."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)
    for _ in range(2):
        s.cite("autodiscover-error", post(s, s.https(s.web, s.mail), s.mail, BASIC, body=TELEPHONE, answer=pox_error(603)))
        s.wait(2)


def tenant(s):
    """autodiscover.<tenant> has an address and answers on port 80 alone."""
    host = "autodiscover." + s.domain
    s.address(s.domain, rcode=0)
    s.address(host, s.web)
    s.syn(s.web, 443, "refused")
    return host


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", may=["endpoint-unresolvable"], verdict="443|https", never={"verdict": CALM, "any": "SCP|forest"})
def library_stops_where_the_cloud_has_http_alone(s):
    """https://github.com/WinRb/autodiscover/issues/6: the host of the tenant's name answers on port 80 alone, and the library never asks there."""
    host = tenant(s)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))
    s.wait(3)
    s.address(host, s.web)


@field("K8", outcome="ok|hidden", may=["endpoint-unreachable", "endpoint-unresolvable", "autodiscover-fallback"], recovered=["endpoint-unreachable?", "endpoint-unresolvable?"], never={"verdict": "failed -"})
def library_goes_on_by_http_and_is_redirected_to_the_cloud(s):
    host = tenant(s)
    cloud = "autodiscover-s.cloud" + s.domain
    t = s.tcp(s.web, 80)
    get(s, t, host, status=302, more=[f"Location: https://{cloud}{XML}"])
    s.address(cloud, s.web2)
    post(s, s.https(s.web2, cloud), cloud, BASIC)


@field("K8", shows={"autodiscover-error": "error"}, outcome="failed", verdict="500", says={"autodiscover-error": "cloud"}, never={"verdict": CALM})
def mailbox_was_moved_and_the_cloud_does_not_know_its_address(s):
    """From memory: the server at home sends the mailbox to its address in the cloud, which nobody has there: 500."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    moved = f"alice@cloud{s.domain}"
    for _ in range(2):
        post(s, s.https(s.web, s.mail), s.mail, BASIC, answer=response(
            f"<Account><AccountType>email</AccountType><Action>redirectAddr</Action><RedirectAddr>{moved}</RedirectAddr></Account>"))
        host = f"autodiscover.cloud{s.domain}"
        s.address(host, s.web2)
        s.cite("autodiscover-error", post(s, s.https(s.web2, host), host, BASIC, body=pox(s, moved), answer=pox_error(500)))
        s.wait(2)


@field("K2", outcome="incomplete", verdict=["401", "no credentials of the client"], like=["http-unauthorized"], never={"verdict": CALM, "path": "password is wrong"})
def client_has_nothing_to_say_to_what_is_offered(s):
    """From memory: a Mac without a ticket; the server offers Negotiate and NTLM, and the program gives up without a word."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(3):
        post(s, s.https(s.web, s.mail), s.mail, status=401, answer=b"", more=["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"])
        s.wait(5)


@field("K8", outcome="ok", verdict=CALM, like=BAD_WEB)
def settings_are_asked_for_by_soap_and_by_the_old_way(s):
    """Hybrid clients ask both; each answer is good."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    body = soap("<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><UserSettings><UserSetting><Name>ExternalEwsUrl</Name>"
                f"<Value>https://{s.mail}/EWS/Exchange.asmx</Value></UserSetting></UserSettings></UserResponse></UserResponses>")
    post(s, t, s.mail, BASIC, uri=SVC, body=b"<Envelope/>", answer=body)
    post(s, t, s.mail, BASIC)


# ---- healthy days ----


@field("K3", alone=True, outcome="ok|hidden|incomplete", like=["ldap-unanswered", "kdc-unanswered", "srv-unanswered", "ping-unanswered"], never={"verdict": "failed -"})
def recording_keeps_the_first_hundred_bytes(s):
    """tcpdump -s 100: each packet is there, and the end of most is not."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1))
    s.wait(60)
    s.hears_something()
    s.cut.update({n: 100 for n in range(1, len(s.c.frames) + 1)})


@field("K5", outcome="ok", may=["password-wrong"], recovered=["password-wrong?"], never={"verdict": "failed -|tries|spray"})
def two_users_of_a_portal_mistype_once(s):
    begun(s)
    for name in ("alice", "bob"):
        s.kdc(s.as_req(name), s.error(25, data=padata((19, etype_info2()))))
        s.kdc(s.as_req(name, pre=[timestamp()]), s.error(24))
        s.wait(4)
        s.logon(name)


@field("K2", outcome="ok", verdict=CALM, like=["krb-error", "wrong-realm", "spn-not-found-or-duplicate"])
def ticket_is_renewed_every_hour(s):
    """A daemon of Linux renews what it has, and asks for the same service again."""
    signed_on(s)
    for _ in range(3):
        s.wait(3600)
        s.kdc(s.tgs_req(s.tgt, options=RENEW | RENEWABLE), s.tgs_rep(s.tgt))
        s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@field("K4", outcome="ok", may=["srv-site-not-found"], like=["srv-not-found", "client-site-undefined"], never={"verdict": "failed -"})
def mac_of_the_branch_asks_for_its_site_and_for_all(s):
    """A Mac asks for its site's catalog, which the branch has not, and takes one of the domain."""
    s.srv("_ldap._tcp.Branch._sites.{D}", "dc1.{D}")
    s.srv("_gc._tcp.Branch._sites.{D}", rcode=NXDOMAIN)
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc)
    s.ping(dc_site="HQ", client_site="HQ")
    s.logon()
    conn = s.ldap(port=3268)
    conn.gssapi()


@field("K4", outcome="ok", verdict=CALM, like=["ping-unanswered", "srv-not-found", "dc-not-serving"])
def member_of_the_child_domain_asks_its_parent_too(s):
    """SSSD of a child domain: its own controller, then one of the forest's root, each by ping and by ticket."""
    parent = s.domain
    s.named("child." + parent)
    s.found()
    s.address(s.host, s.dc)
    s.ping(forest=parent)
    s.logon("LNX1$")
    s.ldap().gssapi()
    s.srv("_ldap._tcp." + parent, "dc9." + parent)
    s.address("dc9." + parent, s.dc2)
    s.ping(domain=parent, server=s.dc2, value=netlogon_ex(domain=parent, host="dc9." + parent, netbios="ROOT"))
    up = "krbtgt/" + parent.upper()
    s.kdc(s.tgs_req(up), s.tgs_rep(up))
    spn = "ldap/dc9." + parent
    s.kdc(tgs_req(spn, up, realm=parent.upper(), tgt_realm=s.realm, nonce=s._new()), s.tgs_rep(spn, realm=parent.upper()), server=s.dc2)
    s.ldap(s.dc2).gssapi(spn=spn)


# ---- relatives and neighbours of what was mended, written down after the first mending ----


@field("K5", outcome="ok|hidden", shows={"tls-failed": "warn"}, verdict="expired", never={"verdict": "failed -"})
def certificate_of_the_first_controller_expired_and_the_second_one_binds(s):
    """Seen in clear: the second controller lets the client in."""
    controllers(s, 2)
    shaken(s, s.dc, s.host, outdated(s.host), 45)
    s.wait(2)
    s.ldap(s.dc2).simple()


@field("K5", shows={"tls-failed": "error"}, outcome="failed", never={"verdict": CALM})
def certificate_expired_while_the_catalog_was_still_good(s):
    """What went well before the fault makes nothing good: LDAPS fails at the end, at each controller."""
    controllers(s, 2)
    shaken(s, s.dc2, "dc2." + s.domain, certificate_of(["dc2." + s.domain]))
    s.wait(5)
    for server, host in ((s.dc, s.host), (s.dc2, "dc2." + s.domain)):
        s.cite("tls-failed", shaken(s, server, host, outdated(host), 45))
        s.wait(2)


@field("K5", outcome="ok", like=["kpasswd-failed"], never={"verdict": "failed -|REPEAT"})
def change_is_repeated_and_the_first_answer_comes_after_all(s):
    """The request goes out twice, the first answer is on its way, and the second one is a replay."""
    changepw_ticket(s)
    request, port = kpasswd_req(version=1), s.next_port()
    s.udp(s.dc, 464, request, cport=port)
    s.wait(1)
    s.udp(s.dc, 464, request, kpasswd_rep(), refusal(34), cport=port)
    s.wait(2)
    s.logon()


@field("K5", shows={"kpasswd-failed": "error"}, outcome="failed", never={"verdict": CALM, "kpasswd-failed": "replay|sent it again"})
def change_is_refused_by_policy_and_the_old_password_still_lets_in(s):
    """A logon after a refusal by policy proves nothing: the old password is good."""
    changepw_ticket(s)
    s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd_req(version=1), kpasswd_error(4, "too short")))
    s.wait(2)
    s.logon()


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "does not support"}, never={"ldap-bind-failed": PASSWORD + "|old version of NTLM", "verdict": CALM})
def ticket_asks_for_what_the_controller_does_not_do(s):
    """The same status, to a bind by Kerberos."""
    signed_on(s)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    for _ in range(2):
        token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
        s.cite("ldap-bind-failed", s.ldap().ask(bind_sasl("GSS-SPNEGO", nego_init(token)), bind_response(49, UNSUPPORTED)))
        s.wait(3)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok", never={"verdict": "failed -"})
def library_goes_over_to_a_simple_bind(s):
    signed_on(s)
    conn = s.ldap()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("svc", "CONTOSO"), 1, None)), bind_response(49, UNSUPPORTED))
    s.wait(1)
    s.ldap().simple(name="CONTOSO\\svc")


@field("K12", shows={"client-unknown": "error"}, outcome="failed", causes={"client-unknown": ["mistyped", "not replicated"]})
def one_controller_does_not_know_the_user(s):
    """One KDC alone: it may be that it has not heard of the user yet."""
    controllers(s, 2)
    for _ in range(2):
        s.cite("client-unknown", s.kdc(s.as_req("carol", etypes=LINUX), s.error(6)))
        s.wait(3)


@field("K12", shows={"client-unknown": "error"}, outcome="failed", causes={"client-unknown": "mistyped"}, never={"client-unknown": "not replicated to this"})
def both_controllers_do_not_know_the_user(s):
    controllers(s, 2)
    for server in (s.dc, s.dc2):
        s.cite("client-unknown", s.kdc(s.as_req("carol", etypes=LINUX), s.error(6), server=server))
        s.wait(3)


@field("K6", shows={"clock-skew": "error"}, outcome="failed", first={"clock-skew": "The server's clock is off"}, supported={"clock-skew": "server's clock"},
       never={"verdict": CALM, "clock-skew": "client's clock is off"})
def clock_of_one_of_three_controllers_is_off(s):
    """Two agree with the capture, the third one refuses."""
    controllers(s, 3)
    for server in (s.dc, s.dc2):
        s.logon(server=server)
    for _ in range(2):
        s.cite("clock-skew", s.kdc(s.as_req("bob", pre=[timestamp()]), s.error(37, stime=s.c.time + 900 * 10**9), server=s.dc3))
        s.wait(2)


@field("K6", shows={"clock-skew": "error"}, outcome="failed", causes={"clock-skew": ["client's clock", "server's clock"]}, never={"clock-skew": "PDC emulator"})
def only_controller_s_clock_differs(s):
    """One controller and one client: nobody can say whose clock it is."""
    begun(s)
    for _ in range(2):
        s.kdc(s.as_req(), s.error(25, stime=s.c.time + 900 * 10**9))
        s.cite("clock-skew", s.kdc(s.as_req(pre=[timestamp()]), s.error(37, stime=s.c.time + 900 * 10**9)))
        s.wait(2)


@field("K12", outcome="ok", verdict=CALM, like=["clock-skew"])
def controllers_are_a_quarter_of_an_hour_ahead_of_the_capture_alone(s):
    """The capturing machine's clock is wrong, the client's is not: every proof is taken."""
    controllers(s, 2)
    for server in (s.dc, s.dc2):
        s.kdc(s.as_req(), s.error(25, stime=s.c.time + 900 * 10**9), server=server)
        s.kdc(s.as_req(pre=[timestamp()]), s.as_rep(), server=server)


@field("K4", outcome="ok", verdict=CALM, like=["srv-not-found"])
def catalog_of_the_site_is_not_there_and_the_forest_s_is(s):
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.srv("_gc._tcp.Branch._sites.{D}", rcode=NXDOMAIN)
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.ldap(port=3268).simple()


@field("K4", outcome="ok", like=["srv-not-found"], never={"verdict": "failed -"})
def domain_without_a_catalog_is_asked_for_one_and_nobody_says_where_the_forest_is(s):
    """Samba and FreeIPA have no catalog: without a word of another forest, that is none of ours."""
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.srv("_gc._tcp.{D}", rcode=NXDOMAIN)
    s.ldap().simple()


@field("K4", shows={"srv-not-found": "warn"}, outcome="ok", verdict="forest")
def phone_system_looks_for_the_catalog_of_the_other_tree(s):
    """The same where the domain is a tree of its own: the forest has quite another name."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(forest="first" + s.domain)
    s.logon()
    s.cite("srv-not-found", s.srv("_gc._tcp.{D}", rcode=NXDOMAIN))
    s.ldap().simple()


@field("K9", shows={"slow": "note|warn"}, outcome="ok", may=["kdc-unanswered"], recovered=["kdc-unanswered?"], never={"slow": "UDP to this port is dropped"})
def one_datagram_of_several_is_lost(s):
    """UDP is answered before: the one that is not was lost."""
    signed_on(s)
    spn = f"HTTP/w1.{s.domain}"
    request = s.tgs_req(spn)
    s.kdc(request)
    s.wait(4)
    s.kdc(request, s.tgs_rep(spn), tcp=True)


@field("K6", shows={"srv-not-found": "error"}, outcome="failed", supported={"srv-not-found": "conditional forwarder"}, may=["wrong-realm"],
       never={"srv-not-found": "guessed the realm|misspelt"})
def own_kdc_names_a_realm_that_this_resolver_does_not_know(s):
    """A plain name this time, with the realm that it was moved to."""
    begun(s)
    other = "NEW" + s.realm
    s.kdc(s.as_req("carol"), s.error(68, crealm=other))
    s.cite("srv-not-found", s.srv("_kerberos._tcp." + other, rcode=NXDOMAIN))
    s.srv("_kerberos._udp." + other, rcode=NXDOMAIN)
    s.wait(3)


@field("K4", outcome="ok", never={"verdict": "failed -", "any": "conditional forwarder"})
def library_guesses_a_realm_that_no_kdc_named(s):
    signed_on(s)
    s.srv("_kerberos._udp.DMZ.{D}", rcode=NXDOMAIN)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@field("K5", outcome=["ok", "ok"], shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], never={"verdict": "failed -"})
def search_is_answered_by_the_other_controller(s):
    controllers(s, 2)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.scp(answered=False)
    s.wait(35)
    conn.t.reset("c")
    other = s.ldap(s.dc2)
    other.simple()
    other.scp(url_entry(s, 1))


@field("K1", shows={"ldap-unanswered": "error"}, outcome=["failed", "failed"], never={"verdict": CALM + "|made good"})
def same_controller_takes_each_bind_and_answers_no_search(s):
    """A new connection and its bind are no answer to the search."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        s.cite("ldap-unanswered", conn.scp(answered=False)[-1])
        s.wait(35)
        conn.t.reset("c")
    s.wait(10)


@field("K5", shows={"http-unauthorized": "warn"}, outcome="ok", verdict="rejected 3", never={"http-unauthorized": "not all of them"})
def web_server_without_a_key_takes_no_ticket_at_all(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    for _ in range(3):
        s.cite("http-unauthorized", shown_to_the_web(s, BARE_401, etype=18))
        s.wait(1)


@field("K5", outcome="ok", like=["http-unauthorized"], never={"verdict": "rejected"})
def node_without_a_key_is_met_once(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    for answer in (BARE_401, BARE_401, ANSWERED):
        shown_to_the_web(s, answer, etype=18)
        s.wait(1)


# ---- more of the same kinds, written down after the first mending ----


def second_page_lost(s, times):
    frames = []
    for _ in range(times):
        conn = s.ldap()
        conn.simple()
        page(conn, url_entry(s, 1), url_entry(s, 2), left=b"more")
        ident = conn._next()
        op = search(s.config, 2, exchange_filter(), ("serviceBindingInformation", "keywords"))
        frames.append(conn.t.ask(ldap(ident, op, paged(2, b"more"))))
        conn.t.reset()
        s.wait(4)
    return frames


@field("K1", shows={"ldap-unanswered|scp-read-failed": "error|warn"}, never={"verdict": CALM}, says={"ldap-unanswered|scp-read-failed": "reset|page"})
def second_page_is_answered_by_a_reset_each_time(s):
    """From memory: a gateway looks into LDAP and does not like cookies."""
    signed_on(s)
    s.cite("ldap-unanswered|scp-read-failed", second_page_lost(s, 3))


@field("K6", shows={"scp-read-failed": "warn|error"}, never={"verdict": CALM, "scp-read-failed": "may not read|right"}, says={"scp-read-failed": r"timeLimitExceeded|time limit"})
def search_takes_longer_than_the_server_allows(s):
    """From memory: a filter without an index, over the whole forest: 3, the time limit."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        s.cite("scp-read-failed", conn.scp(code=3))
        s.wait(3)


@field("K6", shows={"scp-read-failed": "warn|error"}, never={"verdict": CALM, "scp-read-failed": "may not read|password"}, first={"scp-read-failed": "start|busy|unavailable|database|overload|ready"})
def directory_is_not_ready_after_a_restart(s):
    """From memory: the controller is up, its database is not: 52 at each search."""
    signed_on(s)
    for _ in range(3):
        conn = s.ldap()
        conn.simple()
        s.cite("scp-read-failed", conn.scp(code=52, diagnostic="000020EF: SvcErr: DSID-02060486, problem 5012 (DIR_ERROR), data 0"))
        s.wait(5)


@field("K6", alone=True, shows={"dc-unreachable": "error"}, outcome="failed", supported={"dc-unreachable": "IPv6"}, never={"verdict": CALM, "dc-unreachable": "host is down|switched off"})
def library_takes_the_address_of_version_6_alone(s):
    """From memory: the controller has registered both its addresses, IPv6 is not routed to it, and the library tries no other one."""
    six = "fd00:77::1"
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.address(s.host, six, kind=AAAA)
    client = "fd00:77::10"
    for _ in range(2):
        t = s.c.tcp(client, s.next_port(), six, 389, handshake=False)
        s.others.add(client)
        for n in range(3):
            start = t.seq["c"]
            s.cite("dc-unreachable", t.open("cS"))
            t.seq["c"] = start
            s.wait(3)
    s.wait(30)
    s.hears_something()


@field("K6", shows={"krb-error": "error"}, outcome="failed", verdict="start after end", first={"krb-error": "clock|time"}, never={"verdict": CALM, "any": "password is"})
def ticket_of_a_clock_two_days_behind_would_be_over(s):
    """From memory: a client whose clock is two days behind asks for a ticket that ended yesterday: 11."""
    begun(s)
    past = s.c.time - 40 * 3600 * 10**9
    for _ in range(2):
        s.cite("krb-error", s.kdc(s.as_req(till=past), s.error(11)))
        s.wait(3)


@field("K6", shows={"krb-error|clock-skew": "error"}, outcome="failed", first={"krb-error|clock-skew": "clock"}, never={"verdict": CALM})
def web_server_s_clock_is_behind_the_kdc_s(s):
    """From memory: 33, the ticket is not yet valid: for the web server it begins in the future."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    for _ in range(2):
        s.cite("krb-error|clock-skew", shown_to_the_web(s, refused_by_the_web(s, 33), etype=18))
        s.wait(2)


@field("K6", shows={"krb-error": "error"}, outcome="failed", first={"krb-error": "key|password"}, never={"verdict": CALM, "krb-error": "clock"})
def account_has_no_key_at_all(s):
    """From memory: 9, null key: the account was made by an import, and never got a password."""
    begun(s)
    for _ in range(2):
        s.cite("krb-error", s.kdc(s.as_req("svc-new"), s.error(9)))
        s.wait(3)


@field("K4", shows={"srv-target-unresolvable": "warn|error"}, outcome="failed", supported={"srv-target-unresolvable": "an address"}, never={"verdict": CALM, "srv-target-unresolvable": "removed (domain )?controller"})
def target_of_the_record_is_an_address(s):
    """From memory: somebody wrote the address into the record, where a name belongs."""
    s.srv(DC_SRV, s.dc)
    for _ in range(2):
        s.cite("srv-target-unresolvable", s.address(s.dc, rcode=NXDOMAIN))
        s.wait(2)


@field("K4", shows={"srv-target-unresolvable": "warn|error"}, outcome="failed", supported={"srv-target-unresolvable": "short|without (its|a|the) domain|full name"}, never={"verdict": CALM, "srv-target-unresolvable": "removed (domain )?controller"})
def target_of_the_record_lacks_its_domain(s):
    """From memory: the record names dc1, and a dot behind it."""
    short = f"dcx{s.port}"
    s.srv(DC_SRV, short)
    for _ in range(2):
        s.cite("srv-target-unresolvable", s.address(short, rcode=NXDOMAIN))
        s.wait(2)


@field("K4", outcome="ok", verdict=CALM, like=["srv-not-found", "srv-target-unresolvable", "srv-resolver-failed"])
def locator_name_is_an_alias_of_a_location_s(s):
    """https://github.com/SSSD/sssd/issues/6512 has such an answer: the name leads to that of a location, and the records stand there."""
    s.ident += 1
    name = "_ldap._tcp." + s.domain
    place = f"_ldap._tcp.int._locations.{s.domain}"
    s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [rr(QUESTION, CNAME, dns_name(place)), srv_rr(place, s.host)]))
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().simple()


def abandoned(s, seconds):
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    op = search(s.config, 2, exchange_filter(), ["serviceBindingInformation", "keywords"])
    asked = conn.t.ask(ldap(ident, op))
    s.wait(seconds)
    conn.t.ask(ldap(conn._next(), abandon(ident)) + ldap(conn._next(), unbind()))
    hung_up(conn.t, "c")
    s.wait(2)
    return asked


@field("K1", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM})
def service_s_patience_is_six_seconds(s):
    """https://github.com/SSSD/sssd/issues/5875: so long the daemon waits for a search; the directory takes longer each time."""
    signed_on(s)
    for _ in range(3):
        s.cite("ldap-unanswered", abandoned(s, 6))
    s.wait(10)


@field("K9", shows={"slow": "warn|note"}, outcome="ok|hidden", may=["ldap-unanswered"], recovered=["ldap-unanswered?"], never={"verdict": "failed -"})
def service_s_patience_is_six_seconds_and_the_third_search_is_quick(s):
    signed_on(s)
    for _ in range(2):
        abandoned(s, 6)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1))
    s.wait(10)


@field("K9", alone=True, shows={"slow": "note|warn"}, outcome="ok", may=["dc-unreachable"], recovered=["dc-unreachable?"], never={"verdict": "failed -"})
def library_takes_the_address_of_version_6_first_and_then_the_other_one(s):
    six, client = "fd00:78::1", "fd00:78::10"
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.address(s.host, six, kind=AAAA)
    t = s.c.tcp(client, s.next_port(), six, 389, handshake=False)
    s.others.add(client)
    for n in range(3):
        start = t.seq["c"]
        t.open("cS")
        t.seq["c"] = start
        s.wait(3)
    s.ldap().simple()
    s.wait(30)
    s.hears_something()


@field("K4", shows={"srv-target-unresolvable": "warn"}, outcome="ok", never={"verdict": "failed -", "srv-target-unresolvable": "dot behind it"})
def target_of_one_record_is_gone_and_the_other_one_serves(s):
    """The neighbour: a whole name without an address is left over, as ever."""
    s.srv(DC_SRV, "dc9.{D}", "dc1.{D}")
    s.address("dc9.{D}", rcode=NXDOMAIN)
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().simple()


# ---- and once more: what makes nothing good, and ways that are shut ----


@field("K5", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM + "|made good"})
def bind_stays_without_an_answer_and_another_controller_is_pinged(s):
    """A ping of another controller lets nobody in."""
    controllers(s, 2)
    for _ in range(2):
        s.cite("ldap-unanswered", s.ldap().ask(bind("cn=svc", "synthetic")))
        s.wait(20)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.wait(10)


@field("K5", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM + "|made good"})
def search_stays_without_an_answer_and_another_controller_gives_a_ticket(s):
    controllers(s, 2)
    conn = s.ldap()
    conn.simple()
    s.cite("ldap-unanswered", conn.scp(answered=False)[-1])
    s.wait(20)
    conn.t.reset("c")
    s.logon(server=s.dc2)
    s.wait(10)


@field("K5", shows={"ldap-unanswered": "error"}, outcome="failed", never={"verdict": CALM + "|made good"})
def change_stays_without_an_answer_at_both_controllers(s):
    controllers(s, 2)
    s.logon()
    for server in (s.dc, s.dc2):
        conn = s.ldap(server)
        conn.simple(name="svc@" + s.domain)
        s.cite("ldap-unanswered", conn.ask(ldap_modify(f"CN=Alice,CN=Users,{top(s)}")))
        s.wait(10)
        hung_up(conn.t, "c")
    s.wait(10)


@field("K5", shows={"kdc-unanswered": "error"}, outcome="failed", never={"verdict": CALM + "|made good"})
def kdc_is_silent_and_another_controller_answers_ldap(s):
    controllers(s, 2)
    for _ in range(3):
        s.cite("kdc-unanswered", s.kdc(s.as_req()))
        s.wait(3)
    s.ldap(s.dc2).rootdse()
    s.wait(10)


@field("K5", outcome="ok", shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], may=["slow"], never={"verdict": "failed -"})
def bind_is_answered_by_the_other_controller(s):
    controllers(s, 2)
    s.ldap().ask(bind("cn=svc", "synthetic"))
    s.wait(20)
    s.ldap(s.dc2).simple(name="cn=svc")
    s.wait(10)


@field("K9", shows={"slow": "note|warn"}, outcome="ok", may=["kdc-unanswered"], recovered=["kdc-unanswered?"], first={"slow": "TCP"}, never={"verdict": CALM, "slow": "are lost in the network"})
def kerberos_waits_for_tcp_each_time(s):
    """From memory: the library is set to TCP, a device swallows what is sent on port 88, and UDP serves after five seconds."""
    begun(s)
    for n in range(3):
        request = s.as_req(pre=[timestamp()]) if n == 0 else s.tgs_req(f"HTTP/w{n}.{s.domain}")
        t = s.tcp(s.dc, 88)
        t.ask(marked(request))
        s.wait(5)
        t.reset("c")
        s.kdc(request, s.as_rep() if n == 0 else s.tgs_rep(f"HTTP/w{n}.{s.domain}"))


@field("K9", shows={"slow": "note|warn"}, outcome="ok", may=["srv-unanswered"], recovered=["srv-unanswered?"], first={"slow": "UDP"}, never={"verdict": CALM, "slow": "is down|renumbered"})
def names_are_asked_over_udp_in_vain_and_over_tcp_then(s):
    """From memory: UDP port 53 is shut; the resolver goes over to TCP after five seconds, for each name."""
    for name in ("_ldap._tcp.{D}", "_kerberos._udp.{D}", DC_SRV):
        s.srv(name, silent=True)
        s.wait(5)
        s.srv(name, "dc1.{D}", tcp=True)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()


@field("K8", outcome="ok", may=BAD_WEB + ["endpoint-unresolvable", "autodiscover-fallback", "scp-none"], recovered=["endpoint-unresolvable?", "http-error?"], never={"verdict": "failed -"})
def four_places_are_nothing_and_the_record_leads_to_the_server(s):
    directory(s, url_entry(s, 9))
    s.address(ex(s, 9), rcode=NXDOMAIN)
    s.address(s.domain, s.web)
    post(s, s.https(s.web, s.domain), s.domain, status=404, answer=b"")
    s.address("autodiscover.{D}", rcode=NXDOMAIN)
    s.srv("_autodiscover._tcp.{D}", "mx.{D}", port=443)
    s.address("mx.{D}", s.web2)
    post(s, s.https(s.web2, "mx." + s.domain), "mx." + s.domain, BASIC)


@field("K5", shows={"http-error": "warn|error"}, verdict="500", never={"verdict": CALM})
def old_way_fails_inside_and_soap_is_served(s):
    """From memory: one of the two ways of autodiscover is broken, each Outlook stays without settings, and programs have theirs."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    body = soap("<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><UserSettings/></UserResponse></UserResponses>")
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, BASIC, uri=SVC, body=b"<Envelope/>", answer=body)
    for _ in range(2):
        s.cite("http-error", post(s, t, s.mail, BASIC, status=500, answer=b""))
        s.wait(3)


@field("K9", shows={"slow": "note|warn"}, outcome="ok", may=["srv-unanswered"], recovered=["srv-unanswered?"], never={"slow": "UDP to this port is dropped"})
def resolver_answers_over_both_and_loses_two_questions(s):
    """The neighbour: UDP is answered as well, and now and then not."""
    s.found()
    s.address(s.host, s.dc)
    for name in ("_ldap._tcp.{D}", "_kerberos._udp.{D}"):
        s.srv(name, silent=True)
        s.wait(5)
        s.srv(name, "dc1.{D}", tcp=True)
    s.ping()
    s.logon()


@field("K5", outcome="ok", shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], may=["slow"], never={"verdict": "failed -"})
def change_is_answered_by_the_other_controller(s):
    """The neighbour: the same change is taken there."""
    controllers(s, 2)
    s.logon()
    conn = s.ldap()
    conn.simple(name="svc@" + s.domain)
    conn.ask(ldap_modify(f"CN=Alice,CN=Users,{top(s)}"))
    s.wait(10)
    hung_up(conn.t, "c")
    other = s.ldap(s.dc2)
    other.simple(name="svc@" + s.domain)
    other.ask(ldap_modify(f"CN=Alice,CN=Users,{top(s)}"), result(7))
    s.wait(10)


@field("K5", outcome="ok|hidden", shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], may=["slow"], never={"verdict": "failed -"})
def search_goes_on_under_seal_at_the_other_controller(s):
    """What is sealed may be the same search, answered."""
    controllers(s, 2)
    conn = s.ldap()
    conn.simple()
    conn.scp(answered=False)
    s.wait(10)
    conn.t.reset("c")
    other = s.ldap(s.dc2)
    other.gssapi(spn="ldap/dc2." + s.domain)
    other.sealed(3)
    s.wait(10)


# ---- whose success it is, once more ----

NOT_GOOD = CALM + "|made good|ok -"


@field("K5", shows={"kdc-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": NOT_GOOD})
def kdc_keeps_silent_about_one_user_and_answers_another(s):
    """A request with many groups is lost, the small one of a service is not."""
    begun(s)
    for _ in range(3):
        s.logon("svc")
        s.cite("kdc-unanswered", s.kdc(s.as_req("alice", pre=[timestamp(), (167, bytes(1200))])))
        s.wait(3)
    s.logon("svc")
    s.wait(10)


@field("K5", shows={"kdc-unanswered": "note"}, recovered=["kdc-unanswered"], outcome="ok", may=["slow"], never={"verdict": "failed -"})
def kdc_is_away_for_a_while_and_answers_the_next_user(s):
    """The neighbour: nobody was answered before, and the KDC is back."""
    begun(s)
    for _ in range(3):
        s.kdc(s.as_req("alice", pre=[timestamp()]))
        s.wait(3)
    s.logon("svc")
    s.wait(10)


@field("K5", shows={"kdc-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": NOT_GOOD})
def service_s_ticket_never_comes_and_logons_are_good(s):
    begun(s)
    s.logon()
    for _ in range(3):
        s.cite("kdc-unanswered", s.kdc(s.tgs_req(s.http)))
        s.wait(3)
    s.logon()
    s.wait(10)


@field("K5", shows={"srv-unanswered|srv-resolver-failed": "error"}, outcome="failed", may=["slow"], never={"verdict": NOT_GOOD})
def one_resolver_is_silent_and_the_other_one_knows_the_news(s):
    """The other server answers for a site of the Internet alone."""
    for _ in range(3):
        s.cite("srv-unanswered|srv-resolver-failed", s.srv(DC_SRV, silent=True))
        s.wait(3)
    s.address("www.news.example", s.web, server=s.dns2)
    s.wait(10)


@field("K5", shows={"ldap-signing-required": "error"}, outcome="failed", never={"verdict": NOT_GOOD})
def signing_is_required_and_nobody_s_name_is_let_in(s):
    """An anonymous bind behind it is what each library begins with."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-signing-required", s.ldap().simple(8, "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking", name="svc@" + s.domain))
        s.wait(3)
    s.ldap().anonymous()


@field("K5", shows={"starttls-failed": "error"}, outcome="failed", never={"verdict": NOT_GOOD})
def starttls_is_refused_and_the_rootdse_is_read(s):
    """The program reads what everybody may, and ends at StartTLS each time."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        s.cite("starttls-failed", conn.ask(starttls(), starttls_response(52, "00000000: LdapErr: DSID-0C091158, comment: Error initializing SSL/TLS, data 0, v4563")))
        s.wait(2)
        s.ldap().rootdse()
        s.wait(2)


@field("K5", shows={"no-common-etype": "error"}, outcome="failed", never={"verdict": NOT_GOOD})
def old_program_offers_old_types_and_a_new_one_logs_on(s):
    begun(s)
    for _ in range(2):
        s.cite("no-common-etype", s.kdc(s.as_req("svc-old", etypes=(23, 3)), s.error(14)))
        s.wait(3)
    s.logon("bob")


@field("K5", shows={"ldap-not-bound": "error"}, outcome="failed", never={"verdict": NOT_GOOD})
def change_without_a_bind_is_not_sent_again(s):
    """The bind comes afterwards, the change does not."""
    signed_on(s)
    conn = s.ldap()
    s.cite("ldap-not-bound", conn.ask(ldap_modify(f"CN=Alice,CN=Users,{top(s)}"), result(7, 1, diagnostic=NOT_BOUND)))
    s.wait(1)
    conn.simple(name="svc@" + s.domain)
    s.wait(10)


@field("K5", outcome="ok", may=["ldap-not-bound"], recovered=["ldap-not-bound?"], never={"verdict": "failed -"})
def change_without_a_bind_is_sent_again_behind_it(s):
    signed_on(s)
    conn = s.ldap()
    dn = f"CN=Alice,CN=Users,{top(s)}"
    conn.ask(ldap_modify(dn), result(7, 1, diagnostic=NOT_BOUND))
    conn.simple(name="svc@" + s.domain)
    conn.ask(ldap_modify(dn), result(7))


@field("K5", shows={"dns-tcp-blocked": "error"}, outcome="failed", may=["slow"], never={"verdict": NOT_GOOD})
def long_list_never_comes_and_short_names_do(s):
    for _ in range(2):
        s.cite("dns-tcp-blocked", s.srv(DC_SRV, cut=True)[1], s.syn(s.dns, 53, times=3))
        s.wait(12)
    s.address("www.{D}", s.web)
    s.wait(25)


@field("K5", shows={"tls-failed": "error|warn", "ldap-signing-required": "error"}, outcome="failed", never={"verdict": NOT_GOOD})
def ldaps_fails_and_the_clear_port_wants_protection(s):
    signed_on(s)
    for _ in range(2):
        s.cite("tls-failed", shaken(s, s.dc, s.host, outdated(s.host), 45))
        s.wait(1)
        s.cite("ldap-signing-required", s.ldap().simple(8, "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking", name="svc@" + s.domain))
        s.wait(3)
