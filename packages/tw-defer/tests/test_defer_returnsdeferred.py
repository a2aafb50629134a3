"""Coroutine functions that return Deferreds."""

import asyncio
import inspect
from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from typing import Any

import pytest

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    ensureDeferred,
    inlineCallbacks,
    maybeDeferred,
    returnsDeferred,
    succeed,
)

from .defer_helpers import failureOf, outcomes, resultOf

variable: ContextVar[str] = ContextVar("variable", default="nothing")


@returnsDeferred
async def double(number: int, waiting: "Deferred[int] | None" = None) -> int:
    """Double a number, or a result."""
    return 2 * (number if waiting is None else await waiting)


class Builder:
    """A class with a public method that returns Deferreds, as written with generators."""

    def __init__(self) -> None:
        self.waiting: Deferred[str] = Deferred()

    @inlineCallbacks
    def start(self, name: str) -> Generator[Any, Any, str]:
        result: str = yield self.waiting
        return name + result

    @inlineCallbacks
    def run(self, name: str) -> Generator[Any, Any, str]:
        started: str = yield self.start(name)
        return started.upper()


class CoroutineBuilder(Builder):
    """The same, one of its methods rewritten as a coroutine."""

    @returnsDeferred
    async def start(self, name: str) -> str:
        return name + await self.waiting


def test_a_call_returns_a_deferred_of_the_result() -> None:
    waiting: Deferred[int] = Deferred()
    d = double(0, waiting)
    assert isinstance(d, Deferred)
    seen = outcomes(d)
    waiting.callback(2)
    assert seen == [4]


def test_the_coroutine_starts_at_once() -> None:
    assert resultOf(double(1)) == 2


def test_an_error_is_a_failure() -> None:
    @returnsDeferred
    async def broken() -> None:
        raise ValueError("boom")

    failureOf(broken(), ValueError)


def test_it_can_be_cancelled() -> None:
    d = double(0, Deferred())
    d.cancel()
    failureOf(d, CancelledError)


def test_arguments_of_any_name_reach_the_function() -> None:
    @returnsDeferred
    async def keywords(**kwargs: int) -> dict[str, int]:
        return kwargs

    wanted = {"f": 1, "name": 2, "callback": 3, "coroutine": 4}
    assert resultOf(keywords(**wanted)) == wanted


def test_name_and_documentation_are_kept() -> None:
    assert double.__name__ == "double"
    assert double.__doc__ == "Double a number, or a result."
    assert not inspect.iscoroutinefunction(double)


def test_a_function_that_returns_no_coroutine_is_refused() -> None:
    def plain() -> Coroutine[Any, Any, int]:
        return 1  # type: ignore[return-value] # pyright: ignore[reportReturnType] # wrong on purpose

    with pytest.raises(TypeError, match="async def"):
        returnsDeferred(plain)()


def test_it_keeps_the_context_of_the_call() -> None:
    @returnsDeferred
    async def look() -> str:
        return variable.get()

    token = variable.set("here")
    try:
        assert resultOf(look()) == "here"
    finally:
        variable.reset(token)


@pytest.mark.parametrize("builder", [Builder, CoroutineBuilder])
class TestMigration:
    """A public API of which a part is rewritten serves all its callers as before."""

    def test_who_adds_callbacks(self, builder: type[Builder]) -> None:
        built = builder()
        seen = outcomes(built.start("a").addCallback(len))
        built.waiting.callback("bc")
        assert seen == [3]

    def test_a_generator_that_was_not_rewritten(self, builder: type[Builder]) -> None:
        built = builder()
        seen = outcomes(built.run("a"))
        built.waiting.callback("b")
        assert seen == ["AB"]

    def test_a_coroutine(self, builder: type[Builder]) -> None:
        built = builder()

        async def caller() -> str:
            return await built.start("a")

        seen = outcomes(ensureDeferred(caller()))
        built.waiting.callback("b")
        assert seen == ["ab"]

    def test_a_task_of_asyncio(self, builder: type[Builder]) -> None:
        async def caller() -> str:
            built = builder()
            asyncio.get_running_loop().call_soon(built.waiting.callback, "b")
            return await built.start("a")

        assert asyncio.run(caller()) == "ab"

    def test_who_calls_what_may_be_asynchronous(self, builder: type[Builder]) -> None:
        built = builder()
        seen = outcomes(maybeDeferred(built.start, "a"))
        built.waiting.callback("b")
        assert seen == ["ab"]

    def test_who_does_not_wait(self, builder: type[Builder]) -> None:
        built = builder()
        steps: list[str] = []
        built.start("a").addCallback(steps.append)
        built.waiting.callback("b")
        assert steps == ["ab"]


def test_a_decorated_coroutine_awaits_another() -> None:
    @returnsDeferred
    async def outer() -> int:
        return await double(await double(1)) + await succeed(1)

    assert resultOf(outer()) == 5
