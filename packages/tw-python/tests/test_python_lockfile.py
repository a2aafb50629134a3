"""Lock files: who has one, and what becomes of it when that process is gone."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from twisted.python import lockfile
from twisted.python.lockfile import FilesystemLock, isLocked


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "busy.lock")


@pytest.fixture
def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has no symbolic links."""

    def refuse(source: str, target: str) -> NoReturn:
        raise PermissionError(errno.EPERM, "Operation not permitted", target)

    monkeypatch.setattr(os, "symlink", refuse)


def dead_process() -> int:
    """Return the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def living_process() -> subprocess.Popen[bytes]:
    """Start a process that lives until its standard input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )


def test_a_free_lock_is_taken(name: str) -> None:
    lock = FilesystemLock(name)
    assert (lock.locked, lock.clean) == (False, None)
    assert lock.lock() is True
    assert (lock.locked, lock.clean) == (True, True)


def test_the_link_names_the_process(name: str) -> None:
    FilesystemLock(name).lock()
    assert os.readlink(name) == str(os.getpid())


def test_a_lock_that_is_held_is_not_taken(name: str) -> None:
    assert FilesystemLock(name).lock()
    second = FilesystemLock(name)
    assert second.lock() is False
    assert second.locked is False


def test_a_lock_is_free_after_unlock(name: str) -> None:
    first = FilesystemLock(name)
    first.lock()
    first.unlock()
    assert first.locked is False
    assert not os.path.lexists(name)
    assert FilesystemLock(name).lock()


def test_a_path_object_is_a_name(tmp_path: Path) -> None:
    lock = FilesystemLock(tmp_path / "by-path.lock")
    assert lock.lock()
    assert isLocked(tmp_path / "by-path.lock")


def test_a_name_can_be_bytes(name: str) -> None:
    assert FilesystemLock(os.fsencode(name)).lock()
    assert isLocked(name)


def test_a_lock_of_a_living_process_is_held(name: str) -> None:
    with living_process() as holder:
        os.symlink(str(holder.pid), name)
        assert isLocked(name)
        assert not FilesystemLock(name).lock()


def test_a_process_of_another_user_lives(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int, number: int) -> NoReturn:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    os.symlink("1", name)
    monkeypatch.setattr(os, "kill", refuse)
    assert not FilesystemLock(name).lock()


def test_a_lock_of_a_dead_process_is_taken_over(name: str) -> None:
    os.symlink(str(dead_process()), name)
    assert not isLocked(name)
    lock = FilesystemLock(name)
    assert lock.lock()
    assert (lock.locked, lock.clean) == (True, False)
    assert os.readlink(name) == str(os.getpid())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_a_lock_of_a_process_that_nobody_has_asked_for_its_end_is_taken_over(name: str) -> None:
    process = living_process()
    os.symlink(str(process.pid), name)
    assert isLocked(name)
    assert process.stdin is not None
    process.stdin.close()
    # It has ended, and its number is its own until somebody asks how.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not isLocked(name)
    assert FilesystemLock(name).lock()
    process.wait()


def test_taking_over_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    os.symlink(str(dead_process()), name)
    FilesystemLock(name).lock()
    assert os.listdir(tmp_path) == ["busy.lock"]


def test_a_lock_of_an_earlier_process_with_our_number_is_taken_over(name: str) -> None:
    # A service in a container has the same small number each time that it starts.
    os.symlink(str(os.getpid()), name)
    assert not isLocked(name)
    lock = FilesystemLock(name)
    assert lock.lock()
    assert lock.clean is False


def test_a_lock_is_ours_under_any_name(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "alias").symlink_to("there")
    FilesystemLock(str(tmp_path / "there" / "lock")).lock()
    assert not FilesystemLock(str(tmp_path / "alias" / "lock")).lock()


def test_a_lock_that_another_took_over_first_is_not_taken(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.symlink(str(dead_process()), name)
    with living_process() as other:
        real_guard = lockfile._guard

        def late_guard(of: str) -> object:
            # Between our look at the stale lock and its removal, another process takes it over.
            os.unlink(of)
            os.symlink(str(other.pid), of)
            return real_guard(of)

        monkeypatch.setattr(lockfile, "_guard", late_guard)
        assert not FilesystemLock(name).lock()
        assert os.readlink(name) == str(other.pid)


def test_one_of_many_threads_takes_over(name: str) -> None:
    os.symlink(str(dead_process()), name)
    taken: list[bool] = []
    start = threading.Barrier(8)

    def take() -> None:
        start.wait()
        taken.append(FilesystemLock(name).lock())

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_one_of_many_processes_takes_over(name: str) -> None:
    os.symlink(str(dead_process()), name)
    program = (
        "import sys; from twisted.python.lockfile import FilesystemLock\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(FilesystemLock(sys.argv[1]).lock(), flush=True); sys.stdin.readline()\n"
    )
    rivals = [
        subprocess.Popen(
            [sys.executable, "-c", program, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]

    def said(rival: "subprocess.Popen[str]") -> str:
        assert rival.stdout is not None
        return rival.stdout.readline().strip()

    def go(rival: "subprocess.Popen[str]") -> None:
        assert rival.stdin is not None
        rival.stdin.write("\n")
        rival.stdin.flush()

    assert [said(rival) for rival in rivals] == ["ready"] * 4
    for rival in rivals:
        go(rival)
    taken = [said(rival) for rival in rivals]
    for rival in rivals:
        rival.communicate()
    assert sorted(taken) == ["False"] * 3 + ["True"]


def test_a_lock_deleted_by_hand_can_be_taken(name: str) -> None:
    first = FilesystemLock(name)
    first.lock()
    os.unlink(name)
    assert FilesystemLock(name).lock()


def test_a_lock_deleted_by_hand_is_unlocked_in_silence(name: str) -> None:
    lock = FilesystemLock(name)
    lock.lock()
    os.unlink(name)
    lock.unlock()
    assert lock.locked is False


def test_a_lock_of_another_process_is_not_unlocked(name: str) -> None:
    lock = FilesystemLock(name)
    lock.lock()
    os.unlink(name)
    with living_process() as other:
        os.symlink(str(other.pid), name)
        with pytest.raises(ValueError, match=r"held by the process \d+, not by this one"):
            lock.unlock()
        assert isLocked(name)


def test_what_was_not_locked_is_not_unlocked(name: str) -> None:
    with pytest.raises(ValueError, match="is not locked"):
        FilesystemLock(name).unlock()


def test_a_forked_process_does_not_hold_the_lock_of_its_parent(name: str) -> None:
    program = (
        "import os, sys; from twisted.python.lockfile import FilesystemLock\n"
        "lock = FilesystemLock(sys.argv[1]); lock.lock()\n"
        "if os.fork() == 0:\n"
        "    try: lock.unlock()\n"
        "    except ValueError: os._exit(7)\n"
        "    os._exit(0)\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    assert subprocess.check_output([sys.executable, "-c", program, name]) == b"7\n"


def test_looking_changes_nothing(name: str) -> None:
    assert not isLocked(name)
    assert not os.path.lexists(name)
    stale = str(dead_process())
    os.symlink(stale, name)
    assert not isLocked(name)
    assert os.readlink(name) == stale


@pytest.mark.parametrize("content", ["elsewhere", "+1", "0", "-1", "1_0", "٣", "9" * 40])
def test_what_is_no_lock_is_left_alone(name: str, content: str) -> None:
    os.symlink(content, name)
    with pytest.raises(ValueError, match="is no lock"):
        FilesystemLock(name).lock()
    with pytest.raises(ValueError, match="is no lock"):
        isLocked(name)
    assert os.readlink(name) == content


def test_a_file_is_no_lock(name: str) -> None:
    Path(name).write_text("content")
    with pytest.raises(ValueError, match="is no lock"):
        FilesystemLock(name).lock()
    assert Path(name).read_text() == "content"


def test_a_directory_of_something_else_is_no_lock(name: str) -> None:
    os.mkdir(name)
    (Path(name) / "other").write_text("1")
    with pytest.raises(ValueError, match="is no lock"):
        FilesystemLock(name).lock()


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FilesystemLock(str(tmp_path / "missing" / "lock")).lock()


def test_a_holder_without_a_number_that_the_system_can_have_is_gone(name: str) -> None:
    os.symlink("2147483647", name)
    assert FilesystemLock(name).lock()


@pytest.mark.usefixtures("without_links")
class TestDirectories:
    """Without symbolic links, a lock is a directory with a file that holds the number."""

    def test_a_free_lock_is_taken(self, name: str) -> None:
        assert FilesystemLock(name).lock()
        assert (Path(name) / "pid").read_text() == str(os.getpid())

    def test_a_lock_that_is_held_is_not_taken(self, name: str) -> None:
        FilesystemLock(name).lock()
        assert not FilesystemLock(name).lock()
        assert isLocked(name)

    def test_a_lock_is_free_after_unlock(self, name: str) -> None:
        lock = FilesystemLock(name)
        lock.lock()
        lock.unlock()
        assert not os.path.lexists(name)

    def test_a_lock_of_a_dead_process_is_taken_over(self, name: str) -> None:
        os.mkdir(name)
        (Path(name) / "pid").write_text(str(dead_process()))
        lock = FilesystemLock(name)
        assert lock.lock()
        assert lock.clean is False

    def test_nothing_else_is_in_the_directory(self, name: str, tmp_path: Path) -> None:
        FilesystemLock(name).lock()
        assert os.listdir(tmp_path) == ["busy.lock"]
        assert os.listdir(name) == ["pid"]
