"""Logging by messages: the older way, kept for the code that uses it.

New code uses `twisted.logger`. This package is a face of it: a message becomes an event there,
and observers that are added here get what is logged there.
"""

from twisted.logger._legacy import EventDict
from twisted.python.log._context import ILogContext, Logger, callWithContext
from twisted.python.log._functions import (
    addObserver,
    callWithLogger,
    deferr,
    discardLogs,
    err,
    msg,
    removeObserver,
    showwarning,
    startLogging,
    startLoggingWithObserver,
)
from twisted.python.log._observers import (
    DefaultObserver,
    FileLogObserver,
    ILogObserver,
    PythonLoggingObserver,
)
from twisted.python.log._publisher import LogPublisher, theLogPublisher
from twisted.python.log._stdio import NullFile, StdioOnnaStick
from twisted.python.log._text import textFromEventDict

defaultObserver: DefaultObserver = DefaultObserver()
"""Writes errors to standard error once it is started; `twisted.logger` does so by itself."""

logfile: StdioOnnaStick | NullFile = StdioOnnaStick(0)
"""A file that logs what is written to it."""

logerr: StdioOnnaStick = StdioOnnaStick(1)
"""A file that logs what is written to it as errors."""

__all__ = [
    # Logging
    "msg",
    "err",
    "deferr",
    "callWithContext",
    "callWithLogger",
    "ILogContext",
    "Logger",
    # Beginning
    "startLogging",
    "startLoggingWithObserver",
    "discardLogs",
    # Publishing
    "LogPublisher",
    "theLogPublisher",
    "addObserver",
    "removeObserver",
    "showwarning",
    # Observers
    "ILogObserver",
    "EventDict",
    "textFromEventDict",
    "FileLogObserver",
    "PythonLoggingObserver",
    "DefaultObserver",
    "defaultObserver",
    # Files
    "StdioOnnaStick",
    "NullFile",
    "logfile",
    "logerr",
]
