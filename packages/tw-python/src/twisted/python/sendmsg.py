"""Sending and receiving on a socket with what goes beside the bytes: descriptors, and flags.

The calls take and give one buffer. What goes beside it is a list of entries, each a level, a type
and bytes as the system has them; `(SOL_SOCKET, SCM_RIGHTS, pack("i", fd))` on a UNIX socket hands
a copy of a descriptor to the process at the other end, and needs at least one byte of data.
"""

import socket as _socket
from collections.abc import Iterable
from typing import NamedTuple

SCM_RIGHTS: int = getattr(_socket, "SCM_RIGHTS", 1)
"""The type of an entry that holds descriptors."""

# Like all descriptors that Python makes, those that are received shall not reach the programs
# that this process starts. Linux tells in the flags that it was asked for this.
_CLOSE_ON_EXEC: int = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)


class ReceivedMessage(NamedTuple):
    """What `recvmsg` received.

    Attributes:
        data: The bytes; none at the end of a stream.
        ancillary: What came beside them: the level, the type and the bytes of each entry.
        flags: What the system says about it; `MSG_CTRUNC` is set if `ancillary` is not complete.
    """

    data: bytes
    ancillary: list[tuple[int, int, bytes]]
    flags: int


def sendmsg(
    socket: _socket.socket,
    data: bytes,
    ancillary: Iterable[tuple[int, int, bytes]] = (),
    flags: int = 0,
) -> int:
    """Send bytes, and what is to go beside them.

    Args:
        socket: The socket, of any kind.
        data: The bytes.
        ancillary: What goes beside them: the level, the type and the bytes of each entry.
        flags: For the system: `MSG_OOB` and others.

    Returns:
        How many bytes were sent; everything in `ancillary` was, if any were.

    Raises:
        OSError: They cannot be sent; BlockingIOError if not now.
    """
    return socket.sendmsg([data], ancillary, flags)


def recvmsg(
    socket: _socket.socket, maxSize: int = 8192, cmsgSize: int = 4096, flags: int = 0
) -> ReceivedMessage:
    """Receive bytes, and what comes beside them.

    Descriptors that come are open in this process: whoever calls this closes them.

    Args:
        socket: The socket, of any kind.
        maxSize: The most bytes to receive.
        cmsgSize: The most bytes to receive beside them.
        flags: For the system: `MSG_PEEK` and others.

    Raises:
        OSError: Nothing can be received; BlockingIOError if not now.
    """
    space = _socket.CMSG_SPACE(cmsgSize)
    data, ancillary, found, _ = socket.recvmsg(maxSize, space, flags | _CLOSE_ON_EXEC)
    return ReceivedMessage(data, ancillary, found & ~_CLOSE_ON_EXEC)


def getSocketFamily(socket: _socket.socket) -> int:
    """Return the address family of a socket: `AF_UNIX`, `AF_INET` or another."""
    return socket.family


__all__ = ["SCM_RIGHTS", "ReceivedMessage", "getSocketFamily", "recvmsg", "sendmsg"]
