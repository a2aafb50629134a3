"""Watching files, with real ones."""

import ctypes
import errno
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twisted.logger import capturedLogs
from twisted.python.runtime import platform

if not platform.supportsINotify():
    pytest.skip("this system has no inotify", allow_module_level=True)

from twisted.internet import inotify
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.inotify import (
    IN_CLOSE_WRITE,
    IN_CREATE,
    IN_DELETE_SELF,
    IN_ISDIR,
    IN_MODIFY,
    IN_ONESHOT,
    INotify,
    INotifyError,
    humanReadableMask,
)
from twisted.python import _inotify
from twisted.python.filepath import FilePath

from .inotify_helpers import Events, idleNotify, readAll
from .reactor_helpers import discard, reactor, turn, turnUntil

__all__ = ["reactor"]


@pytest.fixture
def notify() -> Iterator[INotify]:
    """An INotify that is read from by `readAll`."""
    made = idleNotify()
    yield made
    made.loseConnection()


@pytest.fixture
def events(tmp_path: Path) -> Events:
    """A callback that remembers what it was told."""
    return Events(tmp_path)


class TestOnReactors:
    """What a program sees, on each kind of reactor."""

    def test_events_come_after_start_reading(
        self, reactor: PollingReactor, tmp_path: Path, events: Events
    ) -> None:
        notify = INotify(reactor)
        notify.watch(FilePath(str(tmp_path)), callbacks=[events])
        (tmp_path / "new").write_bytes(b"x")
        turn(reactor)
        assert events.told == []
        notify.startReading()
        turnUntil(reactor, lambda: len(events.told) == 2)

        assert events.told == [("new", "create"), ("new", "modify")]

    def test_thousands_of_events_come_all(
        self, reactor: PollingReactor, tmp_path: Path, events: Events
    ) -> None:
        notify = INotify(reactor)
        notify.watch(FilePath(str(tmp_path)), IN_CREATE, callbacks=[events])
        notify.startReading()
        names = [f"{number:05}{'x' * 100}" for number in range(5000)]
        for name in names:
            (tmp_path / name).touch()
        turnUntil(reactor, lambda: len(events.told) == len(names))

        assert events.paths() == names

    def test_lose_connection_ends_it(
        self, reactor: PollingReactor, tmp_path: Path, events: Events
    ) -> None:
        notify = INotify(reactor)
        notify.watch(FilePath(str(tmp_path)), callbacks=[events])
        notify.startReading()
        (tmp_path / "new").touch()
        notify.loseConnection()
        notify.loseConnection()
        turn(reactor)

        assert events.told == []
        assert notify.fileno() == -1
        with pytest.raises(ValueError, match="was closed"):
            notify.watch(FilePath(str(tmp_path)))

    def test_is_closed_when_the_reactor_shuts_down(self) -> None:
        from twisted.internet.epollreactor import EPollReactor

        reactor = EPollReactor()
        notify = INotify(reactor)
        discard(reactor)

        assert notify.fileno() == -1


class TestWatching:
    """One file or one directory."""

    def test_file_itself(self, notify: INotify, tmp_path: Path, events: Events) -> None:
        path = tmp_path / "file"
        path.touch()
        notify.watch(FilePath(str(path)), IN_MODIFY | IN_DELETE_SELF, callbacks=[events])
        path.write_bytes(b"x")
        path.unlink()
        readAll(notify)

        assert events.told == [("file", "modify"), ("file", "delete_self")]

    def test_only_what_was_asked_for_is_told(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        notify.watch(FilePath(str(tmp_path)), IN_CLOSE_WRITE, True, [events], recursive=True)
        (tmp_path / "file").write_bytes(b"x")
        (tmp_path / "directory").mkdir()
        (tmp_path / "file").rename(tmp_path / "other")
        readAll(notify)

        assert events.told == [("file", "close_write")]

    def test_moves_within_a_directory(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        (tmp_path / "old").touch()
        notify.watch(FilePath(str(tmp_path)), callbacks=[events])
        (tmp_path / "old").rename(tmp_path / "new")
        readAll(notify)

        assert events.told == [("old", "moved_from"), ("new", "moved_to")]

    @pytest.mark.parametrize("name", [b"\xff\xfe", "žluťoučký".encode(), b"a\nb", b"x" * 255])
    def test_any_name_is_told_as_it_is(
        self, name: bytes, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        found: list[bytes] = []
        events.onEvent = lambda path: found.append(path.basename())
        notify.watch(FilePath(os.fsencode(tmp_path)), IN_CREATE, callbacks=[events])
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):
            pass
        readAll(notify)

        assert found == [name]

    def test_every_callback_is_told(self, notify: INotify, tmp_path: Path, events: Events) -> None:
        other = Events(tmp_path)
        notify.watch(FilePath(str(tmp_path)), IN_CREATE, callbacks=[events, other])
        (tmp_path / "new").touch()
        readAll(notify)

        assert events.told == other.told == [("new", "create")]

    def test_callback_that_raises_is_logged(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        def fail(*args: object) -> None:
            raise ZeroDivisionError

        notify.watch(FilePath(str(tmp_path)), IN_CREATE, callbacks=[fail, events])
        (tmp_path / "one").touch()
        (tmp_path / "two").touch()
        with capturedLogs() as logged:
            readAll(notify)

        assert [event["log_failure"].type for event in logged] == [ZeroDivisionError] * 2
        assert events.paths() == ["one", "two"]

    def test_callback_may_end_it(self, notify: INotify, tmp_path: Path, events: Events) -> None:
        events.onEvent = lambda path: notify.loseConnection()
        notify.watch(FilePath(str(tmp_path)), IN_CREATE, callbacks=[events, events])
        (tmp_path / "one").touch()
        (tmp_path / "two").touch()
        notify.doRead()

        assert events.paths() == ["one"]

    def test_watching_again_adds(self, notify: INotify, tmp_path: Path, events: Events) -> None:
        other = Events(tmp_path)
        path = FilePath(str(tmp_path))
        first = notify.watch(path, IN_CREATE, callbacks=[events])
        second = notify.watch(path, IN_MODIFY, callbacks=[other, events])
        (tmp_path / "new").write_bytes(b"x")
        readAll(notify)

        assert first == second
        assert events.told == other.told == [("new", "create"), ("new", "modify")]

    def test_one_event_alone(self, notify: INotify, tmp_path: Path, events: Events) -> None:
        path = FilePath(str(tmp_path))
        notify.watch(path, IN_CREATE | IN_ONESHOT, callbacks=[events])
        (tmp_path / "one").touch()
        (tmp_path / "two").touch()
        readAll(notify)

        assert events.paths() == ["one"]
        with pytest.raises(KeyError):
            notify.ignore(path)

    def test_deleted_directory_can_be_watched_anew(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        path = tmp_path / "directory"
        for _ in range(2):
            path.mkdir()
            notify.watch(FilePath(str(path)), IN_CREATE | IN_DELETE_SELF, callbacks=[events])
            (path / "file").touch()
            (path / "file").unlink()
            path.rmdir()
            readAll(notify)

        once = [("directory/file", "create"), ("directory", "delete_self")]
        assert events.told == once * 2


class TestIgnoring:
    """Ending a watch."""

    def test_nothing_is_told_after_it(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        notify.watch(FilePath(str(tmp_path)), callbacks=[events])
        (tmp_path / "in the queue").touch()
        notify.ignore(FilePath(str(tmp_path)))
        (tmp_path / "later").touch()
        readAll(notify)

        assert events.told == []

    def test_what_is_not_watched_is_refused(self, notify: INotify, tmp_path: Path) -> None:
        with pytest.raises(KeyError, match="is not watched"):
            notify.ignore(FilePath(str(tmp_path)))

    def test_text_and_bytes_are_the_same_path(self, notify: INotify, tmp_path: Path) -> None:
        notify.watch(FilePath(str(tmp_path)))
        notify.ignore(FilePath(os.fsencode(tmp_path)))

    def test_directories_below_go_too(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "named").mkdir()
        notify.watch(FilePath(str(tmp_path / "named")), callbacks=[events])
        notify.watch(FilePath(str(tmp_path)), callbacks=[], recursive=True)
        notify.watch(FilePath(str(tmp_path / "a" / "b")), callbacks=[events])
        notify.ignore(FilePath(str(tmp_path)))
        (tmp_path / "a" / "x").touch()
        (tmp_path / "named" / "x").touch()
        (tmp_path / "a" / "b" / "x").touch()
        readAll(notify)

        assert sorted(set(events.paths())) == ["a/b/x", "named/x"]


class TestLimits:
    """What the system does not permit, and what it loses."""

    def test_file_that_is_missing(self, notify: INotify, tmp_path: Path) -> None:
        with pytest.raises(INotifyError, match=r"No such file.*missing") as caught:
            notify.watch(FilePath(str(tmp_path / "missing")))

        assert caught.value.errno == errno.ENOENT

    @pytest.mark.parametrize(
        ("number", "setting"),
        [
            (errno.ENOSPC, "fs.inotify.max_user_watches"),
            (errno.EMFILE, "fs.inotify.max_user_instances"),
        ],
    )
    def test_limit_that_is_reached_is_named(self, number: int, setting: str) -> None:
        ctypes.set_errno(number)
        with pytest.raises(INotifyError, match=setting):
            _inotify._checked(-1, b"/srv")

    def test_recursive_watch_is_all_or_nothing(
        self, notify: INotify, tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in "abcd":
            (tmp_path / name).mkdir()
        notify.watch(FilePath(str(tmp_path / "a")), IN_CREATE, callbacks=[events])
        monkeypatch.setattr(_inotify, "add", limited(3))
        with pytest.raises(INotifyError, match="max_user_watches"):
            notify.watch(FilePath(str(tmp_path)), IN_CREATE, True, [events], recursive=True)
        for name in "abcd":
            (tmp_path / name / "file").touch()
        readAll(notify)

        assert events.paths() == ["a/file"]

    def test_limit_that_is_reached_later_is_told(
        self, notify: INotify, tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notify.watch(FilePath(str(tmp_path)), IN_CREATE, True, [events])
        monkeypatch.setattr(_inotify, "add", limited(0))
        (tmp_path / "new").mkdir()
        with capturedLogs() as logged:
            readAll(notify)

        assert events.told == [("new", "create is_dir"), ("new", "queue_overflow")]
        assert "max_user_watches" in str(logged[0]["error"])

    def test_overflow_is_told_and_the_tree_is_watched_again(
        self, notify: INotify, tmp_path: Path, events: Events
    ) -> None:
        root = tmp_path / "root"
        for name in ("stays", "leaves", "renamed"):
            (root / name).mkdir(parents=True)
        notify.watch(FilePath(str(root)), IN_CREATE, True, [events], recursive=True)
        fill(root)
        (root / "new").mkdir()
        (root / "leaves").rename(tmp_path / "left")
        (root / "renamed").rename(root / "name")
        with capturedLogs() as logged:
            readAll(notify)
        assert ("root", "queue_overflow") in events.take()
        assert "fs.inotify.max_queued_events" in logged[0]["log_format"]
        for directory in (root / "stays", root / "new", root / "name", tmp_path / "left"):
            (directory / "file").touch()
        readAll(notify)

        assert events.paths() == ["root/stays/file", "root/new/file", "root/name/file"]


def limited(count: int) -> Callable[[int, bytes, int], int]:
    """Return a call that watches so many files and then says that it is enough."""
    real = _inotify.add
    left = [count]

    def add(fd: int, path: bytes, mask: int) -> int:
        if not left[0]:
            ctypes.set_errno(errno.ENOSPC)
            return _inotify._checked(-1, path)
        left[0] -= 1
        return real(fd, path, mask)

    return add


def fill(directory: Path) -> None:
    """Let more happen in a directory than the queue holds."""
    size = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    paths = [directory / "1", directory / "2"]
    # Two by turns: an event like the last one is not put into the queue.
    for _ in range(size // 2 + 10):
        for path in paths:
            path.touch()
            path.unlink()


class TestWords:
    """Masks in words."""

    def test_words_are_in_the_order_of_the_bits(self) -> None:
        assert humanReadableMask(IN_ISDIR | IN_CREATE | IN_MODIFY) == ["modify", "create", "is_dir"]

    def test_bits_without_a_meaning_are_passed_over(self) -> None:
        assert humanReadableMask(0x1000) == []

    def test_groups_are_made_of_their_bits(self) -> None:
        assert humanReadableMask(inotify.IN_MOVED) == ["moved_from", "moved_to"]
        assert humanReadableMask(inotify.IN_CLOSE) == ["close_write", "close_nowrite"]
        assert humanReadableMask(inotify.IN_CHANGED) == ["modify", "attrib"]
        assert inotify.IN_WATCH_MASK == 12230


class LibraryWithoutInotify:
    """Stands for the C library of another system."""


def test_import_without_inotify_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name, use_errno: LibraryWithoutInotify())
    for name in list(sys.modules):
        if name.startswith("twisted.internet.inotify"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "twisted.python._inotify")
    with pytest.raises(ImportError, match=r"service of Linux.*LoopingCall"):
        importlib.import_module("twisted.internet.inotify")
