# SPDX-License-Identifier: GPL-2.0-or-later
"""The laboratory as a whole: its folder and state, raised and taken down."""

import contextlib
import fcntl
import importlib.machinery
import importlib.util
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import plan
from .forest import Forests, krb5_conf
from .mit import Kdc
from .net import HERE, LabError, Machine, alive, child_of, started, wait_for

LAB = HERE.parent
DEFAULT = Path(os.environ.get("TMPDIR") or "/var/tmp") / "adpath-lab"
# Of the client that can join: realm is to start nothing, and users are asked of sssd.
MEMBER_ETC = {
    "realmd.conf": "[service]\nautomatic-install = no\n[commands]\n"
    + "".join(f"sssd-{what}-service = /bin/true\n" for what in ("enable", "disable", "restart", "stop")),
    "nsswitch.conf": "passwd: files sss\ngroup: files sss\nhosts: files dns\n",
}
MARK = "adpath-lab"  # the file by which `down` knows that a folder is its own


def load_script(path):
    """A Python program without .py, as a module."""
    loader = importlib.machinery.SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


def merge_keytabs(target, *sources):
    """One file of several: a header of two bytes, then entries."""
    target.write_bytes(b"\5\2" + b"".join(source.read_bytes()[2:] for source in sources))
    return target


class Lab:
    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.state = {}
        self.machine = Machine({})
        self.log = None
        self.pki = load_script(LAB / "exchange" / "pki")
        self.forests = Forests(self)
        if self.state_file.exists():
            self.state = json.loads(self.state_file.read_text())
            self.machine = Machine(self.state["machine"])
            self.log = open(self.folder / "log", "a", encoding="utf-8")

    # --- state

    @property
    def state_file(self):
        return self.folder / "state.json"

    def save(self):
        partial = self.state_file.with_suffix(".part")
        partial.write_text(json.dumps(self.state, indent=1) + "\n")
        os.replace(partial, self.state_file)

    @contextlib.contextmanager
    def alone(self):
        """Two commands do not change one laboratory at the same time."""
        self.check_folder()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with open(self.folder.with_name(self.folder.name + ".lock"), "w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise LabError(f"another command is at work on {self.folder}") from None
            yield
            os.unlink(lock.name)

    def check_folder(self):
        """Nobody else's folder is taken, and none that is not a laboratory is cleared."""
        if self.folder.exists():
            if os.stat(self.folder).st_uid != os.geteuid():
                raise LabError(f"{self.folder} belongs to another user: name another with --dir")
            if any(self.folder.iterdir()) and not (self.folder / MARK).exists():
                raise LabError(f"{self.folder} holds something else: name another with --dir")

    @property
    def is_up(self):
        return self.machine.is_up() and self.state.get("complete", False)

    def need(self):
        if not self.is_up:
            raise LabError("the laboratory is not up: `lab up` raises it")

    @contextlib.contextmanager
    def playing(self, name):
        """While a scenario changes the world. Whoever is killed then cannot put it right again."""
        before = self.state.get("playing")
        if before:
            raise LabError(
                f"{before} was killed while it played, and the world is as that left it: `lab down`, then `lab up`"
            )
        self.state["playing"] = name
        self.save()
        try:
            yield
        finally:
            self.state["playing"] = None
            self.save()

    def remember(self, name, process):
        pid = child_of(process, name)
        self.state["servers"][name] = {"pid": pid, "started": started(pid)}
        self.save()

    def forget(self, name):
        """Ends a server and all that runs on its host, but for the host itself."""
        host = self.machine.host(name)
        self.state["servers"].pop(name, None)
        self.save()
        end_all(host)

    def report(self, text):
        print(f"lab: {text}", file=sys.stderr, flush=True)

    # --- up and down

    def up(self, seconds, install=True):
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        begin = time.monotonic()
        if self.is_up:
            self.report(f"is up already, in {self.folder}")
            return
        self.down()
        if install:
            subprocess.run([LAB / "install"], check=True)
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)  # the web server's user goes through it
        (self.folder / MARK).write_text("A laboratory of adpath; `lab down` removes it.\n")
        self.log = open(self.folder / "log", "a", encoding="utf-8")
        done = False
        try:
            self._raise(seconds)
            done = True
        finally:
            if not done:
                # Also for an interruption. What was said stays to be read.
                self.machine.end()
                self.report(f"did not come up; see {self.folder}/log")
        self.report(f"up in {time.monotonic() - begin:.1f} s, in {self.folder}")

    def _raise(self, seconds):
        self.machine = Machine(Machine.begin(seconds, self.log))
        self.state = {"machine": self.machine.state, "servers": {}, "complete": False}
        self.save()
        self.machine.make_bridge()
        for name, (addresses, domain, resolvers) in plan.HOSTS.items():
            folder = self.folder / name
            folder.mkdir()
            realm = domain.upper()
            environment = {"KRB5_CONFIG": str(krb5_conf(folder / "krb5.conf", realm))}
            self.machine.add_host(
                name, folder, addresses, resolvers, self.log, domain, environment
            )
        self.save()
        self.pki.make_cas(self.folder / "pki")
        self._start_dns()
        self.forests.raise_all()
        Kdc(self).begin()
        self._start_web()
        self._furnish_clients()
        self._furnish_member()
        self.state["complete"] = True
        self.save()

    def down(self):
        """Also after an interruption, and when there is nothing."""
        self.machine.end()
        if self.folder.exists():
            self.check_folder()
            shutil.rmtree(self.folder)
        self.state = {}
        self.machine = Machine({})

    # --- what is not a domain controller

    @property
    def ca(self):
        return self.folder / "pki" / "ca.pem"

    def certificate(self, name):
        return self.pki.make_cert(self.folder / "pki", name)

    def _start_dns(self):
        host = self.machine.host("dns")
        forwards = []
        for domain, address in ((plan.DOMAIN, "10.31.1.1"), (plan.OTHER_DOMAIN, "10.31.9.1")):
            forwards.append(f"--server=/{domain}/{address}")
        address = plan.HOSTS["kdc"][0][0].partition("/")[0]
        forwards.append(f"--host-record={plan.MIT_KDC},{address}")
        for transport in ("udp", "tcp"):
            forwards.append(f"--srv-host=_kerberos._{transport}.{plan.MIT_DOMAIN},{plan.MIT_KDC},88")
        common = "dnsmasq --keep-in-foreground --no-resolv --no-hosts --no-poll --bind-interfaces --user=root --pid-file= --cache-size=0 --conf-file=/dev/null --no-negcache".split()
        for address, more in ((plan.RESOLVER, forwards), (plan.WRONG_RESOLVER, [])):
            words = [*common, f"--listen-address={address}", "--except-interface=lo", "--address=/#/", *more]
            host.start(words, self.log)

    def _start_web(self):
        host = self.machine.host("ex1")
        merge_keytabs(
            host.folder / "web.keytab", *(self.folder / f"{dc}-web.keytab" for dc in ("dc1", "syd1"))
        )
        keytabs = []
        for dc in (self.forests.dc1, self.forests.syd1):
            keytabs.append(self.folder / f"{dc.name}.keytab")
            dc.export_keytab(keytabs[-1])
        merge_keytabs(self.keytab, *keytabs)
        (host.folder / "ntlm-users").write_text(f"NORDWIND:{plan.CRM}:{plan.PASSWORD}\n")
        self.vhosts({name: settings for name, (_, settings, _) in plan.WEB.items()})
        keys = {"SSLKEYLOGFILE": str(host.folder / "tls.keys")}
        process = host.start(self._serve(), self.log, keys)
        self.remember("ex1", process)
        host.start(self._serve(http2=True), self.log, keys)
        for address in (plan.EX1, plan.HTTP2):
            wait_for(lambda a=address: f" {a}:443 " in host.run("ss", "-Hltn").stdout, f"the web server at {address}")

    @property
    def keytab(self):
        """All keys of both forests: opens what was recorded."""
        return self.folder / "all.keytab"

    def export_web_keys(self, dc):
        """The keys that the web server is to have, of one forest."""
        dc.export_keytab(self.folder / f"{dc.name}-web.keytab", *self._web_principals(dc))

    @staticmethod
    def _web_principals(dc):
        return [
            f"HTTP/{name}"
            for name, (_, _, account) in plan.WEB.items()
            if name.endswith(dc.domain) and account
        ]

    def _serve(self, http2=False):
        host = self.machine.host("ex1")
        words = [LAB / "exchange" / "serve", "--dir", host.folder / ("web2" if http2 else "web")]
        words += ["--http2", "--behaviour", host.folder / "web" / "behaviour.json"] if http2 else []
        words += ["--vhosts", host.folder / "vhosts.json", "--pki", self.folder / "pki"]
        words += ["--keytab", host.folder / "web.keytab", "--ntlm-users", host.folder / "ntlm-users"]
        for address in host.settings["addresses"]:
            address = address.partition("/")[0]
            if (address == plan.HTTP2) == http2:
                words += ["--bind-http" if address == plan.PLAIN_ONLY else "--bind", address]
        return [str(word) for word in words]

    def vhosts(self, settings):
        path = self.machine.host("ex1").folder / "vhosts.json"
        path.write_text(json.dumps(settings, indent=1) + "\n")

    def set_scp(self, entries, other):
        """The SCP entries of both forests, written where they differ from what there is."""
        for dc, wanted in ((self.forests.dc1, entries), (self.forests.syd1, other)):
            if self.state.get("scp", {}).get(dc.name) != wanted:
                dc.order(["scp", wanted])
                self.state.setdefault("scp", {})[dc.name] = wanted
                self.save()
                if dc is self.forests.dc1:
                    self.forests.replicate([("dc2", "dc1")], f"CN=Configuration,{plan.base_dn(plan.DOMAIN)}")

    def _furnish_clients(self):
        for name in ("ws1", "ws2"):
            host = self.machine.host(name)
            (host.folder / "password").write_text(plan.PASSWORD + "\n")
            (host.folder / "ntlm-user").write_text(f"NORDWIND:{plan.CRM}:{plan.PASSWORD}\n")
            self._add_discover(host)
            state = host.folder / "samba"
            state.mkdir()
            (host.folder / "smb.conf").write_text(
                "[global]\n"
                f"    workgroup = NORDWIND\n    realm = {plan.REALM}\n    security = ads\n"
                f"    netbios name = {name.upper()}\n    kerberos method = system keytab\n"
                + "".join(
                    f"    {kind} = {state}\n"
                    for kind in ("private dir", "lock dir", "state directory", "cache directory", "pid directory")
                )
            )


    def _furnish_member(self):
        """The client with further programs. Without them (there is no network) it is as the others."""
        host = self.machine.host(plan.MEMBER)
        (host.folder / "password").write_text(plan.PASSWORD + "\n")
        (host.folder / "ntlm-user").write_text(f"NORDWIND:{plan.CRM}:{plan.PASSWORD}\n")
        self._add_discover(host)
        programs = self.folder / "programs"
        done = subprocess.run([LAB / "unpack", programs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            self.report(f"no realm, sssd, exchangelib and Heimdal, which could not be fetched: {done.stderr[-500:]}")
            return
        try:
            host.add_layers(programs)
        except LabError as error:
            self.report(f"no realm, sssd, exchangelib and Heimdal, which could not be laid over /usr: {error}")
            return
        for name, text in MEMBER_ETC.items():
            host.run("tee", f"/etc/{name}", given=text)
        self.state["programs"] = True

    def need_programs(self):
        if not self.state.get("programs"):
            raise LabError("the programs of tests/lab/PACKAGES.unpacked are not there: `lab up` said why")

    def _add_discover(self, host):
        """`discover` in a shell: the client of the EWS Managed API's kind, as this place needs it."""
        path = host.folder / "bin" / "discover"
        path.parent.mkdir()
        program = shlex.join([str(LAB / "client" / "ews_discover"), "--domain", plan.DOMAIN, "--ca", str(self.ca)])
        path.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        path.chmod(0o755)


def end_all(host):
    """Ends all processes of a host, but for the one that holds it."""
    space = os.readlink(f"/proc/{host.holder}/ns/net")

    def left():
        pids = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != host.holder:
                with contextlib.suppress(OSError):
                    if os.readlink(entry / "ns/net") == space and alive(int(entry.name)):
                        pids.append(int(entry.name))
        return pids

    for number, seconds in ((signal.SIGTERM, 3), (signal.SIGKILL, 10)):
        for pid in left():
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        try:
            wait_for(lambda: not left(), f"the servers of {host.name} to end", seconds)
            return
        except LabError:
            if number == signal.SIGKILL:
                raise
