"""A program of asyncio that awaits Deferreds."""

import asyncio

from twisted.internet.defer import Deferred


def measure(volts: float) -> Deferred[float]:
    """Stand for a function of a library that returns Deferreds."""
    result: Deferred[float] = Deferred()
    asyncio.get_running_loop().call_later(0.01, result.callback, volts)
    return result


async def main() -> None:
    """Wait for Deferreds in all the ways of asyncio."""
    print(await measure(1.5))
    print(await asyncio.gather(measure(3.0), measure(4.5)))
    try:
        async with asyncio.timeout(0.01):
            await Deferred[None](lambda d: print("the measurement is stopped"))
    except TimeoutError:
        print("took too long")


asyncio.run(main())
