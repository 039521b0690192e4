# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the tests on packets built for them."""

from runner import (  # noqa: F401
    analyse,
    folder,
    in_one_file,
    pytest_collection_modifyitems,
    tshark,
)
