"""Pools of connections to PostgreSQL, MariaDB and sqlite3, whose connections are killed."""

import gc
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from twisted.enterprise.adbapi import ConnectionPool, PoolClosed, Transaction, TransactionAborted
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from .database_servers import DatabaseServer, MariaDB, PostgreSQL, requireDriver

PATIENCE = 120.0
"""After so many seconds a test has failed; nothing is timed by it."""
TOGETHER = 50
ROUNDS = 4
PIECES = 5

SERVERS: dict[str, type[DatabaseServer]] = {
    "psycopg": PostgreSQL,
    "psycopg2": PostgreSQL,
    "pymysql": MariaDB,
    "MySQLdb": MariaDB,
}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[type[DatabaseServer], DatabaseServer]]:
    """The servers that were started by now."""
    started: dict[type[DatabaseServer], DatabaseServer] = {}
    yield started
    for server in started.values():
        server.end()


@pytest.fixture(params=list(SERVERS))
def driver(request: pytest.FixtureRequest) -> str:
    """The name of a driver."""
    name = str(request.param)
    requireDriver(name)
    return name


@pytest.fixture
def server(driver: str, servers: dict[type[DatabaseServer], DatabaseServer]) -> DatabaseServer:
    """The server that the driver is for, with one empty table."""
    kind = SERVERS[driver]
    if kind not in servers:
        servers[kind] = kind()
    server = servers[kind]
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("DROP TABLE IF EXISTS pieces")
    cursor.execute("CREATE TABLE pieces (bundle INTEGER, piece INTEGER)")
    connection.close()
    return server


class Turning:
    """A reactor that a test turns."""

    def __init__(self) -> None:
        self.reactor = EPollReactor()
        self.reactor.startRunning(installSignalHandlers=False)
        self.pools: list[ConnectionPool] = []

    def pool(self, name: str, *args: Any, **options: Any) -> ConnectionPool:
        """Make a pool."""
        self.pools.append(ConnectionPool(name, *args, cp_reactor=self.reactor, **options))
        return self.pools[-1]

    def turnUntil(self, condition: Callable[[], object]) -> None:
        """Turn until a condition holds."""
        limit = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < limit, "the condition did not come to hold"
            self.reactor.iterate(0.05)

    def outcome(self, deferred: Deferred[Any]) -> Any:
        """Turn until a Deferred has fired; returns its result or its failure."""
        results: list[Any] = []
        deferred.addBoth(results.append)
        self.turnUntil(lambda: results)
        return results[0]

    def result(self, deferred: Deferred[Any]) -> Any:
        """Turn until a Deferred has fired; returns its result."""
        outcome = self.outcome(deferred)
        if isinstance(outcome, Failure):
            outcome.raiseException()
        return outcome


@pytest.fixture
def turning() -> Iterator[Turning]:
    """A reactor, whose pools are closed at the end."""
    made = Turning()
    yield made
    for pool in made.pools:
        made.result(pool.close())
    stopped: list[bool] = []
    made.reactor.addSystemEventTrigger("after", "shutdown", stopped.append, True)
    made.reactor.stop()
    made.turnUntil(lambda: stopped)
    made.reactor.close()


class Killer:
    """Ends connections that are at work.

    Attributes:
        killed: How many.
    """

    def __init__(self, end: Callable[[Any], object], seed: int = 1) -> None:
        self._end = end
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._atWork: dict[int, Any] = {}
        self.killed = 0

    @contextmanager
    def working(self, bundle: int, connection: Any) -> Iterator[None]:
        """Let a connection be among those that may be killed."""
        with self._lock:
            self._atWork[bundle] = connection
        try:
            yield
        finally:
            with self._lock:
                del self._atWork[bundle]

    def strike(self) -> None:
        """Kill one of the connections that are at work now, now and then."""
        with self._lock:
            if self._random.random() < 0.04:
                self._end(self._random.choice(list(self._atWork.values())))
                self.killed += 1


def storm(
    turning: Turning,
    pool: ConnectionPool,
    killer: Killer,
    insert: str,
    identity: Callable[[Transaction], Any],
) -> None:
    """Make many transactions while connections are killed, and look at what is there."""

    def write(transaction: Transaction, bundle: int) -> None:
        with killer.working(bundle, identity(transaction)):
            for piece in range(PIECES):
                killer.strike()
                transaction.execute(insert, (bundle, piece))
            killer.strike()

    succeeded: set[int] = set()
    failed: dict[int, Failure] = {}

    def start(bundle: int) -> Deferred[None]:
        call = pool.runInteraction(write, bundle)
        call.addCallbacks(
            lambda _: succeeded.add(bundle), lambda failure: failed.update({bundle: failure})
        )
        return call

    for number in range(ROUNDS):
        first = number * TOGETHER
        turning.result(gatherResults([start(first + n) for n in range(TOGETHER)]))
    # Nobody is left without an answer.
    assert len(succeeded) + len(failed) == ROUNDS * TOGETHER
    assert killer.killed > 0
    assert failed
    # The pool goes on.
    after = range(1000, 1000 + TOGETHER)
    for bundle in after:
        insist(turning, partial(pool.runOperation, insert, (bundle, 0)))
    rows = insist(turning, lambda: pool.runQuery("SELECT bundle FROM pieces"))
    there = Counter(row[0] for row in rows)
    assert all(there[bundle] == 1 for bundle in after)
    assert all(there[bundle] == PIECES for bundle in succeeded)
    # One that was killed during its commit may be there, but never a part of one.
    assert all(there[bundle] in (0, PIECES) for bundle in failed)
    undone = [bundle for bundle in failed if not getattr(failed[bundle].value, "maybeCommitted", 1)]
    assert all(there[bundle] == 0 for bundle in undone)


def insist(turning: Turning, call: Callable[[], Deferred[Any]]) -> Any:
    """Make a call until it succeeds: who was killed after their commit is found out by the next.

    Each that fails has met another dead connection, of which there are as many as threads at most.
    """
    for _ in range(TOGETHER):
        outcome = turning.outcome(call())
        if not isinstance(outcome, Failure):
            return outcome
    raise AssertionError(f"it never succeeded: {outcome}")


def test_killed_connections_leave_whole_transactions(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    admin = server.connect()

    def end(number: int) -> None:
        cursor = admin.cursor()
        try:
            cursor.execute(server.kill(number))
        except Exception as error:
            # It has ended between the choice and this, which is an error to MariaDB.
            if "Unknown thread" not in str(error):
                raise
        cursor.close()

    def identity(transaction: Transaction) -> int:
        transaction.execute(server.identity)
        return int(transaction.fetchone()[0])

    arguments = server.drivers()[driver]
    pool = turning.pool(driver, **arguments, cp_min=5, cp_max=TOGETHER, cp_reconnect=True)
    storm(turning, pool, Killer(end), "INSERT INTO pieces VALUES (%s, %s)", identity)
    admin.close()


def test_closed_connections_of_sqlite_leave_whole_transactions(
    turning: Turning, tmp_path: Path
) -> None:
    file = str(tmp_path / "pieces")
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE pieces (bundle INTEGER, piece INTEGER)")
    connection.close()
    # There is no server that could end a connection, so those that are chosen close themselves.
    closing: set[int] = set()

    class Closing(sqlite3.Connection):
        """Closes itself when it was chosen."""

        def commit(self) -> None:
            if id(self) in closing:
                closing.discard(id(self))
                self.close()
            super().commit()

    def identity(transaction: Transaction) -> int:
        return id(transaction.connection)

    pool = turning.pool(
        "sqlite3", file, factory=Closing, timeout=PATIENCE, cp_max=TOGETHER, cp_reconnect=True
    )
    killer = Killer(closing.add)
    storm(turning, pool, killer, "INSERT INTO pieces VALUES (?, ?)", identity)


def test_the_reactor_goes_on_while_the_server_takes_its_time(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    pool = turning.pool(driver, **server.drivers()[driver], cp_min=1, cp_max=1)
    ticks: list[int] = []
    timer = LoopingCall(lambda: ticks.append(1))
    timer.clock = turning.reactor
    query = pool.runQuery(server.sleep)
    timer.start(0.001)
    turning.turnUntil(lambda: len(ticks) > 10)
    timer.stop()
    assert not query.called
    query.cancel()
    assert turning.outcome(query).check(CancelledError)
    # The statement was interrupted, or the only connection would be at work for long.
    assert turning.result(pool.runQuery("SELECT 1")) == [(1,)]


def test_a_cancelled_interaction_is_undone_on_the_server(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    written = threading.Event()

    def write(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO pieces VALUES (%s, %s)", (1, 1))
        written.set()
        transaction.execute(server.sleep)

    pool = turning.pool(driver, **server.drivers()[driver], cp_min=1, cp_max=1)
    call = pool.runInteraction(write)
    turning.turnUntil(written.is_set)
    call.cancel()
    assert turning.outcome(call).check(CancelledError)
    assert turning.result(pool.runQuery("SELECT * FROM pieces")) == []
    assert len(pool.connections) == 1


def test_a_swallowed_error_does_not_pass_for_success(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    def write(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO pieces VALUES (%s, %s)", (1, 1))
        try:
            transaction.execute("SELECT nothing FROM nowhere")
        except Exception:
            pass

    pool = turning.pool(driver, **server.drivers()[driver], cp_min=1, cp_max=1)
    outcome = turning.outcome(pool.runInteraction(write))
    rows = turning.result(pool.runQuery("SELECT * FROM pieces"))
    # PostgreSQL undoes the transaction, MariaDB the statement alone.
    if isinstance(outcome, Failure):
        assert outcome.check(TransactionAborted)
        assert rows == []
    else:
        assert rows == [(1, 1)]


def test_a_pool_is_closed_though_the_server_is_at_work(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    pool = turning.pool(driver, **server.drivers()[driver], cp_closeTimeout=0)
    begun = threading.Event()

    def work(transaction: Transaction) -> None:
        begun.set()
        transaction.execute(server.sleep)

    outcomes: list[Any] = []
    pool.runInteraction(work).addBoth(outcomes.append)
    turning.turnUntil(begun.is_set)
    turning.result(pool.close())
    turning.turnUntil(lambda: outcomes)
    assert outcomes[0].check(PoolClosed)


# PyMySQL forgets to close a socket that is refused.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_server_that_was_started_again_is_found(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    pool = turning.pool(
        driver, **server.drivers()[driver], cp_min=1, cp_max=1, cp_reconnect=True, cp_checkAfter=0
    )
    assert turning.result(pool.runQuery("SELECT 1")) == [(1,)]
    server.stop()
    assert isinstance(turning.outcome(pool.runQuery("SELECT 1")), Failure)
    gc.collect()
    server.start()
    assert turning.result(pool.runQuery("SELECT 1")) == [(1,)]


def test_a_block_of_a_coroutine_on_a_server(
    turning: Turning, driver: str, server: DatabaseServer
) -> None:
    pool = turning.pool(driver, **server.drivers()[driver])

    async def write(bundle: int, fail: bool) -> list[Any]:
        async with pool.transaction() as transaction:
            for piece in range(PIECES):
                await transaction.runOperation(
                    "INSERT INTO pieces VALUES (%s, %s)", (bundle, piece)
                )
            if fail:
                raise ValueError("never mind")
            return await transaction.runQuery("SELECT piece FROM pieces WHERE bundle = %s", (1,))

    rows = turning.result(Deferred.fromCoroutine(write(1, False)))
    assert sorted(rows) == [(piece,) for piece in range(PIECES)]
    assert turning.outcome(Deferred.fromCoroutine(write(2, True))).check(ValueError)
    query = pool.runQuery("SELECT DISTINCT bundle FROM pieces")
    assert turning.result(query) == [(1,)]
