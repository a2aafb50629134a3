"""The connection that a call works with in its thread."""

from typing import TYPE_CHECKING, Any

from twisted.enterprise.adbapi._driver import DriverConnection, isOpen
from twisted.enterprise.adbapi._errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.enterprise.adbapi._pool import ConnectionPool


class Connection:
    """The connection of the current thread, with everything that the driver's own one has.

    One is made for each call, over a connection that lasts.
    """

    if TYPE_CHECKING:
        # What the driver's connections have to have (PEP 249); what is returned is up to them.
        commit: Callable[[], Any]
        cursor: Callable[..., Any]

    def __init__(self, pool: "ConnectionPool") -> None:
        """Take the connection of the current thread; there is one, or one is opened.

        Args:
            pool: The pool whose thread this is.

        Raises:
            Exception: The driver's, if it cannot connect.
        """
        self._pool = pool
        self._connection: DriverConnection = pool.connect()

    def close(self) -> None:
        """Close the connection; the next call in this thread opens another one."""
        self._pool.disconnect(self._connection)

    def rollback(self) -> None:
        """Undo what was not committed; a connection that can't is closed and let go.

        Raises:
            ConnectionLost: The connection is gone, and the pool was made with `cp_reconnect`.
            Exception: The driver's, without `cp_reconnect`.
        """
        try:
            rollback: Callable[[], object] | None = getattr(self._connection, "rollback", None)
            # Databases without transactions need not have it.
            if rollback is not None:
                rollback()
            if self._pool.reconnect:
                self._pool.check(self._connection)
        except Exception as error:
            self.close()
            if self._pool.reconnect:
                raise ConnectionLost(
                    "The connection to the database was lost, and what was done on it is undone: "
                    "do it again"
                ) from error
            raise
        if not isOpen(self._connection):
            # Some drivers say nothing when they roll back what the server has dropped.
            self.close()

    def reconnect(self) -> None:
        """Close the connection and open another one.

        Raises:
            Exception: The driver's, if it cannot connect.
        """
        self._pool.disconnect(self._connection)
        self._connection = self._pool.connect()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver has
        return getattr(self._connection, name)


__all__ = ["Connection"]
