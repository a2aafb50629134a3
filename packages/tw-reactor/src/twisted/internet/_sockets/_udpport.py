"""A UDP port, over IPv4 or IPv6.

Hosts are addresses throughout: a name would have to be looked up, and the datagram would be sent
some time later, or never. The one word that is taken is `<broadcast>`, which the socket functions
know as the address of all hosts of the local network.
"""

import errno
import socket
from collections.abc import Iterable

from twisted.internet._sockets._addressing import (
    addressFromName,
    familyOfLiteral,
    isIPAddress,
    nameForLiteral,
    newSocket,
    portNumber,
)
from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._datagramport import DatagramPort, checkDatagram, handOver
from twisted.internet._sockets._port import ADVICE
from twisted.internet._sockets._scopes import nameWithScope, withScope
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import (
    InvalidAddressError,
    ServiceNameUnknownError,
    UnsupportedAddressFamily,
    UnsupportedSocketType,
)
from twisted.internet.interfaces import IUDPTransport
from twisted.internet.protocol import AbstractDatagramProtocol
from twisted.python.components import implementer

_BROADCAST = "<broadcast>"


@implementer(IUDPTransport)
class UDPPort(DatagramPort):
    """A UDP port."""

    port: int | str

    _kind = "UDP"
    _advice = ADVICE
    _family: int = socket.AF_INET
    _peer: tuple[str, int] | None = None
    # The host that was sent to last, which need not be checked again.
    _lastHost: str | None = None

    def __init__(
        self,
        port: int | str,
        proto: AbstractDatagramProtocol,
        interface: str = "",
        maxPacketSize: int = 8192,
        reactor: IReactorOfPorts | None = None,
    ) -> None:
        """Make a port that is not open yet.

        Args:
            port: The number, or the name of a service; 0 lets the system choose.
            proto: Receives the datagrams.
            interface: The address to bind to; decides between IPv4 and IPv6. Empty stands for all
                IPv4 addresses.
            maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
            reactor: Watches the socket; the default reactor if None.

        Raises:
            InvalidAddressError: The interface is not an address.
        """
        super().__init__(port, proto, maxPacketSize, reactor)
        if interface:
            family = familyOfLiteral(interface)
            if family is None:
                raise InvalidAddressError(interface, "not an IPv4 or IPv6 address")
            self._family = family
        self.interface = interface

    @classmethod
    def adopting(
        cls,
        fileDescriptor: int,
        addressFamily: int,
        proto: AbstractDatagramProtocol,
        reactor: IReactorOfPorts,
        maxPacketSize: int = 8192,
    ) -> "UDPPort":
        """Make a port of a duplicate of a socket that is bound already.

        Raises:
            UnsupportedAddressFamily: The family is neither `AF_INET` nor `AF_INET6`.
            UnsupportedSocketType: The socket is no datagram socket.
        """
        if addressFamily not in (socket.AF_INET, socket.AF_INET6):
            raise UnsupportedAddressFamily(
                f"a datagram socket of the family {addressFamily!r} can't be adopted: "
                "AF_INET and AF_INET6 can"
            )
        adopted = socket.fromfd(fileDescriptor, addressFamily, socket.SOCK_DGRAM)
        kind = adopted.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
        if kind != socket.SOCK_DGRAM:
            adopted.close()
            raise UnsupportedSocketType(
                f"a socket of the type {kind} can't be adopted: a datagram socket can"
            )
        name = adopted.getsockname()
        port = cls(name[1], proto, name[0], maxPacketSize, reactor)
        port._adopted = adopted
        return port

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address that is received on."""
        if self.socket is None:
            raise OSError(f"{self!r} has no address while it does not listen")
        address = addressFromName(self._family, self.socket.getsockname(), "UDP")
        assert address is not None, "a UDP port has an address of IPv4 or IPv6"
        return address

    def write(self, packet: bytes, addr: tuple[str, int] | None = None) -> None:
        """Send one datagram.

        Args:
            packet: The whole datagram.
            addr: The host, as an address, and the port; may be left out on a connected port.

        Raises:
            MessageLengthError: The datagram is too long.
            InvalidAddressError: The host is not an address of the port's family.
            OSError: The system does not send it, such as a broadcast that was not allowed.
        """
        checkDatagram(packet)
        peer = self._peer
        if peer is not None:
            if addr is not None and addr != peer:
                raise ValueError(f"the port is connected to {peer}, so it can't send to {addr}")
            self._send(packet, None)
            return
        if addr is None:
            raise ValueError("the port is not connected: say where the datagram goes")
        host, port = addr
        if host != self._lastHost:
            self._checkHost(host)
            self._lastHost = host
        try:
            self._send(packet, nameWithScope(host, port))
        except OverflowError as error:
            raise InvalidAddressError(addr, "the port is not between 0 and 65535") from error

    def writeSequence(self, seq: Iterable[bytes], addr: tuple[str, int] | None = None) -> None:
        """Send one datagram that is given in pieces."""
        self.write(b"".join(seq), addr)

    def connect(self, host: str, port: int) -> None:
        """Send all datagrams to one peer and receive from no other.

        Args:
            host: An address; names are not looked up.
            port: The number of the port, 1 to 65535.

        Raises:
            RuntimeError: It is connected already, or not open.
            InvalidAddressError: The host is not an address of the port's family.
            OSError: There is no way to the host.
        """
        if self._peer is not None:
            raise RuntimeError(
                f"{self!r} is connected to {self._peer} already: open another port for another peer"
            )
        if self.socket is None:
            raise RuntimeError(f"{self!r} is not open: call connect in startProtocol, or later")
        self._checkHost(host)
        try:
            self.socket.connect(nameWithScope(host, port))
        except OverflowError as error:
            message = "the port is not between 1 and 65535"
            raise InvalidAddressError((host, port), message) from error
        self._peer = (host, port)

    def setBroadcastAllowed(self, enabled: bool) -> None:
        """Permit or forbid sending to broadcast addresses; forbidden by default."""
        self._opened().setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, bool(enabled))

    def getBroadcastAllowed(self) -> bool:
        """Return whether sending to broadcast addresses is permitted."""
        return bool(self._opened().getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST))

    def _opened(self) -> socket.socket:
        """Return the socket.

        Raises:
            OSError: There is none.
        """
        if self.socket is None:
            raise OSError(errno.EBADF, f"{self!r} is not open")
        return self.socket

    def _checkHost(self, host: str) -> None:
        """Refuse what is not an address of the port's family.

        Raises:
            InvalidAddressError: It is a name, or an address of the other family.
        """
        if isIPAddress(host, self._family):
            return
        if self._family == socket.AF_INET:
            if host == _BROADCAST:
                return
            raise InvalidAddressError(host, "not an IPv4 address, and names are not looked up")
        raise InvalidAddressError(host, "not an IPv6 address, and names are not looked up")

    def _isPeered(self) -> bool:
        return self._peer is not None

    def _received(self, datagram: bytes, name: object) -> None:
        assert isinstance(name, tuple), "what the socket functions give for IPv4 and IPv6"
        sender = withScope(name)
        if self._peer is not None and not self._isFromPeer(sender):
            # It came before the port was connected.
            return
        handOver(self.protocol, datagram, sender)

    def _isFromPeer(self, sender: tuple[str, int]) -> bool:
        if sender == self._peer:
            return True
        try:
            # The same address may be written in several ways.
            return withScope(self._opened().getpeername()) == sender
        except OSError:
            return False

    def _placeOf(self, skt: socket.socket) -> int | str:
        number: int = skt.getsockname()[1]
        return number

    def _closed(self) -> None:
        self._peer = None

    def _prepare(self, skt: socket.socket) -> None:
        """Set options of a socket before it is bound; for subclasses."""

    def _bind(self) -> socket.socket:
        """Return a socket that is bound.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        try:
            number = portNumber(self.port, "udp")
            name = nameForLiteral(self._family, self.interface, number)
            skt = newSocket(self.reactor, self._family, socket.SOCK_DGRAM)
        except ServiceNameUnknownError as error:
            raise self._cannotListen(OSError(errno.EINVAL, str(error))) from error
        except OSError as error:
            raise self._cannotListen(error) from error
        try:
            self._prepare(skt)
            skt.bind(name)
        except OSError as error:
            skt.close()
            raise self._cannotListen(error) from error
        except OverflowError as error:
            skt.close()
            message = f"{self.port} is no port number: 0 to 65535 are"
            raise self._cannotListen(OSError(errno.EINVAL, message)) from error
        return skt
