"""Paths of what is inside a zip archive.

`ZipArchive("site.zip").child("index.html")` reads as `FilePath("site").child("index.html")` does.
Whatever names an archive has inside, only those are there that `child` can lead to.
"""

import errno
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, AnyStr, TypeAlias, Union, cast

from twisted.python.components import implementer
from twisted.python.filepath import (
    AbstractFilePath,
    FileMode,
    FilePath,
    IFilePath,
    InsecurePath,
    _abstract,
)
from twisted.python.filepath._interface import OtherAnyStr
from twisted.python.filepath._names import entryName, inKindOf
from twisted.python.zipstream import ChunkingZipFile

ZIP_PATH_SEP: str = "/"
"""What stands between the names inside an archive, on all systems."""

MAX_DEPTH: int = 200
"""How many names a path inside an archive has at most; what is deeper is not there.

A name in an archive can have 32,000 directories, and each step into them costs as much as all
before it.
"""

# A directory is a dictionary of what is in it.
_Tree: TypeAlias = dict[str, Union["_Tree", zipfile.ZipInfo]]


def _tree(entries: Sequence[zipfile.ZipInfo]) -> _Tree:
    """Put the entries of an archive into directories, those that no path can lead to left out."""
    top: _Tree = {}
    for entry in entries:
        *above, last = entry.filename.removesuffix(ZIP_PATH_SEP).split(ZIP_PATH_SEP)
        if len(above) >= MAX_DEPTH or not all(_isName(name) for name in (*above, last)):
            continue
        here = top
        for name in above:
            here = _directory(here, name)
        if entry.is_dir():
            _directory(here, last)
        elif not isinstance(here.get(last), dict):
            here[last] = entry
    return top


def _isName(name: str) -> bool:
    """Return whether `child` takes a name for an entry of its directory."""
    try:
        return entryName(name) == name != ""
    except InsecurePath:
        return False


def _directory(above: _Tree, name: str) -> _Tree:
    """Return a directory in another one; it takes the place of a file that has its name."""
    found = above.get(name)
    if not isinstance(found, dict):
        found = above[name] = {}
    return found


@implementer(IFilePath)
class ZipPath(AbstractFilePath[AnyStr]):
    """A path inside a zip archive, in text or bytes.

    Attributes:
        archive: The archive.
        pathInArchive: The names that lead from the archive to it, with `/` between them.
        path: The path as if the archive were a directory.
    """

    def __init__(
        self, archive: "ZipArchive[str] | ZipArchive[bytes]", pathInArchive: AnyStr
    ) -> None:
        """Make a path inside an archive, whether it is there or not.

        Args:
            archive: The archive.
            pathInArchive: The names that lead to it, with `/` between them.

        Raises:
            InsecurePath: One of the names is `..` or has a NUL.
        """
        self._archive: ZipArchive[str] | ZipArchive[bytes] = archive
        names = os.fsdecode(pathInArchive).split(ZIP_PATH_SEP)
        self._names: list[str] = [name for name in map(entryName, names) if name]
        self.pathInArchive: AnyStr = inKindOf(ZIP_PATH_SEP.join(self._names), pathInArchive)
        self.path: AnyStr = inKindOf(os.path.join(archive._filename, *self._names), pathInArchive)

    @property
    def archive(self) -> "ZipArchive[str] | ZipArchive[bytes]":
        """The archive that the path is in."""
        return self._archive

    def _at(self, names: Sequence[str], kind: OtherAnyStr) -> "ZipPath[OtherAnyStr]":
        """Return another path in the same archive."""
        if not names and isinstance(self.archive.pathInArchive, type(kind)):
            return cast("ZipPath[OtherAnyStr]", self.archive)
        return ZipPath(self.archive, inKindOf(ZIP_PATH_SEP.join(names), kind))

    def _entry(self) -> _Tree | zipfile.ZipInfo | None:
        """Return what the archive has under this path."""
        here: _Tree | zipfile.ZipInfo | None = self.archive._tree
        for name in self._names:
            if not isinstance(here, dict):
                return None
            here = here.get(name)
        return here

    def _info(self) -> zipfile.ZipInfo | None:
        """Return what the archive says about this path; None for a directory.

        Raises:
            FileNotFoundError: It is not there.
        """
        found = self._entry()
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.path)
        return None if isinstance(found, dict) else found

    # Names.

    @property
    def sep(self) -> AnyStr:
        """What stands between the names in a path, in the kind of this path."""
        return inKindOf(os.sep, self.path)

    def child(self, path: OtherAnyStr) -> "ZipPath[OtherAnyStr]":
        """Return the path of an entry of this directory, whether it is there or not.

        Args:
            path: The name of the entry, which may come from anybody; `""` and `"."` are the
                directory itself.

        Raises:
            InsecurePath: The name is `..` or absolute, or has a separator inside or a NUL.
        """
        name = entryName(path)
        return self._at([*self._names, name] if name else self._names, path)

    def sibling(self, path: OtherAnyStr) -> "ZipPath[OtherAnyStr]":
        """Return the path of another entry of the same directory.

        Args:
            path: Its name, as for `child`.

        Raises:
            InsecurePath: The name is not one of a direct entry.
        """
        return self.parent().child(path)

    def descendant(self, segments: Sequence[OtherAnyStr]) -> "ZipPath[OtherAnyStr]":
        """Return a path that is several names below this one.

        Args:
            segments: The names, each as for `child`.

        Raises:
            InsecurePath: One of them is not the name of a direct entry.
        """
        return cast("ZipPath[OtherAnyStr]", _abstract.descendant(self, segments))

    def basename(self) -> AnyStr:
        """Return the last name of the path."""
        return os.path.basename(self.path)

    def dirname(self) -> AnyStr:
        """Return the path of the directory that this is an entry of."""
        return self.parent().path

    def splitext(self) -> tuple[AnyStr, AnyStr]:
        """Return the path in two parts, of which the second begins with its last dot."""
        return os.path.splitext(self.path)

    def parent(self) -> "ZipPath[AnyStr]":
        """Return the directory that this is an entry of; an archive is its own parent."""
        return self._at(self._names[:-1], self.path)

    def parents(self) -> "Iterator[ZipPath[AnyStr]]":
        """Return the directories around this path, from its own to the archive."""
        return _abstract.parents(self)

    # What there is.

    def listdir(self) -> list[AnyStr]:
        """Return the names of all entries of this directory, in any order.

        Raises:
            OSError: It is not there, or is no directory.
        """
        found = self._entry()
        if isinstance(found, dict):
            return [inKindOf(name, self.path) for name in found]
        number = errno.ENOENT if found is None else errno.ENOTDIR
        raise OSError(number, os.strerror(number), self.path)

    def children(self) -> "list[ZipPath[AnyStr]]":
        """Return the paths of all entries of this directory, in any order.

        Raises:
            UnlistableError: It is not there, or is no directory.
        """
        return [self.child(name) for name in _abstract.entryNames(self)]

    def walk(
        self, descend: "Callable[[ZipPath[AnyStr]], bool] | None" = None
    ) -> "Iterator[ZipPath[AnyStr]]":
        """Return this path, and all paths below it.

        Args:
            descend: What says, for each path below this one, whether to go into it; without it,
                all directories are gone into.
        """
        return _abstract.walk(self, descend)

    def exists(self) -> bool:
        """Return whether there is anything under this path."""
        return self._entry() is not None

    def isdir(self) -> bool:
        """Return whether it is a directory."""
        return isinstance(self._entry(), dict)

    def isfile(self) -> bool:
        """Return whether it is a file with content."""
        return isinstance(self._entry(), zipfile.ZipInfo)

    def islink(self) -> bool:
        """Return False: links are files here, with the path that they lead to as content."""
        return False

    def restat(self) -> None:
        """Do nothing: an archive does not change while it is open."""

    def changed(self) -> None:
        """Do nothing: an archive does not change while it is open."""

    def getsize(self) -> int:
        """Return the size of the file in bytes, when it is unpacked; 0 for a directory.

        Raises:
            FileNotFoundError: It is not there.
        """
        found = self._info()
        return 0 if found is None else found.file_size

    def getModificationTime(self) -> float:
        """Return when the file was changed last before it was packed, in seconds since 1970.

        An archive keeps local times without a zone, to two seconds; that of this process is
        taken. Directories have the time of the archive.

        Raises:
            FileNotFoundError: It is not there.
        """
        found = self._info()
        if found is None:
            return self.archive._file.getModificationTime()
        try:
            year, month, day, hour, minute, second = found.date_time
            return time.mktime((year, month, day, hour, minute, second, 0, 0, -1))
        except (OverflowError, ValueError):
            return 0.0  # the archive may say any number

    def getStatusChangeTime(self) -> float:
        """Return the time of the last change: an archive has only that."""
        return self.getModificationTime()

    def getAccessTime(self) -> float:
        """Return when the archive was read last, in seconds since 1970.

        Raises:
            FileNotFoundError: The path is not there.
        """
        self._info()
        return self.archive._file.getAccessTime()

    def open(self, mode: FileMode = "r") -> IO[bytes]:
        """Open the file.

        Args:
            mode: `r` or `rb`; bytes are read in any case.

        Raises:
            OSError: It is not there or is a directory, or the mode is to write.
        """
        if mode not in ("r", "rb"):
            raise OSError(errno.EROFS, "a file in an archive can only be read", self.path)
        found = self._info()
        if isinstance(found, zipfile.ZipInfo):
            return self.archive.zipfile.open(found)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), self.path)

    def getContent(self) -> bytes:
        """Return all that is in the file.

        Raises:
            OSError: It is not there or is a directory, or has more than `maxContentSize` bytes.
        """
        size, limit = self.getsize(), self.archive.maxContentSize
        if size > limit:
            reason = (
                f"it has {size} bytes, and maxContentSize is {limit}; open and read it in parts"
            )
            raise OSError(errno.EFBIG, reason, self.path)
        return super().getContent()

    def __repr__(self) -> str:
        return f"ZipPath({self.path!r})"

    def __hash__(self) -> int:
        return hash((ZipPath, self.path))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ZipPath):
            return NotImplemented
        return type(other.path) is type(self.path) and bool(other.path == self.path)


class ZipArchive(ZipPath[AnyStr]):
    """A zip archive as a directory.

    Attributes:
        zipfile: The archive as the standard library has it.
        maxContentSize: The most bytes that `getContent` returns, 100 Mi bytes unless it is set: a
            small archive can hold files of any size.
    """

    maxContentSize: int = 100 * 2**20

    def __init__(self, archivePathname: AnyStr | os.PathLike[AnyStr]) -> None:
        """Open an archive.

        Args:
            archivePathname: Its path.

        Raises:
            OSError: It cannot be opened.
            zipfile.BadZipFile: It is no archive.
        """
        path = os.fspath(archivePathname)
        self._file = FilePath(os.fsdecode(path))
        self._filename = self._file.path
        self.zipfile: ChunkingZipFile = ChunkingZipFile(self._filename)
        self._tree = _tree(self.zipfile.infolist())
        super().__init__(cast(Any, self), cast(Any, inKindOf("", path)))

    def exists(self) -> bool:
        """Return whether the archive is still there."""
        self._file.changed()
        return self._file.exists()

    def close(self) -> None:
        """Close the archive; nothing in it can be opened any more."""
        self.zipfile.close()

    def __repr__(self) -> str:
        return f"ZipArchive({self.path!r})"


__all__ = ["MAX_DEPTH", "ZIP_PATH_SEP", "ZipArchive", "ZipPath"]
