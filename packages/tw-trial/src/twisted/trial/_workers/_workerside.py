"""A worker: runs the tests that the parent names, and tells it how they go.

The reactor of this process belongs to the tests, so the worker talks to the parent without one: it
writes at once, and reads when it has nothing to do and between two tests.
"""

# The parent may have stopped the run, so whether it did is asked for.
# pyright: reportIncompatibleVariableOverride=false

import copy
import gc
import json
import os
import select
import sys
from collections import defaultdict
from collections.abc import Callable
from io import StringIO
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import globalLogBeginner
from twisted.protocols.amp import AMP
from twisted.python.failure import Failure
from twisted.trial._endings import endProcess, shutDownReactor
from twisted.trial._holders import ErrorHolder
from twisted.trial._kinds import AnyObject, AnyReporter, AnyTest
from twisted.trial._remotefailures import Description, shortened
from twisted.trial._suites import LoggedSuite, TestSuite, flattened
from twisted.trial._todo import Todo
from twisted.trial._watchdog import watchdog
from twisted.trial._workers._commands import (
    FROM_PARENT,
    TO_PARENT,
    RunTests,
    StopTests,
    Tell,
    partsOf,
)
from twisted.trial._workers._heartbeat import Heart
from twisted.trial.itrial import Error
from twisted.trial.reporter import Reporter

_READ_SIZE = 65536


class BlockingTransport:
    """Two pipes as a transport of AMP."""

    disconnecting = False

    def write(self, data: bytes) -> None:
        """Write all of it before anything else happens."""
        view = memoryview(data)
        while view:
            view = view[os.write(TO_PARENT, view) :]

    def writeSequence(self, data: "list[bytes]") -> None:
        """Write pieces."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """Do nothing: the process ends when the parent says so."""

    def getPeer(self) -> str:
        """Return what the log calls the parent."""
        return "parent"

    def getHost(self) -> str:
        """Return what the log calls this process."""
        return "worker"


class WorkerSide(AMP):
    """The worker's end of the connection.

    Attributes:
        stopped: Whether no more tests are to be run.
        waiting: The batches that are to be run: the tests, and what fires when they are done.
    """

    def __init__(self) -> None:
        """Wait for batches."""
        super().__init__()
        self.stopped = False
        self.waiting: list[tuple[list[tuple[str, int]], Deferred[dict[str, Any]]]] = []

    @RunTests.responder
    def runTests(self, tests: str) -> "Deferred[dict[str, Any]]":
        """Take a batch; it is run when control is back in the loop."""
        done: Deferred[dict[str, Any]] = Deferred()
        self.waiting.append(([(name, number) for name, number in json.loads(tests)], done))
        return done

    @StopTests.responder
    def stopTests(self) -> dict[str, Any]:
        """Run no more tests."""
        self.stopped = True
        return {}

    def tell(self, *event: object) -> None:
        """Tell the parent of an event."""
        for part, last in partsOf(event):
            self.callRemote(Tell, part=part, last=last)

    def read(self, wait: bool) -> bool:
        """Read what the parent says, and return whether it is still there.

        Args:
            wait: Whether to wait until it says something.
        """
        if not wait and not select.select([FROM_PARENT], [], [], 0)[0]:
            return True
        data = os.read(FROM_PARENT, _READ_SIZE)
        if not data:
            return False
        self.dataReceived(data)
        return True


class TellingReporter(Reporter):
    """Tells the parent what it is told."""

    def __init__(self, side: WorkerSide, tbformat: str) -> None:
        """Tell the parent.

        Args:
            side: The connection.
            tbformat: How tracebacks are written.
        """
        self._side = side
        self._stopping = False
        super().__init__(StringIO(), tbformat)

    @property
    def shouldStop(self) -> bool:
        """Whether no more tests are to be run; the parent may have said so meanwhile."""
        if not self._side.read(wait=False):
            self._stopping = True
        return self._stopping or self._side.stopped

    @shouldStop.setter
    def shouldStop(self, value: bool) -> None:
        self._stopping = value

    def _described(self, error: Error) -> Description:
        failure = self._failureOf(error)
        kind: AnyObject = failure.type
        return (
            str(getattr(kind, "__module__", "")),
            str(getattr(kind, "__qualname__", kind)),
            shortened(_messageOf(failure)),
            shortened(self._tracebackOf(failure)),
        )

    def startTest(self, test: AnyTest) -> None:
        """Tell that a test begins."""
        self.testsRun += 1
        self._side.tell("startTest", _idOf(test))

    def stopTest(self, test: AnyTest) -> None:
        """Tell that a test is over."""
        self._side.tell("stopTest", _idOf(test))

    def addSuccess(self, test: AnyTest) -> None:
        """Tell that a test passed."""
        self._side.tell("addSuccess", _idOf(test))

    def addError(self, test: AnyTest, error: Error) -> None:
        """Tell of an error."""
        self._side.tell("addError", _idOf(test), self._described(error))

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Tell of a failure."""
        self._side.tell("addFailure", _idOf(test), self._described(fail))

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Tell that a test was skipped."""
        self._side.tell("addSkip", _idOf(test), str(reason))

    def addExpectedFailure(self, test: AnyTest, error: Error, todo: Todo | None = None) -> None:
        """Tell of a failure that was expected."""
        reason = getattr(todo, "reason", None)
        self._side.tell("addExpectedFailure", _idOf(test), self._described(error), reason)

    def addUnexpectedSuccess(self, test: AnyTest, todo: Todo | None = None) -> None:
        """Tell of a success that was not expected."""
        self._side.tell("addUnexpectedSuccess", _idOf(test), getattr(todo, "reason", None))

    def addDuration(self, test: AnyTest, elapsed: float) -> None:
        """Tell how long a test took."""
        self._side.tell("addDuration", _idOf(test), elapsed)

    def addFlaky(self, test: AnyTest, attempts: int) -> None:
        """Tell of a test that passed when it was run again."""
        self._side.tell("addFlaky", _idOf(test), attempts)

    def warningShown(self, text: str) -> None:
        """Tell of a warning."""
        self._side.tell("warningShown", "", shortened(text))


def _idOf(test: AnyTest) -> str:
    return str(test.id()) if hasattr(test, "id") else str(test)


def _messageOf(failure: Failure) -> str:
    try:
        return failure.getErrorMessage()
    except Exception as error:
        # Some exceptions cannot even be printed.
        return f"its text cannot be shown ({type(error).__name__})"


class TestsByName:
    """Finds tests by what the parent calls them."""

    # pytest takes names that begin so for tests.
    __test__ = False

    def __init__(self, suite: AnyTest) -> None:
        """Hold tests.

        Args:
            suite: The tests, in the order in which the parent has found them.
        """
        self._tests: dict[str, list[Any]] = defaultdict(list)
        for test in flattened(suite):
            self._tests[_idOf(test)].append(test)

    def find(self, name: str, number: int) -> AnyTest:
        """Return a copy of a test that was not run.

        Args:
            name: The name.
            number: Which one of this name, counted from 0.

        Returns:
            The copy; the holder of an error if the parent has found a test that is not here.
        """
        found = self._tests.get(name, [])
        if number >= len(found):
            error = LookupError(
                f"{name} was found when the run began, but not in the worker: which tests there "
                "are must not depend on when they are imported"
            )
            return ErrorHolder(name, Failure(error))
        return copy.copy(found[number])


def serve(side: WorkerSide, tests: TestsByName, run: Callable[[TestSuite], None]) -> None:
    """Run batches until the parent has none any more.

    Args:
        side: The connection.
        tests: The tests.
        run: Runs a suite.
    """
    while side.waiting or side.read(wait=True):
        if not side.waiting:
            continue
        batch, done = side.waiting.pop(0)
        side.stopped = False
        suite = TestSuite([tests.find(name, number) for name, number in batch])
        run(LoggedSuite([suite]))
        done.callback({})


def main(told: AnyObject) -> None:
    """Be a worker.

    Args:
        told: What to do, see `WorkersRunner`.
    """
    for descriptor in (FROM_PARENT, TO_PARENT):
        # Programs that the tests start are not to keep the parent waiting.
        os.set_inheritable(descriptor, False)
    from twisted.scripts.trial import Options, allTests, makeRunner

    config = Options()
    config.parseOptions(told["arguments"])
    config["random"] = told["random"]
    config["temp-directory"] = told["directory"]
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    side = WorkerSide()
    transport: AnyObject = BlockingTransport()
    side.makeConnection(transport)
    reporter = TellingReporter(side, config["tbformat"])

    def makeReporter(*args: AnyObject) -> AnyReporter:
        return reporter

    runner = makeRunner(config, makeReporter)
    tests = TestsByName(allTests(config))
    watchdog.expect = Heart(told["heart"]).expect
    with runner.surroundings():
        serve(side, tests, runner.runPart)
        shutDownReactor()
        _writeCoverage(config.tracer, told["coverage"])
    gc.collect()
    endProcess(0)


def _writeCoverage(tracer: AnyObject, path: str) -> None:
    if tracer is None:
        return
    sys.settrace(None)
    counts = [[*place, count] for place, count in tracer.results().counts.items()]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(counts, file)


__all__ = [
    "BlockingTransport",
    "TellingReporter",
    "TestsByName",
    "WorkerSide",
    "main",
    "serve",
]
