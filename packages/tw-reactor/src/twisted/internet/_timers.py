"""The timer queue: calls that are to be made at a time.

The queue is a heap of entries `(time, serial, call)`. A call gets a new serial number whenever it
is scheduled or moved, so calls that are due at the same time are made in the order in which they
were asked for, and two calls are never compared with each other.

An entry is never taken out of the middle of the heap. A call that is cancelled or brought forward
leaves its entry behind, which is dropped when it comes to the top; a call that is put off keeps
its entry until that comes to the top, and moves to its new place then (a timeout that is reset
with every message costs nothing but an assignment). What tells a living entry from a dead one is
the call: it knows time and serial number of its one living entry. When dead entries are the majority,
the heap is built anew without them, so a program that cancels most of its timeouts does not
collect them.

Time is whatever the clock says that the queue was made with; the reactor's is monotonic, so a
change of the wall clock moves nothing.
"""

import heapq
import time as _time
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context

from twisted.internet._timeinterfaces import IDelayedCall
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.python.components import classImplements

MOST_DEAD_ENTRIES = 50
"""So many dead entries are tolerated in any case; above that, no more than living ones."""

_NO_ENTRY = -1


class DelayedCall:
    """A call that was scheduled for later; `callLater` returns it.

    It captures the context variables of whoever makes it; the call is made with them.
    """

    __slots__ = (
        "__weakref__",
        "_cancel",
        "_context",
        "_reset",
        "_seconds",
        "args",
        "called",
        "cancelled",
        "entrySerial",
        "entryTime",
        "func",
        "kw",
        "serial",
        "time",
    )

    def __init__(
        self,
        time: float,
        func: Callable[..., object],
        args: Sequence[object],
        kw: dict[str, object],
        cancel: "Callable[[DelayedCall], object]",
        reset: "Callable[[DelayedCall], object]",
        seconds: Callable[[], float] = _time.monotonic,
    ) -> None:
        """Make the handle of a call; only clocks do.

        Args:
            time: When it is due, in seconds on the clock `seconds`.
            func: What to call.
            args: Its arguments.
            kw: Its keyword arguments.
            cancel: Called with this object when it was cancelled.
            reset: Called with this object when its time was changed.
            seconds: The clock.
        """
        self.time: float = time
        self.func: Callable[..., object] | None = func
        self.args: Sequence[object] = args
        self.kw: dict[str, object] = kw
        self.called: bool = False
        self.cancelled: bool = False
        # When the call is due among those of the same time, and the one living entry in the heap.
        self.serial: int = 0
        self.entrySerial: int = _NO_ENTRY
        self.entryTime: float = time
        self._cancel = cancel
        self._reset = reset
        self._seconds = seconds
        self._context: Context | None = copy_context()

    def getTime(self) -> float:
        """Return when the call is due, in seconds on the clock that it was scheduled with."""
        return self.time

    def active(self) -> bool:
        """Return whether the call is still to come: neither made nor cancelled."""
        return not (self.called or self.cancelled)

    def cancel(self) -> None:
        """Give the call up.

        Raises:
            AlreadyCancelled: It was cancelled before.
            AlreadyCalled: It was made.
        """
        self._checkActive()
        self.cancelled = True
        # What the call refers to is not kept alive by the queue, nor by whoever keeps this handle.
        self.func = None
        self.args = ()
        self.kw = {}
        self._context = None
        self._cancel(self)

    def reset(self, secondsFromNow: float) -> None:
        """Make the call due at a time from now on.

        Args:
            secondsFromNow: How many seconds from now.

        Raises:
            AlreadyCancelled: It was cancelled.
            AlreadyCalled: It was made.
        """
        self._checkActive()
        self.time = self._seconds() + secondsFromNow
        self._reset(self)

    def delay(self, secondsLater: float) -> None:
        """Put the call off, counted from the time at which it is due now.

        Args:
            secondsLater: How many seconds; a negative number brings the call forward.

        Raises:
            AlreadyCancelled: It was cancelled.
            AlreadyCalled: It was made.
        """
        self._checkActive()
        self.time += secondsLater
        self._reset(self)

    def makeCall(self) -> None:
        """Make the call, in the context in which it was scheduled; called by the clock."""
        func, args, kw, context = self.func, self.args, self.kw, self._context
        assert func is not None, "a call is made once"
        assert context is not None, "a call that is still to come has its context"
        self.called = True
        self.func = None
        self.args = ()
        self.kw = {}
        self._context = None
        context.run(func, *args, **kw)

    def _checkActive(self) -> None:
        if self.cancelled:
            raise AlreadyCancelled
        if self.called:
            raise AlreadyCalled

    def __repr__(self) -> str:
        if self.cancelled:
            return f"<DelayedCall at {id(self):#x}: cancelled>"
        if self.called:
            return f"<DelayedCall at {id(self):#x}: called>"
        name = getattr(self.func, "__qualname__", None) or repr(self.func)
        due = self.time - self._seconds()
        arguments = [repr(argument) for argument in self.args]
        arguments += [f"{key}={value!r}" for key, value in self.kw.items()]
        return f"<DelayedCall at {id(self):#x}: in {due:.3f} s {name}({', '.join(arguments)})>"


class TimerQueue:
    """Calls in the order in which they are due."""

    def __init__(
        self,
        seconds: Callable[[], float],
        onError: Callable[[DelayedCall], object],
        onEarlier: Callable[[float], object] | None = None,
    ):
        """Make an empty queue.

        Args:
            seconds: The clock.
            onError: Called, with the exception being handled, when a call raised.
            onEarlier: Called with the time when a call is entered that is due before all others;
                for those who don't ask for `nextTime` in every turn.
        """
        self._seconds = seconds
        self._onError = onError
        self._onEarlier = onEarlier
        self._heap: list[tuple[float, int, DelayedCall]] = []
        self._nextSerial = 0
        self._dead = 0

    def __bool__(self) -> bool:
        """Return whether there is anything to look at; false means that no call is pending."""
        return bool(self._heap)

    def schedule(
        self,
        delay: float,
        func: Callable[..., object],
        args: Sequence[object],
        kw: dict[str, object],
    ) -> DelayedCall:
        """Add a call.

        Args:
            delay: In how many seconds it is due.
            func: What to call.
            args: Its arguments.
            kw: Its keyword arguments.
        """
        now = self._seconds
        call = DelayedCall(now() + delay, func, args, kw, self._cancelled, self._moved, now)
        self._enter(call)
        return call

    def pending(self) -> list[DelayedCall]:
        """Return the calls that are still to come, in no particular order."""
        return [call for _, serial, call in self._heap if serial == call.entrySerial]

    def timeout(self) -> float | None:
        """Return in how many seconds the first call is due, 0 if it is; None if there is none."""
        first = self._first()
        return None if first is None else max(0.0, first.time - self._seconds())

    def nextTime(self) -> float | None:
        """Return when the first call is due, on the queue's clock; None if there is none."""
        first = self._first()
        return None if first is None else first.time

    def runDue(self) -> None:
        """Make the calls that are due now.

        A call that is scheduled meanwhile waits for the next time, even if it is due at once, so a
        call that schedules itself does not keep everything else from happening.
        """
        now = self._seconds()
        firstNew = self._nextSerial
        while True:
            call = self._first()
            if call is None or call.time > now or call.serial >= firstNew:
                return
            heapq.heappop(self._heap)
            call.entrySerial = _NO_ENTRY
            try:
                call.makeCall()
            except Exception:
                self._onError(call)

    def _first(self) -> DelayedCall | None:
        """Return the call that is due first; its entry is at the top of the heap then."""
        heap = self._heap
        while heap:
            _, serial, call = heap[0]
            if serial != call.entrySerial:
                heapq.heappop(heap)
                self._dead -= 1
            elif call.serial != serial:
                call.entryTime, call.entrySerial = call.time, call.serial
                heapq.heapreplace(heap, (call.time, call.serial, call))
            else:
                return call
        return None

    def _enter(self, call: DelayedCall) -> None:
        call.serial = call.entrySerial = self._nextSerial
        call.entryTime = call.time
        self._nextSerial += 1
        heapq.heappush(self._heap, (call.time, call.serial, call))
        if self._onEarlier is not None and self._heap[0][1] == call.serial:
            self._onEarlier(call.time)

    def _cancelled(self, call: DelayedCall) -> None:
        call.entrySerial = _NO_ENTRY
        self._buried()

    def _moved(self, call: DelayedCall) -> None:
        if call.time < call.entryTime:
            self._enter(call)
            self._buried()
        else:
            call.serial = self._nextSerial
            self._nextSerial += 1

    def _buried(self) -> None:
        self._dead += 1
        if self._dead > MOST_DEAD_ENTRIES and self._dead * 2 > len(self._heap):
            # In place: `runDue` may be at work on this very list.
            self._heap[:] = [entry for entry in self._heap if entry[1] == entry[2].entrySerial]
            heapq.heapify(self._heap)
            self._dead = 0


classImplements(DelayedCall, IDelayedCall)
