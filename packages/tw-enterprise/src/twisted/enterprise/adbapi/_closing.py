"""How a pool ends: it lets calls be done, but does not wait for ever.

First all calls are let be done, also those that wait. After `timeout` seconds they are given up:
statements are interrupted, and what waits does not begin. What a driver does not come back from in
`GRACE` more seconds is left behind: its thread is a daemon, and the server undoes the transaction
when the process has ended.
"""

from collections.abc import Callable, Collection
from threading import Thread
from typing import Any

from twisted.enterprise.adbapi._calls import Call
from twisted.enterprise.adbapi._errors import PoolClosed
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

GRACE = 2.0
"""How many seconds interrupted statements have to end."""

_log = Logger()


class Closing:
    """The end of the threads of one pool."""

    def __init__(
        self,
        clock: IReactorTime,
        timeout: float,
        alive: Collection[Thread],
        calls: Collection[Call[Any]],
        abandon: Callable[[PoolClosed], object],
    ) -> None:
        """Begin to wait.

        Args:
            clock: What tells the time.
            timeout: How many seconds calls have to be done by themselves.
            alive: The threads that did not end yet.
            calls: The calls that are not done yet.
            abandon: Called when they are given up for good, to fail those that are left.
        """
        self.done = False
        self._clock = clock
        self._timeout = timeout
        self._alive = alive
        self._calls = calls
        self._abandonCalls = abandon
        self._waiting: list[Deferred[None]] = []
        self._timer: IDelayedCall | None = None
        if alive:
            self._timer = clock.callLater(timeout, self._giveUp)
        else:
            self._finish()

    def whenDone(self) -> Deferred[None]:
        """Return a Deferred that fires when it is over; it never fails."""
        if self.done:
            return succeed(None)
        deferred: Deferred[None] = Deferred()
        self._waiting.append(deferred)
        return deferred

    def threadEnded(self) -> None:
        """Note that there is a thread less."""
        if not self._alive and not self.done:
            self._finish()

    def _reason(self) -> PoolClosed:
        return PoolClosed(f"The pool was closed, and the call not done {self._timeout} s later")

    def _giveUp(self) -> None:
        # Those that wait come first, or they would begin when those at work have been interrupted.
        for call in reversed(tuple(self._calls)):
            call.giveUp(self._reason())
        self._timer = self._clock.callLater(GRACE, self._leaveBehind)

    def _leaveBehind(self) -> None:
        self._timer = None
        names = ", ".join(sorted(thread.name for thread in tuple(self._alive)))
        _log.warn("The driver does not come back, so these threads are left: {names}", names=names)
        self._finish()

    def _finish(self) -> None:
        self.done = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._abandonCalls(self._reason())
        for deferred in self._waiting:
            # A Deferred that somebody cancelled drops it.
            deferred.callback(None)


__all__ = ["Closing", "GRACE"]
