"""The connections of a pool's threads: opened when they are wanted, checked, and closed."""

import time
from threading import get_ident
from typing import TYPE_CHECKING

from twisted.enterprise.adbapi._driver import DriverConnection, isOpen
from twisted.logger import Logger

if TYPE_CHECKING:
    from twisted.enterprise.adbapi._pool import ConnectionPool

_log = Logger()


class ThreadConnections:
    """One connection of the driver for each thread, which alone uses it.

    Attributes:
        open: Those that are open, by the identity of their thread.
    """

    def __init__(self, pool: "ConnectionPool") -> None:
        """Open nothing yet.

        Args:
            pool: Whose driver and options are used.
        """
        self._pool = pool
        self.open: dict[int, DriverConnection] = {}
        self._lastUse: dict[int, float] = {}

    def ofThisThread(self) -> DriverConnection | None:
        """Return what is open in this thread."""
        return self.open.get(get_ident())

    def connect(self) -> DriverConnection:
        """Return the connection of this thread, which is opened if need be.

        Raises:
            Exception: The driver's, if it cannot connect; what `openfun` raises.
        """
        connection = self.ofThisThread()
        if connection is not None and not self._isUsable(connection):
            self._pool.disconnect(connection)
            connection = None
        if connection is None:
            connection = self._open()
            self.open[get_ident()] = connection
        self._lastUse[get_ident()] = time.monotonic()
        return connection

    def disconnect(self, connection: DriverConnection) -> None:
        """Close a connection, and let it go if it is the one of this thread.

        Args:
            connection: The connection.
        """
        if self.ofThisThread() is connection:
            del self.open[get_ident()]
            del self._lastUse[get_ident()]
            if self._pool.noisy:
                _log.info("Disconnecting by {driver}", driver=self._pool.dbapiName)
        self._closeQuietly(connection)

    def _open(self) -> DriverConnection:
        if self._pool.noisy:
            _log.info("Connecting by {driver}", driver=self._pool.dbapiName)
        connection = self.another()
        if self._pool.openfun is not None:
            try:
                self._pool.openfun(connection)
            except BaseException:
                self._closeQuietly(connection)
                raise
        return connection

    def another(self) -> DriverConnection:
        """Open one more connection, which belongs to no thread.

        Raises:
            Exception: The driver's, if it cannot connect.
        """
        return self._pool.dbapi.connect(*self._pool.connargs, **self._pool.connkw)

    def _isUsable(self, connection: DriverConnection) -> bool:
        if not isOpen(connection):
            return False
        idle = time.monotonic() - self._lastUse[get_ident()]
        if self._pool.reconnect and idle >= self._pool.checkAfter:
            try:
                self._pool.check(connection)
            except Exception:
                _log.info("A connection was lost while it had nothing to do; opening another one")
                return False
        return True

    def _closeQuietly(self, connection: DriverConnection) -> None:
        try:
            connection.close()
        except Exception as error:
            # Many drivers want to say good-bye to a server that is gone.
            if self._pool.noisy:
                _log.info("Disconnecting: {error}", error=error)


__all__ = ["ThreadConnections"]
