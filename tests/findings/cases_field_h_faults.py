# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults in forms that no other case has: exceptions without a sequel, absence, relapses, refuted causes, the web, stories.

Each lacks what usually betrays its kind: another client, the other family or transport, a capture that begins late.
"""
from build import *  # noqa: F403
from cases import Ldap, url_entry
from cases_field_a import MIT_ETYPES, bound, bytes_of, granted, logon, shown, timed
from cases_field_b_time import START_TLS, changepw_ticket, dead, extended, good_start, password_answer, password_change, person
from cases_field_c import FROM_MIT, ipv4
from cases_field_d import SEALED_ANSWER, asked_for_proof, wrong
from cases_ldap import CREDENTIALS, SIGNING
from cases_web import XML, connect, directory, ex, get, post, pox
from field import field
from net import HOST, icmp, ntlm_as
from scapy.layers.inet6 import ICMPv6PacketTooBig
from tls import Session

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
WELL = r"went well"
JAVA_ETYPES = (18, 17, 16, 23)
HEIMDAL_ETYPES = (18, 17, 20, 19, 16, 23)
LOCKED = 0xC0000234
OFFICE = "outlook.office365.com"
SILENT_KDC = "dc-unreachable|kdc-unanswered|krb-tcp-blocked"
NO_ARMOUR = "client-unknown|pkinit-failed|policy-refused|krb-error"


# ---- K2: exceptions without their sequel ----


@field("K2", shows={SPN: "warn|error"}, outcome="failed|incomplete", first={SPN: "domain"}, says={SPN: [r"HTTP/{D}"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], SPN: ["made from an address", "goes on with another"]})
def intranet_page_by_the_domain_s_own_name(s):
    """A Java program opens http://corp.test, whose address is the controllers': IPv6, TCP, and the logon was an hour ago."""
    s.over_ipv6()
    for _ in range(3):
        spn = "HTTP/" + s.domain
        s.cite(SPN, s.kdc(s.tgs_req(spn, etypes=JAVA_ETYPES), s.error(7, spn), tcp=True))
        s.wait(4)


@field("K2", shows={SILENT_KDC: "error"}, may=["wrong-realm", "slow"], outcome="failed",
       says={SILENT_KDC: [r"partner|{dc2}"]}, verdict=[r"\A[^\n]*(partner|{dc2}|dc2)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "wrong-realm": ["does not follow", "switched off"]})
def guest_s_own_kdc_is_behind_a_firewall(s):
    """68 names the guest's realm, DNS names its KDC, and the connection to that gets no answer. IPv6, TCP, a Mac."""
    s.over_ipv6()
    partner = "partner" + s.domain
    user = "gina@mail" + s.domain
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc, kind=AAAA)
    s.kdc(s.as_req(user, cname_kind=10, etypes=HEIMDAL_ETYPES), s.error(68, crealm=partner.upper()), tcp=True)
    s.srv("_kerberos._tcp." + partner, "dc2." + partner, port=88)
    s.address("dc2." + partner, s.dc2, kind=AAAA)
    s.cite(SILENT_KDC, dead(s, s.dc2, 88))
    s.wait(20)


@field("K2", shows={NO_ARMOUR: "warn|error"}, outcome="failed", says={NO_ARMOUR: ["anonymous"]},
       causes={NO_ARMOUR: [r"FAST|armou?r|anonymous"]},
       never={"any": ["Get-ADUser", "mistyped"], "verdict": [NOTHING_WRONG, WELL]})
def sssd_demands_an_armour_that_nobody_gives(s):
    """krb5_use_fast = demand: the ticket for the armour is to be an anonymous one, which is refused; there is no logon."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    for _ in range(3):
        request = s.as_req(["WELLKNOWN", "ANONYMOUS"], cname_kind=11, etypes=MIT_ETYPES, pre=FROM_MIT,
                           options=REQUEST_ANONYMOUS | RENEWABLE_OK)
        s.cite(NO_ARMOUR, s.kdc(request, s.error(6, text="CLIENT_NOT_FOUND")))
        s.wait(30)


# ---- K3: absence ----


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": ["too big|too large|MTU|1280"]},
       supported={"kdc-unanswered": ["too big|too large|MTU|size"]},
       never={"kdc-unanswered": ["without any reply", "drops? port 88", "KDC is down", "host is down"],
              "verdict": [NOTHING_WRONG]})
def tunnel_of_version_6_takes_1280_bytes(s):
    """The client's own firewall throws Packet Too Big away: its request stays as large. Small ones are answered."""
    s.over_ipv6()
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc, kind=AAAA)
    logon(s, "nfs4$")
    spn = "nfs/" + s.host
    request = tgs_req(spn, s.tgt, pre=[(128, bytes(1000))], realm=s.realm, tgt_realm=s.realm, nonce=s._new(),
                      cipher=bytes_of(s, s.tgt))
    port = s.next_port()
    for pause in (1, 2, 4):
        sent = s.udp(s.dc, 88, request, cport=port)
        quoted = bytes(Ether(s.c.frames[sent[0] - 1][1])[IPv6])[:1232]
        s.c.add(IPv6(src="2001:db8:ffff::1", dst=s.client) / ICMPv6PacketTooBig(mtu=1280) / quoted)
        s.cite("kdc-unanswered", sent)
        s.wait(pause)
    s.wait(20)


@field("K3", may=["slow", "http-error", "endpoint-unreachable"], outcome="failed|incomplete",
       verdict=[r"\A[^\n]*(autodiscover|answer|repl)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL],
                                                           "any": ["refused", "SYN", "no TLS handshake"]})
def mail_server_takes_the_question_and_says_nothing(s):
    """TLS is good, TCP acknowledges the POST, and a hundred seconds later .NET gives up: the application hangs."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    t = s.https(s.web, host)
    t.ask(http_post(host, XML, pox(s), "Content-Type: text/xml", "Authorization: Basic c3ludGhldGlj"))
    t.connection._segment("s", "A")
    s.wait(100)
    t.connection.close()
    s.wait(30)


@field("K3", shows={"dc-unreachable": "error"}, may=["slow"], outcome="failed", says={"dc-unreachable": ["unreachable"]},
       never={"dc-unreachable": ["router", "firewall", "by a rule"], "verdict": [NOTHING_WRONG]})
def neighbour_that_answers_no_arp(s):
    """tcpdump -i any on Linux: the controller of the same network is off, and the client tells itself "host unreachable".

    SYNs go to the address that it remembers, until nobody answers for it; the last one is never sent.
    """
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    start = t.seq["c"]
    for pause in (1, 2, 4, 11):
        t.seq["c"] = start
        sent = t.open("cS")
        s.cite("dc-unreachable", sent)
        s.wait(pause)
    s.cite("dc-unreachable", s.c.add(icmp(HOST, ipv4(s, sent[0]), sender=s.client)))
    s.wait(30)


# ---- K5: what counts as success, and whose ----


@field("K5", shows={"starttls-failed": "error"}, outcome="failed", verdict=[r"\A[^\n]*(StartTLS|TLS)"],
       supported={"starttls-failed": ["share the address|behind|one of"]},
       never={"verdict": [NOTHING_WRONG, WELL], "starttls-failed": ["does not offer StartTLS"]})
def starttls_comes_and_goes(s):
    """A virtual address before two servers, IPv6: 52, then TLS and a bind, then 52 again. The last word is no."""
    s.over_ipv6()
    s.srv("_ldap._tcp.{D}", "dc1.{D}")
    s.address(s.host, s.dc, kind=AAAA)

    def refusal():
        conn = s.ldap()
        s.cite("starttls-failed", extended(conn, START_TLS, 52, "00000000: LdapErr: DSID-0C0911CE, comment: Error "
                                           "initializing SSL/TLS, data 0, v4563"))
        conn.t.close()
        s.wait(60)

    refusal()
    conn = s.ldap()
    extended(conn, START_TLS)
    secured = Session(conn.t, s.c.keylog, host=s.host, names=[s.host])
    secured.ask(ldap(2, bind("svc-wiki@" + s.domain, "synthetic")))
    secured.answer(ldap(2, bind_response()))
    conn.t.close()
    s.wait(60)
    refusal()


@field("K5", shows={"password-wrong": "error"}, outcome=["failed"], verdict=[r"\A[^\n]*password"],
       says={"password-wrong": [r"alice"]},
       never={"verdict": [NOTHING_WRONG, WELL], "password-wrong": ["made good", "recovered"]})
def namesake_of_the_partner_logs_on(s):
    """A terminal server: alice of this domain has a wrong password; alice of the partner's, another person, is let in."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("password-wrong", wrong(s, "alice", tcp=True)[-1])
        s.wait(8)
    partner = ("partner" + s.domain).upper()
    s.srv("_kerberos._tcp.dc._msdcs." + partner.lower(), "dc2." + partner.lower(), port=88)
    s.address("dc2." + partner.lower(), s.dc2)
    theirs = {"sname": "krbtgt/" + partner, "realm": partner}
    s.kdc(s.as_req("alice", **theirs), s.error(25, data=padata((19, etype_info2(partner + "alice")), (2, b"")), **theirs),
          server=s.dc2, tcp=True)
    s.kdc(s.as_req("alice", pre=timed(), **theirs), s.as_rep("alice", cipher=b"another alice", **theirs),
          server=s.dc2, tcp=True)
    s.wait(30)


@field("K5", shows={"ldap-signing-required": "error"}, outcome="failed", verdict=[r"\A[^\n]*sign"],
       never={"verdict": [NOTHING_WRONG, WELL]})
def program_whose_second_module_forgot_tls(s):
    """PHP: the logon page on 389 is refused (8), the new one on 636 is let in, the nightly job is refused again."""
    good_start(s)
    name = "svc-php@" + s.domain
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name=name))
    s.wait(40)
    conn = Ldap(s, s.https(s.dc, s.host, port=636))
    conn.simple(name=name)
    conn.t.connection.close()
    s.wait(3600)
    for _ in range(2):
        s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name=name))
        s.wait(5)


# ---- K6: causes that the packets refute ----


@field("K6", shows={"ping-unanswered": "error"}, may=["slow"], outcome="failed", causes={"ping-unanswered": ["firewall|filter|drop"]},
       never={"ping-unanswered": ["(is|are) (down|off|gone)", "switched off"],
              "verdict": [NOTHING_WRONG]})
def controller_answers_as_resolver_and_no_ping(s):
    """The only controller is the DNS server as well and answers each question, before, between and after: it is not down."""
    s.over_ipv6()
    s.dns = s.dc
    s.found()
    s.address(s.host, s.dc, kind=AAAA)
    for _ in range(3):
        s.cite("ping-unanswered", s.ping(host=s.host, silent=True))
        s.wait(5)
        s.address("fs1.{D}", s.web, kind=AAAA)
    s.wait(20)
    s.found()


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["525"]},
       causes={"ldap-bind-failed": [r"not exist|no such|not found|no longer|moved|renamed|unknown|mistyped"]},
       never={"ldap-bind-failed": ["lockout", "locked", "password (is|was) wrong", "wrong password", "expired", ":636", ":389"],
              "verdict": [NOTHING_WRONG]})
def account_was_moved_to_another_unit(s):
    """Keycloak binds by DN at the catalog, over TLS on 3269: the account has another DN since the weekend (data 525)."""
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc)
    for _ in range(3):
        conn = Ldap(s, s.https(s.dc, s.host, port=3269))
        s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("525"), name=person(s, "svc-keycloak")))
        conn.t.connection.close()
        s.wait(15)


@field("K6", shows={"policy-refused": "error"}, outcome="failed", causes={"policy-refused": [r"FAST|armou?r"]},
       never={"verdict": [NOTHING_WRONG], "policy-refused": ["mistyped", "trust"]})
def administrator_in_a_silo_logs_on_without_armour(s):
    """An authentication policy wants his machine's ticket: the KDC offers 136, MIT's kinit has no armour, and gets 12."""
    s.srv("_kerberos._tcp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    for _ in range(2):
        offered = padata((19, etype_info2()), (2, b""), (136, b""), (133, b"cookie"))
        s.kdc(s.as_req("t0-admin", pre=FROM_MIT, etypes=MIT_ETYPES), s.error(25, data=offered), tcp=True)
        s.cite("policy-refused", s.kdc(s.as_req("t0-admin", pre=timed(*FROM_MIT), etypes=MIT_ETYPES), s.error(12), tcp=True))
        s.wait(20)


# ---- K8: the web ----


LOOP = "redirect-loop|http-error"


@field("K8", shows={LOOP: "error"}, may=["redirect-not-followed"], outcome="failed", says={LOOP: ["http://|clear|redirect"]},
       verdict=[r"\A[^\n]*(redirect|301|http:)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], LOOP: ["sends all visitors", "wrong host"],
              "redirect-not-followed": ["no callback"]})
def application_behind_the_balancer_believes_in_http(s):
    """The balancer ends TLS; the server behind it sends each question to http://, which sends it back to https://. IPv6."""
    s.over_ipv6()
    host = "autodiscover." + s.domain
    s.address(host, s.web, kind=AAAA)
    for _ in range(2):
        s.cite(LOOP, post(s, s.https(s.web, host), host, status=301, answer=b"", more=[f"Location: http://{host}{XML}"]))
        get(s, s.tcp(s.web, 80), host, uri=XML, status=301, more=[f"Location: https://{host}{XML}"])
    s.wait(20)


@field("K8", shows={"http-error": "error"}, like=["redirect-not-followed", "autodiscover-fallback"], outcome="failed",
       says={"http-error": ["404", r"autodiscover\.{D}"]}, verdict=[r"\A[^\n]*(404|autodiscover\.{D})"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "path": [r"not tried\s+https://autodiscover\.{D}"]})
def cloud_sends_the_phone_home_to_an_old_server(s):
    """Outlook for iOS: JSON at Microsoft 365 says where the mailbox is, and the old server there knows no JSON (404)."""
    uri = f"/autodiscover/autodiscover.json/v1.0/alice%40{s.domain}?Protocol=ActiveSync&RedirectCount="
    host = "autodiscover." + s.domain
    s.address(OFFICE, "192.0.2.81")
    get(s, s.https("192.0.2.81", OFFICE), OFFICE, uri=uri + "1", status=302, more=[f"Location: https://{host}{uri}2"])
    s.address(host, s.web)
    t = s.https(s.web, host)
    for _ in range(2):
        s.cite("http-error", get(s, t, host, uri=uri + "2", status=404, answer=b"<html>Not Found</html>"))
        s.wait(5)


@field("K8", shows={"proxy-refused": "warn|error"}, may=["service-key-mismatch", "slow"], outcome="failed",
       like=["http-unauthorized", "redirect-not-followed"], verdict=[r"\A[^\n]*proxy"],
       causes={"proxy-refused": ["ticket|keytab|Kerberos|key"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "proxy-refused": ["sent no|no credentials|without credentials"]})
def proxy_does_not_take_the_ticket(s):
    """Squid, IPv6: the KDC gives the ticket for it, and what it says to it is 407 again, without a token. Twice."""
    s.over_ipv6()
    directory(s, url_entry(s, 1))
    logon(s, "alice")
    s.address("squid.{D}", s.web2, kind=AAAA)
    spn = "HTTP/squid." + s.domain
    granted(s, spn)
    for _ in range(2):
        t = s.tcp(s.web2, 3128)
        connect(t, ex(s, 1), status=407, more=["Proxy-Authenticate: Negotiate"])
        s.cite("proxy-refused", connect(t, ex(s, 1), negotiate(shown(s, spn), "Proxy-Authorization"), status=407,
                                        more=["Proxy-Authenticate: Negotiate"]))
        t.close()
        s.wait(10)
    s.wait(20)


# ---- K11: counts ----


@field("K11", shows={"clock-skew": "error"}, outcome="failed", alone=True, says={"clock-skew": [r"506[56] days"]},
       never={"clock-skew": [r"\b4376\d{5}", "2020", "under five minutes"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def controller_s_battery_is_empty(s):
    """The host woke up in 2010. Heimdal says from when it wants its ticket; the error has its nonce for its time.

    The capture is these two connections and nothing else.
    """
    s.over_ipv6()
    for pause in (10, 0):
        request = s.as_req("backup", etypes=HEIMDAL_ETYPES, pre=timed(), begin=s.c.time, till=s.c.time + 36000 * 10**9)
        s.cite("clock-skew", s.kdc(request, s.error(37, stime=1262304000 * 10**9 + s.c.time - START, cname="backup",
                                                    ctime=1598029824 * 10**9), tcp=True))
        s.wait(pause)


@field("K11", shows={"ldap-bind-failed": "error"}, outcome="failed",
       says={"ldap-bind-failed": ["svc-backup", "svc-mail", "52e", "533"]},
       never={"any": [r"\b(5|five) (binds|requests|times|LDAP)", r"dc1\S* [^.\n]{0,30}\b(5|five)\b",
                      r"dc2\S* [^.\n]{0,30}\b(5|five)\b", r"svc-mail[^.;\n]{0,40}52e", r"svc-backup[^.;\n]{0,40}533"],
              "verdict": [NOTHING_WRONG, r"5 times"]})
def two_services_are_refused_for_two_reasons(s):
    """One server: the backup has a wrong password and asks dc1 twice, the mail filter is disabled and asks dc2 three times."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    for server, name, why in ((s.dc, "svc-backup", "52e"), (s.dc2, "svc-mail", "533"), (s.dc2, "svc-mail", "533"),
                              (s.dc, "svc-backup", "52e"), (s.dc2, "svc-mail", "533")):
        conn = s.ldap(server)
        s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format(why), name="CORP\\" + name))
        conn.t.close()
        s.wait(20)


# ---- K12: stories ----


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed|ok", says={"ldap-bind-failed": [r"\b11\b"]},
       verdict=[r"\A[^\n]*(accounts|names|users)"], never={"path": [r"(error ldap-bind-failed:.*){2}"],
                                                           "verdict": [NOTHING_WRONG, WELL]})
def one_password_for_twelve_names_at_the_catalog(s):
    """A spray without Kerberos: simple binds on 3268, IPv6, one connection each; it fits the ninth name."""
    s.over_ipv6()
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    s.address(s.host, s.dc, kind=AAAA)
    for n in range(12):
        conn = s.ldap(port=3268)
        name = f"user{n:02}@{s.domain}"
        if n == 8:
            conn.simple(name=name)
        else:
            s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=name)[-1])
        conn.t.close()
        s.wait(0.5)
    s.wait(20)


@field("K12", shows={"account-unusable": "error"}, may=["ldap-bind-failed", "ntlm-fallback"], outcome="failed",
       says={"account-unusable": ["lock"]}, verdict=[r"\A[^\n]*lock"],
       supported={"account-unusable": ["wrong password|old one|guess"]}, never={"verdict": [NOTHING_WRONG]})
def ntlm_locks_what_kerberos_needs(s):
    """An old tool's NTLM binds at dc1 fail four times; the same user's logon at dc2, with the right password, is locked."""
    s.srv(DC, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    for _ in range(4):
        conn = s.ldap()
        conn.ask(bind_sasl("GSS-SPNEGO", nego_init(ntlm(1), OID_NTLM)),
                 bind_response(14, credentials=nego_resp(ntlm(2), 1, OID_NTLM)))
        conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("dora", "CORP"), 1, None)),
                 bind_response(49, CREDENTIALS.format("52e")))
        conn.t.close()
        s.wait(4)
    for _ in range(2):
        s.cite("account-unusable", s.kdc(s.as_req("dora"), s.error(18, data=error_data(LOCKED)), server=s.dc2, tcp=True))
        s.wait(20)


@field("K12", shows={"client-unknown": "error"}, outcome="failed", says={"client-unknown": [r"NEW12\$"]},
       causes={"client-unknown": ["replicat"]},
       supported={"client-unknown": ["replicat"]},
       never={"client-unknown": ["mistyped", "guest", "never joined"], "verdict": [NOTHING_WRONG, WELL]})
def joined_at_one_controller_and_unknown_to_the_other(s):
    """adcli makes the account at dc1 and logs on there; sssd, started right after it, asks dc2, which has not heard of it."""
    s.srv("_ldap._tcp.{D}", "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping(host=s.host, client_host="")
    logon(s, "joiner")
    granted(s, s.ldap_spn)
    bound(s).sealed(3)
    changepw_ticket(s, "joiner")
    s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(ap_rep(), SEALED_ANSWER))
    logon(s, "NEW12$")
    granted(s, s.ldap_spn)
    for _ in range(3):
        s.cite("client-unknown", s.kdc(s.as_req("NEW12$", etypes=MIT_ETYPES, pre=FROM_MIT), s.error(6), server=s.dc2))
        s.wait(10)
    s.wait(20)
