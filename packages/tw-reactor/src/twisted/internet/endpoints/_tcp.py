"""TCP endpoints of one family."""

from twisted.internet.endpoints._baseendpoints import (
    BACKLOG,
    CONNECT_TIMEOUT,
    BaseHostEndpoint,
    BasePortEndpoint,
)
from twisted.internet.endpoints._wrapping import ConnectingFactory
from twisted.internet.interfaces import (
    BindAddress,
    IConnector,
    IListeningPort,
    IProtocolFactory,
    IReactorTCP,
)


class _TCPServerEndpoint(BasePortEndpoint):
    """A TCP port to listen on."""

    def __init__(self, reactor: IReactorTCP, port: int, backlog: int, interface: str) -> None:
        super().__init__(port, backlog, interface)
        self._reactor = reactor

    def _open(self, protocolFactory: IProtocolFactory) -> IListeningPort:
        return self._reactor.listenTCP(
            self._port, protocolFactory, backlog=self._backlog, interface=self._interface
        )


class TCP4ServerEndpoint(_TCPServerEndpoint):
    """A TCP port to listen on, over IPv4."""

    def __init__(
        self, reactor: IReactorTCP, port: int, backlog: int = BACKLOG, interface: str = ""
    ) -> None:
        """Make an endpoint; nothing is opened before `listen`.

        Args:
            reactor: Opens the port.
            port: Its number, 0 to 65535; 0 lets the system choose a free one.
            backlog: How many connections may wait to be accepted.
            interface: The IPv4 address to listen on; empty for all.
        """
        super().__init__(reactor, port, backlog, interface)


class TCP6ServerEndpoint(_TCPServerEndpoint):
    """A TCP port to listen on, over IPv6."""

    def __init__(
        self, reactor: IReactorTCP, port: int, backlog: int = BACKLOG, interface: str = "::"
    ) -> None:
        """Make an endpoint; nothing is opened before `listen`.

        Args:
            reactor: Opens the port.
            port: Its number, 0 to 65535; 0 lets the system choose a free one.
            backlog: How many connections may wait to be accepted.
            interface: The IPv6 address to listen on; `"::"` for all.
        """
        super().__init__(reactor, port, backlog, interface)


class _TCPClientEndpoint(BaseHostEndpoint):
    """A TCP port to connect to."""

    def __init__(
        self,
        reactor: IReactorTCP,
        host: str,
        port: int,
        timeout: float = CONNECT_TIMEOUT,
        bindAddress: BindAddress = None,
    ) -> None:
        """Make an endpoint; nothing is looked up or connected before `connect`.

        Args:
            reactor: Makes the connection.
            host: A name, or an address.
            port: The number of the port.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            bindAddress: The local host and port to connect from, or the host alone.
        """
        super().__init__(host, port, timeout, bindAddress)
        self._reactor = reactor

    def _begin(self, connecting: ConnectingFactory) -> IConnector:
        return self._reactor.connectTCP(
            self._host,
            self._port,
            connecting,
            timeout=self._timeout,
            bindAddress=self._bindAddress,
        )


class TCP4ClientEndpoint(_TCPClientEndpoint):
    """A TCP port to connect to, over IPv4: the host is an IPv4 address or a name that has one."""


class TCP6ClientEndpoint(_TCPClientEndpoint):
    """A TCP port to connect to, over IPv6: the host is an IPv6 address."""
