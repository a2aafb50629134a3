"""Have the lines of a file counted that only we may read: python send_file.py PATH FILE."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import react
from twisted.python.failure import Failure


class SendFile(Protocol):
    def __init__(self, name: str) -> None:
        self.name = name
        self.answered: Deferred[bytes] = Deferred()

    def connectionMade(self) -> None:
        with open(self.name, "rb") as file:
            self.transport.sendFileDescriptor(file.fileno())
        # What was sent is a copy, and it travels with the bytes that come next.
        self.transport.write(b"count\n")

    def dataReceived(self, data: bytes) -> None:
        self.answered.callback(data)
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self.answered.called:
            self.answered.errback(reason)


async def main(reactor: object, path: str, name: str) -> None:
    sending = SendFile(name)
    await connectProtocol(UNIXClientEndpoint(reactor, path, checkPID=True), sending)
    print((await sending.answered).decode(), end="")


if __name__ == "__main__":
    react(main, sys.argv[1:])
