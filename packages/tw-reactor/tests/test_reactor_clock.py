"""`Clock`: time that the test turns."""

import contextvars

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import Clock
from twisted.python.components import verifyObject


def test_clock_provides_its_interface() -> None:
    assert verifyObject(IReactorTime, Clock())


def test_delayed_call_provides_its_interface() -> None:
    assert verifyObject(IDelayedCall, Clock().callLater(1, list))


def test_time_stands_still_until_it_is_advanced() -> None:
    clock = Clock()

    assert (clock.seconds(), clock.rightNow) == (0.0, 0.0)
    clock.advance(1.5)

    assert (clock.seconds(), clock.rightNow) == (1.5, 1.5)


def test_call_is_made_when_it_is_due_and_not_before() -> None:
    clock = Clock()
    made: list[str] = []
    clock.callLater(1, made.append, "call")

    clock.advance(0.9)
    assert made == []
    clock.advance(0.1)

    assert made == ["call"]


def test_call_is_made_once() -> None:
    clock = Clock()
    made: list[str] = []
    clock.callLater(1, made.append, "call")

    clock.pump([1, 1, 1])

    assert made == ["call"]


def test_call_gets_its_arguments() -> None:
    clock = Clock()
    got: list[object] = []

    def take(*args: object, **kwargs: object) -> None:
        got.append((args, kwargs))

    clock.callLater(0, take, 1, delay=2, callable=3)
    clock.advance(0)

    assert got == [((1,), {"delay": 2, "callable": 3})]


@given(st.lists(st.integers(0, 5), max_size=20))
def test_calls_are_made_by_time_and_then_in_the_order_of_asking(delays: list[int]) -> None:
    clock = Clock()
    made: list[tuple[int, int]] = []
    for index, delay in enumerate(delays):
        clock.callLater(delay, lambda *key: made.append(key), delay, index)

    clock.advance(5)

    assert made == sorted((delay, index) for index, delay in enumerate(delays))


def test_call_that_is_asked_for_meanwhile_is_made_if_it_is_due() -> None:
    clock = Clock()
    made: list[str] = []
    clock.callLater(1, lambda: clock.callLater(0, made.append, "inner"))

    clock.advance(1)

    assert made == ["inner"]


def test_cancelled_call_is_not_made() -> None:
    clock = Clock()
    made: list[str] = []
    call = clock.callLater(1, made.append, "call")

    call.cancel()
    clock.advance(2)

    assert made == []
    assert not call.active()
    with pytest.raises(AlreadyCancelled):
        call.cancel()


def test_made_call_cannot_be_cancelled() -> None:
    clock = Clock()
    call = clock.callLater(1, list)
    clock.advance(1)

    with pytest.raises(AlreadyCalled):
        call.cancel()


def test_reset_counts_from_now() -> None:
    clock = Clock()
    made: list[str] = []
    call = clock.callLater(1, made.append, "call")
    clock.advance(0.5)

    call.reset(1)

    assert call.getTime() == 1.5
    clock.advance(0.9)
    assert made == []
    clock.advance(0.1)
    assert made == ["call"]


def test_delay_counts_from_the_time_that_the_call_was_due() -> None:
    clock = Clock()
    call = clock.callLater(1, list)

    call.delay(2)

    assert call.getTime() == 3


def test_call_that_is_made_earlier_comes_before_others() -> None:
    clock = Clock()
    made: list[str] = []
    clock.callLater(2, made.append, "first asked for")
    clock.callLater(3, made.append, "moved").reset(1)

    clock.advance(3)

    assert made == ["moved", "first asked for"]


def test_pending_calls_are_listed() -> None:
    clock = Clock()
    late, early = clock.callLater(2, list), clock.callLater(1, list)

    assert set(clock.getDelayedCalls()) == {late, early}
    assert clock.calls == [early, late]
    clock.advance(1)
    assert clock.getDelayedCalls() == [late]


def test_pump_advances_several_times() -> None:
    clock, times = Clock(), []
    clock.callLater(1, lambda: times.append(clock.seconds()))
    clock.callLater(3, lambda: times.append(clock.seconds()))

    clock.pump([1, 1, 2])

    assert times == [1, 4]


def test_exception_comes_out_of_advance() -> None:
    clock = Clock()
    clock.callLater(1, lambda: [].pop())

    with pytest.raises(IndexError):
        clock.advance(1)


def test_negative_delay_is_refused() -> None:
    with pytest.raises(AssertionError, match="-1 seconds"):
        Clock().callLater(-1, list)


def test_call_has_the_context_variables_of_who_asked_for_it() -> None:
    clock, seen = Clock(), []
    name = contextvars.ContextVar("name", default="nobody")

    def ask() -> None:
        name.set("asker")
        clock.callLater(1, lambda: seen.append(name.get()))

    contextvars.copy_context().run(ask)
    clock.advance(1)

    assert seen == ["asker"]
