"""What a daemon changes about its process: root, directory, new files, user, name."""

import os

from twisted.application.runner._exit import ExitStatus
from twisted.application.runner._trouble import CannotRunError
from twisted.python.util import switchUID

DAEMON_UMASK = 0o077
"""The file creation mask of a daemon that was not told another: what it makes is its own."""

NAME_FILE = "/proc/self/comm"
"""Where Linux takes the name of a process from, of which it keeps 15 bytes."""


def move(chroot: str | None, rundir: str, umask: int | None) -> None:
    """Change the root, the directory and the file creation mask.

    Args:
        chroot: The new root of the file system; None for no change.
        rundir: The new directory, seen from the new root.
        umask: The mask; None for no change.

    Raises:
        CannotRunError: There is no such directory, or the process may not.
    """
    if chroot is not None:
        try:
            os.chroot(chroot)
        except OSError as error:
            raise CannotRunError(
                ExitStatus.EX_OSERR,
                f"Cannot change the root to {chroot}: {error.strerror}. "
                "It takes a directory, and only root may",
            ) from error
        os.chdir("/")
    try:
        os.chdir(rundir)
    except OSError as error:
        raise CannotRunError(
            ExitStatus.EX_OSERR,
            f"Cannot change to the directory {rundir}: {error.strerror}. "
            "Name another one with --rundir",
        ) from error
    if umask is not None:
        os.umask(umask)


def shedPrivileges(euid: bool, uid: int | None, gid: int | None) -> None:
    """Act as another user from now on.

    Args:
        euid: Whether to change the effective user and group only, so that it can be undone.
        uid: The number of the user; None for no change.
        gid: The number of the group; None for the user's primary one.

    Raises:
        CannotRunError: The process may not.
    """
    if uid is not None and gid is None:
        gid = _primaryGroup(uid)
    try:
        switchUID(uid, gid, euid)
    except OSError as error:
        raise CannotRunError(
            ExitStatus.EX_NOPERM,
            f"Cannot run as user {uid} and group {gid}: {error.strerror}. "
            "Start as root, or leave out the user and the group",
        ) from error


def _primaryGroup(uid: int) -> int | None:
    """Return the primary group of a user; None if the system does not know the user."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return None


def rename(name: str) -> None:
    """Give the process a name, which ps(1) and top(1) show; nothing where that cannot be done."""
    try:
        with open(NAME_FILE, "wb", buffering=0) as file:
            file.write(name.encode("utf-8", "backslashreplace")[:15])
    except OSError:
        # Another system than Linux, or one without /proc: the name is for people only.
        pass


__all__ = ["DAEMON_UMASK", "move", "rename", "shedPrivileges"]
