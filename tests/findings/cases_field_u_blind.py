# SPDX-License-Identifier: GPL-2.0-or-later
"""A second round of public reports and their healthy neighbours, written down before the rules were read.

Kinds K1 (the first line denies what the packets show), K2 (a sequel makes it healthy), K3 (bytes are looked at before
anybody is called silent), K4 (names), K6 (causes that the packets support or refute), K8 (autodiscover), K9 (lost
time) and K12 (one story).
"""
from cases import exchange_filter, url_entry
from cases_field_b_time import password_answer, password_change
from cases_field_d import SEALED_ANSWER
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV, hello, offered, said_by_client
from cases_field_t_blind import BAD_WEB, autodiscover_host, hung_up, signed_on
from cases_kerberos import ap_error
from cases_reports import pk_as_req
from cases_web import BASIC, XML, directory, ex, get, post, response
from field import field
from net import *  # noqa: F403
from tls import certificate_der
from web import CHANGE, DATA, HIDDEN, alert, certificate_message, certificate_of, handshake, hello_of_server, record

NXDOMAIN, NS, PTR, URI = 3, 2, 12, 256
SEC = "LdapErr: DSID-0C0905B1, comment: AcceptSecurityContext error, data {}, v4563"
INTERNAL, NO_LOGON_SERVERS = "80090304: " + SEC.format("20ee"), "80090311: " + SEC.format("51f")
MUST_CHANGE, WRONG = "80090308: " + SEC.format("773"), "8009030C: " + SEC.format("52e")
NO_CONTROL = "00002040: SvcErr: DSID-031401E7, problem 5010 (UNAVAIL_EXTENSION), data 0"
PASSWORD = "password (that was sent )?is wrong|wrong password|password differs|name or (the )?password"


def top(s):
    return ",".join("DC=" + x for x in s.domain.split("."))


def silent_tcp(s, server, port, times=3):
    return s.syn(server, port, times=times)


# ---- LDAP: whose fault a refused bind is ----


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", may=["ldap-not-bound"], first={"ldap-bind-failed": "server|controller|internal|DC"},
       never={"ldap-bind-failed": PASSWORD, "verdict": CALM}, verdict="bind|internal")
def controller_fails_inside_while_it_checks_a_password(s):
    """https://github.com/ldapjs/node-ldapjs/issues/313: data 20ee, an internal failure of the directory, at each bind."""
    signed_on(s)
    for _ in range(3):
        s.cite("ldap-bind-failed", s.ldap().simple(49, INTERNAL, name="CONTOSO\\svc"))
        s.wait(4)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "controller|domain of|trust|logon server"},
       never={"ldap-bind-failed": PASSWORD, "verdict": CALM})
def controller_reaches_no_one_who_knows_the_account(s):
    """From memory: data 51f, no logon server: the account is of a trusted domain, and this controller reaches none of that."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(49, NO_LOGON_SERVERS, name="PARTNER\\alice"))
        s.wait(4)


@field("K6", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok", never={"verdict": "failed"})
def controller_reaches_the_partner_again(s):
    signed_on(s)
    s.ldap().simple(49, NO_LOGON_SERVERS, name="PARTNER\\alice")
    s.wait(8)
    s.ldap().simple(name="PARTNER\\alice")


@field("K12", shows={"ldap-bind-failed|password-expired": "error", "ldap-not-bound": "error|warn|note"}, outcome="failed",
       verdict="change|expired", never={"verdict": CALM, "ldap-not-bound": "no name or password is set"},
       says={"ldap-bind-failed|password-expired": "must (be )?change"}, first={"ldap-not-bound": "bind (failed|was refused)"})
def portal_tries_to_change_what_has_to_be_changed_without_a_name(s):
    """https://github.com/cannatag/ldap3/issues/1190: 773, and the change is then asked for on the same connection, without a bind."""
    signed_on(s)
    conn = s.ldap()
    s.cite("ldap-bind-failed|password-expired", conn.simple(49, MUST_CHANGE, name="alice@" + s.domain))
    s.cite("ldap-not-bound", conn.ask(ldap_modify(f"CN=Alice,CN=Users,{top(s)}", "unicodePwd", "synthetic"),
                                      result(7, 1, diagnostic=NOT_BOUND)))
    hung_up(conn.t, "c")


def proved_by_kerberos(s, name):
    """The KDC takes the password; the library then falls back to NTLM for the directory."""
    begun(s)
    s.logon(name)
    conn = s.ldap()
    asked, _ = conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    return [asked, conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("administrator", s.realm.split(".")[0]), 1, None)), bind_response(49, WRONG))[1]]


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"verdict": CALM},
       says={"ldap-bind-failed": "KDC|Kerberos|ticket"}, first={"ldap-bind-failed": "KDC|Kerberos|NTLM|not the password|same password"})
def join_tool_has_a_ticket_and_is_refused_by_ntlm(s):
    """https://github.com/Fmstrat/samba-domain/issues/64: the KDC took the password of the same account a moment before."""
    s.cite("ldap-bind-failed", proved_by_kerberos(s, "administrator"))


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "password"})
def somebody_else_has_a_ticket_and_ntlm_is_refused(s):
    """A ticket of another account proves nothing about this one."""
    s.cite("ldap-bind-failed", proved_by_kerberos(s, "bob"))


# ---- LDAP: operations ----


def notice(conn, code, text):
    frame = conn.t.answer(ldap(0, result(24, code, diagnostic=text, more=tlv(0x8A, b"1.3.6.1.4.1.1466.20036"))))
    hung_up(conn.t)
    return frame


UNDECODED = "00000057: LdapErr: DSID-0C0C09B4, comment: The server was unable to decode a search request filter, data 0, v4563"


@field("K6", shows={"ldap-unanswered|scp-read-failed": "error|warn"}, outcome="failed", never={"verdict": CALM, "any": "shutting down|without (any )?reply|overload"},
       says={"ldap-unanswered|scp-read-failed": "protocolError|decode"}, first={"ldap-unanswered|scp-read-failed": "filter|malformed|decode|not understand"})
def filter_is_written_in_a_way_that_nobody_can_read(s):
    """https://github.com/fortra/impacket/issues/195: an approximate match has a wrong tag; the server ends the connection and says why."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        bad = all_of(ctx(7, octets("objectClass"), octets("serviceConnectionPoint")), equal("keywords", "77378F46-2C66-4aa9-A6A6-3E7A48B19596"))
        asked = conn.ask(search(s.config, 2, bad, ["serviceBindingInformation", "keywords"]))
        s.cite("ldap-unanswered|scp-read-failed", asked)
        notice(conn, 2, UNDECODED)
        s.wait(4)


@field("K5", outcome="ok", like=["scp-read-failed"], never={"verdict": "failed"}, may=["ldap-unanswered"], recovered=["ldap-unanswered?"])
def filter_is_repaired_on_the_next_connection(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    conn.ask(search(s.config, 2, all_of(ctx(7, octets("objectClass"), octets("x")), exchange_filter()), ["serviceBindingInformation", "keywords"]))
    notice(conn, 2, UNDECODED)
    s.wait(1)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1))


def page(conn, *entries, given=b"", left=b"", code=0, diagnostic=""):
    ident = conn._next()
    op = search(conn.s.config, 2, exchange_filter(), ("serviceBindingInformation", "keywords"))
    asked = conn.t.ask(ldap(ident, op, paged(2, given)))
    answers = b"".join(ldap(ident, e) for e in entries)
    end = ldap(ident, done(code, diagnostic=diagnostic), paged(0, left) if code == 0 else b"")
    return [asked, conn.t.answer(answers + end)]


@field("K6", shows={"scp-read-failed": "warn|error"}, never={"verdict": CALM, "scp-read-failed": "not in this forest|password"},
       supported={"scp-read-failed": "cookie|page|another connection"})
def second_page_is_asked_for_on_another_connection(s):
    """From memory: a pool hands the second page to another connection, and the cookie means nothing there."""
    signed_on(s)
    first = s.ldap()
    first.simple()
    page(first, url_entry(s, 1), url_entry(s, 2), left=b"more")
    second = s.ldap()
    second.simple()
    for _ in range(2):
        s.cite("scp-read-failed", page(second, given=b"more", code=12, diagnostic=NO_CONTROL))
        s.wait(3)


@field("K8", outcome="ok", like=["scp-read-failed", "scp-none"], never={"verdict": "failed"})
def pages_of_two_connections_stay_apart(s):
    signed_on(s)
    one, two = s.ldap(), s.ldap()
    for conn in (one, two):
        conn.simple()
        page(conn, url_entry(s, 1), url_entry(s, 2), left=b"c" + bytes([conn.t.ends["c"][1] % 250]))
    for conn in (two, one):
        page(conn, url_entry(s, 3), given=b"c" + bytes([conn.t.ends["c"][1] % 250]))


# ---- DNS ----


def reverse(s, host, address=None):
    """Who is this address?"""
    s.ident += 1
    name = ".".join(reversed((address or s.dc).split("."))) + ".in-addr.arpa"
    return s.udp(s.dns, 53, dns(s.ident, name, PTR), dns_reply(s.ident, name, [rr(QUESTION, PTR, dns_name(host))], kind=PTR))


@field("K6", shows={"spn-not-found-or-duplicate": "warn|error"}, never={"verdict": CALM, "spn-not-found-or-duplicate": "made from an address"},
       supported={"spn-not-found-or-duplicate": "PTR|reverse"})
def name_of_the_controller_s_address_is_that_of_its_predecessor(s):
    """https://github.com/msktutil/msktutil/issues/11: the PTR record is old, and the library makes its service name of it."""
    signed_on(s)
    for _ in range(2):
        reverse(s, "oldserver." + s.domain)
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("ldap/oldserver." + s.domain), s.error(7, "ldap/oldserver." + s.domain)))
        s.wait(2)


@field("K6", shows={"service-key-mismatch": "error"}, may=["wrong-host-answered"], never={"verdict": CALM}, supported={"service-key-mismatch": "PTR"})
def name_of_the_controller_s_address_is_that_of_another_server(s):
    """The same, and the other server lives: the KDC gives a ticket for it, which the controller cannot open."""
    signed_on(s)
    reverse(s, "srv2." + s.domain)
    spn = "ldap/srv2." + s.domain
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    for _ in range(2):
        s.cite("service-key-mismatch", ap_error(s, 41, "dc1$", spn=spn))
        s.wait(2)


@field("K6", shows={"spn-not-found-or-duplicate": "warn|error"}, never={"verdict": CALM, "spn-not-found-or-duplicate": "PTR|rdns"})
def name_of_the_controller_s_address_is_right_and_nobody_registered_it(s):
    """A healthy reverse zone: what DNS says both ways is one name, and what is missing is the account's."""
    signed_on(s)
    s.address("ldap1." + s.domain, s.dc)
    reverse(s, "ldap1." + s.domain)
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("ldap/ldap1." + s.domain), s.error(7, "ldap/ldap1." + s.domain)))


@field("K6", shows={"spn-not-found-or-duplicate": "warn|error"}, never={"verdict": CALM, "spn-not-found-or-duplicate": "PTR|rdns"})
def name_of_a_stranger_s_address_is_that_of_the_service(s):
    """Somebody who reads a log asks for the name of an address that nobody here speaks to."""
    signed_on(s)
    reverse(s, "web1." + s.domain, "203.0.113.77")
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("HTTP/web1." + s.domain), s.error(7, "HTTP/web1." + s.domain)))


@field("K4", outcome="ok", verdict=CALM, like=["spn-not-found-or-duplicate", "srv-not-found"])
def name_of_the_controller_s_address_is_another_one_of_its_names(s):
    """MIT asks for a URI first, which nobody has, and the name of the address is one that the controller has as well."""
    s.ident += 1
    s.udp(s.dns, 53, dns(s.ident, "_kerberos." + s.realm, URI), dns_reply(s.ident, "_kerberos." + s.realm, kind=URI, rcode=0, authority=[soa_rr(s.domain)]))
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.srv("_kerberos-master._tcp." + s.realm, rcode=NXDOMAIN)
    signed_on(s)
    reverse(s, "ldap1." + s.domain)
    spn = "ldap/ldap1." + s.domain
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    s.ldap().gssapi(spn=spn)


def delegated(s, name):
    """No recursion here (RA is 0): the server names those of the root, and knows no answer."""
    s.ident += 1
    name = name.format(D=s.domain)
    question = dns(s.ident, name)
    roots = [rr(b"\0", NS, dns_name(f"{c}.root-servers.net")) for c in "abc"]
    return s.udp(s.dns, 53, question, dns(s.ident, name, flags=0x8100, authority=roots))


@field("K6", shows={"srv-not-found|srv-resolver-failed": "error"}, outcome="failed", never={"verdict": CALM + "|too little"},
       supported={"srv-not-found|srv-resolver-failed": "recurs|delegat|refer|root"})
def server_does_not_recurse_and_names_those_of_the_root(s):
    """From memory: the client's resolver is a server of another zone that asks nobody else; it answers with a referral."""
    for name in (DC_SRV, "_ldap._tcp.{D}"):
        s.cite("srv-not-found|srv-resolver-failed", delegated(s, name))
        s.wait(2)


@field("K4", outcome="ok", verdict=CALM, like=["srv-not-found", "srv-resolver-failed"])
def server_does_not_recurse_and_has_the_zone(s):
    s.ident += 1
    name = DC_SRV.format(D=s.domain)
    s.udp(s.dns, 53, dns(s.ident, name), dns(s.ident, name, flags=0x8500, answers=[srv_rr(QUESTION, s.host)]))
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().simple()


@field("K6", shows={"ldap-unanswered": "error"}, outcome="failed", never={"verdict": CALM}, supported={"ldap-unanswered": "record|SRV"},
       says={"ldap-unanswered": "636"})
def record_of_the_directory_names_the_port_of_tls(s):
    """From memory: a zone made by hand has 636 behind _ldap; what reads the record speaks in clear there."""
    s.srv(DC_SRV, "dc1.{D}", port=636)
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("ldap-unanswered", t.ask(ldap(1, bind("svc@" + s.domain, "synthetic"))))
        hung_up(t)
        s.wait(4)


@field("K4", outcome="ok|hidden", like=["ldap-unanswered", "tls-failed", "dc-unreachable"], never={"verdict": "failed"})
def record_names_the_port_of_tls_and_tls_is_spoken(s):
    s.srv("_ldap._tcp.{D}", "dc1.{D}", port=636)
    s.address(s.host, s.dc)
    s.ping()
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    t.answer(offered(s.host))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()


def three_of_the_realm(s):
    s.ident += 1
    name = "_kerberos._udp." + s.domain
    s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [
        srv_rr(QUESTION, f"{n}.{s.domain}", 88, p) for n, p in (("abroad", 20), ("dc1", 0), ("dc2", 10))]))
    for host, address in (("abroad." + s.domain, s.dc3), (s.host, s.dc)):
        s.address(host, address)


@field("K9", shows={"slow": "warn"}, may=["kdc-unanswered"], recovered=["kdc-unanswered?"], says={"slow": "priority"},
       never={"verdict": CALM, "any": "port 88 is"})
def library_sorts_the_records_by_their_names(s):
    """https://github.com/lionheart/openradar-mirror/issues/3891: the one of the last priority is asked first, and it is far and shut."""
    three_of_the_realm(s)
    for _ in range(3):
        s.kdc(s.as_req(), server=s.dc3)
        s.wait(6)
    s.logon()


@field("K4", outcome="ok", verdict=CALM, like=["slow", "kdc-unanswered"])
def library_sorts_the_records_by_their_names_and_all_are_there(s):
    three_of_the_realm(s)
    s.logon(server=s.dc3)


# ---- the way ----


@field("K6", shows={"dc-unreachable": "error"}, outcome="failed", never={"verdict": CALM}, verdict="3268|catalog",
       supported={"dc-unreachable": "global catalog|no catalog|not a (global )?catalog"})
def record_of_the_catalog_is_left_of_one_that_is_none_any_more(s):
    """From memory: the box was unticked, the record stayed: _gc names a controller whose own ping says that it is no catalog."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(flags=0x1F3F9)
    s.logon()
    s.srv("_gc._tcp.{D}", "dc1.{D}", port=3268)
    for _ in range(3):
        s.cite("dc-unreachable", s.syn(s.dc, 3268, "refused"))
        s.wait(4)


@field("K5", outcome="ok", like=["ldap-unanswered"], may=["dc-unreachable"], recovered=["dc-unreachable?"], never={"verdict": "failed"})
def one_of_two_is_no_catalog_and_the_other_one_serves(s):
    s.srv(DC_SRV, "dc1.{D}", "dc2.{D}")
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping(flags=0x1F3F9)
    s.logon()
    s.syn(s.dc, 3268, "refused")
    s.ping(server=s.dc2, host="dc2." + s.domain)
    conn = s.ldap(s.dc2, 3268)
    conn.simple()
    conn.ask(search(top(s), 2, equal("mail", "x"), ["cn"]), done())


@field("K6", shows={"dc-unreachable|krb-tcp-blocked|kdc-unanswered": "error"}, outcome="failed", never={"verdict": CALM, "any": "KDC service (has )?stopped|KDC service (is|does) not"},
       supported={"dc-unreachable|krb-tcp-blocked|kdc-unanswered": "domain's (own )?name|name of the domain"})
def library_takes_the_web_site_of_the_domain_for_its_kdc(s):
    """https://github.com/fortra/impacket/issues/157: no KDC is given, and the tool asks the host whose name is the domain's."""
    s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.address(s.domain, s.web)
    for _ in range(2):
        s.cite("dc-unreachable|krb-tcp-blocked|kdc-unanswered", s.syn(s.web, 88, "refused"))
        s.wait(3)


def answered_twice(s, server=None, port=389):
    """Two machines have the address: one accepts, and the other one has nobody at this port."""
    t = s.c.tcp(s.client, s.next_port(), server or s.dc, port, handshake=False)
    frames = t.open("cS")
    frames += t.open("sSA")
    accepted, t.seq["s"] = t.seq["s"], 0
    s.c.wrap = other_card(server or s.dc)
    frames += t.open("sRA")
    s.c.wrap = lambda f: f
    t.seq["s"] = accepted
    t.open("cA")
    return t, frames


def taken_and_dropped(s, server=None, port=389):
    """Accepted and reset by the same machine, before anybody said a word."""
    t = s.c.tcp(s.client, s.next_port(), server or s.dc, port, handshake=False)
    return t.open("cS", "sSA", "cA", "sRA")


@field("K1", shows={"dc-unreachable": "error"}, outcome="failed", verdict="reset", causes={"dc-unreachable": "load balancer"},
       never={"verdict": CALM, "dc-unreachable": "two machines.*two machines|did not answer|refused the connection"})
def balancer_accepts_for_servers_that_are_not_there(s):
    """From memory: a load balancer takes each connection, finds no server behind it, and resets."""
    signed_on(s)
    for _ in range(3):
        first, second, _, last = taken_and_dropped(s)
        s.cite("dc-unreachable", first, second, last)
        s.wait(5)
    s.wait(25)


@field("K5", outcome="ok", like=["ldap-unanswered"], may=["dc-unreachable"], recovered=["dc-unreachable?"], never={"verdict": "failed -"})
def one_connection_is_dropped_and_the_next_one_serves(s):
    signed_on(s)
    taken_and_dropped(s)
    s.wait(1)
    s.ldap().simple()
    s.wait(25)


@field("K3", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"])
def monitor_opens_and_is_reset_after_it_has_closed(s):
    """A balancer's test of the port: its FIN comes first, and the server answers that with a reset."""
    signed_on(s)
    for _ in range(3):
        t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
        t.open("cS", "sSA", "cA", "cFA", "sRA")
        s.wait(5)
    s.ldap().simple()
    s.wait(25)


@field("K5", outcome="ok", may=["dc-unreachable"], recovered=["dc-unreachable?"], never={"verdict": "failed -"})
def program_tries_the_domain_s_name_and_then_the_controller(s):
    signed_on(s)
    s.address(s.domain, s.web)
    s.syn(s.web, 389, "refused")
    s.ldap().simple()
    s.wait(25)


@field("K4", outcome="ok", verdict=CALM, like=["dc-unreachable", "dc-not-serving"])
def domain_s_name_is_that_of_a_second_controller(s):
    """Nobody pings it, and it serves."""
    signed_on(s)
    s.address(s.domain, s.dc2)
    s.ldap(s.dc2).simple()
    s.wait(25)


@field("K4", outcome="ok", verdict=CALM, like=["dc-not-serving", "wrong-host-answered"])
def domain_was_renamed_and_its_old_name_is_asked_for(s):
    """The controller answers for the old name, too, with the new one, and is used."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(value=netlogon_ex(domain=f"new{s.domain}", host=s.host, netbios="NEW"))
    s.ldap().simple()


def other_card(address):
    def wrap(frame):
        if frame.payload.src == address:
            frame.src = "02:00:00:00:0d:99"
        return frame

    return wrap


@field("K6", shows={"dc-unreachable|ldap-unanswered": "error"}, outcome="failed", never={"verdict": CALM, "any": "firewall (on|of) the (server|controller)"},
       supported={"dc-unreachable|ldap-unanswered": "two (machines|hosts|cards)|same address|another (machine|card)|address twice"})
def somebody_else_has_the_controller_s_address(s):
    """From memory: a printer was given the address of the controller; each SYN gets an acceptance of the one and a reset of the other."""
    signed_on(s)
    for _ in range(4):
        s.cite("dc-unreachable|ldap-unanswered", answered_twice(s)[1])
        s.wait(5)
    s.wait(25)


@field("K3", alone=True, outcome="ok", like=["duplicates", "one-sided", "ldap-unanswered", "dc-unreachable"])
def answers_come_tagged_and_questions_do_not(s):
    """A mirror port shows what arrives with its VLAN and what leaves without."""
    s.c.wrap = lambda f: vlan(f) if f.payload.dst == s.client else f
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.wait(60)
    s.hears_something()


@field("K3", outcome="ok", verdict=CALM, like=["ldap-unanswered", "dc-unreachable"])
def idle_connection_is_kept_alive_by_a_byte(s):
    """Old stacks send one byte of what was acknowledged long ago, and get an ACK."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    for _ in range(5):
        s.wait(60)
        t = conn.t
        t.seq["c"] -= 1
        t._segment("c", "A", b"\0")
        t.open("sA")
    conn.rootdse()


# ---- Kerberos ----


@field("K6", shows={"krb-error": "error"}, outcome="failed", never={"verdict": CALM, "krb-error": "clock|password"}, verdict="match|BADMATCH|36|ticket",
       first={"krb-error": "ticket|realm|client"})
def ticket_and_authenticator_are_of_two_names(s):
    """https://github.com/jcmturner/gokrb5/issues/130: the library shows a ticket that was given to another name or realm."""
    signed_on(s)
    for _ in range(2):
        s.cite("krb-error", s.kdc(s.tgs_req(s.http), s.error(36, s.http)))
        s.wait(2)


@field("K5", shows={"krb-error": "note"}, recovered=["krb-error"], outcome="ok", never={"verdict": "failed"})
def new_ticket_matches_again(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.error(36, s.http))
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@field("K6", shows={"krb-error|policy-refused": "error"}, outcome="failed", never={"verdict": CALM, "any": "logon hours|workstation"},
       first={"krb-error|policy-refused": "realm|trust|path|transit"})
def kdc_does_not_like_the_realms_on_the_way(s):
    """From memory: the ticket came through a realm that this KDC does not accept on the way (28)."""
    signed_on(s)
    other = f"PARTNER{s.realm}"
    spn = f"HTTP/web.{other.lower()}"
    s.kdc(s.tgs_req(spn), s.tgs_rep("krbtgt/" + other))
    s.srv("_kerberos._tcp." + other.lower(), "dc9." + other.lower(), port=88)
    s.address("dc9." + other.lower(), s.dc2)
    for _ in range(2):
        request = tgs_req(spn, "krbtgt/" + other, realm=other, tgt_realm=s.realm, nonce=s._new())
        s.cite("krb-error|policy-refused", s.kdc(request, s.error(28, spn, realm=other), server=s.dc2))
        s.wait(2)


@field("K6", shows={"krb-error|account-unusable": "error"}, outcome="failed", never={"verdict": CALM + "|alice is|alice's account", "any": "password"},
       first={"krb-error|account-unusable": "service"}, says={"krb-error|account-unusable": "HTTP/{mail}"})
def account_of_the_service_is_disabled(s):
    """From memory: code 19, the account behind the service was disabled; the user's is well."""
    signed_on(s)
    for _ in range(2):
        s.cite("krb-error|account-unusable", s.kdc(s.tgs_req(s.http), s.error(19, s.http)))
        s.wait(2)


@field("K6", shows={"pkinit-failed": "error"}, outcome="failed", first={"pkinit-failed": "revocation|CRL|list"}, never={"verdict": CALM, "pkinit-failed": "is not bound|strong mapping|no mapping"})
def controller_cannot_fetch_the_list_of_revoked_cards(s):
    """From memory: RFC 4556's 74, the revocation status is unavailable: the controller reaches no list; the cards are well."""
    begun(s)
    for _ in range(2):
        s.kdc(s.as_req(), s.error(25))
        s.cite("pkinit-failed", s.kdc(pk_as_req(s), s.error(74), tcp=True))
        s.wait(3)


@field("K5", shows={"pkinit-failed": "note"}, recovered=["pkinit-failed"], outcome="ok", never={"verdict": "failed -"})
def second_controller_has_the_list_of_revoked_cards(s):
    begun(s)
    s.kdc(s.as_req(), s.error(25))
    s.kdc(pk_as_req(s), s.error(74), tcp=True)
    s.kdc(pk_as_req(s), s.as_rep(), tcp=True, server=s.dc2)


def shown_to_the_web(s, *answers, etype=23):
    t = s.tcp(s.web, 80)
    asked = t.ask(http_get(s.mail, "/wec", negotiate(nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm, etype=etype))))))
    return [asked, *(t.answer(a) for a in answers)]


def refused_by_the_web(s, code):
    answer = nego_resp(gss(ERROR_ID, s.error(code, s.http)), 2)
    return http_reply(401, b"", negotiate(answer, "WWW-Authenticate"))


@field("K6", shows={"service-key-mismatch|krb-error": "error"}, outcome="failed", never={"verdict": CALM, "any": "clock"},
       supported={"service-key-mismatch|krb-error": "RC4|type 23|encryption type|etype|rc4"}, may=["weak-etype"])
def keytab_has_no_key_of_the_ticket_s_type(s):
    """https://github.com/cea-sec/openwec/issues/244: the KDC gives RC4, the service's keytab has AES alone: 45, no key."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, etype=23))
    for _ in range(2):
        s.cite("service-key-mismatch|krb-error", shown_to_the_web(s, refused_by_the_web(s, 45)))
        s.wait(2)


@field("K5", outcome="ok", may=["service-key-mismatch", "krb-error", "weak-etype"], recovered=["service-key-mismatch?", "krb-error?"], never={"verdict": "failed"})
def keytab_s_key_comes_with_the_next_ticket(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, etype=23))
    shown_to_the_web(s, refused_by_the_web(s, 45))
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    shown_to_the_web(s, http_reply(200, b"ok", negotiate(nego_resp(gss(AP_REP_ID, ap_rep()), 0), "WWW-Authenticate")), etype=18)


@field("K6", shows={"clock-skew": "error"}, outcome="failed", verdict="clock", never={"verdict": CALM},
       says={"clock-skew": "agreed|jump|was right|moved"})
def controller_s_clock_jumps_while_the_user_works(s):
    """From memory: a host of virtual machines sets the clock of its controller an hour ahead; it had been right a minute before."""
    begun(s)
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.wait(60)
    ahead = s.c.time + 3600 * 10**9
    for _ in range(2):
        s.cite("clock-skew", s.kdc(s.tgs_req(s.http), s.error(37, s.http, stime=ahead)))
        s.wait(2)
        ahead += 2 * 10**9


# ---- TLS ----


@field("K6", shows={"tls-failed": "error"}, outcome="failed", never={"verdict": CALM, "tls-failed": "accept the certificate"},
       supported={"tls-failed": "address in|an address|SNI"})
def name_in_the_greeting_is_an_address(s):
    """https://github.com/lldap/lldap/issues/691: the form has an address, the library puts it where a name belongs: alert 50."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(hello(s.dc)), t.answer(alert(2, 50)))
        hung_up(t)
        s.wait(3)


def talk(s, sni, names):
    t = s.tcp(s.dc, 636)
    t.ask(hello(sni))
    t.answer(offered(names))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()


@field("K4", outcome="ok|hidden", like=["tls-failed"], never={"verdict": "failed"})
def name_in_the_greeting_is_an_address_and_nobody_minds(s):
    signed_on(s)
    talk(s, s.dc, s.host)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", never={"verdict": CALM, "tls-failed": "expired|name it was asked for"},
       supported={"tls-failed": "no (server )?name|without a (server )?name|SNI"})
def greeting_without_a_name_reaches_a_proxy_of_many_directories(s):
    """https://github.com/cannatag/ldap3/issues/366: one address stands before several directories, and the library says no name."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(hello(None)), t.answer(alert(2, 112)))
        hung_up(t)
        s.wait(3)


@field("K4", outcome="ok|hidden", like=["tls-failed", "tls-name-mismatch"], never={"verdict": "failed"})
def greeting_without_a_name_is_taken(s):
    signed_on(s)
    talk(s, None, s.host)


def chain(*ders):
    return record(22, hello_of_server()) + record(22, certificate_message(*ders)) + record(22, handshake(14))


@field("K6", shows={"tls-failed": "error"}, outcome="failed", never={"verdict": CALM, "tls-failed": "expired"},
       causes={"tls-failed": "intermediate|only (its own|one) certificate|chain"})
def server_leaves_out_who_signed_its_certificate(s):
    """From memory: the certificate was issued by an intermediate authority that the server does not send: alert 48."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(hello(s.host)), t.answer(chain(certificate_of([s.host], s.host))), t.ask(alert(2, 48)))
        hung_up(t, "c")
        s.wait(3)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", never={"tls-failed": "does not send|leaves out|only (its own|one) certificate"}, first={"tls-failed": "authority"})
def whole_chain_is_sent_and_its_root_is_not_known(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(hello(s.host)), t.answer(chain(certificate_of([s.host], s.host), certificate_of((), "Synthetic CA"))), t.ask(alert(2, 48)))
        hung_up(t, "c")
        s.wait(3)


# ---- autodiscover ----

NO_SUCH_SITE = "Server: Microsoft-HTTPAPI/2.0"
INVALID_HOST = b"<h2>Bad Request - Invalid Hostname</h2><hr><p>HTTP Error 400. The request hostname is invalid.</p>"


@field("K6", shows={"http-error": "error"}, outcome="failed", verdict="400", supported={"http-error": "host ?name|Host header|binding"},
       never={"http-error": "ticket|too (long|large)|group"})
def web_server_has_no_site_for_the_host_s_name(s):
    """From memory: the site is bound to one name, and the entry of the directory has another one: 400, Invalid Hostname."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("http-error", post(s, s.https(s.web, s.mail), s.mail, status=400, answer=INVALID_HOST, more=[NO_SUCH_SITE]))
        s.wait(2)


@field("K5", outcome="ok", may=["http-error"], recovered=["http-error?"], never={"verdict": "failed"})
def first_server_has_no_site_for_the_name_and_the_second_serves(s):
    directory(s)
    s.address(ex(s, 1), s.web)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1), status=400, answer=INVALID_HOST, more=[NO_SUCH_SITE])
    s.address(ex(s, 2), s.web2)
    post(s, s.https(s.web2, ex(s, 2)), ex(s, 2))


@field("K6", shows={"http-error": "error"}, outcome="failed", verdict="440", supported={"http-error": "form|cookie|web ?mail|OWA|logon page"},
       never={"http-error": "no Exchange|ticket"})
def directory_of_autodiscover_wants_a_form(s):
    """From memory: somebody switched on forms for all of the server: 440, the session has timed out."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("http-error", post(s, s.https(s.web, s.mail), s.mail, BASIC, status=440, answer=b"", more=["Server: Microsoft-IIS/10.0"]))
        s.wait(2)


def wildcard(s):
    """Each name below the domain is the web site's, by a record of the form *.D."""
    host = "autodiscover." + s.domain
    page_ = b"<!doctype html><html><title>Shop</title></html>"
    frames = []
    for name in (s.domain, host):
        s.address(name, s.web)
        t = s.https(s.web, name)
        asked = t.ask(http_post(name, "/autodiscover/autodiscover.xml", b"<x/>", "Content-Type: text/xml"))
        frames += [asked, t.answer(http_reply(200, page_, "Content-Type: text/html"))]
    t = s.tcp(s.web, 80)
    get(s, t, host, status=301, more=["Location: https://www." + s.domain + "/"])
    t.close()
    return frames


@field("K8", shows={"http-error": "error"}, outcome="failed", never={"verdict": CALM + "|too little"},
       supported={"http-error": r"wildcard|\*\.|same address|web ?site"})
def every_name_below_the_domain_is_the_shop_s(s):
    """https://github.com/shukiv/jabali-panel/issues/1039 has the page in the answer's place; the wildcard is from memory."""
    wildcard(s)
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)


@field("K8", outcome="ok", may=["http-error", "autodiscover-fallback"], recovered=["http-error?"], never={"verdict": "failed"})
def every_name_is_the_shop_s_and_the_record_leads_to_the_mail_server(s):
    wildcard(s)
    s.srv("_autodiscover._tcp.{D}", "mx.{D}", port=443)
    s.address("mx.{D}", s.web2)
    post(s, s.https(s.web2, "mx." + s.domain), "mx." + s.domain, BASIC)


# ---- the same, after a first look at what was asked for above, and still before any rule was read ----

SKEWED, NOT_THIS_TARGET = "80090324: " + SEC.format("0"), "80090322: " + SEC.format("0")
NO_SUCH_DN = "80090308: " + SEC.format("2030")


def refused_after_ticket(s, diagnostic):
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    return s.ldap().ask(bind_sasl("GSS-SPNEGO", nego_init(token)), bind_response(49, diagnostic))


@field("K6", shows={"ldap-bind-failed|clock-skew": "error"}, outcome="failed", verdict="clock|time", first={"ldap-bind-failed|clock-skew": "clock"},
       never={"ldap-bind-failed|clock-skew": PASSWORD, "verdict": CALM})
def controller_says_in_ldap_that_the_clocks_differ(s):
    """From memory: 80090324 is SEC_E_TIME_SKEW: the ticket is good, the clocks are not, and LDAP calls it invalidCredentials."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed|clock-skew", refused_after_ticket(s, SKEWED))
        s.wait(3)


@field("K6", shows={"ldap-bind-failed|service-key-mismatch|wrong-host-answered": "error"}, outcome="failed",
       first={"ldap-bind-failed|service-key-mismatch|wrong-host-answered": "key|another (host|controller|account)|name"},
       never={"ldap-bind-failed|service-key-mismatch|wrong-host-answered": PASSWORD, "verdict": CALM})
def ticket_is_for_another_controller_than_the_one_that_answers(s):
    """From memory: 80090322 is SEC_E_WRONG_PRINCIPAL."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed|service-key-mismatch|wrong-host-answered", refused_after_ticket(s, NOT_THIS_TARGET))
        s.wait(3)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "name|DN|no such|moved"},
       never={"ldap-bind-failed": "password is wrong|wrong password|password differs", "verdict": CALM})
def account_of_the_program_was_moved_to_another_unit(s):
    """From memory: data 2030, no such object: the bind names a DN that is not there any more."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(49, NO_SUCH_DN, name=f"CN=svc,OU=Old,{top(s)}"))
        s.wait(3)


@field("K6", shows={"srv-resolver-failed|srv-not-found": "error"}, outcome="failed", never={"verdict": CALM + "|too little"},
       says={"srv-resolver-failed|srv-not-found": "NOTIMP|not implement"})
def router_as_resolver_knows_addresses_alone(s):
    """From memory: a small router answers SRV questions by "not implemented" (4), and knows each address."""
    for _ in range(2):
        s.cite("srv-resolver-failed|srv-not-found", s.srv(DC_SRV, rcode=4))
        s.address(s.host, s.dc)
        s.wait(2)


@field("K4", outcome="ok", like=["srv-not-found"], may=["srv-resolver-failed"], recovered=["srv-resolver-failed?"], never={"verdict": "failed -"})
def second_server_implements_what_the_router_does_not(s):
    s.srv(DC_SRV, rcode=4)
    s.srv(DC_SRV, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()


def answered_by_an_address(s, name):
    """Whatever is asked, the answer is where the guest network's page is."""
    s.ident += 1
    name = name.format(D=s.domain)
    return s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [address_rr(QUESTION, "10.99.99.1")]))


@field("K6", shows={"srv-not-found|srv-resolver-failed": "error"}, outcome="failed", never={"verdict": CALM + "|too little"},
       supported={"srv-not-found|srv-resolver-failed": "address|another (type|kind)|portal|guest"})
def guest_network_answers_each_question_with_its_own_address(s):
    """From memory: a captive portal answers an SRV question with an address record."""
    for name in (DC_SRV, "_ldap._tcp.{D}"):
        s.cite("srv-not-found|srv-resolver-failed", answered_by_an_address(s, name))
        s.wait(2)


@field("K4", shows={"dc-not-serving|wrong-host-answered|ping-unanswered|account-unknown-to-dc": "error|warn"}, never={"verdict": CALM},
       says={"path": "lab"})
def controller_of_the_laboratory_has_the_address(s):
    """https://github.com/SSSD/sssd/issues/5822 has the wrong name in a ping; here an old address leads to another domain's controller."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(2):
        s.cite("dc-not-serving|wrong-host-answered|ping-unanswered|account-unknown-to-dc",
               s.ping(value=netlogon_ex(domain=f"lab{s.domain}", host=f"x1.lab{s.domain}", netbios="LAB")))
        s.wait(3)


@field("K6", shows={"kdc-integrity-failed": "error"}, outcome="failed", never={"verdict": CALM, "kdc-integrity-failed": "keytab|trust's"},
       first={"kdc-integrity-failed": "krbtgt|replicat"}, supported={"kdc-integrity-failed": "krbtgt|replicat"})
def second_controller_has_not_heard_of_the_new_key(s):
    """From memory: the key of krbtgt was changed, and one controller does not have it yet: what the first one gives, it cannot read."""
    s.srv(DC_SRV, "dc1.{D}", "dc2.{D}")
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    s.ping()
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.logon()
    for spn in (s.http, s.ldap_spn):
        s.cite("kdc-integrity-failed", s.kdc(s.tgs_req(spn, tgt_realm=s.realm), s.error(31, spn), server=s.dc2))
        s.wait(2)


@field("K5", shows={"kdc-integrity-failed": "note"}, recovered=["kdc-integrity-failed"], outcome="ok")
def second_controller_gives_a_ticket_of_its_own(s):
    begun(s)
    s.logon()
    s.kdc(s.tgs_req(s.http), s.error(31, s.http), server=s.dc2)
    s.logon(server=s.dc2)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http), server=s.dc2)


@field("K6", shows={"http-error": "error"}, outcome="failed", verdict="421", never={"http-error": "no Exchange|one of Exchange|ticket"},
       causes={"http-error": "SNI"})
def name_in_the_greeting_is_not_the_one_in_the_question(s):
    """From memory, RFC 9110 15.5.20: the library greets the alias's target and asks for the alias: 421, misdirected."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.https(s.web, "farm." + s.domain, names=["farm." + s.domain, s.mail])
        s.cite("http-error", post(s, t, s.mail, status=421, answer=b"Misdirected Request"))
        s.wait(2)


@field("K4", outcome="ok|hidden", like=["tls-name-mismatch", "tls-failed"], never={"verdict": "failed"})
def certificate_of_the_controller_has_no_subject(s):
    """https://github.com/lionheart/openradar-mirror/issues/17379: the authority of Windows leaves the subject empty, and the name is among the others."""
    signed_on(s)
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    t.answer(chain(certificate_of([s.host])))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()


# ---- neighbours of the new rules ----


@field("K6", shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"], outcome="ok", may=["slow"], never={"dc-unreachable": "web server"})
def one_controller_of_the_domain_s_name_is_gone(s):
    """The program asks at the domain's own name, which stands for three controllers; one of them was removed."""
    signed_on(s)
    s.address(s.domain, s.dc3, s.dc, s.dc2)
    s.syn(s.dc3, 389, "refused")
    s.ldap().simple()
    s.wait(25)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "password is wrong"}, never={"ldap-bind-failed": "The KDC let"})
def same_name_in_another_domain_has_a_ticket(s):
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(49, WRONG, name="PARTNER\\alice"))
        s.wait(3)


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"ldap-bind-failed": "tries|break in|gateway", "verdict": CALM})
def controller_fails_inside_for_twelve_accounts(s):
    """No list of names is tried out here: the server has its trouble with each of them."""
    signed_on(s)
    for n in range(12):
        s.cite("ldap-bind-failed", s.ldap().simple(49, INTERNAL, name=f"CONTOSO\\user{n}"))
        s.wait(1)


@field("K6", shows={"http-error": "error"}, outcome="failed", verdict="503", supported={"http-error": "pool"})
def application_pool_of_autodiscover_is_stopped(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("http-error", post(s, s.https(s.web, s.mail), s.mail, status=503, answer=b"Service Unavailable", more=[NO_SUCH_SITE]))
        s.wait(2)


@field("K5", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict="bind")
def partner_s_account_is_refused_and_an_own_one_is_let_in(s):
    """That the controller lets its own accounts in makes nothing good for those of the domain that it does not reach."""
    signed_on(s)
    s.cite("ldap-bind-failed", s.ldap().simple(49, NO_LOGON_SERVERS, name="PARTNER\\alice"))
    s.wait(2)
    s.ldap().simple(name="CONTOSO\\bob")
    s.wait(2)
    s.cite("ldap-bind-failed", s.ldap().simple(49, NO_LOGON_SERVERS, name="PARTNER\\alice"))
    s.ldap().simple(name="CONTOSO\\bob")


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "trust"}, never={"ldap-bind-failed": PASSWORD})
def trust_with_the_partner_is_broken(s):
    """From memory: data 6fd, the trust failed."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(49, "80090308: " + SEC.format("6fd"), name="PARTNER\\alice"))
        s.wait(3)


@field("K6", shows={"clock-skew": "error"}, outcome="failed", never={"clock-skew": "jumped"})
def controller_s_clock_was_never_right(s):
    begun(s)
    for _ in range(2):
        s.cite("clock-skew", s.kdc(s.tgs_req(s.http), s.error(37, s.http, stime=s.c.time + 3600 * 10**9)))
        s.wait(2)


@field("K4", outcome="ok", verdict=CALM, like=["dc-not-serving", "wrong-host-answered"])
def old_name_of_the_domain_is_asked_for_and_tickets_are_got(s):
    """No LDAP follows, but the KDC of the same server gives tickets."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(value=netlogon_ex(domain=f"new{s.domain}", host=f"dc1.new{s.domain}", netbios="NEW"))
    s.logon()


@field("K6", shows={"kdc-integrity-failed": "error"}, outcome="failed", never={"kdc-integrity-failed": "another one made"})
def controller_cannot_read_its_own_ticket(s):
    begun(s)
    s.logon()
    for spn in (s.http, s.ldap_spn):
        s.cite("kdc-integrity-failed", s.kdc(s.tgs_req(spn, tgt_realm=s.realm), s.error(31, spn)))
        s.wait(2)


@field("K6", shows={"http-error": "error|warn"}, outcome="failed", may=["endpoint-unreachable"], never={"http-error": "wildcard"})
def mail_server_has_both_names_and_no_such_directory(s):
    """A small company: one server, one address, and its virtual directory is gone."""
    host = "autodiscover." + s.domain
    for name in (s.domain, host):
        s.address(name, s.web)
        post(s, s.https(s.web, name), name, BASIC, status=404, answer=b"", more=["Server: Microsoft-IIS/10.0"])
    s.syn(s.web, 80, "refused")
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)


# ---- more of the same kinds, written down after the first mending ----


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict="change", first={"ldap-bind-failed": "changed first"},
       never={"ldap-bind-failed": PASSWORD})
def samba_says_that_the_password_has_to_be_changed(s):
    """https://github.com/ltb-project/self-service-password/issues/1031: Samba names the status where Windows has a number."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(49, "Simple Bind Failed: NT_STATUS_PASSWORD_MUST_CHANGE", name="alice@" + s.domain))
        s.wait(3)


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict="locked")
def samba_locks_an_account_after_wrong_passwords(s):
    signed_on(s)
    for _ in range(4):
        s.cite("ldap-bind-failed", s.ldap().simple(49, "Simple Bind Failed: NT_STATUS_WRONG_PASSWORD", name="CONTOSO\\svc"))
        s.wait(2)
    s.cite("ldap-bind-failed", s.ldap().simple(49, "Simple Bind Failed: NT_STATUS_ACCOUNT_LOCKED_OUT", name="CONTOSO\\svc"))


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict="unwillingToPerform", never={"ldap-bind-failed": PASSWORD, "verdict": CALM})
def directory_of_another_make_has_the_account_inactivated(s):
    """From memory: FreeIPA refuses a locked account by 53, "Account inactivated"."""
    s.address("ldap.{D}", s.dc)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(53, "Account inactivated. Contact system administrator.", name=f"uid=svc,cn=users,{top(s)}"))
        s.wait(3)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"ldap-bind-failed": PASSWORD, "verdict": CALM})
def directory_knows_no_such_name_for_a_bind(s):
    """From memory: some directories answer 32 for a DN that is not there."""
    s.address("ldap.{D}", s.dc)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(32, name=f"uid=nobody,cn=users,{top(s)}"))
        s.wait(3)


@field("K1", shows={"dc-unreachable": "error"}, outcome="failed", verdict="closed|ended", never={"verdict": CALM})
def server_lets_strangers_hang_up(s):
    """From memory: TCP wrappers, or a limit of connections: accepted, and FIN before a word."""
    signed_on(s)
    for _ in range(3):
        t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
        first, second, _, last = t.open("cS", "sSA", "cA", "sFA")
        t.open("cFA", "sA")
        s.cite("dc-unreachable", first, second, last)
        s.wait(5)
    s.wait(25)


@field("K3", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"])
def client_that_opens_too_early_is_closed_after_two_minutes(s):
    """A pool opens connections in advance; what nobody uses, the controller closes."""
    signed_on(s)
    for _ in range(2):
        t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
        t.open("cS", "sSA", "cA")
        s.wait(120)
        t.open("sFA", "cFA", "sA")
    s.ldap().simple()
    s.wait(25)


def given_up(s, seconds, *entries):
    """The client waits, and takes its question back (RFC 4511 4.11)."""
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    op = search(s.config, 2, exchange_filter(), ["serviceBindingInformation", "keywords"])
    frames = [conn.t.ask(ldap(ident, op))]
    for each in entries:
        conn.t.answer(ldap(ident, each))
    s.wait(seconds)
    frames.append(conn.t.ask(ldap(conn._next(), abandon(ident))))
    s.wait(1)
    conn.t.close()
    s.wait(3)
    return frames


@field("K1", shows={"ldap-unanswered": "error"}, outcome="failed", never={"verdict": CALM}, may=["slow"])
def search_is_given_up_after_a_minute_of_silence(s):
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-unanswered", given_up(s, 60)[0])


@field("K3", outcome="ok", like=["ldap-unanswered"], verdict=CALM)
def search_is_given_up_after_its_first_entry(s):
    signed_on(s)
    given_up(s, 20, url_entry(s, 1))


@field("K3", outcome="ok", like=["ldap-unanswered"], verdict=CALM)
def search_is_given_up_at_once(s):
    signed_on(s)
    given_up(s, 1)


@field("K9", shows={"slow": "warn"}, outcome="ok", may=["ldap-unanswered"], recovered=["ldap-unanswered?"])
def search_is_given_up_and_answered_by_another_controller(s):
    signed_on(s)
    given_up(s, 60)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    conn = s.ldap(s.dc2)
    conn.simple()
    conn.scp(url_entry(s, 1))


def asked_again(s, times, port=389):
    """SYN and SYN with ACK, and the same SYN again: seen at the server's end."""
    t = s.c.tcp(s.client, s.next_port(), s.dc, port, handshake=False)
    start, frames = t.seq["c"], []
    for n in range(times):
        t.seq["c"], t.seq["s"] = start, start + 500_000_000
        frames += t.open("cS", "sSA")
        s.wait(3 * (n + 1))
    return t, frames


@field("K1", shows={"dc-unreachable": "error"}, outcome="failed", never={"verdict": CALM, "dc-unreachable": "host is down|refused the connection"},
       first={"dc-unreachable": "does not arrive|route back|another way"}, may=["slow"])
def answers_of_the_server_take_a_way_that_leads_nowhere(s):
    """From memory, captured at the controller: it accepts each SYN, and the client, who hears nothing, repeats it."""
    signed_on(s)
    for _ in range(2):
        s.cite("dc-unreachable", asked_again(s, 3)[1])
    s.wait(30)


@field("K3", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"])
def first_acceptance_was_lost_and_the_second_one_arrives(s):
    signed_on(s)
    t, _ = asked_again(s, 2)
    t.open("cA")
    t.ask(ldap(1, bind("cn=svc", "synthetic")))
    t.answer(ldap(1, bind_response()))
    s.wait(30)


@field("K8", shows={"redirect-not-followed": "note"}, outcome="incomplete|failed", supported={"redirect-not-followed": "http"}, verdict="redirect",
       never={"verdict": CALM})
def answer_redirects_to_http(s):
    """From memory: what ends TLS before the server makes the server write http into its redirects."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, answer=response(
        f"<Account><AccountType>email</AccountType><Action>redirectUrl</Action><RedirectUrl>http://old.{s.domain}{XML}</RedirectUrl></Account>"))
    s.wait(30)


@field("K11", shows={"account-unknown-to-dc": "warn"}, outcome="failed", says={"account-unknown-to-dc": "2 domain controllers"},
       never={"account-unknown-to-dc": "not replicated to this controller yet", "verdict": CALM})
def both_controllers_do_not_know_the_machine(s):
    s.srv(DC_SRV, "dc1.{D}", "dc2.{D}")
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    more = [equal("User", "PC1$"), equal("AAC", b"\x80\x10\0\0")]
    for server, host in ((s.dc, "dc1"), (s.dc2, "dc2")):
        s.cite("account-unknown-to-dc", s.ping(server=server, host=f"{host}.{s.domain}", opcode=25, user="PC1$", more=more))
    s.wait(20)


def refused_four_times(s, account):
    begun(s)
    for _ in range(4):
        s.kdc(s.as_req(account), s.error(25, data=padata((19, etype_info2()))))
        s.cite("password-wrong", s.kdc(s.as_req(account, pre=[timestamp()]), s.error(24)))
        s.wait(5)


@field("K6", shows={"password-wrong": "error"}, outcome="failed", first={"password-wrong": "gMSA|managed"}, never={"password-wrong": r"sc_query|sc_verify|from an image"})
def managed_service_s_password_was_never_fetched(s):
    """From memory: a group managed service account, on a host that calls itself PC1."""
    refused_four_times(s, "gmsa-web$")


@field("K6", shows={"password-wrong": "error"}, outcome="failed", first={"password-wrong": "machine's stored password"}, never={"password-wrong": "gMSA"})
def machine_s_own_password_is_old(s):
    refused_four_times(s, "PC1$")


@field("K6", shows={"tls-failed": "error"}, outcome="failed", never={"tls-failed": "cipher in common|accept the certificate", "verdict": CALM})
def server_cannot_read_what_follows_its_certificate(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(hello(s.host)))
        t.answer(offered(s.host))
        t.ask(said_by_client(False))
        s.cite("tls-failed", t.answer(alert(2, 51)))
        hung_up(t)
        s.wait(3)


@field("K6", shows={"starttls-failed": "error"}, outcome="failed", first={"starttls-failed": "no room"}, never={"starttls-failed": "has no certificate"})
def server_is_too_busy_for_starttls(s):
    signed_on(s)
    for _ in range(2):
        s.cite("starttls-failed", s.ldap().ask(starttls(), starttls_response(51)))
        s.wait(3)


def asked_over_tcp(s, times, end="s"):
    frames = []
    for _ in range(times):
        t = s.tcp(s.dns, 53)
        s.ident += 1
        frames.append(t.ask(over_tcp(dns(s.ident, DC_SRV.format(D=s.domain)))))
        t.reset(end)
        s.wait(3)
    return frames


@field("K3", shows={"srv-unanswered|dns-tcp-blocked|srv-resolver-failed": "error"}, outcome="failed", may=["slow"],
       never={"verdict": CALM + "|too little", "path": "the client closed"})
def resolver_resets_each_question_over_tcp(s):
    """The client asks over TCP alone, as some containers do; the server ends the connection instead of answering."""
    s.cite("srv-unanswered|dns-tcp-blocked|srv-resolver-failed", asked_over_tcp(s, 3))
    s.wait(20)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", first={"tls-failed": "proxy"}, supported={"tls-failed": "proxy"})
def proxy_ends_the_tunnel_at_the_hello(s):
    directory(s, url_entry(s, 1))
    for _ in range(2):
        t = s.tcp(s.web2, 8080)
        t.ask(connect(ex(s, 1) + ":443"))
        t.answer(established())
        s.cite("tls-failed", t.ask(hello(ex(s, 1))))
        t.reset()
        s.wait(3)


@field("K6", shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"], outcome="ok", first={"ldap-unanswered": "long silence"},
       never={"ldap-unanswered": "service stopped"})
def pool_s_connection_is_reset_after_half_an_hour(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    s.wait(1800)
    conn.scp(answered=False)
    conn.t.reset()
    s.wait(0.5)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1))


def asked_of_a_proxy(s, times, reset):
    frames = []
    for _ in range(times):
        t = s.tcp(s.web2, 8080)
        frames.append(t.ask(connect(ex(s, 1) + ":443")))
        if reset:
            t.reset()
        s.wait(4)
    return frames


@field("K1", shows={"proxy-refused": "error"}, outcome="failed", never={"verdict": CALM}, may=["slow"])
def proxy_resets_each_request(s):
    directory(s, url_entry(s, 1))
    s.cite("proxy-refused", asked_of_a_proxy(s, 2, True))
    s.wait(20)


@field("K1", shows={"proxy-refused": "error"}, outcome="failed", never={"verdict": CALM}, may=["slow"])
def proxy_says_nothing_to_a_request(s):
    directory(s, url_entry(s, 1))
    s.cite("proxy-refused", asked_of_a_proxy(s, 2, False))
    s.wait(40)


@field("K5", outcome="ok|hidden", like=["proxy-refused"], may=["slow"], never={"verdict": "failed -"})
def proxy_resets_once_and_serves_then(s):
    directory(s, url_entry(s, 1))
    asked_of_a_proxy(s, 1, True)
    t = s.tcp(s.web2, 8080)
    t.ask(connect(ex(s, 1) + ":443"))
    t.answer(established())
    t.ask(hello(ex(s, 1)))
    t.answer(offered(ex(s, 1)))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)


@field("K1", shows={"kpasswd-failed": "error"}, outcome="failed", never={"verdict": CALM})
def port_of_password_changes_is_accepted_and_reset(s):
    begun(s)
    s.kdc(s.as_req(sname="kadmin/changepw", pre=[timestamp()]), s.as_rep(sname="kadmin/changepw"))
    for _ in range(2):
        taken_and_dropped(s, port=464)
        s.wait(3)
    s.wait(30)


@field("K1", shows={"endpoint-unreachable": "error"}, outcome="failed", never={"verdict": CALM})
def mail_server_s_balancer_has_no_server_left(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        taken_and_dropped(s, server=s.web, port=443)
        s.wait(3)
    s.wait(30)


# ---- their neighbours: what serves in the end, and other ports ----


def served(s, server, host):
    t = s.tcp(server, 443)
    t.ask(hello(host))
    t.answer(offered(host))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)


@field("K5", shows={"kpasswd-failed": "note"}, recovered=["kpasswd-failed"], outcome="ok|hidden", never={"verdict": "failed -"})
def port_of_password_changes_drops_one_and_takes_the_next(s):
    begun(s)
    s.kdc(s.as_req(sname="kadmin/changepw", pre=[timestamp()]), s.as_rep(sname="kadmin/changepw"))
    taken_and_dropped(s, port=464)
    s.wait(1)
    s.udp(s.dc, 464, password_change(s, 0xFF80), password_answer(ap_rep(), SEALED_ANSWER))
    s.logon()
    s.wait(30)


@field("K5", outcome="ok|hidden", like=["endpoint-unreachable"], may=["slow"], never={"verdict": "failed -"})
def mail_server_s_balancer_drops_one_and_takes_the_next(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    taken_and_dropped(s, server=s.web, port=443)
    s.wait(1)
    served(s, s.web, s.mail)
    s.wait(30)


@field("K5", outcome="ok|hidden", like=["endpoint-unreachable"], may=["slow"], never={"verdict": "failed -"})
def browser_opens_a_connection_in_advance_and_leaves_it(s):
    """What a client opens and closes itself, before a word, is no server's fault."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.c.tcp(s.client, s.next_port(), s.web, 443, handshake=False)
    t.open("cS", "sSA", "cA", "cFA", "sFA", "cA")
    served(s, s.web, s.mail)
    s.wait(30)


@field("K1", shows={"dns-tcp-blocked": "error"}, outcome="failed", verdict="reset", never={"verdict": CALM, "dns-tcp-blocked": "did not answer|refused the connection"})
def resolver_s_device_takes_tcp_and_drops_it(s):
    s.cite("dns-tcp-blocked", s.srv(DC_SRV, cut=True))
    first, second, _, last = taken_and_dropped(s, server=s.dns, port=53)
    s.cite("dns-tcp-blocked", first, second, last)
    s.wait(3)
    taken_and_dropped(s, server=s.dns, port=53)
    s.wait(30)


@field("K1", shows={"endpoint-unreachable": "error|warn"}, outcome="failed", causes={"endpoint-unreachable": "[Tt]wo machines"},
       never={"verdict": CALM, "endpoint-unreachable": "did not answer|refused the connection"})
def two_machines_have_the_mail_server_s_address(s):
    """The other one's reset begins at 0: it answers the SYN (RFC 9293 3.10.7.1)."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("endpoint-unreachable", answered_twice(s, s.web, 443)[1])
        s.wait(3)
    s.wait(30)
