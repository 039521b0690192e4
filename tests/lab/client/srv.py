# SPDX-License-Identifier: GPL-2.0-or-later
"""The order in which SRV records are to be tried."""

import random


def by_weight(records, rng=random):
    """RFC 2782: by priority, and within one at random by weight."""
    ordered = []
    for priority in sorted({r[0] for r in records}):
        left = sorted((r for r in records if r[0] == priority), key=lambda r: r[1])
        while left:
            drawn = rng.randint(0, sum(r[1] for r in left))
            for record in left:
                drawn -= record[1]
                if drawn <= 0:
                    break
            ordered.append(record)
            left.remove(record)
    return ordered
