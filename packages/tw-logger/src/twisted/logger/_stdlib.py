"""Events for the `logging` module of the standard library, and events of its records.

`STDLibLogObserver` makes records of events, `STDLibLogReceiver` makes events of records. Both may
be in use at once: neither takes back what the other one made, so nothing goes round in circles.
"""

import logging
from types import TracebackType

from twisted.logger._callers import callerOfLogging
from twisted.logger._format import formatEvent
from twisted.logger._globalpublisher import globalLogPublisher
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._legacy import LEGACY_NAMESPACE
from twisted.logger._stdliblevels import STDLIB_LEVELS, levelFromStandardLibrary
from twisted.python.components import implementer
from twisted.python.failure import Failure

_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

# The mark of a record that was made of an event.
_MARK = "_fromTwistedLogger"


def _exceptionOf(event: LogEvent) -> _ExceptionInfo | None:
    """Return what the standard library calls `exc_info`."""
    failure = event.get("log_failure")
    if not isinstance(failure, Failure):
        return None
    return (type(failure.value), failure.value, failure.getTracebackObject())


def _levelOf(event: LogEvent) -> int:
    """Return the level of the record for an event."""
    # `log.msg` and `log.err` can be given a level of the standard library itself.
    if event.get("log_namespace") == LEGACY_NAMESPACE:
        level = event.get("logLevel")
        if isinstance(level, int):
            return level
        if event.get("isError"):
            return logging.ERROR
    return STDLIB_LEVELS.get(event.get("log_level"), logging.INFO)


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
            event: The event; one that a `STDLibLogReceiver` made is left out.
        """
        if "log_record" in event:
            return
        level = _levelOf(event)
        if not self.logger.isEnabledFor(level):
            return
        frame = callerOfLogging(self.stackDepth - self.defaultStackDepth)
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
        setattr(record, _MARK, True)
        self.logger.handle(record)


class STDLibLogReceiver(logging.Handler):
    """A handler of the `logging` module that makes an event of each record.

    The namespace is the name of the standard library's logger, the level that of the same
    severity, the time and the exception those of the record. The event also has

    - `log_text`: the record's message, which is the text of the event;
    - `log_record`: the record;
    - `filename`, `lineno`, `function`: the place of the call that logged.

    Args:
        observer: What gets the events. By default the global publisher.
        level: The least level of the records, one of the `logging` module.
    """

    def __init__(self, observer: ILogObserver | None = None, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.observer: ILogObserver = globalLogPublisher if observer is None else observer

    def emit(self, record: logging.LogRecord) -> None:
        """Make an event of a record.

        Args:
            record: The record; one that a `STDLibLogObserver` made is left out.
        """
        if getattr(record, _MARK, False):
            return
        try:
            self.observer(_eventOf(record))
        except Exception:
            self.handleError(record)


def _eventOf(record: logging.LogRecord) -> LogEvent:
    """Return the event of a record."""
    event: LogEvent = {
        "log_logger": None,
        "log_source": None,
        "log_level": levelFromStandardLibrary(record.levelno),
        "log_namespace": record.name,
        "log_time": record.created,
        "log_format": "{log_text}",
        "log_text": record.getMessage(),
        "log_record": record,
        "filename": record.pathname,
        "lineno": record.lineno,
        "function": record.funcName,
    }
    if record.exc_info is not None and record.exc_info[1] is not None:
        kind, value, traceback = record.exc_info
        event["log_failure"] = Failure(value, kind, traceback)
    return event


__all__ = ["STDLibLogReceiver", "STDLibLogObserver"]
