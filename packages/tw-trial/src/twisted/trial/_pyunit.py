"""Telling a result of the standard library what our reporters are told."""

import unittest
from typing import Any, cast

from twisted.python.components import adapt, implementer
from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyReporter, AnyTest
from twisted.trial._todo import Todo
from twisted.trial.itrial import Error, IReporter


def asExcInfo(error: Error) -> AnyObject:
    """Return an error in the form of `sys.exc_info`.

    Args:
        error: A failure, or what is in that form already.
    """
    if not isinstance(error, Failure):
        return error
    traceback = error.getTracebackObject()
    if traceback is None and error.value.__traceback__ is None:
        # Some that take such a thing, pytest for one, can't show it without a traceback.
        try:
            raise error.value
        except BaseException as raised:
            traceback = raised.__traceback__
    return error.type, error.value, traceback


@implementer(IReporter)
class PyUnitResultAdapter:
    """A reporter that tells a result of the standard library.

    What such a result does not know (`addSkip` of old ones, for instance) it is told as a success
    or as a failure.

    Attributes:
        original: The result.
    """

    def __init__(self, original: unittest.TestResult) -> None:
        """Tell a result.

        Args:
            original: The result.
        """
        self.original: Any = original

    @property
    def shouldStop(self) -> bool:
        """Whether no more tests are to be run."""
        return bool(self.original.shouldStop)

    @property
    def testsRun(self) -> int:
        """How many tests were started so far."""
        return int(self.original.testsRun)

    def startTest(self, method: AnyTest) -> None:
        """Learn that a test begins."""
        self.original.startTest(method)

    def stopTest(self, method: AnyTest) -> None:
        """Learn that a test is over."""
        self.original.stopTest(method)

    def addSuccess(self, test: AnyTest) -> None:
        """Learn that a test passed."""
        self.original.addSuccess(test)

    def addError(self, test: AnyTest, error: Error) -> None:
        """Learn that a test raised something that it should not."""
        self.original.addError(test, asExcInfo(error))

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Learn that an assertion of a test does not hold."""
        self.original.addFailure(test, asExcInfo(fail))

    def addExpectedFailure(self, test: AnyTest, error: Error, todo: Todo | None = None) -> None:
        """Learn that a test failed that was expected to."""
        self._tell("addExpectedFailure", test, asExcInfo(error))

    def addUnexpectedSuccess(self, test: AnyTest, todo: Todo | None = None) -> None:
        """Learn that a test passed that was expected to fail."""
        self._tell("addUnexpectedSuccess", test)

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Learn that a test was not run to its end."""
        self._tell("addSkip", test, reason)

    def _tell(self, name: str, test: AnyTest, *args: object) -> None:
        method = getattr(self.original, name, None)
        if method is None:
            self.original.addSuccess(test)
        else:
            method(test, *args)

    def addDuration(self, test: AnyTest, elapsed: float) -> None:
        """Learn how long a test took."""
        method = getattr(self.original, "addDuration", None)
        if method is not None:
            method(test, elapsed)

    def upDownError(self, method: str, error: Error, warn: bool, printStatus: bool) -> None:
        """Learn of an error outside of a test; the error itself is told by `addError`."""

    def wasSuccessful(self) -> bool:
        """Return whether there was neither an error nor a failure so far."""
        return bool(self.original.wasSuccessful())

    def done(self) -> None:
        """Do nothing: whoever made the result prints it."""


def reporterFor(result: AnyReporter) -> IReporter:
    """Return the reporter that a result is, or one that tells it.

    Args:
        result: A reporter, or a result of the standard library.
    """
    found = adapt(IReporter, result, None)
    if found is not None:
        return found
    # Its names of parameters are those that existing code knows.
    return cast(IReporter, PyUnitResultAdapter(result))


__all__ = ["PyUnitResultAdapter", "asExcInfo", "reporterFor"]
