"""What a failure keeps of frames, and how that is turned back into a traceback.

A frame is kept as a plain tuple of names and numbers: it holds no reference to the objects that
the frame worked on, and it can be pickled. For the functions of the standard library that want a
traceback object, `tracebackFromFrames` makes one that looks real enough.
"""

from collections.abc import Iterator, Sequence
from types import FrameType, TracebackType
from typing import cast

from twisted.python._saferepr import safe_repr

Variables = list[tuple[str, str]]
"""Names of variables and the texts of their values."""

Frame = tuple[str, str, int, Variables, Variables]
"""A function's name, its file, the number of the line, the local and the global variables."""

maxVariableLength = 4096
"""How many characters of a variable's text are kept, at most."""


def _variables(namespace: dict[str, object]) -> Variables:
    """Return the texts of the variables of a namespace."""
    texts = []
    for name, value in namespace.items():
        text = safe_repr(value)
        if len(text) > maxVariableLength:
            text = text[:maxVariableLength] + "..."
        texts.append((name, text))
    return texts


def _describe(frame: FrameType, line: int, captureVars: bool) -> Frame:
    """Return what is kept of a frame."""
    code = frame.f_code
    if not captureVars:
        return (code.co_name, code.co_filename, line, [], [])
    # Modules have one namespace; it would be printed twice.
    globalz = {} if frame.f_globals is frame.f_locals else frame.f_globals
    return (
        code.co_name,
        code.co_filename,
        line,
        _variables(frame.f_locals),
        _variables(globalz),
    )


def framesOfTraceback(tb: TracebackType | None, captureVars: bool = False) -> list[Frame]:
    """Return the frames of a traceback, outermost first."""
    frames = []
    while tb is not None:
        frames.append(_describe(tb.tb_frame, tb.tb_lineno, captureVars))
        tb = tb.tb_next
    return frames


def framesAbove(frame: FrameType | None, limit: int, captureVars: bool = False) -> list[Frame]:
    """Return the callers of a frame, outermost first.

    Args:
        frame: The frame whose callers are asked for.
        limit: How many of them, at most: the nearest.
        captureVars: Whether to keep the texts of their variables.
    """
    frames: list[Frame] = []
    caller = frame.f_back if frame is not None else None
    while caller is not None and len(frames) < limit:
        frames.append(_describe(caller, caller.f_lineno, captureVars))
        caller = caller.f_back
    frames.reverse()
    return frames


class _FrozenCode:
    """Stands for the code object of a frame that is no more."""

    def __init__(self, name: str, filename: str) -> None:
        self.co_name = name
        self.co_qualname = name
        self.co_filename = filename
        self.co_firstlineno = 0
        self.co_flags = 0

    def co_positions(self) -> Iterator[tuple[int | None, int | None, int | None, int | None]]:
        """Yield nothing: no columns are known."""
        return iter(())


class _FrozenFrame:
    """Stands for a frame that is no more."""

    f_back = None

    def __init__(self, frame: Frame) -> None:
        name, filename, line, localz, globalz = frame
        self.f_code = _FrozenCode(name, filename)
        self.f_lineno = line
        self.f_lasti = -1
        self.f_locals = dict(localz)
        self.f_globals = dict(globalz)
        self.f_builtins: dict[str, object] = {}


class _FrozenTraceback:
    """Stands for an entry of a traceback that is no more."""

    # Below zero, the standard library looks for no columns.
    tb_lasti = -1

    def __init__(self, frame: Frame, following: "_FrozenTraceback | None") -> None:
        self.tb_frame = _FrozenFrame(frame)
        self.tb_lineno = frame[2]
        self.tb_next = following


def tracebackFromFrames(frames: Sequence[Frame]) -> TracebackType | None:
    """Return an object that the `traceback` module takes for a traceback with these frames."""
    tb: _FrozenTraceback | None = None
    for frame in reversed(frames):
        tb = _FrozenTraceback(frame, tb)
    return cast("TracebackType | None", tb)


__all__ = [
    "Frame",
    "Variables",
    "framesAbove",
    "framesOfTraceback",
    "maxVariableLength",
    "tracebackFromFrames",
]
