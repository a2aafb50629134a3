"""ClientService over an endpoint in memory and a clock that the test turns."""

from collections.abc import Callable

import pytest

from twisted.application.internet import ClientService, backoffPolicy
from twisted.application.service import IService
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.error import ConnectionDone, ConnectionRefusedError
from twisted.internet.interfaces import (
    IHalfCloseableProtocol,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.components import implementer, provides, verifyObject
from twisted.python.failure import Failure

ADDRESS = IPv4Address("TCP", "127.0.0.1", 1)


class NotingProtocol(Protocol):
    """Notes what happens."""

    def __init__(self) -> None:
        self.happened: list[object] = []

    def connectionMade(self) -> None:
        self.happened.append("made")

    def dataReceived(self, data: bytes) -> None:
        self.happened.append(data)

    def connectionLost(self, reason: Failure | None = None) -> None:
        self.happened.append("lost")


class NotingFactory(Factory):
    """Builds protocols, and keeps them."""

    def __init__(self) -> None:
        self.built: list[NotingProtocol] = []

    def buildProtocol(self, addr: object) -> NotingProtocol:
        protocol = NotingProtocol()
        self.built.append(protocol)
        return protocol


@implementer(IStreamClientEndpoint)
class MemoryEndpoint:
    """Connects when the test says so."""

    def __init__(self) -> None:
        self.attempts: list[tuple[IProtocolFactory, Deferred[IProtocol]]] = []
        self.cancelled = 0
        self.wires: list[IProtocol] = []

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        attempt: Deferred[IProtocol] = Deferred(self.cancel)
        self.attempts.append((protocolFactory, attempt))
        return attempt

    def cancel(self, attempt: Deferred[IProtocol]) -> None:
        self.cancelled += 1

    def accept(self) -> StringTransport:
        """Let the last attempt succeed."""
        factory, attempt = self.attempts[-1]
        wire = factory.buildProtocol(ADDRESS)
        assert wire is not None
        self.wires.append(wire)
        transport = StringTransport()
        wire.makeConnection(transport)
        attempt.callback(wire)
        return transport

    def refuse(self) -> None:
        """Let the last attempt fail."""
        self.attempts[-1][1].errback(ConnectionRefusedError())

    def lose(self) -> None:
        """Lose the last connection."""
        self.wires[-1].connectionLost(Failure(ConnectionDone()))


class House:
    """A client service with all that it needs."""

    def __init__(self, prepare: Callable[[IProtocol], object] | None = None) -> None:
        self.clock = Clock()
        self.endpoint = MemoryEndpoint()
        self.factory = NotingFactory()
        self.asked: list[int] = []
        self.service = ClientService(
            self.endpoint, self.factory, self.policy, self.clock, prepareConnection=prepare
        )

    def policy(self, failures: int) -> float:
        self.asked.append(failures)
        return 10 * (failures + 1)


@pytest.fixture
def house() -> House:
    """A client service, not started."""
    return House()


def results(waiting: Deferred[IProtocol]) -> list[object]:
    """Return a list that gets the result: the protocol, or the type of the error."""
    found: list[object] = []
    waiting.addCallbacks(found.append, lambda failure: found.append(failure.type))
    return found


def test_client_service_is_a_service(house: House) -> None:
    assert verifyObject(IService, house.service)


def test_start_connects_and_the_protocol_is_the_factorys(house: House) -> None:
    found = results(house.service.whenConnected())
    assert house.endpoint.attempts == []
    house.service.startService()
    house.endpoint.accept()
    assert found == [house.factory.built[0]]
    assert results(house.service.whenConnected()) == found


def test_protocol_gets_the_transport_itself_and_all_that_happens(house: House) -> None:
    house.service.startService()
    transport = house.endpoint.accept()
    house.endpoint.wires[0].dataReceived(b"x")
    house.endpoint.lose()
    (protocol,) = house.factory.built
    assert protocol.happened == ["made", b"x", "lost"]
    assert protocol.transport is transport


def test_failed_attempt_is_repeated_after_the_time_of_the_policy(house: House) -> None:
    house.service.startService()
    house.endpoint.refuse()
    house.clock.advance(19.9)
    assert len(house.endpoint.attempts) == 1
    house.clock.advance(0.1)
    assert len(house.endpoint.attempts) == 2
    house.endpoint.refuse()
    assert house.asked == [1, 2]


def test_lost_connection_is_made_again_and_failures_are_forgotten(house: House) -> None:
    house.service.startService()
    house.endpoint.refuse()
    house.clock.advance(20)
    house.endpoint.accept()
    house.endpoint.lose()
    found = results(house.service.whenConnected())
    assert house.asked == [1, 0]
    house.clock.advance(10)
    house.endpoint.accept()
    assert found == [house.factory.built[1]]


def test_waiting_ends_after_so_many_failures(house: House) -> None:
    first, second = (results(house.service.whenConnected(n)) for n in (1, 2))
    forever = results(house.service.whenConnected())
    house.service.startService()
    house.endpoint.refuse()
    assert (first, second, forever) == ([ConnectionRefusedError], [], [])
    house.clock.advance(20)
    house.endpoint.refuse()
    assert (second, forever) == ([ConnectionRefusedError], [])


def test_waiting_can_be_cancelled(house: House) -> None:
    waiting = house.service.whenConnected()
    found = results(waiting)
    waiting.cancel()
    assert found == [CancelledError]
    house.service.startService()
    house.endpoint.accept()
    assert house.service.running


def test_stop_closes_the_connection_and_waits_for_its_end(house: House) -> None:
    house.service.startService()
    transport = house.endpoint.accept()
    ended = results(house.service.stopService())  # type: ignore[arg-type]  # of nothing
    assert transport.disconnecting
    assert ended == []
    house.endpoint.lose()
    assert ended == [None]
    assert house.clock.getDelayedCalls() == []
    assert results(house.service.whenConnected()) == [CancelledError]


def test_stop_gives_up_the_attempt_and_those_who_wait(house: House) -> None:
    house.service.startService()
    found = results(house.service.whenConnected())
    ended = results(house.service.stopService())  # type: ignore[arg-type]  # of nothing
    assert (house.endpoint.cancelled, found, ended) == (1, [CancelledError], [None])


def test_stop_ends_the_pause(house: House) -> None:
    house.service.startService()
    house.endpoint.refuse()
    ended = results(house.service.stopService())  # type: ignore[arg-type]  # of nothing
    assert ended == [None]
    assert house.clock.getDelayedCalls() == []


def test_stop_of_what_was_never_started_is_over_at_once(house: House) -> None:
    assert results(house.service.stopService()) == [None]  # type: ignore[arg-type]  # of nothing


def test_service_started_again_while_it_closes_connects_when_it_has(house: House) -> None:
    house.service.startService()
    house.endpoint.accept()
    ended = results(house.service.stopService())  # type: ignore[arg-type]  # of nothing
    house.service.startService()
    assert len(house.endpoint.attempts) == 1
    house.endpoint.lose()
    assert ended == [None]
    assert len(house.endpoint.attempts) == 2
    found = results(house.service.whenConnected())
    house.endpoint.accept()
    assert found == [house.factory.built[1]]


def test_second_start_does_nothing(house: House) -> None:
    house.service.startService()
    house.service.startService()
    assert len(house.endpoint.attempts) == 1


def test_preparation_is_waited_for() -> None:
    ready: Deferred[None] = Deferred()
    prepared: list[IProtocol] = []

    def prepare(protocol: IProtocol) -> Deferred[None]:
        prepared.append(protocol)
        return ready

    house = House(prepare)
    house.service.startService()
    found = results(house.service.whenConnected())
    house.endpoint.accept()
    assert (prepared, found) == ([house.factory.built[0]], [])
    ready.callback(None)
    assert found == prepared


@pytest.mark.parametrize("late", [False, True])
def test_failed_preparation_closes_and_counts_as_a_failure(late: bool) -> None:
    ready: Deferred[None] = Deferred()
    house = House(lambda protocol: ready if late else fail(ValueError("no login")))
    house.service.startService()
    found = results(house.service.whenConnected(1))
    transport = house.endpoint.accept()
    if late:
        ready.errback(ValueError("no login"))
    assert found == [ValueError]
    assert transport.disconnecting
    house.endpoint.lose()
    assert house.asked == [1]
    house.clock.advance(20)
    assert len(house.endpoint.attempts) == 2


def test_connection_lost_while_it_is_prepared_is_a_failure() -> None:
    cancelled: list[object] = []
    house = House(lambda protocol: Deferred(cancelled.append))
    house.service.startService()
    found = results(house.service.whenConnected(1))
    house.endpoint.accept()
    house.endpoint.lose()
    assert len(cancelled) == 1
    assert found == [ConnectionDone]
    assert house.asked == [1]


def test_stop_gives_up_the_preparation() -> None:
    cancelled: list[object] = []
    house = House(lambda protocol: Deferred(cancelled.append))
    house.service.startService()
    transport = house.endpoint.accept()
    ended = results(house.service.stopService())  # type: ignore[arg-type]  # of nothing
    assert len(cancelled) == 1
    assert transport.disconnecting
    house.endpoint.lose()
    assert ended == [None]


def test_policy_that_fails_is_replaced(house: House) -> None:
    def broken(failures: int) -> float:
        raise ZeroDivisionError

    service = ClientService(house.endpoint, house.factory, broken, house.clock)
    service.startService()
    house.endpoint.refuse()
    house.clock.advance(3)
    assert len(house.endpoint.attempts) == 2


def test_watched_protocol_can_what_the_protocol_can(house: House) -> None:
    @implementer(IHalfCloseableProtocol)
    class HalfClosing(NotingProtocol):
        def readConnectionLost(self) -> None:
            self.happened.append("read")

        def writeConnectionLost(self) -> None:
            pass

    class HalfClosingFactory(Factory):
        def buildProtocol(self, addr: object) -> HalfClosing:
            return HalfClosing()

    service = ClientService(house.endpoint, HalfClosingFactory(), clock=house.clock)
    service.startService()
    house.endpoint.accept()
    (wire,) = house.endpoint.wires
    assert provides(IHalfCloseableProtocol, wire)
    wire.readConnectionLost()  # type: ignore[attr-defined]  # it provides it
    (found,) = results(service.whenConnected())
    assert isinstance(found, HalfClosing)
    assert found.happened == ["made", "read"]


def test_backoff_grows_to_its_limit() -> None:
    policy = backoffPolicy(2, 10, 3, jitter=lambda: 0.5)
    assert [policy(attempt) for attempt in (0, 1, 2, 100_000)] == [2.5, 6.5, 10.5, 10.5]


def test_backoff_has_jitter_of_a_second_at_most() -> None:
    policy = backoffPolicy()
    assert all(1.5 <= policy(1) <= 2.5 for _ in range(100))
