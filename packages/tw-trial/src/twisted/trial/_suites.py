"""Suites of tests, which tell each test what it has to know of its neighbors."""

import unittest
from collections.abc import Iterable, Iterator
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

    _tests: list[Any]
    _result: Any = None

    def run(self, result: AnyReporter, debug: bool = False) -> AnyReporter:
        """Run the tests.

        Args:
            result: Who is told how they went.
            debug: Whether to let errors through, for a debugger.

        Returns:
            The result.
        """
        tests: list[AnyTest] = list(self)
        for test, following in zip_longest(tests, tests[1:]):
            if hasattr(test, "_isLastOfItsClass"):
                test._isLastOfItsClass = type(test) is not type(following)
        del tests
        self._result = result
        return super().run(result, debug)

    def _removeTestAtIndex(self, index: int) -> None:
        """Drop a test that was run; errors that only show then belong to it."""
        name = getattr(self._tests[index], "_testMethodName", None) and self._tests[index].id()
        super()._removeTestAtIndex(index)  # type: ignore[misc]  # it is not in typeshed
        if name and loggedErrors.any:
            reportLogged(self._result, name)


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
