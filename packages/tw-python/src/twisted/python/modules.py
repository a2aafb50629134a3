"""The modules that a program could import, without importing them.

`getModule("json").filePath` is where a module is, and `getModule("json").iterModules()` are the
modules in a package. The tree begins with a `PythonPath`, which has the entries of `sys.path`;
each entry and each package has modules. Modules that are loaded are where Python found them; the
others are looked for as Python would do it, in directories and in zip archives.

    for module in walkModules():
        print(module.name)

Only a module that is loaded has attributes, and nothing is loaded unless somebody asks for it.
"""

import os
import sys
import zipimport
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from inspect import getmembers
from types import ModuleType
from typing import NoReturn, TypeAlias, cast

from twisted.python.components import Interface, adapt, implementer, registerAdapter
from twisted.python.filepath import FilePath, UnlistableError
from twisted.python.reflect import namedAny
from twisted.python.zippath import ZipArchive, ZipPath

_Path: TypeAlias = FilePath[str] | ZipPath[str]

PYTHON_EXTENSIONS: list[str] = [*SOURCE_SUFFIXES, *BYTECODE_SUFFIXES, *EXTENSION_SUFFIXES]
"""What the names of modules' files end with."""

OPTIMIZED_MODE: bool = not __debug__
"""Whether this Python leaves out assertions."""

_RAISE = object()


class IPathImportMapper(Interface):
    """What knows where the modules are that an importer of `sys.path_hooks` finds.

    Register an adapter from the class of an importer to this interface, if its entries of
    `sys.path` are neither directories nor zip archives.
    """

    def mapPath(self, pathLikeString: str, /) -> FilePath[str] | ZipPath[str]:
        """Return the path of an entry of `sys.path`, with the methods of `IFilePath`.

        Args:
            pathLikeString: The entry.
        """
        ...


@implementer(IPathImportMapper)
class _Directories:
    """Takes an entry for a directory."""

    def mapPath(self, fsPathString: str) -> FilePath[str]:
        """Return the path of a directory."""
        return FilePath(fsPathString)


@implementer(IPathImportMapper)
class _ZipArchives:
    """Takes an entry for a zip archive, or a directory in one."""

    def __init__(self, importer: zipimport.zipimporter) -> None:
        self._importer = importer

    def mapPath(self, fsPathString: str) -> ZipPath[str]:
        """Return the path of an archive, or of something in it."""
        status = os.stat(self._importer.archive)
        archive = _archive(self._importer.archive, status.st_mtime_ns, status.st_size)
        return archive.descendant(FilePath(fsPathString).segmentsFrom(FilePath(archive.path)))


@lru_cache(maxsize=16)
def _archive(path: str, modified: int, size: int) -> ZipArchive[str]:
    """Return an archive, the same one as long as its file is the same."""
    return ZipArchive(path)


registerAdapter(_ZipArchives, zipimport.zipimporter, IPathImportMapper)


class _ModuleContainer:
    """What has modules in it: the whole path, an entry of it, or a package."""

    def iterModules(self) -> "Iterator[PythonModule]":
        """Return the modules directly in it."""
        raise TypeError(f"{type(self).__name__} does not define iterModules()")

    def _directories(self) -> "Iterator[tuple[_Path, PathEntry]]":
        """Yield the directories that its modules are in, and the entry that each belongs to."""
        raise TypeError(f"{type(self).__name__} does not define _directories()")

    def _prefix(self) -> str:
        """Return what the names of its modules begin with."""
        return ""

    def _modules(self) -> "Iterator[PythonModule]":
        """Yield the modules in the directories; of those with one name, the first."""
        seen: set[str] = set()
        for directory, entry in self._directories():
            for name, path in _modulesIn(directory):
                if name not in seen:
                    seen.add(name)
                    yield PythonModule(self._prefix() + name, path, entry)

    def walkModules(self, importPackages: bool = False) -> "Iterator[PythonModule]":
        """Return the modules in it, and those in their packages.

        Args:
            importPackages: Whether to load packages, as some find their modules only then.
        """
        for module in self.iterModules():
            yield from module.walkModules(importPackages)

    def __getitem__(self, modname: str) -> "PythonModule":
        """Return a module that is directly in it.

        Args:
            modname: The last part of its name.

        Raises:
            KeyError: There is none.
        """
        wanted = self._prefix() + modname
        for module in self.iterModules():
            if module.name == wanted:
                return module
        # Any directory can be a package without a file, so these are not among the others.
        for directory, entry in self._directories():
            found = directory.child(modname) if modname.isidentifier() else directory
            if found is not directory and found.isdir():
                return PythonModule(wanted, found, entry)
        raise KeyError(wanted)

    def __contains__(self, modname: object) -> bool:
        try:
            self[cast(str, modname)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> NoReturn:
        raise TypeError("use iterModules() or walkModules() to say which modules are meant")


def _modulesIn(directory: _Path) -> list[tuple[str, _Path]]:
    """Return the names of the modules in a directory, and the paths of their files."""
    try:
        children: Sequence[_Path] = directory.children()
    except (UnlistableError, PermissionError):
        return []
    found: dict[str, _Path] = {}
    for child in sorted(children):
        package = _initFile(child) if child.basename().isidentifier() else None
        if package is not None:
            found[child.basename()] = package
            continue
        for extension in PYTHON_EXTENSIONS:
            name = child.basename().removesuffix(extension)
            if name.isidentifier() and name != "__init__" and name != child.basename():
                found.setdefault(name, child)
    return sorted(found.items())


def _initFile(directory: _Path) -> _Path | None:
    """Return the file that makes a directory a package, if there is one."""
    for extension in PYTHON_EXTENSIONS:
        found = directory.child("__init__" + extension)
        if found.isfile():
            return found
    return None


class PythonAttribute:
    """An attribute of a module that is loaded, or of another attribute.

    Attributes:
        name: Its full name: `json.decoder.JSONDecoder`.
        onObject: The module or the attribute that it belongs to.
        pythonValue: The object itself.
    """

    def __init__(
        self,
        name: str,
        onObject: "PythonAttribute | PythonModule",
        loaded: bool,
        pythonValue: object,
    ) -> None:
        """Describe an attribute.

        Args:
            name: Its full name.
            onObject: The module or the attribute that it belongs to.
            loaded: Whether its module is loaded.
            pythonValue: The object itself.
        """
        self.name: str = name
        self.onObject: PythonAttribute | PythonModule = onObject
        self._loaded = loaded
        self.pythonValue: object = pythonValue

    def isLoaded(self) -> bool:
        """Return whether its module is loaded."""
        return self._loaded

    def load(self, default: object = None) -> object:
        """Return the object itself.

        Args:
            default: Means nothing; `load` of modules has it.
        """
        return self.pythonValue

    def iterAttributes(self) -> "Iterator[PythonAttribute]":
        """Return the attributes of the object."""
        for name, value in getmembers(self.pythonValue):
            yield PythonAttribute(f"{self.name}.{name}", self, True, value)

    def __repr__(self) -> str:
        return f"PythonAttribute<{self.name!r}>"


class PythonModule(_ModuleContainer):
    """A module that is loaded or could be.

    Attributes:
        name: Its full name: `json.decoder`.
        filePath: Its file; that of a package is in the package, and a package that is spread over
            directories without a file has its first directory here.
        parentPath: The directory that its file is in; a package's own directory.
        pathEntry: The entry of `sys.path` that it is in.
    """

    def __init__(self, name: str, filePath: _Path, pathEntry: "PathEntry") -> None:
        """Describe a module.

        Args:
            name: Its full name.
            filePath: Its file.
            pathEntry: The entry of `sys.path` that it is in.
        """
        self.name: str = name
        self.filePath: _Path = filePath
        self.parentPath: _Path = filePath if filePath.isdir() else filePath.parent()
        self.pathEntry: PathEntry = pathEntry

    def isLoaded(self) -> bool:
        """Return whether it is loaded."""
        return self.pathEntry.pythonPath.moduleDict.get(self.name) is not None

    def load(self, default: object = _RAISE) -> object:
        """Load the module unless that was done, and return it.

        Args:
            default: What to return if it cannot be loaded; without it, the error is raised.

        Raises:
            Exception: What the module raises.
        """
        try:
            return self.pathEntry.pythonPath.moduleLoader(self.name)
        except Exception:
            if default is _RAISE:
                raise
            return default

    def iterAttributes(self) -> Iterator[PythonAttribute]:
        """Return the attributes of the module.

        Raises:
            RuntimeError: It is not loaded.
        """
        if not self.isLoaded():
            raise RuntimeError(f"{self.name} has no attributes before load() was called")
        for name, value in getmembers(self.load()):
            yield PythonAttribute(f"{self.name}.{name}", self, True, value)

    def isPackage(self) -> bool:
        """Return whether it can have modules in it."""
        return self.filePath.isdir() or self.filePath.basename().startswith("__init__.")

    def iterModules(self) -> "Iterator[PythonModule]":
        """Return the modules of a package; none, if it is no package."""
        return self._modules()

    def walkModules(self, importPackages: bool = False) -> "Iterator[PythonModule]":
        """Return this module, and those in it if it is a package.

        Args:
            importPackages: Whether to load packages, as some find their modules only then.
        """
        return self._walk(importPackages, ())

    def _walk(self, importPackages: bool, above: tuple[str, ...]) -> "Iterator[PythonModule]":
        """Yield this module and those in it; `above` are the real directories around it."""
        if importPackages and self.isPackage():
            self.load(None)
        yield self
        here = _realDirectory(self.parentPath)
        if not self.isPackage() or here in above:
            return  # or else a link would lead round in a circle
        for module in self.iterModules():
            yield from module._walk(importPackages, (*above, here))

    def _prefix(self) -> str:
        return f"{self.name}."

    def _directories(self) -> "Iterator[tuple[_Path, PathEntry]]":
        if not self.isPackage():
            return
        loaded = self.pathEntry.pythonPath.moduleDict.get(self.name)
        for directory in getattr(loaded, "__path__", [self.parentPath.path]):
            if directory == self.parentPath.path:
                yield self.parentPath, self.pathEntry
            else:
                yield self.pathEntry.pythonPath._pathOf(directory), self.pathEntry

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, PythonModule) else NotImplemented

    def __hash__(self) -> int:
        return hash((PythonModule, self.name))

    def __repr__(self) -> str:
        return f"PythonModule<{self.name!r}>"


def _realDirectory(path: _Path) -> str:
    """Return the text of a path with links followed."""
    return path.realpath().path if isinstance(path, FilePath) else path.path


class PathEntry(_ModuleContainer):
    """An entry of `sys.path`.

    Attributes:
        filePath: The directory, or the path in an archive.
        pythonPath: What it is an entry of.
    """

    def __init__(self, filePath: _Path, pythonPath: "PythonPath") -> None:
        """Describe an entry.

        Args:
            filePath: The directory, or the path in an archive.
            pythonPath: What it is an entry of.
        """
        self.filePath: _Path = filePath
        self.pythonPath: PythonPath = pythonPath

    def iterModules(self) -> Iterator[PythonModule]:
        """Return the modules directly in it, without those in packages."""
        return self._modules()

    def _directories(self) -> "Iterator[tuple[_Path, PathEntry]]":
        yield self.filePath, self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PathEntry):
            return NotImplemented
        return self.filePath == other.filePath

    def __hash__(self) -> int:
        return hash((PathEntry, self.filePath))

    def __repr__(self) -> str:
        return f"PathEntry<{self.filePath!r}>"


class PythonPath(_ModuleContainer):
    """A list of places where modules are looked for, such as `sys.path`.

    Attributes:
        moduleDict: The modules that are loaded, by name.
        sysPathHooks: What is asked in turn for the importer of an entry, as `sys.path_hooks`.
        importerCache: The importers of entries, as `sys.path_importer_cache`.
        moduleLoader: What loads a module, by its name.
    """

    def __init__(
        self,
        sysPath: Sequence[str] | None = None,
        moduleDict: Mapping[str, ModuleType] | None = None,
        sysPathHooks: Iterable[Callable[[str], object]] | None = None,
        importerCache: Mapping[str, object] | None = None,
        moduleLoader: Callable[[str], object] = namedAny,
        sysPathFactory: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """Describe a path; without arguments, that of this process.

        Args:
            sysPath: The entries; `sys.path` as it is each time, if left out.
            moduleDict: The modules that are loaded, by name; `sys.modules`, if left out.
            sysPathHooks: What is asked in turn for the importer of an entry; one that does not
                know raises ImportError. They are `sys.path_hooks`, if left out.
            importerCache: The importers of entries that are known; it is only read. It is
                `sys.path_importer_cache`, if left out.
            moduleLoader: What loads a module, by its name.
            sysPathFactory: What returns the entries each time, in place of `sysPath`.
        """
        if sysPath is not None:
            entries = sysPath
            self._sysPathFactory: Callable[[], Sequence[str]] = lambda: entries
        else:
            self._sysPathFactory = sysPathFactory or (lambda: sys.path)
        self.moduleDict: Mapping[str, ModuleType] = (
            sys.modules if moduleDict is None else moduleDict
        )
        self.sysPathHooks: Iterable[Callable[[str], object]] = (
            sys.path_hooks if sysPathHooks is None else sysPathHooks
        )
        self.importerCache: Mapping[str, object] = (
            sys.path_importer_cache if importerCache is None else importerCache
        )
        self.moduleLoader: Callable[[str], object] = moduleLoader

    @property
    def sysPath(self) -> Sequence[str]:
        """The entries, as text."""
        return self._sysPathFactory()

    def _importer(self, entry: str) -> object:
        """Return the importer of an entry, or None."""
        found = self.importerCache.get(entry)
        if found is not None:
            return found
        for hook in self.sysPathHooks:
            try:
                return hook(entry)
            except ImportError:
                pass
        return None

    def _pathOf(self, entry: str) -> _Path:
        """Return the path of an entry, or of something below one."""
        mapper = adapt(IPathImportMapper, self._importer(entry), None)
        return FilePath(entry) if mapper is None else mapper.mapPath(entry)

    def iterEntries(self) -> Iterator[PathEntry]:
        """Return the entries."""
        for entry in self.sysPath:
            yield PathEntry(self._pathOf(entry), self)

    def iterModules(self) -> Iterator[PythonModule]:
        """Return the modules that can be imported and are in no package."""
        return self._modules()

    def _directories(self) -> Iterator[tuple[_Path, PathEntry]]:
        for entry in self.iterEntries():
            yield entry.filePath, entry

    def __getitem__(self, modname: str) -> PythonModule:
        """Return a module.

        Args:
            modname: Its full name.

        Raises:
            KeyError: There is none, or it is built into Python.
        """
        loaded = self.moduleDict.get(modname)
        if loaded is not None:
            return self._loadedModule(modname, loaded)
        above, _, last = modname.rpartition(".")
        if above:
            return self[above][last]
        return super().__getitem__(modname)

    def _loadedModule(self, modname: str, loaded: ModuleType) -> PythonModule:
        """Return a module that is loaded."""
        directories = list(getattr(loaded, "__path__", []))
        file = getattr(loaded, "__file__", None) or next(iter(directories), None)
        if file is None:
            raise KeyError(f"{modname} has no file: it is built into Python")
        path = self._pathOf(file)
        # As many directories up as its name has parts, which need not be an entry of the path:
        # an editable install may have loaded it from anywhere.
        steps = modname.count(".") + (1 if directories and path.isfile() else 0)
        above: list[_Path] = list(path.parents())
        return PythonModule(modname, path, PathEntry(above[min(steps, len(above) - 1)], self))

    def __repr__(self) -> str:
        return f"PythonPath({list(self.sysPath)!r})"


theSystemPath: PythonPath = PythonPath()
"""The path of this process."""


def walkModules(importPackages: bool = False) -> Iterator[PythonModule]:
    """Return all modules that this process can import, packages before what is in them.

    Args:
        importPackages: Whether to load packages, as some find their modules only then.
    """
    return theSystemPath.walkModules(importPackages)


def iterModules() -> Iterator[PythonModule]:
    """Return the modules that this process can import and that are in no package."""
    return theSystemPath.iterModules()


def getModule(moduleName: str) -> PythonModule:
    """Return a module that this process has loaded or could load; nothing is loaded for that.

    Args:
        moduleName: Its full name; `__name__` is the module that this is written in.

    Raises:
        KeyError: There is none, or it is built into Python.
    """
    return theSystemPath[moduleName]


__all__ = [
    "OPTIMIZED_MODE",
    "PYTHON_EXTENSIONS",
    "IPathImportMapper",
    "PathEntry",
    "PythonAttribute",
    "PythonModule",
    "PythonPath",
    "getModule",
    "iterModules",
    "theSystemPath",
    "walkModules",
]
