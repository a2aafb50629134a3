"""Observers of `twisted.python.log` at publishers of `twisted.logger`, and the way back."""

import logging

import pytest

from twisted.logger import (
    ILogObserver,
    LegacyLogObserverWrapper,
    LogEvent,
    Logger,
    LogLevel,
    LogPublisher,
    formatEvent,
)
from twisted.logger._legacy import EventDict, newEvent, publishToNewObserver
from twisted.python.components import verifyObject
from twisted.python.failure import Failure
from twisted.python.log import textFromEventDict


class Seen:
    """A logger, and what a wrapped observer got of it."""

    def __init__(self) -> None:
        self.events: list[EventDict] = []
        self.log = Logger("shop", observer=LegacyLogObserverWrapper(self.events.append))

    @property
    def only(self) -> EventDict:
        (event,) = self.events
        return event


@pytest.fixture
def seen() -> Seen:
    return Seen()


def test_wrapper_is_an_observer() -> None:
    assert verifyObject(ILogObserver, LegacyLogObserverWrapper(print))


def test_wrapper_shows_what_it_wraps() -> None:
    assert (
        repr(LegacyLogObserverWrapper(len)) == "LegacyLogObserverWrapper(<built-in function len>)"
    )


def test_event_has_the_keys_that_old_observers_look_for(seen: Seen) -> None:
    seen.log.info("hello")
    event = seen.only
    assert (event["message"], event["isError"], event["system"]) == ((), 0, "-")
    assert event["time"] == event["log_time"]


def test_text_of_a_new_event_is_its_format_rendered(seen: Seen) -> None:
    seen.log.info("{name} costs {price:.2f}", name="chair", price=5)
    assert textFromEventDict(seen.only) == "chair costs 5.00"


def test_text_with_percent_signs_is_left_as_it_is(seen: Seen) -> None:
    seen.log.info("100%(sure)s {x}", x="%d")
    assert textFromEventDict(seen.only) == "100%(sure)s %d"


def test_event_without_a_format_has_no_text(seen: Seen) -> None:
    seen.log.info(price=5)
    assert textFromEventDict(seen.only) is None
    assert seen.only["price"] == 5


def test_text_is_rendered_only_when_it_is_wanted(seen: Seen) -> None:
    calls: list[int] = []
    seen.log.info("{count()}", count=lambda: calls.append(1))
    assert calls == []
    textFromEventDict(seen.only)
    assert calls == [1]


def test_observer_gets_a_copy(seen: Seen) -> None:
    others: list[LogEvent] = []

    def spoil(eventDict: EventDict) -> None:
        eventDict.clear()

    publisher = LogPublisher(LegacyLogObserverWrapper(spoil), others.append)
    Logger("n", observer=publisher).info("x")
    (event,) = others
    assert event["log_format"] == "x"
    assert "message" not in event


@pytest.mark.parametrize(
    ("name", "isError", "level"),
    [
        ("debug", 0, logging.DEBUG),
        ("info", 0, logging.INFO),
        ("warn", 0, logging.WARNING),
        ("error", 1, logging.ERROR),
        ("critical", 1, logging.CRITICAL),
    ],
)
def test_levels_of_new_events(name: str, isError: int, level: int, seen: Seen) -> None:
    getattr(seen.log, name)("x")
    assert (seen.only["isError"], seen.only["logLevel"]) == (isError, level)


def test_failure_and_reason_are_where_old_observers_look(seen: Seen) -> None:
    failure = Failure(ValueError("broken"))
    seen.log.failure("cannot sell {what}", failure, what="chair")
    event = seen.only
    assert event["failure"] is failure
    assert (event["isError"], event["why"]) == (1, "cannot sell chair")
    text = textFromEventDict(event)
    assert text is not None
    assert text.startswith("cannot sell chair\n")
    assert text.endswith("ValueError: broken\n")


def test_system_is_that_of_the_event(seen: Seen) -> None:
    seen.log.info("x", log_system="Shop,1")
    assert seen.only["system"] == "Shop,1"


def test_items_of_the_program_with_the_names_of_old_keys_do_no_harm(seen: Seen) -> None:
    seen.log.info("{message} at {time}", message="text", time="noon")
    event = seen.only
    assert (event["message"], event["time"]) == ((), event["log_time"])
    assert textFromEventDict(event) == "text at noon"


def test_what_was_written_to_a_standard_stream_is_printed(seen: Seen) -> None:
    seen.log.info("{log_io}", log_io="hello")
    assert seen.only["printed"] == 1


def test_bare_event_can_be_wrapped() -> None:
    events: list[EventDict] = []
    LegacyLogObserverWrapper(events.append)({})
    assert events == [{"message": (), "time": 0.0, "system": "-", "isError": 0}]


def message(**items: object) -> EventDict:
    return {"message": (), "isError": 0, "time": 7.5, "system": "-", **items}


def test_message_becomes_an_event() -> None:
    events: list[LogEvent] = []
    publishToNewObserver(events.append, message(message=("a", 1)), textFromEventDict)
    (event,) = events
    assert formatEvent(event) == "a 1"
    assert event["log_time"] == 7.5
    assert event["log_level"] is LogLevel.info
    assert event["log_namespace"] == "log_legacy"


def test_braces_of_a_message_are_no_fields() -> None:
    event = newEvent(message(message=("{x} {",)), textFromEventDict)
    assert formatEvent(event) == "{x} {"


def test_message_without_a_text_has_no_format() -> None:
    assert formatEvent(newEvent(message(x=1), textFromEventDict)) == ""


def test_event_of_a_failure_has_the_failure_and_the_reason() -> None:
    failure = Failure(ValueError("broken"))
    event = newEvent(message(isError=1, failure=failure, why="why"), textFromEventDict)
    assert event["log_failure"] is failure
    assert event["log_level"] is LogLevel.critical
    assert formatEvent(event) == "why"


def test_failure_without_a_reason_says_that_it_was_unhandled() -> None:
    failure = Failure(ValueError("broken"))
    event = newEvent(message(isError=1, failure=failure, why=None), textFromEventDict)
    assert formatEvent(event) == "Unhandled Error"


@pytest.mark.parametrize(
    ("given", "level"),
    [
        (logging.DEBUG, LogLevel.debug),
        (logging.INFO, LogLevel.info),
        (logging.WARNING, LogLevel.warn),
        (logging.ERROR, LogLevel.error),
        (logging.CRITICAL, LogLevel.critical),
        (1, LogLevel.debug),
        (logging.INFO + 1, LogLevel.info),
        (99, LogLevel.critical),
        ("debug", LogLevel.info),
    ],
)
def test_level_of_the_standard_library_is_mapped(given: object, level: object) -> None:
    assert newEvent(message(logLevel=given), textFromEventDict)["log_level"] is level


def test_error_is_critical_whatever_its_level_of_the_standard_library() -> None:
    event = newEvent(message(isError=1, logLevel=logging.DEBUG), textFromEventDict)
    assert event["log_level"] is LogLevel.critical


def test_level_of_ours_that_is_given_counts() -> None:
    event = newEvent(message(log_level=LogLevel.warn), textFromEventDict)
    assert event["log_level"] is LogLevel.warn


def test_system_that_was_set_is_the_system_of_the_event() -> None:
    assert newEvent(message(system="S"), textFromEventDict)["log_system"] == "S"


def test_system_that_was_not_set_leaves_namespace_and_level() -> None:
    assert "log_system" not in newEvent(message(), textFromEventDict)


def test_event_that_went_to_the_new_side_and_back_is_the_same() -> None:
    failure = Failure(ValueError("broken"))
    there = newEvent(message(isError=1, failure=failure, why="w", x=1), textFromEventDict)
    events: list[EventDict] = []
    LegacyLogObserverWrapper(events.append)(there)
    (back,) = events
    for key, value in message(isError=1, failure=failure, why="w", x=1).items():
        assert back[key] is value or back[key] == value
    assert textFromEventDict(back) == textFromEventDict(there)


def test_conversion_changes_nothing_in_the_event_that_was_given() -> None:
    given = message(message=("x",))
    before = dict(given)
    newEvent(given, textFromEventDict)
    assert given == before
