"""Requests to cancel cross from Deferreds to Tasks and back."""

import asyncio

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred


async def download() -> None:
    """A Task of asyncio, which cleans up when it is cancelled."""
    try:
        await asyncio.sleep(3600)
    finally:
        await asyncio.sleep(0)
        print("download: partial file removed")


async def serve() -> None:
    """A coroutine that a Deferred drives, and that waits for the Task."""
    await asyncio.create_task(download())


async def main() -> None:
    """Cancel in both directions."""
    d = ensureDeferred(serve())
    await asyncio.sleep(0)
    d.cancel()
    d.addErrback(lambda failure: print(f"serve: {failure.trap(CancelledError).__name__}"))
    await d

    waiting: Deferred[None] = Deferred(lambda ignored: print("Deferred: cancelled"))

    async def wait() -> None:
        await waiting

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    print(f"Task: cancelled is {task.cancelled()}")


asyncio.run(main())
