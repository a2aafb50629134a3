"""`LoopingCall` and `deferLater` on a clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock, LoopingCall, deferLater
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure


class Loop:
    """A loop on a clock, and the times of its calls."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.times: list[float] = []
        self.call = LoopingCall(self.note)
        self.call.clock = self.clock

    def note(self) -> None:
        self.times.append(self.clock.seconds())


def endOf(deferred: Deferred[LoopingCall]) -> list[object]:
    """Return a list that gets what a loop ends with."""
    ends: list[object] = []
    deferred.addBoth(ends.append)
    return ends


def test_loop_calls_at_once_and_then_each_interval() -> None:
    loop = Loop()

    loop.call.start(2)
    loop.clock.pump([1] * 5)

    assert loop.times == [0, 2, 4]


def test_loop_can_wait_an_interval_before_its_first_call() -> None:
    loop = Loop()

    loop.call.start(2, now=False)
    loop.clock.pump([1] * 5)

    assert loop.times == [2, 4]


def test_loop_passes_arguments() -> None:
    clock = Clock()
    got: list[object] = []

    def take(*args: object, **kwargs: object) -> None:
        got.append((args, kwargs))

    call = LoopingCall(take, 1, f=2)
    call.clock = clock
    call.start(1)

    assert got == [((1,), {"f": 2})]


def test_lateness_does_not_add_up() -> None:
    loop = Loop()

    loop.call.start(1)
    loop.clock.pump([1.25, 0.75, 1.25, 0.75])

    assert loop.times == [0, 1.25, 2, 3.25, 4]


def test_missed_times_are_skipped() -> None:
    loop = Loop()

    loop.call.start(1)
    loop.clock.pump([3.5, 0.5])

    assert loop.times == [0, 3.5, 4]


@given(st.floats(0.001, 100), st.integers(1, 300))
def test_no_time_is_skipped_or_doubled_by_rounding(interval: float, rounds: int) -> None:
    clock = Clock()
    counts: list[int] = []
    call = LoopingCall.withCount(counts.append)
    call.clock = clock
    call.start(interval)
    for _ in range(rounds):
        assert call.call is not None
        clock.rightNow = call.call.getTime()
        clock.advance(0)

    assert counts == [1] * (rounds + 1)


def test_interval_zero_calls_whenever_the_clock_moves() -> None:
    clock = Clock()
    calls: list[float] = []

    def work() -> None:
        calls.append(clock.seconds())
        if len(calls) == 3:
            call.stop()

    call = LoopingCall(work)
    call.clock = clock

    call.start(0)
    clock.advance(0)

    assert calls == [0, 0, 0]


def test_loop_waits_for_a_deferred() -> None:
    clock = Clock()
    results: list[Deferred[None]] = []

    def work() -> Deferred[None]:
        results.append(Deferred())
        return results[-1]

    call = LoopingCall(work)
    call.clock = clock
    call.start(1)
    clock.pump([1, 1, 1.5])
    assert len(results) == 1
    results[0].callback(None)

    clock.advance(0.4)
    assert len(results) == 1
    clock.advance(0.1)
    assert len(results) == 2


def test_loop_runs_coroutine_functions() -> None:
    clock = Clock()
    seen: list[float] = []

    async def work() -> None:
        await deferLater(clock, 0.5)
        seen.append(clock.seconds())

    call = LoopingCall(work)
    call.clock = clock
    call.start(1)
    clock.pump([0.5] * 5)

    assert seen == [0.5, 1.5, 2.5]


def test_with_count_tells_how_many_times_were_skipped() -> None:
    clock = Clock()
    counts: list[int] = []
    call = LoopingCall.withCount(counts.append)
    call.clock = clock

    call.start(1)
    clock.pump([1, 3.5, 0.5, 1])

    assert counts == [1, 1, 3, 1, 1]


def test_with_count_without_a_first_call_begins_with_one() -> None:
    clock = Clock()
    counts: list[int] = []
    call = LoopingCall.withCount(counts.append)
    call.clock = clock

    call.start(1, now=False)
    clock.pump([1, 1])

    assert counts == [1, 1]


def test_with_count_and_interval_zero_counts_one() -> None:
    clock = Clock()
    counts: list[int] = []

    def count(number: int) -> None:
        counts.append(number)
        if len(counts) == 3:
            call.stop()

    call = LoopingCall.withCount(count)
    call.clock = clock
    call.start(0)
    clock.advance(5)

    assert counts == [1, 1, 1]


def test_stop_ends_the_loop_and_fires_with_it() -> None:
    loop = Loop()
    ends = endOf(loop.call.start(1))

    loop.call.stop()
    loop.clock.advance(5)

    assert ends == [loop.call]
    assert loop.times == [0]
    assert not loop.call.running
    assert loop.clock.getDelayedCalls() == []


def test_stop_from_inside_ends_the_loop() -> None:
    clock = Clock()
    call = LoopingCall(lambda: call.stop())
    call.clock = clock

    ends = endOf(call.start(1))

    assert ends == [call]


def test_stop_while_at_work_fires_when_the_work_is_done() -> None:
    clock = Clock()
    work: Deferred[None] = Deferred()
    call = LoopingCall(lambda: work)
    call.clock = clock
    ends = endOf(call.start(1))

    call.stop()
    assert ends == []
    work.callback(None)

    assert ends == [call]
    assert clock.getDelayedCalls() == []


def test_stopped_loop_can_start_again() -> None:
    loop = Loop()
    loop.call.start(1)
    loop.call.stop()
    loop.clock.advance(0.5)

    loop.call.start(2)
    loop.clock.advance(2)

    assert loop.times == [0, 0.5, 2.5]


def test_failure_ends_the_loop() -> None:
    clock = Clock()
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        raise KeyError("broken")

    call = LoopingCall(work)
    call.clock = clock
    (end,) = endOf(call.start(1))
    clock.advance(5)

    assert isinstance(end, Failure)
    assert end.check(KeyError)
    assert "broken" in end.getBriefTraceback()
    assert not call.running
    assert calls == [1]


def test_cancelling_ends_the_loop() -> None:
    loop = Loop()
    deferred = loop.call.start(1)
    ends = endOf(deferred)

    deferred.cancel()
    loop.clock.advance(5)

    (end,) = ends
    assert isinstance(end, Failure)
    assert end.check(CancelledError)
    assert loop.times == [0]
    assert not loop.call.running


def test_failure_after_cancelling_is_logged() -> None:
    clock = Clock()
    work: Deferred[None] = Deferred()
    call = LoopingCall(lambda: work)
    call.clock = clock
    deferred = call.start(1)
    endOf(deferred)
    deferred.cancel()
    failures: list[object] = []
    globalLogPublisher.addObserver(observe := lambda event: failures.append(event["log_failure"]))
    try:
        work.errback(KeyError("late"))
    finally:
        globalLogPublisher.removeObserver(observe)

    (failure,) = failures
    assert isinstance(failure, Failure)
    assert failure.check(KeyError)


def test_reset_skips_the_next_call() -> None:
    loop = Loop()
    loop.call.start(2)
    loop.clock.advance(1)

    loop.call.reset()
    loop.clock.pump([1, 1, 1, 1])

    assert loop.times == [0, 3, 5]


def test_reset_does_not_count_what_was_before() -> None:
    clock = Clock()
    counts: list[int] = []
    call = LoopingCall.withCount(counts.append)
    call.clock = clock
    call.start(1)
    clock.advance(0.5)

    call.reset()
    clock.pump([1, 1])

    assert counts == [1, 1, 1]


def test_attributes_tell_the_state() -> None:
    loop = Loop()
    assert (loop.call.interval, loop.call.starttime, loop.call.deferred) == (None, None, None)

    deferred = loop.call.start(2)

    assert (loop.call.interval, loop.call.starttime) == (2, 0)
    assert loop.call.deferred is deferred
    assert loop.call.call is not None
    loop.call.stop()
    assert loop.call.deferred is None


@pytest.mark.parametrize("interval", [-1, float("nan")])
def test_impossible_interval_is_refused(interval: float) -> None:
    loop = Loop()

    with pytest.raises(ValueError, match="0 seconds or more"):
        loop.call.start(interval)
    assert not loop.call.running


def test_starting_twice_is_refused() -> None:
    loop = Loop()
    loop.call.start(1)

    with pytest.raises(AssertionError, match="is running"):
        loop.call.start(1)


def test_stopping_and_resetting_what_does_not_run_is_refused() -> None:
    loop = Loop()

    with pytest.raises(AssertionError, match="not running"):
        loop.call.stop()
    with pytest.raises(AssertionError, match="not running"):
        loop.call.reset()


def test_repr_names_the_function() -> None:
    assert repr(LoopingCall(sorted, [1], key=None)) == (
        "LoopingCall<None>(builtins.sorted, [1], key=None)"
    )


def test_default_reactor_is_the_clock_if_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    asked: list[object] = []

    def default(interface: object) -> Clock:
        asked.append(interface)
        return clock

    monkeypatch.setattr("twisted.internet.task._loopingcall.defaultReactor", default)
    call = LoopingCall(list)
    assert asked == []

    call.start(1)

    assert asked == [IReactorTime]
    assert call.clock is clock


def test_defer_later_fires_with_the_result() -> None:
    clock = Clock()
    results: list[int] = []

    deferLater(clock, 2, divmod, 7, 4).addCallback(lambda pair: results.append(pair[1]))
    clock.advance(1)
    assert results == []
    clock.advance(1)

    assert results == [3]


def test_defer_later_without_a_function_fires_with_none() -> None:
    clock = Clock()
    results: list[None] = []

    deferLater(clock, 2).addCallback(results.append)
    clock.advance(2)

    assert results == [None]


def test_defer_later_fails_with_what_was_raised() -> None:
    clock = Clock()
    failures: list[Failure] = []

    deferLater(clock, 1, [].pop).addErrback(failures.append)
    clock.advance(1)

    assert failures[0].check(IndexError)


def test_defer_later_waits_for_a_deferred() -> None:
    clock = Clock()
    inner: Deferred[str] = Deferred()
    results: list[str] = []

    deferLater(clock, 1, lambda: inner).addCallback(results.append)
    clock.advance(1)
    assert results == []
    inner.callback("result")

    assert results == ["result"]


def test_defer_later_runs_coroutine_functions() -> None:
    clock = Clock()
    results: list[str] = []

    async def work(text: str) -> str:
        await deferLater(clock, 1)
        return text

    deferLater(clock, 1, work, "done").addCallback(results.append)
    clock.pump([1, 1])

    assert results == ["done"]


def test_cancelling_defer_later_takes_the_call_back() -> None:
    clock = Clock()
    made: list[int] = []
    failures: list[Failure] = []
    later = deferLater(clock, 1, made.append, 1)
    later.addErrback(failures.append)

    later.cancel()
    clock.advance(2)

    assert made == []
    assert failures[0].check(CancelledError)
    assert clock.getDelayedCalls() == []


def test_keywords_of_defer_later_reach_the_function() -> None:
    clock = Clock()
    results: list[dict[str, int]] = []

    deferLater(clock, 0, dict, clock=1, delay=2, callable=3).addCallback(results.append)
    clock.advance(0)

    assert results == [{"clock": 1, "delay": 2, "callable": 3}]
