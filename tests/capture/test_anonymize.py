# SPDX-License-Identifier: GPL-2.0-or-later
"""adpath.anonymize: no name of the capture leaves, and nothing is judged otherwise.

What the names are says Wireshark without the plugin. Recordings stand behind one another in one file, so that a few starts of
tshark see them: every one, and those that have keys with them, too, by which more is seen.
"""

import functools
import json
import re

import harness
import pytest
from pseudonyms import ON, bones

# Where Wireshark shows names of a house.
NAMES = """dns.qry.name dns.srv.target dns.cname dns.soa.mname dns.srv.name nbns.name kerberos.realm kerberos.crealm
    kerberos.CNameString kerberos.SNameString ldap.baseObject ldap.objectName http.host http.location
    tls.handshake.extensions_server_name x509ce.dNSName mscldap.domain mscldap.forest mscldap.hostname
    mscldap.nb_domain mscldap.nb_hostname mscldap.sitename mscldap.clientsitename mscldap.username
    ntlmssp.auth.username ntlmssp.auth.domain ntlmssp.auth.hostname""".split()
ADDRESSES = "ip.addr ipv6.addr dns.a dns.aaaa".split()

# Public, or words of English that our own sentences have, too (some are the first label of a host: whole names are looked for as well).
PUBLIC = set(
    """_ldap _kerberos _kpasswd _gc _autodiscover _tcp _udp _msdcs _sites _kerberos-master autodiscover
    autodiscover-s outlook office365 com test local arpa in-addr ip6 default-first-site-name http https host ldap cifs krbtgt gc dns
    rpcss restrictedkrbhost kadmin changepw administrator guest anonymous wellknown
    cn dc ou configuration services schema sites system partitions users computers servers protocols
    microsoft exchange administrative groups group fydibohf23spdlt device registration
    windows domains pdc forestdnszones domaindnszones root mail server client site domain web service name user xml svc
    login the and for not virtual machine hyper-v rightsmanagementservices scp msrmrootcluster termservlicensing
    sdkservicescp healthservicescp connection 62a0ff2e-97b9-4513-943f-0d221bd30080
    again anything back both common des disabled elsewhere expired first front invalid kdc nowhere null organization plain post proxy
    rc4 realm refuse silent unspecified untrusted""".split()
)


def words(values):
    """The parts of names that stand for nothing but themselves."""
    found = set()
    for value in values:
        found |= {w.lower() for w in re.split(r"[^\w-]+", value)}
    return {w for w in found - PUBLIC if len(w) > 2 and not w.strip("-_").isdigit()}


@functools.lru_cache(maxsize=None)
def shown_by_wireshark(wireshark, capture):
    known = set(re.findall(r"^F\t[^\t]*\t(\S+)", wireshark.run("tshark", "-G", "fields", plugins=None).out, re.M))
    fields = [a for name in NAMES + ADDRESSES if name in known for a in ("-e", name)]
    out = wireshark.ask(capture, "-T", "fields", *fields, "-E", "separator=/t", plugins=None)
    columns = [name for name in NAMES + ADDRESSES if name in known]
    names, addresses = set(), set()
    for line in out.splitlines():
        for column, cell in zip(columns, line.split("\t")):
            (addresses if column in ADDRESSES else names).update(filter(None, cell.split(",")))
    return names, {a for a in addresses if not a.startswith(("127.", "224.", "239.", "ff02:", "255.", "0.")) and a not in ("::", "::1")}


def leaks(text, names, addresses):
    """What of the capture's names stands in a text of ours."""
    low = text.lower()
    told = set(re.findall(r"[\w-]+", low))
    dotted = {n.lower() for n in names if "." in n.strip(".") and words([n])}
    return (
        sorted(words(names) & told)
        + sorted(n for n in dotted if n in low)
        + sorted(a for a in addresses if re.search(r"(?<![\w.:])" + re.escape(a) + r"(?![\w.:])", low))
    )


@pytest.fixture(scope="session")
def everything(wireshark):
    """All recordings, behind one another."""
    return wireshark.merged([c for c in harness.OWN_CAPTURES if not c.keytab], "every-recording")


def captures(everything):
    yield everything
    # Those with keys show more: what is sealed without them.
    for capture in harness.OWN_CAPTURES:
        if capture.keytab:
            yield capture


REPORTS = "path ndjson verdict stages steps tsv tree srt markdown html decrypt about".split()


def test_nothing_is_judged_otherwise_and_no_report_has_a_name(wireshark, everything):
    for capture in captures(everything):
        capture = capture if capture is everything else wireshark.borrow(capture)
        plain = wireshark.json(capture)
        veiled = json.loads(wireshark.ask(capture, *ON, "-q", "-z", "adpath,json"))
        assert bones(veiled) == bones(plain), capture
        names, addresses = shown_by_wireshark(wireshark, capture)
        # The test would see a name.
        assert leaks(json.dumps(plain), names, addresses)
        assert not leaks(json.dumps(veiled), names, addresses), capture
        arguments = [a for name in REPORTS for a in ("-z", "adpath," + name)]
        for step in plain["paths"][0]["steps"][::7]:
            arguments += ["-z", f"adpath,explain,{step['frames'][0]}"]
        out = wireshark.ask(capture, *ON, "-2", "-q", *arguments, "-z", "flow,adpath,standard")
        assert len(out) > 5000 and not leaks(out, names, addresses), capture


def test_beside_another_capture(wireshark, everything, lab):
    """Its report has pseudonyms, too, or it is refused."""
    healthy = wireshark.borrow(harness.Capture(harness.TESTDATA / "healthy" / "capture.pcapng", "healthy"))
    files = {}
    for name, options in (("named", ()), ("veiled", ON)):
        files[name] = wireshark.scratch / f"{name}.json"
        files[name].write_text(wireshark.ask(healthy, *options, "-q", "-z", "adpath,json"))
        files[name].chmod(0o644)
    for capture in (everything, lab("c1")):
        names, addresses = shown_by_wireshark(wireshark, capture)
        said = wireshark.ask(capture, *ON, "-q", "-z", f"adpath,compare,{files['veiled']}")
        assert "First difference that matters" in said and not leaks(said, names, addresses)
    done = wireshark.tshark(lab("c1"), *ON, "-q", "-z", f"adpath,compare,{files['named']}")
    assert done.status == 1 and "has names in it" in done.err and "nordwind" not in done.out + done.err


@pytest.mark.parametrize("passes", [(), ("-2",)])
def test_no_field_has_a_name(wireshark, everything, passes):
    """Values of attributes come before the frame they stand in is known."""
    fields = re.findall(r"^F\t[^\t]*\t(adpath\.\S+)", wireshark.run("tshark", "-G", "fields").out, re.M)
    assert "adpath.value.host" in fields
    out = wireshark.ask(
        everything, *ON, *passes, "-Y", "adpath || adpath.value", "-T", "fields", *(a for f in fields for a in ("-e", f))
    )
    names, addresses = shown_by_wireshark(wireshark, everything)
    assert not leaks(out, names, addresses)
    trees = wireshark.ask(everything, *ON, *passes, "-Y", "adpath", "-T", "pdml", "-J", "adpath")
    ours = "".join(re.findall(r'<proto name="adpath".*?</proto>', trees, re.S))
    assert len(ours) > 100000 and not leaks(ours, names, addresses)


def test_the_same_name_in_every_pass_and_report(wireshark, lab):
    capture = lab("a1")
    once = json.loads(wireshark.ask(capture, *ON, "-q", "-z", "adpath,json"))
    assert json.loads(wireshark.ask(capture, *ON, "-2", "-q", "-z", "adpath,json")) == once
    fields = wireshark.ask(capture, *ON, "-2", "-Y", "adpath", "-T", "fields", "-e", "adpath.summary")
    for step in once["paths"][0]["steps"]:
        assert step["summary"] in fields
    # Structure stays: the controller below its domain, the realm is the domain in capitals.
    path = once["paths"][0]
    controller = next(step["server"]["name"] for step in path["steps"] if step["kind"] == "ping")
    assert controller.endswith("." + path["domain"]) and path["domain"].endswith(".test")
    assert path["domain"].upper() in fields
    assert "_ldap._tcp.dc._msdcs." + path["domain"] in fields
    # A filter sees what is shown.
    found = wireshark.ask(capture, *ON, "-2", "-Y", f'lower(adpath.srv.domain) == "{path["domain"]}"')
    assert found
    assert not wireshark.ask(capture, *ON, "-2", "-Y", 'lower(adpath.srv.domain) contains "contoso"')


def test_a_word_makes_pseudonyms_that_other_captures_have_too(wireshark, lab):
    key = (*ON, "-o", "adpath.anonymize_key:a word of the house")
    one = json.loads(wireshark.ask(lab("a1"), *key, "-q", "-z", "adpath,json"))["paths"][0]
    two = json.loads(wireshark.ask(lab("c1"), *key, "-q", "-z", "adpath,json"))["paths"][0]
    numbered = json.loads(wireshark.ask(lab("a1"), *ON, "-q", "-z", "adpath,json"))["paths"][0]
    other = json.loads(
        wireshark.ask(lab("a1"), *ON, "-o", "adpath.anonymize_key:another", "-q", "-z", "adpath,json")
    )["paths"][0]
    assert one["domain"] == two["domain"] and one["client"] == two["client"]
    assert len({one["domain"], numbered["domain"], other["domain"]}) == 3


def test_off_there_is_nothing(wireshark, lab):
    plain = wireshark.ask(lab("a1"), "-q", "-z", "adpath,path")
    assert wireshark.ask(lab("a1"), "-o", "adpath.anonymize:FALSE", "-q", "-z", "adpath,path") == plain
    assert "contoso.test" in plain
