"""Finished Deferreds are freed by reference counts; the collector finds nothing to do."""

import gc
import weakref
from collections.abc import Callable, Generator
from typing import Any

import pytest

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    DeferredList,
    DeferredLock,
    DeferredQueue,
    ensureDeferred,
    fail,
    gatherResults,
    inlineCallbacks,
    maybeDeferred,
    race,
    succeed,
)
from twisted.python.failure import Failure

from .defer_helpers import HandClock, loggedEvents


def boom(*ignored: object) -> Any:
    raise ValueError("boom")


def ignore(result: object) -> None:
    pass


async def ask(d: Deferred[Any]) -> Any:
    return await d


async def attempt(d: Deferred[Any]) -> Any:
    try:
        return await d
    except (ValueError, CancelledError):
        return "caught"


@inlineCallbacks
def askInline(d: Deferred[Any]) -> Generator[Deferred[Any], Any, Any]:
    return (yield d)


@inlineCallbacks
def attemptInline(d: Deferred[Any]) -> Generator[Deferred[Any], Any, Any]:
    try:
        return (yield d)
    except (ValueError, CancelledError):
        return "caught"


class Operation:
    """Something that can be cancelled, and holds its Deferred."""

    def __init__(self) -> None:
        self.d: Deferred[None] = Deferred(self.stop)

    def stop(self, d: Deferred[Any]) -> None:
        pass


def fired() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(ignore)
    d.callback(1)


def handledError() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(boom).addErrback(ignore)
    d.callback(1)


def handledLater() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(boom)
    d.callback(1)
    d.addErrback(ignore)


def unhandledError() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(boom)
    d.callback(1)


def unhandledInChain() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    inner.addCallback(boom)
    inner.callback(1)
    outer.addErrback(ignore)


def caughtAndPassedOn() -> None:
    d: Deferred[int] = Deferred()
    try:
        boom()
    except ValueError:
        d.errback(Failure())


def chained() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    outer.addCallback(ignore)
    inner.callback(1)


def chainedFailure() -> None:
    inner: Deferred[int] = Deferred()
    outer = succeed(None).addCallback(lambda _: inner)
    outer.addErrback(ignore)
    inner.errback(ValueError())


def cancelled() -> None:
    d: Deferred[int] = Deferred()
    d.addErrback(ignore)
    d.cancel()


def lateResult() -> None:
    d: Deferred[int] = Deferred()
    d.addErrback(ignore)
    d.cancel()
    d.callback(1)


def cancelledByCanceller() -> None:
    Operation().d.addErrback(ignore).cancel()


def finishedWithCanceller() -> None:
    Operation().d.callback(None)


def coroutineFired() -> None:
    ensureDeferred(ask(succeed(1)))


def coroutineWaited() -> None:
    d: Deferred[int] = Deferred()
    ensureDeferred(ask(d))
    d.callback(1)


def coroutineFailed() -> None:
    d: Deferred[int] = Deferred()
    ensureDeferred(ask(d)).addErrback(ignore)
    d.errback(ValueError())


def coroutineUnhandled() -> None:
    async def broken() -> None:
        boom()

    ensureDeferred(broken())


def coroutineFailedByCallback() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(boom)
    ensureDeferred(attempt(d))
    d.callback(1)


def coroutineCaught() -> None:
    d: Deferred[int] = Deferred()
    ensureDeferred(attempt(d))
    d.errback(ValueError())


def coroutineCaughtAtOnce() -> None:
    ensureDeferred(attempt(fail(ValueError())))


def coroutineCancelled() -> None:
    d: Deferred[int] = Deferred()
    ensureDeferred(ask(d)).addErrback(ignore).cancel()


def inlineFired() -> None:
    askInline(succeed(1))


def inlineWaited() -> None:
    d: Deferred[int] = Deferred()
    askInline(askInline(d))
    d.callback(1)


def inlineFailed() -> None:
    d: Deferred[int] = Deferred()
    askInline(askInline(d)).addErrback(ignore)
    d.errback(ValueError())


def inlineCaught() -> None:
    d: Deferred[int] = Deferred()
    attemptInline(askInline(d))
    d.errback(ValueError())


def inlineCancelled() -> None:
    d: Deferred[int] = Deferred()
    attemptInline(d).cancel()


def listed() -> None:
    ds: list[Deferred[int]] = [Deferred(), Deferred()]
    DeferredList(ds)
    for d in ds:
        d.callback(1)


def gathered() -> None:
    ds: list[Deferred[int]] = [Deferred(), Deferred()]
    gatherResults(ds)
    for d in ds:
        d.callback(1)


def gatheredFailure() -> None:
    ds: list[Deferred[int]] = [Deferred(), Deferred()]
    gatherResults(ds, consumeErrors=True).addErrback(ignore)
    ds[0].errback(ValueError())
    ds[1].callback(1)


def raced() -> None:
    ds: list[Deferred[int]] = [Deferred(), Deferred()]
    race(ds)
    ds[0].callback(1)


def timed() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(1, clock)
    d.callback(1)


def timedOut() -> None:
    clock = HandClock()
    d: Deferred[int] = Deferred()
    d.addTimeout(1, clock).addErrback(ignore)
    clock.advance(1)


def maybe() -> None:
    maybeDeferred(boom).addErrback(ignore)


def locked() -> None:
    lock = DeferredLock()
    first, second = lock.acquire(), lock.acquire()
    lock.release()
    lock.release()
    assert first.called
    assert second.called


def queued() -> None:
    queue: DeferredQueue[int] = DeferredQueue()
    got = queue.get()
    queue.put(1)
    assert got.called


SCENES: list[Callable[[], None]] = [
    fired,
    handledError,
    handledLater,
    unhandledError,
    unhandledInChain,
    caughtAndPassedOn,
    chained,
    chainedFailure,
    cancelled,
    lateResult,
    cancelledByCanceller,
    finishedWithCanceller,
    coroutineFired,
    coroutineWaited,
    coroutineFailed,
    coroutineUnhandled,
    coroutineFailedByCallback,
    coroutineCaught,
    coroutineCaughtAtOnce,
    coroutineCancelled,
    inlineFired,
    inlineWaited,
    inlineFailed,
    inlineCaught,
    inlineCancelled,
    listed,
    gathered,
    gatheredFailure,
    raced,
    timed,
    timedOut,
    maybe,
    locked,
    queued,
]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_nothing_is_left_for_the_collector(scene: Callable[[], None]) -> None:
    with loggedEvents() as events:
        scene()
        events.clear()
        gc.collect()
        gc.disable()
        try:
            scene()
            events.clear()
            found = gc.collect()
        finally:
            gc.enable()
    assert found == 0


def test_a_cycle_is_found_by_this_kind_of_test() -> None:
    gc.collect()
    gc.disable()
    try:
        loop: list[object] = []
        loop.append(loop)
        del loop
        assert gc.collect() == 1
    finally:
        gc.enable()


def test_a_callback_that_has_run_is_let_go() -> None:
    class Callback:
        def __call__(self, result: object) -> None:
            pass

    callback = Callback()
    gone = weakref.ref(callback)
    d: Deferred[int] = Deferred()
    d.addCallback(callback)
    del callback
    d.callback(1)
    assert gone() is None


class Subclass(Deferred[None]):
    pass


async def nothing() -> None:
    pass


@pytest.mark.parametrize(
    "make", [Deferred, Subclass, lambda: ensureDeferred(nothing())], ids=["own", "sub", "coroutine"]
)
def test_a_weak_reference_learns_that_a_deferred_is_freed(
    make: Callable[[], Deferred[None]],
) -> None:
    freed: list[object] = []
    d = make()
    reference = weakref.ref(d, freed.append)
    assert reference() is d
    del d
    assert freed == [reference]
    assert reference() is None


def test_a_weak_reference_learns_of_a_deferred_that_the_collector_frees() -> None:
    d: Deferred[Any] = Deferred()
    d.addCallback(lambda _, itself: itself, d)
    reference = weakref.ref(d)
    del d
    gc.collect()
    assert reference() is None
