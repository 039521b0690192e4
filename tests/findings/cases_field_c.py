# SPDX-License-Identifier: GPL-2.0-or-later
"""Four cases of each kind, from what administrators of other systems report.

Of each kind the fault as it usually looks, the fault without what usually betrays it, a healthy day
with something alarming in it, and a day on which two things happen.
"""
from build import *  # noqa: F403
from cases import Ldap, url_entry
from cases_field_a import (
    CLOSEST, FLAGS, MIT_ETYPES, bytes_of, bound, granted, logon, machine, refused, shown, signed_in, tgs,
)
from cases_field_b_time import changepw_ticket, dead, good_start, password_answer, password_change, person
from cases_ldap import CREDENTIALS, NOT_BOUND
from cases_web import BASIC, CHALLENGE, OFFICE, XML, connect, directory, ex, get, hidden_talk, opened, post, response
from field import field
from tls import certificate_der
from smb import LOGON_FAILURE, MORE_PROCESSING, smb2_setup, smb2_setup_reply

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
LOCKED = 0xC0000234
DAY, HOUR = 86400 * 10**9, 3600 * 10**9
FROM_MIT = [(149, b""), (150, b"")]


def smb_by_ntlm(s, server, last=0):
    """A session with a file server, by NTLM."""
    t = s.tcp(server, 445)
    t.ask(smb2_setup(nego_init(ntlm(1), OID_NTLM), 1))
    t.answer(smb2_setup_reply(nego_resp(ntlm(2), 1, OID_NTLM), MORE_PROCESSING, 1))
    t.ask(smb2_setup(nego_resp(ntlm(3), 1, None), 2))
    return t.answer(smb2_setup_reply(nego_resp(None, 0, None) if not last else b"", last, 2))


def ipv4(s, frame):
    """A frame as ICMP quotes it."""
    return Ether(s.c.frames[frame - 1][1])[IP]


# ---- K1: the first line ----


@field("K1", shows={"tls-failed": "error|warn"}, outcome="failed", verdict=["certificate|TLS"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def copier_does_not_trust_the_controller(s):
    """An address book over LDAPS: the device says unknown_ca at each try and hangs up."""
    s.address(s.host, s.dc)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(client_hello(s.host))
        t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
        s.cite("tls-failed", t.ask(tls_alert(2, 48)))
        t.close()
        s.wait(5)


@field("K1", shows={"kdc-unanswered": "error"}, outcome="failed", verdict=["{mail}|{dc}|{host}|KDC"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "kdc-unanswered": ["firewall drops port 88", "KDC is down"]},
       supported={"kdc-unanswered": ["answers others"]})
def last_ticket_never_comes(s):
    """All is well until the ticket for the mail server: the same controller falls silent there."""
    signed_in(s).sealed()
    request = tgs(s, s.http)
    port = s.next_port()
    for wait in (1, 2, 4):
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.wait(wait)


@field("K1", verdict=[NOTHING_WRONG], outcome="ok",
       like=["srv-not-found", "no-common-etype", "spn-not-found-or-duplicate", "ldap-unanswered"])
def samba_member_s_quiet_day(s):
    """Names that need not be there, a search that points elsewhere, a session reset when all was said."""
    s.srv("_kerberos-master._udp." + s.realm, rcode=NXDOMAIN)
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.kdc(s.as_req("FS1$", pre=FROM_MIT, etypes=MIT_ETYPES),
          s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req("FS1$", pre=[timestamp(), (149, b"")], etypes=MIT_ETYPES), s.as_rep("FS1$"))
    s.ping(host=s.host, client_host="FS1", ntver=6)
    conn = s.ldap()
    conn.simple(name="FS1$@" + s.realm)
    op = search(s.config.removeprefix("CN=Configuration,"), 2, equal("sAMAccountName", "bob"), ["cn"])
    conn.ask(op, search_reference("ldap://ForestDnsZones." + s.domain), done())
    s.wait(120)
    conn.t.reset("s")


@field("K1", shows={SPN: "warn", "ldap-bind-failed": "error"}, may=["ntlm-fallback"], outcome="failed",
       verdict=[r"\A[^\n]*lock"], never={"verdict": [NOTHING_WRONG, r"\A[^\n]*not found"]})
def locked_account_beside_an_alias(s):
    """The CRM's account is locked; that the portal's alias has no name in the directory is old news."""
    good_start(s)
    s.logon()
    alias = "HTTP/portal." + s.domain
    s.cite(SPN, s.kdc(s.tgs_req(alias), s.error(7, alias)))
    conn = s.ldap()
    conn.simple(name="svc-backup@" + s.domain)
    for _ in range(3):
        s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("775"), name="svc-crm@" + s.domain))
        s.wait(5)


# ---- K2: benign needs a sequel ----


@field("K2", shows={SPN: "warn|error"}, first={SPN: "address"}, outcome="failed|incomplete|ok",
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def java_connects_to_the_database_by_address(s):
    """A connection string with an address and a port; the driver has Kerberos only."""
    logon(s, "svc-etl")
    s.cite(SPN, refused(s, 7, f"MSSQLSvc/{s.web}:1433", times=3))


@field("K2", shows={"wrong-realm": "error"}, outcome="failed",
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "path": ["asks there"]})
def mac_uses_the_netbios_name_as_realm(s):
    """The binding has the short name. The KDC names the right realm; twice the Mac takes no notice."""
    short = s.short.upper()
    for _ in range(2):
        s.cite("wrong-realm", s.kdc(s.as_req("ines", sname="krbtgt/" + short, realm=short),
                                    s.error(68, "krbtgt/" + short, realm=short, crealm=s.realm), tcp=True))
        s.wait(3)


@field("K2", outcome="ok|hidden")
def share_by_address_and_ntlm_lets_in(s):
    """\\\\10.x.x.20 again; NTLM is allowed, and the same file server lets the user in at once."""
    signed_in(s).sealed()
    refused(s, 7, "cifs/" + s.web)
    smb_by_ntlm(s, s.web)


@field("K2", shows={SPN: "warn|error|note"}, says={SPN: ["{web2}"]}, first={SPN: "address"},
       never={"verdict": [NOTHING_WRONG], "path": [r"(error|warn)\s+spn-not-found-or-duplicate: cifs/{web}:"]})
def two_servers_by_address_and_one_lets_in(s):
    """The first file server takes NTLM, the second one nothing: what happened at one says nothing of the other."""
    signed_in(s).sealed()
    refused(s, 7, "cifs/" + s.web)
    smb_by_ntlm(s, s.web)
    s.cite(SPN, refused(s, 7, "cifs/" + s.web2, times=2))


# ---- K3: absence ----


@field("K3", shows={"ping-unanswered": "error"}, outcome="failed",
       says={"ping-unanswered": ["prohibit|forbid|firewall|not let"]}, never={"any": ["without any reply"]})
def host_firewall_forbids_the_ping_over_ipv6(s):
    """ICMPv6 says that it is the administrators' will."""
    s.over_ipv6()
    s.found()
    s.address(s.host, s.dc, kind=AAAA)
    for _ in range(3):
        sent = s.ping(silent=True)
        packet = Ether(s.c.frames[sent[0] - 1][1])[IPv6]
        s.cite("ping-unanswered", sent, s.c.add(unreachable(packet, 1)))
        s.wait(1)


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": ["clos|FIN|end"]},
       never={"verdict": [NOTHING_WRONG]})
def kdc_closes_the_session_politely(s):
    """A load balancer without a node behind it: it takes the session and the request, and says FIN."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    for _ in range(3):
        t = s.tcp(s.dc, 88)
        s.cite("kdc-unanswered", t.ask(marked(s.as_req())))
        t._segment("s", "A")
        t._segment("s", "FA")
        t.seq["s"] += 1
        t._segment("c", "FA")
        s.wait(1)


@field("K3", like=["ldap-unanswered", "kdc-unanswered", "srv-unanswered"], never={"verdict": ["failed"]},
       outcome="ok|hidden|incomplete")
def first_96_bytes_of_each_packet(s):
    """A recorder that keeps headers: the answers are there, and their bytes are not."""
    before = len(s.c.frames)
    s.found()
    s.address(s.host, s.dc)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1), url_entry(s, 2))
    conn.rootdse()
    for frame in range(before + 1, len(s.c.frames) + 1):
        s.cut[frame] = 96


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def one_answer_without_its_head_and_one_that_never_came(s):
    """The recorder lost a segment of the first; for the second there is not a byte, for a minute."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.scp(answered=False)
    whole = b"".join(ldap(conn.id, url_entry(s, n)) for n in range(1, 12)) + ldap(conn.id, done())
    conn.t.seq["s"] += 1400
    conn.t.answer(whole[1400:])
    other = s.ldap()
    other.simple(name="cn=bob")
    s.cite("ldap-unanswered", other.scp(answered=False))
    s.wait(60)


# ---- K4: names ----


@field("K4", shows={"flat-domain-name": "warn"}, outcome="failed", like=["srv-not-found"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def java_realm_is_the_short_name(s):
    """krb5.conf of an application server: default_realm is the NetBIOS name. No NBNS, no msdcs."""
    for proto in ("_udp", "_tcp"):
        s.cite("flat-domain-name", s.srv(f"_kerberos.{proto}.{s.short.upper()}", rcode=NXDOMAIN))


@field("K4", shows={"flat-domain-name": "warn"}, outcome="failed", like=["srv-not-found"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def resolver_refuses_the_short_name(s):
    """A VPN's split resolver serves one zone and refuses the rest (REFUSED); the hotel's suffix is tried as well."""
    s.srv(f"_ldap._tcp.dc._msdcs.{s.short}.hotel{s.short}.example", rcode=NXDOMAIN)
    s.cite("flat-domain-name", s.srv(f"_ldap._tcp.dc._msdcs.{s.short}", rcode=REFUSED))
    s.c.udp(s.client, 137, s.client.rsplit(".", 1)[0] + ".255", 137, nbns_query(s.short))


@field("K4", like=["srv-not-found", "ping-unanswered", "dc-not-serving"], outcome="ok|hidden")
def print_server_taken_for_a_domain(s):
    """A host's name in the field for the domain; then a child of the forest whose controllers are elsewhere."""
    s.address("print7.{D}", s.web)
    s.srv("_ldap._tcp.dc._msdcs.print7.{D}", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.print7.{D}", rcode=NXDOMAIN)
    good_start(s)
    bound(s).sealed()


@field("K4", shows={"srv-not-found": "error|note"}, says={"srv-not-found": ["{D}"]},
       never={"path": [r"(error|warn)\s+srv-not-found: DNS server \S+ has no locator records of WORKGROUP"], "verdict": [NOTHING_WRONG, "WORKGROUP"]},
       outcome="failed")
def workgroup_and_a_domain_that_is_not_there(s):
    """Activation asks for WORKGROUP, which is nothing; the join asks for the domain, of a provider's resolver."""
    s.srv("_ldap._tcp.dc._msdcs.WORKGROUP.{D}", rcode=NXDOMAIN)
    s.srv("_vlmcs._tcp.{D}", rcode=NXDOMAIN)
    s.wait(3)
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
    s.cite("srv-not-found", s.srv("_ldap._tcp.{D}", rcode=NXDOMAIN))


# ---- K5: success, and whose ----


@field("K5", shows={"dc-unreachable|kdc-unanswered": "error"}, may=["slow"], outcome="failed",
       verdict=["{dc2}|dc2|child"], never={"verdict": [NOTHING_WRONG]})
def child_domain_s_controller_is_behind_a_firewall(s):
    """The referral to the child is a good answer; SYNs to the child's KDC are swallowed."""
    child = "child." + s.domain
    s.logon()
    s.kdc(s.tgs_req("cifs/nas1." + child), s.tgs_rep("krbtgt/" + child.upper()))
    s.srv("_kerberos._tcp.dc._msdcs." + child, "dc2." + child, port=88)
    s.address("dc2." + child, s.dc2)
    s.cite("dc-unreachable|kdc-unanswered", dead(s, s.dc2, 88))


@field("K5", shows={"scp-read-failed": "warn|error|note"}, recovered=["scp-read-failed?"],
       verdict=["insufficientAccess"], outcome="failed|ok", never={"verdict": [NOTHING_WRONG]})
def read_refused_read_and_refused_again(s):
    """Two connections, one wrong base, then good, then insufficientAccessRights: the last word counts."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    s.cite("scp-read-failed", conn.scp(code=32, diagnostic="0000208D: NameErr: DSID-03100245"))
    conn.scp(url_entry(s))
    s.wait(5)
    s.cite("scp-read-failed", conn.scp(code=50, diagnostic="00002098: SecErr: DSID-03150F94"))


@field("K5", like=["client-unknown", "pkinit-failed", "krb-error", SPN], outcome="ok|hidden")
def armor_probe_and_a_user_s_ticket_for_a_user(s):
    """SSSD tries anonymous armor and is refused; remote desktop asks for a user's own key (27) and gets it."""
    s.found()
    s.ping(host=s.host)
    s.kdc(s.as_req(["WELLKNOWN", "ANONYMOUS"], cname_kind=11, etypes=MIT_ETYPES),
          s.error(6, text="CLIENT_NOT_FOUND"))
    logon(s, "alice")
    refused(s, 27, "bob@" + s.realm)
    user = ticket(s.tgt, s.realm, cipher=b"TGT of bob")
    s.kdc(tgs(s, "bob@" + s.realm, tickets=(user,), options=USUAL | ENC_TKT_IN_SKEY),
          s.tgs_rep("bob@" + s.realm, cipher=b"for bob by his TGT"))


@field("K5", shows={"tls-failed": "warn|error"}, outcome="failed|hidden|ok", verdict=["TLS|636|certificate"],
       supported={"tls-failed": ["share the address"]},
       never={"verdict": [NOTHING_WRONG]})
def one_node_behind_the_balancer_has_no_certificate(s):
    """Reset, good, reset, reset: the address is one, the nodes are two. Another user's bind succeeds between."""
    good_start(s)

    def broken():
        t = s.tcp(s.dc, 636)
        asked = t.ask(client_hello(s.host))
        t.reset("s")
        s.wait(3)
        return asked

    s.cite("tls-failed", broken())
    good = Ldap(s, s.https(s.dc, s.host, port=636))
    good.simple(name="cn=carol")
    s.wait(3)
    s.cite("tls-failed", broken(), broken())


# ---- K6: causes and advice ----


@field("K6", shows={"password-wrong": "error"}, outcome="failed",
       says={"password-wrong": ["computer|machine"]},
       checks={"password-wrong": ["Get-ADComputer|sc_query|Test-ComputerSecureChannel|adcli|net ads testjoin|kinit -k"]},
       never={"password-wrong": ["Get-ADUser -Identity", "typing|typed"]})
def machine_s_password_after_a_snapshot(s):
    """The virtual machine was set back: its own password is not the directory's any more."""
    s.found()
    s.ping(host=s.host, client_host="VM7", more=machine("VM7"), user="VM7$")
    for _ in range(3):
        s.kdc(s.as_req("VM7$"), s.error(25, data=padata((19, etype_info2()), (2, b""))))
        s.cite("password-wrong", s.kdc(s.as_req("VM7$", pre=[timestamp()]), s.error(24)))
        s.wait(10)


@field("K6", shows={"service-key-mismatch": "error"}, supported={"service-key-mismatch": ["read-only|RODC"]},
       outcome="failed")
def branch_ticket_shown_to_the_main_office(s):
    """No word of a read-only controller but the number of the key; the web server has no such key (44)."""
    spn = f"HTTP/intra.{s.domain}"
    s.address(f"intra.{s.domain}", s.web)
    logon(s, "alice")
    s.kdc(tgs(s, spn), s.tgs_rep(spn, cipher=bytes_of(s, spn), kvno=0x2A510003))
    t = s.tcp(s.web, 80)
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=bytes_of(s, spn), kvno=0x2A510003)))
    t.ask(http_get(f"intra.{s.domain}", "/", negotiate(token)))
    error = gss(ERROR_ID, s.error(44, spn))
    s.cite("service-key-mismatch",
           t.answer(http_reply(401, b"", negotiate(nego_resp(error, 2), "WWW-Authenticate"))))


@field("K6", shows={SPN: "note"}, recovered=[SPN], like=["ntlm-fallback"], outcome="ok|hidden|incomplete")
def browser_asks_for_the_alias_and_then_for_the_host(s):
    """DNS says where the alias leads, and the ticket for that host is given and taken."""
    s.ident += 1
    alias, host = f"wiki.{s.domain}", f"web3.{s.domain}"
    chain = [rr(QUESTION, CNAME, dns_name(host)), address_rr(host, s.web)]
    s.udp(s.dns, 53, dns(s.ident, alias, A), dns_reply(s.ident, alias, chain, kind=A))
    logon(s, "alice")
    s.cite(SPN, s.kdc(tgs(s, "HTTP/" + alias), s.error(7, "HTTP/" + alias)))
    granted(s, "HTTP/" + host)
    t = s.tcp(s.web, 80)
    t.ask(http_get(alias, "/", negotiate(shown(s, "HTTP/" + host))))
    t.answer(http_reply(200, b"ok", negotiate(nego_resp(gss(AP_REP_ID, ap_rep())), "WWW-Authenticate")))


@field("K6", shows={"ping-unanswered": "error", "dc-unreachable": "error"}, outcome="failed", may=["slow"],
       never={"ping-unanswered": [r"UDP 389[^.\n]{0,60}(drop|filter|block|not let)",
                                  r"(drops?|filters?|blocks?)[^.\n]{0,40}UDP"],
              "verdict": [NOTHING_WRONG]})
def neither_ping_nor_session(s):
    """A record of a controller that is gone: the ping is silent, and so is TCP to the same host."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("ping-unanswered", s.ping(silent=True))
        s.wait(2)
    s.cite("dc-unreachable", dead(s, s.dc, 389))


# ---- K7: commands ----


@field("K7", shows={"srv-not-found": "error"}, outcome="failed",
       checks={"srv-not-found": ["Resolve-DnsName|nslookup|dig"]},
       never={"any": [r"dcdiag /test:dns(?! /)", r"nltest /sc_verify", r"<[a-z]+>", r"\bYOUR|EXAMPLE\.COM"]})
def windows_client_without_its_domain(s):
    """A public resolver in the settings by hand. What is advised must only read."""
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, server="1.1.1.1"))
    s.cite("srv-not-found", s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", rcode=NXDOMAIN, server="1.1.1.1"))


@field("K7", shows={SPN: "warn|error"}, checks={SPN: ["kvno|klist|kinit|getent|dig"]},
       never={SPN: [r"<[a-z]+>", "klist get"]})
def hadoop_node_asks_for_a_name_nobody_has(s):
    """Nothing but the types of encryption tells that it is Linux: its user has no klist get."""
    s.kdc(s.as_req("hdfs", pre=FROM_MIT, etypes=MIT_ETYPES), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req("hdfs", pre=[timestamp()], etypes=MIT_ETYPES), s.as_rep("hdfs"))
    spn = f"hdfs/node4.{s.domain}"
    for _ in range(2):
        s.cite(SPN, s.kdc(s.tgs_req(spn, etypes=MIT_ETYPES), s.error(7, spn)))
        s.wait(2)


@field("K7", outcome="ok|hidden",
       never={"any": [r"nltest /sc_verify", r"wevtutil qe(?!.*rd:true)", r"repadmin /(sync|replicate)",
                      r"dcdiag /test:dns(?! /)", r"setspn -[ADSR] ", r"Set-AD|Reset-|Unlock-|Remove-"]})
def branch_without_a_controller_of_its_own(s):
    """A site without a controller, another site's one serves: notes, and nothing in them that changes anything."""
    s.srv("_ldap._tcp.Branch7._sites.dc._msdcs.{D}", rcode=NXDOMAIN)
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_site="Branch7", dc_site="HQ", next_site="HQ", flags=FLAGS & ~CLOSEST)
    logon(s, "alice")
    granted(s, s.ldap_spn)
    bound(s).sealed()


@field("K7", shows={SPN: "warn|error", "client-unknown": "error"}, outcome="failed",
       never={SPN: [r"setspn -Q [A-Za-z]+/\d"], "any": [r"(setspn|kinit|Get-AD|kvno|dsquery|net user)[^\n]*<"]})
def address_in_the_link_and_a_mail_address_for_the_logon(s):
    """Neither an address nor a mail address that is masked is anything that a command would find."""
    logon(s, "alice")
    s.cite(SPN, refused(s, 7, "HTTP/" + s.web, times=2))
    for _ in range(2):
        s.cite("client-unknown", s.kdc(s.as_req("jo.doe@mail" + s.domain, cname_kind=10), s.error(6)))
        s.wait(2)


# ---- K8: the documented order ----


@field("K8", shows={"endpoint-unresolvable": "error|warn"}, may=["http-error", "endpoint-unreachable"],
       like=["redirect-not-followed", "autodiscover-fallback"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
def home_page_s_redirect_is_none(s):
    """https://M leads to www, which is no autodiscover; autodiscover.M is in no zone, nor is the record."""
    s.address("{D}", s.web)
    t = s.https(s.web, s.domain)
    post(s, t, s.domain, status=301, answer=b"", more=[f"Location: https://www.{s.domain}/"])
    s.cite("endpoint-unresolvable", s.address("autodiscover.{D}", rcode=NXDOMAIN))
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)


@field("K8", shows={"proxy-refused": "error|warn"}, outcome="failed", says={"proxy-refused": ["407"]},
       like=["http-unauthorized", "ntlm-fallback"], never={"path": [r"-\s+not tried\s+https://ex1"]})
def service_knows_no_proxy_logon(s):
    """The proxy wants Basic; the server-side program has nothing for it and tries the next, with the same end."""
    directory(s, url_entry(s, 1), url_entry(s, 2))
    for n in (1, 2):
        t = s.tcp(s.web2, 3128)
        s.cite("proxy-refused", connect(t, ex(s, n), status=407, more=["Proxy-Authenticate: Basic realm=x"]))
        t.close()
        s.wait(1)


@field("K8", outcome="ok|hidden",
       like=["redirect-not-followed", "redirect-loop", "http-unauthorized", "autodiscover-error", "tls-failed"])
def mailbox_moved_to_the_cloud(s):
    """Hybrid: the inner server asks, takes the user, names another address; port 80 leads to the cloud."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    inner = "<Account><Action>redirectAddr</Action><RedirectAddr>alice@t.mail.onmicrosoft.test</RedirectAddr></Account>"
    post(s, t, ex(s, 1), BASIC, answer=response(inner))
    tenant = "autodiscover.t.mail.onmicrosoft.test"
    s.address(tenant, s.web2)
    get(s, s.tcp(s.web2, 80), tenant, status=302, more=[f"Location: https://{OFFICE}{XML}"])
    s.address(OFFICE, s.dc3)
    hidden_talk(s, s.dc3, OFFICE)


@field("K8", shows={"endpoint-unreachable": "warn|note", "scp-incomplete": "warn"},
       recovered=["endpoint-unreachable"], may=["slow"], outcome="ok",
       says={"scp-incomplete": ["EX2"], "endpoint-unreachable": ["ex1"]}, never={"verdict": [NOTHING_WRONG]})
def one_entry_dead_one_empty_and_dns_helps(s):
    """The old server is off, the new one's entry has no address; autodiscover.M is published by the reverse proxy."""
    empty = entry(f"CN=EX2,CN=Autodiscover,CN=Protocols,{s.config}",
                  {"keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ"]})
    s.cite("scp-incomplete", directory(s, url_entry(s, 1), empty)[-1])
    s.address(ex(s, 1), s.web2)
    s.cite("endpoint-unreachable", dead(s, s.web2, 443))
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)


# ---- K9: lost time ----


@field("K9", shows={"slow": "warn", "dc-unreachable": "note"}, recovered=["dc-unreachable"], outcome="ok|hidden",
       says={"slow": [r"\b2[01]\b"]}, never={"verdict": [NOTHING_WRONG]})
def nfs_client_waits_for_the_first_kdc(s):
    """udp_preference_limit = 1: three SYNs to the KDC that is off, and then the second one serves."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", "dc2.{D}", port=88)
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    frames = dead(s, s.dc, 88)
    s.cite("slow", frames)
    s.cite("dc-unreachable", frames)
    logon(s, "NFS1$", server=s.dc2, tcp=True)
    granted(s, "nfs/filer." + s.domain, server=s.dc2, tcp=True)


@field("K9", shows={"slow": "warn"}, says={"slow": ["{dns}"]}, like=["srv-unanswered"], outcome="ok|hidden",
       never={"verdict": [NOTHING_WRONG]})
def resolver_answers_each_question_after_three_seconds(s):
    """Nothing is unanswered and nothing repeated: a forwarder that is dead stands first in its list."""
    for name in (DC, "_ldap._tcp.HQ._sites.dc._msdcs.{D}", "_kerberos._tcp.{D}", "_gc._tcp.{D}"):
        s.ident += 1
        full = name.format(D=s.domain)
        port = s.next_port()
        asked = s.udp(s.dns, 53, dns(s.ident, full), cport=port)
        s.wait(3)
        s.cite("slow", asked, s.udp(s.dns, 53, None, dns_reply(s.ident, full, [srv_rr(QUESTION, s.host)]), cport=port))
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K9", like=["ldap-unanswered", "slow"], outcome="ok|hidden")
def search_that_waits_for_changes(s):
    """A search with the control for notifications has no end, by design: ten minutes without an answer."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    notify = ctx(0, seq(octets("1.2.840.113556.1.4.528"), boolean(True)))
    base = s.config.removeprefix("CN=Configuration,")
    conn.t.ask(ldap(ident, search(base, 2, present("objectClass"), ["objectGUID"]), notify))
    s.wait(600)
    conn.t.answer(ldap(ident, entry(person(s), {"objectGUID": ["0123456789abcdef"]})))
    s.wait(30)


@field("K9", shows={"slow": "warn", "password-wrong": "error"}, may=["dc-unreachable"], outcome="failed",
       says={"slow": [r"\b2[01]\b"]}, verdict=[r"\A[^\n]*password"], never={"verdict": [NOTHING_WRONG]})
def late_and_refused(s):
    """Twenty-one seconds for a controller that is off, then the wrong password: the second is the fault."""
    s.srv(DC, "dc2.{D}", "dc1.{D}")
    s.address("dc2.{D}", s.dc2)
    s.cite("slow", dead(s, s.dc2, 389))
    s.address("dc1.{D}", s.dc)
    s.ping(host=s.host)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.cite("password-wrong", s.kdc(s.as_req(pre=[timestamp()]), s.error(24)))


# ---- K10: other operations ----


@field("K10", shows={"kpasswd-failed": "error"}, outcome="failed", says={"kpasswd-failed": ["complex|policy|history"]},
       never={"verdict": [NOTHING_WRONG]})
def join_stops_at_the_machine_s_password(s):
    """adcli over TCP: the new password is refused for its make (soft error), and the join ends there."""
    s.ping(host=s.host)
    changepw_ticket(s, "joiner")
    t = s.tcp(s.dc, 464)
    asked = t.ask(marked(password_change(s, 0xFF80)))
    error = s.error(60, "kadmin/changepw", data=b"\0\4Password does not meet complexity requirements")
    s.cite("kpasswd-failed", asked, t.answer(marked(password_answer(rest=error))))


@field("K10", shows={"kpasswd-failed|dc-unreachable|kdc-unanswered": "error"}, may=["slow"], outcome="failed",
       says={"path": ["464"]}, verdict=["password service|464"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def join_stops_at_a_closed_port(s):
    """Nothing is refused by anybody: 464 is not in the firewall's list, over UDP and TCP."""
    s.ping(host=s.host)
    changepw_ticket(s, "joiner")
    for wait in (1, 2, 4):
        s.cite("kpasswd-failed|dc-unreachable|kdc-unanswered", s.udp(s.dc, 464, password_change(s, 0xFF80)))
        s.wait(wait)
    s.cite("kpasswd-failed|dc-unreachable|kdc-unanswered", dead(s, s.dc, 464))


@field("K10", shows={"kpasswd-failed": "note"}, recovered=["kpasswd-failed"], may=["slow"], outcome="ok|hidden")
def change_goes_over_to_tcp(s):
    """UDP 464 is silent, TCP answers at once; what it says is sealed, and the machine goes on."""
    s.ping(host=s.host)
    changepw_ticket(s, "joiner")
    s.cite("kpasswd-failed", s.udp(s.dc, 464, password_change(s, 0xFF80)))
    s.wait(1)
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    t = s.tcp(s.dc, 464)
    t.ask(marked(password_change(s, 0xFF80)))
    t.answer(marked(password_answer(ap_rep(), private)))
    s.logon("joiner")


@field("K10", like=["kdc-unanswered", "srv-unanswered", "ping-unanswered"], outcome="ok")
def mirror_port_before_and_behind_a_nat(s):
    """Each packet twice, the second time with the address that the router gives the client."""
    outside = "198.18." + ".".join(s.client.split(".")[2:])
    inside = s.client
    s.addresses.add(outside)

    def translated(packet):
        for field_name in ("src", "dst"):
            if getattr(packet, field_name) == inside:
                setattr(packet, field_name, outside)
        del packet.chksum
        if UDP in packet:
            del packet[UDP].chksum
        if TCP in packet:
            del packet[TCP].chksum
        return packet

    s.c.copies, s.c.copy_change = 2, translated
    good_start(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))
    s.c.copies, s.c.copy_change = 1, lambda packet: packet


@field("K10", shows={"ldap-not-bound": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def forgets_its_bind_again_and_again(s):
    """A pool of connections: refused, bound and good, then a new connection and refused once more."""
    good_start(s)
    conn = s.ldap()
    op = search(s.config.removeprefix("CN=Configuration,"), 2, equal("sAMAccountName", "bob"), ["mail"])
    s.cite("ldap-not-bound", conn.ask(op, done(1, diagnostic=NOT_BOUND))[-1])
    conn.simple()
    conn.ask(op, entry(person(s), {"mail": ["x"]}), done())
    s.wait(20)
    other = s.ldap()
    s.cite("ldap-not-bound", other.ask(op, done(1, diagnostic=NOT_BOUND))[-1])


# ---- K11: counts ----


@field("K11", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": ["{dc}", "{dc2}"]},
       never={"kdc-unanswered": [r"\b(4|6|7|8) (times|requests|attempts)"], "verdict": [NOTHING_WRONG]})
def three_times_here_and_twice_there(s):
    """One logon, the same bytes: three times to the first KDC, twice to the second."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", "dc2.{D}", port=88)
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    request = s.as_req()
    port = s.next_port()
    for server in (s.dc, s.dc2, s.dc, s.dc2, s.dc):
        s.cite("kdc-unanswered", s.udp(server, 88, request, cport=port))
        s.wait(2)


@field("K11", shows={"clock-skew": "error"}, outcome="failed",
       says={"clock-skew": [r"2 days?\D{1,8}3 h|2 d\D{0,3}3 h|51 h"]},
       never={"clock-skew": ["20(0|1|3|4)[0-9]-", r"19[0-9]{2}-", r"18[0-9]{4} s"]})
def kdc_of_mit_two_days_ahead(s):
    """What stands for the client's time in its error is the nonce, and no time at all."""
    ahead = 2 * DAY + 3 * HOUR
    s.kdc(s.as_req("sim", pre=FROM_MIT, etypes=MIT_ETYPES),
          s.error(25, text="NEEDED_PREAUTH", stime=s.c.time + ahead, ctime=1234567890 * 10**9,
                  data=padata((19, etype_info2()), (2, b""))))
    for _ in range(2):
        s.cite("clock-skew", s.kdc(
            s.as_req("sim", pre=[timestamp()], etypes=MIT_ETYPES),
            s.error(37, text="PREAUTH_FAILED", stime=s.c.time + ahead, ctime=2012345678 * 10**9)))
        s.wait(2)


@field("K11", like=["dc-unreachable", "kdc-unanswered", "ldap-unanswered"], outcome="ok|hidden")
def lossy_radio_link(s):
    """A SYN, a ping and a KDC's answer are lost once each, and come at the second try."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(silent=True)
    s.wait(0.6)
    s.ping(host=s.host)
    request = s.as_req()
    port = s.next_port()
    s.udp(s.dc, 88, request, cport=port)
    s.wait(1)
    s.udp(s.dc, 88, request, s.error(25, data=padata((19, etype_info2()), (2, b""))), cport=port)
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    start = t.seq["c"]
    t.open("cS")
    t.seq["c"] = start
    s.wait(1)
    t.open("cS", "sSA", "cA")
    conn = Ldap(s, t)
    conn.simple()
    conn.rootdse()


@field("K11", shows={"no-common-etype": "error"}, says={"no-common-etype": [r"dc2\.{D}|{dc2}"]}, outcome="failed",
       never={"no-common-etype": [r"(?<!\d){dc}(?!\d)[^\n]{0,60}(answered|refused)", r"dc1\.{D}[^\n]{0,60}(answered|refused)",
                                  r"\b3 (requests|times)"]})
def patched_controller_refuses_and_the_other_one_serves_somebody_else(s):
    """Two refusals, both of dc2 and both for alice; dc1 serves bob. Two is the number, and dc2 the name."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", "dc2.{D}", port=88)
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    for _ in range(2):
        s.cite("no-common-etype", s.kdc(s.as_req("alice", etypes=(23,)), s.error(14), server=s.dc2))
        s.wait(1)
    s.logon("bob", server=s.dc)


# ---- K12: stories ----


@field("K12", shows={"password-wrong": "error"}, outcome="failed", verdict=[r"\A[^\n]*(12|accounts|names)"],
       never={"path": [r"(?s)(error password-wrong:.*){2}"], "verdict": [NOTHING_WRONG]})
def password_tried_for_twelve_accounts_slowly(s):
    """Half a minute apart, alternately at two controllers: no burst, and no account fails twice."""
    for n in range(12):
        name, server = f"staff{n:02}", (s.dc, s.dc2)[n % 2]
        s.kdc(s.as_req(name), s.error(25), server=server)
        s.cite("password-wrong", s.kdc(s.as_req(name, pre=[timestamp()]), s.error(24), server=server)[-1])
        s.wait(30)


@field("K12", shows={"client-unknown": "error", "password-wrong": "error|note|warn"}, outcome="failed",
       may=["preauth-abandoned"], never={"path": [r"(?s)(error client-unknown:.*){2}"], "verdict": [NOTHING_WRONG]})
def names_of_a_list_and_one_that_exists(s):
    """Fifteen names nobody has, one that has a password: a list is tried, and it is told once."""
    for n in range(15):
        s.cite("client-unknown", s.kdc(s.as_req(f"name{n:02}"), s.error(6))[-1])
        s.wait(0.2)
    s.kdc(s.as_req("root"), s.error(25))
    s.cite("password-wrong", s.kdc(s.as_req("root", pre=[timestamp()]), s.error(24))[-1])


@field("K12", shows={"account-unknown-to-dc": "note"}, recovered=["account-unknown-to-dc"], outcome="ok|hidden",
       like=["client-unknown", "password-wrong", "ldap-not-bound"])
def join_from_the_first_packet_to_the_last(s):
    """The controller knows no such machine, for it is being made: a few packets later it logs on."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_host="NEW9", more=machine("NEW9"), user="NEW9$", opcode=25)
    logon(s, "joiner")
    granted(s, s.ldap_spn)
    conn = bound(s)
    conn.sealed(3)
    changepw_ticket(s, "joiner")
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(ap_rep(), private))
    logon(s, "NEW9$")
    granted(s, s.ldap_spn)


@field("K12", shows={"account-unusable": "error"}, may=["password-wrong"], outcome="failed",
       says={"account-unusable": ["lock"]}, verdict=[r"\A[^\n]*lock"], never={"verdict": [NOTHING_WRONG]})
def locked_unlocked_and_locked_again(s):
    """Somebody unlocks the account while the old password is still stored: it takes a minute."""
    def wrong():
        s.kdc(s.as_req("carla"), s.error(25))
        s.kdc(s.as_req("carla", pre=[timestamp()]), s.error(24))
        s.wait(1)

    def locked():
        return s.kdc(s.as_req("carla"), s.error(18, data=error_data(LOCKED)))

    for _ in range(3):
        wrong()
    s.cite("account-unusable", locked())
    s.wait(120)
    s.logon("carla")
    s.wait(5)
    for _ in range(3):
        wrong()
    s.cite("account-unusable", locked())
