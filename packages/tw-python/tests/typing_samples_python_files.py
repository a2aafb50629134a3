"""What type checkers must understand of paths; checked by mypy and pyright, not run."""

import os
from collections.abc import Iterator
from typing import IO, assert_type

from twisted.python.filepath import FilePath, IFilePath, Permissions


def kinds(text: FilePath[str], octets: FilePath[bytes]) -> None:
    """Text in, text out; bytes in, bytes out; and names say the kind of what they make."""
    assert_type(FilePath("/a"), FilePath[str])
    assert_type(FilePath(b"/a"), FilePath[bytes])
    assert_type(text.path, str)
    assert_type(octets.path, bytes)
    assert_type(text.basename(), str)
    assert_type(octets.splitext(), tuple[bytes, bytes])
    assert_type(octets.listdir(), list[bytes])
    assert_type(text.child("b"), FilePath[str])
    assert_type(text.child(b"b"), FilePath[bytes])
    assert_type(octets.descendant(["a"]), FilePath[str])
    assert_type(octets.parent(), FilePath[bytes])
    assert_type(text.temporarySibling(), FilePath[str])
    assert_type(octets.temporarySibling(), FilePath[bytes])
    assert_type(octets.temporarySibling(".x"), FilePath[str])
    assert_type(text.childSearchPreauth("a", "b"), FilePath[str] | None)
    assert_type(text.asBytesMode(), FilePath[bytes])
    assert_type(text.segmentsFrom(text), list[str])
    assert_type(octets.sep, bytes)
    assert_type(os.fspath(octets), bytes)
    assert_type(octets.realpath(), FilePath[bytes])


def directories(text: FilePath[str]) -> None:
    """Paths that are made in numbers are of the kind of the directory."""
    assert_type(text.children(), list[FilePath[str]])
    assert_type(text.walk(lambda path: path.basename() != "x"), Iterator[FilePath[str]])
    assert_type(list(text.parents()), list[FilePath[str]])
    assert_type(text.globChildren(b"*"), list[FilePath[bytes]])


def files(text: FilePath[str]) -> None:
    """Content is bytes."""
    assert_type(text.getContent(), bytes)
    assert_type(text.open("r+"), IO[bytes])
    assert_type(text.create(), IO[bytes])
    assert_type(text.getPermissions(), Permissions)
    text.copyTo(text.child(b"copy"))


def anyPath(path: IFilePath) -> None:
    """Whatever provides the interface can be read."""
    assert_type(path.basename(), str | bytes)
    assert_type(path.child("x"), IFilePath)


text_path: IFilePath = FilePath("/a")
bytes_path: IFilePath = FilePath(b"/a")
path_like: os.PathLike[str] = FilePath("/a")
