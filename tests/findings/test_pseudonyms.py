# SPDX-License-Identifier: GPL-2.0-or-later
"""Every case is judged alike where names are pseudonyms."""

import json

import cases
import pytest
import test_findings  # noqa: F401, all cases
from pseudonyms import ON, bones


@pytest.mark.parametrize("batch", test_findings.batches(cases.batches()))
def test_judged_alike(analysed, batch):
    """Rules compare names: with each other, with well-known ones, by their length and their domain."""
    result = analysed(batch)
    veiled = json.loads(result.tshark(result.path, *ON, "-q", "-z", "adpath,json"))
    told = [[(f["id"], f["severity"], f["frames"], f["summary"]) for f in p["findings"]] for p in veiled["paths"]]
    for path, other, said in zip(result.json["paths"], veiled["paths"], told):
        assert [f["id"] for f in path["findings"]] == [f["id"] for f in other["findings"]], (path["client"], said)
    assert bones(veiled) == bones(result.json)
