# SPDX-License-Identifier: GPL-2.0-or-later
"""Sites: which domain controller, and in which order the entries of the SCP."""

from .. import plan
from .core import begin
from .scenario import SEALED, START, found, ping, scenario, scp, srv, step, web

EX1, EX2 = plan.url_of("ex1.nordwind.test"), plan.url_of("ex2.nordwind.test")
MAIL = plan.url_of("mail.nordwind.test")


def to_third_site(play):
    play.readdress("10.31.3.50/16")


def to_no_site(play):
    play.readdress("10.31.77.50/16")


@scenario(
    "scp-other-site",
    "The only SCP entry is of another site, and is used",
    scp=[plan.entry("ex2.nordwind.test", plan.SECOND_SITE)],
    steps=[*START, scp(1), web(EX2, auth="kerberos")],
    findings=[found("scp-other-site-only", "note")],
    not_findings=["error:*", "warn:*"],
)
def scp_other_site(play):
    begin(play)
    play.discover()


@scenario(
    "scp-many",
    "Six SCP entries, with the client's site, another one, two of them, and none; one URL twice",
    scp=[
        plan.entry("ex2.nordwind.test", plan.SECOND_SITE),
        plan.entry("mail.nordwind.test", cn="COMMON"),
        plan.entry("tls12.nordwind.test", plan.SECOND_SITE, plan.SITE, cn="BOTH"),
        plan.entry("ex1.nordwind.test", plan.SITE),
        plan.entry("tls13.nordwind.test", cn="NOSITE"),
        plan.entry("ex1.nordwind.test", plan.SITE, cn="AGAIN"),
    ],
    steps=[*START, scp(6), step("autodiscover", "failed", url=EX1, status=503)],
    findings=[found("http-error", "note")],
)
def scp_many(play):
    for host in ("ex1", "tls12"):
        play.answer(f"{host}.nordwind.test", "pox", status=503)
    begin(play)
    play.discover()


@scenario(
    "site-without-dc",
    "The client's site has no domain controller: its SRV name is missing, another site's DC serves",
    site=plan.THIRD_SITE,
    before=to_third_site,
    steps=[
        srv("_ldap._tcp.Kiruna._sites.dc._msdcs.nordwind.test", "normal"),
        ping(client_site=plan.THIRD_SITE, closest=False),
        scp(2),
    ],
    findings=[found("srv-site-not-found", "note")],
    not_findings=["error:*", "client-site-undefined"],
)
def site_without_dc(play):
    play.kinit()
    play.discover(bind="signed")


@scenario(
    "site-unknown",
    "The client's subnet is in no site: no SCP URL is taken, the autodiscover host answers",
    site=None,
    before=to_no_site,
    steps=[ping(client_site="", closest=False), scp(2)],
    findings=[found("client-site-undefined", "warn"), found("autodiscover-fallback", "note")],
    not_findings=["error:*"],
)
def site_unknown(play):
    play.kinit()
    play.discover(bind="signed")


@scenario(
    "second-site",
    "A client of the second site: its own DC, which wants LDAP sealed, and its own mail server first",
    client="ws2",
    points={"": "ws2"},
    site=plan.SECOND_SITE,
    keys=True,
    told=SEALED,
    steps=[
        ping(client_site=plan.SECOND_SITE, closest=True, host="dc2.nordwind.test"),
        scp(2),
        web(EX2, auth="kerberos"),
    ],
)
def second_site(play):
    play.locate()
    play.kinit()
    play.discover("--cached-site", plan.SECOND_SITE, bind="gss-spnego")


@scenario(
    "site-moved",
    "The client still thinks that it is in the second site; a controller there tells it better",
    steps=[
        srv("_ldap._tcp.Visby._sites.dc._msdcs.nordwind.test"),
        ping(client_site=plan.SITE, closest=False, host="dc2.nordwind.test"),
        ping(client_site=plan.SITE, closest=True, host="dc1.nordwind.test"),
        scp(2),
        web(EX1, auth="kerberos"),
    ],
    not_findings=["error:*", "warn:*", "client-site-undefined"],
)
def site_moved(play):
    play.kinit()
    play.discover("--cached-site", plan.SECOND_SITE, bind="signed")
