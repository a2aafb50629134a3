"""Publishers: observers that pass each event on to other observers."""

import sys
from collections.abc import Iterable
from threading import Lock

from twisted.logger import _interest
from twisted.logger._constants import NamedConstant
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr, safe_str


@implementer(ILogObserver)
class LogPublisher:
    """An observer that passes each event on to the observers that were added to it.

    No order is promised. An observer that raises an exception costs the others nothing: they get
    the event, and then one about the failure; where there are no others, a line on the standard
    error stream tells of it. Publishers may be called and changed in any thread.

    Args:
        observers: The first ones.
    """

    def __init__(self, *observers: ILogObserver) -> None:
        self._lock = Lock()
        # Replaced, never changed: whoever goes through it is not disturbed by additions.
        self._observers: tuple[ILogObserver, ...] = ()
        for observer in observers:
            self.addObserver(observer)

    def addObserver(self, observer: ILogObserver) -> None:
        """Pass events on to an observer, once even if it is added twice.

        Args:
            observer: A callable that takes an event.

        Raises:
            TypeError: It cannot be called.
        """
        self.replaceObservers((), (observer,))

    def removeObserver(self, observer: ILogObserver) -> None:
        """Pass no more events on to an observer; one that was not added is ignored.

        Args:
            observer: An observer that was given to `addObserver`.
        """
        self.replaceObservers((observer,), ())

    def replaceObservers(
        self, removed: Iterable[ILogObserver], added: Iterable[ILogObserver]
    ) -> None:
        """Remove and add observers in one step: every event goes to the ones or to the others.

        Args:
            removed: Observers that were added; others are ignored.
            added: Callables that take an event.

        Raises:
            TypeError: One of the added ones cannot be called.
        """
        gone = list(removed)
        new = [_checked(observer) for observer in added]
        with self._lock:
            kept = [each for each in self._observers if each not in gone]
            for observer in new:
                if observer not in kept:
                    kept.append(observer)
            self._observers = tuple(kept)
        _interest.changed()

    def __call__(self, event: LogEvent) -> None:
        """Pass an event on.

        Args:
            event: The event; every observer gets this same dictionary.
        """
        for observer in self._observers:
            try:
                observer(event)
            except Exception:
                self._reportBroken(observer)

    def _reportBroken(self, broken: ILogObserver) -> None:
        """Tell the other observers about the exception that one of them just raised."""
        failure = Failure()
        # A report that makes another observer fail is told to the ones that are left, so that
        # this ends. Logger is above this room.
        from twisted.logger._logger import Logger

        left = [each for each in self._observers if each != broken]
        if not left:
            _tellStandardError(broken, failure)
            return
        others = LogPublisher(*left)
        Logger(namespace="twisted.logger", observer=others).failure(
            "The log observer {observer!r} failed; it lost this event, and will get the next.",
            failure,
            observer=broken,
        )


def _tellStandardError(broken: ILogObserver, failure: Failure) -> None:
    """Say that an observer failed, where no other observer could say it."""
    # Not `sys.stderr`: what is written there may be logged. There is none in some processes.
    stream = sys.__stderr__
    if stream is None:
        return
    error = f"{failure.type.__name__}: {safe_str(failure.value)}"
    line = f"The log observer {safe_repr(broken)} failed ({error}), and there is no other to tell."
    try:
        stream.write(" ".join(line.split()) + "\n")
        stream.flush()
    except (OSError, ValueError):
        # It is full or closed as well: there is nobody left to tell.
        pass


def _checked(observer: ILogObserver) -> ILogObserver:
    """Return an observer.

    Raises:
        TypeError: It is none.
    """
    if not callable(observer):
        raise TypeError(f"an observer must be callable with an event; this is {observer!r}")
    return observer


@_interest.answersFor(LogPublisher)
def _wants(publisher: LogPublisher, level: NamedConstant, namespace: str) -> bool:
    """Return whether one of the observers of a publisher wants the events."""
    return any(
        _interest.wants(observer, level, namespace)
        for observer in publisher._observers  # the answer is a part of the publisher
    )


def bitbucketLogObserver(event: LogEvent) -> None:
    """Ignore an event.

    Args:
        event: The event.
    """


__all__ = ["LogPublisher", "bitbucketLogObserver"]
