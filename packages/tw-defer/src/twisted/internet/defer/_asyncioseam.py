"""The seam between coroutines and asyncio: what they ask of it, without importing it.

A coroutine can run inside an event loop of asyncio only once somebody has imported asyncio, so all
that programs without it pay is a look into `sys.modules`. Where asyncio is found there, the
functions of `_asynciobridge` are called through the one `SEAM`, and imported by the first call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from twisted.internet.defer._deferred import Deferred

ASYNCIO: Final = "asyncio"

# Bound here since mypyc gets at a Final faster than at a name that was imported.
modules: Final = sys.modules


class Seam:
    """The functions of the bridge to asyncio.

    Each may be called once `inUse` returned true.

    Attributes:
        surround: Called with a driver (the Deferred of a coroutine) and what runs its steps,
            before each run of steps. Returns what runs them now: a callable of (function,
            argument) that calls `function(argument)` in the context of the coroutine, which the
            next call is given then. Where no event loop of asyncio runs, that is what was given.
        waitFor: Called with a driver and what its coroutine awaits and is no Deferred. Returns a
            Deferred to wait for, or None where it is nothing to wait for.
        awaitIn: Called with a Deferred that has no result and is awaited. Returns None where one
            of our drivers runs the coroutine that awaits it. Where a Task of asyncio does,
            returns a generator that waits for the Deferred there.
    """

    __slots__ = ("awaitIn", "surround", "waitFor")

    surround: Callable[[Deferred[Any], Callable[..., Any]], Callable[..., Any]]
    waitFor: Callable[[Deferred[Any], object], Deferred[Any] | None]
    awaitIn: Callable[[Deferred[Any]], Generator[Any, Any, Any] | None]

    def __init__(self) -> None:
        self.surround = _surroundFirst
        self.waitFor = _waitForFirst
        self.awaitIn = _awaitInFirst

    def join(self) -> None:
        """Import the bridge, and call it directly from now on."""
        from twisted.internet.defer import _asynciobridge

        self.surround = _asynciobridge.surround
        self.waitFor = _asynciobridge.waitFor
        self.awaitIn = _asynciobridge.awaitIn


def _surroundFirst(driver: Deferred[Any], run: Callable[..., Any]) -> Callable[..., Any]:
    SEAM.join()
    return SEAM.surround(driver, run)


def _waitForFirst(driver: Deferred[Any], awaited: object) -> Deferred[Any] | None:
    SEAM.join()
    return SEAM.waitFor(driver, awaited)


def _awaitInFirst(deferred: Deferred[Any]) -> Generator[Any, Any, Any] | None:
    SEAM.join()
    return SEAM.awaitIn(deferred)


SEAM: Final = Seam()

__all__ = ["ASYNCIO", "SEAM", "Seam", "modules"]
