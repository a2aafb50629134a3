"""A port that passes its connections on: data, ends, back-pressure and failures go both ways."""

from typing import cast

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionRefusedError
from twisted.internet.interfaces import IConnector, IHalfCloseableProtocol, IProtocol
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.internet.testing import (
    EventLoggingObserver,
    LoopbackTransport,
    MemoryReactor,
    StringTransport,
)
from twisted.logger import globalLogPublisher
from twisted.protocols._junction import HALF_CLOSED_SECONDS, Junction
from twisted.protocols.portforward import (
    Proxy,
    ProxyClient,
    ProxyClientFactory,
    ProxyFactory,
    ProxyServer,
)
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

from .proxy_helpers import Bench, Keeping, Witness, bench, closedPort

__all__ = ["bench"]

TARGET = IPv4Address("TCP", "192.0.2.1", 80)
REFUSED = Failure(ConnectionRefusedError("refused"))


class Memory:
    """A connection that was accepted in memory, and the attempt that is made for it."""

    def __init__(self, kind: type[ProxyServer] = ProxyServer) -> None:
        self.reactor = MemoryReactor()
        self.factory = ProxyFactory("192.0.2.1", 80)
        self.factory.protocol = kind
        server = self.factory.buildProtocol(None)
        assert server is not None
        self.server = server
        self.server.reactor = self.reactor
        self.accepted = StringTransport()
        self.server.makeConnection(self.accepted)
        ((self.host, self.port, factory, _, _),) = self.reactor.tcpClients
        self.attempt = cast(ProxyClientFactory, factory)
        self.connector: IConnector = self.reactor.connectors[0]
        self.made = StringTransport()

    def connect(self) -> ProxyClient:
        """Let the attempt succeed."""
        client = self.attempt.buildProtocol(TARGET)
        assert client is not None
        client.makeConnection(self.made)
        return client


def test_accepted_connection_waits_while_the_other_is_made() -> None:
    memory = Memory()

    assert (memory.host, memory.port) == ("192.0.2.1", 80)
    assert memory.accepted.producerState == "paused"


def test_both_are_joined_when_the_other_is_made() -> None:
    memory = Memory()
    client = memory.connect()

    assert memory.accepted.producerState == "producing"
    assert (memory.server.peer, client.peer) == (client, memory.server)
    assert (memory.accepted.producer, memory.accepted.streaming) == (memory.made, True)
    assert (memory.made.producer, memory.made.streaming) == (memory.accepted, True)


def test_bytes_go_both_ways() -> None:
    memory = Memory()
    client = memory.connect()
    memory.server.dataReceived(b"question")
    client.dataReceived(b"answer")

    assert memory.made.value() == b"question"
    assert memory.accepted.value() == b"answer"


def test_what_comes_in_spite_of_the_pause_is_passed_on_first() -> None:
    memory = Memory()
    memory.server.dataReceived(b"one")
    memory.server.dataReceived(b"two")
    memory.connect()
    memory.server.dataReceived(b"three")

    assert memory.made.value() == b"onetwothree"


def test_failed_attempt_closes_the_accepted_connection() -> None:
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        memory = Memory()
        memory.attempt.clientConnectionFailed(memory.connector, REFUSED)
    finally:
        globalLogPublisher.removeObserver(observer)

    assert memory.accepted.disconnecting
    (event,) = [e for e in observer if e["log_namespace"] == "twisted.protocols.portforward"]
    assert event["why"].endswith("refused.")


def test_quiet_proxy_logs_no_failed_attempt() -> None:
    class Quiet(ProxyServer):
        noisy = False

    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        memory = Memory(Quiet)
        memory.attempt.clientConnectionFailed(memory.connector, REFUSED)
    finally:
        globalLogPublisher.removeObserver(observer)

    assert memory.accepted.disconnecting
    assert [e for e in observer if e["log_namespace"] == "twisted.protocols.portforward"] == []


def test_attempt_for_a_connection_that_is_gone_is_given_up() -> None:
    memory = Memory()
    memory.server.connectionLost(Failure(ConnectionDone()))

    assert memory.attempt.buildProtocol(TARGET) is None
    # The end of the attempt, when it comes, concerns nobody.
    memory.attempt.clientConnectionFailed(memory.connector, REFUSED)
    assert not memory.accepted.disconnecting


@pytest.mark.parametrize("first", ["server", "client"])
def test_end_of_one_connection_closes_the_other(first: str) -> None:
    memory = Memory()
    client = memory.connect()
    ends: list[tuple[Proxy, StringTransport]] = [
        (memory.server, memory.accepted),
        (client, memory.made),
    ]
    (lost, lostTransport), (other, otherTransport) = ends if first == "server" else ends[::-1]
    lostTransport.producer = None  # what a transport does whose connection is lost
    lost.connectionLost(Failure(ConnectionDone()))

    assert otherTransport.disconnecting
    assert otherTransport.producer is None
    other.connectionLost(Failure(ConnectionDone()))
    assert (lost.peer, other.peer) == (None, None)


def test_peer_that_was_chosen_by_hand_gets_what_is_received() -> None:
    one, other = Proxy(), Proxy()
    transport, otherTransport = StringTransport(), StringTransport()
    one.makeConnection(transport)
    other.makeConnection(otherTransport)
    one.setPeer(other)
    one.dataReceived(b"hello")
    one.connectionLost()

    assert otherTransport.value() == b"hello"
    assert otherTransport.disconnecting


def test_subclass_sees_and_changes_what_goes_by() -> None:
    class Loud(ProxyServer):
        def dataReceived(self, data: bytes) -> None:
            super().dataReceived(data.upper())

    memory = Memory(Loud)
    memory.connect()
    memory.server.dataReceived(b"hello")

    assert memory.made.value() == b"HELLO"


def test_proxies_can_be_half_closed() -> None:
    verifyObject(IHalfCloseableProtocol, ProxyServer())
    verifyObject(IHalfCloseableProtocol, ProxyClient())


# A junction in memory


class Joined:
    """Two transports in memory that are joined, and what they are connected to."""

    def __init__(self, halfClosedSeconds: float | None = HALF_CLOSED_SECONDS) -> None:
        self.clock = Clock()
        addresses = TARGET, IPv4Address("TCP", "192.0.2.9", 9)
        self.ends: list[LoopbackTransport] = []
        self.outside: list[Witness] = []
        for _ in range(2):
            near, far = LoopbackTransport(*addresses), LoopbackTransport(*addresses[::-1])
            near.peer, far.peer = far, near
            proxy, witness = Proxy(), Witness()
            near.protocol, far.protocol = proxy, witness
            proxy.makeConnection(near)
            witness.makeConnection(far)
            self.ends += [near, far]
            self.outside.append(witness)
        self.junction = Junction(self.ends[0], self.ends[2], halfClosedSeconds, self.clock)
        for near in (self.ends[0], self.ends[2]):
            cast(Proxy, near.protocol)._junction = self.junction
        self.junction.begin()

    def turn(self) -> None:
        for _ in range(5):
            for end in self.ends:
                end.turn()


def test_transport_without_half_closing_is_closed() -> None:
    near, far = StringTransport(), StringTransport()
    junction = Junction(near, far)
    junction.begin()
    junction.endOfStream(near)

    assert far.disconnecting
    junction.lost(far)
    assert near.disconnecting


def test_half_closed_junction_ends_when_nothing_comes_any_more() -> None:
    joined = Joined()
    joined.outside[0].transport.loseWriteConnection()
    joined.turn()
    assert joined.outside[1].ended
    joined.clock.advance(HALF_CLOSED_SECONDS - 1)
    joined.outside[1].transport.write(b"still here")
    joined.turn()
    joined.clock.advance(HALF_CLOSED_SECONDS - 1)
    joined.turn()
    assert joined.outside[0].received == b"still here"
    assert joined.ends[0].connected

    joined.clock.advance(1)
    joined.turn()

    assert [witness.reasons != [] for witness in joined.outside] == [True, True]
    assert joined.clock.getDelayedCalls() == []


def test_half_closed_junction_may_last_for_ever() -> None:
    joined = Joined(None)
    joined.outside[0].transport.loseWriteConnection()
    joined.turn()

    assert joined.outside[1].ended
    assert joined.clock.getDelayedCalls() == []


def test_timer_ends_with_the_junction() -> None:
    joined = Joined()
    joined.outside[0].transport.loseWriteConnection()
    joined.turn()
    assert joined.clock.getDelayedCalls() != []
    joined.outside[1].transport.loseWriteConnection()
    joined.turn()

    assert [witness.reasons[0].type for witness in joined.outside] == [ConnectionDone] * 2
    assert joined.clock.getDelayedCalls() == []


def test_open_junction_has_no_time_limit() -> None:
    assert Joined().clock.getDelayedCalls() == []


# Over real sockets


class Forwarded:
    """A client, a port that passes on, and a server."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.keeping = Keeping()
        factory = ProxyFactory("127.0.0.1", bench.listen(self.keeping))
        factory.noisy = False

        class Server(ProxyServer):
            reactor = bench.reactor

        factory.protocol = Server
        self.client = bench.connect(bench.listen(cast(Factory[IProtocol], factory)))
        bench.until(lambda: self.keeping.built and self.keeping.built[0].connected)
        self.server = self.keeping.built[0]


def test_bytes_go_both_ways_over_tcp(bench: Bench) -> None:
    forwarded = Forwarded(bench)
    data = bytes(range(256)) * 4096
    forwarded.client.transport.write(data)
    forwarded.server.transport.write(data[::-1])
    bench.until(lambda: len(forwarded.server.received) == len(data))
    bench.until(lambda: len(forwarded.client.received) == len(data))

    assert forwarded.server.received == data
    assert forwarded.client.received == data[::-1]


def test_end_of_one_direction_is_passed_on_over_tcp(bench: Bench) -> None:
    forwarded = Forwarded(bench)
    forwarded.client.transport.write(b"question")
    forwarded.client.transport.loseWriteConnection()
    bench.until(lambda: forwarded.server.ended)
    assert forwarded.server.received == b"question"
    assert not forwarded.client.ended
    forwarded.server.transport.write(b"answer")
    forwarded.server.transport.loseConnection()
    bench.until(lambda: forwarded.client.reasons)

    assert forwarded.client.received == b"answer"
    assert forwarded.client.reasons[0].check(ConnectionDone)


def test_all_that_was_sent_arrives_after_the_sender_has_gone_over_tcp(bench: Bench) -> None:
    forwarded = Forwarded(bench)
    data = b"x" * 3_000_000
    forwarded.client.transport.write(data)
    forwarded.client.transport.loseConnection()
    bench.until(lambda: forwarded.server.ended)
    forwarded.server.transport.loseConnection()

    assert forwarded.server.received == data


def test_reset_of_one_connection_ends_the_other_over_tcp(bench: Bench) -> None:
    forwarded = Forwarded(bench)
    forwarded.client.transport.abortConnection()
    bench.until(lambda: forwarded.client.reasons)
    assert forwarded.client.reasons[0].check(ConnectionAborted)
    bench.until(lambda: forwarded.server.ended)
    forwarded.server.transport.loseConnection()
    bench.until(lambda: forwarded.server.reasons)


def test_server_that_does_not_read_holds_back_the_client_over_tcp(bench: Bench) -> None:
    forwarded = Forwarded(bench)
    producer = Pouring(forwarded.client)
    forwarded.server.transport.pauseProducing()  # type: ignore[attr-defined]
    producer.begin()
    # More than any buffer of the kernel on the way could hold, if nobody held it back.
    bench.until(lambda: producer.paused and producer.steady(bench))
    sent = producer.sent
    assert sent < Pouring.LIMIT

    forwarded.server.transport.resumeProducing()  # type: ignore[attr-defined]
    bench.until(lambda: producer.sent > sent)
    producer.stop()
    bench.until(lambda: len(forwarded.server.received) == producer.sent)


class Pouring:
    """Writes as long as it may."""

    CHUNK = b"x" * 65536
    LIMIT = 256 * 1024 * 1024

    def __init__(self, witness: Witness) -> None:
        self.transport = witness.transport
        self.sent = 0
        self.paused = True
        self.stopped = False

    def begin(self) -> None:
        self.transport.registerProducer(self, True)  # type: ignore[attr-defined]
        self.resumeProducing()

    def steady(self, bench: Bench) -> bool:
        """Return whether nothing more could be sent in many turns."""
        before = self.sent
        for _ in range(50):
            bench.reactor.iterate(0.01)
        return self.sent == before

    def stop(self) -> None:
        self.stopped = True
        self.transport.unregisterProducer()  # type: ignore[attr-defined]

    def pauseProducing(self) -> None:
        self.paused = True

    def resumeProducing(self) -> None:
        self.paused = False
        while not self.paused and not self.stopped and self.sent < self.LIMIT:
            self.sent += len(self.CHUNK)
            self.transport.write(self.CHUNK)

    def stopProducing(self) -> None:
        self.stopped = True


def test_target_on_which_nobody_listens_ends_the_connection_over_tcp(bench: Bench) -> None:
    class Server(ProxyServer):
        reactor = bench.reactor

    factory = ProxyFactory("127.0.0.1", closedPort())
    factory.noisy = False
    factory.protocol = Server
    client = bench.connect(bench.listen(cast(Factory[IProtocol], factory)))
    bench.until(lambda: client.ended)
    client.transport.loseConnection()
    bench.until(lambda: client.reasons)
