"""Passing events on to the standard library, and `capturedLogs`."""

import inspect
import logging
from collections.abc import Iterator, Sequence

import pytest

from twisted.logger import (
    FilteringLogObserver,
    LogEvent,
    Logger,
    LogLevel,
    LogPublisher,
    STDLibLogObserver,
    STDLibLogReceiver,
    capturedLogs,
    formatEvent,
)


class Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def handler() -> Iterator[Records]:
    handler = Records()
    logger = logging.getLogger("planted")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def log(handler: Records) -> Logger:
    return Logger("n", observer=LogPublisher(STDLibLogObserver("planted")))


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("debug", logging.DEBUG),
        ("info", logging.INFO),
        ("warn", logging.WARNING),
        ("error", logging.ERROR),
        ("critical", logging.CRITICAL),
    ],
)
def test_levels_are_mapped(name: str, level: int, log: Logger, handler: Records) -> None:
    getattr(log, name)("x")
    assert [record.levelno for record in handler.records] == [level]


def test_event_without_a_level_is_informational(handler: Records) -> None:
    STDLibLogObserver("planted")({"log_format": "x"})
    assert handler.records[0].levelno == logging.INFO


def test_message_is_the_rendered_text(log: Logger, handler: Records) -> None:
    log.info("{a} is 100 %s", a="this")
    assert handler.records[0].getMessage() == "this is 100 %s"


def test_record_names_the_place_that_logged(log: Logger, handler: Records) -> None:
    log.info("x")
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]
    record = handler.records[0]
    assert (record.pathname, record.lineno) == (__file__, line)
    assert record.funcName == "test_record_names_the_place_that_logged"


def test_place_does_not_depend_on_how_the_event_came(log: Logger, handler: Records) -> None:
    observer = FilteringLogObserver(LogPublisher(STDLibLogObserver("planted")), [])
    Logger(observer=observer).emit(LogLevel.info, "x")
    assert handler.records[0].pathname == __file__


def test_greater_stack_depth_names_the_caller_of_the_caller(handler: Records) -> None:
    log = Logger(observer=STDLibLogObserver("planted", STDLibLogObserver.defaultStackDepth + 1))

    def helper() -> None:
        log.info("x")

    helper()
    assert handler.records[0].funcName == "test_greater_stack_depth_names_the_caller_of_the_caller"


def test_failure_becomes_exception_information(log: Logger, handler: Records) -> None:
    error = ValueError("planted")
    try:
        raise error
    except ValueError:
        log.failure("x")
    info = handler.records[0].exc_info
    assert info is not None
    assert info[:2] == (ValueError, error)
    assert info[2] is not None


def test_level_of_the_standard_library_counts(log: Logger, handler: Records) -> None:
    logging.getLogger("planted").setLevel(logging.WARNING)
    log.info("x")
    assert handler.records == []


def test_default_logger_is_twisted() -> None:
    assert STDLibLogObserver().logger is logging.getLogger("twisted")


class TestCapturedLogs:
    def test_lists_the_events_of_its_body(self) -> None:
        log = Logger()
        log.info("before")
        with capturedLogs() as events:
            log.info("during")
            log.debug("also")
        log.info("after")
        assert [event["log_format"] for event in events] == ["during", "also"]

    def test_may_be_nested(self) -> None:
        log = Logger()
        with capturedLogs() as outer:
            with capturedLogs() as inner:
                log.info("x")
            log.info("y")
        assert (len(outer), len(inner)) == (2, 1)

    def test_ends_with_an_exception(self) -> None:
        def fail() -> None:
            with capturedLogs() as events:
                seen.append(events)
                raise ValueError("planted")

        seen: list[Sequence[LogEvent]] = []
        with pytest.raises(ValueError, match="planted"):
            fail()
        Logger().info("x")
        assert seen == [[]]


# From the standard library to events


@pytest.fixture
def taken() -> Iterator[list[LogEvent]]:
    events: list[LogEvent] = []
    handler = STDLibLogReceiver(events.append)
    source = logging.getLogger("source")
    source.addHandler(handler)
    source.setLevel(logging.DEBUG)
    source.propagate = False
    yield events
    source.removeHandler(handler)
    source.propagate = True
    source.setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("number", "level"),
    [
        (logging.DEBUG, LogLevel.debug),
        (logging.INFO, LogLevel.info),
        (logging.WARNING, LogLevel.warn),
        (logging.ERROR, LogLevel.error),
        (logging.CRITICAL, LogLevel.critical),
        (logging.WARNING - 1, LogLevel.info),
    ],
)
def test_record_becomes_an_event(number: int, level: object, taken: list[LogEvent]) -> None:
    logging.getLogger("source.child").log(number, "%s of {x}", "a")
    (event,) = taken
    assert event["log_level"] is level
    assert event["log_namespace"] == "source.child"
    assert formatEvent(event) == "a of {x}"
    assert event["log_time"] == event["log_record"].created


def test_event_of_a_record_has_the_place_of_the_call(taken: list[LogEvent]) -> None:
    frame = inspect.currentframe()
    assert frame is not None
    logging.getLogger("source").info("x")
    assert taken[0]["lineno"] == frame.f_lineno - 1
    assert taken[0]["filename"] == __file__
    assert taken[0]["function"] == "test_event_of_a_record_has_the_place_of_the_call"


def test_exception_of_a_record_is_the_failure_of_the_event(taken: list[LogEvent]) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("source").exception("x")
    failure = taken[0]["log_failure"]
    assert failure.check(ValueError)
    assert "in test_exception_of_a_record_is_the_failure_of_the_event" in failure.getTraceback()


def test_record_without_an_exception_has_no_failure(taken: list[LogEvent]) -> None:
    logging.getLogger("source").info("x", exc_info=(None, None, None))
    assert "log_failure" not in taken[0]


def test_global_publisher_gets_records_by_default() -> None:
    handler = STDLibLogReceiver(level=logging.WARNING)
    source = logging.getLogger("source")
    source.addHandler(handler)
    try:
        with capturedLogs() as events:
            source.warning("x")
            source.info("y")
    finally:
        source.removeHandler(handler)
    assert [event["log_text"] for event in events] == ["x"]


def test_record_that_has_no_text_costs_only_itself(capsys: pytest.CaptureFixture[str]) -> None:
    events: list[LogEvent] = []
    handler = STDLibLogReceiver(events.append)
    for text in ("%d", "%s"):
        handler.handle(logging.LogRecord("n", logging.INFO, "a.py", 1, text, ("x",), None))
    assert [event["log_text"] for event in events] == ["x"]
    assert "TypeError" in capsys.readouterr().err


def test_bridges_both_ways_at_once_do_not_go_in_circles() -> None:
    publisher = LogPublisher()
    events: list[LogEvent] = []
    records = Records()
    both = logging.getLogger("both")
    both.setLevel(logging.DEBUG)
    both.propagate = False
    handler = STDLibLogReceiver(publisher)
    both.addHandler(handler)
    both.addHandler(records)
    publisher.addObserver(events.append)
    publisher.addObserver(STDLibLogObserver("both"))
    try:
        Logger("n", observer=publisher).info("from ours")
        both.info("from theirs")
    finally:
        both.removeHandler(handler)
        both.removeHandler(records)
    assert [formatEvent(event) for event in events] == ["from ours", "from theirs"]
    assert [record.getMessage() for record in records.records] == ["from ours", "from theirs"]
