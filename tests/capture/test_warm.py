# SPDX-License-Identifier: GPL-2.0-or-later
"""A tshark that goes on from a started one says what one says that is started for its words alone."""
import subprocess

import pytest
import warm_start

COLD = {"LC_ALL": "C.UTF-8"}  # an environment of its own, and the same

REPORTS = ("-z", "adpath,path", "-z", "adpath,json", "-z", "adpath,about")
WAYS = {
    "reports": ("-n", "-2", "-q", *REPORTS),
    "one pass, names": ("-q", *REPORTS),
    "frames": ("-2", "-Y", "adpath", "-T", "fields", "-e", "frame.number", "-e", "adpath.step", "-e", "_ws.col.Info"),
    "details": ("-V", "-Y", "frame.number < 20"),
    "details of one": ("-O", "adpath", "-Y", "adpath"),
    "bytes": ("-x", "-c", "3"),
    "keys": ("-o", "kerberos.decrypt:TRUE", "-q", *REPORTS),
    "other port": ("-d", "tcp.port==88,http", "-c", "50"),
    "wrong filter": ("-Y", "no.such.field"),
    "wrong report": ("-q", "-z", "adpath,nonsense"),
    "wrong option": ("-r",),
}


@pytest.fixture
def started(wireshark):
    if not wireshark.is_warm:
        pytest.skip("NOT TESTED: a started tshark beside a fresh one, as tests/warm is not built or switched off")
    return wireshark


@pytest.mark.parametrize("plugins", ["adpath", "sanitized", None])
def test_same_as_cold(started, lab, plugins):
    capture = lab("a1-happy")
    for name, words in WAYS.items():
        if plugins is None and "adpath" in " ".join(words):
            words = ("-q", "-z", "no,such" if name.startswith("wrong") else "io,phs")
        warm = started.run("tshark", *capture.arguments, *words, plugins=plugins)
        cold = started.run("tshark", *capture.arguments, *words, plugins=plugins, environment=COLD)
        assert (warm.status, warm.out, warm.err) == (cold.status, cold.out, cold.err), name
        assert warm.out or warm.err, name
        assert (warm.status == 0) == (not name.startswith("wrong")), (name, warm)


def test_one_after_another(started, lab):
    """Nothing of a request is left for the next, nor of a file that is not there or no capture."""
    capture = lab("a1-happy")
    first = started.run("tshark", *capture.arguments, "-o", "adpath.tree:everywhere", "-q", "-z", "adpath,about").out
    assert "everywhere" in first
    plain = started.run("tshark", *capture.arguments, "-q", "-z", "adpath,about").out
    assert plain != first
    missing = started.run("tshark", "-r", started.scratch / "missing.pcap")
    assert missing.status != 0 and "doesn't exist" in missing.err
    assert started.run("tshark", *capture.arguments, "-q", "-z", "adpath,about").out == plain


def test_what_a_started_one_is_asked():
    """What tshark looks at before it can be stopped is told apart; what it has done by then is not asked."""
    assert warm_start.request(["-n", "-r", "/a", "-q"]) == ((), ["-r/a", "-n", "-q"])
    assert warm_start.request(["-r", "/a", "-O", "dns", "-V"]) == (("-O", "dns", "-V"), ["-r/a", "-O", "dns", "-V"])
    for words in (["-v"], ["-r", "/a", "-X", "lua_script:b"], ["-C", "p", "-r", "/a"], ["-G", "fields"],
                  ["-r", "/a", "--export-objects", "http,x"], ["-r", "/a", "-r", "/b"],
                  ["-r", "/a", *["-q"] * warm_start.PLACES]):
        assert warm_start.request(words) is None, words


def test_too_slow(started, lab):
    """A run that does not end is ended, and the next one is answered."""
    capture = lab("a1-happy")
    started.run("tshark", *capture.arguments, "-q")
    pool = started._started["adpath", ()]
    _, words = warm_start.request([*capture.arguments, "-q"])
    with pytest.raises(subprocess.TimeoutExpired):
        pool.run(pytest.fail, words, b"", 0.0001)
    assert started.run("tshark", *capture.arguments, "-q").status == 0
