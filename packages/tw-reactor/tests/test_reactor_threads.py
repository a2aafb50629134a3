"""Calls from threads, calls in threads, and the pool."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import Context, ContextVar
from typing import TypeVar

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._threadcalls import ThreadCalls, Waker
from twisted.internet.defer import Deferred
from twisted.internet.threads import blockingCallFromThread, deferToThreadPool
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from .reactor_helpers import HANGS_AFTER, reactor, turn, turnUntil
from .reactor_processes import run

__all__ = ["reactor"]

_R = TypeVar("_R")
_Call = tuple[Context, Callable[..., object], tuple[object, ...], dict[str, object]]

variable: ContextVar[str] = ContextVar("variable", default="outside")


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    events: list[LogEvent] = []
    observer: Callable[[LogEvent], None] = events.append
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


def runUntil(reactor: PollingReactor, deferred: Deferred[_R]) -> object:
    """Run a reactor until a Deferred has fired; returns its result or failure."""
    results: list[object] = []

    def fired(result: object) -> None:
        results.append(result)
        reactor.stop()

    reactor.callWhenRunning(deferred.addBoth, fired)
    reactor.run()
    return results[0]


class TestCalls:
    """`ThreadCalls`, without threads."""

    def test_calls_are_made_in_order(self) -> None:
        made: list[int] = []
        calls = ThreadCalls(lambda: None, lambda: None)
        for number in range(5):
            calls.add(made.append, (number,), {})
        calls.run()
        assert made == [0, 1, 2, 3, 4]

    def test_the_loop_is_woken_once_for_many_calls(self) -> None:
        woken: list[int] = []
        calls = ThreadCalls(lambda: woken.append(1), lambda: None)
        for _ in range(5):
            calls.add(print, (), {})
        assert len(woken) == 1

    def test_the_loop_is_woken_again_after_it_looked(self) -> None:
        woken: list[int] = []
        calls = ThreadCalls(lambda: woken.append(1), lambda: None)
        calls.add(int, (), {})
        calls.run()
        calls.add(int, (), {})
        assert len(woken) == 2

    def test_a_call_added_by_a_call_waits(self) -> None:
        made: list[str] = []
        calls = ThreadCalls(lambda: None, lambda: None)
        calls.add(lambda: calls.add(made.append, ("later",), {}), (), {})
        calls.run()
        assert made == []
        assert calls
        calls.run()
        assert made == ["later"]

    def test_an_exception_is_reported_and_the_rest_goes_on(self) -> None:
        made: list[str] = []
        errors: list[int] = []
        calls = ThreadCalls(lambda: None, lambda: errors.append(1))
        calls.add(int, ("no number",), {})
        calls.add(made.append, ("next",), {})
        calls.run()
        assert (made, errors) == (["next"], [1])

    def test_a_full_waker_does_not_block(self) -> None:
        waker = Waker()
        for _ in range(100_000):
            waker.wake()
        waker.drain()
        waker.close()

    def test_a_closed_waker_is_harmless(self) -> None:
        waker = Waker()
        waker.close()
        waker.wake()
        waker.close()
        assert waker.fileno() == -1


class Overtaken(deque[_Call]):
    """A queue in which the loop makes each call before its caller goes on."""

    def __init__(self, calls: ThreadCalls) -> None:
        super().__init__()
        self._waiting = calls

    def append(self, call: _Call) -> None:
        super().append(call)
        self._waiting.run()


class TestFromThreads:
    def test_a_loop_that_was_faster_than_the_caller_is_woken_the_next_time(
        self, reactor: PollingReactor
    ) -> None:
        calls = reactor._threadCalls
        woken: list[int] = []
        wake = calls._wake

        def note() -> None:
            woken.append(1)
            wake()

        calls._wake = note
        calls.calls = Overtaken(calls)
        reactor.callFromThread(int)
        # It is woken for nothing.
        turn(reactor)
        turn(reactor)
        calls.calls = deque()
        assert len(woken) == 1
        reactor.callFromThread(int)
        assert len(woken) == 2

    def test_a_sleeping_reactor_is_woken(self, reactor: PollingReactor) -> None:
        # Without the wake-up it would sleep for ever: nothing else is there to happen.
        started = threading.Event()
        reactor.callWhenRunning(started.set)

        def thread() -> None:
            started.wait(HANGS_AFTER)
            reactor.callFromThread(reactor.stop)

        worker = threading.Thread(target=thread)
        worker.start()
        reactor.run()
        worker.join()

    def test_the_call_is_made_on_the_reactors_thread(self, reactor: PollingReactor) -> None:
        seen: list[int] = []

        def call() -> None:
            seen.append(threading.get_ident())
            reactor.stop()

        threading.Thread(target=reactor.callFromThread, args=(call,)).start()
        reactor.run()
        assert seen == [threading.get_ident()]

    def test_calls_of_many_threads_are_all_made(self, reactor: PollingReactor) -> None:
        made: list[int] = []

        def thread() -> None:
            for number in range(1000):
                reactor.callFromThread(made.append, number)

        workers = [threading.Thread(target=thread) for _ in range(4)]
        for worker in workers:
            worker.start()
        turnUntil(reactor, lambda: len(made) == 4000)
        for worker in workers:
            worker.join()

    def test_context_variables_come_along(self, reactor: PollingReactor) -> None:
        seen: list[str] = []
        token = variable.set("inside")
        reactor.callFromThread(lambda: seen.append(variable.get()))
        variable.reset(token)
        turnUntil(reactor, lambda: seen)
        assert seen == ["inside"]

    def test_an_exception_is_logged(self, reactor: PollingReactor, logged: list[LogEvent]) -> None:
        reactor.callFromThread(int, "no number")
        turnUntil(reactor, lambda: logged)
        failure = logged[0]["log_failure"]
        assert isinstance(failure, Failure)
        assert failure.type is ValueError

    def test_a_reactor_runs_in_any_thread(self, reactor: PollingReactor) -> None:
        seen: list[int] = []

        def call() -> None:
            seen.append(threading.get_ident())
            reactor.stop()

        reactor.callWhenRunning(call)
        worker = threading.Thread(target=reactor.run)
        worker.start()
        worker.join(HANGS_AFTER)
        assert seen == [worker.ident]


class TestInThreads:
    def test_the_result_comes_back(self, reactor: PollingReactor) -> None:
        def work(number: int, *, name: str) -> tuple[int, str, bool]:
            return number, name, threading.current_thread() is threading.main_thread()

        deferred = deferToThreadPool(reactor, reactor.getThreadPool(), work, 7, name="f")
        assert runUntil(reactor, deferred) == (7, "f", False)

    def test_an_exception_comes_back(self, reactor: PollingReactor) -> None:
        deferred = deferToThreadPool(reactor, reactor.getThreadPool(), int, "no number")
        failure = runUntil(reactor, deferred)
        assert isinstance(failure, Failure)
        assert failure.type is ValueError

    def test_context_variables_come_along(self, reactor: PollingReactor) -> None:
        token = variable.set("inside")
        deferred = deferToThreadPool(reactor, reactor.getThreadPool(), variable.get)
        variable.reset(token)
        assert runUntil(reactor, deferred) == "inside"

    def test_a_cancelled_result_is_dropped(self, reactor: PollingReactor) -> None:
        go = threading.Event()
        deferred = deferToThreadPool(reactor, reactor.getThreadPool(), go.wait, HANGS_AFTER)
        failures: list[Failure] = []
        deferred.addErrback(failures.append)
        reactor.callWhenRunning(deferred.cancel)
        reactor.callLater(0, go.set)
        reactor.callLater(0, reactor.stop)
        reactor.run()
        assert len(failures) == 1

    def test_a_call_queued_before_run_is_made_when_it_runs(self, reactor: PollingReactor) -> None:
        reactor.callInThread(reactor.callFromThread, reactor.stop)
        reactor.run()

    def test_the_pool_has_ten_threads_at_most(self, reactor: PollingReactor) -> None:
        pool = reactor.getThreadPool()
        assert (pool.min, pool.max) == (0, 10)
        reactor.suggestThreadPoolSize(30)
        assert pool.max == 30

    def test_the_suggested_size_holds_in_the_next_run(self, reactor: PollingReactor) -> None:
        reactor.suggestThreadPoolSize(3)
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert reactor.getThreadPool().max == 3

    def test_the_pool_is_stopped_with_the_reactor(self, reactor: PollingReactor) -> None:
        pool = reactor.getThreadPool()
        runUntil(reactor, deferToThreadPool(reactor, pool, int))
        assert (pool.started, pool.threads) == (False, [])

    def test_a_new_run_has_a_new_pool(self, reactor: PollingReactor) -> None:
        for _ in range(2):
            deferred = deferToThreadPool(reactor, reactor.getThreadPool(), int, "7")
            assert runUntil(reactor, deferred) == 7

    def test_a_call_for_a_stopped_pool_fails(self, reactor: PollingReactor) -> None:
        pool = ThreadPool(0, 1)
        pool.start()
        pool.stop()
        failure = runUntil(reactor, deferToThreadPool(reactor, pool, int))
        assert isinstance(failure, Failure)
        assert "stopped" in str(failure.value)


class TestBlockingCalls:
    def test_the_result_is_returned(self, reactor: PollingReactor) -> None:
        def work() -> tuple[int, bool]:
            seen = blockingCallFromThread(reactor, threading.get_ident)
            return 7, seen == main

        main = threading.get_ident()
        deferred = deferToThreadPool(reactor, reactor.getThreadPool(), work)
        assert runUntil(reactor, deferred) == (7, True)

    def test_a_deferred_is_waited_for(self, reactor: PollingReactor) -> None:
        def later() -> Deferred[str]:
            result: Deferred[str] = Deferred()
            reactor.callLater(0.001, result.callback, "result")
            return result

        pool = reactor.getThreadPool()
        deferred = deferToThreadPool(reactor, pool, blockingCallFromThread, reactor, later)
        assert runUntil(reactor, deferred) == "result"

    def test_an_exception_is_raised_in_the_thread(self, reactor: PollingReactor) -> None:
        def work() -> str:
            try:
                blockingCallFromThread(reactor, int, "no number")
            except ValueError as error:
                return str(error)
            return "nothing"

        deferred = deferToThreadPool(reactor, reactor.getThreadPool(), work)
        assert "no number" in str(runUntil(reactor, deferred))

    def test_a_thread_that_calls_during_shutdown_ends(self, reactor: PollingReactor) -> None:
        results: list[int] = []
        stopping = threading.Event()

        def work() -> None:
            stopping.wait(HANGS_AFTER)
            results.append(blockingCallFromThread(reactor, int, "7"))

        reactor.callInThread(work)
        reactor.addSystemEventTrigger("during", "shutdown", stopping.set)
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert results == [7]


class TestPool:
    @pytest.fixture
    def pool(self) -> Iterator[ThreadPool]:
        pool = ThreadPool(0, 2, "test")
        pool.start()
        yield pool
        pool.stop()

    def test_no_thread_is_started_without_work(self, pool: ThreadPool) -> None:
        assert pool.workers == 0

    def test_the_minimum_is_started_at_once(self) -> None:
        pool = ThreadPool(2, 3)
        pool.start()
        assert pool.workers == 2
        pool.stop()
        assert pool.workers == 0

    def test_no_more_than_the_maximum_work_at_once(self, pool: ThreadPool) -> None:
        go = threading.Event()
        entered = threading.Semaphore(0)
        most: list[int] = []

        def work() -> None:
            entered.release()
            most.append(len(pool.working))
            go.wait(HANGS_AFTER)

        for _ in range(6):
            pool.callInThread(work)
        entered.acquire(timeout=HANGS_AFTER)
        entered.acquire(timeout=HANGS_AFTER)
        assert (pool.workers, pool.q.qsize()) == (2, 4)
        go.set()
        pool.stop()
        assert len(most) == 6
        assert max(most) <= 2

    def test_stop_waits_for_what_is_queued(self) -> None:
        pool = ThreadPool(0, 1)
        made: list[int] = []
        pool.start()
        for number in range(10):
            pool.callInThread(made.append, number)
        pool.stop()
        assert made == list(range(10))

    def test_a_pool_that_never_started_fails_what_is_queued(self) -> None:
        pool = ThreadPool(0, 1)
        results: list[tuple[bool, object]] = []
        pool.callInThreadWithCallback(lambda *result: results.append(result), int)
        pool.stop()
        assert [success for success, _ in results] == [False]

    def test_results_are_reported(self, pool: ThreadPool) -> None:
        results: list[tuple[bool, object]] = []

        def report(success: bool, result: object) -> None:
            results.append((success, result))

        pool.callInThreadWithCallback(report, int, "7")
        pool.stop()
        assert results == [(True, 7)]

    def test_a_failing_call_is_logged(self, pool: ThreadPool, logged: list[LogEvent]) -> None:
        pool.callInThread(int, "no number")
        pool.stop()
        assert [event["log_failure"].type for event in logged] == [ValueError]

    def test_a_failing_report_is_logged(self, pool: ThreadPool, logged: list[LogEvent]) -> None:
        pool.callInThreadWithCallback(lambda success, result: 1 / 0, int)
        pool.stop()
        assert [event["log_failure"].type for event in logged] == [ZeroDivisionError]

    def test_a_smaller_maximum_ends_idle_threads(self) -> None:
        pool = ThreadPool(3, 3)
        pool.start()
        pool.adjustPoolsize(0, 1)
        pool.stop()
        assert pool.workers == 0
        assert (pool.min, pool.max) == (0, 1)

    @pytest.mark.parametrize(("minimum", "maximum"), [(-1, 5), (3, 2)])
    def test_impossible_sizes_are_refused(self, minimum: int, maximum: int) -> None:
        with pytest.raises(ValueError, match="minimum"):
            ThreadPool(minimum, maximum)

    def test_it_can_be_started_again(self, pool: ThreadPool) -> None:
        made: list[int] = []
        pool.stop()
        pool.start()
        pool.callInThread(made.append, 1)
        pool.stop()
        assert made == [1]

    def test_its_state_can_be_logged(self, pool: ThreadPool, logged: list[LogEvent]) -> None:
        pool.dumpStats()
        assert len(logged) == 4


def test_defer_to_thread_uses_the_default_reactor() -> None:
    output = run(
        """
        from twisted.internet import reactor
        from twisted.internet.threads import callMultipleInThread, deferToThread

        def several(result):
            print(result)
            callMultipleInThread([
                (print, ("first",), {}),
                (print, ("second",), {"end": "!\\n"}),
                (reactor.callFromThread, (reactor.stop,), {}),
            ])

        deferToThread(sum, [1, 2, 3]).addCallback(several)
        reactor.run()
        """
    )
    assert output == "6\nfirst\nsecond!\n"


class TestPoolWithoutRoomForThreads:
    """What the pool does when the system has no room for another thread."""

    @pytest.fixture
    def cramped(self) -> Iterator[ThreadPool]:
        """A pool for whose threads there is room when its attribute says so."""
        rooms = self.rooms = [False]

        class Cramped(threading.Thread):
            def start(self) -> None:
                if not rooms.pop(0) if rooms else False:
                    raise RuntimeError("can't start new thread")
                super().start()

        made = ThreadPool(0, 3)
        made.threadFactory = Cramped
        yield made
        made.stop()

    def test_a_call_that_nobody_will_do_fails_at_once(self, cramped: ThreadPool) -> None:
        cramped.start()
        results: list[tuple[object, ...]] = []
        cramped.callInThreadWithCallback(lambda *result: results.append(result), int)
        assert len(results) == 1
        assert results[0][0] is False
        assert "can't start new thread" in str(results[0][1])
        assert (cramped.workers, cramped.q.qsize(), cramped.waiters) == (0, 0, [])

    def test_the_next_call_is_done_when_there_is_room(self, cramped: ThreadPool) -> None:
        cramped.start()
        cramped.callInThreadWithCallback(lambda *result: None, int)
        done = threading.Event()
        cramped.callInThread(done.set)
        assert done.wait(HANGS_AFTER)

    def test_the_threads_that_are_there_do_it(self, cramped: ThreadPool) -> None:
        self.rooms[:] = [True, False]
        cramped.start()
        first, second = threading.Event(), threading.Event()
        cramped.callInThread(first.wait, HANGS_AFTER)
        cramped.callInThread(second.set)
        assert not second.is_set()
        first.set()
        assert second.wait(HANGS_AFTER)

    def test_calls_that_were_queued_before_the_start_fail(self, cramped: ThreadPool) -> None:
        results: list[object] = []
        cramped.callInThreadWithCallback(lambda *result: results.append(result), int)
        cramped.start()
        assert len(results) == 1
        assert cramped.q.empty()
