# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds K11 and K12, and the shapes of recovery, sequel, absence, bounds, scope and verdict."""
from build import *  # noqa: F403
from cases import url_entry
from cases_dc import workstation
from cases_field_b import NEW, NOTHING_WRONG, WRONG
from cases_field_b_time import dead, good_start
from cases_ldap import CREDENTIALS, SIGNING
from cases_web import directory, ex, hidden_talk, opened, post
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
SPN = "spn-not-found-or-duplicate"
NXDOMAIN = 3
DISABLED, LOCKED = 0xC0000072, 0xC0000234
RC4, AES256 = 23, 18
DAY, HOUR = 86400 * 10**9, 3600 * 10**9


def refused(s, code, spn, server=None, tcp=False, **more):
    return s.kdc(s.tgs_req(spn), s.error(code, spn, **more), server=server, tcp=tcp)


def granted(s, spn, server=None, **more):
    return s.kdc(s.tgs_req(spn), s.tgs_rep(spn, **more), server=server)


def wrong_password(s, cname="alice", server=None, tcp=False):
    """The whole attempt; the frames of the refusal."""
    s.kdc(s.as_req(cname), s.error(25), server=server, tcp=tcp)
    return s.kdc(s.as_req(cname, pre=[timestamp()]), s.error(24), server=server, tcp=tcp)


# ---- K5: recovery ----


@field("K5", shows={"password-wrong": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def password_wrong_right_and_wrong_again(s):
    """Fail, ok, fail: a second program with an old password. The logon between makes nothing good."""
    s.cite("password-wrong", wrong_password(s))
    s.wait(2)
    s.logon()
    s.wait(2)
    s.cite("password-wrong", wrong_password(s))


@field("K5", shows={"password-wrong": "error"}, outcome="failed")
def somebody_else_logs_on_after_it(s):
    """A terminal server: bob's good logon says nothing of alice's password. TCP, other KDC."""
    s.cite("password-wrong", wrong_password(s, tcp=True))
    s.wait(1)
    s.logon("bob", server=s.dc2)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok")
def same_name_in_other_letters(s):
    """A DN has no case: the same user, first with a typing error in the password."""
    good_start(s)
    conn = s.ldap()
    name = "CN=Bob Smith,OU=Staff,DC=corp"
    s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e"), name=name))
    s.wait(4)
    conn.simple(name=name.lower())


@field("K5", shows={SPN: "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def referral_leads_to_the_next_refusal(s):
    """Unknown here, a referral after the change of a setting, unknown there as well: a referral grants nothing."""
    s.logon()
    s.cite(SPN, refused(s, 7, s.ldap_spn))
    s.wait(1)
    other = "OTHER-" + s.realm
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep("krbtgt/" + other))
    request = s.tgs_req(s.ldap_spn, realm=other)
    s.cite(SPN, s.kdc(request, s.error(7, s.ldap_spn, realm=other), server=s.dc2))


@field("K5", shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"], outcome="ok|hidden")
def catalog_over_tls_refused_and_catalog_used(s):
    """3269 is closed, 3268 of the same DC serves."""
    good_start(s)
    s.cite("dc-unreachable", s.syn(s.dc, 3269, "refused"))
    conn = s.ldap(port=3268)
    conn.simple()
    conn.scp(url_entry(s), base="")


@field("K5", shows={"tls-failed": "note"}, recovered=["tls-failed"], outcome="ok|hidden")
def ldaps_without_a_certificate_and_ldap_good(s):
    """The DC resets every handshake on 636; the product goes on with a ticket on 389."""
    good_start(s)
    t = s.tcp(s.dc, 636)
    asked = t.ask(client_hello(s.host))
    t.reset("s")
    s.cite("tls-failed", asked)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed()


@field("K5", shows={SPN: "warn"}, outcome="failed|ok", never={"verdict": [NOTHING_WRONG]})
def ticket_for_the_neighbour(s):
    """files02 is not files01: a ticket for one does not make the other good."""
    good_start(s)
    s.logon()
    s.cite(SPN, refused(s, 7, f"cifs/files01.{s.domain}"))
    granted(s, f"cifs/files02.{s.domain}")


# ---- K2: exceptions need a sequel ----


@field("K2", shows={"preauth-abandoned": "warn"}, never={"verdict": [NOTHING_WRONG]})
def asked_for_proof_and_gone(s):
    """A scanner's account without a password in the tool: 25 and nothing after it, over TCP and IPv6."""
    s.over_ipv6()
    s.cite("preauth-abandoned",
           s.kdc(s.as_req("svc-scan"), s.error(25, data=padata((19, etype_info2()), (2, b""))), tcp=True))


@field("K2", shows={"clock-skew": "error"}, alone=True, outcome="failed", like=["preauth-abandoned"],
       never={"verdict": [NOTHING_WRONG]})
def proof_answered_by_the_question_for_it(s):
    """The client proves itself and is asked to prove itself, again and again: the KDC's clock is an hour off."""
    for _ in range(3):
        s.kdc(s.as_req(), s.error(25, stime=s.c.time + HOUR))
        s.cite("clock-skew", s.kdc(s.as_req(pre=[timestamp()]), s.error(25, stime=s.c.time + HOUR)))
        s.wait(2)
    s.wait(60)
    s.hears_something()


@field("K2", shows={SPN: "warn|error"}, never={"verdict": [NOTHING_WRONG]})
def share_of_an_address_and_ntlm_forbidden(s):
    """\\\\10.x.x.20: no such name, NTLM is switched off, and nothing follows. Twice, over TCP."""
    good_start(s)
    s.logon()
    for _ in range(2):
        s.cite(SPN, refused(s, 7, "cifs/" + s.web, tcp=True))
        s.wait(3)


@field("K2", shows={SPN: "warn|error"}, never={"verdict": [NOTHING_WRONG]})
def realm_without_a_trust_and_no_way_on(s):
    """The trust was removed: krbtgt/PARTNER is not there, and the client has nothing else to try."""
    s.logon()
    s.cite(SPN, refused(s, 7, "krbtgt/PARTNER.EXAMPLE"))


@field("K2", shows={"krb-tcp-blocked": "error"}, outcome="failed", never={"verdict": [NOTHING_WRONG]})
def too_big_and_never_asked_over_tcp(s):
    """An appliance that knows UDP only: 52, and the same question over UDP for ever."""
    s.logon()
    for _ in range(3):
        s.cite("krb-tcp-blocked", refused(s, 52, s.ldap_spn))
        s.wait(3)


@field("K2", like=["ldap-unanswered", "ldap-bind-failed", "ntlm-fallback"])
def client_gives_up_after_the_challenge(s):
    """A scanner learns the domain's names from the challenge and hangs up: no silence of the server."""
    good_start(s)
    conn = s.ldap()
    conn.ask(bind_sasl("GSS-SPNEGO", ntlm(1)), bind_response(14, credentials=ntlm(2)))
    conn.t.ask(ldap(conn.id + 1, unbind()))
    conn.t.close()


@field("K2", may=["ntlm-fallback"], outcome="ok|hidden")
def address_and_then_ntlm_with_it(s):
    """The same share by its address, and NTLM takes over at once: an everyday matter."""
    good_start(s)
    s.logon()
    refused(s, 7, "ldap/" + s.dc)
    conn = s.ldap()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm(3), 1)), bind_response(0))


# ---- K3: absence ----


@field("K3", like=["ldap-unanswered"], never={"any": ["without any reply"]})
def beginning_of_the_answer_not_captured(s):
    """A long answer: the first segment is missing in the capture, the rest is there."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.scp(answered=False)
    whole = b"".join(ldap(conn.id, url_entry(s, n)) for n in range(1, 12)) + ldap(conn.id, done())
    conn.t.seq["s"] += 1400
    conn.t.answer(whole[1400:])


@field("K3", like=["kdc-unanswered"])
def tail_of_a_ticket_over_tcp(s):
    """The same with a KDC over IPv6: the record mark is in the lost segment."""
    s.over_ipv6()
    s.logon()
    t = s.tcp(s.dc, 88)
    t.ask(marked(s.tgs_req(s.ldap_spn)))
    answer = marked(s.tgs_rep(s.ldap_spn, cipher=bytes(range(256)) * 8))
    t.seq["s"] += 1400
    t.answer(answer[1400:])
    t.close()


@field("K3", shows={"kdc-unanswered": "error"}, outcome="failed", says={"kdc-unanswered": ["unreachable"]},
       never={"any": ["without any reply"]})
def router_has_no_way_to_the_kdc(s):
    """The branch's tunnel is down: the router says so for each request."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    for _ in range(3):
        sent = s.udp(s.dc, 88, s.as_req())
        packet = Ether(s.c.frames[sent[0] - 1][1])[IP]
        s.cite("kdc-unanswered", sent, s.c.add(unreachable(packet, 1)))
        s.wait(2)


@field("K3", shows={"srv-unanswered": "error"}, outcome="failed", says={"srv-unanswered": ["port|closed"]},
       never={"any": ["without any reply"]})
def dns_service_of_the_dc_stopped(s):
    """The DC is up and says that nobody listens on port 53."""
    for name in (DC, "_kerberos._tcp.{D}"):
        sent = s.srv(name, silent=True)
        packet = Ether(s.c.frames[sent[0] - 1][1])[IP]
        s.cite("srv-unanswered", sent, s.c.add(port_unreachable(packet)))
        s.wait(1)


@field("K3", like=["ldap-unanswered"], outcome="ok|incomplete|hidden")
def client_asks_and_leaves(s):
    """A health check of a load balancer: bind, a read, and FIN in the same millisecond."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.t.ask(ldap(9, search("", 0, None, ["supportedCapabilities"])))
    conn.t._segment("c", "FA")
    conn.t.seq["c"] += 1
    conn.t._segment("s", "FA")


@field("K3", may=["kdc-unanswered"], says={"path": ["fragment|not whole"]}, outcome="failed|incomplete",
       never={"verdict": [NOTHING_WRONG], "any": ["drops? port 88"]})
def answers_lose_their_second_fragment(s):
    """Tickets of a user of many groups over UDP: only the first piece of each answer arrives."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.logon()
    request = s.tgs_req(s.http)
    port = s.next_port()
    answer = s.tgs_rep(s.http, cipher=bytes(range(256)) * 10)
    for wait in (1, 2, 4):
        s.udp(s.dc, 88, request, cport=port)
        s.c.fragments(s.dc, 88, s.client, port, answer, 2)
        s.wait(wait)


@field("K3", alone=True, like=["kdc-unanswered", "ldap-unanswered"], outcome="ok|incomplete")
def capture_stopped_while_waiting(s):
    """The administrator pressed stop three seconds after the request."""
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn))
    s.wait(3)
    s.hears_something()


# ---- bounds ----


@field("K11", shows={"endpoint-unreachable": "warn|error"}, outcome=["ok", "failed"])
def mail_at_nine_and_none_at_ten(s):
    """Two discoveries an hour apart: what the second one met does not touch the first."""
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1))
    s.wait(3600)
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))


@field("K11", shows={"endpoint-unreachable": "warn|error"}, outcome=["failed", "ok"])
def no_mail_at_nine_and_mail_at_ten(s):
    """The other way about: nobody had mail at nine."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))
    s.wait(3600)
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1))


@field("K11", outcome=["ok", "ok"])
def twice_the_same_good_day(s):
    """The control of both."""
    for n in range(2):
        directory(s, url_entry(s, 1))
        post(s, opened(s), ex(s, 1))
        s.wait(3600)


# ---- K11: counts and clocks ----


@field("K11", shows={"endpoint-unreachable": "warn|error"}, may=["slow"], outcome="failed",
       never={"endpoint-unreachable": [r"\b(6|six) (connection|SYN|request|attempt|time|packet)"]})
def two_endpoints_silent(s):
    """Three SYNs to each of two servers: three for each, and all six are evidence."""
    directory(s)
    for n, server in ((1, s.web), (2, s.web2)):
        s.address(ex(s, n), server)
        s.cite("endpoint-unreachable", dead(s, server, 443))


@field("K11", shows={"kdc-unanswered": "error"}, may=["slow"], outcome="failed")
def every_repetition_is_evidence(s):
    """Four times the same request over UDP and IPv6: the finding names all four frames."""
    s.over_ipv6()
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    request = s.as_req()
    port = s.next_port()
    for wait in (1, 2, 4, 8):
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.wait(wait)


@field("K11", shows={"no-common-etype": "error"}, outcome="failed", says={"no-common-etype": ["{dc2}|dc2"]},
       never={"no-common-etype": [r"(dc1\.\S+|{dc})[^.;]{0,40}\b3\b"]})
def two_dcs_refuse_and_each_has_its_count(s):
    """dc1 refuses twice, dc2 once: not three times dc1."""
    s.srv("_kerberos._tcp.{D}", "dc1.{D}", "dc2.{D}", port=88)
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    for server in (s.dc, s.dc, s.dc2):
        request = s.as_req("svc-old", etypes=(RC4,))
        s.cite("no-common-etype", s.kdc(request, s.error(14), server=server))
        s.wait(1)


@field("K11", shows={"clock-skew": "error"}, alone=True, outcome="failed",
       says={"clock-skew": [r"\b3(\.\d+)? ?d|\b7[34](\.\d+)? ?h"]})
def clock_three_days_and_two_hours_off(s):
    """A restored virtual DC. Nobody can read 266400 seconds."""
    for _ in range(2):
        s.kdc(s.as_req(), s.error(25, stime=s.c.time + 3 * DAY + 2 * HOUR))
        s.cite("clock-skew", s.kdc(s.as_req(pre=[timestamp()]), s.error(37, stime=s.c.time + 3 * DAY + 2 * HOUR)))
        s.wait(1)
    s.wait(60)
    s.hears_something()


@field("K11", shows={"clock-skew": "error"}, alone=True, outcome="failed",
       never={"any": [r"\b19[789]\d\b", r"\b20[3-9]\d\b", "years", r"\b1\d{4} days"]})
def nonce_in_the_place_of_the_client_s_time(s):
    """An MIT KDC puts the request's nonce there: its own clock is right, the client's is what differs."""
    nonce = 421_337_000
    for n in range(2):
        error = s.error(37, cname="alice", ctime=(nonce + n) * 10**9)
        s.cite("clock-skew", s.kdc(s.as_req(pre=[timestamp()]), error))
        s.wait(1)
    s.wait(60)
    s.hears_something()


@field("K11", like=["clock-skew"], never={"any": ["clock"]}, shows={"password-wrong": "error"}, outcome="failed")
def nonce_in_the_place_of_the_time_and_a_wrong_password(s):
    """The same KDC: the password is wrong, the clocks agree."""
    s.kdc(s.as_req(), s.error(25, cname="alice", ctime=1_913_000_001 * 10**9, text="NEEDED_PREAUTH"))
    s.cite("password-wrong", s.kdc(s.as_req(pre=[timestamp()]), s.error(
        24, cname="alice", ctime=98_765_432 * 10**9, text="PREAUTH_FAILED")))


@field("K11", shows={"password-wrong": "error"}, alone=True, outcome="failed",
       never={"password-wrong": [r"\b2 (times|requests|attempts)", "twice", "a series"]})
def one_attempt_seen_twice(s):
    """A mirror port shows every packet twice; the password was tried once."""
    s.c.copies = 2
    # The numbers are those of the copies.
    s.cite("password-wrong", wrong_password(s)[-1] - 1)
    s.c.copies = 1
    s.wait(60)
    s.hears_something()


# ---- K12: stories ----


@field("K12", shows={"account-unusable": "error"}, may=["password-wrong"], outcome="failed",
       verdict=["lock"], never={"path": [r"(error \S+:.*){4}"]})
def locked_out_by_a_stored_password(s):
    """Six times the same wrong password within minutes, and then the account is locked: one story."""
    for _ in range(6):
        wrong_password(s, "svc-backup")
        s.wait(20)
    for _ in range(3):
        request = s.as_req("svc-backup", pre=[timestamp()])
        s.cite("account-unusable", s.kdc(request, s.error(18, data=error_data(LOCKED))))
        s.wait(20)


@field("K12", shows={"account-unusable": "error"}, may=["password-wrong"], outcome="failed",
       like=["kdc-integrity-failed"], verdict=["lock"])
def locked_out_at_a_kdc_of_another_make(s):
    """Heimdal and older MIT say 31 for a wrong password; then LOCKED_OUT stands in the text."""
    for _ in range(3):
        s.kdc(s.as_req(), s.error(25, text="NEEDED_PREAUTH"))
        s.kdc(s.as_req(pre=[timestamp()]), s.error(31, cname="alice", text="Decrypt integrity check failed"))
        s.wait(5)
    s.cite("account-unusable", s.kdc(s.as_req(), s.error(18, cname="alice", text="LOCKED_OUT")))


@field("K12", shows={"password-wrong": "error"}, outcome="failed", says={"password-wrong": [r"\b19\b"]},
       never={"path": [r"(error password-wrong:.*){3}"], "verdict": [NOTHING_WRONG]})
def one_password_for_twenty_accounts(s):
    """A spray: one attempt for each account, and it fits one of them. The hit is what matters."""
    for n in range(20):
        name = f"user{n:02}"
        if n == 13:
            s.logon(name)
        else:
            s.cite("password-wrong", wrong_password(s, name, tcp=n % 2 == 1)[-1])
        s.wait(0.3)


@field("K12", shows={"weak-etype": "note|warn"}, says={"weak-etype": [r"\b5\b|\bfive\b"]},
       never={"path": [r"(weak-etype:.*){2}"]})
def five_weak_tickets_after_a_search(s):
    """All accounts with service names are listed, and RC4 tickets taken for five of them within 50 ms."""
    good_start(s)
    s.logon()
    conn = s.ldap()
    conn.simple()
    base = s.config.removeprefix("CN=Configuration,")
    people = [entry(f"CN=svc{n},{base}", {"servicePrincipalName": [f"MSSQLSvc/db{n}.{s.domain}:1433"]})
              for n in range(5)]
    where = all_of(present("servicePrincipalName"), equal("objectCategory", "person"))
    conn.ask(search(base, 2, where, ["servicePrincipalName"]), *people, done())
    for n in range(5):
        spn = f"MSSQLSvc/db{n}.{s.domain}:1433"
        s.cite("weak-etype", s.kdc(s.tgs_req(spn, etypes=(RC4, AES256)), s.tgs_rep(spn, etype=RC4))[-1])


@field("K12", shows={"preauth-abandoned": "warn", "client-unknown": "error"}, says={"client-unknown": [r"\b15\b"]},
       never={"path": [r"(preauth-abandoned:.*){3}", r"(client-unknown:.*){3}"]})
def names_tried_out(s):
    """Which of thirty names exist? 25 for those that do, 6 for those that do not; nobody means to log on."""
    for n in range(30):
        code = 25 if n % 2 else 6
        id_ = "preauth-abandoned" if n % 2 else "client-unknown"
        s.cite(id_, s.kdc(s.as_req(f"name{n:02}"), s.error(code))[-1])
        s.wait(0.05)


@field("K12", like=["client-unknown", "kpasswd-failed", "preauth-abandoned"], outcome="ok|hidden")
def domain_join(s):
    """The new computer is unknown to the DC until its account has been made: that is what a join is."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(opcode=25, host=s.host, user="PC77$", client_host="PC77", more=workstation("PC77"))
    s.logon("joiner")
    granted(s, f"cifs/{s.host}")
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed()
    s.wait(2)
    s.logon("PC77$")
    s.ping(host=s.host, user="PC77$", client_host="PC77", more=workstation("PC77"))


@field("K12", like=["client-unknown"], outcome="ok|hidden")
def user_looked_for_in_the_wrong_domain_first(s):
    """A server asks each domain in turn which one has bob: the first one does not, the second one does."""
    more = [equal("User", "bob"), equal("AAC", b"\x10\0\0\0")]
    s.found()
    s.ping(opcode=25, host=s.host, user="bob", more=more)
    other = "branch." + s.domain
    s.srv(f"_ldap._tcp.dc._msdcs.{other}", "bdc1.branch.{D}")
    s.ping(domain=other, server=s.dc2, host="bdc1." + other, user="bob", more=more)


@field("K12", shows={"srv-not-found": "error"}, never={"path": [r"(srv-not-found:.*){2}"]}, outcome="failed")
def one_missing_domain_asked_for_in_six_ways(s):
    """Site, DC, KDC, catalog, PDC, over and over: one domain that is not there, one finding."""
    names = ["_ldap._tcp.HQ._sites.dc._msdcs.{D}", DC, "_ldap._tcp.pdc._msdcs.{D}", "_kerberos._tcp.dc._msdcs.{D}",
             "_kerberos._tcp.{D}", "_ldap._tcp.{D}"]
    for _ in range(2):
        for name in names:
            frames = s.srv(name, rcode=NXDOMAIN)
            if name == DC:
                s.cite("srv-not-found", frames)
        s.wait(5)


@field("K12", shows={"account-unusable": "error"}, outcome="failed", like=["client-unknown"],
       never={"path": [r"(error account-unusable:.*){2}"]})
def disabled_account_of_a_service_tries_all_day(s):
    """Twenty attempts at two KDCs, one cause."""
    for n in range(20):
        request = s.as_req("svc-report", pre=[timestamp()])
        s.cite("account-unusable", s.kdc(request, s.error(18, data=error_data(DISABLED)),
                                         server=(s.dc, s.dc2)[n % 2]))
        s.wait(30)


@field("K12", like=["password-wrong", "client-unknown", "preauth-abandoned", "weak-etype"], outcome="ok|hidden")
def monday_morning_of_a_terminal_server(s):
    """Twenty people log on within ten seconds, each with a good password: no spray."""
    good_start(s)
    for n in range(20):
        s.logon(f"user{n:02}")
        s.wait(0.5)


# ---- K1: the first line ----


@field("K1", shows={"ldap-bind-failed": "error"}, outcome="failed", verdict=["expired"],
       never={"verdict": [NOTHING_WRONG]})
def service_account_s_password_has_expired(s):
    """532 is not a wrong password; it was right and is too old."""
    good_start(s)
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("532"), name="svc-crm@" + s.domain))


@field("K1", shows={"ldap-signing-required": "error", "srv-target-unresolvable": "warn"}, outcome="failed",
       verdict=["sign|integrity"],
       like=["ldap-bind-failed"], never={"verdict": [NOTHING_WRONG, "password"]})
def several_faults_and_one_that_explains_most(s):
    """Six binds refused for want of signing, beside a name that is gone: the first line is about the binds."""
    good_start(s)
    s.srv("_ldap._tcp.gc._msdcs.{D}", "dc9.{D}", port=3268)
    s.address("dc9.{D}", rcode=NXDOMAIN)
    for _ in range(6):
        s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name="CORP\\printer"))
        s.wait(1)


@field("K1", shows={"endpoint-unreachable": "warn"}, outcome="hidden|ok|failed", may=["slow"],
       never={"verdict": [NOTHING_WRONG]})
def second_endpoint_talks_and_the_first_is_down(s):
    """Mail works by the second server, as far as TLS lets one see; the first line has to name the first."""
    directory(s)
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable", dead(s, s.web, 443))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@field("K1", outcome="ok", never={"verdict": [NOTHING_WRONG]})
def one_resolver_of_two_is_silent(s):
    """It ends well, and one request had no answer: the first line does not deny it."""
    s.srv(DC, silent=True)
    s.wait(1)
    s.found(server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K1", outcome="ok", verdict=[NOTHING_WRONG])
def quiet_day_of_a_linux_server(s):
    """Realm in capitals, no primary KDC in DNS, 25, 52, SASL in rounds, unbind: nothing to remark."""
    s.srv("_kerberos._udp." + s.realm, "dc1.{D}", port=88)
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.logon("SRV1$")
    s.kdc(s.tgs_req(s.ldap_spn), s.error(52, s.ldap_spn))
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn), tcp=True)
    conn = s.ldap()
    conn.rootdse()
    conn.gssapi()
    conn.t.ask(ldap(conn.id + 1, unbind()))
    conn.t.close()
