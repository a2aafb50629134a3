"""Logging to the system's log, without a system."""

import subprocess
import sys
from syslog import LOG_DAEMON, LOG_LOCAL0, LOG_PID, LOG_USER, LOG_WARNING

import pytest

from twisted.python import log, syslog
from twisted.python.failure import Failure

Call = tuple[object, ...]


class DummySyslogObserver(syslog.SyslogObserver):
    """Writes to lists instead of the system's log."""

    opened: list[Call]
    written: list[Call]

    def openlog(self, *arguments: object) -> None:
        self.opened = [arguments]
        self.written = []

    def syslog(self, *arguments: object) -> None:
        self.written.append(arguments)


@pytest.fixture
def observer() -> DummySyslogObserver:
    return DummySyslogObserver("shop")


def event(*message: str, **items: object) -> log.EventDict:
    return {"message": message, "isError": 0, "system": "S", "time": 0.0, **items}


def test_log_is_opened_for_users_by_default(observer: DummySyslogObserver) -> None:
    assert observer.opened == [("shop", 0, LOG_USER)]


def test_log_is_opened_with_options_and_facility() -> None:
    observer = DummySyslogObserver("shop", LOG_PID, LOG_DAEMON)
    assert observer.opened == [("shop", LOG_PID, LOG_DAEMON)]


def test_message_is_informational(observer: DummySyslogObserver) -> None:
    observer.emit(event("hello"))
    assert observer.written == [(6, "[S] hello")]


def test_error_is_an_alert(observer: DummySyslogObserver) -> None:
    observer.emit(event(isError=1, failure=Failure(ValueError("broken")), why="why"))
    assert observer.written == [(1, "[S] why"), (1, "[S] \tValueError: broken")]


def test_event_without_a_text_is_left_out(observer: DummySyslogObserver) -> None:
    observer.emit(event())
    assert observer.written == []


def test_lines_are_messages(observer: DummySyslogObserver) -> None:
    observer.emit(event("a\n\nb\n\n"))
    assert [text for _, text in observer.written] == ["[S] a", "[S] \t", "[S] \tb"]


def test_priority_and_facility_can_be_chosen(observer: DummySyslogObserver) -> None:
    observer.emit(event("x", syslogPriority=LOG_WARNING))
    observer.emit(event("x", isError=1, syslogPriority=LOG_WARNING, syslogFacility=LOG_LOCAL0))
    assert [where for where, _ in observer.written] == [LOG_WARNING, LOG_WARNING | LOG_LOCAL0]


def test_control_characters_are_escaped(observer: DummySyslogObserver) -> None:
    observer.emit(event("a\x00\x1bb", system="S\nT"))
    assert observer.written == [(6, "[S\\nT] a\\x00\\x1bb")]


def test_logging_begins_and_nothing_is_lost_without_a_system_s_log() -> None:
    program = (
        "from twisted.python import log, syslog\n"
        "syslog.startLogging('shop', setStdout=False)\n"
        "log.msg('hello')\n"
        "assert len(log.theLogPublisher.observers) == 1\n"
        "print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")
