"""What every transport over a file descriptor does: gather, send, wait, close.

`write` only gathers. The reactor remembers who gathered something and, right after the callback in
which it happened, calls `settle`: what was gathered is sent in as few system calls as possible, and
what the callback asked for beside (closing, aborting) is done then, never from inside a method that
the protocol called. Only when the kernel took a part does the transport ask the poller for
writability. Asking for it before each send, as if the kernel's buffer were full most of the time,
would double the cost of a small message.

Data goes through two lists. `_gathered` takes what is written. When it is time to send, it becomes
`_unsent`: pieces that are ready to go, the last one first, so that taking one off costs nothing.
Small chunks are joined to pieces of up to `PIECE_SIZE` bytes, a chunk that is large stays as it is,
and what the kernel did not take of a piece is kept as a view, not copied. Where the kernel takes
several pieces with one call, it gets them so: one call with 128 KiB costs it a fifth less than two
with a half each, one with 256 KiB half as much as four with a quarter each.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.error import ConnectionClosed, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IHalfCloseableDescriptor,
    IProducer,
    IPullProducer,
    IPushProducer,
    IReactorFDSet,
    IReadWriteDescriptor,
    ITransport,
)
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.abstract")

PIECE_SIZE = 128 * 1024
"""Chunks are joined up to this many bytes: a copy within the cache costs less than a call."""

LARGE = 16 * 1024
"""From this many bytes on a chunk is not joined: to copy it costs more than to name its place."""

PIECES_AT_ONCE = 16
"""After so many pieces the other connections get their turn, even if the kernel would take more."""

MOST_DOUBLINGS = 2
"""How often a push producer's limit doubles at most, before the kernel takes only a part."""


class Settling(Protocol):
    """What a reactor lets settle after a callback."""

    def settle(self) -> None:
        """Do what the callback asked for."""


class SettlingReactor(Protocol):
    """What our reactors have beyond `IReactorFDSet`, and transports use if it is there.

    Attributes:
        settleSoon: Has `settle` called right after the current callback.
        openTransports: What is to be disconnected when the reactor shuts down: the keys, in the
            order in which they were opened; there are no values.
    """

    settleSoon: Callable[[Settling], object]
    openTransports: dict[object, None]


@implementer(IReadWriteDescriptor, IHalfCloseableDescriptor, ITransport, IConsumer, IPushProducer)
class FileDescriptor:
    """A transport over a file descriptor; base class for kinds that the reactor does not have.

    A subclass implements `fileno`, `doRead`, `writeSomeData` and, to close what it has,
    `connectionLost`; it sets `connected` when it is. Everything else is done here: gathering,
    sending, producers, closing when all was sent.

    Attributes:
        reactor: Watches the descriptor.
        connected: Whether there is a connection.
        disconnected: Whether there was one that was lost.
        disconnecting: Whether it is to be closed when all was sent.
        producer: What writes to this transport, if it was registered.
        streamingProducer: Whether that is a push producer.
        producerPaused: Whether a push producer was paused.
        bufferSize: A push producer is paused when more bytes than these wait to be sent. Each time
            that all was sent it may gather twice as many, up to four times `bufferSize`, since
            fewer and larger calls cost less; a peer that takes only a part sets that back.
    """

    connected: bool = False
    disconnected: bool = False
    disconnecting: bool = False
    producer: IProducer | None = None
    streamingProducer: bool = False
    producerPaused: bool = False
    bufferSize: int = 2**16

    _writeDisconnecting: bool = False
    # How many pieces `_transmitPieces` takes.
    _piecesPerCall: int = 1

    # These are looked at for every message. They have no defaults in the class, since CPython 3.11
    # reads an attribute of an instance fast only if the class has none of that name.
    _writeDisconnected: bool
    # Takes what is written by somebody who kept `write` from before TLS began: it is to be secret.
    _writesInstead: Callable[[bytes], object] | None
    # Whether `settle` was asked for and not done yet.
    _unsettled: bool
    # Whether the kernel took only a part, so that the poller is asked for writability.
    _blocked: bool
    # Whether there is something to do when all was sent: a producer, or an end.
    _waited: bool
    # How often the limit of a push producer has doubled.
    _doublings: int

    def __init__(self, reactor: IReactorFDSet | None = None) -> None:
        """Make a transport that is not connected.

        Args:
            reactor: Watches the descriptor; the default reactor if None.
        """
        self.reactor: IReactorFDSet = defaultReactor(IReactorFDSet) if reactor is None else reactor
        self._gathered: list[bytes] = []
        self._unsent: list[bytes | memoryview] = []
        self._buffered = 0
        self.producer = None
        self._writeDisconnected = False
        self._writesInstead = None
        self._unsettled = False
        self._blocked = False
        self._waited = False
        self._doublings = 0
        # Other reactors than ours know nothing of settling: there, writability is the moment.
        self._settleSoon: Callable[[FileDescriptor], object] = getattr(
            self.reactor, "settleSoon", self.reactor.addWriter
        )

    @property
    def dataBuffer(self) -> bytes:
        """A copy of what was written and not sent yet, for code that looks how much that is.

        A producer that is registered needs no look: it is paused in time.
        """
        return b"".join([*self._unsent, *self._gathered])

    @property
    def _tempDataLen(self) -> int:
        """How many bytes wait elsewhere: Synapse adds this to the length of `dataBuffer`."""
        return 0

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when there is none."""
        return -1

    def logPrefix(self) -> str:
        """Return the name of this transport in the log."""
        return "-"

    def getPeer(self) -> IAddress:
        """Return the address of the other end; there is none unless a subclass knows it."""
        raise NotImplementedError(f"{type(self).__name__} does not know the address of its peer")

    def getHost(self) -> IAddress:
        """Return the address of this end; there is none unless a subclass knows it."""
        raise NotImplementedError(f"{type(self).__name__} does not know its own address")

    def doRead(self) -> Exception | None:
        """Read what is there; for subclasses that read."""
        raise NotImplementedError(f"{type(self).__name__} can't read: it has to define doRead")

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        """Write as much as goes without blocking; for subclasses that write.

        Args:
            data: What is to be written.

        Returns:
            How many bytes were written, or the exception that ends the connection.
        """
        raise NotImplementedError(
            f"{type(self).__name__} can't write: it has to define writeSomeData"
        )

    # Writing

    def write(self, data: bytes) -> None:
        """Send bytes after all those that were written before."""
        if not isinstance(data, bytes):
            raise TypeError(f"data must be bytes, not {type(data).__name__}: encode text first")
        if not data or not self.connected or self._writeDisconnected:
            return
        if self._writesInstead is not None:
            self._writesInstead(data)
            return
        self._gathered.append(data)
        self._buffered += len(data)
        if not self._unsettled:
            self._unsettled = True
            self._settleSoon(self)
        if self.producer is not None and self._buffered > self.bufferSize << self._doublings:
            self._pauseProducer()

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        """Send several pieces, as if they were joined; all of them, or none on an error."""
        chunks = list(iovec)
        for chunk in chunks:
            if not isinstance(chunk, bytes):
                raise TypeError(
                    f"data must be bytes, not {type(chunk).__name__}: encode text first"
                )
        self.write(b"".join(chunks))

    def doWrite(self) -> Exception | None:
        """Go on sending; called by the reactor when the descriptor is writable again."""
        if not self._blocked:
            # A reactor that does not settle: this is the moment after the callback.
            self.stopWriting()
            self.settle()
            return None
        self._sendUnsent()
        return None

    def settle(self) -> None:
        """Send what was gathered and do what was asked for; called by the reactor."""
        self._unsettled = False
        gathered = self._gathered
        if len(gathered) != 1 or self._blocked:
            self._settleRest()
            return
        # The path of nearly every message: one chunk, which the kernel takes whole.
        data = gathered.pop()
        try:
            sent = self._transmit(data)
        except BlockingIOError:
            sent = 0
        except Exception as error:
            self._sendingFailed(error)
            return
        if sent == len(data):
            self._buffered = 0
            if self._waited:
                self._allSent(True)
            return
        self._buffered -= sent
        self._unsent.append(memoryview(data)[sent:])
        self._block()
        if self.disconnecting:
            self._closingWaits()

    def _settleRest(self) -> None:
        """Settle where there is not just one chunk to send."""
        if not self.connected:
            return
        if self._gathered and not self._blocked:
            self._sendUnsent()
            return
        if self._waited and not self._blocked:
            self._allSent(False)
        if self.disconnecting:
            self._closingWaits()

    def _transmit(self, data: bytes | memoryview) -> int:
        """Hand bytes to the kernel; what is in the way is raised."""
        sent = self.writeSomeData(data)
        if isinstance(sent, Exception):
            raise sent
        return sent

    def _transmitPieces(self, pieces: list[bytes | memoryview]) -> int:
        """Hand up to `_piecesPerCall` pieces to the kernel; for kinds that can do so by one call."""
        return self._transmit(pieces[0])

    def _sendUnsent(self) -> None:
        """Send pieces until there are none left, the kernel takes no more, or it is enough."""
        unsent = self._unsent
        left = PIECES_AT_ONCE
        while left > 0:
            if not unsent:
                unsent += toPieces(self._gathered)
                self._gathered.clear()
                if not unsent:
                    break
            # The last one is the first to go.
            pieces = unsent[: -self._piecesPerCall - 1 : -1]
            left -= len(pieces)
            try:
                if len(pieces) == 1:
                    sent = self._transmit(pieces[0])
                else:
                    sent = self._transmitPieces(pieces)
            except BlockingIOError:
                break
            except Exception as error:
                self._sendingFailed(error)
                return
            self._buffered -= sent
            if not self._takeOff(pieces, sent):
                break
        if unsent or self._gathered:
            self._block()
            if self.disconnecting:
                self._closingWaits()
            return
        if self._blocked:
            self._blocked = False
            self.stopWriting()
        if self._waited:
            self._allSent(True)

    def _takeOff(self, pieces: list[bytes | memoryview], sent: int) -> bool:
        """Take off what was sent of the first pieces; return whether that was all of them."""
        unsent = self._unsent
        for piece in pieces:
            if sent < len(piece):
                if sent:
                    unsent[-1] = memoryview(piece)[sent:]
                return False
            sent -= len(piece)
            unsent.pop()
        return True

    def _block(self) -> None:
        if not self._blocked:
            self._blocked = True
            self._doublings = 0
            try:
                self.startWriting()
            except OSError as error:
                # The kernel has no room for one more descriptor to watch.
                self._end(error)

    def _discardUnsent(self) -> None:
        self._gathered.clear()
        self._unsent.clear()
        self._buffered = 0

    def _sendingFailed(self, error: Exception) -> None:
        """End the connection, since the kernel (or `writeSomeData`) refused to send."""
        if not isinstance(error, OSError | ConnectionClosed):
            _log.failure(
                "Writing to {transport} failed", log_system=self.logPrefix(), transport=self
            )
        self._end(error)

    def _end(self, error: Exception) -> None:
        """Lose the connection because of an error."""
        if not isinstance(error, ConnectionClosed):
            lost = ConnectionLost(str(error))
            lost.__cause__ = error
            error = lost
        self._discardUnsent()
        self.stopReading()
        self.stopWriting()
        try:
            self.connectionLost(Failure(error))
        except Exception:
            _log.failure("connectionLost of {transport} failed", transport=self)

    # Closing

    def loseConnection(self) -> None:
        """Close the connection when all was sent and the producer, if any, is done."""
        if self.connected and not self.disconnecting:
            self.disconnecting = True
            self._waited = True
            self._askToSettle()

    def loseWriteConnection(self) -> None:
        """Close the sending direction when all was sent and the producer, if any, is done."""
        if self.connected and not self._writeDisconnecting:
            self._writeDisconnecting = True
            self._waited = True
            self._askToSettle()

    def readConnectionLost(self, reason: Failure) -> None:
        """Learn that nothing can be read any more; without a half-close it is the end."""
        self.connectionLost(reason)

    def writeConnectionLost(self, reason: Failure) -> None:
        """Learn that nothing can be written any more; without a half-close it is the end."""
        self.connectionLost(reason)

    def connectionLost(self, reason: Failure) -> None:
        """Learn that the connection is gone; subclasses close what they have and call this."""
        self.disconnected = True
        self.connected = False
        self._discardUnsent()
        producer, self.producer = self.producer, None
        if producer is not None:
            try:
                producer.stopProducing()
            except Exception:
                _log.failure("stopProducing of {producer} failed", producer=producer)
        self.stopReading()
        self.stopWriting()

    def _askToSettle(self) -> None:
        if not self._unsettled:
            self._unsettled = True
            self._settleSoon(self)

    def _allSent(self, wrote: bool) -> None:
        """Go on with what waited until all was sent.

        Args:
            wrote: Whether there was something to send; a producer is asked only then.
        """
        producer = self.producer
        if producer is not None:
            if self.disconnecting:
                self._closingWaits()
            if wrote and (self.producerPaused or not self.streamingProducer):
                if self.producerPaused and self._doublings < MOST_DOUBLINGS:
                    self._doublings += 1
                self.producerPaused = False
                self._resume(producer)
        elif self.disconnecting:
            self._end(ConnectionDone())
        elif self._writeDisconnecting and not self._writeDisconnected:
            self._writeDisconnected = True
            self._closeWriteConnection()

    def _closingWaits(self) -> None:
        """Go on with closing that has to wait for what is to be sent, or for a producer."""
        self.stopReading()

    def _closeWriteConnection(self) -> None:
        """Close the sending direction; for subclasses that can."""

    # Being a consumer

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by this transport."""
        if self.producer is not None:
            raise RuntimeError(
                f"{producer!r} can't be registered with {self!r}: {self.producer!r} is, "
                "and was not unregistered"
            )
        if self.disconnected or self._writeDisconnected:
            producer.stopProducing()
            return
        self.producer = producer
        self.streamingProducer = streaming
        self.producerPaused = False
        self._waited = True
        if not streaming:
            self._resume(producer)

    def unregisterProducer(self) -> None:
        """Forget the producer, whose data is complete."""
        if self.producer is None:
            return
        self.producer = None
        self._waited = self.disconnecting or self._writeDisconnecting
        if self._waited and self.connected:
            self._askToSettle()

    def _pauseProducer(self) -> None:
        producer = self.producer
        if self.streamingProducer and not self.producerPaused and producer is not None:
            self.producerPaused = True
            _asPush(producer).pauseProducing()

    def _resume(self, producer: IProducer) -> None:
        try:
            _asPull(producer).resumeProducing()
        except Exception as error:
            _log.failure("resumeProducing of {producer} failed", producer=producer)
            self._end(error)

    # Being a push producer

    def pauseProducing(self) -> None:
        """Stop reading for now; the peer has to wait when the kernel's buffers are full."""
        self.stopReading()

    def resumeProducing(self) -> None:
        """Go on reading."""
        if self.connected and not self.disconnecting:
            self.startReading()

    def stopProducing(self) -> None:
        """Close the connection: whoever takes its data is gone."""
        self.loseConnection()

    # Being watched

    def startReading(self) -> None:
        """Ask the reactor to call `doRead`."""
        self.reactor.addReader(self)

    def stopReading(self) -> None:
        """Ask the reactor not to call `doRead` any more."""
        self.reactor.removeReader(self)

    def startWriting(self) -> None:
        """Ask the reactor to call `doWrite`."""
        self.reactor.addWriter(self)

    def stopWriting(self) -> None:
        """Ask the reactor not to call `doWrite` any more."""
        self.reactor.removeWriter(self)


def toPieces(chunks: list[bytes]) -> list[bytes]:
    """Join small chunks to pieces of up to `PIECE_SIZE` bytes; the piece to send first is last."""
    pieces: list[bytes] = []
    start = size = 0
    wasLarge = False
    for index, chunk in enumerate(chunks):
        isLarge = len(chunk) >= LARGE
        if size and (isLarge or wasLarge or size + len(chunk) > PIECE_SIZE):
            # Joining one chunk copies nothing.
            pieces.append(b"".join(chunks[start:index]))
            start, size = index, 0
        size += len(chunk)
        wasLarge = isLarge
    if size:
        pieces.append(b"".join(chunks[start:]))
    pieces.reverse()
    return pieces


def _asPush(producer: IProducer) -> IPushProducer:
    return producer  # type: ignore[return-value]  # registered with streaming=True


def _asPull(producer: IProducer) -> IPullProducer:
    return producer  # type: ignore[return-value]  # both kinds can be resumed
