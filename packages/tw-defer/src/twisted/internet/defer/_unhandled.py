"""What becomes of errors that nobody handled, and the stacks kept while debugging.

A Deferred that comes to rest on a Failure hands it to a `DebugInfo`. Nobody but that Deferred
refers to it, so the two are collected together, and the finalizer of `DebugInfo` is where we learn
that no errback will come any more. A Deferred that never fails has none: it costs nothing.
"""

import traceback
from sys import _getframe
from types import FrameType
from typing import Final

from twisted.logger import Logger
from twisted.python.failure import Failure

_PACKAGE: Final = "twisted.internet.defer"

_log = Logger(namespace="twisted.internet.defer")


def callersStack() -> list[str]:
    """Return the stack of the code that called into this package, as text lines.

    Our own frames are left out; in the compiled form there are none.
    """
    frame = _getframe()
    while frame.f_back is not None and isOwn(frame):
        frame = frame.f_back
    return traceback.format_stack(frame)


def isOwn(frame: FrameType) -> bool:
    """Return whether a frame runs code of this package."""
    name = frame.f_globals.get("__name__", "")
    return isinstance(name, str) and (name == _PACKAGE or name.startswith(_PACKAGE + "."))


class DebugInfo:
    """The unhandled failure of a Deferred, and where the Deferred was made and fired.

    Attributes:
        failResult: The failure that no errback has handled so far.
        creator: The stack that made the Deferred, as text lines; only while debugging.
        invoker: The stack that fired it, as text lines; only while debugging.
    """

    __slots__ = ("__weakref__", "creator", "failResult", "invoker")

    def __init__(self) -> None:
        self.failResult: Failure | None = None
        self.creator: list[str] | None = None
        self.invoker: list[str] | None = None

    def stacks(self) -> str:
        """Return the recorded stacks as text, empty where none was recorded."""
        text = ""
        for what, lines in (("created", self.creator), ("first invoked", self.invoker)):
            if lines is not None:
                body = "".join(f" {line}" for line in "".join(lines).splitlines(keepends=True))
                text += (
                    f" C: Deferred was {what}:\n{body}"
                    if what == "created"
                    else (f" I: Deferred was {what}:\n{body}")
                )
        return text

    def __del__(self) -> None:
        failure = self.failResult
        if failure is None:
            return
        stacks = self.stacks()
        if stacks:
            _log.failure(
                "Unhandled error in Deferred:\n(debug: {debugInfo})", failure, debugInfo=stacks
            )
        else:
            _log.failure("Unhandled error in Deferred:", failure)


def logError(failure: Failure) -> Failure:
    """Log a failure as critical and pass it on: an errback that only watches."""
    _log.failure("Error in Deferred:", failure)
    return failure


__all__ = ["DebugInfo", "logError"]
