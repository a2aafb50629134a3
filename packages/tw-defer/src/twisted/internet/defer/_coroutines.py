"""Coroutines and generators that wait for Deferreds.

A coroutine that awaits a Deferred hands that Deferred to whoever drives it, a generator under
`inlineCallbacks` yields it; both are sent its result, or its exception is raised in them. Such a
generator may yield a coroutine or another generator as well, which is run and waited for. The
driver is the Deferred of the coroutine's own result: it holds the coroutine until that is done.

A coroutine that awaits `DRIVER` is given its driver. Scopes and task groups ask for it, since they
have to cancel the coroutine in which they stand. That may be while it runs, and waits for nothing
that could be cancelled: such a request is kept by the driver until the next wait.

Each step runs in a copy of the context of the call that started the coroutine, so context
variables that it sets are its own, and it keeps seeing those of its caller.
"""

from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from functools import wraps
from types import CoroutineType, FunctionType, GeneratorType, TracebackType
from typing import Any, Final, NoReturn, ParamSpec, Protocol, TypeVar, cast

from twisted.internet.defer._asyncioseam import ASYNCIO, SEAM, modules
from twisted.internet.defer._chain import (
    PLAIN,
    Chain,
    cancelling,
    raisable,
    resuming,
    waitingForItself,
)
from twisted.internet.defer._compiling import mypyc_attr
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import NotACoroutineError
from twisted.python.failure import Failure

_T = TypeVar("_T")
_P = ParamSpec("_P")

# Nobody can subclass these, so a look at the type is enough.
_RUNNABLE: Final[frozenset[type]] = frozenset({CoroutineType, GeneratorType})


# Bound here since mypyc gets at a Final faster than at a name that was imported.
_copyContext: Final = copy_context
_PLAIN: Final = PLAIN
_modules: Final = modules
_cancelling: Final = cancelling
_resuming: Final = resuming
_GENERATOR: Final = GeneratorType


class _Returned:
    """What a coroutine or generator returned, to be yielded in place of its end."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __await__(self) -> Any:  # noqa: ANN401 - an iterator, which is all that it has to be
        return self

    def __iter__(self) -> "_Returned":
        return self

    def __next__(self) -> "_Returned":
        return self


# Compiled code makes a traceback of every exception that it catches, and so the end of a coroutine
# would cost more than all the rest. A compiled `await` learns of the end without an exception,
# and so does a compiled `yield from`: they run what we drive, and yield what it returned. The
# interpreter has no such trouble, and there these would only be one more frame.


async def _coroutineToItsEnd(coroutine: Coroutine[Any, Any, object]) -> None:
    await _Returned(await coroutine)


def _generatorToItsEnd(generator: Generator[Any, Any, object]) -> Generator[Any, Any, None]:
    yield _Returned((yield from generator))


def _toItsEnd(generator: Any) -> Any:  # noqa: ANN401 - a coroutine or a generator, as what it gives
    """Return what to send to in place of a coroutine or generator."""
    if type(generator) is _GENERATOR:
        return _generatorToItsEnd(generator)
    return _coroutineToItsEnd(generator)


_COMPILED: Final = type(_toItsEnd) is not FunctionType


# The rooms whose frames lead to those of a coroutine.
_LEADING_ROOMS: Final = frozenset({__name__, "twisted.internet.defer._asynciotask"})


class _ReturnedValue(BaseException):
    """Carries the value of `returnValue` out of a generator."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def returnValue(val: object) -> NoReturn:
    """Return a value from a generator under `inlineCallbacks`; `return val` does the same."""
    raise _ReturnedValue(val)


class Scope(Protocol):
    """What a driver asks of a scope."""

    def letsCancelPass(self) -> bool:
        """Return whether a cancellation from outside may reach the coroutine now."""
        ...


class CancelRequest:
    """A cancellation that is kept until a coroutine waits.

    Several drivers that wait for each other may keep the same one; it is delivered once, to the
    first that waits for something else.

    Attributes:
        open: Whether it is still to be delivered. Who asked for it may take it back.
    """

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open = True


class _Driver:
    """Awaited, it gives the Deferred that drives the coroutine."""

    __slots__ = ()

    def __await__(self) -> "Generator[_Driver, object, _Driven[Any]]":
        try:
            driver = yield self
        except RuntimeError as error:
            # A Task of asyncio has no use for what was yielded.
            raise RuntimeError(_WRONG_DRIVER) from error
        if not isinstance(driver, _Driven):
            raise RuntimeError(_WRONG_DRIVER)
        return driver


_WRONG_DRIVER = (
    "Scopes and task groups of twisted.internet.defer work in coroutines that Deferreds run: "
    "wait for Deferred.fromCoroutine(...) of a coroutine of its own; "
    "or use asyncio.timeout and asyncio.TaskGroup in a Task of asyncio"
)

DRIVER = _Driver()


@mypyc_attr(allow_interpreted_subclasses=True)
class _Driven(Deferred[_T]):
    """The result of a coroutine or generator, which it drives.

    Attributes:
        cancels: How often it was asked to be cancelled, less what scopes in it have asked for
            themselves and taken back: what `asyncio.Task.cancelling` returns. What comes from
            outside while it runs does not count, and has no effect.
        scope: The innermost scope in which the coroutine stands.
    """

    __slots__ = ("_generator", "_requests", "_runStep", "_send", "cancels", "scope")

    def __init__(self, generator: Any) -> None:  # noqa: ANN401 - a coroutine or a generator
        # Without anything to wait for, it cannot be cancelled: it runs.
        Deferred.__init__(self, _cancelling)
        self._generator: Any = generator
        # Sends to what ends by yielding a _Returned or as generators do.
        self._send: Any = (_toItsEnd(generator) if _COMPILED else generator).send
        self._requests: list[CancelRequest] | None = None
        self.cancels = 0
        self.scope: Scope | None = None
        # Calls a function with an argument in the context of the coroutine.
        self._runStep: Callable[..., Any] = _copyContext().run
        self._advance(None)

    def _name(self) -> str:
        return "Deferred"

    def _advance(self, result: object) -> None:
        """Run the coroutine until it waits for a Deferred that has no result yet."""
        send = self._send
        run = self._runStep
        if ASYNCIO in _modules:
            run = self._runStep = SEAM.surround(self, run)
        self._chainedTo = None
        failed = type(result) not in _PLAIN and isinstance(result, Failure)
        awaited: object
        while True:
            try:
                if failed:
                    assert isinstance(result, Failure)
                    awaited = run(self._generator.throw, raisable(result))
                else:
                    awaited = run(send, result)
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
                self._generator = self._send = None
                result = None
                error.__traceback__ = _ofOthers(error.__traceback__)
                self.errback(Failure(error))
                # The frames of the coroutine refer to this one.
                del self, send, run
                return
            if _COMPILED and isinstance(awaited, _Returned):
                result = None
                self._finish(awaited.value)
                return
            if not isinstance(awaited, Deferred):
                if awaited is DRIVER:
                    result = self
                    failed = False
                    continue
                waited = self._deferredOf(awaited)
                if waited is None:
                    # Nothing to wait for is given back at once, a Failure as its exception.
                    result = awaited
                    failed = isinstance(result, Failure)
                    continue
                awaited = waited
            if awaited._idle:
                if awaited._debugInfo is None:
                    result = awaited.result
                    awaited.result = None
                else:
                    result = awaited._take()
                failed = type(result) not in _PLAIN and isinstance(result, Failure)
                continue
            if awaited is self or (awaited._chainedTo is not None and awaited._waitsFor(self)):
                result = waitingForItself()
                failed = True
                continue
            self._chainedTo = awaited
            if awaited.callbacks:
                awaited.callbacks.append((_resuming, _resuming, self))
            else:
                awaited.callbacks = [(_resuming, _resuming, self)]
            if self._requests is not None:
                self._deliver()
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

    def _letsCancelPass(self) -> bool:
        if self.scope is not None and not self.scope.letsCancelPass():
            return False
        self.cancels += 1
        return True

    def cancelAtWait(self, request: CancelRequest) -> None:
        """Cancel what the coroutine waits for; while it runs, cancel its next wait.

        Nothing that is waited for can be cancelled, either, while a callback is run that gets its
        result: then too the next wait is cancelled.
        """
        self.cancels += 1
        drivers: list[_Driven[Any]] = []
        end: Chain[Any] | None = self
        last: Chain[Any] = self
        while end is not None:
            last = end
            if isinstance(end, _Driven):
                drivers.append(end)
            end = end._chainedTo
            if end is not None and type(end).cancel is not Chain.cancel:
                last = end
                break
        if last.called or last is drivers[-1]:
            for driver in drivers:
                driver._requests = [*(driver._requests or ()), request]
            return
        request.open = False
        if self._chainedTo is not None:
            self._chainedTo.cancel()

    def _deliver(self) -> None:
        """Cancel what the coroutine has begun to wait for, if that was asked for before."""
        waiting = False
        for request in self._requests or ():
            waiting = waiting or request.open
            request.open = False
        self._requests = None
        if waiting and self._chainedTo is not None:
            self._chainedTo.cancel()

    def _finish(self, value: object) -> None:
        """Fire with what the coroutine returned."""
        self._generator = self._send = None
        if type(value) in _PLAIN or not isinstance(value, Deferred):
            self.callback(cast(_T, value))
            return
        self.errback(
            AssertionError(
                f"A coroutine or generator returned {value!r}: it is to wait for the Deferred "
                "(await or yield it) and to return the result"
            )
        )


def _ofOthers(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames at its head that lead to the coroutine."""
    while trace is not None and trace.tb_frame.f_globals.get("__name__") in _LEADING_ROOMS:
        trace = trace.tb_next
    return trace


def fromCoroutine(
    coro: "Coroutine[Deferred[Any], Any, _T] | Generator[Deferred[Any], Any, _T]",
) -> Deferred[_T]:
    """Start a coroutine and return a Deferred of what it returns or raises.

    Raises:
        NotACoroutineError: `coro` is not a coroutine.
    """
    if type(coro) in _RUNNABLE or isinstance(coro, Coroutine):
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


__all__ = [
    "DRIVER",
    "CancelRequest",
    "ensureDeferred",
    "fromCoroutine",
    "inlineCallbacks",
    "returnValue",
]
