"""Reading a module again while the program runs.

`rebuild` reads a module anew and lets what was made by the old code use the new: instances of its
classes, subclasses elsewhere, functions that somebody kept, names in other modules. It is a tool
for development. What is not reached: closures, and values that were worked out when the module was
read.
"""

import gc
import importlib
import sys
import time
from collections.abc import Collection
from types import FunctionType, MethodType, ModuleType
from typing import TypeVar

from twisted.logger._logger import Logger

_log = Logger(namespace="twisted.python.rebuild")

_O = TypeVar("_O")

_imported = time.time()

lastRebuild: float = _imported
"""When a module was rebuilt last, in seconds since the epoch."""


class RebuildError(RuntimeError):
    """A module could not be rebuilt."""


def _here(name: str) -> ModuleType:
    """Return a module that was imported, or import it."""
    module = sys.modules.get(name)
    return importlib.import_module(name) if module is None else module


def _named(kept: object, fallback: _O) -> _O:
    """Return what has the name of a class or function now, in its module."""
    found: object = _here(kept.__module__)
    for name in kept.__qualname__.split("."):  # type: ignore[attr-defined]  # both kinds have it
        found = getattr(found, name, None)
    return found if isinstance(found, type(fallback)) else fallback


def latestClass(oldClass: type) -> type:
    """Return the class that has the name of a class now, with the present bases.

    Args:
        oldClass: The class. One that is in no module any more is returned itself.
    """
    if oldClass.__module__ == "builtins":
        return oldClass
    new = _named(oldClass, oldClass)
    bases = tuple(map(latestClass, new.__bases__))
    if bases != new.__bases__:
        new.__bases__ = bases
    return new


def latestFunction(oldFunc: FunctionType) -> FunctionType:
    """Return the function that has the name of a function now.

    Args:
        oldFunc: The function. One that is in no module any more is returned itself.
    """
    return _named(oldFunc, oldFunc)


def updateInstance(self: object) -> None:
    """Let an object be an instance of what has the name of its class now.

    Args:
        self: The object.
    """
    self.__class__ = latestClass(type(self))


class Sensitive:
    """Something that keeps objects of other modules, and looks whether they were rebuilt.

    Attributes:
        lastRebuild: When it looked last, in seconds since the epoch.
    """

    lastRebuild: float = _imported

    def needRebuildUpdate(self) -> bool:
        """Return whether a module was rebuilt since it looked last."""
        return self.lastRebuild < lastRebuild

    def rebuildUpToDate(self) -> None:
        """Note that it has looked."""
        self.lastRebuild = time.time()

    def latestVersionOf(self, anObject: object) -> object:
        """Return what something is now.

        Args:
            anObject: A class, function, method or instance.

        Returns:
            The class or function of that name; the method of the same object; or the instance,
            with its present class.
        """
        if isinstance(anObject, type):
            return latestClass(anObject)
        if isinstance(anObject, FunctionType):
            return latestFunction(anObject)
        if isinstance(anObject, MethodType):
            updateInstance(anObject.__self__)
            return getattr(anObject.__self__, anObject.__func__.__name__)
        if type(anObject).__module__ != "builtins":
            updateInstance(anObject)
        return anObject


def rebuild(module: ModuleType, doLog: bool | int = 1) -> ModuleType:
    """Read a module again, and let what was made by the old code use the new.

    Args:
        module: The module. One that has `ALLOW_TWISTED_REBUILD = 0` is not rebuilt.
        doLog: Whether this is logged.

    Returns:
        The module.

    Raises:
        RebuildError: The module does not allow it.
        Exception: What the new code raises. Nothing that was made by the old code has changed then.
    """
    global lastRebuild
    if not getattr(module, "ALLOW_TWISTED_REBUILD", True):
        raise RebuildError(f"{module.__name__} does not allow to be rebuilt")
    if doLog:
        _log.info("rebuilding {module}", module=module.__name__)
    before = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, (type, FunctionType)) and value.__module__ == module.__name__
    }
    importlib.reload(module)
    lastRebuild = time.time()
    replaced: dict[int, tuple[object, object]] = {}
    for name, old in before.items():
        new = vars(module)[name]
        if new is old:
            continue
        if isinstance(old, type) and isinstance(new, type):
            _replaceClass(old, new, before.values())
        elif isinstance(old, FunctionType) and isinstance(new, FunctionType):
            _replaceFunction(old, new)
        else:
            continue
        replaced[id(old)] = (old, new)
    _replaceNames(replaced)
    return module


def _replaceClass(old: type, new: type, leaving: Collection[object]) -> None:
    """Let subclasses and instances of a class be those of another.

    Args:
        old: The class.
        new: The other.
        leaving: The old contents of the module; those have successors of their own.
    """
    subclasses: list[type] = old.__subclasses__()
    for subclass in subclasses:
        if subclass in leaving:
            continue
        _try(
            subclass,
            "__bases__",
            tuple(new if base is old else base for base in subclass.__bases__),
        )
    for referrer in gc.get_referrers(old):
        if type(referrer) is old:
            _try(referrer, "__class__", new)


def _try(holder: object, name: str, value: object) -> None:
    """Set an attribute of a class or an instance; log it if the memory layouts do not fit."""
    try:
        setattr(holder, name, value)
    except TypeError as error:
        _log.warn("{holder} keeps its old {name}: {error}", holder=holder, name=name, error=error)


def _replaceFunction(old: FunctionType, new: FunctionType) -> None:
    """Let a function that somebody kept do what another does."""
    # A closure belongs to the call that made it.
    if old.__code__.co_freevars or new.__code__.co_freevars:
        return
    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
    old.__doc__ = new.__doc__
    old.__annotations__ = new.__annotations__


def _replaceNames(replaced: dict[int, tuple[object, object]]) -> None:
    """Let the names of all modules refer to new classes and functions instead of the old."""
    for module in list(sys.modules.values()):
        # Some modules are stand-ins that do something when an attribute is asked for.
        if not issubclass(type(module), ModuleType):
            continue
        names = object.__getattribute__(module, "__dict__")
        for name, value in list(names.items()):
            if id(value) in replaced:
                names[name] = replaced[id(value)][1]


__all__ = [
    "RebuildError",
    "Sensitive",
    "lastRebuild",
    "latestClass",
    "latestFunction",
    "rebuild",
    "updateInstance",
]
