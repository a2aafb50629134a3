"""Where plugin modules are: directories and zip files below the entries of `sys.path`."""

import os
import pkgutil
import sys
import zipimport
from importlib.machinery import FileFinder
from pathlib import PurePath
from types import ModuleType
from typing import NamedTuple


class Stamp(NamedTuple):
    """What is compared to see whether a module's file changed.

    Attributes:
        modified: The time of the last change, in nanoseconds since the epoch.
        size: The size in bytes.
    """

    modified: int
    size: int


class Found(NamedTuple):
    """A module that can be imported.

    Attributes:
        origin: The path of its file; a package's is that of its `__init__.py`.
        stamp: What the file is like, or the zip file that it is in.
    """

    origin: str
    stamp: Stamp


def _stampOf(path: str) -> Stamp | None:
    """Return the stamp of a file, or None if it cannot be looked at."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return Stamp(status.st_mtime_ns, status.st_size)


def _hasInitializer(entry: str, package: list[str]) -> bool:
    """Return whether an entry of `sys.path` holds a package proper of that name."""
    directory = os.path.join(entry, *package)
    if not os.path.isfile(entry):
        return os.path.exists(os.path.join(directory, "__init__.py"))
    try:
        return zipimport.zipimporter(directory).find_spec("__init__") is not None
    except zipimport.ZipImportError:
        return False


def _searchPath() -> list[str]:
    """Return the entries of `sys.path` that name a place; others Python passes over too."""
    entries: list[object] = list(sys.path)
    return [os.fspath(each) for each in entries if isinstance(each, (str, PurePath))]


def _pathsOf(entry: str, name: str) -> list[str]:
    """Return the directories that an entry of `sys.path` adds to a plugin package."""
    package = name.split(".")
    finder = pkgutil.get_importer(entry)
    if finder is None or isinstance(finder, (FileFinder, zipimport.zipimporter)):
        if _hasInitializer(entry or os.curdir, package):
            return []
        return [os.path.abspath(os.path.join(entry, *package))]
    # Not a place but a word for a finder of somebody else's, which knows directories. So setuptools
    # makes editable installs of projects whose layout is flat.
    try:
        spec = finder.find_spec(name)
    except Exception:
        return []
    locations = (spec and spec.submodule_search_locations) or ()
    return [each for each in locations if os.path.isabs(each) and not _hasInitializer(each, [])]


# The directories that were returned for each name, so that those that left sys.path can be told
# from those that somebody else put into a package's path.
_given: dict[str, set[str]] = {}


def pluginPackagePaths(name: str) -> list[str]:
    """Return the directories that hold more plugins of a plugin package.

    They are the directories of the package's name below the entries of `sys.path`, whether they
    exist yet or not, and those that an import hook among the entries knows, but for those with an
    `__init__.py`: these are packages of their own, and their modules are no plugins of this one. A plugin package extends its path with them:

        __path__.extend(pluginPackagePaths(__name__))

    Args:
        name: The full name of the plugin package, such as `twisted.plugins`.
    """
    paths = [path for entry in _searchPath() for path in _pathsOf(entry, name)]
    _given.setdefault(name, set()).update(paths)
    return list(dict.fromkeys(paths))


def currentPaths(package: ModuleType) -> list[str]:
    """Return the directories of a package, brought up to date if it uses `pluginPackagePaths`.

    Args:
        package: A plugin package. Its `__path__` follows the changes of `sys.path`.

    Raises:
        TypeError: It is a module without a path.
    """
    path = getattr(package, "__path__", None)
    if path is None:
        raise TypeError(f"plugins are the modules of a package; {package!r} is none")
    given = _given.get(package.__name__)
    if given is not None and isinstance(path, list):
        now = pluginPackagePaths(package.__name__)
        kept = [each for each in path if each in now or each not in given]
        path[:] = kept + [each for each in now if each not in kept]
    return list(path)


def _namesIn(finder: FileFinder | zipimport.zipimporter, path: str) -> list[str]:
    """Return the names of the modules and packages in a directory or zip file."""
    if isinstance(finder, zipimport.zipimporter):
        # The listing is read again when something is looked for, and pkgutil relies on it.
        finder.find_spec("__init__")
    try:
        return [each.name for each in pkgutil.iter_modules([path])]
    except KeyError:
        # That is what pkgutil says of a zip file that was removed.
        return []


def modulesIn(path: str) -> dict[str, Found]:
    """Return the modules and packages in a directory or zip file, by name.

    Args:
        path: An item of the `__path__` of a package. It need not exist.
    """
    # Python remembers that a directory was not there, and what was in it when it was.
    if sys.path_importer_cache.get(path, path) is None:
        del sys.path_importer_cache[path]
    finder = pkgutil.get_importer(path)
    if not isinstance(finder, (FileFinder, zipimport.zipimporter)):
        return {}
    finder.invalidate_caches()
    names = _namesIn(finder, path)
    archive = finder.archive if isinstance(finder, zipimport.zipimporter) else None
    modules = {}
    for name in names:
        spec = finder.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        stamp = _stampOf(archive or spec.origin)
        # Of names such as `bad-name` or `copy of x`, that no import statement can have, there are
        # files that nobody means to be plugins.
        if stamp is not None and name != "__init__" and name.isidentifier():
            modules[name] = Found(spec.origin, stamp)
    return dict(sorted(modules.items()))


__all__ = ["Found", "Stamp", "currentPaths", "modulesIn", "pluginPackagePaths"]
