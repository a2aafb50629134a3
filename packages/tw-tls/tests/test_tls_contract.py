"""TLS keeps the transport contract: over TCP and UNIX sockets on every reactor, over TLS, in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IProtocol
from twisted.internet.pollreactor import PollReactor
from twisted.internet.protocol import ClientFactory, Factory
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.internet.testing import (
    Loopback,
    TransportCheck,
    TransportHarness,
    Witness,
    transportChecks,
)
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol

from .tls_helpers import Only, clientOptions, discard, serverOptions


def onUvloop() -> PollingReactor:
    """Return a reactor on uvloop."""
    pytest.importorskip(
        "uvloop", reason="uvloop is not installed: pip install 'tw-reactor[uvloop]'"
    )
    from twisted.internet.uvloopreactor import UvloopReactor

    return UvloopReactor()


REACTORS: list[Callable[[], PollingReactor]] = [
    SelectReactor,
    PollReactor,
    EPollReactor,
    AsyncioSelectorReactor,
    onUvloop,
]

CHECKS = transportChecks()


class TLSHarness(TransportHarness):
    """Connects by TLS, and waits for the handshake."""

    def waitForHandshake(self, server: IProtocol, client: IProtocol) -> None:
        """Wait until data can be sent."""
        assert isinstance(server, Witness)
        assert isinstance(client, Witness)
        self.waitUntil(lambda: server.events and client.events, "both sides are connected")

        def ready(witness: Witness) -> bool:
            transport = witness.transport
            assert isinstance(transport, TLSMemoryBIOProtocol)
            return transport.handshakeDone or bool(transport.disconnecting)

        self.waitUntil(lambda: ready(server) and ready(client), "the handshake is done")


class TCPHarness(TLSHarness):
    """Connects over the loopback interface."""

    def __init__(self, reactor: PollingReactor, interface: str = "127.0.0.1") -> None:
        self.reactor = reactor
        self.interface = interface

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        port = self.reactor.listenSSL(0, Only(server), serverOptions(), interface=self.interface)
        number = port.getHost().port
        self.reactor.connectSSL(self.interface, number, Only(client), clientOptions())
        self.waitForHandshake(server, client)

    def turn(self) -> None:
        self.reactor.iterate(0.002)

    def close(self) -> None:
        discard(self.reactor)


class UNIXHarness(TLSHarness):
    """Connects over a socket file.

    The peer of a UNIX socket sees the end of the stream, whatever the reason; where the end of TLS is
    missing, a reset shows all the same.
    """

    def __init__(self, reactor: PollingReactor, path: Path) -> None:
        self.reactor = reactor
        self.path = str(path / "s")

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        inside = TLSMemoryBIOFactory(serverOptions(), False, Only(server), self.reactor)
        self.reactor.listenUNIX(self.path, inside)
        outside = TLSMemoryBIOFactory(clientOptions(), True, Only(client), self.reactor)
        # It hands on what it does not know, the events of a client factory among that.
        self.reactor.connectUNIX(self.path, cast(ClientFactory, outside))
        self.waitForHandshake(server, client)

    def turn(self) -> None:
        self.reactor.iterate(0.002)

    def close(self) -> None:
        discard(self.reactor)


class NestedHarness(TCPHarness):
    """Connects by TLS in TLS."""

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        inside = TLSMemoryBIOFactory(serverOptions(), False, Only(server), self.reactor)
        port = self.reactor.listenSSL(0, inside, serverOptions(), interface=self.interface)
        number = port.getHost().port
        inside = TLSMemoryBIOFactory(clientOptions(), True, Only(client), self.reactor)
        self.reactor.connectSSL(self.interface, number, inside, clientOptions())
        self.waitForHandshake(server, client)


class StartedHarness(TCPHarness):
    """Connects by TCP, and starts TLS on both sides."""

    exempt = {"GreetingArrives": "what is written before startTLS goes out in the clear"}

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        port = self.reactor.listenTCP(0, Only(server), interface=self.interface)
        number = port.getHost().port
        self.reactor.connectTCP(self.interface, number, Only(client))
        assert isinstance(server, Witness)
        assert isinstance(client, Witness)
        self.waitUntil(lambda: server.events and client.events, "both sides are connected")
        server.transport.startTLS(serverOptions())  # type: ignore[attr-defined]
        client.transport.startTLS(clientOptions())  # type: ignore[attr-defined]
        self.waitForHandshake(server, client)


class MemoryHarness(TLSHarness):
    """Connects in memory."""

    patience = 5.0

    def __init__(self) -> None:
        self.clock = Clock()
        self.connections: list[Loopback] = []

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        def wrapped(options: object, isClient: bool, factory: Factory[IProtocol]) -> IProtocol:
            built = TLSMemoryBIOFactory(options, isClient, factory, self.clock).buildProtocol(None)  # type: ignore[arg-type]
            assert built is not None
            return built

        self.connections.append(
            Loopback(
                wrapped(serverOptions(), False, Only(server)),
                wrapped(clientOptions(), True, Only(client)),
            )
        )
        self.waitForHandshake(server, client)

    def turn(self) -> None:
        self.clock.advance(0)
        for connection in self.connections:
            connection.turn()


@pytest.mark.parametrize("interface", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("makeReactor", REACTORS)
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_tls_over_tcp_keeps_the_contract(
    check: TransportCheck, makeReactor: Callable[[], PollingReactor], interface: str
) -> None:
    check(TCPHarness(makeReactor(), interface))


@pytest.mark.parametrize("makeReactor", REACTORS)
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_tls_over_unix_keeps_the_contract(
    check: TransportCheck, makeReactor: Callable[[], PollingReactor], tmp_path: Path
) -> None:
    check(UNIXHarness(makeReactor(), tmp_path))


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_tls_in_tls_keeps_the_contract(check: TransportCheck) -> None:
    check(NestedHarness(EPollReactor()))


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_tls_that_was_started_keeps_the_contract(check: TransportCheck) -> None:
    check(StartedHarness(EPollReactor()))


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_tls_in_memory_keeps_the_contract(check: TransportCheck) -> None:
    check(MemoryHarness())
