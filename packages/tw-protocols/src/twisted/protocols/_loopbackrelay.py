"""One direction of a connection in memory, moved by hand: `LoopbackRelay.clearBuffer`."""

from collections.abc import Iterable
from typing import IO, cast

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IProducer,
    IProtocol,
    IPullProducer,
    ITransport,
)
from twisted.python.components import classImplements
from twisted.python.failure import Failure


class LoopbackRelay:
    """The transport of one protocol; what is written goes to another when `clearBuffer` is called.

    Attributes:
        target: The protocol that gets what is written.
        logFile: A text file into which is written what is handed over; None for no file.
        buffer: What was written and not handed over yet.
        disconnecting: Whether `loseConnection` was called.
        shouldLose: 1 when the target is to be told of the end, -1 when that was done, else 0.
        producer: The registered producer, or None.
    """

    buffer: bytes = b""
    disconnecting: int = 0
    shouldLose: int = 0
    producer: IProducer | None = None

    def __init__(self, target: IProtocol, logFile: IO[str] | None = None) -> None:
        """Make a transport.

        Args:
            target: The protocol that gets what is written.
            logFile: A text file into which is written what is handed over.
        """
        self.target = target
        self.logFile = logFile

    def write(self, data: bytes) -> None:
        """Keep bytes until `clearBuffer`.

        Args:
            data: The bytes.
        """
        self.buffer += data

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        """Keep several pieces until `clearBuffer`.

        Args:
            iovec: The pieces in order.
        """
        self.write(b"".join(iovec))

    def clearBuffer(self) -> None:
        """Ask a pull producer, hand over what was written, then the end, if that is due."""
        if self.shouldLose == -1:
            return
        if self.producer is not None and not self._streaming:
            cast(IPullProducer, self.producer).resumeProducing()
        if self.buffer:
            data, self.buffer = self.buffer, b""
            if self.logFile is not None:
                self.logFile.write(f"{self.logPrefix()} hands over {data!r}\n")
            self.target.dataReceived(data)
        if self.shouldLose == 1 and self.producer is None:
            self.shouldLose = -1
            if self.logFile is not None:
                self.logFile.write(f"{self.logPrefix()} ends\n")
            self.target.connectionLost(Failure(ConnectionDone()))

    def loseConnection(self) -> None:
        """End with the next `clearBuffer` that finds no producer."""
        if self.shouldLose == 0:
            self.disconnecting = self.shouldLose = 1

    def getHost(self) -> IAddress:
        """Return an address of this machine."""
        return IPv4Address("TCP", "127.0.0.1", 1)

    def getPeer(self) -> IAddress:
        """Return an address of this machine."""
        return IPv4Address("TCP", "127.0.0.1", 2)

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be asked by `clearBuffer`, if it is a pull producer.

        Args:
            producer: What writes.
            streaming: Whether it writes by itself.

        Raises:
            RuntimeError: Another one is registered.
        """
        if self.producer is not None:
            raise RuntimeError(f"{self.producer!r} is registered: unregister it first")
        self.producer = producer
        self._streaming = streaming

    def unregisterProducer(self) -> None:
        """Forget the producer."""
        self.producer = None

    def logPrefix(self) -> str:
        """Return the name of the target, with that of the relay."""
        return f"{type(self).__name__}({type(self.target).__name__})"


classImplements(LoopbackRelay, ITransport, IConsumer)

__all__ = ["LoopbackRelay"]
