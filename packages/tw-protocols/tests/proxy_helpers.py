"""A reactor of its own for each test, and protocols that note what happens to them."""

import socket
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IProtocol, ITCPTransport
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.testing import MemoryNameResolver
from twisted.python.components import implementer
from twisted.python.failure import Failure

PATIENCE = 60.0
"""How many seconds to wait for what comes at once on a machine that is not busy."""


@implementer(IHalfCloseableProtocol)
class Witness(Protocol):
    """Notes what happens to it, and closes nothing by itself."""

    transport: ITCPTransport

    def __init__(self) -> None:
        self.received = b""
        self.ended = False
        self.reasons: list[Failure] = []

    def dataReceived(self, data: bytes) -> None:
        self.received += data

    def readConnectionLost(self) -> None:
        self.ended = True

    def writeConnectionLost(self) -> None:
        """Go on receiving."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.reasons.append(reason)


class Keeping(Factory[Protocol]):
    """Builds witnesses, and keeps them."""

    noisy = False

    def __init__(self, build: Callable[[], Witness] = Witness) -> None:
        self.build = build
        self.built: list[Witness] = []
        self.addresses: list[IAddress | None] = []

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        self.addresses.append(addr)
        self.built.append(self.build())
        return self.built[-1]


class Bench:
    """A reactor, and what a test does with it."""

    def __init__(self) -> None:
        self.reactor = EPollReactor()
        self.reactor.installNameResolver(MemoryNameResolver({"localhost": ["127.0.0.1"]}))

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the reactor until a condition holds."""
        limit = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < limit, "it never came"
            self.reactor.iterate(0.01)

    def listen(self, factory: Factory[IProtocol], interface: str = "127.0.0.1") -> int:
        """Serve on a free port, and return its number."""
        address = self.reactor.listenTCP(0, factory, interface=interface).getHost()
        assert isinstance(address, IPv4Address | IPv6Address)
        return address.port

    def connect(self, port: int, protocol: Witness | None = None) -> Witness:
        """Connect to a port."""
        keeping = Keeping(lambda: protocol or Witness())
        TCP4ClientEndpoint(self.reactor, "127.0.0.1", port).connect(keeping)
        self.until(lambda: keeping.built and keeping.built[0].connected)
        return keeping.built[0]

    def close(self) -> None:
        """End everything."""
        self.reactor.fireSystemEvent("shutdown")
        for call in self.reactor.getDelayedCalls():
            call.cancel()
        self.reactor.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A reactor of its own."""
    made = Bench()
    yield made
    made.close()


def closedPort() -> int:
    """Return the number of a port on which nobody listened a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
