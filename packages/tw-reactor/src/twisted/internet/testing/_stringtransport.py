"""Transports that collect what is written, so that a protocol can be tested without a network."""

from collections.abc import Iterable

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IProducer,
    IProtocol,
    IPushProducer,
    ITransport,
)
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class StringTransport:
    """A transport whose other end is the test.

    What the protocol writes is read with `value`; what the peer sends, the test hands to the
    protocol's `dataReceived`. Nothing happens by itself: `loseConnection` only sets a flag
    (`StringTransportWithDisconnection` does more).

    Attributes:
        disconnecting: Whether `loseConnection` was called.
        disconnected: Whether `abortConnection` was called.
        producer: The registered producer, or None.
        streaming: Whether it is a push producer; None if there is none.
        producerState: `"producing"`, `"paused"` or `"stopped"`: what the protocol asked of the
            transport as a producer.
        hostAddr: What `getHost` returns.
        peerAddr: What `getPeer` returns.
    """

    disconnecting: bool = False
    disconnected: bool = False
    producer: IProducer | None = None
    streaming: bool | None = None
    producerState: str = "producing"
    hostAddr: IAddress = IPv4Address("TCP", "10.0.0.1", 12345)
    peerAddr: IAddress = IPv4Address("TCP", "192.168.1.1", 54321)

    def __init__(
        self,
        hostAddress: IAddress | None = None,
        peerAddress: IAddress | None = None,
        lenient: bool = False,
    ) -> None:
        """Make a transport that is connected.

        Args:
            hostAddress: What `getHost` returns, if not the class's.
            peerAddress: What `getPeer` returns, if not the class's.
            lenient: Whether pausing and resuming is allowed after the connection was given up.
        """
        self._written = bytearray()
        self._lenient = lenient
        if hostAddress is not None:
            self.hostAddr = hostAddress
        if peerAddress is not None:
            self.peerAddr = peerAddress

    # What the test asks

    def value(self) -> bytes:
        """Return all that was written since the beginning or the last `clear`."""
        return bytes(self._written)

    def clear(self) -> None:
        """Forget what was written."""
        self._written.clear()

    # ITransport

    def write(self, data: bytes) -> None:
        """Collect what is written.

        Args:
            data: The bytes.

        Raises:
            TypeError: `data` is not bytes.
        """
        if not isinstance(data, bytes):
            raise TypeError(f"a transport takes bytes, not {data!r}")
        self._written += data

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Collect several pieces.

        Args:
            data: The pieces in order.
        """
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """Set `disconnecting`, and nothing else."""
        self.disconnecting = True

    def abortConnection(self) -> None:
        """Set `disconnected`, and nothing else."""
        self.disconnected = True

    def getPeer(self) -> IAddress:
        """Return the peer's address."""
        return self.peerAddr

    def getHost(self) -> IAddress:
        """Return the own address."""
        return self.hostAddr

    # IConsumer

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Keep the producer, and leave calling it to the test.

        Args:
            producer: What writes.
            streaming: Whether it is a push producer.

        Raises:
            RuntimeError: Another one is registered.
        """
        if self.producer is not None:
            raise RuntimeError(f"{self.producer!r} is registered: unregister it first")
        self.producer = producer
        self.streaming = streaming

    def unregisterProducer(self) -> None:
        """Forget the producer.

        Raises:
            RuntimeError: None is registered; a real transport would not mind, a test may want to
                know.
        """
        if self.producer is None:
            raise RuntimeError("no producer is registered")
        self.producer = None
        self.streaming = None

    # IPushProducer

    def pauseProducing(self) -> None:
        """Note in `producerState` that the protocol wants no more data for now.

        Raises:
            OSError: The connection was given up, and the transport is not lenient.
        """
        self._checkState("pause")
        self.producerState = "paused"

    def resumeProducing(self) -> None:
        """Note in `producerState` that the protocol wants data again.

        Raises:
            OSError: The connection was given up, and the transport is not lenient.
        """
        self._checkState("resume")
        self.producerState = "producing"

    def stopProducing(self) -> None:
        """Note in `producerState` that the protocol wants no more data at all."""
        self.producerState = "stopped"

    def _checkState(self, what: str) -> None:
        """Refuse what makes no sense on a connection that was given up."""
        if self._lenient:
            return
        if self.disconnecting or self.disconnected:
            raise OSError(f"cannot {what} a connection that was given up")
        if self.producerState == "stopped":
            raise OSError(f"cannot {what} a connection that was stopped")


classImplements(StringTransport, ITransport, IConsumer, IPushProducer)


class StringTransportWithDisconnection(StringTransport):
    """A `StringTransport` that tells its protocol when the connection is closed.

    Attributes:
        protocol: Whose `connectionLost` is called; the test sets it.
        connected: Whether it was not called yet.
    """

    protocol: IProtocol
    connected: bool = True

    def loseConnection(self) -> None:
        """Close the connection: call the protocol's `connectionLost` at once, the first time."""
        super().loseConnection()
        if self.connected:
            self.connected = False
            self.protocol.connectionLost(Failure(ConnectionDone()))
