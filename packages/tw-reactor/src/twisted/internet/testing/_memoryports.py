"""The ports, connectors and names of a memory reactor."""

import ipaddress
from collections.abc import Mapping, Sequence

from twisted.internet.address import IPv4Address, IPv6Address, TransportType
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IHostnameResolver,
    IHostResolution,
    IListeningPort,
    IResolutionReceiver,
    ITCPListeningPort,
)
from twisted.python.components import classImplements


class _FakePort:
    """A port that nobody can reach.

    Attributes:
        listening: Whether it listens: it does from the beginning.
    """

    listening: bool = True

    def __init__(self, hostAddress: IAddress) -> None:
        """Make a port.

        Args:
            hostAddress: What `getHost` returns.
        """
        self._hostAddress = hostAddress

    def startListening(self) -> None:
        """Note that it listens."""
        self.listening = True

    def stopListening(self) -> None:
        """Note that it does not listen."""
        self.listening = False

    def getHost(self) -> IAddress:
        """Return the address that the port was made with."""
        return self._hostAddress


class _FakeConnector:
    """An attempt to connect that leads nowhere.

    Attributes:
        stoppedConnecting: Whether it was given up.
        connected: Whether `connect` was called after the last `disconnect`.
    """

    stoppedConnecting: bool = False
    connected: bool = False

    def __init__(self, address: IAddress) -> None:
        """Make a connector.

        Args:
            address: What `getDestination` returns.
        """
        self._address = address

    def stopConnecting(self) -> None:
        """Note that it was given up."""
        self.stoppedConnecting = True

    def disconnect(self) -> None:
        """Note that it was disconnected."""
        self.connected = False

    def connect(self) -> None:
        """Note that it was to connect."""
        self.connected = True

    def getDestination(self) -> IAddress:
        """Return the address that the connector was made with."""
        return self._address


class _FakeTCPPort(_FakePort):
    """A TCP port that takes no connections."""

    def __init__(self, hostAddress: IPv4Address | IPv6Address) -> None:
        """Make a port.

        Args:
            hostAddress: What `getHost` returns.
        """
        super().__init__(hostAddress)
        self._tcpAddress = hostAddress

    def getHost(self) -> IPv4Address | IPv6Address:
        """Return the address that the port was made with."""
        return self._tcpAddress


classImplements(_FakePort, IListeningPort)
classImplements(_FakeTCPPort, ITCPListeningPort)
classImplements(_FakeConnector, IConnector)


def addressOf(host: str, port: int) -> IPv4Address | IPv6Address:
    """Return the TCP address of a host; what is no literal is taken to be of IPv4.

    Args:
        host: An address, or a name.
        port: The port.
    """
    kind = IPv6Address if _isIPv6(host) else IPv4Address
    return kind("TCP", host, port)


def _isIPv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def literalsOf(hosts: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    """Return the addresses that a name has: a literal has itself.

    Args:
        hosts: The addresses by name.
        name: The name.
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return hosts.get(name, ())
    return (name,)


class _MemoryResolution:
    """A look-up that is over at once."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Do nothing: it is over."""


class MemoryNameResolver:
    """Looks up names in a mapping, at once."""

    def __init__(self, hosts: Mapping[str, Sequence[str]]) -> None:
        """Make a resolver.

        Args:
            hosts: The addresses by name, in the order in which they are found. Literals need not
                be in it.
        """
        self.hosts = hosts

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Give the receiver all addresses of a host.

        Args:
            resolutionReceiver: Takes the addresses.
            hostName: The name.
            portNumber: The port that the addresses get.
            addressTypes: The classes of address that are wanted; all if None.
            transportSemantics: `"TCP"` or `"UDP"`.
        """
        transport: TransportType = "UDP" if transportSemantics == "UDP" else "TCP"
        resolution = _MemoryResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        for literal in literalsOf(self.hosts, hostName):
            kind = IPv6Address if _isIPv6(literal) else IPv4Address
            if addressTypes is None or kind in addressTypes:
                resolutionReceiver.addressResolved(kind(transport, literal, portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution


classImplements(_MemoryResolution, IHostResolution)
classImplements(MemoryNameResolver, IHostnameResolver)
