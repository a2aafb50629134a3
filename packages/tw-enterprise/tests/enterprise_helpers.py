"""A reactor of its own for each test, and a driver whose every step the tests decide on."""

import gc
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import pytest

from twisted.enterprise.adbapi import ConnectionPool
from twisted.internet.defer import Deferred
from twisted.internet.epollreactor import EPollReactor
from twisted.logger import LogEvent, LogLevel, formatEvent, globalLogPublisher
from twisted.python.failure import Failure

_R = TypeVar("_R")

HANGS_AFTER = 60.0
"""After so many seconds a test has failed; nothing is timed by it."""


class House:
    """A reactor that was started, pools on it, and a file of sqlite3."""

    def __init__(self, directory: Path) -> None:
        self.reactor = EPollReactor()
        self.reactor.startRunning(installSignalHandlers=False)
        self.file = directory / "database"
        self.pools: list[ConnectionPool] = []

    def pool(self, name: str = "sqlite3", /, *arguments: Any, **options: Any) -> ConnectionPool:
        """Make a pool; of sqlite3, unless a name is given."""
        if name == "sqlite3":
            arguments = arguments or (str(self.file),)
        pool = ConnectionPool(name, *arguments, cp_reactor=self.reactor, **options)
        self.pools.append(pool)
        return pool

    def turnUntil(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        limit = monotonic() + HANGS_AFTER
        while not condition():
            assert monotonic() < limit, "the condition did not come to hold"
            self.reactor.iterate(0.05)

    def outcome(self, deferred: Deferred[_R]) -> _R | Failure:
        """Turn the reactor until a Deferred has fired; returns its result or its failure."""
        results: list[_R | Failure] = []
        deferred.addBoth(results.append)
        self.turnUntil(lambda: results)
        return results[0]

    def result(self, deferred: Deferred[_R]) -> _R:
        """Turn the reactor until a Deferred has fired; returns its result."""
        outcome = self.outcome(deferred)
        if isinstance(outcome, Failure):
            outcome.raiseException()
        return outcome

    def error(self, deferred: Deferred[Any]) -> BaseException:
        """Turn the reactor until a Deferred has fired; returns what it failed with."""
        outcome = self.outcome(deferred)
        assert isinstance(outcome, Failure), f"it did not fail, but gave {outcome!r}"
        return outcome.value

    def rows(self, statement: str) -> list[Any]:
        """Return what somebody else sees in the file."""
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """Close the pools, and stop the reactor."""
        for pool in self.pools:
            self.result(pool.close())
        self.stop()
        self.reactor.close()

    def stop(self) -> None:
        """Stop the reactor, unless it was stopped."""
        if self.reactor.running:
            stopped: list[bool] = []
            self.reactor.addSystemEventTrigger("after", "shutdown", stopped.append, True)
            self.reactor.stop()
            self.turnUntil(lambda: stopped)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A reactor, and a database with one table."""
    made = House(tmp_path)
    connection = sqlite3.connect(made.file)
    connection.execute("CREATE TABLE users (name TEXT PRIMARY KEY, age INTEGER)")
    connection.execute("INSERT INTO users VALUES ('joe', 32)")
    connection.commit()
    connection.close()
    errors: list[LogEvent] = []

    def observe(event: LogEvent) -> None:
        if event["log_level"] >= LogLevel.error:
            errors.append(event)

    globalLogPublisher.addObserver(observe)
    yield made
    made.close()
    # A Deferred whose failure nobody takes tells of it when it is collected.
    gc.collect(1)
    globalLogPublisher.removeObserver(observe)
    assert not errors, f"there were errors in the log: {[formatEvent(event) for event in errors]}"


class DummyError(Exception):
    """What the driver raises."""


class DummyDriver:
    """Stands for a module of the DB-API; the tests decide on what its connections do.

    Attributes:
        connections: Those that were opened.
        arguments: The arguments of each call of `connect`.
        kind: The class of new connections.
        refusing: Whether it cannot connect.
    """

    apilevel = "2.0"
    paramstyle = "qmark"

    def __init__(self) -> None:
        self.connections: list[DummyConnection] = []
        self.arguments: list[tuple[tuple[object, ...], dict[str, object]]] = []
        self.kind: type[DummyConnection] = DummyConnection
        self.refusing = False

    def connect(self, *args: object, **kw: object) -> "DummyConnection":
        """Open a connection."""
        self.arguments.append((args, kw))
        if self.refusing:
            raise DummyError("nobody listens")
        connection = self.kind(self)
        self.connections.append(connection)
        return connection


class DummyConnection:
    """Notes what it is asked for; dead after `die`."""

    def __init__(self, driver: DummyDriver) -> None:
        self.driver = driver
        self.thread = threading.get_ident()
        self.done: list[str] = []
        self.threads: set[int] = {self.thread}
        self.dead = False

    def die(self) -> None:
        """Behave as if the server had gone."""
        self.dead = True

    def do(self, what: str) -> None:
        """Note something, unless it is dead."""
        self.threads.add(threading.get_ident())
        if self.dead:
            raise DummyError(f"the server is gone, so no {what}")
        self.done.append(what)

    def cursor(self) -> "DummyCursor":
        """Open a cursor."""
        return DummyCursor(self)

    def commit(self) -> None:
        """Commit."""
        self.do("commit")

    def rollback(self) -> None:
        """Roll back."""
        self.do("rollback")

    def close(self) -> None:
        """Close."""
        self.do("close")


class DummyCursor:
    """A cursor of such a connection."""

    arraysize = 1

    def __init__(self, connection: DummyConnection) -> None:
        self.connection = connection

    def execute(self, statement: str, *parameters: object) -> None:
        """Note a statement."""
        self.connection.do(statement)

    def fetchall(self) -> tuple[tuple[int, ...], ...]:
        """Return one row, as a tuple of rows."""
        return ((1,),)

    def close(self) -> None:
        """Close; nothing is noted."""


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> DummyDriver:
    """A driver that can be imported as `dummydb`."""
    made = DummyDriver()
    monkeypatch.setitem(sys.modules, "dummydb", made)
    return made
