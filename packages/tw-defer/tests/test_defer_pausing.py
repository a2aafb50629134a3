"""Holding a chain back."""

import pytest

from twisted.internet.defer import Deferred, fail, succeed

from .defer_helpers import outcomes, resultOf


def test_nothing_runs_while_paused() -> None:
    d: Deferred[int] = Deferred()
    d.pause()
    seen = outcomes(d)
    d.callback(1)
    assert seen == []


def test_unpause_runs_what_has_accumulated_in_order() -> None:
    d: Deferred[int] = Deferred()
    order: list[int] = []
    d.addCallback(lambda _: order.append(1))
    d.pause()
    d.addCallback(lambda _: order.append(2))
    d.callback(0)
    d.addCallback(lambda _: order.append(3))
    d.unpause()
    assert order == [1, 2, 3]


def test_pauses_nest() -> None:
    d = succeed(1)
    d.pause()
    d.pause()
    seen = outcomes(d)
    d.unpause()
    assert (seen, d.paused) == ([], 1)
    d.unpause()
    assert seen == [1]


def test_unpausing_an_unfired_deferred_lets_it_fire_as_usual() -> None:
    d: Deferred[int] = Deferred()
    d.pause()
    d.unpause()
    seen = outcomes(d)
    d.callback(1)
    assert seen == [1]


def test_a_callback_may_pause_its_own_chain() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(lambda n: d.pause())
    seen = outcomes(d)
    d.callback(1)
    assert seen == []
    d.unpause()
    assert seen == [None]


def test_a_callback_may_pause_and_unpause_its_own_chain() -> None:
    d: Deferred[int] = Deferred()
    order: list[str] = []

    def both(ignored: object) -> None:
        d.pause()
        d.unpause()
        order.append("first")

    d.addCallback(both)
    d.addCallback(lambda _: order.append("second"))
    d.callback(1)
    assert order == ["first", "second"]


def test_a_waiting_deferred_that_is_paused_keeps_the_result_for_later() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    outer.pause()
    seen = outcomes(outer)
    inner.callback(1)
    assert seen == []
    outer.unpause()
    assert seen == [1]


def test_unpausing_while_waiting_runs_nothing() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    outer.pause()
    outer.unpause()
    seen = outcomes(outer)
    assert seen == []
    inner.callback(1)
    assert seen == [1]


def test_a_deferred_that_was_paused_by_the_one_it_handed_its_result_to_stops() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    seen = outcomes(inner)
    outer.addCallback(lambda _: inner.pause())
    inner.callback(1)
    assert seen == []
    inner.unpause()
    assert seen == [None]
    assert resultOf(outer) is None


@pytest.mark.parametrize("fired", [True, False])
def test_a_paused_failure_reaches_the_errbacks(fired: bool) -> None:
    d: Deferred[int] = fail(ValueError()) if fired else Deferred()
    d.pause()
    if not fired:
        d.errback(ValueError())
    seen = outcomes(d)
    assert seen == []
    d.unpause()
    assert seen[0].type is ValueError
