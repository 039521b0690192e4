# SPDX-License-Identifier: GPL-2.0-or-later
"""An examiner's round, written before the rules were read: Kerberos as other vendors and other shapes speak it.

Kinds K2 (a sequel makes it healthy), K5 (whose success) and K6 (causes that the packets refute).
"""
from cases import Ldap
from cases_ldap import CHANNEL, SIGNING
from field import field
from net import *  # noqa: F403
from smb import MORE_PROCESSING, smb2_negotiate_reply, smb2_setup, smb2_setup_reply
from tls import Session


def begun(s):
    """The directory is found, as it is every day. Machines of IPv6 have names of their own here."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(client_host=f"PC{s.port}" if ":" in s.client else "PC1")


def granted(s, spn, **more):
    return s.kdc(s.tgs_req(spn), s.tgs_rep(spn, **more))


def refused(s, code, spn, **more):
    return s.kdc(s.tgs_req(spn), s.error(code, spn, **more))


def ntlm_over_http(s, server, host, uri="/wsman"):
    """Three messages and the page."""
    t = s.tcp(server, 80)
    t.ask(http_get(host, uri))
    t.answer(http_reply(401, b"", "WWW-Authenticate: Negotiate"))
    t.ask(http_get(host, uri, negotiate(ntlm(1))))
    t.answer(http_reply(401, b"", negotiate(ntlm(2), "WWW-Authenticate")))
    t.ask(http_get(host, uri, negotiate(ntlm(3))))
    t.answer(http_reply(200, b"synthetic"))


def tls_after_starttls(s, server=None):
    """LDAP whose connection turned to TLS; the key file opens it."""
    t = s.tcp(server or s.dc, 389)
    t.ask(ldap(1, starttls()))
    t.answer(ldap(1, starttls_response()))
    conn = Ldap(s, Session(t, s.c.keylog, host=s.host, names=[s.host]))
    conn.id = 1
    return conn


# ---- K2 ----


@field("K2", shows={"spn-not-found-or-duplicate": "error"}, says={"spn-not-found-or-duplicate": "address"},
       never={"verdict": "nothing wrong", "spn-not-found-or-duplicate": r"setspn -Q ldap/10\."},
       first={"spn-not-found-or-duplicate": "address"}, outcome="failed")
def controller_configured_by_its_address(s):
    """The domain's section names the DC by address: the keytab's logon is good, the search never comes."""
    for _ in range(2):
        s.logon("PC1$")
        s.cite("spn-not-found-or-duplicate", refused(s, 7, f"ldap/{s.dc}"))
        s.wait(60)


@field("K2", shows={"spn-not-found-or-duplicate": "warn|error"}, says={"spn-not-found-or-duplicate": "address"},
       never={"verdict": "nothing wrong"}, first={"spn-not-found-or-duplicate": "address"})
def host_asked_for_by_its_address_of_ipv6(s):
    """An address of IPv6 has colons and looks like a name with ports."""
    s.over_ipv6()
    begun(s)
    s.logon()
    s.cite("spn-not-found-or-duplicate", refused(s, 7, f"HTTP/{s.web}"))


@field("K2", shows={"spn-not-found-or-duplicate": "warn|error"},
       never={"verdict": "nothing wrong", "spn-not-found-or-duplicate": "NTLM (then )?(served|succeeded|was accepted)"})
def ntlm_served_at_somebody_else(s):
    """A ticket for one server's address is refused; NTLM that follows is with another server."""
    begun(s)
    s.logon()
    s.cite("spn-not-found-or-duplicate", refused(s, 7, f"HTTP/{s.web}"))
    ntlm_over_http(s, s.web2, "printer." + s.domain, "/status")


@field("K2", like=["kdc-unanswered", "krb-error"], may=["ntlm-fallback"])
def share_opened_by_address_with_ntlm(s):
    """Nobody has a ticket for an address; the file server takes NTLM, and all is well."""
    begun(s)
    s.logon()
    refused(s, 7, f"cifs/{s.web}")
    t = s.tcp(s.web, 445)
    t.answer(smb2_negotiate_reply(nego_init(b"", OID_NTLM)))
    t.ask(smb2_setup(nego_init(ntlm(1), OID_NTLM), 1))
    t.answer(smb2_setup_reply(nego_resp(ntlm(2), 1, OID_NTLM), MORE_PROCESSING, 1))
    t.ask(smb2_setup(nego_resp(ntlm(3), 1, None), 2))
    t.answer(smb2_setup_reply(nego_resp(None, 0, None), 0, 2))


# ---- K5 ----


@field("K5", shows={"dc-unreachable|kdc-unanswered": "error"}, never={"verdict": "nothing wrong"}, outcome="failed",
       says={"dc-unreachable|kdc-unanswered": "{dc2}"})
def next_realm_s_controller_takes_no_connection(s):
    """The referral is given; the other forest's DC is behind a firewall, and the client speaks TCP alone."""
    other = "partner-" + s.domain
    begun(s)
    s.logon()
    spn = f"cifs/files.{other}"
    s.kdc(s.tgs_req(spn), s.tgs_rep("krbtgt/" + other.upper()), tcp=True)
    s.srv("_kerberos._tcp." + other, "dc7." + other, port=88)
    s.address("dc7." + other, s.dc2)
    s.cite("dc-unreachable|kdc-unanswered", s.syn(s.dc2, 88, times=3))


@field("K5", shows={"ldap-bind-failed": "error"}, says={"ldap-bind-failed": "lock"}, outcome="failed",
       never={"verdict": "nothing wrong"})
def locked_out_and_somebody_else_let_in(s):
    """Two people at one application, one connection each, in turn: only the second one is let in."""
    locked = "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 775, v4563"
    begun(s)
    s.cite("ldap-bind-failed", s.ldap().simple(49, locked, f"alice@{s.domain}"))
    s.ldap().simple(name=f"CN=Bob,CN=Users,DC=corp{s.domain[4:-5]},DC=test")
    s.cite("ldap-bind-failed", s.ldap().simple(49, locked, f"ALICE@{s.domain.upper()}"))
    s.ldap().simple(name=f"CN=Bob,CN=Users,DC=corp{s.domain[4:-5]},DC=test")


@field("K5", shows={"password-wrong": "error"}, never={"verdict": "nothing wrong"})
def same_name_in_the_other_realm(s):
    """Somebody has the same name in two realms: that one accepts the password says nothing of the other."""
    ipa = "IPA." + s.realm
    begun(s)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.cite("password-wrong", s.kdc(s.as_req(pre=[timestamp()]), s.error(24)))
    s.wait(3)
    tgt = "krbtgt/" + ipa
    s.kdc(s.as_req(sname=tgt, realm=ipa), s.error(25, tgt, realm=ipa, text="NEEDED_PREAUTH",
          data=padata((19, etype_info2()), (2, b""))), server=s.dc2)
    s.kdc(s.as_req(sname=tgt, realm=ipa, pre=[timestamp()]), s.as_rep(sname=tgt, realm=ipa), server=s.dc2)


@field("K5", shows={"ldap-signing-required": "note"}, recovered=["ldap-signing-required"],
       like=["ldap-bind-failed", "starttls-failed"])
def signing_wanted_and_starttls_taken(s):
    """A simple bind in clear is refused; the client opens a second connection and turns it to TLS."""
    begun(s)
    name = f"svc@{s.domain}"
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name))
    conn = tls_after_starttls(s)
    conn.simple(name=name)
    conn.rootdse()


# ---- K6 ----


@field("K6", shows={"ldap-channel-binding-required": "error"}, like=["ldap-bind-failed", "ldap-signing-required"],
       says={"ldap-channel-binding-required": "channel"},
       never={"verdict": "password|invalidCredentials", "ldap-channel-binding-required": ":636"})
def channel_binding_asked_for_after_starttls(s):
    """StartTLS works, the ticket is good; the library puts nothing of the channel into its token."""
    begun(s)
    s.logon()
    granted(s, s.ldap_spn)
    conn = tls_after_starttls(s)
    token = gss(AP_REQ_ID, ap_req(s.ldap_spn, s.realm))
    s.cite("ldap-channel-binding-required", conn.ask(
        bind_sasl("GSS-SPNEGO", nego_init(token)), bind_response(49, CHANNEL)))


@field("K6", shows={"no-common-etype": "error"}, says={"no-common-etype": "trust"},
       first={"no-common-etype": "trust"},
       never={"verdict": "nothing wrong", "no-common-etype": "the client offers no AES", "weak-etype": "service's account|setspn"})
def trust_has_old_keys_and_the_other_side_takes_none(s):
    """The referral's ticket is of RC4, for the trust never got AES; FreeIPA in FIPS mode refuses it."""
    ipa = "IPA." + s.realm
    tgt = "krbtgt/" + ipa
    spn = f"HTTP/portal.ipa.{s.domain}"
    begun(s)
    s.logon()
    s.kdc(s.tgs_req(spn), s.tgs_rep(tgt, etype=23))
    s.cite("no-common-etype", s.kdc(
        tgs_req(spn, tgt, realm=ipa, tgt_realm=s.realm, nonce=77, tgt_etype=23, etypes=(18, 17)),
        s.error(14, spn, realm=ipa, text="BAD_ENCRYPTION_TYPE"), server=s.dc2))


@field("K6", shows={"kdc-unanswered|dc-unreachable|krb-tcp-blocked": "error"}, first={"kdc-unanswered": "fragment"},
       never={"verdict": "nothing wrong", "kdc-unanswered": "UDP port 88 is filtered"},
       supported={"kdc-unanswered": "fragment"})
def large_request_in_fragments_of_ipv6(s):
    """A card's request needs three datagram fragments, which a router drops; the small one went through."""
    s.over_ipv6()
    s.ping()
    s.kdc(s.as_req(), s.error(25, data=padata((16, b""), (19, etype_info2()))))
    big = s.as_req(pre=[(16, bytes(3000))])
    port = s.next_port()
    for n in range(3):
        # The message is whole, and has its place, where its last fragment is.
        s.cite("kdc-unanswered", [s.c.add(p) for p in pieces(s.client, port, s.dc, 88, big, ident=900 + n)][-1])
        s.wait(2 + n)
    s.wait(5)


@field("K6", like=["client-unknown", "pkinit-failed", "krb-error"])
def armor_asked_for_anonymously_and_not_given(s):
    """A Linux client looks for armor by an anonymous logon; AD knows nobody of that name, and it goes on without."""
    begun(s)
    s.kdc(s.as_req(["WELLKNOWN", "ANONYMOUS"], cname_kind=11, options=USUAL | REQUEST_ANONYMOUS, pre=[(16, b"synthetic")]),
          s.error(6), tcp=True)
    s.logon()
    granted(s, s.ldap_spn)
    s.ldap().gssapi()
