"""Scopes and task groups of ours beside those of asyncio, in one coroutine."""

import asyncio
from typing import Any

import pytest

from twisted.internet.defer import (
    CancelledError,
    CancelScope,
    Deferred,
    TaskGroup,
    ensureDeferred,
    moveOnAfter,
    shield,
    timeout,
)

from .asyncio_helpers import FOREVER, Wait, forever, inLoop, later, turns
from .defer_helpers import HandClock, failureOf


def cancels() -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


@FOREVER
def test_our_timeout_ends_a_wait(wait: Wait) -> None:
    async def main() -> int:
        clock = HandClock()
        asyncio.get_running_loop().call_later(0.001, clock.advance, 2)
        with pytest.raises(TimeoutError):
            async with timeout(1, clock):
                await wait()
        return cancels()

    assert inLoop(main) == 0


@FOREVER
def test_asyncio_timeout_ends_our_task_group(wait: Wait) -> None:
    async def grouped() -> None:
        async with asyncio.timeout(0.001), TaskGroup() as group:
            group.createTask(wait())
            await wait()

    async def main() -> int:
        with pytest.raises(TimeoutError):
            await grouped()
        return cancels()

    assert inLoop(main) == 0


@FOREVER
def test_the_inner_of_both_timeouts_is_over(wait: Wait) -> None:
    async def main() -> list[str]:
        clock = HandClock()
        seen: list[str] = []
        async with timeout(3600, clock):
            try:
                async with asyncio.timeout(0.001):
                    await wait()
            except TimeoutError:
                seen.append("inner")
        async with asyncio.timeout(3600):
            asyncio.get_running_loop().call_later(0.001, clock.advance, 2)
            try:
                async with timeout(1, clock):
                    await wait()
            except TimeoutError:
                seen.append("inner")
        return [*seen, str(cancels())]

    assert inLoop(main) == ["inner", "inner", "0"]


@FOREVER
def test_the_outer_timeout_of_asyncio_passes_ours(wait: Wait) -> None:
    async def main() -> str:
        try:
            async with asyncio.timeout(0.001):
                async with moveOnAfter(3600, HandClock()):
                    await wait()
                return "went on"
        except TimeoutError:
            return "outer"

    assert inLoop(main) == "outer"


@FOREVER
def test_the_outer_timeout_of_ours_passes_that_of_asyncio(wait: Wait) -> None:
    async def main() -> str:
        clock = HandClock()
        asyncio.get_running_loop().call_later(0.001, clock.advance, 2)
        async with moveOnAfter(1, clock):
            async with asyncio.timeout(3600):
                await wait()
            return "went on"
        return f"outer {cancels()}"

    assert inLoop(main) == "outer 0"


@FOREVER
def test_a_failing_child_of_ours_cancels_tasks_of_asyncio(wait: Wait) -> None:
    async def broken() -> None:
        await turns(2)
        raise ValueError("boom")

    async def grouped() -> None:
        async with TaskGroup() as group:
            group.createTask(broken())
            async with asyncio.TaskGroup() as inner:
                inner.create_task(forever())
                await wait()

    async def main() -> int:
        with pytest.raises(ExceptionGroup) as caught:
            await grouped()
        assert caught.value.subgroup(ValueError) is not None
        return cancels()

    assert inLoop(main) == 0


@FOREVER
def test_cancelling_the_deferred_passes_both_kinds_of_groups(wait: Wait) -> None:
    async def grouped() -> None:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(forever())
            async with TaskGroup() as group:
                group.createTask(wait())
                await wait()

    async def main() -> None:
        d = ensureDeferred(grouped())
        await turns()
        d.cancel()
        await turns(10)
        failureOf(d, CancelledError)

    inLoop(main)


def test_a_shield_holds_in_a_coroutine_of_a_loop() -> None:
    async def main() -> int:
        seen: list[int] = []

        async def shielded() -> None:
            async with CancelScope(shield=True):
                seen.append(await later(1))

        d = ensureDeferred(shielded())
        d.cancel()
        await d
        return seen[0]

    assert inLoop(main) == 1


def test_a_task_of_asyncio_is_told_where_scopes_work() -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="Task of asyncio"):
            async with TaskGroup():
                pass

    asyncio.run(main())


def test_a_shielded_deferred_outlives_a_timeout_of_asyncio() -> None:
    async def main() -> bool:
        inner: Deferred[Any] = Deferred()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await shield(inner)
        return inner.called

    assert not inLoop(main)
