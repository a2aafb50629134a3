"""What waits: every Deferred and coroutine that has no result yet, as trees of who waits for what.

A program that hangs waits for something that does not come. `recordWaiting(True)` has every new
Deferred noted, with the place that made it; `waiting` and `waitingText` then show those that still
wait, and `writeWaitingOnSignal` writes them to a file whenever the process gets a signal.

How it works. The core shows each new Deferred to a function (`watchCreation` in `_chain`), and that
is all that it does for this: without a record nothing is noted, and this room is not even imported.
The record holds Deferreds weakly, so it keeps none alive. Who waits for what is found by looking at
the Deferreds when somebody asks. What was made before the record began is shown without the place,
if it waits for something that was made since, or something that was made since waits for it.

The signal is handled by Python between two instructions of the main thread: also while a callback
loops for ever, but not inside a call into C that does not return.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from os import PathLike
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from twisted.internet.defer._chain import Chain, watchCreation
from twisted.internet.defer._combinators import _Gathering, _GatheringOfAll
from twisted.internet.defer._coroutines import _Driven
from twisted.internet.defer._scopes import BaseScope
from twisted.internet.defer._taskgroup import ChildResult, GroupEnd, GroupScope
from twisted.logger import Logger

_log = Logger(namespace="twisted.internet.defer")

_PACKAGE = "twisted.internet.defer"

CREATION_FRAMES = 3
"""How many callers are noted of the place that makes a Deferred."""

MAXIMUM_SHOWN = 1000
"""How many Deferreds and coroutines are shown at most, if nothing else is said."""

MAXIMUM_DEPTH = 100
"""How many that wait for each other are followed from the first of them."""

_STACK_DEPTH = 50
_CALLBACKS_SHOWN = 3
_COPY_ATTEMPTS = 10


class Place(NamedTuple):
    """A line of a program.

    Attributes:
        function: The qualified name of the function.
        file: The path of its source.
        line: The number of the line, counted from 1.
    """

    function: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.function} ({self.file}:{self.line})"


class Waiting(NamedTuple):
    """Something that waits, and what it waits for.

    Attributes:
        kind: `coroutine`, `generator`, `gatherResults`, `end of a task group`, `result of a child`,
            or the name of the class of the Deferred.
        name: The qualified name of the coroutine or generator; empty for other Deferreds.
        made: Where it was made, the innermost place first; empty where that was not recorded.
        place: Where a coroutine waits, itself first and then the coroutines that it awaits without
            a Deferred of their own.
        runs: Whether that coroutine does not wait, but runs just now.
        callbacks: The names of the first few callbacks that wait for the result.
        waitsFor: What it waits for; nothing for a Deferred that somebody is to fire.
        cut: Whether it waits for more that is not shown, because it is shown elsewhere or would
            exceed a limit.
    """

    kind: str
    name: str
    made: tuple[Place, ...]
    place: tuple[Place, ...]
    runs: bool
    callbacks: tuple[str, ...]
    waitsFor: tuple[Waiting, ...]
    cut: bool

    def __str__(self) -> str:
        text = f"{self.kind} {self.name}".rstrip()
        if self.place:
            text += " runs at " if self.runs else " waits at "
            text += " > ".join(map(str, self.place))
        if self.callbacks:
            text += ", then " + ", ".join(self.callbacks)
        if self.made:
            text += ", made at " + " < ".join(map(str, self.made))
        return f"{text} ..." if self.cut else text


# The record

_Record = WeakKeyDictionary[Chain[Any], tuple[Place, ...]]

_record: _Record | None = None


def recordWaiting(on: bool = True) -> None:
    """Begin or end to record Deferreds as they are made.

    While it is on, making a Deferred costs some microseconds more. Ending it forgets what was
    recorded.
    """
    global _record
    if on and _record is None:
        _record = WeakKeyDictionary()
        watchCreation(_note)
    elif not on and _record is not None:
        watchCreation(None)
        _record = None


def isRecordingWaiting() -> bool:
    """Return whether Deferreds are recorded as they are made."""
    return _record is not None


def _note(deferred: Chain[Any]) -> None:
    """Note a new Deferred and where it is made."""
    record = _record
    if record is not None:
        record[deferred] = tuple(_callers(sys._getframe(1)))


def _stack(frame: FrameType | None) -> Iterator[Place]:
    """Return the place of a frame and of its callers, the innermost first."""
    while frame is not None:
        yield _place(frame)
        frame = frame.f_back


def _callers(frame: FrameType | None) -> Iterator[Place]:
    """Return the innermost callers outside this package."""
    found = 0
    while frame is not None and found < CREATION_FRAMES:
        if not str(frame.f_globals.get("__name__", "")).startswith(_PACKAGE):
            found += 1
            yield _place(frame)
        frame = frame.f_back


def _place(frame: FrameType) -> Place:
    code = frame.f_code
    return Place(code.co_qualname, code.co_filename, frame.f_lineno)


# Looking


def waiting(maximumShown: int = MAXIMUM_SHOWN) -> list[Waiting]:
    """Return what waits, as trees: at their roots what nothing else waits for.

    Each Deferred is shown with what it waits for once.

    Args:
        maximumShown: How many Deferreds and coroutines are shown at most; the oldest are first.

    Returns:
        The trees; none if nothing was recorded.
    """
    recorded = _copyOfRecord()
    pending = _withWaiters(deferred for deferred in recorded if _waits(deferred))
    awaited = {
        id(inner)
        for deferred in pending.values()
        if not isinstance(deferred, ChildResult)
        for inner in _waitedFor(deferred)
    }
    look = _Look(recorded, maximumShown)
    roots = [deferred for number, deferred in pending.items() if number not in awaited]
    trees: list[Waiting] = []
    # Those that wait for each other in a circle have no root.
    for deferred in (*roots, *pending.values()):
        # The result of a child that nobody waits for says no more than the child.
        if isinstance(deferred, ChildResult) or not look.isNew(deferred):
            continue
        tree = look.at(deferred, 0)
        if tree is not None:
            trees.append(tree)
    return trees


def waitingText(maximumShown: int = MAXIMUM_SHOWN) -> str:
    """Return what waits as text: a line for each, indented below the one that waits for it.

    Args:
        maximumShown: As for `waiting`.
    """
    if _record is None:
        return "Nothing is recorded: call recordWaiting() before.\n"
    lines: list[str] = []
    stack = [(tree, 0) for tree in reversed(waiting(maximumShown))]
    while stack:
        tree, depth = stack.pop()
        lines.append(f"{'  ' * depth}- {tree}\n")
        stack.extend((inner, depth + 1) for inner in reversed(tree.waitsFor))
    return "".join(lines) or "Nothing waits.\n"


def _copyOfRecord() -> dict[Chain[Any], tuple[Place, ...]]:
    """Return the Deferreds that are recorded.

    This may be asked for between any two instructions, and by another thread than the one that
    makes Deferreds, so that the record may change under our hands.
    """
    record = _record
    for _ in range(_COPY_ATTEMPTS):
        if record is None:
            break
        try:
            return dict(record.items())
        except RuntimeError:
            continue
    return {}


def _waits(deferred: Chain[Any]) -> bool:
    return not deferred.called or deferred._chainedTo is not None


def _waitedFor(deferred: Chain[Any]) -> list[Chain[Any]]:
    """Return the Deferreds for which one waits, a coroutine also those of its task groups."""
    inner: list[Chain[Any]] = []
    if isinstance(deferred, _Driven):
        scope = deferred.scope
        while isinstance(scope, BaseScope):
            if isinstance(scope, GroupScope):
                inner = [*scope.children, *inner]
            scope = scope.outer
    if deferred._chainedTo is not None:
        inner.append(deferred._chainedTo)
    elif isinstance(deferred, GroupEnd):
        inner.extend(deferred.children)
    elif isinstance(deferred, ChildResult):
        inner.extend([] if deferred.child is None else [deferred.child])
    else:
        inner.extend(getattr(deferred, "_members", ()))
    return [waited for waited in inner if _waits(waited)]


def _withWaiters(deferreds: Iterable[Chain[Any]]) -> dict[int, Chain[Any]]:
    """Return Deferreds by their ids, and those that wait for them, recorded or not."""
    found: dict[int, Chain[Any]] = {}
    left = list(deferreds)
    left.reverse()
    while left:
        deferred = left.pop()
        if id(deferred) not in found:
            found[id(deferred)] = deferred
            left.extend(_waiters(deferred))
    return found


def _waiters(deferred: Chain[Any]) -> Iterator[Chain[Any]]:
    """Return the Deferreds that wait for one."""
    for callback, errback, extra in list(deferred.callbacks):
        waiter = (
            extra if isinstance(extra, Chain) else getattr(callback or errback, "__self__", None)
        )
        if isinstance(waiter, Chain):
            yield waiter


class _Look:
    """One look at what waits.

    Attributes:
        left: How many more may be shown.
    """

    def __init__(self, recorded: dict[Chain[Any], tuple[Place, ...]], left: int) -> None:
        self._recorded = recorded
        self._seen: set[int] = set()
        self.left = left

    def isNew(self, deferred: Chain[Any]) -> bool:
        """Return whether it was not shown so far."""
        return id(deferred) not in self._seen

    def at(self, deferred: Chain[Any], depth: int) -> Waiting | None:
        """Return a Deferred and what it waits for, or None where enough is shown."""
        if self.left <= 0:
            return None
        self.left -= 1
        inner = _waitedFor(deferred)
        trees: list[Waiting] = []
        if self.isNew(deferred) and depth < MAXIMUM_DEPTH:
            self._seen.add(id(deferred))
            for waited in inner:
                tree = self.at(waited, depth + 1)
                if tree is not None:
                    trees.append(tree)
        kind, name, place = _described(deferred)
        return Waiting(
            kind=kind,
            name=name,
            made=self._recorded.get(deferred, ()),
            place=place,
            runs=bool(place) and deferred._chainedTo is None,
            callbacks=tuple(_callbacks(deferred)),
            waitsFor=tuple(trees),
            cut=len(trees) < len(inner),
        )


_KINDS: dict[type, str] = {
    ChildResult: "result of a child",
    GroupEnd: "end of a task group",
    _Gathering: "gatherResults",
    _GatheringOfAll: "gatherResults",
}


def _described(deferred: Chain[Any]) -> tuple[str, str, tuple[Place, ...]]:
    """Return the kind and the name of something that waits, and where it does if it is code."""
    running: object = deferred._generator if isinstance(deferred, _Driven) else None
    if running is None:
        return _KINDS.get(type(deferred), type(deferred).__name__), "", ()
    kind = "generator" if hasattr(running, "gi_frame") else "coroutine"
    name = str(getattr(running, "__qualname__", ""))
    places: list[Place] = []
    while running is not None and len(places) < _STACK_DEPTH:
        frame = getattr(running, "cr_frame", None) or getattr(running, "gi_frame", None)
        if frame is None or str(frame.f_globals.get("__name__", "")).startswith(_PACKAGE):
            break
        places.append(_place(frame))
        running = getattr(running, "cr_await", None) or getattr(running, "gi_yieldfrom", None)
    return kind, name, tuple(places)


def _callbacks(deferred: Chain[Any]) -> Iterator[str]:
    """Return the names of the first functions that wait for a result, our own left out."""
    found = 0
    for callback, errback, _ in list(deferred.callbacks):
        function = callback or errback
        # Compiled methods do not say of which module they are.
        home = (
            getattr(function, "__module__", None)
            or type(getattr(function, "__self__", None)).__module__
        )
        if function is None or str(home).startswith(_PACKAGE):
            continue
        if found == _CALLBACKS_SHOWN:
            return
        found += 1
        yield str(getattr(function, "__qualname__", type(function).__qualname__))


# The signal


def writeWaitingOnSignal(
    path: str | PathLike[str],
    signalNumber: int | None = None,
    maximumShown: int = MAXIMUM_SHOWN,
) -> Callable[[], None]:
    """Write what waits to a file whenever the process gets a signal, and begin to record it.

    Before that, the file says what the main thread was doing when the signal came.
    The file is replaced as a whole, so that a reader never sees half of it; only its owner may
    read it. Where it cannot be written that is logged, and the program goes on.

    Args:
        path: The file. Its directory should be one in which only we write.
        signalNumber: The signal; SIGUSR2, if left out.
        maximumShown: As for `waiting`.

    Returns:
        A function that gives the signal back to whoever had it, unless it has another handler by
        then. It leaves the record as it is.

    Raises:
        ValueError: This is not the main thread, where alone Python can handle signals, or there is
            no such signal.
        OSError: This signal cannot be handled.
    """
    # Imported here, before the signal comes, by those alone who use it.
    import os
    import signal
    import tempfile

    number = signal.SIGUSR2 if signalNumber is None else signalNumber
    target = os.path.abspath(os.fspath(path))
    directory, name = os.path.split(target)

    def write(interrupted: FrameType | None) -> None:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
        try:
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                if interrupted is not None:
                    places = islice(_stack(interrupted), _STACK_DEPTH)
                    file.write(f"The main thread is at {' < '.join(map(str, places))}\n")
                file.write(waitingText(maximumShown))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise

    def handle(signum: int, frame: FrameType | None) -> None:
        try:
            write(frame)
        except Exception:
            _log.failure("What waits could not be written to {path}", path=target)

    former = signal.signal(number, handle)
    recordWaiting(True)

    def giveBack() -> None:
        if signal.getsignal(number) is handle:
            signal.signal(number, signal.SIG_DFL if former is None else former)

    return giveBack


__all__ = [
    "CREATION_FRAMES",
    "MAXIMUM_DEPTH",
    "MAXIMUM_SHOWN",
    "Place",
    "Waiting",
    "isRecordingWaiting",
    "recordWaiting",
    "waiting",
    "waitingText",
    "writeWaitingOnSignal",
]
