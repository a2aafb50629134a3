"""Keeping the last events in memory."""

from collections import deque

from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.python.components import implementer

DEFAULT_HISTORY = 64 * 1024
"""How many events are kept by default."""


@implementer(ILogObserver)
class LimitedHistoryLogObserver:
    """An observer that keeps the last events, and passes them on when it is asked to.

    Args:
        size: How many events are kept: the oldest are forgotten. None keeps all of them.
    """

    def __init__(self, size: int | None = DEFAULT_HISTORY) -> None:
        self._events: deque[LogEvent] = deque(maxlen=size)

    def __call__(self, event: LogEvent) -> None:
        """Keep an event.

        Args:
            event: The event.
        """
        self._events.append(event)

    def replayTo(self, otherObserver: ILogObserver) -> None:
        """Pass the events that are kept on to an observer, oldest first. They are kept.

        Args:
            otherObserver: The observer.
        """
        # A copy: the observer may log.
        for event in list(self._events):
            otherObserver(event)


__all__ = ["DEFAULT_HISTORY", "LimitedHistoryLogObserver"]
