# mypy: disable-error-code="empty-body"
"""What type checkers are to find out about Deferreds: checked by mypy and pyright, never run."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, TypeVar, assert_type

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet._timeinterfaces import IReactorTime
from twisted.internet.defer import (
    Deferred,
    DeferredList,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    ensureDeferred,
    execute,
    fail,
    gatherResults,
    inlineCallbacks,
    maybeDeferred,
    race,
    succeed,
)
from twisted.python.failure import Failure

_T = TypeVar("_T")


def number() -> Deferred[int]: ...
def plain(n: int) -> str: ...
def later(n: int) -> Deferred[str]: ...
def either(n: int) -> str | Deferred[str]: ...
def orFailure(n: int) -> str | Failure: ...
def laterOrFailure(n: int) -> Deferred[str] | Failure: ...
def any3(n: int) -> str | Deferred[str] | Failure: ...
def withArguments(n: int, more: str, *, name: bytes) -> float: ...
def optional(n: int) -> str | None: ...
def recover(failure: Failure) -> int: ...
def ignore(failure: Failure) -> None: ...
def withFailure(failure: Failure, more: str) -> bytes: ...
def keep(failure: Failure) -> Failure: ...
def other(failure: Failure) -> str | Failure: ...
def laterRecover(failure: Failure) -> Deferred[bytes]: ...
def finish(result: int | Failure) -> str: ...
def watch(result: object) -> bool: ...
def passed(result: _T) -> _T: ...


# Callbacks

assert_type(number().addCallback(plain), Deferred[str])
assert_type(number().addCallback(later), Deferred[str])
assert_type(number().addCallback(either), Deferred[str])
assert_type(number().addCallback(orFailure), Deferred[str])
assert_type(number().addCallback(laterOrFailure), Deferred[str])
assert_type(number().addCallback(any3), Deferred[str])
assert_type(number().addCallback(optional), Deferred[str | None])
assert_type(number().addCallback(withArguments, "more", name=b""), Deferred[float])
assert_type(number().addCallback(passed), Deferred[int])
assert_type(number().addCallback(lambda n: n + 1), Deferred[int])
assert_type(number().addCallback(lambda n: later(n)), Deferred[str])
assert_type(number().addCallback(lambda n: None), Deferred[None])
assert_type(number().addCallback(str), Deferred[str])
assert_type(number().addCallback(print), Deferred[None])
assert_type(number().addCallback(later).addCallback(len).addCallback(plain), Deferred[str])

# Errbacks

assert_type(number().addErrback(recover), Deferred[int])
assert_type(number().addErrback(ignore), Deferred[int | None])
assert_type(number().addErrback(keep), Deferred[int])
assert_type(number().addErrback(other), Deferred[int | str])
assert_type(number().addErrback(laterRecover), Deferred[int | bytes])
assert_type(number().addErrback(lambda failure: 0), Deferred[int])

# Both

assert_type(number().addBoth(finish), Deferred[str])
assert_type(number().addBoth(watch), Deferred[bool])
assert_type(number().addBoth(passed), Deferred[int])
assert_type(number().addBoth(lambda result: result), Deferred[int])

# Pairs

assert_type(number().addCallbacks(plain), Deferred[str])
assert_type(number().addCallbacks(later), Deferred[str])
assert_type(number().addCallbacks(plain, None), Deferred[str])
assert_type(number().addCallbacks(plain, recover), Deferred[str | int])
assert_type(number().addCallbacks(later, recover), Deferred[str | int])
assert_type(number().addCallbacks(plain, laterRecover), Deferred[str | bytes])
assert_type(number().addCallbacks(later, laterRecover), Deferred[str | bytes])
assert_type(number().addCallbacks(either, other), Deferred[str])
assert_type(number().addCallbacks(any3, ignore), Deferred[str | None])
assert_type(
    number().addCallbacks(lambda n: n.bit_length(), lambda failure: failure.getErrorMessage()),
    Deferred[int | str],
)
assert_type(
    number().addCallbacks(lambda n: later(n), lambda failure: failure.getErrorMessage()),
    Deferred[str],
)
assert_type(
    number().addCallbacks(lambda n: [n], withFailure, errbackArgs=("",)),
    Deferred[list[int] | bytes],
)
assert_type(number().addCallbacks(None, recover), Deferred[int])
assert_type(
    number().addCallbacks(withArguments, recover, ("",), {"name": b""}), Deferred[float | int]
)

# Chains, timeouts, waiting

assert_type(number().chainDeferred(number()), Deferred[None])


def timeouts(clock: IReactorTime) -> None:
    def give(result: int | Failure, timeout: float) -> str: ...

    assert_type(number().addTimeout(3, clock), Deferred[int])
    assert_type(number().addTimeout(3, clock, give), Deferred[int | str])


async def waits() -> str:
    assert_type(await number(), int)
    assert_type(await number().addCallback(plain), str)
    assert_type(await ensureDeferred(waits()), str)
    assert_type(await asksTwice(1), list[str])
    assert_type(await Deferred.fromCoroutine(waits()), str)
    assert_type(await gatherResults([number(), number()]), list[int])
    return ""


@inlineCallbacks
def asksTwice(n: int) -> Generator[Deferred[Any], Any, list[str]]:
    yield number()
    return [""]


@inlineCallbacks
def delegates(n: int) -> Generator[Deferred[int], int, str]:
    assert_type((yield from number()), int)
    return ""


class Service:
    @inlineCallbacks
    def stop(self, delay: float = 1, *, name: str) -> Generator[Deferred[Any], Any, bool]:
        yield number()
        return True


assert_type(asksTwice(1), Deferred[list[str]])
assert_type(delegates(n=1), Deferred[str])
assert_type(Service().stop(2, name=""), Deferred[bool])
assert_type(ensureDeferred(waits()), Deferred[str])
assert_type(ensureDeferred(number()), Deferred[int])
awaitable: Awaitable[int] = number()

# Functions between results and Deferreds


def returnsEither() -> int | Deferred[int]: ...
def returnsCoroutine(n: int) -> Coroutine[Deferred[Any], Any, bytes]: ...


assert_type(succeed(1), Deferred[int])
assert_type(succeed(None), Deferred[None])
assert_type(fail(ValueError()), Deferred[Any])
assert_type(execute(plain, 1), Deferred[str])
assert_type(maybeDeferred(plain, 1), Deferred[str])
assert_type(maybeDeferred(later, n=1), Deferred[str])
assert_type(maybeDeferred(returnsEither), Deferred[int])
assert_type(maybeDeferred(waits), Deferred[str])
assert_type(maybeDeferred(returnsCoroutine, 1), Deferred[bytes])

# Several at once

assert_type(gatherResults([number(), number()]), Deferred[list[int]])
assert_type(gatherResults([number()], consumeErrors=True).addCallback(len), Deferred[int])
assert_type(DeferredList([number()]), DeferredList[list[tuple[bool, int | Failure]]])
assert_type(
    DeferredList([number()], fireOnOneErrback=True, consumeErrors=True),
    DeferredList[list[tuple[bool, int | Failure]]],
)
assert_type(
    DeferredList([number()], fireOnOneCallback=True, fireOnOneErrback=True),
    DeferredList[tuple[int, int]],
)
pairs: Deferred[list[tuple[bool, Any]]] = DeferredList([number(), number()])
assert_type(race([number()]), Deferred[tuple[int, int]])
assert_type(gatherResults([number(), succeed("")]), Deferred[list[Any]])
assert_type(race([number(), succeed("")]), Deferred[tuple[int, Any]])
assert_type(
    DeferredList([number(), succeed("")], consumeErrors=True),
    DeferredList[list[tuple[bool, Any | Failure]]],
)

# Locks and queues

lock = DeferredLock()
assert_type(lock.acquire(), Deferred[DeferredLock])
assert_type(lock.run(plain, 1), Deferred[str])
assert_type(lock.run(later, 1), Deferred[str])
assert_type(DeferredSemaphore(2).acquire(), Deferred[DeferredSemaphore])
assert_type(DeferredSemaphore(2).run(waits), Deferred[str])
queue: DeferredQueue[int] = DeferredQueue()
assert_type(queue.get(), Deferred[int])
queue.put(1)

# The default reactor

assert_type(defaultReactor(IReactorTime), IReactorTime)

# What is to be refused: without an error mypy finds the comment unused, which is an error.

number().addCallback(plain, 2)  # type: ignore[call-overload]  # pyright: ignore
number().addCallback(len)  # type: ignore[call-overload]  # pyright: ignore
number().addCallbacks(len)  # type: ignore[arg-type]  # pyright: ignore
number().addCallbacks(plain, plain)  # type: ignore[arg-type]  # pyright: ignore
number().callback("")  # type: ignore[arg-type]  # pyright: ignore
wrong: Deferred[str] = succeed(1)  # type: ignore[arg-type]  # pyright: ignore
