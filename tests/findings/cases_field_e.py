# SPDX-License-Identifier: GPL-2.0-or-later
"""Six cases each of the kinds that captures of other people decide: sequels, silence, order, causes, counts, roots.

Of each kind real faults as administrators of other makes of client send them, a fault without what usually betrays
it, and a healthy day that looks like one.
"""
from build import *  # noqa: F403
from cases import Ldap, url_entry
from cases_field_a import MIT_ETYPES, bytes_of, granted, logon, refused, shown, signed_in, tgs, timed
from cases_field_b_time import changepw_ticket, dead, good_start, password_answer, password_change, person
from cases_field_c import FROM_MIT, ipv4
from cases_field_d import again, asked_for_proof, wrong
from cases_ldap import CREDENTIALS
from cases_web import directory, ex, opened, post
from field import field
from net import TTL, icmp
from smb import (LOGON_FAILURE, MORE_PROCESSING, rpc_bind, rpc_bind_ack, rpc_bind_nak, smb2_setup,
                 smb2_setup_reply)
from tls import certificate_der

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"
TOO_LITTLE = r"too little to judge"
NXDOMAIN, SERVFAIL, FORMERR = 3, 2, 1
HOUR = 3600 * 10**9
NTLM_BLOCKED, AUTHENTICATION_FIREWALL, LOCKED = 0xC0000418, 0xC0000413, 0xC0000234
SEAL_IN_TLS = ("00002029: LdapErr: DSID-0C0904D9, comment: Cannot start kerberos signing/sealing when using TLS/SSL, "
               "data 0, v4563")
GOODBYE = b"1.3.6.1.4.1.1466.20036"  # notice of disconnection, RFC 4511 4.4.1


def farewell(conn, text="Server is shutting down"):
    """The server's own word, to no request, and its FIN."""
    frame = conn.t.answer(ldap(0, result(24, 52, diagnostic=text, more=tlv(0x8A, GOODBYE))))
    conn.t._segment("s", "FA")
    conn.t.seq["s"] += 1
    conn.t._segment("c", "FA")
    return frame


def unavailable(s, spn, server):
    """29: the read-only controller cannot reach a writable one."""
    return s.kdc(tgs(s, spn), s.error(29, spn), server=server)


def without_proof(s, name):
    """Of an account that needs no proof: the KDC's own part is AES as ever, the user's is RC4, as it was asked for."""
    return app(11, seq(ctx(0, integer(5)), ctx(1, integer(11)), ctx(3, general(s.realm)), ctx(4, principal([name], 1)),
                       ctx(5, ticket(s.tgt, s.realm, cipher=name.encode() + b" in " + s.realm.encode())),
                       ctx(6, encrypted(23, b"synthetic part", None))))


# ---- K2: benign needs a sequel ----


@field("K2", shows={"krb-error": "error"}, outcome="failed", says={"krb-error": ["expire"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def java_goes_on_with_yesterday_s_ticket(s):
    """The ticket-granting ticket is past its end (32), and the service shows it again and again; it never logs on."""
    spn = "HTTP/api." + s.domain
    logon(s, "svc-app")
    granted(s, spn)
    s.wait(36500)
    for _ in range(3):
        s.cite("krb-error", s.kdc(tgs(s, spn), s.error(32, spn)))
        s.wait(20)


@field("K2", verdict=[NOTHING_WRONG], outcome="ok|hidden", like=["krb-error", "kdc-unanswered", SPN])
def nightly_job_logs_on_again(s):
    """The same 32, over TCP; a new logon and the same ticket follow at once."""
    good_start(s)
    spn = "nfs/filer." + s.domain
    logon(s, "NODE4$", tcp=True)
    s.wait(36500)
    s.kdc(tgs(s, spn), s.error(32, spn), tcp=True)
    logon(s, "NODE4$", tcp=True)
    granted(s, spn, tcp=True)


@field("K2", verdict=[NOTHING_WRONG], outcome="ok|hidden", like=["krb-error", "kdc-unanswered"])
def two_shares_learn_that_the_ticket_is_over(s):
    """Two mounts of one machine at once: 32 for each, over UDP; one of them logs on again, and both have tickets."""
    good_start(s)
    spns = [f"cifs/fs{n}.{s.domain}" for n in (1, 2)]
    logon(s, "NODE5$")
    s.wait(36500)
    for spn in spns:
        s.kdc(tgs(s, spn), s.error(32, spn))
    s.wait(8)
    logon(s, "NODE5$")
    for spn in spns:
        granted(s, spn)


@field("K2", shows={"krb-error": "error"}, outcome="failed", says={"krb-error": ["expire", r"PC9\$"]},
       never={"verdict": [NOTHING_WRONG]})
def three_names_and_one_old_ticket(s):
    """IPv6 and TCP: a good day before, then 32 for each of three names, once. The machine does not log on again."""
    s.over_ipv6()
    good_start(s)
    logon(s, "PC9$", tcp=True)
    granted(s, "cifs/fs1." + s.domain, tcp=True)
    s.wait(40000)
    for spn in ("cifs/fs1.", "HTTP/intranet.", "ldap/dc1."):
        s.cite("krb-error", s.kdc(tgs(s, spn + s.domain), s.error(32, spn + s.domain), tcp=True))
        s.wait(4)


@field("K2", shows={"password-wrong": "error"}, outcome="failed", says={"password-wrong": [r"\b(2|two|twice)\b"]},
       never={"verdict": [NOTHING_WRONG], "path": [r"(error|warn)\s+(preauth-abandoned|krb-error)"]})
def spake_without_any_timestamp(s):
    """MIT with SPAKE: alice gets in over 25, 91 and her answer; carol's answer is refused, twice, by 24."""
    needed = padata((151, b"offer"), (19, etype_info2()), (133, b"cookie"))
    group = padata((151, b"challenge"), (133, b"cookie 2"))

    def rounds(name, last):
        s.kdc(s.as_req(name, pre=FROM_MIT, etypes=MIT_ETYPES), s.error(25, cname=name, data=needed))
        s.kdc(s.as_req(name, pre=[(151, b"support"), (133, b"cookie")], etypes=MIT_ETYPES),
              s.error(91, cname=name, data=group))
        return s.kdc(s.as_req(name, pre=[(151, b"response of " + name.encode()), (133, b"cookie 2")],
                              etypes=MIT_ETYPES), last)

    rounds("alice", s.as_rep("alice"))
    for _ in range(2):
        s.cite("password-wrong", rounds("carol", s.error(24, cname="carol")))
        s.wait(3)


@field("K2", shows={"preauth-abandoned|krb-error": "warn|error"}, outcome="failed|incomplete|ok",
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def spake_begun_and_never_ended(s):
    """The client's library has no group in common: it begins three times and leaves after 91 each time."""
    for _ in range(3):
        s.kdc(s.as_req("carol", pre=FROM_MIT, etypes=MIT_ETYPES),
              s.error(25, cname="carol", data=padata((151, b"offer"), (19, etype_info2()), (133, b"cookie"))))
        s.cite("preauth-abandoned|krb-error", s.kdc(
            s.as_req("carol", pre=[(151, b"support"), (133, b"cookie")], etypes=MIT_ETYPES),
            s.error(91, cname="carol", data=padata((151, b"challenge"), (133, b"cookie 2"))))[-1])
        s.wait(5)


def _code_asked_for(s, name):
    """25 with an offer of a one-time password, and 91 with its challenge (RFC 6560)."""
    s.kdc(s.as_req(name, pre=FROM_MIT, etypes=MIT_ETYPES),
          s.error(25, cname=name, data=padata((141, b"challenge"), (19, etype_info2()), (133, b"cookie"))))
    return s.kdc(s.as_req(name, pre=[(142, b"request"), (133, b"cookie")], etypes=MIT_ETYPES),
                 s.error(91, cname=name, data=padata((141, b"second challenge"), (133, b"cookie 2"))))


def _code_given(s, name, answer):
    return s.kdc(s.as_req(name, pre=[(142, b"a code of " + name.encode()), (133, b"cookie 2")], etypes=MIT_ETYPES),
                 answer)


@field("K2", verdict=[NOTHING_WRONG], outcome="ok|hidden", like=["preauth-abandoned", "krb-error", "password-wrong"])
def code_typed_too_late_and_then_in_time(s):
    """A one-time password: after 91 the user looks for the token until it is too late (90), twice; then he is in."""
    good_start(s)
    for _ in range(2):
        _code_asked_for(s, "ida")
        s.wait(400)
        _code_given(s, "ida", s.error(90, cname="ida"))
    _code_asked_for(s, "ida")
    s.wait(20)
    _code_given(s, "ida", s.as_rep("ida"))


@field("K2", shows={"krb-error": "error"}, like=["preauth-abandoned"], outcome="failed",
       says={"krb-error": ["ida"]}, never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def code_is_too_late_each_time(s):
    """Two KDCs behind one address do not take each other's cookies: 90 to each answer, three times."""
    for _ in range(3):
        _code_asked_for(s, "ida")
        s.wait(15)
        s.cite("krb-error", _code_given(s, "ida", s.error(90, cname="ida")))
        s.wait(5)


@field("K2", shows={"preauth-abandoned": "warn"}, outcome="incomplete", may=["krb-error"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def code_too_late_and_the_user_goes_home(s):
    """90 once, and nothing more of this user, while the machine goes on for a minute."""
    _code_asked_for(s, "ida")
    s.wait(900)
    s.cite("preauth-abandoned", _code_given(s, "ida", s.error(90, cname="ida"))[-1])
    s.wait(60)
    s.address("dc1.{D}", s.dc)


@field("K2", shows={SPN: "warn|error"}, may=["ntlm-fallback"], outcome="failed|hidden|ok|incomplete", first={SPN: "address"},
       never={"verdict": [NOTHING_WRONG]})
def address_in_the_path_and_ntlm_blocked(s):
    """\\\\10.x.x.20 on a hardened server: no name in the KDC, and NTLM is tried and blocked (C0000418), both twice."""
    signed_in(s).sealed()
    spn = "cifs/" + s.web
    for _ in range(2):
        s.cite(SPN, refused(s, 7, spn))
        t = s.tcp(s.web, 445)
        t.ask(smb2_setup(nego_init(ntlm(1), OID_NTLM), 1))
        t.answer(smb2_setup_reply(nego_resp(ntlm(2), 1, OID_NTLM), MORE_PROCESSING, 1))
        t.ask(smb2_setup(nego_resp(ntlm(3), 1, None), 2))
        t.answer(smb2_setup_reply(b"", NTLM_BLOCKED, 2))
        t.close()


@field("K2", verdict=[NOTHING_WRONG], outcome="ok|hidden",
       like=["srv-resolver-failed", "srv-unanswered", "srv-not-found", "srv-target-unresolvable"])
def appliance_as_resolver_knows_no_edns(s):
    """FORMERR to each question with an OPT record; the stub asks again without it, as RFC 6891 has it."""
    more = [rr(b"\0", OPT, b"", ttl=0, klass=1232)]
    for name, kind, answer in ((DC.format(D=s.domain), SRV, srv_rr(QUESTION, s.host)),
                               (s.host, A, address_rr(QUESTION, s.dc))):
        s.ident += 1
        s.udp(s.dns, 53, dns(s.ident, name, kind, additional=more), dns_reply(s.ident, name, rcode=FORMERR, kind=kind))
        s.ident += 1
        s.udp(s.dns, 53, dns(s.ident, name, kind), dns_reply(s.ident, name, [answer], kind=kind))
    s.ping(host=s.host)
    s.logon()
    s.ldap().simple()


@field("K2", outcome=["ok|hidden"] * 2, shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"],
       like=["ldap-unanswered", "ldap-bind-failed", "starttls-failed"])
def controller_says_goodbye_and_is_back(s):
    """Patch night: a notice of disconnection, one SYN refused, and three minutes later the same bind and search."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))
    s.wait(40)
    farewell(conn)
    s.syn(s.dc, 389, "refused")
    s.wait(180)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))


# ---- K3: absence ----


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed",
       says={"kdc-unanswered": ["time to live|TTL|loop|ICMP"]},
       never={"kdc-unanswered": ["without any reply", "drops? port 88"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def two_routers_pass_the_request_to_each_other(s):
    """A default route into the tunnel and one out of it: each request dies of its age, and a router says so."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    request, port = s.as_req("NAS1$"), s.next_port()
    for pause in (1, 2, 4):
        sent = s.udp(s.dc, 88, request, cport=port)
        error = s.c.add(icmp(TTL, ipv4(s, sent[0]), sender="192.0.2.7", most=28))
        s.cite("kdc-unanswered", sent, [] if pause > 1 else error)
        s.wait(pause)
    s.wait(20)


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed",
       says={"kdc-unanswered": [r"dc1\.{D} \({dc}\)"]}, verdict=[r"dc1\.{D} \({dc}\)"],
       first={"kdc-unanswered": "too big for the path"},
       never={"kdc-unanswered": ["[Ff]ragments are lost", "they are lost", "KDC is down", "drops? port 88"]})
def request_of_many_groups_is_too_big_for_the_tunnel(s):
    """UDP, and no fragments allowed: a router says for each of three that its next network takes 1400 (3/4)."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    request, port = s.as_req("NAS1$"), s.next_port()
    for pause in (1, 2, 4):
        sent = s.udp(s.dc, 88, request, cport=port)
        error = s.c.add(icmp((3, 4), ipv4(s, sent[0]), sender="192.0.2.7", most=28))
        s.cite("kdc-unanswered", sent, [] if pause > 1 else error)
        s.wait(pause)
    s.wait(20)


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed",
       says={"kdc-unanswered": [r"Neither dc1\.{D} \({dc}\) nor 1 other KDC answered"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def both_controllers_of_the_branch_are_off(s):
    """Two names, two addresses, one request to each, twice."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", "dc2.{D}", port=88)
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    request, ports = s.as_req("NAS1$"), (s.next_port(), s.next_port())
    for pause in (1, 1, 5, 1):
        for server, port in zip((s.dc, s.dc2), ports):
            s.cite("kdc-unanswered", s.udp(server, 88, request, cport=port))
        s.wait(pause)
    s.wait(20)


@field("K3", outcome="none", alone=True, verdict=["No path", "connections to ports of directories.* failed"],
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def keycloak_behind_a_router_without_a_way(s):
    """ldaps:// and nothing else: the address, three SYNs, and for the first the router's word with 28 bytes quoted.

    Nothing tells it from a scan of ports: no step, no path, no finding, but the first line says what there is.
    """
    s.address(s.host, s.dc)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 636, handshake=False)
    start = t.seq["c"]
    for n, pause in enumerate((1, 2, 4)):
        t.seq["c"] = start
        sent = t.open("cS")
        if not n:
            s.c.add(icmp((3, 1), ipv4(s, sent[0]), sender="192.0.2.254", most=28))
        s.wait(pause)
    s.wait(20)


@field("K3", outcome="ok|hidden|incomplete", never={"verdict": ["unanswered", "silent", "failed"]},
       like=["ldap-unanswered", "kdc-unanswered", "dc-unreachable", "ping-unanswered"])
def answers_of_one_controller_come_another_way(s):
    """dc2's answers pass by another switch: what the client acknowledges, and the ticket it shows, tell of them."""
    good_start(s)
    s.address("dc2.{D}", s.dc2)
    s.kdc(s.as_req("alice"), server=s.dc2)
    s.kdc(s.as_req("alice", pre=timed()), server=s.dc2)
    s.kdc(tgs(s, "ldap/dc2." + s.domain), server=s.dc2)
    t = s.c.tcp(s.client, s.next_port(), s.dc2, 389, handshake=False)
    t.open("cS")
    t.seq["s"] += 1
    t._segment("c", "A")
    base = s.config.removeprefix("CN=Configuration,")
    for n, op in enumerate((bind("cn=alice", "synthetic"), search(base, 2, equal("sAMAccountName", "bob"), ["mail"]),
                            search(base, 2, equal("sAMAccountName", "eve"), ["mail"])), 1):
        t.ask(ldap(n, op))
        t.seq["s"] += 22 * n
        t._segment("c", "A")
        s.wait(2)
    t.ask(ldap(4, unbind()))
    t._segment("c", "FA")
    conn = s.ldap()
    conn.simple(name="cn=alice")
    conn.rootdse()


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed",
       supported={"ldap-unanswered": [r"MTU|large|size|segment"]},
       never={"ldap-unanswered": ["overloaded, or hangs"], "verdict": [NOTHING_WRONG]})
def tunnel_swallows_full_segments(s):
    """Small requests are answered; the bind with a large ticket is sent five times and never acknowledged. No ICMP."""
    good_start(s)
    logon(s, "alice")
    conn = s.ldap()
    conn.rootdse()
    cipher = bytes_of(s, s.ldap_spn) + bytes(range(256)) * 4
    s.kdc(tgs(s, s.ldap_spn), s.tgs_rep(s.ldap_spn, cipher=cipher), tcp=True)
    token = nego_init(gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm, cipher=cipher)))
    asked = ldap(conn._next(), bind_sasl("GSS-SPNEGO", token))
    assert 1200 < len(asked) < 1460
    s.cite("ldap-unanswered", conn.t._segment("c", "PA", asked))
    for pause in (0.3, 0.6, 1.2, 2.4, 4.8):
        s.wait(pause)
        again(conn.t, "c", asked)
    s.wait(30)


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed", says={"ldap-unanswered": ["overloaded, or hangs"]},
       never={"ldap-unanswered": ["MTU|full size"], "verdict": [NOTHING_WRONG]})
def controller_takes_the_bind_and_says_nothing(s):
    """A bind as large as before is acknowledged at once by TCP; the directory never answers it."""
    good_start(s)
    logon(s, "alice")
    conn = s.ldap()
    conn.rootdse()
    cipher = bytes_of(s, s.ldap_spn) + bytes(range(256)) * 4
    s.kdc(tgs(s, s.ldap_spn), s.tgs_rep(s.ldap_spn, cipher=cipher), tcp=True)
    token = nego_init(gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm, cipher=cipher)))
    s.cite("ldap-unanswered", conn.t.ask(ldap(conn._next(), bind_sasl("GSS-SPNEGO", token))))
    conn.t._segment("s", "A")
    s.wait(60)


@field("K3", shows={"ldap-unanswered": "error"}, outcome="failed",
       never={"ldap-unanswered": ["MTU|full size", "overloaded, or hangs"], "verdict": [NOTHING_WRONG]})
def firewall_forgot_the_idle_connection(s):
    """After a pause nothing passes on the connection any more: a small read is repeated by TCP, in vain."""
    good_start(s)
    logon(s, "alice")
    conn = s.ldap()
    conn.rootdse()
    conn.simple()
    s.wait(1900)
    asked = ldap(conn._next(), search("", 0, None, ["configurationNamingContext"]))
    s.cite("ldap-unanswered", conn.t._segment("c", "PA", asked))
    for pause in (0.3, 0.6, 1.2, 2.4, 4.8):
        s.wait(pause)
        again(conn.t, "c", asked)
    s.wait(30)


@field("K3", outcome="ok|hidden", verdict=[NOTHING_WRONG], like=["ldap-unanswered", "slow", "scp-read-failed"])
def user_types_faster_than_the_directory(s):
    """An address book searches at each letter and abandons what it asked before: nobody answers that any more."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    base = s.config.removeprefix("CN=Configuration,")
    for n in range(1, 5):
        ident = conn._next()
        conn.t.ask(ldap(ident, search(base, 2, substrings("displayName", "smith"[:n]), ["mail"])))
        s.wait(0.2)
        conn.t.ask(ldap(conn._next(), abandon(ident)))
    conn.ask(search(base, 2, substrings("displayName", "smith"), ["mail"]), entry(person(s), {"mail": ["x"]}), done())


@field("K3", shows={"kpasswd-failed|dc-unreachable": "error"}, outcome="failed",
       says={"path": ["464"], "kpasswd-failed|dc-unreachable": ["port unreachable|closed|refuse|not listen|listens"]},
       never={"any": ["without any reply", "firewall drops"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def samba_without_its_password_service(s):
    """net ads password: the host says for UDP that the port is closed, and RST for TCP."""
    ids = "kpasswd-failed|dc-unreachable"
    s.ping(host=s.host)
    changepw_ticket(s, "mia")
    sent = s.udp(s.dc, 464, password_change(s, 0xFF80))
    s.cite(ids, sent)
    s.c.add(port_unreachable(ipv4(s, sent[0])))
    s.syn(s.dc, 464, "refused")


@field("K3", shows={"kpasswd-failed": "error"}, outcome="failed", says={"kpasswd-failed": ["filter", "464"]},
       never={"any": ["without any reply", "offers no password service"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def router_forbids_changes_of_passwords(s):
    """kpasswd over UDP: a router says that its filter forbids it (13), with 28 bytes of the request; twice."""
    s.ping(host=s.host)
    changepw_ticket(s, "mia")
    for _ in range(2):
        sent = s.udp(s.dc, 464, password_change(s))
        s.cite("kpasswd-failed", sent, s.c.add(icmp((3, 13), ipv4(s, sent[0]), sender="192.0.2.254", most=28)))
        s.wait(5)


@field("K3", shows={"kpasswd-failed": "note"}, recovered=["kpasswd-failed"], outcome="ok|hidden",
       never={"path": [r"(error|warn)\s+"]})
def password_service_of_tcp_alone(s):
    """Port 464 of UDP is closed, and the library takes TCP at once: changed, and the user is in."""
    good_start(s)
    changepw_ticket(s, "mia")
    request = password_change(s)
    sent = s.udp(s.dc, 464, request)
    s.cite("kpasswd-failed", sent, s.c.add(port_unreachable(ipv4(s, sent[0]))))
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    t = s.tcp(s.dc, 464)
    t.ask(marked(request))
    t.answer(marked(password_answer(ap_rep(), private)))
    logon(s, "mia")


# ---- K5: success, and whose; order ----


@field("K5", shows={"krb-error": "error"}, outcome="failed", says={"krb-error": ["dc1|{dc}"]},
       never={"verdict": [NOTHING_WRONG]})
def branch_controller_loses_its_line_twice(s):
    """A read-only controller has no writable one (29), the hub gives the ticket, the line is back and breaks again."""
    good_start(s)
    s.address("dc2.{D}", s.dc2)
    logon(s, "alice")
    spn = "cifs/fs1." + s.domain
    s.cite("krb-error", unavailable(s, spn, s.dc))
    granted(s, spn, server=s.dc2)
    s.wait(600)
    for _ in range(2):
        s.cite("krb-error", unavailable(s, spn, s.dc))
        s.wait(5)


@field("K5", shows={"krb-error": "note"}, recovered=["krb-error"], outcome="ok|hidden")
def branch_controller_sends_to_the_hub_each_time(s):
    """29 twice, and each time the hub gives the same ticket at once: late by a moment, and good."""
    good_start(s)
    s.address("dc2.{D}", s.dc2)
    logon(s, "alice")
    spn = "cifs/fs1." + s.domain
    for _ in range(2):
        s.cite("krb-error", unavailable(s, spn, s.dc))
        granted(s, spn, server=s.dc2)
        s.wait(600)
    signed_in(s).sealed()


@field("K5", shows={"service-key-mismatch": "error"}, may=["ntlm-fallback"], outcome="failed",
       says={"service-key-mismatch": ["cluster"]},
       never={"service-key-mismatch": ["the capture does not show", "holds an old ticket"], "verdict": [NOTHING_WRONG]})
def cluster_name_with_two_keys(s):
    """A NAS of two heads under one name, joined twice: the first head cannot open the ticket, the second can."""
    good_start(s)
    logon(s, "alice")
    spn = "cifs/cluster." + s.domain
    s.address("cluster.{D}", s.web)
    granted(s, spn)

    def session(good):
        t = s.tcp(s.web, 445)
        asked = t.ask(smb2_setup(shown(s, spn)))
        if good:
            return [asked, t.answer(smb2_setup_reply(nego_resp(gss(AP_REP_ID, ap_rep()))))]
        error = gss(ERROR_ID, s.error(41, spn))
        return [asked, t.answer(smb2_setup_reply(nego_resp(error, 2), LOGON_FAILURE))]

    s.cite("service-key-mismatch", session(False)[-1])
    session(True)
    s.wait(60)
    for _ in range(2):
        s.cite("service-key-mismatch", session(False)[-1])
        s.wait(5)


@field("K5", shows={"service-key-mismatch": "note"}, recovered=["service-key-mismatch"], outcome="ok|hidden")
def old_ticket_refused_and_a_new_one_taken(s):
    """The NAS changed its password an hour ago: 41 to the old ticket, a new one of the KDC, and the NAS takes it."""
    good_start(s)
    logon(s, "alice")
    spn, new = "cifs/nas2." + s.domain, b"the new ticket of " + s.domain.encode()
    granted(s, spn)
    s.wait(3600)
    t = s.tcp(s.web, 445)
    asked = t.ask(smb2_setup(shown(s, spn)))
    refusal = nego_resp(gss(ERROR_ID, s.error(41, spn)), 2)
    s.cite("service-key-mismatch", asked, t.answer(smb2_setup_reply(refusal, LOGON_FAILURE)))
    s.kdc(tgs(s, spn), s.tgs_rep(spn, cname="alice", cipher=new))
    t = s.tcp(s.web, 445)
    t.ask(smb2_setup(nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=new)))))
    t.answer(smb2_setup_reply(nego_resp(gss(AP_REP_ID, ap_rep()))))


@field("K5", shows={"service-key-mismatch": "note"}, recovered=["service-key-mismatch"], outcome="ok|hidden",
       says={"service-key-mismatch": ["key may have changed"]})
def old_ticket_of_a_printer_server_over_rpc(s):
    """Backup software binds at an RPC service over IPv6 an hour after its ticket: 41 twice, and the new one is good."""
    s.over_ipv6()
    good_start(s)
    logon(s, "alice")
    spn, new = "host/print2." + s.domain, b"another ticket of " + s.domain.encode()
    granted(s, spn)
    s.wait(3000)
    for _ in range(2):
        t = s.tcp(s.web, 49155)
        asked = t.ask(rpc_bind(shown(s, spn)))
        refusal = nego_resp(gss(ERROR_ID, s.error(41, spn)), 2)
        s.cite("service-key-mismatch", asked, t.answer(rpc_bind_nak(refusal)))
    s.kdc(tgs(s, spn), s.tgs_rep(spn, cname="alice", cipher=new))
    t = s.tcp(s.web, 49155)
    t.ask(rpc_bind(nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm, cipher=new)))))
    t.answer(rpc_bind_ack(nego_resp(gss(AP_REP_ID, ap_rep()))))


@field("K5", shows={"service-key-mismatch": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def one_of_two_heads_has_the_wrong_key(s):
    """One name and two addresses: the first head refuses the ticket, the second takes it. The first is still wrong."""
    good_start(s)
    logon(s, "alice")
    spn = "cifs/heads." + s.domain
    granted(s, spn)
    t = s.tcp(s.web, 445)
    asked = t.ask(smb2_setup(shown(s, spn)))
    refusal = nego_resp(gss(ERROR_ID, s.error(41, spn)), 2)
    s.cite("service-key-mismatch", asked, t.answer(smb2_setup_reply(refusal, LOGON_FAILURE)))
    t = s.tcp(s.web2, 445)
    t.ask(smb2_setup(shown(s, spn)))
    t.answer(smb2_setup_reply(nego_resp(gss(AP_REP_ID, ap_rep()))))


@field("K5", shows={"http-error": "error|warn"}, outcome="failed|ok", says={"http-error": ["503"]}, verdict=["503"],
       never={"verdict": [NOTHING_WRONG]})
def application_pool_comes_and_goes(s):
    """One server: 503, then the settings, then 503 and again 503."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    s.cite("http-error", post(s, t, ex(s, 1), status=503, answer=b"Service Unavailable"))
    s.wait(10)
    post(s, t, ex(s, 1))
    s.wait(10)
    for _ in range(2):
        s.cite("http-error", post(s, t, ex(s, 1), status=503, answer=b"Service Unavailable"))
        s.wait(2)


@field("K5", shows={"clock-skew": "error"}, outcome="failed", verdict=["clock"], never={"verdict": [NOTHING_WRONG]})
def virtual_controller_set_back_by_its_host(s):
    """The host sets the controller's clock, Windows sets it back, the host wins: 37, a logon, 37 twice."""
    good_start(s)

    def skewed():
        asked_for_proof(s, "alice")
        frames = s.kdc(s.as_req("alice", pre=timed()), s.error(37, stime=s.c.time - 2 * HOUR))
        s.wait(30)
        return frames

    s.cite("clock-skew", skewed())
    s.wait(300)
    logon(s, "alice")
    s.wait(300)
    s.cite("clock-skew", skewed(), skewed())


@field("K5", shows={"account-unusable": "note"}, recovered=["account-unusable"], outcome="ok|hidden",
       like=["password-wrong"])
def help_desk_unlocks_and_the_user_is_in(s):
    """Locked (18, C0000234) twice; five minutes later the same user with the same name gets in and works."""
    good_start(s)
    for _ in range(2):
        asked_for_proof(s, "alice")
        s.cite("account-unusable", s.kdc(s.as_req("alice", pre=timed()), s.error(18, data=error_data(LOCKED))))
        s.wait(20)
    s.wait(300)
    signed_in(s).sealed()


# ---- K6, K7: causes and commands ----


@field("K6", shows={"policy-refused": "error"}, outcome="failed|ok|hidden",
       says={"policy-refused": ["Allowed to authenticate"]},
       first={"policy-refused": "trust allows selected"},
       never={"policy-refused": ["logon hours", "smart card is required", "Protected Users"], "verdict": [NOTHING_WRONG]})
def trust_with_selective_authentication(s):
    """The partner's KDC knows the server and the user, and does not let him near it (12 with C0000413)."""
    partner = ("partner" + s.domain).upper()
    signed_in(s).sealed()
    spn = "MSSQLSvc/db3.partner" + s.domain + ":1433"
    granted(s, spn, gives="krbtgt/" + partner)
    s.srv("_kerberos._tcp.dc._msdcs.partner{D}", "dc2.partner{D}", port=88)
    s.address("dc2.partner{D}", s.dc2)
    for _ in range(2):
        error = s.error(12, spn, realm=partner, data=error_data(AUTHENTICATION_FIREWALL))
        s.cite("policy-refused", s.kdc(tgs(s, spn, realm=partner), error, server=s.dc2, tcp=True))
        s.wait(2)


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": ["TLS"]},
       first={"ldap-bind-failed": "TLS|seal|sign"}, verdict=["TLS|seal|sign"],
       never={"ldap-bind-failed": ["password is wrong", "wrong password", "Get-ADUser", "lockout"],
              "verdict": [NOTHING_WRONG]})
def sasl_layer_within_tls(s):
    """python-ldap on ldaps:// with its own sealing: the ticket is good, the last round is refused with 53."""
    good_start(s)
    logon(s, "svc-py")
    granted(s, s.ldap_spn)
    for _ in range(2):
        conn = Ldap(s, s.https(s.dc, s.host, port=636))
        token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm, cipher=bytes_of(s, s.ldap_spn)))
        conn.ask(bind_sasl("GSSAPI", token), bind_response(14, credentials=gss(AP_REP_ID, ap_rep())))
        conn.ask(bind_sasl("GSSAPI", b""), bind_response(14, credentials=cfx(b"\7\xa0\0\0")))
        s.cite("ldap-bind-failed", conn.ask(bind_sasl("GSSAPI", cfx(b"\4\0\x10\0")), bind_response(53, SEAL_IN_TLS))[-1])
        s.wait(3)


@field("K7", shows={"ldap-bind-failed": "error"}, outcome="failed",
       never={"any": [r"'O'B", r"-Identity (svc|CN=|O'B)", r"net user [^\n]*(CN=|O'B)", r"<[a-z]+>", r"\{[a-z]+\}"],
              "verdict": [NOTHING_WRONG]})
def monitor_binds_as_a_man_with_an_apostrophe(s):
    """A load balancer's health check: the DN has a comma, a space and an apostrophe in it. Wrong password, 52e."""
    s.address(s.host, s.dc)
    name = f"CN=O'Brien\\, Pat,OU=Service Accounts,DC=corp{s.domain.split('.')[0][4:]},DC=test"
    for _ in range(3):
        conn = s.ldap()
        s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=name))
        conn.t.close()
        s.wait(10)


@field("K6", shows={"tls-failed": "warn|error"}, outcome="failed", supported={"tls-failed": ["address|name"]},
       checks={"tls-failed": [":636"]},
       never={"tls-failed": [":443", "Get-ClientAccessService|Get-ExchangeCertificate", "has no certificate", r"-servername \d"],
              "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def vcenter_takes_ldaps_by_address(s):
    """ldaps://10.x.x.1: no name in the greeting, dc1's certificate, certificate_unknown from the client; three times."""
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        t.ask(client_hello())
        t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
        s.cite("tls-failed", t.ask(tls_alert(2, 46)))
        t.close()
        s.wait(15)


@field("K6", shows={"no-common-etype": "error"}, outcome="failed|hidden|ok", says={"no-common-etype": ["nas1"]},
       supported={"no-common-etype": ["AES"]},
       never={"no-common-etype": ["Get-ADUser -Identity", "offers? (only|nothing but) RC4", "no AES among", r"\ba trust\b|trust's"],
              "verdict": [NOTHING_WRONG]})
def filer_without_aes_after_the_patch(s):
    """The client offers AES alone and is given it for the directory; the NAS's account has no key of that kind."""
    signed_in(s).sealed()
    spn = "cifs/nas1." + s.domain
    for _ in range(2):
        s.cite("no-common-etype", s.kdc(tgs(s, spn, etypes=(18, 17)), s.error(14, spn)))
        s.wait(2)


@field("K6", outcome="ok|hidden", like=["tls-name-mismatch", "tls-failed", SPN, "ldap-bind-failed"],
       never={"path": [r"(error|warn)\s+"]})
def address_book_takes_ldaps_by_address_and_does_not_mind(s):
    """The same without a name in the greeting and with the same certificate: the device does not look at it."""
    t = s.tcp(s.dc, 636)
    t.ask(client_hello())
    t.answer(server_hello() + tls_certificate(certificate_der(s.host)))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    for n in (3, 5, 7):
        t.ask(tls_data(n))
        t.answer(tls_data(n + 1))
    t.close()


# ---- K11: counts ----


@field("K11", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": ["{dns}", "{dns2}"]},
       never={"srv-unanswered": [r"\b(6|7|8|ten|10) (times|requests|questions|queries)"], "verdict": [NOTHING_WRONG]})
def three_questions_here_and_two_there(s):
    """One name, two resolvers, the same transaction again and again: three times the first, twice the second."""
    full = DC.format(D=s.domain)
    s.ident += 1
    ports = s.next_port(), s.next_port()
    for n, pause in enumerate((1, 1, 2, 2, 4)):
        server, port = ((s.dns, ports[0]), (s.dns2, ports[1]))[n % 2]
        s.cite("srv-unanswered", s.udp(server, 53, dns(s.ident, full), cport=port))
        s.wait(pause)
    s.wait(20)


@field("K11", shows={"password-wrong": "error"}, outcome="failed", says={"password-wrong": [r"\b(3|three)\b"]},
       never={"password-wrong": [r"\b(4|5|6|four|five|six) (times|attempts|requests|answers)"], "verdict": [NOTHING_WRONG]})
def refusals_repeated_by_tcp(s):
    """Three attempts over TCP; the request of one goes out twice, and the refusals of two come twice."""
    s.ping(host=s.host)
    for n in range(3):
        asked_for_proof(s, "svc-sync", tcp=True)
        t = s.tcp(s.dc, 88)
        request, refusal = marked(s.as_req("svc-sync", pre=timed())), marked(s.error(24))
        t.ask(request)
        if n == 1:
            s.wait(0.3)
            again(t, "c", request)
        s.cite("password-wrong", t.answer(refusal))
        if n:
            s.wait(0.3)
            again(t, "s", refusal)
        s.wait(20)


@field("K11", shows={"clock-skew": "error"}, outcome="failed", says={"clock-skew": [r"\b(1 h|one hour|60 min|59 min)"]},
       never={"clock-skew": [r"\b3[56]\d\d s", r"\b0 d"], "verdict": [NOTHING_WRONG]})
def summer_time_set_by_hand(s):
    """IPv6 and TCP: the new Samba controller is exactly one hour ahead of everybody."""
    s.over_ipv6()
    for _ in range(2):
        asked_for_proof(s, "FS2$", tcp=True)
        s.cite("clock-skew", s.kdc(s.as_req("FS2$", pre=timed()), s.error(37, stime=s.c.time + HOUR), tcp=True))
        s.wait(5)


@field("K11", shows={"clock-skew": "error"}, outcome="failed", says={"clock-skew": [r"\b7 minutes behind"]},
       never={"clock-skew": [r"\b4[12]\d\.\d+ s", r"\b0 hours"], "verdict": [NOTHING_WRONG]})
def clock_of_a_virtual_machine_runs_late(s):
    """The controller is seven minutes behind everybody, to the second."""
    s.ping(host=s.host)
    for _ in range(2):
        asked_for_proof(s, "FS3$")
        s.cite("clock-skew", s.kdc(s.as_req("FS3$", pre=timed()), s.error(37, stime=s.c.time - 7 * HOUR // 60)))
        s.wait(5)


@field("K11", shows={"dc-unreachable": "error"}, may=["slow", "ping-unanswered"], outcome="failed",
       says={"dc-unreachable": ["dc1|{dc}(?!\\d)", "dc2|{dc2}", "dc3|{dc3}"]},
       never={"dc-unreachable": [r"\b(6|six|7|5) (connection )?(requests|attempts|SYNs)[^.;]{0,25}(dc1|{dc}(?!\d))"],
              "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def three_controllers_fail_in_three_ways(s):
    """dc1 is silent to three SYNs, dc2 refuses two, and before dc3 a router forbids one."""
    s.srv(DC, "dc1.{D}", "dc2.{D}", "dc3.{D}")
    for n, address in enumerate((s.dc, s.dc2, s.dc3), 1):
        s.address(f"dc{n}.{{D}}", address)
    s.cite("dc-unreachable", dead(s, s.dc, 389))
    for _ in range(2):
        s.cite("dc-unreachable", s.syn(s.dc2, 389, "refused")[0])
        s.wait(0.5)
    s.cite("dc-unreachable", s.syn(s.dc3, 389, "prohibited")[0])
    s.wait(25)


@field("K11", shows={SPN: "warn|error"}, outcome="failed|ok|incomplete",
       never={"path": [r"(?s)((error|warn)\s+spn-not-found-or-duplicate:.*){2}"], "verdict": [NOTHING_WRONG]})
def one_name_in_two_spellings(s):
    """Keycloak asks as the link was typed, HTTP/Portal and HTTP/portal: one name, five requests, UDP and TCP."""
    logon(s, "alice")
    for host, tcp in (("Portal", False), ("portal", False), ("PORTAL", True), ("portal", True), ("Portal", False)):
        s.cite(SPN, refused(s, 7, f"HTTP/{host}.{s.domain}", tcp=tcp))


@field("K11", outcome="ok|hidden", like=["kdc-unanswered", "ldap-unanswered", "ping-unanswered", "password-wrong",
                                         "ldap-bind-failed", "dc-unreachable"], never={"path": [r"(error|warn)\s+"]})
def mirror_before_and_behind_a_router(s):
    """Each packet twice: the second time one hop older, with a VLAN's checksum work done and 0.4 ms later."""
    def routed(packet):
        if IP in packet:
            packet.ttl -= 1
            del packet.chksum
        return packet

    s.c.copies, s.c.copy_change, s.c.copy_delay = 2, routed, 400_000
    good_start(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s))
    conn.t.close()
    s.c.copies, s.c.copy_change, s.c.copy_delay = 1, lambda packet: packet, 10_000


# ---- K12: roots and stories ----


@field("K12", shows={"clock-skew": "error"}, may=["http-unauthorized", "ldap-bind-failed", "ntlm-fallback", "http-error"],
       outcome="failed", verdict=[r"\A[^\n]*clock"], never={"verdict": [NOTHING_WRONG, r"\A[^\n]*password"]})
def clock_is_the_root_of_it_all(s):
    """37 to three logons; so the directory is opened by NTLM, which is refused, and the mail server says 401 to it."""
    good_start(s)
    for _ in range(3):
        asked_for_proof(s, "PC7$")
        s.cite("clock-skew", s.kdc(s.as_req("PC7$", pre=timed()), s.error(37, stime=s.c.time + 26 * HOUR)))
        s.wait(2)
    conn = s.ldap()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm(3), 1)), bind_response(49, CREDENTIALS.format("52e")))
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    t = s.https(s.web, host)
    post(s, t, host, negotiate(ntlm(1)), status=401, answer=b"", more=[negotiate(ntlm(2), "WWW-Authenticate")])
    post(s, t, host, negotiate(ntlm(3)), status=401, answer=b"", more=["WWW-Authenticate: Negotiate"])


@field("K12", may=["weak-etype"], outcome="ok|hidden", like=["preauth-abandoned", "password-wrong"],
       never={"path": [r"(?s)((note|warn)\s+weak-etype:.*){2}"]})
def five_accounts_that_need_no_proof(s):
    """A search for them, then AS requests of one machine for five users with RC4 alone, each answered at once."""
    good_start(s)
    conn = s.ldap()
    conn.simple(name="cn=student")
    base = s.config.removeprefix("CN=Configuration,")
    where = extensible("1.2.840.113556.1.4.803", "userAccountControl", "4194304")
    conn.ask(search(base, 2, where, ["sAMAccountName"]),
             *[entry(person(s, f"old{n}"), {"sAMAccountName": [f"old{n}"]}) for n in range(5)], done())
    for n in range(5):
        s.kdc(s.as_req(f"old{n}", etypes=(23,)), without_proof(s, f"old{n}"))
        s.wait(0.01)


@field("K12", shows={"password-expired": "error"}, may=["ldap-bind-failed", "kpasswd-failed"], outcome="failed",
       verdict=[r"\A[^\n]*expired"], never={"verdict": [NOTHING_WRONG, r"\A[^\n]*(complex|policy|short)"]})
def expired_and_no_new_one_is_taken(s):
    """Citrix: 23; the directory says 532; the new password is refused for its history; 23 again."""
    good_start(s)

    def expired():
        asked_for_proof(s, "dora")
        s.cite("password-expired", s.kdc(s.as_req("dora", pre=timed()), s.error(23)))
        s.wait(5)

    expired()
    s.ldap().simple(49, CREDENTIALS.format("532"), name="dora@" + s.domain)
    changepw_ticket(s, "dora")
    error = s.error(60, "kadmin/changepw", data=b"\0\4Password was used before")
    s.udp(s.dc, 464, password_change(s), password_answer(rest=error))
    expired()
    expired()


@field("K12", outcome="ok|hidden", like=["preauth-abandoned", "client-unknown", "account-unusable"],
       never={"path": [r"(error|warn)\s+", "spray", "one password"]})
def twelve_users_mistype_once_and_get_in(s):
    """The morning after everybody had to change: at a terminal server each one is wrong once and right a moment later."""
    good_start(s)
    for n in range(12):
        wrong(s, f"user{n:02}")
        s.wait(4)
        logon(s, f"user{n:02}")
        s.wait(1)


@field("K12", shows={"srv-unanswered": "error"}, may=["endpoint-unresolvable", "slow", "srv-target-unresolvable"], outcome="failed",
       verdict=[r"\A[^\n]*({dns}|DNS)"],
       never={"path": [r"(?s)(error\s+srv-unanswered:.*){2}"], "verdict": [NOTHING_WRONG, TOO_LITTLE]})
def the_only_resolver_is_dead_for_all_names(s):
    """The controller's names, the mail names and their addresses: whatever is asked, nobody answers."""
    for name in ("_ldap._tcp.HQ._sites.dc._msdcs.{D}", DC, "_ldap._tcp.{D}"):
        for _ in range(2):
            frames = s.srv(name, silent=True)
            if name == DC:
                s.cite("srv-unanswered", frames)
            s.wait(2)
    for host in ("autodiscover.{D}", "{D}", s.mail):
        s.ident += 1
        s.udp(s.dns, 53, dns(s.ident, host.format(D=s.domain), A))
        s.wait(4)
    s.srv("_autodiscover._tcp.{D}", silent=True)
    s.wait(20)


@field("K12", shows={"tls-failed": "warn|error"}, may=["endpoint-unresolvable"], outcome="failed",
       verdict=[r"\A[^\n]*(certificate|TLS|ex1)"], says={"tls-failed": ["expired"]},
       never={"verdict": [NOTHING_WRONG, TOO_LITTLE]})
def certificate_expired_and_no_other_name_in_dns(s):
    """Outlook: the one server of the directory has a certificate past its day (alert 45); all other names are none."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        t.ask(client_hello(ex(s, 1)))
        t.answer(server_hello() + tls_certificate(certificate_der(ex(s, 1)).replace(b"450101000000Z", b"231101000000Z")))
        s.cite("tls-failed", t.ask(tls_alert(2, 45)))
        t.close()
        s.wait(1)
    s.address("{D}", rcode=NXDOMAIN)
    s.address("autodiscover.{D}", rcode=NXDOMAIN)
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)
