"""Reporters that print little: a letter a test, or one line of numbers for all."""

import time
from typing import Any

from twisted.trial._todo import Todo
from twisted.trial.itrial import Error
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

    def addSuccess(self, test: Any) -> None:  # noqa: ANN401 - tests of all kinds
        """Print a dot."""
        super().addSuccess(test)
        self._write(".")

    def addError(self, test: Any, error: Error) -> None:  # type: ignore[override]  # noqa: ANN401 - our failures too
        """Print an E."""
        super().addError(test, error)
        self._write("E")

    def addFailure(self, test: Any, fail: Error) -> None:  # type: ignore[override]  # noqa: ANN401 - our failures too
        """Print an F."""
        super().addFailure(test, fail)
        self._write("F")

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: ANN401 - tests of all kinds
        """Print an S."""
        super().addSkip(test, reason)
        self._write("S")

    def addExpectedFailure(self, test: Any, error: Error, todo: Todo | None = None) -> None:  # type: ignore[override]  # noqa: ANN401 - our failures too
        """Print a T."""
        super().addExpectedFailure(test, error, todo)
        self._write("T")

    def addUnexpectedSuccess(self, test: Any, todo: Todo | None = None) -> None:  # noqa: ANN401 - tests of all kinds
        """Print an exclamation mark."""
        super().addUnexpectedSuccess(test, todo)
        self._write("!")

    def _printErrors(self) -> None:
        if self.testsRun:
            self._writeln("")
        super()._printErrors()


__all__ = ["MinimalReporter", "TextReporter"]
