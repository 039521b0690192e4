# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about domain controllers: LDAP pings, sites, accounts, connections."""
from build import *  # noqa: F403
from cases import case, variants

FLAGS = 0x1F3FD  # what a writable controller with every role says
PDC, GC, LDAP_FLAG, KDC, CLOSEST, WRITABLE, NDNC, RODC, FULL = (
    0x1, 0x4, 0x8, 0x20, 0x80, 0x100, 0x400, 0x800, 0x1000
)
WANT_GC, WANT_PDC = 0x80000016, 0x10000016


def workstation(name="PC1"):
    """The elements by which a machine asks for its own account."""
    return [equal("User", name + "$"), equal("AAC", b"\x80\0\0\0")]


# ---- ping-unanswered ----


@case(shows={"ping-unanswered": "error"})
def no_controller_answers(s):
    s.found()
    for server in (s.dc, s.dc2):
        s.cite("ping-unanswered", s.ping(server=server, silent=True))


@case(like=["ping-unanswered"])
def one_controller_of_three_answers(s):
    s.found()
    s.ping(server=s.dc, silent=True)
    s.ping(server=s.dc2, silent=True)
    s.ping(server=s.dc3)


@case(like=["ping-unanswered"])
def pings_after_the_good_one_are_lost(s):
    s.ping(server=s.dc)
    s.ping(server=s.dc2, silent=True)
    s.ping(server=s.dc3, silent=True)


@case(like=["ping-unanswered"])
def repeated_ping(s):
    s.found()
    for _ in range(2):
        s.ping(silent=True)
        s.port -= 1
        s.wait(1)
    s.ping()


@case(like=["ping-unanswered"])
def domain_with_dot_at_its_end(s):
    s.ping(domain=s.domain + ".", silent=True)
    s.ping(server=s.dc2)


@case(like=["ping-unanswered"])
def pings_without_a_domain(s):
    """Whatever domain the server has: only an answer names it."""
    s.found()
    s.ping(domain="", silent=True)
    s.ping(domain="", silent=True, server=s.dc2)
    s.ping(domain="", server=s.dc3)


@case(like=["ping-unanswered"])
def ping_by_guid(s):
    guid = equal("DomainGuid", bytes(range(16)))
    s.ping(domain="", more=[guid], silent=True)
    s.ping(domain="", more=[guid], server=s.dc2)


@case(like=["ping-unanswered"])
def one_form_of_the_ping_is_ignored(s):
    """By GUID nobody answers; by name somebody does."""
    s.ping(domain="", more=[equal("DomainGuid", bytes(range(16)))], silent=True)
    s.ping(domain="", silent=True)
    s.ping()


@case(shows={"ping-unanswered": "note"}, recovered=["ping-unanswered"])
def no_ping_answered_and_bound_all_the_same(s):
    s.found()
    s.cite("ping-unanswered", s.ping(silent=True))
    s.ldap().simple()


@case(like=["ping-unanswered"], alone=True)
def capture_ends_at_once_after_a_ping(s):
    s.found()
    s.ping(silent=True)
    s.wait(3).udp(s.dc, 9999, None, b"synthetic")


@case(like=["ping-unanswered"])
def lone_ping(s):
    s.ping(silent=True)


@case(like=["ping-unanswered", "dc-not-serving"])
def pings_of_partitions(s):
    """Not every controller has every application partition."""
    s.found()
    s.ping()
    s.ping(domain="ForestDnsZones." + s.domain, value=b"")
    s.ping(domain="DomainDnsZones." + s.domain, silent=True)


# ---- dc-not-serving ----


@case(shows={"dc-not-serving": "error"}, words={"dc-not-serving": ["paused"]})
def controllers_paused(s):
    s.found()
    for server in (s.dc, s.dc2):
        s.cite("dc-not-serving", s.ping(server=server, opcode=24))


@case(shows={"dc-not-serving": "error"}, words={"dc-not-serving": ["does not host"]})
def domain_not_hosted(s):
    s.cite("dc-not-serving", s.ping(value=b""))


@case(shows={"dc-not-serving": "error"}, words={"dc-not-serving": ["Kerberos"]})
def controller_without_kdc(s):
    s.cite("dc-not-serving", s.ping(flags=FLAGS & ~KDC))


@case(shows={"dc-not-serving": "error"}, words={"dc-not-serving": ["catalog"]})
def no_catalog_where_one_is_wanted(s):
    s.cite("dc-not-serving", s.ping(flags=FLAGS & ~GC, ntver=WANT_GC))


@case(shows={"dc-not-serving": "error"}, words={"dc-not-serving": ["PDC"]})
def no_pdc_where_one_is_wanted(s):
    s.cite("dc-not-serving", s.ping(flags=FLAGS & ~PDC, ntver=WANT_PDC))


@case(shows={"dc-not-serving": "note"}, recovered=["dc-not-serving"],
      words={"dc-not-serving": ["directory of another kind"]})
def directory_of_another_kind(s):
    """realm or sssd look whether it is an Active Directory; OpenLDAP knows no such attribute."""
    s.srv("_ldap._tcp.{D}", "ldap.{D}")
    s.address("ldap.{D}", s.dc)
    s.cite("dc-not-serving", s.ping(value=b""))
    s.ldap().simple()


@case(like=["dc-not-serving"])
def one_paused_and_one_not(s):
    s.ping(opcode=24)
    s.ping(server=s.dc2, host="dc2." + s.domain)


@case(like=["dc-not-serving"])
def one_catalog_of_two(s):
    s.ping(flags=FLAGS & ~GC, ntver=WANT_GC)
    s.ping(server=s.dc2, ntver=WANT_GC, host="dc2." + s.domain)


@case(like=["dc-not-serving"])
def no_catalog_and_none_wanted(s):
    s.ping(flags=FLAGS & ~GC)


@case(like=["dc-not-serving"])
def not_the_pdc(s):
    s.ping(flags=FLAGS & ~PDC)


@case(like=["dc-not-serving"])
def read_only_controller(s):
    s.ping(flags=(FLAGS & ~WRITABLE & ~FULL) | RODC)


@case(like=["dc-not-serving"])
def no_time_server(s):
    s.ping(flags=FLAGS & ~0x240)


@case(like=["dc-not-serving"])
def host_pinged_as_domain(s):
    s.ping()
    s.ping(domain=s.host, value=b"")


@case(like=["dc-not-serving"])
def answer_for_a_partition(s):
    s.ping(domain="apps." + s.domain, flags=FLAGS & ~KDC & ~LDAP_FLAG | NDNC)


@case(like=["dc-not-serving"])
def old_form_of_the_answer(s):
    s.ping(value=netlogon_plain(19))


@case(like=["dc-not-serving"])
def reply_to_a_ping_cut(s):
    frames = s.ping()
    s.cut[frames[1]] = 90


@case(like=["dc-not-serving"])
def attribute_read_without_a_filter(s):
    """Tools read the attribute among others."""
    s.found()
    request = ldap(1, search("", 0, present("objectClass"), ["netlogon", "currentTime"]))
    s.udp(s.dc, 389, request, ldap(1, entry("", {"currentTime": ["x"]})) + ldap(1, done()))


# ---- account-unknown-to-dc ----


@case(shows={"account-unknown-to-dc": "warn"}, like=["dc-not-serving"])
def own_account_unknown(s):
    s.cite("account-unknown-to-dc", s.ping(opcode=25, user="PC1$", more=workstation()))


@case(shows={"account-unknown-to-dc": "note"}, like=["dc-not-serving"])
def another_account_unknown(s):
    s.cite("account-unknown-to-dc", s.ping(opcode=25, user="alice", more=[equal("User", "alice")]))


@case(shows={"account-unknown-to-dc": "note"}, recovered=["account-unknown-to-dc"])
def account_not_replicated_yet(s):
    s.cite("account-unknown-to-dc", s.ping(opcode=25, user="PC1$", more=workstation()))
    s.ping(server=s.dc2, host="dc2." + s.domain, user="PC1$", more=workstation())


@case(like=["account-unknown-to-dc"])
def own_account_known(s):
    s.ping(user="PC1$", more=workstation())


@case(like=["account-unknown-to-dc"])
def account_asked_of_a_paused_controller(s):
    s.ping(opcode=24, user="PC1$", more=workstation())
    s.ping(server=s.dc2, host="dc2." + s.domain, user="PC1$", more=workstation())


# ---- client-site-undefined ----


def member(s):
    return [equal("DnsHostName", "pc1." + s.domain)]


@case(shows={"client-site-undefined": "warn"}, like=["dc-other-site"])
def subnet_of_no_site(s):
    frames = s.ping(client_site="", next_site="", flags=FLAGS & ~CLOSEST, more=member(s))
    s.cite("client-site-undefined", frames)
    s.ldap().simple()


@case(shows={"client-site-undefined": "warn"})
def subnet_of_no_site_without_host_name(s):
    s.found()
    s.cite("client-site-undefined", s.ping(client_site="", flags=FLAGS & ~CLOSEST))


@case(like=["client-site-undefined"])
def another_forest_knows_no_site(s):
    """Only the client's own forest has its subnets."""
    s.ping(domain="fab." + s.domain + "x", client_site="", flags=FLAGS & ~CLOSEST,
           host="dc1.fab." + s.domain + "x", server=s.dc2, more=member(s),
           **{"value": netlogon_ex(domain="fab." + s.domain + "x", client_site="",
                                   host="dc1.fab." + s.domain + "x", flags=FLAGS & ~CLOSEST)})
    s.logon()


@case(shows={"client-site-undefined": "warn"})
def another_forest_knows_a_site(s):
    """Each forest has sites of its own: the other's is no comfort."""
    s.cite("client-site-undefined",
           s.ping(client_site="", flags=FLAGS & ~CLOSEST, more=member(s)))
    other = "fab." + s.domain + "x"
    s.ping(domain=other, server=s.dc2, more=member(s),
           value=netlogon_ex(domain=other, client_site="FAR", host="dc1." + other))


@case(like=["client-site-undefined"])
def another_controller_knows_the_site(s):
    s.ping(client_site="", flags=FLAGS & ~CLOSEST, more=member(s))
    s.ping(server=s.dc2, host="dc2." + s.domain, more=member(s))


@case(like=["client-site-undefined"])
def site_not_said(s):
    """The old form of the answer has none."""
    s.ping(value=netlogon_plain(19), more=member(s))


@case(like=["client-site-undefined"])
def site_next_to_ours_empty(s):
    s.ping(next_site="", ntver=0x16, more=member(s))


# ---- dc-other-site ----


@case(shows={"dc-other-site": "note"})
def controller_far_away(s):
    s.cite("dc-other-site", s.ping(dc_site="FAR", flags=FLAGS & ~CLOSEST))
    s.ldap().simple()


@case(like=["dc-other-site"])
def far_controller_not_used(s):
    s.ping(dc_site="FAR", flags=FLAGS & ~CLOSEST)
    s.ping(server=s.dc2, host="dc2." + s.domain)
    s.ldap(s.dc2).simple()


@case(like=["dc-other-site"])
def site_covered_by_another(s):
    """The controller's site is another, and it says that it is the closest."""
    s.ping(dc_site="HUB", flags=FLAGS)
    s.ldap().simple()


@case(like=["dc-other-site"])
def site_spelled_otherwise(s):
    s.ping(dc_site="hq", client_site="HQ", flags=FLAGS & ~CLOSEST)
    s.ldap().simple()


# ---- ldap-unanswered ----


@case(shows={"ldap-unanswered": "error"})
def bind_not_answered(s):
    s.found()
    s.cite("ldap-unanswered", s.ldap().ask(bind("cn=alice", "synthetic")))


@case(shows={"ldap-unanswered": "error"})
def search_not_answered(s):
    conn = s.ldap()
    conn.simple()
    s.cite("ldap-unanswered", conn.scp(answered=False))


@case(shows={"ldap-unanswered": "note"}, recovered=["ldap-unanswered"])
def search_answered_by_another_controller(s):
    conn = s.ldap()
    conn.simple()
    s.cite("ldap-unanswered", conn.scp(answered=False))
    s.wait(3)
    other = s.ldap(s.dc2)
    other.simple()
    other.rootdse()


@case(like=["ldap-unanswered"])
def reply_lost_by_the_capture(s):
    """The server answers what came later on the same connection."""
    conn = s.ldap()
    conn.simple()
    conn.ask(search("", 0, None, ["currentTime"]))
    conn.rootdse()


@case(like=["ldap-unanswered"])
def search_withdrawn(s):
    conn = s.ldap()
    conn.simple()
    conn.scp(answered=False)
    conn.t.ask(ldap(9, abandon(conn.id)))


@case(shows={"slow": "warn"}, like=["ldap-unanswered"])
def slow_answer(s):
    conn = s.ldap()
    conn.simple()
    s.cite("slow", conn.ask(search("", 0, None, ["currentTime"])))
    s.wait(20)
    s.cite("slow", conn.t.answer(ldap(conn.id, entry("", {})) + ldap(conn.id, done())))


@case(like=["ldap-unanswered"], alone=True)
def capture_ends_at_once_after_a_search(s):
    conn = s.ldap()
    conn.simple()
    conn.ask(search("", 0, None, ["currentTime"]))
    s.wait(2).udp(s.dc, 9999, None, b"synthetic")


@case(like=["ldap-unanswered"])
def goodbye(s):
    conn = s.ldap()
    conn.simple()
    conn.t.ask(ldap(9, unbind()))
    conn.t.close()


@case(shows={"slow": "warn"}, like=["ldap-unanswered", "kdc-unanswered"], words={"slow": ["port 389", "port 88"]})
def two_ports_of_one_controller_are_slow(s):
    """Each is told by itself."""
    conn = s.ldap()
    conn.simple()
    s.cite("slow", conn.ask(search("", 0, None, ["currentTime"])))
    s.wait(8)
    s.cite("slow", conn.t.answer(ldap(conn.id, entry("", {})) + ldap(conn.id, done())))
    port, asked = s.next_port(), s.as_req()
    s.cite("slow", s.c.udp(s.client, port, s.dc, 88, asked))
    s.wait(6)
    s.cite("slow", s.c.udp(s.dc, 88, s.client, port, s.error(25)))
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
