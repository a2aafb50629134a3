"""Failures that go over a connection: what is sent of them, and what arrives."""

import sys
from types import TracebackType
from typing import Any

from twisted.python.failure import ErrorTypes, Failure
from twisted.python.reflect import qual
from twisted.spread._copyable import Copyable, RemoteCopy
from twisted.spread._pberrors import RemoteError
from twisted.spread._shown import shown
from twisted.spread._tasters import InsecureJelly
from twisted.spread._unjellyables import setUnjellyableForClass
from twisted.spread.interfaces import Expression, IJellier, IUnjellier

_MODULE = "twisted.spread.pb"

MAX_ERROR_TEXT = 64 * 1024
"""How many characters of a message or traceback are sent."""

UNAVAILABLE = "Traceback unavailable\n"


class CopyableFailure(Failure, Copyable):
    """A failure as it is sent.

    Attributes:
        unsafeTracebacks: Whether the traceback is sent as well, which tells the peer much about
            this program.
    """

    __module__ = _MODULE

    unsafeTracebacks: bool | int = False

    def getStateToCopy(self) -> dict[str, object]:
        """Return the names of the class and its bases, the message, and the traceback if allowed."""
        known: object = self.type
        name = qual(known) if isinstance(known, type) else str(known)
        return {
            "type": name.encode(),
            "value": self.getErrorMessage()[:MAX_ERROR_TEXT],
            "parents": list(self.parents),
            "traceback": self.getTraceback()[-MAX_ERROR_TEXT:]
            if self.unsafeTracebacks
            else UNAVAILABLE,
            # What other peers expect of a failure.
            "count": self.count,
            "captureVars": False,
            "tb": None,
            "frames": [],
            "stack": [],
        }

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return the name under which all failures are sent, and the state."""
        expression = jellier.prepare(self)
        expression += (b"twisted.spread.pb.CopyableFailure", jellier.jelly(self.getStateToCopy()))
        return jellier.preserve(self, expression)


class CopiedFailure(RemoteCopy, Failure):
    """A failure that a peer sent.

    `check` and `trap` find the classes of the peer by their full names, given as classes or as
    text; bases count as well. `value` is a `RemoteError`, which is also what a coroutine sees.

    Attributes:
        type: The full name of the exception's class.
        traceback: The peer's traceback, as far as it tells.
    """

    __module__ = _MODULE

    # A class of the peer is known by its name.
    type: str  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]
    traceback: str = UNAVAILABLE

    # Declared again, since type checkers take what a subclass assigns for something of its own.
    value: BaseException
    tb: TracebackType | None

    def setCopyableState(self, state: Any) -> None:  # noqa: ANN401 - what the peer sent
        """Take what the peer tells, and nothing else.

        Args:
            state: What `CopyableFailure.getStateToCopy` returned at the sender.

        Raises:
            InsecureJelly: That is not what it is.
        """
        if not isinstance(state, dict):
            raise InsecureJelly("the state of a failure has to be a dictionary")
        parents = state.get("parents")
        name = _text(state.get("type"))
        self.type = name  # pyright: ignore[reportIncompatibleVariableOverride]
        self.parents = [_text(parent) for parent in parents] if isinstance(parents, list) else []
        if name not in self.parents:
            self.parents = [name, *self.parents]
        self.traceback = _text(state.get("traceback"))
        self.value = RemoteError(name, _text(state.get("value")), self.traceback)
        self.tb = None
        self.frames = ()

    def unjellyFor(self, unjellier: IUnjellier, jellyList: list[Expression]) -> object:
        """Take what was received, over a connection or not."""
        unjellier.unjellyState(self.setCopyableState, jellyList[1])
        return self

    # The overloads of the base are for classes; here what fits is told apart by name.
    def trap(self, *errorTypes: ErrorTypes) -> Any:  # noqa: ANN401 - what was given
        """Return which of some types the exception is of; otherwise raise this failure itself.

        The next errback then knows the peer's class as well.

        Args:
            errorTypes: Classes, full names of classes, or tuples of them.

        Returns:
            The first class or name that fits, as it was given.

        Raises:
            CopiedFailure: Nothing fits.
        """
        found = self.check(*errorTypes)
        if found is not None:
            return found
        try:
            raise self
        finally:
            del self

    def printTraceback(
        self,
        file: Any = None,  # noqa: ANN401 - as that of Failure
        elideFrameworkCode: bool | int = False,
        detail: str = "default",
    ) -> None:
        """Print the peer's traceback, or in the brief form the class and the message.

        Args:
            file: Where to; standard error, if left out.
            elideFrameworkCode: Changes nothing: the peer's traceback is text.
            detail: `brief`, or anything else for the traceback.
        """
        if detail == "brief":
            super().printTraceback(file, bool(elideFrameworkCode), detail)
            return
        lines = [f"Traceback from the other end of the connection: {self.traceback}"]
        if self.traceback == UNAVAILABLE:
            lines.append(f"{self.type}: {self.getErrorMessage()}\n")
        (sys.stderr if file is None else file).write("".join(lines))

    def printBriefTraceback(
        self,
        file: Any = None,  # noqa: ANN401 - as that of Failure
        elideFrameworkCode: bool | int = False,
        detail: str = "default",
    ) -> None:
        """Print the class and the message."""
        self.printTraceback(file, elideFrameworkCode, "brief")

    def printDetailedTraceback(
        self,
        file: Any = None,  # noqa: ANN401 - as that of Failure
        elideFrameworkCode: bool | int = False,
        detail: str = "default",
    ) -> None:
        """Print the peer's traceback."""
        self.printTraceback(file, elideFrameworkCode, "verbose")


def _text(value: object) -> str:
    """Return what should be text and may be anything."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else shown(value)


def failure2Copyable(fail: Failure, unsafeTracebacks: bool | int = 0) -> CopyableFailure:
    """Return a failure in the form in which it can be sent.

    Args:
        fail: The failure.
        unsafeTracebacks: Whether its traceback is sent.
    """
    copyable = CopyableFailure.__new__(CopyableFailure)
    copyable.__dict__.update(fail.__dict__)
    copyable.unsafeTracebacks = unsafeTracebacks
    return copyable


setUnjellyableForClass(CopyableFailure, CopiedFailure)

__all__ = ["MAX_ERROR_TEXT", "CopiedFailure", "CopyableFailure", "failure2Copyable"]
