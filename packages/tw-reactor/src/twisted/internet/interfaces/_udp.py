"""A reactor that speaks UDP, with and without multicast."""

from typing import TYPE_CHECKING

from twisted.internet.interfaces._addresses import IAddress
from twisted.internet.interfaces._tcp import IListeningPort
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.internet.protocol import AbstractDatagramProtocol


class IUDPTransport(Interface):
    """A UDP port, as its protocol sees it."""

    def write(self, packet: bytes, addr: tuple[str, int] | None = None) -> None:
        """Send one datagram.

        It is sent at once or, where the kernel has no room, lost: UDP promises nothing.

        Args:
            packet: The whole datagram.
            addr: The host, as an address (names are not looked up), and the port. Left out on a
                connected port.

        Raises:
            MessageLengthError: The datagram is too long.
            InvalidAddressError: The host is not an address of the port's family.
            ValueError: The port is connected to another peer, or not connected and no receiver is
                given.
            OSError: The system does not send it, such as a broadcast that was not allowed.
        """

    def connect(self, host: str, port: int) -> None:
        """Send all datagrams to one peer and receive from no other.

        Args:
            host: An address; names are not looked up.
            port: The number of the port, 1 to 65535.

        Raises:
            RuntimeError: It is connected already.
        """

    def getHost(self) -> IAddress:
        """Return the address that the port is bound to."""
        ...

    def stopListening(self) -> "Deferred[None] | None":
        """Receive no more, and free the address.

        Returns:
            A Deferred that fires when it is done, or None if it is done already.
        """
        ...

    def setBroadcastAllowed(self, enabled: bool) -> None:
        """Permit or forbid sending to broadcast addresses; forbidden by default."""

    def getBroadcastAllowed(self) -> bool:
        """Return whether sending to broadcast addresses is permitted."""
        ...


class IReactorUDP(Interface):
    """A reactor that opens UDP ports."""

    def listenUDP(
        self,
        port: int,
        protocol: "AbstractDatagramProtocol",
        interface: str = "",
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Open a UDP port and hand what arrives to a protocol.

        Args:
            port: The number of the port, 0 to 65535; 0 lets the system choose a free one.
            protocol: Receives the datagrams.
            interface: The address to bind to; empty stands for all IPv4 addresses, `"::"` for all
                IPv6 ones.
            maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
        """
        ...


class IMulticastTransport(IUDPTransport, Interface):
    """A UDP port that can take part in multicast groups."""

    def getOutgoingInterface(self) -> str | int:
        """Return what multicast datagrams leave by: an IPv4 address or the index of an interface."""
        ...

    def setOutgoingInterface(self, addr: str | int) -> "Deferred[None]":
        """Choose the interface that multicast datagrams leave by.

        Args:
            addr: The IPv4 address of the interface, or for IPv6 its index or name.

        Returns:
            A Deferred that fires when it is done, or fails with `DNSLookupError` or `OSError`.
        """
        ...

    def getLoopbackMode(self) -> bool:
        """Return whether multicast datagrams come back to this machine too."""
        ...

    def setLoopbackMode(self, mode: bool) -> None:
        """Choose whether multicast datagrams come back to this machine too."""

    def getTTL(self) -> int:
        """Return how many routers a multicast datagram may pass."""
        ...

    def setTTL(self, ttl: int) -> None:
        """Choose how many routers a multicast datagram may pass.

        Args:
            ttl: From 0 (stays on this machine) to 255.
        """

    def joinGroup(self, addr: str, interface: str = "") -> "Deferred[None]":
        """Receive what is sent to a multicast group.

        Args:
            addr: The address of the group.
            interface: The address of the interface to join on; chosen by the system if empty.

        Returns:
            A Deferred that fires when the group was joined, or fails with `MulticastJoinError`.
        """
        ...

    def leaveGroup(self, addr: str, interface: str = "") -> "Deferred[None]":
        """Stop receiving what is sent to a multicast group.

        Args:
            addr: The address of the group.
            interface: The address of the interface that it was joined on.

        Returns:
            A Deferred that fires when the group was left, or fails with `MulticastJoinError`.
        """
        ...


class IReactorMulticast(Interface):
    """A reactor that opens UDP ports for multicast."""

    def listenMulticast(
        self,
        port: int,
        protocol: "AbstractDatagramProtocol",
        interface: str = "",
        maxPacketSize: int = 8192,
        listenMultiple: bool = False,
    ) -> IListeningPort:
        """Open a UDP port whose transport provides `IMulticastTransport`.

        Args:
            port: The number of the port, 0 to 65535.
            protocol: Receives the datagrams.
            interface: The address to bind to; empty stands for all.
            maxPacketSize: The longest datagram to receive, in bytes.
            listenMultiple: Whether several programs may open the port at the same time.

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
        """
        ...
