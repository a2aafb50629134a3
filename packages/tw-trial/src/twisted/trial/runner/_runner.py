"""Running a suite in this process, in a directory of its own, with a log and a report."""

import copy
import os
import sys
import unittest
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO

from twisted.internet._reactorinstall import reactorBehind
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher, textFileLogObserver
from twisted.python import log as legacyLog
from twisted.trial._decorating import ForceGarbageCollection, decorate
from twisted.trial._kinds import AnyObject, AnyReporter, AnyStream, AnyTest
from twisted.trial._loggederrors import loggedErrors
from twisted.trial._suites import LoggedSuite, TestSuite, TrialSuite, flattened
from twisted.trial._watchdog import watchdog
from twisted.trial.itrial import Error
from twisted.trial.reporter import (
    TestResultDecorator,
    TreeReporter,
    UncleanWarningsReporterWrapper,
)
from twisted.trial.runner._workingdirectory import workingDirectory


class TrialRunner:
    """Runs suites.

    Attributes:
        DEBUG: The mode in which tests run in a debugger.
        DRY_RUN: The mode in which every test succeeds without being run.
        debugger: What runs the tests in the mode `DEBUG`: pdb, if None was given.
        logfile: The name of the log, in the working directory; `-` for standard output.
        mode: `DEBUG`, `DRY_RUN`, or None.
        profile: Whether to write a profile to `profile.data` in the working directory.
        reporterFactory: Makes the reporter.
        stream: What the reporter writes to.
        uncleanWarnings: Whether what tests leave in the reactor is a warning only.
        workingDirectory: The directory that tests run in.
        postMortem: Whether, in the mode `DEBUG`, the debugger looks at each error.
        interrupted: Whether the last run was ended by KeyboardInterrupt.
    """

    DEBUG = "debug"
    DRY_RUN = "dry-run"

    reporterFactory: Callable[..., AnyReporter] = TreeReporter
    mode: str | None = None
    logfile: str = "test.log"
    stream: AnyStream = None
    profile: bool = False
    uncleanWarnings: bool = False
    workingDirectory: str = "_trial_temp"
    debugger: AnyObject = None

    def __init__(
        self,
        reporterFactory: Callable[..., Any],
        mode: str | None = None,
        logfile: str = "test.log",
        stream: TextIO = sys.stdout,
        profile: bool = False,
        tracebackFormat: str = "default",
        realTimeErrors: bool = False,
        uncleanWarnings: bool = False,
        workingDirectory: str = "_trial_temp",
        forceGarbageCollection: bool = False,
        debugger: AnyObject = None,
        exitFirst: bool = False,
        log: AnyObject = legacyLog,
    ) -> None:
        """Prepare a run.

        Args:
            reporterFactory: Makes the reporter of a stream, the format of tracebacks, whether to
                print errors at once, and a publisher.
            mode: `DEBUG`, `DRY_RUN`, or None.
            logfile: The name of the log, in the working directory; `-` for standard output.
            stream: What the reporter writes to.
            profile: Whether to write a profile.
            tracebackFormat: `default`, `brief` or `verbose`.
            realTimeErrors: Whether to print errors as soon as they occur, too.
            uncleanWarnings: Whether what tests leave in the reactor is a warning only.
            workingDirectory: The directory that tests run in; a number is added to its name if
                another run uses it.
            forceGarbageCollection: Whether to collect garbage before and after each test.
            debugger: What has `runcall` and `post_mortem`, in place of pdb.
            exitFirst: Whether to stop after the first test that fails.
            log: The publisher that the reporter gets.
        """
        self.reporterFactory = reporterFactory
        self.mode = mode
        self.logfile = logfile
        self.stream = stream
        self.profile = profile
        self._tracebackFormat = tracebackFormat
        self._realTimeErrors = realTimeErrors
        self.uncleanWarnings = uncleanWarnings
        self.workingDirectory = workingDirectory
        self._forceGarbageCollection = forceGarbageCollection
        if debugger is not None:
            self.debugger = debugger
        self.postMortem = True
        self._exitFirst = exitFirst
        self._log = log
        self.interrupted: bool = False

    @property
    def tbformat(self) -> str:
        """How tracebacks are printed: `default`, `brief` or `verbose`."""
        return self._tracebackFormat

    @property
    def rterrors(self) -> bool:
        """Whether errors are printed as soon as they occur, too."""
        return self._realTimeErrors

    def run(self, test: unittest.TestCase | unittest.TestSuite) -> AnyReporter:
        """Run tests once.

        Args:
            test: The test or the suite.

        Returns:
            The reporter.

        Raises:
            WorkingDirectoryError: The working directory cannot be used.
        """
        with self.surroundings():
            return self._runOnce(test)

    def runUntilFailure(self, test: unittest.TestCase | unittest.TestSuite) -> AnyReporter:
        """Run tests again and again until one fails, or until they are interrupted.

        Args:
            test: The test or the suite.

        Returns:
            The reporter of the last run.

        Raises:
            WorkingDirectoryError: The working directory cannot be used.
        """
        tests = list(flattened(test))
        with self.surroundings():
            count = 0
            while True:
                count += 1
                self.stream.write(f"Test Pass {count}\n")
                # A test that was run may hold what it made; the copies are made before.
                reporter = self._runOnce(TestSuite([copy.copy(each) for each in tests]))
                if not reporter.wasSuccessful() or reporter.shouldStop:
                    return reporter

    def runPart(self, test: unittest.TestSuite) -> None:
        """Run some tests of several within `surroundings`; the reporter is not told of an end.

        Args:
            test: The tests.
        """
        reporter = self._makeReporter()
        if self._forceGarbageCollection:
            decorate(test, lambda each: ForceGarbageCollection(each))
        with self._warning(reporter):
            self._runSuite(_asSuite(test), self._wrapped(reporter))

    # What is around the tests

    @contextmanager
    def surroundings(self) -> Iterator[None]:
        """Return a context manager for everything that holds during all tests."""
        if "twisted.internet.reactor" in sys.modules:
            # The tests are going to use it; from the first one on it is watched.
            reactorBehind(sys.modules["twisted.internet.reactor"])
        with ExitStack() as stack:
            stack.enter_context(workingDirectory(self.workingDirectory))
            stack.enter_context(self._logging())
            stack.enter_context(watchdog.awake())
            yield

    @contextmanager
    def _logging(self) -> Iterator[None]:
        """Return a context manager in whose body the log goes to its file."""
        with ExitStack() as stack:
            if self.logfile == "-":
                file: TextIO = sys.stdout
            else:
                os.makedirs(os.path.dirname(os.path.abspath(self.logfile)), exist_ok=True)
                file = stack.enter_context(open(self.logfile, "a", encoding="utf-8"))
            observer = _markingTests(file)
            globalLogPublisher.addObserver(observer)
            stack.callback(globalLogPublisher.removeObserver, observer)
            yield

    @contextmanager
    def _warning(self, reporter: AnyReporter) -> Iterator[None]:
        """Return a context manager in whose body the reporter shows warnings."""
        shown = getattr(reporter, "warningShown", None)
        with warnings.catch_warnings():
            if not sys.warnoptions:
                # As the test runner of the standard library does: each place is shown once.
                warnings.simplefilter("default")
            if shown is not None:

                def showwarning(
                    message: Warning | str,
                    category: type[Warning],
                    filename: str,
                    lineno: int,
                    file: TextIO | None = None,
                    line: str | None = None,
                ) -> None:
                    shown(warnings.formatwarning(message, category, filename, lineno, line))

                warnings.showwarning = showwarning
            yield

    # One run

    def _runOnce(self, test: AnyTest) -> AnyObject:
        reporter = self._makeReporter()
        suite = TrialSuite([LoggedSuite([_asSuite(test)])], self._forceGarbageCollection)
        expect = getattr(reporter, "expectTests", None)
        if expect is not None:
            expect(suite.countTestCases())
        with self._warning(reporter):
            try:
                self._runSuite(suite, self._wrapped(reporter))
            except KeyboardInterrupt:
                stop = getattr(reporter, "stop", None)
                if stop is not None:
                    stop()
                self.interrupted = True
        reporter.done()
        return reporter

    def _theDebugger(self) -> AnyObject:
        """Return what runs the tests in the mode `DEBUG`."""
        if self.debugger is None:
            import pdb

            return pdb
        return self.debugger

    def _makeReporter(self) -> AnyObject:
        return self.reporterFactory(self.stream, self.tbformat, self.rterrors, self._log)

    def _wrapped(self, reporter: AnyReporter) -> AnyObject:
        """Put in front of a reporter what looks at results first."""
        if self.mode == self.DEBUG and self.postMortem:
            reporter = PostMortem(reporter, self._theDebugger())
        if self._exitFirst:
            reporter = ExitFirst(reporter)
        if self.uncleanWarnings:
            reporter = UncleanWarningsReporterWrapper(reporter)
        return reporter

    def _runSuite(self, suite: TestSuite, reporter: AnyReporter) -> None:
        if self.mode == self.DRY_RUN:
            for each in flattened(suite):
                reporter.startTest(each)
                reporter.addSuccess(each)
                reporter.stopTest(each)
        elif self.mode == self.DEBUG:
            self._theDebugger().runcall(suite.run, reporter)
        elif self.profile:
            self._runWithProfile(suite, reporter)
        else:
            suite.run(reporter)

    def _runWithProfile(self, suite: TestSuite, reporter: AnyReporter) -> None:
        from cProfile import Profile

        profile = Profile()
        try:
            profile.runcall(suite.run, reporter)
        finally:
            profile.dump_stats("profile.data")
            self.stream.write(f"The profile is in {os.path.abspath('profile.data')}\n")


class ExitFirst(TestResultDecorator):
    """Stops a run after the first test that fails."""

    def addError(self, test: AnyTest, error: Error) -> None:
        """Pass an error on, and stop."""
        self._originalReporter.addError(test, error)
        self._originalReporter.stop()

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Pass a failure on, and stop."""
        self._originalReporter.addFailure(test, fail)
        self._originalReporter.stop()


class PostMortem(TestResultDecorator):
    """Opens a debugger where something was raised."""

    def __init__(self, original: AnyObject, debugger: AnyObject) -> None:
        """Look at errors first.

        Args:
            original: The reporter.
            debugger: What has `post_mortem`.
        """
        super().__init__(original)
        self._debugger = debugger

    def addError(self, test: AnyTest, error: Error) -> None:
        """Pass an error on, and look at it."""
        self._originalReporter.addError(test, error)
        self._look(error)

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Pass a failure on, and look at it."""
        self._originalReporter.addFailure(test, fail)
        self._look(fail)

    def _look(self, error: Error) -> None:
        traceback = error[2] if isinstance(error, tuple) else error.tb
        if traceback is not None:
            self._debugger.post_mortem(traceback)


def _markingTests(file: TextIO) -> ILogObserver:
    """Return an observer that writes the log to a file, with a line for each test that logs."""
    write = textFileLogObserver(file)
    marked = ""

    def observe(event: LogEvent) -> None:
        nonlocal marked
        if loggedErrors.test != marked:
            marked = loggedErrors.test
            file.write(f"--> {marked} <--\n")
        write(event)

    return observe


def _asSuite(test: AnyTest) -> TestSuite:
    return test if isinstance(test, TestSuite) else TestSuite([test])


__all__ = ["ExitFirst", "PostMortem", "TrialRunner"]
