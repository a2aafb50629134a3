"""A transaction as an interaction sees it: a cursor that opens anew on a new connection."""

from typing import TYPE_CHECKING, Any

from twisted.enterprise.adbapi._connection import Connection
from twisted.enterprise.adbapi._driver import DriverCursor
from twisted.logger import Logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twisted.enterprise.adbapi._pool import ConnectionPool

_log = Logger()


class Transaction:
    """A cursor, with everything that the driver's own one has."""

    if TYPE_CHECKING:
        # What the driver's cursors have to have (PEP 249); what is returned is up to them.
        description: Any
        rowcount: int
        execute: Callable[..., Any]
        executemany: Callable[..., Any]
        fetchone: Callable[[], Any]
        fetchmany: Callable[..., Any]
        fetchall: Callable[[], Any]

    def __init__(self, pool: "ConnectionPool", connection: Connection) -> None:
        """Open a cursor.

        Args:
            pool: The pool.
            connection: The connection of the current thread.

        Raises:
            Exception: The driver's, if there is no cursor to be had.
        """
        self._pool = pool
        self._connection = connection
        self._cursor: DriverCursor | None = None
        self.reopen()

    @property
    def arraysize(self) -> int:
        """How many rows `fetchmany` fetches if nothing else is said."""
        size: int = self.__getattr__("arraysize")
        return size

    @arraysize.setter
    def arraysize(self, size: int) -> None:
        setattr(self._cursor, "arraysize", size)  # noqa: B010 - not every driver declares it

    def close(self) -> None:
        """Close the cursor; again, it does nothing."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()

    def reopen(self) -> None:
        """Close the cursor and open another one, on a new connection if the old one is gone.

        Raises:
            Exception: The driver's, if there is no cursor to be had, and, with `cp_reconnect`, not
                on a new connection either.
        """
        self.close()
        try:
            self._cursor = self._connection.cursor()
        except Exception:
            if not self._pool.reconnect:
                raise
            _log.info("The connection to the database is gone, and a new one is opened")
            self._connection.reconnect()
            self._cursor = self._connection.cursor()

    def reconnect(self) -> None:
        """Open a cursor on a new connection; what was not committed is undone.

        Raises:
            Exception: The driver's, if it cannot connect.
        """
        self._cursor = None
        self._connection.reconnect()
        self.reopen()

    def __iter__(self) -> "Iterator[Any]":
        iterator: Iterator[Any] = iter(self.__getattr__("__iter__")())
        return iterator

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver has
        if self._cursor is None:
            raise AttributeError(
                f"{name} is not there: the transaction is over, and its cursor closed"
            )
        return getattr(self._cursor, name)


__all__ = ["Transaction"]
