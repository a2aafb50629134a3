"""Any format, any values: nothing raises, and what was saved formats the same."""

import os
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twisted.logger import (
    LegacyLogObserverWrapper,
    LogEvent,
    LogLevel,
    eventAsJSON,
    eventAsText,
    eventFromJSON,
    extractField,
    formatEvent,
    formatEventAsClassicLogText,
)
from twisted.python.failure import Failure
from twisted.python.log import EventDict, textFromEventDict

pytestmark = pytest.mark.property

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

NOT_FORMATTED = "Unable to format event"


class Plain:
    """An object with attributes and a method."""

    def __init__(self, value: object) -> None:
        self.a = value
        self.b = [value]
        self.c = {"k": value}

    def m(self) -> object:
        return self.a

    def __repr__(self) -> str:
        return f"Plain({self.a!r})"


class Hostile:
    """An object that raises whatever is done with it."""

    def _fail(self, *arguments: object) -> Any:
        raise ZeroDivisionError("hostile")

    __str__ = __repr__ = __format__ = __eq__ = __bool__ = __len__ = __call__ = __iter__ = _fail
    __getitem__ = __getattr__ = _fail
    __hash__ = None  # type: ignore[assignment]


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=8),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)
kind = st.one_of(plain, plain.map(Plain), st.just(len), st.just(lambda: "called"))
wild = st.one_of(kind, st.builds(Hostile), st.just(Failure(ValueError("planted"))))

names = st.sampled_from(["a", "b", "x", "missing"])
paths = st.lists(
    st.sampled_from([".a", ".b", ".c", ".m", "[0]", "[k]", ".__class__", "[-1]"]), max_size=2
).map("".join)
fields = st.builds(
    lambda name, path, call, conversion, spec: f"{{{name}{path}{call}{conversion}{spec}}}",
    names,
    paths,
    st.sampled_from(["", "", "()"]),
    st.sampled_from(["", "", "!r", "!s", "!a"]),
    st.sampled_from(["", "", "", ":>9", ":x", ":.2f", ":{b}", ":^{x}", ":%Y"]),
)
literals = st.text(max_size=6).map(lambda text: text.replace("{", "{{").replace("}", "}}"))
# Mostly well-formed, sometimes anything.
formats = st.one_of(
    st.lists(st.one_of(fields, literals), max_size=5).map("".join),
    st.text(alphabet="{}!:[].()a0rx \n", max_size=25),
    st.text(max_size=10),
)


def events(values: st.SearchStrategy[Any]) -> st.SearchStrategy[LogEvent]:
    return st.fixed_dictionaries(
        {"log_format": formats, "a": values, "b": values, "x": values},
        optional={
            "log_time": st.one_of(st.floats(), st.none()),
            "log_system": values,
            "log_namespace": st.text(max_size=5),
            "log_level": st.sampled_from(list(LogLevel.iterconstants())),
            "log_failure": st.just(Failure(ValueError("planted"))),
        },
    )


@EXAMPLES
@given(events(wild))
def test_nothing_that_is_logged_makes_rendering_raise(event: LogEvent) -> None:
    assert isinstance(formatEvent(event), str)
    assert isinstance(eventAsText(event), str)
    assert isinstance(formatEventAsClassicLogText(event), (str, type(None)))


@EXAMPLES
@given(events(wild))
def test_nothing_that_is_logged_makes_older_observers_raise(event: LogEvent) -> None:
    texts: list[str | None] = []

    def observe(eventDict: EventDict) -> None:
        texts.append(textFromEventDict(eventDict))

    LegacyLogObserverWrapper(observe)(event)
    assert len(texts) == 1


@EXAMPLES
@given(st.dictionaries(st.sampled_from(["message", "format", "why", "failure", "x"]), wild))
def test_no_event_of_the_older_kind_makes_rendering_raise(items: EventDict) -> None:
    for isError in (0, 1):
        text = textFromEventDict({**items, "isError": isError})
        assert text is None or isinstance(text, str)


@EXAMPLES
@given(events(wild))
def test_what_is_logged_cannot_forge_a_line(event: LogEvent) -> None:
    text = formatEventAsClassicLogText(event)
    if text is not None:
        assert text.endswith("\n")
        assert all(line.startswith("\t") for line in text.splitlines()[1:])


@EXAMPLES
@given(events(wild))
def test_every_event_can_be_saved_and_read(event: LogEvent) -> None:
    text = eventAsJSON(event)
    assert text.isascii()
    assert "\n" not in text
    assert isinstance(formatEvent(eventFromJSON(text)), str)


@EXAMPLES
@given(events(kind))
def test_event_that_was_saved_formats_the_same(event: LogEvent) -> None:
    before = formatEvent(event)
    assume(not before.startswith(NOT_FORMATTED))
    assert formatEvent(eventFromJSON(eventAsJSON(event))) == before


@EXAMPLES
@given(st.integers(), paths, st.sampled_from(["", "()"]))
def test_field_of_an_event_that_was_saved_is_the_same(value: int, path: str, call: str) -> None:
    field = f"a{path}{call}"
    event: LogEvent = {"log_format": f"{{{field}}}", "a": Plain(value)}
    try:
        before = extractField(field, event)
    except Exception:
        return
    # Other objects are saved as text only.
    if isinstance(before, (int, list, dict)):
        assert extractField(field, eventFromJSON(eventAsJSON(event))) == before
