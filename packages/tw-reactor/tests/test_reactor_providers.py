"""Ports and connections with objects that only provide the interfaces, and what they log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, IProtocol, IProtocolFactory, ITransport
from twisted.internet.protocol import ClientCreator, Protocol
from twisted.logger import LogEvent, formatEvent, globalLogPublisher
from twisted.python.components import implementer
from twisted.python.failure import Failure

from .reactor_helpers import (
    Recorder,
    RecordingClient,
    RecordingServer,
    reactor,
    turnUntil,
)

__all__ = ["reactor"]


@implementer(IProtocol)
class BareProtocol:
    """Provides the interface, and inherits from nothing."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def makeConnection(self, transport: ITransport) -> None:
        self.transport = transport
        self.connectionMade()

    def connectionMade(self) -> None:
        self.events.append("made")
        self.transport.write(b"welcome")

    def dataReceived(self, data: bytes) -> None:
        self.events.append(data)

    def connectionLost(self, reason: Failure) -> None:
        self.events.append(type(reason.value))


@implementer(IProtocolFactory)
class BareFactory:
    """Provides the interface, and inherits from nothing."""

    def __init__(self) -> None:
        self.built: list[BareProtocol] = []
        self.addresses: list[IAddress | None] = []
        self.starts = self.stops = 0

    def buildProtocol(self, addr: IAddress | None) -> BareProtocol:
        self.addresses.append(addr)
        self.built.append(BareProtocol())
        return self.built[-1]

    def doStart(self) -> None:
        self.starts += 1

    def doStop(self) -> None:
        self.stops += 1


def test_whatever_provides_the_interfaces_can_serve(reactor: PollingReactor) -> None:
    factory = BareFactory()
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    assert (factory.starts, factory.stops) == (1, 0)

    client = RecordingClient()
    reactor.connectTCP("127.0.0.1", port.getHost().port, client)
    turnUntil(reactor, lambda: client.built and client.built[0].received == b"welcome")
    client.built[0].transport.write(b"hello")
    client.built[0].transport.loseConnection()
    (protocol,) = factory.built
    turnUntil(reactor, lambda: len(protocol.events) == 3)
    port.stopListening()
    turnUntil(reactor, lambda: factory.stops)

    assert protocol.events == ["made", b"hello", ConnectionDone]
    assert isinstance(factory.addresses[0], IPv4Address)


@pytest.mark.parametrize(
    ("host", "kind"), [("127.0.0.1", IPv4Address), ("::1", IPv6Address)], ids=["IPv4", "IPv6"]
)
def test_both_factories_are_told_the_address_of_the_peer(
    reactor: PollingReactor, host: str, kind: type[IAddress]
) -> None:
    server, client = RecordingServer(), RecordingClient()
    port = reactor.listenTCP(0, server, interface=host)
    reactor.connectTCP(host, port.getHost().port, client)
    turnUntil(reactor, lambda: server.built and client.built and client.built[0].made)

    assert client.addresses == [port.getHost()]
    assert server.addresses == [client.built[0].transport.getHost()]
    assert isinstance(client.addresses[0], kind)


def test_one_factory_serves_several_ports_of_different_kinds(
    reactor: PollingReactor, tmp_path: Path
) -> None:
    server, client = RecordingServer(), RecordingClient()
    path = str(tmp_path / "socket")
    tcp = reactor.listenTCP(0, server, interface="127.0.0.1")
    unix = reactor.listenUNIX(path, server)
    reactor.connectTCP("127.0.0.1", tcp.getHost().port, client)
    reactor.connectUNIX(path, client)
    turnUntil(reactor, lambda: len(server.built) == len(client.built) == 2)
    stopped: list[object] = []
    deferred = tcp.stopListening()
    assert deferred is not None
    deferred.addCallback(stopped.append)
    turnUntil(reactor, lambda: stopped)
    assert (server.starts, server.stops) == (1, 0)
    unix.stopListening()
    turnUntil(reactor, lambda: server.stops)
    assert (server.starts, server.stops) == (1, 1)


def test_a_client_creator_connects_over_tcp_and_unix_sockets(
    reactor: PollingReactor, tmp_path: Path
) -> None:
    server = RecordingServer()
    path = str(tmp_path / "socket")
    tcp = reactor.listenTCP(0, server, interface="127.0.0.1")
    reactor.listenUNIX(path, server)
    creator = ClientCreator(reactor, Recorder)
    made: list[Recorder] = []
    creator.connectTCP("127.0.0.1", tcp.getHost().port).addCallback(made.append)
    creator.connectUNIX(path).addCallback(made.append)
    turnUntil(reactor, lambda: len(made) == 2)

    assert [protocol.made for protocol in made] == [1, 1]


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """The text of everything that is logged."""
    lines: list[str] = []

    def observe(event: LogEvent) -> None:
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


class Greeter(RecordingServer):
    """A factory whose start and stop are logged."""

    noisy = True


@pytest.mark.parametrize("noisy", [True, False])
def test_a_port_logs_that_it_listens_and_that_it_is_closed(
    reactor: PollingReactor, logged: list[str], noisy: bool
) -> None:
    factory = Greeter()
    factory.noisy = noisy
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    number = port.getHost().port
    port.stopListening()
    turnUntil(reactor, lambda: factory.stops)

    ofTheFactory = [f"Starting factory {factory!r}"] if noisy else []
    assert logged[: 1 + noisy] == [f"Greeter starting on {number}", *ofTheFactory]
    assert f"(TCP Port {number} Closed)" in logged
    assert (f"Stopping factory {factory!r}" in logged) is noisy


def test_a_protocol_without_methods_of_its_own_can_serve(reactor: PollingReactor) -> None:
    server, client = RecordingServer(Protocol), RecordingClient()
    port = reactor.listenTCP(0, server, interface="127.0.0.1")
    connector = reactor.connectTCP("127.0.0.1", port.getHost().port, client)
    turnUntil(reactor, lambda: client.built and client.built[0].made)
    client.built[0].transport.write(b"anybody there?")
    connector.disconnect()
    turnUntil(reactor, lambda: client.events[-1] == "stop")

    assert client.built[0].received == b""
    assert client.built[0].lostWith is ConnectionDone
