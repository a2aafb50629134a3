"""Serve a connection that was made by hand: python adopting.py."""

import socket

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorSocket
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure


class Upper(Protocol):
    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data.upper())


class Ask(Protocol):
    def connectionMade(self) -> None:
        self.transport.write(b"hello")

    def dataReceived(self, data: bytes) -> None:
        print("received", data)
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        lost.callback(None)


lost: Deferred[None] = Deferred()


async def main(reactor: IReactorSocket) -> None:
    here, there = socket.socketpair()
    for end, protocol in ((here, Ask), (there, Upper)):
        end.setblocking(False)
        factory = Factory.forProtocol(protocol)
        # The reactor uses a copy of the descriptor, so ours is closed.
        reactor.adoptStreamConnection(end.fileno(), socket.AF_UNIX, factory)
        end.close()
    await lost


if __name__ == "__main__":
    react(main)
