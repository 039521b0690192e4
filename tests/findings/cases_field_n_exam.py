# SPDX-License-Identifier: GPL-2.0-or-later
"""A second round of outages and healthy days, written after the first one was judged: suffixes that are no domains, other
ways to the same end, time that is lost inside of a logon, and many refusals with one cause.
"""
import base64

from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import bytes_of, granted, logon, machine, shown, signed_in, tgs, timed
from cases_field_b_time import dead, good_start
from cases_field_c import FROM_MIT
from cases_field_d import asked_for_proof, wrong
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import bound, people
from cases_field_g_web import BAD_WEB, REDIRECTED
from cases_field_h_healthy import HEALTHY, LOUD, found_person
from cases_field_k_krb import MIT_ETYPES, SECOND, linux, needed
from cases_field_k_ldap import CALM, NOTHING_WRONG, QUIET, TOO_LITTLE, leave, ntlm_bind
from cases_field_k_net import BAD_DC
from cases_field_k_web import found_without_directory
from cases_ldap import CREDENTIALS, NOT_BOUND, SIGNING
from cases_web import BASIC, SETTINGS, XML, connect, directory, ex, get, opened, post, pox
from field import field
from net import ntlm_as
from tls import certificate_der
from web import DATA, alert, hello_of_client, record

DC = "_ldap._tcp.dc._msdcs.{D}"
SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NXDOMAIN, SERVFAIL = 3, 2
SELECTIVE = 0xC0000413
WELL = r"went well"


# ---- K4: suffixes that are no domains ----


@field("K4", may=["srv-not-found"], like=["srv-msdcs-missing", "flat-domain-name"], outcome="ok|hidden", never=CALM)
def machine_s_own_suffix_is_no_domain(s):
    """A disjoint namespace: the machine is pc1.floor2-D, its domain is D. Some program looks for controllers of floor2-D."""
    own = "floor2-" + s.domain
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, more=[*machine("PC1"), equal("DnsHostName", "pc1." + own)], user="PC1$")
    logon(s, "PC1$")
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()
    for name in ("_ldap._tcp.HQ._sites.dc._msdcs." + own, "_ldap._tcp.dc._msdcs." + own):
        s.srv(name, rcode=NXDOMAIN)


@field("K4", may=["srv-not-found"], like=["srv-resolver-failed", "srv-msdcs-missing"],
       never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def desktop_asks_for_the_router_s_suffix(s):
    """A Linux desktop at home, in no domain: an installer looks whether the suffix that DHCP gave, fritz.box, is one."""
    router = "192.168.178.1"
    for name in ("_ldap._tcp.fritz.box", "_kerberos._udp.FRITZ.BOX", "_kerberos._tcp.FRITZ.BOX"):
        s.srv(name, rcode=NXDOMAIN, server=router)
    s.wait(30)


# ---- K5: other ways to the same end, and none ----


@field("K5", shows={"password-wrong": "note"}, recovered=["password-wrong"], outcome="ok|hidden", like=["pkinit-failed"], never=CALM)
def password_is_mistyped_and_then_the_card_is_taken(s):
    """alice mistypes twice, remembers her card, and is in by it."""
    good_start(s)
    for _ in range(2):
        s.cite("password-wrong", wrong(s, "alice")[-1:])
        s.wait(4)
    s.who, s.at_hand = "alice", (s.tgt, s.realm)
    s.kdc(s.as_req("alice", pre=[(16, seq(tlv(0x80, bytes(900))))]), s.as_rep("alice", cipher=bytes_of(s, s.tgt)), tcp=True)
    granted(s, s.ldap_spn)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok", never=CALM)
def upn_is_refused_and_the_short_name_is_let_in(s):
    """The application tries svc-erp@D, whose suffix is another in the directory (52e), and then CORP\\svc-erp by NTLM."""
    good_start(s)
    conn = s.ldap()
    s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=f"svc-erp@{s.domain}")[-1])
    leave(conn)
    conn = s.ldap()
    ntlm_bind(conn, "svc-erp")
    conn.ask(people(s), found_person(s), done())
    leave(conn)


@field("K5", shows={"ldap-signing-required": "warn|note"}, recovered=["ldap-signing-required?"], outcome="ok|hidden", never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def catalog_over_tls_serves_after_signing_was_wanted(s):
    """The simple bind at 3268 is refused for want of protection; the same program then takes 3269, and its data goes to and fro."""
    good_start(s)
    conn = s.ldap(port=3268)
    s.cite("ldap-signing-required", conn.simple(8, SIGNING, name=f"svc-app@{s.domain}")[-1])
    leave(conn)
    t = s.tcp(s.dc, 3269)
    t.ask(client_hello(s.host))
    t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    for n in range(4):
        t.ask(tls_data(n))
        t.answer(tls_data(n + 9))
    t.close()


@field("K5", shows={"srv-not-found": "error"}, may=["srv-unanswered", "slow"], recovered=["srv-unanswered?"], outcome="failed",
       says={"srv-not-found": ["{dns2}"]}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def first_server_is_silent_and_the_second_denies(s):
    """The office's server is off; the second in the list is the provider's, which knows no such domain."""
    for _ in range(3):
        s.srv(DC, silent=True)
        s.wait(2)
        s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, server=s.dns2))
        s.wait(10)
    s.wait(30)


# ---- K6: who answers, and what with ----


@field("K6", shows={"tls-failed": "error|warn"}, outcome="failed", causes={"tls-failed": ["cipher|suite|algorithm"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "tls-failed": ["does not trust"]})
def appliance_offers_old_suites_alone(s):
    """LDAPS: the server's answer to the hello is a fatal handshake_failure (40), each time, before any certificate."""
    good_start(s)
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        t.ask(record(22, hello_of_client(s.host), 0x0301))
        s.cite("tls-failed", t.answer(alert(2, 40)))
        t.close()
        s.wait(10)


@field("K6", shows={"service-key-mismatch": "error"}, outcome="failed", may=["proxy-refused"], says={"service-key-mismatch": ["proxy1"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def proxy_cannot_open_the_ticket(s):
    """Squid's keytab is of last year: the KDC gives a ticket for it, and the proxy says 407 with KRB_AP_ERR_MODIFIED inside."""
    signed_in(s).sealed()
    spn = "HTTP/proxy1." + s.domain
    s.address("proxy1." + s.domain, s.web2)
    granted(s, spn)
    host = "autodiscover." + s.domain
    for _ in range(2):
        t = s.tcp(s.web2, 3128)
        connect(t, host, status=407, more=["Proxy-Authenticate: Negotiate"])
        error = base64.b64encode(nego_resp(gss(ERROR_ID, s.error(41, spn)))).decode()
        token = base64.b64encode(shown(s, spn)).decode()
        s.cite("service-key-mismatch",
               connect(t, host, f"Proxy-Authorization: Negotiate {token}", status=407, more=[f"Proxy-Authenticate: Negotiate {error}"]))
        t.close()
        s.wait(3)
    s.wait(20)


@field("K6", shows={"http-error": "error"}, outcome="failed", says={"http-error": ["502"]},
       causes={"http-error": ["balancer|reverse proxy|behind it|gateway"]}, never={"verdict": [NOTHING_WRONG]})
def balancer_has_no_server_left(s):
    """nginx in front of Exchange: 502 Bad Gateway to each question, at once, with a page of its own."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    for _ in range(3):
        s.cite("http-error", post(s, t, host, BASIC, status=502, answer=b"<html><h1>502 Bad Gateway</h1><hr>nginx</html>", more=["Server: nginx"]))
        s.wait(5)
    s.wait(20)


# ---- K9: time inside of a logon ----


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": ["{web}", r"\b(30|3\d) s"]}, like=["http-unauthorized", "ntlm-fallback"],
       never={"verdict": [NOTHING_WRONG]})
def proof_of_ntlm_takes_fifteen_seconds(s):
    """The challenge is there at once; the answer to the proof comes when the mail server has asked its controller, which has
    a queue (MaxConcurrentApi). Twice, and then the settings."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.https(s.web, host)
        challenge = base64.b64encode(ntlm(2)).decode()
        body = pox(s)
        first, third = (base64.b64encode(x).decode() for x in (ntlm(1), ntlm_as("alice", "CORP")))
        t.ask(http_post(host, XML, b"", f"Authorization: NTLM {first}"))
        t.answer(http_reply(401, b"", f"WWW-Authenticate: NTLM {challenge}"))
        asked = t.ask(http_post(host, XML, body, "Content-Type: text/xml", f"Authorization: NTLM {third}"))
        s.wait(15)
        s.cite("slow", asked, t.answer(http_reply(200, SETTINGS, "Content-Type: text/xml")))
        t.connection.close()
        s.wait(1)


@field("K9", shows={"slow": "warn"}, outcome="ok", says={"slow": ["{dc}"]}, like=["ldap-unanswered"], never={"verdict": [NOTHING_WRONG]})
def each_bind_by_ntlm_takes_six_seconds(s):
    """The same queue at a controller of the trusting domain: challenge at once, result after six seconds, three times."""
    good_start(s)
    for _ in range(3):
        conn = s.ldap()
        conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)), bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
        ident = conn._next()
        asked = conn.t.ask(ldap(ident, bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("guest7", "PARTNER"), 1, None))))
        s.wait(6)
        s.cite("slow", asked, conn.t.answer(ldap(ident, bind_response())))
        conn.ask(people(s), found_person(s), done())
        leave(conn)


@field("K9", shows={"slow": "warn"}, may=["dns-tcp-blocked"], recovered=["dns-tcp-blocked?"], outcome="ok|hidden", says={"slow": ["{dns}"]},
       never={"verdict": [NOTHING_WRONG, "failed -"]})
def whole_answer_is_waited_for_in_vain_and_had_elsewhere(s):
    """Cut answer, ten seconds of silence on TCP 53, and the second server's answer has room for all; twice."""
    for name in (DC, "_kerberos._tcp.dc._msdcs.{D}"):
        s.srv(name, cut=True)
        s.cite("slow", s.syn(s.dns, 53, times=2))
        s.wait(7)
        s.srv(name, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    s.logon()


@field("K11", shows={"slow": "warn"}, outcome="ok|hidden", may=["dc-unreachable", "endpoint-unreachable"],
       recovered=["dc-unreachable?", "endpoint-unreachable?"], lost=(16.5, 19.5), says={"slow": ["18 s"]}, never={"verdict": [NOTHING_WRONG]})
def nine_seconds_here_and_nine_there(s):
    """dc2 is off, and so is the first mail server: three SYNs each, nine seconds each, and the next one is good."""
    s.srv("_ldap._tcp.{D}", "dc2.{D}", "dc1.{D}")
    s.address("dc2.{D}", s.dc2)
    s.address(s.host, s.dc)
    s.cite("slow", s.syn(s.dc2, 389, times=3))
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1), url_entry(s, 2))
    s.address(ex(s, 1), s.web)
    s.cite("slow", s.syn(s.web, 443, times=3))
    post(s, opened(s, 2), ex(s, 2), BASIC)


# ---- K3: packets ----


@field("K3", shows={"ping-unanswered": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "ping-unanswered": ["without any reply"]},
       missing="Wireshark takes what comes from a port that nobody asked for no answer of LDAP, so that nothing reads it")
def pings_are_answered_from_another_port(s):
    """A device that translates gives the controller's answers a port of its own; the client waits for 389."""
    s.found()
    s.address(s.host, s.dc)
    for n in range(3):
        port = s.next_port()
        s.cite("ping-unanswered", s.udp(s.dc, 389, ping(s.domain, ident=n + 1), cport=port))
        s.c.udp(s.dc, 61000 + n, s.client, port, ping_reply(netlogon_ex(domain=s.domain, host=s.host), ident=n + 1))
        s.wait(3)
    s.wait(30)


@field("K3", like=[*BAD_DC, "slow"], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def router_shows_a_shorter_way(s):
    """ICMP redirect: the router forwards each packet, and says that another one is nearer. All is answered."""
    good_start(s)
    for n in range(2):
        s.ping(host=s.host, ident=n + 5)
        sent = network(s.client, s.dc) / UDP(sport=s.port, dport=389) / ping(s.domain, ident=n + 5)
        s.c.add(IP(src="192.0.2.254", dst=s.client) / ICMP(type=5, code=1, gw="192.0.2.253") / bytes(sent)[:56])
    s.logon()


@field("K3", shows={"ldap-unanswered|dc-unreachable": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def third_packet_never_arrives(s):
    """One way is broken: SYN and SYN/ACK pass, and what comes after them does not. The controller repeats its SYN/ACK, the
    client its request, until one of them gives up."""
    good_start(s)
    for _ in range(2):
        t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
        t.open("cS", "sSA")
        t._segment("c", "A")
        start = t.seq["c"]
        for pause in (1, 2, 4, 8):
            t.seq["c"] = start
            s.cite("ldap-unanswered|dc-unreachable", t.ask(ldap(1, bind("svc-app@" + s.domain, "synthetic"))))
            s.wait(pause)
            # It acknowledges the client's SYN again, and no request, which never came.
            t.seq["c"], t.seq["s"] = start, t.seq["s"] - 1
            t._segment("s", "SA")
            t.seq["s"] += 1
        t.reset("s")
    s.wait(30)


# ---- K12: one cause ----


@field("K12", shows={"ldap-not-bound": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*(error|warn) ).*){5}"]})
def scanner_reads_without_a_name_at_three_controllers(s):
    """An inventory tool: an anonymous bind and six searches at each of three controllers, all refused."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}", "dc2.{D}", "dc3.{D}")
    for host, address in (("dc1.{D}", s.dc), ("dc2.{D}", s.dc2), ("dc3.{D}", s.dc3)):
        s.address(host, address)
    for server in (s.dc, s.dc2, s.dc3):
        conn = s.ldap(server)
        conn.anonymous()
        conn.rootdse()
        for n in range(6):
            s.cite("ldap-not-bound", conn.ask(people(s, f"user{n}"), done(1, diagnostic=NOT_BOUND)))
        leave(conn)
    s.wait(20)


@field("K12", shows={"kdc-integrity-failed": "error"}, outcome="failed", first={"kdc-integrity-failed": "trust"}, says={"kdc-integrity-failed": ["PARTNER"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*error kdc-integrity-failed).*){3}"]})
def trust_is_broken_for_six_services(s):
    """The trust's password is out of step: whatever a user wants over there, the partner's KDC cannot read the referral."""
    partner = ("partner" + s.domain).upper()
    signed_in(s).sealed()
    s.srv("_kerberos._tcp.dc._msdcs." + partner.lower(), "dc2." + partner.lower(), port=88)
    s.address("dc2." + partner.lower(), s.dc2)
    for n in range(6):
        spn = f"cifs/nas{n}." + partner.lower()
        s.at_hand = (s.tgt, s.realm)
        granted(s, spn, gives="krbtgt/" + partner)
        s.cite("kdc-integrity-failed", s.kdc(tgs(s, spn, partner), s.error(31, spn, realm=partner), server=s.dc2))
        s.wait(2)
    s.wait(10)


@field("K12", shows={"policy-refused": "error"}, outcome="failed", says={"policy-refused": ["trust"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*error policy-refused).*){3}"]})
def six_servers_of_a_selective_trust(s):
    """Selective authentication, and a user who was put on none of the partner's six servers."""
    partner = ("partner" + s.domain).upper()
    signed_in(s).sealed()
    s.address("dc2." + partner.lower(), s.dc2)
    granted(s, "cifs/srv0." + partner.lower(), gives="krbtgt/" + partner)
    for n in range(6):
        spn = f"cifs/srv{n}." + partner.lower()
        s.cite("policy-refused", s.kdc(tgs(s, spn, partner), s.error(12, spn, realm=partner, data=error_data(SELECTIVE)), server=s.dc2))
        s.wait(2)
    s.wait(10)


@field("K12", shows={"no-common-etype": "error"}, outcome="failed", first={"no-common-etype": "offers no AES"},
       never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*error no-common-etype).*){3}"]})
def eight_services_after_rc4_was_switched_off(s):
    """An application server of ten years ago: its TGT is of before, and each ticket it asks for by RC4 alone is refused."""
    s.address(s.host, s.dc)
    s.who, s.at_hand = "svc-old", (s.tgt, s.realm)
    for n in range(8):
        spn = f"HTTP/app{n}." + s.domain
        s.cite("no-common-etype", s.kdc(tgs(s, spn, etypes=(23,)), s.error(14, spn)))
        s.wait(3)
    s.wait(10)


@field("K12", shows={"srv-target-unresolvable": "warn|note"}, outcome="ok|hidden", never={"path": [r"(?s)((?m:^\s*(error|warn|note) srv-target-unresolvable).*){3}"]})
def records_of_six_removed_controllers(s):
    """A data centre was closed: the locator's list still has its six controllers, none of which has an address any more."""
    s.srv(DC, *[f"old{n}.{{D}}" for n in range(6)], "dc1.{D}")
    for n in range(6):
        s.cite("srv-target-unresolvable", s.address(f"old{n}.{{D}}", rcode=NXDOMAIN))
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


# ---- K7: commands for those who ask ----


@field("K7", shows={"kdc-unanswered": "error"}, outcome="failed", checks={"kdc-unanswered": ["kinit|kvno|nc |KRB5_TRACE|klist"]},
       never={"verdict": [NOTHING_WRONG], "kdc-unanswered": ["Test-NetConnection", "nltest"]})
def kdc_of_a_linux_host_is_silent(s):
    """MIT's handwriting all over it: types, elements, names in capitals. It has no PowerShell."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.srv("_kerberos-master._udp." + s.realm, rcode=NXDOMAIN)
    s.address(s.host, s.dc)
    for _ in range(4):
        s.cite("kdc-unanswered", s.kdc(s.as_req("NODE9$", pre=FROM_MIT, etypes=MIT_ETYPES)))
        s.wait(5)
    s.cite("kdc-unanswered", s.syn(s.dc, 88, times=3))
    s.wait(40)


@field("K7", shows={"srv-not-found": "error"}, outcome="failed", checks={"srv-not-found": ["dig |host |nslookup|realm "]},
       never={"verdict": [NOTHING_WRONG], "srv-not-found": ["ipconfig", "nltest /dsgetdc"]})
def linux_host_does_not_find_the_other_realm(s):
    """A Linux server logs on in its own realm; for the partner's, its resolver has nothing, not even after the referral."""
    linux(s)
    partner = ("partner" + s.domain).upper()
    granted(s, "nfs/nas." + partner.lower(), gives="krbtgt/" + partner)
    for _ in range(2):
        for name in ("_kerberos._udp.", "_kerberos._tcp."):
            s.cite("srv-not-found", s.srv(name + partner, rcode=NXDOMAIN))
        s.wait(10)
    s.wait(20)


# ---- K8, K2 ----


@field("K8", outcome="ok|hidden", like=["redirect-not-followed", "redirect-loop", "http-error", "tls-failed"], may=["endpoint-unreachable"],
       never=CALM)
def redirect_has_a_question_behind_it(s):
    """A hoster's plain GET is answered by 301 to https://.../autodiscover.xml?src=a; the client posts there, and has its settings."""
    host = found_without_directory(s)
    s.syn(s.web, 443, "refused")
    other = f"ad.{s.short}-hoster.example"
    get(s, s.tcp(s.web, 80), host, status=301, more=[f"Location: https://{other}{XML}?src=a"])
    s.address(other, s.web2)
    post(s, s.https(s.web2, other), other, BASIC, uri=XML + "?src=a")


@field("K2", shows={SPN: "warn|note|error"}, outcome="failed|ok|hidden", never={"verdict": [NOTHING_WRONG, WELL]})
def ticket_by_address_is_refused_and_other_servers_go_on(s):
    """\\\\10.x.x.21 by a scanner's job: 7 twice, and the scanner gives up. That the same machine gets tickets for dc1 and for
    the print server makes nothing of it good."""
    signed_in(s, "MFP3$").sealed()
    for _ in range(2):
        s.cite(SPN, s.kdc(tgs(s, "cifs/" + s.web2), s.error(7, "cifs/" + s.web2)))
        s.wait(3)
        granted(s, "cifs/print1." + s.domain)
    s.wait(30)
