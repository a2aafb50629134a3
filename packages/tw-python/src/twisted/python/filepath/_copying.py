"""Copying, moving and removing files and whole directories."""

import errno
import os
import shutil
import stat

from twisted.python.filepath._errors import LinkError
from twisted.python.filepath._names import temporaryName
from twisted.python.filepath._replacing import replacing


def temporaryBeside(path: str, extension: str = "") -> str:
    """Return a path in the same directory that nobody can guess."""
    directory, base = os.path.split(path)
    return os.path.join(directory, temporaryName(base, extension))


def copy(source: str, destination: str, followLinks: bool) -> None:
    """Copy a file, or a directory with all that is in it.

    A directory is copied into the one that is there, if there is one. A file is replaced at once
    when its copy is complete.

    Args:
        source: What to copy.
        destination: The path of the copy.
        followLinks: Whether to copy what symbolic links lead to, instead of the links.

    Raises:
        LinkError: Links that are followed lead round in a circle.
        OSError: Something cannot be read or made; or the destination is the source, or inside it.
    """
    if os.path.isdir(source) and _isInside(destination, source):
        raise OSError(errno.EINVAL, "a directory cannot be copied into itself", destination)
    _copy(source, destination, followLinks, False, ())


def _copy(
    source: str,
    destination: str,
    followLinks: bool,
    withStatus: bool,
    above: tuple[tuple[int, int], ...],
) -> None:
    """Copy anything; `above` are the devices and inode numbers of the directories around it."""
    if not followLinks and os.path.islink(source):
        os.symlink(os.readlink(source), destination)
        return
    status = os.stat(source)
    if stat.S_ISDIR(status.st_mode):
        here = (status.st_dev, status.st_ino)
        if here in above:
            raise LinkError(f"links lead round in a circle at {source!r}")
        if not os.path.isdir(destination):
            os.mkdir(destination)
        for name in os.listdir(source):
            inside = os.path.join(source, name), os.path.join(destination, name)
            _copy(*inside, followLinks, withStatus, (*above, here))
    elif stat.S_ISREG(status.st_mode):
        _copyContent(source, destination)
    else:
        raise OSError(errno.EINVAL, "only files, directories and links can be copied", source)
    if withStatus:
        shutil.copystat(source, destination)


def _copyContent(source: str, destination: str) -> None:
    """Copy the content of a file, into what the destination leads to if that is a link."""
    target = os.path.realpath(destination)
    with open(source, "rb") as content:
        if os.path.exists(target) and os.path.samefile(source, target):
            raise OSError(errno.EINVAL, "it cannot be copied to itself", source, None, destination)
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as device:
                shutil.copyfileobj(content, device)
            return
        with replacing(target, temporaryBeside(target)) as file:
            shutil.copyfileobj(content, file)


def _isInside(path: str, directory: str) -> bool:
    """Return whether a path is a directory or something in it, by the file system."""
    real, outer = os.path.realpath(path), os.path.realpath(directory)
    return os.path.commonpath([real, outer]) == outer


def move(source: str, destination: str, followLinks: bool) -> None:
    """Move a file or a directory; what has the destination's name is replaced.

    On one file system this is one step. To another one, all is copied under a temporary name
    first, with permissions and times, so that the destination is there completely or not at all.

    Args:
        source: What to move.
        destination: Where to.
        followLinks: Whether to move what symbolic links lead to, if it has to be copied.

    Raises:
        OSError: It cannot be moved; both are as before.
    """
    try:
        os.rename(source, destination)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    temporary = temporaryBeside(destination)
    try:
        _copy(source, temporary, followLinks, True, ())
        os.rename(temporary, destination)
    except BaseException:
        if os.path.lexists(temporary):
            remove(temporary)
        raise
    remove(source)


def remove(path: str) -> None:
    """Remove a file, a link, or a directory with all that is in it; links are not followed."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.remove(path)


__all__ = ["copy", "move", "remove", "temporaryBeside"]
