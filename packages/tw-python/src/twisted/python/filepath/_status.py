"""What the system tells about a file, remembered until somebody says that it changed."""

import os
import stat
from collections.abc import Callable
from typing import AnyStr

from twisted.python.filepath._abstract import AbstractFilePath
from twisted.python.filepath._permissions import Permissions


class FileStatus(AbstractFilePath[AnyStr]):
    """A path in the file system, with the status of its file.

    What was learned is kept until `changed` or `restat` is called, or something is done to the
    file by this object; that there is no such file is asked anew each time. Except for `islink`,
    all methods tell about what symbolic links lead to.
    """

    _statinfo: os.stat_result | None = None

    def restat(self, reraise: bool = True) -> None:
        """Ask the system for the status of the file now.

        Args:
            reraise: Whether to raise an error if there is none; without, the methods that return
                booleans return False.

        Raises:
            OSError: There is no such file, or it may not be reached.
        """
        self._statinfo = None
        try:
            self._statinfo = os.stat(self.path)
        except (OSError, ValueError):  # a ValueError is about a NUL in the path
            if reraise:
                raise

    def changed(self) -> None:
        """Forget what was learned about the file, as it may have changed since."""
        self._statinfo = None

    def _status(self) -> os.stat_result:
        """Return the status of the file, or raise an error."""
        if self._statinfo is None:
            self.restat()
        assert self._statinfo is not None
        return self._statinfo

    def _is(self, predicate: Callable[[int], bool]) -> bool:
        """Return whether the file is there and its mode satisfies a predicate."""
        if self._statinfo is None:
            self.restat(False)
        return self._statinfo is not None and predicate(self._statinfo.st_mode)

    def exists(self) -> bool:
        """Return whether there is anything under this path."""
        return self._is(lambda mode: True)

    def isdir(self) -> bool:
        """Return whether it is a directory."""
        return self._is(stat.S_ISDIR)

    def isfile(self) -> bool:
        """Return whether it is a file with content."""
        return self._is(stat.S_ISREG)

    def isBlockDevice(self) -> bool:
        """Return whether it is a device that is read and written in blocks."""
        return self._is(stat.S_ISBLK)

    def isSocket(self) -> bool:
        """Return whether it is a UNIX socket."""
        return self._is(stat.S_ISSOCK)

    def islink(self) -> bool:
        """Return whether it is a symbolic link, by asking the system each time."""
        return os.path.islink(self.path)

    def isabs(self) -> bool:
        """Return True: paths are made absolute when they are made."""
        return os.path.isabs(self.path)

    def getsize(self) -> int:
        """Return the size of the file in bytes.

        Raises:
            OSError: There is no such file.
        """
        return self._status().st_size

    def getModificationTime(self) -> float:
        """Return when the content was changed last, in seconds since 1970.

        Raises:
            OSError: There is no such file.
        """
        return float(self._status().st_mtime)

    def getStatusChangeTime(self) -> float:
        """Return when the content or the status was changed last, in seconds since 1970.

        Raises:
            OSError: There is no such file.
        """
        return float(self._status().st_ctime)

    def getAccessTime(self) -> float:
        """Return when the file was read last, in seconds since 1970.

        Raises:
            OSError: There is no such file.
        """
        return float(self._status().st_atime)

    def getInodeNumber(self) -> int:
        """Return the number of the file on its device.

        Raises:
            OSError: There is no such file.
        """
        return self._status().st_ino

    def getDevice(self) -> int:
        """Return the number of the device that the file is on.

        Raises:
            OSError: There is no such file.
        """
        return self._status().st_dev

    def getNumberOfHardLinks(self) -> int:
        """Return how many names the file has.

        Raises:
            OSError: There is no such file.
        """
        return self._status().st_nlink

    def getUserID(self) -> int:
        """Return the number of the user who owns the file.

        Raises:
            OSError: There is no such file.
        """
        return self._status().st_uid

    def getGroupID(self) -> int:
        """Return the number of the group that the file belongs to.

        Raises:
            OSError: There is no such file.
        """
        return self._status().st_gid

    def getPermissions(self) -> Permissions:
        """Return who may do what with the file.

        Raises:
            OSError: There is no such file.
        """
        return Permissions(self._status().st_mode)

    def _identity(self) -> object:
        return self.getDevice(), self.getInodeNumber()

    def __getstate__(self) -> dict[str, object]:
        state = dict(self.__dict__)
        state.pop("_statinfo", None)
        return state


__all__ = ["FileStatus"]
