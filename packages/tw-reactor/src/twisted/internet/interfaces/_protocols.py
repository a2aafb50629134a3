"""Protocols and factories: what the reactor calls when something happens to a connection.

The life of a protocol: a factory builds it, `makeConnection` hands it its transport,
`connectionMade` is called once, then `dataReceived` any number of times, then `connectionLost`
once. All of it happens on the reactor's thread. An exception in one of these methods is logged
and closes the connection; it never ends the reactor.
"""

from typing import TYPE_CHECKING

from twisted.internet.interfaces._addresses import IAddress
from twisted.internet.interfaces._transports import ITransport
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.python.failure import Failure


class IProtocol(Interface):
    """What deals with the bytes of one connection."""

    def dataReceived(self, data: bytes) -> None:
        """Take bytes that have arrived.

        Called by the transport, in order. How the stream is cut into calls means nothing: one
        write of the peer may arrive in many pieces, many writes in one.

        Args:
            data: The bytes; at least one.
        """

    def connectionLost(self, reason: "Failure") -> None:
        """Learn that the connection is gone, in both directions.

        Called by the transport once per connection, after the last `dataReceived`. Nothing
        is called after it. Let go here of what refers to the protocol or to its transport.

        Args:
            reason: Wraps `ConnectionDone` for an orderly end, whichever side asked for it,
                `ConnectionAborted` after `abortConnection`, `ConnectionLost` otherwise.
        """

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport and start.

        Called by whoever made the connection, once. It calls `connectionMade`.
        """

    def connectionMade(self) -> None:
        """Learn that the connection is there and can be written to.

        Called once, before any `dataReceived`: on a server when a client was accepted, on a client
        when the server was reached. Greetings are sent here.
        """


class IProtocolFactory(Interface):
    """What builds a protocol for each connection."""

    def buildProtocol(self, addr: IAddress) -> IProtocol | None:
        """Make the protocol for a new connection.

        Called by a port or a connector for each connection. An exception is logged and closes the
        connection, the port stays open.

        Args:
            addr: The address of the peer.

        Returns:
            The protocol, or None to refuse: the connection is then closed at once.
        """
        ...

    def doStart(self) -> None:
        """Learn that a port or connector begins to use this factory.

        Called once for each; pair of `doStop`.
        """

    def doStop(self) -> None:
        """Learn that a port or connector stops using this factory.

        Called once for each `doStart`.
        """


class IHalfCloseableProtocol(Interface):
    """A protocol that goes on when one direction of its connection was closed.

    The connection of a protocol that does not provide this is closed altogether as soon as the
    peer closes its sending side. One that provides it has to call `loseConnection` by itself.
    """

    def readConnectionLost(self) -> None:
        """Learn that the peer sends no more; writing still works.

        Called by the transport, at most once, after the last `dataReceived` and before
        `connectionLost`.
        """

    def writeConnectionLost(self) -> None:
        """Learn that this side sends no more; reading still works.

        Called by the transport, at most once, when `loseWriteConnection` is done.
        """


class IFileDescriptorReceiver(Interface):
    """A protocol that receives file descriptors beside its bytes (UNIX sockets only)."""

    def fileDescriptorReceived(self, descriptor: int) -> None:
        """Take an open file descriptor.

        Called by the transport before the `dataReceived` with the bytes that it was sent with.

        Args:
            descriptor: Its number in this process. The protocol owns it now and has to close it.
        """
