"""The services named after methods of the reactor, over reactors that note and real ones."""

import pickle
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twisted.application.internet import (
    MulticastServer,
    SSLClient,
    SSLServer,
    TCPClient,
    TCPServer,
    UDPServer,
    UNIXClient,
    UNIXDatagramClient,
    UNIXDatagramServer,
    UNIXServer,
)
from twisted.application.service import Application, IService, Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import adapt, verifyObject

SERVERS = [TCPServer, UNIXServer, SSLServer, UDPServer, MulticastServer, UNIXDatagramServer]
CLIENTS = [TCPClient, UNIXClient, SSLClient, UNIXDatagramClient]


class NotingReactor:
    """Notes each listen and connect, whatever its arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...], dict[str, object]]] = []
        self.ended: list[str] = []
        self.refuses: Exception | None = None
        self.stopped: Deferred[None] = succeed(None)

    def __getattr__(self, name: str) -> Callable[..., "NotingReactor"]:
        if not name.startswith(("listen", "connect")):
            raise AttributeError(name)

        def call(*args: object, **kwargs: object) -> "NotingReactor":
            if self.refuses is not None:
                raise self.refuses
            self.calls.append((name, args, kwargs))
            return self

        return call

    def stopListening(self) -> Deferred[None]:
        """Stop, as a port."""
        self.ended.append("stopListening")
        return self.stopped

    def disconnect(self) -> None:
        """Disconnect, as a connector."""
        self.ended.append("disconnect")


@pytest.fixture
def noting() -> NotingReactor:
    """A reactor that notes."""
    return NotingReactor()


@pytest.fixture
def events() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    logged: list[LogEvent] = []
    globalLogPublisher.addObserver(logged.append)
    yield logged
    globalLogPublisher.removeObserver(logged.append)


def made(kind: Callable[..., Service], reactor: NotingReactor) -> Service:
    return kind(1, "two", three=3, reactor=reactor)


@pytest.mark.parametrize("kind", [*SERVERS, *CLIENTS])
def test_it_is_a_service(kind: Callable[..., Service], noting: NotingReactor) -> None:
    assert verifyObject(IService, made(kind, noting))


@pytest.mark.parametrize("kind", SERVERS)
def test_server_listens_in_the_privileged_start_and_once(
    kind: type[TCPServer], noting: NotingReactor
) -> None:
    service = made(kind, noting)
    assert noting.calls == []
    service.privilegedStartService()
    assert noting.calls == [(f"listen{kind.method}", (1, "two"), {"three": 3})]
    service.startService()
    assert len(noting.calls) == 1
    assert service.running


@pytest.mark.parametrize("kind", SERVERS)
def test_server_listens_in_the_start_if_it_was_not_privileged(
    kind: type[TCPServer], noting: NotingReactor
) -> None:
    made(kind, noting).startService()
    assert len(noting.calls) == 1


@pytest.mark.parametrize("kind", SERVERS)
def test_server_that_stops_says_when_the_port_is_free(
    kind: type[TCPServer], noting: NotingReactor
) -> None:
    noting.stopped = Deferred()
    service = made(kind, noting)
    service.startService()
    assert service.stopService() is noting.stopped
    assert noting.ended == ["stopListening"]
    assert not service.running
    assert service.stopService() is None
    service.startService()
    assert len(noting.calls) == 2


def test_server_that_cannot_listen_raises_and_does_not_run(noting: NotingReactor) -> None:
    noting.refuses = CannotListenError("127.0.0.1", 79, OSError(98, "taken"))
    service = made(TCPServer, noting)
    with pytest.raises(CannotListenError):
        service.startService()
    assert not service.running


@pytest.mark.parametrize("kind", CLIENTS)
def test_client_connects_in_the_start_and_disconnects_in_the_stop(
    kind: type[TCPClient], noting: NotingReactor
) -> None:
    service = made(kind, noting)
    service.privilegedStartService()
    assert noting.calls == []
    service.startService()
    assert noting.calls == [(f"connect{kind.method}", (1, "two"), {"three": 3})]
    service.stopService()
    service.stopService()
    assert noting.ended == ["disconnect"]


def test_client_that_cannot_begin_is_logged_and_runs(
    noting: NotingReactor, events: list[LogEvent]
) -> None:
    noting.refuses = TypeError("None is no port")
    service = made(TCPClient, noting)
    service.startService()
    assert service.running
    (event,) = events
    assert event["log_failure"].value is noting.refuses
    service.stopService()
    assert noting.ended == []


@pytest.mark.parametrize("kind", [*SERVERS, *CLIENTS])
def test_pickle_keeps_the_arguments_and_nothing_open(
    kind: type[TCPServer], noting: NotingReactor
) -> None:
    service = made(kind, noting)
    service.startService()
    again = pickle.loads(pickle.dumps(service))
    assert (again.args, again.kwargs) == ((1, "two"), {"three": 3})
    assert again.reactor is None
    assert not again.running
    again.reactor = noting
    again.startService()
    assert len(noting.calls) == 2


class Greeting(Protocol):
    """Says hello and closes."""

    def connectionMade(self) -> None:
        """Say it."""
        assert self.transport is not None
        self.transport.write(b"hello")
        self.transport.loseConnection()


class Listening(ClientFactory):
    """Notes what comes, and stops the reactor when the connection is lost."""

    def __init__(self, reactor: SelectReactor) -> None:
        self.reactor = reactor
        self.received = b""

    def buildProtocol(self, addr: object) -> Protocol:
        """Build it."""
        factory = self

        class Noting(Protocol):
            def dataReceived(self, data: bytes) -> None:
                factory.received += data

            def connectionLost(self, reason: object = None) -> None:
                factory.reactor.stop()

        return Noting()

    def clientConnectionFailed(self, connector: object, reason: object) -> None:
        """Stop."""
        self.reactor.stop()


def ran(reactor: SelectReactor, *services: Service) -> None:
    """Run the services in an application until something stops the reactor."""
    application = Application("test")
    for service in services:
        service.setServiceParent(application)
    root = adapt(IService, application)

    def start() -> None:
        root.privilegedStartService()
        root.startService()

    reactor.callWhenRunning(start)
    reactor.addSystemEventTrigger("before", "shutdown", root.stopService)
    alarm = reactor.callLater(60, reactor.stop)
    reactor.run()
    if alarm.active():
        alarm.cancel()


def test_tcp_server_and_client_talk_over_real_sockets() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    reactor = SelectReactor()
    factory = Listening(reactor)
    ran(
        reactor,
        TCPServer(port, Factory.forProtocol(Greeting), interface="127.0.0.1", reactor=reactor),
        TCPClient("127.0.0.1", port, factory, reactor=reactor),
    )
    assert factory.received == b"hello"
    with socket.socket() as probe:
        # The port is free again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_unix_server_and_client_talk_over_real_sockets(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    reactor = SelectReactor()
    factory = Listening(reactor)
    ran(
        reactor,
        UNIXServer(path, Factory.forProtocol(Greeting), reactor=reactor),
        UNIXClient(path, factory, reactor=reactor),
    )
    assert factory.received == b"hello"
    assert not Path(path).exists()
