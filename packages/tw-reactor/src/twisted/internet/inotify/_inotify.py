"""What watches files: the kernel's events in, calls of callbacks out.

A directory that comes into a tree that is watched gets its own watch, but only after the event that
it came was read. What happened in it before that is seen by nobody. So a new watch is followed by a
look at the directory: what is there already is told as if it had just been made. Some of it the
kernel tells too, because it came between the watch and the look; each watch remembers what was
found until the queue of events is empty, and leaves out the kernel's word on that.

What an event says was true when it happened, and paths may have changed since. So a path is nothing
but a place to look: the kernel, asked to watch what is there now, answers with the number of the
watch, which tells a directory that is known and was moved from one that is new. A directory that
was moved may have been filled while nobody knew where it was, so it is looked at again. Whether one
has left the tree is not asked before all events are read; then one that is not where it should be
is not watched any more, unless it was asked for by its own name.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from typing import AnyStr

from twisted.internet._sockets._filedescriptor import FileDescriptor
from twisted.internet.error import ConnectionDone
from twisted.internet.inotify._masks import (
    IN_CLOSE_WRITE,
    IN_CREATE,
    IN_DELETE,
    IN_DONT_FOLLOW,
    IN_IGNORED,
    IN_ISDIR,
    IN_MASK_ADD,
    IN_MODIFY,
    IN_MOVE_SELF,
    IN_MOVED,
    IN_MOVED_TO,
    IN_ONESHOT,
    IN_ONLYDIR,
    IN_Q_OVERFLOW,
    IN_WATCH_MASK,
)
from twisted.internet.inotify._watches import Callback, Watch, Watches
from twisted.internet.interfaces import IReactorFDSet
from twisted.logger import Logger
from twisted.python import _inotify
from twisted.python.failure import Failure
from twisted.python.filepath import FilePath

_log = Logger(namespace="twisted.internet.inotify")

# What has to be known about directories of a tree, whatever the callbacks want to know.
_TREE = IN_CREATE | IN_DELETE | IN_MOVED | IN_MOVE_SELF
# A directory below one that is watched: not what somebody put in its place meanwhile.
_BELOW = IN_ONLYDIR | IN_DONT_FOLLOW
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class INotify(FileDescriptor):
    """Watches files and directories, and calls callbacks with what happens to them.

    Attributes:
        connected: Whether it watches; it does until `loseConnection`.
    """

    def __init__(self, reactor: IReactorFDSet | None = None) -> None:
        """Open a queue of events; `startReading` lets them come.

        Args:
            reactor: Watches the descriptor; the default reactor if None.

        Raises:
            INotifyError: There are too many; the text says what to do.
        """
        super().__init__(reactor)
        self._fd = _inotify.init()
        self.connected = True
        self._watches = Watches()
        # What was moved since the queue of events was empty, and what has found entries since.
        self._moved: set[Watch] = set()
        self._withFound: set[Watch] = set()
        self._open: dict[object, None] | None = getattr(self.reactor, "openTransports", None)
        if self._open is not None:
            self._open[self] = None

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it is closed."""
        return self._fd

    def logPrefix(self) -> str:
        """Return the name in the log."""
        return "INotify"

    def watch(
        self,
        path: FilePath[AnyStr],
        mask: int = IN_WATCH_MASK,
        autoAdd: bool = False,
        callbacks: Iterable[Callback] | None = None,
        recursive: bool = False,
    ) -> int:
        """Watch a file or a directory.

        What is watched already gets the mask, the callbacks and `autoAdd` in addition.

        Args:
            path: What to watch; if it is a directory, what happens to its entries is told too.
            mask: What to tell, as bits: `IN_CREATE`, ...
            autoAdd: Whether directories that come to be in it are watched too, and those in them.
                Each entry that was in one before it was watched is told as if it were made now.
            callbacks: Called with this object, the path that it happened to, in bytes, and what
                happened, as bits of which `IN_ISDIR` and `IN_Q_OVERFLOW` may come unasked.
            recursive: Whether the directories in it are watched too, and those in them. Symbolic
                links are not followed.

        Returns:
            The kernel's number for the watch.

        Raises:
            INotifyError: There is no such file, it is not to be read, or there are too many
                watches; then nothing is watched that was not watched before.
            ValueError: This object was closed.
        """
        if not self.connected:
            raise ValueError(f"{path} can't be watched: this INotify was closed, make a new one")
        place: bytes = path.asBytesMode().path
        isTree = recursive or autoAdd
        wanted = mask & ~(IN_ONLYDIR | IN_DONT_FOLLOW | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT)
        before = {watch.number for watch in self._watches}
        try:
            root = self._addNamed(place, mask, isTree)
            root.extend(wanted, callbacks or (), autoAdd, isTree)
            if recursive:
                for _ in self._addBelow(root):
                    pass
        except _inotify.INotifyError:
            self._forget(each for each in self._watches if each.number not in before)
            raise
        return root.number

    def ignore(self, path: FilePath[AnyStr]) -> None:
        """Watch something no longer, nor the directories below it that were not asked for by name.

        Args:
            path: What was watched.

        Raises:
            KeyError: It is not watched.
        """
        place: bytes = path.asBytesMode().path
        watch = self._watches.at(place)
        if watch is None:
            raise KeyError(f"{path} is not watched")
        self._forgetTree(watch)

    def loseConnection(self) -> None:
        """Watch nothing any more, and close the descriptor."""
        if self.connected:
            self._end(ConnectionDone())

    def connectionLost(self, reason: Failure) -> None:
        """Close the descriptor and forget everything; the second call does nothing."""
        if self.disconnected:
            return
        super().connectionLost(reason)
        if self._open is not None:
            self._open.pop(self, None)
        self._watches.clear()
        self._moved.clear()
        self._withFound.clear()
        fd, self._fd = self._fd, -1
        os.close(fd)

    def doRead(self) -> Exception | None:
        """Read events and tell them."""
        try:
            data = os.read(self._fd, _inotify.READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            self._end(error)
            return None
        for event in _inotify.parse(data):
            self._happened(event)
            if not self.connected:
                return None
        if (self._withFound or self._moved) and not _inotify.waiting(self._fd):
            self._allRead()
        return None

    # Events

    def _happened(self, event: _inotify.Event) -> None:
        """Deal with one event."""
        mask = event.mask
        if mask & IN_Q_OVERFLOW:
            self._overflowed()
            return
        watch = self._watches.numbered(event.watch)
        if watch is None:
            # It is ignored since, and this was in the queue before.
            return
        if mask & IN_IGNORED:
            self._moved.discard(watch)
            self._watches.remove(watch)
            return
        path = os.path.join(watch.path, event.name) if event.name else watch.path
        if self._wasFound(watch, event):
            return
        self._tell(watch, path, mask)
        if mask & IN_MOVE_SELF:
            self._moved.add(watch)
        isWatched = self._watches.numbered(watch.number) is watch  # a callback may have ended it
        if isWatched and watch.isTree and mask & IN_ISDIR and mask & (IN_CREATE | IN_MOVED_TO):
            self._come(watch, event.name)

    def _wasFound(self, watch: Watch, event: _inotify.Event) -> bool:
        """Return whether an entry was told already because it was found."""
        if event.name not in watch.found:
            return False
        # Whatever else happens to the entry, the next one of its name is a new one.
        if event.mask & (IN_CREATE | IN_DELETE | IN_MOVED):
            watch.found.discard(event.name)
        return bool(event.mask & IN_CREATE)

    def _allRead(self) -> None:
        """Do what could not be done before all events were read."""
        for watch in self._withFound:
            watch.found.clear()
        self._withFound.clear()
        moved = [watch for watch in self._moved if watch.added]
        self._moved.clear()
        for watch in moved:
            if self._watches.numbered(watch.number) is watch and not self._isThere(watch):
                self._forgetTree(watch)

    def _isThere(self, watch: Watch) -> bool:
        """Return whether a directory is where it should be."""
        try:
            number = _inotify.add(self._fd, watch.path, watch.mask | IN_MASK_ADD | _TREE | _BELOW)
        except _inotify.INotifyError:
            return False
        if self._watches.numbered(number) is None:
            # It has come just now, and there will be an event that says so.
            _inotify.remove(self._fd, number)
        return number == watch.number

    def _overflowed(self) -> None:
        """Put right which directories are watched, and tell that events are missing."""
        _log.warn(
            "Events of watched files are missing: more happened than was read in time; "
            "raise fs.inotify.max_queued_events with sysctl, or do less in callbacks"
        )
        roots = [watch for watch in self._watches if not watch.added]
        for root in roots:
            if root.autoAdd:
                self._look(root)
        for root in roots:
            self._tell(root, root.path, IN_Q_OVERFLOW)

    def _look(self, root: Watch) -> None:
        """Watch the directories that are in a tree now, and no others."""
        try:
            there = {watch for watch, _ in self._addBelow(root)}
        except _inotify.INotifyError as error:
            _log.error("Not all of {path} is watched: {error}", path=root.path, error=error)
            return
        self._forget(each for each in root.below() if each.added and each not in there)

    def _tell(self, watch: Watch, path: bytes, mask: int) -> None:
        """Call the callbacks of a watch if they want to know."""
        if not mask & (watch.mask | IN_Q_OVERFLOW):
            return
        for callback in list(watch.callbacks):
            if not self.connected:
                return
            try:
                callback(self, FilePath(path), mask)
            except Exception:
                _log.failure("{callback} failed", callback=callback, path=path)

    # Watches

    def _add(self, path: bytes, mask: int, isTree: bool) -> tuple[Watch, bool]:
        """Have the kernel watch; return the watch, and whether it is new."""
        mask |= IN_MASK_ADD
        if not mask & IN_ONESHOT:
            mask |= _TREE if isTree else IN_MOVE_SELF
        number = _inotify.add(self._fd, path, mask)
        watch = self._watches.numbered(number)
        if watch is not None:
            return watch, False
        watch = Watch(number)
        self._watches.add(watch)
        return watch, True

    def _addNamed(self, path: bytes, mask: int, isTree: bool) -> Watch:
        """Watch what is asked for by its name."""
        watch, isNew = self._add(path, mask, isTree)
        watch.added = False
        watch.seen = True
        if isNew or watch.path != path:
            watch.place(None, path)
        return watch

    def _addEntry(self, parent: Watch, name: bytes) -> tuple[Watch, bool] | None:
        """Watch a directory in one that is watched.

        Returns:
            The watch, and whether it has come here just now; None if the directory is gone.
        """
        path = os.path.join(parent.path, name)
        try:
            watch, isNew = self._add(path, parent.mask | _BELOW, parent.isTree)
        except _inotify.INotifyError as error:
            if error.errno in _GONE:
                return None
            if error.errno == errno.EACCES:
                _log.warn("{path} is not watched: {error}", path=path, error=error)
                return None
            raise
        if parent.isIn(watch):
            # A directory is never in itself: one of the two was moved, and an event will tell.
            return None
        hasCome = watch.parent is not parent or watch.name != name
        if hasCome and not watch.added:
            # A name that still leads to it was meant: a link, or another mount.
            hasCome = not _isSame(watch.path, path)
        if hasCome:
            watch.place(parent, name)
        if hasCome and watch.added:
            for each in [watch, *watch.below()]:
                if each.added:
                    each.inherit(parent)
        else:
            watch.extend(parent.mask, parent.callbacks, parent.autoAdd, parent.isTree)
        return watch, isNew or hasCome

    def _addBelow(self, root: Watch) -> Iterator[tuple[Watch, list["os.DirEntry[bytes]"]]]:
        """Watch the directories below one, and yield each with what is in it, the first itself."""
        waiting = [root]
        while waiting:
            watch = waiting.pop()
            entries = _entriesOf(watch.path)
            yield watch, entries
            watch.seen = True
            for entry in entries:
                if _isDirectory(entry):
                    added = self._addEntry(watch, entry.name)
                    if added is not None:
                        waiting.append(added[0])

    def _come(self, parent: Watch, name: bytes) -> None:
        """Deal with a directory that has come, new or by being moved."""
        told: list[tuple[Watch, bytes, int]] = []
        try:
            added = self._addEntry(parent, name)
            if added is None:
                return
            root, hasCome = added
            if not parent.autoAdd and not root.seen:
                # Only those that were there from the beginning are watched.
                self._forget([root])
                return
            if not hasCome:
                return
            for watch, entries in self._addBelow(root):
                if watch.seen:
                    continue
                for entry in entries:
                    watch.found.add(entry.name)
                    told.append((watch, entry.path, _foundMask(entry, watch.mask)))
                self._withFound.add(watch)
        except _inotify.INotifyError as error:
            path = os.path.join(parent.path, name)
            _log.error("Not all of {path} is watched: {error}", path=path, error=error)
            told.append((parent, path, IN_Q_OVERFLOW))
        for watch, place, mask in told:
            if self._watches.numbered(watch.number) is watch:
                self._tell(watch, place, mask)

    def _forgetTree(self, root: Watch) -> None:
        """End a watch, and those below it that were not asked for by name."""
        self._forget([root, *(each for each in root.below() if each.added)])

    def _forget(self, watches: Iterable[Watch]) -> None:
        """End watches."""
        for watch in list(watches):
            self._watches.remove(watch)
            self._withFound.discard(watch)
            self._moved.discard(watch)
            _inotify.remove(self._fd, watch.number)


def _entriesOf(path: bytes) -> list["os.DirEntry[bytes]"]:
    """Return what is in a directory; nothing if it is none, or is gone."""
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except OSError:
        return []


def _isDirectory(entry: "os.DirEntry[bytes]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _isSame(one: bytes, other: bytes) -> bool:
    """Return whether two paths lead to the same file."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _foundMask(entry: "os.DirEntry[bytes]", wanted: int) -> int:
    """Return what to tell about an entry that nobody saw coming.

    A file may have been written and closed before it was found, so this is told too; and whoever
    wants to know of neither but of changes is told one.
    """
    if _isDirectory(entry):
        return IN_CREATE | IN_ISDIR
    return wanted & (IN_CREATE | IN_CLOSE_WRITE) or wanted & IN_MODIFY
