# SPDX-License-Identifier: GPL-2.0-or-later
"""Is Wireshark's own output the same with the plugin and without it?"""

import re

SUBTREE = "[Active Directory Discovery Path]"
VALUE = "[AD Discovery Path: "


def without_adpath(text):
    """-V output, frame by frame, without what the plugin adds: its subtree, and those at values."""
    text = re.sub(rf"^{re.escape(SUBTREE)}\n(?:[ \t].*\n)*", "", text, flags=re.M)
    text = re.sub(rf"^( +){re.escape(VALUE)}.*\n(?:\1 +.*\n)*", "", text, flags=re.M)
    # How often a key was tried differs from run to run of stock tshark.
    text = re.sub(r"num_tries=\d+", "num_tries=N", text)
    return re.split(r"^(?=Frame \d+: )", text, flags=re.M)[1:]


def both(wireshark, capture, *arguments):
    """Standard output of tshark with the plugin, and without; all else must be equal."""
    ours, stock = wireshark.both(
        lambda: wireshark.try_out(capture, *arguments),
        lambda: wireshark.try_out(capture, *arguments, plugins=None),
    )
    assert (ours.status, ours.err) == (stock.status, stock.err)
    assert ours.status == 0 and stock.out
    return ours.out, stock.out


def same_columns(wireshark, capture, *arguments):
    for two in ([], ["-2"]):
        # adpath is unknown to stock tshark; that this one has it, same_details() shows.
        columns = [*two, "-T", "fields", "-e", "frame.protocols", "-e", "_ws.col.Info"]
        ours, stock = both(wireshark, capture, *arguments, *columns)
        assert ours == stock


def changed_details(wireshark, capture, tagged, *arguments):
    """The frames [(ours, stock)...] whose -V output differs but for the plugin's own lines.

    tagged: how many frames have the plugin's subtree. It must be there, and nowhere else: what
    was not added cannot have been compared.
    """
    ours, stock = both(wireshark, capture, *arguments, "-V")
    assert len(re.findall(rf"^{re.escape(SUBTREE)}$", ours, re.M)) == tagged
    assert SUBTREE not in stock and VALUE not in stock
    frames, stock_frames = without_adpath(ours), without_adpath(stock)
    assert len(frames) == len(stock_frames) > 0
    return [(a, b) for a, b in zip(frames, stock_frames) if a != b]


def check_netlogon(changed):
    """The only change there may be: Netlogon values that 4.0 and 4.2 leave as bytes."""
    for a, b in changed:
        # Here a client asked with another spelling than the one that Wireshark knows.
        spelled = re.search(r"^ +type: (netlogon)$", b, re.M | re.I)
        assert spelled and spelled.group(1) != "netlogon", a
        added = "".join(line for line in a.splitlines() if line not in b)
        assert "Domain GUID" in added
        assert not re.search("malformed", added, re.I)
