"""Names that code kept when it ran on Python 2 as well.

New code has no use for them, with the exception of `nativeString`, `networkString` and
`iterbytes`. The others are what Python 3 calls otherwise.
"""

import urllib.parse as urllib_parse
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from functools import reduce
from html import escape
from io import IOBase, StringIO
from sys import intern
from typing import Any, TypeVar, cast
from urllib.parse import quote as urlquote
from urllib.parse import unquote as urlunquote

_C = TypeVar("_C", bound=type)
_K = TypeVar("_K")
_V = TypeVar("_V")

_PY3 = True
_PYPY = False

FileType = IOBase
InstanceType = object
NativeStringIO = StringIO
StringType = str
frozenset = frozenset
range = range
raw_input = input
set = set
unichr = chr
unicode = str
xrange = range


def nativeString(s: str | bytes) -> str:
    """Return a text for ASCII text or bytes.

    Raises:
        UnicodeError: There is something else than ASCII.
        TypeError: It is neither text nor bytes.
    """
    if isinstance(s, bytes):
        return s.decode("ascii")
    if not isinstance(s, str):
        raise TypeError(f"{s!r} is neither str nor bytes")
    s.encode("ascii")
    return s


def networkString(s: str) -> bytes:
    """Return the bytes for an ASCII text.

    Raises:
        UnicodeError: There is something else than ASCII.
        TypeError: It is no text.
    """
    if not isinstance(s, str):
        raise TypeError(f"networkString takes str, not {s!r}")
    return s.encode("ascii")


def iterbytes(originalBytes: bytes) -> Iterator[bytes]:
    """Yield the bytes one by one, each as `bytes` of length 1."""
    for index in range(len(originalBytes)):
        yield originalBytes[index : index + 1]


def intToBytes(i: int) -> bytes:
    """Return the decimal digits of a number, in ASCII."""
    return b"%d" % i


def lazyByteSlice(
    object: bytes | bytearray | memoryview, offset: int = 0, size: int | None = None
) -> memoryview:
    """Return a part of some bytes without copying it.

    Args:
        object: The bytes.
        offset: Where the part begins.
        size: How long it is; all that is left, if left out.
    """
    view = memoryview(object)
    return view[offset:] if size is None else view[offset : offset + size]


def iteritems(d: Mapping[_K, _V]) -> ItemsView[_K, _V]:
    """Return the pairs of a mapping."""
    return d.items()


def itervalues(d: Mapping[Any, _V]) -> ValuesView[_V]:
    """Return the values of a mapping."""
    return d.values()


def iterkeys(d: Mapping[_K, Any]) -> KeysView[_K]:
    """Return the keys of a mapping."""
    return d.keys()


def cmp(a: Any, b: Any) -> int:  # noqa: ANN401 - whatever can be ordered
    """Return -1, 0 or 1: whether `a` is less than, equal to or greater than `b`."""
    if a == b:
        return 0
    return -1 if a < b else 1


def comparable(klass: _C) -> _C:
    """Give a class that has `__cmp__` the six comparisons; a class decorator."""

    def comparison(answer: Callable[[int], bool]) -> Callable[[Any, Any], Any]:
        def compare(self: object, other: object) -> object:
            result = cast(Any, self).__cmp__(other)
            return result if result is NotImplemented else answer(result)

        return compare

    for name, answer in _COMPARISONS.items():
        setattr(klass, name, comparison(answer))
    return klass


_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "__eq__": lambda result: result == 0,
    "__ne__": lambda result: result != 0,
    "__lt__": lambda result: result < 0,
    "__le__": lambda result: result <= 0,
    "__gt__": lambda result: result > 0,
    "__ge__": lambda result: result >= 0,
}


def execfile(filename: str, globals: dict[str, Any], locals: dict[str, Any] | None = None) -> None:
    """Run a Python file in given namespaces."""
    with open(filename, "rb") as file:
        code = compile(file.read(), filename, "exec")
    exec(code, globals, globals if locals is None else locals)


__all__ = [
    "_PY3",
    "_PYPY",
    "FileType",
    "InstanceType",
    "NativeStringIO",
    "Sequence",
    "StringType",
    "cmp",
    "comparable",
    "escape",
    "execfile",
    "frozenset",
    "intToBytes",
    "intern",
    "iterbytes",
    "iteritems",
    "iterkeys",
    "itervalues",
    "lazyByteSlice",
    "nativeString",
    "networkString",
    "range",
    "raw_input",
    "reduce",
    "set",
    "unichr",
    "unicode",
    "urllib_parse",
    "urlquote",
    "urlunquote",
    "xrange",
]
