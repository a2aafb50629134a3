"""The errors that are logged while tests run.

One observer listens to the log of the process from the first test on. What it hears during a test
belongs to that test; what it hears between two tests belongs to the one before, and the suite asks
for it.
"""

from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure


class LoggedErrors:
    """Collects the failures that are logged.

    Attributes:
        test: The name of the test that runs, or ran last.
    """

    def __init__(self) -> None:
        """Collect nothing yet."""
        self.test = ""
        self._failures: list[Failure] = []
        self._listening = False

    @property
    def any(self) -> bool:
        """Whether there is something to take."""
        return bool(self._failures)

    def listen(self) -> None:
        """Begin to collect; harmless if it has begun."""
        if not self._listening:
            self._listening = True
            globalLogPublisher.addObserver(self.gotEvent)

    def ignore(self) -> None:
        """Stop collecting, and forget what was collected."""
        if self._listening:
            self._listening = False
            globalLogPublisher.removeObserver(self.gotEvent)
        self._failures.clear()

    def gotEvent(self, event: LogEvent) -> None:
        """Look at an event of the log, and keep its failure if it has one.

        Args:
            event: The event.
        """
        failure = event.get("log_failure")
        if failure is None and event.get("isError"):
            failure = event.get("failure")
        if isinstance(failure, Failure):
            self._failures.append(failure)

    def take(self, *errorTypes: type[BaseException]) -> list[Failure]:
        """Return what was collected, oldest first, and forget it.

        Args:
            errorTypes: Only failures with these classes of exceptions; all, if none is given.
        """
        if not self._failures:
            return []
        taken: list[Failure] = []
        left: list[Failure] = []
        for failure in self._failures:
            (taken if not errorTypes or failure.check(*errorTypes) else left).append(failure)
        self._failures[:] = left
        return taken


loggedErrors = LoggedErrors()
"""What collects for all tests of the process."""


__all__ = ["LoggedErrors", "loggedErrors"]
