# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures that others have handed us, with what is right for each: a change of a sentence must not lose a name."""

import harness
import pytest

TOOL = harness.ROOT.parent / "shared" / "tools" / "field"


@pytest.mark.skipif(not TOOL.is_file(), reason="NOT TESTED: the captures handed by others are not beside this checkout")
def test_all_of_them_are_right(wireshark):
    result = wireshark.run(str(TOOL), environment={"PYTHONDONTWRITEBYTECODE": "1"})
    assert result.status == 0 and "right" in result.out, result.out
