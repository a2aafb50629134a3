"""Operations on Deferreds, written to Twisted's documented API: as they are on ours and the incumbent.

Each case does its operation `count` times.
"""

from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, gatherResults, inlineCallbacks, succeed

TEN = range(10)


def plusOne(result: int) -> int:
    """A callback that does next to nothing."""
    return result + 1


def callbacks(count: int) -> None:
    """Create a Deferred, add three callbacks, fire it."""
    for _ in range(count):
        waiting: Deferred[int] = Deferred()
        waiting.addCallback(plusOne)
        waiting.addCallback(plusOne)
        waiting.addCallback(plusOne)
        waiting.callback(1)


def chain(count: int) -> None:
    """Let a Deferred wait for another that fires after it."""
    inner: Deferred[int]

    def wait(result: int) -> Deferred[int]:
        return inner

    for _ in range(count):
        inner = Deferred()
        outer: Deferred[int] = Deferred()
        outer.addCallback(wait).addCallback(plusOne)
        outer.callback(1)
        inner.callback(1)


async def awaitFired() -> int:
    """Await a Deferred that has its result."""
    return await succeed(1)


def fired(count: int) -> None:
    """Run a coroutine that awaits a fired Deferred."""
    for _ in range(count):
        ensureDeferred(awaitFired())


async def awaitIt(waiting: "Deferred[int]") -> int:
    """Await what is given."""
    return await waiting


def unfired(count: int) -> None:
    """Run a coroutine that awaits a Deferred that fires later."""
    for _ in range(count):
        waiting: Deferred[int] = Deferred()
        ensureDeferred(awaitIt(waiting))
        waiting.callback(1)


@inlineCallbacks
def yieldTenFired() -> Generator["Deferred[int]", Any, int]:
    """Wait for ten Deferreds that have their results."""
    total = 0
    for _ in TEN:
        total += yield succeed(1)
    return total


def inline(count: int) -> None:
    """Run a generator of inlineCallbacks over ten fired Deferreds."""
    for _ in range(count):
        yieldTenFired()


def gather(count: int) -> None:
    """Gather ten Deferreds that fire afterwards."""
    for _ in range(count):
        ten: list[Deferred[int]] = [Deferred() for _ in TEN]
        gatherResults(ten)
        for waiting in ten:
            waiting.callback(1)


def explode(result: int) -> int:
    """A callback that fails."""
    raise ValueError(result)


def handle(failure: object) -> int:
    """An errback that recovers."""
    return 1


def errback(count: int) -> None:
    """Raise in a callback, recover in an errback, go on with a callback."""
    for _ in range(count):
        waiting: Deferred[int] = Deferred()
        waiting.addCallback(explode)
        waiting.addErrback(handle)
        waiting.addCallback(plusOne)
        waiting.callback(1)


CASES: dict[str, Callable[[int], None]] = {
    "callbacks": callbacks,
    "chain": chain,
    "await-fired": fired,
    "await-unfired": unfired,
    "inline": inline,
    "gather": gather,
    "errback": errback,
}
