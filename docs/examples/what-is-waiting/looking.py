"""What a program waits for, asked by the program itself."""

from twisted.internet.defer import Deferred, TaskGroup, ensureDeferred
from twisted.internet.defer.waiting import recordWaiting, waitingText

recordWaiting()


def dummyConnect(host: str) -> Deferred[str]:
    """Return a Deferred that nobody ever fires."""
    return Deferred()


async def fetch(host: str) -> str:
    """Wait for a connection."""
    return await dummyConnect(host)


async def main() -> None:
    async with TaskGroup() as group:
        group.createTask(fetch("one.example"))
        group.createTask(fetch("two.example"))


running = ensureDeferred(main())
print(waitingText(), end="")
