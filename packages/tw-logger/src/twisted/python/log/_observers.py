"""Observers of `twisted.python.log`."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from twisted.logger._file import FileLogObserver as NewFileLogObserver
from twisted.logger._file import WritableFile, takesBytes
from twisted.logger._format import lineOf
from twisted.logger._interfaces import LogEvent
from twisted.logger._legacy import EventDict, legacyEvent, publishToNewObserver
from twisted.logger._stdlib import STDLibLogObserver
from twisted.python.components import Interface
from twisted.python.log._publisher import theLogPublisher
from twisted.python.log._text import textFromEventDict
from twisted.python.reflect import safe_str


class ILogObserver(Interface):
    """Something that is called with each event.

    Any callable that takes one argument may be registered; it need not declare this interface.

    An observer is called in the thread that logs, so in any thread and in several at once, and
    must return soon.
    """

    def __call__(self, eventDict: EventDict, /) -> object:
        """Look at an event.

        Args:
            eventDict: The event; it has at least `message`, `isError`, `time` and `system`.
        """


class _GlobalStartStopObserver(ABC):
    """An observer that adds itself to the global publisher, and removes itself from it."""

    @abstractmethod
    def emit(self, eventDict: EventDict) -> None:
        """Look at an event.

        Args:
            eventDict: The event.
        """

    def start(self) -> None:
        """Get all that is logged from now on."""
        theLogPublisher.addObserver(self.emit)

    def stop(self) -> None:
        """Get nothing more."""
        theLogPublisher.removeObserver(self.emit)


class _Written:
    """The file of a `FileLogObserver` as the rooms of `twisted.logger` write to it."""

    def __init__(self, observer: "FileLogObserver", encoding: str | None) -> None:
        self._observer = observer
        self.encoding = encoding

    def write(self, text: str) -> object:
        return self._observer.write(text)

    def flush(self) -> object:
        return self._observer.flush()


class FileLogObserver(_GlobalStartStopObserver):
    """Writes each event that has a text to a file: `2026-11-23 10:00:00+0000 [system] text`.

    Nothing in an event can make what looks like another event: the lines after the first begin
    with a tab, and control characters are written as escapes. Events of several threads are
    written one after the other.

    Args:
        f: A file that was opened for text or for bytes; bytes are UTF-8.

    Attributes:
        timeFormat: A format for `strftime`; None stands for the form above.
        write: Writes a text; a subclass may set another.
        flush: Is called after each event; a subclass may set another.
    """

    timeFormat: str | None = None

    def __init__(self, f: WritableFile) -> None:
        self.write: Callable[[str], object] = f.write
        if takesBytes(f):

            def write(text: str) -> object:
                return f.write(text.encode("utf-8", "backslashreplace"))

            self.write = write
        self.flush: Callable[[], object] = f.flush
        written = _Written(self, getattr(f, "encoding", None))
        self._writer = NewFileLogObserver(written, self._line)

    def getTimezoneOffset(self, when: float) -> int:
        """Return how many seconds the local time is behind UTC at a time.

        Args:
            when: Seconds since the epoch.
        """
        offset = datetime.fromtimestamp(when).astimezone().utcoffset()
        assert offset is not None
        return -int(offset.total_seconds())

    def formatTime(self, when: float) -> str:
        """Format a time, in the local time zone.

        Args:
            when: Seconds since the epoch.
        """
        moment = datetime.fromtimestamp(when).astimezone()
        return moment.strftime(self.timeFormat or "%Y-%m-%d %H:%M:%S%z")

    def _line(self, eventDict: LogEvent) -> str | None:
        """Return what is written for an event."""
        if "isError" not in eventDict:
            # The writer's own, about events that were lost.
            eventDict = legacyEvent(eventDict)
        text = textFromEventDict(eventDict)
        if text is None:
            return None
        when = self.formatTime(eventDict["time"])
        return lineOf(f"{when} [{safe_str(eventDict['system'])}]", text.rstrip("\n"))

    def emit(self, eventDict: EventDict) -> None:
        """Write an event.

        Args:
            eventDict: The event.
        """
        self._writer(eventDict)


class PythonLoggingObserver(_GlobalStartStopObserver):
    """Passes events on to the `logging` module of the standard library.

    The level of a record is the event's `logLevel`, or that of what `twisted.logger` logged, or
    else ERROR for errors and INFO for other messages. The handlers run in the thread that logs:
    one that blocks, blocks the program.

    Args:
        loggerName: The name of the standard library's logger.
    """

    def __init__(self, loggerName: str = "twisted") -> None:
        self._newObserver = STDLibLogObserver(loggerName)

    def emit(self, eventDict: EventDict) -> None:
        """Pass an event on.

        Args:
            eventDict: The event.
        """
        publishToNewObserver(self._newObserver, eventDict, textFromEventDict)


class DefaultObserver(_GlobalStartStopObserver):
    """Writes errors to the standard error stream, and nothing else.

    Attributes:
        stderr: The stream.
    """

    stderr: TextIO = sys.stderr

    def emit(self, eventDict: EventDict) -> None:
        """Write an event if it is an error.

        Args:
            eventDict: The event.
        """
        if eventDict["isError"]:
            text = textFromEventDict(eventDict)
            if text is not None:
                self.stderr.write(f"{text}\n")
                self.stderr.flush()


__all__ = [
    "DefaultObserver",
    "FileLogObserver",
    "ILogObserver",
    "PythonLoggingObserver",
]
