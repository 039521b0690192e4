# SPDX-License-Identifier: GPL-2.0-or-later
"""A realm of its own with MIT's KDC: it sends a genuine KRB_AP_ERR_MODIFIED, which Samba's does not."""

import struct
from pathlib import Path

from . import plan
from .net import wait_for

KDC_CONF = """[kdcdefaults]
    kdc_ports = 88
    kdc_tcp_ports = 88
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        supported_enctypes = aes256-cts:normal
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
"""
FRONT, BACK, USER = "HTTP/front.hamn.test", "HTTP/back.hamn.test", "karin.vik"


class Kdc:
    def __init__(self, lab):
        self.lab = lab
        self.realm = plan.MIT_REALM

    @property
    def host(self):
        return self.lab.machine.host("kdc")

    @property
    def front_keytab(self):
        return self.host.folder / "front.keytab"

    @property
    def environment(self):
        return {"KRB5_KDC_PROFILE": str(self.host.folder / "kdc.conf")}

    def begin(self):
        folder = self.host.folder
        (folder / "kdc.conf").write_text(KDC_CONF.format(realm=self.realm, folder=folder))
        self.run("kdb5_util", "create", "-s", "-r", self.realm, "-P", plan.PASSWORD)
        self.admin(f"addprinc -pw {plan.PASSWORD} {USER}")
        for service in (FRONT, BACK):
            self.admin(f"addprinc -randkey {service}")
        self.admin(f"ktadd -k {self.front_keytab} {FRONT}")
        process = self.host.start(["krb5kdc", "-n", "-r", self.realm], self.lab.log, self.environment)
        self.lab.remember("kdc", process)
        wait_for(lambda: ":88 " in self.host.run("ss", "-Hltn").stdout, "MIT's KDC")

    def run(self, *words):
        return self.host.run(*words, environment=self.environment)

    def admin(self, order):
        self.run("kadmin.local", "-r", self.realm, "-q", order)

    def change_own_key(self, times=2):
        """That of its own service, krbtgt. Twice, and nothing made with the first is believed."""
        for _ in range(times):
            self.admin(f"cpw -randkey krbtgt/{self.realm}@{self.realm}")


def credentials(path):
    """A ticket file: what stands before the tickets, and the tickets."""
    data = Path(path).read_bytes()
    assert data[:2] == b"\5\4", path
    (size,) = struct.unpack_from(">H", data, 2)
    begin = 4 + size
    _, count, length = struct.unpack_from(">III", data, begin)
    begin += 12 + length
    for _ in range(count):
        (length,) = struct.unpack_from(">I", data, begin)
        begin += 4 + length
    return data[:begin], data[begin:]


def damage_ticket(path):
    """Changes the last byte of the first ticket in a file: of what its KDC encrypted for itself."""
    data = bytearray(Path(path).read_bytes())
    begin = data.index(b"\x61\x82")  # [APPLICATION 1], with a length of two bytes
    (length,) = struct.unpack_from(">H", data, begin + 2)
    data[begin + 4 + length - 1] ^= 1
    Path(path).write_bytes(data)


def add_tickets(target, source):
    """The tickets of one file into another, behind those that are there."""
    with open(target, "ab") as file:
        file.write(credentials(source)[1])
