"""New content for a file, all of it or none.

The content goes to another file of the same directory, which then takes the name at once. Whoever
opens the file meanwhile sees the old content or the new, and so does everybody after this process
was killed or the disk was full. After a loss of power a file system may show the name before the
content; only a `durable` replacement waits until both are on the disk, which takes milliseconds.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

O_BINARY: int = getattr(os, "O_BINARY", 0)
"""The flag of `os.open` that keeps line ends on Windows as they are; 0 elsewhere."""

_NEW_FILE = os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | O_BINARY


def createFile(path: str | bytes, mode: int = 0o666) -> IO[bytes]:
    """Make a file that nobody made before, and open it for reading and writing.

    Args:
        path: Its path.
        mode: Its permissions, of which the process's umask is taken away.

    Raises:
        FileExistsError: Something has this name, if only a symbolic link.
    """
    return os.fdopen(os.open(path, _NEW_FILE | os.O_RDWR, mode), "w+b")


@contextmanager
def replacing(path: str, temporary: str, durable: bool = False) -> Iterator[IO[bytes]]:
    """Give a file to write to, which takes the name of another one at the end.

    The permissions stay those of the file that is replaced, and its owner and group where this
    process may set them. An exception removes the new file and leaves the old one.

    Args:
        path: The name to take.
        temporary: The name to write to until then, in the same directory.
        durable: Whether to wait until the content and the name are on the disk.
    """
    old = _regularFile(path)
    file = createFile(temporary, 0o666 if old is None else 0o600)
    try:
        with file:
            if old is not None:
                _likeOld(temporary, old)
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    if durable:
        _syncDirectory(os.path.dirname(path))


def _regularFile(path: str) -> os.stat_result | None:
    """Return the status of a file, or None if it is not there or is something else."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _likeOld(path: str, old: os.stat_result) -> None:
    """Give a file the owner, the group and the permissions of another one."""
    # Only root may give files away, but to a group that it is in any process may give them.
    for owner in (old.st_uid, -1) if hasattr(os, "chown") else ():
        try:
            os.chown(path, owner, old.st_gid)
            break
        except PermissionError:
            pass
    # Whoever writes to a program takes away its right to act as its owner, as the kernel does.
    os.chmod(path, stat.S_IMODE(old.st_mode) & 0o777)


def _syncDirectory(path: str) -> None:
    """Wait until the names in a directory are on the disk, where the system can tell."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


__all__ = ["O_BINARY", "createFile", "replacing"]
