"""What a coroutine does when it awaits a Deferred that has no result yet.

This room is not compiled: what is thrown into a compiled generator loses its traceback, and into
this one go all the failures that coroutines wait for.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeVar

from twisted.internet.defer._asyncioseam import ASYNCIO, SEAM, modules

if TYPE_CHECKING:
    from twisted.internet.defer._deferred import Deferred

_T = TypeVar("_T")


def awaitResult(deferred: Deferred[_T]) -> Generator[Deferred[_T], Any, _T]:
    """Wait for the result of a Deferred; see `Deferred.__await__`."""
    result: _T
    if ASYNCIO in modules:
        waiting = SEAM.awaitIn(deferred)
        if waiting is not None:
            result = yield from waiting
            return result
    result = yield deferred
    return result


__all__ = ["awaitResult"]
