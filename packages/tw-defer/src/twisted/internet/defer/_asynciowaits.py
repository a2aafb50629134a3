"""Waiting on one side for what the other side does: Deferreds and futures of asyncio.

`AsyncioWait` is a Deferred for a coroutine of ours that waits for a future, `TaskWait` a future for
a Task of asyncio that waits for a Deferred. Both leave it to what is waited for how a request to
cancel ends: it may clean up first, and it may give a result all the same.
"""

from __future__ import annotations

import asyncio
from threading import get_ident
from typing import Any, TypeVar

from twisted.internet.defer._asynciocancelled import AsyncioCancelledError
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import CancelledError
from twisted.internet.defer._futures import settleDeferred, settleFuture
from twisted.python.failure import Failure

_T = TypeVar("_T")


class AsyncioWait(Deferred[Any]):
    """A Deferred that fires when a future is done.

    Attributes:
        future: The future.
    """

    def __init__(self, future: asyncio.Future[Any], *, wantsResult: bool) -> None:
        """Begin to wait.

        Args:
            future: What to wait for.
            wantsResult: Whether to fire with the result of the future; otherwise it is with None,
                for somebody who will ask the future.
        """
        super().__init__()
        self.future = future
        self._wantsResult = wantsResult
        self._cancelledLate = False
        future.add_done_callback(self._futureDone)

    def cancel(self) -> None:
        """Cancel the future; whoever waits learns of it when that is done."""
        self.cancelFuture(None)

    def cancelFuture(self, message: object) -> None:
        """Cancel the future, with a message."""
        if self.called:
            return
        cancelled = self.future.cancel() if message is None else self.future.cancel(message)
        if not cancelled:
            # It is done, and the loop has still to tell.
            self._cancelledLate = True
            self._message = message

    def _futureDone(self, future: asyncio.Future[Any]) -> None:
        if self._cancelledLate:
            self.errback(
                AsyncioCancelledError(*(() if self._message is None else (self._message,)))
            )
        elif self._wantsResult:
            settleDeferred(self, future)
        else:
            self.callback(None)


class TaskWait(asyncio.Future[_T]):
    """A future that is done when a Deferred fires."""

    def __init__(self, deferred: Deferred[_T], loop: asyncio.AbstractEventLoop) -> None:
        """Begin to wait.

        Args:
            deferred: What to wait for.
            loop: The loop of the Task that waits, which runs.
        """
        super().__init__(loop=loop)
        self._deferred = deferred
        self._thread = get_ident()
        self._message: object = None
        deferred.addBoth(self._fired)

    def cancel(self, msg: object = None) -> bool:
        """Cancel the Deferred; the Task learns of it when that fires."""
        if self.done():
            return False
        self._message = msg
        self._deferred.cancel()
        return True

    def _fired(self, result: _T | Failure) -> _T | Failure | None:
        if self.done():
            return result
        if get_ident() != self._thread:
            self.get_loop().call_soon_threadsafe(self._settle, result)
        else:
            self._settle(result)
        return None

    def _settle(self, result: _T | Failure) -> None:
        if isinstance(result, Failure) and result.check(CancelledError, asyncio.CancelledError):
            super().cancel(self._message)
        else:
            settleFuture(self, result)


__all__ = ["AsyncioWait", "TaskWait"]
