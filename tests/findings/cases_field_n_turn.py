# SPDX-License-Identifier: GPL-2.0-or-later
"""The other side of what the two rounds before taught, and a third round: what looks like a name that is no domain, like a
referral that nobody follows or like a logon name without its domain, and is something else.
"""
import base64

from build import *  # noqa: F403
from cases import pointer_entry
from cases_field_a import bytes_of, granted, logon, machine, signed_in, tgs, timed
from cases_field_b_time import good_start, late
from cases_field_d import asked_for_proof, version_6, wrong
from cases_field_e import farewell
from cases_field_g_dns import FAULTS as BAD_DNS
from cases_field_g_ldap import bound, people
from cases_field_h_healthy import HEALTHY, OFFICE, found_person
from cases_field_k_krb import MIT_ETYPES, NOTHING_WRONG, TOO_LITTLE, WELL, linux, needed
from cases_field_k_ldap import CALM, QUIET, leave
from cases_field_k_net import BAD_DC, looked_up
from cases_field_k_web import found_without_directory
from cases_ldap import CREDENTIALS, NOT_BOUND
from cases_web import BASIC, SVC, XML, directory, ex, get, opened, post, pox_error, soap
from field import field
from net import PORT, icmp, sent_udp
from web import alert, certificate_message, certificate_of, handshake, hello_of_client, hello_of_server, record

DC = "_ldap._tcp.dc._msdcs.{D}"
NXDOMAIN, TXT = 3, 16
WINDOWS_ETYPES = (18, 17, 23, 24, -135)


# ---- names that are domains after all ----


@field("K4", shows={"srv-not-found": "error|note"}, outcome="failed", verdict=["{D}"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE, "AzureAD"]})
def hybrid_notebook_asks_for_azuread_and_for_its_domain(s):
    """A notebook that is in both, outside of its tunnel: AzureAD is no domain, corp is one, and the hotel does not know it."""
    for _ in range(2):
        s.srv("_ldap._tcp.dc._msdcs.AzureAD.hotel-wifi.example", rcode=NXDOMAIN)
        s.cite("srv-not-found", s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", rcode=NXDOMAIN), s.srv(DC, rcode=NXDOMAIN))
        s.wait(20)
    s.wait(30)


@field("K4", shows={"srv-not-found": "error"}, may=["account-unknown-to-dc"], outcome="failed", says={"srv-not-found": ["{D}"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def suffix_of_the_machine_is_its_domain_and_only_the_partner_answers(s):
    """pc1.D looks for D in vain; a controller of the partner's forest answers a ping, and knows no PC1$ (25)."""
    partner = "partner-" + s.domain
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
    s.srv("_ldap._tcp.dc._msdcs." + partner, "dc2." + partner)
    s.address("dc2." + partner, s.dc2)
    s.ping(domain=partner, server=s.dc2, opcode=25, value=None, host="dc2." + partner,
           more=[*machine("PC1"), equal("DnsHostName", "pc1." + s.domain)], user="PC1$")
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
    s.wait(40)


@field("K4", shows={"srv-target-unresolvable": "warn|error"}, outcome="failed", never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def every_controller_in_the_list_is_gone(s):
    """Two records, two names without an address, and nothing else follows."""
    s.srv(DC, "old1.{D}", "old2.{D}")
    for n in (1, 2, 1, 2):
        s.cite("srv-target-unresolvable", s.address(f"old{n}.{{D}}", rcode=NXDOMAIN))
    s.wait(30)


@field("K4", like=[*BAD_DNS, *BAD_DC], outcome="ok|hidden", verdict=[HEALTHY], never=QUIET)
def library_asks_dns_for_the_realm_of_each_host(s):
    """MIT with dns_lookup_realm: TXT of the host, of its domain and of the one above it, and the URI of the realm: none is there."""
    linux(s)
    for name in ("_kerberos.web1." + s.domain, "_kerberos." + s.domain, "_kerberos.test"):
        looked_up(s, name, TXT, rcode=NXDOMAIN)
    looked_up(s, "_kerberos." + s.realm, 256, rcode=NXDOMAIN)
    granted(s, "HTTP/web1." + s.domain)


# ---- sites ----


@field("K6", like=["client-site-undefined", "dc-other-site"], verdict=[HEALTHY], never=QUIET)
def both_families_have_their_subnets(s):
    """The same site by IPv4 and by IPv6."""
    good_start(s)
    with version_6(s):
        s.found()
        s.address(s.host, s.dc, kind=AAAA)
        s.ping(host=s.host)
        s.logon()


# ---- referrals ----


def referred(s, spn, realm):
    return s.kdc(tgs(s, spn), s.tgs_rep("krbtgt/" + realm, cname=s.who, cipher=b"referral of " + s.who.encode()))


@field("K2", like=["wrong-realm"], outcome="ok|hidden|incomplete", never=CALM)
def referrals_of_two_users_and_the_child_s_kdc_is_elsewhere(s):
    """A capture at the parent's controller: each user of the terminal server is referred once, and asks on where this capture
    does not look; half an hour later once more, as the ticket is over."""
    s.address(s.host, s.dc)
    child, spn = "CHILD." + s.realm, "HTTP/api.child." + s.domain
    for _ in range(2):
        for name in ("una", "vic"):
            logon(s, name)
            referred(s, spn, child)
            s.wait(20)
        s.wait(1800)


@field("K3", like=["wrong-realm"], outcome="ok|hidden|incomplete", never=CALM)
def referrals_of_two_logon_sessions_at_the_parent_s_controller(s):
    """A capture at the parent's controller, which sees nothing else of the client: the same user logs on as an administrator
    beside her own session, and each session asks on at the child's KDC, elsewhere."""
    child, spn = "CHILD." + s.realm, "HTTP/api.child." + s.domain
    for _ in range(2):
        logon(s, "una")
        referred(s, spn, child)
        s.wait(90)


@field("K2", like=["wrong-realm"], outcome="ok|hidden", never=CALM)
def referral_is_asked_for_twice_and_followed_then(s):
    """The child's KDC is looked for while the first referral is at hand; the library begins anew, and gets its ticket."""
    s.address(s.host, s.dc)
    logon(s, "wim")
    child, spn = "CHILD." + s.realm, "HTTP/api.child." + s.domain
    referred(s, spn, child)
    s.wait(6)
    granted(s, spn, gives="krbtgt/" + child)
    s.srv("_kerberos._udp." + child, "dc2.child.{D}", port=88)
    s.address("dc2.child.{D}", s.dc2)
    granted(s, spn, child, server=s.dc2)


# ---- binds ----


@field("K6", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok",
       never={"verdict": ["failed -"], "ldap-bind-failed": [r"without its domain"]})
def bare_name_is_mistyped_and_then_let_in(s):
    """Another make of directory takes the bare name: the password was mistyped, that is all."""
    s.address("ldap.{D}", s.dc)
    conn = s.ldap()
    s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name="svc-door")[-1])
    leave(conn)
    s.wait(3)
    conn = s.ldap()
    conn.simple(name="svc-door")
    conn.ask(people(s), found_person(s), done())
    leave(conn)


@field("K10", shows={"ldap-unanswered|ldap-bind-failed|ldap-signing-required": "error"}, outcome="failed",
       says={"path": ["closed"], "ldap-unanswered|ldap-bind-failed|ldap-signing-required": [r"notice: confidentialityRequired \(13\), confidentiality required"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "any": ["without any reply"]})
def server_says_goodbye_instead_of_an_answer(s):
    """OpenLDAP with security simple_bind=128: the bind gets no answer of its own but a notice of disconnection (13) and FIN."""
    s.address("ldap.{D}", s.dc)
    for _ in range(3):
        conn = s.ldap()
        s.cite("ldap-unanswered|ldap-bind-failed|ldap-signing-required", conn.ask(bind(f"cn=door,dc=x", "synthetic")))
        conn.t.answer(ldap(0, app(24, enumerated(13), octets(""), octets("confidentiality required"), tlv(0x8A, b"1.3.6.1.4.1.1466.20036"))))
        conn.t._segment("s", "FA")
        conn.t.seq["s"] += 1
        conn.t._segment("c", "FA")
        s.wait(8)
    s.wait(20)


@field("K11", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["disabled", "expired", "must be changed", r"\b2\b", r"\b3\b", r"\b4\b"]},
       never={"verdict": [NOTHING_WRONG], "ldap-bind-failed": [r"(?<![.\d])9\b(?!\.)"]})
def three_users_are_refused_for_three_reasons(s):
    """One portal: xena is disabled and tries twice, yann's password has expired, three times, zita must change hers, four times."""
    good_start(s)
    for name, data, times in (("xena", "533", 2), ("yann", "532", 3), ("zita", "773", 4)):
        for _ in range(times):
            conn = s.ldap()
            s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format(data), name=f"CN={name},OU=Staff,DC=x")[-1])
            leave(conn)
            s.wait(15)


# ---- Kerberos ----


@field("K5", shows={"password-wrong": "note"}, recovered=["password-wrong"], outcome="ok|hidden", never=CALM)
def managed_service_takes_its_new_password(s):
    """The directory rolled the password of a gMSA a moment ago: the service's first logon is by the old one, the second by the new."""
    good_start(s)
    s.cite("password-wrong", wrong(s, "gmsa-sql$")[-1:])
    s.wait(0.2)
    logon(s, "gmsa-sql$")
    granted(s, s.ldap_spn)


@field("K3", like=["kdc-unanswered", "dc-unreachable", "slow"], outcome="ok|hidden", never=CALM)
def late_answer_of_a_kdc_finds_nobody(s):
    """The first KDC is busy for a second and a half; the client asks the second one, is in, and says "port unreachable" to the
    late answer of the first."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", "dc2.{D}", port=88)
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    s.who, s.at_hand = "abel", (s.tgt, s.realm)
    ask = s.as_req("abel", pre=timed(), etypes=MIT_ETYPES)
    port = s.next_port()
    s.udp(s.dc, 88, ask, cport=port)
    s.wait(1)
    s.udp(s.dc2, 88, ask, s.as_rep("abel", cipher=bytes_of(s, s.tgt)))
    granted(s, "cifs/fs1." + s.domain, server=s.dc2)
    s.wait(0.5)
    answer = s.as_rep("abel", cipher=b"the other TGT")
    s.udp(s.dc, 88, None, answer, cport=port)
    s.c.add(icmp(PORT, sent_udp(s.dc, 88, s.client, port, answer), sender=s.client))


@field("K12", shows={"password-expired": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG], "path": [r"(?s)((?m:^\s*error password-expired).*){4}"]})
def everybody_s_password_has_expired_after_the_holidays(s):
    """A terminal server on the second of January: ten users in five minutes, each with a password that is too old (23)."""
    s.address(s.host, s.dc)
    for n in range(10):
        asked_for_proof(s, f"user{n:02}")
        s.cite("password-expired", s.kdc(s.as_req(f"user{n:02}", pre=timed()), s.error(23)))
        s.wait(30)
    s.wait(10)


@field("K7", shows={"kdc-unanswered": "error"}, outcome="failed", checks={"kdc-unanswered": ["Test-NetConnection|nltest"]},
       never={"verdict": [NOTHING_WRONG], "kdc-unanswered": [r"\bnc -z|adcli"]})
def kdc_of_a_windows_client_is_silent(s):
    """The types of encryption tell Windows: what it has is PowerShell."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    for _ in range(4):
        s.cite("kdc-unanswered", s.kdc(s.as_req("bea", etypes=WINDOWS_ETYPES)))
        s.wait(5)
    s.wait(40)


# ---- the web ----


@field("K6", shows={"http-unauthorized": "error"}, outcome="failed", causes={"http-unauthorized": ["Basic"]},
       supported={"http-unauthorized": ["Basic|offers|scheme"]}, never={"verdict": [NOTHING_WRONG]})
def program_sends_basic_where_negotiate_alone_is_offered(s):
    """Since an update the server takes Negotiate and nothing else; the tool sends its name and password by Basic, again and again."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    post(s, t, host, status=401, answer=b"", more=["WWW-Authenticate: Negotiate"])
    for _ in range(3):
        s.cite("http-unauthorized", post(s, t, host, BASIC, status=401, answer=b"", more=["WWW-Authenticate: Negotiate"]))
        s.wait(2)
    s.wait(20)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", says={"tls-failed": ["name"]}, causes={"tls-failed": ["name"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def server_does_not_know_the_name_in_the_greeting(s):
    """A reverse proxy for many sites: to a name that none of them has, it says unrecognized_name (112), fatal, and hangs up."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        t.ask(record(22, hello_of_client(host), 0x0301))
        s.cite("tls-failed", t.answer(alert(2, 112)))
        t.close()
        s.wait(5)
    s.wait(20)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", says={"tls-failed": ["revoked"]}, causes={"tls-failed": ["revo"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def certificate_of_the_mail_server_was_revoked(s):
    """The authority revoked it after an accident with its key: each client says certificate_revoked (44)."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        t.ask(record(22, hello_of_client(host), 0x0301))
        t.answer(record(22, hello_of_server()) + record(22, certificate_message(certificate_of((host,)))) + record(22, handshake(14)))
        s.cite("tls-failed", t.ask(alert(2, 44)))
        t.close()
        s.wait(5)
    s.wait(20)


@field("K8", shows={"autodiscover-error": "error"}, outcome="failed", says={"autodiscover-error": ["600"]}, never={"verdict": [NOTHING_WRONG]})
def question_is_written_in_a_way_that_the_service_refuses(s):
    """A home-made script leaves the schema out: each POST is answered by 200 and 600, "invalid request"."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    for _ in range(2):
        s.cite("autodiscover-error", post(s, t, host, BASIC, body=b"<Autodiscover><Request/></Autodiscover>", answer=pox_error(600)))
        s.wait(3)
    s.wait(20)


@field("K8", shows={"ldap-not-bound": "error"}, may=["scp-pointer", "scp-read-failed", "scp-none"], outcome="failed", never={"verdict": [NOTHING_WRONG]})
def pointer_leads_where_the_client_has_no_name(s):
    """Two forests, one mail system: the entry points to the other forest's directory, where the client binds as nobody and is refused."""
    other = f"mail-forest{s.domain}"
    directory(s, pointer_entry(s, other))
    s.srv("_ldap._tcp." + other, "dc2." + other)
    s.address("dc2." + other, s.dc2)
    conn = s.ldap(s.dc2)
    conn.anonymous()
    conn.rootdse()
    s.cite("ldap-not-bound", conn.scp(base="CN=Configuration,DC=mail-forest", code=1, diagnostic=NOT_BOUND))
    leave(conn)
    s.wait(30)


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": ["{dc}"]}, like=["ping-unanswered"], never={"verdict": [NOTHING_WRONG]})
def pings_over_the_satellite(s):
    """A ship: each ping is answered after three seconds, each lookup and ticket as well; nothing is lost."""
    for name, kind in ((DC, "srv"), (s.host, "a")):
        s.ident += 1
        port, full = s.next_port(), name.format(D=s.domain)
        s.udp(s.dns, 53, dns(s.ident, full, SRV if kind == "srv" else A), cport=port)
        s.wait(0.7)
        answers = [srv_rr(QUESTION, s.host)] if kind == "srv" else [address_rr(QUESTION, s.dc)]
        s.udp(s.dns, 53, None, dns_reply(s.ident, full, answers, kind=SRV if kind == "srv" else A), cport=port)
    for n in range(4):
        port = s.next_port()
        asked = s.udp(s.dc, 389, ping(s.domain, ident=n + 1), cport=port)
        s.wait(3)
        s.cite("slow", asked, s.udp(s.dc, 389, None, ping_reply(netlogon_ex(domain=s.domain, host=s.host), ident=n + 1), cport=port))
    s.logon()


@field("K1", outcome="failed|incomplete", shows={"ldap-unanswered|dc-unreachable": "error|warn"}, never={"verdict": [NOTHING_WRONG, WELL, TOO_LITTLE]})
def last_minute_of_a_good_hour(s):
    """All was good for an hour; then the controller says goodbye, and each new connection is accepted, asked, and reset."""
    good_start(s)
    conn = bound(s)
    for _ in range(6):
        conn.ask(people(s), found_person(s), done())
        s.wait(600)
    farewell(conn)
    for _ in range(4):
        t = s.tcp(s.dc, 389)
        s.cite("ldap-unanswered|dc-unreachable", t.ask(ldap(1, bind("svc-app@" + s.domain, "synthetic"))), t.reset("s"))
        s.wait(10)
    s.wait(20)
