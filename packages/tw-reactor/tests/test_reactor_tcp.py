"""TCP over real sockets on loopback, on each kind of reactor, over IPv4 and IPv6."""

import errno
import gc
import os
import resource
import socket
import weakref
from collections.abc import Callable, Iterator

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets._filedescriptor import LARGE
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import (
    CannotListenError,
    ConnectBindError,
    ConnectError,
    ConnectionAborted,
    ConnectionDone,
    ConnectionLost,
    ConnectionRefusedError,
    DNSLookupError,
    NotConnectingError,
    TimeoutError,
    UnsupportedAddressFamily,
    UnsupportedSocketType,
    UserError,
)
from twisted.internet.interfaces import (
    IConnector,
    IHalfCloseableProtocol,
    IListeningPort,
    IReadWriteDescriptor,
    ISystemHandle,
    ITCPTransport,
)
from twisted.internet.tcp import Client, Connector, Server
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

from .reactor_helpers import (
    POLLING_REACTORS,
    TURNING_WITHOUT_DESCRIPTORS,
    Pair,
    Recorder,
    RecordingClient,
    RecordingServer,
    pair,
    reactor,
    turn,
    turnUntil,
)

__all__ = ["pair", "reactor"]

MEGABYTE = 1024 * 1024


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    events: list[LogEvent] = []
    observer: Callable[[LogEvent], None] = events.append
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


def failures(events: list[LogEvent]) -> list[Failure]:
    """Return the failures among events."""
    found = [event.get("log_failure") for event in events]
    return [failure for failure in found if isinstance(failure, Failure)]


def portOf(port: IListeningPort) -> int:
    host = port.getHost()
    assert isinstance(host, IPv4Address | IPv6Address)
    return host.port


def freePort() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as skt:
        skt.bind(("127.0.0.1", 0))
        number: int = skt.getsockname()[1]
        return number


class TestSending:
    def test_bytes_arrive_at_the_peer(self, pair: Pair) -> None:
        pair.client.transport.write(b"hello")
        pair.until(lambda: pair.server.received == b"hello")

    def test_writes_arrive_in_order(self, pair: Pair) -> None:
        for number in range(1000):
            pair.client.transport.write(b"%d," % number)
        expected = b"".join(b"%d," % number for number in range(1000))
        pair.until(lambda: len(pair.server.received) >= len(expected))
        assert pair.server.received == expected

    def test_a_sequence_arrives_joined(self, pair: Pair) -> None:
        pair.client.transport.writeSequence([b"a", b"", b"bc"])
        pair.until(lambda: pair.server.received == b"abc")

    def test_what_waits_to_be_sent_can_be_looked_at(self, pair: Pair) -> None:
        transport = pair.client.transport
        assert isinstance(transport, Client)
        assert transport.dataBuffer == b""
        transport.write(b"one")
        transport.write(b"two")
        assert transport.dataBuffer == b"onetwo"
        assert transport._tempDataLen == 0
        pair.until(lambda: pair.server.received == b"onetwo")
        assert transport.dataBuffer == b""

    def test_what_waits_is_counted_wherever_it_waits(self, pair: Pair) -> None:
        transport = pair.client.transport
        assert isinstance(transport, Client)
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        data = os.urandom(1000) * 8000
        transport.write(data)
        pair.until(lambda: transport._blocked)
        assert 0 < len(transport.dataBuffer) + transport._tempDataLen <= len(data)
        assert len(transport.dataBuffer) + transport._tempDataLen == transport._buffered
        pair.server.transport.resumeProducing()  # type: ignore[attr-defined]
        pair.until(lambda: len(pair.server.received) == len(data))
        assert len(transport.dataBuffer) + transport._tempDataLen == 0

    def test_many_megabytes_arrive_whole(self, pair: Pair) -> None:
        data = os.urandom(1000) * 8000
        pair.client.transport.write(data)
        pair.until(lambda: len(pair.server.received) >= len(data))
        assert pair.server.received == data

    def test_what_is_written_while_the_kernel_is_full_comes_after(self, pair: Pair) -> None:
        first = b"1" * (8 * MEGABYTE)
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        pair.client.transport.write(first)
        turn(pair.reactor)
        pair.client.transport.write(b"2" * 1000)
        pair.client.transport.write(b"3" * 1000)
        pair.server.transport.resumeProducing()  # type: ignore[attr-defined]
        pair.until(lambda: len(pair.server.received) >= len(first) + 2000)
        assert pair.server.received == first + b"2" * 1000 + b"3" * 1000

    def test_large_and_small_writes_arrive_in_order_whatever_the_kernel_takes(
        self, pair: Pair
    ) -> None:
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        written = []
        for number in range(200):
            written.append(bytes([number]) * (LARGE * (number % 5) + 3))
            pair.client.transport.write(written[-1])
        turn(pair.reactor)
        pair.server.transport.resumeProducing()  # type: ignore[attr-defined]
        expected = b"".join(written)
        pair.until(lambda: len(pair.server.received) >= len(expected))
        assert pair.server.received == expected

    def test_writing_waits_for_no_writability(self, pair: Pair) -> None:
        pair.client.transport.write(b"small")
        pair.until(lambda: pair.server.received)
        assert pair.reactor.getWriters() == []

    def test_an_empty_write_does_nothing(self, pair: Pair) -> None:
        pair.client.transport.write(b"")
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.received)
        assert pair.server.received == b"x"

    @pytest.mark.parametrize("data", ["text", None, 7, bytearray(b"x"), [b"x"]])
    def test_anything_but_bytes_is_refused(self, pair: Pair, data: object) -> None:
        with pytest.raises(TypeError, match="bytes"):
            pair.client.transport.write(data)  # type: ignore[arg-type]

    def test_a_sequence_with_text_sends_nothing(self, pair: Pair) -> None:
        with pytest.raises(TypeError, match="bytes"):
            pair.client.transport.writeSequence([b"a", "b"])  # type: ignore[list-item]
        pair.client.transport.write(b"later")
        pair.until(lambda: pair.server.received)
        assert pair.server.received == b"later"

    def test_a_reply_from_inside_of_data_received(self, pair: Pair) -> None:
        pair.server.onData = lambda data: pair.server.transport.write(data * 2)
        pair.client.transport.write(b"ab")
        pair.until(lambda: pair.client.received == b"abab")

    def test_nodelay_is_on(self, pair: Pair) -> None:
        assert pair.client.transport.getTcpNoDelay()
        assert pair.server.transport.getTcpNoDelay()

    def test_nodelay_can_be_changed(self, pair: Pair) -> None:
        pair.client.transport.setTcpNoDelay(False)
        assert not pair.client.transport.getTcpNoDelay()

    def test_keepalive_can_be_changed(self, pair: Pair) -> None:
        assert not pair.client.transport.getTcpKeepAlive()
        pair.client.transport.setTcpKeepAlive(True)
        assert pair.client.transport.getTcpKeepAlive()


class TestLosing:
    def test_lose_connection_flushes_what_was_written(self, pair: Pair) -> None:
        data = b"x" * (4 * MEGABYTE)
        pair.client.transport.write(data)
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.server.lost)
        assert pair.server.received == data
        assert pair.server.lostWith is ConnectionDone
        pair.until(lambda: pair.client.lost)
        assert pair.client.lostWith is ConnectionDone

    def test_lose_connection_is_not_reentrant(self, pair: Pair) -> None:
        pair.client.transport.loseConnection()
        assert pair.client.lost == []
        pair.until(lambda: pair.client.lost)

    def test_lose_connection_twice_is_harmless(self, pair: Pair) -> None:
        pair.client.transport.loseConnection()
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.client.lost and pair.server.lost)
        pair.client.transport.loseConnection()
        turn(pair.reactor)
        assert len(pair.client.lost) == 1

    def test_nothing_is_received_after_lose_connection(self, pair: Pair) -> None:
        pair.client.onData = lambda data: pair.client.transport.loseConnection()
        pair.server.transport.write(b"first")
        pair.until(lambda: pair.client.received)
        pair.server.transport.write(b"second")
        pair.until(lambda: pair.client.lost)
        assert pair.client.received == b"first"

    def test_a_peer_that_half_closes_gets_what_was_written_for_it(self, pair: Pair) -> None:
        data = b"x" * (8 * MEGABYTE)
        pair.client.transport.pauseProducing()  # type: ignore[attr-defined]
        pair.server.transport.write(data)
        turn(pair.reactor)
        pair.client.transport.loseWriteConnection()
        turn(pair.reactor)
        pair.client.transport.resumeProducing()  # type: ignore[attr-defined]
        pair.until(lambda: pair.client.lost)
        assert len(pair.client.received) == len(data)
        pair.until(lambda: pair.server.lost)
        assert pair.server.lostWith is ConnectionDone

    def test_an_answer_arrives_though_input_was_not_read(self, pair: Pair) -> None:
        def refuse(data: bytes) -> None:
            pair.server.transport.write(b"too long\r\n")
            pair.server.transport.loseConnection()

        pair.server.onData = refuse
        pair.client.transport.write(b"x" * 300_000)
        pair.until(lambda: pair.client.lost)
        assert pair.client.received == b"too long\r\n"

    def test_abort_loses_what_was_written(self, pair: Pair) -> None:
        data = b"x" * (32 * MEGABYTE)
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        pair.client.transport.write(data)
        turn(pair.reactor)
        pair.client.transport.abortConnection()
        pair.until(lambda: pair.client.lost)
        assert pair.client.lostWith is ConnectionAborted
        pair.server.transport.resumeProducing()  # type: ignore[attr-defined]
        pair.until(lambda: pair.server.lost)
        assert pair.server.lostWith is ConnectionLost
        assert len(pair.server.received) < len(data)

    def test_abort_is_not_reentrant(self, pair: Pair) -> None:
        pair.client.transport.abortConnection()
        assert pair.client.lost == []
        pair.until(lambda: pair.client.lost)

    def test_abort_after_lose_connection_that_hangs(self, pair: Pair) -> None:
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        pair.client.transport.write(b"x" * (32 * MEGABYTE))
        pair.client.transport.loseConnection()
        turn(pair.reactor)
        assert pair.client.lost == []
        pair.client.transport.abortConnection()
        pair.until(lambda: pair.client.lost)
        assert pair.client.lostWith is ConnectionAborted

    def test_nothing_is_received_after_abort(self, pair: Pair) -> None:
        sizes: list[int] = []

        def abort(data: bytes) -> None:
            sizes.append(len(data))
            pair.client.transport.abortConnection()

        pair.client.onData = abort
        pair.server.transport.write(b"x" * MEGABYTE)
        pair.until(lambda: pair.client.lost)
        turn(pair.reactor)
        # How much is read at once is up to the reactor.
        assert len(sizes) == 1
        assert sizes[0] < MEGABYTE

    def test_a_reset_by_the_peer_is_a_lost_connection(self, pair: Pair) -> None:
        pair.server.transport.abortConnection()
        pair.until(lambda: pair.client.lost)
        assert pair.client.lostWith is ConnectionLost

    def test_a_protocol_that_raises_loses_its_connection(
        self, pair: Pair, logged: list[LogEvent]
    ) -> None:
        def fail(data: bytes) -> None:
            raise ZeroDivisionError

        pair.server.onData = fail
        pair.client.transport.write(b"x")
        pair.until(lambda: pair.server.lost and pair.client.lost)
        assert pair.server.lostWith is ConnectionLost
        assert [failure.type for failure in failures(logged)] == [ZeroDivisionError]

    def test_an_exception_in_connection_lost_is_logged(
        self, pair: Pair, logged: list[LogEvent]
    ) -> None:
        def fail() -> None:
            raise ZeroDivisionError

        pair.server.onLost = fail
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.server.lost)
        assert [failure.type for failure in failures(logged)] == [ZeroDivisionError]

    def test_addresses_are_known_after_the_end(self, pair: Pair) -> None:
        transport = pair.client.transport
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.client.lost)
        assert transport.getPeer() == pair.clientFactory.addresses[0]
        assert transport.getHost() == pair.serverFactory.addresses[0]

    def test_the_protocol_is_let_go(self, pair: Pair) -> None:
        gone = weakref.ref(pair.server)
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.server.lost)
        pair.serverFactory.built.clear()
        del pair.server
        gc.collect()
        assert gone() is None

    def test_writes_after_the_end_are_ignored(self, pair: Pair) -> None:
        transport = pair.client.transport
        transport.loseConnection()
        pair.until(lambda: pair.client.lost)
        transport.write(b"x")
        transport.abortConnection()
        turn(pair.reactor)
        assert len(pair.client.lost) == 1


@implementer(IHalfCloseableProtocol)
class HalfCloser(Recorder):
    """A protocol that goes on when one direction was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.halves: list[str] = []

    def readConnectionLost(self) -> None:
        self.halves.append("read")

    def writeConnectionLost(self) -> None:
        self.halves.append("write")


@pytest.fixture
def halfClosers(reactor: PollingReactor) -> tuple[HalfCloser, HalfCloser]:
    """A server and a client that both can close one direction."""
    serverFactory, clientFactory = RecordingServer(HalfCloser), RecordingClient(HalfCloser)
    port = reactor.listenTCP(0, serverFactory, interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", portOf(port), clientFactory)
    turnUntil(reactor, lambda: serverFactory.built and clientFactory.built)
    server, client = serverFactory.built[0], clientFactory.built[0]
    assert isinstance(server, HalfCloser)
    assert isinstance(client, HalfCloser)
    return server, client


class TestHalfClosing:
    def test_the_other_direction_goes_on(
        self, reactor: PollingReactor, halfClosers: tuple[HalfCloser, HalfCloser]
    ) -> None:
        server, client = halfClosers
        client.transport.write(b"question")
        client.transport.loseWriteConnection()
        turnUntil(reactor, lambda: server.halves)
        assert (server.received, server.halves, client.halves) == (
            b"question",
            ["read"],
            ["write"],
        )
        server.transport.write(b"answer")
        server.transport.loseConnection()
        turnUntil(reactor, lambda: client.halves == ["write", "read"])
        assert client.received == b"answer"

    def test_everything_written_is_sent_first(
        self, reactor: PollingReactor, halfClosers: tuple[HalfCloser, HalfCloser]
    ) -> None:
        server, client = halfClosers
        data = b"x" * (8 * MEGABYTE)
        client.transport.write(data)
        client.transport.loseWriteConnection()
        turnUntil(reactor, lambda: server.halves)
        assert len(server.received) == len(data)

    def test_when_both_directions_are_closed_the_connection_ends(
        self, reactor: PollingReactor, halfClosers: tuple[HalfCloser, HalfCloser]
    ) -> None:
        server, client = halfClosers
        client.transport.loseWriteConnection()
        server.transport.loseWriteConnection()
        turnUntil(reactor, lambda: server.lost and client.lost)
        assert server.lostWith is client.lostWith is ConnectionDone

    def test_the_end_of_reading_is_told_once(
        self, reactor: PollingReactor, halfClosers: tuple[HalfCloser, HalfCloser]
    ) -> None:
        server, client = halfClosers
        client.transport.loseWriteConnection()
        turnUntil(reactor, lambda: server.halves)
        server.transport.pauseProducing()  # type: ignore[attr-defined]
        server.transport.resumeProducing()  # type: ignore[attr-defined]
        turn(reactor)
        assert server.halves == ["read"]

    def test_writes_after_it_are_ignored(
        self, reactor: PollingReactor, halfClosers: tuple[HalfCloser, HalfCloser]
    ) -> None:
        server, client = halfClosers
        client.transport.loseWriteConnection()
        turnUntil(reactor, lambda: server.halves)
        client.transport.write(b"late")
        turn(reactor)
        assert server.received == b""
        assert client.lost == []


class Pushing:
    """A push producer that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def pauseProducing(self) -> None:
        self.told.append("pause")

    def resumeProducing(self) -> None:
        self.told.append("resume")

    def stopProducing(self) -> None:
        self.told.append("stop")


class Pulling:
    """A pull producer that writes chunks until there are none left."""

    def __init__(self, transport: object, chunks: list[bytes]) -> None:
        self.transport = transport
        self.chunks = chunks
        self.asked = 0
        self.stopped = False

    def resumeProducing(self) -> None:
        self.asked += 1
        if self.chunks:
            self.transport.write(self.chunks.pop(0))  # type: ignore[attr-defined]
        else:
            self.transport.unregisterProducer()  # type: ignore[attr-defined]

    def stopProducing(self) -> None:
        self.stopped = True


class TestProducers:
    def test_a_push_producer_is_paused_and_resumed(self, pair: Pair) -> None:
        producer = Pushing()
        transport = pair.client.transport
        transport.registerProducer(producer, True)  # type: ignore[attr-defined]
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        transport.write(b"x" * (16 * MEGABYTE))
        assert producer.told == ["pause"]
        turn(pair.reactor)
        assert producer.told == ["pause"]
        pair.server.transport.resumeProducing()  # type: ignore[attr-defined]
        pair.until(lambda: producer.told == ["pause", "resume"])

    def test_small_writes_do_not_pause(self, pair: Pair) -> None:
        producer = Pushing()
        pair.client.transport.registerProducer(producer, True)  # type: ignore[attr-defined]
        pair.client.transport.write(b"x" * 1000)
        pair.until(lambda: pair.server.received)
        assert producer.told == []

    def test_a_pull_producer_is_asked_for_chunk_after_chunk(self, pair: Pair) -> None:
        producer = Pulling(pair.client.transport, [b"a", b"b" * MEGABYTE, b"c"])
        pair.client.transport.registerProducer(producer, False)  # type: ignore[attr-defined]
        assert producer.asked == 1
        pair.until(lambda: len(pair.server.received) == MEGABYTE + 2)
        pair.until(lambda: producer.asked == 4)

    def test_lose_connection_waits_for_the_producer(self, pair: Pair) -> None:
        producer = Pulling(pair.client.transport, [b"a", b"b", b"c"])
        pair.client.transport.registerProducer(producer, False)  # type: ignore[attr-defined]
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.server.lost)
        assert pair.server.received == b"abc"

    def test_lose_connection_waits_for_an_idle_push_producer(self, pair: Pair) -> None:
        transport = pair.client.transport
        transport.registerProducer(Pushing(), True)  # type: ignore[attr-defined]
        transport.loseConnection()
        turn(pair.reactor)
        assert pair.client.lost == []
        transport.write(b"last")
        transport.unregisterProducer()  # type: ignore[attr-defined]
        pair.until(lambda: pair.client.lost and pair.server.lost)
        assert pair.server.received == b"last"

    def test_nothing_is_received_while_lose_connection_waits(self, pair: Pair) -> None:
        transport = pair.client.transport
        transport.registerProducer(Pushing(), True)  # type: ignore[attr-defined]
        transport.write(b"x")
        transport.loseConnection()
        turn(pair.reactor)
        pair.server.transport.write(b"late")
        turn(pair.reactor)
        assert pair.client.received == b""

    def test_a_second_producer_is_refused(self, pair: Pair) -> None:
        pair.client.transport.registerProducer(Pushing(), True)  # type: ignore[attr-defined]
        with pytest.raises(RuntimeError, match="registered"):
            pair.client.transport.registerProducer(Pushing(), True)  # type: ignore[attr-defined]

    def test_a_producer_is_stopped_with_its_connection(self, pair: Pair) -> None:
        producer = Pushing()
        pair.client.transport.registerProducer(producer, True)  # type: ignore[attr-defined]
        pair.server.transport.abortConnection()
        pair.until(lambda: pair.client.lost)
        assert producer.told == ["stop"]

    def test_abort_stops_the_producer(self, pair: Pair) -> None:
        producer = Pushing()
        pair.client.transport.registerProducer(producer, True)  # type: ignore[attr-defined]
        pair.client.transport.abortConnection()
        pair.until(lambda: pair.client.lost)
        assert producer.told == ["stop"]

    def test_a_producer_of_a_lost_connection_is_stopped_at_once(self, pair: Pair) -> None:
        transport = pair.client.transport
        transport.loseConnection()
        pair.until(lambda: pair.client.lost)
        producer = Pushing()
        transport.registerProducer(producer, True)  # type: ignore[attr-defined]
        assert producer.told == ["stop"]

    def test_a_producer_that_raises_loses_the_connection(
        self, pair: Pair, logged: list[LogEvent]
    ) -> None:
        class Failing(Pulling):
            def resumeProducing(self) -> None:
                raise ZeroDivisionError

        producer = Failing(pair.client.transport, [])
        pair.client.transport.registerProducer(producer, False)  # type: ignore[attr-defined]
        pair.until(lambda: pair.client.lost)
        assert [failure.type for failure in failures(logged)] == [ZeroDivisionError]

    def test_paused_reading_holds_data_back(self, pair: Pair) -> None:
        pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
        pair.client.transport.write(b"x")
        turn(pair.reactor)
        assert pair.server.received == b""
        pair.server.transport.resumeProducing()  # type: ignore[attr-defined]
        pair.until(lambda: pair.server.received == b"x")

    def test_pausing_in_connection_made_holds(self, reactor: PollingReactor) -> None:
        def paused() -> Recorder:
            protocol = Recorder()
            protocol.onMade = lambda: protocol.transport.pauseProducing()  # type: ignore[attr-defined]
            return protocol

        serverFactory, clientFactory = RecordingServer(paused), RecordingClient()
        port = reactor.listenTCP(0, serverFactory, interface="127.0.0.1")
        reactor.connectTCP("127.0.0.1", portOf(port), clientFactory)
        turnUntil(reactor, lambda: serverFactory.built and clientFactory.built)
        clientFactory.built[0].transport.write(b"x")
        turn(reactor)
        assert serverFactory.built[0].received == b""


class TestListening:
    def test_port_0_chooses_a_free_port(self, reactor: PollingReactor) -> None:
        port = reactor.listenTCP(0, RecordingServer())
        assert portOf(port) > 0

    def test_an_ipv6_interface_makes_an_ipv6_port(self, reactor: PollingReactor) -> None:
        host = reactor.listenTCP(0, RecordingServer(), interface="::1").getHost()
        assert isinstance(host, IPv6Address)
        assert host.host == "::1"

    def test_all_of_ipv6_includes_ipv4_where_the_system_has_it_so(
        self, reactor: PollingReactor
    ) -> None:
        port = reactor.listenTCP(0, RecordingServer(), interface="::")
        handle = port.getHandle()  # type: ignore[attr-defined]
        with socket.socket(socket.AF_INET6) as untouched:
            option = (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            assert handle.getsockopt(*option) == untouched.getsockopt(*option)

    def test_the_factory_is_started_and_stopped(self, reactor: PollingReactor) -> None:
        factory = RecordingServer()
        port = reactor.listenTCP(0, factory)
        assert (factory.starts, factory.stops) == (1, 0)
        stopped: list[object] = []
        deferred = port.stopListening()
        assert deferred is not None
        deferred.addCallback(stopped.append)
        turnUntil(reactor, lambda: stopped)
        assert (factory.starts, factory.stops) == (1, 1)

    def test_a_stopped_port_refuses_and_its_number_is_free(self, reactor: PollingReactor) -> None:
        port = reactor.listenTCP(0, RecordingServer(), interface="127.0.0.1")
        number = portOf(port)
        port.stopListening()
        turn(reactor)
        factory = RecordingClient()
        reactor.connectTCP("127.0.0.1", number, factory)
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.reasons[0].type is ConnectionRefusedError
        assert portOf(reactor.listenTCP(number, RecordingServer(), interface="127.0.0.1")) == number

    def test_open_connections_survive_the_port(self, pair: Pair) -> None:
        pair.port.stopListening()
        turn(pair.reactor)
        pair.client.transport.write(b"still here")
        pair.until(lambda: pair.server.received == b"still here")

    def test_a_port_can_listen_again(self, reactor: PollingReactor) -> None:
        factory = RecordingServer()
        port = reactor.listenTCP(0, factory)
        port.stopListening()
        turn(reactor)
        port.startListening()
        assert portOf(port) > 0
        assert factory.starts == 2

    def test_stop_listening_twice_is_harmless(self, reactor: PollingReactor) -> None:
        port = reactor.listenTCP(0, RecordingServer())
        assert port.stopListening() is port.stopListening()
        turn(reactor)
        assert port.stopListening() is None

    def test_a_taken_port_says_what_to_do(self, reactor: PollingReactor) -> None:
        number = portOf(reactor.listenTCP(0, RecordingServer(), interface="127.0.0.1"))
        with pytest.raises(CannotListenError, match="choose another port") as raised:
            reactor.listenTCP(number, RecordingServer(), interface="127.0.0.1")
        assert raised.value.socketError.errno == errno.EADDRINUSE
        assert raised.value.port == number

    def test_an_address_of_somebody_else_is_refused(self, reactor: PollingReactor) -> None:
        with pytest.raises(CannotListenError, match="not of this machine"):
            reactor.listenTCP(0, RecordingServer(), interface="192.0.2.1")

    def test_a_number_that_is_no_port_is_refused(self, reactor: PollingReactor) -> None:
        with pytest.raises(CannotListenError, match="0 to 65535"):
            reactor.listenTCP(70000, RecordingServer())

    def test_a_factory_may_refuse_a_connection(self, reactor: PollingReactor) -> None:
        port = reactor.listenTCP(0, RecordingServer(lambda: None), interface="127.0.0.1")
        factory = RecordingClient()
        reactor.connectTCP("127.0.0.1", portOf(port), factory)
        turnUntil(reactor, lambda: factory.built and factory.built[0].lost)
        assert factory.built[0].received == b""

    def test_a_factory_that_raises_leaves_the_port_open(
        self, reactor: PollingReactor, logged: list[LogEvent]
    ) -> None:
        answers: list[Callable[[], Recorder]] = [lambda: [][0], Recorder]
        factory = RecordingServer(lambda: answers.pop(0)())
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        first, second = RecordingClient(), RecordingClient()
        reactor.connectTCP("127.0.0.1", portOf(port), first)
        turnUntil(reactor, lambda: first.reasons)
        reactor.connectTCP("127.0.0.1", portOf(port), second)
        turnUntil(reactor, lambda: factory.built)
        assert [failure.type for failure in failures(logged)] == [IndexError]

    @pytest.mark.parametrize("reactor", POLLING_REACTORS, indirect=True)
    def test_a_connection_that_can_not_be_watched_is_closed(
        self, reactor: PollingReactor, logged: list[LogEvent], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        factory = RecordingServer()
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        watch = reactor._poller.watch

        def noRoom(fd: int, events: int) -> None:
            if events:
                raise OSError(errno.ENOSPC, "No space left on device")
            watch(fd, events)

        with socket.create_connection(("127.0.0.1", portOf(port))) as client:
            monkeypatch.setattr(reactor._poller, "watch", noRoom)
            turnUntil(reactor, lambda: factory.built)
            assert client.recv(1) == b""
        monkeypatch.undo()
        assert (factory.built[0].made, factory.built[0].lost) == (0, [])
        again = RecordingClient()
        reactor.connectTCP("127.0.0.1", portOf(port), again)
        turnUntil(reactor, lambda: len(factory.built) == 2)

    def test_connections_that_are_reset_before_accept_do_no_harm(
        self, reactor: PollingReactor, logged: list[LogEvent]
    ) -> None:
        factory = RecordingServer()
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        for _ in range(10):
            skt = socket.create_connection(("127.0.0.1", portOf(port)))
            skt.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            skt.close()
        client = RecordingClient()
        reactor.connectTCP("127.0.0.1", portOf(port), client)
        turnUntil(reactor, lambda: client.built and client.built[0].made)
        turnUntil(reactor, lambda: [one for one in factory.built if not one.lost])
        assert failures(logged) == []

    @pytest.mark.parametrize("reactor", TURNING_WITHOUT_DESCRIPTORS, indirect=True)
    def test_without_free_descriptors_clients_are_refused_once_logged(
        self, reactor: PollingReactor, logged: list[LogEvent]
    ) -> None:
        factory = RecordingServer()
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        clients = [socket.socket() for _ in range(20)]
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        highest = max(skt.fileno() for skt in clients)
        used: list[int] = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, limits[1]))
        try:
            while True:
                try:
                    used.append(os.open(os.devnull, os.O_RDONLY))
                except OSError:
                    break
            for skt in clients:
                skt.connect(("127.0.0.1", portOf(port)))
            turn(reactor, 3)
            for skt in clients:
                assert skt.recv(1) == b""
            assert factory.built == []
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            for descriptor in used:
                os.close(descriptor)
            for skt in clients:
                skt.close()
        refused = [event for event in logged if "refused" in str(event.get("log_format"))]
        assert len(refused) == 1
        client = RecordingClient()
        reactor.connectTCP("127.0.0.1", portOf(port), client)
        turnUntil(reactor, lambda: factory.built)


class TestTheServersEnd:
    def test_it_knows_its_client_as_older_programs_ask(self, pair: Pair) -> None:
        transport = pair.server.transport
        peer = transport.getPeer()
        assert isinstance(transport, Server)
        assert isinstance(peer, IPv4Address | IPv6Address)
        assert transport.client == (peer.host, peer.port)
        assert transport.hostname == peer.host


class TestConnecting:
    def test_a_refused_connection_fails(self, reactor: PollingReactor) -> None:
        factory = RecordingClient()
        reactor.connectTCP("127.0.0.1", freePort(), factory)
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.reasons[0].type is ConnectionRefusedError
        assert factory.events == ["start", "connecting", "failed", "stop"]

    def test_a_connection_has_its_events_in_order(self, pair: Pair) -> None:
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.clientFactory.reasons)
        assert pair.clientFactory.events == ["start", "connecting", "lost", "stop"]
        assert pair.clientFactory.reasons[0].type is ConnectionDone

    def test_a_factory_that_builds_no_protocol_by_raising_failed_to_connect(
        self, reactor: PollingReactor, logged: list[LogEvent]
    ) -> None:
        def make() -> Recorder:
            raise ZeroDivisionError

        server, client = RecordingServer(), RecordingClient(make)
        port = reactor.listenTCP(0, server, interface="127.0.0.1")
        reactor.connectTCP("127.0.0.1", portOf(port), client)
        turnUntil(reactor, lambda: client.reasons and server.built and server.built[0].lost)
        assert client.events == ["start", "connecting", "failed", "stop"]
        assert client.reasons[0].type is ConnectError
        assert isinstance(client.reasons[0].value.__cause__, ZeroDivisionError)
        assert [failure.type for failure in failures(logged)] == [ZeroDivisionError]
        assert len(reactor.getReaders()) == 1, "the port alone"

    def test_connecting_reports_nothing_from_inside_the_call(self, reactor: PollingReactor) -> None:
        factory = RecordingClient()
        reactor.connectTCP("127.0.0.1", freePort(), factory, bindAddress=("192.0.2.1", 0))
        assert factory.events == ["start", "connecting"]
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.reasons[0].type is ConnectBindError

    def test_the_local_address_can_be_chosen(self, reactor: PollingReactor) -> None:
        server, client = RecordingServer(), RecordingClient()
        port = reactor.listenTCP(0, server, interface="127.0.0.1")
        reactor.connectTCP("127.0.0.1", portOf(port), client, bindAddress=("127.0.0.2", 0))
        turnUntil(reactor, lambda: server.addresses)
        address = server.addresses[0]
        assert isinstance(address, IPv4Address)
        assert address.host == "127.0.0.2"

    def test_an_attempt_ends_with_its_time(self, reactor: PollingReactor) -> None:
        # A listener whose queue is full does not answer.
        with socket.socket() as skt:
            skt.bind(("127.0.0.1", 0))
            skt.listen(0)
            number = skt.getsockname()[1]
            waiting = [socket.socket() for _ in range(3)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", number))
            factory = RecordingClient()
            reactor.connectTCP("127.0.0.1", number, factory, timeout=0.05)
            turnUntil(reactor, lambda: factory.reasons)
            for one in waiting:
                one.close()
        assert factory.reasons[0].type is TimeoutError
        assert reactor.getWriters() == []

    def test_an_attempt_can_be_given_up(self, reactor: PollingReactor) -> None:
        port = reactor.listenTCP(0, RecordingServer(), interface="127.0.0.1")
        factory = RecordingClient()
        connector = reactor.connectTCP("127.0.0.1", portOf(port), factory)
        connector.stopConnecting()
        assert factory.reasons[0].type is UserError
        turn(reactor)
        assert factory.built == []
        assert reactor.getDelayedCalls() == []

    def test_giving_up_without_an_attempt_is_an_error(self, pair: Pair) -> None:
        with pytest.raises(NotConnectingError):
            pair.connector.stopConnecting()

    def test_disconnect_closes_a_connection(self, pair: Pair) -> None:
        pair.connector.disconnect()
        pair.until(lambda: pair.client.lost and pair.server.lost)

    def test_connecting_twice_at_once_is_an_error(self, pair: Pair) -> None:
        with pytest.raises(RuntimeError, match="connected"):
            pair.connector.connect()

    def test_a_connector_can_connect_again(self, pair: Pair) -> None:
        pair.client.transport.loseConnection()
        pair.until(lambda: pair.clientFactory.reasons)
        pair.connector.connect()
        pair.until(lambda: len(pair.clientFactory.built) == 2)
        assert pair.clientFactory.built[1] is not pair.client

    def test_the_destination_is_what_was_asked_for(self, reactor: PollingReactor) -> None:
        factory = RecordingClient()
        connector = reactor.connectTCP("nowhere.invalid", 7, factory)
        assert connector.getDestination() == IPv4Address("TCP", "nowhere.invalid", 7)
        connector.stopConnecting()

    def test_an_unknown_name_fails(self, reactor: PollingReactor) -> None:
        class Nowhere:
            def resolveHostName(self, receiver, name, port=0, types=None, semantics="TCP"):  # type: ignore[no-untyped-def]
                receiver.resolutionBegan(None)
                receiver.resolutionComplete()

        reactor.installNameResolver(Nowhere())
        factory = RecordingClient()
        reactor.connectTCP("nowhere.invalid", 7, factory)
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.reasons[0].type is DNSLookupError

    def test_a_factory_that_raises_at_the_start_can_be_used_again(
        self, reactor: PollingReactor
    ) -> None:
        class Failing(RecordingClient):
            def startedConnecting(self, connector: object) -> None:
                raise ZeroDivisionError

        connector = Connector("127.0.0.1", freePort(), Failing(), 1, None, reactor)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                connector.connect()
        assert connector.state == "disconnected"

    def test_no_protocol_closes_the_connection(self, reactor: PollingReactor) -> None:
        server = RecordingServer()
        port = reactor.listenTCP(0, server, interface="127.0.0.1")
        factory = RecordingClient(lambda: None)
        reactor.connectTCP("127.0.0.1", portOf(port), factory)
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.events == ["start", "connecting", "lost", "stop"]
        turnUntil(reactor, lambda: server.built and server.built[0].lost)


class TestAdopting:
    def test_a_listening_socket_can_be_adopted(self, reactor: PollingReactor) -> None:
        factory, client = RecordingServer(), RecordingClient()
        with socket.create_server(("127.0.0.1", 0)) as skt:
            number = skt.getsockname()[1]
            port = reactor.adoptStreamPort(skt.fileno(), socket.AF_INET, factory)
        assert portOf(port) == number
        reactor.connectTCP("127.0.0.1", number, client)
        turnUntil(reactor, lambda: factory.built and client.built)

    def test_a_connection_can_be_adopted(self, reactor: PollingReactor) -> None:
        factory = RecordingServer()
        with (
            socket.create_server(("127.0.0.1", 0)) as listening,
            socket.create_connection(listening.getsockname()) as client,
        ):
            accepted, _ = listening.accept()
            with accepted:
                reactor.adoptStreamConnection(accepted.fileno(), socket.AF_INET, factory)
            client.sendall(b"hello")
            turnUntil(reactor, lambda: factory.built[0].received == b"hello")
            host, number = client.getsockname()
            assert factory.addresses == [IPv4Address("TCP", host, number)]

    def test_other_families_are_refused(self, reactor: PollingReactor) -> None:
        with (
            socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as skt,
            pytest.raises(UnsupportedAddressFamily),
        ):
            reactor.adoptStreamPort(skt.fileno(), socket.AF_NETLINK, RecordingServer())

    def test_other_types_are_refused(self, reactor: PollingReactor) -> None:
        with (
            socket.socket(type=socket.SOCK_DGRAM) as skt,
            pytest.raises(UnsupportedSocketType),
        ):
            reactor.adoptStreamConnection(skt.fileno(), socket.AF_INET, RecordingServer())


class TestDeclarations:
    def test_transports_keep_their_interfaces(self, pair: Pair) -> None:
        for transport in (pair.server.transport, pair.client.transport):
            for interface in (ITCPTransport, ISystemHandle, IReadWriteDescriptor):
                assert verifyObject(interface, transport)

    def test_ports_and_connectors_keep_their_interfaces(self, pair: Pair) -> None:
        assert verifyObject(IListeningPort, pair.port)
        assert verifyObject(IConnector, pair.connector)

    def test_the_log_prefix_names_protocol_number_and_peer(self, pair: Pair) -> None:
        host = getattr(pair.serverFactory.addresses[0], "host", "?")
        assert pair.server.transport.logPrefix() == f"Recorder,0,{host}"  # type: ignore[attr-defined]
        assert pair.client.transport.logPrefix() == "Recorder,client"  # type: ignore[attr-defined]

    def test_the_addresses_of_both_ends_agree(self, pair: Pair) -> None:
        assert pair.client.transport.getPeer() == pair.server.transport.getHost()
        assert pair.server.transport.getPeer() == pair.client.transport.getHost()
        assert pair.server.transport.getPeer() == pair.serverFactory.addresses[0]

    def test_the_handle_is_the_socket(self, pair: Pair) -> None:
        handle = pair.client.transport.getHandle()  # type: ignore[attr-defined]
        assert isinstance(handle, socket.socket)


def test_peer_that_takes_nothing_does_not_hold_up_the_end(pair: Pair) -> None:
    pair.server.transport.pauseProducing()  # type: ignore[attr-defined]
    pair.client.transport.closeTimeout = 0.05  # type: ignore[attr-defined]
    pair.client.transport.write(bytes(20_000_000))
    pair.client.transport.loseConnection()
    pair.until(lambda: pair.client.lost)
    assert pair.client.lostWith is ConnectionAborted
