"""`gatherResults` with the option to cancel the others when one fails."""

import gc

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    FirstError,
    ensureDeferred,
    fail,
    gatherResults,
    succeed,
)
from twisted.python.failure import Failure

from .defer_helpers import failureOf, loggedEvents, outcomes, resultOf


def test_the_results_come_in_the_order_of_the_deferreds() -> None:
    first: Deferred[int] = Deferred()
    d = gatherResults([first, succeed(2)], cancelOthers=True)
    assert not d.called
    first.callback(1)
    assert resultOf(d) == [1, 2]


def test_nothing_to_wait_for_is_an_empty_list() -> None:
    assert resultOf(gatherResults([], cancelOthers=True)) == []


def test_the_first_failure_cancels_the_others() -> None:
    cancelled: list[Deferred[None]] = []
    others: list[Deferred[None]] = [Deferred(cancelled.append), Deferred(cancelled.append)]
    bad: Deferred[None] = Deferred()
    d = gatherResults([others[0], bad, others[1]], consumeErrors=True, cancelOthers=True)
    bad.errback(ValueError())
    error = failureOf(d, FirstError).value
    assert isinstance(error, FirstError)
    assert error.index == 1
    assert error.subFailure.check(ValueError)
    assert cancelled == others


def test_it_waits_for_those_that_take_time_to_be_cancelled() -> None:
    cleaned: Deferred[None] = Deferred()

    async def cleansUp() -> None:
        try:
            await Deferred()
        finally:
            await cleaned

    d = gatherResults(
        [ensureDeferred(cleansUp()), fail(ValueError())], consumeErrors=True, cancelOthers=True
    )
    assert not d.called
    cleaned.callback(None)
    failureOf(d, FirstError)


def test_a_failure_that_is_there_already_cancels_the_others() -> None:
    other: Deferred[None] = Deferred()
    d = gatherResults([fail(ValueError()), other], consumeErrors=True, cancelOthers=True)
    failureOf(d, FirstError)
    assert resultOf(other) is None


def test_the_cancelled_ones_are_not_logged() -> None:
    with loggedEvents() as events:
        d = gatherResults([Deferred(), fail(ValueError())], cancelOthers=True)
        failureOf(d, FirstError)
        del d
        gc.collect()
    # Without consumeErrors, the first failure goes on in its own Deferred, as ever.
    assert [event["log_failure"].check(ValueError) for event in events] == [ValueError]


def test_what_the_others_fail_with_besides_is_logged() -> None:
    broken: Deferred[None] = Deferred(lambda d: d.errback(KeyError()))
    with loggedEvents() as events:
        d = gatherResults([broken, fail(ValueError())], cancelOthers=True)
        failureOf(d, FirstError)
        del broken
    kinds = [event["log_failure"].type for event in events]
    assert sorted(kind.__name__ for kind in kinds) == ["KeyError", "ValueError"]


def test_cancelling_it_cancels_them_all() -> None:
    waits: list[Deferred[None]] = [Deferred(), Deferred()]
    d = gatherResults(waits, cancelOthers=True)
    d.cancel()
    failureOf(d, FirstError).value.subFailure.trap(CancelledError)  # type: ignore[attr-defined]
    assert all(wait.called for wait in waits)


def test_without_the_option_the_others_go_on() -> None:
    other: Deferred[int] = Deferred()
    d = gatherResults([fail(ValueError()), other], consumeErrors=True)
    failureOf(d, FirstError)
    seen = outcomes(other)
    other.callback(1)
    assert seen == [1]
    assert not isinstance(seen[0], Failure)
