"""A log observer that keeps what it sees."""

from collections.abc import Callable, Sequence
from typing import Protocol, Self, overload

from twisted.logger import ILogObserver, LogEvent, LogPublisher
from twisted.python.components import classImplements


class _Cleaning(Protocol):
    """A test case that can put things away."""

    def addCleanup(self, function: Callable[..., object], /, *args: object) -> object:
        """Have a function called when the test is over."""


class EventLoggingObserver(Sequence[LogEvent]):
    """The events that were logged, in order."""

    def __init__(self) -> None:
        self._events: list[LogEvent] = []

    @overload
    def __getitem__(self, index: int) -> LogEvent: ...

    @overload
    def __getitem__(self, index: slice) -> list[LogEvent]: ...

    def __getitem__(self, index: int | slice) -> LogEvent | list[LogEvent]:
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __call__(self, event: LogEvent) -> None:
        """Keep an event.

        Args:
            event: The event.
        """
        self._events.append(event)

    @classmethod
    def createWithCleanup(cls, testInstance: _Cleaning, publisher: LogPublisher) -> Self:
        """Return an observer that observes until the test is over.

        Args:
            testInstance: The test case (its `addCleanup` is used).
            publisher: What to observe.
        """
        observer = cls()
        publisher.addObserver(observer)
        testInstance.addCleanup(publisher.removeObserver, observer)
        return observer


classImplements(EventLoggingObserver, ILogObserver)
