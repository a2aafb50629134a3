"""`twisted.python.log`: making messages, and their text."""

import logging
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from twisted.logger import LogEvent, Logger, LogLevel, LogPublisher, boundContext, capturedLogs
from twisted.logger._serving import serving
from twisted.python import context, log
from twisted.python.failure import Failure


@pytest.fixture
def events() -> Iterator[list[log.EventDict]]:
    events: list[log.EventDict] = []
    log.addObserver(events.append)
    yield events
    log.removeObserver(events.append)


def textOf(event: log.EventDict) -> str:
    text = log.textFromEventDict(event)
    assert text is not None
    return text


def test_message_reaches_observers(events: list[log.EventDict]) -> None:
    log.msg("Hello, world.")
    (event,) = events
    assert event["message"] == ("Hello, world.",)
    assert (event["isError"], event["system"]) == (0, "-")
    assert isinstance(event["time"], float)


@pytest.mark.parametrize("name", ["self", "other", "kw", "func", "ctx", "logger"])
def test_keywords_may_have_any_name(name: str, events: list[log.EventDict]) -> None:
    log.msg("x", **{name: 1})
    assert events[0][name] == 1


def test_keywords_are_items_of_the_event(events: list[log.EventDict]) -> None:
    log.msg("x", price=5, self=1, message="kept out", time="kept out")
    (event,) = events
    assert (event["price"], event["self"], event["message"]) == (5, 1, ("x",))


def test_message_reaches_new_observers() -> None:
    with capturedLogs() as captured:
        log.msg("hello")
    (event,) = captured
    assert event["log_level"] is LogLevel.info
    assert event["log_namespace"] == "log_legacy"
    assert event["log_format"] == "{log_text}"
    assert event["log_text"] == "hello"


def test_event_of_twisted_logger_reaches_observers(events: list[log.EventDict]) -> None:
    Logger("n").info("x {y}", y=1)
    assert textOf(events[0]) == "x 1"


def test_parts_of_a_message_are_joined() -> None:
    event = {"message": ("a", 1, b"c", "\u1234"), "isError": 0}
    assert textOf(event) == "a 1 c \u1234"


def test_message_is_preferred_to_the_format() -> None:
    assert textOf({"message": ("a",), "isError": 0, "format": "b"}) == "a"


def test_format_is_rendered_with_the_items(events: list[log.EventDict]) -> None:
    log.msg(format="%(x)s of %(y)d", x="a", y=3)
    assert textOf(events[0]) == "a of 3"


@pytest.mark.parametrize("template", ["%(missing)s", "%d", "%(x)", 5, b"\xff", "%(bad)s"])
def test_format_that_cannot_be_rendered_says_so(template: object) -> None:
    class Bad:
        def __str__(self) -> str:
            raise ValueError("no")

        __repr__ = __str__

    event: dict[str, Any] = {"message": (), "isError": 0, "format": template, "bad": Bad()}
    assert textOf(event).startswith("Invalid format string or unformattable object in log message")


def test_event_without_message_failure_and_format_has_no_text() -> None:
    assert log.textFromEventDict({"message": (), "isError": 0}) is None


def test_text_of_a_bare_event_does_not_raise() -> None:
    assert log.textFromEventDict({}) is None


def test_message_that_is_one_text_is_not_taken_apart() -> None:
    assert textOf({"message": "abc", "isError": 0}) == "abc"


def test_part_that_has_no_text_does_not_raise() -> None:
    class Bad:
        def __str__(self) -> str:
            raise ValueError("no")

    assert "Bad" in textOf({"message": (Bad(),), "isError": 0})


def test_failure_that_is_none_does_not_raise() -> None:
    assert "unable to obtain traceback" in textOf({"isError": 1, "failure": 5, "message": ()})


def test_err_logs_the_exception_that_is_being_handled(events: list[log.EventDict]) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        log.err()
    (event,) = events
    assert event["isError"] == 1
    assert event["failure"].check(ValueError)
    text = textOf(event)
    assert text.startswith("Unhandled Error\nTraceback (most recent call last):\n")
    assert "in test_err_logs_the_exception_that_is_being_handled" in text


def test_err_takes_a_failure_and_a_headline(events: list[log.EventDict]) -> None:
    failure = Failure(ValueError("broken"))
    assert log.err(failure, "cannot sell") is None  # type: ignore[func-returns-value]
    (event,) = events
    assert event["failure"] is failure
    assert event["why"] == "cannot sell"
    assert textOf(event).startswith("cannot sell\n")


def test_err_takes_an_exception(events: list[log.EventDict]) -> None:
    log.err(ValueError("broken"), _why="why")
    assert events[0]["failure"].getErrorMessage() == "broken"


def test_err_takes_anything_else_by_its_repr(events: list[log.EventDict]) -> None:
    log.err("text", "why", system="S")
    (event,) = events
    assert (event["message"], event["why"], event["system"]) == (("'text'",), "why", "S")
    assert event["isError"] == 1


def test_err_takes_its_arguments_by_name(events: list[log.EventDict]) -> None:
    failure = Failure(ValueError("broken"))
    log.err(_stuff=failure, _why="why")
    (event,) = events
    assert (event["failure"], event["why"]) == (failure, "why")
    assert "_stuff" not in event


def test_err_outside_of_an_except_block_raises_nothing(events: list[log.EventDict]) -> None:
    log.err()
    assert events[0]["failure"].type.__name__ == "NoCurrentExceptionError"


def test_err_lets_its_items_be_replaced(events: list[log.EventDict]) -> None:
    log.err(ValueError("x"), isError=0)
    assert events[0]["isError"] == 0


def test_err_is_critical_for_new_observers() -> None:
    with capturedLogs() as captured:
        log.err(ValueError("x"), "why", logLevel=logging.DEBUG)
    assert captured[0]["log_level"] is LogLevel.critical
    assert captured[0]["log_failure"].check(ValueError)


def test_deferr_is_err() -> None:
    assert log.deferr is log.err


def test_items_of_a_call_are_in_its_messages(events: list[log.EventDict]) -> None:
    def inside(*args: int, **kw: int) -> tuple[object, object]:
        log.msg("x")
        return args, kw

    assert log.callWithContext({"system": "S", "a": 5}, inside, 1, func=2) == ((1,), {"func": 2})
    log.msg("y")
    assert [(event["system"], event.get("a")) for event in events] == [("S", 5), ("-", None)]


def test_contexts_of_calls_are_nested(events: list[log.EventDict]) -> None:
    log.callWithContext(
        {"system": "S", "a": 1}, log.callWithContext, {"a": 2}, lambda: log.msg("x")
    )
    assert (events[0]["system"], events[0]["a"]) == ("S", 2)


def test_item_of_the_message_is_preferred_to_the_context(events: list[log.EventDict]) -> None:
    log.callWithContext({"system": "S"}, lambda: log.msg("x", system="T"))
    assert events[0]["system"] == "T"


def test_context_is_found_by_its_key() -> None:
    assert context.get(log.ILogContext) == {"system": "-"}


def test_fields_of_twisted_logger_s_context_are_in_messages(events: list[log.EventDict]) -> None:
    with boundContext(request=1):
        log.msg("x")
    assert events[0]["request"] == 1


class Protocol:
    def logPrefix(self) -> str:
        return "Protocol,client"


def test_call_for_a_logger_has_its_prefix(events: list[log.EventDict]) -> None:
    def inside(x: int) -> int:
        log.msg("x")
        return x + 1

    assert log.callWithLogger(Protocol(), inside, 1) == 2
    assert events[0]["system"] == "Protocol,client"


def test_exception_of_a_call_for_a_logger_is_logged(events: list[log.EventDict]) -> None:
    def fail() -> int:
        raise ValueError("broken")

    assert log.callWithLogger(Protocol(), fail) is None
    (event,) = events
    assert event["system"] == "Protocol,client"
    assert event["failure"].check(ValueError)


def test_interrupt_passes_a_call_for_a_logger() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log.callWithLogger(Protocol(), interrupt)


def test_prefix_that_raises_does_no_harm(events: list[log.EventDict]) -> None:
    class Broken:
        def logPrefix(self) -> str:
            raise ValueError("no")

    assert log.callWithLogger(Broken(), lambda: log.msg("x")) is None
    assert events[0]["system"] == "(buggy logPrefix method)"


def test_message_is_about_what_is_being_served(events: list[log.EventDict]) -> None:
    serving.source = Protocol()
    try:
        log.msg("x")
        log.msg("x", system="S")
        log.callWithContext({"system": "T"}, log.msg, "x")
        thread = threading.Thread(target=log.msg, args=("x",))
        thread.start()
        thread.join()
    finally:
        serving.source = None
    log.msg("x")
    systems = [event["system"] for event in events]
    assert systems == ["Protocol,client", "S", "T", "-", "-"]


def test_logger_has_no_prefix() -> None:
    assert log.Logger().logPrefix() == "-"


def test_observer_that_raises_stops_no_other(events: list[log.EventDict]) -> None:
    def broken(event: log.EventDict) -> None:
        raise ValueError("broken")

    log.addObserver(broken)
    try:
        log.msg("x")
    finally:
        log.removeObserver(broken)
    assert textOf(events[0]) == "x"
    assert events[1]["failure"].check(ValueError)


def test_observer_that_is_added_twice_is_called_twice() -> None:
    publisher = log.LogPublisher()
    events: list[log.EventDict] = []
    publisher.addObserver(events.append)
    publisher.addObserver(events.append)
    publisher.msg("x")
    assert len(events) == 2
    publisher.removeObserver(events.append)
    publisher.msg("y")
    assert len(events) == 3
    assert publisher.observers == [events.append]


def test_observer_that_was_not_added_can_be_removed() -> None:
    log.removeObserver(print)


def test_what_cannot_be_called_is_no_observer() -> None:
    with pytest.raises(TypeError, match="callable"):
        log.addObserver(5)  # type: ignore[arg-type]


def test_publishers_of_messages_and_observers_may_differ() -> None:
    messages: list[LogEvent] = []
    observed: list[log.EventDict] = []
    new = LogPublisher()
    publisher = log.LogPublisher(new, messages.append)
    publisher.addObserver(observed.append)
    publisher.msg("x")
    Logger("n", observer=new).info("y")
    assert [event["log_text"] for event in messages] == ["x"]
    assert [textOf(event) for event in observed] == ["y"]


def test_warning_is_logged(events: list[log.EventDict]) -> None:
    log.showwarning(UserWarning("careful"), UserWarning, "a.py", 3)
    assert textOf(events[0]) == "a.py:3: builtins.UserWarning: careful"


def test_warning_for_a_file_goes_there() -> None:
    class Warnings:
        def __init__(self) -> None:
            self.shown: list[tuple[object, ...]] = []

        def showwarning(self, *arguments: object) -> None:
            self.shown.append(arguments)

    module = Warnings()
    publisher = log.LogPublisher(warningsModule=module)
    warning, file = UserWarning("x"), log.NullFile()
    publisher.showwarning(warning, UserWarning, "a.py", 3, file, "line")  # type: ignore[arg-type]
    assert module.shown == [(warning, UserWarning, "a.py", 3, file, "line")]


def test_importing_leaves_warnings_alone() -> None:
    assert warnings.showwarning != log.showwarning
