"""Reporters that print a line a test."""

from typing import Any

from twisted.trial._todo import Todo
from twisted.trial.itrial import Error
from twisted.trial.reporter._reporter import Reporter


class VerboseTextReporter(Reporter):
    """Prints the name of each test, then how it went."""

    def startTest(self, tm: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Print the name of a test."""
        self._write("%s ... ", tm.id())
        super().startTest(tm)

    def addSuccess(self, test: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Print that a test passed."""
        super().addSuccess(test)
        self._write("[OK]")

    def addError(self, test: Any, error: Error) -> None:  # type: ignore[override]  # noqa: ANN401 - our failures too
        """Print that a test has an error."""
        super().addError(test, error)
        self._write("[ERROR]")

    def addFailure(self, test: Any, fail: Error) -> None:  # type: ignore[override]  # noqa: ANN401 - our failures too
        """Print that a test failed."""
        super().addFailure(test, fail)
        self._write("[FAILURE]")

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: ANN401 - tests of all kinds
        """Print that a test was skipped."""
        super().addSkip(test, reason)
        self._write("[SKIPPED]")

    def addExpectedFailure(self, test: Any, error: Error, todo: Todo | None = None) -> None:  # type: ignore[override]  # noqa: ANN401 - our failures too
        """Print that a test failed as expected."""
        super().addExpectedFailure(test, error, todo)
        self._write("[TODO]")

    def addUnexpectedSuccess(self, test: Any, todo: Todo | None = None) -> None:  # noqa: ANN401 - tests of all kinds
        """Print that a test passed against expectation."""
        super().addUnexpectedSuccess(test, todo)
        self._write("[SUCCESS!?!]")

    def stopTest(self, test: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """End the line."""
        super().stopTest(test)
        self._write("\n")

    def done(self) -> None:
        """Print the errors and the summary, with an empty line before them."""
        self._write("\n")
        super().done()


class TimingTextReporter(VerboseTextReporter):
    """Prints a line a test, and how long each took."""

    def stopTest(self, method: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Print how long a test took."""
        super().stopTest(method)
        self._write("%s", f"({self._timings[-1]:.3f} secs)\n")


__all__ = ["TimingTextReporter", "VerboseTextReporter"]
