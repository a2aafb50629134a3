"""Structured logging: events are dictionaries, and observers decide what becomes of them.

A program makes events with a `Logger`; the events go to the observers that were registered with
`globalLogPublisher`, usually by `globalLogBeginner.beginLoggingTo`. The text of an event is
rendered by an observer, if one wants it, and not by the program.
"""

from twisted.logger._beginner import LogBeginner, globalLogBeginner
from twisted.logger._buffer import LimitedHistoryLogObserver
from twisted.logger._capture import capturedLogs
from twisted.logger._fields import extractField
from twisted.logger._file import FileLogObserver, textFileLogObserver
from twisted.logger._filter import (
    FilteringLogObserver,
    ILogFilterPredicate,
    LogLevelFilterPredicate,
    PredicateResult,
)
from twisted.logger._format import (
    eventAsText,
    formatEvent,
    formatEventAsClassicLogText,
    formatTime,
    timeFormatRFC3339,
)
from twisted.logger._globalpublisher import globalLogPublisher
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._json import (
    eventAsJSON,
    eventFromJSON,
    eventsFromJSONLogFile,
    jsonFileLogObserver,
)
from twisted.logger._levels import InvalidLogLevelError, LogLevel
from twisted.logger._logger import Logger, Operation, _loggerFor
from twisted.logger._loggingfile import LoggingFile
from twisted.logger._publisher import LogPublisher
from twisted.logger._stdlib import STDLibLogObserver

__all__ = [
    # Making events
    "Logger",
    "Operation",
    "_loggerFor",
    "LogLevel",
    "InvalidLogLevelError",
    "LogEvent",
    "LoggingFile",
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
    "capturedLogs",
    # Events in files
    "jsonFileLogObserver",
    "eventAsJSON",
    "eventFromJSON",
    "eventsFromJSONLogFile",
]
