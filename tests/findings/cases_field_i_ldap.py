# SPDX-License-Identifier: GPL-2.0-or-later
"""Directories that refuse a logon, in forms that no other case has: probes without a sequel, lists of names, locks that
another protocol caused, TLS that one of several has. And days that look like them.
"""
from build import *  # noqa: F403
from cases import Ldap
from cases_field_a import MIT_ETYPES, accepted_by_smb, granted, logon, shown, timed
from cases_field_b_time import START_TLS, dead, extended, good_start, person
from cases_field_c import FROM_MIT
from cases_field_d import wrong
from cases_ldap import CREDENTIALS
from field import field
from net import ntlm_as
from smb import LOGON_FAILURE, MORE_PROCESSING, smb1_setup, smb1_setup_reply, smb2_setup, smb2_setup_reply
from tls import Session

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
LOCKED = 0xC0000234
UNAVAILABLE = "00000000: LdapErr: DSID-0C0911CE, comment: Error initializing SSL/TLS, data 0, v4563"
LIST = r"got in while|list that is worked through"
ANONYMOUS = ["WELLKNOWN", "ANONYMOUS"]


# ---- K1: what the steps show ----


@field("K1", may=["service-key-mismatch", "ntlm-fallback"], outcome="failed|ok", verdict=[r"\A[^\n]*(cifs|scan2|SMB|ticket)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def scanner_that_knows_the_first_dialect(s):
    """An appliance of SMB 1: what it gets for its ticket is a rejection without a reason, each minute. IPv6."""
    s.over_ipv6()
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    logon(s, "scan")
    spn = "cifs/scan2." + s.domain
    s.address("scan2.{D}", s.web, kind=AAAA)
    granted(s, spn)
    for n in range(3):
        t = s.tcp(s.web, 445)
        t.ask(smb1_setup(shown(s, spn)))
        t.answer(smb1_setup_reply(nego_resp(None, 2), LOGON_FAILURE))
        t.close()
        s.wait(60)


@field("K1", outcome="ok", like=["service-key-mismatch", "ntlm-fallback"], verdict=[NOTHING_WRONG])
def file_server_got_a_new_key(s):
    """An old ticket is refused once, a new one is taken; a print server wants NTLM, and the password there is wrong."""
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc)
    logon(s, "uma")
    spn = "cifs/fs4." + s.domain
    s.address("fs4.{D}", s.web)
    t = s.tcp(s.web, 445)
    t.ask(smb2_setup(nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=b"of yesterday")))))
    t.answer(smb2_setup_reply(b"", LOGON_FAILURE))
    t.close()
    granted(s, spn)
    accepted_by_smb(s, s.web, spn)
    t = s.tcp(s.web2, 445)
    t.ask(smb2_setup(nego_init(gss(AP_REQ_ID, ap_req("cifs/print." + s.domain, s.realm, cipher=b"for a printer")))))
    t.answer(smb2_setup_reply(nego_resp(ntlm(2), 1, OID_NTLM), MORE_PROCESSING))
    t.ask(smb2_setup(nego_resp(ntlm_as("uma", "CORP"), 1, None), 2))
    t.answer(smb2_setup_reply(b"", LOGON_FAILURE, 2))
    t.close()
    s.wait(10)


# ---- K2: a probe without a sequel, an answer that is followed ----


@field("K2", shows={"preauth-abandoned": "warn"}, outcome="incomplete|failed", says={"preauth-abandoned": ["anonymous"]},
       causes={"preauth-abandoned": ["armour"]},
       never={"verdict": [NOTHING_WRONG], "preauth-abandoned": ["password"]})
def realm_without_certificates_asks_for_a_proof(s):
    """A KDC of MIT without PKINIT answers 25 to each anonymous request, and the client has no proof. IPv6, TCP."""
    s.over_ipv6()
    s.srv("_kerberos._tcp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc, kind=AAAA)
    for _ in range(3):
        request = s.as_req(ANONYMOUS, cname_kind=11, etypes=MIT_ETYPES, pre=FROM_MIT, options=REQUEST_ANONYMOUS)
        offered = padata((136, b""), (19, etype_info2()), (2, b""), (133, b"cookie"))
        s.cite("preauth-abandoned", s.kdc(request, s.error(25, data=offered, text="NEEDED_PREAUTH"), tcp=True))
        s.wait(45)


@field("K2", like=["client-unknown", "krb-error", "preauth-abandoned", "pkinit-failed"], outcome="ok", verdict=["went well|ok"],
       never={"verdict": ["failed -", "with a warning"]})
def armour_is_tried_at_each_controller(s):
    """krb5_use_fast = try: two controllers refuse the anonymous ticket, and the user is let in; later a look at a third."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)

    def probe(server):
        s.kdc(s.as_req(ANONYMOUS, cname_kind=11, etypes=MIT_ETYPES, pre=FROM_MIT, options=REQUEST_ANONYMOUS),
              s.error(6, text="CLIENT_NOT_FOUND"), server=server)

    probe(s.dc)
    probe(s.dc2)
    logon(s, "vera")
    s.wait(3600)
    probe(s.dc)
    s.wait(20)


SILENT_KDC = "dc-unreachable|kdc-unanswered|krb-tcp-blocked"


@field("K2", shows={SILENT_KDC: "error"}, may=["wrong-realm"], outcome="failed",
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "wrong-realm": ["does not follow", "switched off"]})
def guest_s_own_kdc_refuses_the_connection(s):
    """The addresses of both realms are known from before. 68 names the guest's, and port 88 is closed there."""
    partner = "guests" + s.domain
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc)
    s.srv("_ldap._tcp.dc._msdcs." + partner, "dc2." + partner)
    s.address("dc2." + partner, s.dc2)
    s.wait(60)
    s.kdc(s.as_req("gus@mail" + s.domain, cname_kind=10), s.error(68, crealm=partner.upper()), tcp=True)
    for _ in range(2):
        s.cite(SILENT_KDC, s.syn(s.dc2, 88, "refused"))
        s.wait(3)
    s.wait(20)


@field("K2", like=["wrong-realm", "dc-unreachable", "kdc-unanswered"], outcome="ok",
       never={"verdict": ["failed -", "with a warning"]})
def guest_logs_on_at_home(s):
    """68 names the guest's realm, its KDC is looked for, and lets the guest in."""
    partner = "guests" + s.domain
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc)
    s.kdc(s.as_req("gus@mail" + s.domain, cname_kind=10), s.error(68, crealm=partner.upper()), tcp=True)
    s.srv("_kerberos._tcp." + partner, "dc2." + partner, port=88)
    s.address("dc2." + partner, s.dc2)
    theirs = {"sname": "krbtgt/" + partner.upper(), "realm": partner.upper()}
    s.kdc(s.as_req("gus", pre=timed(), **theirs), s.as_rep("gus", cipher=b"for gus", **theirs), server=s.dc2, tcp=True)


# ---- K4: names ----


@field("K4", shows={"dc-unreachable": "error"}, may=["slow"], outcome="failed",
       says={"dc-unreachable": ["forestdnszones", "refers"]}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE],
                                                                    "dc-unreachable": ["locator record"]})
def library_gives_up_where_the_reference_leads(s):
    """A wiki searches for a user from the forest's top, IPv6: the reference's server refuses, and so the search fails."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    conn = s.ldap()
    conn.simple(name="svc-wiki@" + s.domain)
    top = s.config.removeprefix("CN=Configuration,")
    elsewhere = "ForestDnsZones." + s.domain
    conn.ask(search(top, 2, equal("sAMAccountName", "alice"), ["mail"]), entry("CN=alice," + top, {"mail": ["a@x.test"]}),
             search_reference(f"ldap://{elsewhere}/DC=ForestDnsZones,{top}"), done(0))
    s.address(elsewhere, s.dc2, kind=AAAA)
    for _ in range(2):
        s.cite("dc-unreachable", s.syn(s.dc2, 389, "refused"))
        s.wait(2)
    conn.t.close()
    s.wait(30)


@field("K4", outcome="ok", like=["dc-unreachable", "srv-target-unresolvable", "endpoint-unreachable"], verdict=[NOTHING_WRONG])
def references_that_are_looked_up_and_followed(s):
    """One reference leads to the same controller and is followed, one has no address, and one nobody follows."""
    good_start(s)
    conn = s.ldap()
    conn.simple(name="svc-wiki@" + s.domain)
    top = s.config.removeprefix("CN=Configuration,")
    names = [f"{zone}.{s.domain}" for zone in ("DomainDnsZones", "ForestDnsZones", "child")]
    conn.ask(search(top, 2, equal("sAMAccountName", "alice"), ["mail"]),
             *[search_reference(f"ldap://{name}/DC=x,{top}") for name in names], done(0))
    s.address(names[0], s.dc)
    other = s.ldap()
    other.simple(name="svc-wiki@" + s.domain)
    s.address(names[1], rcode=3)
    s.wait(20)


# ---- K5: what counts as success, and whose ----


@field("K5", shows={"starttls-failed": "error"}, outcome="failed", verdict=[r"\A[^\n]*StartTLS"],
       never={"verdict": [NOTHING_WRONG], "starttls-failed": ["has no certificate", "without a certificate"]})
def port_636_works_and_starttls_does_not(s):
    """The balancer ends TLS on 636, and hands 389 through to a controller that cannot: a mail filter asks there."""
    good_start(s)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name="svc-portal@" + s.domain)
    conn.t.connection.close()
    s.wait(30)
    for _ in range(3):
        conn = s.ldap()
        s.cite("starttls-failed", extended(conn, START_TLS, 52, UNAVAILABLE))
        conn.t.close()
        s.wait(10)


@field("K5", shows={"starttls-failed": "note"}, recovered=["starttls-failed"], outcome="ok",
       never={"verdict": ["failed -"]})
def starttls_at_the_second_try(s):
    """The service was starting: 51 once, and a moment later TLS and a bind."""
    good_start(s)
    conn = s.ldap()
    s.cite("starttls-failed", extended(conn, START_TLS, 51, "busy"))
    conn.t.close()
    s.wait(5)
    conn = s.ldap()
    extended(conn, START_TLS)
    secured = Session(conn.t, s.c.keylog, host=s.host, names=[s.host])
    secured.ask(ldap(2, bind("svc-wiki@" + s.domain, "synthetic")))
    secured.answer(ldap(2, bind_response()))
    s.wait(20)


# ---- K6: what the packets support ----


@field("K6", shows={SPN: "warn"}, supported={SPN: ["Only this name"]}, outcome="failed|ok")
def management_asks_for_a_class_of_its_own(s):
    """WSMAN/host is in no account, and HTTP/host is granted a moment later: that is what there is to say."""
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc)
    logon(s, "uma")
    host = "node7." + s.domain
    s.cite(SPN, s.kdc(s.tgs_req("WSMAN/" + host), s.error(7, "WSMAN/" + host)))
    granted(s, "HTTP/" + host)
    s.wait(10)


# ---- K12: stories ----


def refused(s, name, code="52e", server=None, port=389):
    """A simple bind on a connection of its own; the answer's frame."""
    conn = s.ldap(server, port)
    frame = conn.simple(49, CREDENTIALS.format(code), name=name)[-1]
    conn.t.close()
    return frame


def let_in(s, name):
    conn = s.ldap()
    conn.simple(name=name)
    conn.t.close()


def by_ntlm(s, user, server=None, code="52e"):
    """An NTLM bind with a wrong password; the answer's frame."""
    conn = s.ldap(server)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)),
             bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
    frame = conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as(user, "CORP"), 1, None)),
                     bind_response(49, CREDENTIALS.format(code)))[-1]
    conn.t.close()
    return frame


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict=[r"\A[^\n]*7 names"],
       says={"ldap-bind-failed": [r"\b14 LDAP binds", r"7 different names", "no such user"]},
       never={"path": [r"(error ldap-bind-failed:.*){2}"], "verdict": [NOTHING_WRONG], "ldap-bind-failed": ["got in"]})
def import_binds_with_names_of_another_domain(s):
    """A migration checks seven accounts by NTLM, each at both controllers; its own bind was good before and is between."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    let_in(s, "svc-import@" + s.domain)
    for n in range(7):
        for server in (s.dc, s.dc2):
            s.cite("ldap-bind-failed", by_ntlm(s, f"staff{n}", server, "525"))
        let_in(s, "svc-import@" + s.domain)
        s.wait(2)
    s.wait(20)


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed|ok", says={"ldap-bind-failed": ["6 names", "gateway"]},
       never={"ldap-bind-failed": [LIST], "path": [r"(error ldap-bind-failed:.*){2}"], "verdict": [NOTHING_WRONG]})
def gateway_of_which_six_users_have_old_passwords(s):
    """A mail gateway binds for each that fetches mail: six phones have an old password, and many others are let in."""
    good_start(s)
    for n in range(24):
        name = f"CORP\\person{n:02}"
        if n % 4 == 1:
            s.cite("ldap-bind-failed", refused(s, name))
        else:
            let_in(s, name)
        s.wait(20)


@field("K12", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok",
       never={"path": [LIST], "verdict": ["failed -"]})
def portal_whose_users_type_it_twice(s):
    """A morning at a portal: seven people mistype their password, and each is let in a moment later."""
    good_start(s)
    for n in range(7):
        let_in(s, "svc-portal@" + s.domain)
        s.cite("ldap-bind-failed", refused(s, f"CORP\\person{n}"))
        s.wait(4)
        let_in(s, f"CORP\\person{n}")
        s.wait(60)


@field("K12", shows={"account-unusable": "error"}, outcome="failed", verdict=[r"\A[^\n]*lock"],
       says={"account-unusable": [r"after 5 attempts", "3 of them LDAP binds"]},
       supported={"account-unusable": ["wrong passwords"]}, never={"verdict": [NOTHING_WRONG]})
def two_programs_lock_one_account(s):
    """A wiki binds by DN with an old password, a mount logs on with another; then the KDC says locked. IPv6, TCP."""
    s.over_ipv6()
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    for n in range(3):
        s.cite("account-unusable", refused(s, person(s, "svc-wiki")))
        if n < 2:
            s.cite("account-unusable", wrong(s, "svc-wiki", tcp=True)[-1])
        s.wait(10)
    for _ in range(2):
        s.cite("account-unusable", s.kdc(s.as_req("svc-wiki"), s.error(18, data=error_data(LOCKED)), tcp=True))
        s.wait(20)


@field("K12", shows={"ldap-bind-failed": "error"}, may=["password-wrong"], outcome="failed",
       says={"ldap-bind-failed": ["locked"]}, supported={"ldap-bind-failed": ["wrong passwords"]},
       never={"verdict": [NOTHING_WRONG]})
def mount_locks_what_the_wiki_needs(s):
    """The other way round: five logons by Kerberos with an old password, and the wiki's bind hears that it is locked."""
    good_start(s)
    for _ in range(5):
        wrong(s, "svc-wiki")
        s.wait(10)
    for _ in range(2):
        s.cite("ldap-bind-failed", refused(s, person(s, "svc-wiki"), "775"))
        s.wait(20)


@field("K12", shows={"account-unusable": "error", "ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"],
       outcome="failed", never={"account-unusable": [r"after \d+ attempt", "LDAP bind"]})
def somebody_else_is_locked(s):
    """Two mistyped their password and were let in; the account that is locked is another's, and one of theirs an hour on."""
    good_start(s)
    for name in ("bob", "eve"):
        s.cite("ldap-bind-failed", by_ntlm(s, name))
        let_in(s, "CORP\\" + name)
        s.wait(4)
    s.cite("account-unusable", s.kdc(s.as_req("dora"), s.error(18, data=error_data(LOCKED))))
    s.wait(3600)
    s.cite("account-unusable", s.kdc(s.as_req("eve"), s.error(18, data=error_data(LOCKED))))
    s.wait(20)
