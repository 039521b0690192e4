# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's recordings: what is known of them, because their makers wrote it down."""

import collections
from pathlib import Path

import harness
import pytest

GOLDEN = Path(__file__).with_name("golden")

NOSUCH = "HTTP/nosuch.contoso.test"
BRANCH = "HTTP/mail-branch.contoso.test"

# recording, with keys: steps of the kinds srv, ping and scp; Kerberos errors
COUNTS = {
    ("a1", False): ({"srv": 18, "ping": 3, "scp": 1}, {25: 1, 52: 1}),
    ("a1", True): ({"srv": 18, "ping": 3, "scp": 1}, {25: 1, 52: 1}),
    ("b2", False): ({"srv": 18, "ping": 3, "scp": 0}, {25: 1, 52: 1}),
    ("b2", True): ({"srv": 18, "ping": 3, "scp": 1}, {25: 1, 52: 1}),
    ("c1", False): ({"srv": 26, "ping": 0, "scp": 0}, {25: 1, 52: 1, 7: 6}),
    ("d2", False): ({"srv": 15, "ping": 2, "scp": 1}, {25: 1, 52: 1}),
    ("b-mit-s4u2proxy", False): ({"srv": 0, "ping": 0, "scp": 0}, {41: 1}),
    ("b-mit-s4u2self", False): ({"srv": 0, "ping": 0, "scp": 0}, {41: 2}),
}

# The three entries of the lab's directory, as the server returned them.
EXCHANGE = "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test"
GROUP = f"CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,{EXCHANGE}"
ENTRIES = [
    {
        "entry": "pointer",
        "dn": "CN=fabrikam.test,CN=Microsoft Exchange Autodiscover,CN=Services,CN=Configuration,"
        "DC=contoso,DC=test",
        "binding": "LDAP://fabrikam.test",
        "host": "fabrikam.test",
        "keywords": ["67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68", "Domain=fabrikam.test"],
        "site": None,
        "domain": "fabrikam.test",
        "rank": 3,
        "rank_reason": "pointer",
    },
    {
        "entry": "url",
        "dn": f"CN=EXCH2,CN=Autodiscover,CN=Protocols,CN=EXCH2,CN=Servers,{GROUP}",
        "binding": "https://mail-branch.contoso.test/autodiscover/autodiscover.xml",
        "host": "mail-branch.contoso.test",
        "keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=Branch"],
        "site": "Branch",
        "domain": None,
        "rank": 2,
        "rank_reason": "other site",
    },
    {
        "entry": "url",
        "dn": f"CN=EXCH1,CN=Autodiscover,CN=Protocols,CN=EXCH1,CN=Servers,{GROUP}",
        "binding": "https://mail.contoso.test/autodiscover/autodiscover.xml",
        "host": "mail.contoso.test",
        "keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ"],
        "site": "HQ",
        "domain": None,
        "rank": 1,
        "rank_reason": "site match",
    },
]
SCP_FILTER = (
    "(&(objectClass=serviceConnectionPoint)(|(keywords=67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68)"
    "(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)))"
)

# The label that the lab's driver gave to what it ran -> the kinds of steps it can cause there.
# `net ads` and adcli do more than ping: they look for servers and read the rootDSE.
DRIVER = {
    "dns-srv-site": {"srv"},
    "dns-srv": {"srv"},
    "dc-locator": {"srv", "address", "ping", "bind", "rootdse"},
    "netlogon-ping-tcp": {"srv", "address", "ping"},
    "kinit": {"srv", "address", "kerberos"},
    "rootdse": {"srv", "address", "kerberos", "bind", "rootdse", "hidden"},
    "scp-search": {"srv", "address", "kerberos", "bind", "scp", "hidden"},
    "scp-search-empty": {"srv", "address", "kerberos", "bind", "scp"},
    "kvno-unknown-spn": {"srv", "address", "kerberos"},
    "autodiscover-post": {"srv", "address", "tls", "autodiscover", "kerberos"},
    "autodiscover-unknown-spn": {"srv", "address", "tls", "autodiscover", "kerberos"},
    "fallback-1-https-domain": {"address"},
    "fallback-2-https-autodiscover": {"address"},
    "fallback-3-http-get-302": {"address", "autodiscover"},
    "fallback-3-post-redirect-target": {"srv", "address", "tls", "autodiscover", "kerberos"},
}


# recording: host -> how often its A and AAAA records were asked for by the path, and the address
ADDRESSES = {
    "a1": {"dc1.contoso.test": (11, 3, "10.77.0.1"), "mail.contoso.test": (1, 1, "10.77.0.20")},
    "b2": {"dc1.contoso.test": (11, 3, "10.77.0.1")},
    "c1": {"dc1.contoso.test": (15, 0, "10.77.0.1")},
    "d2": {
        "dc1.contoso.test": (9, 2, "10.77.0.1"),
        "contoso.test": (1, 1, "10.77.0.1"),
        "autodiscover.contoso.test": (2, 2, "10.77.0.23"),
        "mail.contoso.test": (1, 1, "10.77.0.20"),  # named by the redirect
    },
}


def errors_of(steps):
    return collections.Counter(
        s["detail"]["error"]
        for s in steps
        if s["kind"] == "kerberos" and s["detail"]["error"] is not None
    )


@pytest.mark.parametrize("begin,keys", COUNTS)
def test_counts(wireshark, lab, begin, keys):
    kinds, errors = COUNTS[begin, keys]
    steps = harness.steps_of(wireshark.json(lab(begin, keys)))
    found = collections.Counter(s["kind"] for s in steps)
    assert {kind: found[kind] for kind in kinds} == kinds
    assert errors_of(steps) == errors


def test_keys_open_what_is_sealed(wireshark, lab):
    closed = harness.steps_of(wireshark.json(lab("b2")))
    opened = harness.steps_of(wireshark.json(lab("b2", keys=True)))
    hidden = [s for s in closed if s["kind"] == "hidden"]
    # Each connection: the request, the answer, the unbind.
    assert [s["detail"]["hidden"] for s in hidden] == [3, 3]
    assert {s["detail"]["protection"] for s in hidden} == {"sealed"}
    assert {s["outcome"] for s in hidden} == {"hidden"}
    assert not [s for s in opened if s["kind"] == "hidden"]
    shown = [s for s in opened if s["detail"].get("decrypted")]
    assert [(s["kind"], s["n"]) for s in shown] == [
        ("rootdse", hidden[0]["n"]),
        ("scp", hidden[1]["n"]),
    ]
    assert {s["detail"]["protection"] for s in shown} == {"sealed"}


@pytest.mark.parametrize("begin", ADDRESSES)
def test_addresses(wireshark, lab, begin):
    """What was asked before it was named, and what nothing named, is not there."""
    steps = harness.steps_of(wireshark.json(lab(begin)))
    found = collections.Counter()
    for s in steps:
        if s["kind"] == "address":
            detail = s["detail"]
            found[detail["name"], detail["type"]] += 1
            address = ADDRESSES[begin][detail["name"]][2]
            a = detail["type"] == "A"
            assert (s["outcome"], detail["result"]) == (
                ("ok", "answered") if a else ("normal", "nodata")
            )
            assert detail["host_address"] == ([address] if a else [])
    want = {(h, t): n[i] for h, n in ADDRESSES[begin].items() for i, t in enumerate(("A", "AAAA"))}
    assert found == +collections.Counter(want)


MAIL = "https://mail.contoso.test/autodiscover/autodiscover.xml"
BRANCH_URL = "https://mail-branch.contoso.test/autodiscover/autodiscover.xml"
PLAIN = "http://autodiscover.contoso.test/autodiscover/autodiscover.xml"

# recording, with keys: request, response, outcome, method, url, status, redirect, auth.
# The keys of its TLS connections are in each recording; b2's directory needs its own to be read.
AUTODISCOVER = {
    ("a1", False): [(260, 266, "ok", "scp", MAIL, 200, None, "kerberos")],
    ("b2", False): [(254, 259, "ok", "other", MAIL, 200, None, "kerberos")],
    ("b2", True): [(254, 259, "ok", "scp", MAIL, 200, None, "kerberos")],
    # The recording ends with the answer: too early to say that nothing follows it.
    ("c1", False): [(169, 170, "pending", "other", BRANCH_URL, 401, None, "none")],
    ("d2", False): [
        (172, 174, "ok", "http-redirect", PLAIN, 302, MAIL, "none"),
        (220, 227, "ok", "http-redirect", MAIL, 200, None, "kerberos"),
    ],
}


@pytest.mark.parametrize("begin,keys", AUTODISCOVER)
def test_autodiscover(wireshark, lab, begin, keys):
    steps = harness.steps_of(wireshark.json(lab(begin, keys)))
    found = []
    for s in steps:
        if s["kind"] == "autodiscover":
            d = s["detail"]
            found.append(
                (s["request"], s["response"], s["outcome"], d["method"], d["url"], d["status"])
                + (d["redirect"], d["auth"])
            )
            assert d["error"] is None
            assert d["mailbox"] == (None if d["url"] == PLAIN else "<mailbox>")
    assert found == AUTODISCOVER[begin, keys]


@pytest.mark.parametrize(
    "begin,keys,frames",
    [("a1", False, (226, 228)), ("b2", False, None), ("b2", True, (218, 220)), ("c1", False, None)]
    + [("d2", False, (186, 188))],
)
def test_tls(wireshark, lab, begin, keys, frames):
    """Of a host that nothing had named before, a handshake is none of the path's."""
    steps = [s for s in harness.steps_of(wireshark.json(lab(begin, keys))) if s["kind"] == "tls"]
    if not frames:
        assert steps == []
        return
    (step,) = steps
    names = ["mail.contoso.test", "autodiscover.contoso.test", "exch.contoso.test"]
    assert (step["request"], step["response"]) == frames
    assert step["outcome"] == "ok"
    detail = step["detail"]
    assert detail["sni"] == "mail.contoso.test"
    assert detail["version"] == "TLS 1.3"
    assert detail["certificate_name"] == names
    assert detail["name_match"] is True
    assert detail["alert"] == []


@pytest.mark.parametrize("begin,keys", [("a1", False), ("a1", True), ("b2", True)])
def test_scp_entries(wireshark, lab, begin, keys):
    (scp,) = [s for s in harness.steps_of(wireshark.json(lab(begin, keys))) if s["kind"] == "scp"]
    detail = scp["detail"]
    assert detail["kind"] == "exchange"
    assert detail["base"] == "CN=Configuration,DC=contoso,DC=test"
    assert detail["scope"] == "sub"
    assert detail["filter"] == SCP_FILTER
    assert detail["attribute"] == ["serviceBindingInformation", "keywords"]
    assert (detail["result"], detail["result_name"]) == (0, "success")
    assert detail["entries"] == 3
    if begin == "a1":
        assert detail["entry_list"] == ENTRIES
    else:  # another recording: another order of the same three
        assert sorted(map(str, detail["entry_list"])) == sorted(map(str, ENTRIES))


def test_scp_search_without_result(wireshark, lab):
    (scp,) = [s for s in harness.steps_of(wireshark.json(lab("d2"))) if s["kind"] == "scp"]
    assert scp["outcome"] == "ok"
    assert scp["detail"]["filter"] == SCP_FILTER
    assert scp["detail"]["entries"] == 0
    assert scp["detail"]["entry_list"] == []


def test_requested_spn_of_unknown_services(wireshark, lab):
    capture = lab("c1")
    steps = [
        s for s in harness.steps_of(wireshark.json(capture)) if s["detail"].get("error") == 7
    ]
    assert [s["detail"]["spn"] for s in steps] == [NOSUCH] * 2 + [BRANCH] * 4
    for s in steps:
        assert s["outcome"] == "failed"
        assert s["detail"]["error_name"] == "KDC_ERR_S_PRINCIPAL_UNKNOWN"
        assert s["detail"]["class"] == "fault"
        assert s["detail"]["exchange"] == "tgs"
        assert s["detail"]["realm"] == "CONTOSO.TEST"
    # The example of the display filter manual.
    found = wireshark.ask(
        capture,
        *("-Y", f'adpath.krb.error == 7 && adpath.krb.spn == "{NOSUCH}"'),
        *("-T", "fields", "-e", "frame.number"),
    )
    assert [int(n) for n in found.split()] == [s["response"] for s in steps[:2]]


@pytest.mark.parametrize("begin", ["b-mit-s4u2proxy", "b-mit-s4u2self"])
def test_modified_error_of_a_kdc(wireshark, lab, begin):
    steps = harness.steps_of(wireshark.json(lab(begin)))
    details = [s["detail"] for s in steps if s["detail"]["error"] == 41]
    text = {"b-mit-s4u2proxy": "2ND_TKT_PAC", "b-mit-s4u2self": "INVALID_S4U2SELF_CHECKSUM"}
    assert {d["text"] for d in details} == {text[begin]}
    assert {d["error_name"] for d in details} == {"KRB_AP_ERR_MODIFIED"}
    assert {d["exchange"] for d in details} == {"tgs"}
    assert {d["carrier"] for d in details} == {"kdc"}
    frames = {"b-mit-s4u2proxy": [18], "b-mit-s4u2self": [4, 6]}
    assert [s["response"] for s in steps if s["detail"]["error"] == 41] == frames[begin]


@pytest.mark.parametrize("begin", ["a1", "b2", "d2"])
def test_pings(wireshark, lab, begin):
    pings = [s for s in harness.steps_of(wireshark.json(lab(begin))) if s["kind"] == "ping"]
    for s in pings:
        detail = s["detail"]
        assert s["outcome"] == "ok"
        assert detail["domain"] == detail["forest"] == "contoso.test"
        assert detail["host"] == "dc1.contoso.test"
        assert detail["dc_site"] == detail["client_site"] == "HQ"
        assert detail["closest"] is True
        assert detail["opcode"] == 23
        assert (detail["netbios_domain"], detail["netbios_host"]) == ("CONTOSO", "DC1")
    # adcli pings over TCP, Samba's tools over UDP.
    transports = [s["transport"] for s in pings]
    assert transports == (["udp", "udp"] if begin == "d2" else ["udp", "udp", "tcp"])


@pytest.mark.parametrize("begin", ["a1", "b2", "c1", "d2"])
def test_every_step_is_from_a_command_that_takes_it(wireshark, lab, begin):
    (truth,) = (harness.TESTDATA / "lab").glob(begin + "*.truth.tsv")
    rows = [line.split("\t") for line in truth.read_text().splitlines()[1:]]
    label_of = {int(row[0]): row[1] for row in rows}
    for keys in (False, True):
        for s in harness.steps_of(wireshark.json(lab(begin, keys))):
            assert s["kind"] in DRIVER[label_of[s["request"] or s["frames"][0]]], s["summary"]


@pytest.mark.parametrize("begin", ["a1", "b2", "c1", "d2"])
def test_three_steps_to_a_tgt(wireshark, lab, begin):
    """25, 52, then the ticket over TCP: three steps, and none is a fault."""
    logon = [s for s in harness.steps_of(wireshark.json(lab(begin))) if s["kind"] == "kerberos"][:3]
    assert [s["detail"]["exchange"] for s in logon] == ["as"] * 3
    assert [s["detail"]["error"] for s in logon] == [25, 52, None]
    assert [s["outcome"] for s in logon] == ["normal", "normal", "ok"]
    assert [s["transport"] for s in logon] == ["udp", "udp", "tcp"]
    assert {s["detail"]["spn"] for s in logon} == {"krbtgt/CONTOSO.TEST"}
    assert {s["detail"]["client"] for s in logon} == {"crmsync"}


@pytest.mark.parametrize("begin,name", [("a1", "a1-path.txt"), ("c1", "c1-path.txt")])
def test_report_for_people(wireshark, lab, begin, name):
    """The files were compared with the packets line by line before they were stored."""
    report = wireshark.ask(lab(begin), "-q", "-z", "adpath,path")
    assert report == (GOLDEN / name).read_text()


def stock_rows(wireshark, capture, text, *fields):
    """What Wireshark alone says of the frames that match."""
    arguments = [a for field in fields for a in ("-e", field)]
    out = wireshark.ask(
        capture, "-2", "-Y", text, "-T", "fields", "-E", "occurrence=f", *arguments, plugins=None
    )
    return [line.split("\t") for line in out.splitlines()]


@pytest.mark.parametrize("begin,keys", [("a1", False), ("b2", True), ("c1", False), ("d2", False)])
def test_pairs_and_times_are_those_of_wireshark(wireshark, lab, begin, keys):
    """Wireshark pairs DNS and LDAP messages, too; nothing here was lost or came twice."""
    capture = lab(begin, keys)
    steps = harness.steps_of(wireshark.json(capture))

    def found(kinds):
        return [(s["response"], s["request"], s["time"]) for s in steps if s["kind"] in kinds]

    def stock(rows):
        return [(int(r[0]), int(r[1]), pytest.approx(float(r[2]), abs=6e-7)) for r in rows]

    srv = stock_rows(
        wireshark,
        capture,
        "dns.qry.type == 33 && dns.flags.response == 1",
        *("frame.number", "dns.response_to", "dns.time", "dns.qry.name", "dns.srv.target"),
    )
    assert found({"srv"}) == stock(srv)
    details = [s["detail"] for s in steps if s["kind"] == "srv"]
    assert [d["name"] for d in details] == [row[3] for row in srv]
    # Every server list of the lab has one server.
    targets = [d["records"][0]["target"] if d["records"] else "" for d in details]
    assert targets == [row[4] for row in srv]

    # Each search has its base in the request, and its result with the last of the reply.
    searches = stock_rows(
        wireshark,
        capture,
        "ldap.response_to && ldap.resultCode && !ldap.bindResponse_element",
        *("frame.number", "ldap.response_to", "ldap.time"),
    )
    ours = found({"ping", "rootdse", "scp"})
    if wireshark.version == "4.2":
        # It stumbles over replies to pings by UDP, and does not pair them.
        over_udp = {s["response"] for s in steps if s["kind"] == "ping" and s["transport"] == "udp"}
        assert over_udp or begin == "c1"
        ours = [pair for pair in ours if pair[0] not in over_udp]
    assert ours == stock(searches)

    errors = stock_rows(
        wireshark, capture, "kerberos.error_code", "frame.number", "kerberos.error_code"
    )
    assert [
        (s["response"], s["detail"]["error"])
        for s in steps
        if s["kind"] == "kerberos" and s["detail"]["error"] is not None
    ] == [(int(row[0]), int(row[1])) for row in errors]


@pytest.mark.parametrize("name", ["healthy", "two-clients", "ipv6", "second-site", "scp-many"])
def test_lines_that_steps_share_keep_what_they_came_to(wireshark, name):
    """A client goes on with the servers that answers name; who reads the report wants to follow it."""
    path = harness.TESTDATA / name / "capture.pcapng"
    capture = wireshark.borrow(harness.Capture(path, f"{name}/capture.pcapng"))
    text = " ".join(wireshark.ask(capture, "-q", "-z", "adpath,path").split())
    steps = harness.steps_of(wireshark.json(capture))
    named = {r["target"] for s in steps if s["kind"] == "srv" for r in s["detail"]["records"]}
    found = {a for s in steps if s["kind"] == "address" for a in s["detail"].get("host_address", [])}
    assert named and found
    # Six stand on a line; of a line with more, "and N more" tells.
    assert not {n for n in named | found if n and n not in text}
