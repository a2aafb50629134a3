"""Deferreds and futures, made of each other."""

import asyncio

from twisted.internet.defer import Deferred, DeferredList, succeed


async def main() -> None:
    """Use a future where a Deferred is wanted, and the reverse."""
    loop = asyncio.get_running_loop()

    slow = asyncio.create_task(asyncio.sleep(0.01, "slow"))
    both = DeferredList([Deferred.fromFuture(slow), succeed("fast")])
    print(await both)

    futures = {succeed(number).asFuture(loop) for number in (1, 2)}
    done, pending = await asyncio.wait(futures)
    print(sum(future.result() for future in done), len(pending))


asyncio.run(main())
