"""A file that is being sent: where to go on, how much is left, and how it is read.

A regular file is known by a descriptor of its own, so that whoever gave it may close theirs, and
is read without moving anybody's position in it. Only a plain file object stands for the file whose
descriptor it has: others (of gzip, for one) have the descriptor of something that they read from.
"""

import io
import os
import stat
from collections.abc import Callable
from typing import cast

from twisted.internet.interfaces import ReadableFile

BLOCK_SIZE = 64 * 1024
"""How many bytes of a file are read at once, where the kernel does not pass them on by itself."""


class FileSource:
    """A file, or a part of one, that is read from a place on.

    Attributes:
        fd: The descriptor of a regular file, None of anything else.
        sent: How many bytes were taken already.
    """

    def __init__(self, file: ReadableFile, offset: int, count: int | None) -> None:
        """Begin at a place.

        Args:
            file: The file.
            offset: The place.
            count: How many bytes are to be taken; all if None.

        Raises:
            OSError: The file can't be used.
            TypeError: It is not open in binary.
            ValueError: A number is negative, or there is no way to that place.
        """
        if isinstance(cast(object, file), io.TextIOBase):
            raise TypeError(f"{file!r} gives text: open it in binary, with 'rb'")
        if offset < 0 or (count is not None and count < 0):
            raise ValueError(f"offset and count can't be negative: {offset}, {count}")
        self.fd: int | None = None
        self.sent = 0
        self._file = file
        self._offset = offset
        self._asked = count
        self._end = count
        self._seek: Callable[[int], object] | None = None
        regular = _regularFile(file)
        if regular is None:
            self._seek = _seekOf(file)
            if self._seek is None and offset:
                raise ValueError(f"{file!r} can be read from where it is only: it can't seek")
            return
        self.fd = os.dup(regular)
        if count is None:
            self._end = max(os.fstat(self.fd).st_size - offset, 0)

    @property
    def position(self) -> int:
        """Where to go on."""
        return self._offset + self.sent

    def left(self, size: int) -> int:
        """Return how many bytes to take next, a size at most; 0 when it is all."""
        return size if self._end is None else min(size, self._end - self.sent)

    def read(self, size: int) -> bytes:
        """Return the next bytes without taking them; none at the end.

        Raises:
            OSError: They can't be read.
            TypeError: What was read is not bytes.
        """
        if self.fd is not None:
            return os.pread(self.fd, size, self.position)
        if self._seek is not None:
            self._seek(self.position)
        data: object = self._file.read(size)
        if not isinstance(data, bytes):
            raise TypeError(f"{self._file!r} gives {type(data).__name__}, not bytes")
        return data[:size]

    def atEnd(self) -> None:
        """Learn that the file has no more bytes.

        Raises:
            EOFError: There should be more.
        """
        if self._asked is not None and self.sent < self._asked:
            raise EOFError(f"the file ended after {self.sent} of {self._asked} bytes")

    def close(self) -> None:
        """Close the descriptor; the file that was given stays as it is."""
        fd, self.fd = self.fd, None
        if fd is not None:
            os.close(fd)

    def __repr__(self) -> str:
        return f"<{self._file!r}, {self.sent} bytes sent>"


def _regularFile(file: ReadableFile) -> int | None:
    """Return the descriptor of a regular file; None of anything else."""
    if isinstance(file, io.BufferedRandom):
        file.flush()
    raw = file.raw if isinstance(file, io.BufferedReader | io.BufferedRandom) else file
    if not isinstance(raw, io.FileIO):
        return None
    fd = raw.fileno()
    return fd if stat.S_ISREG(os.fstat(fd).st_mode) else None


def _seekOf(file: ReadableFile) -> Callable[[int], object] | None:
    """Return how to get to a place of a file; None if that can't be done."""
    seekable: Callable[[], bool] | None = getattr(file, "seekable", None)
    if seekable is None or not seekable():
        return None
    return cast(Callable[[int], object], getattr(file, "seek", None))
