"""Random traffic keeps every promise, and finds the bugs that are planted into the transports."""

from collections.abc import Callable

import pytest

from twisted.internet._sockets._connection import Connection
from twisted.internet._sockets._filedescriptor import FileDescriptor
from twisted.internet.testing import CALM, STRESSED, SimulatedTraffic, SimulationFailed
from twisted.python.failure import Failure

SEEDS = range(30)
STEPS = 500


def firstFailure() -> SimulationFailed:
    """Return what the first seed that fails says."""
    for seed in SEEDS:
        try:
            SimulatedTraffic(seed).run(STEPS)
        except SimulationFailed as failure:
            return failure
    raise AssertionError("no seed finds the planted bug")


@pytest.mark.parametrize("seed", range(5))
def test_traffic_keeps_every_promise_in_a_rough_network(seed: int) -> None:
    traffic = SimulatedTraffic(seed)
    traffic.run(2000)
    assert traffic.connections > 0
    assert traffic.bytesReceived > 0


@pytest.mark.parametrize("conditions", [CALM, STRESSED], ids=["calm", "stressed"])
def test_traffic_keeps_every_promise_where_nothing_breaks(conditions: object) -> None:
    assert conditions in (CALM, STRESSED)
    SimulatedTraffic(3, CALM if conditions is CALM else STRESSED).run(2000)


def test_same_seed_gives_the_same_trace() -> None:
    first, second = SimulatedTraffic(11, trace=True), SimulatedTraffic(11, trace=True)
    first.run(1000)
    second.run(1000)
    assert first.network.trace() == second.network.trace()
    assert first.network.steps == second.network.steps


def test_other_seed_gives_another_trace() -> None:
    first, second = SimulatedTraffic(11, trace=True), SimulatedTraffic(12, trace=True)
    first.run(1000)
    second.run(1000)
    assert first.network.trace() != second.network.trace()


def test_dropped_flush_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def dropWhenClosing(self: FileDescriptor) -> None:
        self._discardUnsent()
        original(self)

    original = FileDescriptor.loseConnection
    monkeypatch.setattr(FileDescriptor, "loseConnection", dropWhenClosing)
    assert "bytes are lost" in str(firstFailure())


def test_swapped_writes_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def swap(self: FileDescriptor) -> None:
        if len(self._gathered) == 2:
            self._gathered.reverse()
        original(self)

    original = FileDescriptor._sendUnsent
    monkeypatch.setattr(FileDescriptor, "_sendUnsent", swap)
    assert "not those that were written" in str(firstFailure())


def test_forgotten_rest_of_a_partial_write_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(self: FileDescriptor) -> None:
        self._unsent.clear()
        original(self)

    original: Callable[[FileDescriptor], None] = FileDescriptor._sendUnsent
    monkeypatch.setattr(FileDescriptor, "_sendUnsent", forget)
    assert "not those that were written" in str(firstFailure())


def test_missed_connection_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(self: Connection, error: Exception) -> None:
        # The peer went away with a reset, and nobody is told.
        if "reset" in str(error):
            self.stopReading()
            self.stopWriting()
            self.protocol = None
        original(self, error)

    original = Connection._end
    monkeypatch.setattr(Connection, "_end", forget)
    assert "no end" in str(firstFailure()) or "nothing is left to happen" in str(firstFailure())


def test_second_connection_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def tellTwice(self: Connection, reason: Failure) -> None:
        protocol = self.protocol
        original(self, reason)
        if protocol is not None:
            protocol.connectionLost(reason)

    original = Connection.connectionLost
    monkeypatch.setattr(Connection, "connectionLost", tellTwice)
    assert "after connectionLost" in str(firstFailure())


def test_failure_names_the_seed_that_replays_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileDescriptor, "loseConnection", FileDescriptor._discardUnsent)
    first = str(firstFailure())
    seed = int(first.removeprefix("seed ").partition(",")[0])
    with pytest.raises(SimulationFailed) as again:
        SimulatedTraffic(seed).run(STEPS)
    assert str(again.value).partition(":")[0] == first.partition(":")[0]
