"""Small helpers that belong nowhere else."""

import errno
import os
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, AnyStr, ParamSpec, TypeVar

from twisted.python._fancymixins import FancyEqMixin, FancyStrMixin
from twisted.python._functionmetadata import mergeFunctionMetadata
from twisted.python._insensitivedict import InsensitiveDict
from twisted.python._intervals import IntervalDifferential
from twisted.python._passwords import getPassword
from twisted.python._plugindirs import addPluginDir, getPluginDirs
from twisted.python._privileges import (
    gidFromString,
    initgroups,
    runAsEffectiveUser,
    switchUID,
    uidFromString,
)
from twisted.python._terminalhelpers import LineLog, makeStatBar, spewer

_H = TypeVar("_H", bound=Hashable)
_P = ParamSpec("_P")
_T = TypeVar("_T")


def println(*a: object) -> None:
    """Print the arguments with blanks between them, as `print` does; for use as a callback."""
    sys.stdout.write(" ".join(map(str, a)) + "\n")


def sibpath(
    path: "os.PathLike[AnyStr] | AnyStr", sibling: "os.PathLike[AnyStr] | AnyStr"
) -> AnyStr:
    """Return the path of a file that lies beside another: `sibpath(__file__, "data.txt")`."""
    # pyright does not follow that both are of one kind, text or bytes.
    directory: Any = os.path.dirname(os.path.abspath(os.fspath(path)))
    joined: AnyStr = os.path.join(directory, os.fspath(sibling))
    return joined


def uniquify(lst: Iterable[_H]) -> list[_H]:
    """Return the elements of a list, each once, in the order of their first occurrence."""
    return list(dict.fromkeys(lst))


def padTo(n: int, seq: Sequence[_T], default: _T | None = None) -> list[_T | None]:
    """Return a sequence as a list of length `n`, filled up with a default.

    Raises:
        ValueError: The sequence is longer.
    """
    if len(seq) > n:
        raise ValueError(f"the sequence has {len(seq)} elements; it cannot be padded to {n}")
    return [*seq, *[default] * (n - len(seq))]


def nameToLabel(mname: str) -> str:
    """Return a name in camel case as words: `userName` gives `User Name`."""
    words = ""
    for index, char in enumerate(mname):
        if index and char.isupper() and not mname[index - 1].isupper():
            words += " "
        words += char
    return words[:1].upper() + words[1:]


def raises(
    exception: type[BaseException], f: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs
) -> bool:
    """Return whether a call raises an exception."""
    try:
        f(*args, **kwargs)
    except exception:
        return True
    return False


def untilConcludes(f: Callable[_P, _T], *a: _P.args, **kw: _P.kwargs) -> _T:
    """Call a function again for as long as a signal interrupts it, and return its result.

    Python itself repeats the system calls that it makes (PEP 475); this is for functions that
    raise EINTR of their own.
    """
    while True:
        try:
            return f(*a, **kw)
        except OSError as error:
            if error.errno != errno.EINTR:
                raise


def runWithWarningsSuppressed(
    suppressedWarnings: Iterable[tuple[Sequence[str], Mapping[str, object]]],
    f: Callable[_P, _T],
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> _T:
    """Call a function while some warnings are suppressed.

    Args:
        suppressedWarnings: Pairs of the arguments and keywords of `warnings.filterwarnings`.
        f: The function.
        args: Its arguments.
        kwargs: Its keywords.
    """
    with warnings.catch_warnings():
        for arguments, keywords in suppressedWarnings:
            warnings.filterwarnings(*arguments, **keywords)  # type: ignore[arg-type]  # the caller's
        return f(*args, **kwargs)


def searchupwards(start: str, files: Iterable[str] = (), dirs: Iterable[str] = ()) -> str | None:
    """Return the nearest directory, upwards from `start`, that holds some files and directories.

    Returns:
        Its path with a slash at the end; None if there is none.
    """
    files, dirs = list(files), list(dirs)
    current = os.path.abspath(start)
    while True:
        if all(os.path.isfile(os.path.join(current, name)) for name in files) and all(
            os.path.isdir(os.path.join(current, name)) for name in dirs
        ):
            return os.path.join(current, "")
        parent = os.path.dirname(current)
        if parent == current:
            return None
        current = parent


__all__ = [
    "FancyEqMixin",
    "FancyStrMixin",
    "InsensitiveDict",
    "IntervalDifferential",
    "LineLog",
    "OrderedDict",
    "addPluginDir",
    "getPassword",
    "getPluginDirs",
    "gidFromString",
    "initgroups",
    "makeStatBar",
    "mergeFunctionMetadata",
    "nameToLabel",
    "padTo",
    "println",
    "raises",
    "runAsEffectiveUser",
    "runWithWarningsSuppressed",
    "searchupwards",
    "sibpath",
    "spewer",
    "switchUID",
    "uidFromString",
    "uniquify",
    "untilConcludes",
]
