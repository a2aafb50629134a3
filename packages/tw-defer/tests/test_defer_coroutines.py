"""Coroutines that wait for Deferreds."""

import sys
import traceback
from collections.abc import Generator
from contextvars import ContextVar
from types import coroutine
from typing import Any

import pytest

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    NotACoroutineError,
    ensureDeferred,
    fail,
    returnValue,
    succeed,
)

from .defer_helpers import failureOf, loggedEvents, outcomes, resultOf

place: ContextVar[str] = ContextVar("place", default="nowhere")


async def ask(d: Deferred[Any]) -> Any:
    return await d


async def attempt(d: Deferred[Any]) -> str:
    try:
        await d
    except BaseException as error:
        return f"caught {type(error).__name__}"
    return "nothing"


@pytest.mark.parametrize("start", [ensureDeferred, Deferred.fromCoroutine])
def test_a_coroutine_becomes_a_deferred_of_what_it_returns(start: Any) -> None:
    async def answer() -> int:
        return 42

    assert resultOf(start(answer())) == 42


def test_a_coroutine_that_raises_becomes_a_failed_deferred() -> None:
    async def broken() -> None:
        raise ValueError("broken")

    assert failureOf(ensureDeferred(broken()), ValueError).getErrorMessage() == "broken"


def test_await_gives_the_result_of_a_fired_deferred_at_once() -> None:
    assert resultOf(ensureDeferred(ask(succeed(1)))) == 1


def test_await_suspends_until_the_deferred_fires() -> None:
    d: Deferred[int] = Deferred()
    seen = outcomes(ensureDeferred(ask(d)))
    assert seen == []
    d.callback(1)
    assert seen == [1]


def test_a_fired_deferred_can_be_awaited_again() -> None:
    d = succeed(1)

    async def twice() -> int:
        return await d + await d

    assert resultOf(ensureDeferred(twice())) == 2


@pytest.mark.parametrize("early", [True, False])
def test_await_raises_the_exception_of_a_failure(early: bool) -> None:
    d: Deferred[int] = fail(ValueError()) if early else Deferred()
    outcome = ensureDeferred(attempt(d))
    if not early:
        d.errback(ValueError())
    assert resultOf(outcome) == "caught ValueError"


def test_await_waits_for_a_deferred_that_waits_itself() -> None:
    inner: Deferred[int] = Deferred()
    outcome = ensureDeferred(ask(succeed(None).addCallback(lambda _: inner)))
    inner.callback(1)
    assert resultOf(outcome) == 1


def test_await_waits_for_a_paused_deferred() -> None:
    d = succeed(1)
    d.pause()
    seen = outcomes(ensureDeferred(ask(d)))
    assert seen == []
    d.unpause()
    assert seen == [1]


def test_coroutines_await_coroutines() -> None:
    d: Deferred[int] = Deferred()

    async def outer() -> int:
        return int(await ask(d)) + 1

    outcome = ensureDeferred(outer())
    d.callback(1)
    assert resultOf(outcome) == 2


def test_a_generator_based_coroutine_is_driven_too() -> None:
    @coroutine
    def old() -> Generator[Deferred[Any], Any, int]:
        first: int = yield succeed(1)
        return first + (yield from succeed(2))

    assert resultOf(ensureDeferred(old())) == 3


def test_what_is_awaited_and_no_deferred_is_given_back() -> None:
    @coroutine
    def yields(value: Any) -> Generator[Any, Any, Any]:
        return (yield value)

    async def waits() -> Any:
        return await yields("value")

    assert resultOf(ensureDeferred(waits())) == "value"


def test_ensure_deferred_returns_a_deferred_as_it_is() -> None:
    d = succeed(1)
    assert ensureDeferred(d) is d


@pytest.mark.parametrize("start", [ensureDeferred, Deferred.fromCoroutine])
def test_what_is_no_coroutine_is_refused(start: Any) -> None:
    with pytest.raises(NotACoroutineError, match="5 is not a coroutine"):
        start(5)


def test_from_coroutine_refuses_a_deferred() -> None:
    with pytest.raises(NotACoroutineError):
        Deferred.fromCoroutine(succeed(1))  # type: ignore[arg-type]


def test_callbacks_go_on_with_the_result_of_a_coroutine() -> None:
    d: Deferred[int] = Deferred()
    outcome = ensureDeferred(ask(d)).addCallback(lambda n: n + 1)
    d.callback(1)
    assert resultOf(outcome) == 2


def test_a_coroutine_that_returns_a_deferred_fails() -> None:
    inner: Deferred[int] = Deferred()

    async def returns() -> Deferred[int]:
        return inner

    assert "is to wait for the Deferred" in str(failureOf(ensureDeferred(returns())).value)


def test_awaiting_thousands_of_fired_deferreds_does_not_use_the_stack() -> None:
    async def sums() -> int:
        total = 0
        for _ in range(sys.getrecursionlimit() * 3):
            total += await succeed(1)
        return total

    assert resultOf(ensureDeferred(sums())) == sys.getrecursionlimit() * 3


def test_repr_names_what_a_coroutine_waits_for() -> None:
    d: Deferred[int] = Deferred()
    outcome = ensureDeferred(ask(d))
    assert repr(outcome) == f"<Deferred at 0x{id(outcome):x} waiting on Deferred at 0x{id(d):x}>"
    d.callback(1)
    assert repr(outcome) == f"<Deferred at 0x{id(outcome):x} current result: 1>"


def test_a_coroutine_that_awaits_its_own_deferred_gets_an_error() -> None:
    own: list[Deferred[Any]] = []
    start: Deferred[None] = Deferred()

    async def selfish() -> None:
        await start
        await own[0]

    own.append(ensureDeferred(selfish()))
    with pytest.warns(DeprecationWarning, match="wait for itself"):
        start.callback(None)
    failureOf(own[0], RuntimeError)


class TestCancelling:
    """Cancelling the Deferred of a coroutine."""

    def test_what_is_awaited_is_cancelled(self) -> None:
        calls: list[object] = []
        d: Deferred[int] = Deferred(calls.append)
        outcome = ensureDeferred(ask(d))
        outcome.cancel()
        assert calls == [d]
        failureOf(outcome, CancelledError)

    def test_the_coroutine_can_catch_it_and_go_on(self) -> None:
        outcome = ensureDeferred(attempt(Deferred()))
        outcome.cancel()
        assert resultOf(outcome) == "caught CancelledError"

    def test_the_coroutine_can_wait_while_it_cleans_up(self) -> None:
        cleaned: Deferred[None] = Deferred()

        async def careful() -> None:
            try:
                await Deferred()
            finally:
                await cleaned

        outcome = ensureDeferred(careful())
        outcome.cancel()
        seen = outcomes(outcome)
        assert seen == []
        cleaned.callback(None)
        assert seen[0].type is CancelledError

    def test_it_reaches_through_deferreds_and_coroutines(self) -> None:
        d: Deferred[int] = Deferred()
        inner = succeed(None).addCallback(lambda _: ensureDeferred(ask(d)))
        outcome = ensureDeferred(ask(inner))
        outcome.cancel()
        assert d.called
        failureOf(outcome, CancelledError)

    def test_a_chain_of_coroutines_of_any_length_can_be_cancelled(self) -> None:
        d: Deferred[int] = Deferred()
        for _ in range(sys.getrecursionlimit() // 20):
            d = ensureDeferred(ask(d))
        d.cancel()
        failureOf(d, CancelledError)

    def test_a_coroutine_that_runs_is_not_cancelled(self) -> None:
        own: list[Deferred[Any]] = []
        start: Deferred[None] = Deferred()

        async def runs() -> str:
            await start
            own[0].cancel()
            return "done"

        own.append(ensureDeferred(runs()))
        start.callback(None)
        assert resultOf(own[0]) == "done"

    def test_a_finished_coroutine_is_not_cancelled(self) -> None:
        outcome = ensureDeferred(ask(succeed(1)))
        outcome.cancel()
        assert resultOf(outcome) == 1


class TestContext:
    """Context variables in coroutines."""

    def test_a_coroutine_keeps_the_context_that_it_was_started_in(self) -> None:
        d: Deferred[None] = Deferred()

        async def where() -> tuple[str, str]:
            before = place.get()
            await d
            return before, place.get()

        token = place.set("start")
        outcome = ensureDeferred(where())
        place.reset(token)
        d.callback(None)
        assert resultOf(outcome) == ("start", "start")

    def test_what_a_coroutine_sets_stays_in_it(self) -> None:
        d: Deferred[None] = Deferred()

        async def moves() -> str:
            place.set("inside")
            await d
            return place.get()

        outcome = ensureDeferred(moves())
        assert place.get() == "nowhere"
        d.callback(None)
        assert resultOf(outcome) == "inside"

    def test_a_token_can_be_reset_after_waiting(self) -> None:
        d: Deferred[None] = Deferred()

        async def comes_back() -> str:
            token = place.set("inside")
            await d
            place.reset(token)
            return place.get()

        outcome = ensureDeferred(comes_back())
        d.callback(None)
        assert resultOf(outcome) == "nowhere"


class TestTracebacks:
    """What is known about an error that crossed coroutines."""

    def namesIn(self, error: BaseException) -> list[str]:
        return [frame.name for frame in traceback.extract_tb(error.__traceback__)]

    def test_they_show_the_coroutines_between(self) -> None:
        d: Deferred[None] = Deferred()

        async def innermost() -> None:
            await d
            raise ValueError

        async def middle() -> None:
            await ensureDeferred(innermost())

        names: list[str] = []

        async def outermost() -> None:
            try:
                await middle()
            except ValueError as error:
                names.extend(self.namesIn(error))

        ensureDeferred(outermost())
        d.callback(None)
        assert [name for name in names if name not in ("__await__", "awaitResult")] == [
            "outermost",
            "middle",
            "innermost",
        ]

    def test_a_note_tells_where_an_error_came_from_whose_traceback_was_let_go(self) -> None:
        async def innermost() -> None:
            raise ValueError

        failed = ensureDeferred(innermost())
        notes: list[str] = []

        async def later() -> None:
            try:
                await failed
            except ValueError as error:
                notes.extend(error.__notes__)

        ensureDeferred(later())
        (note,) = notes
        assert note.startswith("It was raised in innermost, file ")
        assert "test_defer_coroutines.py" in note


def test_an_unhandled_error_in_a_coroutine_is_logged() -> None:
    async def broken() -> None:
        raise ValueError("lost")

    with loggedEvents() as events:
        ensureDeferred(broken())
    assert [event["log_failure"].getErrorMessage() for event in events] == ["lost"]


def test_return_value_works_in_a_coroutine() -> None:
    async def old() -> None:
        await succeed(None)
        returnValue(3)

    assert resultOf(ensureDeferred(old())) == 3
