"""Looking at what is logged, for tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from twisted.logger._globalpublisher import globalLogPublisher
from twisted.logger._interfaces import LogEvent


@contextmanager
def capturedLogs() -> Iterator[Sequence[LogEvent]]:
    """Return a context manager whose value lists what the global publisher got in its body.

    The other observers get these events as ever.

    Returns:
        The context manager; its list grows until the body ends.
    """
    events: list[LogEvent] = []
    observer = events.append
    globalLogPublisher.addObserver(observer)
    try:
        yield events
    finally:
        globalLogPublisher.removeObserver(observer)


__all__ = ["capturedLogs"]
