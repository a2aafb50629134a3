"""A TCP connection: its addresses and options; all else is the same for every stream."""

import socket

from twisted.internet._sockets._addressing import addressFromName
from twisted.internet._sockets._streamconnection import StreamConnection, protocolName
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IProtocol, IReactorFDSet, ITCPTransport
from twisted.python.components import implementer

PIECES_PER_CALL = 16
"""How many pieces the kernel gets with one call; POSIX promises that it takes as many."""


@implementer(ITCPTransport)
class Connection(StreamConnection):
    """One end of a TCP connection."""

    # Windows has no sendmsg.
    _piecesPerCall = PIECES_PER_CALL if hasattr(socket.socket, "sendmsg") else 1
    _host: IPv4Address | IPv6Address | None = None
    _peer: IPv4Address | IPv6Address | None = None
    # What a closed socket would have told, as the socket functions have it; nobody may ever ask.
    _hostName: object = None

    def _transmitPieces(self, pieces: list[bytes | memoryview]) -> int:
        """Hand several pieces to the kernel."""
        return self.socket.sendmsg(pieces)

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address of this end."""
        if self._host is None:
            name = self._hostName
            self._host = _addressOr(self.socket, name or self.socket.getsockname())
        return self._host

    def getPeer(self) -> IPv4Address | IPv6Address:
        """Return the address of the other end."""
        if self._peer is None:
            self._peer = _addressOr(self.socket, self.socket.getpeername())
        return self._peer

    def _rememberAddresses(self) -> None:
        try:
            if self._host is None:
                self._hostName = self.socket.getsockname()
            if self._peer is None:
                self.getPeer()
        except OSError:
            # It was reset before anybody asked.
            pass

    def getTcpNoDelay(self) -> bool:
        """Return whether small writes are sent without waiting for more."""
        return bool(self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Turn `TCP_NODELAY` on or off."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, bool(enabled))


class Server(Connection):
    """The server's end of a TCP connection.

    Attributes:
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
        self.server = server
        self.sessionno = sessionno

    @property
    def client(self) -> tuple[str, int] | None:
        """The host and the port of the peer, if they are known; older programs read these."""
        peer = self._peer
        return None if peer is None else (peer.host, peer.port)

    @property
    def hostname(self) -> str:
        """Return the peer's host; a question mark where it is not known."""
        return "?" if self._peer is None else self._peer.host

    def logPrefix(self) -> str:
        """Return the name of the protocol, the number of the connection and the peer's host."""
        return f"{protocolName(self.protocol)},{self.sessionno},{self.hostname}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.logPrefix()}>"


def _addressOr(skt: socket.socket, name: object) -> IPv4Address | IPv6Address:
    """Return an address of a socket."""
    address = addressFromName(skt.family, name) if isinstance(name, tuple) else None
    if address is None:
        raise OSError(f"a socket of the family {skt.family!r} has no address here: {name!r}")
    return address
