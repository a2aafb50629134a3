"""Events as text for people."""

import re
import time
from collections.abc import Callable

from twisted.logger._fields import render, renderFlattened
from twisted.logger._interfaces import LogEvent
from twisted.python.reflect import safe_repr, safe_str

timeFormatRFC3339 = "%Y-%m-%dT%H:%M:%S%z"
"""The default format of times, RFC 3339 but for the colon of the offset."""

# The last time that was formatted, with all that the text depends on: most events share a second.
_lastTime: tuple[tuple[object, ...], str] = ((), "")


def formatTime(
    when: float | None, timeFormat: str | None = timeFormatRFC3339, default: str = "-"
) -> str:
    """Format a time, in the local time zone.

    Args:
        when: Seconds since the epoch, or None.
        timeFormat: A format for `strftime`, or None.
        default: What to return without a time or a format, or for a time that has no date.
    """
    global _lastTime
    if when is None or timeFormat is None:
        return default
    try:
        if "%f" in timeFormat:
            # Few formats need it, and every program imports this room.
            from datetime import datetime

            return datetime.fromtimestamp(when).astimezone().strftime(timeFormat)
        key = (int(when), timeFormat, time.tzname, time.timezone)
        known, text = _lastTime
        if key != known:
            text = time.strftime(timeFormat, time.localtime(key[0]))
            _lastTime = (key, text)
    except (OverflowError, ValueError, OSError, TypeError):
        return default
    return text


def formatEvent(event: LogEvent) -> str:
    """Render the format string of an event with the items of the event.

    This raises no exception: where the rendering does, the text says so, and shows the event.

    Args:
        event: The event.

    Returns:
        The text, which is empty for an event without a format string.
    """
    try:
        template = event.get("log_format")
        if template is None:
            return ""
        if isinstance(template, bytes):
            template = template.decode("utf-8")
        if not isinstance(template, str):
            raise TypeError(f"the format must be text, not {type(template).__name__}")
        if event.get("log_flattened") is not None:
            return renderFlattened(template, event)
        return render(template, event)
    except Exception as error:
        return _unformattable(event, error)


def _unformattable(event: LogEvent, error: Exception) -> str:
    """Return a text for an event that cannot be rendered."""
    items = ", ".join(f"{safe_str(key)}={safe_repr(value)}" for key, value in event.items())
    return f"Unable to format event ({type(error).__name__}: {safe_str(error)}): {items}"


def _systemOf(event: LogEvent) -> str:
    """Return what stands between the brackets of a line."""
    system = event.get("log_system")
    if system is not None:
        return safe_str(system)
    namespace = event.get("log_namespace")
    level = event.get("log_level")
    name = "-" if level is None else getattr(level, "name", None) or safe_str(level)
    return f"{'-' if namespace is None else safe_str(namespace)}#{name}"


def _tracebackOf(event: LogEvent) -> str:
    """Return the traceback of the failure of an event."""
    try:
        return safe_str(event["log_failure"].getTraceback()).rstrip("\n")
    except Exception as error:
        return f"(no traceback: {type(error).__name__}: {safe_str(error)})"


def eventAsText(
    event: LogEvent,
    includeTraceback: bool = True,
    includeTimestamp: bool = True,
    includeSystem: bool = True,
    formatTime: Callable[[float], str] = formatTime,
) -> str:
    """Render an event, with what is wanted of traceback, time and system.

    Args:
        event: The event.
        includeTraceback: Whether the traceback of `log_failure` follows the text.
        includeTimestamp: Whether the time comes first.
        includeSystem: Whether `[namespace#level]` comes before the text; `log_system` replaces it.
        formatTime: What renders the time of an event that has one.

    Returns:
        The text, without a newline at its end; empty if neither format nor failure give any.
    """
    text = formatEvent(event)
    if includeTraceback and event.get("log_failure") is not None:
        text = f"{text}\n{_tracebackOf(event)}" if text else _tracebackOf(event)
    if not text:
        return ""
    prefix = ""
    if includeTimestamp:
        when = event.get("log_time")
        prefix = f"{'-' if when is None else safe_str(formatTime(when))} "
    if includeSystem:
        prefix += f"[{_systemOf(event)}] "
    return prefix + text


# What a terminal, an editor or a program that reads lines takes for something else than text: the
# C0 and C1 controls but tab and newline, the Unicode line ends, and the marks that reorder a line.
_controls = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _escaped(match: re.Match[str]) -> str:
    """Return a control character as a Python escape."""
    return match[0].encode("unicode-escape").decode("ascii")


def escaped(text: str) -> str:
    """Return a text with its control characters as escapes, but for tabs and newlines."""
    return _controls.sub(_escaped, text)


def lineOf(prefix: str, text: str) -> str:
    """Return a text as a line of a log file, or as lines that nobody takes for several events.

    Args:
        prefix: What comes first; line ends in it are escaped.
        text: The text; the lines after its first begin with a tab.

    Returns:
        The lines, with control characters escaped, and a newline at the end.
    """
    prefix = escaped(prefix).replace("\n", "\\n")
    return f"{prefix} " + escaped(text).replace("\n", "\n\t") + "\n"


def formatEventAsClassicLogText(
    event: LogEvent, formatTime: Callable[[float | None], str] = formatTime
) -> str | None:
    """Render an event as a line of a log file: `2026-11-23T10:00:00+0000 [namespace#level] text`.

    Nothing in an event can make what looks like another line: the lines after the first begin with
    a tab, and control characters are written as escapes such as `\\x1b`.

    Args:
        event: The event.
        formatTime: What renders the time.

    Returns:
        The line or lines with the newline at the end, or None for an event that has no text.
    """
    text = eventAsText(event, includeTimestamp=False, includeSystem=False)
    if not text:
        return None
    return lineOf(f"{safe_str(formatTime(event.get('log_time')))} [{_systemOf(event)}]", text)


__all__ = [
    "escaped",
    "eventAsText",
    "formatEvent",
    "formatEventAsClassicLogText",
    "formatTime",
    "lineOf",
    "timeFormatRFC3339",
]
