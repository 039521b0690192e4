# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools around the fuzzers: damage is the same for each seed, faults are told apart, inputs are whole."""

import importlib.machinery
import importlib.util
import json
import os
import random
import shlex
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import harness
import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import corpora  # noqa: E402


@pytest.fixture(scope="module")
def captures():
    """The program tests/fuzz/captures, as a module."""
    loader = importlib.machinery.SourceFileLoader("fuzz_captures", str(HERE / "captures"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def healthy(captures):
    return list(captures.blocks_of((harness.TESTDATA / "healthy" / "capture.pcapng").read_bytes()))


def test_blocks_are_those_of_the_file(captures, healthy):
    data = (harness.TESTDATA / "healthy" / "capture.pcapng").read_bytes()
    assert b"".join(captures.block(kind, body) for kind, body in healthy) == data


def test_damage_follows_from_the_seed(captures, healthy):
    made = [captures.damaged_source(seed, 3, healthy) for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    # What is no packet (sections, interfaces, keys) stays as it was.
    others = [captures.block(kind, body) for kind, body in healthy if kind != captures.PACKET]
    for part in made:
        assert [piece for piece in part if piece[:4] != struct.pack("<I", captures.PACKET)] == others


def test_every_sort_of_damage_keeps_the_file_readable(captures, healthy):
    changed = 0
    for seed in range(40):
        part = captures.damaged_source(seed, 0, healthy)
        again = list(captures.blocks_of(b"".join(part)))
        assert len(again) == len(part)
        changed += [body for _, body in again] != [body for _, body in healthy]
    assert changed > 30


def test_a_reshaped_packet_is_no_longer_than_pieces_allow(captures):
    rng = random.Random(5)
    data = bytes(range(200))
    shapes = {captures.reshaped(rng, data, 42, data) for _ in range(200)}
    assert len(shapes) > 50 and all(shape[:42] == data[:42] and len(shape) <= 600 for shape in shapes)


@pytest.mark.parametrize(
    "status, err, wanted",
    [
        (0, "", []),
        (1, "==5==ERROR: AddressSanitizer: heap-buffer-overflow\n #0 in adp_ber_next /plugins/adpath/read/ber.c:70",
         [(True, "sanitizer")]),
        (1, "==5==ERROR: AddressSanitizer: SEGV\n #0 in strcmp\n #1 (libwireshark.so.16+0x1)", [(False, "sanitizer")]),
        (0, "/plugins/adpath/read/tls.c:70:5: runtime error: left shift of 1 by 64 places", [(True, "sanitizer")]),
        (0, ' ** (tshark:1) 1:2 [Epan WARNING] -- Dissector bug, protocol TLS, in packet 3: ./epan/dissectors/packet-tls.c:1: '
            'failed assertion "x"', [(False, "assertion")]),
        (0, "[Epan WARNING] -- Dissector bug, protocol ADPath, in packet 3: proto.c:1: failed assertion", [(True, "assertion")]),
        (0, "(tshark:7): adpath-CRITICAL **: 10:00: note_good: assertion '!r->judging' failed", [(True, "critical")]),
        (-11, "", [(False, "status")]),
    ],
)
def test_faults_are_told_apart(captures, status, err, wanted):
    assert [(fault.ours, fault.kind) for fault in captures.faults_in(status, err)] == wanted


def test_corpora_reach_each_parser():
    """A parser without a first input would be fuzzed in the dark."""
    made = corpora.inputs()
    targets = set("ber sasl x509 netlogon dns_name ldap_filter http autodiscover gss krb_error tokens kpasswd tls h2 dns ldap packet peek".split())
    assert set(made) == targets
    assert all(0 < len(data) <= corpora.LONGEST + 3 * 64 for some in made.values() for data in some)
    # Cut out as they stand: a filter's first byte is a choice, a reply's its opcode, a certificate a sequence.
    assert all(data[0] & 0xC0 == 0x80 for data in made["ldap_filter"])
    assert all(data[1] == 0 and 19 <= data[0] <= 25 for data in made["netlogon"])
    assert all(data[0] == 0x30 for data in made["x509"])


READ_BYTES = {"text", "ldap_filter", "url", "dns_name", "h2", "netlogon", "scp", "ber", "dns", "dns_error", "http_message", "sasl", "tls", "tokens", "x509",
              "ldap", "ldap_message", "ldap_names", "ldap_ops", "netbios", "crossed", "peek", "tcp"}


def test_no_arithmetic_with_null(tmp_path):
    """gcc's sanitizer lets an offset to NULL pass when it is 0, and that of the builds is gcc's: clang's does not.

    The sources that read bytes are compiled with it, the rest of the program is the build's. Every input is read once.
    """
    build = Path(os.environ["ADPATH_MODULE"]).resolve().parents[3]
    place = build / "tests" / "unit" / "fuzz"
    link = place / "CMakeFiles" / "fuzz_parsers.dir" / "link.txt"
    clang = next(filter(shutil.which, ("clang", "clang-14", "clang-19")), None)
    probe = [clang, "-fsanitize=undefined", "-x", "c", "-", "-o", str(tmp_path / "probe")]
    if not clang or subprocess.run(probe, input=b"int main(void){return 0;}", capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: arithmetic with NULL, which needs clang and its sanitizers (Debian 12: apt-get install clang libclang-rt-14-dev)")
    if not link.is_file():
        pytest.skip("NOT TESTED: arithmetic with NULL, as the module was built without the fuzzers")
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        # Their objects are in the fuzzer itself, or in the library of the model.
        of = {"read": "fuzz_parsers.dir", "wire": "adpath_model.dir"}.get(source.parent.name)
        if of and of in entry["command"] and source.stem in READ_BYTES:
            commands[source] = entry
    sanitized = ["-O0", "-w", "-Wno-error", "-fsanitize=undefined", "-fno-sanitize-recover=all"]

    def compiled(source):
        entry = commands[source]
        words = shlex.split(entry["command"])
        target = tmp_path / f"{source.parent.name}-{source.stem}.o"
        words[words.index("-o") + 1] = str(target)
        # What gcc alone knows says nothing about the program.
        words = [word for word in words[1:] if not word.startswith(("-fno-fat", "-fsanitize", "-W"))]
        subprocess.run([clang, *words, *sanitized], cwd=entry["directory"], check=True)
        return target

    objects = {source: target for source, target in zip(commands, harness.together([lambda s=s: compiled(s) for s in commands]))}

    def linked(folder, name):
        """A program of the build with these sources in the place of its own."""
        words = shlex.split((folder / "CMakeFiles" / f"{name}.dir" / "link.txt").read_text())
        program = words[words.index("-o") + 1] = str(tmp_path / name)
        own = {f"{source.parent.name}/{source.name}.o" for source in objects}
        words = [word for word in words[1:] if "/".join(Path(word).parts[-2:]) not in own]
        subprocess.run([clang, "-fsanitize=undefined", *map(str, objects.values()), *words], cwd=folder, check=True)
        return program

    corpora.write(tmp_path / "inputs")
    words = [linked(place, "fuzz_parsers"), "0", tmp_path / "inputs", HERE / "found"]
    run = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    assert run.returncode == 0 and "runtime error" not in run.stderr, run.stderr[-2000:]
    assert {source.stem for source in objects} == READ_BYTES and "tls: " in run.stdout and "ldap_filter: " in run.stdout
    # Nobody reads an empty text out of a message, but the unit tests do.
    objects = {source: target for source, target in objects.items() if source.parent.name == "wire"}
    run = subprocess.run([linked(place.parent, "test_text")], capture_output=True, text=True, check=False)
    assert run.returncode == 0 and "/text/" in run.stdout, run.stderr[-2000:]
