"""Reactors of their own for tests, and protocols that remember what they saw."""

import asyncio
import os
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets._loopconnection import LoopClient, LoopServer
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IAddress, ITCPTransport
from twisted.internet.pollreactor import PollReactor
from twisted.internet.protocol import ClientFactory, Protocol, ServerFactory
from twisted.internet.selectreactor import SelectReactor
from twisted.python.failure import Failure
from twisted.python.reflect import namedAny

NAMES = os.environ.get("TW_REACTORS", "").split()
"""The full names of the classes of other reactors that these tests are to run on."""


class AsyncioReactor(AsyncioSelectorReactor):
    """A reactor on a loop of asyncio that nobody else has."""

    def __init__(self) -> None:
        super().__init__(asyncio.new_event_loop())

    def close(self) -> None:
        super().close()
        self.loop.close()


class UvloopReactor(AsyncioReactor):
    """A reactor on a loop of uvloop that nobody else has."""

    def __init__(self) -> None:
        uvloop = pytest.importorskip(
            "uvloop", reason="uvloop is not installed: pip install 'tw-reactor[uvloop]'"
        )
        AsyncioSelectorReactor.__init__(self, uvloop.new_event_loop())


class LoopTransportsReactor(AsyncioReactor):
    """A reactor on asyncio whose connections are the loop's transports, as on foreign loops."""

    _serverKind = LoopServer
    _clientKind = LoopClient


POLLING_REACTORS: list[type[PollingReactor]] = [SelectReactor, PollReactor, EPollReactor]
LOOP_REACTORS: list[type[AsyncioReactor]] = [AsyncioReactor, UvloopReactor]
REACTORS: list[type[PollingReactor]] = [namedAny(name) for name in NAMES] or [
    *POLLING_REACTORS,
    *LOOP_REACTORS,
]

TURNING_WITHOUT_DESCRIPTORS: list[type[PollingReactor]] = [*POLLING_REACTORS, AsyncioReactor]
"""Those that turn where no descriptor is free: a loop of uvloop opens two whenever it begins to
run, as it does in each turn of a test."""

HANGS_AFTER = 20.0
"""After so many seconds a test has failed; nothing is timed by it."""


def turnUntil(reactor: PollingReactor, condition: Callable[[], object]) -> None:
    """Turn a reactor until a condition holds."""
    limit = monotonic() + HANGS_AFTER
    while not condition():
        assert monotonic() < limit, "the condition did not come to hold"
        reactor.iterate(0.05)


def turn(reactor: PollingReactor, times: int = 5) -> None:
    """Turn a reactor some times, for what must not happen."""
    for _ in range(times):
        reactor.iterate(0.005)


def discard(reactor: PollingReactor) -> None:
    """Close what a reactor has open."""
    reactor.fireSystemEvent("shutdown")
    for call in reactor.getDelayedCalls():
        call.cancel()
    reactor.close()


class Recorder(Protocol):
    """A protocol that remembers what happened to it."""

    transport: ITCPTransport

    def __init__(self) -> None:
        self.received = b""
        self.made = 0
        self.lost: list[Failure] = []
        self.onData: Callable[[bytes], object] = lambda data: None
        self.onMade: Callable[[], object] = lambda: None
        self.onLost: Callable[[], object] = lambda: None

    def connectionMade(self) -> None:
        self.made += 1
        self.onMade()

    def dataReceived(self, data: bytes) -> None:
        self.received += data
        self.onData(data)

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.lost.append(reason)
        self.onLost()

    @property
    def lostWith(self) -> type[BaseException]:
        """The class of the one reason with which the connection was lost."""
        assert len(self.lost) == 1
        return type(self.lost[0].value)


class RecordingServer(ServerFactory):
    """A factory that remembers its protocols."""

    noisy = False

    def __init__(self, make: Callable[[], Protocol | None] = Recorder) -> None:
        self.make = make
        self.built: list[Recorder] = []
        self.addresses: list[IAddress] = []
        self.starts = self.stops = 0

    def buildProtocol(self, addr: IAddress) -> Protocol | None:
        self.addresses.append(addr)
        protocol = self.make()
        if isinstance(protocol, Recorder):
            self.built.append(protocol)
        return protocol

    def startFactory(self) -> None:
        self.starts += 1

    def stopFactory(self) -> None:
        self.stops += 1


class RecordingClient(ClientFactory):
    """A client factory that remembers what it was told."""

    noisy = False

    def __init__(self, make: Callable[[], Protocol | None] = Recorder) -> None:
        self.make = make
        self.built: list[Recorder] = []
        self.addresses: list[IAddress] = []
        self.events: list[str] = []
        self.reasons: list[Failure] = []

    def buildProtocol(self, addr: IAddress) -> Protocol | None:
        self.addresses.append(addr)
        protocol = self.make()
        if isinstance(protocol, Recorder):
            self.built.append(protocol)
        return protocol

    def startFactory(self) -> None:
        self.events.append("start")

    def stopFactory(self) -> None:
        self.events.append("stop")

    def startedConnecting(self, connector: object) -> None:
        self.events.append("connecting")

    def clientConnectionFailed(self, connector: object, reason: Failure) -> None:
        self.events.append("failed")
        self.reasons.append(reason)

    def clientConnectionLost(self, connector: object, reason: Failure) -> None:
        self.events.append("lost")
        self.reasons.append(reason)


class Pair:
    """A connected pair of protocols on one reactor."""

    def __init__(self, reactor: PollingReactor, interface: str = "127.0.0.1") -> None:
        self.reactor = reactor
        self.serverFactory = RecordingServer()
        self.clientFactory = RecordingClient()
        self.port = reactor.listenTCP(0, self.serverFactory, interface=interface)
        number = self.port.getHost().port
        self.connector = reactor.connectTCP(interface, number, self.clientFactory)
        turnUntil(reactor, lambda: self.serverFactory.built and self.clientFactory.built)
        self.server = self.serverFactory.built[0]
        self.client = self.clientFactory.built[0]
        turnUntil(reactor, lambda: self.server.made and self.client.made)

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        turnUntil(self.reactor, condition)


@pytest.fixture(params=REACTORS, ids=lambda kind: kind.__name__)
def reactor(request: pytest.FixtureRequest) -> Iterator[PollingReactor]:
    """A reactor of each kind."""
    made: PollingReactor = request.param()
    yield made
    discard(made)


@pytest.fixture(params=["127.0.0.1", "::1"], ids=["IPv4", "IPv6"])
def pair(request: pytest.FixtureRequest, reactor: PollingReactor) -> Pair:
    """A connected pair over each family, on each kind of reactor."""
    return Pair(reactor, request.param)
