"""A port that passes its connections on to another one.

`ProxyFactory(host, port)` is all that it takes: each connection to the port that it serves is joined
to a new one to `host`, and bytes go both ways until one of them ends. A subclass of `ProxyServer` or
`ProxyClient` that overrides `dataReceived` sees or changes what goes by.
"""

from collections.abc import Callable
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IHalfCloseableProtocol,
    IPushProducer,
    IReactorTCP,
)
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols._junction import HALF_CLOSED_SECONDS, Junction
from twisted.python.components import classImplements, provides
from twisted.python.failure import Failure

_log = Logger()


class Proxy(Protocol):
    """One of two protocols that hand each other what they receive.

    Attributes:
        noisy: Whether a connection that can't be passed on is logged.
        peer: The other one; None while there is none.
        halfClosedSeconds: For how many seconds nothing may come any more when one of the two
            directions has ended; None for no limit.
    """

    noisy: bool = True
    peer: "Proxy | None" = None
    halfClosedSeconds: float | None = HALF_CLOSED_SECONDS
    _junction: Junction | None = None
    # What a transport has delivered before there was a peer, although it was asked to pause.
    _early: bytes = b""

    def setPeer(self, peer: "Proxy | None") -> None:
        """Choose who gets what is received.

        Args:
            peer: The other protocol.
        """
        self.peer = peer

    def dataReceived(self, data: bytes) -> None:
        """Hand on bytes.

        Args:
            data: What has arrived.
        """
        if self._junction is not None:
            self._junction.received(self.transport, data)
        elif self.peer is not None:
            self.peer.transport.write(data)
        else:
            self._early += data

    def readConnectionLost(self) -> None:
        """Hand on that no more will come."""
        if self._junction is not None:
            self._junction.endOfStream(self.transport)
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Go on receiving."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Close the other connection, when it has sent what is left for it.

        Args:
            reason: Why this one is gone.
        """
        junction, self._junction = self._junction, None
        peer, self.peer = self.peer, None
        self._early = b""
        if junction is not None:
            junction.lost(self.transport)
        elif peer is not None and peer.connected:
            peer.transport.loseConnection()

    def _join(self, client: "Proxy") -> None:
        """Be joined to the other protocol, which has just been connected."""
        self.setPeer(client)
        self._junction = client._junction = Junction(
            self.transport, client.transport, self.halfClosedSeconds
        )
        early, self._early = self._early, b""
        if early:
            self._junction.received(self.transport, early)
        self._junction.begin()


classImplements(Proxy, IHalfCloseableProtocol)


class ProxyClient(Proxy):
    """The connection that is made for one that was accepted."""

    def connectionMade(self) -> None:
        """Let bytes go both ways from now on."""
        if self.peer is not None:
            self.peer._join(self)


class ProxyClientFactory(ClientFactory[ProxyClient]):
    """Makes the connection for one that was accepted.

    Attributes:
        protocol: What builds the protocol of the connection.
        server: The protocol of the one that was accepted.
    """

    protocol: Callable[[], ProxyClient] = ProxyClient  # pyright: ignore[reportIncompatibleVariableOverride]
    noisy = False
    server: "Proxy | None" = None
    _connector: IConnector | None = None

    def setServer(self, server: Proxy) -> None:
        """Choose whom the connection is made for.

        Args:
            server: The protocol of the connection that was accepted.
        """
        self.server = server

    def startedConnecting(self, connector: IConnector) -> None:
        """Keep what gives up the attempt.

        Args:
            connector: The attempt.
        """
        self._connector = connector

    def buildProtocol(self, addr: IAddress | None) -> ProxyClient | None:
        """Build the protocol; none if the other connection is gone.

        Args:
            addr: The address that was connected to.
        """
        server = self.server
        if server is None:
            return None
        client = super().buildProtocol(addr)
        if client is not None:
            client.setPeer(server)
        return client

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Close the connection that can't be passed on.

        Args:
            connector: The attempt.
            reason: Why it failed.
        """
        self._connector = None
        server, self.server = self.server, None
        if server is None:
            return
        if server.noisy:
            _log.warn(
                "a connection from {peer} can't be passed on to {target}: {why}",
                peer=server.transport.getPeer(),
                target=connector.getDestination(),
                why=reason.getErrorMessage(),
            )
        server.transport.loseConnection()

    def giveUp(self) -> None:
        """Stop connecting, since the connection is gone that it was for."""
        self.server = None
        connector, self._connector = self._connector, None
        if connector is not None:
            connector.disconnect()


class ProxyServer(Proxy):
    """A connection that was accepted, and is passed on.

    Attributes:
        clientProtocolFactory: Makes the factory of the connection that is made for it.
        reactor: What makes that connection; the default reactor if None.
    """

    clientProtocolFactory: Callable[[], ProxyClientFactory] = ProxyClientFactory
    reactor: IReactorTCP | None = None
    _attempt: ProxyClientFactory | None = None

    def connectionMade(self) -> None:
        """Begin to connect; nothing is received before that has come to its end."""
        if provides(IPushProducer, self.transport):
            cast(IPushProducer, self.transport).pauseProducing()
        attempt = self._attempt = self.clientProtocolFactory()
        attempt.setServer(self)
        if self.reactor is None:
            self.reactor = defaultReactor(IReactorTCP)
        factory = cast(ProxyFactory, self.factory)
        self.reactor.connectTCP(factory.host, factory.port, attempt)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Close the other connection, or make it no longer.

        Args:
            reason: Why this one is gone.
        """
        attempt, self._attempt = self._attempt, None
        if attempt is not None and self.peer is None:
            attempt.giveUp()
        super().connectionLost(reason)


class ProxyFactory(Factory[ProxyServer]):
    """Passes connections on to one host and port.

    Attributes:
        protocol: What builds the protocols of the connections that are accepted.
        host: Where to pass them on to.
        port: The number of the port there.
    """

    protocol: Callable[[], ProxyServer] = ProxyServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, host: str, port: int) -> None:
        """Make a factory.

        Args:
            host: Where to pass connections on to.
            port: The number of the port there.
        """
        self.host = host
        self.port = port


__all__ = ["Proxy", "ProxyClient", "ProxyClientFactory", "ProxyFactory", "ProxyServer"]
