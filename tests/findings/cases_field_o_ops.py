# SPDX-License-Identifier: GPL-2.0-or-later
"""An examiner's round, written before the rules were read: other operations, counts and stories.

Kinds K10 (operations that nobody looked at), K11 (counts of the evidence) and K12 (one story, not a list).
"""
import base64

from cases_field_o_krb import begun, granted
from cases_ldap import CREDENTIALS
from field import field
from net import *  # noqa: F403

PROOF = padata((19, etype_info2()), (2, b""))

# ---- K10 ----


@field("K10", shows={"kpasswd-failed": "error"}, says={"kpasswd-failed": "polic|too short|history"},
       never={"verdict": "nothing wrong|^ok"}, outcome="failed")
def new_password_too_short_over_tcp(s):
    """An expired password is changed, over TCP and IPv6: the logon for kadmin/changepw is good, the new word is not."""
    s.over_ipv6()
    begun(s)
    s.kdc(s.as_req(sname="kadmin/changepw"), s.error(25, "kadmin/changepw", data=PROOF), tcp=True)
    s.kdc(s.as_req(sname="kadmin/changepw", pre=[timestamp()]), s.as_rep(sname="kadmin/changepw"), tcp=True)
    t = s.tcp(s.dc, 464)
    s.cite("kpasswd-failed", t.ask(marked(kpasswd_req(version=1))),
           t.answer(marked(kpasswd_error(4, "Password does not meet the requirements of the policy"))))
    t.close()


@field("K10", shows={"ldap-not-bound": "error"}, never={"verdict": "nothing wrong|^ok", "ldap-not-bound": "password is wrong"})
def change_sent_on_a_connection_without_a_bind(s):
    """The bind was on another connection of the pool; the change goes out on one that nobody has bound."""
    begun(s)
    conn = s.ldap()
    conn.simple(name=f"svc@{s.domain}")
    other = s.ldap()
    s.cite("ldap-not-bound", other.ask(ldap_modify(f"CN=u,DC={s.domain}"), result(7, 1, diagnostic=NOT_BOUND)))
    conn.rootdse()


@field("K10", shows={"dns-tcp-blocked": "error"}, says={"dns-tcp-blocked": "{dns}"}, never={"verdict": "nothing wrong"},
       like=["srv-not-found"])
def long_list_and_tcp_refused(s):
    """The list of DCs does not fit, and the resolver refuses TCP; addresses, which are short, it gives all the time."""
    name = "_kerberos._tcp.dc._msdcs." + s.domain
    s.address("www." + s.domain, s.web)
    s.cite("dns-tcp-blocked", s.srv(name, cut=True)[1])
    s.cite("dns-tcp-blocked", s.syn(s.dns, 53, "refused"))
    s.address("www2." + s.domain, s.web)
    s.cite("dns-tcp-blocked", s.srv(name, cut=True)[1])
    s.cite("dns-tcp-blocked", s.syn(s.dns, 53, "refused"))
    s.wait(6)


@field("K10", like=["krb-error", "service-key-mismatch", "ldap-bind-failed", "http-unauthorized", "ntlm-fallback"], outcome="ok")
def remote_shell_by_scheme_kerberos_and_scram(s):
    """WinRM says "Kerberos" where browsers say "Negotiate"; a bind by SCRAM has rounds and no ticket at all."""
    begun(s)
    s.logon()
    spn = f"HTTP/srv5.{s.domain}"
    granted(s, spn)
    t = s.tcp(s.web, 5985)
    scheme = "Kerberos " + base64.b64encode(gss(AP_REQ_ID, ap_req(spn, s.realm))).decode()
    t.ask(http_post(f"srv5.{s.domain}:5985", "/wsman", b"", "Authorization: " + scheme))
    back = "WWW-Authenticate: Kerberos " + base64.b64encode(gss(AP_REP_ID, ap_rep())).decode()
    t.answer(http_reply(200, b"", back))
    conn = s.ldap()
    conn.ask(bind_sasl("SCRAM-SHA-256", b"n,,n=alice,r=abc"), bind_response(14, credentials=b"r=abcdef,s=c2FsdA==,i=4096"))
    conn.ask(bind_sasl("SCRAM-SHA-256", b"c=biws,r=abcdef,p=c3ludGhldGlj"), bind_response(0, credentials=b"v=c3ludGhldGlj"))
    conn.rootdse()


# ---- K11 ----


@field("K11", shows={"dc-unreachable": "error"}, says={"dc-unreachable": "6|six|2 connection|two connection"},
       never={"dc-unreachable": "[^0-9.:](5|7|8) (SYN|connection|request)", "verdict": "nothing wrong"})
def two_connections_with_three_attempts_each(s):
    """LDAP is tried twice, each time with two repetitions of the SYN. The pings are answered by another machine."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(server=s.dc)
    for _ in range(2):
        s.cite("dc-unreachable", s.syn(s.dc, 389, times=3))
        s.wait(12)
    s.wait(25)


@field("K11", shows={"kdc-unanswered": "error"}, says={"kdc-unanswered": ["{dc}", "{dc2}"]},
       never={"kdc-unanswered": "[^0-9.](3|5|6) requests", "verdict": "nothing wrong"})
def same_request_to_two_silent_kdcs(s):
    """Three times to the one, once to the other, always the same bytes: four requests."""
    begun(s)
    request = s.as_req()
    port, port2 = s.next_port(), s.next_port()
    for n in range(3):
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.wait(1)
        if n == 0:
            s.cite("kdc-unanswered", s.udp(s.dc2, 88, request, cport=port2))
            s.wait(1)
    s.wait(10)


@field("K11", shows={"password-wrong": "error"}, like=["clock-skew"], never={"any": "clock", "verdict": "nothing wrong"})
def client_time_in_an_error_is_a_nonce(s):
    """MIT's KDC puts what the request had for a nonce where the client's time belongs: the year is 2061."""
    s.srv(f"_kerberos._udp.{s.domain}", f"kdc1.{s.domain}", port=88)
    s.address("kdc1." + s.domain, s.dc)
    odd = 2_890_000_000 * 10**9
    s.kdc(s.as_req(), s.error(25, text="NEEDED_PREAUTH", cname="alice", data=PROOF, ctime=odd))
    s.cite("password-wrong", s.kdc(s.as_req(pre=[timestamp()]), s.error(24, text="PREAUTH_FAILED", cname="alice", ctime=odd)))


@field("K11", like=["clock-skew", "preauth-abandoned"], outcome="ok", verdict="nothing wrong was seen")
def clock_just_within_the_tolerance(s):
    """The KDC's clock is four minutes and fifty-nine seconds ahead, and every proof is accepted."""
    begun(s)
    ahead = s.c.time + 299 * 10**9
    s.kdc(s.as_req(), s.error(25, data=PROOF, stime=ahead))
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    granted(s, s.ldap_spn)
    s.ldap().gssapi()


# ---- K12 ----


@field("K12", shows={"client-unknown": "error"}, says={"client-unknown": ["replic", r"LNX1\$"]}, outcome="failed",
       first={"client-unknown": "joined a moment ago"}, never={"verdict": "nothing wrong|^ok"})
def joined_at_one_controller_and_unknown_at_the_next(s):
    """The join makes the account at one DC and sets its password; the first logon goes to another DC, twice."""
    begun(s)
    s.logon("admin")
    conn = s.ldap()
    conn.gssapi()
    conn2 = s.ldap()
    conn2.simple(name=f"admin@{s.domain}")
    dn = f"CN=LNX1,CN=Computers,DC={s.domain}"
    conn2.ask(ldap_add(dn, objectClass="computer", sAMAccountName="LNX1$"), result(9))
    s.udp(s.dc, 464, kpasswd_req(), kpasswd_rep())
    for _ in range(2):
        s.cite("client-unknown", s.kdc(s.as_req("LNX1$"), s.error(6), server=s.dc2))
        s.wait(2)


@field("K12", shows={"ldap-bind-failed": "error"}, says={"ldap-bind-failed": "accounts|names"},
       never={"verdict": "nothing wrong|^ok"})
def names_tried_one_after_the_other_by_ldap(s):
    """Twelve accounts, one try each, a tenth of a second apart: eleven refused and one hit."""
    begun(s)
    for n in range(12):
        conn = s.ldap()
        if n == 8:
            conn.simple(name=f"user{n}@{s.domain}")
        else:
            s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), f"user{n}@{s.domain}"))
        conn.t.close()
        s.wait(0.1)


@field("K12", shows={"account-unusable": "error"}, may=["password-wrong"], says={"account-unusable": ["lock", "5|five"]},
       verdict="lock", outcome="failed", never={"verdict": "nothing wrong"})
def stored_password_locks_the_service_account(s):
    """A scheduled task tries its old password every half minute; a person beside it logs on well; at last the account is locked."""
    begun(s)
    for n in range(5):
        s.kdc(s.as_req("svc-backup"), s.error(25, data=PROOF))
        s.kdc(s.as_req("svc-backup", pre=[timestamp()]), s.error(24), tcp=n % 2 == 1)
        if n == 2:
            s.logon("bob")
        s.wait(30)
    s.cite("account-unusable", s.kdc(s.as_req("svc-backup"), s.error(18, data=error_data(0xC0000234))))


@field("K12", shows={"account-unknown-to-dc": "note"}, like=["dc-not-serving", "ping-unanswered"], outcome="ok", domain="{D}",
       says={"account-unknown-to-dc": "healthy"}, never={"account-unknown-to-dc": "deleted|disabled|Get-ADComputer"})
def trusted_domain_does_not_know_the_machine(s):
    """A machine asks the trusted domain's DC with its own account's name; "unknown" is what a stranger must hear."""
    other = "ally-" + s.domain
    begun(s)
    s.logon("PC1$")
    s.srv("_ldap._tcp.dc._msdcs." + other, "dc4." + other)
    s.address("dc4." + other, s.dc2)
    value = netlogon_ex(opcode=25, domain=other, host="dc4." + other, user="PC1$", client_site="")
    s.ping(domain=other, server=s.dc2, value=value, more=[equal("User", "PC1$"), equal("AAC", b"\x80\0\0\0")])
    s.ping(domain=other, server=s.dc2, value=netlogon_ex(domain=other, host="dc4." + other), ident=2)
    s.logon("alice")
