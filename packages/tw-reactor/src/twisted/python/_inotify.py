"""The kernel's calls for watching files (inotify(7)), and what is read from their descriptor.

The C library has the calls and Python's own library has not, so they are made through ctypes. This
room knows nothing of a reactor; `twisted.internet.inotify` is what programs use.
"""

import array
import ctypes
import errno
import fcntl
import os
import struct
import termios
from collections.abc import Iterator
from typing import NamedTuple

READ_SIZE = 64 * 1024
"""How many bytes are read at once; room for 200 events with the longest of names."""

_HEADER = struct.Struct("iIII")
_CLOSE_ON_EXEC = os.O_CLOEXEC
_NONBLOCKING = os.O_NONBLOCK

_ADVICE = {
    errno.ENOSPC: (
        "this user watches as many files as the system permits: "
        "raise fs.inotify.max_user_watches with sysctl, or watch fewer"
    ),
    errno.EMFILE: (
        "this user has as many INotify objects, or this process as many open files, as the system "
        "permits: raise fs.inotify.max_user_instances with sysctl, or `ulimit -n`"
    ),
}


class INotifyError(OSError):
    """The kernel refused to watch; the text says why and what can be done."""


class Event(NamedTuple):
    """What happened to a file.

    Attributes:
        watch: The number of the watch; -1 for an overflow of the queue.
        mask: What happened, and what it happened to.
        cookie: Is the same for the two events of a file that was moved.
        name: The name in the directory that is watched; empty if it is about the file itself.
    """

    watch: int
    mask: int
    cookie: int
    name: bytes


def _library() -> ctypes.CDLL:
    """Return the C library, with the calls declared."""
    library = ctypes.CDLL(None, use_errno=True)
    try:
        library.inotify_init1.argtypes = [ctypes.c_int]
        library.inotify_add_watch.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32]
        library.inotify_rm_watch.argtypes = [ctypes.c_int, ctypes.c_int]
    except AttributeError as error:
        raise ImportError(
            "inotify is a service of Linux, and this system does not have it: "
            "look at the files from time to time with task.LoopingCall instead"
        ) from error
    return library


_c = _library()


def init() -> int:
    """Return a new descriptor that does not block, and that programs do not inherit.

    Raises:
        INotifyError: There are too many.
    """
    return _checked(_c.inotify_init1(_CLOSE_ON_EXEC | _NONBLOCKING), None)


def add(fd: int, path: bytes, mask: int) -> int:
    """Watch a file; return the number of the watch, which a file that is watched has already.

    Args:
        fd: The descriptor.
        path: The path.
        mask: What is of interest.

    Raises:
        INotifyError: There is no such file, it is not to be read, or there are too many watches.
    """
    return _checked(_c.inotify_add_watch(fd, path, mask), path)


def remove(fd: int, watch: int) -> None:
    """End a watch; one that the kernel has ended meanwhile is passed over.

    Args:
        fd: The descriptor.
        watch: The number of the watch.
    """
    _c.inotify_rm_watch(fd, watch)


def waiting(fd: int) -> int:
    """Return how many bytes of events wait to be read."""
    size = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, size)
    return size[0]


def parse(data: bytes) -> Iterator[Event]:
    """Yield the events in what was read, which holds nothing but whole ones.

    Args:
        data: What was read from the descriptor.
    """
    start = 0
    while start < len(data):
        watch, mask, cookie, size = _HEADER.unpack_from(data, start)
        start += _HEADER.size
        yield Event(watch, mask, cookie, data[start : start + size].rstrip(b"\0"))
        start += size


def _checked(result: int, path: bytes | None) -> int:
    """Return the result of a call, or raise what went wrong."""
    if result >= 0:
        return result
    number = ctypes.get_errno()
    reason = _ADVICE.get(number, os.strerror(number))
    if path is None:
        raise INotifyError(number, reason)
    raise INotifyError(number, reason, os.fsdecode(path))


__all__ = ["READ_SIZE", "Event", "INotifyError", "add", "init", "parse", "remove", "waiting"]
