# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP: how it is protected, and how binds and searches are refused."""

from .. import plan
from .core import EX1, begin
from .names import FALLBACK
from .scenario import CONFIGURATION, LDAP_TICKET, LOCATED, LOGON, found, scenario, scp, step, web

TICKETS = [*LOCATED, *LOGON, *LDAP_TICKET]


@scenario(
    "signed",
    "LDAP signed, and not sealed",
    keys=True,
    steps=[*TICKETS, step("bind", mechanism="GSSAPI"), scp(2, protection="signed"), web(EX1)],
)
def signed(play):
    begin(play)
    play.discover(bind="signed")


@scenario(
    "starttls",
    "LDAP in TLS after StartTLS",
    steps=[*TICKETS, step("bind", mechanism="GSSAPI"), scp(2, protection="tls"), web(EX1)],
)
def starttls(play):
    begin(play)
    play.discover(bind="starttls")


@scenario(
    "ldaps",
    "LDAP in TLS from the first byte, on port 636",
    steps=[*TICKETS, step("bind", mechanism="GSSAPI"), scp(2, protection="tls"), web(EX1)],
)
def ldaps(play):
    begin(play)
    play.discover(bind="ldaps")


@scenario(
    "ldap-signing-required",
    "The DC wants LDAP signed, sealed or in TLS, and the client does not: result 8",
    client="ws2",
    points={"": "ws2"},
    site=plan.SECOND_SITE,
    steps=[
        step("bind", "failed", result=8, mechanism="GSSAPI"),
        step("bind", "failed", result=8, mechanism="simple"),
        FALLBACK,
    ],
    not_steps=[{"kind": "scp"}],
    findings=[found("ldap-signing-required", "error")],
)
def ldap_signing_required(play):
    play.kinit()
    play.discover("--cached-site", plan.SECOND_SITE)
    play.search("-x", "-D", "svc-crm@nordwind.test", "-w", plan.PASSWORD, dc="dc2.nordwind.test")


@scenario(
    "ldap-49",
    "Simple binds that are refused: wrong password, unknown, disabled and expired accounts",
    steps=[step("bind", "failed", result=49, mechanism="simple", times=5)],
    findings=[found("ldap-bind-failed", "error")],
    not_findings=["ldap-signing-required", "password-wrong"],
)
def ldap_49(play):
    play.locate()
    for user, password in (
        ("svc-crm", "not-the-password"),
        ("nobody-here", plan.PASSWORD),
        ("disabled", plan.PASSWORD),
        ("expired", plan.PASSWORD),
        ("must-change", plan.PASSWORD),
    ):
        play.search("-x", "-D", f"{user}@nordwind.test", "-w", password)


@scenario(
    "scp-without-bind",
    "A search without a bind: operationsError, in Samba's words",
    unrepeatable="the command binds with a name",
    steps=[step("scp", "failed", result=1)],
    findings=[found("ldap-not-bound", "error")],
    not_findings=["scp-none", "scp-read-failed"],
)
def scp_without_bind(play):
    play.locate()
    play.search("-x")


@scenario(
    "scp-no-object",
    "The SCP is looked for where nothing is: noSuchObject",
    steps=[*TICKETS, step("scp", "failed", result=32)],
    findings=[found("scp-read-failed", "warn")],
    not_findings=["error:*"],
)
def scp_no_object(play):
    begin(play)
    play.search("-Y", "GSSAPI", "-O", "maxssf=0", base=f"CN=Nowhere,CN=Services,{CONFIGURATION}")


@scenario(
    "other-products",
    "Lookups of other products' SCP: device registration, rights management; and none there",
    steps=[
        step("scp", scp_kind="hybrid-join", result=32, outcome="failed"),
        step("scp", scp_kind="rms", entries=0),
    ],
    not_findings=["error:*", "warn:*", "scp-none"],
)
def other_products(play):
    begin(play)
    bind = ("-Y", "GSSAPI", "-O", "maxssf=0")
    play.search(
        *(*bind, "-s", "base"),
        base=(
            "CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,"
            f"CN=Services,{CONFIGURATION}"
        ),
        text="(objectClass=*)",
        attributes=["keywords"],
    )
    play.search(
        *bind,
        text="(&(objectCategory=serviceConnectionPoint)(keywords=MSRMRootCluster)(keywords=1.0))",
        attributes=["serviceBindingInformation"],
    )
