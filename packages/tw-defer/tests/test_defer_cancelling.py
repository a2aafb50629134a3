"""Taking back the wish for a result."""

import sys
from typing import Any

import pytest

from twisted.internet.defer import AlreadyCalledError, CancelledError, Deferred, fail, succeed

from .defer_helpers import failureOf, loggedEvents, outcomes, resultOf


def test_an_unfired_deferred_fails_with_cancelled_error() -> None:
    d: Deferred[int] = Deferred()
    d.cancel()
    failureOf(d, CancelledError)


@pytest.mark.parametrize("late", ["callback", "errback"])
def test_the_operation_may_fire_once_after_a_cancellation_that_it_knows_nothing_of(
    late: str,
) -> None:
    d: Deferred[Any] = Deferred()
    d.cancel()
    seen = outcomes(d)
    getattr(d, late)(ValueError())
    assert [failure.type for failure in seen] == [CancelledError]
    with pytest.raises(AlreadyCalledError):
        getattr(d, late)(ValueError())


def test_the_canceller_gets_the_deferred_once() -> None:
    calls: list[object] = []
    d: Deferred[int] = Deferred(calls.append)
    d.cancel()
    d.cancel()
    assert calls == [d]
    failureOf(d, CancelledError)


def test_the_canceller_may_give_a_result() -> None:
    d: Deferred[int] = Deferred(lambda d: d.callback(1))
    d.cancel()
    assert resultOf(d) == 1


def test_the_canceller_may_give_a_failure_of_its_own() -> None:
    d: Deferred[int] = Deferred(lambda d: d.errback(KeyError()))
    d.cancel()
    failureOf(d, KeyError)


def test_firing_after_the_canceller_was_called_raises() -> None:
    d: Deferred[int] = Deferred(lambda d: None)
    d.cancel()
    outcomes(d)
    with pytest.raises(AlreadyCalledError):
        d.callback(1)


def test_a_canceller_that_raises_is_logged_and_its_error_becomes_the_failure() -> None:
    def canceller(d: Deferred[Any]) -> None:
        raise KeyError("canceller")

    d: Deferred[int] = Deferred(canceller)
    with loggedEvents() as events:
        d.cancel()
    assert [event["log_failure"].type for event in events] == [KeyError]
    failureOf(d, KeyError)


def test_a_canceller_that_fires_and_then_raises_is_logged() -> None:
    def canceller(d: Deferred[Any]) -> None:
        d.callback(1)
        raise KeyError("canceller")

    d: Deferred[int] = Deferred(canceller)
    with loggedEvents() as events:
        d.cancel()
    assert len(events) == 1
    assert resultOf(d) == 1


def test_a_canceller_that_cancels_again_is_not_called_again() -> None:
    calls: list[object] = []

    def canceller(d: Deferred[Any]) -> None:
        calls.append(d)
        d.cancel()

    d: Deferred[int] = Deferred(canceller)
    d.cancel()
    assert calls == [d]
    failureOf(d, CancelledError)


def test_cancelling_changes_nothing_after_firing() -> None:
    calls: list[object] = []
    d: Deferred[int] = Deferred(calls.append)
    d.callback(1)
    d.cancel()
    assert (resultOf(d), calls) == (1, [])


def test_cancelling_again_changes_nothing() -> None:
    d: Deferred[int] = Deferred()
    d.cancel()
    d.cancel()
    failureOf(d, CancelledError)


def test_a_waiting_deferred_cancels_the_one_that_it_waits_for() -> None:
    calls: list[object] = []
    inner: Deferred[int] = Deferred(calls.append)
    outer = succeed(None).addCallback(lambda _: inner)
    outer.cancel()
    assert calls == [inner]
    failureOf(outer, CancelledError)
    assert resultOf(inner) is None


def test_the_waiting_chain_goes_on_with_what_the_other_makes_of_the_cancellation() -> None:
    inner: Deferred[int] = Deferred(lambda d: d.callback(5))
    outer = succeed(None).addCallback(lambda _: inner)
    outer.cancel()
    assert resultOf(outer) == 5


def test_a_chain_of_any_length_can_be_cancelled() -> None:
    innermost: Deferred[int] = Deferred()
    d: Deferred[Any] = innermost
    for _ in range(sys.getrecursionlimit() * 2):
        d = succeed(None).addCallback(lambda _, inner: inner, d)
    d.cancel()
    failureOf(d, CancelledError)


def test_a_subclass_in_the_middle_of_a_chain_decides_how_it_is_cancelled() -> None:
    class Shield(Deferred[int]):
        def cancel(self) -> None:
            pass

    inner: Deferred[int] = Deferred()
    shield = Shield()
    shield.addCallback(lambda _: inner)
    shield.callback(1)
    outer = succeed(None).addCallback(lambda _: shield)
    outer.cancel()
    assert not inner.called
    inner.callback(3)
    assert resultOf(outer) == 3


def test_a_paused_deferred_keeps_its_result_when_cancelled() -> None:
    d = succeed(1)
    d.pause()
    d.cancel()
    d.unpause()
    assert resultOf(d) == 1


def test_a_failed_deferred_keeps_its_failure_when_cancelled() -> None:
    d = fail(ValueError())
    d.cancel()
    failureOf(d, ValueError)


def test_cancelling_runs_the_errbacks_before_it_returns() -> None:
    d: Deferred[int] = Deferred()
    seen: list[str] = []
    d.addErrback(lambda failure: seen.append(failure.trap(CancelledError).__name__))
    d.cancel()
    assert seen == ["CancelledError"]
