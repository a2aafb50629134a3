"""Writing events to files.

A file that cannot be written, because the disk is full, say, is nothing that the program can do
something about where it logs. So the first write that fails raises an exception, which a publisher
tells the other observers; the ones after it lose their events without a word, and when the file can
be written again, one event in it says how many are missing.
"""

import io
import time
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
from twisted.logger._levels import LogLevel
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

    Events of several threads are written one after the other. When the file cannot be written, the
    first error is raised; how many events were lost is written when it can be again.

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
        self._lost = 0

    def __call__(self, event: LogEvent) -> None:
        """Write an event.

        Args:
            event: The event.

        Raises:
            OSError, ValueError: The file cannot be written. This is raised once, until it can.
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
                self._writePending()
            except (OSError, ValueError):
                self._lost += 1
                if self._lost == 1:
                    raise
            finally:
                self._writing = False

    def _writePending(self) -> None:
        """Write what is to be written."""
        while self._pending:
            self._write(self._pending.popleft())
        self._outFile.flush()
        if self._lost:
            lost, self._lost = self._lost, 0
            self._write(self.formatEvent(_lossOf(lost)) or "")
            self._outFile.flush()

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


def _lossOf(count: int) -> LogEvent:
    """Return the event that says how many events are missing in a file."""
    return {
        "log_level": LogLevel.error,
        "log_namespace": "twisted.logger",
        "log_time": time.time(),
        "log_format": "events lost while this file could not be written: {count}",
        "count": count,
    }


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
