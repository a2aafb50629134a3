"""What programs need to know of Windows: its errors, and how it quotes a command line.

All of it can be imported everywhere. Only `WindowsError` and `formatError` differ on Windows.
"""

import ctypes
import os
import re
import sys
from collections.abc import Iterable

ERROR_FILE_NOT_FOUND = 2
ERROR_PATH_NOT_FOUND = 3
ERROR_INVALID_NAME = 123
ERROR_DIRECTORY = 267

O_BINARY: int = getattr(os, "O_BINARY", 0)
"""The flag of `os.open` for files that are not text; 0 where there is no difference."""

_BEFORE_QUOTE = re.compile(r'(\\*)"')
_AT_END = re.compile(r"(\\+)$")
_NEEDS_QUOTES = re.compile(r'[\s"]|^$')


class FakeWindowsError(OSError):
    """Stands for `WindowsError` where there is none; it is never raised."""


if sys.platform == "win32":
    WindowsError = OSError
else:
    WindowsError = FakeWindowsError


def cmdLineQuote(s: str) -> str:
    """Return a word as it has to stand in a command line of Windows.

    The rules are those by which the C runtime divides a command line: a backslash means something
    only before a double quote.

    Args:
        s: The word.
    """
    if not _NEEDS_QUOTES.search(s):
        return s
    quoted = _AT_END.sub(r"\1\1", _BEFORE_QUOTE.sub(r'\1\1\\"', s))
    return f'"{quoted}"'


def quoteArguments(arguments: Iterable[str]) -> str:
    """Return the command line of Windows that is divided into these words."""
    return " ".join(map(cmdLineQuote, arguments))


def formatError(errorcode: int) -> str:
    """Return the system's text for the number of an error.

    Args:
        errorcode: On Windows the number of a Windows error, elsewhere an `errno`.
    """
    if sys.platform == "win32":
        return ctypes.FormatError(errorcode)
    return os.strerror(errorcode)


__all__ = [
    "ERROR_DIRECTORY",
    "ERROR_FILE_NOT_FOUND",
    "ERROR_INVALID_NAME",
    "ERROR_PATH_NOT_FOUND",
    "FakeWindowsError",
    "O_BINARY",
    "WindowsError",
    "cmdLineQuote",
    "formatError",
    "quoteArguments",
]
