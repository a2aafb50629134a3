"""Passing events on to the `logging` module of the standard library."""

import logging
import sys
from types import FrameType, TracebackType

from twisted.logger._format import formatEvent
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._levels import LogLevel
from twisted.python.components import implementer
from twisted.python.failure import Failure

_LEVELS = {
    LogLevel.debug: logging.DEBUG,
    LogLevel.info: logging.INFO,
    LogLevel.warn: logging.WARNING,
    LogLevel.error: logging.ERROR,
    LogLevel.critical: logging.CRITICAL,
}

_OWN_PACKAGE = __name__.rpartition(".")[0]


def _callerOfLogger(further: int) -> FrameType | None:
    """Return the nearest frame outside of this package, or one that many calls above it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _isOwn(frame):
        frame = frame.f_back
    while further > 0 and frame is not None and frame.f_back is not None:
        frame = frame.f_back
        further -= 1
    return frame


def _isOwn(frame: FrameType) -> bool:
    """Return whether a frame belongs to this package."""
    name = frame.f_globals.get("__name__")
    return isinstance(name, str) and (name == _OWN_PACKAGE or name.startswith(_OWN_PACKAGE + "."))


_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def _exceptionOf(event: LogEvent) -> _ExceptionInfo | None:
    """Return what the standard library calls `exc_info`."""
    failure = event.get("log_failure")
    if not isinstance(failure, Failure):
        return None
    return (type(failure.value), failure.value, failure.getTracebackObject())


@implementer(ILogObserver)
class STDLibLogObserver:
    """An observer that passes events on to a logger of the standard library.

    Its records have the rendered text, the level of the same severity, the exception, and the
    place of the call that logged. The handlers run in the thread that logs: one that blocks, blocks
    the program.

    Args:
        name: The name of the standard library's logger.
        stackDepth: Which caller is taken for the place that logs. The default, 4, stands for the
            one that called the `Logger`; each number more for the caller of that one.
    """

    defaultStackDepth = 4

    def __init__(self, name: str = "twisted", stackDepth: int = defaultStackDepth) -> None:
        self.logger: logging.Logger = logging.getLogger(name)
        self.stackDepth: int = stackDepth

    def __call__(self, event: LogEvent) -> None:
        """Pass an event on.

        Args:
            event: The event.
        """
        level = _LEVELS.get(event.get("log_level", LogLevel.info), logging.INFO)
        if not self.logger.isEnabledFor(level):
            return
        frame = _callerOfLogger(self.stackDepth - self.defaultStackDepth)
        record = self.logger.makeRecord(
            self.logger.name,
            level,
            "(unknown file)" if frame is None else frame.f_code.co_filename,
            0 if frame is None else frame.f_lineno,
            formatEvent(event),
            (),
            _exceptionOf(event),
            "(unknown function)" if frame is None else frame.f_code.co_name,
        )
        self.logger.handle(record)


__all__ = ["STDLibLogObserver"]
