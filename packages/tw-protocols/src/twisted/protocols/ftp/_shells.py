"""The files below a directory, for guests, who can only read, and for users.

No path leads out of the directory: names are checked one by one, and a symbolic link to somewhere
else is as if it was not there.
"""

import os
import stat as stat_
from collections.abc import Callable, Sequence
from typing import TypeVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.protocols.ftp import _errors, _replies
from twisted.protocols.ftp._files import FileReader, FileWriter, openRegular
from twisted.protocols.ftp._interfaces import Entry, IResumingFTPShell, Path
from twisted.protocols.ftp._paths import errorFor
from twisted.python.components import implementer
from twisted.python.filepath import FilePath, Permissions

MAX_FILE_SIZE = 2**32
"""How many bytes a file may have that is stored (4 GiB), unless the shell says otherwise."""

_CUTTING = frozenset("\r\n")
_T = TypeVar("_T")


@implementer(IResumingFTPShell)
class FTPAnonymousShell:
    """The files below a directory, which can be read and not changed.

    Attributes:
        filesystemRoot: The directory.
        followsLinksOutside: Whether symbolic links that lead out of the directory are followed;
            they are not unless this is set.
    """

    followsLinksOutside: bool = False

    def __init__(self, filesystemRoot: FilePath[str]) -> None:
        """Make a shell.

        Args:
            filesystemRoot: The directory.
        """
        self.filesystemRoot = filesystemRoot

    # What guests may not do

    def makeDirectory(self, path: Path) -> Deferred[None]:
        """Refuse it."""
        return fail(_errors.AnonUserDeniedError())

    def removeDirectory(self, path: Path) -> Deferred[None]:
        """Refuse it."""
        return fail(_errors.AnonUserDeniedError())

    def removeFile(self, path: Path) -> Deferred[None]:
        """Refuse it."""
        return fail(_errors.AnonUserDeniedError())

    def rename(self, fromPath: Path, toPath: Path) -> Deferred[None]:
        """Refuse it."""
        return fail(_errors.AnonUserDeniedError())

    def openForWriting(self, path: Path) -> Deferred[FileWriter]:
        """Refuse it."""
        return fail(_errors.AnonUserDeniedError())

    def openForWritingAt(self, path: Path, offset: int | None) -> Deferred[FileWriter]:
        """Refuse it."""
        return fail(_errors.AnonUserDeniedError())

    def receive(self, path: Path) -> Deferred[None]:
        """Refuse it; not called by a server.

        Args:
            path: The path of a file.
        """
        return fail(_errors.AnonUserDeniedError())

    # What they may do

    def access(self, path: Path) -> Deferred[None]:
        """Return a Deferred that fails unless the directory can be listed."""

        def look(real: str) -> None:
            with os.scandir(real):
                pass

        return self._attempt(path, look)

    def stat(self, path: Path, keys: Sequence[str] = ()) -> Deferred[list[object]]:
        """Return a Deferred of what is known of a file or directory."""
        return self._attempt(path, lambda real: _values(os.stat(real), keys))

    def list(self, path: Path, keys: Sequence[str] = ()) -> Deferred["list[Entry]"]:
        """Return a Deferred of the names and values in a directory, by the order of the names."""

        def entries(real: str) -> "list[Entry]":
            status = os.stat(real)
            if not stat_.S_ISDIR(status.st_mode):
                return [(path[-1] if path else "", _values(status, keys))]
            found = (self._entry([*path, name], keys) for name in sorted(os.listdir(real)))
            return [entry for entry in found if entry is not None]

        return self._attempt(path, entries)

    def openForReading(self, path: Path) -> Deferred[FileReader]:
        """Open a file, to be sent to the client."""
        return self.openForReadingAt(path, 0)

    def openForReadingAt(self, path: Path, offset: int) -> Deferred[FileReader]:
        """Open a file, to be sent to the client from somewhere on."""

        def opened(real: str) -> FileReader:
            file = os.fdopen(openRegular(real, os.O_RDONLY), "rb", 0)
            if offset > os.fstat(file.fileno()).st_size:
                file.close()
                raise _errors._OtherError(_replies.RESTART_NOT_POSSIBLE)
            file.seek(offset)
            return FileReader(file)

        return self._attempt(path, opened)

    # Paths

    def _attempt(self, path: Path, action: Callable[[str], _T]) -> Deferred[_T]:
        """Do something with the file that a path means."""
        try:
            return succeed(action(self._real(path)))
        except OSError as error:
            return fail(errorFor(error, _shown(path)))
        except _errors.FTPCmdError as error:
            return fail(error)

    def _entry(self, path: Path, keys: Sequence[str]) -> Entry | None:
        """Return what is known of something in a directory; None if it is not to be seen."""
        if not _CUTTING.isdisjoint(path[-1]):
            # A line of a listing could not hold it, and no command could name it.
            return None
        try:
            return path[-1], _values(os.stat(self._real(path)), keys)
        except (OSError, _errors.FTPCmdError):
            # It was removed meanwhile, or is a link that leads nowhere or elsewhere.
            return None

    def _real(self, path: Path) -> str:
        """Return the path of a file on the disk, with all links followed."""
        _checkNames(path)
        root = os.path.realpath(self.filesystemRoot.path)
        real = os.path.realpath(os.path.join(root, *path))
        if not self.followsLinksOutside and os.path.commonpath([root, real]) != root:
            raise _errors.FileNotFoundError(_shown(path))
        return real

    def _realName(self, path: Path) -> str:
        """Return the path of a name on the disk: if it is a link, that of the link."""
        if not path:
            raise _errors.PermissionDeniedError("/")
        _checkNames(path)
        return os.path.join(self._real(path[:-1]), path[-1])


class FTPShell(FTPAnonymousShell):
    """The files below a directory, which can be read and changed.

    Attributes:
        maxFileSize: How many bytes a file may have that is stored; None for any number.
    """

    maxFileSize: int | None = MAX_FILE_SIZE

    def makeDirectory(self, path: Path) -> Deferred[None]:
        """Make a directory."""
        return self._attemptName(path, os.mkdir)

    def removeDirectory(self, path: Path) -> Deferred[None]:
        """Remove a directory that is empty."""
        return self._attemptName(path, os.rmdir)

    def removeFile(self, path: Path) -> Deferred[None]:
        """Remove a file; of a link, the link."""

        def remove(name: str) -> None:
            if stat_.S_ISDIR(os.lstat(name).st_mode):
                raise _errors.IsADirectoryError(_shown(path))
            os.remove(name)

        return self._attemptName(path, remove)

    def rename(self, fromPath: Path, toPath: Path) -> Deferred[None]:
        """Give a file or directory another path; a file that has it already is replaced."""
        return self._attemptName(
            fromPath,
            lambda old: os.rename(old, self._realName(toPath)),
        )

    def openForWriting(self, path: Path) -> Deferred[FileWriter]:
        """Open a file, to take its content from the client."""
        return self._opened(path, 0, os.O_CREAT)

    def openForWritingAt(self, path: Path, offset: int | None) -> Deferred[FileWriter]:
        """Open a file, to replace what comes after its beginning."""
        return self._opened(path, offset, os.O_CREAT if offset is None else 0)

    def _opened(self, path: Path, offset: int | None, flags: int) -> Deferred[FileWriter]:
        def opened(real: str) -> FileWriter:
            descriptor = openRegular(real, os.O_WRONLY | flags)
            size = os.fstat(descriptor).st_size
            start = size if offset is None else offset
            tooMuch = self.maxFileSize is not None and start > self.maxFileSize
            if start > size or tooMuch:
                os.close(descriptor)
                raise _errors._OtherError(
                    _replies.EXCEEDED_STORAGE_ALLOC if tooMuch else _replies.RESTART_NOT_POSSIBLE
                )
            return FileWriter(descriptor, start, self.maxFileSize)

        return self._attempt(path, opened)

    def _attemptName(self, path: Path, action: Callable[[str], None]) -> Deferred[None]:
        """Do something with a name, not with what it may be a link to."""
        try:
            action(self._realName(path))
        except OSError as error:
            return fail(errorFor(error, _shown(path)))
        except _errors.FTPCmdError as error:
            return fail(error)
        return succeed(None)


def _checkNames(path: Path) -> None:
    """Refuse names that mean another directory than the one that they are in."""
    for name in path:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            raise _errors.FileNotFoundError(_shown(path))


def _shown(path: Path) -> str:
    """Return a path as the client knows it."""
    return "/" + "/".join(path)


def _values(status: os.stat_result, keys: Sequence[str]) -> list[object]:
    return [_VALUES[key](status) for key in keys]


def _owner(status: os.stat_result) -> str:
    try:
        import pwd

        return pwd.getpwuid(status.st_uid).pw_name
    except (ImportError, KeyError):
        return str(status.st_uid)


def _group(status: os.stat_result) -> str:
    try:
        import grp

        return grp.getgrgid(status.st_gid).gr_name
    except (ImportError, KeyError):
        return str(status.st_gid)


_VALUES: dict[str, Callable[[os.stat_result], object]] = {
    "size": lambda status: status.st_size,
    "directory": lambda status: stat_.S_ISDIR(status.st_mode),
    "permissions": lambda status: Permissions(status.st_mode),
    "hardlinks": lambda status: status.st_nlink,
    "modified": lambda status: status.st_mtime,
    "owner": _owner,
    "group": _group,
}

__all__ = ["MAX_FILE_SIZE", "FTPAnonymousShell", "FTPShell"]
