"""Files that are none: one logs what is written to it, the other forgets it."""

import io
import sys
from collections.abc import Iterable
from threading import RLock
from typing import NoReturn

from twisted.logger._loggingfile import MAXIMUM_PARTIAL_LINE


class NullFile:
    """A file that forgets what is written to it, and has nothing to be read.

    Attributes:
        softspace: Zero; programs look for it on such files.
    """

    softspace = 0

    def read(self) -> None:
        """Read nothing."""

    def write(self, bytes: object) -> None:
        """Forget something.

        Args:
            bytes: What is written, of any kind.
        """

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class StdioOnnaStick:
    """A file that makes a message of each line that is written to it.

    The messages have the item `printed`. `twisted.logger.LoggingFile` is the same for new code.

    Args:
        isError: Whether the messages are errors: whether it stands for standard error.
        encoding: How bytes that are written are decoded; by default as UTF-8. What cannot be
            decoded is shown as escapes.

    Attributes:
        softspace: Zero; programs look for it on such files.
        mode: How it is open.
        name: What it is, since it has no file name.
        closed: Whether it was closed.
    """

    softspace = 0
    mode = "wb"
    name = "<stdio (log)>"
    closed = 0

    def __init__(self, isError: int = 0, encoding: str | None = None) -> None:
        self.isError = isError
        self.encoding: str = sys.getdefaultencoding() if encoding is None else encoding
        self._rest = ""
        # A thread may write while it writes: the collection of garbage can print.
        self._lock = RLock()

    def close(self) -> None:
        """Do nothing: a standard stream goes on."""

    def fileno(self) -> NoReturn:
        """Refuse: there is no descriptor.

        Raises:
            io.UnsupportedOperation: Always.
        """
        raise io.UnsupportedOperation("a log has no file descriptor")

    def flush(self) -> None:
        """Do nothing: lines are logged when they are complete."""

    def _unreadable(self, *args: object) -> NoReturn:
        raise OSError("can't read from the log!")

    read = _unreadable
    readline = _unreadable
    readlines = _unreadable
    seek = _unreadable
    tell = _unreadable

    def write(self, data: str | bytes) -> None:
        """Log the lines that a text completes, and keep the rest for the next one.

        Args:
            data: Text or bytes.
        """
        for line in self._completed(self._decoded(data)):
            self._log(line)

    def writelines(self, lines: Iterable[str | bytes]) -> None:
        """Log lines, each as a message.

        Args:
            lines: Texts or bytes, without a newline at the end.
        """
        for line in lines:
            self._log(self._decoded(line))

    def _decoded(self, data: str | bytes) -> str:
        """Return text."""
        return (
            data if isinstance(data, str) else bytes(data).decode(self.encoding, "backslashreplace")
        )

    def _completed(self, text: str) -> list[str]:
        """Return the lines that a text completes; keep the rest."""
        with self._lock:
            *lines, rest = (self._rest + text).split("\n")
            while len(rest) > MAXIMUM_PARTIAL_LINE:
                lines.append(rest[:MAXIMUM_PARTIAL_LINE])
                rest = rest[MAXIMUM_PARTIAL_LINE:]
            self._rest = rest
        return lines

    def _log(self, line: str) -> None:
        """Log a line."""
        # The publisher's room needs this one.
        from twisted.python.log._publisher import theLogPublisher

        theLogPublisher.msg(line, printed=1, isError=self.isError)


__all__ = ["NullFile", "StdioOnnaStick"]
