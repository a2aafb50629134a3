"""What all reporters keep of the tests."""

# The parameters have the names that existing code knows, not those of the standard library.
# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false

import time
import unittest
from typing import Any

from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial._todo import Todo, makeTodo
from twisted.trial.itrial import Error, IReporterWithDurations


@implementer(IReporterWithDurations)
class TestResult(unittest.TestResult):
    """Keeps the results of tests.

    Attributes:
        successes: How many tests passed.
        errors: The tests with errors, each with its failure.
        failures: The tests whose assertions did not hold, each with its failure.
        skips: The tests that were skipped, each with the reason.
        expectedFailures: The tests that failed as expected: test, failure, `Todo`.
        flaky: The tests that passed only when they were run again, and how often they failed.
        unexpectedSuccesses: The tests that passed against expectation: test, `Todo`.
        collectedDurations: The names of the tests that are over, each with its seconds.
    """

    # pytest takes names that begin so for tests.
    __test__ = False

    # Tests of all kinds end up in these lists.
    errors: list[tuple[Any, Any]]
    failures: list[tuple[Any, Any]]
    skips: list[tuple[Any, str]]
    expectedFailures: list[Any]
    unexpectedSuccesses: list[Any]

    def __init__(self) -> None:
        """Begin with no tests."""
        super().__init__()
        self.skips = []
        self.expectedFailures = []
        self.unexpectedSuccesses = []
        self.flaky: list[tuple[Any, int]] = []
        self.successes: int = 0
        self._timings: list[float] = []
        self._testStarted: float | None = None
        self._durationTold = False
        self.collectedDurations: list[tuple[str, float]] = []
        self.collected_durations: list[tuple[str, float]] = self.collectedDurations

    def __repr__(self) -> str:
        return (
            f"<{type(self).__qualname__} run={self.testsRun} errors={len(self.errors)} "
            f"failures={len(self.failures)} todos={len(self.expectedFailures)} "
            f"dones={len(self.unexpectedSuccesses)} skips={len(self.skips)}>"
        )

    @property
    def skipped(self) -> list[Any]:
        """The same as `skips`."""
        return self.skips

    @skipped.setter
    def skipped(self, value: list[Any]) -> None:
        """Ignore what the base class sets."""

    def _failureOf(self, error: Error) -> Failure:
        if isinstance(error, Failure):
            return error
        return Failure(error[1], error[0], error[2])

    def startTest(self, test: AnyTest) -> None:
        """Learn that a test begins."""
        super().startTest(test)
        self._testStarted = time.perf_counter()

    def stopTest(self, test: AnyTest) -> None:
        """Learn that a test is over."""
        super().stopTest(test)
        if self._testStarted is not None:
            seconds = time.perf_counter() - self._testStarted
            self._timings.append(seconds)
            self._testStarted = None
            if not self._durationTold:
                # Tests of the standard library tell it on newer Pythons only.
                self.addDuration(test, seconds)
        self._durationTold = False

    def addDuration(self, test: AnyTest, elapsed: float) -> None:
        """Learn how long a test took."""
        self._durationTold = True
        self.collectedDurations.append((_idOf(test), elapsed))

    def addFlaky(self, test: AnyTest, attempts: int) -> None:
        """Learn that a test that passed has failed before.

        Args:
            test: The test.
            attempts: How often it has failed.
        """
        self.flaky.append((test, attempts))

    def addSuccess(self, test: AnyTest) -> None:
        """Learn that a test passed."""
        self.successes += 1

    def addError(self, test: AnyTest, error: Error) -> None:
        """Learn that a test raised something that it should not."""
        self.errors.append((test, self._failureOf(error)))

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Learn that an assertion of a test does not hold."""
        self.failures.append((test, self._failureOf(fail)))

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Learn that a test was not run to its end."""
        self.skips.append((test, reason))

    def addExpectedFailure(self, test: AnyTest, error: Error, todo: Todo | None = None) -> None:
        """Learn that a test failed that was expected to."""
        self.expectedFailures.append((test, self._failureOf(error), _todo(todo)))

    def addUnexpectedSuccess(self, test: AnyTest, todo: Todo | None = None) -> None:
        """Learn that a test passed that was expected to fail."""
        self.unexpectedSuccesses.append((test, _todo(todo)))

    def addSubTest(self, test: AnyObject, subtest: AnyObject, err: AnyObject) -> None:
        """Learn how a sub-test of a test of the standard library went."""
        if err is None:
            return
        if issubclass(err[0], test.failureException):
            self.addFailure(subtest, err)
        else:
            self.addError(subtest, err)

    def wasSuccessful(self) -> bool:
        """Return whether there was neither an error nor a failure so far."""
        return not self.errors and not self.failures

    def done(self) -> None:
        """Learn that the run is over."""

    def cleanupErrors(self, errs: Failure) -> None:
        """Learn of an error outside of all tests; the error itself is told by `addError`.

        Args:
            errs: The error.
        """

    def upDownError(
        self, method: str, error: Failure, warn: bool = True, printStatus: bool = True
    ) -> None:
        """Learn of an error in `setUp` or the like; the error itself is told by `addError`.

        Args:
            method: Where it was.
            error: The error.
            warn: Kept for existing code.
            printStatus: Kept for existing code.
        """


def _todo(todo: AnyObject) -> Todo:
    """Return the reason; tests of the standard library give none."""
    if isinstance(todo, Todo):
        return todo
    return makeTodo(str(todo) if todo else "Test expected to fail")


def _idOf(test: AnyTest) -> str:
    """Return the name of a test."""
    return str(test.id()) if hasattr(test, "id") else str(test)


__all__ = ["TestResult"]
