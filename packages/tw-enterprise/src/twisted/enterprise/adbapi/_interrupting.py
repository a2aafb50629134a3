"""How drivers let another thread end the statement that a connection is at.

The DB-API has nothing for it, so drivers are told apart by what their connections have:

- `interrupt()`: sqlite3, apsw, DuckDB. It only sets a flag.
- `cancel_safe(timeout=...)`: psycopg 3.2. It asks the server over a connection of its own.
- `cancel()`: psycopg2, older psycopg, oracledb. The same, without a limit of time.
- `thread_id()`: PyMySQL and mysqlclient. The server is asked by `KILL QUERY` over another
  connection of the same kind.

Each of them may have come too late, or too early for the next statement, so the caller repeats it.
"""

from collections.abc import Callable

from twisted.enterprise.adbapi._driver import DriverConnection

INTERRUPT_TIMEOUT = 10.0
"""How many seconds to wait for a server that is asked to end a statement, where that can be set."""

Interrupt = Callable[[], object]


def interruptOf(
    connection: DriverConnection, connectAgain: Callable[[], DriverConnection]
) -> Interrupt | None:
    """Return what ends the statement that a connection is at, to be called in another thread.

    Args:
        connection: The connection; to be called in the thread that uses it.
        connectAgain: Opens another connection to the same database.

    Returns:
        A function that may block for `INTERRUPT_TIMEOUT` and may raise what the driver raises;
        None if the driver has nothing of the kind.
    """
    interrupt = _method(connection, "interrupt")
    if interrupt is not None:
        return interrupt
    cancelSafely = _method(connection, "cancel_safe")
    if cancelSafely is not None:
        return lambda: cancelSafely(timeout=INTERRUPT_TIMEOUT)
    cancel = _method(connection, "cancel")
    if cancel is not None:
        return cancel
    threadNumber = _method(connection, "thread_id")
    if threadNumber is not None:
        number = threadNumber()
        if isinstance(number, int):
            return lambda: _killQuery(number, connectAgain)
    return None


def _method(connection: DriverConnection, name: str) -> Callable[..., object] | None:
    found: object = getattr(connection, name, None)
    return found if callable(found) else None


def _killQuery(number: int, connectAgain: Callable[[], DriverConnection]) -> None:
    """Ask a server of MySQL or MariaDB to end the statement of a connection."""
    other = connectAgain()
    try:
        other.cursor().execute(f"KILL QUERY {number}")
    finally:
        other.close()


__all__ = ["INTERRUPT_TIMEOUT", "Interrupt", "interruptOf"]
