"""Events as text."""

import os
import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.logger import (
    LogEvent,
    LogLevel,
    eventAsText,
    extractField,
    formatEvent,
    formatEventAsClassicLogText,
    formatTime,
)
from twisted.python.failure import Failure


class Thing:
    def __init__(self, value: object = 7) -> None:
        self.value = value
        self.calls = 0

    def size(self) -> int:
        self.calls += 1
        return 42

    def __repr__(self) -> str:
        return "<a thing>"


class Broken:
    def __str__(self) -> str:
        raise ValueError("no text")

    def __repr__(self) -> str:
        raise ValueError("no repr")


def event(format: object, **items: object) -> LogEvent:
    return {"log_format": format, **items}


class TestFormatEvent:
    @pytest.mark.parametrize(
        ("format", "items", "text"),
        [
            ("plain", {}, "plain"),
            ("", {}, ""),
            ("{a} and {b}", {"a": 1, "b": "x"}, "1 and x"),
            ("{a.value}", {"a": Thing()}, "7"),
            ("{a.value.real}", {"a": Thing()}, "7"),
            ("{a[k]}", {"a": {"k": "v"}}, "v"),
            ("{a[0]}", {"a": ["first"]}, "first"),
            ("{a[k].value}", {"a": {"k": Thing()}}, "7"),
            ("{a.size()}", {"a": Thing()}, "42"),
            ("{f()}", {"f": lambda: "called"}, "called"),
            ("{a[f]()}", {"a": {"f": lambda: "called"}}, "called"),
            ("{f()!r}", {"f": lambda: "called"}, "'called'"),
            ("{a!r}", {"a": "x"}, "'x'"),
            ("{a!s}", {"a": "x"}, "x"),
            ("{a!a}", {"a": "é"}, "'\\xe9'"),
            ("{a}", {"a": Thing()}, "<a thing>"),
            ("{a:>4}", {"a": "x"}, "   x"),
            ("{a:.2f}", {"a": 3.14159}, "3.14"),
            ("{a!r:>5}", {"a": "x"}, "  'x'"),
            ("{a:{width}}|", {"a": "x", "width": 3}, "x  |"),
            ("{{a}}", {"a": 1}, "{a}"),
            ("{a} {a}", {"a": 1}, "1 1"),
            ("é {a}", {"a": "ü"}, "é ü"),
            (b"caf\xc3\xa9 {a}", {"a": 1}, "café 1"),
        ],
    )
    def test_renders(self, format: object, items: LogEvent, text: str) -> None:
        assert formatEvent(event(format, **items)) == text

    @pytest.mark.parametrize("event", [{}, {"log_format": None}, {"a": 1}])
    def test_of_an_event_without_format_is_empty(self, event: LogEvent) -> None:
        assert formatEvent(event) == ""

    @pytest.mark.parametrize(
        ("format", "items"),
        [
            ("{}", {}),
            ("{0}", {"0": 1}),
            ("{0.real}", {}),
            ("{missing}", {}),
            ("{a.missing}", {"a": 1}),
            ("{a[missing]}", {"a": {}}),
            ("{a()}", {"a": 1}),
            ("{a(1)}", {"a": Thing()}),
            ("{f()}", {"f": lambda: 1 / 0}),
            ("{a", {"a": 1}),
            ("a}", {"a": 1}),
            ("{a!x}", {"a": 1}),
            ("{a!}", {"a": 1}),
            ("{a:q}", {"a": 1}),
            ("{a:{b:{c}}}", {"a": 1, "b": 1, "c": 1}),
            ("{a}", {"a": Broken()}),
            ("{a!r}", {"a": Broken()}),
            (b"\xff", {}),
            (3, {}),
        ],
    )
    def test_of_what_cannot_be_rendered_says_so(self, format: object, items: LogEvent) -> None:
        assert formatEvent(event(format, **items)).startswith("Unable to format event (")

    def test_of_what_cannot_be_rendered_shows_the_event(self) -> None:
        text = formatEvent(event("{missing}", present="a value", broken=Broken()))
        assert "'missing'" in text
        assert "present='a value'" in text
        assert "no repr" in text

    @pytest.mark.parametrize("format", ["{a:{b}}", "{a:<{b}}", "{a:.{b}f}", "{a:010000}"])
    @pytest.mark.parametrize("saved", [{}, {"log_flattened": {}}], ids=["fresh", "saved"])
    def test_has_no_width_that_a_value_makes_large(self, format: str, saved: LogEvent) -> None:
        text = formatEvent(event(format, a=1.5, b=10_000, **saved))
        assert text.startswith("Unable to format event (ValueError: ")
        assert len(text) < 1000

    def test_has_widths_that_a_value_makes_up_to_the_limit(self) -> None:
        assert formatEvent(event("{a:{b}}", a="x", b=9999)) == "x".ljust(9999)

    def test_calls_nothing_that_the_format_does_not_name(self) -> None:
        thing = Thing()
        formatEvent(event("{a.value}", a=thing))
        assert thing.calls == 0

    @given(st.text(alphabet="{}!:[].()a0r \n", max_size=30))
    def test_never_raises(self, format: str) -> None:
        formatEvent(event(format, a=Thing()))

    @given(st.text())
    def test_shows_any_value_as_it_is(self, value: str) -> None:
        assert formatEvent(event("{a}", a=value)) == value

    @given(st.text(), st.integers(), st.text(alphabet="<>^0123456789dxs", max_size=3))
    def test_agrees_with_str_format(self, literal: str, value: int, spec: str) -> None:
        format = literal.replace("{", "{{").replace("}", "}}") + "{a:" + spec + "}"
        try:
            expected = format.format(a=value)
        except ValueError:
            assert formatEvent(event(format, a=value)).startswith("Unable to format")
        else:
            assert formatEvent(event(format, a=value)) == expected


class TestExtractField:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("a", 3),
            ("thing.value", 7),
            ("thing.size()", 42),
            ("items[0]", "first"),
            ("a!r", "3"),
            ("a!s", "3"),
            ("a:>3", "  3"),
            ("items", ["first"]),
        ],
    )
    def test_returns_the_value(self, field: str, value: object) -> None:
        assert extractField(field, {"a": 3, "thing": Thing(), "items": ["first"]}) == value

    def test_of_an_item_that_is_not_there_is_a_key_error(self) -> None:
        with pytest.raises(KeyError):
            extractField("missing", {})

    def test_of_an_attribute_that_is_not_there_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError):
            extractField("a.missing", {"a": 1})

    @pytest.mark.parametrize("field", ["", "0", "a}{b", "a} text", "{", "a!x"])
    def test_of_what_is_no_field_is_a_value_error(self, field: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - several texts
            extractField(field, {"a": 1})


@pytest.fixture
def zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "XST-05:30"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("zone")
class TestFormatTime:
    def test_shows_local_time_with_its_offset(self) -> None:
        assert formatTime(0.0) == "1970-01-01T05:30:00+0530"

    def test_follows_a_change_of_the_zone(self) -> None:
        formatTime(0.0)
        os.environ["TZ"] = "UTC"
        time.tzset()
        assert formatTime(0.0) == "1970-01-01T00:00:00+0000"

    def test_cuts_fractions_off(self) -> None:
        assert formatTime(0.999) == formatTime(0.0)

    def test_takes_a_format(self) -> None:
        assert formatTime(0.0, "%H:%M") == "05:30"
        assert formatTime(0.0, "%H.%M") == "05.30"

    def test_knows_microseconds(self) -> None:
        assert formatTime(0.25, "%S.%f") == "00.250000"

    def test_next_second_is_another_text(self) -> None:
        assert formatTime(61.0, "%S") == "01"
        assert formatTime(62.0, "%S") == "02"

    def test_before_the_epoch(self) -> None:
        assert formatTime(-1.0) == "1970-01-01T05:29:59+0530"

    @pytest.mark.parametrize("when", [None, float("nan"), float("inf"), 1e300, -1e300])
    def test_without_a_date_is_the_default(self, when: float | None) -> None:
        assert formatTime(when) == "-"
        assert formatTime(when, default="?") == "?"

    def test_without_a_format_is_the_default(self) -> None:
        assert formatTime(0.0, None) == "-"


def failure() -> Failure:
    try:
        raise ZeroDivisionError("planted")
    except ZeroDivisionError:
        return Failure()


@pytest.mark.usefixtures("zone")
class TestEventAsText:
    whole: LogEvent = {
        "log_format": "hello",
        "log_time": 0.0,
        "log_namespace": "a.b",
        "log_level": LogLevel.warn,
    }

    def test_has_time_system_and_text(self) -> None:
        assert eventAsText(self.whole) == "1970-01-01T05:30:00+0530 [a.b#warn] hello"

    def test_leaves_out_what_is_not_wanted(self) -> None:
        assert eventAsText(self.whole, includeTimestamp=False) == "[a.b#warn] hello"
        assert eventAsText(self.whole, includeSystem=False) == "1970-01-01T05:30:00+0530 hello"

    def test_uses_the_given_format_of_time(self) -> None:
        assert eventAsText(self.whole, formatTime=lambda when: "now").startswith("now [")

    def test_shows_hyphens_for_what_is_missing(self) -> None:
        assert eventAsText({"log_format": "hello"}) == "- [-#-] hello"

    def test_prefers_the_given_system(self) -> None:
        assert "[mine] " in eventAsText({**self.whole, "log_system": "mine"})

    def test_of_an_event_without_text_is_empty(self) -> None:
        assert eventAsText({**self.whole, "log_format": None}) == ""

    def test_has_the_traceback_after_the_text(self) -> None:
        lines = eventAsText({**self.whole, "log_failure": failure()}).splitlines()
        assert lines[0].endswith("hello")
        assert lines[1].startswith("Traceback")
        assert lines[-1].endswith("ZeroDivisionError: planted")

    def test_leaves_the_traceback_out(self) -> None:
        text = eventAsText({**self.whole, "log_failure": failure()}, includeTraceback=False)
        assert text.endswith("hello")

    def test_survives_a_failure_without_traceback(self) -> None:
        text = eventAsText({**self.whole, "log_failure": "not a failure"})
        assert "no traceback: AttributeError" in text


class TestClassicLogText:
    def text(self, **items: object) -> str:
        line = formatEventAsClassicLogText(
            {
                "log_format": "{a}",
                "log_level": LogLevel.info,
                "log_namespace": "n",
                "a": "x",
                **items,
            },
            formatTime=lambda when: "T",
        )
        assert line is not None
        return line

    def test_is_one_line(self) -> None:
        assert self.text() == "T [n#info] x\n"

    def test_of_an_event_without_text_is_none(self) -> None:
        assert formatEventAsClassicLogText({"log_format": ""}) is None

    def test_indents_further_lines(self) -> None:
        assert self.text(a="1\n2\n3") == "T [n#info] 1\n\t2\n\t3\n"

    def test_indents_the_traceback(self) -> None:
        lines = self.text(log_failure=failure()).splitlines()
        assert len(lines) > 2
        assert all(line.startswith("\t") for line in lines[1:])

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("a\rb", "a\\rb"),
            ("a\r\nb", "a\\r\n\tb"),
            ("\x1b[31mred", "\\x1b[31mred"),
            ("a\x00b", "a\\x00b"),
            ("a\x85b", "a\\x85b"),
            ("a\x0bb\x0c", "a\\x0bb\\x0c"),
            ("a\u2028b", "a\\u2028b"),
            ("a\u202eb", "a\\u202eb"),
            ("a\tb", "a\tb"),
            ("naïve ☃", "naïve ☃"),
        ],
    )
    def test_escapes_control_characters(self, value: str, shown: str) -> None:
        assert self.text(a=value) == f"T [n#info] {shown}\n"

    def test_escapes_newlines_in_the_prefix(self) -> None:
        assert self.text(log_namespace="a\nb") == "T [a\\nb#info] x\n"
        assert self.text(log_system="a\n\x1bb") == "T [a\\n\\x1bb] x\n"

    @given(st.text(), st.text())
    def test_no_value_makes_a_second_line_that_is_not_indented(
        self, value: str, system: str
    ) -> None:
        lines = self.text(a="x" + value, log_system=system).splitlines()
        assert lines[0].startswith("T [")
        assert all(line.startswith("\t") for line in lines[1:])

    def test_keeps_backslashes(self) -> None:
        assert re.fullmatch(r"T \[n#info\] C:\\temp\n", self.text(a="C:\\temp"))
