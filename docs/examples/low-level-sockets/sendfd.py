"""Send an open file through a UNIX socket: python sendfd.py SOCKET FILE."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorUNIX, IUNIXTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure


class SendFile(Protocol):
    transport: IUNIXTransport

    def __init__(self, path: str) -> None:
        self.file = open(path, "rb")
        self.done: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.transport.sendFileDescriptor(self.file.fileno())
        # A descriptor travels with a byte; without one it would stay here.
        self.transport.write(b"\0")
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.file.close()  # the other side has a descriptor of its own
        self.done.callback(None)


async def main(reactor: IReactorUNIX, socket: str, path: str) -> None:
    sending = await connectProtocol(UNIXClientEndpoint(reactor, socket), SendFile(path))
    await sending.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
