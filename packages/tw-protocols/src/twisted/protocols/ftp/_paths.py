"""Paths as clients write them, and what the file system says against them."""

import errno
from collections.abc import Sequence

from twisted.internet.defer import Deferred, fail
from twisted.protocols.ftp import _errors


def toSegments(cwd: Sequence[str], path: str) -> list[str]:
    """Return the names on the way from the root to what a path means.

    Args:
        cwd: The names on the way to the current directory.
        path: The path: absolute, or from the current directory on. `.` and empty names mean
            nothing, `..` goes up.

    Raises:
        InvalidPath: It leads above the root, or has a line end or a NUL in it.
    """
    checkPath(path)
    segments = [] if path.startswith("/") else list(cwd)
    for name in path.split("/"):
        if name in ("", "."):
            continue
        if name == "..":
            if not segments:
                raise _errors.InvalidPath(cwd, path)
            segments.pop()
        else:
            segments.append(name)
    return segments


def checkPath(path: str) -> None:
    """Refuse a path that would be more than one, or none, on the wire or in the file system.

    Args:
        path: The path.

    Raises:
        InvalidPath: It has a line end or a NUL in it.
    """
    if not _CUTTING.isdisjoint(path):
        raise _errors.InvalidPath(f"{path!r} has a line end or a NUL in it")


_CUTTING = frozenset("\r\n\0")

_ERRORS: dict[int, type[_errors.FTPCmdError]] = {
    errno.ENOENT: _errors.FileNotFoundError,
    errno.ELOOP: _errors.FileNotFoundError,
    errno.ENAMETOOLONG: _errors.FileNotFoundError,
    errno.EPERM: _errors.PermissionDeniedError,
    errno.EACCES: _errors.PermissionDeniedError,
    errno.EROFS: _errors.PermissionDeniedError,
    errno.ENOTDIR: _errors.IsNotADirectoryError,
    errno.EEXIST: _errors.FileExistsError,
    errno.ENOTEMPTY: _errors.FileExistsError,
    errno.EISDIR: _errors.IsADirectoryError,
}


def errorFor(error: OSError, path: object) -> Exception:
    """Return what a server answers to an error of the file system; itself if that is unknown.

    Args:
        error: The error.
        path: The path as the client knows it.
    """
    kind = _ERRORS.get(error.errno or 0)
    return error if kind is None else kind(path)


def errnoToFailure(e: int, path: object) -> Deferred[None]:
    """Return a Deferred that has failed with what an error number means to a client.

    Args:
        e: The number, such as `errno.ENOENT`.
        path: The path as the client knows it.
    """
    return fail(errorFor(OSError(e, "refused by the file system"), path))


__all__ = ["checkPath", "errnoToFailure", "errorFor", "toSegments"]
