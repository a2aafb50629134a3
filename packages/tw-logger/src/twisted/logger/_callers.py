"""Which line of the program logs."""

import sys
from types import FrameType

# The rooms of logging: the two packages, and what a context manager or a call with a context of
# theirs runs through.
_OWN_PACKAGES = ("twisted.logger", "twisted.python.log")


def _isOwn(frame: FrameType) -> bool:
    """Return whether a frame belongs to the rooms of logging."""
    name = frame.f_globals.get("__name__")
    return isinstance(name, str) and (
        name in _OWN_PACKAGES or name.startswith(tuple(own + "." for own in _OWN_PACKAGES))
    )


def callerOfLogging(further: int = 0) -> FrameType | None:
    """Return the nearest frame outside of the rooms of logging, or one above it.

    Args:
        further: How many calls above it, as far as there are any.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _isOwn(frame):
        frame = frame.f_back
    while further > 0 and frame is not None and frame.f_back is not None:
        frame = frame.f_back
        further -= 1
    return frame


__all__ = ["callerOfLogging"]
