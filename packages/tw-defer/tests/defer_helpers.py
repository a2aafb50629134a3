"""What the tests of Deferreds share: recorders, a clock that is turned by hand, the log."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec

from twisted.internet._timeinterfaces import IDelayedCall, IReactorTime
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import implementer
from twisted.python.failure import Failure

_P = ParamSpec("_P")


def outcomes(d: Deferred[Any]) -> list[Any]:
    """Return a list that gets the result or the Failure of a Deferred, which then has none."""
    seen: list[Any] = []
    d.addBoth(seen.append)
    return seen


def failureOf(d: Deferred[Any], *types: type[BaseException]) -> Failure:
    """Return the failure with which a Deferred has failed, one of the given types."""
    seen = outcomes(d)
    assert seen, f"{d!r} has no result"
    assert isinstance(seen[0], Failure), f"{seen[0]!r} is not a failure"
    assert not types or seen[0].check(*types), f"{seen[0]!r} is of another type"
    return seen[0]


def resultOf(d: Deferred[Any]) -> Any:
    """Return the result that a Deferred has."""
    seen = outcomes(d)
    assert seen, f"{d!r} has no result"
    if isinstance(seen[0], Failure):
        seen[0].raiseException()
    return seen[0]


@contextmanager
def loggedEvents() -> Iterator[list[LogEvent]]:
    """Collect the events that are logged."""
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        yield events
    finally:
        globalLogPublisher.removeObserver(events.append)


@implementer(IDelayedCall)
class HandCall:
    """A call that waits on a `HandClock`."""

    def __init__(self, clock: "HandClock", time: float, function: Callable[[], object]) -> None:
        self._clock = clock
        self._time = time
        self.function = function

    def getTime(self) -> float:
        return self._time

    def cancel(self) -> None:
        self._clock.calls.remove(self)

    def delay(self, secondsLater: float) -> None:
        self._time += secondsLater

    def reset(self, secondsFromNow: float) -> None:
        self._time = self._clock.now + secondsFromNow

    def active(self) -> bool:
        return self in self._clock.calls


@implementer(IReactorTime)
class HandClock:
    """A clock that goes forward when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[HandCall] = []

    def seconds(self) -> float:
        return self.now

    def callLater(
        self,
        delay: float,
        callable: Callable[_P, object],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> IDelayedCall:
        call = HandCall(self, self.now + delay, lambda: callable(*args, **kwargs))
        self.calls.append(call)
        return call

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        return list(self.calls)

    def advance(self, seconds: float) -> None:
        """Let time pass and make the calls that become due."""
        self.now += seconds
        for call in [call for call in self.calls if call.getTime() <= self.now]:
            # One of those before it may have called it off.
            if call in self.calls:
                self.calls.remove(call)
                call.function()
