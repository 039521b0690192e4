# SPDX-License-Identifier: GPL-2.0-or-later
"""Three cases of each kind: a fault, a healthy day that looks alarming, and one on which two things happen.

Several of them have what captures of other people have: two clients, two address families, packets that come
twice or again, one direction alone, a beginning and an end at the wrong moment.
"""
import contextlib

import tls
from build import *  # noqa: F403
from cases import Ldap, exchange_filter, url_entry
from cases_field_a import (
    CLOSEST, FLAGS, MIT_ETYPES, accepted_by_smb, bound, bytes_of, granted, logon, refused, signed_in, tgs, timed,
)
from cases_field_b import paged
from cases_field_b_time import changepw_ticket, dead, good_start, password_answer, password_change, person
from cases_field_c import smb_by_ntlm
from cases_ldap import CREDENTIALS, NOT_BOUND, SIGNING
from cases_web import XML, connect, directory, ex, get, opened, post
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL = 3, 2
NO_TLS = "00000000: LdapErr: DSID-0C090F78, comment: Error initializing SSL/TLS, data 0, v4563"
SEALED_ANSWER = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))


@contextlib.contextmanager
def other_client(s):
    """The same servers, another client."""
    first = s.client
    s.client = first.rsplit(".", 1)[0] + ".11"
    s.others.add(s.client)
    yield
    s.client = first


@contextlib.contextmanager
def version_6(s):
    """The same hosts by their other addresses."""
    names = ("client", "dc", "dc2", "dc3", "dns", "dns2", "web", "web2")
    before, known = {n: getattr(s, n) for n in names}, s.addresses
    s.over_ipv6()
    s.addresses = known | s.addresses
    yield
    for name, value in before.items():
        setattr(s, name, value)


def asked_for_proof(s, name, **more):
    return s.kdc(s.as_req(name), s.error(25, data=padata((19, etype_info2()), (2, b""))), **more)


def wrong(s, name, **more):
    asked_for_proof(s, name, **more)
    return s.kdc(s.as_req(name, pre=timed()), s.error(24), **more)


def again(t, end, data):
    """The bytes that this end sent last, once more: TCP's own repetition."""
    t.seq[end] -= len(data)
    return t._segment(end, "PA", data)


# ---- K1: the first line ----


@field("K1", shows={SPN: "error|warn"}, outcome="failed|hidden", verdict=["cifs/|not found|nas"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def partner_s_controller_knows_no_such_server(s):
    """Own logon, own directory, the trust: all good. The partner's KDC has no such server, and that was the aim."""
    partner = "partner" + s.domain
    signed_in(s).sealed()
    target = "cifs/nas3." + partner
    granted(s, target, gives="krbtgt/" + partner.upper())
    s.srv("_kerberos._tcp.dc._msdcs." + partner, "dc2." + partner, port=88)
    s.address("dc2." + partner, s.dc2)
    for _ in range(2):
        s.cite(SPN, s.kdc(tgs(s, target, realm=partner.upper()),
                          s.error(7, target, realm=partner.upper()), server=s.dc2))
        s.wait(1)


@field("K1", verdict=[NOTHING_WRONG], outcome="ok",
       like=["srv-not-found", "starttls-failed", "scp-read-failed", "ldap-unanswered", "endpoint-unresolvable"])
def address_book_reads_the_catalog_page_by_page(s):
    """No address of version 6, a reply that refers elsewhere, five pages and an abandoned last one."""
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    conn = s.ldap(port=3268)
    conn.simple(name="cn=copier")
    where = equal("objectCategory", "person")
    for n in range(5):
        ident = conn._next()
        conn.t.ask(ldap(ident, search("", 2, where, ["mail"]), paged(b"%d" % n if n else b"", 100)))
        left = b"%d" % (n + 1)
        conn.t.answer(ldap(ident, entry(person(s, f"p{n}"), {"mail": ["x"]})) + ldap(ident, done(), paged(left, 0)))
    other = s.ldap()
    other.simple(name="cn=copier")
    other.ask(search("DC=child," + s.config.removeprefix("CN=Configuration,"), 2, where, ["mail"]),
              done(10, diagnostic="0000202B: RefErr: DSID-0310082F, data 0, 1 access points"))
    other.t.ask(ldap(other._next(), unbind()))
    other.t.close()
    conn.t.ask(ldap(conn._next(), unbind()))
    conn.t.reset("s")


@field("K1", shows={"ldap-bind-failed": "error"}, may=["slow"], outcome="failed", verdict=[r"\A[^\n]*expired"],
       never={"verdict": [NOTHING_WRONG, r"\A[^\n]*(SERVFAIL|DNS)"]})
def expired_service_password_after_a_bad_resolver(s):
    """The first resolver has nothing to say (SERVFAIL), the second one has. The web program's password is past its day."""
    s.srv(DC, rcode=SERVFAIL)
    s.found(server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    logon(s, "PC1$")
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("532"), name="svc-web@" + s.domain))
        s.wait(3)


# ---- K2: benign needs a sequel ----


@field("K2", shows={"wrong-realm": "error"}, outcome="failed", says={"wrong-realm": ["partner"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "path": ["asks there"]})
def guest_is_told_his_realm_and_another_user_logs_on(s):
    """bob is told to ask at his own forest and does not; alice, of this one, has no part in it."""
    partner = ("partner" + s.domain).upper()
    s.found()
    s.ping(host=s.host)
    for _ in range(2):
        s.cite("wrong-realm", s.kdc(s.as_req("bob@mail" + s.domain, cname_kind=10),
                                    s.error(68, crealm=partner)))
        s.wait(4)
    logon(s, "alice")
    granted(s, s.ldap_spn)


@field("K2", may=["ntlm-fallback"], outcome="ok|hidden", never={"path": [r"(error|warn)\s+" + SPN]})
def directory_by_address_and_ntlm_lets_in(s):
    """A script names the controller by its address; the bind is NTLM at once, and the search is answered."""
    good_start(s)
    logon(s, "alice")
    refused(s, 7, "ldap/" + s.dc)
    conn = s.ldap()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm(3), 1)), bind_response(0, credentials=nego_resp(None, 0)))
    conn.rootdse()


@field("K2", shows={SPN: "warn|error|note"}, recovered=[SPN + "?"], may=["ntlm-fallback"],
       outcome=["failed|incomplete|ok|hidden", "ok|hidden"],
       says={"path": [r"(error|warn)\s+" + SPN]}, never={"verdict": [NOTHING_WRONG]})
def two_clients_ask_by_address_and_one_may_use_ntlm(s):
    """The same share by its address, from two desks: the second client goes on with NTLM, the first one may not."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, "cifs/" + s.web, times=2))
    with other_client(s):
        signed_in(s, "bob").sealed()
        refused(s, 7, "cifs/" + s.web)
        smb_by_ntlm(s, s.web)


# ---- K3: absence ----


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed",
       says={"kdc-unanswered": [r"fragment|too (big|large)|MTU"]},
       never={"kdc-unanswered": ["drops? port 88", "without any reply"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def tunnel_with_a_small_mtu(s):
    """Each large request comes back with ICMP "fragmentation needed"; the small ones before it were answered."""
    good_start(s)
    logon(s, "alice")
    request = tgs_req(s.http, s.tgt, pre=[(128, b"\0" * 1250)], realm=s.realm, nonce=s._new(),
                      cipher=bytes_of(s, s.tgt), tgt_realm=s.realm)
    port = s.next_port()
    for n in range(3):
        sent = s.udp(s.dc, 88, request, cport=port)
        error = s.c.add(unreachable(Ether(s.c.frames[sent[0] - 1][1])[IP], 4))
        s.cite("kdc-unanswered", sent, [] if n else error)  # one of them speaks for all
        s.wait(2 ** n)


@field("K3", alone=True, outcome="ok|hidden|incomplete",
       like=["kdc-unanswered", "ping-unanswered", "dc-unreachable", "srv-unanswered", "ldap-unanswered"],
       never={"verdict": ["unanswered", "unreachable", "failed"]})
def begins_with_answers_and_ends_with_questions(s):
    """Somebody pressed the button late, and again too early."""
    s.udp(s.dns, 53, None, dns_reply(77, DC.format(D=s.domain), [srv_rr(QUESTION, s.host)]))
    s.udp(s.dc, 88, None, s.tgs_rep(s.ldap_spn))
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    t.answer(ldap(5, url_entry(s)) + ldap(5, done()))
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.syn(s.dc2, 389)
    s.wait(16)
    s.udp(s.dc, 88, s.tgs_req(s.http))
    s.ping(server=s.dc3, silent=True)
    s.srv("_kerberos._tcp.{D}", silent=True)
    conn.scp(answered=False)
    s.wait(4)
    s.hears_something()


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": ["{dc2}|dc2"]},
       never={"kdc-unanswered": [r"(?<!\d){dc}(?!\d)[^\n]{0,30}(silent|did not answer)"], "verdict": [NOTHING_WRONG]})
def one_answer_seen_only_when_repeated_and_one_never(s):
    """The recorder missed dc1's answer, not its repetition; dc2 acknowledges nothing, however often it is asked."""
    good_start(s)
    s.address("dc2.{D}", s.dc2)
    t = s.tcp(s.dc, 88)
    t.ask(marked(s.as_req()))
    s.wait(0.3)
    t.answer(marked(s.error(25, data=padata((19, etype_info2()), (2, b"")))))
    t = s.tcp(s.dc, 88)
    request = marked(s.as_req(pre=timed()))
    t.ask(request)
    s.wait(0.2)
    again(t, "c", request)
    t.answer(marked(s.as_rep()))
    t = s.tcp(s.dc2, 88)
    request = marked(s.tgs_req("cifs/fs1." + s.domain))
    s.cite("kdc-unanswered", t.ask(request))
    for pause in (0.3, 0.6, 1.2, 2.4):
        s.wait(pause)
        again(t, "c", request)
    s.wait(30)


# ---- K4: names ----


@field("K4", shows={"flat-domain-name": "warn"}, outcome="failed", like=["srv-not-found"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def short_name_answered_with_nothing_over_ipv6(s):
    """NODATA instead of NXDOMAIN: the resolver's zone for names without a dot is empty, not absent."""
    s.over_ipv6()
    flat = s.short.capitalize()
    for name in (f"_ldap._tcp.Berlin._sites.dc._msdcs.{flat}", f"_ldap._tcp.dc._msdcs.{flat}"):
        s.cite("flat-domain-name", s.srv(name, rcode=0))


@field("K4", like=["flat-domain-name", "srv-not-found"], outcome="ok|hidden")
def domain_of_one_label(s):
    """An old domain without a dot in its name: its records are there, but for those of a new site."""
    s.named("orchard")
    s.srv("_ldap._tcp.Annex._sites.dc._msdcs.{D}", rcode=NXDOMAIN)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_site="Annex", dc_site="HQ", next_site="HQ", flags=FLAGS & ~CLOSEST)
    logon(s, "alice")
    granted(s, s.ldap_spn)
    bound(s).sealed()


@field("K4", shows={"srv-not-found": "error"}, outcome="failed|ok", domain="{D}", says={"srv-not-found": ["partner"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"srv-not-found: [^\n]*records of app7"]})
def web_server_taken_for_a_domain_beside_a_partner_without_forwarder(s):
    """app7 is a host, and its ticket says so afterwards; the partner's forest is one, and no resolver knows of it."""
    partner = "partner" + s.domain
    signed_in(s).sealed()
    s.srv("_ldap._tcp.dc._msdcs.app7.{D}", rcode=NXDOMAIN)
    granted(s, "HTTP/app7." + s.domain)
    s.cite("srv-not-found", s.srv("_ldap._tcp.HQ._sites.dc._msdcs." + partner, rcode=NXDOMAIN))
    s.cite("srv-not-found", s.srv("_ldap._tcp.dc._msdcs." + partner, rcode=NXDOMAIN))


# ---- K5: success, and whose ----


@field("K5", shows={SPN: "error|warn"}, outcome="failed|incomplete|ok", says={SPN: ["cifs/fs5"]},
       supported={SPN: ["not replicated"]}, never={"verdict": [NOTHING_WRONG], SPN: ["No account has the name"]})
def replication_is_behind_at_one_of_two_controllers(s):
    """dc1 does not know the new file server, dc2 does, and then it is dc1 that is asked again."""
    good_start(s)
    s.address("dc2.{D}", s.dc2)
    logon(s, "alice")
    target = "cifs/fs5." + s.domain
    s.cite(SPN, refused(s, 7, target))
    granted(s, target, server=s.dc2)
    s.wait(300)
    s.cite(SPN, refused(s, 7, target, times=2))


@field("K5", shows={"kpasswd-failed": "note"}, recovered=["kpasswd-failed"], outcome="ok|hidden")
def second_new_password_is_good_enough(s):
    """The first one is too short, and the service says so; the second one is taken, and opens the door."""
    s.ping(host=s.host)
    changepw_ticket(s)
    error = s.error(60, "kadmin/changepw", data=b"\0\4Password is too short")
    s.cite("kpasswd-failed", s.udp(s.dc, 464, password_change(s), password_answer(rest=error)))
    s.wait(20)
    changepw_ticket(s)
    s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(ap_rep(), SEALED_ANSWER))
    s.logon()


@field("K5", shows={"delegation-refused": "error"}, outcome="failed",
       says={"delegation-refused": ["cifs/fs1"]},
       causes={"delegation-refused": ["msDS-AllowedToDelegateTo", "msDS-AllowedToActOnBehalfOfOtherIdentity"]},
       never={"verdict": [NOTHING_WRONG]})
def portal_may_speak_to_the_database_and_not_to_the_files(s):
    """One and the same user: for the database the portal gets its ticket, for the file server it does not, twice."""
    good_start(s)
    logon(s, "svc-portal")
    own = "HTTP/portal." + s.domain
    s.kdc(tgs(s, own, pre=[for_user("carol", s.realm)]), s.tgs_rep(own, cname="carol", cipher=b"carol's evidence"))

    def on_behalf(target, answer):
        evidence = ticket(own, s.realm, cipher=b"carol's evidence")
        return s.kdc(tgs(s, target, pre=[pac_options()], tickets=(evidence,), options=USUAL | CNAME_IN_ADDL_TKT), answer)

    files, base = "cifs/fs1." + s.domain, f"MSSQLSvc/db1.{s.domain}:1433"
    s.cite("delegation-refused", on_behalf(files, s.error(13, files)))
    on_behalf(base, s.tgs_rep(base, cname="carol"))
    s.wait(2)
    s.cite("delegation-refused", on_behalf(files, s.error(13, files)))


# ---- K6: causes and advice ----


@field("K7", shows={"spn-not-found-or-duplicate": "warn|error"}, outcome="ok|hidden",
       checks={"spn-not-found-or-duplicate": [r"setspn -T PARTNER\.EXAMPLE -Q"]},
       never={"spn-not-found-or-duplicate": ["setspn -Q"]})
def name_unknown_in_the_partner_s_forest(s):
    """The member's own KDC refers it on; it is the partner's that does not know the name."""
    s.found()
    s.ping(host=s.host, client_host="WS8")
    logon(s, "WS8$")
    spn, partner = "HTTP/wiki.partner.example", "PARTNER.EXAMPLE"
    granted(s, spn, gives="krbtgt/" + partner)
    s.cite("spn-not-found-or-duplicate",
           s.kdc(tgs(s, spn, partner), s.error(7, spn, realm=partner), server=s.dc2))


@field("K6", shows={"kdc-unanswered": "error"}, outcome="failed",
       causes={"kdc-unanswered": ["keeps the request waiting"]},
       never={"kdc-unanswered": ["firewall drops port 88", "over UDP"], "verdict": [NOTHING_WRONG]})
def kdc_takes_the_connection_and_says_nothing(s):
    """The handshake is there, and the request is acknowledged: no firewall before port 88, and nothing went over UDP."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    t = s.tcp(s.dc, 88)
    s.cite("kdc-unanswered", t.ask(marked(s.as_req())))
    t._segment("s", "A")
    s.wait(31)
    s.hears_something()


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["hours|time"]},
       checks={"ldap-bind-failed": ["logonHours"]},
       never={"ldap-bind-failed": ["Get-ADUser -Identity", "channel binding", "wrong password"], "verdict": [NOTHING_WRONG]})
def night_job_outside_of_its_hours(s):
    """LDAPS, a simple bind by UPN, `data 530`: the password is right, the hour is not."""
    s.address(s.host, s.dc)
    for _ in range(2):
        conn = Ldap(s, s.https(s.dc, s.host, port=636))
        s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("530"), name="night.job@" + s.domain))
        s.wait(60)


@field("K6", outcome="ok|hidden",
       like=["service-key-mismatch", "kdc-integrity-failed", "client-unknown", "pkinit-failed", "krb-error"])
def branch_ticket_is_taken_and_armour_is_worn(s):
    """A read-only controller's ticket with its large number, an armoured logon after a bare 25: nothing is wrong."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, flags=FLAGS & ~0x100 | 0x800)
    logon(s, "PC1$")
    wish = padata((136, b""), (19, etype_info2()), (2, b""), (133, b"cookie"))
    s.kdc(s.as_req("alice", pre=[(149, b"")]), s.error(25, data=wish))
    armor = ap_req(s.tgt, s.realm, cipher=bytes_of(s, s.tgt), kvno=0x51230002)
    s.kdc(s.as_req("alice", pre=[armored(armor)]),
          s.as_rep("alice", kvno=0x51230002, pre=[(136, b"\xa0\x03\x30\x01\x00")]))
    s.who = "alice"
    spn = "cifs/fs2." + s.domain
    s.kdc(tgs(s, spn, kvno=0x51230002), s.tgs_rep(spn, cipher=bytes_of(s, spn), kvno=0x51230003))
    accepted_by_smb(s, s.web, spn)


@field("K6", shows={"pkinit-failed": "error|note"}, recovered=["pkinit-failed?"], outcome="failed",
       verdict=["certificate|smart card|PKINIT"], never={"verdict": [NOTHING_WRONG], "pkinit-failed": ["clock|port 88"]})
def two_cards_refused_and_one_user_has_a_password(s):
    """alice's card is refused (62) and her password is not; bob has his card alone, revoked (63 twice)."""
    s.found()
    s.ping(host=s.host)
    card = (16, b"synthetic signed data")
    s.kdc(s.as_req("alice", pre=[card]), s.error(62))
    logon(s, "alice")
    for _ in range(2):
        s.cite("pkinit-failed", s.kdc(s.as_req("bob", pre=[card]), s.error(63)))
        s.wait(3)


# ---- K7: commands ----


@field("K7", shows={"srv-msdcs-missing": "error"}, outcome="failed",
       checks={"srv-msdcs-missing": ["Resolve-DnsName|dig|nslookup"]},
       never={"any": [r"dcdiag /test:dns(?! /)", r"nltest /sc_verify", r"nltest /dsregdns", r"dnscmd\S* /(zoneadd|recordadd)",
                      r"Add-Dns|Register-Dns|ipconfig /registerdns", r"<[a-z]+>"]})
def zone_of_the_locators_was_deleted(s):
    """The domain's own records answer, and so does the controller; everything under _msdcs is gone."""
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", rcode=NXDOMAIN)
    s.cite("srv-msdcs-missing", s.srv(DC, rcode=NXDOMAIN))
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping(host=s.host)


@field("K7", shows={"weak-etype": "note"}, outcome="ok|hidden",
       never={"any": [r"msDS-SupportedEncryptionTypes=\*\)", r"Set-AD|ksetup /set", r"dcdiag /test:dns(?! /)",
                      r"wevtutil qe(?!.*rd:true)"]})
def ticket_of_an_old_type_for_an_old_service(s):
    """RC4 for the database, AES for the rest: worth a note, and a command that finds the accounts it means."""
    signed_in(s).sealed()
    spn = f"MSSQLSvc/old1.{s.domain}:1433"
    s.cite("weak-etype", s.kdc(tgs(s, spn), s.tgs_rep(spn, etype=23, cipher=bytes_of(s, spn)))[1])


@field("K7", shows={"ldap-signing-required": "error", SPN: "warn|error"}, outcome="failed",
       checks={"ldap-signing-required": ["LDAPServerEnforceIntegrity"], SPN: ["kvno|klist|kinit"]},
       never={"any": [r"wevtutil qe(?!.*rd:true)", r"nltest /sc_verify", r"<[a-z]+>"], SPN: ["klist get"],
              "verdict": [NOTHING_WRONG]})
def linux_file_server_with_two_troubles(s):
    """Simple binds are refused for want of a signature, and the backup's name is in no account."""
    good_start(s)
    s.kdc(s.as_req("FS9$", pre=[(149, b""), (150, b"")], etypes=MIT_ETYPES),
          s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req("FS9$", pre=[timestamp(), (149, b"")], etypes=MIT_ETYPES), s.as_rep("FS9$"))
    for _ in range(2):
        s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name="cn=svc-backup"))
        s.wait(2)
    spn = "nfs/backup2." + s.domain
    for _ in range(2):
        s.cite(SPN, s.kdc(s.tgs_req(spn, etypes=MIT_ETYPES), s.error(7, spn)))
        s.wait(2)


# ---- K8: the documented order ----


@field("K8", shows={"redirect-loop": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG], "path": [r"not tried\s+https://two"]})
def two_hosters_point_at_each_other(s):
    """The mailbox was moved and moved back: each place sends the client to the other one."""
    one, two = "one." + s.domain, "two." + s.domain
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    get(s, s.tcp(s.web, 80), host, uri=XML, status=302, more=[f"Location: https://{one}{XML}"])
    for at, server, to in ((one, s.web, two), (two, s.web2, one), (one, s.web, two)):
        s.address(at, server)
        post(s, s.https(server, at), at, status=302, answer=b"", more=[f"Location: https://{to}{XML}"])


@field("K8", outcome="ok", like=["endpoint-unreachable", "redirect-not-followed", "srv-target-unresolvable"])
def home_office_finds_the_last_record(s):
    """No directory, no autodiscover name, a home page that is none; the SRV record leads to the mail server."""
    s.address("{D}", s.web2)
    t = s.https(s.web2, s.domain)
    post(s, t, s.domain, status=404, answer=b"no such page")
    s.address("autodiscover.{D}", rcode=NXDOMAIN)
    s.srv("_autodiscover._tcp.{D}", s.mail, port=443)
    s.address(s.mail, kind=AAAA)
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail)


@field("K8", shows={"proxy-refused": "warn|note", "scp-incomplete": "warn"}, recovered=["proxy-refused?"], outcome="ok",
       says={"scp-incomplete": ["EX3"], "proxy-refused": ["502"]}, like=["endpoint-unreachable"],
       never={"verdict": [NOTHING_WRONG], "path": [r"-\s+not tried\s+https://ex[12]"]})
def proxy_reaches_one_server_and_not_the_other(s):
    """ex1 is off, says the proxy (502); ex2 answers behind the same one; ex3's entry has no address."""
    empty = entry(f"CN=EX3,CN=Autodiscover,CN=Protocols,{s.config}",
                  {"keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ"]})
    s.cite("scp-incomplete", directory(s, url_entry(s, 1), url_entry(s, 2), empty)[-1])
    t = s.tcp(s.web2, 8080)
    s.cite("proxy-refused", connect(t, ex(s, 1), status=502))
    t.close()
    t = s.tcp(s.web2, 8080)
    connect(t, ex(s, 2))
    post(s, tls.Session(t, s.c.keylog, host=ex(s, 2), names=[ex(s, 2)]), ex(s, 2))


# ---- K9: lost time ----


@field("K9", shows={"slow": "warn", "dc-unreachable": "note"}, recovered=["dc-unreachable"], outcome=["ok|hidden", "ok|hidden"],
       says={"slow": [r"\b2[01]\b", "{dc}|dc1"]}, never={"verdict": [NOTHING_WRONG], "path": [r"\b4[0-4] s"]})
def two_desks_wait_for_the_same_controller(s):
    """dc1 is off. Both clients try it first, both for twenty-one seconds, and dc2 serves both."""
    for who in (contextlib.nullcontext(), other_client(s)):
        with who:
            s.srv(DC, "dc1.{D}", "dc2.{D}")
            s.address("dc1.{D}", s.dc)
            s.address("dc2.{D}", s.dc2)
            s.ping(server=s.dc2, host="dc2." + s.domain)
            frames = dead(s, s.dc, 389)
            s.cite("slow", frames)
            s.cite("dc-unreachable", frames)
            conn = s.ldap(s.dc2)
            conn.simple()
            conn.rootdse()


@field("K9", like=["slow", "ldap-unanswered", "dc-unreachable"], verdict=[NOTHING_WRONG], outcome="ok")
def nobody_waits_for_anybody(s):
    """A minute at the password's window, keep-alives, five minutes between two searches, a timeout of the idle session."""
    good_start(s)
    asked_for_proof(s, "alice")
    s.wait(60)
    s.kdc(s.as_req("alice", pre=timed()), s.as_rep("alice"))
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    for _ in range(4):
        s.wait(75)
        conn.t.seq["c"] -= 1
        conn.t._segment("c", "A", b"\0")
        conn.t._segment("s", "A")
    conn.scp(url_entry(s))
    s.wait(900)
    conn.t.reset("s")
    post(s, opened(s), ex(s, 1))


@field("K9", shows={"slow": "warn|note", "endpoint-unreachable": "error"}, may=["slow"],
       says={"endpoint-unreachable": ["ex1"]}, never={"verdict": [NOTHING_WRONG]})
def version_6_is_dead_and_so_is_the_mail_server(s):
    """The controller's address of version 6 leads nowhere, version 4 does; then the one mail server is silent on both."""
    s.found()
    with version_6(s):
        six, mail_six = s.dc, s.web
    s.address(s.host, six, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_site="HQ")
    with version_6(s):
        s.cite("slow", dead(s, s.dc, 389))
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))
    s.address(ex(s, 1), mail_six, kind=AAAA)
    s.address(ex(s, 1), s.web)
    with version_6(s):
        dead(s, s.web, 443)
    s.cite("endpoint-unreachable", dead(s, s.web, 443))


# ---- K10: other operations ----


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed", verdict=["bind|bound|anonymous"],
       says={"ldap-not-bound": ["{dc2}|dc2"]}, never={"verdict": [NOTHING_WRONG]})
def reference_followed_without_a_name(s):
    """The own domain's controller refers to the child's, and there the library says nothing of who it is."""
    child = "child." + s.domain
    base = "DC=child," + s.config.removeprefix("CN=Configuration,")
    good_start(s)
    conn = s.ldap()
    conn.simple()
    op = search(s.config.removeprefix("CN=Configuration,"), 2, equal("sAMAccountName", "bob"), ["mail"])
    conn.ask(op, search_reference(f"ldap://{child}/{base}"), done())
    s.address(child, s.dc2)
    other = s.ldap(s.dc2)
    other.anonymous()
    s.cite("ldap-not-bound", other.ask(search(base, 2, equal("sAMAccountName", "bob"), ["mail"]),
                                       done(1, diagnostic=NOT_BOUND))[-1])


@field("K10", like=["dns-tcp-blocked", "srv-unanswered", "starttls-failed", "tls-failed"], outcome="ok|hidden")
def truncated_and_fetched_at_the_second_syn(s):
    """Forty controllers do not fit into one datagram; the first SYN is lost, the second is not; StartTLS is taken."""
    names = [f"dc{n}.{{D}}" for n in range(1, 41)]
    full = DC.format(D=s.domain)
    s.srv(DC, *names[:4], cut=True)
    t = s.c.tcp(s.client, s.next_port(), s.dns, 53, handshake=False)
    start = t.seq["c"]
    t.open("cS")
    t.seq["c"] = start
    s.wait(1)
    t.open("cS", "sSA", "cA")
    s.ident += 1
    t.ask(over_tcp(dns(s.ident, full)))
    t.answer(over_tcp(dns_reply(s.ident, full, [srv_rr(QUESTION, n.format(D=s.domain)) for n in names])))
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    t = s.tcp(s.dc, 389)
    t.ask(ldap(1, app(23, tlv(0x80, b"1.3.6.1.4.1.1466.20037"))))
    t.answer(ldap(1, result(24, 0)))
    secured = tls.Session(t, s.c.keylog, host=s.host, names=[s.host])
    secured.ask(ldap(2, bind("cn=svc", "synthetic")))
    secured.answer(ldap(2, bind_response()))


@field("K10", shows={"starttls-failed": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def starttls_refused_taken_elsewhere_and_refused_again(s):
    """dc1 has no certificate, dc2 has; the program goes round, and at the end it stands before dc1."""
    good_start(s)
    s.address("dc2.{D}", s.dc2)

    def begin(server, code=0, text=""):
        t = s.tcp(server, 389)
        return t, [t.ask(ldap(1, app(23, tlv(0x80, b"1.3.6.1.4.1.1466.20037")))),
                   t.answer(ldap(1, result(24, code, diagnostic=text)))]

    s.cite("starttls-failed", begin(s.dc, 52, NO_TLS)[1])
    t, _ = begin(s.dc2)
    secured = tls.Session(t, s.c.keylog, host="dc2." + s.domain, names=["dc2." + s.domain])
    secured.ask(ldap(2, bind("cn=svc", "synthetic")))
    secured.answer(ldap(2, bind_response()))
    s.wait(60)
    for _ in range(2):
        s.cite("starttls-failed", begin(s.dc, 52, NO_TLS)[1])
        s.wait(5)


# ---- K11: counts ----


@field("K11", shows={"password-wrong": "error"}, outcome="failed", says={"password-wrong": [r"\b(4|four)\b"]},
       never={"password-wrong": [r"\b(8|eight)\b"], "verdict": [NOTHING_WRONG]})
def mirror_shows_four_wrong_passwords_twice(s):
    """Two mirrored ports, one recorder: every packet is there twice, and four are four."""
    s.c.copies = 2
    s.ping(host=s.host)
    for _ in range(4):
        s.cite("password-wrong", wrong(s, "svc-scan")[-1] - 1)  # the first of the two
        s.wait(30)
    s.c.copies = 1


@field("K11", like=["ldap-unanswered", "ldap-bind-failed", "kdc-unanswered", "slow"], outcome="ok|hidden", verdict=[NOTHING_WRONG])
def tcp_repeats_itself_in_both_directions(s):
    """A bad cable: the bind goes out three times, its answer comes twice, and so does half of the search's."""
    good_start(s)
    conn = s.ldap()
    asked, answered = ldap(1, bind("cn=alice", "synthetic")), ldap(1, bind_response())
    conn.id = 1
    conn.t.ask(asked)
    for pause in (0.3, 0.6):
        s.wait(pause)
        again(conn.t, "c", asked)
    conn.t.answer(answered)
    s.wait(0.2)
    again(conn.t, "s", answered)
    conn.rootdse()
    asked = ldap(conn._next(), search(s.config, 2, exchange_filter(), ["serviceBindingInformation", "keywords"]))
    conn.t.ask(asked)
    whole = ldap(conn.id, url_entry(s, 1)) + ldap(conn.id, url_entry(s, 2)) + ldap(conn.id, done())
    conn.t.answer(whole[:100])
    again(conn.t, "s", whole[:100])
    conn.t.answer(whole[100:])
    post(s, opened(s), ex(s, 1))


@field("K11", like=["ldap-unanswered", "scp-none", "scp-read-failed"], outcome="ok|hidden|incomplete",
       never={"path": ["answer is not whole in the capture"]},
       missing="What Wireshark dissects of segments in the wrong order depends on its preference "
               "tcp.reassemble_out_of_order; the report says that the capture lacks part of the answer")
def second_half_of_an_answer_comes_first(s):
    """Two ways through the network, and the capture has every byte."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    asked = ldap(conn._next(), search(s.config, 2, exchange_filter(), ["serviceBindingInformation", "keywords"]))
    conn.t.ask(asked)
    whole = ldap(conn.id, url_entry(s, 1)) + ldap(conn.id, url_entry(s, 2)) + ldap(conn.id, done())
    conn.t.seq["s"] += 100
    conn.t._segment("s", "PA", whole[100:])
    conn.t.seq["s"] -= len(whole)
    conn.t._segment("s", "PA", whole[:100])
    conn.t.seq["s"] += len(whole) - 100
    conn.rootdse()


@field("K11", shows={SPN: "warn|error"}, outcome=["failed|incomplete|ok"] * 2, says={SPN: ["HTTP/intra5"]},
       never={"path": [r"\b(3|5|three|five) (times|requests|attempts|answers)"], "verdict": [NOTHING_WRONG]})
def twice_from_one_desk_and_three_times_from_another(s):
    """The same missing name, of two clients: what one did is not counted at the other."""
    target = "HTTP/intra5." + s.domain
    logon(s, "alice")
    s.cite(SPN, refused(s, 7, target, times=2))
    with other_client(s):
        logon(s, "bob")
        refused(s, 7, target, times=3)


# ---- K12: stories ----


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict=[r"\A[^\n]*lock"],
       never={"path": [r"(?s)(error ldap-bind-failed:.*){2}"], "verdict": [NOTHING_WRONG]})
def old_password_stored_until_the_account_is_locked(s):
    """The printer has last year's password: wrong, wrong, wrong, wrong, wrong, and from then on locked."""
    good_start(s)
    for sub in ["52e"] * 5 + ["775"] * 2:
        s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format(sub), name="svc-scan@" + s.domain))
        s.wait(2)


@field("K12", outcome="ok|hidden", like=["client-unknown", "srv-not-found", "dc-unreachable"],
       never={"path": [r"(error|warn)\s+(wrong-realm|password-wrong)"]})
def guest_of_the_partner_forest_logs_on(s):
    """68, a mistyped password, two realms and a referral back: a guest at a meeting-room computer."""
    partner = "partner" + s.domain
    theirs = partner.upper()
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.kdc(s.as_req("jo@" + partner, cname_kind=10), s.error(68, crealm=theirs))
    s.srv("_kerberos._tcp.dc._msdcs." + partner, "dc2." + partner, port=88)
    s.address("dc2." + partner, s.dc2)
    name = "krbtgt/" + theirs
    for pre, answer in (
        ((), s.error(25, name, realm=theirs, data=padata((19, etype_info2()), (2, b"")))),
        (timed(), s.error(24, name, realm=theirs)),
        (timed(), s.as_rep("jo", realm=theirs, sname=name, cipher=b"jo's own")),
    ):
        s.kdc(s.as_req("jo@" + partner, sname=name, realm=theirs, cname_kind=10, pre=pre), answer, server=s.dc2)
        s.wait(4)
    s.who, s.at_hand = "jo", (name, theirs)
    s.kdc(tgs_req(s.ldap_spn, name, cipher=b"jo's own", realm=theirs, tgt_realm=theirs, nonce=s._new()),
          s.tgs_rep(s.tgt, cname="jo", realm=theirs, cipher=b"jo's way back"), server=s.dc2)
    s.kdc(tgs_req(s.ldap_spn, s.tgt, cipher=b"jo's way back", realm=s.realm, tgt_realm=theirs, nonce=s._new()),
          s.tgs_rep(s.ldap_spn, cname="jo", crealm=theirs, cipher=bytes_of(s, s.ldap_spn)))
    bound(s).sealed()


@field("K12", shows={"password-wrong": "error"}, may=["ldap-bind-failed"], outcome="failed",
       verdict=[r"\A[^\n]*(9|10|accounts|names)"], says={"password-wrong": ["target9|success|succeed|logged on|one of them"]},
       never={"path": [r"(?s)(error password-wrong:.*){2}"], "verdict": [NOTHING_WRONG]})
def one_password_for_ten_accounts_and_it_fits_the_last(s):
    """Nine times wrong, once right, and then the directory is read in that name."""
    good_start(s)
    for n in range(9):
        s.cite("password-wrong", wrong(s, f"target{n}")[-1])
        s.wait(1)
    logon(s, "target9")
    granted(s, s.ldap_spn)
    bound(s).sealed(4)
