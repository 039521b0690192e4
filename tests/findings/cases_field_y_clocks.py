# SPDX-License-Identifier: GPL-2.0-or-later
"""One clock, several controllers: who agrees with whom tells whose clock it is, and it is told once."""
from cases_field_q_blind import CALM, DC_SRV
from field import field
from net import *  # noqa: F403

HOUR = 3600 * 1_000_000_000
MINUTE = HOUR // 60
THREE = ("dc1.{D}", "dc2.{D}", "dc3.{D}")


def skewed(s, dc, ahead, name="alice", tcp=False):
    return s.kdc(s.as_req(name, pre=[timestamp()]), s.error(37, stime=s.c.time + ahead), server=dc, tcp=tcp)


@field("K12", shows={"clock-skew": "error"}, outcome="failed", verdict=r"2 other|3 (KDCs|controllers|servers)", never={"verdict": CALM + r"|and \d+ more"},
       supported={"clock-skew": "client's clock"}, says={"clock-skew": ["2 hours", "agree"]})
def client_is_hours_behind_three_controllers(s):
    """A laptop from the drawer: it tries one controller behind the other, and they all say the same."""
    s.srv(DC_SRV, *THREE)
    for dc in (s.dc, s.dc2, s.dc3):
        s.cite("clock-skew", skewed(s, dc, 2 * HOUR))


@field("K12", shows={"clock-skew": "error"}, outcome="failed", never={"verdict": CALM + r"|and \d+ more"}, supported={"clock-skew": "client's clock"})
def client_is_behind_two_controllers_whose_clocks_differ_by_seconds(s):
    s.srv(DC_SRV, *THREE[:2])
    s.cite("clock-skew", skewed(s, s.dc, 10 * MINUTE + 2_000_000_000))
    s.cite("clock-skew", skewed(s, s.dc2, 10 * MINUTE - 3_000_000_000))


@field("K12", shows={"clock-skew": "error"}, outcome="failed", never={"verdict": CALM, "clock-skew": "agree with each"})
def two_controllers_are_wrong_in_two_ways(s):
    """They do not agree with each other: two clocks, two findings."""
    s.srv(DC_SRV, *THREE[:2])
    s.cite("clock-skew", skewed(s, s.dc, 2 * HOUR), skewed(s, s.dc2, -3 * HOUR))


@field("K12", shows={"clock-skew": "error"}, outcome="failed", never={"verdict": CALM + r"|and \d+ more"}, first={"clock-skew": "client's clock is off"})
def two_controllers_have_the_right_time_and_the_client_has_not(s):
    s.srv(DC_SRV, *THREE[:2])
    for dc in (s.dc, s.dc2):
        s.cite("clock-skew", skewed(s, dc, 0))


@field("K5", shows={"clock-skew": "note"}, outcome="ok", recovered=["clock-skew"], never={"verdict": "failed -"})
def client_sets_its_clock_behind_two_refusals(s):
    """The time service corrects it: the third try is good."""
    s.srv(DC_SRV, *THREE[:2])
    for dc in (s.dc, s.dc2):
        s.cite("clock-skew", skewed(s, dc, 0))
    s.wait(20)
    s.address(s.host, s.dc)
    s.ping()
    s.logon()


@field("K5", shows={"clock-skew": "note|warn"}, outcome="ok", recovered=["clock-skew"], never={"verdict": "failed -", "clock-skew": "other (KDC|controller|server)"},
       supported={"clock-skew": "server's clock"})
def one_controller_of_three_is_off_and_the_others_serve(s):
    s.srv(DC_SRV, *THREE)
    s.cite("clock-skew", skewed(s, s.dc, 2 * HOUR))
    for dc in (s.dc2, s.dc3):
        s.kdc(s.as_req("alice"), s.error(25, stime=s.c.time), server=dc)
        s.kdc(s.as_req("alice", pre=[timestamp()]), s.as_rep("alice"), server=dc)
