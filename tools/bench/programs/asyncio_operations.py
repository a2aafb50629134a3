"""What asyncio has where Twisted has Deferreds; each case does its operation `count` times.

A Future tells its callbacks in the next turn of the loop, so each of these includes turns of it.
"""

import asyncio
from collections.abc import Callable, Coroutine

TEN = range(10)
LOOP = asyncio.new_event_loop()


def ignore(future: "asyncio.Future[int]") -> None:
    """A callback that does nothing."""


async def callbacks(count: int) -> None:
    """Create a Future, add three callbacks, set its result, let the loop turn."""
    for _ in range(count):
        future: asyncio.Future[int] = LOOP.create_future()
        future.add_done_callback(ignore)
        future.add_done_callback(ignore)
        future.add_done_callback(ignore)
        future.set_result(1)
        await asyncio.sleep(0)


async def awaitIt(future: "asyncio.Future[int]") -> int:
    """Await what is given."""
    return await future


async def fired(count: int) -> None:
    """Run a Task that awaits a Future that has its result."""
    for _ in range(count):
        future: asyncio.Future[int] = LOOP.create_future()
        future.set_result(1)
        await LOOP.create_task(awaitIt(future))


async def unfired(count: int) -> None:
    """Run a Task that awaits a Future whose result comes later."""
    for _ in range(count):
        future: asyncio.Future[int] = LOOP.create_future()
        task = LOOP.create_task(awaitIt(future))
        await asyncio.sleep(0)
        future.set_result(1)
        await task


async def awaitTenFired() -> int:
    """Wait for ten Futures that have their results."""
    total = 0
    for _ in TEN:
        future: asyncio.Future[int] = LOOP.create_future()
        future.set_result(1)
        total += await future
    return total


async def inline(count: int) -> None:
    """Run a Task over ten Futures that have their results."""
    for _ in range(count):
        await LOOP.create_task(awaitTenFired())


async def gather(count: int) -> None:
    """Gather ten Futures whose results come afterwards."""
    for _ in range(count):
        ten: list[asyncio.Future[int]] = [LOOP.create_future() for _ in TEN]
        together = asyncio.gather(*ten)
        for future in ten:
            future.set_result(1)
        await together


def runs(case: Callable[[int], Coroutine[object, object, None]]) -> Callable[[int], None]:
    """Make a plain function of a case that is a coroutine."""
    return lambda count: LOOP.run_until_complete(case(count))


CASES: dict[str, Callable[[int], None]] = {
    "callbacks": runs(callbacks),
    "await-fired": runs(fired),
    "await-unfired": runs(unfired),
    "inline": runs(inline),
    "gather": runs(gather),
}
