# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors of MIT's KDC, in its own realm: a genuine KRB_AP_ERR_MODIFIED."""

from .. import plan
from ..forest import krb5_conf
from ..net import HERE
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


ALTERED = 8088


def altered_on_the_way(play):
    """What comes to the KDC over UDP is changed where it asks in another's name: see `alter`."""
    play.lab.need_programs()
    kdc = play.lab.machine.host("kdc")
    process = kdc.start([HERE / "alter", ALTERED], play.lab.log)
    play.later.callback(play.end, process)
    kdc.setup("nft", "add table ip play")
    play.later.callback(kdc.setup, "nft", "delete table ip play")
    kdc.setup("nft", "add chain ip play in { type nat hook prerouting priority -100; }")
    kdc.setup("nft", f"add rule ip play in udp dport 88 redirect to :{ALTERED}")
    conf = in_realm(play)["KRB5_CONFIG"]
    with open(conf, "a", encoding="utf-8") as file:
        address = play.lab.machine.host("kdc").address()
        file.write(f"[realms]\n    {plan.MIT_REALM} = {{\n        kdc = udp/{address}\n    }}\n")
    play.environment["KRB5_CONFIG"] = conf


@scenario(
    "krb-41-s4u2self",
    "A service asks for a ticket in a user's name, and a bit of the checksum over that name is changed on the "
    "way: error 41 of the KDC, to a client of Heimdal",
    client=plan.MEMBER,
    points={"": plan.MEMBER},
    before=altered_on_the_way,
    unrepeatable="nothing alters what the command sends",
    domain=plan.MIT_DOMAIN,
    site=None,
    steps=[
        kerberos("as", realm=plan.MIT_REALM),
        kerberos("tgs", "failed", 41, carrier="kdc", spn=FRONT),
    ],
    findings=[found("kdc-integrity-failed", "error")],
    not_findings=["service-key-mismatch", "wrong-host-answered", "clock-skew", "krb-error"],
)
def krb_41_s4u2self(play):
    keytab = Kdc(play.lab).front_keytab
    service = f"{FRONT}@{plan.MIT_REALM}"
    play.run("kerberos", "kinit.heimdal", "-f", "-k", "-t", keytab, service)
    play.run("kerberos", "kgetcred", f"--impersonate={USER}@{plan.MIT_REALM}", service)
