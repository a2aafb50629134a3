"""The runner of `--jobs`: gives batches to workers, and tells the reporter what they tell."""

import itertools
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from twisted.internet.defer import Deferred, ensureDeferred, gatherResults
from twisted.python.failure import Failure
from twisted.trial._holders import TestHolder
from twisted.trial._kinds import AnyObject, AnyReactor, AnyReporter, AnyTest
from twisted.trial._remotefailures import Description, RemoteFailure
from twisted.trial._suites import TestSuite, flattened
from twisted.trial._todo import Todo
from twisted.trial._workers._batches import batchesOf
from twisted.trial._workers._heartbeat import Pulse
from twisted.trial._workers._workerprocess import WorkerProcess
from twisted.trial.runner import TrialRunner

MOST_JOBS = 256
"""How many workers there can be."""

MOST_FALSE_STARTS = 3
"""So often a worker may crash before it begins a test, until its tests are given up."""

Named: TypeAlias = "tuple[str, int]"
"""A test: its name, and its number among those of this name."""


@dataclass
class JobsSettings:
    """How tests run in workers.

    Attributes:
        jobs: How many workers there are.
        arguments: The command line, which the workers read too.
        random: The seed of the order.
        seconds: How long tests took when they ran last.
        keepOrder: Whether somebody has chosen the order.
        directory: The directory that the command was started in.
    """

    jobs: int
    arguments: Sequence[str]
    random: int | None
    seconds: Mapping[str, float]
    keepOrder: bool
    directory: str = field(default_factory=os.getcwd)


class WorkersRunner(TrialRunner):
    """Runs suites in workers.

    Attributes:
        settings: How; to be set before the first run.
        coverage: The files with the lines that the workers have executed.
    """

    settings: JobsSettings

    def __init__(self, *args: AnyObject, **kwargs: AnyObject) -> None:
        """Prepare a run; see `TrialRunner`."""
        super().__init__(*args, **kwargs)
        self.coverage: list[str] = []

    def _runSuite(self, suite: TestSuite, reporter: AnyReporter) -> None:
        if self.mode == self.DRY_RUN:
            super()._runSuite(suite, reporter)
            return
        from twisted.internet import reactor

        run = OneRun(self.settings, self.coverage, list(flattened(suite)), reporter, reactor)
        _runReactor(reactor, ensureDeferred(run.run()), run)


def _runReactor(reactor: AnyReactor, done: Deferred[None], run: "OneRun") -> None:
    """Run the reactor until a run is over.

    Raises:
        KeyboardInterrupt: Somebody stopped the reactor with Ctrl-C.
    """
    results: list[object] = []
    done.addBoth(results.append)
    if not results:
        done.addBoth(lambda result: reactor.crash())
        reactor.run()
    if not results:
        run.kill()
        raise KeyboardInterrupt
    if isinstance(results[0], Failure):
        run.kill()
        results[0].raiseException()


class OneRun:
    """One run of all tests."""

    def __init__(
        self,
        settings: JobsSettings,
        coverage: list[str],
        tests: Sequence[Any],
        reporter: AnyReporter,
        reactor: AnyReactor,
    ) -> None:
        """Prepare a run.

        Args:
            settings: How tests run in workers.
            coverage: Takes the names of the files with executed lines.
            tests: The tests.
            reporter: Who is told.
            reactor: The reactor.
        """
        self._settings = settings
        self._coverage = coverage
        self._reporter = reporter
        self._reactor = reactor
        self._tests: dict[str, list[Any]] = defaultdict(list)
        named: list[Named] = []
        for test in tests:
            name = str(test.id()) if hasattr(test, "id") else str(test)
            named.append((name, len(self._tests[name])))
            self._tests[name].append(test)
        places = batchesOf(
            [name for name, _ in named], settings.seconds, settings.jobs, settings.keepOrder
        )
        self._batches = [[named[place] for place in batch] for batch in places]
        self._workers: set[WorkerProcess] = set()
        self._numbers = itertools.count()

    async def run(self) -> None:
        """Run all batches."""
        jobs = min(self._settings.jobs, len(self._batches))
        await gatherResults([ensureDeferred(self._lane(number)) for number in range(jobs)])

    def kill(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.kill()

    async def _lane(self, number: int) -> None:
        """Run batches, one after the other, in a worker, and in another one when it crashes."""
        lane = Lane(self._replay)
        falseStarts = 0
        while self._batches and not self._reporter.shouldStop:
            lane.pending = self._batches.pop(0)
            while lane.pending and not self._reporter.shouldStop:
                if lane.worker is None:
                    try:
                        lane.worker = self._start(number, lane)
                    except OSError as error:
                        lane.giveUp(f"No process can be started to run the test: {error}")
                        break
                before = len(lane.pending)
                how = await lane.runPending()
                if how is None:
                    break
                self._workers.discard(lane.worker)
                falseStarts = falseStarts + 1 if len(lane.pending) == before else 0
                lane.crashed(how, giveUp=falseStarts >= MOST_FALSE_STARTS)
        if lane.worker is not None:
            await lane.worker.finish()
            self._workers.discard(lane.worker)

    def _start(self, number: int, lane: "Lane") -> WorkerProcess:
        unique = next(self._numbers)
        here = os.getcwd()
        coverage = os.path.join(here, f"worker-{number}-{unique}.coverage")
        self._coverage.append(coverage)
        heart = os.path.join(here, f"worker-{number}.heart")
        told = os.path.join(here, f"worker-{number}.json")
        with open(told, "w", encoding="utf-8") as file:
            json.dump(
                {
                    "arguments": list(self._settings.arguments),
                    "random": self._settings.random,
                    "directory": os.path.join(here, str(number)),
                    "coverage": coverage,
                    "heart": heart,
                    "path": sys.path,
                },
                file,
            )
        path = os.path.join(here, f"worker-{number}.log")
        with ExitStack() as stack:
            output = stack.enter_context(open(path, "ab", buffering=0))
            pulse = Pulse(heart)
            stack.callback(pulse.close)
            worker = WorkerProcess(self._reactor, output, lane.gotEvent, pulse)
            worker.start(told, self._settings.directory)
            # From now on the worker closes them.
            stack.pop_all()
        self._workers.add(worker)
        return worker

    def _replay(self, name: str, number: int, events: Sequence[Any]) -> None:
        """Tell the reporter how a test went."""
        if name:
            known = self._tests.get(name)
            test = known[min(number, len(known) - 1)] if known else TestHolder(name)
        else:
            test = None
        for event in events:
            self._tell(test, event)
        if self._reporter.shouldStop:
            for worker in self._workers:
                worker.stopTests()

    def _tell(self, test: AnyTest, event: Sequence[Any]) -> None:
        method = getattr(self._reporter, event[0], None)
        if method is None:
            return
        match event:
            case ["warningShown", _, text]:
                method(text)
            case ["addError" | "addFailure", _, described]:
                method(test, RemoteFailure(described))
            case ["addExpectedFailure", _, described, reason]:
                method(test, RemoteFailure(described), _todo(reason))
            case ["addUnexpectedSuccess", _, reason]:
                method(test, _todo(reason))
            case [_, _, *more]:
                method(test, *more)


def _todo(reason: str | None) -> Todo | None:
    return None if reason is None else Todo(reason)


class Lane:
    """What one worker after the other is given, and what it has told of it so far.

    Attributes:
        worker: The worker, if there is one.
        pending: The tests of the batch that are not over.
    """

    def __init__(self, replay: AnyObject) -> None:
        """Have no worker yet.

        Args:
            replay: Is called with the name and number of a test and its events when it is over.
        """
        self._replay = replay
        self.worker: WorkerProcess | None = None
        self.pending: list[Named] = []
        self._current: str | None = None
        self._events: list[Any] = []

    def gotEvent(self, event: Any) -> None:  # noqa: ANN401 - from JSON
        """Take an event of the worker."""
        kind, name = event[0], event[1]
        if kind == "startTest":
            self._current = name
            self._events = [event]
        elif self._current is None:
            # An error of a class, or one that belongs to no test.
            self._replay(name, 0, [event])
        else:
            self._events.append(event)
            if kind == "stopTest" and name == self._current:
                self._over()

    def _over(self) -> None:
        name, events = self._current or "", self._events
        self._current, self._events = None, []
        number = 0
        for each in self.pending:
            if each[0] == name:
                number = each[1]
                self.pending.remove(each)
                break
        self._replay(name, number, events)

    async def runPending(self) -> str | None:
        """Run what is pending; return how the worker ended, or None if it did not."""
        assert self.worker is not None, "it was started"
        try:
            await self.worker.runTests(list(self.pending))
        except Exception:
            # What it could not say in the end is not needed; how it ended is.
            if self.worker.alive:
                self.worker.kill()
            return await self.worker.ended
        return None

    def crashed(self, how: str, giveUp: bool) -> None:
        """Report the crash of the worker at the test that it ran.

        Args:
            how: How it ended.
            giveUp: Whether the pending tests are not to be tried again.
        """
        assert self.worker is not None, "it crashed"
        output = self.worker.shownOutput()
        self.worker = None
        text = f"The process that ran the test {how}."
        if output:
            text += f" This is the end of what it printed:\n{output}"
        if self._current is not None:
            name = self._current
            self._events += [["addError", name, _crash(text)], ["stopTest", name]]
            self._over()
        elif giveUp:
            self.giveUp(text)

    def giveUp(self, text: str) -> None:
        """Report that the pending tests cannot be run.

        Args:
            text: Why.
        """
        for name, number in self.pending:
            kinds: list[list[Any]] = [["startTest", name], ["addError", name, _crash(text)]]
            self._replay(name, number, [*kinds, ["stopTest", name]])
        self.pending.clear()


def _crash(text: str) -> Description:
    return "", "WorkerCrashed", text, f"{text}\n"


def mergedCoverage(paths: Sequence[str]) -> dict[tuple[str, int], int]:
    """Return how often lines were executed in all workers.

    Args:
        paths: Their files; one that a crashed worker has not written is left out.
    """
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                rows = json.load(file)
        except (OSError, ValueError):
            continue
        for name, line, count in rows:
            counts[name, line] += count
    return dict(counts)


__all__ = [
    "MOST_JOBS",
    "JobsSettings",
    "Lane",
    "OneRun",
    "WorkersRunner",
    "mergedCoverage",
]
