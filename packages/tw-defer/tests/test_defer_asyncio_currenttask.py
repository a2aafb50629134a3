"""The Task that asyncio sees while a coroutine that a Deferred drives runs."""

import asyncio
import gc
from collections.abc import Generator
from typing import Any
from weakref import ref

import pytest

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    ensureDeferred,
    inlineCallbacks,
)
from twisted.internet.defer._asynciocancelled import AsyncioCancelledError

from .asyncio_helpers import FOREVER, Wait, forever, foreverDeferred, inLoop, later, loop, turns
from .defer_helpers import failureOf


class TestTaskOfACoroutine:
    def test_a_coroutine_has_a_task_while_it_runs(self) -> None:
        async def main() -> list[object]:
            first = asyncio.current_task()
            await asyncio.sleep(0)
            assert asyncio.current_task() is first
            d: Deferred[None] = Deferred()
            loop().call_soon(d.callback, None)
            await d
            return [first, asyncio.current_task()]

        first, second = inLoop(main)
        assert first is second is not None

    def test_each_coroutine_has_its_own(self) -> None:
        async def current() -> object:
            return asyncio.current_task()

        async def main() -> set[object]:
            me = asyncio.current_task()
            its = await ensureDeferred(current())
            assert asyncio.current_task() is me
            return {me, its, await asyncio.create_task(current()), await current()}

        assert len(inLoop(main)) == 3

    def test_a_task_that_starts_a_coroutine_stays_the_current_one(self) -> None:
        async def main() -> None:
            me = asyncio.current_task()
            ensureDeferred(later(1))
            assert asyncio.current_task() is me
            await turns(10)

        asyncio.run(main())

    def test_no_task_is_current_in_callbacks(self) -> None:
        seen: list[object] = []

        async def main() -> None:
            d = ensureDeferred(later(1))
            d.addBoth(lambda _: seen.append(asyncio.current_task()))
            await turns(10)

        inLoop(main)
        assert seen == [None]

    def test_a_coroutine_that_waits_is_among_all_tasks(self) -> None:
        async def main() -> bool:
            task = asyncio.current_task()
            await asyncio.sleep(0)
            return task in asyncio.all_tasks()

        assert inLoop(main)

    def test_it_tells_about_the_coroutine(self) -> None:
        async def main() -> None:
            task: Any = asyncio.current_task()
            assert task.get_loop() is loop()
            assert task.get_coro().__name__ == "main"
            assert task.get_name().startswith("Deferred-")
            task.set_name("mine")
            assert task.get_name() == "mine"
            assert "pending" in repr(task)
            assert "mine" in repr(task)
            assert task.get_stack()[0].f_code.co_name == "main"
            assert task.get_stack(limit=0) == []
            assert not task.done()
            assert not task.cancelled()
            with pytest.raises(asyncio.InvalidStateError):
                task.result()
            with pytest.raises(asyncio.InvalidStateError):
                task.exception()
            with pytest.raises(RuntimeError):
                task.set_result(1)
            with pytest.raises(RuntimeError):
                task.set_exception(ValueError())

        inLoop(main)

    def test_it_prints_where_the_coroutine_is(self, capsys: pytest.CaptureFixture[str]) -> None:
        async def main() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.print_stack()

        inLoop(main)
        assert "in main" in capsys.readouterr().err

    def test_its_result_can_be_waited_for(self) -> None:
        async def main() -> tuple[int, list[Any], bool]:
            tasks: list[asyncio.Task[Any]] = []

            async def coroutine() -> int:
                task = asyncio.current_task()
                assert task is not None
                tasks.append(task)
                return await later(1)

            ensureDeferred(coroutine())
            task = tasks[0]
            told: list[Any] = []
            task.add_done_callback(told.append)
            task.add_done_callback(print)
            assert task.remove_done_callback(print) == 1
            result = await task
            task.add_done_callback(told.append)
            await turns(1)
            assert task.exception() is None
            return result, told, task.done() and task.result() == 1 and told == [task, task]

        result, told, right = inLoop(main)
        assert result == 1
        assert right, told

    def test_its_error_can_be_waited_for(self) -> None:
        async def main() -> str:
            tasks: list[asyncio.Task[Any]] = []

            async def coroutine() -> None:
                task = asyncio.current_task()
                assert task is not None
                tasks.append(task)
                await asyncio.sleep(0)
                raise ValueError("boom")

            ensureDeferred(coroutine()).addErrback(lambda _: None)
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert not tasks[0].cancelled()
            assert tasks[0].exception() is results[0]
            return repr(results)

        assert inLoop(main) == "[ValueError('boom')]"

    def test_who_waits_for_it_cancels_it(self) -> None:
        async def main() -> None:
            tasks: list[asyncio.Task[Any]] = []

            async def coroutine() -> None:
                task = asyncio.current_task()
                assert task is not None
                tasks.append(task)
                await forever()

            d = ensureDeferred(coroutine())
            waiting = asyncio.gather(*tasks)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            failureOf(d, CancelledError)
            assert tasks[0].cancelled()
            assert not tasks[0].cancel()
            with pytest.raises(asyncio.CancelledError):
                tasks[0].exception()

        inLoop(main)

    def test_gather_takes_its_cancellation_for_a_result(self) -> None:
        async def main() -> list[BaseException | None]:
            tasks: list[asyncio.Task[Any]] = []

            async def coroutine() -> None:
                task = asyncio.current_task()
                assert task is not None
                tasks.append(task)
                await forever()

            ensureDeferred(coroutine()).addErrback(lambda _: None)
            tasks[0].cancel("why")
            return list(await asyncio.gather(*tasks, return_exceptions=True))

        (error,) = inLoop(main)
        assert isinstance(error, asyncio.CancelledError)
        assert error.args == ("why",)

    def test_it_does_not_keep_an_abandoned_coroutine(self) -> None:
        async def main() -> bool:
            tasks: list[asyncio.Task[Any]] = []

            async def coroutine() -> None:
                task = asyncio.current_task()
                assert task is not None
                tasks.append(task)
                await Deferred[None]()

            d = ref(ensureDeferred(coroutine()))
            gc.collect()
            assert tasks[0].done()
            assert tasks[0].get_coro() is None
            assert tasks[0].cancelling() == 0
            assert tasks[0].uncancel() == 0
            assert not tasks[0].cancel()
            return d() is None

        assert inLoop(main)


class TestTaskCancel:
    @FOREVER
    def test_the_coroutine_gets_the_error_of_asyncio_with_the_message(self, wait: Wait) -> None:
        async def main() -> tuple[object, ...]:
            tasks: list[asyncio.Task[Any]] = []

            async def coroutine() -> None:
                task = asyncio.current_task()
                assert task is not None
                tasks.append(task)
                await wait()

            caught: list[BaseException] = []

            async def catching() -> None:
                try:
                    await coroutine()
                except asyncio.CancelledError as error:
                    caught.append(error)
                    raise

            d = ensureDeferred(catching())
            assert tasks[0].cancel("why")
            assert tasks[0].cancelling() == 1
            assert not caught
            await turns()
            failureOf(d, AsyncioCancelledError)
            assert type(caught[0]) is asyncio.CancelledError
            return caught[0].args

        assert inLoop(main) == ("why",)

    def test_a_running_coroutine_is_cancelled_at_its_next_wait(self) -> None:
        async def main() -> str:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            try:
                await foreverDeferred()
            except asyncio.CancelledError:
                return "cancelled"
            return "no"

        assert inLoop(main) == "cancelled"

    def test_a_request_that_is_taken_back_in_time_is_not_delivered(self) -> None:
        async def main() -> str:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            assert task.uncancel() == 0
            await turns(2)
            return "went on"

        assert inLoop(main) == "went on"

    def test_a_coroutine_may_go_on_after_it(self) -> None:
        async def main() -> int:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            try:
                await foreverDeferred()
            except asyncio.CancelledError:
                task.uncancel()
            return await later(1)

        assert inLoop(main) == 1

    def test_a_later_cancellation_of_the_deferred_is_of_both_kinds_again(self) -> None:
        async def main() -> list[type]:
            kinds: list[type] = []
            fires: Deferred[None] = Deferred(lambda d: d.callback(None))

            async def coroutine() -> None:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await fires
                try:
                    await foreverDeferred()
                except CancelledError as error:
                    kinds.append(type(error))

            d = ensureDeferred(coroutine())
            await turns()
            d.cancel()
            await d
            return kinds

        assert inLoop(main) == [AsyncioCancelledError]

    @FOREVER
    def test_asyncio_timeout_ends_a_wait(self, wait: Wait) -> None:
        async def main() -> int:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await wait()
            task = asyncio.current_task()
            assert task is not None
            return task.cancelling()

        assert inLoop(main) == 0

    def test_asyncio_timeout_ends_the_wait_for_another_coroutine(self) -> None:
        async def main() -> str:
            seen: list[str] = []

            @inlineCallbacks
            def inner() -> Generator[Any, Any, None]:
                try:
                    yield Deferred()
                except CancelledError:
                    seen.append("inner")
                    raise

            try:
                async with asyncio.timeout(0.001):
                    await inner()
            except TimeoutError:
                seen.append("timed out")
            return " ".join(seen)

        assert inLoop(main) == "inner timed out"

    def test_the_inner_of_two_timeouts_is_the_one_that_is_over(self) -> None:
        async def main() -> str:
            async with asyncio.timeout(3600):
                try:
                    async with asyncio.timeout(0.001):
                        await foreverDeferred()
                except TimeoutError:
                    return "inner"
            return "none"

        assert inLoop(main) == "inner"

    def test_wait_for_times_a_deferred_out(self) -> None:
        async def main() -> list[object]:
            cancelled: list[object] = []
            d: Deferred[None] = Deferred(cancelled.append)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(d, 0.001)
            assert cancelled == [d]
            return cancelled

        assert len(inLoop(main)) == 1

    @FOREVER
    def test_the_failure_of_a_child_cancels_the_body_of_a_task_group(self, wait: Wait) -> None:
        async def broken() -> None:
            raise ValueError("boom")

        async def main() -> int:
            async def grouped() -> None:
                async with asyncio.TaskGroup() as group:
                    group.create_task(broken())
                    await wait()

            with pytest.raises(ExceptionGroup) as caught:
                await grouped()
            assert caught.value.subgroup(ValueError) is not None
            task = asyncio.current_task()
            assert task is not None
            return task.cancelling()

        assert inLoop(main) == 0

    def test_a_task_group_runs_tasks_that_await_deferreds(self) -> None:
        async def main() -> int:
            d: Deferred[int] = Deferred()

            async def child() -> int:
                return await d

            async with asyncio.TaskGroup() as group:
                children = [group.create_task(child()), group.create_task(later(2))]
                loop().call_soon(d.callback, 1)
            return sum(task.result() for task in children)

        assert inLoop(main) == 3

    def test_asyncio_runner_interrupts_a_coroutine_by_its_task(self) -> None:
        async def main() -> bool:
            task = asyncio.current_task()
            assert task is not None
            loop().call_soon(task.cancel)
            try:
                await foreverDeferred()
            except asyncio.CancelledError:
                return True
            return False

        assert inLoop(main)
