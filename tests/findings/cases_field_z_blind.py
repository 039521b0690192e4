# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs Exchange, Outlook, Dynamics, SQL Server and IIS, and branches with read-only controllers; written before the rules were read.

Sixteen faults and twelve healthy neighbours, from memory unless something else is said. Kinds K2 (a sequel makes it
healthy), K4 (names), K5 (whose success), K6 (causes that the packets support or refute), K8 (autodiscover and its redirects).
"""
from cases import pointer_entry, url_entry
from cases_field_a import granted, shown
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV, hello
from cases_field_t_blind import BAD_WEB, hung_up, signed_on
from cases_field_u_blind import NXDOMAIN, chain, refused_by_the_web, shown_to_the_web
from cases_field_v_blind import ANSWERED
from cases_ldap import CREDENTIALS
from cases_web import BASIC, XML, directory, ex, get, post, pox, response
from field import field
from net import *  # noqa: F403
from web import alert, certificate_of, hello_of_client, record

CNAME = 5
ALIAS = "alias|CNAME|canonical"
READ_ONLY = 0x1EAFD  # 0x1F3FD without "writable" and "all secrets", with "some secrets"
NO_MATCH = 0xC0000272
EXPIRED = 23
OFFERS = ["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"]


# ---- pointers and entries of the directory ----


@field("K8", shows={"srv-not-found": "error"}, outcome="failed", may=["scp-pointer", "autodiscover-fallback"], verdict="partner", causes={"srv-not-found": "pointer|forest"},
       never={"verdict": CALM})
def pointer_leads_to_a_forest_that_was_given_up(s):
    """Two companies parted; the pointer of their first days is the only entry that is left, and its domain is gone."""
    gone = "partner" + s.domain
    directory(s, pointer_entry(s, gone))
    for name in ("_ldap._tcp.dc._msdcs.", "_ldap._tcp."):
        s.cite("srv-not-found", s.srv(name + gone, rcode=NXDOMAIN))
    s.wait(5)


@field("K8", outcome="ok", may=["scp-pointer"], like=["srv-not-found", "scp-none", *BAD_WEB], never={"verdict": "failed"})
def pointer_leads_to_the_forest_of_the_mailboxes(s):
    other = "mailforest" + s.domain
    directory(s, pointer_entry(s, other))
    s.srv("_ldap._tcp.dc._msdcs." + other, "dc1." + other)
    s.address("dc1." + other, s.dc2)
    conn = s.ldap(s.dc2)
    conn.simple()
    host = "mail1." + other
    conn.scp(url_entry(s, host=host), base="CN=Configuration," + ",".join("DC=" + x for x in other.split(".")))
    s.address(host, s.web)
    post(s, s.https(s.web, host), host, BASIC)


@field("K8", shows={"endpoint-unresolvable": "warn|error", "endpoint-unreachable": "warn|error"}, outcome="failed", causes={"endpoint-unresolvable": "remov|retired|decommission|gone|no longer"},
       never={"verdict": CALM})
def server_of_the_own_site_is_removed_and_the_hub_s_is_behind_a_firewall(s):
    """The branch lost its mail server, its entry stayed; the firewall knows nothing of the hub's."""
    directory(s, url_entry(s, 1, site="Branch"), url_entry(s, 2, site="Hub"), site="Branch")
    s.cite("endpoint-unresolvable", s.address(ex(s, 1), rcode=NXDOMAIN))
    s.address(ex(s, 2), s.web2)
    s.cite("endpoint-unreachable", s.syn(s.web2, 443, times=3))
    s.wait(20)


@field("K2", outcome="ok", may=["endpoint-unreachable", "scp-order-differs"], recovered=["endpoint-unreachable?"], like=["endpoint-unresolvable"], never={"verdict": "failed -"})
def server_of_the_own_site_is_off_and_the_hub_s_serves(s):
    directory(s, url_entry(s, 1, site="Branch"), url_entry(s, 2, site="Hub"), site="Branch")
    s.address(ex(s, 1), s.web)
    s.syn(s.web, 443, "refused")
    s.address(ex(s, 2), s.web2)
    post(s, s.https(s.web2, ex(s, 2)), ex(s, 2), BASIC)


# ---- redirects ----


def sent_to_another_address(s, address):
    return post(s, s.https(s.web, s.mail), s.mail, BASIC, answer=response(
        f"<Account><AccountType>email</AccountType><Action>redirectAddr</Action><RedirectAddr>{address}</RedirectAddr></Account>"))


@field("K8", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", like=["redirect-loop", "redirect-not-followed"], verdict="tenant", says={"endpoint-unresolvable": r"autodiscover\.tenant"}, never={"verdict": CALM, "any": "SCP (is|was)|removed server"})
def address_of_the_cloud_has_no_record(s):
    """A migration that was undone: the mailbox still has its address of the cloud, and the tenant's name is no more."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    gone = "tenant" + s.domain
    for n in range(2):
        sent_to_another_address(s, "alice@" + gone)
        first = s.address("autodiscover." + gone, rcode=NXDOMAIN)
        if n == 0:
            s.cite("endpoint-unresolvable", first)
        s.address(gone, rcode=NXDOMAIN)
        s.wait(3)


@field("K8", outcome="ok", like=["redirect-not-followed", "redirect-loop", "endpoint-unresolvable", "http-error", "tls-failed"], may=["endpoint-unreachable"], recovered=["endpoint-unreachable?"], never={"verdict": "failed -"})
def address_of_the_cloud_is_found_by_http(s):
    """The documented way of a hybrid mailbox: redirectAddr, an alias, 443 shut, http, and the cloud."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    cloud = "onmicrosoft" + s.domain
    sent_to_another_address(s, "alice@" + cloud)
    host, front = "autodiscover." + cloud, "autodiscover-s.front" + s.domain
    aliased(s, host, "autodiscover.front" + s.domain, s.web2)
    s.syn(s.web2, 443, "refused")
    get(s, s.tcp(s.web2, 80), host, status=302, more=[f"Location: https://{front}{XML}"])
    s.address(front, s.dc3)
    post(s, s.https(s.dc3, front), front, BASIC, body=pox(s, "alice@" + cloud))


@field("K8", shows={"http-error": "error"}, outcome="failed", verdict="451", causes={"http-error": "X-MS-Location|moved|another (server|site|address)|ActiveSync"}, never={"verdict": CALM, "http-error": "legal"})
def telephone_does_not_follow_451(s):
    """MS-ASHTTP: 451 and X-MS-Location say where the mailbox is now; an old telephone asks the same place again."""
    s.address(s.mail, s.web)
    for _ in range(3):
        t = s.https(s.web, s.mail)
        t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml", BASIC))
        s.cite("http-error", t.answer(http_reply(451, b"", f"X-MS-Location: https://mail2.{s.domain}/Microsoft-Server-ActiveSync")))
        s.wait(4)


@field("K8", shows={"tls-failed": "error"}, may=["tls-name-mismatch"], outcome="failed", verdict=r"mail2\.|certificate", says={"tls-failed|tls-name-mismatch": r"mail2\."}, like=["redirect-not-followed"], never={"verdict": CALM})
def redirect_307_leads_to_a_balancer_with_another_certificate(s):
    """The balancer of the new site has the certificate of the web shop."""
    host = "mail2." + s.domain
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        post(s, s.https(s.web, s.mail), s.mail, BASIC, status=307, answer=b"", more=[f"Location: https://{host}{XML}"])
        s.address(host, s.web2)
        t = s.tcp(s.web2, 443)
        s.cite("tls-failed", t.ask(hello(host)), t.answer(chain(certificate_of(["shop.hoster.example"]))), t.ask(alert(2, 46)))
        hung_up(t, "c")
        s.wait(3)


@field("K8", outcome="ok", like=["redirect-not-followed", "redirect-loop", *BAD_WEB], never={"verdict": "failed|warning"})
def redirect_307_is_followed_with_the_whole_question(s):
    host = "mail2." + s.domain
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC, status=307, answer=b"", more=[f"Location: https://{host}{XML}"])
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host, BASIC)


def by_record(s, port):
    for name in (s.domain, "autodiscover." + s.domain):
        s.address(name, rcode=NXDOMAIN if name != s.domain else 0)
    s.srv("_autodiscover._tcp.{D}", s.mail, port=port)
    s.address(s.mail, s.web)


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", may=["endpoint-unresolvable", "autodiscover-fallback"], verdict="8443", never={"verdict": CALM})
def record_of_autodiscover_names_a_port_that_is_shut(s):
    by_record(s, 8443)
    for _ in range(2):
        s.cite("endpoint-unreachable", s.syn(s.web, 8443, "refused"))
        s.wait(2)


@field("K8", outcome="ok|hidden", may=["endpoint-unresolvable", "autodiscover-fallback"], like=["endpoint-unreachable", "tls-failed", "http-error"], never={"verdict": "failed -"})
def record_of_autodiscover_names_a_port_that_serves(s):
    by_record(s, 8443)
    post(s, s.https(s.web, s.mail, port=8443), s.mail, BASIC)


@field("K8", shows={"proxy-refused": "error"}, outcome="failed", may=["redirect-not-followed"], verdict="proxy", says={"proxy-refused": "front"}, never={"verdict": CALM})
def redirect_leads_to_the_cloud_that_the_proxy_forbids(s):
    """Servers may not go to the Internet: the own server sends them to the cloud, and the proxy answers 403."""
    front = "autodiscover-s.front" + s.domain
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        post(s, s.https(s.web, s.mail), s.mail, BASIC, status=302, answer=b"", more=[f"Location: https://{front}{XML}"])
        t = s.tcp(s.web2, 8080)
        s.cite("proxy-refused", t.ask(connect(front + ":443")), t.answer(http_reply(403, b"blocked by category")))
        hung_up(t)
        s.wait(3)


# ---- tickets for web servers and databases ----


def aliased(s, name, target, address):
    """An alias, and the address of what it stands for, in one answer."""
    s.ident += 1
    answers = [rr(QUESTION, CNAME, dns_name(target)), address_rr(target, address)]
    return s.udp(s.dns, 53, dns(s.ident, name, A), dns_reply(s.ident, name, answers, kind=A))


@field("K6", shows={"service-key-mismatch": "error"}, outcome="failed", causes={"service-key-mismatch": "service account|other account|another account|runs (as|under)|application pool"}, never={"verdict": CALM, "any": "clock"})
def application_pool_runs_by_an_account_without_the_name(s):
    """Dynamics: HTTP/crm is the computer's, the pool runs by a service account and without the kernel's help: 41."""
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    for _ in range(3):
        s.cite("service-key-mismatch", shown_to_the_web(s, refused_by_the_web(s, 41), etype=18))
        s.wait(2)


@field("K2", outcome="ok", like=["service-key-mismatch", "http-unauthorized", "ntlm-fallback"], verdict=CALM)
def farm_shares_one_account_and_each_node_takes_the_ticket(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    for _ in range(3):
        shown_to_the_web(s, ANSWERED, etype=18)
        s.wait(1)


@field("K4", shows={"spn-not-found-or-duplicate": "error|warn"}, causes={"spn-not-found-or-duplicate": ALIAS}, says={"spn-not-found-or-duplicate": "sqlnode"}, never={"verdict": CALM, "any": "load balancer"})
def database_is_asked_by_an_alias(s):
    """sqlcrm is an alias of the new node; the driver asks for what was typed, and nobody has that name."""
    signed_on(s)
    aliased(s, "sqlcrm." + s.domain, "sqlnode1." + s.domain, s.web)
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(f"MSSQLSvc/sqlcrm.{s.domain}:1433"), s.error(7, f"MSSQLSvc/sqlcrm.{s.domain}:1433")))
        s.wait(2)


@field("K4", outcome="ok", like=["spn-not-found-or-duplicate"], verdict=CALM)
def database_is_asked_by_an_alias_and_the_driver_takes_the_host_s_name(s):
    signed_on(s)
    aliased(s, "sqlcrm." + s.domain, "sqlnode1." + s.domain, s.web)
    name = f"MSSQLSvc/sqlnode1.{s.domain}:1433"
    s.kdc(s.tgs_req(name), s.tgs_rep(name))


def passed_on(s, spn, good):
    """IIS takes the user's ticket to itself to the KDC, S4U2Proxy."""
    evidence = ticket(s.http, s.realm, cipher=b"alice at the portal")
    request = s.tgs_req(spn, tickets=(evidence,), options=USUAL | CNAME_IN_ADDL_TKT, pre=[pac_options()], tgt_realm=s.realm)
    return s.kdc(request, s.tgs_rep(spn, cname="alice") if good else s.error(13, spn, data=error_data(NO_MATCH)))


@field("K6", shows={"delegation-refused": "error"}, outcome="failed", supported={"delegation-refused": ":1433|port|without|other (name|form)|allowed"}, never={"verdict": CALM, "delegation-refused": "often harmless"})
def portal_may_delegate_to_the_database_without_its_port(s):
    """The list of the account has MSSQLSvc/sql, the driver asks for MSSQLSvc/sql:1433."""
    begun(s)
    s.logon("PORTAL1$")
    passed_on(s, "MSSQLSvc/sql." + s.domain, True)
    for _ in range(2):
        s.cite("delegation-refused", passed_on(s, f"MSSQLSvc/sql.{s.domain}:1433", False))
        s.wait(2)


@field("K2", outcome="ok", like=["delegation-refused"], verdict=CALM)
def portal_delegates_to_the_database_and_to_the_file_server(s):
    begun(s)
    s.logon("PORTAL1$")
    for name in ("MSSQLSvc/sql.{}:1433", "cifs/files.{}"):
        passed_on(s, name.format(s.domain), True)


@field("K12", shows={"http-unauthorized": "error", "spn-not-found-or-duplicate": "warn|error|note"}, outcome="failed", may=["ntlm-fallback"], causes={"spn-not-found-or-duplicate": "short|full"},
       never={"verdict": CALM, "any": "load balancer"})
def site_is_opened_by_its_short_name_and_ntlm_is_off(s):
    """No HTTP/short name is registered: 7, then NTLM, which this server does not take."""
    signed_on(s)
    directory(s, url_entry(s, host=s.short))
    s.address(s.short + "." + s.domain, s.web)
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("HTTP/" + s.short), s.error(7, "HTTP/" + s.short)))
    for _ in range(3):
        t = s.https(s.web, s.short)
        post(s, t, s.short, status=401, answer=b"", more=OFFERS[:1])
        post(s, t, s.short, negotiate(ntlm(1)), status=401, answer=b"", more=[negotiate(ntlm(2), "WWW-Authenticate")])
        s.cite("http-unauthorized", post(s, t, s.short, negotiate(ntlm_as("alice", "CONTOSO")), status=401, answer=b"", more=OFFERS[:1]))
        s.wait(2)


@field("K4", shows={"spn-not-found-or-duplicate": "error|warn"}, supported={"spn-not-found-or-duplicate": "this service of the host"}, never={"verdict": CALM, "spn-not-found-or-duplicate": "load balancer"})
def catalog_has_no_name_for_the_address_book(s):
    """Outlook asks for exchangeAB at the catalog, which was promoted after the last start of its directory."""
    signed_on(s)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("exchangeAB/" + s.host), s.error(7, "exchangeAB/" + s.host)))
        s.wait(2)


# ---- passwords and versions ----


@field("K12", shows={"password-expired": "error"}, may=["http-unauthorized"], outcome="failed", verdict="expired", never={"verdict": CALM, "any": "account is locked"})
def password_expires_while_outlook_is_open(s):
    directory(s, url_entry(s, host=s.mail))
    s.logon()
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)
    s.wait(1800)
    for _ in range(2):
        post(s, s.https(s.web, s.mail), s.mail, BASIC, status=401, answer=b"", more=["WWW-Authenticate: Basic realm=x"])
        s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
        s.cite("password-expired", s.kdc(s.as_req(pre=[timestamp()]), s.error(EXPIRED)))
        s.wait(3)


@field("K2", shows={"password-expired": "note"}, recovered=["password-expired"], outcome="ok", like=["kpasswd-failed"], never={"verdict": "failed -"})
def password_expires_and_is_changed_at_once(s):
    begun(s)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.cite("password-expired", s.kdc(s.as_req(pre=[timestamp()]), s.error(EXPIRED)))
    s.kdc(s.as_req(sname=CHANGEPW), s.error(25, CHANGEPW))
    s.kdc(s.as_req(sname=CHANGEPW, pre=[timestamp()]), s.as_rep(sname=CHANGEPW, cipher=b"synthetic changepw"))
    s.udp(s.dc, 464, kpasswd_req(version=1), kpasswd_rep())
    s.logon()


def old_hello(host):
    """Of an Office that never heard of TLS 1.2."""
    h = hello_of_client(host).replace(b"\xc0\x2f\x13\x01", b"\xc0\x14\x00\x2f")
    return record(22, h[:4] + b"\3\1" + h[6:], 0x0301)


@field("K6", shows={"tls-failed": "error"}, outcome="failed", supported={"tls-failed": r"TLS 1\.0|old version|version"}, never={"verdict": CALM, "tls-failed": "certificate has expired"})
def old_office_greets_by_tls_1_0_and_the_server_hangs_up(s):
    """Schannel with TLS 1.0 off sends no alert: it resets."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(3):
        t = s.tcp(s.web, 443)
        s.cite("tls-failed", t.ask(old_hello(s.mail)))
        t.open("sRA")
        s.wait(3)


@field("K2", outcome="ok|hidden", may=["tls-failed"], recovered=["tls-failed?"], like=["endpoint-unreachable"], never={"verdict": "failed -"})
def office_greets_by_tls_1_0_and_then_by_1_2(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.tcp(s.web, 443)
    t.ask(old_hello(s.mail))
    t.open("sRA")
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


# ---- branches ----


def branch(s, client_site="Branch"):
    """The only controller of the branch is one that reads."""
    s.srv("_ldap._tcp.Branch._sites.dc._msdcs.{D}", "rodc1.{D}")
    s.host = "rodc1." + s.domain
    s.ldap_spn = "ldap/" + s.host
    s.address(s.host, s.dc)
    s.ping(flags=READ_ONLY, dc_site="Branch", client_site=client_site, next_site="Hub")


@field("K6", shows={"krb-error": "error"}, outcome="failed", supported={"krb-error": "read-only|RODC"}, verdict="not available|read-only", never={"verdict": CALM, "krb-error": "starting up only"})
def read_only_controller_cannot_pass_on_the_logon(s):
    """domain.md, code 29: the line to the hub is cut. Bob's password is kept here, Alice's is not."""
    branch(s)
    s.logon("bob")
    for _ in range(3):
        s.cite("krb-error", s.kdc(s.as_req("alice"), s.error(29)))
        s.wait(4)


@field("K5", outcome="ok", like=["krb-error", "slow", "dc-other-site", "kdc-unanswered"], verdict=CALM)
def read_only_controller_passes_on_the_logon(s):
    branch(s)
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@field("K6", shows={"kpasswd-failed": "error"}, outcome="failed", may=["dc-unreachable", "ping-unanswered", "kdc-unanswered", "slow"], verdict="464|password change|change of", causes={"kpasswd-failed": "firewall"},
       says={"kpasswd-failed": "464"}, never={"verdict": CALM})
def branch_reads_here_and_may_not_write_at_the_hub(s):
    """The firewall of the branch knows its own controller alone; a password is changed at one that writes."""
    branch(s)
    s.logon()
    s.kdc(s.as_req(sname=CHANGEPW), s.error(25, CHANGEPW))
    s.kdc(s.as_req(sname=CHANGEPW, pre=[timestamp()]), s.as_rep(sname=CHANGEPW, cipher=b"synthetic changepw"))
    s.srv(DC_SRV, "hub1.{D}")
    s.address("hub1.{D}", s.dc2)
    for _ in range(3):
        s.cite("kpasswd-failed", s.udp(s.dc2, 464, kpasswd_req(version=1)))
        s.wait(3)
    s.syn(s.dc2, 464, times=3)
    s.wait(20)


@field("K5", outcome="ok", like=["client-site-undefined", "srv-site-not-found", "slow"], never={"verdict": "failed|warning"})
def site_without_a_controller_is_covered_by_the_hub_s(s):
    """The hub's controllers register the records of the next site that has none of its own."""
    s.srv("_ldap._tcp.Branch._sites.dc._msdcs.{D}", "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping(dc_site="Hub", client_site="Branch", next_site="Hub")
    s.logon()
    s.ldap().gssapi()


# ---- neighbours of what was mended ----


@field("K8", shows={"srv-not-found": "error|warn"}, outcome="failed|ok", may=["scp-pointer"], never={"srv-not-found": "pointer"})
def pointer_leads_to_one_forest_and_a_typing_error_to_another(s):
    directory(s, pointer_entry(s, "mailforest" + s.domain))
    s.srv("_ldap._tcp.dc._msdcs.mailforest{D}", "dc1.mailforest" + s.domain)
    for name in ("_ldap._tcp.dc._msdcs.", "_ldap._tcp."):
        s.cite("srv-not-found", s.srv(name + "mistyped" + s.domain, rcode=NXDOMAIN))
    s.wait(5)


@field("K8", shows={"redirect-loop": "error"}, outcome="failed", verdict="loop")
def two_names_of_a_mailbox_lead_to_each_other(s):
    """Each time the client asks for the name that it was told: that is a circle, though it asks where it began before."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    here, there = "alice@" + s.domain, "alice.old@" + s.domain
    for _ in range(2):
        for asked, told in ((here, there), (there, here)):
            s.cite("redirect-loop", post(s, s.https(s.web, s.mail), s.mail, BASIC, body=pox(s, asked), answer=response(
                f"<Account><AccountType>email</AccountType><Action>redirectAddr</Action><RedirectAddr>{told}</RedirectAddr></Account>")))


@field("K8", shows={"redirect-loop": "error"}, outcome=["failed", "failed"], verdict="loop")
def two_servers_send_the_address_to_each_other(s):
    """Each domain has a path of its own, and in each the same mailbox is asked for twice: the redirect between leads somewhere."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    here, there = "alice@" + s.domain, "alice@tenant" + s.domain
    host = "autodiscover.tenant" + s.domain
    s.address(host, s.web2)
    for _ in range(2):
        s.cite("redirect-loop", sent_to_another_address(s, there))
        s.cite("redirect-loop", post(s, s.https(s.web2, host), host, BASIC, body=pox(s, there), answer=response(
            f"<Account><AccountType>email</AccountType><Action>redirectAddr</Action><RedirectAddr>{here}</RedirectAddr></Account>")))


@field("K2", outcome="ok", may=["http-error"], recovered=["http-error?"], never={"verdict": "failed -"})
def telephone_follows_451(s):
    host = "mail2." + s.domain
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    t.ask(http_post(s.mail, XML, pox(s), "Content-Type: text/xml", BASIC))
    t.answer(http_reply(451, b"", f"X-MS-Location: https://{host}{XML}"))
    s.address(host, s.web2)
    post(s, s.https(s.web2, host), host, BASIC)


@field("K6", shows={"delegation-refused": "error"}, outcome="failed", first={"delegation-refused": "may not delegate to this name"}, never={"verdict": CALM, "delegation-refused": "with and without the port"})
def portal_uses_the_database_itself_and_may_not_delegate_to_it(s):
    """Its own ticket is for the other form of the name: that says nothing about delegation."""
    begun(s)
    s.logon("PORTAL1$")
    name = "MSSQLSvc/sql." + s.domain
    s.kdc(s.tgs_req(name), s.tgs_rep(name, cname="PORTAL1$"))
    for _ in range(2):
        s.cite("delegation-refused", passed_on(s, name + ":1433", False))
        s.wait(2)


@field("K6", shows={"spn-not-found-or-duplicate": "error|warn"}, never={"verdict": CALM, "spn-not-found-or-duplicate": "Only this service of the host"})
def other_host_is_the_one_where_the_client_got_in(s):
    signed_on(s)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("exchangeAB/dc2." + s.domain), s.error(7, "exchangeAB/dc2." + s.domain)))
        s.wait(2)


@field("K6", shows={"krb-error": "error"}, outcome="failed", first={"krb-error": "starting"}, never={"verdict": CALM})
def controller_that_writes_cannot_serve_yet(s):
    begun(s)
    for _ in range(3):
        s.cite("krb-error", s.kdc(s.as_req("alice"), s.error(29)))
        s.wait(4)


# ---- of X28 and Z10: other ports than the web's usual ones ----


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", verdict="4443", supported={"endpoint-unreachable": "names a port"}, never={"verdict": CALM})
def entry_names_a_port_that_the_firewall_drops(s):
    """The entry was written for a reverse proxy of one's own; from elsewhere only 443 goes through."""
    directory(s, url_entry(s, host=s.mail + ":4443"))
    s.address(s.mail, s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 4443))
    s.wait(30)


@field("K8", shows={"endpoint-unreachable": "error"}, outcome="failed", verdict="444", supported={"endpoint-unreachable": "names a port"}, like=["redirect-loop", "redirect-not-followed"], never={"verdict": CALM})
def redirect_names_a_second_port_of_a_host_with_two(s):
    """The entry has 8443 already; behind it the server sends to its own port, 444."""
    directory(s, url_entry(s, host=s.mail + ":8443"))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail, port=8443)
    t.ask(http_post(f"{s.mail}:8443", XML, pox(s), "Content-Type: text/xml", BASIC))
    t.answer(http_reply(302, b"", f"Location: https://{s.mail}:444{XML}"))
    s.cite("endpoint-unreachable", s.syn(s.web, 444))
    s.wait(30)


@field("K8", outcome="ok|hidden", may=["endpoint-unresolvable", "autodiscover-fallback"], like=["endpoint-unreachable", "tls-failed"], never={"verdict": "failed -", "any": "8443"})
def client_takes_the_record_with_the_usual_port_alone(s):
    """Two records; the client, as EWS does, looks at port 443 only."""
    for name in (s.domain, "autodiscover." + s.domain):
        s.address(name, rcode=NXDOMAIN if name != s.domain else 0)
    s.srv("_autodiscover._tcp.{D}", "mail2." + s.domain, port=8443)
    s.srv("_autodiscover._tcp.{D}", s.mail)
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K8", outcome="ok", like=["endpoint-unreachable", *BAD_WEB], never={"verdict": "failed|warning|5061"})
def another_program_is_refused_at_a_port_that_nothing_names(s):
    """The telephone's program looks for its server on the mail server: nobody sent it there for autodiscover."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.syn(s.web, 5061, "refused")
        s.wait(1)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K8", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", verdict=r"mail\d+\.", never={"verdict": CALM})
def record_names_another_port_of_a_host_that_is_gone(s):
    for _ in range(2):
        for name in (s.domain, "autodiscover." + s.domain):
            s.address(name, rcode=NXDOMAIN if name != s.domain else 0)
        s.srv("_autodiscover._tcp.{D}", s.mail, port=8443)
        s.cite("endpoint-unresolvable", s.address(s.mail, rcode=NXDOMAIN))
        s.wait(2)


# ---- one account at several controllers ----


def at_each(s, *answers, name=None):
    """Binds at dc1, dc2 in turn, each answer with its sub-code; None lets it in. What was refused is cited."""
    s.found()
    for n, why in enumerate(answers):
        conn = s.ldap(server=(s.dc, s.dc2)[n % 2])
        who = name or "CN=svc-crm,OU=apps," + s.config.split(",", 1)[1]
        if why:
            s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format(why), name=who))
        else:
            conn.simple(name=who)
        s.wait(2)


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": "refuse the LDAP bind"}, supported={"ldap-bind-failed": "password is wrong"}, never={"verdict": CALM, "ldap-bind-failed": "refuses the LDAP bind"})
def password_of_a_program_is_refused_by_both_controllers(s):
    """The password was changed; the program tries the controllers of its list in turn. It is one fault, and not one of a controller."""
    at_each(s, "52e", "52e", "52e")


@field("K12", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"verdict": CALM})
def controllers_disagree_about_the_account(s):
    """At one the password is wrong, at the other the account is disabled: two answers, which are told apart."""
    at_each(s, "52e", "533")


@field("K12", outcome="ok", shows={"ldap-bind-failed": "note|warn"}, recovered=["ldap-bind-failed"], never={"verdict": "failed -"})
def both_controllers_take_the_password_in_the_end(s):
    at_each(s, "52e", "52e", None, None)


@field("K12", shows={"ldap-bind-failed": "error|warn"}, supported={"ldap-bind-failed": "does not have the new one yet"}, causes={"ldap-bind-failed": "does not have the new one yet"}, never={"verdict": CALM, "ldap-bind-failed": "refuse the|another account"})
def one_of_the_two_has_not_heard_of_the_new_password(s):
    """dc2 takes it; at dc1, where the change has not come yet, it stays refused."""
    at_each(s, "52e", None, "52e")


# ---- half of what a resolver is asked ----

AAAA = 28


def asked_for_both(s, name, address, lost=None):
    """A and AAAA at once, from one port; the answer to `lost` comes only when that is asked for again, 5 s later."""
    questions = {kind: s.ident + n for n, kind in enumerate((A, AAAA), 1)}
    s.ident += 2
    cport = s.next_port()

    def one(kind, asked=True, answered=True):
        answers = [address_rr(name, address)] if kind == A else []
        reply = dns_reply(questions[kind], name, answers, kind=kind)
        return s.udp(s.dns, 53, dns(questions[kind], name, kind) if asked else None, *[reply][: int(answered)], cport=cport)

    frames = {kind: one(kind, answered=False) for kind in questions}
    for kind in questions:
        if kind != lost:
            one(kind, asked=False)
    if not lost:
        return []
    s.wait(5)
    return [*frames[lost], *one(lost)]


@field("K9", shows={"slow": "warn"}, outcome="ok", says={"slow": "AAAA"}, supported={"slow": "IPv6 .AAAA"}, verdict="AAAA", never={"verdict": "it does not answer"})
def resolver_answers_no_question_for_ipv6(s):
    """RFC 4074 4.1: A is answered at once, AAAA never: each name costs the client ten seconds."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for wait in (2, 3, 5):
        s.ident += 1
        s.cite("slow", s.udp(s.dns, 53, dns(s.ident, s.mail, AAAA)))
        s.wait(wait)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K9", shows={"slow": "warn"}, outcome="ok", never={"slow": "AAAA"})
def resolver_is_silent_whatever_it_is_asked(s):
    """The first resolver of the list is gone: neither question is answered, and the second one knows the name."""
    directory(s, url_entry(s, host=s.mail))
    for _ in range(2):
        s.ident += 2
        s.cite("slow", s.udp(s.dns, 53, dns(s.ident - 1, s.mail, A)))
        s.udp(s.dns, 53, dns(s.ident, s.mail, AAAA))
        s.wait(5)
    s.address(s.mail, s.web, server=s.dns2)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K9", shows={"slow": "warn"}, outcome="ok", supported={"slow": "from one port"}, never={"verdict": "it does not answer"})
def one_of_two_questions_of_a_moment_is_lost(s):
    """Containers behind one host's address translation: of A and AAAA, asked at once from one port, one is lost, now and then."""
    directory(s, url_entry(s, host=s.mail))
    s.cite("slow", asked_for_both(s, s.mail, s.web, lost=AAAA))
    s.cite("slow", asked_for_both(s, s.mail, s.web, lost=A))
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K9", shows={"slow": "warn"}, outcome="ok", never={"slow": "from one port"})
def questions_are_lost_one_at_a_time(s):
    """A bad line: what is asked for alone is lost, too."""
    directory(s, url_entry(s, host=s.mail))
    for _ in range(2):
        s.ident += 1
        cport = s.next_port()
        question = dns(s.ident, s.mail, A)
        s.cite("slow", s.udp(s.dns, 53, question, cport=cport))
        s.wait(5)
        s.cite("slow", s.udp(s.dns, 53, question, dns_reply(s.ident, s.mail, [address_rr(s.mail, s.web)], kind=A), cport=cport))
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K9", outcome="ok", like=["slow"], never={"verdict": "warning|failed"})
def both_addresses_are_asked_for_at_once_and_answered(s):
    directory(s, url_entry(s, host=s.mail))
    asked_for_both(s, s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


# ---- a proxy that wants to know whose a question in clear is ----


def by_plain_proxy(s, *more, status=407, offers="Proxy-Authenticate: Negotiate", conn=None, answer=b""):
    """One question of http, on a connection of its own unless it is named."""
    conn = conn or s.tcp(s.web2, 8080)
    url = f"http://autodiscover.{s.domain}/autodiscover/autodiscover.xml"
    request = http_get(f"autodiscover.{s.domain}", url, *more)
    return [conn.ask(request), conn.answer(http_reply(status, answer, *([offers] if status == 407 else [])))]


@field("K8", shows={"proxy-refused": "error"}, outcome="failed", verdict="proxy", supported={"proxy-refused": "cannot open the ticket"}, like=["http-error", "http-unauthorized"], never={"verdict": CALM, "proxy-refused": "sent nothing"})
def plain_proxy_cannot_open_the_ticket(s):
    """A proxy without a keytab of its own: 407, a ticket for it, 407 again."""
    signed_on(s)
    spn = "HTTP/proxy." + s.domain
    for _ in range(2):
        s.cite("proxy-refused", by_plain_proxy(s))
        granted(s, spn)
        s.cite("proxy-refused", by_plain_proxy(s, negotiate(shown(s, spn), "Proxy-Authorization")))
        s.wait(3)


@field("K8", shows={"proxy-refused": "error|warn"}, outcome="failed", verdict="proxy", like=["http-error"], never={"verdict": CALM})
def plain_proxy_asks_a_service_without_credentials(s):
    signed_on(s)
    for _ in range(3):
        s.cite("proxy-refused", by_plain_proxy(s, offers="Proxy-Authenticate: NTLM"))
        s.wait(3)


@field("K8", shows={"proxy-refused": "error|warn"}, outcome="failed", verdict="proxy", like=["http-error"], never={"verdict": CALM})
def plain_proxy_asks_once_and_the_client_leaves_it_at_that(s):
    signed_on(s)
    s.cite("proxy-refused", by_plain_proxy(s))
    s.wait(30)


@field("K8", outcome="ok", like=["proxy-refused", "http-error"], never={"verdict": "failed|warning"})
def plain_proxy_asks_and_lets_the_client_through(s):
    signed_on(s)
    spn = "HTTP/proxy." + s.domain
    by_plain_proxy(s)
    granted(s, spn)
    conn = s.tcp(s.web2, 8080)
    url = f"http://autodiscover.{s.domain}/autodiscover/autodiscover.xml"
    conn.ask(http_get(f"autodiscover.{s.domain}", url, negotiate(shown(s, spn), "Proxy-Authorization")))
    conn.answer(http_reply(302, b"", f"Location: https://{s.mail}/autodiscover/autodiscover.xml"))
    s.address(s.mail, s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K8", shows={"http-error": "error"}, outcome="failed", verdict="417", causes={"http-error": "100-continue"}, never={"verdict": CALM})
def server_does_not_know_the_question_before_the_question(s):
    """RFC 9110 15.5.18: what stands before the server refuses Expect, with which programs of .NET begin."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("http-error", post(s, s.https(s.web, s.mail), s.mail, BASIC, "Expect: 100-continue", status=417, answer=b""))
        s.wait(3)


@field("K8", outcome="ok", may=["http-error"], recovered=["http-error?"], never={"verdict": "failed|warning"})
def client_asks_at_once_when_it_may_not_ask_before(s):
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, BASIC, "Expect: 100-continue", status=417, answer=b"")
    post(s, t, s.mail, BASIC)


# ---- names that lead nowhere ----


def round_about(s, name, other, ends=None):
    """An answer with two aliases: of the name, and of the other one, which is the name again, or `ends` with an address."""
    s.ident += 1
    answers = [rr(QUESTION, CNAME, dns_name(other)), rr(dns_name(other), CNAME, dns_name(name)) if not ends else address_rr(other, ends)]
    return s.udp(s.dns, 53, dns(s.ident, name, A), dns_reply(s.ident, name, answers, kind=A))


@field("K6", shows={"endpoint-unresolvable": "error"}, outcome="failed", supported={"endpoint-unresolvable": "circle"}, first={"endpoint-unresolvable": "circle"}, never={"verdict": CALM, "endpoint-unresolvable": "never entered|is gone"})
def aliases_of_the_mail_server_go_round(s):
    directory(s, url_entry(s, host=s.mail))
    for _ in range(2):
        s.cite("endpoint-unresolvable", round_about(s, s.mail, "mail-new." + s.domain))
        s.wait(3)


@field("K6", shows={"srv-target-unresolvable": "error|warn"}, outcome="failed", supported={"srv-target-unresolvable": "circle"}, never={"verdict": CALM, "srv-target-unresolvable": "left over|IPv6"})
def aliases_of_the_controller_go_round(s):
    for _ in range(2):
        s.found()
        s.cite("srv-target-unresolvable", round_about(s, s.host, "dc-new." + s.domain))
        s.wait(3)


@field("K6", outcome="ok", like=["srv-target-unresolvable", "endpoint-unresolvable"], never={"verdict": "failed"})
def aliases_of_the_mail_server_lead_to_it(s):
    directory(s, url_entry(s, host=s.mail))
    round_about(s, s.mail, "mail-new." + s.domain, ends=s.web)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K1", shows={"srv-target-unresolvable": "error|warn"}, outcome="failed", says={"srv-target-unresolvable": "fe80::1"}, never={"verdict": CALM})
def controller_has_registered_an_address_of_its_link_alone(s):
    for _ in range(2):
        s.found()
        s.ident += 2
        s.udp(s.dns, 53, dns(s.ident - 1, s.host, A), dns_reply(s.ident - 1, s.host, [], kind=A))
        s.cite("srv-target-unresolvable", s.udp(s.dns, 53, dns(s.ident, s.host, AAAA), dns_reply(s.ident, s.host, [address_rr(s.host, "fe80::1")], kind=AAAA)))
        s.wait(3)


@field("K1", outcome="ok", like=["srv-target-unresolvable"], never={"verdict": "failed|warning"})
def controller_has_registered_that_of_its_link_too(s):
    s.found()
    s.address(s.host, s.dc)
    s.ident += 1
    s.udp(s.dns, 53, dns(s.ident, s.host, AAAA), dns_reply(s.ident, s.host, [address_rr(s.host, "fe80::1")], kind=AAAA))
    s.ping()
    s.ldap().simple()


# ---- a timeout of one second, which a clock makes 0.999 ----


def asked_each(s, seconds, times):
    """The first resolver is silent; the client asks it again and again, and then the second one."""
    s.ident += 1
    cport = s.next_port()
    frames = []
    for _ in range(times):
        frames += s.udp(s.dns, 53, dns(s.ident, s.mail, A), cport=cport)
        s.wait(seconds)
    s.address(s.mail, s.web, server=s.dns2)
    return frames


@field("K9", shows={"slow": "note"}, outcome="ok", says={"slow": "4.0 s"})
def client_asks_again_each_second_less_a_thousandth(s):
    directory(s, url_entry(s, host=s.mail))
    s.cite("slow", asked_each(s, 0.998, 4))
    post(s, s.https(s.web, s.mail), s.mail, BASIC)


@field("K9", outcome="ok", like=["slow"], never={"verdict": "lost"})
def client_asks_again_each_half_second_and_goes_on_soon(s):
    directory(s, url_entry(s, host=s.mail))
    asked_each(s, 0.5, 4)
    post(s, s.https(s.web, s.mail), s.mail, BASIC)
