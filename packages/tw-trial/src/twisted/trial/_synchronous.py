"""Test cases that need no reactor.

One run of a test goes `setUp`, the method, `tearDown`, then the cleanups in reverse order. Whatever
is raised on the way is told to the reporter, and the run goes on where that makes sense: without a
`setUp` that succeeded neither the method nor `tearDown` are run; the cleanups always are. At the
end come the errors that were logged, coroutines that were never awaited, and warnings that nobody
took.
"""

import gc
import inspect
import os
import sys
import tempfile
import time
import unittest
import warnings
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, ParamSpec

from incremental import Version, getVersionString

from twisted.internet.defer import Deferred, TimeoutError
from twisted.python.deprecate import DEPRECATION_WARNING_FORMAT, getDeprecationWarningString
from twisted.python.failure import Failure
from twisted.python.monkey import MonkeyPatcher
from twisted.python.reflect import fullyQualifiedName
from twisted.trial._collectedwarnings import (
    CollectedWarnings,
    Suppression,
    WarningDict,
    show,
    suppressing,
)
from twisted.trial._deferredassertions import DeferredAssertions
from twisted.trial._kinds import AnyObject, AnyReporter
from twisted.trial._loggederrors import loggedErrors
from twisted.trial._outcome import Outcome, attempt
from twisted.trial._pyunit import reporterFor
from twisted.trial._todo import FailTest, Todo, makeTodo
from twisted.trial._watchdog import TestHangs, watchdog

_P = ParamSpec("_P")

_MISSING: Any = object()

LONGEST_NAME = 32
"""How many characters of the names of module, class and method are in the path of `mktemp`."""


class SynchronousTestCase(DeferredAssertions):
    """A test that is over when its method returns.

    Derive a class from it whose methods begin with `test`; each is one test with an instance of
    its own. These attributes of a method, of its class or of its module say more, the nearest one
    wins:

    - `skip`: the reason for which the test is not to be run;
    - `todo`: why it is expected to fail, see `makeTodo`;
    - `suppress`: a list of what `twisted.trial.util.suppress` returns, for warnings to ignore;
    - `timeout`: how many seconds each of `setUp`, method, `tearDown` and cleanups may take; 120 if
      there is none.
    """

    failureException: type[AssertionError] = FailTest
    # Of the base class: function, arguments, keyword arguments.
    _cleanups: list[tuple[Callable[..., object], tuple[object, ...], dict[str, object]]]

    def __init__(self, methodName: str = "runTest") -> None:
        """Make the test of one method.

        Args:
            methodName: The method's name.
        """
        super().__init__(methodName)
        # Suites say so of all tests but the last one of a class that they hold.
        self._isLastOfItsClass = True
        self._warnings: CollectedWarnings | None = None
        self._running: Outcome | None = None

    def runTest(self) -> None:
        """Do nothing: the test of an instance that was made without the name of a method."""

    def shortDescription(self) -> str:
        """Return the first line of the method's docstring, or else its name."""
        return super().shortDescription() or self._testMethodName

    # What attributes say

    def _attribute(self, name: str, default: AnyObject) -> AnyObject:
        """Return an attribute of the method, or else of the class, or else of the module."""
        value = getattr(getattr(self, self._testMethodName, None), name, _MISSING)
        if value is _MISSING:
            value = getattr(self, name, _MISSING)
        if value is _MISSING:
            value = getattr(sys.modules.get(type(self).__module__), name, default)
        return value

    def getSkip(self) -> tuple[bool, str | None]:
        """Return whether the test is not to be run, and why."""
        reason = self._attribute("skip", None)
        if reason is not None and reason is not False:
            return True, str(reason)
        method = getattr(self, self._testMethodName, None)
        for marked in (method, self):
            if getattr(marked, "__unittest_skip__", False):
                return True, str(getattr(marked, "__unittest_skip_why__", ""))
        return False, None

    def getTodo(self) -> Todo | None:
        """Return why the test is expected to fail; None if it is not."""
        value = self._attribute("todo", None)
        if value is not None:
            return value if isinstance(value, Todo) else makeTodo(value)
        method = getattr(self, self._testMethodName, None)
        for marked in (method, self):
            if getattr(marked, "__unittest_expecting_failure__", False):
                return Todo("expected failure")
        return None

    def getSuppress(self) -> list[Suppression]:
        """Return which warnings are to be ignored during the test."""
        return list(self._attribute("suppress", ()))

    def getTimeout(self) -> float:
        """Return how many seconds a step of the test may take."""
        from twisted.trial.util import DEFAULT_TIMEOUT_DURATION

        timeout = self._attribute("timeout", None)
        if timeout is None:
            return DEFAULT_TIMEOUT_DURATION
        try:
            return float(timeout)
        except (TypeError, ValueError):
            warnings.warn(
                f"timeout of {self.id()} is to be a number of seconds, not {timeout!r}; "
                f"{DEFAULT_TIMEOUT_DURATION} is used",
                stacklevel=2,
            )
            return DEFAULT_TIMEOUT_DURATION

    # Running

    def run(self, result: AnyReporter = None) -> AnyReporter:
        """Run the test.

        Args:
            result: Who is told how it went: a reporter, or a result of the standard library; a new
                result, if left out.

        Returns:
            The result.
        """
        if result is None:
            result = self.defaultTestResult()
        reporter: AnyReporter = reporterFor(result)
        reporter.startTest(self)
        started = time.perf_counter()
        try:
            skipped, reason = self.getSkip()
            if skipped:
                reporter.addSkip(self, reason or "")
            else:
                self._runUnskipped(reporter)
        finally:
            told = getattr(reporter, "addDuration", None)
            if told is not None:
                told(self, time.perf_counter() - started)
            reporter.stopTest(self)
        return result

    def __call__(self, *args: AnyObject, **kwds: AnyObject) -> AnyObject:
        """Run the test; the same as `run`."""
        return self.run(*args, **kwds)

    def _runUnskipped(self, reporter: AnyReporter) -> None:
        loggedErrors.listen()
        # What was logged before does not belong to this test; suites have asked for it.
        loggedErrors.take()
        loggedErrors.test = self.id()
        try:
            todo, suppress = self.getTodo(), self.getSuppress()
        except Exception:
            # An attribute of the test makes no sense; the error says which.
            reporter.addError(self, Failure())
            return
        outcome = self._running = Outcome(self, reporter, todo)
        try:
            with CollectedWarnings() as collected:
                self._warnings = collected
                suppressing(suppress)
                self._runPhases(outcome)
                # An error that no errback handled shows when its Deferred is collected. What the
                # test made is young, so it is found without a look at everything.
                gc.collect(1)
                for failure in [*loggedErrors.take(), *collected.takeNeverAwaited()]:
                    outcome.error(failure)
            shown, failures = collected.judge()
            for failure in failures:
                outcome.error(failure)
            outcome.ended()
            if shown:
                show(shown)
        finally:
            self._warnings = None
            self._running = None

    def _runPhases(self, outcome: Outcome) -> None:
        """Run everything that the test consists of."""
        setUp, tearDown = self.setUp, self.tearDown
        # Those of the standard library do nothing; most tests have no others.
        if _isNothing(setUp, _NO_SET_UP) or self._step(setUp, outcome):
            self._step(getattr(self, self._testMethodName), outcome, inTest=True)
            if not _isNothing(tearDown, _NO_TEAR_DOWN):
                self._step(tearDown, outcome)
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            self._step(lambda: function(*args, **kwargs), outcome)  # noqa: B023 - called at once

    def _step(self, function: Callable[[], object], outcome: Outcome, inTest: bool = False) -> bool:
        """Call a function, and return whether it did what it should."""
        try:
            watchdog.begin(self.id(), self.getTimeout())
            try:
                returned, result = attempt(function, outcome, inTest)
            finally:
                watchdog.end()
            if result is None:
                return returned
            return self._dealWith(function, result, outcome, inTest)
        except (TimeoutError, TestHangs):
            # The time was up, but just then no code of the test ran.
            watchdog.end()
            outcome.failed(Failure(), inTest)
            return False

    def _dealWith(
        self, function: Callable[[], object], result: object, outcome: Outcome, inTest: bool
    ) -> bool:
        """Look at what a step returned, and return whether it is fine."""
        problem: BaseException | None = None
        if isinstance(result, Deferred):
            results: list[object] = []
            result.addBoth(results.append)
            if not results:
                problem = TypeError(
                    f"{_nameOf(function)} returned a Deferred that has no result: derive the test "
                    "from TestCase, which waits for it"
                )
            elif isinstance(results[0], Failure):
                outcome.failed(results[0], inTest)
                return False
        elif isinstance(result, Coroutine):
            result.close()
            problem = TypeError(
                f"{_nameOf(function)} is a coroutine: derive the test from TestCase, which "
                "waits for it"
            )
        else:
            problem = _problemWith(function, result)
        if problem is None:
            return True
        outcome.failed(Failure(problem))
        return False

    @contextmanager
    def subTest(self, msg: AnyObject = None, **params: AnyObject) -> Iterator[None]:
        """Return a context manager whose body may fail while the test goes on.

        Args:
            msg: What is tested.
            params: With what.
        """
        try:
            yield
        except (KeyboardInterrupt, unittest.SkipTest):
            raise
        except BaseException as error:
            said = [] if msg is None else [str(msg)]
            said += [f"{name}={value!r}" for name, value in params.items()]
            error.add_note(f"in the sub-test {', '.join(said)}")
            if self._running is None:
                raise
            self._running.failed(Failure(error), inTest=True)

    # For tests

    def addCleanup(self, f: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Have something called after the test, whether it passes or not.

        Args:
            f: What to call. The last one that was added is called first; one that raises is an
                error, and the others are called all the same.
            args: Its arguments.
            kwargs: Its keyword arguments.
        """
        super().addCleanup(f, *args, **kwargs)

    def patch(self, obj: object, attribute: str, value: object) -> MonkeyPatcher:
        """Give an attribute another value until the end of the test.

        Args:
            obj: The object, a module for instance.
            attribute: The attribute's name; it must exist.
            value: The value.

        Returns:
            What gives it back its own value: call `restore` to have that sooner.
        """
        patcher = MonkeyPatcher((obj, attribute, value))
        patcher.patch()
        self.addCleanup(patcher.restore)
        return patcher

    def mktemp(self) -> str:
        """Return a new path for a file or directory of this test.

        The directory that it is in exists, below the current one; the path itself does not.
        """
        cls = type(self)
        names = (cls.__module__, cls.__name__, self._testMethodName)
        base = os.path.join(*(name[:LONGEST_NAME] for name in names))
        os.makedirs(base, exist_ok=True)
        return os.path.join(tempfile.mkdtemp(prefix="", dir=base), "temp")

    def flushLoggedErrors(self, *errorTypes: type[BaseException]) -> list[Failure]:
        """Return the errors that were logged since the start of the test, and forget them.

        Errors that are left make the test fail.

        Args:
            errorTypes: Only exceptions of these classes; all, if none is given.

        Returns:
            The failures, oldest first.
        """
        return loggedErrors.take(*errorTypes)

    def flushWarnings(
        self, offendingFunctions: Iterable[Callable[..., object]] | None = None
    ) -> list[WarningDict]:
        """Return the warnings that were emitted since the start of the test, and forget them.

        Args:
            offendingFunctions: Only those that name a line of one of these functions.

        Returns:
            For each a dictionary with `message` (a string), `category`, `filename` and `lineno`.
        """
        return [] if self._warnings is None else self._warnings.flush(offendingFunctions)

    def callDeprecated(
        self,
        version: "Version | tuple[Version, str | Callable[..., object]]",
        f: Callable[_P, Any],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> AnyObject:
        """Call a function, and check that it warns once that it is deprecated.

        Args:
            version: Since when, or a tuple of that and what to use instead.
            f: The function.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Returns:
            What it returned.
        """
        result = f(*args, **kwargs)
        since, replacement = version if isinstance(version, tuple) else (version, None)
        found = self.flushWarnings([self.callDeprecated])
        name = fullyQualifiedName(f)
        if not found:
            self.fail(f"{name} is not deprecated.")
        observed = found[0]["message"]
        expected = getDeprecationWarningString(f, since, replacement=replacement)
        if replacement is None:
            # What to use instead may be said all the same.
            said = observed.partition("; please use ")[0]
        else:
            said = observed
        self.assertEqual(said, expected)
        return result

    def getDeprecatedModuleAttribute(
        self, moduleName: str, name: str, version: Version, message: str | None = None
    ) -> AnyObject:
        """Return an attribute of a module, and check that reading it warns.

        Args:
            moduleName: The module's name.
            name: The attribute's name.
            version: Since when it is deprecated.
            message: What the warning says besides; whatever it says, if left out.
        """
        module: ModuleType = sys.modules.get(moduleName) or __import__(moduleName, fromlist=[""])
        attribute = getattr(module, name)
        found = self.flushWarnings([self.getDeprecatedModuleAttribute])
        full = f"{moduleName}.{name}"
        self.assertEqual(len(found), 1, f"{full} was expected to warn once")
        self.assertIs(found[0]["category"], DeprecationWarning)
        expected = DEPRECATION_WARNING_FORMAT % {
            "fqpn": full,
            "version": getVersionString(version),
        }
        if message is not None:
            self.assertEqual(found[0]["message"], f"{expected}: {message}")
        else:
            self.assertTrue(found[0]["message"].startswith(expected))
        return attribute


_NO_SET_UP = unittest.TestCase.setUp
_NO_TEAR_DOWN = unittest.TestCase.tearDown


def _isNothing(method: Callable[..., object], nothing: Callable[..., object]) -> bool:
    """Return whether a method is the one that does nothing."""
    return getattr(method, "__func__", None) is nothing


def _nameOf(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", None) or repr(function)


def _problemWith(function: Callable[..., object], result: object) -> BaseException | None:
    """Return what is wrong with what a step returned, if it can't have been meant."""
    if inspect.isgenerator(result):
        result.close()
        return TypeError(
            f"{_nameOf(function)} is a generator, so nothing of it was run: decorate it with "
            "inlineCallbacks, or make it a coroutine"
        )
    if inspect.isasyncgen(result):
        return TypeError(
            f"{_nameOf(function)} has a yield, so nothing of it was run: await instead"
        )
    return None


__all__ = ["SynchronousTestCase"]
