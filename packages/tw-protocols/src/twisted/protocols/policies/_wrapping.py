"""A protocol around a protocol, and the factory around its factory.

A wrapper sits between a transport and a protocol. To the transport it is the protocol, to the
protocol it is the transport, and it hands everything on in both directions. Subclasses change what
they are there to change: they count, delay, log or encrypt.
"""

from collections.abc import Callable, Iterable
from typing import Generic, cast

from typing_extensions import TypeVar
from zope.interface import providedBy  # type: ignore[import-untyped]

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IConsumer,
    IFileSendingTransport,
    ILoggingContext,
    IProducer,
    IProtocol,
    IProtocolFactory,
    ITransport,
    ReadableFile,
)
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.internet.sendfile import sendBlocks
from twisted.python.components import alsoProvides, provides
from twisted.python.failure import Failure

WP = TypeVar("WP", bound="ProtocolWrapper", default="ProtocolWrapper")
"""The wrappers that a factory makes."""

WPco = TypeVar("WPco", bound="ProtocolWrapper", default="ProtocolWrapper", covariant=True)


class ProtocolWrapper(Protocol):
    """Hands on what happens, and what is asked for, between a transport and a protocol.

    It provides the interfaces of the transport that it has, and an attribute that it does not have
    itself is the transport's.

    Attributes:
        wrappedProtocol: The protocol that is wrapped; None when the connection was lost, so that
            the two do not keep each other alive.
        disconnecting: Whether `loseConnection` was called.
    """

    disconnecting: int = 0

    # What a wrapper was made by is always known, and it is no ordinary factory.
    factory: "WrappingFactory[ProtocolWrapper]"  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self, factory: "WrappingFactory[ProtocolWrapper]", wrappedProtocol: IProtocol
    ) -> None:
        """Wrap a protocol.

        Args:
            factory: The factory of the wrappers; it keeps those that are connected.
            wrappedProtocol: The protocol to wrap.
        """
        # None only when everything is over, and then nothing is called any more.
        self.wrappedProtocol: IProtocol = wrappedProtocol
        self.factory = factory  # pyright: ignore[reportIncompatibleVariableOverride]

    def logPrefix(self) -> str:
        """Return the name of the wrapped protocol in the log, with that of the wrapper."""
        return _logPrefix(self.wrappedProtocol, type(self).__name__)

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport, and hand this wrapper to the wrapped protocol as its own.

        Args:
            transport: The own end of a connection that is open.
        """
        # What it promises of the order of files and writes can't be kept by writing blocks.
        faces = cast(Iterable[object], providedBy(transport))
        alsoProvides(self, *(face for face in faces if face is not IFileSendingTransport))
        super().makeConnection(transport)
        self.factory.registerProtocol(self)
        self.wrappedProtocol.makeConnection(cast(ITransport, self))

    # The transport of the wrapped protocol

    def write(self, data: bytes) -> None:
        """Send bytes.

        Args:
            data: The bytes.
        """
        self.transport.write(data)

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Send several pieces.

        Args:
            data: The pieces in order.
        """
        self.transport.writeSequence(data)

    def loseConnection(self) -> None:
        """Close the connection when all that was written has been handed over."""
        self.disconnecting = 1
        self.transport.loseConnection()

    def getPeer(self) -> IAddress:
        """Return the address of the other end."""
        return self.transport.getPeer()

    def getHost(self) -> IAddress:
        """Return the address of this end."""
        return self.transport.getHost()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by the transport.

        Args:
            producer: What writes.
            streaming: Whether it is a push producer.
        """
        cast(IConsumer, self.transport).registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """Forget the producer."""
        cast(IConsumer, self.transport).unregisterProducer()

    def sendFile(
        self, file: ReadableFile, offset: int = 0, count: int | None = None
    ) -> Deferred[int]:
        """Send a file, block by block, so that each goes through `write`.

        Wait for the Deferred before you write more.

        Args:
            file: An open file, in binary.
            offset: At which byte to begin.
            count: How many bytes to send; all that there are if None.
        """
        return sendBlocks(cast(ITransport, self), file, offset, count)

    def stopConsuming(self) -> None:
        """Close the connection: whoever produced for it is gone."""
        self.loseConnection()

    def __getattr__(self, name: str) -> object:
        # Whatever else the transport has (getPeerCertificate, setTcpNoDelay, ...). Before there
        # is a transport, BaseProtocol's None answers with an error that says so.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.transport, name)

    # The protocol of the transport

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes on to the wrapped protocol.

        Args:
            data: What has arrived.
        """
        self.wrappedProtocol.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the factory and the wrapped protocol that the connection is gone.

        Args:
            reason: Why.
        """
        self.factory.unregisterProtocol(self)
        protocol = self.wrappedProtocol
        self.wrappedProtocol = cast(IProtocol, None)
        protocol.connectionLost(reason)


class WrappingFactory(ClientFactory[WPco], Generic[WPco]):
    """Wraps the protocols of another factory, for servers and for clients.

    Attributes:
        protocol: The class of the wrappers.
        wrappedFactory: The factory whose protocols are wrapped.
        protocols: The wrappers that are connected, as keys.
    """

    # Unlike the protocol of a factory that wraps nothing, it takes two arguments.
    protocol: Callable[["WrappingFactory[WPco]", IProtocol], WPco] = ProtocolWrapper  # type: ignore[assignment]  # pyright: ignore

    def __init__(self, wrappedFactory: IProtocolFactory) -> None:
        """Wrap a factory.

        Args:
            wrappedFactory: Builds the protocols to wrap.
        """
        self.wrappedFactory = wrappedFactory
        self.protocols: dict[ProtocolWrapper, int] = {}

    def logPrefix(self) -> str:
        """Return the name of the wrapped factory in the log, with that of the wrapper."""
        return _logPrefix(self.wrappedFactory, type(self).__name__)

    def doStart(self) -> None:
        """Start the wrapped factory, then this one."""
        self.wrappedFactory.doStart()
        super().doStart()

    def doStop(self) -> None:
        """Stop the wrapped factory, then this one."""
        self.wrappedFactory.doStop()
        super().doStop()

    def startedConnecting(self, connector: IConnector) -> None:
        """Hand on that an attempt begins.

        Args:
            connector: The attempt.
        """
        self._wrappedClientFactory().startedConnecting(connector)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Hand on that an attempt failed.

        Args:
            connector: The attempt.
            reason: Why.
        """
        self._wrappedClientFactory().clientConnectionFailed(connector, reason)

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        """Hand on that a connection is gone.

        Args:
            connector: What made the connection.
            reason: Why.
        """
        self._wrappedClientFactory().clientConnectionLost(connector, reason)

    def _wrappedClientFactory(self) -> ClientFactory[IProtocol]:
        return cast(ClientFactory[IProtocol], self.wrappedFactory)

    def buildProtocol(self, addr: IAddress | None) -> WPco | None:
        """Build a protocol and wrap it; none if the wrapped factory refuses.

        Args:
            addr: The address of the peer.
        """
        protocol = self.wrappedFactory.buildProtocol(addr)
        return None if protocol is None else self.protocol(self, protocol)

    def registerProtocol(self, p: ProtocolWrapper) -> None:
        """Keep a wrapper whose connection was made; called by the wrapper.

        Args:
            p: The wrapper.
        """
        self.protocols[p] = 1

    def unregisterProtocol(self, p: ProtocolWrapper) -> None:
        """Forget a wrapper whose connection is gone; called by the wrapper.

        Args:
            p: The wrapper.
        """
        self.protocols.pop(p, None)


def _logPrefix(wrapped: object, wrapper: str) -> str:
    """Return the name in the log of something wrapped."""
    inner = wrapped.logPrefix() if provides(ILoggingContext, wrapped) else type(wrapped).__name__  # type: ignore[attr-defined]
    return f"{inner} ({wrapper})"
