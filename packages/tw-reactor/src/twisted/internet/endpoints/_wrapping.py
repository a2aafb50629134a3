"""From the events of a client factory to one Deferred.

An endpoint hands the reactor a `ConnectingFactory` in place of the user's factory. It builds the
user's protocol behind a `ConnectingProtocol`, for the one reason of seeing when the connection was
made. After that the reactor's own transports are given the user's protocol itself, so the wrapper
costs nothing where speed matters.
"""

from twisted.internet.defer import Deferred
from twisted.internet.endpoints._standin import StandInProtocol
from twisted.internet.error import ConnectingCancelledError, NoProtocol, NotConnectingError
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    ILoggingContext,
    IProtocol,
    IProtocolFactory,
    ITransport,
)
from twisted.internet.protocol import ClientFactory
from twisted.python.components import provides
from twisted.python.failure import Failure


class ConnectingProtocol(StandInProtocol):
    """Stands in for a protocol until its connection is made, and tells the factory then."""

    def __init__(self, factory: "ConnectingFactory", protocol: IProtocol) -> None:
        """Make a stand-in.

        Args:
            factory: Is told when the connection was made.
            protocol: The user's protocol.
        """
        super().__init__(protocol)
        self._factory = factory

    def makeConnection(self, transport: ITransport) -> None:
        """Connect the protocol, put it into its own place, and tell the factory.

        Args:
            transport: The own end of the connection.
        """
        protocol = self.protocol
        protocol.makeConnection(transport)
        if getattr(transport, "protocol", None) is self:
            transport.protocol = protocol  # type: ignore[attr-defined] # it has the attribute
        self._factory.succeeded(protocol)

    def connectionLost(self, reason: Failure) -> None:
        """Hand on; an attempt that never came to its end has failed with the reason.

        Args:
            reason: Why the connection is gone.
        """
        self._factory.failed(reason)
        self.protocol.connectionLost(reason)


class _GivingUp:
    """Cancels an attempt as long as it goes on.

    Attributes:
        factory: The factory of the attempt; None when it has come to its end.
    """

    def __init__(self, factory: "ConnectingFactory") -> None:
        self.factory: ConnectingFactory | None = factory

    def __call__(self, connected: Deferred[IProtocol]) -> None:
        if self.factory is not None:
            self.factory.cancel(connected)


class ConnectingFactory(ClientFactory):
    """Builds the protocol of one attempt.

    Attributes:
        connected: A Deferred with the protocol, when the connection was made.
    """

    noisy = False

    def __init__(self, factory: IProtocolFactory) -> None:
        """Make a factory for one attempt.

        Args:
            factory: The user's factory.
        """
        self._wrappedFactory = factory
        self._connector: IConnector | None = None
        self._waiting = True
        self._givingUp = _GivingUp(self)
        self.connected: Deferred[IProtocol] = Deferred(self._givingUp)

    def logPrefix(self) -> str:
        """Return the name of the user's factory."""
        if provides(ILoggingContext, self._wrappedFactory):
            return str(self._wrappedFactory.logPrefix())  # type: ignore[attr-defined] # it does
        return self._wrappedFactory.__class__.__name__

    def doStart(self) -> None:
        """Hand on."""
        self._wrappedFactory.doStart()

    def doStop(self) -> None:
        """Hand on."""
        self._wrappedFactory.doStop()

    def startedConnecting(self, connector: IConnector) -> None:
        """Keep what gives up the attempt.

        Args:
            connector: The attempt.
        """
        self._connector = connector

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        """Build the user's protocol; if there is none, the attempt has failed.

        Args:
            addr: The address of the peer.
        """
        if not self._waiting:
            return None
        try:
            protocol = self._wrappedFactory.buildProtocol(addr)
        except Exception:
            self.failed(Failure())
            return None
        if protocol is None:
            self.failed(Failure(NoProtocol(f"{self._wrappedFactory!r} built no protocol")))
            return None
        return ConnectingProtocol(self, protocol)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Fail.

        Args:
            connector: The attempt.
            reason: Why it failed.
        """
        self.failed(reason)

    def succeeded(self, protocol: IProtocol) -> None:
        """Fire with the protocol.

        Args:
            protocol: The user's protocol, which is connected.
        """
        if self._waiting:
            self._end()
            self.connected.callback(protocol)

    def failed(self, reason: Failure) -> None:
        """Fail, if the attempt has not come to its end yet.

        Args:
            reason: Why.
        """
        if self._waiting:
            self._end()
            self.connected.errback(reason)

    def _end(self) -> None:
        """Let go of what refers to this factory, or only a collector of garbage would free it."""
        self._waiting = False
        self._connector = None
        self._givingUp.factory = None

    def cancel(self, connected: Deferred[IProtocol]) -> None:
        """Give up the attempt.

        Args:
            connected: The Deferred that was cancelled.
        """
        connector = self._connector
        assert connector is not None, "the Deferred is handed out after the attempt has begun"
        self._end()
        connected.errback(ConnectingCancelledError(connector.getDestination()))
        try:
            connector.stopConnecting()
        except NotConnectingError:
            # It was made in this moment.
            connector.disconnect()
