"""What the tests of Deferreds beside asyncio share: running in a loop, and waiting there."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.python.failure import Failure

_T = TypeVar("_T")


def inLoop(main: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Run a coroutine function as the Deferred coroutine of a loop."""

    async def driven() -> _T:
        done: asyncio.Future[_T | Failure] = asyncio.get_running_loop().create_future()
        ensureDeferred(main()).addBoth(done.set_result)
        result = await done
        if isinstance(result, Failure):
            result.raiseException()
        return result

    return asyncio.run(driven(), debug=True)


async def later(result: _T, turns: int = 2) -> _T:
    """Return a result after some turns of the loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return result


def loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def forever() -> None:
    await loop().create_future()


async def foreverDeferred() -> None:
    await Deferred[None]()


FOREVER = pytest.mark.parametrize("wait", [forever, foreverDeferred, lambda: asyncio.sleep(3600)])
Wait = Callable[[], Coroutine[Any, Any, None]]
