"""Files of events that cannot be written."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from twisted.logger import (
    FileLogObserver,
    LogEvent,
    Logger,
    LogPublisher,
    eventsFromJSONLogFile,
    formatEvent,
    jsonFileLogObserver,
    textFileLogObserver,
)
from twisted.python import log


class Disk(io.StringIO):
    """A file on a disk that may be full."""

    full = False

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(text)


def observe(disk: Disk) -> FileLogObserver:
    return FileLogObserver(disk, lambda event: f"{formatEvent(event)}\n")


def test_full_disk_gives_one_error_and_keeps_the_program() -> None:
    disk = Disk()
    others: list[LogEvent] = []
    log = Logger("n", observer=LogPublisher(observe(disk), others.append))
    disk.full = True
    for number in range(3):
        log.info("{number}", number=number)
    reports = [event for event in others if "log_failure" in event]
    assert len(others) == 4
    assert [report["log_failure"].value.errno for report in reports] == [errno.ENOSPC]


def test_events_that_were_lost_are_counted_when_there_is_room_again() -> None:
    disk = Disk()
    log = Logger("n", observer=LogPublisher(observe(disk)))
    log.info("one")
    disk.full = True
    log.info("two")
    log.info("three")
    disk.full = False
    log.info("four")
    log.info("five")
    assert disk.getvalue().splitlines() == [
        "one",
        "four",
        "events lost while this file could not be written: 2",
        "five",
    ]


def test_disk_that_is_full_again_is_told_again() -> None:
    disk = Disk()
    others: list[LogEvent] = []
    log = Logger("n", observer=LogPublisher(observe(disk), others.append))
    for full in (True, False, True):
        disk.full = full
        log.info("x")
    assert sum("log_failure" in event for event in others) == 2


def test_loss_is_an_event_in_a_file_of_json(tmp_path: Path) -> None:
    disk = Disk()
    log = Logger("n", observer=LogPublisher(jsonFileLogObserver(disk)))
    disk.full = True
    log.info("one")
    disk.full = False
    log.info("two")
    disk.seek(0)
    events = list(eventsFromJSONLogFile(disk))
    assert [event.get("count") for event in events] == [None, 1]


def test_loss_is_told_in_a_log_of_the_older_kind() -> None:
    disk = Disk()
    publisher = log.LogPublisher()
    publisher.addObserver(log.FileLogObserver(disk).emit)
    disk.full = True
    publisher.msg("one")
    disk.full = False
    publisher.msg("two")
    first, second = disk.getvalue().splitlines()
    assert first.endswith("[-] two")
    assert second.endswith("[-] events lost while this file could not be written: 1")


def test_closed_file_is_told_once() -> None:
    disk = Disk()
    others: list[LogEvent] = []
    log = Logger("n", observer=LogPublisher(observe(disk), others.append))
    disk.close()
    log.info("x")
    log.info("y")
    assert sum("log_failure" in event for event in others) == 1


def test_error_of_the_format_is_not_taken_for_one_of_the_file() -> None:
    def fail(event: LogEvent) -> str:
        raise ValueError("broken")

    observer = FileLogObserver(Disk(), fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            observer({})


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is full")
def test_program_goes_on_when_the_real_disk_is_full() -> None:
    program = (
        "import sys\n"
        "from twisted.python import log\n"
        "from twisted.python.logfile import LogFile\n"
        "log.startLogging(LogFile.fromFullPath('/dev/full', rotateLength=None), setStdout=False)\n"
        "for _ in range(3): log.msg('x')\n"
        "print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert done.stderr.count("No space left on device") == 1


def test_observer_of_text_files_takes_a_file_of_ours(tmp_path: Path) -> None:
    from twisted.python.logfile import LogFile

    file = LogFile("log", tmp_path)
    textFileLogObserver(file)({"log_format": "x"})
    file.close()
    assert (tmp_path / "log").read_text() == "- [-#-] x\n"
