"""A bar on a terminal that grows with the tests that are over."""

import shutil
import time

from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial.itrial import Error
from twisted.trial.reporter._reporter import Reporter
from twisted.trial.reporter._stream import isTerminal

INTERVAL = 0.05
"""How many seconds lie between two changes of the bar, at least."""

CLEAR = "\r\x1b[K"
"""Goes to the begin of the line and clears it."""


class ProgressReporter(Reporter):
    """Prints a bar, and the names of the tests that fail above it.

    Where the stream is no terminal there is no bar.
    """

    def __init__(self, *args: AnyObject, **kwargs: AnyObject) -> None:
        """Begin with no tests; the arguments are those of `Reporter`."""
        super().__init__(*args, **kwargs)
        self._total: int | None = None
        self._over = 0
        self._drawn = float("-inf")
        self._draws = isTerminal(self.stream)

    def expectTests(self, count: int) -> None:
        """Learn how many tests the run has.

        Args:
            count: The number.
        """
        self._total = count

    def startTest(self, test: AnyTest) -> None:
        """Show which test runs."""
        super().startTest(test)
        self._draw(str(test.id()))

    def stopTest(self, test: AnyTest) -> None:
        """Let the bar grow."""
        super().stopTest(test)
        self._over += 1
        self._draw(str(test.id()))

    def addError(self, test: AnyTest, error: Error) -> None:
        """Print the name of a test with an error."""
        self._above(f"[ERROR] {test.id()}")
        super().addError(test, error)

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Print the name of a test that failed."""
        self._above(f"[FAIL] {test.id()}")
        super().addFailure(test, fail)

    def warningShown(self, text: str) -> None:
        """Print a warning above the bar."""
        self._erase()
        super().warningShown(text)

    def done(self) -> None:
        """Take the bar away, and print errors and summary."""
        self._erase()
        super().done()

    def _above(self, line: str) -> None:
        self._erase()
        self._write("%s", f"{line}\n")

    def _erase(self) -> None:
        if self._draws:
            self._write("%s", CLEAR)
            self._drawn = float("-inf")

    def _draw(self, name: str) -> None:
        now = time.monotonic()
        if self._draws and now - self._drawn >= INTERVAL:
            self._drawn = now
            width = shutil.get_terminal_size().columns - 1
            self._write("%s", CLEAR + barOf(self._over, self._total, name, width))


def barOf(over: int, total: int | None, name: str, width: int) -> str:
    """Return the line that shows how far a run is.

    Args:
        over: How many tests are over.
        total: How many there are, if that is known.
        name: The test that runs.
        width: How many columns there are.
    """
    if not total:
        return f"{over} {name}"[:width]
    size = 20
    filled = min(size, size * over // total)
    numbers = f"{over:{len(str(total))}}/{total}"
    return f"[{'#' * filled}{'.' * (size - filled)}] {numbers} {name}"[:width]


__all__ = ["ProgressReporter", "barOf"]
