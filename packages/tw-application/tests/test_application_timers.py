"""TimerService and CooperatorService: work that goes on while a service runs."""

import pickle
from collections.abc import Callable, Iterator

import pytest

from twisted.application.internet import CooperatorService, TimerService
from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, Cooperator, SchedulerStopped
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure


@pytest.fixture
def clock() -> Clock:
    """A clock that the test turns."""
    return Clock()


@pytest.fixture
def events() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    logged: list[LogEvent] = []
    globalLogPublisher.addObserver(logged.append)
    yield logged
    globalLogPublisher.removeObserver(logged.append)


def started(clock: Clock, step: float, call: Callable[[], object]) -> TimerService:
    service = TimerService(step, call)
    service.clock = clock
    service.startService()
    return service


def test_timer_service_is_a_service() -> None:
    assert verifyObject(IService, TimerService(1, print))


def test_first_call_is_made_at_the_start_and_the_next_after_each_step(clock: Clock) -> None:
    times: list[float] = []
    started(clock, 2, lambda: times.append(clock.seconds()))
    clock.pump([1, 1, 1, 1])
    assert times == [0, 2, 4]


def test_arguments_are_passed_on(clock: Clock) -> None:
    calls: list[tuple[object, ...]] = []

    def note(first: int, step: str, callable: bool) -> None:
        calls.append((first, step, callable))

    service = TimerService(1, note, 1, step="two", callable=True)
    service.clock = clock
    service.startService()
    assert calls == [(1, "two", True)]


def test_no_call_is_made_after_the_stop(clock: Clock) -> None:
    calls: list[None] = []
    service = started(clock, 1, lambda: calls.append(None))
    service.stopService()
    clock.advance(5)
    assert len(calls) == 1
    assert not service.running
    assert clock.getDelayedCalls() == []


def test_stop_waits_for_a_call_that_is_under_way(clock: Clock) -> None:
    working: Deferred[None] = Deferred()
    stopped = started(clock, 1, lambda: working).stopService()
    done: list[object] = []
    assert stopped is not None
    stopped.addCallback(lambda result: done.append(None))
    assert done == []
    working.callback(None)
    assert done == [None]


def test_call_that_fails_is_reported_and_ends_the_timer(
    clock: Clock, events: list[LogEvent]
) -> None:
    calls: list[None] = []

    def fail() -> None:
        calls.append(None)
        raise ValueError("no luck")

    service = started(clock, 1, fail)
    clock.advance(5)
    assert len(calls) == 1
    assert [event["log_failure"].type for event in events] == [ValueError]
    assert service.running
    service.stopService()
    assert not service.running


def test_timer_can_be_started_again(clock: Clock) -> None:
    calls: list[None] = []
    service = started(clock, 1, lambda: calls.append(None))
    service.stopService()
    service.startService()
    clock.advance(1)
    assert len(calls) == 3


def test_stop_without_start_has_nothing_to_do() -> None:
    assert TimerService(1, print).stopService() is None


def test_pickled_timer_is_not_running() -> None:
    service = TimerService(1, print)
    service.clock = None
    copy = pickle.loads(pickle.dumps(service))
    assert (copy.step, copy.running) == (1, False)


@pytest.fixture
def cooperating(clock: Clock) -> CooperatorService:
    """A service that takes its turns from the clock."""
    service = CooperatorService()
    service.coop = Cooperator(started=False, scheduler=lambda call: clock.callLater(0.1, call))
    return service


def test_cooperator_service_is_a_service() -> None:
    assert verifyObject(IService, CooperatorService())


def test_work_waits_for_the_start(cooperating: CooperatorService, clock: Clock) -> None:
    steps: list[int] = []
    done: list[object] = []
    task = map(steps.append, range(3))
    cooperating.coiterate(task).addCallback(done.append)
    clock.advance(1)
    assert steps == []
    cooperating.startService()
    clock.pump([0.1] * 10)
    assert steps == [0, 1, 2]
    assert done == [task]


def test_work_that_is_not_finished_fails_at_the_stop(
    cooperating: CooperatorService, clock: Clock
) -> None:
    failures: list[Failure] = []
    cooperating.startService()
    cooperating.coiterate(iter(range(10**9))).addErrback(failures.append)
    cooperating.stopService()
    clock.advance(1)
    assert failures[0].check(SchedulerStopped)
    assert not cooperating.running
