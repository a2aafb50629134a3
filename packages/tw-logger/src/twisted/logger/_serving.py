"""Whose turn it is.

A reactor says here, for its thread, which descriptor it is serving. `twisted.python.log` asks that
one for its `logPrefix` when a message is made, so that a line tells which connection it is about.
Saying it costs an assignment; the prefix costs nothing where nothing is logged.
"""

from threading import local
from typing import Protocol


class HasLogPrefix(Protocol):
    """Something with a name for the log: `twisted.internet.interfaces.ILoggingContext`."""

    def logPrefix(self) -> str:
        """Return what stands between the brackets of a line."""
        ...


class Serving(local):
    """What is being served in each thread.

    Attributes:
        source: What the current thread is serving, or None.
    """

    source: HasLogPrefix | None = None


serving: Serving = Serving()

__all__ = ["HasLogPrefix", "Serving", "serving"]
