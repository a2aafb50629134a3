"""Doing something around tests that are run."""

import gc
import unittest
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.python.components import implementer, proxyForInterface
from twisted.trial._holders import TestHolder
from twisted.trial._kinds import AnyObject, AnyReporter, AnyTest
from twisted.trial.itrial import ITestCase

if TYPE_CHECKING:

    class _Proxy:
        """What `proxyForInterface` makes, as type checkers see it."""

        def __init__(self, original: AnyTest) -> None: ...
        def __getattr__(self, name: str) -> AnyObject: ...
else:
    _Proxy = proxyForInterface(ITestCase, "_originalTest")


@implementer(ITestCase)
class TestDecorator(_Proxy):
    """Stands for a test; subclasses do something before and after it in `run`."""

    # pytest takes names that begin so for tests.
    __test__ = False

    _originalTest: Any

    def __call__(self, result: AnyReporter) -> AnyReporter:
        """Run the test; the same as `run`."""
        return self.run(result)

    def run(self, result: AnyReporter) -> AnyReporter:
        """Run the test.

        Args:
            result: Who is told how it went.
        """
        return self._originalTest.run(result)


class ForceGarbageCollection(TestDecorator):
    """Collects all garbage before and after a test."""

    def run(self, result: AnyReporter) -> None:
        """Collect garbage, run the test, and collect garbage again.

        Args:
            result: Who is told how it went.
        """
        gc.collect()
        self._originalTest.run(result)
        gc.collect()


def decorate(test: AnyTest, decorator: Callable[[AnyTest], AnyTest]) -> AnyTest:
    """Return a test, or a suite of tests, of which each is wrapped.

    Args:
        test: The test or the suite. A suite keeps its class; a class that cannot be made from a
            list of tests is kept as it is, with its tests exchanged.
        decorator: What wraps a test, a subclass of `TestDecorator` for instance.
    """
    if isinstance(test, unittest.TestSuite):
        wrapped = [decorate(each, decorator) for each in test]
        test._tests = wrapped
        return test
    if isinstance(test, TestHolder):
        return test
    return decorator(test)


__all__ = ["ForceGarbageCollection", "TestDecorator", "decorate"]
