"""Transactions of coroutines."""

import sqlite3
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from twisted.enterprise.adbapi import AsyncTransaction, ConnectionPool, PoolClosed, Transaction
from twisted.internet.defer import CancelledError, Deferred

from .enterprise_helpers import DummyDriver, DummyError, House, driver, house
from .test_enterprise_closing import ENDLESS

__all__ = ["driver", "house"]


def start(coroutine: Coroutine[Deferred[Any], Any, Any]) -> Deferred[Any]:
    """Start a coroutine."""
    return Deferred.fromCoroutine(coroutine)


def test_a_block_is_one_transaction(house: House) -> None:
    pool = house.pool()

    async def work() -> list[Any]:
        async with pool.transaction() as transaction:
            await transaction.runOperation("INSERT INTO users VALUES (?, ?)", ("ann", 45))
            assert house.rows("SELECT count(*) FROM users") == [(1,)]
            rows = await transaction.runQuery("SELECT name FROM users ORDER BY name")
        assert house.rows("SELECT count(*) FROM users") == [(2,)]
        return rows

    assert house.result(start(work())) == [("ann",), ("joe",)]


def test_a_block_that_raises_is_undone(house: House) -> None:
    pool = house.pool()

    async def work() -> None:
        async with pool.transaction() as transaction:
            await transaction.runOperation("DELETE FROM users")
            raise ValueError("never mind")

    error = house.error(start(work()))
    assert (type(error), str(error)) == (ValueError, "never mind")
    assert house.rows("SELECT name FROM users") == [("joe",)]


def test_a_step_that_fails_can_be_survived(house: House) -> None:
    pool = house.pool()

    async def work() -> None:
        async with pool.transaction() as transaction:
            with pytest.raises(sqlite3.IntegrityError):
                await transaction.runOperation("INSERT INTO users VALUES ('joe', 1)")
            await transaction.runOperation("INSERT INTO users VALUES ('ann', 45)")

    house.result(start(work()))
    assert house.rows("SELECT count(*) FROM users") == [(2,)]


def test_steps_that_nobody_awaited_are_done_before_the_commit(house: House) -> None:
    pool = house.pool()

    async def work() -> None:
        async with pool.transaction() as transaction:
            transaction.runOperation("INSERT INTO users VALUES ('ann', 45)")

    house.result(start(work()))
    assert house.rows("SELECT count(*) FROM users") == [(2,)]


def test_interactions_of_a_block_are_in_one_thread(house: House) -> None:
    pool = house.pool()

    def interact(transaction: Transaction, number: int, *, more: int) -> tuple[int, int]:
        transaction.execute("SELECT ? + ?", (number, more))
        return transaction.fetchone()[0], threading.get_ident()

    async def work() -> list[tuple[int, int]]:
        async with pool.transaction() as transaction:
            return [await transaction.runInteraction(interact, n, more=10) for n in range(3)]

    results = house.result(start(work()))
    assert [result[0] for result in results] == [10, 11, 12]
    assert len({result[1] for result in results}) == 1


def test_blocks_are_apart_from_each_other(house: House) -> None:
    pool = house.pool(cp_min=2, cp_max=2)

    async def work() -> list[Any]:
        async with pool.transaction() as one, pool.transaction() as other:
            await one.runOperation("INSERT INTO users VALUES ('ann', 45)")
            return await other.runQuery("SELECT name FROM users")

    assert house.result(start(work())) == [("joe",)]


def test_a_block_without_a_connection_does_not_begin(house: House, driver: DummyDriver) -> None:
    driver.refusing = True
    pool = house.pool("dummydb")

    async def work() -> None:
        async with pool.transaction():
            raise AssertionError("it has begun")

    assert isinstance(house.error(start(work())), DummyError)


def test_a_block_of_a_closed_pool_does_not_begin(house: House) -> None:
    pool = house.pool()
    house.result(pool.close())

    async def work() -> None:
        async with pool.transaction():
            raise AssertionError("it has begun")

    assert isinstance(house.error(start(work())), PoolClosed)


def test_a_commit_that_fails_fails_the_block(house: House, driver: DummyDriver) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1)

    async def work() -> None:
        async with pool.transaction() as transaction:
            await transaction.runOperation("anything")
            driver.connections[0].die()

    error = house.error(start(work()))
    assert (type(error), str(error)) == (DummyError, "the server is gone, so no commit")
    assert house.result(pool.runQuery("anything")) == [(1,)]


def test_outside_of_its_block_it_does_nothing(house: House) -> None:
    transaction = house.pool().transaction()
    assert "async with" in str(house.error(transaction.runQuery("SELECT 1")))

    async def work() -> None:
        async with transaction:
            pass

    house.result(start(work()))
    assert "the block was left" in str(house.error(transaction.runQuery("SELECT 1")))
    assert "once" in str(house.error(start(work())))


def waitingBlock(
    pool: ConnectionPool, begun: list[AsyncTransaction], wait: Deferred[None]
) -> Deferred[None]:
    """Start a block that has written something, and waits."""

    async def work() -> None:
        async with pool.transaction() as transaction:
            await transaction.runOperation("INSERT INTO users VALUES ('ann', 45)")
            begun.append(transaction)
            await wait

    return start(work())


def test_a_block_that_is_cancelled_is_undone(house: House) -> None:
    pool = house.pool(cp_min=1, cp_max=1)
    begun: list[AsyncTransaction] = []
    block = waitingBlock(pool, begun, Deferred())
    house.turnUntil(lambda: begun)
    block.cancel()
    assert isinstance(house.error(block), CancelledError)
    assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]


def test_a_step_that_is_cancelled_is_interrupted_and_ends_the_transaction(house: House) -> None:
    pool = house.pool(cp_min=1, cp_max=1)
    steps: list[Deferred[Any]] = []

    async def work() -> None:
        async with pool.transaction() as transaction:
            await transaction.runOperation("INSERT INTO users VALUES ('ann', 45)")
            steps.append(transaction.runQuery(ENDLESS))
            with pytest.raises(CancelledError):
                await steps[0]
            with pytest.raises(CancelledError, match="step of the transaction was cancelled"):
                await transaction.runQuery("SELECT 1")

    block = start(work())
    house.turnUntil(lambda: steps)
    steps[0].cancel()
    assert isinstance(house.error(block), CancelledError)
    assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]


def test_a_block_that_waits_for_a_thread_can_be_cancelled(house: House) -> None:
    pool = house.pool(cp_min=1, cp_max=1)
    begun: list[AsyncTransaction] = []
    wait: Deferred[None] = Deferred()
    first = waitingBlock(pool, begun, wait)
    house.turnUntil(lambda: begun)
    second = waitingBlock(pool, begun, Deferred())
    second.cancel()
    assert isinstance(house.error(second), CancelledError)
    wait.callback(None)
    house.result(first)
    assert len(begun) == 1


def test_a_block_that_does_nothing_does_not_keep_the_pool_open(house: House) -> None:
    pool = house.pool(cp_closeTimeout=0)
    begun: list[AsyncTransaction] = []
    wait: Deferred[None] = Deferred()
    block = waitingBlock(pool, begun, wait)
    house.turnUntil(lambda: begun)
    house.result(pool.close())
    wait.callback(None)
    assert isinstance(house.error(block), PoolClosed)
    assert house.rows("SELECT name FROM users") == [("joe",)]


def test_a_coroutine_that_is_thrown_away_is_undone(house: House) -> None:
    pool = house.pool(cp_min=1, cp_max=1)
    begun: list[AsyncTransaction] = []

    async def work() -> None:
        async with pool.transaction() as transaction:
            begun.append(transaction)
            await Deferred[None]()

    coroutine = work()
    opening = coroutine.send(None)
    house.result(opening)
    coroutine.send(None)
    assert begun
    coroutine.close()
    assert house.result(pool.runQuery("SELECT 1")) == [(1,)]
