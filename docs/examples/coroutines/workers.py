"""Two workers take jobs from a queue, and one at a time prints a bill."""

from twisted.internet.defer import CancelledError, DeferredLock, DeferredQueue, ensureDeferred

jobs: DeferredQueue[str] = DeferredQueue()
printer = DeferredLock()


async def work(name: str) -> None:
    """Do jobs until it is cancelled."""
    try:
        async for job in jobs:
            async with printer:
                print(f"{name} does {job}")
    except CancelledError:
        print(f"{name} goes home")


workers = [ensureDeferred(work("Ada")), ensureDeferred(work("Grace"))]
for job in ("sawing", "drilling", "painting"):
    jobs.put(job)
for worker in workers:
    worker.cancel()
