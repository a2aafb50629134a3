"""Coroutines that Deferreds drive, inside a running loop of asyncio: waiting for what is asyncio's."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Generator
from contextvars import ContextVar
from types import coroutine
from typing import Any

import pytest

from twisted.internet.defer import Deferred, ensureDeferred, inlineCallbacks, succeed
from twisted.python.failure import Failure

from .asyncio_helpers import inLoop, later
from .defer_helpers import failureOf, outcomes, resultOf

variable: ContextVar[str] = ContextVar("variable", default="nothing")


def test_a_future_is_awaited() -> None:
    async def main() -> int:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, 1)
        return await future

    assert inLoop(main) == 1


def test_a_future_that_is_done_is_awaited() -> None:
    async def main() -> int:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        future.set_result(1)
        return await future

    assert inLoop(main) == 1


def test_a_task_is_awaited() -> None:
    async def main() -> int:
        return await asyncio.create_task(later(1))

    assert inLoop(main) == 1


def test_a_coroutine_of_a_library_is_awaited() -> None:
    async def main() -> int:
        queue: asyncio.Queue[int] = asyncio.Queue(1)
        asyncio.get_running_loop().call_soon(queue.put_nowait, 1)
        return await asyncio.wait_for(queue.get(), 60)

    assert inLoop(main) == 1


def test_gather_is_awaited() -> None:
    async def main() -> list[int]:
        return list(await asyncio.gather(later(1), later(2, turns=1)))

    assert inLoop(main) == [1, 2]


def test_deferreds_and_futures_are_awaited_in_turn() -> None:
    async def main() -> list[int]:
        d: Deferred[int] = Deferred()
        asyncio.get_running_loop().call_soon(d.callback, 2)
        return [await later(1), await d, await later(3), await succeed(4)]

    assert inLoop(main) == [1, 2, 3, 4]


def test_a_generator_may_yield_a_future() -> None:
    @inlineCallbacks
    def steps() -> Generator[Any, Any, list[int]]:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, 1)
        return [(yield future), (yield later(2)), (yield asyncio.create_task(later(3)))]

    async def main() -> list[int]:
        return await steps()

    assert inLoop(main) == [1, 2, 3]


def test_a_generator_may_yield_from_a_future() -> None:
    @inlineCallbacks
    def steps() -> Generator[Any, Any, int]:
        return (yield from asyncio.create_task(later(1)))

    async def main() -> int:
        return await steps()

    assert inLoop(main) == 1


def test_the_failure_of_a_future_is_raised_in_a_generator() -> None:
    async def broken() -> None:
        raise ValueError("boom")

    @inlineCallbacks
    def steps() -> Generator[Any, Any, str]:
        try:
            yield asyncio.create_task(broken())
        except ValueError as error:
            return str(error)
        return "not raised"

    async def main() -> str:
        return await steps()

    assert inLoop(main) == "boom"


def test_a_generator_gets_plain_values_back_at_once() -> None:
    turns: list[str] = []

    @inlineCallbacks
    def steps() -> Generator[Any, Any, list[Any]]:
        asyncio.get_running_loop().call_soon(turns.append, "turn")
        return [(yield None), (yield 1), list(turns)]

    async def main() -> list[Any]:
        return await steps()

    assert inLoop(main) == [None, 1, []]


def test_sleep_of_zero_gives_the_loop_a_turn() -> None:
    async def main() -> list[str]:
        turns: list[str] = []
        asyncio.get_running_loop().call_soon(turns.append, "turn")
        await asyncio.sleep(0)
        return turns

    assert inLoop(main) == ["turn"]


def test_a_busy_wait_ends() -> None:
    async def main() -> bool:
        done = asyncio.create_task(later(None, turns=5))
        while not done.done():
            await asyncio.sleep(0)
        return True

    assert inLoop(main)


def test_sleep_of_zero_goes_on_at_once_without_a_loop() -> None:
    d = ensureDeferred(asyncio.sleep(0, "result"))
    assert resultOf(d) == "result"


def test_the_error_of_a_library_is_raised_with_its_traceback() -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise ValueError("boom")

    async def main() -> list[str]:
        try:
            await asyncio.create_task(broken())
        except ValueError as error:
            trace = error.__traceback__
            names: list[str] = []
            while trace is not None:
                names.append(trace.tb_frame.f_code.co_name)
                trace = trace.tb_next
            return names
        return []

    assert inLoop(main) == ["main", "broken"]


def test_the_traceback_of_a_coroutine_begins_with_the_coroutine() -> None:
    async def main() -> None:
        await asyncio.sleep(0)
        raise ValueError("boom")

    async def driven() -> list[str]:
        seen: list[Failure] = []
        ensureDeferred(main()).addErrback(seen.append)
        while not seen:
            await asyncio.sleep(0)
        return [frame[0] for frame in seen[0].frames]

    assert asyncio.run(driven()) == ["main"]


def test_each_side_keeps_its_context() -> None:
    async def aside() -> str:
        seen = variable.get()
        variable.set("aside")
        await asyncio.sleep(0)
        return f"{seen} {variable.get()}"

    async def main() -> list[str]:
        variable.set("main")
        task = asyncio.create_task(aside())
        await asyncio.sleep(0)
        return [variable.get(), await task, variable.get()]

    assert inLoop(main) == ["main", "main aside", "main"]
    assert variable.get() == "nothing"


def test_a_context_variable_is_reset_by_its_token_after_a_wait() -> None:
    async def main() -> str:
        token = variable.set("main")
        await asyncio.sleep(0)
        variable.reset(token)
        return variable.get()

    assert inLoop(main) == "nothing"


def test_a_future_without_a_running_loop_is_refused() -> None:
    loop = asyncio.new_event_loop()
    future: asyncio.Future[int] = loop.create_future()

    async def main() -> int:
        return await future

    try:
        failure = failureOf(ensureDeferred(main()), RuntimeError)
        assert "no event loop of asyncio runs in this thread" in str(failure.value)
        assert "asyncio.run" in str(failure.value)
    finally:
        loop.close()


def test_a_future_that_a_generator_yields_without_a_running_loop_is_refused() -> None:
    loop = asyncio.new_event_loop()

    @inlineCallbacks
    def steps() -> Generator[Any, Any, None]:
        yield loop.create_future()

    try:
        failureOf(steps(), RuntimeError)
    finally:
        loop.close()


def test_a_future_of_another_loop_is_refused() -> None:
    other = asyncio.new_event_loop()

    async def main() -> None:
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            await other.create_future()

    try:
        inLoop(main)
    finally:
        other.close()


def test_a_coroutine_that_goes_on_in_another_thread_is_told_that_no_loop_is_there() -> None:
    async def main() -> str:
        d: Deferred[None] = Deferred()
        thread = threading.Thread(target=d.callback, args=(None,))
        asyncio.get_running_loop().call_soon(thread.start)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await d
        try:
            await future
        except RuntimeError as error:
            return str(error)
        finally:
            # Only the loop's own thread may make this known to it.
            future.get_loop().call_soon_threadsafe(lambda: None)
        return "waited"

    async def driven() -> str:
        seen: list[Any] = []
        ensureDeferred(main()).addBoth(seen.append)
        while not seen:
            await asyncio.sleep(0)
        return str(seen[0])

    assert "in this thread" in asyncio.run(driven())


def test_a_coroutine_that_began_before_the_loop_ran_awaits_futures_in_it() -> None:
    start: Deferred[None] = Deferred()

    async def main() -> int:
        await start
        async with asyncio.timeout(60):
            return await later(1)

    seen = outcomes(ensureDeferred(main()))

    async def driven() -> None:
        start.callback(None)
        while not seen:
            await asyncio.sleep(0)

    asyncio.run(driven())
    assert seen == [1]


def test_a_coroutine_goes_on_in_a_second_loop() -> None:
    start: Deferred[None] = Deferred()
    again: Deferred[None] = Deferred()

    async def main() -> list[int]:
        await start
        first = await later(1)
        await again
        async with asyncio.timeout(60):
            return [first, await later(2)]

    seen = outcomes(ensureDeferred(main()))

    async def turns(fire: Deferred[None]) -> None:
        fire.callback(None)
        for _ in range(10):
            await asyncio.sleep(0)

    # Without `asyncio.run`, which cancels what is left at its end.
    for fire in (start, again):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(turns(fire))
        loop.close()
    assert seen == [[1, 2]]


def test_a_coroutine_that_is_left_over_is_cancelled_by_asyncio_run() -> None:
    never: Deferred[None] = Deferred()
    seen: list[Any] = []

    async def main() -> None:
        await never

    async def driven() -> None:
        ensureDeferred(main()).addBoth(seen.append)

    asyncio.run(driven())
    assert isinstance(seen[0], Failure)
    assert seen[0].check(asyncio.CancelledError)


def test_something_else_that_is_awaited_comes_back() -> None:
    thing = object()

    @coroutine
    def waiting() -> Generator[object, object, object]:
        return (yield thing)

    async def main() -> object:
        return await waiting()

    assert inLoop(main) is thing


def test_a_coroutine_does_not_wait_for_its_own_task() -> None:
    async def main() -> None:
        task: Awaitable[Any] | None = asyncio.current_task()
        assert task is not None
        with pytest.raises(RuntimeError, match="wait for itself"):
            await task

    inLoop(main)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in Python 3.12")
def test_eager_tasks_are_awaited() -> None:
    async def aside(d: Deferred[int]) -> int:
        return await d

    async def main() -> list[int]:
        factory: Any = getattr(asyncio, "eager_task_factory")  # noqa: B009 - Python 3.11 lacks it
        asyncio.get_running_loop().set_task_factory(factory)
        me = asyncio.current_task()
        d: Deferred[int] = Deferred()
        waiting = asyncio.create_task(aside(d))
        at_once = asyncio.create_task(aside(succeed(1)))
        assert asyncio.current_task() is me
        assert at_once.done()
        d.callback(2)
        return [await at_once, await waiting]

    assert inLoop(main) == [1, 2]
