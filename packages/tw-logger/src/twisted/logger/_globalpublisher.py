"""The publisher that every `Logger` without an observer of its own sends its events to."""

from threading import local

from twisted.logger import _interest
from twisted.logger._interfaces import LogEvent
from twisted.logger._publisher import LogPublisher, _wants

MAXIMUM_NESTING = 10
"""How many events may be under way at once in a thread, each logged by an observer of the last.

An observer that logs something whenever it is called would otherwise never end, and two of them
would double the number of events with each step.
"""


class _Depth(local):
    """How many events the current thread is publishing."""

    value = 0


class GlobalLogPublisher(LogPublisher):
    """A publisher that knows which threads are in it."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = _Depth()

    def isPublishing(self) -> bool:
        """Return whether the current thread is calling observers now."""
        return self._depth.value > 0

    def __call__(self, event: LogEvent) -> None:
        """Pass an event on.

        Args:
            event: The event.

        Raises:
            RecursionError: The observer that logs this is called for an event that was logged by
                an observer, and so on, `MAXIMUM_NESTING` deep. Only observers see this.
        """
        depth = self._depth
        if depth.value >= MAXIMUM_NESTING:
            raise RecursionError(
                f"{MAXIMUM_NESTING} log events are under way, each logged by an observer of the"
                " one before: an observer that logs must leave out its own events"
            )
        depth.value += 1
        try:
            super().__call__(event)
        finally:
            depth.value -= 1


_interest.answersFor(GlobalLogPublisher)(_wants)

globalLogPublisher: GlobalLogPublisher = GlobalLogPublisher()

__all__ = ["MAXIMUM_NESTING", "GlobalLogPublisher", "globalLogPublisher"]
