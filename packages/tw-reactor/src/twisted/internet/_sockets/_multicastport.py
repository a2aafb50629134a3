"""A UDP port that takes part in multicast groups, over IPv4 or IPv6.

IPv4 names an interface by one of its addresses, IPv6 by its number (RFC 3493 section 5.2), which
may be given as the interface's name as well.
"""

import errno
import socket
import struct
from collections.abc import Generator
from typing import cast

from twisted.internet._sockets._baseport import IReactorOfPorts
from twisted.internet._sockets._udpport import UDPPort
from twisted.internet.defer import Deferred, inlineCallbacks, maybeDeferred
from twisted.internet.error import DNSLookupError, MulticastJoinError
from twisted.internet.interfaces import IMulticastTransport, IReactorCore
from twisted.internet.protocol import AbstractDatagramProtocol
from twisted.python.components import implementer

_NUMBER = struct.Struct("@I")


@implementer(IMulticastTransport)
class MulticastPort(UDPPort):
    """A UDP port that takes part in multicast groups.

    Attributes:
        listenMultiple: Whether several programs may open the port at the same time.
    """

    # A socket that two processes have is in its groups for both of them.
    _wasLeft = False
    _isLeft = False

    def __init__(
        self,
        port: int | str,
        proto: AbstractDatagramProtocol,
        interface: str = "",
        maxPacketSize: int = 8192,
        reactor: IReactorOfPorts | None = None,
        listenMultiple: bool = False,
    ) -> None:
        """Make a port that is not open yet.

        Args:
            port: The number of the port.
            proto: Receives the datagrams.
            interface: The address to bind to; empty stands for all IPv4 addresses, `"::"` for all
                IPv6 ones.
            maxPacketSize: The longest datagram to receive, in bytes.
            reactor: Watches the socket; the default reactor if None.
            listenMultiple: Whether several programs may open the port at the same time.
        """
        super().__init__(port, proto, interface, maxPacketSize, reactor)
        self.listenMultiple = listenMultiple

    def leaveTo(self, process: int) -> None:
        """Leave the groups as they are from now on: they are those of the other process, too."""
        self._isLeft = True

    def _tookOver(self) -> None:
        self._wasLeft = True

    def getOutgoingInterface(self) -> str | int:
        """Return what multicast datagrams leave by: an IPv4 address or the index of an interface."""
        if self._family == socket.AF_INET6:
            return self._opened().getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF)
        found = self._opened().getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4)
        return socket.inet_ntoa(found)

    @inlineCallbacks
    def setOutgoingInterface(self, addr: str | int) -> Generator[Deferred[str], str, None]:
        """Choose the interface that multicast datagrams leave by.

        Args:
            addr: The IPv4 address of the interface, or for IPv6 its index or name.

        Returns:
            A Deferred that fires when it is done, or fails with `DNSLookupError` or `OSError`.
        """
        if self._family == socket.AF_INET6:
            number = _NUMBER.pack(_index(addr))
            self._opened().setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, number)
            return
        address = yield self._resolved(str(addr))
        packed = socket.inet_aton(address)
        self._opened().setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, packed)

    def getLoopbackMode(self) -> bool:
        """Return whether multicast datagrams come back to this machine too."""
        return bool(self._opened().getsockopt(*self._option("LOOP", "LOOP")))

    def setLoopbackMode(self, mode: bool) -> None:
        """Choose whether multicast datagrams come back to this machine too."""
        self._opened().setsockopt(*self._option("LOOP", "LOOP"), int(bool(mode)))

    def getTTL(self) -> int:
        """Return how many routers a multicast datagram may pass."""
        return self._opened().getsockopt(*self._option("TTL", "HOPS"))

    def setTTL(self, ttl: int) -> None:
        """Choose how many routers a multicast datagram may pass.

        Args:
            ttl: From 0 (stays on this machine) to 255.

        Raises:
            ValueError: It is out of this range.
        """
        if not 0 <= ttl <= 255:
            raise ValueError(f"a TTL is a number from 0 to 255, not {ttl}")
        self._opened().setsockopt(*self._option("TTL", "HOPS"), ttl)

    def joinGroup(self, addr: str, interface: str = "") -> Deferred[None]:
        """Receive what is sent to a multicast group.

        Args:
            addr: The address of the group.
            interface: The address of the interface to join on (IPv6: its name or number); chosen by
                the system if empty.

        Returns:
            A Deferred that fires when the group was joined, or fails with `MulticastJoinError`.
        """
        return self._change(addr, interface, "ADD", "JOIN")

    def leaveGroup(self, addr: str, interface: str = "") -> Deferred[None]:
        """Stop receiving what is sent to a multicast group.

        Args:
            addr: The address of the group.
            interface: The interface that it was joined on.

        Returns:
            A Deferred that fires when the group was left, or fails with `MulticastJoinError`.
        """
        return self._change(addr, interface, "DROP", "LEAVE")

    @inlineCallbacks
    def _change(
        self, group: str, interface: str, verb4: str, verb6: str
    ) -> Generator[Deferred[str], str, None]:
        """Join or leave a group."""
        if self._isLeft and verb4 == "DROP":
            return
        try:
            if self._family == socket.AF_INET6:
                request = socket.inet_pton(socket.AF_INET6, group) + _NUMBER.pack(_index(interface))
                option = getattr(socket, f"IPV6_{verb6}_GROUP")
                self._opened().setsockopt(socket.IPPROTO_IPV6, option, request)
                return
            address = yield self._resolved(group)
            local = yield self._resolved(interface or "0.0.0.0")
            request = socket.inet_aton(address) + socket.inet_aton(local)
            option = getattr(socket, f"IP_{verb4}_MEMBERSHIP")
            self._opened().setsockopt(socket.IPPROTO_IP, option, request)
        except (OSError, DNSLookupError) as error:
            if self._wasLeft and verb4 == "ADD" and _isMember(error):
                # The process before this one has joined it.
                return
            raise MulticastJoinError(group, interface, str(error)) from error

    def _resolved(self, host: str) -> Deferred[str]:
        return maybeDeferred(cast(IReactorCore, self.reactor).resolve, host)

    def _option(self, name4: str, name6: str) -> tuple[int, int]:
        """Return the level and the number of a socket option of the port's family."""
        if self._family == socket.AF_INET6:
            number: int = getattr(socket, f"IPV6_MULTICAST_{name6}")
            return socket.IPPROTO_IPV6, number
        number = getattr(socket, f"IP_MULTICAST_{name4}")
        return socket.IPPROTO_IP, number

    def _prepare(self, skt: socket.socket) -> None:
        if self.listenMultiple:
            skt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
            if hasattr(socket, "SO_REUSEPORT"):
                skt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, True)


def _isMember(error: Exception) -> bool:
    """Return whether an error says that the group was joined already."""
    return isinstance(error, OSError) and error.errno == errno.EADDRINUSE


def _index(interface: str | int) -> int:
    """Return the number of an interface; 0 leaves the choice to the system.

    Raises:
        OSError: There is no such interface.
    """
    if isinstance(interface, int):
        return interface
    if not interface:
        return 0
    if interface.isascii() and interface.isdigit() and len(interface) <= 9:
        return int(interface)
    return socket.if_nametoindex(interface)
