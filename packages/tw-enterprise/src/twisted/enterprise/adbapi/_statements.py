"""Single statements as interactions, for pools and for transactions of coroutines alike."""

from collections.abc import Mapping
from typing import Any

from twisted.enterprise.adbapi._transaction import Transaction


def query(
    transaction: Transaction, args: tuple[object, ...], kw: Mapping[str, object]
) -> list[Any]:
    """Execute a statement, and fetch all rows.

    Args:
        transaction: In which.
        args: The arguments of `execute`.
        kw: Its keyword arguments.

    Returns:
        The rows.
    """
    transaction.execute(*args, **kw)
    # The drivers for MySQL make a tuple of them.
    return list(transaction.fetchall())


def operate(transaction: Transaction, args: tuple[object, ...], kw: Mapping[str, object]) -> None:
    """Execute a statement that has no rows as its result.

    Args:
        transaction: In which.
        args: The arguments of `execute`.
        kw: Its keyword arguments.
    """
    transaction.execute(*args, **kw)


__all__ = ["operate", "query"]
