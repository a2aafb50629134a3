"""`ReconnectingClientFactory` and `ClientCreator` on memory reactors."""

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionDone, ConnectionRefusedError, NotConnectingError
from twisted.internet.interfaces import IConnector
from twisted.internet.protocol import ClientCreator, Protocol, ReconnectingClientFactory
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.components import implementer
from twisted.python.failure import Failure

REFUSED = Failure(ConnectionRefusedError())
DONE = Failure(ConnectionDone())
PEER = IPv4Address("TCP", "192.0.2.1", 80)


@implementer(IConnector)
class Counted:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.connects = 0
        self.stops = 0
        self.connecting = False

    def connect(self) -> None:
        self.connects += 1

    def disconnect(self) -> None:
        pass

    def stopConnecting(self) -> None:
        if not self.connecting:
            raise NotConnectingError
        self.stops += 1

    def getDestination(self) -> IPv4Address:
        return PEER


class Reconnecting:
    """A factory on a clock, without chance."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.connector = Counted()
        self.factory: ReconnectingClientFactory = ReconnectingClientFactory()
        self.factory.clock = self.clock
        self.factory.jitter = None
        self.factory.noisy = False
        self.factory.factor = 2

    def fail(self) -> None:
        self.factory.clientConnectionFailed(self.connector, REFUSED)

    def waits(self) -> list[float]:
        return [call.getTime() - self.clock.seconds() for call in self.clock.calls]


def test_connects_again_after_a_failure() -> None:
    reconnecting = Reconnecting()

    reconnecting.fail()
    assert reconnecting.connector.connects == 0
    reconnecting.clock.advance(2)

    assert reconnecting.connector.connects == 1


def test_connects_again_after_a_loss() -> None:
    reconnecting = Reconnecting()

    reconnecting.factory.clientConnectionLost(reconnecting.connector, DONE)
    reconnecting.clock.advance(2)

    assert reconnecting.connector.connects == 1


def test_waits_grow_up_to_the_longest() -> None:
    reconnecting = Reconnecting()
    reconnecting.factory.maxDelay = 10
    waits: list[float] = []
    for _ in range(5):
        reconnecting.fail()
        waits += reconnecting.waits()
        reconnecting.clock.advance(waits[-1])

    assert waits == [2, 4, 8, 10, 10]


def test_reset_delay_begins_again() -> None:
    reconnecting = Reconnecting()
    for _ in range(3):
        reconnecting.fail()
        reconnecting.clock.advance(100)

    reconnecting.factory.resetDelay()
    reconnecting.fail()

    assert reconnecting.waits() == [2]
    assert reconnecting.factory.retries == 1


def test_gives_up_after_the_last_attempt() -> None:
    reconnecting = Reconnecting()
    reconnecting.factory.maxRetries = 2
    for _ in range(4):
        reconnecting.fail()
        reconnecting.clock.advance(100)

    assert reconnecting.connector.connects == 2


def test_stop_trying_takes_the_next_attempt_back() -> None:
    reconnecting = Reconnecting()
    reconnecting.fail()

    reconnecting.factory.stopTrying()
    reconnecting.clock.advance(100)
    reconnecting.fail()

    assert reconnecting.connector.connects == 0
    assert reconnecting.waits() == []


def test_stop_trying_gives_up_the_attempt_under_way() -> None:
    reconnecting = Reconnecting()
    reconnecting.fail()
    reconnecting.clock.advance(2)
    reconnecting.connector.connecting = True

    reconnecting.factory.stopTrying()

    assert reconnecting.connector.stops == 1


def test_jitter_spreads_the_waits_and_is_never_negative() -> None:
    waits = set()
    for _ in range(50):
        reconnecting = Reconnecting()
        reconnecting.factory.jitter = 2
        reconnecting.fail()
        waits.update(reconnecting.waits())

    assert len(waits) > 10
    assert min(waits) >= 0


def test_retry_without_a_connector_says_so() -> None:
    with pytest.raises(ValueError, match="no connector"):
        Reconnecting().factory.retry()


class Greeting(Protocol):
    """A protocol with an argument."""

    def __init__(self, name: str) -> None:
        self.name = name


class Creating:
    """A `ClientCreator` that connects."""

    def __init__(self) -> None:
        self.reactor = MemoryReactorClock()
        creator = ClientCreator(self.reactor, Greeting, name="me")
        self.connecting = creator.connectTCP("192.0.2.1", 80, 5, ("127.0.0.1", 0))
        self.ends: list[object] = []
        self.connecting.addBoth(self.ends.append)
        self.factory = self.reactor.tcpClients[0][2]

    def accept(self) -> None:
        protocol = self.factory.buildProtocol(PEER)
        assert protocol is not None
        protocol.makeConnection(StringTransport())
        self.reactor.advance(0)


def test_client_creator_fires_with_a_connected_protocol() -> None:
    creating = Creating()
    assert creating.ends == []

    creating.accept()

    (protocol,) = creating.ends
    assert isinstance(protocol, Greeting)
    assert protocol.name == "me"
    assert protocol.connected


def test_client_creator_passes_its_arguments() -> None:
    host, port, _, timeout, bindAddress = Creating().reactor.tcpClients[0]

    assert (host, port, timeout, bindAddress) == ("192.0.2.1", 80, 5, ("127.0.0.1", 0))


def test_client_creator_fails_with_the_attempt() -> None:
    creating = Creating()

    creating.factory.clientConnectionFailed(creating.reactor.connectors[0], REFUSED)

    (failure,) = creating.ends
    assert isinstance(failure, Failure)
    assert failure.check(ConnectionRefusedError)


def test_client_creator_can_be_cancelled() -> None:
    creating = Creating()
    (connector,) = creating.reactor.connectors
    connector.connect()

    creating.connecting.cancel()
    creating.factory.clientConnectionFailed(connector, REFUSED)

    (failure,) = creating.ends
    assert isinstance(failure, Failure)
    assert failure.check(CancelledError)
    assert not connector.connected


def test_client_creator_needs_a_reactor_that_can() -> None:
    with pytest.raises(TypeError, match="IReactorTime"):
        ClientCreator(object(), Greeting, "me").connectTCP("192.0.2.1", 80)
