# SPDX-License-Identifier: GPL-2.0-or-later
"""Outages as administrators send them, and healthy days that look like them.

What each case states is what an expert says of these packets, whatever the product makes of them.
Each kind of wrong judgement has a plain fault, the fault without what usually betrays it, and what
only looks like it.
"""
import tls
from build import *  # noqa: F403
from cases import URL_GUID, url_entry, variants
from cases_ldap import CHANNEL, CREDENTIALS, SIGNING
from cases_web import CHALLENGE, directory, ex, get, hidden_talk, opened, post
from field import field
from smb import smb2_setup, smb2_setup_reply

DC = "_ldap._tcp.dc._msdcs.{D}"
SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
FLAGS, KDC_FLAG, CLOSEST, WRITABLE, RODC = 0x1F3FD, 0x20, 0x80, 0x100, 0x800
NOT_SUPPORTED = 0xC00000BB


def timed(*more):
    return [timestamp(), *more]


def machine(name):
    """The elements of a ping by which a member asks for its own account."""
    return [equal("User", name + "$"), equal("AAC", b"\x80\0\0\0")]


# Tickets have bytes of their own, as real ones have: the same bytes are the same ticket.


def bytes_of(s, spn):
    """Of the client's ticket for this service."""
    return f"{spn} for {who(s)} of {s.realm}".encode()


def who(s):
    return getattr(s, "who", "alice")


def tgs(s, spn, realm=None, **more):
    """A request that shows the ticket-granting ticket the client got last."""
    name, issuer = getattr(s, "at_hand", (s.tgt, s.realm))
    more.setdefault("cipher", bytes_of(s, name))
    return tgs_req(spn, name, realm=realm or s.realm, nonce=s._new(), tgt_realm=issuer, **more)


def logon(s, name, server=None, tcp=False):
    """An ordinary logon; the tickets after it are this account's."""
    s.who, s.at_hand = name, (s.tgt, s.realm)
    s.kdc(s.as_req(name), s.error(25, data=padata((19, etype_info2()), (2, b""))), server=server, tcp=tcp)
    answer = s.as_rep(name, cipher=bytes_of(s, s.tgt))
    return s.kdc(s.as_req(name, pre=timed()), answer, server=server, tcp=tcp)


def granted(s, spn, realm=None, gives=None, **more):
    """gives: another ticket than the one asked for, such as a referral."""
    realm, gives = realm or s.realm, gives or spn
    frames = s.kdc(tgs(s, spn, realm),
                   s.tgs_rep(gives, cname=who(s), realm=realm, cipher=bytes_of(s, gives)), **more)
    if gives.startswith("krbtgt/"):
        s.at_hand = (gives, realm)
    return frames


def refused(s, code, spn, times=1, tcp=False, **more):
    frames = []
    for _ in range(times):
        frames += s.kdc(tgs(s, spn), s.error(code, spn, **more), tcp=tcp)
        s.wait(1)
    return frames


def shown(s, spn):
    """The client shows its ticket: a token of SPNEGO."""
    return nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=bytes_of(s, spn))))


def bound(s):
    """A connection to the controller, opened with a ticket."""
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    return conn


def signed_in(s, cname="alice"):
    """The locator, a ping, the logon, and a bind with a ticket, as on a good day."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    logon(s, cname)
    granted(s, s.ldap_spn)
    conn = bound(s)
    return conn


def accepted_by_smb(s, server, spn):
    """A file server takes the ticket."""
    t = s.tcp(server, 445)
    token = shown(s, spn)
    return [t.ask(smb2_setup(token)), t.answer(smb2_setup_reply(nego_resp(gss(AP_REP_ID, ap_rep()))))]


def lost(conn, n):
    """Bytes of the server that the capture does not have."""
    conn.t.seq["s"] += n


def reset(conn, end="s"):
    conn.t.reset(end)
    return len(conn.t.capture.frames)


# ---- K1: the first line denies what the steps show ----


@field("K1", shows={SPN: "warn"}, verdict=["warning", "nas07"], never={"verdict": [NOTHING_WRONG]})
def file_server_unknown_after_a_good_start(s):
    """The directory is found and opened; what the user wanted is refused, and nothing follows."""
    s.named("ops.fabrikam.example", "fdc02")
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, "cifs/nas07." + s.domain, times=2))


@field("K1", shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"],
       verdict=["636|refused|unreachable|{host}|{dc}"], never={"verdict": [NOTHING_WRONG]})
def java_tries_ldaps_first(s):
    """It works, in clear text; that the port for TLS refuses is what its owner has to read."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    s.ping()
    s.cite("dc-unreachable", s.syn(s.dc, 636, "refused"))
    conn = s.ldap()
    conn.simple(name="cn=svc-wiki,ou=apps")
    conn.rootdse()


@field("K1", shows={"ldap-channel-binding-required": "error"}, outcome="failed",
       verdict=["channel binding"], never={"verdict": ["invalidCredentials", "password"]})
def catalog_over_tls_wants_channel_binding(s):
    """An appliance with NTLM, at the global catalog's port for TLS."""
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address("dc1.{D}", s.dc)
    t = s.https(s.dc, s.host, port=3269)
    t.ask(ldap(1, bind_sasl("GSS-SPNEGO", nego_init(ntlm(1)))))
    t.answer(ldap(1, bind_response(14, credentials=nego_resp(ntlm(2), 1))))
    t.ask(ldap(2, bind_sasl("GSS-SPNEGO", nego_resp(ntlm(3), 1))))
    s.cite("ldap-channel-binding-required", t.answer(ldap(2, bind_response(49, CHANNEL))))


@field("K1", shows={"ldap-signing-required": "error"}, may=["endpoint-unresolvable", "endpoint-unreachable"],
       outcome="failed", verdict=[r"\A.{0,160}?(sign|integrity)"], never={"verdict": ["password"]})
def signing_refused_and_mail_looked_for_in_dns(s):
    """Without the directory nothing is left but names in DNS: their faults are consequences."""
    s.named("corp.tailspin.example")
    s.found()
    s.ping(host=s.host)
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name="TAILSPIN\\bob"))
    s.address("autodiscover.{D}", rcode=3)
    s.address("{D}", s.web)
    s.syn(s.web, 443, "refused")
    s.srv("_autodiscover._tcp.{D}", rcode=3)


@field("K1", verdict=[NOTHING_WRONG], outcome="ok")
def good_morning(s):
    """Every error in it is part of the protocol: NODATA, 25, 52, 14 of SASL, the first 401."""
    s.named("eu.wingtip.example", "wdc11")
    s.srv(SITE, "wdc11.{D}")
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_host="PC-0815")
    logon(s, "PC-0815$")
    s.kdc(tgs(s, s.ldap_spn), s.error(52, s.ldap_spn))
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.rootdse()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.scp(url_entry(s, 1))
    spn = "HTTP/" + ex(s, 1)
    t = opened(s)
    get(s, t, ex(s, 1), status=401, more=CHALLENGE)
    granted(s, spn)
    token = shown(s, spn)
    post(s, t, ex(s, 1), negotiate(token),
         more=[negotiate(nego_resp(gss(AP_REP_ID, ap_rep())), "WWW-Authenticate")])


@field("K1", shows={"preauth-abandoned": "warn"}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE]},
       verdict=["svc-scan"])
def copier_stops_after_25(s):
    """It has no key for its account any more: three times it begins, and never goes on."""
    s.named("print.fabrikam.example")
    for _ in range(3):
        last = s.kdc(s.as_req("svc-scan"), s.error(25, data=padata((19, etype_info2()))))
        s.wait(30)
    s.cite("preauth-abandoned", last)


@field("K1", shows={"client-site-undefined": "warn"}, verdict=["warning", "site"],
       never={"verdict": [NOTHING_WRONG]})
def branch_without_subnet_and_sealed(s):
    """The only thing that can be seen is the warning: it comes first."""
    s.named("branch.adatum.example", "rodc3")
    s.found()
    s.address(s.host, s.dc)
    s.cite("client-site-undefined", s.ping(
        host=s.host, client_host="KIOSK4", client_site="", next_site="", dc_site="Datacenter",
        more=machine("KIOSK4"), user="KIOSK4$", flags=FLAGS & ~CLOSEST & ~WRITABLE | RODC))
    logon(s, "KIOSK4$")
    granted(s, s.ldap_spn)
    conn = bound(s)
    conn.sealed()


@field("K1", never={"verdict": [NOTHING_WRONG, "failed"]}, outcome="ok",
       verdict=["unanswered|not answer|no (answer|reply)|silent|slow|wait|lost|{dc}"])
def first_kdc_of_two_is_silent(s):
    """One second lost and no harm done, but the silence stands in the steps."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", "dc2.{D}", port=88)
    s.kdc(s.as_req("nfs-admin"), server=s.dc)
    s.wait(1)
    logon(s, "nfs-admin", server=s.dc2)
    granted(s, "nfs/filer2." + s.domain, server=s.dc2)


# ---- K2: what is benign because the client goes on ----


@field("K2", shows={SPN: "warn|error"}, first={SPN: "address"}, never={"verdict": [NOTHING_WRONG]})
def scanner_sends_to_an_address(s):
    """Scan to folder, with the file server's address typed in; it has no NTLM to fall back to."""
    s.named("scan.contoso-works.example")
    s.found()
    s.ping(host=s.host)
    logon(s, "svc-mfp")
    s.cite(SPN, refused(s, 7, "cifs/" + s.web, times=2))


@field("K2",
       shows={SPN: "warn|error"}, first={SPN: "address"}, never={"verdict": [NOTHING_WRONG]})
def mac_connects_to_an_address_of_ipv6(s):
    s.named("studio.contoso-works.example").over_ipv6()
    logon(s, "ines", tcp=True)
    s.cite(SPN, refused(s, 7, "cifs/" + s.web, tcp=True, times=2))


@field("K2")
def address_first_and_then_the_name(s):
    """Explorer with the address gives nothing; with the name the same server lets the user in."""
    logon(s, "ines")
    refused(s, 7, "cifs/" + s.web)
    s.address("nas1.{D}", s.web)
    granted(s, "cifs/nas1." + s.domain)
    accepted_by_smb(s, s.web, "cifs/nas1." + s.domain)


@field("K2", outcome="ok")
def no_shortcut_to_a_sister_realm(s):
    """MIT tries the direct way, which is not there, and goes by the parent."""
    s.named("eu.litware.example")
    parent, sister = "LITWARE.EXAMPLE", "ASIA.LITWARE.EXAMPLE"
    spn = "host/build7.asia.litware.example"
    logon(s, "ci")
    refused(s, 7, "krbtgt/" + sister, text="SERVER_NOT_FOUND")
    granted(s, "krbtgt/" + parent)
    granted(s, "krbtgt/" + sister, parent, server=s.dc2)
    granted(s, spn, sister, server=s.dc3)


@field("K2", shows={SPN: "warn|error"}, never={"verdict": [NOTHING_WRONG]})
def no_trust_to_the_partner_s_realm(s):
    """The same answer, and that is where it ends: there is no way to that realm."""
    s.named("us.litware.example")
    logon(s, "ci")
    for server in (s.dc, s.dc2):
        s.cite(SPN, s.kdc(tgs(s, "krbtgt/PARTNER-LITWARE.EXAMPLE"),
                          s.error(7, "krbtgt/PARTNER-LITWARE.EXAMPLE"), server=server))


@field("K2", shows={"wrong-realm": "error"}, outcome="failed",
       says={"wrong-realm": ["no request in any other realm"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def mail_address_typed_for_the_logon_name(s):
    """kinit -E over TCP; the KDC names a realm, and the client has no way to it."""
    s.named("ad.proseware.example")
    for _ in range(2):
        s.cite("wrong-realm", s.kdc(
            s.as_req("jo@proseware-mail.example", cname_kind=10, etypes=(18, 17, 20, 19, 16, 23)),
            s.error(68, crealm="PROSEWARE-MAIL.EXAMPLE"), tcp=True))
        s.wait(4)


@field("K2", shows={"wrong-realm": "error"},
       says={"wrong-realm": ["no request in any other realm"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "path": [r"Domain old-adventure\.example"]})
def old_realm_in_krb5_conf(s):
    """The company was renamed, the file was not. No realm in the answer but the one asked for."""
    s.named("adventure.example")
    old = "OLD-ADVENTURE.EXAMPLE"
    for server in (s.dc, s.dc2):
        s.cite("wrong-realm", s.kdc(s.as_req("hadoop", sname="krbtgt/" + old, realm=old),
                                    s.error(68, "krbtgt/" + old, realm=old), server=server))


@field("K2", like=["wrong-realm", "client-unknown"], outcome="ok")
def enterprise_name_and_the_other_forest(s):
    """As it should be: the KDC names the realm, the client finds and asks it."""
    s.named("emea.woodgrove.example")
    other = "RES-WOODGROVE.EXAMPLE"
    s.kdc(s.as_req("kim@woodgrove-bank.example", cname_kind=10), s.error(68, crealm=other))
    s.srv("_kerberos._tcp." + other, "dc1." + other.lower(), port=88)
    s.address("dc1." + other.lower(), s.dc2)
    more = {"realm": other, "sname": "krbtgt/" + other}
    s.kdc(s.as_req("kim@woodgrove-bank.example", cname_kind=10, **more),
          s.error(25, "krbtgt/" + other, realm=other), server=s.dc2, tcp=True)
    s.kdc(s.as_req("kim@woodgrove-bank.example", cname_kind=10, pre=timed(), **more),
          s.as_rep("kim", cipher=b"TGT of kim", **more), server=s.dc2, tcp=True)


@field("K2", shows={"clock-skew": "error"}, like=["preauth-abandoned"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def proof_refused_with_25(s):
    """A KDC twelve minutes ahead asks for what it has just been given."""
    s.named("lab.northwind.example")
    ahead = 720 * 10**9
    s.kdc(s.as_req("PC77$"), s.error(25, stime=s.c.time + ahead))
    for _ in range(2):
        s.cite("clock-skew", s.kdc(s.as_req("PC77$", pre=timed()), s.error(25, stime=s.c.time + ahead)))
        s.wait(2)


@field("K2", like=["clock-skew", "preauth-abandoned", "password-wrong"], outcome="ok")
def mit_announces_itself_and_the_sniffer_s_clock_is_off(s):
    """Preauthentication data of MIT that prove nothing, so that 25 is the ordinary answer."""
    s.named("hpc.northwind.example")
    for _ in range(2):
        s.kdc(s.as_req("sim", pre=[(149, b""), (150, b"")], etypes=(18, 17, 20, 19, 16, 23)),
              s.error(25, text="NEEDED_PREAUTH", stime=s.c.time - 5400 * 10**9,
                      data=padata((136, b""), (19, etype_info2()), (2, b""), (133, b"MIT"))))
        s.kdc(s.as_req("sim", pre=timed((149, b"")), etypes=(18, 17, 20, 19, 16, 23)),
              s.as_rep("sim", cipher=bytes_of(s, s.tgt)))
        s.wait(60)


@field("K2", like=["ldap-unanswered", "ldap-bind-failed"], alone=True)
def client_leaves_after_the_challenge(s):
    """A monitoring probe without a password: it takes the challenge, says goodbye and goes."""
    conn = s.ldap()
    conn.rootdse()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.t.ask(ldap(9, unbind()))
    conn.t.close()
    s.wait(60).hears_something()


@field("K2", shows={SPN: "warn|error"}, never={"verdict": [NOTHING_WRONG]})
def sql_server_by_its_short_name(s):
    """"Cannot generate SSPI context": the program does not go on with anything."""
    s.named("data.contoso-works.example")
    logon(s, "svc-report")
    s.cite(SPN, refused(s, 7, "MSSQLSvc/sql07:1433", times=2))


@field("K2", outcome="ok")
def sql_server_by_short_and_full_name(s):
    s.named("bi.contoso-works.example")
    logon(s, "svc-cube")
    refused(s, 7, "MSSQLSvc/cube3:1433")
    granted(s, f"MSSQLSvc/cube3.{s.domain}:1433")


@field("K2")
def namespace_of_files_by_the_domain_s_name(s):
    """\\\\domain\\dfs: nobody has an SPN for the domain; the controller behind it has one."""
    s.named("files.adatum.example")
    s.found()
    s.ping(host=s.host)
    logon(s, "ute")
    refused(s, 7, "cifs/" + s.domain)
    granted(s, "cifs/" + s.host)
    accepted_by_smb(s, s.dc, "cifs/" + s.host)


# ---- K3: absence only after looking at the bytes ----


def large_answer(s, n=12):
    return [url_entry(s, i, "HQ") for i in range(1, n)]


@field("K3", like=["ldap-unanswered", "scp-none", "scp-read-failed"], outcome="ok|hidden|incomplete",
       never={"verdict": ["failed"], "path": [r"\bunanswered\b"]})
def first_segment_of_an_answer_missing(s):
    """The sniffer was too slow; the rest of the answer is there."""
    conn = s.ldap()
    conn.simple()
    conn.scp(answered=False)
    answer = b"".join(ldap(conn.id, e) for e in large_answer(s)) + ldap(conn.id, done())
    lost(conn, 1400)
    conn.t.answer(answer[1400:])


@field("K3", like=["kdc-unanswered", "krb-tcp-blocked"], never={"verdict": ["failed"]})
def first_segment_of_a_ticket_missing(s):
    """A user in two hundred groups: the ticket takes three segments over TCP."""
    logon(s, "boss")
    t = s.tcp(s.dc, 88)
    t.ask(marked(tgs(s, s.http)))
    answer = marked(s.tgs_rep(s.http, cname="boss", cipher=bytes(range(256)) * 14))
    t.seq["s"] += 1400
    t.answer(answer[1400:])
    t.close()


@field("K3", like=["ldap-unanswered"], never={"verdict": ["failed"]})
def directory_browser_closed_while_searching(s):
    """The user closes the window: goodbye and FIN follow the question at once."""
    conn = s.ldap()
    conn.simple(name="cn=helpdesk")
    conn.rootdse()
    conn.scp(answered=False)
    conn.t.ask(ldap(99, unbind()))
    conn.t._segment("c", "FA")
    conn.t.seq["c"] += 1
    conn.t._segment("s", "RA")


@field("K3",
       shows={"srv-unanswered": "error"}, says={"srv-unanswered": ["closed|port unreachable"]},
       never={"any": ["without any reply"], "srv-unanswered": [r"\bsilen", "drops"]}, outcome="failed")
def resolver_without_a_service(s):
    """The server is up and has no DNS service any more: it says so itself."""
    s.named("site9.adatum.example")
    for _ in range(2):
        asked = s.srv(DC, silent=True)
        s.cite("srv-unanswered", asked)
        s.c.add(port_unreachable(Ether(s.c.frames[asked[0] - 1][1])[IP]))
        s.wait(2)


@field("K3",
       shows={"ping-unanswered": "error"}, says={"ping-unanswered": ["closed|port unreachable"]},
       never={"any": ["without any reply"]}, outcome="failed")
def controller_demoted_ipv6(s):
    """The record survived the controller; the machine answers with ICMP of version 6."""
    s.named("site8.adatum.example", "old-dc4").over_ipv6()
    s.srv(DC, "old-dc4.{D}")
    s.address(s.host, s.dc)
    for _ in range(3):
        asked = s.ping(silent=True)
        s.cite("ping-unanswered", asked)
        s.c.add(unreachable(Ether(s.c.frames[asked[0] - 1][1])[IPv6], 4, s.dc))
        s.wait(1)


@field("K3",
       shows={"kdc-unanswered": "error"}, says={"kdc-unanswered": ["unreachable|no route"]},
       never={"any": ["without any reply"]}, outcome="failed")
def router_knows_no_way_to_the_kdc(s):
    """The tunnel to the head office is down: the branch's router says host unreachable."""
    s.named("branch5.adatum.example")
    for server in (s.dc, s.dc2):
        asked = s.kdc(s.as_req("till-3$"), server=server)
        s.cite("kdc-unanswered", asked)
        s.c.add(unreachable(Ether(s.c.frames[asked[0] - 1][1])[IP], 1))
        s.wait(3)


def large_ticket(s):
    return s.as_rep("anna", cipher=s.domain.encode() + bytes(range(256)) * 10)


@field("K3",
       shows={"kdc-unanswered": "error"}, says={"kdc-unanswered": ["fragment"]},
       never={"any": ["without any reply", "(drops?|blocks?) (UDP )?port 88"]})
def second_half_of_every_ticket_is_lost(s):
    """Small answers come; of each large one the first fragment alone, so the client asks again."""
    s.named("vpn.adatum.example")
    s.kdc(s.as_req("anna"), s.error(25))
    port = s.next_port()
    request = s.as_req("anna", pre=timed())
    s.cite("kdc-unanswered", len(s.c.frames) + 1)
    for _ in range(3):
        s.c.udp(s.client, port, s.dc, 88, request)
        s.c.fragments(s.dc, 88, s.client, port, large_ticket(s), 2)
        s.wait(5)


@field("K3", like=["kdc-unanswered"], outcome="ok")
def ticket_in_two_fragments(s):
    """The same, and both halves arrive, the second first."""
    s.named("vpn2.adatum.example")
    s.kdc(s.as_req("anna"), s.error(25))
    port = s.next_port()
    s.c.udp(s.client, port, s.dc, 88, s.as_req("anna", pre=timed()))
    first, second = s.c.fragments(s.dc, 88, s.client, port, large_ticket(s))
    frames = s.c.frames
    (t1, a), (t2, b) = frames[first - 1], frames[second - 1]
    frames[first - 1], frames[second - 1] = (t1, b), (t2, a)


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def server_acknowledges_and_says_nothing(s):
    """A database that hangs: TCP is alive, earlier answers came, this one never does."""
    s.ping()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.cite("ldap-unanswered", conn.scp(answered=False))
    conn.t._segment("s", "A")
    s.wait(45)
    conn.t._segment("s", "A")
    s.wait(45)
    conn.t.close()


@field("K3",
       shows={"ldap-unanswered": "error"}, says={"ldap-unanswered": ["reset|clos"]}, outcome="failed",
       never={"any": ["without any reply"]})
def server_resets_instead_of_an_answer(s):
    """A load balancer before the directory cuts each bind."""
    s.named("lb.adatum.example")
    s.found()
    for _ in range(2):
        conn = s.ldap()
        s.cite("ldap-unanswered", conn.ask(bind("cn=svc-vpn", "synthetic")))
        reset(conn)
        s.wait(2)


# ---- K4: flat names, domains, hosts ----

FLAT = "flat-domain-name"


@field("K4", shows={FLAT: "warn"}, like=["srv-not-found"], outcome="failed|incomplete",
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def flat_name_in_the_vpn_profile(s):
    """The profile says TAILSPIN where tailspin.example is meant; at home the router adds its suffix."""
    for _ in range(2):
        s.cite(FLAT, s.srv("_ldap._tcp.dc._msdcs.TAILSPIN", rcode=3))
        s.srv("_ldap._tcp.dc._msdcs.TAILSPIN.router.example", rcode=3)
        s.wait(10)


@field("K4", shows={FLAT: "warn"}, like=["srv-not-found"], may=["srv-resolver-failed"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def flat_name_with_a_suffix_and_servfail(s):
    """It was never asked bare. That it is a NetBIOS name, the broadcasts for <1C> say."""
    for _ in range(3):
        s.srv("_ldap._tcp.dc._msdcs.WOODGROVE.guest.example", rcode=2)
        s.c.udp(s.client, 137, s.client.rsplit(".", 1)[0] + ".255", 137, nbns_query("WOODGROVE"))
        s.wait(1)


@field("K4", shows={"srv-not-found": "note"}, like=[FLAT])
def workgroup_looks_for_its_activation(s):
    """A machine in no domain, in a company with a key management service."""
    s.srv("_ldap._tcp.dc._msdcs.WORKGROUP", rcode=3)
    s.srv("_ldap._tcp.dc._msdcs.WORKGROUP.shop.example", rcode=3)
    s.udp(s.dns, 53, dns(900, "_vlmcs._tcp.shop.example"),
          dns_reply(900, "_vlmcs._tcp.shop.example", [srv_rr(QUESTION, "kms.shop.example", 1688)]))
    s.address("kms.shop.example", s.web)


@field("K4", like=["srv-not-found"], domain="{D}")
def netbios_name_under_a_strange_suffix(s):
    """The domain's NetBIOS name is not its first label, and is told only later."""
    s.named("ad.adventure-works.example")
    s.srv("_ldap._tcp.dc._msdcs.ADVW.dhcp.example", rcode=3)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.ADVW.dhcp.example", rcode=3)
    s.found()
    s.ping(host=s.host, client_host="PC5", netbios="ADVW")
    logon(s, "PC5$")


@field("K4", like=["dc-not-serving", "ping-unanswered", "preauth-abandoned"], domain="{D}", outcome="ok")
def domain_called_by_its_netbios_name(s):
    """A ping and a realm with the short name first: one domain, which works."""
    s.named("corp.school.example")
    s.found()
    s.ping(domain="SCHOOL", value=b"")
    s.ping(domain="SCHOOL", silent=True, server=s.dc2)
    s.ping(host=s.host, netbios="SCHOOL")
    s.kdc(s.as_req("pupil", sname="krbtgt/SCHOOL", realm="SCHOOL"), s.error(25))
    s.who = "pupil"
    s.kdc(s.as_req("pupil", pre=timed()), s.as_rep("pupil", cipher=bytes_of(s, s.tgt)))
    granted(s, s.ldap_spn)


@variants("granted", "asked", "address", "rootdse", "sni", "alias", "zone")(
    field("K4", may=["spn-not-found-or-duplicate"],
          like=["srv-not-found"], domain="{D}"))
def locator_asked_for_a_host(s, how):
    """Some program takes the host's name for a domain's; what shows that it is a host comes later."""
    s.found()
    s.ping()
    logon(s, "svc-backup")
    name = "app12." + s.domain
    s.srv("_ldap._tcp.dc._msdcs." + name, rcode=3)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs." + name, rcode=3)
    s.wait(1)
    if how == "granted":
        granted(s, f"MSSQLSvc/{name}:1433")
    elif how == "asked":
        refused(s, 7, f"MSSQLSvc/{name}:1433")
        granted(s, f"MSSQLSvc/db.{s.domain}:1433")
    elif how == "address":
        s.address(name, s.web)
    elif how == "rootdse":
        s.ldap(s.web).ask(search("", 0, None, ["dnsHostName"]), entry("", {"dnsHostName": [name]}), done())
    elif how == "sni":
        hidden_talk(s, s.web, name)
    elif how == "alias":
        s.udp(s.dns, 53, dns(901, "wiki." + s.domain, A), dns_reply(
            901, "wiki." + s.domain, [rr(QUESTION, CNAME, dns_name(name)), address_rr(name, s.web)], kind=A))
    else:
        soa = soa_rr(s.domain, name)
        s.udp(s.dns, 53, dns(902, "gone." + s.domain, A),
              dns_reply(902, "gone." + s.domain, rcode=3, authority=[soa], kind=A))


@field("K4", shows={"srv-not-found": "note"}, domain="{D}", outcome="ok")
def mac_asks_its_search_domain(s):
    """opendirectoryd asks whatever suffix DHCP gave it, here of an hotel; the Mac's domain works."""
    s.named("ad.studio-litware.example")
    s.srv("_ldap._tcp.wifi.hotel.example", rcode=3)
    s.srv("_kerberos._tcp.wifi.hotel.example", rcode=3)
    s.srv("_kerberos._udp.wifi.hotel.example", rcode=3)
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.ping(host=s.host, client_host="MAC-17", netbios="STUDIO")
    logon(s, "mac-17$")


@field("K4", shows={"srv-not-found": "note"}, never={"srv-not-found": ["public"]})
def university_with_addresses_of_its_own(s):
    """Its resolver has a global address and answers for the domain: the child's records are missing."""
    s.named("uni.example").over_ipv6()
    resolver = "2001:db8:53::53"
    s.found(server=resolver)
    s.ping(host=s.host)
    for name in ("_ldap._tcp.dc._msdcs.physics.{D}", "_ldap._tcp.physics.{D}"):
        s.cite("srv-not-found", s.srv(name, rcode=3, server=resolver))


@field("K4", like=["client-site-undefined", "account-unknown-to-dc", "dc-other-site"], domain="{D}")
def partner_s_forest_pinged_first(s):
    """The other forest knows neither the subnet nor the machine, and need not."""
    s.named("corp.humongous.example")
    other = "partner-humongous.example"
    s.srv("_ldap._tcp.dc._msdcs." + other, "dc1." + other)
    s.ping(domain=other, server=s.dc2, client_host="WS9", value=netlogon_ex(
        domain=other, host="dc1." + other, client_site="", next_site="", dc_site="FAR",
        flags=FLAGS & ~CLOSEST, netbios="PARTNER"))
    s.found()
    s.ping(host=s.host, more=machine("WS9"), user="WS9$", client_host="WS9", netbios="HUMONGOUS")
    logon(s, "WS9$")
    granted(s, s.ldap_spn)


@field("K4", shows={"srv-resolver-failed": "error"}, domain="{D}")
def controller_forwards_and_the_forwarder_fails(s):
    """The capture is of the controller: what it asks upstream is no discovery of its own."""
    s.named("hub.humongous.example")
    s.others = {s.dc}
    s.found(server=s.dc)
    s.ping(host=s.host, client_host="WS10")
    logon(s, "WS10$")
    name = "_ldap._tcp.dc._msdcs.merger-humongous.example"
    for n in range(2):
        port = s.next_port()
        s.cite("srv-resolver-failed", s.c.udp(s.client, port, s.dc, 53, dns(910 + n, name)))
        s.c.udp(s.dc, 50000 + n, "203.0.113.53", 53, dns(920 + n, name, flags=0x0110))
        s.c.udp("203.0.113.53", 53, s.dc, 50000 + n, dns_reply(920 + n, name, rcode=2))
        s.cite("srv-resolver-failed", s.c.udp(s.dc, 53, s.client, port, dns_reply(910 + n, name, rcode=2)))
        s.wait(1)


# ---- K5: what counts as success, and whose ----


@field("K5", shows={"dc-unreachable|kdc-unanswered": "error"}, outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
def referral_to_a_kdc_behind_a_firewall(s):
    """The own realm grants a referral; TCP 88 of the other realm is silent."""
    s.named("eu.lucerne.example")
    other = "US.LUCERNE.EXAMPLE"
    logon(s, "greta")
    granted(s, "cifs/fs1.us.lucerne.example", gives="krbtgt/" + other)
    s.srv("_kerberos._tcp.dc._msdcs." + other, "usdc1." + other.lower(), port=88)
    s.address("usdc1." + other.lower(), s.dc2)
    s.cite("dc-unreachable|kdc-unanswered", s.syn(s.dc2, 88, times=3))


@field("K5", shows={SPN: "warn|error"}, never={"verdict": [NOTHING_WRONG]})
def unknown_in_the_realm_referred_to_twice(s):
    """Referral, 7, the same referral, 7: the second referral made nothing good."""
    s.named("eu.margie.example")
    other, spn = "MARGIE-PARTNER.EXAMPLE", "HTTP/portal.margie-partner.example"
    logon(s, "greta")
    for _ in range(2):
        s.at_hand = (s.tgt, s.realm)
        granted(s, spn, gives="krbtgt/" + other)
        s.cite(SPN, s.kdc(tgs(s, spn, other), s.error(7, spn, realm=other), server=s.dc2))
        s.wait(5)


@field("K5", shows={"password-wrong": "error"}, outcome="failed", never={"any": ["recovered"]})
def another_user_of_the_terminal_server_logs_on(s):
    s.named("rds.alpine.example")
    for _ in range(2):
        s.cite("password-wrong", s.kdc(s.as_req("hanna", pre=timed()), s.error(24)))
        s.wait(8)
    logon(s, "otto")
    granted(s, "TERMSRV/rds1." + s.domain)


@field("K5", shows={"service-key-mismatch": "error"}, outcome="failed")
def the_other_web_farm_takes_its_ticket(s):
    """Two farms behind one load balancer: the ticket of one says nothing about the other's key."""
    s.named("web.alpine.example")
    logon(s, "otto")

    def asks(host, server, status, answer):
        spn = "HTTP/" + host
        granted(s, spn)
        t = s.tcp(server, 80)
        token = shown(s, spn)
        return [t.ask(http_get(host, "/", negotiate(token))),
                t.answer(http_reply(status, b"", negotiate(answer, "WWW-Authenticate")))]

    intranet = "intranet." + s.domain
    wrong = nego_resp(gss(ERROR_ID, s.error(41, "HTTP/" + intranet)), 2)
    s.cite("service-key-mismatch", asks(intranet, s.web, 401, wrong))
    asks("time." + s.domain, s.web2, 200, nego_resp(gss(AP_REP_ID, ap_rep())))


@field("K5", shows={"ldap-bind-failed": "error"}, outcome="failed")
def password_replaced_while_a_service_runs(s):
    """Wrong, right, wrong again: two instances, one of which has the old password. Not made good."""
    name = "cn=svc-crm,ou=apps"
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("52e"), name=name))
    s.wait(5)
    s.ldap().simple(name=name)
    s.wait(5)
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("52e"), name=name))


@field("K7", shows={"ldap-bind-failed": "error"}, outcome="failed",
       checks={"ldap-bind-failed": ["Get-ADUser -Identity \\W?CN=svc-crm,OU=apps.*LockedOut"]},
       never={"ldap-bind-failed": ["net user", "-upn"]})
def locked_account_named_by_its_dn(s):
    """Programs bind with a DN: `net user` takes none, Get-ADUser does."""
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("775"), name="CN=svc-crm,OU=apps,DC=x"))


@field("K7", shows={"ldap-bind-failed": "error"}, outcome="failed",
       never={"ldap-bind-failed": ["net user", "Get-ADUser -Identity"]})
def expired_password_of_an_account_named_by_upn(s):
    """Neither `net user` nor -Identity finds a UPN. It may be a mailbox's, so no command shows it here."""
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("532"), name="svc-print@" + s.domain))


@field("K7", shows={"ldap-bind-failed": "error"}, outcome="failed",
       checks={"ldap-bind-failed": ["net user svc-scan /domain"]},
       never={"ldap-bind-failed": [r"net user \S*\\\\", "dsquery"]})
def disabled_account_named_with_its_domain(s):
    """CORP\\svc-scan: commands take the name alone."""
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("533"), name="CORP\\svc-scan"))


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"])
def same_account_by_another_form_of_its_name(s):
    """Refused as a DN, accepted as a UPN: one principal, and it got in."""
    s.cite("ldap-bind-failed",
           s.ldap().simple(49, CREDENTIALS.format("52e"), name="CN=svc-crm,OU=apps,DC=x"))
    s.wait(2)
    s.ldap().simple(name="svc-crm@" + s.domain)


@field("K5", shows={"scp-read-failed": "warn"}, like=["scp-none"])
def right_to_read_taken_away(s):
    """Refused, read, refused again."""
    conn = s.ldap()
    conn.simple()
    s.cite("scp-read-failed", conn.scp(code=50))
    s.wait(3)
    conn.scp(url_entry(s))
    s.wait(3)
    s.cite("scp-read-failed", conn.scp(code=50))


@field("K5", shows={"tls-failed": "warn|error"})
def one_of_two_nodes_has_no_certificate(s):
    """A load balancer before two directory servers: every second handshake ends with an alert."""
    s.named("ldaps.alpine.example")
    s.found()
    s.ping(host=s.host)

    def shaken(good):
        t = s.tcp(s.dc, 636)
        asked = t.ask(client_hello(s.host))
        if not good:
            s.cite("tls-failed", asked, t.answer(tls_alert(2, 40)))
        else:
            t.answer(server_hello() + tls_record(20, b"\1") + tls_data(1))
            t.ask(tls_record(20, b"\1") + tls_data(2))
            t.answer(tls_data(3))
        t.close()
        s.wait(2)

    for good in (False, True, False):
        shaken(good)


@field("K5", shows={"ldap-signing-required": "note|warn"}, recovered=["ldap-signing-required?"],
       outcome="ok|hidden")
def signing_required_and_starttls_taken(s):
    """The same simple bind inside TLS on the same port."""
    s.named("tls.alpine.example")
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name="cn=svc-git"))
    t = s.tcp(s.dc, 389)
    t.ask(ldap(1, app(23, tlv(0x80, b"1.3.6.1.4.1.1466.20037"))))
    t.answer(ldap(1, result(24, 0)))
    secured = tls.Session(t, s.c.keylog, host=s.host, names=[s.host])
    secured.ask(ldap(2, bind("cn=svc-git", "synthetic")))
    secured.answer(ldap(2, bind_response()))


@field("K5",
       shows={SPN: "warn"}, recovered=[SPN + "?"], says={SPN: ["NTLM"]}, outcome="ok|hidden")
def exchange_without_a_shared_account(s):
    """The default: no SPN for the name, and the client is served all the same, unseen in TLS."""
    s.named("mail.alpine.example")
    logon(s, "otto")
    directory(s, url_entry(s, 1))
    s.cite(SPN, refused(s, 7, "HTTP/" + ex(s, 1)))
    s.address(ex(s, 1), s.web)
    hidden_talk(s, s.web, ex(s, 1))


@field("K5", outcome="ok|hidden")
def controller_forgets_its_flag_and_serves(s):
    """It does not say that it is a KDC, and gives out tickets, over TCP."""
    s.named("nas.alpine.example")
    s.found()
    s.ping(host=s.host, client_host="NAS3", flags=FLAGS & ~KDC_FLAG)
    logon(s, "NAS3$", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    bound(s)


def proxied(s, service, user, target, status):
    """S4U2Self, then S4U2Proxy: the service shows the user's ticket and is refused one for the target."""
    s.kdc(tgs(s, service, pre=[for_user(user, s.realm)]),
          s.tgs_rep(service, cname=user, cipher=bytes_of(s, service)), tcp=True)
    asked = tgs(s, target, pre=[(167, seq(ctx(0, tlv(0x03, b"\0\x10\0\0\0"))))],
                options=USUAL | CNAME_IN_ADDL_TKT,
                tickets=[ticket(service, s.realm, cipher=bytes_of(s, service))])
    return s.kdc(asked, s.error(13, target, data=error_data(status)), tcp=True)


@field("K5", outcome="ok|hidden|incomplete")
def machine_delegates_to_itself(s):
    """Windows tries it for its own services again and again, and does without."""
    s.named("ts.alpine.example")
    s.found()
    s.ping(host=s.host, client_host="TS4")
    logon(s, "TS4$")
    granted(s, s.ldap_spn)
    proxied(s, "TS4$", "otto", "host/ts4." + s.domain, NOT_SUPPORTED)
    conn = bound(s)
    conn.rootdse()


@field("K5", shows={"delegation-refused|krb-error": "error"}, says={"delegation-refused|krb-error": ["renew"]},
       never={"any": ["msDS-Allowed", "constrained delegation"]})
def ticket_that_cannot_be_renewed(s):
    """A batch job on Linux runs longer than its ticket lives; it is no matter of delegation."""
    s.named("hpc.alpine.example")
    for _ in range(2):
        asked = tgs(s, s.tgt, options=RENEW | RENEWABLE, etypes=(18, 17, 20, 19, 16, 23))
        answer = s.error(13, text="TICKET NOT RENEWABLE", cname="sim")
        s.cite("delegation-refused|krb-error", s.kdc(asked, answer))
        s.wait(60)


@field("K5", shows={"endpoint-unreachable": "error"}, outcome=["ok", "failed"])
def good_at_nine_and_refused_at_ten(s):
    """What is broken at ten o'clock was not broken at nine."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1))
    s.wait(3600)
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))


@field("K5", outcome="ok")
def user_to_user(s):
    """The target runs as a user: 27, and then a ticket under the user's own key and another name."""
    s.named("dev.alpine.example")
    logon(s, "otto")
    spn = "HTTP/desk7." + s.domain
    s.kdc(tgs(s, spn), s.error(27, spn))
    s.kdc(tgs(s, "hanna", options=USUAL | ENC_TKT_IN_SKEY, tickets=[ticket(s.tgt, s.realm, cipher=b"hanna's")]),
          s.tgs_rep("hanna", cname="otto", cipher=b"otto to hanna"))


@variants(25, 6)(field("K5",
                       outcome="ok", like=["client-unknown", "preauth-abandoned", "pkinit-failed"]))
def anonymous_armor_refused(s, code):
    """sssd looks for an anonymous ticket to armour FAST with; Active Directory has none."""
    s.kdc(s.as_req(["WELLKNOWN", "ANONYMOUS"], cname_kind=11, pre=[(16, b"synthetic")],
                   options=USUAL | REQUEST_ANONYMOUS), s.error(code))
    logon(s, "otto")


# ---- K6: causes that the capture refutes, advice that does not fit ----


@field("K6",
       shows={"ping-unanswered": "error"}, may=["dc-unreachable"], outcome="failed",
       never={"ping-unanswered": ["UDP[^.;]{0,40}(filter|drop|block)", "(filter|drop|block)[^.;]{0,40}UDP",
                                  "but not UDP"]})
def nothing_of_the_controller_answers(s):
    """TCP is as silent as UDP: it is not UDP that is filtered."""
    s.named("dmz.treyres.example")
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("ping-unanswered", s.ping(silent=True))
        s.wait(1)
    s.syn(s.dc, 389, times=3)
    s.syn(s.dc, 445, times=2)


@field("K6", shows={"endpoint-unreachable": "error"}, says={"endpoint-unreachable": ["8443"]},
       checks={"endpoint-unreachable": ["8443"]}, never={"endpoint-unreachable": [r"\b443\b"]})
def published_on_another_port(s):
    """The administrator published the service on 8443."""
    dn = f"CN=EX1,CN=Autodiscover,CN=Protocols,{s.config}"
    url = f"https://{s.mail}:8443/Autodiscover/Autodiscover.xml"
    directory(s, entry(dn, {"serviceBindingInformation": [url], "keywords": [URL_GUID, "Site=HQ"]}))
    s.address(s.mail, s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 8443, times=3))


@field("K6", shows={"tls-failed": "warn|error"}, checks={"tls-failed": [":3269"]},
       never={"tls-failed": [":443", "accept the certificate"]})
def catalog_without_a_certificate(s):
    """The catalog's TLS port listens, and the server hangs up as soon as it should show who it is."""
    s.named("forest.treyres.example")
    s.found()
    s.ping(host=s.host)
    for _ in range(2):
        t = s.tcp(s.dc, 3269)
        s.cite("tls-failed", t.ask(client_hello(s.host)))
        t._segment("s", "FA")
        s.wait(1)


@field("K6", shows={"password-wrong": "error"}, never={"any": ["Get-ADUser -Identity"]},
       checks={"password-wrong": [
           "Get-ADComputer|Get-ADObject|sAMAccountName|servicePrincipalName|klist -k|kvno|ktutil"]})
def keytab_of_an_nfs_server_is_old(s):
    """host/nfs01 is a computer; what it lacks is the key of today."""
    s.named("unix.treyres.example")
    name = ["host", "nfs01." + s.domain]
    s.kdc(s.as_req(name, etypes=(18, 17, 20, 19, 16, 23)), s.error(25))
    s.cite("password-wrong", s.kdc(s.as_req(name, pre=timed(), etypes=(18, 17, 20, 19, 16, 23)), s.error(24)))


@field("K6", shows={"account-unusable": "error"}, says={"account-unusable": ["disabled"]},
       never={"account-unusable": ["Get-ADUser -Identity"]})
def disabled_account_by_its_upn(s):
    """An enterprise name finds nothing as an identity."""
    s.named("ad.treyres.example")
    s.cite("account-unusable", s.kdc(s.as_req("eva@treyres-mail.example", cname_kind=10, pre=timed()),
                                     s.error(18, data=error_data(0xC0000072)), tcp=True))


MIT_ETYPES = (18, 17, 20, 19, 16, 23, 25, 26)


def mit_logon(s, name):
    s.who, s.at_hand = name, (s.tgt, s.realm)
    needed = s.error(25, text="NEEDED_PREAUTH", cname=name,
                     data=padata((136, b""), (19, etype_info2()), (2, b""), (133, b"MIT")))
    s.kdc(s.as_req(name, pre=[(149, b"")], etypes=MIT_ETYPES), needed)
    s.kdc(s.as_req(name, pre=timed((149, b"")), etypes=MIT_ETYPES), s.as_rep(name, cipher=bytes_of(s, s.tgt)))


@field("K6", shows={SPN: "warn|error"}, never={SPN: ["setspn", "Get-AD", "repadmin"]},
       checks={SPN: ["kadmin|kvno|klist|getprinc"]})
def mit_kdc_knows_no_such_server(s):
    """Not an Active Directory: its error has MIT's own text."""
    s.named("cluster.vanarsdel.example")
    mit_logon(s, "sim")
    spn = "nfs/filer9." + s.domain
    for _ in range(2):
        asked = tgs(s, spn, etypes=MIT_ETYPES, options=FORWARDABLE | RENEWABLE)
        s.cite(SPN, s.kdc(asked, s.error(7, spn, text="SERVER_NOT_FOUND", cname="sim")))


@field("K6", shows={"account-unusable": "error"}, says={"account-unusable": ["lock"]},
       never={"account-unusable": ["Get-AD", "Unlock-AD", "net user"]},
       checks={"account-unusable": ["kadmin|getprinc"]})
def mit_kdc_locks_a_principal(s):
    """Its text says what Windows says with a status."""
    s.named("grid.vanarsdel.example")
    s.cite("account-unusable", s.kdc(s.as_req("sim", pre=timed((149, b"")), etypes=MIT_ETYPES),
                                     s.error(18, text="LOCKED_OUT", cname="sim")))


@field("K6", shows={"krb-error|account-unusable": "error"}, says={"krb-error|account-unusable": ["expire"]},
       never={"krb-error|account-unusable": ["Get-ADUser"]})
def principal_of_a_service_has_expired(s):
    """Code 2 is the service's account, not the user's."""
    s.named("db.vanarsdel.example")
    mit_logon(s, "sim")
    spn = "postgres/pg2." + s.domain
    s.cite("krb-error|account-unusable",
           s.kdc(tgs(s, spn, etypes=MIT_ETYPES), s.error(2, spn, text="SERVICE EXPIRED", cname="sim")))


@field("K6", shows={"no-common-etype": "error"}, first={"no-common-etype": "RC4|AES"},
       supported={"no-common-etype": ["RC4|AES"]})
def old_java_offers_rc4_alone(s):
    """permitted_enctypes = rc4-hmac, in a file of ten years ago."""
    s.named("legacy.vanarsdel.example")
    for _ in range(2):
        s.cite("no-common-etype", s.kdc(s.as_req("svc-erp", etypes=(23, 3, 1)), s.error(14), tcp=True))
        s.wait(1)


@field("K6", shows={"no-common-etype": "error"}, says={"no-common-etype": ["trust"]},
       never={"no-common-etype": ["Get-ADUser", "Get-ADComputer", "Set-ADUser", "Set-ADAccountPassword"]})
def trust_without_aes(s):
    """A ticket to another realm is under the trust's key: no user and no computer is to be changed."""
    s.named("corp.vanarsdel.example")
    logon(s, "lena")
    for server in (s.dc, s.dc2):
        asked = tgs(s, "krbtgt/VANARSDEL-ASIA.EXAMPLE", etypes=(18, 17))
        s.cite("no-common-etype",
               s.kdc(asked, s.error(14, "krbtgt/VANARSDEL-ASIA.EXAMPLE"), server=server))


@field("K6",
       shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"], may=["slow"],
       says={"dc-unreachable": ["{dc2}"]},
       never={"dc-unreachable": ["host is (down|off)", "switched off", "does not run"]})
def backup_network_in_dns(s):
    """The controller registers the address of its backup network, too, which nobody can reach."""
    s.named("two.vanarsdel.example")
    s.found()
    s.ping(host=s.host)
    s.address(s.host, s.dc2, s.dc)
    s.cite("dc-unreachable", s.syn(s.dc2, 389, times=2))
    s.wait(3)
    conn = bound(s)
    conn.rootdse()


@variants(400, 431)(field("K6", shows={"http-error": "error"},
                          says={"http-error": ["token", "group|MaxTokenSize|size|large|big|long"]}))
def ticket_too_large_for_the_web_server(s, status):
    """A user in a thousand groups: the header with the ticket is longer than the server takes."""
    s.named(f"mail{status}.vanarsdel.example")
    directory(s, url_entry(s, 1))
    logon(s, "boss")
    spn = "HTTP/" + ex(s, 1)
    large = s.domain.encode() + bytes(range(256)) * 60
    s.kdc(tgs(s, spn), s.tgs_rep(spn, cname="boss", cipher=large), tcp=True)
    t = opened(s)
    get(s, t, ex(s, 1), status=401, more=CHALLENGE)
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=large)))
    s.cite("http-error", post(s, t, ex(s, 1), negotiate(token), status=status,
                              answer=b"<h2>Bad Request - Request Too Long</h2>"))


@field("K6", shows={"http-error": "error"},
       says={"http-error": ["password[^.]{0,40}expired|expired[^.]{0,40}password"]},
       never={"http-error": ["account[^.]{0,20}(blocked|locked)"]})
def status_457(s):
    """MS-ASHTTP: the password has expired. No server is at fault."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    s.cite("http-error", post(s, t, ex(s, 1), "Authorization: Basic c3ludGhldGlj", status=457, answer=b""))


@field("K6", shows={SPN: "warn|error"}, says={SPN: [r"sql09\.{D}:1433"]})
def instance_name_in_the_spn(s):
    """The port was registered, the instance was not: the neighbour is in the same capture."""
    s.named("sql.vanarsdel.example")
    logon(s, "svc-etl")
    granted(s, f"MSSQLSvc/sql09.{s.domain}:1433")
    s.cite(SPN, refused(s, 7, f"MSSQLSvc/sql09.{s.domain}:REPORTING", times=2))


@field("K6", shows={"delegation-refused": "error"}, checks={"delegation-refused": ["msDS-AllowedToDelegateTo"]},
       says={"delegation-refused": ["msDS-AllowedToActOnBehalfOfOtherIdentity"]},
       never={"delegation-refused": ["harmless"]})
def front_end_may_not_speak_for_the_user(s):
    """A web portal before a database: NOT_SUPPORTED to S4U2Proxy is a refusal."""
    s.named("portal.vanarsdel.example")
    logon(s, "svc-portal")
    target = f"MSSQLSvc/sql1.{s.domain}:1433"
    for _ in range(2):
        s.cite("delegation-refused", proxied(s, "svc-portal", "lena", target, NOT_SUPPORTED)[-2:])
        s.wait(1)


@field("K6",
       shows={"krb-error": "error"}, supported={"krb-error": ["read-only|RODC"]})
def ticket_of_a_read_only_controller_elsewhere(s):
    """The number of its key is above 16 bits; a writable controller takes it only for cached accounts."""
    s.named("ship.vanarsdel.example")
    for server in (s.dc, s.dc2):
        asked = tgs(s, "cifs/fs3." + s.domain, kvno=0x5F330001)
        s.cite("krb-error", s.kdc(asked, s.error(20, "cifs/fs3." + s.domain), server=server))


@field("K6",
       shows={"ping-unanswered": "note"}, recovered=["ping-unanswered"], first={"ping-unanswered": "UDP"},
       outcome="ok|hidden",
       never={"ping-unanswered": ["are down", "host is (down|off)", "no domain controllers any more"]})
def udp_alone_is_filtered(s):
    """The counterpart of the silent controller: TCP to the same host is taken at once."""
    s.named("wan.treyres.example")
    s.found()
    for _ in range(2):
        s.cite("ping-unanswered", s.ping(silent=True))
        s.wait(1)
    conn = s.ldap()
    conn.rootdse()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))


@field("K6", shows={"no-common-etype": "note"}, recovered=["no-common-etype"], outcome="ok")
def older_types_for_an_older_trust(s):
    """The client offers AES alone, is refused, and offers what the trust has."""
    s.named("emea.vanarsdel.example")
    logon(s, "lena")
    other = "krbtgt/VANARSDEL-OLD.EXAMPLE"
    s.cite("no-common-etype", s.kdc(tgs(s, other, etypes=(18, 17)), s.error(14, other)))
    s.kdc(tgs(s, other, etypes=(18, 17, 23)),
          s.tgs_rep(other, cname="lena", etype=23, cipher=bytes_of(s, other)))


@field("K6", like=["http-error", "http-unauthorized", "ntlm-fallback"], outcome="ok")
def large_ticket_and_a_server_that_takes_it(s):
    """The same ticket of fifteen kilobytes; the limits of this server were raised."""
    s.named("mail200.vanarsdel.example")
    directory(s, url_entry(s, 1))
    logon(s, "boss")
    spn = "HTTP/" + ex(s, 1)
    large = s.domain.encode() + bytes(range(256)) * 60
    s.kdc(tgs(s, spn), s.tgs_rep(spn, cname="boss", cipher=large), tcp=True)
    t = opened(s)
    get(s, t, ex(s, 1), status=401, more=CHALLENGE)
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=large)))
    post(s, t, ex(s, 1), negotiate(token),
         more=[negotiate(nego_resp(gss(AP_REP_ID, ap_rep())), "WWW-Authenticate")])
