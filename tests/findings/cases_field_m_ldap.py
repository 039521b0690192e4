# SPDX-License-Identifier: GPL-2.0-or-later
"""Binds, searches and changes as other directories' users meet them: codes that are no wrong password, names that no
command may take for an option, references into the void, entries sought in the wrong place.
"""
from build import *  # noqa: F403
from cases import exchange_filter, url_entry
from cases_field_a import granted, logon, signed_in
from cases_field_b_time import good_start, person
from cases_field_g_ldap import bound, people, top
from cases_field_k_ldap import BAD_LDAP, CALM, FAULT, LOUD, NOTHING_WRONG, QUIET, TOO_LITTLE, found, leave
from cases_field_k_net import looked_up
from cases_ldap import CREDENTIALS
from field import field
from net import ldap_add, ldap_modify
from web import certificate_message, certificate_of, handshake, hello_of_client, hello_of_server, record

NOBODY = "169.254.201.143"
UNIQUE = ("000021C7: AtrErr: DSID-03200E39, #1: 0: 000021C7: DSID-03200E39, problem 1005 (CONSTRAINT_ATT_TYPE), "
          "data 0, Att 90303 (servicePrincipalName)")
WRONG = r"(?i)password (is|was) (wrong|not)|wrong password|mistyped"


def refused(s, name, code=49, data="52e", port=389, diagnostic=None, password="synthetic"):
    """A simple bind on a connection of its own; the answer's frame."""
    conn = s.ldap(port=port)
    text = CREDENTIALS.format(data) if diagnostic is None else diagnostic
    frame = conn.simple(code, text, name=name, password=password)[-1]
    leave(conn)
    return frame


# ---- K6: not the password ----


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["must (be changed|change)"]},
       first={"ldap-bind-failed": "change"}, never={"verdict": [NOTHING_WRONG, WRONG]})
def portal_cannot_change_a_first_password(s):
    """A new colleague at a web portal: 773 each time, and the portal has no page for a change."""
    good_start(s)
    for _ in range(3):
        s.cite("ldap-bind-failed", refused(s, f"new-ines@{s.domain}", data="773"))
        s.wait(15)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["workstation"]},
       first={"ldap-bind-failed": "workstation"}, never={"verdict": [NOTHING_WRONG, WRONG]})
def scanner_s_account_may_use_one_workstation(s):
    """531: "Log On To" names one machine, and a bind over LDAP counts as a logon at the controller."""
    good_start(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", refused(s, f"CN=svc-ocr,OU=Services,{top(s)}", data="531"))
        s.wait(20)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed",
       causes={"ldap-bind-failed": [r"UPN|user@|DOMAIN\\|form of (the|its) name|without (a|its|the) domain"]},
       never={"verdict": [NOTHING_WRONG]})
def copier_binds_by_the_bare_name(s):
    """svc-copier, nothing before and nothing behind it: a simple bind needs a DN, a UPN or DOMAIN\\name, and says 52e to the rest."""
    good_start(s)
    for _ in range(3):
        s.cite("ldap-bind-failed", refused(s, "svc-copier"))
        s.wait(30)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["busy"]},
       never={"verdict": [NOTHING_WRONG], "ldap-bind-failed": [WRONG, "password"]})
def controller_is_too_busy_for_a_bind(s):
    """51 to each bind of a minute: the controller has no thread left for it. The password was never looked at."""
    good_start(s)
    for _ in range(4):
        s.cite("ldap-bind-failed", refused(s, f"svc-app@{s.domain}", 51, diagnostic="00002024: LdapErr: DSID-0C0602B1, comment: The server is busy, data 0, v4563"))
        s.wait(15)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok", never=CALM)
def controller_is_busy_for_a_second(s):
    """51 once; the program tries again after a second, and is let in."""
    good_start(s)
    s.cite("ldap-bind-failed", refused(s, f"svc-app@{s.domain}", 51, diagnostic="00002024: LdapErr: DSID-0C0602B1, comment: The server is busy, data 0, v4563"))
    s.wait(1)
    bound(s).ask(people(s), found(s), done())


@field("K10", shows={"ldap-bind-failed|ldap-signing-required": "error"}, outcome="failed",
       says={"ldap-bind-failed|ldap-signing-required": ["TLS|encrypt|confidential"]},
       never={"verdict": [NOTHING_WRONG, WRONG], "any": [WRONG]})
def directory_of_another_make_wants_tls(s):
    """A proxy directory in front of the domain: confidentialityRequired (13) to a bind in clear text."""
    s.address("ldap.{D}", s.dc)
    for _ in range(3):
        s.cite("ldap-bind-failed|ldap-signing-required", refused(s, f"cn=wiki,{top(s)}", 13, diagnostic="confidentiality required"))
        s.wait(10)


@field("K10", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["PLAIN", "mechanism|method"]},
       never={"verdict": [NOTHING_WRONG, WRONG], "ldap-bind-failed": [WRONG]})
def client_knows_sasl_plain_alone(s):
    """A mail server's plugin binds by SASL PLAIN, which Active Directory has not (7)."""
    good_start(s)
    for _ in range(2):
        conn = s.ldap()
        s.cite("ldap-bind-failed", conn.ask(bind_sasl("PLAIN", b"\0svc-mail\0synthetic"),
                                            bind_response(7, "00002027: LdapErr: DSID-0C0906DC, comment: Authentication method is not supported, data 0, v4563")))
        leave(conn)
        s.wait(8)


@field("K10", outcome="ok", like=["ldap-not-bound", "starttls-failed", "kpasswd-failed", "ldap-unanswered"], never=QUIET)
def program_asks_what_the_directory_can_do(s):
    """Before its bind: rootDSE, schema without a bind is refused and asked for again behind the bind; who am I; an extension
    that is not there."""
    good_start(s)
    conn = s.ldap()
    conn.rootdse()
    conn.simple(name=f"svc-app@{s.domain}")
    conn.ask(search(f"CN=Aggregate,CN=Schema,{s.config}", 0, None, ["attributeTypes"]),
             entry(f"CN=Aggregate,CN=Schema,{s.config}", {"attributeTypes": ["( 2.5.4.3 NAME 'cn' )"]}), done())
    conn.ask(app(23, tlv(0x80, b"1.3.6.1.4.1.4203.1.11.3")), app(24, enumerated(0), octets(""), octets(""), tlv(0x8B, b"u:CORP\\svc-app")))
    conn.ask(app(23, tlv(0x80, b"1.3.6.1.1.8")), app(24, enumerated(2), octets(""), octets("0000203D: LdapErr: DSID-0C090D5F, comment: Unknown extended request OID, data 0")))
    conn.ask(people(s), found(s), done())
    leave(conn)


# ---- K6, K9: references ----


@field("K6", shows={"scp-none": "warn"}, says={"scp-none": ["onfiguration"]}, supported={"scp-none": ["onfiguration|base"]},
       never={"verdict": [NOTHING_WRONG]})
def program_seeks_the_entries_below_the_domain(s):
    """The base is the domain instead of the configuration: no entry, and a reference to where they are, which it does not follow."""
    good_start(s)
    conn = bound(s)
    refs = [search_reference(f"ldap://{s.domain}/{s.config}"), search_reference(f"ldap://DomainDnsZones.{s.domain}/DC=DomainDnsZones,{top(s)}")]
    s.cite("scp-none", conn.scp(base=top(s), refs=refs))
    leave(conn)
    s.wait(20)


@field("K6", outcome="ok", may=["scp-none"], recovered=["scp-none?"], never={"path": [LOUD], "verdict": [FAULT]})
def program_follows_the_reference_to_the_configuration(s):
    """The same program with referrals switched on: it asks once more below the configuration, and there they are."""
    good_start(s)
    conn = bound(s)
    conn.scp(base=top(s), refs=[search_reference(f"ldap://{s.domain}/{s.config}")])
    s.address("{D}", s.dc)
    conn = bound(s)
    conn.scp(url_entry(s, 1))
    leave(conn)


@field("K9", shows={"slow": "warn"}, may=["dc-unreachable"], recovered=["dc-unreachable?"], outcome="ok|failed",
       says={"slow": [NOBODY]}, supported={"slow": ["169.254|DHCP|automatic"]}, never={"verdict": [NOTHING_WRONG]})
def zones_of_dns_have_an_address_of_nobody(s):
    """A controller's second card has no DHCP, so it registered 169.254.x.x for the DNS partitions; the library follows each
    reference there and waits."""
    good_start(s)
    for n in range(2):
        conn = bound(s)
        conn.ask(people(s), found(s), search_reference(f"ldap://DomainDnsZones.{s.domain}/DC=DomainDnsZones,{top(s)}"), done())
        looked_up(s, "DomainDnsZones." + s.domain, A, [address_rr(QUESTION, NOBODY)])
        s.cite("slow", s.syn(NOBODY, 389, times=3))
        s.wait(12)
        conn.ask(people(s, "eve"), found(s, "eve"), done())
        leave(conn)


# ---- K1, K12: a join that stops ----


@field("K12", outcome="ok|failed|hidden", verdict=[r"\A[^\n]*(modify|servicePrincipalName|constraintViolation)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, "went well"]})
def join_stops_at_a_name_that_another_account_has(s):
    """msktutil makes the account, and the name of its service is another account's already: 19 with 000021C7, and it ends."""
    good_start(s)
    logon(s, "joiner")
    conn = bound(s, name="joiner")
    dn = f"CN=WEB9,CN=Computers,{top(s)}"
    conn.ask(search(top(s), 2, equal("sAMAccountName", "WEB9$"), ["cn"]), done())
    conn.ask(ldap_add(dn), result(9))
    conn.ask(ldap_modify(dn, "servicePrincipalName", "HTTP/www." + s.domain), result(7, 19, diagnostic=UNIQUE))
    leave(conn)
    s.wait(20)


@field("K12", like=["ldap-bind-failed", "ldap-not-bound", "account-unknown-to-dc"], outcome="ok|hidden", never=QUIET)
def operator_empties_a_pool_of_machines(s):
    """Virtual desktops are thrown away and made anew: two dozen deletes and adds in a row, three of the deletes find nothing."""
    good_start(s)
    conn = bound(s, name="svc-vdi")
    for n in range(24):
        dn = f"CN=VDI{n:02},OU=Pool,{top(s)}"
        gone = n % 9 == 4
        conn.ask(tlv(0x4A, dn.encode()), result(11, 32 if gone else 0, diagnostic="0000208D: NameErr: DSID-03100245, problem 2001 (NO_OBJECT), data 0" if gone else ""))
        conn.ask(ldap_add(dn), result(9))
    leave(conn)


# ---- K7: names in commands ----


@field("K7", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["locked"]},
       never={"any": [r"net user +-", r"-Identity +-", r"Unlock-ADAccount"], "verdict": [NOTHING_WRONG]})
def account_whose_name_begins_like_an_option(s):
    """-backup@..., so that it stands first in each list: no command may take the name for an option."""
    good_start(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", refused(s, "CORP\\-backup", data="775"))
        s.wait(12)


@field("K7", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["Jörg Groß"]},
       never={"any": [r"\\303|\\x|J\?rg|\\xc3"], "verdict": [NOTHING_WRONG]})
def user_with_letters_of_his_own(s):
    """CN=Jörg Groß,...: the name is UTF-8, and has to come out of the report and of the command as it went in."""
    good_start(s)
    for _ in range(3):
        s.cite("ldap-bind-failed", refused(s, f"CN=Jörg Groß,OU=Straße,{top(s)}", data="533"))
        s.wait(12)


@field("K7", shows={"tls-failed": "error|warn"}, outcome="failed", checks={"tls-failed": [":3269"]},
       says={"tls-failed": ["expired"]}, never={"any": [":443", ":636", "Get-ClientAccessService", "Get-ExchangeCertificate"]})
def certificate_of_the_catalog_has_expired(s):
    """An application at 3269: the controller shows its certificate, the client says expired (45) and hangs up; four times."""
    good_start(s)
    for _ in range(4):
        t = s.tcp(s.dc, 3269)
        t.ask(record(22, hello_of_client(s.host), 0x0301))
        shown = t.answer(record(22, hello_of_server()) + record(22, certificate_message(certificate_of((s.host,)))) + record(22, handshake(14)))
        s.cite("tls-failed", t.ask(record(21, bytes([2, 45]))))
        assert shown
        t.close()
        s.wait(10)


# ---- K11: counts ----


@field("K11", shows={"ldap-bind-failed": "error"}, says={"ldap-bind-failed": [r"\b5\b|five"]}, outcome="failed",
       never={"verdict": [NOTHING_WRONG], "ldap-bind-failed": [r"\b(6|2|3) (times|binds|attempts)"]})
def five_refusals_at_two_ports_and_a_good_neighbour(s):
    """svc-crm at the directory twice and at the catalog three times with an old password; svc-hr beside it with the right one."""
    good_start(s)
    for port, times in ((389, 2), (3268, 3)):
        for _ in range(times):
            s.cite("ldap-bind-failed", refused(s, f"svc-crm@{s.domain}", port=port))
            conn = bound(s, port=port, name="svc-hr")
            conn.ask(people(s), found(s), done())
            leave(conn)
            s.wait(9)


# ---- K1: the first line ----


@field("K1", outcome="ok|hidden", shows={"ldap-not-bound": "note"}, recovered=["ldap-not-bound"], never=CALM)
def library_searches_before_it_binds_each_time(s):
    """A script's habit: a search without a bind on each new connection, refused, then the bind and the same search."""
    good_start(s)
    for _ in range(3):
        conn = s.ldap()
        s.cite("ldap-not-bound", conn.ask(people(s), done(1, diagnostic="000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563"))[-1])
        conn.simple(name=f"svc-app@{s.domain}")
        conn.ask(people(s), found(s), done())
        leave(conn)
        s.wait(5)


@field("K1", shows={"scp-read-failed": "warn|error"}, outcome="failed|ok", verdict=[r"\A[^\n]*(SCP|connection point|Exchange|read|search)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, "went well"]})
def search_for_exchange_ends_at_a_limit(s):
    """Everything before it is good; the search itself ends with adminLimitExceeded (11), without an entry."""
    signed_in(s).sealed()
    granted(s, "cifs/" + s.host)
    conn = bound(s)
    s.cite("scp-read-failed", conn.ask(search(s.config, 2, exchange_filter(), ["serviceBindingInformation", "keywords"]),
                                       done(11, diagnostic="00002024: SvcErr: DSID-031401A9, problem 5011 (ADMIN_LIMIT), data 0")))
    leave(conn)
    s.wait(20)


@field("K1", outcome="ok|hidden", like=BAD_LDAP, never=CALM)
def group_policy_is_read_in_the_morning(s):
    """Windows reads its policies: one container is not there, one object may not be read, three are, over a sealed session and
    a clear one."""
    signed_in(s, "PC3$").sealed()
    conn = bound(s, name="PC3$")
    policies = f"CN=Policies,CN=System,{top(s)}"
    conn.ask(search(f"OU=Gone,{top(s)}", 0, None, ["gPLink"]), done(32, diagnostic="0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of: ''"))
    for n in range(3):
        conn.ask(search(f"CN={{{n}}},{policies}", 0, None, ["gPCFileSysPath"]), entry(f"CN={{{n}}},{policies}", {"gPCFileSysPath": ["x"]}), done())
    conn.ask(search(policies, 2, equal("cn", "secret"), ["displayName"]), done())
    person(s)
    leave(conn)
