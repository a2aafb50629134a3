"""The transport contract itself: a correct transport passes, and each defect fails one check."""

from unittest import SkipTest

import pytest

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableProtocol,
    IProducer,
    IPushProducer,
    ITCPTransport,
)
from twisted.internet.protocol import Protocol
from twisted.internet.testing import (
    CONTRACT,
    DeliveryPromises,
    Loopback,
    LoopbackHarness,
    LoopbackTransport,
    TransportCheck,
    TransportHarness,
    transportChecks,
)
from twisted.python.components import provides, verifyObject
from twisted.python.failure import Failure

CHECKS = transportChecks()


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_loopback_keeps_the_contract(check: TransportCheck) -> None:
    check(LoopbackHarness())


@pytest.mark.parametrize("interface", [ITCPTransport, IConsumer, IPushProducer])
def test_loopback_provides_its_interfaces(interface: type) -> None:
    assert verifyObject(interface, Loopback(Protocol(), Protocol()).client)


class Swaps(LoopbackTransport):
    def _handOver(self) -> None:
        if len(self._unsent) > 2:
            self._unsent[0], self._unsent[1] = self._unsent[1], self._unsent[0]
        super()._handOver()


class SendsToItself(LoopbackTransport):
    def _handOver(self) -> None:
        if list(self._unsent)[:1] == [b"to the client"]:
            self._unsent[0] = b"to the server"
        super()._handOver()


class SendsOnePieceOnly(LoopbackTransport):
    def writeSequence(self, data: object) -> None:
        self.write(next(iter(data)))  # type: ignore[call-overload]


class DeliversNothing(LoopbackTransport):
    def write(self, data: bytes) -> None:
        super().write(data)
        if data == b"":
            self.peer.protocol.dataReceived(b"")


class CutsHugeWrites(LoopbackTransport):
    def write(self, data: bytes) -> None:
        if len(data) == 8 * 1024 * 1024:
            data = data[:-1] + b"?"
        super().write(data)


class TakesText(LoopbackTransport):
    def write(self, data: object) -> None:
        if isinstance(data, bytes):
            super().write(data)


class ForgetsGreetings(Loopback):
    def __init__(self, server: object, client: object) -> None:
        super().__init__(server, client)  # type: ignore[arg-type]
        self.server._dropUnsent()


class WritesThroughInside(LoopbackTransport):
    def write(self, data: bytes) -> None:
        super().write(data)
        if data == b"x":
            self._handOver()


class MixesUpAddresses(LoopbackTransport):
    def getPeer(self) -> IPv4Address | IPv6Address:
        return self._host


class DropsWhenLosing(LoopbackTransport):
    def loseConnection(self) -> None:
        super().loseConnection()
        self._dropUnsent()


class LosesDisorderly(LoopbackTransport):
    def _lose(self, reason: Exception) -> None:
        super()._lose(ConnectionLost() if type(reason) is ConnectionDone else reason)


class LosesInside(LoopbackTransport):
    def loseConnection(self) -> None:
        super().loseConnection()
        if not self._unsent and self.producer is None:
            self._afterAll()


class AbortsQuietly(LoopbackTransport):
    def _lose(self, reason: Exception) -> None:
        super()._lose(ConnectionDone() if self._aborting else reason)


class AbortFlushes(LoopbackTransport):
    def abortConnection(self) -> None:
        if self.disconnecting or not self._unsentSize > 10 * 1024 * 1024:
            super().abortConnection()
        else:
            self.loseConnection()


class AbortsInside(LoopbackTransport):
    def abortConnection(self) -> None:
        super().abortConnection()
        self.turn()


class AbortIgnoredWhileLosing(LoopbackTransport):
    def abortConnection(self) -> None:
        if not self.disconnecting:
            super().abortConnection()


class LosesTwice(LoopbackTransport):
    def loseConnection(self) -> None:
        if self.disconnecting and not self.connected:
            self.protocol.connectionLost(Failure(ConnectionDone()))
        super().loseConnection()


class DeliversAfterTheEnd(LoopbackTransport):
    def _handOver(self) -> None:
        data = bytes(self._unsent[0][:1]) if self._unsent else b""
        super()._handOver()
        if self.peer._aborting and not self._aborting:
            self.peer._lose(ConnectionLost())
            self.peer.protocol.dataReceived(data)


class RaisesAfterTheEnd(LoopbackTransport):
    def write(self, data: bytes) -> None:
        if not self.connected:
            raise OSError("closed")
        super().write(data)


class HidesResets(LoopbackTransport):
    def _reset(self) -> None:
        self._lose(ConnectionDone())


class HalfCloseIsTheEnd(LoopbackTransport):
    def _endOfStream(self) -> None:
        halfCloseable = provides(IHalfCloseableProtocol, self.protocol)
        super()._endOfStream()
        if halfCloseable and not self._writeClosing and self.peer.connected:
            self.loseConnection()


class DropsWhenHalfClosing(LoopbackTransport):
    def loseWriteConnection(self) -> None:
        super().loseWriteConnection()
        self._dropUnsent()


class TellsNotOfItsOwnHalf(LoopbackTransport):
    def _afterAll(self) -> None:
        # Takes away the event that the protocol was to get.
        protocol = self.protocol
        if self._writeClosing and not self._writeClosed and hasattr(protocol, "events"):
            super()._afterAll()
            if "write lost" in protocol.events:
                protocol.events.remove("write lost")
            return
        super()._afterAll()


class NeverEndsByHalves(LoopbackTransport):
    def _loseIfBothClosed(self) -> None:
        pass


class IgnoresHalfClose(LoopbackTransport):
    def _endOfStream(self) -> None:
        if provides(IHalfCloseableProtocol, self.protocol) or not self.peer.connected:
            super()._endOfStream()


class NeverPauses(LoopbackTransport):
    def _pauseProducer(self) -> None:
        pass


class NeverResumes(LoopbackTransport):
    def _askProducer(self) -> None:
        if not self._streaming:
            super()._askProducer()


class AsksOnce(LoopbackTransport):
    def _askProducer(self) -> None:
        if self._streaming:
            super()._askProducer()


class DoesNotWaitForProducers(LoopbackTransport):
    def loseConnection(self) -> None:
        super().loseConnection()
        self.producer = None


class StopsNoProducer(LoopbackTransport):
    def _lose(self, reason: Exception) -> None:
        self.producer = None
        super()._lose(reason)


class TakesLateProducers(LoopbackTransport):
    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        if self.connected:
            super().registerProducer(producer, streaming)


class TakesManyProducers(LoopbackTransport):
    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        self.producer = None
        super().registerProducer(producer, streaming)


class NeverPausesReading(LoopbackTransport):
    def pauseProducing(self) -> None:
        pass


DEFECTS: dict[str, type[LoopbackTransport] | type[Loopback]] = {
    "BytesArriveCompleteAndInOrder": Swaps,
    "BothDirectionsAreIndependent": SendsToItself,
    "WriteSequenceSendsAllPieces": SendsOnePieceOnly,
    "EmptyWriteIsNoEvent": DeliversNothing,
    "HugeWriteArrives": CutsHugeWrites,
    "TextIsRefused": TakesText,
    "GreetingArrives": ForgetsGreetings,
    "WritingFromInsideIsNotReentrant": WritesThroughInside,
    "AddressesMatch": MixesUpAddresses,
    "LoseConnectionFlushes": DropsWhenLosing,
    "LoseConnectionIsAnOrderlyEnd": LosesDisorderly,
    "LosingIsNotReentrant": LosesInside,
    "AbortTellsItsReason": AbortsQuietly,
    "AbortLosesWhatWasNotSent": AbortFlushes,
    "AbortingIsNotReentrant": AbortsInside,
    "AbortEndsWhatLoseConnectionWaitsFor": AbortIgnoredWhileLosing,
    "ConnectionLostIsCalledOnce": LosesTwice,
    "NothingComesAfterConnectionLost": DeliversAfterTheEnd,
    "CallsAfterTheEndAreHarmless": RaisesAfterTheEnd,
    "ResetIsNoOrderlyEnd": HidesResets,
    "OtherDirectionGoesOn": HalfCloseIsTheEnd,
    "LoseWriteConnectionFlushes": DropsWhenHalfClosing,
    "BothSidesAreTold": TellsNotOfItsOwnHalf,
    "BothDirectionsClosedIsTheEnd": NeverEndsByHalves,
    "HalfCloseByThePeerIsTheEnd": IgnoresHalfClose,
    "PushProducerIsPaused": NeverPauses,
    "PushProducerIsResumed": NeverResumes,
    "PullProducerIsAskedUntilItIsDone": AsksOnce,
    "LoseConnectionWaitsForTheProducer": DoesNotWaitForProducers,
    "ProducerIsStoppedAtTheEnd": StopsNoProducer,
    "LateProducerIsStoppedAtOnce": TakesLateProducers,
    "SecondProducerIsRefused": TakesManyProducers,
    "PausedTransportReceivesNothing": NeverPausesReading,
}


def test_there_is_a_defect_for_each_check() -> None:
    assert sorted(DEFECTS) == sorted(check.name for check in CHECKS)


class Impatient(LoopbackHarness):
    """A loopback that moves all it can: what has not come after so many turns never comes."""

    turnsLeft = 2000

    def waitUntil(self, condition: object, what: str) -> None:
        while not condition():  # type: ignore[operator]
            if not self.turnsLeft:
                raise AssertionError(f"in vain: {what}")
            self.turnsLeft -= 1
            self.turn()


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_fails_its_check_and_no_other(name: str) -> None:
    defect = DEFECTS[name]
    if issubclass(defect, Loopback):
        connection = defect
    else:
        connection = type("Defective", (Loopback,), {"transportClass": defect})
    failed: list[str] = []
    for check in CHECKS:
        try:
            check(Impatient(connection))
        except AssertionError:
            failed.append(check.name)

    assert failed == [name]


def test_waiting_in_vain_says_for_what() -> None:
    harness = LoopbackHarness()
    harness.patience = 0

    with pytest.raises(AssertionError, match="in vain: the moon falls"):
        harness.waitUntil(lambda: False, "the moon falls")


def test_harness_is_closed_when_a_check_is_over() -> None:
    class Closing(LoopbackHarness):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    class Failing(Closing):
        def connect(self, server: object, client: object) -> None:
            raise AssertionError("no connection")

    for harness in (Closing(), Failing()):
        try:
            CHECKS[0](harness)
        except AssertionError:
            pass
        assert harness.closed == 1


def test_checks_can_be_chosen_by_the_kind_of_promise() -> None:
    chosen = transportChecks(DeliveryPromises)

    assert 0 < len(chosen) < len(CHECKS)
    assert len(CHECKS) == sum(len(transportChecks(promises)) for promises in CONTRACT)
    assert issubclass(LoopbackHarness, TransportHarness)


def test_an_exempt_check_is_skipped_with_its_reason() -> None:
    class Exempt(LoopbackHarness):
        exempt = {"TextIsRefused": "this transport takes text"}

    closed = []
    harness = Exempt()
    harness.close = lambda: closed.append(True)  # type: ignore[method-assign]
    check = next(check for check in CHECKS if check.name == "TextIsRefused")
    with pytest.raises(SkipTest, match="Exempt: this transport takes text"):
        check(harness)
    assert closed == [True]
