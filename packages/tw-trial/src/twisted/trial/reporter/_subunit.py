"""Results in the format subunit, which python-subunit writes."""

import sys
from typing import Any

from twisted.python.components import implementer
from twisted.python.reflect import namedAny
from twisted.trial._kinds import AnyObject, AnyStream, AnyTest
from twisted.trial._pyunit import asExcInfo
from twisted.trial._todo import Todo
from twisted.trial.itrial import Error, IReporter

TestProtocolClient: AnyObject
try:
    # By its name: it is no requirement, and without it there is this one reporter less.
    TestProtocolClient = namedAny("subunit.TestProtocolClient")
except Exception:
    TestProtocolClient = None


@implementer(IReporter)
class SubunitReporter:
    """Tells a client of subunit, which needs the distribution python-subunit.

    Attributes:
        testsRun: Kept for existing code; None.
    """

    testsRun: Any = None

    def __init__(
        self,
        stream: AnyStream = sys.stdout,
        tbformat: str = "default",
        realtime: bool = False,
        publisher: AnyObject = None,
    ) -> None:
        """Begin with no tests.

        Args:
            stream: What to write to: its `buffer`, if it has one, since the format is bytes.
            tbformat: Without effect.
            realtime: Without effect: everything is written as soon as it occurs.
            publisher: Kept for existing code.

        Raises:
            Exception: python-subunit is not installed.
        """
        if TestProtocolClient is None:
            raise Exception("the reporter subunit needs python-subunit: pip install python-subunit")
        self._subunit: Any = TestProtocolClient(getattr(stream, "buffer", stream))
        self._successful = True

    @property
    def shouldStop(self) -> bool:
        """Whether no more tests are to be run."""
        return bool(self._subunit.shouldStop)

    def stop(self) -> None:
        """Have no more tests run."""
        self._subunit.stop()

    def wasSuccessful(self) -> bool:
        """Return whether there was neither an error nor a failure so far."""
        return self._successful

    def done(self) -> None:
        """Do nothing: everything was written."""

    def startTest(self, test: AnyTest) -> None:
        """Learn that a test begins."""
        self._subunit.startTest(test)

    def stopTest(self, test: AnyTest) -> None:
        """Learn that a test is over."""
        self._subunit.stopTest(test)

    def addSuccess(self, test: AnyTest) -> None:
        """Learn that a test passed."""
        self._subunit.addSuccess(test)

    def addError(self, test: AnyTest, err: Error) -> None:
        """Learn that a test raised something that it should not."""
        self._successful = False
        self._subunit.addError(test, asExcInfo(err))

    def addFailure(self, test: AnyTest, err: Error) -> None:
        """Learn that an assertion of a test does not hold."""
        self._successful = False
        self._subunit.addFailure(test, asExcInfo(err))

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Learn that a test was not run to its end."""
        self._subunit.addSkip(test, reason)

    def addExpectedFailure(self, test: AnyTest, failure: Error, todo: Todo | None = None) -> None:
        """Learn that a test failed that was expected to."""
        self._subunit.addExpectedFailure(test, asExcInfo(failure))

    def addUnexpectedSuccess(self, test: AnyTest, todo: Todo | None = None) -> None:
        """Learn that a test passed that was expected to fail."""
        self._subunit.addUnexpectedSuccess(test)


__all__ = ["SubunitReporter", "TestProtocolClient"]
