"""Helpers for what a program shows: the last lines of something, a bar of progress, each call."""

import sys
from collections import deque
from types import FrameType
from typing import Protocol

from twisted.python._qualifiedname import qual


class LineLog:
    """Keeps the last lines that were added to it."""

    def __init__(self, size: int = 10) -> None:
        """Begin without lines.

        Args:
            size: How many lines are kept at most.
        """
        self.log: deque[bytes] = deque(maxlen=size)

    def append(self, line: bytes) -> None:
        """Add a line; the oldest goes where there are too many."""
        self.log.append(line)

    def str(self) -> bytes:
        """Return the lines, with line feeds between them."""
        return bytes(self)

    def __bytes__(self) -> bytes:
        return b"\n".join(self.log)

    def __getitem__(self, item: slice) -> list[bytes]:
        return list(self.log)[item]

    def clear(self) -> None:
        """Forget the lines."""
        self.log.clear()


class StatBar(Protocol):
    """Draws a bar of progress."""

    def __call__(self, position: float, force: int = 0) -> str:
        """Return the bar for a position.

        Args:
            position: How far it is.
            force: Whether to return the bar even if it looks as the last time.

        Returns:
            The bar; an empty text if it looks as the last time.
        """
        ...


def makeStatBar(
    width: int,
    maxPosition: float,
    doneChar: str = "=",
    undoneChar: str = "-",
    currentChar: str = ">",
) -> StatBar:
    """Return a function that draws a bar of progress such as `[===>------]`.

    Args:
        width: How many columns the bar has, the brackets included; 3 at least.
        maxPosition: The position at the right end.
        doneChar: Stands for what is done.
        undoneChar: Stands for what is not.
        currentChar: Stands between the two.
    """
    room = max(width - 3, 0)
    last = ""

    def statBar(position: float, force: int = 0) -> str:
        """Draw a bar."""
        nonlocal last
        done = min(max(int(position * room / maxPosition), 0), room)
        bar = f"[{doneChar * done}{currentChar}{undoneChar * (room - done)}]"
        if bar == last and not force:
            return ""
        last = bar
        return bar

    return statBar


def spewer(frame: FrameType, s: str, ignored: object) -> None:
    """Print each call of a function: `sys.settrace(spewer)`.

    Args:
        frame: The frame that was entered.
        s: What happened; calls are printed.
        ignored: What else Python tells.
    """
    if s != "call":
        return
    code = frame.f_code
    instance = frame.f_locals.get("self")
    if instance is None:
        text = f"function {code.co_name} in {code.co_filename}, line {frame.f_lineno}"
    else:
        text = f"method {code.co_name} of {qual(type(instance))} at {id(instance)}"
    sys.stdout.write(text + "\n")


__all__ = ["LineLog", "StatBar", "makeStatBar", "spewer"]
