"""Proxies between a producer and a consumer, to be derived from by what changes or delays data.

A proxy is the producer of its consumer, and the consumer of its producer. What is written to it
goes to the consumer when that wants it, and the producer is told to wait when the consumer is, or
is asked when the consumer asks:

- `BasicProducerConsumerProxy` holds back the producer as soon as the consumer wants nothing.
- `ProducerConsumerProxy` lets the producer go on until more than `bufferSize` bytes wait.

Each of the two may be of either kind: a push producer may serve a consumer that pulls, and a pull
producer one that does not (`iAmStreaming`).
"""

from collections import deque
from typing import cast

from twisted.internet.interfaces import IConsumer, IProducer, IPullProducer, IPushProducer
from twisted.python.components import implementer


@implementer(IProducer, IConsumer)
class BasicProducerConsumerProxy:
    """Hands on what is written to it, and who is to wait for whom.

    Attributes:
        consumer: What is written to; None if there is none any more.
        producer: What is registered here; None if nothing is.
        producerIsStreaming: Whether that is a push producer; None if there is none.
        producerPaused: Whether a push producer was paused.
        iAmStreaming: Whether the consumer is to take the proxy for a push producer, or is to ask.
        paused: Whether the consumer has said that it wants nothing for now.
        outstandingPull: Whether the consumer has asked and got nothing yet.
        stopped: Whether the consumer has said that it takes nothing any more.
        unregistered: Whether the producer has left, and the consumer is to be told when it has got
            what waits.
    """

    consumer: IConsumer | None = None
    producer: IProducer | None = None
    producerIsStreaming: bool | None = None
    producerPaused: bool = False
    iAmStreaming: bool = True
    paused: bool = False
    outstandingPull: bool = False
    stopped: bool = False
    unregistered: bool = False

    def __init__(self, consumer: IConsumer | None) -> None:
        """Make a proxy without a producer.

        Args:
            consumer: What is written to; the proxy registers itself with it.
        """
        self._waiting: deque[bytes | memoryview] = deque()
        # How many bytes wait.
        self._size = 0
        # Whether a pull producer was asked and has not written yet, and whether it is being asked.
        self._asked = self._asking = False
        self._finishing = False
        self._registered = False
        if consumer is not None:
            self.consumer = consumer
            self._registerWith(consumer)

    # IPushProducer and IPullProducer, for the consumer

    def pauseProducing(self) -> None:
        """Hand on nothing for now."""
        self.paused = True
        self._steer()

    def resumeProducing(self) -> None:
        """Hand on what waits, and what comes; if `iAmStreaming` is false, that is one chunk."""
        self.paused = False
        if not self.iAmStreaming:
            self.outstandingPull = True
        self._flush()
        self._steer()

    def stopProducing(self) -> None:
        """Drop what waits, and stop the producer."""
        self.stopped = True
        self.consumer = None
        self._waiting.clear()
        self._size = 0
        producer, self.producer = self.producer, None
        self.producerIsStreaming = None
        if producer is not None:
            producer.stopProducing()

    # IConsumer, for the producer

    def write(self, data: bytes) -> None:
        """Hand on bytes, or keep them until they are wanted.

        Args:
            data: The bytes. What comes after the consumer has gone is dropped.
        """
        self._asked = False
        if self.stopped or not data:
            return
        self._waiting.append(data)
        self._size += len(data)
        self._flush()
        self._steer()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by the consumer.

        Args:
            producer: What writes. If the consumer has gone, it is stopped at once.
            streaming: Whether it writes by itself, or only when it is asked.

        Raises:
            RuntimeError: Another producer is registered.
        """
        if self.producer is not None:
            raise RuntimeError(f"{self.producer!r} is registered: unregister it first")
        if self.stopped:
            producer.stopProducing()
            return
        self.unregistered = False
        if self.consumer is not None and not self._registered:
            self._registerWith(self.consumer)
        self.producer = producer
        self.producerIsStreaming = streaming
        self.producerPaused = self._asked = False
        self._steer()

    def unregisterProducer(self) -> None:
        """Forget the producer; the consumer is told when it has got what waits.

        What is written afterwards goes to the consumer as it comes.
        """
        self.producer = None
        self.producerIsStreaming = None
        self.unregistered = True
        self._leave()

    def finish(self) -> None:
        """Forget the producer, and call the consumer's `finish` when it has got what waits."""
        self._finishing = True
        self.unregisterProducer()

    def _isFull(self) -> bool:
        """Return whether the producer is to wait."""
        return self._size > 0 or not self._isWanted()

    def _isWanted(self) -> bool:
        """Return whether the consumer wants bytes now, or has not been told of a producer."""
        if not self._registered:
            return True
        return not self.paused and (self.iAmStreaming or self.outstandingPull)

    def _registerWith(self, consumer: IConsumer) -> None:
        """Become the producer of the consumer."""
        self._registered = True
        self.paused = self.outstandingPull = False
        consumer.registerProducer(self, self.iAmStreaming)

    def _flush(self) -> None:
        """Write what waits, if it is wanted."""
        consumer = self.consumer
        if self._waiting and consumer is not None and self._isWanted():
            data = self._take()
            if data:
                self.outstandingPull = False
                consumer.write(data)
        self._leave()

    def _take(self) -> bytes:
        """Take what is to be written now from what waits; a subclass may leave some of it."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return data

    def _leave(self) -> None:
        """Leave the consumer, if the producer has left and nothing waits."""
        consumer = self.consumer
        if not self.unregistered or self._waiting or consumer is None:
            return
        self.unregistered = False
        if self._registered:
            self._registered = False
            consumer.unregisterProducer()
        if self._finishing:
            self._finishing = False
            # Only some consumers have it; who calls `finish` here knows that this one does.
            consumer.finish()  # type: ignore[attr-defined]

    def _steer(self) -> None:
        """Pause, resume or ask the producer as there is room."""
        if self.producer is None:
            return
        if not self.producerIsStreaming:
            self._ask()
            return
        full = self._isFull()
        if full == self.producerPaused:
            return
        self.producerPaused = full
        producer = cast(IPushProducer, self.producer)
        if full:
            producer.pauseProducing()
        else:
            producer.resumeProducing()

    def _ask(self) -> None:
        """Ask a pull producer as long as there is room, and it has written what it was asked for."""
        if self._asking:
            # It writes while it is asked: the loop below goes on when it has returned.
            return
        self._asking = True
        try:
            while self.producer is not None and not self._asked and not self._isFull():
                self._asked = True
                cast(IPullProducer, self.producer).resumeProducing()
        finally:
            self._asking = False


class ProducerConsumerProxy(BasicProducerConsumerProxy):
    """A proxy that keeps some bytes at hand, so that the consumer need not wait for the producer.

    Attributes:
        bufferSize: The producer is to wait when more bytes than these wait here.
    """

    bufferSize: int = 2**16

    def _isFull(self) -> bool:
        """Return whether the producer is to wait."""
        return self._size > self.bufferSize


__all__ = ["BasicProducerConsumerProxy", "ProducerConsumerProxy"]
