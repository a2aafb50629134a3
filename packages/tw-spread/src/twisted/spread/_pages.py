"""Pages: large data that is sent piece by piece, whenever the connection has room."""

from collections.abc import Callable
from typing import IO, Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer, IProducer, IPullProducer
from twisted.protocols.basic import FileSender
from twisted.python.components import classImplements
from twisted.python.failure import Failure
from twisted.spread._pberrors import DeadReferenceError, Error
from twisted.spread._referenceable import Referenceable
from twisted.spread._references import RemoteReference

_MODULE = "twisted.spread.util"


class Pager:
    """Sends pages to a collector at the other end.

    Subclasses override `nextPage`. A pager begins by itself, and ends when `stopPaging` was called,
    or the connection is gone.

    Attributes:
        collector: A reference to what takes the pages: its methods are those of
            `CallbackPageCollector`.
    """

    __module__ = _MODULE

    def __init__(
        self,
        collector: RemoteReference,
        callback: Callable[..., object] | None = None,
        *args: object,
        **kw: object,
    ) -> None:
        """Begin to send.

        Args:
            collector: A reference to what takes the pages.
            callback: Called when all were sent.
            args: Its arguments by position.
            kw: Its arguments by name.
        """
        self._stillPaging = True
        self.collector: RemoteReference = collector
        self._callback = callback
        self._arguments = (args, kw)
        collector.broker.registerPageProducer(self)

    def stillPaging(self) -> bool:
        """Return whether there is more to come; say the peer and the callback if there is not."""
        if self._stillPaging:
            return True
        try:
            self.collector.callRemote("endedPaging").addErrback(_ignore)
        except DeadReferenceError:
            pass
        callback, self._callback = self._callback, None
        if callback is not None:
            args, kw = self._arguments
            callback(*args, **kw)
        return False

    def sendNextPage(self) -> None:
        """Send a page."""
        try:
            self.collector.callRemote("gotPage", self.nextPage()).addErrback(self._refused)
        except DeadReferenceError:
            self.stopPaging()

    def _refused(self, failure: Failure) -> None:
        self.stopPaging()

    def nextPage(self) -> object:
        """Return the next page, and call `stopPaging` if it is the last."""
        raise NotImplementedError("override nextPage to say what is sent")

    def stopPaging(self) -> None:
        """Let the page that is being sent be the last."""
        self._stillPaging = False


def _ignore(failure: Failure) -> None:
    """Do nothing about a peer that takes no more."""


class StringPager(Pager):
    """Sends bytes or text in pieces."""

    __module__ = _MODULE

    def __init__(
        self,
        collector: RemoteReference,
        st: bytes | str,
        chunkSize: int = 8192,
        callback: Callable[..., object] | None = None,
        *args: object,
        **kw: object,
    ) -> None:
        """Begin to send.

        Args:
            collector: A reference to what takes the pages.
            st: What is sent.
            chunkSize: How much of it a page has.
            callback: Called when all was sent.
            args: Its arguments by position.
            kw: Its arguments by name.
        """
        self.string: bytes | str = st
        self.pointer: int = 0
        self.chunkSize: int = chunkSize
        super().__init__(collector, callback, *args, **kw)

    def nextPage(self) -> object:
        """Return the next piece."""
        page = self.string[self.pointer : self.pointer + self.chunkSize]
        self.pointer += self.chunkSize
        if self.pointer >= len(self.string):
            self.stopPaging()
        return page


class FilePager(Pager):
    """Sends what is in a file, and closes it.

    Attributes:
        chunks: What was read and not sent yet.
    """

    __module__ = _MODULE

    def __init__(
        self,
        collector: RemoteReference,
        fd: IO[bytes],
        callback: Callable[..., object] | None = None,
        *args: object,
        **kw: object,
    ) -> None:
        """Begin to send.

        Args:
            collector: A reference to what takes the pages.
            fd: The file, open for reading.
            callback: Called when all was sent.
            args: Its arguments by position.
            kw: Its arguments by name.
        """
        self.chunks: list[bytes] = []
        self._producer: IPullProducer | None = None
        self._isRead = False
        super().__init__(collector, callback, *args, **kw)
        self.startProducing(fd)
        if not self._stillPaging:
            # There is no connection any more: let go of the file as well.
            self.stopPaging()

    def startProducing(self, fd: IO[bytes]) -> None:
        """Begin to read a file.

        Args:
            fd: The file.
        """
        reading: Deferred[Any] = FileSender().beginFileTransfer(fd, self)
        reading.addErrback(self._refused).addBoth(lambda _: fd.close())

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Take what reads the file.

        Args:
            producer: It.
            streaming: Whether it goes on by itself, which it does not.
        """
        if streaming:
            raise ValueError("a pager asks for each page")
        self._producer = producer  # type: ignore[assignment]  # it is not streaming

    def unregisterProducer(self) -> None:
        """Learn that the file is read."""
        self._producer = None
        self._isRead = True

    def write(self, data: bytes) -> None:
        """Take what was read.

        Args:
            data: A piece of the file.
        """
        self.chunks.append(data)

    def sendNextPage(self) -> None:
        """Send what was read, and read more."""
        if self._producer is not None and not self.chunks:
            self._producer.resumeProducing()
        if self.chunks:
            super().sendNextPage()
        if self._isRead and not self.chunks:
            self.stopPaging()

    def nextPage(self) -> object:
        """Return what was read first."""
        return self.chunks.pop(0)

    def stopPaging(self) -> None:
        """Let the page that is being sent be the last, and close the file."""
        super().stopPaging()
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.stopProducing()


class CallbackPageCollector(Referenceable):
    """Gathers pages, and hands all of them on at the end.

    Attributes:
        pages: What came so far.
        callback: Called with them.
        maxPages: How many it takes.
        maxBytes: How many bytes or characters those have together that are bytes or text.
    """

    __module__ = _MODULE

    maxPages: int = 100_000
    maxBytes: int = 1024 * 1024 * 1024

    def __init__(self, callback: Callable[[list[Any]], object]) -> None:
        """Begin to gather.

        Args:
            callback: Called with a list of the pages when the last one has come.
        """
        self.callback: Callable[[list[Any]], object] = callback
        self.pages: list[Any] = []
        self._size = 0
        self._excess: Error | None = None

    def remote_gotPage(self, page: object) -> None:
        """Take a page.

        Raises:
            Error: These are more than `maxPages`, or than `maxBytes` together.
        """
        if self._excess is None:
            if isinstance(page, (bytes, str)):
                self._size += len(page)
            if len(self.pages) >= self.maxPages:
                self._refuse(Error(f"more than {self.maxPages} pages came"))
            elif self._size > self.maxBytes:
                self._refuse(Error(f"more than {self.maxBytes} bytes of pages came"))
        if self._excess is not None:
            raise self._excess
        self.pages.append(page)

    def _refuse(self, excess: Error) -> None:
        self._excess = excess

    def remote_endedPaging(self) -> None:
        """Hand on what came.

        Raises:
            Error: More came than is taken.
        """
        if self._excess is not None:
            raise self._excess
        self.callback(self.pages)


class _AllPages(CallbackPageCollector):
    """Tells also that more pages came than are taken."""

    def __init__(
        self, callback: Callable[[list[Any]], object], failed: Callable[[Failure], object]
    ) -> None:
        super().__init__(callback)
        self._failed = failed

    def _refuse(self, excess: Error) -> None:
        super()._refuse(excess)
        self._failed(Failure(excess))


def getAllPages(
    referenceable: RemoteReference, methodName: str, /, *args: object, **kw: object
) -> Deferred[list[Any]]:
    """Call a method that sends pages, and return a Deferred of all of them.

    Args:
        referenceable: A reference to the object.
        methodName: A method whose first argument is a collector.
        args: Its other arguments by position.
        kw: Its arguments by name.

    Returns:
        A Deferred of a list of the pages. It fails if the call does, and if more come than a
        `CallbackPageCollector` takes.

    Raises:
        DeadReferenceError: The connection is gone.
    """
    gathered: Deferred[list[Any]] = Deferred()

    def collected(pages: list[Any]) -> None:
        if not gathered.called:
            gathered.callback(pages)

    def failed(failure: Failure) -> None:
        if not gathered.called:
            gathered.errback(failure)

    broker = referenceable.broker

    def lost() -> None:
        failed(Failure(DeadReferenceError("the connection was lost before all pages came")))

    broker.notifyOnDisconnect(lost)

    def done(result: Any) -> Any:  # noqa: ANN401 - passed on
        broker.dontNotifyOnDisconnect(lost)
        return result

    gathered.addBoth(done)
    collector = _AllPages(collected, failed)
    referenceable.callRemote(methodName, collector, *args, **kw).addErrback(failed)
    return gathered


classImplements(FilePager, IConsumer)

__all__ = ["CallbackPageCollector", "FilePager", "Pager", "StringPager", "getAllPages"]
