"""The beginning of logging.

A program makes events before it knows where they are to go: modules log while they are imported.
Until `beginLoggingTo` says where, the last events are kept in memory, and critical ones are also
written to the standard error stream, so that a program that fails early says why.

From then on what the program prints is logged too. An observer may well print what it gets, and
that must not come back to it as another event: what a thread writes to `sys.stdout` while it is
calling observers goes to the stream that was there before.

Every program that logs imports this room, since the history begins at once; so it imports no more
than that needs.
"""

import io
import sys
import warnings
from collections.abc import Iterable
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, Protocol, TextIO, cast

from twisted.logger import _interest
from twisted.logger._buffer import DEFAULT_HISTORY, LimitedHistoryLogObserver
from twisted.logger._callers import callerOfLogging
from twisted.logger._constants import NamedConstant
from twisted.logger._format import eventAsText
from twisted.logger._globalpublisher import GlobalLogPublisher, globalLogPublisher
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._levels import LogLevel
from twisted.logger._logger import Logger
from twisted.logger._publisher import LogPublisher

if TYPE_CHECKING:
    from twisted.logger._loggingfile import LoggingFile


class _StandardStreams(Protocol):
    """What `sys` is used for."""

    stdout: Any
    stderr: Any


class _ShowsWarnings(Protocol):
    """What `warnings` is used for."""

    showwarning: Any


class _CriticalWriter:
    """Writes what critical events say to a stream, until logging begins."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Write an event, if it is a critical one and has a text."""
        if event.get("log_level") is not LogLevel.critical:
            return
        text = eventAsText(event, includeTimestamp=False, includeSystem=False)
        if text:
            self._stream.write(f"{text}\n")
            self._stream.flush()


@_interest.answersFor(_CriticalWriter)
def _wants(writer: _CriticalWriter, level: NamedConstant, namespace: str) -> bool:
    """Return whether a level is the one that is written."""
    return level is LogLevel.critical


class _StartUpHistory(LimitedHistoryLogObserver):
    """The history until logging begins, and the observers afterwards.

    A thread that began to publish an event before logging began may get here after that.
    """

    def __init__(self, size: int | None) -> None:
        super().__init__(size)
        self._lock = Lock()
        self._successor: ILogObserver | None = None

    def __call__(self, event: LogEvent) -> None:
        with self._lock:
            successor = self._successor
            if successor is None:
                super().__call__(event)
        if successor is not None:
            successor(event)

    def succeededBy(self, successor: ILogObserver) -> list[LogEvent]:
        """Pass all that comes from now on to an observer; return what came before."""
        with self._lock:
            self._successor = successor
            events = list(self._events)
            self._events.clear()
        return events


class LogBeginner:
    """Begins to log: gives a publisher its first observers, and what was logged before them.

    Args:
        publisher: The publisher.
        errorStream: Where critical events are written until logging begins.
        stdio: What has the streams `stdout` and `stderr` to be replaced: `sys`.
        warningsModule: What has the function `showwarning` to be replaced: `warnings`.
        initialBufferSize: How many events are kept until logging begins; None keeps the number
            that `LimitedHistoryLogObserver` keeps by default, 65,536.
    """

    def __init__(
        self,
        publisher: LogPublisher,
        errorStream: IO[Any],
        stdio: object,
        warningsModule: object,
        initialBufferSize: int | None = None,
    ) -> None:
        self._publisher = publisher
        self._log = Logger(namespace="twisted.logger", observer=publisher)
        self._stdio = cast(_StandardStreams, stdio)
        self._warningsModule = cast(_ShowsWarnings, warningsModule)
        self._showWarningBefore = self._warningsModule.showwarning
        self._begunAt: tuple[str, int] | None = None
        self._history = _StartUpHistory(
            DEFAULT_HISTORY if initialBufferSize is None else initialBufferSize
        )
        self._critical = _CriticalWriter(errorStream)
        publisher.addObserver(self._history)
        publisher.addObserver(self._critical)

    def beginLoggingTo(
        self,
        observers: Iterable[ILogObserver],
        discardBuffer: bool = False,
        redirectStandardIO: bool = True,
    ) -> None:
        """Begin to log.

        To be called once, by what runs the program. A second call adds its observers too, but
        is logged as a warning that names both places.

        Args:
            observers: The first observers of the publisher.
            discardBuffer: Whether the events from before are dropped. By default the observers
                get them now.
            redirectStandardIO: Whether what is written to `sys.stdout` and `sys.stderr` from now
                on is logged, with level `info` and `error`.
        """
        observers = list(observers)
        caller = callerOfLogging()
        place = ("", 0) if caller is None else (caller.f_code.co_filename, caller.f_lineno)
        if self._begunAt is None:
            self._begunAt = place
            self._begin(observers, discardBuffer)
        else:
            self._publisher.replaceObservers([], observers)
            self._log.warn(
                "Logging was begun a second time, at <{fileNow}:{lineNow}>; the first time was at"
                " <{fileThen}:{lineThen}>. The observers of both get the events. Remove one of the"
                " calls of beginLoggingTo, or add observers with globalLogPublisher.addObserver.",
                fileNow=place[0],
                lineNow=place[1],
                fileThen=self._begunAt[0],
                lineThen=self._begunAt[1],
            )
        self._warningsModule.showwarning = self.showwarning
        if redirectStandardIO:
            self._stdio.stdout = self._redirected(self._stdio.stdout, "stdout", LogLevel.info)
            self._stdio.stderr = self._redirected(self._stdio.stderr, "stderr", LogLevel.error)

    def _begin(self, observers: list[ILogObserver], discardBuffer: bool) -> None:
        """Replace the observers of the start by others, and give these what was logged so far."""
        first = LogPublisher(*observers)
        self._publisher.replaceObservers([self._history, self._critical], observers)
        events = self._history.succeededBy(first)
        if not discardBuffer:
            for event in events:
                first(event)

    def _redirected(self, stream: Any, name: str, level: NamedConstant) -> "LoggingFile":  # noqa: ANN401 - any file
        """Return a file that logs what would have gone to a stream."""
        from twisted.logger._loggingfile import LoggingFile

        if isinstance(stream, LoggingFile):
            return stream
        file = LoggingFile(
            Logger(namespace=name, observer=self._publisher),
            level,
            getattr(stream, "encoding", None),
        )
        publisher = self._publisher
        if isinstance(publisher, GlobalLogPublisher):

            def instead(text: str) -> bool:
                if stream is None or not publisher.isPublishing():
                    return False
                stream.write(text)
                return True

            file._instead = instead
        return file

    def showwarning(
        self,
        message: str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: IO[Any] | None = None,
        line: str | None = None,
    ) -> None:
        """Log a warning of the `warnings` module; what is meant for a file goes there as ever.

        Args:
            message: The warning.
            category: Its class.
            filename: The file that it is about.
            lineno: The line that it is about.
            file: Where to write it instead.
            line: The text of the line.
        """
        if file is not None:
            self._showWarningBefore(message, category, filename, lineno, file, line)
            return
        self._log.warn(
            "{filename}:{lineno}: {category}: {warning}",
            warning=message,
            category=f"{category.__module__}.{category.__qualname__}",
            filename=filename,
            lineno=lineno,
        )


class _StandardError(io.TextIOBase):
    """Whatever is the standard error stream at the time: a test or a daemon may replace it."""

    @property
    def encoding(self) -> str | None:  # type: ignore[override]  # None where there is no stream
        """The encoding of the present stream."""
        return getattr(sys.stderr, "encoding", None)

    def write(self, text: str, /) -> int:
        """Write to the present stream, if there is any."""
        # There is none in a process that was started without it.
        stream: TextIO | None = sys.stderr
        return len(text) if stream is None else stream.write(text)

    def flush(self) -> None:
        """Flush the present stream."""
        stream: TextIO | None = sys.stderr
        if stream is not None:
            stream.flush()


globalLogBeginner: LogBeginner = LogBeginner(
    globalLogPublisher, cast(IO[Any], _StandardError()), sys, warnings
)

__all__ = ["LogBeginner", "globalLogBeginner"]
