"""Cancelling a Deferred whose coroutine runs in a loop of asyncio."""

import asyncio
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    ensureDeferred,
    inlineCallbacks,
)

from .asyncio_helpers import FOREVER, Wait, forever, foreverDeferred, inLoop, later, loop, turns
from .defer_helpers import failureOf


class TestDeferredCancel:
    @FOREVER
    def test_the_coroutine_gets_an_error_of_both_kinds_or_of_what_it_awaits(
        self, wait: Wait
    ) -> None:
        async def main() -> str:
            seen: list[str] = []

            async def waiting() -> None:
                try:
                    await wait()
                except asyncio.CancelledError:
                    seen.append("cancelled")
                    raise

            d = ensureDeferred(waiting())
            d.cancel()
            await turns()
            failure = failureOf(d, CancelledError)
            assert failure.check(asyncio.CancelledError)
            return seen[0]

        assert inLoop(main) == "cancelled"

    def test_where_it_waits_for_a_deferred_our_own_error_is_raised(self) -> None:
        async def main() -> str:
            async def waiting() -> str:
                try:
                    await Deferred[None]()
                except CancelledError:
                    return "ours"
                return "no"

            d = ensureDeferred(waiting())
            d.cancel()
            return await d

        assert inLoop(main) == "ours"

    def test_a_task_that_is_awaited_is_cancelled_and_may_clean_up(self) -> None:
        async def main() -> list[str]:
            seen: list[str] = []

            async def slow() -> None:
                try:
                    await forever()
                finally:
                    await turns(2)
                    seen.append("cleaned up")

            async def waiting() -> None:
                try:
                    await asyncio.create_task(slow())
                finally:
                    seen.append("waited")

            d = ensureDeferred(waiting())
            await turns()
            d.cancel()
            assert seen == []
            await turns()
            failureOf(d, CancelledError)
            return seen

        assert inLoop(main) == ["cleaned up", "waited"]

    def test_a_shielded_task_goes_on(self) -> None:
        async def main() -> int:
            task = asyncio.create_task(later(1, turns=10))

            async def waiting() -> int:
                return await asyncio.shield(task)

            d = ensureDeferred(waiting())
            await turns(1)
            d.cancel()
            await turns(3)
            failureOf(d, CancelledError)
            return await task

        assert inLoop(main) == 1

    def test_a_request_between_the_result_and_its_arrival_is_not_lost(self) -> None:
        async def main() -> None:
            future: asyncio.Future[int] = loop().create_future()

            async def waiting() -> int:
                return await future

            d = ensureDeferred(waiting())
            future.set_result(1)
            d.cancel()
            await turns()
            failureOf(d, CancelledError)

        inLoop(main)

    def test_a_coroutine_that_sleeps_for_no_time_is_cancelled(self) -> None:
        async def main() -> None:
            d = ensureDeferred(asyncio.sleep(0))
            d.cancel()
            failureOf(d, CancelledError)
            await turns()

        inLoop(main)

    def test_it_is_a_request_that_asyncio_counts(self) -> None:
        async def main() -> int:
            counts: list[int] = []

            async def waiting() -> None:
                task = asyncio.current_task()
                assert task is not None
                try:
                    await forever()
                finally:
                    counts.append(task.cancelling())

            d = ensureDeferred(waiting())
            d.cancel()
            await turns()
            failureOf(d, CancelledError)
            return counts[0]

        assert inLoop(main) == 1

    @FOREVER
    def test_a_task_group_is_cancelled_with_its_coroutine(self, wait: Wait) -> None:
        async def main() -> list[str]:
            seen: list[str] = []

            async def child() -> None:
                try:
                    await forever()
                finally:
                    seen.append("child")

            async def waiting() -> None:
                async with asyncio.TaskGroup() as group:
                    group.create_task(child())
                    await turns()
                    await wait()

            d = ensureDeferred(waiting())
            await turns(10)
            d.cancel()
            await turns(10)
            failureOf(d, CancelledError)
            return seen

        assert inLoop(main) == ["child"]

    def test_a_task_group_with_other_errors_reports_them(self) -> None:
        async def main() -> None:
            async def stubborn() -> None:
                try:
                    await forever()
                finally:
                    raise ValueError("boom")

            async def waiting() -> None:
                async with asyncio.TaskGroup() as group:
                    group.create_task(stubborn())
                    await turns(2)
                    await foreverDeferred()

            d = ensureDeferred(waiting())
            await turns()
            d.cancel()
            await turns(10)
            error = failureOf(d, ExceptionGroup).value
            assert isinstance(error, ExceptionGroup)
            assert error.subgroup(ValueError) is not None

        inLoop(main)

    @FOREVER
    def test_a_timeout_lets_it_pass(self, wait: Wait) -> None:
        async def main() -> None:
            async def waiting() -> None:
                async with asyncio.timeout(3600):
                    await wait()

            d = ensureDeferred(waiting())
            d.cancel()
            await turns()
            failureOf(d, CancelledError)

        inLoop(main)

    def test_it_passes_through_nested_coroutines_and_tasks(self) -> None:
        async def main() -> list[str]:
            seen: list[str] = []

            async def inner() -> None:
                try:
                    await forever()
                except asyncio.CancelledError:
                    seen.append("inner")
                    raise

            async def task() -> None:
                try:
                    await ensureDeferred(inner())
                except asyncio.CancelledError as error:
                    seen.append(type(error).__module__)
                    raise

            @inlineCallbacks
            def outer() -> Generator[Any, Any, None]:
                try:
                    yield asyncio.create_task(task())
                except CancelledError:
                    seen.append("outer")
                    raise

            d = outer()
            await turns()
            d.cancel()
            await turns(10)
            failureOf(d, CancelledError)
            return seen

        assert inLoop(main) == ["inner", "asyncio.exceptions", "outer"]
