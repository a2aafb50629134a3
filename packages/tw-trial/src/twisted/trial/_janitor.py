"""Finding and removing what a test leaves in the reactor.

After each test come the delayed calls, after the last test of a class also descriptors, processes
and threads that still work. What is about to end by itself (a connection that was told to close,
say) gets some turns of the reactor to do so. What is left then is reported, with the place where
it was made, and taken away, so that it does not disturb the tests that follow.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from twisted.internet._reactorinstall import installedReactor
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr
from twisted.trial._kept import kept
from twisted.trial._kinds import AnyReactor
from twisted.trial._places import places

GRACE_TURNS = 10
"""How many turns of the reactor what is left has to end by itself."""

GRACE = 0.01
"""How many seconds each of these turns may take, at most."""

LONGEST_WAIT = 5.0
"""How many seconds a process that was killed has to end."""

THREAD_GRACE = 1.0
"""How many seconds a thread of the reactor's pool has to come to an end of its work."""


class DirtyReactorAggregateError(Exception):
    """A test left something in the reactor.

    Attributes:
        delayedCalls: The calls that were still to come.
        selectables: Descriptors, ports and connections.
        others: Texts about processes and threads.
    """

    # Reports know it by the name under which users import it.
    __module__ = "twisted.trial.util"

    def __init__(
        self,
        delayedCalls: Iterable[object],
        selectables: Iterable[object] | None = None,
        others: Iterable[str] = (),
    ) -> None:
        """Say what was left.

        Args:
            delayedCalls: The calls that were still to come.
            selectables: Descriptors, ports and connections.
            others: Texts about processes and threads.
        """
        self.delayedCalls: list[object] = list(delayedCalls)
        self.selectables: list[object] = list(selectables or ())
        self.others: list[str] = list(others)
        # What is to come, and where it was made, is not known any more later.
        self._text = "\n".join(
            [
                "Reactor was unclean.",
                *_section("DelayedCalls", map(_described, self.delayedCalls)),
                *_section("Selectables", map(_described, self.selectables)),
                *_section("Processes and threads", self.others),
            ]
        )
        super().__init__(self._text)

    def __str__(self) -> str:
        return self._text


def _section(title: str, texts: Iterable[str]) -> list[str]:
    lines = list(texts)
    return [f"{title}:", *lines] if lines else []


def _described(left: object) -> str:
    return "\n".join(filter(None, [safe_repr(left), places.describe(left)]))


def afterTest() -> DirtyReactorAggregateError | None:
    """Cancel the delayed calls that are left; return the error that tells of them."""
    reactor: AnyReactor = installedReactor()
    if reactor is None:
        return None
    pending = _pendingCalls(reactor)
    if not pending and not _isBusy(reactor):
        return None
    for _ in range(2):
        reactor.iterate(0)
    pending = _pendingCalls(reactor)
    if not pending:
        return None
    error = DirtyReactorAggregateError(pending)
    for call in pending:
        if call.active():
            call.cancel()
    return error


def _pendingCalls(reactor: AnyReactor) -> Sequence[Any]:
    found: Sequence[Any] = [
        call for call in reactor.getDelayedCalls() if call.active() and call not in kept
    ]
    return found


def _isBusy(reactor: AnyReactor) -> bool:
    """Return whether there is something to do at once, as far as that is known."""
    timeout = getattr(reactor, "timeout", None)
    return timeout is None or timeout() == 0


def afterClass() -> DirtyReactorAggregateError | None:
    """Remove descriptors, processes and threads that are left; return the error about them."""
    reactor: AnyReactor = installedReactor()
    if reactor is None:
        return None
    for _ in range(GRACE_TURNS):
        if not _isDirty(reactor):
            _endPool(reactor)
            return None
        reactor.iterate(GRACE)
    others = [*endProcesses(reactor), *leaveThreads(reactor)]
    selectables = _selectables(reactor)
    if not selectables and not others:
        return None
    # Made before they end: their texts tell whether they are connected.
    error = DirtyReactorAggregateError([], selectables, others)
    for each in selectables:
        disconnect(reactor, each)
    places.forget()
    return error


def disconnect(reactor: AnyReactor, each: AnyReactor) -> None:
    """Take a descriptor out of the reactor, and tell it that it is lost.

    Args:
        reactor: The reactor.
        each: The descriptor, port or connection.
    """
    from twisted.internet.error import ConnectionLost

    for method in ("removeReader", "removeWriter"):
        try:
            getattr(reactor, method)(each)
        except Exception:
            # It was not watched, or is broken.
            continue
    try:
        each.connectionLost(Failure(ConnectionLost("the test is over")))
    except Exception:
        # It is broken, and gone from the reactor anyway.
        return


def processes() -> dict[int, object]:
    """Return the processes that run, by their numbers."""
    # A module that nobody has imported has started none, and need not be imported for that.
    module = sys.modules.get("twisted.internet.process")
    return {} if module is None else module.reapProcessHandlers


def _isDirty(reactor: AnyReactor) -> bool:
    return bool(_selectables(reactor) or _processesLeft() or (not kept and _working(reactor)))


def _working(reactor: AnyReactor) -> list[str]:
    """Return texts about what the threads of the reactor's pool still have to do."""
    pool = getattr(reactor, "threadpool", None)
    if pool is None:
        return []
    texts = [f"thread of the reactor's pool: {safe_repr(thread)}" for thread in pool.working]
    waiting = pool.q.qsize()
    if waiting:
        texts.append(f"{waiting} calls that wait for a thread of the reactor's pool")
    return texts


def _selectables(reactor: AnyReactor) -> list[Any]:
    """Return descriptors and transports, those among them that the reactor does not watch."""
    found: dict[int, Any] = {}
    for name in ("getReaders", "getWriters"):
        found.update((id(each), each) for each in getattr(reactor, name, list)())
    found.update((id(each), each) for each in getattr(reactor, "openTransports", ()))
    return [each for each in found.values() if each not in kept]


def _processesLeft() -> dict[int, object]:
    return {pid: process for pid, process in processes().items() if process not in kept}


def endProcesses(reactor: AnyReactor) -> list[str]:
    """Kill the processes that are left."""
    texts = []
    for pid, process in _processesLeft().items():
        texts.append(
            "\n".join(filter(None, [f"process {pid}: {process!r}", places.describe(process)]))
        )
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
    limit = time.monotonic() + LONGEST_WAIT
    while _processesLeft() and time.monotonic() < limit:
        reactor.iterate(GRACE)
        sys.modules["twisted.internet.process"].reapAllProcesses()
    if texts:
        # What the process said at its end has to reach its protocol.
        for _ in range(2):
            reactor.iterate(GRACE)
    return texts


def leaveThreads(reactor: AnyReactor) -> list[str]:
    """Replace a pool whose threads still work; one that others may use is left alone."""
    if kept:
        return []
    limit = time.monotonic() + THREAD_GRACE
    while _working(reactor) and time.monotonic() < limit:
        reactor.iterate(GRACE)
    working = _working(reactor)
    _endPool(reactor)
    return working


def _endPool(reactor: AnyReactor) -> None:
    """Let the threads of the reactor's pool end; the next test that needs some gets a new pool.

    Those that wait for work would keep a process from ending that never shuts its reactor down,
    as other test runners do. One that works on can't be ended from outside.
    """
    pool = getattr(reactor, "threadpool", None)
    if pool is not None and not kept:
        reactor.threadpool = None
        pool.stopWithoutWaiting()


__all__ = [
    "DirtyReactorAggregateError",
    "afterClass",
    "afterTest",
    "disconnect",
    "endProcesses",
    "leaveThreads",
    "processes",
]
