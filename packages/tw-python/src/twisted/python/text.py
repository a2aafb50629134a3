"""Small operations on text: wrapping, quoting, blank lines."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, AnyStr

_WORD = re.compile(
    r"""
    (?P<quote>["'])(?P<quoted>.*?)(?P=quote)(?=\s|$)  # what a blank or the end follows is the end
    | (?P<plain>\S+)
    """,
    re.VERBOSE | re.DOTALL,
)


def stringyString(object: object, indentation: str = "") -> str:
    """Return the text of an object, with containers inside each other in lines of their own.

    Args:
        object: The object; of dictionaries, lists and tuples each element is shown.
        indentation: What each line begins with.

    Returns:
        A single line without a line break, or several that each end with one.
    """
    lines = [indentation + line for line in _lines(object)]
    if len(lines) == 1 and not isinstance(object, (Mapping, list, tuple)):
        return lines[0]
    return "".join(line + "\n" for line in lines)


def _lines(value: object) -> list[str]:
    """Return the lines of a value, without indentation."""
    if isinstance(value, Mapping):
        entries = []
        for key, element in value.items():
            below = _lines(element)
            if len(below) == 1:
                entries.append([f"{key}: {below[0]}"])
            else:
                entries.append([f"{key}:", *("  " + line for line in below)])
        return _bracketed("{", entries, "}")
    if isinstance(value, (list, tuple)):
        entries = []
        for element in value:
            *above, last = _lines(element)
            entries.append([*above, last + ","])
        opening, closing = "[]" if isinstance(value, list) else "()"
        return _bracketed(opening, entries, closing)
    return str(value).split("\n")


def _bracketed(opening: str, entries: Iterable[Sequence[str]], closing: str) -> list[str]:
    """Return the lines of a container between its brackets."""
    lines = [" " + line for entry in entries for line in entry] or [" "]
    lines[0] = opening + lines[0][1:]
    lines[-1] += closing
    return lines


def isMultiline(s: str) -> bool:
    """Return whether a text has a line break."""
    return "\n" in s


def endsInNewline(s: str) -> bool:
    """Return whether a text ends with a line break."""
    return s.endswith("\n")


def greedyWrap(inString: str, width: int = 80) -> list[str]:
    """Return a text as lines that are as full as they can be.

    Args:
        inString: The text. Blanks and single line breaks count as one blank; an empty line ends a
            paragraph.
        width: How many characters a line has at most; a longer word has a line of its own.

    Returns:
        The lines, without line breaks, and an empty one between paragraphs.
    """
    lines: list[str] = []
    for paragraph in re.split(r"\n[^\S\n]*\n", inString.strip()):
        wrapped = textwrap.wrap(
            " ".join(paragraph.split()), width, break_long_words=False, break_on_hyphens=False
        )
        if wrapped:
            lines += ["", *wrapped] if lines else wrapped
    return lines


wordWrap = greedyWrap


def removeLeadingBlanks(lines: Iterable[str]) -> list[str]:
    """Return lines without the blank ones at the beginning."""
    kept: list[str] = []
    for line in lines:
        if kept or line.strip():
            kept.append(line)
    return kept


def removeLeadingTrailingBlanks(s: str) -> str:
    """Return a text without the blank lines at its beginning and end, ended by a line break."""
    lines = removeLeadingBlanks(s.split("\n"))
    lines = removeLeadingBlanks(reversed(lines))
    return "\n".join(reversed(lines)) + "\n"


def splitQuoted(s: str) -> list[str]:
    """Return the words of a text; what is between quotes is one word.

    Args:
        s: The text. A single or double quote counts where a word begins, and up to the next one
            of its kind before a blank or the end. One without the other is a letter as any.
    """
    return [
        match["plain"] if match["quote"] is None else match["quoted"] for match in _WORD.finditer(s)
    ]


def strFile(p: AnyStr, f: IO[AnyStr], caseSensitive: bool = True) -> bool:
    """Return whether a file holds a string.

    The file is read piece by piece from where it stands, up to the string or the end.

    Args:
        p: The string, text or bytes as the file has them.
        f: The file.
        caseSensitive: Whether upper and lower case are different.
    """
    wanted = p if caseSensitive else p.lower()
    if not wanted:
        return True
    # Of each piece as much is kept as could be the beginning of the string.
    kept = wanted[:0]
    while piece := f.read(_PIECE):
        kept += piece if caseSensitive else piece.lower()
        if wanted in kept:
            return True
        kept = kept[max(len(kept) - len(wanted) + 1, 0) :]
    return False


_PIECE = 65536
"""How many bytes or characters of a file are read at a time."""

__all__ = [
    "endsInNewline",
    "greedyWrap",
    "isMultiline",
    "removeLeadingBlanks",
    "removeLeadingTrailingBlanks",
    "splitQuoted",
    "strFile",
    "stringyString",
    "wordWrap",
]
