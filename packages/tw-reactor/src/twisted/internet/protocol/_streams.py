"""Protocols over a stream of bytes."""

from typing import TYPE_CHECKING, Optional

from twisted.internet.interfaces import ILoggingContext, IProtocol, ITransport
from twisted.internet.main import CONNECTION_DONE
from twisted.python.components import classImplements
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.internet.protocol._factories import Factory

connectionDone: Failure = Failure(CONNECTION_DONE)
"""The reason of a connection that ended in good order: the default of `connectionLost`."""


class BaseProtocol:
    """What all protocols have in common: a transport.

    Attributes:
        connected: Whether `makeConnection` was called; it stays true after the connection is lost.
        transport: The own end of the connection; None before the connection is made.
    """

    connected: int = 0
    # Typed as it is in every callback, so that none of them has to ask: before the connection
    # is made there is nothing that would call them.
    transport: ITransport = None  # type: ignore[assignment]

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport, and call `connectionMade`.

        Args:
            transport: The own end of a connection that is open.
        """
        self.connected = 1
        self.transport = transport
        self.connectionMade()

    def connectionMade(self) -> None:
        """Learn that the connection is there and can be written to.

        Override it to send a greeting or to count the connection; the default does nothing.
        """


class Protocol(BaseProtocol):
    """What deals with one connection that carries a stream of bytes, on a client or a server.

    Subclass it and override the events that matter: `connectionMade`, `dataReceived`,
    `connectionLost`. The default of each does nothing: a bare Protocol says nothing and ignores
    what it is told.

    Attributes:
        factory: The factory that built it; None where it was built by hand.
    """

    factory: Optional["Factory[IProtocol]"] = None

    def logPrefix(self) -> str:
        """Return the name of the class."""
        return self.__class__.__name__

    def dataReceived(self, data: bytes) -> None:
        """Take bytes that have arrived.

        Args:
            data: At least one byte. Where it is cut says nothing about how the peer wrote it.
        """

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Learn that the connection is gone.

        Args:
            reason: Wraps `ConnectionDone`, `ConnectionLost` or `ConnectionAborted`.
        """


classImplements(Protocol, IProtocol, ILoggingContext)
