# SPDX-License-Identifier: GPL-2.0-or-later
"""An examiner's round, written before the rules were read: first lines, commands, and the way to the mailbox.

Kinds K1 (the first line), K7 (commands) and K8 (the documented order and its redirects).
"""
from cases import Ldap
from cases_field_o_krb import begun, granted, refused
from cases_ldap import CREDENTIALS
from cases_web import SETTINGS, XML, get, hidden_talk, pox, pox_error, post
from field import field
from net import *  # noqa: F403
from web import alert, shake

# ---- K1 ----


@field("K1", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict="disabled",
       never={"verdict": "nothing wrong|too little", "ldap-bind-failed": "password is wrong"},
       first={"ldap-bind-failed": "disabled"})
def third_account_of_a_pool_is_disabled(s):
    """An application binds with three accounts; the third one was disabled when its owner left."""
    begun(s)
    for name in ("app1", "app2"):
        conn = s.ldap()
        conn.simple(name=f"{name}@{s.domain}")
        conn.rootdse()
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("533"), f"leaver@{s.domain}"))


@field("K1", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict="bind",
       never={"verdict": "nothing wrong|too little|^ok"})
def bind_refused_without_a_word(s):
    """A proxy before the directory leaves the diagnostic out: 49 and an empty text, over IPv6 and before anything else."""
    s.over_ipv6()
    conn = s.ldap()
    s.cite("ldap-bind-failed", conn.simple(49, "", "uid=app,ou=system"))
    conn.t.ask(ldap(9, unbind()))
    conn.t.close()


@field("K1", shows={"ldap-unanswered": "error"}, verdict="LDAP|bind", outcome="failed",
       never={"verdict": "nothing wrong|88", "ldap-unanswered": "firewall drops"})
def bind_taken_and_connection_closed(s):
    """One KDC is slow to wake and the next one serves: that is past. The bind is what nobody answers."""
    begun(s)
    request = s.as_req()
    s.udp(s.dc2, 88, request)
    s.wait(1)
    s.kdc(request, s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    granted(s, s.ldap_spn)
    conn = s.ldap()
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    frames = conn.ask(bind_sasl("GSS-SPNEGO", nego_init(token)))
    conn.t._segment("s", "A")
    s.wait(2)
    frames.append(conn.t._segment("s", "FA"))
    conn.t.seq["s"] += 1
    conn.t._segment("c", "FA")
    s.cite("ldap-unanswered", frames)


@field("K1", verdict="nothing wrong was seen", outcome="ok", like=["krb-tcp-blocked", "dns-tcp-blocked", "preauth-abandoned"],
       never={"verdict": "but|warning|failed"})
def day_with_every_detour(s):
    """A long list over TCP, no address of version 6, proof asked for, an answer too big for UDP: all is as it should be."""
    name = "_ldap._tcp.dc._msdcs." + s.domain
    s.srv(name, cut=True)
    s.srv(name, *[f"dc{n}.{s.domain}." for n in range(1, 30)], tcp=True)
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping()
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    proof = s.as_req(pre=[timestamp()])
    s.kdc(proof, s.error(52))
    s.kdc(proof, s.as_rep(cipher=bytes(3000)), tcp=True)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn), tcp=True)
    conn = s.ldap()
    conn.gssapi()


# ---- K7 ----


@field("K7", shows={"spn-not-found-or-duplicate": "warn|error"}, first={"spn-not-found-or-duplicate": "more than one|twice|duplicate|several"},
       checks={"spn-not-found-or-duplicate": r"setspn -(Q|X)"}, never={"verdict": "nothing wrong|not found", "any": r"<[a-z]+>|setspn -[ASDR] |no account has"})
def database_service_registered_twice(s):
    """Two accounts have MSSQLSvc of the same port: code 8, which says so itself."""
    begun(s)
    s.logon()
    s.cite("spn-not-found-or-duplicate", refused(s, 8, f"MSSQLSvc/db1.{s.domain}:1433"))


@field("K7", shows={"spn-not-found-or-duplicate": "warn|error"}, checks={"spn-not-found-or-duplicate": "kadmin|kvno|kinit|klist"},
       never={"verdict": "nothing wrong|more than once", "spn-not-found-or-duplicate": "setspn|Get-AD|nltest|wevtutil|KDC of Windows"})
def service_unknown_to_an_mit_kdc(s):
    """No Windows anywhere: the KDC is MIT's, the client too, and the page belongs to Apache."""
    s.srv(f"_kerberos._udp.{s.domain}", f"kdc1.{s.domain}.", port=88)
    s.address("kdc1." + s.domain, s.dc)
    etypes = (18, 17, 20, 19, 16, 23, 25, 26)
    s.kdc(s.as_req(etypes=etypes, pre=[(150, b""), (149, b"")]),
          s.error(25, text="NEEDED_PREAUTH", cname="alice", data=padata((136, b""), (19, etype_info2()), (2, b""), (133, b"MIT"))))
    s.kdc(s.as_req(etypes=etypes, pre=[(133, b"MIT"), timestamp(), (150, b""), (149, b"")]), s.as_rep())
    spn = f"HTTP/intranet.{s.domain}"
    s.cite("spn-not-found-or-duplicate", s.kdc(
        s.tgs_req(spn, etypes=etypes), s.error(7, spn, text="LOOKING_UP_SERVER", cname="alice")))


@field("K7", shows={"client-site-undefined": "warn"}, checks={"client-site-undefined": "{client}"},
       never={"client-site-undefined": r"<[a-z]+>|{dc2}", "verdict": "nothing wrong"})
def subnet_of_ipv6_never_entered(s):
    """The subnets of IPv4 are in the directory, those of IPv6 are not. A trusted domain's DC says the same, which is its right."""
    s.over_ipv6()
    s.found()
    s.address(s.host, s.dc, kind=AAAA)
    s.cite("client-site-undefined", s.ping(client_site="", next_site="", ntver=0x20000016, flags=0x1F37D)[1])
    other = "trusted-" + s.domain
    s.ping(domain=other, server=s.dc2, host="dc9." + other, client_site="", next_site="", flags=0x1F37D,
           value=netlogon_ex(domain=other, host="dc9." + other, client_site="", next_site="", flags=0x1F37D))
    s.logon("PC1$")


@field("K7", like=["spn-not-found-or-duplicate"], outcome="ok", never={"path": "setspn|dcdiag|Set-AD"}, verdict="nothing wrong")
def alias_of_a_database_with_a_port_of_its_own(s):
    """The alias leads to the host, and the ticket is asked for the host's name and the instance's port."""
    begun(s)
    s.logon()
    alias, host = f"sales.{s.domain}", f"db7.{s.domain}"
    records = [rr(QUESTION, CNAME, dns_name(host)), address_rr(host, s.web)]
    s.udp(s.dns, 53, dns(700, alias, A), dns_reply(700, alias, records, kind=A))
    granted(s, f"MSSQLSvc/{host}:50123")


# ---- K8 ----


def no_entry(s):
    """The directory is asked for Exchange and has none."""
    begun(s)
    conn = s.ldap()
    conn.simple()
    conn.scp()


@field("K8", shows={"endpoint-unreachable|endpoint-unresolvable|http-error|redirect-not-followed": "error|warn|note"},
       may=["scp-none"], like=["redirect-loop", "redirect-not-followed"], outcome="failed", never={"verdict": "nothing wrong|^ok"})
def redirect_to_the_web_mailer(s):
    """After the migration the old name leads to the pages for browsers: no client takes that for autodiscover."""
    mail = "firm-" + s.domain
    no_entry(s)
    s.address(mail, rcode=3)
    host = "autodiscover." + mail
    s.address(host, s.web)
    s.syn(s.web, 443, "refused")
    t = s.tcp(s.web, 80)
    get(s, t, host, status=302, more=[f"Location: https://mail.{mail}/owa/"])
    t.close()
    s.srv("_autodiscover._tcp." + mail, rcode=3)
    s.wait(10)


@field("K8", shows={"tls-failed": "error|warn"}, says={"tls-failed": "{mail}"}, never={"verdict": "nothing wrong|^ok"},
       outcome="failed")
def cloud_names_the_own_server_and_its_certificate_is_not_trusted(s):
    """A phone asks the cloud's JSON, which names the company's own server; that one's certificate is of an inner authority."""
    cloud = "outlook.office365.com"
    s.address(cloud, s.web2)
    t = s.https(s.web2, cloud)
    body = f'{{"Protocol":"ActiveSync","Url":"https://{s.mail}/autodiscover/autodiscover.xml"}}'.encode()
    t.ask(http_get(cloud, f"/autodiscover/autodiscover.json/v1.0/ann@{s.domain}?Protocol=AutodiscoverV1"))
    t.answer(http_reply(200, body, "Content-Type: application/json"))
    s.address(s.mail, s.web)
    for _ in range(2):
        u = s.tcp(s.web, 443)
        shake(u, s.mail, (s.mail,))
        s.cite("tls-failed", u.ask(alert(2, 48)))
        u.close()
        s.wait(1)


def chunked(body, *headers):
    parts = b"".join(b"%x\r\n%s\r\n" % (len(body[a : a + 90]), body[a : a + 90]) for a in range(0, len(body), 90))
    lines = ["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked", "", ""]
    return "\r\n".join(lines).encode() + parts + b"0\r\n\r\n"


@field("K8", shows={"autodiscover-error": "error"}, says={"autodiscover-error": "603|500"}, outcome="failed",
       never={"verdict": "nothing wrong|^ok"})
def error_in_chunks_between_good_calls(s):
    """The answer is 200 in chunks, and inside it is error 603; other calls on the same connection are well served."""
    begun(s)
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    soap = b"<Envelope>synthetic</Envelope>"
    t.ask(http_post(s.mail, "/EWS/Exchange.asmx", soap, "Content-Type: text/xml"))
    t.answer(http_reply(200, soap, "Content-Type: text/xml"))
    asked = t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml", "Authorization: Bearer synthetic"))
    s.cite("autodiscover-error", asked, t.answer(chunked(pox_error(603), "Content-Type: text/xml")))
    t.ask(http_post(s.mail, "/EWS/Exchange.asmx", soap, "Content-Type: text/xml"))
    t.answer(http_reply(200, soap, "Content-Type: text/xml"))


@field("K8", like=["redirect-not-followed", "redirect-loop"], outcome="ok|hidden", never={"verdict": "failed|error"},
       may=["ldap-hidden", "scp-none", "http-error", "endpoint-unreachable"])  # what served cannot be seen
def alias_of_the_cloud_and_a_parking_page(s):
    """No Exchange at home; the mail domain's own name shows a page for sale; the alias leads to the cloud by a redirect."""
    mail = "shop-" + s.domain
    no_entry(s)
    s.address(mail, s.web)
    t = s.https(s.web, mail)
    post(s, t, mail, body=pox(s, "ann@" + mail), status=404, answer=b"<html>for sale</html>")
    host, cloud = "autodiscover." + mail, "autodiscover.outlook.com"
    records = [rr(QUESTION, CNAME, dns_name(cloud)), address_rr(cloud, s.web2)]
    s.udp(s.dns, 53, dns(900, host, A), dns_reply(900, host, records, kind=A))
    s.syn(s.web2, 443, "refused")
    t = s.tcp(s.web2, 80)
    get(s, t, host, status=302, more=["Location: https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml"])
    t.close()
    s.address("autodiscover-s.outlook.com", s.dc3)
    hidden_talk(s, s.dc3, "autodiscover-s.outlook.com")
