"""The table of what is watched: by the kernel's numbers, which stay, while paths change.

The kernel knows a watch by its number and forgets the path: when a directory is moved, its watch
and those of all directories below it go on under paths that do not exist any more. So a watch does
not know its path, but the watch of the directory above it and its name there; what is moved takes
along what is below it.
"""

import os
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
        parent: The watch of the directory that it is in; None if that is not watched.
        name: Its name there, or its whole path.
        children: The watches whose parent this is.
        mask: What the callbacks want to know.
        callbacks: Who is told.
        autoAdd: Whether directories that come into this one are to be watched too.
        isTree: Whether the directories below this one are watched, or will be.
        added: Whether it is watched because a directory above it is, not by its own name.
        seen: Whether what was in it when it was first watched has been dealt with.
        found: Names of entries that were told because they were found, not because the kernel
            told them; it may still do so.
    """

    __slots__ = (
        "added",
        "autoAdd",
        "callbacks",
        "children",
        "found",
        "isTree",
        "mask",
        "name",
        "number",
        "parent",
        "seen",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.parent: Watch | None = None
        self.name = b""
        self.children: set[Watch] = set()
        self.mask = 0
        self.callbacks: list[Callback] = []
        self.autoAdd = False
        self.isTree = False
        self.added = True
        self.seen = False
        self.found: set[bytes] = set()

    @property
    def path(self) -> bytes:
        """Where it is, as far as that is known."""
        steps = [self.name]
        watch = self.parent
        while watch is not None:
            steps.append(watch.name)
            watch = watch.parent
        return os.path.join(*reversed(steps))

    def place(self, parent: "Watch | None", name: bytes) -> None:
        """Say where it is now."""
        if self.parent is not None:
            self.parent.children.discard(self)
        self.parent, self.name = parent, name
        if parent is not None:
            parent.children.add(self)

    def isIn(self, other: "Watch") -> bool:
        """Return whether it is another watch's, or that of something below."""
        watch: Watch | None = self
        while watch is not None:
            if watch is other:
                return True
            watch = watch.parent
        return False

    def below(self) -> list["Watch"]:
        """Return the watches of what is below."""
        found: list[Watch] = []
        waiting = [*self.children]
        while waiting:
            watch = waiting.pop()
            found.append(watch)
            waiting += watch.children
        return found

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

    def __iter__(self) -> Iterator[Watch]:
        return iter(list(self._byNumber.values()))

    def numbered(self, number: int) -> Watch | None:
        """Return the watch with a number."""
        return self._byNumber.get(number)

    def at(self, path: bytes) -> Watch | None:
        """Return the watch of a path."""
        return next((watch for watch in self if watch.path == path), None)

    def add(self, watch: Watch) -> None:
        """Put a new watch into the table."""
        self._byNumber[watch.number] = watch

    def remove(self, watch: Watch) -> None:
        """Take a watch out; what is below it stays, and stands alone."""
        if self._byNumber.pop(watch.number, None) is None:
            return
        for child in [*watch.children]:
            child.place(None, child.path)
        watch.place(None, watch.path)

    def clear(self) -> None:
        """Forget everything."""
        self._byNumber.clear()
