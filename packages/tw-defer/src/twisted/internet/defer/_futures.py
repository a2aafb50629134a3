"""Between Deferreds and the futures of asyncio.

A future belongs to one loop, and only the thread of that loop may touch it. So a Deferred that
fires in another thread hands its result over to that thread.
"""

from __future__ import annotations

import asyncio
from threading import get_ident
from typing import Any, TypeVar

from twisted.internet.defer._chain import raisable
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import CancelledError
from twisted.python.failure import Failure

_T = TypeVar("_T")


def settleFuture(future: asyncio.Future[_T], result: _T | Failure) -> None:
    """Give a future the result of a Deferred, unless it has one."""
    if future.done():
        # It was cancelled, which is why the Deferred fired, or nobody waits any more.
        return
    if not isinstance(result, Failure):
        future.set_result(result)
    elif result.check(CancelledError, asyncio.CancelledError):
        future.cancel()
    elif result.check(StopIteration):
        # A future takes none, since it would end the coroutine that waits.
        error = RuntimeError("A Deferred failed with StopIteration, which a future cannot raise")
        error.__cause__ = raisable(result)
        future.set_exception(error)
    else:
        future.set_exception(raisable(result))


def settleDeferred(deferred: Deferred[_T], future: asyncio.Future[_T]) -> None:
    """Fire a Deferred with the result of a future that is done."""
    if future.cancelled():
        deferred.errback(CancelledError())
        return
    error = future.exception()
    if error is not None:
        deferred.errback(error)
        return
    result = future.result()
    if isinstance(result, Deferred):
        deferred.errback(
            AssertionError(
                f"The result of {future!r} is a Deferred, which cannot be the result of another: "
                "await it where the future gets its result"
            )
        )
        return
    deferred.callback(result)


def futureOf(deferred: Deferred[_T], loop: asyncio.AbstractEventLoop) -> asyncio.Future[_T]:
    """Return a future that gets the result of a Deferred; see `Deferred.asFuture`."""
    future: asyncio.Future[_T] = loop.create_future()
    thread = get_ident()

    def futureDone(done: asyncio.Future[_T]) -> None:
        if done.cancelled():
            deferred.cancel()

    def fired(result: _T | Failure) -> None:
        if get_ident() != thread:
            loop.call_soon_threadsafe(settleFuture, future, result)
        else:
            settleFuture(future, result)

    future.add_done_callback(futureDone)
    deferred.addBoth(fired)
    return future


def deferredOf(future: asyncio.Future[_T]) -> Deferred[_T]:
    """Return a Deferred that gets the result of a future; see `Deferred.fromFuture`."""

    def cancelFuture(cancelled: Deferred[Any]) -> None:
        future.remove_done_callback(futureDone)
        future.cancel()

    deferred: Deferred[_T] = Deferred(cancelFuture)

    def futureDone(done: asyncio.Future[_T]) -> None:
        settleDeferred(deferred, done)

    future.add_done_callback(futureDone)
    return deferred


__all__ = ["deferredOf", "futureOf", "settleDeferred", "settleFuture"]
