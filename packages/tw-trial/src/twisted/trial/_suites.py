"""Suites of tests, which tell each test what it has to know of its neighbors."""

import unittest
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

from twisted.trial._decorating import ForceGarbageCollection, decorate
from twisted.trial._endings import shutDownReactor
from twisted.trial._holders import ErrorHolder
from twisted.trial._kinds import AnyReporter, AnyTest
from twisted.trial._loggederrors import loggedErrors
from twisted.trial._pyunit import reporterFor

NOT_IN_TEST = "<not in test>"
"""What the holder of an error is called that belongs to no test."""


class TestSuite(unittest.TestSuite):
    """Tests in an order; each is dropped when it has been run, so that it keeps nothing alive."""

    # pytest takes names that begin so for tests.
    __test__ = False

    # Of the base class, and not in typeshed.
    _tests: list[AnyTest]
    _tearDownPreviousClass: Callable[[AnyTest, AnyReporter], None]
    _handleModuleFixture: Callable[[AnyTest, AnyReporter], None]
    _handleClassSetUp: Callable[[AnyTest, AnyReporter], None]
    _handleModuleTearDown: Callable[[AnyReporter], None]
    _removeTestAtIndex: Callable[[int], None]

    def run(self, result: AnyReporter, debug: bool = False) -> AnyReporter:
        """Run the tests.

        Args:
            result: Who is told how they went.
            debug: Whether to let errors through, for a debugger.

        Returns:
            The result.
        """
        self._tellLastOnes()
        outermost = not getattr(result, "_testRunEntered", False)
        result._testRunEntered = True
        for index in range(len(self._tests)):
            if result.shouldStop:
                break
            # Not in a loop over the tests, whose variable would keep each one alive for too long.
            self._runAt(index, result, debug)
            self._drop(index, result)
        if outermost:
            self._tearDownPreviousClass(None, result)
            self._handleModuleTearDown(result)
            result._testRunEntered = False
        return result

    def _tellLastOnes(self) -> None:
        """Tell each test whether it is the last one of its class."""
        tests: list[AnyTest] = list(self)
        for test, following in zip_longest(tests, tests[1:]):
            if hasattr(test, "_isLastOfItsClass"):
                test._isLastOfItsClass = type(test) is not type(following)

    def _runAt(self, index: int, result: AnyReporter, debug: bool) -> None:
        """Run a test, with what its class and its module want before it."""
        test = self._tests[index]
        if isinstance(test, unittest.TestCase):
            self._tearDownPreviousClass(test, result)
            self._handleModuleFixture(test, result)
            self._handleClassSetUp(test, result)
            cls = result._previousTestClass = type(test)
            if getattr(cls, "_classSetupFailed", False) or (
                getattr(result, "_moduleSetUpFailed", False)
            ):
                return
        if debug:
            test.debug()
        else:
            test(result)

    def _drop(self, index: int, result: AnyReporter) -> None:
        """Drop a test that was run; errors that only show then belong to it."""
        isTest = isinstance(self._tests[index], unittest.TestCase)
        name = self._tests[index].id() if isTest else NOT_IN_TEST
        self._removeTestAtIndex(index)
        if loggedErrors.any:
            reportLogged(result, name)


def flattened(suite: AnyTest) -> Iterator[AnyTest]:
    """Yield the tests of a suite and of the suites in it.

    Args:
        suite: The suite, or a single test.
    """
    if isinstance(suite, unittest.TestSuite):
        for test in suite:
            yield from flattened(test)
    else:
        yield suite


class DestructiveTestSuite(TestSuite):
    """A suite that takes out each test before it is run."""

    def run(self, result: AnyReporter, debug: bool = False) -> AnyReporter:
        """Run the tests.

        Args:
            result: Who is told how they went.
            debug: Whether to let errors through, for a debugger.

        Returns:
            The result.
        """
        tests: list[Any] = self._tests
        while tests and not result.shouldStop:
            tests.pop(0)(result)
        return result


class LoggedSuite(TestSuite):
    """A suite that reports the errors that were logged while no test ran."""

    def run(self, result: AnyReporter, debug: bool = False) -> AnyReporter:
        """Run the tests, then report what was logged outside of them.

        Args:
            result: Who is told how they went.
            debug: Whether to let errors through, for a debugger.

        Returns:
            The result.
        """
        loggedErrors.listen()
        super().run(result, debug)
        reportLogged(result, NOT_IN_TEST)
        return result


def reportLogged(result: AnyReporter, description: str) -> None:
    """Report the errors that were logged and belong to no test that runs.

    Args:
        result: Who is told.
        description: What they belong to.
    """
    for failure in loggedErrors.take():
        reporterFor(result).addError(ErrorHolder(description, failure), failure)


class TrialSuite(TestSuite):
    """The outermost suite of a run."""

    def __init__(self, tests: Iterable[Any] = (), forceGarbageCollection: bool = False) -> None:
        """Hold tests.

        Args:
            tests: The tests, or suites of them.
            forceGarbageCollection: Whether to collect garbage before and after each test.
        """
        super().__init__(tests)
        self._forceGarbageCollection = forceGarbageCollection

    def run(self, result: AnyReporter, debug: bool = False) -> AnyReporter:
        """Run the tests, then let the reactor shut down.

        Args:
            result: Who is told how they went.
            debug: Whether to let errors through, for a debugger.

        Returns:
            The result.
        """
        if self._forceGarbageCollection:
            decorate(self, lambda test: ForceGarbageCollection(test))
        super().run(result, debug)
        shutDownReactor()
        return result


__all__ = [
    "NOT_IN_TEST",
    "DestructiveTestSuite",
    "LoggedSuite",
    "TestSuite",
    "TrialSuite",
    "flattened",
    "reportLogged",
]
