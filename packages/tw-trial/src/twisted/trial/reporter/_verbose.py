"""Reporters that print a line a test."""

# The parameters have the names that existing code knows, not those of the standard library.
# pyright: reportIncompatibleMethodOverride=false

from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial.reporter._reporter import Reporter


class VerboseTextReporter(Reporter):
    """Prints the name of each test, then how it went."""

    def startTest(self, tm: AnyTest) -> None:
        """Print the name of a test."""
        self._write("%s ... ", tm.id())
        super().startTest(tm)

    def addSuccess(self, test: AnyTest) -> None:
        """Print that a test passed."""
        super().addSuccess(test)
        self._write("[OK]")

    def addError(self, *args: AnyObject) -> None:
        """Print that a test has an error."""
        super().addError(*args)
        self._write("[ERROR]")

    def addFailure(self, *args: AnyObject) -> None:
        """Print that a test failed."""
        super().addFailure(*args)
        self._write("[FAILURE]")

    def addSkip(self, *args: AnyObject) -> None:
        """Print that a test was skipped."""
        super().addSkip(*args)
        self._write("[SKIPPED]")

    def addExpectedFailure(self, *args: AnyObject) -> None:
        """Print that a test failed as expected."""
        super().addExpectedFailure(*args)
        self._write("[TODO]")

    def addUnexpectedSuccess(self, *args: AnyObject) -> None:
        """Print that a test passed against expectation."""
        super().addUnexpectedSuccess(*args)
        self._write("[SUCCESS!?!]")

    def stopTest(self, test: AnyTest) -> None:
        """End the line."""
        super().stopTest(test)
        self._write("\n")

    def done(self) -> None:
        """Print the errors and the summary, with an empty line before them."""
        self._write("\n")
        super().done()


class TimingTextReporter(VerboseTextReporter):
    """Prints a line a test, and how long each took."""

    def stopTest(self, method: AnyTest) -> None:
        """Print how long a test took."""
        super().stopTest(method)
        self._write("%s", f"({self._timings[-1]:.3f} secs)\n")


__all__ = ["TimingTextReporter", "VerboseTextReporter"]
