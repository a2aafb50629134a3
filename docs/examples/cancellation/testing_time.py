"""A timeout on a clock that a test turns by hand."""

from twisted.internet.defer import Deferred, ensureDeferred, timeout
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock


async def ask(answer: Deferred[str], clock: IReactorTime) -> str:
    """Wait for an answer, but not longer than 30 seconds."""
    try:
        async with timeout(30, clock):
            return await answer
    except TimeoutError:
        return "no answer"


clock = Clock()
asking = ensureDeferred(ask(Deferred(), clock))
clock.advance(29)
print("after 29 seconds:", asking.called)
clock.advance(1)
asking.addCallback(print)
