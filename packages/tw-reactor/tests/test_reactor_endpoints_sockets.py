"""Endpoints over real sockets."""

from collections.abc import Callable, Iterator

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    clientFromString,
    connectProtocol,
    serverFromString,
)
from twisted.internet.error import (
    CannotListenError,
    ConnectingCancelledError,
    ConnectionRefusedError,
    DNSLookupError,
)
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory
from twisted.internet.testing import AccumulatingProtocol, MemoryNameResolver
from twisted.python.failure import Failure

from .reactor_helpers import REACTORS, discard, turn, turnUntil


@pytest.fixture(params=REACTORS)
def reactor(request: pytest.FixtureRequest) -> Iterator[PollingReactor]:
    """A reactor of its own for each test."""
    makeReactor: Callable[[], PollingReactor] = request.param
    made = makeReactor()
    yield made
    discard(made)


def listen(reactor: PollingReactor, description: str) -> IListeningPort:
    """Listen, and return the port."""
    ports: list[IListeningPort] = []
    factory = Factory.forProtocol(AccumulatingProtocol)
    serverFromString(reactor, description).listen(factory).addCallback(ports.append)
    return ports[0]


def numberOf(port: IListeningPort) -> int:
    """Return the number of a TCP port."""
    number = port.getHost().port  # type: ignore[attr-defined] # it is of TCP
    assert isinstance(number, int)
    return number


@pytest.mark.parametrize(
    ("server", "client"),
    [
        ("tcp:0:interface=127.0.0.1", "tcp:127.0.0.1:{}"),
        (r"tcp6:0:interface=\:\:1", r"tcp:\:\:1:{}"),
        (r"tcp6:0:interface=\:\:1", r"tcp6:\:\:1:{}"),
        ("tcp:0:interface=127.0.0.1", "tcp:host:{}"),
    ],
)
def test_described_ends_meet(reactor: PollingReactor, server: str, client: str) -> None:
    reactor.installNameResolver(MemoryNameResolver({"host": ["127.0.0.1"]}))
    port = listen(reactor, server)
    protocol = AccumulatingProtocol()

    endpoint = clientFromString(reactor, client.format(numberOf(port)))
    ends: list[object] = []
    connectProtocol(endpoint, protocol).addBoth(ends.append)
    turnUntil(reactor, lambda: ends)

    assert ends == [protocol]
    assert protocol.transport.getPeer() == port.getHost()


def test_address_that_refuses_is_passed_over(reactor: PollingReactor) -> None:
    port = listen(reactor, "tcp:0:interface=127.0.0.1")
    reactor.installNameResolver(MemoryNameResolver({"host": ["::1", "127.0.0.1"]}))
    protocol = AccumulatingProtocol()
    ends: list[object] = []

    endpoint = HostnameEndpoint(reactor, "host", numberOf(port), attemptDelay=1000)
    connectProtocol(endpoint, protocol).addBoth(ends.append)
    turnUntil(reactor, lambda: ends)

    assert ends == [protocol]


def test_port_that_is_taken_is_a_failure(reactor: PollingReactor) -> None:
    port = listen(reactor, "tcp:0:interface=127.0.0.1")
    endpoint = serverFromString(reactor, f"tcp:{numberOf(port)}:interface=127.0.0.1")
    ends: list[object] = []

    endpoint.listen(Factory()).addBoth(ends.append)

    (failure,) = ends
    assert isinstance(failure, Failure)
    assert failure.check(CannotListenError)
    assert f"127.0.0.1:{numberOf(port)}" in failure.getErrorMessage()


def test_port_that_is_closed_refuses(reactor: PollingReactor) -> None:
    port = listen(reactor, "tcp:0:interface=127.0.0.1")
    number = numberOf(port)
    port.stopListening()
    turn(reactor)
    ends: list[object] = []

    TCP4ClientEndpoint(reactor, "127.0.0.1", number).connect(Factory()).addBoth(ends.append)
    turnUntil(reactor, lambda: ends)

    (failure,) = ends
    assert isinstance(failure, Failure)
    assert failure.check(ConnectionRefusedError)


def test_unknown_name_is_a_failure(reactor: PollingReactor) -> None:
    reactor.installNameResolver(MemoryNameResolver({}))
    ends: list[object] = []

    HostnameEndpoint(reactor, "unknown", 80).connect(Factory()).addBoth(ends.append)
    turnUntil(reactor, lambda: ends)

    (failure,) = ends
    assert isinstance(failure, Failure)
    assert failure.check(DNSLookupError)


def test_cancelled_attempt_leaves_nothing_behind(reactor: PollingReactor) -> None:
    port = listen(reactor, "tcp:0:interface=127.0.0.1")
    readers = len(reactor.getReaders())
    connecting = TCP4ClientEndpoint(reactor, "127.0.0.1", numberOf(port)).connect(
        Factory.forProtocol(AccumulatingProtocol)
    )
    ends: list[object] = []
    connecting.addBoth(ends.append)

    connecting.cancel()

    (failure,) = ends
    assert isinstance(failure, Failure)
    assert failure.check(ConnectingCancelledError)
    assert reactor.getWriters() == []
    assert reactor.getDelayedCalls() == []
    assert len(reactor.getReaders()) == readers
