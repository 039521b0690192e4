# SPDX-License-Identifier: GPL-2.0-or-later
"""What Wireshark itself shows stays as it was, on synthetic captures of all that is read."""
import harness
import pytest
import stock
import test_http
import test_ldap
import test_scp
import test_smb
import test_tls
from build import *  # noqa: F403
from smb import *  # noqa: F403
from test_captures import whole_path
from test_tls import keylog  # noqa: F401


def everything(keys):
    c, _ = test_tls.everything(keys)
    whole_path(c, client=CLIENT2)
    for spelling in ("netlogon", "Netlogon", "NetLogon", "NETLOGON"):
        c.exchange(CLIENT, 30000 + len(c.frames), DC, 389, ping(), ping_reply(attribute=spelling))
    t = c.tcp(CLIENT, 31000, DC, 389)
    test_ldap.gssapi_bind(t)
    t.ask(sasl(cfx(test_ldap.scp_request(9))))
    t.answer(sasl(cfx(test_ldap.scp_entry(9) + ldap(9, done()))))
    t.answer(sasl(cfx(bytes(range(200)), True)))
    t = c.tcp(CLIENT, 31001, DC, 389)
    for i, (attribute, value, *_) in enumerate([*test_scp.VALUES, *test_scp.PLAIN], 1):
        t.answer(ldap(i, entry("CN=x", {attribute: [value], "cn": ["x"]})))
    for spelling in ("KEYWORDS", "servicebindinginformation", "keyWords"):
        t.answer(ldap(999, entry("CN=x", {spelling: ["Site=HQ", "ldap://h"]})))
    for port, ask, reply in (
        (445, smb2_setup(test_smb.ASK), smb2_setup_reply(test_smb.refusal(), LOGON_FAILURE)),
        (139, smb1_setup(test_smb.ASK), smb1_setup_reply(test_smb.AGREE)),
        (135, rpc_bind(test_smb.ASK), rpc_bind_ack(test_smb.refusal())),
        (80, test_http.get(), http_reply(200, b"yes", negotiate(test_http.YES, "WWW-Authenticate"))),
    ):
        t = c.tcp(CLIENT, 32000 + port, DC, port)
        t.ask(ask)
        t.answer(reply)
    return c.silence()


@pytest.mark.parametrize("keys", [True, False])
def test_nothing_else_changes(wireshark, folder, keylog, keys):
    path = everything(keylog).save(folder, "stock")
    capture = harness.Capture(path, "stock")
    options = ["-n", *test_tls.ODD_PORT, *(["-o", f"tls.keylog_file:{keylog}"] if keys else [])]
    tagged = wireshark.try_out(capture, *options, "-Y", "adpath", "-T", "fields", "-e", "frame.number")
    stock.same_columns(wireshark, capture, *options)
    changed = stock.changed_details(wireshark, capture, len(tagged.out.splitlines()), *options)
    stock.check_netlogon(changed)
    # whole_path() asks with one of these spellings, too.
    assert len(changed) == (4 if wireshark.version in ("4.0", "4.2") else 0)
    ours = wireshark.try_out(capture, *options, "-V").out
    found = ours.count(stock.VALUE)
    # Three values in each entry; 3269 is read by the plugin alone, and shows none.
    assert found > len(test_scp.VALUES) + 9 * (8 if keys else 2)
    reported = wireshark.try_out(capture, *options, "-q", "-z", "adpath,tsv").out
    for kind in ("bind", "hidden", "kerberos", "ping", "rootdse", "scp", "srv"):
        assert f"\t{kind}\t" in reported


def test_sanitized(wireshark, folder, keylog, sanitizers):
    """The same with sanitizers, which end the program at the first mistake."""
    path = everything(keylog).save(folder, "sanitized")
    arguments = ["-n", "-r", path, *test_tls.ODD_PORT, "-o", f"tls.keylog_file:{keylog}"]
    arguments += ["-2", "-V", "-z", "adpath,json"]
    ours, sanitized = wireshark.both(
        lambda: wireshark.run("tshark", *arguments),
        lambda: wireshark.run("tshark", *arguments, plugins="sanitized"),
    )
    assert (sanitized.status, sanitized.err) == (0, "")
    assert harness.without_build(ours.out) == harness.without_build(sanitized.out)


def test_the_comparison_can_fail(wireshark, folder):
    """It finds a line too many, and a plugin that is not there."""
    c = Capture()
    c.exchange(CLIENT, 30000, DC, 389, ping(), ping_reply(attribute="netlogon"))
    capture = harness.Capture(c.save(folder, "little"), "little")
    assert stock.changed_details(wireshark, capture, 2) == []
    with pytest.raises(AssertionError):
        stock.changed_details(wireshark, capture, 1)
    with pytest.raises(AssertionError):
        stock.changed_details(wireshark, capture, 2, "-o", "adpath.analysis:FALSE")
    one = "Frame 1: x\n    a\n[Active Directory Discovery Path]\n    b\n    c: d\nFrame 2: y\n"
    assert stock.without_adpath(one) == ["Frame 1: x\n    a\n", "Frame 2: y\n"]
    value = "Frame 1: x\n  v\n    [AD Discovery Path: z]\n        [Host: h]\n    AttributeValue: 1\n"
    assert stock.without_adpath(value) == ["Frame 1: x\n  v\n    AttributeValue: 1\n"]
    with pytest.raises(AssertionError):
        stock.check_netlogon([("Frame 1: Domain GUID", "Frame 1: type: keywords")])
