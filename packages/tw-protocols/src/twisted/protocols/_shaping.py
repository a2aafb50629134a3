"""Consumers and transports that are given no more than a bucket allows.

A shaped consumer hands on a part of what waits whenever its consumer asks and the bucket has room
for half a burst, or for all that waits. Until then it waits, but no longer than `LONGEST_WAIT`: to
send each byte as soon as it may be would cost a call to the kernel for every few bytes.
"""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar, cast

from zope.interface import providedBy  # type: ignore[import-untyped]

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IFileSendingTransport,
    IProtocol,
    IReactorTime,
    ITCPTransport,
    ITransport,
    ReadableFile,
)
from twisted.internet.sendfile import sendBlocks
from twisted.protocols._tokenbuckets import Bucket, IBucketFilter
from twisted.protocols.pcp import ProducerConsumerProxy
from twisted.python.components import alsoProvides

LONGEST_WAIT = 1.0
"""After how many seconds at most a bucket is asked for what little there is."""

SHORTEST_WAIT = 0.01
"""After how many seconds at least a bucket is asked again; picked by hand."""


class ShapedConsumer(ProducerConsumerProxy):
    """Hands on what is written to it as fast as a bucket allows.

    Attributes:
        iAmStreaming: False: the consumer asks.
        bucket: The bucket.
    """

    iAmStreaming: bool = False

    def __init__(self, consumer: IConsumer, bucket: Bucket) -> None:
        """Begin to send through a bucket.

        Args:
            consumer: What is written to; this registers itself as its producer.
            bucket: Says how much may be written.
        """
        self.bucket = bucket
        self._wakeUp: IDelayedCall | None = None
        self._using = True
        # Whether the time was waited that the bucket wanted.
        self._hasWaited = False
        bucket.users += 1
        super().__init__(consumer)

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule the next try; the default reactor does it unless this is overridden.

        Args:
            period: After how many seconds.
            func: What to call.
        """
        return defaultReactor(IReactorTime).callLater(period, func)

    def stopProducing(self) -> None:
        """Drop what waits, stop the producer, and leave the bucket."""
        self._leaveBucket()
        super().stopProducing()

    def _take(self) -> bytes:
        """Take as much of what waits as the bucket allows; if that is little, ask it later."""
        if self._wakeUp is not None:
            return b""
        wait = self.bucket.secondsUntil(self._size)
        allowed = 0
        if not wait or self._hasWaited:
            allowed = self.bucket.add(self._size)
        self._hasWaited = False
        if not allowed:
            wait = min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
            self._wakeUp = self.callLater(wait, self._awake)
            return b""
        self._size -= allowed
        pieces: list[bytes | memoryview] = []
        while allowed:
            piece = self._waiting.popleft()
            if len(piece) > allowed:
                view = memoryview(piece)
                self._waiting.appendleft(view[allowed:])
                piece = view[:allowed]
            pieces.append(piece)
            allowed -= len(piece)
        return b"".join(pieces)

    def _awake(self) -> None:
        """Try again."""
        self._wakeUp = None
        self._hasWaited = True
        self._flush()
        self._hasWaited = False
        self._steer()

    def _leave(self) -> None:
        """Leave the consumer, if the producer has left and nothing waits, and then the bucket."""
        super()._leave()
        if not self._registered:
            self._leaveBucket()

    def _registerWith(self, consumer: IConsumer) -> None:
        """Become the producer of the consumer, and send through the bucket."""
        if not self._using:
            self._using = True
            self.bucket.users += 1
        super()._registerWith(consumer)

    def _leaveBucket(self) -> None:
        """Be no more one of those that send through the bucket."""
        if self._wakeUp is not None:
            self._wakeUp.cancel()
            self._wakeUp = None
        if self._using:
            self._using = False
            self.bucket.users -= 1


class ShapedTransport(ShapedConsumer):
    """Stands in for a transport, and sends through a bucket.

    It provides the interfaces of the transport that it has, and an attribute that it does not have
    itself is the transport's. It stays the producer of the transport until the end, and is closed
    when all that was written has been handed over.

    Attributes:
        transport: The transport.
        disconnecting: Whether `loseConnection` was called.
    """

    disconnecting: bool = False

    def __init__(self, consumer: ITransport, bucket: Bucket) -> None:
        """Stand in for a transport.

        Args:
            consumer: The transport; it has to be a consumer too.
            bucket: Says how much may be sent.
        """
        self.transport = consumer
        # What is to be called when nothing waits any more.
        self._ending: Callable[[], object] | None = None
        faces = cast(Iterable[object], providedBy(consumer))
        # What it promises of the order of files and writes can't be kept by writing blocks.
        alsoProvides(self, *(face for face in faces if face is not IFileSendingTransport))
        super().__init__(cast(IConsumer, consumer), bucket)

    def __getattr__(self, name: str) -> object:
        # `transport` is missing only where nobody called `__init__`, as copy does.
        if name == "transport" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.transport, name)

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule the next try by the reactor of the transport, or the default one.

        Args:
            period: After how many seconds.
            func: What to call.
        """
        reactor = getattr(self.transport, "reactor", None)
        if reactor is None:
            return super().callLater(period, func)
        return cast(IReactorTime, reactor).callLater(period, func)

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Send several pieces.

        Args:
            data: The pieces in order.
        """
        self.write(b"".join(data))

    def sendFile(
        self, file: ReadableFile, offset: int = 0, count: int | None = None
    ) -> Deferred[int]:
        """Send a file, block by block, so that each goes through the bucket.

        Args:
            file: An open file, in binary.
            offset: At which byte to begin.
            count: How many bytes to send; all that there are if None.

        Returns:
            A Deferred with the number of bytes.
        """
        return sendBlocks(self, file, offset, count)

    def getPeer(self) -> IAddress:
        """Return the address of the other end."""
        return self.transport.getPeer()

    def getHost(self) -> IAddress:
        """Return the address of this end."""
        return self.transport.getHost()

    def loseConnection(self) -> None:
        """Close the connection when all that was written has been handed over."""
        if not self.disconnecting:
            self.disconnecting = True
            self._endWith(self.transport.loseConnection)

    def loseWriteConnection(self) -> None:
        """Close this direction when all that was written has been handed over."""
        self._endWith(cast(ITCPTransport, self.transport).loseWriteConnection)

    def stopProducing(self) -> None:
        """Drop what waits, stop the producer, and leave the bucket."""
        self._ending = None
        super().stopProducing()

    def _endWith(self, ending: Callable[[], object]) -> None:
        self._ending = ending
        self._leave()

    def _leave(self) -> None:
        """Leave the transport only for its end, when nothing waits and nobody is to write more."""
        ending = self._ending
        if ending is None or self._waiting or self.producer is not None:
            return
        self._ending = None
        self.unregistered = True
        super()._leave()
        ending()


P = TypeVar("P", bound=IProtocol)


class ShapedProtocolFactory(Generic[P]):
    """Makes protocols whose transports send through buckets; it goes where a protocol class does.

    Attributes:
        protocol: What makes the protocols.
        bucketFilter: Finds the bucket for a transport.
    """

    def __init__(self, protoClass: Callable[..., P], bucketFilter: IBucketFilter) -> None:
        """Shape what a class of protocols sends.

        Args:
            protoClass: Makes a protocol.
            bucketFilter: Finds the bucket for a transport.
        """
        self.protocol = protoClass
        self.bucketFilter = bucketFilter

    def __call__(self, *a: object, **kw: object) -> P:
        """Make a protocol.

        Args:
            a: What the class takes.
            kw: The same.
        """
        protocol = self.protocol(*a, **kw)

        def makeConnection(transport: ITransport) -> None:
            del protocol.makeConnection
            bucket = self.bucketFilter.getBucketFor(transport)
            protocol.makeConnection(cast(ITransport, ShapedTransport(transport, bucket)))

        # On the instance, so that it is an instance of just the class that was named.
        protocol.makeConnection = makeConnection  # type: ignore[method-assign]
        return protocol


__all__ = ["ShapedConsumer", "ShapedProtocolFactory", "ShapedTransport"]
