"""`Cooperator`: long work in small steps."""

from collections.abc import Callable, Iterator

import pytest

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.task import (
    Clock,
    CooperativeTask,
    Cooperator,
    NotPaused,
    SchedulerStopped,
    TaskDone,
    TaskFailed,
    TaskStopped,
)
from twisted.python.failure import Failure


class Slices:
    """A cooperator whose slices are so many steps, on a clock."""

    def __init__(self, steps: int = 1, started: bool = True) -> None:
        self.clock = Clock()
        self.steps = steps
        self.work: list[str] = []
        self.cooperator = Cooperator(
            self.begin, lambda function: self.clock.callLater(1, function), started
        )

    def begin(self) -> Callable[[], bool]:
        left = iter(range(self.steps - 1))
        return lambda: next(left, None) is None

    def steps_of(self, name: str, count: int) -> Iterator[None]:
        for number in range(count):
            self.work.append(f"{name}{number}")
            yield

    def cooperate(self, name: str, count: int) -> CooperativeTask[Iterator[None]]:
        return self.cooperator.cooperate(self.steps_of(name, count))


def endOf(deferred: Deferred[Iterator[None]]) -> list[object]:
    """Return a list that gets what a task ends with."""
    ends: list[object] = []
    deferred.addBoth(ends.append)
    return ends


def failed(ends: list[object], kind: type[Exception]) -> bool:
    """Return whether a task ended with a failure of a kind."""
    (end,) = ends
    return isinstance(end, Failure) and end.check(kind) is not None


def test_work_is_done_a_slice_at_a_time() -> None:
    slices = Slices(steps=2)
    slices.cooperate("a", 5)

    assert slices.work == []
    slices.clock.advance(1)
    assert slices.work == ["a0", "a1"]
    slices.clock.advance(1)
    assert slices.work == ["a0", "a1", "a2", "a3"]


def test_tasks_take_turns() -> None:
    slices = Slices(steps=100)
    slices.cooperate("a", 3)
    slices.cooperate("b", 2)

    slices.clock.advance(1)

    assert slices.work == ["a0", "b0", "a1", "b1", "a2"]


def test_turns_go_on_in_the_next_slice() -> None:
    slices = Slices(steps=1)
    slices.cooperate("a", 2)
    slices.cooperate("b", 2)

    slices.clock.pump([1] * 4)

    assert slices.work == ["a0", "b0", "a1", "b1"]


def test_task_that_is_done_fires_with_its_iterator() -> None:
    slices = Slices(steps=10)
    iterator = slices.steps_of("a", 2)
    done = slices.cooperator.cooperate(iterator)
    ends = endOf(done.whenDone())

    slices.clock.advance(1)

    assert ends == [iterator]
    assert endOf(done.whenDone()) == [iterator]


def test_nothing_is_scheduled_when_the_work_is_done() -> None:
    slices = Slices(steps=10)
    slices.cooperate("a", 2)

    slices.clock.advance(1)

    assert slices.clock.getDelayedCalls() == []


def test_task_that_raises_fails() -> None:
    slices = Slices()

    def broken() -> Iterator[None]:
        yield
        raise KeyError("broken")

    failing = slices.cooperator.cooperate(broken())
    ends = endOf(failing.whenDone())
    slices.clock.pump([1, 1])

    assert failed(ends, KeyError)
    with pytest.raises(TaskFailed):
        failing.stop()


def test_task_waits_for_a_deferred_that_it_yields() -> None:
    slices = Slices(steps=10)
    waiting: Deferred[None] = Deferred()
    work: list[str] = []

    def steps() -> Iterator[Deferred[None]]:
        work.append("before")
        yield waiting
        work.append("after")

    slices.cooperator.cooperate(steps())
    slices.clock.pump([1, 1])
    assert work == ["before"]
    waiting.callback(None)
    slices.clock.advance(1)

    assert work == ["before", "after"]


def test_task_whose_deferred_fails_fails() -> None:
    slices = Slices(steps=10)
    waiting: Deferred[None] = Deferred()
    task = slices.cooperator.cooperate(iter([waiting]))
    ends: list[object] = []
    task.whenDone().addBoth(ends.append)
    slices.clock.advance(1)

    waiting.errback(KeyError("broken"))

    assert failed(ends, KeyError)


def test_paused_task_makes_no_steps() -> None:
    slices = Slices(steps=1)
    paused = slices.cooperate("a", 3)
    slices.clock.advance(1)

    paused.pause()
    paused.pause()
    paused.resume()
    slices.clock.pump([1, 1])
    assert slices.work == ["a0"]
    paused.resume()
    slices.clock.advance(1)

    assert slices.work == ["a0", "a1"]


def test_resuming_what_is_not_paused_is_refused() -> None:
    with pytest.raises(NotPaused):
        Slices().cooperate("a", 1).resume()


def test_stopped_task_fails() -> None:
    slices = Slices()
    stopped = slices.cooperate("a", 3)
    ends = endOf(stopped.whenDone())

    stopped.stop()
    slices.clock.advance(1)

    assert failed(ends, TaskStopped)
    assert slices.work == []
    with pytest.raises(TaskStopped):
        stopped.pause()


def test_done_task_cannot_be_stopped() -> None:
    slices = Slices(steps=10)
    done = slices.cooperate("a", 1)
    slices.clock.advance(1)

    with pytest.raises(TaskDone):
        done.stop()


def test_cooperator_may_start_later() -> None:
    slices = Slices(steps=10, started=False)
    slices.cooperate("a", 1)
    slices.clock.advance(1)
    assert slices.work == []
    assert not slices.cooperator.running

    slices.cooperator.start()
    slices.clock.advance(1)

    assert slices.work == ["a0"]
    assert slices.cooperator.running


def test_stopped_cooperator_fails_its_tasks_and_new_ones() -> None:
    slices = Slices()
    ends = endOf(slices.cooperate("a", 3).whenDone())

    slices.cooperator.stop()
    slices.clock.advance(1)

    assert failed(ends, SchedulerStopped)
    assert failed(endOf(slices.cooperate("b", 1).whenDone()), SchedulerStopped)
    assert slices.work == []
    assert not slices.cooperator.running


def test_task_that_stops_another_from_inside() -> None:
    slices = Slices(steps=100)
    victims: list[CooperativeTask[Iterator[None]]] = []

    def steps() -> Iterator[None]:
        victims[0].stop()
        yield
        slices.work.append("last")

    victims.append(slices.cooperate("a", 5))
    endOf(victims[0].whenDone())
    slices.cooperator.cooperate(steps())
    slices.clock.advance(1)

    assert slices.work == ["a0", "last"]


def test_coiterate_fires_with_the_iterator() -> None:
    slices = Slices(steps=10)
    iterator = slices.steps_of("a", 2)
    given: Deferred[Iterator[None]] = Deferred()

    assert slices.cooperator.coiterate(iterator, given) is given
    ends = endOf(given)
    slices.clock.advance(1)

    assert ends == [iterator]


def test_shared_cooperator_works_on_the_default_reactor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr("twisted.internet.task._cooperator.defaultReactor", lambda interface: clock)
    ends: list[object] = []
    iterator = iter([None, None])

    task.coiterate(iterator).addBoth(ends.append)
    clock.advance(0)
    clock.advance(0)

    assert ends == [iterator]
