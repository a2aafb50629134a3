"""Sending a file over any connection, by the kernel where that is possible.

    sent = await sendFile(self.transport, file)

On TCP and UNIX connections of our reactors the kernel copies from the file to the socket. Where
something stands between (TLS, a wrapper that counts or changes bytes) or the transport does not
belong to our reactors, the file is read in blocks, each when the one before was passed on.
"""

from collections.abc import Callable
from typing import cast

from twisted.internet._sockets._filesource import BLOCK_SIZE, FileSource
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IFileSendingTransport,
    IPullProducer,
    ITransport,
    ReadableFile,
)
from twisted.python.components import implementer
from twisted.python.failure import Failure


def sendFile(
    transport: ITransport | IConsumer,
    file: ReadableFile,
    offset: int = 0,
    count: int | None = None,
) -> Deferred[int]:
    """Send a file, or a part of it, after all that was written before.

    Wait for the Deferred before you write more: only an `IFileSendingTransport` promises that what
    is written meanwhile comes after the file. The rest is as its `sendFile` says.

    Args:
        transport: Where to; an `IFileSendingTransport` or an `IConsumer`.
        file: An open file, in binary; a regular file may be closed right after this call.
        offset: At which byte to begin.
        count: How many bytes to send; all that there are if None.

    Returns:
        A Deferred that fires with the number of bytes when the last one was passed on.

    Raises:
        RuntimeError: A producer is registered.
        TypeError: The file is not open in binary, or the transport takes no producers.
        ValueError: A number is negative, or the file can't be read from `offset`.
    """
    # A wrapper that hands on whatever it does not know seems to have the method of the transport
    # below it, which would send past the wrapper. So what counts is the class.
    if getattr(type(transport), "sendFile", None) is not None:
        return cast(IFileSendingTransport, transport).sendFile(file, offset, count)
    return sendBlocks(transport, file, offset, count)


def sendBlocks(
    consumer: ITransport | IConsumer,
    file: ReadableFile,
    offset: int = 0,
    count: int | None = None,
) -> Deferred[int]:
    """Send a file by reading it and writing it to a consumer, block by block.

    This is how `sendFile` does it where the kernel can't; transports that stand for others (TLS,
    wrappers) implement theirs with it.

    Args:
        consumer: Where to.
        file: An open file, in binary; a regular file may be closed right after this call.
        offset: At which byte to begin.
        count: How many bytes to send; all that there are if None.

    Returns:
        A Deferred that fires with the number of bytes when the last one was passed on.

    Raises:
        RuntimeError: A producer is registered.
        TypeError: The file is not open in binary, or the consumer takes no producers.
        ValueError: A number is negative, or the file can't be read from `offset`.
    """
    if getattr(consumer, "registerProducer", None) is None:
        raise TypeError(f"{consumer!r} takes no producers, so a file can't be sent to it")
    try:
        source = FileSource(file, offset, count)
    except OSError:
        return fail(Failure())
    sender = _BlockSender(cast(IConsumer, consumer), source)
    try:
        cast(IConsumer, consumer).registerProducer(sender, False)
    except BaseException:
        source.close()
        raise
    return sender.done


@implementer(IPullProducer)
class _BlockSender:
    """Writes a file to a consumer whenever that asks for more.

    Attributes:
        done: Fires when the file was passed on.
    """

    def __init__(self, consumer: IConsumer, source: FileSource) -> None:
        self._consumer = consumer
        self._source = source
        self._isOver = False
        self.done: Deferred[int] = Deferred(lambda done: self._breakOff())

    def resumeProducing(self) -> None:
        """Write the next block, or end if all was passed on."""
        if self._isOver:
            return
        source = self._source
        try:
            size = source.left(BLOCK_SIZE)
            block = source.read(size) if size else b""
            if not block:
                source.atEnd()
        except Exception as error:
            self._breakOff()
            self.done.errback(Failure(error))
            return
        if block:
            source.sent += len(block)
            self._consumer.write(block)
        else:
            self._end()
            self.done.callback(source.sent)

    def stopProducing(self) -> None:
        """Learn that the connection was lost."""
        if not self._isOver:
            self._isOver = True
            self._source.close()
            sent = self._source.sent
            lost = ConnectionLost(f"the connection was lost after {sent} bytes of the file")
            self.done.errback(Failure(lost))

    def _end(self) -> None:
        self._isOver = True
        self._source.close()
        self._consumer.unregisterProducer()

    def _breakOff(self) -> None:
        """End before all was sent; what comes next is not to look like the rest of the file."""
        self._isOver = True
        if self._source.sent:
            for name in ("abortConnection", "loseConnection"):
                end: Callable[[], object] | None = getattr(self._consumer, name, None)
                if end is not None:
                    end()
                    break
        self._end()


__all__ = ["sendBlocks", "sendFile"]
