"""A protocol that stands between a transport and the user's, and is asked what that is asked."""

from twisted.internet.interfaces import (
    IFileDescriptorReceiver,
    IHalfCloseableProtocol,
    IHandshakeListener,
    ILoggingContext,
    IProtocol,
)
from twisted.python.components import classImplements, directlyProvides, provides

# What a transport may ask of its protocol beyond IProtocol.
_OPTIONAL = (
    IHalfCloseableProtocol,
    IFileDescriptorReceiver,
    IHandshakeListener,
    ILoggingContext,
)


class StandInProtocol:
    """Provides what a protocol provides, and hands on to it; a subclass connects and loses it.

    Attributes:
        protocol: The user's protocol.
    """

    def __init__(self, protocol: IProtocol) -> None:
        """Stand in for a protocol.

        Args:
            protocol: The user's protocol.
        """
        self.protocol = protocol
        directlyProvides(self, *(face for face in _OPTIONAL if provides(face, protocol)))

    def __getattr__(self, name: str) -> object:
        # The methods of the interfaces in _OPTIONAL, as far as the protocol has them.
        return getattr(self.protocol, name)

    def connectionMade(self) -> None:
        """Do nothing: `makeConnection` has called it on the protocol."""

    def dataReceived(self, data: bytes) -> None:
        """Hand on.

        Args:
            data: What has arrived.
        """
        self.protocol.dataReceived(data)


classImplements(StandInProtocol, IProtocol)

__all__ = ["StandInProtocol"]
