"""What is asked of a module of the DB-API 2.0 (PEP 249), and of its connections and cursors.

Drivers have more than that, and differ in it, so whatever else is used of them is looked for first.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, cast

POSTGRESQL_IN_ERROR = 3
"""PQTRANS_INERROR of PQtransactionStatus (the manual of libpq)."""


class DriverCursor(Protocol):
    """A cursor."""

    # Drivers return what they like from these: themselves, a count, or nothing.
    execute: Callable[..., object]
    fetchall: Callable[[], Any]
    close: Callable[[], object]


class DriverConnection(Protocol):
    """A connection."""

    cursor: Callable[[], DriverCursor]
    commit: Callable[[], object]
    close: Callable[[], object]


class Driver(Protocol):
    """A module of the DB-API."""

    connect: Callable[..., DriverConnection]


def driverNamed(name: str) -> Driver:
    """Import a module of the DB-API.

    Args:
        name: Its dotted name.

    Raises:
        ImportError: There is no such module, or it cannot be imported.
        TypeError: It has no function `connect`.
    """
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise ImportError(
            f"The database module {name!r} is not there: install the package that has it",
            name=name,
        ) from error
    if not callable(getattr(module, "connect", None)):
        raise TypeError(f"{name} has no function connect(), so it is no module of the DB-API")
    return cast(Driver, module)


def isOpen(connection: DriverConnection) -> bool:
    """Return False if the driver itself says that a connection is closed.

    The DB-API has no word for it: psycopg and its kin have `closed`, the drivers for MySQL `open`.
    """
    closed: object = getattr(connection, "closed", False)
    opened: object = getattr(connection, "open", True)
    return not (isinstance(closed, int) and closed) and not (isinstance(opened, int) and not opened)


def isAborted(connection: DriverConnection) -> bool:
    """Return True if the driver itself says that a transaction can't be committed any more.

    PostgreSQL answers such a commit by a rollback, and psycopg and psycopg2 call that a success.
    """
    status: object = getattr(getattr(connection, "info", None), "transaction_status", None)
    return isinstance(status, int) and status == POSTGRESQL_IN_ERROR


__all__ = ["Driver", "DriverConnection", "DriverCursor", "driverNamed", "isAborted", "isOpen"]
