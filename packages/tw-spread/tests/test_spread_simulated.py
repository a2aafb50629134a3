"""Calls, caches and logins keep every promise in a rough network, and planted bugs are found."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from twisted.internet.testing import SimulationFailed
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.spread._cacheable import CachedLocally, RemoteCache
from twisted.spread._exchange import ObjectExchange
from twisted.spread._localobjects import Local, LocalObjects
from twisted.spread._logins import PortalLogin

from .spread_traffic import SpreadTraffic

# .ci/nightly takes a thousand.
SEEDS = int(os.environ.get("TW_SPREAD_SEEDS", "20"))
STEPS = 1500


def firstFailure() -> str:
    """Return what the first seed that fails says."""
    for seed in range(30):
        try:
            SpreadTraffic(seed).run(STEPS)
        except SimulationFailed as failure:
            return str(failure)
    raise AssertionError("no seed finds the planted bug")


def test_traffic_keeps_every_promise() -> None:
    calls = kept = lost = sessions = 0
    for seed in range(SEEDS):
        traffic = SpreadTraffic(seed)
        # A failure names the seed.
        traffic.run(STEPS)
        calls += traffic.calls
        kept += traffic.kept
        lost += traffic.lost
        sessions += traffic.loggedIn
    assert min(kept, lost, sessions) > SEEDS
    print(
        f"{SEEDS} seeds: {calls} calls in {sessions} sessions, {kept} results as they should be, "
        f"{lost} failures that had to be, and every promise kept"
    )


def test_same_seed_gives_the_same_traffic() -> None:
    first, second = SpreadTraffic(5), SpreadTraffic(5)
    first.run(STEPS)
    second.run(STEPS)
    assert first.network.steps == second.network.steps
    assert (first.calls, first.kept, first.lost) == (second.calls, second.kept, second.lost)


def test_calls_that_wait_for_ever_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(self: pb.Broker, reason: Failure) -> None:
        self.waitingForAnswers.clear()
        original(self, reason)

    original = pb.Broker.connectionLost
    monkeypatch.setattr(pb.Broker, "connectionLost", forget)
    assert "without a result are" in firstFailure()


def test_answers_to_the_wrong_call_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def swap(self: pb.Broker, requestID: Any, netResult: Any) -> None:
        original(self, max(self.waitingForAnswers, default=requestID), netResult)

    original = pb.Broker.proto_answer
    monkeypatch.setattr(pb.Broker, "proto_answer", swap)
    failure = firstFailure()
    assert "wrong result" in failure or "fails with" in failure


def test_calls_that_are_run_twice_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(self: pb.Broker, *message: Any) -> None:
        if message[2] == b"add":
            original(self, *message[:3], 0, *message[4:])
        original(self, *message)

    original: Any = pb.Broker.proto_message
    monkeypatch.setattr(pb.Broker, "proto_message", again)
    assert " is run after call " in firstFailure()


def test_observers_that_stay_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ObjectExchange, "_stopped", lambda self, local: None)
    failure = firstFailure()
    assert "two observers for one connection" in failure or "observers are left" in failure


def test_observers_that_go_twice_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(self: ObjectExchange, local: Local) -> None:
        original(self, local)
        original(self, local)

    original = ObjectExchange._stopped
    monkeypatch.setattr(ObjectExchange, "_stopped", twice)
    assert "an observer is let go of that is not there" in firstFailure()


def test_changes_that_a_cache_forgets_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def copied(self: CachedLocally) -> RemoteCache:
        self.attributes = dict(self.attributes)
        cache = self._class.__new__(self._class)
        cache.__dict__ = dict(self.attributes)
        return cache

    monkeypatch.setattr(CachedLocally, "current", copied)
    monkeypatch.setattr(pb.Broker, "proto_cachemessage", withoutKeeping(pb.Broker))
    assert "after version" in firstFailure()


def withoutKeeping(broker: type[pb.Broker]) -> Callable[..., None]:
    """Return what calls a cache and does not keep what has become of it."""

    def proto(self: pb.Broker, *message: Any) -> None:
        self._receive(self._cache, *message)

    return proto


def test_wrongly_counted_references_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def uncounted(self: LocalObjects, key: object) -> int | None:
        return self.numbers.get(key)

    monkeypatch.setattr(LocalObjects, "again", uncounted)
    failure = firstFailure()
    assert "the peer let go of what it did not have" in failure or "Invalid Object ID" in failure


def test_references_that_go_before_they_come_back_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ObjectExchange, "keepUntilSent", lambda self, reference: None)
    monkeypatch.setattr(LocalObjects, "comesBack", LocalObjects.get)
    assert "was not given out over this connection" in firstFailure()


def test_sessions_that_do_not_end_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ObjectExchange, "_unreferenced", lambda self, local: None)
    assert "sessions" in firstFailure()


def test_sessions_of_lost_logins_that_stay_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def loggedIn(self: PortalLogin, login: Any) -> Any:
        broker, self._broker = self._broker, pb.Broker()
        try:
            return original(self, login)
        finally:
            self._broker = broker

    original = PortalLogin._loggedIn
    # What cannot be answered any more is taken back as well, which would end the session.
    monkeypatch.setattr(ObjectExchange, "_undo", lambda self, mark: None)
    monkeypatch.setattr(PortalLogin, "_loggedIn", loggedIn)
    assert "sessions" in firstFailure()
