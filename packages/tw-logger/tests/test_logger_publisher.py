"""`LogPublisher` and the global one."""

import io
import sys
import threading

import pytest

from twisted.logger import LogEvent, Logger, LogPublisher, formatEvent, globalLogPublisher
from twisted.logger._globalpublisher import MAXIMUM_NESTING, GlobalLogPublisher


def failing(event: LogEvent) -> None:
    raise ValueError("planted")


def test_passes_the_event_on_to_every_observer() -> None:
    first: list[LogEvent] = []
    second: list[LogEvent] = []
    event: LogEvent = {"a": 1}
    LogPublisher(first.append, second.append)(event)
    assert first[0] is event
    assert second[0] is event


def test_added_observer_gets_events() -> None:
    events: list[LogEvent] = []
    publisher = LogPublisher()
    publisher.addObserver(events.append)
    publisher({})
    assert events == [{}]


def test_observer_that_was_added_twice_gets_each_event_once() -> None:
    events: list[LogEvent] = []
    publisher = LogPublisher(events.append)
    publisher.addObserver(events.append)
    publisher({})
    assert events == [{}]


def test_removed_observer_gets_nothing() -> None:
    events: list[LogEvent] = []
    publisher = LogPublisher(events.append)
    publisher.removeObserver(events.append)
    publisher({})
    assert events == []


def test_removing_an_unknown_observer_is_ignored() -> None:
    events: list[LogEvent] = []
    publisher = LogPublisher(events.append)
    publisher.removeObserver(print)
    publisher({})
    assert events == [{}]


def test_refuses_an_observer_that_cannot_be_called() -> None:
    with pytest.raises(TypeError, match="callable"):
        LogPublisher().addObserver(3)  # type: ignore[arg-type]


def test_publishers_form_graphs() -> None:
    events: list[LogEvent] = []
    LogPublisher(LogPublisher(events.append))({"a": 1})
    assert events == [{"a": 1}]


def test_observer_may_remove_itself_while_it_is_called() -> None:
    events: list[LogEvent] = []

    def once(event: LogEvent) -> None:
        publisher.removeObserver(once)
        events.append(event)

    others: list[LogEvent] = []
    publisher = LogPublisher(once, others.append)
    publisher({"n": 1})
    publisher({"n": 2})
    assert events == [{"n": 1}]
    assert others == [{"n": 1}, {"n": 2}]


class TestObserverThatRaises:
    def test_does_not_keep_the_event_from_the_others(self) -> None:
        events: list[LogEvent] = []
        event: LogEvent = {"a": 1}
        LogPublisher(failing, events.append)(event)
        assert event in events

    def test_is_reported_to_the_others(self) -> None:
        events: list[LogEvent] = []
        LogPublisher(events.append, failing)({"a": 1})
        report = events[1]
        assert report["log_failure"].check(ValueError) is not None
        assert report["observer"] is failing
        assert "failing" in formatEvent(report)

    def test_is_not_told_about_itself(self) -> None:
        calls: list[LogEvent] = []

        def broken(event: LogEvent) -> None:
            calls.append(event)
            raise ValueError

        LogPublisher(broken)({"a": 1})
        assert calls == [{"a": 1}]

    def test_stays_and_gets_the_next_event(self) -> None:
        calls: list[LogEvent] = []

        def broken(event: LogEvent) -> None:
            calls.append(event)
            raise ValueError

        publisher = LogPublisher(broken)
        publisher({"n": 1})
        publisher({"n": 2})
        assert calls == [{"n": 1}, {"n": 2}]

    def test_reports_end_when_all_the_observers_raise(self) -> None:
        def alsoFailing(event: LogEvent) -> None:
            raise TypeError

        events: list[LogEvent] = []
        LogPublisher(failing, alsoFailing, events.append)({"a": 1})
        assert events.count({"a": 1}) == 1
        assert any("log_failure" in event for event in events)

    def test_does_not_hide_an_interrupt(self) -> None:
        def interrupted(event: LogEvent) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            LogPublisher(interrupted)({})


class TestGlobalPublisher:
    def test_is_a_publisher(self) -> None:
        assert isinstance(globalLogPublisher, LogPublisher)

    def test_ends_the_loop_of_an_observer_that_logs(self) -> None:
        publisher = GlobalLogPublisher()
        log = Logger(observer=publisher)
        reports: list[LogEvent] = []

        def chatty(event: LogEvent) -> None:
            log.info("an observer got an event")

        publisher.addObserver(chatty)
        publisher.addObserver(
            lambda event: reports.append(event) if "log_failure" in event else None
        )
        log.info("begin")
        assert [each["log_failure"].type for each in reports] == [RecursionError]

    def test_two_observers_that_log_cannot_flood_the_program(self) -> None:
        publisher = GlobalLogPublisher()
        log = Logger(observer=publisher)
        calls = [0, 0]

        def first(event: LogEvent) -> None:
            calls[0] += 1
            log.info("first")

        def second(event: LogEvent) -> None:
            calls[1] += 1
            log.info("second")

        publisher.addObserver(first)
        publisher.addObserver(second)
        log.info("begin")
        assert max(calls) <= 2 ** (MAXIMUM_NESTING + 2)

    def test_knows_in_which_thread_it_publishes(self) -> None:
        publisher = GlobalLogPublisher()
        inside: list[bool] = []
        elsewhere: list[bool] = []

        def look(event: LogEvent) -> None:
            inside.append(publisher.isPublishing())
            thread = threading.Thread(target=lambda: elsewhere.append(publisher.isPublishing()))
            thread.start()
            thread.join()

        publisher.addObserver(look)
        publisher({})
        assert inside == [True]
        assert elsewhere == [False]
        assert not publisher.isPublishing()


def test_observers_can_be_added_and_removed_in_threads_while_events_arrive() -> None:
    publisher = LogPublisher()
    kept: list[LogEvent] = []
    publisher.addObserver(kept.append)

    def churn() -> None:
        for _ in range(200):
            mine: list[LogEvent] = []
            publisher.addObserver(mine.append)
            publisher({"from": threading.get_ident()})
            publisher.removeObserver(mine.append)

    threads = [threading.Thread(target=churn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 800
    assert publisher._observers == (kept.append,)


def test_failure_that_no_other_observer_can_tell_is_on_standard_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", stream)

    def broken(event: LogEvent) -> None:
        raise ValueError("no\nroom")

    LogPublisher(broken)({})
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: no room" in line
    assert "broken" in line


@pytest.mark.parametrize("stream", [None, "closed"])
def test_failure_that_nobody_can_tell_is_dropped(
    stream: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = None
    if stream is not None:
        file = io.StringIO()
        file.close()
    monkeypatch.setattr(sys, "__stderr__", file)
    LogPublisher(lambda event: 1 // 0)({})  # type: ignore[arg-type]
