"""What endpoints do that a call of the reactor opens: a port to listen on, an attempt to connect."""

from twisted.internet.defer import Deferred, execute, fail
from twisted.internet.endpoints._wrapping import ConnectingFactory
from twisted.internet.interfaces import (
    BindAddress,
    IConnector,
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from twisted.python.components import classImplements

CONNECT_TIMEOUT = 30
"""After how many seconds an attempt to connect fails, unless told otherwise."""

BACKLOG = 50
"""How many connections may wait to be accepted, unless told otherwise."""


class BaseServerEndpoint:
    """A place to listen at; a kind implements `_open`."""

    def _open(self, protocolFactory: IProtocolFactory) -> IListeningPort:
        """Open the port; for the kinds.

        Raises:
            CannotListenError: It can't be had.
        """
        raise TypeError(f"{type(self).__name__} has to define _open")

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections, from now on.

        Args:
            protocolFactory: Builds the protocol for each connection.

        Returns:
            A Deferred with the port; or a failure, with `CannotListenError` or, where TLS is to be
            spoken and tw-tls is not installed, `ImportError`.
        """
        return execute(self._open, protocolFactory)


class BaseClientEndpoint:
    """A place to connect to; a kind implements `_begin`."""

    def _begin(self, connecting: ConnectingFactory) -> IConnector:
        """Begin the attempt; for the kinds."""
        raise TypeError(f"{type(self).__name__} has to define _begin")

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, once.

        Args:
            protocolFactory: Builds the protocol.

        Returns:
            A Deferred with the protocol, after its `connectionMade`. Where TLS is spoken, the
            handshake goes on after that, and what is written waits for it. Or a failure, with
            `ConnectError`, `DNSLookupError`, `NoProtocol`, `ConnectingCancelledError` when it was
            cancelled, or `ImportError` where TLS is to be spoken and tw-tls is not installed.
        """
        connecting = ConnectingFactory(protocolFactory)
        try:
            self._begin(connecting)
        except Exception:
            return fail()
        return connecting.connected


class BasePortEndpoint(BaseServerEndpoint):
    """A port of TCP to listen on."""

    def __init__(self, port: int, backlog: int, interface: str) -> None:
        """Make an endpoint; nothing is opened before `listen`.

        Args:
            port: Its number, 0 to 65535; 0 lets the system choose a free one.
            backlog: How many connections may wait to be accepted.
            interface: The address to listen on; empty for all of IPv4.
        """
        self._port = port
        self._backlog = backlog
        self._interface = interface

    def __repr__(self) -> str:
        return f"<{type(self).__name__} port {self._port} of {self._interface or 'any address'}>"


class BaseHostEndpoint(BaseClientEndpoint):
    """A port of TCP to connect to."""

    def __init__(self, host: str, port: int, timeout: float, bindAddress: BindAddress) -> None:
        """Make an endpoint; nothing is looked up or connected before `connect`.

        Args:
            host: A name, or an address.
            port: The number of the port.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            bindAddress: The local host and port to connect from, or the host alone.
        """
        self._host = host
        self._port = port
        self._timeout = timeout
        self._bindAddress = bindAddress

    def __repr__(self) -> str:
        return f"<{type(self).__name__} port {self._port} of {self._host}>"


classImplements(BaseServerEndpoint, IStreamServerEndpoint)
classImplements(BaseClientEndpoint, IStreamClientEndpoint)
