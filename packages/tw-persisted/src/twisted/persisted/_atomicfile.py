"""Files that are written whole or not at all.

The content goes to a file of another name, which then takes the place of the old one. Whoever is
killed on the way, by a signal or by the power, leaves the old file as it was, and at most the new
one beside it under a name that `isLeftover` knows.

A process holds a lock on the file that it is writing, and the kernel lets go of it when the process
dies. So `removeLeftover` can tell the files of the dead from those of the living. The moment
between making the file and locking it remains; who loses its file then begins again.
"""

import fcntl
import os
import re
import secrets
from typing import TypeAlias

Path: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
"""The forms in which a path may be given."""

MAXIMUM_ATTEMPTS = 10
"""How often a file is written again when another process took its half-written form away."""

_LEFTOVER = re.compile(r".{1,50}\.[0-9a-f]{16}\.new", re.DOTALL)


def isLeftover(name: str) -> bool:
    """Return whether a file's name is one that a half-written file has."""
    return _LEFTOVER.fullmatch(name) is not None


def readFile(path: str) -> bytes:
    """Return the content of a file."""
    with open(path, "rb") as file:
        return file.read()


def _lock(descriptor: int) -> bool:
    """Lock a file, and return whether nobody else has it locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True


def removeLeftover(path: str) -> None:
    """Remove a file that a dead process was writing; one that is being written stays.

    Raises:
        OSError: It cannot be removed. FileNotFoundError if somebody else did, or if it was
            finished meanwhile.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if _lock(descriptor):
            os.unlink(path)
    finally:
        os.close(descriptor)


def _removeIfThere(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _modeOf(path: str) -> int | None:
    """Return the permissions of a file, or None if there is none."""
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        return None


def _replace(path: str, content: bytes, synced: bool) -> bool:
    """Write a new file and give it the place of another; return whether it was there to be given."""
    directory, name = os.path.split(path)
    mode = _modeOf(path)
    new = os.path.join(directory, f"{name[:50]}.{secrets.token_hex(8)}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        # It stays locked until it has its name.
        with open(descriptor, "wb") as file:
            _lock(descriptor)
            if mode is not None:
                os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            if synced:
                # Without it a file system may rename before it has written: then a failure of the
                # power leaves an empty file.
                os.fsync(descriptor)
            try:
                os.replace(new, path)
            except FileNotFoundError:
                return False
            return True
    except BaseException:
        _removeIfThere(new)
        raise


def writeFile(path: str, content: bytes, synced: bool = True) -> None:
    """Write a file, or leave the old one as it was.

    Args:
        path: The file. It keeps its permissions if it exists.
        content: What it shall hold.
        synced: Whether to wait until the content is on the disk, so that it outlives a failure of
            the power too.

    Raises:
        OSError: It could not be written: the disk is full, or the directory not writable. The old
            file is as it was.
    """
    for _ in range(MAXIMUM_ATTEMPTS):
        if _replace(path, content, synced):
            return
    raise FileNotFoundError(
        f"what was written for {path!r} was removed {MAXIMUM_ATTEMPTS} times before it got its name"
    )


__all__ = ["MAXIMUM_ATTEMPTS", "Path", "isLeftover", "readFile", "removeLeftover", "writeFile"]
