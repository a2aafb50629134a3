"""A TCP connection: its addresses and options; all else is the same for every stream."""

import socket
from collections.abc import Callable

from twisted.internet._sockets._addressing import addressFromName
from twisted.internet._sockets._streamconnection import StreamConnection, protocolName
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IProtocol, IReactorFDSet, ITCPTransport
from twisted.python.components import implementer


@implementer(ITCPTransport)
class Connection(StreamConnection):
    """One end of a TCP connection."""

    _host: IPv4Address | IPv6Address | None = None
    _peer: IPv4Address | IPv6Address | None = None

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address of this end."""
        if self._host is None:
            self._host = _addressOr(self.socket, self.socket.getsockname)
        return self._host

    def getPeer(self) -> IPv4Address | IPv6Address:
        """Return the address of the other end."""
        if self._peer is None:
            self._peer = _addressOr(self.socket, self.socket.getpeername)
        return self._peer

    def getTcpNoDelay(self) -> bool:
        """Return whether small writes are sent without waiting for more."""
        return bool(self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Turn `TCP_NODELAY` on or off."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, bool(enabled))


class Server(Connection):
    """The server's end of a TCP connection.

    Attributes:
        client: The host and the port of the peer, if they are known; older programs read these.
        server: The port that accepted it.
        sessionno: The number of this connection at its port, from 0.
    """

    def __init__(
        self,
        sock: socket.socket,
        protocol: IProtocol | None,
        client: IPv4Address | IPv6Address | None,
        server: object,
        sessionno: int,
        reactor: IReactorFDSet | None = None,
    ) -> None:
        """Take over a socket that was accepted.

        Args:
            sock: The socket.
            protocol: Gets what happens.
            client: The address of the peer, as far as it is known.
            server: The port that accepted it.
            sessionno: The number of this connection at its port.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(sock, protocol, reactor)
        self._peer = client
        self.client: tuple[str, int] | None = None
        if client is not None:
            self.client = (client.host, client.port)
        self.server = server
        self.sessionno = sessionno

    @property
    def hostname(self) -> str:
        """Return the peer's host; a question mark where it is not known."""
        return "?" if self.client is None else self.client[0]

    def logPrefix(self) -> str:
        """Return the name of the protocol, the number of the connection and the peer's host."""
        return f"{protocolName(self.protocol)},{self.sessionno},{self.hostname}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.logPrefix()}>"


def _addressOr(skt: socket.socket, name: Callable[[], object]) -> IPv4Address | IPv6Address:
    """Return an address of a socket."""
    found = name()
    address = addressFromName(skt.family, found) if isinstance(found, tuple) else None
    if address is None:
        raise OSError(f"a socket of the family {skt.family!r} has no address here: {found!r}")
    return address
