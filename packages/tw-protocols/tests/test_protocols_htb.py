"""Token buckets, and connections that send through them."""

import io
from collections.abc import Callable
from itertools import pairwise

import pytest

from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.interfaces import IDelayedCall, IPushProducer, ITransport
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.htb import (
    Bucket,
    FilterByHost,
    FilterByServer,
    HierarchicalBucketFilter,
    IBucketFilter,
    ShapedConsumer,
    ShapedProtocolFactory,
    ShapedTransport,
)
from twisted.python.components import implementer, provides, verifyObject
from twisted.python.failure import Failure

CLOCK = Clock()


class Small(Bucket):
    """Ten bytes at once, two a second."""

    maxburst = 10
    rate = 2

    def __init__(self, parentBucket: Bucket | None = None) -> None:
        super().__init__(parentBucket, CLOCK.seconds)


class Narrow(Small):
    """Five bytes at once."""

    maxburst = 5


def test_a_bucket_without_numbers_holds_everything() -> None:
    bucket = Bucket()
    assert bucket.add(10**9) == 10**9
    assert bucket.drip()
    assert (bucket.maxburst, bucket.rate, bucket.secondsUntil(5)) == (None, None, 0)


def test_a_bucket_holds_no_more_than_its_burst() -> None:
    bucket = Small()
    assert [bucket.add(4), bucket.add(7), bucket.add(1)] == [4, 6, 0]
    assert bucket.content == 10


def test_a_bucket_leaks_at_its_rate() -> None:
    bucket = Small()
    bucket.add(10)
    CLOCK.advance(2)
    assert not bucket.drip()
    assert bucket.content == 6
    assert bucket.add(100) == 4
    CLOCK.advance(5)
    assert bucket.drip()
    assert bucket.content == 0


def test_bytes_that_are_not_whole_yet_do_not_fit() -> None:
    bucket = Small()
    bucket.add(10)
    CLOCK.advance(0.4)
    assert bucket.add(5) == 0
    CLOCK.advance(0.2)
    assert bucket.add(5) == 1


def test_a_bucket_that_leaks_nothing_stays_full() -> None:
    bucket = Small()
    bucket.rate = 0
    bucket.add(10)
    CLOCK.advance(1000)
    assert bucket.add(1) == 0
    assert bucket.secondsUntil(1) == float("inf")


def test_what_goes_into_a_bucket_goes_into_the_one_around_it() -> None:
    parent = Small()
    one, other = Narrow(parent), Narrow(parent)
    assert [one.add(9), other.add(3), one.add(1), other.add(9)] == [5, 3, 0, 2]
    assert parent.content == 10
    # Both are as full as what fitted into the two of them.
    assert (one.content, other.content) == (5, 5)
    CLOCK.advance(3)
    assert not one.drip()
    assert one.content == 0
    CLOCK.advance(2)
    assert one.drip()


def test_a_bucket_tells_when_bytes_fit() -> None:
    parent = Small()
    bucket = Narrow(parent)
    assert bucket.secondsUntil(5) == 0
    bucket.add(5)
    assert bucket.secondsUntil(1) == 0.5
    # No more than half of what it holds counts.
    assert bucket.secondsUntil(100) == 1
    parent.add(5)
    parent.content = 14
    assert bucket.secondsUntil(1) == 2.5


def transport(host: str = "192.0.2.1", port: int = 80) -> StringTransport:
    """Return a transport between a host and one of our ports."""
    return StringTransport(IPv4Address("TCP", "192.0.2.9", port), IPv4Address("TCP", host, 4000))


def test_a_filter_has_a_bucket_for_each_host() -> None:
    byHost = FilterByHost()
    assert verifyObject(IBucketFilter, byHost)
    one = byHost.getBucketFor(transport("192.0.2.1"))
    assert byHost.getBucketFor(transport("192.0.2.1", 81)) is one
    assert byHost.getBucketFor(transport("192.0.2.2")) is not one


def test_a_filter_has_a_bucket_for_each_port() -> None:
    byServer = FilterByServer()
    one = byServer.getBucketFor(transport(port=80))
    assert byServer.getBucketFor(transport("192.0.2.2", 80)) is one
    assert byServer.getBucketFor(transport(port=81)) is not one


def test_addresses_without_host_and_port_count_as_they_are() -> None:
    unix = StringTransport(UNIXAddress("here"), UNIXAddress("there"))
    assert FilterByHost().getBucketKey(unix) == UNIXAddress("there")
    assert FilterByServer().getBucketKey(unix) == UNIXAddress("here")


def test_a_filter_puts_its_buckets_into_those_of_another() -> None:
    byServer = FilterByServer()
    byHost = FilterByHost(byServer)
    bucket = byHost.getBucketFor(transport())
    assert bucket.parentBucket is byServer.getBucketFor(transport())


def test_a_filter_has_to_say_what_counts() -> None:
    with pytest.raises(NotImplementedError, match="getBucketKey"):
        HierarchicalBucketFilter().getBucketFor(transport())


class ShapedByHost(FilterByHost):
    """Has small buckets for each host."""

    bucketFactory = Small

    def __init__(self) -> None:
        super().__init__()
        self.seconds = CLOCK.seconds
        self.lastSweep = CLOCK.seconds()


def test_buckets_that_are_empty_and_unused_are_forgotten() -> None:
    byHost = ShapedByHost()
    full, used, idle = (byHost.getBucketFor(transport(f"192.0.2.{n}")) for n in (1, 2, 3))
    full.add(10)
    used.users += 1
    byHost.sweep()
    assert [*byHost.buckets.values()] == [full, used]
    used.users -= 1
    CLOCK.advance(byHost.sweepInterval or 0)
    assert byHost.getBucketFor(transport("192.0.2.4")) is not idle
    assert len(byHost.buckets) == 3
    CLOCK.advance(1)
    byHost.getBucketFor(transport("192.0.2.4"))
    assert [*byHost.buckets] == ["192.0.2.4"]


def test_filters_by_server_are_not_swept_by_themselves() -> None:
    assert FilterByServer.sweepInterval is None
    assert FilterByHost.sweepInterval == 1200


# Consumers


class Later:
    """Schedules by the clock of the tests."""

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        return CLOCK.callLater(period, func)


class Consumer(Later, ShapedConsumer):
    """A shaped consumer of the tests."""


class Transport(Later, ShapedTransport):
    """A shaped transport of the tests."""


@pytest.fixture(autouse=True)
def shapedTransport(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the factory make the transports of the tests, on a clock without calls."""
    monkeypatch.setattr("twisted.protocols._shaping.ShapedTransport", Transport)
    for call in CLOCK.getDelayedCalls():
        call.cancel()


def pull(below: StringTransport) -> None:
    """Ask as a transport does that has sent everything."""
    assert below.producer is not None
    below.producer.resumeProducing()  # type: ignore[attr-defined]  # a pull producer


def test_a_consumer_gets_what_the_bucket_allows_when_it_asks() -> None:
    below = StringTransport()
    consumer = Consumer(below, Small())
    assert (below.producer, below.streaming) == (consumer, False)
    consumer.write(b"abcdefghijklmnop")
    assert below.value() == b""
    pull(below)
    assert below.value() == b"abcdefghij"
    pull(below)
    assert below.value() == b"abcdefghij"
    CLOCK.advance(2.5)
    assert below.value() == b"abcdefghijklmno"
    pull(below)
    CLOCK.advance(0.5)
    assert below.value() == b"abcdefghijklmnop"


def test_a_slow_bucket_gives_what_little_it_has_after_a_second() -> None:
    below = StringTransport()
    consumer = Consumer(below, Small())
    consumer.write(b"x" * 30)
    pull(below)
    pull(below)
    # Half of the burst would take 2.5 seconds; that is longer than a peer should wait for a sign.
    CLOCK.advance(1)
    assert len(below.value()) == 12


def test_a_piece_need_not_be_cut_where_it_was_written() -> None:
    below = StringTransport()
    consumer = Consumer(below, Small())
    for piece in (b"abc", b"defghij", b"klm", b"nop"):
        consumer.write(piece)
    for _ in range(5):
        pull(below)
        CLOCK.advance(2.5)
    assert below.value() == b"abcdefghijklmnop"


def test_all_that_is_written_arrives_in_order_and_not_faster_than_the_bucket_says() -> None:
    below = StringTransport()
    bucket = Small()
    consumer = Consumer(below, bucket)
    data = bytes(range(256))
    consumer.write(data)
    began = CLOCK.seconds()
    sizes = [0]
    while below.value() != data:
        pull(below)
        CLOCK.advance(0.25)
        sizes.append(len(below.value()))
        assert sizes[-1] <= 10 + 2 * (CLOCK.seconds() - began)
    assert all(later - earlier <= 10 for earlier, later in pairwise(sizes))
    assert CLOCK.seconds() - began == pytest.approx((256 - 10) / 2, abs=3)


@implementer(IPushProducer)
class Producer:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def pauseProducing(self) -> None:
        self.told.append("pause")

    def resumeProducing(self) -> None:
        self.told.append("resume")

    def stopProducing(self) -> None:
        self.told.append("stop")


def test_a_producer_waits_when_too_much_waits() -> None:
    below = StringTransport()
    consumer = Consumer(below, Small())
    consumer.bufferSize = 20
    producer = Producer()
    consumer.registerProducer(producer, True)
    consumer.write(b"x" * 20)
    assert producer.told == []
    consumer.write(b"x")
    assert producer.told == ["pause"]
    pull(below)
    assert producer.told == ["pause", "resume"]


def test_a_consumer_that_stops_ends_everything() -> None:
    below = StringTransport()
    bucket = Small()
    consumer = Consumer(below, bucket)
    producer = Producer()
    consumer.registerProducer(producer, True)
    assert bucket.users == 1
    consumer.write(b"x" * 20)
    pull(below)
    pull(below)
    assert len(CLOCK.getDelayedCalls()) == 1
    consumer.stopProducing()
    assert producer.told == ["stop"]
    assert CLOCK.getDelayedCalls() == []
    assert bucket.users == 0
    consumer.write(b"late")
    assert below.value() == b"x" * 10


def test_a_producer_that_leaves_has_all_sent_before_the_consumer_is_left() -> None:
    below = StringTransport()
    bucket = Small()
    consumer = Consumer(below, bucket)
    consumer.registerProducer(Producer(), True)
    consumer.write(b"x" * 12)
    consumer.unregisterProducer()
    pull(below)
    assert below.producer is consumer
    pull(below)
    CLOCK.advance(1)
    assert len(below.value()) == 12
    assert [below.producer, bucket.users] == [None, 0]


# Transports


def connected(bucketFilter: IBucketFilter) -> tuple[Protocol, StringTransport]:
    """Connect a protocol that sends through a bucket."""
    factory = Factory[Protocol]()
    factory.protocol = ShapedProtocolFactory(Protocol, bucketFilter)
    protocol = factory.buildProtocol(IPv4Address("TCP", "192.0.2.1", 7))
    assert isinstance(protocol, Protocol)
    below = transport()
    protocol.makeConnection(below)
    return protocol, below


def isClosing(below: StringTransport) -> bool:
    """Return whether a transport was told to close."""
    return below.disconnecting


def test_protocols_of_one_host_share_a_bucket() -> None:
    byHost = ShapedByHost()
    (one, belowOne), (other, belowOther) = connected(byHost), connected(byHost)
    assert isinstance(one.transport, ShapedTransport)
    assert one.factory is not None
    one.transport.write(b"x" * 7)
    pull(belowOne)
    other.transport.writeSequence([b"x" * 5, b"x" * 2])
    pull(belowOther)
    assert (belowOne.value(), belowOther.value()) == (b"x" * 7, b"")
    CLOCK.advance(1)
    assert belowOther.value() == b"x" * 5


def test_a_shaped_transport_is_what_its_transport_is() -> None:
    protocol, below = connected(ShapedByHost())
    assert provides(ITransport, protocol.transport)
    assert protocol.transport.getPeer() == below.getPeer()
    assert protocol.transport.getHost() == below.getHost()
    assert protocol.transport.hostAddr is below.hostAddr  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        protocol.transport.what()  # type: ignore[attr-defined]


def test_a_connection_is_closed_when_all_was_sent() -> None:
    protocol, below = connected(ShapedByHost())
    protocol.transport.write(b"x" * 12)
    protocol.transport.loseConnection()
    protocol.transport.loseConnection()
    assert protocol.transport.disconnecting  # type: ignore[attr-defined]
    pull(below)
    assert not isClosing(below)
    pull(below)
    CLOCK.advance(1)
    assert isClosing(below)
    assert below.producer is None
    assert below.value() == b"x" * 12


def test_a_connection_without_bytes_that_wait_is_closed_at_once() -> None:
    protocol, below = connected(ShapedByHost())
    protocol.transport.loseConnection()
    assert isClosing(below)


def test_a_producer_is_waited_for_before_a_connection_is_closed() -> None:
    protocol, below = connected(ShapedByHost())
    shaped = protocol.transport
    assert isinstance(shaped, ShapedTransport)
    shaped.registerProducer(Producer(), True)
    shaped.loseConnection()
    assert not isClosing(below)
    shaped.unregisterProducer()
    assert isClosing(below)


def test_a_producer_that_leaves_leaves_the_connection_shaped() -> None:
    protocol, below = connected(ShapedByHost())
    shaped = protocol.transport
    assert isinstance(shaped, ShapedTransport)
    shaped.registerProducer(Producer(), True)
    shaped.unregisterProducer()
    shaped.write(b"x" * 100)
    pull(below)
    assert below.value() == b"x" * 10


def test_a_file_goes_through_the_bucket() -> None:
    protocol, below = connected(ShapedByHost())
    shaped = protocol.transport
    assert isinstance(shaped, ShapedTransport)
    sent: list[int] = []
    shaped.sendFile(io.BytesIO(b"x" * 16)).addCallback(sent.append)
    pull(below)
    assert below.value() == b"x" * 10
    pull(below)
    CLOCK.advance(1)
    pull(below)
    CLOCK.advance(2)
    assert below.value() == b"x" * 16
    assert sent == [16]


def test_the_reactor_of_a_transport_serves_its_shaped_one() -> None:
    class Slow(Bucket):
        maxburst = 1000
        rate = 20_000

    reactor = SelectReactor()
    transports: list[object] = []

    class Sending(Protocol):
        def connectionMade(self) -> None:
            transports.append(self.transport)
            self.transport.write(b"x" * 5000)
            self.transport.loseConnection()

    class Receiving(Protocol):
        def __init__(self) -> None:
            self.received = b""

        def dataReceived(self, data: bytes) -> None:
            self.received += data

        def connectionLost(self, reason: Failure = connectionDone) -> None:
            reactor.stop()

    class Slowly(FilterByHost):
        bucketFactory = Slow

    factory = Factory[Protocol]()
    factory.noisy = False
    factory.protocol = ShapedProtocolFactory(Sending, Slowly())
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    receiving = Receiving()
    clients = ClientFactory[Protocol]()
    clients.noisy = False
    clients.protocol = lambda: receiving
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    reactor.connectTCP("127.0.0.1", address.port, clients)
    # The stand-in of the other tests is not wanted here.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("twisted.protocols._shaping.ShapedTransport", ShapedTransport)
        reactor.run()
    reactor.close()
    assert receiving.received == b"x" * 5000
    assert type(transports[0]) is ShapedTransport


def test_a_lost_connection_leaves_its_bucket() -> None:
    byHost = ShapedByHost()
    protocol, below = connected(byHost)
    bucket = byHost.getBucketFor(below)
    assert bucket.users == 1
    protocol.transport.write(b"x" * 12)
    assert below.producer is not None
    below.producer.stopProducing()
    assert bucket.users == 0
    assert CLOCK.getDelayedCalls() == []
