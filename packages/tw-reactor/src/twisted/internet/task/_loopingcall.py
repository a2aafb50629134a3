"""A function that is called again and again, at fixed times.

The times are those of a grid: the time of `start` and each interval after it. The next time is
always counted from the start and never from the last call, so that lateness does not add up. A
call that takes longer than an interval (or waits for a Deferred that long) makes the loop skip the
times that it missed; `withCount` tells how many.
"""

import math
from collections.abc import Callable

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.reflect import fullyQualifiedName

_log = Logger("twisted.internet.task")


class LoopingCall:
    """Calls a function repeatedly.

    Attributes:
        f: The function. It may return a Deferred, or be a coroutine function: the loop goes on
            when that is done.
        a: Its arguments.
        kw: Its keyword arguments.
        clock: What the time is taken from; if it is None at the start, the default reactor.
        interval: The seconds from one call to the next; None before the start.
        running: Whether the loop was started and neither stopped nor failed.
        starttime: The time of the start or of the last `reset`, on the clock.
        call: The next call; None while the function is at work, and when the loop does not run.
    """

    call: IDelayedCall | None = None
    running: bool = False
    interval: float | None = None
    starttime: float | None = None
    clock: IReactorTime | None = None
    _deferred: "Deferred[LoopingCall] | None" = None
    _counting: Callable[[int], object] | None = None

    def __init__(self, f: Callable[..., object], /, *a: object, **kw: object) -> None:
        """Make a loop; nothing happens before `start`.

        Args:
            f: What to call.
            a: Its arguments.
            kw: Its keyword arguments.
        """
        self.f = f
        self.a = a
        self.kw = kw
        # How many steps of the grid are behind us, and how many the last call was told of.
        self._step = 0
        self._counted = 0

    @classmethod
    def withCount(cls, countCallable: Callable[[int], object]) -> "LoopingCall":
        """Return a loop whose function learns how many times have come since its last call.

        Args:
            countCallable: Called with 1 if all goes well, with more if times were skipped.
        """
        loop = cls(countCallable)
        loop._counting = countCallable
        return loop

    @property
    def deferred(self) -> "Deferred[LoopingCall] | None":
        """The Deferred that `start` returned, until it has fired."""
        return self._deferred

    def start(self, interval: float, now: bool = True) -> "Deferred[LoopingCall]":
        """Begin to call the function.

        Args:
            interval: The seconds from one call to the next; with 0 each call follows the one
                before as soon as the reactor has looked after the rest.
            now: Whether the first call is made at once, from inside this method, or after an
                interval.

        Returns:
            A Deferred that fires with this loop when it was stopped, or fails with what the
            function raised, which ends the loop. Cancelling it ends the loop too.

        Raises:
            AssertionError: It is running, or its function is still at work.
            ValueError: `interval` is negative or not a number.
        """
        if self.running or self._deferred is not None:
            raise AssertionError(f"{self!r} is running: stop it, and wait for its Deferred")
        if not interval >= 0:
            raise ValueError(f"an interval is 0 seconds or more, not {interval!r}")
        clock = self._clock()
        self.running = True
        self.interval = interval
        self.starttime = clock.seconds()
        # The grid begins with the first call: one step earlier if that is made now.
        self._step = -1 if now else 0
        self._counted = self._step
        deferred = self._deferred = Deferred(self._cancel)
        if now:
            self._step = 0
            self._run()
        else:
            self._schedule()
        return deferred

    def stop(self) -> None:
        """Stop calling the function, which is not interrupted if it is at work.

        The Deferred of `start` fires when the function is done. The loop can be started again.

        Raises:
            AssertionError: It is not running.
        """
        if not self.running:
            raise AssertionError(f"{self!r} is not running")
        self.running = False
        if self.call is not None:
            self.call.cancel()
            self.call = None
            self._finish()

    def reset(self) -> None:
        """Skip the next call: begin a new grid, with its first time an interval from now.

        Raises:
            AssertionError: It is not running.
        """
        if not self.running:
            raise AssertionError(f"{self!r} is not running")
        self.starttime = self._clock().seconds()
        self._step = self._counted = 0
        if self.call is not None:
            self.call.cancel()
            self._schedule()

    def __call__(self) -> None:
        """Call the function, and see to the next time; made by the clock."""
        self.call = None
        self._step = max(self._step, self._stepsBehind())
        self._run()

    def _run(self) -> None:
        """Call the function, and go on when it is done."""
        if self._counting is not None:
            count, self._counted = self._step - self._counted, self._step
            done = maybeDeferred(self._counting, count)
        else:
            done = maybeDeferred(self.f, *self.a, **self.kw)
        done.addCallbacks(self._goOn, self._fail)

    def _goOn(self, result: object) -> None:
        if self.running:
            self._schedule()
        else:
            self._finish()

    def _fail(self, failure: Failure) -> None:
        self.running = False
        deferred, self._deferred = self._deferred, None
        if deferred is not None:
            deferred.errback(failure)
        else:
            _log.failure("{loop!r} was cancelled, then failed", failure, loop=self)

    def _finish(self) -> None:
        deferred, self._deferred = self._deferred, None
        if deferred is not None:
            deferred.callback(self)

    def _cancel(self, deferred: "Deferred[LoopingCall]") -> None:
        """Make no more calls; the Deferred fails by itself."""
        self.running = False
        self._deferred = None
        if self.call is not None:
            self.call.cancel()
            self.call = None

    def _clock(self) -> IReactorTime:
        if self.clock is None:
            self.clock = defaultReactor(IReactorTime)
        return self.clock

    def _stepsBehind(self) -> int:
        """Return how many whole intervals have passed since the grid began."""
        assert self.interval is not None
        assert self.starttime is not None
        if self.interval == 0:
            return self._step
        return math.floor((self._clock().seconds() - self.starttime) / self.interval)

    def _schedule(self) -> None:
        """Ask for a call at the next time of the grid that is still to come."""
        assert self.interval is not None
        assert self.starttime is not None
        clock = self._clock()
        # Rounding may make a call come a hair before its time: the step that was made counts, not
        # only the clock, or the same time would come twice.
        self._step = max(self._step, self._stepsBehind()) + 1
        if self.interval == 0:
            delay = 0.0
        else:
            due = self.starttime + self._step * self.interval
            delay = max(0.0, due - clock.seconds())
        self.call = clock.callLater(delay, self)

    def __repr__(self) -> str:
        name = getattr(self.f, "__qualname__", None)
        function = fullyQualifiedName(self.f) if name is not None else repr(self.f)
        arguments = [repr(argument) for argument in self.a]
        arguments += [f"{key}={value!r}" for key, value in self.kw.items()]
        return f"LoopingCall<{self.interval!r}>({', '.join([function, *arguments])})"
