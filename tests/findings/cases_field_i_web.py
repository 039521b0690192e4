# SPDX-License-Identifier: GPL-2.0-or-later
"""The web, proxies and DNS in forms that no other case has: silence after TLS, redirects from https to http and back,
answers by JSON, answers from another address, searches that take long; and healthy look-alikes of each.
"""
from build import *  # noqa: F403
from cases import url_entry
from cases_web import SVC, XML, connect, directory, ex, get, hidden_talk, pox, post, soap
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
WELL = r"went well"
OFFICE = "outlook.office365.com"
BASIC = "Authorization: Basic c3ludGhldGlj"
BAD_WEB = ["http-error", "http-unauthorized", "redirect-not-followed", "redirect-loop", "endpoint-unresolvable",
           "endpoint-unreachable", "autodiscover-error", "tls-failed"]


# ---- K3: no answer ----


@field("K3", may=["slow", "redirect-not-followed"], outcome="failed|incomplete",
       verdict=[r"\A[^\n]*no answer"], never={"verdict": [NOTHING_WRONG, TOO_LITTLE, WELL]})
def service_looks_and_then_hangs(s):
    """A GET by which a program looks whether there is anybody is answered; its SOAP question is not. The entry is good."""
    directory(s, url_entry(s, 1))
    t = s.https(s.web, ex(s, 1))
    get(s, t, ex(s, 1), uri=SVC)
    t.ask(http_post(ex(s, 1), SVC, soap(""), "Content-Type: text/xml", BASIC))
    s.wait(60)


@field("K3", may=["slow"], outcome="ok", like=BAD_WEB, verdict=[r"\A[^\n]*(no answer|lost)"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def first_server_hangs_and_the_second_answers(s):
    """A look-alike: the settings came from the other entry."""
    directory(s, url_entry(s, 1), url_entry(s, 2))
    t = s.https(s.web, ex(s, 1))
    t.ask(http_post(ex(s, 1), XML, pox(s), "Content-Type: text/xml", BASIC))
    s.wait(12)
    post(s, s.https(s.web2, ex(s, 2)), ex(s, 2), BASIC)
    s.wait(30)


@field("K3", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": ["{dns2}", "not asked"]},
       supported={"srv-unanswered": ["several addresses"]},
       never={"verdict": [NOTHING_WRONG], "srv-unanswered": ["is down", "firewall", "without any reply"]})
def two_questions_and_each_answer_from_the_other_card(s):
    """IPv6, Linux: dig without +short; a new port and number for each try, and no ICMP."""
    s.over_ipv6()
    name = DC.format(D=s.domain)
    for n in range(3):
        port = s.next_port()
        s.cite("srv-unanswered", s.c.udp(s.client, port, s.dns, 53, dns(300 + n, name)))
        s.c.udp(s.dns2, 53, s.client, port, dns_reply(300 + n, name, [srv_rr(QUESTION, s.host)]))
        s.wait(5)
    s.wait(10)


@field("K3", like=["srv-unanswered", "srv-not-found", "ping-unanswered", "kdc-unanswered"], outcome="ok|hidden",
       never={"verdict": ["no answer"]})
def balancer_answers_by_the_servers_own_addresses(s):
    """The capture is behind the device that translates: each answer has the address of the server behind it."""
    name = DC.format(D=s.domain)
    for n in range(2):
        port = s.next_port()
        s.c.udp(s.client, port, s.dns, 53, dns(310 + n, name))
        s.c.udp(s.dns2, 53, s.client, port, dns_reply(310 + n, name, [srv_rr(QUESTION, s.host)]))
        s.address(s.host, s.dc)
        s.ping(host=s.host)
        s.logon()
        s.wait(3)


@field("K3", like=["srv-unanswered", "srv-not-found"], outcome="ok|hidden")
def answer_of_the_balancer_got_lost_once(s):
    """The same device: the first answer does not reach the client behind it, which asks again and goes on."""
    name = DC.format(D=s.domain)
    port = s.next_port()
    for _ in range(2):
        s.c.udp(s.client, port, s.dns, 53, dns(330, name))
        s.c.udp(s.dns2, 53, s.client, port, dns_reply(330, name, [srv_rr(QUESTION, s.host)]))
        s.wait(2)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    s.logon()


@field("K3", shows={"srv-unanswered": "error"}, may=["slow"], outcome="failed", never={"verdict": [NOTHING_WRONG]},
       says={"srv-unanswered": ["{dns2}"]})
def client_gives_the_lookups_up_and_knows_a_controller(s):
    """Three times dropped: the program goes on with the controller in its settings, and the fault is told all the same."""
    name = DC.format(D=s.domain)
    port = s.next_port()
    for _ in range(4):
        s.cite("srv-unanswered", s.c.udp(s.client, port, s.dns, 53, dns(340, name)))
        s.c.udp(s.dns2, 53, s.client, port, dns_reply(340, name, [srv_rr(QUESTION, s.host)]))
        s.wait(5)
    conn = s.ldap()
    conn.simple()
    s.wait(10)


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": ["{dc2}"]},
       supported={"kdc-unanswered": ["several addresses"]}, may=["slow"],
       never={"verdict": [NOTHING_WRONG], "kdc-unanswered": ["drops port 88", "is down"]})
def kdc_with_two_cards(s):
    """The KDC's answers leave by the card for the backup network, whose address they then have."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    request = s.as_req("PC7$")
    port = s.next_port()
    for pause in (1, 2, 4):
        s.cite("kdc-unanswered", s.c.udp(s.client, port, s.dc, 88, request))
        s.c.udp(s.dc2, 88, s.client, port, s.error(25))
        s.wait(pause)
    s.wait(20)


# ---- K3: what alone makes no path ----


@field("K3", outcome="none", alone=True, verdict=["No path", "connections to ports of directories.* failed"])
def scan_of_ports(s):
    """An inventory program asks each address of the network for each port: nobody's discovery, and no fault."""
    for n in range(20, 40):
        for port in (88, 389, 443, 445, 636, 3268):
            s.syn(s.web[:s.web.rindex(".") + 1] + str(n), port, "refused" if n % 2 else "silent")
    s.wait(60)


@field("K3", outcome="none", alone=True, verdict=[r"\A(Verdict: )?none - No client in this capture looks for"], never={"verdict": ["failed", "refused"]})
def proxy_lets_a_browser_through(s):
    """A healthy look-alike of what a proxy refuses: pages of others, also one that is forbidden."""
    for host, status in (("www.fabrikam.example", 200), ("games.example", 403)):
        t = s.tcp(s.web2, 9090)
        connect(t, host, status=status)
        t.close()
        s.wait(5)


# ---- K4: hosts that only the web names ----


@field("K4", outcome="ok", like=["srv-not-found", "flat-domain-name"])
def intranet_page_by_the_name_that_was_taken_for_a_domain(s):
    """A library looks for controllers of the web server; its page is asked in clear, at a port of its own."""
    s.found()
    s.ping(host=s.host)
    s.logon()
    name = "wiki." + s.domain
    s.srv("_ldap._tcp.dc._msdcs." + name, rcode=3)
    get(s, s.tcp(s.web, 8080), name + ":8080", uri="/start", answer=b"<html>wiki</html>")
    s.wait(5)


@field("K4", shows={"srv-not-found": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def home_page_of_a_domain_that_dns_does_not_have(s):
    """At home: no locator of the company is found; its home page has the domain's name, and makes it no mere host."""
    s.cite("srv-not-found", s.srv(DC, rcode=3))
    s.cite("srv-not-found", s.srv("_ldap._tcp.{D}", rcode=3))
    hidden_talk(s, s.web, s.domain)
    s.wait(5)


# ---- K8: redirects ----


@field("K8", shows={"http-error": "error"}, like=["redirect-loop", "redirect-not-followed"], outcome="failed",
       first={"http-error": "TLS"}, never={"http-error": ["sends all visitors", "wrong host"]})
def redirect_to_http_that_nobody_follows(s):
    """The same server, and a program of the EWS Managed API: it does not leave https, and ends there."""
    directory(s, url_entry(s, 1))
    s.cite("http-error", post(s, s.https(s.web, ex(s, 1)), ex(s, 1), BASIC, status=302, answer=b"",
                              more=[f"Location: http://{ex(s, 1)}{XML}"]))
    s.wait(20)


@field("K8", outcome="ok", like=BAD_WEB, verdict=[NOTHING_WRONG])
def http_leads_to_https_of_the_same_host(s):
    """A healthy look-alike: the plain GET is sent to https, which gives the settings."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    get(s, s.tcp(s.web, 80), host, status=301, more=[f"Location: https://{host}{XML}"])
    post(s, s.https(s.web, host), host, BASIC)


@field("K8", outcome="ok", like=[*BAD_WEB, "autodiscover-fallback"], verdict=[NOTHING_WRONG])
def cloud_sends_the_phone_home_to_a_new_server(s):
    """JSON at Microsoft 365 says where the mailbox is, and the server there knows JSON."""
    uri = f"/autodiscover/autodiscover.json/v1.0/alice%40{s.domain}?Protocol=ActiveSync&RedirectCount="
    host = "autodiscover." + s.domain
    s.address(OFFICE, "192.0.2.81")
    get(s, s.https("192.0.2.81", OFFICE), OFFICE, uri=uri + "1", status=302, more=[f"Location: https://{host}{uri}2"])
    s.address(host, s.web)
    get(s, s.https(s.web, host), host, uri=uri + "2",
        answer=b'{"Protocol":"ActiveSync","Url":"https://' + host.encode() + b'/Microsoft-Server-ActiveSync"}')
    s.wait(10)


def json_uri(s, who="alice"):
    return f"/autodiscover/autodiscover.json/v1.0/{who}@{s.domain}?Protocol=Autodiscoverv1"


@field("K2", outcome="ok", like=BAD_WEB, verdict=[NOTHING_WRONG])
def server_inside_knows_no_json(s):
    """Outlook asks by JSON first; the server inside says 404, and answers the same as XML."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    t = s.https(s.web, host)
    get(s, t, host, uri=json_uri(s), status=404, answer=b"<html>Not Found</html>")
    post(s, t, host, BASIC)
    s.wait(10)


@field("K2", may=["http-error", "http-unauthorized"], outcome="failed|incomplete", verdict=[r"\A[^\n]*(404|401|credentials)"],
       never={"verdict": [NOTHING_WRONG, WELL]})
def server_inside_knows_no_json_and_refuses_the_rest(s):
    """The same, and the XML is refused to the end: nothing went on."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    t = s.https(s.web, host)
    get(s, t, host, uri=json_uri(s), status=404, answer=b"<html>Not Found</html>")
    post(s, t, host, BASIC, status=401, answer=b"", more=["WWW-Authenticate: Basic realm=x"])
    s.wait(10)


@field("K6", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", like=["redirect-not-followed"],
       causes={"endpoint-unresolvable": ["redirect leads to a name that only the DNS servers inside know"]},
       verdict=[r"\A[^\n]*ex1\.inside\.test"])
def redirect_leads_inside(s):
    """At home: the public server sends the client to the name of the server inside."""
    host = "autodiscover." + s.domain
    s.address(host, "198.51.100.25")
    post(s, s.https("198.51.100.25", host), host, BASIC, status=302, answer=b"",
         more=["Location: https://ex1.inside.test" + XML])
    s.cite("endpoint-unresolvable", s.address("ex1.inside.test", rcode=3))
    s.wait(10)


@field("K6", shows={"endpoint-unreachable": "error|warn"}, outcome="failed", like=["redirect-not-followed"], may=["slow"],
       supported={"endpoint-unreachable": ["address inside"]}, verdict=[r"\A[^\n]*mail\.inside\.test"])
def redirect_leads_to_an_address_inside(s):
    """The name of the server inside is in public DNS with its inner address."""
    host = "autodiscover." + s.domain
    s.address(host, "198.51.100.26")
    post(s, s.https("198.51.100.26", host), host, BASIC, status=302, answer=b"",
         more=["Location: https://mail.inside.test" + XML])
    s.address("mail.inside.test", "10.77.0.5")
    s.cite("endpoint-unreachable", s.syn("10.77.0.5", 443, "silent", times=3))
    s.wait(30)


# ---- K9: lost time ----


def listing(s, attribute, value):
    """A search that is no step, of a program that is bound."""
    conn = s.ldap()
    conn.simple()
    base = "DC=" + s.domain.replace(".", ",DC=")
    s.cite("slow", conn.t.ask(ldap(2, search(base, 2, equal(attribute, value), ["cn"]))))
    return conn


@field("K9", shows={"slow": "warn"}, outcome="ok", says={"slow": ["{dc}", "LDAP", r"14 s"]}, never={"verdict": [NOTHING_WRONG]})
def search_without_an_index(s):
    """A program asks for an attribute that nothing indexes: its users wait 14 s for the list."""
    conn = listing(s, "employeeNumber", "4711")
    s.wait(14)
    conn.t.answer(ldap(2, entry("CN=x,DC=test", {"cn": ["x"]})) + ldap(2, done()))


@field("K9", outcome="ok", like=["slow"], verdict=[NOTHING_WRONG])
def search_that_tells_of_changes(s):
    """A program is told of changes as they come: nobody waits for them."""
    conn = listing(s, "objectClass", "user")
    for name in ("x", "y"):
        s.wait(40)
        conn.t.answer(ldap(2, entry(f"CN={name},DC=test", {"cn": [name]})))
