"""A server and a client that talk in memory, pumped by the test."""

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.test import iosim
from twisted.test.iosim import (
    FakeTransport,
    IOPump,
    connect,
    connectedServerAndClient,
    makeFakeClient,
    makeFakeServer,
)

from .reactor_helpers import Recorder


class Greeter(Recorder):
    """A server that speaks first."""

    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.write(b"welcome")


class Echo(Protocol):
    """Sends back what it gets, for ever."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


def pair() -> tuple[Recorder, Recorder, IOPump]:
    """Return a client, a server and their pump."""
    return connectedServerAndClient(Recorder, Recorder)


def test_connect_pairs_two_protocols() -> None:
    server, client = Recorder(), Recorder()
    pump = connect(server, FakeTransport(server, True), client, FakeTransport(client, False))
    client.transport.write(b"to the server")
    server.transport.write(b"to the client")
    pump.flush()
    assert (server.received, client.received) == (b"to the server", b"to the client")


def test_connection_is_made_once_on_both_sides() -> None:
    client, server, _ = pair()
    assert (client.made, server.made) == (1, 1)


def test_greeting_is_there_at_once() -> None:
    client, _, _ = connectedServerAndClient(Greeter, Recorder)
    assert client.received == b"welcome"


def test_greeting_waits_for_the_pump_if_it_is_to() -> None:
    client, _, pump = connectedServerAndClient(Greeter, Recorder, greet=False)
    assert client.received == b""
    assert pump.serverIO.getOutBuffer() == b"welcome"
    assert pump.pump()
    assert client.received == b"welcome"


def test_pump_says_that_nothing_happened() -> None:
    _, _, pump = pair()
    assert not pump.pump()
    assert not pump.flush()


def test_flush_says_that_something_happened() -> None:
    client, _, pump = pair()
    client.transport.write(b"x")
    assert pump.flush()


@pytest.mark.parametrize("closing", ["client", "server"])
def test_close_reaches_the_other_side_after_what_was_written(closing: str) -> None:
    client, server, pump = pair()
    one, other = (client, server) if closing == "client" else (server, client)
    one.transport.write(b"last words")
    one.transport.loseConnection()
    pump.flush()
    assert other.received == b"last words"
    assert one.lostWith is ConnectionDone
    assert other.lostWith is ConnectionDone
    assert pump.clientIO.disconnected
    assert pump.serverIO.disconnected


def test_abort_is_a_reset_for_the_other_side() -> None:
    client, server, pump = pair()
    client.transport.abortConnection()
    pump.flush()
    assert server.lostWith is ConnectionLost


def test_clock_turns_with_the_pump() -> None:
    clock = Clock()
    client, server, pump = connectedServerAndClient(Recorder, Recorder, clock=clock)
    clock.callLater(0, client.transport.write, b"late")
    pump.flush()
    assert server.received == b"late"


def test_endless_talk_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iosim, "FLUSH_LIMIT", 100)
    _, server, pump = connectedServerAndClient(Echo, Echo)
    assert server.transport is not None
    server.transport.write(b"x")
    with pytest.raises(AssertionError, match="after 100 turns"):
        pump.flush()


def test_addresses_of_the_two_ends_match() -> None:
    _, _, pump = pair()
    assert pump.clientIO.getPeer() == pump.serverIO.getHost()
    assert pump.serverIO.getPeer() == pump.clientIO.getHost()


def test_addresses_may_be_given() -> None:
    host, peer = IPv4Address("TCP", "192.0.2.1", 1), IPv4Address("TCP", "192.0.2.2", 2)
    transport = FakeTransport(Recorder(), True, host, peer)
    assert (transport.getHost(), transport.getPeer()) == (host, peer)


def test_makers_know_the_side() -> None:
    assert makeFakeServer(Recorder()).isServer
    assert not makeFakeClient(Recorder()).isServer


def test_debugging_prints_what_moves(capsys: pytest.CaptureFixture[str]) -> None:
    client, _, pump = pair()
    client.transport.write(b"seen")
    pump.flush(debug=True)
    assert "client: b'seen'" in capsys.readouterr().out
