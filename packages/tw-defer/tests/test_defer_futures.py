"""Between Deferreds and the futures of asyncio."""

import asyncio
from collections.abc import Iterator

import pytest

from twisted.internet.defer import CancelledError, Deferred, fail, succeed

from .defer_helpers import failureOf, loggedEvents, resultOf


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop of asyncio that is turned by the tests."""
    loop = asyncio.new_event_loop()
    try:
        yield loop
    finally:
        loop.close()


def turn(loop: asyncio.AbstractEventLoop) -> None:
    """Let the loop make the calls that are due."""
    loop.run_until_complete(asyncio.sleep(0))


def test_a_future_gets_the_result_of_a_deferred(loop: asyncio.AbstractEventLoop) -> None:
    d: Deferred[int] = Deferred()
    future = d.asFuture(loop)
    assert not future.done()
    d.callback(1)
    assert future.result() == 1
    assert resultOf(d) is None


def test_a_future_gets_the_exception_of_a_deferred(loop: asyncio.AbstractEventLoop) -> None:
    future = fail(ValueError("boom")).asFuture(loop)
    with pytest.raises(ValueError, match="boom"):
        loop.run_until_complete(future)


def test_cancelling_the_future_cancels_the_deferred(loop: asyncio.AbstractEventLoop) -> None:
    calls: list[object] = []
    d: Deferred[int] = Deferred(calls.append)
    future = d.asFuture(loop)
    with loggedEvents() as events:
        future.cancel()
        turn(loop)
        assert calls == [d]
        del d
    assert events == []


def test_cancelling_the_deferred_cancels_the_future(loop: asyncio.AbstractEventLoop) -> None:
    d: Deferred[int] = Deferred()
    future = d.asFuture(loop)
    d.cancel()
    assert future.cancelled()
    turn(loop)


def test_a_deferred_gets_the_result_of_a_future(loop: asyncio.AbstractEventLoop) -> None:
    future: asyncio.Future[int] = loop.create_future()
    d = Deferred.fromFuture(future)
    future.set_result(1)
    turn(loop)
    assert resultOf(d) == 1


def test_a_deferred_gets_the_exception_of_a_future(loop: asyncio.AbstractEventLoop) -> None:
    future: asyncio.Future[int] = loop.create_future()
    d = Deferred.fromFuture(future)
    future.set_exception(ValueError("boom"))
    turn(loop)
    failureOf(d, ValueError)


def test_cancelling_the_deferred_of_a_future_cancels_it(loop: asyncio.AbstractEventLoop) -> None:
    future: asyncio.Future[int] = loop.create_future()
    d = Deferred.fromFuture(future)
    d.cancel()
    assert future.cancelled()
    turn(loop)
    failureOf(d, CancelledError)


def test_a_future_that_is_cancelled_fails_the_deferred(loop: asyncio.AbstractEventLoop) -> None:
    future: asyncio.Future[int] = loop.create_future()
    d = Deferred.fromFuture(future)
    future.cancel()
    turn(loop)
    failureOf(d, CancelledError)


def test_there_and_back(loop: asyncio.AbstractEventLoop) -> None:
    d = Deferred.fromFuture(succeed(1).asFuture(loop))
    turn(loop)
    assert resultOf(d) == 1
