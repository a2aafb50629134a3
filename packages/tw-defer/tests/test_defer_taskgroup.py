"""Task groups: children end with their group, errors leave it together."""

import gc
import weakref
from collections.abc import Generator
from typing import Any

import pytest

from twisted.internet.defer import (
    CancelledError,
    CancelScope,
    DeadlineError,
    Deferred,
    NotACoroutineError,
    TaskGroup,
    ensureDeferred,
    fail,
    inlineCallbacks,
    succeed,
    timeout,
)
from twisted.python.failure import Failure

from .defer_helpers import HandClock, failureOf, loggedEvents, outcomes, resultOf


def errorsOf(d: Deferred[Any]) -> list[BaseException]:
    """Return the errors in the group with which a Deferred has failed."""
    group = failureOf(d, BaseExceptionGroup).value
    assert isinstance(group, BaseExceptionGroup)
    return list(group.exceptions)


async def waitFor(d: Deferred[Any], seen: list[str], name: str = "child") -> Any:
    """Wait for a Deferred, and tell how that has ended."""
    try:
        result = await d
    except CancelledError:
        seen.append(f"{name} cancelled")
        raise
    seen.append(f"{name} done")
    return result


class TestSuccess:
    def test_the_group_ends_when_all_children_have_ended(self) -> None:
        waits: list[Deferred[int]] = [Deferred(), Deferred()]
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                for wait in waits:
                    group.createTask(waitFor(wait, seen))
                seen.append("body done")

        d = ensureDeferred(main())
        waits[1].callback(1)
        assert not d.called
        waits[0].callback(0)
        assert resultOf(d) is None
        assert seen == ["body done", "child done", "child done"]

    def test_children_are_started_at_once(self) -> None:
        seen: list[str] = []

        async def child() -> None:
            seen.append("started")

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())
                seen.append("body")

        assert resultOf(ensureDeferred(main())) is None
        assert seen == ["started", "body"]

    def test_an_empty_group_ends_at_once(self) -> None:
        async def main() -> str:
            async with TaskGroup():
                pass
            return "done"

        assert resultOf(ensureDeferred(main())) == "done"

    def test_the_result_of_a_child_is_there_in_the_group_and_after_it(self) -> None:
        async def child(value: int) -> int:
            return value

        async def main() -> tuple[int, int]:
            async with TaskGroup() as group:
                first = group.createTask(child(1))
                second = group.createTask(child(2))
                inside = await first
            return inside, await second

        assert resultOf(ensureDeferred(main())) == (1, 2)

    def test_a_deferred_can_be_a_child(self) -> None:
        wait: Deferred[str] = Deferred()

        async def main() -> str:
            async with TaskGroup() as group:
                child = group.createTask(wait)
            return await child

        d = ensureDeferred(main())
        assert not d.called
        wait.callback("result")
        assert resultOf(d) == "result"

    def test_children_may_add_children_while_the_body_has_ended(self) -> None:
        wait: Deferred[None] = Deferred()
        last: Deferred[None] = Deferred()

        async def child(group: TaskGroup) -> None:
            await wait
            group.createTask(last)

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child(group))

        d = ensureDeferred(main())
        wait.callback(None)
        assert not d.called
        last.callback(None)
        assert resultOf(d) is None

    def test_groups_nest(self) -> None:
        waits: list[Deferred[None]] = [Deferred(), Deferred()]

        async def inner(wait: Deferred[None]) -> None:
            async with TaskGroup() as group:
                group.createTask(wait)

        async def main() -> str:
            async with TaskGroup() as group:
                for wait in waits:
                    group.createTask(inner(wait))
            return "done"

        d = ensureDeferred(main())
        waits[0].callback(None)
        assert not d.called
        waits[1].callback(None)
        assert resultOf(d) == "done"


class TestFailure:
    def test_the_siblings_of_a_child_that_fails_are_cancelled(self) -> None:
        bad: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen, "first"))
                group.createTask(bad)
                group.createTask(waitFor(Deferred(), seen, "last"))

        d = ensureDeferred(main())
        bad.errback(ValueError("bad"))
        assert [str(error) for error in errorsOf(d)] == ["bad"]
        assert seen == ["first cancelled", "last cancelled"]

    def test_the_siblings_are_waited_for(self) -> None:
        bad: Deferred[None] = Deferred()
        cleaned: Deferred[None] = Deferred()

        async def cleansUp() -> None:
            try:
                await Deferred()
            finally:
                await cleaned

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(cleansUp())
                group.createTask(bad)

        d = ensureDeferred(main())
        bad.errback(ValueError())
        assert not d.called
        cleaned.callback(None)
        assert [type(error) for error in errorsOf(d)] == [ValueError]

    def test_what_siblings_fail_with_when_they_are_cancelled_is_in_the_group_too(self) -> None:
        bad: Deferred[None] = Deferred()

        async def breaks() -> None:
            try:
                await Deferred()
            finally:
                raise KeyError("while cleaning up")

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(breaks())
                group.createTask(bad)

        d = ensureDeferred(main())
        bad.errback(ValueError())
        assert [type(error) for error in errorsOf(d)] == [ValueError, KeyError]

    def test_the_body_is_cancelled_when_a_child_fails(self) -> None:
        bad: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(bad)
                await waitFor(Deferred(), seen, "body")

        d = ensureDeferred(main())
        bad.errback(ValueError())
        assert [type(error) for error in errorsOf(d)] == [ValueError]
        assert seen == ["body cancelled"]

    def test_the_children_are_cancelled_when_the_body_fails(self) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen))
                raise ValueError("body")

        assert [str(error) for error in errorsOf(ensureDeferred(main()))] == ["body"]
        assert seen == ["child cancelled"]

    def test_a_child_that_fails_at_once_cancels_the_next_wait_of_the_body(self) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(fail(ValueError()))
                seen.append("body runs on")
                await waitFor(Deferred(), seen, "body")

        assert [type(error) for error in errorsOf(ensureDeferred(main()))] == [ValueError]
        assert seen == ["body runs on", "body cancelled"]

    def test_a_coroutine_is_not_started_in_a_group_that_is_failing(self) -> None:
        seen: list[str] = []

        async def child() -> None:
            seen.append("started")

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(fail(ValueError()))
                late = group.createTask(child())
            await late

        errorsOf(ensureDeferred(main()))
        assert seen == []

    def test_a_deferred_is_cancelled_in_a_group_that_is_failing(self) -> None:
        cancelled: list[object] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(fail(ValueError()))
                group.createTask(Deferred(cancelled.append))

        errorsOf(ensureDeferred(main()))
        assert len(cancelled) == 1

    def test_a_child_that_runs_when_the_group_fails_is_cancelled_at_its_next_wait(self) -> None:
        bad: Deferred[None] = Deferred()
        begin: Deferred[None] = Deferred()
        seen: list[str] = []

        async def child() -> None:
            await begin
            bad.errback(ValueError())
            seen.append("runs on")
            await waitFor(Deferred(), seen)

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())
                group.createTask(bad)

        d = ensureDeferred(main())
        begin.callback(None)
        assert [type(error) for error in errorsOf(d)] == [ValueError]
        assert seen == ["runs on", "child cancelled"]

    def test_except_star_splits_the_errors(self) -> None:
        bad: Deferred[None] = Deferred()
        seen: list[str] = []

        async def breaks() -> None:
            try:
                await Deferred()
            finally:
                raise KeyError("key")

        async def main() -> str:
            try:
                async with TaskGroup() as group:
                    group.createTask(breaks())
                    group.createTask(bad)
            except* ValueError as group1:
                seen.extend(str(error) for error in group1.exceptions)
            except* KeyError as group2:
                seen.extend(str(error) for error in group2.exceptions)
            return "handled"

        d = ensureDeferred(main())
        bad.errback(ValueError("value"))
        assert resultOf(d) == "handled"
        assert seen == ["value", "'key'"]

    def test_the_errors_have_their_tracebacks(self) -> None:
        names: list[str] = []

        def helper() -> None:
            raise ValueError

        async def child() -> None:
            await succeed(None)
            helper()

        async def main() -> None:
            try:
                async with TaskGroup() as group:
                    group.createTask(child())
            except* ValueError as errors:
                traceback = errors.exceptions[0].__traceback__
                while traceback is not None:
                    names.append(traceback.tb_frame.f_code.co_name)
                    traceback = traceback.tb_next

        assert resultOf(ensureDeferred(main())) is None
        assert names == ["child", "helper"]

    def test_an_error_that_the_body_awaits_is_in_the_group_once(self) -> None:
        bad: Deferred[None] = Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                child = group.createTask(bad)
                await child

        d = ensureDeferred(main())
        bad.errback(ValueError())
        assert [type(error) for error in errorsOf(d)] == [ValueError]

    def test_a_body_that_handles_the_error_of_a_child_is_cancelled_all_the_same(self) -> None:
        bad: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                try:
                    await group.createTask(bad)
                except ValueError:
                    seen.append("handled")
                await waitFor(Deferred(), seen, "body")

        d = ensureDeferred(main())
        bad.errback(ValueError())
        assert [type(error) for error in errorsOf(d)] == [ValueError]
        assert seen == ["handled", "body cancelled"]

    def test_nothing_is_logged_of_errors_that_are_in_the_group(self) -> None:
        with loggedEvents() as events:
            bad: list[Deferred[None]] = [Deferred()]

            async def main() -> None:
                async with TaskGroup() as group:
                    kept = group.createTask(bad[0])
                    kept.addCallback(lambda result: None)

            d = ensureDeferred(main())
            bad.pop().errback(ValueError())
            errorsOf(d)
            del d
            gc.collect()
        assert events == []

    def test_what_a_callback_on_a_childs_result_raises_is_logged(self) -> None:
        def boom(result: object) -> None:
            raise KeyError

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(succeed(1)).addCallback(boom)

        with loggedEvents() as events:
            assert resultOf(ensureDeferred(main())) is None
        assert [event["log_failure"].check(KeyError) for event in events] == [KeyError]

    def test_the_errors_of_nested_groups_nest(self) -> None:
        bad: Deferred[None] = Deferred()
        seen: list[str] = []

        async def inner() -> None:
            async with TaskGroup() as group:
                group.createTask(bad)
                group.createTask(waitFor(Deferred(), seen, "cousin"))

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(inner())
                group.createTask(waitFor(Deferred(), seen, "uncle"))

        d = ensureDeferred(main())
        bad.errback(ValueError())
        (nested,) = errorsOf(d)
        assert isinstance(nested, ExceptionGroup)
        assert [type(error) for error in nested.exceptions] == [ValueError]
        assert seen == ["cousin cancelled", "uncle cancelled"]

    def test_a_canceller_that_raises_is_an_error_of_its_child(self) -> None:
        def broken(d: Deferred[None]) -> None:
            raise KeyError

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(Deferred(broken))
                raise ValueError

        with loggedEvents() as events:
            errors = errorsOf(ensureDeferred(main()))
        assert [type(error) for error in errors] == [ValueError, KeyError]
        assert len(events) == 1

    def test_a_cancel_method_that_raises_keeps_no_sibling_from_being_cancelled(self) -> None:
        class Stubborn(Deferred[None]):
            def cancel(self) -> None:
                raise KeyError("not me")

        stubborn = Stubborn()
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(stubborn)
                group.createTask(waitFor(Deferred(), seen))
                raise ValueError

        with loggedEvents() as events:
            d = ensureDeferred(main())
        assert seen == ["child cancelled"]
        assert len(events) == 1
        stubborn.callback(None)
        assert [type(error) for error in errorsOf(d)] == [ValueError]

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
    def test_what_ends_the_program_leaves_the_group_as_it_is(
        self, kind: type[BaseException]
    ) -> None:
        wait: Deferred[None] = Deferred()
        seen: list[str] = []

        async def child() -> None:
            await wait
            raise kind("stop")

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())
                group.createTask(waitFor(Deferred(), seen))

        d = ensureDeferred(main())
        wait.callback(None)
        failureOf(d, kind)
        assert seen == ["child cancelled"]

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
    def test_what_ends_the_program_leaves_the_body_as_it_is(
        self, kind: type[BaseException]
    ) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen))
                raise kind("stop")

        failureOf(ensureDeferred(main()), kind)
        assert seen == ["child cancelled"]

    def test_errors_beside_one_that_ends_the_program_are_logged(self) -> None:
        async def breaks() -> None:
            try:
                await Deferred()
            finally:
                raise KeyError

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(breaks())
                raise SystemExit

        with loggedEvents() as events:
            failureOf(ensureDeferred(main()), SystemExit)
        assert [event["log_failure"].check(KeyError) for event in events] == [KeyError]

    def test_other_exceptions_that_are_no_exception_make_a_base_exception_group(self) -> None:
        class Odd(BaseException):
            pass

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(fail(Odd()))

        assert [type(error) for error in errorsOf(ensureDeferred(main()))] == [Odd]

    def test_an_unhandled_error_is_logged_with_the_place_where_it_was_raised(self) -> None:
        def helper() -> None:
            raise ValueError("deep")

        async def child() -> None:
            helper()

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())

        with loggedEvents() as events:
            ensureDeferred(main())
        (event,) = events
        text = event["log_failure"].getTraceback()
        assert "ValueError: deep" in text
        assert "in helper" in text


class TestCancelling:
    def test_cancelling_the_coroutine_cancels_the_children(self) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen, "first"))
                group.createTask(waitFor(Deferred(), seen, "second"))

        d = ensureDeferred(main())
        d.cancel()
        failureOf(d, CancelledError)
        assert seen == ["first cancelled", "second cancelled"]

    def test_cancelling_the_coroutine_in_the_body_cancels_body_and_children(self) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen))
                await waitFor(Deferred(), seen, "body")

        d = ensureDeferred(main())
        d.cancel()
        failureOf(d, CancelledError)
        assert seen == ["body cancelled", "child cancelled"]

    def test_the_children_are_waited_for_after_a_cancellation(self) -> None:
        cleaned: Deferred[None] = Deferred()

        async def cleansUp() -> None:
            try:
                await Deferred()
            finally:
                await cleaned

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(cleansUp())

        d = ensureDeferred(main())
        d.cancel()
        assert not d.called
        cleaned.callback(None)
        failureOf(d, CancelledError)

    def test_each_cancellation_is_passed_on_to_the_children(self) -> None:
        async def stubborn() -> None:
            try:
                await Deferred()
            except CancelledError:
                await Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(stubborn())

        d = ensureDeferred(main())
        d.cancel()
        assert not d.called
        d.cancel()
        failureOf(d, CancelledError)

    def test_a_child_that_swallows_the_cancellation_is_waited_for(self) -> None:
        goOn: Deferred[str] = Deferred()
        seen: list[str] = []

        async def swallows() -> None:
            try:
                await Deferred()
            except CancelledError:
                seen.append(await goOn)

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(swallows())

        d = ensureDeferred(main())
        d.cancel()
        assert not d.called
        goOn.callback("went on")
        failureOf(d, CancelledError)
        assert seen == ["went on"]

    def test_errors_win_over_a_cancellation(self) -> None:
        async def breaks() -> None:
            try:
                await Deferred()
            finally:
                raise KeyError

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(breaks())

        d = ensureDeferred(main())
        d.cancel()
        assert [type(error) for error in errorsOf(d)] == [KeyError]

    def test_cancelling_a_childs_result_cancels_that_child_alone(self) -> None:
        wait: Deferred[str] = Deferred()
        seen: list[str] = []
        children: list[Deferred[Any]] = []

        async def main() -> None:
            async with TaskGroup() as group:
                children.append(group.createTask(waitFor(Deferred(), seen, "first")))
                children.append(group.createTask(waitFor(wait, seen, "second")))

        d = ensureDeferred(main())
        children[0].cancel()
        assert seen == ["first cancelled"]
        failureOf(children[0], CancelledError)
        wait.callback("done")
        assert resultOf(d) is None
        assert seen == ["first cancelled", "second done"]

    def test_a_child_whose_cancelled_result_nobody_wants_is_not_logged(self) -> None:
        with loggedEvents() as events:

            async def main() -> None:
                async with TaskGroup() as group:
                    group.createTask(Deferred()).cancel()

            assert resultOf(ensureDeferred(main())) is None
        assert events == []

    def test_a_child_that_ends_itself_by_cancelled_error_has_not_failed(self) -> None:
        async def main() -> str:
            async with TaskGroup() as group:
                group.createTask(fail(CancelledError()))
            return "done"

        assert resultOf(ensureDeferred(main())) == "done"

    def test_a_group_can_be_cancelled_from_its_body(self) -> None:
        seen: list[str] = []

        async def main() -> str:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen))
                group.cancel()
                await waitFor(Deferred(), seen, "body")
            return "went on"

        assert resultOf(ensureDeferred(main())) == "went on"
        assert seen == ["child cancelled", "body cancelled"]

    def test_a_group_can_be_cancelled_by_a_child(self) -> None:
        wait: Deferred[None] = Deferred()
        seen: list[str] = []

        async def stops(group: TaskGroup) -> None:
            await wait
            group.cancel()

        async def main() -> str:
            async with TaskGroup() as group:
                group.createTask(stops(group))
                group.createTask(waitFor(Deferred(), seen))
            return "went on"

        d = ensureDeferred(main())
        wait.callback(None)
        assert resultOf(d) == "went on"
        assert seen == ["child cancelled"]

    def test_cancelling_a_group_that_has_ended_does_nothing(self) -> None:
        groups: list[TaskGroup] = []
        wait: Deferred[str] = Deferred()

        async def main() -> str:
            async with TaskGroup() as group:
                groups.append(group)
            return await wait

        d = ensureDeferred(main())
        groups[0].cancel()
        wait.callback("undisturbed")
        assert resultOf(d) == "undisturbed"

    def test_a_timeout_around_a_group_ends_the_group(self) -> None:
        clock = HandClock()
        seen: list[str] = []

        async def main() -> None:
            async with timeout(5.0, clock), TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen))

        d = ensureDeferred(main())
        clock.advance(5)
        failureOf(d, DeadlineError)
        assert seen == ["child cancelled"]

    def test_a_timeout_in_a_child_is_an_error_of_the_child(self) -> None:
        clock = HandClock()

        async def child() -> None:
            async with timeout(5.0, clock):
                await Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())

        d = ensureDeferred(main())
        clock.advance(5)
        assert [type(error) for error in errorsOf(d)] == [DeadlineError]

    def test_a_shield_around_a_group_protects_the_children(self) -> None:
        wait: Deferred[None] = Deferred()
        seen: list[str] = []

        async def main() -> None:
            async with CancelScope(shield=True), TaskGroup() as group:
                group.createTask(waitFor(wait, seen))

        d = ensureDeferred(main())
        d.cancel()
        assert seen == []
        wait.callback(None)
        assert resultOf(d) is None
        assert seen == ["child done"]

    def test_a_scope_of_the_parent_does_not_reach_into_a_child_but_by_its_group(self) -> None:
        seen: list[str] = []
        wait: Deferred[None] = Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                async with CancelScope() as scope:
                    group.createTask(waitFor(wait, seen))
                    scope.cancel()
                    await Deferred()
                seen.append("behind the scope")

        d = ensureDeferred(main())
        assert seen == ["behind the scope"]
        wait.callback(None)
        assert resultOf(d) is None
        assert seen == ["behind the scope", "child done"]

    def test_a_coroutine_that_is_freed_cancels_its_children(self) -> None:
        seen: list[str] = []
        kept: Deferred[None] = Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(kept, seen))
                await Deferred()

        running = main()
        d = ensureDeferred(running)
        running.close()
        assert seen == ["child cancelled"]
        del d

    def test_a_coroutine_that_is_freed_while_it_waits_for_its_children_cancels_them(self) -> None:
        seen: list[str] = []

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(waitFor(Deferred(), seen))

        running = main()
        d = ensureDeferred(running)
        running.close()
        assert seen == ["child cancelled"]
        del d


class TestMisuse:
    def test_a_group_takes_no_child_before_it_is_entered(self) -> None:
        async def child() -> None:
            raise AssertionError("not started")

        with pytest.raises(RuntimeError, match="not entered"):
            TaskGroup().createTask(child())

    def test_a_group_takes_no_child_after_its_end(self) -> None:
        groups: list[TaskGroup] = []

        async def child() -> None:
            raise AssertionError("not started")

        async def main() -> None:
            async with TaskGroup() as group:
                groups.append(group)

        assert resultOf(ensureDeferred(main())) is None
        with pytest.raises(RuntimeError, match="has ended"):
            groups[0].createTask(child())

    def test_a_group_can_be_entered_once(self) -> None:
        group = TaskGroup()

        async def main() -> None:
            async with group:
                pass
            async with group:
                pass

        failureOf(ensureDeferred(main()), RuntimeError)

    def test_a_child_is_a_coroutine_or_a_deferred(self) -> None:
        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(5)  # type: ignore[arg-type]

        assert [type(error) for error in errorsOf(ensureDeferred(main()))] == [NotACoroutineError]


class TestRun:
    def test_callback_code_runs_a_function_with_a_group(self) -> None:
        waits: list[Deferred[int]] = [Deferred(), Deferred()]

        def body(group: TaskGroup, name: str) -> str:
            for wait in waits:
                group.createTask(wait)
            return name

        d = TaskGroup.run(body, name="done")
        waits[0].callback(0)
        assert not d.called
        waits[1].callback(1)
        assert resultOf(d) == "done"

    def test_a_generator_may_be_the_body(self) -> None:
        wait: Deferred[int] = Deferred()

        @inlineCallbacks
        def body(group: TaskGroup) -> Generator[Deferred[int], int, int]:
            child = group.createTask(wait)
            return (yield child) + 1

        d = TaskGroup.run(body)
        wait.callback(1)
        assert resultOf(d) == 2

    def test_a_failing_child_cancels_the_body(self) -> None:
        bad: Deferred[None] = Deferred()
        seen: list[str] = []

        async def body(group: TaskGroup) -> None:
            group.createTask(bad)
            await waitFor(Deferred(), seen, "body")

        d = TaskGroup.run(body)
        bad.errback(ValueError())
        assert [type(error) for error in errorsOf(d)] == [ValueError]
        assert seen == ["body cancelled"]

    def test_a_failing_body_fails_as_a_group(self) -> None:
        def body(group: TaskGroup) -> None:
            raise ValueError

        assert [type(error) for error in errorsOf(TaskGroup.run(body))] == [ValueError]

    def test_cancelling_it_cancels_body_and_children(self) -> None:
        seen: list[str] = []

        def body(group: TaskGroup) -> Deferred[None]:
            group.createTask(waitFor(Deferred(), seen))
            return Deferred()

        d = TaskGroup.run(body)
        d.cancel()
        failureOf(d, CancelledError)
        assert seen == ["child cancelled"]

    def test_a_group_that_is_cancelled_before_its_body_has_ended_fails(self) -> None:
        def body(group: TaskGroup) -> Deferred[None]:
            group.cancel()
            return Deferred()

        failureOf(TaskGroup.run(body), CancelledError)

    def test_a_group_that_is_cancelled_when_its_body_has_ended_gives_the_result(self) -> None:
        groups: list[TaskGroup] = []

        def body(group: TaskGroup) -> str:
            groups.append(group)
            group.createTask(Deferred())
            return "result"

        d = TaskGroup.run(body)
        groups[0].cancel()
        assert resultOf(d) == "result"

    def test_keywords_of_any_name_reach_the_function(self) -> None:
        def body(group: TaskGroup, /, **kwargs: str) -> dict[str, str]:
            return kwargs

        d = TaskGroup.run(body, name="a", f="b", callback="c")
        assert resultOf(d) == {"name": "a", "f": "b", "callback": "c"}


class TestFreeing:
    @pytest.fixture(autouse=True)
    def withoutCollector(self) -> Generator[None]:
        gc.collect()
        gc.disable()
        yield
        gc.enable()

    def test_a_group_that_succeeded_is_freed_at_once(self) -> None:
        groups: list[weakref.ref[TaskGroup]] = []
        wait: Deferred[None] = Deferred()

        async def child() -> None:
            await wait

        async def main() -> None:
            async with TaskGroup() as group:
                groups.append(weakref.ref(group))
                group.createTask(child())

        d = ensureDeferred(main())
        wait.callback(None)
        assert resultOf(d) is None
        assert groups[0]() is None
        del d
        assert gc.collect() == 0

    def test_a_group_whose_error_was_handled_is_freed_at_once(self) -> None:
        waits: list[Deferred[None]] = [Deferred()]

        async def child() -> None:
            await waits[0]
            raise ValueError

        async def main() -> None:
            try:
                async with TaskGroup() as group:
                    group.createTask(child())
                    group.createTask(Deferred())
            except* ValueError:
                pass

        d = ensureDeferred(main())
        waits.pop().callback(None)
        assert resultOf(d) is None
        del d
        assert gc.collect() == 0

    def test_a_group_that_was_cancelled_is_freed_at_once(self) -> None:
        async def child() -> None:
            await Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())

        d = ensureDeferred(main())
        d.cancel()
        failureOf(d, CancelledError)
        del d
        assert gc.collect() == 0

    def test_an_unhandled_error_is_logged_at_once(self) -> None:
        waits: list[Deferred[None]] = [Deferred()]

        async def child() -> None:
            await waits[0]
            raise ValueError

        async def main() -> None:
            async with TaskGroup() as group:
                group.createTask(child())

        d = ensureDeferred(main())
        with loggedEvents() as events:
            waits.pop().callback(None)
            del d
            assert [event["log_failure"].check(ExceptionGroup) for event in events] == [
                ExceptionGroup
            ]
            events.clear()
        assert gc.collect() == 0


def test_outcomes_of_children_are_deferreds_like_others() -> None:
    seen: list[object] = []

    async def main() -> None:
        async with TaskGroup() as group:
            group.createTask(succeed(1)).addCallback(lambda value: value + 1).addCallback(
                seen.append
            )
            results = outcomes(group.createTask(fail(ValueError())))
            assert isinstance(results[0], Failure)

    errorsOf(ensureDeferred(main()))
    assert seen == [2]
