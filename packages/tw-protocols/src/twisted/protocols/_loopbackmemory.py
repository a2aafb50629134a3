"""Two protocols that are connected in memory, turn by turn of the reactor, until one ends it."""

from collections.abc import Callable
from typing import TypeAlias, cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import (
    IDelayedCall,
    IProducer,
    IProtocol,
    IReactorTime,
)
from twisted.internet.testing import Loopback, LoopbackTransport


class PumpQueue:
    """What one protocol has written and the other has not got yet, as a pump policy sees it."""

    def __init__(self, pieces: list[bytes], isWanted: Callable[[], bool]) -> None:
        """Make a queue.

        Args:
            pieces: What was written, a piece for each write.
            isWanted: Whether the other protocol takes something now.
        """
        self._pieces = pieces
        self._isWanted = isWanted

    def get(self) -> bytes:
        """Take the next piece.

        Raises:
            IndexError: There is none.
        """
        return self._pieces.pop(0)

    def __bool__(self) -> bool:
        """Return whether there is a piece, and it is wanted."""
        return bool(self._pieces) and self._isWanted()


class PumpTarget:
    """The protocol that gets what was written, as a pump policy sees it."""

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        self.dataReceived: Callable[[bytes], None] = receive


PumpPolicy: TypeAlias = Callable[[PumpQueue, PumpTarget], None]
"""Hands over what was written: `policy(queue, target)`, once in each turn in which there is anything."""


def identityPumpPolicy(queue: PumpQueue, target: PumpTarget) -> None:
    """Hand over each piece that was written by itself.

    Args:
        queue: What was written.
        target: Gets it by `dataReceived`.
    """
    while queue:
        target.dataReceived(queue.get())


def collapsingPumpPolicy(queue: PumpQueue, target: PumpTarget) -> None:
    """Hand over all that was written in one piece.

    Args:
        queue: What was written.
        target: Gets it by `dataReceived`.
    """
    pieces: list[bytes] = []
    while queue:
        pieces.append(queue.get())
    if pieces:
        target.dataReceived(b"".join(pieces))


class _Transport(LoopbackTransport):
    """One end, which wakes the pump when there may be something to do."""

    pump: "_Pump | None" = None

    @property
    def isLeft(self) -> bool:
        """Return whether something waits that is wanted: a policy need not hand over all."""
        return bool(self._unsent) and not self.peer._readingPaused

    def _wake(self) -> None:
        if self.pump is not None:
            self.pump.wake()

    def write(self, data: bytes) -> None:
        super().write(data)
        self._wake()

    def loseConnection(self) -> None:
        super().loseConnection()
        self._wake()

    def loseWriteConnection(self) -> None:
        super().loseWriteConnection()
        self._wake()

    def abortConnection(self) -> None:
        super().abortConnection()
        self._wake()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        super().registerProducer(producer, streaming)
        self._wake()

    def unregisterProducer(self) -> None:
        super().unregisterProducer()
        self._wake()

    def resumeProducing(self) -> None:
        super().resumeProducing()
        self._wake()

    def _handOver(self) -> None:
        peer = self.peer
        if not self._unsent or peer._readingPaused or self.pump is None:
            return
        pieces = [bytes(piece) for piece in self._unsent]
        self._unsent.clear()
        queue = PumpQueue(pieces, lambda: not peer._readingPaused and peer._isOpen())
        self.pump.policy(queue, PumpTarget(peer._receive))
        # What the policy has left, before what was written meanwhile.
        self._unsent.extendleft(reversed(pieces))
        self._unsentSize = sum(map(len, self._unsent))

    def _lose(self, reason: Exception) -> None:
        super()._lose(reason)
        if self.pump is not None:
            self.pump.lost()


class _Connection(Loopback):
    """A connection of such ends."""

    transportClass = _Transport

    def ends(self) -> tuple[_Transport, _Transport]:
        """Return both ends, as what they are."""
        return cast(_Transport, self.server), cast(_Transport, self.client)


class _Pump:
    """Moves what is written, in turns of the reactor."""

    def __init__(self, clock: IReactorTime, policy: PumpPolicy) -> None:
        self._clock = clock
        self.policy = policy
        self._connection: _Connection | None = None
        self._call: IDelayedCall | None = None
        self.done: Deferred[None] = Deferred(self._cancel)

    def begin(self, server: IProtocol, client: IProtocol) -> None:
        connection = self._connection = _Connection(server, client)
        for end in connection.ends():
            end.pump = self
        # For what was written while they were being connected.
        self.wake()

    def wake(self) -> None:
        """Let there be one more turn."""
        if self._call is None:
            self._call = self._clock.callLater(0, self._turn)

    def _turn(self) -> None:
        self._call = None
        if self._connection is not None:
            self._connection.turn()
        connection = self._connection
        if connection is not None and any(end.isLeft for end in connection.ends()):
            self.wake()

    def lost(self) -> None:
        """Fire, if both ends are gone."""
        connection = self._connection
        if connection is None or connection.server.connected or connection.client.connected:
            return
        self._connection = None
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if not self.done.called:
            self.done.callback(None)

    def _cancel(self, done: Deferred[None]) -> None:
        """Give up the connection: both protocols are told at once."""
        connection = self._connection
        done.errback(CancelledError())
        if connection is not None:
            connection.client.abortConnection()
            connection.client.turn()


def loopbackAsync(
    server: IProtocol,
    client: IProtocol,
    pumpPolicy: PumpPolicy = identityPumpPolicy,
    reactor: IReactorTime | None = None,
) -> Deferred[None]:
    """Connect two protocols in memory, until one of them ends the connection.

    Args:
        server: The protocol of the server; it is connected first.
        client: The protocol of the client.
        pumpPolicy: Hands over what was written: `identityPumpPolicy`, `collapsingPumpPolicy`, or a
            function of your own that takes a queue and a target.
        reactor: Whose turns move the bytes; the default reactor if None.

    Returns:
        A Deferred that fires with None when both protocols know of the end. Cancelling it aborts
        the connection.
    """
    pump = _Pump(reactor or defaultReactor(IReactorTime), pumpPolicy)
    pump.begin(server, client)
    return pump.done


__all__ = [
    "PumpPolicy",
    "PumpQueue",
    "PumpTarget",
    "collapsingPumpPolicy",
    "identityPumpPolicy",
    "loopbackAsync",
]
