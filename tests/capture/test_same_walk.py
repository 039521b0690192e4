# SPDX-License-Identifier: GPL-2.0-or-later
"""The same walk over HTTP/2 and over HTTP/1, each recorded in the laboratory, tells the same."""

import harness

# Of either, the SCP names this one host, and TLS is 1.3.
HTTP_1, HTTP_2 = ("tls-1.3", "tls13"), ("http2", "h2")
KRB = ("exchange", "error", "spn", "realm", "carrier", "class")


def told(wireshark, walk):
    """Of steps that have to do with the mail server, what does not differ from walk to walk; and their message numbers."""
    recording, host = walk
    capture = next(c for c in harness.OWN_CAPTURES if c.name.split("/")[0] == recording and not c.keytab)

    def named(value):
        return value.replace(f"{host}.nordwind.test", "mail.nordwind.test") if isinstance(value, str) else value

    steps = [
        step
        for step in harness.steps_of(wireshark.json(capture))
        if step["kind"] in ("autodiscover", "tls")
        or (step["kind"] == "kerberos" and (step["detail"]["spn"] or "").startswith("HTTP/"))
    ]
    facts = [
        (
            step["kind"],
            step["outcome"],
            named(step["summary"]),
            {
                key: named(value)
                for key, value in step["detail"].items()
                if step["kind"] == "autodiscover" or key in KRB or key in ("sni", "version", "name_match", "alert")
            },
        )
        for step in steps
    ]
    return facts, [step["id"] for step in steps if step["kind"] == "autodiscover"]


def test_the_same_as_over_http_1(wireshark):
    (one, ids), (two, streams) = wireshark.both(lambda: told(wireshark, HTTP_1), lambda: told(wireshark, HTTP_2))
    assert two == one
    web = [fact for fact in two if fact[0] == "autodiscover"]
    # Asked for credentials, then answered; mailbox, settings and the ticket were read.
    assert [(f[3]["status"], f[3]["auth"]) for f in web] == [(401, "none"), (200, "kerberos")]
    assert any(f[3].get("carrier") == "http" and f[1] == "ok" for f in two)
    assert not any(ids) and streams == [1, 3], "numbers of streams, which HTTP/1 has not"
