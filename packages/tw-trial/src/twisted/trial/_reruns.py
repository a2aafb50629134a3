"""Running a test again that failed; one that passes then is flaky, and counted as such."""

import copy
from typing import Any

from twisted.python.components import implementer
from twisted.trial._decorating import TestDecorator
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
    def shouldStop(self) -> bool:  # type: ignore[override]  # the interface declares an attribute
        """Whether no more tests are to be run."""
        return self._reporter.shouldStop

    @property
    def testsRun(self) -> int:  # type: ignore[override]  # the interface declares an attribute
        """How many tests were started so far."""
        return self._reporter.testsRun

    def startTest(self, method: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Ignore that a test begins: the reporter knows it already."""

    def stopTest(self, method: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Ignore that a test is over: it may begin again."""

    def addSuccess(self, test: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Note that a test passed."""
        self._calls.append(("addSuccess", ()))

    def addError(self, test: Any, error: Error) -> None:  # noqa: ANN401 - tests of all kinds
        """Note an error."""
        self.failed = True
        self._calls.append(("addError", (error,)))

    def addFailure(self, test: Any, failure: Error) -> None:  # noqa: ANN401 - tests of all kinds
        """Note a failure."""
        self.failed = True
        self._calls.append(("addFailure", (failure,)))

    def addExpectedFailure(self, test: Any, failure: Error, todo: Any = None) -> None:  # noqa: ANN401 - tests of all kinds
        """Note a failure that was expected."""
        self._calls.append(("addExpectedFailure", (failure, todo)))

    def addUnexpectedSuccess(self, test: Any, todo: Any = None) -> None:  # noqa: ANN401 - tests of all kinds
        """Note a success that was not expected."""
        self._calls.append(("addUnexpectedSuccess", (todo,)))

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: ANN401 - tests of all kinds
        """Note that a test was skipped."""
        self._calls.append(("addSkip", (reason,)))

    def wasSuccessful(self) -> bool:
        """Return whether there was neither an error nor a failure."""
        return not self.failed

    def done(self) -> None:
        """Do nothing: a single test does not end a run."""

    def replay(self, test: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Tell the reporter what was noted.

        Args:
            test: The test.
        """
        for name, args in self._calls:
            getattr(self._reporter, name)(test, *args)


class Rerunning(TestDecorator):
    """Runs a test again when it fails."""

    def __init__(self, original: Any, reruns: int) -> None:  # noqa: ANN401 - tests of all kinds
        """Stand for a test.

        Args:
            original: The test.
            reruns: How often to run it again, at most.
        """
        super().__init__(original)
        self._reruns = reruns

    def run(self, result: Any) -> None:  # noqa: ANN401 - also results of the standard library
        """Run the test until it passes, or often enough; only the last run counts.

        Args:
            result: Who is told. It is told of a flaky test by `addFlaky`, if it has that.
        """
        reporter = reporterFor(result)
        test = self._originalTest
        reporter.startTest(test)
        try:
            for attempt in range(self._reruns + 1):
                recording = Recording(reporter)
                # Each attempt has an instance that no other has touched.
                copy.copy(test).run(recording)
                if not recording.failed:
                    break
            recording.replay(test)
            addFlaky = getattr(reporter, "addFlaky", None)
            if attempt and not recording.failed and addFlaky is not None:
                addFlaky(test, attempt)
        finally:
            reporter.stopTest(test)


__all__ = ["Recording", "Rerunning"]
