# SPDX-License-Identifier: GPL-2.0-or-later
"""Outages that administrators have reported in public, rebuilt: names, DCs, KDCs.

docs/field-log.md tells of each what happened and what is right.
"""
import struct

from build import *  # noqa: F403
from cases import case, variants

DC = "_ldap._tcp.dc._msdcs.{D}"
NXDOMAIN, SERVFAIL = 3, 2


def other_realm(s):
    return "OTHER-" + s.realm


def referred(s, spn):
    """Logon, and a ticket for the other realm."""
    s.logon()
    s.kdc(s.tgs_req(spn), s.tgs_rep("krbtgt/" + other_realm(s)))


def elsewhere(s, spn, code, **more):
    """The other realm's KDC refuses."""
    realm = other_realm(s)
    return s.kdc(s.tgs_req(spn, realm=realm), s.error(code, spn, realm=realm, **more), server=s.dc2)


# ---- DNS ----


@case(shows={"dns-tcp-blocked": "error"})
def truncated_and_never_asked_over_tcp(s):
    """Too many DCs for one datagram; the client's resolver only asks again over UDP."""
    for _ in range(3):
        s.cite("dns-tcp-blocked", s.srv("_ldap._tcp.{D}", cut=True))
        s.wait(4)


@case(shows={"srv-resolver-failed": "error"})
def validating_forwarder(s):
    """The resolver wants signatures that the internal zone does not have."""
    s.cite("srv-resolver-failed", s.srv("_ldap._tcp.{D}", rcode=SERVFAIL))
    s.cite("srv-resolver-failed", s.srv(DC, rcode=SERVFAIL))


@case(shows={"srv-not-found": "error"})
def only_an_address_record(s):
    """An ad-blocking resolver has the domain's name as a host, and nothing below it."""
    s.address("{D}", s.dc)
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))


@case(shows={"srv-unanswered": "error"}, alone=True)
def asked_only_of_the_neighbours(s):
    """A domain below .local: mDNS alone is asked, never the DNS server. (Clients that share a capture share a card.)"""
    for _ in range(3):
        name = DC.format(D=f"{s.short}.local")
        s.cite("srv-unanswered", s.c.udp(s.client, 5353, "224.0.0.251", 5353, dns(0, name)))
        s.wait(1)
    s.wait(60).hears_something()


@case(like=["srv-not-found", "srv-msdcs-missing"])
def kdc_over_udp_below_msdcs(s):
    """Active Directory has no such record, and needs none."""
    s.srv("_kerberos._udp.dc._msdcs.{D}", rcode=NXDOMAIN)
    s.srv("_kerberos._tcp.dc._msdcs.{D}", "dc1.{D}", port=88)
    s.found()
    s.ping()
    s.logon()


@case(shows={"srv-not-found": "error"})
def forwarder_that_only_one_of_two_servers_serves(s):
    """A cluster's resolver asks a DC and a stranger in turn: there, not there, there, not there."""
    for _ in range(2):
        s.found()
        s.wait(3)
        s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
        s.wait(3)


@case(shows={"srv-unanswered": "error"}, words={"srv-unanswered": ["other questions"]})
def resolver_answers_addresses_and_no_srv(s):
    """A resolver that cannot forward this type: the host's address comes at once, the records never."""
    for _ in range(3):
        s.address("dc1.{D}", s.dc)
        s.cite("srv-unanswered", s.srv("_kerberos._tcp.{D}", silent=True))
        s.wait(5)


@case(like=["srv-resolver-failed", "srv-not-found"])
def search_list_of_a_home_router(s):
    """Its suffix is appended to names that are whole, and its server fails on them."""
    s.srv(DC + ".home.example", rcode=SERVFAIL)
    s.found()
    s.ping()


@case(shows={"srv-target-unresolvable": "warn"})
def private_addresses_taken_out_of_answers(s):
    """A router that guards against rebinding: the record is there, the DC's private address never."""
    s.found()
    for kind in (A, AAAA):
        s.cite("srv-target-unresolvable", s.address("dc1.{D}", kind=kind))


@case(shows={"srv-target-unresolvable": "warn"})
def answers_with_private_addresses_dropped(s):
    """The same in a provider's resolver, which lets no answer through at all."""
    s.found()
    s.ident += 1
    for _ in range(3):
        question = dns(s.ident, "dc1." + s.domain, A)
        s.cite("srv-target-unresolvable", s.udp(s.dns, 53, question, cport=s.port + 50))
        s.wait(2)


@case(shows={"srv-not-found": "error"}, words={"srv-not-found": ["another DNS server"]})
def name_policy_of_the_vpn_covers_hosts_only(s):
    """The tunnel's server gets the hosts' names, a public one the records: the rule lacks its dot."""
    s.address("dc1.{D}", s.dc)
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, server="9.9.9.9"))


# ---- DCs that cannot be had ----


@case(shows={"ping-unanswered": "error"})
def root_domain_behind_a_firewall(s):
    """The client's own DC answers; those of the forest's root do not, and logons wait for them."""
    s.found()
    s.ping()
    root = "root-" + s.domain
    s.srv("_ldap._tcp.dc._msdcs." + root, "r1." + root, "r2." + root)
    for n, server in ((1, s.dc2), (2, s.dc3)):
        s.address(f"r{n}.{root}", server)
        s.cite("ping-unanswered", s.ping(domain=root, server=server, silent=True))
        s.wait(2)


@case(shows={"ping-unanswered": "error"})
def site_set_by_hand_and_its_only_dc_down(s):
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    for _ in range(2):
        s.cite("ping-unanswered", s.ping(silent=True))
        s.wait(1)


@case(shows={"dc-unreachable": "note", "slow": "warn"}, recovered=["dc-unreachable"])
def failover_takes_too_long(s):
    """The first server of the list is off: the user's own timeout is over before the second's turn."""
    s.found()
    s.ping()
    frames = s.syn(s.dc, 389, times=4)
    s.wait(9)
    for id_ in ("dc-unreachable", "slow"):
        s.cite(id_, frames)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.ldap(s.dc2).simple()


@case(shows={"slow": "warn"}, like=["kdc-unanswered"])
def kdc_in_maintenance_asked_first(s):
    """Three times thirty seconds until the next KDC of the list is asked."""
    s.found()
    request = s.as_req()
    for _ in range(3):
        s.cite("slow", s.udp(s.dc, 88, request, cport=s.port + 50))
        s.wait(30)
    s.logon(server=s.dc2)


@case(shows={"slow": "note"}, like=["kdc-unanswered"], words={"slow": ["192.0.2.15"]})
def inner_address_registered(s):
    """A virtual machine's NAT address got into the DC's record, and comes first."""
    s.found()
    s.address("dc1.{D}", "192.0.2.15", s.dc)
    request = s.as_req()
    for _ in range(3):
        s.cite("slow", s.udp("192.0.2.15", 88, request, cport=s.port + 50))
        s.wait(1)
    s.logon()


@case(shows={"kdc-unanswered": "error"}, words={"kdc-unanswered": ["closed"]})
def kdc_service_not_running(s):
    """LDAP works, and the host itself says that nobody listens on port 88."""
    s.found()
    s.ping()
    s.ldap().anonymous()
    asked = s.kdc(s.as_req())
    said = s.c.add(port_unreachable(Ether(s.c.frames[asked[0] - 1][1])[IP]))
    s.cite("kdc-unanswered", asked, said)


def reset_at_once(s):
    """The session is opened, a request is sent, and the server resets."""
    t = s.tcp(s.dc, 88)
    asked = t.ask(marked(s.as_req()))
    t.reset("s")
    return asked, len(s.c.frames)


@case(shows={"kdc-unanswered": "error"}, words={"kdc-unanswered": ["reset"]})
def sessions_reset_right_after_they_were_opened(s):
    """The DC's supervision of idle sessions cuts new ones off."""
    s.found()
    s.ping()
    for _ in range(3):
        s.cite("kdc-unanswered", reset_at_once(s))
        s.wait(1)


@case(like=["kdc-unanswered", "dc-unreachable"])
def one_session_reset_and_the_next_one_good(s):
    s.found()
    s.ping()
    reset_at_once(s)
    s.kdc(s.as_req(), s.error(25), tcp=True)
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep(), tcp=True)


@case(like=["kdc-unanswered", "ldap-unanswered", "dc-unreachable", "preauth-abandoned"])
def idle_sessions_reset_after_all_was_answered(s):
    """How a Windows DC ends what nobody uses: nothing is wrong."""
    s.found()
    s.ping()
    for request, reply in ((s.as_req(), s.error(25)), (s.as_req(pre=[timestamp()]), s.as_rep())):
        t = s.tcp(s.dc, 88)
        t.ask(marked(request))
        t.answer(marked(reply))
        t.reset("s")
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.wait(900)
    conn.t.reset("s")


@case(shows={"client-site-undefined": "warn", "slow": "note"})
def every_answer_late_for_want_of_a_subnet(s):
    """The DC looks up each unknown client in DNS first; its LDAP threads are used up by that."""
    s.found()
    for server in (s.dc, s.dc2):
        asked = s.ping(server=server, silent=True)
        s.wait(3.5)
        value = ping_reply(netlogon_ex(domain=s.domain, host=s.host, client_site=""))
        said = s.udp(server, 389, None, value, cport=s.port)
        for id_ in ("client-site-undefined", "slow"):
            s.cite(id_, asked, said)
    s.ldap().anonymous()


@case(shows={"kdc-unanswered": "error"}, words={"kdc-unanswered": ["acknowledged"]})
def large_segments_vanish(s):
    """A path whose limit nobody tells: small requests pass, full segments never arrive."""
    s.found()
    s.kdc(s.as_req(), s.error(25), tcp=True)
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep(), tcp=True)
    t = s.tcp(s.dc, 88)
    first = len(s.c.frames)
    s.cite("kdc-unanswered", t.ask(marked(s.tgs_req(s.http, cipher=bytes(4000))), pieces=1460))
    for pause in (1, 2, 4):
        s.wait(pause)
        s.c.frames.append((s.c.time, s.c.frames[first][1]))
        s.cite("kdc-unanswered", len(s.c.frames))


# ---- the KDC refuses ----


@case(shows={"no-common-etype": "error"}, words={"no-common-etype": ["RC4"]})
def old_client_offers_rc4_alone(s):
    """RC4 is off since an update; the client was set up for nothing else."""
    s.logon()
    request = s.tgs_req(s.http, etypes=(23, 16, 3))
    s.cite("no-common-etype", s.kdc(request, s.error(14, s.http)))


@case(shows={"no-common-etype": "error"})
def account_has_no_aes_keys(s):
    """Its password is older than the domain's AES; RC4 was taken off the client."""
    s.found()
    request = s.as_req("old-service", etypes=(18, 17, 3))
    s.cite("no-common-etype", s.kdc(request, s.error(14)))


@case(shows={"krb-error": "error"}, words={"krb-error": ["revoked"]})
def tgt_revoked(s):
    """Since an update the KDC looks for the account behind the TGT: it was made anew, or the PAC is old."""
    s.logon()
    s.cite("krb-error", s.kdc(s.tgs_req(s.http), s.error(20, s.http)))


@case(shows={"krb-error": "note"}, recovered=["krb-error"])
def tgt_revoked_and_a_new_one_taken(s):
    s.logon()
    s.cite("krb-error", s.kdc(s.tgs_req(s.http), s.error(20, s.http)))
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(shows={"krb-error": "note"}, recovered=["krb-error"])
def first_kdc_does_not_serve_yet(s):
    """A DC that starts, or a read-only one without a writable partner, says 29."""
    s.cite("krb-error", s.kdc(s.as_req(), s.error(29)))
    s.logon(server=s.dc2)


@case(shows={"krb-error": "error"}, words={"krb-error": ["8 "]})
def client_asks_an_unavailable_kdc_for_ever(s):
    """The client's library takes 29 for a reason to ask the same KDC again at once."""
    for _ in range(8):
        s.cite("krb-error", s.kdc(s.as_req(), s.error(29)))


@case(shows={"password-wrong": "error"}, words={"password-wrong": ["machine"]})
def key_of_a_machine_that_was_joined_again(s):
    """A clone or a restored machine changed the account's password; this one has the old keytab."""
    s.found()
    s.ping(more=[equal("User", "PC1$")])
    s.kdc(s.as_req("PC1$"), s.error(25))
    s.cite("password-wrong", s.kdc(s.as_req("PC1$", pre=[timestamp()]), s.error(24)))


@case(shows={"password-wrong": "error"}, words={"password-wrong": ["accepted"]})
def two_dcs_disagree_about_a_password(s):
    """Keys made by the newest DC are not those that the older one has: it depends on who is asked."""
    for _ in range(2):
        s.logon("PC1$")
        s.kdc(s.as_req("PC1$"), s.error(25), server=s.dc2)
        refused = s.as_req("PC1$", pre=[timestamp()])
        s.cite("password-wrong", s.kdc(refused, s.error(24), server=s.dc2))
        s.wait(5)


def pk_as_req(s):
    return s.as_req(pre=[(16, seq(tlv(0x80, bytes(900))))])


@variants(66, 75)(lambda make: case(
    shows={"pkinit-failed": "error"}, like=["krb-error"])(make))
def certificate_not_bound_to_the_account(s, code):
    """A smart card without a strong mapping, since the update that wants one."""
    s.kdc(s.as_req(), s.error(25))
    s.cite("pkinit-failed", s.kdc(pk_as_req(s), s.error(code), tcp=True))


@case(shows={"krb-error": "error"}, like=["pkinit-failed"])
def dc_without_a_certificate_for_cards(s):
    """Code 16 to a request with a certificate: this DC cannot do it, whatever the card holds."""
    s.kdc(s.as_req(), s.error(25))
    s.cite("krb-error", s.kdc(pk_as_req(s), s.error(16), tcp=True))


@case(shows={"preauth-abandoned": "warn"})
def card_cannot_be_used(s):
    """The KDC offers certificates and passwords; the client has neither."""
    s.cite("preauth-abandoned", s.kdc(s.as_req(), s.error(25, data=padata((16, b""), (19, etype_info2())))))


@case(shows={"client-unknown": "error"})
def logon_name_with_a_foreign_suffix(s):
    """An enterprise name whose suffix the forest does not know."""
    request = s.as_req("alice@mail.example", cname_kind=10)
    s.cite("client-unknown", s.kdc(request, s.error(6)))


@case(shows={"policy-refused": "error"}, words={"policy-refused": ["OTHER-"]})
def trust_admits_selected_users_only(s):
    """Selective authentication: the other domain's KDC gives no ticket for this service."""
    spn = "ldap/dc1." + other_realm(s).lower()
    referred(s, spn)
    s.cite("policy-refused", elsewhere(s, spn, 12))


@case(shows={"wrong-realm": "error"})
def referral_followed_to_the_same_kdc(s):
    """The tool has one KDC's address and sends it what belongs to the parent domain's."""
    spn = "cifs/dc1." + other_realm(s).lower()
    referred(s, spn)
    realm = other_realm(s)
    s.cite("wrong-realm", s.kdc(s.tgs_req(spn, realm=realm), s.error(68, spn)))


@case(shows={"clock-skew": "error"}, words={"clock-skew": ["OTHER-"]})
def clock_of_the_other_forest_wrong(s):
    """The own KDC agrees with the client; only the trusting forest's does not."""
    spn = "ldap/dc1." + other_realm(s).lower()
    referred(s, spn)
    s.cite("clock-skew", elsewhere(s, spn, 37, stime=s.c.time + 700 * 10**9))


@case(shows={"kdc-integrity-failed": "error"}, words={"kdc-integrity-failed": ["9999"]})
def end_time_beyond_2038(s):
    """A newer client asks for a ticket until 9999, and another vendor's KDC cannot check the request."""
    realm = other_realm(s)
    s.kdc(s.as_req(realm=realm, sname="krbtgt/" + realm), s.error(25, "krbtgt/" + realm, realm=realm))
    proof = s.as_req(realm=realm, sname="krbtgt/" + realm, pre=[timestamp()])
    s.kdc(proof, s.as_rep(realm=realm, sname="krbtgt/" + realm))
    for _ in range(2):
        request = tgs_req(s.tgt, "krbtgt/" + realm, realm=realm, nonce=s._new())
        request = request.replace(ktime(START + 36000 * 10**9), tlv(0x18, b"99990913024805Z"))
        s.cite("kdc-integrity-failed", s.kdc(request, s.error(31, s.tgt, realm=realm)))


@case(shows={"realm-case-differs": "warn"})
def realm_typed_in_small_letters(s):
    """The KDC answers in capitals; the client takes that for another realm and gives up, twice."""
    for _ in range(2):
        small = {"realm": s.domain, "sname": "krbtgt/" + s.domain, "options": 0x40800010}
        s.kdc(s.as_req(**small), s.error(25))
        s.cite("realm-case-differs", s.kdc(s.as_req(pre=[timestamp()], **small), s.as_rep()))
        s.wait(3)


# ---- change of a password ----


def kpasswd(s):
    ap = ap_req("kadmin/changepw", s.realm)
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    return struct.pack(">HHH", 6 + len(ap) + len(private), 0xFF80, len(ap)) + ap + private


@case(shows={"kpasswd-failed": "error"})
def new_machine_password_refused(s):
    """The join behind a read-only DC ends with the account's password."""
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))
    error = s.error(60, "kadmin/changepw", data=b"\0\3Authentication error")
    reply = struct.pack(">HHH", 6 + len(error), 1, 0) + error
    s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd(s), reply))


@case(shows={"kpasswd-failed": "error"}, words={"kpasswd-failed": ["was changed"]})
def success_told_by_an_error(s):
    """The newest DCs change the password and say so inside a KRB-ERROR, with result 0: clients refuse that."""
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))
    error = s.error(60, "kadmin/changepw", data=b"\0\0")
    reply = struct.pack(">HHH", 6 + len(error), 1, 0) + error
    s.cite("kpasswd-failed", s.udp(s.dc, 464, kpasswd(s), reply))


@case(shows={"kpasswd-failed": "error"})
def port_of_password_changes_silent(s):
    """The firewall has 88 and 389, and not 464: the join waits and fails at its last step."""
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))
    request = kpasswd(s)
    for _ in range(3):
        s.cite("kpasswd-failed", s.udp(s.dc, 464, request, cport=s.port + 50))
        s.wait(2)
    s.cite("kpasswd-failed", s.syn(s.dc, 464, times=2))


# ---- services ----


@case(shows={"spn-not-found-or-duplicate": "warn"})
def server_was_renamed(s):
    """The remote shell is asked for under the name of an hour ago."""
    s.logon()
    spn = f"http/newname.{s.domain}"
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))


@case(shows={"spn-not-found-or-duplicate": "warn"})
def one_service_class_missing_and_the_other_there(s):
    """WSMAN of a DC is not registered; HTTP of the same host is, and the client takes that."""
    s.logon()
    spn = f"WSMAN/{s.short}.{s.domain}"
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(shows={"spn-not-found-or-duplicate": "note"}, recovered=["spn-not-found-or-duplicate"])
def database_asked_for_without_and_with_its_port(s):
    """The driver tries both forms of the same service's name, and the second one is there."""
    s.logon()
    spn = f"MSSQLSvc/db.{s.domain}"
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))
    s.kdc(s.tgs_req(spn + ":1433"), s.tgs_rep(spn + ":1433"))


@case(shows={"spn-not-found-or-duplicate": "warn"})
def database_asked_for_by_its_instance(s):
    """Only the form with the port is registered, and the driver does not know the port."""
    s.logon()
    spn = f"MSSQLSvc/db.{s.domain}:SQLEXPRESS"
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))


@case(shows={"krb-error": "error"}, words={"krb-error": ["replay"]})
def web_server_sees_a_replay(s):
    """An application checks the same token twice; a load balancer sends it on twice."""
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    t = s.tcp(s.web, 80)
    asked = t.ask(http_get(s.mail, "/", negotiate(nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm))))))
    answer = nego_resp(gss(ERROR_ID, s.error(34, s.http)), 2)
    said = t.answer(http_reply(401, b"", negotiate(answer, "WWW-Authenticate")))
    s.cite("krb-error", asked, said)


@case(shows={"service-key-mismatch": "error"}, words={"service-key-mismatch": ["referral"]},
      like=["wrong-host-answered"])
def referral_shown_to_the_service(s):
    """The library takes the ticket for the next realm for the service's own."""
    realm = other_realm(s)
    spn = f"HTTP/web.{realm.lower()}"
    referred(s, spn)
    t = s.tcp(s.web, 80)
    token = nego_init(gss(AP_REQ_ID, ap_req("krbtgt/" + realm, s.realm)))
    asked = t.ask(http_get(f"web.{realm.lower()}", "/", negotiate(token)))
    answer = nego_resp(gss(ERROR_ID, s.error(41, "web$", realm=realm)), 2)
    said = t.answer(http_reply(401, b"", negotiate(answer, "WWW-Authenticate")))
    s.cite("service-key-mismatch", asked, said)
