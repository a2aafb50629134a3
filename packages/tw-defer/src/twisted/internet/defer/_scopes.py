"""Scopes of cancellation: the part of a coroutine that is given up together.

A scope is the body of an `async with`. Cancelling it cancels what the coroutine waits for there,
once, as `asyncio.timeout` does: the exception is raised at that wait, may be caught, and later
waits go on undisturbed, so that cleaning up may wait. Where the coroutine runs just then, its next
wait is cancelled. When the exception reaches the end of the scope that asked for it, it ends there.

How a scope tells its own cancellation from others: the driver of the coroutine counts those that
were asked for and not answered for (see `_coroutines`). A scope remembers the count at its
beginning, takes its own one back at its end, and if anything is left, somebody else has cancelled
the coroutine as well: the exception is theirs.

The scopes of a coroutine are linked from the inside out. A shield keeps back what comes from
further out, until it ends.
"""

from __future__ import annotations

import math
from collections.abc import Coroutine
from sys import modules
from types import TracebackType
from typing import Any, Self, TypeVar

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet._timeinterfaces import IDelayedCall, IReactorTime
from twisted.internet.defer._coroutines import DRIVER, CancelRequest, _Driven, ensureDeferred
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import CancelledError, DeadlineError
from twisted.python.failure import Failure

_T = TypeVar("_T")


def isCancellation(error: BaseException | None) -> bool:
    """Return whether an exception says that something was cancelled, ours or that of asyncio."""
    if isinstance(error, CancelledError):
        return True
    asyncio = modules.get("asyncio")
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


def _checkedDeadline(deadline: float | None) -> float | None:
    if deadline is None or deadline == math.inf:
        return None
    if math.isnan(deadline):
        raise ValueError("A deadline is a number of seconds on the clock, not NaN")
    return deadline


class BaseScope:
    """What all scopes do: enter, leave, cancel, keep a deadline, shield.

    Attributes:
        outer: The scope around this one in its coroutine.
    """

    __slots__ = (
        "__weakref__",
        "_asked",
        "_cancelCalled",
        "_cancelsBefore",
        "_clock",
        "_deadline",
        "_driver",
        "_entered",
        "_expired",
        "_heldBack",
        "_left",
        "_request",
        "_shield",
        "_timer",
        "outer",
    )

    def __init__(self, deadline: float | None, clock: IReactorTime | None, shield: bool) -> None:
        self._deadline = _checkedDeadline(deadline)
        self._clock = clock
        self._shield = shield
        self._driver: _Driven[Any] | None = None
        self._entered = False
        self.outer: BaseScope | None = None
        self._left = False
        self._timer: IDelayedCall | None = None
        self._expired = False
        self._cancelCalled = False
        # Whether the driver knows that this scope wants to be cancelled.
        self._asked = False
        self._request = CancelRequest()
        self._cancelsBefore = 0
        self._heldBack = False

    # Entering and leaving

    async def enter(self) -> None:
        """Begin the scope in the coroutine that runs.

        Raises:
            RuntimeError: It was entered before, or the coroutine is not run by a Deferred.
        """
        if self._entered:
            raise RuntimeError("A scope can be entered once: make a new one")
        driver = await DRIVER
        self._entered = True
        self._driver = driver
        outer = driver.scope
        assert outer is None or isinstance(outer, BaseScope)
        self.outer = outer
        driver.scope = self
        self._cancelsBefore = driver.cancels
        if self._cancelCalled:
            self._ask(driver)
        else:
            self._watchDeadline()

    def leave(self, error: BaseException | None) -> bool:
        """End the scope.

        Args:
            error: What leaves its body, if anything.

        Returns:
            Whether the error came from cancelling this scope, and ends here.
        """
        self._left = True
        self._stopTimer()
        driver = self._driver
        assert driver is not None, "it was entered"
        self._driver = None
        self._unlink(driver)
        self._request.open = False
        if self._asked:
            driver.cancels -= 1
        ours = self._asked and isCancellation(error) and driver.cancels <= self._cancelsBefore
        outer = self.outer
        self.outer = None
        if self._shield:
            self._letGo(driver, outer)
        return ours

    def _unlink(self, driver: _Driven[Any]) -> None:
        """Take this scope out of those of its coroutine, which may be left in any order."""
        inner = driver.scope
        if inner is self:
            driver.scope = self.outer
            return
        while isinstance(inner, BaseScope):
            if inner.outer is self:
                inner.outer = self.outer
                return
            inner = inner.outer

    # Cancelling

    def requestCancel(self) -> None:
        """Cancel what the body waits for, now or as soon as it does."""
        if self._cancelCalled or self._left:
            return
        self._cancelCalled = True
        self._stopTimer()
        driver = self._driver
        if driver is None:
            return
        inner = driver.scope
        while isinstance(inner, BaseScope) and inner is not self:
            if inner._shield:
                return
            inner = inner.outer
        self._ask(driver)

    def _ask(self, driver: _Driven[Any]) -> None:
        self._asked = True
        driver.cancelAtWait(self._request)

    def letsCancelPass(self) -> bool:
        """Return whether no shield, of this scope or further out, keeps a cancellation back."""
        scope: BaseScope | None = self
        while scope is not None:
            if scope._shield:
                scope._heldBack = True
                return False
            scope = scope.outer
        return True

    def _letGo(self, driver: _Driven[Any], outer: BaseScope | None) -> None:
        """Pass on what this shield has kept back, at least to the next one further out."""
        if self._heldBack and (outer is None or outer.letsCancelPass()):
            driver.cancelAtWait(CancelRequest())
        while outer is not None:
            if outer._cancelCalled and not outer._asked:
                outer._ask(driver)
            if outer._shield:
                return
            outer = outer.outer

    # The deadline

    def _time(self) -> IReactorTime:
        if self._clock is None:
            self._clock = defaultReactor(IReactorTime)
        return self._clock

    def _watchDeadline(self) -> None:
        if self._deadline is None:
            return
        clock = self._time()
        delay = self._deadline - clock.seconds()
        if delay <= 0:
            self._expire()
        else:
            self._timer = clock.callLater(delay, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._expired = True
        self.requestCancel()

    def _stopTimer(self) -> None:
        timer = self._timer
        self._timer = None
        if timer is not None and timer.active():
            timer.cancel()

    def moveDeadline(self, deadline: float | None) -> None:
        """Set another deadline.

        Raises:
            RuntimeError: The scope was cancelled or left already.
        """
        deadline = _checkedDeadline(deadline)
        if self._cancelCalled:
            raise RuntimeError("The scope was cancelled already, and its deadline cannot be moved")
        if self._left:
            raise RuntimeError("The scope was left already, and its deadline cannot be moved")
        self._deadline = deadline
        self._stopTimer()
        if self._entered:
            self._watchDeadline()


class CancelScope(BaseScope):
    """A part of a coroutine that can be given up: the body of `async with CancelScope(...)`.

    When it is cancelled, what its body waits for is cancelled, and the coroutine goes on behind
    the scope. A cancellation from outside leaves it as a `CancelledError`.
    """

    __slots__ = ("_caught",)

    def __init__(
        self,
        deadline: float | None = None,
        clock: IReactorTime | None = None,
        *,
        shield: bool = False,
    ) -> None:
        """Make a scope, to be entered once.

        Args:
            deadline: When it is cancelled by itself, in seconds on the clock; None for never. One
                that has passed already cancels the first wait.
            clock: What measures the deadline; the default reactor, if left out.
            shield: Whether cancellations from outside are kept back until the scope is left; they
                cancel the next wait after it.
        """
        super().__init__(deadline, clock, shield)
        self._caught = False

    async def __aenter__(self) -> Self:
        await self.enter()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._caught = self.leave(error)
        return self._caught

    def cancel(self) -> None:
        """Cancel what the body waits for; what it waits for next, while it runs.

        A scope that is not entered yet is cancelled at its first wait. Calling it again, or after
        the scope was left, does nothing.
        """
        self.requestCancel()

    @property
    def cancelCalled(self) -> bool:
        """Whether it was cancelled, by `cancel` or its deadline."""
        return self._cancelCalled

    @property
    def cancelledCaught(self) -> bool:
        """Whether its body was given up: an exception that it caused has ended at its end."""
        return self._caught

    @property
    def deadline(self) -> float | None:
        """When it is cancelled by itself, in seconds on its clock; None for never."""
        return self._deadline

    def reschedule(self, deadline: float | None) -> None:
        """Set another deadline, before the scope is entered or while it lasts.

        Args:
            deadline: Seconds on its clock; None for never.

        Raises:
            RuntimeError: The scope was cancelled or left already.
        """
        self.moveDeadline(deadline)


class Timeout(BaseScope):
    """A part of a coroutine that fails when it takes too long; made by `timeout` and `timeoutAt`.

    It has the methods of `asyncio.Timeout`.
    """

    __slots__ = ()

    def __init__(self, when: float | None, clock: IReactorTime | None = None) -> None:
        """Make a scope, to be entered once.

        Args:
            when: The deadline in seconds on the clock; None for none.
            clock: What measures it; the default reactor, if left out.
        """
        super().__init__(when, clock, False)

    async def __aenter__(self) -> Self:
        await self.enter()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.leave(error):
            raise DeadlineError("This took longer than its timeout allows") from error

    def when(self) -> float | None:
        """Return the deadline in seconds on its clock, None for none."""
        return self._deadline

    def expired(self) -> bool:
        """Return whether the deadline has passed before the scope was left."""
        return self._expired

    def reschedule(self, when: float | None) -> None:
        """Set another deadline, before the scope is entered or while it lasts.

        Args:
            when: Seconds on its clock; None for none.

        Raises:
            RuntimeError: The deadline has passed, or the scope was left already.
        """
        self.moveDeadline(when)


def _deadlineAfter(
    delay: float | None, clock: IReactorTime | None
) -> tuple[float | None, IReactorTime | None]:
    if delay is None or delay == math.inf:
        return None, clock
    if clock is None:
        clock = defaultReactor(IReactorTime)
    return clock.seconds() + delay, clock


def timeout(delay: float | None, clock: IReactorTime | None = None) -> Timeout:
    """Give a part of a coroutine so many seconds: `async with timeout(5):`.

    Args:
        delay: Seconds from now; None for no limit. With 0 or less the first wait is cancelled.
        clock: What measures them; the default reactor, if left out.

    Returns:
        A scope. When the time is over, what the body waits for is cancelled, and a
        `DeadlineError`, which is a `TimeoutError`, leaves the scope.
    """
    return Timeout(*_deadlineAfter(delay, clock))


def timeoutAt(when: float | None, clock: IReactorTime | None = None) -> Timeout:
    """Give a part of a coroutine time until a point on the clock.

    Args:
        when: Seconds on the clock, as its `seconds` counts them; None for no limit.
        clock: What measures them; the default reactor, if left out.

    Returns:
        A scope as that of `timeout`.
    """
    return Timeout(when, clock)


def moveOnAfter(
    delay: float | None, clock: IReactorTime | None = None, *, shield: bool = False
) -> CancelScope:
    """Give up a part of a coroutine after so many seconds, and go on behind it.

    Args:
        delay: Seconds from now; None for no limit. With 0 or less the first wait is cancelled.
        clock: What measures them; the default reactor, if left out.
        shield: As for `CancelScope`.

    Returns:
        A scope; its `cancelledCaught` tells whether the body was given up.
    """
    deadline, clock = _deadlineAfter(delay, clock)
    return CancelScope(deadline, clock, shield=shield)


def shield(work: Deferred[_T] | Coroutine[Deferred[Any], Any, _T], /) -> Deferred[_T]:
    """Return a Deferred of a result that goes on to come when the Deferred is cancelled.

    Args:
        work: What to protect; a coroutine is started.

    Returns:
        A Deferred that gets the result. Cancelling it makes it fail with `CancelledError` and
        leaves the work alone; what that fails with later is logged, unless the work is a Deferred
        that has an errback of its own.
    """
    inner = ensureDeferred(work)
    outer: Deferred[_T] = Deferred()

    def handOver(result: _T | Failure) -> _T | Failure | None:
        if outer.called:
            return result
        if isinstance(result, Failure):
            outer.errback(result)
            return None
        outer.callback(result)
        return result

    inner.addBoth(handOver)
    return outer


__all__ = [
    "BaseScope",
    "CancelScope",
    "Timeout",
    "isCancellation",
    "moveOnAfter",
    "shield",
    "timeout",
    "timeoutAt",
]
