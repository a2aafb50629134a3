"""Which of a host's addresses to try, when, and when to stop: RFC 8305, without any I/O.

Addresses may come one by one, while attempts are under way. The attempts begin one after the other:
each a short while after the one before, or at once when one has failed; the families of addresses
alternate. The first attempt that succeeds ends all others.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

_T = TypeVar("_T")
_A = TypeVar("_A")

Address = IPv4Address | IPv6Address


class Race(Generic[_A, _T]):
    """A race of attempts, of which the first that succeeds wins.

    Attributes:
        result: A Deferred with the result of the winner; or the failure of the attempt that failed
            last.
    """

    def __init__(
        self, clock: IReactorTime, attempt: Callable[[_A], Deferred[_T]], delay: float
    ) -> None:
        """Make a race that begins with the first address.

        Args:
            clock: Tells when the next attempt is to begin.
            attempt: Begins an attempt at an address; its Deferred can be cancelled.
            delay: How many seconds after an attempt the next one begins, if none has ended.
        """
        self._clock = clock
        self._seen: set[_A] = set()
        self._waiting: list[_A] = []
        self._attempt = attempt
        self._delay = delay
        self._running: list[Deferred[_T]] = []
        self._timer: IDelayedCall | None = None
        # The family of the address that was tried last.
        self._family: type | None = None
        self._complete = self._over = False
        self._lastFailure = Failure(ConnectError(string="there is no address to try"))
        self.result: Deferred[_T] = Deferred(self._cancel)

    def add(self, *addresses: _A) -> None:
        """Add addresses to try, in this order but for the families, which alternate.

        Args:
            addresses: The preferred ones first (RFC 6724). One that was added before is tried once.
        """
        for address in addresses:
            if address not in self._seen and not self._over:
                self._seen.add(address)
                self._waiting.append(address)
        if self._timer is None:
            self._next()

    def complete(self) -> None:
        """Learn that no more addresses will come."""
        self._complete = True
        if not self._waiting:
            # What the next attempt would wait for.
            self._stopTimer()
        self._endIfAllFailed()

    def _next(self) -> None:
        """Begin attempts until one does not fail at once."""
        self._stopTimer()
        while self._waiting and not self._over:
            attempt = self._attempt(self._taken())
            self._running.append(attempt)
            failed: list[bool] = []
            attempt.addCallbacks(
                self._won, self._failed, callbackArgs=(attempt,), errbackArgs=(attempt, failed)
            )
            if attempt in self._running:
                # From now on its failure begins the next attempt by itself.
                failed.append(True)
                if self._waiting or not self._complete:
                    self._timer = self._clock.callLater(self._delay, self._timeIsUp)
                return
        self._endIfAllFailed()

    def _taken(self) -> _A:
        """Take the address that is next: the first of another family than the last one, if any."""
        others = (n for n, one in enumerate(self._waiting) if type(one) is not self._family)
        address = self._waiting.pop(0 if self._family is None else next(others, 0))
        self._family = type(address)
        return address

    def _endIfAllFailed(self) -> None:
        if self._complete and not (self._over or self._running or self._waiting):
            self._over = True
            self.result.errback(self._lastFailure)

    def _timeIsUp(self) -> None:
        self._timer = None
        self._next()

    def _won(self, result: _T, attempt: Deferred[_T]) -> None:
        self._running.remove(attempt)
        if self._over:
            return
        self._end()
        self.result.callback(result)

    def _failed(self, failure: Failure, attempt: Deferred[_T], later: list[bool]) -> None:
        self._running.remove(attempt)
        if self._over:
            return
        self._lastFailure = failure
        if not failure.check(ConnectError, OSError, CancelledError):
            # It is not the connection that failed: another address would not help.
            self._end()
            self.result.errback(failure)
        elif later:
            self._next()

    def _end(self) -> None:
        """Stop everything."""
        self._over = True
        self._waiting.clear()
        self._stopTimer()
        for attempt in list(self._running):
            attempt.cancel()

    def _stopTimer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cancel(self, result: Deferred[_T]) -> None:
        """Give up."""
        self._end()
