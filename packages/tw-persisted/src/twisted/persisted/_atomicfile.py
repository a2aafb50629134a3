"""Files that are written whole or not at all.

The content goes to a file of another name, which then takes the place of the old one. Whoever is
killed on the way, by a signal or by the power, leaves the old file as it was, and at most the new
one beside it under a name that `isLeftover` knows.
"""

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


def _modeOf(path: str) -> int | None:
    """Return the permissions of a file, or None if there is none."""
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        return None


def _writeNew(path: str, content: bytes, mode: int | None, synced: bool) -> None:
    """Write a file that does not exist yet; remove it again if that fails."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            if synced:
                # Without it a file system may rename before it has written: then a failure of the
                # power leaves an empty file.
                os.fsync(file.fileno())
    except BaseException:
        _removeIfThere(path)
        raise


def _removeIfThere(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


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
    directory, name = os.path.split(path)
    mode = _modeOf(path)
    for attempt in range(1, MAXIMUM_ATTEMPTS + 1):
        new = os.path.join(directory, f"{name[:50]}.{secrets.token_hex(8)}.new")
        _writeNew(new, content, mode, synced)
        try:
            os.replace(new, path)
            return
        except FileNotFoundError:
            # Another process cleaned up, and took this file for one that a dead one left.
            if attempt == MAXIMUM_ATTEMPTS:
                raise
        except BaseException:
            _removeIfThere(new)
            raise


__all__ = ["MAXIMUM_ATTEMPTS", "Path", "isLeftover", "readFile", "writeFile"]
