"""The pid file: which process a daemon is, and whether it lives."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.application._daemon._pidfile import AlreadyRunningError, PidFile, PidFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is to be."""
    return tmp_path / "twistd.pid"


@pytest.fixture
def living() -> Iterator[int]:
    """The number of another process that lives."""
    program = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as process:
        yield process.pid
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_number_of_this_process_is_written_and_removed(path: Path) -> None:
    file = PidFile(str(path))
    file.check()
    file.write()
    assert path.read_text() == f"{os.getpid()}\n"
    file.remove()
    assert not path.exists()


def test_file_of_a_process_that_lives_is_refused(path: Path, living: int) -> None:
    path.write_text(f"{living}\n")
    for call in (PidFile(str(path)).check, PidFile(str(path)).write):
        with pytest.raises(AlreadyRunningError, match=f"PID {living}") as raised:
            call()
        assert raised.value.pid == living
    assert path.read_text() == f"{living}\n"


@pytest.mark.parametrize("end", ["", "\n"])
def test_file_of_a_process_that_died_is_stale(path: Path, dead: int, end: str) -> None:
    path.write_text(f"{dead}{end}")
    file = PidFile(str(path))
    file.check()
    file.write()
    assert path.read_text() == f"{os.getpid()}\n"
    file.remove()


def test_file_without_a_number_is_stale_if_it_is_empty(path: Path) -> None:
    path.write_text("")
    PidFile(str(path)).check()


def test_file_with_the_own_number_is_stale(path: Path) -> None:
    # As in a container, where the daemon always has the same number.
    path.write_text(f"{os.getpid()}\n")
    PidFile(str(path)).check()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_process_that_began_after_the_file_was_written_is_another(path: Path, living: int) -> None:
    path.write_text(f"{living}\n")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    PidFile(str(path)).check()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_zombie_is_dead(path: Path) -> None:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.close(write)
    # The end of the pipe tells that it has ended, and nobody has asked for its status yet.
    assert os.read(read, 1) == b""
    os.close(read)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    path.write_text(f"{pid}\n")
    try:
        PidFile(str(path)).check()
    finally:
        os.waitpid(pid, 0)


def test_file_that_is_locked_is_that_of_a_process_that_lives(path: Path, dead: int) -> None:
    path.write_text(f"{dead}\n")
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AlreadyRunningError, match=f"PID {dead}"):
            PidFile(str(path)).write()


def test_lock_is_kept_until_the_file_is_removed(path: Path) -> None:
    file = PidFile(str(path))
    file.write()
    with path.open() as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.remove()
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("content", [b"x", b"-1", b"0", b"+12", b"1_2", b"1" * 11, b"1 2", b"\xff"])
def test_file_that_holds_something_else_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for call in (PidFile(str(path)).check, PidFile(str(path)).write):
        with pytest.raises(PidFileError, match="does not hold the number of a process"):
            call()
    assert path.read_bytes() == content


def test_number_that_no_process_can_have_is_stale(path: Path) -> None:
    path.write_text("9999999999")
    PidFile(str(path)).check()


def test_directory_that_is_missing_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    file = PidFile(str(tmp_path / "none" / "pid"))
    file.check()
    with pytest.raises(PidFileError, match=r"Cannot write the pid file .* --pidfile"):
        file.write()


def test_directory_is_no_pid_file(tmp_path: Path) -> None:
    with pytest.raises(PidFileError, match="Cannot"):
        PidFile(str(tmp_path)).check()
    with pytest.raises(PidFileError, match="Cannot"):
        PidFile(str(tmp_path)).write()


def test_full_disk_leaves_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(PidFileError, match="No space left"):
        PidFile(str(path)).write()
    monkeypatch.undo()
    assert not path.exists()


def test_file_that_somebody_else_made_meanwhile_is_not_removed(path: Path) -> None:
    file = PidFile(str(path))
    file.write()
    path.unlink()
    path.write_text("other")
    file.remove()
    assert path.read_text() == "other"


def test_file_that_cannot_be_removed_is_emptied(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise PermissionError(13, "Permission denied")

    file = PidFile(str(path))
    file.write()
    monkeypatch.setattr(os, "unlink", refuse)
    file.remove()
    assert path.read_text() == ""


def test_removing_twice_does_nothing(path: Path) -> None:
    file = PidFile(str(path))
    file.write()
    file.remove()
    path.write_text("1")
    file.remove()
    assert path.exists()


def handedOn(path: Path) -> tuple[PidFile, PidFile]:
    """Return the file of a daemon, and the same as a new one has it that takes its place."""
    old, new = PidFile(str(path)), PidFile(str(path))
    assert old.fileno() == -1
    old.write()
    new.adopt(os.dup(old.fileno()))
    return old, new


@pytest.mark.parametrize("number", [7, 4_194_304, 9_999_999_999])
def test_file_is_left_to_another_daemon(path: Path, number: int) -> None:
    old, new = handedOn(path)
    path.write_text("12345\n")
    old.leaveTo(number)
    assert path.read_text().strip() == str(number)
    assert path.read_text().endswith("\n")
    old.remove()
    assert path.exists()
    # At no moment is it free.
    with path.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    path.write_text(f"{os.getpid()}\n")
    new.remove()
    assert not path.exists()


def test_new_daemon_that_fails_leaves_the_file_of_the_old_one(path: Path, living: int) -> None:
    old, new = handedOn(path)
    path.write_text(f"{living}\n")
    new.remove()
    assert path.read_text() == f"{living}\n"
    old.remove()


def test_full_disk_costs_the_new_daemon_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    old, new = handedOn(path)
    monkeypatch.setattr(os, "pwrite", full)
    old.leaveTo(7)
    assert old.fileno() == -1
    new.remove()


def test_file_that_was_not_written_is_left_to_nobody(path: Path) -> None:
    PidFile(str(path)).leaveTo(7)
    assert not path.exists()
