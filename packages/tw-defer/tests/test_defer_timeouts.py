"""Deferreds that may take only so long."""

from typing import Any

import pytest

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, succeed
from twisted.python.failure import Failure

from .defer_helpers import HandClock, failureOf, outcomes, resultOf


def test_a_deferred_that_takes_too_long_fails_with_timeout_error() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(10, clock)
    clock.advance(9)
    assert not d.called
    clock.advance(1)
    assert failureOf(d, TimeoutError).value.args == (10, "Deferred")


def test_a_result_in_time_stays_and_stops_the_timer() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(10, clock)
    d.callback(1)
    assert clock.calls == []
    assert resultOf(d) == 1


def test_a_failure_in_time_stays_and_stops_the_timer() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(10, clock)
    d.errback(ValueError())
    assert clock.calls == []
    failureOf(d, ValueError)


def test_a_deferred_that_has_fired_leaves_no_timer() -> None:
    clock = HandClock()
    assert resultOf(succeed(1).addTimeout(10, clock)) == 1
    assert clock.calls == []


def test_cancelling_by_hand_is_no_timeout() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(10, clock)
    d.cancel()
    failureOf(d, CancelledError)
    assert clock.calls == []


def test_what_the_canceller_gives_stays() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred(lambda d: d.callback(5))
    d.addTimeout(1, clock)
    clock.advance(1)
    assert resultOf(d) == 5


def test_another_failure_of_the_canceller_stays() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred(lambda d: d.errback(KeyError()))
    d.addTimeout(1, clock)
    clock.advance(1)
    failureOf(d, KeyError)


def test_on_timeout_cancel_decides_the_result() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    calls: list[Any] = []

    def instead(result: "int | Failure", timeout: float) -> str:
        calls.append((result, timeout))
        return "instead"

    outcome = d.addTimeout(2, clock, instead)
    clock.advance(2)
    assert resultOf(outcome) == "instead"
    ((result, timeout),) = calls
    assert (result.type, timeout) == (CancelledError, 2)


def test_on_timeout_cancel_is_not_asked_in_time() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(2, clock, lambda result, timeout: pytest.fail("asked"))
    d.callback(1)
    assert resultOf(d) == 1


def test_the_timeout_reaches_the_deferred_that_is_waited_for() -> None:
    clock = HandClock()
    inner: Deferred[int] = Deferred()
    d = succeed(None).addCallback(lambda _: inner).addTimeout(1, clock)
    clock.advance(1)
    assert inner.called
    failureOf(d, TimeoutError)


def test_callbacks_after_the_timeout_are_not_timed() -> None:
    clock = HandClock()
    inner: Deferred[int] = Deferred()
    d: Deferred[None] = Deferred()
    outcome = d.addTimeout(1, clock).addCallback(lambda _: inner)
    d.callback(None)
    clock.advance(2)
    seen = outcomes(outcome)
    assert seen == []
    inner.callback(1)
    assert seen == [1]


def test_of_two_timeouts_the_shorter_one_counts() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(5, clock).addTimeout(3, clock)
    clock.advance(3)
    assert failureOf(d).type in (TimeoutError, CancelledError)
    assert clock.calls == []
