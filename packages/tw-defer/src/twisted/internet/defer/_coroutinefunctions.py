"""Coroutine functions that others call as functions which return Deferreds."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from twisted.internet.defer._coroutines import fromCoroutine
from twisted.internet.defer._deferred import Deferred

_T = TypeVar("_T")
_P = ParamSpec("_P")


def returnsDeferred(f: Callable[_P, Coroutine[Any, Any, _T]]) -> Callable[_P, Deferred[_T]]:
    """Let an `async def` function return a Deferred.

    A call starts the coroutine at once and returns a Deferred of its result, to which callbacks
    can be added, which can be cancelled, yielded and awaited. So a function that was written with
    callbacks or with `inlineCallbacks` can be rewritten as a coroutine without a change for those
    who call it, whom a bare coroutine would leave with something that never runs.

    Args:
        f: A function or method that returns a coroutine.

    Returns:
        The function that returns Deferreds.
    """

    @wraps(f)
    def started(*args: _P.args, **kwargs: _P.kwargs) -> Deferred[_T]:
        coroutine: object = f(*args, **kwargs)
        if not isinstance(coroutine, Coroutine):
            raise TypeError(
                f"returnsDeferred needs an async def function, but {f!r} returned {coroutine!r}"
            )
        return fromCoroutine(coroutine)

    return started


__all__ = ["returnsDeferred"]
