"""Parts of a coroutine with a time limit."""

from twisted.internet.defer import moveOnAfter, timeout
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react


async def main(reactor: IReactorTime) -> None:
    try:
        async with timeout(0.1):
            await deferLater(reactor, 60)
    except TimeoutError:
        print("took too long")

    async with moveOnAfter(0.1) as scope:
        await deferLater(reactor, 60)
        print("never printed")
    print("went on, given up:", scope.cancelledCaught)

    async with timeout(0.1) as limit:
        # All is well so far: it gets more time.
        limit.reschedule(reactor.seconds() + 60)
        await deferLater(reactor, 0.2)
    print("in time after all, expired:", limit.expired())


react(main)
