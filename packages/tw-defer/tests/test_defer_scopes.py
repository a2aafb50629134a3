"""Cancel scopes: deadlines, nesting, cancellations from outside, shields."""

import builtins
import gc
import math
import weakref
from collections.abc import Callable, Generator
from typing import Any

import pytest

from twisted.internet import defer
from twisted.internet.defer import (
    CancelledError,
    CancelScope,
    DeadlineError,
    Deferred,
    ensureDeferred,
    fail,
    inlineCallbacks,
    moveOnAfter,
    shield,
    succeed,
    timeout,
    timeoutAt,
)

from .defer_helpers import HandClock, failureOf, loggedEvents, outcomes, resultOf


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


class TestCancelScope:
    def test_cancelling_gives_up_the_body_and_goes_on_behind_it(self) -> None:
        scope = CancelScope()
        seen: list[str] = []

        async def main() -> str:
            async with scope:
                await Deferred()
                seen.append("not reached")
            return "went on"

        d = ensureDeferred(main())
        scope.cancel()
        assert resultOf(d) == "went on"
        assert seen == []
        assert scope.cancelCalled
        assert scope.cancelledCaught

    def test_a_body_that_ends_by_itself_was_not_cancelled(self) -> None:
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                await succeed(None)

        assert resultOf(ensureDeferred(main())) is None
        assert not scope.cancelCalled
        assert not scope.cancelledCaught

    def test_what_is_waited_for_is_cancelled(self) -> None:
        cancelled: list[Deferred[Any]] = []
        wait: Deferred[None] = Deferred(cancelled.append)
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                await wait

        d = ensureDeferred(main())
        scope.cancel()
        assert cancelled == [wait]
        assert resultOf(d) is None

    def test_cancelling_while_the_body_runs_cancels_its_next_wait(self) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with CancelScope() as scope:
                scope.cancel()
                seen.append("runs on")
                await succeed(None)
                seen.append("past what is there already")
                await Deferred()
                seen.append("not reached")

        assert resultOf(ensureDeferred(main())) is None
        assert seen == ["runs on", "past what is there already"]

    def test_cancelling_before_it_is_entered_cancels_the_first_wait(self) -> None:
        scope = CancelScope()
        scope.cancel()

        async def main() -> None:
            async with scope:
                await Deferred()

        assert resultOf(ensureDeferred(main())) is None
        assert scope.cancelledCaught

    def test_a_cancellation_that_met_no_wait_ends_with_the_scope(self) -> None:
        wait: Deferred[str] = Deferred()

        async def main() -> str:
            async with CancelScope() as scope:
                scope.cancel()
            assert not scope.cancelledCaught
            return await wait

        d = ensureDeferred(main())
        wait.callback("undisturbed")
        assert resultOf(d) == "undisturbed"

    def test_a_body_that_catches_the_cancellation_may_wait_again(self) -> None:
        cleaned: Deferred[str] = Deferred()
        scope = CancelScope()

        async def main() -> str:
            async with scope:
                try:
                    await Deferred()
                finally:
                    assert await cleaned == "clean"
            return "done"

        d = ensureDeferred(main())
        scope.cancel()
        assert not d.called
        cleaned.callback("clean")
        assert resultOf(d) == "done"

    def test_a_body_may_swallow_the_cancellation(self) -> None:
        scope = CancelScope()

        async def main() -> str:
            async with scope:
                try:
                    await Deferred()
                except CancelledError:
                    return "swallowed"
            return "given up"

        d = ensureDeferred(main())
        scope.cancel()
        assert resultOf(d) == "swallowed"
        assert not scope.cancelledCaught

    def test_another_error_of_the_body_leaves_a_cancelled_scope(self) -> None:
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                try:
                    await Deferred()
                except CancelledError:
                    raise ValueError("while cleaning") from None

        d = ensureDeferred(main())
        scope.cancel()
        failureOf(d, ValueError)

    def test_a_cancellation_from_outside_leaves_the_scope(self) -> None:
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                await Deferred()

        d = ensureDeferred(main())
        d.cancel()
        failureOf(d, CancelledError)
        assert not scope.cancelledCaught

    def test_a_wait_that_somebody_else_cancelled_leaves_the_scope(self) -> None:
        wait: Deferred[None] = Deferred()

        async def main() -> None:
            async with CancelScope():
                await wait

        d = ensureDeferred(main())
        wait.cancel()
        failureOf(d, CancelledError)

    def test_cancelling_twice_does_no_more_than_once(self) -> None:
        scope = CancelScope()
        cleaned: Deferred[None] = Deferred()

        async def main() -> None:
            async with scope:
                try:
                    await Deferred()
                finally:
                    await cleaned

        d = ensureDeferred(main())
        scope.cancel()
        scope.cancel()
        assert not d.called
        cleaned.callback(None)
        assert resultOf(d) is None

    def test_cancelling_a_scope_that_was_left_does_nothing(self) -> None:
        scope = CancelScope()
        wait: Deferred[str] = Deferred()

        async def main() -> str:
            async with scope:
                pass
            return await wait

        d = ensureDeferred(main())
        scope.cancel()
        assert not scope.cancelCalled
        wait.callback("undisturbed")
        assert resultOf(d) == "undisturbed"

    def test_it_can_be_entered_once(self) -> None:
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                pass
            async with scope:
                pass

        failureOf(ensureDeferred(main()), RuntimeError)

    def test_it_reaches_through_coroutines_that_are_awaited(self) -> None:
        scope = CancelScope()

        async def inner() -> None:
            await Deferred()

        async def started() -> None:
            await ensureDeferred(inner())

        async def main() -> str:
            async with scope:
                await started()
            return "went on"

        d = ensureDeferred(main())
        scope.cancel()
        assert resultOf(d) == "went on"

    def test_a_coroutine_that_is_awaited_may_cancel_the_scope_around_it(self) -> None:
        scope = CancelScope()
        steps: list[int] = []

        @inlineCallbacks
        def step() -> Generator[Any, Any, None]:
            yield succeed(None)
            steps.append(len(steps))
            if len(steps) == 3:
                scope.cancel()

        async def main() -> str:
            async with scope:
                while True:
                    await step()
                    await ticking[0]
            return "stopped"

        ticking: list[Deferred[None]] = [Deferred()]
        d = ensureDeferred(main())
        for _ in range(2):
            tick, ticking[0] = ticking[0], Deferred()
            tick.callback(None)
        assert resultOf(d) == "stopped"
        assert steps == [0, 1, 2]

    def test_it_wants_to_be_run_by_a_deferred(self) -> None:
        async def main() -> None:
            async with CancelScope():
                pass

        running = main()
        running.send(None)
        with pytest.raises(RuntimeError, match="fromCoroutine"):
            running.send(None)

    def test_a_task_of_asyncio_is_told_what_to_use(self) -> None:
        import asyncio

        async def main() -> None:
            async with CancelScope():
                pass

        with pytest.raises(RuntimeError, match=r"asyncio\.timeout"):
            asyncio.run(main())


class TestNesting:
    def test_the_outer_scope_ends_the_inner_one(self) -> None:
        outer, inner = CancelScope(), CancelScope()
        seen: list[str] = []

        async def main() -> None:
            async with outer:
                async with inner:
                    await Deferred()
                seen.append("not reached")
            seen.append("behind the outer one")

        d = ensureDeferred(main())
        outer.cancel()
        assert resultOf(d) is None
        assert seen == ["behind the outer one"]
        assert outer.cancelledCaught
        assert not inner.cancelledCaught

    def test_the_inner_scope_leaves_the_outer_one_alone(self) -> None:
        outer, inner = CancelScope(), CancelScope()
        wait: Deferred[str] = Deferred()

        async def main() -> str:
            async with outer:
                async with inner:
                    await Deferred()
                return await wait
            return "not reached"

        d = ensureDeferred(main())
        inner.cancel()
        wait.callback("goes on in the outer one")
        assert resultOf(d) == "goes on in the outer one"
        assert not outer.cancelledCaught

    def test_when_both_are_cancelled_the_outer_one_gets_it(self) -> None:
        outer, inner = CancelScope(), CancelScope()
        cleaning: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with outer:
                async with inner:
                    try:
                        await Deferred()
                    finally:
                        await cleaning
                seen.append("not reached")

        d = ensureDeferred(main())
        inner.cancel()
        outer.cancel()
        assert resultOf(d) is None
        assert seen == []
        assert (inner.cancelledCaught, outer.cancelledCaught) == (False, True)

    @pytest.mark.parametrize("outerFirst", [True, False])
    def test_requests_of_both_while_the_body_runs_are_kept_apart(self, outerFirst: bool) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with CancelScope() as outer:
                async with CancelScope() as inner:
                    for scope in (outer, inner) if outerFirst else (inner, outer):
                        scope.cancel()
                seen.append("the inner one met no wait")
                await Deferred()
                seen.append("not reached")

        assert resultOf(ensureDeferred(main())) is None
        assert seen == ["the inner one met no wait"]

    def test_a_cancellation_from_outside_wins_over_a_scope(self) -> None:
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                try:
                    await Deferred()
                finally:
                    await Deferred()

        d = ensureDeferred(main())
        scope.cancel()
        assert not d.called
        d.cancel()
        failureOf(d, CancelledError)
        assert not scope.cancelledCaught

    def test_a_cancellation_from_outside_before_that_of_the_scope_wins_too(self) -> None:
        scope = CancelScope()

        async def main() -> None:
            async with scope:
                try:
                    await Deferred()
                finally:
                    await Deferred()

        d = ensureDeferred(main())
        d.cancel()
        scope.cancel()
        failureOf(d, CancelledError)

    def test_a_cancellation_before_the_scope_does_not_count(self) -> None:
        scope = CancelScope()

        async def main() -> str:
            try:
                await Deferred()
            except CancelledError:
                pass
            async with scope:
                await Deferred()
            return "went on"

        d = ensureDeferred(main())
        d.cancel()
        scope.cancel()
        assert resultOf(d) == "went on"

    def test_scopes_of_an_async_generator_may_be_left_in_any_order(self) -> None:
        wait: Deferred[None] = Deferred()
        outer, inner = CancelScope(), CancelScope()

        async def main() -> str:
            await outer.__aenter__()
            await inner.__aenter__()
            await outer.__aexit__(None, None, None)
            async with CancelScope() as another:
                another.cancel()
                await Deferred()
            await inner.__aexit__(None, None, None)
            await wait
            return "done"

        d = ensureDeferred(main())
        outer.cancel()
        inner.cancel()
        wait.callback(None)
        assert resultOf(d) == "done"


class TestDeadline:
    def test_the_scope_is_cancelled_when_its_deadline_passes(self, clock: HandClock) -> None:
        clock.now = 100.0
        scope = CancelScope(110.0, clock)

        async def main() -> str:
            async with scope:
                await Deferred()
            return "went on"

        d = ensureDeferred(main())
        clock.advance(9)
        assert not d.called
        clock.advance(1)
        assert resultOf(d) == "went on"
        assert scope.cancelledCaught
        assert scope.deadline == 110.0

    def test_nothing_is_left_on_the_clock_when_the_scope_ends_early(self, clock: HandClock) -> None:
        async def main() -> None:
            async with CancelScope(10.0, clock):
                await succeed(None)

        assert resultOf(ensureDeferred(main())) is None
        assert clock.calls == []

    def test_nothing_is_left_on_the_clock_when_the_scope_is_cancelled(
        self, clock: HandClock
    ) -> None:
        scope = CancelScope(10.0, clock)

        async def main() -> None:
            async with scope:
                await Deferred()

        d = ensureDeferred(main())
        scope.cancel()
        assert resultOf(d) is None
        assert clock.calls == []

    @pytest.mark.parametrize("deadline", [-1.0, 0.0, 5.0])
    def test_a_deadline_that_has_passed_cancels_the_first_wait(
        self, clock: HandClock, deadline: float
    ) -> None:
        clock.now = 5.0

        async def main() -> bool:
            async with CancelScope(deadline, clock) as scope:
                await Deferred()
            return scope.cancelledCaught

        assert resultOf(ensureDeferred(main())) is True

    @pytest.mark.parametrize("deadline", [None, math.inf])
    def test_without_a_deadline_no_clock_is_asked(self, deadline: float | None) -> None:
        async def main() -> float | None:
            async with CancelScope(deadline) as scope:
                pass
            return scope.deadline

        assert resultOf(ensureDeferred(main())) is None

    def test_a_deadline_is_a_number(self) -> None:
        with pytest.raises(ValueError, match="NaN"):
            CancelScope(math.nan)

    def test_it_can_be_moved_while_the_scope_lasts(self, clock: HandClock) -> None:
        scope = CancelScope(10.0, clock)

        async def main() -> None:
            async with scope:
                await Deferred()

        d = ensureDeferred(main())
        scope.reschedule(20.0)
        clock.advance(19)
        assert not d.called
        clock.advance(1)
        assert resultOf(d) is None

    def test_it_can_be_moved_before_the_scope_is_entered(self, clock: HandClock) -> None:
        scope = CancelScope(10.0, clock)
        scope.reschedule(20.0)
        assert clock.calls == []

        async def main() -> None:
            async with scope:
                await Deferred()

        d = ensureDeferred(main())
        clock.advance(19)
        assert not d.called
        clock.advance(1)
        assert resultOf(d) is None

    def test_it_can_be_taken_away(self, clock: HandClock) -> None:
        scope = CancelScope(10.0, clock)
        wait: Deferred[None] = Deferred()

        async def main() -> None:
            async with scope:
                await wait

        d = ensureDeferred(main())
        scope.reschedule(None)
        clock.advance(1000)
        assert clock.calls == []
        wait.callback(None)
        assert resultOf(d) is None

    def test_moved_to_the_past_it_cancels_at_once(self, clock: HandClock) -> None:
        scope = CancelScope(10.0, clock)
        clock.now = 5.0

        async def main() -> None:
            async with scope:
                await Deferred()

        d = ensureDeferred(main())
        scope.reschedule(1.0)
        assert resultOf(d) is None

    def test_it_cannot_be_moved_when_the_scope_was_cancelled(self, clock: HandClock) -> None:
        scope = CancelScope(10.0, clock)
        scope.cancel()
        with pytest.raises(RuntimeError, match="cancelled already"):
            scope.reschedule(20.0)

    def test_it_cannot_be_moved_when_the_scope_was_left(self, clock: HandClock) -> None:
        scope = CancelScope(10.0, clock)

        async def main() -> None:
            async with scope:
                pass

        assert resultOf(ensureDeferred(main())) is None
        with pytest.raises(RuntimeError, match="left already"):
            scope.reschedule(20.0)

    def test_move_on_after_counts_from_now(self, clock: HandClock) -> None:
        clock.now = 50.0
        scope = moveOnAfter(5.0, clock)
        assert scope.deadline == 55.0

    def test_move_on_after_goes_on_behind_the_scope(self, clock: HandClock) -> None:
        async def main() -> bool:
            async with moveOnAfter(5.0, clock) as scope:
                await Deferred()
            return scope.cancelledCaught

        d = ensureDeferred(main())
        clock.advance(5)
        assert resultOf(d) is True


class TestTimeout:
    def test_what_takes_too_long_fails(self, clock: HandClock) -> None:
        async def main() -> None:
            async with timeout(5.0, clock):
                await Deferred()

        d = ensureDeferred(main())
        clock.advance(5)
        failureOf(d, DeadlineError)

    @pytest.mark.parametrize("kind", [builtins.TimeoutError, defer.TimeoutError])
    def test_either_timeout_error_catches_it(self, clock: HandClock, kind: type[Exception]) -> None:
        async def main() -> str:
            try:
                async with timeout(5.0, clock):
                    await Deferred()
            except kind:
                return "caught"
            return "in time"

        d = ensureDeferred(main())
        clock.advance(5)
        assert resultOf(d) == "caught"

    def test_what_is_in_time_leaves_nothing_on_the_clock(self, clock: HandClock) -> None:
        async def main() -> str:
            async with timeout(5.0, clock) as scope:
                result = await succeed("in time")
            assert not scope.expired()
            return result

        assert resultOf(ensureDeferred(main())) == "in time"
        assert clock.calls == []

    def test_a_cancellation_from_outside_is_no_timeout(self, clock: HandClock) -> None:
        async def main() -> None:
            async with timeout(5.0, clock):
                await Deferred()

        d = ensureDeferred(main())
        d.cancel()
        failureOf(d, CancelledError)

    def test_a_cancellation_from_outside_while_it_cleans_up_is_no_timeout(
        self, clock: HandClock
    ) -> None:
        async def main() -> None:
            async with timeout(5.0, clock):
                try:
                    await Deferred()
                finally:
                    await Deferred()

        d = ensureDeferred(main())
        clock.advance(5)
        d.cancel()
        failureOf(d, CancelledError)

    def test_a_timeout_error_of_the_body_is_its_own(self, clock: HandClock) -> None:
        async def main() -> None:
            async with timeout(5.0, clock):
                await fail(builtins.TimeoutError("its own"))

        failure = failureOf(ensureDeferred(main()), builtins.TimeoutError)
        assert failure.getErrorMessage() == "its own"

    def test_the_error_tells_where_the_body_waited(self, clock: HandClock) -> None:
        async def main() -> None:
            async with timeout(5.0, clock):
                await Deferred()

        d = ensureDeferred(main())
        causes: list[BaseException | None] = []
        d.addErrback(lambda failure: causes.append(failure.value.__cause__))
        clock.advance(5)
        assert isinstance(causes[0], CancelledError)

    def test_of_two_the_one_that_passed_fails(self, clock: HandClock) -> None:
        seen: list[str] = []

        async def main() -> None:
            try:
                async with timeout(3.0, clock):
                    try:
                        async with timeout(5.0, clock):
                            await Deferred()
                    except TimeoutError:
                        seen.append("inner")
            except TimeoutError:
                seen.append("outer")

        d = ensureDeferred(main())
        clock.advance(3)
        assert resultOf(d) is None
        assert seen == ["outer"]

    def test_it_has_the_methods_of_asyncio(self, clock: HandClock) -> None:
        clock.now = 10.0
        seen: list[object] = []

        async def main() -> None:
            async with timeout(5.0, clock) as scope:
                seen.append(scope.when())
                scope.reschedule(20.0)
                seen.append(scope.when())
                try:
                    await Deferred()
                finally:
                    seen.append(scope.expired())

        d = ensureDeferred(main())
        clock.advance(9)
        assert not d.called
        clock.advance(1)
        failureOf(d, DeadlineError)
        assert seen == [15.0, 20.0, True]

    def test_at_a_point_on_the_clock(self, clock: HandClock) -> None:
        clock.now = 10.0

        async def main() -> None:
            async with timeoutAt(12.0, clock):
                await Deferred()

        d = ensureDeferred(main())
        clock.advance(2)
        failureOf(d, DeadlineError)

    @pytest.mark.parametrize("make", [timeout, timeoutAt])
    def test_none_is_no_limit(self, make: Callable[[None], Any]) -> None:
        async def main() -> str:
            async with make(None):
                return await succeed("done")

        assert resultOf(ensureDeferred(main())) == "done"

    def test_zero_seconds_cancel_the_first_wait(self, clock: HandClock) -> None:
        async def main() -> None:
            async with timeout(0, clock):
                await succeed("what is there already is no wait")
                await Deferred()

        failureOf(ensureDeferred(main()), DeadlineError)

    def test_a_cancellation_that_is_a_subclass_is_its_own_as_well(self, clock: HandClock) -> None:
        class ConnectingCancelledError(CancelledError):
            pass

        wait: Deferred[None] = Deferred(lambda d: d.errback(ConnectingCancelledError()))

        async def main() -> None:
            async with timeout(5.0, clock):
                await wait

        d = ensureDeferred(main())
        clock.advance(5)
        failureOf(d, DeadlineError)


class TestShieldingScope:
    def test_a_cancellation_from_outside_waits_for_the_end_of_the_shield(self) -> None:
        cleaned: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with CancelScope(shield=True):
                await cleaned
                seen.append("cleaned up")
            await Deferred()
            seen.append("not reached")

        d = ensureDeferred(main())
        d.cancel()
        assert not d.called
        cleaned.callback(None)
        failureOf(d, CancelledError)
        assert seen == ["cleaned up"]

    def test_what_it_kept_back_is_lost_where_no_wait_follows(self) -> None:
        cleaned: Deferred[None] = Deferred()

        async def main() -> str:
            async with CancelScope(shield=True):
                await cleaned
            return "done"

        d = ensureDeferred(main())
        d.cancel()
        cleaned.callback(None)
        assert resultOf(d) == "done"

    def test_it_can_be_cancelled_itself(self) -> None:
        scope = CancelScope(shield=True)

        async def main() -> str:
            async with scope:
                await Deferred()
            return "went on"

        d = ensureDeferred(main())
        scope.cancel()
        assert resultOf(d) == "went on"

    def test_its_own_deadline_holds(self, clock: HandClock) -> None:
        async def main() -> bool:
            async with moveOnAfter(5.0, clock, shield=True) as scope:
                await Deferred()
            return scope.cancelledCaught

        d = ensureDeferred(main())
        d.cancel()
        clock.advance(5)
        assert resultOf(d) is True

    def test_it_keeps_back_a_scope_around_it(self, clock: HandClock) -> None:
        saved: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with timeout(5.0, clock):
                async with CancelScope(shield=True):
                    await saved
                    seen.append("saved")
                await Deferred()

        d = ensureDeferred(main())
        clock.advance(6)
        assert not d.called
        saved.callback(None)
        failureOf(d, DeadlineError)
        assert seen == ["saved"]

    def test_scopes_inside_it_work(self, clock: HandClock) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with CancelScope(shield=True):
                try:
                    async with timeout(5.0, clock):
                        await Deferred()
                except TimeoutError:
                    seen.append("timed out")

        d = ensureDeferred(main())
        d.cancel()
        assert not d.called
        clock.advance(5)
        assert resultOf(d) is None
        assert seen == ["timed out"]

    def test_shields_nest(self) -> None:
        first: Deferred[None] = Deferred()
        second: Deferred[None] = Deferred()

        async def main() -> None:
            async with CancelScope(shield=True):
                async with CancelScope(shield=True):
                    await first
                await second
            await Deferred()

        d = ensureDeferred(main())
        d.cancel()
        first.callback(None)
        assert not d.called
        second.callback(None)
        failureOf(d, CancelledError)

    def test_it_protects_what_it_waits_for_from_those_who_wait_for_it(self) -> None:
        saved: Deferred[str] = Deferred()

        async def save() -> str:
            async with CancelScope(shield=True):
                return await saved
            return "given up"

        async def main() -> str:
            return await ensureDeferred(save())

        d = ensureDeferred(main())
        d.cancel()
        assert not d.called
        saved.callback("saved")
        assert resultOf(d) == "saved"


class TestShield:
    def test_the_result_comes_through(self) -> None:
        work: Deferred[str] = Deferred()
        seen = outcomes(shield(work))
        work.callback("done")
        assert seen == ["done"]

    def test_a_failure_comes_through_and_is_nobody_elses(self) -> None:
        work: Deferred[str] = Deferred()
        d = shield(work)
        with loggedEvents() as events:
            work.errback(ValueError())
            failureOf(d, ValueError)
            del work
        assert events == []

    def test_the_work_goes_on_when_the_shield_is_cancelled(self) -> None:
        work: Deferred[str] = Deferred()
        d = shield(work)
        d.cancel()
        failureOf(d, CancelledError)
        work.callback("done")
        assert resultOf(work) == "done"

    def test_a_coroutine_that_awaits_it_can_be_cancelled(self) -> None:
        saved: list[str] = []
        slow: Deferred[str] = Deferred()

        async def save() -> None:
            saved.append(await slow)

        async def main() -> None:
            await shield(save())

        d = ensureDeferred(main())
        d.cancel()
        failureOf(d, CancelledError)
        slow.callback("saved")
        assert saved == ["saved"]

    def test_what_fails_after_the_shield_was_cancelled_is_logged(self) -> None:
        work: Deferred[str] = Deferred()
        d = shield(work)
        d.cancel()
        failureOf(d, CancelledError)
        with loggedEvents() as events:
            work.errback(ValueError("nobody waits"))
            del work
        assert [event["log_failure"].check(ValueError) for event in events] == [ValueError]


class TestFreeing:
    @pytest.fixture(autouse=True)
    def withoutCollector(self) -> Generator[None]:
        gc.collect()
        gc.disable()
        yield
        gc.enable()

    def test_a_scope_that_was_left_is_freed_at_once(self, clock: HandClock) -> None:
        scopes: list[weakref.ref[Any]] = []

        async def main() -> None:
            async with timeout(5.0, clock) as scope:
                scopes.append(weakref.ref(scope))
                await succeed(None)

        assert resultOf(ensureDeferred(main())) is None
        assert scopes[0]() is None
        assert gc.collect() == 0

    def test_a_scope_that_timed_out_is_freed_at_once(self, clock: HandClock) -> None:
        async def main() -> str:
            try:
                async with timeout(5.0, clock):
                    await Deferred()
            except TimeoutError:
                return "timed out"
            return ""

        d = ensureDeferred(main())
        clock.advance(5)
        assert resultOf(d) == "timed out"
        del d
        assert gc.collect() == 0

    def test_an_unhandled_timeout_is_freed_at_once(self, clock: HandClock) -> None:
        async def main() -> None:
            async with timeout(5.0, clock):
                await Deferred()

        d = ensureDeferred(main())
        with loggedEvents() as events:
            clock.advance(5)
            del d
        assert [event["log_failure"].check(DeadlineError) for event in events] == [DeadlineError]
        events.clear()
        assert gc.collect() == 0

    def test_a_coroutine_that_nothing_else_can_wake_up_is_woken_by_its_deadline(
        self, clock: HandClock
    ) -> None:
        seen: list[str] = []

        async def main() -> None:
            try:
                async with timeout(5.0, clock):
                    await Deferred()
            except TimeoutError:
                seen.append("timed out")

        ensureDeferred(main())
        gc.collect()
        clock.advance(5)
        assert seen == ["timed out"]
        assert gc.collect() == 0
