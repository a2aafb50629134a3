"""`LogPublisher`: what messages are given to, and what gives them to observers.

It is a face of two publishers of `twisted.logger`, usually the same one: messages go to the one as
events with the keys of both systems, observers are added to the other in a wrapper. So messages
reach observers of both kinds, and observers get what both kinds of loggers make.
"""

import sys
import time
import warnings
from threading import Lock
from typing import IO, Any, Protocol, cast

from twisted.logger._beginner import LogBeginner, globalLogBeginner
from twisted.logger._globalpublisher import globalLogPublisher
from twisted.logger._interfaces import ILogObserver
from twisted.logger._legacy import (
    EventDict,
    LegacyLogObserverWrapper,
    LegacyObserver,
    newEvent,
)
from twisted.logger._publisher import LogPublisher as NewLogPublisher
from twisted.python.log._context import itemsOfContext
from twisted.python.log._stdio import NullFile
from twisted.python.log._text import textFromEventDict


class _ShowsWarnings(Protocol):
    """What `warnings` is used for."""

    showwarning: Any


class LogPublisher:
    """Takes messages, and gives them to observers.

    Args:
        observerPublisher: What observers are added to; by default a publisher of its own.
        publishPublisher: What gets the messages; by default the same one.
        logBeginner: What begins to log; by default one for the first publisher.
        warningsModule: What has the function `showwarning`: `warnings`.

    Attributes:
        synchronized: The names of methods that may be called by several threads at once. All may.
    """

    synchronized: list[str] = ["msg"]

    def __init__(
        self,
        observerPublisher: NewLogPublisher | None = None,
        publishPublisher: ILogObserver | None = None,
        logBeginner: LogBeginner | None = None,
        warningsModule: object = warnings,
    ) -> None:
        if observerPublisher is None:
            observerPublisher = NewLogPublisher()
        self._observerPublisher: NewLogPublisher = observerPublisher
        self._publishPublisher: ILogObserver = (
            observerPublisher if publishPublisher is None else publishPublisher
        )
        self._logBeginner = logBeginner
        self._showWarningBefore = cast(_ShowsWarnings, warningsModule).showwarning
        self._warningsModule = warningsModule
        self._wrappers: list[LegacyLogObserverWrapper] = []
        self._lock = Lock()

    @property
    def observers(self) -> list[LegacyObserver]:
        """The observers that were added, and not removed."""
        return [wrapper.legacyObserver for wrapper in self._wrappers]

    def addObserver(self, other: LegacyObserver) -> None:
        """Give all that is logged from now on to an observer, also what `twisted.logger` logs.

        Args:
            other: A callable that takes an event. One that is added twice gets each event twice.

        Raises:
            TypeError: It cannot be called.
        """
        if not callable(other):
            raise TypeError(f"an observer must be callable with an event; this is {other!r}")
        wrapper = LegacyLogObserverWrapper(other)
        with self._lock:
            self._wrappers.append(wrapper)
        self._observerPublisher.addObserver(wrapper)

    def removeObserver(self, other: LegacyObserver) -> None:
        """Give nothing more to an observer.

        Args:
            other: An observer that was added; another one is ignored.
        """
        with self._lock:
            for wrapper in self._wrappers:
                if wrapper.legacyObserver == other:
                    self._wrappers.remove(wrapper)
                    break
            else:
                return
        self._observerPublisher.removeObserver(wrapper)

    def msg(self, /, *message: object, **kw: object) -> None:
        """Log a message.

        Args:
            message: Its parts, usually one text.
            kw: More items of the event. `format` is a format for the operator `%`, which is
                rendered with the items where there is no message; `system` is what stands between
                the brackets of a line; `logLevel` is a level of the `logging` module.
        """
        eventDict: EventDict = {"isError": 0, **itemsOfContext(), **kw}
        eventDict["message"] = message
        eventDict["time"] = time.time()
        self._publishPublisher(newEvent(eventDict, textFromEventDict))

    def showwarning(
        self,
        message: Warning | str,
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
        self.msg(
            format="%(filename)s:%(lineno)s: %(category)s: %(warning)s",
            warning=message,
            category=f"{category.__module__}.{category.__qualname__}",
            filename=filename,
            lineno=lineno,
        )

    def _startLogging(self, other: LegacyObserver, setStdout: bool) -> None:
        """Begin to log, with an observer as the first."""
        wrapper = LegacyLogObserverWrapper(other)
        with self._lock:
            self._wrappers.append(wrapper)
            if self._logBeginner is None:
                self._logBeginner = LogBeginner(
                    self._observerPublisher, cast(IO[Any], NullFile()), sys, self._warningsModule
                )
        self._logBeginner.beginLoggingTo([wrapper], redirectStandardIO=setStdout)


theLogPublisher: LogPublisher = LogPublisher(
    globalLogPublisher, globalLogPublisher, globalLogBeginner
)

__all__ = ["LogPublisher", "theLogPublisher"]
