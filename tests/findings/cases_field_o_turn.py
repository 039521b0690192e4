# SPDX-License-Identifier: GPL-2.0-or-later
"""After the examiner's round: the mended kinds in other shapes, and their other sides, where the old word stays right."""
from cases import variants
from cases_field_o_krb import begun, granted, refused
from field import field
from net import *  # noqa: F403

SPN = "spn-not-found-or-duplicate"


@variants("ldap/dc9", "http/web9", "cifs/srv9.{D}")(lambda make: field(
    "K6", shows={SPN: "warn|error"}, first={SPN: "more than one"},
    never={SPN: "no account has|no domain controller|never registered|only the full name", "verdict": "not found|nothing wrong"})(make))
def kdc_itself_says_not_unique(s, spn):
    """Whatever the class and the form of the name: code 8 is about several accounts."""
    begun(s)
    s.logon()
    s.cite(SPN, refused(s, 8, spn.replace("{D}", s.domain)))


@field("K6", shows={"weak-etype": "note"}, outcome="ok", says={"weak-etype": ["OTHER-", "service's account"]},
       never={"any": r"the ticket for cifs/f\.other"})
def old_trust_and_old_service_side_by_side(s):
    """A referral of RC4 is the trust's matter, a ticket of RC4 is its service's: two notes, not one of two services."""
    other = "other-" + s.domain
    begun(s)
    s.logon()
    s.cite("weak-etype", s.kdc(s.tgs_req(f"cifs/f.{other}"), s.tgs_rep("krbtgt/" + other.upper(), etype=23)))
    s.srv("_kerberos._tcp.dc._msdcs." + other, "dc3." + other, port=88)
    s.address("dc3." + other, s.dc2)
    s.kdc(tgs_req(f"cifs/f.{other}", "krbtgt/" + other.upper(), realm=other.upper(), tgt_realm=s.realm, tgt_etype=23, nonce=78),
          s.tgs_rep(f"cifs/f.{other}", realm=other.upper(), crealm=s.realm), server=s.dc2)
    s.cite("weak-etype", granted(s, f"cifs/nas.{s.domain}", etype=23))


@field("K6", shows={"no-common-etype": "error"}, never={"no-common-etype": "trust's account", "verdict": "nothing wrong"})
def trust_has_aes_and_the_service_has_not(s):
    """The referral is sealed with AES, so the trust has it; what the other realm refuses is its own service."""
    ipa = "IPA." + s.realm
    spn = f"HTTP/old.ipa.{s.domain}"
    begun(s)
    s.logon()
    s.kdc(s.tgs_req(spn), s.tgs_rep("krbtgt/" + ipa))
    s.cite("no-common-etype", s.kdc(
        tgs_req(spn, "krbtgt/" + ipa, realm=ipa, tgt_realm=s.realm, nonce=79, etypes=(18, 17)),
        s.error(14, spn, realm=ipa), server=s.dc2))


@field("K12", shows={"account-unknown-to-dc": "warn"}, may=["client-unknown"], says={"account-unknown-to-dc": "deleted"},
       never={"account-unknown-to-dc": "healthy", "verdict": "nothing wrong"})
def own_domain_does_not_know_the_machine(s):
    """The machine's own domain says "unknown"; that another domain was asked first changes nothing."""
    other = "ally-" + s.domain
    s.ping(domain=other, server=s.dc2, value=netlogon_ex(domain=other, host="dc4." + other))
    value = netlogon_ex(opcode=25, domain=s.domain, host=s.host, user="PC1$")
    s.cite("account-unknown-to-dc", s.ping(value=value, more=[equal("User", "PC1$"), equal("AAC", b"\x80\0\0\0")]))
    s.kdc(s.as_req("PC1$"), s.error(6))


@field("K12", shows={"client-unknown": "error"}, never={"client-unknown": "joined a moment ago", "verdict": "nothing wrong"})
def machine_unknown_where_its_password_was_refused(s):
    """The password service is the unknowing controller's own: no other one has heard of the machine."""
    begun(s)
    s.logon("admin")
    s.udp(s.dc2, 464, kpasswd_req(), kpasswd_rep())
    s.cite("client-unknown", s.kdc(s.as_req("LNX2$"), s.error(6), server=s.dc2))


@field("K3", outcome="incomplete", like=["kdc-unanswered"], never={"verdict": "nothing wrong"})
def first_fragment_and_no_ticket_used(s):
    """The answer's first part alone is in the capture, and nothing shows that the client has the rest."""
    begun(s)
    port = s.next_port()
    s.c.udp(s.client, port, s.dc, 88, s.as_req(pre=[timestamp()]))
    s.c.fragments(s.dc, 88, s.client, port, s.as_rep(cipher=bytes(2000)), 2)
