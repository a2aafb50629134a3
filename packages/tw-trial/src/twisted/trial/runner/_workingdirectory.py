"""The directory that tests run in: a new one for each run, and never that of another run."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from twisted.python.lockfile import FilesystemLock

MARKER = "_trial_marker"
"""The name of the file by which a directory of this kind is known."""

MOST_DIRECTORIES = 1000
"""How many runs can go on at once, below one name."""


class WorkingDirectoryError(Exception):
    """The directory cannot be used."""


def _isOurs(path: str) -> bool:
    """Return whether a directory was made by an earlier run, or holds nothing."""
    return os.path.exists(os.path.join(path, MARKER)) or not os.listdir(path)


def _renew(path: str) -> None:
    """Make a directory anew.

    Raises:
        WorkingDirectoryError: What is there was not made by an earlier run, or cannot be removed.
    """
    if os.path.lexists(path):
        if not os.path.isdir(path) or os.path.islink(path) or not _isOurs(path):
            raise WorkingDirectoryError(
                f"{path} was not made by trial, so it is not removed: name another directory "
                "with --temp-directory"
            )
        try:
            shutil.rmtree(path, onerror=_unlocked)
        except OSError as error:
            raise WorkingDirectoryError(
                f"{path} can't be removed: {error}. Remove it, or name another directory with "
                "--temp-directory"
            ) from error
    try:
        os.makedirs(path)
        with open(os.path.join(path, MARKER), "w", encoding="ascii"):
            pass
    except OSError as error:
        raise WorkingDirectoryError(
            f"{path} can't be made: {error}. Name another directory with --temp-directory"
        ) from error


def _unlocked(function: object, path: str, problem: object) -> None:
    """Remove what a test made in a directory that it then forbade to change."""
    os.chmod(os.path.dirname(path), 0o700)
    if os.path.isdir(path) and not os.path.islink(path):
        os.chmod(path, 0o700)
        shutil.rmtree(path)
    else:
        os.unlink(path)


def lockedDirectory(base: str) -> tuple[str, FilesystemLock]:
    """Return the first directory that no other run uses, and its lock, which is held.

    Args:
        base: Its name; a number is added to it if another run has it.

    Raises:
        WorkingDirectoryError: There is none.
    """
    for number in range(MOST_DIRECTORIES):
        path = os.path.abspath(f"{base}-{number}" if number else base)
        lock = FilesystemLock(f"{path}.lock")
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if lock.lock():
                return path, lock
        except (OSError, ValueError) as error:
            raise WorkingDirectoryError(
                f"{path} can't be locked: {error}. Name another directory with --temp-directory"
            ) from error
    raise WorkingDirectoryError(
        f"{MOST_DIRECTORIES} runs use the directories {base}, {base}-1 and so on: wait for one of "
        "them to end"
    )


@contextmanager
def workingDirectory(base: str) -> Iterator[str]:
    """Return a context manager in whose body a new directory is the current one.

    The entries of `sys.path` are made absolute, so that they go on leading to the same modules.

    Args:
        base: The name of the directory, see `lockedDirectory`.

    Raises:
        WorkingDirectoryError: It cannot be used.
    """
    path, lock = lockedDirectory(base)
    try:
        _renew(path)
        sys.path[:] = [os.path.abspath(entry) for entry in sys.path]
        before = os.getcwd()
        os.chdir(path)
        try:
            yield path
        finally:
            os.chdir(before)
    finally:
        lock.unlock()


__all__ = ["MARKER", "WorkingDirectoryError", "lockedDirectory", "workingDirectory"]
