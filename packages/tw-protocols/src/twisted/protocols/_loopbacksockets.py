"""Two protocols that are connected over real sockets of this machine, until one of them ends it."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import (
    IAddress,
    IConnector,
    IListeningPort,
    IProtocol,
    IReactorTCP,
    IReactorUNIX,
)
from twisted.internet.protocol import ClientFactory, ServerFactory
from twisted.python.failure import Failure


class LoopbackClientFactory(ClientFactory[IProtocol]):
    """Connects one protocol.

    Attributes:
        protocol: The protocol, or something that is called and returns it.
        deferred: Fires when its connection is gone, or could not be made.
    """

    def __init__(self, protocol: IProtocol) -> None:
        """Make a factory.

        Args:
            protocol: The protocol.
        """
        self._only = protocol
        self.deferred: Deferred[None] = Deferred()

    def buildProtocol(self, addr: IAddress | None) -> IProtocol:
        """Return the protocol.

        Args:
            addr: Where it is connected to.
        """
        return self._only

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        """Fire.

        Args:
            connector: What made the connection.
            reason: Why it is gone, which the protocol knows.
        """
        self.deferred.callback(None)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Fail.

        Args:
            connector: The attempt.
            reason: Why it failed.
        """
        self.deferred.errback(reason)


class _LoopbackServerFactory(ServerFactory[IProtocol]):
    """Hands out one protocol, once."""

    def __init__(self, protocol: IProtocol) -> None:
        self._only: IProtocol | None = protocol

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        only, self._only = self._only, None
        return only


def _connected(
    server: IProtocol,
    client: IProtocol,
    noisy: bool,
    listen: Callable[[_LoopbackServerFactory], IListeningPort],
    connect: Callable[[LoopbackClientFactory, IListeningPort], object],
) -> Deferred[None]:
    """Connect both, and close the port when the client's connection is gone."""
    serverFactory = _LoopbackServerFactory(server)
    clientFactory = LoopbackClientFactory(client)
    serverFactory.noisy = clientFactory.noisy = noisy
    port = listen(serverFactory)
    connect(clientFactory, port)
    return Deferred.fromCoroutine(_closedAfter(clientFactory.deferred, port))


async def _closedAfter(done: Deferred[None], port: IListeningPort) -> None:
    try:
        await done
    finally:
        await maybeDeferred(port.stopListening)


def loopbackTCP(
    server: IProtocol,
    client: IProtocol,
    port: int = 0,
    noisy: bool = True,
    reactor: IReactorTCP | None = None,
) -> Deferred[None]:
    """Connect two protocols over TCP, on 127.0.0.1.

    Args:
        server: The protocol of the server.
        client: The protocol of the client.
        port: The number of the port; 0 for any that is free.
        noisy: Whether the start and stop of the two factories are logged.
        reactor: What makes the connection; the default reactor if None.

    Returns:
        A Deferred that fires with None when the client's connection is gone and the port is closed;
        or fails as the attempt did.

    Raises:
        CannotListenError: The port can't be opened.
    """
    tcp = reactor or defaultReactor(IReactorTCP)

    def connect(factory: LoopbackClientFactory, listening: IListeningPort) -> None:
        address = cast(IPv4Address, listening.getHost())
        tcp.connectTCP("127.0.0.1", address.port, cast("ClientFactory[IProtocol]", factory))

    return _connected(
        server,
        client,
        noisy,
        lambda factory: tcp.listenTCP(port, factory, interface="127.0.0.1"),
        connect,
    )


def loopbackUNIX(
    server: IProtocol,
    client: IProtocol,
    noisy: bool = True,
    reactor: IReactorUNIX | None = None,
) -> Deferred[None]:
    """Connect two protocols over a UNIX socket, in a directory of its own.

    Args:
        server: The protocol of the server.
        client: The protocol of the client.
        noisy: Whether the start and stop of the two factories are logged.
        reactor: What makes the connection; the default reactor if None.

    Returns:
        A Deferred that fires with None when the client's connection is gone and the directory is
        removed; or fails as the attempt did.

    Raises:
        CannotListenError: The socket can't be made.
    """
    unix = reactor or defaultReactor(IReactorUNIX)
    directory = tempfile.mkdtemp(prefix="loopback-")
    path = str(Path(directory) / "socket")

    try:
        done = _connected(
            server,
            client,
            noisy,
            lambda factory: unix.listenUNIX(path, factory),
            lambda factory, _: unix.connectUNIX(path, cast("ClientFactory[IProtocol]", factory)),
        )
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return Deferred.fromCoroutine(_removedAfter(done, directory))


async def _removedAfter(done: Deferred[None], directory: str) -> None:
    try:
        await done
    finally:
        shutil.rmtree(directory, ignore_errors=True)


__all__ = ["LoopbackClientFactory", "loopbackTCP", "loopbackUNIX"]
