# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/many-captures.md: its commands do what it says, and its index template has every field."""

import datetime
import ipaddress
import json
import re
import shlex
import shutil
import subprocess

import harness
import pytest

PAGE = harness.ROOT / "docs/many-captures.md"
TEMPLATE = harness.ROOT / "docs/adpath-index-template.json"
# Enough for a line of each kind, and an answer to each question.
RECORDINGS = ("healthy", "krb-7", "dead-dc", "ldaps-no-secrets")
# What a server takes for a value of the type (strict_date_optional_time is the form of dates without another).
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"


def fits(value, mapping):
    kind = mapping["type"]
    if kind in ("long", "double"):
        numbers = int if kind == "long" else (int, float)
        return isinstance(value, numbers) and not isinstance(value, bool) and abs(value) < 2**63
    if not isinstance(value, str):
        return False
    if kind == "ip":
        return bool(ipaddress.ip_address(value))
    if kind == "date":
        return bool(re.fullmatch(DATE, value) and datetime.datetime.fromisoformat(value[:26].rstrip("Z")))
    # A longer one would be kept, and never found. No server keeps a term of more than 32,766 bytes.
    return kind == "text" or len(value) <= mapping["ignore_above"] and len(value.encode()) < 32766


def leaves(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def types(properties, name=""):
    for key, inner in properties.items():
        place = f"{name}.{key}" if name else key
        if "properties" in inner:
            yield from types(inner["properties"], place)
        else:
            yield place, inner


def test_the_template_has_every_field(wireshark):
    template = json.loads(TEMPLATE.read_text())
    known = dict(types(template["template"]["mappings"]["properties"]))
    target = wireshark.scratch / "all-of-them.pcapng"
    sources = [c.path for c in harness.OWN_CAPTURES if not c.keytab]
    subprocess.run(["mergecap", "-a", "-w", target, *sources], check=True)
    target.chmod(0o644)
    out = wireshark.ask(harness.Capture(target, target.name), "-q", "-z", "adpath,ndjson")
    seen = set()
    for line in map(json.loads, out.splitlines()):
        for name, value in leaves(line):
            assert fits(value, known[name]), (name, value)
            seen.add(name)
    # What the page adds, and what is rare.
    assert known.keys() - seen <= {"file.path", "host.name", "client.port", "adpath.capture.limits"}


@pytest.fixture(scope="session")
def answers(wireshark):
    """What each command of the page that can be run here printed."""
    missing = [name for name in ("jq", "sqlite3", "xargs") if not shutil.which(name)]
    if missing:
        pytest.skip(f"NOT TESTED: the commands of {PAGE.name}: no {', '.join(missing)} here")
    folder = wireshark.scratch / "many"
    (folder / "captures").mkdir(parents=True)
    for path in (folder, folder / "captures"):
        path.chmod(0o777)
    for name in RECORDINGS:
        copy = folder / "captures" / f"{name}.pcapng"
        shutil.copyfile(harness.TESTDATA / name / "capture.pcapng", copy)
        copy.chmod(0o644)
    printed = []
    for command in re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.M | re.S):
        done = wireshark.run("bash", "-c", f"cd {shlex.quote(str(folder))}; set -eu; {command}")
        assert done.status == 0 and not done.err, (command, done)
        printed.append(done.out)
    return folder, printed


def test_the_commands_of_the_page(answers):
    folder, printed = answers
    count, faulty, words, most, slow, *_, servers, costly = printed
    lines = [json.loads(line) for line in (folder / "all.ndjson").read_text().splitlines()]
    assert int(count) == len(lines)
    files = {f"captures/{name}.pcapng" for name in RECORDINGS}
    assert {line["file"]["path"] for line in lines} == files
    assert [row.split("\t")[0] for row in faulty.splitlines()] == ["captures/krb-7.pcapng"]
    assert {row.split()[1] for row in words.splitlines()} == {"healthy", "faulty", "not-judged"}
    assert re.search(r"^ +1 spn-not-found-or-duplicate$", most, re.M)
    assert "captures/dead-dc.pcapng" in slow.splitlines()[0]
    assert servers.startswith("server|captures|rules\n") and len(servers.splitlines()) > 1
    assert costly.startswith("rule|findings|seconds\n") and len(costly.splitlines()) > 1
