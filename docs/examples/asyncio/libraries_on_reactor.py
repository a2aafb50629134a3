"""Libraries of asyncio in a program of ours: the reactor runs in a loop."""

import asyncio

from twisted.internet import asyncioreactor

asyncioreactor.install()

from twisted.internet.defer import Deferred  # noqa: E402 - after the reactor was chosen
from twisted.internet.task import deferLater, react  # noqa: E402 - the same


async def squared(reactor, number: int) -> int:
    await deferLater(reactor, 0.001, lambda: None)  # one of ours, in a Task
    return number * number


async def main(reactor) -> None:
    await asyncio.sleep(0.001)  # one of asyncio's, in a coroutine of ours
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(squared(reactor, number)) for number in range(4)]
    print([task.result() for task in tasks])
    done: Deferred[str] = Deferred()
    asyncio.get_running_loop().call_later(0.001, done.callback, "fired by the loop")
    print(await asyncio.wait_for(done, 10))


react(main)
