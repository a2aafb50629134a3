"""The timer queue: calls that are to be made at a time.

The queue is a heap of entries `(time, serial, call)`. A call gets a new serial number whenever it
is scheduled or moved, so calls that are due at the same time are made in the order in which they
were asked for, and two calls are never compared with each other.

An entry is never taken out of the middle of the heap. A call that is cancelled or brought forward
leaves its entry behind, which is dropped when it comes to the top; a call that is put off keeps
its entry until that comes to the top, and moves to its new place then (a timeout that is reset
with every message costs nothing but an assignment). What tells a living entry from a dead one is
the call: it knows time and serial number of its one living entry, and an entry with the serial
number of its call is where it belongs. When dead entries are the majority, the heap is built anew
without them, so a program that cancels most of its timeouts does not collect them.

Calls that are due at once are not worth a place in the heap: they wait in a line of their own, whose
entries look alike. Whoever is smaller of the first in line and the top of the heap is next.

A timer is set for nearly every message and nearly never runs out, so what is done for each call is
written out where it is needed, without small methods in between.

Time is whatever the clock says that the queue was made with; the reactor's is monotonic, so a
change of the wall clock moves nothing.
"""

import time as _time
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from heapq import heapify, heappop, heappush, heapreplace

from twisted.internet._timeinterfaces import IDelayedCall
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.python.components import classImplements

MOST_DEAD_ENTRIES = 50
"""So many dead entries are tolerated in any case; above that, no more than living ones."""

_NO_ENTRY = -1
_new = object.__new__

_NO_KEYWORDS: dict[str, object] = {}  # shared by the calls that have none; nobody adds any


class DelayedCall:
    """A call that was scheduled for later; `callLater` returns it.

    It captures the context variables of whoever makes it; the call is made with them.
    """

    # When the call is due among those of the same time, and the one living entry in the heap of a
    # queue, which sets all three. A call that is not to come has no serial number.
    serial: int
    entrySerial: int
    entryTime: float

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
        self.kw: dict[str, object] = kw or _NO_KEYWORDS
        self.called: bool = False
        self.cancelled: bool = False
        self._cancel = cancel
        self._reset = reset
        self._seconds = seconds
        # Mostly there are no context variables. Then there is nothing to keep, which makes a
        # hundred thousand timers a third less work for the garbage collector.
        context = copy_context()
        self._context: Context | None = context or None

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
        if self.cancelled or self.called:
            self._checkActive()
        self.cancelled = True
        # What the call refers to is not kept alive by the queue, nor by whoever keeps this handle.
        self.func = None
        self.args = ()
        self.kw = _NO_KEYWORDS
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
        func, args, kw = self.func, self.args, self.kw
        assert func is not None, "a call is made once"
        context = self._context or Context()
        self.called = True
        self.func = None
        self.args = ()
        self.kw = _NO_KEYWORDS
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


_Entry = tuple[float, int, DelayedCall]


class TimerQueue:
    """Calls in the order in which they are due.

    Attributes:
        entries: The heap.
        line: The calls that are due at once, or were until they were cancelled or put off; when
            both are empty there is nothing to look at.
    """

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
        # Bound once: each call refers to them.
        self._onCancelled = self._cancelled
        self._onMoved = self._moved
        self.entries: list[_Entry] = []
        self.line: deque[_Entry] = deque()
        self._nextSerial = 0
        self._dead = 0

    def __bool__(self) -> bool:
        """Return whether there is anything to look at; false means that no call is pending."""
        return bool(self.entries or self.line)

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
        time = now() + delay
        # What its constructor does, without what Python does to call one.
        call = _new(DelayedCall)
        call.time = time
        call.func = func
        call.args = args
        call.kw = kw or _NO_KEYWORDS
        call.called = call.cancelled = False
        call._cancel = self._onCancelled
        call._reset = self._onMoved
        call._seconds = now
        context = copy_context()
        call._context = context or None
        # Whoever is told of the earliest call is told by the heap, so all go there.
        if delay or self._onEarlier is not None:
            self._enter(call)
            return call
        serial = call.serial = call.entrySerial = self._nextSerial
        call.entryTime = time
        self._nextSerial = serial + 1
        self.line.append((time, serial, call))
        return call

    def pending(self) -> list[DelayedCall]:
        """Return the calls that are still to come, in no particular order."""
        everything = (*self.line, *self.entries)
        return [call for _, serial, call in everything if serial == call.entrySerial]

    def timeout(self) -> float | None:
        """Return in how many seconds the first call is due, 0 if it is; None if there is none."""
        first = self._first()
        if first is None:
            return None
        left = first.time - self._seconds()
        return max(0.0, left)

    def nextTime(self) -> float | None:
        """Return when the first call is due, on the queue's clock; None if there is none."""
        first = self._first()
        return None if first is None else first.time

    def runDue(self) -> None:
        """Make the calls that are due now.

        A call that is scheduled meanwhile waits for the next time, even if it is due at once, so a
        call that schedules itself does not keep everything else from happening.
        """
        entries, line = self.entries, self.line
        now: float | None = None
        firstNew = self._nextSerial
        while True:
            if line and not (entries and entries[0] < line[0]):
                _, serial, call = line[0]
                if serial >= firstNew:
                    return
                line.popleft()
                if serial != call.serial:
                    self._left(serial, call)
                    continue
            elif entries:
                time, serial, call = entries[0]
                if now is None:
                    now = self._seconds()
                if time > now:
                    # No call is due before its entry.
                    return
                if serial != call.serial:
                    # Another one is at the top afterwards, or none.
                    self._top()
                    continue
                if serial >= firstNew:
                    return
                heappop(entries)
            else:
                return
            call.serial = call.entrySerial = _NO_ENTRY
            try:
                call.makeCall()
            except Exception:
                self._onError(call)

    def _first(self) -> DelayedCall | None:
        """Return the call that is due first."""
        line, top = self.line, self._top()
        while line:
            _, serial, call = line[0]
            if serial == call.serial:
                return call if top is None or line[0] < self.entries[0] else top
            line.popleft()
            self._left(serial, call)
            top = self._top()
        return top

    def _top(self) -> DelayedCall | None:
        """Return the call that is due first of those in the heap; its entry is at the top then."""
        entries = self.entries
        while entries:
            _, serial, call = entries[0]
            if serial == call.serial:
                return call
            if serial != call.entrySerial:
                heappop(entries)
                self._dead -= 1
            else:
                call.entryTime, call.entrySerial = call.time, call.serial
                heapreplace(entries, (call.time, call.serial, call))
        return None

    def _left(self, serial: int, call: DelayedCall) -> None:
        """Deal with a call that is not in the line any more, though its entry was."""
        if serial != call.entrySerial:
            self._dead -= 1
        else:
            # It was put off.
            call.entryTime, call.entrySerial = call.time, call.serial
            heappush(self.entries, (call.time, call.serial, call))

    def _enter(self, call: DelayedCall) -> None:
        serial = call.serial = call.entrySerial = self._nextSerial
        time = call.entryTime = call.time
        self._nextSerial = serial + 1
        heappush(self.entries, (time, serial, call))
        if self._onEarlier is not None and self.entries[0][1] == serial:
            self._onEarlier(time)

    def _cancelled(self, call: DelayedCall) -> None:
        call.serial = call.entrySerial = _NO_ENTRY
        self._dead += 1
        if self._dead > MOST_DEAD_ENTRIES:
            self._clearIfMostAreDead()

    def _moved(self, call: DelayedCall) -> None:
        if call.time < call.entryTime:
            self._enter(call)
            self._dead += 1
            self._clearIfMostAreDead()
        else:
            call.serial = self._nextSerial
            self._nextSerial += 1

    def _clearIfMostAreDead(self) -> None:
        entries, line = self.entries, self.line
        if self._dead > MOST_DEAD_ENTRIES and self._dead * 2 > len(entries) + len(line):
            # In place: `runDue` may be at work on these very ones.
            entries[:] = [entry for entry in entries if entry[1] == entry[2].entrySerial]
            heapify(entries)
            waiting = [entry for entry in line if entry[1] == entry[2].entrySerial]
            line.clear()
            line.extend(waiting)
            self._dead = 0


classImplements(DelayedCall, IDelayedCall)
