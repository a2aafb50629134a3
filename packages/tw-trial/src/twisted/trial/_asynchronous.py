"""Test cases that may use the reactor: what they return is waited for."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from twisted.internet._reactorinstall import installedReactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import deferLater
from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.trial._janitor import afterClass, afterTest
from twisted.trial._kinds import AnyReactor
from twisted.trial._loggederrors import loggedErrors
from twisted.trial._outcome import Outcome
from twisted.trial._places import places
from twisted.trial._synchronous import SynchronousTestCase
from twisted.trial._waiting import waitFor
from twisted.trial._watchdog import watchdog
from twisted.trial.itrial import ITestCase

_T = TypeVar("_T")


@implementer(ITestCase)
class TestCase(SynchronousTestCase):
    """A test whose method, `setUp`, `tearDown` and cleanups may return Deferreds or be coroutines.

    The reactor runs until the Deferred has fired, for no more than `timeout` seconds; then it is
    cancelled, and the test has an error. What the test leaves in the reactor is an error too.
    """

    def assertFailure(
        self, deferred: Deferred[Any], *expectedFailures: type[BaseException]
    ) -> Deferred[Any]:
        """Check that a Deferred fails with one of some exceptions.

        Args:
            deferred: The Deferred.
            expectedFailures: The classes of the exceptions.

        Returns:
            The Deferred, whose result is the exception from now on. The test has to return it.
        """

        def succeeded(result: object) -> object:
            names = _namesOf(expectedFailures)
            self.fail(f"did not catch an error, instead got {result!r} (expected: {names})")

        def failed(failure: Failure) -> object:
            if not failure.check(*expectedFailures):
                self.fail(
                    f"{failure.type.__name__} raised instead of {_namesOf(expectedFailures)}:\n"
                    f"{failure.getTraceback()}"
                )
            return failure.value

        return deferred.addCallbacks(succeeded, failed)

    failUnlessFailure = assertFailure

    def _runPhases(self, outcome: Outcome) -> None:
        places.test = loggedErrors.test
        reactor = installedReactor()
        if reactor is not None:
            places.watch(reactor)
        super()._runPhases(outcome)
        error = afterTest()
        if error is not None:
            outcome.error(Failure(error))
        if self._isLastOfItsClass:
            error = afterClass()
            if error is not None:
                outcome.error(Failure(error))

    def _dealWith(
        self, function: Callable[[], object], result: object, outcome: Outcome, inTest: bool
    ) -> bool:
        if isinstance(result, Coroutine):
            result = started(result)
        if not isinstance(result, Deferred):
            return super()._dealWith(function, result, outcome, inTest)
        seconds = self.getTimeout()
        watchdog.begin(self.id(), seconds)
        try:
            final = waitFor(result, seconds, f"{self!r} ({self._testMethodName})")
        finally:
            watchdog.end()
        if isinstance(final, Failure):
            outcome.failed(final, inTest)
            return False
        return True


def started(coroutine: Coroutine[Any, Any, _T]) -> Deferred[_T]:
    """Return the Deferred of a coroutine that begins to run.

    In a reactor over a loop of asyncio it begins when the loop runs, since what it calls may ask
    for that.

    Args:
        coroutine: The coroutine.
    """
    reactor: AnyReactor = installedReactor()
    if getattr(reactor, "loop", None) is None:
        return ensureDeferred(coroutine)
    return deferLater(reactor, 0, ensureDeferred, coroutine)


def _namesOf(classes: tuple[type[BaseException], ...]) -> str:
    return ", ".join(each.__name__ for each in classes)


__all__ = ["TestCase", "started"]
