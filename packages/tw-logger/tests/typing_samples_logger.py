"""What type checkers must understand of tw-logger; checked by mypy and pyright, not run."""

import io
from collections.abc import Mapping, Sequence
from typing import assert_type

from zope.interface import provider  # type: ignore[import-untyped]

from twisted.logger import (
    FileLogObserver,
    FilteringLogObserver,
    ILogFilterPredicate,
    ILogObserver,
    LegacyLogObserverWrapper,
    LogEvent,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    LogPublisher,
    PredicateResult,
    boundContext,
    capturedLogs,
    contextFields,
    eventsFromJSONLogFile,
    formatEvent,
    formatEventAsClassicLogText,
    globalLogPublisher,
    textFileLogObserver,
)
from twisted.logger._constants import NamedConstant
from twisted.python import log as messages
from twisted.python.failure import Failure
from twisted.python.logfile import DailyLogFile, LogFile

assert_type(LogLevel.info, NamedConstant)
assert_type(LogLevel.info < LogLevel.warn, bool)
assert_type(LogLevel.levelWithName("info"), NamedConstant)
assert_type(LogLevel.info.name, str)
assert_type(PredicateResult.maybe, NamedConstant)


class Noted(Logger):
    """A Logger of a user's own."""


class Holder:
    """Has Loggers."""

    log = Logger()
    noted = Noted()


assert_type(Holder.log, Logger)
assert_type(Holder().log, Logger)
assert_type(Holder().noted, Noted)

log = Logger(namespace="n", source=Holder(), observer=globalLogPublisher)
assert_type(log.namespace, str)
assert_type(log.isEnabled(LogLevel.debug), bool)
log.debug()
log.info("text {a}", a=1)
log.emit(LogLevel.warn, "text", level="a keyword of the user")
log.emit(level=LogLevel.warn, format="text")
log.failure("text", Failure(ValueError()), LogLevel.warn, a=1)
log.info(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
log.emit("info")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]

with log.failuresHandled("text", a=1) as operation:
    pass
assert_type(operation.failed, bool)
assert_type(operation.failure, Failure | None)

events: list[LogEvent] = []


def function(event: LogEvent) -> None:
    """An observer."""


@provider(ILogObserver)  # type: ignore[untyped-decorator]
def declared(event: LogEvent) -> None:
    """An observer that says so."""


class Observer:
    """An observer with a state."""

    def __call__(self, event: LogEvent) -> None:
        """Look at an event."""


def wrong(event: int) -> None:
    """Something that takes no event."""


observers: list[ILogObserver] = [
    events.append,
    function,
    declared,
    Observer(),
    print,
    LogPublisher(),
    lambda event: None,
]
publisher = LogPublisher(*observers)
publisher.addObserver(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

predicates: list[ILogFilterPredicate] = [
    LogLevelFilterPredicate(LogLevel.info),
    lambda event: PredicateResult.yes,
]
filtering: ILogObserver = FilteringLogObserver(function, predicates)

assert_type(textFileLogObserver(io.StringIO()), FileLogObserver)
assert_type(formatEvent({}), str)
assert_type(formatEventAsClassicLogText({}), str | None)
for loaded in eventsFromJSONLogFile(io.BytesIO()):
    assert_type(loaded, LogEvent)
with capturedLogs() as captured:
    assert_type(captured, Sequence[LogEvent])

# Bound fields


class Bound:
    """Has a bound Logger of a user's own."""

    noted = Noted().bind(a=1)


assert_type(Bound().noted.bind(level=1), Noted)
with boundContext(request=7):
    assert_type(contextFields(), Mapping[str, object])

# The older kind


def old(eventDict: messages.EventDict) -> None:
    """An observer."""
    assert_type(messages.textFromEventDict(eventDict), str | None)


messages.addObserver(old)
messages.msg("text", system="S", logLevel=10)
messages.err(Failure(), "why")
wrapped: ILogObserver = LegacyLogObserverWrapper(old)


def half(value: int, *, exactly: bool = False) -> float:
    """Return the half."""
    return value / 2


assert_type(messages.callWithContext({"system": "S"}, half, 3, exactly=True), float)
assert_type(messages.callWithLogger(messages.Logger(), half, 3), float | None)

# Files that rotate

logFile = LogFile("log", ".", maxRotatedFiles=2)
assert_type(LogFile.fromFullPath("log", rotateLength=7), LogFile)
assert_type(DailyLogFile.fromFullPath("log").listLogs(), list[tuple[int, int, int]])
assert_type(textFileLogObserver(logFile), FileLogObserver)
assert_type(messages.startLogging(logFile, setStdout=False), messages.FileLogObserver | None)
