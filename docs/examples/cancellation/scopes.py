"""Somebody else gives up a part of a coroutine, and only that."""

from twisted.internet.defer import CancelScope
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react


class Download:
    """Something in a program that its user can stop."""

    def __init__(self) -> None:
        self.scope = CancelScope()

    async def run(self, reactor: IReactorTime) -> None:
        """Download until it is stopped."""
        async with self.scope:
            print("downloading")
            await deferLater(reactor, 60)
        if self.scope.cancelledCaught:
            print("stopped, keeping what is there")

    def stop(self) -> None:
        """Stop it."""
        self.scope.cancel()


async def main(reactor: IReactorTime) -> None:
    download = Download()
    reactor.callLater(0.1, download.stop)
    await download.run(reactor)


react(main)
