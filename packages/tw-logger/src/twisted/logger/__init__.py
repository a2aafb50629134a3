"""Structured logging: events are dictionaries, and observers decide what becomes of them.

A program makes events with a `Logger`; the events go to the observers that were registered with
`globalLogPublisher`, usually by `globalLogBeginner.beginLoggingTo`. The text of an event is
rendered by an observer, if one wants it, and not by the program.
"""

from twisted.logger._capture import capturedLogs
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

__all__ = [
    # Making events
    "Logger",
    "Operation",
    "_loggerFor",
    "LogLevel",
    "InvalidLogLevelError",
    "LogEvent",
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
    "capturedLogs",
]
