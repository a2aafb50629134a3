"""What stands for a test where there is none: a module that cannot be imported, for instance."""

from typing import Any

from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.trial._kinds import AnyReporter
from twisted.trial._pyunit import reporterFor
from twisted.trial.itrial import Error, ITestCase


@implementer(ITestCase)
class TestHolder:
    """Stands for a test; has a name, and succeeds.

    Attributes:
        description: The name.
        failureException: None: it never fails.
        skip: None: it is never skipped.
    """

    # pytest takes names that begin so for tests.
    __test__ = False

    failureException: Any = None
    skip: Any = None

    def __init__(self, description: str) -> None:
        """Stand for a test.

        Args:
            description: Its name.
        """
        self.description = description

    def __call__(self, result: AnyReporter) -> None:
        """Run it; the same as `run`."""
        self.run(result)

    def countTestCases(self) -> int:
        """Return how many tests it is: none."""
        return 0

    def id(self) -> str:
        """Return its name."""
        return self.description

    def shortDescription(self) -> str:
        """Return its name."""
        return self.description

    def run(self, result: AnyReporter) -> None:
        """Report a success.

        Args:
            result: Who is told.
        """
        reporter = reporterFor(result)
        reporter.startTest(self)
        reporter.addSuccess(self)
        reporter.stopTest(self)

    def __str__(self) -> str:
        return self.description

    def __repr__(self) -> str:
        return f"<{type(self).__name__} description={self.description!r}>"


class ErrorHolder(TestHolder):
    """Stands for what could not become a test; reports the error that says why.

    Attributes:
        error: The error.
    """

    def __init__(self, description: str, error: Error) -> None:
        """Stand for an error.

        Args:
            description: What could not become a test.
            error: Why.
        """
        super().__init__(description)
        value = error if isinstance(error, Failure) else error[1]
        self.error: Failure = value if isinstance(value, Failure) else Failure(value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} description={self.description!r} error={self.error!r}>"

    def run(self, result: AnyReporter) -> None:
        """Report the error.

        Args:
            result: Who is told.
        """
        reporter = reporterFor(result)
        reporter.startTest(self)
        reporter.addError(self, self.error)
        reporter.stopTest(self)


__all__ = ["ErrorHolder", "TestHolder"]
