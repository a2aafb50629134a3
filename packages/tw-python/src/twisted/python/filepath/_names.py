"""Which names lead where: the rules that keep a path inside its directory.

They look at names only, never at the file system, so a symbolic link in a directory leads where
it leads. All of them work on text; `os.fsdecode` and `os.fsencode` bring bytes there and back
without loss.
"""

import os
from secrets import token_hex

from twisted.python.filepath._errors import InsecurePath
from twisted.python.filepath._interface import OtherAnyStr

# On Windows a colon makes a name relative to a drive, or names a stream of a file.
_SEPARATORS = os.sep + (os.altsep or "") + (":" if os.name == "nt" else "")
_LONGEST_NAME = 255  # bytes, on every usual file system


def inKindOf(text: str, like: OtherAnyStr) -> OtherAnyStr:
    """Return a path in text, as text or as bytes like another one."""
    if isinstance(like, str):
        return text
    return os.fsencode(text)


def entryName(name: str | bytes) -> str:
    """Return the name of a direct entry of a directory.

    Returns:
        The name without separators at its end, empty for the directory itself (`""` and `"."`).

    Raises:
        InsecurePath: The name is absolute, has a separator inside or a NUL, or is `..`.
    """
    text = os.fsdecode(name)
    entry = text.rstrip(_SEPARATORS)
    if entry == ".." or "\0" in entry or any(each in entry for each in _SEPARATORS):
        raise InsecurePath(f"{name!r} is not the name of an entry of a directory")
    if text and not entry:
        raise InsecurePath(f"{name!r} is absolute")
    return "" if entry == "." else entry


def descendantPath(directory: str, path: str | bytes) -> str:
    """Return the path of something inside a directory.

    Args:
        directory: An absolute path without `..`.
        path: A path, relative to it or absolute.

    Raises:
        InsecurePath: The path leads out of the directory, or has a NUL.
    """
    text = os.fsdecode(path)
    found = os.path.abspath(os.path.join(directory, text))
    # "/srv/site2" begins with "/srv/site", so the separator must be compared too.
    inside = directory if directory.endswith(os.sep) else directory + os.sep
    if "\0" in text or not (found + os.sep).startswith(inside):
        raise InsecurePath(f"{path!r} leads out of {directory!r}")
    return found


def temporaryName(base: str, extension: str) -> str:
    """Return a name that nobody can guess, which shows what it is for as far as there is room."""
    token = token_hex(8)
    name = f"{token}{base}{extension}"
    return name if len(os.fsencode(name)) <= _LONGEST_NAME else f"{token}{extension}"


__all__ = ["descendantPath", "entryName", "inKindOf", "temporaryName"]
