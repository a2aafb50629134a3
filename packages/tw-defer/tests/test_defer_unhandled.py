"""Errors that nobody handles, and the stacks that debugging records."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from twisted.internet.defer import (
    AlreadyCalledError,
    DebugInfo,
    Deferred,
    fail,
    getDebugging,
    logError,
    setDebugging,
    succeed,
)
from twisted.logger import LogLevel, formatEvent
from twisted.python.failure import Failure

from .defer_helpers import failureOf, loggedEvents


@pytest.fixture
def withoutCollector() -> Iterator[None]:
    """Let only reference counts free objects."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def boom(*ignored: object) -> Any:
    raise ValueError("boom")


def test_a_failure_is_logged_as_critical_when_its_deferred_is_collected() -> None:
    with loggedEvents() as events:
        d = fail(ValueError("lost"))
        assert events == []
        del d
    (event,) = events
    assert event["log_level"] is LogLevel.critical
    assert event["log_namespace"] == "twisted.internet.defer"
    assert event["log_failure"].getErrorMessage() == "lost"
    assert formatEvent(event).startswith("Unhandled error in Deferred")


def test_a_failure_that_an_errback_handled_is_not_logged() -> None:
    with loggedEvents() as events:
        fail(ValueError()).addErrback(lambda _: None)
    assert events == []


def test_a_failure_that_was_handled_later_is_not_logged() -> None:
    with loggedEvents() as events:
        d = fail(ValueError())
        d.addCallback(lambda _: None)
        d.addErrback(lambda _: None)
        del d
    assert events == []


def test_a_failure_that_a_deferred_took_over_is_logged_once() -> None:
    with loggedEvents() as events:
        outer = succeed(None).addCallback(lambda _: fail(ValueError()))
        assert events == []
        del outer
    assert len(events) == 1


def test_a_failure_of_a_paused_deferred_is_logged() -> None:
    with loggedEvents() as events:
        d: Deferred[None] = Deferred()
        d.pause()
        d.errback(ValueError())
        del d
    assert len(events) == 1


@pytest.mark.usefixtures("withoutCollector")
def test_an_error_in_a_callback_is_logged_at_once_even_if_a_caller_holds_the_deferred() -> None:
    def operation() -> None:
        d: Deferred[int] = Deferred()
        d.addCallback(boom)
        d.callback(1)

    with loggedEvents() as events:
        operation()
        assert len(events) == 1
    assert "in boom" in events[0]["log_failure"].getTraceback()


@pytest.mark.usefixtures("withoutCollector")
def test_an_error_that_was_caught_and_passed_on_is_logged_at_once() -> None:
    def operation() -> None:
        d: Deferred[int] = Deferred()
        try:
            boom()
        except ValueError:
            d.errback()

    with loggedEvents() as events:
        operation()
        assert len(events) == 1
    assert "in boom" in events[0]["log_failure"].getTraceback()


def test_log_error_logs_and_passes_the_failure_on() -> None:
    with loggedEvents() as events:
        d = fail(ValueError("seen")).addErrback(logError)
        failureOf(d, ValueError)
    assert [event["log_failure"].getErrorMessage() for event in events] == ["seen"]


def test_debug_info_without_a_failure_logs_nothing() -> None:
    with loggedEvents() as events:
        DebugInfo()
    assert events == []


class TestDebugging:
    """Recording who makes and fires Deferreds."""

    @pytest.fixture(autouse=True)
    def debugging(self) -> Iterator[None]:
        setDebugging(True)
        try:
            yield
        finally:
            setDebugging(False)

    def test_it_can_be_asked_for(self) -> None:
        assert getDebugging() is True
        setDebugging(False)
        assert getDebugging() is False
        assert Deferred.debug is False

    def test_an_unhandled_error_is_logged_with_both_stacks(self) -> None:
        def makes() -> Deferred[int]:
            return Deferred()

        def fires(d: Deferred[int]) -> None:
            d.errback(ValueError())

        with loggedEvents() as events:
            fires(makes())
        text = events[0]["debugInfo"]
        created, invoked = text.split("Deferred was first invoked")
        assert "Deferred was created" in created
        assert "in makes" in created
        assert "in fires" in invoked
        assert "debug" in formatEvent(events[0])

    def test_firing_twice_tells_where_it_was_fired_first(self) -> None:
        def fires(d: Deferred[int]) -> None:
            d.callback(1)

        d: Deferred[int] = Deferred()
        fires(d)
        with pytest.raises(AlreadyCalledError, match="in fires"):
            d.callback(2)

    def test_failures_of_callbacks_keep_the_variables(self) -> None:
        seen: list[Failure] = []
        d: Deferred[int] = Deferred()
        d.addCallback(boom).addErrback(seen.append)
        d.callback(1)
        assert seen[0].captureVars
