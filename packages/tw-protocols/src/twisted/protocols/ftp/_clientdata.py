"""The client's side of data connections."""

from collections.abc import Callable
from typing import Protocol as TypingProtocol
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IConsumer,
    IDelayedCall,
    IListeningPort,
    IProducer,
    IProtocol,
    ITransport,
    TLSOptions,
)
from twisted.internet.protocol import ClientFactory, Protocol, ServerFactory, connectionDone
from twisted.protocols.ftp import _errors
from twisted.protocols.ftp._addresses import plainHost
from twisted.protocols.ftp._interfaces import IFinishableConsumer
from twisted.protocols.policies import TimeoutFactory, TimeoutProtocol
from twisted.python.components import implementer
from twisted.python.failure import Failure


class ProtocolWrapper(Protocol):
    """Hands a data connection to the protocol that takes the data, and tells when it is over."""

    def __init__(self, original: IProtocol, deferred: Deferred[None]) -> None:
        """Wrap a protocol.

        Args:
            original: What takes the data.
            deferred: Fires when the connection is gone; fails if it broke.
        """
        self.original = original
        self.deferred = deferred

    def makeConnection(self, transport: ITransport) -> None:
        """Hand the transport on."""
        super().makeConnection(transport)
        self.original.makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:
        """Hand data on."""
        self.original.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Hand on that the connection is gone, and tell."""
        self.original.connectionLost(reason)
        _tell(self.deferred, reason)


@implementer(IFinishableConsumer)
class SenderProtocol(Protocol):
    """A data connection to a server that stores what is written to it.

    Attributes:
        connectedDeferred: Fires with this when the connection is there.
        deferred: Fires when the connection is gone; fails if it broke.
    """

    def __init__(self) -> None:
        self.connectedDeferred: Deferred[SenderProtocol] = Deferred()
        self.deferred: Deferred[None] = Deferred()
        self._unexpected: Failure | None = None

    def dataReceived(self, data: bytes) -> None:
        """Refuse data, which has no place here."""
        if self._unexpected is None:
            self._unexpected = Failure(
                _errors.UnexpectedData(f"{len(data)} bytes came from a server that stores a file")
            )
            abort(self.transport)

    def makeConnection(self, transport: ITransport) -> None:
        """Tell that the connection is there."""
        super().makeConnection(transport)
        if not self.connectedDeferred.called:
            self.connectedDeferred.callback(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell that the connection is gone."""
        _tell(self.deferred, self._unexpected or reason)

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self.transport.write(data)

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let somebody produce what is sent."""
        cast(IConsumer, self.transport).registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """Forget who produced; `finish` has to be called all the same."""
        cast(IConsumer, self.transport).unregisterProducer()

    def finish(self) -> None:
        """Close the connection, which tells the server that this is all."""
        self.transport.loseConnection()


class FTPDataPortFactory(ServerFactory[IProtocol]):
    """Takes the one data connection that a server makes.

    Attributes:
        protocol: What serves it.
        port: The port that listens; it is closed when the connection is there.
        peerHost: The host that may connect; None for any.
    """

    noisy: bool = False
    peerHost: str | None = None

    def __init__(self) -> None:
        self.port: IListeningPort | None = None
        self.connection: IProtocol | None = None

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        """Return the protocol for the first connection of the server; none for others.

        Args:
            addr: The address of the peer.
        """
        host = plainHost(str(getattr(addr, "host", "")))
        if self.peerHost is not None and host != plainHost(self.peerHost):
            return None
        connection, self.connection = self.connection, None
        if self.port is not None:
            self.port.stopListening()
        return connection


class _StartsTLS(TypingProtocol):
    """A transport of ours, which can be the client of TLS though it has listened."""

    def startTLS(self, contextFactory: TLSOptions, normal: bool = True) -> None:
        """Speak TLS from here on."""


class DataConnection(TimeoutProtocol):
    """A data connection that is aborted when no byte moves for too long, and may speak TLS."""

    factory: "DataFactory"  # pyright: ignore[reportIncompatibleVariableOverride]

    def makeConnection(self, transport: ITransport) -> None:
        """Begin TLS before anything is said, and hand on."""
        if self.factory.isGivenUp:
            abort(transport)
        if self.factory.tlsOptions is not None:
            cast(_StartsTLS, transport).startTLS(
                self.factory.tlsOptions, normal=self.factory.connects
            )
        super().makeConnection(transport)

    def timeoutFunc(self) -> None:
        """Abort the connection, since the time is over."""
        self.timeoutCall = None
        if not self.connected:
            self.factory.giveUp()
            self.factory.failed(Failure(_errors.PortConnectionError("the server did not connect")))
        else:
            abort(self.transport)


class _Only(ClientFactory[IProtocol]):
    """Builds one protocol, and tells if it is never connected."""

    noisy = False

    def __init__(self, protocol: IProtocol, failed: Callable[[Failure], object]) -> None:
        self._only: IProtocol | None = protocol
        self._failed = failed

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        protocol, self._only = self._only, None
        return protocol

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        self._failed(reason)


class DataFactory(TimeoutFactory):
    """Makes the data connection of one transfer.

    Attributes:
        connects: Whether this side connects; else it listens.
        made: The connection, which may not be there yet.
        failed: Called if it can not be made.
        isGivenUp: Whether the transfer is over before the connection is there.
        tlsOptions: Says how to speak TLS on it; None if it does not.
    """

    noisy = False
    protocol = DataConnection

    def __init__(
        self,
        protocol: IProtocol,
        failed: Callable[[Failure], object],
        seconds: float | None,
        later: Callable[[float, Callable[[], object]], IDelayedCall],
        tlsOptions: TLSOptions | None,
    ) -> None:
        """Make a factory.

        Args:
            protocol: What the connection is for.
            failed: Called if it can not be made.
            seconds: How long the connection may be without a byte; None for any time.
            later: Schedules calls.
            tlsOptions: Says how to speak TLS on it, if it does.
        """
        super().__init__(_Only(protocol, failed), seconds)
        self.tlsOptions = tlsOptions
        self.connects = True
        self.made: DataConnection | None = None
        self.failed = failed
        self.isGivenUp = False
        self._later = later

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule an end."""
        return self._later(period, func)

    def buildProtocol(self, addr: IAddress | None) -> TimeoutProtocol | None:
        """Build the connection, once."""
        built = super().buildProtocol(addr)
        if isinstance(built, DataConnection):
            self.made = built
        return built

    def giveUp(self) -> None:
        """End the connection, now or when it comes."""
        self.isGivenUp = True
        if self.made is None:
            return
        if not self.made.connected:
            self.made.cancelTimeout()
        else:
            abort(self.made.transport)


def abort(transport: ITransport) -> None:
    """End a connection at once, if its transport can.

    Args:
        transport: The transport.
    """
    now: Callable[[], object] | None = getattr(transport, "abortConnection", None)
    (transport.loseConnection if now is None else now)()


def _tell(deferred: Deferred[None], reason: Failure) -> None:
    if deferred.called:
        # It was given up before.
        return
    if reason.check(ConnectionDone):
        deferred.callback(None)
    else:
        deferred.errback(reason)


__all__ = [
    "DataConnection",
    "DataFactory",
    "FTPDataPortFactory",
    "ProtocolWrapper",
    "SenderProtocol",
    "abort",
]
