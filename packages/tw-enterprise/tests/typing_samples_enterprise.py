"""What type checkers must understand of tw-enterprise; checked by mypy and pyright, not run."""

from typing import Any, assert_type

from twisted.enterprise.adbapi import (
    AsyncTransaction,
    Connection,
    ConnectionLost,
    ConnectionPool,
    Transaction,
)
from twisted.internet.defer import Deferred
from twisted.internet.epollreactor import EPollReactor


def ageOf(transaction: Transaction, user: str) -> int | None:
    """Ask for a number."""
    transaction.execute("SELECT age FROM users WHERE name = ?", (user,))
    row = transaction.fetchone()
    return int(row[0]) if row else None


def changes(connection: Connection, *, factor: float) -> float:
    """Ask for something that only some drivers have."""
    return float(connection.total_changes * factor)


def pools() -> ConnectionPool:
    """Make pools."""
    ConnectionPool("psycopg", "dbname=test", cp_min=1, cp_max=3, cp_reconnect=True)
    return ConnectionPool("sqlite3", ":memory:", cp_reactor=EPollReactor())


def calls(pool: ConnectionPool) -> None:
    """Call in every way there is."""
    assert_type(pool.runQuery("SELECT 1"), Deferred[list[Any]])
    assert_type(pool.runOperation("DELETE FROM users WHERE name = ?", ("joe",)), Deferred[None])
    assert_type(pool.runInteraction(ageOf, "joe"), Deferred[int | None])
    assert_type(pool.runWithConnection(changes, factor=2.0), Deferred[float])
    assert_type(pool.close(), Deferred[None])
    pool.runInteraction(ageOf, 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pool.runInteraction(ageOf)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def block(pool: ConnectionPool) -> int | None:
    """Work in a transaction."""
    async with pool.transaction() as transaction:
        assert_type(transaction, AsyncTransaction)
        assert_type(await transaction.runQuery("SELECT 1"), list[Any])
        assert_type(await transaction.runOperation("DELETE FROM users"), None)
        return assert_type(await transaction.runInteraction(ageOf, "joe"), int | None)


def again(error: ConnectionLost) -> bool:
    """Tell whether to try again."""
    return assert_type(not error.maybeCommitted, bool)
