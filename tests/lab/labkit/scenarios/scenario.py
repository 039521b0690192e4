# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario is, and words for what an expert expects of its capture."""

from .. import plan
from . import stages

ALL = {}


class Scenario:
    """A recording to be made, and what must and must not be found in it.

    before: changes the world, unrecorded. play: what is recorded. scp, other_scp: the entries in the
    two forests. silence: seconds that the capture goes on, so that an absence can be told. points:
    suffix of the recording -> host that it is made on; merge makes one of them. keys: a keytab goes
    with it. programs: without which it cannot be recorded, beside what the laboratory installs. secrets: those of TLS go into it; server_secrets: those of the mail server, where a client writes none. unrepeatable: why its commands, typed
    on the client as it usually is, need not show the same. made_from: a scenario whose recording this one is made of, by play(source, target).
    """

    def __init__(self, name, what, play, **more):
        self.name = name
        self.what = what
        self.play = play
        self.before = None
        self.client = "ws1"
        self.domain = plan.DOMAIN
        self.site = plan.SITE
        self.mail_domain = None
        self.scp = plan.HEALTHY
        self.other_scp = plan.OTHER_HEALTHY
        self.silence = 0
        self.points = {"": "ws1"}
        self.keys = False
        self.merge = False
        self.secrets = True
        self.server_secrets = False
        self.programs = ()
        self.unrepeatable = None
        self.made_from = None
        self.made_how = None
        self.steps = []
        self.not_steps = []
        self.findings = []
        self.not_findings = ["error:*"]
        self.gaps = []  # steps that the plugin does not show yet
        self.finding_gaps = []  # and findings
        self.told = {}  # suffix -> what differs there
        for key, value in more.items():
            assert hasattr(self, key), key
            setattr(self, key, value)

    def expected(self, suffix=""):
        told = {
            "steps": {"must": self.steps, "must_not": self.not_steps, "gaps": self.gaps},
            "findings": {
                "must": self.findings,
                "must_not": self.not_findings,
                "gaps": self.finding_gaps,
            },
        }
        if stages.of_recording(self.name + suffix):
            told["stages"] = stages.of_recording(self.name + suffix)
        told.update(self.told.get(suffix, {}))
        return told


def scenario(name, what, **more):
    """A decorator: the function plays the scenario."""

    def keep(function):
        assert name not in ALL, name
        ALL[name] = Scenario(name, what, function, **more)
        return function

    return keep


def derived(name, what, source, make, how, **more):
    """A recording that is made of another one. how: for people."""
    assert source in ALL and name not in ALL, name
    ALL[name] = Scenario(name, what, make, made_from=source, made_how=how, **more)


def found(ident, severity, why=None, cost=None):
    """why: for who reads the truth and wonders, for instance at a second error beside a first.

    cost: least and most seconds that the client lost by it."""
    more = {"why": why, "cost": cost and list(cost)}
    return {"id": ident, "severity": severity, **{k: v for k, v in more.items() if v}}


# A discovery that comes to nothing: what it tried last is told as an error, beside the reason.
LAST_CANDIDATE = found(
    "endpoint-unresolvable",
    "error",
    "autodiscover.post.nordwind.test was the last name to try, so discovery ended with it",
)


# --- steps

LOCATOR = "_ldap._tcp.dc._msdcs.nordwind.test"
CONFIGURATION = f"CN=Configuration,{plan.base_dn(plan.DOMAIN)}"


def step(kind, outcome="ok", **detail):
    return {"kind": kind, "outcome": outcome, **detail}


def srv(name=LOCATOR, outcome="ok", **more):
    return step("srv", outcome, name=name, **more)


def ping(outcome="ok", **more):
    return step("ping", outcome, **more)


def kerberos(exchange, outcome="ok", error=None, **more):
    return step("kerberos", outcome, exchange=exchange, error=error, **more)


def web(url, status=200, outcome="ok", **more):
    return step("autodiscover", outcome, url=url, status=status, **more)


LOGON = [
    kerberos("as", "normal", 25, realm=plan.REALM),
    kerberos("as", client=plan.CRM),
]
LDAP_TICKET = [kerberos("tgs", spn="ldap/dc1.nordwind.test")]
LOCATED = [srv(), ping(host="dc1.nordwind.test", client_site=plan.SITE, closest=True)]
CLEAR = [
    *LDAP_TICKET,
    step("bind", mechanism="GSSAPI"),
    step("rootdse", protection="none"),
]
START = [*LOCATED, *LOGON, *CLEAR]


def scp(entries, **more):
    return step("scp", scp_kind="exchange", base=CONFIGURATION, entries=entries, **more)


# Where LDAP is sealed and the keytab is not at hand, as `told` of a scenario.
SEALED = {
    "": {
        "without_keys": {
            "steps": {
                "must": [*LOGON, step("hidden", "hidden", protection="sealed"), {"kind": "autodiscover", "outcome": "ok", "status": 200, "auth": "kerberos"}],
                "must_not": [{"kind": "scp"}],
                "gaps": [],
            },
            "findings": {
                "must": [found("ldap-hidden", "note")],
                "must_not": ["error:*", "warn:*", "scp-none"],
            },
        }
    }
}
