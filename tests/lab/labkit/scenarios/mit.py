# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors of MIT's KDC, in its own realm: a genuine KRB_AP_ERR_MODIFIED."""

from .. import plan
from ..forest import krb5_conf
from ..mit import BACK, FRONT, USER, Kdc, add_tickets
from .scenario import found, kerberos, scenario


def in_realm(play):
    """What a command of the other realm needs."""
    return {"KRB5_CONFIG": str(krb5_conf(play.folder / "krb5.conf", plan.MIT_REALM))}


@scenario(
    "krb-41-kdc",
    "The KDC's own key was changed twice; a service presents an older ticket as evidence: error 41 of the KDC",
    unrepeatable="the old evidence is gone",
    domain=plan.MIT_DOMAIN,
    site=None,
    steps=[
        kerberos("as", realm=plan.MIT_REALM),
        kerberos("tgs", spn=FRONT),
        kerberos("tgs", "failed", 41, spn=BACK, carrier="kdc"),
    ],
    findings=[found("kdc-integrity-failed", "error")],
    not_findings=["service-key-mismatch", "wrong-host-answered", "clock-skew", "krb-error"],
)
def krb_41_kdc(play):
    kdc = Kdc(play.lab)
    here = in_realm(play)
    service = f"{FRONT}@{plan.MIT_REALM}"
    kinit = ("kerberos", "kinit", "-f", "-k", "-t", kdc.front_keytab, service)
    play.run(*kinit, environment=here)
    evidence = play.environment["KRB5CCNAME"].removeprefix("FILE:")
    play.kvno("-k", kdc.front_keytab, "-U", USER, FRONT, environment=here)
    kdc.change_own_key()
    play.as_user("-new")
    play.run(*kinit, environment=here)
    add_tickets(play.environment["KRB5CCNAME"].removeprefix("FILE:"), evidence)
    play.kvno("-k", kdc.front_keytab, "-P", "-U", USER, BACK, environment=here)
