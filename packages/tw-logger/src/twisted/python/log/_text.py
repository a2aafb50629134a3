"""Events of `twisted.python.log` as text."""

from twisted.logger._legacy import EventDict, reasonOf
from twisted.python.reflect import safe_repr, safe_str


def textFromEventDict(eventDict: EventDict) -> str | None:
    """Return the text of an event.

    It is the message, or else for an error the reason and the traceback, or else the format
    rendered with the items of the event. This raises no exception.

    Args:
        eventDict: The event.

    Returns:
        The text, or None for an event that has none of these.
    """
    message = eventDict.get("message")
    if not isinstance(message, (tuple, list)):
        message = () if message is None else (message,)
    if message:
        return " ".join(map(safe_str, message))
    if eventDict.get("isError") and "failure" in eventDict:
        return f"{reasonOf(eventDict)}\n{_traceback(eventDict['failure'])}"
    if "format" in eventDict:
        return _formatted(eventDict["format"], eventDict)
    return None


def _traceback(failure: object) -> str:
    """Return the traceback of what should be a failure."""
    try:
        return str(failure.getTraceback())  # type: ignore[attr-defined]  # or this raises
    except Exception as error:
        return f"(unable to obtain traceback): {safe_str(error)}"


def _formatted(template: object, eventDict: EventDict) -> str:
    """Render a format for the operator `%`."""
    try:
        if isinstance(template, bytes):
            template = template.decode("utf-8")
        if not isinstance(template, str):
            raise TypeError("the format must be text")
        return template % eventDict
    except Exception:
        items = ", ".join(f"{safe_repr(key)}: {safe_repr(eventDict[key])}" for key in eventDict)
        return (
            "Invalid format string or unformattable object in log message:"
            f" {safe_repr(template)}, {{{items}}}"
        )


__all__ = ["textFromEventDict"]
