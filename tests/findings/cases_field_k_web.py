# SPDX-License-Identifier: GPL-2.0-or-later
"""Autodiscover as it is met elsewhere: connections that are kept, balancers, proxies and firewalls in the way, TLS that
begins twice or is resumed, several mail domains and several people; and the faults that look like them.
"""
import base64

from build import *  # noqa: F403
from cases import url_entry
from cases_field_d import other_client
from cases_field_g_web import BAD_WEB, REDIRECTED, redirected, settings, ews
from cases_field_k_ldap import CALM, LOUD, NOTHING_WRONG, QUIET, TOO_LITTLE, resumed, version_1_3
from cases_web import BASIC, SETTINGS, SVC, XML, connect, directory, ex, get, hidden_talk, opened, post, pox, pox_error, response, soap
from field import field
from net import ntlm_as
from tls import Session, certificate_der
from web import (
    CHANGE, DATA, HIDDEN, TLS12, TLS13, alert, certificate_message, certificate_of, extension, finish, handshake, hello_of_client,
    hello_of_server, record, vector,
)

WELL = r"went well"
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446 4.1.3
LOGON_FORM = (b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action=\"/CookieAuth.dll?Logon\" method=\"POST\">"
              b"<input name=\"username\"><input type=\"password\" name=\"password\"></form></body></html>")


def found_without_directory(s):
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    return host


def asked(s, t, host, who, *headers, **more):
    return post(s, t, host, *headers, body=pox(s, who), **more)


def plain(user):
    return "Authorization: Basic " + base64.b64encode(f"{user}:synthetic".encode()).decode()


def by_ntlm(token):
    return "Authorization: NTLM " + base64.b64encode(token).decode()


# ---- healthy days: connections that are kept ----


@field("K2", outcome="ok", like=[*BAD_WEB, "ntlm-fallback", "autodiscover-error"], never=QUIET)
def one_connection_for_two_mailboxes(s):
    """NTLM belongs to the connection: 401 twice, then the body waits for 100 Continue; the team's mailbox is asked for on
    the same connection without any credentials, and once more after ten minutes."""
    host = ex(s, 1)
    directory(s, url_entry(s, 1))
    t = opened(s)
    challenge = ["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"]
    post(s, t, host, status=401, answer=b"", more=challenge)
    post(s, t, host, by_ntlm(ntlm(1)), status=401, answer=b"",
         more=["WWW-Authenticate: NTLM " + base64.b64encode(ntlm(2)).decode()])
    body = pox(s)
    whole = http_post(host, XML, body, "Content-Type: text/xml", "Expect: 100-continue", by_ntlm(ntlm_as("alice", "CORP")))
    t.ask(whole[: -len(body)])
    t.answer(http_reply(100))
    t.ask(body)
    t.answer(http_reply(200, SETTINGS, "Content-Type: text/xml"))
    asked(s, t, host, "team@" + s.domain)
    s.wait(600)
    asked(s, t, host, "team@" + s.domain)


@field("K3", outcome="ok", like=[*BAD_WEB, "autodiscover-error"], never=CALM)
def kept_connection_was_closed_meanwhile(s):
    """The server ends idle connections after two minutes; the next question crosses its FIN, is reset, and asked anew. IPv6."""
    s.over_ipv6()
    host = found_without_directory_ipv6(s)
    t = s.https(s.web, host)
    post(s, t, host, BASIC)
    s.wait(121)
    t.ask(http_post(host, XML, pox(s), "Content-Type: text/xml", BASIC))
    t.connection.reset("s")
    post(s, s.https(s.web, host), host, BASIC)
    s.wait(10)


def found_without_directory_ipv6(s):
    host = "autodiscover." + s.domain
    s.address(host, s.web, kind=AAAA)
    return host


# ---- healthy days: several domains, several servers ----


@field("K8", like=["autodiscover-error", "http-unauthorized", "redirect-not-followed"], never=CALM)
def three_accounts_of_three_domains(s):
    """One profile: the company's by its entry, a subsidiary's by a record in DNS whose first host refuses, and one that an
    alias leads to the cloud."""
    sister, club = f"{s.short}-sister.example", f"{s.short}-club.example"
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1), BASIC)
    s.address(sister, rcode=3)
    s.address("autodiscover." + sister, rcode=3)
    name, first, second = "_autodiscover._tcp." + sister, "mx1." + sister, "mx2." + sister
    s.ident += 1
    s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [srv_rr(QUESTION, first, 443, 0), srv_rr(QUESTION, second, 443, 10)]))
    s.address(first, s.dc2)
    s.syn(s.dc2, 443, "refused")
    s.address(second, s.web2)
    asked(s, s.https(s.web2, second), second, "alice@" + sister, BASIC)
    host, cloud = "autodiscover." + club, "192.0.2.91"
    s.address(club, rcode=3)
    s.ident += 1
    s.udp(s.dns, 53, dns(s.ident, host, A), dns_reply(s.ident, host, [rr(QUESTION, CNAME, dns_name("autodiscover.outlook.com")),
                                                                    address_rr("autodiscover.outlook.com", cloud)], kind=A))
    t = s.https(cloud, host, names=["autodiscover.outlook.com", host])
    asked(s, t, host, "alice@" + club, status=401, answer=b"", more=['WWW-Authenticate: Bearer client_id="1"'])
    asked(s, t, host, "alice@" + club, "Authorization: Bearer synthetic")
    s.wait(20)


@field("K5", shows={"http-error": "note"}, recovered=["http-error"], outcome="ok", never=CALM)
def node_without_service_behind_the_balancer(s):
    """503 of a node whose service has just started; the same question on a new connection meets another node."""
    directory(s, url_entry(s, 1))
    s.cite("http-error", post(s, opened(s), ex(s, 1), BASIC, status=503, answer=b"<h2>Service Unavailable</h2>"))
    s.wait(2)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1), BASIC)


@field("K5", shows={"http-error": "note"}, recovered=["http-error"], outcome="ok", never=CALM)
def cloud_asks_for_patience_once(s):
    """429 and Retry-After: the tool waits these three seconds, and has its answer."""
    s.address(REDIRECTED, "192.0.2.92")
    t = s.https("192.0.2.92", REDIRECTED)
    bearer = "Authorization: Bearer synthetic"
    s.cite("http-error", post(s, t, REDIRECTED, bearer, status=429, answer=b"", more=["Retry-After: 3"]))
    s.wait(3)
    post(s, t, REDIRECTED, bearer)


@field("K8", shows={"http-error": "note"}, recovered=["http-error"], outcome="ok", never=CALM)
def service_knows_xml_and_no_soap(s):
    """A hoster's server: a Java client's SOAP question is not found there, and POX at the same host is answered."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    s.cite("http-error", post(s, t, host, BASIC, uri=SVC, body=soap(""), status=404, answer=b"<html>Not Found</html>"))
    post(s, t, host, BASIC)


@field("K3", like=[*BAD_WEB, "autodiscover-error"], never=QUIET)
def monitor_looks_after_the_web_service(s):
    """A balancer by keep-alive, each half a minute: the page of health is 200, autodiscover wants a logon, which is well; an
    administrator's browser is told 600, which shows that the service lives."""
    host = found_without_directory(s)
    for _ in range(3):
        t = s.https(s.web, host)
        get(s, t, host, uri="/autodiscover/healthcheck.htm", answer=b"200 OK<br/>EX1")
        get(s, t, host, status=401, more=["WWW-Authenticate: Negotiate", "WWW-Authenticate: Basic realm=x"])
        t.connection.close()
        s.wait(30)
    get(s, s.https(s.web, host), host, plain("admin"), answer=pox_error(600))


# ---- healthy days: TLS ----


@field("K3", outcome="ok|hidden", like=BAD_WEB, never=QUIET)
def client_says_hello_twice(s):
    """TLS 1.3: the server wants another group, and the client says hello once more; then all is as it should be."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    t.ask(record(22, hello_of_client(ex(s, 1)), 0x0301))
    more = vector(2, extension(43, struct.pack(">H", TLS13)), extension(51, b"\0\x18"))
    t.answer(record(22, handshake(2, struct.pack(">H", TLS12), RETRY, vector(1), b"\x13\x01\0", more)) + CHANGE)
    t.ask(CHANGE + record(22, hello_of_client(ex(s, 1))))
    t.answer(record(22, hello_of_server(TLS13)) + record(23, bytes(1200)))
    t.ask(record(23, bytes(53)) + record(23, bytes(700)))
    t.answer(record(23, bytes(2500)))
    t.ask(record(23, bytes(19)))
    t.close()


@field("K3", outcome="ok|hidden", like=BAD_WEB, never=QUIET)
def server_warns_of_a_name_and_goes_on(s):
    """unrecognized_name as a warning: the server has one certificate for all names, which is the right one. IPv6."""
    s.over_ipv6()
    host = found_without_directory_ipv6(s)
    t = s.tcp(s.web, 443)
    t.ask(record(22, hello_of_client(host), 0x0301))
    t.answer(alert(1, 112) + record(22, hello_of_server()) + record(22, certificate_message(certificate_of((host, s.mail))))
             + record(22, handshake(14)))
    finish(t)
    t.ask(record(21, bytes(26)))
    t.close()


@field("K5", shows={"tls-failed": "note"}, recovered=["tls-failed"], outcome="ok|hidden", never=CALM)
def script_tries_the_old_version_first(s):
    """The framework's first choice is TLS 1.0, and the server says protocol_version; at the second try it is TLS 1.2."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    hello = t.ask(record(22, handshake(1, struct.pack(">H", 0x0301), bytes(range(32)), b"\0", vector(2, b"\0\x2f\0\x35"),
                                       vector(1, b"\0"), vector(2, extension(0, vector(2, b"\0", vector(2, ex(s, 1).encode()))))), 0x0301))
    s.cite("tls-failed", hello, t.answer(record(21, bytes([2, 70]), 0x0301)))
    t.close()
    s.wait(1)
    hidden_talk(s, s.web, ex(s, 1))
    s.wait(10)


@field("K3", outcome="ok|hidden", like=BAD_WEB, never=QUIET)
def sessions_with_the_mail_server_are_resumed(s):
    """The mail client was started before the capture: its sessions are resumed, and show no certificate."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        resumed(t, ex(s, 1))
        t.ask(DATA)
        t.answer(DATA + DATA)
        t.close()
        s.wait(20)


@field("K3", outcome="ok|hidden|incomplete", like=BAD_WEB, never=QUIET)
def answers_of_the_mail_server_come_another_way(s):
    """Two routers: what the mail server says does not pass the tap; the client's acknowledgements tell that it gets it."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.c.tcp(s.client, s.next_port(), s.web, 443, handshake=False)

    def unseen(n):
        t.seq["s"] += n
        t._segment("c", "A")

    t.open("cS")
    unseen(1)
    t.ask(record(22, hello_of_client(ex(s, 1)), 0x0301))
    unseen(3100)
    t.ask(record(22, handshake(16, bytes(66))) + CHANGE + HIDDEN)
    unseen(51)
    for n in (900, 4000):
        t.ask(DATA)
        unseen(n)
    s.wait(30)


# ---- healthy days: proxies ----


@field("K5", shows={"proxy-refused": "note"}, recovered=["proxy-refused"], outcome="ok", never=CALM)
def second_proxy_of_the_script(s):
    """proxy.pac names two: the first cannot reach the host (503), the second lets the client through."""
    directory(s, url_entry(s, 1))
    t = s.tcp(s.dc2, 8080)
    s.cite("proxy-refused", connect(t, ex(s, 1), status=503))
    t.close()
    t = s.tcp(s.dc3, 8080)
    connect(t, ex(s, 1))
    post(s, Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)]), ex(s, 1), BASIC)


# ---- faults: whose they are ----


@field("K5", shows={"http-unauthorized": "error"}, never={"verdict": [NOTHING_WRONG]})
def one_of_two_people_behind_the_router(s):
    """A branch behind one address: Bob's old password is refused each time, Alice has her settings at the same server,
    before, between and after."""
    host = found_without_directory(s)
    challenge = ["WWW-Authenticate: Basic realm=x"]
    for _ in range(3):
        asked(s, s.https(s.web, host), host, "alice@" + s.domain, plain("alice"))
        s.wait(5)
        s.cite("http-unauthorized", asked(s, s.https(s.web, host), host, "bob@" + s.domain, plain("bob"), status=401, answer=b"",
                                          more=challenge))
        s.wait(20)
    asked(s, s.https(s.web, host), host, "alice@" + s.domain, plain("alice"))
    s.wait(20)


@field("K5", shows={"endpoint-unreachable": "error"}, may=["slow"], never={"path": [r"note endpoint-unreachable"]})
def one_desk_of_two_has_no_way_to_the_mail_server(s):
    """Both desks learn of the same server at the same time; the rule of the firewall knows one of them."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.c.tcp(s.client, s.next_port(), s.web, 443, handshake=False)
    start = t.seq["c"]
    for n, pause in enumerate((1, 2, 4)):
        t.seq["c"] = start
        s.cite("endpoint-unreachable", t.open("cS"))
        with other_client(s):
            if not n:
                directory(s, url_entry(s, 1))
                s.address(ex(s, 1), s.web)
            post(s, s.https(s.web, ex(s, 1)), ex(s, 1), BASIC)
        s.wait(pause)
    s.wait(40)


@field("K5", shows={"endpoint-unresolvable": "error|warn|note"}, recovered=["endpoint-unresolvable?"],
       says={"endpoint-unresolvable": ["club"]}, verdict=[r"\A[^\n]*club"],
       never={"path": [r"note endpoint-unresolvable:[^\n]*club"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def one_of_three_domains_is_nowhere(s):
    """Three accounts: two mail domains have their autodiscover host, the third has no name at all, neither a record."""
    for n, name in enumerate((s.domain, f"{s.short}-sister.example")):
        host = "autodiscover." + name
        s.address(name, rcode=3)
        s.address(host, (s.web, s.web2)[n])
        asked(s, s.https((s.web, s.web2)[n], host), host, "alice@" + name, BASIC)
    club = f"{s.short}-club.example"
    s.cite("endpoint-unresolvable", s.address(club, rcode=3), s.address("autodiscover." + club, rcode=3))
    s.srv("_autodiscover._tcp." + club, rcode=3)
    s.wait(30)


@field("K1", shows={"autodiscover-error": "error"}, outcome="failed|ok", says={"autodiscover-error": ["InvalidUser"]},
       verdict=["InvalidUser|autodiscover"], never={"verdict": [NOTHING_WRONG]})
def one_of_two_users_is_not_there(s):
    """A migration tool asks for two mailboxes in one SOAP request: the answer is 200 and NoError, and the second user unknown."""
    host = found_without_directory(s)
    inner = ("<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><UserSettings><UserSetting>"
             "<Name>UserDisplayName</Name><Value>Alice</Value></UserSetting></UserSettings></UserResponse><UserResponse>"
             "<ErrorCode>InvalidUser</ErrorCode><ErrorMessage>Invalid user.</ErrorMessage></UserResponse></UserResponses>")
    s.cite("autodiscover-error", post(s, s.https(s.web, host), host, BASIC, uri=SVC, body=soap(""), answer=soap(inner)))
    s.wait(10)


# ---- faults: what answers instead ----


@field("K1", may=["http-error", "autodiscover-error", "http-unauthorized"], outcome="failed|incomplete",
       never={"verdict": [NOTHING_WRONG, WELL]})
def gateway_shows_its_logon_form(s):
    """Preauthentication in front of the servers: each question is answered by 200 and a page that wants a password."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.https(s.web, host)
        question = t.ask(http_post(host, XML, pox(s), "Content-Type: text/xml", BASIC))
        assert question and t.answer(http_reply(200, LOGON_FORM, "Content-Type: text/html; charset=utf-8"))
        s.wait(5)
    s.wait(20)


@field("K3", may=["slow", "http-error", "endpoint-unreachable", "tls-failed"], outcome="failed|incomplete",
       verdict=[r"\A[^\n]*(no answer|answer|closed)"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL]})
def balancer_takes_the_question_and_closes(s):
    """No member of the pool is up: TLS ends at the balancer, which closes the connection when the question is there; IPv6."""
    s.over_ipv6()
    host = found_without_directory_ipv6(s)
    for _ in range(3):
        t = s.https(s.web, host)
        t.ask(http_post(host, XML, pox(s), "Content-Type: text/xml", BASIC))
        t.connection._segment("s", "FA")
        t.connection.seq["s"] += 1
        t.connection._segment("c", "FA")
        s.wait(10)


@field("K3", shows={"tls-failed": "error|warn"}, outcome="failed", says={"tls-failed": ["unknown_ca|authority"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def client_s_half_of_a_refused_certificate(s):
    """The tap sees what goes to the mail server alone: a hello, and that the authority is unknown, three times."""
    host = found_without_directory(s)
    for _ in range(3):
        t = s.c.tcp(s.client, s.next_port(), s.web, 443, handshake=False)
        t.open("cS")
        t.seq["s"] += 1
        t._segment("c", "A")
        t.ask(record(22, hello_of_client(host), 0x0301))
        t.seq["s"] += 2900
        s.cite("tls-failed", t.ask(alert(2, 48)))
        t._segment("c", "FA")
        s.wait(8)


@field("K3", may=["endpoint-unresolvable", "slow", "redirect-not-followed", "endpoint-unreachable"], outcome="failed|incomplete",
       verdict=[REDIRECTED], never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL]})
def nobody_answers_for_the_redirect_s_host(s):
    """The inner server sends the client to the cloud; the inner DNS has no way to the Internet and says nothing about it."""
    redirected(s)
    s.ident += 1
    for server in (s.dns, s.dns2):
        port = s.next_port()
        for pause in (1, 2, 4):
            s.udp(server, 53, dns(s.ident, REDIRECTED, A), cport=port)
            s.wait(pause)
    s.wait(30)


@field("K6", shows={"tls-failed": "error|warn"}, outcome="failed", verdict=[r"\A[^\n]*(mail\d+|TLS)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE], "tls-failed": ["has no certificate", "without a certificate"]})
def firewall_resets_one_name_of_two(s):
    """One address has both names: autodiscover's redirects to mail's, and each hello with that name is reset at once."""
    host = found_without_directory(s)
    post(s, s.https(s.web, host), host, BASIC, status=302, answer=b"", more=[f"Location: https://{s.mail}{XML}"])
    s.address(s.mail, s.web)
    for _ in range(3):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(client_hello(s.mail)))
        t.reset("s")
        s.wait(4)
    s.wait(20)


@field("K5", shows={"proxy-refused": "error|warn"}, verdict=[r"\A[^\n]*proxy"], never={"verdict": [NOTHING_WRONG], "path": ["note proxy-refused"]})
def proxy_refuses_lets_through_and_refuses_again(s):
    """502 at nine, settings at ten, 502 at eleven: the proxy's own way out comes and goes."""
    directory(s, url_entry(s, 1))
    for hour in (9, 10, 11):
        t = s.tcp(s.web2, 8080)
        if hour == 10:
            connect(t, ex(s, 1))
            post(s, Session(t, s.c.keylog, host=ex(s, 1), names=[ex(s, 1)]), ex(s, 1), BASIC)
        else:
            s.cite("proxy-refused", connect(t, ex(s, 1), status=502))
            t.close()
        s.wait(1800)


@field("K3", shows={"tls-failed": "warn|note"}, recovered=["tls-failed?"], may=["autodiscover-fallback"], outcome="ok|hidden", like=["tls-name-mismatch"],
       says={"tls-failed": ["ex1"]}, never={"verdict": [NOTHING_WRONG]})
def first_of_two_servers_is_left_behind_the_encryption(s):
    """TLS 1.3 at the first entry's server: the client's encrypted alert, and its FIN, twice; the second entry's server serves."""
    directory(s, url_entry(s, 1), url_entry(s, 2))
    s.address(ex(s, 1), s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", version_1_3(t, ex(s, 1)))
        t.ask(CHANGE + record(23, bytes(19)))
        t.close()
        s.wait(1)
    post(s, opened(s, 2), ex(s, 2), BASIC)
    s.wait(20)


@field("K8", outcome="ok|hidden", like=["http-error", "http-unauthorized", "redirect-not-followed", "autodiscover-error", "tls-failed"],
       never=CALM)
def hybrid_user_is_asked_for_at_both_ends(s):
    """At home POX gives the address in the cloud; the cloud's server gives the settings, whose EWS is used hidden."""
    cloud = f"{s.short}.mail.onmicrosoft.example"
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1), BASIC, answer=response(
        f"<Account><Action>redirectAddr</Action><RedirectAddr>alice@{cloud}</RedirectAddr></Account>"))
    host = "autodiscover." + cloud
    s.address(cloud, rcode=3)
    s.ident += 1
    s.udp(s.dns, 53, dns(s.ident, host, A), dns_reply(s.ident, host, [rr(QUESTION, CNAME, dns_name("autodiscover.outlook.com")),
                                                                    address_rr("autodiscover.outlook.com", "192.0.2.93")], kind=A))
    t = s.https("192.0.2.93", host, names=["*.outlook.com", host])
    asked(s, t, host, "alice@" + cloud, status=401, answer=b"", more=['WWW-Authenticate: Bearer client_id="1"'])
    asked(s, t, host, "alice@" + cloud, "Authorization: Bearer synthetic", answer=settings(ews("outlook.office365.com")))
    s.address("outlook.office365.com", "192.0.2.94")
    hidden_talk(s, "192.0.2.94", "outlook.office365.com")


@field("K7", shows={"tls-failed": "error|warn"}, outcome="failed", checks={"tls-failed": ["-proxy |--proxy|-x "]},
       causes={"tls-failed": ["opens TLS"]}, never={"verdict": [NOTHING_WRONG]})
def proxy_opens_tls_with_an_authority_of_its_own(s):
    """Within the tunnel the client is shown a certificate of the proxy's making, whose authority a Linux host does not know."""
    host = found_without_directory(s)
    for _ in range(2):
        t = s.tcp(s.web2, 3128)
        connect(t, host)
        hello = t.ask(client_hello(host))
        shown = t.answer(server_hello() + tls_certificate(certificate_der(host)))
        s.cite("tls-failed", hello, shown, t.ask(tls_alert(2, 48)))
        t.close()
        s.wait(6)
    s.wait(20)


@field("K12", shows={"http-unauthorized": "error"}, says={"http-unauthorized": [r"\b12\b[^.]*(names|users|accounts|people|mailboxes)"]},
       never={"path": [r"(error http-unauthorized:.*){2}"], "verdict": [NOTHING_WRONG]})
def one_password_for_twelve_names_at_autodiscover(s):
    """Nobody's mail client: twelve people in two minutes from one address, each refused once."""
    host = found_without_directory(s)
    for n in range(12):
        user = f"staff{n:02}@{s.domain}"
        s.cite("http-unauthorized", asked(s, s.https(s.web, host), host, user, plain(user), status=401, answer=b"",
                                          more=["WWW-Authenticate: Basic realm=x"])[1])
        s.wait(9)
    s.wait(20)


# ---- neighbours of what these cases found ----


@field("K5", shows={"autodiscover-error": "error"}, says={"autodiscover-error": ["500"]}, verdict=[r"\A[^\n]*(500|utodiscover)"],
       never={"verdict": [NOTHING_WRONG]})
def mailbox_of_one_of_two_people_is_unknown(s):
    """One address for a branch: Bob's mailbox has no configuration (500), Alice's has, before and after."""
    host = found_without_directory(s)
    for n in range(3):
        who = ("alice", "bob", "alice")[n]
        frames = asked(s, s.https(s.web, host), host, f"{who}@{s.domain}", plain(who), answer=pox_error(500) if n == 1 else SETTINGS)
        if n == 1:
            s.cite("autodiscover-error", frames)
        s.wait(10)


@field("K5", shows={"http-error": "warn|error"}, verdict=[r"\A[^\n]*(403|HTTP)"], never={"verdict": [NOTHING_WRONG], "path": ["note http-error"]})
def one_of_two_people_may_not_use_the_service(s):
    """403 for Bob, each time; Alice has her settings at the same place."""
    host = found_without_directory(s)
    for n in range(4):
        who = ("bob", "alice")[n % 2]
        frames = asked(s, s.https(s.web, host), host, f"{who}@{s.domain}", plain(who), status=200 if n % 2 else 403,
                       answer=SETTINGS if n % 2 else b"Forbidden")
        if not n % 2:
            s.cite("http-error", frames)
        s.wait(10)


@field("K5", shows={"http-unauthorized": "error"}, never={"verdict": [NOTHING_WRONG]})
def one_of_two_people_with_ntlm(s):
    """The same by NTLM: each has a connection; Bob's proof is refused, Alice's taken."""
    host = found_without_directory(s)
    challenge = ["WWW-Authenticate: NTLM"]
    second = ["WWW-Authenticate: NTLM " + base64.b64encode(ntlm(2)).decode()]
    for who, status in (("bob", 401), ("alice", 200), ("bob", 401), ("alice", 200)):
        t = s.https(s.web, host)
        mail = f"{who}@{s.domain}"
        asked(s, t, host, mail, by_ntlm(ntlm(1)), status=401, answer=b"", more=second)
        frames = asked(s, t, host, mail, by_ntlm(ntlm_as(who, "CORP")), status=status, answer=b"" if status == 401 else SETTINGS,
                       more=challenge if status == 401 else ())
        if who == "bob":
            s.cite("http-unauthorized", frames)
        s.wait(10)


@field("K5", outcome="ok", like=["http-unauthorized", "http-error"], never={"verdict": ["failed -", "with a warning"], "path": [LOUD]})
def name_is_mistyped_and_asked_for_again(s):
    """A prompt: the user writes "alcie" and is asked again; the second name is right, and the mailbox the same."""
    host = found_without_directory(s)
    t = s.https(s.web, host)
    challenge = ["WWW-Authenticate: Basic realm=x"]
    post(s, t, host, status=401, answer=b"", more=challenge)
    post(s, t, host, plain("CORP\\alcie"), status=401, answer=b"", more=challenge)
    s.wait(9)
    post(s, t, host, plain("CORP\\alice"))


@field("K5", shows={"endpoint-unreachable": "error|warn"}, outcome="failed|ok", verdict=[r"\A[^\n]*(ex1|{web})"],
       never={"verdict": [NOTHING_WRONG]})
def mail_server_that_answered_is_gone(s):
    """Settings in the morning; from ten o'clock on the same server refuses each connection, to the end."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), BASIC)
    t.connection.close()
    s.wait(3600)
    for _ in range(4):
        s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))
        s.wait(60)
