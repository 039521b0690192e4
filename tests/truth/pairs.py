# SPDX-License-Identifier: GPL-2.0-or-later
"""The healthy recording beside each of the others: which difference -z adpath,compare names first.

What it should be is in the truth of each recording: the first finding that must be there. Where
the truth says more, or nothing, EXPECTED tells what an expert would say, and why.
"""

import re

import compare
import harness

HEALTHY = "healthy"

# recording: the finding that is named first, None: no difference that matters
EXPECTED = {
    # The truth has what followed; but the healthy client was told a mail server by the directory, and this one was not.
    "http-redirect-followed": "scp-none",
    "http-redirect-refused": "scp-none",
    "srv-autodiscover": "scp-none",
    "dead-addresses": "scp-none",
    # NTLM was used because Kerberos had no such service.
    "ntlm-fallback": "spn-not-found-or-duplicate",
    # No fault by the truth, but the silent controller cost seconds.
    "dead-dc": "slow",
    # No fault either: what did not get on at once, in a recording that is made for something else.
    "interleaved": "endpoint-unresolvable",
    "linux-member": "password-wrong",
    "other-products": "scp-read-failed",
    # Healthy ones: another form, family, protection, site, client or product is no fault.
    "exchangelib": None,
    "http2": None,
    # The form that the API uses first is not known there.
    "keep-alive": "http-error",
    "nss": None,
    "proxy": None,
    "healthy": None,
    "ipv6": None,
    "ipv4-and-ipv6": None,
    "json": None,
    "krb-68": None,
    "ldaps": None,
    "places-client": None,
    "places-dc": None,
    "places-exchange": None,
    "redirect-url": None,
    "sealed": None,
    "second-site": None,
    "signed": None,
    "site-moved": None,
    "soap": None,
    "starttls": None,
    "tls-1.2": None,
    "tls-1.3": None,
    "two-clients": None,
    # Of another house, without a truth of this form.
    "lab/a1-happy-gssapi-clear": None,
    "lab/b2-sealed-spnego": None,
    "lab/b-mit-s4u2proxy-stale-evidence-tcp": "kdc-integrity-failed",
    "lab/b-mit-s4u2self-foruser-heimdalclient": "kdc-integrity-failed",
    "lab/c1-unknown-spn-7": "spn-not-found-or-duplicate",
    "lab/d2-noscp-http-redirect": "scp-none",
}


def names():
    """All recordings of testdata."""
    scenarios = [p.parent.name for p in harness.TESTDATA.glob("*/truth.json")]
    return sorted(scenarios + ["lab/" + p.stem for p in harness.TESTDATA.glob("lab/*.pcapng")])


def place(name):
    """Of a recording."""
    lab, _, stem = name.rpartition("/")
    return harness.TESTDATA / lab / f"{stem}.pcapng" if lab else harness.TESTDATA / stem / "capture.pcapng"


def expected(truth, name):
    """The finding that should be named first; False: the truth says nothing of it."""
    if name in EXPECTED:
        return EXPECTED[name]
    must = truth["findings"]["must"]
    return must[0]["id"] if must else False


def capture_of(wireshark, name):
    keytab = place(name).with_suffix(".keytab")
    return wireshark.borrow(
        harness.Capture(place(name), name.replace("/", "-"), keytab if keytab.exists() else None)
    )


def keep_json(wireshark, name, text=None):
    """The JSON of a recording, or a text in its place, as a file that the ordinary user can read."""
    path = wireshark.scratch / f"{name}.json"
    if text is not None or not path.exists():
        path.write_text(text or wireshark.ask(capture_of(wireshark, name), "-q", "-z", "adpath,json"))
        path.chmod(0o644)
    return path


def compared(wireshark, name, path):
    """What is said of a recording beside the report in a file."""
    return wireshark.ask(capture_of(wireshark, name), "-q", "-z", f"adpath,compare,{path}")


def first(text):
    """The first difference that matters: (here, there) in one line each; None: there is none."""
    if re.search(r"(?m)^No difference that matters$", text):
        return None
    found = re.search(r"(?ms)^First difference that matters[^\n]*\n  here +(.*?)\n  there +(.*?)\n(?=\n|  here|\Z)", text)
    assert found, text
    return tuple(" ".join(side.split()) for side in found.groups())


def finding(side):
    """The finding that a side of a difference names, else None."""
    named = re.match(r"(?:error|warn|note) ([a-z0-9-]+): ", side)
    return named and named.group(1)


def truth_of(name):
    """None: it has no truth of this form."""
    path = place(name).with_name("truth.json")
    return compare.read(path) if path.exists() else None
