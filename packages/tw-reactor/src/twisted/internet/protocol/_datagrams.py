"""Protocols over datagrams."""

from twisted.internet.interfaces import ILoggingContext, IUDPTransport
from twisted.logger import Logger
from twisted.python.components import classImplements
from twisted.python.failure import Failure

_log = Logger("twisted.internet.protocol.AbstractDatagramProtocol")


class AbstractDatagramProtocol:
    """What all protocols over datagrams have in common.

    One protocol serves one port and all its peers: there are no connections.

    Attributes:
        transport: The port; None while there is none.
        numPorts: 1 while the protocol has a port, else 0.
        noisy: Whether its start and stop are logged.
    """

    # As in BaseProtocol: never None in a callback.
    transport: IUDPTransport = None  # type: ignore[assignment]
    numPorts: int = 0
    noisy: bool = True

    def doStart(self) -> None:
        """Count one more port, and call `startProtocol` for the first.

        Called by the port; override `startProtocol` instead.
        """
        if self.numPorts == 0:
            if self.noisy:
                _log.info("{protocol} starting", protocol=self)
            self.startProtocol()
        self.numPorts += 1

    def doStop(self) -> None:
        """Count one port less, let go of it, and call `stopProtocol` for the last.

        Called by the port; override `stopProtocol` instead.
        """
        if self.numPorts == 0:
            return
        self.numPorts -= 1
        self.transport = None  # type: ignore[assignment]
        if self.numPorts == 0:
            if self.noisy:
                _log.info("{protocol} stopping", protocol=self)
            self.stopProtocol()

    def startProtocol(self) -> None:
        """Learn that the port is open and can be written to."""

    def stopProtocol(self) -> None:
        """Learn that the port is closed. The protocol may be started on another one later."""

    def makeConnection(self, transport: IUDPTransport) -> None:
        """Take the port, and start.

        Called by the port once it is bound.

        Args:
            transport: The port.
        """
        self.transport = transport
        self.doStart()

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        """Take a datagram that has arrived.

        Args:
            datagram: The whole of it; it may be empty.
            addr: The host and port of the sender.
        """


class DatagramProtocol(AbstractDatagramProtocol):
    """What deals with the datagrams of one UDP port."""

    def logPrefix(self) -> str:
        """Return the name of the class."""
        return self.__class__.__name__

    def connectionRefused(self) -> None:
        """Learn that the peer of a connected port refused a datagram (ICMP, nobody listens).

        The port goes on working.
        """


classImplements(DatagramProtocol, ILoggingContext)


class ConnectedDatagramProtocol(DatagramProtocol):
    """What deals with the datagrams of a port that has one peer."""

    def datagramReceived(  # type: ignore[override] # there is one sender, so none is named
        self, datagram: bytes
    ) -> None:
        """Take a datagram that has arrived from the peer.

        Args:
            datagram: The whole of it; it may be empty.
        """

    def connectionFailed(self, failure: Failure) -> None:
        """Learn that the port could not be connected to the peer.

        Args:
            failure: Why, a `DNSLookupError` for instance.
        """
