"""A call that is made later, as a Deferred of what it returns."""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar, overload

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorTime

_T = TypeVar("_T")
_P = ParamSpec("_P")


@overload
def deferLater(clock: IReactorTime, delay: float, /) -> Deferred[None]: ...
@overload
def deferLater(clock: IReactorTime, delay: float, callable: None, /) -> Deferred[None]: ...
@overload
def deferLater(
    clock: IReactorTime,
    delay: float,
    callable: Callable[_P, Deferred[_T]],
    /,
    *args: _P.args,
    **kw: _P.kwargs,
) -> Deferred[_T]: ...
@overload
def deferLater(
    clock: IReactorTime,
    delay: float,
    callable: Callable[_P, Coroutine[Deferred[Any], Any, _T]],
    /,
    *args: _P.args,
    **kw: _P.kwargs,
) -> Deferred[_T]: ...
@overload
def deferLater(
    clock: IReactorTime,
    delay: float,
    callable: Callable[_P, _T],
    /,
    *args: _P.args,
    **kw: _P.kwargs,
) -> Deferred[_T]: ...
def deferLater(
    clock: IReactorTime,
    delay: float,
    callable: Callable[..., object] | None = None,
    /,
    *args: object,
    **kw: object,
) -> Deferred[Any]:
    """Call a function later.

    `await deferLater(reactor, 2)` waits for two seconds.

    Args:
        clock: What the time is taken from.
        delay: After how many seconds, 0 or more.
        callable: What to call; nothing if left out. It may return a Deferred, or be a coroutine
            function.
        args: Its arguments.
        kw: Its keyword arguments.

    Returns:
        A Deferred of what the function returns or raises. Cancelling it before the call is made
        takes the call back; after that it cancels the Deferred that the function returned.
    """

    later: Deferred[Any] = Deferred(lambda waiting: call.cancel())
    if callable is not None:
        # A callback may return a Deferred: it is waited for, and cancelled with `later`.
        work: Callable[..., Any] = callable
        later.addCallback(lambda nothing: maybeDeferred(work, *args, **kw))
    call = clock.callLater(delay, later.callback, None)
    return later
