"""Sees when a connection is lost, whatever the protocol on it is.

A `WatchingFactory` goes to the endpoint in place of the user's factory, and its protocols to the
transport in place of the user's. The user's protocol gets the transport itself, and does not know
that it is watched.
"""

from collections.abc import Callable

from twisted.internet.interfaces import (
    IAddress,
    IFileDescriptorReceiver,
    IHalfCloseableProtocol,
    IHandshakeListener,
    ILoggingContext,
    IProtocol,
    IProtocolFactory,
    ITransport,
)
from twisted.python.components import classImplements, directlyProvides, provides
from twisted.python.failure import Failure

# What a transport may ask of its protocol beyond IProtocol.
_OPTIONAL = (
    IHalfCloseableProtocol,
    IFileDescriptorReceiver,
    IHandshakeListener,
    ILoggingContext,
)


class WatchedProtocol:
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
        self.protocol = protocol
        self.transport: ITransport | None = None
        self.lost: Callable[[Failure], object] | None = None
        directlyProvides(self, *(face for face in _OPTIONAL if provides(face, protocol)))

    def __getattr__(self, name: str) -> object:
        # The methods of the interfaces in _OPTIONAL, as far as the protocol has them.
        return getattr(self.protocol, name)

    def makeConnection(self, transport: ITransport) -> None:
        """Connect the protocol."""
        self.transport = transport
        self.protocol.makeConnection(transport)

    def connectionMade(self) -> None:
        """Do nothing: `makeConnection` has called it on the protocol."""

    def dataReceived(self, data: bytes) -> None:
        """Hand on."""
        self.protocol.dataReceived(data)

    def connectionLost(self, reason: Failure) -> None:
        """Hand on, and tell; also if the protocol raises."""
        self.transport = None
        try:
            self.protocol.connectionLost(reason)
        finally:
            if self.lost is not None:
                self.lost(reason)


classImplements(WatchedProtocol, IProtocol)


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
