# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about binds, protected LDAP, service connection points, and the capture itself."""
from build import *  # noqa: F403
from cases import (
    POINTER_GUID, URL_GUID, case, exchange_filter, pointer_entry, url_entry, variants,
)

SIGNING = (
    "00002028: LdapErr: DSID-0C090262, comment: The server requires binds to turn on integrity "
    "checking if SSL\\TLS are not already active on the connection, data 0, v4563"
)
CHANNEL = "80090346: LdapErr: DSID-0C09062B, comment: AcceptSecurityContext error, data 80090346, v4563"
CREDENTIALS = "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {}, v4563"
NOT_BOUND = (
    "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful "
    "bind must be completed on the connection., data 0, v4563"
)


# ---- refused binds ----


@case(shows={"ldap-signing-required": "error"}, like=["ldap-bind-failed"])
def signing_required(s):
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING))


@case(shows={"ldap-signing-required": "note"}, recovered=["ldap-signing-required"])
def signed_at_the_second_try(s):
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING))
    s.ldap().gssapi()


@case(shows={"ldap-channel-binding-required": "error"}, like=["ldap-bind-failed"])
def channel_binding_required(s):
    s.cite("ldap-channel-binding-required", s.ldap().simple(49, CHANNEL))


@variants("525", "52e", "530", "531", "532", "533", "57", "701", "773", "775")(
    lambda make: case(shows={"ldap-bind-failed": "error"},
                      like=["ldap-channel-binding-required", "ldap-signing-required"])(make))
def bind_refused(s, data):
    s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format(data)))


@variants(7, 13, 51, 53)(lambda make: case(
    shows={"ldap-bind-failed": "error"}, like=["ldap-signing-required"])(make))
def bind_ended_with(s, code):
    s.cite("ldap-bind-failed", s.ldap().simple(code))


@case(shows={"ldap-bind-failed": "error"},
      words={"ldap-bind-failed": ["Kerberos ticket for ldap/dc1.", "without a word"]})
def ticket_refused_without_a_word(s):
    """The server's key is another; it says invalidCredentials, and no KRB-ERROR."""
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    s.cite("ldap-bind-failed", s.ldap().spnego(token, None, 49, CREDENTIALS.format("52e")))


@case(shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"])
def bind_refused_and_then_accepted(s):
    conn = s.ldap()
    s.cite("ldap-bind-failed", conn.simple(49, CREDENTIALS.format("52e")))
    conn.simple()


@case(like=["ldap-bind-failed", "ldap-signing-required", "ldap-channel-binding-required"])
def bind_in_rounds(s):
    """14 asks for the next round."""
    s.ldap().gssapi()


@case(like=["ldap-bind-failed", "ntlm-fallback", "ldap-channel-binding-required"])
def bind_with_ntlm(s):
    conn = s.ldap()
    conn.ask(bind_sasl("GSS-SPNEGO", ntlm(1)), bind_response(14, credentials=ntlm(2)))
    conn.ask(bind_sasl("GSS-SPNEGO", ntlm(3)), bind_response(0))


@case(like=["ldap-bind-failed"])
def result_of_a_bind_cut(s):
    frames = s.ldap().simple(49, CREDENTIALS.format("52e"))
    s.cut[frames[1]] = 54 + 7


# ---- searches without a bind ----


@case(shows={"ldap-not-bound": "error"}, like=["scp-read-failed", "scp-none"])
def search_before_bind(s):
    conn = s.ldap()
    conn.anonymous()
    s.cite("ldap-not-bound", conn.scp(code=1, diagnostic=NOT_BOUND))


@case(shows={"ldap-not-bound": "note"}, recovered=["ldap-not-bound"])
def search_before_bind_and_after(s):
    conn = s.ldap()
    s.cite("ldap-not-bound", conn.scp(code=1, diagnostic=NOT_BOUND))
    conn.simple()
    conn.scp(url_entry(s))


@case(like=["ldap-not-bound", "ldap-bind-failed"])
def root_of_the_directory_read_by_anybody(s):
    s.ldap().rootdse()


@case(shows={"scp-read-failed": "warn"}, like=["ldap-not-bound"])
def another_operations_error(s):
    conn = s.ldap()
    conn.simple()
    s.cite("scp-read-failed", conn.scp(code=1, diagnostic="000020D6: SvcErr: DSID-031007E5"))


# ---- what cannot be seen ----


@case(shows={"ldap-hidden": "note"}, like=["ldap-mechanism-unknown", "midway", "scp-none"])
def sealed_after_bind(s):
    conn = s.ldap()
    conn.gssapi()
    s.cite("ldap-hidden", conn.sealed()[0])


@case(shows={"ldap-hidden": "note"}, like=["ldap-bind-failed"])
def two_sealed_connections(s):
    """Once for each controller, not for each connection."""
    for _ in range(2):
        conn = s.ldap()
        conn.gssapi()
        s.cite("ldap-hidden", conn.sealed()[0])


@case(shows={"ldap-hidden": "note"}, like=["ldap-mechanism-unknown", "midway"])
def ldap_in_tls(s):
    t = s.tcp(s.dc, 636)
    t.ask(client_hello())
    t.answer(server_hello())
    s.cite("ldap-hidden", t.ask(tls_record(20, b"\1") + tls_data(1)))
    t.answer(tls_record(20, b"\1") + tls_data(2))


@case(shows={"ldap-hidden": "note", "ldap-mechanism-unknown": "note", "midway": "note"},
      like=["scp-none"])
def sealed_without_bind(s):
    """The connection stood before the capture began; the tokens tell that they are sealed."""
    frames = s.ldap().sealed()
    for id_ in ("ldap-hidden", "ldap-mechanism-unknown", "midway"):
        s.cite(id_, frames[0])


@case(shows={"ldap-hidden": "note", "ldap-mechanism-unknown": "note", "midway": "note"})
def wrapped_in_an_unknown_way(s):
    conn = s.ldap()
    first = conn.t.ask(sasl(b"\x77" * 120))
    conn.t.answer(sasl(b"\x78" * 300))
    for id_ in ("ldap-hidden", "ldap-mechanism-unknown", "midway"):
        s.cite(id_, first)


@case(like=["ldap-hidden", "ldap-mechanism-unknown"])
def signed_only(s):
    conn = s.ldap()
    conn.gssapi()
    request = search(s.config, 2, exchange_filter(), ["keywords"])
    conn.t.ask(sasl(cfx(ldap(9, request))))
    conn.t.answer(sasl(cfx(ldap(9, url_entry(s)) + ldap(9, done()))))


# ---- service connection points ----


def bound(s, **more):
    conn = s.ldap(**more)
    conn.simple()
    return conn


@case(shows={"scp-none": "warn"}, words={"scp-none": ["none in this forest"]})
def no_entry(s):
    s.cite("scp-none", bound(s).scp())


@case(shows={"scp-none": "warn"}, words={"scp-none": ["anonymously"]})
def no_entry_for_anybody(s):
    conn = s.ldap()
    conn.anonymous()
    s.cite("scp-none", conn.scp())


@case(shows={"scp-none": "warn"}, words={"scp-none": ["not the configuration"]})
def wrong_base(s):
    s.cite("scp-none", bound(s).scp(base="DC=corp,DC=test"))


@case(shows={"scp-incomplete": "warn"}, like=["scp-none"])
def entry_without_binding(s):
    dn = "CN=EX1,CN=Autodiscover," + s.config
    s.cite("scp-incomplete", bound(s).scp(entry(dn, {"keywords": [URL_GUID, "Site=HQ"]})))


@case(like=["scp-none", "scp-read-failed"])
def entries_found(s):
    bound(s).scp(url_entry(s))


@case(like=["scp-none"])
def empty_at_first(s):
    conn = bound(s)
    conn.scp(base="DC=corp,DC=test")
    conn.scp(url_entry(s))


@case(like=["scp-none", "scp-pointer"])
def pointer_alone(s):
    bound(s).scp(pointer_entry(s, "fab.test"))


@case(like=["scp-none"])
def another_product_without_entries(s):
    where = all_of(equal("objectCategory", "serviceConnectionPoint"),
                   equal("keywords", "MSRMRootCluster"))
    bound(s).scp(where=where)


@case(like=["scp-none"])
def entries_lost_by_the_capture(s):
    """Only the end of the answer was captured."""
    conn = bound(s)
    ident = conn.id + 1
    asked = ldap(ident, search(s.config, 2, exchange_filter(), ["keywords"]))
    conn.t.ask(asked)
    lost = ldap(ident, url_entry(s))
    conn.t.seq["s"] += len(lost)
    conn.t.answer(ldap(ident, done()))


@case(shows={"scp-read-failed": "note"}, like=["scp-none"],
      words={"scp-read-failed": ["in part only"]})
def limit_reached_after_an_entry(s):
    """What came before the limit counts."""
    s.cite("scp-read-failed", bound(s).scp(url_entry(s), code=4))


@variants(32, 50, 10, 4)(lambda make: case(
    shows={"scp-read-failed": "warn"}, like=["scp-none", "ldap-not-bound"])(make))
def search_ended_with(s, code):
    s.cite("scp-read-failed", bound(s).scp(code=code))


@case(shows={"scp-read-failed": "note"}, recovered=["scp-read-failed"])
def read_from_another_controller(s):
    s.cite("scp-read-failed", bound(s).scp(code=10))
    conn = s.ldap(s.dc2)
    conn.simple()
    conn.scp(url_entry(s))


@case(shows={"scp-read-failed": "note"}, like=["scp-none"])
def hybrid_join_not_set_up(s):
    conn = bound(s)
    base = ("CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,"
            "CN=Services," + s.config)
    s.cite("scp-read-failed", conn.ask(search(base, 0, None, ["keywords"]),
                                       done(32, diagnostic="0000208D: NameErr: DSID-03100241")))


@case(like=["scp-read-failed", "scp-none"])
def references_in_the_answer(s):
    bound(s).scp(url_entry(s), refs=[search_reference("ldap://ForestDnsZones." + s.domain)])


@case(shows={"scp-other-site-only": "note"}, like=["scp-none"])
def entries_of_other_sites(s):
    s.ping()
    s.cite("scp-other-site-only", bound(s).scp(url_entry(s, 1, "FAR"), url_entry(s, 2, "AWAY")))


@case(like=["scp-other-site-only"])
def entries_of_our_site_and_another(s):
    s.ping()
    bound(s).scp(url_entry(s, 1, "FAR"), url_entry(s, 2, "hq"))


@case(like=["scp-other-site-only"])
def entry_without_site(s):
    s.ping()
    bound(s).scp(url_entry(s, 1, "FAR"), url_entry(s, 2, None))


@case(like=["scp-other-site-only"])
def our_site_unknown(s):
    bound(s).scp(url_entry(s, 1, "FAR"))


def other_forest(s, n):
    return f"fab{s.port}{n}-{s.domain}", f"CN=Configuration,DC=fab{s.port}{n}-{s.domain[:-5]},DC=test"


@case(shows={"scp-pointer": "note"}, like=["scp-pointer-loop"])
def pointer_followed(s):
    target, base = other_forest(s, 1)
    answer = bound(s).scp(pointer_entry(s, target))
    turned = s.srv("_ldap._tcp.dc._msdcs." + target, "dc1." + target)
    s.cite("scp-pointer", answer, turned[0])
    conn = bound(s, server=s.dc2)
    conn.scp(url_entry(s), base=base)


@case(like=["scp-pointer", "scp-none"])
def pointer_not_followed(s):
    """The entry of our own site comes first."""
    target, _ = other_forest(s, 1)
    bound(s).scp(url_entry(s), pointer_entry(s, target, "elsewhere.test"))
    s.srv("_ldap._tcp.dc._msdcs.another.test", "dc1.another.test")


@case(shows=[("scp-pointer", "note"), ("scp-pointer", "note"), ("scp-pointer-loop", "error")])
def two_forests_point_at_each_other(s):
    target, base = other_forest(s, 1)
    first = bound(s)
    there = bound(s, server=s.dc2)
    s.cite("scp-pointer", first.scp(pointer_entry(s, target)))
    s.cite("scp-pointer", there.scp(pointer_entry(s, s.domain), base=base))
    again = first.scp(pointer_entry(s, target))
    s.cite("scp-pointer", again[0])
    s.cite("scp-pointer-loop", again)


@case(like=["scp-pointer-loop"], shows={"scp-pointer": "note"})
def two_discoveries_follow_the_same_pointer(s):
    target, base = other_forest(s, 1)
    first = bound(s)
    there = bound(s, server=s.dc2)
    for _ in range(2):
        s.cite("scp-pointer", first.scp(pointer_entry(s, target)))
        s.cite("scp-pointer", there.scp(url_entry(s), base=base)[0])
        s.wait(5)


@case(like=["scp-pointer-loop"])
def same_search_twice(s):
    """ADSI searches twice; the pointer leads nowhere else."""
    conn = bound(s)
    for _ in range(2):
        conn.scp(pointer_entry(s, "fabrikam-of-nobody.test"))


@case(shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"],
      like=["ldap-signing-required"])
def bind_wants_tls_and_gets_it(s):
    s.cite("ldap-bind-failed", s.ldap().simple(13, "TLS confidentiality required"))
    s.ldap().gssapi()


# ---- starttls-failed ----


START_TLS = b"1.3.6.1.4.1.1466.20037"
NO_TLS = "00000000: LdapErr: DSID-0C09102C, comment: Error initializing SSL/TLS, data 0, v2580"


def starttls(conn, code=0, diagnostic=""):
    return conn.ask(app(23, tlv(0x80, START_TLS)),
                    result(24, code, diagnostic=diagnostic, more=tlv(0x8A, START_TLS)))


@case(shows={"starttls-failed": "error"}, like=["tls-failed"],
      words={"starttls-failed": ["unavailable"]})
def controller_has_no_certificate_for_starttls(s):
    s.ping()
    conn = s.ldap()
    s.cite("starttls-failed", starttls(conn, 52, NO_TLS))
    conn.t.close()


@case(shows={"starttls-failed": "note"}, recovered=["starttls-failed"])
def signed_bind_where_starttls_is_refused(s):
    s.ping()
    s.cite("starttls-failed", starttls(s.ldap(), 52, NO_TLS))
    s.ldap().gssapi()


@case(shows={"ldap-hidden": "note"}, like=["starttls-failed", "tls-failed"])
def starttls_accepted(s):
    s.ping()
    conn = s.ldap()
    starttls(conn)
    t = conn.t
    t.ask(client_hello(s.host))
    s.cite("ldap-hidden", t.answer(server_hello() + tls_record(20, b"\1") + tls_data(1)))
    t.ask(tls_record(20, b"\1") + tls_data(2))
    t.answer(tls_data(3))


# ---- scp-incomplete ----


def entry_without_url(s, n, site="HQ"):
    """The entry of a server whose URL was emptied."""
    dn = f"CN=EX{n},CN=Autodiscover,CN=Protocols,{s.config}"
    return entry(dn, {"keywords": [URL_GUID, f"Site={site}"]})


@case(shows={"scp-incomplete": "warn"}, like=["scp-none"], words={"scp-incomplete": ["EX2"]})
def one_entry_lacks_its_url(s):
    """The other one is whole: clients of the EWS Managed API stop at the first all the same."""
    s.cite("scp-incomplete", bound(s).scp(url_entry(s, 1), entry_without_url(s, 2)))


@case(like=["scp-incomplete", "scp-none"])
def search_for_keywords_alone(s):
    """The URL was not asked for, so its absence says nothing."""
    bound(s).ask(search(s.config, 2, exchange_filter(), ["keywords"]), entry_without_url(s, 1), done())


@case(shows={"scp-incomplete": "warn"}, like=["scp-none"], words={"scp-incomplete": ["2 service", "CN=EX2, CN=EX3"]})
def two_entries_lack_their_urls(s):
    """One search, one cause."""
    s.cite("scp-incomplete", bound(s).scp(url_entry(s, 1), entry_without_url(s, 2), entry_without_url(s, 3)))
