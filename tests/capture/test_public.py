# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that other projects published, and what their own programs made of them."""

import collections
import re

import harness

# zeek's words for an error code, where it has some.
ZEEK_ERRORS = {
    1: "CLIENT EXPIRED",
    6: "CLIENT_NOT_FOUND",
    7: "SERVER_NOT_FOUND",
    13: "TICKET NOT RENEWABLE",
    14: "CANT_FIND_CLIENT_KEY",
    18: "LOCKED_OUT",
    23: "CLIENT KEY EXPIRED",
    31: "PREAUTH_FAILED",
}


def zeek_rows(text):
    """A zeek log as dictionaries; "-" and "(empty)" become None."""
    names = []
    rows = []
    for line in text.splitlines():
        if line.startswith("#fields"):
            names = line.split("\t")[1:]
        elif not line.startswith("#"):
            cells = [None if cell in ("-", "(empty)") else cell for cell in line.split("\t")]
            rows.append(dict(zip(names, cells)))
    assert names and rows
    return rows


def steps_in(wireshark, capture, *arguments):
    return harness.steps_of(wireshark.json(capture, *arguments))


# ---- zeek-krb-kinit ----

KINIT = "zeek-krb-kinit.pcap"


def test_kinit_errors(wireshark, public):
    steps = steps_in(wireshark, public(KINIT))
    details = [s["detail"] for s in steps if s["detail"]["error"] is not None]
    assert len(details) == 43
    assert collections.Counter((d["error"], d["error_name"]) for d in details) == {
        (6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"): 19,
        (25, "KDC_ERR_PREAUTH_REQUIRED"): 9,
        (31, "KRB_AP_ERR_BAD_INTEGRITY"): 4,
        (1, "KDC_ERR_NAME_EXP"): 2,
        (23, "KDC_ERR_KEY_EXP"): 2,
        (14, "KDC_ERR_ETYPE_NOSUPP"): 2,
        (18, "KDC_ERR_CLIENT_REVOKED"): 2,
        (7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"): 2,
        (13, "KDC_ERR_BADOPTION"): 1,
    }
    unknown = "invalid_service_principal/test.vladg.net"
    for d in details:
        assert d["spn"] == (unknown if d["error"] == 7 else "krbtgt/VLADG.NET")


def test_kinit_agrees_with_zeek(wireshark, public, oracle):
    """Row by row; zeek leaves out the 25s, and who was granted something."""
    rows = zeek_rows(oracle("krb.kinit__kerberos.log"))
    steps = [
        s
        for s in steps_in(wireshark, public(KINIT), "-o", "adpath.mailboxes:TRUE")
        if s["detail"]["error"] != 25
    ]
    assert len(steps) == len(rows)
    for s, row in zip(steps, rows):
        detail = s["detail"]
        assert detail["exchange"] == row["request_type"].lower(), (s, row)
        assert f"{detail['client']}/{detail['realm']}" == row["client"], (s, row)
        assert detail["spn"] == row["service"], (s, row)
        assert (s["outcome"] == "ok") == (row["success"] == "T"), (s, row)
        if detail["error"] is not None:
            assert ZEEK_ERRORS[detail["error"]] == row["error_msg"], (s, row)
        else:
            assert row["error_msg"] is None, (s, row)
        assert s["client"]["address"] == row["id.orig_h"], (s, row)
        assert str(s["client"]["port"]) == row["id.orig_p"], (s, row)
        assert s["server"]["address"] == row["id.resp_h"], (s, row)


def test_mailboxes_are_masked(wireshark, public):
    """The client asks for enterprise names, which are mailbox names to most of their owners."""
    capture = public(KINIT)
    name = "enterprise_principal@AD.VLADG.NET"
    outputs = [
        lambda extra=extra: wireshark.ask(capture, *extra)
        for extra in (
            ("-q", "-z", "adpath,json"),
            ("-q", "-z", "adpath,path"),
            ("-q", "-z", "adpath,tsv"),
            ("-q", "-z", "adpath,steps"),
            ("-q", "-z", "adpath,tree"),
            ("-T", "fields", "-e", "adpath.krb.client", "-e", "adpath.summary"),
            ("-Y", "adpath", "-T", "pdml", "-J", "adpath"),
        )
    ]
    texts = harness.together(outputs)
    for text in texts:
        assert "enterprise_principal" not in text
        assert "@AD." not in text
    for text in texts[:4] + texts[5:]:
        assert "&lt;mailbox&gt;" in text if "<?xml" in text else "<mailbox>" in text
    masked = wireshark.ask(capture, "-Y", f'adpath.krb.client == "{name}"')
    assert masked == ""

    shown = ("-o", "adpath.mailboxes:TRUE")
    steps = steps_in(wireshark, capture, *shown)
    assert sum(s["detail"]["client"] == name for s in steps) == 17
    assert sum(name in s["summary"] for s in steps) == 17
    found = wireshark.ask(
        capture, *shown, "-Y", f'adpath.krb.client == "{name}"', "-T", "fields", "-e", "adpath.n"
    )
    assert len(found.split()) == 34


# ---- malcolm-two-dcs-sealed ----

MALCOLM = "malcolm-two-dcs-sealed.pcap"


def test_two_dcs(wireshark, public):
    report = wireshark.json(public(MALCOLM))
    steps = harness.steps_of(report)
    srv = [s["detail"] for s in steps if s["kind"] == "srv"]
    assert len(srv) == 20
    assert {d["result"] for d in srv} == {"answered"}
    # One name has one server; the others alternate between two, as DNS servers turn them.
    both = [[r["target"] for r in d["records"]] for d in srv if d["role"] != "pdc"]
    assert len(both) == 19
    assert {tuple(sorted(targets)) for targets in both} == {
        ("bas-ad-01.lab.local", "bas-ad-02.lab.local")
    }
    assert {tuple(targets) for targets in both} == {
        ("bas-ad-01.lab.local", "bas-ad-02.lab.local"),
        ("bas-ad-02.lab.local", "bas-ad-01.lab.local"),
    }

    pings = [s for s in steps if s["kind"] == "ping"]
    assert len(pings) == 20
    for s in pings:
        detail = s["detail"]
        assert s["outcome"] == "ok"
        assert detail["host"] == "bas-ad-01.lab.local"
        assert detail["domain"] == detail["forest"] == "lab.local"
        assert detail["dc_site"] == detail["client_site"] == "Default-First-Site-Name"
        assert detail["opcode"] == 23
        assert detail["flags"]


def test_hidden_ldap_is_not_claimed_readable(wireshark, public):
    capture = public(MALCOLM)
    steps = steps_in(wireshark, capture)
    hidden = [s for s in steps if s["kind"] == "hidden"]
    assert len(hidden) == 2
    assert len({s["stream"] for s in hidden}) == 2
    frames = [frame for s in hidden for frame in s["frames"]]
    assert len(frames) == len(set(frames)) == 96
    assert sum(s["detail"]["hidden"] for s in hidden) == 96
    for s in hidden:
        detail = s["detail"]
        assert s["outcome"] == "hidden"
        assert detail["decrypted"] is False
        assert detail["protection"] != "none"
        assert detail["mechanism"] == "GSS-SPNEGO"
        assert (detail["base"], detail["filter"], detail["result"]) == (None, None, None)
    # Nothing else is said of these connections once they are bound.
    begin = {s["stream"]: s["frames"][0] for s in hidden}
    for s in steps:
        if s["transport"] == "tcp" and s["kind"] != "hidden":
            assert s["frames"][-1] < begin.get(s["stream"], s["frames"][-1] + 1)
    tagged = wireshark.ask(
        capture, "-Y", "adpath.ldap.hidden", "-T", "fields", "-e", "frame.number"
    )
    assert sorted(map(int, tagged.split())) == sorted(frames)


# ---- zeek-ldap-signed ----

SIGNED = "zeek-ldap-signed.pcapng"
HYBRID_JOIN = (
    "CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=services,"
    "CN=Configuration,DC=DMC,DC=local"
)


def test_one_search_in_a_schema_download(wireshark, public):
    """The schema names every SCP attribute there is: words are no searches."""
    capture = public(SIGNED)
    steps = steps_in(wireshark, capture)
    searches = wireshark.ask(
        capture, "-Y", "ldap.protocolOp == 3", "-T", "fields", "-e", "frame.number", plugins=None
    )
    searches = [int(n) for n in searches.split()]
    assert len(searches) == 17
    tagged = {
        s["request"]: s["kind"] for s in steps if s["kind"] in ("scp", "rootdse", "ping", "hidden")
    }
    empty_base = wireshark.ask(
        capture,
        *("-Y", 'ldap.protocolOp == 3 && ldap.baseObject == ""'),
        *("-T", "fields", "-e", "frame.number"),
        plugins=None,
    )
    expected = {int(n): "rootdse" for n in empty_base.split()}
    expected[253] = "scp"
    assert tagged == expected

    (scp,) = [s for s in steps if s["kind"] == "scp"]
    detail = scp["detail"]
    assert scp["response"] == 254
    assert scp["outcome"] == "failed"
    assert detail["kind"] == "hybrid-join"
    assert detail["base"] == HYBRID_JOIN
    assert (detail["result"], detail["result_name"]) == (32, "noSuchObject")
    assert detail["protection"] == "signed"
    assert detail["attribute"] == ["keywords"]


def test_searches_agree_with_zeek(wireshark, public, oracle):
    steps = [
        s
        for s in steps_in(wireshark, public(SIGNED))
        if s["kind"] in ("rootdse", "scp", "ping")
    ]
    rows = [
        row
        for row in zeek_rows(oracle("ldap.sasl-signed-clear__ldap_search.log"))
        if row["base_object"] is None or row["base_object"] == HYBRID_JOIN
    ]
    assert len(rows) == len(steps) == 7
    names = {"success": "success", "no such object": "noSuchObject"}
    scopes = {"base": "base", "tree": "sub"}
    for s, row in zip(steps, rows):
        detail = s["detail"]
        assert s["client"]["address"] == row["id.orig_h"], (s, row)
        assert str(s["client"]["port"]) == row["id.orig_p"], (s, row)
        assert detail["scope"] == scopes[row["scope"]], (s, row)
        assert detail["base"] == (row["base_object"] or ""), (s, row)
        assert detail["filter"] == row["filter"], (s, row)
        assert detail["entries"] == int(row["result_count"]), (s, row)
        assert detail["result_name"] == names[row["result"]], (s, row)
        if row["diagnostic_message"] is None:
            assert not detail["diagnostic"], (s, row)
        else:  # zeek shows its line breaks in another way
            prefix = row["diagnostic_message"].split("??")[0]
            assert detail["diagnostic"].startswith(prefix), (s, row)


# ---- suricata ----


def test_unanswered_pings_at_the_end(wireshark, public):
    """Three pings get no reply, but the capture ends too soon to call them unanswered."""
    steps = steps_in(wireshark, public("suricata-cldap-unanswered.pcap"))
    assert [s["kind"] for s in steps] == ["ping"] * 7
    assert [s["outcome"] for s in steps] == ["ok"] * 4 + ["pending"] * 3
    assert [s["response"] is None for s in steps] == [False] * 4 + [True] * 3
    assert [s["time"] is None for s in steps] == [False] * 4 + [True] * 3
    for s in steps[:4]:
        assert s["detail"]["host"] == "obed.s4.howto.abartlet.net"
    for s in steps[4:]:
        assert s["detail"]["host"] is None
        assert s["detail"]["domain"] == "s4.howto.abartlet.net"


def suricata_checks(text):
    """(count, {key: value}) of each check. The file needs no more of YAML than this."""
    checks = []
    for block in text.split("- filter:")[1:]:
        count = int(re.search(r"count: (\d+)", block).group(1))
        match = re.search(r"match:\n(.*)", block, re.S).group(1)
        pairs = re.findall(r"^\s+([\w.]+): (.+)$", match, re.M)
        checks.append((count, {key: value.strip('"') for key, value in pairs}))
    return checks


def test_kerberos_agrees_with_suricata(wireshark, public, oracle):
    details = [
        s["detail"] for s in steps_in(wireshark, public("suricata-krb-unknown-spn.pcap"))
    ]
    exchanges = {"KRB_AS_REQ": "as", "KRB_TGS_REQ": "tgs", "KRB_AS_REP": "as"}
    etypes = {"aes256-cts-hmac-sha1-96": 18}
    seen = collections.Counter()
    for count, want in suricata_checks(oracle("bug-8278-krb5-03.yaml")):
        if want["event_type"] != "krb5":
            continue
        kind = want["krb5.msg_type"]
        seen[kind] += 1
        found = [d for d in details if d["spn"] == want["krb5.sname"]]
        if kind == "KRB_ERROR":
            name = want["krb5.error_code"]
            found = [
                d
                for d in found
                if d["exchange"] == exchanges[want["krb5.failed_request"]]
                and d["error_name"] == name
            ]
        else:
            found = [
                d
                for d in found
                if d["exchange"] == exchanges[kind] and d["realm"] == want["krb5.realm"]
            ]
            if want["krb5.cname"] != "<empty>":
                assert {d["client"] for d in found} == {want["krb5.cname"]}
            if kind.endswith("REP"):
                found = [d for d in found if d["error"] is None]
                assert {d["ticket_etype"] for d in found} == {
                    etypes[want["krb5.ticket_encryption"]]
                }
        assert len(found) == count, want
    assert seen == {"KRB_AS_REQ": 1, "KRB_AS_REP": 1, "KRB_TGS_REQ": 1, "KRB_ERROR": 2}


def test_unknown_spn(wireshark, public):
    steps = steps_in(wireshark, public("suricata-krb-unknown-spn.pcap"))
    assert [(s["detail"]["error"], s["detail"]["spn"]) for s in steps] == [
        (25, "krbtgt/DOM189.LOCAL"),
        (None, "krbtgt/DOM189.LOCAL"),
        (7, "host/anything"),
    ]
    assert steps[2]["response"] == 21


def test_no_stage_begins_before_its_path(wireshark, public):
    """The path begins with its first step; the connection that carries it was opened 5 ms before."""
    capture = public("suricata-krb-unknown-spn.pcap")
    (path,) = wireshark.json(capture)["paths"]
    starts = {s["stage"]: s["start"] for s in path["stages"] if s["start"] is not None}
    assert starts["sign-in"] == path["start"] == min(starts.values())
    assert re.search(r"^  sign-in +\S+ +0\.000000 ", wireshark.ask(capture, "-q", "-z", "adpath,stages"), re.MULTILINE)


# ---- arkime ----


def test_a_real_miss(wireshark, public):
    """An Internet resolver is asked for an internal domain: all of it is unknown there."""
    steps = steps_in(wireshark, public("arkime-srv-nxdomain.pcap"))
    details = [s["detail"] for s in steps]
    assert [s["request"] for s in steps] == [28, 31, 33]
    assert {d["result"] for d in details} == {"nxdomain"}
    assert {d["domain"] for d in details} == {"utelsystems.local"}
    assert [d["role"] for d in details] == ["dc", "dc", "guid"]
    assert [d["site"] for d in details] == ["Default-First-Site-Name", None, None]
    assert {s["outcome"] for s in steps} == {"failed"}
