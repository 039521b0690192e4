# SPDX-License-Identifier: GPL-2.0-or-later
"""The names that users type. A released one changes only with a major version."""

import re

import harness
import pytest

STRING = "FT_STRING"
UINT16 = "FT_UINT16"
UINT32 = "FT_UINT32"
INT32 = "FT_INT32"
BOOLEAN = "FT_BOOLEAN"
FRAME = "FT_FRAMENUM"
TIME = "FT_RELATIVE_TIME"

# Written down here once more on purpose: these are promises.
PROMISED = {
    # every step
    "adpath.step": STRING,
    "adpath.n": UINT32,
    "adpath.path": UINT32,
    "adpath.outcome": STRING,
    "adpath.summary": STRING,
    "adpath.request": FRAME,
    "adpath.response": FRAME,
    "adpath.previous": FRAME,
    "adpath.next": FRAME,
    "adpath.time": TIME,
    "adpath.retries": UINT32,
    "adpath.client": STRING,
    "adpath.server": STRING,
    "adpath.inferred": STRING,
    "adpath.finding": STRING,
    "adpath.finding.severity": STRING,
    "adpath.finding.text": STRING,
    "adpath.repeat.shell": STRING,
    "adpath.repeat.powershell": STRING,
    # srv
    "adpath.srv.name": STRING,
    "adpath.srv.service": STRING,
    "adpath.srv.proto": STRING,
    "adpath.srv.role": STRING,
    "adpath.srv.site": STRING,
    "adpath.srv.domain": STRING,
    "adpath.srv.target": STRING,
    "adpath.srv.port": UINT16,
    "adpath.srv.priority": UINT16,
    "adpath.srv.weight": UINT16,
    "adpath.srv.result": STRING,
    # address
    "adpath.address.name": STRING,
    "adpath.address.type": STRING,
    "adpath.address.result": STRING,
    "adpath.address.host_address": STRING,
    "adpath.address.alias": STRING,
    # ping
    "adpath.ping.domain": STRING,
    "adpath.ping.host": STRING,
    "adpath.ping.dc_site": STRING,
    "adpath.ping.client_site": STRING,
    "adpath.ping.next_site": STRING,
    "adpath.ping.closest": BOOLEAN,
    "adpath.ping.opcode": UINT16,
    "adpath.ping.flags": UINT32,
    # kerberos
    "adpath.krb.exchange": STRING,
    "adpath.krb.error": INT32,
    "adpath.krb.error_name": STRING,
    "adpath.krb.class": STRING,
    "adpath.krb.spn": STRING,
    "adpath.krb.realm": STRING,
    "adpath.krb.client": STRING,
    "adpath.krb.carrier": STRING,
    "adpath.krb.ntstatus": UINT32,
    "adpath.krb.ntstatus_name": STRING,
    "adpath.krb.skew": TIME,
    "adpath.krb.etype": INT32,
    "adpath.krb.text": STRING,
    "adpath.krb.purpose": STRING,
    "adpath.krb.for_user": STRING,
    "adpath.krb.with": STRING,
    "adpath.krb.preauth": STRING,
    "adpath.krb.offered": STRING,
    "adpath.krb.referral": STRING,
    "adpath.krb.result": UINT16,
    "adpath.krb.result_name": STRING,
    # bind, rootdse, scp, hidden
    "adpath.ldap.protection": STRING,
    "adpath.ldap.decrypted": BOOLEAN,
    "adpath.ldap.mechanism": STRING,
    "adpath.ldap.base": STRING,
    "adpath.ldap.scope": STRING,
    "adpath.ldap.filter": STRING,
    "adpath.ldap.attribute": STRING,
    "adpath.ldap.result": UINT32,
    "adpath.ldap.result_name": STRING,
    "adpath.ldap.diagnostic": STRING,
    "adpath.ldap.entries": UINT32,
    "adpath.ldap.hidden": UINT32,
    # tls
    "adpath.tls.sni": STRING,
    "adpath.tls.version": STRING,
    "adpath.tls.certificate_name": STRING,
    "adpath.tls.name_match": BOOLEAN,
    "adpath.tls.alert": STRING,
    # autodiscover
    "adpath.autodiscover.method": STRING,
    "adpath.autodiscover.url": STRING,
    "adpath.autodiscover.status": UINT16,
    "adpath.autodiscover.redirect": STRING,
    "adpath.autodiscover.error": STRING,
    "adpath.autodiscover.auth": STRING,
    "adpath.autodiscover.mailbox": STRING,
    # scp
    "adpath.scp.kind": STRING,
    "adpath.scp.entry": STRING,
    "adpath.scp.dn": STRING,
    "adpath.scp.binding": STRING,
    "adpath.scp.host": STRING,
    "adpath.scp.keyword": STRING,
    "adpath.scp.site": STRING,
    "adpath.scp.domain": STRING,
    "adpath.scp.rank": UINT32,
    "adpath.scp.rank_reason": STRING,
}


@pytest.fixture
def fields(wireshark):
    return wireshark.fields()


@pytest.mark.parametrize("name", PROMISED)
def test_promised_field(fields, name):
    assert fields[name][0] == PROMISED[name]


def test_every_field_says_what_it_means(fields):
    assert not [name for name, (_, meaning) in fields.items() if not meaning.strip()]


def test_protocol(wireshark):
    protocols = wireshark.run("tshark", "-G", "protocols").out.splitlines()
    (row,) = [line.split("\t") for line in protocols if line.split("\t")[2] == "adpath"]
    assert row[0] == "Active Directory Discovery Path"


DOCUMENTED = {
    "string": STRING, "uint16": UINT16, "uint32": UINT32, "int32": INT32, "boolean": BOOLEAN,
    "frame number": FRAME, "relative time": TIME,
}


def test_every_field_is_documented(fields):
    """docs/filters.md has a row for each, with its type, its meaning and a filter that uses it."""
    text = (harness.ROOT / "docs" / "filters.md").read_text()
    rows = re.findall(r"^\| `(adpath[\w.]*)` \| ([^|(]*?)(?: \(hex\))? \| (.*?) \| `(.*?)` \|$", text, re.M)
    told = {name: (DOCUMENTED[kind], meaning) for name, kind, meaning, _ in rows}
    known = {name: (kind, meaning) for name, (kind, meaning) in fields.items()
             if not name.startswith("adpath.expert.")}
    assert {n: told.get(n) for n in known} == known
    assert not [name for name in fields if f"`{name}`" not in text]
    assert not [name for name, _, _, example in rows if name not in example]


def test_no_field_is_documented_that_does_not_exist(fields):
    """Neither a misspelt one nor one that is gone: nobody can filter by it."""
    text = (harness.ROOT / "docs" / "filters.md").read_text()
    named = set(re.findall(r"`(adpath\.[a-z0-9_.]*[a-z0-9_])`", text))
    prefixes = {name[: m.start()] for name in fields for m in re.finditer(r"\.", name)}
    preferences = {"adpath.all_steps", "adpath.analysis", "adpath.anonymize", "adpath.anonymize_key", "adpath.infer", "adpath.mailboxes",
                   "adpath.tree", "adpath.schema.json"}
    preferences.add("adpath.capture")  # event.dataset of ndjson
    assert not sorted(named - set(fields) - prefixes - preferences)
