"""Connecting by TCP: an attempt, and the connector that makes attempts one after the other.

An attempt looks the host up, then tries its addresses in turn, IPv4 first, until one answers or
its time is up. It reports to its connector exactly once, and never from inside `connect`, so the
factory always sees `startedConnecting` before anything else.
"""

import errno
import os
import socket
from collections.abc import Callable

from twisted.internet._sockets._addressing import (
    addressFromName,
    familyOfLiteral,
    literalAddress,
    nameForLiteral,
    portNumber,
)
from twisted.internet._sockets._connection import Connection, protocolName
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import (
    ConnectBindError,
    ConnectError,
    ConnectionDone,
    DNSLookupError,
    NotConnectingError,
    TimeoutError,
    UserError,
    getConnectError,
)
from twisted.internet.interfaces import (
    BindAddress,
    IAddress,
    IConnector,
    IDelayedCall,
    IHostResolution,
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

_PENDING = frozenset(
    getattr(errno, name)
    for name in ("EINPROGRESS", "EWOULDBLOCK", "EALREADY", "EINTR", "WSAEWOULDBLOCK")
    if hasattr(errno, name)
)


class IReactorOfConnectors(IReactorFDSet, IReactorTime, IReactorPluggableNameResolver, Interface):
    """What connecting needs of a reactor."""


class Client(Connection):
    """The client's end of a TCP connection.

    Attributes:
        connector: What made it.
    """

    _isClient = True

    def __init__(
        self,
        skt: socket.socket,
        connector: "BaseConnector",
        peer: IPv4Address | IPv6Address,
    ) -> None:
        """Take over a socket that is connected.

        Args:
            skt: The socket.
            connector: What made it; it gives the protocol and learns of the end.
            peer: The address of the other end.
        """
        super().__init__(skt, None, connector.reactor)
        self.connector = connector
        self._peer = peer

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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.logPrefix()}>"


@implementer(IConnector)
class BaseConnector:
    """What repeats attempts to connect, and tells a factory how they went.

    A subclass implements `getDestination` and `_makeAttempt`.

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
        self.transport: Attempt | Client | None = None
        self._factoryStarted = False

    def getDestination(self) -> IAddress:
        """Return the address that is connected to; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define getDestination")

    def _makeAttempt(self) -> "Attempt":
        """Return an attempt that was not begun; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _makeAttempt")

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
        elif self.state == "connected" and isinstance(self.transport, Client):
            self.transport.loseConnection()

    def stopConnecting(self) -> None:
        """Give the attempt up; the factory is told at once.

        Raises:
            NotConnectingError: There is no attempt.
        """
        if self.state != "connecting" or not isinstance(self.transport, Attempt):
            raise NotConnectingError(f"{self!r} is {self.state}")
        self.transport.fail(UserError(string="stopConnecting was called"))

    def connectionMade(self, skt: socket.socket, peer: IPv4Address | IPv6Address) -> None:
        """Hand a connection that was made to a protocol; called by the attempt."""
        transport = self.transport = Client(skt, self, peer)
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


class Connector(BaseConnector):
    """What connects by TCP.

    Attributes:
        host: A name or an address.
        port: The number of the port.
        bindAddress: The local host and port.
    """

    def __init__(
        self,
        host: str,
        port: int | str,
        factory: ClientFactory,
        timeout: float | None,
        bindAddress: BindAddress,
        reactor: IReactorOfConnectors | None = None,
    ) -> None:
        """Make a connector that does nothing yet.

        Args:
            host: A name or an address.
            port: The number of the port, or the name of its service.
            factory: Builds the protocols and learns about each step.
            timeout: How many seconds an attempt may take; None for no limit.
            bindAddress: The local host and port to connect from, or the host alone.
            reactor: Makes the connections; the default reactor if None.

        Raises:
            ServiceNameUnknownError: No service has the name that was given as port.
        """
        if reactor is None:
            from twisted.internet._defaultreactor import defaultReactor

            reactor = defaultReactor(IReactorOfConnectors)
        super().__init__(factory, timeout, reactor)
        self.host = host
        self.port: int = portNumber(port)
        self.bindAddress: tuple[str, int] | None = (
            (bindAddress, 0) if isinstance(bindAddress, str) else bindAddress
        )

    def getDestination(self) -> IAddress:
        """Return the address that is connected to, as it was given (a name is not looked up)."""
        literal = literalAddress(self.host, self.port)
        return IPv4Address("TCP", self.host, self.port) if literal is None else literal

    def _makeAttempt(self) -> "Attempt":
        return Attempt(self, self.host, self.port, self.timeout, self.bindAddress)


@implementer(IWriteDescriptor)
class Attempt:
    """One attempt to connect by TCP.

    Attributes:
        finished: Whether it has reported to its connector.
    """

    finished: bool = False

    def __init__(
        self,
        connector: BaseConnector,
        host: str,
        port: int,
        timeout: float | None,
        bindAddress: tuple[str, int] | None,
    ) -> None:
        """Prepare an attempt.

        Args:
            connector: Learns how it goes.
            host: A name or an address.
            port: The number of the port.
            timeout: How many seconds it may take; None for no limit.
            bindAddress: The local host and port.
        """
        self._connector = connector
        self._reactor = connector.reactor
        self._host = host
        self._port = port
        self._timeout = timeout
        self._bindAddress = bindAddress
        self._candidates: list[IPv4Address | IPv6Address] = []
        self._socket: socket.socket | None = None
        self._limit: IDelayedCall | None = None
        self._resolution: IHostResolution | None = None
        self._open: set[object] | None = getattr(self._reactor, "openTransports", None)

    def begin(self) -> None:
        """Begin: look the host up, or go on at once with an address."""
        if self._open is not None:
            self._open.add(self)
        if self._timeout is not None:
            self._limit = self._reactor.callLater(self._timeout, self._tooLate)
        literal = literalAddress(self._host, self._port)
        if literal is not None:
            self._candidates = [literal]
            self._tryNext(DNSLookupError(self._host))
            return
        self._reactor.nameResolver.resolveHostName(self, self._host, self._port)

    # Taking the addresses of the host

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Keep what the look-up can be given up by."""
        self._resolution = resolutionInProgress

    def addressResolved(self, address: IAddress) -> None:
        """Take an address."""
        if isinstance(address, IPv4Address | IPv6Address):
            self._candidates.append(address)

    def resolutionComplete(self) -> None:
        """Try the addresses."""
        self._resolution = None
        if self.finished:
            return
        # A stable sort: within a family the order is the resolver's.
        self._candidates.sort(key=lambda address: isinstance(address, IPv6Address))
        if self._bindAddress is not None:
            family = familyOfLiteral(self._bindAddress[0])
            wanted = {socket.AF_INET: IPv4Address, socket.AF_INET6: IPv6Address}
            if family is not None:
                self._candidates = [
                    address for address in self._candidates if type(address) is wanted[family]
                ]
        self._tryNext(DNSLookupError(f"no address found for {self._host!r}"))

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
        number = skt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._tryNext(getConnectError((number, os.strerror(number))))
            return None
        try:
            name = skt.getpeername()
            # On loopback a socket that looks for a listener in the range of the ports that the
            # system gives out can happen to find itself.
            toItself = name == skt.getsockname()
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                self._tryNext(getConnectError(error))
            return None
        if toItself:
            text = os.strerror(errno.ECONNREFUSED)
            self._tryNext(getConnectError((errno.ECONNREFUSED, text)))
            return None
        peer = addressFromName(skt.family, name)
        assert peer is not None, "the socket was made for IPv4 or IPv6"
        self._connected(skt, peer)
        return None

    def connectionLost(self, reason: Failure) -> None:
        """Give up, since the reactor shuts down or the descriptor is broken."""
        if isinstance(reason.value, Exception):
            self.fail(reason.value)

    # Trying

    def _tryNext(self, error: Exception) -> None:
        """Try the next address; if there is none, fail with the error of the one before."""
        self._closeSocket()
        while self._candidates:
            address = self._candidates.pop(0)
            try:
                self._socket = self._startConnecting(address)
            except OSError as failed:
                error = getConnectError(failed)
            except ConnectBindError as failed:
                error = failed
            else:
                self._reactor.addWriter(self)
                return
        # Not from inside of connectTCP, whose caller is still to hear of its connector.
        self._reactor.callLater(0, self.fail, error)

    def _startConnecting(self, address: IPv4Address | IPv6Address) -> socket.socket:
        """Return a socket that is being connected.

        Raises:
            OSError: It can't be.
            ConnectBindError: The local address can't be had.
        """
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        host = address.host
        if isinstance(address, IPv6Address) and address.scopeID:
            host = f"{host}%{address.scopeID}"
        name = nameForLiteral(family, host, self._port)
        skt = socket.socket(family, socket.SOCK_STREAM)
        try:
            skt.setblocking(False)
            skt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            if self._bindAddress is not None:
                self._bind(skt, family, self._bindAddress)
            number = skt.connect_ex(name)
            if number and number not in _PENDING:
                raise OSError(number, os.strerror(number))
        except OverflowError as error:
            skt.close()
            raise OSError(errno.EINVAL, f"{self._port} is no port number") from error
        except BaseException:
            skt.close()
            raise
        return skt

    def _bind(self, skt: socket.socket, family: int, bindAddress: tuple[str, int]) -> None:
        host, port = bindAddress
        try:
            skt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
            skt.bind(nameForLiteral(family, host, port))
        except OSError as error:
            text = f"{error.strerror} (binding to {host}:{port})"
            raise ConnectBindError(error.errno, text) from error

    # Ending

    def _connected(self, skt: socket.socket, peer: IPv4Address | IPv6Address) -> None:
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
            resolution, self._resolution = self._resolution, None
            if resolution is not None:
                resolution.cancel()
            self._connector.connectionFailed(Failure(error))

    def _finish(self) -> bool:
        """Note the end; false if it was noted before."""
        if self.finished:
            return False
        self.finished = True
        if self._open is not None:
            self._open.discard(self)
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
