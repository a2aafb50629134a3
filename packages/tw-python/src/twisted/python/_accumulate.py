"""Methods and class attributes gathered over a class and its bases.

Protocols find what they can do by the names of methods (`do_GET`, `opt_verbose`), and subclasses
add to what their bases list in class attributes.
"""

from collections.abc import Callable, MutableMapping
from types import FunctionType
from typing import Any


def addMethodNamesToDict(
    classObj: type,
    dict: MutableMapping[str, int],
    prefix: str,
    baseClass: type | None = None,
) -> None:
    """Add the names of a class's methods to a dictionary, with the value 1.

    Args:
        classObj: The class; the methods of its bases count as well.
        dict: What the names are added to.
        prefix: What the names must begin with; it is taken off.
        baseClass: If given, a class counts only if it is this one or a subclass.
    """
    for cls in classObj.__mro__:
        if baseClass is not None and not issubclass(cls, baseClass):
            continue
        for name, member in vars(cls).items():
            if isinstance(member, FunctionType) and name.startswith(prefix):
                dict[name.removeprefix(prefix)] = 1


def prefixedMethodNames(classObj: type, prefix: str) -> list[str]:
    """Return the names of a class's methods that begin with a prefix, without the prefix."""
    names: dict[str, int] = {}
    addMethodNamesToDict(classObj, names, prefix)
    return list(names)


def accumulateMethods(
    obj: object,
    dict: MutableMapping[str, Callable[..., Any]],
    prefix: str = "",
    curClass: type | None = None,
) -> None:
    """Add the methods of an object to a dictionary.

    Args:
        obj: The object.
        dict: What the bound methods are added to, by their names.
        prefix: What the names must begin with; it is taken off.
        curClass: The class whose methods, and whose bases' methods, count; the object's class, if
            left out.
    """
    for name in prefixedMethodNames(curClass or type(obj), prefix):
        dict[name] = getattr(obj, prefix + name)


def prefixedMethods(obj: object, prefix: str = "") -> list[Callable[..., Any]]:
    """Return the methods of an object whose names begin with a prefix."""
    methods: dict[str, Callable[..., Any]] = {}
    accumulateMethods(obj, methods, prefix)
    return list(methods.values())


def _classesWith(classObj: type, attr: str, baseClass: type | None) -> list[Any]:
    """Return the values that a class and its bases give an attribute, the bases' first."""
    return [
        vars(cls)[attr]
        for cls in reversed(classObj.__mro__)
        if attr in vars(cls) and (baseClass is None or issubclass(cls, baseClass))
    ]


def accumulateClassDict(
    classObj: type,
    attr: str,
    adict: MutableMapping[Any, Any],
    baseClass: type | None = None,
) -> None:
    """Update a dictionary with the dictionaries that a class and its bases have as an attribute.

    Args:
        classObj: The class; what it has wins over what its bases have.
        attr: The attribute's name.
        adict: The dictionary to update.
        baseClass: If given, a class counts only if it is this one or a subclass.
    """
    for value in _classesWith(classObj, attr, baseClass):
        adict.update(value)


def accumulateClassList(
    classObj: type, attr: str, listObj: list[Any], baseClass: type | None = None
) -> None:
    """Extend a list by the lists that a class and its bases have as an attribute.

    Args:
        classObj: The class; what its bases have comes first.
        attr: The attribute's name.
        listObj: The list to extend.
        baseClass: If given, a class counts only if it is this one or a subclass.
    """
    for value in _classesWith(classObj, attr, baseClass):
        listObj.extend(value)


__all__ = [
    "accumulateClassDict",
    "accumulateClassList",
    "accumulateMethods",
    "addMethodNamesToDict",
    "prefixedMethodNames",
    "prefixedMethods",
]
