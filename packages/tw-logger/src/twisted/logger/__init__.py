"""Structured logging: events are dictionaries, and observers decide what becomes of them.

A program makes events with a `Logger`; the events go to the observers that were registered with
`globalLogPublisher`, usually by `globalLogBeginner.beginLoggingTo`. The text of an event is
rendered by an observer, if one wants it, and not by the program.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from twisted.logger._beginner import LogBeginner, globalLogBeginner
from twisted.logger._buffer import LimitedHistoryLogObserver
from twisted.logger._context import (
    bindContext,
    boundContext,
    clearContext,
    contextFields,
    unbindContext,
)
from twisted.logger._fields import extractField
from twisted.logger._format import (
    eventAsText,
    formatEvent,
    formatEventAsClassicLogText,
    formatTime,
    timeFormatRFC3339,
)
from twisted.logger._globalpublisher import globalLogPublisher
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._levels import InvalidLogLevelError, LogLevel
from twisted.logger._logger import Logger, Operation, _loggerFor
from twisted.logger._publisher import LogPublisher
from twisted.logger._serving import serving

# What only the beginning of a program needs, or a test, is imported on first use: a library that
# just makes events starts faster.
if TYPE_CHECKING:
    from twisted.logger._capture import capturedLogs
    from twisted.logger._file import FileLogObserver, textFileLogObserver
    from twisted.logger._filter import (
        FilteringLogObserver,
        ILogFilterPredicate,
        LogLevelFilterPredicate,
        PredicateResult,
    )
    from twisted.logger._json import (
        eventAsJSON,
        eventFromJSON,
        eventsFromJSONLogFile,
        jsonFileLogObserver,
    )
    from twisted.logger._legacy import LegacyLogObserverWrapper
    from twisted.logger._loggingfile import LoggingFile
    from twisted.logger._stdlib import STDLibLogObserver, STDLibLogReceiver
else:
    _ROOMS = {
        "FileLogObserver": "_file",
        "FilteringLogObserver": "_filter",
        "ILogFilterPredicate": "_filter",
        "LegacyLogObserverWrapper": "_legacy",
        "LogLevelFilterPredicate": "_filter",
        "LoggingFile": "_loggingfile",
        "PredicateResult": "_filter",
        "STDLibLogReceiver": "_stdlib",
        "STDLibLogObserver": "_stdlib",
        "capturedLogs": "_capture",
        "eventAsJSON": "_json",
        "eventFromJSON": "_json",
        "eventsFromJSONLogFile": "_json",
        "jsonFileLogObserver": "_json",
        "textFileLogObserver": "_file",
    }

    def __getattr__(name):
        """Import the room of a public name on first use."""
        room = _ROOMS.get(name)
        if room is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{room}"), name)
        return value

    def __dir__():
        """Return all names, those that were not used yet too."""
        return sorted({*globals(), *_ROOMS})


__all__ = [
    # Making events
    "Logger",
    "Operation",
    "_loggerFor",
    "LogLevel",
    "InvalidLogLevelError",
    "LogEvent",
    "LoggingFile",
    # Fields that hold for a while
    "boundContext",
    "bindContext",
    "unbindContext",
    "clearContext",
    "contextFields",
    "serving",
    # Rendering events
    "formatEvent",
    "formatEventAsClassicLogText",
    "formatTime",
    "timeFormatRFC3339",
    "eventAsText",
    "extractField",
    # Publishing events
    "ILogObserver",
    "LogPublisher",
    "globalLogPublisher",
    "globalLogBeginner",
    "LogBeginner",
    # Observers
    "FileLogObserver",
    "textFileLogObserver",
    "FilteringLogObserver",
    "ILogFilterPredicate",
    "LogLevelFilterPredicate",
    "PredicateResult",
    "LimitedHistoryLogObserver",
    "STDLibLogObserver",
    "STDLibLogReceiver",
    "LegacyLogObserverWrapper",
    "capturedLogs",
    # Events in files
    "jsonFileLogObserver",
    "eventAsJSON",
    "eventFromJSON",
    "eventsFromJSONLogFile",
]
