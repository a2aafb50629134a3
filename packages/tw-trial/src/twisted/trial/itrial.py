"""What a test is, and what is told of its results.

A test case runs itself and tells a reporter how it went: first `startTest`, then at least one of
the methods that begin with `add`, then `stopTest`. All of it happens in the thread that runs the
tests.
"""

from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from twisted.python.components import Attribute, Interface
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from unittest import TestResult

    from twisted.trial._todo import Todo

ExcInfo: TypeAlias = (
    "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"
)
"""What `sys.exc_info` returns."""

Error: TypeAlias = "Failure | ExcInfo"
"""An error as reporters take it: ours, or that of the standard library."""


class ITestCase(Interface):
    """A test that can be run."""

    failureException: type[BaseException] = Attribute(
        "The class of the exceptions that say that an assertion does not hold."
    )
    skip: str | None = Attribute("The reason for which the test is not to be run, or None.")

    def __call__(self, result: "IReporter | TestResult") -> object:
        """Run the test; the same as `run`."""
        ...

    def countTestCases(self) -> int:
        """Return how many tests it is: 1."""
        ...

    def id(self) -> str:
        """Return the full name of the test, with which the command can run it alone."""
        ...

    def run(self, result: "IReporter | TestResult") -> object:
        """Run the test.

        Args:
            result: Who is told how it went.
        """
        ...

    def shortDescription(self) -> str | None:
        """Return a line that says what is tested."""
        ...


ITestCaseVar = TypeVar("ITestCaseVar", bound=ITestCase)


class IReporter(Interface):
    """Who is told how the tests of a run go.

    A test that runs ends in one of the methods that begin with `add`. It may have several errors
    and failures: of the test itself, of its `tearDown`, of what was logged.
    """

    shouldStop: bool = Attribute("Whether no more tests are to be run.")
    testsRun: int = Attribute("How many tests were started so far.")

    def startTest(self, method: ITestCase) -> None:
        """Learn that a test begins."""

    def stopTest(self, method: ITestCase) -> None:
        """Learn that a test is over."""

    def addSuccess(self, test: ITestCase) -> None:
        """Learn that a test passed."""

    def addError(self, test: ITestCase, error: Error) -> None:
        """Learn that a test raised something that it should not.

        Args:
            test: The test.
            error: What it raised.
        """

    def addFailure(self, test: ITestCase, failure: Error) -> None:
        """Learn that an assertion of a test does not hold.

        Args:
            test: The test.
            failure: The exception that says which.
        """

    def addExpectedFailure(
        self, test: ITestCase, failure: Error, todo: "Todo | None" = None
    ) -> None:
        """Learn that a test failed that was expected to.

        Args:
            test: The test.
            failure: What it raised.
            todo: Why that was expected.
        """

    def addUnexpectedSuccess(self, test: ITestCase, todo: "Todo | None" = None) -> None:
        """Learn that a test passed that was expected to fail.

        Args:
            test: The test.
            todo: Why it was expected to fail.
        """

    def addSkip(self, test: ITestCase, reason: str) -> None:
        """Learn that a test was not run to its end, since it makes no sense here.

        Args:
            test: The test.
            reason: Why.
        """

    def wasSuccessful(self) -> bool:
        """Return whether there was neither an error nor a failure so far."""
        ...

    def done(self) -> None:
        """Learn that the run is over: print what is to be printed at the end."""


class IReporterWithDurations(IReporter, Interface):
    """A reporter that is told how long tests took."""

    collectedDurations: list[tuple[str, float]] = Attribute(
        "The names of the tests that are over, each with the seconds that it took."
    )

    def addDuration(self, test: ITestCase, elapsed: float) -> None:
        """Learn how long a test took.

        Args:
            test: The test.
            elapsed: Seconds.
        """


__all__ = [
    "Error",
    "ExcInfo",
    "IReporter",
    "IReporterWithDurations",
    "ITestCase",
    "ITestCaseVar",
]
