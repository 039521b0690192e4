# SPDX-License-Identifier: GPL-2.0-or-later
"""Autodiscover in other companies: entries that are written otherwise than the documents have it, redirects with ports and
mailboxes in them, answers of 200 with nothing inside, firewalls and printers in the mail server's place.
"""
from build import *  # noqa: F403
from cases import URL_GUID
from cases_field_g_web import BAD_WEB, REDIRECTED
from cases_field_k_ldap import CALM, NOTHING_WRONG, QUIET, TOO_LITTLE
from cases_field_k_web import found_without_directory
from cases_web import BASIC, SETTINGS, SVC, XML, connect, directory, ex, get, hidden_talk, opened, post, pox, pox_error, soap
from field import field
from tls import certificate_der
from web import alert, certificate_message, certificate_of, handshake, hello_of_client, hello_of_server, record

WELL = r"went well"


def written(s, n, binding, *keywords):
    """An entry whose values are these."""
    dn = f"CN=EX{n},CN=Autodiscover,CN=Protocols,{s.config}"
    return entry(dn, {"serviceBindingInformation": [binding], "keywords": [URL_GUID, *keywords]})


# ---- K8: the documented order, and what is written otherwise ----


@field("K8", outcome="ok|hidden", like=["scp-incomplete", "scp-other-site-only", "autodiscover-fallback", "scp-order-differs", *BAD_WEB], never=CALM)
def entry_has_capitals_and_a_space(s):
    """Somebody typed it: HTTPS in capitals, the path in letters of any height, a space behind it, SITE=hq for HQ."""
    directory(s, written(s, 1, f"HTTPS://EX1.{s.domain.upper()}/AutoDiscover/AUTODISCOVER.xml ", "SITE=hq"),
              written(s, 2, f"https://ex2.{s.domain}{XML}", "Site=Oslo"))
    s.address(ex(s, 1), s.web)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1), BASIC)


@field("K8", outcome="ok|hidden", like=["scp-incomplete", "scp-none", "autodiscover-fallback", *BAD_WEB], never=CALM)
def entry_names_an_address_without_tls(s):
    """http:// in the entry, as the oldest guides had it; SOAP clients take the host alone, and come by TLS."""
    directory(s, written(s, 1, f"http://{ex(s, 1)}{XML}", "Site=HQ"))
    s.address(ex(s, 1), s.web)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1), BASIC)


@field("K8", outcome="ok|hidden", like=["redirect-not-followed", "redirect-loop", "autodiscover-error", *BAD_WEB], never=CALM)
def redirect_has_the_port_and_the_mailbox_in_it(s):
    """The cloud moves the question to a path of its own at the same host: with :443, and with the mailbox before the file."""
    s.address(REDIRECTED, "192.0.2.66")
    t = s.https("192.0.2.66", REDIRECTED)
    bearer = "Authorization: Bearer synthetic"
    uri = f"/Autodiscover/alice@{s.domain}/Autodiscover.xml"
    post(s, t, REDIRECTED, bearer, uri="/Autodiscover/Autodiscover.xml", status=302, answer=b"",
         more=[f"Location: https://{REDIRECTED}:443{uri}"])
    post(s, t, REDIRECTED, bearer, uri=uri)


@field("K8", shows={"redirect-not-followed": "note|warn|error"}, outcome="failed|incomplete|ok", never={"verdict": [NOTHING_WRONG]})
def redirect_within_the_host_is_not_allowed_to_the_library(s):
    """The same redirect, and a library that was told to take none: it raises an error and ends."""
    s.address(REDIRECTED, "192.0.2.67")
    t = s.https("192.0.2.67", REDIRECTED)
    uri = f"/Autodiscover/alice@{s.domain}/Autodiscover.xml"
    s.cite("redirect-not-followed", post(s, t, REDIRECTED, "Authorization: Bearer synthetic", uri="/Autodiscover/Autodiscover.xml", status=302,
                                         answer=b"", more=[f"Location: https://{REDIRECTED}:443{uri}"]))
    t.connection.close()
    s.wait(60)


@field("K8", may=["client-site-undefined"], outcome="ok|hidden", like=["scp-order-differs", "scp-other-site-only", "autodiscover-fallback", *BAD_WEB],
       never={"verdict": ["failed -"], "path": [r"(?m)^\s*error\s"]})
def client_of_no_site_takes_the_entry_of_no_site(s):
    """Nobody entered the subnet: of three entries the one without a site comes first for such a client."""
    directory(s, written(s, 1, f"https://ex1.{s.domain}{XML}", "Site=Oslo"), written(s, 2, f"https://ex2.{s.domain}{XML}"),
              written(s, 3, f"https://ex3.{s.domain}{XML}", "Site=HQ"), site="")
    s.address(ex(s, 2), s.web)
    post(s, s.https(s.web, ex(s, 2)), ex(s, 2), BASIC)


# ---- K1: 200 is not yet an answer ----


@field("K1", outcome="failed|incomplete", may=["autodiscover-error", "http-error"], never={"verdict": [NOTHING_WRONG, WELL]})
def answer_is_empty(s):
    """The back end crashed behind a front end that says 200 all the same: no byte of an answer, at both servers."""
    directory(s)
    for n, server in ((1, s.web), (2, s.web2)):
        s.address(ex(s, n), server)
        t = s.https(server, ex(s, n))
        post(s, t, ex(s, n), BASIC, answer=b"")
        t.connection.close()
        s.wait(2)
    s.wait(30)


@field("K1", outcome="ok|hidden", like=["autodiscover-error", *BAD_WEB], never=CALM)
def answer_comes_in_chunks(s):
    """200 without a length: the XML stands in three chunks, the last of which ends it."""
    directory(s)
    t = opened(s)
    t.ask(http_post(ex(s, 1), XML, pox(s), "Content-Type: text/xml", BASIC))
    parts = [SETTINGS[:90], SETTINGS[90:160], SETTINGS[160:], b""]
    body = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in parts)
    t.answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


# ---- K6: who answers in the mail server's place ----


@field("K6", shows={"http-error": "error"}, outcome="failed", says={"http-error": ["403"]}, causes={"http-error": ["firewall|proxy|device in between"]},
       never={"verdict": [NOTHING_WRONG], "http-error": ["mailbox does not exist"]})
def firewall_for_web_applications_dislikes_the_question(s):
    """In front of the servers: the GET of a browser is let through (401), each POST with XML is 403 with a page of its own."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    get(s, t, host, status=401, more=["WWW-Authenticate: Negotiate", "WWW-Authenticate: Basic realm=x"])
    page = b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Support ID: 77</body></html>"
    for uri, body in ((XML, None), (SVC, soap("")), (XML, None)):
        s.cite("http-error", post(s, t, host, BASIC, uri=uri, body=body, status=403, answer=page))
        s.wait(2)
    s.wait(20)


@field("K6", shows={"tls-name-mismatch": "error"}, outcome="failed", may=["tls-failed"], says={"tls-name-mismatch": ["NPI81C2"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "tls-name-mismatch": ["wildcard certificate is the cause"]})
def printer_has_the_old_server_s_address(s):
    """The entry outlived its server, DNS, too; a printer got the address, and its certificate says NPI81C2."""
    directory(s, written(s, 1, f"https://{ex(s, 1)}{XML}", "Site=HQ"))
    s.address(ex(s, 1), s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        t.ask(record(22, hello_of_client(ex(s, 1)), 0x0301))
        s.cite("tls-name-mismatch", t.answer(record(22, hello_of_server()) + record(22, certificate_message(certificate_of((), "NPI81C2"))) + record(22, handshake(14))))
        t.ask(alert(2, 42))
        t.close()
        s.wait(5)
    s.wait(20)


# ---- K9: the proxy takes its time ----


@field("K9", shows={"slow": "warn"}, outcome="ok|hidden", says={"slow": ["{web2}|proxy"]}, like=["proxy-refused"], never={"verdict": [NOTHING_WRONG]})
def proxy_takes_ten_seconds_for_each_tunnel(s):
    """Its resolver tries a dead server first: each CONNECT is granted, after ten seconds."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.tcp(s.web2, 8080)
        asked = t.ask(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        s.wait(10)
        s.cite("slow", asked, t.answer(b"HTTP/1.1 200 Connection established\r\n\r\n"))
        t.ask(client_hello(host))
        t.answer(server_hello() + tls_certificate(certificate_der(host)))
        t.ask(tls_record(20, b"\1") + tls_data(1))
        t.answer(tls_record(20, b"\1") + tls_data(2))
        t.ask(tls_data(3))
        t.answer(tls_data(4))
        t.close()


@field("K9", outcome="ok|hidden", like=["slow", "proxy-refused"], never=QUIET)
def proxy_lets_through_at_once_and_the_user_reads(s):
    """The same proxy on a good day; two minutes between the tunnels are the user's own."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.tcp(s.web2, 8080)
        connect(t, host)
        t.ask(client_hello(host))
        t.answer(server_hello() + tls_certificate(certificate_der(host)))
        t.ask(tls_record(20, b"\1") + tls_data(1))
        t.answer(tls_record(20, b"\1") + tls_data(2))
        t.ask(tls_data(3))
        t.answer(tls_data(4))
        t.close()
        s.wait(120)


# ---- K5: whose success it is ----


@field("K5", shows={"autodiscover-error": "error"}, outcome="failed|ok", says={"autodiscover-error": ["500"]}, never={"verdict": [NOTHING_WRONG]})
def settings_are_there_and_gone_and_there_and_gone(s):
    """One mailbox, one server, two nodes of its database: 500, settings, 500, settings, 500."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    for good in (False, True, False, True, False):
        frames = post(s, t, host, BASIC, **({} if good else {"answer": pox_error(500)}))
        if not good:
            s.cite("autodiscover-error", frames)
        s.wait(30)


@field("K5", shows={"endpoint-unreachable|slow": "note|warn"}, outcome="ok|hidden", recovered=["endpoint-unreachable?"], never={"verdict": ["failed -"]})
def first_entry_s_server_is_off_and_its_name_is_served_elsewhere(s):
    """ex1 is switched off; its name in DNS is changed to the new server's address during the capture, and there it is served."""
    directory(s, written(s, 1, f"https://{ex(s, 1)}{XML}", "Site=HQ"))
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable|slow", s.syn(s.web, 443, "silent", times=3))
    s.wait(40)
    s.address(ex(s, 1), s.web2)
    hidden_talk(s, s.web2, ex(s, 1))
