# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos of other houses: encryption types that only one side has, users who must not be delegated, codes that nobody
sees twice in a year, libraries that stop at a referral or try each KDC with a wrong password.
"""
from build import *  # noqa: F403
from cases_field_a import (
    MIT_ETYPES, accepted_by_smb, bytes_of, granted, logon, refused, shown, signed_in, tgs, timed,
)
from cases_field_b_time import changepw_ticket, good_start, password_answer, password_change
from cases_field_c import FROM_MIT
from cases_field_d import SEALED_ANSWER, asked_for_proof, wrong
from cases_field_k_krb import MINUTE, NOTHING_WRONG, QUIET, TOO_LITTLE, WELL, linux, needed
from cases_ldap import CREDENTIALS
from field import field
from smb import LOGON_FAILURE, smb2_setup, smb2_setup_reply

SPN = "spn-not-found-or-duplicate"
SHA2 = (20, 19)
RESTRICTED, LOCKED, EXPIRED_ACCOUNT = 0xC000006E, 0xC0000234, 0xC0000193


# ---- K6: types of encryption ----


@field("K6", shows={"no-common-etype": "error"}, outcome="failed", first={"no-common-etype": r"RFC 8009"},
       says={"no-common-etype": ["sha2|sha-2|sha384|sha256|RFC 8009|19|20"]}, never={"verdict": [NOTHING_WRONG, WELL]})
def policy_of_the_client_allows_the_newest_types_alone(s):
    """A hardened Linux (FIPS, STIG) offers aes-sha2 (20, 19) and nothing else; Active Directory has neither."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("no-common-etype", s.kdc(s.as_req("NODE3$", pre=FROM_MIT, etypes=SHA2), s.error(14)))
        s.wait(2)


@field("K6", like=["no-common-etype", "weak-etype", "krb-error"], outcome="ok|hidden", never=QUIET)
def newest_types_stand_first_in_the_list(s):
    """The usual list of a new MIT library: aes-sha2 first, and what Active Directory has behind it."""
    types = (18, 17, 20, 19, 16, 23, 25, 26)
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.srv("_kerberos-master._udp." + s.realm, rcode=3)
    s.address(s.host, s.dc)
    s.who, s.at_hand = "NODE3$", (s.tgt, s.realm)
    s.kdc(s.as_req("NODE3$", pre=FROM_MIT, etypes=SHA2 + types), s.error(25, data=needed()))
    s.kdc(s.as_req("NODE3$", pre=timed(*FROM_MIT), etypes=SHA2 + types), s.as_rep("NODE3$", cipher=bytes_of(s, s.tgt)))
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


# ---- K6: whom a service may speak for ----


@field("K6", shows={"delegation-refused": "error"}, outcome="failed", causes={"delegation-refused": ["sensitive|Protected Users"]},
       supported={"delegation-refused": ["sensitive|Protected Users|forwardable|protocol transition"]},
       never={"verdict": [NOTHING_WRONG, WELL], "delegation-refused": ["often harmless"]})
def administrator_must_not_be_delegated(s):
    """The portal gets its ticket to itself in her name, one that cannot be forwarded; the KDC refuses the next step with an
    account restriction (C000006E). Other users are served."""
    signed_in(s, "PORTAL3$").sealed()
    spn = "MSSQLSvc/db8." + s.domain
    options = USUAL | CNAME_IN_ADDL_TKT
    for name, good in (("olga", True), ("admin-pia", False), ("admin-pia", False)):
        s.kdc(tgs(s, "PORTAL3$", pre=[for_user(name, s.realm)]), s.tgs_rep("PORTAL3$", cname=name, cipher=name.encode() + b" at PORTAL3"))
        proof = ticket("PORTAL3$", s.realm, cipher=name.encode() + b" at PORTAL3")
        answer = s.tgs_rep(spn, cname=name, cipher=name.encode() + b" at db8") if good else s.error(13, spn, data=error_data(RESTRICTED))
        frames = s.kdc(tgs(s, spn, tickets=(proof,), options=options, pre=[pac_options()]), answer)
        if not good:
            s.cite("delegation-refused", frames)
        s.wait(3)


# ---- K6: codes that few have met ----


@field("K6", shows={"krb-error|clock-skew": "error"}, outcome="failed", says={"krb-error|clock-skew": ["NEVER_VALID|end"]},
       causes={"krb-error|clock-skew": ["clock|time"]}, never={"verdict": [NOTHING_WRONG, WELL, TOO_LITTLE], "any": ["setspn"]})
def ticket_would_end_before_it_begins(s):
    """A controller board whose clock stands in 2019 asks for ten hours: for the KDC that is over long ago (11)."""
    s.address(s.host, s.dc)
    for _ in range(3):
        s.cite("krb-error", s.kdc(s.as_req("cam-gate", pre=timed(), etypes=MIT_ETYPES, till=START - 4 * 365 * 86400 * 10**9), s.error(11)))
        s.wait(10)


@field("K6", shows={"krb-error": "error"}, outcome="failed", says={"krb-error": ["BADADDR|address"]},
       causes={"krb-error": [r"NAT|translat"]}, never={"verdict": [NOTHING_WRONG, WELL], "any": ["setspn", "password"]})
def old_library_puts_its_address_into_the_ticket(s):
    """A Unix of 2004 behind a router that translates: the ticket holds the inner address, and the KDC sees the outer one (38)."""
    s.address(s.host, s.dc)
    logon(s, "batch")
    s.cite("krb-error", refused(s, 38, "host/app4." + s.domain, times=2))


@field("K6", shows={"krb-error|service-key-mismatch|wrong-host-answered": "error"}, outcome="failed",
       says={"krb-error|service-key-mismatch|wrong-host-answered": ["NOT_US|not for"]}, never={"verdict": [NOTHING_WRONG, WELL]})
def file_server_says_that_the_ticket_is_not_for_it(s):
    """A NAS was joined under its new name alone; the alias of old still has an account, so there is a ticket, and the NAS
    says KRB_AP_ERR_NOT_US."""
    signed_in(s).sealed()
    spn = "cifs/filer-old." + s.domain
    granted(s, spn)
    for n in range(2):
        t = s.tcp(s.web, 445)
        s.cite("krb-error|service-key-mismatch|wrong-host-answered", t.ask(smb2_setup(shown(s, spn), n + 1)),
               t.answer(smb2_setup_reply(nego_resp(gss(ERROR_ID, s.error(35, spn))), LOGON_FAILURE, n + 1)))
        t.close()
        s.wait(3)


@field("K6", shows={"clock-skew": "error"}, outcome="failed", says={"clock-skew": ["{dc2}|dc2"], "verdict": ["clock"]},
       never={"verdict": [NOTHING_WRONG, WELL], "clock-skew": [r"Set the client's clock"]})
def directory_of_the_branch_has_an_old_clock(s):
    """dc1 gives the tickets and agrees with the client; dc2, where the directory is opened, is twenty minutes behind and says
    so inside the refused bind."""
    s.srv("_ldap._tcp.dc._msdcs.{D}", "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    logon(s, "rolf")
    spn = "ldap/dc2." + s.domain
    granted(s, spn)
    for _ in range(2):
        conn = s.ldap(s.dc2)
        token = gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=bytes_of(s, spn)))
        s.cite("clock-skew", conn.spnego(token, gss(ERROR_ID, s.error(37, spn, stime=s.c.time - 20 * MINUTE)), 49,
                                         CREDENTIALS.format("80090324")))
        s.wait(4)


@field("K6", shows={"account-unusable": "error"}, outcome="failed", may=["ldap-bind-failed"], says={"account-unusable": ["expired"]},
       verdict=[r"\A[^\n]*account"], never={"verdict": [NOTHING_WRONG, WELL], "any": ["password (is|was) wrong", "unlock"]})
def contract_ended_last_night(s):
    """Each program says it in its own way: the KDC by 18 and C0000193, the directory by 701 to the same account."""
    good_start(s)
    for _ in range(2):
        asked_for_proof(s, "ext-tom")
        s.cite("account-unusable", s.kdc(s.as_req("ext-tom", pre=timed()), s.error(18, data=error_data(EXPIRED_ACCOUNT))))
        s.ldap().simple(49, CREDENTIALS.format("701"), name=f"ext-tom@{s.domain}")
        s.wait(10)


# ---- K5, K2: what counts as success ----


@field("K5", may=["dc-unreachable", "krb-tcp-blocked"], recovered=["dc-unreachable?", "krb-tcp-blocked?"], outcome="ok|hidden",
       like=["kdc-unanswered"], never=QUIET)
def long_answer_is_fetched_from_the_other_kdc(s):
    """52 from dc1, whose TCP 88 is closed for the moment; the library goes to dc2 over TCP, and has its tickets there."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", "dc2.{D}", port=88)
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.who, s.at_hand = "ute", (s.tgt, s.realm)
    s.kdc(s.as_req("ute", pre=timed(), etypes=MIT_ETYPES), s.error(52))
    s.syn(s.dc, 88, "refused")
    s.kdc(s.as_req("ute", pre=timed(), etypes=MIT_ETYPES), s.as_rep("ute", cipher=bytes_of(s, s.tgt)), server=s.dc2, tcp=True)
    granted(s, "cifs/fs1." + s.domain, server=s.dc2, tcp=True)
    accepted_by_smb(s, s.web, "cifs/fs1." + s.domain)


@field("K5", outcome="failed|incomplete", may=["wrong-realm", SPN, "kdc-unanswered", "krb-error"], never={"verdict": [NOTHING_WRONG, WELL]})
def library_does_not_follow_its_referral(s):
    """The host belongs to the child's realm, says the KDC; the library wants a ticket for the host, asks the same once more,
    is told the same, and gives up."""
    s.address(s.host, s.dc)
    logon(s, "etl-job")
    spn, child = "HTTP/api.child." + s.domain, "krbtgt/CHILD." + s.realm
    for _ in range(3):
        s.kdc(tgs(s, spn), s.tgs_rep(child, cname="etl-job", cipher=b"referral to the child"))
        s.wait(5)
        s.address("api.child.{D}", s.web)
    s.wait(60)


@field("K2", shows={"no-common-etype": "note"}, recovered=["no-common-etype"], outcome="ok|hidden", never=QUIET)
def tool_asks_by_rc4_and_then_by_aes(s):
    """A tool with a hash asks by RC4 alone, which this domain no longer has (14), and then by its AES key, at the other KDC."""
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.who, s.at_hand = "svc-scan", (s.tgt, s.realm)
    s.cite("no-common-etype", s.kdc(s.as_req("svc-scan", pre=timed(), etypes=(23,)), s.error(14)))
    s.kdc(s.as_req("svc-scan", etypes=(18,)), s.error(25, data=needed()), server=s.dc2)
    s.kdc(s.as_req("svc-scan", pre=timed(), etypes=(18,)), s.as_rep("svc-scan", cipher=bytes_of(s, s.tgt)), server=s.dc2)
    s.kdc(tgs(s, s.ldap_spn, etypes=(18,)), s.tgs_rep(s.ldap_spn, cname="svc-scan"), server=s.dc2)


@field("K2", shows={"krb-tcp-blocked": "error"}, outcome="failed", may=["dc-unreachable"], verdict=[r"\A[^\n]*TCP"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def long_answer_is_wanted_from_both_kdcs(s):
    """The counterpart: 52 from dc1, whose TCP is refused, 52 from dc2, whose TCP is silent, and that is the end of it."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", "dc2.{D}", port=88)
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    for server, how in ((s.dc, "refused"), (s.dc2, "silent")):
        s.cite("krb-tcp-blocked", s.kdc(s.as_req("ute", pre=timed(), etypes=MIT_ETYPES), s.error(52), server=server),
               s.syn(server, 88, how, times=1 if how == "refused" else 3))
        s.wait(5)
    s.wait(40)


@field("K2", outcome="ok|hidden", like=["kdc-integrity-failed", "password-wrong", "preauth-abandoned", SPN, "krb-error"], never=QUIET)
def user_opens_the_screen_with_a_pin(s):
    """Windows Hello: 25, a request with a key instead of a password (PA 16), its ticket; the machine beside it by password."""
    signed_in(s, "NB12$").sealed()
    asked_for_proof(s, "zoe")
    s.kdc(s.as_req("zoe", pre=[(16, seq(tlv(0x80, bytes(900)))), (128, seq(ctx(0, boolean(True))))]),
          s.as_rep("zoe", cipher=b"TGT of zoe", pre=[(17, seq(ctx(0, octets(bytes(300)))))]), tcp=True)
    s.kdc(s.tgs_req("cifs/" + s.host, cipher=b"TGT of zoe"), s.tgs_rep("cifs/" + s.host, cname="zoe", cipher=b"zoe at dc1"), tcp=True)


# ---- K10: the password service ----


@field("K10", shows={"kpasswd-failed|kdc-unanswered|dc-unreachable": "error"}, outcome="failed", verdict=[r"\A[^\n]*(password|464)"],
       says={"kpasswd-failed|kdc-unanswered|dc-unreachable": ["reset|closed|464"]}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def change_over_tcp_is_reset(s):
    """An inspecting firewall takes port 464 for something else: the connection stands, and is reset when the request is there."""
    good_start(s)
    logon(s, "alice")
    changepw_ticket(s)
    for _ in range(2):
        t = s.tcp(s.dc, 464)
        s.cite("kpasswd-failed|kdc-unanswered|dc-unreachable", t.ask(marked(password_change(s))), t.reset("s"))
        s.wait(4)
    s.wait(20)


@field("K10", shows={"password-wrong": "note"}, recovered=["password-wrong"], outcome="ok|hidden", like=["kpasswd-failed"], never=QUIET)
def old_password_is_mistyped_at_the_change(s):
    """Ctrl+Alt+Del, the old password mistyped once: the ticket for the change is refused, then given, and the change is taken."""
    good_start(s)
    sname = "kadmin/changepw"
    s.kdc(s.as_req("vera", sname=sname), s.error(25, sname, data=needed()))
    s.cite("password-wrong", s.kdc(s.as_req("vera", sname=sname, pre=timed()), s.error(24, sname)))
    s.wait(8)
    s.kdc(s.as_req("vera", sname=sname, pre=timed()), s.as_rep("vera", sname=sname, cipher=b"changepw of vera"))
    s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(ap_rep(), SEALED_ANSWER))
    logon(s, "vera")


# ---- K12: stories ----


@field("K12", shows={"account-unusable": "error"}, outcome="failed", verdict=[r"\A[^\n]*lock[^\n]*8 attempts"],
       never={"verdict": [NOTHING_WRONG]})
def library_tries_each_kdc_with_the_wrong_password(s):
    """Java asks the next KDC when the first one refuses, by UDP and then by TCP: the user typed it wrong twice, and the
    account is locked."""
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    for _ in range(2):
        for server in (s.dc, s.dc2):
            for tcp in (False, True):
                s.kdc(s.as_req("uwe"), s.error(25, data=needed()), server=server, tcp=tcp)
                s.cite("account-unusable", s.kdc(s.as_req("uwe", pre=timed()), s.error(24), server=server, tcp=tcp))
        s.wait(9)
    s.kdc(s.as_req("uwe"), s.error(18, data=error_data(LOCKED)))
    s.wait(5)


@field("K12", shows={"password-wrong": "error"}, outcome="failed|ok|hidden", says={"password-wrong": [r"\b1[12]\b|many|several|list"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*(error|warn) password-wrong).*){2}"]})
def names_of_machines_are_tried_as_their_passwords(s):
    """A machine that was prepared long ago has its own name for its password: somebody tries twelve of them, and one is open."""
    s.address(s.host, s.dc)
    for n in range(12):
        name = f"PC{n:02}$"
        s.kdc(s.as_req(name, etypes=(18,)), s.error(25, data=needed()))
        if n == 7:
            s.kdc(s.as_req(name, pre=timed(), etypes=(18,)), s.as_rep(name, cipher=b"TGT of a machine"))
        else:
            s.cite("password-wrong", s.kdc(s.as_req(name, pre=timed(), etypes=(18,)), s.error(24)))
        s.wait(0.7)
    s.wait(10)


@field("K12", like=["password-wrong", "weak-etype", "client-unknown", "preauth-abandoned"], outcome="ok|hidden", never=QUIET)
def scheduler_starts_thirty_jobs_of_thirty_accounts(s):
    """At midnight an orchestrator logs thirty service accounts on within six seconds, each with its keytab, each at once."""
    linux(s)
    for n in range(30):
        name = f"job-{n:02}"
        s.kdc(s.as_req(name, pre=FROM_MIT, etypes=MIT_ETYPES), s.error(25, data=needed()))
        s.kdc(s.as_req(name, pre=timed(*FROM_MIT), etypes=MIT_ETYPES), s.as_rep(name, cipher=b"TGT of " + name.encode()))
        spn = "hdfs/node1." + s.domain
        s.kdc(s.tgs_req(spn, cipher=b"TGT of " + name.encode(), etypes=MIT_ETYPES), s.tgs_rep(spn, cname=name, cipher=name.encode()))
        s.wait(0.2)


# ---- K11: counts ----


@field("K11", shows={"password-wrong": "error", "ldap-bind-failed": "error"}, outcome="failed",
       says={"password-wrong": [r"\b3\b|three"], "ldap-bind-failed": [r"\b2\b|twice|two"]},
       never={"password-wrong": [r"\b(5|7) (times|requests|attempts)"], "ldap-bind-failed": [r"\b(3|5) (times|binds)"]})
def three_here_by_kerberos_and_two_there_by_ldap(s):
    """One program mounts a share with an old password, another one binds with another old one, for another account."""
    good_start(s)
    for n in range(3):
        s.cite("password-wrong", wrong(s, "svc-mount")[-1:])
        if n < 2:
            s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("52e"), name=f"svc-wiki@{s.domain}")[-1:])
        s.wait(30)
    s.wait(10)
