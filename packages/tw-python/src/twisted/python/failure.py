"""An exception as an object that can be handed on, kept and looked at later.

A `Failure` is made where an exception is caught and does there no more than it must: it keeps the
exception and its traceback. Frames, texts and names are worked out when somebody asks for them.

A failure keeps what its traceback keeps: the frames, and by them the objects that they worked on.
It makes no reference cycle of its own, but one comes about when a frame of the traceback has the
failure in one of its variables. `cleanFailure` lets go of the frames; what was known of them can
still be printed.
"""

import builtins
import io
import itertools
import sys
from collections.abc import Coroutine, Generator, Sequence
from types import TracebackType
from typing import Any, NoReturn, Protocol, TypeAlias, TypeVar, overload

from twisted.python._failuretext import (
    EXCEPTION_CAUGHT_HERE,
    defaultText,
    elideFrames,
    format_frames,
)
from twisted.python._frames import Frame, framesAbove, framesOfTraceback, tracebackFromFrames
from twisted.python._qualifiedname import qual
from twisted.python._saferepr import safe_str

_E = TypeVar("_E", bound=BaseException)
_Y = TypeVar("_Y")

ErrorTypes: TypeAlias = "type[BaseException] | str | tuple[ErrorTypes, ...]"
"""What `check` and `trap` look for: classes, full names of classes, or tuples of them."""

traceupLength = 4
"""How many callers of the frame that caught the exception are kept with the variables."""

DO_POST_MORTEM = True
"""Whether `startDebugMode` opens the debugger for each failure."""

count: int = 0
"""The number of the failure that was numbered last; see `Failure.count`."""

_numbers = itertools.count(1)


class _Writable(Protocol):
    """What a failure is printed to."""

    def write(self, text: str, /) -> object:
        """Take a piece of text."""
        ...


class DefaultException(Exception):
    """Wraps what a failure was made from if it was no exception, a message for instance."""


class NoCurrentExceptionError(Exception):
    """A failure was made without an exception, where no exception is being handled."""


class Failure(BaseException):
    """An exception, its type and its traceback.

    Attributes:
        value: The exception.
        type: Its class.
        tb: Its traceback; None once the failure was cleaned, copied to another process, or where
            the exception was not raised.
        stack: The callers of the frame that caught the exception, as far as they were kept (only
            with `captureVars`): entries as those of `frames`.
        captureVars: Whether the variables of the frames were kept, as texts.
        pickled: 1 for a failure that was pickled, otherwise 0.
    """

    value: BaseException
    type: builtins.type[BaseException]
    tb: TracebackType | None
    stack: Sequence[Frame] = ()
    captureVars: bool = False
    pickled: int = 0
    _frames: Sequence[Frame] | None = None
    _parents: Sequence[str] | None = None
    _number: int | None = None

    def __init__(
        self,
        exc_value: object = None,
        exc_type: builtins.type[BaseException] | None = None,
        exc_tb: TracebackType | None = None,
        captureVars: bool = False,
    ) -> None:
        """Keep an exception.

        Args:
            exc_value: The exception; the one that is being handled, if left out. Another failure
                gives its exception and its class; what is neither is wrapped in a `DefaultException`.
            exc_type: The class to go by, if not the exception's own.
            exc_tb: The traceback, if not the exception's own.
            captureVars: Whether to keep the variables of the frames, as texts, and some callers
                of the frame that caught the exception; this is slow.

        Raises:
            NoCurrentExceptionError: No exception was given, and none is being handled.
        """
        if exc_value is None:
            exc_value = sys.exception()
            if exc_value is None:
                raise NoCurrentExceptionError(
                    "no exception is being handled here: make the Failure inside an except "
                    "block, or give it an exception: Failure(error)"
                )
        # Nearly always it is an Exception, which a Failure is not: one check is all it costs.
        if not isinstance(exc_value, Exception):
            if isinstance(exc_value, Failure):
                self.__dict__.update(exc_value.__dict__)
                if type(self) is Failure:
                    # One that a peer sent, and that `trap` raised, goes on knowing the peer's types.
                    self.__class__ = exc_value.__class__
                return
            if not isinstance(exc_value, BaseException):
                exc_value = DefaultException(exc_value)
        self.value = exc_value
        self.type = exc_type or exc_value.__class__
        self.tb = exc_tb or exc_value.__traceback__
        if captureVars:
            self.captureVars = True
            self._frames = framesOfTraceback(self.tb, True)
            caught = self.tb.tb_frame if self.tb is not None else sys._getframe()
            self.stack = framesAbove(caught, traceupLength, True)

    @property
    def frames(self) -> Sequence[Frame]:
        """The frames from the one that caught the exception to the one that raised it.

        Each is a tuple: the function's name, its file, the number of the line, the local and the
        global variables (lists of names and texts; empty without `captureVars`).
        """
        if self._frames is None:
            self._frames = framesOfTraceback(self.tb)
        return self._frames

    @frames.setter
    def frames(self, frames: Sequence[Frame]) -> None:
        self._frames = frames

    @property
    def parents(self) -> Sequence[str]:
        """The full names of the exception's class and of all its base classes."""
        if self._parents is None:
            self._parents = [qual(cls) for cls in self.type.__mro__]
        return self._parents

    @parents.setter
    def parents(self, parents: Sequence[str]) -> None:
        self._parents = parents

    @property
    def count(self) -> int:
        """A number that tells this failure from the others of the process.

        A failure gets its number when it is asked for it the first time.
        """
        global count
        if self._number is None:
            self._number = count = next(_numbers)
        return self._number

    @overload
    def check(self, *errorTypes: builtins.type[_E]) -> builtins.type[_E] | None: ...
    @overload
    def check(self, *errorTypes: ErrorTypes) -> builtins.type[BaseException] | str | None: ...
    def check(self, *errorTypes: ErrorTypes) -> builtins.type[BaseException] | str | None:
        """Return which of some types the exception is of.

        Args:
            errorTypes: Classes, full names of classes, or tuples of them.

        Returns:
            The first class or name that fits, as it was given; None if there is none.
        """
        known: object = self.type
        for error in errorTypes:
            if isinstance(error, tuple):
                found = self.check(*error)
                if found is not None:
                    return found
            elif isinstance(error, str):
                if error in self.parents:
                    return error
            elif isinstance(known, type) and issubclass(known, BaseException):
                if issubclass(known, error):
                    return error
            # A failure that another process reported knows its classes by their names.
            elif qual(error) in self.parents:
                return error
        return None

    @overload
    def trap(self, *errorTypes: builtins.type[_E]) -> builtins.type[_E]: ...
    @overload
    def trap(self, *errorTypes: ErrorTypes) -> builtins.type[BaseException] | str: ...
    def trap(self, *errorTypes: ErrorTypes) -> builtins.type[BaseException] | str:
        """Return which of some types the exception is of; raise it again if it is of none.

        An errback begins with `failure.trap(KeyError)` where a function would say
        `except KeyError:`.

        Args:
            errorTypes: Classes, full names of classes, or tuples of them.

        Returns:
            The first class or name that fits, as it was given.

        Raises:
            BaseException: The exception itself with its traceback, if nothing fits.
        """
        found = self.check(*errorTypes)
        if found is not None:
            return found
        try:
            self.raiseException()
        finally:
            # This frame joins the traceback; its variables must not lead back to the exception.
            del self

    def raiseException(self) -> NoReturn:
        """Raise the exception again, with the traceback that it had.

        Raises:
            BaseException: The exception itself.
        """
        try:
            raise self.value.with_traceback(self.tb)
        finally:
            del self  # as in trap

    def throwExceptionIntoGenerator(
        self,
        g: "Generator[_Y, Any, Any] | Coroutine[_Y, Any, Any]",
    ) -> _Y:
        """Raise the exception at the point where a generator or coroutine waits.

        Returns:
            What the generator yields next.

        Raises:
            StopIteration: The generator ended.
        """
        try:
            return g.throw(self.value.with_traceback(self.tb))
        finally:
            del self, g  # as in trap

    def getErrorMessage(self) -> str:
        """Return the exception's message: `str(value)`."""
        return safe_str(self.value)

    def getTracebackObject(self) -> TracebackType | None:
        """Return the traceback, or for a cleaned or pickled failure something that acts as one.

        Returns:
            What functions like `traceback.extract_tb` take; None if no frame is known.
        """
        if self.tb is not None:
            return self.tb
        return tracebackFromFrames(self.frames)

    def cleanFailure(self) -> None:
        """Let go of the frames and with them of every object that they hold.

        The names and line numbers of the frames are kept. The exception, those that it came from,
        and those in it if it is a group, lose their tracebacks; those of a group get a note that
        says where they were raised.
        """
        self._frames = self.frames
        self.tb = None
        super().__init__()  # takes off the arguments, among which may be the traceback
        waiting: list[BaseException | None] = [self.value]
        while waiting:
            exception = waiting.pop()
            if isinstance(exception, BaseExceptionGroup):
                for member in exception.exceptions:
                    _noteFrames(member)
                waiting += exception.exceptions
            if exception is not None and exception.__traceback__ is not None:
                exception.__traceback__ = None
                waiting += [exception.__cause__, exception.__context__]

    def getTraceback(self, elideFrameworkCode: int = 0, detail: str = "default") -> str:
        """Return the text that `printTraceback` prints."""
        text = io.StringIO()
        self.printTraceback(text, bool(elideFrameworkCode), detail)
        return text.getvalue()

    def getBriefTraceback(self) -> str:
        """Return the exception in a line, and a line for each frame."""
        return self.getTraceback(detail="brief")

    def printTraceback(
        self,
        file: _Writable | None = None,
        elideFrameworkCode: bool = False,
        detail: str = "default",
    ) -> None:
        """Print the exception and how it came about.

        Args:
            file: Where to; standard error, if left out.
            elideFrameworkCode: Whether to leave out frames of the framework.
            detail: `default` (as Python prints exceptions), `brief` (a line for each frame) or
                `verbose` (with the variables, if they were kept).

        Raises:
            ValueError: There is no such detail.
        """
        write = (sys.stderr if file is None else file).write
        if detail == "default":
            write(
                defaultText(
                    self.value, self.tb, self.frames, self.stack, elide=bool(elideFrameworkCode)
                )
            )
            return
        if detail == "verbose":
            kept = " (pickled)" if self.pickled else ""
            head = f"*--- Failure #{self.count}{kept} ---\n"
            tail = f"{self._described()}\n*--- End of Failure #{self.count} ---\n"
            detail = "verbose" if self.captureVars else "verbose-vars-not-captured"
        else:
            head = f"Traceback: {self._described()}\n"
            tail = ""
        stack, frames = self.stack, self.frames
        if elideFrameworkCode:
            stack, frames = (), elideFrames(frames)
        write(head)
        if stack:
            format_frames(stack, write, detail)
            write(EXCEPTION_CAUGHT_HERE + "\n")
        format_frames(frames, write, detail)
        write(tail)

    def printBriefTraceback(
        self, file: _Writable | None = None, elideFrameworkCode: bool = False
    ) -> None:
        """Print the exception in a line, and a line for each frame."""
        self.printTraceback(file, elideFrameworkCode, detail="brief")

    def printDetailedTraceback(
        self, file: _Writable | None = None, elideFrameworkCode: bool = False
    ) -> None:
        """Print the exception, and for each frame a line and the variables that were kept."""
        self.printTraceback(file, elideFrameworkCode, detail="verbose")

    def _described(self) -> str:
        """Return the type and the message."""
        known: object = self.type
        name = qual(known) if isinstance(known, type) else known
        return f"{name}: {self.getErrorMessage()}"

    def __str__(self) -> str:
        return f"[Failure instance: {self.getBriefTraceback()}]"

    def __repr__(self) -> str:
        return f"<{qual(type(self))} {self._described()}>"

    def __copy__(self) -> "Failure":
        duplicate = type(self).__new__(type(self))
        duplicate.__dict__.update(self.__dict__)
        return duplicate

    def __reduce__(self) -> tuple[object, ...]:
        return _emptyFailure, (type(self),), self.__getstate__()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_frames": self.frames, "tb": None, "pickled": 1}


def _noteFrames(exception: BaseException) -> None:
    """Add a note to an exception that says where it was raised, if that is known."""
    frames = framesOfTraceback(exception.__traceback__)
    if frames:
        lines = [f'  File "{file}", line {line}, in {name}' for name, file, line, *_ in frames]
        exception.add_note("\n".join(["It was raised here (most recent call last):", *lines]))


def _emptyFailure(cls: type[Failure]) -> Failure:
    """Return a failure that waits for its state, for pickle."""
    return cls.__new__(cls)


_makeFailure = Failure.__init__


def _debugFailure(
    self: Failure,
    exc_value: object = None,
    exc_type: type[BaseException] | None = None,
    exc_tb: TracebackType | None = None,
    captureVars: bool = False,
) -> None:
    """Make a failure, and open the debugger on it."""
    import pdb

    _makeFailure(self, exc_value, exc_type, exc_tb, captureVars)
    if DO_POST_MORTEM and self.tb is not None:
        frames = self.tb
        sys.stderr.write("Jumping into the debugger for a failure: " + self.getTraceback())
        pdb.post_mortem(frames)


def startDebugMode() -> None:
    """Open the debugger at each failure that is made from now on.

    Set `DO_POST_MORTEM` to False to stop it.
    """
    Failure.__init__ = _debugFailure  # type: ignore[method-assign]  # from here on


__all__ = [
    "DO_POST_MORTEM",
    "EXCEPTION_CAUGHT_HERE",
    "DefaultException",
    "Failure",
    "NoCurrentExceptionError",
    "count",
    "format_frames",
    "startDebugMode",
    "traceupLength",
]
