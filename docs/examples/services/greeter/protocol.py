"""Reads a name from a connection and answers with the greeting."""

from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver

from greeter.greeting import Greeter


class GreetingProtocol(LineOnlyReceiver):
    """One visitor."""

    delimiter = b"\n"
    # A name need not be longer. A visitor who sends more is disconnected.
    MAX_LENGTH = 80

    def __init__(self, greeter: Greeter) -> None:
        self.greeter = greeter

    def lineReceived(self, line: bytes) -> None:
        name = line.decode("utf-8", "replace").strip()
        self.sendLine(self.greeter.greet(name).encode())
        self.transport.loseConnection()


class GreetingFactory(Factory[GreetingProtocol]):
    """Makes a protocol for each visitor; all of them share one greeter."""

    def __init__(self, greeter: Greeter) -> None:
        self.greeter = greeter

    def buildProtocol(self, addr: IAddress | None) -> GreetingProtocol:
        return GreetingProtocol(self.greeter)
