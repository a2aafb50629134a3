"""The Deferred: a result that is not there yet, and the chain of callbacks that waits for it.

How it works. A Deferred has a list of steps, tuples of (callback, errback, extra). `extra` is None
for a step without more arguments (by far the most common one), a pair (args, kwargs) for one with
them; a step without callback and errback whose `extra` is a Deferred hands the result over to that
Deferred, which waits for it. Firing sets `result` and runs the steps, each of which replaces the
result. All running is done by `_run`, which is not reentrant for one Deferred: what a callback
adds to its own Deferred is found by the iteration that goes on, so the stack never grows with the
number of callbacks. Nor does it grow with the number of Deferreds that wait for each other: a
result is handed over within the same loop.

A Deferred is `_idle` when it has a result and nothing keeps steps from being run the moment they
are added: it is not paused, waits for no other, and does not run already.

References. The list is emptied when it has been run, a canceller is dropped as soon as it cannot
be used any more, and our own frames are cut off the tracebacks of what callbacks raise, so that
finished Deferreds are freed at once and not by the garbage collector. A Deferred that comes to
rest on a failure cleans it: in Python each frame of a traceback refers to all its callers, and one
of them is likely to hold the Deferred. Otherwise the unhandled error would be logged only when the
collector happens to run. (A coroutine's frames refer to no callers, hence `_keepsTraceback`.)

This module is self-contained and keeps to what mypyc can compile.
"""

import traceback
import warnings
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar

from twisted.internet._timeinterfaces import IReactorTime
from twisted.internet.defer._errors import AlreadyCalledError, CancelledError, TimeoutError
from twisted.internet.defer._unhandled import DebugInfo
from twisted.logger import Logger
from twisted.python.failure import Failure

_T = TypeVar("_T")
_U = TypeVar("_U")
_V = TypeVar("_V")
_P = ParamSpec("_P")

_log = Logger(namespace="twisted.internet.defer")

_Function = Callable[..., Any]
_Step = tuple[Any, Any, Any]

# Results of these types are neither failures nor Deferreds. To look a type up here is twice as
# fast as to ask isinstance, which for a "no" reads the attribute __class__ as well.
_PLAIN: frozenset[type] = frozenset(
    {type(None), bool, int, float, str, bytes, bytearray, tuple, list, dict, set, frozenset}
)

# How many Deferreds that wait for each other are searched for one that waits for itself.
_CYCLE_SEARCH_LIMIT = 100


def _spent(result: object) -> object:
    """Stand for a step that was run already."""
    return result


_SPENT: _Step = (_spent, _spent, None)


def _cancelling(deferred: "Deferred[Any]") -> None:
    """Stand for the canceller while it is being called."""


def _withArguments(
    function: _Function, args: tuple[Any, ...] | None, keywords: Mapping[str, Any] | None
) -> _Function:
    """Return a function of the result alone."""
    if not args and not keywords:
        return function
    positional = args or ()
    named = keywords or {}

    def withArguments(result: object) -> object:
        return function(result, *positional, **named)

    return withArguments


def _caughtFailure(error: BaseException, captureVars: bool) -> Failure:
    """Return the failure of a callback, without the frame of our own that called it."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
    return Failure(error, captureVars=captureVars)


class Deferred(Generic[_T]):
    """A result that will be there later, or a failure.

    Whoever starts an operation returns a Deferred and calls `callback` or `errback` when it is
    done; whoever wants the result adds callbacks, or awaits the Deferred in a coroutine.

    Attributes:
        called: Whether it was fired.
        paused: How many calls of `pause` wait for their `unpause`.
        result: The current result: what it was fired with, then what the latest callback gave.
            There is none before it is fired.
        callbacks: The steps that have not run.
        debug: Whether new Deferreds record where they are made and fired; see `setDebugging`.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_canceller",
        "_chainedTo",
        "_debugInfo",
        "_idle",
        "_running",
        "_steps",
        "_suppressAlreadyCalled",
        "callbacks",
        "called",
        "paused",
        "result",
    )

    debug: ClassVar[bool] = False
    _keepsTraceback: ClassVar[bool] = False

    result: Any

    def __init__(self, canceller: "Callable[[Deferred[Any]], object] | None" = None) -> None:
        """Make a Deferred that has not fired.

        Args:
            canceller: Called with the Deferred, once, when it is cancelled before it fired. It
                stops the operation, and may fire the Deferred; where it does not, the Deferred
                fails with `CancelledError`. Who gives a canceller promises not to fire the
                Deferred after it was called.
        """
        self.called = False
        self.paused = 0
        self.callbacks: list[_Step] = []
        self._idle = False
        self._running = False
        self._canceller = canceller
        self._chainedTo: Deferred[Any] | None = None
        self._steps: Iterator[_Step] | None = None
        self._debugInfo: DebugInfo | None = None
        self._suppressAlreadyCalled = False
        if self.debug:
            self._debugInfo = DebugInfo()
            self._debugInfo.creator = traceback.format_stack()[:-1]

    # Adding steps

    def addCallbacks(
        self,
        callback: Callable[..., "_U | Deferred[_U] | Failure"],
        errback: Callable[..., "_V | Deferred[_V] | Failure"] | None = None,
        callbackArgs: tuple[Any, ...] | None = (),
        callbackKeywords: Mapping[str, Any] | None = None,
        errbackArgs: tuple[Any, ...] | None = (),
        errbackKeywords: Mapping[str, Any] | None = None,
    ) -> "Deferred[Any]":
        """Add a callback and an errback side by side: one of the two is called.

        The errback does not see what its own callback raises; a later one does.
        """
        if callback is None:
            raise TypeError("A callback must be callable, not None")
        self.callbacks.append(
            (
                _withArguments(callback, callbackArgs, callbackKeywords),
                None if errback is None else _withArguments(errback, errbackArgs, errbackKeywords),
                None,
            )
        )
        if self._idle:
            self._run()
        return self

    def addCallback(
        self,
        callback: Callable[Concatenate[_T, _P], "_U | Deferred[_U] | Failure"],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> "Deferred[_U]":
        """Add a function to be called with the result, unless that is a failure."""
        if callback is None:
            raise TypeError("A callback must be callable, not None")
        self.callbacks.append((callback, None, (args, kwargs) if args or kwargs else None))
        if self._idle:
            self._run()
        return self  # type: ignore[return-value]

    def addErrback(
        self,
        errback: Callable[Concatenate[Failure, _P], "_U | Deferred[_U] | Failure"],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> "Deferred[_T | _U]":
        """Add a function to be called with the failure, if there is one."""
        if errback is None:
            raise TypeError("An errback must be callable, not None")
        self.callbacks.append((None, errback, (args, kwargs) if args or kwargs else None))
        if self._idle:
            self._run()
        return self  # type: ignore[return-value]

    def addBoth(
        self,
        callback: Callable[Concatenate[Any, _P], "_U | Deferred[_U] | Failure"],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> "Deferred[_U]":
        """Add a function to be called with the result or the failure, whichever it is."""
        if callback is None:
            raise TypeError("A callback must be callable, not None")
        self.callbacks.append((callback, callback, (args, kwargs) if args or kwargs else None))
        if self._idle:
            self._run()
        return self  # type: ignore[return-value]

    def chainDeferred(self, d: "Deferred[_T]") -> "Deferred[None]":
        """Fire another Deferred with the result at this point of the chain.

        Steps that are added later run with None and do not change what `d` gets.
        """
        return self.addCallbacks(d.callback, d.errback)

    def addTimeout(
        self,
        timeout: float,
        clock: IReactorTime,
        onTimeoutCancel: "Callable[[_T | Failure, float], _U | Failure] | None" = None,
    ) -> "Deferred[_T | _U]":
        """Cancel the Deferred when it takes too long.

        Args:
            timeout: Seconds from now.
            clock: The clock that measures them, usually the reactor.
            onTimeoutCancel: Called with the result of the cancelled Deferred and the timeout;
                what it returns or raises becomes the result. Left out, a `CancelledError` becomes
                a `TimeoutError` and any other result stays.
        """
        timedOut = False

        def timeOut() -> None:
            nonlocal timedOut
            timedOut = True
            self.cancel()

        delayedCall = clock.callLater(timeout, timeOut)

        def convert(result: "_T | Failure") -> Any:
            if not timedOut:
                return result
            if onTimeoutCancel is not None:
                return onTimeoutCancel(result, timeout)
            if isinstance(result, Failure) and result.check(CancelledError):
                return Failure(TimeoutError(timeout, "Deferred"))
            return result

        def stopTimer(result: Any) -> Any:
            if delayedCall.active():
                delayedCall.cancel()
            return result

        self.addBoth(convert)
        return self.addBoth(stopTimer)

    # Firing

    def callback(self, result: "_T | Failure") -> None:
        """Give the result and run the callbacks.

        Raises:
            AlreadyCalledError: It was fired before.
            AssertionError: The result is a Deferred; use `chainDeferred`, or return it from a
                callback.
        """
        if self.called:
            self._firedAgain()
            return
        if type(result) not in _PLAIN and isinstance(result, Deferred):
            raise AssertionError(
                f"{result!r} cannot be the result of a Deferred: "
                "fire with its result, or return it from a callback"
            )
        if self.debug:
            self._recordInvoker()
        self.called = True
        self._canceller = None
        self.result = result
        if not self.paused:
            self._run()

    def errback(self, fail: "Failure | BaseException | None" = None) -> None:
        """Give a failure and run the errbacks.

        Args:
            fail: A Failure, or an exception to make one of; left out, the exception that is being
                handled.

        Raises:
            AlreadyCalledError: It was fired before.
            NoCurrentExceptionError: `fail` was left out and no exception is being handled.
        """
        if self.called:
            self._firedAgain()
            return
        failure = fail if isinstance(fail, Failure) else Failure(fail)
        if self.debug:
            self._recordInvoker()
        self.called = True
        self._canceller = None
        self.result = failure
        if self.paused:
            self._restOn(failure)
        else:
            self._run()

    def _firedAgain(self) -> None:
        """Swallow the one firing that a cancelled operation may still do, or raise."""
        if self._suppressAlreadyCalled:
            self._suppressAlreadyCalled = False
            return
        info = self._debugInfo
        if info is not None:
            stacks = info.stacks()
            if stacks:
                raise AlreadyCalledError("\n" + stacks)
        raise AlreadyCalledError

    def _recordInvoker(self) -> None:
        if self._debugInfo is None:
            self._debugInfo = DebugInfo()
        self._debugInfo.invoker = traceback.format_stack()[:-2]

    def cancel(self) -> None:
        """Say that the result is not wanted any more; never raises, may be called at any time.

        An unfired Deferred calls its canceller and fails with `CancelledError` unless the
        canceller fired it otherwise. One that waits for another cancels that one. One that has its
        result is left as it is.
        """
        inner = self._chainedTo
        if inner is not None:
            # Down to the end of the chain in a loop: it may be longer than the stack is deep.
            while inner._chainedTo is not None and type(inner).cancel is Deferred.cancel:
                inner = inner._chainedTo
            inner.cancel()
            return
        if self.called:
            return
        canceller = self._canceller
        if canceller is None:
            self._suppressAlreadyCalled = True
        elif canceller is _cancelling:
            return
        else:
            self._canceller = _cancelling
            try:
                canceller(self)
            except BaseException as error:
                failure = _caughtFailure(error, self.debug)
                _log.failure("The canceller of a Deferred failed", failure)
                if not self.called:
                    self.errback(failure)
        if not self.called:
            self.errback(Failure(CancelledError()))

    # Running

    def pause(self) -> None:
        """Run no callbacks until `unpause` was called as often as `pause`."""
        self.paused += 1
        self._idle = False

    def unpause(self) -> None:
        """Take back one `pause`; the last one runs what has accumulated."""
        self.paused -= 1
        if self.paused or not self.called or self._running or self._chainedTo is not None:
            return
        self._run()

    def _run(self) -> None:
        """Run the steps of this Deferred, and those of the Deferreds that wait for it."""
        current: Deferred[Any] | None = self
        # Deferreds that have handed their result over and have more steps to run after that.
        suspended: list[Deferred[Any]] = []
        raised = False
        while current is not None:
            if current.paused:
                # Another one's callback paused it while it was suspended.
                current._running = False
                current = suspended.pop() if suspended else None
                continue
            current._running = True
            current._idle = False
            steps = current._steps
            if steps is None:
                steps = iter(current.callbacks)
            else:
                current._steps = None
            result = current.result
            failed = type(result) not in _PLAIN and isinstance(result, Failure)
            if current._debugInfo is not None:
                current._debugInfo.failResult = None
            for callback, errback, extra in steps:
                function = errback if failed else callback
                if function is None:
                    if not isinstance(extra, Deferred):
                        continue
                    # Hand the result over to the Deferred that waits for it.
                    extra._chainedTo = None
                    extra.result = result
                    if extra.paused:
                        if failed:
                            extra._restOn(result)
                        result = None
                        failed = False
                        continue
                    current.result = None
                    current._suspend(steps)
                    if current.callbacks:
                        suspended.append(current)
                    else:
                        current._running = False
                        current._idle = True
                    current = extra
                    break
                try:
                    if extra is None:
                        result = function(result)
                    else:
                        result = function(result, *extra[0], **extra[1])
                except BaseException as error:
                    result = _caughtFailure(error, self.debug)
                    failed = raised = True
                else:
                    if type(result) in _PLAIN:
                        failed = False
                    elif isinstance(result, Deferred):
                        if result._idle:
                            result = result._take()
                            failed = isinstance(result, Failure)
                        elif result._waitsFor(current):
                            result = current._ownResult()
                            failed = True
                        else:
                            current._chainedTo = result
                            result.callbacks.append((None, None, current))
                            current.result = result
                            current._suspend(steps)
                            current._running = False
                            current = suspended.pop() if suspended else None
                            break
                    else:
                        failed = isinstance(result, Failure)
                if current.paused:
                    current.result = result
                    if failed:
                        current._restOn(result)
                    current._suspend(steps)
                    current._running = False
                    current = suspended.pop() if suspended else None
                    break
            else:
                current.callbacks.clear()
                current.result = result
                current._running = False
                current._idle = True
                if failed:
                    current._restOn(result)
                current = suspended.pop() if suspended else None
        if raised:
            # The frames of what was raised refer to this one for as long as anybody keeps them.
            del self, callback, errback, extra, function, result, steps

    def _suspend(self, steps: Iterator[_Step]) -> None:
        """Keep the place in the list of steps, and let go of those that have run.

        The steps that have run are cut off when they are at least half of the list, and until then
        overwritten, so that a long list is not moved each time.
        """
        callbacks = self.callbacks
        left: int = steps.__length_hint__()  # type: ignore[attr-defined]
        done = len(callbacks) - left
        if done >= left:
            del callbacks[:done]
            return
        self._steps = steps
        while done and callbacks[done - 1] is not _SPENT:
            done -= 1
            callbacks[done] = _SPENT

    def _take(self) -> Any:
        """Return the result of an idle Deferred to somebody who now answers for it."""
        result = self.result
        self.result = None
        if self._debugInfo is not None:
            self._debugInfo.failResult = None
        return result

    def _restOn(self, failure: Failure) -> None:
        """Watch over a failure that no errback handles for now."""
        if self._debugInfo is None:
            self._debugInfo = DebugInfo()
        self._debugInfo.failResult = failure
        if not self._keepsTraceback:
            failure.cleanFailure()

    def _waitsFor(self, other: "Deferred[Any]") -> bool:
        """Return whether this Deferred is the other one or waits for it."""
        deferred: Deferred[Any] | None = self
        for _ in range(_CYCLE_SEARCH_LIMIT):
            if deferred is other:
                return True
            if deferred is None:
                return False
            deferred = deferred._chainedTo
        return False

    def _ownResult(self) -> Failure:
        """Return the failure of a Deferred that was given itself to wait for."""
        message = (
            "A callback returned the Deferred to which it was added, directly or through others: "
            "such a Deferred would wait for itself for ever"
        )
        warnings.warn(message, DeprecationWarning, stacklevel=3)
        return Failure(RuntimeError(message))

    # Looking at it

    def __repr__(self) -> str:
        place = f"{self._name()} at 0x{id(self):x}"
        inner = self._chainedTo
        if inner is not None:
            return f"<{place} waiting on {inner._name()} at 0x{id(inner):x}>"
        if not self.called:
            return f"<{place}>"
        return f"<{place} current result: {self.result!r}>"

    __str__ = __repr__

    def _name(self) -> str:
        return self.__class__.__name__

    # Coroutines

    def __await__(self) -> "Generator[Deferred[_T], Any, _T]":
        """Wait for the result in a coroutine."""
        if not self._idle:
            result: Any = yield self
            return result
        result = self.result
        if type(result) in _PLAIN or not isinstance(result, Failure):
            return result
        failure: Failure = self._take()
        try:
            raise failure.value.with_traceback(failure.value.__traceback__)
        finally:
            # The traceback refers to this frame.
            del result, failure, self

    def __iter__(self) -> "Generator[Deferred[_T], Any, _T]":
        """Wait for the result in a generator: `result = yield from deferred`."""
        return self.__await__()

    @classmethod
    def fromCoroutine(
        cls,
        coro: "Coroutine[Deferred[Any], Any, _U] | Generator[Deferred[Any], Any, _U]",
    ) -> "Deferred[_U]":
        """Start a coroutine and return a Deferred of what it returns or raises.

        Raises:
            NotACoroutineError: `coro` is not a coroutine.
        """
        # Imported here since a coroutine's Deferred is a subclass of this class.
        from twisted.internet.defer._coroutines import fromCoroutine

        return fromCoroutine(coro)


def setDebugging(on: bool) -> None:
    """Say whether Deferreds record the stacks that make and fire them; that is slow."""
    Deferred.debug = bool(on)


def getDebugging() -> bool:
    """Return whether Deferreds record the stacks that make and fire them."""
    return Deferred.debug


__all__ = ["Deferred", "getDebugging", "setDebugging"]
