"""Mappings of which each entry is a file in a directory.

The file's name is the key in base 64, with `-` in place of `/` and a `_` after each 57 bytes of the
key and at the end. It holds the value and nothing else. An entry is written under another name
first, and then renamed, so there is the old value or the new one at any time. Whatever else is in
the directory is let alone.

A name that ends with `.new` is what a process writes, or left when it was killed; one that ends
with `.rpl` comes from programs that replace entries in two steps, and counts where the entry itself
is missing. What the dead left is put right when the directory is opened.
"""

import base64
import binascii
import errno
import os
import pickle
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Self, cast, overload

from typing_extensions import TypeVar

from twisted.logger import Logger
from twisted.persisted._atomicfile import Path, isLeftover, readFile, removeLeftover, writeFile

_T = TypeVar("_T")
_V = TypeVar("_V", default=bytes)
_S = TypeVar("_S", default=Any)


MAXIMUM_KEY_LENGTH = 186
"""How many bytes a key may have: the name of its file is to fit into the 255 bytes of a name."""

# Where base 64 of no byte gives no name.
_NAME_OF_EMPTY_KEY = "_"

# What opening a file says where there is no entry. A directory of that name is none.
_ABSENT = {errno.ENOENT, errno.EISDIR, errno.ENAMETOOLONG}

_log = Logger(namespace="twisted.persisted.dirdbm")


def _nameOf(key: bytes) -> str:
    """Return the name of the file of a key."""
    if not isinstance(key, bytes):
        raise TypeError(f"a key must be bytes, not {type(key).__name__}: {key!r}")
    encoded = base64.encodebytes(key).decode("ascii")
    return encoded.replace("\n", "_").replace("/", "-") or _NAME_OF_EMPTY_KEY


def _keyOf(name: str) -> bytes | None:
    """Return the key of a file's name, or None if the file is no entry."""
    try:
        key = base64.b64decode(name.replace("_", "").replace("-", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if _nameOf(key) == name else None


class DirDBM(Generic[_V]):
    """A mapping from bytes to bytes that is kept in a directory, an entry a file.

    It behaves like a dictionary, and shows at any time what is in the directory: several of them,
    in several processes, may work with one directory. Each entry is replaced as a whole; there is
    nothing that makes changes of several entries one change.

    Attributes:
        dname: The directory.
        synced: Whether a value is on the disk when setting it returns, and so outlives a failure
            of the power; by default True. Without it, entries are written faster.
    """

    synced: bool = True

    def __init__(self, name: Path) -> None:
        """Open a directory.

        Args:
            name: The directory, which is made unless it exists. What killed processes left in it
                is put right.

        Raises:
            OSError: It cannot be made or read.
        """
        self.dname: str = os.path.abspath(os.fsdecode(name))
        os.makedirs(self.dname, exist_ok=True)
        self._recover()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} in {self.dname!r}>"

    # What a value is as bytes.

    def _dump(self, value: _V) -> bytes:
        if not isinstance(value, bytes):
            raise TypeError(f"a value must be bytes, not {type(value).__name__}: {value!r}")
        return value

    def _load(self, content: bytes) -> _V:
        return cast(_V, content)

    # Files.

    def _pathOf(self, key: bytes) -> str:
        return os.path.join(self.dname, _nameOf(key))

    def _recover(self) -> None:
        """Put right what processes left that were killed while they wrote."""
        for name in os.listdir(self.dname):
            path = os.path.join(self.dname, name)
            stem, extension = os.path.splitext(name)
            ofEntry = _keyOf(stem) is not None
            try:
                if extension == ".new" and (ofEntry or isLeftover(name)):
                    removeLeftover(path)
                elif extension == ".rpl" and ofEntry:
                    self._takeReplacement(path, os.path.join(self.dname, stem))
            except FileNotFoundError:
                pass  # another process did it
            except OSError as error:
                # The entries can be read all the same.
                _log.warn("{path} was left by a killed process: {error}", path=path, error=error)

    def _takeReplacement(self, replacement: str, path: str) -> None:
        try:
            os.link(replacement, path)
        except FileExistsError:
            pass  # it may be incomplete, and the old value is there
        os.unlink(replacement)

    def _read(self, key: bytes) -> bytes:
        try:
            return readFile(self._pathOf(key))
        except OSError as error:
            if error.errno in _ABSENT:
                raise KeyError(key) from None
            raise

    def _write(self, key: bytes, content: bytes) -> None:
        path = self._pathOf(key)
        if len(key) > MAXIMUM_KEY_LENGTH:
            raise ValueError(
                f"a key has at most {MAXIMUM_KEY_LENGTH} bytes, this one has {len(key)}:"
                " store long keys under a hash of them"
            )
        writeFile(path, content, self.synced)

    # The mapping.

    def __getitem__(self, key: bytes) -> _V:
        return self._load(self._read(key))

    def __setitem__(self, key: bytes, value: _V) -> None:
        self._write(key, self._dump(value))

    def __delitem__(self, key: bytes) -> None:
        try:
            os.unlink(self._pathOf(key))
        except OSError as error:
            if error.errno in _ABSENT:
                raise KeyError(key) from None
            raise

    def _discard(self, key: bytes) -> None:
        try:
            del self[key]
        except KeyError:
            pass  # another process removed it meanwhile

    def __contains__(self, key: bytes) -> bool:
        return os.path.isfile(self._pathOf(key))

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.keys())

    def keys(self) -> list[bytes]:
        """Return the keys, in no order."""
        with os.scandir(self.dname) as entries:
            found = [_keyOf(entry.name) for entry in entries if entry.is_file()]
        return [key for key in found if key is not None]

    def items(self) -> list[tuple[bytes, _V]]:
        """Return keys with their values, in no order."""
        found = []
        for key in self.keys():
            try:
                found.append((key, self[key]))
            except KeyError:
                pass  # another process removed it meanwhile
        return found

    def values(self) -> list[_V]:
        """Return the values, in no order."""
        return [value for _, value in self.items()]

    @overload
    def get(self, key: bytes) -> _V | None: ...
    @overload
    def get(self, key: bytes, default: _T) -> _V | _T: ...
    def get(self, key: bytes, default: _T | None = None) -> _V | _T | None:
        """Return the value of a key, or a default."""
        try:
            return self[key]
        except KeyError:
            return default

    def has_key(self, key: bytes) -> bool:
        """Return whether there is an entry, as `in` does."""
        return key in self

    def setdefault(self, key: bytes, value: _V) -> _V:
        """Return the value of a key; without one, store `value` and return it."""
        try:
            return self[key]
        except KeyError:
            self[key] = value
            return self[key]

    @overload
    def pop(self, key: bytes) -> _V: ...
    @overload
    def pop(self, key: bytes, default: _T, /) -> _V | _T: ...
    def pop(self, key: bytes, *default: _T) -> _V | _T:
        """Remove an entry, and return its value, or a default if there is none.

        Raises:
            KeyError: There is no entry, and no default was given.
        """
        try:
            value = self[key]
            del self[key]
        except KeyError:
            if default:
                return default[0]
            raise
        return value

    def update(self, other: "Mapping[bytes, _V] | DirDBM[_V] | Iterable[tuple[bytes, _V]]") -> None:
        """Store the entries of another mapping, one by one.

        Args:
            other: The mapping, or another DirDBM, or pairs of key and value.
        """
        pairs: object = other.items() if isinstance(other, (Mapping, DirDBM)) else other
        for key, value in cast("Iterable[tuple[bytes, _V]]", pairs):
            self[key] = value

    def clear(self) -> None:
        """Remove all entries."""
        for key in self.keys():
            self._discard(key)

    def copyTo(self, path: Path) -> Self:
        """Make a directory hold the entries of this one and no others.

        Args:
            path: The other directory.

        Returns:
            The mapping of the other directory, of the same class as this one.

        Raises:
            ValueError: It is the same directory.
        """
        other = type(self)(path)
        if os.path.samefile(self.dname, other.dname):
            raise ValueError(f"{self!r} cannot be copied to itself: name another directory")
        other.synced = self.synced
        keys = set()
        for key in self.keys():
            try:
                content = self._read(key)
            except KeyError:
                continue  # another process removed it meanwhile
            other._write(key, content)
            keys.add(key)
        for key in other:
            if key not in keys:
                other._discard(key)
        return other

    def getModificationTime(self, key: bytes) -> float:
        """Return when an entry was stored, in seconds since the epoch.

        Raises:
            KeyError: There is no entry.
        """
        try:
            return os.stat(self._pathOf(key)).st_mtime
        except OSError as error:
            if error.errno in _ABSENT:
                raise KeyError(key) from None
            raise

    def close(self) -> None:
        """Do nothing: there is nothing to close, but users of other databases call it."""


class Shelf(DirDBM[_S], Generic[_S]):
    """A DirDBM whose values are any objects that can be pickled.

    Each time a value is got, it is a new object: to change it, store it again.

    Unpickling can run any code. So a Shelf is unsafe where others may write into its directory.
    """

    def _dump(self, value: _S) -> bytes:
        return pickle.dumps(value)

    def _load(self, content: bytes) -> _S:
        return cast(_S, pickle.loads(content))


def open(file: Path, flag: str | None = None, mode: int | None = None) -> DirDBM:
    """Return a DirDBM, as modules of databases do.

    Args:
        file: The directory.
        flag: Has no meaning.
        mode: Has no meaning.
    """
    return DirDBM(file)


__all__ = ["MAXIMUM_KEY_LENGTH", "DirDBM", "Shelf", "open"]
