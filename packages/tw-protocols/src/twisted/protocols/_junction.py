"""Two connections that are joined: what comes from one goes out by the other.

Each transport is the push producer of the other, so a peer that does not read holds back the one that
sends, and nothing piles up here. The end of one direction is passed on, and the other goes on; when a
connection is lost, the other is closed once it has sent what is left for it.
"""

from typing import cast

from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IPushProducer,
    IReactorTime,
    ITCPTransport,
    ITransport,
)
from twisted.protocols._clocks import clockOf
from twisted.python.components import provides

HALF_CLOSED_SECONDS = 600.0
"""For how many seconds nothing may come any more when one of the two directions has ended."""


class Junction:
    """Joins two transports; the protocols of both tell it what happens to them."""

    def __init__(
        self,
        first: ITransport,
        second: ITransport,
        halfClosedSeconds: float | None = HALF_CLOSED_SECONDS,
        clock: IReactorTime | None = None,
    ) -> None:
        """Take two transports; nothing is done before `begin`.

        Args:
            first: One of them.
            second: The other one.
            halfClosedSeconds: For how many seconds nothing may come any more when one of the two
                directions has ended; None for no limit.
            clock: What times are taken from; the reactor of the first transport if None.
        """
        self._first = first
        self._second = second
        self._halfClosedSeconds = halfClosedSeconds
        self._clock = clock
        self._timer: IDelayedCall | None = None
        self._isOver = False
        # Those that wait for the other one as their producer.
        self._waiting: list[ITransport] = []

    def begin(self) -> None:
        """Let each transport be held back by the other, and receive from both."""
        for source, target in ((self._first, self._second), (self._second, self._first)):
            if provides(ITCPTransport, source):
                # Else a peer that vanished without a word would never be missed.
                cast(ITCPTransport, source).setTcpKeepAlive(True)
            if provides(IPushProducer, source):
                self._waiting.append(target)
                cast(IConsumer, target).registerProducer(cast(IPushProducer, source), True)
        for source in (self._first, self._second):
            if provides(IPushProducer, source) and not self._isOver:
                cast(IPushProducer, source).resumeProducing()

    def received(self, source: ITransport, data: bytes) -> None:
        """Pass on what came.

        Args:
            source: Where it came from.
            data: The bytes.
        """
        if self._timer is not None:
            self._timer.reset(cast(float, self._halfClosedSeconds))
        self._otherThan(source).write(data)

    def endOfStream(self, source: ITransport) -> None:
        """Pass on that one side sends no more.

        Args:
            source: Where it came from.
        """
        if self._isOver:
            return
        target = self._otherThan(source)
        self._release(target)
        loseWriteConnection = getattr(target, "loseWriteConnection", None)
        if loseWriteConnection is None:
            # It has no such thing as half a connection.
            target.loseConnection()
            return
        loseWriteConnection()
        if self._halfClosedSeconds is not None and self._timer is None:
            clock = clockOf(self._first, self._clock)
            self._timer = clock.callLater(self._halfClosedSeconds, self._tooLong)

    def lost(self, source: ITransport) -> None:
        """Close the other connection, as soon as it has sent what is left for it.

        Args:
            source: The transport whose connection is gone.
        """
        if self._isOver:
            return
        self._end()
        target = self._otherThan(source)
        self._release(target)
        target.loseConnection()

    def _tooLong(self) -> None:
        """Give up both connections."""
        self._timer = None
        self._end()
        for transport in (self._first, self._second):
            self._release(transport)
            getattr(transport, "abortConnection", transport.loseConnection)()

    def _end(self) -> None:
        self._isOver = True
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _otherThan(self, transport: ITransport) -> ITransport:
        return self._second if transport is self._first else self._first

    def _release(self, transport: ITransport) -> None:
        """Let a transport wait for the other one no longer."""
        if transport in self._waiting:
            self._waiting.remove(transport)
            cast(IConsumer, transport).unregisterProducer()


__all__ = ["HALF_CLOSED_SECONDS", "Junction"]
