"""Tasks of asyncio that wait for Deferreds."""

import asyncio
import sys
import threading
from collections.abc import Generator
from contextvars import ContextVar
from typing import Any

import pytest

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    ensureDeferred,
    fail,
    gatherResults,
    inlineCallbacks,
    succeed,
)

from .asyncio_helpers import loop, turns
from .defer_helpers import loggedEvents, outcomes, resultOf

variable: ContextVar[str] = ContextVar("variable", default="nothing")


def test_a_task_awaits_a_deferred() -> None:
    async def main() -> int:
        d: Deferred[int] = Deferred()
        loop().call_soon(d.callback, 1)
        return await d

    assert asyncio.run(main(), debug=True) == 1


def test_a_task_awaits_a_deferred_that_has_fired() -> None:
    async def main() -> int:
        return await succeed(1)

    assert asyncio.run(main(), debug=True) == 1


def test_a_task_awaits_coroutines_and_generators_that_deferreds_drive() -> None:
    @inlineCallbacks
    def generator() -> Generator[Any, Any, int]:
        yield asyncio.sleep(0)
        return 1

    async def coroutine() -> int:
        await asyncio.sleep(0)
        return 2

    async def main() -> list[int]:
        return await gatherResults([generator(), ensureDeferred(coroutine())])

    assert asyncio.run(main(), debug=True) == [1, 2]


def test_a_task_awaits_with_the_functions_of_asyncio() -> None:
    async def main() -> list[object]:
        first: Deferred[int] = Deferred()
        second: Deferred[int] = Deferred()
        loop().call_soon(first.callback, 1)
        loop().call_soon(second.callback, 2)
        return [
            *await asyncio.gather(first, second, succeed(3)),
            await asyncio.wait_for(succeed(4), 3600),
            await asyncio.shield(succeed(5)),
        ]

    assert asyncio.run(main(), debug=True) == [1, 2, 3, 4, 5]


def test_a_loop_runs_until_a_deferred_fires() -> None:
    own = asyncio.new_event_loop()
    try:
        d: Deferred[int] = Deferred()
        own.call_soon(d.callback, 1)
        assert own.run_until_complete(d) == 1
    finally:
        own.close()


def test_two_tasks_await_one_deferred() -> None:
    async def main() -> list[Any]:
        d: Deferred[int] = Deferred()

        async def waiting() -> int:
            return await d

        tasks = [asyncio.create_task(waiting()) for _ in range(2)]
        await turns()
        d.callback(1)
        return await asyncio.gather(*tasks)

    # As in coroutines of ours, who awaits a Deferred takes the result.
    assert asyncio.run(main(), debug=True) == [1, None]


def test_the_failure_of_a_deferred_is_raised_with_its_traceback() -> None:
    def broken(ignored: object) -> None:
        raise ValueError("boom")

    async def main() -> list[str]:
        d: Deferred[None] = Deferred()
        d.addCallback(broken)
        loop().call_soon(d.callback, None)
        try:
            await d
        except ValueError as error:
            trace = error.__traceback__
            names: list[str] = []
            while trace is not None:
                names.append(trace.tb_frame.f_code.co_name)
                trace = trace.tb_next
            return names
        return []

    names = asyncio.run(main(), debug=True)
    assert (names[0], names[-1]) == ("main", "broken")


def test_a_failure_that_a_task_awaited_is_not_logged() -> None:
    async def main() -> None:
        d: Deferred[None] = Deferred()
        loop().call_soon(d.errback, ValueError("boom"))
        with pytest.raises(ValueError, match="boom"):
            await d
        assert resultOf(d) is None

    with loggedEvents() as events:
        asyncio.run(main(), debug=True)
    assert events == []


def test_stop_iteration_does_not_end_the_task() -> None:
    async def main() -> None:
        d: Deferred[None] = Deferred()
        loop().call_soon(d.errback, StopIteration(1))
        with pytest.raises(RuntimeError, match="StopIteration") as caught:
            await d
        assert isinstance(caught.value.__cause__, StopIteration)

    asyncio.run(main(), debug=True)


def test_the_task_keeps_its_context() -> None:
    async def main() -> str:
        d: Deferred[None] = Deferred()

        def fire() -> None:
            variable.set("where it fires")
            d.callback(None)

        loop().call_soon(fire)
        variable.set("task")
        await d
        return variable.get()

    assert asyncio.run(main(), debug=True) == "task"


class TestCancelling:
    def test_cancelling_the_task_cancels_the_deferred(self) -> None:
        async def main() -> None:
            cancelled: list[object] = []
            d: Deferred[None] = Deferred(cancelled.append)

            async def waiting() -> None:
                await d

            task = asyncio.create_task(waiting())
            await turns()
            task.cancel("why")
            assert cancelled == [d]
            with pytest.raises(asyncio.CancelledError):
                await task
            assert task.cancelled()

        asyncio.run(main(), debug=True)

    def test_the_error_is_that_of_asyncio_with_the_message(self) -> None:
        async def main() -> BaseException:
            async def waiting() -> BaseException:
                try:
                    await Deferred[None]()
                except BaseException as error:
                    return error
                raise AssertionError

            task = asyncio.create_task(waiting())
            await turns()
            task.cancel("why")
            return await task

        error = asyncio.run(main(), debug=True)
        assert type(error) is asyncio.CancelledError
        assert error.args == ("why",)

    def test_a_coroutine_that_is_awaited_may_clean_up_first(self) -> None:
        async def main() -> list[str]:
            seen: list[str] = []

            async def slow() -> None:
                try:
                    await Deferred[None]()
                finally:
                    await turns(2)
                    seen.append("cleaned up")

            async def waiting() -> None:
                try:
                    await ensureDeferred(slow())
                finally:
                    seen.append("waited")

            task = asyncio.create_task(waiting())
            await turns()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return seen

        assert asyncio.run(main(), debug=True) == ["cleaned up", "waited"]

    def test_a_canceller_may_give_a_result(self) -> None:
        async def main() -> int:
            async def waiting() -> int:
                return await Deferred[int](lambda d: d.callback(1))

            task = asyncio.create_task(waiting())
            await turns()
            task.cancel()
            return await task

        assert asyncio.run(main(), debug=True) == 1

    def test_a_deferred_that_somebody_else_cancels_cancels_the_task(self) -> None:
        async def main() -> None:
            d: Deferred[None] = Deferred()

            async def waiting() -> None:
                await d

            task = asyncio.create_task(waiting())
            await turns()
            d.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main(), debug=True)

    def test_asyncio_timeout_ends_the_wait(self) -> None:
        async def main() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await Deferred[None]()

        asyncio.run(main(), debug=True)

    def test_a_deferred_does_not_time_itself_out_as_cancelled(self) -> None:
        async def main() -> None:
            d: Deferred[None] = Deferred()
            loop().call_soon(d.errback, ValueError("boom"))
            with pytest.raises(ValueError, match="boom"):
                async with asyncio.timeout(3600):
                    await d

        asyncio.run(main(), debug=True)

    def test_a_shielded_deferred_is_not_cancelled(self) -> None:
        async def main() -> int:
            d: Deferred[int] = Deferred()

            async def waiting() -> int:
                return await asyncio.shield(d)

            task = asyncio.create_task(waiting())
            await turns()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not d.called
            d.callback(1)
            await turns()
            return 1

        assert asyncio.run(main(), debug=True) == 1

    def test_a_failed_deferred_with_our_error_raises_it(self) -> None:
        async def main() -> None:
            with pytest.raises(CancelledError):
                await fail(CancelledError())

        asyncio.run(main(), debug=True)


class TestThreads:
    def test_a_deferred_that_fires_in_another_thread_wakes_the_task(self) -> None:
        async def main() -> tuple[int, bool]:
            d: Deferred[int] = Deferred()
            thread = threading.Thread(target=d.callback, args=(1,))
            loop().call_later(0.001, thread.start)
            return await d, threading.current_thread() is threading.main_thread()

        assert asyncio.run(main(), debug=True) == (1, True)

    def test_a_failure_in_another_thread_is_raised_in_the_task(self) -> None:
        async def main() -> None:
            d: Deferred[int] = Deferred()
            thread = threading.Thread(target=d.errback, args=(ValueError("boom"),))
            loop().call_later(0.001, thread.start)
            with pytest.raises(ValueError, match="boom"):
                await d

        asyncio.run(main(), debug=True)

    def test_a_future_gets_a_result_from_another_thread(self) -> None:
        async def main() -> int:
            d: Deferred[int] = Deferred()
            future = d.asFuture(loop())
            thread = threading.Thread(target=d.callback, args=(1,))
            loop().call_later(0.001, thread.start)
            return await future

        assert asyncio.run(main(), debug=True) == 1


class TestTurns:
    @pytest.mark.parametrize("make", [DeferredLock, lambda: DeferredSemaphore(1)])
    def test_a_task_that_is_cancelled_when_its_turn_comes_gives_it_back(
        self, make: "type[DeferredLock]"
    ) -> None:
        async def main() -> None:
            lock = make()

            async def working() -> None:
                async with lock:
                    raise AssertionError("it was cancelled")

            async with lock:
                task = asyncio.create_task(working())
                await turns()
            # The lock is the task's now, which does not know it yet.
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert lock.acquire().called

        asyncio.run(main(), debug=True)

    def test_tasks_take_turns(self) -> None:
        async def main() -> list[str]:
            lock = DeferredLock()
            seen: list[str] = []

            async def working(name: str) -> None:
                async with lock:
                    seen.append(f"{name} begins")
                    await turns()
                    seen.append(f"{name} ends")

            await asyncio.gather(working("a"), working("b"))
            return seen

        assert asyncio.run(main(), debug=True) == ["a begins", "a ends", "b begins", "b ends"]

    def test_a_task_that_is_cancelled_when_its_object_comes_puts_it_back(self) -> None:
        async def main() -> list[int]:
            queue: DeferredQueue[int] = DeferredQueue(size=1)

            async def working() -> None:
                async for job in queue:
                    raise AssertionError(job)

            task = asyncio.create_task(working())
            await turns()
            queue.put(1)
            queue.put(2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return [resultOf(queue.get()), resultOf(queue.get())]

        assert asyncio.run(main(), debug=True) == [1, 2]

    def test_an_object_that_comes_back_goes_to_who_waits(self) -> None:
        async def main() -> list[int]:
            queue: DeferredQueue[int] = DeferredQueue()

            async def working() -> None:
                async for job in queue:
                    raise AssertionError(job)

            task = asyncio.create_task(working())
            await turns()
            seen = outcomes(queue.get())
            queue.put(1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return seen

        assert asyncio.run(main(), debug=True) == [1]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in Python 3.12")
def test_an_eager_task_awaits_a_deferred() -> None:
    async def main() -> list[int]:
        loop().set_task_factory(getattr(asyncio, "eager_task_factory"))  # noqa: B009 - not in 3.11
        d: Deferred[int] = Deferred()

        async def waiting() -> int:
            return await d

        async def atOnce() -> int:
            return await succeed(1)

        tasks = [asyncio.create_task(atOnce()), asyncio.create_task(waiting())]
        assert [task.done() for task in tasks] == [True, False]
        d.callback(2)
        return await asyncio.gather(*tasks)

    assert asyncio.run(main(), debug=True) == [1, 2]
