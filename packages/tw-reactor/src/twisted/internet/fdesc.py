"""Reading and writing file descriptors that do not block."""

import errno
import os
from collections.abc import Callable

from twisted.internet.error import ConnectionDone, ConnectionLost

READ_SIZE = 64 * 1024
"""How many bytes are read at once."""


def setNonBlocking(fd: int) -> None:
    """Let reading and writing a descriptor return at once; all who share the open file see it."""
    os.set_blocking(fd, False)


def setBlocking(fd: int) -> None:
    """Let reading and writing a descriptor wait; all who share the open file see it."""
    os.set_blocking(fd, True)


def readFromFD(fd: int, callback: Callable[[bytes], object]) -> Exception | None:
    """Read once what is there, and hand it to a callback.

    Args:
        fd: The descriptor, which does not block.
        callback: Called with the bytes, if there are any.

    Returns:
        None, or what ended the stream: `ConnectionDone` at its end, `ConnectionLost` on an error.
    """
    try:
        data = os.read(fd, READ_SIZE)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError as error:
        # A terminal whose other side is gone says EIO (Linux) instead of an end of file.
        return ConnectionDone() if error.errno == errno.EIO else _lost(error)
    if not data:
        return ConnectionDone()
    callback(data)
    return None


def writeToFD(fd: int, data: bytes | memoryview) -> int | Exception:
    """Write as much as goes without blocking.

    Args:
        fd: The descriptor, which does not block.
        data: What is to be written.

    Returns:
        How many bytes were written, or `ConnectionLost` on an error.
    """
    try:
        return os.write(fd, data)
    except (BlockingIOError, InterruptedError):
        return 0
    except OSError as error:
        return _lost(error)


def _lost(error: OSError) -> ConnectionLost:
    lost = ConnectionLost(str(error))
    lost.__cause__ = error
    return lost


__all__ = ["readFromFD", "setBlocking", "setNonBlocking", "writeToFD"]
