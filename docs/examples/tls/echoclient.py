"""Send two lines and print what comes back, over TCP: python echoclient.py [port]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import connectionDone
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure


class EchoClient(LineReceiver):
    def __init__(self) -> None:
        self.done: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.sendLine(b"A first line to be echoed.")
        self.sendLine(b"And a last one.")

    def lineReceived(self, line: bytes) -> None:
        print("receive:", line.decode())
        if line == b"And a last one.":
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        print("connection lost:", reason.getErrorMessage())
        self.done.callback(None)


async def main(reactor: IReactorTCP, port: str = "8000") -> None:
    client = await connectProtocol(
        TCP4ClientEndpoint(reactor, "127.0.0.1", int(port)), EchoClient()
    )
    await client.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
