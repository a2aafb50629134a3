"""Making of functions that return Deferreds, or are coroutines, functions that wait for the result.

Test runners that know nothing of Deferreds call the functions of this room.
"""

import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from functools import wraps
from types import MethodType
from typing import Any, TypeAlias

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.task import Clock
from twisted.internet.testing import SimulatedNetwork
from twisted.python.failure import Failure
from twisted.trial._asynchronous import started
from twisted.trial._kinds import AnyObject
from twisted.trial._waiting import waitFor

MOST_JUMPS = 1_000_000
"""How often a clock jumps for one result, at most."""

Waiter: TypeAlias = "Callable[[Deferred[Any]], Any]"
"""Returns the result of a Deferred, a Failure if it fails, when it has one."""

_END = object()


def byReactor(seconds: float, name: str) -> Waiter:
    """Return what waits by running the default reactor.

    Args:
        seconds: How long it waits, at most.
        name: What waits, for the error.
    """
    return lambda deferred: waitFor(deferred, seconds, name)


def byJumping(clock: Clock, otherwise: Waiter) -> Waiter:
    """Return what waits by letting a clock jump from call to call.

    Args:
        clock: The clock.
        otherwise: What waits when no call is left on the clock.
    """

    def wait(deferred: Deferred[Any]) -> AnyObject:
        isOver = False

        # One that was called may still wait for another one.
        def over(result: AnyObject) -> AnyObject:
            nonlocal isOver
            isOver = True
            return result

        deferred.addBoth(over)
        for _ in range(MOST_JUMPS):
            calls = clock.getDelayedCalls()
            if isOver or not calls:
                return otherwise(deferred)
            clock.advance(max(0, min(call.getTime() for call in calls) - clock.seconds()))
        deferred.addErrback(lambda failure: None)
        deferred.cancel()
        return Failure(TimeoutError(f"there is no result after {MOST_JUMPS} jumps of the clock"))

    return wait


def bySimulation(network: SimulatedNetwork) -> Waiter:
    """Return what waits by letting things happen in a simulated network.

    Args:
        network: The network.
    """

    def wait(deferred: Deferred[Any]) -> AnyObject:
        results: list[Any] = []
        deferred.addBoth(results.append)
        try:
            network.run(lambda: bool(results))
        except Exception:
            return Failure()
        return results[0]

    return wait


def settled(result: object, wait: Waiter) -> AnyObject:
    """Return what a function has returned, or the result of it if that is a Deferred or coroutine.

    Args:
        result: What was returned.
        wait: What waits.

    Raises:
        Exception: What the Deferred or the coroutine failed with.
    """
    if isinstance(result, Coroutine):
        result = started(result)
    if not isinstance(result, Deferred):
        return result
    final = wait(result)
    if isinstance(final, Failure):
        final.raiseException()
    return final


def synchronized(function: Callable[..., Any], wait: Waiter) -> Callable[..., Any]:
    """Return a function that waits for what another returns.

    A test of hypothesis stays one: each of its examples waits.

    Args:
        function: The other one.
        wait: What waits.
    """
    handle = getattr(function, "hypothesis", None)
    inner = getattr(handle, "inner_test", None)
    if handle is not None and inner is not None:
        return _synchronizedExamples(function, handle, inner, wait)

    @wraps(function)
    def waiting(*args: AnyObject, **kwargs: AnyObject) -> AnyObject:
        return settled(function(*args, **kwargs), wait)

    return waiting


def _synchronizedExamples(
    function: Callable[..., Any], handle: AnyObject, inner: Callable[..., Any], wait: Waiter
) -> Callable[..., Any]:
    @wraps(function)
    def waiting(*args: AnyObject, **kwargs: AnyObject) -> None:
        handle.inner_test = synchronized(inner, wait)
        try:
            function(*args, **kwargs)
        finally:
            handle.inner_test = inner

    return waiting


def synchronizedFixture(
    function: Callable[..., Any], instance: object, wait: Waiter
) -> Callable[..., Any]:
    """Return a fixture that waits: a generator, if the other one is an asynchronous generator.

    Args:
        function: The other fixture, as pytest knows it.
        instance: The instance of the class of tests that asks for it; None for a function.
        wait: What waits.
    """
    if isinstance(function, MethodType) and isinstance(instance, type(function.__self__)):
        # Bound to an instance of its own until now.
        function = function.__func__.__get__(instance)
    if not inspect.isasyncgenfunction(function):
        if inspect.isgeneratorfunction(function):
            return function
        return synchronized(function, wait)

    @wraps(function)
    def generating(*args: AnyObject, **kwargs: AnyObject) -> Iterator[Any]:
        values = function(*args, **kwargs)
        yield settled(_next(values), wait)
        if settled(_next(values), wait) is not _END:
            raise RuntimeError(f"the fixture {function.__name__} yields more than once")

    return generating


async def _next(values: "AsyncGenerator[Any, None]") -> AnyObject:
    async for value in values:
        return value
    return _END


__all__ = [
    "MOST_JUMPS",
    "Waiter",
    "byJumping",
    "byReactor",
    "bySimulation",
    "settled",
    "synchronized",
    "synchronizedFixture",
]
