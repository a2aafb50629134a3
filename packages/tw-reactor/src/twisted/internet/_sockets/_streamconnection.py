"""A connection over a stream socket: what a socket, a protocol and the reactor do with each other.

The path of a message is short on purpose: the reactor calls `doRead`, that calls `recv` and the
protocol's `dataReceived`, that calls `write`, and the reactor calls `settle`, which calls `send`.
Bound methods of the socket would make it hardly any shorter, and cost an idle connection a tenth of
its memory.

How it ends: `connectionLost` closes the socket and tells the protocol, once. It closes the sending
direction first and reads away what the peer sent meanwhile: the kernel answers data that nobody
read with a reset, and a reset can take away from the peer what it did not read yet. Only aborting
resets the connection on purpose.
"""

import os
import socket
import struct
from collections.abc import Callable
from typing import cast

from twisted.internet._sockets._closewatch import CloseWatch
from twisted.internet._sockets._filedescriptor import FileDescriptor
from twisted.internet._sockets._filequeue import FileQueue
from twisted.internet._sockets._filesource import FileSource
from twisted.internet._tlsdoor import tlsRoom
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IFileSendingTransport,
    IHalfCloseableProtocol,
    ILoggingContext,
    IProtocol,
    IReactorFDSet,
    IReactorTime,
    ISystemHandle,
    ReadableFile,
    TLSOptions,
)
from twisted.logger import Logger
from twisted.python.components import adapt, implementer, provides
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.tcp")

READ_SIZE = 64 * 1024
"""How many bytes are read at once. From 128 KiB on, the C library may map and unmap memory for each
buffer, which costs more than reading twice."""

CLOSE_TIMEOUT = 600.0
"""For how many seconds a peer may take nothing of what is left for it when a connection is closed."""

READ_AWAY = 16
"""How many times `READ_SIZE` bytes are read away before an orderly close."""

# l_onoff, l_linger: close() drops what was not sent and resets the connection.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@implementer(ISystemHandle, IFileSendingTransport)
class StreamConnection(FileDescriptor):
    """One end of a connection over a stream socket; the kinds know their addresses and options.

    Attributes:
        socket: The socket.
        protocol: Gets what happens; None when the connection was lost.
        closeTimeout: After `loseConnection`, for how many seconds the peer may take nothing of what
            is left for it before the connection is aborted; None for no limit.
    """

    closeTimeout: float | None = CLOSE_TIMEOUT

    _isClient: bool = False
    _closeWatch: CloseWatch | None = None
    _aborting = False
    _readDisconnected = False
    # Files to be sent; None until the first one.
    _files: FileQueue | None = None

    def __init__(
        self,
        skt: socket.socket,
        protocol: IProtocol | None,
        reactor: IReactorFDSet | None = None,
    ) -> None:
        """Take over a socket that is connected.

        Args:
            skt: The socket; it is made non-blocking.
            protocol: Gets what happens; without one, the connection can only be closed.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(reactor)
        skt.setblocking(False)
        self.socket = skt
        self.protocol = protocol
        self.connected = True
        self._open: dict[object, None] | None = getattr(self.reactor, "openTransports", None)
        if self._open is not None:
            self._open[self] = None

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when the socket is closed."""
        return self.socket.fileno()

    def getHandle(self) -> socket.socket:
        """Return the socket."""
        return self.socket

    def logPrefix(self) -> str:
        """Return the name of the protocol in the log."""
        return protocolName(self.protocol)

    def begin(self) -> None:
        """Start reading and hand this transport to its protocol; called by whoever made it."""
        protocol = self.protocol
        try:
            self.startReading()
        except OSError as error:
            # The protocol, which knows of no connection yet, is not told.
            self.protocol = None
            self._neverBegan(error)
            return
        if protocol is None:
            self.loseConnection()
            return
        try:
            protocol.makeConnection(self)
        except Exception as error:
            self._protocolFailed("makeConnection", error)

    def _neverBegan(self, error: OSError) -> None:
        """Close a connection of which no protocol knows."""
        self._logUnwatched(error)
        self._end(error)

    def _logUnwatched(self, error: OSError) -> None:
        """Log that the kernel has no room for one more descriptor to watch."""
        _log.error("{transport} can't be watched: {error}", transport=self, error=error)

    def doRead(self) -> Exception | None:
        """Read what is there and hand it to the protocol."""
        try:
            data = self.socket.recv(READ_SIZE)
        except OSError as error:
            self._readingFailed(error)
            return None
        if not data:
            self._endOfStream()
            return None
        try:
            self.protocol.dataReceived(data)  # type: ignore[union-attr]  # there while it is watched
        except Exception as error:
            self._protocolFailed("dataReceived", error)
        return None

    def _readingFailed(self, error: OSError) -> None:
        """Lose the connection, unless there was just nothing to read."""
        if not isinstance(error, BlockingIOError | InterruptedError):
            self._end(error)

    def _settleRest(self) -> None:
        if self._aborting:
            if self.connected:
                self._end(ConnectionAborted())
        else:
            super()._settleRest()

    def _transmit(self, data: bytes | memoryview) -> int:
        """Hand bytes to the kernel."""
        return self.socket.send(data)

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        """Write as much as goes without blocking."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            return ConnectionLost(str(error))

    def sendFile(
        self, file: ReadableFile, offset: int = 0, count: int | None = None
    ) -> Deferred[int]:
        """Send a file between what was written before and after; see `IFileSendingTransport`."""
        if self.producer is not None:
            raise RuntimeError(
                f"a file can't be sent by {self!r}: {self.producer!r} is registered and says what "
                "is sent; unregister it first"
            )
        try:
            source = FileSource(file, offset, count)
        except OSError:
            return fail(Failure())
        if not self.connected or self._writeDisconnected:
            source.close()
            return fail(ConnectionLost("the connection was lost before the file was sent"))
        if self._files is None:
            self._files = FileQueue(self)
        return self._files.add(source)

    def doWrite(self) -> Exception | None:
        """Go on sending; called by the reactor when the descriptor is writable again."""
        if not self._files:
            return super().doWrite()
        if not self._aborting:
            self._files.proceed()
        return None

    def _transmitFile(self, fd: int, offset: int, count: int) -> int:
        """Let the kernel send from a file; raises what the system call does."""
        return os.sendfile(self.socket.fileno(), fd, offset, count)

    def _transmitBlock(self, block: bytes) -> int:
        """Send bytes that were read from a file."""
        return self.socket.send(block)

    def abortConnection(self) -> None:
        """Close the connection now; what was not sent is lost, and the peer sees a reset."""
        if self.connected and not self._aborting:
            self._aborting = True
            self.disconnecting = True
            self._writeDisconnected = True
            self._waited = True
            self._discardUnsent()
            self.stopReading()
            self._askToSettle()

    def resumeProducing(self) -> None:
        """Go on reading, unless the peer has closed its sending direction."""
        if self._readDisconnected:
            return
        try:
            super().resumeProducing()
        except OSError as error:
            # Not ended here: who resumes is not prepared for it.
            self._logUnwatched(error)
            self.abortConnection()

    def _closingWaits(self) -> None:
        super()._closingWaits()
        clock, limit = self.reactor, self.closeTimeout
        if self._closeWatch is not None or limit is None or not self.connected:
            return
        # Reactors of others that only watch descriptors have no timers.
        if provides(IReactorTime, clock):
            self._closeWatch = CloseWatch(
                cast(IReactorTime, clock), limit, self._leftForPeer, self._tooSlow
            )

    def _leftForPeer(self) -> tuple[object, int] | None:
        """Return what is sent next, and how much of it was taken; None if it is nothing."""
        if self._unsent:
            # Another view of what is left replaces it as soon as a part was taken.
            return self._unsent[-1], 0
        return self._files.progress() if self._files else None

    def _tooSlow(self) -> None:
        error = ConnectionAborted(
            f"the peer took nothing for {self.closeTimeout:g} seconds after loseConnection"
        )
        self._end(error)

    def connectionLost(self, reason: Failure) -> None:
        """Close the socket and tell the protocol; the second call does nothing."""
        if self.disconnected:
            return
        watch, self._closeWatch = self._closeWatch, None
        if watch is not None:
            watch.stop()
        if self._open is not None:
            self._open.pop(self, None)
        super().connectionLost(reason)
        self._close(reason)
        if self._files:
            self._files.lost(reason)
        protocol, self.protocol = self.protocol, None
        if protocol is None:
            return
        try:
            protocol.connectionLost(reason)
        except Exception:
            _log.failure(
                "connectionLost of {protocol} failed",
                log_system=protocolName(protocol),
                protocol=protocol,
            )

    def getTcpKeepAlive(self) -> bool:
        """Return whether the kernel probes an idle peer."""
        return bool(self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """Turn `SO_KEEPALIVE` on or off."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, bool(enabled))

    def startTLS(self, ctx: TLSOptions, normal: bool = True) -> None:
        """Speak TLS from here on, in both directions.

        Args:
            ctx: Says how; made by `twisted.internet.ssl`.
            normal: Whether the side that connected is the client of TLS too; False swaps the parts.

        Raises:
            ImportError: tw-tls is not installed.
        """
        # The kinds complete it to an ITCPTransport (with UNIX addresses for UNIX sockets).
        tlsRoom().startTLS(self, ctx, self._isClient is normal)  # type: ignore[arg-type]

    def readConnectionLost(self, reason: Failure) -> None:
        """Learn that the peer sends no more."""
        self._endOfStream()

    def _endOfStream(self) -> None:
        """Go on after the peer closed its sending direction."""
        self._readDisconnected = True
        halfCloseable = adapt(IHalfCloseableProtocol, self.protocol, None)
        if halfCloseable is not None:
            self.stopReading()
            self._tell(halfCloseable.readConnectionLost)
            self._endIfBothClosed()
        elif (self._buffered or self._files) and self.producer is None:
            # The peer may still read: it gets what was written for it.
            self.loseConnection()
            self.stopReading()
        else:
            self._end(ConnectionDone())

    def _closeWriteConnection(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._end(error)
            return
        halfCloseable = adapt(IHalfCloseableProtocol, self.protocol, None)
        if halfCloseable is not None:
            self._tell(halfCloseable.writeConnectionLost)
        self._endIfBothClosed()

    def _endIfBothClosed(self) -> None:
        if self._readDisconnected and self._writeDisconnected and self.connected:
            self._end(ConnectionDone())

    def _tell(self, method: Callable[[], object]) -> None:
        try:
            method()
        except Exception as error:
            self._protocolFailed(method.__name__, error)

    def _protocolFailed(self, method: str, error: Exception) -> None:
        """Log what a protocol raised, and lose its connection."""
        _log.failure(
            "{method} of {protocol} failed; its connection is closed",
            log_system=self.logPrefix(),
            method=method,
            protocol=self.protocol,
        )
        if self.connected:
            self._end(error)

    def _rememberAddresses(self) -> None:
        """Note what is known of the addresses now, so that it is still told afterwards."""
        for address in (self.getHost, self.getPeer):
            try:
                address()
            except OSError:
                pass

    def _close(self, reason: Failure) -> None:
        """Close the socket; what the kernel has taken is sent, unless the connection is aborted."""
        skt = self.socket
        self._rememberAddresses()
        try:
            if isinstance(reason.value, ConnectionAborted):
                skt.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            elif not self._readDisconnected:
                skt.shutdown(socket.SHUT_WR)
                for _ in range(READ_AWAY):
                    if not skt.recv(READ_SIZE):
                        break
        except OSError:
            # The peer was faster, or has sent nothing: either way there is nothing left to do.
            pass
        self._closeSocket()

    def _closeSocket(self) -> None:
        """Close the socket; where it was handed on, whoever has it does."""
        self.socket.close()


def protocolName(protocol: object) -> str:
    """Return the name of a protocol in the log."""
    if protocol is None:
        return "-"
    if provides(ILoggingContext, protocol):
        try:
            return str(protocol.logPrefix())  # type: ignore[attr-defined]  # by the interface
        except Exception:
            _log.failure("logPrefix of {protocol} failed", protocol=protocol)
    return type(protocol).__name__
