"""The timer queue, with a clock that stands still until it is moved."""

import gc
import weakref
from contextvars import Context, ContextVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet._timers import MOST_DEAD_ENTRIES, DelayedCall, TimerQueue
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall
from twisted.python.components import verifyObject


class Timers:
    """A queue, the time, and what was called."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.made: list[object] = []
        self.failed: list[DelayedCall] = []
        self.queue = TimerQueue(lambda: self.now, self.failed.append)

    def later(self, delay: float, name: object) -> DelayedCall:
        return self.queue.schedule(delay, self.made.append, (name,), {})

    def advance(self, seconds: float) -> list[object]:
        """Move the clock and return what was called then."""
        self.now += seconds
        self.made.clear()
        self.queue.runDue()
        return list(self.made)


@pytest.fixture
def timers() -> Timers:
    return Timers()


def test_a_call_is_made_when_it_is_due(timers: Timers) -> None:
    timers.later(2, "a")
    assert timers.advance(1.5) == []
    assert timers.advance(0.5) == ["a"]


def test_a_call_is_made_once(timers: Timers) -> None:
    timers.later(1, "a")
    timers.advance(1)
    assert timers.advance(10) == []


def test_calls_are_made_in_the_order_of_their_times(timers: Timers) -> None:
    timers.later(3, "c")
    timers.later(1, "a")
    timers.later(2, "b")
    assert timers.advance(3) == ["a", "b", "c"]


def test_calls_due_at_the_same_time_are_made_in_the_order_of_scheduling(timers: Timers) -> None:
    for number in range(100):
        timers.later(1, number)
    assert timers.advance(1) == list(range(100))


def test_arguments_and_keywords_are_passed(timers: Timers) -> None:
    got: list[object] = []

    def call(*args: object, **kw: object) -> None:
        got.append((args, kw))

    timers.queue.schedule(0, call, (1, 2), {"name": 3})
    timers.queue.runDue()
    assert got == [((1, 2), {"name": 3})]


def test_a_call_that_schedules_itself_waits_for_the_next_turn(timers: Timers) -> None:
    def again() -> None:
        timers.made.append("again")
        timers.queue.schedule(0, again, (), {})

    timers.queue.schedule(0, again, (), {})
    assert timers.advance(0) == ["again"]
    assert timers.queue.timeout() == 0


def test_a_cancelled_call_is_not_made(timers: Timers) -> None:
    timers.later(1, "a").cancel()
    assert timers.advance(2) == []


def test_a_call_can_cancel_another_that_is_due_too(timers: Timers) -> None:
    victims: list[DelayedCall] = []
    timers.queue.schedule(1, lambda: victims[0].cancel(), (), {})
    victims.append(timers.later(1, "victim"))
    assert timers.advance(1) == []


def test_cancelling_twice_is_an_error(timers: Timers) -> None:
    call = timers.later(1, "a")
    call.cancel()
    with pytest.raises(AlreadyCancelled):
        call.cancel()


@pytest.mark.parametrize("method", ["cancel", "reset", "delay"])
def test_a_call_that_was_made_can_not_be_changed(timers: Timers, method: str) -> None:
    call = timers.later(1, "a")
    timers.advance(1)
    with pytest.raises(AlreadyCalled):
        call.cancel() if method == "cancel" else getattr(call, method)(1)


@pytest.mark.parametrize("method", ["reset", "delay"])
def test_a_cancelled_call_can_not_be_moved(timers: Timers, method: str) -> None:
    call = timers.later(1, "a")
    call.cancel()
    with pytest.raises(AlreadyCancelled):
        getattr(call, method)(1)


def test_active_ends_with_the_call(timers: Timers) -> None:
    states: list[bool] = []
    calls: list[DelayedCall] = []
    calls.append(timers.queue.schedule(1, lambda: states.append(calls[0].active()), (), {}))
    states.append(calls[0].active())
    timers.advance(1)
    assert states == [True, False]


def test_active_ends_with_cancelling(timers: Timers) -> None:
    call = timers.later(1, "a")
    call.cancel()
    assert not call.active()


def test_reset_counts_from_now(timers: Timers) -> None:
    call = timers.later(2, "a")
    timers.now += 1
    call.reset(2)
    assert call.getTime() == 1003
    assert timers.advance(1) == []
    assert timers.advance(1) == ["a"]


def test_reset_brings_a_call_forward(timers: Timers) -> None:
    call = timers.later(10, "a")
    timers.later(5, "b")
    call.reset(1)
    assert timers.queue.timeout() == 1
    assert timers.advance(1) == ["a"]
    assert timers.advance(4) == ["b"]
    assert timers.advance(10) == []


def test_delay_counts_from_the_due_time(timers: Timers) -> None:
    call = timers.later(2, "a")
    timers.now += 1
    call.delay(2)
    assert call.getTime() == 1004
    assert timers.advance(2.5) == []
    assert timers.advance(0.5) == ["a"]


def test_a_call_put_off_many_times_is_made_once(timers: Timers) -> None:
    call = timers.later(1, "a")
    for _ in range(1000):
        timers.now += 0.5
        call.reset(1)
        timers.queue.runDue()
    assert timers.advance(1) == ["a"]
    assert timers.advance(100) == []


def test_a_call_put_off_comes_before_one_scheduled_later_for_the_same_time(timers: Timers) -> None:
    call = timers.later(1, "put off")
    call.reset(2)
    timers.later(2, "later")
    assert timers.advance(2) == ["put off", "later"]


def test_a_call_put_off_is_made_in_the_turn_in_which_it_is_due(timers: Timers) -> None:
    timers.later(1, "a").reset(2)
    assert timers.advance(5) == ["a"]


def test_timeout_is_none_without_calls(timers: Timers) -> None:
    assert timers.queue.timeout() is None


def test_timeout_tells_when_the_first_call_is_due(timers: Timers) -> None:
    timers.later(5, "a")
    timers.later(3, "b")
    timers.now += 1
    assert timers.queue.timeout() == 2


def test_timeout_is_never_negative(timers: Timers) -> None:
    timers.later(1, "a")
    timers.now += 5
    assert timers.queue.timeout() == 0


def test_timeout_heeds_a_call_that_was_put_off(timers: Timers) -> None:
    timers.later(1, "a").reset(7)
    assert timers.queue.timeout() == 7


def test_timeout_is_none_when_all_calls_were_cancelled(timers: Timers) -> None:
    timers.later(1, "a").cancel()
    assert timers.queue.timeout() is None
    assert not timers.queue


def test_pending_lists_what_is_still_to_come(timers: Timers) -> None:
    first, second, third = timers.later(1, 1), timers.later(2, 2), timers.later(3, 3)
    second.cancel()
    third.reset(1)
    assert set(timers.queue.pending()) == {first, third}
    timers.advance(1)
    assert timers.queue.pending() == []


def test_an_exception_is_reported_and_the_others_are_made(timers: Timers) -> None:
    def fail() -> None:
        raise ValueError("no")

    bad = timers.queue.schedule(1, fail, (), {})
    timers.later(1, "good")
    assert timers.advance(1) == ["good"]
    assert timers.failed == [bad]


def test_cancelled_calls_do_not_pile_up(timers: Timers) -> None:
    for number in range(10_000):
        timers.later(1000 + number, number).cancel()
    assert len(timers.queue.entries) <= MOST_DEAD_ENTRIES + 1


def test_cancelled_calls_that_were_due_at_once_do_not_pile_up(timers: Timers) -> None:
    for number in range(10_000):
        timers.later(0, number).cancel()
    assert len(timers.queue.line) <= MOST_DEAD_ENTRIES + 1
    assert timers.queue.pending() == []
    assert timers.advance(0) == []
    assert not timers.queue


def test_a_call_due_at_once_comes_after_those_that_were_due_before(timers: Timers) -> None:
    timers.later(1, "early")
    timers.now += 1
    timers.later(0, "at once")
    timers.queue.schedule(0, timers.made.append, ("then",), {})
    assert timers.advance(0) == ["early", "at once", "then"]


def test_a_call_due_at_once_can_be_put_off(timers: Timers) -> None:
    call = timers.later(0, "a")
    timers.later(0, "b")
    call.delay(2)
    assert timers.queue.nextTime() == timers.now
    assert timers.advance(1) == ["b"]
    assert timers.queue.timeout() == 1
    assert timers.advance(1) == ["a"]


def test_calls_brought_forward_do_not_pile_up(timers: Timers) -> None:
    call = timers.later(100_000, "a")
    for number in range(10_000):
        call.delay(-1 - number / 1e6)
    assert len(timers.queue.entries) <= MOST_DEAD_ENTRIES + 2
    assert timers.advance(100_000) == ["a"]


def test_cancelling_most_calls_in_a_call_loses_none_of_the_others(timers: Timers) -> None:
    calls = [timers.later(2, number) for number in range(200)]

    def cancelMost() -> None:
        for call in calls[:-3]:
            call.cancel()

    timers.queue.schedule(1, cancelMost, (), {})
    assert timers.advance(2) == [197, 198, 199]


def test_a_cancelled_call_lets_go_of_its_arguments(timers: Timers) -> None:
    class Thing:
        pass

    thing = Thing()
    gone = weakref.ref(thing)
    call = timers.later(1000, thing)
    call.cancel()
    del thing
    gc.collect()
    assert gone() is None


def test_the_call_sees_the_context_variables_of_the_scheduler(timers: Timers) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="outside")
    seen: list[str] = []
    token = variable.set("inside")
    timers.queue.schedule(1, lambda: seen.append(variable.get()), (), {})
    variable.reset(token)
    timers.advance(1)
    assert seen == ["inside"]


def test_a_call_scheduled_without_context_variables_sees_none(timers: Timers) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="default")
    seen: list[str] = []
    Context().run(timers.queue.schedule, 1, lambda: seen.append(variable.get()), (), {})
    token = variable.set("of the loop")
    timers.advance(1)
    variable.reset(token)
    assert seen == ["default"]


def test_context_variables_that_a_call_sets_do_not_leak(timers: Timers) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="outside")
    timers.queue.schedule(1, variable.set, ("leaked",), {})
    timers.advance(1)
    assert variable.get() == "outside"


def test_a_delayed_call_provides_its_interface(timers: Timers) -> None:
    assert verifyObject(IDelayedCall, timers.later(1, "a"))


def test_a_delayed_call_says_what_it_calls_and_when(timers: Timers) -> None:
    call = timers.later(1.5, "argument")
    assert "in 1.500 s list.append('argument')" in repr(call)
    call.cancel()
    assert "cancelled" in repr(call)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["later", "cancel", "reset", "delay", "advance"]),
            st.integers(0, 20),
            st.integers(0, 9),
        ),
        max_size=60,
    )
)
def test_the_queue_agrees_with_a_sorted_list(steps: list[tuple[str, int, int]]) -> None:
    timers = Timers()
    model: dict[int, tuple[float, int]] = {}
    calls: dict[int, DelayedCall] = {}
    made: list[object] = []
    expected: list[object] = []
    for order, (step, amount, which) in enumerate(steps):
        if step == "later":
            calls[order] = timers.later(amount, order)
            model[order] = (timers.now + amount, order)
        elif step == "advance":
            made += timers.advance(amount)
            due = sorted((key, name) for name, key in model.items() if key[0] <= timers.now)
            expected += [name for _, name in due]
            for _, name in due:
                del model[name]
        elif model:
            name = sorted(model)[which % len(model)]
            if step == "cancel":
                calls[name].cancel()
                del model[name]
            elif step == "reset":
                calls[name].reset(amount)
                model[name] = (timers.now + amount, order)
            else:
                calls[name].delay(amount - 5)
                model[name] = (model[name][0] + amount - 5, order)
    assert made == expected
    assert {call.getTime() for call in timers.queue.pending()} == {key[0] for key in model.values()}
