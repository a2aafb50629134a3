"""Where the log of an application goes."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from twisted.application import _applogger
from twisted.application._applogger import AppLogger, logStartUp
from twisted.application._daemon import _logging
from twisted.application._daemon._logging import UnixAppLogger
from twisted.application.service import Application
from twisted.logger import ILogObserver, LogBeginner, LogEvent, Logger, LogPublisher
from twisted.python import log as legacylog
from twisted.python.components import implementer
from twisted.python.usage import UsageError

made: list[list[LogEvent]] = []


def legacyObserver() -> object:
    """A function that --logger can name."""
    made.append([])
    return made[-1].append


def brokenObserver() -> object:
    """One that fails."""
    raise ValueError("no such disk")


@implementer(ILogObserver)
class Observer:
    """An observer of the new kind."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        self.events.append(event)


class House:
    """A publisher and a beginner of the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.publisher = LogPublisher()
        streams = SimpleNamespace(stdout=sys.stdout, stderr=sys.stderr)
        warnings = SimpleNamespace(showwarning=None)
        beginner = LogBeginner(self.publisher, io.StringIO(), streams, warnings)
        monkeypatch.setattr(_applogger, "globalLogBeginner", beginner)
        monkeypatch.setattr(_applogger, "globalLogPublisher", self.publisher)
        monkeypatch.setattr(_applogger, "_log", Logger("test", observer=self.publisher))
        self.log = Logger("mine", observer=self.publisher)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A log of the test's own, and no handler of SIGUSR1 left behind."""
    found = signal.getsignal(signal.SIGUSR1)
    yield House(monkeypatch)
    signal.signal(signal.SIGUSR1, found)


def options(**given: object) -> dict[str, Any]:
    return {"logger": None, "logfile": None, "nodaemon": 0, "syslog": 0, "prefix": "x", **given}


def test_log_goes_to_the_file_with_what_came_before(house: House, tmp_path: Path) -> None:
    house.log.info("before")
    logger = AppLogger(options(logfile=str(tmp_path / "log")))
    logger.start(Application("test"))
    house.log.info("after")
    logger.stop()
    house.log.info("too late")
    text = (tmp_path / "log").read_text()
    assert [line.rpartition("] ")[2] for line in text.splitlines()] == [
        "before",
        "after",
        "Server Shut Down.",
    ]
    assert "[mine#info]" in text


@pytest.mark.parametrize("name", [None, "-"])
def test_log_goes_to_standard_output(
    house: House, name: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = UnixAppLogger(options(logfile=name, nodaemon=1))
    logger.start(Application("test"))
    house.log.info("event")
    logger.stop()
    assert "event" in capsys.readouterr().out


def test_log_of_a_daemon_has_a_name(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    logger = UnixAppLogger(options())
    logger.start(Application("test"))
    house.log.info("event")
    logger.stop()
    assert "event" in (tmp_path / "twistd.log").read_text()


def test_file_that_cannot_be_opened_is_an_error(house: House, tmp_path: Path) -> None:
    logger = AppLogger(options(logfile=str(tmp_path / "none" / "log")))
    with pytest.raises(OSError, match="none"):
        logger.start(Application("test"))


def test_function_of_the_command_line_makes_the_observer(house: House) -> None:
    name = f"{__name__}.legacyObserver"
    logger = AppLogger(options(logger=name, logfile="/nowhere"))
    logger.start(Application("test"))
    house.log.info("event")
    (event,) = made.pop()
    assert event["isError"] == 0
    assert event["log_format"] == "event"


@pytest.mark.parametrize("name", ["no_such_module.logger", "twisted.nothing", "."])
def test_function_that_cannot_be_imported_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be imported"):
        AppLogger(options(logger=name))


def test_function_that_fails_is_a_usage_error(house: House) -> None:
    logger = AppLogger(options(logger=f"{__name__}.brokenObserver"))
    with pytest.raises(UsageError, match="no such disk"):
        logger.start(Application("test"))


def test_observer_of_the_application_is_used(house: House) -> None:
    application, observer = Application("test"), Observer()
    application.setComponent(ILogObserver, observer)
    AppLogger(options(logfile="/nowhere")).start(application)
    house.log.info("event")
    assert [event["log_format"] for event in observer.events] == ["event"]
    assert "message" not in observer.events[0]


def test_legacy_observer_of_the_application_is_used(house: House) -> None:
    application = Application("test")
    events: list[LogEvent] = []
    application.setComponent(legacylog.ILogObserver, events.append)
    AppLogger(options(logfile="/nowhere")).start(application)
    house.log.info("event")
    assert events[0]["isError"] == 0


def test_start_up_is_logged_in_order(house: House) -> None:
    logStartUp("twistd", "1.2.3")
    application, observer = Application("test"), Observer()
    application.setComponent(ILogObserver, observer)
    AppLogger(options()).start(application)
    formats = [event["log_format"] for event in observer.events]
    assert formats[0] == "Log opened."
    assert formats[1].endswith("starting up.")
    assert formats[2].startswith("reactor class: ")


def test_handler_of_the_application_is_left_alone(house: House, tmp_path: Path) -> None:
    def own(*args: object) -> None:
        pass

    signal.signal(signal.SIGUSR1, own)
    logger = UnixAppLogger(options(logfile=str(tmp_path / "log")))
    logger.start(Application("test"))
    logger.stop()
    assert signal.getsignal(signal.SIGUSR1) is own
    assert os.path.exists(tmp_path / "log")


def test_worker_of_a_daemon_has_a_file_of_its_own(house: House, tmp_path: Path) -> None:
    logger = UnixAppLogger(options(logfile=str(tmp_path / "log"), worker=3))
    logger.start(Application("test"))
    logger.stop()
    assert [each.name for each in tmp_path.iterdir()] == ["log.worker3"]


def test_signal_for_restarting_does_not_rotate(house: House, tmp_path: Path) -> None:
    found = signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    try:
        words = {"logfile": str(tmp_path / "log"), "restart-on": signal.SIGUSR1}
        logger = UnixAppLogger(options(**words))
        logger.start(Application("test"))
        logger.stop()
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGUSR1, found)


def test_file_is_rotated_by_one_process_alone(house: House, tmp_path: Path) -> None:
    logger = UnixAppLogger(options(logfile=str(tmp_path / "log")))
    logger.start(Application("test"))
    logger.rotateNoMore()
    house.log.info("x" * 1_500_000)
    house.log.info("last")
    logger.stop()
    assert [each.name for each in tmp_path.iterdir()] == ["log"]


def test_file_is_given_to_another_user_but_not_what_a_link_leads_to(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[object, ...]] = []

    def chown(path: str, uid: int, gid: int, *, follow_symlinks: bool) -> None:
        given.append((path, uid, gid, follow_symlinks))

    monkeypatch.setattr(os, "chown", chown)
    logger = UnixAppLogger(options(logfile=str(tmp_path / "log")))
    logger.giveTo(1, 2)
    logger.start(Application("test"))
    logger.giveTo(None, None)
    logger.giveTo(1, None)
    logger.stop()
    assert given == [(str(tmp_path / "log"), 1, -1, False)]


def test_file_that_cannot_be_given_is_told_and_costs_nothing(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr(_logging, "_log", Logger("test", observer=house.publisher))
    logger = UnixAppLogger(options(logfile=str(tmp_path / "log")))
    logger.start(Application("test"))
    logger.giveTo(1, 2)
    logger.stop()
    assert "cannot be given to user 1" in (tmp_path / "log").read_text()
