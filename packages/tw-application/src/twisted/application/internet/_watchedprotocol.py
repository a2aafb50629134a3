"""Sees when a connection is lost, whatever the protocol on it is.

A `WatchingFactory` goes to the endpoint in place of the user's factory, and its protocols to the
transport in place of the user's. The user's protocol gets the transport itself, and does not know
that it is watched.
"""

from collections.abc import Callable

from twisted.internet.endpoints._standin import StandInProtocol
from twisted.internet.interfaces import IAddress, IProtocol, IProtocolFactory, ITransport
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class WatchedProtocol(StandInProtocol):
    """Hands everything on to a protocol, and tells when its connection is lost.

    Attributes:
        protocol: The user's protocol.
        transport: The own end of the connection; None before it is made and after it is lost.
        lost: Called with the reason when the connection is lost, after the protocol's own method.
    """

    def __init__(self, protocol: IProtocol) -> None:
        """Watch a protocol.

        Args:
            protocol: The user's protocol.
        """
        super().__init__(protocol)
        self.transport: ITransport | None = None
        self.lost: Callable[[Failure], object] | None = None

    def makeConnection(self, transport: ITransport) -> None:
        """Connect the protocol."""
        self.transport = transport
        self.protocol.makeConnection(transport)

    def connectionLost(self, reason: Failure) -> None:
        """Hand on, and tell; also if the protocol raises."""
        self.transport = None
        try:
            self.protocol.connectionLost(reason)
        finally:
            if self.lost is not None:
                self.lost(reason)


class WatchingFactory:
    """Builds what the user's factory builds, watched."""

    def __init__(self, factory: IProtocolFactory) -> None:
        """Watch what a factory builds.

        Args:
            factory: The user's factory.
        """
        self._factory = factory

    def __getattr__(self, name: str) -> object:
        # Some endpoints ask for `noisy`, `logPrefix` or what they agreed on with the factory.
        return getattr(self._factory, name)

    def doStart(self) -> None:
        """Hand on."""
        self._factory.doStart()

    def doStop(self) -> None:
        """Hand on."""
        self._factory.doStop()

    def buildProtocol(self, addr: IAddress) -> IProtocol | None:
        """Build the user's protocol, and what watches it; None if there is none."""
        protocol = self._factory.buildProtocol(addr)
        return None if protocol is None else WatchedProtocol(protocol)


classImplements(WatchingFactory, IProtocolFactory)
