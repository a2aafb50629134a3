"""What all kinds of paths have in common, made from the little that each kind has to know."""

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, AnyStr, Generic, TypeVar, cast

from twisted.python.filepath._errors import LinkError, UnlistableError
from twisted.python.filepath._interface import FileMode, OtherAnyStr

_P = TypeVar("_P", bound="AbstractFilePath[Any]")


class AbstractFilePath(Generic[AnyStr]):
    """A path of any kind, in text or bytes; the base class of those that provide `IFilePath`.

    A subclass has the methods that raise here, and those of the interface that are missing.

    Attributes:
        path: The path as text or bytes.
    """

    path: AnyStr

    def getAccessTime(self) -> float:
        """Return when the file was read last, in seconds since 1970."""
        raise self._lacks("getAccessTime")

    def getModificationTime(self) -> float:
        """Return when the content was changed last, in seconds since 1970."""
        raise self._lacks("getModificationTime")

    def getStatusChangeTime(self) -> float:
        """Return when the content or the status was changed last, in seconds since 1970."""
        raise self._lacks("getStatusChangeTime")

    def isdir(self) -> bool:
        """Return whether it is a directory."""
        raise self._lacks("isdir")

    def basename(self) -> AnyStr:
        """Return the last name of the path."""
        raise self._lacks("basename")

    def parent(self) -> "AbstractFilePath[AnyStr]":
        """Return the directory that this is an entry of; the topmost one is its own parent."""
        raise self._lacks("parent")

    def listdir(self) -> list[AnyStr]:
        """Return the names of all entries of this directory, in any order."""
        raise self._lacks("listdir")

    def child(self, path: OtherAnyStr) -> "AbstractFilePath[OtherAnyStr]":
        """Return the path of an entry of this directory, whether it is there or not.

        Args:
            path: The name of the entry, which may come from anybody.

        Raises:
            InsecurePath: The name is not one of a direct entry.
        """
        raise self._lacks("child")

    def open(self, mode: FileMode = "r") -> IO[bytes]:
        """Open the file.

        Args:
            mode: As for the built-in `open`; bytes are read and written in any case.
        """
        raise self._lacks("open")

    def _lacks(self, method: str) -> TypeError:
        """Return the error for a subclass without a method that it needs."""
        return TypeError(f"{type(self).__name__} does not define {method}()")

    def _identity(self) -> object:
        """Return what tells this directory from others, if links can lead round in a circle."""
        return None

    def getContent(self) -> bytes:
        """Return all that is in the file."""
        with self.open() as file:
            return file.read()

    def getatime(self) -> int:
        """Return when the file was read last, in whole seconds since 1970."""
        return int(self.getAccessTime())

    def getmtime(self) -> int:
        """Return when the content was changed last, in whole seconds since 1970."""
        return int(self.getModificationTime())

    def getctime(self) -> int:
        """Return when the content or the status was changed last, in whole seconds since 1970."""
        return int(self.getStatusChangeTime())

    def parents(self) -> Iterable["AbstractFilePath[AnyStr]"]:
        """Return the directories around this path, from its own to the topmost."""
        return parents(self)

    def children(self) -> Iterable["AbstractFilePath[AnyStr]"]:
        """Return the paths of all entries of this directory.

        Raises:
            UnlistableError: It is not there, or is no directory.
        """
        return [self.child(name) for name in entryNames(self)]

    def walk(
        self, descend: "Callable[[AbstractFilePath[AnyStr]], bool] | None" = None
    ) -> Iterable["AbstractFilePath[AnyStr]"]:
        """Return this path, and all paths below it.

        Args:
            descend: What says, for each path below this one, whether to go into it; without it,
                all directories are gone into.

        Raises:
            LinkError: Links lead round in a circle.
            UnlistableError: A directory vanished meanwhile.
        """
        return walk(self, descend)

    def sibling(self, path: OtherAnyStr) -> "AbstractFilePath[OtherAnyStr]":
        """Return the path of another entry of the same directory.

        Args:
            path: Its name, as for `child`.

        Raises:
            InsecurePath: The name is not one of a direct entry.
        """
        return self.parent().child(path)

    def descendant(self, segments: Sequence[OtherAnyStr]) -> "AbstractFilePath[OtherAnyStr]":
        """Return a path that is several names below this one.

        Args:
            segments: The names, each as for `child`.

        Raises:
            InsecurePath: One of them is not the name of a direct entry.
        """
        return cast(AbstractFilePath[OtherAnyStr], descendant(self, segments))

    def segmentsFrom(self, ancestor: "AbstractFilePath[AnyStr]") -> list[AnyStr]:
        """Return the names that lead from another path to this one.

        Args:
            ancestor: A directory that this path is in, at any depth, or this path itself.

        Raises:
            ValueError: It is not.
        """
        segments: list[AnyStr] = []
        here: AbstractFilePath[AnyStr] = self
        while here != ancestor:
            above = here.parent()
            if above == here:
                raise ValueError(f"{ancestor!r} is not above {self!r}")
            segments.append(here.basename())
            here = above
        return segments[::-1]

    def __lt__(self, other: "AbstractFilePath[AnyStr]") -> bool:
        return self.path < other.path if self._compares(other) else NotImplemented

    def __le__(self, other: "AbstractFilePath[AnyStr]") -> bool:
        return self.path <= other.path if self._compares(other) else NotImplemented

    def __gt__(self, other: "AbstractFilePath[AnyStr]") -> bool:
        return self.path > other.path if self._compares(other) else NotImplemented

    def __ge__(self, other: "AbstractFilePath[AnyStr]") -> bool:
        return self.path >= other.path if self._compares(other) else NotImplemented

    def _compares(self, other: object) -> bool:
        """Return whether there is an order between this path and something else."""
        return isinstance(other, AbstractFilePath) and type(other.path) is type(self.path)


# The following are the methods of all kinds of paths, in a form that keeps the kind for a type
# checker; each kind has methods of the same names, which say its own type.


def entryNames(directory: AbstractFilePath[AnyStr]) -> list[AnyStr]:
    """Return the names of all entries of a directory.

    Raises:
        UnlistableError: It is not there, or is no directory.
    """
    try:
        return directory.listdir()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise UnlistableError(error) from error
        raise


def parents(path: _P) -> Iterator[_P]:
    """Yield the directories around a path, from its own to the topmost."""
    below, here = path, cast(_P, path.parent())
    while here != below:
        yield here
        below, here = here, cast(_P, here.parent())


def descendant(path: "AbstractFilePath[Any]", segments: Sequence[OtherAnyStr]) -> object:
    """Return the path that several names lead to."""
    for segment in segments:
        path = path.child(segment)
    return path


def walk(path: _P, descend: Callable[[_P], bool] | None) -> Iterator[_P]:
    """Yield a path and all paths below it; see `AbstractFilePath.walk`."""
    yield path
    # The directories that are being walked, outermost first. A list instead of recursion, as
    # directories can be nested more deeply than calls.
    entered: list[tuple[object, Iterator[_P]]] = []
    here: _P | None = path
    while True:
        if here is not None and here.isdir():
            identity = here._identity()
            if identity is not None and any(identity == each for each, _ in entered):
                raise LinkError(f"links lead round in a circle at {here!r}")
            entered.append((identity, iter(cast(Iterable[_P], here.children()))))
        while entered:
            here = next(entered[-1][1], None)
            if here is not None:
                break
            entered.pop()
        else:
            return
        enters = descend is None or descend(here)
        yield here
        if not enters:
            here = None


AbstractFilePath.__module__ = "twisted.python.filepath"

__all__ = ["AbstractFilePath", "descendant", "entryNames", "parents", "walk"]
