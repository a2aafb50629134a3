"""A server and a client that talk in memory: two transports, and a pump that moves the bytes.

Nothing moves by itself: the test pumps. For whole programs, time and everything that goes wrong, see
`twisted.internet.testing.SimulatedNetwork`.
"""

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IProtocol
from twisted.internet.task import Clock
from twisted.internet.testing import LoopbackTransport

FLUSH_LIMIT = 100_000
"""After so many turns `IOPump.flush` has failed: the two sides would talk for ever."""

_SERVER_ADDRESS = IPv4Address("TCP", "127.0.0.1", 80)
_CLIENT_ADDRESS = IPv4Address("TCP", "127.0.0.1", 49152)

_Server = TypeVar("_Server", bound=IProtocol)
_Client = TypeVar("_Client", bound=IProtocol)


class FakeTransport(LoopbackTransport):
    """One end of a connection in memory, which `connect` joins to another one.

    Attributes:
        isServer: Whether this is the end that was connected to.
        receivedSize: How many bytes its protocol was handed.
    """

    def __init__(
        self,
        protocol: IProtocol,
        isServer: bool,
        hostAddress: IPv4Address | IPv6Address | None = None,
        peerAddress: IPv4Address | IPv6Address | None = None,
    ) -> None:
        """Make an end that is not joined to another yet.

        Args:
            protocol: Gets what happens.
            isServer: Whether this is the end that was connected to.
            hostAddress: The address of this end; one of 127.0.0.1 if None.
            peerAddress: The address of the other end; one of 127.0.0.1 if None.
        """
        own, other = _SERVER_ADDRESS, _CLIENT_ADDRESS
        if not isServer:
            own, other = other, own
        super().__init__(hostAddress or own, peerAddress or other)
        self.protocol = protocol
        self.isServer = isServer
        self.receivedSize: int = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.protocol).__name__}>"

    @property
    def disconnected(self) -> bool:
        """Whether `connectionLost` was called."""
        return not self.connected

    def getOutBuffer(self) -> bytes:
        """Return what was written and not pumped yet."""
        return b"".join(self._unsent)

    def state(self) -> tuple[object, ...]:
        """Return what changes when something happens at this end."""
        return self.connected, self.receivedSize, self._readClosed, self._writeClosed

    def _receive(self, data: bytes) -> None:
        self.receivedSize += len(data)
        super()._receive(data)


def makeFakeServer(serverProtocol: IProtocol) -> FakeTransport:
    """Return a transport for the end that is connected to.

    Args:
        serverProtocol: Its protocol.
    """
    return FakeTransport(serverProtocol, isServer=True)


def makeFakeClient(clientProtocol: IProtocol) -> FakeTransport:
    """Return a transport for the end that connects.

    Args:
        clientProtocol: Its protocol.
    """
    return FakeTransport(clientProtocol, isServer=False)


class IOPump:
    """What moves bytes between two ends.

    Attributes:
        client: The protocol of the end that connected.
        server: The protocol of the end that was connected to.
        clientIO: The transport of the client.
        serverIO: The transport of the server.
        debug: Whether each turn is printed.
        clock: Turned with each turn, if there is one.
    """

    def __init__(
        self,
        client: IProtocol,
        server: IProtocol,
        clientIO: FakeTransport,
        serverIO: FakeTransport,
        debug: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """Make a pump for two ends that are joined already.

        Args:
            client: The protocol of the end that connected.
            server: The protocol of the end that was connected to.
            clientIO: The transport of the client.
            serverIO: The transport of the server.
            debug: Whether each turn is printed.
            clock: Makes the calls that are due now with each turn.
        """
        self.client = client
        self.server = server
        self.clientIO = clientIO
        self.serverIO = serverIO
        self.debug = debug
        self.clock = clock

    def pump(self, debug: bool = False) -> bool:
        """Move what was written, and close what is to be closed and has sent all.

        Args:
            debug: Whether it is printed what is moved.

        Returns:
            Whether anything happened.
        """
        if debug or self.debug:
            print("client:", self.clientIO.getOutBuffer())  # noqa: T201 - debugging was asked for
            print("server:", self.serverIO.getOutBuffer())  # noqa: T201 - debugging was asked for
        before = self.clientIO.state(), self.serverIO.state()
        if self.clock is not None:
            self.clock.advance(0)
        self.clientIO.turn()
        self.serverIO.turn()
        return (self.clientIO.state(), self.serverIO.state()) != before

    def flush(self, debug: bool = False) -> bool:
        """Pump until nothing happens any more.

        Args:
            debug: Whether it is printed what is moved.

        Returns:
            Whether anything happened.

        Raises:
            AssertionError: There is no end to it.
        """
        for turn in range(FLUSH_LIMIT):
            if not self.pump(debug):
                return turn > 0
        raise AssertionError(f"the two sides still talk after {FLUSH_LIMIT} turns")


def connect(
    serverProtocol: IProtocol,
    serverTransport: FakeTransport,
    clientProtocol: IProtocol,
    clientTransport: FakeTransport,
    debug: bool = False,
    greet: bool = True,
    clock: Clock | None = None,
) -> IOPump:
    """Connect a client with a server.

    Args:
        serverProtocol: The protocol of the server.
        serverTransport: Its transport, of this module.
        clientProtocol: The protocol of the client.
        clientTransport: Its transport, of this module.
        debug: Whether each turn is printed.
        greet: Whether what both say in `connectionMade` is moved at once.
        clock: Turned with each turn, if there is one.

    Returns:
        What moves the bytes.
    """
    serverTransport.peer, clientTransport.peer = clientTransport, serverTransport
    serverProtocol.makeConnection(serverTransport)
    clientProtocol.makeConnection(clientTransport)
    pump = IOPump(clientProtocol, serverProtocol, clientTransport, serverTransport, debug, clock)
    if greet:
        pump.flush()
    return pump


def connectedServerAndClient(
    ServerClass: Callable[[], _Server],
    ClientClass: Callable[[], _Client],
    clientTransportFactory: Callable[[IProtocol], FakeTransport] = makeFakeClient,
    serverTransportFactory: Callable[[IProtocol], FakeTransport] = makeFakeServer,
    debug: bool = False,
    greet: bool = True,
    clock: Clock | None = None,
) -> tuple[_Client, _Server, IOPump]:
    """Make a server and a client, and connect them.

    Args:
        ServerClass: Makes the protocol of the server.
        ClientClass: Makes the protocol of the client.
        clientTransportFactory: Makes the client's transport.
        serverTransportFactory: Makes the server's transport.
        debug: Whether each turn is printed.
        greet: Whether what both say in `connectionMade` is moved at once.
        clock: Turned with each turn, if there is one.

    Returns:
        The client, the server, and what moves the bytes.
    """
    client, server = ClientClass(), ServerClass()
    clientIO, serverIO = clientTransportFactory(client), serverTransportFactory(server)
    return client, server, connect(server, serverIO, client, clientIO, debug, greet, clock)


__all__ = [
    "FLUSH_LIMIT",
    "FakeTransport",
    "IOPump",
    "connect",
    "connectedServerAndClient",
    "makeFakeClient",
    "makeFakeServer",
]
