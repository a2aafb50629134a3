"""The reporter for people at a terminal: tests as a tree of modules, classes and methods."""

# The parameters have the names that existing code knows, not those of the standard library.
# pyright: reportIncompatibleMethodOverride=false

from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial.reporter._reporter import WIDTH, Reporter
from twisted.trial.reporter._stream import colored, showsColors


class TreeReporter(Reporter):
    """Prints a tree, in colors where the stream shows them.

    Attributes:
        currentLine: What stands in the line of the test that runs.
        indent: What a level of the tree is indented by.
        columns: The width.
    """

    currentLine: str = ""
    indent = "  "
    columns = WIDTH

    FAILURE = "red"
    ERROR = "red"
    SUCCESS = "green"
    SKIP = "blue"
    TODO = "blue"
    TODONE = "red"

    def __init__(self, stream: AnyObject = None, *args: AnyObject, **kwargs: AnyObject) -> None:
        """Begin with no tests; the arguments are those of `Reporter`."""
        super().__init__(*(() if stream is None else (stream,)), *args, **kwargs)
        self._lastTest: list[str] = []
        self._colored = showsColors(self.stream)

    def expectTests(self, count: int) -> None:
        """Print how many tests there are.

        Args:
            count: The number.
        """
        self._write("%s", f"Running {count} tests.\n")

    def getDescription(self, test: AnyTest) -> str:
        """Return what stands for a test in its line: the last step of its name."""
        return str(test.id()).rpartition(".")[2]

    def startTest(self, test: AnyTest) -> None:
        """Print the branches that lead to a test, and its name."""
        self._testPrelude(test.id())
        depth = self.indent * len(self._lastTest)
        self.currentLine = f"{depth}{self.getDescription(test)} ... "
        self._write("%s", self.currentLine)
        super().startTest(test)

    def _testPrelude(self, name: str) -> None:
        steps = _steps(name)[:-1]
        level = 0
        while level < len(steps) and self._lastTest[: level + 1] == steps[: level + 1]:
            level += 1
        for depth in range(level, len(steps)):
            self._write("%s", f"{self.indent * depth}{steps[depth]}\n")
        self._lastTest = steps

    def stopTest(self, test: AnyTest) -> None:
        """Forget the line."""
        super().stopTest(test)
        self.currentLine = ""

    def endLine(self, message: str, color: str) -> None:
        """Print a verdict at the right end of the line.

        Args:
            message: The verdict.
            color: Its color.
        """
        spaces = max(self.columns - len(self.currentLine) - len(message), 0)
        shown = colored(message, color) if self._colored else message
        self._write("%s", f"{' ' * spaces}{shown}\n")
        # A further verdict on this test has a line to itself.
        self.currentLine = ""

    def addSuccess(self, test: AnyTest) -> None:
        """Print that a test passed."""
        super().addSuccess(test)
        self.endLine("[OK]", self.SUCCESS)

    def addError(self, *args: AnyObject) -> None:
        """Print that a test has an error."""
        self.endLine("[ERROR]", self.ERROR)
        super().addError(*args)

    def addFailure(self, *args: AnyObject) -> None:
        """Print that a test failed."""
        self.endLine("[FAIL]", self.FAILURE)
        super().addFailure(*args)

    def addSkip(self, *args: AnyObject) -> None:
        """Print that a test was skipped."""
        super().addSkip(*args)
        self.endLine("[SKIPPED]", self.SKIP)

    def addExpectedFailure(self, *args: AnyObject) -> None:
        """Print that a test failed as expected."""
        super().addExpectedFailure(*args)
        self.endLine("[TODO]", self.TODO)

    def addUnexpectedSuccess(self, *args: AnyObject) -> None:
        """Print that a test passed against expectation."""
        super().addUnexpectedSuccess(*args)
        self.endLine("[SUCCESS!?!]", self.TODONE)

    def upDownError(
        self, method: str, error: Failure, warn: bool = True, printStatus: bool = True
    ) -> None:
        """Print that there is an error in `setUp` or the like."""
        if printStatus:
            self._write("%s", f"{self.indent}{method} ... ")
            self.endLine("[ERROR]", self.ERROR)
        super().upDownError(method, error, warn, printStatus)

    def cleanupErrors(self, errs: Failure) -> None:
        """Print an error outside of all tests."""
        self._write("cleanup errors ")
        self.endLine("[ERROR]", self.ERROR)
        super().cleanupErrors(errs)

    def done(self) -> None:
        """Print the errors and the summary, with an empty line before them."""
        self._write("\n")
        super().done()

    def _status(self) -> str:
        status = super()._status()
        if not self._colored:
            return status
        return colored(status, self.SUCCESS if self.wasSuccessful() else self.FAILURE)


def _steps(name: str) -> list[str]:
    """Return the levels of the tree for a name: module, class, method."""
    module, _, rest = name.rpartition(".")
    above, _, cls = module.rpartition(".")
    return [above, cls, rest] if above else [step for step in (module, rest) if step]


__all__ = ["TreeReporter"]
