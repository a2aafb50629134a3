"""The name under which an object can be imported again."""

import sys
from types import BuiltinFunctionType, MethodType, ModuleType


def qual(clazz: type[object]) -> str:
    """Return the name of a class after that of its module: `twisted.python.failure.Failure`.

    It is what goes over the wire and what failures are asked for, so a class inside of another one
    has the short name that other implementations give it: `fullyQualifiedName` has the path to it.
    """
    return f"{clazz.__module__}.{clazz.__name__}"


def fullyQualifiedName(obj: object) -> str:
    """Return the full import path of a module, a class, an interface, a function or a method.

    Args:
        obj: The object. A method is named by the class that it was looked up on, also where a
            base class defines it. Any other object is named by its class.
    """
    if isinstance(obj, ModuleType):
        return obj.__name__
    if isinstance(obj, type):
        return f"{obj.__module__}.{obj.__qualname__}"
    if isinstance(obj, MethodType):
        owner = obj.__self__ if isinstance(obj.__self__, type) else type(obj.__self__)
        return f"{fullyQualifiedName(owner)}.{obj.__name__}"
    module = getattr(obj, "__module__", None)
    # An interface has only the shorter name.
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    if isinstance(module, str) and isinstance(name, str):
        return f"{module}.{name}"
    if isinstance(obj, BuiltinFunctionType):
        # A method that is written in C: it has no module.
        return f"{qual(type(obj.__self__))}.{obj.__name__}"
    return qual(type(obj))


def fullFuncName(func: object) -> str:
    """Return the full import path of a function.

    Raises:
        ValueError: The function is not found under that path.
    """
    name = fullyQualifiedName(func)
    module = sys.modules.get(getattr(func, "__module__", None) or "")
    if getattr(module, getattr(func, "__name__", ""), None) is not func:
        raise ValueError(f"{name} is not a function of its module: it cannot be found by that name")
    return name


__all__ = ["fullFuncName", "fullyQualifiedName", "qual"]
