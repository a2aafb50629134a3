"""A failure keeps an exception, finds out its type and raises it again."""

import copy
import gc
import pickle
import sys
import traceback
import weakref
from collections.abc import Generator, Iterator
from types import TracebackType

import pytest

from twisted.python import failure as failureModule
from twisted.python.failure import (
    DefaultException,
    Failure,
    NoCurrentExceptionError,
    startDebugMode,
)


class Refused(LookupError):
    """An exception with a base class of its own kind."""


def raiser(message: str) -> None:
    raise Refused(message)


def caught(message: str = "bang", captureVars: bool = False) -> Failure:
    """Return a failure of two frames: this one and `raiser`."""
    try:
        raiser(message)
    except Refused:
        return Failure(captureVars=captureVars)
    raise AssertionError("not reached")


class TestMaking:
    def test_the_exception_that_is_being_handled_is_kept(self) -> None:
        error = Refused("bang")
        try:
            raise error
        except Refused:
            failure = Failure()
        assert failure.value is error
        assert failure.type is Refused
        assert failure.tb is error.__traceback__

    def test_an_exception_can_be_given(self) -> None:
        error = Refused("bang")
        failure = Failure(error)
        assert failure.value is error
        assert failure.type is Refused
        assert failure.tb is None

    def test_a_given_exception_brings_its_traceback(self) -> None:
        error = caught().value
        assert Failure(error).tb is error.__traceback__

    def test_type_and_traceback_can_be_given(self) -> None:
        tb = caught().tb
        failure = Failure(Refused("bang"), LookupError, tb)
        assert failure.type is LookupError
        assert failure.tb is tb

    def test_without_an_exception_it_says_what_to_do(self) -> None:
        with pytest.raises(NoCurrentExceptionError, match=r"Failure\(error\)"):
            Failure()

    def test_a_failure_gives_its_exception(self) -> None:
        first = caught()
        second = Failure(first)
        assert second.value is first.value
        assert second.tb is first.tb

    def test_a_raised_failure_gives_its_exception(self) -> None:
        first = caught()
        try:
            raise first
        except Failure:
            second = Failure()
        assert second.value is first.value

    def test_a_failure_of_another_class_stays_one(self) -> None:
        class Reported(Failure):
            pass

        reported = Reported(Refused("bang"))
        failure = Failure(reported)
        assert type(failure) is Reported
        assert failure.value is reported.value
        assert type(Reported(Failure(Refused("bang")))) is Reported

    def test_what_is_no_exception_is_wrapped(self) -> None:
        failure = Failure("out of paper")
        assert failure.type is DefaultException
        assert failure.getErrorMessage() == "out of paper"

    def test_a_cleaned_failure_keeps_no_arguments_that_would_hold_the_traceback(self) -> None:
        error = caught().value
        failure = Failure(error, None, error.__traceback__)
        failure.cleanFailure()
        assert failure.args == ()

    def test_an_exception_that_ends_programs_is_kept_like_any_other(self) -> None:
        assert Failure(KeyboardInterrupt()).check(KeyboardInterrupt) is KeyboardInterrupt


class TestTypes:
    def test_check_returns_the_class_that_fits(self) -> None:
        assert caught().check(KeyError, LookupError, Refused) is LookupError

    def test_check_returns_none_where_nothing_fits(self) -> None:
        assert caught().check(KeyError, "builtins.KeyError") is None

    def test_check_takes_names(self) -> None:
        assert caught().check("builtins.LookupError") == "builtins.LookupError"

    def test_check_takes_the_name_of_the_class_itself(self) -> None:
        name = f"{Refused.__module__}.Refused"
        assert caught().check(name) == name

    def test_check_takes_tuples(self) -> None:
        assert caught().check((KeyError, (LookupError,)), Refused) is LookupError

    def test_check_goes_by_the_type_that_was_given(self) -> None:
        assert Failure(Refused("bang"), LookupError).check(Refused) is None

    def test_trap_returns_the_class_that_fits(self) -> None:
        assert caught().trap(KeyError, Refused) is Refused

    def test_trap_raises_the_exception_itself_where_nothing_fits(self) -> None:
        failure = caught()
        with pytest.raises(Refused) as raised:
            failure.trap(KeyError, ValueError)
        assert raised.value is failure.value

    def test_trap_raises_with_the_traceback_that_the_exception_had(self) -> None:
        with pytest.raises(Refused) as raised:
            caught().trap(KeyError)
        assert traceback.extract_tb(raised.value.__traceback__)[-1].name == "raiser"

    def test_class_that_stands_for_a_far_one_is_asked_by_its_names(self) -> None:
        # As Foolscap makes them.
        class FarError:
            pass

        failure = caught()
        failure.__dict__.update(type=FarError, value="from afar", tb=None)
        failure.parents = ["far.Error", "builtins.LookupError"]
        assert failure.check(ValueError, LookupError) is LookupError
        assert failure.check(ValueError) is None

    def test_parents_are_the_full_names_of_all_the_classes(self) -> None:
        assert list(caught().parents) == [
            f"{Refused.__module__}.Refused",
            "builtins.LookupError",
            "builtins.Exception",
            "builtins.BaseException",
            "builtins.object",
        ]

    def test_a_failure_from_elsewhere_is_known_by_the_names_of_its_classes(self) -> None:
        failure = caught()
        failure.type = "far.Error"  # type: ignore[assignment]  # as a remote failure has it
        failure.parents = ["far.Error", "builtins.LookupError"]
        assert failure.check(KeyError, LookupError) is LookupError
        assert failure.check("far.Error") == "far.Error"
        assert failure.check(ValueError) is None


class TestRaising:
    def test_raise_exception_raises_the_exception_itself(self) -> None:
        failure = caught()
        with pytest.raises(Refused) as raised:
            failure.raiseException()
        assert raised.value is failure.value

    def test_raise_exception_raises_with_the_original_traceback(self) -> None:
        with pytest.raises(Refused) as raised:
            caught().raiseException()
        names = [entry.name for entry in traceback.extract_tb(raised.value.__traceback__)]
        assert names[-2:] == ["caught", "raiser"]

    def test_raising_twice_does_not_lengthen_the_failures_frames(self) -> None:
        failure = caught()
        for _ in range(2):
            with pytest.raises(Refused):
                failure.raiseException()
        assert [frame[0] for frame in failure.frames] == ["caught", "raiser"]

    def test_the_exception_is_raised_where_a_generator_waits(self) -> None:
        def waiting() -> Generator[str, object, None]:
            try:
                yield "first"
            except Refused as error:
                yield str(error)

        generator = waiting()
        next(generator)
        assert caught("inside").throwExceptionIntoGenerator(generator) == "inside"

    def test_a_generator_that_lets_it_pass_is_in_the_traceback(self) -> None:
        def waiting() -> Iterator[None]:
            yield

        generator = waiting()
        next(generator)
        assert isinstance(generator, Generator)
        with pytest.raises(Refused) as raised:
            caught().throwExceptionIntoGenerator(generator)
        names = [entry.name for entry in traceback.extract_tb(raised.value.__traceback__)]
        assert "waiting" in names
        assert names[-1] == "raiser"

    def test_the_exception_is_raised_where_a_coroutine_waits(self) -> None:
        class Pause:
            def __await__(self) -> Generator[None, None, None]:
                yield

        async def waiting() -> None:
            try:
                await Pause()
            except Refused:
                return

        coroutine = waiting()
        coroutine.send(None)
        with pytest.raises(StopIteration):
            caught().throwExceptionIntoGenerator(coroutine)


class TestFrames:
    def test_frames_are_names_files_and_lines_outermost_first(self) -> None:
        outer, inner = caught().frames
        assert (outer[0], inner[0]) == ("caught", "raiser")
        assert outer[1] == inner[1] == __file__
        assert inner[2] == raiser.__code__.co_firstlineno + 1
        assert inner[3:] == ([], [])

    def test_an_exception_that_was_not_raised_has_no_frames(self) -> None:
        assert list(Failure(Refused("bang")).frames) == []

    def test_variables_are_kept_as_texts_if_asked_for(self) -> None:
        failure = caught("bang", captureVars=True)
        assert failure.captureVars
        assert ("message", "'bang'") in failure.frames[-1][3]
        assert any(name == "Refused" for name, _ in failure.frames[-1][4])

    def test_the_text_of_a_variable_is_limited(self) -> None:
        failure = caught("x" * 100_000, captureVars=True)
        (text,) = [text for name, text in failure.frames[-1][3] if name == "message"]
        assert len(text) == 4096 + len("...")

    def test_the_callers_are_kept_with_the_variables(self) -> None:
        failure = caught(captureVars=True)
        assert len(failure.stack) == failureModule.traceupLength
        assert failure.stack[-1][0] == "test_the_callers_are_kept_with_the_variables"

    def test_without_variables_no_callers_are_kept(self) -> None:
        assert list(caught().stack) == []


class TestReferences:
    def test_a_failure_is_freed_without_the_garbage_collector(self) -> None:
        gc.disable()
        try:
            gone = weakref.ref(caught())
            assert gone() is None
        finally:
            gc.enable()

    def test_trap_that_raises_makes_no_cycle(self) -> None:
        def trapped() -> "weakref.ref[Failure]":
            failure = caught()
            reference = weakref.ref(failure)
            try:
                failure.trap(KeyError)
            except Refused:
                # This frame is in the traceback: its variable would close a cycle.
                del failure
            return reference

        gc.disable()
        try:
            assert trapped()() is None
        finally:
            gc.enable()

    def test_throwing_into_a_generator_makes_no_cycle(self) -> None:
        def thrown() -> "weakref.ref[Failure]":
            def waiting() -> Generator[None, None, None]:
                yield

            generator = waiting()
            next(generator)
            failure = caught()
            reference = weakref.ref(failure)
            try:
                failure.throwExceptionIntoGenerator(generator)
            except Refused:
                del failure, generator
            return reference

        gc.disable()
        try:
            assert thrown()() is None
        finally:
            gc.enable()

    def test_a_cleaned_failure_lets_go_of_the_objects_of_its_frames(self) -> None:
        class Heavy:
            pass

        def failing(heavy: object) -> None:
            raise Refused("bang")

        def handled() -> tuple[Failure, "weakref.ref[Heavy]"]:
            heavy = Heavy()
            try:
                failing(heavy)
            except Refused:
                return Failure(), weakref.ref(heavy)
            raise AssertionError("not reached")

        failure, reference = handled()
        assert reference() is not None
        failure.cleanFailure()
        assert reference() is None

    def test_a_cleaned_failure_still_prints_its_frames(self) -> None:
        failure = caught()
        before = failure.getBriefTraceback()
        failure.cleanFailure()
        assert failure.tb is None
        assert failure.value.__traceback__ is None
        assert failure.getBriefTraceback() == before
        assert ", in raiser\n" in failure.getTraceback()

    def test_cleaning_reaches_the_exceptions_that_it_came_from(self) -> None:
        try:
            try:
                raiser("first")
            except Refused as first:
                raise ValueError("second") from first
        except ValueError:
            failure = Failure()
        assert failure.value.__cause__ is not None
        failure.cleanFailure()
        assert failure.value.__cause__.__traceback__ is None


class TestTraceback:
    def test_a_live_failure_gives_its_traceback(self) -> None:
        failure = caught()
        assert failure.getTracebackObject() is failure.tb

    def test_cleaning_reaches_the_members_of_a_group_and_notes_where_they_were_raised(self) -> None:
        member = caught().value
        assert isinstance(member, Refused)
        try:
            raise ExceptionGroup("group", [ExceptionGroup("inner", [member])])
        except ExceptionGroup:
            failure = Failure()
        failure.cleanFailure()
        assert member.__traceback__ is None
        (note,) = member.__notes__
        assert "in raiser" in note
        assert "in raiser" in failure.getTraceback()

    def test_a_cleaned_failure_gives_what_the_traceback_module_takes(self) -> None:
        failure = caught()
        expected = traceback.format_tb(failure.tb)
        failure.cleanFailure()
        tb = failure.getTracebackObject()
        assert tb is not None
        stripped = [
            "\n".join(line for line in entry.splitlines() if set(line) - set(" ^~"))
            for entry in expected
        ]
        assert [entry.rstrip() for entry in traceback.format_tb(tb)] == stripped

    def test_without_frames_there_is_no_traceback(self) -> None:
        assert Failure(Refused("bang")).getTracebackObject() is None


class TestCopies:
    def test_a_pickled_failure_keeps_what_can_be_kept(self) -> None:
        failure = caught()
        failure.value = LookupError("bang")
        failure.type = LookupError
        again = pickle.loads(pickle.dumps(failure))
        assert again.pickled == 1
        assert again.tb is None
        assert again.getErrorMessage() == "bang"
        assert again.frames == failure.frames
        assert again.check(LookupError) is LookupError

    def test_a_pickled_failure_prints_its_frames(self) -> None:
        failure = Failure(LookupError("bang"), None, caught().tb)
        again = pickle.loads(pickle.dumps(failure))
        assert ", in raiser\n" in again.getTraceback()

    def test_pickling_leaves_the_failure_as_it_is(self) -> None:
        failure = Failure(LookupError("bang"), None, caught().tb)
        pickle.dumps(failure)
        assert failure.tb is not None
        assert failure.pickled == 0

    def test_a_copy_has_the_same_exception_and_traceback(self) -> None:
        failure = caught()
        duplicate = copy.copy(failure)
        assert duplicate is not failure
        assert duplicate.value is failure.value
        assert duplicate.tb is failure.tb

    def test_a_copy_is_of_the_same_class(self) -> None:
        class Special(Failure):
            pass

        assert type(copy.copy(Special(Refused("bang")))) is Special

    def test_failures_are_equal_to_themselves_only(self) -> None:
        failure = caught()
        assert failure == failure
        assert failure != Failure(failure.value)
        assert len({failure, copy.copy(failure)}) == 2


class TestDebugMode:
    def test_each_failure_opens_the_debugger(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        opened: list[TracebackType] = []
        monkeypatch.setattr("pdb.post_mortem", opened.append)
        monkeypatch.setattr(Failure, "__init__", Failure.__init__)
        startDebugMode()
        failure = caught("look here")
        assert opened == [failure.tb]
        assert "look here" in capsys.readouterr().err

    def test_the_debugger_can_be_turned_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[TracebackType] = []
        monkeypatch.setattr("pdb.post_mortem", opened.append)
        monkeypatch.setattr(Failure, "__init__", Failure.__init__)
        monkeypatch.setattr(failureModule, "DO_POST_MORTEM", False)
        startDebugMode()
        caught()
        assert opened == []


def test_counts_tell_failures_apart() -> None:
    first, second = caught(), caught()
    assert first.count == first.count
    assert first.count != second.count


def test_no_exception_is_being_handled_after_the_tests() -> None:
    assert sys.exception() is None


def test_the_module_knows_the_last_number() -> None:
    number = Failure(ValueError()).count
    assert failureModule.count == number
