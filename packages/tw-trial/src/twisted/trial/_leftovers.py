"""Finding and removing what a test left in the reactor, where some things may stay.

Fixtures that outlive a test keep ports and timers in the reactor on purpose. What a test leaves is
what is there after it and does not belong to them.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet._reactorinstall import installedReactor
from twisted.python.failure import Failure
from twisted.trial._janitor import (
    GRACE,
    GRACE_TURNS,
    DirtyReactorAggregateError,
    endProcesses,
    leaveThreads,
    processes,
)
from twisted.trial._kinds import AnyReactor


class Leftovers:
    """Knows what may stay in the reactor."""

    def __init__(self) -> None:
        """Let nothing stay."""
        # The things themselves are held: the number of one that is gone may be another's.
        self._kept: dict[int, object] = {}

    def keeping(self) -> Callable[[], None]:
        """Return what lets everything stay that came into the reactor since this call."""
        before = {id(each): each for each in _contents()}

        def keep() -> None:
            self._kept.update((id(each), each) for each in _contents() if id(each) not in before)

        return keep

    def check(self) -> DirtyReactorAggregateError | None:
        """Take what a test left out of the reactor; return the error that tells of it."""
        reactor: AnyReactor = installedReactor()
        if reactor is None:
            return None
        there = {id(each) for each in _contents()}
        self._kept = {number: each for number, each in self._kept.items() if number in there}
        for _ in range(GRACE_TURNS):
            if not self._left():
                break
            # What is about to end by itself may do so.
            reactor.iterate(GRACE)
        left = self._left()
        calls = [each for each in left if hasattr(each, "getTime")]
        running = {id(each) for each in processes().values()}
        others = [] if running & self._kept.keys() else endProcesses(reactor)
        if not self._kept:
            others += leaveThreads(reactor)
        selectables = [
            each for each in left if not hasattr(each, "getTime") and id(each) not in running
        ]
        if not calls and not selectables and not others:
            return None
        error = DirtyReactorAggregateError(calls, selectables, others)
        for call in calls:
            if call.active():
                call.cancel()
        for each in selectables:
            _disconnect(reactor, each)
        return error

    def _left(self) -> list[Any]:
        return [each for each in _contents() if id(each) not in self._kept]


def _contents() -> list[Any]:
    """Return what is in the reactor: calls, descriptors, transports, processes; each once."""
    reactor: AnyReactor = installedReactor()
    if reactor is None:
        return []
    found: dict[int, Any] = {}
    for name in ("getDelayedCalls", "getReaders", "getWriters"):
        found.update((id(each), each) for each in getattr(reactor, name, list)())
    found.update((id(each), each) for each in getattr(reactor, "openTransports", ()))
    found.update((id(each), each) for each in processes().values())
    return list(found.values())


def _disconnect(reactor: AnyReactor, each: AnyReactor) -> None:
    """Take a descriptor out of the reactor, and tell it that it is lost."""
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


__all__ = ["Leftovers"]
