"""What a thread does with a call: one transaction, committed or rolled back."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from twisted.enterprise.adbapi._calls import Call
from twisted.enterprise.adbapi._connection import Connection
from twisted.enterprise.adbapi._driver import isAborted
from twisted.enterprise.adbapi._errors import ConnectionLost, TransactionAborted
from twisted.enterprise.adbapi._interrupting import interruptOf
from twisted.enterprise.adbapi._threadconnections import ThreadConnections
from twisted.internet.defer import Deferred
from twisted.logger import Logger

if TYPE_CHECKING:
    from twisted.enterprise.adbapi._pool import ConnectionPool

Work = Callable[[Connection], object]
"""What is done with the connection of a thread."""

_log = Logger()


def perform(pool: "ConnectionPool", connections: ThreadConnections, call: Call[Work]) -> object:
    """Do a call, in a thread of the pool.

    Args:
        pool: The pool.
        connections: The connections of its threads.
        call: The call.

    Returns:
        What its work has returned, when that was committed.

    Raises:
        BaseException: Why it is undone: the reason for which it was given up; `ConnectionLost`;
            `TransactionAborted`; or what the work or the driver has raised.
    """
    call.check()
    connection = pool.connectionFactory(pool)
    committing = False
    try:
        try:
            driver = connections.ofThisThread()
            call.begin(interruptOf(driver, connections.another) if driver is not None else None)
            result = call.work(connection)
            if isinstance(result, Deferred | Coroutine):
                raise TypeError(
                    "What runs in a thread of the pool cannot return a Deferred or be a "
                    "coroutine function: use `async with pool.transaction()`"
                )
        finally:
            call.settle()
        call.check()
        # Not the one from before: the work may have opened another.
        driver = connections.ofThisThread()
        if driver is not None and isAborted(driver):
            raise TransactionAborted(
                "A statement has failed, and so all is undone: let its exception go on, or "
                "roll back to a savepoint"
            )
        committing = True
        connection.commit()
    except BaseException as error:
        lost = _undo(connection, committing)
        reason = call.reason or lost
        if reason is None or reason is error:
            raise
        raise reason from error
    return result


def _undo(connection: Connection, committing: bool) -> ConnectionLost | None:
    """Roll back, and return what the call fails with if the connection was lost."""
    try:
        connection.rollback()
    except ConnectionLost as lost:
        if not committing:
            return lost
        inDoubt = ConnectionLost(
            "The connection to the database was lost during the commit: look whether the "
            "transaction is there before it is made again"
        )
        inDoubt.maybeCommitted = True
        return inDoubt
    except Exception:
        _log.info("The connection to the database was lost; the next call opens another one")
    return None


__all__ = ["Work", "perform"]
