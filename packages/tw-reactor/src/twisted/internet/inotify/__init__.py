"""Watching files and directories: the kernel tells what happens to them (Linux, inotify(7)).

`INotify` watches, the constants say what is of interest and what happened, `humanReadableMask`
turns them into words. On a system without inotify importing this module raises an ImportError.
"""

from twisted.internet.inotify._inotify import INotify
from twisted.internet.inotify._masks import (
    IN_ACCESS,
    IN_ATTRIB,
    IN_CHANGED,
    IN_CLOSE,
    IN_CLOSE_NOWRITE,
    IN_CLOSE_WRITE,
    IN_CREATE,
    IN_DELETE,
    IN_DELETE_SELF,
    IN_DONT_FOLLOW,
    IN_IGNORED,
    IN_ISDIR,
    IN_MASK_ADD,
    IN_MODIFY,
    IN_MOVE_SELF,
    IN_MOVED,
    IN_MOVED_FROM,
    IN_MOVED_TO,
    IN_ONESHOT,
    IN_ONLYDIR,
    IN_OPEN,
    IN_Q_OVERFLOW,
    IN_UNMOUNT,
    IN_WATCH_MASK,
    humanReadableMask,
)
from twisted.internet.inotify._watches import Callback
from twisted.python._inotify import INotifyError

__all__ = [
    "IN_ACCESS",
    "IN_ATTRIB",
    "IN_CHANGED",
    "IN_CLOSE",
    "IN_CLOSE_NOWRITE",
    "IN_CLOSE_WRITE",
    "IN_CREATE",
    "IN_DELETE",
    "IN_DELETE_SELF",
    "IN_DONT_FOLLOW",
    "IN_IGNORED",
    "IN_ISDIR",
    "IN_MASK_ADD",
    "IN_MODIFY",
    "IN_MOVED",
    "IN_MOVED_FROM",
    "IN_MOVED_TO",
    "IN_MOVE_SELF",
    "IN_ONESHOT",
    "IN_ONLYDIR",
    "IN_OPEN",
    "IN_Q_OVERFLOW",
    "IN_UNMOUNT",
    "IN_WATCH_MASK",
    "Callback",
    "INotify",
    "INotifyError",
    "humanReadableMask",
]
