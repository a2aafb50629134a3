"""Finding plugins.

For each directory of a plugin package there are three sources, and each is believed only as far as
it goes. The *listing* says which modules there are. The *cache file* says which plugins a module
has, as long as the module's file is as it was: it decides whether the module need be imported. The
*module*, once imported, is right in any case.

A module that was imported from an earlier state of its file tells nothing about the file of today.
What it has is given out, but not written to the cache file.
"""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NamedTuple, TypeVar, cast

from zope.interface import providedBy  # type: ignore[import-untyped]

from twisted.logger import Logger
from twisted.plugin import _dropincache
from twisted.plugin._dropincache import ModuleEntry, PluginEntry
from twisted.plugin._interfaces import IPlugin
from twisted.plugin._paths import Found, Stamp, currentPaths, modulesIn
from twisted.python.components import provides
from twisted.python.failure import Failure

_I = TypeVar("_I")

_log = Logger(namespace="twisted.plugin")

MAXIMUM_DESCRIPTION = 1000
"""How many characters of a docstring are kept as the description."""

# The state of the file from which this room imported a module, by the module's name.
_importedFrom: dict[str, Stamp] = {}

# The failures that were logged already: a program asks for plugins often, and nothing changed.
_reported: set[tuple[str, Found, str]] = set()


class _Module(NamedTuple):
    """A plugin module, imported or not."""

    name: str
    found: Found
    entry: ModuleEntry


@dataclass(frozen=True)
class CachedPlugin:
    """A plugin that need not have been imported yet.

    Attributes:
        dropin: The module that has it.
        name: Its name in the module.
        description: Its docstring, or None.
        provided: The full names of the interfaces that it provides, with those they extend.
    """

    dropin: "CachedDropin" = field(repr=False, compare=False)
    name: str
    description: str | None
    provided: tuple[str, ...]

    def load(self) -> object:
        """Import the module, and return the plugin.

        Raises:
            Exception: Anything that the module raises.
            AttributeError: The module has it no longer.
        """
        plugin: object = getattr(importlib.import_module(self.dropin.moduleName), self.name)
        return plugin


@dataclass(frozen=True)
class CachedDropin:
    """A plugin module that need not have been imported yet.

    Attributes:
        moduleName: Its full name.
        description: Its docstring, or None.
        plugins: Its plugins.
    """

    moduleName: str
    description: str | None
    plugins: list[CachedPlugin] = field(default_factory=list)


def _descriptionOf(candidate: object) -> str | None:
    """Return the docstring of an object, not all of it if it is very long."""
    documentation = getattr(candidate, "__doc__", None)
    return documentation[:MAXIMUM_DESCRIPTION] if isinstance(documentation, str) else None


def _providedBy(candidate: object) -> tuple[str, ...]:
    """Return the full names of the interfaces that an object provides, with those they extend."""
    specification: Any = providedBy(candidate)
    return tuple(each.__identifier__ for each in specification.flattened())


def _pluginsOf(module: ModuleType) -> Iterator[tuple[PluginEntry, object]]:
    """Return what a module has at its top that provides IPlugin."""
    seen = set()
    for name, candidate in list(vars(module).items()):
        try:
            if id(candidate) in seen or not provides(IPlugin, candidate):
                continue
            provided = _providedBy(candidate)
            description = _descriptionOf(candidate)
        except Exception:
            # An odd object, one whose attributes raise for example, is no plugin.
            continue
        seen.add(id(candidate))
        yield PluginEntry(name, description, provided), candidate


def _loaded(name: str, found: Found) -> ModuleType | None:
    """Return a module if it was imported, and from this very place."""
    module = sys.modules.get(name)
    if module is None:
        return None
    spec = getattr(module, "__spec__", None)
    if spec is None or spec.origin is None or spec.origin == found.origin:
        return module
    # The directory that it came from left the path: the name means another module now.
    del sys.modules[name]
    _importedFrom.pop(name, None)
    return None


def _import(name: str, found: Found) -> ModuleType | None:
    """Import a module unless it is; log it if that fails, and return None."""
    module = _loaded(name, found)
    if module is not None:
        return module
    try:
        importlib.invalidate_caches()
        module = importlib.import_module(name)
    except (Exception, SystemExit):
        failure = Failure()
        key = (name, found, f"{failure.type} {failure.getErrorMessage()}")
        if key not in _reported:
            _reported.add(key)
            _log.failure(
                "The plugin module {moduleName} ({path}) cannot be imported, and is left out.",
                failure,
                moduleName=name,
                path=found.origin,
            )
        return None
    _importedFrom[name] = found.stamp
    return module


def _look(name: str, found: Found, cached: ModuleEntry | None) -> ModuleEntry | None:
    """Return what a module has, by the cache if the module need not be imported.

    Returns:
        What it has, or None if it cannot be imported.
    """
    module = _loaded(name, found)
    if module is None and cached is not None:
        return cached
    module = _import(name, found)
    if module is None:
        return None
    plugins = tuple(entry for entry, _ in _pluginsOf(module))
    return ModuleEntry(found.stamp, _descriptionOf(module), plugins)


def _modulesOf(package: str, path: str, taken: set[str]) -> list[_Module]:
    """Return the modules of one directory of a plugin package, and keep its cache file right.

    Args:
        package: The full name of the package.
        path: The directory, or the one in a zip file.
        taken: The names that an earlier directory has, which Python imports from there. Those of
            this one are added.
    """
    written = _dropincache.read(path)
    modules = []
    fresh = {}
    for name, found in modulesIn(path).items():
        cached = written.get(name)
        if cached is not None and cached.stamp != found.stamp:
            cached = None
        if name in taken:
            if cached is not None:
                fresh[name] = cached
            continue
        taken.add(name)
        moduleName = f"{package}.{name}"
        entry = _look(moduleName, found, cached)
        if entry is None:
            continue
        modules.append(_Module(moduleName, found, entry))
        if entry == cached or _importedFrom.get(moduleName) == found.stamp:
            fresh[name] = entry
    if fresh != written and os.path.isdir(path):
        _dropincache.write(path, fresh)
    return modules


def _modulesOfAll(package: ModuleType) -> Iterator[_Module]:
    """Return the modules of a plugin package, directory by directory."""
    taken: set[str] = set()
    for path in currentPaths(package):
        yield from _modulesOf(package.__name__, path, taken)


def getCache(package: ModuleType) -> dict[str, CachedDropin]:
    """Return what the modules of a plugin package have, importing only those that must be.

    The `dropin.cache` file of each directory is brought up to date on the way.

    Args:
        package: The plugin package.

    Returns:
        The modules that can be imported, by their names without the package's.

    Raises:
        TypeError: It is a module, but not a package.
    """
    cache = {}
    for name, _, entry in _modulesOfAll(package):
        dropin = CachedDropin(name, entry.description)
        dropin.plugins.extend(
            CachedPlugin(dropin, each.name, each.description, each.provided)
            for each in entry.plugins
        )
        cache[name.rpartition(".")[2]] = dropin
    return cache


def _mayHave(entry: ModuleEntry, identifier: str) -> bool:
    """Return whether a module may have a plugin with an interface.

    One that has an interface of this name from another module is worth a look: interfaces move.
    """
    name = identifier.rpartition(".")[2]
    return any(
        provided.rpartition(".")[2] == name for each in entry.plugins for provided in each.provided
    )


def _providers(interface: Callable[..., _I], identifier: str, package: ModuleType) -> Iterator[_I]:
    """Find the plugins, one by one."""
    seen = set()
    for name, found, entry in _modulesOfAll(package):
        if not _mayHave(entry, identifier):
            continue
        module = _import(name, found)
        if module is None:
            continue
        for _, candidate in _pluginsOf(module):
            if id(candidate) not in seen and provides(interface, candidate):
                seen.add(id(candidate))
                yield cast(_I, candidate)


def getPlugins(interface: Callable[..., _I], package: ModuleType | None = None) -> Iterator[_I]:
    """Find the plugins that provide an interface.

    Each call looks again, so that plugins that were added since the last one are found. A module
    that cannot be imported is logged, and left out. Modules are imported while the result is
    iterated over, and only those that may have what is asked for, as far as the `dropin.cache`
    files of their directories tell.

    Args:
        interface: The interface, beside IPlugin, that the plugins provide.
        package: The package whose modules have the plugins. By default `twisted.plugins`.

    Returns:
        The plugins, each once: by directory, then by the name of the module, then in its order.

    Raises:
        TypeError: `interface` is no interface, or `package` no package.
    """
    identifier = getattr(interface, "__identifier__", None)
    if not isinstance(identifier, str):
        raise TypeError(f"plugins are asked for by an interface; {interface!r} is none")
    if package is None:
        # It imports this package.
        package = importlib.import_module("twisted.plugins")
    elif not hasattr(package, "__path__"):
        raise TypeError(f"plugins are the modules of a package; {package!r} is none")
    return _providers(interface, identifier, package)


__all__ = ["CachedDropin", "CachedPlugin", "getCache", "getPlugins"]
