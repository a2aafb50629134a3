"""Draining over real sockets, with a reactor that the tests turn."""

import socket
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from twisted.application.draining import IDrainable, drain, serverConnections, streamPorts
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.python.components import implementer

HANGS_AFTER = 30.0


class Plain(Protocol):
    """Sends back what comes, and knows nothing of draining."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


@implementer(IDrainable)
class Polite(Plain):
    """Ends when it is told."""

    def drain(self) -> None:
        self.transport.write(b"bye")
        self.transport.loseConnection()


@implementer(IDrainable)
class Broken(Plain):
    """Fails when it is told."""

    def drain(self) -> None:
        raise ZeroDivisionError("division by zero")


class Wrapper(Plain):
    """Has a protocol inside, as TLS does."""

    def __init__(self) -> None:
        self.wrappedProtocol = Polite()

    def connectionMade(self) -> None:
        self.wrappedProtocol.makeConnection(self.transport)


class House:
    """A reactor with a port, and clients of it."""

    def __init__(self) -> None:
        self.reactor = SelectReactor()
        self.reactor.startRunning(installSignalHandlers=False)
        self.clients: list[socket.socket] = []
        self.aborted: list[object] = []

    def until(self, condition: Callable[[], object]) -> None:
        """Turn until a condition holds."""
        limit = monotonic() + HANGS_AFTER
        while not condition():
            assert monotonic() < limit, "the condition did not come to hold"
            self.reactor.iterate(0.01)

    def listen(self, kind: type[Protocol]) -> int:
        """Open a port; return its number."""
        factory: Factory[Protocol] = Factory.forProtocol(kind)
        return self.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port

    def connect(self, port: int) -> socket.socket:
        """Connect from outside."""
        client = socket.create_connection(("127.0.0.1", port), HANGS_AFTER)
        self.clients.append(client)
        return client

    def connected(self, port: int) -> socket.socket:
        """Connect from outside, and wait until that is accepted."""
        before = len(serverConnections(self.reactor))
        client = self.connect(port)
        self.until(lambda: len(serverConnections(self.reactor)) > before)
        return client

    def drain(self, seconds: float) -> None:
        """Drain."""
        self.drained = drain(self.reactor, seconds)
        self.drained.addBoth(self.aborted.append)

    def close(self) -> None:
        """Close all."""
        for client in self.clients:
            client.close()
        self.reactor.fireSystemEvent("shutdown")
        for call in self.reactor.getDelayedCalls():
            call.cancel()
        self.reactor.close()


@pytest.fixture
def house() -> Iterator[House]:
    """A reactor, and what the tests do with it."""
    made = House()
    yield made
    made.close()


def test_nothing_to_drain_is_done_at_once(house: House) -> None:
    house.drain(30)
    assert house.aborted == [0]


def test_port_is_closed_at_once(house: House) -> None:
    port = house.listen(Plain)
    house.drain(30)
    assert streamPorts(house.reactor) == []
    with pytest.raises(ConnectionRefusedError):
        house.connect(port)


def test_connection_that_waits_is_accepted_first(house: House) -> None:
    clients = [house.connect(house.listen(Polite)) for _ in range(3)]
    house.drain(HANGS_AFTER)
    house.until(lambda: house.aborted)
    assert house.aborted == [0]
    assert [client.recv(9) for client in clients] == [b"bye"] * 3


def test_protocol_that_drains_is_told_and_flushes(house: House) -> None:
    client = house.connected(house.listen(Polite))
    house.drain(HANGS_AFTER)
    house.until(lambda: house.aborted)
    assert house.aborted == [0]
    assert client.recv(9) == b"bye"
    assert client.recv(9) == b""


def test_protocol_inside_another_is_told(house: House) -> None:
    client = house.connected(house.listen(Wrapper))
    house.drain(HANGS_AFTER)
    house.until(lambda: house.aborted)
    assert client.recv(9) == b"bye"


def test_other_protocols_go_on_until_the_peer_ends(house: House) -> None:
    client = house.connected(house.listen(Plain))
    house.drain(HANGS_AFTER)
    client.sendall(b"in flight")
    client.setblocking(False)
    received: list[bytes] = []

    def answered() -> bool:
        try:
            received.append(client.recv(99))
        except BlockingIOError:
            pass
        return b"".join(received) == b"in flight"

    house.until(answered)
    assert house.aborted == []
    client.close()
    house.until(lambda: house.aborted)
    assert house.aborted == [0]


def test_what_is_left_at_the_deadline_is_aborted(house: House) -> None:
    clients = [house.connected(house.listen(Plain)) for _ in range(2)]
    house.drain(0)
    house.until(lambda: house.aborted)
    assert house.aborted == [2]
    house.until(lambda: not serverConnections(house.reactor))
    for client in clients:
        with pytest.raises(ConnectionResetError):
            client.recv(9)


def test_protocol_that_fails_to_drain_is_aborted(house: House) -> None:
    client = house.connected(house.listen(Broken))
    house.drain(HANGS_AFTER)
    house.until(lambda: house.aborted)
    house.until(lambda: not serverConnections(house.reactor))
    with pytest.raises(ConnectionResetError):
        client.recv(9)


def test_cancelling_aborts_at_once(house: House) -> None:
    client = house.connected(house.listen(Plain))
    house.drain(HANGS_AFTER)
    house.drained.cancel()
    house.until(lambda: house.aborted)
    assert house.aborted == [1]
    house.until(lambda: not serverConnections(house.reactor))
    with pytest.raises(ConnectionResetError):
        client.recv(9)


def test_outgoing_connections_are_not_waited_for(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        made: list[object] = []
        endpoint = TCP4ClientEndpoint(house.reactor, "127.0.0.1", server.getsockname()[1])
        endpoint.connect(Factory.forProtocol(Plain)).addCallback(made.append)
        house.until(lambda: made)
        house.drain(HANGS_AFTER)
        assert house.aborted == [0]
