"""Logging to the system's log.

The system's log is a socket that somebody reads: where nobody does, writing to it can wait.
"""

from collections.abc import Callable
from syslog import LOG_ALERT, LOG_INFO, LOG_USER, openlog, syslog
from typing import cast

from twisted.logger._format import escaped
from twisted.logger._legacy import EventDict
from twisted.python import log
from twisted.python.reflect import safe_str

DEFAULT_FACILITY = LOG_USER
"""What the messages belong to, by default programs of users."""

DEFAULT_OPTIONS = 0
"""No options."""


class SyslogObserver:
    """An observer for `twisted.python.log` that writes events to the system's log.

    Errors have the priority `LOG_ALERT`, other messages `LOG_INFO`; the items `syslogPriority` and
    `syslogFacility` of an event set others. Each line of a text is a message of the system's log;
    those after the first begin with a tab.

    Args:
        prefix: The name of the program.
        options: What `syslog.openlog` takes: `LOG_PID` and the like, joined by `|`.
        facility: What the messages belong to: `LOG_DAEMON` and the like.

    Attributes:
        openlog: Opens the system's log.
        syslog: Writes a message to it.
    """

    openlog: Callable[[str, int, int], None] = staticmethod(openlog)
    syslog: Callable[[int, str], None] = staticmethod(syslog)

    def __init__(
        self, prefix: str, options: int = DEFAULT_OPTIONS, facility: int = DEFAULT_FACILITY
    ) -> None:
        self.openlog(prefix, options, facility)

    def emit(self, eventDict: EventDict) -> None:
        """Write an event, if it has a text.

        Args:
            eventDict: The event.
        """
        text = log.textFromEventDict(eventDict)
        if text is None:
            return
        priority = eventDict.get("syslogPriority")
        if priority is None:
            priority = LOG_ALERT if eventDict["isError"] else LOG_INFO
        where = cast(int, priority) | cast(int, eventDict.get("syslogFacility", 0))
        system = escaped(safe_str(eventDict["system"])).replace("\n", "\\n")
        first, *others = escaped(text).rstrip("\n").split("\n")
        self.syslog(where, f"[{system}] {first}")
        for line in others:
            self.syslog(where, f"[{system}] \t{line}")


def startLogging(
    prefix: str = "Twisted",
    options: int = DEFAULT_OPTIONS,
    facility: int = DEFAULT_FACILITY,
    setStdout: bool | int = 1,
) -> None:
    """Begin to log to the system's log.

    Args:
        prefix: The name of the program.
        options: What `syslog.openlog` takes.
        facility: What the messages belong to.
        setStdout: Whether what is written to the standard streams from now on is logged.
    """
    observer = SyslogObserver(prefix, options, facility)
    log.startLoggingWithObserver(observer.emit, setStdout)


__all__ = ["DEFAULT_FACILITY", "DEFAULT_OPTIONS", "SyslogObserver", "startLogging"]
