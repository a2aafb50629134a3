"""What every transport of a stream promises, as checks that any of them can be held against.

Each class holds one kind of promise; each method whose name begins with `check` is one check and
fails with an AssertionError that says what was broken. A check looks at its own promise and is
content with any behavior in the rest, so that one defect fails one check. `transportChecks` lists
them; with pytest, a kind of transport joins the contract by

    @pytest.mark.parametrize("check", transportChecks(), ids=str)
    def test_contract(check):
        check(MyHarness())
"""

from collections.abc import Callable, Iterator
from typing import cast
from unittest import SkipTest

from twisted.internet.error import (
    ConnectionAborted,
    ConnectionClosed,
    ConnectionDone,
    ConnectionLost,
)
from twisted.internet.interfaces import IConsumer, IPushProducer
from twisted.internet.testing._contractharness import (
    HalfCloseableWitness,
    TransportHarness,
    Witness,
)

MUCH = 32 * 1024 * 1024
"""More bytes than any kernel keeps for a connection on this machine."""

LARGE = 4 * 1024 * 1024
"""So many bytes that no transport sends them at once."""


def _expect(holds: object, promise: str) -> None:
    """Fail with a promise that does not hold."""
    if not holds:
        raise AssertionError(promise)


def _isReason(witness: Witness, kind: type[Exception]) -> bool:
    """Return whether the first reason of a witness is of a kind."""
    return witness.reasons[0].check(kind) is not None


class TransportPromises:
    """A connection between two witnesses, to check promises on: the base of all kinds of promises.

    Attributes:
        harness: What turns the event loop.
        server: The witness on the server's side.
        client: The witness on the client's side.
    """

    witness: Callable[[], Witness] = Witness

    def __init__(self, harness: TransportHarness) -> None:
        self.harness = harness
        self.server: Witness = self.witness()
        self.client: Witness = self.witness()

    def connect(self) -> None:
        """Connect the witnesses."""
        self.harness.connect(self.server, self.client)

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Turn the event loop until a condition holds."""
        self.harness.waitUntil(condition, what)

    def waitForSize(self, witness: Witness, size: int) -> None:
        """Turn the event loop until a witness has received so many bytes."""
        self.wait(lambda: witness.size >= size, f"{size} bytes arrive")

    def waitForLoss(self, *witnesses: Witness) -> None:
        """Turn the event loop until witnesses have lost their connection."""
        for witness in witnesses:
            self.wait(witness.isLost, "connectionLost is called")


class DeliveryPromises(TransportPromises):
    """What is written arrives: all of it, in order, and nothing else."""

    def checkBytesArriveCompleteAndInOrder(self) -> None:
        """Many writes of many sizes arrive as one stream."""
        self.connect()
        pieces = [bytes([number % 251]) * (number % 1000 + 1) for number in range(400)]
        for piece in pieces:
            self.client.transport.write(piece)
        expected = b"".join(pieces)
        self.waitForSize(self.server, len(expected))
        self.harness.idle()
        _expect(self.server.data == expected, "bytes arrive complete and in order")

    def checkBothDirectionsAreIndependent(self) -> None:
        """What one side sends does not mix with what the other sends."""
        self.connect()
        self.client.transport.write(b"to the server")
        self.server.transport.write(b"to the client")
        self.wait(lambda: self.server.size and self.client.size, "both sides receive")
        self.harness.idle()
        _expect(self.server.data == b"to the server", "the server gets what the client sent")
        _expect(self.client.data == b"to the client", "the client gets what the server sent")

    def checkWriteSequenceSendsAllPieces(self) -> None:
        """`writeSequence` sends its pieces one after the other."""
        self.connect()
        self.client.transport.writeSequence([b"one ", b"", b"two ", b"three"])
        self.waitForSize(self.server, len(b"one two three"))
        self.harness.idle()
        _expect(self.server.data == b"one two three", "writeSequence sends all its pieces")

    def checkEmptyWriteIsNoEvent(self) -> None:
        """A write of nothing is not seen by the peer."""
        self.connect()
        self.client.transport.write(b"")
        self.harness.idle()
        self.client.transport.write(b"x")
        self.waitForSize(self.server, 1)
        _expect(all(self.server.pieces), "dataReceived is never called with no bytes")

    def checkHugeWriteArrives(self) -> None:
        """One write of many megabytes arrives."""
        self.connect()
        data = bytes(range(256)) * (2 * LARGE // 256)
        self.client.transport.write(data)
        self.waitForSize(self.server, len(data))
        _expect(self.server.data == data, "a huge write arrives complete and in order")

    def checkTextIsRefused(self) -> None:
        """A write of text raises at once."""
        self.connect()
        try:
            self.client.transport.write(cast(bytes, "text"))
        except TypeError:
            return
        raise AssertionError("write raises TypeError for what is not bytes")

    def checkGreetingArrives(self) -> None:
        """What is written in `connectionMade` arrives."""
        self.server.onMade = lambda: self.server.transport.write(b"hello")
        self.connect()
        self.waitForSize(self.client, 5)
        _expect(self.client.events == ["made", "data"], "connectionMade comes before dataReceived")

    def checkWritingFromInsideIsNotReentrant(self) -> None:
        """A write inside `dataReceived` comes back later, not from inside the write."""
        inside = False
        reentered = False

        def answer(data: bytes) -> None:
            nonlocal inside, reentered
            reentered = reentered or inside
            if self.client.size + self.server.size < 50:
                inside = True
                witness = self.server if self.server.size > self.client.size else self.client
                witness.transport.write(b"x")
                inside = False

        self.server.onData = self.client.onData = answer
        self.connect()
        self.client.transport.write(b"x")
        self.wait(lambda: self.client.size + self.server.size >= 50, "the ball goes to and fro")
        _expect(not reentered, "write does not call a protocol before it returns")

    def checkAddressesMatch(self) -> None:
        """Each side's peer is the other side's host, also after the end."""
        self.connect()
        client, server = self.client.transport, self.server.transport
        for _ in range(2):
            _expect(client.getPeer() == server.getHost(), "the client's peer is the server")
            client.abortConnection()
            self.waitForLoss(self.client)


class ClosingPromises(TransportPromises):
    """How a connection ends."""

    def checkLoseConnectionFlushes(self) -> None:
        """`loseConnection` lets all that was written before arrive."""
        self.connect()
        self.client.transport.write(b"x" * LARGE)
        self.client.transport.loseConnection()
        self.waitForLoss(self.server)
        _expect(self.server.size == LARGE, "loseConnection sends what was written before it")

    def checkLoseConnectionIsAnOrderlyEnd(self) -> None:
        """Both sides learn of an orderly end."""
        self.connect()
        self.client.transport.loseConnection()
        self.waitForLoss(self.client, self.server)
        for witness in (self.client, self.server):
            _expect(_isReason(witness, ConnectionDone), "after loseConnection it is ConnectionDone")

    def checkLosingIsNotReentrant(self) -> None:
        """`connectionLost` comes after `loseConnection` has returned."""
        self.connect()
        self.client.transport.loseConnection()
        _expect(not self.client.isLost(), "connectionLost is not called inside loseConnection")

    def checkAbortTellsItsReason(self) -> None:
        """The side that aborts gets `ConnectionAborted`."""
        self.connect()
        self.client.transport.abortConnection()
        self.waitForLoss(self.client, self.server)
        _expect(_isReason(self.client, ConnectionAborted), "after abortConnection it is aborted")

    def checkAbortLosesWhatWasNotSent(self) -> None:
        """`abortConnection` does not wait for what was written."""
        self.connect()
        self.client.transport.write(b"x" * MUCH)
        self.client.transport.abortConnection()
        self.waitForLoss(self.server)
        _expect(self.server.size < MUCH, "abortConnection drops what was not sent")

    def checkAbortingIsNotReentrant(self) -> None:
        """`connectionLost` comes after `abortConnection` has returned."""
        self.connect()
        self.client.transport.abortConnection()
        _expect(not self.client.isLost(), "connectionLost is not called inside abortConnection")

    def checkAbortEndsWhatLoseConnectionWaitsFor(self) -> None:
        """`abortConnection` ends a connection that `loseConnection` could not end yet."""
        self.connect()
        self.client.transport.write(b"x" * MUCH)
        self.client.transport.loseConnection()
        self.client.transport.abortConnection()
        self.waitForLoss(self.server)
        _expect(self.server.size < MUCH, "abortConnection works after loseConnection")

    def checkConnectionLostIsCalledOnce(self) -> None:
        """However often an end is asked for, it comes once."""
        self.connect()
        self.client.transport.loseConnection()
        self.client.transport.loseConnection()
        self.waitForLoss(self.client, self.server)
        self.client.transport.loseConnection()
        self.harness.idle()
        for witness in (self.client, self.server):
            _expect(len(witness.reasons) == 1, "connectionLost is called exactly once")

    def checkNothingComesAfterConnectionLost(self) -> None:
        """No data arrives once a side has aborted."""
        self.server.onData = lambda data: self.server.transport.abortConnection()
        self.connect()
        self.client.transport.write(b"x" * LARGE)
        self.waitForLoss(self.server)
        self.harness.idle()
        _expect(self.server.events[-1] == "lost", "nothing is called after connectionLost")

    def checkCallsAfterTheEndAreHarmless(self) -> None:
        """A transport whose connection was lost can still be called."""
        self.connect()
        self.client.transport.abortConnection()
        self.waitForLoss(self.client)
        transport = self.client.transport
        try:
            transport.write(b"late")
            transport.writeSequence([b"late"])
            transport.loseConnection()
            transport.abortConnection()
        except Exception as error:
            raise AssertionError(f"calls after the end are harmless: {error!r}") from error

    def checkResetIsNoOrderlyEnd(self) -> None:
        """The peer of a side that aborts learns that the connection broke."""
        self.connect()
        self.client.transport.abortConnection()
        self.waitForLoss(self.server)
        kind = ConnectionLost if self.harness.resetIsVisible else ConnectionClosed
        _expect(_isReason(self.server, kind), f"a reset by the peer is reported as {kind.__name__}")


class HalfClosingPromises(TransportPromises):
    """How one direction of a connection ends alone."""

    witness: Callable[[], Witness] = HalfCloseableWitness

    def checkOtherDirectionGoesOn(self) -> None:
        """After `loseWriteConnection` the other side can still send."""
        self.connect()
        self.client.transport.loseWriteConnection()
        self.wait(lambda: "read lost" in self.server.events, "readConnectionLost is called")
        self.server.transport.write(b"still here")
        self.waitForSize(self.client, 10)
        _expect(not self.client.isLost(), "the connection lives on when one direction is closed")

    def checkLoseWriteConnectionFlushes(self) -> None:
        """`loseWriteConnection` lets all that was written before arrive."""
        self.connect()
        self.client.transport.write(b"x" * LARGE)
        self.client.transport.loseWriteConnection()
        self.wait(
            lambda: "read lost" in self.server.events or self.server.isLost(),
            "the server learns that the client sends no more",
        )
        _expect(self.server.size == LARGE, "loseWriteConnection sends what was written before it")

    def checkBothSidesAreTold(self) -> None:
        """The side that closed its direction is told when it is done."""
        self.connect()
        self.client.transport.loseWriteConnection()
        self.wait(
            lambda: "read lost" in self.server.events or self.server.isLost(),
            "the server learns that the client sends no more",
        )
        self.wait(lambda: "write lost" in self.client.events, "writeConnectionLost is called")

    def checkBothDirectionsClosedIsTheEnd(self) -> None:
        """When both sides have closed their direction, the connection is over."""
        self.connect()
        self.client.transport.loseWriteConnection()
        self.server.transport.loseWriteConnection()
        self.waitForLoss(self.client, self.server)


class OneDirectionPromises(TransportPromises):
    """How a half-close ends a connection whose protocol knows nothing of half-closing."""

    def checkHalfCloseByThePeerIsTheEnd(self) -> None:
        """A protocol without `IHalfCloseableProtocol` loses its connection."""
        self.connect()
        self.client.transport.loseWriteConnection()
        self.waitForLoss(self.server)


class _Pushing:
    """A push producer that writes as much as it may, up to a limit."""

    def __init__(self, consumer: IConsumer, limit: int = MUCH) -> None:
        self.consumer = consumer
        self.left = limit
        self.paused = False
        self.pauses = 0
        self.resumes = 0
        self.stops = 0

    def produce(self) -> None:
        while not self.paused and self.left > 0:
            self.left -= 65536
            self.consumer.write(b"x" * 65536)

    def pauseProducing(self) -> None:
        self.paused = True
        self.pauses += 1

    def resumeProducing(self) -> None:
        self.paused = False
        self.resumes += 1

    def stopProducing(self) -> None:
        self.stops += 1


class _Pulled:
    """A pull producer that writes some pieces, then unregisters."""

    def __init__(self, consumer: IConsumer, count: int) -> None:
        self.consumer = consumer
        self.left = count

    def resumeProducing(self) -> None:
        if self.left:
            self.left -= 1
            self.consumer.write(b"piece")
        else:
            self.consumer.unregisterProducer()

    def stopProducing(self) -> None:
        self.left = 0


class ProducerPromises(TransportPromises):
    """Back-pressure: how whoever writes much is slowed down."""

    def consumer(self) -> IConsumer:
        """Return the client's transport as the consumer that it is."""
        return cast(IConsumer, self.client.transport)

    def checkPushProducerIsPaused(self) -> None:
        """Who writes faster than the connection takes is paused."""
        self.connect()
        producer = _Pushing(self.consumer())
        self.consumer().registerProducer(producer, True)
        producer.produce()
        _expect(producer.left > 0, "a push producer is paused before all memory is used")

    def checkPushProducerIsResumed(self) -> None:
        """Who was paused is resumed when there is room again."""
        self.connect()
        producer = _Pushing(self.consumer(), LARGE)
        self.consumer().registerProducer(producer, True)
        producer.produce()
        if producer.pauses:
            self.wait(lambda: producer.resumes, "the push producer is resumed")

    def checkPullProducerIsAskedUntilItIsDone(self) -> None:
        """Who writes when asked is asked again and again."""
        self.connect()
        self.consumer().registerProducer(_Pulled(self.consumer(), 30), False)
        self.waitForSize(self.server, 150)
        _expect(self.server.size == 150, "a pull producer is asked until it unregisters")

    def checkLoseConnectionWaitsForTheProducer(self) -> None:
        """A connection with a producer ends when that has unregistered."""
        self.connect()
        producer = _Pushing(self.consumer())
        self.consumer().registerProducer(producer, True)
        self.client.transport.loseConnection()
        self.harness.idle()
        _expect(not self.client.isLost(), "loseConnection waits for the producer")
        self.consumer().unregisterProducer()
        self.waitForLoss(self.client)

    def checkProducerIsStoppedAtTheEnd(self) -> None:
        """A producer is told, once, that the connection is gone."""
        self.connect()
        producer = _Pushing(self.consumer())
        self.consumer().registerProducer(producer, True)
        self.client.transport.abortConnection()
        self.waitForLoss(self.client)
        self.harness.idle()
        _expect(producer.stops == 1, "stopProducing is called once when the connection is lost")

    def checkLateProducerIsStoppedAtOnce(self) -> None:
        """A producer that comes after the end is told at once."""
        self.connect()
        self.client.transport.abortConnection()
        self.waitForLoss(self.client)
        producer = _Pushing(self.consumer())
        self.consumer().registerProducer(producer, True)
        _expect(producer.stops == 1, "a producer that is registered after the end is stopped")

    def checkSecondProducerIsRefused(self) -> None:
        """There is one producer at a time."""
        self.connect()
        self.consumer().registerProducer(_Pushing(self.consumer()), True)
        try:
            self.consumer().registerProducer(_Pushing(self.consumer()), True)
        except RuntimeError:
            return
        raise AssertionError("registering a second producer raises RuntimeError")

    def checkPausedTransportReceivesNothing(self) -> None:
        """A transport that was paused brings nothing until it is resumed, and loses nothing."""
        self.connect()
        source = cast(IPushProducer, self.server.transport)
        source.pauseProducing()
        # What was on its way when it was paused would come now.
        self.harness.idle()
        self.client.transport.write(b"x" * 100)
        self.harness.idle()
        _expect(self.server.size == 0, "a paused transport calls no dataReceived")
        source.resumeProducing()
        self.waitForSize(self.server, 100)


CONTRACT: tuple[type[TransportPromises], ...] = (
    DeliveryPromises,
    ClosingPromises,
    HalfClosingPromises,
    OneDirectionPromises,
    ProducerPromises,
)
"""All kinds of promises that a transport of a stream makes."""


class TransportCheck:
    """One check of the contract: call it with a harness.

    Attributes:
        name: The name of the check.
    """

    def __init__(self, promises: type[TransportPromises], method: str) -> None:
        """Make a check.

        Args:
            promises: The class that holds it.
            method: The name of the method.
        """
        self._promises = promises
        self._method = method
        self.name: str = method.removeprefix("check")

    def __call__(self, harness: TransportHarness) -> None:
        """Check a kind of transport, and close the harness.

        Args:
            harness: Makes the connection.

        Raises:
            AssertionError: The transport breaks the promise; the text says which.
            unittest.SkipTest: The transport is exempt from the check; the text says why.
        """
        try:
            if self.name in harness.exempt:
                raise SkipTest(f"{type(harness).__name__}: {harness.exempt[self.name]}")
            getattr(self._promises(harness), self._method)()
        finally:
            harness.close()

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__


def _checksOf(promises: type[TransportPromises]) -> Iterator[TransportCheck]:
    for name in vars(promises):
        if name.startswith("check"):
            yield TransportCheck(promises, name)


def transportChecks(*contract: type[TransportPromises]) -> list[TransportCheck]:
    """Return the checks that a transport is to pass.

    Args:
        contract: The kinds of promises; all of `CONTRACT` if left out.
    """
    return [check for promises in contract or CONTRACT for check in _checksOf(promises)]
