"""A reactor that speaks TCP: ports that listen and connectors that connect.

Endpoints (`twisted.internet.endpoints`) are the level above this one; new code rather uses them.
"""

from typing import TYPE_CHECKING

from twisted.internet.interfaces._addresses import BindAddress, IAddress
from twisted.internet.interfaces._protocols import IProtocolFactory
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.address import IPv4Address, IPv6Address
    from twisted.internet.defer import Deferred
    from twisted.internet.protocol import ClientFactory


class IListeningPort(Interface):
    """A port that takes connections (or datagrams)."""

    def startListening(self) -> None:
        """Bind and listen.

        Called by whoever made the port; `listenTCP` and its kin have done it. A port that was
        stopped can be started again.

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
        """

    def stopListening(self) -> "Deferred[None] | None":
        """Take no more connections, and free the address; open connections stay.

        Returns:
            A Deferred that fires when it is done, or None if it is done already.
        """
        ...

    def getHost(self) -> IAddress:
        """Return the address that is listened on; with port 0 asked for, the one that was chosen."""
        ...


class ITCPListeningPort(IListeningPort, Interface):
    """A port that takes TCP connections: its address has a `host` and a `port`."""

    def getHost(self) -> "IPv4Address | IPv6Address":
        """Return the address that is listened on; with port 0 asked for, the one that was chosen."""
        ...


class IConnector(Interface):
    """One attempt to connect, which can be given up and repeated."""

    def stopConnecting(self) -> None:
        """Give up the attempt.

        The factory's `clientConnectionFailed` is called with `UserError`.

        Raises:
            NotConnectingError: No attempt is under way.
        """

    def disconnect(self) -> None:
        """Close the connection as `loseConnection` does, or give up the attempt to make it."""

    def connect(self) -> None:
        """Connect, or connect again after the connection was lost or failed.

        Raises:
            RuntimeError: It is connecting or connected.
        """

    def getDestination(self) -> IAddress:
        """Return the address that is connected to, as it was asked for (a name is not looked up)."""
        ...


class IReactorTCP(Interface):
    """A reactor that listens on TCP ports and connects to them."""

    def listenTCP(
        self, port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
    ) -> ITCPListeningPort:
        """Take TCP connections, from now on.

        Args:
            port: The number of the port, 0 to 65535; 0 lets the system choose a free one.
            factory: Builds the protocol for each connection.
            backlog: How many connections may wait to be accepted.
            interface: The address to listen on. It decides between IPv4 and IPv6; empty stands
                for all IPv4 addresses, `"::"` for all IPv6 ones (and, where the system has it so,
                as Linux does, for those of IPv4 too).

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
        """
        ...

    def connectTCP(
        self,
        host: str,
        port: int,
        factory: "ClientFactory",
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Connect to a TCP port.

        The factory learns about each step: `startedConnecting` from inside this call, then
        `buildProtocol` or `clientConnectionFailed`, after a connection `clientConnectionLost`.

        Args:
            host: A name or an address. A name is looked up without blocking.
            port: The number of the port, 1 to 65535.
            factory: Builds the protocol.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            bindAddress: The local host and port to connect from, or the host alone; chosen by the
                system if left out.
        """
        ...


class IReactorTCP2(IReactorTCP, Interface):
    """`IReactorTCP` under a name that asks for addresses of both families.

    Every reactor that provides `IReactorTCP` takes literals of IPv4 and IPv6, so this promises
    nothing more.
    """
