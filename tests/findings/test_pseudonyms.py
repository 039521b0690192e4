# SPDX-License-Identifier: GPL-2.0-or-later
"""Every case is judged alike where names are pseudonyms."""

import json

import cases
import pytest
import test_findings  # noqa: F401, all cases
from pseudonyms import ON, bones


def told(path):
    return [f"{f['severity']} {f['id']} {f['frames']}: {f['summary']}" for f in path["findings"]]


@pytest.mark.parametrize("batch", test_findings.batches(cases.batches()))
def test_judged_alike(analysed, batch):
    """Rules compare names: with each other, with well-known ones, by their length and their domain."""
    result = analysed(batch)
    veiled = json.loads(result.tshark(result.path, *ON, "-q", "-z", "adpath,json"))
    of_client = {scene.client: name for name, scene in result.scenes.items()}
    otherwise = [
        "\n".join([str(of_client.get(path["client"]["address"])), *told(path), "as", *told(other)])
        for path, other in zip(result.json["paths"], veiled["paths"])
        if bones(path) != bones(other)
    ]
    assert not otherwise, "\n\n".join(otherwise)
    assert bones(veiled) == bones(result.json)
