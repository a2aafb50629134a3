"""A file as a transport."""

from collections.abc import Iterable
from typing import Protocol

from twisted.internet.interfaces import IAddress, IProducer, IPullProducer, ITransport
from twisted.logger import Logger
from twisted.python.components import classImplements

_log = Logger("twisted.internet.protocol.FileWrapper")


class _WritableFile(Protocol):
    """What is needed of the file."""

    def write(self, data: bytes, /) -> object:
        """Write bytes, all of them."""
        ...

    def close(self) -> object:
        """Close the file."""
        ...


class FileWrapper:
    """A file that a protocol can write to as if it were a connection.

    Writing blocks as long as the file does. Nothing is ever received.

    Attributes:
        file: The file.
        closed: 1 once it was closed.
        disconnecting: 1 once `loseConnection` was called.
        producer: The registered producer, or None.
        streamingProducer: Whether it is a push producer.
    """

    closed: int = 0
    disconnecting: int = 0
    producer: IProducer | None = None
    streamingProducer: int = 0
    _asking = False
    _wrote = False

    def __init__(self, file: _WritableFile) -> None:
        """Wrap a file.

        Args:
            file: Is written to and closed.
        """
        self.file = file

    def write(self, data: bytes) -> None:
        """Write to the file; an error goes to `handleException`.

        Args:
            data: The bytes.
        """
        try:
            self.file.write(data)
        except Exception:
            self.handleException()
        self._askProducer()

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        """Write several pieces as one.

        Args:
            iovec: The pieces in order.
        """
        self.write(b"".join(iovec))

    def _askProducer(self) -> None:
        """Let a pull producer write on, until it writes no more."""
        if self._asking:
            # It writes right now: the loop below asks again.
            self._wrote = True
            return
        self._asking = self._wrote = True
        try:
            while self._wrote and self.producer is not None and not self.streamingProducer:
                self._wrote = False
                producer: IPullProducer = self.producer  # type: ignore[assignment] # not streaming
                producer.resumeProducing()
        finally:
            self._asking = False

    def handleException(self) -> None:
        """Deal with an error of the file: log it, and go on."""
        _log.failure("Writing to {file!r} failed", file=self.file)

    def loseConnection(self) -> None:
        """Close the file."""
        self.disconnecting = 1
        self.stopConsuming()

    def stopConsuming(self) -> None:
        """Stop a registered producer, and close the file."""
        producer, self.producer = self.producer, None
        if producer is not None:
            producer.stopProducing()
        if not self.closed:
            self.closed = 1
            try:
                self.file.close()
            except Exception:
                self.handleException()

    def getPeer(self) -> IAddress:
        """Return a mark that says no more than that there is no peer but a file."""
        return ("file", "file")

    def getHost(self) -> IAddress:
        """Return the same mark as `getPeer`."""
        return ("file", "file")

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer write to the file.

        Args:
            producer: What writes.
            streaming: False for a pull producer, which is asked again after each of its writes.
        """
        self.producer = producer
        self.streamingProducer = streaming
        self._askProducer()

    def unregisterProducer(self) -> None:
        """Forget the producer, and close the file: its data is complete."""
        self.producer = None
        self.loseConnection()

    def pauseProducing(self) -> None:
        """Do nothing: a file brings no data that could be held up."""

    def resumeProducing(self) -> None:
        """Do nothing, as `pauseProducing`."""

    def stopProducing(self) -> None:
        """Close the file."""
        self.loseConnection()


classImplements(FileWrapper, ITransport)
