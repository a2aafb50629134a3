"""Running a test again that failed; one that passes then is flaky, and counted as such."""

import copy
from typing import Any

from twisted.python.components import implementer
from twisted.trial._decorating import TestDecorator
from twisted.trial._kinds import AnyReporter, AnyTest
from twisted.trial._pyunit import reporterFor
from twisted.trial.itrial import Error, IReporter


@implementer(IReporter)
class Recording:
    """Notes what a test tells, so that a reporter can be told later, or not at all.

    Attributes:
        failed: Whether there was an error or a failure.
    """

    def __init__(self, reporter: IReporter) -> None:
        """Note nothing yet.

        Args:
            reporter: Who may be told later.
        """
        self._reporter = reporter
        self._calls: list[tuple[str, tuple[Any, ...]]] = []
        self.failed = False

    @property
    def shouldStop(self) -> bool:
        """Whether no more tests are to be run."""
        return self._reporter.shouldStop

    @property
    def testsRun(self) -> int:
        """How many tests were started so far."""
        return self._reporter.testsRun

    def startTest(self, method: AnyTest) -> None:
        """Ignore that a test begins: the reporter knows it already."""

    def stopTest(self, method: AnyTest) -> None:
        """Ignore that a test is over: it may begin again."""

    def addSuccess(self, test: AnyTest) -> None:
        """Note that a test passed."""
        self._calls.append(("addSuccess", ()))

    def addError(self, test: AnyTest, error: Error) -> None:
        """Note an error."""
        self.failed = True
        self._calls.append(("addError", (error,)))

    def addFailure(self, test: AnyTest, failure: Error) -> None:
        """Note a failure."""
        self.failed = True
        self._calls.append(("addFailure", (failure,)))

    def addExpectedFailure(self, test: AnyTest, failure: Error, todo: AnyTest = None) -> None:
        """Note a failure that was expected."""
        self._calls.append(("addExpectedFailure", (failure, todo)))

    def addUnexpectedSuccess(self, test: AnyTest, todo: AnyTest = None) -> None:
        """Note a success that was not expected."""
        self._calls.append(("addUnexpectedSuccess", (todo,)))

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Note that a test was skipped."""
        self._calls.append(("addSkip", (reason,)))

    def wasSuccessful(self) -> bool:
        """Return whether there was neither an error nor a failure."""
        return not self.failed

    def done(self) -> None:
        """Do nothing: a single test does not end a run."""

    def replay(self, test: AnyTest) -> None:
        """Tell the reporter what was noted.

        Args:
            test: The test.
        """
        for name, args in self._calls:
            getattr(self._reporter, name)(test, *args)


class Rerunning(TestDecorator):
    """Runs a test again when it fails."""

    def __init__(self, original: AnyTest, reruns: int) -> None:
        """Stand for a test.

        Args:
            original: The test.
            reruns: How often to run it again, at most.
        """
        super().__init__(original)
        self._reruns = reruns

    def run(self, result: AnyReporter) -> None:
        """Run the test until it passes, or often enough; only the last run counts.

        Args:
            result: Who is told. It is told of a flaky test by `addFlaky`, if it has that.
        """
        reporter = reporterFor(result)
        test = self._originalTest
        reporter.startTest(test)
        try:
            attempts = 0
            recording = self._attempt(reporter)
            while recording.failed and attempts < self._reruns:
                attempts += 1
                recording = self._attempt(reporter)
            recording.replay(test)
            addFlaky = getattr(reporter, "addFlaky", None)
            if attempts and not recording.failed and addFlaky is not None:
                addFlaky(test, attempts)
        finally:
            reporter.stopTest(test)

    def _attempt(self, reporter: IReporter) -> Recording:
        """Run an instance of the test that no other attempt has touched."""
        recording = Recording(reporter)
        copy.copy(self._originalTest).run(recording)
        return recording


__all__ = ["Recording", "Rerunning"]
