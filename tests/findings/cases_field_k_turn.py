# SPDX-License-Identifier: GPL-2.0-or-later
"""Two users of one machine: what one of them gets makes nothing good for the other. And probes of those who want
nothing, connections that stand late, captures that begin late.
"""
from build import *  # noqa: F403
from cases import Ldap, url_entry
from cases_field_a import MIT_ETYPES, NOTHING_WRONG, accepted_by_smb, bytes_of, granted, logon, refused, signed_in, tgs
from cases_field_b_time import dead, good_start
from cases_field_g_ldap import bound, people
from cases_field_h_healthy import HEALTHY, LOUD, found_person
from cases_web import directory, ex
from field import NO_PATH, field

SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
WELL = r"went well"
QUIET = {"verdict": ["failed -", "with a warning"], "path": [LOUD]}
DISABLED, FIREWALL = 0xC0000072, 0xC0000413


# ---- two users of one machine ----


@field("K5", shows={"policy-refused": "error"}, outcome="failed", says={"policy-refused": [r"vault\.{D}"]},
       never={"verdict": [NOTHING_WRONG, WELL]})
def trust_lets_one_of_two_users_in(s):
    """A terminal server: selective authentication. Ada may not (12), twice; Ben may, at the same file server."""
    signed_in(s, "ada").sealed()
    spn = "cifs/vault." + s.domain
    s.cite("policy-refused", refused(s, 12, spn, times=2, data=error_data(FIREWALL)))
    logon(s, "ben")
    granted(s, spn)
    accepted_by_smb(s, s.web, spn)


@field("K5", shows={"policy-refused": "note"}, recovered=["policy-refused"], outcome="ok|hidden", never=QUIET)
def right_to_authenticate_is_given(s):
    """The same, and the administrator of the vault adds Ada; after a new logon she is in."""
    signed_in(s, "ada").sealed()
    spn = "cifs/vault2." + s.domain
    s.cite("policy-refused", refused(s, 12, spn, data=error_data(FIREWALL)))
    s.wait(300)
    logon(s, "ada")
    granted(s, spn)
    accepted_by_smb(s, s.web, spn)


@field("K5", shows={"krb-error": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG, WELL]})
def account_was_made_anew_and_its_ticket_is_of_the_old_one(s):
    """20 for Cleo's ticket each time; Dirk, who logs on at the same machine, gets a ticket for the same intranet."""
    signed_in(s, "cleo").sealed()
    spn = "HTTP/intra." + s.domain
    s.cite("krb-error", refused(s, 20, spn, times=2))
    logon(s, "dirk")
    granted(s, spn)
    logon(s, "dirk")
    granted(s, "cifs/fs1." + s.domain)


@field("K5", shows={"account-unusable": "error"}, outcome="failed", says={"account-unusable": ["emil", "and 1 more"]},
       verdict=[r"\A[^\n]*emil"], never={"verdict": [NOTHING_WRONG, WELL], "path": [r"(error account-unusable:.*){2}"]})
def one_of_two_users_was_disabled_at_noon(s):
    """Emil's ticket is of the morning; at noon two services are refused him (18). Fay gets both."""
    signed_in(s, "emil").sealed()
    s.wait(3600)
    for spn in ("cifs/fs1." + s.domain, "HTTP/intra." + s.domain):
        s.cite("account-unusable", refused(s, 18, spn, data=error_data(DISABLED)))
    logon(s, "fay")
    for spn in ("cifs/fs1." + s.domain, "HTTP/intra." + s.domain):
        granted(s, spn)


@field("K5", shows={"account-unusable": "note"}, recovered=["account-unusable"], outcome="ok|hidden", never=QUIET)
def account_is_enabled_again_and_logs_on(s):
    """A contractor's account ran out; it is prolonged, and the help desk says: log off and on."""
    signed_in(s, "gil").sealed()
    s.wait(7200)
    s.cite("account-unusable", refused(s, 18, "cifs/fs1." + s.domain, times=2, data=error_data(0xC0000193)))
    s.wait(600)
    logon(s, "gil")
    granted(s, "HTTP/intra." + s.domain)


@field("K5", shows={"clock-skew": "note"}, recovered=["clock-skew"], outcome="ok|hidden", never=QUIET)
def clock_of_the_machine_is_set_and_another_user_goes_on(s):
    """What is wrong with the machine is made good for everybody: 37 to Hal, and after a look at the time Ina is in."""
    good_start(s)
    s.who, s.at_hand = "hal", (s.tgt, s.realm)
    for _ in range(2):
        s.kdc(s.as_req("hal"), s.error(25, data=padata((19, etype_info2()), (2, b"")), stime=s.c.time - 900 * 10**9))
        s.cite("clock-skew", s.kdc(s.as_req("hal", pre=[timestamp()]), s.error(37, stime=s.c.time - 900 * 10**9)))
        s.wait(5)
    s.udp(s.dc, 123, b"\x1b" + bytes(47), b"\x1c" + bytes(47))
    s.wait(20)
    logon(s, "hal")
    logon(s, "ina")
    granted(s, "cifs/fs1." + s.domain)


# ---- those who want nothing ----


@field("K10", like=["kdc-unanswered", "ldap-unanswered", "ping-unanswered", "wrong-realm", "dc-unreachable"],
       outcome="ok|incomplete|none", never=QUIET, alone=True)
def scan_over_udp_of_a_filtered_host(s):
    """nmap -sU -sV: its probes of DNS and Kerberos, each twice; a filter drops them all. Nobody waits for that."""
    for _ in range(2):
        s.c.udp(s.client, 40001, s.dc, 88, s.as_req(None, sname="krbtgt/NM", realm="NM", till=0, etypes=(18, 17, 23)))
        s.c.udp(s.client, 40003, s.dc, 53, dns(0, "version.bind", 16))
        s.wait(1)
    s.wait(60).hears_something()


@field("K10", like=["client-unknown", "krb-error", "preauth-abandoned", "dc-unreachable"], outcome="ok|hidden", verdict=[HEALTHY],
       never=QUIET)
def monitor_asks_the_kdc_for_nobody(s):
    """A health check of a balancer: a request without a name, to which a living KDC says something (6); and beside it the
    server's own day."""
    signed_in(s, "WEB8$").sealed()
    for _ in range(4):
        s.kdc(s.as_req(None), s.error(6))
        granted(s, "cifs/fs1." + s.domain)
        s.wait(30)


# ---- late connections, late captures ----


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": ["{web}|mail"]}, never={"verdict": [NOTHING_WRONG]})
def directory_over_tls_stands_at_the_fourth_syn(s):
    """IPv6, LDAPS at a server whose queue of new connections is full: 1, 2 and 4 seconds, and twice again."""
    s.over_ipv6()
    s.address("ldap.{D}", s.web, kind=AAAA)
    for _ in range(2):
        t = s.c.tcp(s.client, s.next_port(), s.web, 389, handshake=False)
        start = t.seq["c"]
        for pause in (1, 2, 4):
            s.cite("slow", t.open("cS"))
            t.seq["c"] = start
            s.wait(pause)
        t.open("cS", "sSA", "cA")
        conn = Ldap(s, t)
        conn.simple(name="svc-app@" + s.domain)
        conn.ask(people(s), found_person(s), done())
        t.close()
        s.wait(3)


@field("K9", like=["slow"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def one_syn_is_lost_in_a_long_day(s):
    """A second, once in an hour of work: nobody notices."""
    good_start(s)
    for n in range(6):
        if n != 3:
            bound(s).ask(people(s), found_person(s), done())
        else:
            t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
            start = t.seq["c"]
            t.open("cS")
            t.seq["c"] = start
            s.wait(1)
            t.open("cS", "sSA", "cA")
            Ldap(s, t).simple(name="svc-app@" + s.domain)
        s.wait(600)


@field("K3", shows={"dc-unreachable|kdc-unanswered": "error"}, outcome="failed", may=["slow"],
       verdict=[r"\A[^\n]*(KDC|Kerberos|domain controller)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL]}, alone=True)
def capture_begins_with_tickets_and_the_kdc_goes_away(s):
    """No name is looked up: a Linux server knows its KDC's address. Two tickets over TCP, and then connection requests
    that nobody answers."""
    s.who = "APP1$"
    for spn in ("HTTP/a." + s.domain, "HTTP/b." + s.domain):
        s.kdc(tgs(s, spn, etypes=MIT_ETYPES), s.tgs_rep(spn, cname=s.who, cipher=bytes_of(s, spn)), tcp=True)
        s.wait(5)
    for _ in range(2):
        s.cite("dc-unreachable", dead(s, s.dc, 88))
    s.wait(60).hears_something()


@field("K3", like=["dc-unreachable", "ldap-unanswered"], outcome="ok|hidden", verdict=[WELL], alone=True,
       never={"verdict": ["failed -", "with a warning"]})
def capture_begins_late_and_the_session_is_renewed(s):
    """An open sealed session that the server ends; the client comes back, and is in again at once."""
    for _ in range(2):
        conn = Ldap(s, s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=bool(_)))
        if _:
            conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
        conn.sealed(3)
        s.wait(30)
        conn.t.reset("s")
        s.wait(20)
    s.wait(60).hears_something()


@field("K4", outcome=NO_PATH, alone=True)
def short_names_by_netbios_alone(s):
    """A workgroup of old: broadcasts for names of machines and of a domain, and no DNS at all."""
    for name, suffix in (("WORKGROUP", 0x1B), ("FILES", 0x20), ("CORPOLD", 0x1C)):
        for n in range(3):
            s.c.udp(s.client, 137, s.client.rsplit(".", 1)[0] + ".255", 137, nbns_query(name, suffix, ident=n + 1))
            s.wait(0.75)
    s.wait(60).hears_something()


# ---- good at nine, and not at noon ----


@field("K5", shows={"dc-unreachable": "error"}, outcome="failed", may=["slow"], verdict=[r"\A[^\n]*389"],
       never={"verdict": [NOTHING_WRONG, WELL]})
def controller_is_switched_off_at_noon(s):
    """At nine the address book binds and searches; from noon on the port refuses, three times."""
    good_start(s)
    bound(s).ask(people(s), found_person(s), done())
    s.wait(7200)
    for _ in range(3):
        s.cite("dc-unreachable", s.syn(s.dc, 389, "refused"))
        s.wait(20)
    s.wait(30)


@field("K5", may=["dc-unreachable", "slow"], recovered=["dc-unreachable?"], outcome="ok|hidden", never=QUIET)
def controller_starts_again_at_noon(s):
    """Bound at nine; for a minute at noon the port refuses; then it is there again."""
    good_start(s)
    bound(s).ask(people(s), found_person(s), done())
    s.wait(7200)
    for _ in range(3):
        s.syn(s.dc, 389, "refused")
        s.wait(20)
    bound(s).ask(people(s), found_person(s), done())


@field("K5", shows={"dc-unreachable": "error"}, outcome="failed", may=["slow"], never={"verdict": [NOTHING_WRONG, WELL]})
def controller_comes_and_goes(s):
    """Refused, taken, and silent in the end; by IPv6, over the port of LDAPS, which nobody can look into."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host)
    s.cite("dc-unreachable", s.syn(s.dc, 636, "refused"))
    s.wait(60)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name="svc-app@" + s.domain)
    s.wait(600)
    for _ in range(2):
        s.cite("dc-unreachable", dead(s, s.dc, 636))
    s.wait(30)


@field("K5", shows={"dns-tcp-blocked": "error"}, outcome="failed", may=["slow"], never={"verdict": [NOTHING_WRONG, WELL]})
def rule_for_dns_over_tcp_is_made_at_noon(s):
    """At nine the long answer is fetched over TCP; from noon on TCP 53 is silent."""
    name = "_ldap._tcp.dc._msdcs.{D}"
    s.srv(name, "dc1.{D}", cut=True)
    s.srv(name, "dc1.{D}", tcp=True)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.wait(7200)
    for _ in range(2):
        s.cite("dns-tcp-blocked", s.srv(name, "dc1.{D}", cut=True))
        s.cite("dns-tcp-blocked", dead(s, s.dns, 53))
    s.wait(30)


@field("K5", shows={"krb-tcp-blocked": "error"}, outcome="failed", may=["slow"], never={"verdict": [NOTHING_WRONG, WELL]})
def rule_for_kerberos_over_tcp_is_made_at_noon(s):
    """52 and TCP at nine; 52 and silence at noon. The user is in fifty groups."""
    signed_in(s, "jo").sealed()
    spn = "HTTP/intra." + s.domain
    s.kdc(tgs(s, spn), s.error(52, spn))
    granted(s, spn, tcp=True)
    s.wait(7200)
    spn = "HTTP/other." + s.domain
    for _ in range(2):
        s.cite("krb-tcp-blocked", s.kdc(tgs(s, spn), s.error(52, spn)))
        s.cite("krb-tcp-blocked", dead(s, s.dc, 88))
    s.wait(30)


@field("K5", shows={"kpasswd-failed|dc-unreachable": "error"}, outcome="failed", may=["slow"], verdict=[r"464|password"],
       never={"verdict": [NOTHING_WRONG, WELL]})
def change_of_a_password_is_possible_at_nine_alone(s):
    """One user changes his password at nine; at noon the port of the service refuses the next one."""
    good_start(s)
    logon(s, "kai")
    t = s.tcp(s.dc, 464)
    t.ask(marked(kpasswd_req(version=1)))
    t.answer(marked(kpasswd_rep()))
    t.close()
    s.wait(7200)
    logon(s, "lea")
    s.kdc(s.as_req("lea", "kadmin/changepw", pre=[timestamp()]), s.as_rep("lea", sname="kadmin/changepw"))
    for _ in range(2):
        s.cite("kpasswd-failed|dc-unreachable", s.syn(s.dc, 464, "refused"))
        s.wait(5)
    s.wait(30)


@field("K3", shows={"endpoint-unreachable": "error"}, outcome="failed", verdict=[r"\A[^\n]*prohibited"],
       never={"verdict": [NOTHING_WRONG]})
def router_s_word_about_the_mail_server(s):
    """The SYN took another way than the capture; what the router says of it came back by this one."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    for port in (50901, 50902, 50903):
        sent = IP(src=s.client, dst=s.web) / TCP(sport=port, dport=443, flags="S")
        s.cite("endpoint-unreachable", s.c.add(prohibited(sent)))
        s.wait(1)
    s.wait(60)
