"""The texts that a failure prints of itself, in three degrees of detail.

`default` is what Python prints for an exception that nobody caught, with its causes, notes and
groups; `brief` is one line a frame; `verbose` is one line a frame and the variables, where the
failure was told to keep them.
"""

import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TypeVar

import twisted
from twisted.python._frames import Frame, tracebackFromFrames

EXCEPTION_CAUGHT_HERE = "--- <exception caught here> ---"
"""Divides the callers of the frame that caught the exception from the frames that raised it."""

_F = TypeVar("_F")

Write = Callable[[str], object]


def format_frames(frames: Iterable[Frame], write: Write, detail: str = "default") -> None:
    """Write the frames of a failure.

    Args:
        frames: The frames, outermost first.
        write: Is called with pieces of text.
        detail: `default` (as Python does), `brief` (a line each), `verbose` (a line each, and the
            variables) or `verbose-vars-not-captured` (a line each, as in `verbose`).

    Raises:
        ValueError: There is no such detail.
    """
    if detail == "default":
        # Without a frame Python's formatter has nothing to say either.
        for line in _summary(frames).format():
            write(line)
    elif detail == "brief":
        for name, filename, line_number, _, _ in frames:
            write(f"{filename}:{line_number}:{name}\n")
    elif detail in ("verbose", "verbose-vars-not-captured"):
        for frame in frames:
            _writeVerbose(frame, write, detail == "verbose")
    else:
        raise ValueError(f"detail must be 'default', 'brief' or 'verbose', not {detail!r}")


def _writeVerbose(frame: Frame, write: Write, withVariables: bool) -> None:
    """Write one frame with its variables."""
    name, filename, line_number, localz, globalz = frame
    write(f"{filename}:{line_number}: {name}(...)\n")
    if not withVariables:
        return
    for title, variables in ((" [ Locals ]\n", localz), (" ( Globals )\n", globalz)):
        write(title)
        for variable, text in variables:
            write(f"  {variable} : {text}\n")


def _summary(frames: Iterable[Frame]) -> traceback.StackSummary:
    """Return frames in the form that the standard library prints."""
    return traceback.StackSummary.from_list(
        [(filename, line, name, None) for name, filename, line, _, _ in frames]
    )


def _frameworkDirectories() -> tuple[str, ...]:
    """Return the directories that hold our own code."""
    return tuple(os.path.join(directory, "") for directory in twisted.__path__)


def _isFramework(filename: str, directories: Sequence[str]) -> bool:
    """Return whether a file is ours; modules in `twisted/plugins` are the users'."""
    for directory in directories:
        if filename.startswith(directory):
            return not filename.startswith(os.path.join(directory, "plugins", ""))
    return False


def _elided(frames: Sequence[_F], filename: Callable[[_F], str]) -> Sequence[_F]:
    """Return the frames that are not the framework's, or all of them where no other is left."""
    directories = _frameworkDirectories()
    return [frame for frame in frames if not _isFramework(filename(frame), directories)] or frames


def elideFrames(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Return the frames without those of the framework, unless nothing else would be left."""
    return _elided(frames, lambda frame: frame[1])


def _elideChain(exception: traceback.TracebackException) -> None:
    """Take the frames of the framework out of an exception and of all that it came from."""
    waiting: list[traceback.TracebackException | None] = [exception]
    while waiting:
        current = waiting.pop()
        if current is None:
            continue
        current.stack[:] = _elided(current.stack, lambda summary: summary.filename)
        waiting += [current.__cause__, current.__context__, *(current.exceptions or ())]


def defaultText(
    value: BaseException,
    tb: TracebackType | None,
    frames: Sequence[Frame],
    stack: Sequence[Frame],
    elide: bool,
) -> str:
    """Return what Python would print for an exception.

    Args:
        value: The exception.
        tb: Its traceback, or None where only the frames were kept.
        frames: Its frames.
        stack: The callers of the frame that caught it, as far as they were kept.
        elide: Whether to leave out frames of the framework, and the stack.
    """
    exception = traceback.TracebackException(
        type(value), value, tb or tracebackFromFrames(frames), compact=True
    )
    if elide:
        _elideChain(exception)
    # All but the exception's own part is about what it came from, which precedes the stack.
    own = list(exception.format(chain=False))
    lines = list(exception.format())
    if stack and not elide:
        header = len(lines) - len(own) + 1
        lines[header:header] = [*_summary(stack).format(), EXCEPTION_CAUGHT_HERE + "\n"]
    return "".join(lines)


__all__ = ["EXCEPTION_CAUGHT_HERE", "defaultText", "elideFrames", "format_frames"]
