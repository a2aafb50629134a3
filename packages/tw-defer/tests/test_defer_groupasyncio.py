"""Task groups and scopes in a running event loop of asyncio, beside those of asyncio itself."""

import asyncio
import builtins
from collections.abc import Coroutine
from typing import Any

import pytest

from twisted.internet.defer import CancelScope, DeadlineError, Deferred, TaskGroup, timeout

from .defer_helpers import HandClock


def ran(main: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine by a Deferred in an event loop, and return its result."""

    async def task() -> object:
        return await Deferred.fromCoroutine(main).asFuture(asyncio.get_running_loop())

    return asyncio.run(task())


async def fails() -> None:
    """Fail after a turn of the loop."""
    await asyncio.sleep(0)
    raise ValueError("broken")


async def sleeps(seen: list[str]) -> None:
    """Sleep for long, and tell when that is cancelled."""
    try:
        await asyncio.sleep(600)
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise


def test_a_failing_child_cancels_siblings_that_wait_for_asyncio() -> None:
    seen: list[str] = []

    async def main() -> str:
        try:
            async with TaskGroup() as group:
                group.createTask(sleeps(seen))
                group.createTask(fails())
        except* ValueError as errors:
            seen.append(str(errors.exceptions[0]))
        return "handled"

    assert ran(main()) == "handled"
    assert seen == ["cancelled", "broken"]


def test_a_failing_child_cancels_a_body_that_waits_for_asyncio() -> None:
    seen: list[str] = []

    async def main() -> str:
        try:
            async with TaskGroup() as group:
                group.createTask(fails())
                await sleeps(seen)
        except* ValueError as errors:
            seen.append(str(errors.exceptions[0]))
        return "handled"

    assert ran(main()) == "handled"
    assert seen == ["cancelled", "broken"]


def test_a_timeout_ends_a_wait_for_asyncio() -> None:
    clock = HandClock()

    async def main() -> None:
        asyncio.get_running_loop().call_soon(clock.advance, 5)
        async with timeout(5, clock):
            await asyncio.sleep(600)

    with pytest.raises(DeadlineError):
        ran(main())


def test_a_scope_ends_a_group_of_asyncio() -> None:
    seen: list[str] = []

    async def main() -> str:
        async with CancelScope() as scope:
            asyncio.get_running_loop().call_later(0, scope.cancel)
            async with asyncio.TaskGroup() as group:
                group.create_task(sleeps(seen))
        return "went on"

    assert ran(main()) == "went on"
    assert seen == ["cancelled"]


def test_a_timeout_of_asyncio_ends_a_group_of_ours() -> None:
    seen: list[str] = []

    async def main() -> str:
        try:
            async with asyncio.timeout(0):
                async with TaskGroup() as group:
                    group.createTask(sleeps(seen))
        except builtins.TimeoutError:
            return "timed out"
        return "in time"

    assert ran(main()) == "timed out"
    assert seen == ["cancelled"]


def test_a_timeout_of_asyncio_leaves_a_scope_of_ours() -> None:
    async def main() -> str:
        try:
            async with asyncio.timeout(0):
                async with CancelScope():
                    await Deferred()
        except builtins.TimeoutError:
            return "timed out"
        return "absorbed by the wrong one"

    assert ran(main()) == "timed out"
