"""How a parent finds out that a worker is stuck.

A worker stops a test that takes too long by itself, see `_watchdog`. It cannot if its signals are
blocked, or if a loop of some C code never comes back to Python; nor can it say so. So it writes
down in a file, before each step of a test, how long it may be until it writes there again, and its
parent reads the file every now and then. A file, since writing to it takes a microsecond, and never
waits for the reader.
"""

import os
import struct

READ_EVERY = 1.0
"""How many seconds pass between two looks at the file."""

GRACE = 4.0
"""How many seconds a worker may be late, the one included that its watchdog takes."""

_FORMAT = struct.Struct("=Qd")
"""How often something was written; how many seconds it may be until the next time."""

NOTHING_EXPECTED = 0.0
"""What is written when no test runs: the worker may be silent as long as it likes."""


class Heart:
    """The worker's side."""

    def __init__(self, path: str) -> None:
        """Open the file.

        Args:
            path: The file, which its parent has made.
        """
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        self._beats = 0

    def expect(self, seconds: float) -> None:
        """Say how long it may be until this is called again.

        Args:
            seconds: How long; `NOTHING_EXPECTED` if there is no limit.
        """
        self._beats += 1
        try:
            os.pwrite(self._descriptor, _FORMAT.pack(self._beats, seconds), 0)
        except OSError:
            # A test has closed the descriptor, or the disk is full: the watchdog is left.
            return


class Pulse:
    """The parent's side."""

    def __init__(self, path: str) -> None:
        """Make the file.

        Args:
            path: The file.

        Raises:
            OSError: It can't be written.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        os.pwrite(self._descriptor, _FORMAT.pack(0, NOTHING_EXPECTED), 0)
        self._last = (0, NOTHING_EXPECTED)
        self._since = 0.0

    def overdue(self, now: float) -> float | None:
        """Return the limit that the worker has gone over by more than the grace; None if it is fine.

        Args:
            now: The time, in seconds of any clock that does not jump.
        """
        data = os.pread(self._descriptor, _FORMAT.size, 0)
        if len(data) != _FORMAT.size:
            # A test has emptied the file.
            return None
        beats, seconds = _FORMAT.unpack(data)
        if (beats, seconds) != self._last:
            self._last, self._since = (beats, seconds), now
        late = now - self._since - seconds > GRACE
        return float(seconds) if late and seconds > NOTHING_EXPECTED else None

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


__all__ = ["GRACE", "NOTHING_EXPECTED", "READ_EVERY", "Heart", "Pulse"]
