"""Results as lines of JSON, one object a line: the form that programs read while tests run."""

import json

from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial._todo import Todo
from twisted.trial.itrial import Error
from twisted.trial.reporter._reporter import Reporter


class JSONLinesReporter(Reporter):
    """Prints a line for each test and one for the run.

    A line of a test has `event` (`test`), `test` (its full name), `outcomes` (a list of objects
    with `outcome`: `success`, `error`, `failure`, `skip`, `expectedFailure` or
    `unexpectedSuccess`; and with `message` and `traceback` where there are any) and `seconds`. The
    last line has `event` (`run`), the counts of the summary, `tests`, `seconds` and `successful`.
    """

    def __init__(self, *args: AnyObject, **kwargs: AnyObject) -> None:
        """Begin with no tests; the arguments are those of `Reporter`."""
        super().__init__(*args, **kwargs)
        self.realtime = False
        self._outcomes: list[dict[str, str]] = []
        self._told = 0.0

    def startTest(self, test: AnyTest) -> None:
        """Learn that a test begins."""
        super().startTest(test)
        self._outcomes = []

    def stopTest(self, test: AnyTest) -> None:
        """Print the line of a test."""
        super().stopTest(test)
        self._told += self._timings[-1]
        self._line(
            event="test",
            test=test.id(),
            outcomes=self._outcomes,
            seconds=round(self._timings[-1], 6),
        )

    def _outcome(self, outcome: str, message: str = "", failure: Failure | None = None) -> None:
        told = {"outcome": outcome}
        if failure is not None:
            told["message"] = failure.getErrorMessage()
            told["traceback"] = self._tracebackOf(failure)
        elif message:
            told["message"] = message
        self._outcomes.append(told)

    def addSuccess(self, test: AnyTest) -> None:
        """Learn that a test passed."""
        super().addSuccess(test)
        self._outcome("success")

    def addError(self, test: AnyTest, error: Error) -> None:
        """Learn that a test raised something that it should not."""
        super().addError(test, error)
        self._outcome("error", failure=self._failureOf(error))

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Learn that an assertion of a test does not hold."""
        super().addFailure(test, fail)
        self._outcome("failure", failure=self._failureOf(fail))

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Learn that a test was not run to its end."""
        super().addSkip(test, reason)
        self._outcome("skip", reason)

    def addExpectedFailure(self, test: AnyTest, error: Error, todo: Todo | None = None) -> None:
        """Learn that a test failed that was expected to."""
        super().addExpectedFailure(test, error, todo)
        self._outcome("expectedFailure", failure=self._failureOf(error))

    def addUnexpectedSuccess(self, test: AnyTest, todo: Todo | None = None) -> None:
        """Learn that a test passed that was expected to fail."""
        super().addUnexpectedSuccess(test, todo)
        self._outcome("unexpectedSuccess", self.unexpectedSuccesses[-1][1].reason)

    def warningShown(self, text: str) -> None:
        """Print the line of a warning: `event` (`warning`) and `message`."""
        self._line(event="warning", message=text)

    def done(self) -> None:
        """Print the line of the run."""
        self._line(
            event="run",
            tests=self.testsRun,
            **self._counts(),
            seconds=round(self._told, 6),
            successful=self.wasSuccessful(),
        )

    def _line(self, **told: object) -> None:
        self._write("%s", f"{json.dumps(told)}\n")


__all__ = ["JSONLinesReporter"]
