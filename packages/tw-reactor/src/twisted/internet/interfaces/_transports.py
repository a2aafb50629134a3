"""Transports: one end of an open connection, as its protocol sees it.

A transport is made by the reactor and handed to the protocol by `makeConnection`. All methods are
called on the reactor's thread; from another thread go through `reactor.callFromThread`. None of
them blocks. Calls that come after the connection was lost are harmless and do nothing.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from twisted.internet.interfaces._addresses import IAddress
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.address import IPv4Address, IPv6Address


class ITransport(Interface):
    """An open connection that carries a stream of bytes both ways."""

    def write(self, data: bytes) -> None:
        """Send bytes after all those that were written before.

        What the operating system does not take at once is kept in memory. Whoever may write more
        than the peer reads should register a producer (`IConsumer`).

        Args:
            data: The bytes, any number of them, none included.

        Raises:
            TypeError: `data` is not bytes; text has to be encoded first.
        """

    def writeSequence(self, data: Iterable[bytes], /) -> None:
        """Send several pieces, as if `write` were called with them joined.

        Args:
            data: The pieces in order.

        Raises:
            TypeError: One of the pieces is not bytes; then none of them is sent.
        """

    def loseConnection(self) -> None:
        """Close the connection when all that was written has been handed over.

        Waits for the buffer to drain, and for a registered producer to unregister. Then both
        directions are closed and the protocol's `connectionLost` is called, with `ConnectionDone`
        if all went well. A peer that does not read holds this up; see
        `ITCPTransport.abortConnection`. Calls after the first do nothing.
        """

    def getPeer(self) -> IAddress:
        """Return the address of the other end; known as long as the transport lives."""
        ...

    def getHost(self) -> IAddress:
        """Return the address of this end; known as long as the transport lives."""
        ...


class ITCPTransport(ITransport, Interface):
    """An open TCP connection (or one that promises the same, such as TLS over it)."""

    def loseWriteConnection(self) -> None:
        """Close the sending direction when all that was written has been handed over.

        The peer reads an end of file; this side goes on receiving. The protocol's
        `IHalfCloseableProtocol.writeConnectionLost` is called when it is done.
        """

    def abortConnection(self) -> None:
        """Close the connection now, whatever was not sent yet is lost.

        A registered producer is stopped. `connectionLost` is called soon after with
        `ConnectionAborted`, never before this method returns, and nothing is received in between.
        The peer of a TCP connection sees a reset.
        """

    def getTcpNoDelay(self) -> bool:
        """Return whether small writes are sent without waiting for more (`TCP_NODELAY`).

        It is on for connections that the reactor made.
        """
        ...

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Turn `TCP_NODELAY` on or off.

        Args:
            enabled: False lets the kernel hold back a small write while an earlier one has not
                been acknowledged (Nagle's algorithm, RFC 9293 section 3.7.4).
        """

    def getTcpKeepAlive(self) -> bool:
        """Return whether the kernel probes an idle peer (`SO_KEEPALIVE`); off by default."""
        ...

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """Turn `SO_KEEPALIVE` on or off.

        Args:
            enabled: True lets the kernel find out about a peer that vanished without a word; after
                how long, the operating system says (two hours on Linux).
        """

    def getPeer(self) -> "IPv4Address | IPv6Address":
        """Return the address of the other end."""
        ...

    def getHost(self) -> "IPv4Address | IPv6Address":
        """Return the address of this end."""
        ...


class ISystemHandle(Interface):
    """An object that wraps one of the operating system's own."""

    def getHandle(self) -> object:
        """Return what is wrapped: the `socket.socket` of a connection or of a port.

        Whoever uses it behind the reactor's back answers for the consequences.
        """
        ...
