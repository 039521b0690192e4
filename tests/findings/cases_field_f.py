# SPDX-License-Identifier: GPL-2.0-or-later
"""Five cases each of the kinds that are judged by the first line, names, commands, the web, addresses and tickets.

Of each kind real faults as administrators of other systems send them, a fault without what usually betrays it, and
a healthy day that looks like one. Protocols stand here that no other case has: updates of DNS, StartTLS with a foreign
certificate, ActiveSync, NAT64, a virtual address in front of controllers, a user's ticket across two realms.
"""
import struct

from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import MIT_ETYPES, accepted_by_smb, bytes_of, granted, logon, refused, shown, signed_in, tgs, timed
from cases_field_b_names import kerberos_header
from cases_field_b_time import START_TLS, changepw_ticket, extended, good_start, password_answer, password_change, person
from cases_field_c import FROM_MIT
from cases_field_d import again, asked_for_proof
from cases_web import connect, directory, ex, get, opened, post, soap
from field import field
from net import ldap_add
from smb import LOGON_FAILURE, smb2_setup, smb2_setup_reply
from tls import Session, certificate_der

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
HOUR = 3600 * 10**9
LOCKED = 0xC0000234
WINDOWS_ETYPES = (18, 17, 23, 24, -135)
SORT = "1.2.840.113556.1.4.473"
PTR, TKEY, TSIG = 12, 249, 250
OFFICE = "outlook.office365.com"


# ---- K1: the first line ----


@field("K1", outcome="failed|ok", may=["ldap-not-bound", "krb-error"],
       verdict=[r"\A[^\n]*(add|refuse|fail|53|unwilling|quota)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def eleventh_machine_of_one_person(s):
    """A NAS is joined by somebody who may add ten machines, and has: bound and good, and the add ends with 53."""
    good_start(s)
    conn = s.ldap()
    conn.simple(name="joiner@" + s.domain)
    conn.rootdse()
    for _ in range(2):
        conn.ask(ldap_add(person(s, "NAS11").replace("OU=Staff", "CN=Computers")),
                 result(9, 53, diagnostic="0000216D: SvcErr: DSID-031A126C, problem 5003 (WILL_NOT_PERFORM), data 0"))
        s.wait(5)


@field("K1", shows={"tls-failed": "warn|error"}, outcome="failed", verdict=[r"\A[^\n]*(certificate|TLS)"],
       never={"tls-failed": [":443", "has no certificate", "Get-ExchangeCertificate"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def sssd_trusts_nobody_after_starttls(s):
    """ldap_tls_reqcert = demand and no CA file: StartTLS is taken on 389, and the client says unknown_ca, three times."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    for _ in range(3):
        conn = s.ldap()
        extended(conn, START_TLS)
        conn.t.ask(client_hello(s.host))
        conn.t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
        s.cite("tls-failed", conn.t.ask(tls_alert(2, 48)))
        conn.t.close()
        s.wait(10)


@field("K1", outcome="failed|ok", verdict=[r"\A[^\n]*(search|12|unavailableCriticalExtension)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def address_book_wants_it_sorted(s):
    """A multifunction printer: bound, and each search with a critical control for sorting ends with 12."""
    good_start(s)
    conn = s.ldap(port=3268)
    conn.simple(name="printer@" + s.domain)
    for letter in "abc":
        ident = conn._next()
        sort = ctx(0, seq(octets(SORT), boolean(True), octets(seq(seq(octets("displayName"))))))
        conn.t.ask(ldap(ident, search("", 2, substrings("displayName", letter), ["mail"]), sort))
        conn.t.answer(ldap(ident, done(12, diagnostic="000020EF: SvcErr: DSID-03140594, problem 5010 (UNAVAIL_EXTENSION), "
                                                      "data 0")))
        s.wait(2)


def update(s, ident, code=None, signed=False):
    """A dynamic update of the client's own address, RFC 2136, or its answer."""
    own = address_rr("pc1." + s.domain, s.client)
    more = [rr(b"\0", TSIG, dns_name("gss-tsig") + bytes(26), ttl=0, klass=255)] if signed else []
    return dns(ident, s.domain, SOA, 0x2800 if code is None else 0xA800 | code, authority=[own], additional=more)


def key_exchange(s, ident, token, flags):
    """TKEY, RFC 3645: a token of GSS-API in DNS."""
    name = "1234-ms-7.1-5678." + s.host
    data = dns_name("gss-tsig") + bytes(8) + struct.pack(">HHH", 3, 0, len(token)) + token + bytes(2)
    record = rr(name, TKEY, data, ttl=0, klass=255)
    if flags & 0x8000:
        return over_tcp(dns(ident, name, TKEY, flags, answers=[record]))
    return over_tcp(dns(ident, name, TKEY, flags, additional=[record]))


@field("K1", verdict=["went well"], outcome="hidden", never={"verdict": ["but 1", "failed", "warning"]},
       like=["srv-resolver-failed", "srv-not-found", "krb-error", "ldap-unanswered"])
def client_writes_its_address_into_dns(s):
    """As Windows does each day: the update without a signature is refused (5), a key by TKEY, the signed one is taken."""
    s.dns = s.dc
    signed_in(s, "PC1$").sealed()
    s.udp(s.dc, 53, update(s, 701), update(s, 701, REFUSED))
    spn = "DNS/" + s.host
    granted(s, spn)
    t = s.tcp(s.dc, 53)
    t.ask(key_exchange(s, 702, shown(s, spn), 0))
    t.answer(key_exchange(s, 702, nego_resp(gss(AP_REP_ID, ap_rep())), 0x8000))
    t.close()
    s.udp(s.dc, 53, update(s, 703, signed=True), update(s, 703, 0, signed=True))


@field("K1", may=["service-key-mismatch", "ntlm-fallback"], outcome="failed|ok|hidden",
       verdict=[r"\A[^\n]*(cifs|fs3|{web}|SMB|ticket|session)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def samba_server_refuses_the_ticket_without_a_word(s):
    """Its keytab is of yesterday: the session ends with C000006D and no token, three times. All before it is good."""
    signed_in(s).sealed()
    spn = "cifs/fs3." + s.domain
    s.address("fs3.{D}", s.web)
    granted(s, spn)
    for _ in range(3):
        t = s.tcp(s.web, 445)
        t.ask(smb2_setup(shown(s, spn)))
        t.answer(smb2_setup_reply(b"", LOGON_FAILURE))
        t.close()
        s.wait(3)


# ---- K4: names ----


@field("K4", domain="ams.{D}", outcome="ok|hidden")
def filer_of_a_child_asks_the_root_first(s):
    """The catalog is the root's, and its controller is pinged; the machine's own realm is the child's."""
    child = "ams." + s.domain
    realm = child.upper()
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc)
    s.ping(host=s.host, client_host="NAS3", ntver=0x80000016)
    s.srv("_kerberos._tcp." + realm, "dc2." + child, port=88)
    s.address("dc2." + child, s.dc2)
    own = {"sname": "krbtgt/" + realm, "realm": realm}
    s.kdc(s.as_req("NAS3$", **own), s.error(25, own["sname"], realm=realm), server=s.dc2, tcp=True)
    tgt = b"ticket of NAS3 in " + realm.encode()
    s.kdc(s.as_req("NAS3$", pre=timed(), **own), s.as_rep("NAS3$", cipher=tgt, **own), server=s.dc2, tcp=True)
    spn = "ldap/dc2." + child
    s.kdc(tgs_req(spn, own["sname"], realm=realm, tgt_realm=realm, cipher=tgt, nonce=s._new()),
          s.tgs_rep(spn, cname="NAS3$", realm=realm, cipher=b"for the child's directory"), server=s.dc2, tcp=True)
    conn = s.ldap(s.dc2)
    token = gss(AP_REQ_ID, ap_req(spn, realm, cipher=b"for the child's directory"))
    conn.spnego(token, gss(AP_REP_ID, ap_rep()), 0, state=0)
    conn.sealed()


@field("K4", domain="{D}", outcome="ok|hidden", like=["wrong-realm", "realm-case-differs", "krb-error"])
def short_name_of_the_domain_before_the_user_s(s):
    """FABRIK\\alice at the logon: the realm of the request is the flat name, the KDC answers in its own, as asked for."""
    flat = "FABRIK" + s.domain.partition(".")[0][4:]
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host, netbios=flat)
    s.srv("_ldap._tcp.dc._msdcs." + flat, rcode=NXDOMAIN)
    typed = {"sname": "krbtgt/" + flat, "realm": flat}
    s.kdc(s.as_req("alice", **typed), s.error(25, typed["sname"], data=padata((19, etype_info2()), (2, b""))), tcp=True)
    s.kdc(s.as_req("alice", pre=timed(), **typed), s.as_rep("alice", cipher=bytes_of(s, s.tgt)), tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K4", shows={"client-unknown": "error"}, outcome="failed", says={"client-unknown": ["host/web1"]},
       causes={"client-unknown": [r"\$|userPrincipalName|UPN|account name"]},
       never={"any": ["Get-ADUser -Identity", "guest"], "verdict": [NOTHING_WRONG]})
def keytab_s_first_entry_is_no_account(s):
    """sssd takes host/web1... for its logon: Active Directory knows the machine as WEB1$ only. MIT, both controllers."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", "dc2.{D}", port=88)
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    name = ["host", "web1." + s.domain]
    for server in (s.dc, s.dc2, s.dc):
        s.cite("client-unknown", s.kdc(s.as_req(name, pre=FROM_MIT, etypes=MIT_ETYPES), s.error(6), server=server))
        s.wait(20)


@field("K4", domain="{D}", outcome="ok|hidden")
def three_hosts_taken_for_domains(s):
    """fs7 is known by a ticket that is shown and was never asked for, web9 by an alias, prt4 by its reverse name."""
    for host in ("fs7", "web9", "prt4"):
        s.srv("_ldap._tcp.dc._msdcs." + host + ".{D}", rcode=NXDOMAIN)
    signed_in(s).sealed()
    accepted_by_smb(s, s.web, "cifs/fs7." + s.domain)
    portal = "portal." + s.domain
    s.udp(s.dns, 53, dns(801, portal, A), dns_reply(801, portal, [rr(QUESTION, CNAME, dns_name("web9." + s.domain)),
                                                                   address_rr("web9." + s.domain, s.web2)], kind=A))
    turned = ".".join(reversed(s.web2.split("."))) + ".in-addr.arpa"
    s.udp(s.dns, 53, dns(802, turned, PTR), dns_reply(802, turned, [rr(QUESTION, PTR, dns_name("prt4." + s.domain))],
                                                      kind=PTR))


@field("K4", shows={"srv-resolver-failed": "error|warn"}, outcome="failed|ok|hidden", domain="{D}",
       says={"srv-resolver-failed": ["litware"]},
       never={"path": [r"(error|warn)\s+(srv-not-found|flat-domain-name)"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def forwarder_to_the_partner_is_dead(s):
    """LITWARE with each suffix of the client is nothing; the partner's whole name gets SERVFAIL: that is the fault."""
    partner = f"litware{s.domain}"
    signed_in(s).sealed()
    flat = "LITWARE" + s.domain.partition(".")[0][4:]
    for suffix in ("", ".eu." + s.domain, "." + s.domain):
        s.srv(f"_ldap._tcp.dc._msdcs.{flat}{suffix}", rcode=NXDOMAIN)
    for name in ("_ldap._tcp.HQ._sites.dc._msdcs.", "_ldap._tcp.dc._msdcs."):
        for _ in range(2):
            s.cite("srv-resolver-failed", s.srv(name + partner, rcode=SERVFAIL))
            s.wait(2)


# ---- K7: commands ----


@field("K7", shows={"clock-skew": "error"}, outcome="failed", checks={"clock-skew": ["chrony|ntp|timedatectl"]},
       never={"any": [r"w32tm /resync", r"w32tm /config", "net time .*/set", r"Get-ADUser", r"<[a-z]+>"],
              "verdict": [NOTHING_WRONG]})
def linux_node_two_hours_behind(s):
    """Nothing but its types of encryption and its elements tell the system: who runs it has no w32tm."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    for _ in range(2):
        s.kdc(s.as_req("NODE7$", pre=FROM_MIT, etypes=MIT_ETYPES),
              s.error(25, data=padata((19, etype_info2()), (2, b""))))
        s.cite("clock-skew", s.kdc(s.as_req("NODE7$", pre=timed(*FROM_MIT), etypes=MIT_ETYPES),
                                   s.error(37, stime=s.c.time + 2 * HOUR)))
        s.wait(30)


@field("K7", shows={SPN: "error"}, outcome="failed|hidden|ok", checks={SPN: [r"setspn [^\n]*-Q [\"']?ldap/dc2\.{D}/{D}"]},
       never={SPN: ["kvno", "kinit", r"<[a-z]+>", "ticket was given", r"-Q [\"']?ldap/dc2\.{D}[\"']?(\s|$)"],
              "verdict": [NOTHING_WRONG]})
def name_of_a_controller_in_three_parts(s):
    """Windows, IPv6, TCP: ldap/dc2.D/D stands in no account. The child's dc2, of the same label, is another host."""
    s.over_ipv6()
    s.found()
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host, client_host="WS12", ntver=0x20000016)
    s.who, s.at_hand = "WS12$", (s.tgt, s.realm)
    s.kdc(s.as_req("WS12$", etypes=WINDOWS_ETYPES), s.error(25, data=padata((19, etype_info2()), (2, b""))), tcp=True)
    s.kdc(s.as_req("WS12$", pre=timed(), etypes=WINDOWS_ETYPES), s.as_rep("WS12$", cipher=bytes_of(s, s.tgt)), tcp=True)
    child = f"ldap/dc2.ams.{s.domain}"
    s.kdc(tgs(s, child, etypes=WINDOWS_ETYPES), s.tgs_rep(child, cname="WS12$"), tcp=True)
    spn = f"ldap/dc2.{s.domain}/{s.domain}"
    for _ in range(2):
        s.cite(SPN, s.kdc(tgs(s, spn, etypes=WINDOWS_ETYPES), s.error(7, spn), tcp=True))
        s.wait(2)


@field("K7", shows={SPN: "warn|error"}, outcome="failed|ok|incomplete", says={SPN: [r"\$\{"]},
       never={"any": [r"(?m)^(setspn|klist|kvno|kinit|Get-AD\w+|ldapsearch|dig|nslookup|Resolve-DnsName)[^\n']*\$\{",
                      r"(?m)^(setspn|klist|kvno|Get-AD\w+)[^\n]*\"[^\"\n]*\$\{"], "verdict": [NOTHING_WRONG]})
def container_with_a_variable_nobody_filled(s):
    """HTTP/${APP_HOST}.corp...: a template went out as it was. A shell would put its own value into such a command."""
    logon(s, "svc-gitlab")
    s.cite(SPN, refused(s, 7, "HTTP/${APP_HOST}." + s.domain, times=3))


@field("K7", shows={"http-error": "error"}, outcome="failed", says={"http-error": ["503"]}, verdict=["503|office365"],
       never={"http-error": ["Get-ClientAccess", r"\bIIS\b", "application pool", "Test-ServiceHealth", "iisreset", "appcmd",
                             "event ?log of|Get-WinEvent|wevtutil"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def cloud_s_service_is_busy_all_morning(s):
    """Outlook asks Microsoft 365 first and alone; 503, 503, 503. Nobody here has a console of that server."""
    s.address(OFFICE, "192.0.2.71")
    t = s.https("192.0.2.71", OFFICE)
    for _ in range(3):
        s.cite("http-error", post(s, t, OFFICE, status=503, answer=b"Service Unavailable"))
        s.wait(20)


@field("K7", shows={"account-unusable": "error"}, outcome="failed", says={"account-unusable": [r"svc \(print\)"]},
       never={"any": [r"-Identity svc", r"sAMAccountName=svc \(print\)\)", r"net user svc", r"<[a-z]+>"],
              "verdict": [NOTHING_WRONG]})
def locked_account_with_brackets_in_its_name(s):
    """A print server's account, `svc (print)`: locked. In a filter its brackets are written \\28 and \\29."""
    good_start(s)
    for _ in range(3):
        asked_for_proof(s, "svc (print)")
        s.cite("account-unusable", s.kdc(s.as_req("svc (print)", pre=timed()), s.error(18, data=error_data(LOCKED))))
        s.wait(20)


# ---- K8: the web ----


@field("K8", shows={"proxy-refused": "warn|error"}, may=["redirect-not-followed", "endpoint-unresolvable"], outcome="failed",
       says={"proxy-refused": [r"onmicrosoft"]}, verdict=[r"\A[^\n]*proxy"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "path": ["did not follow the redirect"]})
def tenant_named_by_the_server_is_behind_the_proxy(s):
    """Hybrid, SOAP: the inner server says RedirectAddress; of the tenant's two names the proxy forbids each (403)."""
    directory(s, url_entry(s, 1))
    tenant = f"tenant{s.domain.partition('.')[0][4:]}.mail.onmicrosoft.com"
    inner = ("<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>RedirectAddress</ErrorCode>"
             f"<RedirectTarget>alice@{tenant}</RedirectTarget><UserSettingErrors/></UserResponse></UserResponses>")
    post(s, opened(s), ex(s, 1), uri="/autodiscover/autodiscover.svc", answer=soap(inner))
    for host in (tenant, "autodiscover." + tenant):
        t = s.tcp(s.web2, 8080)
        s.cite("proxy-refused", connect(t, host, status=403))
        t.close()
        s.wait(1)


@field("K8", outcome="ok", like=["http-error", "redirect-not-followed", "http-unauthorized", "endpoint-unreachable"],
       never={"verdict": ["failed"]})
def phone_is_sent_to_the_cloud_by_451(s):
    """Autodiscover answers at home; ActiveSync there says 451 and where the mailbox is, and the phone goes there."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)
    s.address(s.mail, s.web)
    eas = "/Microsoft-Server-ActiveSync"
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, "Authorization: Basic c3ludGhldGlj", uri=eas + "?Cmd=FolderSync", body=b"wbxml", status=451,
         answer=b"", more=[f"X-MS-Location: https://{OFFICE}{eas}"])
    s.address(OFFICE, "192.0.2.72")
    t = s.https("192.0.2.72", OFFICE)
    post(s, t, OFFICE, "Authorization: Bearer synthetic", uri=eas + "?Cmd=FolderSync", body=b"wbxml", answer=b"wbxml")


@field("K8", may=["slow"], outcome="ok", like=["endpoint-unreachable", "tls-name-mismatch"],
       verdict=["reset"], never={"verdict": [NOTHING_WRONG, r": failed - "], "path": [r"error\s+"]})
def one_virtual_address_has_no_certificate(s):
    """Two load balancers for one name: the first resets each greeting, the second serves. It works, each time late."""
    host = "autodiscover." + s.domain
    s.address(host, s.web, s.web2)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(host))
    t.reset("s")
    s.wait(1)
    post(s, s.https(s.web2, host), host)


@field("K8", shows={"tls-failed": "warn|error"}, outcome="failed|ok", says={"tls-failed": ["expired", "{mail}"]},
       verdict=["certificate|TLS|{mail}"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def json_names_a_host_with_an_old_certificate(s):
    """Autodiscover v2 at home, without a word of who asks: 200 and the address of EWS, whose certificate has expired."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    body = b'{"Protocol":"EWS","Url":"https://' + s.mail.encode() + b'/EWS/Exchange.asmx"}'
    get(s, s.https(s.web, host), host, uri=f"/autodiscover/autodiscover.json?Email=alice%40{s.domain}&Protocol=EWS",
        answer=body)
    s.address(s.mail, s.web2)
    for _ in range(2):
        t = s.tcp(s.web2, 443)
        t.ask(client_hello(s.mail))
        t.answer(server_hello() + tls_certificate(certificate_der(s.mail).replace(b"450101000000Z", b"231101000000Z")))
        s.cite("tls-failed", t.ask(tls_alert(2, 45)))
        t.close()
        s.wait(3)


@field("K8", verdict=[NOTHING_WRONG], outcome="ok",
       like=["proxy-refused", "ntlm-fallback", "http-unauthorized", "http-error", SPN])
def proxy_takes_a_ticket(s):
    """407, a ticket for the proxy, 200; within the tunnel the server wants a ticket as well, and takes it."""
    directory(s, url_entry(s, 1))
    logon(s, "alice")
    s.address("gate.{D}", s.web2)
    t = s.tcp(s.web2, 8080)
    connect(t, ex(s, 1), status=407, more=["Proxy-Authenticate: Negotiate"])
    spn = "HTTP/gate." + s.domain
    granted(s, spn)
    connect(t, ex(s, 1), negotiate(shown(s, spn), "Proxy-Authorization"))
    inner = Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)])
    post(s, inner, ex(s, 1), status=401, answer=b"", more=["WWW-Authenticate: Negotiate"])
    spn = "HTTP/" + ex(s, 1)
    granted(s, spn)
    post(s, inner, ex(s, 1), negotiate(shown(s, spn)),
         more=[negotiate(nego_resp(gss(AP_REP_ID, ap_rep())), "WWW-Authenticate")])


# ---- K9: addresses, equal requests, lost time ----


@field("K9", verdict=["went well"], outcome="hidden", domain="{D}",
       like=["slow", "dc-unreachable", "ping-unanswered", "srv-target-unresolvable", "wrong-host-answered"])
def telephone_network_without_ipv4(s):
    """NAT64: the controller has no AAAA of its own, the resolver makes one; all goes to 64:ff9b:: and is answered."""
    inner = s.dc
    s.over_ipv6()
    s.dc = "64:ff9b::" + inner
    s.found()
    s.address(s.host, inner)
    s.address(s.host, s.dc, kind=AAAA)
    s.ping(host=s.host)
    logon(s, "alice", tcp=True)
    granted(s, s.ldap_spn, tcp=True)
    conn = s.ldap()
    conn.gssapi(cipher=bytes_of(s, s.ldap_spn))
    conn.sealed()


@field("K9", shows={"ldap-unanswered": "error"}, outcome="failed", says={"ldap-unanswered": [r"\b(1|one|a search|search)\b"]},
       never={"ldap-unanswered": [r"\b(2|two) (searches|requests)"], "verdict": [NOTHING_WRONG]})
def one_of_two_equal_searches_is_lost(s):
    """A pool of two connections sends the same bytes on each: one is answered at once, the other is sent six times."""
    good_start(s)
    first, second = s.ldap(), s.ldap()
    for conn in (first, second):
        conn.simple(name="svc-keycloak@" + s.domain)
    op = search(s.config.removeprefix("CN=Configuration,"), 2, equal("sAMAccountName", "bob"), ["mail"])
    first.ask(op, entry(person(s), {"mail": ["x"]}), done())
    asked = ldap(second._next(), op)
    s.cite("ldap-unanswered", second.t._segment("c", "PA", asked))
    for pause in (0.3, 0.6, 1.2, 2.4, 4.8):
        s.wait(pause)
        again(second.t, "c", asked)
    s.wait(60)


@field("K9", shows={"password-wrong": "error"}, outcome="failed", says={"password-wrong": [r"\b(3|three)\b"]},
       never={"password-wrong": [r"(?<![.\d])(6|six)\b(?!\.)"], "verdict": [NOTHING_WRONG]})
def virtual_address_seen_from_both_sides(s):
    """An F5 in front of the controllers: each packet once with its address and once with the node's, half a ms later."""
    virtual, node = s.dc, s.dc3

    def translated(packet):
        if IP in packet:
            if packet.dst == virtual:
                packet.dst = node
            elif packet.src == virtual:
                packet.src = node
            del packet[IP].chksum
            if UDP in packet:
                del packet[UDP].chksum
        return packet

    s.address("kdc.{D}", s.dc)
    s.c.copies, s.c.copy_change, s.c.copy_delay = 2, translated, 500_000
    for _ in range(3):
        asked_for_proof(s, "svc-portal")
        frames = s.kdc(s.as_req("svc-portal", pre=timed()), s.error(24))
        s.cite("password-wrong", [n - 1 for n in frames])  # not their copies
        s.wait(20)
    s.c.copies, s.c.copy_change, s.c.copy_delay = 1, lambda packet: packet, 10_000


@field("K9", shows={"slow": "warn"}, says={"slow": [r"ex1|{web}", r"\b25\b"]}, outcome="ok",
       never={"verdict": [NOTHING_WRONG, "failed"]})
def mailbox_server_takes_half_a_minute(s):
    """TCP and TLS take a millisecond; the answer to the question takes 25 seconds, and is good."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    asked = t.ask(http_post(ex(s, 1), "/autodiscover/autodiscover.xml", b"<Autodiscover/>", "Content-Type: text/xml"))
    s.wait(25)
    body = (b'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/'
            b'responseschema/2006"><Response><Account><AccountType>email</AccountType><Action>settings</Action>'
            b"<Protocol><Type>EXCH</Type><Server>ex1</Server></Protocol></Account></Response></Autodiscover>")
    s.cite("slow", asked, t.answer(http_reply(200, body, "Content-Type: text/xml")))


@field("K9", verdict=[NOTHING_WRONG], outcome="ok", like=["slow", "http-error", "endpoint-unreachable"])
def phone_waits_for_mail(s):
    """ActiveSync's Ping is answered when there is mail, or after the heartbeat: eight minutes, by design."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    t = s.https(s.web, host)
    post(s, t, host)
    for pause in (470, 480):
        t.ask(http_post(host, "/Microsoft-Server-ActiveSync?User=alice&DeviceId=1&DeviceType=iPhone&Cmd=Ping", b"wbxml",
                        "Authorization: Basic c3ludGhldGlj"))
        s.wait(pause)
        t.answer(http_reply(200, b"wbxml", "Content-Type: application/vnd.ms-sync.wbxml"))


# ---- K10: tickets in other ways ----


@field("K10", outcome="ok|hidden", domain="{D}",
       like=["wrong-realm", "client-unknown", "delegation-refused", "krb-error", SPN])
def service_asks_for_a_user_of_the_other_forest(s):
    """S4U2Self across a trust: 68 says where she belongs, referral there, her KDC refers back, the own one grants."""
    partner = ("partner" + s.domain).upper()
    signed_in(s, "WEB1$").sealed()
    user = [for_user("carol@mail" + s.domain, partner)]
    s.kdc(s.as_req("carol@mail" + s.domain, cname_kind=10), s.error(68, crealm=partner))
    s.srv("_kerberos._tcp.dc._msdcs." + partner.lower(), "dc2." + partner.lower(), port=88)
    s.address("dc2." + partner.lower(), s.dc2)
    granted(s, "krbtgt/" + partner)
    back = "krbtgt/" + s.realm
    s.kdc(tgs(s, "WEB1$@" + s.realm, realm=partner, pre=user),
          s.tgs_rep(back, cname="carol", realm=partner, crealm=partner, cipher=b"the way back"), server=s.dc2)
    s.kdc(tgs_req("WEB1$", back, pre=user, realm=s.realm, tgt_realm=partner, cipher=b"the way back", nonce=s._new()),
          s.tgs_rep("WEB1$", cname="carol", crealm=partner, cipher=b"carol at WEB1"))


@field("K10", shows={"clock-skew": "error"}, may=["http-unauthorized"], outcome="failed", verdict=[r"\A[^\n]*clock"],
       says={"clock-skew": ["srv9"]}, never={"verdict": [NOTHING_WRONG]})
def managed_server_has_a_time_of_its_own(s):
    """Ansible from Linux by WinRM, scheme Kerberos: the KDC is content, the server in the DMZ says 37 each time."""
    spn = f"HTTP/srv9.{s.domain}"
    logon(s, "svc-ansible")
    granted(s, spn)
    for _ in range(2):
        t = s.tcp(s.web, 5985)
        token = gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=bytes_of(s, spn)))
        asked = t.ask(http_post(f"srv9.{s.domain}:5985", "/wsman", b"", kerberos_header(token)))
        error = gss(ERROR_ID, s.error(37, spn, stime=s.c.time + 3 * HOUR))
        s.cite("clock-skew", asked, t.answer(http_reply(401, b"", kerberos_header(error, "WWW-Authenticate"))))
        t.close()
        s.wait(5)


@field("K10", shows={"krb-error": "error"}, outcome="failed", says={"krb-error": ["26|SERVER.?NOMATCH|match"]},
       verdict=[r"\A[^\n]*(26|match)"], never={"verdict": [NOTHING_WRONG, "user-to-user tickets only"]})
def second_ticket_is_somebody_else_s(s):
    """User-to-user: 27, as it has to be; the ticket that comes with the second request is not bob's (26), twice."""
    signed_in(s).sealed()
    refused(s, 27, "bob@" + s.realm)
    for _ in range(2):
        other = ticket(s.tgt, s.realm, cipher=b"TGT of carol")
        s.cite("krb-error", s.kdc(tgs(s, "bob@" + s.realm, tickets=(other,), options=USUAL | ENC_TKT_IN_SKEY),
                                  s.error(26, "bob@" + s.realm)))
        s.wait(3)


@field("K10", may=[SPN, "krb-error", "wrong-realm"], outcome="failed|incomplete",
       never={"verdict": [NOTHING_WRONG, "went well"]})
def two_realms_refer_to_each_other(s):
    """A name suffix is claimed by both forests: each KDC gives a ticket for the other one, round and round. No error."""
    partner = ("partner" + s.domain).upper()
    signed_in(s).sealed()
    s.srv("_kerberos._tcp.dc._msdcs." + partner.lower(), "dc2." + partner.lower(), port=88)
    s.address("dc2." + partner.lower(), s.dc2)
    spn = "HTTP/wiki.shared" + s.domain
    for _ in range(3):
        granted(s, spn, gives="krbtgt/" + partner)
        granted(s, spn, partner, gives="krbtgt/" + s.realm, server=s.dc2)
    s.wait(30)


@field("K10", shows={"kpasswd-failed": "error"}, outcome="failed", says={"kpasswd-failed": ["access|right|permission|allowed"]},
       first={"kpasswd-failed": "may not"},
       never={"kpasswd-failed": [r"(?m)^[^\n]*(history|too short|complexity)"], "verdict": [NOTHING_WRONG]})
def help_desk_may_not_set_it(s):
    """A help desk tool on Linux sets somebody else's password, by TCP: result 5, access denied; another user, the same."""
    good_start(s)
    changepw_ticket(s, "helpdesk2")
    for _ in range(2):
        t = s.tcp(s.dc, 464)
        asked = t.ask(marked(password_change(s, 0xFF80)))
        error = s.error(60, "kadmin/changepw", data=b"\0\5Access denied")
        s.cite("kpasswd-failed", asked, t.answer(marked(password_answer(rest=error))))
        t.close()
        s.wait(10)
