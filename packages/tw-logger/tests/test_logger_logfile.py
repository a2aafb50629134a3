"""Log files that rotate."""

import errno
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twisted.logger import capturedLogs, formatEvent
from twisted.python.logfile import BaseLogFile, DailyLogFile, LogFile, LogReader


@pytest.fixture
def close() -> Iterator[Callable[[BaseLogFile], None]]:
    files: list[BaseLogFile] = []
    yield files.append
    for file in files:
        file.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


def texts(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in directory.iterdir()}


# What all have in common


@pytest.mark.parametrize("kind", [BaseLogFile, LogFile, DailyLogFile])
def test_writes_are_in_the_file_at_once(kind: type[BaseLogFile], tmp_path: Path) -> None:
    file = kind("log", str(tmp_path))
    file.write("text \u00e4\n")
    file.write(b"bytes\n")
    assert (tmp_path / "log").read_bytes() == b"text \xc3\xa4\nbytes\n"
    file.flush()
    file.close()


def test_file_that_is_there_is_added_to(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("old\n")
    file = LogFile("log", tmp_path)
    file.write("new\n")
    assert file.size == 8
    file.close()
    assert (tmp_path / "log").read_text() == "old\nnew\n"


def test_log_file_knows_its_place(tmp_path: Path) -> None:
    file = BaseLogFile("log", tmp_path)
    file.close()
    assert (file.name, file.directory) == ("log", str(tmp_path))
    assert file.path == str(tmp_path / "log")
    assert file.defaultMode is None


def test_log_file_is_made_of_a_path(tmp_path: Path) -> None:
    file = LogFile.fromFullPath(str(tmp_path / "log"), 7, maxRotatedFiles=3)
    file.close()
    assert (file.name, file.directory) == ("log", str(tmp_path))
    assert (file.rotateLength, file.maxRotatedFiles) == (7, 3)


def test_path_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = DailyLogFile.fromFullPath("log")
    file.close()
    assert file.directory == str(tmp_path)


def test_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LogFile("log", tmp_path / "missing")


def test_write_after_close_is_an_error(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path)
    states = [file.closed]
    file.close()
    states.append(file.closed)
    file.close()
    assert states == [False, True]
    with pytest.raises(ValueError, match="was closed"):
        file.write("x")


def test_reopened_file_has_its_name_again(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path)
    file.write("a\n")
    (tmp_path / "log").rename(tmp_path / "moved")
    file.write("b\n")
    file.reopen()
    file.write("c\n")
    assert file.size == 2
    file.close()
    assert texts(tmp_path) == {"moved": "a\nb\n", "log": "c\n"}


def test_closed_file_can_be_reopened(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path)
    file.close()
    file.reopen()
    file.write("x")
    file.close()
    assert (tmp_path / "log").read_text() == "x"


def test_surrogates_are_escaped(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path)
    file.write("\udc80")
    file.close()
    assert (tmp_path / "log").read_text() == "\\udc80"


def test_file_has_the_permissions_that_were_asked_for(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        file = LogFile("log", tmp_path, rotateLength=1, defaultMode=0o642)
        file.write("x")
        file.write("y")
    finally:
        os.umask(before)
    file.close()
    assert [mode(tmp_path / name) for name in ("log", "log.1")] == [0o642, 0o642]


def test_file_is_never_more_open_than_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    plain = os.open

    def watched(path: str, flags: int, given: int) -> int:
        modes.append(given)
        return plain(path, flags, given)

    monkeypatch.setattr(os, "open", watched)
    LogFile("log", tmp_path, defaultMode=0o600).close()
    assert modes == [0o600]


def test_file_that_is_there_gets_the_permissions_that_were_asked_for(tmp_path: Path) -> None:
    (tmp_path / "log").touch(0o644)
    LogFile("log", tmp_path, defaultMode=0o600).close()
    assert mode(tmp_path / "log") == 0o600


def test_rotation_keeps_the_permissions(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    (tmp_path / "log").chmod(0o606)
    file = LogFile("log", tmp_path, rotateLength=1)
    file.write("x")
    file.write("y")
    file.close()
    assert [mode(tmp_path / name) for name in ("log", "log.1")] == [0o606, 0o606]


def test_permissions_of_somebody_else_s_file_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, mode: int) -> None:
        raise PermissionError(errno.EPERM, "not yours")

    monkeypatch.setattr(os, "fchmod", refuse)
    (tmp_path / "log").touch(0o644)
    file = LogFile("log", tmp_path, defaultMode=0o600)
    file.write("x")
    file.close()
    assert (tmp_path / "log").read_text() == "x"


def test_writes_of_threads_are_all_there(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=500)

    def work() -> None:
        for _ in range(100):
            file.write("123456789\n")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file.close()
    lines = "".join(texts(tmp_path).values()).splitlines()
    assert lines == ["123456789"] * 400


def test_two_processes_may_write_to_one_file(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from twisted.python.logfile import BaseLogFile\n"
        "file = BaseLogFile('log', sys.argv[1])\n"
        "for _ in range(200): file.write('123456789\\n')\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert (tmp_path / "log").read_text() == "123456789\n" * 400


# By size


def test_long_file_is_rotated_before_the_next_write(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=10)
    file.write("1" * 10)
    assert names(tmp_path) == ["log"]
    file.write("2")
    assert texts(tmp_path) == {"log": "2", "log.1": "1" * 10}
    file.close()


def test_rotated_files_grow_older(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=1)
    for text in "abcd":
        file.write(text)
    file.close()
    assert texts(tmp_path) == {"log": "d", "log.1": "c", "log.2": "b", "log.3": "a"}
    assert file.listLogs() == [1, 2, 3]


def test_oldest_files_are_removed(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=1, maxRotatedFiles=2)
    for text in "abcde":
        file.write(text)
    file.close()
    assert texts(tmp_path) == {"log": "e", "log.1": "d", "log.2": "c"}


def test_no_rotated_file_may_be_kept(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=1, maxRotatedFiles=0)
    for text in "abc":
        file.write(text)
    file.close()
    assert texts(tmp_path) == {"log": "c"}


@pytest.mark.parametrize("length", [None, 0])
def test_file_without_a_length_is_not_rotated(length: int | None, tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=length)
    for text in "abc":
        file.write(text)
    file.close()
    assert texts(tmp_path) == {"log": "abc"}


def test_length_has_a_default(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path)
    file.close()
    assert file.rotateLength == 1_000_000


def test_length_counts_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("12345")
    file = LogFile("log", tmp_path, rotateLength=5)
    file.write("x")
    file.close()
    assert texts(tmp_path) == {"log": "x", "log.1": "12345"}


def test_file_can_be_rotated_by_hand(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path)
    file.write("a")
    file.rotate()
    file.write("b")
    file.close()
    assert texts(tmp_path) == {"log": "b", "log.1": "a"}
    with pytest.raises(ValueError, match="was closed"):
        file.rotate()


def test_files_with_other_names_are_left_alone(tmp_path: Path) -> None:
    others = ["log.foo", "log.12a", "log.07", "log.0", "log.-1", "other.1", "log.1.gz", "xlog.1"]
    for name in others:
        (tmp_path / name).touch()
    file = LogFile("log", tmp_path, rotateLength=1, maxRotatedFiles=1)
    file.write("a")
    file.write("b")
    file.close()
    assert file.listLogs() == [1]
    assert names(tmp_path) == sorted([*others, "log", "log.1"])


def test_gap_in_the_numbers_stays(tmp_path: Path) -> None:
    for number in (1, 3):
        (tmp_path / f"log.{number}").write_text(str(number))
    file = LogFile("log", tmp_path)
    file.rotate()
    file.close()
    assert texts(tmp_path) == {"log": "", "log.1": "", "log.2": "1", "log.4": "3"}


def test_rotated_file_can_be_read(tmp_path: Path) -> None:
    file = LogFile("log", tmp_path, rotateLength=1)
    file.write("one\n")
    file.write("two\n")
    for reader, text in ((file.getLog(1), "one\n"), (file.getCurrentLog(), "two\n")):
        assert reader.readLines() == [text]
        reader.close()
    with pytest.raises(ValueError, match="no such log file"):
        file.getLog(2)
    file.close()


def refuseRename(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(old: str, new: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)


def test_file_that_cannot_be_rotated_is_written_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = LogFile("log", tmp_path, rotateLength=1)
    with monkeypatch.context() as patch, capturedLogs() as events:
        refuseRename(patch)
        for text in "abc":
            file.write(text)
    assert texts(tmp_path) == {"log": "abc"}
    (event,) = events
    assert "Permission denied" in formatEvent(event)
    file.write("d")
    file.close()
    assert texts(tmp_path) == {"log": "d", "log.1": "abc"}


def test_file_that_was_renamed_is_written_until_another_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = LogFile("log", tmp_path, rotateLength=1)
    file.write("a")

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch, capturedLogs() as events:
        patch.setattr(os, "open", refuse)
        file.write("b")
        file.write("c")
    assert len(events) == 1
    file.write("d")
    file.close()
    assert texts(tmp_path) == {"log": "d", "log.1": "abc"}


def test_old_file_that_cannot_be_removed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    file = LogFile("log", tmp_path, maxRotatedFiles=0)
    with monkeypatch.context() as patch, capturedLogs() as events:
        patch.setattr(os, "remove", refuse)
        file.rotate()
    file.close()
    assert "cannot remove" in formatEvent(events[0])


# By day


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The present day of all files; a test appends the next."""
    days = [(2026, 11, 3)]
    plain = DailyLogFile.toDate

    def toDate(self: DailyLogFile, *args: float) -> tuple[int, int, int]:
        # A file that is made during the test has a time of its own.
        if not args or args[0] > 1_500_000_000:
            return days[-1]
        return plain(self, *args)

    monkeypatch.setattr(DailyLogFile, "toDate", toDate)
    return days


Days = list[tuple[int, int, int]]


def test_file_is_rotated_after_midnight(tmp_path: Path, today: Days) -> None:
    file = DailyLogFile("log", tmp_path)
    file.write("a")
    file.write("b")
    assert names(tmp_path) == ["log"]
    today.append((2026, 11, 4))
    assert file.shouldRotate()
    file.write("c")
    file.close()
    assert texts(tmp_path) == {"log": "c", "log.2026_11_3": "ab"}
    assert file.lastDate == (2026, 11, 4)


def test_file_of_an_earlier_day_is_rotated(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("old")
    noon = time.mktime((2002, 3, 1, 12, 0, 0, 0, 0, -1))
    os.utime(tmp_path / "log", (noon, noon))
    file = DailyLogFile("log", tmp_path)
    file.write("new")
    file.close()
    assert texts(tmp_path) == {"log": "new", "log.2002_3_1": "old"}


def test_rotated_file_is_not_overwritten(tmp_path: Path, today: Days) -> None:
    (tmp_path / "log.2026_11_3").write_text("there")
    file = DailyLogFile("log", tmp_path)
    file.write("a")
    today.append((2026, 11, 4))
    file.write("b")
    assert texts(tmp_path) == {"log": "ab", "log.2026_11_3": "there"}
    today.append((2026, 11, 5))
    file.write("c")
    file.close()
    assert texts(tmp_path)["log.2026_11_4"] == "ab"


def test_clock_that_is_set_back_rotates_nothing(tmp_path: Path, today: Days) -> None:
    file = DailyLogFile("log", tmp_path)
    today.append((2026, 11, 2))
    file.write("a")
    file.close()
    assert names(tmp_path) == ["log"]


def test_files_of_the_oldest_days_are_removed(tmp_path: Path, today: Days) -> None:
    file = DailyLogFile("log", tmp_path, maxRotatedFiles=2)
    for day in (9, 10, 11, 12):
        today.append((2026, 11, day))
        file.write("x")
    file.close()
    assert file.listLogs() == [(2026, 11, 11), (2026, 11, 10)]
    assert names(tmp_path) == ["log", "log.2026_11_10", "log.2026_11_11"]


def test_days_of_other_files_are_not_listed(tmp_path: Path) -> None:
    for name in ("log.2026_11", "log.x_1_1", "log.2026_11_3.gz", "blog.2026_11_3"):
        (tmp_path / name).touch()
    file = DailyLogFile("log", tmp_path)
    file.close()
    assert file.listLogs() == []


def test_suffix_is_the_day(tmp_path: Path) -> None:
    file = DailyLogFile("log", tmp_path)
    file.close()
    assert file.suffix((2002, 3, 1)) == "2002_3_1"
    noon = time.mktime((2002, 3, 1, 12, 0, 0, 0, 0, -1))
    assert file.suffix(noon) == "2002_3_1"
    assert file.toDate(noon) == (2002, 3, 1)
    assert file.toDate() == time.localtime()[:3]


def test_file_of_a_day_can_be_read(tmp_path: Path, today: Days) -> None:
    file = DailyLogFile("log", tmp_path)
    file.write("old\n")
    today.append((2026, 11, 4))
    file.write("new\n")
    for day, text in (((2026, 11, 3), "old\n"), ((2026, 11, 4), "new\n")):
        reader = file.getLog(day)
        assert reader.readLines() == [text]
        reader.close()
    with pytest.raises(ValueError, match="no such log file"):
        file.getLog(0)
    file.close()


# Reading


def test_reader_returns_lines_in_portions(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("".join(f"{number}\n" for number in range(12)))
    reader = LogReader(tmp_path / "log")
    assert len(reader.readLines()) == 10
    assert reader.readLines(1) == ["10\n"]
    assert reader.readLines() == ["11\n"]
    assert reader.readLines() == []
    reader.close()


def test_reader_shows_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"a\xffb\n")
    reader = LogReader(tmp_path / "log")
    assert reader.readLines() == ["a\\xffb\n"]
    reader.close()
