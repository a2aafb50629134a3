"""Between Deferreds and the futures of asyncio.

asyncio is imported by those who pass its objects; this module only uses their methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import CancelledError
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

_T = TypeVar("_T")


def futureOf(deferred: Deferred[_T], loop: AbstractEventLoop) -> Future[_T]:
    """Return a future that gets the result of a Deferred; see `Deferred.asFuture`."""
    future: Future[_T] = loop.create_future()

    def futureDone(done: Future[_T]) -> None:
        if done.cancelled():
            deferred.cancel()

    def fired(result: _T | Failure) -> None:
        if future.done():
            # It was cancelled, which is why the Deferred fired, or nobody waits any more.
            return
        if not isinstance(result, Failure):
            future.set_result(result)
        elif result.check(CancelledError):
            future.cancel()
        else:
            future.set_exception(result.value)

    future.add_done_callback(futureDone)
    deferred.addBoth(fired)
    return future


def deferredOf(future: Future[_T]) -> Deferred[_T]:
    """Return a Deferred that gets the result of a future; see `Deferred.fromFuture`."""

    def cancelFuture(cancelled: Deferred[_T]) -> None:
        future.remove_done_callback(futureDone)
        future.cancel()

    deferred: Deferred[_T] = Deferred(cancelFuture)

    def futureDone(done: Future[_T]) -> None:
        if done.cancelled():
            deferred.errback(CancelledError())
            return
        error = done.exception()
        if error is not None:
            deferred.errback(error)
        else:
            deferred.callback(done.result())

    future.add_done_callback(futureDone)
    return deferred


__all__ = ["deferredOf", "futureOf"]
