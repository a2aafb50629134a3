"""Pickles that outlive the program that wrote them.

- A `Versioned` object knows which version of its class its state comes from, and is brought up to
  date after it was unpickled.
- An `Ephemeral` object is not meant to be pickled.
- Modules can be pickled as soon as this room is imported.

Unpickling can run any code: it is unsafe with a file that somebody else may have written.
"""

import copyreg
import io
import pickle
from collections.abc import Callable
from types import MethodType, ModuleType
from typing import Any, TypeVar

from twisted.logger import Logger
from twisted.python.reflect import fullyQualifiedName, namedModule, qual

_O = TypeVar("_O")

_log = Logger(namespace="twisted.persisted.styles")

oldModules: dict[str, ModuleType] = {}
"""The modules that took the place of others, by the names of those, for `unpickleModule`."""


# Reducers, which return a function and its arguments, as `copyreg.pickle` expects.


def _classWith(cls: type, function: object, name: str) -> type:
    """Return the class that a method comes from, be it a base that a subclass overrides."""
    for base in cls.__mro__:
        if vars(base).get(name) is function:
            return base
    raise pickle.PicklingError(
        f"{function!r} cannot be pickled: {fullyQualifiedName(cls)} has another {name!r}"
    )


def pickleMethod(
    method: MethodType,
) -> tuple[Callable[[str, object, type], object], tuple[str, object, type]]:
    """Return how a method is made again: `unpickleMethod`, and its arguments.

    Raises:
        pickle.PicklingError: The method would not be found again.
    """
    function, instance = method.__func__, method.__self__
    name: str = function.__name__
    if isinstance(instance, type):
        if getattr(instance, name, None) != method:
            raise pickle.PicklingError(f"{method!r} cannot be pickled: it has another name")
        return unpickleMethod, (name, instance, type(instance))
    return unpickleMethod, (name, instance, _classWith(type(instance), function, name))


def unpickleMethod(im_name: str, im_self: object, im_class: type) -> object:
    """Return a method.

    Args:
        im_name: Its name.
        im_self: The object that it is bound to; a class for a class method; None for the function
            itself.
        im_class: The class that has it. Where it has it no longer, the object is asked.

    Raises:
        AttributeError: Neither has it.
    """
    if im_self is None:
        return getattr(im_class, im_name)
    function = None if isinstance(im_self, type) else getattr(im_class, im_name, None)
    if function is None:
        return getattr(im_self, im_name)
    return MethodType(function, im_self)


def pickleModule(module: ModuleType) -> tuple[Callable[[str], ModuleType], tuple[str]]:
    """Return how a module is found again: `unpickleModule`, and its argument."""
    return unpickleModule, (module.__name__,)


def unpickleModule(name: str) -> ModuleType:
    """Return a module, imported if need be, or the one that took its place in `oldModules`.

    Raises:
        ImportError: There is no such module, or it cannot be imported.
    """
    return oldModules[name] if name in oldModules else namedModule(name)


def pickleStringO(
    stringo: io.StringIO,
) -> tuple[Callable[[str, int], io.StringIO], tuple[str, int]]:
    """Return how a file in memory is made again: `unpickleStringO`, and its arguments."""
    return unpickleStringO, (stringo.getvalue(), stringo.tell())


def unpickleStringO(val: str, sek: int) -> io.StringIO:
    """Return a file in memory.

    Args:
        val: Its content.
        sek: Its position, in characters.
    """
    file = io.StringIO()
    file.write(val)
    file.seek(sek)
    return file


def pickleStringI(
    stringi: io.StringIO,
) -> tuple[Callable[[str, int], io.StringIO], tuple[str, int]]:
    """Return how a file in memory is made again: `unpickleStringI`, and its arguments."""
    return unpickleStringI, (stringi.getvalue(), stringi.tell())


def unpickleStringI(val: str, sek: int) -> io.StringIO:
    """Return a file in memory, as `unpickleStringO` does."""
    return unpickleStringO(val, sek)


# pickle itself can do methods and files in memory, and needs nothing of ours to read them.
copyreg.pickle(ModuleType, pickleModule)


class Ephemeral:
    """An object that is not meant to be pickled, such as an open connection.

    If it is pickled all the same, this is logged, and what comes back is a bare Ephemeral.
    """

    def __reduce__(self) -> tuple[type["Ephemeral"], tuple[()]]:
        _log.warn("{object!r} is pickled, which is ephemeral: it will be lost", object=self)
        return Ephemeral, ()


# Versioned objects.

versionedsToUpgrade: dict[int, "Versioned"] = {}
"""The objects that were unpickled and not brought up to date yet, by their `id`."""

upgraded: dict[int, int] = {}
"""The objects of `versionedsToUpgrade` that `requireUpgrade` brought up to date, by their `id`."""


def requireUpgrade(obj: _O) -> _O:
    """Bring one object up to date, before `doUpgrade` comes to it.

    An upgrade that uses another versioned object calls this first.

    Returns:
        The object.
    """
    if isinstance(obj, Versioned) and id(obj) not in upgraded:
        upgraded[id(obj)] = 1
        obj.versionUpgrade()
    return obj


def doUpgrade() -> None:
    """Bring all objects up to date that were unpickled since the last call.

    Until then they are kept in memory.

    Raises:
        Exception: What an upgrade raises. The objects that it left are not brought up to date.
    """
    try:
        while waiting := [each for key, each in versionedsToUpgrade.items() if key not in upgraded]:
            # An upgrade may unpickle more of them.
            for each in waiting:
                requireUpgrade(each)
    finally:
        versionedsToUpgrade.clear()
        upgraded.clear()


class Versioned:
    """An object that is brought up to date after it was pickled by an older version of its class.

    A subclass counts `persistenceVersion` up when its instances change, and has a method
    `upgradeToVersion1`, `upgradeToVersion2`, ... for each step. After unpickling, call `doUpgrade`,
    which calls these methods, those of base classes first. Each class in a line of subclasses has
    a version of its own.

    Attributes:
        persistenceVersion: The version of the class; 0 is one that does not count.
        persistenceForgets: The attributes that are not pickled.
    """

    persistenceVersion: int = 0
    persistenceForgets: tuple[str, ...] = ()

    def __setstate__(self, state: dict[str, Any]) -> None:
        versionedsToUpgrade[id(self)] = self
        self.__dict__ = dict(state)

    def __getstate__(self, dict: dict[str, Any] | None = None) -> dict[str, Any]:
        state = (self.__dict__ if dict is None else dict).copy()
        for base in _versionedBases(type(self)):
            own = vars(base)
            for name in own.get("persistenceForgets", ()):
                state.pop(name, None)
            if "persistenceVersion" in own:
                state[_versionKey(base)] = own["persistenceVersion"]
        return state

    def versionUpgrade(self) -> None:
        """Call the methods for the steps from the version of the state to the present one."""
        for base in _versionedBases(type(self)):
            if "persistenceVersion" in vars(base):
                self._upgradeAs(base)

    def _upgradeAs(self, base: type["Versioned"]) -> None:
        """Do the steps of one class."""
        has = self.__dict__.pop(_versionKey(base), 0)
        if has > base.persistenceVersion:
            _log.warn(
                "{object!r} is of version {has} of {base}, which has only got to {version}",
                object=self,
                has=has,
                base=qual(base),
                version=base.persistenceVersion,
            )
        for version in range(has + 1, base.persistenceVersion + 1):
            step = vars(base).get(f"upgradeToVersion{version}")
            if step is None:
                _log.warn(
                    "{base} has no upgradeToVersion{version}, so an object misses this step",
                    base=qual(base),
                    version=version,
                )
            else:
                _log.info(
                    "Bringing a {base} up to version {version}", base=qual(base), version=version
                )
                step(self)


def _versionedBases(cls: type[Versioned]) -> list[type[Versioned]]:
    """Return a class and those of its bases that are versioned, bases first."""
    return [
        base for base in reversed(cls.__mro__) if issubclass(base, Versioned) and base != Versioned
    ]


def _versionKey(base: type[Versioned]) -> str:
    """Return under which name the version of a class is kept in the state of an object."""
    return f"{qual(base)}.persistenceVersion"


__all__ = [
    "Ephemeral",
    "Versioned",
    "doUpgrade",
    "oldModules",
    "pickleMethod",
    "pickleModule",
    "pickleStringI",
    "pickleStringO",
    "requireUpgrade",
    "unpickleMethod",
    "unpickleModule",
    "unpickleStringI",
    "unpickleStringO",
    "upgraded",
    "versionedsToUpgrade",
]
