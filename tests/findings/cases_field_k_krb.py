# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos and NTLM as they are met elsewhere: clocks that are set after the start, requests that a network repeats,
passwords that are not everywhere yet, delegation at the second try, FreeIPA beside Active Directory, clouds; and
outages that say less than usual.
"""
from build import *  # noqa: F403
from cases_field_a import (
    MIT_ETYPES, accepted_by_smb, bytes_of, granted, logon, machine, refused, shown, signed_in, tgs, timed,
)
from cases_field_b_time import changepw_ticket, good_start
from cases_field_c import FROM_MIT, smb_by_ntlm
from cases_field_d import asked_for_proof, wrong
from cases_field_h_healthy import HEALTHY, LOUD
from field import field
from smb import LOGON_FAILURE, MORE_PROCESSING, smb2_setup, smb2_setup_reply

SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
WELL = r"went well"
NXDOMAIN, PTR = 3, 12
SECOND, MINUTE = 10**9, 60 * 10**9
QUIET = {"verdict": ["failed -", "with a warning"], "path": [LOUD]}
DISABLED, NO_LOGON_SERVERS, WORKSTATION, NO_MATCH = 0xC0000072, 0xC000005E, 0xC0000070, 0xC0000272


def needed():
    return padata((19, etype_info2()), (2, b""))


def reverse_lookup(s, address, host=None):
    s.ident += 1
    name = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    records = [rr(QUESTION, PTR, dns_name(host))] if host else []
    s.udp(s.dns, 53, dns(s.ident, name, PTR),
          dns_reply(s.ident, name, records, rcode=0 if host else NXDOMAIN, kind=PTR, authority=[] if host else [soa_rr(s.domain)]))


def linux(s, name="NODE7$"):
    """A Linux member finds its KDC and logs on with its keytab."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.srv("_kerberos-master._udp." + s.realm, rcode=NXDOMAIN)
    s.address(s.host, s.dc)
    s.who, s.at_hand = name, (s.tgt, s.realm)
    s.kdc(s.as_req(name, pre=FROM_MIT, etypes=MIT_ETYPES), s.error(25, data=needed()))
    s.kdc(s.as_req(name, pre=timed(*FROM_MIT), etypes=MIT_ETYPES), s.as_rep(name, cipher=bytes_of(s, s.tgt)))


# ---- healthy: clocks and networks ----


@field("K2", shows={"clock-skew": "note"}, recovered=["clock-skew"], outcome="ok|hidden", never=QUIET)
def device_without_a_battery_sets_its_clock(s):
    """It starts in 1970, is told so (37), asks for the time, and logs on twenty seconds later."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    for _ in range(2):
        s.kdc(s.as_req("CAM3$", pre=FROM_MIT, etypes=MIT_ETYPES, till=36000 * SECOND), s.error(25, data=needed()))
        s.cite("clock-skew", s.kdc(s.as_req("CAM3$", pre=timed(*FROM_MIT), etypes=MIT_ETYPES, till=36000 * SECOND), s.error(37)))
        s.wait(5)
    s.udp(s.dc, 123, b"\x1b" + bytes(47), b"\x1c" + bytes(47))
    s.wait(10)
    linux(s, "CAM3$")
    granted(s, s.ldap_spn)


@field("K3", like=["krb-error", "kdc-unanswered", "slow"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def request_is_repeated_and_the_copy_is_a_replay(s):
    """A radio link: the answer is late by a second, the library sends its request again, and the KDC answers both:
    the first with a ticket, the second with 34. The ticket is there."""
    linux(s)
    for spn in (s.ldap_spn, "nfs/nas1." + s.domain):
        port, request = s.next_port(), tgs(s, spn, etypes=MIT_ETYPES)
        s.udp(s.dc, 88, request, cport=port)
        s.wait(1)
        s.udp(s.dc, 88, request, s.tgs_rep(spn, cname=s.who, cipher=bytes_of(s, spn)), s.error(34, spn, cname=s.who),
              cport=port)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K2", shows={"clock-skew": "note"}, recovered=["clock-skew"], outcome="ok|hidden", never=QUIET)
def file_server_tells_its_time_and_is_asked_again(s):
    """Skew recovery inside a session of SMB: 37 with a token, and the client shows the ticket with another time."""
    signed_in(s).sealed()
    spn = "cifs/fs1." + s.domain
    s.address("fs1.{D}", s.web)
    granted(s, spn)
    t = s.tcp(s.web, 445)
    asked = t.ask(smb2_setup(shown(s, spn), 1))
    error = nego_resp(gss(ERROR_ID, s.error(37, "fs1$", data=skew_recovery(), stime=s.c.time - 7 * MINUTE)), 1)
    s.cite("clock-skew", asked, t.answer(smb2_setup_reply(error, MORE_PROCESSING, 1)))
    t.ask(smb2_setup(nego_resp(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=bytes_of(s, spn))), 1, None), 2))
    t.answer(smb2_setup_reply(nego_resp(gss(AP_REP_ID, ap_rep())), 0, 2))


# ---- healthy: passwords and accounts ----


@field("K5", shows={"password-wrong": "note"}, recovered=["password-wrong"], like=["kpasswd-failed", "password-expired"],
       outcome="ok|hidden", never=QUIET)
def new_password_is_not_everywhere_yet(s):
    """Changed at dc1, and at once used at dc2, which asks nobody: 24. At dc1 it is good."""
    good_start(s)
    changepw_ticket(s, "greta")
    t = s.tcp(s.dc, 464)
    t.ask(marked(kpasswd_req(version=1)))
    t.answer(marked(kpasswd_rep()))
    t.close()
    s.cite("password-wrong", wrong(s, "greta", server=s.dc2)[-1:])
    s.wait(3)
    logon(s, "greta")
    granted(s, s.ldap_spn)


@field("K5", shows={"krb-error|pkinit-failed": "note"}, recovered=["krb-error?", "pkinit-failed?"], outcome="ok|hidden",
       never=QUIET)
def card_is_in_the_reader_and_the_password_is_typed(s):
    """A domain without certificates at its controllers: the card's logon is not supported (16), the password is."""
    good_start(s)
    s.cite("krb-error|pkinit-failed",
           s.kdc(s.as_req("henk", pre=[(16, b"synthetic PKINIT")]), s.error(16), tcp=True))
    s.wait(6)
    logon(s, "henk", tcp=True)
    granted(s, s.ldap_spn, tcp=True)


@field("K5", shows={"password-wrong": "note"}, recovered=["password-wrong"], like=["client-unknown", "wrong-realm"],
       outcome="ok|hidden", never=QUIET)
def user_is_called_otherwise_in_the_answer(s):
    """A logon by the mail address, canonicalized: mistyped once, and the ticket is given to ismith."""
    good_start(s)
    upn = "ines.smith@mail-" + s.domain
    for good in (False, True):
        s.kdc(s.as_req(upn, cname_kind=10), s.error(25, data=needed()))
        asked = s.as_req(upn, cname_kind=10, pre=timed())
        if good:
            s.kdc(asked, s.as_rep("ismith", cipher=b"TGT of ismith"))
        else:
            s.cite("password-wrong", s.kdc(asked, s.error(24)))
        s.wait(4)
    s.who = "ismith"
    s.kdc(tgs(s, s.ldap_spn, cipher=b"TGT of ismith"), s.tgs_rep(s.ldap_spn, cname="ismith", cipher=bytes_of(s, s.ldap_spn)))


@field("K2", may=["krb-error", "delegation-refused"], recovered=["krb-error?", "delegation-refused?"],
       like=["kdc-integrity-failed", "account-unusable"], outcome="ok|hidden", never=QUIET)
def screen_was_locked_over_a_long_weekend(s):
    """The ticket is renewed twice, then it is past its last renewal (32), and the user types her password."""
    signed_in(s, "jana").sealed()
    for _ in range(2):
        s.wait(30000)
        s.kdc(tgs(s, s.tgt, options=USUAL | RENEW), s.tgs_rep(s.tgt, cname="jana", cipher=bytes_of(s, s.tgt)))
    s.wait(200000)
    s.kdc(tgs(s, s.tgt, options=USUAL | RENEW), s.error(32, s.tgt))
    s.wait(2)
    logon(s, "jana")
    granted(s, "cifs/fs1." + s.domain)
    accepted_by_smb(s, s.web, "cifs/fs1." + s.domain)


# ---- healthy: other realms, other makes ----


@field("K10", like=["wrong-realm", "krb-error", SPN, "client-unknown", "realm-case-differs"], outcome="ok|hidden",
       verdict=[HEALTHY], never=QUIET)
def user_of_the_domain_at_a_machine_of_freeipa(s):
    """sssd of FreeIPA: the host's own realm by MIT's KDC; the user's logon at the domain, a referral to IPA's realm,
    and the host's ticket there. IPA's KDC stands in DNS below its own zone."""
    ipa = "ipa" + s.domain
    realm, host = ipa.upper(), "host/node9.ipa" + s.domain
    s.srv("_kerberos._udp." + ipa, "ipa1." + ipa, port=88)
    s.address("ipa1." + ipa, s.dc2)
    s.kdc(s.as_req(["host", "node9." + ipa], sname="krbtgt/" + realm, realm=realm, pre=FROM_MIT, etypes=MIT_ETYPES),
          s.error(25, "krbtgt/" + realm, realm=realm, text="NEEDED_PREAUTH", data=needed()), server=s.dc2)
    s.kdc(s.as_req(["host", "node9." + ipa], sname="krbtgt/" + realm, realm=realm, pre=timed(*FROM_MIT), etypes=MIT_ETYPES),
          s.as_rep("host/node9." + ipa, sname="krbtgt/" + realm, realm=realm, cipher=b"TGT of node9"), server=s.dc2)
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    logon(s, "karl", tcp=True)
    granted(s, host, gives="krbtgt/" + realm, tcp=True)
    granted(s, host, realm, server=s.dc2)


@field("K2", shows={"delegation-refused|krb-error": "note"}, recovered=["delegation-refused?", "krb-error?"],
       like=[SPN, "client-unknown"], outcome="ok|hidden", never=QUIET)
def delegation_is_granted_at_the_second_try(s):
    """S4U2Proxy: the first request lacks the bit for resource-based delegation, 13; the second one has it."""
    signed_in(s, "WEB3$").sealed()
    spn = "MSSQLSvc/db3." + s.domain
    s.kdc(tgs(s, "WEB3$", pre=[for_user("lena", s.realm)]), s.tgs_rep("WEB3$", cname="lena", cipher=b"lena at WEB3"))
    proof = ticket("WEB3$", s.realm, cipher=b"lena at WEB3")
    options = USUAL | CNAME_IN_ADDL_TKT
    s.cite("delegation-refused|krb-error",
           s.kdc(tgs(s, spn, tickets=(proof,), options=options), s.error(13, spn, data=error_data(NO_MATCH))))
    s.kdc(tgs(s, spn, tickets=(proof,), options=options, pre=[pac_options()]),
          s.tgs_rep(spn, cname="lena", cipher=b"lena at db3"))


@field("K12", like=["weak-etype", SPN, "krb-error"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def inventory_takes_forty_tickets_of_the_new_kind(s):
    """A backup server begins its night: forty servers, forty tickets with AES, in four seconds. No kerberoasting."""
    signed_in(s, "svc-backup").sealed()
    for n in range(40):
        granted(s, f"cifs/srv{n:02}.{s.domain}")
        s.wait(0.1)
    for n in range(3):
        accepted_by_smb(s, s.web, f"cifs/srv{n:02}.{s.domain}")


@field("K2", may=[SPN], recovered=[SPN + "?"], like=["wrong-realm", "kdc-unanswered", "client-unknown", "ntlm-fallback"],
       outcome="ok|hidden", never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def cloud_s_realm_is_asked_for_and_the_file_server_is_at_home(s):
    """A hybrid notebook tries the cloud's realm for its share and for its browser (7), and goes on at home."""
    signed_in(s, "mona").sealed()
    refused(s, 7, "krbtgt/KERBEROS.MICROSOFTONLINE.COM")
    refused(s, 7, "HTTP/autologon.microsoftazuread-sso.com")
    granted(s, "cifs/fs1." + s.domain)
    accepted_by_smb(s, s.web, "cifs/fs1." + s.domain)


@field("K6", like=[SPN, "ntlm-fallback", "srv-target-unresolvable", "krb-error"], outcome="ok|hidden", verdict=[HEALTHY],
       never=QUIET)
def reverse_zone_is_not_there(s):
    """MIT asks who the address is, gets NXDOMAIN, and takes the name it had."""
    linux(s)
    reverse_lookup(s, s.dc)
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K5", like=["client-unknown", "account-unknown-to-dc", "preauth-abandoned", "krb-error", "account-unusable"],
       outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def member_server_restarts_at_night(s):
    """IPv6: the controller's site, the machine's logon over TCP, group policy's tickets, time, a session that sends
    nothing for hours, the same once more with what the cache still has."""
    s.over_ipv6()
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host, more=machine("SRV5"), user="SRV5$")
    logon(s, "SRV5$", tcp=True)
    for spn in (s.ldap_spn, "cifs/" + s.host, "SRV5$"):
        granted(s, spn, tcp=True)
    accepted_by_smb(s, s.dc, "cifs/" + s.host)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()
    s.wait(20000)
    conn.t.reset("s")
    again = s.ldap()
    again.gssapi(cipher=bytes_of(s, s.ldap_spn))
    again.sealed()


# ---- faults ----


@field("K6", shows={"kdc-integrity-failed": "error"}, outcome="failed", says={"kdc-integrity-failed": ["PARTNER"]},
       causes={"kdc-integrity-failed": ["trust"]}, first={"kdc-integrity-failed": "trust"},
       never={"verdict": [NOTHING_WRONG, WELL]})
def trust_s_password_is_out_of_step(s):
    """The own KDC gives its referral; the partner's KDC cannot read it (31). It was the same yesterday with 41."""
    partner = ("partner" + s.domain).upper()
    signed_in(s).sealed()
    spn = "cifs/nas." + partner.lower()
    s.srv("_kerberos._tcp.dc._msdcs." + partner.lower(), "dc2." + partner.lower(), port=88)
    s.address("dc2." + partner.lower(), s.dc2)
    for _ in range(2):
        s.at_hand = (s.tgt, s.realm)
        granted(s, spn, gives="krbtgt/" + partner)
        s.cite("kdc-integrity-failed", s.kdc(tgs(s, spn, partner), s.error(31, spn, realm=partner), server=s.dc2))
        s.wait(4)


@field("K6", shows={"krb-error": "error"}, outcome="failed", says={"krb-error": ["NO_LOGON_SERVERS|no logon server"]},
       verdict=[r"\A[^\n]*"], never={"verdict": [NOTHING_WRONG, WELL, TOO_LITTLE]})
def trust_path_has_no_controller(s):
    """60 with C000005E from the own KDC, three times over TCP: it finds no controller of the partner itself."""
    signed_in(s).sealed()
    spn = "HTTP/portal.partner" + s.domain
    s.cite("krb-error", refused(s, 60, spn, times=3, tcp=True, data=error_data(NO_LOGON_SERVERS)))


@field("K6", shows={"policy-refused": "error"}, outcome="failed", says={"policy-refused": ["workstation"]},
       never={"verdict": [NOTHING_WRONG, WELL], "policy-refused": ["silo is the cause"]})
def consultant_may_log_on_at_one_machine_only(s):
    """12 with C0000070; a colleague then logs on at the same machine, which makes nothing good for the consultant."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    for _ in range(2):
        asked_for_proof(s, "ext-omar")
        s.cite("policy-refused", s.kdc(s.as_req("ext-omar", pre=timed()), s.error(12, data=error_data(WORKSTATION))))
        s.wait(10)
    logon(s, "paula")
    granted(s, s.ldap_spn)


@field("K6", shows={"account-unusable": "error"}, outcome="failed", says={"account-unusable": ["disabled"]},
       verdict=[r"\A[^\n]*account"], never={"verdict": [NOTHING_WRONG, WELL]})
def account_is_closed_during_the_day(s):
    """IPv6. Her tickets are good at eight; at ten each new one is refused with 18: no logon was tried since. Yet the
    session she has goes on."""
    s.over_ipv6()
    s.srv("_ldap._tcp.dc._msdcs.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    logon(s, "quirin", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()
    s.wait(7200)
    for spn in ("cifs/fs1." + s.domain, "HTTP/intra." + s.domain, "cifs/fs1." + s.domain):
        s.cite("account-unusable", refused(s, 18, spn, tcp=True, data=error_data(DISABLED)))
        s.wait(5)
    conn.sealed()


@field("K6", shows={"clock-skew": "error"}, outcome="failed", says={"clock-skew": ["{dc2}|dc2"]}, verdict=[r"\A[^\n]*clock"],
       never={"verdict": [NOTHING_WRONG, WELL]})
def second_controller_s_clock_is_off(s):
    """The client agrees with dc1 to the second. Its tickets come from dc2, which is a quarter of an hour ahead and
    refuses what dc1 gave."""
    s.srv("_ldap._tcp.dc._msdcs.{D}", "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping(host=s.host)
    logon(s, "rosa")
    for _ in range(3):
        s.cite("clock-skew", s.kdc(tgs(s, "cifs/fs1." + s.domain),
                                   s.error(37, "cifs/fs1." + s.domain, stime=s.c.time + 15 * MINUTE), server=s.dc2))
        s.wait(8)


@field("K6", shows={"password-wrong|kdc-integrity-failed": "error"}, outcome="failed",
       causes={"password-wrong|kdc-integrity-failed": ["password"]}, never={"any": ["key of krbtgt", "setspn", "PAC"],
                                                                          "verdict": [NOTHING_WRONG, WELL]})
def heimdal_kdc_says_31_to_a_wrong_password(s):
    """An old KDC of Heimdal at a university: a wrong password is "decrypt integrity check failed" there."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    for _ in range(3):
        s.kdc(s.as_req("sven", etypes=MIT_ETYPES), s.error(25, cname="sven", data=needed()))
        s.cite("password-wrong|kdc-integrity-failed",
               s.kdc(s.as_req("sven", pre=timed(), etypes=MIT_ETYPES), s.error(31, cname="sven")))
        s.wait(7)


@field("K10", shows={"password-wrong": "error"}, like=["kpasswd-failed"], outcome="failed",
       verdict=[r"\A[^\n]*(password|key)"], never={"verdict": [NOTHING_WRONG, WELL]})
def change_was_taken_and_the_new_password_is_not(s):
    """The answer of the change is sealed, so that nobody sees what it said; afterwards each controller refuses."""
    good_start(s)
    changepw_ticket(s, "tilda")
    t = s.tcp(s.dc, 464)
    t.ask(marked(kpasswd_req(version=1)))
    t.answer(marked(kpasswd_rep()))
    t.close()
    for server in (s.dc, s.dc2, s.dc):
        s.cite("password-wrong", wrong(s, "tilda", server=server)[-1:])
        s.wait(15)
    s.wait(30)


@field("K2", shows={SPN: "error|warn"}, outcome="failed", says={SPN: [r"static-7\.isp"]}, verdict=[r"\A[^\n]*(ldap/|not found)"],
       never={"verdict": [NOTHING_WRONG, WELL]})
def reverse_record_names_another_machine(s):
    """MIT with rdns: the controller's address belongs to static-7.isp.example, says the provider, and for that name
    there is no ticket. sssd gives up and is offline."""
    linux(s)
    for _ in range(3):
        reverse_lookup(s, s.dc, "static-7.isp.example")
        s.cite(SPN, refused(s, 7, "ldap/static-7.isp.example"))
        s.wait(20)


@field("K5", shows={"account-unusable": "error"}, outcome=["failed", "ok|hidden"], says={"account-unusable": ["disabled"]},
       verdict=[r"\A[^\n]*account"], never={"verdict": [NOTHING_WRONG]})
def one_of_two_kiosks_was_disabled(s):
    """Two kiosks behind one switch, the same image, the same services, packet for packet in turn: KIOSK1 is disabled
    and asks each ten seconds, KIOSK2 is not."""
    other = s.client[:-2] + "12"
    s.others.add(other)

    def neighbour(request, reply):
        s.udp(s.dc, 88, request, reply, client=other)

    for _ in range(3):
        asked_for_proof(s, "KIOSK1$")
        neighbour(s.as_req("KIOSK2$"), s.error(25, data=needed()))
        s.cite("account-unusable", s.kdc(s.as_req("KIOSK1$", pre=timed()), s.error(18, data=error_data(DISABLED))))
        neighbour(s.as_req("KIOSK2$", pre=timed()), s.as_rep("KIOSK2$", cipher=b"TGT of KIOSK2$"))
        neighbour(tgs_req(s.ldap_spn, s.tgt, cipher=b"TGT of KIOSK2$", realm=s.realm, tgt_realm=s.realm, nonce=s._new()),
                  s.tgs_rep(s.ldap_spn, cname="KIOSK2$"))
        s.wait(10)
    s.wait(30)


@field("K4", shows={"wrong-realm|dc-not-serving": "error"}, outcome="failed", verdict=[r"\A[^\n]*(realm|acceptably|domain)"],
       never={"verdict": [NOTHING_WRONG, WELL, TOO_LITTLE]})
def address_of_the_controller_went_to_another_forest(s):
    """A lab was built anew, and dc1's record still has the old address, where a controller of another forest is now:
    no such domain, says its ping; no such realm, says its KDC."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("dc-not-serving", s.ping(value=b""))
        s.cite("wrong-realm", s.kdc(s.as_req("PC1$"), s.error(68)))
        s.wait(6)
    s.wait(30)


@field("K5", shows={"no-common-etype": "error"}, may=["ntlm-fallback", "slow"], outcome="failed", says={"no-common-etype": [r"fs4\.{D}"]},
       verdict=[r"\A[^\n]*(encryption type|etype)"], never={"verdict": [NOTHING_WRONG, WELL]})
def old_file_server_works_for_an_hour(s):
    """Fail, ok, fail: one of two KDCs has the new update. dc2 gives the ticket once; then both refuse, and NTLM is off."""
    signed_in(s).sealed()
    spn = "cifs/fs4." + s.domain
    s.address("fs4.{D}", s.web)
    for round_ in range(3):
        if round_ == 1:
            granted(s, spn, server=s.dc2)
            accepted_by_smb(s, s.web, spn)
        else:
            s.cite("no-common-etype", refused(s, 14, spn, times=2))
        s.wait(3600)
    smb_by_ntlm(s, s.web, LOGON_FAILURE)
