# SPDX-License-Identifier: GPL-2.0-or-later
"""Where and how a capture was made: several clients, several places, and captures that lack something."""

import subprocess
import threading

from .. import plan
from .core import EX1, begin
from .scenario import (
    LOGON,
    START,
    derived,
    found,
    kerberos,
    ping,
    scenario,
    scp,
    srv,
    step,
    web,
)

EX2 = plan.url_of("ex2.nordwind.test")


def together(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@scenario(
    "two-clients",
    "Two clients of two sites at the same time, recorded on both and merged",
    points={"-a": "ws1", "-b": "ws2"},
    merge=True,
    steps=[
        *START,
        ping(client_site=plan.SECOND_SITE, client_address="10.31.2.50"),
        {**scp(2), "client_address": "10.31.1.50"},
        {**scp(2, protection="signed"), "client_address": "10.31.2.50"},
        {**web(EX1, auth="kerberos"), "client_address": "10.31.1.50"},
        {**web(EX2, auth="kerberos"), "client_address": "10.31.2.50"},
    ],
    not_steps=[
        {"kind": "autodiscover", "client_address": "10.31.1.50", "url": EX2},
        {"kind": "autodiscover", "client_address": "10.31.2.50", "url": EX1},
    ],
)
def two_clients(play):
    second = play.lab.machine.host("ws2")

    def other():
        mine = {"KRB5CCNAME": f"FILE:{play.folder}/tickets2", "SSLKEYLOGFILE": f"{play.folder}/tls2.keys"}
        play.kinit(client=second, environment=mine)
        play.discover(
            *("--cached-site", plan.SECOND_SITE),
            bind="signed",
            client=second,
            environment=mine,
            mailbox="bo.ek@post.nordwind.test",
        )

    def first():
        begin(play)
        play.decision_of_first = play.discover()

    together(first, other)
    play.decision = play.decision_of_first
    with open(play.keys, "ab") as keys:
        keys.write((play.folder / "tls2.keys").read_bytes())


@scenario(
    "interleaved",
    "One client, two discoveries at the same time, for two mail domains",
    steps=[
        *START,
        step("srv", name="_autodiscover._tcp.wik.nordwind.test"),
        {**web(EX1, auth="kerberos"), "times": 1},
        web("https://mail.nordwind.test/autodiscover/autodiscover.xml", auth="kerberos"),
    ],
    before=lambda play: play.names(
        add=["_autodiscover._tcp.wik.nordwind.test 300 SRV 0 0 443 mail.nordwind.test."]
    ),
)
def interleaved(play):
    begin(play)

    def other():
        play.discover("--no-scp", "--redirect", "accept", mailbox="bo.ek@wik.nordwind.test")

    def first():
        play.decision_of_first = play.discover()

    together(first, other)
    play.decision = play.decision_of_first


DC_SEES = [
    srv(),
    ping(host="dc1.nordwind.test"),
    *LOGON,
    kerberos("tgs", spn="HTTP/ex1.nordwind.test"),
    scp(2),
]


@scenario(
    "places",
    "The same minute, recorded in three places",
    points={"-client": "ws1", "-dc": "dc1", "-exchange": "ex1"},
    steps=[*START, scp(2), web(EX1, auth="kerberos")],
    told={
        "-dc": {
            "decision": None,
            "steps": {"must": DC_SEES, "must_not": [{"kind": "autodiscover"}, {"kind": "tls"}], "gaps": []},
            "findings": {"must": [], "must_not": ["error:*", "warn:*"]},
        },
        "-exchange": {
            "steps": {
                "must": [
                    web(EX1, auth="kerberos"),
                    kerberos("ap", spn="HTTP/ex1.nordwind.test", carrier="http"),
                ],
                "must_not": [{"kind": "scp"}, {"kind": "ping"}, {"kind": "srv"}],
                "gaps": [],
            },
            "findings": {"must": [], "must_not": ["error:*", "warn:*"]},
        },
    },
)
def places(play):
    begin(play)
    play.discover()


# --- made of recordings


def tool(*words):
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def frames(source, text):
    """The numbers of the frames that a filter matches."""
    done = subprocess.run(
        ["tshark", "-r", source, "-Y", text, "-T", "fields", "-e", "frame.number"],
        check=True,
        capture_output=True,
        text=True,
    )
    return [int(number) for number in done.stdout.split()]


def after_the_bind(source, target):
    """From the frame after the last answer to an LDAP bind."""
    bound = frames(source, "ldap.protocolOp == 1 && ldap.resultCode == 0")[-1]
    tool("editcap", "-F", "pcap", "-r", source, target, f"{bound + 1}-1000000")


def from_client(source, target):
    tool("tshark", "-r", source, "-Y", "ip.src == 10.31.1.50", "-F", "pcap", "-w", target)


def to_client(source, target):
    tool("tshark", "-r", source, "-Y", "ip.dst == 10.31.1.50", "-F", "pcap", "-w", target)


def twice(source, target):
    """As a port that is mirrored in and out shows them: each packet again, 20 microseconds later."""
    again = target.with_name("again.pcap")
    tool("editcap", "-F", "pcap", "-t", "0.00002", source, again)
    tool("mergecap", "-F", "pcap", "-w", target, source, again)


def the_same(source, target):
    tool("editcap", "-F", "pcap", source, target)


derived(
    "late-clear",
    "The capture begins after the bind, LDAP is in clear",
    "healthy",
    after_the_bind,
    "editcap -r, from the frame after the last bindResponse",
    steps=[scp(2), web(EX1, auth="kerberos")],
    findings=[found("midway", "note")],
    not_findings=["error:*", "warn:*"],
)

derived(
    "late-sealed",
    "The capture begins after the bind, LDAP is sealed",
    "sealed",
    after_the_bind,
    "editcap -r, from the frame after the last bindResponse",
    steps=[step("hidden", "hidden"), web(EX1, auth="kerberos")],
    not_steps=[{"kind": "scp"}],
    findings=[found("ldap-hidden", "note"), found("ldap-mechanism-unknown", "note")],
    not_findings=["error:*", "warn:*"],
)

derived(
    "one-way-questions",
    "Only the client's packets are there",
    "healthy",
    from_client,
    'tshark -Y "ip.src == 10.31.1.50" -w',
    findings=[found("one-sided", "note")],
    not_findings=["error:*", "warn:*"],
)

derived(
    "one-way-answers",
    "Only the packets to the client are there",
    "healthy",
    to_client,
    'tshark -Y "ip.dst == 10.31.1.50" -w',
    findings=[found("one-sided", "note")],
    not_findings=["error:*", "warn:*"],
)

derived(
    "doubled",
    "Every packet is there twice",
    "healthy",
    twice,
    "editcap -t 0.00002, then mergecap with the recording itself",
    steps=[
        *START,
        {**scp(2), "times": 1},
        {**web(EX1, auth="kerberos"), "times": 1},
        {**kerberos("tgs", spn="ldap/dc1.nordwind.test"), "times": 1},
    ],
    findings=[found("duplicates", "note")],
    not_findings=["error:*", "warn:*"],
)

derived(
    "ldaps-no-secrets",
    "LDAP in TLS, without the secrets that open it",
    "ldaps",
    the_same,
    "nothing but leaving out the secrets of TLS",
    secrets=False,
    steps=[step("hidden", "hidden", protection="tls")],
    not_steps=[{"kind": "scp"}, {"kind": "autodiscover"}],
    findings=[found("ldap-hidden", "note")],
    not_findings=["error:*", "warn:*"],
)

derived(
    "krb-7-no-secrets",
    "Nobody holds the service's name, and TLS cannot be opened: what Kerberos tells is enough",
    "krb-7",
    the_same,
    "nothing but leaving out the secrets of TLS",
    secrets=False,
    steps=[kerberos("tgs", "failed", 7, spn="HTTP/nospn.nordwind.test")],
    not_steps=[{"kind": "autodiscover"}],
    findings=[found("spn-not-found-or-duplicate", "error")],
    not_findings=["service-key-mismatch"],
)
