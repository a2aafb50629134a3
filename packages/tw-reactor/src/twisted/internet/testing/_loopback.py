"""A connection in memory that keeps every promise of a TCP transport.

Nothing moves by itself: `Loopback.turn` stands for a turn of the event loop. In each turn each side
hands over at most `CHUNK` bytes, then does what was asked of it and has become possible.
"""

from collections import deque
from collections.abc import Iterable
from typing import cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableProtocol,
    IProducer,
    IProtocol,
    IPullProducer,
    IPushProducer,
    ITCPTransport,
)
from twisted.logger import Logger
from twisted.python.components import adapt, classImplements
from twisted.python.failure import Failure

CHUNK = 65536
"""How many bytes a side hands over in a turn."""

BUFFER_LIMIT = 65536
"""At how many unsent bytes a push producer is paused."""

_log = Logger("twisted.internet.testing")


class LoopbackTransport:
    """One end of a connection in memory.

    Attributes:
        protocol: Gets what happens.
        peer: The other end.
        connected: Whether `connectionLost` was not called yet.
        disconnecting: Whether `loseConnection` was called.
        producer: The registered producer, or None.
    """

    protocol: IProtocol
    peer: "LoopbackTransport"
    connected: bool = True
    disconnecting: bool = False
    producer: IProducer | None = None

    def __init__(
        self, host: IPv4Address | IPv6Address, peerAddress: IPv4Address | IPv6Address
    ) -> None:
        """Make an end that is not joined to another yet.

        Args:
            host: Its address.
            peerAddress: The address of the other end.
        """
        self._host = host
        self._peerAddress = peerAddress
        # What is left of a piece is a view of it: cutting a huge write copies nothing twice.
        self._unsent: deque[bytes | memoryview] = deque()
        self._unsentSize = 0
        self._streaming = False
        self._producerPaused = False
        self._readingPaused = False
        self._readClosed = False
        self._writeClosing = False
        self._writeClosed = False
        self._aborting = False
        self._noDelay = True
        self._keepAlive = False

    # ITCPTransport

    def write(self, data: bytes) -> None:
        """Keep bytes for the next turns."""
        if not isinstance(data, bytes):
            raise TypeError(f"a transport takes bytes, not {data!r}")
        if not data or not self._mayWrite():
            return
        self._unsent.append(data)
        self._unsentSize += len(data)
        self._pauseProducer()

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Keep several pieces for the next turns."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """Close when all was handed over and no producer is registered."""
        self.disconnecting = True

    def loseWriteConnection(self) -> None:
        """Close the sending direction when all was handed over."""
        self._writeClosing = True

    def abortConnection(self) -> None:
        """Close in the next turn; what was not handed over is lost."""
        self._aborting = True
        self._dropUnsent()

    def getPeer(self) -> IPv4Address | IPv6Address:
        """Return the address of the other end."""
        return self._peerAddress

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address of this end."""
        return self._host

    def getTcpNoDelay(self) -> bool:
        """Return what was set."""
        return self._noDelay

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Keep what is set; it changes nothing."""
        self._noDelay = enabled

    def getTcpKeepAlive(self) -> bool:
        """Return what was set."""
        return self._keepAlive

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """Keep what is set; it changes nothing."""
        self._keepAlive = enabled

    # IConsumer

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by this end."""
        if self.producer is not None:
            raise RuntimeError(f"{self.producer!r} is registered: unregister it first")
        if not self.connected:
            producer.stopProducing()
            return
        self.producer = producer
        self._streaming = streaming
        self._producerPaused = False
        if not streaming:
            cast(IPullProducer, producer).resumeProducing()

    def unregisterProducer(self) -> None:
        """Forget the producer."""
        self.producer = None

    # IPushProducer

    def pauseProducing(self) -> None:
        """Receive no more for now."""
        self._readingPaused = True

    def resumeProducing(self) -> None:
        """Receive again."""
        self._readingPaused = False

    def stopProducing(self) -> None:
        """Receive no more, and close."""
        self.loseConnection()

    # What a turn does

    def turn(self) -> None:
        """Hand over some bytes, then do what was asked for and has become possible."""
        if not self.connected:
            return
        if self._aborting:
            self._lose(ConnectionAborted())
            self.peer._reset()
            return
        self._handOver()
        if not self._unsent and self._isOpen():
            self._afterAll()

    def _handOver(self) -> None:
        """Give the peer some of what is unsent."""
        if not self._unsent or self.peer._readingPaused:
            return
        pieces: list[bytes | memoryview] = []
        size = 0
        while self._unsent and size < CHUNK:
            piece = self._unsent.popleft()
            if size + len(piece) > CHUNK:
                view = memoryview(piece)
                keep = CHUNK - size
                self._unsent.appendleft(view[keep:])
                piece = view[:keep]
            pieces.append(piece)
            size += len(piece)
        self._unsentSize -= size
        self.peer._receive(b"".join(pieces))

    def _afterAll(self) -> None:
        """Do what had to wait until nothing was unsent."""
        if self.producer is not None:
            self._askProducer()
        elif self.disconnecting:
            self._lose(ConnectionDone())
            self.peer._endOfStream()
        elif self._writeClosing and not self._writeClosed:
            self._writeClosed = True
            halfCloseable = adapt(IHalfCloseableProtocol, self.protocol, None)
            if halfCloseable is not None:
                halfCloseable.writeConnectionLost()
            self.peer._endOfStream()
            self._loseIfBothClosed()

    def _askProducer(self) -> None:
        """Let the producer go on."""
        if not self._streaming:
            cast(IPullProducer, self.producer).resumeProducing()
        elif self._producerPaused:
            self._producerPaused = False
            cast(IPushProducer, self.producer).resumeProducing()

    def _pauseProducer(self) -> None:
        """Slow a push producer down if too much is unsent."""
        if self.producer is None or not self._streaming or self._producerPaused:
            return
        if self._unsentSize > BUFFER_LIMIT:
            self._producerPaused = True
            cast(IPushProducer, self.producer).pauseProducing()

    def _isOpen(self) -> bool:
        return self.connected and not self._aborting

    def _mayWrite(self) -> bool:
        return self._isOpen() and not self._writeClosing

    def _dropUnsent(self) -> None:
        self._unsent.clear()
        self._unsentSize = 0

    # What comes from the peer

    def _receive(self, data: bytes) -> None:
        """Hand bytes to the protocol."""
        if not self._isOpen():
            return
        try:
            self.protocol.dataReceived(data)
        except Exception as error:
            _log.failure("{protocol} failed; its connection is closed", protocol=self.protocol)
            self._lose(error)
            self.peer._endOfStream()

    def _endOfStream(self) -> None:
        """Learn that the peer sends no more."""
        if not self._isOpen():
            return
        self._readClosed = True
        halfCloseable = adapt(IHalfCloseableProtocol, self.protocol, None)
        if halfCloseable is not None:
            halfCloseable.readConnectionLost()
            self._loseIfBothClosed()
        elif self.peer.connected:
            self.loseConnection()
        else:
            self._lose(ConnectionDone())

    def _loseIfBothClosed(self) -> None:
        if self._readClosed and self._writeClosed:
            self._lose(ConnectionDone())
            self.peer._lose(ConnectionDone())

    def _reset(self) -> None:
        """Learn that the peer has aborted."""
        self._lose(ConnectionLost())

    def _lose(self, reason: Exception) -> None:
        """End: tell the producer and the protocol, once."""
        if not self.connected:
            return
        self.connected = False
        self._dropUnsent()
        producer, self.producer = self.producer, None
        if producer is not None:
            producer.stopProducing()
        self.protocol.connectionLost(Failure(reason))


classImplements(LoopbackTransport, ITCPTransport, IConsumer, IPushProducer)


class Loopback:
    """A connection in memory between two protocols.

    Attributes:
        server: The end of the server.
        client: The end of the client.
    """

    transportClass: type[LoopbackTransport] = LoopbackTransport

    def __init__(self, server: IProtocol, client: IProtocol) -> None:
        """Connect two protocols; their `connectionMade` is called.

        Args:
            server: The protocol of the server.
            client: The protocol of the client.
        """
        serverAddress = IPv4Address("TCP", "127.0.0.1", 80)
        clientAddress = IPv4Address("TCP", "127.0.0.1", 49152)
        self.server: LoopbackTransport = self.transportClass(serverAddress, clientAddress)
        self.client: LoopbackTransport = self.transportClass(clientAddress, serverAddress)
        self.server.peer, self.client.peer = self.client, self.server
        self.server.protocol, self.client.protocol = server, client
        server.makeConnection(self.server)
        client.makeConnection(self.client)

    def turn(self) -> None:
        """Let some bytes move in both directions."""
        self.client.turn()
        self.server.turn()
