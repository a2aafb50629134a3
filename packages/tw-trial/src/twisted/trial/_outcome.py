"""How one run of a test went: what it raised, sorted, and told to the reporter."""

import unittest
from collections.abc import Callable
from typing import Any

from twisted.python.failure import Failure
from twisted.trial._kinds import AnyTest
from twisted.trial._todo import Todo
from twisted.trial.itrial import IReporter


class Outcome:
    """Sorts what a test raises.

    Attributes:
        passed: Whether nothing was told so far.
    """

    def __init__(self, test: AnyTest, reporter: IReporter, todo: Todo | None) -> None:
        """Begin with a test that has raised nothing.

        Args:
            test: The test.
            reporter: Who is told.
            todo: Why the test is expected to fail, if it is.
        """
        self._test = test
        self._reporter = reporter
        self._todo = todo
        self.passed = True

    def failed(self, failure: Failure, inTest: bool = False) -> None:
        """Tell of what was raised.

        Args:
            failure: What was raised.
            inTest: Whether the test method itself did it, whose failure may be expected.
        """
        self.passed = False
        error = failure.value
        if isinstance(error, unittest.SkipTest):
            self._reporter.addSkip(self._test, str(error.args[0]) if error.args else "")
        elif inTest and self._todo is not None and self._todo.expected(failure):
            self._reporter.addExpectedFailure(self._test, failure, self._todo)
        elif isinstance(error, self._test.failureException):
            self._reporter.addFailure(self._test, failure)
        else:
            self._reporter.addError(self._test, failure)

    def error(self, failure: Failure) -> None:
        """Tell of an error that the test caused but did not raise."""
        self.passed = False
        self._reporter.addError(self._test, failure)

    def ended(self) -> None:
        """Tell that the test passed, if it did."""
        if not self.passed:
            return
        if self._todo is None:
            self._reporter.addSuccess(self._test)
        else:
            self._reporter.addUnexpectedSuccess(self._test, self._todo)


def attempt(function: Callable[[], Any], outcome: Outcome, inTest: bool) -> tuple[bool, Any]:
    """Call a function, and tell the outcome what it raises.

    Args:
        function: What to call.
        outcome: Who is told.
        inTest: Whether it is the test method itself.

    Returns:
        Whether it returned, and what.

    Raises:
        KeyboardInterrupt: Whoever runs the tests interrupted them.
    """
    try:
        return True, function()
    except KeyboardInterrupt:
        raise
    except BaseException:
        # SystemExit and GeneratorExit included: one test does not end the others.
        outcome.failed(Failure(), inTest)
    return False, None


__all__ = ["Outcome", "attempt"]
