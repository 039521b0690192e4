# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that other people made, as they are, on a Linux machine that joins the domain."""

from .. import plan
from ..core import LAB
from ..forest import krb5_conf
from ..net import LabError, wait_for
from .scenario import found, kerberos, ping, scenario, srv, step, web

COMPUTER = "LNX1"
SEALED_MEMBER = {
    "": {
        "without_keys": {
            "steps": {
                "must": [
                    ping(closest=True, client_site=plan.SITE),
                    kerberos("as", client="LNX1$"),
                    step("bind", mechanism="GSS-SPNEGO"),
                    step("hidden", "hidden", protection="sealed"),
                ],
                "must_not": [{"kind": "scp"}],
                "gaps": [],
            },
            "findings": {"must": [found("ldap-hidden", "note")], "must_not": ["error:*", "warn:*", "scp-none"]},
        }
    }
}
REALM = ("realm", "--install=/")  # talks to its service without D-Bus
ADMIN = ("--user=Administrator",)


def as_new(play):
    """The member is no member yet, and the domain does not know it."""
    play.lab.need_programs()
    client = play.client
    kept = "/etc/krb5.keytab /etc/sssd/sssd.conf /var/lib/sss/db/* /var/lib/sss/mc/* /var/lib/sss/pipes/nss"
    client.setup("sh", "-c", f"rm -rf {kept}")
    client.run("tee", "/etc/krb5.conf", given=krb5_conf(play.folder / "krb5.conf", plan.REALM).read_text())
    play.environment["KRB5_CONFIG"] = "/etc/krb5.conf"
    play.later.callback(forget, play)


def forget(play):
    for dc in (play.forests.dc1, play.forests.dc2):
        dc.host.run("samba-tool", "computer", "delete", COMPUTER, f"--configfile={dc.conf}", check=False)
    play.forests.replicate()


def must_succeed(play, what, *words, **more):
    done = play.run(what, *words, **more)
    if done.returncode:
        raise LabError(f"{play.plain(words)}: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def started(play):
    """sssd answers programs that ask for users."""
    wait_for(lambda: not play.client.setup("test", "-S", "/var/lib/sss/pipes/nss", check=False).returncode, "sssd", 20)


@scenario(
    "linux-member",
    "A Linux machine joins the domain by realm and adcli, asks it for users by sssd, writes its address by "
    "nsupdate -g, and leaves: all goes well",
    client=plan.MEMBER,
    points={"": plan.MEMBER},
    before=as_new,
    keys=True,
    told=SEALED_MEMBER,
    unrepeatable="the machine has left when its commands would be repeated",
    steps=[
        srv("_ldap._tcp.nordwind.test"),
        ping(closest=True, client_site=plan.SITE),
        kerberos("as", client="Administrator"),
        kerberos("as", "normal", 52),
        kerberos("as", client="LNX1$"),
        step("bind", mechanism="GSS-SPNEGO"),
        kerberos("tgs", spn="DNS/dc1.nordwind.test"),
    ],
    not_findings=["error:*", "warn:*"],
)
def linux_member(play):
    password = {"given": plan.PASSWORD + "\n"}
    must_succeed(play, "ping", *REALM, "discover", plan.DOMAIN)
    must_succeed(play, "bind", *REALM, "join", f"--computer-name={COMPUTER}", *ADMIN, plan.DOMAIN, **password)
    play.forests.replicate()
    must_succeed(play, "bind", "adcli", "testjoin", f"--domain={plan.DOMAIN}")
    with play.running("bind", "sssd", "-i", "--logger=stderr"):
        started(play)
        must_succeed(play, "search", "id", f"{plan.CRM}@{plan.DOMAIN}")
        must_succeed(play, "search", "getent", "passwd", f"anna.berg@{plan.DOMAIN}")
    must_succeed(play, "kerberos", "kinit", "-k", f"{COMPUTER}$@{plan.REALM}")
    name = f"{play.client.name}.{plan.DOMAIN}"
    # Its status is 2 although the update was done: it finds fault with how Samba signs the answer.
    play.run("update", "nsupdate", "-g", given=f"update add {name} 300 A {play.client.address()}\nsend\n")
    done = play.dig(name, "A")
    if play.client.address() not in done.stdout:
        raise LabError(f"nsupdate -g did not write {name}: see the laboratory's log")
    play.run("update", "nsupdate", "-g", given=f"update delete {name} A\nsend\n")
    must_succeed(play, "bind", *REALM, "leave", "--remove", *ADMIN, **password)


@scenario(
    "exchangelib",
    "Another client, exchangelib, which asks no directory for an SCP and proves itself by NTLM: the "
    "autodiscover host answers",
    client=plan.MEMBER,
    points={"": plan.MEMBER},
    before=lambda play: play.lab.need_programs(),
    domain=None,
    site=None,
    mail_domain=plan.MAIL,
    steps=[
        web("https://autodiscover.post.nordwind.test/Autodiscover/Autodiscover.xml", auth="ntlm"),
    ],
    not_findings=["error:*", "ntlm-fallback", "scp-none"],
)
def exchangelib(play):
    must_succeed(
        play,
        *("autodiscover", LAB / "client" / "exchangelib_discover", plan.MAILBOX, play.client.folder / "ntlm-user"),
        environment={"REQUESTS_CA_BUNDLE": str(play.lab.ca)},
    )
