"""Protocols, producers and files that note what happens to them."""

import io
from collections.abc import Iterable
from typing import Protocol as TypingProtocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer, IPullProducer, IPushProducer
from twisted.internet.protocol import Protocol
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class _TellingFactory(TypingProtocol):
    """A factory that wants to know when a connection was made."""

    protocolConnectionMade: "Deferred[AccumulatingProtocol] | None"


class AccumulatingProtocol(Protocol):
    """Collects all that is received.

    If its factory has a Deferred `protocolConnectionMade`, that fires with the protocol when the
    connection is made.

    Attributes:
        made: 1 once the connection was made.
        closed: 1 once it was lost.
        closedReason: Why.
        closedDeferred: Set it to a Deferred to be told of the end.
        data: All that was received.
    """

    made: int = 0
    closed: int = 0
    closedReason: Failure | None = None
    closedDeferred: "Deferred[None] | None" = None
    data: bytes = b""

    def connectionMade(self) -> None:
        """Note it, and tell the factory."""
        self.made = 1
        told = getattr(self.factory, "protocolConnectionMade", None)
        if isinstance(told, Deferred):
            factory: _TellingFactory = self.factory  # type: ignore[assignment] # it has the name
            factory.protocolConnectionMade = None
            told.callback(self)

    def dataReceived(self, data: bytes) -> None:
        """Collect.

        Args:
            data: What has arrived.
        """
        self.data += data

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Note it, and fire `closedDeferred`.

        Args:
            reason: Why the connection is gone.
        """
        self.closed = 1
        self.closedReason = reason
        told, self.closedDeferred = self.closedDeferred, None
        if told is not None:
            told.callback(None)


class LineSendingProtocol(Protocol):
    r"""Sends some lines and collects the lines that come back; they end in `\r\n`.

    Attributes:
        lines: What to send.
        response: The lines that were received, without their ends.
        lostConn: Whether the connection was lost.
        paused: Whether receiving was paused.
    """

    lostConn: bool = False
    paused: bool = False

    def __init__(self, lines: Iterable[bytes], start: bool = True) -> None:
        """Make a protocol.

        Args:
            lines: What to send, without the ends of the lines.
            start: Whether to send when the connection is made; otherwise the first line that is
                received starts it.
        """
        self.lines: list[bytes] = list(lines)
        self.start = start
        self.response: list[bytes] = []
        self._rest = b""

    def connectionMade(self) -> None:
        """Send the lines, unless the peer is to begin."""
        if self.start:
            self._send()

    def _send(self) -> None:
        for line in self.lines:
            self.transport.write(line + b"\r\n")

    def dataReceived(self, data: bytes) -> None:
        """Cut what was received into lines.

        Args:
            data: What has arrived.
        """
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        for line in lines:
            self.lineReceived(line)

    def lineReceived(self, line: bytes) -> None:
        """Collect a line.

        Args:
            line: The line, without its end.
        """
        if not self.start:
            self._send()
            self.lines = []
        self.response.append(line)

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Note it.

        Args:
            reason: Why the connection is gone.
        """
        self.lostConn = True

    def _incoming(self) -> IPushProducer:
        """Return the transport as what brings data; every transport of a stream is that too."""
        return self.transport  # type: ignore[return-value]

    def pauseProducing(self) -> None:
        """Receive no more for now."""
        self.paused = True
        self._incoming().pauseProducing()

    def resumeProducing(self) -> None:
        """Receive again."""
        self.paused = False
        self._incoming().resumeProducing()

    def stopProducing(self) -> None:
        """Receive no more at all."""
        self.paused = True
        self._incoming().stopProducing()


class NonStreamingProducer:
    """A pull producer that writes the numbers from 0 to 9, one each time it is asked.

    Attributes:
        counter: The next number.
        stopped: Whether it was told to stop.
        consumer: What it writes to; None when it is done.
    """

    counter: int = 0
    stopped: bool = False

    def __init__(self, consumer: IConsumer) -> None:
        """Make a producer; the test registers it.

        Args:
            consumer: What it writes to.
        """
        self.consumer: IConsumer | None = consumer

    def resumeProducing(self) -> None:
        """Write the next number, and unregister after the last."""
        if self.consumer is None:
            return
        self.consumer.write(b"%d" % self.counter)
        self.counter += 1
        if self.counter == 10:
            consumer, self.consumer = self.consumer, None
            consumer.unregisterProducer()

    def pauseProducing(self) -> None:
        """Fail: nobody pauses a pull producer.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError("a pull producer cannot be paused: it writes only when it is asked")

    def stopProducing(self) -> None:
        """Stop."""
        self.consumer = None
        self.stopped = True


classImplements(NonStreamingProducer, IPullProducer)


class StringIOWithoutClosing(io.BytesIO):
    """A file in memory that can be read after it was closed."""

    def close(self) -> None:
        """Do nothing."""
