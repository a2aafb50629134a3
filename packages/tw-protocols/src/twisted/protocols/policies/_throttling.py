"""How many bytes a second all connections of a factory may read and write together.

What was read and written is counted, and looked at once a second. If it was more than the limit,
all connections are paused for as long as it takes until the average fits again. So a second can
bring more than the limit, and the seconds after it make up for that.
"""

import sys
from collections.abc import Callable, Iterable
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IProducer,
    IProtocolFactory,
    IPullProducer,
    IPushProducer,
    IReactorTime,
)
from twisted.logger import Logger
from twisted.protocols.policies._wrapping import ProtocolWrapper, WrappingFactory

_log = Logger(namespace="twisted.protocols.policies")


class ThrottlingProtocol(ProtocolWrapper):
    """Counts what it reads and writes for its factory, and can be paused by it."""

    factory: "ThrottlingFactory"  # pyright: ignore[reportIncompatibleVariableOverride]

    _producer: IProducer | None = None
    # Who wants nothing to be read: the protocol, the factory, or both.
    _isPaused: bool = False
    _isThrottled: bool = False

    def pauseProducing(self) -> None:
        """Read nothing, since the protocol wants nothing for now."""
        self._isPaused = True
        cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Read again, unless the factory is against it."""
        self._isPaused = False
        if not self._isThrottled:
            cast(IPushProducer, self.transport).resumeProducing()

    def write(self, data: bytes) -> None:
        """Send bytes, and count them."""
        self.factory.registerWritten(len(data))
        super().write(data)

    def writeSequence(self, seq: Iterable[bytes]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Send several pieces, and count them."""
        pieces = list(seq)
        self.factory.registerWritten(sum(map(len, pieces)))
        super().writeSequence(pieces)

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes on, and count them."""
        self.factory.registerRead(len(data))
        super().dataReceived(data)

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by the transport, and by the factory."""
        self._producer = producer if streaming else None
        super().registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """Forget the producer."""
        self._producer = None
        super().unregisterProducer()

    def throttleReads(self) -> None:
        """Read nothing for now."""
        self._isThrottled = True
        cast(IPushProducer, self.transport).pauseProducing()

    def unthrottleReads(self) -> None:
        """Read again, unless the protocol wants nothing."""
        self._isThrottled = False
        if not self._isPaused:
            cast(IPushProducer, self.transport).resumeProducing()

    def throttleWrites(self) -> None:
        """Have the producer write nothing for now."""
        if self._producer is not None:
            cast(IPushProducer, self._producer).pauseProducing()

    def unthrottleWrites(self) -> None:
        """Have the producer write again."""
        if self._producer is not None:
            cast(IPullProducer, self._producer).resumeProducing()


class ThrottlingFactory(WrappingFactory[ThrottlingProtocol]):
    """Limits how many connections there are, and how many bytes a second they move together.

    Attributes:
        connectionCount: How many connections there are.
        maxConnectionCount: How many there may be; more are refused.
        readLimit: How many bytes a second may be read; None for no limit.
        writeLimit: How many bytes a second may be written; None for no limit.
        readThisSecond: How many bytes were read since the last look.
        writtenThisSecond: How many bytes were written since the last look.
    """

    protocol: Callable[..., ThrottlingProtocol] = ThrottlingProtocol

    def __init__(
        self,
        wrappedFactory: IProtocolFactory,
        maxConnectionCount: int = sys.maxsize,
        readLimit: float | None = None,
        writeLimit: float | None = None,
    ) -> None:
        """Wrap a factory.

        Args:
            wrappedFactory: Builds the protocols to wrap.
            maxConnectionCount: How many connections there may be.
            readLimit: How many bytes a second may be read; None for no limit.
            writeLimit: How many bytes a second may be written; None for no limit.
        """
        super().__init__(wrappedFactory)
        self.connectionCount: int = 0
        self.maxConnectionCount: int = maxConnectionCount
        self.readLimit = readLimit
        self.writeLimit = writeLimit
        self.readThisSecond: int = 0
        self.writtenThisSecond: int = 0
        self._calls: dict[Callable[[], object], IDelayedCall] = {}

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule a look; the default reactor does it unless this is overridden.

        Args:
            period: After how many seconds.
            func: What to call.
        """
        return defaultReactor(IReactorTime).callLater(period, func)

    def registerWritten(self, length: int) -> None:
        """Count bytes that were written; called by the connections.

        Args:
            length: How many.
        """
        self.writtenThisSecond += length

    def registerRead(self, length: int) -> None:
        """Count bytes that were read; called by the connections.

        Args:
            length: How many.
        """
        self.readThisSecond += length

    def checkReadBandwidth(self) -> None:
        """Look whether too much was read in the last second, and pause everybody if so."""
        if self.readLimit is not None and self.readThisSecond > self.readLimit:
            self.throttleReads()
            excess = self.readThisSecond / self.readLimit - 1.0
            self._schedule(excess, self.unthrottleReads)
        self.readThisSecond = 0
        self._schedule(1, self.checkReadBandwidth)

    def checkWriteBandwidth(self) -> None:
        """Look whether too much was written in the last second, and pause everybody if so."""
        if self.writeLimit is not None and self.writtenThisSecond > self.writeLimit:
            self.throttleWrites()
            excess = self.writtenThisSecond / self.writeLimit - 1.0
            self._schedule(excess, self.unthrottleWrites)
        self.writtenThisSecond = 0
        self._schedule(1, self.checkWriteBandwidth)

    def throttleReads(self) -> None:
        """Pause the reading of all connections."""
        self._throttling("reads")
        for protocol in list(self.protocols):
            cast(ThrottlingProtocol, protocol).throttleReads()

    def unthrottleReads(self) -> None:
        """Let all connections read again."""
        self._calls.pop(self.unthrottleReads, None)
        for protocol in list(self.protocols):
            cast(ThrottlingProtocol, protocol).unthrottleReads()

    def throttleWrites(self) -> None:
        """Pause the producers of all connections."""
        self._throttling("writes")
        for protocol in list(self.protocols):
            cast(ThrottlingProtocol, protocol).throttleWrites()

    def unthrottleWrites(self) -> None:
        """Let the producers of all connections write again."""
        self._calls.pop(self.unthrottleWrites, None)
        for protocol in list(self.protocols):
            cast(ThrottlingProtocol, protocol).unthrottleWrites()

    def buildProtocol(self, addr: IAddress | None) -> ThrottlingProtocol | None:
        """Build a protocol and wrap it; none if there are enough connections.

        Args:
            addr: The address of the peer.
        """
        if self.connectionCount >= self.maxConnectionCount:
            _log.warn("Max connection count reached: a client was refused")
            return None
        wrapper = super().buildProtocol(addr)
        if wrapper is None:
            return None
        self.connectionCount += 1
        if self.connectionCount == 1:
            if self.readLimit is not None:
                self._schedule(1, self.checkReadBandwidth)
            if self.writeLimit is not None:
                self._schedule(1, self.checkWriteBandwidth)
        return wrapper

    def unregisterProtocol(self, p: ProtocolWrapper) -> None:
        """Count a connection no longer; after the last one nothing is looked at.

        Args:
            p: The wrapper.
        """
        super().unregisterProtocol(p)
        self.connectionCount -= 1
        if self.connectionCount == 0:
            calls, self._calls = self._calls, {}
            for call in calls.values():
                if call.active():
                    call.cancel()

    def _schedule(self, period: float, func: Callable[[], object]) -> None:
        self._calls[func] = self.callLater(period, func)

    def _throttling(self, what: str) -> None:
        _log.info("Throttling {what} on {factory}", what=what, factory=self)
