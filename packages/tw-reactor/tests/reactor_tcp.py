"""TCP over the loopback interface as a harness for the transport contract."""

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import ClientFactory, ServerFactory
from twisted.internet.testing import TransportHarness, Witness

from .reactor_helpers import discard


class OneProtocol(ServerFactory, ClientFactory):
    """Hands out one protocol."""

    noisy = False

    def __init__(self, protocol: IProtocol) -> None:
        self.only = protocol

    def buildProtocol(self, addr: IAddress | None) -> IProtocol:
        return self.only


class TCPHarness(TransportHarness):
    """Connects over the loopback interface."""

    def __init__(self, reactor: PollingReactor, interface: str) -> None:
        self.reactor = reactor
        self.interface = interface

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        port = self.reactor.listenTCP(0, OneProtocol(server), interface=self.interface)
        number = port.getHost().port
        self.reactor.connectTCP(self.interface, number, OneProtocol(client))
        assert isinstance(server, Witness)
        assert isinstance(client, Witness)
        self.waitUntil(lambda: server.events and client.events, "both sides are connected")

    def turn(self) -> None:
        self.reactor.iterate(0.002)

    def close(self) -> None:
        discard(self.reactor)
