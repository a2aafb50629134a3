"""Random traffic over UDP keeps every promise, and finds the bugs that are planted into the ports."""

from typing import cast

import pytest

from twisted.internet._sockets._datagramport import DatagramPort
from twisted.internet._sockets._udpport import UDPPort
from twisted.internet.testing import (
    CALM,
    ROUGH,
    STRESSED,
    NetworkConditions,
    SimulatedDatagramTraffic,
    SimulatedReactor,
    SimulationFailed,
)

SEEDS = range(10)
STEPS = 500


def failureOf(seed: int, conditions: NetworkConditions) -> str | None:
    """Return what a run with a seed says; None if every promise is kept."""
    try:
        SimulatedDatagramTraffic(seed, conditions).run(STEPS)
    except SimulationFailed as failure:
        return str(failure)
    return None


def firstFailure(conditions: NetworkConditions = ROUGH) -> str:
    """Return what the first seed that fails says, and see that the seed replays it."""
    for seed in SEEDS:
        failure = failureOf(seed, conditions)
        if failure is not None:
            assert failure.startswith(f"seed {seed}, ")
            assert failureOf(seed, conditions) == failure
            return failure
    raise AssertionError("no seed finds the planted bug")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("conditions", [CALM, STRESSED, ROUGH], ids=["calm", "stressed", "rough"])
def test_traffic_keeps_every_promise(seed: int, conditions: NetworkConditions) -> None:
    traffic = SimulatedDatagramTraffic(seed, conditions)
    traffic.run(2000)
    assert traffic.received > 100
    assert traffic.refusals > 0


def test_same_seed_gives_the_same_trace() -> None:
    first, second, other = (SimulatedDatagramTraffic(seed, trace=True) for seed in (11, 11, 12))
    for traffic in (first, second, other):
        traffic.run(1000)
    assert first.network.trace() == second.network.trace()
    assert first.network.trace() != other.network.trace()


def test_datagram_at_the_wrong_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    received = UDPPort._received

    def misdeliver(self: UDPPort, datagram: bytes, name: object) -> None:
        readers = cast(SimulatedReactor, self.reactor).getReaders()
        opened = [port for port in readers if isinstance(port, UDPPort) and port._peer is None]
        received(opened[-1] if opened else self, datagram, name)

    monkeypatch.setattr(UDPPort, "_received", misdeliver)
    assert "arrived at" in firstFailure()


def test_datagram_that_is_cut_off_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    received = UDPPort._received

    def cutOff(self: UDPPort, datagram: bytes, name: object) -> None:
        received(self, datagram[:1000], name)

    monkeypatch.setattr(UDPPort, "_received", cutOff)
    assert "bytes 1000 arrived" in firstFailure()


def test_datagram_that_the_port_loses_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    received = UDPPort._received

    def forget(self: UDPPort, datagram: bytes, name: object) -> None:
        if len(datagram) % 100:
            received(self, datagram, name)

    monkeypatch.setattr(UDPPort, "_received", forget)
    assert "came to the ports" in firstFailure()


def test_datagram_that_is_handed_over_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    received = UDPPort._received

    def repeat(self: UDPPort, datagram: bytes, name: object) -> None:
        received(self, datagram, name)
        if self.connected:
            received(self, datagram, name)

    monkeypatch.setattr(UDPPort, "_received", repeat)
    assert "arrived 2 times" in firstFailure(CALM)


def test_wrong_sender_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    received = UDPPort._received

    def confuse(self: UDPPort, datagram: bytes, name: tuple[str, int]) -> None:
        received(self, datagram, (name[0], name[1] + 1))

    monkeypatch.setattr(UDPPort, "_received", confuse)
    assert "is said to be of" in firstFailure()


def test_refusal_that_nobody_was_to_hear_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    doRead = DatagramPort.doRead

    def refuse(self: DatagramPort) -> None:
        doRead(self)
        self.protocol.connectionRefused()  # type: ignore[attr-defined]

    monkeypatch.setattr(DatagramPort, "doRead", refuse)
    assert "without a peer" in firstFailure()


def test_forgotten_stop_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def close(self: DatagramPort, reason: object = None) -> None:
        self.connected = False
        if self.socket is not None:
            self.socket.close()

    monkeypatch.setattr(DatagramPort, "connectionLost", close)
    assert "started 1 and stopped 0 times" in firstFailure()


def test_socket_that_stays_open_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = DatagramPort.connectionLost

    def forget(self: DatagramPort, reason: object = None) -> None:
        self.socket = None
        lost(self)

    monkeypatch.setattr(DatagramPort, "connectionLost", forget)
    # The address is still taken, or the socket is there in the end.
    assert firstFailure()
