# SPDX-License-Identifier: GPL-2.0-or-later
"""Service connection points: which product's, what their values say, and the user's own table."""
import json

import pytest
from build import *  # noqa: F403
from test_ldap import POINTER_GUID, URL_GUID

DNC = "DC=contoso,DC=test"
CNC = "CN=Configuration," + DNC
PC = "CN=PC1,OU=Machines," + DNC
SERVER = (
    "CN=EX1,CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),"
    "CN=Administrative Groups,CN=Org,CN=Microsoft Exchange,CN=Services," + CNC
)
DRS = "CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services,"
PROXY, AGENT = "{ebefb703-6113-413d-9167-9f8dd4d24468}", "{2bac71e6-a293-4d5b-ba3b-50b995237946}"


def eq(attribute, value):
    return equal(attribute, value)


def scp_and(*parts):
    return all_of(eq("objectClass", "serviceConnectionPoint"), *parts)


ANY = present("objectClass")
KEYS = any_of(eq("keywords", POINTER_GUID), eq("keywords", URL_GUID))

# kind, base, scope, filter: each signature as its product asks, and beside it what only looks so.
SEARCHES = [
    ("exchange", CNC, 2, scp_and(KEYS)),
    ("exchange", CNC, 2, all_of(eq("objectcategory", "serviceConnectionPoint"), KEYS)),
    ("exchange", CNC, 2, eq("serviceClassName", "ms-Exchange-AutoDiscover-Service")),
    ("exchange", CNC, 2, substrings("serviceBindingInformation", middle=["autodiscover"])),
    ("exchange", f"CN=EX1,CN=Autodiscover,CN=Protocols,{SERVER}", 0, ANY),
    ("exchange", f"CN=Autodiscover,CN=Protocols,{SERVER}", 1, ANY),
    ("exchange", "CN=f.test,CN=Microsoft Exchange Autodiscover,CN=Services," + CNC, 0, ANY),
    (None, f"CN=Autodiscover (Default Web Site),CN=HTTP,CN=Protocols,{SERVER}", 0, ANY),
    (None, f"CN=Protocols,{SERVER}", 1, ANY),
    (None, SERVER, 0, ANY),
    (None, CNC, 2, eq("serviceClassName", "ldap")),
    (None, CNC, 2, substrings("serviceBindingInformation", middle=["ldap:"])),
    (None, DNC, 2, eq("description", URL_GUID)),
    ("hybrid-join", DRS + CNC, 0, ANY),
    ("hybrid-join", CNC, 2, eq("cn", "62a0ff2e-97b9-4513-943f-0d221bd30080")),
    ("hybrid-join", CNC, 2, substrings("keywords", "azureADName:")),
    ("hybrid-join", CNC, 2, substrings("keywords", "azureADId:")),
    ("hybrid-join", CNC, 2, substrings("keywords", "enterpriseDrsName:")),
    (None, "CN=Device Registration Configuration,CN=Services," + CNC, 1, ANY),
    (None, CNC, 2, eq("cn", "62a0ff2e-97b9-4513-943f-0d221bd30081")),
    ("rms", CNC, 2, scp_and(eq("keywords", "MSRMRootCluster"), eq("keywords", "1.0"))),
    ("rms", "CN=SCP,CN=RightsManagementServices,CN=Services," + CNC, 0, ANY),
    ("rms", "CN=MSRMRootCluster,CN=RightsManagementServices,CN=Services," + CNC, 0, ANY),
    (None, "CN=RightsManagementServices,CN=Services," + CNC, 0, ANY),
    (None, CNC, 2, eq("keywords", "1.0")),
    ("password-protection", DNC, 2, scp_and(eq("keywords", PROXY))),
    ("password-protection", DNC, 2, scp_and(eq("keywords", AGENT))),
    ("password-protection", DNC, 2, substrings("keywords", PROXY)),
    (None, DNC, 2, eq("keywords", "{ebefb703-6113-413d-9167-9f8dd4d24469}")),
    ("hyper-v", DNC, 2, eq("cn", "Microsoft Hyper-V")),
    ("hyper-v", f"CN=Microsoft Hyper-V,{PC}", 0, ANY),
    (None, DNC, 2, eq("cn", "Microsoft Hyper-V Server")),
    (None, f"CN=Microsoft Hyper-V Users,CN=Builtin,{DNC}", 0, ANY),
    ("vm-guest", DNC, 2, eq("cn", "Windows Virtual Machine")),
    ("vm-guest", f"CN=Windows Virtual Machine,{PC}", 0, ANY),
    (None, DNC, 2, eq("cn", "Windows Virtual")),
    ("rd-licensing", DNC, 2, all_of(eq("CN", "TermServLicensing"), eq("objectClass", "serviceConnectionPoint"))),
    ("rd-licensing", f"CN=TermServLicensing,{PC}", 0, ANY),
    (None, DNC, 2, eq("cn", "Terminal Server License Servers")),
    ("scom", DNC, 2, eq("cn", "SDKServiceSCP")),
    ("scom", DNC, 2, eq("cn", "HealthServiceSCP")),
    ("scom", f"CN=SDKServiceSCP,CN=MG1,CN=OperationsManager,{DNC}", 0, ANY),
    ("scom", f"CN=HealthServiceSCP,CN=MG1,CN=OperationsManager,{DNC}", 0, ANY),
    (None, f"CN=MG1,CN=OperationsManager,{DNC}", 0, ANY),
    ("ad-lds", DNC, 2, scp_and(eq("keywords", "instance:VMwareVCMSDS"))),
    ("ad-lds", DNC, 2, scp_and(eq("keywords", "partition:DC=app"))),
    ("ad-lds", DNC, 2, scp_and(substrings("keywords", "fsmo:naming"))),
    ("ad-lds", DNC, 2, scp_and(eq("keywords", "site:HQ"))),
    (None, DNC, 2, eq("keywords", "Site=HQ")),
    ("sql", DNC, 2, eq("objectClass", "mS-SQL-SQLServer")),
    ("sql", DNC, 2, eq("objectCategory", "CN=MS-SQL-SQLServer,CN=Schema," + CNC)),
    (None, DNC, 2, eq("servicePrincipalName", "MSSQLSvc/sql.contoso.test")),
    ("wds", DNC, 2, eq("objectClass", "intellimirrorSCP")),
    ("wds", DNC, 2, eq("objectCategory", "CN=Intellimirror-SCP,CN=Schema," + CNC)),
    (None, DNC, 2, eq("objectClass", "intellimirrorGroup")),
    ("unknown", DNC, 2, scp_and(eq("cn", "Vendor Service"))),
    ("unknown", DNC, 2, eq("objectCategory", "CN=Service-Connection-Point,CN=Schema," + CNC)),
    (None, CNC, 2, eq("objectClass", "classSchema")),
    (None, "CN=Service-Connection-Point,CN=Schema," + CNC, 0, ANY),
    (None, "CN=DCLocatorDomainNameMappings,CN=Windows NT,CN=Services," + CNC, 0, ANY),
    (None, "CN=System Management,CN=System," + DNC, 2, eq("objectClass", "mSSMSManagementPoint")),
    (None, "CN=RTC Service,CN=Services," + CNC, 2, eq("objectClass", "msRTCSIP-Pool")),
]


def asked(searches):
    """A capture of searches; the frames of their requests."""
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389, False)
    frames = []
    for ident, (_, base, scope, where) in enumerate(searches, 1):
        # The attributes are those of a schema download: they decide nothing.
        frames.append(t.ask(ldap(ident, search(base, scope, where, ["keywords", "serviceBindingInformation"]))))
        t.answer(ldap(ident, done()))
    return c, frames


def kinds_of(tshark, folder, name, searches, *options):
    c, frames = asked(searches)
    report = json.loads(tshark(c.save(folder, name), "-q", "-z", "adpath,json", *options))
    steps = [s for p in report["paths"] for s in p["steps"]] + report["unattached"]["steps"]
    found = {s["request"]: (s["kind"], s["detail"]["kind"]) for s in steps}
    assert all(kind == "scp" for kind, _ in found.values())
    return [found.get(frame, (None, None))[1] for frame in frames]


def test_signatures(tshark, folder):
    found = kinds_of(tshark, folder, "signatures", SEARCHES)
    wrong = [(kind, *row[:2]) for kind, row in zip(found, SEARCHES) if kind != row[0]]
    assert wrong == []
    kinds = "exchange hybrid-join rms password-protection hyper-v vm-guest rd-licensing scom ad-lds sql wds unknown"
    assert set(found) == {None, *kinds.split()}


# ---- the user's table ----

MINE = [
    (None, DNC, 2, eq("keywords", "MyProduct")),
    (None, DNC, 2, eq("keywords", "MyProduct 7")),
    (None, "CN=Backup Server,CN=Services," + CNC, 0, ANY),
    (None, "CN=Backup Server 2,CN=Services," + CNC, 0, ANY),
    (None, DNC, 2, eq("distinguishedName", "cn=backup server, CN=Services," + CNC)),
    (None, DNC, 2, eq("keywords", "MSRMRootCluster")),
    (None, CNC, 2, KEYS),
    (None, DNC, 2, eq("description", "MyProduct")),
    (None, "CN=MyProduct," + DNC, 0, ANY),
]


def table(*rows):
    return [x for row in rows for x in ("-o", "uat:adpath_scp_signatures:" + row)]


def test_user_table(tshark, folder):
    def kinds(*rows):
        return kinds_of(tshark, folder, "mine", MINE, *table(*rows))

    stock = [None, None, None, None, None, "rms", "exchange", None, None]
    assert kinds() == stock
    assert kinds('"mine","MyProduct","Mine"') == ["mine", *stock[1:]]
    assert kinds('"mine","myproduct*",""') == ["mine", "mine", *stock[2:]]
    assert kinds('"backup","CN=Backup Server,","Backup"') == [
        *(None, None, "backup", None, "backup", "rms", "exchange", None, None)
    ]
    assert kinds('"backup","CN=Backup Server",""')[2:5] == ["backup", None, "backup"]
    assert kinds('"backup","CN=Backup*",""')[2:5] == ["backup"] * 3
    # The user's rows go first, and the first of them decides.
    assert kinds('"a b","MSRM*",""', '"later","MSRMRootCluster",""', f'"renamed","{URL_GUID}",""') == [
        *(None, None, None, None, None, "a b", "renamed", None, None)
    ]


def test_table_in_a_profile(wireshark, tshark, folder):
    profile = wireshark.home / ".config" / "wireshark" / "profiles" / "adpath-test"
    profile.mkdir(parents=True, exist_ok=True)
    rows = profile / "adpath_scp_signatures"
    rows.write_text('# comment\n"mine","MyProduct","Mine"\n"backup","CN=Backup Server","Backup"\n')
    for part in [rows, *rows.parents]:
        if part == wireshark.home:
            break
        part.chmod(0o755 if part.is_dir() else 0o644)
    wanted = ["mine", None, "backup", None, "backup", "rms", "exchange", None, None]
    assert kinds_of(tshark, folder, "profile", MINE, "-C", "adpath-test") == wanted
    # A row that is no good is named; the rest of the analysis goes on.
    rows.write_text('"mine","MyProduct","Mine"\n"","CN=X,","no kind"\n')
    path = asked(MINE)[0].save(folder, "bad-profile")
    result = wireshark.run("tshark", "-n", "-r", path, "-C", "adpath-test", "-q", "-z", "adpath,json")
    assert result.status == 0 and json.loads(result.out)["capture"]["frames"] == 2 * len(MINE)
    assert "Kind: give the product a name" in result.err, result


@pytest.mark.parametrize(
    "row,said",
    [
        ('"","x","y"', "Kind: give the product a name"),
        ('" ","x","y"', "Kind: give the product a name"),
        ('"a","","y"', "Pattern: give a keyword"),
        ('"a","*","y"', "Pattern: give a keyword"),
        ('"a\\x07","x","y"', "Only printable characters"),
        ('"a","x\\xff","y"', "Only printable characters"),
        ('"a","x","\\x1b[31m"', "Only printable characters"),
        ('"a","x"', "expecting field description"),
        ("nonsense", "adpath_scp_signatures:1: "),
    ],
)
def test_wrong_rows(wireshark, folder, row, said):
    path = asked(MINE[:1])[0].save(folder, "wrong")
    result = wireshark.run("tshark", "-n", "-r", path, *table(row), "-Y", "adpath", plugins="sanitized")
    assert result.status == 1 and result.out == ""
    lines = [line for line in result.err.splitlines() if "Running as" not in line]
    assert len(lines) == 1 and said in lines[0], result


# ---- explained values ----

FIELDS = (
    "scheme host port path guid meaning site domain tenant tenant_name registration_server".split()
)
BINDING, KEYWORDS = "serviceBindingInformation", "keywords"
VALUES = [
    (BINDING, "https://mail.contoso.test/autodiscover/autodiscover.xml",
     {"scheme": "https", "host": "mail.contoso.test", "path": "/autodiscover/autodiscover.xml"}),
    (BINDING, "https://mail:444/a?b#c", {"scheme": "https", "host": "mail", "port": "444", "path": "/a"}),
    (BINDING, "LDAP://fabrikam.test", {"scheme": "ldap", "host": "fabrikam.test"}),
    (BINDING, "ldap://dc1.fabrikam.test:389", {"scheme": "ldap", "host": "dc1.fabrikam.test", "port": "389"}),
    (BINDING, "http://[fd00::1]:80/x", {"scheme": "http", "host": "fd00::1", "port": "80", "path": "/x"}),
    (BINDING, "hv1.contoso.test:2179", {"host": "hv1.contoso.test", "port": "2179"}),
    (BINDING, "https://h/a%0ab%00", {"scheme": "https", "host": "h", "path": "/a%0ab%00"}),
    (KEYWORDS, URL_GUID, {"guid": URL_GUID, "meaning": "Exchange autodiscover URL"}),
    (KEYWORDS, POINTER_GUID.lower(), {"guid": POINTER_GUID.lower(), "meaning": "Exchange autodiscover pointer"}),
    (KEYWORDS, PROXY, {"guid": PROXY, "meaning": "Entra Password Protection proxy"}),
    (KEYWORDS, "12345678-1234-1234-1234-123456789abc", {"guid": "12345678-1234-1234-1234-123456789abc"}),
    (KEYWORDS, "MSRMRootCluster", {"meaning": "AD RMS root cluster"}),
    (KEYWORDS, "Site=HQ", {"site": "HQ"}),
    (KEYWORDS, "site=Branch Office", {"site": "Branch Office"}),
    (KEYWORDS, "Site=", {}),
    (KEYWORDS, "Domain=fabrikam.test", {"domain": "fabrikam.test"}),
    (KEYWORDS, "azureADId:11111111-2222-3333-4444-555555555555", {"tenant": "11111111-2222-3333-4444-555555555555"}),
    (KEYWORDS, "azureADId=x", {"tenant": "x"}),
    (KEYWORDS, "azureADName:contoso.test", {"tenant_name": "contoso.test"}),
    (KEYWORDS, "AZUREADNAME=contoso.test", {"tenant_name": "contoso.test"}),
    (KEYWORDS, "enterpriseDrsName:adfs.contoso.test", {"registration_server": "adfs.contoso.test"}),
    (KEYWORDS, "partition:DC=app", {"meaning": "AD LDS instance"}),
    (KEYWORDS, "Site=H\x1b[31mQ\n", {"site": "H\\x1b[31mQ\\x0a"}),
    (KEYWORDS, b"Site=\xff\xe2\x80\xae", {"site": "\\xff\\xe2\\x80\\xae"}),
    (KEYWORDS, "Domain=ann@contoso.test", {"domain": "<mailbox>"}),
    (BINDING, "https://h/owa/ann@contoso.test/", {"scheme": "https", "host": "h", "path": "<mailbox>/"}),
]
# What says nothing to us gets nothing.
PLAIN = [
    *((BINDING, v) for v in ("", "no url", "a:b", "host:", ":1", "host:70000", "https", "//h/x", "x:\\y")),
    *((BINDING, v) for v in ("https://[::1", "https://h:99999/", "https://h:x/", "https:///x", b"https://h\x00\xff/", "\0://h/", "://h")),
    *((KEYWORDS, v) for v in ("", "1.0", "Exchange", "Sites=HQ", "77378F46", URL_GUID[:-1], "=", ":")),
    *(("description", v) for v in (URL_GUID, "Site=HQ", "https://mail.contoso.test/")),
]


def values_of(tshark, folder, name, rows, *options):
    """For each value, in a frame of its own: what Wireshark shows of it, and what we add."""
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389, False)
    frames = [t.answer(ldap(i, entry("CN=x", {k: [v]}))) for i, (k, v, *_) in enumerate(rows, 1)]
    names = ["ldap.AttributeValue", "adpath.value", *("adpath.value." + f for f in FIELDS)]
    out = tshark(
        c.save(folder, name), "-T", "fields", "-E", "aggregator=\x1f", "-e", "frame.number",
        *(x for n in names for x in ("-e", n)), *options,
    )
    lines = {int(line.split("\t")[0]): line.split("\t")[1:] for line in out.splitlines()}
    return [lines[frame] for frame in frames]


def raw(value):
    return value if isinstance(value, bytes) else value.encode()


def test_values(tshark, folder):
    for (attribute, value, wanted), cells in zip(VALUES, values_of(tshark, folder, "values", VALUES), strict=True):
        assert cells[0] == raw(value).hex(), "ldap.AttributeValue stays as it was"
        assert cells[1], (attribute, value)
        found = {f: cell for f, cell in zip(FIELDS, cells[2:], strict=True) if cell}
        assert {k: v.replace("\\\\", "\\") for k, v in found.items()} == wanted, value


def test_values_that_say_nothing(tshark, folder):
    for (attribute, value), cells in zip(PLAIN, values_of(tshark, folder, "plain", PLAIN), strict=True):
        assert cells[0] in (raw(value).hex(), "<MISSING>")
        assert "".join(cells[1:]) in ("", "https://h:99999/"), (attribute, value, cells)


def test_mailboxes_in_values(tshark, folder):
    rows = [r for r in VALUES if b"@" in raw(r[1])]
    hidden = values_of(tshark, folder, "mail", rows)
    shown = values_of(tshark, folder, "mail", rows, "-o", "adpath.mailboxes:TRUE")
    assert len(rows) == 2
    for a, b in zip(hidden, shown, strict=True):
        assert "ann" not in "".join(a[1:]) and "ann@contoso.test" in "".join(b[1:])


def test_switched_off(tshark, folder):
    for cells in values_of(tshark, folder, "off", VALUES, "-o", "adpath.analysis:FALSE"):
        assert "".join(cells[1:]) == "" and cells[0]


def test_spellings(wireshark, tshark, folder):
    """Servers answer in the client's spelling. 4.0 and 4.2 mind it: there the usual ones are known."""
    usual = ["KEYWORDS", "Keywords", "keywords"], [BINDING, BINDING.lower(), BINDING.upper()]
    rows = [(name, "Site=HQ") for name in usual[0]] + [(name, "ldap://h") for name in usual[1]]
    odd = [("keyWords", "Site=HQ"), ("serviceBINDINGinformation", "ldap://h")]
    found = values_of(tshark, folder, "spelled", rows + odd)
    assert all(cells[1] for cells in found[: len(rows)])
    assert [bool(cells[1]) for cells in found[len(rows) :]] == [wireshark.version not in ("4.0", "4.2")] * 2


def test_long_values(tshark, folder):
    rows = [
        (KEYWORDS, "Site=" + "x" * 60000),
        (BINDING, "https://h/" + "y" * 60000),
        (BINDING, "z" * 60000 + ":1"),
        *((KEYWORDS, b"\xff" * n) for n in (1, 4095, 4096, 4097)),
    ]
    found = values_of(tshark, folder, "long", rows)
    for (_, value), cells in zip(rows, found, strict=True):
        assert cells[0] == raw(value).hex()
        assert all(len(cell) < 20000 for cell in cells[1:])
    assert found[0][2 + FIELDS.index("site")] and found[1][2 + FIELDS.index("host")] == "h"


def test_duplicates_and_ranks(tshark, folder):
    """The same URL twice in an answer is tried once."""
    c = Capture()
    c.udp(CLIENT, 40000, DC, 389, ping())
    c.udp(DC, 389, CLIENT, 40000, ping_reply())
    t = c.tcp(CLIENT, 50000, DC, 389, False)
    t.ask(ldap(1, search(CNC, 2, scp_and(KEYS), ["keywords", BINDING])))
    urls = [("https://a/x", "HQ"), ("HTTPS://A/X", "HQ"), ("https://b/x", "Far"), ("https://b/x", "HQ")]
    for n, (url, site) in enumerate(urls):
        t.answer(ldap(1, entry(f"CN=EX{n}", {BINDING: [url], KEYWORDS: [URL_GUID, "Site=" + site]})))
    t.answer(ldap(1, done()))
    report = json.loads(tshark(c.save(folder, "ranks"), "-q", "-z", "adpath,json"))
    (step,) = [s for s in report["paths"][0]["steps"] if s["kind"] == "scp"]
    ranks = [(e["rank"], e["rank_reason"]) for e in step["detail"]["entry_list"]]
    assert ranks == [(1, "site match"), (None, None), (2, "other site"), (None, None)]
