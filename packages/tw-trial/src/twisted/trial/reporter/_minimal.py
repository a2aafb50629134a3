"""Reporters that print little: a letter a test, or one line of numbers for all."""

# The parameters have the names that existing code knows, not those of the standard library.
# pyright: reportIncompatibleMethodOverride=false

import time

from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial.reporter._reporter import Reporter


class MinimalReporter(Reporter):
    """Prints one line at the end, for programs: seconds, tests, run, errors, failures, skips.

    The first of the two numbers of tests and the second are the same.
    """

    def _printErrors(self) -> None:
        """Print no errors."""

    def _printSummary(self) -> None:
        seconds = 0.0 if self._startTime is None else time.perf_counter() - self._startTime
        numbers = (
            *(self.testsRun, self.testsRun),
            *(len(self.errors), len(self.failures), len(self.skips)),
        )
        self._writeln("%s", " ".join(map(str, (seconds, *numbers))))


class TextReporter(Reporter):
    """Prints a letter for each test."""

    def addSuccess(self, test: AnyTest) -> None:
        """Print a dot."""
        super().addSuccess(test)
        self._write(".")

    def addError(self, *args: AnyObject) -> None:
        """Print an E."""
        super().addError(*args)
        self._write("E")

    def addFailure(self, *args: AnyObject) -> None:
        """Print an F."""
        super().addFailure(*args)
        self._write("F")

    def addSkip(self, *args: AnyObject) -> None:
        """Print an S."""
        super().addSkip(*args)
        self._write("S")

    def addExpectedFailure(self, *args: AnyObject) -> None:
        """Print a T."""
        super().addExpectedFailure(*args)
        self._write("T")

    def addUnexpectedSuccess(self, *args: AnyObject) -> None:
        """Print an exclamation mark."""
        super().addUnexpectedSuccess(*args)
        self._write("!")

    def _printErrors(self) -> None:
        if self.testsRun:
            self._writeln("")
        super()._printErrors()


__all__ = ["MinimalReporter", "TextReporter"]
