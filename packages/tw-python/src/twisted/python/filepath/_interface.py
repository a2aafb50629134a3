"""What can be asked of a path, wherever its file is kept."""

from collections.abc import Iterable
from typing import IO, Any, Literal, TypeAlias, TypeVar

from twisted.python.components import Interface

OtherAnyStr = TypeVar("OtherAnyStr", str, bytes)
"""The kind of a path that is made from another; its names are text or bytes."""

_TextMode: TypeAlias = Literal["r", "w", "a", "x", "r+", "w+", "a+", "x+"]
_BytesMode: TypeAlias = Literal["rb", "wb", "ab", "xb", "rb+", "wb+", "ab+", "xb+"]
_MixedMode: TypeAlias = Literal["r+b", "w+b", "a+b", "x+b"]
FileMode: TypeAlias = _TextMode | _BytesMode | _MixedMode
"""How a file is opened, as for `open`; with or without `b`, what is read and written is bytes."""


class IFilePath(Interface):
    """A file or directory, in the file system, in an archive, or in something else like a tree.

    Names are text or bytes; a path that is made by a name is of the name's kind.
    """

    @property
    def sep(self) -> str | bytes:
        """What stands between the names in a path, in the kind of this path."""
        ...

    def child(
        self,
        name: Any,  # noqa: ANN401 - str or bytes; a method is not compared with two kinds
        /,
    ) -> "IFilePath":
        """Return the path of an entry of this directory, whether it is there or not.

        Args:
            name: The name of the entry, which may come from anybody.

        Raises:
            InsecurePath: The name is not one of a direct entry.
        """
        ...

    def open(self, mode: FileMode = "r", /) -> IO[bytes]:
        """Open the file.

        Args:
            mode: As for the built-in `open`; bytes are read and written in any case.
        """
        ...

    def changed(self) -> None:
        """Forget what was learned about the file, as it may have changed since."""
        ...

    def getsize(self) -> int:
        """Return the size of the file in bytes."""
        ...

    def getModificationTime(self) -> float:
        """Return when the content was changed last, in seconds since 1970."""
        ...

    def getStatusChangeTime(self) -> float:
        """Return when the content or the status was changed last, in seconds since 1970."""
        ...

    def getAccessTime(self) -> float:
        """Return when the file was read last, in seconds since 1970."""
        ...

    def exists(self) -> bool:
        """Return whether there is anything under this path."""
        ...

    def isdir(self) -> bool:
        """Return whether it is a directory."""
        ...

    def isfile(self) -> bool:
        """Return whether it is a file with content."""
        ...

    def children(self) -> Iterable["IFilePath"]:
        """Return the paths of all entries of this directory.

        Raises:
            UnlistableError: It is not there, or is no directory.
        """
        ...

    def basename(self) -> str | bytes:
        """Return the last name of the path."""
        ...

    def parent(self) -> "IFilePath":
        """Return the directory that this is an entry of; the topmost one is its own parent."""
        ...

    def sibling(
        self,
        name: Any,  # noqa: ANN401 - str or bytes; a method is not compared with two kinds
        /,
    ) -> "IFilePath":
        """Return the path of another entry of the same directory.

        Args:
            name: Its name, as for `child`.

        Raises:
            InsecurePath: The name is not one of a direct entry.
        """
        ...


__all__ = ["FileMode", "IFilePath", "OtherAnyStr"]
