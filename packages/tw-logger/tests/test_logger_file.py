"""Writing events to files."""

import io
import threading
from pathlib import Path
from typing import Any

import pytest

from twisted.logger import (
    FileLogObserver,
    LogEvent,
    Logger,
    LogLevel,
    formatTime,
    textFileLogObserver,
)


def text(event: LogEvent) -> str | None:
    value = event.get("text")
    return value if isinstance(value, str) else None


def test_writes_what_the_format_function_returns() -> None:
    file = io.StringIO()
    FileLogObserver(file, text)({"text": "hello\n"})
    assert file.getvalue() == "hello\n"


@pytest.mark.parametrize("event", [{}, {"text": ""}])
def test_writes_nothing_for_an_event_without_text(event: LogEvent) -> None:
    class Untouchable(io.StringIO):
        def write(self, text: str) -> int:
            raise AssertionError

    FileLogObserver(Untouchable(), text)(event)


def test_flushes_each_event() -> None:
    class Counting(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    file = Counting()
    observer = FileLogObserver(file, text)
    observer({"text": "a"})
    observer({"text": "b"})
    assert file.flushed == 2


def test_file_for_bytes_gets_utf_8(tmp_path: Path) -> None:
    with open(tmp_path / "log", "wb") as file:
        FileLogObserver(file, text)({"text": "é☃\ud800\n"})
    assert (tmp_path / "log").read_bytes() == "é☃\\ud800\n".encode()


def test_object_that_says_it_is_for_bytes_gets_bytes() -> None:
    class Wrapper:
        mode = "wb"

        def __init__(self) -> None:
            self.written: list[object] = []

        def write(self, text: object) -> None:
            self.written.append(text)

        def flush(self) -> None:
            pass

    wrapper: Any = Wrapper()
    FileLogObserver(wrapper, text)({"text": "a"})
    assert wrapper.written == [b"a"]


def test_what_the_encoding_does_not_have_is_escaped(tmp_path: Path) -> None:
    with open(tmp_path / "log", "w", encoding="ascii") as file:
        FileLogObserver(file, text)({"text": "caf\xe9 ☃\n"})
    assert (tmp_path / "log").read_text() == "caf\\xe9 \\u2603\n"


def test_file_that_fails_loses_one_event_only() -> None:
    class Full(io.StringIO):
        full = True

        def write(self, text: str) -> int:
            if self.full:
                raise OSError(28, "No space left on device")
            return super().write(text)

    file = Full()
    observer = FileLogObserver(file, text)
    with pytest.raises(OSError, match="space"):
        observer({"text": "lost"})
    file.full = False
    observer({"text": "kept"})
    assert file.getvalue() == "kept"


def test_event_that_is_logged_while_another_is_written_follows_it() -> None:
    class Chatty(io.StringIO):
        def write(self, text: str) -> int:
            if text == "outer ":
                observer({"text": "inner "})
            return super().write(text)

    file = Chatty()
    observer = FileLogObserver(file, text)
    observer({"text": "outer "})
    observer({"text": "next"})
    assert file.getvalue() == "outer inner next"


def test_lines_of_many_threads_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with open(path, "w") as file:
        log = Logger("n", observer=textFileLogObserver(file, timeFormat=None))

        def run(name: int) -> None:
            for n in range(200):
                log.info("{name} {n} {filler}", name=name, n=n, filler="x" * 500)

        threads = [threading.Thread(target=run, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lines = path.read_text().splitlines()
    expected = {f"- [n#info] {name} {n} {'x' * 500}" for name in range(8) for n in range(200)}
    assert len(lines) == 1600
    assert set(lines) == expected


class TestTextFileLogObserver:
    event: LogEvent = {
        "log_format": "hello",
        "log_time": 1000.0,
        "log_namespace": "a.b",
        "log_level": LogLevel.info,
    }

    def test_writes_lines_with_time_namespace_and_level(self) -> None:
        file = io.StringIO()
        textFileLogObserver(file)(self.event)
        assert file.getvalue() == f"{formatTime(1000.0)} [a.b#info] hello\n"

    def test_takes_a_format_of_time(self) -> None:
        file = io.StringIO()
        textFileLogObserver(file, timeFormat="%Y")(self.event)
        assert file.getvalue() == "1970 [a.b#info] hello\n"

    def test_shows_no_time_without_a_format(self) -> None:
        file = io.StringIO()
        textFileLogObserver(file, timeFormat=None)(self.event)
        assert file.getvalue() == "- [a.b#info] hello\n"

    def test_is_a_file_log_observer(self) -> None:
        assert isinstance(textFileLogObserver(io.StringIO()), FileLogObserver)

    def test_a_value_cannot_forge_a_line(self) -> None:
        file = io.StringIO()
        value = "x\n2026-11-23T10:00:00+0000 [auth#info] root logged in"
        textFileLogObserver(file, None)({**self.event, "log_format": "{a}", "a": value})
        lines = file.getvalue().splitlines()
        assert [line.startswith("- [") for line in lines] == [True, False]

    def test_a_failure_has_its_traceback(self) -> None:
        file = io.StringIO()
        log = Logger("n", observer=textFileLogObserver(file, None))
        try:
            raise ZeroDivisionError("planted")
        except ZeroDivisionError:
            log.failure("Math is hard!")
        lines = file.getvalue().splitlines()
        assert lines[0] == "- [n#critical] Math is hard!"
        assert lines[1].startswith("\tTraceback")
        assert lines[-1].endswith("ZeroDivisionError: planted")
