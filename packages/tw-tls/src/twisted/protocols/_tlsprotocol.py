"""The protocol that speaks TLS to the transport below, and is the transport of the protocol above.

What is written above is gathered and encrypted in one go when the callback in which it was written
is over: many small writes become one record. Writes in `dataReceived` and of producers need no
appointment for that, since both are called from here; for any other the clock is asked
(`settleSoon` of our reactors, `callLater(0, ...)` of others). A large write is encrypted at once, so
that the transport below can slow its producer down.

A connection ends in one of these ways:

- `loseConnection` here: what was written is sent, then close_notify (RFC 8446 section 6.1), then
  the transport below closes its sending direction. The connection is over when the peer has said
  close_notify too, or has closed, or has let `closeTimeout` pass since everything was handed to the
  kernel. What it sends meanwhile is thrown away. Not closing at once keeps the kernel from resetting
  the connection, which could take away from the peer what it did not read yet.
- close_notify from the peer: a protocol with `IHalfCloseableProtocol` is told and goes on writing,
  for any other it is the end, as on TCP.
- The transport below ends without close_notify: somebody may have cut the stream, so the reason
  is `ConnectionLost`, not `ConnectionDone`.
- An error of TLS (a bad certificate, a broken record, an alert): the alert is sent and the reason is
  OpenSSL's error, or that of whoever verified the peer.
- `abortConnection`, and the timeouts: at once, without a word.

The reason is decided by the first of these; `connectionLost` of the transport below only confirms
that it has come about.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from OpenSSL import SSL

from twisted.internet.error import (
    ConnectionAborted,
    ConnectionDone,
    ConnectionLost,
    TimeoutError,
)
from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IHalfCloseableProtocol,
    IHandshakeListener,
    INegotiated,
    IProducer,
    IProtocol,
    IPushProducer,
    ISystemHandle,
    ITLSTransport,
    ITransport,
    TLSOptions,
)
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols._tlsface import TLSFace
from twisted.protocols._tlsproducers import SteeredProducer
from twisted.protocols._tlsstream import (
    ENCRYPT_SIZE,
    RECORD_OVERHEAD,
    RECORD_SIZE,
    SMALL_OUTPUT,
    TLSStream,
    toPieces,
)
from twisted.python.components import classImplements, provides
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.protocols._tlsfactory import TLSMemoryBIOFactory

_log = Logger(namespace="twisted.protocols.tls")

GATHERED_SIZE = ENCRYPT_SIZE
"""From so many bytes on, what was written is encrypted at once. While the handshake goes on, a
producer that has written so much is paused."""

MOST_ANSWERS = 100
"""How often a peer may make OpenSSL answer after the handshake: by asking for a new one, which is
refused, say. Without a limit, a peer that never reads could fill the memory with answers."""


class TLSClock(Protocol):
    """What a TLS connection needs of a clock or a reactor."""

    def callLater(self, delay: float, function: Callable[[], object], /) -> IDelayedCall:
        """Call something later."""
        ...


class TLSMemoryBIOProtocol(TLSFace):
    """Speaks TLS over any transport of a stream, for one connection.

    Attributes:
        acceptableProtocols: The names that this side agrees to (ALPN), if its factory says which.
        disconnecting: Whether the connection is to be closed.
    """

    factory: "TLSMemoryBIOFactory"  # pyright: ignore[reportIncompatibleVariableOverride]
    acceptableProtocols: Sequence[bytes] | None = None
    disconnecting: int = 0

    def __init__(
        self,
        factory: "TLSMemoryBIOFactory",
        wrappedProtocol: IProtocol,
        _connectWrapped: bool = True,
    ) -> None:
        """Wrap a protocol.

        Args:
            factory: Says how TLS is to be spoken.
            wrappedProtocol: The protocol that gets the plaintext.
            _connectWrapped: Whether it is to be told of the connection; not where TLS starts on a
                connection that it has already.
        """
        super().__init__(factory, wrappedProtocol)
        self._connectWrapped = _connectWrapped
        self._gathered: list[bytes] = []
        self._gatheredSize = 0
        # Whether whoever called us sends what is gathered.
        self._inside = False
        self._receiving = False
        self._unsettled = False
        self._readingPaused = False
        self._answers = 0
        self._ended = False
        self._lost = False
        self._closeSaid = False
        self._halfClosing = False
        self._toldReadLost = False
        self._toldWriteLost = False
        self._reason: Failure | None = None
        self._steered: SteeredProducer | None = None
        self._timer: IDelayedCall | None = None
        self._clock: TLSClock | None = None
        self._settleSoon: Callable[[TLSMemoryBIOProtocol], object] | None = None

    # Beginning

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport below, tell the protocol above, and begin the handshake.

        Args:
            transport: The own end of a connection that is open.
        """
        self.transport = transport
        self.connected = 1
        factory = self.factory
        clock = self._clock = cast(
            "TLSClock | None", factory.clock or getattr(transport, "reactor", None)
        )
        if clock is not None:
            self._settleSoon = getattr(clock, "settleSoon", None) or _callsLater(clock)
        factory.registerProtocol(self)
        try:
            self._tlsConnection = factory._createConnection(self)
        except Exception as error:
            _log.failure("No TLS connection can be made for {protocol}", protocol=self)
            self._tlsConnection = SSL.Connection(SSL.Context(SSL.TLS_METHOD), None)
            self._reason = Failure(error)
            self._end()
        self._stream = TLSStream(self._tlsConnection)
        if self._connectWrapped:
            self.wrappedProtocol.makeConnection(cast(ITransport, self))
        if self._lost:
            return
        if self._ended:
            self._loseBelow()
            return
        self._setTimer(factory.handshakeTimeout, self._handshakeTooSlow)
        self._handshake()

    def _handshake(self) -> None:
        """Go on with the handshake; when it is done, say so and send what was written."""
        stream = self._stream
        try:
            done = stream.handshake()
        except Exception as error:
            # SSL.Error, or what somebody's callback raised.
            self._fail(error)
            return
        if self._ended:
            # The peer was verified in the meantime, and found wanting.
            return
        self._sendOutput()
        if not done:
            return
        self._cancelTimer()
        if provides(IHandshakeListener, self.wrappedProtocol):
            cast(IHandshakeListener, self.wrappedProtocol).handshakeCompleted()
        self.flush()
        if self._steered is not None:
            self._steered.release()
        if self._readingPaused and not self._ended:
            _producer(self.transport).pauseProducing()
        self._closeIfAsked()

    def _handshakeTooSlow(self) -> None:
        self._timer = None
        text = f"no TLS handshake within {self.factory.handshakeTimeout:g} seconds"
        self._abort(TimeoutError(string=text))

    def failVerification(self, reason: Failure) -> None:
        """End the connection since the peer is not who it should be.

        Called while the handshake goes on, by whoever verifies the peer: nothing that was written
        is sent, and nothing is received.

        Args:
            reason: What `connectionLost` is to be called with.
        """
        self._reason = self._reason or reason
        self._abort(reason.value)

    # Receiving

    def dataReceived(self, data: bytes) -> None:
        """Take ciphertext from the transport below.

        Args:
            data: What has arrived.
        """
        if self._ended:
            return
        stream = self._stream
        stream.feed(data)
        if stream.handshakeDone:
            if not self._receiving:
                self._receive()
            return
        self._handshake()
        if self.handshakeDone and not self._isOver():
            self._receive()

    def _receive(self) -> None:
        """Hand on what can be read, then send what was written meanwhile."""
        stream = self._stream
        self._receiving = self._inside = True
        try:
            while not self._readingPaused or self.disconnecting:
                data = stream.read()
                if data is None:
                    break
                if not self.disconnecting:
                    self.wrappedProtocol.dataReceived(data)
                if self._ended:
                    return
        except SSL.Error as error:
            self._fail(error)
            return
        finally:
            self._receiving = self._inside = False
        if self._gathered:
            self.flush()
        if stream.answered and not self._ended and self._sendOutput():
            self._answers += 1
            if self._answers > MOST_ANSWERS:
                self._abort(ConnectionLost("the peer asks for answers of TLS too often"))
                return
        if stream.peerClosed and not self._toldReadLost:
            self._peerClosed()
        elif self.disconnecting:
            self._closeIfAsked()

    def _peerClosed(self) -> None:
        """Go on after the peer has said that it sends no more."""
        self._toldReadLost = True
        if self._ended:
            return
        if self._closeSaid:
            self._closeBelow()
        elif not self.disconnecting and provides(IHalfCloseableProtocol, self.wrappedProtocol):
            cast(IHalfCloseableProtocol, self.wrappedProtocol).readConnectionLost()
        else:
            steered = self._steered
            if steered is not None:
                # Nobody is there any more for whom it could produce.
                self.unregisterProducer()
                steered.producer.stopProducing()
            self.disconnecting = 1
            self._closeIfAsked()

    # Writing

    def write(self, data: bytes) -> None:
        """Send bytes, encrypted; those written before the handshake is done wait for it.

        Args:
            data: The bytes.

        Raises:
            TypeError: `data` is not bytes.
        """
        if not isinstance(data, bytes):
            raise TypeError(f"data must be bytes, not {type(data).__name__}: encode text first")
        if not data or self._ended or self._halfClosing:
            return
        if self.disconnecting and self._steered is None:
            return
        self._gathered.append(data)
        self._gatheredSize += len(data)
        if self._gatheredSize >= GATHERED_SIZE:
            if self._stream.handshakeDone:
                self.flush()
            elif self._steered is not None:
                self._steered.hold()
        elif not self._inside and not self._unsettled:
            self._askToSettle()

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Send several pieces, encrypted; all of them, or none on an error.

        Args:
            data: The pieces in order.
        """
        pieces = list(data)
        for piece in pieces:
            if not isinstance(piece, bytes):
                raise TypeError(
                    f"data must be bytes, not {type(piece).__name__}: encode text first"
                )
        self.write(b"".join(pieces))

    def _askToSettle(self) -> None:
        if self._settleSoon is None:
            self.flush()
        else:
            self._unsettled = True
            self._settleSoon(self)

    def settle(self) -> None:
        """Encrypt what was gathered; called when the callback in which it was written is over."""
        self._unsettled = False
        self.flush()

    def flush(self) -> None:
        """Encrypt what was written and hand it to the transport below, if that can be done."""
        gathered = self._gathered
        if not gathered or self._ended or not self._stream.handshakeDone:
            return
        stream = self._stream
        size = self._gatheredSize
        self._gatheredSize = 0
        try:
            if size <= RECORD_SIZE:
                stream.write(gathered[0] if len(gathered) == 1 else b"".join(gathered))
                gathered.clear()
                self.transport.write(stream.output(size + RECORD_OVERHEAD))
                return
            pieces = toPieces(gathered)
            gathered.clear()
            waiting = 0
            for piece in pieces:
                stream.write(piece)
                waiting += len(piece)
                if waiting >= ENCRYPT_SIZE:
                    waiting = 0
                    self.transport.write(stream.output())
            if waiting:
                self.transport.write(stream.output())
        except SSL.Error as error:
            self._fail(error)

    def _sendOutput(self) -> bool:
        """Send what OpenSSL has to send, and return whether there was anything."""
        output = self._stream.output(SMALL_OUTPUT)
        if output:
            self.transport.write(output)
        return bool(output)

    # Closing

    def loseConnection(self) -> None:
        """Close the connection when all that was written has been handed over."""
        if not self.disconnecting and not self._ended:
            self.disconnecting = 1
            if self.connected and not self._inside:
                self._closeIfAsked()

    def loseWriteConnection(self) -> None:
        """Close the sending direction when all that was written has been handed over."""
        if not self._halfClosing and not self._ended:
            self._halfClosing = True
            self._closeIfAsked()

    def abortConnection(self) -> None:
        """Close the connection now; what was not sent is lost."""
        self._abort(ConnectionAborted())

    def _closeIfAsked(self) -> None:
        """Say that nothing more is sent, if that is what is left to do."""
        if self._ended or self._steered is not None or self._closeSaid:
            return
        if not self.disconnecting and not self._halfClosing:
            return
        if not self._stream.handshakeDone:
            # What was written waits for the handshake, and so does the end. Without anything
            # written there is nothing to wait for.
            if self.disconnecting and not self._gathered:
                self._reason = Failure(ConnectionDone())
                self._end()
                self._loseBelow()
            return
        self.flush()
        if self._isOver():
            return
        self._closeSaid = True
        self._stream.sayClosed()
        self._sendOutput()
        if self._stream.peerClosed:
            self._closeBelow()
            return
        if self.disconnecting and self._readingPaused:
            _producer(self.transport).resumeProducing()
        lose = getattr(self.transport, "loseWriteConnection", None)
        if lose is not None:
            lose()
        elif self.disconnecting:
            self._closeBelow()
        else:
            self.writeConnectionLost()

    def _closeBelow(self) -> None:
        """Close the transport below: both sides have said that they send no more."""
        self._reason = self._reason or Failure(ConnectionDone())
        self._end()
        self.transport.loseConnection()

    def _loseBelow(self) -> None:
        """Close the transport below after an error; a peer that reads no more is not waited for."""
        self._setTimer(self.factory.closeTimeout, self._abortBelow)
        self.transport.loseConnection()

    def _peerTooSlow(self) -> None:
        """Wait no longer for the peer's close_notify; what the kernel has is sent all the same."""
        self._timer = None
        self._closeBelow()

    def _abort(self, error: BaseException) -> None:
        """End now, with a reason, unless the end has come already."""
        if self._lost:
            return
        if self._reason is None or not self._ended:
            self._reason = self._reason or Failure(error)
        elif isinstance(error, ConnectionAborted):
            self._reason = Failure(error)
        self._end()
        self._abortBelow()

    def _abortBelow(self) -> None:
        abort = getattr(self.transport, "abortConnection", None)
        if abort is not None:
            abort()
        else:
            self.transport.loseConnection()

    def _fail(self, error: Exception) -> None:
        """End because of an error of TLS; the peer is sent the alert, if there is one."""
        if self._reason is None:
            self._reason = Failure(error)
        if not self._ended:
            self._end()
            self._sendOutput()
            self._loseBelow()

    def _end(self) -> None:
        """Receive and send nothing from here on."""
        self._ended = True
        self.disconnecting = 1
        self._gathered.clear()
        self._gatheredSize = 0
        self._cancelTimer()

    def _isOver(self) -> bool:
        """Return whether it has ended, also where a call may have ended it a line before."""
        return self._ended

    def readConnectionLost(self) -> None:
        """Learn that the transport below brings no more; called by the transport."""
        if self._ended or self._stream.peerClosed:
            return
        if self._closeSaid and self.disconnecting:
            self._closeBelow()
            return
        self._reason = Failure(self._cutShort())
        self._end()
        self._loseBelow()

    def writeConnectionLost(self) -> None:
        """Learn that everything was handed to the kernel; called by the transport."""
        if self._toldWriteLost or self._lost:
            return
        self._toldWriteLost = True
        if self.disconnecting:
            if not self._ended:
                self._setTimer(self.factory.closeTimeout, self._peerTooSlow)
        elif provides(IHalfCloseableProtocol, self.wrappedProtocol):
            cast(IHalfCloseableProtocol, self.wrappedProtocol).writeConnectionLost()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the protocol above that the connection is gone; called by the transport.

        Args:
            reason: Why the transport below is gone.
        """
        if self._lost:
            return
        self._lost = True
        told = self._reasonFor(reason) if self._reason is None else self._reason
        self._end()
        # Both know this protocol: the one for the sake of callbacks, the other by its traceback.
        self._tlsConnection.set_app_data(None)
        self._reason = None
        super().connectionLost(told)

    def _reasonFor(self, reason: Failure) -> Failure:
        """Return the reason for the protocol above, if only the transport below gives one."""
        if self._toldWriteLost and self.disconnecting:
            # All was handed over, as asked for; what the peer did after that does not matter.
            return Failure(ConnectionDone())
        if reason.check(ConnectionDone) is None or self._stream.peerClosed:
            return reason
        return reason if self._closeSaid and self.disconnecting else Failure(self._cutShort())

    def _cutShort(self) -> ConnectionLost:
        if not self._stream.handshakeDone:
            return ConnectionLost("the connection was closed during the TLS handshake")
        return ConnectionLost("the connection was closed without close_notify: data may be missing")

    # Timing

    def _setTimer(self, seconds: float | None, function: Callable[[], object]) -> None:
        self._cancelTimer()
        if seconds is not None and self._clock is not None:
            self._timer = self._clock.callLater(seconds, function)

    def _cancelTimer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None and timer.active():
            timer.cancel()

    def startTLS(self, contextFactory: TLSOptions, normal: bool = True) -> None:
        """Speak TLS from here on inside of this TLS.

        Args:
            contextFactory: Says how; made by `twisted.internet.ssl`.
            normal: Whether the side that is the client here is the client there too.
        """
        from twisted.protocols._reactortls import startTLS

        startTLS(self, contextFactory, self.factory.isClient is normal)

    # Being a consumer

    @property
    def producer(self) -> IProducer | None:
        """The producer that is registered, if there is one."""
        return None if self._steered is None else self._steered.producer

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by this connection.

        Args:
            producer: What writes.
            streaming: Whether it is a push producer.

        Raises:
            RuntimeError: Another one is registered.
        """
        if self._steered is not None:
            raise RuntimeError(
                f"{producer!r} can't be registered with {self!r}: {self._steered.producer!r} is, "
                "and was not unregistered"
            )
        if self._ended or self._closeSaid:
            producer.stopProducing()
            return
        self._steered = SteeredProducer(self, producer, streaming)
        cast(IConsumer, self.transport).registerProducer(self._steered, streaming)

    def unregisterProducer(self) -> None:
        """Forget the producer, whose data is complete."""
        if self._steered is None:
            return
        self._steered = None
        cast(IConsumer, self.transport).unregisterProducer()
        if not self._inside:
            self._closeIfAsked()

    def producerIsGone(self) -> None:
        """Learn that the transport below has stopped the producer."""
        self._steered = None

    # Being a push producer

    def pauseProducing(self) -> None:
        """Hand on nothing for now; the handshake goes on nevertheless."""
        self._readingPaused = True
        if self._stream.handshakeDone and not self._ended:
            _producer(self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Hand on again what has arrived and what arrives."""
        if not self._readingPaused:
            return
        self._readingPaused = False
        if self._ended or not self._stream.handshakeDone:
            return
        _producer(self.transport).resumeProducing()
        # What was decrypted is not handed on from inside this call.
        if self._settleSoon is None:
            self._receiveRest()
        else:
            self._settleSoon(cast(TLSMemoryBIOProtocol, _Later(self._receiveRest)))

    def _receiveRest(self) -> None:
        if self._ended or self._receiving:
            return
        try:
            self._receive()
        except Exception as error:
            # Nobody below has called us who would deal with it.
            _log.failure("dataReceived of {protocol} failed", protocol=self.wrappedProtocol)
            lost = ConnectionLost(str(error))
            lost.__cause__ = error
            self._abort(lost)

    def stopProducing(self) -> None:
        """Close the connection: whoever takes its data is gone."""
        self.loseConnection()


classImplements(
    TLSMemoryBIOProtocol,
    INegotiated,
    ITLSTransport,
    ISystemHandle,
    IConsumer,
    IPushProducer,
    IHalfCloseableProtocol,
)


class _Later:
    """Something to be done after the current callback, in the shape that `settleSoon` takes."""

    __slots__ = ("settle",)

    def __init__(self, function: Callable[[], object]) -> None:
        self.settle = function


def _callsLater(clock: TLSClock) -> Callable[[TLSMemoryBIOProtocol], object]:
    """Return what stands for `settleSoon` where there is only a clock."""
    return lambda settling: clock.callLater(0, settling.settle)


def _producer(transport: ITransport) -> IPushProducer:
    """Return a transport as the producer that it is."""
    return cast(IPushProducer, transport)
