# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of the laboratory that need none: the comparison of a command with a capture, and capture files."""

import io
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from labkit import core, faults, record, repeat  # noqa: E402
from labkit.core import load_script  # noqa: E402
from labkit.mit import add_tickets, credentials, damage_ticket  # noqa: E402
from labkit.net import LabError  # noqa: E402

DIG = ";; ->>HEADER<<- opcode: QUERY, status: {status}, id: 1\n\n;; ANSWER SECTION:\n{answer}\n"
ONE = "_ldap._tcp.x.test. 300 IN SRV 0 100 389 dc1.x.test."
RECORD = {"priority": 0, "weight": 100, "port": 389, "target": "DC1.x.test"}
SRV = {"kind": "srv", "outcome": "ok", "detail": {"result": "answered", "records": [RECORD]}}
NONE = {"kind": "srv", "outcome": "failed", "detail": {"result": "nxdomain", "records": []}}
AS = {"kind": "kerberos", "outcome": "failed", "detail": {"error": 18}}
AS_OK = {"kind": "kerberos", "outcome": "ok", "detail": {"error": None}}
PING = {"kind": "ping", "outcome": "ok", "detail": {"host": "dc1.x.test", "dc_site": "Lund"}}
BIND = {"kind": "bind", "outcome": "failed", "detail": {"result": 49}}
SIGN = {"kind": "bind", "outcome": "failed", "detail": {"result": 8}}
SCP = {"kind": "scp", "outcome": "ok", "detail": {"result": 0, "entries": 1, "entry_list": [{"binding": "https://A/"}]}}
TLS = {"kind": "tls", "outcome": "ok", "detail": {"version": "TLS 1.3"}}
WEB = {"kind": "autodiscover", "outcome": "failed", "detail": {"status": 200, "error": "600"}}
LDIF = "dn: CN=a\nserviceBindingInformation: https:\n //a/\n\n"
SEALED = "SASL data security layer installed."
VALUE = "dn:\nNetLogon:: A2RjMQRMdW5k\n"  # \3dc1\4Lund


def done(out="", rc=0, err=""):
    return SimpleNamespace(stdout=out, stderr=err, returncode=rc)


@pytest.mark.parametrize(
    ("step", "same", "other"),
    [
        (SRV, done(DIG.format(status="NOERROR", answer=ONE)), done(DIG.format(status="NOERROR", answer=""))),
        (SRV, done(DIG.format(status="NOERROR", answer=ONE)), done(DIG.format(status="NOERROR", answer=ONE.replace("389", "390")))),
        (NONE, done(DIG.format(status="NXDOMAIN", answer="")), done(DIG.format(status="SERVFAIL", answer=""))),
        (AS, done(rc=1, err="kinit: Client's credentials have been revoked"), done(rc=0)),
        (AS, done(rc=1, err="kinit: Client's credentials have been revoked"), done(rc=1, err="kinit: Cannot contact any KDC")),
        (AS_OK, done(), done(rc=1, err="kinit: Client's credentials have been revoked")),
        (PING, done(VALUE), done("dn:\n")),
        (PING, done(VALUE), done("dn:\nNetLogon:: A2RjMgRMdW5k\n")),
        (BIND, done(rc=49, err="ldap_bind: Invalid credentials (49)"), done()),
        (SIGN, done(rc=8, err="ldap_bind: Strong(er) authentication required (8)"), done()),
        (SIGN, done(err=SEALED), done(rc=49, err="ldap_bind: Invalid credentials (49)")),
        (SCP, done(LDIF), done()),
        (SCP, done(LDIF), done(LDIF.replace("/a/", "/b/"))),
        (SCP, done(LDIF), done(rc=32, err="No such object (32)")),
        (TLS, done("New, TLSv1.3, Cipher is X"), done("New, TLSv1.2, Cipher is X")),
        (TLS, done("New, TLSv1.3, Cipher is X"), done("New, (NONE), Cipher is (NONE)")),
        (WEB, done("HTTP/1.1 401 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<ErrorCode>600<"), done("HTTP/1.1 404 No\r\n\r\n600")),
        (WEB, done("HTTP/1.1 200 OK\r\n\r\n<ErrorCode>600<"), done("HTTP/1.1 200 OK\r\n\r\nfine")),
    ],
)
def test_a_command_that_says_something_else_is_noticed(step, same, other):
    wanted, got = repeat.KINDS[step["kind"]](step, step["detail"])
    assert got(same) == wanted
    assert got(other) != wanted


def block(kind, data=b""):
    size = 12 + len(data)
    return struct.pack("<II", kind, size) + data + struct.pack("<I", size)


def test_secrets_come_behind_the_interfaces(tmp_path):
    """And packets keep their order."""
    section, interface, secrets = block(record.SECTION), block(record.INTERFACE), block(record.SECRETS)
    packets = [block(6, bytes([n] * 4)) for n in range(3)]
    path = tmp_path / "capture.pcapng"
    path.write_bytes(b"".join([section, secrets, interface, *packets]))
    record.in_order(path)
    assert path.read_bytes() == b"".join([section, interface, secrets, *packets])


def test_tickets_of_two_files_in_one(tmp_path):
    head = b"\5\4" + struct.pack(">H", 0) + struct.pack(">III", 1, 1, 1) + b"R" + struct.pack(">I", 1) + b"u"
    for name, ticket in (("a", b"one"), ("b", b"two")):
        (tmp_path / name).write_bytes(head + ticket)
    assert credentials(tmp_path / "a") == (head, b"one")
    add_tickets(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == head + b"onetwo"


def test_a_damaged_ticket_is_damaged_in_its_last_byte(tmp_path):
    ticket = b"\x61\x82\x01\x02" + bytes(258)
    (tmp_path / "a").write_bytes(b"before" + ticket + b"behind")
    damage_ticket(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"before" + ticket[:-1] + b"\1" + b"behind"


# PA-FOR-USER as Heimdal sends it: karin.vik@HAMN.TEST, hmac-sha1-96-aes256
FOR_USER = bytes.fromhex(
    "a10402020081a24e044c304aa0163014a003020101a10d300b1b096b6172696e2e76696ba10b1b0948414d4e2e54455354"
    "a2173015a003020110a10e040c704c45336ed0fe1732437e23a30a1b084b65726265726f73"
)


def test_only_the_checksum_over_the_users_name_is_altered():
    altered = load_script(Path(repeat.__file__).with_name("alter")).altered
    data = b"before" + FOR_USER + b"behind"
    changed = altered(data)
    at = data.index(bytes.fromhex("704c45336e"))
    assert changed == data[:at] + b"\x71" + data[at + 1 :]
    assert altered(b"before" + FOR_USER[6:]) == b"before" + FOR_USER[6:]
    assert altered(data[:40]) == data[:40]


def test_a_scenario_that_was_killed_is_noticed(tmp_path):
    """What was interrupted otherwise has put the world right again."""
    (tmp_path / "state.json").write_text('{"machine": {}}')
    lab = core.Lab(tmp_path)
    with pytest.raises(KeyboardInterrupt), lab.playing("dead-dc"):
        raise KeyboardInterrupt
    with lab.playing("healthy"):
        killed = core.Lab(tmp_path)
    with pytest.raises(LabError, match="healthy was killed"), killed.playing("sealed"):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: another user's laboratory: that takes root")
def test_another_users_laboratory(tmp_path):
    """One sentence instead of a traceback."""
    lab = Path(__file__).with_name("lab")
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(path.stat().st_mode | 0o011)
    (tmp_path / "closed").mkdir(mode=0o700)
    done = subprocess.run([sys.executable, "-B", lab, "--dir", tmp_path / "closed" / "x", "list"], user=65534, group=65534,
                          extra_groups=[], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"lab: .* is another user's; .*: sudo tests/lab/lab .* list\n", done.stderr)


def test_faults_for_a_class_tell_nobody_but_the_trainer(monkeypatch, capsys):
    """What the class is told is the same for all; each has a name, and a page at which the class should end."""
    names = [fault.name for fault in faults.FAULTS]
    assert len(names) == len(set(names)) >= 10
    for fault in faults.FAULTS:
        assert (core.LAB.parents[1] / "docs" / "findings" / f"{fault.look}.md").is_file(), fault.look
        assert faults.choose(fault.name, False) is fault
    monkeypatch.setattr("sys.stdin", io.StringIO("3\n"))
    assert faults.choose(None, False) is faults.FAULTS[2]
    assert capsys.readouterr().out.count("\n") == len(names)
    assert faults.choose(None, True) in faults.FAULTS
    assert capsys.readouterr().out == ""
    with pytest.raises(LabError, match="no fault"):
        faults.choose("nosuch", False)
