"""Connect once, tell of each step, and print what comes: python told.py HOST PORT."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IConnector, IReactorTCP
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.internet.task import react
from twisted.python.failure import Failure


class Printer(Protocol):
    def dataReceived(self, data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


class Told(ClientFactory[Printer]):
    def __init__(self) -> None:
        self.done: Deferred[None] = Deferred()

    def startedConnecting(self, connector: IConnector) -> None:
        print("connecting to", connector.getDestination(), flush=True)

    def buildProtocol(self, addr: IAddress | None) -> Printer:
        print("connected", flush=True)
        return Printer()

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        # To try again, call connector.connect().
        print("connection failed:", reason.getErrorMessage(), flush=True)
        self.done.callback(None)

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        print("connection lost:", reason.getErrorMessage(), flush=True)
        self.done.callback(None)


async def main(reactor: IReactorTCP, host: str, port: str) -> None:
    factory = Told()
    reactor.connectTCP(host, int(port), factory)
    await factory.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
