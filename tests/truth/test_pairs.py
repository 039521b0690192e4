# SPDX-License-Identifier: GPL-2.0-or-later
"""-z adpath,compare on the recordings: a healthy run beside each fault, and three ends of one minute."""

import json
import re

import harness
import pairs
import pytest

NAMES = pairs.names()


@pytest.fixture(scope="session")
def healthy(wireshark):
    return pairs.keep_json(wireshark, pairs.HEALTHY)


def test_what_is_expected_is_stated_of_every_recording():
    assert len(NAMES) > 100 and set(pairs.EXPECTED) <= set(NAMES)
    assert not [name for name in NAMES if pairs.expected(pairs.truth_of(name), name) is False]


@pytest.mark.parametrize("name", NAMES)
def test_the_stated_cause_is_the_first_difference(wireshark, healthy, name):
    text = pairs.compared(wireshark, name, healthy)
    want = pairs.expected(pairs.truth_of(name), name)
    sides = pairs.first(text)
    if want is None:
        assert sides is None, text
        return
    here, there = sides
    assert pairs.finding(here) == want, text
    assert pairs.finding(there) is None, text
    # Nobody else's names, and no wall of text.
    assert "healthy.json" in text.splitlines()[0]
    assert len(text.splitlines()) < 80 and max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", ["krb-7", "kdc-silent", "http-401"])
def test_the_other_way_round(wireshark, name):
    """The good run is open, and the file is of the bad one."""
    text = pairs.compared(wireshark, pairs.HEALTHY, pairs.keep_json(wireshark, name))
    here, there = pairs.first(text)
    assert (pairs.finding(there), pairs.finding(here)) == (pairs.expected(pairs.truth_of(name), name), None)


def test_a_capture_beside_itself(wireshark, healthy):
    text = pairs.compared(wireshark, pairs.HEALTHY, healthy)
    assert text.startswith("healthy.json tells of this same capture\n")
    assert pairs.first(text) is None
    assert "Asked only" not in text and "another way" not in text


def test_another_house(wireshark, healthy):
    """Domain, site, hosts and realm have other names there: that is no difference."""
    other = healthy.read_text()
    for old, new in (("nordwind", "fabrikam"), ("NORDWIND", "FABRIKAM"), ("Lund", "Seattle"),
                     ("dc1.", "chief."), ("ex1.", "post7."), ("10.31.", "172.20.")):
        other = other.replace(old, new)
    report = json.loads(other)
    for path in report["paths"]:
        for step in path["steps"]:
            step["client"]["port"] ^= 5
            step["id"] = step["id"] and step["id"] ^ 9
    text = pairs.compared(wireshark, pairs.HEALTHY, pairs.keep_json(wireshark, "house", json.dumps(report)))
    assert text.startswith("house.json is another run\n")
    assert pairs.first(text) is None
    assert "nordwind.test here is fabrikam.test there" in text
    assert "Asked only" not in text and "another way" not in text


# ---- the same minute at three places ----


def test_client_and_controller(wireshark):
    text = pairs.compared(wireshark, "places-client", pairs.keep_json(wireshark, "places-dc"))
    assert re.match(r"places-dc\.json is the other end of the same minute: (\d\d) requests are", text)
    assert "This capture was made nearer to the client" in text
    assert "\nNothing was lost on the way\n" in text and "NAT" not in text
    # One machine recorded all three, with one clock.
    assert float(re.search(r"clock there is (\S+) s", text).group(1)) < 0.001
    # The mail server is not the controller's business.
    assert re.search(r"Seen only here: nothing of these servers.*\n  10\.31\.1\.20 ", text)
    took, served, way = map(float, re.search(
        r"An answer took (\S+) s on average.*?: (\S+) s in the servers, (\S+) s on the way", " ".join(text.split())
    ).groups())
    assert abs(took - served - way) < 3e-6 and way < 0.001 < took and "\nThe time goes in the servers\n" in text


def test_controller_and_client(wireshark):
    text = pairs.compared(wireshark, "places-dc", pairs.keep_json(wireshark, "places-client"))
    assert "is the other end of the same minute" in text
    assert "This capture was made nearer to the servers" in text
    assert "\nNothing was lost on the way\n" in text


def test_client_and_mail_server(wireshark):
    text = pairs.compared(wireshark, "places-client", pairs.keep_json(wireshark, "places-exchange"))
    assert "places-exchange.json is the other end of the same minute" in text
    assert "\nNothing was lost on the way\n" in text
    assert re.search(r"Seen only here: nothing of these servers.*\n  10\.31\.1\.1 ", text)


def test_two_ends_that_share_nothing(wireshark):
    text = pairs.compared(wireshark, "places-dc", pairs.keep_json(wireshark, "places-exchange"))
    assert text.startswith("places-exchange.json is another run\n")


def test_a_way_that_translates_loses_and_has_another_clock(wireshark):
    """The controller's report, as it were behind a NAT, with a clock of its own, and less of it."""
    report = json.loads(pairs.keep_json(wireshark, "places-dc").read_text())
    lost, answered = None, None
    for path in report["paths"]:
        for step in path["steps"]:
            step["client"] = {"address": "192.0.2.77", "port": step["client"]["port"] % 1000 + 2000, "name": None}
            step["start"] += 3.25
        steps = path["steps"]
        lost = next(s for s in steps if s["kind"] == "srv" and s["detail"]["role"] == "kdc")
        steps.remove(lost)
        answered = next(s for s in steps if s["kind"] == "kerberos")
        answered["retries"] = 2
    for end in ("first", "last"):
        report["capture"][end] += 3.25
    path = pairs.keep_json(wireshark, "translated", json.dumps(report))
    text = pairs.compared(wireshark, "places-client", path)
    flat = " ".join(text.split())
    assert "by the numbers in the messages" in flat
    assert "client 10.31.1.50 here is 192.0.2.77 there" in flat
    assert "The client's port is another one in" in flat
    assert re.search(r"clock there is 3\.(2499|2500)\d+ s ahead", flat)
    left = re.search(r"Left here, and never arrived there (.*?) Sent more often", flat).group(1)
    assert left.count(" frame ") == 1 and lost["detail"]["name"] in left
    assert re.search(r"Sent more often than it arrived .*; here 1, there 3 times", flat)
