"""Finding and removing what a test left in the reactor, where some things may stay.

Fixtures that outlive a test keep ports and timers in the reactor on purpose. What a test leaves is
what is there after it and does not belong to them.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet._reactorinstall import installedReactor
from twisted.trial._endings import isWithoutLoop
from twisted.trial._janitor import (
    GRACE,
    GRACE_TURNS,
    DirtyReactorAggregateError,
    disconnect,
    endProcesses,
    leaveThreads,
    processes,
)
from twisted.trial._kept import kept
from twisted.trial._kinds import AnyReactor


class Leftovers:
    """Takes out of the reactor what a test left, and learns what may stay there."""

    def begin(self) -> None:
        """Let everything stay that is there before a test begins: it is not of this test."""
        kept.only(_contents())

    def keeping(self) -> Callable[[], None]:
        """Return what lets everything stay that came into the reactor since this call."""
        # Held until then, so that no number is used again.
        before = {id(each): each for each in _contents()}

        def keep() -> None:
            kept.add(each for each in _contents() if id(each) not in before)

        return keep

    def check(self) -> DirtyReactorAggregateError | None:
        """Take what a test left out of the reactor; return the error that tells of it."""
        reactor: AnyReactor = installedReactor()
        if reactor is None:
            return None
        for _ in range(0 if isWithoutLoop(reactor) else GRACE_TURNS):
            if not _left():
                break
            # What is about to end by itself may do so.
            reactor.iterate(GRACE)
        left = _left()
        calls = [each for each in left if hasattr(each, "getTime")]
        running = {id(each) for each in processes().values()}
        others = [*endProcesses(reactor), *leaveThreads(reactor)]
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
            disconnect(reactor, each)
        return error


def _left() -> list[Any]:
    return [each for each in _contents() if each not in kept]


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


__all__ = ["Leftovers"]
