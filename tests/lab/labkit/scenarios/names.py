# SPDX-License-Identifier: GPL-2.0-or-later
"""DNS and what stands between: names that are wrong or missing, servers that cannot be reached."""

from .. import plan
from .core import EX1, begin
from .scenario import LAST_CANDIDATE, LOCATED, LOGON, SEALED, found, kerberos, ping, scenario, scp, srv, step, web

ALL_DCS = "_ldap._tcp.dc._msdcs.nordwind.test"
FALLBACK = web("https://autodiscover.post.nordwind.test/autodiscover/autodiscover.xml", auth="kerberos")


def rank_down(play, *more):
    """The two DCs get a lower rank, so that what is added comes first."""
    play.names(
        add=[*(f"{ALL_DCS} 300 SRV 10 100 389 dc{n}.nordwind.test." for n in (1, 2)), *more],
        remove=[f"{ALL_DCS} SRV 0 100 389 dc{n}.nordwind.test." for n in (1, 2)],
    )


def add_stale(play):
    rank_down(play, f"{ALL_DCS} 300 SRV 0 100 389 dc9.nordwind.test.")


@scenario(
    "stale-srv",
    "The SRV record of first rank names a DC that is no more, and has no address",
    before=add_stale,
    steps=[srv(), step("address", "failed", name="dc9.nordwind.test", type="A"), *LOGON, scp(2), web(EX1)],
    findings=[found("srv-target-unresolvable", "warn")],
)
def stale_srv(play):
    begin(play)
    play.discover()


def rank_first(play):
    """The dead one is asked first, whatever the dice say."""
    play.names(
        add=[f"{ALL_DCS} 300 SRV 10 100 389 dc2.nordwind.test."],
        remove=[f"{ALL_DCS} SRV 0 100 389 dc2.nordwind.test."],
        dc=play.forests.dc2,
    )


def dead_dc1(play):
    rank_first(play)
    play.filter("dc1", "meta l4proto { tcp, udp } drop")
    play.resolvers("10.31.2.1")


@scenario(
    "dead-dc",
    "One DC is silent, the other serves all: recovered, no fault",
    before=dead_dc1,
    steps=[
        ping("unanswered", server="10.31.1.1"),
        ping(host="dc2.nordwind.test", closest=False),
        *LOGON,
        kerberos("tgs", spn="ldap/dc2.nordwind.test"),
        step("bind", mechanism="GSS-SPNEGO", server="10.31.2.1"),
        web(EX1),
    ],
    findings=[found("slow", "note", cost=(6, 9))],
    keys=True,
    told=SEALED,
    silence=6,
)
def dead_dc(play):
    play.kinit()
    play.discover("--timeout", "4", bind="gss-spnego")


MSDCS = [
    ALL_DCS,
    "_ldap._tcp.Lund._sites.dc._msdcs.nordwind.test",
    "_ldap._tcp.Visby._sites.dc._msdcs.nordwind.test",
]


def drop_msdcs(play):
    play.names(
        remove=[
            *(f"{ALL_DCS} SRV 0 100 389 dc{n}.nordwind.test." for n in (1, 2)),
            f"{MSDCS[1]} SRV 0 100 389 dc1.nordwind.test.",
            f"{MSDCS[2]} SRV 0 100 389 dc2.nordwind.test.",
        ]
    )


@scenario(
    "no-msdcs",
    "The names below _msdcs are missing, those of the domain are there",
    before=drop_msdcs,
    steps=[
        srv(ALL_DCS, "failed"),
        srv("_ldap._tcp.nordwind.test"),
        ping(host=["dc1.nordwind.test", "dc2.nordwind.test"]),
        FALLBACK,
    ],
    findings=[found("srv-msdcs-missing", "error")],
)
def no_msdcs(play):
    play.adcli()
    play.dig(ALL_DCS)
    play.kinit()
    play.discover()


def ask_the_wrong_one(play):
    play.resolvers(plan.WRONG_RESOLVER)


@scenario(
    "wrong-resolver",
    "The client asks a resolver that knows nothing of the domain: no such name",
    before=ask_the_wrong_one,
    steps=[srv(ALL_DCS, "failed", result="nxdomain")],
    not_steps=[{"kind": "ping"}],
    findings=[found("srv-not-found", "error"), LAST_CANDIDATE],
    not_findings=["srv-msdcs-missing", "srv-unanswered"],
)
def wrong_resolver(play):
    play.locate()
    play.dig(ALL_DCS)
    play.discover()


def mute_resolver(play):
    play.resolvers(plan.RESOLVER)
    play.filter("dns", f"ip saddr {play.client.address()} udp dport 53 drop")
    play.resolver_of_marker = plan.RESOLVER


@scenario(
    "silent-resolver",
    "The resolver does not answer",
    before=mute_resolver,
    steps=[srv(ALL_DCS, "unanswered")],
    not_steps=[{"kind": "ping"}],
    findings=[found("srv-unanswered", "error", cost=(0.9, 1.5))],
    silence=6,
)
def silent_resolver(play):
    play.resolver_of_marker = "10.31.1.1"
    play.client.run("dig", "+short", "@10.31.1.1", plan.OTHER_DOMAIN, "SOA", check=False)
    play.run("srv", "dig", "+short", "+time=1", "+tries=2", "-q", ALL_DCS, "-t", "SRV")


def no_pings(play):
    for dc in ("dc1", "dc2"):
        play.filter(dc, "udp dport 389 drop")


@scenario(
    "udp-389-filtered",
    "LDAP pings do not arrive at any DC: no DC is found, though TCP would get through",
    before=no_pings,
    steps=[srv(), ping("unanswered"), FALLBACK],
    not_steps=[ping("ok")],
    findings=[found("ping-unanswered", "error", cost=(3, 5))],
    silence=6,
)
def udp_389_filtered(play):
    play.kinit()
    play.discover("--timeout", "3")


def no_tcp_88(play):
    for dc in ("dc1", "dc2"):
        play.filter(dc, "tcp dport 88 drop")


@scenario(
    "tcp-88-filtered",
    "The answer is too big for UDP, and TCP to the KDCs does not get through",
    before=no_tcp_88,
    steps=[*LOCATED, kerberos("as", "normal", 52)],
    findings=[found("krb-tcp-blocked", "error", cost=(9, 17))],
    not_findings=["password-wrong", "preauth-abandoned"],
    silence=22,
)
def tcp_88_filtered(play):
    play.locate()
    play.kinit()


def refuse_ldap(play):
    for dc in ("dc1", "dc2"):
        play.filter(dc, "tcp dport 389 reject with tcp reset")


@scenario(
    "ldap-refused",
    "Every DC answers pings, and refuses TCP on port 389",
    unrepeatable="pings are repeated over TCP, which is what is refused here",
    before=refuse_ldap,
    steps=[srv(), ping(), FALLBACK],
    not_steps=[{"kind": "bind"}],
    findings=[found("dc-unreachable", "error")],
)
def ldap_refused(play):
    play.kinit()
    play.discover()


@scenario(
    "ipv6",
    "Everything over IPv6",
    before=lambda play: (play.readdress("fd31:0:0:1::50/48"), play.resolvers("fd31:0:0:1::1")),
    steps=[srv(), ping(client_site=plan.SITE, server="fd31:0:0:1::1"), *LOGON, scp(2), web(EX1)],
)
def ipv6(play):
    play.kinit()
    play.discover("--family", "6")


@scenario(
    "ipv4-and-ipv6",
    "Names over IPv4, directory and mail over both",
    before=lambda play: play.readdress("10.31.1.50/16", "fd31:0:0:1::50/48"),
    steps=[srv(), *LOGON, scp(2), web(EX1)],
)
def ipv4_and_ipv6(play):
    play.locate()
    play.kinit()
    play.discover()
