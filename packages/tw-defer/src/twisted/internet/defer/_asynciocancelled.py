"""The error of a cancelled coroutine that runs in an event loop of asyncio.

asyncio has a `CancelledError` of its own, which is no `Exception`. Who asked decides which one is
raised where a coroutine of ours waits for a Deferred. After `Deferred.cancel`, which is how code
that knows Deferreds asks, it is an `AsyncioCancelledError`, which is of both kinds: it is caught
where our error is looked for, and what is written for asyncio takes it for a cancellation, too.
After the `cancel` of a Task it is exactly asyncio's own, since that is what `asyncio.timeout` and
others compare with. Out of the coroutine comes an error of both kinds in each case.

A Task of asyncio that waits for a Deferred gets asyncio's own: code that is run as a Task may well
catch `Exception` and go on.
"""

from __future__ import annotations

import asyncio

from twisted.internet.defer._errors import CancelledError


class AsyncioCancelledError(CancelledError, asyncio.CancelledError):
    """A coroutine was cancelled that runs in an event loop of asyncio.

    Handlers of either kind catch it, and it is an `Exception`, as our own error is.
    """

    __module__ = "twisted.internet.defer"


def ofBothKinds(error: BaseException) -> AsyncioCancelledError:
    """Return a cancellation of either kind as one of both kinds."""
    if isinstance(error, AsyncioCancelledError):
        return error
    both = AsyncioCancelledError(*error.args).with_traceback(error.__traceback__)
    both.__cause__ = error.__cause__
    both.__context__ = error.__context__
    both.__suppress_context__ = error.__suppress_context__
    for note in getattr(error, "__notes__", ()):
        both.add_note(note)
    return both


__all__ = ["AsyncioCancelledError", "ofBothKinds"]
