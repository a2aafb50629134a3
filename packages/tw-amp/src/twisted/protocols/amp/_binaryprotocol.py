"""Joins the codec to a transport: boxes over a stream of bytes, and their flow."""

import os
from typing import TYPE_CHECKING, cast

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IFileDescriptorReceiver,
    IPushProducer,
    ITransport,
    IUNIXTransport,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols.amp._boxcodec import MAX_VALUE_LENGTH
from twisted.protocols.amp._boxes import MAX_BOX_SIZE, MAX_KEYS, AmpBox, BoxBuffer
from twisted.protocols.amp._errors import AmpError, ProtocolSwitched, TooLong
from twisted.protocols.amp._interfaces import IBoxReceiver, IBoxSender
from twisted.protocols.amp._structured import DescriptorExchanger
from twisted.python.components import classImplements, provides
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.internet.ssl import Certificate, PrivateCertificate

MAX_UNSENT = 256 * 1024
"""After how many bytes written the peer has to have taken them before more boxes are read."""

MAX_DESCRIPTORS = 256
"""How many file descriptors may have come that no box has asked for yet."""

# Why nothing is read: bits of `_holds`.
_ASKED = 1
_FULL = 2
_BUSY = 4


class _Drain:
    """Learns from a transport that it has sent all that was written.

    A pull producer is asked for more when the buffer is empty, and once when it is registered. It
    is registered only as long as it waits, so that closing the connection does not wait for it.
    """

    def __init__(self, protocol: "BinaryBoxProtocol") -> None:
        self._protocol = protocol
        self._asked = False

    def resumeProducing(self) -> None:
        """Learn that the buffer is empty."""
        if not self._asked:
            self._asked = True
            return
        cast(IConsumer, self._protocol.transport).unregisterProducer()
        self._protocol._drained()

    def stopProducing(self) -> None:
        """Learn that the connection is gone."""


class BinaryBoxProtocol(Protocol, DescriptorExchanger):
    """Boxes over a stream of bytes.

    Attributes:
        boxReceiver: Gets the boxes.
        innerProtocol: What the connection was switched to; None as long as it speaks AMP.
        innerProtocolClientFactory: The factory of that protocol, if it has one.
        hostCertificate: The own certificate, once TLS was started with one.
        noPeerCertificate: Whether TLS was started without knowing who the peer is.
        paused: Whether `pauseProducing` was called and `resumeProducing` was not.
        MAX_LENGTH: How long a value may be.
        maxKeys: How many keys a box may have that is received.
        maxBoxSize: How many bytes its pairs may take.
        maxUnsent: After how many bytes written no more is read until the peer has taken them.
        maxDescriptors: How many file descriptors may wait for their boxes.
    """

    MAX_LENGTH: int = MAX_VALUE_LENGTH
    maxKeys: int = MAX_KEYS
    maxBoxSize: int = MAX_BOX_SIZE
    maxUnsent: int = MAX_UNSENT
    maxDescriptors: int = MAX_DESCRIPTORS

    hostCertificate: "PrivateCertificate | None" = None
    noPeerCertificate: bool = False
    innerProtocol: Protocol | None = None
    innerProtocolClientFactory: object | None = None
    paused: bool = False

    _log = Logger("twisted.protocols.amp")
    _switching = False
    _startingTLS = False
    _speaksTLS = False
    # How large a box with long values may be that the peer takes; 0 where it takes none.
    _longest = 0
    _closed = False
    _endReason: Failure | None = None

    def __init__(self, boxReceiver: IBoxReceiver) -> None:
        """Make a protocol.

        Args:
            boxReceiver: Gets the boxes.
        """
        self.boxReceiver: IBoxReceiver = boxReceiver
        self._buffer = BoxBuffer()
        self._delivering = False
        self._holds = 0
        self._written = 0
        self._draining = False
        self._descriptors: dict[int, int] = {}
        self._descriptorsReceived = 0
        self._descriptorsSent = 0
        self._heldAnswers: list[AmpBox] | None = None

    # IProtocol

    def makeConnection(self, transport: ITransport) -> None:
        """Take the transport, and tell the receiver of boxes before `connectionMade`.

        Args:
            transport: The own end of a connection that is open.
        """
        self.transport = transport
        self._buffer.maxKeys = self.maxKeys
        self._buffer.maxSize = self.maxBoxSize
        self.boxReceiver.startReceivingBoxes(cast(IBoxSender, self))
        super().makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:
        """Hand on the boxes that are complete now.

        Args:
            data: Bytes of the stream.
        """
        if self.innerProtocol is not None:
            self.innerProtocol.dataReceived(data)
            return
        self._buffer.receive(data)
        self._deliver()
        if getattr(self.transport, "disconnecting", False):
            # Nobody will ask for the rest, and a peer that does not read may go on sending.
            self._buffer.takeRest()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the receiver of boxes, and the inner protocol if there is one.

        Args:
            reason: Why; an error of the peer's, if there was one, comes before it.
        """
        self._closed = True
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()
        if self._endReason is not None:
            reason = self._endReason
        self.boxReceiver.stopReceivingBoxes(reason)
        if self.innerProtocol is not None:
            self.innerProtocol.connectionLost(reason)
            lost = getattr(self.innerProtocolClientFactory, "clientConnectionLost", None)
            if lost is not None:
                lost(None, reason)

    # IBoxSender

    def sendBox(self, box: AmpBox) -> None:
        """Send a box.

        Args:
            box: The box.

        Raises:
            ProtocolSwitched: The connection speaks another protocol, or is about to.
            ConnectionLost: The connection is gone.
            TooLong: A key or a value does not fit.
            TypeError: A key or a value is not bytes.
        """
        if self._switching:
            raise ProtocolSwitched("this connection speaks another protocol: no box can be sent")
        if self._startingTLS:
            raise ProtocolSwitched("TLS is being started: send boxes when its answer is there")
        if self._closed:
            raise ConnectionLost("the connection is gone, nothing can be sent")
        data = box.serialize() if not self._longest else self._serializeLong(box)
        self._written += len(data)
        self.transport.write(data)
        if self._written > self.maxUnsent:
            self._waitForDrain()

    def _serializeLong(self, box: AmpBox) -> bytes:
        """Return a box whose values the peer takes in pieces, if it is not too large for it."""
        data = box._serialize(True)
        if len(data) - 2 > self._longest:
            key = max(box, key=lambda key: len(box[key]))
            raise TooLong(False, True, box[key], key)
        return data

    def _takeLongValues(self) -> int:
        """Understand long values from here on, and return how large a box may be."""
        self._buffer.takeLongValues()
        return self.maxBoxSize

    def _sendLongValues(self, longest: int) -> None:
        """Send long values from here on, in boxes that are not too large for the peer."""
        self._longest = longest

    def unhandledError(self, failure: Failure) -> None:
        """Log an error that nobody has taken care of, and close the connection.

        Args:
            failure: The error.
        """
        self._log.failure("Nobody took care of an error; its connection is closed", failure)
        self.transport.loseConnection()

    # What the boxes are taken out of

    def lengthLimitExceeded(self, length: int) -> None:
        """Learn that the peer sends a key that is too long; unless overridden, close the connection.

        Args:
            length: How long it is said to be.
        """
        self._refuse(Failure(TooLong(True, False, length)))

    def _deliver(self) -> None:
        """Hand on boxes until there are no more, or none is wanted."""
        if self._delivering:
            return
        self._delivering = True
        take = self._buffer.take
        try:
            while not self._holds and not getattr(self.transport, "disconnecting", False):
                if (box := take()) is None:
                    return
                self.boxReceiver.ampBoxReceived(box)
                if self.innerProtocol is not None:
                    break
        except TooLong as error:
            self.lengthLimitExceeded(cast(int, error.value))
            return
        except AmpError:
            self._refuse(Failure())
            return
        finally:
            self._delivering = False
        if self.innerProtocol is not None:
            rest = self._buffer.takeRest()
            if rest:
                self.innerProtocol.dataReceived(rest)

    def _quit(self) -> None:
        """Close the connection after a fatal error."""
        self.transport.loseConnection()

    def _refuse(self, failure: Failure) -> None:
        """Close the connection because of what the peer sends."""
        self._log.warn(
            "A peer is refused, its connection is closed: {error}", error=failure.getErrorMessage()
        )
        self._endReason = failure
        self.transport.loseConnection()

    def clearLineBuffer(self) -> bytes:
        """Drop what was received and not handed on yet, as TLS asks for when it is started.

        Somebody on the way could have written it behind the box after which TLS begins, and it
        would pass for secret. The name is that of the receivers of lines, which TLS knows as well.

        Returns:
            The bytes that were dropped.
        """
        return self._buffer.takeRest()

    # Answers that have to wait

    def _holdAnswers(self) -> None:
        """Keep the answers that cannot be sent now, until it is known what is spoken next."""
        self._heldAnswers = []

    def _keepAnswer(self, box: AmpBox) -> None:
        """Keep an answer, if it may be sent later."""
        if self._heldAnswers is not None:
            self._heldAnswers.append(box)

    def _sendHeldAnswers(self) -> None:
        """Send what was kept, since boxes can be sent again."""
        held, self._heldAnswers = self._heldAnswers, None
        for box in held or ():
            if not self._closed:
                box._sendTo(cast(IBoxSender, self))

    # Flow

    def pauseProducing(self) -> None:
        """Hand on no more boxes, and read no more."""
        self.paused = True
        self._hold(_ASKED)

    def resumeProducing(self) -> None:
        """Hand on what was held back, and then read again."""
        self.paused = False
        self._release(_ASKED)

    def stopProducing(self) -> None:
        """Hand on no more boxes, and close the connection."""
        self.paused = True
        self._holds |= _ASKED
        cast(IPushProducer, self.transport).stopProducing()

    def _holdReading(self, hold: bool) -> None:
        """Read no more while too many requests wait."""
        if hold:
            self._hold(_BUSY)
        else:
            self._release(_BUSY)

    def _hold(self, why: int) -> None:
        before, self._holds = self._holds, self._holds | why
        if not before and not self._closed:
            pause = getattr(self.transport, "pauseProducing", None)
            if pause is not None:
                pause()

    def _release(self, why: int) -> None:
        if not self._holds & why:
            return
        self._holds &= ~why
        if self._holds or self._closed:
            return
        self._deliver()
        self._readOn()

    def _readOn(self) -> None:
        # What was handed on may have held it up again.
        if not self._holds and not self._closed:
            resume = getattr(self.transport, "resumeProducing", None)
            if resume is not None:
                resume()

    def _waitForDrain(self) -> None:
        """Read no more until the transport has sent what was written."""
        if self._draining:
            return
        self._written = 0
        register = getattr(self.transport, "registerProducer", None)
        # One that the program has registered itself steers the connection already.
        if register is None or getattr(self.transport, "producer", None) is not None:
            return
        self._draining = True
        self._hold(_FULL)
        register(_Drain(self), False)

    def _drained(self) -> None:
        self._draining = False
        self._written = 0
        self._release(_FULL)

    # File descriptors

    def fileDescriptorReceived(self, descriptor: int) -> None:
        """Keep a descriptor until the box comes that it belongs to.

        Args:
            descriptor: The descriptor.
        """
        if len(self._descriptors) >= self.maxDescriptors:
            os.close(descriptor)
            self._refuse(
                Failure(AmpError(f"{self.maxDescriptors} file descriptors wait for their boxes"))
            )
            return
        self._descriptors[self._descriptorsReceived] = descriptor
        self._descriptorsReceived += 1

    def _sendFileDescriptor(self, descriptor: int) -> int:
        if not provides(IUNIXTransport, self.transport):
            raise TypeError("file descriptors can be sent over UNIX sockets only")
        cast(IUNIXTransport, self.transport).sendFileDescriptor(descriptor)
        ordinal = self._descriptorsSent
        self._descriptorsSent += 1
        return ordinal

    def _takeFileDescriptor(self, ordinal: int) -> int:
        descriptor = self._descriptors.pop(ordinal, None)
        if descriptor is None:
            raise ValueError(f"file descriptor {ordinal} has not come with the boxes")
        return descriptor

    # Other protocols

    def _lockForSwitch(self) -> None:
        """Send no more boxes, because the connection may be switched."""
        self._switching = True
        self._holdAnswers()

    def _unlockFromSwitch(self) -> None:
        """Send boxes again: the connection is not switched after all."""
        if self.innerProtocol is None:
            self._switching = False
            self._sendHeldAnswers()

    def _switchTo(self, protocol: Protocol, factory: object | None = None) -> None:
        """Speak another protocol from here on."""
        self._switching = True
        self._heldAnswers = None
        self.innerProtocolClientFactory = factory
        # It may get its first bytes when this one is done with the box at hand.
        self.innerProtocol = protocol
        protocol.makeConnection(self.transport)

    @property
    def peerCertificate(self) -> "Certificate | None":
        """The certificate of the peer, a `twisted.internet.ssl.Certificate`.

        None if it has shown none, or TLS was started without knowing who it is.
        """
        if self.noPeerCertificate:
            return None
        show = getattr(self.transport, "getPeerCertificate", None)
        if show is None or show() is None:
            return None
        from twisted.internet.ssl import Certificate

        return Certificate.peerFromTransport(self.transport)


classImplements(BinaryBoxProtocol, IBoxSender, IFileDescriptorReceiver)


__all__ = ["MAX_DESCRIPTORS", "MAX_UNSENT", "BinaryBoxProtocol"]
