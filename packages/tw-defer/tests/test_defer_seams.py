"""What coroutines ask of asyncio, and who is told of new Deferreds."""

import sys
from collections.abc import Callable, Generator, Iterator
from contextvars import ContextVar
from types import coroutine
from typing import Any

import pytest

from twisted.internet.defer import Deferred, ensureDeferred, fail, inlineCallbacks, succeed
from twisted.internet.defer._asyncioseam import SEAM
from twisted.internet.defer._chain import watchCreation

from .defer_helpers import failureOf, resultOf

variable: ContextVar[str] = ContextVar("variable", default="nothing")


class Foreign:
    """Something that can be waited for with asyncio alone."""


@coroutine
def wait(what: object) -> Generator[Any, Any, Any]:
    return (yield what)


@pytest.fixture
def asyncioThere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncio", sys)
    monkeypatch.setattr(SEAM, "surround", lambda driver, run: run)
    monkeypatch.setattr(SEAM, "waitFor", lambda driver, awaited: None)
    monkeypatch.setattr(SEAM, "awaitIn", lambda deferred: None)


@pytest.fixture
def asyncioNotThere(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*ignored: object) -> Any:
        raise AssertionError("asyncio is not there")

    monkeypatch.delitem(sys.modules, "asyncio", raising=False)
    for name in ("surround", "waitFor", "awaitIn"):
        monkeypatch.setattr(SEAM, name, never)


@pytest.mark.usefixtures("asyncioNotThere")
def test_without_asyncio_the_seam_is_not_used() -> None:
    async def ask() -> Any:
        await wait(None)
        await wait(Foreign)
        return await waiting

    waiting: Deferred[int] = Deferred()
    d = ensureDeferred(ask())
    waiting.callback(1)
    assert resultOf(d) == 1


@pytest.mark.usefixtures("asyncioThere")
def test_each_run_of_steps_is_surrounded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def surround(driver: Deferred[Any], run: Callable[..., Any]) -> Callable[..., Any]:
        seen.append("surround")

        def surrounded(function: Callable[[Any], Any], argument: object) -> Any:
            seen.append("before")
            try:
                return run(function, argument)
            finally:
                seen.append("after")

        return surrounded if len(seen) == 1 else run

    async def ask() -> None:
        seen.append("step")
        await waiting
        seen.append("step")

    monkeypatch.setattr(SEAM, "surround", surround)
    waiting: Deferred[int] = Deferred()
    d = ensureDeferred(ask())
    waiting.callback(1)
    assert resultOf(d) is None
    once = ["surround", "before", "step", "after"]
    assert seen == once + once


@pytest.mark.usefixtures("asyncioThere")
def test_a_failure_is_thrown_into_the_coroutine_surrounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[object] = []

    def surround(driver: Deferred[Any], run: Callable[..., Any]) -> Callable[..., Any]:
        def surrounded(function: Callable[[Any], Any], argument: object) -> Any:
            calls.append(argument)
            return run(function, argument)

        return run if run.__name__ == "surrounded" else surrounded

    async def ask() -> str:
        try:
            await waiting
        except ValueError:
            return "caught"
        return "not raised"

    monkeypatch.setattr(SEAM, "surround", surround)
    error = ValueError()
    waiting: Deferred[int] = Deferred()
    d = ensureDeferred(ask())
    waiting.errback(error)
    assert resultOf(d) == "caught"
    assert calls == [None, error]


@pytest.mark.usefixtures("asyncioThere")
@pytest.mark.parametrize("awaited", [None, Foreign()])
def test_what_a_coroutine_awaits_is_waited_for_beside_asyncio(
    awaited: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waitFor(driver: Deferred[Any], what: object) -> Deferred[Any]:
        assert what is awaited
        assert driver._generator is steps  # type: ignore[attr-defined]
        return waiting

    monkeypatch.setattr(SEAM, "waitFor", waitFor)
    waiting: Deferred[str] = Deferred()

    async def ask() -> Any:
        return await wait(awaited)

    steps = ask()
    d = ensureDeferred(steps)
    assert not d.called
    waiting.callback("there")
    assert resultOf(d) == "there"


@pytest.mark.usefixtures("asyncioThere")
def test_what_cannot_be_waited_for_may_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEAM, "waitFor", lambda driver, what: fail(RuntimeError("no loop")))

    async def ask() -> Any:
        return await wait(Foreign())

    failureOf(ensureDeferred(ask()), RuntimeError)


@pytest.mark.usefixtures("asyncioThere")
def test_what_is_waited_for_is_cancelled_with_the_coroutine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cancelled: list[object] = []
    waiting: Deferred[Any] = Deferred(cancelled.append)
    monkeypatch.setattr(SEAM, "waitFor", lambda driver, what: waiting)

    async def ask() -> Any:
        return await wait(Foreign())

    ensureDeferred(ask()).addErrback(lambda _: None).cancel()
    assert cancelled == [waiting]


@pytest.mark.usefixtures("asyncioThere")
def test_a_generator_gets_none_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEAM, "waitFor", lambda driver, what: succeed("waited"))

    @inlineCallbacks
    def ask() -> Generator[Any, Any, list[Any]]:
        return [(yield None), (yield 1), (yield Foreign())]

    assert resultOf(ask()) == [None, 1, "waited"]


@pytest.mark.usefixtures("asyncioThere")
def test_what_is_nothing_to_wait_for_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = Foreign()

    async def ask() -> Any:
        return await wait(foreign)

    assert resultOf(ensureDeferred(ask())) is foreign


@pytest.mark.usefixtures("asyncioThere")
def test_what_waits_sees_the_context_of_the_coroutine(monkeypatch: pytest.MonkeyPatch) -> None:
    def surround(driver: Deferred[Any], run: Callable[..., Any]) -> Callable[..., Any]:
        return lambda function, argument: run(function, argument)

    monkeypatch.setattr(SEAM, "surround", surround)

    async def ask() -> str:
        variable.set("set")
        await waiting
        return variable.get()

    waiting: Deferred[None] = Deferred()
    d = ensureDeferred(ask())
    waiting.callback(None)
    assert resultOf(d) == "set"
    assert variable.get() == "nothing"


@pytest.mark.usefixtures("asyncioThere")
def test_a_task_may_wait_for_an_unfired_deferred_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def awaitIn(deferred: Deferred[Any]) -> Generator[Any, Any, Any]:
        assert deferred is waiting
        return (yield "future")

    monkeypatch.setattr(SEAM, "awaitIn", awaitIn)
    waiting: Deferred[int] = Deferred()
    steps = waiting.__await__()
    assert next(steps) == "future"  # type: ignore[comparison-overlap]
    with pytest.raises(StopIteration, match="result"):
        steps.send("result")


@pytest.mark.usefixtures("asyncioThere")
def test_a_fired_deferred_is_awaited_in_any_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEAM, "awaitIn", None)
    with pytest.raises(StopIteration, match="1"):
        next(succeed(1).__await__())


@pytest.fixture
def watched() -> Iterator[list[Deferred[Any]]]:
    seen: list[Deferred[Any]] = []
    watchCreation(seen.append)
    try:
        yield seen
    finally:
        watchCreation(None)


def test_new_deferreds_are_shown_to_the_watcher(watched: list[Deferred[Any]]) -> None:
    async def nothing() -> None:
        pass

    plain: Deferred[int] = Deferred()
    there = succeed(1)
    driver = ensureDeferred(nothing())
    assert list(map(id, watched)) == list(map(id, [plain, there, driver]))


def test_the_watch_ends(watched: list[Deferred[Any]]) -> None:
    watchCreation(None)
    Deferred[int]()
    assert watched == []
