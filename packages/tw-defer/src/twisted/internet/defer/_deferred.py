"""The Deferred: a result that is not there yet.

This room holds what its users see: adding callbacks, timeouts, and waiting in coroutines. The chain
that runs the callbacks is in `_chain`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Final,
    ParamSpec,
    TypeAlias,
    TypeVar,
    overload,
)

from twisted.internet._timeinterfaces import IDelayedCall, IReactorTime
from twisted.internet.defer._awaiting import awaitResult
from twisted.internet.defer._chain import CREATION, PLAIN, Chain, raisable
from twisted.internet.defer._compiling import mypyc_attr
from twisted.internet.defer._errors import CancelledError, TimeoutError
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

_T = TypeVar("_T")
_U = TypeVar("_U")
_V = TypeVar("_V")
_P = ParamSpec("_P")

# Bound here since mypyc gets at a Final faster than at a name that was imported.
_PLAIN: Final = PLAIN

# What a callback may return. It takes two forms, since type checkers do not find _U in the second
# where a Deferred alone is returned.
_Later: TypeAlias = "Deferred[_U] | Failure"
_SoonerOrLater: TypeAlias = "_U | Deferred[_U] | Failure"

_Arguments: TypeAlias = "tuple[object, ...] | None"
_Keywords: TypeAlias = "Mapping[str, object] | None"


def _withArguments(
    function: Callable[..., object], args: _Arguments, keywords: _Keywords
) -> Callable[..., object]:
    """Return a function of the result alone."""
    if not args and not keywords:
        return function
    positional = args or ()
    named = keywords or {}

    def withArguments(result: object) -> object:
        return function(result, *positional, **named)

    return withArguments


@mypyc_attr(allow_interpreted_subclasses=True)
class Deferred(Chain[_T]):
    """A result that will be there later, or a failure.

    Whoever starts an operation returns a Deferred and calls `callback` or `errback` when it is
    done; whoever wants the result adds callbacks, or awaits the Deferred in a coroutine.

    Attributes:
        called: Whether it was fired.
        paused: How many calls of `pause` wait for their `unpause`.
        result: The current result: what it was fired with, then what the latest callback gave.
            There is none before it is fired.
        callbacks: The steps that have not run.
        debug: Whether new Deferreds record where they are made and fired, which `setDebugging`
            says.
    """

    __slots__ = ()

    # Adding steps

    @overload
    def addCallback(
        self,
        callback: Callable[Concatenate[_T, _P], _Later[_U]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_U]: ...

    @overload
    def addCallback(
        self,
        callback: Callable[Concatenate[_T, _P], _SoonerOrLater[_U]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_U]: ...

    def addCallback(
        self, _callback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> Deferred[Any]:
        """Add a function to be called with the result, unless that is a failure.

        Args:
            callback: Called with the result and the other arguments. What it returns or raises
                is the next result; a Deferred that it returns is waited for.
            args: More arguments for it.
            kwargs: Keyword arguments for it, of any name.

        Returns:
            This Deferred.
        """
        if _callback is None:
            raise TypeError("A callback must be callable, not None")
        step = (_callback, None, (args, kwargs) if args or kwargs else None)
        if self.callbacks:
            self.callbacks.append(step)
        else:
            self._begin(step)
        if self._idle:
            self._run()
        return self

    @overload
    def addErrback(
        self,
        errback: Callable[Concatenate[Failure, _P], Failure],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    @overload
    def addErrback(
        self,
        errback: Callable[Concatenate[Failure, _P], _Later[_U]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T | _U]: ...

    @overload
    def addErrback(
        self,
        errback: Callable[Concatenate[Failure, _P], _SoonerOrLater[_U]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T | _U]: ...

    def addErrback(
        self, _errback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> Deferred[Any]:
        """Add a function to be called with the failure, if there is one.

        The failure is handled unless the function returns or raises one.

        Args:
            errback: Called with the Failure and the other arguments, as for `addCallback`.
            args: More arguments for it.
            kwargs: Keyword arguments for it, of any name.

        Returns:
            This Deferred.
        """
        if _errback is None:
            raise TypeError("An errback must be callable, not None")
        step = (None, _errback, (args, kwargs) if args or kwargs else None)
        if self.callbacks:
            self.callbacks.append(step)
        else:
            self._begin(step)
        if self._idle:
            self._run()
        return self

    @overload
    def addBoth(
        self,
        callback: Callable[Concatenate[_T | Failure, _P], _Later[_U]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_U]: ...

    @overload
    def addBoth(
        self,
        callback: Callable[Concatenate[_T | Failure, _P], _SoonerOrLater[_U]],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_U]: ...

    @overload
    def addBoth(
        self,
        callback: Callable[Concatenate[_T | Failure, _P], _T | Failure],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    def addBoth(
        self, _callback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> Deferred[Any]:
        """Add a function to be called with the result or the failure, whichever it is.

        Args:
            callback: Called with the result and the other arguments, as for `addCallback`.
            args: More arguments for it.
            kwargs: Keyword arguments for it, of any name.

        Returns:
            This Deferred.
        """
        if _callback is None:
            raise TypeError("A callback must be callable, not None")
        step = (_callback, _callback, (args, kwargs) if args or kwargs else None)
        if self.callbacks:
            self.callbacks.append(step)
        else:
            self._begin(step)
        if self._idle:
            self._run()
        return self

    @overload
    def addCallbacks(
        self,
        callback: None,
        errback: Callable[[Failure], _SoonerOrLater[_V]],
    ) -> Deferred[_T | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: None,
        errback: Callable[Concatenate[Failure, ...], _SoonerOrLater[_V]],
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_T | _V]: ...

    # Functions of the result alone; lambdas among them get their types from here.

    @overload
    def addCallbacks(
        self,
        callback: Callable[[_T], _Later[_U]],
        errback: Callable[[Failure], _Later[_V]] | None = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: Callable[[_T], _SoonerOrLater[_U]],
        errback: Callable[[Failure], _Later[_V]] | None = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: Callable[[_T], _Later[_U]],
        errback: Callable[[Failure], _SoonerOrLater[_V]] | None = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: Callable[[_T], _SoonerOrLater[_U]],
        errback: Callable[[Failure], _SoonerOrLater[_V]] | None = None,
    ) -> Deferred[_U | _V]: ...

    # Functions with more parameters, which cannot be checked.

    @overload
    def addCallbacks(
        self,
        callback: Callable[Concatenate[_T, ...], _Later[_U]],
        errback: Callable[Concatenate[Failure, ...], _Later[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: Callable[Concatenate[_T, ...], _SoonerOrLater[_U]],
        errback: Callable[Concatenate[Failure, ...], _Later[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: Callable[Concatenate[_T, ...], _Later[_U]],
        errback: Callable[Concatenate[Failure, ...], _SoonerOrLater[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(
        self,
        callback: Callable[Concatenate[_T, ...], _SoonerOrLater[_U]],
        errback: Callable[Concatenate[Failure, ...], _SoonerOrLater[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    # A lambda on one side: mypy cannot infer one that may have more parameters, as those above.
    # To pyright, which can, these are never used.

    @overload
    def addCallbacks(  # pyright: ignore[reportOverlappingOverload]
        self,
        callback: Callable[[_T], _SoonerOrLater[_U]],
        errback: Callable[Concatenate[Failure, ...], _SoonerOrLater[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(  # pyright: ignore[reportOverlappingOverload]
        self,
        callback: Callable[Concatenate[_T, ...], _Later[_U]],
        errback: Callable[[Failure], _SoonerOrLater[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    @overload
    def addCallbacks(  # pyright: ignore[reportOverlappingOverload]
        self,
        callback: Callable[Concatenate[_T, ...], _SoonerOrLater[_U]],
        errback: Callable[[Failure], _SoonerOrLater[_V]] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[_U | _V]: ...

    def addCallbacks(
        self,
        callback: Callable[..., object] | None,
        errback: Callable[..., object] | None = None,
        callbackArgs: _Arguments = (),
        callbackKeywords: _Keywords = None,
        errbackArgs: _Arguments = (),
        errbackKeywords: _Keywords = None,
    ) -> Deferred[Any]:
        """Add a callback and an errback side by side: one of the two is called.

        The errback does not see what its own callback raises; a later one does.

        Args:
            callback: As for `addCallback`; None lets a result pass.
            errback: As for `addErrback`; left out, a failure passes.
            callbackArgs: More arguments for the callback.
            callbackKeywords: Keyword arguments for the callback.
            errbackArgs: More arguments for the errback.
            errbackKeywords: Keyword arguments for the errback.

        Returns:
            This Deferred.
        """
        step = (
            None if callback is None else _withArguments(callback, callbackArgs, callbackKeywords),
            None if errback is None else _withArguments(errback, errbackArgs, errbackKeywords),
            None,
        )
        if self.callbacks:
            self.callbacks.append(step)
        else:
            self._begin(step)
        if self._idle:
            self._run()
        return self

    def chainDeferred(self, d: Deferred[_T]) -> Deferred[None]:
        """Fire another Deferred with the result at this point of the chain.

        Steps that are added later run with None and do not change what `d` gets.
        """
        return self.addCallbacks(d.callback, d.errback)

    def addTimeout(
        self,
        timeout: float,
        clock: IReactorTime,
        onTimeoutCancel: Callable[[_T | Failure, float], _U | Failure] | None = None,
    ) -> Deferred[_T | _U]:
        """Cancel the Deferred when it takes too long.

        Args:
            timeout: Seconds from now.
            clock: The clock that measures them, usually the reactor.
            onTimeoutCancel: Called with the result of the cancelled Deferred and the timeout;
                what it returns or raises becomes the result. Left out, a `CancelledError` becomes
                a `TimeoutError` and any other result stays.
        """
        return self.addBoth(_Timeout(self, timeout, clock, onTimeoutCancel))

    # Coroutines

    def __await__(self) -> Generator[Deferred[_T], Any, _T]:
        """Wait for the result in a coroutine."""
        return self._takeResult() if self._idle else awaitResult(self)

    def __iter__(self) -> Generator[Deferred[_T], Any, _T]:
        """Wait for the result in a generator: `result = yield from deferred`."""
        return self._takeResult() if self._idle else awaitResult(self)

    def _takeResult(self) -> Generator[Deferred[_T], Any, _T]:
        """Return the result that is there, or raise its failure."""
        if not self._idle:
            # A callback was added after the coroutine began to await.
            result: _T = yield self
            return result
        value: _T | Failure = self.result
        if type(value) in _PLAIN or not isinstance(value, Failure):
            # No Failure: its class is not in PLAIN.
            return value  # type: ignore[return-value]
        failure = value
        self._take()
        try:
            raise raisable(failure)
        finally:
            # The traceback refers to this frame.
            del value, failure

    @classmethod
    def fromCoroutine(
        cls, coro: Coroutine[Deferred[Any], Any, _U] | Generator[Deferred[Any], Any, _U]
    ) -> Deferred[_U]:
        """Start a coroutine and return a Deferred of what it returns or raises.

        Raises:
            NotACoroutineError: `coro` is not a coroutine.
        """
        # Imported here since a coroutine's Deferred is a subclass of this class.
        from twisted.internet.defer._coroutines import fromCoroutine

        return fromCoroutine(coro)

    # asyncio

    def asFuture(self, loop: AbstractEventLoop) -> Future[_T]:
        """Return a future of asyncio that gets the result of this Deferred.

        Cancelling the future cancels the Deferred.

        Args:
            loop: The event loop that the future belongs to.
        """
        from twisted.internet.defer._futures import futureOf

        return futureOf(self, loop)

    @classmethod
    def fromFuture(cls, future: Future[_U]) -> Deferred[_U]:
        """Return a Deferred that gets the result of a future of asyncio.

        Cancelling the Deferred cancels the future.
        """
        from twisted.internet.defer._futures import deferredOf

        return deferredOf(future)


class _Timeout:
    """The step of a Deferred that may take only so long."""

    __slots__ = ("_deferred", "_delayedCall", "_onTimeoutCancel", "_timedOut", "_timeout")

    def __init__(
        self,
        deferred: Deferred[Any],
        timeout: float,
        clock: IReactorTime,
        onTimeoutCancel: Callable[[Any, float], object] | None,
    ) -> None:
        self._deferred: Deferred[Any] | None = deferred
        self._timeout = timeout
        self._onTimeoutCancel = onTimeoutCancel
        self._timedOut = False
        self._delayedCall: IDelayedCall | None = clock.callLater(timeout, self._timeOut)

    def _timeOut(self) -> None:
        self._timedOut = True
        self._delayedCall = None
        if self._deferred is not None:
            self._deferred.cancel()

    def __call__(self, result: Any) -> Any:  # noqa: ANN401 - of any Deferred
        # Both lead back here.
        delayedCall, self._delayedCall = self._delayedCall, None
        self._deferred = None
        if delayedCall is not None and delayedCall.active():
            delayedCall.cancel()
        if not self._timedOut:
            return result
        if self._onTimeoutCancel is not None:
            return self._onTimeoutCancel(result, self._timeout)
        if isinstance(result, Failure) and result.check(CancelledError):
            return Failure(TimeoutError(self._timeout, "Deferred"))
        return result


def setDebugging(on: bool) -> None:
    """Say whether Deferreds record the stacks that make and fire them; that is slow."""
    Deferred.debug = bool(on)
    CREATION.set(Deferred.debug, CREATION.watcher)


def getDebugging() -> bool:
    """Return whether Deferreds record the stacks that make and fire them."""
    return Deferred.debug


__all__ = ["Deferred", "getDebugging", "setDebugging"]
