# SPDX-License-Identifier: GPL-2.0-or-later
"""What of a report must be equal with and without adpath.anonymize."""

ON = ("-o", "adpath.anonymize:TRUE")

# Values of these stay: they are ours, or numbers and constants of the protocols.
KEPT = set(
    """outcome kind id severity stage source reason evidence transport role proto service result protection mechanism
    exchange carrier error_name class ntstatus_name result_name scope entry rank_reason method auth version alert type finding
    adpath wireshark""".split()
)


def bones(value, key=None):
    """A report without the names."""
    if isinstance(value, dict):
        return {k: bones(v, k) for k, v in value.items() if k != "pseudonyms"}
    if isinstance(value, list):
        return [bones(v, key) for v in value]
    if isinstance(value, str) and key not in KEPT:
        return value != ""
    return value
