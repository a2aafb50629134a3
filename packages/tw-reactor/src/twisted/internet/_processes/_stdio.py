"""Standard input and output as a transport.

Two descriptors make one connection: what comes in by the one goes to the protocol, what the
protocol writes goes out by the other. They may be pipes, terminals, sockets or files. Files and
the null device can't be waited for (epoll refuses them); they are always ready, so they are read a
piece at a time, in turn with everything else.

The descriptors were opened by others and are shared with them: a shell goes on with its terminal
when this program has ended. So whether they block is put back at the end. What is closed gives its
place to the null device if it is one of the three standard descriptors; otherwise the next file
that is opened would become standard output, and get what somebody prints.
"""

import os
import stat
from collections.abc import Iterable
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet._processes._pipes import PipeAddress, ProcessReader, ProcessWriter
from twisted.internet._sockets._streamconnection import protocolName
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IHalfCloseableDescriptor,
    IHalfCloseableProtocol,
    IProducer,
    IProtocol,
    IPushProducer,
    IReactorFDSet,
    IReactorTime,
    ITransport,
)
from twisted.logger import Logger
from twisted.python.components import adapt, implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.stdio")

READS_AT_END = 17
"""How many times the input is read when nobody reads the output any more: as often as is needed for
the largest pipe that the kernel gives an ordinary user (1 MiB), and its end."""

_READ = "read"
_WRITE = "write"


class InputReader(ProcessReader[str]):
    """The descriptor of standard input, which may be a file."""

    _nextRead: IDelayedCall | None = None

    def startReading(self) -> None:
        """Read when there is something, or soon if that can't be waited for."""
        try:
            super().startReading()
        except PermissionError:
            if self._nextRead is None:
                self._nextRead = _time(self.reactor).callLater(0, self._readFile)

    def stopReading(self) -> None:
        """Read no more for now."""
        call, self._nextRead = self._nextRead, None
        if call is None:
            super().stopReading()
        else:
            call.cancel()

    def _readFile(self) -> None:
        self._nextRead = None
        self.startReading()
        self.doRead()


@implementer(ITransport, IConsumer, IPushProducer, IHalfCloseableDescriptor)
class StandardIO:
    """A transport over standard input and output, or over any two descriptors.

    Attributes:
        protocol: Gets what happens; None when the connection was lost.
        disconnected: Whether the connection was lost.
        disconnecting: Whether it is to be closed when all was written.
    """

    disconnected: bool = False
    disconnecting: bool = False

    def __init__(
        self,
        proto: IProtocol,
        stdin: int = 0,
        stdout: int = 1,
        reactor: IReactorFDSet | None = None,
    ) -> None:
        """Connect a protocol, at once.

        Args:
            proto: Gets what happens. If it is an `IHalfCloseableProtocol`, the end of the input is
                not the end of the connection.
            stdin: The descriptor to read from. It is made non-blocking, and closed at the end.
            stdout: The descriptor to write to; may be the same.
            reactor: Watches them; the default reactor if None.
        """
        self.reactor: IReactorFDSet = defaultReactor(IReactorFDSet) if reactor is None else reactor
        self.protocol: IProtocol | None = proto
        self._reader: ProcessReader[str] | None = None
        self._writer: ProcessWriter[str] | None = None
        self._aborting = False
        self._paused = False
        self._blocking = {fd: os.get_blocking(fd) for fd in (stdin, stdout)}
        # Two ends can be closed apart only if they are two descriptors.
        copy = os.dup(stdout) if stdout == stdin else stdout
        self._blocking[copy] = self._blocking[stdout]
        self._writer = ProcessWriter(
            self.reactor, self, _WRITE, copy, _noticesReader(copy), close=self._close
        )
        self._open: dict[object, None] | None = getattr(self.reactor, "openTransports", None)
        if self._open is not None:
            self._open[self] = None
        self._reader = InputReader(self.reactor, self, _READ, stdin, close=self._close)
        self._tell("makeConnection", self)

    def logPrefix(self) -> str:
        """Return the name of the protocol in the log."""
        return protocolName(self.protocol)

    # Writing

    def write(self, data: bytes) -> None:
        """Send bytes after all those that were written before."""
        if not isinstance(data, bytes):
            raise TypeError(f"data must be bytes, not {type(data).__name__}: encode text first")
        if self._writer is not None:
            self._writer.write(data)

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Send several pieces, as if they were joined; all of them, or none on an error."""
        if self._writer is not None:
            self._writer.writeSequence(data)

    # Closing

    def loseConnection(self) -> None:
        """Close the connection when all was written and the producer, if any, is done."""
        if self.disconnecting or self.disconnected:
            return
        self.disconnecting = True
        if self._reader is not None:
            self._reader.stopReading()
        if self._writer is not None:
            self._writer.loseConnection()
        elif self._reader is not None:
            self._reader.loseConnection()

    def loseWriteConnection(self) -> None:
        """Close standard output when all was written; reading goes on."""
        if self._writer is not None:
            self._writer.loseConnection()

    def abortConnection(self) -> None:
        """Close the connection soon; what was not written is lost."""
        if self._aborting or self.disconnected:
            return
        self._aborting = self.disconnecting = True
        self.stopReading()
        if self._writer is not None:
            self._writer.stopWriting()
        _time(self.reactor).callLater(0, self.connectionLost, Failure(ConnectionAborted()))

    # Addresses

    def getHost(self) -> PipeAddress:
        """Return the address of a pipe."""
        return PipeAddress()

    def getPeer(self) -> PipeAddress:
        """Return the address of a pipe."""
        return PipeAddress()

    # Being a consumer

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by standard output."""
        if self._writer is None:
            producer.stopProducing()
        else:
            self._writer.registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """Forget the producer, whose data is complete."""
        if self._writer is not None:
            self._writer.unregisterProducer()

    # Being a producer

    def pauseProducing(self) -> None:
        """Stop reading for now."""
        self.stopReading()

    def resumeProducing(self) -> None:
        """Go on reading."""
        if not self.disconnecting:
            self.startReading()

    def stopProducing(self) -> None:
        """Close the connection: whoever takes its data is gone."""
        self.loseConnection()

    def startReading(self) -> None:
        """Read standard input."""
        self._paused = False
        if self._reader is not None:
            self._reader.startReading()

    def stopReading(self) -> None:
        """Read standard input no more, for now."""
        self._paused = True
        if self._reader is not None:
            self._reader.stopReading()

    # Events of the two descriptors

    def childDataReceived(self, fd: str, data: bytes) -> None:
        """Hand what came in to the protocol."""
        if self.protocol is not None and not self.disconnecting:
            self.protocol.dataReceived(data)

    def childConnectionLost(self, fd: str, reason: Failure) -> None:
        """Learn that one of the descriptors was closed."""
        if fd == _READ:
            self._reader = None
        else:
            self._writer = None
        if self.disconnected:
            return
        if fd == _WRITE and not self.disconnecting and reason.check(ConnectionDone) is None:
            self._readRest()
            if self.protocol is None:
                # The rest was all, so that it was an orderly end.
                return
        if self.disconnecting or reason.check(ConnectionDone) is None:
            # An orderly end of the output after `loseConnection`, or an error of either.
            self.connectionLost(reason)
        elif fd == _READ:
            self.readConnectionLost(reason)
        else:
            self.writeConnectionLost(reason)

    def readConnectionLost(self, reason: Failure) -> None:
        """Learn that the input has ended; without a half-close that ends the connection."""
        halfCloseable = adapt(IHalfCloseableProtocol, self.protocol, None)
        if halfCloseable is None:
            self.loseConnection()
            self._endIfBothClosed()
        else:
            self._tell("readConnectionLost")
            self._endIfBothClosed()

    def writeConnectionLost(self, reason: Failure) -> None:
        """Learn that the output was closed; reading goes on."""
        if adapt(IHalfCloseableProtocol, self.protocol, None) is not None:
            self._tell("writeConnectionLost")
        self._endIfBothClosed()

    def connectionLost(self, reason: Failure) -> None:
        """Close what is open and tell the protocol; the second call does nothing."""
        if self.disconnected:
            return
        self.disconnected = True
        if self._open is not None:
            self._open.pop(self, None)
        for end in (self._reader, self._writer):
            if end is not None:
                end.connectionLost(reason)
        protocol, self.protocol = self.protocol, None
        if protocol is None:
            return
        try:
            protocol.connectionLost(reason)
        except Exception:
            _log.failure("connectionLost of {protocol} failed", protocol=protocol)

    def _readRest(self) -> None:
        """Read what a peer that has closed both directions sent before, and its end."""
        for _ in range(READS_AT_END):
            if self._reader is None or self._paused or self.disconnected:
                return
            self._reader.doRead()

    def _endIfBothClosed(self) -> None:
        if self._reader is None and self._writer is None:
            self.connectionLost(Failure(ConnectionDone()))

    def _close(self, fd: int) -> None:
        """Close a descriptor and leave it to the others as it was found."""
        if self._blocking.get(fd, True):
            try:
                os.set_blocking(fd, True)
            except OSError:
                # Somebody else has closed it.
                return
        if fd > 2:
            os.close(fd)
            return
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, fd)
        os.close(null)

    def _tell(self, method: str, *args: object) -> None:
        try:
            getattr(self.protocol, method)(*args)
        except Exception as error:
            _log.failure(
                "{method} of {protocol} failed; its connection is closed",
                log_system=self.logPrefix(),
                method=method,
                protocol=self.protocol,
            )
            lost = ConnectionLost(str(error))
            lost.__cause__ = error
            self.connectionLost(Failure(lost))


def _noticesReader(fd: int) -> bool:
    """Return whether a descriptor becomes readable only when its reader is gone: a pipe's end."""
    return stat.S_ISFIFO(os.fstat(fd).st_mode)


def _time(reactor: IReactorFDSet) -> IReactorTime:
    return cast(IReactorTime, reactor)


__all__ = ["READS_AT_END", "InputReader", "StandardIO"]
