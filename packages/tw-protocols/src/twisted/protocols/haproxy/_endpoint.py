"""Endpoints behind a load balancer, and their descriptions: `haproxy:` before any other."""

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import quoteStringArgument, serverFromString
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocolFactory,
    IReactorTime,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.protocols.haproxy._header import MAXIMUM_HEADER
from twisted.protocols.haproxy._wrapper import HEADER_SECONDS, HAProxyWrappingFactory
from twisted.python.components import classImplements


class HAProxyServerEndpoint:
    """A server endpoint on whose connections a header says who the client is."""

    def __init__(
        self,
        wrappedEndpoint: IStreamServerEndpoint,
        headerSeconds: float | None,
        maxLength: int,
        clock: IReactorTime | None,
    ) -> None:
        """Wrap an endpoint; nothing is opened before `listen`.

        Args:
            wrappedEndpoint: What listens.
            headerSeconds: How many seconds a header may take; None for no limit.
            maxLength: How many bytes a header of version 2 may have.
            clock: What times are taken from; the reactor of the transport if None.
        """
        self._endpoint = wrappedEndpoint
        self._headerSeconds = headerSeconds
        self._maxLength = maxLength
        self._clock = clock

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections, from now on.

        Args:
            protocolFactory: Builds the protocol of each connection, with the address of its client.

        Returns:
            A Deferred with the port, or a failure with `CannotListenError`.
        """
        return self._endpoint.listen(
            HAProxyWrappingFactory(
                protocolFactory,
                headerSeconds=self._headerSeconds,
                maxLength=self._maxLength,
                clock=self._clock,
            )
        )

    def __repr__(self) -> str:
        return f"<PROXY headers on {self._endpoint!r}>"


def proxyEndpoint(
    wrappedEndpoint: IStreamServerEndpoint,
    *,
    headerSeconds: float | None = HEADER_SECONDS,
    maxLength: int = MAXIMUM_HEADER,
    clock: IReactorTime | None = None,
) -> IStreamServerEndpoint:
    """Make a server endpoint that a load balancer connects to.

    To speak TLS with the client, put that around it: `wrapServerTLS(options, proxyEndpoint(...))`.

    Args:
        wrappedEndpoint: What listens; nobody but the load balancer may reach it.
        headerSeconds: How many seconds a header may take; None for no limit.
        maxLength: How many bytes a header of version 2 may have.
        clock: What times are taken from; the reactor of the transport if None.

    Returns:
        The endpoint. The factory that listens on it gets the address of the client.
    """
    return HAProxyServerEndpoint(wrappedEndpoint, headerSeconds, maxLength, clock)


class HAProxyServerParser:
    """Makes a server endpoint of `haproxy:` and the description of another."""

    prefix: str = "haproxy"

    def parseStreamServer(
        self, reactor: object, /, *args: str, **kwargs: str
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Opens the port.
            args: The type of the endpoint that listens, and its values without a name.
            kwargs: Its values with a name.

        Raises:
            ValueError: The description of what listens is missing or wrong.
        """
        if not args:
            raise ValueError("what listens is missing, as in haproxy:tcp:80")
        values = [quoteStringArgument(value) for value in args]
        values += [
            f"{quoteStringArgument(name)}={quoteStringArgument(value)}"
            for name, value in kwargs.items()
        ]
        return proxyEndpoint(serverFromString(reactor, ":".join(values)))


classImplements(HAProxyServerEndpoint, IStreamServerEndpoint)
classImplements(HAProxyServerParser, IPlugin, IStreamServerEndpointStringParser)

__all__ = ["HAProxyServerEndpoint", "HAProxyServerParser", "proxyEndpoint"]
