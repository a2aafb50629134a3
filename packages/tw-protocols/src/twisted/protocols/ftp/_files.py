"""Files that are read and written for a client, and text as the network has it."""

import errno
import os
import stat as stat_
from collections.abc import Callable
from io import BufferedWriter, FileIO
from typing import IO, cast

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IConsumer, IProducer, IPullProducer, ReadableFile
from twisted.protocols.basic import FileSender
from twisted.protocols.ftp import _replies
from twisted.protocols.ftp._errors import _OtherError
from twisted.protocols.ftp._interfaces import IReadFile, IWriteFile
from twisted.python.components import implementer

CHUNK_SIZE = 2**16
"""How many bytes of a file are read at once."""


class _Sender(FileSender):
    CHUNK_SIZE = CHUNK_SIZE


def openRegular(path: str, flags: int) -> int:
    """Open a file, but no device, pipe or link, which could block or lead elsewhere.

    Args:
        path: Its path.
        flags: As for `os.open`.

    Returns:
        The descriptor.

    Raises:
        OSError: There is no such file, or it may not be opened.
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    mode = os.fstat(descriptor).st_mode
    if not stat_.S_ISREG(mode):
        os.close(descriptor)
        number = errno.EISDIR if stat_.S_ISDIR(mode) else errno.EACCES
        raise OSError(number, os.strerror(number), path)
    return descriptor


@implementer(IReadFile)
class FileReader:
    """Sends a file of the disk."""

    def __init__(self, file: ReadableFile) -> None:
        """Take an open file.

        Args:
            file: It is read from where it is, and closed when it was sent.
        """
        self._file = file

    def send(self, consumer: IConsumer) -> Deferred[object]:
        """Write the content to a consumer, and close the file."""
        sending = cast("Deferred[object]", _Sender().beginFileTransfer(self._file, consumer))

        def over(result: object) -> object:
            self.close()
            return result

        return sending.addBoth(over)

    def close(self) -> None:
        """Close the file, whether it was sent or not."""
        cast("IO[bytes]", self._file).close()


@implementer(IWriteFile)
class FileWriter:
    """Writes a file of the disk; what was in it goes when the content is about to come."""

    def __init__(self, descriptor: int, offset: int, limit: int | None) -> None:
        """Take an open file.

        Args:
            descriptor: Its descriptor.
            offset: How many of its bytes stay.
            limit: How many bytes it may have in the end; None for any number.
        """
        self._raw = FileIO(descriptor, "wb")
        self._file = BufferedWriter(self._raw)
        self._offset = offset
        self._limit = limit

    def receive(self) -> Deferred[IConsumer]:
        """Return what takes the content."""
        if os.fstat(self._raw.fileno()).st_size > self._offset:
            self._raw.truncate(self._offset)
        self._raw.seek(self._offset)
        consumer: IConsumer = (
            FileConsumer(self._file)
            if self._limit is None
            else _LimitedConsumer(self._file, self._limit - self._offset)
        )
        return succeed(consumer)

    def close(self) -> Deferred[None]:
        """Write what is held, and close the file."""
        try:
            self._file.close()
        finally:
            # An error while writing the rest leaves it open.
            self._raw.close()
        return succeed(None)


@implementer(IConsumer)
class FileConsumer:
    """Writes what it takes to a file.

    Attributes:
        fObj: The file.
        producer: Who produces; None if nobody does.
    """

    producer: IProducer | None = None
    _streaming: bool = True

    def __init__(self, fObj: IO[bytes]) -> None:
        """Take an open file.

        Args:
            fObj: It is open for writing in binary, and is not closed.
        """
        self.fObj = fObj

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let somebody produce; one that waits to be asked is asked.

        Raises:
            RuntimeError: Somebody does already.
        """
        if self.producer is not None:
            raise RuntimeError(f"{self.producer!r} is registered: unregister it first")
        self.producer = producer
        self._streaming = streaming
        if not streaming:
            cast(IPullProducer, producer).resumeProducing()

    def unregisterProducer(self) -> None:
        """Forget who produced."""
        self.producer = None

    def write(self, data: bytes) -> None:
        """Write to the file."""
        self.fObj.write(data)
        if self.producer is not None and not self._streaming:
            cast(IPullProducer, self.producer).resumeProducing()


class _LimitedConsumer(FileConsumer):
    """Refuses to make a file larger than it may be."""

    def __init__(self, fObj: IO[bytes], limit: int) -> None:
        super().__init__(fObj)
        self._left = limit

    def write(self, data: bytes) -> None:
        """Write to the file, unless it would have too much."""
        if len(data) > self._left:
            raise _OtherError(_replies.EXCEEDED_STORAGE_ALLOC)
        self._left -= len(data)
        super().write(data)


@implementer(IConsumer)
class ASCIIConsumerWrapper:
    """Writes text with the line ends that the network has.

    Attributes:
        cons: Where it writes to.
    """

    def __init__(self, cons: IConsumer) -> None:
        """Wrap a consumer.

        Args:
            cons: Where to write to.
        """
        self.cons = cons
        self.registerProducer: Callable[[IProducer, bool], None] = cons.registerProducer
        self.unregisterProducer: Callable[[], None] = cons.unregisterProducer

    def write(self, data: bytes) -> None:
        """Write text.

        Args:
            data: Text of this machine; each line ends with a line feed.
        """
        self.cons.write(data.replace(b"\n", b"\r\n"))


class LineEnds:
    """Turns the line ends of the network into those of this machine, however it is cut."""

    def __init__(self) -> None:
        self._held = b""

    def decode(self, data: bytes) -> bytes:
        """Return what is known of the text so far.

        Args:
            data: The next piece.
        """
        data = self._held + data
        self._held = b"\r" if data.endswith(b"\r") else b""
        return data[: len(data) - len(self._held)].replace(b"\r\n", b"\n")

    def rest(self) -> bytes:
        """Return what is left at the end."""
        rest, self._held = self._held, b""
        return rest


__all__ = [
    "CHUNK_SIZE",
    "ASCIIConsumerWrapper",
    "FileConsumer",
    "FileReader",
    "FileWriter",
    "LineEnds",
    "openRegular",
]
