"""The users in a file that may change while the service runs.

Whoever asks for the users gets those that are in the file now. The file is read again when it is
another one than before: by its place on the disk, its size or the time of its last change. If the
new one cannot be used, the users stay as they were, and the log says so once.

Reading blocks the reactor for as long as the disk takes, which is why the size has a limit.
"""

import os
import stat
from collections.abc import Mapping
from typing import BinaryIO

from twisted.logger import Logger

from fingerd.users import SAMPLE, User, UsersError, parseUsers

MAX_FILE_SIZE = 4 * 1024 * 1024

Version = tuple[int, int, int, int]


class UserFile:
    """Reads users from a file, and again when it has changed.

    Args:
        path: The name of the file.
        maxSize: How many bytes it may have.
    """

    log = Logger()

    def __init__(self, path: str, maxSize: int = MAX_FILE_SIZE) -> None:
        self.path = path
        self.maxSize = maxSize
        self._seen: Version | str | None = None
        self._users: Mapping[str, User] = {}

    def load(self) -> None:
        """Read the file.

        Raises:
            OSError: It cannot be read.
            UsersError: It does not describe users.
        """
        # Opening a pipe would wait for whoever writes to it.
        if not stat.S_ISREG(os.stat(self.path).st_mode):
            raise UsersError("it is not a regular file")
        with open(self.path, "rb") as file:
            self._seen = _version(os.fstat(file.fileno()))
            self._users = parseUsers(self._read(file))

    def users(self) -> Mapping[str, User]:
        """Return the users by login, as the file says now or said when it last could be used."""
        try:
            version: Version | str = _version(os.stat(self.path))
        except OSError as error:
            version = str(error)
        if version != self._seen:
            self._seen = version
            self._reload()
        return self._users

    def _reload(self) -> None:
        try:
            self.load()
        except (OSError, UsersError) as error:
            self.log.warn(
                "The users stay as they were, for {path} cannot be used: {error}",
                path=self.path,
                error=error,
            )
        else:
            self.log.info(
                "{path} has changed: {count} users", path=self.path, count=len(self._users)
            )

    def _read(self, file: BinaryIO) -> str:
        data = file.read(self.maxSize + 1)
        if len(data) > self.maxSize:
            raise UsersError(f"it is larger than {self.maxSize} bytes")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsersError(f"it is not UTF-8 text (byte {error.start})")


class SampleUsers:
    """The users that are built in."""

    def users(self) -> Mapping[str, User]:
        """Return the users by login."""
        return parseUsers(SAMPLE)


def _version(status: os.stat_result) -> Version:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
