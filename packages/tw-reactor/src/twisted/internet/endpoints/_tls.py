"""Endpoints that speak TLS over others: the work is done by tw-tls, behind the door to TLS."""

from typing import Protocol, cast

from twisted.internet._tlsdoor import tlsRoom
from twisted.internet.interfaces import (
    IOpenSSLClientConnectionCreator,
    IOpenSSLServerConnectionCreator,
    IReactorTime,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
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
