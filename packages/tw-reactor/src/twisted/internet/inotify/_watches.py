"""The table of what is watched: by the kernel's numbers and by paths, which change by moving.

The kernel knows a watch by its number and forgets the path: when a directory is moved, its watch
and those of all directories below it go on under paths that do not exist any more. So the table
renames them. A path may lead to a new watch while the kernel has not told the end of the old one
yet, whose number is kept until then.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from twisted.python.filepath import FilePath

if TYPE_CHECKING:
    from twisted.internet.inotify._inotify import INotify

Callback = Callable[["INotify", FilePath[bytes], int], object]
"""What is called with the object that watches, the path that something happened to, and what."""


class Watch:
    """One file or directory that is watched.

    Attributes:
        number: The kernel's number.
        path: Where it is, as far as that is known.
        mask: What the callbacks want to know.
        callbacks: Who is told.
        autoAdd: Whether directories that come into this one are to be watched too.
        isTree: Whether the directories below this one are watched, or will be.
        added: Whether it is watched because a directory above it is, not by its own name.
        found: Names of entries that were told because they were found, not because the kernel
            told them; it may still do so.
    """

    __slots__ = ("added", "autoAdd", "callbacks", "found", "isTree", "mask", "number", "path")

    def __init__(self, number: int, path: bytes, added: bool) -> None:
        self.number = number
        self.path = path
        self.added = added
        self.mask = 0
        self.callbacks: list[Callback] = []
        self.autoAdd = False
        self.isTree = False
        self.found: set[bytes] = set()

    def extend(self, mask: int, callbacks: Iterable[Callback], autoAdd: bool, isTree: bool) -> None:
        """Tell more, or tell more callbacks."""
        self.mask |= mask
        self.callbacks += [one for one in callbacks if one not in self.callbacks]
        self.autoAdd = self.autoAdd or autoAdd
        self.isTree = self.isTree or isTree

    def inherit(self, parent: "Watch") -> None:
        """Tell what the directory above tells, to whom it is told there."""
        self.mask = parent.mask
        self.callbacks = list(parent.callbacks)
        self.autoAdd = parent.autoAdd
        self.isTree = parent.isTree


class Watches:
    """All that one descriptor of inotify watches."""

    def __init__(self) -> None:
        self._byNumber: dict[int, Watch] = {}
        self._byPath: dict[bytes, Watch] = {}

    def __iter__(self) -> Iterator[Watch]:
        return iter(list(self._byNumber.values()))

    def numbered(self, number: int) -> Watch | None:
        """Return the watch with a number."""
        return self._byNumber.get(number)

    def at(self, path: bytes) -> Watch | None:
        """Return the watch of a path."""
        return self._byPath.get(path)

    def add(self, watch: Watch) -> None:
        """Put a new watch into the table."""
        self._byNumber[watch.number] = self._byPath[watch.path] = watch

    def remove(self, watch: Watch) -> None:
        """Take a watch out."""
        self._byNumber.pop(watch.number, None)
        if self._byPath.get(watch.path) is watch:
            del self._byPath[watch.path]

    def rename(self, watch: Watch, path: bytes) -> None:
        """Give a watch another path."""
        if self._byPath.get(watch.path) is watch:
            del self._byPath[watch.path]
        watch.path = path
        self._byPath[path] = watch

    def below(self, path: bytes) -> list[Watch]:
        """Return the watches of what is below a directory."""
        prefix = path.rstrip(b"/") + b"/"
        return [watch for watch in self._byNumber.values() if watch.path.startswith(prefix)]

    def moveTree(self, watch: Watch, path: bytes) -> None:
        """Give a directory another path, and all that is below it."""
        old = watch.path
        for each in self.below(old):
            self.rename(each, path + each.path[len(old) :])
        self.rename(watch, path)

    def clear(self) -> None:
        """Forget everything."""
        self._byNumber.clear()
        self._byPath.clear()
