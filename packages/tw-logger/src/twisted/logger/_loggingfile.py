"""A file that logs what is written to it: what takes the place of `sys.stdout`."""

import io
import sys
from collections.abc import Callable, Iterable
from threading import RLock
from typing import NoReturn

from twisted.logger._constants import NamedConstant
from twisted.logger._levels import LogLevel
from twisted.logger._logger import Logger

MAXIMUM_PARTIAL_LINE = 64 * 1024
"""How many characters are kept without a newline before they are logged as if one had come."""


class LoggingFile:
    """A file for text that makes an event of each line that is written to it.

    The event's text is the line, which is also its item `log_io`.

    Args:
        logger: What makes the events.
        level: The level of the events, a constant of `LogLevel`.
        encoding: How bytes that are written are decoded; by default as UTF-8. What cannot be decoded is shown as escapes.

    Attributes:
        softspace: Zero; programs look for it on such files.
    """

    softspace = 0

    def __init__(
        self,
        logger: Logger,
        level: NamedConstant = LogLevel.info,
        encoding: str | None = None,
    ) -> None:
        self.log = logger
        self.level = level
        self._encoding = sys.getdefaultencoding() if encoding is None else encoding
        self._buffer = ""
        # A thread may write while it writes: the collection of garbage can print.
        self._lock = RLock()
        self._closed = False
        # Where to write instead in a thread in which logging is no good (see _beginner).
        self._instead: Callable[[str], bool] | None = None

    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
        return self._closed

    @property
    def encoding(self) -> str:
        """The encoding of bytes that are written."""
        return self._encoding

    @property
    def mode(self) -> str:
        """`w`: it is open for writing."""
        return "w"

    @property
    def newlines(self) -> None:
        """None: it translates no newlines."""
        return

    @property
    def name(self) -> str:
        """What it is, since it has no file name."""
        return f"<{type(self).__name__} {self.log.namespace}#{self.level.name}>"

    def close(self) -> None:
        """Close the file; an unfinished line is logged."""
        if not self._closed and self._buffer:
            self.write("\n")
        self._closed = True

    def flush(self) -> None:
        """Do nothing: lines are logged when they are complete."""

    def fileno(self) -> NoReturn:
        """Refuse: there is no descriptor.

        Raises:
            io.UnsupportedOperation: Always.
        """
        raise io.UnsupportedOperation("a LoggingFile has no file descriptor")

    def isatty(self) -> bool:
        """Return False: it is no terminal."""
        return False

    def readable(self) -> bool:
        """Return False: it is only written to."""
        return False

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return False: it has no positions."""
        return False

    def write(self, message: str | bytes) -> int:
        """Log the lines that a text completes, and keep the rest for the next one.

        Args:
            message: Text or bytes.

        Returns:
            The length of the message.

        Raises:
            ValueError: The file was closed.
        """
        if self._closed:
            raise ValueError("write to a LoggingFile that was closed")
        text = (
            message
            if isinstance(message, str)
            else bytes(message).decode(self._encoding, "backslashreplace")
        )
        if self._instead is not None and self._instead(text):
            return len(message)
        for line in self._completed(text):
            self._emit(line)
        return len(message)

    def _completed(self, text: str) -> list[str]:
        """Return the lines that a text completes; keep the rest."""
        with self._lock:
            *lines, rest = (self._buffer + text).split("\n")
            while len(rest) > MAXIMUM_PARTIAL_LINE:
                lines.append(rest[:MAXIMUM_PARTIAL_LINE])
                rest = rest[MAXIMUM_PARTIAL_LINE:]
            self._buffer = rest
        return lines

    def writelines(self, lines: Iterable[str | bytes]) -> None:
        """Write several texts; newlines are not added.

        Args:
            lines: Texts or bytes.

        Raises:
            ValueError: The file was closed.
        """
        for line in lines:
            self.write(line)

    def _emit(self, line: str) -> None:
        """Log a line."""
        self.log.emit(self.level, format="{log_io}", log_io=line)

    def _unsupported(self, *args: object) -> None:
        """Refuse: the file can only be written to.

        Args:
            args: What would be the arguments.

        Raises:
            io.UnsupportedOperation: Always.
        """
        raise io.UnsupportedOperation("a LoggingFile can only be written to")

    read = _unsupported
    next = _unsupported
    readline = _unsupported
    readlines = _unsupported
    xreadlines = _unsupported
    seek = _unsupported
    tell = _unsupported
    truncate = _unsupported


__all__ = ["MAXIMUM_PARTIAL_LINE", "LoggingFile"]
