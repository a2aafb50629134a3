"""Coroutines and generators that wait for Deferreds.

A coroutine that awaits a Deferred hands that Deferred to whoever drives it, a generator under
`inlineCallbacks` yields it; both are sent its result, or its exception is raised in them. Such a
generator may yield a coroutine or another generator as well, which is run and waited for. The
driver is the Deferred of the coroutine's own result: it holds the coroutine until that is done.

Each step runs in a copy of the context of the call that started the coroutine, so context
variables that it sets are its own, and it keeps seeing those of its caller.
"""

from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from functools import wraps
from types import CoroutineType, GeneratorType
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

from twisted.internet.defer._asyncioseam import ASYNCIO, SEAM, modules
from twisted.internet.defer._chain import PLAIN, cancelling, raisable, waitingForItself
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import NotACoroutineError
from twisted.python.failure import Failure

_T = TypeVar("_T")
_P = ParamSpec("_P")

# Nobody can subclass these, so a look at the type is enough.
_RUNNABLE: frozenset[type] = frozenset({CoroutineType, GeneratorType})


class _ReturnedValue(BaseException):
    """Carries the value of `returnValue` out of a generator."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def returnValue(val: object) -> NoReturn:
    """Return a value from a generator under `inlineCallbacks`; `return val` does the same."""
    raise _ReturnedValue(val)


class _Driven(Deferred[_T]):
    """The result of a coroutine or generator, which it drives."""

    __slots__ = ("_generator", "_runStep")

    def __init__(self, generator: Any) -> None:  # noqa: ANN401 - a coroutine or a generator
        # Without anything to wait for, it cannot be cancelled: it runs.
        Deferred.__init__(self, cancelling)
        self._generator: Any = generator
        # Calls a function with an argument in the context of the coroutine.
        self._runStep: Callable[..., Any] = copy_context().run
        self._advance(None)

    def _name(self) -> str:
        return "Deferred"

    def _advance(self, result: object) -> None:
        """Run the coroutine until it waits for a Deferred that has no result yet."""
        generator = self._generator
        run = self._runStep
        if ASYNCIO in modules:
            run = self._runStep = SEAM.surround(self, run)
        self._chainedTo = None
        failed = type(result) not in PLAIN and isinstance(result, Failure)
        while True:
            try:
                if failed:
                    assert isinstance(result, Failure)
                    result = run(generator.throw, raisable(result))
                else:
                    result = run(generator.send, result)
            except StopIteration as stop:
                # A failure that was caught leads to this frame by those of its traceback.
                result = None
                self._finish(stop.value)
                return
            except _ReturnedValue as returned:
                result = None
                self._finish(returned.value)
                return
            except BaseException as error:
                self._generator = None
                result = None
                if error.__traceback__ is not None:
                    error.__traceback__ = error.__traceback__.tb_next
                self.errback(Failure(error))
                # The frames of the coroutine refer to this one.
                del self, generator, run
                return
            if not isinstance(result, Deferred):
                waited = self._deferredOf(result)
                if waited is None:
                    # Nothing to wait for is given back at once, a Failure as its exception.
                    failed = isinstance(result, Failure)
                    continue
                result = waited
            if result._idle:
                result = result._take()
                failed = type(result) not in PLAIN and isinstance(result, Failure)
                continue
            if result is self or (result._chainedTo is not None and result._waitsFor(self)):
                result = waitingForItself()
                failed = True
                continue
            self._chainedTo = result
            advance = self._advance
            if result.callbacks:
                result.callbacks.append((advance, advance, None))
            else:
                result.callbacks = [(advance, advance, None)]
            return

    def _deferredOf(self, awaited: object) -> Deferred[Any] | None:
        """Return the Deferred to wait for where the coroutine waits for something else."""
        kind = type(awaited)
        if kind in _RUNNABLE:
            # Yielded by a generator that leaves it to us to run it.
            running: Deferred[Any] = self._runStep(_Driven, awaited)
            return running
        if ASYNCIO not in modules:
            return None
        # In a coroutine, None is how asyncio asks for a turn of the loop.
        if kind in PLAIN and (awaited is not None or type(self._generator) is not CoroutineType):
            return None
        return SEAM.waitFor(self, awaited)

    def _finish(self, value: object) -> None:
        """Fire with what the coroutine returned."""
        self._generator = None
        if type(value) in PLAIN or not isinstance(value, Deferred):
            self.callback(cast(_T, value))
            return
        self.errback(
            AssertionError(
                f"A coroutine or generator returned {value!r}: it is to wait for the Deferred "
                "(await or yield it) and to return the result"
            )
        )


def fromCoroutine(
    coro: "Coroutine[Deferred[Any], Any, _T] | Generator[Deferred[Any], Any, _T]",
) -> Deferred[_T]:
    """Start a coroutine and return a Deferred of what it returns or raises.

    Raises:
        NotACoroutineError: `coro` is not a coroutine.
    """
    if isinstance(coro, (CoroutineType, GeneratorType, Coroutine)):
        return _Driven(coro)
    raise NotACoroutineError(f"{coro!r} is not a coroutine")


def ensureDeferred(
    coro: "Coroutine[Deferred[Any], Any, _T] | Generator[Deferred[Any], Any, _T] | Deferred[_T]",
) -> Deferred[_T]:
    """Return a Deferred as it is, and start a coroutine.

    Raises:
        NotACoroutineError: It is neither.
    """
    if isinstance(coro, Deferred):
        return coro
    return fromCoroutine(coro)


def inlineCallbacks(
    f: "Callable[_P, Generator[Deferred[Any], Any, _T]]",
) -> "Callable[_P, Deferred[_T]]":
    """Let a generator wait for Deferreds by yielding them; calling it returns a Deferred.

    It may yield coroutines and generators too, which are run in the same way. What else it yields
    comes back at once.
    """

    @wraps(f)
    def started(*args: _P.args, **kwargs: _P.kwargs) -> Deferred[_T]:
        generator = f(*args, **kwargs)
        if not isinstance(generator, GeneratorType):
            raise TypeError(
                f"inlineCallbacks needs a generator function, but {f!r} returned {generator!r}: "
                "it has no yield"
            )
        return _Driven(generator)

    return started


__all__ = ["ensureDeferred", "fromCoroutine", "inlineCallbacks", "returnValue"]
