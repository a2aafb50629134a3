"""The chain of steps behind a Deferred: firing it, running it, cancelling it.

How it works. A chain has a list of steps, tuples of (callback, errback, extra). `extra` is None for
a step without more arguments (by far the most common one), a pair (args, kwargs) for one with them;
a step without callback and errback whose `extra` is a chain hands the result over to that chain,
which waits for it; a step of `resuming` goes on with the coroutine of the chain in `extra`. Firing
sets `result` and runs the steps, each of which replaces the result. All running is done by `_run`,
which is not reentrant for one chain: what a callback adds to its own chain is found by the
iteration that goes on, so the stack does not grow with the number of callbacks. Nor does it grow
with the number of chains that wait for each other: a result is handed over within the same loop.

A chain is `_idle` when it has a result and nothing keeps steps from being run the moment they are
added: it is not paused, waits for no other, and does not run already.

References. Steps are let go when they have run, a canceller as soon as it cannot be used any more,
and our own frame is cut off the traceback of what a callback raises, so that finished Deferreds
are freed at once and not by the garbage collector. A chain that comes to rest on a failure cleans
it: in Python a frame refers to all its callers, and one of them is likely to hold the Deferred.
Otherwise an unhandled error would be logged only when the collector happens to run. For the same
reason the frames that lead to a callback keep no failure in a variable.

This module keeps to what mypyc can compile.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeAlias, TypeVar, cast

from twisted.internet.defer._compiling import mypyc_attr
from twisted.internet.defer._errors import AlreadyCalledError, CancelledError
from twisted.internet.defer._nosteps import NO_STEPS
from twisted.internet.defer._unhandled import DebugInfo, callersStack
from twisted.logger import Logger
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.internet.defer._deferred import Deferred

_T = TypeVar("_T")

Step: TypeAlias = "tuple[Any, Any, Any]"

_log = Logger(namespace="twisted.internet.defer")

# Results of these types are neither failures nor Deferreds. To look a type up here is twice as
# fast as to ask isinstance, which for a "no" reads the attribute __class__ as well.
PLAIN: Final[frozenset[type]] = frozenset(
    {type(None), bool, int, float, str, bytes, bytearray, tuple, list, dict, set, frozenset}
)

# How many Deferreds that wait for each other are searched for one that waits for itself.
_CYCLE_SEARCH_LIMIT: Final = 100

# Bound here since mypyc gets at a Final faster than at a name that was imported.
_NO_STEPS: Final[list[Step]] = NO_STEPS


class Creation:
    """What is done with new Deferreds beside making them: one look says that it is nothing.

    Attributes:
        observed: Whether it is anything.
        debugging: Whether stacks are recorded; see `setDebugging`.
        watcher: Called with each new Deferred; see `watchCreation`.
    """

    __slots__ = ("debugging", "observed", "watcher")

    def __init__(self) -> None:
        self.observed = False
        self.debugging = False
        self.watcher: Callable[[Any], object] | None = None

    def set(self, debugging: bool, watcher: Callable[[Any], object] | None) -> None:
        """Say what is to be done."""
        self.debugging = debugging
        self.watcher = watcher
        self.observed = debugging or watcher is not None


CREATION: Final = Creation()


def watchCreation(watcher: Callable[[Deferred[Any]], object] | None) -> None:
    """Have every new Deferred shown to a function, which must not raise.

    Args:
        watcher: Called with the Deferred by its `__init__`, when that of a subclass has still to
            go on. None ends the watch.
    """
    CREATION.set(CREATION.debugging, watcher)


def _spent(result: object) -> object:
    """Stand for a step that was run already."""
    return result


# How many steps that were run are worth to be cut off.
_MANY_STEPS: Final = 16

_SPENT: Final[Any] = (_spent, _spent, None)


def resuming(result: object) -> None:
    """Stand in a step for going on with a coroutine."""


_resuming: Final = resuming


def cancelling(deferred: Deferred[Any]) -> None:
    """Stand for the canceller while it is being called."""


def cancelled(deferred: Deferred[Any]) -> None:
    """Stand for the canceller of an operation that does not know that it was cancelled."""


def caughtFailure(error: BaseException, captureVars: bool) -> Failure:
    """Return the failure of a callback, without the frame of our own that called it."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
    return Failure(error, captureVars=captureVars)


def raisable(failure: Failure) -> BaseException:
    """Return the exception of a failure, to be raised where a coroutine waits for it.

    Where the failure was cleaned meanwhile, a note on the exception says where it came from.
    """
    error = failure.value.with_traceback(failure.tb)
    if failure.tb is None and failure.frames:
        name, file, line = failure.frames[-1][:3]
        note = f'It was raised in {name}, file "{file}", line {line}.'
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
    return error


def waitingForItself() -> Failure:
    """Return the failure of a Deferred that was given itself to wait for."""
    message = (
        "A callback returned the Deferred to which it was added, directly or through others: "
        "such a Deferred would wait for itself for ever"
    )
    warnings.warn(message, DeprecationWarning, stacklevel=3)
    return Failure(RuntimeError(message))


@mypyc_attr(allow_interpreted_subclasses=True)
class Chain(Generic[_T]):
    """A result to come and the steps that wait for it: everything of a Deferred but its surface."""

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_canceller",
        "_chainedTo",
        "_debugInfo",
        "_idle",
        "_running",
        "_steps",
        "callbacks",
        "called",
        "paused",
        "result",
    )

    debug: ClassVar[bool] = False

    called: bool
    paused: int
    callbacks: list[Step]
    result: Any

    def __init__(self, canceller: Callable[[Deferred[Any]], object] | None = None) -> None:
        """Make a Deferred that has not fired.

        Args:
            canceller: Called with the Deferred, once, when it is cancelled before it fired. It
                stops the operation, and may fire the Deferred; where it does not, the Deferred
                fails with `CancelledError`. Who gives a canceller promises not to fire the
                Deferred after it was called.
        """
        self.called = False
        self.paused = 0
        self.callbacks = _NO_STEPS
        self._idle = False
        self._running = False
        self._canceller = canceller
        self._chainedTo: Chain[Any] | None = None
        self._steps: Iterator[Step] | None = None
        self._debugInfo: DebugInfo | None = None
        if CREATION.observed:
            self._observe()

    def _observe(self) -> None:
        """Record where it is made, and show it to who watches."""
        if CREATION.debugging:
            self._debugInfo = DebugInfo()
            self._debugInfo.creator = callersStack()
        if CREATION.watcher is not None:
            CREATION.watcher(self)

    def _begin(self, step: Step) -> None:
        """Take the first step; type checkers see where the list of steps is assigned only here."""
        self.callbacks = [step]

    # Firing

    def callback(self, result: _T | Failure) -> None:
        """Give the result and run the callbacks.

        Raises:
            AlreadyCalledError: It was fired before.
            AssertionError: The result is a Deferred; use `chainDeferred`, or return it from a
                callback.
        """
        if self.called:
            self._firedAgain()
            return
        plain = type(result) in PLAIN
        if not plain and isinstance(result, Chain):
            raise AssertionError(
                f"{result!r} cannot be the result of a Deferred: "
                "fire with its result, or return it from a callback"
            )
        if self._debugInfo is not None:
            self._debugInfo.invoker = callersStack()
        self.called = True
        self._canceller = None
        self.result = result
        if self.paused:
            if isinstance(result, Failure):
                self._restOn(result)
        elif plain and not self.callbacks:
            self._idle = True
        else:
            del result
            self._run()

    def errback(self, fail: Failure | BaseException | None = None) -> None:
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
        if self._debugInfo is not None:
            self._debugInfo.invoker = callersStack()
        self.called = True
        if self._canceller is not cancelled:
            self._canceller = None
        self.result = failure
        if self.paused:
            self._restOn(failure)
        else:
            del fail, failure
            self._run()

    def _firedAgain(self) -> None:
        """Swallow the one firing that a cancelled operation may still do, or raise."""
        if self._canceller is cancelled:
            self._canceller = None
            return
        info = self._debugInfo
        if info is not None:
            stacks = info.stacks()
            if stacks:
                raise AlreadyCalledError("\n" + stacks)
        raise AlreadyCalledError

    def cancel(self) -> None:
        """Say that the result is not wanted any more; never raises, may be called at any time.

        An unfired Deferred calls its canceller and fails with `CancelledError` unless the
        canceller fired it otherwise. One that waits for another cancels that one. One that has its
        result is left as it is.
        """
        inner = self._chainedTo
        if inner is not None:
            # Down to the end of the chain in a loop: it may be longer than the stack is deep.
            passing: Chain[Any] = self
            while passing._letsCancelPass():
                if inner._chainedTo is None or type(inner).cancel is not Chain.cancel:
                    inner.cancel()
                    return
                passing = inner
                inner = inner._chainedTo
            return
        if self.called:
            return
        canceller = self._canceller
        if canceller is cancelling:
            return
        if canceller is None:
            self._canceller = cancelled
        else:
            self._canceller = cancelling
            try:
                canceller(cast("Deferred[Any]", self))
            except BaseException as error:
                failure = caughtFailure(error, CREATION.debugging)
                _log.failure("The canceller of a Deferred failed", failure)
                if not self.called:
                    self.errback(failure)
        if not self.called:
            self.errback(Failure(CancelledError()))

    def _letsCancelPass(self) -> bool:
        """Return whether a cancellation may go on to what this Deferred waits for."""
        return True

    def _advance(self, result: object) -> None:
        """Go on with the coroutine that waits for a result, where this Deferred drives one."""

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
        current: Chain[Any] | None = self
        # Deferreds that have handed their result over and have more steps to run after that.
        suspended: list[Chain[Any]] | None = None
        result: Any
        steps: Iterator[Step] | None
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
            failed = type(result) not in PLAIN and isinstance(result, Failure)
            if current._debugInfo is not None:
                current._debugInfo.failResult = None
            for callback, errback, extra in steps:
                function = errback if failed else callback
                if function is None:
                    if not isinstance(extra, Chain):
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
                    if current.callbacks[-1][2] is extra:
                        # The last step: one Deferred does not wait twice.
                        current.callbacks = _NO_STEPS
                    else:
                        current._suspend(steps)
                    if current.callbacks:
                        if suspended is None:
                            suspended = []
                        suspended.append(current)
                    else:
                        current._running = False
                        current._idle = True
                    current = extra
                    break
                try:
                    if extra is None:
                        result = function(result)
                    elif function is _resuming:
                        driver: Chain[Any] = extra
                        driver._advance(result)
                        del driver
                        result = None
                    elif extra[1]:
                        result = function(result, *extra[0], **extra[1])
                    else:
                        result = function(result, *extra[0])
                except BaseException as error:
                    result = caughtFailure(error, CREATION.debugging)
                    failed = True
                else:
                    if type(result) in PLAIN:
                        failed = False
                    elif isinstance(result, Chain):
                        if result._idle:
                            result = result._take()
                            failed = isinstance(result, Failure)
                        elif (
                            result is current or result._chainedTo is not None
                        ) and result._waitsFor(current):
                            result = waitingForItself()
                            failed = True
                        else:
                            current._chainedTo = result
                            if result.callbacks:
                                result.callbacks.append((None, None, current))
                            else:
                                result.callbacks = [(None, None, current)]
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
                current.callbacks = _NO_STEPS
                current.result = result
                current._running = False
                current._idle = True
                if failed:
                    current._restOn(result)
                current = suspended.pop() if suspended else None
        # The frames of what was raised refer to this one for as long as anybody keeps them.
        callback = errback = extra = function = result = steps = None

    def _suspend(self, steps: Iterator[Step]) -> None:
        """Keep the place in the list of steps, and let go of those that have run.

        The steps that have run are cut off when they are many and at least half of the list, and
        until then overwritten, so that a long list is not moved each time.
        """
        callbacks = self.callbacks
        left: int = steps.__length_hint__()  # type: ignore[attr-defined]
        if not left:
            self.callbacks = _NO_STEPS
            return
        done = len(callbacks) - left
        if done >= left and done >= _MANY_STEPS:
            del callbacks[:done]
            return
        self._steps = steps
        # Not the tuple is looked for but what is in it: compiled code makes tuples anew.
        while done and callbacks[done - 1][0] is not _spent:
            done -= 1
            callbacks[done] = _SPENT

    def _take(self) -> object:
        """Return the result of an idle Deferred to somebody who now answers for it."""
        result: object = self.result
        self.result = None
        if self._debugInfo is not None:
            self._debugInfo.failResult = None
        return result

    def _restOn(self, failure: Failure) -> None:
        """Watch over a failure that no errback handles for now."""
        if self._debugInfo is None:
            self._debugInfo = DebugInfo()
        self._debugInfo.failResult = failure
        if failure.tb is not None or failure.value.__traceback__ is not None:
            failure.cleanFailure()

    def _waitsFor(self, other: Chain[Any]) -> bool:
        """Return whether this Deferred is the other one or waits for it."""
        deferred: Chain[Any] | None = self
        for _ in range(_CYCLE_SEARCH_LIMIT):
            if deferred is other:
                return True
            if deferred is None:
                return False
            deferred = deferred._chainedTo
        return False

    # Looking at it

    def __repr__(self) -> str:
        place = f"{self._name()} at 0x{id(self):x}"
        inner = self._chainedTo
        if inner is not None:
            return f"<{place} waiting on {inner._name()} at 0x{id(inner):x}>"
        if not self.called:
            return f"<{place}>"
        return f"<{place} current result: {self.result!r}>"

    def __str__(self) -> str:
        return self.__repr__()

    def _name(self) -> str:
        return self.__class__.__name__


__all__ = [
    "CREATION",
    "PLAIN",
    "Chain",
    "Step",
    "cancelling",
    "raisable",
    "resuming",
    "watchCreation",
    "waitingForItself",
]
