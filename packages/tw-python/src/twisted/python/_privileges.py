"""Users and groups of the system, and acting as one of them.

Only root may change who it acts as. The order matters: groups first, while the process may still
change them, and the user last.
"""

import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _number(text: str) -> int | None:
    """Return the number that a text is in decimal digits, or None if it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def uidFromString(uidString: str) -> int:
    """Return the number of a user.

    Args:
        uidString: The number in digits, or the user's name.

    Raises:
        KeyError: There is no user of that name.
    """
    number = _number(uidString)
    if number is not None:
        return number
    import pwd

    return pwd.getpwnam(uidString).pw_uid


def gidFromString(gidString: str) -> int:
    """Return the number of a group.

    Args:
        gidString: The number in digits, or the group's name.

    Raises:
        KeyError: There is no group of that name.
    """
    number = _number(gidString)
    if number is not None:
        return number
    import grp

    return grp.getgrnam(gidString).gr_gid


def initgroups(uid: int, primaryGid: int) -> None:
    """Take on the groups of a user.

    Args:
        uid: The user's number. A number that no user has takes on the primary group only.
        primaryGid: A group to take on in any case.

    Raises:
        PermissionError: The process may not change its groups.
    """
    import pwd

    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        os.setgroups([primaryGid])
    else:
        os.initgroups(name, primaryGid)


def switchUID(uid: int | None, gid: int | None, euid: bool = False) -> None:
    """Act as another user from now on, with that user's groups.

    Args:
        uid: The user's number; the user stays the same, if None.
        gid: The number of the primary group; that stays the same, if None.
        euid: Whether to change the effective user and group only, so that it can be undone.

    Raises:
        PermissionError: The process may not.
    """
    if gid is not None:
        (os.setegid if euid else os.setgid)(gid)
    if uid is None or uid == (os.geteuid() if euid else os.getuid()):
        return
    initgroups(uid, os.getegid() if gid is None else gid)
    (os.seteuid if euid else os.setuid)(uid)


def runAsEffectiveUser(
    euid: int, egid: int, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """Call a function as another effective user and group, and return its result.

    Args:
        euid: The user's number.
        egid: The group's number.
        function: What to call.
        args: Its arguments.
        kwargs: Its keywords.

    Raises:
        PermissionError: The process may not.
    """
    user, group = os.geteuid(), os.getegid()
    if (euid, egid) == (user, group):
        return function(*args, **kwargs)
    # Only root may change the group, and may go from one user to another.
    if user != 0:
        os.seteuid(0)
    try:
        os.setegid(egid)
        if euid != 0:
            os.seteuid(euid)
        try:
            return function(*args, **kwargs)
        finally:
            if euid != 0:
                os.seteuid(0)
            os.setegid(group)
    finally:
        if user != 0:
            os.seteuid(user)


__all__ = [
    "gidFromString",
    "initgroups",
    "runAsEffectiveUser",
    "switchUID",
    "uidFromString",
]
