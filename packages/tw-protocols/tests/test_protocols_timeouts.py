"""Connections on which nothing happens for too long."""

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import TimeoutFactory, TimeoutMixin, TimeoutProtocol
from twisted.python.failure import Failure

ADDRESS = IPv4Address("TCP", "192.0.2.1", 7)


class Impatient(LineReceiver, TimeoutMixin):
    """Closes the connection five seconds after the last line."""

    def connectionMade(self) -> None:
        self.setTimeout(5)

    def lineReceived(self, line: bytes) -> None:
        self.resetTimeout()


class Timed:
    """An impatient protocol on a clock that the test turns."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.protocol = Impatient()
        self.protocol.callLater = self.clock.callLater  # type: ignore[method-assign, assignment]
        self.transport = StringTransport()
        self.protocol.makeConnection(self.transport)


@pytest.fixture
def timed() -> Timed:
    return Timed()


def test_the_time_that_is_set_can_be_read(timed: Timed) -> None:
    assert timed.protocol.timeOut == 5


def test_when_the_time_is_over_the_connection_is_closed(timed: Timed) -> None:
    timed.clock.advance(4.9)
    assert not timed.transport.disconnecting
    timed.clock.advance(0.1)
    assert timed.transport.disconnecting


def test_resetting_begins_anew(timed: Timed) -> None:
    timed.clock.advance(4)
    timed.protocol.dataReceived(b"line\r\n")
    timed.clock.advance(4)
    assert not timed.transport.disconnecting
    timed.clock.advance(1)
    assert timed.transport.disconnecting


def test_setting_another_time_returns_the_one_before(timed: Timed) -> None:
    assert timed.protocol.setTimeout(8) == 5
    timed.clock.advance(7)
    assert not timed.transport.disconnecting
    timed.clock.advance(1)
    assert timed.transport.disconnecting


def test_none_takes_the_timer_away(timed: Timed) -> None:
    assert timed.protocol.setTimeout(None) == 5
    assert timed.protocol.timeOut is None
    assert timed.clock.getDelayedCalls() == []
    timed.protocol.resetTimeout()
    assert timed.clock.getDelayedCalls() == []


def test_after_the_time_was_over_it_can_be_set_again(timed: Timed) -> None:
    timed.clock.advance(5)
    timed.protocol.setTimeout(3)
    assert len(timed.clock.getDelayedCalls()) == 1


class OnClock(TimeoutFactory):
    """A factory on a clock that the test turns."""

    def __init__(self, clock: Clock, period: float | None) -> None:
        super().__init__(Factory.forProtocol(Protocol), period)
        self.callLater = clock.callLater  # type: ignore[method-assign, assignment]


class Idle:
    """A wrapped protocol that is connected to a transport in memory."""

    def __init__(self, period: float | None = 5) -> None:
        self.clock = Clock()
        self.transport = StringTransport()
        built = OnClock(self.clock, period).buildProtocol(ADDRESS)
        assert isinstance(built, TimeoutProtocol)
        self.wrapper = built
        self.wrapper.makeConnection(self.transport)


@pytest.fixture
def idle() -> Idle:
    return Idle()


def test_an_idle_connection_is_closed(idle: Idle) -> None:
    idle.clock.advance(5)
    assert idle.transport.disconnecting


def test_reading_and_writing_keep_it_open(idle: Idle) -> None:
    idle.clock.advance(4)
    idle.wrapper.dataReceived(b"x")
    idle.clock.advance(4)
    idle.wrapper.write(b"x")
    idle.clock.advance(4)
    idle.wrapper.writeSequence([b"x"])
    idle.clock.advance(4)
    assert not idle.transport.disconnecting


def test_the_period_of_one_connection_can_be_changed(idle: Idle) -> None:
    idle.wrapper.setTimeout(9)
    idle.clock.advance(8)
    assert not idle.transport.disconnecting
    idle.wrapper.setTimeout()
    assert idle.clock.getDelayedCalls() == []


def test_a_lost_connection_has_no_timer(idle: Idle) -> None:
    idle.wrapper.connectionLost(Failure(ConnectionDone()))
    assert idle.clock.getDelayedCalls() == []


def test_without_a_period_nothing_is_timed() -> None:
    assert Idle(None).clock.getDelayedCalls() == []


def test_half_an_hour_is_the_default() -> None:
    assert TimeoutFactory(Factory()).timeoutPeriod == 1800
