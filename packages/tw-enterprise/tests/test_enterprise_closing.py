"""Calls that are cancelled, and pools that end."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from time import monotonic, sleep

import pytest

from twisted.enterprise.adbapi import ConnectionPool, PoolClosed, TooManyCalls, Transaction
from twisted.enterprise.adbapi._calls import Call
from twisted.internet.defer import CancelledError, gatherResults
from twisted.internet.epollreactor import EPollReactor

from .enterprise_helpers import HANGS_AFTER, DummyConnection, DummyDriver, House, driver, house

__all__ = ["driver", "house"]

ENDLESS = (
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) "
    "SELECT count(*) FROM numbers"
)
"""A query that sqlite3 is never done with."""


class Held:
    """Interactions that go on until they are let go."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, transaction: Transaction) -> str:
        """Write something, tell that it has begun, and wait."""
        transaction.execute("INSERT INTO users VALUES ('ann', 45)")
        self.begun.release()
        self.go.wait(HANGS_AFTER)
        return "done"


def withUsers(connection: sqlite3.Connection) -> None:
    """Make the table in a database of its own, where nobody else locks it."""
    connection.execute("CREATE TABLE users (name TEXT PRIMARY KEY, age INTEGER)")


def waitUntil(condition: Callable[[], bool]) -> None:
    """Wait for threads, without turning the reactor."""
    limit = monotonic() + HANGS_AFTER
    while not condition():
        assert monotonic() < limit, "the condition did not come to hold"
        sleep(0.001)


@pytest.fixture
def held() -> Iterator[Held]:
    """Interactions that end with the test at the latest."""
    made = Held()
    yield made
    made.go.set()


def endless(transaction: Transaction, begun: threading.Event) -> None:
    """Write something, and never end."""
    transaction.execute("INSERT INTO users VALUES ('ann', 45)")
    begun.set()
    transaction.execute(ENDLESS)


class TestCancelling:
    """Calls that are given up by who made them."""

    def test_a_call_that_waits_is_not_made(self, house: House, held: Held) -> None:
        pool = house.pool(cp_min=1, cp_max=1)
        first = pool.runInteraction(held)
        made: list[object] = []
        second = pool.runInteraction(made.append)
        second.cancel()
        assert isinstance(house.error(second), CancelledError)
        held.go.set()
        assert house.result(first) == "done"
        house.result(pool.runQuery("SELECT 1"))
        assert made == []

    def test_a_statement_is_interrupted_and_undone(self, house: House) -> None:
        pool = house.pool(cp_min=1, cp_max=1)
        begun = threading.Event()
        call = pool.runInteraction(endless, begun)
        house.turnUntil(begun.is_set)
        call.cancel()
        assert isinstance(house.error(call), CancelledError)
        # The only thread is free again.
        assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]

    def test_a_statement_that_begins_after_the_interrupt_is_interrupted(
        self, house: House, held: Held
    ) -> None:
        def interact(transaction: Transaction) -> None:
            held(transaction)
            transaction.execute(ENDLESS)

        pool = house.pool(cp_min=1, cp_max=1)
        call = pool.runInteraction(interact)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        call.cancel()
        assert isinstance(house.error(call), CancelledError)
        held.go.set()
        assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]

    def test_what_no_driver_interrupts_is_undone_nevertheless(
        self, house: House, driver: DummyDriver, held: Held
    ) -> None:
        pool = house.pool("dummydb", cp_min=1, cp_max=1)
        call = pool.runInteraction(held)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        call.cancel()
        assert isinstance(house.error(call), CancelledError)
        held.go.set()
        house.result(pool.runQuery("anything"))
        (connection,) = driver.connections
        assert connection.done[1:3] == ["rollback", "anything"]

    def test_a_call_that_is_done_cannot_be_cancelled(self, house: House) -> None:
        pool = house.pool()
        call = pool.runOperation("INSERT INTO users VALUES ('ann', 45)")
        house.result(call)
        call.cancel()
        assert house.rows("SELECT count(*) FROM users") == [(2,)]

    @pytest.mark.parametrize("name", ["interrupt", "cancel", "cancel_safe", "thread_id"])
    def test_drivers_are_interrupted_in_their_own_way(
        self, house: House, driver: DummyDriver, held: Held, name: str
    ) -> None:
        asked: list[object] = []

        class Interruptible(DummyConnection):
            def __init__(self, driver: DummyDriver) -> None:
                super().__init__(driver)
                setattr(self, name, self.interrupted)

            def interrupted(self, **options: float) -> int:
                if name == "thread_id":
                    return 1234
                asked.append(options)
                held.go.set()
                return 0

            def do(self, what: str) -> None:
                super().do(what)
                if what.startswith("KILL"):
                    asked.append(what)
                    held.go.set()

        driver.kind = Interruptible
        pool = house.pool("dummydb", cp_min=1, cp_max=1)
        call = pool.runInteraction(held)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        call.cancel()
        assert isinstance(house.error(call), CancelledError)
        house.result(pool.runQuery("anything"))
        expected = {"thread_id": "KILL QUERY 1234", "cancel_safe": {"timeout": 10.0}}
        assert asked[0] == expected.get(name, {})
        assert driver.connections[0].done[1] == "rollback"

    def test_an_interrupt_that_fails_does_no_harm(
        self, house: House, driver: DummyDriver, held: Held
    ) -> None:
        class Uninterruptible(DummyConnection):
            def interrupt(self) -> None:
                held.go.set()
                raise OSError("the server is gone")

        driver.kind = Uninterruptible
        pool = house.pool("dummydb", cp_min=1, cp_max=1)
        call = pool.runInteraction(held)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        call.cancel()
        assert isinstance(house.error(call), CancelledError)
        house.result(pool.runQuery("anything"))

    def test_a_call_is_given_up_where_no_thread_can_be_started(
        self, house: House, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class NoThread(threading.Thread):
            def start(self) -> None:
                raise RuntimeError("can't start new thread")

        pool = house.pool(cp_min=1, cp_max=1)
        call = pool.runInteraction(held)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        monkeypatch.setattr("twisted.enterprise.adbapi._calls.Thread", NoThread)
        call.cancel()
        assert isinstance(house.error(call), CancelledError)
        held.go.set()
        assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]

    def test_no_interrupt_hits_what_comes_after_the_call(self) -> None:
        call = Call(None)
        inside, go = threading.Event(), threading.Event()
        settled: list[bool] = []

        def interrupt() -> None:
            inside.set()
            go.wait(HANGS_AFTER)
            assert not settled

        call.begin(interrupt)
        call.giveUp(CancelledError())
        assert inside.wait(HANGS_AFTER)

        def settle() -> None:
            call.settle()
            settled.append(True)

        thread = threading.Thread(target=settle)
        thread.start()
        go.set()
        thread.join(HANGS_AFTER)
        assert settled
        with pytest.raises(CancelledError):
            call.check()


class TestClosing:
    """Pools that end."""

    def test_what_was_asked_for_before_is_done(self, house: House, driver: DummyDriver) -> None:
        pool = house.pool("dummydb", cp_min=1, cp_max=1)
        calls = [pool.runOperation(str(number)) for number in range(10)]
        closed = pool.close()
        house.result(gatherResults(calls))
        house.result(closed)
        (connection,) = driver.connections
        assert connection.done == [*(x for n in range(10) for x in (str(n), "commit")), "close"]
        assert (pool.running, pool.connections) == (False, {})

    def test_a_call_that_is_done_counts_though_its_thread_has_ended(self, house: House) -> None:
        first, second = Held(), Held()
        pool = house.pool("sqlite3", ":memory:", cp_openfun=withUsers, cp_min=2, cp_max=2)
        calls = [pool.runInteraction(first), pool.runInteraction(second)]
        for each in (first, second):
            assert each.begun.acquire(timeout=HANGS_AFTER)
        threads = list(pool.threadpool.threads)
        closed = pool.close()
        # All threads end, one after the other, before the reactor hears of the first.
        first.go.set()
        waitUntil(lambda: sum(thread.is_alive() for thread in threads) == 1)
        second.go.set()
        for thread in threads:
            thread.join(HANGS_AFTER)
        house.result(closed)
        assert house.result(gatherResults(calls)) == ["done", "done"]

    def test_what_is_asked_for_after_it_fails(self, house: House) -> None:
        pool = house.pool()
        house.result(pool.close())
        assert isinstance(house.error(pool.runQuery("SELECT 1")), PoolClosed)

    def test_closing_again_waits_for_the_same_end(self, house: House, held: Held) -> None:
        pool = house.pool()
        pool.runInteraction(held)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        first, second = pool.close(), pool.close()
        held.go.set()
        house.result(first)
        house.result(second)
        house.result(pool.close())

    def test_a_pool_can_be_opened_again(self, house: House) -> None:
        pool = house.pool()
        for _ in range(3):
            assert house.result(pool.runQuery("SELECT 1")) == [(1,)]
            house.result(pool.close())
            pool.start()
        pool.start()

    def test_a_pool_that_is_being_closed_is_not_opened(self, house: House, held: Held) -> None:
        pool = house.pool()
        pool.runInteraction(held)
        assert held.begun.acquire(timeout=HANGS_AFTER)
        closed = pool.close()
        with pytest.raises(RuntimeError, match="wait for the Deferred"):
            pool.start()
        held.go.set()
        house.result(closed)

    def test_a_query_without_end_is_interrupted(self, house: House) -> None:
        pool = house.pool(cp_min=1, cp_max=1, cp_closeTimeout=0)
        begun = threading.Event()
        call = pool.runInteraction(endless, begun)
        waiting = pool.runQuery("SELECT 1")
        errors: list[BaseException] = []
        for each in (call, waiting):
            each.addErrback(lambda failure: errors.append(failure.value))
        house.turnUntil(begun.is_set)
        house.result(pool.close())
        house.turnUntil(lambda: len(errors) == 2)
        assert [type(error) for error in errors] == [PoolClosed, PoolClosed]
        assert house.rows("SELECT name FROM users") == [("joe",)]

    def test_a_thread_that_never_comes_back_is_left_behind(
        self, house: House, held: Held, driver: DummyDriver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("twisted.enterprise.adbapi._closing.GRACE", 0)
        pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_closeTimeout=0)
        call, waiting = pool.runInteraction(held), pool.runQuery("anything")
        errors: list[BaseException] = []
        for each in (call, waiting):
            each.addErrback(lambda failure: errors.append(failure.value))
        assert held.begun.acquire(timeout=HANGS_AFTER)
        house.result(pool.close())
        assert [type(error) for error in errors] == [PoolClosed, PoolClosed]

    def test_a_pool_is_closed_with_the_reactor(self, house: House, driver: DummyDriver) -> None:
        pool = house.pool("dummydb")
        call = pool.runOperation("anything")
        house.stop()
        assert house.result(call) is None
        assert pool.running is False
        assert driver.connections[0].done == ["anything", "commit", "close"]

    def test_a_pool_that_was_closed_leaves_nothing_to_the_reactor(self, house: House) -> None:
        pool = house.pool()
        house.result(pool.close())
        assert (pool.shutdownID, pool.startID) == (None, None)
        assert house.reactor.getDelayedCalls() == []

    def test_too_many_calls_are_refused(self, house: House, held: Held) -> None:
        pool = house.pool(cp_min=1, cp_max=1, cp_maxCalls=2)
        first, second = pool.runInteraction(held), pool.runQuery("SELECT 1")
        assert isinstance(house.error(pool.runQuery("SELECT 2")), TooManyCalls)
        held.go.set()
        assert house.result(first) == "done"
        assert house.result(second) == [(1,)]
        assert house.result(pool.runQuery("SELECT 3")) == [(3,)]


def test_calls_wait_until_the_reactor_runs(driver: DummyDriver) -> None:
    reactor = EPollReactor()
    pool = ConnectionPool("dummydb", cp_reactor=reactor)
    call = pool.runQuery("anything")
    assert (pool.running, driver.connections, pool.threadpool.workers) == (False, [], 0)
    results: list[object] = []
    call.addBoth(results.append).addBoth(lambda _: reactor.stop())
    reactor.run()
    assert results == [[(1,)]]
    reactor.close()


def test_a_pool_can_be_closed_before_the_reactor_runs(driver: DummyDriver) -> None:
    reactor = EPollReactor()
    pool = ConnectionPool("dummydb", cp_reactor=reactor)
    errors: list[BaseException] = []
    pool.runQuery("anything").addErrback(lambda failure: errors.append(failure.value))
    closed: list[None] = []
    pool.close().addCallback(closed.append)
    assert (len(closed), [type(error) for error in errors]) == (1, [PoolClosed])
    reactor.callWhenRunning(reactor.stop)
    reactor.run()
    assert pool.running is False
    reactor.close()


PROGRAM = """
import threading
from twisted.enterprise.adbapi import ConnectionPool
from twisted.internet import reactor

pool = ConnectionPool("sqlite3", ":memory:", cp_min=1, cp_max=1, cp_closeTimeout=0.1)

def stuck(transaction):
    reactor.callFromThread(reactor.stop)
    {stuck}

pool.runInteraction(stuck).addErrback(lambda failure: print(failure.type.__name__))
pool.runQuery("SELECT 1").addErrback(lambda failure: print(failure.type.__name__))
reactor.run()
print("the end")
"""


@pytest.mark.parametrize("stuck", [f"transaction.execute({ENDLESS!r})", "threading.Event().wait()"])
def test_a_process_ends_though_a_query_does_not(stuck: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(stuck=stuck)],
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "PoolClosed\nPoolClosed\nthe end\n"
