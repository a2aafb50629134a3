"""Pass each connection on to another place: python relay.py FROM TO, two endpoints."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol, serverFromString
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure


class Outgoing(Protocol):
    def __init__(self, incoming: "Incoming") -> None:
        self.incoming = incoming

    def connectionMade(self) -> None:
        # Each side reads only as fast as the other one takes it.
        self.transport.registerProducer(self.incoming.transport, streaming=True)
        self.incoming.transport.registerProducer(self.transport, streaming=True)

    def dataReceived(self, data: bytes) -> None:
        self.incoming.transport.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.incoming.transport.unregisterProducer()
        self.incoming.transport.loseConnection()


class Incoming(Protocol):
    outgoing: Outgoing | None = None

    def __init__(self, destination: IStreamClientEndpoint) -> None:
        self.destination = destination

    def connectionMade(self) -> None:
        self.transport.pauseProducing()
        self.attempt = connectProtocol(self.destination, Outgoing(self))
        self.attempt.addCallbacks(self.joined, self.failed)

    def joined(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.transport.resumeProducing()

    def failed(self, failure: Failure) -> None:
        failure.trap(ConnectError)
        print("no connection:", failure.getErrorMessage(), file=sys.stderr, flush=True)
        self.transport.loseConnection()

    def dataReceived(self, data: bytes) -> None:
        self.outgoing.transport.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self.outgoing is None:
            self.attempt.cancel()
        else:
            self.outgoing.transport.unregisterProducer()
            self.outgoing.transport.loseConnection()


class Relay(Factory):
    def __init__(self, destination: IStreamClientEndpoint) -> None:
        self.destination = destination

    def buildProtocol(self, addr: object) -> Incoming:
        return Incoming(self.destination)


async def main(reactor: object, source: str, destination: str) -> None:
    relay = Relay(clientFromString(reactor, destination))
    port = await serverFromString(reactor, source).listen(relay)
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
