"""A producer whose data is encrypted on its way, as the transport below sees it."""

from typing import Protocol, cast

from twisted.internet.interfaces import IProducer, IPullProducer, IPushProducer
from twisted.python.components import classImplements


class EncryptedConsumer(Protocol):
    """What the producer writes to, as far as it matters here."""

    def flush(self) -> None:
        """Encrypt what was written and hand it to the transport below."""

    def producerIsGone(self) -> None:
        """Learn that the transport below has stopped the producer."""


class SteeredProducer:
    """Stands for a producer at the transport below.

    The transport pauses and resumes it by what waits to be sent. While the handshake goes on
    nothing is sent, so the consumer holds it by itself.
    """

    def __init__(self, consumer: EncryptedConsumer, producer: IProducer, streaming: bool) -> None:
        """Make a stand-in.

        Args:
            consumer: What the producer writes to.
            producer: The producer.
            streaming: Whether it is a push producer.
        """
        self._consumer = consumer
        self.producer: IProducer = producer
        self.streaming: bool = streaming
        self._paused = False
        self._held = False

    def pauseProducing(self) -> None:
        """Pause it, since the transport has enough."""
        if not self._paused:
            self._paused = True
            if not self._held:
                cast(IPushProducer, self.producer).pauseProducing()

    def resumeProducing(self) -> None:
        """Let it go on, and send what it writes."""
        self._paused = False
        if not self._held:
            cast(IPullProducer, self.producer).resumeProducing()
            self._consumer.flush()

    def stopProducing(self) -> None:
        """Stop it, since the connection is gone."""
        self._consumer.producerIsGone()
        self.producer.stopProducing()

    def hold(self) -> None:
        """Pause it until `release`, since there is enough to be sent after the handshake."""
        if not self._held:
            self._held = True
            if self.streaming and not self._paused:
                cast(IPushProducer, self.producer).pauseProducing()

    def release(self) -> None:
        """Let it go on, unless the transport has enough."""
        if self._held:
            self._held = False
            if not self._paused:
                cast(IPullProducer, self.producer).resumeProducing()
                self._consumer.flush()


classImplements(SteeredProducer, IPushProducer)
