"""What type checkers infer where Deferreds and asyncio meet; checked, and never run."""

import asyncio
from typing import assert_type

from twisted.internet.defer import (
    Deferred,
    DeferredFilesystemLock,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    ensureDeferred,
    returnsDeferred,
    succeed,
)


@returnsDeferred
async def length(text: str, *, strict: bool = False) -> int:
    """Return a result through a coroutine."""
    assert_type(await succeed(text), str)
    return len(text)


class Builder:
    """A class whose method is a coroutine function."""

    @returnsDeferred
    async def start(self, name: str) -> list[str]:
        """Return a result through a method."""
        return [name]


assert_type(length("a"), Deferred[int])
assert_type(length("a", strict=True).addCallback(str), Deferred[str])
assert_type(Builder().start("a"), Deferred[list[str]])
length(1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # the argument is checked


async def inACoroutine(loop: asyncio.AbstractEventLoop) -> None:
    """Await what is asyncio's."""
    assert_type(await asyncio.sleep(0, "result"), str)
    assert_type(await asyncio.wait_for(succeed(1), 1), int)
    assert_type(await length("a").asFuture(loop), int)
    future: asyncio.Future[bytes] = loop.create_future()
    assert_type(Deferred.fromFuture(future), Deferred[bytes])
    async with DeferredLock() as lock:
        assert_type(lock, DeferredLock)
    async with DeferredSemaphore(1) as semaphore:
        assert_type(semaphore, DeferredSemaphore)
    queue: DeferredQueue[float] = DeferredQueue()
    async for job in queue:
        assert_type(job, float)
    assert_type(DeferredFilesystemLock("a").deferUntilLocked(1.5), Deferred[None])


assert_type(ensureDeferred(inACoroutine(asyncio.new_event_loop())), Deferred[None])
