# SPDX-License-Identifier: GPL-2.0-or-later
"""The findings' tests use the makers of packets that the synthetic captures have."""
import functools
import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "synthetic"))

from runner import in_one_file  # noqa: E402, F401


@pytest.fixture(scope="session")
def analysed(wireshark):
    """analysed(name[, change]): the batch of cases with this name, and what the plugin says of it."""
    import cases

    with tempfile.TemporaryDirectory(dir=wireshark.scratch) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        yield functools.lru_cache(maxsize=None)(
            lambda batch, change=None: cases.Analysed(wireshark, folder, batch, change)
        )
