"""A clock that only goes when it is told to: time for tests."""

from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec

from twisted.internet._timers import DelayedCall
from twisted.internet.interfaces import IReactorTime
from twisted.python.components import classImplements

_P = ParamSpec("_P")


class Clock:
    """Provides `IReactorTime` without a reactor.

    Time stands still until `advance` is called. An exception in a call comes out of `advance`, so
    that the test sees it.

    Attributes:
        rightNow: The time, in seconds.
        calls: The calls that are still to come, in the order in which they are due.
    """

    rightNow: float = 0.0

    def __init__(self) -> None:
        self.calls: list[DelayedCall] = []

    def seconds(self) -> float:
        """Return the time."""
        return self.rightNow

    def callLater(
        self, delay: float, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> DelayedCall:
        """Have something called when the clock has been advanced far enough.

        Args:
            delay: After how many seconds, 0 or more.
            callable: What to call; with the context variables of this moment.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Returns:
            What takes the call back or moves it.

        Raises:
            AssertionError: The delay is negative.
        """
        if not delay >= 0:
            raise AssertionError(f"a call cannot be made {delay!r} seconds from now")
        call = DelayedCall(
            self.rightNow + delay,
            callable,
            args,
            kwargs,
            self.calls.remove,
            self._moved,
            self.seconds,
        )
        self._insert(call)
        return call

    def _insert(self, call: DelayedCall) -> None:
        """Put a call behind all that are due at the same time or before."""
        # A sort of a list that is sorted but for its last item is linear, and stable.
        self.calls.append(call)
        self.calls.sort(key=DelayedCall.getTime)

    def _moved(self, call: DelayedCall) -> None:
        """Put a call that was moved where it belongs now."""
        self.calls.remove(call)
        self._insert(call)

    def getDelayedCalls(self) -> Sequence[DelayedCall]:
        """Return the calls that are still to come."""
        return list(self.calls)

    def advance(self, amount: float) -> None:
        """Let time pass, and make the calls that are due by then, in the order of their times.

        The clock shows the new time from the beginning. Calls that these calls ask for are made
        too, if they are due by then.

        Args:
            amount: How many seconds.
        """
        self.rightNow += amount
        while self.calls and self.calls[0].getTime() <= self.rightNow:
            self.calls.pop(0).makeCall()

    def pump(self, timings: Iterable[float]) -> None:
        """Let time pass several times.

        Args:
            timings: How many seconds each time.
        """
        for amount in timings:
            self.advance(amount)


classImplements(Clock, IReactorTime)
