# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP on its other ports: the global catalog, TLS from the start, StartTLS. TLS is real."""
import ssl

import pytest
from build import *  # noqa: F403
from test_ldap import gssapi_bind, scp_entry, scp_request
from tls import Session

STARTTLS = app(23, tlv(0x80, b"1.3.6.1.4.1.1466.20037"))
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
ASKED = ["bind", "kerberos", "rootdse", "scp"]
SMALL, LARGE = 3, 120  # entries; the large answer takes several records


def conversation(t, entries=SMALL):
    """What is asked over each connection."""
    gssapi_bind(t, "GSS-SPNEGO")
    t.ask(ldap(2, search("", 0, None, ["configurationNamingContext"])))
    t.answer(ldap(2, entry("", {"configurationNamingContext": ["CN=C"]})) + ldap(2, done()))
    t.ask(scp_request(3))
    t.answer(b"".join(scp_entry(3, n) for n in range(1, entries + 1)) + ldap(3, done()))
    t.ask(ldap(4, unbind()))


@pytest.fixture
def keylog(folder):
    """Where the sessions leave their keys; the ordinary user reads it."""
    path = folder / "keys.txt"
    path.touch()
    path.chmod(0o644)
    return path


def everything(keylog, entries=SMALL):
    """One capture; {client port: (server port, has TLS, steps before TLS)}."""
    c = Capture()
    what = {}

    def connect(port, has_tls, before=()):
        number = 50000 + len(what)
        what[number] = (port, has_tls, list(before))
        return c.tcp(CLIENT, number, DC, port)

    for port in (389, 3268):
        conversation(connect(port, False), entries)
    for version in VERSIONS:
        for port in (636, 3269, 1636):
            conversation(Session(connect(port, True), keylog, version), entries)
        for port in (389, 3268):
            t = connect(port, True, ["rootdse"])
            t.ask(ldap(1, search("", 0, None, ["supportedExtension"])))
            t.answer(ldap(1, entry("", {})) + ldap(1, done()))
            t.ask(ldap(2, STARTTLS))
            t.answer(ldap(2, result(24, 0)))
            conversation(Session(t, keylog, version), entries)
    return c.silence(), what


FIRST_OF_13 = 50007  # two without TLS, five of 1.2
ODD_PORT = ("-d", "tcp.port==1636,tls", "-d", "tls.port==1636,ldap")


def by_connection(report, what):
    """The steps of LDAP. A handshake is a step of its own, where there is one and nowhere else."""
    found, handshakes = {}, []
    for step in report.steps:
        port = step["client"]["port"]
        if step["kind"] == "tls":
            handshakes.append(port)
            assert step["outcome"] == "ok"
        else:
            found.setdefault(port, []).append(step)
    # Before its LDAP is seen, nobody knows that the odd port has to do with the path.
    usual = [port for port, (server, has_tls, _) in what.items() if has_tls and server != 1636]
    assert sorted(set(handshakes) & set(usual)) == usual
    assert len(handshakes) == len(set(handshakes))
    assert all(what[port][1] for port in handshakes)
    return found


def said(step):
    """What a step says, whatever carried it."""
    detail = {k: v for k, v in step["detail"].items() if k not in ("shell", "powershell")}
    for key in ("protection", "decrypted"):
        detail.pop(key, None)
    return step["kind"], step["outcome"], step["summary"], detail


def test_with_keys(analyse, keylog):
    c, what = everything(keylog)
    r = analyse(c, "-o", f"tls.keylog_file:{keylog}", *ODD_PORT).nothing_failed()
    found = by_connection(r, what)
    assert set(found) == set(what)
    plain = found[50000]
    assert sorted(s["kind"] for s in plain) == sorted(ASKED)
    assert plain[-1]["detail"]["entries"] == SMALL
    for client, (port, has_tls, before) in what.items():
        steps = found[client]
        assert {s["server"]["port"] for s in steps} == {port}
        assert [s["kind"] for s in steps[: len(before)]] == before
        for step in steps[: len(before)]:
            assert step["detail"]["protection"] == "none" and not step["detail"]["decrypted"]
        steps = steps[len(before) :]
        assert [said(s) for s in steps] == [said(s) for s in plain], (client, port)
        for step in steps:
            if step["kind"] != "kerberos":
                assert step["detail"]["protection"] == ("tls" if has_tls else "none")
                assert step["detail"]["decrypted"] is has_tls


def test_without_keys(analyse, keylog):
    c, what = everything(keylog)
    r = analyse(c, *ODD_PORT).nothing_failed()
    found = by_connection(r, what)
    for client, (port, has_tls, before) in what.items():
        kinds = [s["kind"] for s in found[client]]
        if not has_tls:
            assert sorted(kinds) == sorted(ASKED)
            continue
        assert kinds == [*before, "hidden"], port
        hidden = found[client][-1]
        assert hidden["outcome"] == "hidden"
        assert hidden["detail"]["protection"] == "tls" and not hidden["detail"]["decrypted"]
        assert hidden["server"]["port"] == port and hidden["client"]["address"] == CLIENT
        # Seven messages in a record each; TLS 1.3 hides most of its handshake, too.
        records = hidden["detail"]["hidden"]
        assert records == 7 or (client >= FIRST_OF_13 and 7 < records < 20)


def test_the_odd_port_needs_the_option(analyse, keylog):
    c, what = everything(keylog)
    found = by_connection(analyse(c, "-o", f"tls.keylog_file:{keylog}"), what)
    assert set(found) == {n for n, (port, *_) in what.items() if port != 1636}


@pytest.mark.parametrize("option", [(), ("-d", "tls.port==3269,ldap")])
def test_an_answer_of_several_records(analyse, keylog, option):
    """Wireshark joins the records; where it knows no protocol for them (3269), it does not."""
    c, what = everything(keylog, LARGE)
    r = analyse(c, "-o", f"tls.keylog_file:{keylog}", *ODD_PORT, *option).nothing_failed()
    for client, steps in by_connection(r, what).items():
        scp = steps[-1]
        assert scp["kind"] == "scp" and not [s for s in steps if s["kind"] == "hidden"]
        if what[client][0] == 3269 and not option:
            print(scp["summary"], scp["outcome"])
            assert 0 < scp["detail"]["entries"] < LARGE
        else:
            assert scp["detail"]["entries"] == LARGE and scp["outcome"] == "ok"


def test_commands(analyse, keylog):
    """They ask in the same way: TLS from the start, or StartTLS."""
    c, what = everything(keylog)
    r = analyse(c, "-o", f"tls.keylog_file:{keylog}", *ODD_PORT)
    for client, steps in by_connection(r, what).items():
        port, has_tls, _ = what[client]
        shell, powershell = (steps[-1]["detail"][k] for k in ("shell", "powershell"))
        starts = has_tls and port in (389, 3268)
        scheme = "ldaps" if has_tls and not starts else "ldap"
        url = f"{scheme}://{DC}" + ("" if port in (389, 636) else f":{port}")
        assert f" -H '{url}'{' -ZZ' if starts else ''} -LLL " in shell
        gc = "" if port in (389, 636) else f":{3268 if port == 3269 else port}"
        assert f" -Server '{DC}{gc}' " in powershell
