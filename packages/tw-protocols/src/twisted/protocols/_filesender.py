"""A producer that writes a file to a consumer, a chunk whenever it is asked.

It works with every consumer and can change what it sends; to send a file as it is, over a
connection, `twisted.internet.sendfile.sendFile` costs less.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IConsumer, IPullProducer, ReadableFile
from twisted.python.components import implementer
from twisted.python.failure import Failure


@implementer(IPullProducer)
class FileSender:
    """Sends a file, from where it is to its end; one at a time.

    Attributes:
        CHUNK_SIZE: How many bytes are read at once (16 KiB).
        lastSent: The last byte that was sent; empty before the first one.
        deferred: What `beginFileTransfer` returned; None when the transfer is over.
        file: What is read; None when the transfer is over.
        consumer: What it is written to.
        transform: What changes each chunk, if anything.
    """

    CHUNK_SIZE: int = 2**14
    lastSent: bytes = b""
    deferred: Deferred[bytes] | None = None
    file: ReadableFile | None = None
    consumer: IConsumer | None = None
    transform: Callable[[bytes], bytes] | None = None

    def beginFileTransfer(
        self,
        file: ReadableFile,
        consumer: IConsumer,
        transform: Callable[[bytes], bytes] | None = None,
    ) -> Deferred[bytes]:
        """Register with a consumer, and write the file to it.

        Args:
            file: An open file, in binary. It is read from where it is, and not closed.
            consumer: What to write to.
            transform: Called with each chunk; what it returns is sent in its place.

        Returns:
            A Deferred that fires with the last byte that was sent when all was passed on. It fails
            with `ConnectionLost` if the consumer stops before, and with what reading, `transform`
            or writing raised. Cancelling it unregisters from the consumer.

        Raises:
            RuntimeError: A transfer is going on, or the consumer has a producer.
        """
        if self.deferred is not None:
            raise RuntimeError(f"{self!r} is sending {self.file!r}: use another one")
        self.file = file
        self.consumer = consumer
        self.transform = transform
        self.lastSent = b""
        deferred: Deferred[bytes] = Deferred(lambda _: self._end())
        self.deferred = deferred
        try:
            consumer.registerProducer(self, False)
        except BaseException:
            self.file = self.deferred = None
            raise
        return deferred

    def resumeProducing(self) -> None:
        """Write the next chunk, or end if there is none."""
        if self.file is None or self.consumer is None:
            return
        try:
            chunk = self.file.read(self.CHUNK_SIZE)
            if chunk:
                if self.transform is not None:
                    chunk = self.transform(chunk)
                self.consumer.write(chunk)
                self.lastSent = chunk[-1:] or self.lastSent
                return
        except Exception:
            self._fire(Failure())
            return
        self._fire(self.lastSent)

    def pauseProducing(self) -> None:
        """Do nothing: it writes only when it is asked."""

    def stopProducing(self) -> None:
        """Learn that the consumer takes no more."""
        self.consumer = None
        self._fire(Failure(ConnectionLost("the consumer took no more before the file was sent")))

    def _fire(self, result: bytes | Failure) -> None:
        """Tell how the transfer went."""
        deferred = self._end()
        if deferred is None:
            return
        if isinstance(result, Failure):
            deferred.errback(result)
        else:
            deferred.callback(result)

    def _end(self) -> Deferred[bytes] | None:
        """Leave the consumer; return the Deferred that was waited for."""
        deferred, self.deferred = self.deferred, None
        consumer, self.consumer = self.consumer, None
        self.file = None
        if consumer is not None:
            consumer.unregisterProducer()
        return deferred


__all__ = ["FileSender"]
