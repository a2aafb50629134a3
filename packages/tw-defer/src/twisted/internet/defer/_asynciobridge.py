"""Coroutines beside asyncio: what the seam asks for, in a program that has imported asyncio.

Both ways the same three things cross: a result or an error with its traceback, a request to cancel,
and the context, since each side runs its own coroutines in their own.
"""

from __future__ import annotations

import asyncio
from asyncio.events import _get_running_loop
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from twisted.internet.defer._asynciotask import CoroutineTask
from twisted.internet.defer._asynciowaits import AsyncioWait, TaskWait
from twisted.internet.defer._coroutines import _Driven
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._results import fail

_T = TypeVar("_T")


def surround(driver: Deferred[Any], run: Callable[..., Any]) -> Callable[..., Any]:
    """Return what runs the next steps of a coroutine: its Task, once it runs in a loop."""
    loop = _get_running_loop()
    if loop is None:
        return run
    task: object = run.__self__  # type: ignore[attr-defined]
    if isinstance(task, CoroutineTask):
        if task.get_loop() is loop:
            return run
        # It began in a loop that is over.
        run = task.get_context().run
    assert isinstance(driver, _Driven)
    return CoroutineTask(driver, run, loop).run


def waitFor(driver: Deferred[Any], awaited: object) -> Deferred[Any] | None:
    """Return a Deferred of what a coroutine awaits, or None for what is nothing to wait for."""
    loop = _get_running_loop()
    if awaited is None:
        return None if loop is None else _turnOf(loop)
    blocking = getattr(awaited, "_asyncio_future_blocking", None)
    if blocking is None:
        return None
    future: asyncio.Future[Any] = awaited  # type: ignore[assignment]
    # asyncio's own sign that somebody waits for the future, to be taken down by who does.
    future._asyncio_future_blocking = False
    if loop is None:
        return fail(
            RuntimeError(
                f"{future!r} cannot be waited for: no event loop of asyncio runs in this thread. "
                "Run the coroutine inside of one, such as by the asyncio reactor or asyncio.run"
            )
        )
    if future.get_loop() is not loop:
        return fail(
            RuntimeError(f"{future!r} cannot be waited for: it belongs to another event loop")
        )
    assert isinstance(driver, _Driven)
    if future is driver._runStep.__self__:  # type: ignore[attr-defined]
        return fail(RuntimeError("A coroutine cannot wait for itself"))
    return AsyncioWait(future, wantsResult=not blocking)


def _turnOf(loop: asyncio.AbstractEventLoop) -> Deferred[None]:
    """Return a Deferred that fires in the next turn of a loop."""
    deferred: Deferred[None] = Deferred(lambda cancelled: handle.cancel())
    handle = loop.call_soon(deferred.callback, None)
    return deferred


def awaitIn(deferred: Deferred[_T]) -> Generator[Any, Any, _T] | None:
    """Return a generator that waits in the Task of asyncio that runs, if one does."""
    # Asked for here too, since most Deferreds are awaited where no loop runs.
    if _get_running_loop() is None:
        return None
    task = taskThatDrives()
    if task is None:
        return None
    return _waitInTask(TaskWait(deferred, task.get_loop()))


def _waitInTask(future: TaskWait[_T]) -> Generator[Any, Any, _T]:
    return (yield from future)


def taskThatDrives() -> asyncio.Task[Any] | None:
    """Return the Task of asyncio's own that runs now, or None where none does.

    None is also returned inside of a coroutine that a Deferred drives.
    """
    loop = _get_running_loop()
    if loop is None:
        return None
    task: object = asyncio.current_task(loop)
    return task if isinstance(task, asyncio.Task) else None


__all__ = ["awaitIn", "surround", "taskThatDrives", "waitFor"]
