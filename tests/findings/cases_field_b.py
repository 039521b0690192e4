# SPDX-License-Identifier: GPL-2.0-or-later
"""Kind K8: the documented order of autodiscover, redirects, proxies, pages of one search.

Written from what clients and servers do, before the rules were read. Each kind has plain faults,
faults without what usually betrays them, and healthy days that look like them.
"""
from build import *  # noqa: F403
from cases import URL_GUID, exchange_filter, url_entry
from cases_web import CHALLENGE, SVC, XML, connect, directory, ex, get, hidden_talk, opened, post, pox_error
from field import field
from tls import Session, certificate_der

NOTHING_WRONG = r"nothing wrong was seen"
NOT_TRIED = r"-\s+not tried\s+https://{D}/"
GLOBAL_CATALOG = 3268
PROXY_NTLM = ("Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM")


# ---- what clients take for a redirect ----


@field("K8", shows={"scp-none": "warn", "endpoint-unresolvable|endpoint-unreachable": "warn|error"},
       may=["http-error"], like=["autodiscover-fallback", "redirect-not-followed"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
def port_80_leads_to_the_home_page(s):
    """The company's web site sends everybody to its front page: no client takes that for autodiscover."""
    s.named("adatum.example", "adc1")
    s.ping(host=s.host)
    conn = s.ldap()
    conn.simple()
    s.cite("scp-none", conn.scp())
    s.address("{D}", rcode=3)
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    s.syn(s.web, 443, "refused")
    get(s, s.tcp(s.web, 80), host, status=302, more=[f"Location: https://www.{s.domain}/"])
    s.srv("_autodiscover._tcp.{D}", rcode=3)


@field("K8", shows={"endpoint-unreachable": "warn|error"}, may=["slow", "endpoint-unresolvable", "http-error"],
       like=["autodiscover-fallback", "redirect-not-followed"], outcome="failed",
       never={"verdict": [NOTHING_WRONG]})
def port_80_leads_to_an_error_page(s):
    """A phone by IPv6: no directory, the port for TLS is silent, and 301 to a page in clear text."""
    s.named("litware.example").over_ipv6()
    s.address("{D}", kind=AAAA)
    host = "autodiscover." + s.domain
    s.address(host, s.web, kind=AAAA)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "silent", times=3))
    s.wait(12)
    get(s, s.tcp(s.web, 80), host, status=301, more=[f"Location: http://{host}/404.html"])
    s.srv("_autodiscover._tcp.{D}", rcode=3)


@field("K8", like=["redirect-not-followed", "redirect-loop"], outcome="ok")
def hoster_s_redirect_with_capital_letters(s):
    """Usual for hosted mail: autodiscover.M listens on 80 alone. The path is spelt as IIS spells it."""
    s.named("proseware.example")
    host, target = "autodiscover." + s.domain, "mail." + s.domain
    s.address("{D}", rcode=3)
    s.address(host, s.web)
    s.syn(s.web, 443, "refused")
    get(s, s.tcp(s.web, 80), host, status=301,
        more=[f"Location: https://{target}/Autodiscover/Autodiscover.xml"])
    s.address(target, s.web2)
    t = s.https(s.web2, target)
    post(s, t, target, uri="/Autodiscover/Autodiscover.xml", status=401, answer=b"", more=CHALLENGE)
    post(s, t, target, "Authorization: Basic c3ludGhldGlj", uri="/Autodiscover/Autodiscover.xml")


PARKED = b"<!DOCTYPE html><html><body>This domain is parked</body></html>"


@field("K8", outcome="ok")
def domain_is_parked_and_autodiscover_is_not(s):
    """https://M belongs to somebody who answers 200 to everything; the next candidate is right."""
    s.named("lucerne.example")
    s.address("{D}", s.web)
    post(s, s.https(s.web, s.domain), s.domain, answer=PARKED)
    host = "autodiscover." + s.domain
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host)


@field("K8", outcome="failed|incomplete", never={"verdict": [NOTHING_WRONG]})
def domain_is_parked_with_all_its_hosts(s):
    """A wildcard record: every name of the domain shows the same page, with 200. Nothing was found."""
    s.named("margie.example")
    for host in (s.domain, "autodiscover." + s.domain):
        s.address(host, s.web)
        post(s, s.https(s.web, host), host, answer=PARKED)
    get(s, s.tcp(s.web, 80), "autodiscover." + s.domain, answer=PARKED)


@field("K8", shows={"http-error": "error"}, outcome="failed", says={"http-error": ["302", "owa"]},
       like=["redirect-not-followed", "autodiscover-fallback"])
def question_redirected_to_the_logon_page(s):
    """The path is published as one of OWA: every question is sent to the logon page, by https."""
    directory(s, url_entry(s, 1))
    s.cite("http-error", post(s, opened(s), ex(s, 1), status=302, answer=b"",
                              more=[f"Location: https://{ex(s, 1)}/owa/auth/logon.aspx"]))


# ---- what was tried before it was known for a candidate ----


@field("K8", never={"path": [NOT_TRIED]}, outcome="ok")
def mail_domain_refused_before_anything_named_it(s):
    """Outside of the domain nothing precedes the first candidate; it was tried all the same."""
    s.named("treyresearch.example")
    s.address("{D}", s.web)
    s.syn(s.web, 443, "refused")
    host = "autodiscover." + s.domain
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host)


@field("K8", shows={"scp-none": "note", "tls-name-mismatch": "note"}, may=["tls-failed"],
       recovered=["scp-none", "tls-name-mismatch"], never={"path": [NOT_TRIED]}, outcome="ok")
def mail_domain_has_a_foreign_certificate_and_time_passes(s):
    """The user takes more than a minute at the warning; then the next candidate is asked."""
    s.named("wideworld.example")
    s.ping(host=s.host)
    conn = s.ldap()
    conn.simple()
    conn.scp()
    s.address("{D}", s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(s.domain))
    t.answer(server_hello() + tls_certificate(certificate_der("shared.hoster.example")))
    t.close()
    s.wait(75)
    host = "autodiscover." + s.domain
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host)


@field("K8", like=["tls-name-mismatch", "tls-failed"], outcome="ok")
def mail_domain_visited_long_before(s):
    """Somebody looked at the company's web site an hour ago, with a warning; it is no part of this."""
    s.named("adventure.example")
    s.address("{D}", s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(s.domain))
    t.answer(server_hello() + tls_certificate(certificate_der("shared.hoster.example")))
    t.ask(tls_alert(2, 42))
    t.close()
    s.wait(3600)
    host = "autodiscover." + s.domain
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host)


@field("K8", shows={"tls-name-mismatch": "warn", "tls-failed": "warn", "endpoint-unresolvable": "error"},
       outcome="failed", verdict=[r"autodiscover\.{D} has no address"], never={"path": [NOT_TRIED]})
def mail_domain_with_a_foreign_certificate_and_nothing_else(s):
    """A phone outside: other lookups around it, M first, which is a web site, and no other name exists."""
    s.named("northwest.example")
    s.address("time.vendor.example", "192.0.2.90")
    s.address("{D}", s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(s.domain))
    t.answer(server_hello() + tls_certificate(certificate_der("shared.hoster.example")))
    s.cite("tls-failed", t.ask(tls_alert(2, 46)))
    t.close()
    s.cite("endpoint-unresolvable", s.address("autodiscover.{D}", rcode=3))
    s.srv("_autodiscover._tcp.{D}", rcode=3)


# ---- Microsoft 365 first ----


OFFICE = "outlook.office365.com"


@field("K8", like=["autodiscover-fallback"], outcome="ok")
def cloud_asked_first_and_mailbox_at_home(s):
    """Newer clients ask the cloud before anything else; it sends a hybrid user home."""
    directory(s, url_entry(s, 1))
    s.address(OFFICE, "192.0.2.61")
    t = s.https("192.0.2.61", OFFICE)
    uri = f"/autodiscover/autodiscover.json/v1.0/alice@{s.domain}?Protocol=Autodiscoverv1"
    get(s, t, OFFICE, uri=uri, status=302,
        more=[f"Location: https://autodiscover.{s.domain}/autodiscover/autodiscover.json"])
    post(s, opened(s), ex(s, 1))


@field("K8", like=["autodiscover-fallback"], outcome="ok")
def cloud_asked_first_and_it_is_right(s):
    """No directory is searched; the JSON answer names the service, and the mailbox is there."""
    s.named("fourthcoffee.example")
    s.ping(host=s.host)
    s.address(OFFICE, "192.0.2.62")
    t = s.https("192.0.2.62", OFFICE)
    uri = f"/autodiscover/autodiscover.json/v1.0/alice@{s.domain}?Protocol=EWS"
    get(s, t, OFFICE, uri=uri,
        answer=b'{"Protocol":"EWS","Url":"https://outlook.office365.com/EWS/Exchange.asmx"}')


@field("K8", like=["autodiscover-fallback"], outcome="ok")
def last_good_address_asked_first(s):
    """The client remembers where it was served last time; the directory was asked besides."""
    directory(s, url_entry(s, 1))
    host = f"legacy.{s.domain}"
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host)


@field("K8", shows={"http-error": "note", "autodiscover-fallback": "note"}, recovered=["http-error"], outcome="ok")
def cloud_asked_after_the_directory_s_server_failed(s):
    """What the directory names was tried in vain: the cloud is a later method then."""
    directory(s, url_entry(s, 1))
    s.cite("http-error", post(s, opened(s), ex(s, 1), status=404, answer=b"no"))
    s.address(OFFICE, "192.0.2.63")
    s.cite("autodiscover-fallback", post(s, s.https("192.0.2.63", OFFICE), OFFICE))


# ---- SOAP about the other organisation ----


def federation(code, inner=""):
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<GetFederationInformationResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/'
        f'Autodiscover"><Response><ErrorCode>{code}</ErrorCode><ErrorMessage/>{inner}</Response>'
        "</GetFederationInformationResponseMessage></s:Body></s:Envelope>"
    ).encode()


@field("K8", like=["autodiscover-error", "http-error"], outcome="ok")
def federation_information_given(s):
    """A server asks the partner for free/busy times: no settings of a user, and all is well."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    inner = (f"<ApplicationUri>FYDIBOHF25SPDLT.{s.domain}</ApplicationUri><Domains><Domain>{s.domain}"
             "</Domain></Domains><TokenIssuers><TokenIssuer><Uri>urn:federation:Issuer</Uri>"
             "</TokenIssuer></TokenIssuers>")
    post(s, s.https(s.web, host), host, uri=SVC, answer=federation("NoError", inner))


@field("K8", shows={"autodiscover-error": "error"}, outcome="failed", says={"autodiscover-error": ["NotFederated"]})
def federation_is_not_set_up(s):
    """The same question, to a partner that has no trust."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    s.cite("autodiscover-error",
           post(s, s.https(s.web, host), host, uri=SVC, answer=federation("NotFederated")))


# ---- proxies ----


def proxy_ntlm(t, host, last=200):
    """Three rounds of NTLM with the proxy; the frames of all."""
    head = "Proxy-Authorization"
    frames = connect(t, host, status=407, more=PROXY_NTLM)
    frames += connect(t, host, negotiate(ntlm(1), head), status=407,
                      more=[negotiate(ntlm(2), "Proxy-Authenticate")])
    return frames + connect(t, host, negotiate(ntlm(3), head), status=last, more=PROXY_NTLM)


@field("K8", shows={"proxy-refused": "error|warn"}, like=["http-unauthorized"], outcome="failed",
       verdict=["proxy"], never={"path": [r"-\s+not tried\s+https://ex1"]})
def proxy_wants_another_account(s):
    """A service account that the proxy does not let out: 407 after its proof, for each candidate."""
    directory(s, url_entry(s, 1))
    proxy = s.web2
    for host in (ex(s, 1), "autodiscover." + s.domain):
        s.cite("proxy-refused", proxy_ntlm(s.tcp(proxy, 8080), host, last=407)[-2:])


@field("K8", shows={"proxy-refused": "warn"}, says={"proxy-refused": ["502", "ex1"]},
       never={"path": [r"-\s+not tried\s+https://ex1"]})
def proxy_does_not_know_the_inner_host(s):
    """No exception for inner names: the proxy on 3128 looks for ex1 in public DNS and says 502."""
    directory(s)
    t = s.tcp(s.dc3, 3128)
    s.cite("proxy-refused", connect(t, ex(s, 1), status=502))
    t.close()
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@field("K8", outcome="none", alone=True, verdict=["No path", "proxy refused connections to hosts of autodiscover"],
       never={"verdict": [NOTHING_WRONG]})
def proxy_at_an_unusual_port_over_ipv6(s):
    """An administrator's own port, IPv6, 403, no directory: only the CONNECT names the candidates, and it is no step."""
    s.named("woodgrove.example").over_ipv6()
    for host in (s.domain, "autodiscover." + s.domain):
        t = s.tcp(s.web2, 9090)
        connect(t, host, status=403)
        t.close()


@field("K8", like=["proxy-refused", "ntlm-fallback", "http-unauthorized"], outcome="ok")
def proxy_asks_and_lets_through(s):
    """407 is how a proxy asks. The tunnel stands, and the server answers within."""
    directory(s, url_entry(s, 1))
    t = s.tcp(s.web2, 8080)
    connect(t, ex(s, 1), status=407, more=PROXY_NTLM)
    t = s.tcp(s.web2, 8080)
    proxy_ntlm(t, ex(s, 1))
    post(s, Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)]), ex(s, 1))


@field("K8", like=["proxy-refused"], outcome="ok")
def proxy_refuses_what_is_no_candidate(s):
    """Telemetry is not let out. The discovery goes past the proxy."""
    directory(s, url_entry(s, 1))
    connect(s.tcp(s.web2, 8080), "telemetry.vendor.example", status=403)
    post(s, opened(s), ex(s, 1))


@field("K8", shows={"ntlm-fallback": "warn", "spn-not-found-or-duplicate": "warn"}, outcome="ok",
       like=["proxy-refused", "http-unauthorized"])
def proxy_without_a_service_name(s):
    """The proxy's alias has no account: NTLM with it, and through it all is well."""
    directory(s, url_entry(s, 1))
    spn = f"HTTP/proxy.{s.domain}"
    s.address("proxy.{D}", s.web2)
    failed = s.kdc(s.tgs_req(spn), s.error(7, spn))
    s.cite("spn-not-found-or-duplicate", failed)
    t = s.tcp(s.web2, 8080)
    proxy_ntlm(t, ex(s, 1))
    post(s, Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)]), ex(s, 1))


@field("K8", shows={"ntlm-fallback": "warn", "spn-not-found-or-duplicate": "warn"}, outcome="ok",
       like=["proxy-refused", "http-unauthorized"], says={"ntlm-fallback": ["proxy"]})
def proxy_known_by_its_address_alone(s):
    """An older lookup gave the proxy's address; only the ticket that was refused tells its name."""
    directory(s, url_entry(s, 1))
    t = s.tcp(s.web2, 3128)
    first = connect(t, ex(s, 1), status=407, more=PROXY_NTLM)
    spn = f"HTTP/gate.{s.domain}"
    failed = s.kdc(s.tgs_req(spn), s.error(7, spn))
    s.cite("spn-not-found-or-duplicate", failed)
    assert first
    proxy_ntlm(t, ex(s, 1))
    post(s, Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)]), ex(s, 1))


@field("K8", like=["proxy-refused", "ntlm-fallback", "spn-not-found-or-duplicate"], outcome="ok")
def proxy_takes_ntlm_and_a_ticket_is_for_another_host(s):
    """NTLM with the proxy from the start; Kerberos failed nowhere."""
    directory(s, url_entry(s, 1))
    s.address("intra.{D}", s.web)
    spn = f"HTTP/intra.{s.domain}"
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    t = s.tcp(s.web2, 8080)
    proxy_ntlm(t, ex(s, 1))
    post(s, Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)]), ex(s, 1))


@field("K8", shows={"proxy-refused": "warn|error"}, outcome="failed", may=["endpoint-unresolvable"],
       says={"proxy-refused": ["{D}"]}, never={"path": [NOT_TRIED]})
def proxy_forbids_the_mail_domain_before_it_is_known(s):
    """CONNECT to M comes first, when nothing has named M; the next candidate is forbidden, too."""
    s.named("woodbank.example")
    s.cite("proxy-refused", connect(s.tcp(s.web2, 8080), s.domain, status=403))
    host = "autodiscover." + s.domain
    s.cite("proxy-refused", connect(s.tcp(s.web2, 8080), host, status=403))
    s.address(host, rcode=3)
    s.srv("_autodiscover._tcp.{D}", rcode=3)


# ---- pages of one search ----


def paged(cookie=b"", size=1000):
    """The control of simple paged results, RFC 2696."""
    return ctx(0, seq(octets("1.2.840.113556.1.4.319"), octets(seq(integer(size), octets(cookie)))))


def page(conn, *entries, given=b"", left=b"", attributes=("serviceBindingInformation", "keywords"),
         base=None):
    ident = conn._next()
    op = search(conn.s.config if base is None else base, 2, exchange_filter(), attributes)
    asked = conn.t.ask(ldap(ident, op, paged(given, 100)))
    answers = b"".join(ldap(ident, e) for e in entries)
    return [asked, conn.t.answer(answers + ldap(ident, done(), paged(left, 0)))]


def bound(s, port=389):
    s.ping(host=s.host)
    conn = s.ldap(port=port)
    conn.simple()
    return conn


def without_url(s, n, site="HQ"):
    """The entry of a server whose address somebody has cleared."""
    dn = f"CN=EX{n},CN=Autodiscover,CN=Protocols,{s.config}"
    return entry(dn, {"keywords": [URL_GUID, f"Site={site}"]})


@field("K8", shows={"scp-none": "warn"})
def all_pages_empty(s):
    """Two pages and nothing in them: one lookup that found nothing, not two."""
    conn = bound(s)
    s.cite("scp-none", page(conn, left=b"one"), page(conn, given=b"one"))


@field("K8", like=["scp-none", "scp-other-site-only", "autodiscover-fallback"], outcome="ok")
def first_page_empty(s):
    """A DC may give an empty page with a cookie; the entries come with the next one."""
    conn = bound(s)
    page(conn, left=b"one")
    page(conn, url_entry(s, 1), given=b"one")
    post(s, opened(s), ex(s, 1))


@field("K8", like=["scp-other-site-only", "scp-order-differs", "scp-none"], outcome="ok")
def own_site_on_the_last_page(s):
    """Entries of branches fill two pages; the server of the own site stands on the third."""
    conn = bound(s)
    page(conn, url_entry(s, 3, "BRANCH1"), left=b"one")
    page(conn, url_entry(s, 4, "BRANCH2"), given=b"one", left=b"two")
    page(conn, url_entry(s, 2, "HQ"), given=b"two")
    post(s, opened(s, 2), ex(s, 2))


@field("K8", shows={"scp-other-site-only": "note"}, like=["scp-none"])
def other_sites_on_every_page(s):
    """What is true of all pages together is told once."""
    conn = bound(s)
    s.cite("scp-other-site-only", page(conn, url_entry(s, 1, "BRANCH1"), left=b"one")[1],
           page(conn, url_entry(s, 2, "BRANCH2"), given=b"one")[1])
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@field("K8", like=["scp-none", "scp-other-site-only"])
def client_does_not_ask_for_the_second_page(s):
    """The server has more; what is on the other pages, nobody can say."""
    conn = bound(s)
    page(conn, url_entry(s, 1, "BRANCH1"), left=b"more")


@field("K8", shows={"scp-none": "warn"}, never={"any": ["not the configuration"]})
def catalog_searched_from_its_top(s):
    """At the global catalog an empty base covers the whole forest, configuration and all."""
    conn = bound(s, port=GLOBAL_CATALOG)
    s.cite("scp-none", conn.scp(base=""))


# ---- entries without an address ----


@field("K8", shows={"scp-incomplete": "warn"}, may=["scp-none"], says={"scp-incomplete": ["EX1"]},
       never={"any": ["not in this forest", "there are none"]})
def entry_of_a_server_taken_out_of_service(s):
    """The administrator cleared the address instead of removing the entry; all attributes were asked for."""
    conn = bound(s)
    op = search(s.config, 2, exchange_filter(), [])
    s.cite("scp-incomplete", conn.ask(op, without_url(s, 1), done()))


@field("K8", shows={"scp-incomplete": "warn"}, like=["scp-none"], says={"scp-incomplete": ["EX9"]}, outcome="ok",
       never={"verdict": [NOTHING_WRONG]})
def entry_without_address_on_the_second_page(s):
    """A good one comes first and works for this client; EWS stops at the other."""
    conn = bound(s)
    first = page(conn, url_entry(s, 1), left=b"one")
    s.cite("scp-incomplete", page(conn, without_url(s, 9, "BRANCH"), given=b"one"))
    assert first
    post(s, opened(s), ex(s, 1))


@field("K8", shows={"scp-incomplete": "warn"}, like=["scp-none"])
def entry_without_address_at_the_global_catalog(s):
    """The same where the catalog is asked, and beside an entry of no site."""
    conn = bound(s, port=GLOBAL_CATALOG)
    s.cite("scp-incomplete", conn.scp(without_url(s, 7, "HQ"), url_entry(s, 2, None), base=""))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@field("K8", like=["scp-incomplete", "scp-none", "scp-read-failed"])
def inventory_of_keywords_alone(s):
    """A script asked for the keywords and nothing else: addresses were not asked for."""
    conn = bound(s)
    op = search(s.config, 2, exchange_filter(), ["keywords", "cn"])
    conn.ask(op, without_url(s, 1), without_url(s, 2), done())


@field("K8", like=["scp-incomplete", "scp-none", "scp-read-failed"])
def entry_that_has_keywords_by_nature(s):
    """The entry for hybrid join consists of keywords: tenant and name."""
    conn = bound(s)
    dn = ("CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services,"
          + s.config)
    values = {"keywords": ["azureADName:" + s.domain, "azureADId:12345678-1234-1234-1234-123456789abc"]}
    conn.ask(search(dn, 0, present("objectClass"), ["keywords"]), entry(dn, values), done())


@field("K8", like=["scp-incomplete", "autodiscover-error", "http-error"], outcome="ok")
def liveness_looked_at_before_the_question(s):
    """A GET that the service answers with 600 is its usual greeting; the POST is what counts."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    get(s, t, ex(s, 1), uri=XML, answer=pox_error(600))
    post(s, t, ex(s, 1))
