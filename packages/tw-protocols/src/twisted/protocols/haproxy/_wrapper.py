"""The header joined to a transport: a protocol that is built when it is known who the client is."""

from typing import cast

from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IHandshakeListener,
    IProtocol,
    IProtocolFactory,
    IPushProducer,
    IReactorTime,
    ITCPTransport,
    ITransport,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols._clocks import clockOf
from twisted.protocols.haproxy._header import (
    MAXIMUM_HEADER,
    HeaderParser,
    HeaderRefused,
    ProxyHeader,
)
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.components import alsoProvides, classImplements, provides
from twisted.python.failure import Failure

HEADER_SECONDS = 10.0
"""How many seconds a header may take, from when the connection was made."""

_log = Logger(namespace="twisted.protocols.haproxy")


class HAProxyProtocolWrapper(ProtocolWrapper):
    """Reads the header, then lets a protocol be built, and is its transport.

    The addresses that this transport tells are those of the header, if it has any.
    """

    factory: "HAProxyWrappingFactory"  # pyright: ignore[reportIncompatibleVariableOverride]

    wrappedProtocol: IProtocol

    def __init__(self, factory: "HAProxyWrappingFactory") -> None:
        """Wrap what the factory will build.

        Args:
            factory: The factory of the wrappers.
        """
        # Until there is a header, bytes go nowhere and nobody is told of the end.
        super().__init__(factory, Protocol())
        self._parser: HeaderParser | None = HeaderParser(factory.maxLength)
        self._header = ProxyHeader(None, None)
        self._timer: IDelayedCall | None = None
        self._handshakeCompleted = False
        # What came with the header, and whether the protocol wants nothing for now.
        self._rest = b""
        self._paused = False

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport, and wait for the header.

        Args:
            transport: The own end of a connection that is open.
        """
        seconds = self.factory.headerSeconds
        if seconds is not None:
            clock = clockOf(transport, self.factory.clock)
            self._timer = clock.callLater(seconds, self._tooSlow)
        super().makeConnection(transport)

    def getPeer(self) -> IAddress:
        """Return the address of the client."""
        return self._header.source or self.transport.getPeer()

    def getHost(self) -> IAddress:
        """Return the address that the client connected to."""
        return self._header.destination or self.transport.getHost()

    def dataReceived(self, data: bytes) -> None:
        """Take bytes of the header, and hand on what follows it.

        Args:
            data: What has arrived.
        """
        parser = self._parser
        if self._rest:
            # It came in spite of the pause, and after what waits.
            self._rest += data
            return
        if parser is None:
            self.wrappedProtocol.dataReceived(data)
            return
        try:
            header = parser.receive(data)
        except HeaderRefused as error:
            self._refuse(str(error))
            return
        if header is not None:
            self._parser = None
            self._begin(header, parser.rest)

    def _begin(self, header: ProxyHeader, rest: bytes) -> None:
        """Build the protocol, and connect it."""
        self._stopTimer()
        self._header = header
        protocol = self.factory.wrappedFactory.buildProtocol(self.getPeer())
        if protocol is None:
            self._dropConnection()
            return
        self.wrappedProtocol = protocol
        if provides(IHalfCloseableProtocol, protocol):
            alsoProvides(self, IHalfCloseableProtocol)
        protocol.makeConnection(cast(ITransport, self))
        if self._handshakeCompleted:
            self._tellHandshake()
        self._rest = rest
        self._deliverRest()

    def _deliverRest(self) -> None:
        """Hand on what came with the header, if it is wanted."""
        if self._rest and not self._paused and not self.disconnecting:
            rest, self._rest = self._rest, b""
            self.wrappedProtocol.dataReceived(rest)

    # IPushProducer, for the protocol

    def pauseProducing(self) -> None:
        """Receive no more for now."""
        self._paused = True
        cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Receive again, first what came with the header."""
        self._paused = False
        self._deliverRest()
        if not self._paused:
            cast(IPushProducer, self.transport).resumeProducing()

    # When there is no header

    def _tooSlow(self) -> None:
        self._timer = None
        self._refuse(f"nothing whole within {self.factory.headerSeconds:g} seconds")

    def _refuse(self, why: str) -> None:
        """Give up a connection that has no header."""
        _log.info("no PROXY header from {peer}: {why}", peer=self.transport.getPeer(), why=why)
        self._dropConnection()

    def _dropConnection(self) -> None:
        """Take no more, and wait for nothing."""
        self._stopTimer()
        self._parser = None
        self.wrappedProtocol = Protocol()
        if provides(ITCPTransport, self.transport):
            cast(ITCPTransport, self.transport).abortConnection()
        else:
            self.loseConnection()

    def _stopTimer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    # What a transport may ask of its protocol beyond IProtocol

    def readConnectionLost(self) -> None:
        """Hand on that the client sends no more."""
        cast(IHalfCloseableProtocol, self.wrappedProtocol).readConnectionLost()

    def writeConnectionLost(self) -> None:
        """Hand on that this side sends no more."""
        cast(IHalfCloseableProtocol, self.wrappedProtocol).writeConnectionLost()

    def handshakeCompleted(self) -> None:
        """Hand on that TLS is spoken, where it is spoken around the header."""
        self._handshakeCompleted = True
        self._tellHandshake()

    def _tellHandshake(self) -> None:
        if provides(IHandshakeListener, self.wrappedProtocol):
            cast(IHandshakeListener, self.wrappedProtocol).handshakeCompleted()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Wait no longer, and hand on.

        Args:
            reason: Why.
        """
        self._stopTimer()
        self._parser = None
        self._rest = b""
        super().connectionLost(reason)


classImplements(HAProxyProtocolWrapper, IHandshakeListener)


class HAProxyWrappingFactory(WrappingFactory[HAProxyProtocolWrapper]):
    """Builds the protocols of another factory when it is known who the client is.

    Attributes:
        headerSeconds: How many seconds a header may take; None for no limit.
        maxLength: How many bytes a header of version 2 may have.
        clock: What times are taken from; the reactor of the transport if None.
    """

    def __init__(
        self,
        wrappedFactory: IProtocolFactory,
        *,
        headerSeconds: float | None = HEADER_SECONDS,
        maxLength: int = MAXIMUM_HEADER,
        clock: IReactorTime | None = None,
    ) -> None:
        """Wrap a factory.

        Args:
            wrappedFactory: Builds the protocols; it gets the address of the client.
            headerSeconds: How many seconds a header may take; None for no limit.
            maxLength: How many bytes a header of version 2 may have.
            clock: What times are taken from; the reactor of the transport if None.
        """
        super().__init__(wrappedFactory)
        self.headerSeconds = headerSeconds
        self.maxLength = maxLength
        self.clock = clock

    def buildProtocol(self, addr: IAddress | None) -> HAProxyProtocolWrapper:
        """Build a wrapper, which will have a protocol built.

        Args:
            addr: The address of the load balancer.
        """
        return HAProxyProtocolWrapper(self)


__all__ = ["HEADER_SECONDS", "HAProxyProtocolWrapper", "HAProxyWrappingFactory"]
