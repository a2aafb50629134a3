"""Echo each line of standard input, and do other things meanwhile: python stdin.py."""

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.internet.stdio import StandardIO
from twisted.internet.task import LoopingCall, react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure


class Echo(LineReceiver):
    """Numbers the lines.

    Attributes:
        ended: Fires when there are no more lines.
    """

    delimiter = b"\n"

    def __init__(self) -> None:
        self.count = 0
        self.ended: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.transport.write(b">>> ")

    def lineReceived(self, line: bytes) -> None:
        self.count += 1
        self.sendLine(b"%d: %s" % (self.count, line))
        self.transport.write(b">>> ")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.ended.callback(None)


async def main(reactor: IReactorTime) -> None:
    echo = Echo()
    StandardIO(echo)
    minutes = LoopingCall(lambda: echo.sendLine(b"a minute has passed"))
    minutes.clock = reactor
    minutes.start(60, now=False)
    await echo.ended
    minutes.stop()


if __name__ == "__main__":
    react(main)
