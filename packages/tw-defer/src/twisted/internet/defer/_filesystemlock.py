"""Waiting for a lock that is kept in the file system.

Nothing tells when another process gives such a lock back, so it is tried again and again.
"""

from __future__ import annotations

import os
from typing import Any

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet._timeinterfaces import IDelayedCall, IReactorTime
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import AlreadyTryingToLockError, TimeoutError
from twisted.internet.defer._results import fail
from twisted.python.failure import Failure
from twisted.python.lockfile import FilesystemLock


class DeferredFilesystemLock(FilesystemLock):
    """A lock between processes that can be waited for.

    Attributes:
        interval: Seconds between two tries.
    """

    interval: float = 1.0

    def __init__(
        self,
        name: str | bytes | os.PathLike[str] | os.PathLike[bytes],
        scheduler: IReactorTime | None = None,
    ) -> None:
        """Describe a lock; nothing is made yet.

        Args:
            name: Where it is to be in the file system. The directory must exist.
            scheduler: The clock that measures the time between tries; left out, the default
                reactor.
        """
        super().__init__(name)
        self._scheduler = scheduler
        self._waiting: Deferred[None] | None = None
        self._nextTry: IDelayedCall | None = None

    def deferUntilLocked(self, timeout: float | None = None) -> Deferred[None]:
        """Take the lock as soon as it can be had.

        Args:
            timeout: Seconds to try for at most; None for any time.

        Returns:
            A Deferred that fires when this object holds the lock. It fails with `TimeoutError`
            when that takes longer than `timeout`, with `AlreadyTryingToLockError` when this object
            waits for the lock already, and with what `lock` raises. Cancelling it ends the tries.
        """
        if self._waiting is not None:
            return fail(
                AlreadyTryingToLockError(
                    f"{self.name!r} is being waited for already: "
                    "wait for that Deferred, or use a lock object for each who wants it"
                )
            )
        scheduler = self._scheduler
        if scheduler is None:
            scheduler = self._scheduler = defaultReactor(IReactorTime)
        waiting: Deferred[None] = Deferred(self._giveUp)
        self._waiting = waiting
        self._try(scheduler)
        if timeout is not None and not waiting.called:
            waiting.addTimeout(timeout, scheduler, self._timedOut)
        return waiting

    def _try(self, scheduler: IReactorTime) -> None:
        """Take the lock, or try again later."""
        waiting = self._waiting
        assert waiting is not None
        self._nextTry = None
        try:
            taken = self.lock()
        except (OSError, ValueError):
            self._waiting = None
            waiting.errback()
            return
        if taken:
            self._waiting = None
            waiting.callback(None)
        else:
            self._nextTry = scheduler.callLater(self.interval, self._try, scheduler)

    def _giveUp(self, waiting: Deferred[Any]) -> None:
        self._waiting = None
        if self._nextTry is not None:
            self._nextTry.cancel()
            self._nextTry = None

    def _timedOut(self, result: object, timeout: float) -> Failure:
        return Failure(TimeoutError(f"{self.name!r} could not be locked within {timeout} seconds"))


__all__ = ["DeferredFilesystemLock"]
