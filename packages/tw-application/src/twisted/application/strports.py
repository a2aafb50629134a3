"""Listening at a place that a string describes: `"tcp:8080:interface=127.0.0.1"`.

The descriptions are those of `twisted.internet.endpoints.serverFromString`.
"""

from twisted.application.internet import StreamServerEndpointService
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IReactorCore
from twisted.python.failure import Failure


def service(
    description: str, factory: IProtocolFactory, reactor: IReactorCore | None = None
) -> StreamServerEndpointService:
    """Return a service that listens where a description says.

    Args:
        description: The description of a server endpoint.
        factory: Builds a protocol for each connection.
        reactor: The reactor to listen with; the default one if it is left out.

    Raises:
        ValueError: The description cannot be understood.
    """
    if reactor is None:
        reactor = defaultReactor(IReactorCore)
    return StreamServerEndpointService(serverFromString(reactor, description), factory)


def listen(description: str, factory: IProtocolFactory) -> IListeningPort:
    """Listen where a description says, now and with the default reactor.

    Args:
        description: The description of a server endpoint that listens at once, as TCP does.
        factory: Builds a protocol for each connection.

    Raises:
        CannotListenError: The address is taken, not permitted, or not one of this machine's.
        RuntimeError: The endpoint needs time; use `service`.
        ValueError: The description cannot be understood.
    """
    ports: list[IListeningPort] = []
    failures: list[Failure] = []
    endpoint = serverFromString(defaultReactor(IReactorCore), description)
    endpoint.listen(factory).addCallbacks(ports.append, failures.append)
    for failure in failures:
        failure.raiseException()
    if not ports:
        raise RuntimeError(f"{description} does not listen at once; use strports.service")
    return ports[0]


__all__ = ["listen", "service"]
