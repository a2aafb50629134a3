"""Generators that wait for Deferreds."""

import sys
from collections.abc import Generator
from contextvars import ContextVar
from typing import Any, TypeAlias

import pytest

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    fail,
    inlineCallbacks,
    returnValue,
    succeed,
)
from twisted.python.failure import Failure

from .defer_helpers import failureOf, outcomes, resultOf

Steps: TypeAlias = Generator[Any, Any, Any]

place: ContextVar[str] = ContextVar("place", default="nowhere")


def test_yield_gives_the_result_of_a_deferred() -> None:
    d: Deferred[int] = Deferred()

    @inlineCallbacks
    def adds() -> Steps:
        return (yield d) + (yield succeed(1))

    seen = outcomes(adds())
    assert seen == []
    d.callback(1)
    assert seen == [2]


def test_other_code_runs_while_it_waits() -> None:
    d: Deferred[None] = Deferred()
    order: list[str] = []

    @inlineCallbacks
    def waits() -> Steps:
        order.append("before")
        yield d
        order.append("after")

    waits()
    order.append("other")
    d.callback(None)
    assert order == ["before", "other", "after"]


def test_a_coroutine_that_is_yielded_is_run_and_waited_for() -> None:
    d: Deferred[int] = Deferred()

    async def inner() -> int:
        return await d + 1

    @inlineCallbacks
    def outer() -> Steps:
        return (yield inner())

    results = outcomes(outer())
    assert results == []
    d.callback(1)
    assert results == [2]


def test_a_generator_that_is_yielded_is_run() -> None:
    def inner() -> Steps:
        return (yield succeed(1)) + 1

    @inlineCallbacks
    def outer() -> Steps:
        return (yield inner())

    assert resultOf(outer()) == 2


def test_what_a_yielded_coroutine_raises_is_raised_at_the_yield() -> None:
    async def inner() -> None:
        raise KeyError("inner")

    @inlineCallbacks
    def outer() -> Steps:
        try:
            yield inner()
        except KeyError as error:
            return error.args

    assert resultOf(outer()) == ("inner",)


def test_cancelling_reaches_a_yielded_coroutine() -> None:
    cancelled: list[object] = []
    d: Deferred[None] = Deferred(cancelled.append)

    async def inner() -> None:
        await d

    @inlineCallbacks
    def outer() -> Steps:
        yield inner()

    waiting = outer()
    waiting.cancel()
    failureOf(waiting, CancelledError)
    assert cancelled == [d]


def test_a_yielded_coroutine_sees_the_context_of_the_generator() -> None:
    async def inner() -> str:
        return place.get()

    @inlineCallbacks
    def outer() -> Steps:
        place.set("outer")
        return (yield inner())

    assert resultOf(outer()) == "outer"


def test_a_plain_value_is_handed_back_at_once() -> None:
    @inlineCallbacks
    def gives() -> Steps:
        return (yield "value"), (yield object)

    assert resultOf(gives()) == ("value", object)


def test_a_failure_of_a_deferred_is_raised_at_the_yield() -> None:
    @inlineCallbacks
    def catches() -> Steps:
        try:
            yield fail(ValueError("boom"))
        except ValueError as error:
            return str(error)
        finally:
            yield succeed(None)

    assert resultOf(catches()) == "boom"


def test_a_yielded_failure_is_raised_at_the_yield() -> None:
    @inlineCallbacks
    def catches() -> Steps:
        try:
            yield Failure(ValueError("boom"))
        except ValueError as error:
            return str(error)

    assert resultOf(catches()) == "boom"


def test_an_exception_that_leaves_the_generator_is_the_failure() -> None:
    @inlineCallbacks
    def raises() -> Steps:
        yield succeed(None)
        raise KeyError("left")

    failureOf(raises(), KeyError)


def test_falling_off_the_end_gives_none() -> None:
    @inlineCallbacks
    def ends() -> Steps:
        yield succeed(1)

    assert resultOf(ends()) is None


def test_return_value_gives_the_result() -> None:
    @inlineCallbacks
    def old() -> Steps:
        value = yield succeed(1)
        returnValue(value + 1)

    assert resultOf(old()) == 2


def test_return_value_is_not_caught_by_handlers_of_exceptions() -> None:
    @inlineCallbacks
    def old() -> Steps:
        yield succeed(1)
        try:
            returnValue("returned")
        except Exception:
            return "caught"

    assert resultOf(old()) == "returned"


def test_returning_a_deferred_fails() -> None:
    @inlineCallbacks
    def returns() -> Steps:
        yield succeed(1)
        return Deferred()

    assert "is to wait for the Deferred" in str(failureOf(returns(), AssertionError).value)


def test_a_function_that_is_no_generator_raises_when_called() -> None:
    @inlineCallbacks
    def plain() -> Any:
        return 1

    with pytest.raises(TypeError, match="needs a generator function"):
        plain()


def test_it_keeps_name_and_documentation() -> None:
    @inlineCallbacks
    def documented() -> Steps:
        """Say something."""
        yield

    assert (documented.__name__, documented.__doc__) == ("documented", "Say something.")


@pytest.mark.parametrize("keyword", ["self", "f", "callback", "name", "gen", "args", "kwargs"])
def test_any_keyword_reaches_the_generator(keyword: str) -> None:
    @inlineCallbacks
    def takes(**kwargs: object) -> Steps:
        yield succeed(None)
        return kwargs

    assert resultOf(takes(**{keyword: 1})) == {keyword: 1}


def test_it_works_as_a_method() -> None:
    class Service:
        @inlineCallbacks
        def ask(self, question: str) -> Steps:
            return (yield succeed(question)), self

    service = Service()
    assert resultOf(service.ask("what")) == ("what", service)


def test_yielding_thousands_of_fired_deferreds_does_not_use_the_stack() -> None:
    count = sys.getrecursionlimit() * 3

    @inlineCallbacks
    def sums() -> Steps:
        total = 0
        for _ in range(count):
            total += yield succeed(1)
        return total

    assert resultOf(sums()) == count


def test_cancelling_raises_cancelled_error_at_the_yield() -> None:
    caught: list[str] = []

    @inlineCallbacks
    def waits() -> Steps:
        try:
            yield Deferred()
        except CancelledError:
            caught.append("cancelled")
            raise

    d = waits()
    d.cancel()
    assert caught == ["cancelled"]
    failureOf(d, CancelledError)


def test_cancelling_reaches_through_nested_generators() -> None:
    d: Deferred[None] = Deferred()

    @inlineCallbacks
    def inner() -> Steps:
        yield d

    @inlineCallbacks
    def outer() -> Steps:
        try:
            yield inner()
        except CancelledError:
            return "cancelled"

    outcome = outer()
    outcome.cancel()
    assert resultOf(outcome) == "cancelled"


def test_a_caught_cancellation_lets_the_generator_go_on() -> None:
    more: Deferred[int] = Deferred()

    @inlineCallbacks
    def stubborn() -> Steps:
        try:
            yield Deferred()
        except CancelledError:
            return (yield more)

    d = stubborn()
    d.cancel()
    seen = outcomes(d)
    assert seen == []
    more.callback(5)
    assert seen == [5]


def test_a_generator_keeps_the_context_that_it_was_started_in() -> None:
    d: Deferred[None] = Deferred()

    @inlineCallbacks
    def where() -> Steps:
        yield d
        return place.get()

    token = place.set("start")
    outcome = where()
    place.reset(token)
    d.callback(None)
    assert resultOf(outcome) == "start"


def test_the_result_of_a_yielded_deferred_becomes_none() -> None:
    d: Deferred[int] = Deferred()

    @inlineCallbacks
    def takes() -> Steps:
        return (yield d)

    outcome = takes()
    d.callback(1)
    assert (resultOf(outcome), resultOf(d)) == (1, None)
