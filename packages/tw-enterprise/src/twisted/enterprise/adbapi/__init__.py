"""Any database with a module of the DB-API 2.0 (PEP 249), without waiting for it.

A `ConnectionPool` does the blocking work in threads of its own and returns Deferreds. What happens
where:

- `_pool` takes calls, hands each to a thread, and ends what is open when the reactor stops.
- `_calls` is one such call: from waiting to done, and how it is given up.
- `_interrupting` knows how drivers let another thread end a statement.
- `_performing` is what a thread does with a call: one transaction.
- `_threadconnections` opens, checks and closes the connection of each thread.
- `_connection` and `_transaction` are what a call works with in its thread.
- `_asynctransaction` is a transaction that a coroutine works with.
- `_driver` is what is asked of a module of the DB-API, and `_errors` what can go wrong beside it.
"""

from twisted.enterprise.adbapi._asynctransaction import AsyncTransaction
from twisted.enterprise.adbapi._connection import Connection
from twisted.enterprise.adbapi._errors import (
    ConnectionLost,
    PoolClosed,
    TooManyCalls,
    TransactionAborted,
)
from twisted.enterprise.adbapi._pool import ConnectionPool
from twisted.enterprise.adbapi._transaction import Transaction

__all__ = [
    "AsyncTransaction",
    "Connection",
    "ConnectionLost",
    "ConnectionPool",
    "PoolClosed",
    "TooManyCalls",
    "Transaction",
    "TransactionAborted",
]
