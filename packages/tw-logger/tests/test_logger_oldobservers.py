"""Observers and files of `twisted.python.log`."""

import inspect
import io
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from twisted.logger import Logger, LogLevel
from twisted.python import log
from twisted.python.failure import Failure


def event(*message: object, **items: object) -> log.EventDict:
    return {"message": message, "isError": 0, "time": 0.0, "system": "-", **items}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    monkeypatch.setenv("TZ", "UTC0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def written(*events: log.EventDict) -> str:
    file = io.StringIO()
    observer = log.FileLogObserver(file)
    for each in events:
        observer.emit(each)
    return file.getvalue()


def test_line_has_time_system_and_text() -> None:
    assert written(event("a", "b", system="S")) == "1970-01-01 00:00:00+0000 [S] a b\n"


def test_event_without_text_is_not_written() -> None:
    assert written(event()) == ""


def test_further_lines_are_indented() -> None:
    assert written(event("a\nb")) == "1970-01-01 00:00:00+0000 [-] a\n\tb\n"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("\r", r"\r"), ("\x1b[31m", r"\x1b[31m"), ("\u2028", r"\u2028"), ("\x00", r"\x00")],
)
def test_control_characters_are_escaped(given: str, shown: str) -> None:
    assert written(event(f"a{given}b")) == f"1970-01-01 00:00:00+0000 [-] a{shown}b\n"


def test_system_cannot_forge_a_line() -> None:
    assert written(event("x", system="a\nb")) == "1970-01-01 00:00:00+0000 [a\\nb] x\n"


def test_failure_is_written_with_its_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        failure = Failure()
    first, second, *rest, last = written(event(isError=1, failure=failure, why="why")).splitlines()
    assert first.endswith("[-] why")
    assert second == "\tTraceback (most recent call last):"
    assert all(line.startswith("\t") for line in rest)
    assert last.endswith("ValueError: broken")


def test_time_is_written_in_the_format_that_was_set() -> None:
    file = io.StringIO()
    observer = log.FileLogObserver(file)
    observer.timeFormat = "%Y!"
    observer.emit(event("x"))
    assert file.getvalue() == "1970! [-] x\n"


@pytest.mark.parametrize(
    ("zone", "offset", "text"),
    [
        ("UTC0", 0, "1970-01-01 00:00:00+0000"),
        ("XXX-1", -3600, "1970-01-01 01:00:00+0100"),
        ("XXX3:30", 12600, "1969-12-31 20:30:00-0330"),
    ],
)
def test_times_are_local(
    zone: str, offset: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    observer = log.FileLogObserver(io.StringIO())
    assert observer.getTimezoneOffset(0) == offset
    assert observer.formatTime(0) == text


def test_file_of_bytes_gets_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        log.FileLogObserver(file).emit(event("\u00e4"))
    assert path.read_bytes().endswith(b"[-] \xc3\xa4\n")


def test_file_gets_escapes_for_what_its_encoding_lacks(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w", encoding="ascii") as file:
        log.FileLogObserver(file).emit(event("\u00e4"))
    assert path.read_text().endswith("[-] \\xe4\n")


def test_each_event_is_flushed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as file:
        log.FileLogObserver(file).emit(event("x"))
        assert path.read_text().endswith("x\n")


def test_subclass_may_write_elsewhere() -> None:
    lines: list[str] = []
    observer = log.FileLogObserver(io.StringIO())
    observer.write = cast(Any, lines.append)
    observer.emit(event("x"))
    assert lines == ["1970-01-01 00:00:00+0000 [-] x\n"]


def test_lines_of_threads_are_not_mixed() -> None:
    file = io.StringIO()
    observer = log.FileLogObserver(file)

    def work(number: int) -> None:
        for _ in range(50):
            observer.emit(event(f"{number}" * 40))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [line.rpartition(" ")[2] for line in file.getvalue().splitlines()]
    assert sorted(texts) == sorted(f"{number}" * 40 for number in range(4) for _ in range(50))


def test_observer_adds_and_removes_itself() -> None:
    file = io.StringIO()
    observer = log.FileLogObserver(file)
    observer.start()
    try:
        log.msg("one")
    finally:
        observer.stop()
    log.msg("two")
    assert file.getvalue().count("\n") == 1


def test_emit_is_found_again_in_the_list_of_observers() -> None:
    observer = log.FileLogObserver(io.StringIO())
    observer.start()
    assert observer.emit in log.theLogPublisher.observers
    observer.stop()
    assert observer.emit not in log.theLogPublisher.observers


class Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    handler = Records()
    target = logging.getLogger("old")
    target.addHandler(handler)
    target.setLevel(1)
    observer = log.PythonLoggingObserver("old")
    observer.start()
    yield handler.records
    observer.stop()
    target.removeHandler(handler)


def test_message_is_informational_in_the_standard_library(
    records: list[logging.LogRecord],
) -> None:
    log.msg("x", "y")
    assert [(each.levelno, each.getMessage()) for each in records] == [(logging.INFO, "x y")]


def test_error_is_one_in_the_standard_library(records: list[logging.LogRecord]) -> None:
    log.err(ValueError("broken"), "why")
    (record,) = records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "why")
    assert record.exc_info is not None
    assert record.exc_info[0] is ValueError


@pytest.mark.parametrize("level", [logging.CRITICAL, logging.DEBUG, 15])
def test_level_of_a_message_can_be_chosen(level: int, records: list[logging.LogRecord]) -> None:
    log.msg("x", logLevel=level)
    assert records[0].levelno == level


def test_level_of_an_error_can_be_chosen(records: list[logging.LogRecord]) -> None:
    log.err(ValueError("x"), logLevel=logging.WARNING)
    assert records[0].levelno == logging.WARNING


def test_level_of_ours_is_mapped(records: list[logging.LogRecord]) -> None:
    Logger("n").warn("x {y}", y=1)
    assert (records[0].levelno, records[0].getMessage()) == (logging.WARNING, "x 1")


def test_record_names_the_place_of_the_message(records: list[logging.LogRecord]) -> None:
    frame = inspect.currentframe()
    assert frame is not None
    log.msg("x")
    line = frame.f_lineno - 1
    (record,) = records
    assert (record.pathname, record.lineno) == (__file__, line)
    assert record.funcName == "test_record_names_the_place_of_the_message"


def test_default_logger_of_the_standard_library_is_twisted() -> None:
    assert log.PythonLoggingObserver()._newObserver.logger.name == "twisted"


def test_default_observer_writes_errors_alone() -> None:
    observer = log.DefaultObserver()
    observer.stderr = cast(Any, io.StringIO())
    observer.emit(event("x"))
    observer.emit(event(isError=1))
    observer.emit(event("broken", isError=1))
    assert cast(io.StringIO, observer.stderr).getvalue() == "broken\n"


def test_default_observer_is_there() -> None:
    assert type(log.defaultObserver) is log.DefaultObserver


@pytest.fixture
def messages() -> Iterator[list[log.EventDict]]:
    messages: list[log.EventDict] = []
    log.addObserver(messages.append)
    yield messages
    log.removeObserver(messages.append)


def test_each_line_that_is_written_is_a_message(messages: list[log.EventDict]) -> None:
    file = log.StdioOnnaStick()
    file.write("a\nb")
    file.write("c\n")
    file.write(b"\xff\n")
    assert [each["message"] for each in messages] == [("a",), ("bc",), ("\\xff",)]
    assert {(each["printed"], each["isError"]) for each in messages} == {(1, 0)}


def test_lines_for_standard_error_are_errors(messages: list[log.EventDict]) -> None:
    log.StdioOnnaStick(1).writelines(["a", b"b"])
    assert [(each["message"], each["isError"]) for each in messages] == [(("a",), 1), (("b",), 1)]
    assert messages[0]["log_level"] is LogLevel.critical


def test_endless_line_is_cut(messages: list[log.EventDict]) -> None:
    file = log.StdioOnnaStick()
    for _ in range(3):
        file.write("x" * 40_000)
    (message,) = messages
    assert message["message"] == ("x" * 65_536,)


def test_log_has_the_attributes_of_a_file() -> None:
    file = log.StdioOnnaStick(encoding="latin-1")
    file.flush()
    file.close()
    assert (file.name, file.mode, file.softspace, file.closed) == ("<stdio (log)>", "wb", 0, 0)
    assert (file.encoding, file.isError) == ("latin-1", 0)


@pytest.mark.parametrize("name", ["read", "readline", "readlines", "seek", "tell", "fileno"])
def test_log_can_only_be_written_to(name: str) -> None:
    with pytest.raises(OSError, match="log"):
        getattr(log.StdioOnnaStick(), name)()


def test_null_file_forgets() -> None:
    file = log.NullFile()
    file.write(b"x")
    file.flush()
    file.close()
    assert file.read() is None  # type: ignore[func-returns-value]
    assert file.softspace == 0


def test_logs_can_be_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "logfile", log.logfile)
    log.discardLogs()
    assert isinstance(log.logfile, log.NullFile)
