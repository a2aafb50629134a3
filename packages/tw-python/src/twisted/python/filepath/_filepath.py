"""Paths in the file system."""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from typing import IO, AnyStr, cast, overload

from twisted.python.components import implementer
from twisted.python.filepath import _abstract
from twisted.python.filepath._copying import copy, move, remove, temporaryBeside
from twisted.python.filepath._errors import LinkError
from twisted.python.filepath._interface import FileMode, IFilePath, OtherAnyStr
from twisted.python.filepath._names import descendantPath, entryName, inKindOf
from twisted.python.filepath._replacing import createFile, replacing
from twisted.python.filepath._status import FileStatus


@implementer(IFilePath)
class FilePath(FileStatus[AnyStr]):
    """An absolute path in the file system, in text or bytes.

    A path that is made by a name is of the name's kind: `FilePath("/srv").child(b"x")` is in
    bytes. Paths are equal if their text is; two paths of one file need not be. A path can be used
    wherever Python takes one, as in `open(path)`.

    A path belongs to one thread at a time, because it remembers the status of its file; otherwise
    nothing is shared, so paths can be made and used in any thread.

    Attributes:
        path: The path as text or bytes, absolute, without `.`, `..` and doubled separators.
        alwaysCreate: Whether `open` makes the file and fails if something has its name.
    """

    def __init__(self, path: AnyStr | os.PathLike[AnyStr], alwaysCreate: bool = False) -> None:
        """Make a path; the file system is not asked about it.

        Args:
            path: A path, relative to the current directory unless it is absolute.
            alwaysCreate: Whether `open` is to make the file and fail if something has its name.
        """
        self.path: AnyStr = os.path.abspath(os.fspath(path))
        self.alwaysCreate: bool = alwaysCreate

    def clonePath(self, path: OtherAnyStr, alwaysCreate: bool = False) -> "FilePath[OtherAnyStr]":
        """Make the paths that other methods return.

        A subclass says here, or by assigning a class to this name, what they make.

        Args:
            path: The absolute path.
            alwaysCreate: As for the class.
        """
        return FilePath(path, alwaysCreate)

    # Names.

    @property
    def sep(self) -> AnyStr:
        """What stands between the names in a path, in the kind of this path."""
        return inKindOf(os.sep, self.path)

    @property
    def _text(self) -> str:
        """The path as text, from which the bytes can be had again."""
        return os.fsdecode(self.path)

    def child(self, path: OtherAnyStr) -> "FilePath[OtherAnyStr]":
        """Return the path of an entry of this directory, whether it is there or not.

        Args:
            path: The name of the entry, which may come from anybody; `""` and `"."` are the
                directory itself.

        Raises:
            InsecurePath: The name is `..` or absolute, or has a separator inside or a NUL.
        """
        name = entryName(path)
        found = os.path.join(self._text, name) if name else self._text
        return self.clonePath(inKindOf(found, path))

    def preauthChild(self, path: OtherAnyStr) -> "FilePath[OtherAnyStr]":
        """Return the path of something in this directory, at any depth.

        Args:
            path: A relative path, or an absolute one that begins with this path.

        Raises:
            InsecurePath: It leads out of this directory, or has a NUL.
        """
        return self.clonePath(inKindOf(descendantPath(self._text, path), path))

    def childSearchPreauth(self, *paths: OtherAnyStr) -> "FilePath[OtherAnyStr] | None":
        """Return the first path that is there, of several in this directory.

        Args:
            paths: Paths, each as for `preauthChild`.

        Returns:
            The path of what was found, or None.

        Raises:
            InsecurePath: One of them leads out of this directory, or has a NUL.
        """
        for path in paths:
            found = self.preauthChild(path)
            if found.exists():
                return found
        return None

    def descendant(self, segments: Sequence[OtherAnyStr]) -> "FilePath[OtherAnyStr]":
        """Return a path that is several names below this one.

        Args:
            segments: The names, each as for `child`.

        Raises:
            InsecurePath: One of them is not the name of a direct entry.
        """
        return cast(FilePath[OtherAnyStr], _abstract.descendant(self, segments))

    def sibling(self, path: OtherAnyStr) -> "FilePath[OtherAnyStr]":
        """Return the path of another entry of the same directory.

        Args:
            path: Its name, as for `child`.

        Raises:
            InsecurePath: The name is not one of a direct entry.
        """
        return self.parent().child(path)

    def siblingExtension(self, ext: OtherAnyStr) -> "FilePath[OtherAnyStr]":
        """Return this path with something added to its last name.

        Args:
            ext: What to add: `".txt"`.

        Raises:
            InsecurePath: It has a separator or a NUL.
        """
        return self.sibling(inKindOf(os.path.basename(self._text) + os.fsdecode(ext), ext))

    def siblingExtensionSearch(self, *exts: OtherAnyStr) -> "FilePath[OtherAnyStr] | None":
        """Return the first path that is there, of several that are this one with something added.

        Args:
            exts: What to add, each in turn. `""` is this path itself, and `"*"` the first path in
                the order of names that goes on with a dot.

        Returns:
            The path of what was found, or None.
        """
        for ext in exts:
            text = os.fsdecode(ext)
            added = self._anyExtension() if text == "*" else text
            if added is None:
                continue
            found = self.siblingExtension(inKindOf(added, ext))
            if found.exists():
                return found
        return None

    def _anyExtension(self) -> str | None:
        """Return what the first sibling that begins with this name and a dot has beyond it."""
        directory, base = os.path.split(self._text)
        if not os.path.isdir(directory):
            return None
        found = (name for name in sorted(os.listdir(directory)) if name.startswith(f"{base}."))
        first = next(found, None)
        return None if first is None else first.removeprefix(base)

    @overload
    def temporarySibling(self, extension: None = None) -> "FilePath[AnyStr]": ...
    @overload
    def temporarySibling(self, extension: OtherAnyStr) -> "FilePath[OtherAnyStr]": ...
    def temporarySibling(
        self, extension: OtherAnyStr | None = None
    ) -> "FilePath[AnyStr] | FilePath[OtherAnyStr]":
        """Return a path in the same directory that nobody can guess.

        It begins with random characters, ends with the name of this path as far as there is room,
        and when it is opened, it is made and must not be there yet.

        Args:
            extension: What to add to it; the path is of the same kind. Without it, the path is of
                the kind of this one.

        Raises:
            InsecurePath: The extension has a separator or a NUL.
        """
        found = temporaryBeside(self._text, entryName(extension or ""))
        if extension is None:
            return self.clonePath(inKindOf(found, self.path), True)
        return self.clonePath(inKindOf(found, extension), True)

    def basename(self) -> AnyStr:
        """Return the last name of the path."""
        return os.path.basename(self.path)

    def dirname(self) -> AnyStr:
        """Return the path of the directory that this is an entry of."""
        return os.path.dirname(self.path)

    def splitext(self) -> tuple[AnyStr, AnyStr]:
        """Return the path in two parts, of which the second begins with its last dot."""
        return os.path.splitext(self.path)

    def parent(self) -> "FilePath[AnyStr]":
        """Return the directory that this is an entry of; the root is its own parent."""
        return self.clonePath(self.dirname())

    def parents(self) -> Iterator["FilePath[AnyStr]"]:
        """Return the directories around this path, from its own to the root."""
        return _abstract.parents(self)

    def asBytesMode(self, encoding: str | None = None) -> "FilePath[bytes]":
        """Return this path in bytes.

        Args:
            encoding: How to encode it; as the system does for paths, if left out.
        """
        if encoding is None or isinstance(self.path, bytes):
            return self.clonePath(os.fsencode(self.path), self.alwaysCreate)
        return self.clonePath(self.path.encode(encoding), self.alwaysCreate)

    def asTextMode(self, encoding: str | None = None) -> "FilePath[str]":
        """Return this path in text.

        Args:
            encoding: How to decode it; as the system does for paths, if left out.
        """
        if encoding is None or isinstance(self.path, str):
            return self.clonePath(os.fsdecode(self.path), self.alwaysCreate)
        return self.clonePath(self.path.decode(encoding), self.alwaysCreate)

    # Directories.

    def listdir(self) -> list[AnyStr]:
        """Return the names of all entries of this directory, in any order.

        Raises:
            OSError: It cannot be listed.
        """
        with os.scandir(self.path) as entries:
            return [entry.name for entry in entries]

    def children(self) -> "list[FilePath[AnyStr]]":
        """Return the paths of all entries of this directory, in any order.

        Raises:
            UnlistableError: It is not there, or is no directory.
            OSError: It cannot be listed.
        """
        return [self.child(name) for name in _abstract.entryNames(self)]

    def globChildren(self, pattern: OtherAnyStr) -> "list[FilePath[OtherAnyStr]]":
        """Return the paths in this directory that match a pattern.

        Args:
            pattern: As the shell has it, relative to this directory: `"*.txt"`, `"*/index.html"`.

        Raises:
            InsecurePath: The pattern leads out of this directory, or has a NUL.
        """
        directory = self._text
        wanted = descendantPath(directory, pattern)[len(directory) :].lstrip(os.sep)
        found = sorted(glob.glob(os.path.join(glob.escape(directory), wanted)))
        return [self.clonePath(inKindOf(path, pattern)) for path in found]

    def walk(
        self, descend: "Callable[[FilePath[AnyStr]], bool] | None" = None
    ) -> "Iterator[FilePath[AnyStr]]":
        """Return this path, and all paths below it.

        Args:
            descend: What says, for each path below this one, whether to go into it; without it,
                all directories are gone into, those that links lead to as well.

        Raises:
            LinkError: Links lead round in a circle.
            UnlistableError: A directory vanished meanwhile.
        """
        return _abstract.walk(self, descend)

    def createDirectory(self) -> None:
        """Make a directory with this path.

        Raises:
            FileExistsError: Something has this path.
            OSError: It cannot be made.
        """
        os.mkdir(self.path)
        self.changed()

    def makedirs(self, ignoreExistingDirectory: bool = False) -> None:
        """Make a directory with this path, and those around it that are missing.

        Args:
            ignoreExistingDirectory: Whether it may be there already.

        Raises:
            FileExistsError: Something has this path.
            OSError: It cannot be made.
        """
        os.makedirs(self.path, exist_ok=ignoreExistingDirectory)
        self.changed()

    # Content.

    def open(self, mode: FileMode = "r") -> IO[bytes]:
        """Open the file.

        Args:
            mode: As for the built-in `open`; bytes are read and written in any case.

        Raises:
            OSError: It cannot be opened.
            ValueError: The file is to be made, and the mode asks to append.
        """
        if not self.alwaysCreate:
            return cast(IO[bytes], open(self.path, mode.replace("b", "") + "b"))
        if "a" in mode:
            raise ValueError(f"{self!r} makes its file when it is opened, so nothing is to append")
        return self.create()

    def create(self) -> IO[bytes]:
        """Make the file, and open it for reading and writing.

        Raises:
            FileExistsError: Something has this path, if only a symbolic link.
            OSError: It cannot be made.
        """
        self.changed()
        return createFile(self.path)

    def requireCreate(self, val: bool = True) -> None:
        """Say whether `open` makes the file and fails if something has its name."""
        self.alwaysCreate = val

    def touch(self) -> None:
        """Make an empty file if there is none, and set the times of the file to now.

        Raises:
            OSError: It cannot be made or changed.
        """
        try:
            os.utime(self.path)
        except FileNotFoundError:
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666))
        self.changed()

    def setContent(
        self, content: bytes, ext: str | bytes = ".new", *, durable: bool = False
    ) -> None:
        """Replace all that is in the file, or make it.

        The content is written to a temporary sibling, which then takes the name at once: nobody
        sees a part of it, and if there is an error or this process is killed, the old content
        stays. Permissions stay as they are; a symbolic link is replaced by a file.

        Args:
            content: What the file is to hold.
            ext: What the name of the temporary sibling ends with.
            durable: Whether to wait until it is on the disk, so that it also survives a loss of
                power; this takes milliseconds.

        Raises:
            OSError: It cannot be written.
        """
        temporary = temporaryBeside(self._text, entryName(ext))
        with replacing(self._text, temporary, durable) as file:
            file.write(content)
        self.changed()

    def remove(self) -> None:
        """Remove the file, the link, or the directory with all that is in it.

        Symbolic links are removed, and not followed.

        Raises:
            OSError: It cannot be removed.
        """
        remove(self._text)
        self.changed()

    def copyTo(self, destination: "FilePath[OtherAnyStr]", followLinks: bool = True) -> None:
        """Copy the file, or the directory with all that is in it.

        A directory is copied into the one that is there, if there is one. A file takes the place
        of another one when its copy is complete.

        Args:
            destination: The path of the copy.
            followLinks: Whether to copy what symbolic links lead to, instead of the links.

        Raises:
            LinkError: Links that are followed lead round in a circle.
            OSError: Something cannot be read or written; or a directory is to be copied into
                itself, or a file to itself.
        """
        try:
            copy(self._text, destination._text, followLinks)
        finally:
            destination.changed()

    def moveTo(self, destination: "FilePath[OtherAnyStr]", followLinks: bool = True) -> None:
        """Move the file or directory; a file that has the destination's name is replaced.

        To another file system it is copied under a temporary name first, with permissions and
        times, so that the destination is there completely or not at all.

        Args:
            destination: Where to.
            followLinks: Whether to move what symbolic links lead to, if it has to be copied.

        Raises:
            OSError: It cannot be moved; both are as before.
        """
        try:
            move(self._text, destination._text, followLinks)
        finally:
            self.changed()
            destination.changed()

    # Links and permissions.

    def realpath(self) -> "FilePath[AnyStr]":
        """Return the path that this one is when all symbolic links in it are followed.

        Raises:
            LinkError: Links lead round in a circle.
        """
        found = os.path.realpath(self.path)
        if os.path.islink(found):
            raise LinkError(f"links lead round in a circle at {found!r}")
        return self.clonePath(found)

    def linkTo(self, linkFilePath: "FilePath[AnyStr]") -> None:
        """Make a symbolic link that leads to this path.

        Args:
            linkFilePath: The path of the link.

        Raises:
            OSError: It cannot be made; its directory must be there, and nothing with its name.
        """
        os.symlink(self.path, linkFilePath.path)
        linkFilePath.changed()

    def chmod(self, mode: int) -> None:
        """Say who may do what with the file.

        Args:
            mode: The permissions as a number: 0o640.

        Raises:
            OSError: They cannot be changed.
        """
        os.chmod(self.path, mode)
        self.changed()

    def __fspath__(self) -> AnyStr:
        return self.path

    def __repr__(self) -> str:
        return f"FilePath({self.path!r})"

    def __hash__(self) -> int:
        return hash((FilePath, self.path))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FilePath):
            return NotImplemented
        # Python may be told to complain when text and bytes are compared.
        return type(other.path) is type(self.path) and bool(other.path == self.path)


FilePath.__module__ = "twisted.python.filepath"

__all__ = ["FilePath"]
