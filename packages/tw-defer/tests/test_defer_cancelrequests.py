"""What a driver of coroutines offers to scopes: who drives, and cancellations kept until a wait."""

from collections.abc import Coroutine, Generator
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred, inlineCallbacks
from twisted.internet.defer._coroutines import DRIVER, CancelRequest, _Driven

from .defer_helpers import failureOf, resultOf


def driven(coroutine: Coroutine[Any, Any, None]) -> _Driven[None]:
    """Start a coroutine."""
    d = ensureDeferred(coroutine)
    assert isinstance(d, _Driven)
    return d


async def driver() -> _Driven[Any]:
    found = await DRIVER
    assert isinstance(found, _Driven)
    return found


def test_a_coroutine_learns_which_deferred_drives_it() -> None:
    seen: list[object] = []
    wait: Deferred[None] = Deferred()

    async def inner() -> None:
        seen.append(await driver())

    async def outer() -> None:
        await inner()
        await wait

    d = ensureDeferred(outer())
    assert seen == [d]


def test_a_generator_learns_which_deferred_drives_it() -> None:
    seen: list[object] = []
    wait: Deferred[None] = Deferred()

    @inlineCallbacks
    def generator() -> Generator[Any, Any, None]:
        seen.append((yield DRIVER))
        yield wait

    d = generator()
    assert seen == [d]


def test_a_request_cancels_what_the_coroutine_waits_for() -> None:
    wait: Deferred[None] = Deferred()

    async def waits() -> None:
        await wait

    d = ensureDeferred(waits())
    assert isinstance(d, _Driven)
    request = CancelRequest()
    d.cancelAtWait(request)
    failureOf(d, CancelledError)
    assert not request.open


def test_a_request_while_the_coroutine_runs_cancels_its_next_wait() -> None:
    seen: list[str] = []

    async def requests() -> None:
        (await driver()).cancelAtWait(CancelRequest())
        seen.append("still runs")
        await Deferred()
        seen.append("not reached")

    failureOf(ensureDeferred(requests()), CancelledError)
    assert seen == ["still runs"]


def test_a_request_is_delivered_once() -> None:
    seen: list[str] = []
    wait: Deferred[None] = Deferred()

    async def requests() -> None:
        (await driver()).cancelAtWait(CancelRequest())
        try:
            await Deferred()
        except CancelledError:
            seen.append("cancelled")
        await wait

    d = ensureDeferred(requests())
    assert seen == ["cancelled"]
    assert not d.called
    wait.callback(None)
    assert resultOf(d) is None


def test_a_request_that_was_taken_back_is_not_delivered() -> None:
    wait: Deferred[str] = Deferred()

    async def requests() -> str:
        request = CancelRequest()
        (await driver()).cancelAtWait(request)
        request.open = False
        return await wait

    d = ensureDeferred(requests())
    wait.callback("done")
    assert resultOf(d) == "done"


def test_a_request_reaches_a_coroutine_that_waits_for_the_one_that_runs() -> None:
    seen: list[str] = []
    begin: Deferred[None] = Deferred()

    async def inner() -> None:
        await begin
        d.cancelAtWait(CancelRequest())

    async def outer() -> None:
        await ensureDeferred(inner())
        seen.append("the inner one has ended")
        await Deferred()

    d = driven(outer())
    begin.callback(None)
    failureOf(d, CancelledError)
    assert seen == ["the inner one has ended"]


def test_a_request_to_one_that_waits_for_the_one_that_runs_is_delivered_once() -> None:
    seen: list[str] = []
    begin: Deferred[None] = Deferred()
    wait: Deferred[None] = Deferred()

    async def inner() -> None:
        await begin
        d.cancelAtWait(CancelRequest())
        try:
            await Deferred()
        except CancelledError:
            seen.append("cancelled")

    async def outer() -> None:
        await ensureDeferred(inner())
        await wait

    d = driven(outer())
    begin.callback(None)
    assert seen == ["cancelled"]
    wait.callback(None)
    assert resultOf(d) is None


def test_a_request_while_the_awaited_result_is_handed_over_cancels_the_next_wait() -> None:
    wait: Deferred[str] = Deferred()
    seen: list[str] = []

    async def waits() -> None:
        seen.append(await wait)
        await Deferred()

    def request(result: str) -> str:
        d.cancelAtWait(CancelRequest())
        return result

    wait.addCallback(request)
    d = driven(waits())
    wait.callback("result")
    failureOf(d, CancelledError)
    assert seen == ["result"]


def test_each_cancellation_of_a_coroutine_that_waits_is_counted() -> None:
    cleaned: Deferred[None] = Deferred()

    async def cleansUp() -> None:
        try:
            await Deferred()
        finally:
            await cleaned

    d = ensureDeferred(cleansUp())
    assert isinstance(d, _Driven)
    assert d.cancels == 0
    d.cancel()
    assert d.cancels == 1
    d.cancel()
    assert d.cancels == 2
    failureOf(d, CancelledError)


def test_a_cancellation_counts_for_each_coroutine_on_its_way() -> None:
    async def inner() -> None:
        await Deferred()

    innermost = ensureDeferred(inner())

    async def outer() -> None:
        await innermost

    d = ensureDeferred(outer())
    assert isinstance(d, _Driven)
    assert isinstance(innermost, _Driven)
    d.cancel()
    assert (d.cancels, innermost.cancels) == (1, 1)
    failureOf(d, CancelledError)
