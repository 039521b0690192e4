# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases from the field about the web: whose a host is, what leads to it, and what does not.

All names, addresses and accounts are made up for these cases.
"""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import granted, timed
from cases_field_b_time import good_start
from cases_field_c import ipv4
from cases_web import SVC, connect, directory, ex, get, hidden_talk, opened, post, response, soap
from field import field
from net import TTL, icmp
from tls import Session, certificate_der

DC = "_ldap._tcp.dc._msdcs.{D}"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
OFFICE = "outlook.office365.com"
REDIRECTED = "autodiscover-s.outlook.com"
XML = "/autodiscover/autodiscover.xml"
BASIC = "Authorization: Basic c3ludGhldGlj"
# What only somebody with a console of the server can run, or means one's own.
OWN = ["Get-ClientAccess", "Get-AutodiscoverVirtualDirectory", "Test-ServiceHealth", "Test-WebServices", "on the server",
       "application pool", "virtual director", "renewed without", "MaxFieldLength", "host is down|down or gone"]
BAD_WEB = ["http-error", "http-unauthorized", "redirect-not-followed", "proxy-refused", "endpoint-unresolvable",
           "endpoint-unreachable", "tls-failed", "tls-name-mismatch"]


def shown_and_refused(s, server, host, names, alert, times=1):
    """The server shows a certificate for these names; the client refuses it."""
    for n in range(times):
        t = s.tcp(server, 443)
        hello = t.ask(client_hello(host))
        shown = t.answer(server_hello() + tls_certificate(certificate_der(*names)))
        s.cite("tls-failed", hello, shown, t.ask(tls_alert(2, alert)))
        t.close()
        s.wait(3 * (n + 1))


# ---- whose host it is ----


@field("K7", shows={"http-unauthorized": "error"}, outcome="failed", causes={"http-unauthorized": ["no password"]},
       checks={"http-unauthorized": ["Get-OrganizationConfig"]},
       never={"http-unauthorized": [*OWN, "klist", "setspn", "Extended protection"], "verdict": [NOTHING_WRONG]})
def scanner_sends_its_password_to_the_cloud(s):
    """A printer's mailbox is in Microsoft 365; the printer signs in as it did with the old server."""
    s.address(OFFICE, "192.0.2.73")
    t = s.https("192.0.2.73", OFFICE)
    for _ in range(2):
        s.cite("http-unauthorized", post(s, t, OFFICE, BASIC, status=401, answer=b"",
                                         more=['WWW-Authenticate: Basic Realm=""']))
        s.wait(5)


@field("K7", shows={"tls-failed": "warn|error"}, causes={"tls-failed": ["device in between opens TLS"]},
       never={"tls-failed": ["whole chain", *OWN], "verdict": [NOTHING_WRONG]})
def inspection_of_tls_before_the_cloud(s):
    """The firewall's own authority is not among those of a machine outside of the domain."""
    s.address(OFFICE, "192.0.2.74")
    shown_and_refused(s, "192.0.2.74", OFFICE, [OFFICE], 48, times=2)


@field("K7", shows={"endpoint-unreachable": "error"}, outcome="failed", causes={"endpoint-unreachable": ["proxy"]},
       checks={"endpoint-unreachable": ["netsh winhttp show proxy"]}, never={"endpoint-unreachable": OWN})
def way_to_the_cloud_without_the_proxy(s):
    """A service account has no proxy settings: its SYNs to the Internet are dropped."""
    redirected(s)
    s.address(REDIRECTED, "192.0.2.75")
    s.cite("endpoint-unreachable", s.syn("192.0.2.75", 443, "silent", times=3))
    s.wait(40)


@field("K7", shows={"http-error": "error"}, outcome="failed", causes={"http-error": ["application pool"]},
       checks={"http-error": ["Test-ServiceHealth"]}, never={"http-error": ["Microsoft"], "verdict": [NOTHING_WRONG]})
def own_host_whose_name_begins_like_the_cloud_s(s):
    """A split zone of somebody's own: the name ends with the company's domain, and so does the server."""
    host = OFFICE + "." + s.domain
    directory(s, url_entry(s, 1, host=host))
    s.address(host, s.web)
    t = s.https(s.web, host)
    for _ in range(2):
        s.cite("http-error", post(s, t, host, status=503, answer=b"Service Unavailable"))
        s.wait(10)


@field("K7", outcome="ok", like=["http-error", "http-unauthorized", "redirect-not-followed"],
       supported={"tls-failed": ["customers' aliases"], "tls-name-mismatch": ["customers' aliases"]},
       never={"any": OWN, "verdict": [": failed - "], "path": [r"(error|warn)\s+tls"]})
def alias_of_the_cloud_has_no_certificate_for_us(s):
    """Every tenant's autodiscover is this alias: over https its certificate is another's, over http it says where."""
    host = "autodiscover." + s.domain
    s.ident += 1
    answers = [rr(QUESTION, CNAME, dns_name("autodiscover.outlook.com")), address_rr("autodiscover.outlook.com", "192.0.2.76")]
    s.udp(s.dns, 53, dns(s.ident, host, A), dns_reply(s.ident, host, answers, kind=A))
    shown_and_refused(s, "192.0.2.76", host, ["outlook.com", "*.outlook.com"], 42)
    get(s, s.tcp("192.0.2.76", 80), host, status=302, more=[f"Location: https://{REDIRECTED}{XML}"])
    s.address(REDIRECTED, "192.0.2.77")
    post(s, s.https("192.0.2.77", REDIRECTED), REDIRECTED, "Authorization: Bearer synthetic")


# ---- what follows a redirect ----


def redirected(s, host=REDIRECTED):
    """The inner server sends the client away."""
    directory(s, url_entry(s, 1))
    return post(s, opened(s), ex(s, 1), BASIC, status=302, answer=b"", more=[f"Location: https://{host}{XML}"])


@field("K8", shows={"proxy-refused": "error"}, like=["redirect-not-followed"], outcome="failed",
       says={"proxy-refused": [REDIRECTED]}, verdict=[r"\A[^\n]*proxy"], never={"any": ["does not know the internal name"]})
def redirect_ends_at_a_proxy_that_asks_for_a_user(s):
    """A service has no credentials for the proxy: 407, and no other request."""
    redirected(s)
    t = s.tcp(s.web2, 8080)
    s.cite("proxy-refused", connect(t, REDIRECTED, status=407, more=["Proxy-Authenticate: NTLM"]))
    t.close()
    s.wait(30)


@field("K8", shows={"endpoint-unreachable": "error"}, like=["redirect-not-followed"], outcome="failed")
def redirect_leads_to_an_address_that_drops_all(s):
    """The target's address was looked up long ago; its SYNs are all that is to be seen of it."""
    host = f"mail2.{s.short}.example"
    s.address("autodiscover." + s.domain, s.web)
    redirected(s, host)
    s.address(host, s.web2)
    s.cite("endpoint-unreachable", s.syn(s.web2, 443, "silent", times=3))
    s.wait(40)


@field("K8", outcome="ok", like=BAD_WEB)
def redirect_is_followed_through_the_tunnel(s):
    """200 to CONNECT, and within it the answer."""
    redirected(s)
    t = s.tcp(s.web2, 8080)
    connect(t, REDIRECTED)
    post(s, Session(t, s.c.keylog, host=REDIRECTED, names=[REDIRECTED]), REDIRECTED)


@field("K8", shows={"redirect-not-followed": "note"}, may=["proxy-refused"])
def proxy_is_asked_for_another_candidate_than_the_redirect_s(s):
    """What the client tries of its own afterwards has nothing to do with the redirect."""
    s.cite("redirect-not-followed", redirected(s, f"mail2.{s.short}.example"))
    t = s.tcp(s.web2, 8080)
    connect(t, "autodiscover." + s.domain, status=403)
    t.close()
    s.wait(30)


# ---- where the settings lead ----


def settings(*urls):
    """POX: a section of EWS for each network."""
    kinds = ("EXCH", "EXPR")
    return response("<Account><AccountType>email</AccountType><Action>settings</Action>" + "".join(
        f"<Protocol><Type>{k}</Type><EwsUrl>{u}</EwsUrl></Protocol>" for k, u in zip(kinds, urls)) + "</Account>")


def soap_settings(**values):
    """SOAP: each setting by its name."""
    rows = "".join(f"<UserSetting><Name>{name}</Name><Value>{value}</Value></UserSetting>" for name, value in values.items())
    return soap("<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode>"
                f"<UserSettings>{rows}</UserSettings></UserResponse></UserResponses>")


def ews(host):
    return f"https://{host}/EWS/Exchange.asmx"


def at_home(s, answer, uri=XML):
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host, uri=uri, answer=answer)


@field("K8", shows={"endpoint-unresolvable": "warn|error"}, says={"endpoint-unresolvable": ["{mail}", "names the host"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "endpoint-unresolvable": ["for autodiscover because"]})
def settings_name_a_host_that_dns_forgot(s):
    """POX; the server was renamed, and its virtual directory still has the old URL."""
    at_home(s, settings(ews(s.mail)))
    s.cite("endpoint-unresolvable", s.address(s.mail, rcode=3))


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", says={"endpoint-unreachable": ["{mail}"]},
       verdict=["{mail}"])
def settings_name_a_host_behind_a_firewall(s):
    """SOAP; EWS is on another server, to which no rule lets the client."""
    at_home(s, soap_settings(UserDisplayName="Alice", ExternalEwsUrl=ews(s.mail)), uri=SVC)
    s.address(s.mail, s.web2)
    s.cite("endpoint-unreachable", s.syn(s.web2, 443, "silent", times=3))
    s.wait(40)


@field("K8", shows={"proxy-refused": "warn|error"}, outcome="failed|ok", says={"proxy-refused": ["{mail}"]},
       never={"verdict": [NOTHING_WRONG]})
def settings_name_a_host_that_the_proxy_forbids(s):
    """Autodiscover goes past the proxy, EWS does not."""
    at_home(s, settings(ews(s.mail)))
    t = s.tcp(s.web2, 8080)
    s.cite("proxy-refused", connect(t, s.mail, status=403))
    t.close()
    s.wait(30)


@field("K8", outcome="ok", like=["tls-failed", "http-error"], never={"verdict": ["failed"], "path": [r"(error|warn)\s+endpoint"]})
def inner_url_is_tried_first_from_outside(s):
    """SOAP names both; the inner host is in the company's DNS alone, and the outer one serves."""
    inner = "ex1.inner." + s.domain
    at_home(s, soap_settings(InternalEwsUrl=ews(inner), ExternalEwsUrl=ews(s.mail)), uri=SVC)
    s.address(inner, rcode=3)
    s.address(s.mail, s.web2)
    hidden_talk(s, s.web2, s.mail)


@field("K8", outcome="ok", like=BAD_WEB, verdict=["nothing wrong|went well|ok"], never={"path": ["settings\\)"]})
def settings_are_kept_for_later(s):
    """Three URLs, one of which is autodiscover's own host; the client uses none of them yet."""
    host = "autodiscover." + s.domain
    at_home(s, settings(ews(host), ews(s.mail)))


@field("K8", outcome="ok|hidden", like=BAD_WEB, never={"path": ["keylog"], "verdict": ["failed"]})
def settings_lead_to_a_host_that_serves(s):
    """All as it should be: the answer, the lookup, TLS, and data that nobody reads."""
    at_home(s, settings(ews(s.mail)))
    s.address(s.mail, s.web2)
    hidden_talk(s, s.web2, s.mail)


@field("K8", shows={"tls-name-mismatch": "warn|error", "tls-failed": "error"}, outcome="failed",
       says={"tls-name-mismatch": ["{mail}"]}, never={"any": ["alias of that name"], "verdict": [NOTHING_WRONG]})
def outer_url_with_the_inner_server_s_certificate(s):
    """The host of the URL exists, and shows what it was installed with."""
    at_home(s, soap_settings(ExternalEwsUrl=ews(s.mail)), uri=SVC)
    s.address(s.mail, s.web2)
    shown_and_refused(s, s.web2, s.mail, ["ex1", "ex1." + s.domain], 42, times=2)


# ---- aliases, addresses, families ----


@field("K6", outcome="ok|hidden", like=["tls-name-mismatch", "tls-failed"])
def certificate_has_the_alias_s_target(s):
    """A hoster's balancer: the client greets it by the name that the alias stands for, and it has that name."""
    host, target = "autodiscover." + s.domain, f"front.{s.short}.example"
    s.ident += 1
    answers = [rr(QUESTION, CNAME, dns_name(target)), address_rr(target, s.web2)]
    s.udp(s.dns, 53, dns(s.ident, host, A), dns_reply(s.ident, host, answers, kind=A))
    hidden_talk(s, s.web2, target)


@field("K6", shows={"tls-failed": "warn|error"}, outcome="failed", never={"tls-failed": ["names alone", r"-servername \d"]})
def backup_takes_ldaps_by_an_address_that_is_certified(s):
    """The certificate is for the address as well: what the client minds is something else."""
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        t.ask(client_hello())
        t.answer(server_hello() + tls_certificate(certificate_der(s.host, s.dc)))
        s.cite("tls-failed", t.ask(tls_alert(2, 46)))
        t.close()
        s.wait(15)


@field("K6", shows={"tls-failed": "warn|error"}, outcome="failed", supported={"tls-failed": ["address"]},
       checks={"tls-failed": [r'-connect "?\[fd00:[0-9a-f:]+\]:636"?$']}, never={"tls-failed": [r"-servername \S*:"]})
def scanner_takes_ldaps_by_address_of_ipv6_and_hangs_up(s):
    """It says nothing of what it minds: it closes after the certificate."""
    s.over_ipv6()
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(client_hello()))
        t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
        t.close()
        s.wait(15)


@field("K11", shows={"endpoint-unreachable": "error|warn"}, may=["slow", "endpoint-unresolvable"], outcome="failed")
def mail_server_is_silent_by_both_families(s):
    """One name with an address of each family: three SYNs to either, and nothing comes back."""
    directory(s, url_entry(s, 1))
    _, a, b, _ = s.client.split(".")
    server, client = f"2001:db8:{a}:{b}::25", f"2001:db8:{a}:{b}::10"
    s.address(ex(s, 1), s.web)
    s.address(ex(s, 1), server, kind=AAAA)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "silent", times=3))
    six = s.c.tcp(client, s.next_port(), server, 443, handshake=False)
    start = six.seq["c"]
    for _ in range(3):
        six.seq["c"] = start
        s.cite("endpoint-unreachable", six.open("cS"))
        s.wait(2)
    s.wait(40)


# ---- routes in a circle ----


def aged(s, sent):
    """A router's word that the packet's time to live ran out."""
    return s.c.add(icmp(TTL, ipv4(s, sent[0]), sender="192.0.2.7", most=28))


@field("K3", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": ["time to live"]},
       supported={"srv-unanswered": ["circle"]}, checks={"srv-unanswered": ["tracert"]},
       never={"any": ["without any reply", "drops the packets", "is down"]})
def question_to_dns_goes_round(s):
    """The resolver of the other office is behind two routers that mean each other."""
    for name in (DC, "_kerberos._tcp.dc._msdcs.{D}"):
        sent = s.srv(name, silent=True)
        s.cite("srv-unanswered", sent, aged(s, sent))
        s.wait(2)
    s.wait(20)


@field("K3", shows={"dc-unreachable": "error"}, outcome="failed", supported={"dc-unreachable": ["circle"]},
       never={"dc-unreachable": ["firewall drops", "is down"]})
def connection_to_a_controller_goes_round(s):
    """Three SYNs of a bind's connection, and a router's word about the first of them."""
    s.srv(DC, "dc1.{D}")
    s.address(s.host, s.dc)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    start = t.seq["c"]
    for n, pause in enumerate((1, 2, 4)):
        t.seq["c"] = start
        sent = t.open("cS")
        s.cite("dc-unreachable", sent)
        if not n:
            s.cite("dc-unreachable", aged(s, sent))
        s.wait(pause)
    s.wait(30)


@field("K3", shows={"endpoint-unreachable": "error"}, outcome="failed", supported={"endpoint-unreachable": ["circle"]},
       never={"endpoint-unreachable": ["firewall drops", "down or gone|it is down"]})
def connection_to_the_mail_server_goes_round(s):
    """The same before the mail server, of which an entry tells."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.c.tcp(s.client, s.next_port(), s.web, 443, handshake=False)
    start = t.seq["c"]
    for pause in (1, 2, 4):
        t.seq["c"] = start
        sent = t.open("cS")
        error = aged(s, sent)
        s.cite("endpoint-unreachable", sent, [] if pause > 1 else error)
        s.wait(pause)
    s.wait(30)


@field("K3", outcome="ok|hidden", like=["kdc-unanswered"], may=["slow"], never={"path": [r"(error|warn)\s+", "circle"]})
def routes_settle_after_a_second(s):
    """The line has just come up: one request goes round, the next one arrives."""
    good_start(s)
    request, port = s.as_req("NAS1$", pre=timed()), s.next_port()
    sent = s.udp(s.dc, 88, request, cport=port)
    aged(s, sent)
    s.wait(1)
    s.udp(s.dc, 88, request, s.as_rep("NAS1$"), cport=port)
    granted(s, "ldap/dc1." + s.domain)
