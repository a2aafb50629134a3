"""Waiting for several Deferreds at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet.defer import (
    FAILURE,
    SUCCESS,
    CancelledError,
    Deferred,
    DeferredList,
    FailureGroup,
    FirstError,
    fail,
    gatherResults,
    race,
    succeed,
)
from twisted.python.failure import Failure

from .defer_helpers import failureOf, loggedEvents, outcomes, resultOf


def unfired(count: int) -> list[Deferred[Any]]:
    return [Deferred() for _ in range(count)]


class TestDeferredList:
    """`DeferredList`."""

    def test_it_fires_when_all_have_fired_in_the_order_given(self) -> None:
        first, second = ds = unfired(2)
        seen = outcomes(DeferredList(ds))
        second.callback("two")
        assert seen == []
        first.callback("one")
        assert seen == [[(True, "one"), (True, "two")]]

    def test_a_failure_is_an_outcome_like_any_other(self) -> None:
        ds = unfired(2)
        seen = outcomes(DeferredList(ds, consumeErrors=True))
        ds[0].errback(ValueError("bang"))
        ds[1].callback(2)
        ((ok, failure), good) = seen[0]
        assert (ok, failure.getErrorMessage(), good) == (False, "bang", (True, 2))

    def test_without_deferreds_it_fires_at_once(self) -> None:
        assert resultOf(DeferredList([])) == []
        assert resultOf(DeferredList([], fireOnOneCallback=True)) == []

    def test_it_takes_any_iterable(self) -> None:
        assert resultOf(DeferredList(succeed(n) for n in (1, 2))) == [(True, 1), (True, 2)]

    def test_it_accepts_deferreds_that_have_fired(self) -> None:
        assert resultOf(DeferredList([succeed(1), succeed(2)])) == [(True, 1), (True, 2)]

    def test_the_same_deferred_twice_is_recorded_twice(self) -> None:
        d: Deferred[int] = Deferred()
        both = DeferredList([d, d])
        d.callback(1)
        assert resultOf(both) == [(True, 1), (True, 1)]

    def test_it_records_the_result_at_its_place_in_the_chain(self) -> None:
        def addTen(text: str) -> str:
            return text + " ten"

        before, after = unfired(2)
        before.addCallback(addTen)
        both = DeferredList([before, after])
        after.addCallback(addTen)
        before.callback("one")
        after.callback("two")
        assert resultOf(both) == [(True, "one ten"), (True, "two")]
        assert resultOf(after) == "two ten"

    def test_results_go_on_in_the_members(self) -> None:
        d = succeed(1)
        DeferredList([d])
        assert resultOf(d) == 1

    def test_failures_go_on_in_the_members(self) -> None:
        d = fail(ValueError())
        DeferredList([d])
        failureOf(d, ValueError)

    def test_consumed_failures_end_in_the_list(self) -> None:
        d = fail(ValueError())
        DeferredList([d], consumeErrors=True)
        assert resultOf(d) is None

    def test_a_failure_that_is_not_consumed_is_logged(self) -> None:
        with loggedEvents() as events:
            DeferredList([fail(ValueError())])
        assert len(events) == 1

    def test_a_consumed_failure_is_not_logged(self) -> None:
        with loggedEvents() as events:
            DeferredList([fail(ValueError())], consumeErrors=True)
        assert events == []

    def test_the_first_success_fires_it_if_asked(self) -> None:
        ds = unfired(3)
        seen = outcomes(DeferredList(ds, fireOnOneCallback=True, consumeErrors=True))
        ds[0].errback(ValueError())
        assert seen == []
        ds[2].callback("c")
        ds[1].callback("b")
        assert seen == [("c", 2)]

    def test_without_a_success_the_pairs_are_given_all_the_same(self) -> None:
        d = DeferredList([fail(KeyError())], fireOnOneCallback=True, consumeErrors=True)
        assert [ok for ok, _ in resultOf(d)] == [False]

    def test_the_first_failure_makes_it_fail_if_asked(self) -> None:
        ds = unfired(3)
        all3 = DeferredList(ds, fireOnOneErrback=True, consumeErrors=True)
        ds[0].callback(0)
        ds[1].errback(ValueError("first"))
        ds[2].errback(KeyError("second"))
        error = failureOf(all3, FirstError).value
        assert isinstance(error, FirstError)
        assert (error.index, error.subFailure.getErrorMessage()) == (1, "first")

    def test_without_a_failure_the_pairs_are_given_all_the_same(self) -> None:
        assert resultOf(DeferredList([succeed(1)], fireOnOneErrback=True)) == [(True, 1)]

    def test_cancelling_cancels_the_members(self) -> None:
        ds = unfired(2)
        both = DeferredList(ds, consumeErrors=True)
        both.cancel()
        assert [failure.type for _, failure in resultOf(both)] == [CancelledError] * 2

    def test_cancelling_after_it_fired_leaves_the_members(self) -> None:
        ds = unfired(2)
        first = DeferredList(ds, fireOnOneCallback=True)
        ds[0].callback(1)
        first.cancel()
        assert not ds[1].called
        assert resultOf(first) == (1, 0)

    def test_a_member_whose_cancel_raises_is_logged_and_the_others_are_cancelled(self) -> None:
        class Rude(Deferred[Any]):
            def cancel(self) -> None:
                raise ValueError("rude")

        rude, other = Rude(), Deferred[Any]()
        both = DeferredList([rude, other], consumeErrors=True)
        with loggedEvents() as events:
            both.cancel()
        assert [event["log_failure"].type for event in events] == [ValueError]
        assert other.called

    def test_the_flags_are_those_of_the_pairs(self) -> None:
        assert (SUCCESS, FAILURE) == (True, False) == (1, 0)

    @given(st.permutations(range(5)), st.lists(st.booleans(), min_size=5, max_size=5))
    def test_any_order_of_firing_gives_the_order_of_the_list(
        self, order: list[int], good: list[bool]
    ) -> None:
        ds = unfired(5)
        seen = outcomes(DeferredList(ds, consumeErrors=True))
        for index in order:
            assert seen == []
            if good[index]:
                ds[index].callback(index)
            else:
                ds[index].errback(ValueError(index))
        for index, (ok, value) in enumerate(seen[0]):
            assert ok == good[index]
            assert (value if ok else value.value.args[0]) == index


class TestGatherResults:
    """`gatherResults`."""

    def test_it_fires_with_the_results_in_order(self) -> None:
        first, second = ds = unfired(2)
        seen = outcomes(gatherResults(ds))
        second.callback("two")
        assert seen == []
        first.callback("one")
        assert seen == [["one", "two"]]

    def test_it_fails_with_the_first_failure(self) -> None:
        ds = unfired(2)
        both = gatherResults(ds, consumeErrors=True)
        ds[1].errback(ValueError("boom"))
        error = failureOf(both, FirstError).value
        assert isinstance(error, FirstError)
        assert error.index == 1
        assert error.subFailure.check(ValueError)

    def test_without_deferreds_it_fires_with_an_empty_list(self) -> None:
        assert resultOf(gatherResults([])) == []

    @pytest.mark.parametrize(("consume", "logged"), [(True, 0), (False, 1)])
    def test_failures_of_members_are_logged_unless_consumed(
        self, consume: bool, logged: int
    ) -> None:
        with loggedEvents() as events:
            d = fail(ValueError())
            gatherResults([d], consumeErrors=consume).addErrback(lambda _: None)
            del d
        assert len(events) == logged

    def test_cancelling_cancels_all(self) -> None:
        ds = unfired(3)
        all3 = gatherResults(ds, consumeErrors=True)
        all3.cancel()
        assert [d.called for d in ds] == [True] * 3
        failureOf(all3, FirstError)


class TestRace:
    """`race`."""

    def test_the_first_success_wins_and_the_others_are_cancelled(self) -> None:
        ds = unfired(3)
        first = race(ds)
        ds[1].callback("b")
        assert resultOf(first) == (1, "b")
        assert [d.called for d in ds] == [True] * 3

    def test_a_failure_does_not_end_it(self) -> None:
        ds = unfired(2)
        seen = outcomes(race(ds))
        ds[0].errback(ValueError())
        assert seen == []
        ds[1].callback(1)
        assert seen == [(1, 1)]

    def test_when_all_fail_it_fails_with_all_the_failures_in_order(self) -> None:
        ds = unfired(2)
        neither = race(ds)
        ds[1].errback(KeyError())
        ds[0].errback(ValueError())
        error = failureOf(neither, FailureGroup).value
        assert isinstance(error, FailureGroup)
        assert [failure.type for failure in error.failures] == [ValueError, KeyError]

    def test_without_deferreds_it_fails_at_once(self) -> None:
        failureOf(race([]), FailureGroup)

    def test_cancelling_cancels_all(self) -> None:
        ds = unfired(2)
        either = race(ds)
        either.cancel()
        assert [d.called for d in ds] == [True] * 2
        failureOf(either, FailureGroup)

    def test_the_failures_of_losers_are_not_logged(self) -> None:
        with loggedEvents() as events:
            race([succeed(1), Deferred(), fail(ValueError())])
        assert events == []

    def test_two_that_have_fired_are_decided_by_their_order(self) -> None:
        assert resultOf(race([succeed("a"), succeed("b")])) == (0, "a")


class TestFirstError:
    """`FirstError`."""

    def test_it_shows_what_failed(self) -> None:
        error = FirstError(Failure(ValueError("x")), 1)
        assert repr(error) == "FirstError[#1, ValueError('x')]"
        assert str(error).startswith("FirstError[#1, [Failure instance:")

    def test_it_equals_another_of_the_same_failure_and_place(self) -> None:
        failure = Failure(ValueError())
        assert FirstError(failure, 1) == FirstError(failure, 1)
        assert FirstError(failure, 1) != FirstError(failure, 2)
        assert FirstError(failure, 1) != "else"
        assert len({FirstError(failure, 1), FirstError(failure, 1)}) == 1
