"""Paths of files as objects that refuse to leave their directory.

`FilePath("/srv/site").child(name)` is below `/srv/site` whatever a peer sent as `name`, or raises
`InsecurePath`. A path has methods for what can be done with a file; it is text or bytes as what it
was made from. `IFilePath` says what there is for reading, and `twisted.python.zippath` has the
same for what is inside a zip archive.
"""

from stat import (
    S_IRGRP,
    S_IROTH,
    S_IRUSR,
    S_IWGRP,
    S_IWOTH,
    S_IWUSR,
    S_IXGRP,
    S_IXOTH,
    S_IXUSR,
)

from twisted.python.filepath._abstract import AbstractFilePath
from twisted.python.filepath._errors import InsecurePath, LinkError, UnlistableError
from twisted.python.filepath._filepath import FilePath
from twisted.python.filepath._interface import FileMode, IFilePath, OtherAnyStr
from twisted.python.filepath._permissions import RWX, Permissions
from twisted.python.filepath._replacing import O_BINARY

__all__ = [
    "O_BINARY",
    "RWX",
    "S_IRGRP",
    "S_IROTH",
    "S_IRUSR",
    "S_IWGRP",
    "S_IWOTH",
    "S_IWUSR",
    "S_IXGRP",
    "S_IXOTH",
    "S_IXUSR",
    "AbstractFilePath",
    "FileMode",
    "FilePath",
    "IFilePath",
    "InsecurePath",
    "LinkError",
    "OtherAnyStr",
    "Permissions",
    "UnlistableError",
]
