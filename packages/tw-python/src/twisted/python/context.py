"""Values that hold for the duration of a call, and for whatever is called from there.

`call({key: value}, function)` calls a function, and `get(key)` finds the value anywhere below that
call. The values are kept in a context variable (PEP 567), so they go wherever context variables
go: with a coroutine while it waits, with a call that was put off, into the thread of a pool. A
thread that was started by itself begins without them.

New code may as well use `contextvars` directly; this module is for keys that are objects, an
interface for instance, and for code that was written for it.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ParamSpec, Protocol, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

Values = Mapping[Any, Any]
"""What holds: values by their keys."""

defaultContextDict: dict[Any, Any] = {}
"""The values that hold where no call gave others."""

setDefault: Callable[[Any, Any], None] = defaultContextDict.__setitem__
"""Sets a value that holds where no call gives another: `setDefault(key, value)`."""


class ContextTracker:
    """Knows the values that hold."""

    def __init__(self) -> None:
        """Begin with the defaults alone."""
        self._current: ContextVar[Values] = ContextVar(
            "values of a ContextTracker", default=MappingProxyType({})
        )

    @property
    def contexts(self) -> list[Values]:
        """The defaults, and all that the calls gave which are running."""
        return [defaultContextDict, self._current.get()]

    def callWithContext(
        self,
        newContext: Values,
        func: Callable[_P, _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> _R:
        """Call a function, with some values that hold until it returns.

        Args:
            newContext: The values by their keys; those that hold already go on to hold unless a
                key is the same.
            func: The function.
            args: Its arguments.
            kw: Its keywords.

        Returns:
            What the function returns.
        """
        token = self._current.set({**self._current.get(), **newContext})
        try:
            return func(*args, **kw)
        finally:
            self._current.reset(token)

    def getContext(self, key: object, default: object = None) -> Any:  # noqa: ANN401 - any value
        """Return the value that holds for a key.

        Args:
            key: The key.
            default: What to return where nothing holds, and no default was set for all.
        """
        current = self._current.get()
        if key in current:
            return current[key]
        return defaultContextDict.get(key, default)


class ThreadedContextTracker(ContextTracker):
    """Knows the values that hold in the thread, and the coroutine, that asks."""

    def currentContext(self) -> ContextTracker:
        """Return what knows the values that hold here: this object."""
        return self


class _Call(Protocol):
    """What `call` is."""

    def __call__(
        self,
        newContext: Values,
        func: Callable[_P, _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> _R:
        """Call a function; see `ContextTracker.callWithContext`."""
        ...


class _Get(Protocol):
    """What `get` is."""

    def __call__(self, key: object, default: object = None) -> Any:  # noqa: ANN401 - any value
        """Return a value; see `ContextTracker.getContext`."""
        ...


theContextTracker: ContextTracker = ThreadedContextTracker()
call: _Call = theContextTracker.callWithContext
get: _Get = theContextTracker.getContext


def installContextTracker(ctr: ContextTracker) -> None:
    """Let `call` and `get` be those of another tracker.

    Who imported the two functions from this module keeps the old ones.
    """
    global theContextTracker, call, get
    theContextTracker = ctr
    call = ctr.callWithContext
    get = ctr.getContext


__all__ = [
    "ContextTracker",
    "ThreadedContextTracker",
    "call",
    "defaultContextDict",
    "get",
    "installContextTracker",
    "setDefault",
    "theContextTracker",
]
