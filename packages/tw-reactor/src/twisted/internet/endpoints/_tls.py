"""Endpoints that speak TLS: the work is done by tw-tls, behind the door to TLS."""

from typing import Protocol, cast

from twisted.internet._tlsdoor import tlsRoom
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
    IOpenSSLClientConnectionCreator,
    IOpenSSLServerConnectionCreator,
    IProtocolFactory,
    IReactorSSL,
    IReactorTime,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    TLSOptions,
)


class SSL4ServerEndpoint(BasePortEndpoint):
    """A TCP port to listen on, on which TLS is spoken."""

    def __init__(
        self,
        reactor: IReactorSSL,
        port: int,
        sslContextFactory: TLSOptions,
        backlog: int = BACKLOG,
        interface: str = "",
    ) -> None:
        """Make an endpoint; nothing is opened before `listen`.

        Args:
            reactor: Opens the port.
            port: Its number, 0 to 65535; 0 lets the system choose a free one.
            sslContextFactory: Says how TLS is to be spoken; made by `twisted.internet.ssl`.
            backlog: How many connections may wait to be accepted.
            interface: The address to listen on; empty for all of IPv4.
        """
        super().__init__(port, backlog, interface)
        self._reactor = reactor
        self._sslContextFactory = sslContextFactory

    def _open(self, protocolFactory: IProtocolFactory) -> IListeningPort:
        return self._reactor.listenSSL(
            self._port,
            protocolFactory,
            contextFactory=self._sslContextFactory,
            backlog=self._backlog,
            interface=self._interface,
        )


class SSL4ClientEndpoint(BaseHostEndpoint):
    """A TCP port to connect to, and to speak TLS with at once.

    `wrapClientTLS` over a `HostnameEndpoint` does the same over either version of IP.
    """

    def __init__(
        self,
        reactor: IReactorSSL,
        host: str,
        port: int,
        sslContextFactory: TLSOptions,
        timeout: float = CONNECT_TIMEOUT,
        bindAddress: BindAddress = None,
    ) -> None:
        """Make an endpoint; nothing is looked up or connected before `connect`.

        Args:
            reactor: Makes the connection.
            host: A name, or an address. The name that is verified is that of
                `sslContextFactory`.
            port: The number of the port.
            sslContextFactory: Says how TLS is to be spoken; made by `twisted.internet.ssl`.
            timeout: After how many seconds an attempt fails with `TimeoutError`.
            bindAddress: The local host and port to connect from, or the host alone.
        """
        super().__init__(host, port, timeout, bindAddress)
        self._reactor = reactor
        self._sslContextFactory = sslContextFactory

    def _begin(self, connecting: ConnectingFactory) -> IConnector:
        return self._reactor.connectSSL(
            self._host,
            self._port,
            connecting,
            self._sslContextFactory,
            timeout=self._timeout,
            bindAddress=self._bindAddress,
        )


class TLSEndpoints(Protocol):
    """What the room behind the door does for endpoints."""

    def wrapClientTLS(
        self,
        connectionCreator: IOpenSSLClientConnectionCreator,
        wrappedEndpoint: IStreamClientEndpoint,
        clock: IReactorTime | None,
        /,
    ) -> IStreamClientEndpoint:
        """Return a client endpoint that speaks TLS over another."""
        ...

    def wrapServerTLS(
        self,
        connectionCreator: IOpenSSLServerConnectionCreator,
        wrappedEndpoint: IStreamServerEndpoint,
        clock: IReactorTime | None,
        /,
    ) -> IStreamServerEndpoint:
        """Return a server endpoint that speaks TLS over another."""
        ...


def wrapClientTLS(
    connectionCreator: IOpenSSLClientConnectionCreator,
    wrappedEndpoint: IStreamClientEndpoint,
    clock: IReactorTime | None = None,
) -> IStreamClientEndpoint:
    """Make a client endpoint that speaks TLS over another.

    Args:
        connectionCreator: Says how; made by `twisted.internet.ssl.optionsForClientTLS`.
        wrappedEndpoint: What makes the connection.
        clock: What times are taken from; the default reactor if None.

    Returns:
        The endpoint. Its Deferred fires with the protocol of the caller's factory.

    Raises:
        ImportError: tw-tls is not installed; the text says how to install it.
    """
    room = cast(TLSEndpoints, tlsRoom())
    return room.wrapClientTLS(connectionCreator, wrappedEndpoint, clock)


def wrapServerTLS(
    connectionCreator: IOpenSSLServerConnectionCreator,
    wrappedEndpoint: IStreamServerEndpoint,
    clock: IReactorTime | None = None,
) -> IStreamServerEndpoint:
    """Make a server endpoint that speaks TLS over another.

    Args:
        connectionCreator: Says how; made by `twisted.internet.ssl`.
        wrappedEndpoint: What listens.
        clock: What times are taken from; the default reactor if None.

    Returns:
        The endpoint.

    Raises:
        ImportError: tw-tls is not installed; the text says how to install it.
    """
    room = cast(TLSEndpoints, tlsRoom())
    return room.wrapServerTLS(connectionCreator, wrappedEndpoint, clock)
