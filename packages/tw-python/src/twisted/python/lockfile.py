"""Locks between processes, kept in the file system.

A lock is a symbolic link whose target is the number of the process that holds it: `busy.lock` ->
`4711`. Making a link fails if its name exists, so two processes never make the same one; and a
link has its content from the start, so nobody reads half a number. A file system without links
gets a directory instead, made elsewhere and renamed to its name, with a file `pid` in it.

The lock outlives a process that ends without unlocking it. Whoever wants it then finds that no
process has this number any more, removes the stale lock and makes its own. Two processes that do
this at once could each remove what the other just made; so it is done under `flock` on the
directory that the lock is in, and only after another look at the lock.

A number is used again: a service in a container may have the same one each time that it starts.
So a lock with our own number is stale unless this process made it, which `_held` knows.
"""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

_Name: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]

_LARGEST_NUMBER = 2**31 - 1
_FILE_IN_DIRECTORY = "pid"

_held: set[tuple[int, int, int]] = set()
"""The locks that were made here: the process, the device and the inode number of each."""

_mutex = threading.Lock()
"""Held between the making of a lock and its entry in `_held`, and by those who look at both."""


def _renewMutex() -> None:
    """Give a forked process a mutex that no thread of its parent holds."""
    global _mutex
    _mutex = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renewMutex)


def _number(name: str, text: str) -> int:
    """Return the number of the process that a lock names."""
    if text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= _LARGEST_NUMBER:
        return int(text)
    raise ValueError(
        f"{name!r} is no lock: it holds {text[:20]!r} instead of the number of a process; "
        "remove it if nothing needs it"
    )


def _make(name: str) -> bool:
    """Make a lock for this process; return False if something has its name already."""
    try:
        os.symlink(str(os.getpid()), name)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
        if not _makeDirectory(name):
            return False
    _held.add(_identity(name))
    return True


def _makeDirectory(name: str) -> bool:
    """Make a lock where there are no links; return False if something has its name already."""
    if os.path.lexists(name):
        return False
    # Only where there are no links: these modules are slow to import.
    import shutil
    import tempfile

    made = tempfile.mkdtemp(prefix=f"{os.path.basename(name)}.", dir=os.path.dirname(name) or ".")
    try:
        with open(os.path.join(made, _FILE_IN_DIRECTORY), "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
        # Fails if a directory with a file in it has that name, and that is what a lock is.
        os.rename(made, name)
    except OSError as error:
        shutil.rmtree(made)
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            return False
        raise
    return True


def _holder(name: str) -> int | None:
    """Return the number of the process that made a lock, or None if there is no lock.

    Raises:
        ValueError: What has the name is no lock.
    """
    try:
        return _number(name, os.readlink(name))
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    try:
        with open(os.path.join(name, _FILE_IN_DIRECTORY), encoding="latin-1") as file:
            return _number(name, file.read(32))
    except (FileNotFoundError, NotADirectoryError):
        if not os.path.lexists(name):
            return None
        raise ValueError(f"{name!r} is no lock: remove it if nothing needs it")


def _remove(name: str) -> None:
    """Remove a lock; one that is gone already is fine."""
    try:
        _held.discard(_identity(name))
        if os.path.islink(name):
            os.unlink(name)
        else:
            import shutil

            shutil.rmtree(name)
    except FileNotFoundError:
        pass


def _identity(name: str) -> tuple[int, int, int]:
    """Return what tells a lock of this process from any other."""
    status = os.lstat(name)
    return os.getpid(), status.st_dev, status.st_ino


def _isHeld(name: str, holder: int) -> bool:
    """Return whether the process that made a lock can still be using it."""
    if holder == os.getpid():
        try:
            return _identity(name) in _held
        except FileNotFoundError:
            return False
    if os.name != "posix":
        return True  # only POSIX tells without harm whether a process lives
    try:
        os.kill(holder, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it lives, and belongs to somebody else
    return not _isZombie(holder)


def _isZombie(process: int) -> bool:
    """Return whether Linux says that a process has ended, and nobody has asked how.

    In a container nobody may ever ask: then its number would be that of a holder for good.
    """
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            # The name, which comes second, may have blanks and brackets.
            return file.read().rpartition(b")")[2].split()[:1] in ([b"Z"], [b"X"])
    except OSError:
        return False


@contextmanager
def _guard(name: str) -> Iterator[None]:
    """Keep other processes from taking over the locks of a directory meanwhile."""
    try:
        import fcntl

        directory = os.open(os.path.dirname(name) or ".", os.O_RDONLY)
    except (ImportError, PermissionError):
        # Windows, or a directory that may be written but not read: the second look has to do.
        yield
        return
    try:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
        except OSError:
            pass  # some network file systems have no locks on directories
        yield
    finally:
        os.close(directory)


def _removeStale(name: str) -> None:
    """Remove a lock, unless it is held or gone now."""
    with _guard(name):
        holder = _holder(name)
        if holder is not None and not _isHeld(name, holder):
            _remove(name)


class FilesystemLock:
    """A lock that one process at a time can hold.

    It is free again when the process that holds it unlocks it or ends, in whatever way. Deleting
    its file by hand is safe while no process holds it.

    Attributes:
        name: Where it is in the file system.
        locked: Whether this object holds it.
        clean: Whether it had been unlocked properly when this object took it: False if the
            process that held it before ended without doing so, None if this object has not
            taken it yet.
    """

    clean: bool | None = None
    locked: bool = False

    def __init__(self, name: _Name) -> None:
        """Describe a lock; nothing is made yet.

        Args:
            name: Where it is to be in the file system. The directory must exist.
        """
        self.name = name

    def lock(self) -> bool:
        """Take the lock, without waiting for it.

        Returns:
            Whether it was free, or left behind by a process that is gone.

        Raises:
            OSError: The lock cannot be made there.
            ValueError: Something that is no lock has its name.
        """
        name = os.fsdecode(self.name)
        clean = True
        with _mutex:
            while not _make(name):
                holder = _holder(name)
                if holder is not None and _isHeld(name, holder):
                    return False
                if holder is not None:
                    clean = False
                    _removeStale(name)
        self.locked = True
        self.clean = clean
        return True

    def unlock(self) -> None:
        """Free the lock.

        Raises:
            ValueError: This process does not hold it.
            OSError: It cannot be removed.
        """
        name = os.fsdecode(self.name)
        with _mutex:
            holder = _holder(name)
            if holder is None and not self.locked:
                raise ValueError(f"{name!r} is not locked")
            if holder not in (None, os.getpid()):
                raise ValueError(f"{name!r} is held by the process {holder}, not by this one")
            _remove(name)
        self.locked = False


def isLocked(name: _Name) -> bool:
    """Return whether a process that lives holds a lock.

    It only looks: nothing is made or removed.

    Args:
        name: Where the lock is in the file system.

    Raises:
        ValueError: Something that is no lock has this name.
    """
    text = os.fsdecode(name)
    with _mutex:
        holder = _holder(text)
        return holder is not None and _isHeld(text, holder)


__all__ = ["FilesystemLock", "isLocked"]
