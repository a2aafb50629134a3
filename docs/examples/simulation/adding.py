"""A service that adds: it answers each line with the sum of all numbers so far."""

from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Protocol, ServerFactory

LONGEST = 20
"""How many bytes a line may have."""


class Adding(Protocol):
    """Takes lines with one number each, and answers with the sum."""

    def __init__(self) -> None:
        self._buffer = b""
        self._sum = 0

    def dataReceived(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            if len(line) > LONGEST or not line.isdigit():
                self.transport.loseConnection()
                return
            self._sum += int(line)
            self.transport.write(b"%d\n" % self._sum)
        if len(self._buffer) > LONGEST:
            self.transport.loseConnection()


class AddingFactory(ServerFactory):
    """Makes a sum for each connection."""

    noisy = False

    def buildProtocol(self, addr: IAddress) -> Protocol:
        return Adding()
