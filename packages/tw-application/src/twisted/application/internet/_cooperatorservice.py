"""A service that works on many tasks in turns while it runs."""

from collections.abc import Iterator
from typing import TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator

_IteratorT = TypeVar("_IteratorT", bound=Iterator[object])


class CooperatorService(Service):
    """Works on iterators, a step of each at a time, while it runs.

    Attributes:
        coop: What does the work; `twisted.internet.task.Cooperator` says how.
    """

    def __init__(self) -> None:
        self.coop: Cooperator = Cooperator(started=False)

    def coiterate(self, iterator: _IteratorT) -> Deferred[_IteratorT]:
        """Work on an iterator; before the service is started, it waits.

        Args:
            iterator: Does a step of the work each time it is asked for its next value. If that is
                a Deferred, the next step waits for it.

        Returns:
            A Deferred that fires with the iterator when it is exhausted; or fails with what it
            raised, or with `SchedulerStopped` when the service stops.
        """
        return self.coop.coiterate(iterator)

    def startService(self) -> None:
        """Begin to work."""
        super().startService()
        self.coop.start()

    def stopService(self) -> None:
        """Stop working; what was not finished fails."""
        super().stopService()
        self.coop.stop()
