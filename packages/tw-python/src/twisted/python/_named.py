"""Objects that are asked for by their full names.

A missing module and a module that fails while it is imported are different things: the first is
the asker's mistake and raises an `InvalidName`, the second is the module's, and its error passes
unchanged.
"""

import importlib
import os
from types import ModuleType
from typing import Any, TypeVar, overload

_D = TypeVar("_D")


class InvalidName(ValueError):
    """A name is not that of an object."""


class ModuleNotFound(InvalidName):
    """A name begins with a module that does not exist."""


class ObjectNotFound(InvalidName):
    """A name begins with a module that exists and goes on with something that does not."""


class _OuterModuleNotFound(ModuleNotFound, ObjectNotFound):
    """The module that an object would be in does not exist."""


class _AttributeNotFound(ObjectNotFound, AttributeError):
    """An object on the way has no such attribute."""


def _importIfThere(name: str) -> ModuleType | None:
    """Import a module, or return None if it or a package that it is in does not exist."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name == missing or name.startswith(missing + "."):
            return None
        # The module exists; what it imports does not.
        raise


def namedModule(name: str) -> ModuleType:
    """Return a module, imported if need be.

    Args:
        name: The module's full name: `twisted.python.reflect`.

    Raises:
        ImportError: There is no such module, or it cannot be imported.
    """
    return importlib.import_module(name)


def namedObject(name: str) -> Any:  # noqa: ANN401 - the name alone tells what it is
    """Return an attribute of a module, which is imported if need be.

    Args:
        name: The full name: `twisted.python.reflect.namedObject`.

    Raises:
        InvalidName: There is no dot in the name.
        ImportError: There is no such module, or it cannot be imported.
        AttributeError: The module has no such attribute.
    """
    module, dot, attribute = name.rpartition(".")
    if not dot:
        raise InvalidName(f"{name!r} names no attribute of a module: write 'module.attribute'")
    return getattr(namedModule(module), attribute)


namedClass = namedObject


def namedAny(name: str) -> Any:  # noqa: ANN401 - the name alone tells what it is
    """Return a module, or what is reached from a module over attributes.

    Args:
        name: The full name: `twisted.python.failure.Failure.trap`. The longest part of it that is
            a module is imported.

    Raises:
        InvalidName: The name is empty, or begins or ends with a dot, or has two in a row.
        ModuleNotFound: The first part is not a module; this is an `ObjectNotFound` as well where
            there are more parts.
        ObjectNotFound: A later part is not found; this is an AttributeError as well.
        Exception: What a module raises while it is imported.
    """
    if not name:
        raise InvalidName("the name of an object must not be empty")
    parts = name.split(".")
    if "" in parts:
        raise InvalidName(f"{name!r} is not a name: no part of it between dots may be empty")
    for count in range(len(parts), 0, -1):
        found: object = _importIfThere(".".join(parts[:count]))
        if found is not None:
            break
    else:
        missing = ModuleNotFound if len(parts) == 1 else _OuterModuleNotFound
        raise missing(f"{name!r}: there is no module {parts[0]!r}")
    for position in range(count, len(parts)):
        try:
            found = getattr(found, parts[position])
        except AttributeError as error:
            reached = ".".join(parts[:position])
            raise _AttributeNotFound(
                f"{name!r} does not name an object: {reached} has no {parts[position]!r}"
            ) from error
    return found


@overload
def requireModule(name: str) -> ModuleType | None: ...
@overload
def requireModule(name: str, default: _D) -> ModuleType | _D: ...
def requireModule(name: str, default: object = None) -> object:
    """Return a module, or a default if it cannot be imported."""
    try:
        return namedModule(name)
    except ImportError:
        return default


def filenameToModuleName(fn: str | bytes) -> str:
    """Return the name of the module that a file holds.

    The directories above the file count as packages as long as they have an `__init__` file.

    Args:
        fn: The path of a file `module.py`, or of a package's directory or `__init__.py`.
    """
    path = os.path.abspath(os.fsdecode(fn))
    directory, last = os.path.split(path)
    name = os.path.splitext(last)[0]
    if name == "__init__":
        directory, name = os.path.split(directory)
    names = [name]
    while any(
        os.path.exists(os.path.join(directory, "__init__" + suffix)) for suffix in (".py", ".pyc")
    ):
        directory, package = os.path.split(directory)
        names.append(package)
    return ".".join(reversed(names))


__all__ = [
    "InvalidName",
    "ModuleNotFound",
    "ObjectNotFound",
    "filenameToModuleName",
    "namedAny",
    "namedClass",
    "namedModule",
    "namedObject",
    "requireModule",
]
