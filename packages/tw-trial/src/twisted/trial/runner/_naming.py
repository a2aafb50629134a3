"""Names of tests, of the modules and packages that they are in, and of their files."""

import importlib
import importlib.machinery
import inspect
import os
import sys
import unittest
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import TypeGuard

from twisted.trial._kinds import AnyObject

INIT = "__init__"


def isTestCase(obj: AnyObject) -> TypeGuard[type[unittest.TestCase]]:
    """Return whether something is a class of tests."""
    return isinstance(obj, type) and issubclass(obj, unittest.TestCase)


def isPackage(module: object) -> bool:
    """Return whether something is a package, be it a namespace package."""
    return isinstance(module, ModuleType) and hasattr(module, "__path__")


def isPackageDirectory(dirname: str) -> str | None:
    """Return the name of the file that makes a directory a package; None if there is none.

    Args:
        dirname: The directory.
    """
    for suffix in importlib.machinery.all_suffixes():
        if os.path.exists(os.path.join(dirname, INIT + suffix)):
            return INIT + suffix
    return None


def name(thing: AnyObject) -> str:
    """Return the name by which tests are sorted: the full one of a class, a module or a test."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, type):
        return f"{thing.__module__}.{thing.__qualname__}"
    for attribute in ("id", "__qualname__", "__name__"):
        found = getattr(thing, attribute, None)
        if callable(found):
            return str(found())
        if found is not None:
            return str(found)
    return str(thing)


def moduleNameOf(path: str) -> str:
    """Return the name with which the module or package in a file is imported from `sys.path`.

    The directories above belong to the name as long as they hold an `__init__`; if none does, an
    entry of `sys.path` above makes them a namespace.

    Args:
        path: The file, or the directory of a package.
    """
    full = os.path.abspath(path)
    directory, file = os.path.split(full)
    steps = [] if file == f"{INIT}.py" else [os.path.splitext(file)[0]]
    while isPackageDirectory(directory):
        directory, step = os.path.split(directory)
        steps.insert(0, step)
    entries = {os.path.abspath(entry or os.curdir) for entry in sys.path}
    above, more = directory, list[str]()
    while above not in entries:
        above, step = os.path.split(above)
        if not step.isidentifier():
            return ".".join(steps)
        more.insert(0, step)
    return ".".join([*more, *steps])


def filenameToModule(fn: str) -> ModuleType:
    """Return the module in a file.

    It is imported by its name if the name leads to this very file, and from the file otherwise.

    Args:
        fn: The name of the file, or of the directory of a package.

    Raises:
        ValueError: There is no such file.
        ImportError: It cannot be imported. What it raises itself goes through too.
    """
    if not os.path.exists(fn):
        raise ValueError(f"{fn!r} doesn't exist")
    known = moduleNameOf(fn)
    try:
        module = importlib.import_module(known)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{known}.".startswith(f"{error.name}."):
            raise
        return _importFromFile(fn, known)
    if _isIn(module, os.path.abspath(fn)):
        return module
    return _importFromFile(fn, known)


def _isIn(module: ModuleType, full: str) -> bool:
    """Return whether a module is in a file, or is the package in a directory."""
    places = [*getattr(module, "__path__", ())]
    file = getattr(module, "__file__", None)
    if file is not None:
        places += [file, inspect.getsourcefile(module) or file]
    return os.path.realpath(full) in {os.path.realpath(place) for place in places}


def _importFromFile(fn: str, known: str) -> ModuleType:
    """Import a module that its name does not lead to."""
    file = os.path.join(fn, f"{INIT}.py") if os.path.isdir(fn) else fn
    spec = spec_from_file_location(known, os.path.abspath(file))
    if spec is None or spec.loader is None:
        raise ImportError(f"{fn!r} is no Python module: give the name of a file that ends in .py")
    module = module_from_spec(spec)
    sys.modules[known] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[known]
        raise
    return module


def modulesIn(package: ModuleType) -> Iterator[tuple[str, bool]]:
    """Yield the names of the modules in a package, and for each whether it is a package.

    Directories of a namespace package have no `__init__`; they count if there is Python in them.

    Args:
        package: The package.
    """
    seen: set[str] = set()
    for directory in package.__path__:
        try:
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except OSError:
            # An archive, or a directory that is not there.
            continue
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)
            isDirectory = entry.is_dir()
            if isDirectory:
                wanted = entry.name.isidentifier() and _holdsPython(entry.path)
                stem = entry.name
            else:
                wanted = suffix == ".py" and stem.isidentifier() and stem not in (INIT, "__main__")
            if wanted and stem not in seen:
                seen.add(stem)
                yield f"{package.__name__}.{stem}", isDirectory


def _holdsPython(directory: str) -> bool:
    """Return whether a directory holds a module, or one below it does."""
    if os.path.basename(directory) == "__pycache__":
        return False
    if isPackageDirectory(directory):
        return True
    try:
        with os.scandir(directory) as entries:
            return any(
                (entry.is_file() and entry.name.endswith(".py"))
                or (
                    entry.is_dir(follow_symlinks=False)
                    and entry.name.isidentifier()
                    and _holdsPython(entry.path)
                )
                for entry in entries
            )
    except OSError:
        return False


__all__ = [
    "filenameToModule",
    "isPackage",
    "isPackageDirectory",
    "isTestCase",
    "moduleNameOf",
    "modulesIn",
    "name",
]
