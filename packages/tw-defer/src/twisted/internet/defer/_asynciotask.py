"""The Task that asyncio sees while a coroutine of ours runs.

Much of asyncio, and most libraries that are written for it, ask for the current Task: to time
something out, to cancel it when a sibling fails, to keep something for it. A coroutine that a
Deferred drives has none, so inside a running loop it gets one of these, which is current for each
step of the coroutine. It has the methods of an `asyncio.Task` and is no more than a view of the
driver: it runs nothing and keeps nothing alive.

Cancelling. `cancel` of an asyncio Task never runs the coroutine at once, and its callers rely on
that: `asyncio.timeout` notes that it has expired only after it called `cancel`. So a request is
delivered by the loop's next turn, through the driver, like any cancellation of a Deferred. What
the coroutine waits for of asyncio's own is cancelled at once, since its waiters are told of that
by a later turn in any case.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.events import _get_running_loop
from collections.abc import Callable, Generator
from contextvars import Context, copy_context
from itertools import count
from types import FrameType
from typing import Any, TextIO
from weakref import ref

from twisted.internet.defer._asynciocancelled import AsyncioCancelledError, ofBothKinds
from twisted.internet.defer._asynciowaits import AsyncioWait
from twisted.internet.defer._coroutines import (
    CancelRequest,
    _Driven,
    _Returned,
    _ReturnedValue,
)
from twisted.internet.defer._errors import CancelledError

# asyncio documents these functions for Tasks of other kinds ("Extending"); typeshed knows them for
# its own Tasks only, or not at all.
_registerTask: Callable[[Any], None] = asyncio.tasks._register_task
if sys.version_info >= (3, 12):
    _swapCurrentTask: Callable[[Any, Any], Any] = asyncio.tasks._swap_current_task  # type: ignore[attr-defined]
else:

    def _swapCurrentTask(
        loop: asyncio.AbstractEventLoop,
        task: Any,  # noqa: ANN401 - a Task of any kind
    ) -> Any:  # noqa: ANN401 - a Task of any kind
        """Make a task the current one, and return the one that was."""
        previous = asyncio.current_task(loop)
        if previous is not None:
            asyncio.tasks._leave_task(loop, previous)
        if task is not None:
            asyncio.tasks._enter_task(loop, task)
        return previous


_numbers = count(1)


def _cancellationIn(error: BaseException) -> AsyncioCancelledError | None:
    """Return the cancellation with which a coroutine ended, if it was that."""
    if isinstance(error, asyncio.CancelledError):
        return ofBothKinds(error)
    if sys.version_info < (3, 13) and isinstance(error, BaseExceptionGroup):
        # Up to 3.12, asyncio.TaskGroup takes only asyncio's own class for a cancellation.
        if error.split(AsyncioCancelledError)[1] is None:
            return ofBothKinds(AsyncioCancelledError().with_traceback(error.__traceback__))
    return None


class CoroutineTask:
    """What `asyncio.current_task` returns in a coroutine that a Deferred drives.

    Its methods are those of `asyncio.Task`, where they are documented.
    """

    __slots__ = (
        "__weakref__",
        "_asyncio_future_blocking",
        "_callbacks",
        "_context",
        "_delivery",
        "_driver",
        "_loop",
        "_message",
        "_name",
        "_outcome",
        "_registered",
        "_request",
        "_runStep",
    )

    def __init__(
        self, driver: _Driven[Any], run: Callable[..., Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Make the Task of a coroutine.

        Args:
            driver: What drives the coroutine.
            run: Calls a function with an argument in the context of the coroutine.
            loop: The loop that runs.
        """
        self._driver: ref[_Driven[Any]] = ref(driver)
        self._runStep = run
        # `run` is a method of it.
        self._context: Context = run.__self__  # type: ignore[attr-defined]
        self._loop = loop
        self._name: str | None = None
        # A value, or an exception that was raised: a tuple, so that both can be None.
        self._outcome: tuple[Any, BaseException | None] | None = None
        # Pairs of a callback and its context, as those of any future of asyncio.
        self._callbacks: list[tuple[Callable[[Any], object], Context]] = []
        self._registered = False
        self._asyncio_future_blocking = False
        self._message: object = None
        self._request: CancelRequest | None = None
        self._delivery: asyncio.Handle | None = None

    def __repr__(self) -> str:
        state = "finished" if self.done() else "pending"
        return f"<{type(self).__name__} {state} name={self.get_name()!r} coro={self.get_coro()!r}>"

    # Running

    def run(self, step: Callable[[Any], Any], argument: object) -> Any:  # noqa: ANN401 - whatever the coroutine waits for
        """Call a function with an argument in the context of the coroutine, as its Task."""
        loop = self._loop
        # The coroutine may also be resumed from outside of the loop.
        previous = None
        current = _get_running_loop() is loop
        if current:
            if isinstance(argument, CancelledError) and step.__name__ == "throw":
                argument = self._cancellation(argument)
            elif self._request is not None and not self._request.open:
                # What the coroutine waited for gave a result all the same.
                self._request = None
            previous = _swapCurrentTask(loop, self)
        try:
            awaited = self._runStep(step, argument)
        except StopIteration as stop:
            self._end(stop.value, None)
            raise
        except _ReturnedValue as returned:
            self._end(returned.value, None)
            raise
        except BaseException as error:
            cancelled = _cancellationIn(error)
            if cancelled is None:
                self._end(None, error)
                raise
            self._end(None, cancelled)
            if cancelled is error:
                raise
            raise cancelled from cancelled.__cause__
        finally:
            if current:
                _swapCurrentTask(loop, previous)
            # The frame is part of the traceback of what was raised.
            del argument
        if type(awaited) is _Returned:
            self._end(awaited.value, None)
        elif not self._registered and not getattr(awaited, "_idle", False):
            # Only those that wait are of interest to `asyncio.all_tasks`.
            self._registered = True
            _registerTask(self)
        return awaited

    def _cancellation(self, error: CancelledError) -> asyncio.CancelledError:
        """Return what is raised in the coroutine where a Deferred was cancelled."""
        if self._request is None or self._request.open:
            return ofBothKinds(error)
        # asyncio looks for exactly the error that it asked for.
        self._request = None
        message = () if self._message is None else (self._message,)
        return asyncio.CancelledError(*message).with_traceback(error.__traceback__)

    def _end(self, value: object, error: BaseException | None) -> None:
        """Note how the coroutine ended, and tell those who asked."""
        self._outcome = (value, error)
        self._withdraw()
        callbacks = self._callbacks
        self._callbacks = []
        if self._loop.is_closed():
            return
        for callback, context in callbacks:
            self._loop.call_soon_threadsafe(callback, self, context=context)

    # Cancelling

    def cancel(self, msg: object = None) -> bool:
        """Ask for the coroutine to be cancelled, soon."""
        driver = self._driver()
        if driver is None or self._outcome is not None:
            return False
        driver.cancels += 1
        self._message = msg
        waiting = driver._chainedTo
        if isinstance(waiting, AsyncioWait):
            waiting.cancelFuture(msg)
        elif self._delivery is None:
            self._delivery = self._loop.call_soon(self._deliver)
        return True

    def _deliver(self) -> None:
        """Cancel what the coroutine waits for now."""
        self._delivery = None
        driver = self._driver()
        if driver is None or self._outcome is not None:
            return
        self._request = CancelRequest()
        # It was counted when it was asked for.
        driver.cancels -= 1
        driver.cancelAtWait(self._request)

    def _withdraw(self) -> None:
        """Take back what was asked for and is not delivered yet."""
        if self._delivery is not None:
            self._delivery.cancel()
            self._delivery = None
        if self._request is not None:
            self._request.open = False
            self._request = None

    def uncancel(self) -> int:
        """Take one request for cancelling back, and return how many are left."""
        driver = self._driver()
        if driver is None:
            return 0
        if driver.cancels > 0:
            driver.cancels -= 1
            if driver.cancels == 0:
                self._withdraw()
        return driver.cancels

    def cancelling(self) -> int:
        """Return how many requests for cancelling there are."""
        driver = self._driver()
        return 0 if driver is None else driver.cancels

    @property
    def _must_cancel(self) -> bool:
        """Whether a cancellation is still to be delivered; anyio looks at it."""
        return self._delivery is not None or (self._request is not None and self._request.open)

    @property
    def _fut_waiter(self) -> asyncio.Future[Any] | None:
        """The future that the coroutine waits for; anyio looks at it."""
        driver = self._driver()
        waiting = None if driver is None else driver._chainedTo
        return waiting.future if isinstance(waiting, AsyncioWait) else None

    # How it ended

    def done(self) -> bool:
        """Return whether the coroutine has ended."""
        return self._outcome is not None or self._driver() is None

    def cancelled(self) -> bool:
        """Return whether the coroutine ended because it was cancelled."""
        return self._outcome is not None and isinstance(self._outcome[1], asyncio.CancelledError)

    def result(self) -> Any:  # noqa: ANN401 - what a coroutine returns is not known here
        """Return what the coroutine returned, or raise what it raised."""
        value, error = self._ended()
        if error is not None:
            raise error
        return value

    def exception(self) -> BaseException | None:
        """Return what the coroutine raised, or None."""
        error = self._ended()[1]
        if isinstance(error, asyncio.CancelledError):
            raise error
        return error

    def _make_cancelled_error(self) -> BaseException:
        """Return what `result` raises when the coroutine was cancelled; asyncio.gather asks."""
        error = self._ended()[1]
        return asyncio.CancelledError() if error is None else error

    @property
    def _cancel_message(self) -> object:
        """The message of the cancellation; asyncio.gather looks at it."""
        arguments = self._make_cancelled_error().args
        return arguments[0] if arguments else None

    def _ended(self) -> tuple[Any, BaseException | None]:
        if self._outcome is None:
            raise asyncio.InvalidStateError("The coroutine has not ended.")
        return self._outcome

    def add_done_callback(
        self, fn: Callable[[Any], object], /, *, context: Context | None = None
    ) -> None:
        """Have a function called with this object when the coroutine has ended."""
        if context is None:
            context = copy_context()
        if self.done():
            self._loop.call_soon(fn, self, context=context)
        else:
            self._callbacks.append((fn, context))

    def remove_done_callback(self, fn: Callable[[Any], object], /) -> int:
        """Take a function back, and return how often it had been added."""
        kept = [pair for pair in self._callbacks if pair[0] != fn]
        removed = len(self._callbacks) - len(kept)
        self._callbacks = kept
        return removed

    def __await__(self) -> Generator[Any, None, Any]:
        if not self.done():
            self._asyncio_future_blocking = True
            yield self
        return self.result()

    __iter__ = __await__

    def set_result(self, result: object, /) -> None:
        """Refuse a result, as a Task does."""
        raise RuntimeError("A task gets its result from its coroutine")

    def set_exception(self, exception: object, /) -> None:
        """Refuse an exception, as a Task does."""
        raise RuntimeError("A task gets its exception from its coroutine")

    # What it is about

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop in which the coroutine runs."""
        return self._loop

    def get_coro(self) -> Any:  # noqa: ANN401 - a coroutine or a generator of any kind
        """Return the coroutine, or None when it has ended."""
        driver = self._driver()
        return None if driver is None else driver._generator

    def get_context(self) -> Context:
        """Return the context in which the coroutine runs."""
        return self._context

    def get_name(self) -> str:
        """Return the name of the Task."""
        if self._name is None:
            self._name = f"Deferred-{next(_numbers)}"
        return self._name

    def set_name(self, value: object, /) -> None:
        """Give the Task a name."""
        self._name = str(value)

    def get_stack(self, *, limit: int | None = None) -> list[FrameType]:
        """Return the frame in which the coroutine is suspended, if it has not ended."""
        coroutine = self.get_coro()
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        return [] if frame is None or limit == 0 else [frame]

    def print_stack(self, *, limit: int | None = None, file: TextIO | None = None) -> None:
        """Print where the coroutine is suspended."""
        for frame in self.get_stack(limit=limit):
            code = frame.f_code
            print(
                f'  File "{code.co_filename}", line {frame.f_lineno}, in {code.co_name}',
                file=file or sys.stderr,
            )


__all__ = ["CoroutineTask"]
