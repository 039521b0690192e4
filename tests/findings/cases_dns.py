# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about locator names."""
from build import *  # noqa: F403
from cases import case, variants
from field import field

DC = "_ldap._tcp.dc._msdcs.{D}"
SITE = "_ldap._tcp.HQ._sites.dc._msdcs.{D}"
PLAIN = "_ldap._tcp.{D}"
NXDOMAIN = 3


# ---- srv-not-found ----


@case(shows={"srv-not-found": "error"}, words={"srv-not-found": ["no locator records"]})
def no_such_domain(s):
    s.cite("srv-not-found", s.srv(SITE, rcode=NXDOMAIN))
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))


@field("K4", shows={"srv-not-found": "error"}, causes={"srv-not-found": ["public"]}, alone=True)
def public_resolver(s):
    """It may be one on the Internet. Universities have such addresses, too: it proves nothing."""
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN, server="9.9.9.9"))


@case(shows={"srv-not-found": "error"})
def no_such_record(s):
    """The name is there, and has no SRV record."""
    s.cite("srv-not-found", s.srv(DC))


@case(shows={"srv-not-found": "error"})
def no_such_realm(s):
    s.cite("srv-not-found", s.srv("_kerberos._udp.{D}", rcode=NXDOMAIN))
    s.cite("srv-not-found", s.srv("_kerberos._tcp.{D}", rcode=NXDOMAIN))


@case(shows={"srv-not-found": "note"}, recovered=["srv-not-found"])
def known_controller_after_a_miss(s):
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
    s.ping()


@case(shows={"srv-site-not-found": "note"}, like=["srv-not-found", "srv-msdcs-missing"])
def no_such_site(s):
    s.cite("srv-site-not-found", s.srv(SITE, rcode=NXDOMAIN))
    s.found()


@case(like=["srv-not-found"])
def host_asked_for_as_domain(s):
    s.found()
    s.ping()
    s.srv("_ldap._tcp.dc._msdcs.dc1.{D}", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.dc1.{D}", rcode=NXDOMAIN)


@case(like=["srv-not-found"])
def host_asked_for_before_it_is_known(s):
    """Only later does the capture show that it is a host."""
    s.srv("_ldap._tcp.dc._msdcs.dc1.{D}", rcode=NXDOMAIN)
    s.found()
    s.ping()


@case(like=["srv-not-found"])
def suffix_appended(s):
    s.srv("_ldap._tcp.dc._msdcs.{D}.{D}", rcode=NXDOMAIN)
    s.found()


@case(like=["srv-not-found"])
def suffix_appended_and_nothing_else(s):
    s.srv("_ldap._tcp.dc._msdcs.{D}.{D}", rcode=NXDOMAIN)
    s.ping()


@case(like=["srv-not-found"])
def suffix_of_another_domain_appended(s):
    """The search list has more suffixes than the domain's own."""
    s.srv("_ldap._tcp.dc._msdcs.{D}.branch.example", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}.branch.example", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc1.{D}")
    s.found()
    s.ping()


@case(shows={"srv-not-found": "error"})
def suffix_appended_to_what_is_not_there_either(s):
    """One domain is missing, not two."""
    s.cite("srv-not-found", s.srv(DC, rcode=NXDOMAIN))
    s.srv(DC + ".home.example", rcode=NXDOMAIN)


@case(like=["srv-not-found", "srv-unanswered"])
def asked_of_the_neighbours(s):
    """mDNS and LLMNR: a question to everybody, which nobody has to answer."""
    s.found()
    s.ping()
    name = DC.format(D="other.test")
    for _ in range(3):
        s.c.udp(s.client, 5353, "224.0.0.251", 5353, dns(0, name))
        s.c.udp(s.client, s.next_port(), "224.0.0.252", 5355, dns(7, name))
        s.wait(1)


@case(like=["srv-not-found"])
def catalog_of_a_child_domain(s):
    """_gc._tcp exists in the forest's root alone."""
    s.found()
    s.srv("_gc._tcp.{D}", rcode=NXDOMAIN)
    s.srv("_gc._tcp.HQ._sites.{D}", rcode=NXDOMAIN)


@case(like=["srv-not-found"])
def catalog_of_another_domain_alone(s):
    s.srv("_gc._tcp.{D}", rcode=NXDOMAIN)
    s.ping()


@case(like=["srv-not-found", "srv-unanswered", "srv-resolver-failed"])
def mail_domain_without_record(s):
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)
    s.srv("_autodiscover._tcp.mail.{D}", rcode=2)
    s.srv("_autodiscover._tcp.x.{D}", silent=True)


@case(like=["srv-not-found", "srv-unanswered", "srv-resolver-failed"])
def primary_kdc_as_mit_asks(s):
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.logon()
    s.srv("_kerberos-master._udp.{D}", rcode=NXDOMAIN)
    s.srv("_kerberos-master._tcp.{D}", rcode=5)
    s.srv("_kerberos-master._tcp.{D}", silent=True)


@case(shows={"flat-domain-name": "note"}, like=["srv-not-found"])
def short_name_of_a_domain_with_the_suffix(s):
    """The controller's reply says that CONTOSO is the domain's NetBIOS name."""
    s.found()
    s.ping()
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.CONTOSO.{D}", rcode=NXDOMAIN))


@case(shows={"srv-not-found": "note"})
def child_domain_that_is_not_there(s):
    """Every NetBIOS name looks so when the resolver adds its suffix: a note, not more."""
    s.found()
    s.ping()
    s.cite("srv-not-found", s.srv("_ldap._tcp.dc._msdcs.branch.{D}", rcode=NXDOMAIN))


@case(shows={"flat-domain-name": "note"}, like=["srv-not-found"])
def short_name_of_a_domain(s):
    """A NetBIOS name goes to the DNS as well, and is no domain there. The client finds one by another."""
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.CORP", rcode=NXDOMAIN))
    s.found()


@case(like=["srv-not-found"])
def second_resolver_knows(s):
    s.srv(DC, rcode=NXDOMAIN, server="192.168.1.1")
    s.found(server=s.dns2)


@case(like=["srv-not-found"])
def other_spelling_is_answered(s):
    s.srv("_kerberos._udp.{D}", rcode=NXDOMAIN)
    s.srv("_kerberos._tcp." + s.realm, "dc1.{D}", port=88)


@case(like=["srv-not-found", "srv-resolver-failed"])
def too_long_for_udp(s):
    s.srv(DC, cut=True)
    s.srv(DC, "dc1.{D}", tcp=True)


@case(like=["srv-not-found", "srv-msdcs-missing"])
def plain_ldap_domain(s):
    """A directory that is no Active Directory, asked for as if it were."""
    s.srv(DC, rcode=NXDOMAIN)
    s.srv(PLAIN, "ldap1.{D}")


@case(like=["srv-not-found"])
def partition_without_record(s):
    s.found()
    s.srv("_ldap._tcp.ForestDnsZones.{D}", rcode=NXDOMAIN)
    s.srv("_ldap._tcp.HQ._sites.DomainDnsZones.{D}", rcode=NXDOMAIN)


@case(like=["srv-not-found"])
def guid_of_a_removed_domain(s):
    s.srv("_ldap._tcp.12345678-1234-1234-1234-123456789abc.domains._msdcs.{D}", rcode=NXDOMAIN)
    s.found()


@case(shows={"srv-not-offered": "note"}, recovered=["srv-not-offered"], like=["srv-not-found"])
def service_not_offered(s):
    """The record's target is the root; another name of the domain is served."""
    s.cite("srv-not-offered", s.udp(s.dns, 53, dns(77, DC.format(D=s.domain)),
           dns_reply(77, DC.format(D=s.domain), [srv_rr(QUESTION, b"\0", 0)])))
    s.srv(PLAIN, "dc1.{D}")


@case(like=["srv-not-found"])
def answer_not_captured_whole(s):
    frames = s.srv(DC, "dc1.{D}")
    s.cut[frames[1]] = 54


@case(shows={"srv-not-found": "note"}, like=["srv-unanswered"])
def guessed_realm(s):
    """A Kerberos client that has a realm makes others of the names of web servers."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.logon()
    s.cite("srv-not-found", s.srv("_kerberos._udp.cloud." + s.domain, rcode=NXDOMAIN))
    s.cite("srv-not-found", s.srv("_kerberos._tcp.cloud." + s.domain, rcode=NXDOMAIN))


@case(shows={"srv-resolver-failed": "note"})
def guessed_realm_and_a_resolver_that_fails(s):
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.logon()
    s.cite("srv-resolver-failed", s.srv("_kerberos._udp.cloud." + s.domain, rcode=2))


@case(shows={"srv-resolver-failed": "error"})
def another_domain_and_a_resolver_that_fails(s):
    """More than a guess: its controllers were asked for, too."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.logon()
    s.cite("srv-resolver-failed", s.srv("_kerberos._udp.cloud." + s.domain, rcode=2))
    s.cite("srv-resolver-failed", s.srv("_ldap._tcp.dc._msdcs.cloud." + s.domain, rcode=2))


# ---- srv-site-not-found ----


@case(shows={"srv-site-not-found": "note"}, like=["srv-not-found"])
def no_such_site_asked_after_the_domain(s):
    s.found()
    s.ping()
    s.cite("srv-site-not-found", s.srv(SITE, rcode=NXDOMAIN))


@case(like=["srv-site-not-found", "srv-not-found"])
def site_without_catalog(s):
    """Whether there is a catalog at all, nobody asked."""
    s.found()
    s.ping()
    s.srv("_ldap._tcp.HQ._sites.gc._msdcs.{D}", rcode=NXDOMAIN)


@case(like=["srv-site-not-found", "srv-not-found"])
def site_known_to_the_second_resolver(s):
    s.srv(SITE, rcode=NXDOMAIN)
    s.srv(SITE, "dc1.{D}", server=s.dns2)
    s.found()


@case(like=["srv-site-not-found"])
def site_lookup_lost(s):
    """No answer is not "no such name"."""
    s.srv(SITE, silent=True)
    s.srv(SITE, "dc1.{D}")
    s.found()


# ---- srv-msdcs-missing ----


@case(shows={"srv-msdcs-missing": "error"}, like=["srv-not-found"])
def zone_of_controllers_missing(s):
    s.cite("srv-msdcs-missing", s.srv(DC, rcode=NXDOMAIN))
    s.srv(PLAIN, "dc1.{D}")
    s.ping()
    s.cite("srv-msdcs-missing", s.srv(SITE, rcode=NXDOMAIN))  # no question of sites


@case(shows={"srv-msdcs-missing": "error"}, like=["srv-not-found", "srv-resolver-failed"])
def delegation_broken(s):
    """The server that the zone is delegated to is gone: SERVFAIL, while the domain's zone works."""
    s.cite("srv-msdcs-missing", s.srv(DC, rcode=2))
    s.srv(PLAIN, "dc1.{D}")
    s.ping()


@case(shows={"srv-msdcs-missing": "error"}, like=["srv-not-found"])
def zone_missing_says_a_status(s):
    """An NTSTATUS of the KDC proves the Active Directory."""
    s.cite("srv-msdcs-missing", s.srv(DC, rcode=NXDOMAIN))
    s.srv(PLAIN, "dc1.{D}")
    s.kdc(s.as_req(), s.error(25, data=error_data(0xC0000072)))
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())


@case(like=["srv-msdcs-missing", "srv-site-not-found"])
def controllers_of_no_site(s):
    """The site may lack them, or the zone: nobody asked without the site."""
    s.srv(PLAIN, "dc1.{D}")
    s.ping()
    s.srv(SITE, rcode=NXDOMAIN)


@case(like=["srv-msdcs-missing", "srv-not-found"])
def catalog_names_of_a_child(s):
    """gc._msdcs and domains._msdcs are in the forest's zone."""
    s.srv("_ldap._tcp.gc._msdcs.{D}", rcode=NXDOMAIN)
    s.srv(PLAIN, "dc1.{D}")
    s.ping()


@case(like=["srv-msdcs-missing", "srv-not-found"])
def controllers_known_to_the_second_resolver(s):
    s.srv(DC, rcode=NXDOMAIN)
    s.srv(PLAIN, "dc1.{D}")
    s.found(server=s.dns2)
    s.ping()


# ---- srv-unanswered ----


@case(shows={"srv-unanswered": "error"})
def resolver_silent(s):
    frames = s.srv(DC, silent=True)
    s.cite("srv-unanswered", frames)
    for _ in range(2):
        s.wait(2).ident -= 1
        s.port -= 1
        s.cite("srv-unanswered", s.srv(DC, silent=True))
    s.logon()  # by other ways


@case(shows={"srv-unanswered": "error"})
def resolver_silent_after_it_had_answered(s):
    s.found()
    s.wait(120)
    s.cite("srv-unanswered", s.srv(DC, silent=True))


@case(like=["srv-unanswered"])
def resolvers_asked_at_once(s):
    """The first question is answered, after the second went out in vain."""
    port = s.next_port()
    name = DC.format(D=s.domain)
    s.c.udp(s.client, port, s.dns, 53, dns(77, name))
    s.srv(DC, silent=True, server=s.dns2)
    s.c.udp(s.dns, 53, s.client, port, dns_reply(77, name, [srv_rr(QUESTION, s.host)]))


@case(shows={"srv-unanswered": "note"}, recovered=["srv-unanswered"])
def resolver_silent_about_one_name(s):
    s.cite("srv-unanswered", s.srv(SITE, silent=True))
    s.found()


@case(like=["srv-unanswered"])
def one_of_two_resolvers_silent(s):
    s.srv(DC, silent=True)
    s.wait(1)
    s.found(server=s.dns2)


@case(shows={"slow": "note"}, like=["srv-unanswered"])
def repeated_and_answered(s):
    s.cite("slow", s.srv(DC, silent=True))
    s.wait(3)
    s.found()


@case(like=["srv-unanswered", "srv-not-found"])
def second_resolver_denies_another_name(s):
    s.srv(SITE, silent=True)
    s.srv(SITE, "dc1.{D}", tcp=True)
    s.found()


@case(like=["srv-unanswered"], alone=True)
def capture_ends_at_once_after_a_lookup(s):
    s.logon()
    s.srv(DC, silent=True)
    s.udp(s.dc, 9999, None, b"synthetic")


@case(like=["srv-unanswered"])
def lone_lookup(s):
    """Without any other step there is no path to judge."""
    s.srv(DC, silent=True)


@case(like=["srv-unanswered"])
def nothing_heard_of_the_client(s):
    """Frames to the client are not in the capture at all."""
    s.tail = False
    s.srv(DC, silent=True)
    s.srv(PLAIN, silent=True)


# ---- srv-resolver-failed ----


@variants(2, 5, 4)(lambda make: case(shows={"srv-resolver-failed": "error"}, like=["srv-not-found"])(make))
def resolver_fails(s, rcode):
    s.cite("srv-resolver-failed", s.srv(DC, rcode=rcode))
    s.cite("srv-resolver-failed", s.srv(PLAIN, rcode=rcode))


@case(shows={"srv-resolver-failed": "note"}, recovered=["srv-resolver-failed"])
def resolver_fails_once(s):
    s.cite("srv-resolver-failed", s.srv(SITE, rcode=2))
    s.found()


@case(like=["srv-resolver-failed", "srv-not-found"])
def second_resolver_works(s):
    s.srv(DC, rcode=2)
    s.found(server=s.dns2)


@case(like=["srv-resolver-failed"])
def resolver_knows_no_such_name_in_the_end(s):
    s.srv("_kerberos-adm._tcp.{D}", rcode=2)
    s.found()


# ---- flat-domain-name ----


@case(shows={"flat-domain-name": "warn"}, like=["srv-not-found"],
      words={"flat-domain-name": ["TAILSPIN"]})
def netbios_name_in_the_place_of_a_domain(s):
    """Typed as it stands in old instructions; the resolver adds its suffix, and no domain is found."""
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.TAILSPIN", rcode=NXDOMAIN))
    s.cite("flat-domain-name", s.srv("_ldap._tcp.dc._msdcs.TAILSPIN.office.example", rcode=NXDOMAIN))


# ---- srv-not-offered ----


def not_offered(s, name):
    """The only record has the root as its target (RFC 2782)."""
    s.ident += 1
    name = name.format(D=s.domain)
    record = srv_rr(QUESTION, b"\0", port=0, weight=0)
    return s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [record]))


@case(shows={"srv-not-offered": "error"}, like=["srv-not-found", "srv-target-unresolvable"])
def zone_that_offers_no_directory(s):
    s.cite("srv-not-offered", not_offered(s, DC))


@case(shows={"srv-not-offered": "warn"}, like=["srv-not-found", "srv-target-unresolvable"])
def not_offered_where_a_directory_was_found(s):
    """The client has found a controller; for the name that it asks afterwards, there is none."""
    s.found()
    s.ping()
    s.cite("srv-not-offered", not_offered(s, PLAIN))


@case(like=["srv-not-offered"])
def optional_services_not_offered(s):
    """No primary KDC, no autodiscover by SRV: answers like any other."""
    s.found()
    s.ping()
    not_offered(s, "_kerberos-master._tcp.{D}")
    not_offered(s, "_autodiscover._tcp.{D}")


# ---- dns-tcp-blocked ----


@variants("silent", "refused", "prohibited")(
    lambda make: case(shows={"dns-tcp-blocked": "error"}, like=["srv-not-found", "srv-unanswered"])(make))
def answer_cut_and_tcp_closed(s, how):
    s.cite("dns-tcp-blocked", s.srv(DC, cut=True))
    s.cite("dns-tcp-blocked", s.syn(s.dns, 53, how, times=3 if how == "silent" else 1))


@case(like=["dns-tcp-blocked", "srv-not-found"])
def answer_cut_and_whole_over_tcp(s):
    s.srv(DC, cut=True)
    s.srv(DC, "dc1.{D}", tcp=True)
    s.ping()


@case(like=["dns-tcp-blocked", "srv-not-found"])
def answer_cut_and_whole_from_another_server(s):
    s.srv(DC, cut=True)
    s.syn(s.dns, 53, "refused")
    s.found(server=s.dns2)
    s.ping()


@case(shows={"srv-resolver-failed": "error"})
def resolver_fails_after_it_had_answered(s):
    """What it knew a minute ago helps nobody now."""
    s.found()
    s.wait(60)
    s.cite("srv-resolver-failed", s.srv("_ldap._tcp.dc._msdcs.{D}", rcode=2))


@case(like=["srv-resolver-failed"])
def one_resolver_fails_and_the_other_answers(s):
    s.srv("_ldap._tcp.dc._msdcs.{D}", rcode=2)
    s.found(server=s.dns2)
