"""Log files that rotate: `LogFile` by size, `DailyLogFile` at midnight.

Both are files for whatever writes lines, such as `textFileLogObserver` and `log.startLogging`. Each
write goes to the operating system at once and to the end of the file, so several processes may
share one and nothing is lost with the process.

A rotation that fails costs nothing either: the file that is open goes on being written, whatever
its name is by then, and one event tells what is wrong until a rotation succeeds.
"""

import os
import re
import stat
import time
from io import FileIO
from threading import RLock
from typing import TypeVar

from twisted.logger._logger import Logger

DEFAULT_ROTATE_LENGTH = 1_000_000
"""How many bytes a `LogFile` has by default when it is rotated."""

_log = Logger(namespace="twisted.python.logfile")

_F = TypeVar("_F", bound="BaseLogFile")


class LogReader:
    """Reads a log file.

    Args:
        name: The path of the file.
    """

    def __init__(self, name: str | os.PathLike[str]) -> None:
        self._file = open(name, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - until `close`

    def readLines(self, lines: int = 10) -> list[str]:
        """Return the next lines, with their ends; none at the end of the file.

        Args:
            lines: How many at most.
        """
        result = []
        for _ in range(lines):
            line = self._file.readline()
            if not line:
                break
            result.append(line)
        return result

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class BaseLogFile:
    """A file for a log, which a subclass knows when and how to rotate.

    A file that is there is added to.

    Args:
        name: The name of the file.
        directory: The path of its directory.
        defaultMode: The permissions of the file; by default those of the file that is there, also
            for the one that follows it, or else what the process gives to new files.

    Attributes:
        name: The name of the file.
        directory: The path of its directory.
        path: The path of the file.
        defaultMode: The permissions that were asked for, or None.
        closed: Whether it was closed.
        synchronized: The names of methods that may be called by several threads at once.

    Raises:
        OSError: The file cannot be opened.
    """

    synchronized: list[str] = ["write", "rotate"]

    def __init__(
        self,
        name: str,
        directory: str | os.PathLike[str],
        defaultMode: int | None = None,
    ) -> None:
        self.name = name
        self.directory: str = os.fspath(directory)
        self.path: str = os.path.join(self.directory, name)
        self.defaultMode = defaultMode
        self.closed: bool = False
        # A thread may log while it writes: a signal handler can run, or the collection of garbage.
        self._lock = RLock()
        self._failed = False
        self._file = self._opened(None)
        self._begin()

    @classmethod
    def fromFullPath(
        cls: type[_F], filename: str | os.PathLike[str], *args: object, **kwargs: object
    ) -> _F:
        """Make a log file of its path.

        Args:
            filename: The path.
            args: What the class takes besides name and directory.
            kwargs: The same, as keywords.
        """
        path = os.path.abspath(filename)
        return cls(os.path.basename(path), os.path.dirname(path), *args, **kwargs)  # type: ignore[arg-type]  # as the class wants them

    def _opened(self, mode: int | None) -> FileIO:
        """Open the file, with the permissions that it is to have.

        Args:
            mode: The permissions unless others were asked for; None leaves them as they are.
        """
        wanted = mode if self.defaultMode is None else self.defaultMode
        created = 0o666 if wanted is None else wanted

        def opener(path: str, flags: int) -> int:
            # From the first moment nobody else can open it.
            return os.open(path, flags | os.O_CLOEXEC, created)

        file = FileIO(self.path, "a", opener=opener)
        if wanted is not None and stat.S_IMODE(os.fstat(file.fileno()).st_mode) != wanted:
            try:
                os.fchmod(file.fileno(), wanted)
            except OSError:
                # It is somebody else's, who lets us write.
                pass
        return file

    def _begin(self) -> None:
        """Note what is to be known of a file that was opened."""

    def shouldRotate(self) -> bool:
        """Return whether the next write is to be preceded by a rotation."""
        return False

    def _setAside(self) -> bool:
        """Give the file another name; return whether that was possible.

        Raises:
            OSError: The operating system refuses it.
        """
        return False

    def rotate(self) -> None:
        """Give the file another name, and begin a new one."""
        with self._lock:
            self._refuseClosed()
            try:
                # An earlier rotation may have come this far.
                if os.path.exists(self.path) and not self._setAside():
                    return
                mode = stat.S_IMODE(os.fstat(self._file.fileno()).st_mode)
                file = self._opened(mode)
            except OSError as error:
                self._tellFailure(error)
                return
            self._file.close()
            self._file = file
            self._failed = False
            self._begin()
            self._cleanUp()

    def _cleanUp(self) -> None:
        """Remove what is too old."""

    def _tellFailure(self, error: OSError) -> None:
        """Log that a rotation failed, unless the last one did too."""
        if not self._failed:
            self._failed = True
            _log.error(
                "cannot rotate {path}, which is written further: {error}",
                path=self.path,
                error=error,
            )

    def _refuseClosed(self) -> None:
        if self.closed:
            raise ValueError(f"the log file {self.path} was closed")

    def write(self, data: str | bytes) -> None:
        """Write to the file, which is rotated before if it is time.

        Args:
            data: Bytes, or text, which is written as UTF-8.

        Raises:
            OSError: The operating system refuses it: the disk is full, say.
            ValueError: The file was closed.
        """
        if isinstance(data, str):
            data = data.encode("utf-8", "backslashreplace")
        with self._lock:
            self._refuseClosed()
            if self.shouldRotate():
                self.rotate()
            left = memoryview(data)
            while left:
                written = self._file.write(left)
                # None stands for a pipe that takes nothing now.
                if written is None:
                    break
                left = left[written:]
                self._written(written)

    def _written(self, size: int) -> None:
        """Note how many bytes were written."""

    def flush(self) -> None:
        """Do nothing: each write goes to the operating system at once."""

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.closed = True
            self._file.close()

    def reopen(self) -> None:
        """Open the file anew: somebody else, such as logrotate, gave it another name.

        Raises:
            OSError: The file cannot be opened; the one that is open is written further.
        """
        with self._lock:
            file = self._opened(None)
            self._file.close()
            self._file = file
            self.closed = False
            self._begin()

    def getCurrentLog(self) -> LogReader:
        """Return a reader for the file that is written now."""
        return LogReader(self.path)


class LogFile(BaseLogFile):
    """A log file that rotates when it is long enough: to `name.1`, which becomes `name.2`, ...

    Args:
        name: The name of the file.
        directory: The path of its directory.
        rotateLength: How many bytes it has at least when it is rotated; None for never.
        defaultMode: The permissions of the file; by default those of the file that is there.
        maxRotatedFiles: How many rotated files are kept; None keeps all of them.

    Attributes:
        rotateLength: How many bytes it has at least when it is rotated; None for never.
        maxRotatedFiles: How many rotated files are kept; None keeps all of them.
        size: How many bytes it has.
    """

    def __init__(
        self,
        name: str,
        directory: str | os.PathLike[str],
        rotateLength: int | None = DEFAULT_ROTATE_LENGTH,
        defaultMode: int | None = None,
        maxRotatedFiles: int | None = None,
    ) -> None:
        self.rotateLength = rotateLength
        self.maxRotatedFiles = maxRotatedFiles
        self.size: int = 0
        super().__init__(name, directory, defaultMode)

    def _begin(self) -> None:
        self.size = os.fstat(self._file.fileno()).st_size

    def _written(self, size: int) -> None:
        self.size += size

    def shouldRotate(self) -> bool:
        """Return whether the file is long enough."""
        return bool(self.rotateLength) and self.size >= (self.rotateLength or 0)

    def _setAside(self) -> bool:
        for number in reversed(self.listLogs()):
            os.rename(f"{self.path}.{number}", f"{self.path}.{number + 1}")
        os.rename(self.path, f"{self.path}.1")
        return True

    def _cleanUp(self) -> None:
        if self.maxRotatedFiles is not None:
            for number in self.listLogs():
                if number > self.maxRotatedFiles:
                    _remove(f"{self.path}.{number}")

    def listLogs(self) -> list[int]:
        """Return the numbers of the rotated files, the newest (1) first."""
        pattern = re.compile(re.escape(self.name) + r"\.([1-9][0-9]{0,8})", re.ASCII)
        matches = map(pattern.fullmatch, os.listdir(self.directory or "."))
        return sorted(int(match[1]) for match in matches if match is not None)

    def getLog(self, identifier: int) -> LogReader:
        """Return a reader for a rotated file.

        Args:
            identifier: Its number.

        Raises:
            ValueError: There is none with that number.
        """
        return _reader(f"{self.path}.{identifier:d}")


Date = tuple[int, int, int]
"""Year, month and day."""


class DailyLogFile(BaseLogFile):
    """A log file that rotates at the first write after midnight: to `name.2026_11_3`.

    Midnight is that of the local time. A rotated file that is there is not overwritten.

    Args:
        name: The name of the file.
        directory: The path of its directory.
        defaultMode: The permissions of the file; by default those of the file that is there.
        maxRotatedFiles: How many rotated files are kept; None keeps all of them.

    Attributes:
        lastDate: Year, month and day of the last write.
        maxRotatedFiles: How many rotated files are kept; None keeps all of them.
    """

    def __init__(
        self,
        name: str,
        directory: str | os.PathLike[str],
        defaultMode: int | None = None,
        maxRotatedFiles: int | None = None,
    ) -> None:
        self.maxRotatedFiles = maxRotatedFiles
        self.lastDate: Date = (0, 0, 0)
        super().__init__(name, directory, defaultMode)

    def _begin(self) -> None:
        self.lastDate = self.toDate(os.fstat(self._file.fileno()).st_mtime)

    def toDate(self, *args: float) -> Date:
        """Return year, month and day of a time, in the local time zone.

        Args:
            args: Seconds since the epoch; the present time by default.
        """
        year, month, day, *_ = time.localtime(*args)
        return (year, month, day)

    def shouldRotate(self) -> bool:
        """Return whether midnight has passed since the last write."""
        return self.toDate() > self.lastDate

    def _written(self, size: int) -> None:
        # Where a rotated file was in the way, and this one goes on.
        self.lastDate = max(self.lastDate, self.toDate())

    def suffix(self, tupledate: Date | float) -> str:
        """Return what follows the name of the file of a day.

        Args:
            tupledate: Year, month and day, or seconds since the epoch.
        """
        date = self.toDate(tupledate) if isinstance(tupledate, (int, float)) else tupledate
        return "_".join(map(str, date))

    def _setAside(self) -> bool:
        target = f"{self.path}.{self.suffix(self.lastDate)}"
        if os.path.exists(target):
            return False
        os.rename(self.path, target)
        return True

    def _cleanUp(self) -> None:
        if self.maxRotatedFiles is not None:
            for date in self.listLogs()[self.maxRotatedFiles :]:
                _remove(f"{self.path}.{self.suffix(date)}")

    def listLogs(self) -> list[Date]:
        """Return the days of the rotated files, the newest first."""
        pattern = re.compile(
            re.escape(self.name) + r"\.([1-9][0-9]{3})_([1-9][0-9]?)_([1-9][0-9]?)", re.ASCII
        )
        matches = map(pattern.fullmatch, os.listdir(self.directory or "."))
        days = [
            (int(match[1]), int(match[2]), int(match[3])) for match in matches if match is not None
        ]
        return sorted(days, reverse=True)

    def getLog(self, identifier: Date | float) -> LogReader:
        """Return a reader for the file of a day.

        Args:
            identifier: Year, month and day, or seconds since the epoch.

        Raises:
            ValueError: There is none.
        """
        suffix = self.suffix(identifier)
        if suffix == self.suffix(self.lastDate):
            return self.getCurrentLog()
        return _reader(f"{self.path}.{suffix}")


def _reader(path: str) -> LogReader:
    """Return a reader for a rotated file.

    Raises:
        ValueError: It is not there.
    """
    try:
        return LogReader(path)
    except FileNotFoundError:
        raise ValueError(f"no such log file exists: {path}") from None


def _remove(path: str) -> None:
    """Remove a rotated file that is too old; log that it cannot be removed."""
    try:
        os.remove(path)
    except OSError as error:
        _log.error("cannot remove the old log file {path}: {error}", path=path, error=error)


__all__ = [
    "DEFAULT_ROTATE_LENGTH",
    "BaseLogFile",
    "DailyLogFile",
    "LogFile",
    "LogReader",
]
