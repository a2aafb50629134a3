"""Proxies between a producer and a consumer, of both kinds on both sides."""

from collections.abc import Iterator

import pytest

from twisted.internet.interfaces import IConsumer, IProducer, IPullProducer, IPushProducer
from twisted.protocols.pcp import BasicProducerConsumerProxy, ProducerConsumerProxy
from twisted.python.components import implementer, verifyObject


@implementer(IConsumer)
class Consumer:
    """Notes what it gets."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self.written = b""

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        self.events.append(("registered", streaming))

    def unregisterProducer(self) -> None:
        self.events.append("unregistered")

    def write(self, data: bytes) -> None:
        self.written += data

    def finish(self) -> None:
        self.events.append("finished")


@implementer(IPushProducer)
class Push:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def pauseProducing(self) -> None:
        self.events.append("pause")

    def resumeProducing(self) -> None:
        self.events.append("resume")

    def stopProducing(self) -> None:
        self.events.append("stop")


@implementer(IPullProducer)
class Pull:
    """Writes a chunk each time it is asked, and leaves after the last."""

    def __init__(self, proxy: BasicProducerConsumerProxy, chunks: list[bytes]) -> None:
        self.proxy = proxy
        self.chunks: Iterator[bytes] = iter(chunks)
        self.asked = 0
        self.stopped = False

    def resumeProducing(self) -> None:
        self.asked += 1
        chunk = next(self.chunks, None)
        if chunk is None:
            self.proxy.unregisterProducer()
        else:
            self.proxy.write(chunk)

    def stopProducing(self) -> None:
        self.stopped = True


class PulledBasic(BasicProducerConsumerProxy):
    """A proxy that a consumer asks."""

    iAmStreaming = False


class Small(ProducerConsumerProxy):
    """Has a buffer that is soon full."""

    bufferSize = 10


class PulledSmall(Small):
    """A proxy with a small buffer that a consumer asks."""

    iAmStreaming = False


KINDS: list[type[BasicProducerConsumerProxy]] = [
    BasicProducerConsumerProxy,
    PulledBasic,
    Small,
    PulledSmall,
]


@pytest.fixture(params=KINDS)
def proxy(request: pytest.FixtureRequest) -> BasicProducerConsumerProxy:
    """A proxy of each kind, with a consumer."""
    made: BasicProducerConsumerProxy = request.param(Consumer())
    return made


def consumerOf(proxy: BasicProducerConsumerProxy) -> Consumer:
    assert isinstance(proxy.consumer, Consumer)
    return proxy.consumer


def test_proxy_registers_itself_as_what_it_is(proxy: BasicProducerConsumerProxy) -> None:
    assert consumerOf(proxy).events == [("registered", proxy.iAmStreaming)]
    assert verifyObject(IProducer, proxy)
    assert verifyObject(IConsumer, proxy)


def test_everything_arrives_in_order_and_then_the_end(proxy: BasicProducerConsumerProxy) -> None:
    consumer = consumerOf(proxy)
    producer = Pull(proxy, [b"%d." % number for number in range(1000)])
    proxy.registerProducer(producer, False)
    for _ in range(2000):
        proxy.resumeProducing()
        proxy.pauseProducing()
    assert consumer.written == b"".join(b"%d." % number for number in range(1000))
    assert consumer.events[1:] == ["unregistered"]


def test_second_producer_is_refused(proxy: BasicProducerConsumerProxy) -> None:
    proxy.registerProducer(Push(), True)
    with pytest.raises(RuntimeError, match="unregister it first"):
        proxy.registerProducer(Push(), True)


def test_stop_reaches_the_producer_and_drops_what_waits(
    proxy: BasicProducerConsumerProxy,
) -> None:
    consumer, producer = consumerOf(proxy), Push()
    proxy.registerProducer(producer, True)
    proxy.pauseProducing()
    proxy.write(b"waits")
    proxy.stopProducing()
    proxy.write(b"late")
    proxy.resumeProducing()
    assert consumer.written == b""
    assert proxy.stopped
    assert producer.events[-1] == "stop"
    late = Push()
    proxy.registerProducer(late, True)
    assert late.events == ["stop"]


def test_stop_reaches_a_pull_producer(proxy: BasicProducerConsumerProxy) -> None:
    proxy.pauseProducing()
    producer = Pull(proxy, [b"x" * 100] * 3)
    proxy.registerProducer(producer, False)
    proxy.stopProducing()
    assert producer.stopped


def test_end_waits_for_what_waits(proxy: BasicProducerConsumerProxy) -> None:
    consumer = consumerOf(proxy)
    proxy.pauseProducing()
    proxy.write(b"last")
    proxy.finish()
    assert consumer.events[1:] == []
    proxy.resumeProducing()
    assert consumer.written == b"last"
    assert consumer.events[1:] == ["unregistered", "finished"]


def test_end_with_nothing_waiting_is_told_at_once(proxy: BasicProducerConsumerProxy) -> None:
    consumer = consumerOf(proxy)
    proxy.registerProducer(Push(), True)
    proxy.unregisterProducer()
    assert consumer.events[1:] == ["unregistered"]


def test_what_is_written_after_the_producer_left_arrives(
    proxy: BasicProducerConsumerProxy,
) -> None:
    consumer = consumerOf(proxy)
    proxy.registerProducer(Push(), True)
    proxy.unregisterProducer()
    proxy.write(b"one")
    proxy.write(b"two")
    assert consumer.written == b"onetwo"


def test_next_producer_is_steered_by_the_same_consumer(
    proxy: BasicProducerConsumerProxy,
) -> None:
    consumer = consumerOf(proxy)
    for number in (b"1", b"2"):
        producer = Pull(proxy, [number] * 30)
        proxy.registerProducer(producer, False)
        for _ in range(60):
            proxy.resumeProducing()
    assert consumer.written == b"1" * 30 + b"2" * 30
    assert consumer.events == [("registered", proxy.iAmStreaming), "unregistered"] * 2


def test_basic_proxy_hands_on_at_once_and_pauses_with_its_consumer() -> None:
    consumer, producer = Consumer(), Push()
    proxy = BasicProducerConsumerProxy(consumer)
    proxy.registerProducer(producer, True)
    proxy.write(b"one")
    assert consumer.written == b"one"
    proxy.pauseProducing()
    proxy.write(b"two")
    assert consumer.written == b"one"
    assert producer.events == ["pause"]
    proxy.resumeProducing()
    assert consumer.written == b"onetwo"
    assert producer.events == ["pause", "resume"]


def test_push_producer_of_a_pulled_basic_proxy_works_when_it_is_asked() -> None:
    consumer, producer = Consumer(), Push()
    proxy = PulledBasic(consumer)
    proxy.registerProducer(producer, True)
    assert producer.events == ["pause"]
    proxy.resumeProducing()
    assert producer.events == ["pause", "resume"]
    proxy.write(b"one")
    assert consumer.written == b"one"
    assert producer.events == ["pause", "resume", "pause"]


def test_pull_producer_of_a_pulled_basic_proxy_is_asked_when_the_proxy_is() -> None:
    consumer = Consumer()
    proxy = PulledBasic(consumer)
    producer = Pull(proxy, [b"one", b"two"])
    proxy.registerProducer(producer, False)
    assert producer.asked == 0
    proxy.resumeProducing()
    assert (producer.asked, consumer.written) == (1, b"one")
    proxy.resumeProducing()
    assert (producer.asked, consumer.written) == (2, b"onetwo")


def test_pull_producer_is_not_asked_twice_for_one_chunk() -> None:
    class Slow(Pull):
        """Writes later."""

        def resumeProducing(self) -> None:
            self.asked += 1

    consumer = Consumer()
    proxy = BasicProducerConsumerProxy(consumer)
    producer = Slow(proxy, [])
    proxy.registerProducer(producer, False)
    proxy.pauseProducing()
    proxy.resumeProducing()
    assert producer.asked == 1
    proxy.write(b"one")
    assert producer.asked == 2


def test_push_producer_goes_on_until_the_buffer_is_full() -> None:
    consumer, producer = Consumer(), Push()
    proxy = Small(consumer)
    proxy.registerProducer(producer, True)
    proxy.pauseProducing()
    proxy.write(b"x" * 10)
    assert producer.events == []
    proxy.write(b"y")
    assert producer.events == ["pause"]
    assert proxy.producerPaused
    assert consumer.written == b""
    proxy.resumeProducing()
    assert producer.events == ["pause", "resume"]
    assert consumer.written == b"x" * 10 + b"y"


def test_pull_producer_fills_the_buffer_before_it_is_asked_for() -> None:
    proxy = PulledSmall(Consumer())
    producer = Pull(proxy, [b"four"] * 100)
    consumer = consumerOf(proxy)
    proxy.registerProducer(producer, False)
    assert producer.asked == 3
    assert consumer.written == b""
    proxy.resumeProducing()
    assert consumer.written == b"four" * 3
    assert producer.asked == 6


def test_consumer_that_pauses_while_it_is_written_to_gets_no_more() -> None:
    class Full(Consumer):
        """Is full after each chunk."""

        def registerProducer(self, producer: IProducer, streaming: bool) -> None:
            assert isinstance(producer, BasicProducerConsumerProxy)
            self.producer = producer

        def write(self, data: bytes) -> None:
            super().write(data)
            self.producer.pauseProducing()

    consumer = Full()
    between = BasicProducerConsumerProxy(consumer)
    between.registerProducer(Pull(between, [b"a", b"b", b"c"]), False)
    assert consumer.written == b"a"
    between.resumeProducing()
    assert consumer.written == b"ab"


def test_default_buffer_has_64_kib() -> None:
    assert ProducerConsumerProxy.bufferSize == 65536
