"""`Logger`: the events that it makes."""

import gc
import time

import pytest

from twisted.logger import (
    ILogObserver,
    InvalidLogLevelError,
    LogEvent,
    Logger,
    LogLevel,
    _loggerFor,
    formatEvent,
    globalLogPublisher,
)
from twisted.python.failure import Failure

LEVELS = ["debug", "info", "warn", "error", "critical"]

moduleLogger = Logger()


@pytest.fixture
def events() -> list[LogEvent]:
    return []


@pytest.fixture
def logger(events: list[LogEvent]) -> Logger:
    return Logger("some.namespace", observer=events.append)


@pytest.mark.parametrize("name", LEVELS)
def test_each_emitter_sets_its_level(name: str, logger: Logger, events: list[LogEvent]) -> None:
    getattr(logger, name)("text")
    assert [event["log_level"] for event in events] == [getattr(LogLevel, name)]


@pytest.mark.parametrize("name", LEVELS)
def test_each_emitter_keeps_the_format_unrendered(
    name: str, logger: Logger, events: list[LogEvent]
) -> None:
    getattr(logger, name)("a {thing}", thing=1)
    assert (events[0]["log_format"], events[0]["thing"]) == ("a {thing}", 1)


@pytest.mark.parametrize("name", LEVELS)
def test_each_emitter_needs_no_format(name: str, logger: Logger, events: list[LogEvent]) -> None:
    getattr(logger, name)(thing=1)
    assert (events[0]["log_format"], events[0]["thing"]) == (None, 1)


@pytest.mark.parametrize("name", LEVELS)
def test_each_emitter_accepts_any_keyword(
    name: str, logger: Logger, events: list[LogEvent]
) -> None:
    getattr(logger, name)("text", level=1, self=2, logger=3)
    assert [events[0][key] for key in ("level", "self", "logger")] == [1, 2, 3]


def test_event_is_a_plain_dictionary_with_the_system_keys(
    logger: Logger, events: list[LogEvent]
) -> None:
    before = time.time()
    logger.info("hello")
    after = time.time()
    (event,) = events
    assert type(event) is dict
    assert before <= event.pop("log_time") <= after
    assert event == {
        "log_logger": logger,
        "log_source": None,
        "log_level": LogLevel.info,
        "log_namespace": "some.namespace",
        "log_format": "hello",
    }


def test_system_keys_win_over_keywords(logger: Logger, events: list[LogEvent]) -> None:
    logger.info("hello", log_namespace="forged", log_level=LogLevel.critical)
    assert events[0]["log_namespace"] == "some.namespace"
    assert events[0]["log_level"] is LogLevel.info


def test_emit_takes_the_level_first(logger: Logger, events: list[LogEvent]) -> None:
    logger.emit(LogLevel.warn, "hello {a}", a=1)
    assert (events[0]["log_level"], events[0]["a"]) == (LogLevel.warn, 1)


def test_emit_takes_the_level_by_name(logger: Logger, events: list[LogEvent]) -> None:
    logger.emit(level=LogLevel.warn, format="hello")
    assert (events[0]["log_level"], events[0]["log_format"]) == (LogLevel.warn, "hello")


@pytest.mark.parametrize("level", ["info", 10, None, [], object()])
def test_emit_logs_an_invalid_level_as_a_failure(
    level: object, logger: Logger, events: list[LogEvent]
) -> None:
    logger.emit(level, "hello", a=1)  # type: ignore[call-overload]
    (event,) = events
    assert event["log_level"] is LogLevel.critical
    assert event["log_failure"].check(InvalidLogLevelError) is not None
    assert "hello" in formatEvent(event)


def test_emitters_go_through_an_emit_that_a_subclass_replaces(events: list[LogEvent]) -> None:
    seen = []

    class Counting(Logger):
        def emit(self, level, /, format=None, **kwargs):  # type: ignore[no-untyped-def, override]
            seen.append(level)
            super().emit(level, format, **kwargs)

    log = Counting(observer=events.append)
    log.debug("x")
    log.critical("x")
    assert seen == [LogLevel.debug, LogLevel.critical]
    assert len(events) == 2


def test_default_observer_is_the_global_publisher() -> None:
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        Logger().info("hello")
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert [event["log_format"] for event in events] == ["hello"]


def test_own_observer_gets_all_the_events_and_the_global_publisher_none(
    logger: Logger, events: list[LogEvent]
) -> None:
    others: list[LogEvent] = []
    globalLogPublisher.addObserver(others.append)
    try:
        logger.info("hello")
    finally:
        globalLogPublisher.removeObserver(others.append)
    assert len(events) == 1
    assert others == []


def test_observer_can_be_replaced(logger: Logger, events: list[LogEvent]) -> None:
    others: list[LogEvent] = []
    logger.info("first")
    logger.observer = others.append
    logger.info("second")
    assert [event["log_format"] for event in events] == ["first"]
    assert [event["log_format"] for event in others] == ["second"]


class TestNamespace:
    def test_of_a_module_is_the_name_of_the_module(self) -> None:
        assert moduleLogger.namespace == __name__

    def test_of_a_function_is_the_name_of_its_module(self) -> None:
        assert Logger().namespace == __name__

    def test_of_a_subclass_of_logger_is_that_of_the_caller(self) -> None:
        class Special(Logger):
            def __init__(self) -> None:
                super().__init__()

        scope: dict[str, object] = {"__name__": "elsewhere", "Special": Special}
        exec("log = Special()", scope)
        log = scope["log"]
        assert isinstance(log, Special)
        assert log.namespace == "elsewhere"

    def test_without_a_module_is_unknown(self) -> None:
        scope: dict[str, object] = {"__name__": None, "Logger": Logger}
        exec("log = Logger()", scope)
        log = scope["log"]
        assert isinstance(log, Logger)
        assert log.namespace == "<unknown>"

    def test_is_used_as_it_is_given(self) -> None:
        assert Logger("a namespace").namespace == "a namespace"
        assert Logger(namespace="").namespace == ""

    def test_can_be_replaced(self, logger: Logger, events: list[LogEvent]) -> None:
        logger.namespace = "other"
        logger.info("x")
        assert events[0]["log_namespace"] == "other"


collected: list[LogEvent] = []


class Named:
    log = Logger(observer=collected.append)
    category = Logger("category", observer=collected.append)
    value = 7

    class Inner:
        log = Logger(observer=collected.append)


class Derived(Named):
    pass


class TestInAClass:
    @pytest.fixture(autouse=True)
    def nothing_collected(self) -> None:
        collected.clear()

    def test_source_is_the_instance(self) -> None:
        instance = Named()
        instance.log.info("x")
        assert collected[0]["log_source"] is instance

    def test_source_is_the_class_when_it_is_taken_from_the_class(self) -> None:
        Named.log.info("x")
        assert collected[0]["log_source"] is Named

    def test_source_elsewhere_is_what_was_given(self) -> None:
        Logger(source=Named, observer=collected.append).info("x")
        assert collected[0]["log_source"] is Named

    def test_namespace_is_the_full_name_of_the_class(self) -> None:
        Named().log.info("x")
        assert collected[0]["log_namespace"] == f"{__name__}.Named"

    def test_namespace_of_an_inner_class_has_the_outer_one(self) -> None:
        assert Named.Inner().log.namespace == f"{__name__}.Named.Inner"

    def test_namespace_of_a_derived_class_is_its_own(self) -> None:
        assert Derived().log.namespace == f"{__name__}.Derived"
        assert Derived.log.namespace == f"{__name__}.Derived"

    def test_namespace_that_was_given_stays(self) -> None:
        assert Named().category.namespace == "category"

    def test_observer_is_kept(self) -> None:
        assert Named().log.observer == collected.append

    def test_format_reaches_the_attributes_of_the_source(self) -> None:
        Named().log.info("value {log_source.value!r}")
        assert formatEvent(collected[0]) == "value 7"

    def test_log_logger_is_the_logger_that_was_used(self) -> None:
        log = Named().log
        log.info("x")
        assert collected[0]["log_logger"] is log

    def test_attributes_of_a_subclass_of_logger_are_kept(self) -> None:
        class Special(Logger):
            extra = "default"

        special = Special(observer=collected.append)
        special.extra = "own"

        class Holder:
            log = special

        assert Holder().log.extra == "own"

    def test_keeps_nothing_of_classes_that_are_gone(self) -> None:
        log = Logger(observer=collected.append)
        for number in range(100):
            log.__get__(None, type(f"C{number}", (), {}))
        gc.collect()
        assert log._core.ofClasses == {}

    def test_replacing_the_observer_of_one_instance_leaves_the_others(self) -> None:
        own: list[LogEvent] = []
        log = Named().log
        log.observer = own.append
        log.info("x")
        Named().log.info("y")
        assert (len(own), len(collected)) == (1, 1)

    def test_replacing_the_observer_in_the_class_counts_for_all(self) -> None:
        own: list[LogEvent] = []

        class Holder:
            log = Logger(observer=collected.append)

        Holder().log.info("x")
        Holder.__dict__["log"].observer = own.append
        Holder().log.info("y")
        assert (len(own), len(collected)) == (1, 1)
        assert own[0]["log_namespace"].endswith("Holder")

    def test_may_be_taken_over_into_another_class(self) -> None:
        class Other:
            log = Named.log

        assert Other().log.namespace.endswith("Other")


def test_logger_for_an_object_has_its_class_as_namespace() -> None:
    named = Named()
    log = _loggerFor(named)
    assert (log.source, log.namespace) == (named, f"{__name__}.Named")


def test_repr_names_the_namespace() -> None:
    assert repr(Logger("a.b")) == "<Logger 'a.b'>"


def test_any_callable_is_an_observer_to_type_checkers() -> None:
    observers: list[ILogObserver] = [collected.append, lambda event: None, print]
    assert len(observers) == 3


class TestFailure:
    def test_takes_the_exception_that_is_being_handled(
        self, logger: Logger, events: list[LogEvent]
    ) -> None:
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            logger.failure("Math is hard!")
        (event,) = events
        assert event["log_format"] == "Math is hard!"
        assert event["log_level"] is LogLevel.critical
        assert event["log_failure"].check(ZeroDivisionError) is not None

    def test_takes_a_failure_level_and_keywords(
        self, logger: Logger, events: list[LogEvent]
    ) -> None:
        failure = Failure(ValueError("x"))
        logger.failure("text", failure, LogLevel.warn, a=1)
        (event,) = events
        assert event["log_failure"] is failure
        assert event["log_level"] is LogLevel.warn
        assert event["a"] == 1

    def test_without_any_exception_still_logs(self, logger: Logger, events: list[LogEvent]) -> None:
        logger.failure("nothing was raised")
        assert [event["log_format"] for event in events] == ["nothing was raised"]


class TestFailureHandler:
    def test_logs_an_exception_and_goes_on(self, logger: Logger, events: list[LogEvent]) -> None:
        with logger.failureHandler("while counting"):
            raise ValueError("x")
        (event,) = events  # type: ignore[unreachable]
        assert event["log_format"] == "while counting"
        assert event["log_level"] is LogLevel.critical
        assert event["log_failure"].check(ValueError) is not None

    def test_logs_nothing_when_nothing_is_raised(
        self, logger: Logger, events: list[LogEvent]
    ) -> None:
        with logger.failureHandler("while counting"):
            pass
        assert events == []

    def test_can_be_used_again(self, logger: Logger, events: list[LogEvent]) -> None:
        handler = logger.failureHandler("while counting", LogLevel.error)
        for _ in range(2):
            with handler:
                raise ValueError("x")
        assert [event["log_level"] for event in events] == [LogLevel.error] * 2

    def test_lets_an_interrupt_pass(self, logger: Logger, events: list[LogEvent]) -> None:
        with pytest.raises(KeyboardInterrupt), logger.failureHandler("while counting"):
            raise KeyboardInterrupt
        assert events == []


class TestFailuresHandled:
    def test_logs_an_exception_with_the_keywords(
        self, logger: Logger, events: list[LogEvent]
    ) -> None:
        with logger.failuresHandled("while counting {what}", what="sheep") as operation:
            raise ValueError("x")
        assert formatEvent(events[0]) == "while counting sheep"  # type: ignore[unreachable]
        assert events[0]["log_failure"] is operation.failure

    def test_begins_the_traceback_with_the_body(self, logger: Logger) -> None:
        with logger.failuresHandled("text") as operation:
            raise ValueError("x")
        assert operation.failure is not None  # type: ignore[unreachable]
        names = [frame[0] for frame in operation.failure.frames]
        assert names == ["test_begins_the_traceback_with_the_body"]

    def test_tells_that_the_body_failed(self, logger: Logger) -> None:
        with logger.failuresHandled("text") as operation:
            raise ValueError("x")
        assert operation.failed  # type: ignore[unreachable]
        assert not operation.succeeded

    def test_tells_that_the_body_succeeded(self, logger: Logger, events: list[LogEvent]) -> None:
        with logger.failuresHandled("text") as operation:
            during = operation.succeeded
        assert not during
        assert operation.succeeded
        assert not operation.failed
        assert operation.failure is None
        assert events == []

    def test_lets_an_interrupt_pass(self, logger: Logger, events: list[LogEvent]) -> None:
        with (
            pytest.raises(KeyboardInterrupt),
            logger.failuresHandled("while counting") as operation,
        ):
            raise KeyboardInterrupt
        assert events == []
        assert not operation.succeeded
