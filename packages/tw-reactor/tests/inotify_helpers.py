"""What tests of inotify share: a recorder of events, and a reactor that watches nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from twisted.internet.inotify import INotify, humanReadableMask
from twisted.internet.interfaces import IReactorFDSet
from twisted.python.filepath import FilePath


class IdleReactor:
    """Watches nothing: a test reads by itself."""

    def addReader(self, reader: object) -> None: ...
    def addWriter(self, writer: object) -> None: ...
    def removeReader(self, reader: object) -> None: ...
    def removeWriter(self, writer: object) -> None: ...


class Events:
    """A callback that remembers what it was told, with paths below one directory.

    Attributes:
        told: Each path and the words for what happened to it, sorted and joined by blanks.
        onEvent: Called with each path.
    """

    def __init__(self, root: Path) -> None:
        self.root = os.fsencode(root)
        self.told: list[tuple[str, str]] = []
        self.onEvent: Callable[[FilePath[bytes]], object] = lambda path: None

    def __call__(self, notify: INotify, path: FilePath[bytes], mask: int) -> None:
        assert isinstance(path.path, bytes)
        place = os.fsdecode(os.path.relpath(path.path, self.root))
        self.told.append((place, " ".join(humanReadableMask(mask))))
        self.onEvent(path)

    def paths(self) -> list[str]:
        """Return what something happened to."""
        return [path for path, _ in self.told]

    def take(self) -> list[tuple[str, str]]:
        """Return what was told since the last call."""
        told, self.told = self.told, []
        return told


def idleNotify() -> INotify:
    """Return an INotify that is read from by `readAll`."""
    return INotify(cast(IReactorFDSet, IdleReactor()))


def readAll(notify: INotify) -> None:
    """Read all events that are there."""
    from twisted.python import _inotify

    while notify.connected and _inotify.waiting(notify.fileno()):
        notify.doRead()
