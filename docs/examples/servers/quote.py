"""Greet each client with a quote, and tell how many there are: python quote.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IReactorTCP
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure


class Quote(Protocol):
    def __init__(self, server: "QuoteFactory") -> None:
        self.server = server

    def connectionMade(self) -> None:
        self.server.connections += 1
        self.transport.write(b"%s\r\n" % self.server.quote)
        self.transport.write(b"You are one of %d.\r\n" % self.server.connections)
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.server.connections -= 1


class QuoteFactory(Factory[Quote]):
    connections = 0

    def __init__(self, quote: bytes) -> None:
        self.quote = quote

    def buildProtocol(self, addr: IAddress | None) -> Quote:
        return Quote(self)


async def main(reactor: IReactorTCP, description: str = "tcp:8007:interface=127.0.0.1") -> None:
    factory = QuoteFactory(b"An apple a day keeps the doctor away")
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
