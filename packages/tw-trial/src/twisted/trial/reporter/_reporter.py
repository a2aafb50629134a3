"""The base of the reporters that print for people: errors in the end, and a summary."""

import sys
import time
import warnings
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyStream, AnyTest
from twisted.trial._remotefailures import RemoteFailure
from twisted.trial._todo import Todo
from twisted.trial.itrial import Error
from twisted.trial.reporter._result import TestResult
from twisted.trial.reporter._stream import SafeStream

WIDTH = 79
"""How many columns a report has."""

MOST_FRAMES = 100
"""How many frames of a traceback are printed, at most; half of them from each end."""


class BrokenTestCaseWarning(Warning):
    """A test was run in a way that cannot work."""


class Reporter(TestResult):
    """Prints errors and a summary at the end; subclasses print more while tests run.

    Attributes:
        stream: What it writes to.
        tbformat: How tracebacks are printed: `default`, `brief` or `verbose`.
        realtime: Whether errors are printed as soon as they occur, too.
        separator: The line between two errors.
        doubleSeparator: The line before each error.
        slowest: How many of the slowest tests are listed at the end.
    """

    separator: str = "-" * WIDTH
    doubleSeparator: str = "=" * WIDTH

    def __init__(
        self,
        stream: AnyStream = sys.stdout,
        tbformat: str = "default",
        realtime: bool = False,
        publisher: AnyObject = None,
    ) -> None:
        """Begin with no tests.

        Args:
            stream: What to write to.
            tbformat: How to print tracebacks: `default`, `brief` or `verbose`.
            realtime: Whether to print errors as soon as they occur, too.
            publisher: Kept for existing code: warnings come by `warningShown`.
        """
        super().__init__()
        self._stream: Any = SafeStream(stream)
        self.tbformat = tbformat
        self.realtime = realtime
        self._publisher = publisher
        self._startTime: float | None = None
        self._shownWarnings: set[str] = set()
        self.slowest = 0

    @property
    def stream(self) -> AnyStream:
        """What it writes to."""
        return self._stream.original

    # What happens

    def startTest(self, test: AnyTest) -> None:
        """Learn that a test begins."""
        if self._startTime is None:
            self._startTime = time.perf_counter()
        super().startTest(test)

    def addError(self, test: AnyTest, error: Error) -> None:
        """Learn that a test raised something that it should not."""
        super().addError(test, error)
        if self.realtime:
            self._printFailure(self._failureOf(error))

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Learn that an assertion of a test does not hold."""
        super().addFailure(test, fail)
        if self.realtime:
            self._printFailure(self._failureOf(fail))

    def cleanupErrors(self, errs: Failure) -> None:
        """Learn of an error outside of all tests."""
        self._write("%s\n%s", "[ERROR]", self._tracebackOf(errs))

    def upDownError(
        self, method: str, error: Failure, warn: bool = True, printStatus: bool = True
    ) -> None:
        """Learn of an error in `setUp` or the like."""
        if warn:
            text = self._tracebackOf(error)
            warnings.warn(f"{method}: {text}", BrokenTestCaseWarning, stacklevel=2)

    def warningShown(self, text: str) -> None:
        """Print a warning that nobody took; the same one only once.

        Args:
            text: The warning as Python formats it.
        """
        if text not in self._shownWarnings:
            self._shownWarnings.add(text)
            self._write("%s", text)

    # Writing

    def _write(self, format: str, *args: object) -> None:
        """Write a text."""
        self._stream.write(format % args if args else format)
        self._stream.flush()

    def _writeln(self, format: str, *args: object) -> None:
        self._write(format, *args)
        self._write("\n")

    def _printFailure(self, failure: Failure) -> None:
        self._write("%s", f"{self._tracebackOf(failure)}\n")

    def _tracebackOf(self, failure: Failure) -> str:
        """Return a traceback without the frames of those who run and check tests."""
        if isinstance(failure, RemoteFailure):
            return failure.text
        try:
            trimmed = Failure(failure.value, failure.type, _trimmed(failure.tb))
            return trimmed.getTraceback(detail=self.tbformat)
        except Exception as error:
            # Some exceptions cannot even be printed.
            kind = getattr(failure.type, "__name__", str(failure.type))
            return f"{kind}: its text cannot be shown ({type(error).__name__})\n"

    # The end

    def done(self) -> None:
        """Print the errors and the summary."""
        self._printErrors()
        if self.slowest:
            self._printSlowest()
        self._printSummary()

    def _printSlowest(self) -> None:
        self._writeln("%s", self.doubleSeparator)
        self._writeln("The slowest tests")
        ordered = sorted(self.collectedDurations, key=lambda each: -each[1])
        for name, seconds in ordered[: self.slowest]:
            self._writeln("%s", f"{seconds:9.3f}s  {name}")

    def _printErrors(self) -> None:
        """Print everything that is not a plain success."""
        for test, reason in self.skips:
            self._printSection("[SKIPPED]", f"{reason}\n", [test])
        for test, failure, todo in self.expectedFailures:
            text = f"{_reasonOf(todo)}{self._tracebackOf(failure)}"
            self._printSection("[TODO]", text, [test])
        self._printGrouped("[FAIL]", self.failures)
        self._printGrouped("[ERROR]", self.errors)
        for test, todo in self.unexpectedSuccesses:
            self._printSection("[SUCCESS!?!]", _reasonOf(todo), [test])
        for test, attempts in self.flaky:
            times = "once" if attempts == 1 else f"{attempts} times"
            self._printSection("[FLAKY]", f"It failed {times}, then it passed.\n", [test])

    def _printGrouped(self, flavor: str, found: Sequence[tuple[Any, Failure]]) -> None:
        """Print failures; one that several tests have (in `setUp`, say) only once."""
        groups: dict[str, list[Any]] = {}
        for test, failure in found:
            groups.setdefault(self._tracebackOf(failure), []).append(test)
        for text, tests in groups.items():
            self._printSection(flavor, text, tests)

    def _printSection(self, flavor: str, text: str, tests: Sequence[Any]) -> None:
        self._writeln("%s", self.doubleSeparator)
        self._writeln("%s", flavor)
        self._write("%s", text if text.endswith("\n") else f"{text}\n")
        self._writeln("")
        for test in tests:
            self._writeln("%s", test.id() if hasattr(test, "id") else str(test))

    def _printSummary(self) -> None:
        """Print how many tests ran, how long it took, and how it went."""
        seconds = 0.0 if self._startTime is None else time.perf_counter() - self._startTime
        self._writeln("%s", self.separator)
        self._writeln("Ran %d tests in %.3fs", self.testsRun, seconds)
        self._writeln("")
        self._write("%s", f"{self._status()}{self._summary()}\n")

    def _status(self) -> str:
        return "PASSED" if self.wasSuccessful() else "FAILED"

    def _counts(self) -> dict[str, int]:
        """Return how many tests ended in which way."""
        return {
            "skips": len(self.skips),
            "expectedFailures": len(self.expectedFailures),
            "failures": len(self.failures),
            "errors": len(self.errors),
            "unexpectedSuccesses": len(self.unexpectedSuccesses),
            "flaky": len(self.flaky),
            "successes": self.successes,
        }

    def _summary(self) -> str:
        counts = [f"{name}={number}" for name, number in self._counts().items() if number]
        return f" ({', '.join(counts)})" if counts else ""


def _reasonOf(todo: Todo) -> str:
    return f"Reason: {todo.reason!r}\n"


def _isMachinery(traceback: TracebackType) -> bool:
    """Return whether a frame belongs to those who run or check tests."""
    names = traceback.tb_frame.f_globals
    if "__unittest" in names:
        return True
    module = str(names.get("__name__", ""))
    return module.startswith(("twisted.trial._", "twisted.internet.defer", "unittest."))


def _trimmed(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without its machinery at both ends, and not too long."""
    found: list[TracebackType] = []
    while traceback is not None:
        found.append(traceback)
        traceback = traceback.tb_next
    kept = found[:]
    while kept and _isMachinery(kept[0]):
        kept.pop(0)
    while kept and _isMachinery(kept[-1]):
        kept.pop()
    kept = kept or found
    if len(kept) > MOST_FRAMES:
        half = MOST_FRAMES // 2
        kept = kept[:half] + kept[-half:]
    made: TracebackType | None = None
    for each in reversed(kept):
        made = TracebackType(made, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return made


__all__ = ["BrokenTestCaseWarning", "Reporter"]
