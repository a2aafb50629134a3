"""The registry: which class, or which function, receives the instances of a peer's class."""

from collections.abc import Callable
from inspect import getmembers
from types import ModuleType
from typing import Any

from twisted.python.reflect import qual

unjellyableRegistry: dict[bytes, Any] = {}
"""What takes each kind of expression: a class that provides `IUnjellyable`, or a function.

The key is the name of a class as its sender knows it, or the word that an expression of Perspective
Broker begins with.
"""

unjellyableFactoryRegistry: dict[bytes, Callable[[Any], object]] = {}
"""The function that makes an object of the state of an instance, by the name of its class."""

ClassName = type | str | bytes
"""A class, or its full name as the sender knows it."""


def _key(classname: ClassName) -> bytes:
    if isinstance(classname, bytes):
        return classname
    return (classname if isinstance(classname, str) else qual(classname)).encode()


def setUnjellyableForClass(classname: ClassName, unjellyable: type) -> None:
    """Accept instances of a class from peers, as instances of a class that is given here.

    Args:
        classname: The class, or its full name as the sender knows it; names are compared letter by
            letter.
        unjellyable: Its instances are made without `__init__`, and get the state by `unjellyFor`:
            mostly a subclass of `RemoteCopy` or `RemoteCache`.
    """
    unjellyableRegistry[_key(classname)] = unjellyable


def setUnjellyableFactoryForClass(
    classname: ClassName, copyFactory: Callable[[Any], object]
) -> None:
    """Accept instances of a class from peers, and have a function make something of their state.

    Args:
        classname: The class, or its full name as the sender knows it.
        copyFactory: Called with the state; what it returns takes the place of the instance.
    """
    unjellyableFactoryRegistry[_key(classname)] = copyFactory


def setUnjellyableForClassTree(
    module: ModuleType, baseClass: type, prefix: str | None = None
) -> None:
    """Accept instances of all classes of a module that are derived from some class.

    Args:
        module: Holds the classes, which stand for those of the sender with the same names.
        baseClass: What they are derived from.
        prefix: The name of the module that the sender has them in, if it is another; an empty one
            if the names are sent without a module.
    """
    if prefix is None:
        prefix = module.__name__
    if prefix:
        prefix += "."
    for name, cls in getmembers(module, lambda member: isinstance(member, type)):
        if issubclass(cls, baseClass):
            setUnjellyableForClass(f"{prefix}{name}", cls)


__all__ = [
    "ClassName",
    "setUnjellyableFactoryForClass",
    "setUnjellyableForClass",
    "setUnjellyableForClassTree",
    "unjellyableFactoryRegistry",
    "unjellyableRegistry",
]
