"""Long work in small steps, which leaves the reactor time for everything else.

A task is an iterator whose `next` does one step. A cooperator goes round its tasks, a step each,
until its time slice is over; then it lets the reactor look after the rest and comes again. An
iterator that yields a Deferred is left alone until that has fired.
"""

import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

_IteratorT = TypeVar("_IteratorT", bound=Iterator[object])

TIME_SLICE = 0.01
"""For how many seconds a cooperator works before it lets the reactor look after the rest."""


class SchedulerError(Exception):
    """A cooperator or one of its tasks cannot do what it was asked for."""


class SchedulerStopped(SchedulerError):
    """The cooperator was stopped: its tasks fail with this, and new ones do at once."""


class TaskFinished(SchedulerError):
    """A task has ended, one way or another."""


class TaskDone(TaskFinished):
    """A task has ended: its iterator is exhausted."""


class TaskStopped(TaskFinished):
    """A task has ended: it was stopped."""


class TaskFailed(TaskFinished):
    """A task has ended: its iterator raised an exception, or a Deferred that it yielded failed."""


class NotPaused(SchedulerError):
    """A task was to be resumed that was not paused."""


class _Timer:
    """Says when a time slice is over."""

    def __init__(self) -> None:
        self._end = time.monotonic() + TIME_SLICE

    def __call__(self) -> bool:
        return time.monotonic() > self._end


def _defaultScheduler(callable: Callable[[], None], /) -> IDelayedCall:
    """Have a cooperator called in the next turn of the default reactor's loop."""
    return defaultReactor(IReactorTime).callLater(0, callable)


class CooperativeTask(Generic[_IteratorT]):
    """A task of a cooperator; made by `cooperate`."""

    def __init__(self, iterator: _IteratorT, cooperator: "Cooperator", /) -> None:
        self._iterator = iterator
        self._cooperator = cooperator
        self._waiting: list[Deferred[_IteratorT]] = []
        self._pauses = 0
        self._result: _IteratorT | Failure | None = None
        self._ended: type[SchedulerError] | None = None
        cooperator._add(self)

    def whenDone(self) -> Deferred[_IteratorT]:
        """Return a Deferred that fires with the iterator when it is exhausted.

        It fails with what the iterator raised, with the failure of a Deferred that it yielded,
        with `TaskStopped` after `stop`, or with `SchedulerStopped`.
        """
        if isinstance(self._result, Failure):
            return fail(self._result)
        if self._result is not None:
            return succeed(self._result)
        done: Deferred[_IteratorT] = Deferred()
        self._waiting.append(done)
        return done

    def pause(self) -> None:
        """Make no more steps until `resume` was called as often as this.

        Raises:
            TaskFinished: The task has ended; the subclass says how.
        """
        self._checkRuns()
        self._pauses += 1
        if self._pauses == 1:
            self._cooperator._remove(self)

    def resume(self) -> None:
        """Take one `pause` back.

        Raises:
            NotPaused: It is not paused.
        """
        if self._pauses == 0:
            raise NotPaused("the task is not paused")
        self._pauses -= 1
        if self._pauses == 0 and self._ended is None:
            self._cooperator._add(self)

    def stop(self) -> None:
        """End the task: its `whenDone` fails with `TaskStopped`.

        Raises:
            TaskFinished: The task has ended already; the subclass says how.
        """
        self._checkRuns()
        self._end(TaskStopped, Failure(TaskStopped()))

    def _checkRuns(self) -> None:
        if self._ended is not None:
            raise self._ended

    def _end(self, how: type[SchedulerError], result: _IteratorT | Failure) -> None:
        """Note how the task ended, and tell who waits."""
        self._ended = how
        self._result = result
        if self._pauses == 0:
            self._cooperator._remove(self)
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done.callback(result)

    def _oneStep(self) -> None:
        """Let the iterator do one step."""
        try:
            result = next(self._iterator)
        except StopIteration:
            self._end(TaskDone, self._iterator)
        except Exception:
            self._end(TaskFailed, Failure())
        else:
            if isinstance(result, Deferred):
                self._waitFor(result)

    def _waitFor(self, result: Deferred[object]) -> None:
        """Make no step until a Deferred has fired."""
        self.pause()

        def failed(failure: Failure) -> None:
            if self._ended is None:
                self._end(TaskFailed, failure)

        def fired(result: object) -> None:
            if self._ended is None:
                self.resume()

        result.addCallbacks(fired, failed)


class Cooperator:
    """Goes round its tasks, a step each, as long as a time slice lasts, again and again."""

    def __init__(
        self,
        terminationPredicateFactory: Callable[[], Callable[[], bool]] = _Timer,
        scheduler: Callable[[Callable[[], None]], IDelayedCall] = _defaultScheduler,
        started: bool = True,
    ) -> None:
        """Make a cooperator.

        Args:
            terminationPredicateFactory: Called when a time slice begins; what it returns is called
                after each step, and says whether the slice is over. By default a slice lasts
                `TIME_SLICE` seconds.
            scheduler: Has a function called when the next slice may begin; the default reactor's
                `callLater` unless given.
            started: Whether it works from the beginning, or only after `start`.
        """
        self._sliceBegins = terminationPredicateFactory
        self._scheduler = scheduler
        self._tasks: list[CooperativeTask[Iterator[object]]] = []
        self._next = 0
        self._delayedCall: IDelayedCall | None = None
        self._started = started
        self._stopped = False

    @property
    def running(self) -> bool:
        """Whether it works: it was started and not stopped."""
        return self._started and not self._stopped

    def cooperate(self, iterator: _IteratorT) -> CooperativeTask[_IteratorT]:
        """Begin to work on a task.

        Args:
            iterator: Does a step for each `next`.

        Returns:
            The task, which can be paused, stopped and waited for.
        """
        return CooperativeTask(iterator, self)

    def coiterate(
        self, iterator: _IteratorT, doneDeferred: Deferred[_IteratorT] | None = None
    ) -> Deferred[_IteratorT]:
        """Begin to work on a task that nobody wants to pause.

        Args:
            iterator: Does a step for each `next`.
            doneDeferred: The Deferred to fire; a new one if left out.

        Returns:
            A Deferred that fires with the iterator, as `CooperativeTask.whenDone` does.
        """
        done: Deferred[_IteratorT] = Deferred() if doneDeferred is None else doneDeferred
        self.cooperate(iterator).whenDone().chainDeferred(done)
        return done

    def start(self) -> None:
        """Begin to work, or begin again after `stop`."""
        self._stopped = False
        self._started = True
        self._reschedule()

    def stop(self) -> None:
        """Stop working: the tasks fail with `SchedulerStopped`, and so do new ones."""
        self._stopped = True
        tasks, self._tasks = self._tasks, []
        if self._delayedCall is not None:
            self._delayedCall.cancel()
            self._delayedCall = None
        for task in tasks:
            task._end(SchedulerStopped, Failure(SchedulerStopped()))

    def _add(self, task: CooperativeTask[_IteratorT]) -> None:
        """Take a task in."""
        if self._stopped:
            task._end(SchedulerStopped, Failure(SchedulerStopped()))
            return
        self._tasks.append(task)  # type: ignore[arg-type] # any iterator is one of objects
        self._reschedule()

    def _remove(self, task: CooperativeTask[_IteratorT]) -> None:
        """Let a task go; harmless for one that is not there."""
        for index, candidate in enumerate(self._tasks):
            if candidate is task:
                del self._tasks[index]
                if index < self._next:
                    self._next -= 1
                break
        if not self._tasks and self._delayedCall is not None:
            self._delayedCall.cancel()
            self._delayedCall = None

    def _reschedule(self) -> None:
        """See to it that a slice follows if there is work."""
        if self.running and self._tasks and self._delayedCall is None:
            self._delayedCall = self._scheduler(self._tick)

    def _tick(self) -> None:
        """Work for one slice: at least one step."""
        self._delayedCall = None
        over = self._sliceBegins()
        while self._tasks:
            if self._next >= len(self._tasks):
                self._next = 0
            task = self._tasks[self._next]
            self._next += 1
            task._oneStep()
            if over():
                break
        self._reschedule()


_theCooperator = Cooperator()


def coiterate(iterator: _IteratorT) -> Deferred[_IteratorT]:
    """Begin to work on a task with the cooperator that all share; see `Cooperator.coiterate`."""
    return _theCooperator.coiterate(iterator)


def cooperate(iterator: _IteratorT) -> CooperativeTask[_IteratorT]:
    """Begin to work on a task with the cooperator that all share; see `Cooperator.cooperate`."""
    return _theCooperator.cooperate(iterator)
