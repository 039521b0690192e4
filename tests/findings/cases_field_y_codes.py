# SPDX-License-Identifier: GPL-2.0-or-later
"""What the code of a DNS server's answer says, and what it rules out."""
from cases_field_q_blind import CALM, DC_SRV
from field import field
from net import *  # noqa: F403

FORMERR, SERVFAIL, NOTIMP, REFUSED = 1, 2, 4, 5
FORWARDS = "could not reach the one it forwards to|delegation leads"


@field("K6", shows={"srv-resolver-failed": "error"}, outcome="failed", first={"srv-resolver-failed": "recursion"},
       never={"verdict": CALM, "srv-resolver-failed": FORWARDS})
def server_holds_another_zone_and_looks_nothing_up(s):
    """The client's DNS server is one that serves a zone to the Internet: it knows its own, and refuses all else."""
    for _ in range(2):
        s.cite("srv-resolver-failed", s.srv(DC_SRV, rcode=REFUSED))
        s.wait(5)


@field("K6", shows={"srv-resolver-failed": "error"}, outcome="failed", first={"srv-resolver-failed": "understand the question"},
       never={"verdict": CALM, "srv-resolver-failed": FORWARDS + "|by its policy"})
def router_does_not_know_what_a_record_of_services_is(s):
    """A small router's DNS: addresses yes, SRV no (NOTIMP)."""
    s.address("www.{D}", "203.0.113.80")
    for _ in range(2):
        s.cite("srv-resolver-failed", s.srv(DC_SRV, rcode=NOTIMP))
        s.wait(5)


@field("K6", shows={"srv-resolver-failed": "error"}, outcome="failed", causes={"srv-resolver-failed": ["forwards to", "recursion"]}, never={"verdict": CALM})
def one_server_fails_and_the_other_refuses(s):
    """Two servers, two codes: what speaks for either stays."""
    s.cite("srv-resolver-failed", s.srv(DC_SRV, rcode=SERVFAIL))
    s.cite("srv-resolver-failed", s.srv(DC_SRV, rcode=REFUSED, server=s.dns2))


@field("K5", outcome="ok", like=["srv-resolver-failed"], recovered=["srv-resolver-failed?"], never={"verdict": "failed -"})
def first_server_refuses_and_the_second_knows(s):
    """A VPN's resolver stands first in the list, and refuses what is not its own."""
    s.srv(DC_SRV, rcode=REFUSED)
    s.srv(DC_SRV, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()
