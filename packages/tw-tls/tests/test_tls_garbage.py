"""TLS connections leave no garbage that only a collector finds."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IAddress, IReactorSSL, IReactorTCP
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from .tls_helpers import certificate, clientOptions, discard, serverOptions, turnUntil

TIMES = 10


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    """A reactor of its own."""
    made = EPollReactor()
    yield made
    discard(made)


class Counts:
    """What happened, without anybody who could be kept by it."""

    def __init__(self) -> None:
        self.made = self.received = self.lost = 0


class Counted(Protocol):
    """A protocol that is asked nothing and keeps nothing."""

    def __init__(self, counts: Counts, how: str) -> None:
        self._counts = counts
        self._how = how

    def connectionMade(self) -> None:
        self._counts.made += 1
        if self._how:
            self.transport.write(b"hello")

    def dataReceived(self, data: bytes) -> None:
        self._counts.received += len(data)
        if self._how:
            getattr(self.transport, self._how)()
        else:
            self.transport.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._counts.lost += 1


class Counting(ClientFactory[Protocol]):
    """Makes such protocols."""

    noisy = False

    def __init__(self, counts: Counts, how: str = "") -> None:
        self._counts = counts
        self._how = how

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return Counted(self._counts, self._how)


def leftEachTime(act: Callable[[], object]) -> dict[str, int]:
    """Do something again and again, and return what is left each time for the collector."""
    # What is made once, and kept, is made now.
    act()
    act()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(TIMES):
            act()
        gc.collect()
        found = Counter(f"{type(one).__module__}.{type(one).__name__}" for one in gc.garbage)
        return {name: count for name, count in found.items() if count >= TIMES}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("how", ["loseConnection", "abortConnection"])
def test_connections(reactor: PollingReactor, how: str) -> None:
    counts = Counts()
    secure: IReactorSSL = reactor
    port = secure.listenSSL(0, Counting(counts), serverOptions(), interface="127.0.0.1")
    number = port.getHost().port

    def act() -> None:
        lost = counts.lost
        secure.connectSSL("127.0.0.1", number, Counting(counts, how), clientOptions())
        turnUntil(reactor, lambda: counts.lost == lost + 2)

    assert leftEachTime(act) == {}
    assert counts.made == counts.lost == 2 * (TIMES + 2)


def test_connections_that_start_tls_later(reactor: PollingReactor) -> None:
    counts = Counts()

    class Starting(Counted):
        def connectionMade(self) -> None:
            if self._how:
                self.transport.startTLS(clientOptions())  # type: ignore[attr-defined]
            else:
                self.transport.startTLS(serverOptions())  # type: ignore[attr-defined]
            super().connectionMade()

    class Starts(Counting):
        def buildProtocol(self, addr: IAddress | None) -> Protocol:
            return Starting(self._counts, self._how)

    plain: IReactorTCP = reactor
    number = plain.listenTCP(0, Starts(counts), interface="127.0.0.1").getHost().port

    def act() -> None:
        lost = counts.lost
        plain.connectTCP("127.0.0.1", number, Starts(counts, "loseConnection"))
        turnUntil(reactor, lambda: counts.lost == lost + 2)

    assert leftEachTime(act) == {}


def test_handshakes_that_fail(reactor: PollingReactor) -> None:
    counts = Counts()
    secure: IReactorSSL = reactor
    other = certificate("other.example").options()
    port = secure.listenSSL(0, Counting(counts), other, interface="127.0.0.1")
    number = port.getHost().port

    def act() -> None:
        lost = counts.lost
        secure.connectSSL("127.0.0.1", number, Counting(counts, "loseConnection"), clientOptions())
        turnUntil(reactor, lambda: counts.lost == lost + 2)

    assert leftEachTime(act) == {}
    assert counts.received == 0


def test_what_refers_to_itself_is_found() -> None:
    class Circle(Factory[Protocol]):
        def __init__(self) -> None:
            self.itself = self

    assert leftEachTime(Circle)[f"{__name__}.Circle"] == TIMES
