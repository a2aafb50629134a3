"""Between the events of `twisted.python.log` and those of `twisted.logger`.

Both are dictionaries, with other keys. An event of `twisted.python.log` has

- `message`: the arguments of `msg`, a tuple, or an empty one;
- `isError`: 1 if it is about an error, and then perhaps a `failure` and a `why`;
- `time`: seconds since the epoch;
- `system`: what stands between the brackets of a line, or a hyphen;
- `format`: in place of a message, a format for the operator `%`;
- `printed`: 1 if the program wrote the text to a standard stream;
- `logLevel`: a level of the `logging` module.

Every event becomes one with the keys of both, so that each kind of observer finds its own. One
that went from the old kind to the new carries the namespace `log_legacy`, by which it is known
on its way back.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from twisted.logger._format import formatEvent
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._levels import LogLevel
from twisted.logger._stdliblevels import STDLIB_LEVELS, levelFromStandardLibrary
from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.python.reflect import safe_str

LEGACY_NAMESPACE = "log_legacy"
"""The namespace of events that were made by `twisted.python.log`."""

EventDict: TypeAlias = dict[str, Any]
"""An event of `twisted.python.log`. Its values are whatever the program logs."""


class LegacyObserver(Protocol):
    """A callable for events of `twisted.python.log`."""

    def __call__(self, eventDict: EventDict, /) -> object:
        """Look at an event."""
        ...


class _TextOfEvent:
    """Renders an event when it is rendered itself: most observers have no use for the text."""

    def __init__(self, event: LogEvent) -> None:
        self._event = event

    def __str__(self) -> str:
        return formatEvent(self._event)

    def __repr__(self) -> str:
        return repr(str(self))


@implementer(ILogObserver)
class LegacyLogObserverWrapper:
    """An observer that calls one that was written for `twisted.python.log`.

    It gives it a copy of each event, with the keys that it looks for.

    Args:
        legacyObserver: A callable that takes an event of `twisted.python.log`.

    Attributes:
        legacyObserver: The callable.
    """

    def __init__(self, legacyObserver: LegacyObserver) -> None:
        self.legacyObserver = legacyObserver

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.legacyObserver!r})"

    def __call__(self, event: LogEvent) -> None:
        """Call the other observer.

        Args:
            event: The event; it is not changed.
        """
        self.legacyObserver(legacyEvent(event))


def legacyEvent(event: LogEvent) -> EventDict:
    """Return an event with the keys of `twisted.python.log` beside its own.

    Args:
        event: The event; it is not changed.
    """
    legacy: EventDict = dict(event)
    if event.get("log_namespace") == LEGACY_NAMESPACE and "isError" in event:
        return legacy
    # Somebody's own items may have these names.
    if not isinstance(legacy.get("message"), (tuple, list)):
        legacy["message"] = ()
    if not isinstance(legacy.get("time"), (int, float)):
        legacy["time"] = event.get("log_time", 0.0)
    if "system" not in legacy:
        system = event.get("log_system")
        legacy["system"] = "-" if system is None else system
    if event.get("log_format") is not None:
        legacy["format"] = "%(log_legacy)s"
        legacy["log_legacy"] = _TextOfEvent(event)
    level = event.get("log_level")
    if "log_io" in event:
        legacy.setdefault("printed", 1)
    failure = event.get("log_failure")
    if failure is not None:
        legacy.setdefault("failure", failure)
        legacy.setdefault("why", formatEvent(event) or None)
        legacy.setdefault("isError", 1)
    else:
        legacy.setdefault("isError", int(level in (LogLevel.error, LogLevel.critical)))
    if level in STDLIB_LEVELS:
        legacy.setdefault("logLevel", STDLIB_LEVELS[level])
    return legacy


def newEvent(
    eventDict: EventDict, textFromEventDict: Callable[[EventDict], str | None]
) -> LogEvent:
    """Return an event of `twisted.python.log` with the keys of `twisted.logger` beside its own.

    Args:
        eventDict: The event; it is not changed.
        textFromEventDict: What renders it.
    """
    event: LogEvent = dict(eventDict)
    event.setdefault("log_time", event.get("time"))
    failure = event.get("failure") if event.get("isError") else None
    if isinstance(failure, Failure):
        event.setdefault("log_failure", failure)
    if "log_format" not in event:
        text = _textBeside(event, textFromEventDict)
        if text is not None:
            event["log_format"] = "{log_text}"
            event["log_text"] = text
    if "log_level" not in event:
        event["log_level"] = (
            LogLevel.critical
            if event.get("isError")
            else levelFromStandardLibrary(event.get("logLevel", logging.INFO))
        )
    event.setdefault("log_namespace", LEGACY_NAMESPACE)
    system = event.get("system")
    if system is not None and not (isinstance(system, str) and system == "-"):
        event.setdefault("log_system", system)
    return event


def _textBeside(
    event: LogEvent, textFromEventDict: Callable[[EventDict], str | None]
) -> str | None:
    """Return the text of an event, without the traceback that observers add themselves."""
    if "log_failure" in event and not event.get("message"):
        return reasonOf(event)
    return textFromEventDict(event)


def reasonOf(eventDict: EventDict) -> str:
    """Return what an event about a failure says before the traceback."""
    why = eventDict.get("why")
    return ("" if why is None else safe_str(why)) or "Unhandled Error"


def publishToNewObserver(
    observer: ILogObserver,
    eventDict: EventDict,
    textFromEventDict: Callable[[EventDict], str | None],
) -> None:
    """Give an event of `twisted.python.log` to an observer of `twisted.logger`.

    Args:
        observer: The observer.
        eventDict: The event; it is not changed.
        textFromEventDict: What renders it.
    """
    observer(newEvent(eventDict, textFromEventDict))


__all__ = [
    "LEGACY_NAMESPACE",
    "EventDict",
    "LegacyLogObserverWrapper",
    "LegacyObserver",
    "legacyEvent",
    "newEvent",
    "publishToNewObserver",
    "reasonOf",
]
