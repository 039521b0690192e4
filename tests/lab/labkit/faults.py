# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults for a class: one is put into the laboratory, and stays until the trainer mends it.

Only the trainer's terminal says which. It is in no file of the laboratory, and not in the list of processes
when it is chosen by a prompt or by lot.
"""

import json
import random
import shlex
import sys

from . import plan
from .net import PATH, LabError
from .record import Play, without
from .scenarios import names, sites, web
from .scenarios.scenario import Scenario

COMPLAINT = "The user says: I start the program, and my mailbox does not open, or only after a long while."
TRY = ("kdestroy", "kinit svc-crm@NORDWIND.TEST", f"discover --mailbox {plan.MAILBOX}")


class Fault:
    """name: what the trainer types. what: what is broken. look: the finding that the class should end at.

    scp, before: as a scenario's. ends_well: the client gets there all the same, by the same way.
    """

    def __init__(self, name, what, look, scp=None, before=None, ends_well=False):
        self.name = name
        self.what = what
        self.look = look
        self.scp = plan.HEALTHY if scp is None else scp
        self.before = before
        self.ends_well = ends_well


def only(host):
    return [plan.entry(f"{host}.nordwind.test", plan.SITE)]


def out_of_order(play):
    web.no_autodiscover_host(play)
    for service in ("pox", "soap"):
        web.answers("ex1", service, status=503)(play)


def wrong_clock(play):
    """The programs of the client see a clock that is 20 minutes ahead."""
    for program in ("kinit", "kvno", "discover"):
        path = play.client.folder / "bin" / program
        kept = path.with_name(program + ".right")
        if path.exists():
            path.rename(kept)
            play.later.callback(kept.rename, path)
            real = kept
        else:
            play.later.callback(path.unlink)
            real = f"/usr/bin/{program}"
        path.write_text(f'#!/bin/sh\nexec faketime -f +20m {shlex.quote(str(real))} "$@"\n')
        path.chmod(0o755)


FAULTS = [
    Fault(
        "missing-spn",
        "no account holds the service principal name of the mail server",
        "spn-not-found-or-duplicate",
        only("nospn"),
        web.no_autodiscover_host,
    ),
    Fault(
        "wrong-key",
        "the name of the mail server's service went to another account",
        "service-key-mismatch",
        only("wrongkey"),
        web.no_autodiscover_host,
    ),
    Fault(
        "certificate",
        "the mail server shows a certificate for another name",
        "tls-name-mismatch",
        only("wrongname"),
        web.no_autodiscover_host,
    ),
    Fault("no-scp", "the directory holds no service connection point", "scp-none", [], web.no_autodiscover_host),
    Fault(
        "wrong-resolver",
        "the client asks a DNS server that knows nothing of the domain",
        "srv-not-found",
        before=names.ask_the_wrong_one,
    ),
    Fault("no-msdcs", "the names below _msdcs are missing in DNS", "srv-msdcs-missing", before=names.drop_msdcs),
    Fault(
        "stale-srv",
        "DNS still names a controller first that is no more",
        "srv-target-unresolvable",
        before=names.add_stale,
        ends_well=True,
    ),
    Fault("pings-filtered", "a firewall drops LDAP pings over UDP", "ping-unanswered", before=names.no_pings),
    Fault("ldap-refused", "the controllers refuse TCP on port 389", "dc-unreachable", before=names.refuse_ldap),
    Fault("no-site", "the client's address belongs to no site", "client-site-undefined", before=sites.to_no_site),
    Fault("clock", "the client's clock is 20 minutes ahead", "clock-skew", before=wrong_clock),
    Fault("out-of-order", "the mail server answers autodiscover with 503", "http-error", only("ex1"), out_of_order),
]
BY_NAME = {fault.name: fault for fault in FAULTS}


def choose(name, draw):
    if draw:
        return random.SystemRandom().choice(FAULTS)
    if name is None:
        for number, fault in enumerate(FAULTS, 1):
            print(f"  {number:2}  {fault.name:16}{fault.what}")
        print("Which? (name or number) ", end="", flush=True)
        name = sys.stdin.readline().strip()
        if name.isdigit() and 0 < int(name) <= len(FAULTS):
            return FAULTS[int(name) - 1]
    if name not in BY_NAME:
        raise LabError(f"no fault {name!r}; there are {', '.join(BY_NAME)}")
    return BY_NAME[name]


class Broken:
    """The laboratory with a fault in it, while the `with` lasts."""

    def __init__(self, lab, fault):
        self.lab = lab
        self.fault = fault
        work = lab.folder / "play" / "class"
        without(work)
        work.mkdir(parents=True)
        # What is logged and stored names no fault.
        self.play = Play(lab, Scenario("class", "a fault for a class", None), work)
        self.playing = lab.playing("a fault for a class")

    def __enter__(self):
        self.playing.__enter__()
        try:
            self.play.behave("reset")
            self.lab.set_scp(self.fault.scp, plan.OTHER_HEALTHY)
            self.lab.state["scp"] = {}  # a file that the class can read
            self.lab.save()
            if self.fault.before:
                self.fault.before(self.play)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self.play

    def __exit__(self, *what):
        try:
            self.play.later.close()
            self.play.behave("reset")
            self.lab.set_scp(plan.HEALTHY, plan.OTHER_HEALTHY)
        finally:
            self.playing.__exit__(None, None, None)


def wait_for_trainer(words):
    print(words, end="", flush=True)
    return sys.stdin.readline()


def teach(lab, name=None, draw=False):
    """Breaks something, tells the trainer, and mends it when the trainer is done."""
    fault = choose(name, draw)
    with Broken(lab, fault) as play:
        shell = shlex.join([sys.argv[0], *(["--dir", str(lab.folder)] if "--dir" in sys.argv else []), "shell", play.client.name])
        print(f"\nA fault is in. Tell the class: {COMPLAINT}\nThey may work here, and record:")
        print(f"  sudo {shell} dumpcap -q -P -i eth0 -w /var/tmp/class.pcap")
        for words in TRY:
            print(f"  sudo {shell} {words}")
        if draw:
            wait_for_trainer("\nPress Enter when they are done, to see what it was. ")
        print(f"\nFor you alone: {fault.name}: {fault.what}.\nThey should end at: docs/findings/{fault.look}.md\n")
        wait_for_trainer("Press Enter to mend it. ")
    print("Mended: all is as it was.")


def outcome(play):
    """What the client comes to: the status of both programs, and where it found its settings."""
    words = {"KRB5CCNAME": f"FILE:{play.folder}/tickets", "PATH": f"{play.client.folder}/bin:{PATH}"}
    record = play.folder / "class.json"
    record.unlink(missing_ok=True)
    play.client.run("kdestroy", check=False, environment=words)
    ticket = play.client.run("kinit", f"{plan.CRM}@{plan.REALM}", given=plan.PASSWORD + "\n", check=False, environment=words)
    found = play.client.run(
        *("discover", "--mailbox", plan.MAILBOX, "--timeout", "3", "--record", str(record)), check=False, environment=words, seconds=120
    )
    tried = [t.get("url") for t in json.loads(record.read_text())["tried"]] if record.exists() else None
    return ticket.returncode, found.returncode, tried


def prove(lab, name=None):
    """Puts each fault in and takes it out; the names of those that change nothing, or leave something behind."""
    failed = []
    healthy = None
    for fault in [None, *(f for f in FAULTS if name in (None, f.name))]:
        shown = fault.name if fault else "(none)"
        with Broken(lab, fault or Fault("", "", "")) as play:
            broken = outcome(play)
        if fault is None:
            healthy = broken
            print(f"{shown:16} {broken}")
            continue
        with Broken(lab, Fault("", "", "")) as play:
            mended = outcome(play)
        fine = mended == healthy and (broken != healthy or fault.ends_well)
        print(f"{shown:16} {broken} {'' if fine else 'FAILED'}")
        if not fine:
            failed.append(shown)
    return failed
