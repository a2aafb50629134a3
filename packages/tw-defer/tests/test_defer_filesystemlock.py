"""Waiting for a lock that is kept in the file system."""

import subprocess
import sys
from pathlib import Path

import pytest

from twisted.internet.defer import (
    AlreadyTryingToLockError,
    CancelledError,
    DeferredFilesystemLock,
    TimeoutError,
)
from twisted.python.lockfile import FilesystemLock, isLocked

from .defer_helpers import HandClock, failureOf, outcomes, resultOf


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "busy.lock")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def held(name: str) -> FilesystemLock:
    """Return a lock of the same name that is held."""
    lock = FilesystemLock(name)
    assert lock.lock()
    return lock


def test_a_free_lock_is_taken_at_once(name: str, clock: HandClock) -> None:
    lock = DeferredFilesystemLock(name, scheduler=clock)
    assert resultOf(lock.deferUntilLocked()) is None
    assert lock.locked
    assert isLocked(name)
    assert clock.calls == []


def test_a_lock_that_is_held_is_tried_every_second(name: str, clock: HandClock) -> None:
    other = held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    seen = outcomes(lock.deferUntilLocked())
    clock.advance(1)
    other.unlock()
    assert seen == []
    clock.advance(0.5)
    assert seen == []
    clock.advance(0.5)
    assert seen == [None]
    assert lock.locked
    assert clock.calls == []


def test_the_interval_can_be_set(name: str, clock: HandClock) -> None:
    other = held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    lock.interval = 0.1
    seen = outcomes(lock.deferUntilLocked())
    other.unlock()
    clock.advance(0.1)
    assert seen == [None]


def test_the_timeout_ends_the_tries(name: str, clock: HandClock) -> None:
    held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    d = lock.deferUntilLocked(timeout=2.5)
    clock.advance(1)
    clock.advance(1)
    assert not d.called
    clock.advance(0.5)
    assert "busy.lock" in str(failureOf(d, TimeoutError).value)
    assert not lock.locked
    assert clock.calls == []


def test_a_lock_that_is_taken_in_time_does_not_time_out(name: str, clock: HandClock) -> None:
    other = held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    d = lock.deferUntilLocked(timeout=2)
    other.unlock()
    clock.advance(1)
    assert resultOf(d) is None
    assert clock.calls == []


def test_cancelling_ends_the_tries(name: str, clock: HandClock) -> None:
    held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    d = lock.deferUntilLocked(timeout=60)
    d.cancel()
    failureOf(d, CancelledError)
    assert clock.calls == []


def test_one_object_waits_once_at_a_time(name: str, clock: HandClock) -> None:
    other = held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    first = lock.deferUntilLocked()
    failureOf(lock.deferUntilLocked(), AlreadyTryingToLockError)
    other.unlock()
    clock.advance(1)
    assert resultOf(first) is None


def test_it_can_be_waited_for_again(name: str, clock: HandClock) -> None:
    other = held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    failing = lock.deferUntilLocked(timeout=1)
    clock.advance(1)
    failureOf(failing, TimeoutError)
    other.unlock()
    assert resultOf(lock.deferUntilLocked()) is None
    lock.unlock()
    assert resultOf(lock.deferUntilLocked()) is None


def test_what_cannot_be_locked_fails(tmp_path: Path, clock: HandClock) -> None:
    lock = DeferredFilesystemLock(tmp_path / "missing" / "busy.lock", scheduler=clock)
    failureOf(lock.deferUntilLocked(), OSError)
    failureOf(lock.deferUntilLocked(), OSError)


def test_what_can_no_longer_be_locked_fails(name: str, clock: HandClock) -> None:
    other = held(name)
    lock = DeferredFilesystemLock(name, scheduler=clock)
    d = lock.deferUntilLocked(timeout=60)
    other.unlock()
    Path(name).write_text("no lock")
    clock.advance(1)
    failureOf(d, ValueError, OSError)
    assert clock.calls == []


def test_a_lock_of_another_process_is_taken_when_that_ends(name: str, clock: HandClock) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\n"
            "from twisted.python.lockfile import FilesystemLock\n"
            "print(FilesystemLock(sys.argv[1]).lock(), flush=True)\n"
            "sys.stdin.read()\n",
            name,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lock = DeferredFilesystemLock(name, scheduler=clock)
        d = lock.deferUntilLocked()
        clock.advance(1)
        assert not d.called
        holder.communicate("")
    clock.advance(1)
    assert resultOf(d) is None
    assert lock.clean is False
