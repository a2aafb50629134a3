"""A coroutine that is cancelled, and cleans up before it ends."""

from twisted.internet.defer import CancelledError, ensureDeferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react


async def work(reactor: IReactorTime) -> None:
    """Work for a minute."""
    try:
        await deferLater(reactor, 60)
    except CancelledError:
        print("work: cancelled")
        raise
    finally:
        # To wait here is fine: the cancellation was delivered, and does not come again.
        await deferLater(reactor, 0.1)
        print("work: cleaned up")


async def main(reactor: IReactorTime) -> None:
    working = ensureDeferred(work(reactor))
    working.cancel()
    try:
        await working
    except CancelledError:
        print("main: the work has ended")


react(main)
