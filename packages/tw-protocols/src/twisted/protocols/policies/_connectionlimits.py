"""How many connections there may be: in all, and from one host."""

from typing import cast

from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import ServerFactory
from twisted.protocols.policies._wrapping import ProtocolWrapper, WrappingFactory

CONNECTIONS_PER_PEER = 5
"""How many connections `LimitConnectionsByPeer` allows to one host, unless told otherwise."""


class LimitTotalConnectionsFactory(ServerFactory[ProtocolWrapper]):
    """Serves so many connections at once, and deals in another way with those that are too many.

    Set `protocol` as with any factory.

    Attributes:
        connectionCount: How many connections there are.
        connectionLimit: How many there may be; None for no limit.
        overflowProtocol: What builds the protocols of those that are too many: a class, or any
            callable that takes no arguments. Without it they are refused.
    """

    connectionCount: int = 0
    connectionLimit: int | None = None
    overflowProtocol: type[IProtocol] | None = None

    def buildProtocol(self, addr: IAddress | None) -> ProtocolWrapper | None:
        """Build a protocol, or one of the other kind, or none.

        Args:
            addr: The address of the peer.
        """
        if self.connectionLimit is None or self.connectionCount < self.connectionLimit:
            return self._wrapped(super().buildProtocol(addr))
        if self.overflowProtocol is None:
            return None
        overflow = self.overflowProtocol()
        overflow.factory = self  # type: ignore[attr-defined]  # every protocol may have one
        return self._wrapped(overflow)

    def _wrapped(self, protocol: IProtocol | None) -> ProtocolWrapper | None:
        """Count a connection from now on: it may be there before it is connected."""
        if protocol is None:
            return None
        self.connectionCount += 1
        # It calls registerProtocol and unregisterProtocol, and asks nothing else of its factory.
        return ProtocolWrapper(cast("WrappingFactory[ProtocolWrapper]", self), protocol)

    def registerProtocol(self, p: ProtocolWrapper) -> None:
        """Do nothing: it was counted when it was built; called by the wrapper.

        Args:
            p: The wrapper.
        """

    def unregisterProtocol(self, p: ProtocolWrapper) -> None:
        """Count a connection no longer; called by the wrapper.

        Args:
            p: The wrapper.
        """
        self.connectionCount -= 1


class LimitConnectionsByPeer(WrappingFactory[ProtocolWrapper]):
    """Serves so many connections of one host at once, and refuses more.

    Attributes:
        maxConnectionsPerPeer: How many there may be.
        peerConnections: How many there are, by host.
    """

    maxConnectionsPerPeer: int = CONNECTIONS_PER_PEER

    def startFactory(self) -> None:
        """Begin to count."""
        self.peerConnections: dict[str, int] = {}

    def buildProtocol(self, addr: IAddress | None) -> ProtocolWrapper | None:
        """Build a protocol and wrap it; none if its host has enough.

        Args:
            addr: The address of the peer.
        """
        host = _hostOf(addr)
        count = self.peerConnections.get(host, 0)
        if count >= self.maxConnectionsPerPeer:
            return None
        wrapper = super().buildProtocol(addr)
        if wrapper is not None:
            self.peerConnections[host] = count + 1
        return wrapper

    def unregisterProtocol(self, p: ProtocolWrapper) -> None:
        """Count a connection no longer; called by the wrapper.

        Args:
            p: The wrapper.
        """
        super().unregisterProtocol(p)
        host = _hostOf(p.getPeer())
        left = self.peerConnections.get(host, 0) - 1
        if left > 0:
            self.peerConnections[host] = left
        else:
            self.peerConnections.pop(host, None)


def _hostOf(address: IAddress | None) -> str:
    """Return the host of an address; what has none (a UNIX socket) counts as one host."""
    return str(getattr(address, "host", ""))
