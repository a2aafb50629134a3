"""Events in files of JSON, and back."""

import io
import json
import math
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.logger import (
    LogEvent,
    Logger,
    LogLevel,
    capturedLogs,
    eventAsJSON,
    eventAsText,
    eventFromJSON,
    eventsFromJSONLogFile,
    extractField,
    formatEvent,
    jsonFileLogObserver,
)
from twisted.python.failure import Failure


class Thing:
    def __init__(self, a: object = 3) -> None:
        self.a = a
        self.calls = 0

    def count(self) -> int:
        self.calls += 1
        return self.calls

    def __repr__(self) -> str:
        return "<a thing>"


class Hostile:
    def __repr__(self) -> str:
        raise ValueError


def back(event: LogEvent) -> LogEvent:
    return eventFromJSON(eventAsJSON(event))


def failure() -> Failure:
    try:
        return Failure(KeyError("planted"))
    finally:
        pass


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


class TestValues:
    @given(plain)
    def test_of_json_come_back_equal(self, value: object) -> None:
        event = back({"value": value})
        # A dictionary that looks like one of ours is taken for it; see below.
        assert event["value"] == value

    @pytest.mark.parametrize("level", list(LogLevel.iterconstants()))
    def test_levels_come_back_as_the_same_constant(self, level: object) -> None:
        assert back({"log_level": level})["log_level"] is level

    @pytest.mark.parametrize(
        "value", [b"\x00\xff text", UUID(int=7), math.inf, -math.inf, {"deep": [UUID(int=1)]}]
    )
    def test_of_other_kinds_come_back_equal(self, value: object) -> None:
        assert back({"value": value})["value"] == value

    def test_not_a_number_comes_back(self) -> None:
        assert math.isnan(back({"value": math.nan})["value"])

    def test_failures_come_back_with_their_texts(self) -> None:
        original = failure()
        loaded = back({"log_failure": original, "log_format": "hello"})
        saved = loaded["log_failure"]
        assert isinstance(saved, Failure)
        assert saved.getTraceback() == original.getTraceback()
        assert saved.getErrorMessage() == "'planted'"
        assert saved.check(KeyError) is KeyError
        assert saved.check("builtins.LookupError") == "builtins.LookupError"
        assert saved.check(ValueError) is None
        assert "KeyError" in saved.getBriefTraceback()
        assert "KeyError" in repr(saved)
        assert eventAsText(loaded, includeTimestamp=False).endswith("KeyError: 'planted'")

    def test_failures_can_be_saved_again(self) -> None:
        once = back({"log_failure": failure()})
        assert back(once)["log_failure"].getTraceback() == once["log_failure"].getTraceback()

    def test_sets_come_back_as_lists(self) -> None:
        assert sorted(back({"value": {1, 2}})["value"]) == [1, 2]

    @pytest.mark.parametrize("value", [Thing(), Hostile(), object, len, 1j, io.StringIO()])
    def test_that_json_has_no_place_for_become_placeholders(self, value: object) -> None:
        assert back({"value": value})["value"]["__class__"] == "placeholder"

    def test_keys_become_texts(self) -> None:
        event = back({"value": {1: "a", (2, 3): "b", None: math.nan}})
        assert set(event["value"]) == {"1", "(2, 3)", "None"}

    def test_cycles_end(self) -> None:
        value: list[object] = []
        value += [value, value]
        assert len(eventAsJSON({"value": value})) < 20_000_000

    def test_deep_values_are_cut(self) -> None:
        value: object = "bottom"
        for _ in range(100_000):
            value = [value]
        assert "placeholder" in eventAsJSON({"value": value})

    def test_numbers_with_too_many_digits_become_placeholders(self) -> None:
        assert back({"value": 10**5000})["value"]["__class__"] == "placeholder"

    def test_objects_that_raise_cost_no_other_value(self) -> None:
        class Odd(dict[str, object]):
            def items(self) -> Any:
                raise RuntimeError

        event = back({"value": Odd(a=math.nan), "other": 1})
        assert event["other"] == 1

    @pytest.mark.parametrize(
        "value",
        [
            {"__class__": "LogLevel", "name": "loud"},
            {"__class__": "LogLevel"},
            {"__class__": "bytes", "latin-1": "☃"},
            {"__class__": "UUID", "hex": "zz"},
            {"__class__": "float", "text": "1"},
            {"__class__": "Failure", "parents": [], "message": "", "traceback": ""},
            {"__class__": ["list"]},
            {"__class__": "os.system"},
        ],
    )
    def test_that_only_look_like_ours_stay(self, value: object) -> None:
        assert back({"value": value})["value"] == value

    def test_text_is_one_line_of_ascii(self) -> None:
        text = eventAsJSON({"value": "é\n\u2028☃"})
        assert text.isascii()
        assert "\n" not in text

    def test_text_is_strict_json(self) -> None:
        def refuse(name: str) -> None:
            raise AssertionError(name)

        json.loads(eventAsJSON({"value": math.nan}), parse_constant=refuse)


class TestFormatting:
    @pytest.mark.parametrize(
        "format",
        [
            "plain",
            "{thing}",
            "{thing!r} {thing!s}",
            "{thing.a} and {thing.a!r}",
            "{thing.a:>10}",
            "{thing.a:>{width}}",
            "{items[0]} {items[1].a}",
            "{f()} {f()!r}",
            "{{braces}}",
            "{thing.missing}",
        ],
    )
    def test_of_a_loaded_event_gives_the_same_text(self, format: str) -> None:
        event: LogEvent = {
            "log_format": format,
            "thing": Thing(),
            "items": ["x", Thing("y")],
            "f": lambda: "called",
            "width": 7,
        }
        expected = formatEvent(event)
        if expected.startswith("Unable"):
            assert formatEvent(back(event)).startswith("Unable")
        else:
            assert formatEvent(back(event)) == expected

    def test_keeps_what_each_call_returned(self) -> None:
        event = {"log_format": "{thing.count()} {thing.count()}", "thing": Thing()}
        assert formatEvent(back(event)) == "1 2"

    def test_of_bytes_works(self) -> None:
        assert formatEvent(back({"log_format": b"{a}", "a": 1})) == "1"

    def test_of_a_loaded_event_that_is_saved_again_stays(self) -> None:
        event = back(back({"log_format": "{thing.a}", "thing": Thing()}))
        assert formatEvent(event) == "3"

    def test_does_not_change_the_event(self) -> None:
        event: LogEvent = {"log_format": "{a}", "a": 1}
        eventAsJSON(event)
        assert event == {"log_format": "{a}", "a": 1}

    @pytest.mark.parametrize(
        "format",
        [
            "{text.upper()}",
            "{text.__class__}",
            "{items[0]}",
            "{log_failure.cleanFailure()}",
            "{log_failure.__init__.__globals__}",
        ],
    )
    def test_of_a_foreign_record_looks_up_no_attribute_and_calls_nothing(self, format: str) -> None:
        event = back({"text": "x", "items": [1], "log_failure": failure()})
        event = eventFromJSON(eventAsJSON({**event, "log_format": format, "log_flattened": None}))
        event["log_flattened"] = {}
        assert formatEvent(event).startswith("Unable to format event")

    def test_of_a_record_without_kept_fields_shows_plain_items(self) -> None:
        assert formatEvent(eventFromJSON('{"log_format": "{a!r:>5}", "a": "x"}')) == "  'x'"

    @pytest.mark.parametrize("kept", ['"x"', "[1]", "null", "3"])
    def test_of_a_record_with_odd_kept_fields_works(self, kept: str) -> None:
        text = f'{{"log_format": "{{a}}", "a": 1, "log_flattened": {kept}}}'
        assert formatEvent(eventFromJSON(text)) == "1"


class TestExtractField:
    @pytest.mark.parametrize(
        "field", ["thing.a", "thing.a!r", "f()", "items", "thing.a:>4", "width"]
    )
    def test_is_the_same_live_and_loaded(self, field: str) -> None:
        event: LogEvent = {
            "log_format": "{" + field + "}",
            "thing": Thing(3),
            "f": lambda: [1, 2],
            "items": [1, {"a": 2}],
            "width": 7,
        }
        assert extractField(field, back(event)) == extractField(field, event)

    def test_of_what_was_not_kept_is_a_key_error(self) -> None:
        event = back({"log_format": "{thing.a}", "thing": Thing()})
        with pytest.raises(KeyError):
            extractField("thing.b", event)


def read(content: str | bytes, **options: Any) -> list[LogEvent]:
    file = io.BytesIO(content) if isinstance(content, bytes) else io.StringIO(content)
    return list(eventsFromJSONLogFile(file, **options))


def numbers(content: str | bytes, **options: Any) -> list[object]:
    return [event["n"] for event in read(content, **options)]


class TestFiles:
    @pytest.mark.parametrize("mode", ["", "b"])
    @pytest.mark.parametrize("separator", ["\x1e", ""])
    def test_are_written_and_read(self, tmp_path: Path, mode: str, separator: str) -> None:
        path = tmp_path / "log.json"
        with open(path, "a" + mode) as file:
            log = Logger("saver", observer=jsonFileLogObserver(file, separator))
            log.info("values {values!r}", values=[1234, 5678])
            log.warn("values {values!r}", values=[9876, 5432])
        with open(path, "r" + mode) as file:
            first, second = eventsFromJSONLogFile(file)
        assert [sum(event["values"]) for event in (first, second)] == [6912, 15308]
        assert formatEvent(first) == "values [1234, 5678]"
        assert second["log_level"] is LogLevel.warn
        assert second["log_namespace"] == "saver"

    def test_are_text_sequences_by_default(self) -> None:
        file = io.StringIO()
        jsonFileLogObserver(file)({"n": 1})
        assert file.getvalue()[0] == "\x1e"
        assert file.getvalue()[-1] == "\n"
        assert json.loads(file.getvalue()[1:])["n"] == 1

    @given(st.lists(st.text(), max_size=5), st.integers(1, 20), st.booleans())
    def test_are_read_in_pieces_of_any_size(
        self, texts: list[str], size: int, asBytes: bool
    ) -> None:
        file = io.StringIO()
        observer = jsonFileLogObserver(file)
        for text in texts:
            observer({"text": text})
        content = file.getvalue()
        whole = content.encode() if asBytes else content
        assert [event["text"] for event in read(whole, bufferSize=size)] == texts

    def test_are_read_as_the_result_is_iterated_over(self) -> None:
        file = io.StringIO('{"n": 1}\n{"n": 2}\n')
        events = eventsFromJSONLogFile(file, bufferSize=10)
        assert next(iter(events))["n"] == 1
        assert file.tell() < 18

    @pytest.mark.parametrize("content", ["", "\n\n", "\x1e\n\x1e\n", b""])
    def test_without_records_give_nothing(self, content: str | bytes) -> None:
        assert read(content) == []

    def test_with_a_separator_that_was_given(self) -> None:
        assert numbers('|{"n": 1}|{"n": 2}', recordSeparator="|") == [1, 2]

    def test_with_non_ascii_text(self) -> None:
        assert read('{"n": "☃"}\n'.encode(), bufferSize=1)[0]["n"] == "☃"

    def test_refuse_a_separator_of_several_characters(self) -> None:
        with pytest.raises(ValueError, match="one character"):
            eventsFromJSONLogFile(io.StringIO(), "ab")


class TestBadRecords:
    @pytest.mark.parametrize(
        "bad",
        [
            '{"n": 5',
            "not json",
            "[1]",
            "3",
            "null",
            "[" * 100_000,
            '{"n": 1' + "1" * 5000 + "}",
            "{} {}",
        ],
    )
    @pytest.mark.parametrize("separator", ["\x1e", ""])
    def test_are_skipped_and_reported(self, bad: str, separator: str) -> None:
        content = f'{separator}{{"n": 1}}\n{separator}{bad}\n{separator}{{"n": 2}}\n'
        with capturedLogs() as reports:
            assert numbers(content) == [1, 2]
        (report,) = reports
        assert report["log_level"] is LogLevel.error
        assert report["record"] == bad[:200] or report["record"] == (bad + "\n")[:200]

    def test_that_were_cut_off_at_the_end_are_reported(self) -> None:
        with capturedLogs() as reports:
            assert numbers('\x1e{"n": 1}\n\x1e{"n": 2') == [1]
        assert len(reports) == 1

    def test_that_are_no_utf_8_are_reported(self) -> None:
        with capturedLogs() as reports:
            assert numbers(b'{"n": "\xff"}\n{"n": 2}\n') == [2]
        assert len(reports) == 1

    def test_that_are_too_long_are_skipped(self) -> None:
        content = '{"n": "' + "x" * 5000 + '"}\n{"n": 2}\n'
        with capturedLogs() as reports:
            assert numbers(content, maximumRecordSize=1000, bufferSize=64) == [2]
        assert "longer than 1000 characters" in formatEvent(reports[0])

    @given(st.binary())
    def test_of_any_kind_raise_nothing(self, content: bytes) -> None:
        read(content)

    @given(st.text(alphabet='{}[]":,\x1e\n1a\\u', max_size=60))
    def test_of_any_text_raise_nothing(self, content: str) -> None:
        for event in read(content):
            formatEvent(event)
