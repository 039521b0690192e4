# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about connections, and about the endpoints of autodiscover."""
from build import *  # noqa: F403
from cases import case, pointer_entry, url_entry, variants
from tls import certificate_der

XML = "/autodiscover/autodiscover.xml"
SVC = "/autodiscover/autodiscover.svc"
SRV_DC = "_ldap._tcp.dc._msdcs.{D}"


# ---- what clients and servers say ----


def pox(s, mail=None):
    mail = mail or "alice@" + s.domain
    return (
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/'
        f'requestschema/2006"><Request><EMailAddress>{mail}</EMailAddress></Request></Autodiscover>'
    ).encode()


def response(inner):
    return (
        '<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/'
        f'exchange/autodiscover/responseschema/2006"><Response>{inner}</Response></Autodiscover>'
    ).encode()


SETTINGS = response(
    "<Account><AccountType>email</AccountType><Action>settings</Action>"
    "<Protocol><Type>EXCH</Type><Server>ex1</Server></Protocol></Account>"
)


def pox_error(code):
    return response(f'<Error Time="1" Id="2"><ErrorCode>{code}</ErrorCode><Message>m</Message></Error>')


def soap(inner):
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/'
        f'Autodiscover"><Response>{inner}</Response></GetUserSettingsResponseMessage></s:Body>'
        "</s:Envelope>"
    ).encode()


def post(s, t, host, *headers, uri=XML, body=None, status=200, answer=SETTINGS, more=()):
    """One POST and its answer; numbers of the frames."""
    asked = t.ask(http_post(host, uri, body or pox(s), "Content-Type: text/xml", *headers))
    return [asked, t.answer(http_reply(status, answer, "Content-Type: text/xml", *more))]


def get(s, t, host, *headers, uri=XML, status=200, answer=b"", more=()):
    asked = t.ask(http_get(host, uri, *headers))
    return [asked, t.answer(http_reply(status, answer, "Content-Type: text/xml", *more))]


def directory(s, *entries, site="HQ"):
    """The client knows its site and gets these entries, or two of its own site."""
    s.ping(client_site=site)
    conn = s.ldap()
    conn.simple()
    entries = entries or [url_entry(s, 1), url_entry(s, 2)]
    return conn.scp(*entries)


def ex(s, n):
    return f"ex{n}.{s.domain}"


def hidden_talk(s, server, host):
    """TLS 1.2 with a good certificate, and data that nobody can read."""
    t = s.tcp(server, 443)
    frames = [t.ask(client_hello(host))]
    frames.append(t.answer(server_hello() + tls_certificate(certificate_der(host))))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.ask(tls_data(3))
    t.answer(tls_data(4))
    t.close()
    return frames


# ---- srv-target-unresolvable ----


@case(shows={"srv-target-unresolvable": "warn"}, like=["endpoint-unresolvable"])
def record_of_a_removed_controller(s):
    s.srv(SRV_DC, "dc9.{D}", "dc1.{D}")
    s.cite("srv-target-unresolvable", s.address("dc9.{D}", rcode=3))
    s.address("dc1.{D}", s.dc)
    s.ping()


@case(like=["srv-target-unresolvable"])
def no_address_of_version_6(s):
    s.srv(SRV_DC, "dc1.{D}")
    s.address("dc1.{D}", kind=AAAA)
    s.address("dc1.{D}", s.dc)
    s.ping()


@case(like=["srv-target-unresolvable"])
def address_came_with_the_record(s):
    name = SRV_DC.format(D=s.domain)
    reply = dns_reply(9, name, [srv_rr(QUESTION, s.host)], additional=[address_rr(s.host, s.dc)])
    s.udp(s.dns, 53, dns(9, name), reply)
    s.address(s.host, kind=AAAA)
    s.ping()


@case(like=["srv-target-unresolvable"])
def second_resolver_has_the_address(s):
    s.srv(SRV_DC, "dc1.{D}")
    s.address("dc1.{D}", rcode=3)
    s.address("dc1.{D}", s.dc, server=s.dns2)
    s.ping()


# ---- dc-unreachable, krb-tcp-blocked ----


@variants("refused", "silent", "prohibited")(
    lambda make: case(shows={"dc-unreachable": "error"}, like=["ldap-unanswered"])(make))
def controller(s, how):
    s.srv(SRV_DC, "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    s.ping()
    s.cite("dc-unreachable", s.syn(s.dc, 389, how, times=3))


@case(shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"])
def another_controller_used(s):
    s.ping()
    s.cite("dc-unreachable", s.syn(s.dc, 389, "refused"))
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.ldap(s.dc2).simple()


@case(shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"])
def no_catalog_but_ldap(s):
    """Not every controller listens on 3268; the same one serves on 389."""
    s.ping()
    s.cite("dc-unreachable", s.syn(s.dc, 3268, "refused"))
    s.ldap().simple()


@case(shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"])
def tickets_over_udp_instead(s):
    s.ping()
    s.cite("dc-unreachable", s.syn(s.dc, 88, "refused"))
    s.logon()


@case(shows={"slow": "note"}, like=["dc-unreachable"])
def first_syn_lost(s):
    """The connection stands three seconds late."""
    s.ping()
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    start = t.seq["c"]
    s.cite("slow", t.open("cS"))
    t.seq["c"] = start
    s.wait(3)
    s.cite("slow", t.open("cS", "sSA"))
    t.open("cA")
    t.ask(ldap(1, bind("cn=alice", "x")))
    t.answer(ldap(1, bind_response()))


@case(like=["dc-unreachable", "ldap-unanswered"])
def client_hangs_up(s):
    conn = s.ldap()
    conn.simple()
    conn.t.reset("c")


@case(like=["dc-unreachable"], alone=True)
def capture_ends_soon_after_a_syn(s):
    s.ping()
    s.syn(s.dc, 389)
    s.wait(15).udp(s.dc, 9999, None, b"synthetic")


@case(like=["dc-unreachable"])
def some_other_machine_refuses(s):
    """Nothing says that it is a domain controller."""
    s.ping()
    s.syn(s.web2, 389, "refused")


@variants("silent", "refused")(lambda make: case(
    shows={"krb-tcp-blocked": "error"}, like=["dc-unreachable", "krb-error"])(make))
def tcp_of_the_kdc(s, how):
    s.srv(SRV_DC, "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    s.logon()
    frames = s.kdc(s.tgs_req(s.http), s.error(52, s.http))
    s.cite("krb-tcp-blocked", frames, s.syn(s.dc, 88, how, times=2))


@case(shows={"krb-tcp-blocked": "error"}, like=["dc-unreachable"])
def tcp_of_the_kdc_much_later(s):
    """Only what the client tried when it was told so is of that exchange."""
    s.srv(SRV_DC, "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    s.logon()
    frames = s.kdc(s.tgs_req(s.http), s.error(52, s.http))
    s.cite("krb-tcp-blocked", frames, s.syn(s.dc, 88, "refused"))
    s.wait(120)
    s.syn(s.dc, 88, "refused")


@case(shows={"krb-tcp-blocked": "error"}, like=["dc-unreachable"])
def tcp_of_the_other_kdc(s):
    """Each KDC is judged by itself: the first one takes the connection, and has nothing to say."""
    s.srv(SRV_DC, "dc1.{D}", "dc2.{D}")
    s.address("dc1.{D}", s.dc)
    s.address("dc2.{D}", s.dc2)
    s.logon()
    frames = s.kdc(s.tgs_req(s.http), s.error(52, s.http))
    s.cite("krb-tcp-blocked", frames, s.syn(s.dc2, 88, "refused"))
    s.tcp(s.dc, 88)


@case(shows={"dc-unreachable": "note"}, recovered=["dc-unreachable"], like=["krb-tcp-blocked"])
def tcp_of_the_kdc_was_tried_before(s):
    """Whoever has just tried TCP in vain does not leave it out."""
    s.srv(SRV_DC, "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    s.cite("dc-unreachable", s.syn(s.dc, 88, "refused"))
    s.logon()
    s.kdc(s.tgs_req(s.http), s.error(52, s.http))


# ---- endpoint-unresolvable ----


@case(shows={"endpoint-unresolvable": "warn"}, like=["srv-target-unresolvable"])
def removed_server_first(s):
    directory(s)
    s.cite("endpoint-unresolvable", s.address(ex(s, 1), rcode=3))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"endpoint-unresolvable": "error"})
def removed_server_alone(s):
    directory(s, url_entry(s, 1))
    s.cite("endpoint-unresolvable", s.address(ex(s, 1), rcode=3))


@case(shows={"endpoint-unresolvable": "note"}, recovered=["endpoint-unresolvable"])
def removed_server_and_a_good_one(s):
    directory(s)
    s.cite("endpoint-unresolvable", s.address(ex(s, 1), rcode=3))
    s.address(ex(s, 2), s.web2)
    post(s, s.https(s.web2, ex(s, 2)), ex(s, 2))


@case(like=["endpoint-unresolvable"])
def endpoint_without_address_of_version_6(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), kind=AAAA)
    s.address(ex(s, 1), s.web)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1))


# ---- endpoint-unreachable ----


@variants("refused", "silent", "prohibited")(
    lambda make: case(shows={"endpoint-unreachable": "warn"})(make))
def endpoint(s, how):
    directory(s)
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, how, times=3))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"endpoint-unreachable": "error"})
def only_endpoint_silent(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "silent", times=3))


@case(shows={"endpoint-unreachable": "warn"},
      words={"endpoint-unreachable": ["cannot be seen"]})
def endpoint_tried_beside_one_that_cannot_be_seen(s):
    """Outlook tries several at once; what it got over TLS nobody can read."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    hidden_talk(s, s.web, ex(s, 1))
    host = "autodiscover." + s.domain
    frames = s.address(host, s.web2)
    s.cite("endpoint-unreachable", s.syn(s.web2, 443, "refused"))
    assert frames


@case(like=["endpoint-unreachable"])
def endpoint_at_the_second_try(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.syn(s.web, 443, "refused")
    s.wait(1)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1))


@case(like=["endpoint-unreachable"], alone=True)
def capture_ends_soon_after_a_syn_to_an_endpoint(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.syn(s.web, 443)
    s.wait(15).udp(s.dc, 9999, None, b"synthetic")


# ---- tls-failed, tls-name-mismatch ----


def shake(s, server, host, names=None, alert=None, version_only=False):
    t = s.tcp(server, 443)
    frames = [t.ask(client_hello(host))]
    if alert and names is None:
        frames.append(t.answer(tls_alert(2, alert)))
        t.close()
        return frames
    frames.append(t.answer(server_hello() + tls_certificate(certificate_der(*(names or [host])))))
    if alert:
        frames.append(t.ask(tls_alert(2, alert)))
    t.close()
    return frames


@variants(40, 70, 112)(lambda make: case(shows={"tls-failed": "warn"})(make))
def alert_of_the_server(s, alert):
    directory(s)
    s.address(ex(s, 1), s.web)
    s.cite("tls-failed", shake(s, s.web, ex(s, 1), alert=alert))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"tls-failed": "error"}, words={"tls-failed": ["unknown_ca"]})
def alert_of_the_client(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    frames = shake(s, s.web, ex(s, 1), names=[ex(s, 1)], alert=48)
    s.cite("tls-failed", frames)


@case(shows={"tls-failed": "warn"}, words={"tls-failed": ["Another handshake"]})
def alert_after_a_good_handshake(s):
    """One program is content with the certificate, the other says what it minds."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(ex(s, 1)))
    t.answer(server_hello() + tls_certificate(certificate_der(ex(s, 1))))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.ask(tls_alert(1, 0))
    t.close()
    s.cite("tls-failed", shake(s, s.web, ex(s, 1), names=[ex(s, 1)], alert=45))


@case(like=["tls-failed", "tls-name-mismatch"])
def goodbye_alert(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(ex(s, 1)))
    t.answer(server_hello() + tls_certificate(certificate_der("*." + s.domain)))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.ask(tls_alert(1, 0))
    t.close()


@case(shows={"tls-failed": "note"}, recovered=["tls-failed"])
def version_negotiated_at_the_second_try(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    s.cite("tls-failed", shake(s, s.web, ex(s, 1), alert=70))
    hidden_talk(s, s.web, ex(s, 1))


@case(shows={"tls-name-mismatch": "warn"}, like=["tls-failed"])
def certificate_of_another_name(s):
    directory(s)
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    asked = t.ask(client_hello(ex(s, 1)))
    said = t.answer(server_hello() + tls_certificate(certificate_der("mail.other.test")))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.close()
    s.cite("tls-name-mismatch", asked, said)
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"tls-name-mismatch": "warn"}, like=["tls-failed"])
def certificate_of_another_name_and_nobody_minds(s):
    """The last endpoint, but the two went on to talk."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    asked = t.ask(client_hello(ex(s, 1)))
    said = t.answer(server_hello() + tls_certificate(certificate_der("mail.other.test")))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))
    t.ask(tls_data(3))
    t.answer(tls_data(4))
    t.close()
    s.cite("tls-name-mismatch", asked, said)


@case(like=["tls-name-mismatch"])
def certificate_with_many_names(s):
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(ex(s, 1)))
    names = ["mail.other.test", "*.other.test", ex(s, 1).upper()]
    t.answer(server_hello() + tls_certificate(certificate_der(*names)))
    t.ask(tls_record(20, b"\1") + tls_data(1))
    t.answer(tls_record(20, b"\1") + tls_data(2))


@case(like=["tls-name-mismatch", "tls-failed"])
def no_certificate_visible(s):
    """A resumed session, or TLS 1.3."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    t = s.tcp(s.web, 443)
    t.ask(client_hello(ex(s, 1)))
    t.answer(server_hello() + tls_record(20, b"\1") + tls_data(1))
    t.ask(tls_record(20, b"\1") + tls_data(2))
    t.answer(tls_data(3))


# ---- HTTP ----


def opened(s, n=1):
    server = (s.web, s.web2)[n - 1]
    s.address(ex(s, n), server)
    return s.https(server, ex(s, n))


BASIC = "Authorization: Basic c3ludGhldGlj"
CHALLENGE = ("WWW-Authenticate: Negotiate", "WWW-Authenticate: Basic realm=x")


@case(shows={"http-unauthorized": "error"}, like=["http-error"])
def credentials_refused(s):
    directory(s, url_entry(s, 1))
    t = opened(s)
    s.cite("http-unauthorized", post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE))
    s.cite("http-unauthorized",
           post(s, t, ex(s, 1), BASIC, status=401, answer=b"", more=CHALLENGE))


OFFICE = "autodiscover-s.outlook.com"
BEARER = ['WWW-Authenticate: Bearer client_id="00000002-0000-0ff1-ce00-000000000000"']


def office(s, *rounds, mail="alice@corp.example"):
    """Microsoft 365: each round is the request's header, and the status."""
    s.ping()
    s.address(OFFICE, "192.0.2.1")
    t = s.https("192.0.2.1", OFFICE)
    return [
        post(s, t, OFFICE, header, body=pox(s, mail), status=status,
             answer=SETTINGS if status == 200 else b"", more=BEARER if status == 401 else ())
        for header, status in rounds
    ]


@case(like=["http-unauthorized", "http-error"])
def tokens_asked_for(s):
    """Outlook names the scheme and nothing else: it wants to know where tokens are given out."""
    office(s, ("Authorization: Bearer", 401))


@case(like=["http-unauthorized", "http-error"])
def token_accepted(s):
    office(s, ("Authorization: Bearer", 401), ("Authorization: Bearer eyJh.eyJz-_.c2ln", 200))


@case(shows={"http-unauthorized": "error"})
def token_refused(s):
    rounds = office(s, ("Authorization: Bearer", 401), ("Authorization: Bearer eyJh.eyJz-_.c2ln", 401))
    s.cite("http-unauthorized", *rounds)


@case(shows={"http-error": "warn"})
def user_unknown_to_the_json_service(s):
    """Newer clients ask it before anything else, without credentials."""
    s.ping()
    host = "outlook.office365.com"
    t = s.https("192.0.2.1", host)
    uri = "/autodiscover/autodiscover.json/v1.0/alice@corp.example?Protocol=Autodiscoverv1"
    s.address(host, "192.0.2.1")
    s.cite("http-error", get(s, t, host, uri=uri, status=404, answer=b'{"ErrorCode":"UserNotFound"}'))


@case(like=["http-unauthorized", "http-error"])
def password_not_given(s):
    """The user closed the prompt: nothing was refused."""
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1), status=401, answer=b"", more=CHALLENGE)


@case(like=["http-unauthorized", "http-error"])
def credentials_without_an_answer(s):
    """The capture ends too soon: nothing is known of what became of them."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    t.ask(http_post(ex(s, 1), XML, pox(s), "Content-Type: text/xml", BASIC))


@case(like=["http-unauthorized", "http-error"])
def first_401(s):
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    post(s, t, ex(s, 1), BASIC)


@case(shows={"http-error": "warn"})
def service_fails_after_it_had_answered(s):
    """In the afternoon it fails: what it said in the morning is no cure."""
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1))
    s.wait(600)
    s.cite("http-error", post(s, s.https(s.web, ex(s, 1)), ex(s, 1), status=500, answer=b"no"))


@case(shows={"http-unauthorized": "error"})
def credentials_refused_after_they_had_been_taken(s):
    """The password was changed meanwhile."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    post(s, t, ex(s, 1), BASIC)
    s.wait(600)
    t = s.https(s.web, ex(s, 1))
    s.cite("http-unauthorized", post(s, t, ex(s, 1), BASIC, status=401, answer=b"", more=CHALLENGE))


@case(like=["http-unauthorized", "http-error"])
def asked_for_credentials_anew(s):
    """A new session begins with a 401 as the first one did; the capture does not show how it goes on."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    post(s, t, ex(s, 1), BASIC)
    s.wait(600)
    post(s, s.https(s.web, ex(s, 1)), ex(s, 1), status=401, answer=b"", more=CHALLENGE)


@variants(403, 404, 500, 503)(lambda make: case(
    shows={"http-error": "warn"}, like=["http-unauthorized", "autodiscover-error"])(make))
def status(s, code):
    directory(s)
    s.cite("http-error", post(s, opened(s, 1), ex(s, 1), status=code, answer=b"no"))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"http-error": "error"})
def status_of_the_last(s):
    directory(s, url_entry(s, 1))
    s.cite("http-error", post(s, opened(s, 1), ex(s, 1), status=503, answer=b"no"))


@case(shows={"http-error": "error"})
def there_is_somebody_but_nothing_to_be_had(s):
    """A client of SOAP looks first with a GET: that it is answered settles nothing."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    get(s, t, ex(s, 1), answer=b"<html/>")
    s.cite("http-error", post(s, t, ex(s, 1), BASIC, uri=SVC, status=404, answer=b"no"))


@case(like=["http-unauthorized"])
def ntlm_begun(s):
    """The server's challenge is a 401; the client has shown nothing yet."""
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1), negotiate(ntlm(1)), status=401, answer=b"",
         more=[negotiate(ntlm(2), "WWW-Authenticate")])


@case(shows={"http-error": "note"}, recovered=["http-error"], like=["http-unauthorized"])
def busy_and_then_not(s):
    directory(s, url_entry(s, 1))
    t = opened(s)
    s.cite("http-error", post(s, t, ex(s, 1), status=503, answer=b"busy"))
    post(s, t, ex(s, 1))


@variants(500, 501, 600, 601, 602, 603)(lambda make: case(
    shows={"autodiscover-error": "error"}, like=["http-error"])(make))
def pox_code(s, code):
    directory(s, url_entry(s, 1))
    s.cite("autodiscover-error", post(s, opened(s), ex(s, 1), answer=pox_error(code)))


@case(shows={"autodiscover-error": "error"})
def soap_code(s):
    directory(s, url_entry(s, 1))
    inner = "<ErrorCode>InvalidUser</ErrorCode><ErrorMessage>m</ErrorMessage>"
    s.cite("autodiscover-error",
           post(s, opened(s), ex(s, 1), uri=SVC, answer=soap(inner)))


@case(like=["autodiscover-error", "http-error"])
def one_setting_is_not_available(s):
    directory(s, url_entry(s, 1))
    inner = (
        "<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode>"
        "<UserSettingErrors><UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode>"
        "<SettingName>x</SettingName></UserSettingError></UserSettingErrors><UserSettings>"
        "<UserSetting><Name>ExternalEwsUrl</Name><Value>https://x/</Value></UserSetting>"
        "</UserSettings></UserResponse></UserResponses>"
    )
    post(s, opened(s), ex(s, 1), uri=SVC, answer=soap(inner))


@case(like=["autodiscover-error", "http-error"])
def a_browser_gets_600(s):
    """The GET before the SOAP request: 600 shows that the service is alive."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    get(s, t, ex(s, 1), answer=pox_error(600))
    post(s, t, ex(s, 1))


# ---- redirects ----


@case(shows={"redirect-not-followed": "note"}, like=["http-error", "redirect-loop"])
def redirect_and_then_nothing(s):
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    t = s.tcp(s.web, 80)
    target = "https://autodiscover-s.outlook.com" + XML
    s.cite("redirect-not-followed",
           get(s, t, host, status=302, more=["Location: " + target]))
    s.srv("_autodiscover._tcp.{D}", rcode=3)


@case(shows={"redirect-not-followed": "note"})
def address_redirect_and_then_nothing(s):
    directory(s, url_entry(s, 1))
    inner = "<Account><Action>redirectAddr</Action><RedirectAddr>alice@cloud.test</RedirectAddr></Account>"
    s.cite("redirect-not-followed", post(s, opened(s), ex(s, 1), answer=response(inner)))


@case(like=["redirect-not-followed", "redirect-loop", "autodiscover-fallback"])
def redirect_followed(s):
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    target = "cloud." + s.domain
    get(s, s.tcp(s.web, 80), host, status=302, more=["Location: https://" + target + XML])
    s.address(target, s.web2)
    post(s, s.https(s.web2, target), target)


@case(shows={"redirect-loop": "error"}, like=["redirect-not-followed"])
def redirects_in_a_circle(s):
    hosts = ["a." + s.domain, "b." + s.domain]
    directory(s, url_entry(s, 1, "HQ", hosts[0]))
    for n in range(3):
        host, other = hosts[n % 2], hosts[(n + 1) % 2]
        server = (s.web, s.web2)[n % 2]
        s.address(host, server)
        s.cite("redirect-loop",
               post(s, s.https(server, host), host, status=302, answer=b"",
                    more=[f"Location: https://{other}{XML}"]))


@case(like=["redirect-loop", "redirect-not-followed"])
def same_redirect_in_two_discoveries(s):
    directory(s, url_entry(s, 1))
    target = "cloud." + s.domain
    for _ in range(2):
        post(s, opened(s), ex(s, 1), status=302, answer=b"",
             more=[f"Location: https://{target}{XML}"])
        s.address(target, s.web2)
        post(s, s.https(s.web2, target), target)
        s.wait(5)


@case(like=["redirect-not-followed"], alone=True)
def capture_ends_at_once_after_a_redirect(s):
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1), status=302, answer=b"",
         more=["Location: https://cloud.test" + XML])
    s.udp(s.dc, 9999, None, b"synthetic")


# ---- found otherwise, order, NTLM ----


@case(shows={"autodiscover-fallback": "note", "scp-none": "note"}, recovered=["scp-none"])
def found_by_the_mail_domain(s):
    s.ping()
    conn = s.ldap()
    conn.simple()
    s.cite("scp-none", conn.scp())
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    s.cite("autodiscover-fallback", post(s, s.https(s.web, host), host))


@case(like=["autodiscover-fallback"])
def tls_ends_before_the_server(s):
    """Captured behind a device that ends TLS: the entry's host, asked in clear."""
    directory(s, url_entry(s, 1))
    s.address(ex(s, 1), s.web)
    post(s, s.tcp(s.web, 80), ex(s, 1))


@case(shows={"endpoint-unresolvable": "warn", "endpoint-unreachable": "warn"})
def redirect_followed_to_what_cannot_be_seen(s):
    mail, host = s.domain, "autodiscover." + s.domain
    s.ping()
    s.cite("endpoint-unresolvable", s.address(mail, rcode=3))
    s.address(host, s.web)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))
    get(s, s.tcp(s.web, 80), host, status=302, more=[f"Location: https://{s.mail}{XML}"])
    s.address(s.mail, s.web2)
    hidden_talk(s, s.web2, s.mail)


@case(like=["autodiscover-fallback"])
def found_by_the_directory(s):
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1))


@case(like=["autodiscover-fallback"])
def directory_never_searched(s):
    """A client outside of the domain: DNS is its first method."""
    host = "autodiscover." + s.domain
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)


@case(shows={"scp-order-differs": "note"})
def second_entry_first(s):
    searched = directory(s)
    s.cite("scp-order-differs", searched)
    s.cite("scp-order-differs", s.address(ex(s, 2), s.web2) and hidden_talk(s, s.web2, ex(s, 2))[0])
    s.address(ex(s, 1), s.web)
    s.cite("scp-order-differs", hidden_talk(s, s.web, ex(s, 1))[0])


@case(like=["scp-order-differs"])
def entries_in_their_order(s):
    directory(s)
    for n, server in ((1, s.web), (2, s.web2)):
        s.address(ex(s, n), server)
        hidden_talk(s, server, ex(s, n))


@case(like=["scp-order-differs"])
def entries_of_our_site_before_the_first(s):
    directory(s, url_entry(s, 1, "FAR"), url_entry(s, 2, "HQ"))
    for n, server in ((2, s.web2), (1, s.web)):
        s.address(ex(s, n), server)
        hidden_talk(s, server, ex(s, n))


@case(like=["scp-order-differs"])
def names_resolved_in_advance(s):
    """A lookup is not yet a try."""
    directory(s)
    s.address(ex(s, 2), s.web2)
    s.address(ex(s, 1), s.web)
    hidden_talk(s, s.web, ex(s, 1))
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"ntlm-fallback": "warn", "spn-not-found-or-duplicate": "warn"},
      words={"ntlm-fallback": ["error 7"]})
def ntlm_after_an_unknown_name(s):
    directory(s, url_entry(s, 1))
    spn = "HTTP/" + ex(s, 1)
    failed = s.kdc(s.tgs_req(spn), s.error(7, spn))
    s.cite("spn-not-found-or-duplicate", failed)
    t = opened(s)
    post(s, t, ex(s, 1), status=401, answer=b"", more=CHALLENGE)
    frames = post(s, t, ex(s, 1), negotiate(ntlm(1)), status=401, answer=b"",
                  more=[negotiate(ntlm(2), "WWW-Authenticate")])
    again = post(s, t, ex(s, 1), negotiate(ntlm(3)))
    s.cite("ntlm-fallback", failed, frames[0], again[0])


@case(like=["ntlm-fallback", "http-unauthorized"])
def ntlm_from_the_start(s):
    """Nobody tried Kerberos with this host."""
    directory(s, url_entry(s, 1))
    t = opened(s)
    post(s, t, ex(s, 1), negotiate(ntlm(1)), status=401, answer=b"",
         more=[negotiate(ntlm(2), "WWW-Authenticate")])
    post(s, t, ex(s, 1), negotiate(ntlm(3)))


@case(like=["ntlm-fallback"])
def kerberos_with_one_host_ntlm_with_another(s):
    directory(s)
    spn = "HTTP/" + ex(s, 1)
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    t = opened(s, 1)
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm)))
    post(s, t, ex(s, 1), negotiate(token),
         more=[negotiate(nego_resp(gss(AP_REP_ID, ap_rep())), "WWW-Authenticate")])
    t = opened(s, 2)
    post(s, t, ex(s, 2), negotiate(ntlm(1)), status=401, answer=b"",
         more=[negotiate(ntlm(2), "WWW-Authenticate")])
    post(s, t, ex(s, 2), negotiate(ntlm(3)))


@case(shows={"ntlm-fallback": "warn"}, like=["http-unauthorized", "service-key-mismatch"])
def ntlm_after_a_ticket_was_refused_without_a_word(s):
    directory(s, url_entry(s, 1))
    spn = "HTTP/" + ex(s, 1)
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    t = opened(s)
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm)))
    refused = post(s, t, ex(s, 1), negotiate(token), status=401, answer=b"", more=CHALLENGE)
    first = post(s, t, ex(s, 1), negotiate(ntlm(1)), status=401, answer=b"",
                 more=[negotiate(ntlm(2), "WWW-Authenticate")])
    last = post(s, t, ex(s, 1), negotiate(ntlm(3)))
    s.cite("ntlm-fallback", refused, first[0], last[0])


# ---- proxy-refused ----


def connect(t, host, *headers, status=200, more=()):
    """One request to a proxy and its answer; numbers of the frames."""
    lines = [f"CONNECT {host}:443 HTTP/1.1", f"Host: {host}:443", *headers, "", ""]
    asked = t.ask("\r\n".join(lines).encode())
    if status == 200:
        return [asked, t.answer(b"HTTP/1.1 200 Connection established\r\n\r\n")]
    return [asked, t.answer(http_reply(status, b"denied", *more))]


@variants(403, 502, 407)(lambda make: case(
    shows={"proxy-refused": "error"}, like=["http-error", "http-unauthorized"])(make))
def proxy_says(s, code):
    directory(s, url_entry(s, 1))
    s.cite("proxy-refused", connect(s.tcp(s.web2, 8080), ex(s, 1), status=code))


@case(shows={"proxy-refused": "warn"})
def proxy_forbids_the_first_of_two(s):
    """The second is reached directly; what it answers cannot be seen."""
    directory(s)
    s.cite("proxy-refused", connect(s.tcp(s.dc3, 8080), ex(s, 1), status=403))
    s.address(ex(s, 2), s.web2)
    hidden_talk(s, s.web2, ex(s, 2))


@case(shows={"proxy-refused": "note"}, recovered=["proxy-refused"])
def past_the_proxy_it_works(s):
    """The client is told by its settings to go directly when the proxy does not let it through."""
    directory(s, url_entry(s, 1))
    s.cite("proxy-refused", connect(s.tcp(s.web2, 8080), ex(s, 1), status=503))
    post(s, opened(s), ex(s, 1))


@case(like=["proxy-refused"])
def proxy_refuses_another_host(s):
    """An update service is no candidate."""
    directory(s, url_entry(s, 1))
    connect(s.tcp(s.web2, 8080), "updates.vendor.example", status=403)
    post(s, opened(s), ex(s, 1))


# ---- what works is not to be found fault with ----


@case(shows={"tls-failed": "note"}, recovered=["tls-failed"], like=["dc-unreachable", "ldap-unanswered"])
def no_certificate_on_the_controller(s):
    """TLS fails, LDAP on 389 works: no endpoint is concerned, least of all the last one."""
    s.ping()
    t = s.tcp(s.dc, 636)
    asked = t.ask(client_hello(s.host))
    said = t.answer(tls_alert(2, 40))
    s.cite("tls-failed", asked, said)
    t.close()
    conn = s.ldap()
    conn.simple()
    conn.rootdse()


@case(like=["ldap-bind-failed", "tls-failed", "tls-name-mismatch"])
def tls_with_the_controller(s):
    s.ping()
    t = s.https(s.dc, s.host, port=636)
    asked = t.ask(ldap(1, bind("cn=alice", "x")))
    assert asked
    t.answer(ldap(1, bind_response()))


@case(like=["srv-target-unresolvable", "dc-unreachable", "scp-order-differs"])
def second_of_two_equal_records(s):
    """Records of one priority are drawn by lot."""
    s.srv(SRV_DC, "dc1.{D}", "dc2.{D}")
    s.address("dc2.{D}", s.dc2)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.ldap(s.dc2).simple()


@case(like=["http-error", "http-unauthorized", "endpoint-unreachable", "tls-failed",
            "endpoint-unresolvable", "autodiscover-error", "redirect-loop",
            "redirect-not-followed", "ntlm-fallback", "scp-order-differs", "krb-tcp-blocked"])
def whole_discovery(s):
    """From the locator to the settings, as on a good day."""
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc1.{D}")
    s.address("dc1.{D}", s.dc)
    s.ping()
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    conn = s.ldap()
    conn.rootdse()
    conn.gssapi()
    conn.scp(url_entry(s, 1), url_entry(s, 2, "FAR"))
    spn = "HTTP/" + ex(s, 1)
    t = opened(s)
    get(s, t, ex(s, 1), status=401, more=CHALLENGE)
    s.kdc(s.tgs_req(spn), s.tgs_rep(spn))
    token = nego_init(gss(AP_REQ_ID, ap_req(spn, s.realm)))
    post(s, t, ex(s, 1), negotiate(token),
         more=[negotiate(nego_resp(gss(AP_REP_ID, ap_rep())), "WWW-Authenticate")])
    conn.t.reset("c")


@case(shows={"http-error": "note", "endpoint-unresolvable": "note"},
      recovered=["http-error", "endpoint-unresolvable"])
def web_site_of_the_mail_domain(s):
    """The domain's own web server knows nothing of autodiscover; autodiscover.M does."""
    name = "autodiscover." + s.domain
    s.address(name, rcode=3)
    s.cite("endpoint-unresolvable", (s.ident and len(s.c.frames) - 1), len(s.c.frames))
    s.address(s.domain, s.web)
    s.cite("http-error", post(s, s.https(s.web, s.domain), s.domain, status=404, answer=b"no"))
    s.address(name, s.web2, server=s.dns2)
    post(s, s.https(s.web2, name), name)
