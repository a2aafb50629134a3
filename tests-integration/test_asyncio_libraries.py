"""Libraries of asyncio, used in coroutines that Deferreds drive."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
import anyio
import pytest
from aiohttp import web

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred

T = TypeVar("T")


def inLoop(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine function as the coroutine of a Deferred, in a loop of asyncio."""

    async def driven() -> T:
        return await ensureDeferred(main())

    return asyncio.run(driven(), debug=True)


def test_anyio_sleeps_and_tells_its_task() -> None:
    async def main() -> str | None:
        await anyio.sleep(0)
        await anyio.lowlevel.checkpoint()
        return anyio.get_current_task().name

    assert str(inLoop(main)).startswith("Deferred-")


@pytest.mark.parametrize("wait", [anyio.sleep_forever, Deferred])
def test_an_anyio_scope_times_out(wait: Callable[[], Any]) -> None:
    async def main() -> tuple[bool, int]:
        with anyio.move_on_after(0.001) as scope:
            await wait()
        task = asyncio.current_task()
        assert task is not None
        return scope.cancelled_caught, task.cancelling()

    assert inLoop(main) == (True, 0)


def test_anyio_fail_after_raises() -> None:
    async def main() -> None:
        with anyio.fail_after(0.001):
            await Deferred[None]()

    with pytest.raises(TimeoutError):
        inLoop(main)


def test_an_anyio_task_group_runs_children_that_await_deferreds() -> None:
    async def main() -> list[int]:
        d: Deferred[int] = Deferred()
        seen: list[int] = []

        async def child() -> None:
            seen.append(await d)

        async with anyio.create_task_group() as group:
            group.start_soon(child)
            await anyio.sleep(0)
            d.callback(1)
        return seen

    assert inLoop(main) == [1]


@pytest.mark.parametrize("wait", [anyio.sleep_forever, Deferred])
def test_a_child_that_fails_cancels_the_body_of_an_anyio_task_group(
    wait: Callable[[], Any],
) -> None:
    async def broken() -> None:
        raise ValueError("boom")

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(broken)
            await wait()

    with pytest.raises(ExceptionGroup) as caught:
        inLoop(main)
    assert caught.value.subgroup(ValueError) is not None


@pytest.mark.parametrize("wait", [anyio.sleep_forever, Deferred])
def test_cancelling_the_deferred_ends_an_anyio_task_group(wait: Callable[[], Any]) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def child() -> None:
            try:
                await anyio.sleep_forever()
            finally:
                seen.append("child")

        async def grouped() -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(child)
                await anyio.sleep(0)
                await wait()

        d = ensureDeferred(grouped())
        while not seen and not d.called:
            await asyncio.sleep(0)
            d.cancel()
        d.addErrback(lambda failure: seen.append(str(failure.check(CancelledError))))
        await d
        return seen

    assert inLoop(main) == ["child", str(CancelledError)]


def test_anyio_runs_a_function_in_a_thread() -> None:
    async def main() -> int:
        return await anyio.to_thread.run_sync(lambda: 1)

    assert inLoop(main) == 1


def test_aiohttp_serves_and_fetches() -> None:
    async def answer(request: web.Request) -> web.Response:
        # A handler runs as a Task of asyncio, and awaits Deferreds like anything else.
        d: Deferred[str] = Deferred()
        asyncio.get_running_loop().call_soon(d.callback, request.path)
        return web.Response(text=await d)

    async def main() -> str:
        application = web.Application()
        application.router.add_get("/{name}", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://{host}:{port}/page") as response,
            ):
                return await response.text()
        finally:
            await runner.cleanup()

    assert inLoop(main) == "/page"


def test_aiohttp_times_out() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        async with server, aiohttp.ClientSession() as session:
            await session.get(f"http://{host}:{port}/", timeout=aiohttp.ClientTimeout(total=0.05))

    with pytest.raises(TimeoutError):
        inLoop(main)
