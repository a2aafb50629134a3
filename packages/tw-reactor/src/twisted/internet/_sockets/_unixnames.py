"""The names of UNIX sockets: paths and abstract names, and the locks beside them.

A path has to fit into 108 bytes with its final NUL (unix(7)). A name that begins with a NUL byte is
no path: it lives in Linux's abstract namespace, where nothing is made in the file system and the
name is free as soon as the socket is closed.
"""

import errno
import os
import socket
import stat
import sys

from twisted.python.lockfile import FilesystemLock, isLocked

LONGEST_NAME = 107
"""How many bytes a name may have; Linux leaves room for 108 with the final NUL."""

ADVICE = {
    errno.EADDRINUSE: "something has this path: stop the server that listens there, or remove the "
    "file if there is none; with wantPID (lockfile=1) that is done for you",
    errno.EACCES: "the directory may not be written: choose another one or give the right",
    errno.ENOENT: "the directory does not exist: make it first",
    errno.EPERM: "the mode can't be set here",
}
"""What can be done about an error of the system."""


def isAbstract(name: bytes) -> bool:
    """Return whether a name is one of the abstract namespace."""
    return name.startswith(b"\0")


def nameOf(address: str | bytes) -> bytes:
    """Return the name of a socket as bytes.

    Raises:
        OSError: It is empty, too long, or has a NUL byte that is not the first.
    """
    name = os.fsencode(address)
    if not name:
        raise OSError(errno.EINVAL, "a UNIX socket needs a path")
    if len(name) > LONGEST_NAME:
        raise OSError(
            errno.ENAMETOOLONG,
            f"the path of a UNIX socket may have {LONGEST_NAME} bytes, this one has {len(name)}: "
            "choose a directory nearer to the root, or a path relative to the working directory",
        )
    if b"\0" in name and not isAbstract(name):
        raise OSError(errno.EINVAL, "the path of a UNIX socket has no NUL bytes")
    return name


def lockOf(name: bytes) -> FilesystemLock | None:
    """Return the lock that says that a server is alive; None for an abstract name."""
    return None if isAbstract(name) else FilesystemLock(name + b".lock")


def serverIsAlive(name: bytes) -> bool:
    """Return whether a server holds the lock beside a socket; an abstract name needs none."""
    try:
        return isAbstract(name) or isLocked(name + b".lock")
    except (OSError, ValueError):
        return False


def bindAt(skt: socket.socket, name: bytes, mode: int) -> tuple[int, int] | None:
    """Bind a socket to a name.

    Args:
        skt: The socket.
        name: The name.
        mode: The permissions of the socket file.

    Returns:
        What tells the file from any other that gets its name later; None for an abstract name.

    Raises:
        OSError: The name is taken, or the file cannot be made.
    """
    if sys.platform == "linux" and not isAbstract(name):
        # The file is made with the mode of the socket, less what the umask forbids, so it never
        # permits more than is wanted: datagrams can be sent to it from its first moment on.
        os.fchmod(skt.fileno(), mode)
    skt.bind(name)
    if isAbstract(name):
        return None
    try:
        os.chmod(name, mode)
        return _identity(name)
    except OSError:
        os.unlink(name)
        raise


def removeSocket(name: bytes, identity: tuple[int, int] | None) -> None:
    """Remove a socket file, unless it is gone or another one has its name.

    Args:
        name: The name that was bound.
        identity: What `bindAt` returned.
    """
    try:
        if identity is not None and _identity(name) == identity:
            os.unlink(name)
    except FileNotFoundError:
        pass


def removeDeadSocket(name: bytes, kind: int = socket.SOCK_STREAM) -> None:
    """Remove a socket file that nobody listens on any more; leave anything else alone.

    Only whoever holds the lock beside the socket may do so.

    Args:
        name: The path.
        kind: Which kind of socket it is.
    """
    try:
        if isAbstract(name) or not stat.S_ISSOCK(os.lstat(name).st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, kind) as probe:
        probe.setblocking(False)
        try:
            probe.connect(name)
        except ConnectionRefusedError:
            os.unlink(name)
        except OSError:
            # It lives and is busy, or may not be asked: binding will say that the path is taken.
            pass


def _identity(name: bytes) -> tuple[int, int]:
    status = os.lstat(name)
    return status.st_dev, status.st_ino


def identityOf(name: bytes) -> tuple[int, int] | None:
    """Return what tells a socket file from any other; None for an abstract name.

    Raises:
        OSError: There is no such file.
    """
    return None if isAbstract(name) else _identity(name)
