"""Objects that are saved in a file, and loaded again: small object bases.

There are three kinds of file. A pickle (`.tap`) and a source text (`.tas`) are written by
`Persistent.save` and read by `load`. A Python program (`.tac`) is written by a person, and
`loadValueFromFile` runs it and takes one of its variables.

All three can run any code when they are read: they are unsafe if somebody else may have written
them.
"""

import os
import pickle
from typing import Any

from twisted.logger import Logger
from twisted.persisted import aot, styles
from twisted.persisted._atomicfile import Path, readFile, writeFile
from twisted.python.components import Interface, adapt, implementer

_log = Logger(namespace="twisted.persisted.sob")

_EXTENSIONS = {"pickle": "tap", "source": "tas"}

_STYLES = {
    ".tac": "python",
    ".py": "python",
    ".tap": "pickle",
    ".etap": "pickle",
    ".tas": "source",
    ".etas": "source",
}


class IPersistable(Interface):
    """An object that can be saved in a file."""

    def setStyle(self, style: str) -> None:
        """Choose how the object is written.

        Args:
            style: `pickle` or `source`.

        Raises:
            ValueError: It is another word.
        """
        ...

    def save(
        self, tag: str | None = None, filename: Path | None = None, passphrase: None = None
    ) -> None:
        """Save the object.

        Args:
            tag: What is added to the file's name, after a hyphen.
            filename: The file, instead of the one that is named after the object.
            passphrase: Files are not encrypted; only None will do.

        Raises:
            OSError: It could not be written. The file is as it was.
            Exception: The object cannot be saved in the chosen style.
        """
        ...


class _UnknownExtension(ValueError, KeyError):
    """The name of a file does not tell what is in it."""

    __str__ = Exception.__str__


@implementer(IPersistable)
class Persistent:
    """Saves an object in a file that is named after it.

    Attributes:
        original: The object.
        name: Its name.
        style: How it is written: `pickle`, by default, or `source`.
    """

    style: str = "pickle"

    def __init__(self, original: object, name: str) -> None:
        """Save an object when asked to.

        Args:
            original: The object.
            name: Its name, which the file's name begins with.
        """
        self.original = original
        self.name = name

    def setStyle(self, style: str) -> None:
        """Choose how the object is written.

        Args:
            style: `pickle` or `source`.

        Raises:
            ValueError: It is another word.
        """
        if style not in _EXTENSIONS:
            raise ValueError(f"{style!r} is no style to save in: use 'pickle' or 'source'")
        self.style = style

    def save(
        self, tag: str | None = None, filename: Path | None = None, passphrase: None = None
    ) -> None:
        """Save the object.

        The file is replaced as a whole: whoever is killed on the way leaves the old one.

        Args:
            tag: What is added to the file's name, after a hyphen.
            filename: The file. By default its name is the object's name, the tag, and `.tap` for a
                pickle or `.tas` for source.
            passphrase: Files are not encrypted; only None will do.

        Raises:
            TypeError: A passphrase was given.
            OSError: It could not be written. The file is as it was.
            Exception: The object cannot be saved in the chosen style.
        """
        if passphrase is not None:
            raise TypeError("files are not encrypted: leave out the passphrase")
        path = os.path.abspath(os.fsdecode(filename or self._filename(tag)))
        _log.info("Saving {name} to {path}", name=self.name, path=path)
        writeFile(path, self._content())

    def _filename(self, tag: str | None) -> str:
        return f"{self.name}{f'-{tag}' if tag else ''}.{_EXTENSIONS[self.style]}"

    def _content(self) -> bytes:
        if self.style == "pickle":
            return pickle.dumps(self.original)
        return (aot.jellyToSource(self.original) or "").encode() + b"\n"


Persistant = Persistent
"""The name by which `Persistent` was known first."""


def load(filename: Path, style: str) -> Any:  # noqa: ANN401 - it is what was saved
    """Load an object that `Persistent.save` saved.

    This can run any code: it is unsafe with a file that somebody else may have written. An object
    that is persistable is told the style; those that are `styles.Versioned` are brought up to date.

    Args:
        filename: The file.
        style: How it was written: `pickle` or `source`.

    Raises:
        ValueError: It is another style.
        OSError: The file cannot be read.
        Exception: The file cannot be understood, or what making the objects raises.
    """
    if style not in _EXTENSIONS:
        raise ValueError(
            f"{style!r} is no style to load: use 'pickle' or 'source', and loadValueFromFile for"
            " a Python program"
        )
    with open(filename, "rb") as file:
        value: object = pickle.load(file) if style == "pickle" else aot.unjellyFromSource(file)
    styles.doUpgrade()
    persistable = adapt(IPersistable, value, None)
    if persistable is not None:
        persistable.setStyle(style)
    return value


def loadValueFromFile(filename: Path, variable: str) -> Any:  # noqa: ANN401 - it is what the file makes
    """Run a Python program, and return one of its variables.

    Args:
        filename: The file. The program finds its name as `__file__`.
        variable: The name of the variable.

    Raises:
        KeyError: The program has no such variable.
        OSError: The file cannot be read.
        Exception: What the program raises.
    """
    path = os.fsdecode(filename)
    namespace: dict[str, object] = {"__file__": path}
    exec(compile(readFile(path), path, "exec", dont_inherit=True), namespace)
    return namespace[variable]


def guessType(filename: Path) -> str:
    """Return what a file holds, by the end of its name.

    Returns:
        `python` for `.tac` and `.py`, `pickle` for `.tap`, `source` for `.tas`.

    Raises:
        ValueError: It ends with something else; this is a KeyError as well.
    """
    extension = os.path.splitext(os.fsdecode(filename))[1]
    if extension not in _STYLES:
        raise _UnknownExtension(
            f"{os.fsdecode(filename)!r} does not tell what it holds: its name should end with"
            " .tac, .py, .tap or .tas"
        )
    return _STYLES[extension]


__all__ = [
    "IPersistable",
    "Persistant",
    "Persistent",
    "guessType",
    "load",
    "loadValueFromFile",
]
