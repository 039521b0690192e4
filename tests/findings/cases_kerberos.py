# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about Kerberos errors, and about the sequences in which they are healthy."""
import struct

from build import *  # noqa: F403
from cases import URL_GUID, case, url_entry, variants

STATUS = {  # NTSTATUS values, MS-ERREF
    "disabled": 0xC0000072,
    "locked": 0xC0000234,
    "expired": 0xC0000193,
    "no_such_user": 0xC0000064,
    "must_change": 0xC0000224,
    "firewall": 0xC0000413,
    "not_supported": 0xC00000BB,
    "no_match": 0xC0000272,
}


def timed():
    return [timestamp()]


# ---- code 7 ----


@case(shows={"spn-not-found-or-duplicate": "error"},
      words={"spn-not-found-or-duplicate": ["or registered more than once"]})
def ldap_service_unknown(s):
    s.logon()
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn)))


@case(shows={"spn-not-found-or-duplicate": "warn"})
def web_server_unknown(s):
    """No endpoint of autodiscover, as far as the capture tells."""
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.http), s.error(7, s.http)))


@case(shows={"spn-not-found-or-duplicate": "error"})
def endpoint_unknown(s):
    """The service connection point names the host."""
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1, None, s.mail))
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.http), s.error(7, s.http)))


@case(shows={"spn-not-found-or-duplicate": "note"}, recovered=["spn-not-found-or-duplicate"],
      words={"spn-not-found-or-duplicate": ["short name", "The same client got a ticket for"]})
def short_name_unknown_full_name_known(s):
    short = "HTTP/" + s.short
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(short), s.error(7, short)))
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(shows={"spn-not-found-or-duplicate": "error"})
def bound_with_ntlm_before_an_unknown_name(s):
    """What NTLM did before the ticket was refused is no way on."""
    s.found()
    s.ping()
    conn = s.ldap()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm(3), 1)), bind_response(0))
    s.wait(60)
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn)))


@case(shows={"spn-not-found-or-duplicate": "warn", "ntlm-fallback": "warn"},
      words={"spn-not-found-or-duplicate": ["NTLM afterwards"], "ntlm-fallback": ["error 7"]})
def bound_with_ntlm_after_an_unknown_name(s):
    s.found()
    s.ping()
    failed = s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn))
    s.cite("spn-not-found-or-duplicate", failed)
    conn = s.ldap()
    first = conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    last = conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm(3), 1)), bind_response(0))
    s.cite("ntlm-fallback", failed, first[0], last[0])


@case(shows={"spn-not-found-or-duplicate": "warn"},
      words={"spn-not-found-or-duplicate": ["7 names", "and 4 more"]})
def list_of_hosts(s):
    """A scan: one cause, however many names."""
    for n in range(7):
        spn = f"cifs/pc{n}.{s.domain}"
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))


@case(shows=[("spn-not-found-or-duplicate", "warn")] * 3)
def three_hosts(s):
    for n in range(3):
        spn = f"cifs/pc{n}.{s.domain}"
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))


@case(shows=[("spn-not-found-or-duplicate", "warn"), ("spn-not-found-or-duplicate", "error")])
def list_of_hosts_and_the_directory(s):
    for n in range(7):
        spn = f"cifs/pc{n}.{s.domain}"
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn)))


@case(shows={"spn-not-found-or-duplicate": "warn"},
      words={"spn-not-found-or-duplicate": ["7 names", "from an address"]})
def list_of_addresses(s):
    """Hosts that are called by their addresses, and the client gets in at none of them."""
    s.logon()
    for n in range(7):
        spn = f"cifs/10.99.0.{n}"
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))


@case(shows={"client-unknown": "error"}, words={"client-unknown": ["9 names"]})
def list_of_users(s):
    for n in range(9):
        s.cite("client-unknown", s.kdc(s.as_req(f"user{n}"), s.error(6)))


@case(shows={"spn-not-found-or-duplicate": "error"})
def short_name_of_an_endpoint_unknown(s):
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1, None, s.mail))
    short = "HTTP/" + s.short
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(short), s.error(7, short)))


@case(shows={"spn-not-found-or-duplicate": "error"})
def not_unique(s):
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(8, s.ldap_spn)))


@case(shows={"spn-not-found-or-duplicate": "error"})
def asked_three_times(s):
    """One cause, not one a packet."""
    for _ in range(3):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn)))


def code_7(name, spn, severity, then=None, **more):
    def make(s):
        asked = spn.format(D=s.domain, R=s.realm, S=s.short, A=s.dc)
        s.ping()
        s.logon()
        s.cite("spn-not-found-or-duplicate",
               s.kdc(s.tgs_req(asked, **more), s.error(7, asked)))
        if then:
            then(s)

    make.__name__ = name
    make.__module__ = __name__
    case(shows={"spn-not-found-or-duplicate": severity},
         recovered=["spn-not-found-or-duplicate"] if then else [])(make)


def ticket_of_the_controller(s):
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))


def ticket_of_the_mail_server(s):
    s.kdc(s.tgs_req(f"cifs/{s.mail}"), s.tgs_rep(f"cifs/{s.mail}"))


def bind_with_name(s):
    s.ldap().simple()


def bind_without_name(s):
    s.ldap().anonymous()


def other_realm_asked(s):
    s.kdc(s.as_req(realm="OTHER.TEST", sname="krbtgt/OTHER.TEST"),
          s.as_rep(realm="OTHER.TEST", sname="krbtgt/OTHER.TEST"), server=s.dc2)


code_7("user_as_a_service", "alice", "note")
code_7("reverse_zone", "DNS/10.in-addr.arpa", "note")
code_7("reverse_zone_blackhole", "DNS/prisoner.iana.org", "note")
# Healthy when the client goes on, and the fault itself when it does not.
code_7("probe_along_a_trust", "krbtgt/OTHER.TEST", "note", other_realm_asked)
code_7("other_realm_and_nothing_then", "krbtgt/OTHER.TEST", "warn")
code_7("address_as_host", "cifs/10.9.8.7", "warn")
code_7("address_as_host_6", "HTTP/[fd00::1]", "warn")
code_7("address_of_the_directory", "ldap/{A}", "error")
code_7("address_and_bound_there", "ldap/{A}", "note", bind_with_name)
code_7("address_and_its_name_then", "ldap/{A}", "note", ticket_of_the_controller)
code_7("domain_as_host", "cifs/{D}", "warn")
code_7("domain_as_host_and_a_controller_then", "cifs/{D}", "note", ticket_of_the_controller)
code_7("domain_of_the_directory_and_nothing_then", "ldap/{D}", "error")
code_7("short_name_and_another_service_then", "HTTP/{S}", "note", ticket_of_the_mail_server)


@case(shows={"spn-not-found-or-duplicate": "error"})
def address_and_read_without_a_name(s):
    """What anybody may read is no way in."""
    s.ping()
    s.logon()
    spn = "ldap/" + s.dc
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(spn), s.error(7, spn)))
    s.ldap().anonymous()


@case(shows={"spn-not-found-or-duplicate": "warn"})
def referred_again_and_still_unknown(s):
    """A referral is no ticket: the second refusal stands."""
    for _ in range(2):
        s.kdc(s.tgs_req(s.http), s.tgs_rep("krbtgt/OTHER.TEST"))
        s.cite("spn-not-found-or-duplicate",
               s.kdc(s.tgs_req(s.http, realm="OTHER.TEST"), s.error(7, s.http, realm="OTHER.TEST"), server=s.dc2))


@case(shows={"kdc-unanswered": "error"})
def referred_to_a_silent_kdc(s):
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep("krbtgt/OTHER.TEST"))
    s.cite("kdc-unanswered", s.kdc(s.tgs_req(s.http, realm="OTHER.TEST"), server=s.dc2))
    ticket_of_the_controller(s)


@case(shows={"wrong-realm": "error"}, words={"wrong-realm": ["no request in any other realm"]})
def wrong_realm_and_nothing_then(s):
    for _ in range(3):
        s.cite("wrong-realm", s.kdc(s.as_req(), s.error(68)))
        s.wait(5)


@case(like=["wrong-realm"])
def wrong_kdc_and_then_the_right_one(s):
    """The same realm at another server: the first was not one of its KDCs."""
    s.logon()
    s.kdc(s.tgs_req(s.http, realm="OTHER.TEST"), s.error(68, s.http))
    s.kdc(s.tgs_req(s.http, realm="OTHER.TEST"), s.tgs_rep(s.http, realm="OTHER.TEST"), server=s.dc2)


@case(shows={"preauth-abandoned": "warn"}, words={"preauth-abandoned": ["9 names", "administrators"]})
def names_tried_without_a_password(s):
    for n in range(9):
        s.cite("preauth-abandoned", s.kdc(s.as_req(f"user{n}"), s.error(25)))


@case(like=["preauth-abandoned"])
def many_users_log_on(s):
    """A terminal server in the morning."""
    for n in range(9):
        s.logon(f"user{n}")


@case(shows={"no-common-etype": "error"}, words={"no-common-etype": ["answered 1 request and"]})
def refused_by_two_controllers(s):
    """Each answered once: neither answered twice."""
    s.logon()
    for server in (s.dc, s.dc2):
        s.cite("no-common-etype", s.kdc(s.tgs_req(s.http), s.error(14, s.http), server=server))


@variants(1, 2)(lambda make: case(shows={"account-unusable": "error"}, like=["krb-error"])(make))
def entry_expired(s, code):
    s.cite("account-unusable", s.kdc(s.as_req(), s.error(code)))


@case(like=["account-unusable"])
def entry_not_expired(s):
    s.logon()


@case(like=["spn-not-found-or-duplicate"])
def referral_followed(s):
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep("krbtgt/OTHER.TEST"))
    s.kdc(s.tgs_req(s.http, realm="OTHER.TEST"), s.tgs_rep(s.http, realm="OTHER.TEST"),
          server=s.dc2)


@case(shows={"spn-not-found-or-duplicate": "note"}, recovered=["spn-not-found-or-duplicate"])
def probed_and_found_elsewhere(s):
    s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn)))
    s.kdc(s.tgs_req(s.ldap_spn, realm="OTHER.TEST"), s.tgs_rep(s.ldap_spn, realm="OTHER.TEST"),
          server=s.dc2)


@case(like=["spn-not-found-or-duplicate"])
def code_not_captured(s):
    frames = s.kdc(s.tgs_req(s.ldap_spn), s.error(7, s.ldap_spn))
    s.cut[frames[1]] = 74


# ---- 31, 41, 44 ----


def ap_error(s, code, sname, spn=None, result=49, server=None):
    """A bind with a ticket that the server cannot use."""
    conn = s.ldap(server)
    token = gss(AP_REQ_ID, ap_req(spn or s.ldap_spn, s.realm))
    answer = gss(ERROR_ID, s.error(code, sname))
    return conn.spnego(token, answer, result, "80090308: LdapErr: DSID-0C09, data 57, v2580")


@variants(31, 41, 44)(lambda make: case(
    shows={"service-key-mismatch": "error"},
    like=["wrong-host-answered", "kdc-integrity-failed", "ldap-bind-failed"])(make))
def ticket_not_opened(s, code):
    frames = ap_error(s, code, "dc1$")
    s.cite("service-key-mismatch", frames)


@case(shows={"service-key-mismatch": "error"}, like=["wrong-host-answered"])
def ticket_not_opened_by_web_server(s):
    """The answer repeats the name of the ticket: nothing is said of another machine."""
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    t = s.tcp(s.web, 80)
    token = nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm)))
    asked = t.ask(http_get(s.mail, "/", negotiate(token)))
    answer = nego_resp(gss(ERROR_ID, s.error(41, s.http)), 2)
    said = t.answer(http_reply(401, b"", negotiate(answer, "WWW-Authenticate")))
    s.cite("service-key-mismatch", asked, said)


@case(shows={"service-key-mismatch": "error", "wrong-host-answered": "error"},
      words={"wrong-host-answered": ["srv2$"]})
def another_machine_answers(s):
    frames = ap_error(s, 41, "srv2$")
    for id_ in ("service-key-mismatch", "wrong-host-answered"):
        s.cite(id_, frames)


@case(shows={"service-key-mismatch": "error"},
      like=["wrong-host-answered"])
def same_machine_by_its_service_name(s):
    frames = ap_error(s, 41, "HOST/DC1." + s.domain)
    s.cite("service-key-mismatch", frames)


@case(shows={"service-key-mismatch": "note", "wrong-host-answered": "note"},
      recovered=["service-key-mismatch", "wrong-host-answered"])
def another_machine_first_and_then_the_right_one(s):
    frames = ap_error(s, 41, "srv2$")
    for id_ in ("service-key-mismatch", "wrong-host-answered"):
        s.cite(id_, frames)
    s.ldap().gssapi()


@case(shows={"service-key-mismatch": "error"}, like=["wrong-host-answered"])
def service_answers_with_its_account_s_name(s):
    """A user account says nothing about the machine; nor does the ticket of one."""
    s.cite("service-key-mismatch", ap_error(s, 41, "svc_mail"))


@case(shows={"service-key-mismatch": "error"}, like=["wrong-host-answered"])
def ticket_for_an_address(s):
    s.cite("service-key-mismatch", ap_error(s, 41, "dc1$", spn="ldap/10.9.8.7"))


@case(shows={"service-key-mismatch": "note"}, recovered=["service-key-mismatch"])
def new_ticket_opens(s):
    frames = ap_error(s, 41, "dc1$")
    s.cite("service-key-mismatch", frames)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi(cipher=b"another ticket")


@case(like=["service-key-mismatch", "wrong-host-answered", "http-unauthorized"])
def web_server_asks_for_a_ticket_first(s):
    t = s.tcp(s.web, 80)
    t.ask(http_get(s.mail))
    t.answer(http_reply(401, b"", "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"))
    token = nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm)))
    t.ask(http_get(s.mail, "/", negotiate(token)))
    answer = nego_resp(gss(AP_REP_ID, ap_rep()))
    t.answer(http_reply(200, b"", negotiate(answer, "WWW-Authenticate")))


@case(like=["service-key-mismatch", "wrong-host-answered", "clock-skew"])
def bound_with_a_ticket(s):
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    s.ldap().gssapi()


@case(shows={"kdc-integrity-failed": "error"}, like=["service-key-mismatch"])
def ticket_not_verified_by_kdc(s):
    s.cite("kdc-integrity-failed", s.kdc(s.tgs_req(s.http), s.error(31, s.http)))


@case(shows={"kdc-integrity-failed": "error"}, like=["wrong-host-answered"])
def ticket_not_opened_by_kdc(s):
    s.cite("kdc-integrity-failed", s.kdc(s.tgs_req(s.http), s.error(41, s.http)))


@case(shows={"kdc-integrity-failed": "note"}, recovered=["kdc-integrity-failed"])
def new_tgt_verified(s):
    s.cite("kdc-integrity-failed", s.kdc(s.tgs_req(s.http), s.error(31, s.http)))
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(like=["kdc-integrity-failed", "krb-error"])
def ticket_expired_and_renewed(s):
    s.kdc(s.tgs_req(s.http), s.error(32, s.http))
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(like=["kdc-integrity-failed", "service-key-mismatch"])
def integrity_error_not_captured(s):
    frames = s.kdc(s.tgs_req(s.http), s.error(31, s.http))
    s.cut[frames[1]] = 70


# ---- 37 ----


@case(shows={"clock-skew": "error"}, words={"clock-skew": ["7 minutes"]})
def clock_off(s):
    request = s.as_req(pre=timed())
    s.cite("clock-skew", s.kdc(request, s.error(37, stime=s.c.time + 400 * 10**9)))


@case(shows={"clock-skew": "error"}, words={"clock-skew": ["under five minutes"]})
def clock_of_the_client_off(s):
    s.cite("clock-skew", s.kdc(s.as_req(pre=timed()), s.error(37)))


@case(shows={"clock-skew": "note"}, recovered=["clock-skew"])
def skew_made_good(s):
    late = s.error(37, data=skew_recovery(), stime=s.c.time + 400 * 10**9)
    s.cite("clock-skew", s.kdc(s.as_req(pre=timed()), late))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(shows={"clock-skew": "note"}, recovered=["clock-skew"], like=["ldap-bind-failed"])
def skew_of_a_service_made_good(s):
    """The bind goes on (14) with the error inside, and then succeeds."""
    conn = s.ldap()
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    late = s.error(37, "dc1$", data=skew_recovery())
    s.cite("clock-skew", conn.spnego(token, gss(ERROR_ID, late), 14, state=1))
    conn.spnego(gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm)), gss(AP_REP_ID, ap_rep()), 0, state=0)


@case(like=["clock-skew"])
def clocks_apart_and_nobody_minds(s):
    """A capturing machine whose clock is off: every error shows it."""
    far = s.c.time + 4000 * 10**9
    s.kdc(s.as_req(), s.error(25, stime=far))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


def skew_in_a_bind(s, **clocks):
    conn = s.ldap()
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    answer = gss(ERROR_ID, s.error(37, "dc1$", **clocks))
    return conn.spnego(token, answer, 49, "80090308: LdapErr: DSID-0C09, data 57, v2580")


@case(shows={"clock-skew": "error"},
      words={"clock-skew": ["the client's clock is the one that is off", "behind the client's"]})
def error_shows_the_client_s_clock(s):
    """The server gives back the time of the authenticator."""
    s.cite("clock-skew", skew_in_a_bind(s, ctime=s.c.time + 600 * 10**9))


@case(shows={"clock-skew": "error"}, words={"clock-skew": ["the server's clock is the one"]})
def error_shows_both_clocks(s):
    now = s.c.time
    s.cite("clock-skew", skew_in_a_bind(s, ctime=now, stime=now + 600 * 10**9))


@case(shows={"clock-skew": "error"}, words={"clock-skew": ["under five minutes"]})
def nonce_in_the_place_of_the_client_s_clock(s):
    """KDCs of MIT put the request's nonce there."""
    s.cite("clock-skew", s.kdc(s.as_req(pre=timed()), s.error(37, ctime=s.c.time + 600 * 10**9)))


@case(shows={"clock-skew": "error"}, words={"clock-skew": ["2 days 3 hours ahead of"]})
def clock_off_by_days(s):
    s.cite("clock-skew", s.kdc(s.as_req(pre=timed()), s.error(37, stime=s.c.time + 51 * 3600 * 10**9 + 60 * 10**9)))


@case(shows={"clock-skew": "error"}, like=["preauth-abandoned"], words={"clock-skew": ["(25)"]})
def proof_refused_because_of_the_clock(s):
    """25 to a request that had an encrypted time: the KDC's clock is elsewhere."""
    s.kdc(s.as_req(), s.error(25, stime=s.c.time + 900 * 10**9))
    s.cite("clock-skew", s.kdc(s.as_req(pre=timed()), s.error(25, stime=s.c.time + 900 * 10**9)))


@case(like=["clock-skew", "password-wrong"])
def proof_made_again(s):
    """The key was made with another salt at first; the KDC says so by 25, and takes the second."""
    s.kdc(s.as_req(), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


# ---- realms, and changes of passwords ----


@case(shows={"realm-case-differs": "warn"})
def realm_in_small_letters_and_nothing_then(s):
    small = {"realm": s.domain, "sname": "krbtgt/" + s.domain, "options": 0x40800010}
    s.kdc(s.as_req(**small), s.error(25))
    s.cite("realm-case-differs", s.kdc(s.as_req(pre=timed(), **small), s.as_rep()))


def change_of_password(s, result, text=b""):
    """The service's answer in the clear, as it has it in an error (RFC 3244 2)."""
    ap = ap_req("kadmin/changepw", s.realm)
    private = app(21, seq(ctx(0, integer(5)), ctx(1, integer(21)), ctx(3, encrypted())))
    request = struct.pack(">HHH", 6 + len(ap) + len(private), 0xFF80, len(ap)) + ap + private
    if result is None:
        return s.udp(s.dc, 464, request)
    error = s.error(60, "kadmin/changepw", data=struct.pack(">H", result) + text)
    reply = struct.pack(">HHH", 6 + len(error), 1, 0) + error
    return s.udp(s.dc, 464, request, reply)


@case(shows={"kpasswd-failed": "error"}, words={"kpasswd-failed": ["result 4"]})
def new_password_too_short(s):
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))
    s.cite("kpasswd-failed", change_of_password(s, 4, b"too short"))


@case(shows={"kpasswd-failed": "error"}, words={"kpasswd-failed": ["without any reply", "refused"]})
def port_of_password_changes_closed(s):
    """Over UDP nobody answers, and over TCP the host says that nobody listens."""
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))
    s.cite("kpasswd-failed", change_of_password(s, None), s.syn(s.dc, 464, "refused"))


@case(like=["realm-case-differs"])
def realm_in_small_letters_and_ticket_used(s):
    small = {"realm": s.domain, "sname": "krbtgt/" + s.domain, "options": 0x40800010}
    s.kdc(s.as_req(**small), s.error(25))
    s.kdc(s.as_req(pre=timed(), **small), s.as_rep())
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(like=["kpasswd-failed"])
def ticket_for_a_change_and_nothing_more(s):
    s.logon()
    s.kdc(s.tgs_req("kadmin/changepw"), s.tgs_rep("kadmin/changepw"))


@case(like=["krb-error", "delegation-refused"])
def service_known_as_a_user(s):
    """27: the client asks again, with the other side's ticket."""
    s.logon()
    s.kdc(s.tgs_req(s.http), s.error(27, s.http))
    s.kdc(s.tgs_req("bob", tickets=[ticket(s.tgt, s.realm)]), s.tgs_rep("bob"))


# ---- 14, old types ----


@case(shows={"no-common-etype": "error"}, words={"no-common-etype": ["RC4"]})
def only_rc4_offered(s):
    s.cite("no-common-etype", s.kdc(s.as_req(etypes=(23,)), s.error(14)))


@case(shows={"no-common-etype": "error"})
def service_without_aes(s):
    s.logon()
    s.cite("no-common-etype", s.kdc(s.tgs_req(s.http, etypes=(18, 17)), s.error(14, s.http)))


@case(shows={"no-common-etype": "note"}, recovered=["no-common-etype"])
def other_types_at_the_second_try(s):
    s.cite("no-common-etype", s.kdc(s.as_req(etypes=(18,)), s.error(14)))
    s.kdc(s.as_req(etypes=(23,), pre=timed()), s.as_rep(etype=23))


@case(like=["no-common-etype", "weak-etype"])
def many_types_offered(s):
    s.kdc(s.as_req(etypes=(20, 19, 18, 17, 23, 24, -135)), s.error(25))
    s.kdc(s.as_req(etypes=(20, 19, 18, 17, 23), pre=timed()), s.as_rep(etype=18))


@case(shows={"weak-etype": "note"})
def rc4_although_aes_was_offered(s):
    s.cite("weak-etype", s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http, etype=23)))


@case(like=["weak-etype"])
def rc4_alone_was_offered(s):
    s.kdc(s.tgs_req(s.http, etypes=(23, 3)), s.tgs_rep(s.http, etype=23))


# ---- passwords and accounts ----


@case(shows={"password-wrong": "error"})
def wrong_password(s):
    s.kdc(s.as_req(), s.error(25))
    s.cite("password-wrong", s.kdc(s.as_req(pre=timed()), s.error(24)))


@case(shows={"password-wrong": "error"}, words={"password-wrong": ["stored old password"]})
def series_of_wrong_passwords(s):
    for _ in range(5):
        s.cite("password-wrong", s.kdc(s.as_req(pre=timed()), s.error(24)))
        s.wait(40)


@case(shows={"password-wrong": "error"}, words={"password-wrong": ["machine"]})
def secret_of_a_machine(s):
    s.cite("password-wrong", s.kdc(s.as_req("PC1$", pre=timed()), s.error(24)))


@case(shows={"password-wrong": "note"}, recovered=["password-wrong"],
      words={"password-wrong": ["another salt"]})
def machine_that_tries_its_keys(s):
    """As who joins a domain does: which salt the directory uses is not known before."""
    s.cite("password-wrong", s.kdc(s.as_req("PC1$", pre=timed()), s.error(24)))
    s.kdc(s.as_req("PC1$", pre=timed()), s.as_rep("PC1$"))


@case(shows={"password-wrong": "note"}, recovered=["password-wrong"])
def typing_error(s):
    s.cite("password-wrong", s.kdc(s.as_req(pre=timed()), s.error(24)))
    s.wait(15)
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(shows={"password-wrong": "note"}, recovered=["password-wrong"])
def typing_error_domain_named_both_ways(s):
    """CORP and corp.test are the same domain's names."""
    short = s.realm.split(".")[0]
    s.cite("password-wrong", s.kdc(s.as_req(sname="krbtgt/" + short, realm=short, pre=timed()),
                                   s.error(24)))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(like=["password-wrong"])
def ordinary_logon(s):
    s.logon()


@case(like=["password-wrong", "preauth-abandoned"])
def rounds_of_preauthentication(s):
    s.kdc(s.as_req(), s.error(25))
    s.kdc(s.as_req(pre=[(151, b"x")]), s.error(91))
    s.kdc(s.as_req(pre=[(151, b"y")]), s.error(90))
    s.kdc(s.as_req(), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(shows={"preauth-abandoned": "warn"})
def nothing_after_25(s):
    s.cite("preauth-abandoned", s.kdc(s.as_req(), s.error(25)))


@case(like=["preauth-abandoned"], alone=True)
def capture_ends_at_once_after_25(s):
    s.kdc(s.as_req(), s.error(25))
    s.wait(2).udp(s.dc, 9999, None, b"synthetic")


@case(like=["preauth-abandoned"])
def password_typed_slowly(s):
    s.kdc(s.as_req(), s.error(25))
    s.wait(45)
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(like=["preauth-abandoned"])
def logon_over_tcp_after_25(s):
    s.kdc(s.as_req(), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.as_rep(), tcp=True)


@case(like=["preauth-abandoned"])
def logon_names_the_realm_in_full(s):
    """25 tells the realm's full name; the client uses it from then on."""
    s.kdc(s.as_req(sname="krbtgt/CORP", realm="CORP"), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(like=["preauth-abandoned", "client-unknown"])
def service_for_a_user(s):
    """S4U: where is the user? The answers do, none of them is a logon."""
    s.kdc(s.as_req("bob"), s.error(25))
    for_user = (129, seq(ctx(0, principal(["bob"], 10)), ctx(1, general(s.realm))))
    s.kdc(s.tgs_req("web$", pre=[for_user]), s.tgs_rep("web$", cname="bob"))


@case(shows={"client-unknown": "note"}, recovered=["client-unknown"], like=["preauth-abandoned"])
def service_for_a_user_of_another_domain(s):
    s.cite("client-unknown", s.kdc(s.as_req("bob"), s.error(6)))
    s.kdc(s.as_req("bob", realm="OTHER.TEST", sname="krbtgt/OTHER.TEST"),
          s.error(25, "krbtgt/OTHER.TEST"), server=s.dc2)
    for_user = (129, seq(ctx(0, principal(["bob"], 10)), ctx(1, general("OTHER.TEST"))))
    s.kdc(s.tgs_req("web$", pre=[for_user]), s.tgs_rep("web$", cname="bob"))


@case(like=["client-unknown"])
def user_not_here_in_s4u(s):
    """KB2009157: one controller does not know the user, another does."""
    for_user = (129, seq(ctx(0, principal(["bob"], 10)), ctx(1, general(s.realm))))
    s.kdc(s.tgs_req("web$", pre=[for_user]), s.error(6, "web$"))
    s.kdc(s.tgs_req("web$", pre=[for_user]), s.tgs_rep("web$", cname="bob"), server=s.dc2)


@case(shows={"client-unknown": "note"}, recovered=["client-unknown"])
def logon_name_that_is_none(s):
    """Windows asks for alice@domain as a name first, and then for alice in that realm."""
    s.cite("client-unknown", s.kdc(s.as_req("alice@" + s.domain), s.error(6)))
    s.kdc(s.as_req(), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(shows={"client-unknown": "error"})
def no_such_user(s):
    s.cite("client-unknown",
           s.kdc(s.as_req("nobody"), s.error(6, data=error_data(STATUS["no_such_user"]))))


@case(shows={"client-unknown": "note"}, recovered=["client-unknown"])
def user_of_another_realm(s):
    s.cite("client-unknown", s.kdc(s.as_req("bob"), s.error(6)))
    s.kdc(s.as_req("bob", realm="OTHER.TEST", sname="krbtgt/OTHER.TEST"),
          s.as_rep("bob", sname="krbtgt/OTHER.TEST", realm="OTHER.TEST"), server=s.dc2)


@case(like=["client-unknown", "krb-error"])
def wrong_realm_and_there(s):
    s.kdc(s.as_req("bob@other.test", cname_kind=10), s.error(68))
    s.kdc(s.as_req("bob@other.test", cname_kind=10, realm="OTHER.TEST",
                   sname="krbtgt/OTHER.TEST"),
          s.as_rep("bob", sname="krbtgt/OTHER.TEST", realm="OTHER.TEST"), server=s.dc2)


@case(shows={"password-expired": "error"})
def expired_password(s):
    s.cite("password-expired",
           s.kdc(s.as_req(pre=timed()), s.error(23, data=error_data(STATUS["must_change"]))))


@case(shows={"password-expired": "note"}, recovered=["password-expired"])
def password_changed_then(s):
    s.cite("password-expired", s.kdc(s.as_req(pre=timed()), s.error(23)))
    s.kdc(s.as_req(sname="kadmin/changepw", pre=timed()), s.as_rep(sname="kadmin/changepw"))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(like=["password-expired"])
def password_changed_in_time(s):
    s.kdc(s.as_req(sname="kadmin/changepw"), s.error(25, "kadmin/changepw"))
    s.kdc(s.as_req(sname="kadmin/changepw", pre=timed()), s.as_rep(sname="kadmin/changepw"))
    s.logon()


@variants("disabled", "locked", "expired")(
    lambda make: case(shows={"account-unusable": "error"}, like=["password-wrong"])(make))
def account(s, what):
    s.cite("account-unusable", s.kdc(s.as_req(), s.error(18, data=error_data(STATUS[what]))))


@case(shows={"account-unusable": "error"})
def account_locked_later(s):
    """The account is looked at again when the TGT is older than 20 minutes."""
    s.logon()
    s.wait(1300)
    s.cite("account-unusable", s.kdc(s.tgs_req(s.http), s.error(18, s.http)))


@case(like=["account-unusable", "policy-refused"])
def status_without_consequence(s):
    """25 with a status in it is 25."""
    s.kdc(s.as_req(), s.error(25, data=error_data(STATUS["disabled"])))
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(shows={"account-unusable": "note"}, recovered=["account-unusable"])
def account_unlocked(s):
    s.cite("account-unusable", s.kdc(s.as_req(), s.error(18, data=error_data(STATUS["locked"]))))
    s.wait(100)
    s.logon()


@case(shows={"policy-refused": "error"})
def selective_authentication(s):
    s.cite("policy-refused",
           s.kdc(s.tgs_req(s.http), s.error(12, s.http, data=error_data(STATUS["firewall"]))))


@case(like=["policy-refused", "delegation-refused", "krb-error"])
def refusals_not_captured(s):
    for code in (12, 13, 60):
        frames = s.kdc(s.tgs_req(s.http), s.error(code, s.http, text="x" * 40))
        s.cut[frames[1]] = 72


# ---- options, certificates, the rest ----


@case(shows={"delegation-refused": "error"})
def delegation_not_allowed(s):
    s.cite("delegation-refused",
           s.kdc(s.tgs_req(s.http, tickets=[ticket("web$", s.realm)]),
                 s.error(13, s.http, data=error_data(STATUS["no_match"]))))


@case(shows={"delegation-refused": "note"}, recovered=["delegation-refused"])
def option_tried_and_left_out(s):
    s.cite("delegation-refused",
           s.kdc(s.tgs_req(s.http), s.error(13, s.http, data=error_data(STATUS["not_supported"]))))
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(shows={"delegation-refused": "note"}, recovered=["delegation-refused"])
def renewal_refused_and_new_tgt(s):
    s.cite("delegation-refused", s.kdc(s.tgs_req(s.tgt), s.error(13, s.tgt)))
    s.logon()


@case(like=["delegation-refused"])
def delegation_allowed(s):
    s.kdc(s.tgs_req(s.http, tickets=[ticket("web$", s.realm)]), s.tgs_rep(s.http, cname="bob"))


@variants(62, 64, 66, 70, 72, 75, 77, 78, 80, 81)(lambda make: case(shows={"pkinit-failed": "error"})(make))
def certificate(s, code):
    s.cite("pkinit-failed", s.kdc(s.as_req(pre=[(16, b"synthetic")]), s.error(code)))


@case(shows={"pkinit-failed": "note"}, recovered=["pkinit-failed"])
def other_group_at_the_second_try(s):
    s.cite("pkinit-failed", s.kdc(s.as_req(pre=[(16, b"1")]), s.error(65)))
    s.kdc(s.as_req(pre=[(16, b"2")]), s.as_rep())


@case(like=["pkinit-failed"])
def logon_with_a_certificate(s):
    s.kdc(s.as_req(), s.error(25, data=padata((16, b""), (15, b""))))
    s.kdc(s.as_req(pre=[(16, b"synthetic")]), s.as_rep())


@variants(9, 15, 16, 20, 26, 28, 29, 33, 36, 60, 61)(lambda make: case(shows={"krb-error": "error"})(make))
def other_code(s, code):
    s.cite("krb-error", s.kdc(s.tgs_req(s.http), s.error(code, s.http)))


@case(shows={"krb-error": "note"}, recovered=["krb-error"])
def kdc_starting_and_another_works(s):
    s.cite("krb-error", s.kdc(s.as_req(pre=timed()), s.error(29)))
    s.kdc(s.as_req(pre=timed()), s.as_rep(), server=s.dc2)


@case(like=["krb-error", "krb-tcp-blocked"])
def reply_too_big_and_over_tcp(s):
    s.kdc(s.as_req(), s.error(25))
    s.kdc(s.as_req(pre=timed()), s.error(52))
    s.kdc(s.as_req(pre=timed()), s.as_rep(), tcp=True)
    s.kdc(s.tgs_req(s.http), s.error(52, s.http))
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http), tcp=True)


# ---- silence ----


@case(shows={"kdc-unanswered": "error"})
def no_kdc_answers(s):
    s.found()
    for server in (s.dc, s.dc2):
        s.cite("kdc-unanswered", s.kdc(s.as_req(), server=server))


@case(shows={"kdc-unanswered": "error"}, like=["dc-unreachable"],
      words={"kdc-unanswered": ["TCP port 88 did not let the client in either"]})
def no_kdc_answers_over_tcp_either(s):
    """Port 88 is closed in both forms: one cause. The rest of the controller works."""
    s.found()
    s.ping()
    s.cite("kdc-unanswered", s.kdc(s.as_req()))
    s.wait(1)
    s.cite("kdc-unanswered", s.syn(s.dc, 88, times=2))


@case(shows={"dc-unreachable": "error"}, like=["kdc-unanswered"])
def tcp_of_the_kdc_silent_and_udp_never_tried(s):
    """As Windows does it: TCP from the start, and hence no request that could be unanswered."""
    s.found()
    s.ping()
    s.cite("dc-unreachable", s.syn(s.dc, 88, times=3))


@case(like=["kdc-unanswered"])
def second_kdc_answers(s):
    s.found()
    s.kdc(s.as_req())
    s.wait(1)
    s.logon(server=s.dc2)


@case(like=["kdc-unanswered"])
def lost_over_udp_and_over_tcp(s):
    s.logon()
    s.kdc(s.tgs_req(s.http))
    s.wait(1)
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http), tcp=True)


@case(like=["kdc-unanswered"])
def repeated_to_the_same_kdc(s):
    request = s.as_req()
    for _ in range(2):
        s.udp(s.dc, 88, request, cport=s.port + 50)
        s.wait(1)
    s.udp(s.dc, 88, request, s.error(25), cport=s.port + 50)
    s.kdc(s.as_req(pre=timed()), s.as_rep())


@case(like=["kdc-unanswered"], alone=True)
def capture_ends_at_once_after_a_request(s):
    s.logon()
    s.kdc(s.tgs_req(s.http))
    s.wait(1).udp(s.dc, 9999, None, b"synthetic")


@case(like=["kdc-unanswered"])
def lone_request(s):
    s.kdc(s.as_req())


@case(shows={"kdc-unanswered": "error"})
def kdc_falls_silent_after_a_good_ticket(s):
    """What went well before tells nothing of what is asked now."""
    s.logon()
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))
    s.wait(60)
    s.cite("kdc-unanswered", s.kdc(s.tgs_req(s.http)))


@case(like=["kdc-unanswered"])
def two_kdcs_asked_at_once(s):
    """The answer of the first comes when the second is asked already."""
    s.logon()
    request, port = s.tgs_req(s.http), s.next_port()
    s.c.udp(s.client, port, s.dc, 88, request)
    s.kdc(request, server=s.dc2)
    s.c.udp(s.dc, 88, s.client, port, s.tgs_rep(s.http))
