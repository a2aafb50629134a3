"""Code that is written for Deferreds, and uses libraries of asyncio."""

import asyncio
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import inlineCallbacks, returnsDeferred


async def fetch(name: str) -> str:
    """Stand for a coroutine function of a library of asyncio."""
    await asyncio.sleep(0.01)
    if name == "c":
        raise LookupError(name)
    return name.upper()


@returnsDeferred
async def fetchAll(*names: str) -> list[str]:
    """Fetch several at once; if one fails the others are cancelled."""
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(name)) for name in names]
    return [task.result() for task in tasks]


@inlineCallbacks
def report(*names: str) -> Generator[Any, Any, str]:
    """Do the same in a generator."""
    first = yield asyncio.create_task(fetch(names[0]))
    others = yield fetchAll(*names[1:])
    return " ".join([first, *others])


async def main() -> None:
    """Run the loop; the reactor does that in its stead where it runs on asyncio."""
    d = report("a", "b", "d").addCallback(print)
    await d
    try:
        await fetchAll("a", "c")
    except* LookupError as errors:
        print(f"{len(errors.exceptions)} not found")


asyncio.run(main())
