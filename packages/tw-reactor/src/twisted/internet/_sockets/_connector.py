"""Connecting by TCP: an attempt looks the host up and tries its addresses in turn, IPv4 first."""

import errno
import os
import socket

from twisted.internet._sockets._addressing import (
    addressFromName,
    familyOfLiteral,
    literalAddress,
    nameForLiteral,
    newSocket,
    portNumber,
)
from twisted.internet._sockets._baseconnector import (
    BaseAttempt,
    BaseConnector,
    ClientConnection,
    IReactorOfConnectors,
)
from twisted.internet._sockets._connection import Connection
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectBindError, DNSLookupError, getConnectError
from twisted.internet.interfaces import BindAddress, IAddress, IHostResolution
from twisted.internet.protocol import ClientFactory

_PENDING = frozenset(
    getattr(errno, name)
    for name in ("EINPROGRESS", "EALREADY", "EINTR", "WSAEWOULDBLOCK")
    if hasattr(errno, name)
)
"""Errors after which the system goes on connecting. On Linux EAGAIN is none: it means that there is
no local port left (connect(2))."""


class Client(ClientConnection, Connection):
    """The client's end of a TCP connection."""

    def __init__(
        self, skt: socket.socket, connector: BaseConnector, peer: IPv4Address | IPv6Address
    ) -> None:
        """Take over a socket that is connected.

        Args:
            skt: The socket.
            connector: What made it; it gives the protocol and learns of the end.
            peer: The address of the other end.
        """
        super().__init__(skt, connector)
        self._peer = peer


class Connector(BaseConnector):
    """What connects by TCP.

    Attributes:
        host: A name or an address.
        port: The number of the port.
        bindAddress: The local host and port.
        transportKind: What makes the transport of a connection.
    """

    transportKind: type[Client] = Client

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

    def _makeAttempt(self) -> BaseAttempt:
        return Attempt(self, self.host, self.port, self.timeout, self.bindAddress)

    def _makeClient(self, skt: socket.socket, peer: IAddress) -> ClientConnection:
        assert isinstance(peer, IPv4Address | IPv6Address), "the socket was made for IPv4 or IPv6"
        return self.transportKind(skt, self, peer)


class Attempt(BaseAttempt):
    """One attempt to connect by TCP."""

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
        super().__init__(connector, timeout)
        self._host = host
        self._port = port
        self._bindAddress = bindAddress
        self._candidates: list[IPv4Address | IPv6Address] = []
        self._resolution: IHostResolution | None = None

    def _start(self) -> None:
        """Look the host up, or go on at once with an address."""
        literal = literalAddress(self._host, self._port)
        if literal is not None:
            self._candidates = [literal]
            self._goOn(DNSLookupError(self._host))
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
        self._goOn(DNSLookupError(f"no address found for {self._host!r}"))

    def _giveUp(self) -> None:
        """Stop to look the host up."""
        resolution, self._resolution = self._resolution, None
        if resolution is not None:
            resolution.cancel()

    def _connectedTo(self, skt: socket.socket) -> IAddress | None:
        """Return the address of the peer.

        Raises:
            OSError: The socket is not connected, or to itself.
        """
        name = skt.getpeername()
        # On loopback a socket that looks for a listener in the range of the ports that the
        # system gives out can happen to find itself.
        if name == skt.getsockname():
            raise OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        return addressFromName(skt.family, name)

    # Trying

    def _goOn(self, error: Exception) -> None:
        """Try the next address; if there is none, fail with the error of the one before."""
        self._closeSocket()
        while self._candidates:
            address = self._candidates.pop(0)
            try:
                self._socket = self._startConnecting(address)
                self._reactor.addWriter(self)
            except OSError as failed:
                self._closeSocket()
                error = getConnectError(failed)
            except ConnectBindError as failed:
                error = failed
            else:
                return
        super()._goOn(error)

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
        skt = newSocket(self._reactor, family)
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
