"""What every message of a call has in common, above all its system."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from twisted.logger._context import fieldsOfContext
from twisted.logger._legacy import EventDict
from twisted.logger._serving import HasLogPrefix, serving
from twisted.python import context
from twisted.python.reflect import safe_str

_P = ParamSpec("_P")
_R = TypeVar("_R")

_NO_SYSTEM = "-"


class ILogContext:
    """The key, in `twisted.python.context`, of the items that all messages have in common."""


context.setDefault(ILogContext, {"system": _NO_SYSTEM})


class Logger:
    """Something with a name for the log."""

    def logPrefix(self) -> str:
        """Return what stands between the brackets of a line."""
        return _NO_SYSTEM


def prefixOf(source: HasLogPrefix) -> str:
    """Return the name of something for the log; this raises no exception."""
    try:
        return safe_str(source.logPrefix())
    except Exception:
        return "(buggy logPrefix method)"


def itemsOfContext() -> EventDict:
    """Return the items that a message made here and now has.

    Where no call said which system it is about, it is about what the reactor is serving.
    """
    items: EventDict = {**fieldsOfContext(), **(context.get(ILogContext) or {})}
    if items.get("system") == _NO_SYSTEM and serving.source is not None:
        items["system"] = prefixOf(serving.source)
    return items


def callWithContext(
    ctx: dict[str, Any],
    func: Callable[_P, _R],
    /,
    *args: _P.args,
    **kw: _P.kwargs,
) -> _R:
    """Call a function; the messages that are made meanwhile have some items in common.

    Args:
        ctx: The items; `system` is what stands between the brackets of a line.
        func: The function.
        args: Its arguments.
        kw: Its keywords.

    Returns:
        What the function returns.
    """
    items = {**(context.get(ILogContext) or {}), **ctx}
    return context.call({ILogContext: items}, func, *args, **kw)


__all__ = [
    "ILogContext",
    "Logger",
    "callWithContext",
    "itemsOfContext",
    "prefixOf",
]
