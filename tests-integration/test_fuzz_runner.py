"""The fuzzer: it finds faults that are planted, tells how to see them again, and ours have none."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.inputs import LONGEST, cut, inputOf, randomFor
from fuzz.target import Target, joined

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": "tools"}  # as in hatch.toml
PATIENCE = 600.0

PLANTED = '''
"""Small parsers, each with one fault."""

import os
import sys

from fuzz.__main__ import run
from fuzz.target import Target, expect, joined

from twisted.logger import Logger

LINES = [b"one\\n", b"two words\\n", b"size 30\\n", b"\\n"]
kept = []


def whole(pieces):
    return b"".join(pieces).split(b"\\n")


def crashes(pieces):
    lines = whole(pieces)
    return [line.split(b" ")[1] for line in lines if line.startswith(b"two")]


def differs(pieces):
    # A line end is sought in each piece alone, so a line is what a piece has of it.
    return [line for piece in pieces for line in piece.split(b"\\n")]


def holds(pieces):
    held = b""
    lines = []
    for piece in pieces:
        *more, held = (held + piece).split(b"\\n")
        lines += more
        expect(len(held), 100, "bytes of a line")
    return lines


def allocates(pieces):
    for line in whole(pieces):
        if line.startswith(b"size ") and line[5:].isdigit() and len(line) < 20:
            bytearray(min(int(line[5:]), 10**7))
    return None


def leaks(pieces):
    kept.append([object() for _ in range(100)])
    return None


def logs(pieces):
    if b"\\0" in b"".join(pieces):
        Logger("planted").error("there is a NUL")


def hangs(pieces):
    while b"two two" in b"".join(pieces):
        pass


def dies(pieces):
    if b"\\xff" in b"".join(pieces):
        os._exit(7)


planted = (whole, crashes, differs, holds, allocates, leaks, logs, hangs, dies)
targets = [Target(each.__name__, joined(LINES), each, [b"two", b"two "]) for each in planted]
sys.exit(run({"planted": targets}, sys.argv[1:]))
'''


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that fuzzes parsers with faults."""
    program = tmp_path_factory.mktemp("planted") / "planted.py"
    program.write_text(PLANTED, encoding="utf-8")
    return program


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with the tools on its path."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_parser_without_a_fault_has_no_failure(planted: Path) -> None:
    done = python(str(planted), "whole", "--inputs", "300")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("crashes", "IndexError: list index out of range"),
        ("differs", "cut into pieces of"),
        ("holds", "bytes of a line are kept, 100 are allowed"),
        ("allocates", "bytes of memory for"),
        ("logs", "logged: there is a NUL"),
    ],
)
def test_planted_fault_is_found_and_seen_again(planted: Path, target: str, why: str) -> None:
    done = python(str(planted), target, "--inputs", "3000")
    assert done.returncode == 1, done.stdout + done.stderr
    assert why in done.stdout
    found = re.search(rf"again: .* fuzz {target} --seed 1 --only (\d+)", done.stdout)
    assert found is not None, done.stdout
    again = python(str(planted), target, "--seed", "1", "--only", found[1])
    assert again.returncode == 1
    assert why in again.stdout


def test_leak_is_found(planted: Path) -> None:
    done = python(str(planted), "leaks", "--inputs", "300")
    assert done.returncode == 1
    assert "blocks of memory stay behind" in done.stdout


def test_input_that_does_not_end_is_found_with_the_place(planted: Path) -> None:
    done = python(str(planted), "hangs", "--inputs", "100000", "--patience", "5")
    assert done.returncode == 1
    assert "it took more than 5 seconds" in done.stdout
    assert re.search(r"the input, \d+ bytes: [0-9a-f]*74776f2074776f", done.stdout)
    # faulthandler tells where it is.
    assert "in hangs" in done.stderr


def test_end_of_the_process_is_found(planted: Path) -> None:
    done = python(str(planted), "dies", "--inputs", "3000")
    assert done.returncode == 1
    assert "the process ended: 7" in done.stdout
    assert re.search(r"the input, \d+ bytes: [0-9a-f]*ff", done.stdout)


def test_unknown_target_is_one_line(planted: Path) -> None:
    done = python(str(planted), "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "fuzz: there is no target 'nothing'; --list tells which there are\n"


def test_all_targets_take_some_inputs() -> None:
    done = python("-m", "fuzz", "--inputs", "200")
    assert done.returncode == 0, done.stdout + done.stderr


# What inputs are made of.

LINES = Target("lines", joined([b"one\n", b"two 22\n"]), lambda pieces: None, [b"word"])


def test_input_is_the_same_for_the_same_seed_and_number() -> None:
    def inputs(seed: int) -> list[bytes]:
        return [inputOf(LINES, randomFor(seed, LINES, index)) for index in range(50)]

    assert inputs(1) == inputs(1)
    assert inputs(1) != inputs(2)


def test_some_inputs_are_valid_and_most_are_not_and_none_is_too_long() -> None:
    inputs = [inputOf(LINES, randomFor(1, LINES, index)) for index in range(1000)]
    valid = [data for data in inputs if re.fullmatch(rb"(one\n|two 22\n)+", data)]
    assert 100 < len(valid) < 500
    assert max(map(len, inputs)) <= LONGEST
    assert any(b"word" in data for data in inputs)


def test_pieces_are_the_input_again() -> None:
    for index in range(500):
        random = randomFor(1, LINES, index)
        data = inputOf(LINES, random)
        pieces = cut(data, random)
        assert b"".join(pieces) == data
        assert b"" not in pieces
