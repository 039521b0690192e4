# SPDX-License-Identifier: GPL-2.0-or-later
"""The errors that a KDC sends, each by the cause that an administrator would meet."""

from .. import plan
from ..forest import krb5_conf
from ..mit import damage_ticket
from .core import begin
from .scenario import LOCATED, LOGON, found, kerberos, scenario, step


def refused(user, name, code, what, finding, **more):
    """A logon that the KDC refuses."""
    options = {
        "steps": [*LOCATED, kerberos("as", "failed", code, client=user)],
        "findings": [found(finding, "error")],
        "not_findings": ["clock-skew", "error:*"],
    }
    options.update(more)

    @scenario(name, what, **options)
    def play_it(play):
        play.locate()
        play.kinit(user)

    return play_it


refused("nobody-here", "krb-6", 6, "A logon with a name that the directory does not know", "client-unknown")
refused("disabled", "krb-18", 18, "A logon with a disabled account", "account-unusable")
refused("must-change", "krb-23", 23, "A logon with a password that has to be changed", "password-expired")
refused("expired", "krb-18-expired", 18, "A logon with an account that has expired", "account-unusable")
refused("night-only", "krb-18-hours", 18, "A logon outside the hours that the account allows", "account-unusable")


@scenario(
    "krb-13",
    "Delegation that the directory does not allow: error 13",
    unrepeatable="delegation takes more than kvno's words",
    steps=[kerberos("tgs", "failed", 13)],
    findings=[found("delegation-refused", "error")],
)
def krb_13(play):
    keytab = play.folder / "service.keytab"
    play.forests.dc1.export_keytab(keytab, plan.EXCHANGE)
    play.run("kerberos", "kinit", "-f", "-k", "-t", keytab, "svc-exch@NORDWIND.TEST")
    play.kvno("-k", keytab, "-P", "-U", "anna.berg", "ldap/dc1.nordwind.test")


@scenario(
    "krb-14",
    "The client offers only encryption types that the KDC does not know: error 14",
    steps=[*LOCATED, kerberos("as", "failed", 14)],
    findings=[found("no-common-etype", "error")],
)
def krb_14(play):
    conf = krb5_conf(
        play.folder / "krb5.conf",
        plan.REALM,
        "permitted_enctypes = camellia256-cts-cmac\n    default_tkt_enctypes = camellia256-cts-cmac",
    )
    play.repeat_environment = {"KRB5_CONFIG": conf}
    play.locate()
    play.kinit(environment={"KRB5_CONFIG": str(conf)})


@scenario(
    "krb-14-service",
    "A service's account that may only use DES: error 14 for its ticket",
    steps=[*LOGON, kerberos("tgs", "failed", 14, spn="HTTP/des.nordwind.test")],
    findings=[found("no-common-etype", "error")],
)
def krb_14_service(play):
    begin(play)
    play.kvno("HTTP/des.nordwind.test")


@scenario(
    "krb-25-abandoned",
    "The KDC asks for preauthentication, and nothing follows",
    steps=[*LOCATED, kerberos("as", "normal", 25)],
    findings=[found("preauth-abandoned", "warn")],
    not_findings=["error:*"],
    silence=6,
)
def krb_25_abandoned(play):
    play.locate()
    play.run("kerberos", "kinit", f"{plan.CRM}@{plan.REALM}")


@scenario(
    "krb-68",
    "The own KDC sends a user of the other forest there: error 68, as it should be",
    steps=[
        kerberos("as", "normal", 68),
        kerberos("as", "ok", realm=plan.OTHER_REALM),
    ],
    not_findings=["error:*", "warn:*"],
)
def krb_68(play):
    play.run(
        *("kerberos", "kinit", "-C", "-E", f"{plan.EXCHANGE}@{plan.OTHER_DOMAIN}"),
        given=plan.PASSWORD + "\n",
    )


@scenario(
    "krb-31-kdc",
    "A ticket in the cache was damaged: its own KDC cannot open it, error 31",
    steps=[*LOGON, kerberos("tgs", "failed", 31, carrier="kdc")],
    findings=[found("kdc-integrity-failed", "error")],
    not_findings=["service-key-mismatch", "clock-skew", "password-wrong", "wrong-host-answered"],
)
def krb_31_kdc(play):
    begin(play)
    damage_ticket(play.environment["KRB5CCNAME"].removeprefix("FILE:"))
    play.kvno("HTTP/ex1.nordwind.test")


@scenario(
    "weak-etype",
    "A service's account without AES: its ticket is of RC4",
    steps=[*LOGON, kerberos("tgs", spn="HTTP/rc4.nordwind.test", ticket_etype=23)],
    findings=[found("weak-etype", "note")],
    not_findings=["error:*", "warn:*"],
)
def weak_etype(play):
    begin(play)
    play.kvno("HTTP/rc4.nordwind.test")


@scenario(
    "krb-7-unrelated",
    "Tickets for services that nobody holds, and for a user: missing, or registered twice",
    steps=[
        *LOGON,
        kerberos("tgs", "failed", 7, spn="HTTP/nosuch.nordwind.test"),
        kerberos("tgs", "failed", 7, spn="host/anything"),
    ],
    findings=[found("spn-not-found-or-duplicate", "warn")],
    not_findings=["error:*"],
)
def krb_7_unrelated(play):
    begin(play)
    play.kvno("HTTP/nosuch.nordwind.test")
    play.kvno("host/anything")


@scenario(
    "wrong-key-in-ldap",
    "A name for the DC belongs to another account: its tickets do not open there: LDAP 49, SMB refused",
    unrepeatable="the command names the controller, not the alias whose key is wrong",
    before=lambda play: (
        play.names(add=["ldap9.nordwind.test 300 A 10.31.1.1"]),
        play.order(["spn", "svc-other", ["HTTP/wrongkey.nordwind.test", "ldap/ldap9.nordwind.test", "cifs/ldap9.nordwind.test"]]),
        play.later.callback(play.order, ["spn", "svc-other", ["HTTP/wrongkey.nordwind.test"]]),
    ),
    steps=[
        *LOGON,
        kerberos("tgs", spn="ldap/ldap9.nordwind.test"),
        step("bind", "failed", result=49),
        kerberos("tgs", spn="cifs/ldap9.nordwind.test"),
    ],
    findings=[found("ldap-bind-failed", "error")],
    not_findings=["password-wrong", "spn-not-found-or-duplicate"],
)
def wrong_key_in_ldap(play):
    begin(play)
    play.search("-Y", "GSSAPI", "-O", "maxssf=0", dc="ldap9.nordwind.test")
    play.run(
        *("smb", "smbclient", "-s", play.client.folder / "smb.conf", "--use-kerberos=required"),
        *(f"--use-krb5-ccache={play.environment['KRB5CCNAME']}", "//ldap9.nordwind.test/sysvol", "-c", "ls"),
    )


def no_88(play):
    for dc in ("dc1", "dc2"):
        play.filter(dc, "meta l4proto { tcp, udp } th dport 88 drop")


@scenario(
    "kdc-silent",
    "No KDC answers, over UDP or TCP: no logon",
    before=no_88,
    steps=[*LOCATED, kerberos("as", "unanswered")],
    not_steps=[kerberos("as", "ok")],
    findings=[found("kdc-unanswered", "error", cost=(15, 25))],
    not_findings=["password-wrong", "preauth-abandoned", "clock-skew"],
    silence=22,
)
def kdc_silent(play):
    play.locate()
    play.kinit()


@scenario(
    "krb-37-service",
    "The client's clock goes wrong after the logon: error 37 for a service's ticket",
    unrepeatable="the clock of the command is right",
    steps=[*LOGON, kerberos("tgs", "failed", 37)],
    findings=[found("clock-skew", "error")],
    not_findings=["spn-not-found-or-duplicate", "kdc-integrity-failed", "krb-error"],
)
def krb_37_service(play):
    begin(play)
    play.run("kerberos", "faketime", "-f", "+20m", "kvno", "HTTP/ex1.nordwind.test")
