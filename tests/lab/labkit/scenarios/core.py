# SPDX-License-Identifier: GPL-2.0-or-later
"""The core: what goes well, and the faults that are met most often."""

from .. import plan
from .scenario import (
    LAST_CANDIDATE,
    LDAP_TICKET,
    LOCATED,
    LOGON,
    SEALED,
    START,
    found,
    kerberos,
    ping,
    scenario,
    scp,
    srv,
    step,
    web,
)

EX1 = plan.url_of("ex1.nordwind.test")
WORKED = web(EX1, auth="kerberos")


def begin(play):
    """Up to the ticket."""
    play.locate()
    play.kinit()


@scenario(
    "healthy",
    "All goes well: located, logged on, SCP found in clear LDAP, its first URL answers",
    keys=True,
    steps=[*START, scp(2), kerberos("ap", carrier="http", spn="HTTP/ex1.nordwind.test"), WORKED],
)
def healthy(play):
    play.dig("_ldap._tcp.Lund._sites.dc._msdcs.nordwind.test")
    play.locate()
    play.adcli()
    play.kinit()
    play.discover()


@scenario(
    "sealed",
    "All goes well, with LDAP signed and sealed by Kerberos",
    keys=True,
    steps=[
        *LOCATED,
        *LOGON,
        *LDAP_TICKET,
        step("bind", mechanism="GSS-SPNEGO"),
        step("rootdse", protection="sealed", decrypted=True),
        scp(2, protection="sealed"),
        WORKED,
    ],
    told=SEALED,
)
def sealed(play):
    begin(play)
    play.discover(bind="gss-spnego")


@scenario(
    "pointer",
    "The SCP is a pointer to the other forest, whose SCP names the mail server",
    scp=[plan.pointer(plan.OTHER_DOMAIN, plan.MAIL)],
    steps=[
        *START,
        scp(1),
        srv("_ldap._tcp.dc._msdcs.sydvest.test"),
        ping(host="syd1.sydvest.test"),
        kerberos("tgs", spn="krbtgt/SYDVEST.TEST"),
        kerberos("tgs", spn="ldap/syd1.sydvest.test"),
        step("scp", entries=1, base="CN=Configuration,DC=sydvest,DC=test"),
        web(plan.url_of("sydex1.sydvest.test"), auth="kerberos"),
    ],
    findings=[found("scp-pointer", "note")],
)
def pointer(play):
    begin(play)
    play.discover()


@scenario(
    "no-scp",
    "The directory has no SCP; the autodiscover host of the mail domain answers",
    scp=[],
    steps=[
        *START,
        scp(0),
        web("https://autodiscover.post.nordwind.test/autodiscover/autodiscover.xml", auth="kerberos"),
    ],
    findings=[found("scp-none", "note"), found("autodiscover-fallback", "note")],
    gaps=[step("address", "failed", name="post.nordwind.test", type="A")],
)
def no_scp(play):
    begin(play)
    play.discover()


@scenario(
    "krb-7",
    "Nobody holds the name of the mail server's service: error 7, and no other way in",
    scp=[plan.entry("nospn.nordwind.test", plan.SITE)],
    steps=[
        *START,
        scp(1),
        kerberos("tgs", "failed", 7, spn="HTTP/nospn.nordwind.test"),
        web(plan.url_of("nospn.nordwind.test"), 401, "failed"),
    ],
    findings=[found("spn-not-found-or-duplicate", "error"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch", "ntlm-fallback", "clock-skew"],
    silence=6,
)
def krb_7(play):
    play.names(remove=["autodiscover.post.nordwind.test A 10.31.1.20"])
    begin(play)
    play.discover()


@scenario(
    "krb-24",
    "A wrong password at logon: error 24, and a simple bind with it: 49, data 52e",
    steps=[
        *LOCATED,
        kerberos("as", "failed", 24),
        step("bind", "failed", result=49, mechanism="simple"),
    ],
    findings=[found("password-wrong", "error"), found("ldap-bind-failed", "error")],
    not_findings=["preauth-abandoned", "clock-skew", "client-unknown"],
)
def krb_24(play):
    play.locate()
    play.kinit(password="not-the-password")
    play.search("-x", "-D", "svc-crm@nordwind.test", "-w", "not-the-password")


@scenario(
    "krb-37",
    "The client's clock is 20 minutes ahead: error 37",
    steps=[*LOCATED, kerberos("as", "failed", 37)],
    findings=[found("clock-skew", "error")],
    not_findings=["password-wrong", "krb-error", "kdc-integrity-failed"],
)
def krb_37(play):
    play.locate()
    play.run(
        *("kerberos", "faketime", "-f", "+20m", "kinit", f"{plan.CRM}@{plan.REALM}"),
        given=plan.PASSWORD + "\n",
    )


@scenario(
    "service-key-mismatch",
    "The service's name went to an account whose key the web server does not have: error 31 in HTTP",
    scp=[plan.entry("wrongkey.nordwind.test", plan.SITE)],
    steps=[
        *START,
        scp(1),
        kerberos("tgs", spn="HTTP/wrongkey.nordwind.test"),
        kerberos("ap", "failed", 31, spn="HTTP/wrongkey.nordwind.test", carrier="http"),
        web(plan.url_of("wrongkey.nordwind.test"), 401, "failed"),
    ],
    findings=[found("service-key-mismatch", "error"), LAST_CANDIDATE],
    not_findings=["spn-not-found-or-duplicate", "kdc-integrity-failed", "clock-skew"],
)
def service_key_mismatch(play):
    play.names(remove=["autodiscover.post.nordwind.test A 10.31.1.20"])
    begin(play)
    play.discover()
