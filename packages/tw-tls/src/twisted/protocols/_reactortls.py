"""The far side of the door to TLS (`twisted.internet._tlsdoor`): what reactors and endpoints ask for.

`startTLS` puts TLS between a transport and its protocol while the connection is open. The protocol
gets another transport then; but somebody else may hold the first one (a producer, a wrapper), and
what they write must not go out in the clear. So the methods of that transport object are replaced
by those of TLS, on the instance, and TLS reaches the transport by the methods of its class.
"""

from collections.abc import Callable
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    BindAddress,
    IConnector,
    IConsumer,
    IListeningPort,
    IOpenSSLClientConnectionCreator,
    IOpenSSLServerConnectionCreator,
    IProducer,
    IProtocol,
    IProtocolFactory,
    IReactorTCP,
    IReactorTime,
    ISSLTransport,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITCPListeningPort,
    ITCPTransport,
    ITransport,
    TLSOptions,
)
from twisted.internet.protocol import ClientFactory, connectionDone
from twisted.protocols._tlsfactory import TLSMemoryBIOFactory, wrapped
from twisted.protocols._tlsprotocol import TLSMemoryBIOProtocol
from twisted.python.components import alsoProvides, classImplements
from twisted.python.failure import Failure


def listenSSL(
    reactor: IReactorTCP,
    port: int,
    factory: IProtocolFactory,
    contextFactory: TLSOptions,
    backlog: int,
    interface: str,
) -> ITCPListeningPort:
    """Do `IReactorSSL.listenSSL` for a reactor.

    Args:
        reactor: Opens the port.
        port: Its number.
        factory: Builds the protocols.
        contextFactory: Says how TLS is to be spoken.
        backlog: How many connections may wait to be accepted.
        interface: The address to listen on.
    """
    clock = cast(IReactorTime, reactor)
    tls = TLSMemoryBIOFactory(contextFactory, False, factory, clock)
    return reactor.listenTCP(port, tls, backlog, interface)


def connectSSL(
    reactor: IReactorTCP,
    host: str,
    port: int,
    factory: ClientFactory,
    contextFactory: TLSOptions,
    timeout: float,
    bindAddress: BindAddress,
) -> IConnector:
    """Do `IReactorSSL.connectSSL` for a reactor.

    Args:
        reactor: Makes the connection.
        host: A name or an address.
        port: The number of the port.
        factory: Builds the protocol and learns about each step.
        contextFactory: Says how TLS is to be spoken.
        timeout: After how many seconds an attempt to connect by TCP fails.
        bindAddress: The local address to connect from.
    """
    clock = cast(IReactorTime, reactor)
    tls = TLSMemoryBIOFactory(contextFactory, True, factory, clock)
    return reactor.connectTCP(host, port, cast(ClientFactory, tls), timeout, bindAddress)


# What others may do with a transport that they hold.
_REPLACED = (
    "write",
    "writeSequence",
    "sendFile",
    "loseConnection",
    "loseWriteConnection",
    "abortConnection",
    "registerProducer",
    "unregisterProducer",
    "pauseProducing",
    "resumeProducing",
    "stopProducing",
    "startTLS",
    "getHandle",
)


_INSTEAD = "_writesInstead"
"""What a transport of ours calls in place of writing, where `write` was kept from before TLS."""


class _Below:
    """A transport on which TLS was started, as TLS sees it: by the methods of its class."""

    def __init__(self, transport: ITransport) -> None:
        self._transport = transport
        for name in _REPLACED:
            method = getattr(type(transport), name, None)
            if method is not None and name != "write":
                setattr(self, name, method.__get__(transport))
        self._write: Callable[[bytes], object] = type(transport).write.__get__(transport)

    def write(self, data: bytes) -> None:
        """Send what TLS has made, past what waits for those who kept `write` from before."""
        transport = self._transport
        instead = getattr(transport, _INSTEAD, None)
        setattr(transport, _INSTEAD, None)
        self._write(data)
        setattr(transport, _INSTEAD, instead)

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)


class StartedTLS(TLSMemoryBIOProtocol):
    """TLS that was put between a transport and its protocol."""

    def takePlace(self, transport: ITransport) -> None:
        """Stand between a transport and its protocol from now on.

        Args:
            transport: The transport, whose protocol is the one that this one wraps.
        """
        self._started = transport
        transport.protocol = self  # type: ignore[attr-defined]  # it has one
        for name in _REPLACED:
            if hasattr(type(transport), name):
                setattr(transport, name, getattr(self, name))
        setattr(transport, _INSTEAD, self.write)
        transport.getPeerCertificate = self.getPeerCertificate  # type: ignore[attr-defined]
        alsoProvides(transport, ISSLTransport)
        if getattr(self.wrappedProtocol, "transport", None) is transport:
            self.wrappedProtocol.transport = self  # type: ignore[attr-defined]
        held = _takeHeld(self.wrappedProtocol)
        self.makeConnection(cast(ITransport, _Below(transport)))
        if held:
            self.dataReceived(held)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Give the transport its methods back, which do nothing any more, and hand on.

        Args:
            reason: Why the transport below is gone.
        """
        for name in (*_REPLACED, "getPeerCertificate"):
            vars(self._started).pop(name, None)
        setattr(self._started, _INSTEAD, None)
        super().connectionLost(reason)


def _takeHeld(protocol: IProtocol) -> bytes:
    """Take from a protocol what it has received and not looked at yet.

    A receiver of lines holds what the peer sent in one go with the line after which TLS begins.
    As lines it would pass for secret, whoever wrote it there on the way.

    Args:
        protocol: The protocol, or what it is wrapped in.
    """
    inner: IProtocol | None = protocol
    while inner is not None:
        protocol, inner = inner, getattr(inner, "wrappedProtocol", None)
    held: bytes = getattr(protocol, "clearLineBuffer", bytes)()
    return held


def startTLS(transport: ITCPTransport, contextFactory: TLSOptions, isClient: bool) -> None:
    """Do `ITLSTransport.startTLS` for a transport of ours; nothing if it is being closed.

    Args:
        transport: The transport.
        contextFactory: Says how TLS is to be spoken.
        isClient: Whether this side begins the handshake.

    Raises:
        TypeError: `contextFactory` does not fit this side.
    """
    protocol: IProtocol | None = getattr(transport, "protocol", None)
    # Nobody builds protocols here; a factory that negotiates is asked what its protocol speaks.
    factory = cast(IProtocolFactory, getattr(wrapped(cast(IProtocol, protocol)), "factory", None))
    clock = cast("IReactorTime | None", getattr(transport, "reactor", None))
    tlsFactory = TLSMemoryBIOFactory(contextFactory, isClient, factory, clock)
    if protocol is None or getattr(transport, "disconnecting", False):
        return
    producer: IProducer | None = getattr(transport, "producer", None)
    streaming = bool(getattr(transport, "streamingProducer", False))
    if producer is not None:
        cast(IConsumer, transport).unregisterProducer()
    tls = StartedTLS(tlsFactory, protocol, False)
    tls.takePlace(transport)
    if producer is not None:
        tls.registerProducer(producer, streaming)


class WrappedClientEndpoint:
    """A client endpoint that speaks TLS over another."""

    def __init__(
        self,
        connectionCreator: IOpenSSLClientConnectionCreator,
        wrappedEndpoint: IStreamClientEndpoint,
        clock: IReactorTime | None,
    ) -> None:
        """Make an endpoint; nothing is connected before `connect`.

        Args:
            connectionCreator: Says how TLS is to be spoken.
            wrappedEndpoint: What makes the connection.
            clock: What times are taken from; the reactor of the transport if None.
        """
        self._creator = connectionCreator
        self._endpoint = wrappedEndpoint
        self._clock = clock

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, and begin to speak TLS.

        Args:
            protocolFactory: Builds the protocol.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; the handshake goes on, and
            what is written waits for it.
        """
        factory = TLSMemoryBIOFactory(self._creator, True, protocolFactory, self._clock)
        return self._endpoint.connect(factory).addCallback(wrapped)

    def __repr__(self) -> str:
        return f"<TLS over {self._endpoint!r}>"


class WrappedServerEndpoint:
    """A server endpoint that speaks TLS over another."""

    def __init__(
        self,
        connectionCreator: IOpenSSLServerConnectionCreator,
        wrappedEndpoint: IStreamServerEndpoint,
        clock: IReactorTime | None,
    ) -> None:
        """Make an endpoint; nothing is opened before `listen`.

        Args:
            connectionCreator: Says how TLS is to be spoken.
            wrappedEndpoint: What listens.
            clock: What times are taken from; the reactor of the transport if None.
        """
        self._creator = connectionCreator
        self._endpoint = wrappedEndpoint
        self._clock = clock

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections, and speak TLS on them.

        Args:
            protocolFactory: Builds the protocol for each connection.

        Returns:
            A Deferred with the port, or a failure with `CannotListenError`.
        """
        factory = TLSMemoryBIOFactory(self._creator, False, protocolFactory, self._clock)
        return self._endpoint.listen(factory)

    def __repr__(self) -> str:
        return f"<TLS over {self._endpoint!r}>"


classImplements(WrappedClientEndpoint, IStreamClientEndpoint)
classImplements(WrappedServerEndpoint, IStreamServerEndpoint)


def wrapClientTLS(
    connectionCreator: IOpenSSLClientConnectionCreator,
    wrappedEndpoint: IStreamClientEndpoint,
    clock: IReactorTime | None,
) -> IStreamClientEndpoint:
    """Do `twisted.internet.endpoints.wrapClientTLS`.

    Args:
        connectionCreator: Says how TLS is to be spoken.
        wrappedEndpoint: What makes the connection.
        clock: What times are taken from.
    """
    return WrappedClientEndpoint(connectionCreator, wrappedEndpoint, clock)


def wrapServerTLS(
    connectionCreator: IOpenSSLServerConnectionCreator,
    wrappedEndpoint: IStreamServerEndpoint,
    clock: IReactorTime | None,
) -> IStreamServerEndpoint:
    """Do `twisted.internet.endpoints.wrapServerTLS`.

    Args:
        connectionCreator: Says how TLS is to be spoken.
        wrappedEndpoint: What listens.
        clock: What times are taken from.
    """
    return WrappedServerEndpoint(connectionCreator, wrappedEndpoint, clock)
