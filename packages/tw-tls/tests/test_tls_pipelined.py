"""What a peer sends in one go with the line after which TLS begins: it is TLS, and nothing else."""

import socket
from collections.abc import Iterator

import pytest
from OpenSSL import SSL

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IProtocol, ITLSTransport
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver, LineReceiver
from twisted.protocols.policies import WrappingFactory
from twisted.python.failure import Failure

from .tls_helpers import HANGS_AFTER, Only, discard, serverOptions, turnUntil


class Lines:
    """Notes lines, and starts TLS when it is asked to."""

    transport: ITLSTransport

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.reasons: list[Failure] = []

    def lineReceived(self, line: bytes) -> None:
        self.lines.append(line)
        if line == b"STARTTLS":
            self.transport.write(b"READY\r\n")
            self.transport.startTLS(serverOptions())

    def connectionLost(self, reason: Failure) -> None:
        self.reasons.append(reason)


class StartingLineReceiver(Lines, LineReceiver):  # type: ignore[misc]
    """With lines and raw bytes."""


class StartingLineOnlyReceiver(Lines, LineOnlyReceiver):  # type: ignore[misc]
    """With nothing but lines."""


KINDS = [StartingLineReceiver, StartingLineOnlyReceiver]


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    made = EPollReactor()
    yield made
    discard(made)


def served(
    reactor: PollingReactor, server: IProtocol, sent: bytes, wrapping: bool = False
) -> socket.socket:
    """Connect to a server, and send something in one go."""
    factory: Factory[IProtocol] = Only(server)
    if wrapping:
        factory = WrappingFactory(factory)
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    client = socket.create_connection(("127.0.0.1", port.getHost().port), timeout=HANGS_AFTER)
    client.sendall(sent)
    return client


def shake(reactor: PollingReactor, tls: SSL.Connection, client: socket.socket) -> bytes:
    """Come to the end of a handshake, and return what was received before it."""
    client.setblocking(False)
    before = b""

    def done() -> bool:
        nonlocal before
        try:
            data = client.recv(65536)
        except BlockingIOError:
            return False
        if not before:
            before, newline, data = data.partition(b"\n")
            before += newline
        if data:
            tls.bio_write(data)
        try:
            tls.do_handshake()
        except SSL.WantReadError:
            return False
        client.sendall(tls.bio_read(65536))
        return True

    turnUntil(reactor, done)
    return before


@pytest.mark.parametrize("wrapping", [False, True], ids=["bare", "wrapped"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_handshake_that_begins_in_the_same_packet_goes_on(
    reactor: PollingReactor, kind: type[Lines], wrapping: bool
) -> None:
    tls = SSL.Connection(SSL.Context(SSL.TLS_METHOD), None)
    tls.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        tls.do_handshake()
    server = kind()
    sent = b"STARTTLS\r\n" + tls.bio_read(65536)
    with served(reactor, server, sent, wrapping) as client:  # type: ignore[arg-type]
        assert shake(reactor, tls, client) == b"READY\r\n"
        tls.send(b"secret\r\n")
        client.sendall(tls.bio_read(65536))
        turnUntil(reactor, lambda: server.lines == [b"STARTTLS", b"secret"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_in_the_same_packet_is_not_taken_for_a_secret_one(
    reactor: PollingReactor, kind: type[Lines]
) -> None:
    server = kind()
    with served(reactor, server, b"STARTTLS\r\nDELETE everything\r\n"):  # type: ignore[arg-type]
        turnUntil(reactor, lambda: server.reasons)
    assert server.lines == [b"STARTTLS"]
    assert server.reasons[0].check(SSL.Error)
