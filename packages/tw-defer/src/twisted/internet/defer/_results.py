"""Functions between plain results and Deferreds."""

from collections.abc import Callable, Coroutine
from types import CoroutineType
from typing import Any, Final, ParamSpec, TypeVar, overload

from twisted.internet.defer._chain import PLAIN
from twisted.internet.defer._coroutines import fromCoroutine
from twisted.internet.defer._deferred import Deferred
from twisted.python.failure import Failure

_T = TypeVar("_T")
_P = ParamSpec("_P")

# Bound here since mypyc gets at a Final faster than at a name that was imported.
_PLAIN: Final = PLAIN


def succeed(result: _T) -> Deferred[_T]:
    """Return a Deferred that has its result already."""
    d: Deferred[_T] = Deferred()
    if type(result) in _PLAIN and d._debugInfo is None:
        # What callback() does where nothing is to be found out and there is nobody to be told.
        d.called = True
        d.result = result
        d._idle = True
    else:
        d.callback(result)
    return d


def fail(result: Failure | BaseException | None = None) -> Deferred[Any]:
    """Return a Deferred that has failed already.

    Args:
        result: As for `Deferred.errback`.
    """
    d: Deferred[Any] = Deferred()
    d.errback(result)
    return d


def execute(_f: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Deferred[_T]:
    """Call a function and return a Deferred of what it returned or raised."""
    try:
        result = _f(*args, **kwargs)
    except Exception:
        return fail()
    return succeed(result)


# Type checkers do not find _T in the second form where no plain result is returned.
@overload
def maybeDeferred(
    f: Callable[_P, Deferred[_T] | Coroutine[Deferred[Any], Any, _T]],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Deferred[_T]: ...


@overload
def maybeDeferred(
    f: Callable[_P, Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | _T],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Deferred[_T]: ...


def maybeDeferred(
    _f: Callable[_P, Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | _T],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Deferred[_T]:
    """Call a function that may return a Deferred, a coroutine or a plain result.

    Returns:
        Its Deferred; a new one of what the coroutine, the function returned or raised.
    """
    try:
        result = _f(*args, **kwargs)
    except BaseException:
        return fail()
    if isinstance(result, Deferred):
        return result
    if isinstance(result, Failure):
        return fail(result)
    if isinstance(result, CoroutineType):
        return fromCoroutine(result)
    return succeed(result)  # type: ignore[arg-type]


def passthru(result: _T) -> _T:
    """Return the result as it is."""
    return result


__all__ = ["execute", "fail", "maybeDeferred", "passthru", "succeed"]
