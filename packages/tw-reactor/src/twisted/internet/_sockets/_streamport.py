"""A port of any kind of stream socket: listens, accepts, and hands each connection to a protocol.

Accepting must go on whatever happens. A client that is gone before it was accepted is passed over.
When the process has as many descriptors open as it may, the connections that wait keep the port
readable, and a loop that just tried again would spin. For that a descriptor is kept in reserve: it
is given up for a moment, a waiting connection is accepted with it and closed at once, so that its
client learns that it won't be served, and the descriptor is taken back.
"""

import errno
import os
import socket

from twisted.internet._sockets._baseport import BasePort, IReactorOfPorts
from twisted.internet._sockets._streamconnection import StreamConnection
from twisted.internet.interfaces import IDelayedCall, IProtocolFactory
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.tcp")

ACCEPTS_AT_ONCE = 100
"""How many connections are accepted before the others get their turn."""

RETRY_AFTER = 1.0
"""After how many seconds accepting is tried again when the system has no memory for it."""

COMPLAIN_AGAIN = 60.0
"""For how many seconds a port that can't accept connections does not say so again."""

TRANSIENT = frozenset(
    getattr(errno, name)
    for name in (
        # The client was gone before we came (POSIX), or a firewall rule forbade it (Linux).
        "ECONNABORTED",
        "EPERM",
        "EINTR",
        # Linux passes on here what happened to the new connection (accept(2)).
        "ENETDOWN",
        "EPROTO",
        "ENOPROTOOPT",
        "EHOSTDOWN",
        "ENONET",
        "EHOSTUNREACH",
        "EOPNOTSUPP",
        "ENETUNREACH",
        "ETIMEDOUT",
        "ECONNRESET",
    )
    if hasattr(errno, name)
)
"""Errors of accept(2) that are about one connection; the next one may be fine."""

TOO_MANY_FILES = frozenset((errno.EMFILE, errno.ENFILE))


class ReserveDescriptor:
    """A descriptor that is given up when there are no others."""

    def __init__(self) -> None:
        self._descriptor = -1

    def take(self) -> None:
        """Keep one in reserve, if there is none and it is possible."""
        if self._descriptor == -1:
            try:
                self._descriptor = os.open(os.devnull, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            except OSError:
                self._descriptor = -1

    def release(self) -> bool:
        """Give it up; false if there was none."""
        if self._descriptor == -1:
            return False
        os.close(self._descriptor)
        self._descriptor = -1
        return True


# One is enough for a process: it is in use only while a port is in `_refuse`.
_reserve = ReserveDescriptor()


class StreamPort(BasePort):
    """A port that accepts connections; the kinds know how to bind and what a connection is.

    A subclass implements `_bind`, `_placeOf`, `_build` and `getHost`.

    Attributes:
        factory: Builds the protocols.
        backlog: How many connections may wait to be accepted.
        sessionno: The number that the next connection gets.
        acceptsAtOnce: How many connections are accepted before the others get their turn.
    """

    sessionno: int = 0
    acceptsAtOnce: int = ACCEPTS_AT_ONCE

    _kind = "Stream"
    _role = "factory"
    _quietUntil: float = 0.0
    _retrying: IDelayedCall | None = None

    def __init__(
        self,
        port: int | str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        reactor: IReactorOfPorts | None = None,
    ) -> None:
        """Make a port that does not listen yet.

        Args:
            port: What to listen on.
            factory: Builds the protocols.
            backlog: How many connections may wait to be accepted.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(port, reactor, _log)
        self.factory = factory
        self.backlog = backlog

    def _served(self) -> IProtocolFactory:
        return self.factory

    def _build(self, skt: socket.socket, name: object) -> StreamConnection | None:
        """Return the transport of a connection; None if the factory refused it; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _build")

    def startListening(self) -> None:
        """Bind and listen.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        if self.connected:
            return
        self._open()
        _reserve.take()
        self.connected = True
        self.disconnected = self.disconnecting = False
        try:
            self.factory.doStart()
        except BaseException as error:
            self.connectionLost(Failure(error))
            raise

    def _prepare(self, skt: socket.socket) -> None:
        skt.setblocking(False)

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Close the socket and stop the factory; called by the reactor."""
        retrying, self._retrying = self._retrying, None
        if retrying is not None:
            retrying.cancel()
        super().connectionLost(reason)

    def doRead(self) -> Exception | None:
        """Accept the connections that wait."""
        for _ in range(self.acceptsAtOnce):
            if self.socket is None or self.disconnecting:
                break
            try:
                skt, name = self.socket.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in TRANSIENT:
                    continue
                if error.errno not in TOO_MANY_FILES or not self._refuse(error):
                    self._retryLater(error)
                    break
            else:
                self._accepted(skt, name)
        return None

    def _accepted(self, skt: socket.socket, name: object) -> None:
        """Hand a connection to a protocol."""
        try:
            transport = self._build(skt, name)
        except OSError:
            # The client reset the connection meanwhile.
            skt.close()
            return
        except Exception:
            _log.failure("buildProtocol of {factory} failed", factory=self.factory)
            skt.close()
            return
        if transport is None:
            skt.close()
            return
        self.sessionno += 1
        transport.begin()

    def _refuse(self, error: OSError) -> bool:
        """Accept a connection with the reserved descriptor and close it; false if that fails."""
        self._complain(
            "Connections to port {port} are refused: {error}. Raise the limit of open files "
            "(ulimit -n, LimitNOFILE=) or close what is not needed.",
            error,
        )
        if self.socket is None or not _reserve.release():
            return False
        try:
            self.socket.accept()[0].close()
        except OSError:
            # Another thread was faster in taking the descriptor, or the client is gone.
            return False
        finally:
            _reserve.take()
        return True

    def _retryLater(self, error: OSError) -> None:
        """Stop accepting for a while: there is no memory, or no descriptor at all."""
        self._complain(
            "Port {port} can't accept connections: {error}. It tries again every "
            "{seconds} seconds.",
            error,
        )
        self.reactor.removeReader(self)
        self._retrying = self.reactor.callLater(RETRY_AFTER, self._retry)

    def _complain(self, message: str, error: OSError) -> None:
        """Log why connections are not accepted, unless that was done a moment ago.

        At the limit, clients are accepted and refused in turns: they must not fill the log.
        """
        now = self.reactor.seconds()
        if now >= self._quietUntil:
            self._quietUntil = now + COMPLAIN_AGAIN
            _log.error(
                message,
                port=self._place,
                error=error,
                seconds=RETRY_AFTER,
                factory=self.factory,
            )

    def _retry(self) -> None:
        self._retrying = None
        _reserve.take()
        if self.connected and not self.disconnecting:
            try:
                self.reactor.addReader(self)
            except OSError as error:
                self._retryLater(error)
