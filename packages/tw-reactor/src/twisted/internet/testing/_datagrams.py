"""A UDP port that collects what is written."""

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress, IUDPTransport
from twisted.python.components import classImplements


class FakeDatagramTransport:
    """A UDP port whose peers are the test.

    Attributes:
        noAddr: Stands for the address in `written` where none was given.
        written: The datagrams with their addresses, in order.
        connectedAddr: The peer that the port was connected to, or None.
        stopped: Whether it was told to stop listening.
    """

    noAddr: object = object()

    def __init__(self) -> None:
        self.written: list[tuple[bytes, object]] = []
        self.connectedAddr: tuple[str, int] | None = None
        self.stopped: bool = False
        self._broadcast = False

    def write(self, packet: bytes, addr: object = noAddr) -> None:
        """Collect a datagram.

        Args:
            packet: The whole datagram.
            addr: The host and port that it is for.
        """
        self.written.append((packet, addr))

    def connect(self, host: str, port: int) -> None:
        """Note the peer.

        Args:
            host: Its address.
            port: Its port.
        """
        self.connectedAddr = (host, port)

    def getHost(self) -> IAddress:
        """Return an address."""
        return IPv4Address("UDP", "10.0.0.1", 12345)

    def stopListening(self) -> None:
        """Note that it was asked for."""
        self.stopped = True

    def setBroadcastAllowed(self, enabled: bool) -> None:
        """Note what was asked for.

        Args:
            enabled: Whether broadcasting is permitted.
        """
        self._broadcast = enabled

    def getBroadcastAllowed(self) -> bool:
        """Return what was asked for last; False before."""
        return self._broadcast


classImplements(FakeDatagramTransport, IUDPTransport)
