# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays scenarios, records them, and writes down what happened: capture.pcapng and truth.json."""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from . import plan, scenarios
from .core import LAB, load_script
from .forest import krb5_conf
from .net import BRIDGE, HERE, LabError, child_of, wait_for


STORED = LAB.parent.parent / "testdata"
SECTION, INTERFACE, SECRETS = 0x0A0D0D0A, 1, 10  # blocks of pcapng


class Recorder:
    """A dumpcap on a host's interface."""

    def __init__(self, host, path, log):
        self.path = path
        # -P: the older form, which holds nothing about the machine that recorded.
        words = ["dumpcap", "-q", "-P", "-i", "eth0", "-B", "16", "-w", str(path)]
        self.process = host.start(words, log)
        try:
            wait_for(self._runs, f"dumpcap on {host.name}", 10, 0.02)
        except LabError:
            self.stop()
            raise

    def _runs(self):
        if self.process.poll() is not None:
            raise LabError("dumpcap ended at once: see the laboratory's log")
        return self.path.exists() and self.path.stat().st_size >= 24

    def stop(self):
        if self.process.poll() is None:
            os.kill(child_of(self.process, "dumpcap"), signal.SIGINT)
            self.process.wait(20)


class Play:
    """What a scenario does with. Every command is written down with its times."""

    def __init__(self, lab, scenario, folder):
        self.lab = lab
        self.scenario = scenario
        self.folder = folder  # of this play alone
        self.actions = []
        self.decision = None
        self.later = ExitStack()
        self.client = lab.machine.host(scenario.client)
        self.forests = lab.forests
        self.environment = {}
        self.as_user("")
        self.hidden = [(str(LAB / "client") + "/", ""), (str(LAB) + "/", "")]
        self.hidden += [(str(folder), "$PLAY"), (str(lab.folder), "$LAB")]

    @property
    def keys(self):
        return self.folder / "tls.keys"

    def krb5_conf(self, more):
        """For `environment`: the client's own settings, and more of them."""
        path = krb5_conf(self.folder / "krb5.conf", plan.REALM, more)
        return {"KRB5_CONFIG": str(path)}

    def as_user(self, name):
        """A ticket cache of its own from here on."""
        self.environment = {
            "KRB5CCNAME": f"FILE:{self.folder}/tickets{name}",
            "SSLKEYLOGFILE": str(self.keys),
            "LDAPTLS_CACERT": str(self.lab.ca),
        }

    def plain(self, words):
        """A command as people may read it, without the places of this machine."""
        text = shlex.join(map(str, words))
        for place, name in self.hidden:
            text = text.replace(place, name)
        return text

    def run(self, what, *words, given=None, client=None, environment=None, seconds=120):
        """Runs a command on the client; its status is noted, whatever it is."""
        action = {"t": round(time.time(), 6), "what": what, "command": self.plain(words)}
        self.actions.append(action)
        done = (client or self.client).run(
            *words,
            given=given,
            check=False,
            environment={**self.environment, **(environment or {})},
            seconds=seconds,
        )
        action["took"] = round(time.time() - action["t"], 6)
        action["rc"] = done.returncode
        self.lab.log.write(f"--- {self.scenario.name}: {action['command']}: {done.returncode}\n")
        self.lab.log.write(done.stdout + done.stderr)
        self.lab.log.flush()
        return done

    @contextlib.contextmanager
    def running(self, what, *words):
        """A program that runs on the client while other things happen, and is ended then."""
        action = {"t": round(time.time(), 6), "what": what, "command": self.plain(words)}
        self.actions.append(action)
        process = self.client.start(words, self.lab.log, self.environment)
        try:
            yield process
        finally:
            self.end(process)
            action["took"] = round(time.time() - action["t"], 6)
            action["rc"] = process.returncode

    @staticmethod
    def end(process):
        if process.poll() is None:
            os.kill(child_of(process, "a program of the scenario"), signal.SIGTERM)
        process.wait(20)

    # --- what clients do

    def dig(self, name, kind="SRV", **more):
        return self.run("srv" if kind == "SRV" else "address", "dig", "+short", "-q", name, "-t", kind, **more)

    def locate(self, **more):
        """Samba's own client: SRV, pings over UDP, rootDSE."""
        return self.run("ping", "net", "ads", "info", "-s", (more.get("client") or self.client).folder / "smb.conf", **more)

    def adcli(self, domain=plan.DOMAIN):
        """Another locator, which pings over TCP."""
        return self.run("ping", "adcli", "info", domain)

    def kinit(self, user=plan.CRM, password=plan.PASSWORD, more=(), **options):
        return self.run("kerberos", "kinit", *more, f"{user}@{plan.REALM}" if "@" not in user else user, given=password + "\n", **options)

    def kvno(self, *names, **options):
        return self.run("kerberos", "kvno", *names, **options)

    def search(self, *more, dc="dc1.nordwind.test", base=None, text=None, attributes=(), what="scp", **options):
        """ldapsearch, for the SCP entries unless told otherwise."""
        base = f"CN=Configuration,{plan.base_dn(plan.DOMAIN)}" if base is None else base
        text = text or (
            "(&(objectClass=serviceConnectionPoint)"
            f"(|(keywords={plan.POINTER_GUID})(keywords={plan.URL_GUID})))"
        )
        attributes = attributes or ("serviceBindingInformation", "keywords")
        uri = dc if "://" in dc else f"ldap://{dc}"
        return self.run(
            what, "ldapsearch", "-LLL", "-N", "-o", "nettimeout=10", "-H", uri, *more, "-b", base, text, *attributes, **options
        )

    def discover(self, *more, mailbox=plan.MAILBOX, domain=plan.DOMAIN, bind="gssapi", form="--pox", client=None, **options):
        """The client that behaves as the EWS Managed API does. Keeps what it decided."""
        record = self.folder / f"decision-{len(self.actions)}.json"
        done = self.run(
            *("autodiscover", LAB / "client" / "ews_discover", "--mailbox", mailbox),
            *("--domain", domain, "--bind", bind, form, "--ca", self.lab.ca, "--record", record),
            *more,
            client=client,
            **options,
        )
        if not record.exists():
            raise LabError(f"{self.scenario.name}: ews_discover: {done.stderr[-2000:]}")
        self.decision = json.loads(record.read_text())
        self.decision["command"] = self.actions[-1]["command"]
        return self.decision

    # --- how the world is

    def behave(self, *words):
        host = self.lab.machine.host("ex1")
        load_script(LAB / "exchange" / "behave").main([str(host.folder / "web"), *words])

    def answer(self, host, service, **what):
        """What the web server answers from now on: see `answer`."""
        self.behave(host, service, json.dumps(what))

    def order(self, *orders):
        """Changes in the directory of the first forest, known to both of its controllers."""
        self.forests.dc1.order(*orders)
        self.forests.replicate([("dc2", "dc1")])

    def names(self, add=(), remove=(), dc=None):
        """DNS records as nsupdate takes them; undone at the end."""
        dc = dc or self.forests.dc1
        there = [f"update add {r}" for r in add] + [f"update delete {r}" for r in remove]
        back = [f"update delete {r.replace(' 300 ', ' ')}" for r in add]
        back += [f"update add {r.replace(' ', ' 300 ', 1)}" for r in remove]
        dc.nsupdate("\n".join(there))
        # The other controller must not keep for the next scenario what it heard of this one.
        self.later.callback(self.forests.replicate_names, dc)
        self.later.callback(dc.nsupdate, "\n".join(back))

    def filter(self, host, rule):
        """A rule of nft for packets on their way into a host, as `udp dport 389 drop`."""
        host = self.lab.machine.host(host)
        host.setup("nft", "add table inet play")
        self.later.callback(host.setup, "nft", "delete table inet play")
        host.setup("nft", "add chain inet play in { type filter hook input priority 0; }")
        host.setup("nft", f"add rule inet play in {rule}")

    def lose_fragments(self, *hosts):
        """On the way from these hosts no fragment of a packet gets through but the first."""
        run = self.lab.machine.run
        devices = ", ".join(self.lab.machine.host(name).link for name in hosts)
        run("nft", "add table netdev play")
        self.later.callback(run, "nft", "delete table netdev play")
        run("nft", f"add chain netdev play in {{ type filter hook ingress devices = {{ {devices} }} priority 0; }}")
        run("nft", "add rule netdev play in ip frag-off & 0x1fff != 0 drop")

    @contextlib.contextmanager
    def busy(self, host, port, seconds):
        """What listens on that port of a host does nothing for so long, as if it had too much to do."""
        host = self.lab.machine.host(host)
        servers = host.run("ss", "-Hltnp", f"sport = :{port}").stdout
        pids = sorted(set(re.findall(r"pid=(\d+)", servers)))
        if not pids:
            raise LabError(f"nothing listens on port {port} of {host.name}")

        def send(signal):
            host.run("sh", "-c", 'kill "$@"', "-", signal, *pids)

        timer = threading.Timer(seconds, send, ("-CONT",))
        try:
            send("-STOP")
            timer.start()
            yield
        finally:
            timer.cancel()
            send("-CONT")

    def datagrams(self, limit):
        """How long the KDCs' answers over UDP may be. They have to be started anew for it."""

        def take(more):
            for dc in (self.forests.dc1, self.forests.dc2):
                dc.stop()
                krb5_conf(dc.host.folder / "krb5.conf", plan.REALM, more=more)
                dc.start()
            for dc in (self.forests.dc1, self.forests.dc2):
                dc.wait()

        self.later.callback(take, "")
        take(f"[kdc]\n    max-kdc-datagram-reply-length = {limit}")

    def resolvers(self, *addresses):
        name = self.client.name
        self.client.resolve_by(addresses, plan.DOMAIN)
        self.later.callback(self.client.resolve_by, plan.HOSTS[name][2], plan.DOMAIN)

    def readdress(self, *addresses, client=None):
        """Other addresses for the client."""
        client = client or self.client

        def take(wanted):
            client.setup("ip", "addr", "flush", "dev", "eth0", "scope", "global")
            for address in wanted:
                client.setup("ip", "addr", "add", address, "dev", "eth0", *(["nodad"] if ":" in address else []))

        take(addresses)
        self.later.callback(take, client.settings["addresses"])
        self.truth_address = addresses[0].partition("/")[0]

    def slow(self, name, milliseconds, spread):
        """All that goes between a host and the others takes so much longer, each way."""
        machine, line, near, far = self.lab.machine, self.lab.machine.host(name).link, "slow-near", "slow-far"
        machine.run("ip", "link", "add", near, "type", "veth", "peer", "name", far)
        self.later.callback(machine.run, "ip", "link", "set", line, "master", BRIDGE)
        self.later.callback(machine.run, "ip", "link", "delete", near)
        for link in (near, far):
            machine.run("sysctl", "-qw", f"net.ipv6.conf.{link}.disable_ipv6=1", check=False)
            machine.run("ethtool", "-K", link, "tx", "off", "tso", "off", "gso", "off", "gro", "off", check=False)
        machine.run("ip", "link", "set", far, "master", BRIDGE, "up")
        machine.run("ip", "link", "set", near, "up")
        machine.run("ip", "link", "set", line, "nomaster")
        process = machine.start([HERE / "delay", line, near, milliseconds, spread], self.lab.log)
        self.later.callback(self.end, process)

    def wait(self, seconds):
        time.sleep(seconds)

    def marker(self):
        """A packet, and its answer, that belong to no path: the capture goes on until here."""
        self.client.run("dig", "+short", f"@{self.resolver_of_marker}", plan.OTHER_DOMAIN, "SOA", check=False)

    resolver_of_marker = plan.RESOLVER


class ServerKeys:
    """The secrets of TLS that the mail server writes from now on."""

    def __init__(self, lab):
        self.path = lab.machine.host("ex1").folder / "tls.keys"
        self.begin = self.path.stat().st_size if self.path.exists() else 0

    def append_to(self, path):
        with open(path, "ab") as keys, open(self.path, "rb") as mine:
            mine.seek(self.begin)
            keys.write(mine.read())


def without(folder):
    shutil.rmtree(folder, ignore_errors=True)


def play_one(lab, scenario, folder, repeater=None, stored=None, watch=None):
    """Plays a scenario once. Leaves capture files and truths in `folder`, a folder for each.

    repeater: then runs the commands that the plugin gives for the capture, and for the one of the
    same scenario that is in `stored`, before the world is as usual again. watch: of a play, what is
    entered while it goes on.
    """
    work = lab.folder / "play" / scenario.name
    without(work)
    work.mkdir(parents=True)
    play = Play(lab, scenario, work)
    for name in ("ws1", "ws2"):
        samba = lab.machine.host(name).folder / "samba"
        without(samba)
        samba.mkdir()
    play.behave("reset")
    lab.set_scp(scenario.scp, scenario.other_scp)
    recorders = {}
    server_keys = ServerKeys(lab)
    begin = time.time()
    with lab.playing(scenario.name), play.later, ExitStack() as watching:
        if scenario.before:
            scenario.before(play)
        if watch:
            watching.enter_context(watch(play))
        try:
            for suffix, host in scenario.points.items():
                recorders[suffix] = Recorder(lab.machine.host(host), work / f"raw{suffix}.pcap", lab.log)
            scenario.play(play)
            if scenario.silence:
                play.wait(scenario.silence)
                play.marker()
            time.sleep(0.5)  # the kernel hands over packets in blocks, and a block that waits is lost
        finally:
            for recorder in recorders.values():
                recorder.stop()
        watching.close()
        if scenario.server_secrets:
            server_keys.append_to(play.keys)
        targets = keep_all(lab, scenario, play, folder, recorders)
        took = time.time() - begin
        if repeater and repeater.wants(scenario):
            for name in targets:
                repeater(play, folder / name, "fresh")
                if stored and (stored / name / "truth.json").exists():
                    repeater(play, stored / name, "stored")
    return took


def keep_all(lab, scenario, play, folder, recorders):
    """What was recorded, as it is to be kept; the names of the folders."""
    if scenario.merge:
        merged = play.folder / "raw.pcap"
        raws = [recorder.path for recorder in recorders.values()]
        subprocess.run(["mergecap", "-F", "pcap", "-w", merged, *raws], check=True)
        keep(lab, scenario, play, folder / scenario.name, merged, "")
        return [scenario.name]
    for suffix, recorder in recorders.items():
        keep(lab, scenario, play, folder / (scenario.name + suffix), recorder.path, suffix)
    return [scenario.name + suffix for suffix in recorders]


def keep(lab, scenario, play, target, raw, suffix):
    """Makes a scenario's folder in the test data out of what was recorded."""
    pack(lab, scenario, raw, play.folder, target)
    store(target, truth(scenario, play, suffix), play.hidden)


def pack(lab, scenario, raw, work, target):
    """The capture in its last form, and what opens it."""
    without(target)
    target.mkdir(parents=True)
    words = ["editcap", "-F", "pcapng"]
    keys = work / "tls.keys"
    if scenario.secrets and keys.exists() and keys.stat().st_size:
        words += ["--inject-secrets", f"tls,{keys}"]
    subprocess.run([*words, raw, target / "capture.pcapng"], check=True, capture_output=True)
    in_order(target / "capture.pcapng")
    if scenario.keys:
        shutil.copyfile(lab.keytab, target / "capture.keytab")


def in_order(path):
    """Puts the secrets behind the interfaces: where editcap leaves them, it cannot read them itself."""
    data = path.read_bytes()
    blocks = []
    while data:
        kind, size = struct.unpack_from("<II", data)
        blocks.append((kind, data[:size]))
        data = data[size:]
    places = {SECTION: 0, INTERFACE: 1, SECRETS: 2}
    blocks.sort(key=lambda block: places.get(block[0], 3))
    path.write_bytes(b"".join(block for _, block in blocks))


def store(target, told, hidden=()):
    text = json.dumps(told, indent=1)
    for place, name in hidden:  # error texts name files, too
        text = text.replace(place, name)
    (target / "truth.json").write_text(text + "\n")
    for path in target.iterdir():
        path.chmod(0o644)


def derive(lab, scenario, folder):
    """A recording made of another one, which was played before in this laboratory."""
    begin = time.time()
    source, target = folder / scenario.made_from, folder / scenario.name
    played = lab.folder / "play" / scenario.made_from
    if not (source / "truth.json").exists() or not (played / "raw.pcap").exists():
        raise LabError(f"{scenario.name} is made of {scenario.made_from}: record that first")
    work = lab.folder / "play" / scenario.name
    without(work)
    work.mkdir()
    scenario.play(played / "raw.pcap", work / "raw.pcap")
    pack(lab, scenario, work / "raw.pcap", played, target)
    told = json.loads((source / "truth.json").read_text())
    told.pop("without_keys", None)
    told.update(scenario=scenario.name, what=scenario.what, decision=None)
    told["made_by"] = f"tests/lab/lab record {scenario.made_from} {scenario.name}"
    told["made_from"] = {"scenario": scenario.made_from, "how": scenario.made_how}
    told.update(scenario.expected())
    store(target, told)
    return time.time() - begin


def truth(scenario, play, suffix=""):
    decision = play.decision
    if decision:
        decision = {
            k: decision[k]
            for k in ("command", "switches", "site", "order", "tried", "chosen", "error", "pointer_hops")
        }
        for tried in decision["tried"]:
            tried.pop("took", None)
    told = {
        "scenario": scenario.name + suffix,
        "synthetic": False,
        "what": scenario.what + (f" ({suffix.strip('-').replace('-', ' ')})" if suffix else ""),
        "made_by": f"tests/lab/lab record {scenario.name}",
        "client": {
            "address": getattr(play, "truth_address", None) or play.client.address(),
            "name": play.client.name,
        },
        "domain": scenario.domain,
        "forest": scenario.domain,
        "site": scenario.site,
        "mail_domain": scenario.mail_domain or (plan.MAIL if decision else None),
        "actions": play.actions,
        "decision": decision,
    }
    told.update(scenario.expected(suffix))
    return told


def record(lab, names, folder=None, repeat=None):
    """The command `record`. Returns its status. repeat: "some" or "all", see Repeater."""
    unknown = [name for name in names if name not in scenarios.ALL]
    if unknown:
        raise LabError(f"no scenario {', '.join(unknown)}; `lab list` names them")
    if not names:
        names = [name for name in scenarios.ALL if name not in scenarios.BY_NAME]
        lab.report(f"{len(scenarios.BY_NAME)} more, on which inferences are measured, are recorded by name")
    wanted = [scenarios.ALL[name] for name in names]
    folder = Path(folder).resolve() if folder else lab.folder / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    failed = []
    left_out = 0
    repeater = None
    if repeat:
        from .repeat import Repeater

        repeater = Repeater(repeat)
    for scenario in wanted:
        missing = [program for program in scenario.programs if not shutil.which(program)]
        if missing:
            lab.report(f"{scenario.name} NOT RECORDED: needs {', '.join(missing)}")
            left_out += 1
            continue
        try:
            if scenario.made_from:
                seconds = derive(lab, scenario, folder)
            else:
                seconds = play_one(lab, scenario, folder, repeater, STORED)
            lab.report(f"{scenario.name}: {seconds:.1f} s")
        except (LabError, subprocess.SubprocessError, OSError) as error:
            failed.append(scenario.name)
            lab.report(f"{scenario.name} FAILED: {error}")
    lab.report(
        f"{len(wanted) - len(failed) - left_out} of {len(wanted)} recorded in {time.monotonic() - begin:.1f} s, "
        f"to {folder}"
    )
    if repeater:
        repeater.close()
        for problem in repeater.problems:
            lab.report(f"DIFFERS: {problem}")
        lab.report(f"{repeater.count} commands of steps were run, {len(repeater.problems)} say something else than the capture")
    return 1 if failed or (repeater and (repeater.problems or not repeater.count)) else 0
