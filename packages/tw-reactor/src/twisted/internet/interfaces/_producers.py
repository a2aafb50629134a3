"""Flow control: who makes data, who takes it, and how the second slows down the first.

A consumer (a transport, most of the time) takes bytes by `write`. Whoever writes more than a
little registers a producer with it. From then on the consumer steers: it pauses a *push* producer
when its buffer is full and resumes it when the buffer has drained; it asks a *pull* producer for
one more chunk whenever it is able to take one. All calls happen on the reactor's thread.
"""

from twisted.python.components import Interface


class IProducer(Interface):
    """Something that makes data for a consumer."""

    def stopProducing(self) -> None:
        """Give up: the consumer is gone and takes no more data.

        Called by the consumer, at most once, when its connection is lost before the producer was
        unregistered. The producer must not write any more, and frees what it holds. It need not
        unregister itself.
        """


class IPushProducer(IProducer, Interface):
    """A producer that writes by itself until it is told to pause.

    It may write as soon as it is registered (with `streaming=True`).
    """

    def pauseProducing(self) -> None:
        """Stop writing for now, until `resumeProducing` is called.

        Called by the consumer when its buffer is over its limit, possibly from inside a `write` of
        the producer itself. A write that still follows is taken and kept, but grows the buffer.
        """

    def resumeProducing(self) -> None:
        """Go on writing.

        Called by the consumer when its buffer has drained, after an earlier `pauseProducing`.
        """


class IPullProducer(IProducer, Interface):
    """A producer that writes once each time it is asked.

    It is registered with `streaming=False`.
    """

    def resumeProducing(self) -> None:
        """Write one chunk to the consumer, or unregister when there is nothing left.

        Called by the consumer each time it can take more. A producer that has nothing to write now
        but will have later writes then: it is asked again only after it wrote.
        """


class IConsumer(Interface):
    """Something that takes data and can slow down whoever makes it."""

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by this consumer.

        There is one producer at a time. While it is registered, `loseConnection` waits.

        Args:
            producer: Provides `IPushProducer` if `streaming` is true, else `IPullProducer`. When
                the connection is lost already, its `stopProducing` is called at once and it is
                not kept.
            streaming: Whether the producer writes by itself (push) or only when asked (pull). A
                pull producer is asked for its first chunk at once.

        Raises:
            RuntimeError: Another producer is registered.
        """

    def unregisterProducer(self) -> None:
        """Forget the producer, whose data is complete.

        Called by the producer, or by whoever registered it. Harmless when there is none. A
        `loseConnection` that waited for the producer goes on now.
        """

    def write(self, data: bytes) -> None:
        """Take bytes.

        Called by the producer. It returns at once; data is kept until it can be passed on.
        """
