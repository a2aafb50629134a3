"""Limits on connections and on bytes a second, and a look at the traffic."""

from pathlib import Path
from typing import cast

import pytest

from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IProtocol, IPushProducer
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import (
    LimitConnectionsByPeer,
    LimitTotalConnectionsFactory,
    ProtocolWrapper,
    SpewingFactory,
    ThrottlingFactory,
    TrafficLoggingFactory,
)
from twisted.python.failure import Failure

DONE = Failure(ConnectionDone())


def address(host: str = "192.0.2.1") -> IPv4Address:
    """Return the address of a client."""
    return IPv4Address("TCP", host, 7)


def connected(protocol: IProtocol | None, host: str = "192.0.2.1") -> ProtocolWrapper:
    """Connect a wrapper to a transport in memory."""
    assert isinstance(protocol, ProtocolWrapper)
    protocol.makeConnection(StringTransport(peerAddress=address(host)))
    return protocol


def below(protocol: ProtocolWrapper) -> StringTransport:
    """Return the transport of a wrapper."""
    assert isinstance(protocol.transport, StringTransport)
    return protocol.transport


class Refusing(Factory[Protocol]):
    """Refuses everybody."""

    def buildProtocol(self, addr: object) -> None:
        return None


# In all


class Limited(LimitTotalConnectionsFactory):
    """Serves two."""

    protocol = Protocol  # type: ignore[assignment]  # as its users write it
    connectionLimit: int | None = 2


def test_more_connections_than_the_limit_are_refused() -> None:
    factory = Limited()
    first = connected(factory.buildProtocol(address()))
    connected(factory.buildProtocol(address()))
    assert factory.connectionCount == 2
    assert factory.buildProtocol(address()) is None
    first.connectionLost(DONE)
    assert factory.connectionCount == 1
    assert factory.buildProtocol(address()) is not None


def test_too_many_connections_can_get_another_protocol() -> None:
    class Sorry(Protocol):
        def connectionMade(self) -> None:
            self.transport.write(b"come back later")
            self.transport.loseConnection()

    factory = Limited()
    factory.connectionLimit = 0
    factory.overflowProtocol = Sorry
    sorry = connected(factory.buildProtocol(address()))
    assert below(sorry).value() == b"come back later"
    assert factory.connectionCount == 1
    sorry.connectionLost(DONE)
    assert factory.connectionCount == 0


def test_without_a_limit_everybody_is_served() -> None:
    factory = Limited()
    factory.connectionLimit = None
    for _ in range(5):
        assert factory.buildProtocol(address()) is not None


# By host


class ByPeer(LimitConnectionsByPeer):
    """Serves two of each host."""

    maxConnectionsPerPeer = 2
    noisy = False


def test_each_host_has_its_own_limit() -> None:
    factory = ByPeer(Factory.forProtocol(Protocol))
    factory.doStart()
    first = connected(factory.buildProtocol(address()))
    connected(factory.buildProtocol(address()))
    assert factory.buildProtocol(address()) is None
    assert factory.buildProtocol(address("192.0.2.2")) is not None
    first.connectionLost(DONE)
    assert factory.buildProtocol(address()) is not None


def test_hosts_that_are_gone_are_forgotten() -> None:
    factory = ByPeer(Factory.forProtocol(Protocol))
    factory.doStart()
    connected(factory.buildProtocol(address())).connectionLost(DONE)
    assert factory.peerConnections == {}


def test_what_has_no_host_counts_as_one() -> None:
    factory = ByPeer(Factory.forProtocol(Protocol))
    factory.doStart()
    for _ in range(2):
        assert factory.buildProtocol(UNIXAddress(None)) is not None
    assert factory.buildProtocol(UNIXAddress(None)) is None


def test_a_refused_connection_is_not_counted() -> None:
    factory = ByPeer(Refusing())
    factory.doStart()
    assert factory.buildProtocol(address()) is None
    assert factory.peerConnections == {}


def test_five_connections_are_the_default() -> None:
    assert LimitConnectionsByPeer.maxConnectionsPerPeer == 5


# Bytes a second


class Throttled(ThrottlingFactory):
    """A factory on a clock that the test turns."""

    def __init__(self, *limits: float | None) -> None:
        super().__init__(Factory.forProtocol(Protocol), 2, *limits)
        self.clock = Clock()
        self.callLater = self.clock.callLater  # type: ignore[method-assign, assignment]


def test_reading_too_much_pauses_everybody_until_the_average_fits() -> None:
    factory = Throttled(10, None)
    one, other = (connected(factory.buildProtocol(address())) for _ in range(2))
    one.dataReceived(b"x" * 30)
    assert below(one).producerState == "producing"
    factory.clock.advance(1)
    assert (below(one).producerState, below(other).producerState) == ("paused", "paused")
    factory.clock.advance(1.9)
    assert below(one).producerState == "paused"
    factory.clock.advance(0.1)
    assert (below(one).producerState, below(other).producerState) == ("producing", "producing")


def test_protocol_that_wants_nothing_is_not_read_for_when_the_average_fits() -> None:
    factory = Throttled(10, None)
    one = connected(factory.buildProtocol(address()))
    one.dataReceived(b"x" * 30)
    cast(IPushProducer, one).pauseProducing()
    factory.clock.advance(1)
    factory.clock.advance(2)
    assert below(one).producerState == "paused"
    cast(IPushProducer, one).resumeProducing()
    assert below(one).producerState == "producing"


def test_protocol_cannot_read_on_while_too_much_was_read() -> None:
    factory = Throttled(10, None)
    one = connected(factory.buildProtocol(address()))
    one.dataReceived(b"x" * 30)
    factory.clock.advance(1)
    cast(IPushProducer, one).resumeProducing()
    assert below(one).producerState == "paused"
    factory.clock.advance(2)
    assert below(one).producerState == "producing"


class Producer:
    """Notes how it is steered."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def pauseProducing(self) -> None:
        self.events.append("pause")

    def resumeProducing(self) -> None:
        self.events.append("resume")

    def stopProducing(self) -> None:
        self.events.append("stop")


def test_writing_too_much_pauses_the_producers() -> None:
    factory = Throttled(None, 10)
    protocol, producer = connected(factory.buildProtocol(address())), Producer()
    protocol.registerProducer(producer, True)
    protocol.write(b"x" * 15)
    protocol.writeSequence([b"x"] * 5)
    factory.clock.advance(1)
    assert producer.events == ["pause"]
    factory.clock.advance(1)
    assert producer.events == ["pause", "resume"]
    protocol.unregisterProducer()
    protocol.write(b"x" * 20)
    factory.clock.advance(1)
    assert producer.events == ["pause", "resume"]


def test_within_the_limit_nobody_is_paused() -> None:
    factory = Throttled(10, 10)
    protocol = connected(factory.buildProtocol(address()))
    for _ in range(3):
        protocol.dataReceived(b"x" * 10)
        factory.clock.advance(1)
        assert below(protocol).producerState == "producing"


def test_after_the_last_connection_nothing_is_timed() -> None:
    factory = Throttled(10, 10)
    protocols = [connected(factory.buildProtocol(address())) for _ in range(2)]
    protocols[0].dataReceived(b"x" * 30)
    factory.clock.advance(1)
    for protocol in protocols:
        protocol.connectionLost(DONE)
    assert factory.clock.getDelayedCalls() == []
    connected(factory.buildProtocol(address()))
    assert len(factory.clock.getDelayedCalls()) == 2


def test_without_limits_nothing_is_timed() -> None:
    factory = Throttled(None, None)
    connected(factory.buildProtocol(address()))
    assert factory.clock.getDelayedCalls() == []


def test_too_many_connections_are_refused() -> None:
    factory = Throttled()
    for _ in range(2):
        assert factory.buildProtocol(address()) is not None
    assert factory.buildProtocol(address()) is None


# Looking at the traffic


def test_traffic_is_written_to_a_file_for_each_connection(tmp_path: Path) -> None:
    factory = TrafficLoggingFactory(Factory.forProtocol(Protocol), str(tmp_path / "log"), 5)
    protocol = connected(factory.buildProtocol(address()))
    protocol.dataReceived(b"in")
    protocol.write(b"out and more")
    protocol.writeSequence([b"a", b"b"])
    protocol.loseConnection()
    protocol.connectionLost(DONE)
    *lines, last = (tmp_path / "log-1").read_text().splitlines()
    assert lines == [
        "*",
        "C 1: b'in'",
        "S 1: b'out a'<... 7 more>",
        "SV 1: [b'a', b'b']",
        "S 1: *",
    ]
    assert "ConnectionDone" in last
    assert below(protocol).value() == b"out and moreab"
    connected(factory.buildProtocol(address())).connectionLost(DONE)
    assert (tmp_path / "log-2").exists()


def test_connections_can_be_counted_anew(tmp_path: Path) -> None:
    factory = TrafficLoggingFactory(Factory.forProtocol(Protocol), str(tmp_path / "log"))
    connected(factory.buildProtocol(address())).connectionLost(DONE)
    factory.resetCounter()
    connected(factory.buildProtocol(address())).connectionLost(DONE)
    assert [path.name for path in tmp_path.iterdir()] == ["log-1"]


def test_a_refused_connection_has_no_file(tmp_path: Path) -> None:
    factory = TrafficLoggingFactory(Refusing(), str(tmp_path / "log"))
    assert factory.buildProtocol(address()) is None
    assert list(tmp_path.iterdir()) == []


def test_traffic_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    protocol = connected(SpewingFactory(Factory.forProtocol(Protocol)).buildProtocol(address()))
    protocol.dataReceived(b"in")
    protocol.write(b"out")
    assert capsys.readouterr().out == "Received: b'in'\nSending: b'out'\n"
