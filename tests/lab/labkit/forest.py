# SPDX-License-Identifier: GPL-2.0-or-later
"""The domain controllers: two forests by Samba, a trust between them, and their DNS."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import plan
from .net import HERE, LabError, wait_for

# What provision and join may not choose by themselves, nor take from the machine's own smb.conf.
OPTIONS = [
    "interfaces = lo eth0",
    "bind interfaces only = yes",
    f"dns forwarder = {plan.RESOLVER}",
    "allow dns updates = nonsecure",
    "server services = s3fs, rpc, ldap, cldap, kdc, drepl, winbindd, kcc, dns",
    "prefork children = 1",
    "max log size = 2000",
    "load printers = no",
    "disable spoolss = yes",
]
KEPT = (
    "binddns dir, cache directory, lock directory, private dir, state directory, netbios name, realm, "
    "workgroup, server role, idmap_ldb:use rfc2307, path, read only"
).split(", ")

KRB5 = """[libdefaults]
    default_realm = {realm}
    dns_lookup_realm = false
    dns_lookup_kdc = true
    dns_canonicalize_hostname = false
    rdns = false
    kdc_timesync = 0
    {more}
[domain_realm]
    .sydvest.test = SYDVEST.TEST
    sydvest.test = SYDVEST.TEST
    .nordwind.test = NORDWIND.TEST
    nordwind.test = NORDWIND.TEST
"""


def krb5_conf(path, realm, more=""):
    path.write_text(KRB5.format(realm=realm, more=more))
    return path


class Controller:
    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        self.domain, self.netbios, self.site = plan.CONTROLLERS[name]
        self.fqdn = f"{name}.{self.domain}"

    @property
    def host(self):
        return self.lab.machine.host(self.name)

    @property
    def folder(self):
        return self.lab.folder / self.name / "ad"

    @property
    def conf(self):
        return self.folder / "etc" / "smb.conf"

    def options(self):
        certificate, key = self.lab.certificate(self.fqdn)
        key.chmod(0o600)  # else Samba refuses it
        # The second one wants LDAP signed, sealed or in TLS, as a hardened DC does.
        strong = "yes" if self.name == "dc2" else "no"
        return [
            *OPTIONS,
            f"ldap server require strong auth = {strong}",
            f"tls certfile = {certificate}",
            f"tls keyfile = {key}",
            f"tls cafile = {self.lab.ca}",
            f"log file = {self.folder}/log.%m",
        ]

    def configure(self):
        """Rewrites smb.conf: places and names stay as they are, all else is ours."""
        lines, section = ["[global]", *self.options()], None
        for line in self.conf.read_text().splitlines():
            line = line.strip()
            if line.startswith("["):
                section = line
                if section in ("[sysvol]", "[netlogon]"):
                    lines.append(section)
            elif section in ("[global]", "[sysvol]", "[netlogon]"):
                if line.partition(" =")[0] in KEPT:
                    lines.append(line)
        text = "\n".join(line if line.startswith("[") else "    " + line for line in lines)
        self.conf.write_text(text + "\n")

    def provision(self):
        address, address6 = self.host.address(), self.host.address(6)
        self.host.run(
            *("samba-tool", "domain", "provision", "--server-role=dc", "--use-rfc2307"),
            f"--realm={self.domain.upper()}",
            f"--domain={self.netbios}",
            "--dns-backend=SAMBA_INTERNAL",
            f"--adminpass={plan.PASSWORD}",
            f"--host-name={self.name}",
            f"--host-ip={address}",
            f"--host-ip6={address6}",
            f"--site={self.site}",
            f"--targetdir={self.folder}",
            *(f"--option={option}" for option in OPTIONS),
        )
        self.configure()

    def join(self, seconds=120):
        self.host.run(
            *("samba-tool", "domain", "join", self.domain, "DC"),
            f"-U{self.netbios}\\Administrator%{plan.PASSWORD}",
            "--dns-backend=SAMBA_INTERNAL",
            f"--server=dc1.{self.domain}",
            f"--site={self.site}",
            f"--targetdir={self.folder}",
            *(f"--option={option}" for option in OPTIONS),
            f"--option=netbios name = {self.name.upper()}",
            f"--option=realm = {self.domain.upper()}",
            f"--option=workgroup = {self.netbios}",
            seconds=seconds,
        )
        self.configure()

    def spns(self):
        """As the DC itself would register them in its own time."""
        self.host.run("samba_spnupdate", "-s", self.conf)

    def start(self):
        process = self.host.start(
            ["samba", "--interactive", "--no-process-group", "--model=prefork", f"--configfile={self.conf}"],
            self.lab.log,
        )
        self.lab.remember(self.name, process)
        self.process = process

    def wait(self):
        """Until DNS, LDAP and KDC answer."""
        address = self.host.address()

        def answers():
            done = self.host.run(
                *("dig", "+short", "+time=1", "+tries=1", f"@{address}", self.fqdn, "A"), check=False
            )
            if address not in done.stdout:
                return False
            ports = self.host.run("ss", "-Hltn", check=False).stdout
            return all(f":{port} " in ports for port in (88, 389, 445, 3268, 135))

        wait_for(answers, f"{self.name} to answer", 60, 0.2)

    def stop(self):
        """Ends the servers of this DC, and only them. The host stays."""
        self.lab.forget(self.name)

    def order(self, *orders):
        """Changes in the directory: see in_dc."""
        self.host.run(str(HERE / "in_dc"), str(self.conf), given=json.dumps(orders))

    def nsupdate(self, text):
        text = f"server {self.host.address()}\n{text}\nsend\n"
        done = self.host.run("nsupdate", given=text, check=False)
        if done.returncode or done.stderr.strip():
            raise LabError(f"nsupdate at {self.name}:\n{text}{done.stderr}")

    def export_keytab(self, path, *principals):
        """Keys of these principals, or of all."""
        for principal in principals or (None,):
            more = [f"--principal={principal}"] if principal else []
            self.host.run(
                *("samba-tool", "domain", "exportkeytab", str(path), f"--configfile={self.conf}"), *more
            )


class Forests:
    """All of them, from nothing to serving."""

    def __init__(self, lab):
        self.lab = lab
        self.dc1, self.dc2, self.syd1 = (Controller(lab, name) for name in ("dc1", "dc2", "syd1"))

    def raise_all(self):
        with ThreadPoolExecutor(2) as pool:
            try:
                list(pool.map(self._first, (self.dc1, self.syd1)))
            except BaseException:
                # The pool waits for both, and without this would for a minute after an interruption.
                self.lab.machine.end()
                raise
        self._register()
        self._trust()
        self.dc2.join()
        self.dc2.spns()
        self.dc2.start()
        self.dc2.wait()
        self.replicate()

    def replicate(self, ways=(("dc1", "dc2"), ("dc2", "dc1")), base=plan.base_dn(plan.DOMAIN)):
        """What the two controllers of the first domain do not know of each other. Without this
        they would, some minutes later."""
        for target, source in ways:
            self.dc1.host.run(
                *("samba-tool", "drs", "replicate", target, source, base),
                f"-UAdministrator%{plan.PASSWORD}",
                f"--configfile={self.dc1.conf}",
            )

    def replicate_names(self, source):
        """What changed in DNS on one controller of the first domain, to the other."""
        ways = {"dc1": ("dc2", "dc1"), "dc2": ("dc1", "dc2")}
        base = plan.base_dn(plan.DOMAIN)
        for zones in (f"DC=DomainDnsZones,{base}", f"DC=ForestDnsZones,{base}"):
            self.replicate([ways[source.name]], zones)

    def _first(self, dc):
        dc.provision()
        dc.spns()
        dc.order(*self._contents(dc))
        self.lab.export_web_keys(dc)
        if dc.domain == plan.DOMAIN:
            dc.order(*self._after_export())
        dc.start()
        dc.wait()
        dc.nsupdate(self._names(dc))

    @staticmethod
    def _contents(dc):
        orders = []
        if dc.domain == plan.DOMAIN:
            orders += [["site", site] for site in (plan.SECOND_SITE, plan.THIRD_SITE)]
            orders += [["subnet", net, site] for site, nets in plan.SUBNETS.items() for net in nets]
        else:
            orders += [["subnet", "10.31.9.0/24", plan.OTHER_SITE]]
        for name, options in plan.ACCOUNTS[dc.domain].items():
            orders.append(["user", name, {"password": plan.PASSWORD, **options}])
        for name in plan.COMPUTERS[dc.domain]:
            orders.append(["computer", name, f"{name.lower()}.{dc.domain}", plan.PASSWORD])
        accounts = {}
        for host, (_, _, account) in plan.WEB.items():
            if account and host.endswith(dc.domain):
                account = plan.EXCHANGE if account == plan.STRANGER else account
                accounts.setdefault(account, []).append(f"HTTP/{host}")
        orders += [["spn", account, names] for account, names in accounts.items()]
        orders.append(["scp", plan.HEALTHY if dc.domain == plan.DOMAIN else plan.OTHER_HEALTHY])
        return orders

    @staticmethod
    def _after_export():
        """What happened since the web server got its keys: a name went to another account, and
        another account's password was changed."""
        spns = {plan.EXCHANGE: [], plan.STRANGER: []}
        for host, (_, _, account) in plan.WEB.items():
            if account in spns and host.endswith(plan.DOMAIN):
                spns[account].append(f"HTTP/{host}")
        orders = [["spn", account, names] for account, names in spns.items()]
        return [*orders, ["password", plan.OLD, plan.OTHER_PASSWORD]]

    @staticmethod
    def _names(dc):
        lines = [
            f"update add {host}. 300 A {address}"
            for host, (address, _, _) in plan.WEB.items()
            if address and host.endswith(dc.domain)
        ]
        if dc.domain == plan.DOMAIN:
            lines.append("update add ex1.nordwind.test. 300 AAAA fd31:0:0:1::20")
            for name in ("ws1", "ws2"):
                address = plan.HOSTS[name][0][0].partition("/")[0]
                lines.append(f"update add {name}.{dc.domain}. 300 A {address}")
        return "\n".join(lines)

    def _trust(self):
        self.dc1.host.run(
            *("samba-tool", "domain", "trust", "create", plan.OTHER_DOMAIN),
            *("--type=forest", "--direction=both", "--create-location=both"),
            f"-USYDVEST\\Administrator%{plan.PASSWORD}",
            f"--configfile={self.dc1.conf}",
        )

    def _register(self):
        """The records of the second DC, which it would write itself in its own time.

        Before it joins, so that it gets them with everything else.
        """
        dc, d, f = self.dc2, plan.DOMAIN, plan.DOMAIN
        a, a6 = dc.host.address(), dc.host.address(6)
        site = f"{dc.site}._sites"
        records = [(f"_ldap._tcp.{m}", 389) for m in (f"dc._msdcs.{d}", f"{site}.dc._msdcs.{d}", d, f"{site}.{d}")]
        records += [
            (f"_kerberos._tcp.{m}", 88) for m in (f"dc._msdcs.{d}", f"{site}.dc._msdcs.{d}", d, f"{site}.{d}")
        ]
        records += [(f"_ldap._tcp.{m}", 3268) for m in (f"gc._msdcs.{f}", f"{site}.gc._msdcs.{f}")]
        records += [(f"_gc._tcp.{m}", 3268) for m in (f, f"{site}.{f}")]
        records += [(f"_kerberos._udp.{d}", 88), (f"_kpasswd._tcp.{d}", 464), (f"_kpasswd._udp.{d}", 464)]
        zones = {"_msdcs": [], "": []}
        for name, port in records:
            zones["_msdcs" if "_msdcs" in name else ""].append(
                f"update add {name}. 900 SRV 0 100 {port} {dc.fqdn}."
            )
        for address, kind in ((a, "A"), (a6, "AAAA")):
            zones[""].append(f"update add {dc.fqdn}. 900 {kind} {address}")
            zones[""].append(f"update add {d}. 900 {kind} {address}")
        for lines in zones.values():
            self.dc1.nsupdate("\n".join(lines))
