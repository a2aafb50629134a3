"""Thousands of connections that break do not disturb the others, and nothing is left of them.

The server and the clients are processes of their own. What is set by the environment is larger in
the nightly run.
"""

import json
import os
import resource
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TypedDict

import pytest

from .running import PATIENCE, Running, ask, running

FOLDER = Path(__file__).parent
CONNECTIONS = int(os.environ.get("TW_CONNECTIONS", "1000"))
TRANSFERS = int(os.environ.get("TW_TRANSFERS", "100"))
CLIENTS = 4
SEED = int(os.environ.get("TW_SEED", "1"))
SECONDS = 30 + CONNECTIONS // 50
"""Within so many seconds everything has come to its end, on a busy machine too."""

SPARE = 100
"""How many descriptors a process needs besides its connections."""


class Open(TypedDict):
    """What the server has open."""

    descriptors: int
    timers: int
    connections: int
    objects: dict[str, int]


class Counts(TypedDict):
    """What the server says."""

    open: Open
    seen: dict[str, int]


class Result(TypedDict):
    """What a client says."""

    outcomes: dict[str, int]
    transferred: int
    faults: list[str]


def counted(port: int) -> Counts:
    """Return what the server has open, and what it has seen."""
    found: Counts = json.loads(ask(port, b"count\n"))
    return found


def isLeft(before: Open, after: Open) -> dict[str, int]:
    """Return what is open that was not before."""
    left = {
        "descriptors": after["descriptors"] - before["descriptors"],
        "timers": after["timers"] - before["timers"],
        "connections": after["connections"] - before["connections"],
    }
    objects = Counter(after["objects"])
    objects.subtract(before["objects"])
    return {name: count for name, count in (left | objects).items() if count > 0}


def finished(client: Running) -> Result:
    """Wait for the end of a client, and return what it says."""
    status = client.process.wait(SECONDS + PATIENCE)
    client.end()
    said = "".join(client.out + client.err)
    assert client.out, said
    result: Result = json.loads(client.out[-1])
    assert (result["faults"], status) == ([], 0), said
    return result


@pytest.mark.parametrize("name", ["epoll", "poll"])
def test_connections_that_break_leave_nothing_and_disturb_nobody(name: str) -> None:
    needed = CONNECTIONS + TRANSFERS + SPARE
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if needed > limit:
        pytest.skip(f"{needed} descriptors are needed and {limit} may be open: raise ulimit -n")
    began = time.monotonic()
    with running([sys.executable, str(FOLDER / "fault_server.py"), name]) as server:
        server.waitFor(lambda out: "\n" in out)
        port = int(server.out[0])
        # What is made once is made before it is counted.
        with running(clientOf(name, port, 20, 5)) as client:
            finished(client)
        before = settled(port)
        commands = [
            clientOf(name, port, CONNECTIONS // CLIENTS, TRANSFERS // CLIENTS, number)
            for number in range(CLIENTS)
        ]
        outcomes: Counter[str] = Counter()
        transferred = 0
        with ExitStack() as stack:
            clients = [stack.enter_context(running(command)) for command in commands]
            for client in clients:
                result = finished(client)
                outcomes.update(result["outcomes"])
                transferred += result["transferred"]
        after = settled(port)
        assert server.process.poll() is None
        assert server.err == []
    assert isLeft(before["open"], after["open"]) == {}
    assert outcomes["transferred"] == TRANSFERS
    assert sum(outcomes.values()) == CONNECTIONS + TRANSFERS
    print(
        f"{name}, seed {SEED}: {CONNECTIONS} broken connections and {TRANSFERS} transfers of "
        f"{transferred} bytes in {time.monotonic() - began:.0f} s; {after['seen']['peak']} at the "
        f"same time; {dict(outcomes)}; open before {brief(before)}, after {brief(after)}"
    )


def test_what_is_left_is_found() -> None:
    with running([sys.executable, str(FOLDER / "fault_server.py"), "epoll", "leaky"]) as server:
        server.waitFor(lambda out: "\n" in out)
        port = int(server.out[0])
        before = counted(port)
        with running(clientOf("epoll", port, 5, 5)) as client:
            finished(client)
        left = isLeft(before["open"], counted(port)["open"])
    assert left["timers"] >= 10
    assert left["__main__.Serving"] >= 10


def clientOf(name: str, port: int, chaos: int, transfers: int, number: int = 99) -> list[str]:
    """Return the command of a client."""
    numbers = (port, SEED * 100 + number, chaos, transfers, SECONDS)
    return [sys.executable, str(FOLDER / "fault_client.py"), name, *map(str, numbers)]


def settled(port: int) -> Counts:
    """Ask the server until it has no connections and timers, or for too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = counted(port)
        now = found["open"]
        calm = not (now["connections"] or now["timers"])
        if calm or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def brief(found: Counts) -> str:
    """Return counts in few words."""
    now = found["open"]
    return (
        f"{now['descriptors']} descriptors, {now['timers']} timers, "
        f"{sum(now['objects'].values())} objects"
    )
