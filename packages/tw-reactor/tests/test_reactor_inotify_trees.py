"""Watching trees of directories: those that come, leave and are moved, and what is in them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twisted.python.runtime import platform

if not platform.supportsINotify():
    pytest.skip("this system has no inotify", allow_module_level=True)

from twisted.internet.inotify import IN_CLOSE_WRITE, IN_CREATE, IN_MODIFY, INotify
from twisted.python import _inotify
from twisted.python.filepath import FilePath

from .inotify_helpers import Events, idleNotify, readAll


@pytest.fixture
def notify() -> Iterator[INotify]:
    """An INotify that is read from by `readAll`."""
    made = idleNotify()
    yield made
    made.loseConnection()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with three others, each in the one before."""
    path = tmp_path / "root"
    (path / "a" / "b" / "c").mkdir(parents=True)
    return path


@pytest.fixture
def events(root: Path) -> Events:
    """A callback that remembers what it was told."""
    return Events(root)


def tree(notify: INotify, root: Path, events: Events, mask: int = IN_CREATE) -> None:
    """Watch a tree, with all that comes into it."""
    notify.watch(FilePath(str(root)), mask, True, [events], recursive=True)


def probe(notify: INotify, events: Events, *directories: Path) -> list[str]:
    """Make a file in directories; return what is told about it."""
    events.take()
    for directory in directories:
        (directory / "probe").touch()
        (directory / "probe").unlink()
    readAll(notify)
    return events.paths()


def test_directories_that_were_there_are_watched(
    notify: INotify, root: Path, events: Events
) -> None:
    tree(notify, root, events)
    readAll(notify)
    assert events.told == []

    assert probe(notify, events, root / "a" / "b" / "c") == ["a/b/c/probe"]


def test_without_recursion_they_are_not(notify: INotify, root: Path, events: Events) -> None:
    notify.watch(FilePath(str(root)), IN_CREATE, callbacks=[events])

    assert probe(notify, events, root / "a", root) == ["probe"]


def test_without_auto_add_new_ones_are_not(notify: INotify, root: Path, events: Events) -> None:
    notify.watch(FilePath(str(root)), IN_CREATE, callbacks=[events], recursive=True)
    (root / "new").mkdir()
    readAll(notify)

    assert probe(notify, events, root / "new", root / "a") == ["a/probe"]


def test_what_is_made_before_the_watch_is_told(notify: INotify, root: Path, events: Events) -> None:
    tree(notify, root, events, IN_CREATE | IN_CLOSE_WRITE)
    (root / "x" / "y").mkdir(parents=True)
    (root / "x" / "y" / "file").write_bytes(b"complete")
    readAll(notify)

    assert events.told == [
        ("x", "create is_dir"),
        ("x/y", "create is_dir"),
        ("x/y/file", "close_write create"),
    ]
    assert probe(notify, events, root / "x" / "y")[0] == "x/y/probe"


def test_whoever_waits_for_changes_is_told_one(notify: INotify, root: Path, events: Events) -> None:
    tree(notify, root, events, IN_MODIFY)
    (root / "x").mkdir()
    (root / "x" / "file").write_bytes(b"x")
    readAll(notify)

    assert events.told == [("x/file", "modify")]


def test_what_is_made_between_watch_and_look_is_told_once(
    notify: INotify, root: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(notify, root, events)
    real = _inotify.add

    def add(fd: int, path: bytes, mask: int) -> int:
        number = real(fd, path, mask)
        if path.endswith(b"/x"):
            (root / "x" / "file").touch()
            (root / "x" / "y").mkdir()
        return number

    monkeypatch.setattr(_inotify, "add", add)
    (root / "x").mkdir()
    readAll(notify)
    assert sorted(events.paths()) == ["x", "x/file", "x/y"]

    (root / "x" / "file").unlink()
    assert probe(notify, events, root / "x" / "y") == ["x/y/probe"]
    (root / "x" / "file").touch()
    readAll(notify)
    assert events.paths() == ["x/y/probe", "x/file"]


def test_what_is_made_again_is_told_again(notify: INotify, root: Path, events: Events) -> None:
    tree(notify, root, events)
    (root / "x").mkdir()
    (root / "x" / "file").touch()

    def again(path: FilePath[bytes]) -> None:
        if events.paths() == ["x", "x/file"]:
            os.unlink(path.path)
            (root / "x" / "file").touch()

    events.onEvent = again
    readAll(notify)

    assert events.paths() == ["x", "x/file", "x/file"]


def test_directory_that_is_moved_goes_on_by_its_new_name(
    notify: INotify, root: Path, events: Events
) -> None:
    tree(notify, root, events)
    (root / "a").rename(root / "z")
    readAll(notify)

    assert probe(notify, events, root / "z" / "b" / "c", root / "z") == ["z/b/c/probe", "z/probe"]


def test_directory_that_is_moved_out_is_forgotten(
    notify: INotify, root: Path, events: Events
) -> None:
    tree(notify, root, events)
    (root / "a").rename(root.parent / "out")
    readAll(notify)

    assert probe(notify, events, root.parent / "out" / "b", root) == ["probe"]


def test_directory_that_is_moved_in_is_watched(notify: INotify, root: Path, events: Events) -> None:
    tree(notify, root, events)
    (root.parent / "other" / "d").mkdir(parents=True)
    (root.parent / "other").rename(root / "in")
    readAll(notify)

    assert events.told == [("in/d", "create is_dir")]
    assert probe(notify, events, root / "in" / "d") == ["in/d/probe"]


def test_directory_that_goes_to_another_tree_belongs_to_that(
    notify: INotify, root: Path, events: Events
) -> None:
    other = Events(root.parent)
    (root.parent / "other").mkdir()
    tree(notify, root, events)
    notify.watch(FilePath(str(root.parent / "other")), IN_MODIFY, True, [other])
    (root / "a").rename(root.parent / "other" / "a")
    readAll(notify)
    (root.parent / "other" / "a" / "b" / "file").write_bytes(b"x")
    readAll(notify)

    assert events.told == []
    assert other.told == [("other/a/b/file", "modify")]


def test_directory_that_goes_to_no_tree_is_forgotten(
    notify: INotify, root: Path, events: Events
) -> None:
    other = Events(root.parent)
    (root.parent / "other").mkdir()
    tree(notify, root, events)
    notify.watch(FilePath(str(root.parent / "other")), IN_CREATE, callbacks=[other])
    (root / "a").rename(root.parent / "other" / "a")
    readAll(notify)

    assert probe(notify, events, root.parent / "other" / "a", root) == ["probe"]
    assert other.told == []


def test_deleted_tree_is_forgotten_and_may_come_again(
    notify: INotify, root: Path, events: Events
) -> None:
    tree(notify, root, events)
    shutil.rmtree(root / "a")
    readAll(notify)
    (root / "a").mkdir()
    readAll(notify)

    assert probe(notify, events, root / "a") == ["a/probe"]


def test_move_before_the_first_event_was_read(notify: INotify, root: Path, events: Events) -> None:
    """The path in an event belongs to another directory than the one that it was about."""
    tree(notify, root, events)
    (root / "x").mkdir()
    (root / "x").rename(root / "y")
    (root / "x").mkdir()
    readAll(notify)

    assert probe(notify, events, root / "x", root / "y") == ["x/probe", "y/probe"]


def test_directories_that_change_places(notify: INotify, root: Path, events: Events) -> None:
    (root / "z" / "y").mkdir(parents=True)
    tree(notify, root, events)
    (root / "a").rename(root / "c")
    (root / "z").rename(root / "a")
    (root / "c").rename(root / "z")
    readAll(notify)

    assert probe(notify, events, root / "a" / "y", root / "z" / "b") == ["a/y/probe", "z/b/probe"]


def test_moved_directory_is_looked_at_again(notify: INotify, root: Path, events: Events) -> None:
    """What came into it before its move was known could not be found by its old name."""
    tree(notify, root, events)
    (root / "a" / "new").mkdir()
    (root / "a").rename(root / "z")
    readAll(notify)

    assert probe(notify, events, root / "z" / "new") == ["z/new/probe"]


def test_name_that_was_asked_for_stays_with_a_link(
    notify: INotify, root: Path, events: Events
) -> None:
    link = root.parent / "link"
    link.symlink_to(root / "a")
    notify.watch(FilePath(str(link)), IN_CREATE, callbacks=[events])
    tree(notify, root, events)
    (root / "a" / "file").touch()
    readAll(notify)

    assert events.paths() == ["../link/file"]
    notify.ignore(FilePath(str(link)))


def test_without_auto_add_moved_directories_go_on(
    notify: INotify, root: Path, events: Events
) -> None:
    notify.watch(FilePath(str(root)), IN_CREATE, callbacks=[events], recursive=True)
    (root.parent / "other").mkdir()
    (root / "a").rename(root / "z")
    (root.parent / "other").rename(root / "other")
    readAll(notify)

    assert probe(notify, events, root / "other", root / "z" / "b") == ["z/b/probe"]


def test_callback_may_ignore_the_tree(notify: INotify, root: Path, events: Events) -> None:
    tree(notify, root, events)
    events.onEvent = lambda path: notify.ignore(FilePath(str(root)))
    (root / "x").mkdir()
    readAll(notify)
    events.onEvent = lambda path: None

    assert probe(notify, events, root / "x", root / "a", root) == []


def test_links_are_not_followed(notify: INotify, root: Path, events: Events) -> None:
    (root.parent / "outside").mkdir()
    (root / "link").symlink_to(root.parent / "outside")
    tree(notify, root, events)
    (root / "late link").symlink_to(root.parent / "outside")
    readAll(notify)

    assert probe(notify, events, root.parent / "outside") == []


def test_directory_that_is_gone_at_once_is_passed_over(
    notify: INotify, root: Path, events: Events
) -> None:
    tree(notify, root, events)
    (root / "x").mkdir()
    (root / "x").rmdir()
    (root / "y").mkdir()
    (root / "y").rmdir()
    (root / "y").symlink_to(root.parent)
    readAll(notify)

    assert events.paths() == ["x", "y", "y"]


NAMES = st.sampled_from("abc")
PATHS = st.lists(NAMES, min_size=1, max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), PATHS, PATHS),
        st.tuples(st.just("move"), PATHS, PATHS),
        st.tuples(st.just("leave"), PATHS, PATHS),
        st.tuples(st.just("enter"), PATHS, PATHS),
        st.tuples(st.just("delete"), PATHS, PATHS),
        st.tuples(st.just("read"), PATHS, PATHS),
    ),
    max_size=12,
)


@pytest.mark.property
@settings(
    # Each example makes and moves real directories, which takes its time.
    max_examples=int(os.environ.get("TW_EXAMPLES", "500")) // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(STEPS)
def test_exactly_the_directories_of_the_tree_are_watched(
    tmp_path: Path, steps: list[tuple[str, list[str], list[str]]]
) -> None:
    """Whatever happens to directories, afterwards each in the tree is told by its name, once."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    for path in (root, outside):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    notify = idleNotify()
    events = Events(root)
    try:
        tree(notify, root, events)
        for step, one, other in steps:
            act(notify, step, root.joinpath(*one), root.joinpath(*other), outside)
        readAll(notify)
        inside = [Path(path) for path, _, _ in os.walk(root)]
        left = [Path(path) for path, _, _ in os.walk(outside)]

        told = probe(notify, events, *left, *inside)
        assert sorted(told) == sorted(os.path.relpath(path / "probe", root) for path in inside)
    finally:
        notify.loseConnection()


def act(notify: INotify, step: str, one: Path, other: Path, outside: Path) -> None:
    """Do something to directories; what the system refuses is passed over."""
    try:
        if step == "make":
            one.mkdir(parents=True)
        elif step == "move":
            one.rename(other)
        elif step == "leave":
            one.rename(outside / str(len(os.listdir(outside))))
        elif step == "enter":
            (outside / "0").rename(one)
        elif step == "delete":
            shutil.rmtree(one)
        else:
            notify.doRead()
    except OSError:
        pass
