"""Libraries of asyncio and Deferreds together, on the reactors inside of loops."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

import aiohttp
import anyio
import pytest

from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.internet.endpoints import clientFromString, connectProtocol, serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

T = TypeVar("T")


@pytest.fixture(params=["asyncio", "uvloop"])
def reactor(request: pytest.FixtureRequest) -> Iterator[AsyncioSelectorReactor]:
    if request.param == "asyncio":
        loop = asyncio.new_event_loop()
    else:
        loop = pytest.importorskip("uvloop").new_event_loop()
    made = AsyncioSelectorReactor(loop)
    yield made
    made.close()
    loop.close()


def outcome(reactor: AsyncioSelectorReactor, main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as that of a Deferred on a reactor, and return what it returns."""
    results: list[T | Failure] = []

    def begin() -> None:
        ensureDeferred(main).addBoth(results.append).addBoth(lambda result: reactor.stop())

    reactor.callWhenRunning(begin)
    reactor.callLater(20, reactor.crash)
    reactor.run()
    (result,) = results
    if isinstance(result, Failure):
        result.raiseException()
    assert not isinstance(result, Failure)
    return result


class Answering(Protocol):
    """Answers any request with a short page."""

    def dataReceived(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage")


def test_a_coroutine_of_a_deferred_awaits_futures(reactor: AsyncioSelectorReactor) -> None:
    async def main() -> list[int]:
        loop = asyncio.get_running_loop()
        assert loop is reactor.loop
        future: asyncio.Future[int] = loop.create_future()
        reactor.callLater(0.001, future.set_result, 1)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0.001, 2))
        return [await future, task.result()]

    assert outcome(reactor, main()) == [1, 2]


def test_a_task_awaits_deferreds(reactor: AsyncioSelectorReactor) -> None:
    variable: ContextVar[int] = ContextVar("variable", default=0)

    async def task(number: int) -> tuple[int, int]:
        variable.set(number)
        result = await deferLater(reactor, 0.001, lambda: variable.get())
        return result, variable.get()

    async def main() -> list[tuple[int, int]]:
        return [*await asyncio.gather(task(1), task(2))]

    assert outcome(reactor, main()) == [(1, 1), (2, 2)]


def test_cancelling_crosses_the_seam(reactor: AsyncioSelectorReactor) -> None:
    cancelled: list[object] = []

    async def main() -> None:
        waiting: Deferred[None] = Deferred(cancelled.append)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waiting, 0.001)
        inner: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def waits() -> None:
            await inner

        outer = ensureDeferred(waits())
        outer.cancel()
        with pytest.raises(CancelledError):
            await outer
        assert inner.cancelled()

    outcome(reactor, main())
    assert len(cancelled) == 1


def test_anyio_connects_to_a_server_of_ours(reactor: AsyncioSelectorReactor) -> None:
    class Echo(Protocol):
        def dataReceived(self, data: bytes) -> None:
            self.transport.write(data)

    async def main() -> bytes:
        endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
        port = await endpoint.listen(Factory.forProtocol(Echo))
        async with await anyio.connect_tcp("127.0.0.1", port.getHost().port) as stream:  # type: ignore[attr-defined]
            await stream.send(b"hello")
            return await stream.receive()

    assert outcome(reactor, main()) == b"hello"


def test_aiohttp_fetches_from_a_server_of_ours(reactor: AsyncioSelectorReactor) -> None:
    async def main() -> str:
        endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
        port = await endpoint.listen(Factory.forProtocol(Answering))
        url = f"http://127.0.0.1:{port.getHost().port}/"  # type: ignore[attr-defined]
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()

    assert outcome(reactor, main()) == "page"


def test_a_client_of_ours_talks_to_a_server_of_asyncio(reactor: AsyncioSelectorReactor) -> None:
    class Reader(Protocol):
        def __init__(self) -> None:
            self.received = b""
            self.ended: Deferred[bytes] = Deferred()

        def dataReceived(self, data: bytes) -> None:
            self.received += data

        def connectionLost(self, reason: object = None) -> None:
            self.ended.callback(self.received)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def main() -> bytes:
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        number = server.sockets[0].getsockname()[1]
        endpoint = clientFromString(reactor, f"tcp:127.0.0.1:{number}")
        protocol = await connectProtocol(endpoint, Reader())
        async with server:
            return await protocol.ended

    assert outcome(reactor, main()) == b"hello"
