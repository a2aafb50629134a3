"""What can happen to a file, as the bits of inotify(7) and in words."""

IN_ACCESS: int = 0x00000001
"""It was read."""
IN_MODIFY: int = 0x00000002
"""It was written to."""
IN_ATTRIB: int = 0x00000004
"""Its permissions, times, owner or number of names changed."""
IN_CLOSE_WRITE: int = 0x00000008
"""Somebody who had it open for writing closed it."""
IN_CLOSE_NOWRITE: int = 0x00000010
"""Somebody who had it open for reading closed it."""
IN_OPEN: int = 0x00000020
"""It was opened."""
IN_MOVED_FROM: int = 0x00000040
"""It was moved away from the directory that is watched."""
IN_MOVED_TO: int = 0x00000080
"""It was moved into the directory that is watched, or got another name there."""
IN_CREATE: int = 0x00000100
"""It was made in the directory that is watched."""
IN_DELETE: int = 0x00000200
"""It was deleted from the directory that is watched."""
IN_DELETE_SELF: int = 0x00000400
"""What is watched itself was deleted."""
IN_MOVE_SELF: int = 0x00000800
"""What is watched itself was moved."""
IN_UNMOUNT: int = 0x00002000
"""The file system that it is on was unmounted."""
IN_Q_OVERFLOW: int = 0x00004000
"""More happened than was read in time: events are missing, see for yourself what is there."""
IN_IGNORED: int = 0x00008000
"""The kernel does not watch it any more; callbacks are not told this."""

IN_ONLYDIR: int = 0x01000000
"""Watch it only if it is a directory."""
IN_DONT_FOLLOW: int = 0x02000000
"""If it is a symbolic link, watch the link."""
IN_MASK_ADD: int = 0x20000000
"""Add to the mask of a file that is watched already; this is done in any case."""
IN_ISDIR: int = 0x40000000
"""What it happened to is a directory."""
IN_ONESHOT: int = 0x80000000
"""Tell one event, and watch no longer."""

IN_CLOSE: int = IN_CLOSE_WRITE | IN_CLOSE_NOWRITE
"""It was closed."""
IN_MOVED: int = IN_MOVED_FROM | IN_MOVED_TO
"""It was moved."""
IN_CHANGED: int = IN_MODIFY | IN_ATTRIB
"""It is not as it was."""
IN_WATCH_MASK: int = (
    IN_MODIFY
    | IN_ATTRIB
    | IN_CREATE
    | IN_DELETE
    | IN_DELETE_SELF
    | IN_MOVE_SELF
    | IN_UNMOUNT
    | IN_MOVED
)
"""All changes: what is watched for unless something else is asked for."""

_WORDS = {
    IN_ACCESS: "access",
    IN_MODIFY: "modify",
    IN_ATTRIB: "attrib",
    IN_CLOSE_WRITE: "close_write",
    IN_CLOSE_NOWRITE: "close_nowrite",
    IN_OPEN: "open",
    IN_MOVED_FROM: "moved_from",
    IN_MOVED_TO: "moved_to",
    IN_CREATE: "create",
    IN_DELETE: "delete",
    IN_DELETE_SELF: "delete_self",
    IN_MOVE_SELF: "move_self",
    IN_UNMOUNT: "unmount",
    IN_Q_OVERFLOW: "queue_overflow",
    IN_IGNORED: "ignored",
    IN_ONLYDIR: "only_dir",
    IN_DONT_FOLLOW: "dont_follow",
    IN_MASK_ADD: "mask_add",
    IN_ISDIR: "is_dir",
    IN_ONESHOT: "one_shot",
}


def humanReadableMask(mask: int) -> list[str]:
    """Return the words for the bits of a mask, the lowest bit first.

    Args:
        mask: The mask; bits without a meaning are passed over.
    """
    return [word for bit, word in _WORDS.items() if mask & bit]
