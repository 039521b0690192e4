# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds K10 and K4: realms and their spelling, tickets in other carriers, flat names of domains."""
import base64

from build import *  # noqa: F403
from cases_field_b import NOTHING_WRONG
from cases_field_b_time import NXDOMAIN, SERVFAIL, good_start
from cases_ldap import CREDENTIALS
from field import field


# ---- K10: realms ----


FORWARDABLE_ALONE = 0x40000010  # without canonicalize


def logon_as_typed(s, realm, tcp=False, server=None, options=FORWARDABLE_ALONE, cname="alice"):
    """The KDC answers in the realm's own spelling."""
    more = {"realm": realm, "sname": "krbtgt/" + realm, "options": options}
    frames = s.kdc(s.as_req(cname, **more), s.error(25), tcp=tcp, server=server)
    return frames + s.kdc(s.as_req(cname, pre=[timestamp()], **more), s.as_rep(cname), tcp=tcp, server=server)


@field("K10", shows={"realm-case-differs": "warn"}, never={"verdict": [NOTHING_WRONG]})
def realm_with_one_small_letter(s):
    """Corp, not CORP; the library compares letter by letter and asks the next KDC, over TCP."""
    typed = s.realm.capitalize()
    for server in (s.dc, s.dc2):
        s.cite("realm-case-differs", logon_as_typed(s, typed, tcp=True, server=server)[-2:])
        s.wait(2)


@field("K10", shows={"realm-case-differs": "warn"})
def keytab_with_small_realm(s):
    """A service logs on every minute with what stands in its keytab, and never gets on."""
    for _ in range(4):
        s.cite("realm-case-differs", logon_as_typed(s, s.domain, cname="svc-app")[-2:])
        s.wait(60)


@field("K10", like=["realm-case-differs"], outcome="ok")
def canonicalize_asked_for(s):
    """Windows asks for the right spelling and takes it."""
    logon_as_typed(s, s.domain, options=USUAL)


@field("K10", like=["realm-case-differs"], outcome="ok")
def spelling_not_minded(s):
    """A library that does not mind: it uses the ticket at once."""
    logon_as_typed(s, s.domain)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K10", shows={"wrong-realm": "error"}, outcome="failed",
       says={"wrong-realm": ["no request in any other realm"]}, never={"verdict": [NOTHING_WRONG]})
def every_kdc_says_wrong_realm(s):
    """The user's name has a suffix of another forest. Both KDCs refuse; the client knows no other."""
    for server in (s.dc, s.dc2):
        request = s.as_req("alice@partner.example", cname_kind=10)
        s.cite("wrong-realm", s.kdc(request, s.error(68), server=server))
        s.wait(1)


@field("K10", shows={"wrong-realm": "error"}, outcome="failed")
def wrong_realm_for_a_service(s):
    """TCP, after a good logon: a service's name belongs to a realm that the client does not ask."""
    s.logon()
    spn = "HTTP/app.partner.example"
    s.cite("wrong-realm", s.kdc(s.tgs_req(spn), s.error(68, spn), tcp=True))


@field("K10", like=["wrong-realm"], outcome="ok")
def other_realm_asked_as_told(s):
    """The KDC names the realm; the client finds its KDC, proves itself, gets its ticket."""
    other = "CHILD." + s.realm
    s.kdc(s.as_req("alice@" + s.domain, cname_kind=10), s.error(68, crealm=other))
    s.srv(f"_kerberos._tcp.child.{s.domain}", "cdc1.child.{D}", port=88)
    more = {"realm": other, "sname": "krbtgt/" + other}
    s.kdc(s.as_req(**more), s.error(25, more["sname"], realm=other), server=s.dc2)
    s.kdc(s.as_req(pre=[timestamp()], **more), s.as_rep(**more), server=s.dc2)


# ---- K10: other carriers ----


def kerberos_header(token, header="Authorization"):
    return f"{header}: Kerberos {base64.b64encode(token).decode()}"


@field("K10", shows={"service-key-mismatch": "error"})
def remote_shell_with_a_wrong_key(s):
    """WinRM's own scheme is called Kerberos, without SPNEGO; port 5985."""
    spn = f"WSMAN/srv1.{s.domain}"
    s.logon()
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    t = s.tcp(s.web, 5985)
    token = gss(AP_REQ_ID, ap_req(spn, s.realm))
    asked = t.ask(http_post(f"srv1.{s.domain}:5985", "/wsman", b"", kerberos_header(token)))
    error = gss(ERROR_ID, s.error(41, spn))
    said = t.answer(http_reply(401, b"", kerberos_header(error, "WWW-Authenticate")))
    s.cite("service-key-mismatch", asked, said)


@field("K10", shows={"ldap-bind-failed": "error"},
       never={"ldap-bind-failed": ["ticket", r"klist", r"setspn"]})
def password_proof_without_kerberos_refused(s):
    """SCRAM has rounds as GSS has them, and nothing to do with tickets."""
    s.ping(host=s.host)
    conn = s.ldap()
    first = conn.ask(bind_sasl("SCRAM-SHA-256", b"n,,n=svc-app,r=abc"),
                     bind_response(14, credentials=b"r=abcdef,s=c2FsdA==,i=4096"))
    last = conn.ask(bind_sasl("SCRAM-SHA-256", b"c=biws,r=abcdef,p=cHJvb2Y="),
                    bind_response(49, CREDENTIALS.format("52e")))
    s.cite("ldap-bind-failed", last[1])
    assert first


# ---- K4: flat names ----


@field("K4", shows={"flat-domain-name": "warn"}, outcome="failed",
       verdict=["ADATUM"])
def join_with_the_short_name(s):
    """ADATUM was typed where adatum.example belongs: bare and with the network's suffix."""
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.ADATUM", rcode=NXDOMAIN))
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.ADATUM.guest.example", rcode=NXDOMAIN))


@field("K4", shows={"flat-domain-name": "warn"}, may=["srv-resolver-failed"],
       outcome="failed")
def resolver_fails_on_a_short_name(s):
    """SERVFAIL for what has one label, by IPv6; a realm is looked for, and nothing else is ever found."""
    s.over_ipv6()
    s.cite("flat-domain-name", s.srv("_kerberos._udp.LITWARE", rcode=SERVFAIL))
    s.cite("flat-domain-name", s.srv("_kerberos._tcp.LITWARE", rcode=SERVFAIL))


@field("K4", outcome="ok|hidden")
def short_name_and_then_the_whole_one(s):
    """The resolver adds its suffix, which is the domain: nothing is lost."""
    s.srv("_ldap._tcp.dc._msdcs.WOODGROVE", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.dc._msdcs.WOODGROVE.{D}", rcode=NXDOMAIN)
    good_start(s)
    s.ldap().simple()


@field("K4", like=["flat-domain-name"])
def machine_of_a_workgroup(s):
    """It is in no domain: before activation it asks for the DCs of WORKGROUP, twice."""
    for _ in range(2):
        s.srv("_ldap._tcp.dc._msdcs.WORKGROUP.lan.example", rcode=NXDOMAIN)
        s.udp(s.dns, 53, dns(99, "_vlmcs._tcp.lan.example"),
              dns_reply(99, "_vlmcs._tcp.lan.example", rcode=NXDOMAIN))
        s.wait(5)
