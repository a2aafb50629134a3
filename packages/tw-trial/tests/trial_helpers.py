"""Tests that are run by tests, and a reporter that notes what it is told."""

import gc
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.python.components import implementer
from twisted.trial._janitor import afterClass, afterTest
from twisted.trial.itrial import IReporter
from twisted.trial.unittest import SynchronousTestCase


class Kind(str):
    """The name of a method, which tells more where it is not the one that was expected."""

    text: str

    def __new__(cls, kind: str, text: str) -> "Kind":
        made = super().__new__(cls, kind)
        made.text = text
        return made

    def __repr__(self) -> str:
        return f"{str(self)!r} ({self.text})" if self.text else repr(str(self))


@implementer(IReporter)
class NotingReporter:
    """Notes what it is told: the method, the name of the test, and the text of an error."""

    def __init__(self) -> None:
        # What tests of others have left in this process is not to be taken for that of ours.
        gc.collect()
        afterTest()
        afterClass()
        self.shouldStop = False
        self.testsRun = 0
        self.events: list[tuple[str, str]] = []
        self.errors: list[Any] = []
        self.tests: list[str] = []
        self.todos: list[Any] = []
        self.durations: list[float] = []

    def startTest(self, method: Any) -> None:
        # What others have left in this process may be an error when it is collected: not later.
        gc.collect()
        self.testsRun += 1

    def stopTest(self, method: Any) -> None:
        pass

    def addSuccess(self, test: Any) -> None:
        self.events.append(("success", ""))

    def addError(self, test: Any, error: Any) -> None:
        self.errors.append(error)
        self.events.append(("error", str(error.value)))
        self.tests.append(test.id())

    def addFailure(self, test: Any, failure: Any) -> None:
        self.errors.append(failure)
        self.events.append(("failure", str(failure.value)))

    def addExpectedFailure(self, test: Any, failure: Any, todo: Any = None) -> None:
        self.todos.append(todo)
        self.events.append(("expected", str(failure.value)))

    def addUnexpectedSuccess(self, test: Any, todo: Any = None) -> None:
        self.todos.append(todo)
        self.events.append(("unexpected", todo.reason))

    def addSkip(self, test: Any, reason: str) -> None:
        self.events.append(("skip", reason))

    def addDuration(self, test: Any, elapsed: float) -> None:
        self.durations.append(elapsed)

    def wasSuccessful(self) -> bool:
        return not self.errors

    def done(self) -> None:
        pass

    @property
    def kinds(self) -> list[str]:
        """Which methods were called, in order."""
        return [Kind(kind, text) for kind, text in self.events]


def run(test: Any) -> NotingReporter:
    """Run a test and return the reporter."""
    reporter = NotingReporter()
    test.run(reporter)
    return reporter


def derived(base: type[SynchronousTestCase], cls: type[SynchronousTestCase]) -> Any:
    """Return a class of tests as one of another kind of test case."""
    return type(cls.__name__, (cls, base), {"__module__": cls.__module__})


def runMethod(
    base: type[SynchronousTestCase], cls: type[SynchronousTestCase], name: str = "test_it"
) -> NotingReporter:
    """Run one method of a class, as another kind of test case."""
    return run(derived(base, cls)(name))


def runPytest(folder: Path, source: str, *options: str, plugins: Sequence[str] = ()) -> str:
    """Write tests to a file, run pytest on it, and return what it printed.

    Args:
        folder: Where.
        source: The tests.
        options: Options of pytest.
        plugins: Which plugins there are besides ours; each takes its time to be imported.
    """
    (folder / "test_sample.py").write_text(source)
    words = ["pytest", "-rA", "-p", "no:cacheprovider", "--disable-plugin-autoload"]
    for plugin in ("twisted.trial.pytestplugin", *plugins):
        words += ["-p", plugin]
    done = subprocess.run(
        [sys.executable, "-m", *words, *options, "test_sample.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "COLUMNS": "200"},
    )
    return done.stdout + done.stderr
