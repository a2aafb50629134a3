"""What a failure prints of itself."""

import io
import sys
import traceback
from pathlib import Path

import pytest

import twisted
from twisted.python._failuretext import elideFrames
from twisted.python._frames import Frame
from twisted.python.failure import EXCEPTION_CAUGHT_HERE, Failure, format_frames
from twisted.python.reflect import InvalidName, namedAny


def raiser(message: str) -> None:
    raise LookupError(message)


def caught(captureVars: bool = False) -> Failure:
    try:
        raiser("bang")
    except LookupError:
        return Failure(captureVars=captureVars)
    raise AssertionError("not reached")


LINE = raiser.__code__.co_firstlineno + 1
CAUGHT = caught.__code__.co_firstlineno + 2


def test_the_message_is_the_exceptions() -> None:
    assert caught().getErrorMessage() == "bang"


def test_a_message_that_cannot_be_made_is_described() -> None:
    class Wrong(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

    assert "ValueError: no text" in Failure(Wrong()).getErrorMessage()
    assert "Wrong" in Failure(Wrong()).getTraceback()


def test_the_traceback_is_what_python_prints() -> None:
    failure = caught()
    assert failure.getTraceback() == "".join(traceback.format_exception(failure.value))


def test_causes_notes_and_groups_are_printed() -> None:
    try:
        try:
            raiser("first")
        except LookupError as first:
            error = ExceptionGroup("several", [ValueError("second")])
            error.add_note("a note")
            raise error from first
    except ExceptionGroup:
        text = Failure().getTraceback()
    for part in ("LookupError: first", "direct cause", "ValueError: second", "a note"):
        assert part in text


def test_a_brief_traceback_has_a_line_for_each_frame() -> None:
    assert caught().getBriefTraceback() == (
        "Traceback: builtins.LookupError: bang\n"
        f"{__file__}:{CAUGHT}:caught\n"
        f"{__file__}:{LINE}:raiser\n"
    )


def test_without_frames_the_exception_is_printed_alone() -> None:
    failure = Failure(LookupError("bang"))
    assert failure.getBriefTraceback() == "Traceback: builtins.LookupError: bang\n"
    assert failure.getTraceback().endswith("LookupError: bang\n")


def test_a_detailed_traceback_shows_the_variables_that_were_kept() -> None:
    failure = caught(captureVars=True)
    text = failure.getTraceback(detail="verbose")
    assert text.startswith(f"*--- Failure #{failure.count} ---\n")
    assert f"{__file__}:{LINE}: raiser(...)\n [ Locals ]\n  message : 'bang'\n" in text
    assert "( Globals )" in text
    assert text.endswith(f"builtins.LookupError: bang\n*--- End of Failure #{failure.count} ---\n")


def test_a_detailed_traceback_without_variables_shows_the_frames() -> None:
    text = caught().getTraceback(detail="verbose")
    assert f"{__file__}:{LINE}: raiser(...)\n" in text
    assert "Locals" not in text


def test_a_detailed_traceback_says_that_the_failure_was_pickled() -> None:
    failure = caught()
    failure.pickled = 1
    assert " (pickled) ---\n" in failure.getTraceback(detail="verbose")


@pytest.mark.parametrize(
    ("detail", "frame"),
    [("default", ", in raiser\n"), ("brief", ":raiser\n"), ("verbose", ": raiser(...)\n")],
)
def test_callers_that_were_kept_stand_before_the_place_that_caught(detail: str, frame: str) -> None:
    failure = caught(captureVars=True)
    before, after = failure.getTraceback(detail=detail).split(EXCEPTION_CAUGHT_HERE + "\n")
    assert "test_callers_that_were_kept" in before
    assert frame not in before
    assert frame in after


def test_callers_stand_in_the_part_of_the_last_exception() -> None:
    try:
        try:
            raiser("first")
        except LookupError as first:
            raise ValueError("second") from first
    except ValueError:
        text = Failure(captureVars=True).getTraceback()
    assert text.index("LookupError: first") < text.index(EXCEPTION_CAUGHT_HERE)
    assert text.index(EXCEPTION_CAUGHT_HERE) < text.index("ValueError: second")


def test_an_unknown_detail_is_refused() -> None:
    with pytest.raises(ValueError, match="'brief' or 'verbose', not 'long'"):
        caught().getTraceback(detail="long")


def test_tracebacks_are_printed_to_files() -> None:
    failure = caught()
    whole, brief, detailed = io.StringIO(), io.StringIO(), io.StringIO()
    failure.printTraceback(whole)
    failure.printBriefTraceback(brief)
    failure.printDetailedTraceback(detailed)
    assert whole.getvalue() == failure.getTraceback()
    assert brief.getvalue() == failure.getBriefTraceback()
    assert detailed.getvalue() == failure.getTraceback(detail="verbose")


def test_tracebacks_are_printed_to_standard_error_by_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failure = caught()
    failure.printTraceback()
    assert capsys.readouterr().err == failure.getTraceback()


def test_str_is_the_brief_traceback() -> None:
    failure = caught()
    assert str(failure) == f"[Failure instance: {failure.getBriefTraceback()}]"


def test_repr_is_type_and_message() -> None:
    assert repr(caught()) == "<twisted.python.failure.Failure builtins.LookupError: bang>"


class TestEliding:
    @pytest.mark.parametrize("detail", ["default", "brief", "verbose"])
    def test_frames_of_the_framework_are_left_out(self, detail: str) -> None:
        try:
            namedAny("json..nothing")
        except InvalidName:
            failure = Failure()
        assert "_named.py" in failure.getTraceback(detail=detail)
        assert "_named.py" not in failure.getTraceback(elideFrameworkCode=1, detail=detail)
        assert __file__ in failure.getTraceback(elideFrameworkCode=1, detail=detail)

    def test_callers_are_left_out_too(self) -> None:
        text = caught(captureVars=True).getTraceback(elideFrameworkCode=True)
        assert EXCEPTION_CAUGHT_HERE not in text

    def test_where_all_frames_are_the_frameworks_they_stay(self) -> None:
        ours = str(Path(twisted.__path__[0]) / "python" / "reflect.py")
        frames: list[Frame] = [("namedAny", ours, 1, [], [])]
        assert elideFrames(frames) == frames

    def test_plugins_are_the_users(self) -> None:
        ours = str(Path(twisted.__path__[0]) / "python" / "reflect.py")
        plugin = str(Path(twisted.__path__[0]) / "plugins" / "mine.py")
        mine: Frame = ("make", plugin, 1, [], [])
        assert elideFrames([("namedAny", ours, 1, [], []), mine]) == [mine]


def test_frames_are_written_with_the_detail_that_is_asked_for() -> None:
    pieces: list[str] = []
    format_frames(caught().frames, pieces.append, "brief")
    assert pieces[-1] == f"{__file__}:{LINE}:raiser\n"


def test_no_exception_is_left_after_the_tests() -> None:
    assert sys.exception() is None
