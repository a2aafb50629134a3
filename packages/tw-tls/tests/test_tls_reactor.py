"""TLS on a reactor: ports, connectors, endpoints, and starting TLS on an open connection."""

import gc
import socket
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from OpenSSL import SSL

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import (
    HostnameEndpoint,
    SSL4ClientEndpoint,
    SSL4ServerEndpoint,
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    wrapClientTLS,
    wrapServerTLS,
)
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.error import CannotListenError, ConnectionDone, ConnectionRefusedError
from twisted.internet.interfaces import (
    IListeningPort,
    IReactorSSL,
    ISSLTransport,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITLSTransport,
)
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.internet.ssl import (
    CertificateOptions,
    ClientContextFactory,
    DefaultOpenSSLContextFactory,
    VerificationError,
)
from twisted.internet.tcp import Connection
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import WrappingFactory
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.components import provides
from twisted.python.failure import Failure

from .tls_helpers import (
    Noting,
    Only,
    certificate,
    clientOptions,
    discard,
    serverOptions,
    turnUntil,
)


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    """A reactor of its own."""
    made = EPollReactor()
    yield made
    discard(made)


class Echo(Protocol):
    """Sends back what it gets."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


def connected(reactor: PollingReactor, endpoint: IStreamClientEndpoint, protocol: Noting) -> Noting:
    """Return a protocol after its endpoint has connected it."""
    results: list[object] = []
    endpoint.connect(Only(protocol)).addBoth(results.append)
    turnUntil(reactor, lambda: results)
    assert results == [protocol]
    return protocol


def portOf(listening: Deferred[IListeningPort]) -> int:
    """Return the number of a port that listens."""
    ports: list[IListeningPort] = []
    listening.addCallback(ports.append)
    address = ports[0].getHost()
    assert isinstance(address, IPv4Address)
    return address.port


def test_a_reactor_promises_tls(reactor: PollingReactor) -> None:
    assert provides(IReactorSSL, reactor)
    assert ITLSTransport.implementedBy(Connection)  # type: ignore[attr-defined]


def test_a_port_in_use_cannot_be_listened_on(reactor: PollingReactor) -> None:
    number = reactor.listenSSL(0, Factory(), serverOptions(), interface="127.0.0.1").getHost().port
    with pytest.raises(CannotListenError):
        reactor.listenSSL(number, Factory(), serverOptions(), interface="127.0.0.1")


def test_a_refused_connection_is_told_to_the_factory(reactor: PollingReactor) -> None:
    class Refused(ClientFactory[Protocol]):
        reasons: list[Failure] = []

        def clientConnectionFailed(self, connector: object, reason: Failure) -> None:
            self.reasons.append(reason)

    factory = Refused()
    # It is bound, and nobody listens on it.
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        reactor.connectSSL("127.0.0.1", bound.getsockname()[1], factory, clientOptions())
        turnUntil(reactor, lambda: factory.reasons)
    assert factory.reasons[0].check(ConnectionRefusedError)


def test_endpoints_speak_tls(reactor: PollingReactor) -> None:
    server = SSL4ServerEndpoint(reactor, 0, serverOptions(), interface="127.0.0.1")
    number = portOf(server.listen(Factory.forProtocol(Echo)))
    client = connected(
        reactor, SSL4ClientEndpoint(reactor, "127.0.0.1", number, clientOptions()), Noting()
    )
    client.transport.write(b"hello")
    turnUntil(reactor, lambda: client.received == b"hello")


def test_a_protocol_may_get_a_connectionLost_of_its_own(reactor: PollingReactor) -> None:
    server = SSL4ServerEndpoint(reactor, 0, serverOptions(), interface="127.0.0.1")
    number = portOf(server.listen(Factory.forProtocol(Echo)))
    client = connected(
        reactor, SSL4ClientEndpoint(reactor, "127.0.0.1", number, clientOptions()), Noting()
    )
    reasons: list[Failure] = []

    def note(reason: Failure = connectionDone) -> None:
        reasons.append(reason)

    client.connectionLost = note  # type: ignore[method-assign]
    client.transport.loseConnection()
    turnUntil(reactor, lambda: reasons)


def test_one_factory_serves_clients_with_and_without_tls(reactor: PollingReactor) -> None:
    factory = Factory.forProtocol(Echo)
    plain = reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    secure = reactor.listenSSL(0, factory, serverOptions(), interface="127.0.0.1").getHost().port
    assert factory.numPorts == 2
    clients = [
        connected(reactor, TCP4ClientEndpoint(reactor, "127.0.0.1", plain), Noting()),
        connected(
            reactor, SSL4ClientEndpoint(reactor, "127.0.0.1", secure, clientOptions()), Noting()
        ),
    ]
    for client in clients:
        client.transport.write(b"hello")
    turnUntil(reactor, lambda: [client.received for client in clients] == [b"hello"] * 2)


def test_endpoints_have_names() -> None:
    options = serverOptions()
    server = SSL4ServerEndpoint(EPollReactor, 443, options)  # type: ignore[arg-type]
    client = SSL4ClientEndpoint(EPollReactor, "example.com", 443, options)  # type: ignore[arg-type]
    assert repr(server) == "<SSL4ServerEndpoint port 443 of any address>"
    assert repr(client) == "<SSL4ClientEndpoint port 443 of example.com>"


def test_any_endpoint_can_be_wrapped(reactor: PollingReactor) -> None:
    below: IStreamServerEndpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
    server = wrapServerTLS(serverOptions(), below, reactor)
    number = portOf(server.listen(Factory.forProtocol(Echo)))
    endpoint = wrapClientTLS(
        clientOptions(), HostnameEndpoint(reactor, "127.0.0.1", number), reactor
    )
    client = connected(reactor, endpoint, Noting())
    assert isinstance(client.transport, TLSMemoryBIOProtocol)
    client.transport.write(b"hello")
    turnUntil(reactor, lambda: client.received == b"hello")
    assert repr(endpoint).startswith("<TLS over <HostnameEndpoint")
    assert repr(server).startswith("<TLS over <TCP4ServerEndpoint")


def test_endpoints_can_be_wrapped_twice(reactor: PollingReactor) -> None:
    below: IStreamServerEndpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
    server = wrapServerTLS(serverOptions(), wrapServerTLS(serverOptions(), below))
    number = portOf(server.listen(Factory.forProtocol(Echo)))
    tcp = TCP4ClientEndpoint(reactor, "127.0.0.1", number)
    endpoint = wrapClientTLS(clientOptions(), wrapClientTLS(clientOptions(), tcp))
    client = connected(reactor, endpoint, Noting())
    client.transport.write(b"hello")
    turnUntil(reactor, lambda: client.received == b"hello")


def test_older_context_factories_are_accepted(
    reactor: PollingReactor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pem = tmp_path_factory.mktemp("keys") / "server.pem"
    pem.write_bytes(certificate().dumpPEM())
    server = DefaultOpenSSLContextFactory(str(pem), str(pem))
    number = reactor.listenSSL(0, Factory.forProtocol(Echo), server, interface="127.0.0.1")
    client = connected(
        reactor,
        SSL4ClientEndpoint(reactor, "127.0.0.1", number.getHost().port, ClientContextFactory()),
        Noting(),
    )
    client.transport.write(b"hello")
    turnUntil(reactor, lambda: client.received == b"hello")


def test_a_plain_object_with_getContext_is_accepted(reactor: PollingReactor) -> None:
    mine = certificate()

    class Plain:
        def getContext(self) -> SSL.Context:
            context = SSL.Context(SSL.SSLv23_METHOD)
            context.use_certificate(mine.original.to_cryptography())
            context.use_privatekey(mine.privateKey.original.to_cryptography_key())  # type: ignore[arg-type]
            return context

    port = reactor.listenSSL(0, Factory.forProtocol(Echo), Plain(), interface="127.0.0.1")
    client = connected(
        reactor,
        SSL4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port, CertificateOptions()),
        Noting(),
    )
    client.transport.write(b"hello")
    turnUntil(reactor, lambda: client.received == b"hello")


def test_a_lost_connection_leaves_no_cycle(reactor: PollingReactor) -> None:
    server = Noting()
    port = reactor.listenSSL(0, Only(server), serverOptions(), interface="127.0.0.1")
    client = connected(
        reactor,
        SSL4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port, clientOptions()),
        Noting(),
    )
    client.transport.write(b"x")
    turnUntil(reactor, lambda: server.received)
    client.transport.loseConnection()
    turnUntil(reactor, lambda: server.lost and client.lost)
    reactor.iterate(0)
    gone = weakref.ref(client.transport), weakref.ref(client)
    gc.disable()
    try:
        client = server = Noting()
        assert [ref() for ref in gone] == [None, None]
    finally:
        gc.enable()


# startTLS


class TLSServer(LineReceiver):
    """Says READY and starts TLS when it is asked to."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.made = 0
        self.reasons: list[Failure] = []

    def connectionMade(self) -> None:
        self.made += 1

    def lineReceived(self, line: bytes) -> None:
        self.lines.append(line)
        if line == b"STARTTLS":
            self.sendLine(b"READY")
            cast(ITLSTransport, self.transport).startTLS(serverOptions())

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.reasons.append(reason)


class StartTLSClient(LineReceiver):
    """Asks for TLS, and says something secret in the same turn in which it starts it."""

    def __init__(self, options: object = None) -> None:
        self.options = options or clientOptions()
        self.lines: list[bytes] = []
        self.reasons: list[Failure] = []

    def connectionMade(self) -> None:
        self.sendLine(b"plain text")
        self.sendLine(b"STARTTLS")

    def lineReceived(self, line: bytes) -> None:
        self.lines.append(line)
        if line == b"READY":
            self.transport.startTLS(self.options)  # type: ignore[attr-defined]
            self.sendLine(b"secure text")
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.reasons.append(reason)


class Recording(Protocol):
    """Stands between a client and a server, and keeps what passes."""

    def __init__(self, reactor: PollingReactor, number: int) -> None:
        self.reactor, self.number = reactor, number
        self.passed = b""

    def connectionMade(self) -> None:
        outer = self

        class Onward(Protocol):
            def dataReceived(self, data: bytes) -> None:
                outer.passed += data
                outer.transport.write(data)

            def connectionLost(self, reason: object) -> None:  # type: ignore[override]
                outer.transport.loseConnection()

        self.onward = Onward()
        self.reactor.connectTCP("127.0.0.1", self.number, Only(self.onward))
        self.waiting: list[bytes] = []

    def dataReceived(self, data: bytes) -> None:
        self.passed += data
        if not self.onward.connected:
            self.waiting.append(data)
            self.reactor.callLater(0.01, self.dataReceived, b"")
        else:
            self.onward.transport.write(b"".join([*self.waiting, data]))
            self.waiting.clear()

    def connectionLost(self, reason: object) -> None:  # type: ignore[override]
        if self.onward.connected:
            self.onward.transport.loseConnection()


def test_tls_can_be_started_with_data_in_flight(reactor: PollingReactor) -> None:
    server, client = TLSServer(), StartTLSClient()
    number = reactor.listenTCP(0, Only(server), interface="127.0.0.1").getHost().port
    recording = Recording(reactor, number)
    port = reactor.listenTCP(0, Only(recording), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    turnUntil(reactor, lambda: server.reasons and client.reasons)
    assert server.lines == [b"plain text", b"STARTTLS", b"secure text"]
    assert client.lines == [b"READY"]
    assert server.made == 1
    assert server.reasons[0].check(ConnectionDone)
    assert client.reasons[0].check(ConnectionDone)
    assert b"READY" in recording.passed
    assert b"secure text" not in recording.passed


def test_tls_that_is_started_with_a_wrong_server_sends_nothing(reactor: PollingReactor) -> None:
    server, client = TLSServer(), StartTLSClient(clientOptions("example.org"))
    port = reactor.listenTCP(0, Only(server), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    turnUntil(reactor, lambda: server.reasons and client.reasons)
    assert client.reasons[0].check(VerificationError)
    assert server.lines == [b"plain text", b"STARTTLS"]


class StartedPair:
    """A TCP connection on whose both ends TLS was started."""

    def __init__(
        self, reactor: PollingReactor, beforehand: Callable[[Noting], object] = lambda _: None
    ) -> None:
        self.server, self.client = Noting(), Noting()
        port = reactor.listenTCP(0, Only(self.server), interface="127.0.0.1")
        reactor.connectTCP("127.0.0.1", port.getHost().port, Only(self.client))
        turnUntil(reactor, lambda: self.server.made and self.client.made)
        self.below = cast(Connection, self.client.transport)
        beforehand(self.client)
        self.server.transport.startTLS(serverOptions())
        self.client.transport.startTLS(clientOptions())
        turnUntil(reactor, lambda: self.client.transport.handshakeDone)


def test_the_protocol_gets_the_encrypted_transport(reactor: PollingReactor) -> None:
    pair = StartedPair(reactor)
    assert provides(ISSLTransport, pair.client.transport)
    assert pair.client.made == 1


def test_whoever_holds_the_transport_from_before_writes_encrypted(
    reactor: PollingReactor,
) -> None:
    pair = StartedPair(reactor)
    pair.below.write(b"one ")
    pair.below.writeSequence([b"two ", b"three"])
    turnUntil(reactor, lambda: pair.server.received == b"one two three")
    assert provides(ISSLTransport, pair.below)
    assert pair.below.getPeerCertificate() is not None  # type: ignore[attr-defined]
    pair.below.loseConnection()
    turnUntil(reactor, lambda: pair.server.lost)
    assert isinstance(pair.server.reason, ConnectionDone)


def test_whoever_holds_the_transport_from_before_sends_files_encrypted(
    reactor: PollingReactor, tmp_path: Path
) -> None:
    content = b"content of a file " * 20_000
    (tmp_path / "file").write_bytes(content)
    pair = StartedPair(reactor)
    clear: list[bytes] = []

    def transmit(data: bytes | memoryview) -> int:
        clear.append(bytes(data))
        return pair.below.socket.send(data)

    pair.below._transmit = transmit  # type: ignore[method-assign]
    sent: list[int] = []
    for transport in (pair.below, pair.client.transport):
        with (tmp_path / "file").open("rb") as file:
            transport.sendFile(file).addCallback(sent.append)
        turnUntil(reactor, lambda: len(sent) == 1)
        sent.clear()
    turnUntil(reactor, lambda: pair.server.received == content * 2)
    assert clear
    assert b"content" not in b"".join(clear)


def test_a_file_from_before_is_sent_in_the_clear_and_whole(
    reactor: PollingReactor, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(bytes(300_000))
    server, client = Noting(), Noting()
    port = reactor.listenTCP(0, Only(server), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    turnUntil(reactor, lambda: server.made and client.made)
    with (tmp_path / "file").open("rb") as file:
        cast(Connection, client.transport).sendFile(file)
    client.transport.startTLS(clientOptions())
    turnUntil(reactor, lambda: len(server.received) >= 300_000)
    rest = server.received[300_000:]
    assert server.received[:300_000] == bytes(300_000)
    # A record of a handshake (RFC 8446 section 5.1).
    assert not rest or rest[0] == 22


def test_a_method_that_was_kept_from_before_writes_encrypted(reactor: PollingReactor) -> None:
    kept: list[Callable[..., None]] = []
    pair = StartedPair(
        reactor,
        lambda client: kept.extend((client.transport.write, client.transport.writeSequence)),
    )
    write, writeSequence = kept
    write(b"one ")
    writeSequence([b"two ", b"three"])
    turnUntil(reactor, lambda: pair.server.received == b"one two three")
    pair.client.transport.loseConnection()
    turnUntil(reactor, lambda: pair.server.lost)
    assert isinstance(pair.server.reason, ConnectionDone)
    write(b"too late")


def test_a_producer_from_before_is_steered_on(reactor: PollingReactor) -> None:
    class Producer:
        events: list[str] = []

        def pauseProducing(self) -> None:
            self.events.append("pause")

        def resumeProducing(self) -> None:
            self.events.append("resume")

        def stopProducing(self) -> None:
            self.events.append("stop")

    producer = Producer()
    pair = StartedPair(reactor, lambda client: client.transport.registerProducer(producer, True))
    assert pair.client.transport.producer is producer
    pair.client.transport.write(b"x" * 8_000_000)
    assert producer.events == ["pause"]
    turnUntil(reactor, lambda: "resume" in producer.events)
    pair.client.transport.abortConnection()
    turnUntil(reactor, lambda: "stop" in producer.events)


def test_tls_can_be_started_below_a_wrapper(reactor: PollingReactor) -> None:
    server, client = TLSServer(), StartTLSClient()
    port = reactor.listenTCP(0, WrappingFactory(Only(server)), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, WrappingFactory(Only(client)))
    turnUntil(reactor, lambda: server.reasons and client.reasons)
    assert server.lines == [b"plain text", b"STARTTLS", b"secure text"]


def test_tls_can_be_started_inside_of_tls(reactor: PollingReactor) -> None:
    server, client = TLSServer(), StartTLSClient()
    port = reactor.listenSSL(0, Only(server), serverOptions(), interface="127.0.0.1")
    reactor.connectSSL("127.0.0.1", port.getHost().port, Only(client), clientOptions())
    turnUntil(reactor, lambda: server.reasons and client.reasons)
    assert server.lines == [b"plain text", b"STARTTLS", b"secure text"]


def test_the_parts_of_client_and_server_can_be_swapped(reactor: PollingReactor) -> None:
    server, client = Noting(), Noting()
    port = reactor.listenTCP(0, Only(server), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    turnUntil(reactor, lambda: server.made and client.made)
    server.transport.startTLS(clientOptions(), False)
    client.transport.startTLS(serverOptions(), False)
    server.transport.write(b"hello")
    turnUntil(reactor, lambda: client.received == b"hello")


def test_starting_tls_on_a_closing_connection_does_nothing(reactor: PollingReactor) -> None:
    server, client = Noting(), Noting()
    port = reactor.listenTCP(0, Only(server), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    turnUntil(reactor, lambda: server.made and client.made)
    client.transport.loseConnection()
    client.transport.startTLS(clientOptions())
    turnUntil(reactor, lambda: server.lost and client.lost)
    assert isinstance(client.reason, ConnectionDone)
    client.transport.startTLS(clientOptions())


def test_starting_tls_with_the_wrong_options_leaves_the_connection_as_it_is(
    reactor: PollingReactor,
) -> None:
    server, client = Noting(), Noting()
    port = reactor.listenTCP(0, Only(server), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, Only(client))
    turnUntil(reactor, lambda: server.made and client.made)
    with pytest.raises(TypeError):
        client.transport.startTLS(object())  # type: ignore[arg-type]
    client.transport.write(b"in the clear")
    turnUntil(reactor, lambda: server.received == b"in the clear")


def test_a_connection_on_which_tls_was_started_leaves_no_cycle(reactor: PollingReactor) -> None:
    pair = StartedPair(reactor)
    pair.client.transport.loseConnection()
    turnUntil(reactor, lambda: pair.server.lost and pair.client.lost)
    reactor.iterate(0)
    gone = weakref.ref(pair.client.transport), weakref.ref(pair.below)
    gc.disable()
    try:
        vars(pair).clear()
        assert [ref() for ref in gone] == [None, None]
    finally:
        gc.enable()
