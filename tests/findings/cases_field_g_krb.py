# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos: each kind of wrong judgement in another form, and a healthy day that looks like it.

Hosts of two domains with the same first label, user-to-user tickets, realms that refer to each other,
keytabs with a service's name, clocks, refused sessions of SMB, and what another KDC said of the same.
"""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import MIT_ETYPES, bytes_of, granted, logon, refused, shown, signed_in, tgs, timed
from cases_field_c import FROM_MIT
from field import field
from smb import LOGON_FAILURE, smb2_setup, smb2_setup_reply

SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
WINDOWS_ETYPES = (18, 17, 23, 24, -135)
HOUR = 3600 * 10**9


# ---- a short name is short for one host ----


@field("K7", shows={SPN: "warn"}, never={SPN: ["ticket was given", "was granted", r"fs1\.ams"],
                                         "verdict": [NOTHING_WRONG]})
def short_name_of_a_server_that_the_child_has_too(s):
    """cifs/fs1 stands in no account; a ticket for fs1 of the child domain says nothing of it."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, "cifs/fs1"))
    granted(s, f"cifs/fs1.ams.{s.domain}")


@field("K7", shows={SPN: "note"}, recovered=[SPN], says={SPN: [r"cifs/fs2\.{D}"]})
def short_name_and_the_domain_s_own_server(s):
    """The library tries the name as it was typed, and then the whole one."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, "cifs/fs2"))
    granted(s, f"cifs/fs2.{s.domain}")


@field("K7", shows={SPN: "note"}, recovered=[SPN])
def short_name_that_dns_completes_otherwise(s):
    """The hosts are called otherwise than the realm: DNS gives the client the whole name."""
    signed_in(s).sealed()
    full = f"ex1.sites.{s.domain}"
    s.ldap().scp(url_entry(s, 1, host=full))
    s.address(full, s.web)
    s.cite(SPN, refused(s, 7, "HTTP/ex1"))
    granted(s, "HTTP/" + full)


@field("K7", shows={SPN: "warn"}, never={SPN: [r"db3\.partner", "another form"], "verdict": [NOTHING_WRONG]})
def database_of_the_partner_has_the_same_name(s):
    """MSSQLSvc/db3.D is registered without its port nowhere; the partner's db3 is another machine."""
    signed_in(s).sealed()
    granted(s, f"MSSQLSvc/db3.partner{s.domain}:1433")
    s.cite(SPN, refused(s, 7, f"MSSQLSvc/db3.{s.domain}", times=2))


# ---- user-to-user ----


def second_ticket(s, name, whose):
    """The request that 27 demands, with the ticket-granting ticket of the other end."""
    other = ticket(s.tgt, s.realm, cipher=b"TGT of " + whose)
    return tgs(s, name, tickets=(other,), options=USUAL | ENC_TKT_IN_SKEY)


@field("K10", shows={"clock-skew|krb-error": "error"}, outcome="failed", says={"krb-error": ["33|NYV|not yet valid"]},
       verdict=[r"\A[^\n]*not yet valid"], never={"verdict": [NOTHING_WRONG, "user-to-user"]})
def second_ticket_begins_tomorrow(s):
    """27, and then the ticket of the other end is one of a clock that is ahead."""
    signed_in(s).sealed()
    refused(s, 27, "carol@" + s.realm)
    for _ in range(2):
        s.cite("krb-error", s.kdc(second_ticket(s, "carol@" + s.realm, b"carol"), s.error(33, "carol@" + s.realm)))
        s.wait(3)


@field("K10", shows={"krb-error": "error"}, outcome="failed", verdict=["user-to-user"])
def told_to_ask_otherwise_and_did_not(s):
    """27 three times to the same plain request: nobody asks as the KDC demands."""
    signed_in(s).sealed()
    s.cite("krb-error", refused(s, 27, "HTTP/app7." + s.domain, times=3))


@field("K10", like=["krb-error"], verdict=["went well"], outcome="ok|hidden", never={"verdict": ["27", "warning"]})
def told_to_ask_otherwise_and_granted(s):
    """A remote desktop: 27, and the ticket in the other end's session key."""
    signed_in(s).sealed()
    refused(s, 27, "dave@" + s.realm)
    s.kdc(second_ticket(s, "dave@" + s.realm, b"dave"), s.tgs_rep("dave@" + s.realm, cname="alice"))


# ---- referrals ----


def partner_found(s):
    """The realm of the partner and its KDC, as DNS tells them."""
    partner = ("partner" + s.domain).upper()
    s.srv("_kerberos._tcp.dc._msdcs." + partner.lower(), "dc2." + partner.lower(), port=88)
    s.address("dc2." + partner.lower(), s.dc2)
    return partner


@field("K10", shows={"wrong-realm": "error"}, outcome="failed", says={"wrong-realm": ["refer", r"{realm}", "PARTNER"]},
       verdict=[r"\A[^\n]*refer to each other"], never={"verdict": [NOTHING_WRONG], "any": ["asked for in no other realm"]})
def name_in_three_realms_and_at_home_in_none(s):
    """The own KDC sends to the root, the root to the partner, and the partner home again. Linux gives up there."""
    partner, root = partner_found(s), ("root" + s.domain).upper()
    signed_in(s).sealed()
    spn = "HTTP/wiki.shared" + s.domain
    s.cite("wrong-realm", granted(s, spn, gives="krbtgt/" + root))
    s.cite("wrong-realm", granted(s, spn, root, gives="krbtgt/" + partner, server=s.dc3))
    s.cite("wrong-realm", granted(s, spn, partner, gives="krbtgt/" + s.realm, server=s.dc2))
    s.wait(30)


@field("K10", shows={"wrong-realm": "error"}, outcome="failed|incomplete", says={"wrong-realm": ["refer to each other"]},
       never={"verdict": [NOTHING_WRONG, "went well"]})
def user_whom_each_forest_takes_for_the_other_s(s):
    """The logon itself: 68 with the partner's realm, 68 there with the own one, twice round."""
    partner = partner_found(s)
    user = "erik@shared" + s.domain
    for _ in range(2):
        for realm, other, server in ((s.realm, partner, s.dc), (partner, s.realm, s.dc2)):
            s.cite("wrong-realm", s.kdc(
                s.as_req(user, cname_kind=10, sname="krbtgt/" + realm, realm=realm),
                s.error(68, "krbtgt/" + realm, realm=realm, crealm=other), server=server))
    s.wait(30)


@field("K10", like=["wrong-realm", "krb-error"], outcome="ok|hidden", verdict=["went well"])
def same_service_of_the_partner_again_and_again(s):
    """Each hour the client begins at home, is sent to the partner, and gets its ticket there; once from a cached referral."""
    partner = partner_found(s)
    signed_in(s).sealed()
    spn = "HTTP/shop." + partner.lower()
    for _ in range(3):
        s.at_hand = (s.tgt, s.realm)
        granted(s, spn, gives="krbtgt/" + partner)
        granted(s, spn, partner, server=s.dc2)
        s.wait(20)
    granted(s, spn, partner, server=s.dc2)


@field("K10", like=["wrong-realm", "krb-error"], outcome="ok|hidden", verdict=["went well"])
def way_to_the_partner_leads_through_the_root(s):
    """capaths: two referrals in a row, and the ticket at the third KDC; then the same from the start."""
    partner, root = partner_found(s), ("root" + s.domain).upper()
    signed_in(s).sealed()
    spn = "cifs/nas." + partner.lower()
    for _ in range(2):
        s.at_hand = (s.tgt, s.realm)
        granted(s, spn, gives="krbtgt/" + root)
        granted(s, spn, root, gives="krbtgt/" + partner, server=s.dc3)
        granted(s, spn, partner, server=s.dc2)


@field("K10", like=["wrong-realm", "krb-error"], outcome="ok|hidden", verdict=["went well"])
def two_logons_of_one_client_ask_at_the_same_time(s):
    """Two programs walk at once: both are referred before the first of them has its ticket."""
    partner = partner_found(s)
    signed_in(s).sealed()
    spn = "HTTP/shop2." + partner.lower()
    for _ in range(2):
        s.at_hand = (s.tgt, s.realm)
        granted(s, spn, gives="krbtgt/" + partner)
    for _ in range(2):
        granted(s, spn, partner, server=s.dc2)


@field("K10", like=["wrong-realm", "krb-error"], outcome="ok|hidden", verdict=["went well"])
def sent_back_home_and_granted_there(s):
    """A suffix was moved: the partner sends the client home, where another KDC knows the service by now."""
    partner = partner_found(s)
    signed_in(s).sealed()
    spn = "HTTP/moved.shared" + s.domain
    granted(s, spn, gives="krbtgt/" + partner)
    granted(s, spn, partner, gives="krbtgt/" + s.realm, server=s.dc2)
    granted(s, spn)


# ---- a service's name in a logon ----


def keytab_logon(s, parts, code=6, times=1):
    """A logon by a name of several parts, as a keytab has it."""
    frames = []
    for _ in range(times):
        frames += s.kdc(s.as_req(list(parts), pre=FROM_MIT, etypes=MIT_ETYPES), s.error(code))
        s.wait(5)
    return frames


@field("K7", shows={"client-unknown": "error"}, outcome="failed", says={"client-unknown": [r"HTTP/app1\.{D}"]},
       causes={"client-unknown": ["userPrincipalName", "keytab"]},
       never={"any": ["APP1[$]", "Get-ADComputer", "Get-ADUser -Identity"], "verdict": [NOTHING_WRONG]})
def web_application_logs_on_by_its_service_s_name(s):
    """kinit -k with HTTP/app1...: the name is registered on a user's account, and nobody logs on by it."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.cite("client-unknown", keytab_logon(s, ("HTTP", "app1." + s.domain), times=2))


@field("K7", shows={"client-unknown": "error"}, outcome="failed", causes={"client-unknown": [r"\AThe name is mistyped"]},
       never={"any": ["userPrincipalName of", "keytab,"], "verdict": [NOTHING_WRONG]})
def machine_by_its_own_name_and_deleted(s):
    """WEB4$ is how Active Directory knows machines: here the account is gone."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.cite("client-unknown", s.kdc(s.as_req("WEB4$", pre=FROM_MIT, etypes=MIT_ETYPES), s.error(6)))
    s.wait(10)


@field("K7", shows={"client-unknown": "note"}, recovered=["client-unknown"], outcome="ok|hidden")
def keytab_s_second_entry_is_the_account(s):
    """host/web5... is unknown, and the program takes the next name in its keytab, which is WEB5$."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.cite("client-unknown", keytab_logon(s, ("host", "web5." + s.domain)))
    logon(s, "WEB5$")
    granted(s, s.ldap_spn)


# ---- clocks ----


@field("K7", shows={"clock-skew": "error"}, outcome="failed", checks={"clock-skew": ["w32tm /query /status"]},
       never={"clock-skew": ["chronyc", "timedatectl", "ntpdate"], "verdict": [NOTHING_WRONG]})
def windows_notebook_an_hour_ahead(s):
    """Windows tells itself by the types that it offers: its commands are the ones to give."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.kdc(s.as_req("PC9$", etypes=WINDOWS_ETYPES), s.error(25, data=padata((19, etype_info2()), (2, b""))))
        s.cite("clock-skew", s.kdc(s.as_req("PC9$", pre=timed(), etypes=WINDOWS_ETYPES),
                                   s.error(37, stime=s.c.time - HOUR)))
        s.wait(30)


@field("K7", like=["clock-skew"], outcome="ok|hidden")
def linux_node_three_minutes_behind(s):
    """Less than the five minutes that are allowed: nobody minds."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    s.kdc(s.as_req("NODE8$", pre=FROM_MIT, etypes=MIT_ETYPES),
          s.error(25, data=padata((19, etype_info2()), (2, b"")), stime=s.c.time + HOUR // 20))
    s.kdc(s.as_req("NODE8$", pre=timed(*FROM_MIT), etypes=MIT_ETYPES), s.as_rep("NODE8$", cipher=bytes_of(s, s.tgt)))
    granted(s, s.ldap_spn)


@field("K10", shows={"clock-skew": "error"}, outcome="failed", says={"clock-skew": [r"dc1\.{D}", "agrees", r"fs8\.{D}"]},
       verdict=[r"\A[^\n]*clock"], never={"clock-skew": ["or that of the capturing machine"], "verdict": [NOTHING_WRONG]})
def file_server_restored_from_a_snapshot(s):
    """SMB: the KDC's own errors tell that its clock is right; the file server, known by the ticket alone, is a day behind."""
    signed_in(s).sealed()
    spn = "cifs/fs8." + s.domain
    granted(s, spn)
    for _ in range(2):
        t = s.tcp(s.web, 445)
        asked = t.ask(smb2_setup(shown(s, spn)))
        error = nego_resp(gss(ERROR_ID, s.error(37, spn, stime=s.c.time - 24 * HOUR)), 2)
        s.cite("clock-skew", asked, t.answer(smb2_setup_reply(error, LOGON_FAILURE)))
        t.close()
        s.wait(5)


# ---- what another KDC says of the same ----


@field("K6", shows={"password-wrong": "error"}, outcome="failed", says={"password-wrong": [r"dc1\.{D}", "accepted"]},
       causes={"password-wrong": ["replication"]}, never={"password-wrong": ["mistyped", "differs from the directory's"],
                                                          "verdict": [NOTHING_WRONG]})
def service_account_is_taken_by_one_controller_only(s):
    """A daemon logs on each minute: dc2 refuses, dc1 takes it, dc2 refuses again. Nobody types anything."""
    s.found()
    s.address(s.host, s.dc)
    for server in (s.dc2, s.dc, s.dc2):
        s.kdc(s.as_req("svc-sync"), s.error(25, data=padata((19, etype_info2()), (2, b""))), server=server)
        asked = s.as_req("svc-sync", pre=timed())
        if server == s.dc:
            s.kdc(asked, s.as_rep("svc-sync", cipher=bytes_of(s, s.tgt)))
        else:
            s.cite("password-wrong", s.kdc(asked, s.error(24), server=server))
        s.wait(60)


@field("K6", shows={"password-wrong": "error"}, outcome="failed", first={"password-wrong": "mistyped"},
       never={"password-wrong": ["accepted", "controllers differ"], "verdict": [NOTHING_WRONG]})
def user_mistypes_it_once_at_another_controller(s):
    """In the morning dc1 lets her in; at noon one wrong password at dc2, and the capture ends soon after."""
    signed_in(s, "frida").sealed()
    s.wait(600)
    s.kdc(s.as_req("frida"), s.error(25, data=padata((19, etype_info2()), (2, b""))), server=s.dc2)
    s.cite("password-wrong", s.kdc(s.as_req("frida", pre=timed()), s.error(24), server=s.dc2))
    s.wait(20)


@field("K6", shows={"policy-refused": "error"}, outcome="failed", says={"policy-refused": ["PARTNER", "{realm}"]},
       never={"verdict": [NOTHING_WRONG]})
def partner_s_kdc_lets_nobody_in(s):
    """Referred as usual, and the partner's KDC refuses by policy: which of the two realms it was has to be said."""
    partner = partner_found(s)
    signed_in(s).sealed()
    spn = "cifs/vault." + partner.lower()
    granted(s, spn, gives="krbtgt/" + partner)
    for _ in range(2):
        s.cite("policy-refused", s.kdc(tgs(s, spn, partner), s.error(12, spn, realm=partner), server=s.dc2))
        s.wait(3)


FAR = b"99990913024805Z"


@field("K6", like=["kdc-integrity-failed", "krb-error"], outcome="ok|hidden", verdict=["went well"])
def ticket_until_9999_is_given(s):
    """The newest Windows asks for tickets until 9999; its KDC gives what its policy allows."""
    signed_in(s).sealed()
    spn = "cifs/fs9." + s.domain
    request = tgs(s, spn)
    later = request.replace(ktime(START + 36000 * 10**9), tlv(0x18, FAR))
    assert later != request
    s.kdc(later, s.tgs_rep(spn, cname="alice", cipher=bytes_of(s, spn)))


@field("K6", shows={"kdc-integrity-failed": "error"}, outcome="failed", never={"kdc-integrity-failed": ["2037"],
                                                                               "verdict": [NOTHING_WRONG]})
def key_of_the_realm_was_set_anew(s):
    """31 to a request for ten hours: the time it asks for has no part in it."""
    signed_in(s).sealed()
    s.cite("kdc-integrity-failed", refused(s, 31, "cifs/fs10." + s.domain, times=2))


@field("K6", shows={"service-key-mismatch": "error"}, outcome="failed|ok|hidden", like=["wrong-host-answered"],
       says={"service-key-mismatch": ["referral"]}, never={"service-key-mismatch": ["setspn", "another account than"],
                                                           "verdict": [NOTHING_WRONG]})
def referral_shown_to_a_file_server(s):
    """The same in SMB, with 31: the library stops at the first ticket it gets."""
    partner = partner_found(s)
    signed_in(s).sealed()
    spn = "cifs/nas2." + partner.lower()
    granted(s, spn, gives="krbtgt/" + partner)
    for _ in range(2):
        t = s.tcp(s.web, 445)
        asked = t.ask(smb2_setup(shown(s, "krbtgt/" + partner)))
        error = nego_resp(gss(ERROR_ID, s.error(31, "nas2$", realm=partner)), 2)
        s.cite("service-key-mismatch", asked, t.answer(smb2_setup_reply(error, LOGON_FAILURE)))
        t.close()
        s.wait(3)
