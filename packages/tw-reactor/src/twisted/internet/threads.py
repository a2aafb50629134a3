"""Work in threads whose results come back to the reactor, and the other way round."""

import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, ParamSpec, TypeVar, cast, overload

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorFromThreads, IReactorThreads
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

_P = ParamSpec("_P")
_R = TypeVar("_R")


def deferToThreadPool(
    reactor: IReactorFromThreads,
    threadpool: ThreadPool,
    f: Callable[_P, _R],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Deferred[_R]:
    """Call a function in a thread of a pool.

    It is called with the context variables of now.

    Args:
        reactor: The Deferred fires on its thread.
        threadpool: The pool.
        f: What to call; it may block.
        args: Its arguments.
        kwargs: Its keyword arguments.

    Returns:
        A Deferred with the result, or with a failure if the function raised (or the pool was
        stopped). The call can't be interrupted: cancelling only gives up the result.
    """
    # A result that comes after the Deferred was cancelled is dropped by the Deferred itself.
    deferred: Deferred[_R] = Deferred()

    def finished(success: bool, result: object) -> None:
        if success:
            reactor.callFromThread(deferred.callback, cast(_R, result))
        else:
            reactor.callFromThread(deferred.errback, cast(Failure, result))

    threadpool.callInThreadWithCallback(finished, f, *args, **kwargs)
    return deferred


def deferToThread(f: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> Deferred[_R]:
    """Call a function in a thread of the default reactor's pool.

    Args:
        f: What to call; it may block.
        args: Its arguments.
        kwargs: Its keyword arguments.

    Returns:
        A Deferred with the result, or with a failure if the function raised; see
        `deferToThreadPool`.
    """
    reactor = defaultReactor(IReactorThreads)
    return deferToThreadPool(reactor, reactor.getThreadPool(), f, *args, **kwargs)


def callMultipleInThread(
    tupleList: Iterable[tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]],
) -> None:
    """Make several calls in one thread of the default reactor's pool, one after the other.

    Args:
        tupleList: For each call the function, its arguments and its keyword arguments. An exception
            is logged and ends the series.
    """
    calls = list(tupleList)

    def callAll() -> None:
        for f, args, kwargs in calls:
            f(*args, **kwargs)

    defaultReactor(IReactorThreads).callInThread(callAll)


@overload
def blockingCallFromThread(
    reactor: IReactorFromThreads,
    f: Callable[_P, Deferred[_R]],
    /,
    *a: _P.args,
    **kw: _P.kwargs,
) -> _R: ...


@overload
def blockingCallFromThread(
    reactor: IReactorFromThreads,
    f: Callable[_P, Coroutine[Deferred[Any], Any, _R]],
    /,
    *a: _P.args,
    **kw: _P.kwargs,
) -> _R: ...


@overload
def blockingCallFromThread(
    reactor: IReactorFromThreads, f: Callable[_P, _R], /, *a: _P.args, **kw: _P.kwargs
) -> _R: ...


def blockingCallFromThread(
    reactor: IReactorFromThreads, f: Callable[..., object], /, *a: object, **kw: object
) -> object:
    """Call a function on the reactor's thread and wait here for its result.

    Never to be called on the reactor's own thread, which would wait for itself.

    Args:
        reactor: On whose thread.
        f: What to call; if it returns a Deferred or is a coroutine function, its result is waited
            for.
        a: Its arguments.
        kw: Its keyword arguments.

    Returns:
        The result.

    Raises:
        Exception: What the function raised, or the Deferred failed with.
    """
    done = threading.Event()
    outcome: list[object] = []

    def finished(result: object) -> None:
        outcome.append(result)
        done.set()

    def call() -> None:
        maybeDeferred(f, *a, **kw).addBoth(finished)

    reactor.callFromThread(call)
    done.wait()
    result = outcome[0]
    if isinstance(result, Failure):
        result.raiseException()
    return result


__all__ = ["blockingCallFromThread", "callMultipleInThread", "deferToThread", "deferToThreadPool"]
