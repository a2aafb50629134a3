"""Writing events to files."""

import io
from collections import deque
from collections.abc import Callable
from threading import RLock
from typing import Any, Protocol

from twisted.logger._format import (
    formatEventAsClassicLogText,
    formatTime,
    timeFormatRFC3339,
)
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.python.components import implementer


class WritableFile(Protocol):
    """What events are written to: a file that was opened for text or for bytes, or alike."""

    def write(self, data: Any, /) -> object:  # noqa: ANN401 - text for the one, bytes for the other
        """Write text or bytes."""
        ...

    def flush(self) -> object:
        """Let what was written arrive."""
        ...


def takesBytes(file: object) -> bool:
    """Return whether a file wants bytes; one that does not tell wants text."""
    if isinstance(file, io.TextIOBase):
        return False
    if isinstance(file, (io.RawIOBase, io.BufferedIOBase)):
        return True
    mode = getattr(file, "mode", None)
    return getattr(file, "encoding", None) is None and isinstance(mode, str) and "b" in mode


@implementer(ILogObserver)
class FileLogObserver:
    """An observer that writes the text of each event to a file, and flushes it.

    Events of several threads are written one after the other.

    Args:
        outFile: A file that was opened for text or for bytes; bytes are UTF-8. What its encoding
            does not have is written as escapes.
        formatEvent: What makes the text of an event; for None or an empty one nothing is written.
    """

    def __init__(
        self,
        outFile: WritableFile,
        formatEvent: Callable[[LogEvent], str | None],
    ) -> None:
        self._outFile = outFile
        self.formatEvent = formatEvent
        self._bytes = takesBytes(outFile)
        # A thread may log while it writes: a signal handler can run, or the collection of garbage.
        # It may then have the lock again, but it leaves the writing to the call it interrupted.
        self._lock = RLock()
        self._pending: deque[str] = deque()
        self._writing = False

    def __call__(self, event: LogEvent) -> None:
        """Write an event.

        Args:
            event: The event.
        """
        text = self.formatEvent(event)
        if not text:
            return
        self._pending.append(text)
        with self._lock:
            if self._writing:
                return
            self._writing = True
            try:
                while self._pending:
                    self._write(self._pending.popleft())
                self._outFile.flush()
            finally:
                self._writing = False

    def _write(self, text: str) -> None:
        """Write a text as the file wants it."""
        if self._bytes:
            self._outFile.write(text.encode("utf-8", "backslashreplace"))
            return
        try:
            self._outFile.write(text)
        except UnicodeEncodeError:
            encoding = getattr(self._outFile, "encoding", None) or "ascii"
            self._outFile.write(text.encode(encoding, "backslashreplace").decode(encoding))


def textFileLogObserver(
    outFile: WritableFile, timeFormat: str | None = timeFormatRFC3339
) -> FileLogObserver:
    """Return an observer that writes lines such as `2026-11-23T10:00:00+0000 [name#info] text`.

    An event is one line, and more lines of it begin with a tab; control characters are escaped.

    Args:
        outFile: A file that was opened for text or for bytes.
        timeFormat: A format for `strftime`; None shows no time but a hyphen.
    """

    def formatEvent(event: LogEvent) -> str | None:
        return formatEventAsClassicLogText(
            event, formatTime=lambda when: formatTime(when, timeFormat)
        )

    return FileLogObserver(outFile, formatEvent)


__all__ = ["FileLogObserver", "WritableFile", "takesBytes", "textFileLogObserver"]
