"""Plays a program of Perspective Broker between ours and the incumbent, as a black box."""

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.sides import Environments

from .running import ROOT, run, running

HERE = Path(__file__).parent
PAIRINGS = pytest.mark.parametrize(
    ("server", "client"), [("ours", "ours"), ("ours", "incumbent"), ("incumbent", "ours")]
)
PORT = re.compile(r"(?:^| PBServerFactory starting on )(\d+)$", re.MULTILINE)
SPOKEN = re.compile(r"(?:^|\[stdout#info\] )([a-z ]+): (.*)$", re.MULTILINE)


@cache
def python(side: str) -> str:
    """Return the interpreter that has one side."""
    if side == "ours":
        return sys.executable
    try:
        return str(Environments(ROOT / "build" / "bench" / "environments").python("incumbent"))
    except BenchError as error:
        pytest.skip(f"there is no incumbent here: {error}")


@dataclass(frozen=True)
class Played:
    """What became of a program.

    Attributes:
        client: What the client printed, by the patterns.
        server: What the server printed.
        log: What the server logged, unless twistd ran it.
        complaints: What the client logged.
    """

    client: dict[str, list[str]]
    server: dict[str, list[str]]
    log: str
    complaints: str


def spoken(text: str) -> dict[str, list[str]]:
    """Return what was printed, by the patterns."""
    found: dict[str, list[str]] = defaultdict(list)
    for pattern, words in SPOKEN.findall(text):
        found[pattern].append(words)
    return found


def playWith(command: Sequence[str], program: str, client: str, path: Path = HERE) -> Played:
    """Play a program with a server that a command starts.

    Args:
        command: The command; it prints or logs its port.
        program: The program.
        client: The side of the client.
        path: The folder of the server.
    """
    variables = {"PYTHONPATH": str(HERE)}
    with running(command, path, variables) as served:
        served.waitFor(PORT.search)
        found = PORT.search("".join(served.out))
        assert found is not None
        caller = [python(client), "-m", "spread_programs", program, "call", found[1]]
        status, out, err = run(caller, HERE, variables)
        assert status == 0, err
        # The last call of the client has ended it.
        assert served.end() == 0, served.err
        text = "".join(served.out)
        return Played(spoken(out), spoken(text), "".join(served.err), err)


@cache
def play(program: str, server: str, client: str) -> Played:
    """Play a program, once for all tests that look at it."""
    return playWith([python(server), "-m", "spread_programs", program, "serve"], program, client)
