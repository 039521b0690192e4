# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures for all tests, and the captures they run on."""

import json

import harness
import jsonschema
import pytest

@pytest.fixture(scope="session")
def wireshark():
    programs = harness.Wireshark()
    yield programs
    programs.close()


def pytest_generate_tests(metafunc):
    """A test that takes `capture` runs on all that take part, with keys and without."""
    if "capture" in metafunc.fixturenames:
        # One worker for each: what one test has asked tshark, the others need not ask again.
        captures = [
            pytest.param(c, id=str(c), marks=pytest.mark.xdist_group(str(c)))
            for c in harness.TAKING_PART
        ]
        metafunc.parametrize("capture", captures, indirect=True)


@pytest.fixture
def capture(request, wireshark):
    """One of the captures that take part."""
    return wireshark.borrow(request.param)


@pytest.fixture
def lab(wireshark):
    """A function: the recording of the lab whose name begins so."""

    def find(begin, keys=False):
        found = [
            c
            for c in harness.OWN_CAPTURES
            if c.name.startswith("lab/" + begin) and bool(c.keytab) == keys
        ]
        assert len(found) == 1, f"testdata/lab has {found} for {begin!r}"
        return wireshark.borrow(found[0])

    return find


@pytest.fixture
def public(wireshark):
    """A function: a capture that others published. Skips the test where it is not at hand."""

    def find(name):
        for c in harness.PUBLIC_CAPTURES:
            if c.name == name and not c.keytab:
                return wireshark.borrow(c)
        return _missing(name)

    return find


@pytest.fixture
def sanitizers():
    """Skips the test where the module with sanitizers is not built."""
    if not harness.HAS_SANITIZERS:
        pytest.skip("NOT TESTED: sanitizers, which this build of the module is without")


@pytest.fixture
def oracle():
    """A function: the text of another program's results on a public capture."""

    def find(name):
        path = harness.PUBLIC / "oracles" / name
        return path.read_text() if path.is_file() else _missing("oracles/" + name)

    return find


@pytest.fixture(scope="session")
def schema():
    """What a JSON report has to look like: .validate(report)."""
    described = json.loads((harness.ROOT / "docs" / "adpath.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(described)
    return jsonschema.Draft7Validator(described)


def _missing(name):
    return pytest.skip(
        f"NOT TESTED: the public capture {name} is not in {harness.PUBLIC}; "
        "set ADPATH_CAPTURES to the folder that holds it"
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """A run that is ended from outside never comes to its summary: each failure is said when it happens."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_SaidAtOnce(reporter))


class _SaidAtOnce:
    def __init__(self, reporter):
        self.reporter = reporter

    def pytest_runtest_logreport(self, report):
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            reason = " ".join((crash.message if crash else report.longreprtext).split())
            self.reporter.write_line(f"\n{report.when} of {report.nodeid} failed: {reason[:400]}")


def pytest_terminal_summary(terminalreporter):
    if not harness.PUBLIC_CAPTURES:
        terminalreporter.write_line(
            f"NOT TESTED: no public capture in {harness.PUBLIC} (set ADPATH_CAPTURES): the rules "
            "that hold for every capture ran on this project's own recordings alone",
            yellow=True,
        )
    if harness.LEFT_OUT:
        terminalreporter.write_line(
            f"NOT TESTED: what holds for every capture, on {harness.LEFT_OUT} of "
            f"{harness.LEFT_OUT + len(harness.ALL_CAPTURES)} captures, which resemble the others "
            "(ADPATH_ALL_CAPTURES=1 takes them all); their truths are tested",
            yellow=True,
        )
    # The tests may have run in other processes: only their reports come back.
    for reason in sorted({str(r.longrepr[2]) for r in terminalreporter.stats.get("skipped", [])}):
        terminalreporter.write_line(reason.removeprefix("Skipped: "), yellow=True)
