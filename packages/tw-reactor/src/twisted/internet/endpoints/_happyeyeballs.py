"""Which of a host's addresses to try, when, and when to stop: RFC 8305, without any I/O.

The addresses are put in an order in which the families alternate. The attempts begin one after
the other: each a short while after the one before, or at once when one has failed. The first that
succeeds ends all others.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

_T = TypeVar("_T")
_A = TypeVar("_A")

Address = IPv4Address | IPv6Address


def alternate(addresses: Sequence[Address]) -> list[Address]:
    """Return addresses with their families in turn, the family of the first one first.

    Within a family the order stays (RFC 8305 section 4).

    Args:
        addresses: The addresses, the preferred ones first (RFC 6724). One that comes twice is
            tried once.
    """
    unique = list(dict.fromkeys(addresses))
    first = [address for address in unique if type(address) is type(unique[0])]
    other = [address for address in unique if type(address) is not type(unique[0])]
    result: list[Address] = []
    while first or other:
        result += first[:1] + other[:1]
        first, other = first[1:], other[1:]
    return result


class Race(Generic[_A, _T]):
    """A race of attempts, of which the first that succeeds wins.

    Attributes:
        result: A Deferred with the result of the winner; or the failure of the attempt that failed
            last.
    """

    def __init__(
        self,
        clock: IReactorTime,
        addresses: Sequence[_A],
        attempt: Callable[[_A], Deferred[_T]],
        delay: float,
    ) -> None:
        """Make a race that has not begun.

        Args:
            clock: Tells when the next attempt is to begin.
            addresses: What to try, in this order; at least one.
            attempt: Begins an attempt; its Deferred can be cancelled.
            delay: How many seconds after an attempt the next one begins, if none has ended.
        """
        self._clock = clock
        self._waiting = list(addresses)
        self._attempt = attempt
        self._delay = delay
        self._running: list[Deferred[_T]] = []
        self._timer: IDelayedCall | None = None
        self._over = False
        self._lastFailure = Failure(ConnectError(string="there is no address to try"))
        self.result: Deferred[_T] = Deferred(self._cancel)

    def begin(self) -> None:
        """Begin with the first address."""
        self._next()

    def _next(self) -> None:
        """Begin attempts until one does not fail at once; end if there is none left."""
        self._stopTimer()
        while self._waiting and not self._over:
            attempt = self._attempt(self._waiting.pop(0))
            self._running.append(attempt)
            failed: list[bool] = []
            attempt.addCallbacks(
                self._won, self._failed, callbackArgs=(attempt,), errbackArgs=(attempt, failed)
            )
            if attempt in self._running:
                # From now on its failure begins the next attempt by itself.
                failed.append(True)
                if self._waiting:
                    self._timer = self._clock.callLater(self._delay, self._timeIsUp)
                return
        if not self._over and not self._running:
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
