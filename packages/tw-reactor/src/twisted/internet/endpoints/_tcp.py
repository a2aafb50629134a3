"""TCP endpoints of one family."""

from twisted.internet.defer import Deferred, execute, fail
from twisted.internet.endpoints._wrapping import ConnectingFactory
from twisted.internet.interfaces import (
    BindAddress,
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    IReactorTCP,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from twisted.python.components import classImplements

CONNECT_TIMEOUT = 30
"""After how many seconds an attempt to connect fails, unless told otherwise."""

BACKLOG = 50
"""How many connections may wait to be accepted, unless told otherwise."""


class _TCPServerEndpoint:
    """A TCP port to listen on."""

    def __init__(self, reactor: IReactorTCP, port: int, backlog: int, interface: str) -> None:
        self._reactor = reactor
        self._port = port
        self._backlog = backlog
        self._interface = interface

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections, from now on.

        Args:
            protocolFactory: Builds the protocol for each connection.

        Returns:
            A Deferred with the port, or a failure with `CannotListenError`.
        """
        return execute(
            self._reactor.listenTCP,
            self._port,
            protocolFactory,
            backlog=self._backlog,
            interface=self._interface,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} port {self._port} of {self._interface or 'any address'}>"


classImplements(_TCPServerEndpoint, IStreamServerEndpoint)


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


class _TCPClientEndpoint:
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
        self._reactor = reactor
        self._host = host
        self._port = port
        self._timeout = timeout
        self._bindAddress = bindAddress

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, once.

        Args:
            protocolFactory: Builds the protocol.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; or a failure, with
            `ConnectError`, `DNSLookupError`, `NoProtocol` or, when it was cancelled,
            `ConnectingCancelledError`.
        """
        connecting = ConnectingFactory(protocolFactory)
        try:
            self._reactor.connectTCP(
                self._host,
                self._port,
                connecting,
                timeout=self._timeout,
                bindAddress=self._bindAddress,
            )
        except Exception:
            return fail()
        return connecting.connected

    def __repr__(self) -> str:
        return f"<{type(self).__name__} port {self._port} of {self._host}>"


classImplements(_TCPClientEndpoint, IStreamClientEndpoint)


class TCP4ClientEndpoint(_TCPClientEndpoint):
    """A TCP port to connect to, over IPv4: the host is an IPv4 address or a name that has one."""


class TCP6ClientEndpoint(_TCPClientEndpoint):
    """A TCP port to connect to, over IPv6: the host is an IPv6 address."""
