# SPDX-License-Identifier: GPL-2.0-or-later
"""What is recorded for lessons (docs/training) and is no fault of its own kind."""

from .. import plan
from .names import rank_first
from .scenario import LAST_CANDIDATE, LOGON, SEALED, found, kerberos, ping, scenario, scp, step, web

NO_NAME = [
    kerberos("tgs", "failed", 7, spn="HTTP/nospn.nordwind.test"),
    web(plan.url_of("nospn.nordwind.test"), 401, "failed"),
]


def two_faults(play):
    rank_first(play)
    play.filter("dc1", "udp dport 389 drop")
    play.names(remove=["autodiscover.post.nordwind.test A 10.31.1.20"])


@scenario(
    "two-faults",
    "Two faults at once, LDAP sealed: the first DC hears no LDAP pings, and nobody holds the mail server's name",
    before=two_faults,
    scp=[plan.entry("nospn.nordwind.test", plan.SITE)],
    steps=[
        ping("unanswered", server="10.31.1.1"),
        ping(host="dc2.nordwind.test", closest=False),
        *LOGON,
        kerberos("tgs", spn="ldap/dc2.nordwind.test"),
        step("bind", mechanism="GSS-SPNEGO", server="10.31.2.1"),
        scp(1, protection="sealed"),
        *NO_NAME,
    ],
    findings=[found("spn-not-found-or-duplicate", "error"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch", "ping-unanswered", "dc-unreachable"],
    keys=True,
    silence=6,
    told={
        "": {
            "without_keys": {
                **SEALED[""]["without_keys"],
                "steps": {
                    "must": [*LOGON, step("hidden", "hidden", protection="sealed"), *NO_NAME],
                    "must_not": [{"kind": "scp"}],
                    "gaps": [],
                },
                "findings": {
                    "must": [found("ldap-hidden", "note"), found("spn-not-found-or-duplicate", "error"), LAST_CANDIDATE],
                    "must_not": ["service-key-mismatch", "ping-unanswered", "dc-unreachable"],
                },
            }
        }
    },
)
def two_faults_at_once(play):
    play.kinit()
    play.discover("--timeout", "4", bind="gss-spnego")
