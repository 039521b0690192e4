# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a client loses seconds and gets on all the same: what each of them cost is known here.

The other kinds are scenarios of their own faults: dead-dc, endpoint-silent, kdc-silent, silent-resolver,
tcp-88-filtered, udp-389-filtered.
"""

from .. import plan
from ..core import LAB
from ..net import wait_for
from .core import EX1, WORKED, begin
from .names import FALLBACK
from .scenario import LOCATED, START, found, kerberos, scenario, scp, web

DEAD = [f"10.31.1.{n}" for n in (101, 102, 103)]  # of hosts that are no more


def dead_addresses(play):
    host = play.lab.machine.host("ex1")
    for address in DEAD:
        host.setup("ip", "addr", "add", f"{address}/16", "dev", "eth0")
        play.later.callback(host.setup, "ip", "addr", "del", f"{address}/16", "dev", "eth0")
    play.names(add=[f"{plan.MAIL} 300 A {address}" for address in DEAD])
    play.filter("ex1", f"ip daddr {{ {', '.join(DEAD)} }} drop")


@scenario(
    "dead-addresses",
    "No SCP, so that the mail domain's own name is asked first: it has three addresses, and none of them answers",
    before=dead_addresses,
    scp=[],
    steps=[*START, scp(0), FALLBACK],
    findings=[
        found("endpoint-unreachable", "note", cost=(6.5, 8.5)),
        found("slow", "note", cost=(6.5, 8.5)),
        found("scp-none", "note"),
        found("autodiscover-fallback", "note"),
    ],
    not_findings=["error:*", "warn:*"],
    silence=22,
)
def play_dead_addresses(play):
    begin(play)
    play.discover("--timeout", "8")


PROXY, PROXY_PORT = "10.31.1.21", 8080
MAIL = plan.url_of("mail.nordwind.test")
EX2 = plan.url_of("ex2.nordwind.test")
GIVES_UP = 5  # seconds after which the proxy says that it cannot reach a host


def proxy_of_the_internet(play):
    """It forbids the first mail server, and does not reach the second."""
    play.names(add=[f"proxy.nordwind.test 300 A {PROXY}"])
    host = play.lab.machine.host("ex1")
    rules = ["ex1.nordwind.test=403", f"mail.nordwind.test=504:{GIVES_UP}"]
    process = host.start([LAB / "exchange" / "proxy", PROXY_PORT, *rules], play.lab.log)
    play.later.callback(play.end, process)
    wait_for(lambda: f":{PROXY_PORT} " in host.run("ss", "-Hltn").stdout, "the proxy")


@scenario(
    "proxy-refused",
    "The client asks through a proxy, which forbids the first mail server, and gives the second up after five seconds; the third answers",
    before=proxy_of_the_internet,
    scp=[
        plan.entry("ex1.nordwind.test", plan.SITE),
        plan.entry("mail.nordwind.test", plan.SITE),
        plan.entry("ex2.nordwind.test", plan.SECOND_SITE),
    ],
    unrepeatable="the commands ask without the proxy",
    steps=[*START, scp(3), web(EX2, auth="kerberos")],
    not_steps=[{"kind": "autodiscover", "url": EX1}, {"kind": "autodiscover", "url": MAIL}],
    findings=[
        found("proxy-refused", "note", "403, at once", cost=(0, 0)),
        found("proxy-refused", "note", "504, after five seconds", cost=(GIVES_UP - 0.1, GIVES_UP + 1)),
        found("slow", "note", cost=(GIVES_UP - 0.1, GIVES_UP + 1)),
    ],
    not_findings=["error:*", "warn:*"],
)
def proxy_refused(play):
    begin(play)
    play.discover("--proxy", f"proxy.nordwind.test:{PROXY_PORT}")


def tunnel_loses_fragments(play):
    play.datagrams(4000)
    play.lose_fragments("dc1", "dc2")


@scenario(
    "fragments-lost",
    "The KDCs may answer over UDP at length, and on the way to the client all fragments but the first are lost: each ticket comes over TCP, after the KDCs were tried over UDP",
    before=tunnel_loses_fragments,
    steps=[
        *LOCATED,
        kerberos("as", "normal", 25),
        kerberos("as", "unanswered", transport="udp"),
        kerberos("as", client=plan.CRM, transport="tcp"),
        WORKED,
    ],
    findings=[found("slow", "note", "three tickets, and a second at each of two KDCs for each", cost=(5.8, 8))],
    not_findings=["error:*", "warn:*"],
    silence=6,
)
def fragments_lost(play):
    conf = play.krb5_conf("udp_preference_limit = 4000")
    play.locate()
    play.kinit(environment=conf)
    play.discover(environment=conf)


BUSY, DELAY = 6, 3  # seconds


@scenario(
    "slow-answers",
    "Nothing is wrong, but the domain controller has too much to do and answers its first LDAP request seconds late, and so does the mail server",
    before=lambda play: play.answer("ex1.nordwind.test", "pox", delay=DELAY),
    steps=[*START, scp(2), WORKED],
    findings=[found("slow", "note", cost=(DELAY + 2, DELAY + BUSY + 0.9))],
    not_findings=["error:*", "warn:*"],
)
def slow_answers(play):
    begin(play)
    with play.busy("dc1", 389, BUSY):
        play.discover()
