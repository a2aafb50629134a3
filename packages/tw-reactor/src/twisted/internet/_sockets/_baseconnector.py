"""Connecting by any kind of stream socket: an attempt, and what repeats attempts.

An attempt reports to its connector exactly once, and never from inside `connect`, so the factory
always sees `startedConnecting` before anything else.
"""

import errno
import os
import socket
from collections.abc import Callable

from twisted.internet._sockets._streamconnection import StreamConnection, protocolName
from twisted.internet.error import (
    ConnectError,
    ConnectionDone,
    NotConnectingError,
    TimeoutError,
    UserError,
    getConnectError,
)
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IDelayedCall,
    IReactorFDSet,
    IReactorPluggableNameResolver,
    IReactorTime,
    IWriteDescriptor,
)
from twisted.internet.protocol import ClientFactory
from twisted.logger import Logger
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.tcp")


class IReactorOfConnectors(IReactorFDSet, IReactorTime, IReactorPluggableNameResolver, Interface):
    """What connecting needs of a reactor."""


class ClientConnection(StreamConnection):
    """The end of a connection that a connector made.

    Attributes:
        connector: What made it.
    """

    _isClient = True

    def __init__(self, skt: socket.socket, connector: "BaseConnector") -> None:
        """Take over a socket that is connected.

        Args:
            skt: The socket.
            connector: What made it; it gives the protocol and learns of the end.
        """
        super().__init__(skt, None, connector.reactor)
        self.connector = connector

    def logPrefix(self) -> str:
        """Return the name of the protocol in the log."""
        return f"{protocolName(self.protocol)},client"

    def connectionLost(self, reason: Failure) -> None:
        """Close the socket; tell the protocol, then the connector."""
        if not self.disconnected:
            super().connectionLost(reason)
            self.connector.connectionLost(reason)

    def discard(self) -> None:
        """Close the socket and tell nobody."""
        super().connectionLost(Failure(ConnectionDone()))

    def _neverBegan(self, error: OSError) -> None:
        self.discard()
        self.connector.connectionFailed(Failure(getConnectError(error)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.logPrefix()}>"


@implementer(IConnector)
class BaseConnector:
    """What repeats attempts to connect, and tells a factory how they went.

    A subclass implements `getDestination`, `_makeAttempt` and `_makeClient`.

    Attributes:
        factory: Builds the protocols and learns about each step.
        timeout: How many seconds an attempt may take; None for no limit.
        reactor: Makes the connections.
        state: `"disconnected"`, `"connecting"` or `"connected"`.
        transport: The attempt or the connection, if there is one.
    """

    def __init__(
        self, factory: ClientFactory, timeout: float | None, reactor: IReactorOfConnectors
    ) -> None:
        """Make a connector that does nothing yet.

        Args:
            factory: Builds the protocols and learns about each step.
            timeout: How many seconds an attempt may take; None for no limit.
            reactor: Makes the connections.
        """
        self.factory = factory
        self.timeout = timeout
        self.reactor = reactor
        self.state: str = "disconnected"
        self.transport: BaseAttempt | ClientConnection | None = None
        self._factoryStarted = False

    def getDestination(self) -> IAddress:
        """Return the address that is connected to; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define getDestination")

    def _makeAttempt(self) -> "BaseAttempt":
        """Return an attempt that was not begun; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _makeAttempt")

    def _makeClient(self, skt: socket.socket, peer: IAddress) -> "ClientConnection":
        """Return the transport over a socket that is connected; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _makeClient")

    def connect(self) -> None:
        """Begin an attempt.

        Raises:
            RuntimeError: It is connecting or connected.
        """
        if self.state != "disconnected":
            raise RuntimeError(
                f"{self!r} is {self.state}: only when that has ended it can connect again"
            )
        self.state = "connecting"
        if not self._factoryStarted:
            self.factory.doStart()
            self._factoryStarted = True
        attempt = self.transport = self._makeAttempt()
        try:
            self.factory.startedConnecting(self)
        except BaseException:
            attempt.finished = True
            self.state = "disconnected"
            raise
        if not attempt.finished:
            attempt.begin()

    def disconnect(self) -> None:
        """Close the connection, or give the attempt up."""
        if self.state == "connecting":
            self.stopConnecting()
        elif self.state == "connected" and isinstance(self.transport, ClientConnection):
            self.transport.loseConnection()

    def stopConnecting(self) -> None:
        """Give the attempt up; the factory is told at once.

        Raises:
            NotConnectingError: There is no attempt.
        """
        if self.state != "connecting" or not isinstance(self.transport, BaseAttempt):
            raise NotConnectingError(f"{self!r} is {self.state}")
        self.transport.fail(UserError(string="stopConnecting was called"))

    def connectionMade(self, skt: socket.socket, peer: IAddress) -> None:
        """Hand a connection that was made to a protocol; called by the attempt."""
        try:
            transport = self.transport = self._makeClient(skt, peer)
        except OSError as error:
            skt.close()
            self.connectionFailed(Failure(getConnectError(error)))
            return
        self.state = "connected"
        try:
            transport.protocol = self.factory.buildProtocol(peer)
        except Exception as error:
            _log.failure("buildProtocol of {factory} failed", factory=self.factory)
            # No protocol saw this connection, so for the factory there was none.
            transport.discard()
            failed = ConnectError(string=f"buildProtocol failed: {error}")
            failed.__cause__ = error
            self.connectionFailed(Failure(failed))
            return
        # Without a protocol it is closed at once.
        transport.begin()

    def connectionFailed(self, reason: Failure) -> None:
        """Tell the factory that no connection was made; called by the attempt."""
        self.state = "disconnected"
        self.transport = None
        self._tell(self.factory.clientConnectionFailed, reason)

    def connectionLost(self, reason: Failure) -> None:
        """Tell the factory that the connection ended; called by the transport."""
        self.state = "disconnected"
        self.transport = None
        self._tell(self.factory.clientConnectionLost, reason)

    def _tell(self, method: Callable[[IConnector, Failure], object], reason: Failure) -> None:
        try:
            method(self, reason)
            # The factory may have begun the next attempt.
            if self.state == "disconnected" and self._factoryStarted:
                self._factoryStarted = False
                self.factory.doStop()
        except Exception:
            _log.failure("{factory} failed to end a connection", factory=self.factory)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} to {self.getDestination()!r}: {self.state}>"


@implementer(IWriteDescriptor)
class BaseAttempt:
    """One attempt to connect.

    A subclass implements `_start`, which begins to connect, and `_connectedTo`, which says whether
    a socket is connected; on an error it calls `_goOn`.

    Attributes:
        finished: Whether it has reported to its connector.
    """

    finished: bool = False

    def __init__(self, connector: BaseConnector, timeout: float | None) -> None:
        """Prepare an attempt.

        Args:
            connector: Learns how it goes.
            timeout: How many seconds it may take; None for no limit.
        """
        self._connector = connector
        self._reactor = connector.reactor
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._limit: IDelayedCall | None = None
        self._open: dict[object, None] | None = getattr(self._reactor, "openTransports", None)

    def begin(self) -> None:
        """Begin to connect, and to look at the time."""
        if self._open is not None:
            self._open[self] = None
        if self._timeout is not None:
            self._limit = self._reactor.callLater(self._timeout, self._tooLate)
        self._start()

    def _start(self) -> None:
        """Begin to connect; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _start")

    def _connectedTo(self, skt: socket.socket) -> IAddress | None:
        """Return the peer of a socket; None if it is not connected yet; for subclasses.

        Raises:
            OSError: It is not connected and won't be.
        """
        raise TypeError(f"{type(self).__name__} has to define _connectedTo")

    def _goOn(self, error: Exception) -> None:
        """Fail with an error; a kind that has something left to try does that instead."""
        self._closeSocket()
        # Not from inside of the reactor's method, whose caller is still to hear of its connector.
        self._reactor.callLater(0, self.fail, error)

    def _giveUp(self) -> None:
        """Stop what else is under way, since the attempt has failed."""

    # Being watched

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when there is none."""
        return -1 if self._socket is None else self._socket.fileno()

    def logPrefix(self) -> str:
        """Return the name of the factory in the log."""
        return protocolName(self._connector.factory)

    def doWrite(self) -> Exception | None:
        """Learn that the socket is connected, or why it is not."""
        skt = self._socket
        if skt is None:
            return None
        try:
            number = skt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                raise OSError(number, os.strerror(number))
        except OSError as error:
            self._goOn(getConnectError(error))
            return None
        try:
            peer = self._connectedTo(skt)
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                self._goOn(getConnectError(error))
            return None
        if peer is not None:
            self._connected(skt, peer)
        return None

    def connectionLost(self, reason: Failure) -> None:
        """Give up, since the reactor shuts down or the descriptor is broken."""
        if isinstance(reason.value, Exception):
            self.fail(reason.value)

    # Ending

    def _connected(self, skt: socket.socket, peer: IAddress) -> None:
        self._reactor.removeWriter(self)
        self._socket = None
        if self._finish():
            self._connector.connectionMade(skt, peer)
        else:
            skt.close()

    def fail(self, error: Exception) -> None:
        """Give up and report the error, unless the attempt has ended."""
        if self._finish():
            self._closeSocket()
            self._giveUp()
            self._connector.connectionFailed(Failure(error))

    def _finish(self) -> bool:
        """Note the end; false if it was noted before."""
        if self.finished:
            return False
        self.finished = True
        if self._open is not None:
            self._open.pop(self, None)
        if self._limit is not None and self._limit.active():
            self._limit.cancel()
        return True

    def _tooLate(self) -> None:
        self.fail(TimeoutError(string=f"no answer within {self._timeout:g} seconds"))

    def _closeSocket(self) -> None:
        if self._socket is not None:
            # The reactor asks for the descriptor, so it has to be open still.
            self._reactor.removeWriter(self)
            self._socket.close()
            self._socket = None
