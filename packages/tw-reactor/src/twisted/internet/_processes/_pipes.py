"""This side's end of a pipe: a reader, a writer, and the address that stands for both.

A pipe belongs to an owner (a child process, or standard input and output) that has several and
knows them by name; the owner is told what a pipe brought and that it was closed.

A pipe whose reading end was closed can't be seen to be by its writing end unless something is
written. The kernel tells it, though, to whoever waits for that end to become *readable*, which it
never does otherwise. So a writer is watched like a reader, and `doRead` means: nobody reads.
"""

import os
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar, cast

from twisted.internet._sockets._filedescriptor import FileDescriptor
from twisted.internet.error import ConnectionLost
from twisted.internet.fdesc import readFromFD, setNonBlocking, writeToFD
from twisted.internet.interfaces import IAddress, IReactorFDSet, IReactorTime
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.process")

Name = TypeVar("Name")
_Name = TypeVar("_Name", contravariant=True)


@implementer(IAddress)
class PipeAddress:
    """The address of both ends of a pipe, which has none; all of them are equal."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PipeAddress)

    def __hash__(self) -> int:
        return hash(PipeAddress)

    def __repr__(self) -> str:
        return "PipeAddress()"


class PipeOwner(Protocol[_Name]):
    """Whoever has pipes."""

    def childDataReceived(self, fd: _Name, data: bytes, /) -> None:
        """Take what a pipe brought."""

    def childConnectionLost(self, fd: _Name, reason: Failure, /) -> None:
        """Learn that a pipe was closed."""


class _PipeEnd(FileDescriptor, Generic[Name]):
    """What both ends of a pipe have in common."""

    def __init__(
        self,
        reactor: IReactorFDSet | None,
        proc: PipeOwner[Name],
        name: Name,
        fileno: int,
        close: Callable[[int], object] = os.close,
    ) -> None:
        super().__init__(reactor)
        if not hasattr(self.reactor, "settleSoon"):
            # Other reactors know nothing of settling, and a pipe is not always writable.
            self._settleSoon = self._settleLater
        self.proc = proc
        self.name = name
        self.fd: int = fileno
        self._closeDescriptor = close
        setNonBlocking(fileno)
        self.connected = True

    def fileno(self) -> int:
        """Return the descriptor; -1 when it is closed."""
        return self.fd

    def logPrefix(self) -> str:
        """Return the name of the owner in the log."""
        logPrefix: Callable[[], str] | None = getattr(self.proc, "logPrefix", None)
        return "-" if logPrefix is None else logPrefix()

    def getHost(self) -> PipeAddress:
        """Return the address of a pipe."""
        return PipeAddress()

    def getPeer(self) -> PipeAddress:
        """Return the address of a pipe."""
        return PipeAddress()

    def connectionLost(self, reason: Failure) -> None:
        """Close this end and tell the owner; the second call does nothing."""
        if self.disconnected:
            return
        super().connectionLost(reason)
        fd, self.fd = self.fd, -1
        self._closeDescriptor(fd)
        try:
            self.proc.childConnectionLost(self.name, reason)
        except Exception:
            _log.failure("childConnectionLost of {owner} failed", owner=self.proc)

    def _settleLater(self, transport: FileDescriptor) -> None:
        cast(IReactorTime, self.reactor).callLater(0, transport.settle)


class ProcessReader(_PipeEnd[Name]):
    """The end of a pipe from which this process reads."""

    def __init__(
        self,
        reactor: IReactorFDSet | None,
        proc: PipeOwner[Name],
        name: Name,
        fileno: int,
        close: Callable[[int], object] = os.close,
    ) -> None:
        """Take over a descriptor, and start reading.

        Args:
            reactor: Watches it; the default reactor if None.
            proc: The owner.
            name: The owner's name for the pipe.
            fileno: The descriptor; it is made non-blocking.
            close: Called with the descriptor at the end.
        """
        super().__init__(reactor, proc, name, fileno, close)
        self.startReading()

    def doRead(self) -> None:
        """Read what is there and hand it to the owner."""
        try:
            reason = readFromFD(self.fd, self._received)
        except Exception as error:
            _log.failure(
                "childDataReceived of {owner} failed; its pipe is closed",
                log_system=self.logPrefix(),
                owner=self.proc,
            )
            reason = error
        if reason is not None and self.connected:
            self._end(reason)

    def _received(self, data: bytes) -> None:
        self.proc.childDataReceived(self.name, data)


class ProcessWriter(_PipeEnd[Name]):
    """The end of a pipe to which this process writes."""

    def __init__(
        self,
        reactor: IReactorFDSet | None,
        proc: PipeOwner[Name],
        name: Name,
        fileno: int,
        forceReadHack: bool = True,
        close: Callable[[int], object] = os.close,
    ) -> None:
        """Take over a descriptor.

        Args:
            reactor: Watches it; the default reactor if None.
            proc: The owner.
            name: The owner's name for the pipe.
            fileno: The descriptor; it is made non-blocking.
            forceReadHack: Whether the reader's going away can be noticed, as with every pipe, but
                not with a terminal or a socket, where something may come to be read.
            close: Called with the descriptor at the end.
        """
        super().__init__(reactor, proc, name, fileno, close)
        self._noticesReader = forceReadHack
        if forceReadHack:
            self.startReading()

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        """Write as much as goes without blocking."""
        return writeToFD(self.fd, data)

    def doRead(self) -> None:
        """Learn that nobody reads any more."""
        self._end(ConnectionLost("the other side closed the pipe"))

    def stopReading(self) -> None:
        """Go on waiting for the reader's going away, until this end is closed."""
        if not self.connected and self._noticesReader:
            super().stopReading()

    def pauseProducing(self) -> None:
        """Do nothing: a writer brings no data."""

    def resumeProducing(self) -> None:
        """Do nothing: a writer brings no data."""


__all__ = ["PipeAddress", "PipeOwner", "ProcessReader", "ProcessWriter"]
