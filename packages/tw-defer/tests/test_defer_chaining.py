"""Deferreds that wait for Deferreds."""

import sys
from typing import Any

import pytest

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

from .defer_helpers import failureOf, outcomes, resultOf


def added(total: int, inner: Deferred[int]) -> Deferred[int]:
    return inner.addCallback(lambda n: total + n)


def test_a_chain_stops_until_the_returned_deferred_fires() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    seen = outcomes(outer)
    assert seen == []
    inner.callback(1)
    assert seen == [1]


def test_the_failure_of_the_returned_deferred_goes_on_in_the_chain() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    inner.errback(ValueError())
    failureOf(outer, ValueError)


def test_an_errback_may_return_a_deferred() -> None:
    inner: Deferred[int] = Deferred()
    outer = fail(KeyError()).addErrback(lambda _: inner)
    inner.callback(1)
    assert resultOf(outer) == 1


def test_a_deferred_that_has_fired_gives_its_result_at_once() -> None:
    assert resultOf(succeed(None).addCallback(lambda _: succeed(1))) == 1


def test_a_deferred_that_has_failed_gives_its_failure_at_once() -> None:
    failureOf(succeed(None).addCallback(lambda _: fail(ValueError())), ValueError)


@pytest.mark.parametrize("early", [True, False])
def test_the_result_of_the_returned_deferred_becomes_none(early: bool) -> None:
    inner: Deferred[int] = Deferred()
    if early:
        inner.callback(1)
    outer = succeed(None).addCallback(lambda _: inner)
    if not early:
        inner.callback(1)
    assert resultOf(inner) is None
    assert resultOf(outer) == 1


def test_a_result_is_what_the_returned_deferreds_chain_has_at_that_place() -> None:
    inner: Deferred[int] = Deferred()
    inner.addCallback(lambda n: n + 1)
    outer = succeed(None).addCallback(lambda _: inner)
    inner.addCallback(repr)
    inner.callback(1)
    assert (resultOf(outer), resultOf(inner)) == (2, "None")


def test_the_waiting_chain_goes_on_before_later_callbacks_of_the_other() -> None:
    order: list[str] = []
    inner: Deferred[None] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    outer.addCallback(lambda _: order.append("outer"))
    inner.addCallback(lambda _: order.append("inner"))
    outer.addCallback(lambda _: order.append("outer again"))
    inner.callback(None)
    assert order == ["outer", "outer again", "inner"]


def test_a_chain_waits_for_one_deferred_after_another() -> None:
    inners: list[Deferred[int]] = [Deferred() for _ in range(5)]
    outer: Deferred[Any] = succeed(0)
    for inner in inners:
        outer.addCallback(added, inner)
    for n, inner in enumerate(reversed(inners)):
        inner.callback(n)
    assert resultOf(outer) == 10


def test_a_returned_deferred_that_is_paused_is_waited_for() -> None:
    inner = succeed(1)
    inner.pause()
    outer = succeed(None).addCallback(lambda _: inner)
    seen = outcomes(outer)
    assert seen == []
    inner.unpause()
    assert seen == [1]


def test_a_returned_deferred_that_waits_itself_is_waited_for() -> None:
    innermost: Deferred[int] = Deferred()
    inner = succeed(None).addCallback(lambda _: innermost)
    outer = succeed(None).addCallback(lambda _: inner)
    innermost.callback(1)
    assert resultOf(outer) == 1


def test_long_chains_do_not_use_the_stack_when_fired_from_within() -> None:
    depth = sys.getrecursionlimit() * 5
    innermost: Deferred[int] = Deferred()
    d: Deferred[Any] = innermost
    for _ in range(depth):
        d = succeed(None).addCallback(lambda _, inner: inner, d).addCallback(lambda n: n + 1)
    innermost.callback(0)
    assert resultOf(d) == depth


def test_long_chains_do_not_use_the_stack_when_built_from_outside() -> None:
    left = sys.getrecursionlimit() * 5
    waiting: list[Deferred[None]] = []

    def step(ignored: None) -> Deferred[None] | None:
        nonlocal left
        left -= 1
        if not left:
            return None
        d: Deferred[None] = Deferred()
        d.addCallback(step)
        waiting.append(d)
        return d

    first: Deferred[None] = Deferred()
    first.addCallback(step)
    first.callback(None)
    while waiting:
        waiting.pop().callback(None)
    assert resultOf(first) is None
    assert left == 0


def test_many_waits_in_one_chain_do_not_use_the_stack() -> None:
    count = sys.getrecursionlimit() * 3
    inners: list[Deferred[int]] = [Deferred() for _ in range(count)]
    outer: Deferred[Any] = succeed(0)
    for inner in inners:
        outer.addCallback(added, inner)
    for inner in inners:
        inner.callback(1)
    assert resultOf(outer) == count


def test_steps_that_have_run_are_let_go_while_the_chain_waits() -> None:
    import weakref

    class Holder:
        def use(self, result: object) -> None:
            pass

    inner: Deferred[None] = Deferred()
    outer: Deferred[None] = Deferred()
    holder = Holder()
    gone = weakref.ref(holder)
    outer.addCallback(holder.use)
    outer.addCallback(lambda _: inner)
    for _ in range(10):
        outer.addCallback(lambda _: None)
    del holder
    outer.callback(None)
    assert gone() is None
    inner.callback(None)
    assert resultOf(outer) is None


def test_waiting_for_oneself_warns_and_fails() -> None:
    d: Deferred[Any] = Deferred()
    d.addCallback(lambda _: d)
    with pytest.warns(DeprecationWarning, match="wait for itself"):
        d.callback(None)
    failureOf(d, RuntimeError)


def test_waiting_for_oneself_through_others_warns_and_fails() -> None:
    first: Deferred[Any] = Deferred()
    second: Deferred[Any] = Deferred()
    first.addCallback(lambda _: second)
    second.addCallback(lambda _: first)
    first.callback(None)
    with pytest.warns(DeprecationWarning, match="wait for itself"):
        second.callback(None)
    failureOf(first, RuntimeError)


def test_chain_deferred_fires_the_other_with_the_result_at_that_place() -> None:
    first: Deferred[int] = Deferred()
    second: Deferred[int] = Deferred()
    first.chainDeferred(second)
    later = outcomes(first)
    first.callback(1)
    assert (resultOf(second), later) == (1, [None])


def test_chain_deferred_passes_a_failure_on() -> None:
    first: Deferred[int] = Deferred()
    second: Deferred[int] = Deferred()
    first.chainDeferred(second)
    first.errback(ValueError())
    assert isinstance(failureOf(second, ValueError), Failure)
    assert resultOf(first) is None
