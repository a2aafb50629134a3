"""Unpacking zip archives bit by bit, so that other things can be done between two chunks.

An archive says how large its files are, and no more than that is unpacked; so a small archive that
would fill the disk is refused before anything is written. Names that lead out of the directory are
refused as well.
"""

import os
import zipfile
from collections.abc import Generator, Iterator
from types import TracebackType
from typing import IO, TypeAlias

from twisted.python.filepath import FilePath
from twisted.python.filepath._copying import temporaryBeside
from twisted.python.filepath._replacing import replacing

_Path: TypeAlias = str | os.PathLike[str]

DIR_BIT: int = 0x10
"""The bit in an entry's attributes that says that it is a directory, as MS-DOS has it."""

MAX_UNZIPPED_SIZE: int = 2**30
"""How many bytes `unzipIterChunky` unpacks from one archive unless it is told otherwise."""

MAX_ENTRIES: int = 100_000
"""How many files and directories `unzipIterChunky` makes from one archive unless told otherwise."""


class _FileEntry:
    """A file in an archive, open for reading."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        """Read a file.

        Args:
            stream: What its content is read from.
            length: How many bytes it has.
        """
        self._stream = stream
        self.length: int = length
        self.closed: bool = False

    @property
    def finished(self) -> bool:
        """Whether all of it was read."""
        return self.tell() >= self.length

    def read(self, n: int | None = None) -> bytes:
        """Read bytes.

        Args:
            n: The most to read; all that is left, if left out.

        Returns:
            The bytes, none at the end.

        Raises:
            zipfile.BadZipFile: They are not those that were packed.
        """
        return self._stream.read(-1 if n is None else n)

    def readline(self) -> bytes:
        """Read to the end of a line, which belongs to it."""
        return self._stream.readline()

    def readlines(self) -> list[bytes]:
        """Read all lines that are left."""
        return list(self)

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._stream.tell()

    def isatty(self) -> bool:
        """Return False: it is no terminal."""
        return False

    def close(self) -> None:
        """End the reading."""
        self.closed = True
        self._stream.close()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self) -> "_FileEntry":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class ZipFileEntry(_FileEntry):
    """A file that is in an archive as it is."""


class DeflatedZipFileEntry(_FileEntry):
    """A file that is in an archive in less space."""


class ChunkingZipFile(zipfile.ZipFile):
    """A zip archive whose files are read bit by bit."""

    def readfile(self, name: str) -> ZipFileEntry | DeflatedZipFileEntry:
        """Open a file of the archive for reading.

        Args:
            name: Its path in the archive.

        Raises:
            KeyError: There is no such file.
            zipfile.BadZipFile: The archive is damaged.
        """
        found = self.getinfo(name)
        stored = found.compress_type == zipfile.ZIP_STORED
        kind = ZipFileEntry if stored else DeflatedZipFileEntry
        return kind(self.open(found), found.file_size)


def countFileChunks(zipinfo: zipfile.ZipInfo, chunksize: int) -> int:
    """Return how many chunks a file of an archive has; an empty one and a directory have one.

    Args:
        zipinfo: The entry of the file.
        chunksize: The size of a chunk, in bytes.
    """
    return max(1, -(-zipinfo.file_size // chunksize))


def countZipFileChunks(filename: _Path, chunksize: int) -> int:
    """Return how many chunks an archive has, which is how often `unzipIterChunky` yields.

    Args:
        filename: The path of the archive.
        chunksize: The size of a chunk, in bytes.

    Raises:
        zipfile.BadZipFile: It is no archive.
    """
    with ChunkingZipFile(filename) as archive:
        return sum(countFileChunks(entry, chunksize) for entry in archive.infolist())


def unzipIterChunky(
    filename: _Path,
    directory: _Path = ".",
    overwrite: bool | int = False,
    chunksize: int = 4096,
    *,
    maxSize: int = MAX_UNZIPPED_SIZE,
    maxEntries: int = MAX_ENTRIES,
) -> Generator[int, None, None]:
    """Unpack an archive, one chunk each time that the next value is asked for.

    A file has its name when it is complete; `close` of the generator removes one that is not.

    Args:
        filename: The path of the archive.
        directory: Where to unpack it; it is made if it is missing.
        overwrite: Whether to replace files that are there; otherwise they stay as they are.
        chunksize: The size of a chunk, in bytes.
        maxSize: How many bytes it may unpack to.
        maxEntries: How many files and directories it may hold.

    Yields:
        How many chunks are left to unpack. A file that stays as it is counts for all its chunks.

    Raises:
        ValueError: The archive holds more than it may; nothing was written.
        InsecurePath: A name leads out of the directory; nothing was written.
        zipfile.BadZipFile: The archive is damaged.
        OSError: Something cannot be read or written.
    """
    if chunksize < 1:
        raise ValueError(f"a chunk has at least one byte, not {chunksize}")
    top = FilePath(directory)
    with ChunkingZipFile(filename) as archive:
        entries = archive.infolist()
        if len(entries) > maxEntries:
            raise ValueError(f"{filename!r} has {len(entries)} entries; maxEntries is {maxEntries}")
        size = sum(entry.file_size for entry in entries)
        if size > maxSize:
            raise ValueError(f"{filename!r} unpacks to {size} bytes; maxSize is {maxSize}")
        found = [(entry, top.descendant(_names(entry))) for entry in entries]
        remaining = sum(countFileChunks(entry, chunksize) for entry in entries)
        top.makedirs(ignoreExistingDirectory=True)
        for entry, path in found:
            if _isDirectory(entry):
                path.makedirs(ignoreExistingDirectory=True)
            elif overwrite or not path.exists():
                path.parent().makedirs(ignoreExistingDirectory=True)
                for _ in _unpack(archive, entry, path, chunksize):
                    remaining -= 1
                    yield remaining
                continue
            remaining -= countFileChunks(entry, chunksize)
            yield remaining


def _isDirectory(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a directory."""
    return entry.is_dir() or bool(entry.external_attr & DIR_BIT)


def _names(entry: zipfile.ZipInfo) -> list[str]:
    """Return the names that lead to an entry, for `descendant` to check."""
    names = entry.filename.removesuffix("/").split("/")
    # An absolute path begins with an empty name, which would be the directory itself.
    return ["/" if name == "" else name for name in names]


def _unpack(
    archive: ChunkingZipFile, entry: zipfile.ZipInfo, path: FilePath[str], chunksize: int
) -> Iterator[None]:
    """Unpack a file, and yield after each chunk; the last time when the file has its name."""
    temporary = temporaryBeside(path.path)
    with archive.readfile(entry.filename) as content, replacing(path.path, temporary) as file:
        for _ in range(countFileChunks(entry, chunksize) - 1):
            file.write(content.read(chunksize))
            yield
        file.write(content.read(chunksize))
    yield


__all__ = [
    "DIR_BIT",
    "MAX_ENTRIES",
    "MAX_UNZIPPED_SIZE",
    "ChunkingZipFile",
    "DeflatedZipFileEntry",
    "ZipFileEntry",
    "countFileChunks",
    "countZipFileChunks",
    "unzipIterChunky",
]
