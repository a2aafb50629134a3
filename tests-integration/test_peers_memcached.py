"""The client of memcached with Debian's memcached, and the example of its how-to."""

import os
import pwd
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from twisted.internet.defer import Deferred, gatherResults
from twisted.protocols.memcache import ClientError, MemCacheProtocol, ServerError

from .peers import House, needs
from .running import run

pytestmark = needs("memcached")

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"


class Cache:
    """A client of a memcached that runs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.socket = house.directory / "memcached"
        # Started by root, it wants to hear of a user.
        user = pwd.getpwuid(os.getuid()).pw_name
        self.process = house.start(
            *("memcached", "-u", user, "-U", "0", "-m", "8", "-s", self.socket)
        )
        self.client = self.connect()

    def connect(self) -> MemCacheProtocol:
        """Return a client that is connected."""
        client = MemCacheProtocol(None)
        self.house.reach(f"unix:{self.socket}", client)  # type: ignore[type-var]  # no Noting
        return client

    def does(self, call: Callable[[MemCacheProtocol], Deferred[Any]]) -> Any:
        """Return the result of a command, or the exception that it failed with."""
        found: list[object] = []
        call(self.client).addBoth(found.append)
        self.house.until(found.__len__)
        return getattr(found[0], "value", found[0])


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cache]:
    """A client of a memcached that runs."""
    house = House(tmp_path_factory.mktemp("memcached"))
    try:
        yield Cache(house)
    finally:
        house.close()


def test_values_are_stored_and_read(cache: Cache) -> None:
    does = cache.does
    anything = bytes(range(256)) * 500
    assert does(lambda c: c.set(b"k", anything, flags=2**32 - 1)) is True
    assert does(lambda c: c.get(b"k")) == (2**32 - 1, anything)
    assert does(lambda c: c.get(b"missing")) == (0, None)
    assert does(lambda c: c.add(b"k", b"")) is False
    assert does(lambda c: c.add(b"new", b"")) is True
    assert does(lambda c: c.replace(b"missing", b"")) is False
    assert does(lambda c: c.append(b"new", b"end")) is True
    assert does(lambda c: c.prepend(b"new", b"begin ")) is True
    assert does(lambda c: c.append(b"missing", b"end")) is False
    assert does(lambda c: c.get(b"new")) == (0, b"begin end")
    assert does(lambda c: c.delete(b"new")) is True
    assert does(lambda c: c.delete(b"new")) is False
    assert does(lambda c: c.getMultiple([b"k", b"missing", b"k"])) == {
        b"k": (2**32 - 1, anything),
        b"missing": (0, None),
    }
    assert does(lambda c: c.set(b"gone", b"x", expireTime=-1)) is True
    assert does(lambda c: c.get(b"gone")) == (0, None)


def test_changes_of_others_are_seen(cache: Cache) -> None:
    does = cache.does
    does(lambda c: c.set(b"k", b"one"))
    flags, identifier, value = does(lambda c: c.get(b"k", withIdentifier=True))
    assert (flags, value) == (0, b"one")
    assert does(lambda c: c.checkAndSet(b"k", b"two", identifier)) is True
    assert does(lambda c: c.checkAndSet(b"k", b"three", identifier)) is False
    assert does(lambda c: c.checkAndSet(b"missing", b"x", identifier)) is False
    assert does(lambda c: c.get(b"k")) == (0, b"two")


def test_counters(cache: Cache) -> None:
    does = cache.does
    does(lambda c: c.set(b"k", b"18446744073709551614"))
    assert does(lambda c: c.increment(b"k")) == 2**64 - 1
    assert does(lambda c: c.increment(b"k", 3)) == 2
    assert does(lambda c: c.decrement(b"k", 5)) == 0
    assert does(lambda c: c.increment(b"missing")) is False
    does(lambda c: c.set(b"text", b"abc"))
    assert isinstance(does(lambda c: c.increment(b"text")), ClientError)


def test_the_server_tells_about_itself(cache: Cache) -> None:
    does = cache.does
    version = does(lambda c: c.version())
    assert isinstance(version, bytes)
    does(lambda c: c.set(b"k", b"x"))
    statistics = does(lambda c: c.stats())
    assert isinstance(statistics, dict)
    assert statistics[b"version"] == version
    assert statistics[b"curr_items"] == b"1"
    kinds = [b"settings", b"items", b"slabs", b"sizes", b"conns"]
    answers = does(lambda c: gatherResults([c.stats(kind) for kind in kinds]))
    assert all(isinstance(answer, dict) for answer in answers)
    assert does(lambda c: c.stats(b"reset")) == {}
    assert does(lambda c: c.stats(b"detail on")) == {}
    assert does(lambda c: c.flushAll()) is True
    assert does(lambda c: c.get(b"k")) == (0, None)


def test_a_value_that_is_too_large_fails_and_the_connection_goes_on(cache: Cache) -> None:
    assert isinstance(cache.does(lambda c: c.set(b"k", b"x" * 1_100_000)), ServerError)
    assert cache.does(lambda c: c.get(b"k")) == (0, None)


def test_many_commands_on_their_way(cache: Cache) -> None:
    found: list[object] = []
    for number in range(3000):
        cache.client.set(b"k%d" % number, b"%d" % number)
        cache.client.get(b"k%d" % number).addCallback(found.append)
    cache.house.until(lambda: len(found) == 3000)
    assert found == [(0, b"%d" % number) for number in range(3000)]


def test_a_server_that_dies_fails_all_that_waits(cache: Cache) -> None:
    found: list[object] = []
    cache.process.send_signal(signal.SIGSTOP)
    for _ in range(3):
        cache.client.get(b"k").addErrback(lambda failure: found.append(failure.type))
    cache.process.kill()
    cache.house.until(lambda: len(found) == 3)
    assert all(issubclass(kind, Exception) for kind in found)  # type: ignore[arg-type]
    assert isinstance(cache.does(lambda c: c.get(b"k")), RuntimeError)


def test_example_counts_visits(cache: Cache) -> None:
    said = []
    for name in ("ada", "bob", "ada"):
        command = [sys.executable, "memcached/visits.py", name, f"unix:{cache.socket}"]
        status, out, err = run(command, EXAMPLES)
        assert (status, err) == (0, "")
        said.append(out.splitlines())
    assert [lines[0].split(" ", 2)[2] for lines in said] == ["is new to me"] * 2 + ["knows me"]
    assert [lines[1:] for lines in said] == [
        ["visit number 1", "visitors: ada"],
        ["visit number 1", "visitors: ada bob"],
        ["visit number 2", "visitors: ada bob"],
    ]
